//! Stopping the world, and stopping one goroutine.
//!
//! Whoever stops the world takes all idle Ps and all Ps in system calls, asks the goroutines on the others to stop, and waits until each M
//! has come to the scheduler and given its P up. A goroutine stops where it parks, at an allocation (`done_or_yield`), or
//! wherever the interrupt handler may send it (`preempt`).

use super::schedule::{P_STOPPED, Sched, Shared};
use super::{G, M, P, Status, current_g, gosched, yield_now};
use crate::lang::functab;
use crate::sync::Note;
use arch::Outcome;
use core::sync::atomic::{
    AtomicBool,
    Ordering::{Relaxed, SeqCst},
    fence,
};
use platform::upcall::Interrupted;

/// How long to wait before asking again those that did not stop.
const ASK_AGAIN_NS: i64 = 100_000;

// Whether the world stops or is stopped. Written under the scheduler's lock; read without as a hint.
static STOPPING: AtomicBool = AtomicBool::new(false);
static STOPPED: Note = Note::new();

/// Whether goroutines should come to the scheduler.
#[inline]
pub(crate) fn is_stopping() -> bool {
    STOPPING.load(Relaxed)
}

// Whether somebody stops the world or is about to. Set by compare-and-swap of that M.
static CLAIMED: AtomicBool = AtomicBool::new(false);

/// Becomes the only one that may stop the world; false if another M is that. It must not be waited for with a P: the other one
/// waits for the P.
pub(crate) fn claim_world() -> bool {
    !CLAIMED.swap(true, SeqCst)
}

/// Lets others stop the world.
pub(crate) fn release_world() {
    CLAIMED.store(false, SeqCst);
}

impl Sched {
    /// Stops everything but this M. The caller holds a P and no lock, and has claimed the world.
    pub(crate) fn stop_the_world(&self, mp: *mut M) {
        // SAFETY: the M is this thread's own.
        let own = unsafe { (*mp).p };
        STOPPED.clear();
        let n_left = self.with(|shared| {
            STOPPING.store(true, Relaxed);
            // Pairs with the one in `enter_syscall`: either it sees us, or we see its P in a system call.
            fence(SeqCst);
            shared.n_to_stop = self.n_p() - self.n_idle_p() - 1;
            for pp in self.all_p().filter(|&pp| pp != own) {
                // SAFETY: Ps are never freed.
                if unsafe { (*pp).take_from_syscall(P_STOPPED) } {
                    shared.n_to_stop -= 1;
                }
            }
            shared.n_to_stop
        });
        if n_left == 0 {
            return;
        }
        loop {
            self.all_p().filter(|&pp| pp != own).for_each(ask_to_stop);
            if STOPPED.sleep_for(ASK_AGAIN_NS) {
                return;
            }
            // One that went into a system call meanwhile will not come.
            let n_left = self.with(|shared| {
                for pp in self.all_p().filter(|&pp| pp != own) {
                    // SAFETY: Ps are never freed.
                    if shared.n_to_stop > 0 && unsafe { (*pp).take_from_syscall(P_STOPPED) } {
                        shared.n_to_stop -= 1;
                    }
                }
                shared.n_to_stop
            });
            if n_left == 0 {
                return;
            }
        }
    }

    /// Gives up this M's P because the world stops; the lock is held. Whether this was the last one.
    pub(crate) fn give_up_p(&self, shared: &mut Shared, mp: *mut M) {
        // SAFETY: the M is this thread's own, and so is its P.
        unsafe {
            (*(*mp).p).set_state(P_STOPPED);
            (*mp).p = core::ptr::null_mut();
        }
        shared.n_to_stop -= 1;
        if shared.n_to_stop == 0 {
            STOPPED.wakeup();
        }
    }

    /// Lets everything run again.
    pub(crate) fn start_the_world(&self, mp: *mut M) {
        // SAFETY: the M is this thread's own.
        let own = unsafe { (*mp).p };
        self.with(|_| STOPPING.store(false, Relaxed));
        for pp in self.all_p().filter(|&pp| pp != own) {
            // SAFETY: Ps are never freed, and a stopped one is ours.
            unsafe {
                if (*pp).state() == P_STOPPED {
                    self.hand_off(pp);
                }
            }
        }
        self.wake_p();
    }
}

/// Interrupts the thread that runs goroutines with `pp`.
pub(crate) fn ask_to_stop(pp: *mut P) {
    // SAFETY: Ps and Ms are never freed; what is read may be out of date, then the handler refuses.
    unsafe {
        let mp = (*pp).m.load(Relaxed);
        if let Some(mp) = mp.as_ref()
            && let Some(gp) = (mp.head.curg as *const G).as_ref()
        {
            gp.should_stop.store(true, Relaxed);
            platform::preempt_thread(mp.thread_id.load(Relaxed));
        }
    }
}

/// Ends an entry with `value`, but lets the goroutine stop first if the world stops.
#[inline]
pub(crate) fn done_or_yield(value: usize) -> Outcome {
    let stops = is_stopping();
    if !stops && !crate::heap::gc::should_yield() {
        return Outcome::done(value as u64);
    }
    // SAFETY: the current goroutine belongs to this M. The collector sees `scratch`.
    unsafe { (*current_g()).scratch[0] = value };
    if stops { gosched() } else { yield_now() }
}

/// The second half of entries that end with `done_or_yield`.
pub(crate) extern "C" fn yielded() -> Outcome {
    // SAFETY: the goroutine runs here again.
    Outcome::done(unsafe { core::mem::take(&mut (*current_g()).scratch[0]) } as u64)
}

/// What the stub that saves all registers calls: the goroutine was interrupted and goes to the end of the global queue.
extern "C" fn preempted() -> Outcome {
    gosched()
}

arch::preemption!(preempted, super::nothing_left);

/// Room on the goroutine's stack for all registers and a stub.
const PREEMPT_BYTES: usize = 640;

/// An interrupt handler: sends the goroutine to the scheduler if it may be stopped here, else does nothing; whoever wants
/// it asks again.
#[unsafe(export_name = "rigo_preempt")]
extern "C" fn preempt(context: &mut Interrupted) {
    let mp = platform::current_m() as *mut M;
    // SAFETY: the thread pointer leads to this thread's M; its goroutine is stopped in this handler.
    unsafe {
        let Some(mp) = mp.as_ref() else { return };
        let Some(gp) = (mp.head.curg as *mut G).as_mut() else { return };
        let may_stop = gp.should_stop.load(Relaxed)
            && gp.status() == Status::Running
            && !mp.p.is_null()
            && mp.waiter.locks.load(Relaxed) == 0
            && mp.pins == 0
            && (gp.head.stack_lo + PREEMPT_BYTES..=gp.head.stack_hi).contains(&context.sp)
            && functab::find(context.pc).is_some_and(|func| func.is_preemptible(context.pc));
        if may_stop {
            gp.should_stop.store(false, Relaxed);
            let target = arch::preempt_stub() as usize;
            arch::inject_call(&mut context.pc, &mut context.sp, &mut context.link, target);
        }
    }
}
