//! Stopping the world, and stopping one goroutine.
//!
//! Whoever stops the world takes all idle Ps and all Ps in system calls, asks the goroutines on the others to stop, and waits until each M
//! has come to the scheduler and given its P up. A goroutine stops where it parks, at an allocation (`done_or_yield`), or
//! wherever the interrupt handler may send it (`preempt`).

use super::schedule::{P_IDLE, P_STOPPED, Sched, Shared};
use super::{G, M, P, SCHED, Status, current_g, current_m, gosched, yield_now};
use crate::heap::gc::{self, Turn};
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

impl Sched {
    /// Stops everything but this M; false if another M does, then the caller's goroutine yields and tries again. The caller holds a P
    /// and no lock.
    #[must_use]
    pub(crate) fn stop_the_world(&self, mp: *mut M) -> bool {
        // SAFETY: the M is this thread's own.
        let own = unsafe { (*mp).p };
        let n_left = self.with(|shared| {
            if STOPPING.swap(true, Relaxed) {
                return None;
            }
            STOPPED.clear();
            // Pairs with the one in `enter_syscall`: either it sees us, or we see its P in a system call.
            fence(SeqCst);
            shared.n_to_stop = self.n_p() - self.n_idle_p() - 1;
            for pp in self.all_p().filter(|&pp| pp != own) {
                // SAFETY: Ps are never freed.
                if unsafe { (*pp).take_from_syscall(P_STOPPED) } {
                    shared.n_to_stop -= 1;
                }
            }
            Some(shared.n_to_stop)
        });
        match n_left {
            None => return false,
            Some(0) => return true,
            Some(_) => {}
        }
        loop {
            self.all_p().filter(|&pp| pp != own).for_each(ask_to_stop);
            if STOPPED.sleep_for(ASK_AGAIN_NS) {
                return true;
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
                return true;
            }
        }
    }

    /// Gives `pp`, which nobody holds any more, to whoever stops the world; the lock is held.
    pub(crate) fn give_up_p(&self, shared: &mut Shared, pp: *mut P) {
        // SAFETY: Ps are never freed, and the caller has this one.
        unsafe { (*pp).set_state(P_STOPPED) };
        shared.n_to_stop -= 1;
        if shared.n_to_stop == 0 {
            STOPPED.wakeup();
        }
    }

    /// Lets everything run again.
    pub(crate) fn start_the_world(&self, mp: *mut M) {
        // SAFETY: the M is this thread's own.
        let own = unsafe { (*mp).p };
        let mut next = self.with(|shared| {
            let mut with_work: *mut P = core::ptr::null_mut();
            for pp in self.all_p().filter(|&pp| pp != own) {
                // SAFETY: Ps are never freed, and a stopped one is ours.
                unsafe {
                    if (*pp).state() != P_STOPPED {
                        continue;
                    }
                    if (*pp).is_empty() {
                        self.put_idle_p(shared, pp);
                    } else {
                        (*pp).set_state(P_IDLE);
                        (*pp).idle_link = with_work;
                        with_work = pp;
                    }
                }
            }
            // From here on another M may stop the world: every P is idle, or on its way to an M that will give it up.
            STOPPING.store(false, Relaxed);
            with_work
        });
        while !next.is_null() {
            let pp = next;
            // SAFETY: the Ps of this list are ours until an M gets them.
            next = unsafe { (*pp).idle_link };
            self.start_m(pp, false);
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

/// Stops what can be stopped, because the program is about to report and end. Nobody knows what holds which lock: nothing is waited for.
pub(crate) fn freeze() {
    STOPPING.store(true, Relaxed);
    for _ in 0..3 {
        SCHED.all_p().for_each(ask_to_stop);
        platform::usleep(300);
    }
}

/// Ends an entry with `value`, but lets the goroutine stop first if the world stops or its time is over: the handler cannot stop
/// it in an entry. One that is pinned (`procPin`) goes on: what it does with its P's things must not happen on another one.
#[inline]
pub(crate) fn done_or_yield(value: usize) -> Outcome {
    // SAFETY: the current goroutine belongs to this M. The collector sees `scratch`.
    unsafe {
        if (*current_m()).pins > 0 {
            return Outcome::done(value as u64);
        }
        let stops = is_stopping() || (*current_g()).should_stop.load(Relaxed);
        let turn = if stops { Turn::Last } else { gc::take_turn() };
        if turn == Turn::Own {
            return Outcome::done(value as u64);
        }
        (*current_g()).scratch[0] = value;
        if turn == Turn::Next { yield_now() } else { gosched() }
    }
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
