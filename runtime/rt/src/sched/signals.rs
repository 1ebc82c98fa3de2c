//! Signals: what each one does, and package os/signal.
//!
//! The program handles nearly every signal from its start, as gc's does: one that is asked for is received by a goroutine, some end the
//! program, with a report or the way the system does, and all others do nothing. A signal that was ignored when the program
//! started, SIGHUP or SIGINT, stays ignored until it is asked for.
//!
//! The handler sets a bit and breaks the poller's wait. One goroutine receives; whoever looks for work makes it runnable when a bit is
//! set. A second signal of a number that was not yet received is lost, as it may be in the kernel.

use super::{G, GQueue, WaitReason, current_g, netpoll, park, stop};
use crate::lang::report;
use crate::sync::{Mutex, rank::Rank};
use arch::Outcome;
use core::cell::UnsafeCell;
use core::ptr::null_mut;
use core::sync::atomic::{
    AtomicBool, AtomicU64,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
};
use platform::upcall::Interrupted;

/// The highest number of a signal.
const LAST: u32 = 64;
const SIGHUP: u32 = 1;
const SIGINT: u32 = 2;
const SIGQUIT: u32 = 3;
const SIGABRT: u32 = 6;
const SIGPIPE: u32 = 13;
const SIGTERM: u32 = 15;
const SIGSTKFLT: u32 = 16;
const SIGSYS: u32 = 31;

/// What a signal does that nobody asked for.
#[derive(PartialEq)]
enum Default {
    /// The program leaves it alone.
    System,
    /// Ends the program the way the system does.
    Die,
    /// Ends the program with a report.
    Report,
    Nothing,
}

/// os/signal, "Default behavior of signals in Go programs".
fn default_of(number: u32) -> Default {
    match number {
        SIGHUP | SIGINT | SIGTERM => Default::Die,
        // From `kill` also those that the processor raises.
        SIGQUIT | SIGABRT | SIGSTKFLT | SIGSYS | 4 | 5 | 7 | 8 | 11 => Default::Report,
        // KILL, CONT, STOP, TSTP, TTIN, TTOU.
        9 | 18..=22 => Default::System,
        _ => Default::Nothing,
    }
}

// A bit for each signal that came and was not received. Set by handlers.
static PENDING: AtomicU64 = AtomicU64::new(0);
// A bit for each signal that os/signal asks for, and for each that it ignores. Changed by os/signal under its lock; read by handlers.
static WANTED: AtomicU64 = AtomicU64::new(0);
static IGNORED: AtomicU64 = AtomicU64::new(0);
// SIGHUP and SIGINT, if they were ignored at the start. Written there.
static IGNORED_AT_START: AtomicU64 = AtomicU64::new(0);
// Whether package os tries a system call that may not be allowed.
static SIGSYS_IS_IGNORED: AtomicBool = AtomicBool::new(false);
// Whether a signal was ever asked for: then a program may wait for one for ever, and no state is a deadlock.
static IN_USE: AtomicBool = AtomicBool::new(false);

struct Receiver {
    lock: Mutex,
    // `lock` must be held for this: the goroutine that waits for a signal.
    waiting: UnsafeCell<*mut G>,
}

// SAFETY: `waiting` is used under `lock` only.
unsafe impl Sync for Receiver {}

static RECEIVER: Receiver =
    Receiver { lock: Mutex::new(Rank::Signals), waiting: UnsafeCell::new(null_mut()) };

fn bit(number: u32) -> u64 {
    // Signals count from 1; numbers from outside that are none share bits with others, which is harmless.
    1 << (number.wrapping_sub(1) % LAST)
}

/// Handles signals from the start of the program.
pub(crate) fn init() {
    for number in 1..=LAST {
        if default_of(number) == Default::System {
            continue;
        }
        if matches!(number, SIGHUP | SIGINT) && platform::is_signal_ignored(number) {
            IGNORED.fetch_or(bit(number), Relaxed);
            IGNORED_AT_START.fetch_or(bit(number), Relaxed);
        } else {
            platform::enable_signal(number);
        }
    }
}

/// Whether the program may be waiting for a signal.
pub(crate) fn are_in_use() -> bool {
    IN_USE.load(Relaxed)
}

/// An interrupt handler.
#[unsafe(export_name = "rigo_signal")]
extern "C" fn signal(context: &mut Interrupted) {
    let number = context.signal;
    if WANTED.load(Relaxed) & bit(number) != 0 {
        // Pairs with the Acquire of the receiver.
        PENDING.fetch_or(bit(number), Release);
        return platform::poll_break();
    }
    if number == SIGSYS && SIGSYS_IS_IGNORED.load(Relaxed) {
        return;
    }
    match default_of(number) {
        Default::Die => platform::die_of_signal(number),
        Default::Report => {
            stop::freeze();
            report::die_of_signal(context)
        }
        Default::System | Default::Nothing => {}
    }
}

/// `runtime.sigenable(sig)`: os/signal asks for a signal.
pub(crate) extern "C" fn sigenable(number: u32) {
    netpoll::start();
    IN_USE.store(true, Relaxed);
    WANTED.fetch_or(bit(number), Relaxed);
    IGNORED.fetch_and(!bit(number), Relaxed);
    platform::enable_signal(number);
}

/// `runtime.sigdisable(sig)`: it does what it did at the start.
pub(crate) extern "C" fn sigdisable(number: u32) {
    WANTED.fetch_and(!bit(number), Relaxed);
    if default_of(number) == Default::System {
        platform::disable_signal(number);
    } else if IGNORED_AT_START.load(Relaxed) & bit(number) != 0 {
        platform::ignore_signal(number);
    }
}

/// `runtime.sigignore(sig)`.
pub(crate) extern "C" fn sigignore(number: u32) {
    WANTED.fetch_and(!bit(number), Relaxed);
    IGNORED.fetch_or(bit(number), Relaxed);
    platform::ignore_signal(number);
}

/// `runtime.sigignored(sig)`.
pub(crate) extern "C" fn sigignored(number: u32) -> u64 {
    (IGNORED.load(Relaxed) & bit(number) != 0) as u64
}

/// `runtime.sigpipe()`: somebody wrote to a standard output that nobody reads. Comes back if SIGPIPE is asked for or ignored.
pub(crate) extern "C" fn sigpipe() {
    if (WANTED.load(Relaxed) | IGNORED.load(Relaxed)) & bit(SIGPIPE) == 0 {
        platform::die_of_signal(SIGPIPE);
    }
}

/// `runtime.ignoresigsys(on)`: whether SIGSYS does nothing.
pub(crate) extern "C" fn ignoresigsys(on: u64) {
    SIGSYS_IS_IGNORED.store(on & 1 != 0, Relaxed);
}

/// `runtime.sigclear()`: in a child between fork and exec, where nothing is to be handled.
pub(crate) extern "C" fn sigclear() {
    (1..=LAST)
        .filter(|&number| IGNORED.load(Relaxed) & bit(number) == 0 && default_of(number) != Default::System)
        .for_each(platform::disable_signal);
}

fn take_pending() -> Option<u32> {
    let mut pending = PENDING.load(Acquire);
    while pending != 0 {
        let index = pending.trailing_zeros();
        match PENDING.compare_exchange(pending, pending & !(1 << index), AcqRel, Acquire) {
            Ok(_) => return Some(index + 1),
            Err(now) => pending = now,
        }
    }
    None
}

/// `runtime.sigrecv()`: the next signal. One goroutine calls it.
pub(crate) extern "C" fn sigrecv() -> Outcome {
    RECEIVER.lock.lock();
    if let Some(number) = take_pending() {
        RECEIVER.lock.unlock();
        return Outcome::done(number as u64);
    }
    // SAFETY: the lock is held.
    unsafe { *RECEIVER.waiting.get() = current_g() };
    park(WaitReason("syscall"));
    RECEIVER.lock.unlock();
    Outcome::PARK
}

/// `runtime.sigidle()`: whether all that came was received, and the receiver waits for more.
pub(crate) extern "C" fn sigidle() -> u64 {
    RECEIVER.lock.lock();
    // SAFETY: the lock is held.
    let waits = unsafe { !(*RECEIVER.waiting.get()).is_null() };
    RECEIVER.lock.unlock();
    (waits && !is_pending()) as u64
}

/// Whether a signal came that was not received.
pub(crate) fn is_pending() -> bool {
    PENDING.load(Relaxed) != 0
}

/// Puts the receiver into `list` if there is something to receive.
pub(crate) fn deliver(list: &mut GQueue) {
    if !is_pending() {
        return;
    }
    RECEIVER.lock.lock();
    // SAFETY: the lock is held.
    let gp = unsafe { core::mem::replace(&mut *RECEIVER.waiting.get(), null_mut()) };
    RECEIVER.lock.unlock();
    if !gp.is_null() {
        // SAFETY: taken out under the lock, so nobody else wakes it.
        unsafe { (*gp).status.make_runnable() };
        list.push_back(gp);
    }
}
