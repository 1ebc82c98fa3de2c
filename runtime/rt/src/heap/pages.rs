//! Pages: the heap's address space, which span holds each page, and the free pages.
//!
//! The address space is reserved once and made ready in steps. A table with one word for each page leads from any address to its
//! span. Free runs are spans too; first and last page of a run lead to it, so that neighbours find each other and grow together; the pages
//! between lead nowhere.
//!
//! Free memory is kept for the next spans, as far as the collector's `retained` allows; the rest goes back to the system (`release_some`).

use super::persistent;
use super::size_class::PAGE_BYTES;
use super::span::Span;
use crate::fatal::fatal_error;
use crate::lang::print::Printer;
use crate::sync::{Mutex, rank::Rank};
use core::cell::UnsafeCell;
use core::ptr::null_mut;
use core::sync::atomic::{
    AtomicPtr, AtomicUsize,
    Ordering::{Acquire, Relaxed, Release},
};

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
    /// Free pages whose memory the system has.
    n_released: usize,
    /// Pages that were ever made ready.
    n_ready: usize,
}

/// Numbers of pages.
#[derive(Clone, Copy)]
pub(crate) struct PageCounts {
    pub(crate) in_use: usize,
    pub(crate) released: usize,
    pub(crate) ready: usize,
    /// Bytes of the address space that is reserved, and of the table.
    pub(crate) table_bytes: usize,
}

// SAFETY: `free` is used under `lock` only.
unsafe impl Sync for Pages {}

/// The heap's pages.
pub static PAGES: Pages = Pages {
    lock: Mutex::new(Rank::Pages),
    free: UnsafeCell::new(Free {
        runs: [null_mut(); N_LISTS + 1],
        structs: null_mut(),
        ready_end: 0,
        n_in_use: 0,
        n_released: 0,
        n_ready: 0,
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
        unsafe { (*self.entry(off / PAGE_BYTES)).load(Acquire) }
    }

    fn entry(&self, page: usize) -> *const AtomicPtr<Span> {
        (self.table.load(Relaxed) as *const AtomicPtr<Span>).wrapping_add(page)
    }

    fn set_entry(&self, addr: usize, span: *mut Span) {
        // Publishes the span's fields to markers.
        // SAFETY: callers pass addresses between `start` and `end`; the lock is held.
        unsafe { (*self.entry((addr - self.start.load(Relaxed)) / PAGE_BYTES)).store(span, Release) };
    }

    fn with<R>(&self, f: impl FnOnce(&mut Free) -> R) -> R {
        self.lock.lock();
        // SAFETY: the lock is held.
        let result = f(unsafe { &mut *self.free.get() });
        self.lock.unlock();
        result
    }

    /// How many pages there are of each kind.
    pub(crate) fn counts(&self) -> PageCounts {
        self.with(|free| PageCounts {
            in_use: free.n_in_use,
            released: free.n_released,
            ready: free.n_ready,
            table_bytes: free.n_ready * size_of::<usize>(),
        })
    }

    /// Gives the memory of free runs back to the system until at most `retained` bytes of pages are with the program, or
    /// `most` bytes were given; how many were.
    pub(crate) fn release_some(&self, retained: usize, most: usize) -> usize {
        let mut given = 0;
        for list in (1..=N_LISTS).rev() {
            loop {
                if given >= most {
                    return given;
                }
                let bytes = self.with(|free| {
                    let resident = (free.n_ready - free.n_released) * PAGE_BYTES;
                    if resident <= retained { None } else { self.release_one(free, list) }
                });
                match bytes {
                    Some(bytes) => given += bytes,
                    None => break,
                }
            }
        }
        given
    }

    /// Releases the first run of a list that is not released. The lock is held, because the run must not be used meanwhile.
    fn release_one(&self, free: &mut Free, list: usize) -> Option<usize> {
        let mut run = free.runs[list];
        // SAFETY: runs in the lists are alive and ours under the lock.
        unsafe {
            while !run.is_null() && (*run).is_released {
                run = (*run).next;
            }
            let span = run.as_mut()?;
            let bytes = span.n_pages * PAGE_BYTES;
            platform::unused(span.start, bytes);
            span.is_released = true;
            // What comes back from the system is zero.
            span.is_dirty = false;
            free.n_released += span.n_pages;
            Some(bytes)
        }
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
                        None => self.out_of_memory(free, n_pages * PAGE_BYTES),
                    }
                }
            };
            free.n_in_use += n_pages;
            // SAFETY: the span is in no list: ours.
            unsafe {
                take_back(free, &mut *span);
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
                (*span).end_use();
                for page in 0..(*span).n_pages {
                    self.set_entry((*span).start + page * PAGE_BYTES, null_mut());
                }
                let before = self.span_of((*span).start.wrapping_sub(1));
                if before.as_ref().is_some_and(|run| !run.is_in_use()) {
                    self.absorb(free, span, before);
                }
                let after = self.span_of((*span).start + (*span).n_pages * PAGE_BYTES);
                if after.as_ref().is_some_and(|run| !run.is_in_use()) {
                    self.absorb(free, span, after);
                }
                self.link(free, span);
            }
        });
    }

    /// Makes the free run `run` a part of its neighbour `span`. If the system has only one of them, it gives that back.
    ///
    /// # Safety
    /// The lock is held; `run` is in its list, `span` in none.
    unsafe fn absorb(&self, free: &mut Free, span: *mut Span, run: *mut Span) {
        // SAFETY: the caller's contract.
        unsafe {
            self.unlink(free, run);
            let (start, n_pages) = ((*run).start, (*run).n_pages);
            self.set_entry(start, null_mut());
            self.set_entry(start + (n_pages - 1) * PAGE_BYTES, null_mut());
            if (*span).is_released != (*run).is_released {
                take_back(free, &mut *span);
                take_back(free, &mut *run);
            }
            (*span).start = (*span).start.min(start);
            (*span).n_pages += n_pages;
            (*span).is_dirty = !(*span).is_released;
            self.drop_struct(free, run);
        }
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
            (*run).is_released = (*span).is_released;
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
        let needed = n_pages * PAGE_BYTES;
        let mut bytes = needed.next_multiple_of(STEP_BYTES).min(room);
        if bytes >= needed && !platform::prepare(free.ready_end, bytes) {
            // A limit of the system may leave room for less.
            bytes = if platform::prepare(free.ready_end, needed) { needed } else { 0 };
        }
        if bytes < needed {
            self.out_of_memory(free, needed);
        }
        platform::ready(free.ready_end, bytes);
        free.n_ready += bytes / PAGE_BYTES;
        let run = self.new_struct(free);
        // SAFETY: a new struct for new pages; the lock is held.
        unsafe {
            run.write(Span::free(free.ready_end, bytes / PAGE_BYTES, false));
            self.link(free, run);
        }
        free.ready_end += bytes;
    }

    #[cold]
    fn out_of_memory(&self, free: &Free, bytes: usize) -> ! {
        let in_use = free.n_in_use * PAGE_BYTES;
        self.lock.unlock();
        let mut printer = Printer::begin_fatal();
        printer.string(b"runtime: out of memory: cannot allocate ").uint(bytes as u64);
        printer.string(b"-byte block (").uint(in_use as u64).string(b" in use)\n").end();
        fatal_error("out of memory")
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
        self.table.store(persistent::map_sparse(table_bytes), Relaxed);
        free.ready_end = start;
        self.start.store(start, Relaxed);
        self.end.store(end, Relaxed);
    }
}

/// Makes memory that was given to the system ready for use again.
fn take_back(free: &mut Free, span: &mut Span) {
    if core::mem::replace(&mut span.is_released, false) {
        platform::ready(span.start, span.n_pages * PAGE_BYTES);
        free.n_released -= span.n_pages;
    }
}
