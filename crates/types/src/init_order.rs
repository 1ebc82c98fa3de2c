//! The order in which package variables are initialised. Spec, "Package initialization".
//!
//! Again and again the earliest variable in declaration order that depends on no uninitialised variable comes next.
//! Dependencies go through functions, whose references are theirs; so the references of each
//! variable are first closed over functions. A variable that never becomes ready is in a cycle.

use std::collections::BTreeSet;

use source::{Code, Diagnostic, Note};

use crate::checker::Checker;
use crate::decl::Source;
use crate::model::*;
use crate::phases::Initializer;

impl<'s> Checker<'s> {
    /// Returns the initialisers in order and reports cycles.
    pub(crate) fn init_order(&mut self) -> Vec<Initializer<'s>> {
        let needs = self.value_dependencies();
        let n_entries = needs.len();
        let mut needed_by: Vec<Vec<u32>> = vec![Vec::new(); n_entries];
        let mut n_open: Vec<usize> = vec![0; n_entries];
        for (idx, deps) in needs.iter().enumerate() {
            n_open[idx] = deps.len();
            for &dep in deps {
                needed_by[dep as usize].push(idx as u32);
            }
        }
        // Ordered by how many dependencies are open; constants, which are there from the beginning, come first
        // (go.dev/issue/66575); then by declaration order.
        let is_variable: Vec<bool> =
            self.decls.entries.iter().map(|entry| matches!(entry.source, Source::Var { .. })).collect();
        let is_value =
            |idx: usize| !matches!(self.decls.entries[idx].source, Source::Func(_) | Source::Type(_));
        let mut queue: BTreeSet<(usize, bool, u32)> = (0..n_entries)
            .filter(|&idx| is_value(idx))
            .map(|idx| (n_open[idx], is_variable[idx], idx as u32))
            .collect();
        let mut order = Vec::new();
        let mut cycles = Vec::new();
        while let Some((n, _, idx)) = queue.pop_first() {
            if n > 0 {
                cycles.extend(self.find_cycle(idx));
            }
            order.push(idx);
            for &user in &needed_by[idx as usize] {
                let open = &mut n_open[user as usize];
                let is_var = is_variable[user as usize];
                if queue.remove(&(*open, is_var, user)) {
                    *open -= 1;
                    queue.insert((*open, is_var, user));
                }
            }
        }
        for cycle in cycles {
            self.report_init_cycle(&cycle);
        }
        self.initializers(&order)
    }

    /// For each entry that is a constant or variable: the constants and variables it depends on, through functions too.
    fn value_dependencies(&self) -> Vec<Vec<u32>> {
        let entries = &self.decls.entries;
        let mut seen = vec![u32::MAX; entries.len()];
        let mut needs = Vec::with_capacity(entries.len());
        let mut stack = Vec::new();
        for (idx, entry) in (0..).zip(entries) {
            let mut found = Vec::new();
            if !matches!(entry.source, Source::Func(_) | Source::Type(_)) {
                stack.extend(entry.deps.iter().copied());
            }
            while let Some(dep) = stack.pop() {
                if std::mem::replace(&mut seen[dep as usize], idx) == idx {
                    continue;
                }
                match entries[dep as usize].source {
                    Source::Func(_) => stack.extend(entries[dep as usize].deps.iter().copied()),
                    Source::Const { .. } | Source::Var { .. } => found.push(dep),
                    Source::Type(_) => {}
                }
            }
            needs.push(found);
        }
        needs
    }

    /// Finds a way from `start` back to it, in the order of the references.
    fn find_cycle(&self, start: u32) -> Option<Vec<Obj<'s>>> {
        let entries = &self.decls.entries;
        let mut seen = vec![false; entries.len()];
        let mut stack: Vec<(u32, usize)> = vec![(start, 0)];
        while let Some((idx, next)) = stack.last_mut() {
            let Some(&dep) = entries[*idx as usize].deps.get(*next) else {
                stack.pop();
                continue;
            };
            *next += 1;
            if dep == start {
                return Some(stack.iter().map(|(idx, _)| entries[*idx as usize].obj).collect());
            }
            if !std::mem::replace(&mut seen[dep as usize], true) {
                stack.push((dep, 0));
            }
        }
        None
    }

    fn report_init_cycle(&mut self, cycle: &[Obj<'s>]) {
        let obj = cycle[0];
        if cycle.len() == 1 {
            return self.error(obj.pos, format!("initialization cycle: {} refers to itself", obj.name));
        }
        let mut diagnostic =
            Diagnostic::new(obj.pos, Code::Types, format!("initialization cycle for {}", obj.name));
        for (idx, from) in cycle.iter().enumerate() {
            let to = cycle[(idx + 1) % cycle.len()];
            diagnostic
                .notes
                .push(Note { pos: from.pos, text: format!("{} refers to {}", from.name, to.name) });
        }
        self.report(diagnostic);
    }

    fn initializers(&self, order: &[u32]) -> Vec<Initializer<'s>> {
        let mut emitted: Vec<usize> = Vec::new();
        let mut out = Vec::new();
        for &idx in order {
            let entry = &self.decls.entries[idx as usize];
            let Source::Var { lhs, value: Some(rhs), .. } = entry.source else { continue };
            if lhs.len() > 1 {
                let key = crate::decl::address(lhs[0]);
                if emitted.contains(&key) {
                    continue;
                }
                emitted.push(key);
            }
            out.push(Initializer { lhs: lhs.to_vec(), file: entry.file, rhs });
        }
        out
    }
}
