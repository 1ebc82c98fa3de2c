//! The kernel's scheduler: which thread runs on which hart.
//!
//! Each hart has a run queue and takes turns by the timer, [`slice_ns`] for each thread; one with nothing to do takes from
//! the longest other queue, and sleeps in `wfi` when there is nothing at all. A thread that becomes ready goes to an idle hart if there is one. One whose sleep
//! ends by its deadline runs at once, before the thread that runs: sleepers are the ones with little to do.
//!
//! One lock guards all queues and all states. Go's own scheduler stands above this one and keeps threads few and switches rare, so what a lock for
//! each hart would save is small, and with one a state and a queue never disagree.

use crate::hart::{self, Hart, n_harts};
use crate::lock::{Guard, SpinLock};
use crate::thread::{self, NEVER, State, Thread};
use crate::{clock, csr, sbi, trap};
use core::ptr::null_mut;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// How long a thread runs at least before a deadline of another's interrupts it: on a slow machine the way there may take longer than what is
/// left, and a sleeper that comes again and again would leave it nothing.
const LEAST_NS: u64 = 50_000;

static SLICE_NS: AtomicU64 = AtomicU64::new(10_000_000);

/// How long a thread runs while others wait: 10 ms, or for tests what `RIGO_SLICE_US` in the boot command line says.
fn slice_ns() -> u64 {
    SLICE_NS.load(Relaxed)
}

/// Changes how long a thread runs, from now on.
pub fn set_slice_us(us: u64) {
    SLICE_NS.store(us.max(1) * 1000, Relaxed);
}

/// What the lock guards besides the fields of [`Hart`] and [`Thread`].
pub struct Sched {
    /// A bit for each hart that sleeps.
    idle: u64,
}

pub static SCHED: SpinLock<Sched> = SpinLock::new(Sched { idle: 0 });

/// Threads that wait for something of the kernel's. The scheduler's lock must be held for it.
pub struct WaitQueue {
    first: *mut Thread,
}

// SAFETY: used under the scheduler's lock.
unsafe impl Send for WaitQueue {}

impl WaitQueue {
    pub const fn new() -> WaitQueue {
        WaitQueue { first: null_mut() }
    }
}

impl Sched {
    fn is_idle(&self, hart: *mut Hart) -> bool {
        // SAFETY: a hart's index is never changed.
        self.idle >> unsafe { (*hart).index } & 1 == 1
    }

    /// Gives a thread that is in no queue to a hart: to `near` if it idles, else to any that does, else to `near` all the same.
    /// `here` is the hart that does this, or null.
    fn place(&mut self, thread: *mut Thread, near: *mut Hart, here: *mut Hart, in_front: bool) {
        let hart = match self.idle {
            0 => near,
            _ if self.is_idle(near) => near,
            idle => hart::at(idle.trailing_zeros() as usize),
        };
        // SAFETY: the lock is held.
        unsafe {
            (*thread).state = State::Ready;
            if in_front {
                push_front(hart, thread);
            } else {
                push(hart, thread);
            }
            if self.is_idle(hart) {
                // The next one goes to another hart.
                self.idle &= !(1 << (*hart).index);
                if hart != here {
                    sbi::send_interrupt((*hart).id);
                }
            }
        }
    }

    /// Wakes a sleeping thread.
    fn wake(&mut self, thread: *mut Thread, here: *mut Hart) {
        // SAFETY: the lock is held; threads are never freed.
        unsafe {
            remove_timer(thread);
            leave_queue(thread);
            (*thread).sleeping_on = 0;
            (*thread).slice_left = slice_ns();
            let near = if (*thread).hart.is_null() { here } else { (*thread).hart };
            self.place(thread, near, here, false);
        }
    }

    /// Wakes `thread` if it sleeps on the semaphore at `addr`.
    pub fn wake_from(&mut self, thread: *mut Thread, addr: usize) {
        // SAFETY: the lock is held; threads are never freed.
        unsafe {
            if (*thread).state == State::Sleeping && (*thread).sleeping_on == addr {
                self.wake(thread, this_hart());
            }
        }
    }
}

/// The hart that runs this thread; interrupts are off. Null in an interrupt handler, which does not ask: then a hart is sent an interrupt too many.
fn this_hart() -> *mut Hart {
    let thread = thread::current();
    // SAFETY: with interrupts off the thread stays where it is.
    if thread.is_null() { null_mut() } else { unsafe { (*thread).hart } }
}

/// Wakes all threads of `queue`, a static. `here` is this hart, or null on a thread.
// A raw pointer, because waking a thread changes the queue through the thread.
#[allow(clippy::not_unsafe_ptr_arg_deref)]
pub fn wake_all(queue: *mut WaitQueue, here: *mut Hart) {
    let mut sched = SCHED.lock();
    let here = if here.is_null() { this_hart() } else { here };
    // The queue is changed through `queue` alone: the caller may hold what it is part of exclusively, so the compiler
    // would not expect a change through the pointer that the thread keeps.
    // SAFETY: the lock is held.
    while let Some(thread) = unsafe { (*queue).first.as_mut() } {
        thread.queue = null_mut();
        // SAFETY: as above.
        unsafe { (*queue).first = thread.next };
        sched.wake(thread, here);
    }
}

/// # Safety
/// The scheduler's lock is held and `thread` is in no queue.
unsafe fn push(hart: *mut Hart, thread: *mut Thread) {
    // SAFETY: the caller's contract.
    unsafe {
        (*thread).next = null_mut();
        match (*hart).last.as_mut() {
            Some(last) => last.next = thread,
            None => (*hart).first = thread,
        }
        (*hart).last = thread;
        (*hart).n_ready += 1;
    }
}

/// # Safety
/// As [`push`].
unsafe fn push_front(hart: *mut Hart, thread: *mut Thread) {
    // SAFETY: the caller's contract.
    unsafe {
        (*thread).next = (*hart).first;
        if (*hart).last.is_null() {
            (*hart).last = thread;
        }
        (*hart).first = thread;
        (*hart).n_ready += 1;
    }
}

/// Takes the first thread of a hart's queue.
///
/// # Safety
/// The scheduler's lock is held.
unsafe fn pop(hart: *mut Hart) -> Option<*mut Thread> {
    // SAFETY: the caller's contract.
    unsafe {
        let thread = (*hart).first;
        if thread.is_null() {
            return None;
        }
        (*hart).first = (*thread).next;
        if (*hart).first.is_null() {
            (*hart).last = null_mut();
        }
        (*hart).n_ready -= 1;
        Some(thread)
    }
}

/// The next thread for a hart: its own, or one of the hart that has most.
///
/// # Safety
/// The scheduler's lock is held.
unsafe fn take(hart: *mut Hart) -> Option<*mut Thread> {
    // SAFETY: the caller's contract.
    unsafe {
        pop(hart).or_else(|| {
            let longest = (0..n_harts()).map(hart::at).max_by_key(|&hart| (*hart).n_ready)?;
            pop(longest)
        })
    }
}

/// # Safety
/// The scheduler's lock is held.
unsafe fn leave_queue(thread: *mut Thread) {
    // SAFETY: the caller's contract; a thread that waits in a queue is linked there.
    unsafe {
        let queue = core::mem::replace(&mut (*thread).queue, null_mut());
        if queue.is_null() {
            return;
        }
        let mut link = &raw mut (*queue).first;
        while *link != thread {
            link = &raw mut (**link).next;
        }
        *link = (*thread).next;
    }
}

/// # Safety
/// The scheduler's lock is held; the thread is in no list of timers.
unsafe fn insert_timer(hart: *mut Hart, thread: *mut Thread, deadline: u64) {
    // SAFETY: the caller's contract.
    unsafe {
        let mut link = &raw mut (*hart).timers;
        while !(*link).is_null() && (**link).deadline <= deadline {
            link = &raw mut (**link).timer_next;
        }
        (*thread).deadline = deadline;
        (*thread).timer_next = *link;
        *link = thread;
    }
}

/// # Safety
/// The scheduler's lock is held. A sleeping thread's timer is with the hart that ran it last.
unsafe fn remove_timer(thread: *mut Thread) {
    // SAFETY: the caller's contract.
    unsafe {
        if (*thread).deadline == NEVER {
            return;
        }
        let mut link = &raw mut (*(*thread).hart).timers;
        while *link != thread {
            link = &raw mut (**link).timer_next;
        }
        *link = (*thread).timer_next;
        (*thread).deadline = NEVER;
    }
}

/// Makes a new thread ready.
pub fn start(thread: *mut Thread) {
    let mut sched = SCHED.lock();
    // SAFETY: the lock is held; nobody else knows the thread.
    unsafe { (*thread).slice_left = slice_ns() };
    let here = this_hart();
    sched.place(thread, here, here, false);
}

/// Runs `thread` on this hart, which is starting and has no thread yet.
pub fn start_first(hart: *mut Hart, thread: *mut Thread) -> ! {
    SCHED.lock().keep();
    // SAFETY: the lock is held; this is the hart's own stack.
    unsafe {
        (*thread).slice_left = slice_ns();
        run(hart, thread)
    }
}

/// Puts this thread to sleep on `addr` (a semaphore's address, or 0) until it is woken or `deadline` comes, and gives
/// the lock back. Returns whether the deadline ended the sleep, interrupts on.
pub fn sleep(sched: Guard<'_, Sched>, addr: usize, deadline: u64) -> bool {
    let thread = thread::current();
    sched.keep();
    // SAFETY: the lock is held until `switched` gives it back; this thread and its hart are ours with interrupts off.
    unsafe {
        (*thread).state = State::Sleeping;
        (*thread).sleeping_on = addr;
        (*thread).timed_out = false;
        if deadline != NEVER {
            insert_timer((*thread).hart, thread, deadline);
        }
        trap::rigo_switch();
        (*thread).timed_out
    }
}

/// Puts this thread to sleep in `queue` and gives `inner` back, the lock under which the queue's threads are woken.
pub fn sleep_in<T>(queue: *mut WaitQueue, inner: Guard<'_, T>, deadline: u64) -> bool {
    let sched = SCHED.lock();
    let thread = thread::current();
    // SAFETY: the lock is held; the queue outlives its threads, because all are statics of the kernel.
    unsafe {
        (*thread).queue = queue;
        (*thread).next = (*queue).first;
        (*queue).first = thread;
    }
    inner.unlock_only();
    sleep(sched, 0, deadline)
}

/// Ends this thread.
pub fn end() -> ! {
    SCHED.lock().keep();
    // SAFETY: the lock is held; `switched` does not run the thread again.
    unsafe {
        (*thread::current()).state = State::Ended;
        trap::rigo_switch();
    }
    unreachable!()
}

/// Lets the other threads of this hart run.
pub fn yield_now() {
    let sched = SCHED.lock();
    let thread = thread::current();
    // SAFETY: the lock is held until `switched` gives it back.
    unsafe {
        let hart = (*thread).hart;
        if (*hart).n_ready == 0 {
            return;
        }
        sched.keep();
        (*thread).state = State::Ready;
        (*thread).slice_left = slice_ns();
        push(hart, thread);
        trap::rigo_switch();
    }
}

/// The other end of `rigo_switch`: the thread is stored, the lock is held, this is the hart's stack.
pub extern "C" fn switched(thread: *mut Thread) -> ! {
    // SAFETY: as said above.
    unsafe {
        let hart = (*thread).hart;
        (*hart).current = null_mut();
        if (*thread).state == State::Ended {
            thread::bury(thread);
        }
        choose(hart)
    }
}

/// What a hart does that has no thread.
pub fn look_for_work(hart: *mut Hart) -> ! {
    SCHED.lock().keep();
    // SAFETY: the lock is held; this is the hart's own stack.
    unsafe { choose(hart) }
}

/// The end of every trap: goes on with the thread, or with another one if its time is over.
pub fn leave_trap(hart: *mut Hart) -> ! {
    SCHED.lock().keep();
    // SAFETY: the lock is held; this is the hart's own stack.
    unsafe {
        let thread = (*hart).current;
        if thread.is_null() {
            // A sleeper came first.
            choose(hart)
        }
        if clock::now_ns() < (*hart).slice_end {
            (*thread).slice_left = (*hart).slice_end - clock::now_ns().min((*hart).slice_end - 1);
            run(hart, thread)
        }
        (*thread).slice_left = slice_ns();
        if let Some(next) = take(hart) {
            (*thread).state = State::Ready;
            push(hart, thread);
            run(hart, next)
        }
        run(hart, thread)
    }
}

/// The timer's interrupt: wakes the threads whose deadline has come.
pub fn expire(hart: *mut Hart) {
    let mut sched = SCHED.lock();
    let now = clock::now_ns();
    // SAFETY: the lock is held.
    unsafe {
        (*hart).armed = 0;
        while let Some(thread) = (*hart).timers.as_mut()
            && thread.deadline <= now
        {
            (*hart).timers = thread.timer_next;
            thread.deadline = NEVER;
            thread.timed_out = true;
            thread.sleeping_on = 0;
            thread.slice_left = slice_ns();
            leave_queue(thread);
            let current = (*hart).current;
            if !current.is_null() && sched.idle == 0 {
                // The running thread goes on behind the sleepers with what is left of its time.
                (*hart).current = null_mut();
                (*current).state = State::Ready;
                (*current).slice_left = (*hart).slice_end.saturating_sub(now).max(1);
                push_front(hart, current);
            }
            sched.place(thread, hart, hart, true);
        }
    }
}

/// Finds a thread for this hart, or sleeps until there is one.
///
/// # Safety
/// The lock is held, its guard forgotten; this is the hart's own stack.
unsafe fn choose(hart: *mut Hart) -> ! {
    // SAFETY: the caller's contract.
    unsafe {
        let bit = 1 << (*hart).index;
        loop {
            if let Some(thread) = take(hart) {
                SCHED.held().idle &= !bit;
                run(hart, thread)
            }
            SCHED.held().idle |= bit;
            arm(hart, NEVER, 0);
            SCHED.release();
            csr::wait_for_interrupt();
            trap::interrupts(hart, csr::sip());
            SCHED.lock().keep();
        }
    }
}

/// Runs `thread`, which is in no queue.
///
/// # Safety
/// As [`choose`].
unsafe fn run(hart: *mut Hart, thread: *mut Thread) -> ! {
    // SAFETY: the caller's contract.
    unsafe {
        (*hart).current = thread;
        (*thread).state = State::Running;
        (*thread).hart = hart;
        (*thread).frame.hart_sp = (*hart).sp;
        let now = clock::now_ns();
        (*hart).slice_end = now + (*thread).slice_left;
        arm(hart, (*hart).slice_end, now + LEAST_NS);
        SCHED.release();
        trap::resume(thread)
    }
}

/// Sets the timer to the first deadline of this hart or to `slice_end`, but not before `earliest`. An alarm that is set already and comes too early is left: it only
/// asks again.
///
/// # Safety
/// As [`choose`].
unsafe fn arm(hart: *mut Hart, slice_end: u64, earliest: u64) {
    // SAFETY: the caller's contract.
    unsafe {
        let first = (*hart).timers.as_ref().map_or(NEVER, |thread| thread.deadline);
        let wanted = first.min(slice_end).max(earliest);
        let armed = (*hart).armed;
        // An idle hart is not woken without cause.
        let is_good = armed != 0 && (armed == wanted || armed < wanted && slice_end != NEVER);
        if !is_good {
            (*hart).armed = wanted;
            sbi::set_timer(clock::ticks_at(wanted));
        }
    }
}
