//! `go` and `defer`.
//!
//! A deferred call is a closure without parameters on a list of the goroutine, marked with the frame that deferred it.
//! What a statement outside of loops defers has its record in the frame, and the function performs it by name where it
//! leaves: such records are on the list in the order of their statements, so one that is pending is the first of the
//! list when its turn comes. Only panics find these records through the list.
//!
//! In the body of a loop over a function the frame is that of the function around it, which is not the innermost one:
//! such calls go on a list of their own, for which one closure is deferred before the loop begins.

use std::mem::offset_of;
use std::rc::Rc;

use abi::defer::Defer;
use ssa::{Op, Slot, Type, Value};
use syntax::{ExprId, ExprKind};
use types::{Builtin, Mode};

use crate::call::Target;
use crate::func::{Local, Lowerer};
use crate::layout::TypeId;
use crate::value::Val;

/// The key of the variable that holds the list of calls deferred in the bodies of loops. No object has this address.
pub(crate) const BODY_DEFERS: usize = 1;

/// What a function with `defer` knows of its frame.
pub(crate) struct Defers {
    /// The [`abi::defer::DeferFrame`].
    frame: Slot,
    /// Performs what was deferred and returns.
    pub leave: ssa::Block,
    /// The statements outside of loops, in their order.
    sites: Vec<Site>,
    /// There are records on the heap, whose number is not known.
    has_others: bool,
}

/// A `defer` statement that runs at most once.
struct Site {
    /// The [`abi::defer::Defer`].
    record: Slot,
    code: Code,
}

/// What is known of a closure where it is called.
enum Code {
    Nothing,
    /// It is this datum.
    Datum(ssa::Symbol),
    /// It is an object with this code.
    Func(ssa::Symbol),
}

impl<'a, 's> Lowerer<'_, 'a, 's> {
    /// `go f(x)`
    pub fn go_stmt(&mut self, x: ExprId) {
        let closure = self.bound(x);
        self.runtime("runtime.newproc", &[closure], &[]);
    }

    /// The call of a `go` or `defer` statement as a closure without parameters.
    fn bound(&mut self, x: ExprId) -> Value {
        let x = self.tree().unparen(x);
        let ExprKind::Call { fun, args, .. } = self.tree()[x].kind else {
            panic!("{}: no call", self.symbol)
        };
        if let Some(Mode::Builtin(builtin)) = self.mode(fun) {
            let args = self.tree()[args].to_vec();
            return self.bound_builtin(builtin, &args);
        }
        let call = self.prepare_call(x);
        if let (Target::Closure(fv), [], []) = (&call.target, &call.args[..], &call.results[..]) {
            return self.never_nil(*fv);
        }
        self.bind_call(&call)
    }

    /// A func value that may be nil as one that is not: calling it panics.
    fn never_nil(&mut self, fv: Value) -> Value {
        if !matches!(self.b.func().def_op(fv), Some(ssa::Op::SymAddr { .. } | ssa::Op::New { .. })) {
            let symbol: Rc<str> = "runtime.nilfunc".into();
            if self.p.claim(&symbol) {
                let mut inner = self.forwarder(&symbol, ssa::Signature::default());
                let nil = inner.nil();
                inner.b.call_closure(nil, Vec::new(), &[]);
                inner.b.ret(Vec::new());
                let func = inner.b.finish();
                self.p.out.funcs.push(func);
                self.p.static_func_value("runtime.nilfunc·f", &symbol);
            }
            let exists = self.is_nonzero(fv);
            let wrapped = self.b.sym_addr("runtime.nilfunc·f", 0);
            return self.b.select(exists, fv, wrapped);
        }
        fv
    }

    /// A closure that calls a predeclared function with these arguments.
    fn bound_builtin(&mut self, builtin: Builtin, args: &[ExprId]) -> Value {
        let vals = self.builtin_operands(builtin, args);
        let symbol = self.bound_symbol();
        let bound: Vec<TypeId> = vals.iter().map(|(ty, _)| *ty).collect();
        let mut inner = self.forwarder(&symbol, ssa::Signature::default());
        let args = inner.captured_values(&bound);
        inner.builtin_effect(builtin, &args);
        inner.b.ret(Vec::new());
        let func = inner.b.finish();
        self.p.out.funcs.push(func);
        self.bind(&symbol, &vals)
    }

    /// `defer f(x)`
    pub fn defer_stmt(&mut self, x: ExprId) {
        let closure = self.bound(x);
        if self.loop_body.is_some() {
            return self.defer_in_body(closure);
        }
        let frame = self.defer_frame();
        // Labels are seldom: what comes after one counts as a loop.
        if self.jumps.iter().any(|jump| jump.on_continue.is_some()) || !self.labels.is_empty() {
            return self.push_defer(frame, closure);
        }
        let record = self.b.slot(size_of::<Defer>() as u32, 8);
        let code = self.code_of(closure);
        let addr = self.b.slot_addr(record, 0);
        self.runtime("runtime.deferpush", &[addr, frame, closure], &[]);
        self.defers().sites.push(Site { record, code });
    }

    fn defers(&mut self) -> &mut Defers {
        let defers = self.defers.as_mut();
        defers.unwrap_or_else(|| panic!("{}: defer in a function without a frame for it", self.symbol))
    }

    /// The address of the [`abi::defer::DeferFrame`].
    fn defer_frame(&mut self) -> Value {
        let frame = self.defers().frame;
        self.b.slot_addr(frame, 0)
    }

    /// What is known of a closure that the current statement has made.
    fn code_of(&self, closure: Value) -> Code {
        let func = self.b.func();
        match func.def_op(closure) {
            Some(Op::SymAddr { sym, off: 0 }) => Code::Datum(func.sym_name(*sym).clone()),
            Some(Op::New { .. }) => {
                let insts = &func.blocks[self.b.current().index()].insts;
                let code = insts.iter().find_map(|inst| match func.insts[inst.index()].op {
                    Op::Store { addr, off: 0, val, .. } if addr == closure => func.def_op(val),
                    _ => None,
                });
                match code {
                    Some(Op::FuncAddr { sym }) => Code::Func(func.sym_name(*sym).clone()),
                    _ => Code::Nothing,
                }
            }
            _ => Code::Nothing,
        }
    }

    /// The record is on the heap: the statement may run many times.
    fn push_defer(&mut self, frame: Value, closure: Value) {
        if let Some(defers) = &mut self.defers {
            defers.has_others = true;
        }
        let record = self.words(size_of::<Defer>() as i64 / 8);
        self.runtime("runtime.deferpush", &[record, frame, closure], &[]);
    }

    /// A new object of pointers.
    fn words(&mut self, n: i64) -> Value {
        let word = self.unsafe_pointer();
        let ty = self.array_of(word, n);
        self.new_object(ty)
    }

    /// Prepends a call to the list that [`open_body_defers`](Self::open_body_defers) made.
    fn defer_in_body(&mut self, closure: Value) {
        let local = self.locals.get(&BODY_DEFERS).cloned();
        let local = local.unwrap_or_else(|| panic!("{}: defer without a list", self.symbol));
        let list = self.box_address(&local).expect("the list is an object");
        let cell = self.words(size_of::<Cell>() as i64 / 8);
        let next = self.b.load(Type::Ptr, list, 0);
        self.b.store_ptr(cell, offset_of!(Cell, next) as i32, next);
        self.b.store_ptr(cell, offset_of!(Cell, call) as i32, closure);
        self.b.store_ptr(list, 0, cell);
    }

    /// Makes the list of calls that the body of a loop defers, and defers the closure that performs them.
    pub fn open_body_defers(&mut self) {
        let list = self.words(1);
        let variable = self.b.declare(Type::Ptr);
        self.b.set(variable, list);
        let word = self.unsafe_pointer();
        self.locals.insert(BODY_DEFERS, Local::Boxed(variable));
        self.local_types.insert(BODY_DEFERS, word);
        // The frame's address is a number: the collector has no business with it.
        let frame = self.defer_frame();
        let number = self.b.convert(ssa::Conv::Bitcast, Type::I64, frame);
        let uintptr = self.basic(types::Basic::Uintptr);
        let bound = [(word, Val::one(list)), (uintptr, Val::one(number))];
        let symbol: Rc<str> = "runtime.deferbody".into();
        if self.p.claim(&symbol) {
            self.lower_body_defers(&symbol, &[word, uintptr]);
        }
        let closure = self.bind(&symbol, &bound);
        self.push_defer(frame, closure);
    }

    /// The closure takes one call from the list, defers itself again if there are more, and performs the call.
    fn lower_body_defers(&mut self, symbol: &Rc<str>, bound: &[TypeId]) {
        let mut l = self.forwarder(symbol, ssa::Signature::default());
        let vals = l.captured_values(bound);
        let (list, frame) = (vals[0].1.single(), vals[1].1.single());
        let frame = l.b.convert(ssa::Conv::Bitcast, Type::Ptr, frame);
        let (some, more, last, none) = (l.b.block(), l.b.block(), l.b.block(), l.b.block());
        let cell = l.b.load(Type::Ptr, list, 0);
        let exists = l.is_nonzero(cell);
        l.b.branch(exists, some, none);
        l.b.switch_to(some);
        let next = l.b.load(Type::Ptr, cell, offset_of!(Cell, next) as i32);
        let call = l.b.load(Type::Ptr, cell, offset_of!(Cell, call) as i32);
        l.b.store_ptr(list, 0, next);
        let has_next = l.is_nonzero(next);
        l.b.branch(has_next, more, last);
        l.b.switch_to(more);
        let itself = l.b.param(0);
        l.push_defer(frame, itself);
        l.b.jump(last);
        l.b.switch_to(last);
        l.b.call_closure(call, Vec::new(), &[]);
        l.b.jump(none);
        l.b.switch_to(none);
        l.b.ret(Vec::new());
        let func = l.b.finish();
        l.p.out.funcs.push(func);
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
        self.defers = Some(Defers { frame, leave, sites: Vec::new(), has_others: false });
    }

    /// Lowers the block that runs deferred calls, in functions that have them.
    pub fn close_defers(&mut self) {
        let Some(Defers { frame, leave, sites, has_others }) = self.defers.take() else { return };
        self.b.switch_to(leave);
        if has_others {
            self.perform_all(frame);
        } else {
            sites.iter().rev().for_each(|site| self.perform_site(site));
        }
        self.return_results();
    }

    /// Calls what was deferred and is still pending, one after the other.
    fn perform_all(&mut self, frame: Slot) {
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
    }

    /// Calls what one statement has deferred, if it is pending: then its record is the first of the list.
    fn perform_site(&mut self, site: &Site) {
        let (run, done) = (self.b.block(), self.b.block());
        let g = self.b.ins(Op::GetG).single();
        let first = self.b.load(Type::Ptr, g, abi::g::G_DEFERS as i32);
        let record = self.b.slot_addr(site.record, 0);
        let is_pending = self.b.compare(ssa::Cmp::Eq, first, record);
        self.b.branch(is_pending, run, done);
        self.b.switch_to(run);
        let outer = self.b.load(Type::Ptr, record, offset_of!(Defer, link) as i32);
        self.b.store(g, abi::g::G_DEFERS as i32, outer);
        let fv = match &site.code {
            Code::Datum(datum) => self.b.sym_addr(datum, 0),
            Code::Func(_) | Code::Nothing => self.b.load(Type::Ptr, record, offset_of!(Defer, func) as i32),
        };
        match &site.code {
            Code::Func(code) => self.b.call(code, vec![fv], &[]),
            Code::Datum(_) | Code::Nothing => self.b.call_closure(fv, Vec::new(), &[]),
        };
        self.b.jump(done);
        self.b.switch_to(done);
    }
}

/// A call deferred in the body of a loop over a function.
#[repr(C)]
struct Cell {
    /// The call deferred before it.
    next: usize,
    /// The closure.
    call: usize,
}
