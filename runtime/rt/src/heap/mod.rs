//! Memory: what compiled Go allocates, and what the runtime keeps for itself.

pub mod alloc;
pub mod arena;
pub mod cache;
pub mod persistent;

/// The size of the block that an object of `bytes` bytes gets.
pub fn rounded_size(bytes: usize) -> usize {
    if bytes > cache::SMALL_BYTES {
        bytes.next_multiple_of(arena::PAGE_BYTES)
    } else {
        bytes.next_multiple_of(8)
    }
}
