//! Plan 9 assembly for amd64.
//!
//! The language is that of `go doc cmd/asm` and <https://go.dev/doc/asm>; the instructions are lines of one table
//! (`amd64/table.rs`), with the names of Plan 9 and the encodings of Intel's manual.
//!
//! Begin reading at [`amd64::encode`].

pub mod amd64;
pub mod lex;
pub mod operand;
pub mod parse;
