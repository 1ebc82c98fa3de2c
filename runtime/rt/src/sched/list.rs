//! Lists of Gs, linked through `G::link`. A G is in at most one.

use super::G;
use core::ptr::null_mut;

/// A queue: first in, first out, and a stack as well.
pub struct GQueue {
    first: *mut G,
    last: *mut G,
    len: usize,
}

// SAFETY: a queue is used under the lock of whoever owns it; Gs are never freed.
unsafe impl Send for GQueue {}

impl GQueue {
    /// An empty queue.
    pub const fn new() -> GQueue {
        GQueue { first: null_mut(), last: null_mut(), len: 0 }
    }

    /// How many Gs it holds.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Puts `gp` at the end.
    pub(crate) fn push_back(&mut self, gp: *mut G) {
        // SAFETY: the caller owns `gp`, which is in no list; the last G is in this one.
        unsafe {
            (*gp).link = null_mut();
            if self.last.is_null() {
                self.first = gp;
            } else {
                (*self.last).link = gp;
            }
        }
        self.last = gp;
        self.len += 1;
    }

    /// Puts `gp` at the front.
    pub(crate) fn push(&mut self, gp: *mut G) {
        // SAFETY: the caller owns `gp`, which is in no list.
        unsafe { (*gp).link = self.first };
        self.first = gp;
        if self.last.is_null() {
            self.last = gp;
        }
        self.len += 1;
    }

    /// Takes the first.
    pub(crate) fn pop(&mut self) -> Option<*mut G> {
        let gp = self.first;
        // SAFETY: a G in this list is owned by it.
        self.first = unsafe { gp.as_ref() }?.link;
        if self.first.is_null() {
            self.last = null_mut();
        }
        self.len -= 1;
        Some(gp)
    }
}

impl Default for GQueue {
    fn default() -> Self {
        Self::new()
    }
}
