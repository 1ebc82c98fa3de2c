//! Where all goroutines are, and the labels that they carry.

use super::metrics::Why;
use super::{Stack, Words};
use crate::lang::traceback::Frames;
use crate::sched::{ALL_GS, ALL_MS, G, SCHED, Status, current_g, current_m, gosched};
use arch::Outcome;

/// `runtime.goroutineprofile(buf, room)`: for each goroutine of the program, the current one first, the length of its stack, its labels and the
/// stack; how many words there are.
pub(crate) extern "C" fn goroutine_profile(buf: *mut usize, room: usize) -> Outcome {
    let gp = current_g();
    if !SCHED.stop_the_world(current_m(), Why::Other) {
        // SAFETY: the current goroutine belongs to this M.
        unsafe { (*gp).scratch = [buf as usize, room, 0, 0] };
        return gosched();
    }
    // SAFETY: the overlay passes room for that many words; no goroutine runs.
    let words = unsafe {
        let mut words = Words::new(buf, room);
        record(&mut words, &*gp);
        let others = ALL_GS.iter().filter(|&other| other != gp).map(|other| &*other);
        others.filter(|other| is_shown(other)).for_each(|other| record(&mut words, other));
        words
    };
    SCHED.start_the_world(current_m());
    Outcome::done(words.len as u64)
}

/// The second half of `goroutine_profile`: tries again.
pub(crate) extern "C" fn goroutine_profile_resume() -> Outcome {
    // SAFETY: the goroutine runs here again.
    let [buf, room, ..] = unsafe { (*current_g()).scratch };
    goroutine_profile(buf as *mut usize, room)
}

fn is_shown(gp: &G) -> bool {
    !gp.is_system && !matches!(gp.status(), Status::Dead | Status::Idle)
}

fn record(words: &mut Words, gp: &G) {
    let mut stack = Stack::new();
    // SAFETY: the goroutine does not run. One in a system call has left its context where it began that; what it pushed since lies below.
    let mut frames = unsafe { Frames::of(gp) };
    while let Some(frame) = frames.next_on(gp) {
        stack.push(frame.lookup_pc + 1);
    }
    if stack.pcs().is_empty() && gp.head.start != 0 {
        // It has not begun: the function that it will call.
        // SAFETY: a func value begins with the address of its code.
        stack.push(unsafe { *(gp.head.start as *const usize) } + 1);
    }
    words.record(&[stack.pcs().len(), gp.labels], stack.pcs());
}

/// `runtime.setlabels(p)`.
pub(crate) extern "C" fn set_labels(labels: usize) {
    // SAFETY: the current goroutine belongs to this M.
    unsafe { (*current_g()).labels = labels };
}

/// `runtime.labels()`.
pub(crate) extern "C" fn labels() -> usize {
    // SAFETY: as above.
    unsafe { (*current_g()).labels }
}

/// `runtime.nthreads()`: how many threads there are.
pub(crate) extern "C" fn n_threads() -> u64 {
    // SAFETY: Ms are never freed.
    ALL_MS.iter().filter(|&mp| unsafe { (*mp).has_thread() }).count() as u64
}
