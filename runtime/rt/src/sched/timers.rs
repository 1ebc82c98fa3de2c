//! Timers: a binary heap of moments, and what happens then.
//!
//! One heap for all Ps under one lock. `next_when` lets a scheduling M see without the lock whether something is due; an M
//! that goes to sleep sleeps at most until then. A timer makes a sleeping goroutine ready, calls a function of the runtime, starts a goroutine
//! that calls a Go function, or hands the time to a goroutine that waits for it in a channel. Package time's timers are in `time_timers`.
//!
//! Invariant: a timer with `slot != 0` is the heap's element `slot - 1`; nobody else may free or change it.

use super::schedule::SCHED;
use super::{G, Status, WaitReason, current_g, current_m, g, netpoll, park, ready};
use crate::heap::alloc::malloc;
use crate::heap::span::Contents;
use crate::lang::chan::{Chan, timer_is_due};
use crate::sync::{Mutex, rank::Rank};
use arch::Outcome;
use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicI64, Ordering::Relaxed};

/// A moment at which something happens.
pub struct Timer {
    pub(super) when: i64,
    pub(super) period: i64,
    /// Index in the heap plus 1, or 0. The lock must be held for this.
    slot: usize,
    /// Counts starts and stops, so that a call that was already on its way can be recognised.
    seq: usize,
    pub(super) action: Action,
}

/// What a timer does.
pub(super) enum Action {
    /// Ends the sleep of a goroutine.
    Wake(*mut G),
    /// Calls a function of the runtime, which neither waits nor allocates.
    Run(fn(usize), usize),
    /// Calls the func value `func(arg any, seq uintptr, delta int64)` on a goroutine.
    Call { func: usize, arg: [usize; 2] },
    /// Hands the time to a goroutine that waits in this channel.
    Tell(*mut Chan),
}

struct Timers {
    lock: Mutex,
    // `lock` must be held for this.
    heap: UnsafeCell<Heap>,
    // Written under the lock; read without by Ms that schedule or go to sleep. `i64::MAX`: nothing is due ever.
    next_when: AtomicI64,
}

// SAFETY: `heap` is used under `lock` only.
unsafe impl Sync for Timers {}

static TIMERS: Timers = Timers {
    lock: Mutex::new(Rank::Timers),
    heap: UnsafeCell::new(Heap { items: core::ptr::null_mut(), len: 0, room: 0 }),
    next_when: AtomicI64::new(i64::MAX),
};

/// A binary heap, the earliest moment first.
struct Heap {
    items: *mut *mut Timer,
    len: usize,
    room: usize,
}

impl Heap {
    fn get(&self, index: usize) -> *mut Timer {
        // SAFETY: callers pass an index below `len`.
        unsafe { *self.items.add(index) }
    }

    fn when(&self, index: usize) -> i64 {
        // SAFETY: timers in the heap are alive.
        unsafe { (*self.get(index)).when }
    }

    fn set(&mut self, index: usize, timer: *mut Timer) {
        // SAFETY: callers pass an index below `room`, and a timer that is alive.
        unsafe {
            *self.items.add(index) = timer;
            (*timer).slot = index + 1;
        }
    }

    fn grow(&mut self) {
        let bytes = (self.room * 2).max(512) * size_of::<usize>();
        let items = crate::heap::persistent::map(bytes) as *mut *mut Timer;
        if !self.items.is_null() {
            // SAFETY: both arrays have room for `len` items.
            unsafe { core::ptr::copy_nonoverlapping(self.items, items, self.len) };
            platform::release(self.items as usize, self.room * size_of::<usize>());
        }
        self.items = items;
        self.room = bytes / size_of::<usize>();
    }

    fn insert(&mut self, timer: *mut Timer) {
        if self.len == self.room {
            self.grow();
        }
        self.len += 1;
        self.set(self.len - 1, timer);
        self.sift_up(self.len - 1);
    }

    fn remove(&mut self, index: usize) {
        // SAFETY: timers in the heap are alive.
        unsafe { (*self.get(index)).slot = 0 };
        self.len -= 1;
        if index < self.len {
            let last = self.get(self.len);
            self.set(index, last);
            self.sift_down(index);
            self.sift_up(index);
        }
    }

    fn swap(&mut self, a: usize, b: usize) {
        let (at_a, at_b) = (self.get(a), self.get(b));
        self.set(a, at_b);
        self.set(b, at_a);
    }

    fn sift_up(&mut self, mut index: usize) {
        while index > 0 && self.when(index) < self.when((index - 1) / 2) {
            self.swap(index, (index - 1) / 2);
            index = (index - 1) / 2;
        }
    }

    fn sift_down(&mut self, mut index: usize) {
        loop {
            let mut child = 2 * index + 1;
            if child >= self.len {
                return;
            }
            if child + 1 < self.len && self.when(child + 1) < self.when(child) {
                child += 1;
            }
            if self.when(index) <= self.when(child) {
                return;
            }
            self.swap(index, child);
            index = child;
        }
    }
}

impl Timers {
    fn with<R>(&self, f: impl FnOnce(&mut Heap) -> R) -> R {
        self.lock.lock();
        // SAFETY: the lock is held.
        let heap = unsafe { &mut *self.heap.get() };
        let result = f(heap);
        self.next_when.store(if heap.len == 0 { i64::MAX } else { heap.when(0) }, Relaxed);
        self.lock.unlock();
        result
    }
}

/// Calls `visit` with the address of each timer that is set. The world is stopped.
pub(crate) fn each_timer(mut visit: impl FnMut(usize)) {
    // SAFETY: nobody changes the heap while the world is stopped: the monitor only looks at `next_when`.
    let heap = unsafe { &*TIMERS.heap.get() };
    (0..heap.len).for_each(|index| visit(heap.get(index) as usize));
}

/// When the next timer is due; `i64::MAX` if there is none.
pub(crate) fn next_when() -> i64 {
    TIMERS.next_when.load(Relaxed)
}

/// Runs what is due. Called by an M that holds a P.
pub(crate) fn run_due() {
    if next_when() == i64::MAX {
        return;
    }
    let now = platform::nanotime();
    while next_when() <= now {
        let due = TIMERS.with(|heap| {
            if heap.len == 0 || heap.when(0) > now {
                return None;
            }
            let timer = heap.get(0);
            // SAFETY: timers in the heap are alive, and the lock is held.
            unsafe {
                let late = now - (*timer).when;
                if (*timer).period > 0 && !matches!((*timer).action, Action::Tell(_)) {
                    (*timer).when = next_tick((*timer).when, (*timer).period, now);
                    heap.sift_down(0);
                } else {
                    heap.remove(0);
                }
                Some(match (*timer).action {
                    Action::Wake(gp) => Due::Wake(gp),
                    Action::Run(run, arg) => Due::Run(run, arg),
                    Action::Call { func, arg } => Due::Call { func, arg, seq: (*timer).seq, late },
                    Action::Tell(chan) => Due::Tell(chan),
                })
            }
        });
        match due {
            Some(Due::Wake(gp)) => ready(gp),
            Some(Due::Run(run, arg)) => run(arg),
            Some(Due::Call { func, arg, seq, late }) => start_call(func, arg, seq, late),
            // SAFETY: a goroutine waited in it a moment ago, and memory is freed only after this M has stopped.
            Some(Due::Tell(chan)) => unsafe { timer_is_due(&mut *chan) },
            None => return,
        }
    }
}

/// What is to be done after the lock is released.
enum Due {
    Wake(*mut G),
    Run(fn(usize), usize),
    Call { func: usize, arg: [usize; 2], seq: usize, late: i64 },
    Tell(*mut Chan),
}

/// The next multiple of `period` after `when` that is still to come.
pub(super) fn next_tick(when: i64, period: i64, now: i64) -> i64 {
    when.saturating_add(period.saturating_mul(1 + (now - when) / period))
}

/// Starts a goroutine that calls `func(arg, seq, late)`.
fn start_call(func: usize, arg: [usize; 2], seq: usize, late: i64) {
    // A closure whose code is the stub in `arch`; it unpacks what follows.
    let closure = malloc(6 * size_of::<usize>(), Contents::Unknown) as *mut usize;
    let words = [arch::timer_call() as usize, func, arg[0], arg[1], seq, late as usize];
    // SAFETY: new memory of that size; this M holds a P.
    unsafe {
        core::ptr::copy_nonoverlapping(words.as_ptr(), closure, words.len());
        let pp = (*current_m()).p;
        let gp = g::create(pp, closure as usize);
        (*gp).set_status(Status::Runnable);
        (*pp).put_next(gp);
    }
    SCHED.wake_p();
}

/// Whether `timer` has become the first; then a sleeping M must look again.
fn insert(timer: *mut Timer) {
    netpoll::start();
    let (is_first, when) = TIMERS.with(|heap| {
        heap.insert(timer);
        // SAFETY: it is in the heap now.
        unsafe { ((*timer).slot == 1, (*timer).when) }
    });
    if is_first {
        netpoll::timer_set(when);
    }
}

/// `time.Sleep(ns)`.
pub(crate) extern "C" fn sleep(ns: i64) -> Outcome {
    if ns <= 0 {
        return Outcome::done(0);
    }
    let gp = current_g();
    // SAFETY: the current goroutine belongs to this M; its timer is in no heap.
    unsafe {
        (*gp).timer = Timer::new(platform::nanotime().saturating_add(ns), 0, Action::Wake(gp));
        let timer = &raw mut (*gp).timer;
        park(WaitReason("sleep"));
        insert(timer);
    }
    Outcome::PARK
}

impl Timer {
    /// A timer in no heap; `when` is 0 if it is never due.
    pub(super) const fn new(when: i64, period: i64, action: Action) -> Timer {
        Timer { when, period, slot: 0, seq: 0, action }
    }

    /// A timer that does nothing.
    pub(crate) const fn idle() -> Timer {
        Timer::new(0, 0, Action::Wake(core::ptr::null_mut()))
    }
}

/// Sets `timer`, which is not set, to call `run(arg)` at `when`.
pub(crate) fn set_call(timer: *mut Timer, when: i64, run: fn(usize), arg: usize) {
    // SAFETY: the caller owns the timer, which is in no heap.
    unsafe {
        (*timer).when = when;
        (*timer).period = 0;
        (*timer).action = Action::Run(run, arg);
    }
    insert(timer);
}

/// Changes when `timer` is due, and puts it into the heap or takes it out of there, in one step; whether it was in it. When a sleeping M must look
/// again, `announce` tells it.
pub(super) fn place(timer: *mut Timer, when: i64, period: i64, in_heap: bool) -> Placed {
    // SAFETY: the caller owns the timer; the lock is held.
    TIMERS.with(|heap| unsafe {
        let was_in_heap = (*timer).slot != 0;
        if was_in_heap {
            heap.remove((*timer).slot - 1);
        }
        (*timer).when = when;
        (*timer).period = period;
        (*timer).seq += 1;
        if in_heap {
            heap.insert(timer);
        }
        Placed { was_in_heap, first: ((*timer).slot == 1).then_some(when) }
    })
}

/// What `place` did.
#[must_use]
pub(crate) struct Placed {
    pub(super) was_in_heap: bool,
    /// When the timer is due, if it is the first.
    first: Option<i64>,
}

impl Placed {
    /// Nothing was changed.
    pub(crate) const NOTHING: Placed = Placed { was_in_heap: false, first: None };

    /// Of two, the one that is due first.
    pub(crate) fn earlier(self, other: Placed) -> Placed {
        let is_self = self.first.unwrap_or(i64::MAX) <= other.first.unwrap_or(i64::MAX);
        if is_self { self } else { other }
    }

    /// Wakes an M that would sleep too long. Call this without a lock.
    pub(crate) fn announce(&self) {
        if let Some(when) = self.first {
            netpoll::timer_set(when);
        }
    }
}

/// Takes `timer` out of the heap, if it is there.
pub(crate) fn cancel(timer: *mut Timer) {
    // SAFETY: the caller owns the timer; the lock is held.
    TIMERS.with(|heap| unsafe {
        if (*timer).slot != 0 {
            heap.remove((*timer).slot - 1);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heap_gives_timers_in_order() {
        let mut heap = Heap { items: core::ptr::null_mut(), len: 0, room: 0 };
        let mut timers: Vec<Timer> =
            (0..1000i64).map(|i| Timer { when: i * 7919 % 1000, ..Timer::idle() }).collect();
        // The heap keeps the addresses, so nobody may borrow a timer before the heap is empty.
        let (first, n) = (timers.as_mut_ptr(), timers.len());
        (0..n).for_each(|i| heap.insert(first.wrapping_add(i)));
        for i in (0..n).step_by(3) {
            // SAFETY: the timer is alive.
            heap.remove(unsafe { (*first.wrapping_add(i)).slot } - 1);
        }
        let mut last = -1;
        while heap.len > 0 {
            assert!(heap.when(0) > last);
            last = heap.when(0);
            heap.remove(0);
        }
        assert!(timers.iter().all(|timer| timer.slot == 0));
    }
}
