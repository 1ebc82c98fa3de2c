//! The monitor: a thread without P that looks after those that have one.
//!
//! It sees to timers that are due while every P is busy, and notes goroutines that run for long. It sleeps 20 microseconds while
//! there is something to see, longer and longer (up to 10 ms) when there is not.

use super::{SCHED, timers};

const SHORTEST_US: u32 = 20;
const LONGEST_US: u32 = 10_000;
/// How often it finds nothing before it sleeps longer.
const PATIENCE: u32 = 50;

/// Starts the monitor's thread.
pub(crate) fn start() {
    super::m::new_system_m(run);
}

fn run() -> ! {
    let (mut idle_rounds, mut sleep_us) = (0u32, SHORTEST_US);
    loop {
        if idle_rounds == 0 {
            sleep_us = SHORTEST_US;
        } else if idle_rounds > PATIENCE {
            sleep_us = (sleep_us * 2).min(LONGEST_US);
        }
        platform::usleep(sleep_us);
        idle_rounds = if look() { 0 } else { idle_rounds.saturating_add(1) };
    }
}

/// One round; whether something was done.
fn look() -> bool {
    let when = timers::next_when();
    if when != i64::MAX && when <= platform::nanotime() {
        SCHED.wake_p();
        return true;
    }
    false
}
