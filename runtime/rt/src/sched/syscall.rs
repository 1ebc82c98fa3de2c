//! System calls: an M in one keeps its P until somebody needs it.
//!
//! `entersyscall` marks the P as being in a system call; from then on anybody may take it (the monitor, or who stops the world). `exitsyscall`
//! takes it back if nobody did, else another idle P, else the goroutine queues and the M sleeps. The P's state carries a count of system
//! calls, so that an M does not take for its own what another M has meanwhile taken into a system call.

use super::park::drop_current;
use super::schedule::{P_RUNNING, P_SYSCALL, SCHED};
use super::{P, Status, current_g, current_m, stop, trace};
use arch::Outcome;
use core::sync::atomic::{
    Ordering::{Relaxed, SeqCst},
    fence,
};

/// `runtime.entersyscall`. The stub has stored the goroutine's context for the collector.
pub(crate) extern "C" fn entersyscall() {
    let (gp, mp) = (current_g(), current_m());
    // SAFETY: both belong to this thread; so does the P until its state says otherwise.
    unsafe {
        (*gp).set_status(Status::Syscall);
        trace::begin_syscall(&mut *mp);
        let pp = (*mp).p;
        (*mp).syscall_p = pp;
        (*mp).p = core::ptr::null_mut();
        (*pp).begin_syscall();
        // Pairs with the one in `stop_the_world`.
        fence(SeqCst);
        if stop::is_stopping() {
            platform::osyield();
        }
    }
}

/// `runtime.exitsyscall`.
pub(crate) extern "C" fn exitsyscall() -> Outcome {
    let (gp, mp) = (current_g(), current_m());
    // SAFETY: both belong to this thread.
    unsafe {
        let pp = (*mp).syscall_p;
        (*mp).syscall_p = core::ptr::null_mut();
        let regained = (*pp).end_syscall(mp);
        let pp = if regained { Some(pp) } else { SCHED.acquire_idle_p() };
        match pp {
            Some(pp) => {
                SCHED.acquire_p(mp, pp);
                crate::heap::gc::stacks::before_run(gp);
                trace::end_syscall(&mut *mp, &*gp);
                (*gp).set_status(Status::Running);
                Outcome::done(0)
            }
            None => {
                trace::end_syscall(&mut *mp, &*gp);
                drop_current();
                (*gp).set_status(Status::Runnable);
                SCHED.put_global_without_p(gp);
                Outcome::PARK
            }
        }
    }
}

impl P {
    fn begin_syscall(&self) {
        let word = self.state_word.load(Relaxed);
        self.state_word.store(((word >> 2) + 1) << 2 | P_SYSCALL, core::sync::atomic::Ordering::Release);
    }

    /// Takes the P back after a system call of `mp`; false if somebody else has taken it.
    fn end_syscall(&self, mp: *mut super::M) -> bool {
        let word = self.state_word.load(core::sync::atomic::Ordering::Acquire);
        // While nobody has taken the P its M is still the one that left it; the count in the word excludes that it went and came back.
        word & 3 == P_SYSCALL
            && self.m.load(Relaxed) == mp
            && self.state_word.compare_exchange(word, word & !3 | P_RUNNING, SeqCst, Relaxed).is_ok()
    }

    /// Takes the P away from an M in a system call; its state is `to` then.
    pub(crate) fn take_from_syscall(&self, to: u32) -> bool {
        let word = self.state_word.load(core::sync::atomic::Ordering::Acquire);
        word & 3 == P_SYSCALL
            && self.state_word.compare_exchange(word, word & !3 | to, SeqCst, Relaxed).is_ok()
    }
}
