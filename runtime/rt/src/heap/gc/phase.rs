//! The steps from one state of the collector to the next (see the head of `gc`).

use super::worker::{self, Roots};
use super::{CENTRAL, COLLECTIONS, CONTROL, Parked, pace, set_marking, stacks, stats, take_forced, work};
use crate::profile::metrics::Why;
use crate::sched::{M, SCHED, WaitReason, current_m, gosched, park};
use arch::Outcome;
use core::sync::atomic::Ordering::Relaxed;
use work::LocalWork;

/// The last of the work is done while the world is stopped if it takes no longer than this.
const LAST_NS: i64 = 50_000;

/// `runtime.gcstop()`: stops the world. The goroutine goes on, is not interrupted, and must not allocate or wait.
pub(crate) extern "C" fn gc_stop() -> Outcome {
    let (mp, now) = (current_m(), platform::nanotime());
    if !SCHED.stop_the_world(mp, Why::Collection) {
        return gosched();
    }
    stats::begin(now, take_forced());
    // Nothing is left, unless somebody has collected with the world stopped.
    while CENTRAL.sweep_some(usize::MAX) {}
    // SAFETY: the M is this thread's own.
    unsafe { (*mp).pins += 1 };
    Outcome::done(0)
}

/// `runtime.gcmark()`: takes the snapshot, lets the world go on, and comes back when everything is marked and the program
/// goes on with spans to sweep.
pub(crate) extern "C" fn gc_mark() -> Outcome {
    let mp = current_m();
    snapshot(mp);
    // SAFETY: the M is this thread's own.
    unsafe { (*mp).pins -= 1 };
    wait_for_mark(mp)
}

/// Lets the world go on and parks until somebody finds nothing left to mark.
fn wait_for_mark(mp: *mut M) -> Outcome {
    CONTROL.with(|state| state.parked = Parked::MarkEnd);
    park(WaitReason("GC worker (active)"));
    // From here on the goroutine may already go on elsewhere.
    stats::start_the_world();
    SCHED.start_the_world(mp);
    worker::wake_idle();
    Outcome::PARK
}

/// Wakes the collector's goroutine if it waits for the end of the marking.
pub(super) fn notify_end() {
    if let Some(gp) = CONTROL.wake(Parked::MarkEnd) {
        crate::sched::ready(gp);
    }
}

/// The second half of `gcmark`.
pub(crate) extern "C" fn gc_mark_resume() -> Outcome {
    let (mp, now) = (current_m(), platform::nanotime());
    if !SCHED.stop_the_world(mp, Why::Collection) {
        return gosched();
    }
    stats::stop_again(now);
    if !finish_marking(mp) {
        return wait_for_mark(mp);
    }
    end(mp);
    stats::start_the_world();
    SCHED.start_the_world(mp);
    stats::end();
    Outcome::done(0)
}

/// Collects with the world stopped all the time. False if somebody else stops the world. The M holds a P and no lock.
#[cold]
pub(crate) fn collect_stopped() -> bool {
    let (mp, now) = (current_m(), platform::nanotime());
    if super::is_marking() || !SCHED.stop_the_world(mp, Why::Collection) {
        return false;
    }
    if super::is_marking() {
        SCHED.start_the_world(mp);
        return false;
    }
    stats::begin(now, take_forced());
    while CENTRAL.sweep_some(usize::MAX) {}
    snapshot(mp);
    // An object that this entry has made may be known to its Rust frames alone.
    // SAFETY: the M and its P are this thread's own. Callee-saved registers are in memory first.
    unsafe {
        let work = &mut (*(*mp).p).heap.work;
        arch::with_spilled_registers(|sp| work.scan_range(sp, (*mp).head.system_sp));
        while let Some(root) = worker::next_root() {
            worker::scan_root(work, root);
        }
        while stacks::scan_some(work) {}
        work.drain(|_| false);
    }
    end(mp);
    stats::start_the_world();
    SCHED.start_the_world(mp);
    stats::end();
    crate::heap::specials::wake();
    true
}

/// From *off* to *mark*. The world is stopped and everything is swept.
fn snapshot(mp: *mut M) {
    pace::begin_marking();
    set_marking(true);
    // SAFETY: the world is stopped, so no M uses its P; this one's is its own.
    unsafe {
        for pp in SCHED.all_p() {
            let heap = &mut (*pp).heap;
            heap.work.marked_bytes = 0;
            heap.work.scanned_bytes = 0;
            heap.mark_free();
        }
        let work = &mut (*(*mp).p).heap.work;
        mark_stopped(work);
        work.share();
    }
    Roots::begin();
    stacks::begin();
}

/// Marks from what may only be read while the world is stopped: it has no barriers.
fn mark_stopped(work: &mut LocalWork) {
    crate::heap::persistent::scanned_ranges(|start, end| work.scan_range(start, end));
    crate::sched::timers::each_timer(|timer| work.mark_word(timer));
}

/// Marks what barriers have stored and what is left over in the Ps; false if that is too much. The world is stopped.
fn finish_marking(mp: *mut M) -> bool {
    // SAFETY: the world is stopped, so no M uses its P; this one's is its own.
    unsafe {
        for pp in SCHED.all_p() {
            (*pp).heap.take_barrier(|work, word| work.mark_word(word));
            (*pp).heap.work.share();
        }
        let work = &mut (*(*mp).p).heap.work;
        let deadline = platform::nanotime() + LAST_NS;
        let is_done =
            worker::roots_done() && stacks::are_done() && work.drain(|_| platform::nanotime() >= deadline);
        work.share();
        is_done
    }
}

/// From *mark* to *off*. The world is stopped and nothing is left to mark.
fn end(mp: *mut M) {
    set_marking(false);
    let mut marked_bytes = 0;
    // SAFETY: the world is stopped, so no M uses its P.
    unsafe {
        for pp in SCHED.all_p() {
            marked_bytes += (*pp).heap.work.marked_bytes;
            (*pp).heap.flush();
        }
        (*mp).assist_bytes = 0;
    }
    CENTRAL.begin_sweep();
    COLLECTIONS.store(COLLECTIONS.load(Relaxed) + 1, Relaxed);
    pace::end_marking(marked_bytes);
}
