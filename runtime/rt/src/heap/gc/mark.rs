//! Marking: from words that may be pointers to the objects they point into, and on.

use crate::heap::pages::PAGES;
use crate::heap::persistent;

/// Objects that are marked but not yet scanned.
pub(crate) struct Marker {
    items: *mut usize,
    len: usize,
    room: usize,
}

const FIRST_ROOM: usize = 64 << 10;

impl Marker {
    pub(crate) fn new() -> Marker {
        let items = persistent::map(FIRST_ROOM * size_of::<usize>()) as *mut usize;
        Marker { items, len: 0, room: FIRST_ROOM }
    }

    /// Gives its memory back.
    pub(crate) fn end(self) {
        platform::release(self.items as usize, self.room * size_of::<usize>());
    }

    /// Marks what each aligned word of `start..end` points into.
    pub(crate) fn scan_range(&mut self, start: usize, end: usize) {
        let mut at = start.next_multiple_of(size_of::<usize>());
        while at + size_of::<usize>() <= end {
            // SAFETY: callers pass memory of stacks, of the runtime and of the program's data, which is readable. A word there may be
            // in the middle of anything, so it is read as raw memory.
            self.mark(unsafe { (at as *const usize).read_volatile() });
            at += size_of::<usize>();
        }
    }

    /// Marks the object that `addr` points into, if it points into one.
    #[inline]
    pub(crate) fn mark(&mut self, addr: usize) {
        // SAFETY: a span of the table is alive while the world is stopped.
        let Some(span) = (unsafe { PAGES.span_of(addr).as_ref() }) else { return };
        let Some(index) = span.index_of_used(addr) else { return };
        if span.mark(index) && span.has_pointers {
            self.push(span.block(index));
        }
    }

    fn push(&mut self, block: usize) {
        if self.len == self.room {
            self.grow();
        }
        // SAFETY: there is room.
        unsafe { *self.items.add(self.len) = block };
        self.len += 1;
    }

    #[cold]
    fn grow(&mut self) {
        let items = persistent::map(2 * self.room * size_of::<usize>()) as *mut usize;
        // SAFETY: both have room for `len` items.
        unsafe { core::ptr::copy_nonoverlapping(self.items, items, self.len) };
        platform::release(self.items as usize, self.room * size_of::<usize>());
        self.items = items;
        self.room *= 2;
    }

    /// Scans everything that is marked.
    pub(crate) fn drain(&mut self) {
        while self.len > 0 {
            self.len -= 1;
            // SAFETY: below the former length.
            let block = unsafe { *self.items.add(self.len) };
            // SAFETY: it was pushed because a span holds it.
            let span = unsafe { &*PAGES.span_of(block) };
            if let Some(index) = span.index_of_used(block) {
                span.scan(index, &mut |word| self.mark(word));
            }
        }
    }
}
