//! The call graph, its components and their levels.
//!
//! Components are found by Tarjan's algorithm, with a stack of our own instead of recursion. The level of a component is one
//! more than the highest level it calls, so components of one level do not depend on each other.

use rustc_hash::FxHashMap;
use ssa::{Callee, Func, Op, Program};

/// Indices of functions, level by level from the leaves up; within a level in the order of the program.
pub(crate) fn levels(program: &Program) -> Vec<Vec<usize>> {
    let index: FxHashMap<&str, usize> =
        program.funcs.iter().enumerate().map(|(n, func)| (&*func.name, n)).collect();
    let calls: Vec<Vec<usize>> = program.funcs.iter().map(|func| callees(func, &index)).collect();
    let component = components(&calls);
    let n_components = component.iter().max().map_or(0, |n| n + 1);
    // Tarjan numbers a component after those it calls.
    let mut members = vec![Vec::new(); n_components];
    for (n, &c) in component.iter().enumerate() {
        members[c].push(n);
    }
    let mut level = vec![0; n_components];
    for c in 0..n_components {
        for &n in &members[c] {
            for &callee in &calls[n] {
                if component[callee] != c {
                    level[c] = level[c].max(level[component[callee]] + 1);
                }
            }
        }
    }
    let n_levels = level.iter().max().map_or(0, |n| n + 1);
    let mut levels = vec![Vec::new(); n_levels];
    for (n, &c) in component.iter().enumerate() {
        levels[level[c]].push(n);
    }
    levels
}

fn callees(func: &Func, index: &FxHashMap<&str, usize>) -> Vec<usize> {
    let mut found = Vec::new();
    for &block in &func.layout {
        for &inst in &func.blocks[block.index()].insts {
            let sym = match &func.insts[inst.index()].op {
                Op::Call { callee: Callee::Direct(sym), .. }
                | Op::SymAddr { sym, .. }
                | Op::FuncAddr { sym } => sym,
                _ => continue,
            };
            found.extend(index.get(&**func.sym_name(*sym)));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

struct Tarjan {
    order: Vec<usize>,
    low: Vec<usize>,
    on_stack: Vec<bool>,
    stack: Vec<usize>,
    component: Vec<usize>,
    n_components: usize,
    clock: usize,
}

const UNSEEN: usize = usize::MAX;

/// The number of the strongly connected component of each node of a graph.
pub(crate) fn components(calls: &[Vec<usize>]) -> Vec<usize> {
    let n = calls.len();
    let mut tarjan = Tarjan {
        order: vec![UNSEEN; n],
        low: vec![0; n],
        on_stack: vec![false; n],
        stack: Vec::new(),
        component: vec![0; n],
        n_components: 0,
        clock: 0,
    };
    for root in 0..n {
        if tarjan.order[root] == UNSEEN {
            tarjan.visit(root, calls);
        }
    }
    tarjan.component
}

impl Tarjan {
    fn enter(&mut self, n: usize) {
        self.order[n] = self.clock;
        self.low[n] = self.clock;
        self.clock += 1;
        self.stack.push(n);
        self.on_stack[n] = true;
    }

    fn visit(&mut self, root: usize, calls: &[Vec<usize>]) {
        self.enter(root);
        let mut path = vec![(root, 0)];
        while let Some((n, next)) = path.last_mut() {
            let n = *n;
            if let Some(&callee) = calls[n].get(*next) {
                *next += 1;
                if self.order[callee] == UNSEEN {
                    self.enter(callee);
                    path.push((callee, 0));
                } else if self.on_stack[callee] {
                    self.low[n] = self.low[n].min(self.order[callee]);
                }
                continue;
            }
            path.pop();
            if let Some(&(caller, _)) = path.last() {
                self.low[caller] = self.low[caller].min(self.low[n]);
            }
            if self.low[n] == self.order[n] {
                self.close(n);
            }
        }
    }

    fn close(&mut self, root: usize) {
        loop {
            let n = self.stack.pop().expect("the root is on the stack");
            self.on_stack[n] = false;
            self.component[n] = self.n_components;
            if n == root {
                break;
            }
        }
        self.n_components += 1;
    }
}
