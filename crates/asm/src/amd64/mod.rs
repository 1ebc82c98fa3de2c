//! amd64: forms of instructions, and the bytes they become.

mod emit;
mod form;
mod table;

pub use emit::{Encoded, Fixup, encode};
