//! How far a request is, for whoever wants to show it.

use std::cell::RefCell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex};
use std::time::Duration;

/// What a request is doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// Finding packages.
    Load,
    /// Parsing files.
    Parse,
    /// Checking packages.
    Check,
}

/// Is told stage, finished units and all units.
type Watcher = Box<dyn Fn(Stage, usize, usize) + Send + Sync>;

/// Nobody is bothered with the progress of what takes less.
const FIRST_AFTER: Duration = Duration::from_millis(500);
/// How often the watcher is told.
const INTERVAL: Duration = Duration::from_millis(100);

/// Counters that a request moves, and somebody who is told of them.
#[derive(Default)]
pub struct Progress {
    // Written by the threads of the request, read by the watching thread; it may see a count that
    // belongs to the stage before, which nobody minds, so all accesses are relaxed.
    stage: AtomicUsize,
    done: AtomicUsize,
    total: AtomicUsize,
    watcher: Option<Watcher>,
    // Guards nothing but the end of watching.
    ended: Mutex<bool>,
    changed: Condvar,
}

impl Progress {
    /// Makes counters; `watcher` is called, by a thread of its own, while a request takes long.
    pub fn new(watcher: impl Fn(Stage, usize, usize) + Send + Sync + 'static) -> Progress {
        Progress { watcher: Some(Box::new(watcher)), ..Progress::default() }
    }

    /// Begins a stage of `total` units.
    pub(crate) fn begin(&self, stage: Stage, total: usize) {
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
        self.stage.store(stage as usize, Ordering::Relaxed);
    }

    /// Counts one finished unit.
    pub(crate) fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    /// Runs `work` while the watcher watches.
    pub(crate) fn watch<R>(&self, work: impl FnOnce() -> R) -> R {
        std::thread::scope(|scope| {
            if let Some(watcher) = &self.watcher {
                scope.spawn(|| self.tell(watcher));
            }
            let _end = End(self);
            work()
        })
    }

    fn tell(&self, watcher: &Watcher) {
        let mut wait = FIRST_AFTER;
        let mut ended = self.ended.lock().expect("nothing panics while it holds the lock");
        while !*ended {
            let timed =
                self.changed.wait_timeout(ended, wait).expect("nothing panics while it holds the lock");
            ended = timed.0;
            if timed.1.timed_out() && !*ended {
                let stage = match self.stage.load(Ordering::Relaxed) {
                    0 => Stage::Load,
                    1 => Stage::Parse,
                    _ => Stage::Check,
                };
                watcher(stage, self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed));
                wait = INTERVAL;
            }
        }
    }
}

/// Ends the watching, also when the work panics.
struct End<'a>(&'a Progress);

impl Drop for End<'_> {
    fn drop(&mut self) {
        if let Ok(mut ended) = self.0.ended.lock() {
            *ended = true;
        }
        self.0.changed.notify_all();
    }
}

thread_local! {
    static WORK: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Returns what this thread works on, so that a panic can be reported with it.
pub fn current_work() -> Option<String> {
    WORK.with_borrow(Clone::clone)
}

/// Notes what this thread works on.
pub(crate) fn set_work(work: String) {
    WORK.with_borrow_mut(|slot| *slot = Some(work));
}
