//! The timers of package time.
//!
//! One that calls a function (`AfterFunc`, and all with `GODEBUG=asynctimerchan=1`) is an ordinary timer, in the heap from its start to its end.
//!
//! One with a channel sends nothing by itself (Go 1.23, "Timer changes"): its channel holds no value, and whoever receives asks whether the moment has come
//! and makes the value then. So no value is there after `Stop` or `Reset`, and `len` and `cap` are 0. It is in the heap only while a
//! goroutine waits in the channel; so a ticker that nobody refers to is garbage, and one that nobody waits for keeps no program from being a deadlock.
//!
//! Invariant: the channel's lock guards `when` and `period` of its timer, and whether it is in the heap, except that it leaves the heap when it is due.

use super::timers::{Action, Placed, Timer, next_tick, place};
use super::{bubble, netpoll};
use crate::heap::alloc::malloc;
use crate::heap::span::Contents;
use crate::lang::chan::Chan;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// What `time.newTimer` returns a pointer to: the prefix that package time declares, then the timer.
#[repr(C)]
pub struct TimeTimer {
    chan: usize,
    init: bool,
    timer: Timer,
}

/// `time.Time`: wall clock, monotonic clock, location.
pub(crate) type Moment = [u64; 3];

// The addresses of `time.Local` and `time.startNano`. Written by `settimebase`, each time with the same.
static LOCAL: AtomicUsize = AtomicUsize::new(0);
static START: AtomicUsize = AtomicUsize::new(0);

/// `runtime.settimebase(local, start)`: where package time has the local zone and the moment that its monotonic clock begins with.
pub(crate) extern "C" fn settimebase(local: usize, start: usize) {
    LOCAL.store(local, Relaxed);
    START.store(start, Relaxed);
}

/// The moment `late` nanoseconds ago, as `time.Now` would have made it. Package time, "Time": seconds are counted from 1885 in 33 bits beside the
/// nanoseconds, or else, without monotonic clock, from the year 1.
fn moment(now: i64, late: i64, is_bubbled: bool) -> Moment {
    const UNIX_TO_YEAR_1: i64 = (1969 * 365 + 1969 / 4 - 1969 / 100 + 1969 / 400) * 86400;
    const YEAR_1885: i64 = (1884 * 365 + 1884 / 4 - 1884 / 100 + 1884 / 400) * 86400;
    const HAS_MONOTONIC: u64 = 1 << 63;
    const SECOND: i64 = 1_000_000_000;
    // A bubble's clock counts from 1970.
    let (sec, nsec) = if is_bubbled { (now / SECOND, (now % SECOND) as i32) } else { platform::walltime() };
    let ns = nsec as i64 - late % SECOND;
    let sec = sec - late / SECOND + ns.div_euclid(SECOND) + UNIX_TO_YEAR_1;
    let nsec = ns.rem_euclid(SECOND) as u64;
    // SAFETY: `settimebase` was called before the first timer with a channel was made; both variables live for ever.
    let (local, start) =
        unsafe { (*(LOCAL.load(Relaxed) as *const u64), *(START.load(Relaxed) as *const i64)) };
    let since_1885 = (sec - YEAR_1885) as u64;
    if is_bubbled || since_1885 >> 33 != 0 {
        return [nsec, sec as u64, local];
    }
    [HAS_MONOTONIC | since_1885 << 30 | nsec, (now - late - start) as u64, local]
}

impl TimeTimer {
    fn is_bubbled(&self) -> bool {
        self.timer.bubble_id != 0
    }

    /// The present time of its clock. A bubble's timer is looked at by goroutines of that bubble alone.
    fn now(&self) -> i64 {
        if self.is_bubbled() { bubble::nanotime() } else { platform::nanotime() }
    }

    /// Fails if it was made in a bubble and the current goroutine is not in that one.
    fn check_bubble(&self, message: &'static str) {
        if self.is_bubbled() && self.timer.bubble_id != bubble::current_id() {
            crate::fatal::fatal_error(message);
        }
    }

    /// The moment that has come and was not received, if there is one; then the next one is set. The channel's lock is held. `is_awaited`: goroutines
    /// wait in the channel.
    pub(crate) fn take(&mut self, is_awaited: bool) -> Option<(Moment, Placed)> {
        let Timer { when, period, .. } = self.timer;
        if when == 0 {
            return None;
        }
        let now = self.now();
        if when > now {
            return None;
        }
        let next = if period > 0 { next_tick(when, period, now) } else { 0 };
        Some((moment(now, now - when, self.is_bubbled()), self.set(next, period, is_awaited)))
    }

    /// Whether `take` would find something. The channel's lock is held.
    pub(crate) fn is_due(&self) -> bool {
        self.timer.when != 0 && self.timer.when <= self.now()
    }

    /// Goroutines wait in the channel, or no longer. The channel's lock is held.
    pub(crate) fn await_it(&mut self, is_awaited: bool) -> Placed {
        if self.timer.when == 0 {
            return Placed::NOTHING;
        }
        self.set(self.timer.when, self.timer.period, is_awaited)
    }

    fn set(&mut self, when: i64, period: i64, is_awaited: bool) -> Placed {
        place(&raw mut self.timer, when, period, when != 0 && is_awaited)
    }

    /// Stops the timer, or with a `when` other than 0 starts it anew; whether it was active.
    fn change(&mut self, when: i64, period: i64) -> bool {
        let Action::Tell(chan) = self.timer.action else {
            let placed = place(&raw mut self.timer, when, period, when != 0);
            placed.announce();
            if self.is_bubbled() {
                bubble::run_due();
            }
            return placed.was_in_heap;
        };
        // SAFETY: the timer keeps its channel alive.
        let chan = unsafe { &mut *chan };
        let (was_active, placed) = chan.with_lock(|chan| {
            let was_active = self.timer.when != 0;
            (was_active, self.set(when, period, chan.is_awaited()))
        });
        placed.announce();
        was_active
    }
}

/// `time.newTimer(when, period, f, arg, chan)`; `chan` is null if `f` is to be called.
pub(crate) extern "C" fn new_timer(
    when: i64,
    period: i64,
    func: usize,
    arg_type: usize,
    arg_data: usize,
    chan: *mut Chan,
) -> *mut TimeTimer {
    netpoll::start();
    let object = malloc(size_of::<TimeTimer>(), Contents::Unknown) as *mut TimeTimer;
    let action =
        if chan.is_null() { Action::Call { func, arg: [arg_type, arg_data] } } else { Action::Tell(chan) };
    // SAFETY: new memory of that size; the channel, if there is one, is new too.
    unsafe {
        let mut timer = Timer::new(0, 0, action);
        timer.bubble_id = bubble::current_id();
        object.write(TimeTimer { chan: 0, init: true, timer });
        if let Some(chan) = chan.as_mut() {
            chan.become_timer(object);
        }
        (*object).change(when.max(1), period);
    }
    object
}

/// `time.stopTimer(t)`: whether it was active.
pub(crate) extern "C" fn stop_timer(timer: &mut TimeTimer) -> u64 {
    timer.check_bubble("stop of synctest timer from outside bubble");
    timer.change(0, 0) as u64
}

/// `time.resetTimer(t, when, period)`: whether it was active.
pub(crate) extern "C" fn reset_timer(timer: &mut TimeTimer, when: i64, period: i64) -> u64 {
    timer.check_bubble("reset of synctest timer from outside bubble");
    timer.change(when.max(1), period) as u64
}
