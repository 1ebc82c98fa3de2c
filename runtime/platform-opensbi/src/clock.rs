//! The `time` register as nanoseconds, the timer, and the real-time clock.

use crate::lock::Once;
use crate::sched::{self, SCHED};
use crate::space::direct;
use crate::thread::NEVER;
use crate::{OpenSbi, csr, report};
use core::sync::atomic::{AtomicBool, AtomicI64, Ordering::Relaxed};

/// Ticks and nanoseconds, each as a 32.32 fixed-point multiple of the other.
struct Scale {
    ns_per_tick: u64,
    ticks_per_ns: u64,
}

static SCALE: Once<Scale> = Once::new();
/// Unix time at tick 0, in nanoseconds.
static EPOCH_NS: AtomicI64 = AtomicI64::new(0);
static HAS_RTC: AtomicBool = AtomicBool::new(false);

/// The frequency of the `time` register, from the device tree.
///
/// # Safety
/// Called once during boot.
pub unsafe fn set_frequency(hz: u64) {
    let fraction = |over: u64, under: u64| (((over as u128) << 32) / under as u128) as u64;
    // SAFETY: the caller's contract.
    unsafe {
        SCALE.set(Scale {
            ns_per_tick: fraction(1_000_000_000, hz),
            ticks_per_ns: fraction(hz, 1_000_000_000),
        })
    };
}

/// Reads the goldfish real-time clock: nanoseconds since 1970 in two words, the low one first (QEMU, `goldfish_rtc.c`).
pub fn read_rtc(rtc: usize) {
    let base = direct(rtc) as *const u32;
    // SAFETY: the device tree says that the device is there; reading the low word latches the high one.
    let ns = unsafe { base.read_volatile() as i64 | (base.add(1).read_volatile() as i64) << 32 };
    EPOCH_NS.store(ns - now_ns() as i64, Relaxed);
    HAS_RTC.store(true, Relaxed);
}

/// Nanoseconds since the machine started.
pub fn now_ns() -> u64 {
    ns_at(csr::time() as u64)
}

/// The time of a tick in nanoseconds since the machine started.
pub fn ns_at(ticks: u64) -> u64 {
    let scale = SCALE.get().map_or(0, |scale| scale.ns_per_tick);
    ((ticks as u128 * scale as u128) >> 32) as u64
}

/// When `timeout_ns` from now is over; a negative one never is.
pub fn deadline(timeout_ns: i64) -> u64 {
    match timeout_ns {
        ..0 => NEVER,
        _ => now_ns().saturating_add(timeout_ns as u64),
    }
}

/// The first tick at or after `ns`.
pub fn ticks_at(ns: u64) -> u64 {
    match SCALE.get() {
        Some(scale) if ns != u64::MAX => ((ns as u128 * scale.ticks_per_ns as u128) >> 32) as u64 + 1,
        _ => u64::MAX,
    }
}

impl platform::Clock for OpenSbi {
    fn nanotime() -> i64 {
        now_ns() as i64
    }

    fn walltime() -> (i64, i32) {
        if !HAS_RTC.swap(true, Relaxed) {
            report::note(&["the device tree has no real-time clock: time begins in 1970"]);
        }
        let ns = EPOCH_NS.load(Relaxed) + now_ns() as i64;
        (ns.div_euclid(1_000_000_000), ns.rem_euclid(1_000_000_000) as i32)
    }

    fn usleep(us: u32) {
        sleep_ns(us as u64 * 1000);
    }
}

/// Sleeps at least that long.
pub fn sleep_ns(ns: u64) {
    let deadline = now_ns().saturating_add(ns);
    sched::sleep(SCHED.lock(), 0, deadline);
}
