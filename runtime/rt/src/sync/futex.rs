//! Mutex and Note on platforms with futexes.
//!
//! The Mutex is the three-state one of Drepper, "Futexes Are Tricky", section 7: unlocked, locked, or locked with
//! sleepers. A thread that has slept takes it as "with sleepers", since it cannot know whether it was the last.
//!
//! The Note's word is 0 until `wakeup` and 1 after it. A sleeper waits while it reads 0, so a wake-up that comes first is
//! not lost. `futexsleep` may return without cause; hence the loops.
//!
//! Invariant: between two calls of `clear` a Note's word goes from 0 to 1 at most once.

use crate::fatal::throw;
use platform::atomic::{
    AtomicU32,
    Ordering::{Acquire, Relaxed, Release},
};

const UNLOCKED: u32 = 0;
const LOCKED: u32 = 1;
const SLEEPING: u32 = 2;

// How often to look again before giving up the processor, and how long each look pauses.
#[cfg(not(loom))]
const ACTIVE_SPINS: u32 = 4;
#[cfg(loom)]
const ACTIVE_SPINS: u32 = 0;
const PAUSES: u32 = 30;

/// Mutual exclusion.
#[derive(Debug)]
pub struct Mutex {
    key: AtomicU32,
}

impl Mutex {
    /// An unlocked Mutex.
    #[cfg(not(loom))]
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Mutex {
        Mutex { key: AtomicU32::new(UNLOCKED) }
    }

    /// An unlocked Mutex.
    #[cfg(loom)]
    #[allow(clippy::new_without_default)]
    pub fn new() -> Mutex {
        Mutex { key: AtomicU32::new(UNLOCKED) }
    }

    /// Takes the lock if nobody holds it.
    pub fn try_lock(&self) -> bool {
        // Pairs with the Release in `unlock`.
        self.key.compare_exchange(UNLOCKED, LOCKED, Acquire, Relaxed).is_ok()
    }

    /// Takes the lock.
    #[inline]
    pub fn lock(&self) {
        if !self.try_lock() {
            self.lock_slow();
        }
    }

    #[cold]
    fn lock_slow(&self) {
        let spins = ACTIVE_SPINS;
        let mut taken_as = LOCKED;
        loop {
            for spin in 0..=spins {
                if self.key.load(Relaxed) == UNLOCKED
                    && self.key.compare_exchange(UNLOCKED, taken_as, Acquire, Relaxed).is_ok()
                {
                    return;
                }
                if spin == spins && !cfg!(loom) {
                    platform::osyield();
                } else {
                    (0..PAUSES).for_each(|_| core::hint::spin_loop());
                }
            }
            if self.key.swap(SLEEPING, Acquire) == UNLOCKED {
                return;
            }
            taken_as = SLEEPING;
            platform::futexsleep(&self.key, SLEEPING, -1);
        }
    }

    /// Gives the lock back.
    #[inline]
    pub fn unlock(&self) {
        // Pairs with the Acquire of whoever locks next.
        match self.key.swap(UNLOCKED, Release) {
            LOCKED => {}
            SLEEPING => platform::futexwakeup(&self.key, 1),
            _ => throw("unlock of unlocked lock"),
        }
    }
}

/// A one-shot wake-up.
#[derive(Debug)]
pub struct Note {
    key: AtomicU32,
}

impl Note {
    /// A cleared Note.
    #[cfg(not(loom))]
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Note {
        Note { key: AtomicU32::new(0) }
    }

    /// A cleared Note.
    #[cfg(loom)]
    #[allow(clippy::new_without_default)]
    pub fn new() -> Note {
        Note { key: AtomicU32::new(0) }
    }

    /// Makes the Note usable again.
    pub fn clear(&self) {
        self.key.store(0, Relaxed);
    }

    /// Sleeps until `wakeup`.
    pub fn sleep(&self) {
        // Pairs with the Release in `wakeup`.
        while self.key.load(Acquire) == 0 {
            platform::futexsleep(&self.key, 0, -1);
        }
    }

    /// Sleeps until `wakeup`, at most `timeout_ns`; false if that time is over.
    pub fn sleep_for(&self, timeout_ns: i64) -> bool {
        let deadline = platform::nanotime().saturating_add(timeout_ns);
        loop {
            if self.key.load(Acquire) != 0 {
                return true;
            }
            let left = deadline - platform::nanotime();
            if left <= 0 {
                return false;
            }
            platform::futexsleep(&self.key, 0, left);
        }
    }

    /// Wakes the sleeper.
    pub fn wakeup(&self) {
        // Pairs with the Acquire loads of the sleeper.
        let former = self.key.swap(1, Release);
        if former != 0 {
            double_wakeup(former);
        }
        platform::futexwakeup(&self.key, 1);
    }
}

#[cold]
fn double_wakeup(former: u32) -> ! {
    #[cfg(not(any(loom, test)))]
    {
        let mut printer = crate::lang::print::Printer::begin_fatal();
        printer.string(b"notewakeup - double wakeup (").uint(former as u64).string(b")\n").end();
    }
    let _ = former;
    throw("notewakeup - double wakeup")
}
