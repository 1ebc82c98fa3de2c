//! `GODEBUG=schedtrace=N,scheddetail=1`: what the scheduler does, on standard error every N milliseconds, in gc's words.

use super::schedule::SCHED;
use super::{ALL_GS, M, Status, environment};
use crate::heap::gc::number;
use crate::lang::print::Printer;
use core::sync::atomic::{AtomicBool, AtomicI64, Ordering::Relaxed};

// Written by `init`; `PERIOD_NS` is 0 when nothing is printed.
static PERIOD_NS: AtomicI64 = AtomicI64::new(0);
static IS_DETAILED: AtomicBool = AtomicBool::new(false);
static BEGAN: AtomicI64 = AtomicI64::new(0);
// When the next lines are due. The monitor's.
static NEXT: AtomicI64 = AtomicI64::new(0);

/// Reads GODEBUG.
pub(super) fn init() {
    let debug = environment(b"GODEBUG").unwrap_or(b"");
    for part in debug.split(|&byte| byte == b',') {
        if let Some(ms) = part.strip_prefix(b"schedtrace=").and_then(number) {
            PERIOD_NS.store(ms.saturating_mul(1_000_000), Relaxed);
        }
        if part == b"scheddetail=1" {
            IS_DETAILED.store(true, Relaxed);
        }
    }
    let now = platform::nanotime();
    BEGAN.store(now, Relaxed);
    NEXT.store(now, Relaxed);
}

/// Prints if it is time. The monitor calls it.
pub(super) fn print_if_due(now: i64) {
    let period = PERIOD_NS.load(Relaxed);
    if period > 0 && now >= NEXT.load(Relaxed) {
        NEXT.store(now + period, Relaxed);
        print(now);
    }
}

fn print(now: i64) {
    let counts = SCHED.counts();
    let is_detailed = IS_DETAILED.load(Relaxed);
    let mut printer = Printer::begin();
    let p = &mut printer;
    p.string(b"SCHED ").int((now - BEGAN.load(Relaxed)) / 1_000_000);
    p.string(b"ms: gomaxprocs=").uint(SCHED.n_p() as u64);
    p.string(b" idleprocs=").uint(SCHED.n_idle_p() as u64);
    // The monitor is a thread too.
    p.string(b" threads=").uint(SCHED.n_m() as u64 + 1);
    p.string(b" spinningthreads=").uint(counts.n_spinning as u64);
    p.string(b" idlethreads=").uint(counts.n_idle_m as u64);
    p.string(b" runqueue=").uint(counts.n_global as u64);
    if is_detailed {
        p.string(b" nmidlelocked=").int(counts.n_tied_idle as i64).string(b"\n");
        print_details(p);
    } else {
        p.string(b" [");
        // SAFETY: Ps are never freed, and what is read of them is atomic.
        SCHED.all_p().for_each(|pp| unsafe {
            p.string(b" ").uint((*pp).runq.len() as u64);
        });
        p.string(b" ] schedticks=[");
        // SAFETY: as above.
        SCHED.all_p().for_each(|pp| unsafe {
            p.string(b" ").uint((*pp).tick.load(Relaxed) as u64);
        });
        p.string(b" ]\n");
    }
    printer.end();
}

fn number_or_nil(p: &mut Printer, name: &str, number: Option<u64>) {
    p.string(name.as_bytes());
    match number {
        Some(n) => p.uint(n),
        None => p.string(b"nil"),
    };
}

fn print_details(p: &mut Printer) {
    // SAFETY: Ps, Ms and Gs are never freed. What is read may change meanwhile: the lines are a look, not a record.
    unsafe {
        for pp in SCHED.all_p() {
            let state = (*pp).state_word.load(Relaxed);
            let mp = (*pp).m.load(Relaxed) as *const M;
            p.string(b"  P").uint((*pp).id as u64).string(b": status=").uint((state & 3) as u64);
            p.string(b" schedtick=").uint((*pp).tick.load(Relaxed) as u64);
            p.string(b" syscalltick=").uint((state >> 2) as u64);
            number_or_nil(p, " m=", mp.as_ref().map(|mp| mp.id as u64));
            p.string(b" runqsize=").uint((*pp).runq.len() as u64).string(b"\n");
        }
        for gp in ALL_GS.iter() {
            let g = &*gp;
            let mp = (&raw const (*gp).head.m).read_volatile() as *const M;
            let tied = (&raw const (*gp).tied_m).read_volatile() as *const M;
            p.string(b"  G").uint(g.id).string(b": status=").uint(g.status() as u64);
            let reason = if g.status() == Status::Waiting { g.wait_reason.0 } else { "" };
            p.string(b"(").string(reason.as_bytes()).string(b")");
            number_or_nil(p, " m=", mp.as_ref().map(|mp| mp.id as u64));
            number_or_nil(p, " lockedm=", tied.as_ref().map(|mp| mp.id as u64));
            p.string(b"\n");
        }
    }
}
