//! Pages: the heap's address space, which span holds each page, and the free pages.
//!
//! The address space is reserved once and made ready in steps. A table with one word for each page leads from any address to its
//! span. Free runs are spans too; first and last page of a run lead to it, so that neighbours find each other and grow together.

use super::persistent;
use super::size_class::PAGE_BYTES;
use super::span::Span;
use crate::fatal::fatal_error;
use crate::sync::Mutex;
use core::cell::UnsafeCell;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Address space asked for; less when the system refuses.
const RESERVE_BYTES: usize = 1 << 38;
const SMALLEST_RESERVE_BYTES: usize = 1 << 28;
/// Memory is made ready in steps of this size.
const STEP_BYTES: usize = 4 << 20;
/// Runs of fewer pages have a list for each length.
const N_LISTS: usize = 64;

/// The pages of the heap.
pub struct Pages {
    lock: Mutex,
    // `lock` must be held for this.
    free: UnsafeCell<Free>,
    // Written once, before the first allocation; read by everybody.
    start: AtomicUsize,
    end: AtomicUsize,
    table: AtomicUsize,
}

struct Free {
    /// Runs by length; the last list has all longer ones.
    runs: [*mut Span; N_LISTS + 1],
    /// Span structs without pages.
    structs: *mut Span,
    ready_end: usize,
    n_in_use: usize,
}

// SAFETY: `free` is used under `lock` only.
unsafe impl Sync for Pages {}

/// The heap's pages.
pub static PAGES: Pages = Pages {
    lock: Mutex::new(),
    free: UnsafeCell::new(Free {
        runs: [null_mut(); N_LISTS + 1],
        structs: null_mut(),
        ready_end: 0,
        n_in_use: 0,
    }),
    start: AtomicUsize::new(0),
    end: AtomicUsize::new(0),
    table: AtomicUsize::new(0),
};

impl Pages {
    /// The span that holds `addr`; null for addresses outside the heap.
    #[inline]
    pub(crate) fn span_of(&self, addr: usize) -> *mut Span {
        let off = addr.wrapping_sub(self.start.load(Relaxed));
        if off >= self.end.load(Relaxed) - self.start.load(Relaxed) {
            return null_mut();
        }
        // SAFETY: the table has a word for each page between `start` and `end`.
        unsafe { *self.entry(off / PAGE_BYTES) }
    }

    fn entry(&self, page: usize) -> *mut *mut Span {
        (self.table.load(Relaxed) as *mut *mut Span).wrapping_add(page)
    }

    fn set_entry(&self, addr: usize, span: *mut Span) {
        // SAFETY: callers pass addresses between `start` and `end`; the lock is held.
        unsafe { *self.entry((addr - self.start.load(Relaxed)) / PAGE_BYTES) = span };
    }

    fn with<R>(&self, f: impl FnOnce(&mut Free) -> R) -> R {
        self.lock.lock();
        // SAFETY: the lock is held.
        let result = f(unsafe { &mut *self.free.get() });
        self.lock.unlock();
        result
    }

    /// Bytes in spans that are in use.
    pub(crate) fn bytes_in_use(&self) -> usize {
        self.with(|free| free.n_in_use * PAGE_BYTES)
    }

    /// Takes `n_pages` pages. The span is prepared by `prepare` before any address leads to it.
    pub(crate) fn take(&self, n_pages: usize, prepare: impl FnOnce(&mut Span)) -> *mut Span {
        self.with(|free| {
            let span = match self.take_run(free, n_pages) {
                Some(span) => span,
                None => {
                    self.grow(free, n_pages);
                    match self.take_run(free, n_pages) {
                        Some(span) => span,
                        None => fatal_error("runtime: out of memory"),
                    }
                }
            };
            free.n_in_use += n_pages;
            // SAFETY: the span is in no list: ours.
            unsafe {
                prepare(&mut *span);
                for page in 0..n_pages {
                    self.set_entry((*span).start + page * PAGE_BYTES, span);
                }
            }
            span
        })
    }

    /// Gives the pages of `span` back.
    pub(crate) fn give(&self, span: *mut Span) {
        self.with(|free| {
            // SAFETY: the caller gives the span up; neighbours are free runs that the lists own.
            unsafe {
                free.n_in_use -= (*span).n_pages;
                (*span).in_use = false;
                (*span).is_dirty = true;
                let before = self.span_of((*span).start.wrapping_sub(1));
                if let Some(run) = before.as_ref().filter(|run| !run.in_use) {
                    let (start, n_pages) = (run.start, run.n_pages);
                    self.unlink(free, before);
                    self.drop_struct(free, before);
                    (*span).start = start;
                    (*span).n_pages += n_pages;
                }
                let after = self.span_of((*span).start + (*span).n_pages * PAGE_BYTES);
                if let Some(run) = after.as_ref().filter(|run| !run.in_use) {
                    let n_pages = run.n_pages;
                    self.unlink(free, after);
                    self.drop_struct(free, after);
                    (*span).n_pages += n_pages;
                }
                self.link(free, span);
            }
        });
    }

    fn take_run(&self, free: &mut Free, n_pages: usize) -> Option<*mut Span> {
        for list in n_pages.min(N_LISTS)..=N_LISTS {
            let mut run = free.runs[list];
            // SAFETY: runs in the lists are alive and ours under the lock.
            unsafe {
                // Only the last list has runs of several lengths; the shortest that fits wastes least.
                let mut best: *mut Span = null_mut();
                while !run.is_null() {
                    if (*run).n_pages >= n_pages && (best.is_null() || (*run).n_pages < (*best).n_pages) {
                        best = run;
                        if list < N_LISTS {
                            break;
                        }
                    }
                    run = (*run).next;
                }
                if !best.is_null() {
                    self.unlink(free, best);
                    self.cut(free, best, n_pages);
                    return Some(best);
                }
            }
        }
        None
    }

    /// Cuts `span`, which is in no list, to `n_pages`; the rest becomes a run.
    ///
    /// # Safety
    /// The lock is held and `span` has at least `n_pages` pages.
    unsafe fn cut(&self, free: &mut Free, span: *mut Span, n_pages: usize) {
        // SAFETY: the caller's contract.
        unsafe {
            let rest = (*span).n_pages - n_pages;
            if rest == 0 {
                return;
            }
            let run = self.new_struct(free);
            run.write(Span::free((*span).start + n_pages * PAGE_BYTES, rest, (*span).is_dirty));
            (*span).n_pages = n_pages;
            self.link(free, run);
        }
    }

    /// # Safety
    /// The lock is held and `run` is in no list.
    unsafe fn link(&self, free: &mut Free, run: *mut Span) {
        // SAFETY: the caller's contract.
        unsafe {
            let list = &mut free.runs[(*run).n_pages.min(N_LISTS)];
            (*run).prev = null_mut();
            (*run).next = *list;
            if let Some(next) = list.as_mut() {
                next.prev = run;
            }
            *list = run;
            self.set_entry((*run).start, run);
            self.set_entry((*run).start + ((*run).n_pages - 1) * PAGE_BYTES, run);
        }
    }

    /// # Safety
    /// The lock is held and `run` is in its list.
    unsafe fn unlink(&self, free: &mut Free, run: *mut Span) {
        // SAFETY: the caller's contract; neighbours in the list are alive.
        unsafe {
            if let Some(next) = (*run).next.as_mut() {
                next.prev = (*run).prev;
            }
            match (*run).prev.as_mut() {
                Some(prev) => prev.next = (*run).next,
                None => free.runs[(*run).n_pages.min(N_LISTS)] = (*run).next,
            }
        }
    }

    fn new_struct(&self, free: &mut Free) -> *mut Span {
        let span = free.structs;
        if span.is_null() {
            return persistent::alloc_unscanned(size_of::<Span>(), 64) as *mut Span;
        }
        // SAFETY: structs in the list are alive and ours.
        free.structs = unsafe { (*span).next };
        span
    }

    /// # Safety
    /// Nothing leads to `span` any more.
    unsafe fn drop_struct(&self, free: &mut Free, span: *mut Span) {
        // SAFETY: the caller's contract.
        unsafe { (*span).next = free.structs };
        free.structs = span;
    }

    /// Makes more address space ready.
    fn grow(&self, free: &mut Free, n_pages: usize) {
        if self.start.load(Relaxed) == 0 {
            self.reserve(free);
        }
        let end = self.end.load(Relaxed);
        let room = end - free.ready_end;
        let bytes = (n_pages * PAGE_BYTES).next_multiple_of(STEP_BYTES).min(room);
        if bytes < n_pages * PAGE_BYTES || !platform::prepare(free.ready_end, bytes) {
            fatal_error("runtime: out of memory");
        }
        platform::ready(free.ready_end, bytes);
        let run = self.new_struct(free);
        // SAFETY: a new struct for new pages; the lock is held.
        unsafe {
            run.write(Span::free(free.ready_end, bytes / PAGE_BYTES, false));
            self.link(free, run);
        }
        free.ready_end += bytes;
    }

    fn reserve(&self, free: &mut Free) {
        let mut bytes = RESERVE_BYTES;
        let addr = loop {
            let addr = platform::reserve(bytes);
            if addr != 0 {
                break addr;
            }
            bytes /= 2;
            if bytes < SMALLEST_RESERVE_BYTES {
                fatal_error("runtime: cannot reserve heap address space");
            }
        };
        // The page before the first belongs to nobody, so no run grows over the beginning.
        let start = addr.next_multiple_of(PAGE_BYTES) + PAGE_BYTES;
        let end = (addr + bytes) / PAGE_BYTES * PAGE_BYTES - PAGE_BYTES;
        let table_bytes = ((end - start) / PAGE_BYTES * size_of::<usize>()).next_multiple_of(4096);
        self.table.store(persistent::map(table_bytes), Relaxed);
        free.ready_end = start;
        self.start.store(start, Relaxed);
        self.end.store(end, Relaxed);
    }
}
