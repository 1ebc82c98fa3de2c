//! What runtime/pprof reads: where the program spends its time, allocates, waits, and where its goroutines are.
//!
//! `cpu` samples threads that are interrupted by a timer of their own time; `memory` samples allocations; `contention` what is waited for;
//! `goroutines` looks at all at once; `metrics` counts for runtime/metrics. Stacks are return addresses of physical frames; the overlay expands the inlined calls. Counts of one stack are
//! kept together in a bucket (`buckets`).

pub(crate) mod buckets;
pub(crate) mod contention;
pub(crate) mod cpu;
pub(crate) mod goroutines;
pub(crate) mod histogram;
pub(crate) mod memory;
pub(crate) mod metrics;

use crate::lang::traceback::Frames;
use crate::sched::current_g;

/// The most frames of a stack that are kept.
pub(crate) const MOST_FRAMES: usize = 128;

/// A stack: return addresses, the innermost first.
pub(crate) struct Stack {
    pcs: [usize; MOST_FRAMES],
    len: usize,
}

impl Stack {
    pub(crate) const fn new() -> Stack {
        Stack { pcs: [0; MOST_FRAMES], len: 0 }
    }

    /// The stack of the current goroutine, which stands in an entry.
    pub(crate) fn of_current() -> Stack {
        let mut stack = Stack::new();
        let gp = current_g();
        if !gp.is_null() {
            // SAFETY: the current goroutine belongs to this M.
            unsafe { Frames::of(&*gp) }.take(MOST_FRAMES).for_each(|frame| stack.push(frame.lookup_pc + 1));
        }
        stack
    }

    pub(crate) fn push(&mut self, pc: usize) {
        if self.len < MOST_FRAMES {
            self.pcs[self.len] = pc;
            self.len += 1;
        }
    }

    pub(crate) fn pcs(&self) -> &[usize] {
        &self.pcs[..self.len]
    }
}

/// Words for the overlay, as far as its array has room; how many there are in all is counted.
pub(crate) struct Words {
    buf: *mut usize,
    room: usize,
    pub(crate) len: usize,
}

impl Words {
    /// # Safety
    /// `buf` has room for `room` words.
    pub(crate) unsafe fn new(buf: *mut usize, room: usize) -> Words {
        Words { buf, room, len: 0 }
    }

    /// Adds a record; all or nothing of it is written.
    pub(crate) fn record(&mut self, head: &[usize], pcs: &[usize]) {
        let n = head.len() + pcs.len();
        if self.len + n <= self.room {
            // SAFETY: there is room, as `new` was promised.
            unsafe {
                let at = self.buf.add(self.len);
                core::ptr::copy_nonoverlapping(head.as_ptr(), at, head.len());
                core::ptr::copy_nonoverlapping(pcs.as_ptr(), at.add(head.len()), pcs.len());
            }
        }
        self.len += n;
    }
}
