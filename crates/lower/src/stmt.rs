//! Statements.

use source::Name;
use ssa::{BinaryOp as B, Cmp, Type};
use syntax::{Block, BranchKind, Case, Decl, ExprId, ExprKind, StmtId, StmtKind};
use types::Basic;

use crate::func::{Jump, Local, Lowerer};
use crate::layout::{Kind, TypeId};
use crate::value::Val;

impl<'a, 's> Lowerer<'_, 'a, 's> {
    /// Lowers the statements of a block.
    pub fn block(&mut self, block: &Block) {
        for stmt in &self.tree()[block.stmts] {
            self.stmt(*stmt);
        }
    }

    fn stmt(&mut self, stmt: StmtId) {
        let tree = self.tree();
        self.at(tree[stmt].span.start);
        let label = self.pending_label.take();
        match tree[stmt].kind {
            StmtKind::Empty => {}
            StmtKind::Bad => panic!("{}: a statement in error", self.symbol),
            StmtKind::Expr(x) => self.expr_stmt(x),
            StmtKind::Send { chan, value, .. } => self.send(chan, value),
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
            StmtKind::Select { .. } => self.unsupported(tree[stmt].span.start, "select"),
            StmtKind::For { init, cond, post, body } => self.for_stmt(label, init, cond, post, &body),
            StmtKind::Range { key, value, define, x, body, .. } => {
                self.range_stmt(label, key, value, define, x, &body)
            }
            StmtKind::Labeled { label, stmt } => {
                let block = self.label_block(label.name);
                self.b.jump(block);
                self.b.switch_to(block);
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

    fn opt_stmt(&mut self, stmt: Option<StmtId>) {
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

    fn send(&mut self, chan: ExprId, value: ExprId) {
        let ty = self.type_of(chan);
        let Kind::Chan { elem, .. } = self.p.data(ty).kind else { panic!("{}: no channel", self.symbol) };
        let chan = self.expr(chan).single();
        let val = self.expr_as(value, elem);
        let buffer = self.address_of_val(elem, &val);
        self.runtime("runtime.chansend1", &[chan, buffer], &[]);
    }

    fn go_stmt(&mut self, x: ExprId) {
        match self.bound(x) {
            Some(closure) => {
                self.runtime("runtime.newproc", &[closure], &[]);
            }
            None => self.unsupported(self.tree()[x].span.start, "go with this predeclared function"),
        }
    }

    /// The call of a `go` or `defer` statement as a closure without parameters.
    fn bound(&mut self, x: ExprId) -> Option<ssa::Value> {
        let x = self.tree().unparen(x);
        let ExprKind::Call { fun, .. } = self.tree()[x].kind else { panic!("{}: no call", self.symbol) };
        if let Some(types::Mode::Builtin(_) | types::Mode::Type) = self.mode(fun) {
            return None;
        }
        let call = self.prepare_call(x);
        if let (crate::call::Target::Closure(fv), [], []) = (&call.target, &call.args[..], &call.results[..])
        {
            return Some(*fv);
        }
        Some(self.bind_call(&call))
    }

    fn defer_stmt(&mut self, x: ExprId) {
        let Some((frame, _)) = self.defers else {
            panic!("{}: defer in a function without a frame for it", self.symbol)
        };
        let Some(closure) = self.bound(x) else {
            self.unsupported(self.tree()[x].span.start, "defer with this predeclared function");
            return;
        };
        // The record is on the heap: the statement may run many times.
        let word = self.unsafe_pointer();
        let record_ty = self.array_of(word, (size_of::<abi::defer::Defer>() / 8) as i64);
        let record = self.new_object(record_ty);
        let frame = self.b.slot_addr(frame, 0);
        self.runtime("runtime.deferpush", &[record, frame, closure], &[]);
    }

    /// Prepares a function with `defer`: results live in slots, and one block runs what was deferred and returns.
    pub fn open_defers(&mut self) {
        let frame = self.b.slot(size_of::<abi::defer::DeferFrame>() as u32, 8);
        self.b.keep_slot_for_recover(frame);
        let (normal, leave) = (self.b.block(), self.b.block());
        let addr = self.b.slot_addr(frame, 0);
        let recovered = self.b.block();
        self.b.defer_init(addr, normal, recovered);
        self.b.switch_to(recovered);
        self.b.jump(leave);
        self.b.switch_to(normal);
        self.defers = Some((frame, leave));
    }

    /// Lowers the block that runs deferred calls, in functions that have them.
    pub fn close_defers(&mut self) {
        let Some((frame, leave)) = self.defers.take() else { return };
        self.b.switch_to(leave);
        let (head, run, done) = (self.b.block(), self.b.block(), self.b.block());
        self.b.jump(head);
        self.b.switch_to(head);
        let addr = self.b.slot_addr(frame, 0);
        let fv = self.runtime("runtime.deferpop", &[addr], &[Type::Ptr])[0];
        let more = self.is_nonzero(fv);
        self.b.branch(more, run, done);
        self.b.switch_to(run);
        self.b.call_closure(fv, Vec::new(), &[]);
        self.b.jump(head);
        self.b.switch_to(done);
        self.return_results();
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
        match self.defers {
            Some((_, leave)) => self.b.jump(leave),
            None => self.return_results(),
        }
    }

    fn return_results(&mut self) {
        let results = self.results.clone();
        let outs = self.out_pointers.clone();
        let mut values = Vec::new();
        for ((local, ty), out) in results.iter().zip(outs) {
            let place = self.place_of(local);
            let val = self.read_place(*ty, &place);
            match out {
                // On some stack: the caller's frame.
                Some(out) => self.store(*ty, out, 0, &val, true),
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

    fn branch_stmt(&mut self, kind: BranchKind, label: Option<Name>) {
        let target = match kind {
            BranchKind::Goto => Some(self.label_block(label.expect("goto has a label"))),
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
        let target = target.unwrap_or_else(|| panic!("{}: a jump to nowhere", self.symbol));
        self.b.jump(target);
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
    fn condition(&mut self, cond: ExprId, yes: ssa::Block, no: ssa::Block) {
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
            let Some(Local::Boxed(variable)) = self.locals.get(&crate::program::address(obj)).cloned() else {
                continue;
            };
            let ty = self.type_id(obj.ty().expect("variables are typed"));
            let old = self.b.get(variable);
            let val = self.load(ty, old, 0);
            let fresh = self.new_object(ty);
            self.store(ty, fresh, 0, &val, false);
            self.b.set(variable, fresh);
        }
    }

    fn per_iteration(&self) -> bool {
        let files = &self.p.session.inputs[(self.src.pkg - types::FIRST) as usize].files;
        files.iter().any(|file| file.id == self.src.file.id && file.version >= types::Version(22))
    }

    fn range_stmt(
        &mut self,
        label: Option<Name>,
        key: Option<ExprId>,
        value: Option<ExprId>,
        define: bool,
        x: ExprId,
        body: &Block,
    ) {
        let ty = self.type_of(x);
        let kind = self.p.data(ty).kind.clone();
        match kind {
            Kind::Basic(Basic::String | Basic::UntypedString) => {
                self.range_string(label, (key, value, define), x, body)
            }
            Kind::Basic(_) => self.range_int(label, (key, define), x, body),
            Kind::Slice(_) | Kind::Array { .. } | Kind::Pointer(_) => {
                self.range_elements(label, (key, value, define), x, body);
            }
            Kind::Chan { elem, .. } => self.range_chan(label, (key, define), x, elem, body),
            Kind::Map { .. } => self.unsupported(self.tree()[x].span.start, "range over a map"),
            _ => self.unsupported(self.tree()[x].span.start, "range over a function"),
        }
    }

    /// Gives an iteration variable its value.
    fn iterate(&mut self, var: Option<ExprId>, define: bool, from: TypeId, val: Val) {
        let Some(x) = var else { return };
        let tree = self.tree();
        if matches!(tree[x].kind, ExprKind::Name(name) if name.is_blank()) {
            return;
        }
        match self.def(tree[x].span.start).filter(|_| define) {
            Some(obj) => {
                let ty = self.type_id(obj.ty().expect("variables are typed"));
                let val = self.assign_convert(val, from, ty);
                self.declare(obj, ty, Some(val));
            }
            None => {
                let ty = self.type_of(x);
                let place = self.place(x);
                let val = self.assign_convert(val, from, ty);
                self.write_place(ty, &place, &val);
            }
        }
    }

    /// A loop over `0..n`; `each` runs at the start of the body with the index.
    fn count_loop(
        &mut self,
        label: Option<Name>,
        ty: Type,
        (n, signed): (ssa::Value, bool),
        body: &Block,
        each: impl FnOnce(&mut Self, ssa::Value),
    ) {
        let index = self.b.declare(ty);
        let zero = self.b.zero(ty);
        self.b.set(index, zero);
        let (head, enter, next, done) = (self.b.block(), self.b.block(), self.b.block(), self.b.block());
        self.b.jump(head);
        self.b.switch_to(head);
        let i = self.b.get(index);
        let more = self.b.compare(if signed { Cmp::LtS } else { Cmp::LtU }, i, n);
        self.b.branch(more, enter, done);
        self.b.switch_to(enter);
        each(self, i);
        self.jumps.push(Jump { label, on_break: done, on_continue: Some(next) });
        self.block(body);
        self.jumps.pop();
        self.b.jump(next);
        self.b.switch_to(next);
        let (i, one) = (self.b.get(index), self.b.iconst(ty, 1));
        let i = self.b.binary(B::Add, i, one);
        self.b.set(index, i);
        self.b.jump(head);
        self.b.switch_to(done);
    }

    fn range_int(
        &mut self,
        label: Option<Name>,
        (key, define): (Option<ExprId>, bool),
        x: ExprId,
        body: &Block,
    ) {
        let ty = match key {
            Some(key) if self.p_is_typed(key) => self.type_of_var(key),
            _ => self.type_of(x),
        };
        let n = self.expr_as(x, ty).single();
        let (scalar, signed) = (self.scalar_type(ty), self.is_signed(ty));
        let n = self.b.resize(n, scalar, signed);
        self.count_loop(label, scalar, (n, signed), body, |l, i| l.iterate(key, define, ty, Val::one(i)));
    }

    fn p_is_typed(&self, var: ExprId) -> bool {
        !matches!(self.tree()[var].kind, ExprKind::Name(name) if name.is_blank())
    }

    fn type_of_var(&mut self, var: ExprId) -> TypeId {
        match self.def(self.tree()[var].span.start) {
            Some(obj) => self.type_id(obj.ty().expect("variables are typed")),
            None => self.type_of(var),
        }
    }

    fn range_elements(
        &mut self,
        label: Option<Name>,
        (key, value, define): (Option<ExprId>, Option<ExprId>, bool),
        x: ExprId,
        body: &Block,
    ) {
        let ty = self.type_of(x);
        let int = self.basic(Basic::Int);
        let wants_value = value.is_some_and(|value| self.p_is_typed(value));
        let (base, len, elem) = match self.p.data(ty).kind.clone() {
            Kind::Slice(elem) => {
                let val = self.expr(x);
                (val.scalars()[0], val.scalars()[1], elem)
            }
            Kind::Array { elem, len } => {
                // The array is copied when its elements are wanted. Spec, "For statements with range clause".
                let base = if wants_value {
                    let val = self.expr(x);
                    self.spill(ty, &val)
                } else {
                    self.nil()
                };
                (base, self.int(len as i64), elem)
            }
            Kind::Pointer(array) => {
                let Kind::Array { elem, len } = self.p.data(array).kind else {
                    panic!("{}: no array", self.symbol)
                };
                let base = self.expr(x).single();
                if wants_value {
                    self.b.nil_check(base);
                }
                (base, self.int(len as i64), elem)
            }
            _ => panic!("{}: a range over {}", self.symbol, self.p.data(ty).link),
        };
        self.count_loop(label, Type::I64, (len, true), body, |l, i| {
            let val = wants_value.then(|| {
                let addr = l.element_address(base, i, elem);
                let val = l.load(elem, addr, 0);
                l.stable(elem, val)
            });
            l.iterate(key, define, int, Val::one(i));
            if let Some(val) = val {
                l.iterate(value, define, elem, val);
            }
        });
    }

    fn range_string(
        &mut self,
        label: Option<Name>,
        (key, value, define): (Option<ExprId>, Option<ExprId>, bool),
        x: ExprId,
        body: &Block,
    ) {
        let string = self.expr(x);
        let (data, len) = (string.scalars()[0], string.scalars()[1]);
        let (int, rune) = (self.basic(Basic::Int), self.basic(Basic::Int32));
        let index = self.b.declare(Type::I64);
        let zero = self.int(0);
        self.b.set(index, zero);
        let after = self.b.declare(Type::I64);
        let (head, enter, next, done) = (self.b.block(), self.b.block(), self.b.block(), self.b.block());
        self.b.jump(head);
        self.b.switch_to(head);
        let i = self.b.get(index);
        let more = self.b.compare(Cmp::LtS, i, len);
        self.b.branch(more, enter, done);
        self.b.switch_to(enter);
        // One byte below 0x80 is the rune itself.
        let addr = self.b.ptr_add(data, i, 0);
        let byte = self.b.load(Type::I8, addr, 0);
        let (wide, limit, one) =
            (self.b.resize(byte, Type::I32, false), self.b.iconst(Type::I32, 0x80), self.int(1));
        let decoded = self.b.declare(Type::I32);
        let behind = self.b.binary(B::Add, i, one);
        self.b.set(decoded, wide);
        self.b.set(after, behind);
        let (slow, go_on) = (self.b.block(), self.b.block());
        let is_ascii = self.b.compare(Cmp::LtU, wide, limit);
        self.b.branch(is_ascii, go_on, slow);
        self.b.switch_to(slow);
        let parts = self.runtime("runtime.decoderune", &[data, len, i], &[Type::I32, Type::I64]);
        self.b.set(decoded, parts[0]);
        self.b.set(after, parts[1]);
        self.b.jump(go_on);
        self.b.switch_to(go_on);
        let val = self.b.get(decoded);
        self.iterate(key, define, int, Val::one(i));
        self.iterate(value, define, rune, Val::one(val));
        self.jumps.push(Jump { label, on_break: done, on_continue: Some(next) });
        self.block(body);
        self.jumps.pop();
        self.b.jump(next);
        self.b.switch_to(next);
        let i = self.b.get(after);
        self.b.set(index, i);
        self.b.jump(head);
        self.b.switch_to(done);
    }

    fn range_chan(
        &mut self,
        label: Option<Name>,
        (key, define): (Option<ExprId>, bool),
        x: ExprId,
        elem: TypeId,
        body: &Block,
    ) {
        let chan = self.expr(x).single();
        let slot = self.slot_for(elem);
        let (head, enter, done) = (self.b.block(), self.b.block(), self.b.block());
        self.b.jump(head);
        self.b.switch_to(head);
        let buffer = self.b.slot_addr(slot, 0);
        let ok = self.runtime("runtime.chanrecv2", &[chan, buffer], &[Type::I8])[0];
        self.b.branch(ok, enter, done);
        self.b.switch_to(enter);
        let buffer = self.b.slot_addr(slot, 0);
        let val = self.load(elem, buffer, 0);
        self.iterate(key, define, elem, val);
        self.jumps.push(Jump { label, on_break: done, on_continue: Some(head) });
        self.block(body);
        self.jumps.pop();
        self.b.jump(head);
        self.b.switch_to(done);
    }

    fn switch_stmt(
        &mut self,
        label: Option<Name>,
        init: Option<StmtId>,
        tag: Option<ExprId>,
        cases: &[Case],
    ) {
        self.opt_stmt(init);
        let tag = tag.map(|tag| {
            let ty = self.type_of(tag);
            let val = self.expr(tag);
            (ty, self.stable(ty, val))
        });
        let done = self.b.block();
        let bodies: Vec<ssa::Block> = cases.iter().map(|_| self.b.block()).collect();
        for (case, body) in cases.iter().zip(&bodies) {
            for x in &self.tree()[case.exprs] {
                self.at(self.tree()[*x].span.start);
                let next = self.b.block();
                match &tag {
                    Some((ty, val)) => {
                        let equal = self.case_equal(*ty, val, *x);
                        self.b.branch(equal, *body, next);
                    }
                    None => self.condition(*x, *body, next),
                }
                self.b.switch_to(next);
            }
        }
        let default = cases.iter().position(|case| case.is_default);
        self.b.jump(default.map_or(done, |idx| bodies[idx]));
        self.jumps.push(Jump { label, on_break: done, on_continue: None });
        for (idx, case) in cases.iter().enumerate() {
            self.b.switch_to(bodies[idx]);
            let outer = std::mem::replace(&mut self.fallthrough, bodies.get(idx + 1).copied());
            self.block(&case.body);
            self.fallthrough = outer;
            self.b.jump(done);
        }
        self.jumps.pop();
        self.b.switch_to(done);
    }

    /// Compares the tag with a case: mixed interface and concrete values as interfaces.
    fn case_equal(&mut self, ty: TypeId, tag: &Val, x: ExprId) -> ssa::Value {
        if self.is_nil(x) {
            let nonzero = self.is_nonzero(tag.scalars()[0]);
            return self.not(nonzero);
        }
        let case_ty = self.type_of(x);
        let common = if self.is_interface(case_ty) && !self.is_interface(ty) { case_ty } else { ty };
        let lhs = self.assign_convert(tag.clone(), ty, common);
        let rhs = self.expr_as(x, common);
        self.equal(common, &lhs, &rhs)
    }

    fn type_switch(
        &mut self,
        label: Option<Name>,
        init: Option<StmtId>,
        named: bool,
        x: ExprId,
        cases: &[Case],
    ) {
        self.opt_stmt(init);
        let tree = self.tree();
        let from = self.type_of(x);
        let val = self.expr(x);
        let done = self.b.block();
        let bodies: Vec<ssa::Block> = cases.iter().map(|_| self.b.block()).collect();
        for (case, body) in cases.iter().zip(&bodies) {
            let exprs = &tree[case.exprs];
            for ty in exprs {
                let next = self.b.block();
                if self.is_nil(*ty) {
                    let nonzero = self.is_nonzero(val.scalars()[0]);
                    let declare = self.b.block();
                    self.b.branch(nonzero, next, declare);
                    self.b.switch_to(declare);
                    self.declare_case(named, case, from, &val);
                } else {
                    let to = self.type_of(*ty);
                    let holds = self.type_test(&val, from, to);
                    let declare = self.b.block();
                    self.b.branch(holds.0, declare, next);
                    self.b.switch_to(declare);
                    if exprs.len() == 1 && named {
                        let extracted = self.extract_case(&val, from, to, holds);
                        self.declare_case(named, case, to, &extracted);
                    } else {
                        self.declare_case(named, case, from, &val);
                    }
                }
                self.b.jump(*body);
                self.b.switch_to(next);
            }
        }
        match cases.iter().position(|case| case.is_default) {
            Some(idx) => {
                self.declare_case(named, &cases[idx], from, &val);
                self.b.jump(bodies[idx]);
            }
            None => self.b.jump(done),
        }
        self.jumps.push(Jump { label, on_break: done, on_continue: None });
        for (idx, case) in cases.iter().enumerate() {
            self.b.switch_to(bodies[idx]);
            self.block(&case.body);
            self.b.jump(done);
        }
        self.jumps.pop();
        self.b.switch_to(done);
    }

    fn extract_case(
        &mut self,
        val: &Val,
        from: TypeId,
        to: TypeId,
        holds: (ssa::Value, Option<ssa::Value>),
    ) -> Val {
        if self.is_empty_interface(to) {
            let is_empty = self.is_empty_interface(from);
            let ty = self.dynamic_type(val.scalars()[0], is_empty);
            return Val::of(&[ty, val.scalars()[1]]);
        }
        self.extract(val, to, holds)
    }

    /// Declares the variable of a clause, or writes it again where several types lead to one body.
    fn declare_case(&mut self, named: bool, case: &Case, ty: TypeId, val: &Val) {
        let Some(obj) = self.src.file.info.implicits.get(&case.pos).copied().filter(|_| named) else {
            return;
        };
        match self.locals.get(&crate::program::address(obj)).cloned() {
            Some(local @ (Local::Vars(_) | Local::Slot(_))) => {
                let place = self.place_of(&local);
                self.write_place(ty, &place, val);
            }
            Some(Local::Boxed(variable)) => {
                let addr = self.new_object(ty);
                self.store(ty, addr, 0, val, false);
                self.b.set(variable, addr);
            }
            None => {
                self.declare(obj, ty, Some(val.clone()));
            }
        }
    }
}
