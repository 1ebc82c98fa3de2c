//! What runtime/metrics shows and `heapstats` does not count.

use super::histogram::{Histogram, N_BUCKETS};
use crate::heap::{gc, specials};
use crate::sched::{ALL_GS, SCHED, Status, current_m, n_created};
use core::sync::atomic::{AtomicI64, Ordering::Relaxed};

/// Why the world is stopped.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    Collection,
    Other,
}

/// How long it took until the world stood still, and until it went on.
struct Pauses {
    stopping: Histogram,
    total: Histogram,
}

static COLLECTIONS: Pauses = Pauses { stopping: Histogram::new(), total: Histogram::new() };
static OTHERS: Pauses = Pauses { stopping: Histogram::new(), total: Histogram::new() };
/// How long goroutines were runnable before they ran.
static LATENCIES: Histogram = Histogram::new();
// Nanoseconds that goroutines waited for locks.
static LOCK_WAIT_NS: AtomicI64 = AtomicI64::new(0);

fn pauses(why: Why) -> &'static Pauses {
    if why == Why::Collection { &COLLECTIONS } else { &OTHERS }
}

/// The world stands still `ns` after somebody asked for it.
pub(crate) fn stopped(why: Why, ns: i64) {
    pauses(why).stopping.add(ns, 1);
}

/// The world goes on `ns` after somebody asked it to stop.
pub(crate) fn went_on(why: Why, ns: i64) {
    pauses(why).total.add(ns, 1);
}

/// A goroutine has waited `ns` for a lock.
pub(crate) fn waited_for_lock(ns: i64) {
    LOCK_WAIT_NS.fetch_add(ns.max(0), Relaxed);
}

/// One of so many goroutines that become runnable is measured.
const MEASURED: u32 = 8;

/// The present time for one of `MEASURED` goroutines that become runnable, else 0.
#[inline]
pub(crate) fn ready_time() -> i64 {
    // SAFETY: an M in an entry or in the scheduler has a P.
    let tick = unsafe { (*(*current_m()).p).tick.load(Relaxed) };
    if tick.is_multiple_of(MEASURED) { platform::nanotime() } else { 0 }
}

/// A goroutine runs that became runnable at `since`.
#[inline]
pub(crate) fn runs(since: i64) {
    if since != 0 {
        LATENCIES.add(platform::nanotime() - since, MEASURED as u64);
    }
}

/// What `runtime.schedstats` fills; the overlay declares the same.
#[repr(C)]
pub struct SchedStats {
    n_threads: u64,
    n_created: u64,
    n_in_syscalls: u64,
    n_runnable: u64,
    n_running: u64,
    n_waiting: u64,
    n_p: u64,
    lock_wait_ns: i64,
    /// Nanoseconds of marking: by allocations, by busy Ps, by idle ones; of pauses over all Ps; of all Ps since the start.
    gc: [u64; 5],
    live_bytes: u64,
    memory_limit: i64,
    global_bytes: u64,
    /// Finalizers and cleanups that were queued, and that were begun.
    n_queued: [u64; 2],
    n_called: [u64; 2],
    stopping: [[u64; N_BUCKETS]; 2],
    total: [[u64; N_BUCKETS]; 2],
    latencies: [u64; N_BUCKETS],
}

/// `runtime.schedstats(p)`.
pub(crate) extern "C" fn schedstats(stats: *mut SchedStats) {
    let count = |wanted: Status| {
        // SAFETY: Gs are never freed.
        ALL_GS.iter().filter(|&gp| unsafe { !(*gp).is_system && (*gp).status() == wanted }).count() as u64
    };
    let (n_queued, n_called) = specials::counts_by_kind();
    let globals = (0..).map_while(platform::writable_range).map(|(start, end)| end - start);
    // SAFETY: the overlay passes room for one.
    unsafe {
        stats.write(SchedStats {
            n_threads: super::goroutines::n_threads(),
            n_created: n_created(),
            n_in_syscalls: count(Status::Syscall),
            n_runnable: count(Status::Runnable),
            n_running: count(Status::Running),
            n_waiting: count(Status::Waiting),
            n_p: SCHED.n_p() as u64,
            lock_wait_ns: LOCK_WAIT_NS.load(Relaxed),
            gc: gc::stats::processor_times(),
            live_bytes: gc::pace::live_bytes() as u64,
            memory_limit: gc::pace::memory_limit(),
            global_bytes: globals.sum::<usize>() as u64,
            n_queued,
            n_called,
            stopping: [COLLECTIONS.stopping.counts(), OTHERS.stopping.counts()],
            total: [COLLECTIONS.total.counts(), OTHERS.total.counts()],
            latencies: LATENCIES.counts(),
        });
    }
}
