//! The two sides of a semaphore's count, without the queue.
//!
//! Whoever wants a token counts itself among the waiters, then looks at the count again; whoever adds one looks afterwards whether somebody
//! waits. A full fence stands on each side between what it says and what it looks at, so at least one of the two sees the other.

use platform::atomic::{
    AtomicU32,
    Ordering::{Acquire, Relaxed, Release, SeqCst},
    fence,
};

/// Takes one of `count` tokens, if there is one.
pub fn try_take(count: &AtomicU32) -> bool {
    let mut now = count.load(Relaxed);
    while now > 0 {
        // Pairs with the Release in `Waiters::add`.
        match count.compare_exchange_weak(now, now - 1, Acquire, Relaxed) {
            Ok(_) => return true,
            Err(other) => now = other,
        }
    }
    false
}

/// How many wait for tokens. The queue's lock must be held to change it; adders read it without.
#[derive(Debug)]
pub struct Waiters {
    n: AtomicU32,
}

impl Waiters {
    /// Nobody waits.
    #[cfg(not(loom))]
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Waiters {
        Waiters { n: AtomicU32::new(0) }
    }

    /// Nobody waits.
    #[cfg(loom)]
    #[allow(clippy::new_without_default)]
    pub fn new() -> Waiters {
        Waiters { n: AtomicU32::new(0) }
    }

    /// Counts one more waiter, unless there is a token after all: then it is taken, and true.
    pub fn take_or_wait(&self, count: &AtomicU32) -> bool {
        self.n.store(self.n.load(Relaxed) + 1, Relaxed);
        // First counted, then the last look: pairs with the fence in `add`.
        fence(SeqCst);
        let taken = try_take(count);
        if taken {
            self.leave();
        }
        taken
    }

    /// Counts one waiter less.
    pub fn leave(&self) {
        self.n.store(self.n.load(Relaxed) - 1, Relaxed);
    }

    /// Adds a token; whether somebody may wait for it.
    pub fn add(&self, count: &AtomicU32) -> bool {
        count.fetch_add(1, Release);
        // First added, then the look for waiters: pairs with the fence in `take_or_wait`.
        fence(SeqCst);
        self.n.load(Relaxed) != 0
    }
}
