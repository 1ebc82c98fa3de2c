//! Coroutines (package iter): goroutines that run in each other's place.
//!
//! A coro holds one parked goroutine. A switch puts the caller there and runs the other one at once on this M: no run queue, no other
//! M, no wake-up. A tie to a thread goes along, because both run in each other's place.

use super::{M, Status, WaitReason, bubble, current_g, current_m, g, park_durably};
use arch::Outcome;

/// The head of the overlay's `coro`.
#[repr(C)]
pub struct Coro {
    /// The goroutine that is parked in it.
    parked: *mut super::G,
    /// The M that its maker was tied to, or null.
    tied_m: *mut M,
}

/// `runtime.coronew(c, start)`: parks a new goroutine in `c`, which calls `start` at the first switch.
pub(crate) extern "C" fn coronew(coro: *mut Coro, start: usize) {
    // SAFETY: the overlay passes its coro; this M holds a P, and the goroutine is its own.
    unsafe {
        let gp = g::create((*current_m()).p, start);
        (*gp).wait_reason = WaitReason("coroutine");
        (*gp).labels = (*current_g()).labels;
        bubble::inherit(gp, current_g());
        bubble::block(gp);
        (*gp).set_status(Status::Waiting);
        (*gp).parent_id = (*current_g()).id;
        (*coro).parked = gp;
        (*coro).tied_m = (*current_g()).tied_m;
    }
}

/// `runtime.coroswitchto(c)`: parks the caller in `c` and runs what was there.
pub(crate) extern "C" fn coroswitchto(coro: *mut Coro) -> Outcome {
    let gp = current_g();
    // SAFETY: the overlay passes its coro, which only its two goroutines use, one at a time.
    unsafe {
        let next = core::mem::replace(&mut (*coro).parked, gp);
        if next.is_null() {
            crate::fatal::throw("coroswitch on exited coro");
        }
        if (*coro).tied_m != (*gp).tied_m {
            crate::fatal::throw("coroswitch: OS thread locking must match locking at coroutine creation");
        }
        // Counted in first: the bubble of both is never idle in between.
        bubble::unblock(next);
        park_durably(WaitReason("coroutine"));
        switch(gp, next);
    }
    Outcome::PARK
}

/// `runtime.coroexitto(c)`: the goroutine of `c` ends next; whoever waits for it goes on.
pub(crate) extern "C" fn coroexitto(coro: *mut Coro) {
    // SAFETY: as in `coroswitchto`.
    unsafe {
        let next = core::mem::replace(&mut (*coro).parked, core::ptr::null_mut());
        bubble::unblock(next);
        switch(current_g(), next);
    }
}

/// Makes `next` the one that this M runs when `gp` has left it.
///
/// # Safety
/// Both belong to this M: `gp` runs or has just parked here, `next` was taken out of its coro.
unsafe fn switch(gp: *mut super::G, next: *mut super::G) {
    let mp = current_m();
    // SAFETY: the caller's contract.
    unsafe {
        (*next).status.make_runnable();
        let tied_m = core::mem::replace(&mut (*gp).tied_m, core::ptr::null_mut());
        (*next).tied_m = tied_m;
        if !tied_m.is_null() {
            (*mp).tied_g = next;
        }
        (*mp).next_g = next;
    }
}
