//! The monitor: a thread without P that looks after those that have one.
//!
//! It takes Ps away from Ms that stay in a system call while there is work, asks goroutines to stop that run for long, and sees to timers that
//! are due while every P is busy. It sleeps 20 microseconds while there is something to see, longer and longer (up to 10 ms) when there is not,
//! but wakes when a slice ends. While a P is busy it sleeps 2 ms at most, which is how late it may see that a slice has begun: a
//! goroutine that is ready waits no longer than a slice and that.

use super::schedule::{MAX_PS, P_RUNNING, P_SYSCALL};
use super::{GQueue, SCHED, netpoll, procs, schedtrace, signals, stop, timers};
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

const SHORTEST_US: u32 = 20;
const LONGEST_US: u32 = 10_000;
const LONGEST_BUSY_US: u32 = 2_000;
/// How often it finds nothing before it sleeps longer.
const PATIENCE: u32 = 50;
/// A goroutine may run for this long while others wait.
const SLICE_NS: i64 = 10_000_000;

// Microseconds after which every goroutine is interrupted, for tests (`RIGO_PREEMPT_US`); 0: only those that run for long.
static PREEMPT_US: AtomicU32 = AtomicU32::new(0);

/// What the monitor saw of a P.
#[derive(Clone, Copy)]
struct Seen {
    state_word: u32,
    tick: u32,
    since: i64,
}

/// Starts the monitor's thread.
pub(crate) fn start() {
    let us = super::environment(b"RIGO_PREEMPT_US").and_then(crate::heap::gc::number);
    PREEMPT_US.store(us.unwrap_or(0) as u32, Relaxed);
    super::m::new_system_m(run);
}

fn run() -> ! {
    let bytes = (MAX_PS * size_of::<Seen>()).next_multiple_of(4096);
    // SAFETY: zeroed memory of that size for this thread alone; zero is a valid `Seen`.
    let seen =
        unsafe { core::slice::from_raw_parts_mut(crate::heap::persistent::map(bytes) as *mut Seen, MAX_PS) };
    let (mut idle_rounds, mut sleep_us) = (0u32, SHORTEST_US);
    let mut slice_end = i64::MAX;
    loop {
        if idle_rounds == 0 {
            sleep_us = SHORTEST_US;
        } else if idle_rounds > PATIENCE {
            sleep_us = (sleep_us * 2).min(LONGEST_US);
        }
        let preempt_us = PREEMPT_US.load(Relaxed);
        if preempt_us > 0 {
            platform::usleep(preempt_us);
            SCHED.all_p().for_each(stop::ask_to_stop);
            look(seen);
            continue;
        }
        let rest_us =
            match slice_end {
                i64::MAX => LONGEST_US,
                end => ((end - platform::nanotime()) / 1000 + 1)
                    .clamp(SHORTEST_US as i64, LONGEST_BUSY_US as i64) as u32,
            };
        platform::usleep(sleep_us.min(rest_us));
        let found = look(seen);
        slice_end = found.slice_end;
        idle_rounds = if found.something { 0 } else { idle_rounds.saturating_add(1) };
    }
}

/// What a round has found.
struct Found {
    /// Something was done.
    something: bool,
    /// When the first slice ends; `i64::MAX` if no P is busy.
    slice_end: i64,
}

/// Looks at descriptors and signals that busy Ms have not looked at for long; whether there was something.
fn poll(now: i64) -> bool {
    let mut ready = GQueue::new();
    if signals::is_pending() {
        signals::deliver(&mut ready);
    }
    if now - netpoll::last_look() > SLICE_NS {
        netpoll::look(&mut ready);
        // An M that went to sleep meanwhile took this one for the poller.
        if netpoll::needs_wait() {
            SCHED.wake_p();
        }
    }
    SCHED.put_global_list(&mut ready)
}

/// One round.
fn look(seen: &mut [Seen]) -> Found {
    let now = platform::nanotime();
    schedtrace::print_if_due(now);
    procs::look(now);
    let when = timers::next_when();
    let mut something = poll(now);
    let mut slice_end = i64::MAX;
    crate::heap::gc::begin_if_late(now);
    if when != i64::MAX && when <= now {
        SCHED.wake_p();
        something = true;
    }
    for (pp, seen) in SCHED.all_p().zip(seen) {
        // SAFETY: Ps are never freed, and what is read of them is atomic.
        let p = unsafe { &*pp };
        let state_word = p.state_word.load(Relaxed);
        let tick = p.tick.load(Relaxed);
        if state_word != seen.state_word || tick != seen.tick {
            *seen = Seen { state_word, tick, since: now };
        }
        if state_word & 3 == P_RUNNING {
            slice_end = slice_end.min(seen.since + SLICE_NS);
        }
        if seen.since == now {
            continue;
        }
        match state_word & 3 {
            P_SYSCALL => something |= SCHED.retake(pp, state_word),
            P_RUNNING if now - seen.since >= SLICE_NS => {
                stop::ask_to_stop(pp);
                something = true;
            }
            _ => {}
        }
    }
    Found { something, slice_end }
}
