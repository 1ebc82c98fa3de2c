//! The spans that no P holds, by class: swept ones with free blocks, swept ones without, and those still to be swept.
//!
//! After a collection every span is to be swept. Whoever needs a span sweeps until it finds one with free blocks, the collector's goroutine
//! sweeps the rest, and the next collection begins when all are swept. Each class has two pairs of lists; the parity of the number of collections
//! says which pair is the swept one, so a new collection turns all spans into unswept ones by counting.

use super::gc;
use super::pages::PAGES;
use super::size_class::{N_CLASSES, span_pages};
use super::span::{Contents, Span};
use crate::sync::{Mutex, rank::Rank};
use core::cell::UnsafeCell;
use core::ptr::null_mut;
use core::sync::atomic::{
    AtomicU64, AtomicUsize,
    Ordering::{AcqRel, Acquire, Relaxed},
};

/// A span is looked for among so many unswept ones before new pages are taken.
const MOST_TRIES: usize = 100;

/// Spans of one class that no P holds.
struct Spans {
    lock: Mutex,
    // `lock` must be held for this.
    lists: UnsafeCell<[Lists; 2]>,
}

struct Lists {
    partial: List,
    full: List,
}

/// A list linked through `Span::next`.
struct List(*mut Span);

impl List {
    fn push(&mut self, span: *mut Span) {
        // SAFETY: the caller holds the lock and owns the span.
        unsafe { (*span).next = self.0 };
        self.0 = span;
    }

    fn pop(&mut self) -> Option<*mut Span> {
        let span = self.0;
        // SAFETY: the caller holds the lock; listed spans are alive.
        self.0 = unsafe { span.as_ref() }?.next;
        Some(span)
    }
}

/// All classes; class 0 has the large objects.
pub struct Central {
    spans: [Spans; 2 * N_CLASSES],
    // Spans that were taken to be swept and are in no list.
    n_sweeping: AtomicUsize,
    // The first slot that may have unswept spans. Written by sweepers, reset by the collector while the world is stopped.
    sweep_slot: AtomicUsize,
    // Blocks of each class that sweeping has freed, and bytes of freed large objects. Written by sweepers.
    n_freed: [AtomicU64; N_CLASSES],
    freed_large_bytes: AtomicU64,
    // Large objects ever made, and their bytes.
    n_large: AtomicU64,
    large_bytes: AtomicU64,
}

// SAFETY: lists are used under their lock only.
unsafe impl Sync for Central {}

/// The spans that no P holds.
pub static CENTRAL: Central = Central {
    spans: [const {
        Spans {
            lock: Mutex::new(Rank::Spans),
            lists: UnsafeCell::new(
                [const { Lists { partial: List(null_mut()), full: List(null_mut()) } }; 2],
            ),
        }
    }; 2 * N_CLASSES],
    n_sweeping: AtomicUsize::new(0),
    sweep_slot: AtomicUsize::new(2 * N_CLASSES),
    n_freed: [const { AtomicU64::new(0) }; N_CLASSES],
    freed_large_bytes: AtomicU64::new(0),
    n_large: AtomicU64::new(0),
    large_bytes: AtomicU64::new(0),
};

fn slot_of(class: usize, has_pointers: bool) -> usize {
    // Large objects have one slot.
    class + if has_pointers && class != 0 { N_CLASSES } else { 0 }
}

impl Central {
    /// Calls `f` with the swept and the unswept lists.
    fn with<R>(&self, slot: usize, f: impl FnOnce(&mut Lists, &mut Lists) -> R) -> R {
        let spans = &self.spans[slot];
        spans.lock.lock();
        // SAFETY: the lock is held.
        let [even, odd] = unsafe { &mut *spans.lists.get() };
        let result = if gc::collections().is_multiple_of(2) { f(even, odd) } else { f(odd, even) };
        spans.lock.unlock();
        result
    }

    /// Takes `used`, which has no free block (or is null), and gives a span that has one.
    pub(crate) fn replace(&self, used: *mut Span, class: usize, has_pointers: bool) -> *mut Span {
        let slot = slot_of(class, has_pointers);
        let found = self.with(slot, |swept, _| {
            if !used.is_null() {
                swept.full.push(used);
            }
            swept.partial.pop()
        });
        let found = found.or_else(|| {
            for _ in 0..MOST_TRIES {
                let span = self.take_unswept(slot)?;
                self.sweep(span);
                // SAFETY: the span is in no list: ours.
                let has_room = unsafe { (*span).n_free() > 0 };
                if has_room {
                    self.n_sweeping.fetch_sub(1, AcqRel);
                    return Some(span);
                }
                self.put_swept(slot, span);
            }
            None
        });
        let collection = gc::collections();
        let span = found.unwrap_or_else(|| {
            PAGES
                .take(span_pages(class, has_pointers), |span| span.use_small(class, has_pointers, collection))
        });
        // SAFETY: the span is in no list: ours.
        gc::count_allocated(unsafe { (*span).n_free() * (*span).block_bytes });
        span
    }

    /// Makes a span for one large object.
    pub(crate) fn large(&self, n_pages: usize, contents: Contents) -> *mut Span {
        let mut n_found = 0;
        // What sweeping frees is used again before the heap grows.
        while n_found < n_pages
            && let Some(span) = self.take_unswept(0)
        {
            // SAFETY: the span is in no list: ours.
            let n = unsafe { (*span).n_pages };
            if self.finish_span(0, span) {
                n_found += n;
            }
        }
        let (collection, marking) = (gc::collections(), gc::is_marking());
        let span = PAGES.take(n_pages, |span| span.use_large(contents, collection, marking));
        self.with(0, |swept, _| swept.full.push(span));
        // SAFETY: the span was just made.
        let bytes = unsafe { (*span).block_bytes };
        self.n_large.fetch_add(1, Relaxed);
        self.large_bytes.fetch_add(bytes as u64, Relaxed);
        gc::count_allocated(bytes);
        span
    }

    /// Takes a swept span back from a P.
    pub(crate) fn give(&self, span: *mut Span) {
        // SAFETY: the span is in no list: ours.
        let (class, has_pointers) = unsafe { ((*span).class, (*span).has_pointers) };
        self.put(slot_of(class, has_pointers), span);
    }

    fn put(&self, slot: usize, span: *mut Span) {
        // SAFETY: the span is in no list: ours.
        let has_room = unsafe { (*span).n_free() > 0 };
        self.with(slot, |swept, _| {
            let list = if has_room { &mut swept.partial } else { &mut swept.full };
            list.push(span);
        });
    }

    /// Ends what `take_unswept` began.
    fn put_swept(&self, slot: usize, span: *mut Span) {
        self.put(slot, span);
        self.n_sweeping.fetch_sub(1, AcqRel);
    }

    fn take_unswept(&self, slot: usize) -> Option<*mut Span> {
        self.with(slot, |_, unswept| {
            let span = unswept.partial.pop().or_else(|| unswept.full.pop())?;
            self.n_sweeping.fetch_add(1, AcqRel);
            Some(span)
        })
    }

    /// Sweeps a span of `take_unswept`.
    fn sweep(&self, span: *mut Span) {
        // SAFETY: the span is in no list; one that needs it swept at once waits for us, or we for it.
        unsafe {
            let n_freed = (*span).ensure_swept(gc::collections());
            self.count_freed(&*span, n_freed);
        }
    }

    pub(crate) fn count_freed(&self, span: &Span, n_blocks: usize) {
        self.n_freed[span.class].fetch_add(n_blocks as u64, Relaxed);
        if span.class == 0 && n_blocks > 0 {
            self.freed_large_bytes.fetch_add(span.block_bytes as u64, Relaxed);
        }
    }

    /// Sweeps a span of `take_unswept` and puts it where it belongs; whether its pages are free.
    fn finish_span(&self, slot: usize, span: *mut Span) -> bool {
        self.sweep(span);
        // SAFETY: the span is in no list: ours.
        let is_empty = unsafe { (*span).n_used() == 0 };
        if is_empty {
            PAGES.give(span);
            self.n_sweeping.fetch_sub(1, AcqRel);
        } else {
            self.put_swept(slot, span);
        }
        is_empty
    }

    /// Sweeps up to `most` spans; whether any may be left.
    pub(crate) fn sweep_some(&self, most: usize) -> bool {
        for _ in 0..most {
            let slot = self.sweep_slot.load(Relaxed);
            if slot >= 2 * N_CLASSES {
                return self.n_sweeping.load(Acquire) != 0;
            }
            match self.take_unswept(slot) {
                Some(span) => drop(self.finish_span(slot, span)),
                // Somebody else may have moved it on already; then this does nothing.
                None => drop(self.sweep_slot.compare_exchange(slot, slot + 1, AcqRel, Relaxed)),
            }
        }
        true
    }

    /// From now on every span is to be swept. The world is stopped, no P holds a span, and all were swept; the
    /// caller counts the collection.
    pub(crate) fn begin_sweep(&self) {
        self.sweep_slot.store(0, Relaxed);
    }

    /// Calls `visit` with blocks freed of each class, the large objects' bytes aside.
    pub(crate) fn freed(&self, class: usize) -> u64 {
        self.n_freed[class].load(Relaxed)
    }

    /// Large objects ever made, their bytes, and the bytes of those that were freed.
    pub(crate) fn large_counts(&self) -> (u64, u64, u64) {
        (self.n_large.load(Relaxed), self.large_bytes.load(Relaxed), self.freed_large_bytes.load(Relaxed))
    }
}
