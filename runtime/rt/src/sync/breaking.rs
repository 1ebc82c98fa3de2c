//! What the checked archive does wrong on request, so that tests see how a program ends whose runtime is wrong.
//!
//! `RIGO_BREAK=wakeup`: a Note is woken twice; `unlock`: an unlocked lock is unlocked; `order`: two locks are taken in the wrong
//! order; `stack`: a system stack overflows into its guard page; `assertion`: an assertion does not hold.

use super::rank::Rank;
use super::{Mutex, Note};
use crate::sched::environment;
use core::hint::black_box;

/// Does what `RIGO_BREAK` asks for. Called once, when threads can be started.
pub(crate) fn on_request(start_thread: impl FnOnce(fn() -> !)) {
    static EARLIER: Mutex = Mutex::new(Rank::Pages);
    static LATER: Mutex = Mutex::new(Rank::Persistent);
    static NOTE: Note = Note::new();
    match environment(b"RIGO_BREAK") {
        Some(b"wakeup") => {
            NOTE.wakeup();
            NOTE.wakeup();
        }
        Some(b"unlock") => EARLIER.unlock(),
        Some(b"order") => {
            LATER.lock();
            EARLIER.lock();
        }
        Some(b"stack") => {
            start_thread(|| {
                descend(0);
                crate::fatal::throw("a stack without end")
            });
            platform::usleep(10_000_000);
        }
        Some(b"assertion") => {
            let held = black_box(1);
            debug_assert!(held == 0, "broken on request");
        }
        _ => {}
    }
}

/// Uses stack until there is none.
fn descend(depth: usize) -> usize {
    let frame = black_box([depth; 64]);
    if depth == usize::MAX { 0 } else { descend(depth + 1) + frame[depth % 64] }
}
