//! Who marks: Ps with a quarter of their time, idle Ps with all of it, and allocations for their share.

use super::phase::notify_end;
use super::variables::variables;
use super::work::{LocalWork, has_shared};
use super::{Turn, is_marking, pace, stacks};
use crate::heap::specials;
use crate::sched::{P, SCHED, current_m, is_stopping, timers};
use core::sync::atomic::{
    AtomicIsize, AtomicUsize,
    Ordering::{AcqRel, Acquire, Relaxed, SeqCst},
    fence,
};

/// A P marks for at most so long before it looks for goroutines.
const SLICE_NS: i64 = 100_000;
/// One part of this many of a P's time goes to marking while it has goroutines to run.
const SHARE: i64 = 4;
/// The image's variables are scanned in parts of this size.
const ROOT_BYTES: usize = 64 << 10;

// Ps that mark at the moment. Written by each of them.
static N_WORKERS: AtomicUsize = AtomicUsize::new(0);
// The next root to scan, and how many there are.
static NEXT_ROOT: AtomicUsize = AtomicUsize::new(0);
static N_ROOTS: AtomicUsize = AtomicUsize::new(0);
// Roots that were scanned.
static N_SCANNED: AtomicUsize = AtomicUsize::new(0);
// Bytes that Ps have scanned ahead of what allocations had to.
static CREDIT: AtomicIsize = AtomicIsize::new(0);

/// What is scanned beside the program: specials, then parts of the image's variables.
pub(super) struct Roots;

impl Roots {
    /// Makes all roots ones that are to be scanned. The world is stopped.
    pub(super) fn begin() {
        if variables().next().is_none() {
            crate::fatal::throw("cannot find the image's variables");
        }
        let parts: usize = variables().map(|(start, end)| (end - start).div_ceil(ROOT_BYTES)).sum();
        N_SCANNED.store(0, Relaxed);
        N_ROOTS.store(parts + 1, Relaxed);
        NEXT_ROOT.store(0, Relaxed);
        CREDIT.store(0, Relaxed);
    }
}

/// Takes a root.
pub(super) fn next_root() -> Option<usize> {
    let n_roots = N_ROOTS.load(Relaxed);
    if NEXT_ROOT.load(Relaxed) >= n_roots {
        return None;
    }
    let root = NEXT_ROOT.fetch_add(1, Relaxed);
    (root < n_roots).then_some(root)
}

/// Whether all roots are scanned.
pub(super) fn roots_done() -> bool {
    N_SCANNED.load(Acquire) >= N_ROOTS.load(Relaxed)
}

/// Scans a root that `next_root` gave.
pub(super) fn scan_root(work: &mut LocalWork, root: usize) {
    if root == 0 {
        specials::mark_roots(work);
    } else {
        let mut part = root - 1;
        for (start, end) in variables() {
            let n_parts = (end - start).div_ceil(ROOT_BYTES);
            if part < n_parts {
                let from = start + part * ROOT_BYTES;
                work.scan_range(from, end.min(from + ROOT_BYTES));
                break;
            }
            part -= n_parts;
        }
    }
    N_SCANNED.fetch_add(1, AcqRel);
}

/// Whether there is something to mark for an idle P.
#[inline]
pub(crate) fn has_marking(pp: *mut P) -> bool {
    is_marking() && has_work(pp)
}

fn has_work(pp: *mut P) -> bool {
    // SAFETY: the P belongs to this M.
    let has_own = unsafe { !(*pp).heap.work.is_empty() };
    has_own || has_shared() || NEXT_ROOT.load(Relaxed) < N_ROOTS.load(Relaxed) || stacks::has_more()
}

/// Whether the P should mark before it runs its next goroutine.
#[inline]
pub(crate) fn wants_marking(pp: *mut P) -> bool {
    is_marking() && owes_marking(pp)
}

#[cold]
fn owes_marking(pp: *mut P) -> bool {
    // SAFETY: the P belongs to this M.
    let spent = unsafe { (*pp).mark_ns };
    spent * SHARE < platform::nanotime() - pace::mark_began() && has_work(pp)
}

/// Marks on this M, whose P is `pp`: for a slice, or, when idle, until something else is to do.
#[cold]
pub(crate) fn mark_here(pp: *mut P, idle: bool) {
    if idle {
        wake_idle();
    }
    let began = platform::nanotime();
    // SAFETY: the P belongs to this M, and what other Ps read of it is atomic.
    let p = unsafe { &*pp };
    let has_goroutines =
        || !p.is_empty() || SCHED.has_global() || timers::next_when() <= platform::nanotime();
    let scanned = mark_while(pp, |_| {
        let is_over = if idle { has_goroutines() } else { platform::nanotime() - began > SLICE_NS };
        is_over || is_stopping()
    });
    CREDIT.fetch_add(scanned as isize, Relaxed);
    let spent = platform::nanotime() - began;
    // SAFETY: the P belongs to this M.
    unsafe {
        if idle {
            super::stats::count_idle(spent);
        } else {
            (*pp).mark_ns += spent;
            super::stats::count_background(spent);
        }
    }
}

/// Marks until `should_stop`; bytes scanned.
fn mark_while(pp: *mut P, mut should_stop: impl FnMut(&LocalWork) -> bool) -> usize {
    N_WORKERS.fetch_add(1, AcqRel);
    // SAFETY: the P belongs to this M, and marking does not come back here.
    let work = unsafe { &mut (*pp).heap.work };
    let before = work.scanned_bytes;
    loop {
        if !work.drain(&mut should_stop) {
            break;
        }
        match next_root() {
            Some(root) => scan_root(work, root),
            None if stacks::scan_some(work) => {}
            None => break,
        }
        if should_stop(work) {
            break;
        }
    }
    let scanned = work.scanned_bytes - before;
    let is_last = N_WORKERS.fetch_sub(1, AcqRel) == 1;
    if is_last && work.is_empty() && roots_done() && stacks::are_done() && !has_shared() {
        notify_end();
    }
    scanned
}

/// Lets idle Ps mark too.
pub(super) fn wake_idle() {
    // The work was shared before; pairs with the fence of an M that goes to sleep.
    fence(SeqCst);
    if SCHED.n_idle_p() > 0 {
        SCHED.wake_p();
    }
}

/// Pays for what this M has allocated since it paid last: marks so much that marking ends before the heap reaches its goal.
/// Work that others have done ahead counts first.
#[cold]
pub(crate) fn assist() {
    let mp = current_m();
    // SAFETY: the M and its P are this thread's own.
    let (bytes, pp) = unsafe { (core::mem::take(&mut (*mp).assist_bytes), (*mp).p) };
    let owed = pace::assist_work(bytes);
    let credit = CREDIT.load(Relaxed).max(0);
    let used = credit.min(owed as isize);
    if used > 0 {
        CREDIT.fetch_sub(used, Relaxed);
    }
    let owed = owed - used as usize;
    if !has_work(pp) {
        // Marking is about to end: the collector's goroutine goes first, before the heap outgrows its goal.
        // SAFETY: as above.
        unsafe { (*mp).turn = Turn::Last };
        return;
    }
    if owed == 0 {
        return;
    }
    let began = platform::nanotime();
    // SAFETY: as above.
    let until = unsafe { (*pp).heap.work.scanned_bytes } + owed;
    mark_while(pp, |work| work.scanned_bytes >= until || is_stopping());
    super::stats::count_assist(platform::nanotime() - began);
}
