//! Loom models of what Ms wait with and take work from. Each states its property.
//!
//! `RUSTFLAGS="--cfg loom" cargo test --release -p rt --test models --target-dir target/loom -- --nocapture`
#![cfg(loom)]

use loom::thread;
use platform::atomic::{AtomicU32, AtomicUsize, Ordering::*, fence};
use platform_model::{reset, set_current_m};
use rt::sched::runq::RunQueue;
use rt::sync::{WaitingM, futex, sema};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// Explores `model` and prints how many executions there were.
fn explore(name: &str, preemptions: usize, model: impl Fn() + Sync + Send + 'static) {
    let executions = Arc::new(AtomicU64::new(0));
    let counter = executions.clone();
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(move || {
        counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        reset();
        model();
    });
    println!("{name}: {} executions", executions.load(std::sync::atomic::Ordering::Relaxed));
}

/// Checks that `model`, which has a seeded bug, fails with `message`. A failing model may abort, so it runs in a process of its own.
fn must_fail(test: &str, message: &str, model: impl Fn() + Sync + Send + 'static) {
    const SEEDED: &str = "RIGO_SEEDED_BUG";
    if std::env::var_os(SEEDED).is_some() {
        explore(test, 3, model);
        return;
    }
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture"])
        .env(SEEDED, "1")
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && stderr.contains(message), "{test}: the bug was not found: {stderr}");
    println!("{test}: found, as it should be");
}

/// Gives this thread an M of its own.
fn become_m() {
    let mp = Box::leak(Box::new(WaitingM { head: abi::g::MHead::new(), waiter: Default::default() }));
    set_current_m(&raw mut mp.head);
}

/// What both families' Mutex can do.
trait Lock: Send + Sync + 'static {
    fn create() -> Self;
    fn enter(&self);
    fn leave(&self);
}

macro_rules! lock {
    ($ty:ty) => {
        impl Lock for $ty {
            fn create() -> Self {
                <$ty>::new()
            }
            fn enter(&self) {
                self.lock();
            }
            fn leave(&self) {
                self.unlock();
            }
        }
    };
}
lock!(futex::Mutex);
lock!(sema::Mutex);

/// Property: what the lock guards is never seen half-written, every thread gets in, nobody sleeps for ever.
fn mutual_exclusion<L: Lock>(n_threads: usize) {
    struct Shared<L> {
        lock: L,
        cell: loom::cell::UnsafeCell<u32>,
    }
    // SAFETY: loom itself checks that `cell` is used by one thread at a time.
    unsafe impl<L: Send> Sync for Shared<L> {}
    let shared = loom::sync::Arc::new(Shared { lock: L::create(), cell: loom::cell::UnsafeCell::new(0) });
    let work = |shared: loom::sync::Arc<Shared<L>>| {
        become_m();
        shared.lock.enter();
        // SAFETY: loom reports a second user.
        shared.cell.with_mut(|cell| unsafe { *cell += 1 });
        shared.lock.leave();
    };
    let threads: Vec<_> = (1..n_threads)
        .map(|_| {
            let shared = shared.clone();
            thread::spawn(move || work(shared))
        })
        .collect();
    work(shared.clone());
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    // SAFETY: all threads have ended.
    shared.cell.with(|cell| assert_eq!(unsafe { *cell }, n_threads as u32));
}

#[test]
fn futex_mutex() {
    explore("futex mutex, 2 threads", 3, || mutual_exclusion::<futex::Mutex>(2));
    explore("futex mutex, 3 threads", 2, || mutual_exclusion::<futex::Mutex>(3));
}

#[test]
fn sema_mutex() {
    explore("semaphore mutex, 2 threads", 3, || mutual_exclusion::<sema::Mutex>(2));
    explore("semaphore mutex, 3 threads", 2, || mutual_exclusion::<sema::Mutex>(3));
}

/// Property: what was written before `wakeup` is seen after `sleep`, and the sleeper wakes.
macro_rules! note_model {
    ($name:ident, $note:ty) => {
        #[test]
        fn $name() {
            explore(stringify!($name), 3, || {
                let shared = loom::sync::Arc::new((<$note>::new(), AtomicU32::new(0)));
                let waker = shared.clone();
                let thread = thread::spawn(move || {
                    become_m();
                    waker.1.store(7, Relaxed);
                    waker.0.wakeup();
                });
                become_m();
                shared.0.sleep();
                assert_eq!(shared.1.load(Relaxed), 7);
                thread.join().unwrap();
            });
            // A time-out may come first; then the Note says so, and a wake-up that comes later is not lost.
            explore(concat!(stringify!($name), " with time-out"), 3, || {
                let shared = loom::sync::Arc::new((<$note>::new(), AtomicU32::new(0)));
                let waker = shared.clone();
                let thread = thread::spawn(move || {
                    become_m();
                    waker.1.store(7, Relaxed);
                    waker.0.wakeup();
                });
                become_m();
                if !shared.0.sleep_for(0) {
                    shared.0.sleep();
                }
                assert_eq!(shared.1.load(Relaxed), 7);
                thread.join().unwrap();
            });
        }
    };
}
note_model!(futex_note, futex::Note);
note_model!(sema_note, sema::Note);

/// Property: of four items each is taken exactly once, by the owner, the thief, or in the overflowing batch.
#[test]
fn run_queue() {
    explore("run queue, owner and thief", 3, || {
        let queues = loom::sync::Arc::new((RunQueue::<4>::new(), RunQueue::<4>::new()));
        let shared = queues.clone();
        let thief = thread::spawn(move || {
            let mut taken = 0u32;
            if let Some(item) = shared.1.steal(&shared.0) {
                taken |= 1 << item;
                while let Some(item) = shared.1.take() {
                    assert_eq!(taken & 1 << item, 0);
                    taken |= 1 << item;
                }
            }
            taken
        });
        let mut taken = 0u32;
        let mut take = |item: usize| {
            assert_eq!(taken & 1 << item, 0, "taken twice");
            taken |= 1 << item;
        };
        for item in 1..=5 {
            if let Err(batch) = queues.0.put(item) {
                batch.items().iter().for_each(|&item| take(item));
            }
        }
        while let Some(item) = queues.0.take() {
            take(item);
        }
        let stolen = thief.join().unwrap();
        assert_eq!(taken & stolen, 0, "taken by both");
        assert_eq!(taken | stolen, 0b111110, "lost");
    });
}

/// Property: whoever submits work sees the spinner, or the spinner that stops sees the work. `FENCE` is what makes it so.
fn submit_and_stop<const FENCE: bool>() {
    let shared = loom::sync::Arc::new((AtomicUsize::new(0), AtomicU32::new(1)));
    let other = shared.clone();
    let submitter = thread::spawn(move || {
        other.0.store(1, Relaxed);
        if FENCE {
            fence(SeqCst);
        }
        other.1.load(Relaxed) == 0
    });
    shared.1.store(0, Relaxed);
    fence(SeqCst);
    let seen_work = shared.0.load(Relaxed) != 0;
    let wakes_somebody = submitter.join().unwrap();
    assert!(seen_work || wakes_somebody, "work that nobody sees");
}

#[test]
fn spinners_and_submitters() {
    explore("submit and stop spinning", 3, submit_and_stop::<true>);
}

/// Without the submitter's fence the model must fail: it is what the property rests on.
#[test]
fn a_missing_fence_is_found() {
    must_fail("a_missing_fence_is_found", "work that nobody sees", submit_and_stop::<false>);
}

/// A Mutex whose unlock forgets the sleeper.
struct Forgetful(AtomicU32);

impl Lock for Forgetful {
    fn create() -> Self {
        Forgetful(AtomicU32::new(0))
    }
    fn enter(&self) {
        while self.0.compare_exchange(0, 1, Acquire, Relaxed).is_err() {
            platform::futexsleep(&self.0, 1, -1);
        }
    }
    fn leave(&self) {
        self.0.store(0, Release);
    }
}

/// A lost wake-up must be found: loom reports the deadlock.
#[test]
fn a_lost_wakeup_is_found() {
    must_fail("a_lost_wakeup_is_found", "deadlock", || mutual_exclusion::<Forgetful>(2));
}
