//! What the loop in `arch` calls between two goroutines, on an empty system stack.

use super::schedule::SCHED;
use super::{G, Status, current_m, lock, trace};
use abi::g::GHead;
use core::ptr::null_mut;
use core::sync::atomic::Ordering::Relaxed;

/// Chooses the goroutine that this M runs next. Called by the loop in `arch`, on an empty system stack.
pub(crate) extern "C" fn schedule() -> *mut GHead {
    let mp = current_m();
    // SAFETY: the M is this thread's own.
    unsafe { trace::end(&mut *mp) };
    let (gp, inherits) = SCHED.choose(mp);
    // SAFETY: `gp` was taken out of a run queue, so it belongs to this M.
    unsafe {
        if !inherits {
            (*(*mp).p).tick.fetch_add(1, Relaxed);
        }
        (*mp).head.curg = gp as usize;
        (*gp).head.m = mp as usize;
        (*gp).should_stop.store(false, Relaxed);
        crate::heap::gc::stacks::before_run(gp);
        (*gp).set_status(Status::Running);
        trace::begin(&mut *mp, &*gp);
        &raw mut (*gp).head
    }
}

/// Buries a goroutine whose function has returned.
pub(crate) extern "C" fn goexit0(gp: *mut GHead) {
    let gp = gp as *mut G;
    let mp = current_m();
    // SAFETY: the goroutine runs on this M and its stack is not needed again.
    unsafe {
        let is_tied = !(*gp).tied_m.is_null();
        (*gp).tied_m = null_mut();
        (*gp).set_status(Status::Dead);
        (*gp).head.m = 0;
        (*gp).head.start = 0;
        super::stack::shrink_to_first(&mut (*gp).head, (*gp).start_code);
        (*mp).head.curg = 0;
        SCHED.put_free(&mut (*(*mp).p).free_gs, gp);
        if is_tied {
            lock::end_thread(mp);
        }
    }
}

arch::scheduler!(schedule, goexit0);
