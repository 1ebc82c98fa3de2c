//! Channels.
//!
//! A channel has a ring of slots and two queues of goroutines that wait. One of the queues is always empty, except
//! that a goroutine may wait in both by a select; with free slots no sender waits, with values no receiver does. A
//! sender that finds a receiver waiting copies the value straight to it.
//!
//! Whoever takes a goroutine out of a queue completes its operation, then makes it ready; the second half of the
//! entry only looks at `success`. Spec, "Channel types", "Send statements", "Receive operator", "Close".

use super::panic::go_panic;
use super::sudog::{self, Sudog, WaitQueue};
use crate::heap::alloc::{MAX_ALLOC_BYTES, contents_of, malloc};
use crate::heap::barrier::{before_clear, before_copy};
use crate::heap::span::Contents;
use crate::sched::time_timers::TimeTimer;
use crate::sched::timers::Placed;
use crate::sched::{G, WaitReason, current_g, park, ready};
use crate::sync::{Mutex, rank::Rank};
use abi::entry::PanicCode;
use abi::types::{ChanType, Type};
use arch::Outcome;

/// A channel. `len` and `cap` stand first, so that compiled code may read them.
#[repr(C)]
pub struct Chan {
    // `lock` must be held for all of these, except that `len` and `closed` may be read as a hint, and that the four
    // below never change once others know the channel.
    len: usize,
    cap: usize,
    buf: *mut u8,
    elem_bytes: usize,
    elem_type: *const Type,
    closed: bool,
    // Whether a timer sends: then nothing is ever stored, `buf` leads to the timer, and whoever receives asks it.
    is_timer: bool,
    send_slot: usize,
    recv_slot: usize,
    pub(crate) receivers: WaitQueue,
    pub(crate) senders: WaitQueue,
    pub(crate) lock: Mutex,
}

/// What happened to a send or receive that was tried.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tried {
    /// Done; for a receive, the value came from a sender.
    Done,
    /// The channel is closed.
    Closed,
    /// It would have to wait. The lock is still held.
    MustWait,
}

impl Chan {
    /// # Safety
    /// Both point to an element; `dst` may be null, then nothing is copied.
    unsafe fn copy(&self, dst: *mut u8, src: *const u8) {
        if !dst.is_null() {
            // SAFETY: the caller's contract; a value does not overlap another variable's.
            unsafe {
                before_copy(self.elem_type, dst, src, self.elem_bytes);
                core::ptr::copy(src, dst, self.elem_bytes);
            }
        }
    }

    /// # Safety
    /// `dst` points to an element.
    unsafe fn clear(&self, dst: *mut u8) {
        // SAFETY: the caller's contract.
        unsafe {
            before_clear(self.elem_type, dst, self.elem_bytes);
            core::ptr::write_bytes(dst, 0, self.elem_bytes);
        }
    }

    fn slot(&self, index: usize) -> *mut u8 {
        // SAFETY: indices are below `cap`.
        unsafe { self.buf.add(index * self.elem_bytes) }
    }

    fn next(&self, index: usize) -> usize {
        if index + 1 == self.cap { 0 } else { index + 1 }
    }

    /// Sends `*elem` if that needs no waiting. The lock is held, and released unless the answer is `MustWait`.
    pub(crate) fn try_send(&mut self, elem: *const u8) -> Tried {
        if self.closed {
            self.lock.unlock();
            return Tried::Closed;
        }
        if let Some(receiver) = self.receivers.pop() {
            // SAFETY: `elem` and the receiver's buffer hold one element each.
            unsafe { self.copy((*receiver).elem, elem) };
            self.lock.unlock();
            complete(receiver, true);
            return Tried::Done;
        }
        if self.len < self.cap {
            // SAFETY: the slot is free.
            unsafe { self.copy(self.slot(self.send_slot), elem) };
            self.send_slot = self.next(self.send_slot);
            self.len += 1;
            self.lock.unlock();
            return Tried::Done;
        }
        Tried::MustWait
    }

    /// Receives into `elem` (null: drops the value) if that needs no waiting. The lock is held, and released unless the
    /// answer is `MustWait`. From a closed channel comes the zero value.
    pub(crate) fn try_recv(&mut self, elem: *mut u8) -> Tried {
        if self.len > 0 {
            let slot = self.slot(self.recv_slot);
            // SAFETY: the slot holds a value; afterwards it keeps nothing alive.
            unsafe {
                self.copy(elem, slot);
                self.clear(slot);
            }
            self.recv_slot = self.next(self.recv_slot);
            self.len -= 1;
            // The ring was full if a sender waits: its value takes the slot that became free.
            if let Some(sender) = self.senders.pop() {
                // SAFETY: the sender's buffer holds one element.
                unsafe { self.copy(self.slot(self.send_slot), (*sender).elem) };
                self.send_slot = self.next(self.send_slot);
                self.len += 1;
                self.lock.unlock();
                complete(sender, true);
            } else {
                self.lock.unlock();
            }
            return Tried::Done;
        }
        if self.closed {
            if !elem.is_null() {
                // SAFETY: `elem` has room for one element.
                unsafe { self.clear(elem) };
            }
            self.lock.unlock();
            return Tried::Closed;
        }
        if let Some(sender) = self.senders.pop() {
            // SAFETY: both buffers hold one element.
            unsafe { self.copy(elem, (*sender).elem) };
            self.lock.unlock();
            complete(sender, true);
            return Tried::Done;
        }
        if self.is_timer
            && let Some(placed) = self.take_moment(elem)
        {
            self.lock.unlock();
            placed.announce();
            return Tried::Done;
        }
        Tried::MustWait
    }

    /// Makes a new channel that of `timer`.
    pub(crate) fn become_timer(&mut self, timer: *mut TimeTimer) {
        self.is_timer = true;
        self.cap = 0;
        self.buf = timer.cast();
    }

    pub(crate) fn with_lock<R>(&mut self, f: impl FnOnce(&mut Chan) -> R) -> R {
        self.lock.lock();
        let result = f(self);
        self.lock.unlock();
        result
    }

    /// The timer of a channel that has one.
    fn timer(&mut self) -> &mut TimeTimer {
        // SAFETY: `become_timer` has stored it, and the channel keeps it alive. The lock is held.
        unsafe { &mut *self.buf.cast() }
    }

    /// Receives the moment of the timer into `elem` (null: drops it) if it has come. The lock is held.
    fn take_moment(&mut self, elem: *mut u8) -> Option<Placed> {
        let is_awaited = self.is_awaited();
        let (moment, placed) = self.timer().take(is_awaited)?;
        // SAFETY: the element is a `time.Time`.
        unsafe { self.copy(elem, moment.as_ptr().cast()) };
        Some(placed)
    }

    /// Whether goroutines wait to receive. The lock is held.
    pub(crate) fn is_awaited(&self) -> bool {
        !self.receivers.first.is_null()
    }

    /// Goroutines have begun or ceased to wait to receive: a timer that sends must know. The lock is held, the answer is for afterwards.
    pub(crate) fn await_timer(&mut self) -> Placed {
        let is_awaited = self.is_awaited();
        if self.is_timer { self.timer().await_it(is_awaited) } else { Placed::NOTHING }
    }
}

/// Ends the wait of a goroutine that was taken out of a queue.
fn complete(sudog: *mut Sudog, success: bool) {
    // SAFETY: whoever took the sudog out of its queue owns it until the goroutine is ready.
    unsafe {
        let gp = (*sudog).g;
        (*sudog).success = success;
        (*gp).param = sudog;
        ready(gp);
    }
}

/// Parks the current goroutine in a queue of `chan`, whose lock is held and released.
fn wait(chan: &mut Chan, elem: *mut u8, sends: bool) -> Outcome {
    let gp = current_g();
    let sudog = sudog::acquire(gp, elem, chan as *mut Chan as usize);
    // SAFETY: the current goroutine belongs to this M.
    unsafe { (*gp).waiting = sudog };
    let placed = if sends {
        chan.senders.push_back(sudog);
        park(WaitReason("chan send"));
        Placed::NOTHING
    } else {
        chan.receivers.push_back(sudog);
        park(WaitReason("chan receive"));
        chan.await_timer()
    };
    chan.lock.unlock();
    placed.announce();
    Outcome::PARK
}

/// Takes what the waker left for the current goroutine.
fn waited() -> bool {
    let gp: *mut G = current_g();
    // SAFETY: the goroutine runs here again, so its sudog is its own.
    unsafe {
        let sudog = (*gp).waiting;
        (*gp).waiting = core::ptr::null_mut();
        (*gp).param = core::ptr::null_mut();
        let success = (*sudog).success;
        sudog::release(sudog);
        success
    }
}

/// `runtime.makechan(type, size)`.
pub(crate) extern "C" fn makechan(ty: *const ChanType, size: isize) -> Outcome {
    // SAFETY: the compiler passes a channel type, whose element is a type.
    let elem_type = unsafe { (*ty).elem } as *const Type;
    // SAFETY: as above.
    let elem_bytes = unsafe { (*elem_type).size };
    let room = MAX_ALLOC_BYTES - size_of::<Chan>();
    let fits = size >= 0 && elem_bytes.checked_mul(size as usize).is_some_and(|bytes| bytes <= room);
    if !fits {
        return go_panic(PanicCode::MakeChanSize, 0, 0);
    }
    let cap = size as usize;
    let chan = malloc(size_of::<Chan>(), Contents::Unknown) as *mut Chan;
    let buf = malloc(elem_bytes * cap, contents_of(elem_type)) as *mut u8;
    // SAFETY: new memory of the right size.
    unsafe {
        chan.write(Chan {
            len: 0,
            cap,
            buf,
            elem_bytes,
            elem_type,
            closed: false,
            is_timer: false,
            send_slot: 0,
            recv_slot: 0,
            receivers: WaitQueue::new(),
            senders: WaitQueue::new(),
            lock: Mutex::new(Rank::Chan),
        });
    }
    Outcome::done(chan as u64)
}

/// `runtime.chansend1(c, elem)`: `c <- *elem`.
pub(crate) extern "C" fn chansend1(chan: *mut Chan, elem: *mut u8) -> Outcome {
    // SAFETY: a channel value is null or points to a channel.
    let Some(chan) = (unsafe { chan.as_mut() }) else {
        park(WaitReason("chan send (nil chan)"));
        return Outcome::PARK;
    };
    chan.lock.lock();
    match chan.try_send(elem) {
        Tried::Done => Outcome::done(0),
        Tried::Closed => go_panic(PanicCode::SendOnClosed, 0, 0),
        Tried::MustWait => wait(chan, elem, true),
    }
}

/// The second half of `chansend1`.
pub(crate) extern "C" fn chansend1_resume() -> Outcome {
    if waited() { Outcome::done(0) } else { go_panic(PanicCode::SendOnClosed, 0, 0) }
}

/// `runtime.chanrecv2(c, elem)`: `*elem, ok = <-c`.
pub(crate) extern "C" fn chanrecv2(chan: *mut Chan, elem: *mut u8) -> Outcome {
    // SAFETY: a channel value is null or points to a channel.
    let Some(chan) = (unsafe { chan.as_mut() }) else {
        park(WaitReason("chan receive (nil chan)"));
        return Outcome::PARK;
    };
    chan.lock.lock();
    match chan.try_recv(elem) {
        Tried::Done => Outcome::done(1),
        Tried::Closed => Outcome::done(0),
        Tried::MustWait => wait(chan, elem, false),
    }
}

/// The second half of `chanrecv1` and `chanrecv2`. `closechan` has stored the zero value.
pub(crate) extern "C" fn chanrecv2_resume() -> Outcome {
    Outcome::done(waited() as u64)
}

/// `runtime.closechan(c)`.
pub(crate) extern "C" fn closechan(chan: *mut Chan) -> Outcome {
    // SAFETY: a channel value is null or points to a channel.
    let Some(chan) = (unsafe { chan.as_mut() }) else {
        return go_panic(PanicCode::CloseOfNil, 0, 0);
    };
    chan.lock.lock();
    if chan.closed {
        chan.lock.unlock();
        return go_panic(PanicCode::CloseOfClosed, 0, 0);
    }
    chan.closed = true;
    let mut woken: *mut Sudog = core::ptr::null_mut();
    // SAFETY: sudogs out of the queues belong to us until their goroutines are ready. A receiver gets the zero value.
    unsafe {
        while let Some(sudog) = chan.receivers.pop() {
            if !(*sudog).elem.is_null() {
                chan.clear((*sudog).elem);
            }
            (*sudog).next = woken;
            woken = sudog;
        }
        while let Some(sudog) = chan.senders.pop() {
            (*sudog).next = woken;
            woken = sudog;
        }
        chan.lock.unlock();
        while !woken.is_null() {
            let next = (*woken).next;
            (*woken).next = core::ptr::null_mut();
            complete(woken, false);
            woken = next;
        }
    }
    Outcome::done(0)
}

/// The timer of `chan` was due and has left the heap: hands the time to the goroutine that waits longest.
pub(crate) fn timer_is_due(chan: &mut Chan) {
    chan.lock.lock();
    let receiver = if chan.timer().is_due() { chan.receivers.pop() } else { None };
    let placed = match receiver {
        // SAFETY: the receiver was taken out of the queue; its buffer holds one element.
        Some(receiver) => chan.take_moment(unsafe { (*receiver).elem }).unwrap_or(Placed::NOTHING),
        // It waits for the next one to receive; or it was set anew meanwhile.
        None => chan.await_timer(),
    };
    chan.lock.unlock();
    if let Some(receiver) = receiver {
        complete(receiver, true);
    }
    placed.announce();
}

/// `runtime.chanlen(c)`.
pub(crate) extern "C" fn chanlen(chan: *const Chan) -> usize {
    // SAFETY: a channel value is null or points to a channel; one word is read.
    unsafe { chan.as_ref() }.map_or(0, |_| unsafe { (&raw const (*chan).len).read_volatile() })
}

/// `runtime.chancap(c)`.
pub(crate) extern "C" fn chancap(chan: *const Chan) -> usize {
    // SAFETY: as in `chanlen`.
    unsafe { chan.as_ref() }.map_or(0, |chan| chan.cap)
}

/// `runtime.selectnbsend(c, elem)`: a select with one send and a default.
pub(crate) extern "C" fn selectnbsend(chan: *mut Chan, elem: *mut u8) -> Outcome {
    // SAFETY: a channel value is null or points to a channel.
    let Some(chan) = (unsafe { chan.as_mut() }) else { return Outcome::done(0) };
    chan.lock.lock();
    match chan.try_send(elem) {
        Tried::Done => Outcome::done(1),
        Tried::Closed => go_panic(PanicCode::SendOnClosed, 0, 0),
        Tried::MustWait => {
            chan.lock.unlock();
            Outcome::done(0)
        }
    }
}

/// `runtime.selectnbrecv(elem, c)`: a select with one receive and a default.
pub(crate) extern "C" fn selectnbrecv(elem: *mut u8, chan: *mut Chan) -> Outcome {
    super::set_second_result(0);
    // SAFETY: a channel value is null or points to a channel.
    let Some(chan) = (unsafe { chan.as_mut() }) else { return Outcome::done(0) };
    chan.lock.lock();
    match chan.try_recv(elem) {
        Tried::Done => {
            super::set_second_result(1);
            Outcome::done(1)
        }
        Tried::Closed => Outcome::done(1),
        Tried::MustWait => {
            chan.lock.unlock();
            Outcome::done(0)
        }
    }
}
