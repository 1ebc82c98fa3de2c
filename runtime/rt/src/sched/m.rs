//! The M: a thread.

use super::{G, P, lock, schedule::SCHED};
use crate::heap::gc::Turn;
use crate::heap::persistent;
use crate::lang::print::Printer;
use crate::profile::cpu::Sampling;
use crate::sync::{Mutex, Note, Waiter, rank::Rank};
use abi::g::MHead;
use core::ptr::null_mut;
use core::sync::atomic::{
    AtomicPtr, AtomicU32,
    Ordering::{Acquire, Relaxed, Release},
};

/// A thread of the runtime. Never freed, only reused.
#[repr(C)]
pub struct M {
    /// What compiled code and stubs touch.
    pub head: MHead,
    pub(crate) waiter: Waiter,
    pub(crate) id: u32,
    /// The P it holds, or null. Written by this M.
    pub(crate) p: *mut P,
    /// The P it had when it entered a system call.
    pub(crate) syscall_p: *mut P,
    /// The P it takes when it wakes. Written by the waker before `park.wakeup`.
    pub(crate) next_p: *mut P,
    /// Whether it looks for work without having any. Written by this M, or by its waker before the wake-up.
    pub(crate) spinning: bool,
    /// Sleeps here while it has nothing to do.
    pub(crate) park: Note,
    /// The next idle M. The scheduler's lock must be held for this.
    pub(crate) idle_link: *mut M,
    /// The goroutine that is tied to it, or null (`lock`).
    pub(crate) tied_g: *mut G,
    /// How often that goroutine called `LockOSThread` and not yet `UnlockOSThread`.
    pub(crate) n_ties: u32,
    /// Whether its goroutine initialises the packages.
    pub(crate) is_initialising: bool,
    /// Whether this is the M of the first thread.
    pub(crate) is_first: bool,
    /// What it runs next, before it looks anywhere else, or null.
    pub(crate) next_g: *mut G,
    /// Whether its goroutine has a slice in the trace, and on which P's lane (`trace`).
    pub(crate) is_traced: bool,
    pub(crate) traced_p: u32,
    pub(crate) system_lo: usize,
    /// The stack that its handlers run on; 0 before its first thread has begun.
    signal_lo: usize,
    /// How often `printlock` was called without `printunlock`.
    pub(crate) print_depth: u32,
    /// Its thread's name for `preempt_thread`; 0 until the thread runs.
    pub(crate) thread_id: AtomicU32,
    /// What its thread does instead of running goroutines.
    pub(crate) job: Option<fn() -> !>,
    /// Whether it is in the list of idle Ms. The scheduler's lock must be held for this.
    pub(crate) is_idle: bool,
    /// Bytes that it has taken from the heap and not paid for with marking. Used by this M alone.
    pub(crate) assist_bytes: usize,
    /// Which goroutine runs when the present entry ends. Used by this M alone.
    pub(crate) turn: Turn,
    /// Its samples for the CPU profile.
    pub(crate) sampling: Sampling,
    /// The next of all Ms; written once.
    all_link: *mut M,
    /// How often its goroutine asked not to be moved (`procPin`). Written by this M, read by the preemption handler on it.
    pub(crate) pins: u32,
}

impl M {
    /// Whether a thread of it runs.
    pub(crate) fn has_thread(&self) -> bool {
        self.thread_id.load(Relaxed) != 0
    }

    /// An M that has no thread yet.
    #[allow(clippy::new_without_default)]
    pub const fn new() -> M {
        M {
            head: MHead::new(),
            waiter: Waiter::new(),
            id: 0,
            p: null_mut(),
            syscall_p: null_mut(),
            next_p: null_mut(),
            spinning: false,
            park: Note::new(),
            idle_link: null_mut(),
            tied_g: null_mut(),
            n_ties: 0,
            is_initialising: false,
            is_first: false,
            next_g: null_mut(),
            is_traced: false,
            traced_p: super::trace::NO_P,
            system_lo: 0,
            signal_lo: 0,
            print_depth: 0,
            thread_id: AtomicU32::new(0),
            job: None,
            is_idle: false,
            assist_bytes: 0,
            turn: Turn::Own,
            sampling: Sampling::new(),
            all_link: null_mut(),
            pins: 0,
        }
    }
}

/// Every M ever made, newest first. Pushed under `ALL_LOCK`, read without.
pub(crate) static ALL_MS: AllMs = AllMs { first: AtomicPtr::new(null_mut()) };
static ALL_LOCK: Mutex = Mutex::new(Rank::Machines);

/// The list of all Ms.
pub(crate) struct AllMs {
    first: AtomicPtr<M>,
}

impl AllMs {
    /// Every M, newest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = *mut M> {
        let mut next = self.first.load(Acquire);
        core::iter::from_fn(move || {
            let mp = next;
            // SAFETY: Ms are never freed and `all_link` is written before the M is published.
            next = unsafe { mp.as_ref() }?.all_link;
            Some(mp)
        })
    }

    /// Adds a new M.
    pub(super) fn add(&self, mp: *mut M) {
        ALL_LOCK.lock();
        // SAFETY: the M is new: nobody else knows it.
        unsafe { (*mp).all_link = self.first.load(Relaxed) };
        // Pairs with the Acquire in `iter`.
        self.first.store(mp, Release);
        ALL_LOCK.unlock();
    }
}

/// Bytes of an M's system stack, the guard page not counted.
const SYSTEM_STACK_BYTES: usize = 64 << 10;
const GUARD_BYTES: usize = 4096;
/// Bytes of the stack that an M's interrupt handlers run on; the kernel stores all vector registers there.
const SIGNAL_STACK_BYTES: usize = 32 << 10;

/// What every thread of the runtime does first.
///
/// # Safety
/// `mp` is the M of this thread.
pub(crate) unsafe fn init_thread(mp: *mut M) {
    // SAFETY: the caller's contract.
    unsafe {
        if (*mp).signal_lo == 0 {
            (*mp).signal_lo = persistent::map(SIGNAL_STACK_BYTES);
        }
        platform::use_signal_stack((*mp).signal_lo, SIGNAL_STACK_BYTES);
        (*mp).thread_id.store(platform::thread_id(), Relaxed);
        (*mp).sampling.begin((*mp).thread_id.load(Relaxed));
    }
}

// How many Ms there may be. Written by `debug.SetMaxThreads`.
static MAX_THREADS: AtomicU32 = AtomicU32::new(10_000);

/// `runtime.setmaxthreads(n)`: the former limit.
pub(crate) extern "C" fn setmaxthreads(n: u32) -> u64 {
    MAX_THREADS.swap(n, Relaxed) as u64
}

/// Starts a new M that takes `pp`.
pub(crate) fn new_m(pp: *mut P, spinning: bool) {
    let n = SCHED.count_m();
    let limit = MAX_THREADS.load(Relaxed);
    if n > limit {
        let mut printer = Printer::begin_fatal();
        printer.string(b"runtime: program exceeds ").uint(limit as u64).string(b"-thread limit\n").end();
        crate::fatal::throw("thread exhaustion");
    }
    let mp = make(pp, spinning, None);
    if lock::is_tied() {
        lock::start_later(mp);
    } else {
        start_thread(mp);
    }
}

/// Starts a thread that holds no P and does `job`. It does not count as one that could run goroutines.
pub(crate) fn new_system_m(job: fn() -> !) {
    start_thread(make(null_mut(), false, Some(job)));
}

/// Makes an M without thread: one whose thread has ended, or a new one.
fn make(pp: *mut P, spinning: bool, job: Option<fn() -> !>) -> *mut M {
    let dead = SCHED.take_dead_m();
    let (mp, stack_lo, signal_lo) = match dead {
        // SAFETY: its thread has ended and nobody else has taken it.
        Some(mp) => unsafe { (mp, (*mp).system_lo, (*mp).signal_lo) },
        None => (persistent::alloc_unscanned(size_of::<M>(), 64) as *mut M, new_system_stack(), 0),
    };
    // SAFETY: as above, or new zeroed memory, which is a valid `Sampling`.
    let (sampling, all_link) = unsafe { ((*mp).sampling.reuse(), (*mp).all_link) };
    // SAFETY: the memory of `mp` belongs to this M.
    unsafe {
        mp.write(M { sampling, all_link, ..M::new() });
        (*mp).head.this = mp as usize;
        (*mp).head.system_sp = stack_lo + SYSTEM_STACK_BYTES;
        (*mp).system_lo = stack_lo;
        (*mp).signal_lo = signal_lo;
        (*mp).id = SCHED.next_m_id();
        (*mp).next_p = pp;
        (*mp).spinning = spinning;
        (*mp).job = job;
        platform::semacreate(&(*mp).waiter.sema);
    }
    if dead.is_none() {
        ALL_MS.add(mp);
    }
    mp
}

fn new_system_stack() -> usize {
    let lo = platform::reserve(GUARD_BYTES + SYSTEM_STACK_BYTES);
    let stack_lo = lo + GUARD_BYTES;
    if lo == 0 || !platform::prepare(stack_lo, SYSTEM_STACK_BYTES) {
        cannot_start(ENOMEM);
    }
    platform::ready(stack_lo, SYSTEM_STACK_BYTES);
    stack_lo
}

/// Starts the thread of `mp`.
pub(crate) fn start_thread(mp: *mut M) {
    // SAFETY: `mp` was made by `make` and has no thread yet.
    let error = unsafe {
        platform::newosproc(&raw mut (*mp).head, (*mp).system_lo, (*mp).system_lo + SYSTEM_STACK_BYTES)
    };
    if error != 0 {
        cannot_start(error);
    }
}

// Error numbers of the trait `Thread`.
const EAGAIN: i32 = 11;
const ENOMEM: i32 = 12;

fn cannot_start(error: i32) -> ! {
    let mut printer = Printer::begin_fatal();
    printer.string(b"runtime: failed to create new OS thread (have ").int(SCHED.n_m() as i64);
    printer.string(b" already; errno=").int(error as i64).string(b")\n");
    if error == EAGAIN {
        printer.string(b"runtime: may need to increase max user processes (ulimit -u)\n");
    }
    printer.end();
    crate::fatal::throw("newosproc");
}

/// The first function of a new thread.
#[unsafe(export_name = "rigo_mstart")]
extern "C" fn mstart(mp: *mut MHead) -> ! {
    let mp = mp as *mut M;
    // SAFETY: `new_m` made `mp` for this thread and set `next_p`; no frame of this function is needed again.
    unsafe {
        init_thread(mp);
        if let Some(job) = (*mp).job {
            job();
        }
        SCHED.acquire_p(mp, (*mp).next_p);
        arch::enter_scheduler(&raw mut (*mp).head)
    }
}
