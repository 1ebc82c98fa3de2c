//! What a P keeps of the heap for itself: for each class a group of blocks to hand out without a lock, and what the write barrier
//! has stored.
//!
//! The head is shared with the stubs of `arch`, which take blocks out of the groups themselves.

use super::central::CENTRAL;
use super::gc;
use super::gc::work::LocalWork;
use super::size_class::N_CLASSES;
use super::span::Span;
use crate::profile::memory::Sampler;
use abi::heap::{BARRIER_WORDS, CacheHead, N_SLOTS, Slot};

const _: () = assert!(N_CLASSES == abi::heap::N_CLASSES);

/// The cache of one P.
#[repr(C)]
pub struct HeapCache {
    pub(crate) head: CacheHead,
    /// Objects that this P has marked and not yet scanned.
    pub(crate) work: LocalWork,
    /// When an allocation is a sample of the memory profile.
    pub(crate) sampler: Sampler,
    /// Blocks handed out so far, by class, counting what the slots still hold.
    n_taken: [u64; N_CLASSES],
}

impl HeapCache {
    /// A cache without spans.
    pub const fn new() -> HeapCache {
        HeapCache {
            head: CacheHead {
                barrier_next: 0,
                barrier_end: 0,
                slots: [Slot::EMPTY; N_SLOTS],
                saved: [0; 41],
                barrier: [0; BARRIER_WORDS],
            },
            work: LocalWork::new(),
            sampler: Sampler::new(),
            n_taken: [0; N_CLASSES],
        }
    }

    /// Makes the barrier's buffer empty. Called once the cache has its place, and whenever the buffer was read.
    pub(crate) fn reset_barrier(&mut self) {
        self.head.barrier_next = self.head.barrier.as_ptr() as usize;
        self.head.barrier_end = self.head.barrier_next + size_of_val(&self.head.barrier);
    }

    /// Calls `visit` with what the barrier has stored, and forgets it.
    pub(crate) fn take_barrier(&mut self, mut visit: impl FnMut(&mut LocalWork, usize)) {
        let n = (self.head.barrier_next - self.head.barrier.as_ptr() as usize) / size_of::<usize>();
        for index in 0..n {
            visit(&mut self.work, self.head.barrier[index]);
        }
        self.reset_barrier();
    }

    /// Takes a block: its address, and a block's size.
    #[inline]
    pub(crate) fn take(&mut self, class: usize, has_pointers: bool) -> (*mut Span, usize) {
        let index = class + if has_pointers { N_CLASSES } else { 0 };
        let mut one_by_one = gc::poisons();
        if self.head.slots[index].free == 0 {
            self.refill(index, class, has_pointers);
            let slot = &self.head.slots[index];
            one_by_one |= self.sampler.filled(slot.free.count_ones(), slot.block_bytes as usize);
        }
        let slot = &mut self.head.slots[index];
        let bit = slot.free.trailing_zeros() as usize;
        slot.free &= slot.free - 1;
        let taken = (slot.span as *mut Span, slot.group * super::span::GROUP + bit);
        if one_by_one {
            // The stub finds nothing, so that every allocation comes here and is counted.
            let free = core::mem::take(&mut slot.free);
            self.n_taken[class] -= free.count_ones() as u64;
            // SAFETY: the span of a slot belongs to this P.
            unsafe { (*taken.0).give_group(self.head.slots[index].group, free) };
        }
        taken
    }

    #[cold]
    fn refill(&mut self, index: usize, class: usize, has_pointers: bool) {
        let slot = &mut self.head.slots[index];
        let mut span = slot.span as *mut Span;
        // SAFETY: the span of a slot belongs to this P.
        let mut group = unsafe { span.as_mut() }.and_then(|span| span.take_group(gc::is_marking()));
        if group.is_none() {
            span = CENTRAL.replace(span, class, has_pointers);
            // SAFETY: a span from the others has a free block, and is ours now.
            group = unsafe { (*span).take_group(gc::is_marking()) };
        }
        let Some((group, free)) = group else { crate::fatal::throw("span without free block") };
        self.n_taken[class] += free.count_ones() as u64;
        // SAFETY: as above.
        *slot = unsafe {
            Slot {
                free,
                base: (*span).block(group * super::span::GROUP),
                contents: (*span).contents_at(group),
                block_bytes: (*span).block_bytes as u32,
                is_dirty: (*span).is_dirty as u32,
                span: span as usize,
                group,
            }
        };
    }

    /// Marks what may still be handed out, because marking begins. The world is stopped.
    pub(crate) fn mark_free(&self) {
        for slot in self.head.slots.iter().filter(|slot| slot.free != 0) {
            // SAFETY: the span of a slot belongs to this P.
            unsafe { (*(slot.span as *const Span)).mark_taken(slot.group, slot.free) };
        }
    }

    /// Gives all spans back. The world is stopped or this is the holder of the P.
    pub(crate) fn flush(&mut self) {
        for index in 0..N_SLOTS {
            let slot = core::mem::replace(&mut self.head.slots[index], Slot::EMPTY);
            if slot.span != 0 {
                let span = slot.span as *mut Span;
                self.n_taken[index % N_CLASSES] -= slot.free.count_ones() as u64;
                // SAFETY: the span of a slot belongs to this P.
                unsafe { (*span).give_group(slot.group, slot.free) };
                CENTRAL.give(span);
            }
        }
    }

    /// How many blocks of a class it has handed out. Exact for the holder of the P, else nearly.
    pub(crate) fn n_allocated(&self, class: usize) -> u64 {
        let slots = [&self.head.slots[class], &self.head.slots[class + N_CLASSES]];
        self.n_taken[class] - slots.iter().map(|slot| slot.free.count_ones() as u64).sum::<u64>()
    }
}

impl Default for HeapCache {
    fn default() -> Self {
        Self::new()
    }
}
