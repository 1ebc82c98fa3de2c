//! The semaphore family: a counter in the M, the thread's sleep behind it.
//!
//! `handle` is the id of the thread that has slept on the semaphore, its owner. The owner stores it and then looks at the count; a waker counts
//! up and then looks for the owner. Both fence in between, so one of them sees the other; the rest is decided under the
//! scheduler's lock.

use crate::sched::{self, SCHED};
use crate::thread;
use crate::{OpenSbi, clock, report};
use core::sync::atomic::fence;
use platform::SemaWord;
use platform::atomic::{
    AtomicU32,
    Ordering::{Acquire, Relaxed, Release, SeqCst},
};

fn try_take(sema: &SemaWord) -> bool {
    // Only the owner counts down, so a count above 0 stays. Pairs with the Release in `semawakeup`.
    let has_one = sema.count.load(Acquire) > 0;
    if has_one {
        sema.count.fetch_sub(1, Relaxed);
    }
    has_one
}

impl platform::Sema for OpenSbi {
    fn waits_by_semaphores() -> bool {
        true
    }

    fn semacreate(_sema: &SemaWord) {
        // The first `semasleep` names its owner.
    }

    fn semasleep(sema: &SemaWord, timeout_ns: i64) -> i32 {
        let deadline = clock::deadline(timeout_ns);
        // SAFETY: a thread's id is never changed.
        sema.handle.store(unsafe { (*thread::current()).id }, Relaxed);
        // Pairs with the one in `semawakeup`.
        fence(SeqCst);
        loop {
            if try_take(sema) {
                return 0;
            }
            let sched = SCHED.lock();
            if sema.count.load(Acquire) > 0 {
                continue;
            }
            if deadline <= clock::now_ns() {
                return -1;
            }
            if sched::sleep(sched, sema as *const SemaWord as usize, deadline) {
                return if try_take(sema) { 0 } else { -1 };
            }
        }
    }

    fn semawakeup(sema: &SemaWord) {
        sema.count.fetch_add(1, Release);
        // Pairs with the one in `semasleep`.
        fence(SeqCst);
        if let Some(owner) = thread::by_id(sema.handle.load(Relaxed)) {
            SCHED.lock().wake_from(owner, sema as *const SemaWord as usize);
        }
    }
}

/// The other family is not this platform's.
impl platform::Futex for OpenSbi {
    fn futexsleep(_addr: &AtomicU32, _val: u32, _timeout_ns: i64) {
        report::die(&["futexsleep: this platform waits by semaphores"])
    }

    fn futexwakeup(_addr: &AtomicU32, _n: u32) {
        report::die(&["futexwakeup: this platform waits by semaphores"])
    }
}
