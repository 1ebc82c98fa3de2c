//! The P: the right to run goroutines, with what its holder needs for itself.

use super::schedule::{P_IDLE, SCHED};
use super::{G, GQueue, M, runq::RunQueue};
use crate::heap::cache::HeapCache;
use crate::heap::persistent;
use crate::lang::sudog::SudogCache;
use core::sync::atomic::{
    AtomicPtr, AtomicU32, AtomicUsize,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
};

/// How many goroutines a P queues for itself.
pub const LOCAL_SLOTS: usize = 256;

/// A processor's worth of scheduling. Made by `start`, never freed.
pub struct P {
    pub(crate) id: u32,
    // The M that holds it or held it last, or null. Written by the M that takes it over; read by who wants that M to stop.
    pub(crate) m: AtomicPtr<M>,
    // `P_IDLE`, `P_RUNNING`, `P_SYSCALL` or `P_STOPPED`, and above these two bits a count of system calls. Changed by whoever has the P;
    // in a system call by compare-and-swap of whoever takes it.
    pub(crate) state_word: AtomicU32,
    /// The next idle P. The scheduler's lock must be held for this.
    pub(crate) idle_link: *mut P,
    // No lock: the owner puts, anybody takes.
    pub(crate) runq: RunQueue<LOCAL_SLOTS>,
    // The goroutine made ready last; it runs first, in the time slice of the one that made it ready. 0 or a G.
    // The owner swaps it; a thief takes it by compare-and-swap.
    run_next: AtomicUsize,
    // The rest belongs to the M that holds the P.
    pub(crate) free_gs: GQueue,
    pub(crate) sudogs: SudogCache,
    pub(crate) heap: HeapCache,
    /// Nanoseconds that this P has marked instead of running goroutines, in the present collection.
    pub(crate) mark_ns: i64,
    /// Counts scheduling rounds. Written by the owner, read by the monitor.
    pub(crate) tick: AtomicU32,
    pub(crate) random: u64,
}

impl P {
    /// Makes a P that nobody holds.
    pub(crate) fn make(id: u32) -> *mut P {
        let pp = persistent::alloc_unscanned(size_of::<P>(), 64) as *mut P;
        // SAFETY: new memory of the right size, which nobody else knows.
        unsafe {
            pp.write(P::new(id));
            (*pp).heap.reset_barrier();
        }
        pp
    }

    fn new(id: u32) -> P {
        P {
            id,
            m: AtomicPtr::new(core::ptr::null_mut()),
            state_word: AtomicU32::new(P_IDLE),
            idle_link: core::ptr::null_mut(),
            runq: RunQueue::new(),
            run_next: AtomicUsize::new(0),
            free_gs: GQueue::new(),
            sudogs: SudogCache::new(),
            heap: HeapCache::new(),
            mark_ns: 0,
            tick: AtomicU32::new(0),
            random: (id as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15),
        }
    }

    /// `P_IDLE`, `P_RUNNING`, `P_SYSCALL` or `P_STOPPED`.
    pub(crate) fn state(&self) -> u32 {
        self.state_word.load(Acquire) & 3
    }

    /// Changes the state. The caller has the P.
    pub(crate) fn set_state(&self, state: u32) {
        self.state_word.store(self.state_word.load(Relaxed) & !3 | state, Release);
    }

    /// Makes `gp` the one that runs next; the former one goes to the end of the queue. Only the owner calls this.
    pub(crate) fn put_next(&self, gp: *mut G) {
        let former = self.run_next.swap(gp as usize, AcqRel);
        if former != 0 {
            self.put(former as *mut G);
        }
    }

    /// Puts `gp` at the end of the queue; half of a full queue moves to the global one. Only the owner calls this.
    pub(crate) fn put(&self, gp: *mut G) {
        if let Err(batch) = self.runq.put(gp as usize) {
            SCHED.put_global_batch(batch.items());
        }
    }

    /// Takes the next goroutine, and whether it inherits the time slice. Only the owner calls this.
    pub(crate) fn take(&self) -> Option<(*mut G, bool)> {
        let next = self.run_next.load(Relaxed);
        if next != 0 && self.run_next.compare_exchange(next, 0, AcqRel, Relaxed).is_ok() {
            return Some((next as *mut G, true));
        }
        self.runq.take().map(|gp| (gp as *mut G, false))
    }

    /// Takes half of `victim`'s queue, or, as a last resort, what `victim` would run next.
    pub(crate) fn steal(&self, victim: &P, even_next: bool) -> Option<*mut G> {
        if let Some(gp) = self.runq.steal(&victim.runq) {
            return Some(gp as *mut G);
        }
        if !even_next {
            return None;
        }
        let next = victim.run_next.load(Acquire);
        if next == 0 {
            return None;
        }
        // Usually the victim is about to park and run it itself; a goroutine that is sent back and forth
        // between two processors costs more than this pause.
        platform::usleep(3);
        let taken = self_taken(&victim.run_next, next);
        taken.then_some(next as *mut G)
    }

    /// Gives away everything, because there will be fewer Ps. The world is stopped.
    pub(crate) fn retire(&mut self) {
        while let Some((gp, _)) = self.take() {
            SCHED.put_global(gp);
        }
        while let Some(gp) = self.free_gs.pop() {
            SCHED.put_free_global(gp);
        }
        // What its barrier has stored goes to the others.
        self.heap.take_barrier(|work, word| work.mark_word(word));
        self.heap.work.share();
        self.heap.flush();
        self.set_state(P_IDLE);
    }

    /// Whether nothing is queued, at some moment of the call.
    pub(crate) fn is_empty(&self) -> bool {
        self.run_next.load(Relaxed) == 0 && self.runq.is_empty()
    }

    /// A cheap random number, for the order of stealing and of select.
    pub(crate) fn next_random(&mut self) -> u32 {
        // xorshift64*, Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled".
        let mut x = self.random;
        x ^= x >> 12;
        x ^= x << 25;
        x ^= x >> 27;
        self.random = x;
        (x.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32) as u32
    }
}

fn self_taken(run_next: &AtomicUsize, next: usize) -> bool {
    run_next.compare_exchange(next, 0, AcqRel, Relaxed).is_ok()
}
