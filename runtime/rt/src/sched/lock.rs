//! Goroutines tied to threads: `runtime.LockOSThread`.
//!
//! A goroutine that is tied runs on its M alone, and its M runs nothing else. When it parks, its M gives the P away and sleeps on
//! its Note. Whoever finds it runnable hands its own P to that M and goes idle itself (`run_tied`). When it ends while it is tied, its thread ends with it:
//! whatever the program did to the thread does not reach other goroutines.
//!
//! For the same reason an M that is tied starts no thread, since a thread inherits what its maker is: from the first `LockOSThread`
//! on a template thread, which runs no goroutine, starts them all.
//!
//! While packages are initialised the main goroutine is tied to the first thread, as in gc.

use super::m::{self, M};
use super::schedule::SCHED;
use super::{G, current_g, current_m};
use crate::sync::{Mutex, Note, rank::Rank};
use core::cell::UnsafeCell;
use core::ptr::null_mut;
use core::sync::atomic::{
    AtomicBool,
    Ordering::{AcqRel, Relaxed},
};

/// `runtime.LockOSThread`.
pub(crate) extern "C" fn lock_os_thread() {
    if !TEMPLATE.exists.swap(true, AcqRel) {
        m::new_system_m(start_threads);
    }
    // SAFETY: both belong to this thread.
    unsafe { (*current_m()).n_ties += 1 };
    tie(current_m(), current_g());
}

/// `runtime.UnlockOSThread`: undoes one `LockOSThread`, if there was one.
pub(crate) extern "C" fn unlock_os_thread() {
    let mp = current_m();
    // SAFETY: the M is this thread's own.
    unsafe {
        if (*mp).n_ties > 0 {
            (*mp).n_ties -= 1;
            untie(mp, current_g());
        }
    }
}

/// Ties the main goroutine to the first thread until `init_done`.
pub(crate) fn tie_main(mp: *mut M, gp: *mut G) {
    // SAFETY: both belong to this thread.
    unsafe { (*mp).is_initialising = true };
    tie(mp, gp);
}

/// `runtime.initdone`: the packages are initialised. A `LockOSThread` of an `init` function stays.
pub(crate) extern "C" fn init_done() {
    let mp = current_m();
    // SAFETY: the M is this thread's own.
    unsafe { (*mp).is_initialising = false };
    untie(mp, current_g());
}

fn tie(mp: *mut M, gp: *mut G) {
    // SAFETY: both belong to this thread.
    unsafe {
        (*mp).tied_g = gp;
        (*gp).tied_m = mp;
    }
}

/// Unties both unless something still ties them.
fn untie(mp: *mut M, gp: *mut G) {
    // SAFETY: both belong to this thread.
    unsafe {
        if (*mp).n_ties == 0 && !(*mp).is_initialising {
            (*mp).tied_g = null_mut();
            (*gp).tied_m = null_mut();
        }
    }
}

/// Waits until the goroutine that `mp` is tied to is runnable, and returns it. `mp` has a P then.
pub(crate) fn wait_for_tied(mp: *mut M) -> *mut G {
    give_p_away(mp);
    SCHED.count_tied_idle();
    // SAFETY: `mp` is this thread's M. Its Note has one waker: who took its goroutine out of a run queue.
    unsafe {
        (*mp).park.sleep();
        (*mp).park.clear();
        SCHED.acquire_p(mp, (*mp).next_p);
        (*mp).tied_g
    }
}

/// Lets `gp`, which this M took out of a run queue and which is tied to another one, run there with this M's P. Comes back with
/// another P.
pub(crate) fn run_tied(mp: *mut M, gp: *mut G) {
    // SAFETY: `mp` is this thread's M. The M of `gp` sleeps or is about to, and only who owns `gp` wakes it.
    unsafe {
        let target = (*gp).tied_m;
        (*target).next_p = core::mem::replace(&mut (*mp).p, null_mut());
        SCHED.uncount_tied_idle();
        (*target).park.wakeup();
    }
    SCHED.go_idle(mp);
}

/// Ends this thread, whose tied goroutine has ended.
pub(crate) fn end_thread(mp: *mut M) -> ! {
    give_p_away(mp);
    // SAFETY: `mp` is this thread's M.
    let is_first = unsafe { (*mp).is_first };
    SCHED.uncount_m(mp, is_first);
    if is_first {
        // Were it to end, tools would show a process that is a zombie. It sleeps instead: nobody has its Note.
        loop {
            // SAFETY: as above.
            unsafe { (*mp).park.sleep() };
        }
    }
    platform::exit_thread()
}

fn give_p_away(mp: *mut M) {
    // SAFETY: `mp` is this thread's M.
    let pp = unsafe { core::mem::replace(&mut (*mp).p, null_mut()) };
    if !pp.is_null() {
        SCHED.hand_off(pp);
    }
}

/// The thread that starts threads, and those that it is to start.
struct Template {
    exists: AtomicBool,
    lock: Mutex,
    // `lock` must be held for these.
    first: UnsafeCell<*mut M>,
    is_asleep: UnsafeCell<bool>,
    note: Note,
}

// SAFETY: `first` and `is_asleep` are used under `lock` only.
unsafe impl Sync for Template {}

static TEMPLATE: Template = Template {
    exists: AtomicBool::new(false),
    lock: Mutex::new(Rank::Template),
    first: UnsafeCell::new(null_mut()),
    is_asleep: UnsafeCell::new(false),
    note: Note::new(),
};

/// Whether this thread is one that others must not inherit from.
pub(crate) fn is_tied() -> bool {
    // SAFETY: the thread pointer leads to this thread's M, or is null in unit tests.
    TEMPLATE.exists.load(Relaxed) && unsafe { current_m().as_ref() }.is_some_and(|mp| mp.n_ties > 0)
}

/// Lets the template thread start the thread of `mp`.
pub(crate) fn start_later(mp: *mut M) {
    TEMPLATE.lock.lock();
    // SAFETY: the lock is held; `mp` has no thread yet, so its link is ours.
    let wakes = unsafe {
        (*mp).idle_link = core::mem::replace(&mut *TEMPLATE.first.get(), mp);
        core::mem::replace(&mut *TEMPLATE.is_asleep.get(), false)
    };
    TEMPLATE.lock.unlock();
    if wakes {
        TEMPLATE.note.wakeup();
    }
}

/// What the template thread does.
fn start_threads() -> ! {
    loop {
        TEMPLATE.lock.lock();
        // SAFETY: the lock is held.
        let mut next = unsafe {
            let next = core::mem::replace(&mut *TEMPLATE.first.get(), null_mut());
            *TEMPLATE.is_asleep.get() = next.is_null();
            next
        };
        TEMPLATE.lock.unlock();
        if next.is_null() {
            TEMPLATE.note.sleep();
            TEMPLATE.note.clear();
        }
        while !next.is_null() {
            let mp = next;
            // SAFETY: Ms that wait here have no thread, so their links are ours. The link is read before the thread starts.
            next = unsafe { core::mem::replace(&mut (*mp).idle_link, null_mut()) };
            m::start_thread(mp);
        }
    }
}
