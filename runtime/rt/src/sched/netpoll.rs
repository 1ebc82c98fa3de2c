//! The network poller: goroutines wait for descriptors, one thread waits for the system.
//!
//! Each descriptor has a `PollDesc` with two sides, for reading and for writing. A side is idle, ready, or has a waiting goroutine. Readiness
//! is edge-triggered and remembered: `pollReset` forgets it before an attempt, so an edge that comes during the attempt is
//! seen by the `pollWait` after it. Result codes are those of package internal/poll.

use super::schedule::SCHED;
use super::timers::{Timer, cancel, set_call};
use super::{G, Status, WaitReason, current_g, park};
use crate::heap::persistent;
use crate::sync::Mutex;
use arch::Outcome;
use core::cell::UnsafeCell;
use core::ptr::null_mut;
use core::sync::atomic::{
    AtomicU32,
    Ordering::{AcqRel, Acquire, Relaxed},
};
use platform::PollEvent;

const OK: u64 = 0;
const CLOSING: u64 = 1;
const TIMED_OUT: u64 = 2;
const NOT_POLLABLE: u64 = 3;

const READ: i64 = b'r' as i64;
const WRITE: i64 = b'w' as i64;

/// One direction of a descriptor.
struct Side {
    is_ready: bool,
    waiting: *mut G,
    /// When waiting ends: 0 never, negative: it is over.
    deadline: i64,
    timer: Timer,
}

/// A descriptor that goroutines wait for. Never freed, only reused.
pub struct PollDesc {
    lock: Mutex,
    // `lock` must be held for these.
    fd: i32,
    is_closing: bool,
    has_error: bool,
    sides: [Side; 2],
    next_free: *mut PollDesc,
}

struct Descs {
    lock: Mutex,
    // `lock` must be held for this.
    free: UnsafeCell<*mut PollDesc>,
}

// SAFETY: `free` is used under `lock` only.
unsafe impl Sync for Descs {}

static DESCS: Descs = Descs { lock: Mutex::new(), free: UnsafeCell::new(null_mut()) };
// 0 before the poller is started, 1 after.
static STARTED: AtomicU32 = AtomicU32::new(0);
// Goroutines that wait for a descriptor: the program is no deadlock while there are any.
static N_WAITING: AtomicU32 = AtomicU32::new(0);

/// Whether a goroutine waits for a descriptor.
pub(crate) fn has_waiters() -> bool {
    N_WAITING.load(Relaxed) > 0
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
}

impl PollDesc {
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

fn wake(goroutines: [Option<*mut G>; 2]) {
    for gp in goroutines.into_iter().flatten() {
        // SAFETY: taken out under the descriptor's lock, so nobody else wakes it; its M may be about to park it.
        unsafe {
            while (*gp).status() != Status::Waiting {
                core::hint::spin_loop();
            }
            (*gp).set_status(Status::Runnable);
        }
        SCHED.put_global_without_p(gp);
    }
}

/// `internal/poll.runtime_pollServerInit()`.
pub(crate) extern "C" fn poll_server_init() {
    if STARTED.swap(1, AcqRel) == 0 {
        if platform::poll_init() != 0 {
            crate::fatal::throw("runtime: netpollinit failed");
        }
        super::m::new_system_m(poll_for_ever);
    }
}

/// What the poller's thread does.
fn poll_for_ever() -> ! {
    let mut events = [PollEvent::default(); 128];
    loop {
        let n = platform::poll_wait(&mut events);
        for event in &events[..n] {
            let desc = event.key as *mut PollDesc;
            // SAFETY: keys are addresses of descriptors, which are never freed. An event of a former use is a wake-up without cause.
            let desc = unsafe { &mut *desc };
            desc.lock.lock();
            desc.has_error |= event.is_error && !event.can_read && !event.can_write;
            let mut goroutines = [None, None];
            for (side, (happened, goroutine)) in
                desc.sides.iter_mut().zip([event.can_read, event.can_write].into_iter().zip(&mut goroutines))
            {
                if happened || event.is_error {
                    side.is_ready = true;
                    *goroutine = side.take();
                }
            }
            desc.lock.unlock();
            wake(goroutines);
        }
    }
}

/// `internal/poll.runtime_pollOpen(fd)`: descriptor and error number.
pub(crate) extern "C" fn poll_open(fd: usize) -> Pair {
    DESCS.lock.lock();
    // SAFETY: the lock is held; free descriptors are ours.
    let desc = unsafe {
        let free = &mut *DESCS.free.get();
        let mut desc = *free;
        if desc.is_null() {
            desc = persistent::alloc_unscanned(size_of::<PollDesc>(), 64) as *mut PollDesc;
        } else {
            *free = (*desc).next_free;
        }
        desc.write(PollDesc {
            lock: Mutex::new(),
            fd: fd as i32,
            is_closing: false,
            has_error: false,
            sides: [Side::new(), Side::new()],
            next_free: null_mut(),
        });
        desc
    };
    DESCS.lock.unlock();
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

fn give(desc: *mut PollDesc) {
    DESCS.lock.lock();
    // SAFETY: the lock is held and the caller gives the descriptor up.
    unsafe {
        (*desc).next_free = *DESCS.free.get();
        *DESCS.free.get() = desc;
    }
    DESCS.lock.unlock();
}

/// `internal/poll.runtime_pollClose(ctx)`.
pub(crate) extern "C" fn poll_close(desc: *mut PollDesc) {
    // SAFETY: package internal/poll passes what `poll_open` returned.
    platform::poll_close(unsafe { (*desc).fd });
    give(desc);
}

/// `internal/poll.runtime_pollReset(ctx, mode)`.
pub(crate) extern "C" fn poll_reset(desc: &mut PollDesc, mode: i64) -> u64 {
    desc.lock.lock();
    let code = desc.check(mode);
    if code == OK {
        desc.side(mode).is_ready = false;
    }
    desc.lock.unlock();
    code
}

/// `internal/poll.runtime_pollWait(ctx, mode)`.
pub(crate) extern "C" fn poll_wait(desc: &mut PollDesc, mode: i64) -> Outcome {
    desc.lock.lock();
    let code = desc.check(mode);
    let side = desc.side(mode);
    if code != OK || side.is_ready {
        side.is_ready = false;
        desc.lock.unlock();
        return Outcome::done(code);
    }
    side.waiting = current_g();
    N_WAITING.fetch_add(1, AcqRel);
    // SAFETY: the current goroutine belongs to this M.
    unsafe { (*current_g()).scratch = [&raw mut *desc as usize, mode as usize, 0, 0] };
    park(WaitReason("IO wait"));
    desc.lock.unlock();
    Outcome::PARK
}

/// The second half of `poll_wait`.
pub(crate) extern "C" fn poll_wait_resume() -> Outcome {
    // SAFETY: the goroutine runs here again; descriptors are never freed.
    let (desc, mode) = unsafe {
        let [desc, mode, ..] = (*current_g()).scratch;
        (&mut *(desc as *mut PollDesc), mode as i64)
    };
    desc.lock.lock();
    desc.side(mode).is_ready = false;
    let code = desc.check(mode);
    desc.lock.unlock();
    Outcome::done(code)
}

/// `internal/poll.runtime_pollUnblock(ctx)`: nobody waits any more.
pub(crate) extern "C" fn poll_unblock(desc: &mut PollDesc) {
    desc.lock.lock();
    desc.is_closing = true;
    let goroutines = [desc.sides[0].take(), desc.sides[1].take()];
    desc.lock.unlock();
    desc.sides.iter_mut().for_each(|side| cancel(&raw mut side.timer));
    wake(goroutines);
}

/// `internal/poll.runtime_pollSetDeadline(ctx, deadline, mode)`; mode is `r`, `w` or their sum.
pub(crate) extern "C" fn poll_set_deadline(desc: &mut PollDesc, deadline: i64, mode: i64) {
    let address = &raw mut *desc as usize;
    let mut goroutines = [None, None];
    for (index, goroutine) in goroutines.iter_mut().enumerate() {
        let this = if index == 0 { READ } else { WRITE };
        if mode != this && mode != READ + WRITE {
            continue;
        }
        cancel(&raw mut desc.sides[index].timer);
        desc.lock.lock();
        let side = &mut desc.sides[index];
        let is_over = deadline < 0 || deadline > 0 && deadline <= platform::nanotime();
        side.deadline = if is_over { -1 } else { deadline };
        if is_over {
            *goroutine = side.take();
        }
        desc.lock.unlock();
        if deadline > 0 && !is_over {
            set_call(&raw mut desc.sides[index].timer, deadline, deadline_passed, address | index);
        }
    }
    wake(goroutines);
}

/// A deadline's timer: ends the wait if the deadline is still that one. `arg` is a descriptor's address and in its lowest bit the side.
fn deadline_passed(arg: usize) {
    // SAFETY: descriptors are never freed, and aligned.
    let desc = unsafe { &mut *((arg & !1) as *mut PollDesc) };
    desc.lock.lock();
    let side = &mut desc.sides[arg & 1];
    let mut goroutine = None;
    if side.deadline > 0 && side.deadline <= platform::nanotime() {
        side.deadline = -1;
        goroutine = side.take();
    }
    desc.lock.unlock();
    wake([goroutine, None]);
}

/// `internal/poll.runtime_isPollServerDescriptor(fd)`.
pub(crate) extern "C" fn is_poll_descriptor(fd: usize) -> u64 {
    (STARTED.load(Acquire) != 0 && platform::is_poll_descriptor(fd as i32)) as u64
}
