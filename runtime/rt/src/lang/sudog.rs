//! A goroutine in a queue of a channel, a semaphore or a condition: one may be in many queues at once (select).

use crate::heap::persistent;
use crate::sched::{G, current_m};
use core::ptr::null_mut;

/// A place in a queue.
pub struct Sudog {
    pub(crate) g: *mut G,
    // The lock of the queue guards these.
    pub(crate) next: *mut Sudog,
    pub(crate) prev: *mut Sudog,
    /// Where the element comes from or goes to; may lie on the goroutine's stack.
    pub(crate) elem: *mut u8,
    /// The channel or other object whose queue it is in.
    pub(crate) object: usize,
    /// The next sudog of the same goroutine, in the order of its select.
    pub(crate) wait_link: *mut Sudog,
    pub(crate) is_select: bool,
    /// Whether a value was exchanged (false: the channel was closed).
    pub(crate) success: bool,
    pub(crate) ticket: u32,
}

/// Free sudogs of one P.
pub struct SudogCache {
    first: *mut Sudog,
}

impl SudogCache {
    pub(crate) const fn new() -> SudogCache {
        SudogCache { first: null_mut() }
    }
}

/// Takes a sudog for the current goroutine `gp`.
pub(crate) fn acquire(gp: *mut G, elem: *mut u8, object: usize) -> *mut Sudog {
    // SAFETY: an M in an entry holds a P, which is its own; free sudogs belong to it.
    unsafe {
        let cache = &mut (*(*current_m()).p).sudogs;
        let mut sudog = cache.first;
        if sudog.is_null() {
            sudog = persistent::alloc(size_of::<Sudog>(), 8) as *mut Sudog;
        } else {
            cache.first = (*sudog).next;
        }
        sudog.write(Sudog {
            g: gp,
            next: null_mut(),
            prev: null_mut(),
            elem,
            object,
            wait_link: null_mut(),
            is_select: false,
            success: false,
            ticket: 0,
        });
        sudog
    }
}

/// Gives a sudog back that is in no queue.
pub(crate) fn release(sudog: *mut Sudog) {
    // SAFETY: as in `acquire`; the caller gives the sudog up.
    unsafe {
        let cache = &mut (*(*current_m()).p).sudogs;
        // A free one keeps nothing alive.
        (*sudog).elem = null_mut();
        (*sudog).object = 0;
        (*sudog).g = null_mut();
        (*sudog).next = cache.first;
        cache.first = sudog;
    }
}

/// A queue of waiting goroutines, guarded by the lock of whatever it belongs to.
pub struct WaitQueue {
    pub(crate) first: *mut Sudog,
    last: *mut Sudog,
}

impl WaitQueue {
    pub(crate) const fn new() -> WaitQueue {
        WaitQueue { first: null_mut(), last: null_mut() }
    }

    pub(crate) fn push_back(&mut self, sudog: *mut Sudog) {
        // SAFETY: the caller holds the lock and the sudog is in no queue.
        unsafe {
            (*sudog).next = null_mut();
            (*sudog).prev = self.last;
            if self.last.is_null() {
                self.first = sudog;
            } else {
                (*self.last).next = sudog;
            }
        }
        self.last = sudog;
    }

    pub(crate) fn push_front(&mut self, sudog: *mut Sudog) {
        // SAFETY: the caller holds the lock and the sudog is in no queue.
        unsafe {
            (*sudog).prev = null_mut();
            (*sudog).next = self.first;
            if self.first.is_null() {
                self.last = sudog;
            } else {
                (*self.first).prev = sudog;
            }
        }
        self.first = sudog;
    }

    /// Takes the first that waits for `object`.
    pub(crate) fn pop_object(&mut self, object: usize) -> Option<*mut Sudog> {
        let mut sudog = self.first;
        // SAFETY: the caller holds the lock; queued sudogs are alive.
        unsafe {
            while !sudog.is_null() && (*sudog).object != object {
                sudog = (*sudog).next;
            }
        }
        if sudog.is_null() {
            return None;
        }
        self.remove(sudog);
        Some(sudog)
    }

    pub(crate) fn remove(&mut self, sudog: *mut Sudog) {
        // SAFETY: the caller holds the lock; neighbours in this queue are alive while they are in it.
        unsafe {
            let (prev, next) = ((*sudog).prev, (*sudog).next);
            if prev.is_null() && next.is_null() && self.first != sudog {
                return; // taken out already
            }
            if prev.is_null() {
                self.first = next
            } else {
                (*prev).next = next
            }
            if next.is_null() {
                self.last = prev
            } else {
                (*next).prev = prev
            }
            (*sudog).prev = null_mut();
            (*sudog).next = null_mut();
        }
    }

    /// Takes the first goroutine that still waits. One whose select was decided by another channel is passed over.
    pub(crate) fn pop(&mut self) -> Option<*mut Sudog> {
        use core::sync::atomic::Ordering::{AcqRel, Relaxed};
        while !self.first.is_null() {
            let sudog = self.first;
            self.remove(sudog);
            // SAFETY: the caller holds the lock; a queued sudog has a goroutine, which is never freed.
            unsafe {
                let select_done = &(*(*sudog).g).select_done;
                if !(*sudog).is_select || select_done.compare_exchange(0, 1, AcqRel, Relaxed).is_ok() {
                    return Some(sudog);
                }
            }
        }
        None
    }
}
