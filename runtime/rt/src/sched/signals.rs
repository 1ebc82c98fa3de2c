//! Signals for package os/signal.
//!
//! The handler sets a bit and breaks the poller's wait. One goroutine receives; whoever looks for work makes it runnable when a bit is set.

use super::{G, GQueue, WaitReason, current_g, netpoll, park};
use crate::sync::Mutex;
use arch::Outcome;
use core::cell::UnsafeCell;
use core::ptr::null_mut;
use core::sync::atomic::{
    AtomicBool, AtomicU64,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
};

// A bit for each signal that came and was not received. Set by handlers.
static PENDING: AtomicU64 = AtomicU64::new(0);
// Whether a signal was ever asked for: then a program may wait for one for ever, and no state is a deadlock.
static IN_USE: AtomicBool = AtomicBool::new(false);

struct Receiver {
    lock: Mutex,
    // `lock` must be held for this: the goroutine that waits for a signal.
    waiting: UnsafeCell<*mut G>,
}

// SAFETY: `waiting` is used under `lock` only.
unsafe impl Sync for Receiver {}

static RECEIVER: Receiver = Receiver { lock: Mutex::new(), waiting: UnsafeCell::new(null_mut()) };

/// Whether the program may be waiting for a signal.
pub(crate) fn are_in_use() -> bool {
    IN_USE.load(Relaxed)
}

/// An interrupt handler.
#[unsafe(export_name = "rigo_signal")]
extern "C" fn signal(number: u32) {
    // Pairs with the Acquire of the receiver.
    PENDING.fetch_or(1 << (number & 63), Release);
    platform::poll_break();
}

/// `runtime.sigenable(sig)`.
pub(crate) extern "C" fn sigenable(number: u32) {
    netpoll::start();
    IN_USE.store(true, Relaxed);
    platform::enable_signal(number);
}

/// `runtime.sigdisable(sig)`.
pub(crate) extern "C" fn sigdisable(number: u32) {
    platform::disable_signal(number);
}

/// `runtime.sigignore(sig)`.
pub(crate) extern "C" fn sigignore(number: u32) {
    platform::ignore_signal(number);
}

/// `runtime.sigignored(sig)`.
pub(crate) extern "C" fn sigignored(number: u32) -> u64 {
    platform::is_signal_ignored(number) as u64
}

fn take_pending() -> Option<u32> {
    let mut pending = PENDING.load(Acquire);
    while pending != 0 {
        let number = pending.trailing_zeros();
        match PENDING.compare_exchange(pending, pending & !(1 << number), AcqRel, Acquire) {
            Ok(_) => return Some(number),
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
    IN_USE.store(true, Relaxed);
    // SAFETY: the lock is held.
    unsafe { *RECEIVER.waiting.get() = current_g() };
    park(WaitReason("syscall"));
    RECEIVER.lock.unlock();
    Outcome::PARK
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
        netpoll::make_runnable(gp);
        list.push_back(gp);
    }
}
