//! Stacks: each is scanned once in a collection, before its goroutine runs again.
//!
//! At the snapshot no goroutine runs, and from then on none runs that is not scanned: the scheduler and the end of a system call see to that
//! (`before_run`). So a stack is scanned as it was at the snapshot, whenever that happens, and no stop of the world grows with the number of
//! stacks. Those that nobody wants to run are scanned beside the program, a few at a time (`scan_some`). Whoever scans a goroutine claims it
//! first; who wants to run it meanwhile waits.
//!
//! In each state in which a goroutine may be found its callee-saved registers are in memory that is scanned: parked or preempted (the stub has
//! stored them in the G, or all of them on the stack), in a system call (`entersyscall` has stored them before it gave up the P), on the system stack
//! (every switch there stores them first).
//!
//! Another goroutine may write a value that is received into a variable of a parked one. What stood there is lost to the program, and what comes is
//! marked by the barrier.

use super::work::LocalWork;
use super::{collections, is_marking};
use crate::sched::{ALL_GS, G, Status, current_m, stack_ranges};
use crate::sync::{Mutex, rank::Rank};
use core::ptr::null_mut;
use core::sync::atomic::{
    AtomicPtr, AtomicUsize,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
};

/// Goroutines that are looked at at once.
const BATCH: usize = 32;

static LOCK: Mutex = Mutex::new(Rank::StackScan);
// The next goroutine to look at, or null. Written under the lock; read without as a hint.
static NEXT: AtomicPtr<G> = AtomicPtr::new(null_mut());
// Batches that were taken and are not done.
static N_TAKEN: AtomicUsize = AtomicUsize::new(0);

/// Makes all stacks ones that are to be scanned. The world is stopped.
pub(super) fn begin() {
    NEXT.store(ALL_GS.iter().next().unwrap_or(null_mut()), Relaxed);
}

/// Whether somebody without work would find stacks to scan.
pub(super) fn has_more() -> bool {
    !NEXT.load(Relaxed).is_null()
}

/// Whether all stacks are scanned.
pub(super) fn are_done() -> bool {
    !has_more() && N_TAKEN.load(Acquire) == 0
}

/// Scans the next few stacks; whether there were any.
pub(super) fn scan_some(work: &mut LocalWork) -> bool {
    let mut batch = [null_mut(); BATCH];
    LOCK.lock();
    let mut gp = NEXT.load(Relaxed);
    for place in &mut batch {
        // SAFETY: Gs are never freed, and their list only grows at its begin.
        let Some(g) = (unsafe { gp.as_ref() }) else { break };
        *place = gp;
        gp = g.next_of_all();
    }
    N_TAKEN.fetch_add(1, AcqRel);
    NEXT.store(gp, Relaxed);
    LOCK.unlock();
    let found = !batch[0].is_null();
    batch.into_iter().take_while(|gp| !gp.is_null()).for_each(|gp| ensure_scanned(work, gp));
    N_TAKEN.fetch_sub(1, AcqRel);
    found
}

/// What `G::scanned` is once the goroutine is scanned in this collection; one less while that happens.
fn done() -> u32 {
    2 * (collections() + 1)
}

/// Claims the goroutine; false if it is scanned already. If somebody else scans it, waits for that.
fn claim(g: &G) -> bool {
    let done = done();
    loop {
        let state = g.scanned.load(Acquire);
        if state == done {
            return false;
        }
        if state != done - 1 && g.scanned.compare_exchange(state, done - 1, AcqRel, Relaxed).is_ok() {
            return true;
        }
        platform::osyield();
    }
}

fn ensure_scanned(work: &mut LocalWork, gp: *mut G) {
    // SAFETY: Gs are never freed.
    let g = unsafe { &*gp };
    if !claim(g) {
        return;
    }
    // It is claimed, so it does not run; one that has ended is not used again before that is over (`note_new`).
    if !matches!(g.status(), Status::Idle | Status::Dead) {
        stack_ranges(&g.head, |start, end| work.scan_range(start, end));
        work.scan_range(gp as usize, gp as usize + size_of_val(g));
        // What it waits with may lead to places that its frames do not name.
        g.each_wait(|elem, object| {
            work.mark_word(elem);
            work.mark_word(object);
        });
    }
    g.scanned.store(done(), Release);
}

/// To be called before a goroutine runs. The M holds a P.
#[inline]
pub(crate) fn before_run(gp: *mut G) {
    if is_marking() {
        // SAFETY: the M and its P are this thread's own.
        ensure_scanned(unsafe { &mut (*(*current_m()).p).heap.work }, gp);
    }
}

/// To be called when a G is about to be used for a new goroutine, whose stack is empty.
#[inline]
pub(crate) fn note_new(gp: *mut G) {
    // SAFETY: Gs are never freed.
    let g = unsafe { &*gp };
    if is_marking() && claim(g) {
        g.scanned.store(done(), Release);
    }
}
