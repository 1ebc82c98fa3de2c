//! How many Ps there are: GOMAXPROCS from the environment or from the program, else as many as the system lets run.
//!
//! That is the number of processors that the program may use, but no more than the limit of its control group, rounded up, and 2 at least of such a limit
//! (Go 1.25, "Container-aware GOMAXPROCS"). The monitor looks every second whether it has changed, unless the program has chosen; the next M that
//! looks for work then changes it. `GODEBUG=containermaxprocs=0` leaves the limit out, `updatemaxprocs=0` keeps the first number.

use super::park::gosched;
use super::schedule::{MAX_PS, SCHED};
use super::{current_g, environment};
use arch::Outcome;
use core::sync::atomic::{
    AtomicBool, AtomicI64, AtomicU32,
    Ordering::{Relaxed, SeqCst},
};

const LOOK_NS: i64 = 1_000_000_000;

// Whether the environment or the program has chosen the number. Written by the program.
static IS_CHOSEN: AtomicBool = AtomicBool::new(false);
// What GODEBUG says. Written by `init`.
static HAS_LIMIT: AtomicBool = AtomicBool::new(true);
static IS_UPDATED: AtomicBool = AtomicBool::new(true);
// Processors that the program might use when it began. Written by `init`.
static N_CPU: AtomicU32 = AtomicU32::new(1);
// What the monitor has found; 0: no change. Taken by the M that makes it.
static WANTED: AtomicU32 = AtomicU32::new(0);
// When the monitor last looked. The monitor's.
static LAST_LOOK: AtomicI64 = AtomicI64::new(0);

/// How many Ps the program begins with.
pub(super) fn init() -> u32 {
    for part in environment(b"GODEBUG").unwrap_or(b"").split(|&byte| byte == b',') {
        match part {
            b"containermaxprocs=0" => HAS_LIMIT.store(false, Relaxed),
            b"updatemaxprocs=0" => IS_UPDATED.store(false, Relaxed),
            _ => {}
        }
    }
    N_CPU.store(platform::n_processors(), Relaxed);
    LAST_LOOK.store(platform::nanotime(), Relaxed);
    let chosen = environment(b"GOMAXPROCS").and_then(crate::heap::gc::number).filter(|&n| n > 0);
    IS_CHOSEN.store(chosen.is_some(), Relaxed);
    chosen.map_or_else(by_default, |n| n.min(MAX_PS as i64) as u32)
}

/// What the system lets run at present.
fn by_default() -> u32 {
    let limit = if HAS_LIMIT.load(Relaxed) { platform::processor_limit() } else { u32::MAX };
    platform::n_processors().min(limit.max(2)).min(MAX_PS as u32)
}

/// The monitor's look, once a second.
pub(super) fn look(now: i64) {
    if now - LAST_LOOK.load(Relaxed) < LOOK_NS || !IS_UPDATED.load(Relaxed) {
        return;
    }
    LAST_LOOK.store(now, Relaxed);
    if IS_CHOSEN.load(SeqCst) {
        return;
    }
    let n = by_default();
    if n != SCHED.n_p() {
        WANTED.store(n, SeqCst);
        SCHED.wake_p();
    }
}

/// Changes the number of Ps if the monitor asks for it. Called by an M that has a P and no goroutine; false if the world stops already.
#[inline]
pub(super) fn change_if_wanted() -> bool {
    WANTED.load(Relaxed) == 0 || change()
}

#[cold]
fn change() -> bool {
    let n = WANTED.swap(0, SeqCst);
    if n == 0 || IS_CHOSEN.load(SeqCst) || SCHED.resize(n) {
        return true;
    }
    WANTED.store(n, SeqCst);
    false
}

/// `runtime.gomaxprocs(n)`: changes the number of Ps if n is above 0; the former number.
pub(crate) extern "C" fn gomaxprocs(n: i64) -> Outcome {
    if n > 0 {
        IS_CHOSEN.store(true, SeqCst);
    }
    resize(n)
}

/// `runtime.defaultgomaxprocs()`: the number is again what the system lets run.
pub(crate) extern "C" fn defaultgomaxprocs() -> Outcome {
    IS_CHOSEN.store(false, SeqCst);
    resize(by_default() as i64)
}

fn resize(n: i64) -> Outcome {
    let former = SCHED.n_p();
    if n > 0 && n as u64 != former as u64 && !SCHED.resize(n.min(u32::MAX as i64) as u32) {
        // SAFETY: the current goroutine belongs to this M.
        unsafe { (*current_g()).scratch[0] = n as usize };
        return gosched();
    }
    Outcome::done(former as u64)
}

/// The second half of both: tries again.
pub(crate) extern "C" fn resize_again() -> Outcome {
    // SAFETY: the goroutine runs here again.
    resize(unsafe { (*current_g()).scratch[0] } as i64)
}

/// `runtime.ncpu()`: processors that the program might use when it began.
pub(crate) extern "C" fn ncpu() -> u64 {
    N_CPU.load(Relaxed) as u64
}
