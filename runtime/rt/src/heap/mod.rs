//! Memory: what compiled Go allocates, what the runtime keeps for itself, and the collector.
//!
//! Objects lie in spans of equal blocks (`span`), spans in pages (`pages`). A P takes blocks from spans of its own (`cache`); spans
//! that no P holds are in `central`. The collector (`gc`) marks what can be reached and lets the allocator find the rest; what is to happen
//! then is in `specials`.

pub mod alloc;
pub(crate) mod barrier;
pub mod cache;
pub mod central;
pub mod gc;
pub mod pages;
pub mod persistent;
pub mod size_class;
pub mod span;
pub(crate) mod specials;
