//! `for` statements that range over a function.
//!
//! The body becomes a closure that the function calls. It has a control object: the state of the loop, with which
//! calls at the wrong time are found, and the way by which the body was left. After the function has returned the
//! statement goes on there: a jump, or a return with results that the body has already written. Bodies within bodies
//! pass on what leaves more than one. Spec, "For statements with range clause"; Go 1.23's rangefunc rewrite for the panics.

use std::mem::offset_of;
use std::rc::Rc;

use source::Name;
use ssa::{Cmp, Type, Value};
use syntax::{Block, BranchKind, ExprId, StmtId, StmtKind};

use crate::capture::Literal;
use crate::defer::BODY_DEFERS;
use crate::func::{Local, Lowerer};
use crate::layout::{FuncKind, Kind, TypeId};
use crate::range::Header;

/// States of a loop: `internal/abi.RF_State`.
mod state {
    /// The body was left.
    pub const DONE: i64 = 0;
    /// The body may be called.
    pub const READY: i64 = 1;
    /// The body runs, or has panicked.
    pub const PANIC: i64 = 2;
    /// The function has returned.
    pub const EXHAUSTED: i64 = 3;
    /// The function has returned although the body panicked.
    pub const MISSING_PANIC: i64 = 4;
}

/// The control object of a loop.
#[repr(C)]
struct Control {
    /// See [`state`].
    state: i64,
    /// The number of the [`Exit`].
    exit: i64,
}

/// How a body is left other than by its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Exit {
    /// `return`; the results are written.
    Return,
    /// A jump out of the body.
    Jump(BranchKind, Option<Name>),
}

/// What the lowerer of a body knows of the loop.
pub(crate) struct LoopBody {
    /// The label of the loop.
    label: Option<Name>,
    /// Labels within the body.
    pub labels: Vec<Name>,
    /// Where the next iteration is asked for.
    next: ssa::Block,
    /// The control object.
    control: Value,
    /// Ways out that the statement must go on with; the number in the control object is one more.
    exits: Vec<Exit>,
}

/// The key of a loop's control object among the variables. Objects lie at even addresses.
fn control_key(stmt: StmtId) -> usize {
    2 * stmt.index() + 3
}

impl<'a, 's> Lowerer<'_, 'a, 's> {
    /// A loop over a function.
    pub fn range_func(&mut self, stmt: StmtId, header: Header, x: ExprId, sig: &FuncKind, body: &Block) {
        let fv = self.expr(x).single();
        let Kind::Func(yielded) = self.p.data(sig.params[0]).kind.clone() else {
            panic!("{}: no function to yield to", self.symbol)
        };
        let control = self.new_control(stmt);
        let has_defer = self.src.captures.body_defers.contains(&stmt);
        if has_defer && self.loop_body.is_none() {
            self.open_body_defers();
        }
        let mut captured = self.captured(Literal::Body(stmt));
        for key in [Some(control_key(stmt)), has_defer.then_some(BODY_DEFERS)].into_iter().flatten() {
            if let Some(local) = self.locals.get(&key).cloned() {
                captured.push((key, self.local_types[&key], local));
            }
        }
        let n = self.n_closures.get() + 1;
        self.n_closures.set(n);
        let symbol: Rc<str> = format!("{}-range{n}", self.symbol).into();
        let exits = self.lower_loop_body(&symbol, (stmt, header), &captured, &yielded, body);
        let closure = self.closure_object(&symbol, &captured);
        self.b.call_closure(fv, vec![closure], &[]);
        self.go_on(control, &exits);
    }

    /// Makes the control object and declares it under its key.
    fn new_control(&mut self, stmt: StmtId) -> Value {
        let int = self.basic(types::Basic::Int);
        let ty = self.array_of(int, size_of::<Control>() as i64 / 8);
        let control = self.new_object(ty);
        let ready = self.int(state::READY);
        self.b.store(control, offset_of!(Control, state) as i32, ready);
        let variable = self.b.declare(Type::Ptr);
        self.b.set(variable, control);
        self.locals.insert(control_key(stmt), Local::Boxed(variable));
        self.local_types.insert(control_key(stmt), ty);
        control
    }

    /// What follows the call of the function.
    fn go_on(&mut self, control: Value, exits: &[Exit]) {
        let state_off = offset_of!(Control, state) as i32;
        let now = self.b.load(Type::I64, control, state_off);
        let panicked = self.int(state::PANIC);
        let is_fine = self.b.compare(Cmp::Ne, now, panicked);
        self.check_range_state(is_fine, |l| l.int(state::MISSING_PANIC));
        let exhausted = self.int(state::EXHAUSTED);
        self.b.store(control, state_off, exhausted);
        if exits.is_empty() {
            return;
        }
        let exit = self.b.load(Type::I64, control, offset_of!(Control, exit) as i32);
        let done = self.b.block();
        let blocks: Vec<ssa::Block> = exits.iter().map(|_| self.b.block()).collect();
        let targets = (1..).zip(&blocks).map(|(number, block)| (number, *block)).collect();
        self.b.switch(exit, targets, done);
        for (exit, block) in exits.iter().zip(blocks) {
            self.b.switch_to(block);
            match exit {
                Exit::Return => self.leave(),
                Exit::Jump(kind, label) => self.branch_stmt(*kind, *label),
            }
        }
        self.b.switch_to(done);
    }

    fn check_range_state(&mut self, ok: Value, state: impl FnOnce(&mut Self) -> Value) {
        let (go_on, fail) = (self.b.block(), self.b.cold_block());
        self.b.branch(ok, go_on, fail);
        self.b.switch_to(fail);
        let state = state(self);
        self.runtime("runtime.panicrangestate", &[state], &[]);
        self.b.unreachable();
        self.b.switch_to(go_on);
    }

    /// Lowers the body as a function; returns the ways out of it.
    fn lower_loop_body(
        &mut self,
        symbol: &Rc<str>,
        (stmt, header): (StmtId, Header),
        captured: &[(usize, TypeId, Local)],
        yielded: &FuncKind,
        body: &Block,
    ) -> Vec<Exit> {
        let sig = self.flat_signature(&yielded.params, &yielded.results);
        let result_keys = self.result_keys.clone();
        let labels = labels_of(self.tree(), body);
        let mut l = self.forwarder(symbol, sig);
        l.b.func_mut().flags.wrapper = false;
        l.b.func_mut().scopes[0].wrapper = false;
        let (_, vals) = l.wrapper_params(&yielded.params, &yielded.results);
        l.unpack_context(captured);
        // All or none are captured.
        l.results = result_keys
            .iter()
            .filter_map(|key| Some((l.locals.get(key)?.clone(), *l.local_types.get(key)?)))
            .collect();
        l.result_keys = result_keys;
        let local = l.locals[&control_key(stmt)].clone();
        let control = l.box_address(&local).expect("the control object is boxed");
        let next = l.b.block();
        l.loop_body = Some(LoopBody { label: header.label, labels, next, control, exits: Vec::new() });
        let state_off = offset_of!(Control, state) as i32;
        let now = l.b.load(Type::I64, control, state_off);
        let ready = l.int(state::READY);
        let is_ready = l.b.compare(Cmp::Eq, now, ready);
        // Also before the panic of a call that comes too late: the function may recover that one too.
        let running = l.int(state::PANIC);
        l.b.store(control, state_off, running);
        l.check_range_state(is_ready, |_| now);
        for (var, (ty, val)) in [header.key, header.value].into_iter().zip(yielded.params.iter().zip(vals)) {
            l.iterate(var, header.define, *ty, val);
        }
        l.block(body);
        l.b.jump(next);
        l.b.switch_to(next);
        let ready = l.int(state::READY);
        l.b.store(control, state_off, ready);
        let more = l.b.iconst(Type::I8, 1);
        l.b.ret(vec![more]);
        l.debug_end(0, body.rbrace);
        let exits = l.loop_body.take().map(|body| body.exits).unwrap_or_default();
        let func = l.b.finish();
        l.p.out.funcs.push(func);
        exits
    }

    /// Leaves the body that is being lowered.
    pub fn leave_body(&mut self, exit: Exit) {
        let body = self.loop_body.as_mut().expect("we are in the body of a loop");
        let is_own = |label: Option<Name>| label.is_none() || label == body.label;
        let number = match exit {
            Exit::Jump(BranchKind::Continue, label) if is_own(label) => {
                let next = body.next;
                return self.b.jump(next);
            }
            Exit::Jump(BranchKind::Break, label) if is_own(label) => 0,
            exit => {
                let known = body.exits.iter().position(|other| *other == exit);
                let at = known.unwrap_or_else(|| {
                    body.exits.push(exit);
                    body.exits.len() - 1
                });
                at as i64 + 1
            }
        };
        let control = body.control;
        let (number, done) = (self.int(number), self.int(state::DONE));
        self.b.store(control, offset_of!(Control, exit) as i32, number);
        self.b.store(control, offset_of!(Control, state) as i32, done);
        let stop = self.b.iconst(Type::I8, 0);
        self.b.ret(vec![stop]);
    }
}

/// The labels that a `goto` in these statements may reach without leaving the function.
fn labels_of(tree: &syntax::File, body: &Block) -> Vec<Name> {
    let mut labels = Vec::new();
    let mut todo: Vec<StmtId> = tree[body.stmts].to_vec();
    while let Some(stmt) = todo.pop() {
        let mut add = |block: &Block| todo.extend(&tree[block.stmts]);
        match tree[stmt].kind {
            StmtKind::Labeled { label, stmt } => {
                labels.push(label.name);
                todo.push(stmt);
            }
            StmtKind::Block(block) => add(&block),
            StmtKind::If { then, otherwise, .. } => {
                add(&then);
                todo.extend(otherwise);
            }
            StmtKind::For { body, .. } | StmtKind::Range { body, .. } => add(&body),
            StmtKind::Switch { cases, .. } | StmtKind::TypeSwitch { cases, .. } => {
                tree[cases].iter().for_each(|case| add(&case.body));
            }
            StmtKind::Select { cases, .. } => tree[cases].iter().for_each(|case| add(&case.body)),
            _ => {}
        }
    }
    labels
}
