//! Mutex and Note over a semaphore per M.
//!
//! The Mutex's word holds the first of the Ms that wait, linked through their waiters, and in its lowest bit whether
//! it is locked. A locker puts itself in front of the list in the same step in which it sees the lock
//! taken; the unlocker takes the first one out and wakes it; that one tries again.
//!
//! The Note's word is 0 (cleared), the address of the sleeping M, or 1 (woken).
//!
//! Invariant: an M is in at most one list, and takes from its semaphore exactly once for each time it was woken.

use super::{Waiter, waiter};
use crate::fatal::throw;
use platform::atomic::{
    AtomicUsize,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
};

const LOCKED: usize = 1;
const WOKEN: usize = 1;

fn this_waiter() -> &'static Waiter {
    match waiter() {
        Some(waiter) => waiter,
        None => throw("lock on a thread without M"),
    }
}

/// # Safety
/// `addr` is the address of a waiter of an M, which lives for ever.
unsafe fn waiter_at(addr: usize) -> &'static Waiter {
    // SAFETY: the caller's contract.
    unsafe { &*(addr as *const Waiter) }
}

/// Mutual exclusion.
#[derive(Debug)]
pub struct Mutex {
    key: AtomicUsize,
}

impl Mutex {
    /// An unlocked Mutex.
    #[cfg(not(loom))]
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Mutex {
        Mutex { key: AtomicUsize::new(0) }
    }

    /// An unlocked Mutex.
    #[cfg(loom)]
    #[allow(clippy::new_without_default)]
    pub fn new() -> Mutex {
        Mutex { key: AtomicUsize::new(0) }
    }

    /// Takes the lock if nobody holds it.
    pub fn try_lock(&self) -> bool {
        let key = self.key.load(Relaxed);
        // Pairs with the Release in `unlock`.
        key & LOCKED == 0 && self.key.compare_exchange(key, key | LOCKED, Acquire, Relaxed).is_ok()
    }

    /// Takes the lock.
    pub fn lock(&self) {
        if self.key.compare_exchange(0, LOCKED, Acquire, Relaxed).is_ok() {
            return;
        }
        let waiter = this_waiter();
        loop {
            let key = self.key.load(Relaxed);
            if key & LOCKED == 0 {
                if self.key.compare_exchange(key, key | LOCKED, Acquire, Relaxed).is_ok() {
                    return;
                }
                continue;
            }
            waiter.next.store(key & !LOCKED, Relaxed);
            let first = waiter as *const Waiter as usize;
            // Publishes `next`; pairs with the Acquire in `unlock`.
            if self.key.compare_exchange(key, first | LOCKED, Release, Relaxed).is_ok() {
                platform::semasleep(&waiter.sema, -1);
            }
        }
    }

    /// Gives the lock back.
    pub fn unlock(&self) {
        loop {
            let key = self.key.load(Acquire);
            if key & LOCKED == 0 {
                throw("unlock of unlocked lock");
            }
            let first = key & !LOCKED;
            if first == 0 {
                // Pairs with the Acquire of whoever locks next.
                if self.key.compare_exchange(key, 0, Release, Relaxed).is_ok() {
                    return;
                }
                continue;
            }
            // SAFETY: a word above 1 is the address of a waiter that sleeps or is about to; nobody but
            // the holder of the lock takes it out of the list.
            let first = unsafe { waiter_at(first) };
            let next = first.next.load(Relaxed);
            if self.key.compare_exchange(key, next, AcqRel, Relaxed).is_ok() {
                platform::semawakeup(&first.sema);
                return;
            }
        }
    }
}

/// A one-shot wake-up.
#[derive(Debug)]
pub struct Note {
    key: AtomicUsize,
}

impl Note {
    /// A cleared Note.
    #[cfg(not(loom))]
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Note {
        Note { key: AtomicUsize::new(0) }
    }

    /// A cleared Note.
    #[cfg(loom)]
    #[allow(clippy::new_without_default)]
    pub fn new() -> Note {
        Note { key: AtomicUsize::new(0) }
    }

    /// Makes the Note usable again.
    pub fn clear(&self) {
        self.key.store(0, Relaxed);
    }

    /// Sleeps until `wakeup`.
    pub fn sleep(&self) {
        let waiter = this_waiter();
        let this = waiter as *const Waiter as usize;
        // Pairs with the swap in `wakeup`.
        if let Err(key) = self.key.compare_exchange(0, this, AcqRel, Acquire) {
            if key != WOKEN {
                throw("notesleep - waitm out of sync");
            }
            return;
        }
        platform::semasleep(&waiter.sema, -1);
    }

    /// Sleeps until `wakeup`, at most `timeout_ns`; false if that time is over.
    pub fn sleep_for(&self, timeout_ns: i64) -> bool {
        let waiter = this_waiter();
        let this = waiter as *const Waiter as usize;
        if let Err(key) = self.key.compare_exchange(0, this, AcqRel, Acquire) {
            if key != WOKEN {
                throw("notetsleep - waitm out of sync");
            }
            return true;
        }
        if platform::semasleep(&waiter.sema, timeout_ns.max(0)) == 0 {
            return true;
        }
        // Time is over. Either this M takes itself back, or the waker was quicker and its wake-up must be taken.
        if self.key.compare_exchange(this, 0, AcqRel, Acquire).is_ok() {
            return false;
        }
        platform::semasleep(&waiter.sema, -1);
        true
    }

    /// Wakes the sleeper.
    pub fn wakeup(&self) {
        match self.key.swap(WOKEN, AcqRel) {
            0 => {}
            WOKEN => throw("notewakeup - double wakeup"),
            // SAFETY: any other word is the waiter of the one sleeper.
            sleeper => platform::semawakeup(unsafe { &waiter_at(sleeper).sema }),
        }
    }
}
