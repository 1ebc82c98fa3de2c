//! Kernel threads: one for each M.
//!
//! A thread is never freed; one that has ended becomes a new one.

use crate::hart::Hart;
use crate::lock::SpinLock;
use crate::sched::{self, SCHED, WaitQueue};
use crate::trap::{self, A0, GP, S1, SP, TrapFrame};
use crate::{OpenSbi, csr, memory};
use abi::g::MHead;
use core::arch::asm;
use core::ptr::null_mut;
use core::sync::atomic::{
    AtomicBool, AtomicPtr,
    Ordering::{Acquire, Relaxed, Release},
};

/// What a thread does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// It runs on `hart`.
    Running,
    /// It is in the run queue of a hart.
    Ready,
    /// It waits for `sleeping_on`, for `queue` or for its deadline.
    Sleeping,
    /// It has ended and runs no more.
    Ended,
}

/// A thread.
#[repr(C)]
pub struct Thread {
    /// Its registers. The first field, so that `sscratch` leads to the thread.
    pub frame: TrapFrame,
    /// The hart that runs it or ran it last. Written by that hart before it resumes the thread.
    pub hart: *mut Hart,
    /// Its name, above 0.
    pub id: u32,
    /// Its M, whose stacks are free when it has ended; null for the first thread, which never ends.
    mp: *mut MHead,
    /// Somebody wants `upcall::preempt` on it. Set by anybody, cleared by the hart that resumes it.
    pub preempt: AtomicBool,
    // The scheduler's lock must be held for what follows.
    pub state: State,
    /// The next one in a run queue or a wait queue.
    pub next: *mut Thread,
    /// What is left of its time.
    pub slice_left: u64,
    /// The address of the semaphore that it sleeps on, or 0.
    pub sleeping_on: usize,
    /// The queue that it sleeps in, or null.
    pub queue: *mut WaitQueue,
    /// When it wakes in any case; `NEVER` if it is in no list of timers.
    pub deadline: u64,
    pub timer_next: *mut Thread,
    /// Whether the deadline ended its last sleep.
    pub timed_out: bool,
}

/// A deadline that does not come.
pub const NEVER: u64 = u64::MAX;

/// Most threads; gc's limit is the same.
const MAX_THREADS: usize = 10_000;
const CHUNK_BYTES: usize = 64 << 10;

struct Pool {
    next: usize,
    end: usize,
    n: usize,
    /// Threads that have ended, linked by `next`.
    ended: *mut Thread,
}

// SAFETY: used under its lock.
unsafe impl Send for Pool {}

static POOL: SpinLock<Pool> = SpinLock::new(Pool { next: 0, end: 0, n: 0, ended: null_mut() });
/// The threads by their ids, less 1; null where there is none yet.
static THREADS: [AtomicPtr<Thread>; MAX_THREADS] = [const { AtomicPtr::new(null_mut()) }; MAX_THREADS];

/// The thread with that id.
pub fn by_id(id: u32) -> Option<*mut Thread> {
    let entry = THREADS.get((id as usize).checked_sub(1)?)?;
    // Pairs with the Release in `create`.
    Some(entry.load(Acquire)).filter(|thread| !thread.is_null())
}

impl Pool {
    /// Memory for a thread, and its id.
    fn take(&mut self) -> Option<(*mut Thread, u32)> {
        // SAFETY: threads in the list are nobody else's.
        if let Some(thread) = unsafe { self.ended.as_mut() } {
            self.ended = thread.next;
            return Some((thread, thread.id));
        }
        if self.n == MAX_THREADS {
            return None;
        }
        let bytes = size_of::<Thread>().next_multiple_of(64);
        if self.next + bytes > self.end {
            self.next = memory::map_with_guard(CHUNK_BYTES)?;
            self.end = self.next + CHUNK_BYTES;
        }
        let thread = self.next as *mut Thread;
        self.next += bytes;
        self.n += 1;
        Some((thread, self.n as u32))
    }
}

/// Makes a thread that calls `entry(argument)` on the stack below `stack_hi`; not yet ready.
pub fn create(entry: usize, argument: usize, mp: *mut MHead, stack_hi: usize) -> Option<*mut Thread> {
    let (thread, id) = POOL.lock().take()?;
    let mut frame = TrapFrame {
        hart_sp: 0,
        x: [0; 31],
        f: [0; 32],
        fcsr: 0,
        pc: trap::rigo_thread_start as *const () as usize,
        status: csr::STATUS_SPP | csr::STATUS_SPIE | csr::STATUS_FS,
    };
    (frame.x[SP], frame.x[A0], frame.x[S1]) = (stack_hi, argument, entry);
    frame.x[GP] = mp as usize;
    // SAFETY: new memory for this thread alone.
    unsafe {
        thread.write(Thread {
            frame,
            hart: null_mut(),
            id,
            mp,
            preempt: AtomicBool::new(false),
            state: State::Sleeping,
            next: null_mut(),
            slice_left: 0,
            sleeping_on: 0,
            queue: null_mut(),
            deadline: NEVER,
            timer_next: null_mut(),
            timed_out: false,
        });
    }
    THREADS[id as usize - 1].store(thread, Release);
    Some(thread)
}

/// Buries a thread that has ended, on the stack of the hart that it has left.
///
/// # Safety
/// `thread` has ended, and nobody wakes it any more.
pub unsafe fn bury(thread: *mut Thread) {
    // SAFETY: the caller's contract.
    unsafe {
        let mp = (*thread).mp;
        let mut pool = POOL.lock();
        (*thread).next = pool.ended;
        pool.ended = thread;
        drop(pool);
        // Pairs with the Acquire of whoever uses the M again.
        (*mp).has_thread.store(0, Release);
    }
}

/// The thread that runs this code.
pub fn current() -> *mut Thread {
    // On a thread `sscratch` is its own frame, on whatever hart it runs.
    csr::sscratch() as *mut Thread
}

/// Makes `mp` the M of this thread. `gp` holds it (`arch`).
pub fn set_thread_pointer(mp: *mut MHead) {
    // SAFETY: gp belongs to the runtime.
    unsafe { asm!("mv gp, {}", in(reg) mp as usize, options(nomem, nostack)) };
}

const EINVAL: i32 = 22;
const EAGAIN: i32 = 11;
const MIN_STACK_BYTES: usize = 16 << 10;

// The trait is called with an M of the caller, which the new thread owns from then on; null is refused.
#[allow(clippy::not_unsafe_ptr_arg_deref)]
impl platform::Thread for OpenSbi {
    fn newosproc(mp: *mut MHead, stack_lo: usize, stack_hi: usize) -> i32 {
        let here = &raw const mp as usize;
        if mp.is_null()
            || stack_lo == 0
            || !stack_hi.is_multiple_of(16)
            || stack_hi < stack_lo.saturating_add(MIN_STACK_BYTES)
            || (stack_lo..stack_hi).contains(&here)
        {
            return EINVAL;
        }
        let entry = platform::upcall::mstart as extern "C" fn(*mut MHead) -> ! as usize;
        let Some(thread) = create(entry, mp as usize, mp, stack_hi) else { return EAGAIN };
        // SAFETY: the M is the caller's until its thread runs.
        unsafe { (*mp).has_thread.store(1, Relaxed) };
        sched::start(thread);
        0
    }

    fn exit_thread() -> ! {
        sched::end()
    }

    fn thread_id() -> u32 {
        // SAFETY: a thread's id is never changed.
        unsafe { (*current()).id }
    }

    fn osyield() {
        sched::yield_now();
    }

    fn current_m() -> *mut MHead {
        arch::thread_pointer()
    }
}

static FAULTS: AtomicBool = AtomicBool::new(false);

/// Whether faults of threads are the runtime's.
pub fn faults_are_installed() -> bool {
    FAULTS.load(Relaxed)
}

impl platform::Fault for OpenSbi {
    fn install_faults() {
        FAULTS.store(true, Relaxed);
    }

    fn use_signal_stack(_lo: usize, _bytes: usize) {
        // Handlers run on the hart's stack.
    }
}

impl platform::Preempt for OpenSbi {
    fn preempt_thread(id: u32) {
        let Some(thread) = by_id(id) else { return };
        // SAFETY: threads are never freed.
        unsafe {
            // Pairs with the Acquire in `trap::resume`.
            (*thread).preempt.store(true, Release);
            let sched = SCHED.lock();
            if (*thread).state == State::Running {
                let hart_id = (*(*thread).hart).id;
                drop(sched);
                crate::sbi::send_interrupt(hart_id);
            }
        }
    }
}
