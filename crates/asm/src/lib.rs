//! Plan 9 assembly for amd64.
//!
//! The language is that of `go doc cmd/asm` and <https://go.dev/doc/asm>; the instructions are lines of one table
//! (`amd64/table.rs`), with the names of Plan 9 and the encodings of Intel's manual.
//!
//! A file goes through `preprocess.rs` (macros and conditions), statement by statement through `parse.rs` (operands) and
//! `amd64::encode` (bytes), and `assemble.rs` gives functions their frames and jumps.
//!
//! Begin reading at [`assemble`].

pub mod amd64;
mod assemble;
pub mod lex;
mod object;
pub mod operand;
pub mod parse;
mod preprocess;

pub use assemble::{Assembled, DUPOK, Data, Function, NOFRAME, NOPTR, NOSPLIT, RODATA, assemble};
pub use object::{AssembledFile, Entry, entries, object};
pub use preprocess::{Error, Include};
