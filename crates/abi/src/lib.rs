//! Layouts and names that the compiler and the runtime share.
//!
//! The compiler writes calls, type descriptors and tables; the runtime reads and answers them. What
//! both must agree on stands here once: as a struct whose size and offsets are asserted, or as a
//! constant table. Nothing here runs; nothing here depends on a processor except where a name says so.
//!
//! Begin with [`entry`], the table of what compiled Go may call, then [`g`], what it reads of the
//! current goroutine.
#![no_std]

pub mod call;
pub mod defer;
pub mod entry;
pub mod functab;
pub mod g;
pub mod heap;
pub mod stack;
pub mod symbols;
pub mod types;
