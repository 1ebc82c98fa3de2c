//! A span: consecutive pages that hold blocks of one size, or one large object.
//!
//! `alloc_bits` says which blocks were in use when the span was last swept; allocation goes through the zero bits
//! in order, `free_index` counting. `mark_bits` belong to the collection that runs. Sweeping makes the mark bits
//! the new allocation bits.
//!
//! Blocks with pointers have a word of 32 bits each at the end of the span that says where: for blocks up to 256 bytes one bit for each
//! word; for larger ones the address of the element's type, whose bits repeat. 0 for a large block: any word may be a
//! pointer.

use super::size_class::{CONTENTS_BYTES, PAGE_BYTES, SIZES, span_pages};
use abi::types::{TFLAG_GC_MASK_ON_DEMAND, Type};
use core::ptr::null_mut;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Blocks up to this size have a bit for each word.
const BITS_BYTES: usize = 256;
const N_WORDS: usize = 16;

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
    pub(crate) class: usize,
    pub(crate) has_pointers: bool,
    pub(crate) in_use: bool,
    /// Whether its memory has been used before.
    pub(crate) is_dirty: bool,
    /// Collection after which it was swept.
    pub(crate) swept: u32,
    free_index: usize,
    /// Type of a large object, or 0.
    large_type: usize,
    pub(crate) next: *mut Span,
    pub(crate) prev: *mut Span,
    alloc_bits: [u64; N_WORDS],
    mark_bits: [AtomicU64; N_WORDS],
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
            has_pointers: false,
            in_use: false,
            is_dirty,
            swept: 0,
            free_index: 0,
            large_type: 0,
            next: null_mut(),
            prev: null_mut(),
            alloc_bits: [0; N_WORDS],
            mark_bits: [const { AtomicU64::new(0) }; N_WORDS],
        }
    }

    /// Makes it a span of small blocks.
    pub(crate) fn use_small(&mut self, class: usize, has_pointers: bool, swept: u32) {
        debug_assert!(self.n_pages == span_pages(class, has_pointers));
        let bytes = self.n_pages * PAGE_BYTES;
        self.block_bytes = SIZES[class] as usize;
        let word = if has_pointers { CONTENTS_BYTES } else { 0 };
        self.n_blocks = bytes / (self.block_bytes + word);
        self.class = class;
        self.begin_use(has_pointers, swept);
    }

    /// Makes it a span of one large object.
    pub(crate) fn use_large(&mut self, contents: Contents, swept: u32) {
        self.block_bytes = self.n_pages * PAGE_BYTES;
        self.n_blocks = 1;
        self.class = 0;
        self.begin_use(!matches!(contents, Contents::Plain), swept);
        self.free_index = 1;
        self.large_type = if let Contents::Typed(ty) = contents { ty as usize } else { 0 };
    }

    fn begin_use(&mut self, has_pointers: bool, swept: u32) {
        self.has_pointers = has_pointers;
        self.in_use = true;
        self.swept = swept;
        self.free_index = 0;
        self.alloc_bits = [0; N_WORDS];
        self.mark_bits = [const { AtomicU64::new(0) }; N_WORDS];
        if has_pointers && self.class != 0 && self.is_dirty {
            // A stale pointer may lead to a block before its contents are noted.
            // SAFETY: the words lie behind the last block, inside the span, and the span is ours.
            unsafe { core::ptr::write_bytes(self.words_at(), 0, self.n_blocks) };
        }
    }

    /// Takes the next free block; its index.
    pub(crate) fn take(&mut self) -> Option<usize> {
        while self.free_index < self.n_blocks {
            let word = self.free_index / 64;
            let free = !self.alloc_bits[word] & (u64::MAX << (self.free_index % 64));
            if free != 0 {
                let index = word * 64 + free.trailing_zeros() as usize;
                self.free_index = index + 1;
                return (index < self.n_blocks).then_some(index);
            }
            self.free_index = (word + 1) * 64;
        }
        None
    }

    /// How many blocks may still be taken.
    pub(crate) fn n_free(&self) -> usize {
        let mut n = 0;
        let mut index = self.free_index;
        while index < self.n_blocks {
            let end = (index / 64 + 1) * 64;
            let mut free = !self.alloc_bits[index / 64] & (u64::MAX << (index % 64));
            if end > self.n_blocks {
                free &= u64::MAX >> (end - self.n_blocks);
            }
            n += free.count_ones() as usize;
            index = end;
        }
        n
    }

    pub(crate) fn block(&self, index: usize) -> usize {
        self.start + index * self.block_bytes
    }

    /// The index of the block that `addr` points into.
    pub(crate) fn index_of(&self, addr: usize) -> Option<usize> {
        if self.class == 0 {
            return Some(0);
        }
        // Spans of small blocks are small: 32 bits divide faster.
        let index = ((addr - self.start) as u32 / self.block_bytes as u32) as usize;
        (index < self.n_blocks).then_some(index)
    }

    /// As `index_of`, but nothing for free pages.
    pub(crate) fn index_of_used(&self, addr: usize) -> Option<usize> {
        if self.in_use { self.index_of(addr) } else { None }
    }

    /// Marks a block; whether it was not marked before. One M marks, so the load and the store need not be one step.
    pub(crate) fn mark(&self, index: usize) -> bool {
        let bit = 1 << (index % 64);
        let word = &self.mark_bits[index / 64];
        let old = word.load(Relaxed);
        word.store(old | bit, Relaxed);
        old & bit == 0
    }

    /// Number of marked blocks.
    pub(crate) fn n_marked(&self) -> usize {
        self.mark_bits.iter().map(|word| word.load(Relaxed).count_ones() as usize).sum()
    }

    /// Makes what is not marked free.
    pub(crate) fn sweep(&mut self, collection: u32) {
        for (alloc, mark) in self.alloc_bits.iter_mut().zip(&mut self.mark_bits) {
            *alloc = core::mem::take(mark.get_mut());
        }
        self.free_index = if self.class == 0 { 1 } else { 0 };
        self.is_dirty = true;
        self.swept = collection;
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

    /// Calls `visit` with each word of block `index` that may be a pointer.
    pub(crate) fn scan(&self, index: usize, visit: &mut impl FnMut(usize)) {
        let block = self.block(index) as *const usize;
        if self.class == 0 {
            // SAFETY: a large type is a descriptor, and the block has `block_bytes` bytes.
            unsafe { scan_typed(block, self.block_bytes, self.large_type as *const Type, visit) };
            return;
        }
        // SAFETY: as in `set_contents`.
        let word = unsafe { *self.words_at().add(index) };
        if self.block_bytes > BITS_BYTES {
            // SAFETY: the word is 0 or the address of a descriptor.
            unsafe { scan_typed(block, self.block_bytes, word as usize as *const Type, visit) };
            return;
        }
        let mut bits = word;
        let n_words = self.block_bytes / 8;
        if n_words < 32 {
            bits &= (1 << n_words) - 1;
        }
        while bits != 0 {
            // SAFETY: the bit is below the number of words of the block.
            visit(unsafe { *block.add(bits.trailing_zeros() as usize) });
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

/// Visits the pointers of `bytes` bytes that hold values of `ty`; all words if it is null or its mask is not made yet.
///
/// # Safety
/// The bytes are readable and `ty` is null or a descriptor.
unsafe fn scan_typed(block: *const usize, bytes: usize, ty: *const Type, visit: &mut impl FnMut(usize)) {
    // SAFETY: the caller's contract.
    let ty = unsafe { ty.as_ref() };
    let Some(ty) = ty.filter(|ty| has_mask(ty)) else {
        for word in 0..bytes / 8 {
            // SAFETY: inside the block.
            visit(unsafe { *block.add(word) });
        }
        return;
    };
    let n_words = ty.ptr_bytes / 8;
    let mut value = 0;
    while value + ty.ptr_bytes <= bytes {
        for word in (0..n_words).filter(|&word| mask_bit(ty, word)) {
            // SAFETY: inside the block.
            visit(unsafe { *block.add(value / 8 + word) });
        }
        value += ty.size;
    }
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

    #[test]
    fn blocks_are_taken_once_and_come_back_when_not_marked() {
        let mut memory = vec![0u64; 2048];
        let mut span = small_span(&mut memory, 3, false);
        let n = span.n_free();
        assert_eq!(n, PAGE_BYTES / 24);
        let taken: Vec<usize> = std::iter::from_fn(|| span.take()).collect();
        assert_eq!(taken, (0..n).collect::<Vec<_>>());
        (0..n).step_by(3).for_each(|index| assert!(span.mark(index)));
        assert!(!span.mark(0));
        span.sweep(1);
        assert_eq!(span.n_free(), n - n.div_ceil(3));
        let again: Vec<usize> = std::iter::from_fn(|| span.take()).collect();
        assert_eq!(again, (0..n).filter(|index| index % 3 != 0).collect::<Vec<_>>());
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
        let index = span.take().unwrap();
        span.set_contents(index, 72, Contents::Typed(&ty));
        let block = span.block(index) as *mut usize;
        // SAFETY: the block has ten words.
        (0..10).for_each(|word| unsafe { *block.add(word) = word + 100 });
        let mut seen = Vec::new();
        span.scan(index, &mut |word| seen.push(word - 100));
        assert_eq!(seen, [0, 2, 3, 5, 6, 8]);
        assert_eq!(word_bits(&ty, 24), 0b101);
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
