//! Source files, positions in them, names, and diagnostics.
//!
//! Every stage of the front end speaks of places as a [`FileId`] and a byte offset. Only when a
//! diagnostic is printed does a [`SourceMap`] turn that into file, line and column, after the
//! `//line` directives of the file. So trees hold four bytes per position, and a tree depends on
//! nothing but the bytes of its file.
//!
//! Start reading at [`SourceMap`] and [`Diagnostic`].

mod diagnostic;
mod file;
mod name;

pub use diagnostic::{Code, Diagnostic, Note, place_in_text, sort_diagnostics};
pub use file::{File, FileId, LineDirective, Place, Pos, SourceMap};
pub use name::Name;
