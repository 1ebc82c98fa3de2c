//! A span: consecutive pages that hold blocks of one size, or one large object.
//!
//! `alloc_bits` says which blocks are in use or handed to a P. A P takes groups of up to 64 blocks at a time (`take_group`) and gives
//! back what it has not used (`give_group`). `mark_bits` belong to the collection that runs and are zero otherwise. Sweeping makes the
//! mark bits the new allocation bits.
//!
//! Blocks with pointers have a word of 32 bits each at the end of the span that says where: for blocks up to 256 bytes one bit for each
//! word; for larger ones the address of the element's type, whose bits repeat. 0 for a large block: any word may be a
//! pointer.
//!
//! Invariant: while marking runs, every block that a P may still hand out is marked, so new objects are black.

use super::size_class::{CONTENTS_BYTES, PAGE_BYTES, SIZES, span_pages};
use super::specials::{self, Special};
use abi::heap::BITS_BYTES;
use abi::types::{TFLAG_GC_MASK_ON_DEMAND, Type};
use core::ptr::null_mut;
use core::sync::atomic::{
    AtomicBool, AtomicU32, AtomicU64,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
};

/// Blocks of a group.
pub(crate) const GROUP: usize = 64;
/// Groups of the span with the most blocks.
pub(crate) const N_GROUPS: usize = 16;

/// What an object may contain.
#[derive(Clone, Copy)]
pub enum Contents {
    /// No pointers.
    Plain,
    /// Values of this type, one after the other.
    Typed(*const Type),
    /// Any word may be a pointer.
    Unknown,
}

/// A span. Its memory is never freed, only used for another span.
pub struct Span {
    pub(crate) start: usize,
    pub(crate) n_pages: usize,
    pub(crate) block_bytes: usize,
    pub(crate) n_blocks: usize,
    /// Size class; 0 for one large object.
    pub(crate) class: usize,
    /// 2^32 / `block_bytes`, rounded up, to divide by it.
    reciprocal: u32,
    pub(crate) has_pointers: bool,
    // Whether it holds blocks. Written by whoever takes or gives the pages, read by markers.
    in_use: AtomicBool,
    /// Whether its memory has been used before.
    pub(crate) is_dirty: bool,
    // Twice the number of the collection after which it was swept; one less while somebody sweeps it.
    swept: AtomicU32,
    /// The first group that may have free blocks.
    next_group: usize,
    /// Type of a large object, or 0.
    large_type: usize,
    pub(crate) next: *mut Span,
    pub(crate) prev: *mut Span,
    /// What is attached to its objects. The lock of `specials` must be held for these three.
    pub(crate) specials: *mut Special,
    pub(crate) next_special: *mut Span,
    pub(crate) prev_special: *mut Span,
    /// Whether the system has the memory back, while the pages are free.
    pub(crate) is_released: bool,
    // Written by the P that holds the span or by whoever sweeps it; read by markers.
    alloc_bits: [AtomicU64; N_GROUPS],
    // Set by markers.
    mark_bits: [AtomicU64; N_GROUPS],
}

impl Span {
    /// A span that describes free pages.
    pub(crate) fn free(start: usize, n_pages: usize, is_dirty: bool) -> Span {
        Span {
            start,
            n_pages,
            block_bytes: 0,
            n_blocks: 0,
            class: 0,
            reciprocal: 0,
            has_pointers: false,
            in_use: AtomicBool::new(false),
            is_dirty,
            swept: AtomicU32::new(0),
            next_group: 0,
            large_type: 0,
            next: null_mut(),
            prev: null_mut(),
            specials: null_mut(),
            next_special: null_mut(),
            prev_special: null_mut(),
            is_released: false,
            alloc_bits: [const { AtomicU64::new(0) }; N_GROUPS],
            mark_bits: [const { AtomicU64::new(0) }; N_GROUPS],
        }
    }

    /// Makes it a span of small blocks.
    pub(crate) fn use_small(&mut self, class: usize, has_pointers: bool, collection: u32) {
        debug_assert!(self.n_pages == span_pages(class, has_pointers));
        let bytes = self.n_pages * PAGE_BYTES;
        self.block_bytes = SIZES[class] as usize;
        self.reciprocal = (u32::MAX / self.block_bytes as u32) + 1;
        let word = if has_pointers { CONTENTS_BYTES } else { 0 };
        self.n_blocks = bytes / (self.block_bytes + word);
        self.class = class;
        self.begin_use(has_pointers, collection);
    }

    /// Makes it a span of one large object, marked if marking runs.
    pub(crate) fn use_large(&mut self, contents: Contents, collection: u32, is_marked: bool) {
        self.block_bytes = self.n_pages * PAGE_BYTES;
        self.n_blocks = 1;
        self.class = 0;
        self.large_type = if let Contents::Typed(ty) = contents { ty as usize } else { 0 };
        self.begin_use(!matches!(contents, Contents::Plain), collection);
        self.next_group = 1;
        self.alloc_bits[0].store(1, Relaxed);
        self.mark_bits[0].store(is_marked as u64, Relaxed);
    }

    fn begin_use(&mut self, has_pointers: bool, collection: u32) {
        self.has_pointers = has_pointers;
        self.swept.store(2 * collection, Relaxed);
        self.next_group = 0;
        self.alloc_bits.iter().chain(&self.mark_bits).for_each(|word| word.store(0, Relaxed));
        if has_pointers && self.class != 0 && self.is_dirty {
            // A stale pointer may lead to a block before its contents are noted.
            // SAFETY: the words lie behind the last block, inside the span, and the span is ours.
            unsafe { core::ptr::write_bytes(self.words_at(), 0, self.n_blocks) };
        }
        // Publishes the fields above to markers that find the span by a stale word.
        self.in_use.store(true, Release);
    }

    pub(crate) fn is_in_use(&self) -> bool {
        self.in_use.load(Acquire)
    }

    /// Its pages become free.
    pub(crate) fn end_use(&mut self) {
        self.in_use.store(false, Release);
        self.is_dirty = true;
    }

    fn n_groups(&self) -> usize {
        self.n_blocks.div_ceil(GROUP)
    }

    /// The free blocks of a group.
    fn free_in(&self, group: usize) -> u64 {
        let rest = self.n_blocks - group * GROUP;
        let all = if rest < GROUP { (1 << rest) - 1 } else { u64::MAX };
        !self.alloc_bits[group].load(Relaxed) & all
    }

    /// Takes all free blocks of the next group that has any: its index and a bit for each. The span is the caller's.
    pub(crate) fn take_group(&mut self, marking: bool) -> Option<(usize, u64)> {
        while self.next_group < self.n_groups() {
            let group = self.next_group;
            self.next_group += 1;
            let free = self.free_in(group);
            if free != 0 {
                if marking {
                    self.mark_bits[group].fetch_or(free, Relaxed);
                }
                // After the marks: a marker that finds a block in use finds it marked.
                self.alloc_bits[group].fetch_or(free, Release);
                return Some((group, free));
            }
        }
        None
    }

    /// Marks blocks of a group: those that a P has taken but not used when marking begins, and those that live once more.
    pub(crate) fn mark_taken(&self, group: usize, free: u64) {
        self.mark_bits[group].fetch_or(free, Relaxed);
    }

    /// Gives back blocks of `take_group` that were not used.
    pub(crate) fn give_group(&mut self, group: usize, free: u64) {
        self.alloc_bits[group].fetch_and(!free, Relaxed);
        self.mark_bits[group].fetch_and(!free, Relaxed);
        if free != 0 {
            self.next_group = self.next_group.min(group);
        }
    }

    /// How many blocks may still be taken.
    pub(crate) fn n_free(&self) -> usize {
        (self.next_group..self.n_groups()).map(|group| self.free_in(group).count_ones() as usize).sum()
    }

    /// How many blocks are in use or handed to a P.
    pub(crate) fn n_used(&self) -> usize {
        self.alloc_bits.iter().map(|word| word.load(Relaxed).count_ones() as usize).sum()
    }

    pub(crate) fn block(&self, index: usize) -> usize {
        self.start + index * self.block_bytes
    }

    /// Where the words of `set_contents` of a group begin; 0 if its blocks hold no pointers.
    pub(crate) fn contents_at(&self, group: usize) -> usize {
        if self.has_pointers { self.words_at() as usize + group * GROUP * CONTENTS_BYTES } else { 0 }
    }

    /// The index of the block that `addr`, an address in the span, points into.
    fn index_of(&self, addr: usize) -> Option<usize> {
        if self.class == 0 {
            return Some(0);
        }
        // Exact for spans of small blocks, which are small; a test tries every offset.
        let index = (((addr - self.start) as u64 * self.reciprocal as u64) >> 32) as usize;
        (index < self.n_blocks).then_some(index)
    }

    /// The index of the block that `addr` points into; nothing for free pages and for what lies behind the last block.
    #[inline]
    pub(crate) fn index_of_used(&self, addr: usize) -> Option<usize> {
        let is_inside = addr.wrapping_sub(self.start) < self.n_pages * PAGE_BYTES;
        if is_inside && self.is_in_use() { self.index_of(addr) } else { None }
    }

    /// Whether a block is in use or handed to a P.
    pub(crate) fn is_allocated(&self, index: usize) -> bool {
        self.alloc_bits[index / GROUP].load(Acquire) >> (index % GROUP) & 1 != 0
    }

    pub(crate) fn is_marked(&self, index: usize) -> bool {
        self.mark_bits[index / GROUP].load(Relaxed) >> (index % GROUP) & 1 != 0
    }

    /// Marks a block; whether it was not marked before.
    #[inline]
    pub(crate) fn mark(&self, index: usize) -> bool {
        let bit = 1 << (index % GROUP);
        let word = &self.mark_bits[index / GROUP];
        word.load(Relaxed) & bit == 0 && word.fetch_or(bit, Relaxed) & bit == 0
    }

    /// Sweeps it unless that is done: queues what waits for the death of its objects, makes what is not marked free. If another
    /// thread sweeps it, waits for that: a few microseconds, and no thread is stopped meanwhile. How many blocks were freed.
    pub(crate) fn ensure_swept(&mut self, collection: u32) -> usize {
        loop {
            let state = self.swept.load(Acquire);
            if state == 2 * collection {
                return 0;
            }
            let is_ours = state & 1 == 0
                && self.swept.compare_exchange(state, 2 * collection - 1, AcqRel, Relaxed).is_ok();
            if is_ours {
                break;
            }
            core::hint::spin_loop();
        }
        if !self.specials.is_null() {
            specials::sweep(self);
        }
        let mut n_freed = 0;
        for group in 0..self.n_groups() {
            let marked = self.mark_bits[group].swap(0, Relaxed);
            let freed = self.alloc_bits[group].swap(marked, Relaxed) & !marked;
            n_freed += freed.count_ones() as usize;
            if super::gc::poisons() {
                self.poison(group, freed);
            }
        }
        self.next_group = if self.class == 0 { 1 } else { 0 };
        self.is_dirty = true;
        self.swept.store(2 * collection, Release);
        n_freed
    }

    /// Fills freed blocks, so that whoever still uses one notices.
    #[cold]
    fn poison(&self, group: usize, mut freed: u64) {
        while freed != 0 {
            let index = group * GROUP + freed.trailing_zeros() as usize;
            // SAFETY: the block is free and the span is being swept by this thread.
            unsafe { core::ptr::write_bytes(self.block(index) as *mut u8, 0xdb, self.block_bytes) };
            freed &= freed - 1;
        }
    }

    fn words_at(&self) -> *mut u32 {
        (self.start + self.n_blocks * self.block_bytes) as *mut u32
    }

    /// Notes what the block `index`, of which `bytes` bytes are used, contains.
    pub(crate) fn set_contents(&mut self, index: usize, bytes: usize, contents: Contents) {
        if !self.has_pointers || self.class == 0 {
            return;
        }
        let word = match contents {
            Contents::Plain => 0,
            Contents::Unknown if self.block_bytes <= BITS_BYTES => u32::MAX,
            Contents::Unknown => 0,
            // SAFETY: a type descriptor lives for ever.
            Contents::Typed(ty) if self.block_bytes <= BITS_BYTES => unsafe { word_bits(&*ty, bytes) },
            // Types that reflection makes lie above 4 GiB; their objects are scanned without them.
            Contents::Typed(ty) => u32::try_from(ty as usize).unwrap_or(0),
        };
        // SAFETY: the words of all blocks lie behind the last block, inside the span.
        unsafe { *self.words_at().add(index) = word };
    }

    /// Calls `visit` with each word that may be a pointer, between the offsets `from` and `to` of block `index`.
    #[inline]
    pub(crate) fn scan(&self, index: usize, from: usize, to: usize, visit: &mut impl FnMut(usize)) {
        let block = self.block(index);
        let ty = if self.class == 0 {
            self.large_type
        } else {
            // SAFETY: as in `set_contents`.
            let word = unsafe { *self.words_at().add(index) };
            if self.block_bytes <= BITS_BYTES {
                return self.scan_bits(block, word, visit);
            }
            word as usize
        };
        // SAFETY: the words lie in the block; the type is 0 or a descriptor.
        unsafe { scan_typed(block, from, to, ty as *const Type, visit) };
    }

    #[inline]
    fn scan_bits(&self, block: usize, mut bits: u32, visit: &mut impl FnMut(usize)) {
        let n_words = self.block_bytes / 8;
        if n_words < 32 {
            bits &= (1 << n_words) - 1;
        }
        while bits != 0 {
            // SAFETY: the bit is below the number of words of the block. Another thread may write the word, whole.
            visit(unsafe { (block as *const usize).add(bits.trailing_zeros() as usize).read_volatile() });
            bits &= bits - 1;
        }
    }
}

/// One bit for each word of `bytes` bytes that hold values of `ty`.
fn word_bits(ty: &Type, bytes: usize) -> u32 {
    if !has_mask(ty) {
        return u32::MAX;
    }
    let n_words = ty.ptr_bytes / 8;
    if bytes == ty.size {
        // One value: the mask itself.
        let mut bits = 0u32;
        for byte in 0..n_words.div_ceil(8).min(4) {
            // SAFETY: the mask has a bit for each word of `ptr_bytes`.
            bits |= (unsafe { *(ty.gc_data as *const u8).add(byte) } as u32) << (8 * byte);
        }
        return if n_words < 32 { bits & ((1 << n_words) - 1) } else { bits };
    }
    let mut bits = 0;
    for value in (0..bytes).step_by(ty.size) {
        for word in 0..n_words {
            let at = value / 8 + word;
            if at < 32 && mask_bit(ty, word) {
                bits |= 1 << at;
            }
        }
    }
    bits
}

/// Whether the descriptor has its mask already and describes something.
fn has_mask(ty: &Type) -> bool {
    ty.tflag & TFLAG_GC_MASK_ON_DEMAND == 0 && ty.size != 0 && ty.gc_data != 0
}

fn mask_bit(ty: &Type, word: usize) -> bool {
    // SAFETY: the mask has a bit for each word of `ptr_bytes`.
    unsafe { *(ty.gc_data as *const u8).add(word / 8) >> (word % 8) & 1 != 0 }
}

/// Calls `visit` with the address of each pointer between the offsets `from` and `to` of memory at `base` that holds values of `ty`,
/// one after the other; with every word if the type is null or its mask is not made yet.
///
/// # Safety
/// `ty` is null or a descriptor.
pub(crate) unsafe fn each_pointer(
    base: usize,
    from: usize,
    to: usize,
    ty: *const Type,
    visit: &mut impl FnMut(usize),
) {
    // SAFETY: the caller's contract.
    let ty = unsafe { ty.as_ref() }.filter(|ty| has_mask(ty));
    let Some(ty) = ty.filter(|ty| ty.ptr_bytes != ty.size || ty.size > 8) else {
        (from..to / 8 * 8).step_by(8).for_each(|at| visit(base + at));
        return;
    };
    let n_words = ty.ptr_bytes / 8;
    let mut value = from - from % ty.size;
    while value < to {
        for first in (0..n_words).step_by(8) {
            // SAFETY: the mask has a bit for each word of `ptr_bytes`.
            let mut bits = unsafe { *(ty.gc_data as *const u8).add(first / 8) } as u32;
            if n_words - first < 8 {
                bits &= (1 << (n_words - first)) - 1;
            }
            while bits != 0 {
                let at = value + (first + bits.trailing_zeros() as usize) * 8;
                if at >= from && at + 8 <= to {
                    visit(base + at);
                }
                bits &= bits - 1;
            }
        }
        value += ty.size;
    }
}

/// As [`each_pointer`], with the words themselves.
///
/// # Safety
/// Also: the memory is readable.
unsafe fn scan_typed(base: usize, from: usize, to: usize, ty: *const Type, visit: &mut impl FnMut(usize)) {
    // SAFETY: the caller's contract. Another thread may write the words, each whole.
    unsafe { each_pointer(base, from, to, ty, &mut |at| visit((at as *const usize).read_volatile())) };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small_span(memory: &mut [u64], class: usize, has_pointers: bool) -> Span {
        let n_pages = span_pages(class, has_pointers);
        assert!(memory.len() * 8 >= n_pages * PAGE_BYTES);
        let mut span = Span::free(memory.as_mut_ptr() as usize, n_pages, true);
        span.use_small(class, has_pointers, 0);
        span
    }

    fn take_all(span: &mut Span) -> Vec<usize> {
        let mut taken = Vec::new();
        while let Some((group, free)) = span.take_group(false) {
            taken.extend((0..GROUP).filter(|bit| free >> bit & 1 != 0).map(|bit| group * GROUP + bit));
        }
        taken
    }

    #[test]
    fn blocks_are_taken_once_and_come_back_when_not_marked() {
        let mut memory = vec![0u64; 2048];
        let mut span = small_span(&mut memory, 3, false);
        let n = span.n_free();
        assert_eq!(n, PAGE_BYTES / 24);
        assert_eq!(take_all(&mut span), (0..n).collect::<Vec<_>>());
        (0..n).step_by(3).for_each(|index| assert!(span.mark(index)));
        assert!(!span.mark(0));
        assert_eq!(span.ensure_swept(1), n - n.div_ceil(3));
        assert_eq!(span.ensure_swept(1), 0);
        assert_eq!(span.n_free(), n - n.div_ceil(3));
        assert_eq!(take_all(&mut span), (0..n).filter(|index| index % 3 != 0).collect::<Vec<_>>());
    }

    #[test]
    fn what_a_p_gives_back_is_free_and_what_it_used_while_marking_is_black() {
        let mut memory = vec![0u64; 2048];
        let mut span = small_span(&mut memory, 3, false);
        let (group, free) = span.take_group(true).unwrap();
        let (used, unused) = (0b111, free & !0b111);
        span.give_group(group, unused);
        assert!((0..3).all(|index| span.is_marked(index) && span.is_allocated(index)));
        assert!(!span.is_marked(3) && !span.is_allocated(3));
        span.ensure_swept(1);
        assert_eq!(span.take_group(false), Some((group, free & !used)));
    }

    #[test]
    fn division_is_exact() {
        for (class, &size) in SIZES.iter().enumerate().skip(1) {
            for has_pointers in [false, true] {
                let mut span = Span::free(0, span_pages(class, has_pointers), false);
                span.use_small(class, has_pointers, 0);
                for off in 0..span.n_pages * PAGE_BYTES {
                    let index = off / size as usize;
                    assert_eq!(span.index_of(off), (index < span.n_blocks).then_some(index), "{size} {off}");
                }
            }
        }
    }

    fn ty(size: usize, ptr_bytes: usize, mask: &[u8]) -> Type {
        Type {
            size,
            ptr_bytes,
            hash: 0,
            tflag: 0,
            align: 8,
            field_align: 8,
            kind: 25,
            equal: 0,
            gc_data: mask.as_ptr() as usize,
            str_off: 0,
            ptr_to_this: 0,
        }
    }

    #[test]
    fn only_words_of_the_mask_are_visited() {
        let mut memory = vec![0u64; 4096];
        let mut span = small_span(&mut memory, super::super::size_class::class_of(72), true);
        let mask = [0b101u8];
        let ty = ty(24, 24, &mask);
        // Three values of three words each; the middle word is no pointer.
        let index = take_all(&mut span)[0];
        span.set_contents(index, 72, Contents::Typed(&ty));
        let block = span.block(index) as *mut usize;
        // SAFETY: the block has ten words.
        (0..10).for_each(|word| unsafe { *block.add(word) = word + 100 });
        let mut seen = Vec::new();
        span.scan(index, 0, 72, &mut |word| seen.push(word - 100));
        assert_eq!(seen, [0, 2, 3, 5, 6, 8]);
        assert_eq!(word_bits(&ty, 24), 0b101);
    }

    #[test]
    fn a_part_of_an_array_is_visited() {
        let mask = [0b101u8];
        let ty = ty(24, 24, &mask);
        let words: Vec<usize> = (0..30).collect();
        let mut seen = Vec::new();
        // SAFETY: the offsets lie in `words`.
        unsafe { scan_typed(words.as_ptr() as usize, 40, 80, &ty, &mut |word| seen.push(word)) };
        assert_eq!(seen, [5, 6, 8, 9]);
    }

    #[test]
    fn interior_addresses_lead_to_their_block() {
        let mut memory = vec![0u64; 2048];
        let span = small_span(&mut memory, 5, false);
        assert_eq!(span.index_of_used(span.block(3) + 47), Some(3));
        assert_eq!(span.index_of_used(span.block(4)), Some(4));
        assert_eq!(span.index_of_used(span.start + PAGE_BYTES - 1), None);
    }
}
