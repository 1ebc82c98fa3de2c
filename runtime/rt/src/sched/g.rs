//! The goroutine.

use super::schedule::SCHED;
use super::status::{Status, StatusWord};
use super::timers::Timer;
use super::{M, P, current_g, current_m, stack};
use crate::heap::gc::stacks;
use crate::heap::persistent;
use crate::lang::sudog::Sudog;
use crate::sync::{Mutex, rank::Rank};
use abi::g::GHead;
use core::ptr::null_mut;
use core::sync::atomic::{
    AtomicBool, AtomicPtr, AtomicU32, AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
};

/// Why a goroutine waits, in the words of tracebacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitReason(pub &'static str);

/// A goroutine. Never freed, only reused. The collector scans all of it, word by word, unless it has ended.
#[repr(C)]
pub struct G {
    /// What compiled code and stubs touch.
    pub head: GHead,
    pub(crate) status: StatusWord,
    pub(crate) id: u64,
    /// The next G of the list it is in.
    pub(crate) link: *mut G,
    /// The next of all Gs; written once.
    all_link: *mut G,
    pub(crate) wait_reason: WaitReason,
    /// Set by whoever makes it ready: the sudog whose operation is complete.
    pub(crate) param: *mut Sudog,
    /// Sudogs it waits with, linked through `wait_link`.
    pub(crate) waiting: *mut Sudog,
    // Whether a select of this goroutine is already decided. Set by compare-and-swap of the one who decides.
    pub(crate) select_done: AtomicU32,
    /// The M it is tied to, or null (`lock`).
    pub(crate) tied_m: *mut M,
    /// Return address of the `go` statement that made it, and the id of the goroutine that ran it.
    pub(crate) created_by_pc: usize,
    pub(crate) parent_id: u64,
    /// The code of the func value it began with, or 0.
    pub(crate) start_code: usize,
    // Whether its M should be interrupted. Set by anybody, cleared by the scheduler and the handler.
    pub(crate) should_stop: AtomicBool,
    /// The fault that its `sigpanic` is about.
    pub(crate) fault: crate::lang::fault::FaultInfo,
    /// Whether bad addresses that are not near 0 can be recovered (`debug.SetPanicOnFault`).
    pub(crate) panics_on_fault: bool,
    /// Ends its `time.Sleep`.
    pub(crate) timer: Timer,
    // Whether the collector has scanned it (`heap::gc::stacks`). Changed by compare-and-swap of whoever scans it.
    pub(crate) scanned: AtomicU32,
    /// Whether it belongs to the runtime: tracebacks and counts leave it out. Written by itself.
    pub(crate) is_system: bool,
    /// The result of a timed wait, or what else the second half of an entry needs.
    pub(crate) scratch: [usize; 4],
}

impl G {
    pub(crate) fn status(&self) -> Status {
        self.status.get()
    }

    /// The next of all Gs, an older one.
    pub(crate) fn next_of_all(&self) -> *mut G {
        self.all_link
    }

    /// Calls `visit` with the element and the object of each sudog it waits with. It does not run.
    pub(crate) fn each_wait(&self, mut visit: impl FnMut(usize, usize)) {
        let mut sudog = self.waiting as *const Sudog;
        // SAFETY: sudogs are never freed; these are its own until it runs again.
        while let Some(found) = unsafe { sudog.as_ref() } {
            visit(found.elem as usize, found.object);
            sudog = found.wait_link;
        }
    }

    pub(crate) fn set_status(&self, status: Status) {
        self.status.set(status);
    }
}

/// Every G ever made, newest first. Pushed under `ALL_LOCK`, read without.
pub static ALL_GS: AllGs = AllGs { first: AtomicPtr::new(null_mut()) };
static ALL_LOCK: Mutex = Mutex::new(Rank::Goroutines);
static NEXT_ID: AtomicU64 = AtomicU64::new(1);

/// The list of all Gs.
pub struct AllGs {
    first: AtomicPtr<G>,
}

impl AllGs {
    /// Every G, newest first.
    pub fn iter(&self) -> impl Iterator<Item = *mut G> {
        let mut next = self.first.load(Acquire);
        core::iter::from_fn(move || {
            let gp = next;
            // SAFETY: Gs are never freed and `all_link` is written before the G is published.
            next = unsafe { gp.as_ref() }?.all_link;
            Some(gp)
        })
    }
}

/// Whether every goroutine of the program has ended.
pub(crate) fn is_without_goroutines() -> bool {
    // SAFETY: Gs are never freed.
    ALL_GS
        .iter()
        .all(|gp| unsafe { (*gp).is_system || matches!((*gp).status(), Status::Dead | Status::Idle) })
}

fn allocate() -> *mut G {
    let gp = persistent::alloc_unscanned(size_of::<G>(), 64) as *mut G;
    ALL_LOCK.lock();
    // SAFETY: fresh zeroed memory, which nobody else knows. Zero is a valid value of every other field.
    unsafe {
        (&raw mut (*gp).wait_reason).write(WaitReason(""));
        (&raw mut (*gp).fault).write(crate::lang::fault::FaultInfo::NONE);
        (&raw mut (*gp).timer).write(Timer::idle());
        (*gp).all_link = ALL_GS.first.load(Relaxed);
    }
    // Pairs with the Acquire in `iter`.
    ALL_GS.first.store(gp, Release);
    ALL_LOCK.unlock();
    gp
}

/// Makes a goroutine that will call the func value `start`. The caller makes it runnable.
pub(crate) fn create(pp: *mut P, start: usize) -> *mut G {
    // SAFETY: a func value begins with the address of its code.
    let code = unsafe { *(start as *const usize) };
    create_with(pp, start, code, stack::first_bytes(code))
}

/// Makes the main goroutine.
pub(super) fn create_main(pp: *mut P, start: usize) -> *mut G {
    create_with(pp, start, 0, stack::MAIN_BYTES)
}

fn create_with(pp: *mut P, start: usize, code: usize, stack_bytes: usize) -> *mut G {
    // SAFETY: the P belongs to this M.
    let gp = SCHED.take_free(unsafe { &mut (*pp).free_gs }).unwrap_or_else(allocate);
    stacks::note_new(gp);
    // SAFETY: a G from a free list or just made belongs to this M alone.
    unsafe {
        let g = &mut *gp;
        stack::attach_first(&mut g.head, stack_bytes);
        g.start_code = code;
        g.head.start = start;
        g.head.defers = 0;
        g.head.panics = 0;
        g.head.segment = 0;
        g.panics_on_fault = false;
        g.head.result1 = 0;
        g.head.result2 = 0;
        g.scratch = [0; 4];
        g.is_system = false;
        g.param = null_mut();
        g.waiting = null_mut();
        g.id = NEXT_ID.fetch_add(1, Relaxed);
        arch::init_context(&raw mut g.head);
    }
    gp
}

/// `runtime.newproc`: starts a goroutine.
pub(crate) extern "C" fn newproc(start: usize) {
    let mp = current_m();
    let parent = current_g();
    // SAFETY: an M that runs an entry has a P, and the current G is its own.
    unsafe {
        let pp = (*mp).p;
        let gp = create(pp, start);
        (*gp).parent_id = (*parent).id;
        // The stub's frame: caller's frame pointer, return address.
        (*gp).created_by_pc = *(((*parent).head.sp + 8) as *const usize);
        (*gp).set_status(Status::Runnable);
        (*pp).put_next(gp);
    }
    SCHED.wake_p();
}
