//! Loom models of what Ms wait with and take work from. Each states its property.
//!
//! `RUSTFLAGS="--cfg loom" cargo test --release -p rt --test models --target-dir target/loom -- --nocapture`
#![cfg(loom)]

use loom::thread;
use platform::atomic::{AtomicI64, AtomicU32, AtomicUsize, Ordering::*, fence};
use platform_model::{reset, set_current_m};
use rt::sched::runq::RunQueue;
use rt::sched::status::{Status, StatusWord};
use rt::sched::until::{After, Until};
use rt::sync::tokens::{Waiters, try_take};
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
    ($name:ident, $model:ident, $note:ty) => {
        fn $model() {
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
        }

        #[test]
        fn $name() {
            explore(stringify!($name), 3, $model);
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
note_model!(futex_note, futex_note_model, futex::Note);
note_model!(sema_note, sema_note_model, sema::Note);

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

/// Property: a token is taken by the waiter, or the adder knows that somebody waits for it.
fn tokens_model() {
    let shared = loom::sync::Arc::new((Waiters::new(), AtomicU32::new(0)));
    let other = shared.clone();
    let adder = thread::spawn(move || other.0.add(&other.1));
    let taken = try_take(&shared.1) || shared.0.take_or_wait(&shared.1);
    let knows = adder.join().unwrap();
    assert!(taken || knows, "a waiter that nobody sees");
    assert_eq!(shared.1.load(Relaxed), !taken as u32, "a token too few or too many");
}

#[test]
fn semaphore_tokens() {
    explore("semaphore tokens", 3, tokens_model);
}

/// Property: the poller wakes for a timer that is set while it goes to sleep: it waits until then at most, or is broken, or somebody is woken.
fn poller_model() {
    let shared = loom::sync::Arc::new((Until::new(), AtomicI64::new(i64::MAX)));
    let other = shared.clone();
    let setter = thread::spawn(move || {
        other.1.store(50, Relaxed);
        other.0.timer_set(50)
    });
    let until = shared.0.begin_wait(|| shared.1.load(Relaxed)).expect("there is one poller");
    let after = setter.join().unwrap();
    // `Wake` came before the poller said anything: the timer was set before that, so the poller must have seen it.
    assert!(until == 50 || after == After::Break, "a timer that nobody waits for");
    shared.0.end();
    assert!(shared.0.is_free());
}

#[test]
fn poller_and_timers() {
    explore("poller and timers", 3, poller_model);
}

/// Property: a goroutine that parks is run again exactly once, by an M that sees all that was stored before it parked. `WAITS`: whether the waker waits for
/// the status.
fn park_and_ready<const WAITS: bool>() {
    struct Shared {
        lock: futex::Mutex,
        // `lock` must be held for this: whether the goroutine is in the queue.
        queued: loom::cell::UnsafeCell<bool>,
        status: StatusWord,
        // What only the M that owns the goroutine touches.
        context: loom::cell::UnsafeCell<u32>,
    }
    // SAFETY: loom itself checks both cells.
    unsafe impl Sync for Shared {}
    let shared = loom::sync::Arc::new(Shared {
        lock: futex::Mutex::new(),
        queued: loom::cell::UnsafeCell::new(false),
        status: StatusWord::new(Status::Running),
        context: loom::cell::UnsafeCell::new(0),
    });
    let other = shared.clone();
    let waker = thread::spawn(move || {
        become_m();
        other.lock.lock();
        // SAFETY: the lock is held.
        let found = other.queued.with_mut(|queued| unsafe { std::mem::replace(&mut *queued, false) });
        other.lock.unlock();
        if found {
            if WAITS {
                other.status.make_runnable();
            } else {
                other.status.set(Status::Runnable);
            }
            other.status.set(Status::Running);
            // SAFETY: loom reports a second user.
            other.context.with_mut(|context| unsafe { *context += 1 });
        }
        found
    });
    become_m();
    shared.lock.lock();
    // SAFETY: the lock is held.
    shared.queued.with_mut(|queued| unsafe { *queued = true });
    shared.lock.unlock();
    // As in a select: published, and parked only after the lock is given back.
    // SAFETY: loom reports a second user.
    shared.context.with_mut(|context| unsafe { *context += 1 });
    shared.status.set(Status::Waiting);
    let ran = waker.join().unwrap();
    assert_eq!(
        shared.status.get(),
        if ran { Status::Running } else { Status::Waiting },
        "parked while it runs"
    );
}

#[test]
fn parking() {
    explore("park and ready", 3, park_and_ready::<true>);
}

#[test]
fn a_hasty_ready_is_found() {
    // loom sees two users of the context, or the status is wrong.
    must_fail("a_hasty_ready_is_found", "panicked", park_and_ready::<false>);
}

fn without_fences(model: impl Fn() + Sync + Send + 'static) -> impl Fn() + Sync + Send + 'static {
    move || {
        platform::atomic::NO_FENCES.store(true, Relaxed);
        model();
    }
}

fn without_wakeups(model: impl Fn() + Sync + Send + 'static) -> impl Fn() + Sync + Send + 'static {
    move || {
        platform_model::LOSES_WAKEUPS.store(true, Relaxed);
        model();
    }
}

#[test]
fn missing_fences_of_tokens_are_found() {
    must_fail(
        "missing_fences_of_tokens_are_found",
        "a waiter that nobody sees",
        without_fences(tokens_model),
    );
}

#[test]
fn missing_fences_of_the_poller_are_found() {
    must_fail(
        "missing_fences_of_the_poller_are_found",
        "a timer that nobody waits for",
        without_fences(poller_model),
    );
}

/// Without the submitter's fence the model must fail: it is what the property rests on.
#[test]
fn a_missing_fence_is_found() {
    must_fail("a_missing_fence_is_found", "work that nobody sees", submit_and_stop::<false>);
}

macro_rules! lost_wakeups {
    ($($name:ident => $model:expr;)*) => {
        $(
            /// A wake-up that is lost must be found: loom reports the deadlock.
            #[test]
            fn $name() {
                must_fail(stringify!($name), "deadlock", without_wakeups($model));
            }
        )*
    };
}

lost_wakeups! {
    lost_wakeups_of_futex_mutexes_are_found => || mutual_exclusion::<futex::Mutex>(2);
    lost_wakeups_of_sema_mutexes_are_found => || mutual_exclusion::<sema::Mutex>(2);
    lost_wakeups_of_futex_notes_are_found => futex_note_model;
    lost_wakeups_of_sema_notes_are_found => sema_note_model;
}

/// Two thieves with one queue between them: only an owner may steal into its queue, or what both read is written over.
#[test]
fn a_thief_without_a_queue_of_its_own_is_found() {
    must_fail("a_thief_without_a_queue_of_its_own_is_found", "taken", || {
        let queues = loom::sync::Arc::new((RunQueue::<4>::new(), RunQueue::<4>::new()));
        (1..=4).for_each(|item| assert!(queues.0.put(item).is_ok()));
        let steal = |queues: loom::sync::Arc<(RunQueue<4>, RunQueue<4>)>| {
            let mut taken = Vec::new();
            taken.extend(queues.1.steal(&queues.0));
            taken
        };
        let other = queues.clone();
        let thief = thread::spawn(move || steal(other));
        let mut taken = steal(queues.clone());
        taken.extend(thief.join().unwrap());
        while let Some(item) = queues.1.take().or_else(|| queues.0.take()) {
            taken.push(item);
        }
        taken.sort();
        assert_eq!(taken, [1, 2, 3, 4], "taken twice or never");
    });
}
