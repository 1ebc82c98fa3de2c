//! Terminating statements. Spec, "Terminating statements".

use source::Name;
use syntax::{BranchKind, Case, CommCase, ExprId, ExprKind, StmtId, StmtKind};

use crate::checker::{Checker, Mode};
use crate::model::Builtin;

impl<'s> Checker<'s> {
    /// Reports whether a list of statements ends in a terminating one.
    pub(crate) fn is_terminating_list(&self, stmts: &[StmtId]) -> bool {
        let tree = self.tree();
        let last = stmts.iter().rev().find(|stmt| !matches!(tree[**stmt].kind, StmtKind::Empty));
        last.is_some_and(|stmt| self.is_terminating(*stmt, None))
    }

    fn is_terminating(&self, mut stmt: StmtId, mut label: Option<Name>) -> bool {
        let tree = self.tree();
        // Chains of `else if` and of labels are as long as they like.
        loop {
            return match tree[stmt].kind {
                StmtKind::Return(_) => true,
                StmtKind::Branch { kind, .. } => matches!(kind, BranchKind::Goto | BranchKind::Fallthrough),
                StmtKind::Expr(expr) => self.is_panic(expr),
                StmtKind::Block(block) => self.is_terminating_list(&tree[block.stmts]),
                StmtKind::If { then, otherwise, .. } => match otherwise {
                    Some(otherwise) if self.is_terminating_list(&tree[then.stmts]) => {
                        (stmt, label) = (otherwise, None);
                        continue;
                    }
                    _ => false,
                },
                StmtKind::For { cond: None, body, .. } => {
                    !self.has_break_list(&tree[body.stmts], label, true)
                }
                StmtKind::For { .. } | StmtKind::Range { .. } => false,
                StmtKind::Switch { cases, .. } | StmtKind::TypeSwitch { cases, .. } => {
                    self.is_terminating_switch(&tree[cases], label)
                }
                StmtKind::Select { cases, .. } => self.is_terminating_select(&tree[cases], label),
                StmtKind::Labeled { label: own, stmt: inner } => {
                    (stmt, label) = (inner, Some(own.name));
                    continue;
                }
                // The parser has reported it; what it would have been is not known.
                StmtKind::Bad => true,
                StmtKind::Empty
                | StmtKind::Send { .. }
                | StmtKind::Assign { .. }
                | StmtKind::Define { .. }
                | StmtKind::OpAssign { .. }
                | StmtKind::Go(_)
                | StmtKind::Defer(_)
                | StmtKind::Decl(_) => false,
            };
        }
    }

    fn is_panic(&self, expr: ExprId) -> bool {
        let tree = self.tree();
        let call = tree.unparen(expr);
        let ExprKind::Call { fun, .. } = tree[call].kind else { return false };
        let is = |expr, mode| self.recorded(expr).is_some_and(|info| info.mode == mode);
        // As gc: a call in error is none of `panic`.
        is(tree.unparen(fun), Mode::Builtin(Builtin::Panic)) && is(call, Mode::NoValue)
    }

    fn is_terminating_switch(&self, cases: &[Case], label: Option<Name>) -> bool {
        let tree = self.tree();
        cases.iter().any(|case| case.is_default)
            && cases.iter().all(|case| {
                let stmts = &tree[case.body.stmts];
                self.is_terminating_list(stmts) && !self.has_break_list(stmts, label, true)
            })
    }

    fn is_terminating_select(&self, cases: &[CommCase], label: Option<Name>) -> bool {
        let tree = self.tree();
        cases.iter().all(|case| {
            let stmts = &tree[case.body.stmts];
            self.is_terminating_list(stmts) && !self.has_break_list(stmts, label, true)
        })
    }

    fn has_break_list(&self, stmts: &[StmtId], label: Option<Name>, implicit: bool) -> bool {
        stmts.iter().any(|stmt| self.has_break(*stmt, label, implicit))
    }

    // Reports whether a `break` refers to the statement around: by its label or, if `implicit`, without one.
    fn has_break(&self, mut stmt: StmtId, label: Option<Name>, implicit: bool) -> bool {
        let tree = self.tree();
        loop {
            return match tree[stmt].kind {
                StmtKind::Branch { kind: BranchKind::Break, label: target } => match target {
                    None => implicit,
                    Some(target) => Some(target.name) == label,
                },
                StmtKind::Block(block) => self.has_break_list(&tree[block.stmts], label, implicit),
                StmtKind::If { then, otherwise, .. } => {
                    if self.has_break_list(&tree[then.stmts], label, implicit) {
                        return true;
                    }
                    match otherwise {
                        Some(otherwise) => {
                            stmt = otherwise;
                            continue;
                        }
                        None => false,
                    }
                }
                StmtKind::Labeled { stmt: inner, .. } => {
                    stmt = inner;
                    continue;
                }
                // Within these a plain `break` refers to them.
                StmtKind::Switch { cases, .. } | StmtKind::TypeSwitch { cases, .. } => {
                    label.is_some()
                        && tree[cases]
                            .iter()
                            .any(|case| self.has_break_list(&tree[case.body.stmts], label, false))
                }
                StmtKind::Select { cases, .. } => {
                    label.is_some()
                        && tree[cases]
                            .iter()
                            .any(|case| self.has_break_list(&tree[case.body.stmts], label, false))
                }
                StmtKind::For { body, .. } | StmtKind::Range { body, .. } => {
                    label.is_some() && self.has_break_list(&tree[body.stmts], label, false)
                }
                StmtKind::Empty
                | StmtKind::Bad
                | StmtKind::Expr(_)
                | StmtKind::Send { .. }
                | StmtKind::Assign { .. }
                | StmtKind::Define { .. }
                | StmtKind::OpAssign { .. }
                | StmtKind::Go(_)
                | StmtKind::Defer(_)
                | StmtKind::Return(_)
                | StmtKind::Branch { .. }
                | StmtKind::Decl(_) => false,
            };
        }
    }
}
