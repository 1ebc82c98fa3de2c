//! Coroutines (package iter): goroutines that run in each other's place.
//!
//! A coro holds one parked goroutine. A switch puts the caller there and makes the other one run next on this P.

use super::{Status, WaitReason, current_g, current_m, g, park, ready};
use arch::Outcome;

/// The head of the overlay's `coro`.
#[repr(C)]
pub struct Coro {
    /// The goroutine that is parked in it.
    parked: *mut super::G,
}

/// `runtime.coronew(c, start)`: parks a new goroutine in `c`, which calls `start` at the first switch.
pub(crate) extern "C" fn coronew(coro: *mut Coro, start: usize) {
    // SAFETY: the overlay passes its coro; this M holds a P.
    unsafe {
        let gp = g::create((*current_m()).p, start);
        (*gp).wait_reason = WaitReason("coroutine");
        (*gp).set_status(Status::Waiting);
        (*coro).parked = gp;
    }
}

/// `runtime.coroswitchto(c)`: parks the caller in `c` and runs what was there.
pub(crate) extern "C" fn coroswitchto(coro: *mut Coro) -> Outcome {
    // SAFETY: the overlay passes its coro, which only its two goroutines use, one at a time.
    unsafe {
        let next = (*coro).parked;
        if next.is_null() {
            crate::fatal::throw("coroswitch on exited coro");
        }
        (*coro).parked = current_g();
        park(WaitReason("coroutine"));
        ready(next);
    }
    Outcome::PARK
}

/// `runtime.coroexitto(c)`: the goroutine of `c` ends; whoever waits for it goes on.
pub(crate) extern "C" fn coroexitto(coro: *mut Coro) {
    // SAFETY: as in `coroswitchto`.
    unsafe {
        let next = core::mem::replace(&mut (*coro).parked, core::ptr::null_mut());
        ready(next);
    }
}
