//! Clocks and sleeping.

use crate::Linux;
use crate::syscall::{nr, syscall4};

/// The kernel's `struct timespec`.
#[repr(C)]
#[derive(Default)]
pub struct Timespec {
    pub sec: i64,
    pub nsec: i64,
}

impl Timespec {
    pub fn from_ns(ns: i64) -> Timespec {
        Timespec { sec: ns / 1_000_000_000, nsec: ns % 1_000_000_000 }
    }
}

const CLOCK_REALTIME: usize = 0;
const CLOCK_MONOTONIC: usize = 1;

fn clock_gettime(clock: usize) -> Timespec {
    let mut time = Timespec::default();
    if crate::vdso::clock_gettime(clock, &mut time) {
        return time;
    }
    // SAFETY: the kernel writes one timespec.
    unsafe { syscall4(nr::CLOCK_GETTIME, clock, &raw mut time as usize, 0, 0) };
    time
}

impl platform::Clock for Linux {
    fn nanotime() -> i64 {
        let time = clock_gettime(CLOCK_MONOTONIC);
        time.sec * 1_000_000_000 + time.nsec
    }

    fn walltime() -> (i64, i32) {
        let time = clock_gettime(CLOCK_REALTIME);
        (time.sec, time.nsec as i32)
    }

    fn usleep(us: u32) {
        let time = Timespec::from_ns(us as i64 * 1000);
        // SAFETY: the kernel reads one timespec.
        unsafe { syscall4(nr::NANOSLEEP, &raw const time as usize, 0, 0, 0) };
    }
}
