//! A system call on every thread: `syscall.AllThreadsSyscall`. What such a call changes belongs to one thread, and the program means all.
//!
//! The world is stopped. The caller's thread makes the call first; if it succeeds there, all others are interrupted, and each makes it in its handler. A
//! thread that begins meanwhile is asked too: its parent may have made the call after it.

use super::{ALL_MS, M, SCHED, current_g, current_m, gosched};
use crate::profile::metrics::Why;
use arch::Outcome;
use core::cell::UnsafeCell;
use core::sync::atomic::{
    AtomicBool, AtomicIsize, AtomicU32,
    Ordering::{Acquire, Relaxed, Release},
};

/// Number and arguments; then what it returned, and the error number.
type Words = [usize; 9];

struct Call {
    // Odd while threads are to make the call. Written by whoever has stopped the world.
    round: AtomicU32,
    // Written before `round` becomes odd, read by handlers until it is even.
    words: UnsafeCell<Words>,
    result: AtomicIsize,
    // Set by handlers.
    differs: AtomicBool,
}

// SAFETY: `words` is written only while no handler reads it.
unsafe impl Sync for Call {}

static CALL: Call = Call {
    round: AtomicU32::new(0),
    words: UnsafeCell::new([0; 9]),
    result: AtomicIsize::new(0),
    differs: AtomicBool::new(false),
};

const ASK_AGAIN_US: u32 = 50;

fn make(words: &Words) -> isize {
    platform::system_call(words[0], [words[1], words[2], words[3], words[4], words[5], words[6]])
}

/// `runtime.everythread(words)`: makes the call and stores what it returned.
pub(crate) extern "C" fn every_thread(words: *mut Words) -> Outcome {
    let mp = current_m();
    if !SCHED.stop_the_world(mp, Why::Other) {
        // SAFETY: the current goroutine belongs to this M.
        unsafe { (*current_g()).scratch[0] = words as usize };
        return gosched();
    }
    // SAFETY: the overlay passes its words, which lie in the frame of this goroutine or in the heap.
    unsafe {
        let result = make(&*words);
        let failed = (-4095..0).contains(&result);
        (*words)[7] = if failed { usize::MAX } else { result as usize };
        (*words)[8] = if failed { -result as usize } else { 0 };
        if !failed {
            *CALL.words.get() = *words;
            ask_all(mp, result);
        }
    }
    SCHED.start_the_world(mp);
    if CALL.differs.load(Relaxed) {
        crate::fatal::fatal_error("AllThreadsSyscall6 results differ between threads; runtime corrupted");
    }
    Outcome::done(0)
}

/// The second half of `every_thread`: tries again.
pub(crate) extern "C" fn every_thread_resume() -> Outcome {
    // SAFETY: the goroutine runs here again.
    every_thread(unsafe { (*current_g()).scratch[0] } as *mut Words)
}

/// Has all threads but that of `mp` make the call, and waits for them.
fn ask_all(mp: *mut M, result: isize) {
    CALL.result.store(result, Relaxed);
    // Publishes the words; pairs with the Acquire in `answer`.
    let round = CALL.round.fetch_add(1, Release) + 1;
    // SAFETY: Ms are never freed.
    unsafe { (*mp).answered.store(round, Relaxed) };
    loop {
        let mut is_waiting = false;
        // SAFETY: as above. Pairs with the Release in `answer`.
        for mp in ALL_MS.iter().map(|mp| unsafe { &*mp }) {
            let id = mp.thread_id.load(Relaxed);
            if (id != 0 || mp.head.has_thread.load(Relaxed) != 0) && mp.answered.load(Acquire) != round {
                is_waiting = true;
                if id != 0 {
                    platform::preempt_thread(id);
                }
            }
        }
        if !is_waiting {
            break;
        }
        platform::usleep(ASK_AGAIN_US);
    }
    CALL.round.fetch_add(1, Release);
}

/// An interrupt handler: makes the call if it is asked for.
pub(super) fn answer(mp: &M) {
    let round = CALL.round.load(Acquire);
    if round.is_multiple_of(2) || mp.answered.load(Relaxed) == round {
        return;
    }
    // SAFETY: nobody writes the words before this M has answered.
    let result = make(unsafe { &*CALL.words.get() });
    if result != CALL.result.load(Relaxed) {
        CALL.differs.store(true, Relaxed);
    }
    mp.answered.store(round, Release);
}
