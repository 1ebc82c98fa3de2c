//! How long goroutines wait: the block profile counts at the one that waited, the mutex profile at the one that let it wait.

use super::Stack;
use super::buckets::{Kind, count_wait};
use crate::sched::{G, current_g, current_m};
use core::sync::atomic::{AtomicI64, Ordering::Relaxed};

// Nanoseconds of waiting for each sample of the block profile; 0: none. Written by `SetBlockProfileRate`.
static BLOCK_RATE: AtomicI64 = AtomicI64::new(0);
// One of how many waits is a sample of the mutex profile; 0: none. Written by `SetMutexProfileFraction`.
static MUTEX_FRACTION: AtomicI64 = AtomicI64::new(0);

/// `runtime.setblockrate(ns)`.
pub(crate) extern "C" fn set_block_rate(rate: i64) {
    BLOCK_RATE.store(rate.max(0), Relaxed);
}

/// `runtime.setmutexfraction(n)`: the former one. A negative `n` changes nothing.
pub(crate) extern "C" fn set_mutex_fraction(n: i64) -> i64 {
    if n < 0 { MUTEX_FRACTION.load(Relaxed) } else { MUTEX_FRACTION.swap(n, Relaxed) }
}

/// When a goroutine that parks now began to wait, if anybody wants to know.
#[inline]
pub(crate) fn now_if_wanted() -> i64 {
    if BLOCK_RATE.load(Relaxed) | MUTEX_FRACTION.load(Relaxed) == 0 { 0 } else { platform::nanotime() }
}

/// The current goroutine goes on after it has waited for another one.
#[inline]
pub(crate) fn waited() {
    // SAFETY: the current goroutine belongs to this M.
    let since = unsafe { (*current_g()).wait_start };
    if since != 0 {
        count_block(since);
    }
}

#[cold]
fn count_block(since: i64) {
    let rate = BLOCK_RATE.load(Relaxed);
    let ns = (platform::nanotime() - since).max(1);
    if rate <= 0 || (ns < rate && random() % rate as u64 >= ns as u64) {
        return;
    }
    // A wait that is shorter than the rate stands for as many as would have been passed over.
    let (n, total) = if ns < rate { (rate as f64 / ns as f64, rate) } else { (1.0, ns) };
    // SAFETY: the current goroutine belongs to this M.
    let skip = n_own_calls(unsafe { (*current_g()).wait_reason.0 });
    count_wait(Kind::Block, n, total, skip, Stack::of_current().pcs());
}

/// How many calls between `sync.Mutex` and the runtime a profile does not show.
fn n_own_calls(reason: &str) -> usize {
    if reason == "sync.Mutex.Lock" { 2 } else { 0 }
}

fn random() -> u64 {
    // SAFETY: an M in an entry holds a P, which is its own.
    unsafe { (*(*current_m()).p).next_random() as u64 }
}

/// The current goroutine lets `gp` go on, which waited for a lock.
#[inline]
pub(crate) fn unlocked(gp: *const G) {
    let fraction = MUTEX_FRACTION.load(Relaxed);
    if fraction > 0 {
        count_unlock(gp, fraction);
    }
}

#[cold]
fn count_unlock(gp: *const G, fraction: i64) {
    // SAFETY: the caller took the goroutine out of its queue; it does not run.
    let (since, reason) = unsafe { ((*gp).wait_start, (*gp).wait_reason.0) };
    let is_lock = reason.starts_with("sync.Mutex") || reason.starts_with("sync.RWMutex");
    if since == 0 || !is_lock || !random().is_multiple_of(fraction as u64) {
        return;
    }
    let ns = (platform::nanotime() - since).max(1);
    count_wait(Kind::Mutex, fraction as f64, ns * fraction, n_own_calls(reason), Stack::of_current().pcs());
}
