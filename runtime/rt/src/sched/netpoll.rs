//! The network poller: goroutines wait for descriptors, an M that has nothing to do waits for the system.
//!
//! There is no thread for it. An M that finds no work asks the system without waiting (`look`); the last one, before it sleeps, waits in the system
//! instead, until a descriptor is ready, the next timer is due, or somebody breaks the wait (`wait`). Only one M at a time is in the system:
//! `UNTIL` says until when. Whoever sets an earlier timer breaks its wait; so does the handler of a signal that a goroutine waits for.
//!
//! Each descriptor has a `PollDesc` with two sides, for reading and for writing. A side is idle, ready, or has a waiting goroutine. Readiness
//! is edge-triggered and remembered: `pollReset` forgets it before an attempt, so an edge that comes during the attempt is
//! seen by the `pollWait` after it. Result codes are those of package internal/poll.
//!
//! Invariant: a waiting goroutine is taken out of its side under the descriptor's lock, by the one who makes it runnable.

use super::timers::{Timer, cancel, set_call};
use super::until::{After, Until};
use super::{G, GQueue, SCHED, WaitReason, current_g, park, ready, signals, timers};
use crate::heap::persistent;
use crate::sync::{Mutex, rank::Rank};
use arch::Outcome;
use core::cell::UnsafeCell;
use core::ptr::null_mut;
use core::sync::atomic::{
    AtomicI64, AtomicU32,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
};
use platform::PollEvent;

const OK: u64 = 0;
const CLOSING: u64 = 1;
const TIMED_OUT: u64 = 2;
const NOT_POLLABLE: u64 = 3;

const READ: i64 = b'r' as i64;
const WRITE: i64 = b'w' as i64;

/// How many events are taken at once.
const N_EVENTS: usize = 64;

/// One direction of a descriptor.
struct Side {
    is_ready: bool,
    waiting: *mut G,
    /// When waiting ends: 0 never, negative: it is over.
    deadline: i64,
    timer: Timer,
}

/// What a descriptor's lock guards.
struct State {
    fd: i32,
    is_closing: bool,
    /// The last event was an error and nothing else.
    has_error: bool,
    sides: [Side; 2],
}

/// A descriptor that goroutines wait for. Never freed, only reused; an event or a deadline of its former use is a wake-up without cause.
pub struct PollDesc {
    lock: Mutex,
    // `lock` must be held for this.
    state: UnsafeCell<State>,
    // The lock of `DESCS` must be held for this.
    next_free: UnsafeCell<*mut PollDesc>,
}

struct Descs {
    lock: Mutex,
    // `lock` must be held for this.
    free: UnsafeCell<*mut PollDesc>,
}

// SAFETY: `free` is used under `lock` only.
unsafe impl Sync for Descs {}

static DESCS: Descs = Descs { lock: Mutex::new(Rank::PollDescs), free: UnsafeCell::new(null_mut()) };
// Whether the system's poller is there. Written under the lock of `DESCS`.
static STARTED: AtomicU32 = AtomicU32::new(0);
// Goroutines that wait for a descriptor.
static N_WAITING: AtomicU32 = AtomicU32::new(0);
static UNTIL: Until = Until::new();

// When an M was last in the system.
static LAST_LOOK: AtomicI64 = AtomicI64::new(0);

/// When an M last asked the system.
pub(crate) fn last_look() -> i64 {
    LAST_LOOK.load(Relaxed)
}

/// Whether something may come from outside: then the program is no deadlock.
pub(crate) fn has_waiters() -> bool {
    N_WAITING.load(Relaxed) > 0 || signals::are_in_use()
}

/// Whether an M that has nothing to do should wait in the system: something may come, and no other M waits there.
pub(crate) fn needs_wait() -> bool {
    UNTIL.is_free() && (has_waiters() || timers::next_when() != i64::MAX)
}

/// Starts the system's poller, once. Called before anything waits for it.
pub(crate) fn start() {
    // Pairs with the Release below.
    if STARTED.load(Acquire) != 0 {
        return;
    }
    DESCS.lock.lock();
    if STARTED.load(Relaxed) == 0 {
        let error = platform::poll_init();
        if error != 0 {
            DESCS.lock.unlock();
            crate::fatal::throw("runtime: netpollinit failed");
        }
        STARTED.store(1, Release);
    }
    DESCS.lock.unlock();
}

/// Somebody must look again: a timer is due at `when`, which is earlier than all others. The timer was set before.
pub(crate) fn timer_set(when: i64) {
    match UNTIL.timer_set(when) {
        After::Wake => SCHED.wake_p(),
        After::Break => platform::poll_break(),
        After::Nothing => {}
    }
}

/// Takes what is ready now, without waiting.
pub(crate) fn look(ready: &mut GQueue) {
    let nothing = STARTED.load(Relaxed) == 0 || N_WAITING.load(Relaxed) == 0;
    if !nothing && UNTIL.begin_look() {
        poll(0, ready);
    }
}

/// Waits until something is ready or a timer is due, or is broken; at once if another M waits already. Called without P.
pub(crate) fn wait(ready: &mut GQueue) {
    let Some(until) = UNTIL.begin_wait(timers::next_when) else { return };
    // The handler breaks the next wait too, but other Ms may have taken that.
    let timeout_ns = match until {
        _ if signals::is_pending() => 0,
        i64::MAX => -1,
        until => (until - platform::nanotime()).max(0),
    };
    poll(timeout_ns, ready);
}

fn poll(timeout_ns: i64, ready: &mut GQueue) {
    let mut events = [PollEvent::default(); N_EVENTS];
    let n = platform::poll_wait(&mut events, timeout_ns);
    LAST_LOOK.store(platform::nanotime(), Relaxed);
    UNTIL.end();
    for event in &events[..n] {
        // SAFETY: keys are addresses of descriptors, which are never freed.
        let desc = unsafe { &*(event.key as *const PollDesc) };
        let goroutines = desc.with(|state| {
            state.has_error = event.is_error;
            let [read, write] = &mut state.sides;
            [read.happen(event.can_read), write.happen(event.can_write)]
        });
        for gp in goroutines.into_iter().flatten() {
            // SAFETY: taken out of its side, so nobody else wakes it.
            unsafe { (*gp).status.make_runnable() };
            ready.push_back(gp);
        }
    }
    signals::deliver(ready);
}

impl Side {
    const fn new() -> Side {
        Side { is_ready: false, waiting: null_mut(), deadline: 0, timer: Timer::idle() }
    }

    /// Takes the waiting goroutine out.
    fn take(&mut self) -> Option<*mut G> {
        let gp = core::mem::replace(&mut self.waiting, null_mut());
        (!gp.is_null()).then(|| {
            N_WAITING.fetch_sub(1, AcqRel);
            gp
        })
    }

    fn happen(&mut self, happened: bool) -> Option<*mut G> {
        if !happened {
            return None;
        }
        self.is_ready = true;
        self.take()
    }
}

impl State {
    fn side(&mut self, mode: i64) -> &mut Side {
        &mut self.sides[(mode == WRITE) as usize]
    }

    fn check(&mut self, mode: i64) -> u64 {
        if self.is_closing {
            CLOSING
        } else if self.side(mode).deadline < 0 {
            TIMED_OUT
        } else if self.has_error && mode == READ {
            NOT_POLLABLE
        } else {
            OK
        }
    }
}

impl PollDesc {
    fn with<R>(&self, f: impl FnOnce(&mut State) -> R) -> R {
        self.lock.lock();
        // SAFETY: the lock is held, and `f` cannot reach the state in another way.
        let result = f(unsafe { &mut *self.state.get() });
        self.lock.unlock();
        result
    }
}

/// `internal/poll.runtime_pollServerInit()`.
pub(crate) extern "C" fn poll_server_init() {
    start();
}

/// `internal/poll.runtime_pollOpen(fd)`: descriptor and error number.
pub(crate) extern "C" fn poll_open(fd: usize) -> Pair {
    let desc = take_free().unwrap_or_else(|| {
        let desc = persistent::alloc_unscanned(size_of::<PollDesc>(), 64) as *mut PollDesc;
        let sides = [Side::new(), Side::new()];
        let state = State { fd: -1, is_closing: false, has_error: false, sides };
        // SAFETY: new memory of the right size.
        unsafe {
            desc.write(PollDesc {
                lock: Mutex::new(Rank::PollDesc),
                state: UnsafeCell::new(state),
                next_free: UnsafeCell::new(null_mut()),
            });
        }
        desc
    });
    // SAFETY: descriptors are never freed.
    unsafe { &*desc }.with(|state| {
        state.fd = fd as i32;
        state.is_closing = false;
        state.has_error = false;
        for side in &mut state.sides {
            side.is_ready = false;
            side.deadline = 0;
        }
    });
    let error = platform::poll_open(fd as i32, desc as usize);
    if error != 0 {
        give(desc);
        return Pair(0, error as usize);
    }
    Pair(desc as usize, 0)
}

/// Two words in the result registers.
#[repr(C)]
pub(crate) struct Pair(usize, usize);

fn take_free() -> Option<*mut PollDesc> {
    DESCS.lock.lock();
    // SAFETY: the lock is held; free descriptors are ours.
    let desc = unsafe {
        let desc = *DESCS.free.get();
        desc.as_ref().map(|free| {
            *DESCS.free.get() = *free.next_free.get();
            desc
        })
    };
    DESCS.lock.unlock();
    desc
}

fn give(desc: *mut PollDesc) {
    DESCS.lock.lock();
    // SAFETY: the lock is held and the caller gives the descriptor up.
    unsafe {
        *(*desc).next_free.get() = *DESCS.free.get();
        *DESCS.free.get() = desc;
    }
    DESCS.lock.unlock();
}

/// `internal/poll.runtime_pollClose(ctx)`.
pub(crate) extern "C" fn poll_close(desc: *mut PollDesc) {
    // SAFETY: package internal/poll passes what `poll_open` returned.
    let fd = unsafe { &*desc }.with(|state| state.fd);
    platform::poll_close(fd);
    give(desc);
}

/// `internal/poll.runtime_pollReset(ctx, mode)`.
pub(crate) extern "C" fn poll_reset(desc: &PollDesc, mode: i64) -> u64 {
    desc.with(|state| {
        let code = state.check(mode);
        if code == OK {
            state.side(mode).is_ready = false;
        }
        code
    })
}

/// `internal/poll.runtime_pollWait(ctx, mode)`.
pub(crate) extern "C" fn poll_wait(desc: &PollDesc, mode: i64) -> Outcome {
    desc.with(|state| {
        let code = state.check(mode);
        let side = state.side(mode);
        if code != OK || side.is_ready {
            side.is_ready = false;
            return Outcome::done(code);
        }
        side.waiting = current_g();
        N_WAITING.fetch_add(1, AcqRel);
        // SAFETY: the current goroutine belongs to this M.
        unsafe { (*current_g()).scratch = [&raw const *desc as usize, mode as usize, 0, 0] };
        park(WaitReason("IO wait"));
        Outcome::PARK
    })
}

/// The second half of `poll_wait`.
pub(crate) extern "C" fn poll_wait_resume() -> Outcome {
    // SAFETY: the goroutine runs here again; descriptors are never freed.
    let (desc, mode) = unsafe {
        let [desc, mode, ..] = (*current_g()).scratch;
        (&*(desc as *const PollDesc), mode as i64)
    };
    desc.with(|state| {
        state.side(mode).is_ready = false;
        Outcome::done(state.check(mode))
    })
}

/// `internal/poll.runtime_pollUnblock(ctx)`: nobody waits any more.
pub(crate) extern "C" fn poll_unblock(desc: &PollDesc) {
    let goroutines = desc.with(|state| {
        state.is_closing = true;
        state.sides.each_mut().map(|side| {
            cancel(&raw mut side.timer);
            side.take()
        })
    });
    goroutines.into_iter().flatten().for_each(ready);
}

/// `internal/poll.runtime_pollSetDeadline(ctx, ns, mode)`: waiting ends in `ns` from now; 0: never, negative: now. Mode is `r`, `w` or
/// their sum.
pub(crate) extern "C" fn poll_set_deadline(desc: &PollDesc, ns: i64, mode: i64) {
    let address = &raw const *desc as usize;
    let deadline = if ns > 0 { platform::nanotime().saturating_add(ns) } else { ns };
    let goroutines = desc.with(|state| {
        let mut goroutines = [None, None];
        if state.is_closing {
            return goroutines;
        }
        for (index, this) in [READ, WRITE].into_iter().enumerate() {
            if mode != this && mode != READ + WRITE {
                continue;
            }
            let side = &mut state.sides[index];
            cancel(&raw mut side.timer);
            side.deadline = deadline;
            if deadline < 0 {
                goroutines[index] = side.take();
            } else if deadline > 0 {
                set_call(&raw mut side.timer, deadline, deadline_passed, address | index);
            }
        }
        goroutines
    });
    goroutines.into_iter().flatten().for_each(ready);
}

/// A deadline's timer: ends the wait if the deadline is still that one. `arg` is a descriptor's address and in its lowest bit the side.
fn deadline_passed(arg: usize) {
    // SAFETY: descriptors are never freed, and aligned.
    let desc = unsafe { &*((arg & !1) as *const PollDesc) };
    let goroutine = desc.with(|state| {
        let side = &mut state.sides[arg & 1];
        if side.deadline <= 0 || side.deadline > platform::nanotime() {
            return None;
        }
        side.deadline = -1;
        side.take()
    });
    goroutine.into_iter().for_each(ready);
}

/// `internal/poll.runtime_isPollServerDescriptor(fd)`.
pub(crate) extern "C" fn is_poll_descriptor(fd: usize) -> u64 {
    (STARTED.load(Acquire) != 0 && platform::is_poll_descriptor(fd as i32)) as u64
}
