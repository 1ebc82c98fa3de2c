//! Inlining.
//!
//! A call is replaced by the body of its callee if that is finished, small and neither recursive nor marked. The
//! callee's entry block goes on the end of the block that calls; a new block, with the results as params, takes what
//! came after the call. The tree of scopes remembers the call, so that tracebacks show it.
//!
//! Func values that are constants or made in the function itself are seen through: their code is known and the value
//! itself is the context.

use crate::pass::Facts;
use ssa::{
    Block, Callee, Func, Inst, Op, Pos, ScopeData, Sig, Slot, Sym, Target, Terminator, Value, ValueData,
    ValueDef,
};
use std::sync::Arc;

/// Bodies up to this cost are inlined.
const MAX_COST: usize = 40;
/// A function that has grown to so many instructions takes no more.
const MAX_GROWN_INSTS: usize = 4000;

/// Entries that look at the frame of their caller: it must be a frame of its own.
const FRAME_READERS: &[&str] = &["runtime.gorecover"];

/// The cost of an operation: about the instructions it becomes.
fn cost(op: &Op) -> usize {
    match op {
        Op::Const { .. }
        | Op::SlotAddr { .. }
        | Op::SymAddr { .. }
        | Op::FuncAddr { .. }
        | Op::KeepAlive { .. } => 0,
        Op::Call { args, .. } => 4 + args.len(),
        Op::StorePtr { .. } | Op::New { .. } => 4,
        Op::BoundsCheck { .. } | Op::Check { .. } => 3,
        Op::MemCopy { size, .. } | Op::MemZero { size, .. } => 2 + (*size / 8).min(8) as usize,
        _ => 1,
    }
}

/// Whether callers may take this body in.
pub(crate) fn is_inlinable(func: &Func) -> bool {
    if func.flags.noinline || func.flags.deep {
        return false;
    }
    let mut total = 0;
    for &block in &func.layout {
        let data = &func.blocks[block.index()];
        if matches!(data.term, Terminator::DeferInit { .. }) {
            return false;
        }
        for &inst in &data.insts {
            let op = &func.insts[inst.index()].op;
            let is_self = matches!(op, Op::Call { callee: Callee::Direct(sym), .. } if *func.sym_name(*sym) == func.name);
            let reads_frame = matches!(op, Op::Call { callee: Callee::Direct(sym) | Callee::Runtime(sym), .. }
                if FRAME_READERS.contains(&&**func.sym_name(*sym)));
            if is_self || reads_frame || matches!(op, Op::CallerPc | Op::CallerSp) {
                return false;
            }
            total += cost(op);
        }
        total += 1;
        if total > MAX_COST {
            return false;
        }
    }
    true
}

/// Inlines calls in a function, also in what was just inlined.
pub(crate) fn run(func: &mut Func, facts: &Facts) {
    let mut n_insts: usize = func.layout.iter().map(|block| func.blocks[block.index()].insts.len()).sum();
    let mut n = 0;
    while n < func.layout.len() {
        let block = func.layout[n];
        n += 1;
        if func.blocks[block.index()].cold || n_insts > MAX_GROWN_INSTS {
            continue;
        }
        // At most one call of a block; what comes after it is a later block of the layout.
        for at in 0..func.blocks[block.index()].insts.len() {
            let inst = func.blocks[block.index()].insts[at];
            let Some((body, args)) = inlinable_call(func, inst, facts) else { continue };
            n_insts += body.layout.iter().map(|block| body.blocks[block.index()].insts.len()).sum::<usize>();
            Inliner { func, body: &body, call: inst, maps: Maps::default() }.run(block, at, n, &args);
            break;
        }
    }
}

/// The body a call leads to and its arguments with the context.
fn inlinable_call(func: &Func, inst: Inst, facts: &Facts) -> Option<(Arc<Func>, Vec<Value>)> {
    let Op::Call { callee, args, .. } = &func.insts[inst.index()].op else { return None };
    let (name, args) = match callee {
        Callee::Direct(sym) => (func.sym_name(*sym), args.clone()),
        Callee::Closure(fv) => {
            let code = match func.def_op(*fv)? {
                Op::SymAddr { sym, off: 0 } => facts.code_of(func.sym_name(*sym))?,
                Op::New { .. } => code_stored(func, *fv)?,
                _ => return None,
            };
            (code, std::iter::once(*fv).chain(args.iter().copied()).collect())
        }
        Callee::Indirect(_) | Callee::Runtime(_) => return None,
    };
    let body = facts.summary(name)?.body.clone()?;
    // A wrong declaration elsewhere is reported by others; it must not break this function.
    let fits = body.sig.params.len() == args.len()
        && body.sig.params.iter().zip(&args).all(|(&ty, &arg)| func.ty(arg) == ty);
    // `recover` counts the frames below it and looks through wrappers, which therefore must not swallow a frame: what
    // is inlined into a wrapper may call nothing.
    let fits = fits && (!func.flags.wrapper || is_leaf(&body));
    (fits && body.name != func.name && !is_inlined_already(func, &body, inst)).then_some((body, args))
}

fn is_leaf(body: &Func) -> bool {
    let insts = body.layout.iter().flat_map(|block| &body.blocks[block.index()].insts);
    insts.into_iter().all(|inst| !matches!(body.insts[inst.index()].op, Op::Call { .. }))
}

/// The code of a closure that is made here: its first word is written once and never again.
pub(crate) fn code_stored(func: &Func, fv: Value) -> Option<&ssa::Symbol> {
    let insts = func.layout.iter().flat_map(|block| &func.blocks[block.index()].insts);
    insts.into_iter().find_map(|inst| match func.insts[inst.index()].op {
        Op::Store { addr, off: 0, val, .. } if addr == fv => match func.def_op(val)? {
            Op::FuncAddr { sym } => Some(func.sym_name(*sym)),
            _ => None,
        },
        _ => None,
    })
}

/// Whether the call comes from an inlined copy of the same function: mutual recursion unrolls once.
fn is_inlined_already(func: &Func, body: &Func, call: Inst) -> bool {
    let mut pos = func.insts[call.index()].pos;
    loop {
        let scope = &func.scopes[pos.scope as usize];
        if scope.func == body.scopes[0].func {
            return true;
        }
        match scope.call {
            Some(call) => pos = call,
            None => return false,
        }
    }
}

/// Ids of the body to ids of the function.
#[derive(Default)]
struct Maps {
    values: Vec<Option<Value>>,
    blocks: Vec<Option<Block>>,
    slots: u32,
    syms: Vec<Sym>,
    sigs: Vec<Sig>,
    scopes: u32,
}

struct Inliner<'a> {
    func: &'a mut Func,
    body: &'a Func,
    call: Inst,
    maps: Maps,
}

impl Inliner<'_> {
    /// Puts the body where instruction `at` of `block` calls it. New blocks enter the layout at `place`.
    fn run(mut self, block: Block, at: usize, place: usize, args: &[Value]) {
        let pos = self.func.insts[self.call.index()].pos;
        self.map_tables(pos);
        let next = self.split(block, at);
        for (&param, &arg) in self.body.blocks[self.body.entry().index()].params.iter().zip(args) {
            self.maps.values[param.index()] = Some(arg);
        }
        let mut placed = Vec::new();
        for &from in &self.body.layout {
            if from == self.body.entry() {
                self.maps.blocks[from.index()] = Some(block);
                continue;
            }
            let made = self.func.new_block();
            self.maps.blocks[from.index()] = Some(made);
            placed.push(made);
            let data = &self.body.blocks[from.index()];
            self.func.blocks[made.index()].cold = data.cold;
            for &param in &data.params {
                let value = self.func.new_param(made, self.body.ty(param));
                self.maps.values[param.index()] = Some(value);
            }
        }
        self.make_insts();
        for &from in &self.body.layout {
            self.fill(from, next);
        }
        placed.push(next);
        self.func.layout.splice(place..place, placed);
    }

    fn map_tables(&mut self, call: Pos) {
        let body = self.body;
        self.maps.values = vec![None; body.values.len()];
        self.maps.blocks = vec![None; body.blocks.len()];
        self.maps.syms = body.syms.iter().map(|sym| self.func.intern_sym(sym)).collect();
        self.maps.sigs = body.sigs.iter().map(|sig| self.func.intern_sig(sig.clone())).collect();
        self.maps.slots = self.func.slots.len() as u32;
        self.func.slots.extend(body.slots.iter().cloned());
        self.maps.scopes = self.func.scopes.len() as u32;
        let base = self.maps.scopes;
        for scope in &body.scopes {
            let inner = scope.call.map(|pos| Pos { scope: pos.scope + base, ..pos });
            let is_body = inner.is_none() || scope.part;
            self.func.scopes.push(ScopeData {
                call: Some(inner.unwrap_or(call)),
                no_preempt: scope.no_preempt || (is_body && body.flags.nosplit),
                wrapper: scope.wrapper || (is_body && body.flags.wrapper),
                ..scope.clone()
            });
        }
    }

    /// Ends `block` before the call and moves the rest to a new block, whose params are the results.
    fn split(&mut self, block: Block, at: usize) -> Block {
        let next = self.func.new_block();
        let data = &mut self.func.blocks[block.index()];
        let rest = data.insts.split_off(at + 1);
        data.insts.pop();
        let term = std::mem::replace(&mut data.term, Terminator::Unreachable);
        let term_pos = data.term_pos;
        let results = self.func.insts[self.call.index()].results;
        for (n, value) in results.iter().enumerate() {
            self.func.values[value.index()].def = ValueDef::Param(next, n as u32);
        }
        let data = &mut self.func.blocks[next.index()];
        data.insts = rest;
        data.term = term;
        data.term_pos = term_pos;
        data.params = results.iter().collect();
        next
    }

    /// Copies every instruction's place and results, so that uses may come before definitions in the layout.
    fn make_insts(&mut self) {
        for &from in &self.body.layout {
            for &inst in &self.body.blocks[from.index()].insts {
                let data = &self.body.insts[inst.index()];
                let made = Inst(self.func.insts.len() as u32);
                let first = Value(self.func.values.len() as u32);
                for (n, value) in data.results.iter().enumerate() {
                    let def = ValueDef::Result(made, n as u32);
                    self.maps.values[value.index()] = Some(Value(first.0 + n as u32));
                    self.func.values.push(ValueData { ty: self.body.ty(value), def });
                }
                let pos = self.pos(data.pos);
                let results = ssa::Results { first, len: data.results.len };
                self.func.insts.push(ssa::InstData { op: data.op.clone(), results, pos });
                let block = self.maps.blocks[from.index()].expect("blocks are made");
                self.func.blocks[block.index()].insts.push(made);
                let mut op = std::mem::replace(&mut self.func.insts[made.index()].op, Op::Fence);
                self.rename_tables(&mut op);
                self.func.insts[made.index()].op = op;
            }
        }
    }

    /// Gives a block's instructions their arguments, which all exist now, and the block its end.
    fn fill(&mut self, from: Block, next: Block) {
        let block = self.maps.blocks[from.index()].expect("blocks are made");
        let data = &self.body.blocks[from.index()];
        let n_own = self.func.blocks[block.index()].insts.len() - data.insts.len();
        let maps = &self.maps;
        let rename = |value: &mut Value| {
            *value = maps.values[value.index()].expect("every value of a verified body has a definition");
        };
        for n in n_own..self.func.blocks[block.index()].insts.len() {
            let inst = self.func.blocks[block.index()].insts[n];
            self.func.insts[inst.index()].op.map_args(rename);
        }
        let mut term = match &data.term {
            Terminator::Return(values) => Terminator::Jump(Target { block: next, args: values.clone() }),
            other => {
                let mut term = other.clone();
                term.map_targets(|target| {
                    target.block = maps.blocks[target.block.index()].expect("blocks are made");
                });
                term
            }
        };
        term.map_args(rename);
        let term_pos = self.pos(data.term_pos);
        let made = &mut self.func.blocks[block.index()];
        made.term = term;
        made.term_pos = term_pos;
    }

    fn pos(&self, pos: Pos) -> Pos {
        Pos { scope: pos.scope + self.maps.scopes, ..pos }
    }

    fn rename_tables(&self, op: &mut Op) {
        let maps = &self.maps;
        match op {
            Op::SlotAddr { slot, .. } => *slot = Slot(slot.0 + maps.slots),
            Op::SymAddr { sym, .. }
            | Op::FuncAddr { sym }
            | Op::New { desc: sym, .. }
            | Op::Check { panic: sym, .. }
            | Op::MemCopy { barrier: Some(sym), .. }
            | Op::MemZero { barrier: Some(sym), .. } => *sym = maps.syms[sym.index()],
            Op::Call { callee, sig, .. } => {
                *sig = maps.sigs[sig.index()];
                if let Callee::Direct(sym) | Callee::Runtime(sym) = callee {
                    *sym = maps.syms[sym.index()];
                }
            }
            _ => {}
        }
    }
}
