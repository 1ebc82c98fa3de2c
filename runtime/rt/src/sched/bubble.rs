//! Bubbles of package testing/synctest: goroutines with a clock of their own, which moves when all of them wait for each other.
//!
//! A goroutine that `Run` starts in a bubble, and every one that such a goroutine starts, belongs to it. It is *durably blocked* when only
//! another one of its bubble can wake it: in a channel made there, a condition, a wait group, a sleep. The bubble counts those that are not. Who
//! blocks is counted out before anybody can see that it waits, and who is woken is counted in before it runs, so the count is 0
//! only when nothing can happen in the bubble by itself. Then whoever is in `Wait` goes on; if nobody is, the root - the goroutine that
//! called `Run` - moves the clock to the next timer, or finds that there is none and reports the deadlock.
//!
//! Channels and timers keep the number of their bubble, not its address: they may live longer. Package testing/synctest has the rules.

use super::timers::{self, Timers};
use super::{G, WaitReason, current_g, g, park, ready};
use crate::heap::persistent;
use crate::sync::{Mutex, rank::Rank};
use arch::Outcome;
use core::cell::UnsafeCell;
use core::ptr::null_mut;
use core::sync::atomic::{
    AtomicI64, AtomicPtr,
    Ordering::{Acquire, Relaxed, Release},
};

/// A bubble. Never freed; used again when its last goroutine has ended.
pub struct Bubble {
    id: u64,
    lock: Mutex,
    // `lock` must be held for this.
    members: UnsafeCell<Members>,
    // Nanoseconds since 1970. Written by the root while all others are blocked.
    now: AtomicI64,
    pub(crate) timers: Timers,
    /// The next of all bubbles; written once.
    all_link: *mut Bubble,
}

struct Members {
    n_goroutines: usize,
    /// How many are not durably blocked.
    n_running: usize,
    /// How many references keep it from being idle (`hold`).
    n_held: usize,
    /// The goroutine that called `Run`, and whether it waits for the others.
    root: *mut G,
    root_waits: bool,
    /// The goroutine that runs the function given to `Run`; null after its end.
    main: *mut G,
    /// The goroutine that is in `Wait`, or null.
    waiter: *mut G,
}

/// Midnight UTC, 1 January 2000. Package testing/synctest, "Time".
const START_NS: i64 = 946_684_800 * 1_000_000_000;

// What `step` tells the overlay.
const GOES_ON: usize = 0;
const IS_OVER: usize = 1;
const ALL_BLOCKED: usize = 2;
const REST_BLOCKED: usize = 3;
// What `wait` tells the overlay.
const NO_BUBBLE: usize = 1;
const OTHER_WAITS: usize = 2;

struct Bubbles {
    lock: Mutex,
    // `lock` must be held for these. Those that are used no more, linked through `all_link` of their own list: see `free`.
    free: UnsafeCell<[*mut Bubble; MOST_FREE]>,
    next_id: UnsafeCell<u64>,
    // Pushed under `lock`, read by the collector while the world is stopped.
    all: AtomicPtr<Bubble>,
}

/// How many bubbles are kept for the next `Run`s.
const MOST_FREE: usize = 64;

// SAFETY: the cells are used under `lock` only.
unsafe impl Sync for Bubbles {}

static BUBBLES: Bubbles = Bubbles {
    lock: Mutex::new(Rank::Bubbles),
    free: UnsafeCell::new([null_mut(); MOST_FREE]),
    next_id: UnsafeCell::new(1),
    all: AtomicPtr::new(null_mut()),
};

impl Bubble {
    /// A bubble with the caller as its root.
    fn begin(root: *mut G) -> *mut Bubble {
        BUBBLES.lock.lock();
        // SAFETY: the lock is held; a free bubble has no goroutine, and a new one is known to nobody.
        unsafe {
            let free = (*BUBBLES.free.get()).iter_mut().find(|place| !place.is_null());
            let bubble = match free {
                Some(place) => core::mem::replace(place, null_mut()),
                None => {
                    let bubble = persistent::alloc_unscanned(size_of::<Bubble>(), 64) as *mut Bubble;
                    (&raw mut (*bubble).lock).write(Mutex::new(Rank::Bubble));
                    (&raw mut (*bubble).timers).write(Timers::new());
                    (*bubble).all_link = BUBBLES.all.load(Relaxed);
                    // Pairs with the Acquire in `each`.
                    BUBBLES.all.store(bubble, Release);
                    bubble
                }
            };
            (*bubble).id = *BUBBLES.next_id.get();
            *BUBBLES.next_id.get() += 1;
            BUBBLES.lock.unlock();
            (*bubble).now.store(START_NS, Relaxed);
            *(*bubble).members.get() = Members {
                n_goroutines: 1,
                n_running: 1,
                n_held: 0,
                root,
                root_waits: false,
                main: null_mut(),
                waiter: null_mut(),
            };
            bubble
        }
    }

    /// Its only goroutine, the root, has left.
    fn end(this: *mut Bubble) {
        // SAFETY: nobody else refers to the bubble any more but by its number.
        unsafe { (*this).timers.clear() };
        BUBBLES.lock.lock();
        // SAFETY: the lock is held. One that finds no place is never used again.
        unsafe {
            if let Some(place) = (*BUBBLES.free.get()).iter_mut().find(|place| place.is_null()) {
                *place = this;
            }
        }
        BUBBLES.lock.unlock();
    }

    fn with<R>(&self, f: impl FnOnce(&mut Members) -> R) -> R {
        self.lock.lock();
        // SAFETY: the lock is held, and `f` cannot reach the members in another way.
        let result = f(unsafe { &mut *self.members.get() });
        self.lock.unlock();
        result
    }

    /// The fake clock.
    pub(crate) fn now(&self) -> i64 {
        self.now.load(Relaxed)
    }
}

impl Members {
    /// If nothing can happen in the bubble by itself: who goes on then. It is counted in.
    fn next_if_idle(&mut self) -> *mut G {
        if self.n_running > 0 || self.n_held > 0 {
            return null_mut();
        }
        let gp = if !self.waiter.is_null() {
            core::mem::replace(&mut self.waiter, null_mut())
        } else if core::mem::replace(&mut self.root_waits, false) {
            self.root
        } else {
            return null_mut();
        };
        self.n_running += 1;
        // SAFETY: it is parked or about to be, and only who took it out of `self` wakes it.
        unsafe { (*gp).is_durable = false };
        gp
    }
}

/// Calls `visit` with every bubble there was.
pub(crate) fn each(mut visit: impl FnMut(&Bubble)) {
    let mut bubble = BUBBLES.all.load(Acquire) as *const Bubble;
    // SAFETY: bubbles are never freed.
    while let Some(found) = unsafe { bubble.as_ref() } {
        visit(found);
        bubble = found.all_link;
    }
}

/// The bubble of a goroutine; none of null, as in the scheduler.
pub(crate) fn of(gp: *const G) -> Option<&'static Bubble> {
    // SAFETY: callers pass a goroutine that is current or does not run; bubbles are never freed.
    unsafe { gp.as_ref()?.bubble.as_ref() }
}

/// The number of the current goroutine's bubble; 0 outside one.
#[inline]
pub(crate) fn current_id() -> u64 {
    // SAFETY: the current goroutine belongs to this M.
    unsafe { (*current_g()).bubble_id }
}

/// The clock that the current goroutine sees.
#[inline]
pub(crate) fn nanotime() -> i64 {
    of(current_g()).map_or_else(platform::nanotime, Bubble::now)
}

/// Runs the timers of the current goroutine's bubble that are due.
pub(crate) fn run_due() {
    if let Some(bubble) = of(current_g()) {
        timers::run_due_in(&bubble.timers, bubble.now());
    }
}

/// Makes a new goroutine, which does not run yet, belong to the bubble of `parent`.
#[inline]
pub(crate) fn inherit(gp: *mut G, parent: *mut G) {
    // SAFETY: both belong to this M.
    unsafe {
        if !(*parent).bubble.is_null() {
            join(gp, (*parent).bubble);
        }
    }
}

fn join(gp: *mut G, bubble: *mut Bubble) {
    // SAFETY: the goroutine belongs to this M; bubbles are never freed.
    unsafe {
        (*gp).bubble = bubble;
        (*gp).bubble_id = (*bubble).id;
        (*bubble).with(|members| {
            members.n_goroutines += 1;
            members.n_running += 1;
        });
    }
}

/// Takes a goroutine out of its bubble, because it ends, or belongs to the runtime.
#[inline]
pub(crate) fn leave(gp: *mut G) {
    if let Some(bubble) = of(gp) {
        leave_slow(gp, bubble);
    }
}

#[cold]
fn leave_slow(gp: *mut G, bubble: &Bubble) {
    // SAFETY: the goroutine belongs to this M.
    unsafe {
        (*gp).bubble = null_mut();
        (*gp).bubble_id = 0;
    }
    let next = bubble.with(|members| {
        members.n_goroutines -= 1;
        members.n_running -= 1;
        if members.main == gp {
            members.main = null_mut();
        }
        members.next_if_idle()
    });
    if !next.is_null() {
        ready(next);
    }
}

/// Counts out the current goroutine, which is about to park where only its bubble can wake it. Nobody finds it there yet.
pub(crate) fn block(gp: *mut G) {
    let Some(bubble) = of(gp) else { return };
    let next = bubble.with(|members| {
        members.n_running -= 1;
        // SAFETY: the goroutine belongs to this M.
        unsafe { (*gp).is_durable = true };
        members.next_if_idle()
    });
    if !next.is_null() {
        ready(next);
    }
}

/// Counts in a goroutine that somebody took out of what it waited in.
#[inline]
pub(crate) fn unblock(gp: *mut G) {
    // SAFETY: whoever took the goroutine out of its queue may read and write what belongs to it.
    unsafe {
        if (*gp).is_durable {
            (*gp).is_durable = false;
            (*(*gp).bubble).with(|members| members.n_running += 1);
        }
    }
}

/// Fails if a goroutine outside the bubble of `gp` wakes it at a semaphore.
pub(crate) fn check_wake(gp: *const G) {
    // SAFETY: `gp` waits, and was taken out of its queue by the caller.
    let id = unsafe { (*gp).bubble_id };
    if id != 0 && id != current_id() {
        crate::fatal::fatal_error("semaphore wake of synctest goroutine from outside bubble");
    }
}

/// `runtime.bubblestart(fn)`: makes the caller the root of a new bubble and starts `fn` in it; false in a bubble.
pub(crate) extern "C" fn bubble_start(start: usize) -> u64 {
    let gp = current_g();
    // SAFETY: the current goroutine belongs to this M; its bubble is known to nobody else yet.
    unsafe {
        if !(*gp).bubble.is_null() {
            return 0;
        }
        let bubble = Bubble::begin(gp);
        (*gp).bubble = bubble;
        (*gp).bubble_id = (*bubble).id;
        let main = g::start(start);
        (*bubble).with(|members| members.main = main);
    }
    1
}

/// `runtime.bubblestep()`: waits until nothing can happen in the bubble by itself, then moves its clock. The caller is the root.
pub(crate) extern "C" fn bubble_step() -> Outcome {
    let gp = current_g();
    let Some(bubble) = of(gp) else { return Outcome::done(IS_OVER as u64) };
    bubble.lock.lock();
    // SAFETY: the lock is held until the goroutine is parked.
    let members = unsafe { &mut *bubble.members.get() };
    members.n_running -= 1;
    members.root_waits = true;
    let next = members.next_if_idle();
    if next == gp {
        bubble.lock.unlock();
        return bubble_step_resume();
    }
    park_as_idle(gp, "synctest.Run");
    bubble.lock.unlock();
    if !next.is_null() {
        ready(next);
    }
    Outcome::PARK
}

fn park_as_idle(gp: *mut G, reason: &'static str) {
    // SAFETY: the goroutine is current, and the bubble's lock is held.
    unsafe { (*gp).is_durable = true };
    park(WaitReason(reason));
}

/// The second half of `bubble_step`: all others are blocked.
pub(crate) extern "C" fn bubble_step_resume() -> Outcome {
    let gp = current_g();
    let Some(bubble) = of(gp) else { return Outcome::done(IS_OVER as u64) };
    let (n_goroutines, has_main) = bubble.with(|members| (members.n_goroutines, !members.main.is_null()));
    let next = bubble.timers.next_when();
    let result = match (n_goroutines, has_main) {
        (1, _) => {
            let this = bubble as *const Bubble as *mut Bubble;
            forget(gp);
            Bubble::end(this);
            IS_OVER
        }
        // Time stands still after the end of the main goroutine.
        (_, false) => REST_BLOCKED,
        (_, true) if next == i64::MAX => ALL_BLOCKED,
        (_, true) => {
            bubble.now.store(next.max(bubble.now()), Relaxed);
            run_due();
            GOES_ON
        }
    };
    if matches!(result, REST_BLOCKED | ALL_BLOCKED) {
        super::super::lang::report::show_bubble(bubble.id);
        forget(gp);
    }
    Outcome::done(result as u64)
}

/// The root belongs to no bubble any more.
fn forget(gp: *mut G) {
    // SAFETY: the current goroutine belongs to this M.
    unsafe {
        (*gp).bubble = null_mut();
        (*gp).bubble_id = 0;
    }
}

/// `runtime.bubblewait()`: waits until all others of the bubble are durably blocked.
pub(crate) extern "C" fn bubble_wait() -> Outcome {
    let gp = current_g();
    let Some(bubble) = of(gp) else { return Outcome::done(NO_BUBBLE as u64) };
    bubble.lock.lock();
    // SAFETY: the lock is held until the goroutine is parked.
    let members = unsafe { &mut *bubble.members.get() };
    if !members.waiter.is_null() {
        bubble.lock.unlock();
        return Outcome::done(OTHER_WAITS as u64);
    }
    members.n_running -= 1;
    members.waiter = gp;
    if members.next_if_idle() == gp {
        bubble.lock.unlock();
        return Outcome::done(0);
    }
    park_as_idle(gp, "synctest.Wait");
    bubble.lock.unlock();
    Outcome::PARK
}

/// `runtime.bubbleid()`.
pub(crate) extern "C" fn bubble_id() -> u64 {
    current_id()
}

/// `runtime.bubblehold()`: keeps the bubble of the caller from being idle; its address, 0 outside one.
pub(crate) extern "C" fn bubble_hold() -> usize {
    let Some(bubble) = of(current_g()) else { return 0 };
    bubble.with(|members| members.n_held += 1);
    bubble as *const Bubble as usize
}

/// `runtime.bubblerelease(b)`: undoes `bubble_hold`.
pub(crate) extern "C" fn bubble_release(bubble: *const Bubble) {
    // SAFETY: the overlay passes what `bubble_hold` returned; bubbles are never freed.
    let next = unsafe { &*bubble }.with(|members| {
        members.n_held -= 1;
        members.next_if_idle()
    });
    if !next.is_null() {
        ready(next);
    }
}

/// `runtime.bubbleenter(b)`: the caller belongs to a bubble that is held; false if it is in one.
pub(crate) extern "C" fn bubble_enter(bubble: *mut Bubble) -> u64 {
    // SAFETY: the current goroutine belongs to this M; bubbles are never freed.
    unsafe {
        if !(*current_g()).bubble.is_null() {
            return 0;
        }
    }
    join(current_g(), bubble);
    1
}

/// `runtime.bubbleleave()`: undoes `bubble_enter`.
pub(crate) extern "C" fn bubble_leave() {
    leave(current_g());
}
