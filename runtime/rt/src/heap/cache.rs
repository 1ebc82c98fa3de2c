//! What a P keeps of the heap for itself: a chunk from which it cuts small objects.

use super::arena;

const CHUNK_BYTES: usize = 64 << 10;
/// Larger objects come from the arena directly.
pub const SMALL_BYTES: usize = 8 << 10;

/// The free part of the P's chunk; always zero.
pub struct HeapCache {
    next: usize,
    end: usize,
}

impl HeapCache {
    /// A cache without chunk.
    pub const fn new() -> HeapCache {
        HeapCache { next: 0, end: 0 }
    }

    /// Cuts `bytes` zeroed bytes off, at most `SMALL_BYTES`, aligned to 16 if there is room for such an object, else to 8.
    pub fn cut(&mut self, bytes: usize) -> usize {
        let align = if bytes >= 16 { 16 } else { 8 };
        let mut addr = self.next.next_multiple_of(align);
        if addr + bytes > self.end {
            addr = arena::take(CHUNK_BYTES);
            self.end = addr + CHUNK_BYTES;
        }
        self.next = addr + bytes;
        addr
    }
}

impl Default for HeapCache {
    fn default() -> Self {
        Self::new()
    }
}
