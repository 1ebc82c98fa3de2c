//! What is counted about memory and collections: for `runtime.ReadMemStats`, `debug.ReadGCStats` and `GODEBUG=gctrace=1`.

use super::{COLLECTIONS, pace};
use crate::heap::central::CENTRAL;
use crate::heap::pages::PAGES;
use crate::heap::size_class::{N_CLASSES, PAGE_BYTES, SIZES};
use crate::heap::{persistent, specials};
use crate::lang::print::Printer;
use crate::sched::{SCHED, environment};
use core::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, AtomicUsize, Ordering::Relaxed};

/// Pauses that are remembered.
const N_PAUSES: usize = 256;

// Whether a line is printed after each collection. Written before the first allocation.
static TRACES: AtomicBool = AtomicBool::new(false);

// The moments of the collection that runs, in nanoseconds; written by the one who collects.
static STOPPED_AT: AtomicI64 = AtomicI64::new(0);
static FIRST_PAUSE: AtomicI64 = AtomicI64::new(0);
static MARK_TIME: AtomicI64 = AtomicI64::new(0);
static LAST_PAUSE: AtomicI64 = AtomicI64::new(0);
static HEAP_AT_BEGIN: AtomicUsize = AtomicUsize::new(0);
static BEGAN: AtomicI64 = AtomicI64::new(0);
static IS_FORCED: AtomicBool = AtomicBool::new(false);

// Nanoseconds of marking since the collection began. Added to by Ps.
static ASSIST_NS: AtomicI64 = AtomicI64::new(0);
static BACKGROUND_NS: AtomicI64 = AtomicI64::new(0);
static IDLE_NS: AtomicI64 = AtomicI64::new(0);

// Of all collections; written by the one who collects.
static PROGRAM_BEGAN: AtomicI64 = AtomicI64::new(0);
static LAST_END: AtomicI64 = AtomicI64::new(0);
static LAST_END_WALL: AtomicU64 = AtomicU64::new(0);
static PAUSE_TOTAL: AtomicU64 = AtomicU64::new(0);
static CPU_TOTAL: AtomicU64 = AtomicU64::new(0);
static N_FORCED: AtomicU32 = AtomicU32::new(0);
static PAUSES: [AtomicU64; N_PAUSES] = [const { AtomicU64::new(0) }; N_PAUSES];
static PAUSE_ENDS: [AtomicU64; N_PAUSES] = [const { AtomicU64::new(0) }; N_PAUSES];

/// Reads GODEBUG.
pub(super) fn init() {
    let now = platform::nanotime();
    PROGRAM_BEGAN.store(now, Relaxed);
    LAST_END.store(now, Relaxed);
    let debug = environment(b"GODEBUG").unwrap_or(b"");
    TRACES.store(debug.split(|&byte| byte == b',').any(|part| part == b"gctrace=1"), Relaxed);
}

/// When the last collection ended.
pub(super) fn last_end() -> i64 {
    LAST_END.load(Relaxed)
}

/// A collection has begun to stop the world at the moment `now`.
pub(super) fn begin(now: i64, is_forced: bool) {
    BEGAN.store(now, Relaxed);
    STOPPED_AT.store(now, Relaxed);
    FIRST_PAUSE.store(0, Relaxed);
    LAST_PAUSE.store(0, Relaxed);
    MARK_TIME.store(0, Relaxed);
    IS_FORCED.store(is_forced, Relaxed);
    HEAP_AT_BEGIN.store(pace::heap_bytes(), Relaxed);
    [&ASSIST_NS, &BACKGROUND_NS, &IDLE_NS].into_iter().for_each(|counter| counter.store(0, Relaxed));
}

/// The world is stopped once more, since `now`.
pub(super) fn stop_again(now: i64) {
    // Since the world went on.
    MARK_TIME.fetch_add(now - STOPPED_AT.load(Relaxed), Relaxed);
    STOPPED_AT.store(now, Relaxed);
}

/// The world goes on.
pub(super) fn start_the_world() {
    let now = platform::nanotime();
    let pause = now - STOPPED_AT.swap(now, Relaxed);
    let counter = if FIRST_PAUSE.load(Relaxed) == 0 { &FIRST_PAUSE } else { &LAST_PAUSE };
    counter.fetch_add(pause, Relaxed);
}

pub(super) fn count_assist(ns: i64) {
    ASSIST_NS.fetch_add(ns, Relaxed);
}

pub(super) fn count_background(ns: i64) {
    BACKGROUND_NS.fetch_add(ns, Relaxed);
}

pub(super) fn count_idle(ns: i64) {
    IDLE_NS.fetch_add(ns, Relaxed);
}

/// A collection has ended.
pub(super) fn end() {
    let n = COLLECTIONS.load(Relaxed);
    let (sec, nsec) = platform::walltime();
    let wall = sec as u64 * 1_000_000_000 + nsec as u64;
    let pause = (FIRST_PAUSE.load(Relaxed) + LAST_PAUSE.load(Relaxed)) as u64;
    LAST_END.store(platform::nanotime(), Relaxed);
    LAST_END_WALL.store(wall, Relaxed);
    PAUSE_TOTAL.fetch_add(pause, Relaxed);
    let slot = (n as usize + N_PAUSES - 1) % N_PAUSES;
    PAUSES[slot].store(pause, Relaxed);
    PAUSE_ENDS[slot].store(wall, Relaxed);
    if IS_FORCED.load(Relaxed) {
        N_FORCED.fetch_add(1, Relaxed);
    }
    let marking = ASSIST_NS.load(Relaxed) + BACKGROUND_NS.load(Relaxed);
    CPU_TOTAL.fetch_add(marking as u64 + pause * SCHED.n_p() as u64, Relaxed);
    if TRACES.load(Relaxed) {
        trace(n);
    }
}

/// The part of the processors' time that collections took.
fn cpu_fraction() -> f64 {
    let elapsed = (platform::nanotime() - PROGRAM_BEGAN.load(Relaxed)) as f64 * SCHED.n_p() as f64;
    if elapsed > 0.0 { CPU_TOTAL.load(Relaxed) as f64 / elapsed } else { 0.0 }
}

/// Prints milliseconds as gc does: two digits that mean something below 10, else whole ones.
fn print_ms(p: &mut Printer, ns: i64) {
    if ns >= 10_000_000 {
        p.uint(ns as u64 / 1_000_000);
        return;
    }
    let mut x = ns as u64 / 1000;
    if x == 0 {
        p.uint(0);
        return;
    }
    let mut decimals = 3;
    while x >= 100 {
        x /= 10;
        decimals -= 1;
    }
    let unit = 10u64.pow(decimals);
    p.uint(x / unit);
    if decimals > 0 {
        p.string(b".");
        for place in (0..decimals).rev() {
            p.uint(x / 10u64.pow(place) % 10);
        }
    }
}

/// The line of `GODEBUG=gctrace=1`. Package runtime, "Environment Variables".
fn trace(n: u32) {
    let n_p = SCHED.n_p() as i64;
    let (first, last) = (FIRST_PAUSE.load(Relaxed), LAST_PAUSE.load(Relaxed));
    let at = BEGAN.load(Relaxed) - PROGRAM_BEGAN.load(Relaxed);
    let (at_end, goal) = pace::at_last_end();
    let mib = |bytes: usize| (bytes >> 20) as u64;
    let mut p = Printer::begin();
    p.string(b"gc ").uint(n as u64).string(b" @");
    p.uint(at as u64 / 1_000_000_000).string(b".");
    for place in (0..3).rev() {
        p.uint(at as u64 / 1_000_000 / 10u64.pow(place) % 10);
    }
    p.string(b"s ").uint((cpu_fraction() * 100.0) as u64).string(b"%: ");
    for (index, ns) in [first, MARK_TIME.load(Relaxed), last].into_iter().enumerate() {
        p.string(if index == 0 { b"" } else { b"+" });
        print_ms(&mut p, ns);
    }
    p.string(b" ms clock, ");
    let cpu = [
        (&b""[..], first * n_p),
        (b"+", ASSIST_NS.load(Relaxed)),
        (b"/", BACKGROUND_NS.load(Relaxed)),
        (b"/", IDLE_NS.load(Relaxed)),
        (b"+", last * n_p),
    ];
    for (separator, ns) in cpu {
        p.string(separator);
        print_ms(&mut p, ns);
    }
    p.string(b" ms cpu, ").uint(mib(HEAP_AT_BEGIN.load(Relaxed)));
    p.string(b"->").uint(mib(at_end)).string(b"->").uint(mib(pace::live_bytes()));
    p.string(b" MB, ").uint(mib(goal));
    p.string(b" MB goal, ").uint(mib(crate::sched::stack_pool_bytes())).string(b" MB stacks, ");
    let globals: usize = super::variables::variables().map(|(start, end)| end - start).sum();
    p.uint(mib(globals)).string(b" MB globals, ").uint(n_p as u64).string(b" P");
    p.string(if IS_FORCED.load(Relaxed) { b" (forced)\n" } else { b"\n" }).end();
}

/// What `runtime.heapstats` fills; the overlay declares the same.
#[repr(C)]
pub struct HeapStats {
    in_use_bytes: u64,
    released_bytes: u64,
    ready_bytes: u64,
    collections: u64,
    n_forced: u64,
    goal_bytes: u64,
    pause_total_ns: u64,
    last_end_ns: u64,
    stack_bytes: u64,
    other_bytes: u64,
    table_bytes: u64,
    cpu_fraction: f64,
    n_large: u64,
    large_bytes: u64,
    freed_large_bytes: u64,
    n_queued: u64,
    n_called: u64,
    gc_percent: u64,
    mallocs: [u64; N_CLASSES],
    frees: [u64; N_CLASSES],
    sizes: [u64; N_CLASSES],
    pauses: [u64; N_PAUSES],
    pause_ends: [u64; N_PAUSES],
}

/// `runtime.heapstats(p)`.
pub(crate) extern "C" fn heapstats(stats: *mut HeapStats) {
    let pages = PAGES.counts();
    let (n_large, large_bytes, freed_large_bytes) = CENTRAL.large_counts();
    let (n_queued, n_called) = specials::counts();
    let mallocs = core::array::from_fn(|class| {
        // SAFETY: Ps are never freed. What another P counts may be out of date by what it allocates just now.
        unsafe { SCHED.every_p().map(|pp| (*pp).heap.n_allocated(class)).sum() }
    });
    let load = |list: &[AtomicU64; N_PAUSES]| core::array::from_fn(|index| list[index].load(Relaxed));
    // SAFETY: the overlay passes room for one.
    unsafe {
        stats.write(HeapStats {
            in_use_bytes: (pages.in_use * PAGE_BYTES) as u64,
            released_bytes: (pages.released * PAGE_BYTES) as u64,
            ready_bytes: (pages.ready * PAGE_BYTES) as u64,
            collections: COLLECTIONS.load(Relaxed) as u64,
            n_forced: N_FORCED.load(Relaxed) as u64,
            goal_bytes: pace::goal_bytes() as u64,
            pause_total_ns: PAUSE_TOTAL.load(Relaxed),
            last_end_ns: LAST_END_WALL.load(Relaxed),
            stack_bytes: crate::sched::stack_pool_bytes() as u64,
            other_bytes: persistent::mapped_bytes() as u64,
            table_bytes: pages.table_bytes as u64,
            cpu_fraction: cpu_fraction(),
            n_large,
            large_bytes,
            freed_large_bytes,
            n_queued,
            n_called,
            gc_percent: pace::percent() as u64,
            mallocs,
            frees: core::array::from_fn(|class| CENTRAL.freed(class)),
            sizes: SIZES.map(u64::from),
            pauses: load(&PAUSES),
            pause_ends: load(&PAUSE_ENDS),
        });
    }
}
