//! The semaphore family, made of futexes, so that it can be run and stressed on Linux too.
//!
//! The count is the futex word. The owner takes one when it is above 0, else it sleeps on 0.

use crate::Linux;
use platform::atomic::Ordering::{Acquire, Relaxed, Release};
use platform::{Clock, Futex, Sema, SemaWord};

impl Sema for Linux {
    fn semacreate(sema: &SemaWord) {
        sema.count.store(0, Relaxed);
    }

    fn semasleep(sema: &SemaWord, timeout_ns: i64) -> i32 {
        let deadline = Linux::nanotime().saturating_add(timeout_ns.max(0));
        loop {
            let count = sema.count.load(Relaxed);
            if count > 0 {
                // Pairs with the Release in `semawakeup`.
                if sema.count.compare_exchange(count, count - 1, Acquire, Relaxed).is_ok() {
                    return 0;
                }
                continue;
            }
            if timeout_ns < 0 {
                Linux::futexsleep(&sema.count, 0, -1);
                continue;
            }
            let left = deadline - Linux::nanotime();
            if left <= 0 {
                return -1;
            }
            Linux::futexsleep(&sema.count, 0, left);
        }
    }

    fn semawakeup(sema: &SemaWord) {
        // Pairs with the Acquire in `semasleep`.
        if sema.count.fetch_add(1, Release) == 0 {
            Linux::futexwakeup(&sema.count, 1);
        }
    }
}
