//! What a P keeps of the heap, as the allocation stubs and the write barrier see it.
//!
//! The M that holds a P finds this by [`crate::g::MHead::cache`]. A stub takes the lowest free block of a slot's group; when the
//! group is used up, or the object is none of the simple kind, it calls Rust.

use core::mem::{offset_of, size_of};

/// Size classes, and as many slots without pointers, then with pointers.
pub const N_CLASSES: usize = 68;
/// Slots of a cache: those without pointers first.
pub const N_SLOTS: usize = 2 * N_CLASSES;
/// Objects up to this size are allocated by a stub without Rust.
pub const STUB_BYTES: usize = 1024;
/// Blocks with pointers up to this size have a bit for each word; larger ones the address of their type.
pub const BITS_BYTES: usize = 256;
/// Words that the write barrier stores before Rust looks at them.
pub const BARRIER_WORDS: usize = 256;

/// Up to 64 consecutive blocks of one span that this P may hand out.
#[repr(C)]
pub struct Slot {
    /// A bit for each block that is free.
    pub free: u64,
    /// The first block of the group.
    pub base: usize,
    /// Where the contents of the first block are noted; 0 in a slot without pointers.
    pub contents: usize,
    /// Bytes of a block.
    pub block_bytes: u32,
    /// 1 if the memory was used before and is not zero.
    pub is_dirty: u32,
    /// The span, or 0.
    pub span: usize,
    /// Index of the group in the span.
    pub group: usize,
}

impl Slot {
    /// A slot without a span.
    pub const EMPTY: Slot =
        Slot { free: 0, base: 0, contents: 0, block_bytes: 0, is_dirty: 0, span: 0, group: 0 };
}

/// The head of a P's cache.
#[repr(C)]
pub struct CacheHead {
    /// Where the write barrier stores the next word; `barrier_end` when the buffer is full.
    pub barrier_next: usize,
    /// See `barrier_next`.
    pub barrier_end: usize,
    /// By class, without pointers first.
    pub slots: [Slot; N_SLOTS],
    /// Registers while the buffer is emptied.
    pub saved: [u64; 41],
    /// What the write barrier has stored.
    pub barrier: [usize; BARRIER_WORDS],
}

/// Offset of [`CacheHead::slots`].
pub const CACHE_SLOTS: usize = 16;
/// Offset of [`CacheHead::saved`].
pub const CACHE_SAVED: usize = CACHE_SLOTS + N_SLOTS * SLOT_BYTES;
/// Size of a [`Slot`].
pub const SLOT_BYTES: usize = 48;

const _: () = {
    assert!(size_of::<Slot>() == SLOT_BYTES);
    assert!(offset_of!(Slot, base) == 8 && offset_of!(Slot, contents) == 16);
    assert!(offset_of!(Slot, block_bytes) == 24 && offset_of!(Slot, is_dirty) == 28);
    assert!(offset_of!(CacheHead, barrier_end) == 8);
    assert!(offset_of!(CacheHead, slots) == CACHE_SLOTS);
    assert!(offset_of!(CacheHead, saved) == CACHE_SAVED);
};
