//! The scheduler: finds the next goroutine for an M; starts and stops Ms.

use super::m::new_m;
use super::pauses::pause;
use super::{G, GQueue, M, P, current_m, lock, netpoll, procs, signals, stop, timers};
use crate::heap::gc;
use crate::sync::{Mutex, rank::Rank};
use core::cell::UnsafeCell;
use core::ptr::null_mut;
use core::sync::atomic::{
    AtomicBool, AtomicPtr, AtomicU32,
    Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst},
    fence,
};

/// A P on the idle list, or on its way to an M.
pub(crate) const P_IDLE: u32 = 0;
/// A P that its M uses.
pub(crate) const P_RUNNING: u32 = 1;
/// A P whose M is in a system call; anybody may take it.
pub(crate) const P_SYSCALL: u32 = 2;
/// A P that belongs to the M that stops the world.
pub(crate) const P_STOPPED: u32 = 3;

/// The most Ps there can be.
pub const MAX_PS: usize = 1024;

/// What all Ms share.
pub struct Sched {
    lock: Mutex,
    shared: UnsafeCell<Shared>,
    // No lock. Written by Ms that begin or end spinning; read by whoever submits work.
    n_spinning: AtomicU32,
    // Written under the lock; read without, as a hint.
    n_idle_p: AtomicU32,
    n_global: AtomicU32,
    n_m: AtomicU32,
    next_m: AtomicU32,
    has_free: AtomicBool,
    // Written by `start` before there is a second M.
    n_p: AtomicU32,
    all_p: [AtomicPtr<P>; MAX_PS],
}

/// What the lock guards.
pub(crate) struct Shared {
    global: GQueue,
    idle_p: *mut P,
    idle_m: *mut M,
    n_idle_m: u32,
    /// How many Ms sleep until the goroutine that is tied to them is runnable. May be -1 for a moment.
    n_tied_idle: i32,
    /// Ms whose threads end or have ended, linked through `idle_link`.
    dead_m: *mut M,
    free_gs: GQueue,
    /// How many Ps are still to stop while the world stops.
    pub(crate) n_to_stop: u32,
}

/// How many there are, at one moment.
pub(crate) struct Counts {
    pub(crate) n_spinning: u32,
    pub(crate) n_idle_m: u32,
    pub(crate) n_tied_idle: i32,
    pub(crate) n_global: usize,
}

/// A P keeps at most this many dead goroutines; half of them go to the others then.
const MOST_FREE_GS: usize = 64;

// SAFETY: `shared` is used under `lock` only; everything else is atomic.
unsafe impl Sync for Sched {}

/// The scheduler.
pub static SCHED: Sched = Sched {
    lock: Mutex::new(Rank::Sched),
    shared: UnsafeCell::new(Shared {
        global: GQueue::new(),
        idle_p: null_mut(),
        idle_m: null_mut(),
        n_idle_m: 0,
        n_tied_idle: 0,
        dead_m: null_mut(),
        free_gs: GQueue::new(),
        n_to_stop: 0,
    }),
    n_spinning: AtomicU32::new(0),
    n_idle_p: AtomicU32::new(0),
    n_global: AtomicU32::new(0),
    n_m: AtomicU32::new(1),
    next_m: AtomicU32::new(1),
    has_free: AtomicBool::new(false),
    n_p: AtomicU32::new(0),
    all_p: [const { AtomicPtr::new(null_mut()) }; MAX_PS],
};

impl Sched {
    /// What `schedtrace` prints.
    pub(crate) fn counts(&self) -> Counts {
        self.with(|shared| Counts {
            n_spinning: self.n_spinning.load(Relaxed),
            n_idle_m: shared.n_idle_m,
            n_tied_idle: shared.n_tied_idle,
            n_global: shared.global.len(),
        })
    }

    pub(crate) fn with<R>(&self, f: impl FnOnce(&mut Shared) -> R) -> R {
        self.lock.lock();
        // SAFETY: the lock is held, and `f` cannot reach `shared` in another way.
        let result = f(unsafe { &mut *self.shared.get() });
        self.lock.unlock();
        result
    }

    pub(crate) fn next_m_id(&self) -> u32 {
        self.next_m.fetch_add(1, Relaxed)
    }

    /// Counts one more M that can run goroutines; how many there are then.
    pub(crate) fn count_m(&self) -> u32 {
        self.n_m.fetch_add(1, Relaxed) + 1
    }

    /// How many Ms can run goroutines.
    pub(crate) fn n_m(&self) -> u32 {
        self.n_m.load(Relaxed)
    }

    /// Counts `mp` no more. Unless it is the first one it can be used again when its thread has ended.
    pub(crate) fn uncount_m(&self, mp: *mut M, is_first: bool) {
        self.with(|shared| {
            self.n_m.fetch_sub(1, Relaxed);
            if !is_first {
                // SAFETY: `mp` is this thread's M and in no list.
                unsafe { (*mp).idle_link = shared.dead_m };
                shared.dead_m = mp;
            }
            self.check_deadlock(shared);
        });
    }

    /// Takes an M whose thread has ended.
    pub(crate) fn take_dead_m(&self) -> Option<*mut M> {
        self.with(|shared| {
            let mut link = &raw mut shared.dead_m;
            // SAFETY: the lock is held; the list links Ms, which are never freed.
            unsafe {
                // Pairs with what the platform does when the thread has left its stacks.
                while let Some(mp) = (*link).as_mut() {
                    if mp.head.has_thread.load(Acquire) == 0 {
                        *link = mp.idle_link;
                        return Some(&raw mut *mp);
                    }
                    link = &raw mut mp.idle_link;
                }
            }
            None
        })
    }

    /// Counts one more M that sleeps for its tied goroutine.
    pub(crate) fn count_tied_idle(&self) {
        self.with(|shared| {
            shared.n_tied_idle += 1;
            self.check_deadlock(shared);
        });
    }

    /// Undoes `count_tied_idle`.
    pub(crate) fn uncount_tied_idle(&self) {
        self.with(|shared| shared.n_tied_idle -= 1);
    }

    /// Puts a dead goroutine on the P's list, or on everybody's when that is long: they may be made
    /// on one P and end on another.
    pub(super) fn put_free(&self, local: &mut GQueue, gp: *mut G) {
        local.push(gp);
        if local.len() >= MOST_FREE_GS {
            self.with(|shared| {
                while local.len() > MOST_FREE_GS / 2
                    && let Some(gp) = local.pop()
                {
                    shared.free_gs.push(gp);
                }
                self.has_free.store(true, Relaxed);
            });
        }
    }

    /// Puts a dead goroutine on everybody's list.
    pub(crate) fn put_free_global(&self, gp: *mut G) {
        self.with(|shared| {
            shared.free_gs.push(gp);
            self.has_free.store(true, Relaxed);
        });
    }

    /// Takes a dead goroutine to be used again.
    pub(crate) fn take_free(&self, local: &mut GQueue) -> Option<*mut G> {
        if local.is_empty() && self.has_free.load(Relaxed) {
            self.with(|shared| {
                while local.len() < MOST_FREE_GS / 2
                    && let Some(gp) = shared.free_gs.pop()
                {
                    local.push(gp);
                }
                self.has_free.store(!shared.free_gs.is_empty(), Relaxed);
            });
        }
        local.pop()
    }

    /// How many Ps there are.
    pub fn n_p(&self) -> u32 {
        self.n_p.load(Relaxed)
    }

    /// The Ps.
    pub fn all_p(&self) -> impl Iterator<Item = *mut P> {
        self.all_p[..self.n_p() as usize].iter().map(|pp| pp.load(Acquire))
    }

    /// The Ps, and those that were one when GOMAXPROCS was larger.
    pub(crate) fn every_p(&self) -> impl Iterator<Item = *mut P> {
        self.all_p.iter().map(|pp| pp.load(Acquire)).take_while(|pp| !pp.is_null())
    }

    /// Whether the global queue seems to hold a goroutine.
    pub(crate) fn has_global(&self) -> bool {
        self.n_global.load(Relaxed) > 0
    }

    /// Adds a P that its M holds already.
    pub(crate) fn add_running_p(&self, pp: *mut P) {
        // SAFETY: Ps are never freed.
        let id = unsafe { (*pp).id };
        self.all_p[id as usize].store(pp, Release);
        self.n_p.fetch_add(1, Relaxed);
    }

    /// Adds a P, idle.
    pub(crate) fn add_p(&self, pp: *mut P) {
        self.add_running_p(pp);
        self.with(|shared| self.put_idle_p(shared, pp));
    }

    /// Changes the number of Ps to `n`; false if the world cannot be stopped now. The current M keeps a P.
    pub(crate) fn resize(&self, n: u32) -> bool {
        let n = n.clamp(1, MAX_PS as u32);
        let mp = current_m();
        if !self.stop_the_world(mp) {
            return false;
        }
        let former = self.n_p();
        for id in former..n {
            // A P that was there before is used again.
            if self.all_p[id as usize].load(Acquire).is_null() {
                self.all_p[id as usize].store(P::make(id), Release);
            }
        }
        // SAFETY: the world is stopped: all Ps are ours.
        unsafe {
            let own = (*mp).p;
            for id in n..former {
                (*self.all_p[id as usize].load(Acquire)).retire();
            }
            if (*own).id >= n {
                self.acquire_p(mp, self.all_p[0].load(Acquire));
            }
            self.n_p.store(n, Relaxed);
            self.with(|shared| {
                // Idle Ps are put back by `start_the_world`, which looks at all that are stopped.
                shared.idle_p = null_mut();
                self.n_idle_p.store(0, Relaxed);
            });
            let own = (*mp).p;
            self.all_p().filter(|&pp| pp != own).for_each(|pp| (*pp).set_state(P_STOPPED));
        }
        self.start_the_world(mp);
        true
    }

    pub(crate) fn put_idle_p(&self, shared: &mut Shared, pp: *mut P) {
        // SAFETY: the lock is held and nobody holds the P.
        unsafe {
            (*pp).m.store(null_mut(), Relaxed);
            (*pp).set_state(P_IDLE);
            (*pp).idle_link = shared.idle_p;
        }
        shared.idle_p = pp;
        self.n_idle_p.fetch_add(1, Relaxed);
    }

    /// How many Ps are on the idle list.
    pub(crate) fn n_idle_p(&self) -> u32 {
        self.n_idle_p.load(Relaxed)
    }

    /// Takes an idle P for this M.
    pub(crate) fn acquire_idle_p(&self) -> Option<*mut P> {
        self.with(|shared| self.take_idle_p(shared))
    }

    /// Gives `pp`, which nobody holds, to an M if there is work for it, else to whoever stops the world, else to the idle list.
    pub(crate) fn hand_off(&self, pp: *mut P) {
        // SAFETY: Ps are never freed.
        if unsafe { !(*pp).is_empty() } || self.has_global() {
            self.start_m(pp, false);
            return;
        }
        // Somebody must wait for what comes from outside.
        if netpoll::needs_wait() && self.n_spinning.compare_exchange(0, 1, AcqRel, Relaxed).is_ok() {
            self.start_m(pp, true);
            return;
        }
        pause();
        let is_needed = self.with(|shared| {
            if stop::is_stopping() {
                self.give_up_p(shared, pp);
            } else if shared.global.is_empty() {
                self.put_idle_p(shared, pp);
            } else {
                // Somebody has put it there who saw no idle P.
                return true;
            }
            false
        });
        if is_needed {
            self.start_m(pp, false);
        }
    }

    /// The monitor's round over Ps in system calls: takes `pp` away if it has been in the same one for a round (`seen`) and is needed.
    pub(crate) fn retake(&self, pp: *mut P, seen: u32) -> bool {
        // SAFETY: Ps are never freed.
        let p = unsafe { &*pp };
        let is_needed = !p.is_empty()
            || self.n_global.load(Relaxed) > 0
            || timers::next_when() <= platform::nanotime()
            || netpoll::needs_wait();
        let taken = is_needed
            && self.with(|_| {
                !stop::is_stopping() && p.state_word.load(Relaxed) == seen && p.take_from_syscall(P_IDLE)
            });
        if taken {
            self.start_m(pp, false);
        }
        taken
    }

    fn take_idle_p(&self, shared: &mut Shared) -> Option<*mut P> {
        if stop::is_stopping() {
            return None;
        }
        let pp = shared.idle_p;
        // SAFETY: the lock is held; Ps are never freed.
        shared.idle_p = unsafe { pp.as_ref() }?.idle_link;
        self.n_idle_p.fetch_sub(1, Relaxed);
        Some(pp)
    }

    /// Ties `pp` to `mp`.
    pub(crate) fn acquire_p(&self, mp: *mut M, pp: *mut P) {
        // SAFETY: `mp` is this thread's M and `pp` was handed to it.
        unsafe {
            (*mp).p = pp;
            (*mp).next_p = null_mut();
            (*mp).head.cache = &raw mut (*pp).heap as usize;
            (*pp).m.store(mp, Relaxed);
            (*pp).set_state(P_RUNNING);
        }
    }

    /// Puts `gp` at the end of the global queue.
    pub(crate) fn put_global(&self, gp: *mut G) {
        self.put_global_batch(&[gp as usize]);
    }

    /// As `put_global`, from an M without P: somebody else must run it.
    pub(crate) fn put_global_without_p(&self, gp: *mut G) {
        pause();
        self.put_global(gp);
        self.wake_p();
    }

    /// Puts a list at the end of the global queue, for an M without P; whether there was something.
    pub(crate) fn put_global_list(&self, list: &mut GQueue) -> bool {
        if list.is_empty() {
            return false;
        }
        let n = list.len();
        self.with(|shared| {
            while let Some(gp) = list.pop() {
                shared.global.push_back(gp);
            }
            self.n_global.store(shared.global.len() as u32, Relaxed);
        });
        for _ in 0..n.min(self.n_p() as usize) {
            self.wake_p();
        }
        true
    }

    pub(crate) fn put_global_batch(&self, items: &[usize]) {
        self.with(|shared| {
            for &item in items {
                shared.global.push_back(item as *mut G);
            }
            self.n_global.store(shared.global.len() as u32, Relaxed);
        });
    }

    /// Takes a fair share of the global queue: one to run, the rest into `pp`'s queue.
    fn take_global(&self, shared: &mut Shared, pp: *mut P, most: usize) -> Option<*mut G> {
        let fair = shared.global.len() / self.n_p().max(1) as usize + 1;
        let first = shared.global.pop()?;
        // SAFETY: the P belongs to this M.
        let runq = unsafe { &(*pp).runq };
        for _ in 1..fair.min(most) {
            let Some(gp) = shared.global.pop() else { break };
            if runq.put(gp as usize).is_err() {
                crate::fatal::throw("local run queue full");
            }
        }
        self.n_global.store(shared.global.len() as u32, Relaxed);
        Some(first)
    }

    /// Starts an M that looks for work, if an idle P is left and nobody looks yet. Call this after submitting work.
    #[inline]
    pub(crate) fn wake_p(&self) {
        // The work was submitted before; pairs with the fence in `stop_spinning`.
        fence(SeqCst);
        if self.n_idle_p.load(Relaxed) != 0 && self.n_spinning.load(Relaxed) == 0 {
            self.wake_p_slow();
        }
    }

    #[cold]
    fn wake_p_slow(&self) {
        if self.n_spinning.compare_exchange(0, 1, AcqRel, Relaxed).is_err() {
            return;
        }
        match self.with(|shared| self.take_idle_p(shared)) {
            Some(pp) => self.start_m(pp, true),
            None => drop(self.n_spinning.fetch_sub(1, AcqRel)),
        }
    }

    /// Gives `pp` to an idle or new M.
    pub(crate) fn start_m(&self, pp: *mut P, spinning: bool) {
        let mp = self.with(|shared| {
            let mp = shared.idle_m;
            // SAFETY: the lock is held; Ms are never freed.
            if let Some(m) = unsafe { mp.as_mut() } {
                shared.idle_m = m.idle_link;
                shared.n_idle_m -= 1;
                m.is_idle = false;
                m.next_p = pp;
                m.spinning = spinning;
            }
            mp
        });
        // SAFETY: an M taken from the idle list sleeps on its Note and is woken by us alone.
        match unsafe { mp.as_ref() } {
            Some(m) => m.park.wakeup(),
            None => new_m(pp, spinning),
        }
    }

    /// Sleeps until another M hands a P over.
    fn stop_m(&self, mp: *mut M) {
        // SAFETY: `mp` is this thread's M, and its Note has no other sleeper.
        unsafe {
            (*mp).park.sleep();
            (*mp).park.clear();
            self.acquire_p(mp, (*mp).next_p);
        }
    }

    /// Puts this M on the idle list. The lock is held. Ends the program if no M is left that could run anything.
    fn put_idle_m(&self, shared: &mut Shared, mp: *mut M) {
        // SAFETY: `mp` is this thread's M.
        unsafe {
            (*mp).idle_link = shared.idle_m;
            (*mp).is_idle = true;
        }
        shared.idle_m = mp;
        shared.n_idle_m += 1;
        self.check_deadlock(shared);
    }

    /// Ends the program if no M is left that could run anything, and nothing can come from outside. The lock is held.
    fn check_deadlock(&self, shared: &mut Shared) {
        let nothing_can_come =
            timers::next_when() == i64::MAX && !netpoll::has_waiters() && !signals::are_in_use();
        if shared.n_idle_m as i32 + shared.n_tied_idle == self.n_m.load(Relaxed) as i32 && nothing_can_come {
            self.lock.unlock();
            if super::is_without_goroutines() {
                crate::fatal::fatal_error("no goroutines (main called runtime.Goexit) - deadlock!");
            }
            crate::fatal::fatal_error("all goroutines are asleep - deadlock!");
        }
    }

    /// Puts this M, which has no P, on the idle list and sleeps until somebody hands it a P.
    pub(crate) fn go_idle(&self, mp: *mut M) {
        self.with(|shared| self.put_idle_m(shared, mp));
        self.stop_m(mp);
    }

    /// The goroutine that `mp` runs next, and whether it inherits the time slice.
    pub(super) fn choose(&self, mp: *mut M) -> (*mut G, bool) {
        // SAFETY: `mp` is this thread's M.
        unsafe {
            let next = core::mem::replace(&mut (*mp).next_g, null_mut());
            if !next.is_null() {
                if !stop::is_stopping() {
                    return (next, true);
                }
                (*(*mp).p).put_next(next);
            }
            if !(*mp).tied_g.is_null() {
                return (lock::wait_for_tied(mp), false);
            }
            loop {
                let (gp, inherits) = self.find_runnable(mp);
                self.found_work(mp);
                if (*gp).tied_m.is_null() {
                    return (gp, inherits);
                }
                lock::run_tied(mp, gp);
            }
        }
    }

    /// `mp` looks no longer, if it did.
    fn found_work(&self, mp: *mut M) {
        // SAFETY: `mp` is this thread's M.
        let was_spinning = unsafe { core::mem::replace(&mut (*mp).spinning, false) };
        // The last one that looked has found work: there may be more.
        if was_spinning && self.n_spinning.fetch_sub(1, AcqRel) == 1 {
            self.wake_p();
        }
    }

    fn find_runnable(&self, mp: *mut M) -> (*mut G, bool) {
        loop {
            // SAFETY: `mp` is this thread's M.
            let pp = unsafe { (*mp).p };
            if pp.is_null() {
                // It came out of a system call and found no P.
                self.go_idle(mp);
                continue;
            }
            if stop::is_stopping() {
                self.stop_here(mp);
                continue;
            }
            if !procs::change_if_wanted() {
                continue;
            }
            // SAFETY: as above; it may be another one now.
            let pp = unsafe { (*mp).p };
            if gc::wants_marking(pp) {
                gc::mark_here(pp, false);
            }
            if let Some(found) = self.find_here(pp) {
                return found;
            }
            if gc::has_marking(pp) {
                self.found_work(mp);
                gc::mark_here(pp, true);
                continue;
            }
            // At most half of the busy Ps' number looks for work, so that little parallelism costs little.
            // SAFETY: `mp` is this thread's M.
            let spinning = unsafe { &mut (*mp).spinning };
            let n_busy = self.n_p() - self.n_idle_p.load(Relaxed);
            if *spinning || 2 * self.n_spinning.load(Relaxed) < n_busy {
                if !*spinning {
                    *spinning = true;
                    self.n_spinning.fetch_add(1, AcqRel);
                }
                if let Some(gp) = self.steal_work(pp) {
                    return (gp, false);
                }
            }
            if let Some(gp) = self.release_p(mp, pp) {
                return (gp, false);
            }
        }
    }

    /// Gives the P up if the world stops, and sleeps until somebody hands one over.
    fn stop_here(&self, mp: *mut M) {
        // SAFETY: `mp` is this thread's M.
        let spinning = unsafe { &mut (*mp).spinning };
        if core::mem::replace(spinning, false) {
            self.n_spinning.fetch_sub(1, AcqRel);
        }
        let gave_up = self.with(|shared| {
            // The world may go on already.
            if stop::is_stopping() {
                // SAFETY: `mp` is this thread's M.
                let pp = unsafe { core::mem::replace(&mut (*mp).p, null_mut()) };
                self.give_up_p(shared, pp);
                self.put_idle_m(shared, mp);
            }
            stop::is_stopping()
        });
        if gave_up {
            self.stop_m(mp);
        }
    }

    /// Looks where no other M is disturbed.
    fn find_here(&self, pp: *mut P) -> Option<(*mut G, bool)> {
        timers::run_due();
        if signals::is_pending() {
            let mut ready = GQueue::new();
            signals::deliver(&mut ready);
            if let Some(gp) = ready.pop() {
                // SAFETY: the P belongs to this M.
                unsafe { (*pp).put_next(gp) };
            }
        }
        // SAFETY: the P belongs to this M.
        let p = unsafe { &*pp };
        // Now and then the global queue first: two goroutines that make each other ready could keep a P for themselves.
        if p.tick.load(Relaxed).is_multiple_of(61) && self.n_global.load(Relaxed) > 0 {
            let gp = self.with(|shared| self.take_global(shared, pp, 1));
            if let Some(gp) = gp {
                return Some((gp, false));
            }
        }
        if let Some(found) = p.take() {
            return Some(found);
        }
        if self.n_global.load(Relaxed) > 0 {
            let gp = self.with(|shared| self.take_global(shared, pp, super::p::LOCAL_SLOTS / 2));
            if let Some(gp) = gp {
                return Some((gp, false));
            }
        }
        let mut ready = GQueue::new();
        netpoll::look(&mut ready);
        self.take_ready(pp, &mut ready).map(|gp| {
            self.wake_p();
            (gp, false)
        })
    }

    fn steal_work(&self, pp: *mut P) -> Option<*mut G> {
        const ROUNDS: u32 = 4;
        let n_p = self.n_p();
        for round in 0..ROUNDS {
            // SAFETY: the P belongs to this M.
            let start = unsafe { (*pp).next_random() } % n_p;
            for i in 0..n_p {
                let victim = self.all_p[((start + i) % n_p) as usize].load(Acquire);
                if victim == pp {
                    continue;
                }
                // SAFETY: Ps are never freed, and what `steal` uses of them is atomic.
                let stolen = unsafe { (*pp).steal(&*victim, round + 1 == ROUNDS) };
                if stolen.is_some() {
                    return stolen;
                }
            }
        }
        None
    }

    /// Gives the P back and sleeps, unless work turns up on the way. Comes back with a P.
    fn release_p(&self, mp: *mut M, pp: *mut P) -> Option<*mut G> {
        let mut stops = false;
        let found = self.with(|shared| {
            // The P must not go to the idle list now: the world waits for it.
            stops = stop::is_stopping();
            if stops {
                return None;
            }
            if let Some(gp) = self.take_global(shared, pp, super::p::LOCAL_SLOTS / 2) {
                return Some(gp);
            }
            // SAFETY: `mp` is this thread's M.
            unsafe { (*mp).p = null_mut() };
            self.put_idle_p(shared, pp);
            None
        });
        if found.is_some() || stops {
            return found;
        }
        pause();
        if self.stop_spinning(mp) {
            return None;
        }
        pause();
        // The P is idle already; pairs with the fence of whoever sets a timer.
        fence(SeqCst);
        if netpoll::needs_wait() {
            return self.wait_outside(mp);
        }
        let handed = self.with(|shared| {
            // The global queue may have been filled by somebody who saw no idle P.
            if !shared.global.is_empty()
                && let Some(pp) = self.take_idle_p(shared)
            {
                return Some(pp);
            }
            self.put_idle_m(shared, mp);
            None
        });
        match handed {
            Some(pp) => self.acquire_p(mp, pp),
            None => self.stop_m(mp),
        }
        None
    }

    /// Ends the spinning of `mp`, which has no P; true if there is work after all, then it has a P and spins again.
    fn stop_spinning(&self, mp: *mut M) -> bool {
        // SAFETY: `mp` is this thread's M.
        let spinning = unsafe { &mut (*mp).spinning };
        if !core::mem::replace(spinning, false) {
            return false;
        }
        self.n_spinning.fetch_sub(1, AcqRel);
        // First no longer a spinner, then the last look: pairs with the fence in `wake_p`. The global queue was empty when the P became idle, but
        // who has put something there since counted on this spinner.
        fence(SeqCst);
        // SAFETY: Ps are never freed.
        let has_work = self.has_global() || self.all_p().any(|victim| unsafe { !(*victim).is_empty() });
        let is_due = timers::next_when() != i64::MAX && timers::next_when() <= platform::nanotime();
        if !has_work && !is_due {
            return false;
        }
        let Some(pp) = self.acquire_idle_p() else { return false };
        self.begin_spinning(mp, pp);
        true
    }

    /// Takes `pp` and looks for work.
    fn begin_spinning(&self, mp: *mut M, pp: *mut P) {
        // SAFETY: `mp` is this thread's M.
        unsafe { (*mp).spinning = true };
        self.n_spinning.fetch_add(1, AcqRel);
        self.acquire_p(mp, pp);
    }

    /// Waits for descriptors, timers and signals, on behalf of all. Comes back with a P.
    fn wait_outside(&self, mp: *mut M) -> Option<*mut G> {
        let mut ready = GQueue::new();
        netpoll::wait(&mut ready);
        pause();
        match self.acquire_idle_p() {
            Some(pp) => {
                self.begin_spinning(mp, pp);
                self.take_ready(pp, &mut ready)
            }
            None => {
                self.put_global_list(&mut ready);
                self.go_idle(mp);
                None
            }
        }
    }

    /// Takes the first of `ready`; the rest go into the queue of `pp`, which belongs to this M.
    fn take_ready(&self, pp: *mut P, ready: &mut GQueue) -> Option<*mut G> {
        let first = ready.pop()?;
        while let Some(gp) = ready.pop() {
            // SAFETY: the P belongs to this M.
            unsafe { (*pp).put(gp) };
        }
        Some(first)
    }
}
