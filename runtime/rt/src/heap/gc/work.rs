//! Objects that are marked and not yet scanned.
//!
//! Each P has a buffer of its own; full ones and what others may help with lie in a shared list. `drain` takes objects out, marks what
//! they refer to, and stops when it should.
//!
//! Large objects are scanned in parts: the first part puts the others into the buffer. An item is the address of an object or of a later part.

use crate::heap::pages::PAGES;
use crate::heap::persistent;
use crate::heap::span::Span;
use crate::sync::{Mutex, rank::Rank};
use core::cell::UnsafeCell;
use core::ptr::null_mut;
use core::sync::atomic::{
    AtomicUsize,
    Ordering::{Acquire, Relaxed, Release},
};

/// Items of a buffer; with its head it is 4 KiB.
const BUF_ITEMS: usize = 510;
/// Larger objects are scanned in parts of this size.
const PART_BYTES: usize = 128 << 10;
/// `drain` asks whether to stop after so many bytes.
const ASK_BYTES: usize = 32 << 10;
/// Objects whose memory is on its way from memory to the processor's cache.
const N_AHEAD: usize = 8;

/// A buffer of items.
#[repr(C)]
pub(crate) struct Buf {
    next: *mut Buf,
    len: usize,
    items: [usize; BUF_ITEMS],
}

struct Shared {
    lock: Mutex,
    // `lock` must be held for this: buffers with items, and empty ones.
    lists: UnsafeCell<[*mut Buf; 2]>,
    // How many buffers have items. Written under the lock; read without as a hint.
    n_full: AtomicUsize,
}

// SAFETY: `lists` is used under `lock` only.
unsafe impl Sync for Shared {}

static SHARED: Shared = Shared {
    lock: Mutex::new(Rank::Marking),
    lists: UnsafeCell::new([null_mut(); 2]),
    n_full: AtomicUsize::new(0),
};

/// Whether somebody without work would find some.
pub(crate) fn has_shared() -> bool {
    SHARED.n_full.load(Acquire) != 0
}

impl Shared {
    fn with<R>(&self, f: impl FnOnce(&mut [*mut Buf; 2]) -> R) -> R {
        self.lock.lock();
        // SAFETY: the lock is held.
        let result = f(unsafe { &mut *self.lists.get() });
        self.lock.unlock();
        result
    }

    fn put(&self, buf: *mut Buf) {
        self.with(|[full, empty]| {
            // SAFETY: the caller gives the buffer up.
            unsafe {
                let list = if (*buf).len > 0 { full } else { empty };
                (*buf).next = *list;
                *list = buf;
                if (*buf).len > 0 {
                    self.n_full.fetch_add(1, Release);
                }
            }
        });
    }

    fn take_full(&self) -> Option<*mut Buf> {
        if !has_shared() {
            return None;
        }
        self.with(|[full, _]| {
            let buf = *full;
            // SAFETY: the lock is held; listed buffers are alive.
            *full = unsafe { buf.as_ref() }?.next;
            self.n_full.fetch_sub(1, Relaxed);
            Some(buf)
        })
    }

    fn take_empty(&self) -> *mut Buf {
        let buf = self.with(|[_, empty]| {
            let buf = *empty;
            // SAFETY: as above.
            *empty = unsafe { buf.as_ref() }?.next;
            Some(buf)
        });
        buf.unwrap_or_else(|| persistent::alloc_unscanned(size_of::<Buf>(), 64) as *mut Buf)
    }
}

/// What one P has to scan.
pub(crate) struct LocalWork {
    buf: *mut Buf,
    /// Bytes of the blocks it has marked in this collection.
    pub(crate) marked_bytes: usize,
    /// Bytes it has scanned since somebody looked.
    pub(crate) scanned_bytes: usize,
}

impl LocalWork {
    pub(crate) const fn new() -> LocalWork {
        LocalWork { buf: null_mut(), marked_bytes: 0, scanned_bytes: 0 }
    }

    /// Whether it has nothing to scan.
    pub(crate) fn is_empty(&self) -> bool {
        // SAFETY: the buffer is ours.
        unsafe { self.buf.as_ref() }.is_none_or(|buf| buf.len == 0)
    }

    /// Gives everything to the shared list.
    pub(crate) fn share(&mut self) {
        if !self.buf.is_null() {
            SHARED.put(core::mem::replace(&mut self.buf, null_mut()));
        }
    }

    #[inline]
    fn push(&mut self, item: usize) {
        // SAFETY: the buffer is ours.
        unsafe {
            if self.buf.is_null() || (*self.buf).len == BUF_ITEMS {
                self.share();
                self.buf = SHARED.take_empty();
            }
            (*self.buf).items[(*self.buf).len] = item;
            (*self.buf).len += 1;
        }
    }

    #[inline]
    fn pop(&mut self) -> Option<usize> {
        // SAFETY: the buffer is ours.
        unsafe {
            if self.is_empty() {
                let full = SHARED.take_full()?;
                if !self.buf.is_null() {
                    SHARED.put(self.buf);
                }
                self.buf = full;
            }
            (*self.buf).len -= 1;
            Some((*self.buf).items[(*self.buf).len])
        }
    }

    /// Gives half of what it has to others, if they have nothing.
    fn share_half(&mut self) {
        // SAFETY: both buffers are ours.
        unsafe {
            if has_shared() || self.buf.is_null() || (*self.buf).len < 8 {
                return;
            }
            let (own, other) = (&mut *self.buf, SHARED.take_empty());
            let half = own.len / 2;
            own.len -= half;
            let items = &mut (*other).items;
            items[..half].copy_from_slice(&own.items[own.len..own.len + half]);
            (*other).len = half;
            SHARED.put(other);
        }
    }

    /// Marks the object that `addr` points into, if it points into one.
    #[inline]
    pub(crate) fn mark(&mut self, addr: usize) {
        // SAFETY: spans of the table are alive while marking runs.
        let Some(span) = (unsafe { PAGES.span_of(addr).as_ref() }) else { return };
        let Some(index) = span.index_of_used(addr) else { return };
        self.mark_block(span, index);
    }

    #[inline]
    fn mark_block(&mut self, span: &Span, index: usize) {
        if span.mark(index) {
            self.marked_bytes += span.block_bytes;
            if span.has_pointers {
                self.push(span.block(index));
            }
        }
    }

    /// As `mark`, for a word that may be no pointer: what it seems to point to may be free.
    #[inline]
    pub(crate) fn mark_word(&mut self, addr: usize) {
        // SAFETY: as in `mark`.
        let Some(span) = (unsafe { PAGES.span_of(addr).as_ref() }) else { return };
        if let Some(index) = span.index_of_used(addr).filter(|&index| span.is_allocated(index)) {
            self.mark_block(span, index);
        }
    }

    /// Marks what a word of the heap points to. One that is a pointer for certain must not point to a free block: sweeping will find
    /// that it is marked.
    #[inline]
    fn mark_found(&mut self, word: usize, is_certain: bool) {
        if is_certain { self.mark(word) } else { self.mark_word(word) }
    }

    /// Marks what each aligned word of `start..end` points into.
    pub(crate) fn scan_range(&mut self, start: usize, end: usize) {
        let mut at = start.next_multiple_of(size_of::<usize>());
        while at + size_of::<usize>() <= end {
            // SAFETY: callers pass memory of stacks, of the runtime and of the program's data, which is readable. A word there may be
            // in the middle of anything, so it is read as raw memory.
            self.mark_word(unsafe { (at as *const usize).read_volatile() });
            at += size_of::<usize>();
        }
        self.scanned_bytes += end.saturating_sub(start);
    }

    /// Marks what the object at `addr` refers to, but not the object.
    pub(crate) fn scan_object(&mut self, addr: usize) {
        // SAFETY: as in `mark`.
        let Some(span) = (unsafe { PAGES.span_of(addr).as_ref() }) else { return };
        if let Some(index) = span.index_of_used(addr).filter(|_| span.has_pointers) {
            self.scanned_bytes += span.block_bytes;
            span.scan(index, 0, span.block_bytes, &mut |word, is_certain| self.mark_found(word, is_certain));
        }
    }

    fn scan_item(&mut self, item: usize) {
        // SAFETY: it was pushed because a span holds it.
        let span = unsafe { &*PAGES.span_of(item) };
        let Some(index) = span.index_of_used(item) else { return };
        let block = span.block(index);
        let from = item - block;
        let to = span.block_bytes.min(from + PART_BYTES);
        if item == block {
            (PART_BYTES..span.block_bytes).step_by(PART_BYTES).for_each(|part| self.push(block + part));
        }
        self.scanned_bytes += to - from;
        span.scan(index, from, to, &mut |word, is_certain| self.mark_found(word, is_certain));
    }

    /// Scans until nothing is left anywhere, or `should_stop` says so; whether nothing was left. A few objects are fetched from memory ahead of
    /// time, because most of the time would be waiting for them.
    pub(crate) fn drain(&mut self, mut should_stop: impl FnMut(&LocalWork) -> bool) -> bool {
        let mut ahead = [0usize; N_AHEAD];
        let mut at = 0;
        let mut ask_at = self.scanned_bytes + ASK_BYTES;
        let mut n_missing = 0;
        loop {
            let next = self.pop().unwrap_or(0);
            if next != 0 {
                arch::prefetch(next);
            }
            let item = core::mem::replace(&mut ahead[at], next);
            at = (at + 1) % N_AHEAD;
            if item != 0 {
                n_missing = 0;
                self.scan_item(item);
            } else if next == 0 {
                n_missing += 1;
                if n_missing > N_AHEAD {
                    return true;
                }
            }
            if self.scanned_bytes >= ask_at {
                ask_at = self.scanned_bytes + ASK_BYTES;
                self.share_half();
                if should_stop(self) {
                    ahead.into_iter().filter(|&item| item != 0).for_each(|item| self.push(item));
                    return false;
                }
            }
        }
    }
}
