//! Statements.

use source::Name;
use ssa::Type;
use syntax::{Block, BranchKind, Decl, ExprId, ExprKind, Offset, StmtId, StmtKind};

use crate::func::{Jump, Lowerer, OutPointer};
use crate::layout::Kind;
use crate::range::Header;
use crate::range_func::Exit;

impl<'a, 's> Lowerer<'_, 'a, 's> {
    /// Lowers the statements of a block.
    pub fn block(&mut self, block: &Block) {
        let n_vars = self.b.func().debug_vars.len();
        for stmt in &self.tree()[block.stmts] {
            self.stmt(*stmt);
        }
        self.debug_end(n_vars, block.rbrace);
    }

    pub fn stmt(&mut self, stmt: StmtId) {
        let n_vars = self.b.func().debug_vars.len();
        self.stmt_in_scope(stmt);
        self.debug_scope(n_vars, &self.tree()[stmt]);
    }

    fn stmt_in_scope(&mut self, stmt: StmtId) {
        let tree = self.tree();
        self.at(tree[stmt].span.start);
        let label = self.pending_label.take();
        match tree[stmt].kind {
            StmtKind::Empty => {}
            StmtKind::Bad => panic!("{}: a statement in error", self.symbol),
            StmtKind::Expr(x) => self.expr_stmt(x),
            StmtKind::Send { chan, value, arrow } => self.send(chan, value, arrow),
            StmtKind::Assign { lhs, rhs, .. } => self.assign(lhs, rhs),
            StmtKind::Define { lhs, rhs, .. } => self.define(lhs, rhs),
            StmtKind::OpAssign { x, op, op_pos, y } => self.op_assign(x, op, op_pos, y),
            StmtKind::Go(x) => self.go_stmt(x),
            StmtKind::Defer(x) => self.defer_stmt(x),
            StmtKind::Return(results) => self.return_stmt(&tree[results]),
            StmtKind::Branch { kind, label } => self.branch_stmt(kind, label.map(|label| label.name)),
            StmtKind::Block(block) => self.labelled_block(label, &block),
            StmtKind::If { init, cond, then, otherwise } => self.if_stmt(init, cond, &then, otherwise),
            StmtKind::Switch { init, tag, cases, .. } => self.switch_stmt(label, init, tag, &tree[cases]),
            StmtKind::TypeSwitch { init, name, x, cases, .. } => {
                self.type_switch(label, init, name.is_some(), x, &tree[cases]);
            }
            StmtKind::Select { cases, .. } => self.select_stmt(label, &tree[cases]),
            StmtKind::For { init, cond, post, body } => self.for_stmt(label, init, cond, post, &body),
            StmtKind::Range { key, value, define, x, body, .. } => {
                let header = Header { label, key, value, define };
                self.range_stmt(stmt, header, x, &body);
            }
            StmtKind::Labeled { label, stmt } => {
                // Nothing can jump to a blank label, and there may be several.
                if !label.name.is_blank() {
                    let block = self.label_block(label.name);
                    self.b.jump(block);
                    self.b.switch_to(block);
                }
                self.pending_label = Some(label.name);
                self.stmt(stmt);
                self.pending_label = None;
            }
            StmtKind::Decl(decls) => {
                for decl in &tree[decls] {
                    if let Decl::Var(spec) = decl {
                        self.declare_vars(*spec);
                    }
                }
            }
        }
    }

    pub fn opt_stmt(&mut self, stmt: Option<StmtId>) {
        if let Some(stmt) = stmt {
            self.stmt(stmt);
        }
    }

    fn expr_stmt(&mut self, x: ExprId) {
        let x = self.tree().unparen(x);
        match self.tree()[x].kind {
            ExprKind::Call { .. } => {
                self.call(x);
            }
            _ => {
                self.expr(x);
            }
        }
    }

    fn send(&mut self, chan: ExprId, value: ExprId, arrow: Offset) {
        let ty = self.type_of(chan);
        let Kind::Chan { elem, .. } = self.p.data(ty).kind else { panic!("{}: no channel", self.symbol) };
        let (chan, val) = self.hoisted(&[chan, value], |l| (l.expr(chan).single(), l.expr_as(value, elem)));
        self.at(arrow);
        let buffer = self.address_of_val(elem, &val);
        self.runtime("runtime.chansend1", &[chan, buffer], &[]);
    }

    fn return_stmt(&mut self, exprs: &[ExprId]) {
        if !exprs.is_empty() {
            let results = self.results.clone();
            let vals = self.right_side(exprs, results.len());
            let mut ready = Vec::new();
            for ((_, ty), (from, expr, val)) in results.iter().zip(vals) {
                let val = match expr {
                    Some(expr) if self.is_nil(expr) => self.zero(*ty),
                    _ => self.assign_convert(val, from, *ty),
                };
                let val = if results.len() > 1 { self.stable(*ty, val) } else { val };
                ready.push(val);
            }
            for ((local, ty), val) in results.iter().zip(ready) {
                let place = self.place_of(local);
                self.write_place(*ty, &place, &val);
            }
        }
        self.leave();
    }

    /// Leaves the function with the results as they stand.
    pub fn leave(&mut self) {
        if self.loop_body.is_some() {
            return self.leave_body(Exit::Return);
        }
        match &self.defers {
            Some(defers) => self.b.jump(defers.leave),
            None => self.return_results(),
        }
    }

    fn out_address(&mut self, out: OutPointer) -> ssa::Value {
        match out {
            OutPointer::Value(value) => value,
            OutPointer::Slot(slot) => {
                let addr = self.b.slot_addr(slot, 0);
                self.b.load(Type::Ptr, addr, 0)
            }
        }
    }

    pub fn return_results(&mut self) {
        let results = self.results.clone();
        let outs = self.out_pointers.clone();
        let mut values = Vec::new();
        for ((local, ty), out) in results.iter().zip(outs) {
            let place = self.place_of(local);
            let val = self.read_place(*ty, &place);
            match out {
                // On some stack: the caller's frame.
                Some(out) => {
                    let addr = self.out_address(out);
                    self.store(*ty, addr, 0, &val, true);
                }
                None => values.extend(val.scalars().iter().copied()),
            }
        }
        self.b.ret(values);
    }

    fn label_block(&mut self, name: Name) -> ssa::Block {
        if let Some(block) = self.labels.get(&name) {
            return *block;
        }
        let block = self.b.block();
        self.labels.insert(name, block);
        block
    }

    pub fn branch_stmt(&mut self, kind: BranchKind, label: Option<Name>) {
        let target = match kind {
            BranchKind::Goto => {
                let label = label.expect("goto has a label");
                let is_here = self.loop_body.as_ref().is_none_or(|body| body.labels.contains(&label));
                is_here.then(|| self.label_block(label))
            }
            BranchKind::Fallthrough => self.fallthrough,
            BranchKind::Break => {
                let jump = self.jumps.iter().rev().find(|jump| label.is_none() || jump.label == label);
                jump.map(|jump| jump.on_break)
            }
            BranchKind::Continue => {
                let mut loops = self.jumps.iter().rev().filter(|jump| label.is_none() || jump.label == label);
                loops.find_map(|jump| jump.on_continue)
            }
        };
        match target {
            Some(target) => self.b.jump(target),
            None if self.loop_body.is_some() => self.leave_body(Exit::Jump(kind, label)),
            None => panic!("{}: a jump to nowhere", self.symbol),
        }
    }

    fn labelled_block(&mut self, label: Option<Name>, block: &Block) {
        if label.is_none() {
            return self.block(block);
        }
        let done = self.b.block();
        self.jumps.push(Jump { label, on_break: done, on_continue: None });
        self.block(block);
        self.jumps.pop();
        self.b.jump(done);
        self.b.switch_to(done);
    }

    /// `if`, and the chain of `else if` behind it, without recursion.
    fn if_stmt(&mut self, init: Option<StmtId>, cond: ExprId, then: &Block, otherwise: Option<StmtId>) {
        let done = self.b.block();
        let (mut init, mut cond, mut then, mut otherwise) = (init, cond, *then, otherwise);
        loop {
            self.opt_stmt(init);
            let (yes, no) = (self.b.block(), self.b.block());
            self.condition(cond, yes, no);
            self.b.switch_to(yes);
            self.block(&then);
            self.b.jump(done);
            self.b.switch_to(no);
            let Some(stmt) = otherwise else { break };
            let StmtKind::If { init: i, cond: c, then: t, otherwise: o } = self.tree()[stmt].kind else {
                self.stmt(stmt);
                break;
            };
            (init, cond, then, otherwise) = (i, c, t, o);
            self.at(self.tree()[stmt].span.start);
        }
        self.b.jump(done);
        self.b.switch_to(done);
    }

    /// Branches by a condition; `&&`, `||` and `!` become control flow.
    pub fn condition(&mut self, cond: ExprId, yes: ssa::Block, no: ssa::Block) {
        let tree = self.tree();
        match tree[cond].kind {
            ExprKind::Paren(x) => self.condition(x, yes, no),
            ExprKind::Unary { op: syntax::UnaryOp::Not, x } => self.condition(x, no, yes),
            ExprKind::Binary { op: syntax::BinaryOp::LogAnd, x, y, .. } => {
                let more = self.b.block();
                self.condition(x, more, no);
                self.b.switch_to(more);
                self.condition(y, yes, no);
            }
            ExprKind::Binary { op: syntax::BinaryOp::LogOr, x, y, .. } => {
                let more = self.b.block();
                self.condition(x, yes, more);
                self.b.switch_to(more);
                self.condition(y, yes, no);
            }
            _ => {
                let value = self.expr(cond).single();
                self.b.branch(value, yes, no);
            }
        }
    }

    fn for_stmt(
        &mut self,
        label: Option<Name>,
        init: Option<StmtId>,
        cond: Option<ExprId>,
        post: Option<StmtId>,
        body: &Block,
    ) {
        self.opt_stmt(init);
        let (head, enter, next, done) = (self.b.block(), self.b.block(), self.b.block(), self.b.block());
        self.b.jump(head);
        self.b.switch_to(head);
        match cond {
            Some(cond) => self.condition(cond, enter, done),
            None => self.b.jump(enter),
        }
        self.b.switch_to(enter);
        self.jumps.push(Jump { label, on_break: done, on_continue: Some(next) });
        self.block(body);
        self.jumps.pop();
        self.b.jump(next);
        self.b.switch_to(next);
        self.fresh_loop_variables(init);
        self.opt_stmt(post);
        self.b.jump(head);
        self.b.switch_to(done);
    }

    /// From Go 1.22 on each iteration has its own variables: those that closures or pointers share are copied into
    /// new objects before the post statement. Spec, "For statements with for clause".
    fn fresh_loop_variables(&mut self, init: Option<StmtId>) {
        let tree = self.tree();
        let Some(StmtKind::Define { lhs, .. }) = init.map(|init| tree[init].kind) else { return };
        if !self.per_iteration() {
            return;
        }
        for x in &tree[lhs] {
            let Some(obj) = self.def(tree[*x].span.start) else { continue };
            let Some(local) = self.locals.get(&crate::program::address(obj)).cloned() else { continue };
            let Some(old) = self.box_address(&local) else { continue };
            let ty = self.type_id(obj.ty().expect("variables are typed"));
            let val = self.load(ty, old, 0);
            let fresh = self.new_object(ty);
            self.store(ty, fresh, 0, &val, false);
            self.set_box(&local, fresh);
        }
    }

    pub fn per_iteration(&self) -> bool {
        let files = &self.p.session.inputs[(self.src.pkg - types::FIRST) as usize].files;
        files.iter().any(|file| file.id == self.src.file.id && file.version >= types::Version(22))
    }
}
