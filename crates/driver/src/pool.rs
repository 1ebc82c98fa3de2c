//! Runs units that wait for each other on a few threads.
//!
//! Units are known beforehand and numbered by priority: of those that are ready the one with the smallest
//! number runs first. Finishing a unit may make others ready. Which thread runs a unit has no
//! influence on its result; results are returned by number.
//!
//! Invariant: a unit runs once, after all it waits for.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Condvar, Mutex};

/// Address space for a thread's stack: deep nesting in a program is deep recursion here. Only what is
/// touched costs memory.
const STACK_BYTES: usize = 256 << 20;

/// Units and what they wait for.
#[derive(Debug, Default)]
pub struct Graph {
    /// For each unit, the units that wait for it.
    waiting: Vec<Vec<u32>>,
    /// For each unit, how many it waits for.
    n_missing: Vec<u32>,
}

impl Graph {
    /// Makes `n_units` units that wait for nothing.
    pub fn new(n_units: usize) -> Graph {
        Graph { waiting: vec![Vec::new(); n_units], n_missing: vec![0; n_units] }
    }

    /// Lets `unit` wait for `first`.
    pub fn after(&mut self, unit: usize, first: usize) {
        self.waiting[first].push(unit as u32);
        self.n_missing[unit] += 1;
    }
}

struct State {
    ready: BinaryHeap<Reverse<u32>>,
    n_missing: Vec<u32>,
    n_running: usize,
    n_left: usize,
    panicked: bool,
}

/// Runs every unit of `graph` on `n_threads` threads; `run` is given the unit's number.
///
/// A panic in a unit ends the request: other threads finish what they do, and the panic goes on.
pub fn run(n_threads: usize, graph: &Graph, run: &(impl Fn(usize) + Sync)) {
    let ready = (0..).zip(&graph.n_missing).filter(|(_, n)| **n == 0).map(|(unit, _)| Reverse(unit));
    let state = State {
        ready: ready.collect(),
        n_missing: graph.n_missing.clone(),
        n_running: 0,
        n_left: graph.n_missing.len(),
        panicked: false,
    };
    let (state, changed) = (Mutex::new(state), Condvar::new());
    let work = || {
        while let Some(unit) = next(&state, &changed) {
            let guard = PanicGuard { state: &state, changed: &changed };
            run(unit);
            std::mem::forget(guard);
            finish(&state, &changed, &graph.waiting[unit]);
        }
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..n_threads.max(1))
            .map(|number| {
                let builder =
                    std::thread::Builder::new().name(format!("rigo-{number}")).stack_size(STACK_BYTES);
                builder.spawn_scoped(scope, work).expect("the system can start a thread")
            })
            .collect();
        for thread in threads {
            if let Err(panic) = thread.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
}

/// Takes a ready unit, waiting for one; `None` when there will be no more.
fn next(state: &Mutex<State>, changed: &Condvar) -> Option<usize> {
    let mut state = state.lock().expect("nothing panics while it holds the lock");
    loop {
        if state.panicked || state.n_left == 0 {
            return None;
        }
        if let Some(Reverse(unit)) = state.ready.pop() {
            state.n_running += 1;
            return Some(unit as usize);
        }
        assert!(state.n_running > 0, "units wait for each other in a circle");
        state = changed.wait(state).expect("nothing panics while it holds the lock");
    }
}

/// Notes a unit as done and wakes threads for those that became ready.
fn finish(state: &Mutex<State>, changed: &Condvar, waiting: &[u32]) {
    let mut state = state.lock().expect("nothing panics while it holds the lock");
    state.n_running -= 1;
    state.n_left -= 1;
    for &unit in waiting {
        state.n_missing[unit as usize] -= 1;
        if state.n_missing[unit as usize] == 0 {
            state.ready.push(Reverse(unit));
        }
    }
    changed.notify_all();
}

/// Ends the other threads when a unit panics; forgotten when it does not.
struct PanicGuard<'a> {
    state: &'a Mutex<State>,
    changed: &'a Condvar,
}

impl Drop for PanicGuard<'_> {
    fn drop(&mut self) {
        if let Ok(mut state) = self.state.lock() {
            state.panicked = true;
        }
        self.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn order(n_threads: usize, graph: &Graph) -> Vec<usize> {
        let order = Mutex::new(Vec::new());
        run(n_threads, graph, &|unit| order.lock().expect("no panic").push(unit));
        order.into_inner().expect("no panic")
    }

    #[test]
    fn units_run_once_and_in_order() {
        let mut graph = Graph::new(100);
        for unit in 1..100 {
            graph.after(unit - 1, unit);
        }
        for n_threads in [1, 2, 5] {
            assert_eq!(order(n_threads, &graph), (0..100).rev().collect::<Vec<_>>());
        }
        assert_eq!(order(1, &Graph::new(10)), (0..10).collect::<Vec<_>>());
        let mut all = order(4, &Graph::new(1000));
        all.sort();
        assert_eq!(all, (0..1000).collect::<Vec<_>>());
    }

    #[test]
    #[should_panic(expected = "unit 3")]
    fn a_panic_goes_on() {
        let mut graph = Graph::new(5);
        graph.after(4, 3);
        run(2, &graph, &|unit| assert_ne!(unit, 3, "unit 3"));
    }
}
