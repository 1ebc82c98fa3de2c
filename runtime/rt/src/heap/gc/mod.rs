//! The collector: marks what can be reached, precisely in the heap, conservatively on stacks, in registers and in the
//! runtime's own memory; what is not marked is free.
//!
//! Marking runs beside the program, from a snapshot. The states and what holds in each:
//!
//! - *off*: barriers are off, no block is marked except in spans that are not swept yet. New objects are white.
//! - *snapshot*: the world is stopped, all spans are swept. The collector marks what timers and the runtime's own memory point to, marks the blocks that
//!   Ps hold but have not handed out, and turns barriers on. The stop grows neither with the heap nor with the stacks.
//! - *mark*: everything that was reachable at the snapshot will be marked, whatever the program does: a stack is scanned before its goroutine runs
//!   again (`stacks`), and whoever overwrites or clears a pointer outside a stack marks the old one first, and the new one as well. New objects are black. So the mark ends, and
//!   what a stack gets to hold after the snapshot was reachable then, or is new. Weak handles give their object out marked.
//! - *end*: the world is stopped; what barriers have stored is marked. If that leads to more than a little work the world goes on in *mark*, else
//!   barriers go off, spans become unswept by counting the collection, and the program goes on in *off*.
//!
//! Flags change only while the world is stopped, and no goroutine stops between the load of the flag and the store that it guards
//! (unsafe ranges; runtime code stops nowhere). The variables of the image are scanned during *mark*: stores to them have barriers.
//!
//! One goroutine of the overlay leads through the states (`gcLoop`); Ps mark in between (`mark_here`), with a quarter of their time or all of it when idle,
//! and allocations pay for their share (`assist`). A program without that goroutine is collected with the world stopped (`collect_stopped`).
//!
//! Objects do not move. Interior pointers keep an object alive; a pointer one past its end does not.

pub(crate) mod pace;
mod phase;
pub(crate) mod stacks;
pub(crate) mod stats;
mod variables;
pub(crate) mod work;
mod worker;

pub(crate) use phase::{collect_stopped, gc_mark, gc_mark_resume, gc_stop};
pub(crate) use worker::{assist, has_marking, mark_here, wants_marking};

use super::central::CENTRAL;
use super::pages::PAGES;
use super::specials;
use crate::sched::{
    G, SCHED, Status, WaitReason, current_g, current_m, environment, park, ready, ready_last,
};
use crate::sync::{Mutex, rank::Rank};
use arch::Outcome;
use core::cell::UnsafeCell;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::Relaxed};

// How many collections have ended their marking. Written while the world is stopped.
static COLLECTIONS: AtomicU32 = AtomicU32::new(0);
// Whether barriers are on. Written while the world is stopped.
static MARKING: AtomicBool = AtomicBool::new(false);
// A collection at every so many allocations; 0: no torture. Written before the first allocation.
static TORTURE: AtomicUsize = AtomicUsize::new(0);
static N_TORTURED: AtomicUsize = AtomicUsize::new(0);

/// How many collections there were.
pub fn collections() -> u32 {
    COLLECTIONS.load(Relaxed)
}

/// Whether pointers that are overwritten must be marked, and new objects are black.
#[inline]
pub(crate) fn is_marking() -> bool {
    MARKING.load(Relaxed)
}

/// Whether allocations come one by one to Rust and freed blocks are filled.
#[inline]
pub(crate) fn poisons() -> bool {
    cfg!(feature = "checked") || TORTURE.load(Relaxed) != 0
}

/// Reads the environment. Called before the first allocation.
pub(crate) fn init() {
    pace::init();
    stats::init();
    TORTURE.store(environment(b"RIGO_GC_TORTURE").and_then(number).unwrap_or(0) as usize, Relaxed);
}

/// A decimal number.
pub(crate) fn number(text: &[u8]) -> Option<i64> {
    let digits = text.iter().try_fold(0i64, |n, &digit| {
        digit.is_ascii_digit().then(|| n.saturating_mul(10).saturating_add((digit - b'0') as i64))
    });
    digits.filter(|_| !text.is_empty())
}

/// What the goroutine of the collector waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parked {
    No,
    Request,
    MarkEnd,
}

struct State {
    /// The goroutine of the collector, once it runs.
    gp: *mut G,
    parked: Parked,
    is_wanted: bool,
    is_forced: bool,
    /// Goroutines that wait for a collection, linked; each has in `scratch[0]` the number of the one it waits for.
    waiting: *mut G,
}

struct Control {
    lock: Mutex,
    // `lock` must be held for this.
    state: UnsafeCell<State>,
}

// SAFETY: `state` is used under `lock` only.
unsafe impl Sync for Control {}

static CONTROL: Control = Control {
    lock: Mutex::new(Rank::Collector),
    state: UnsafeCell::new(State {
        gp: null_mut(),
        parked: Parked::No,
        is_wanted: false,
        is_forced: false,
        waiting: null_mut(),
    }),
};

impl Control {
    fn with<R>(&self, f: impl FnOnce(&mut State) -> R) -> R {
        self.lock.lock();
        // SAFETY: the lock is held.
        let result = f(unsafe { &mut *self.state.get() });
        self.lock.unlock();
        result
    }

    /// Takes the collector's goroutine out of its wait for `what`.
    fn wake(&self, what: Parked) -> Option<*mut G> {
        self.with(|state| {
            (state.parked == what).then(|| {
                state.parked = Parked::No;
                state.gp
            })
        })
    }
}

/// Notes that a P may allocate `bytes` more.
pub(crate) fn count_allocated(bytes: usize) {
    pace::count(bytes);
    if is_marking() {
        // SAFETY: the M is this thread's own.
        unsafe { (*current_m()).assist_bytes += bytes };
    }
}

/// What an allocation does for the collector before it takes a block.
#[inline]
pub(crate) fn before_allocation() {
    if pace::is_needed() {
        begin();
    }
    let torture = TORTURE.load(Relaxed);
    if torture != 0 && N_TORTURED.fetch_add(1, Relaxed) % torture == torture - 1 {
        // Now and then beside the program.
        if (N_TORTURED.load(Relaxed) / torture).is_multiple_of(4) {
            begin();
        } else {
            collect_stopped();
        }
    }
}

/// Begins a collection, or does a whole one if the collector has no goroutine.
#[cold]
fn begin() {
    let has_goroutine = CONTROL.with(|state| {
        state.is_wanted = true;
        !state.gp.is_null()
    });
    if !has_goroutine {
        collect_stopped();
        return;
    }
    // The collector's goroutine runs at once: otherwise the heap could outgrow its goal until somebody else stops.
    let turn = match CONTROL.wake(Parked::Request) {
        Some(gp) => {
            ready(gp);
            Turn::Next
        }
        None if is_marking() => return,
        None => {
            // It sweeps still, between other goroutines.
            const SPANS: usize = 64;
            if !CENTRAL.sweep_some(SPANS) {
                // It is about to begin on another M, which may wait for this processor.
                platform::osyield();
            }
            Turn::Last
        }
    };
    // SAFETY: the M is this thread's own.
    unsafe { (*current_m()).turn = turn };
}

/// Which goroutine runs when the entry of the current one ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// The current one.
    Own,
    /// The one made ready last.
    Next,
    /// All others before the current one.
    Last,
}

/// Takes what the current goroutine should do for the collector's.
#[inline]
pub(crate) fn take_turn() -> Turn {
    // SAFETY: the M is this thread's own.
    unsafe { core::mem::replace(&mut (*current_m()).turn, Turn::Own) }
}

/// Begins a collection if there was none for two minutes. Called by the monitor, which has no P.
pub(crate) fn begin_if_late(now: i64) {
    const PERIOD_NS: i64 = 120_000_000_000;
    if pace::is_off() || now - stats::last_end() < PERIOD_NS {
        return;
    }
    CONTROL.with(|state| state.is_wanted = true);
    if let Some(gp) = CONTROL.wake(Parked::Request) {
        // SAFETY: the goroutine was taken out of its wait, so nobody else wakes it.
        unsafe {
            while (*gp).status() != Status::Waiting {
                core::hint::spin_loop();
            }
            (*gp).set_status(Status::Runnable);
        }
        SCHED.put_global_without_p(gp);
    }
}

/// `runtime.gcwait()`: the collector's goroutine waits until a collection is wanted.
pub(crate) extern "C" fn gc_wait() -> Outcome {
    let gp = current_g();
    CONTROL.lock.lock();
    // SAFETY: the lock is held until after the goroutine is parked.
    let state = unsafe { &mut *CONTROL.state.get() };
    state.gp = gp;
    // SAFETY: the current goroutine belongs to this M.
    unsafe { (*gp).is_system = true };
    if core::mem::take(&mut state.is_wanted) {
        CONTROL.lock.unlock();
        return Outcome::done(0);
    }
    state.parked = Parked::Request;
    park(WaitReason("GC worker (idle)"));
    CONTROL.lock.unlock();
    Outcome::PARK
}

/// `runtime.gcsweep()`: sweeps a little; whether there is more to do. Then memory goes back to the system, and who waited for the
/// collection goes on.
pub(crate) extern "C" fn gc_sweep() -> u64 {
    const SPANS: usize = 64;
    let has_more = CENTRAL.sweep_some(SPANS);
    specials::wake();
    if has_more {
        return 1;
    }
    let done = collections();
    let mut waiting = CONTROL.with(|state| core::mem::replace(&mut state.waiting, null_mut()));
    while !waiting.is_null() {
        // SAFETY: goroutines in the list wait for us alone.
        unsafe {
            let gp = waiting;
            waiting = (*gp).link;
            if (*gp).scratch[0] as u32 <= done {
                // After the goroutines that call finalizers.
                ready_last(gp);
            } else {
                CONTROL.with(|state| {
                    (*gp).link = state.waiting;
                    state.waiting = gp;
                    state.is_wanted = true;
                });
            }
        }
    }
    const RELEASE_BYTES: usize = 4 << 20;
    (PAGES.release_some(pace::retained_bytes(), RELEASE_BYTES) > 0) as u64
}

/// `runtime.GC`: waits for a collection that begins now and for its sweep.
pub(crate) extern "C" fn run() -> Outcome {
    let gp = current_g();
    CONTROL.lock.lock();
    // SAFETY: the lock is held until after the goroutine is parked.
    let state = unsafe { &mut *CONTROL.state.get() };
    if state.gp.is_null() {
        state.is_forced = true;
        CONTROL.lock.unlock();
        // Without a goroutine of its own it is done here; if another M collects, this goroutine waits like all others.
        if collect_stopped() {
            while CENTRAL.sweep_some(usize::MAX) {}
            specials::wake();
        }
        // Finalizers run now, and the collector's goroutine if it is about to begin.
        return crate::sched::gosched();
    }
    // One that marks already may have missed what died since.
    let next = collections() + 1 + is_marking() as u32;
    // SAFETY: the current goroutine belongs to this M until it is parked.
    unsafe {
        (*gp).scratch[0] = next as usize;
        (*gp).link = state.waiting;
    }
    state.waiting = gp;
    state.is_wanted = true;
    state.is_forced = true;
    let collector = (state.parked == Parked::Request).then_some(state.gp);
    if collector.is_some() {
        state.parked = Parked::No;
    }
    park(WaitReason("wait for GC cycle"));
    CONTROL.lock.unlock();
    if let Some(collector) = collector {
        ready(collector);
    }
    Outcome::PARK
}

/// Marks the object at `addr` while marking runs. Called by an M with a P.
pub(crate) fn shade(addr: usize) {
    // SAFETY: an M in an entry holds a P, which is its own.
    unsafe { (*(*current_m()).p).heap.work.mark_word(addr) };
}

/// Empties the buffer of the write barrier of this M's P.
pub(crate) extern "C" fn flush_barrier() {
    // SAFETY: an M in an entry holds a P, which is its own.
    unsafe { (*(*current_m()).p).heap.take_barrier(|work, word| work.mark_word(word)) };
}

fn set_marking(on: bool) {
    MARKING.store(on, Relaxed);
    arch::set_write_barrier(on);
}

/// Takes what decides that the collection is a forced one.
fn take_forced() -> bool {
    CONTROL.with(|state| core::mem::take(&mut state.is_forced))
}
