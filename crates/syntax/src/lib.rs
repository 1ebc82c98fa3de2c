//! Scanner, parser and tree of one Go file.
//!
//! [`parse`] turns the bytes of a file into a [`File`] and a list of errors; it never fails and never
//! overflows the stack. The tree knows nothing of types, other files or the machine: it is determined
//! by the bytes alone.
//!
//! Start reading at [`tree`].

#![forbid(unsafe_code)]

pub mod constraint;
pub mod directive;
mod dump;
mod encoding;
mod file;
mod names;
mod parser;
mod print;
mod scanner;
mod token;
pub mod tree;
mod unquote;

pub use parser::{MAX_DEPTH, parse};
pub use tree::*;
pub use unquote::{unquote, unquote_rune};

/// An error of the scanner or the parser.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error {
    /// Where, in bytes from the start of the file.
    pub offset: Offset,
    /// The text in gc's words, with `syntax error: ` in front where gc has it.
    pub text: String,
}

/// How much of a file is parsed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Everything.
    Full,
    /// Up to the last import: package clause, constraints, imports. What follows is not looked at.
    Imports,
}
