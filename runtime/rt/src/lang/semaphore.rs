//! Semaphores for `sync`: a goroutine waits until a word of memory is above 0 and takes one.
//!
//! The word is the caller's; queues hang in a table by the word's address (`sync::tokens` is how both sides meet). Waiters of one address are served in order, except `lifo` ones, which go first (they waited before).

use super::sudog::{self, Sudog, WaitQueue};
use crate::sched::{WaitReason, current_g, current_m, park, ready, yield_now};
use crate::sync::tokens::{Waiters, try_take};
use crate::sync::{Mutex, rank::Rank};
use arch::Outcome;
use core::cell::UnsafeCell;
use core::sync::atomic::{
    AtomicU32,
    Ordering::{Acquire, Relaxed},
};

/// A prime, so that addresses with a common stride spread.
const N_ROOTS: usize = 251;

/// The queue of all addresses that fall on one place of the table.
pub(crate) struct Root {
    pub(crate) lock: Mutex,
    // `lock` must be held for this.
    queue: UnsafeCell<WaitQueue>,
    waiters: Waiters,
}

// SAFETY: `queue` is used under `lock` only.
unsafe impl Sync for Root {}

static ROOTS: [Root; N_ROOTS] = [const {
    Root {
        lock: Mutex::new(Rank::Semaphore),
        queue: UnsafeCell::new(WaitQueue::new()),
        waiters: Waiters::new(),
    }
}; N_ROOTS];

pub(crate) fn root(addr: usize) -> &'static Root {
    &ROOTS[(addr >> 3) % N_ROOTS]
}

fn acquire(word: *const AtomicU32, lifo: bool, reason: &'static str) -> Outcome {
    // SAFETY: the caller passes a word that lives as long as somebody waits for it.
    let count = unsafe { &*word };
    if try_take(count) {
        return Outcome::done(0);
    }
    let root = root(word as usize);
    root.lock.lock();
    if root.waiters.take_or_wait(count) {
        root.lock.unlock();
        return Outcome::done(0);
    }
    let gp = current_g();
    let sudog = sudog::acquire(gp, core::ptr::null_mut(), word as usize);
    // SAFETY: the current goroutine belongs to this M; the root's lock is held.
    unsafe {
        (*gp).waiting = sudog;
        (*gp).scratch = [word as usize, lifo as usize, 0, 0];
        let queue = &mut *root.queue.get();
        if lifo { queue.push_front(sudog) } else { queue.push_back(sudog) }
    }
    park(WaitReason(reason));
    root.lock.unlock();
    Outcome::PARK
}

/// The second half: the token may have been handed over; otherwise somebody may have been quicker.
pub(crate) extern "C" fn acquire_resume() -> Outcome {
    let gp = current_g();
    // SAFETY: the goroutine runs here again; its sudog is its own.
    unsafe {
        let sudog = (*gp).waiting;
        (*gp).waiting = core::ptr::null_mut();
        let handed_over = (*sudog).ticket == 1;
        sudog::release(sudog);
        if handed_over {
            return Outcome::done(0);
        }
        let [word, lifo, ..] = (*gp).scratch;
        acquire(word as *const AtomicU32, lifo != 0, (*gp).wait_reason.0)
    }
}

fn release(word: *const AtomicU32, handoff: bool) -> Outcome {
    // SAFETY: as in `acquire`.
    let count = unsafe { &*word };
    let root = root(word as usize);
    if !root.waiters.add(count) {
        return Outcome::done(0);
    }
    root.lock.lock();
    // SAFETY: the root's lock is held.
    let sudog = unsafe { (*root.queue.get()).pop_object(word as usize) };
    if sudog.is_some() {
        root.waiters.leave();
    }
    root.lock.unlock();
    let Some(sudog) = sudog else { return Outcome::done(0) };
    // SAFETY: the sudog is out of its queue: ours until its goroutine is ready.
    unsafe {
        let handed_over = handoff && try_take(count);
        (*sudog).ticket = handed_over as u32;
        let is_pinned = (*current_m()).pins > 0;
        ready((*sudog).g);
        // The waiter runs at once on this P: a mutex that is passed on must not wait for this goroutine's time slice. Unless this one is pinned, as
        // in a pool.
        if handed_over && !is_pinned { yield_now() } else { Outcome::done(0) }
    }
}

/// `sync.runtime_Semacquire(s)` and those of `internal/poll`.
pub(crate) extern "C" fn semacquire(word: *const AtomicU32) -> Outcome {
    acquire(word, false, "semacquire")
}

/// `internal/sync.runtime_SemacquireMutex(s, lifo, skipframes)`.
pub(crate) extern "C" fn semacquire_mutex(word: *const AtomicU32, lifo: u64, _skip: u64) -> Outcome {
    acquire(word, lifo & 1 != 0, "sync.Mutex.Lock")
}

/// `sync.runtime_SemacquireRWMutexR(s, lifo, skipframes)`.
pub(crate) extern "C" fn semacquire_rwmutex_r(word: *const AtomicU32, lifo: u64, _skip: u64) -> Outcome {
    acquire(word, lifo & 1 != 0, "sync.RWMutex.RLock")
}

/// `sync.runtime_SemacquireRWMutex(s, lifo, skipframes)`.
pub(crate) extern "C" fn semacquire_rwmutex(word: *const AtomicU32, lifo: u64, _skip: u64) -> Outcome {
    acquire(word, lifo & 1 != 0, "sync.RWMutex.Lock")
}

/// `sync.runtime_SemacquireWaitGroup(s, synctestDurable)`.
pub(crate) extern "C" fn semacquire_wait_group(word: *const AtomicU32, _durable: u64) -> Outcome {
    acquire(word, false, "sync.WaitGroup.Wait")
}

/// `sync.runtime_Semrelease(s, handoff, skipframes)`.
pub(crate) extern "C" fn semrelease(word: *const AtomicU32, handoff: u64, _skip: u64) -> Outcome {
    release(word, handoff & 1 != 0)
}

/// `internal/poll.runtime_Semrelease(s)`.
pub(crate) extern "C" fn semrelease1(word: *const AtomicU32) -> Outcome {
    release(word, false)
}

/// `sync.notifyList`, as package sync declares it.
#[repr(C)]
pub struct NotifyList {
    /// The next ticket.
    wait: AtomicU32,
    // The root's lock must be held for the rest.
    notify: AtomicU32,
    lock: usize,
    first: *mut Sudog,
    last: *mut Sudog,
}

const _: () = assert!(size_of::<NotifyList>() == 32);

/// `sync.runtime_notifyListAdd(l)`: takes a ticket.
pub(crate) extern "C" fn notify_list_add(list: *const NotifyList) -> u64 {
    // SAFETY: package sync passes its list.
    unsafe { (*list).wait.fetch_add(1, Relaxed) as u64 }
}

/// Whether ticket `a` was taken before `b`; tickets wrap.
fn before(a: u32, b: u32) -> bool {
    (a.wrapping_sub(b) as i32) < 0
}

/// `sync.runtime_notifyListWait(l, ticket)`.
pub(crate) extern "C" fn notify_list_wait(list: *mut NotifyList, ticket: u32) -> Outcome {
    let root = root(list as usize);
    root.lock.lock();
    // SAFETY: package sync passes its list; the root's lock is held.
    unsafe {
        if before(ticket, (*list).notify.load(Relaxed)) {
            root.lock.unlock();
            return Outcome::done(0);
        }
        let gp = current_g();
        let sudog = sudog::acquire(gp, core::ptr::null_mut(), list as usize);
        (*sudog).ticket = ticket;
        (*gp).waiting = sudog;
        if (*list).last.is_null() {
            (*list).first = sudog;
        } else {
            (*(*list).last).next = sudog;
        }
        (*list).last = sudog;
    }
    park(WaitReason("sync.Cond.Wait"));
    root.lock.unlock();
    Outcome::PARK
}

/// The second half of `notify_list_wait`.
pub(crate) extern "C" fn notify_list_wait_resume() -> Outcome {
    let gp = current_g();
    // SAFETY: the goroutine runs here again; its sudog is its own.
    unsafe {
        let sudog = (*gp).waiting;
        (*gp).waiting = core::ptr::null_mut();
        sudog::release(sudog);
    }
    Outcome::done(0)
}

/// `sync.runtime_notifyListNotifyAll(l)`.
pub(crate) extern "C" fn notify_list_notify_all(list: *mut NotifyList) {
    let root = root(list as usize);
    // SAFETY: package sync passes its list; the root's lock is held while it is read, and the sudogs taken out are ours.
    unsafe {
        if (*list).wait.load(Acquire) == (*list).notify.load(Relaxed) {
            return;
        }
        root.lock.lock();
        let mut sudog = (*list).first;
        (*list).first = core::ptr::null_mut();
        (*list).last = core::ptr::null_mut();
        (*list).notify.store((*list).wait.load(Relaxed), Relaxed);
        root.lock.unlock();
        while !sudog.is_null() {
            let next = (*sudog).next;
            (*sudog).next = core::ptr::null_mut();
            ready((*sudog).g);
            sudog = next;
        }
    }
}

/// `sync.runtime_notifyListNotifyOne(l)`: wakes the waiter with the oldest ticket that was not notified.
pub(crate) extern "C" fn notify_list_notify_one(list: *mut NotifyList) {
    let root = root(list as usize);
    // SAFETY: as in `notify_list_notify_all`.
    unsafe {
        if (*list).wait.load(Acquire) == (*list).notify.load(Relaxed) {
            return;
        }
        root.lock.lock();
        let ticket = (*list).notify.load(Relaxed);
        if ticket == (*list).wait.load(Relaxed) {
            root.lock.unlock();
            return;
        }
        (*list).notify.store(ticket.wrapping_add(1), Relaxed);
        // Waiters may have queued in another order than they took tickets; a waiter that is not there yet sees `notify`.
        let mut prev: *mut Sudog = core::ptr::null_mut();
        let mut sudog = (*list).first;
        while !sudog.is_null() && (*sudog).ticket != ticket {
            prev = sudog;
            sudog = (*sudog).next;
        }
        if !sudog.is_null() {
            let next = (*sudog).next;
            if prev.is_null() {
                (*list).first = next
            } else {
                (*prev).next = next
            }
            if next.is_null() {
                (*list).last = prev;
            }
            (*sudog).next = core::ptr::null_mut();
        }
        root.lock.unlock();
        if !sudog.is_null() {
            ready((*sudog).g);
        }
    }
}

/// `sync.runtime_notifyListCheck(size)`.
pub(crate) extern "C" fn notify_list_check(size: usize) {
    if size != size_of::<NotifyList>() {
        crate::fatal::throw("bad notifyList size");
    }
}
