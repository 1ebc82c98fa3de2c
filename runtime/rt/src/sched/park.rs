//! Parking and making ready.

use super::schedule::SCHED;
use super::{G, M, Status, WaitReason};
use arch::Outcome;

/// The M of this thread.
#[inline]
pub(crate) fn current_m() -> *mut M {
    platform::current_m() as *mut M
}

/// The goroutine whose entry this is.
#[inline]
pub(crate) fn current_g() -> *mut G {
    // SAFETY: every thread that runs an entry has an M.
    unsafe { (*current_m()).head.curg as *mut G }
}

/// Takes the current goroutine off its M. Call this while the lock is still held under which a waker will find it, release the
/// lock, and return `Outcome::PARK`; after the release the goroutine may already run elsewhere.
pub(crate) fn park(reason: WaitReason) -> *mut G {
    let gp = current_g();
    // SAFETY: the current goroutine belongs to this M until its status says Waiting.
    unsafe {
        (*gp).wait_reason = reason;
        drop_current();
        (*gp).set_status(Status::Waiting);
    }
    gp
}

/// Unties the current goroutine and this M.
pub(crate) fn drop_current() {
    let mp = current_m();
    // SAFETY: both belong to this thread.
    unsafe {
        debug_assert!((*mp).pins == 0, "a pinned goroutine leaves its M");
        let gp = (*mp).head.curg as *mut G;
        (*gp).head.m = 0;
        (*mp).head.curg = 0;
    }
}

/// Makes a parked goroutine runnable; it runs next on this P.
pub(crate) fn ready(gp: *mut G) {
    make_runnable(gp);
    // SAFETY: an M in an entry or in the scheduler has a P.
    unsafe { (*(*current_m()).p).put_next(gp) };
    SCHED.wake_p();
}

/// As `ready`, but it runs after what is queued here already.
pub(crate) fn ready_last(gp: *mut G) {
    make_runnable(gp);
    // SAFETY: as in `ready`.
    unsafe { (*(*current_m()).p).put(gp) };
    SCHED.wake_p();
}

fn make_runnable(gp: *mut G) {
    // SAFETY: the caller took `gp` off the queue it waited in, so nobody else makes it ready.
    unsafe {
        (*gp).status.make_runnable();
    }
}

/// `runtime.Gosched`: to the end of the global queue.
pub(crate) extern "C" fn gosched() -> Outcome {
    let gp = current_g();
    drop_current();
    // SAFETY: the goroutine belongs to this M until it is in the queue.
    unsafe { (*gp).set_status(Status::Runnable) };
    SCHED.put_global(gp);
    Outcome::PARK
}

/// Lets the goroutine that was made ready last run at once; the current one goes to the end of this P's queue.
pub(crate) fn yield_now() -> Outcome {
    let gp = current_g();
    drop_current();
    // SAFETY: the goroutine belongs to this M until it is in the queue, and the P to this M.
    unsafe {
        (*gp).set_status(Status::Runnable);
        (*(*current_m()).p).put(gp);
    }
    Outcome::PARK
}

/// The second half of entries that have none.
pub(crate) extern "C" fn nothing_left() -> Outcome {
    Outcome::done(0)
}

/// `runtime.block`: an empty select.
pub(crate) extern "C" fn park_forever() -> Outcome {
    park(WaitReason("select (no cases)"));
    Outcome::PARK
}
