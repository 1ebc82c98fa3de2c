//! The spans that no P holds, by class: swept ones with free blocks, swept ones without, and those still to be swept.
//!
//! After a collection every span is to be swept. Whoever needs a span sweeps until it finds one with free blocks, so the work is
//! spread over the allocations; what is left is swept before the next collection begins.

use super::gc;
use super::pages::PAGES;
use super::size_class::{N_CLASSES, span_pages};
use super::span::{Contents, Span};
use crate::sync::Mutex;
use core::cell::UnsafeCell;
use core::ptr::null_mut;

/// Spans of one class that no P holds.
struct Spans {
    lock: Mutex,
    // `lock` must be held for this.
    lists: UnsafeCell<Lists>,
}

struct Lists {
    partial: List,
    full: List,
    unswept: List,
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

    fn append(&mut self, other: &mut List) {
        while let Some(span) = other.pop() {
            self.push(span);
        }
    }
}

/// All classes; class 0 has the large objects.
pub struct Central {
    spans: [Spans; 2 * N_CLASSES],
}

// SAFETY: lists are used under their lock only.
unsafe impl Sync for Central {}

/// The spans that no P holds.
pub static CENTRAL: Central = Central {
    spans: [const {
        Spans {
            lock: Mutex::new(),
            lists: UnsafeCell::new(Lists {
                partial: List(null_mut()),
                full: List(null_mut()),
                unswept: List(null_mut()),
            }),
        }
    }; 2 * N_CLASSES],
};

impl Central {
    fn with<R>(&self, slot: usize, f: impl FnOnce(&mut Lists) -> R) -> R {
        let spans = &self.spans[slot];
        spans.lock.lock();
        // SAFETY: the lock is held.
        let result = f(unsafe { &mut *spans.lists.get() });
        spans.lock.unlock();
        result
    }

    /// Takes `used`, which has no free block (or is null), and gives a span that has one.
    pub(crate) fn replace(&self, used: *mut Span, class: usize, has_pointers: bool) -> *mut Span {
        let slot = class + if has_pointers { N_CLASSES } else { 0 };
        let collection = gc::collections();
        let found = self.with(slot, |lists| {
            if !used.is_null() {
                lists.full.push(used);
            }
            if let Some(span) = lists.partial.pop() {
                return Some(span);
            }
            while let Some(span) = lists.unswept.pop() {
                // SAFETY: a listed span is ours under the lock.
                unsafe {
                    (*span).sweep(collection);
                    if (*span).n_free() > 0 {
                        return Some(span);
                    }
                }
                lists.full.push(span);
            }
            None
        });
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
        let collection = gc::collections();
        let span = PAGES.take(n_pages, |span| span.use_large(contents, collection));
        self.with(0, |lists| lists.full.push(span));
        // SAFETY: the span was just made.
        gc::count_allocated(unsafe { (*span).block_bytes });
        span
    }

    /// Takes a span back from a P.
    pub(crate) fn give(&self, span: *mut Span) {
        // SAFETY: the span is in no list: ours.
        let (class, has_pointers, n_free) =
            unsafe { ((*span).class, (*span).has_pointers, (*span).n_free()) };
        let slot = class + if has_pointers { N_CLASSES } else { 0 };
        self.with(slot, |lists| if n_free > 0 { lists.partial.push(span) } else { lists.full.push(span) });
    }

    /// Sweeps what the last collection left. The world is stopped.
    pub(crate) fn finish_sweep(&self) {
        let collection = gc::collections();
        for slot in 0..2 * N_CLASSES {
            self.with(slot, |lists| {
                while let Some(span) = lists.unswept.pop() {
                    // SAFETY: a listed span is ours under the lock.
                    unsafe {
                        let n_marked = (*span).n_marked();
                        (*span).sweep(collection);
                        if n_marked == 0 {
                            PAGES.give(span);
                        } else if (*span).n_free() > 0 {
                            lists.partial.push(span);
                        } else {
                            lists.full.push(span);
                        }
                    }
                }
            });
        }
    }

    /// Makes every span one that is to be swept, after marking; frees those without a marked block at once. Bytes that are marked.
    /// The world is stopped and the Ps hold no spans.
    pub(crate) fn begin_sweep(&self) -> usize {
        let mut live = 0;
        for slot in 0..2 * N_CLASSES {
            self.with(slot, |lists| {
                let mut all = List(null_mut());
                all.append(&mut lists.partial);
                all.append(&mut lists.full);
                while let Some(span) = all.pop() {
                    // SAFETY: a listed span is ours under the lock.
                    unsafe {
                        let n_marked = (*span).n_marked();
                        live += n_marked * (*span).block_bytes;
                        if n_marked == 0 {
                            PAGES.give(span);
                        } else if slot == 0 {
                            (*span).sweep(gc::collections());
                            lists.full.push(span);
                        } else {
                            lists.unswept.push(span);
                        }
                    }
                }
            });
        }
        live
    }
}
