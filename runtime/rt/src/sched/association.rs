//! What belongs to a synctest bubble besides goroutines, channels and timers: wait groups, marked by their address.
//!
//! The mark of an object of the heap is a special of its span, which goes with it. gc marks nothing else; but a variable that it would
//! allocate may be part of the image here. So those have a list, in which the latest bubble takes the place of another one.

use super::bubble;
use crate::heap::{persistent, specials};
use crate::sync::{Mutex, rank::Rank};
use core::cell::UnsafeCell;
use core::ptr::null_mut;

// What `associate` answers; package internal/synctest, "Association".
const UNBUBBLED: u64 = 0;
const CURRENT_BUBBLE: u64 = 1;
const OTHER_BUBBLE: u64 = 2;

/// The mark of a variable of the image. Never freed, only reused.
struct Mark {
    next: *mut Mark,
    addr: usize,
    /// 0: it is free.
    bubble_id: u64,
}

struct Marks {
    lock: Mutex,
    // `lock` must be held for this.
    first: UnsafeCell<*mut Mark>,
}

// SAFETY: `first` is used under `lock` only.
unsafe impl Sync for Marks {}

static MARKS: Marks = Marks { lock: Mutex::new(Rank::Bubbles), first: UnsafeCell::new(null_mut()) };

impl Marks {
    /// Calls `f` with the first mark that `wanted` accepts.
    fn with<R>(&self, wanted: impl Fn(&Mark) -> bool, f: impl FnOnce(Option<&mut Mark>) -> R) -> R {
        self.lock.lock();
        // SAFETY: the lock is held; marks are never freed.
        let result = unsafe {
            let mut mark = *self.first.get();
            while !mark.is_null() && !wanted(&*mark) {
                mark = (*mark).next;
            }
            f(mark.as_mut())
        };
        self.lock.unlock();
        result
    }

    fn set(&self, addr: usize, bubble_id: u64) {
        let is_done =
            self.with(|mark| mark.addr == addr, |mark| mark.map(|mark| mark.bubble_id = bubble_id).is_some());
        let place = |mark: Option<&mut Mark>| match mark {
            Some(mark) => (mark.addr, mark.bubble_id) = (addr, bubble_id),
            None => {
                let mark = persistent::alloc_unscanned(size_of::<Mark>(), 8) as *mut Mark;
                // SAFETY: new memory of that size; the lock is held.
                unsafe {
                    mark.write(Mark { next: *self.first.get(), addr, bubble_id });
                    *self.first.get() = mark;
                }
            }
        };
        if !is_done {
            self.with(|mark| mark.bubble_id == 0, place);
        }
    }

    fn get(&self, addr: usize) -> u64 {
        self.with(|mark| mark.addr == addr, |mark| mark.map_or(0, |mark| mark.bubble_id))
    }
}

/// `internal/synctest.associate(p)`: makes `p` belong to the current bubble, unless it belongs to another.
pub(crate) extern "C" fn associate(addr: usize) -> u64 {
    let current = bubble::current_id();
    if current == 0 {
        return UNBUBBLED;
    }
    match specials::tag(addr, current as usize) {
        Some(id) if id as u64 == current => CURRENT_BUBBLE,
        Some(_) => OTHER_BUBBLE,
        None if specials::isstatic(addr) != 0 => {
            MARKS.set(addr, current);
            CURRENT_BUBBLE
        }
        None => UNBUBBLED,
    }
}

/// `internal/synctest.disassociate(p)`.
pub(crate) extern "C" fn disassociate(addr: usize) {
    specials::untag(addr);
    MARKS.with(|mark| mark.addr == addr, |mark| mark.map(|mark| (mark.addr, mark.bubble_id) = (0, 0)));
}

/// `internal/synctest.isAssociated(p)`: whether `p` belongs to the current bubble.
pub(crate) extern "C" fn is_associated(addr: usize) -> u64 {
    let current = bubble::current_id();
    let id = specials::tag(addr, 0).map_or_else(|| MARKS.get(addr), |id| id as u64);
    (current != 0 && id == current) as u64
}
