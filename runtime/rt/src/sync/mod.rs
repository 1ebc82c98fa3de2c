//! Waiting between Ms: [`Mutex`] and [`Note`], in two families behind one face.
//!
//! `futex` builds them over `futexsleep` and `futexwakeup`, `sema` over a counter per M. A program uses one family,
//! chosen before its second thread starts; each Mutex and Note has room for either.
//!
//! Invariant: an M that holds a Mutex is neither preempted nor stopped; it counts the locks it holds.

#[cfg(feature = "checked")]
pub(crate) mod breaking;
pub mod futex;
pub mod rank;
pub mod sema;
pub mod tokens;

use abi::g::MHead;
use platform::SemaWord;
#[cfg(not(loom))]
use platform::atomic::AtomicBool;
use platform::atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed};

/// What `sync` keeps in each M; it stands directly behind the M's head.
#[repr(C)]
#[derive(Default)]
pub struct Waiter {
    /// The M's semaphore.
    pub sema: SemaWord,
    /// The next M that waits for the same Mutex. Written by this M before it is in the list, read by the M that
    /// takes it out.
    pub next: AtomicUsize,
    /// How many Mutexes this M holds. Written by this M, read by the preemption handler on it.
    pub locks: AtomicU32,
    /// Which ones.
    #[cfg(feature = "checked")]
    pub held: rank::Held,
}

#[cfg(not(loom))]
impl Waiter {
    /// A waiter of an M that does not run yet.
    pub const fn new() -> Waiter {
        Waiter {
            sema: SemaWord::new(),
            next: AtomicUsize::new(0),
            locks: AtomicU32::new(0),
            #[cfg(feature = "checked")]
            held: rank::Held::new(),
        }
    }
}

/// The beginning of every M, as `sync` sees it.
#[repr(C)]
pub struct WaitingM {
    /// What compiled code and stubs touch.
    pub head: MHead,
    /// What `sync` uses.
    pub waiter: Waiter,
}

/// Whether the semaphore family is in use. Written before the second thread starts.
#[cfg(not(loom))]
static SEMA_FAMILY: AtomicBool = AtomicBool::new(false);

/// Chooses the semaphore family. Called at most once, before the second thread starts.
#[cfg(not(loom))]
pub fn use_semaphores() {
    SEMA_FAMILY.store(true, Relaxed);
}

#[cfg(not(loom))]
#[inline]
fn semaphores() -> bool {
    SEMA_FAMILY.load(Relaxed)
}

/// The current M's part of `sync`, or nothing on a thread that the runtime does not know.
pub fn waiter() -> Option<&'static Waiter> {
    let mp = platform::current_m() as *const WaitingM;
    // SAFETY: every M begins with a `WaitingM` and lives for ever.
    unsafe { mp.as_ref() }.map(|mp| &mp.waiter)
}

#[cfg(not(loom))]
fn count_lock(delta: i32) {
    if let Some(waiter) = waiter() {
        // Only this M writes it, so load and store need not be one step.
        waiter.locks.store(waiter.locks.load(Relaxed).wrapping_add_signed(delta), Relaxed);
    }
}

/// Mutual exclusion between Ms.
#[cfg(not(loom))]
pub struct Mutex {
    futex: futex::Mutex,
    sema: sema::Mutex,
    #[cfg(feature = "checked")]
    rank: rank::Rank,
}

#[cfg(not(loom))]
impl Mutex {
    /// An unlocked Mutex.
    #[cfg_attr(not(feature = "checked"), allow(unused_variables))]
    pub const fn new(rank: rank::Rank) -> Mutex {
        Mutex {
            futex: futex::Mutex::new(),
            sema: sema::Mutex::new(),
            #[cfg(feature = "checked")]
            rank,
        }
    }

    /// Takes the lock, sleeping if need be.
    #[inline]
    pub fn lock(&self) {
        self.note_taken(false);
        count_lock(1);
        if semaphores() { self.sema.lock() } else { self.futex.lock() }
    }

    /// Takes the lock if nobody holds it.
    #[inline]
    pub fn try_lock(&self) -> bool {
        let locked = if semaphores() { self.sema.try_lock() } else { self.futex.try_lock() };
        if locked {
            self.note_taken(true);
            count_lock(1);
        }
        locked
    }

    /// Gives the lock back; fatal if nobody holds it.
    #[inline]
    pub fn unlock(&self) {
        if semaphores() {
            self.sema.unlock()
        } else {
            self.futex.unlock()
        }
        count_lock(-1);
        #[cfg(feature = "checked")]
        if let Some(waiter) = waiter() {
            waiter.held.give(&raw const *self as usize);
        }
    }

    /// Checks the order of the locks that this M holds.
    #[inline]
    fn note_taken(&self, _is_try: bool) {
        #[cfg(feature = "checked")]
        if let Some(waiter) = waiter() {
            waiter.held.take(self.rank, &raw const *self as usize, _is_try);
        }
    }
}

/// A one-shot wake-up: one sleeper, one waker, once between two `clear`s.
#[cfg(not(loom))]
pub struct Note {
    futex: futex::Note,
    sema: sema::Note,
}

#[cfg(not(loom))]
impl Note {
    /// A cleared Note.
    pub const fn new() -> Note {
        Note { futex: futex::Note::new(), sema: sema::Note::new() }
    }

    /// Makes the Note usable again. Nobody sleeps on it.
    pub fn clear(&self) {
        if semaphores() { self.sema.clear() } else { self.futex.clear() }
    }

    /// Sleeps until `wakeup`.
    pub fn sleep(&self) {
        if semaphores() { self.sema.sleep() } else { self.futex.sleep() }
    }

    /// Sleeps until `wakeup`, at most `timeout_ns`; false if that time is over.
    pub fn sleep_for(&self, timeout_ns: i64) -> bool {
        if semaphores() { self.sema.sleep_for(timeout_ns) } else { self.futex.sleep_for(timeout_ns) }
    }

    /// Wakes the sleeper, now or when it comes; fatal the second time.
    pub fn wakeup(&self) {
        if semaphores() { self.sema.wakeup() } else { self.futex.wakeup() }
    }
}

#[cfg(not(loom))]
impl Default for Note {
    fn default() -> Note {
        Note::new()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    //! One suite for both families.

    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

    /// Gives this thread an M of its own.
    fn become_m() {
        let mp = Box::into_raw(Box::new(WaitingM { head: MHead::new(), waiter: Waiter::new() }));
        // The whole M: `sync` finds what lies behind its head.
        platform_model::set_current_m(mp.cast());
    }

    macro_rules! suite {
        ($family:ident) => {
            mod $family {
                use super::*;
                use crate::sync::$family::{Mutex, Note};

                #[test]
                fn mutex_excludes() {
                    const ROUNDS: u64 = if cfg!(miri) { 20 } else { 2000 };
                    let shared = Arc::new((Mutex::new(), AtomicU64::new(0)));
                    let threads: Vec<_> = (0..4)
                        .map(|_| {
                            let shared = shared.clone();
                            std::thread::spawn(move || {
                                become_m();
                                for _ in 0..ROUNDS {
                                    shared.0.lock();
                                    // Not one step: only the lock makes it one.
                                    let value = shared.1.load(SeqCst);
                                    shared.1.store(value + 1, SeqCst);
                                    shared.0.unlock();
                                }
                            })
                        })
                        .collect();
                    threads.into_iter().for_each(|thread| thread.join().unwrap());
                    assert_eq!(shared.1.load(SeqCst), 4 * ROUNDS);
                }

                #[test]
                #[should_panic(expected = "unlock of unlocked lock")]
                fn unlock_of_unlocked_lock() {
                    Mutex::new().unlock();
                }

                #[test]
                fn try_lock_does_not_wait() {
                    let mutex = Mutex::new();
                    assert!(mutex.try_lock());
                    assert!(!mutex.try_lock());
                    mutex.unlock();
                    assert!(mutex.try_lock());
                }

                #[test]
                fn wakeup_before_and_after_sleep() {
                    become_m();
                    let note = Arc::new(Note::new());
                    note.wakeup();
                    note.sleep();
                    note.clear();
                    let waker = note.clone();
                    let thread = std::thread::spawn(move || {
                        std::thread::sleep(std::time::Duration::from_millis(10));
                        waker.wakeup();
                    });
                    note.sleep();
                    thread.join().unwrap();
                }

                #[test]
                fn timed_sleep_says_whether_it_was_woken() {
                    become_m();
                    let note = Note::new();
                    assert!(!note.sleep_for(2_000_000));
                    note.wakeup();
                    assert!(note.sleep_for(2_000_000));
                }

                #[test]
                #[should_panic(expected = "notewakeup - double wakeup")]
                fn double_wakeup() {
                    let note = Note::new();
                    note.wakeup();
                    note.wakeup();
                }
            }
        };
    }
    suite!(futex);
    suite!(sema);
}
