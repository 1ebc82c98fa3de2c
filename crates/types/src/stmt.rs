//! Statements: what each is made of. Spec, "Statements".
//!
//! The larger ones have modules of their own. A [`StmtContext`] says which jumps without a label may stand here.

use syntax::{Block, BranchKind, CommCase, ExprId, ExprKind, Offset, StmtId, StmtKind};

use crate::checker::{Checker, Mode, Operand};
use crate::expr::ExprUse;
use crate::model::*;

/// Which jumps without a label may stand where a statement stands.
#[derive(Clone, Copy, Default)]
pub(crate) struct StmtContext {
    /// Within a loop, `switch` or `select`.
    pub break_ok: bool,
    /// Within a loop.
    pub continue_ok: bool,
    /// What is to be said of `fallthrough`.
    pub fallthrough: Fallthrough,
}

/// What is to be said of a `fallthrough`.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Fallthrough {
    /// It does not end a case of a `switch`.
    #[default]
    OutOfPlace,
    /// It may stand here, as the last statement.
    Allowed,
    /// There is no case after this one.
    FinalCase,
    /// In a type switch there is none.
    TypeSwitch,
}

impl StmtContext {
    /// Returns the context of statements within another that is not a case.
    pub fn inner(self) -> StmtContext {
        StmtContext { fallthrough: Fallthrough::OutOfPlace, ..self }
    }

    /// Returns the context of the body of a loop.
    pub fn in_loop(self) -> StmtContext {
        StmtContext { break_ok: true, continue_ok: true, fallthrough: Fallthrough::OutOfPlace }
    }

    /// Returns the context of the body of a case.
    pub fn in_case(self, fallthrough: Fallthrough) -> StmtContext {
        StmtContext { break_ok: true, fallthrough, ..self }
    }
}

impl<'s> Checker<'s> {
    /// Checks statements in the scope that is open.
    pub(crate) fn stmt_list(&mut self, stmts: &[StmtId], ctx: StmtContext) {
        let tree = self.tree();
        let is_empty = |stmt: &StmtId| matches!(tree[*stmt].kind, StmtKind::Empty);
        let n_stmts = stmts.iter().rposition(|stmt| !is_empty(stmt)).map_or(0, |last| last + 1);
        let before_last = match ctx.fallthrough {
            Fallthrough::Allowed => ctx.inner(),
            Fallthrough::OutOfPlace | Fallthrough::FinalCase | Fallthrough::TypeSwitch => ctx,
        };
        for (idx, &stmt) in stmts[..n_stmts].iter().enumerate() {
            self.stmt(stmt, if idx + 1 == n_stmts { ctx } else { before_last });
        }
    }

    /// Checks a block in a scope of its own.
    pub(crate) fn block(&mut self, block: Block, ctx: StmtContext) {
        self.open_scope();
        self.stmt_list(&self.tree()[block.stmts], ctx);
        self.close_scope();
    }

    /// Checks a statement before the condition of another.
    pub(crate) fn simple_stmt(&mut self, stmt: Option<StmtId>) {
        if let Some(stmt) = stmt {
            self.stmt(stmt, StmtContext::default());
        }
    }

    /// Checks a statement.
    pub(crate) fn stmt(&mut self, stmt: StmtId, ctx: StmtContext) {
        let tree = self.tree();
        match tree[stmt].kind {
            StmtKind::Empty | StmtKind::Bad => {}
            StmtKind::Expr(expr) => self.expr_stmt(expr),
            StmtKind::Send { chan, value, .. } => self.send_stmt(chan, value),
            StmtKind::Assign { lhs, rhs, .. } => self.assign_vars(&tree[lhs], &tree[rhs]),
            StmtKind::Define { lhs, rhs, op_pos } => self.short_var_decl(op_pos, &tree[lhs], &tree[rhs]),
            StmtKind::OpAssign { x, op, op_pos, y: Some(y) } => self.op_assign(x, op, op_pos, y),
            StmtKind::OpAssign { x, op, y: None, .. } => self.inc_dec(x, op),
            StmtKind::Go(call) => self.suspended_call("go", call),
            StmtKind::Defer(call) => self.suspended_call("defer", call),
            StmtKind::Return(results) => self.return_stmt(stmt, &tree[results]),
            StmtKind::Branch { label: Some(_), .. } => self.env.locals.has_labels = true,
            StmtKind::Branch { kind, label: None } => self.branch(tree[stmt].span.start, kind, ctx),
            StmtKind::Block(block) => self.block(block, ctx.inner()),
            StmtKind::If { .. } => self.if_stmt(stmt, ctx.inner()),
            StmtKind::Switch { init, tag, cases, .. } => {
                self.open_scope();
                self.simple_stmt(init);
                self.switch_stmt(tag, &tree[cases], ctx.inner());
                self.close_scope();
            }
            StmtKind::TypeSwitch { init, name, x, cases, .. } => {
                self.open_scope();
                self.simple_stmt(init);
                self.type_switch(name, x, &tree[cases], ctx.inner());
                self.close_scope();
            }
            StmtKind::Select { cases, .. } => self.select_stmt(&tree[cases], ctx.inner()),
            StmtKind::For { init, cond, post, body } => {
                self.open_scope();
                self.simple_stmt(init);
                if let Some(cond) = cond {
                    self.condition(cond, "for");
                }
                self.simple_stmt(post);
                self.block(body, ctx.in_loop());
                self.close_scope();
            }
            StmtKind::Range { .. } => self.range_stmt(stmt, ctx.in_loop()),
            StmtKind::Labeled { stmt, .. } => {
                self.env.locals.has_labels = true;
                self.stmt(stmt, ctx);
            }
            StmtKind::Decl(decls) => {
                for decl in &tree[decls] {
                    self.local_decl(decl);
                }
            }
        }
    }

    // Chains of `else if` may be long: their scopes nest, their checking does not.
    fn if_stmt(&mut self, mut stmt: StmtId, ctx: StmtContext) {
        let tree = self.tree();
        let mut n_scopes = 0;
        while let StmtKind::If { init, cond, then, otherwise } = tree[stmt].kind {
            self.open_scope();
            n_scopes += 1;
            self.simple_stmt(init);
            self.condition(cond, "if");
            self.block(then, ctx);
            match otherwise {
                Some(otherwise) => stmt = otherwise,
                None => break,
            }
        }
        if !matches!(tree[stmt].kind, StmtKind::If { .. }) {
            self.stmt(stmt, ctx);
        }
        for _ in 0..n_scopes {
            self.close_scope();
        }
    }

    fn condition(&mut self, cond: ExprId, what: &str) {
        let mut x = Operand::invalid(self, cond);
        self.expr(&mut x, cond, None);
        if !x.is_invalid() && !self.all_boolean(x.ty) {
            self.error_at(cond, format!("non-boolean condition in {what} statement"));
        } else {
            self.default_operand(&mut x);
        }
    }

    fn expr_stmt(&mut self, expr: ExprId) {
        let mut x = Operand::invalid(self, expr);
        let usage = self.raw_expr(&mut x, expr, None, false);
        let what = match x.mode {
            Mode::Invalid => return,
            Mode::Builtin(_) => "must be called",
            Mode::Type | Mode::GenericType => "is not an expression",
            _ if usage == ExprUse::Statement => return,
            _ => "is not used",
        };
        let text = format!("{} {what}", self.operand_str(&x));
        self.error_at(expr, text);
    }

    fn send_stmt(&mut self, chan: ExprId, value: ExprId) {
        let mut ch = Operand::invalid(self, chan);
        let mut val = Operand::invalid(self, value);
        self.expr(&mut ch, chan, None);
        self.expr(&mut val, value, None);
        if ch.is_invalid() || val.is_invalid() {
            return;
        }
        if let Some(elem) = self.chan_elem(&ch, false) {
            self.assignment(&mut val, Some(elem), "send");
        }
    }

    fn suspended_call(&mut self, keyword: &str, call: ExprId) {
        let tree = self.tree();
        match tree[call].kind {
            ExprKind::Call { .. } => {}
            // Parentheses around a call were reported by the parser.
            ExprKind::Bad => return,
            _ => {
                if !matches!(tree[tree.unparen(call)].kind, ExprKind::Call { .. }) {
                    self.error_at(call, format!("expression in {keyword} must be function call"));
                }
                self.use_exprs(&[call]);
                return;
            }
        }
        let mut x = Operand::invalid(self, call);
        let what = match self.raw_expr(&mut x, call, None, false) {
            ExprUse::Statement => return,
            ExprUse::Conversion => "requires function call, not conversion",
            ExprUse::Expression => "discards result of",
        };
        if !x.is_invalid() {
            let text = format!("{keyword} {what} {}", self.operand_str(&x));
            self.error_at(call, text);
        }
    }

    fn return_stmt(&mut self, stmt: StmtId, values: &[ExprId]) {
        let Some(Type::Signature(sig)) = self.env.sig else { return };
        let is_named = sig.results.first().is_some_and(|result| !result.name.as_str().is_empty());
        if values.is_empty() && (is_named || sig.results.is_empty()) {
            self.hidden_results(stmt, sig.results);
            return;
        }
        self.init_vars(sig.results, values, Some(stmt));
    }

    // Spec, "Return statements": an empty list is no return of results that are hidden.
    fn hidden_results(&mut self, stmt: StmtId, results: &[Obj<'s>]) {
        for result in results {
            let Some(other) = self.lookup(result.name).filter(|other| !other.is(result)) else { continue };
            if result.name.is_blank() || result.name.as_str().is_empty() {
                continue;
            }
            let text = format!("result parameter {} not in scope at return", result.name);
            let note = format!("inner declaration of {}", self.obj_str(other));
            self.error_with_note(self.pos(self.tree()[stmt].span.start), text, (other.pos, note));
        }
    }

    fn branch(&mut self, at: Offset, kind: BranchKind, ctx: StmtContext) {
        let text = match kind {
            BranchKind::Break if !ctx.break_ok => "break is not in a loop, switch, or select",
            BranchKind::Continue if !ctx.continue_ok => "continue is not in a loop",
            BranchKind::Fallthrough => match ctx.fallthrough {
                Fallthrough::Allowed => return,
                Fallthrough::OutOfPlace => "fallthrough statement out of place",
                Fallthrough::FinalCase => "cannot fallthrough final case in switch",
                Fallthrough::TypeSwitch => "cannot fallthrough in type switch",
            },
            // A `goto` without a label was reported by the parser.
            BranchKind::Break | BranchKind::Continue | BranchKind::Goto => return,
        };
        self.error(self.pos(at), text);
    }

    /// Reports every `default` of a `switch` or `select` after the first; `at` has the positions of all.
    pub(crate) fn check_defaults(&mut self, at: impl Iterator<Item = Offset>) {
        let mut at = at;
        let Some(first) = at.next() else { return };
        let place = source::place_in_text(self.pos(first));
        for other in at {
            self.error(self.pos(other), format!("multiple defaults (first at {place})"));
        }
    }

    /// Returns where gc reports errors about a statement that is an expression: at its operator or parenthesis.
    pub(crate) fn comm_pos(&self, case: &CommCase) -> Offset {
        let tree = self.tree();
        let Some(comm) = case.comm else { return case.pos };
        match tree[comm].kind {
            StmtKind::Expr(expr) => match tree[expr].kind {
                ExprKind::Call { fun, .. } => tree[fun].span.end,
                ExprKind::Binary { op_pos, .. } => op_pos,
                _ => tree[expr].span.start,
            },
            _ => tree[comm].span.start,
        }
    }
}
