//! The collector: marks what can be reached, precisely in the heap, conservatively on stacks, in registers and in the
//! runtime's own memory; what is not marked is free.
//!
//! A collection stops the world, marks, and starts it again; sweeping happens as memory is needed. It begins when the heap has grown by GOGC percent
//! since the last one. Objects do not move. Interior pointers keep an object alive; a pointer one past its end does not.
//!
//! Where pointers can be while the world is stopped: stacks and `saved` registers of goroutines, the words of `persistent` memory, timers,
//! the image's writable memory, and the system stack of the collecting M, whose entry may hold
//! an object that nobody else knows yet.

mod mark;

use super::central::CENTRAL;
use super::pages::PAGES;
use crate::sched::{ALL_GS, SCHED, Status, current_m, environment};
use arch::Outcome;
use core::sync::atomic::{
    AtomicBool, AtomicI64, AtomicU32, AtomicUsize,
    Ordering::{Acquire, Relaxed, Release},
};
use mark::Marker;

/// The heap is not collected below this.
const SMALLEST_GOAL_BYTES: usize = 4 << 20;

// Whether a collection runs. Set by compare-and-swap of the M that runs it.
static RUNNING: AtomicBool = AtomicBool::new(false);
// Whether the heap has reached its goal. Written by allocating Ms and the collector.
static NEEDED: AtomicBool = AtomicBool::new(false);
// Bytes marked by the last collection and given to Ps since.
static ALLOCATED: AtomicUsize = AtomicUsize::new(0);
static GOAL: AtomicUsize = AtomicUsize::new(SMALLEST_GOAL_BYTES);
static COLLECTIONS: AtomicU32 = AtomicU32::new(0);
// Percent that the heap may grow; negative: never collect. Read at each collection.
static GOGC: AtomicI64 = AtomicI64::new(100);

/// How many collections there were.
pub fn collections() -> u32 {
    COLLECTIONS.load(Relaxed)
}

/// Reads GOGC from the environment. Called before the first allocation.
pub(crate) fn init() {
    let Some(value) = environment(b"GOGC") else { return };
    if value == b"off" {
        set_percent(-1);
        return;
    }
    let percent = value.iter().try_fold(0i64, |n, &digit| {
        digit.is_ascii_digit().then(|| n.saturating_mul(10).saturating_add((digit - b'0') as i64))
    });
    if let (Some(percent), false) = (percent, value.is_empty()) {
        set_percent(percent);
    }
}

fn set_percent(percent: i64) -> i64 {
    let former = GOGC.swap(percent, Relaxed);
    set_goal(ALLOCATED.load(Relaxed).min(GOAL.load(Relaxed) / 2));
    former
}

fn set_goal(live: usize) {
    let percent = GOGC.load(Relaxed);
    let goal = match usize::try_from(percent) {
        Err(_) => usize::MAX,
        Ok(percent) => {
            let smallest = SMALLEST_GOAL_BYTES / 100 * percent;
            live.saturating_add((live / 100).saturating_mul(percent)).max(smallest).max(64 << 10)
        }
    };
    GOAL.store(goal, Relaxed);
}

/// Notes that a P may allocate `bytes` more.
pub(crate) fn count_allocated(bytes: usize) {
    if ALLOCATED.fetch_add(bytes, Relaxed) + bytes >= GOAL.load(Relaxed) {
        NEEDED.store(true, Relaxed);
    }
}

/// Whether the next allocation should collect first.
#[inline]
pub(crate) fn is_needed() -> bool {
    NEEDED.load(Relaxed)
}

/// Collects, unless another M does. Called in an entry or in the scheduler, with a P and without a lock.
#[cold]
pub(crate) fn collect() -> bool {
    if RUNNING.swap(true, Acquire) {
        return false;
    }
    let began = platform::nanotime();
    if !SCHED.stop_the_world(current_m()) {
        RUNNING.store(false, Release);
        return false;
    }
    CENTRAL.finish_sweep();
    // SAFETY: the world is stopped, so no M uses its P.
    SCHED.all_p().for_each(|pp| unsafe { (*pp).heap.flush() });
    let mut marker = Marker::new();
    mark_roots(&mut marker);
    marker.drain();
    marker.end();
    COLLECTIONS.fetch_add(1, Relaxed);
    let live = CENTRAL.begin_sweep();
    ALLOCATED.store(live, Relaxed);
    NEEDED.store(false, Relaxed);
    set_goal(live);
    SCHED.start_the_world(current_m());
    PAUSE_NS.fetch_add((platform::nanotime() - began) as usize, Relaxed);
    RUNNING.store(false, Release);
    true
}

// Nanoseconds for which the world was stopped, in all.
static PAUSE_NS: AtomicUsize = AtomicUsize::new(0);

fn mark_roots(marker: &mut Marker) {
    if platform::writable_range(0).is_none() {
        crate::fatal::throw("cannot find the image's variables");
    }
    (0..).map_while(platform::writable_range).for_each(|(start, end)| marker.scan_range(start, end));
    super::persistent::scanned_ranges(|start, end| marker.scan_range(start, end));
    crate::sched::timers::each_timer(|timer| marker.mark(timer));
    for gp in ALL_GS.iter() {
        // SAFETY: Gs are never freed and the world is stopped.
        let gp = unsafe { &*gp };
        if !matches!(gp.status(), Status::Idle | Status::Dead) {
            crate::sched::stack_ranges(&gp.head, |start, end| marker.scan_range(start, end));
        }
    }
    let mp = current_m();
    // SAFETY: the M is this thread's own. Callee-saved registers are in memory first.
    unsafe { arch::with_spilled_registers(|sp| marker.scan_range(sp, (*mp).head.system_sp)) };
}

/// `runtime.GC`: collects, and sweeps everything.
pub(crate) extern "C" fn run() -> Outcome {
    // If another M collects, this goroutine waits like all others; if not, it has used the processor for long.
    collect();
    crate::sched::gosched()
}

/// `runtime.setgcpercent(percent)`: the former one.
pub(crate) extern "C" fn setgcpercent(percent: i64) -> i64 {
    set_percent(percent)
}

/// What `runtime.readmemstats` fills: the words that `MemStats` is made of.
#[repr(C)]
pub struct HeapStats {
    in_use_bytes: u64,
    live_bytes: u64,
    goal_bytes: u64,
    collections: u64,
    pause_ns: u64,
}

/// `runtime.heapstats(p)`.
pub(crate) extern "C" fn heapstats(stats: *mut HeapStats) {
    // SAFETY: the overlay passes room for one.
    unsafe {
        stats.write(HeapStats {
            in_use_bytes: PAGES.bytes_in_use() as u64,
            live_bytes: ALLOCATED.load(Relaxed) as u64,
            goal_bytes: GOAL.load(Relaxed) as u64,
            collections: collections() as u64,
            pause_ns: PAUSE_NS.load(Relaxed) as u64,
        });
    }
}
