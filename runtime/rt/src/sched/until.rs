//! Until when the poller waits: what it and those who set timers tell each other.
//!
//! The poller says until when it waits, then looks at the timers again; whoever sets a timer looks afterwards what the poller said. A full fence stands
//! on each side in between, so either the poller waits until the new timer at most, or its wait is broken.

use platform::atomic::{
    AtomicI64,
    Ordering::{Acquire, Relaxed, Release, SeqCst},
    fence,
};

/// While nobody is in the system.
const NOBODY: i64 = 0;
/// Of a poller that does not wait.
const NO_WAIT: i64 = 1;

/// `NOBODY`, or until when the poller is in the system. Changed from `NOBODY` by compare-and-swap, and then by that M alone.
#[derive(Debug)]
pub struct Until {
    word: AtomicI64,
}

/// What whoever has set the earliest timer has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// Nobody waits: some M must look for work.
    Wake,
    /// The poller would sleep too long.
    Break,
    /// The poller wakes early enough.
    Nothing,
}

impl Until {
    /// Nobody is in the system.
    #[cfg(not(loom))]
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Until {
        Until { word: AtomicI64::new(NOBODY) }
    }

    /// Nobody is in the system.
    #[cfg(loom)]
    #[allow(clippy::new_without_default)]
    pub fn new() -> Until {
        Until { word: AtomicI64::new(NOBODY) }
    }

    /// Whether nobody is in the system.
    pub fn is_free(&self) -> bool {
        self.word.load(Relaxed) == NOBODY
    }

    /// Becomes the poller for a look without waiting; false if there is one.
    pub fn begin_look(&self) -> bool {
        self.word.compare_exchange(NOBODY, NO_WAIT, Acquire, Relaxed).is_ok()
    }

    /// Becomes the poller; nothing if there is one. Until when it may wait, according to `next_when`.
    pub fn begin_wait(&self, next_when: impl Fn() -> i64) -> Option<i64> {
        let mut until = next_when();
        self.word.compare_exchange(NOBODY, until, Acquire, Relaxed).ok()?;
        loop {
            // First said until when, then the last look: pairs with the one in `timer_set`.
            fence(SeqCst);
            let when = next_when();
            if when >= until {
                return Some(until);
            }
            until = when;
            self.word.store(until, Relaxed);
        }
    }

    /// The poller has come back.
    pub fn end(&self) {
        self.word.store(NOBODY, Release);
    }

    /// What is to be done after a timer was set that is due at `when`, before all others.
    pub fn timer_set(&self, when: i64) -> After {
        // First set, then the look: pairs with the one in `begin_wait`.
        fence(SeqCst);
        match self.word.load(Relaxed) {
            NOBODY => After::Wake,
            until if until > when => After::Break,
            _ => After::Nothing,
        }
    }
}
