//! The order in which an M takes locks, and in the checked archive the proof that it keeps to it.
//!
//! Whoever holds a lock takes only locks of later ranks. Channels are the exception: a select holds many, taken in the order of their
//! addresses. Where all keep to one order, no two Ms wait for each other.

/// What a lock guards, the ones that are taken first standing first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Rank {
    /// A lock of tests.
    First,
    /// The states of a collection.
    Collector,
    /// The goroutines that wait for an address.
    Semaphore,
    /// A channel.
    Chan,
    /// A descriptor of the poller.
    PollDesc,
    /// The receiver of signals.
    Signals,
    /// The free descriptors of the poller.
    PollDescs,
    /// The heap of timers.
    Timers,
    /// Method tables.
    Tables,
    /// Types made by reflection.
    Types,
    /// The scheduler.
    Sched,
    /// The list of all goroutines.
    Goroutines,
    /// Scanning a stack.
    StackScan,
    /// Free stacks.
    Stacks,
    /// What is attached to objects.
    Specials,
    /// Spans of a size class.
    Spans,
    /// Pages.
    Pages,
    /// What is still to be scanned.
    Marking,
    /// Memory that is kept for ever.
    Persistent,
    /// The thread that starts threads.
    Template,
    /// The trace.
    Trace,
    /// Standard error.
    Print,
}

#[cfg(feature = "checked")]
pub use checked::Held;

#[cfg(feature = "checked")]
mod checked {
    use super::Rank;
    use crate::lang::print::Printer;
    use core::cell::UnsafeCell;

    /// The most locks that an M holds at a time; a select may hold more, of which the last ones are kept.
    const MOST: usize = 16;

    #[derive(Clone, Copy)]
    struct One {
        rank: Rank,
        addr: usize,
    }

    /// The locks that an M holds, in the order in which it took them. Used by this M alone, and never by its handlers.
    pub struct Held(UnsafeCell<Locks>);

    struct Locks {
        all: [One; MOST],
        len: usize,
    }

    // SAFETY: one M uses it.
    unsafe impl Sync for Held {}

    impl Default for Held {
        fn default() -> Held {
            Held::new()
        }
    }

    impl Held {
        /// No lock.
        pub const fn new() -> Held {
            Held(UnsafeCell::new(Locks { all: [One { rank: Rank::First, addr: 0 }; MOST], len: 0 }))
        }

        /// The lock at `addr` is about to be taken, or, if `is_try`, was taken by trying, which cannot wait for anybody.
        pub(crate) fn take(&self, rank: Rank, addr: usize, is_try: bool) {
            // SAFETY: this M alone uses it.
            let locks = unsafe { &mut *self.0.get() };
            let one = One { rank, addr };
            let is_later = |held: &One| {
                held.rank < rank || (rank == Rank::Chan && held.rank == Rank::Chan && held.addr < addr)
            };
            if !is_try && !locks.all[..locks.len].iter().all(is_later) {
                locks.report(one);
            }
            if locks.len == MOST {
                locks.all.copy_within(1.., 0);
                locks.len -= 1;
            }
            locks.all[locks.len] = one;
            locks.len += 1;
        }

        /// The lock at `addr` was given back.
        pub(crate) fn give(&self, addr: usize) {
            // SAFETY: this M alone uses it.
            let locks = unsafe { &mut *self.0.get() };
            if let Some(at) = locks.all[..locks.len].iter().rposition(|held| held.addr == addr) {
                locks.all.copy_within(at + 1..locks.len, at);
                locks.len -= 1;
            }
        }
    }

    impl Locks {
        /// Ends the program, in gc's words.
        fn report(&mut self, wanted: One) -> ! {
            // Printing takes locks itself.
            let (all, len) = (self.all, core::mem::take(&mut self.len));
            let mut printer = Printer::begin_fatal();
            printer.uint(platform::thread_id() as u64).string(b"  ======\n");
            for (i, one) in all[..len].iter().chain([&wanted]).enumerate() {
                printer.uint(i as u64).string(b" : ").string(one.rank.name().as_bytes());
                printer.string(b" ").uint(one.rank as u64).string(b" ").hex(one.addr as u64).string(b"\n");
            }
            printer.end();
            crate::fatal::throw("lock ordering problem")
        }
    }

    impl Rank {
        fn name(self) -> &'static str {
            match self {
                Rank::First => "first",
                Rank::Collector => "collector",
                Rank::Semaphore => "semaphore",
                Rank::Chan => "chan",
                Rank::PollDesc => "pollDesc",
                Rank::Signals => "signals",
                Rank::PollDescs => "pollDescs",
                Rank::Timers => "timers",
                Rank::Tables => "tables",
                Rank::Types => "types",
                Rank::Sched => "sched",
                Rank::Goroutines => "goroutines",
                Rank::StackScan => "stackScan",
                Rank::Stacks => "stacks",
                Rank::Specials => "specials",
                Rank::Spans => "spans",
                Rank::Pages => "pages",
                Rank::Marking => "marking",
                Rank::Persistent => "persistent",
                Rank::Template => "template",
                Rank::Trace => "trace",
                Rank::Print => "print",
            }
        }
    }
}
