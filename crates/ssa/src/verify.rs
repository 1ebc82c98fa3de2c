//! Checks that a function is well formed.
//!
//! Every pass takes a verified function and leaves one. Checked are: ids in range, types of arguments and
//! results, arguments of edges, that definitions dominate uses, and the rule of the recover edge: what only
//! exists in registers is gone when a panic has been recovered.

use crate::dom::{Cfg, DomTree, after_recover};
use crate::func::{Block, Func, Inst, Pos, Value, ValueDef};
use crate::op::{Callee, Op, Target, Terminator};
use crate::operator::Conv;
use crate::program::Program;
use crate::ty::Type;
use rustc_hash::FxHashSet;
use std::fmt;

/// What is wrong, with the function and the place in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyError {
    /// Function.
    pub func: String,
    /// Place and fault.
    pub text: String,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.func, self.text)
    }
}

impl std::error::Error for VerifyError {}

/// Checks a function.
pub fn verify(func: &Func) -> Result<(), VerifyError> {
    Verifier::run(func).map_err(|text| VerifyError { func: func.name.to_string(), text })
}

/// Checks every function of a program, that names are unique and that aliases and relocations are in range.
pub fn verify_program(program: &Program) -> Result<(), VerifyError> {
    let mut names = FxHashSet::default();
    let func_names = program.funcs.iter().map(|f| &f.name);
    let data_names = program.datas.iter().map(|d| &d.name);
    for name in func_names.chain(data_names).chain(program.aliases.iter().map(|a| &a.name)) {
        if !names.insert(name.clone()) {
            return Err(VerifyError { func: name.to_string(), text: "defined twice".into() });
        }
    }
    for data in &program.datas {
        let fault = |text: &str| Err(VerifyError { func: data.name.to_string(), text: text.into() });
        if !data.align.is_power_of_two() || data.bytes.len() as u64 > data.size {
            return fault("alignment or size is wrong");
        }
        if data.relocs.iter().any(|r| u64::from(r.off) + 4 > data.size) {
            return fault("a relocation lies outside");
        }
    }
    program.funcs.iter().try_for_each(verify)
}

type Check = Result<(), String>;

macro_rules! ensure {
    ($cond:expr, $($arg:tt)*) => { if !$cond { return Err(format!($($arg)*)); } };
}

struct Verifier<'a> {
    func: &'a Func,
    cfg: Cfg,
    dom: DomTree,
    // Position of each instruction in its block.
    place: Vec<Option<(Block, u32)>>,
    // Blocks that a recover edge reaches.
    after_recover: Vec<bool>,
    // Blocks of the layout.
    placed: FxHashSet<Block>,
}

impl<'a> Verifier<'a> {
    fn run(func: &'a Func) -> Check {
        check_tables(func)?;
        let cfg = Cfg::new(func);
        let dom = DomTree::new(&cfg);
        let mut place = vec![None; func.insts.len()];
        for &block in &func.layout {
            for (n, &inst) in func.blocks[block.index()].insts.iter().enumerate() {
                ensure!(inst.index() < func.insts.len(), "{block}: {inst} does not exist");
                ensure!(place[inst.index()].is_none(), "{block}: {inst} stands in two places");
                place[inst.index()] = Some((block, n as u32));
            }
        }
        let after_recover = after_recover(func, &cfg);
        let placed = func.layout.iter().copied().collect();
        let verifier = Verifier { func, cfg, dom, place, after_recover, placed };
        ensure!(verifier.cfg.preds[func.entry().index()].is_empty(), "the entry has predecessors");
        func.layout.iter().try_for_each(|&block| verifier.block(block).map_err(|e| format!("{block}: {e}")))
    }

    fn block(&self, block: Block) -> Check {
        let data = &self.func.blocks[block.index()];
        for (n, &param) in data.params.iter().enumerate() {
            ensure!(param.index() < self.func.values.len(), "{param} does not exist");
            let def = self.func.values[param.index()].def;
            ensure!(def == ValueDef::Param(block, n as u32), "{param} is defined as {def:?}");
        }
        for (n, &inst) in data.insts.iter().enumerate() {
            self.inst(block, n as u32, inst).map_err(|e| {
                let results: Vec<Value> = self.func.insts[inst.index()].results.iter().collect();
                format!("{inst} {results:?}: {e}")
            })?;
        }
        self.pos(data.term_pos)?;
        let n = data.insts.len() as u32;
        let mut result = Ok(());
        data.term.for_each_arg(|value| {
            if result.is_ok() {
                result = self.available(value, block, n);
            }
        });
        result?;
        self.terminator(&data.term)
    }

    fn inst(&self, block: Block, n: u32, inst: Inst) -> Check {
        let data = &self.func.insts[inst.index()];
        self.pos(data.pos)?;
        let mut result = Ok(());
        data.op.for_each_arg(|value| {
            if result.is_ok() {
                result = self.available(value, block, n);
            }
        });
        result?;
        self.op_ids(&data.op)?;
        let types = self.func.result_types(&data.op);
        ensure!(
            types.len() as u32 == data.results.len,
            "yields {} values, not {}",
            types.len(),
            data.results.len
        );
        for (i, (value, ty)) in data.results.iter().zip(types).enumerate() {
            ensure!(value.index() < self.func.values.len(), "{value} does not exist");
            let found = self.func.values[value.index()];
            ensure!(found.def == ValueDef::Result(inst, i as u32), "{value} is defined as {:?}", found.def);
            ensure!(found.ty == ty, "{value} is {} and should be {ty}", found.ty);
        }
        self.op_types(&data.op)
    }

    fn pos(&self, pos: Pos) -> Check {
        ensure!((pos.scope as usize) < self.func.scopes.len(), "scope c{} does not exist", pos.scope);
        Ok(())
    }

    fn available(&self, value: Value, block: Block, n: u32) -> Check {
        ensure!(value.index() < self.func.values.len(), "{value} does not exist");
        let (def_block, is_before) = match self.func.values[value.index()].def {
            ValueDef::Param(def_block, _) => (def_block, true),
            ValueDef::Result(inst, _) => match self.place[inst.index()] {
                Some((def_block, def_n)) => (def_block, def_n < n),
                None => return Err(format!("{value} is used and its instruction dropped")),
            },
            ValueDef::Dropped => return Err(format!("{value} is used and dropped")),
        };
        let dominates = if def_block == block { is_before } else { self.dom.dominates(def_block, block) };
        ensure!(
            dominates || !self.cfg.is_reachable(block),
            "{value} is used where its definition does not dominate"
        );
        let lost = self.after_recover[block.index()] && !self.after_recover[def_block.index()];
        ensure!(!lost, "{value} is used after recover and defined before");
        Ok(())
    }

    fn op_ids(&self, op: &Op) -> Check {
        let func = self.func;
        let sym = |sym: crate::Sym| {
            ensure!(sym.index() < func.syms.len(), "{sym} does not exist");
            Ok(())
        };
        match op {
            Op::SlotAddr { slot, off } => {
                ensure!(slot.index() < func.slots.len(), "{slot} does not exist");
                ensure!(*off <= func.slots[slot.index()].size, "{off} lies outside {slot}");
            }
            Op::SymAddr { sym: s, .. } | Op::FuncAddr { sym: s } | Op::New { desc: s, .. } => sym(*s)?,
            Op::Check { panic, .. } => sym(*panic)?,
            Op::MemCopy { barrier: Some(s), .. } | Op::MemZero { barrier: Some(s), .. } => sym(*s)?,
            Op::Call { callee, sig, .. } => {
                ensure!(sig.index() < func.sigs.len(), "{sig} does not exist");
                if let Callee::Direct(s) | Callee::Runtime(s) = callee {
                    sym(*s)?;
                }
                let n_results = func.sigs[sig.index()].results.len();
                ensure!(
                    !matches!(callee, Callee::Runtime(_)) || n_results <= 2,
                    "an entry of the runtime yields {n_results} values"
                );
            }
            _ => {}
        }
        Ok(())
    }

    fn expect(&self, value: Value, ty: Type) -> Check {
        let found = self.func.ty(value);
        ensure!(found == ty, "{value} is {found} and should be {ty}");
        Ok(())
    }

    fn same(&self, a: Value, b: Value) -> Check {
        self.expect(b, self.func.ty(a))
    }

    fn int(&self, value: Value) -> Check {
        let ty = self.func.ty(value);
        ensure!(ty.is_int(), "{value} is {ty} and should be an integer");
        Ok(())
    }

    fn float(&self, value: Value) -> Check {
        let ty = self.func.ty(value);
        ensure!(ty.is_float(), "{value} is {ty} and should be a float");
        Ok(())
    }

    fn op_types(&self, op: &Op) -> Check {
        match op {
            Op::Const { ty, bits } => {
                ensure!(bits & !ty.mask() == 0, "bits above the width");
                ensure!(*ty != Type::Ptr || *bits == 0, "a pointer constant other than nil");
            }
            Op::Unary { op, arg } => {
                if op.is_float() {
                    self.float(*arg)?
                } else {
                    self.int(*arg)?
                }
            }
            Op::Binary { op, lhs, rhs } => {
                if op.is_float() {
                    self.float(*lhs)?
                } else {
                    self.int(*lhs)?
                }
                if op.is_shift() { self.int(*rhs)? } else { self.same(*lhs, *rhs)? }
            }
            Op::Compare { cmp, lhs, rhs } => {
                self.same(*lhs, *rhs)?;
                let ty = self.func.ty(*lhs);
                ensure!(cmp.is_float() == ty.is_float(), "{} of {ty}", cmp.name());
            }
            Op::Convert { conv, ty, arg } => self.conversion(*conv, *ty, self.func.ty(*arg))?,
            Op::Select { cond, if_true, if_false } => {
                self.expect(*cond, Type::I8)?;
                self.same(*if_true, *if_false)?;
            }
            Op::Fma { x, y, z } => {
                self.float(*x)?;
                self.same(*x, *y)?;
                self.same(*x, *z)?;
            }
            Op::AddCarry { x, y, carry: z } | Op::SubBorrow { x, y, borrow: z } => {
                self.int(*x)?;
                self.same(*x, *y)?;
                self.same(*x, *z)?;
            }
            Op::PtrAdd { root, index, .. } => {
                self.expect(*root, Type::Ptr)?;
                index.map_or(Ok(()), |index| self.expect(index, Type::I64))?;
            }
            Op::Load { addr, .. } | Op::Store { addr, .. } | Op::MemZero { addr, .. } => {
                self.expect(*addr, Type::Ptr)?
            }
            Op::StorePtr { addr, val, .. } => {
                self.expect(*addr, Type::Ptr)?;
                self.expect(*val, Type::Ptr)?;
            }
            Op::AtomicLoad { addr, ty } => {
                self.expect(*addr, Type::Ptr)?;
                ensure!(!ty.is_float(), "atomic access to a float");
            }
            Op::AtomicStore { addr, val } | Op::AtomicRmw { addr, val, .. } => {
                self.expect(*addr, Type::Ptr)?;
                ensure!(!self.func.ty(*val).is_float(), "atomic access to a float");
            }
            Op::AtomicCas { addr, old, new } => {
                self.expect(*addr, Type::Ptr)?;
                self.same(*old, *new)?;
                ensure!(!self.func.ty(*new).is_float(), "atomic access to a float");
            }
            Op::MemCopy { dst, src, .. } => {
                self.expect(*dst, Type::Ptr)?;
                self.expect(*src, Type::Ptr)?;
            }
            Op::NilCheck { ptr } => self.expect(*ptr, Type::Ptr)?,
            Op::BoundsCheck { x, y, .. } => {
                self.expect(*x, Type::I64)?;
                self.expect(*y, Type::I64)?;
            }
            Op::Check { cond, .. } => self.expect(*cond, Type::I8)?,
            Op::Call { callee, sig, args } => {
                if let Callee::Indirect(v) | Callee::Closure(v) = callee {
                    self.expect(*v, Type::Ptr)?;
                }
                self.values(args, &self.func.sigs[sig.index()].params)?;
            }
            Op::SlotAddr { .. }
            | Op::SymAddr { .. }
            | Op::FuncAddr { .. }
            | Op::Fence
            | Op::New { .. }
            | Op::GetG
            | Op::CallerPc
            | Op::CallerSp
            | Op::KeepAlive { .. } => {}
        }
        Ok(())
    }

    fn conversion(&self, conv: Conv, to: Type, from: Type) -> Check {
        let wide_int = |ty: Type| matches!(ty, Type::I32 | Type::I64);
        let fits = match conv {
            Conv::Sext | Conv::Zext => from.is_int() && to.is_int() && from.bits() < to.bits(),
            Conv::Wrap => from.is_int() && to.is_int() && from.bits() > to.bits(),
            Conv::IntToFloatS | Conv::IntToFloatU => wide_int(from) && to.is_float(),
            Conv::FloatToIntS | Conv::FloatToIntU => from.is_float() && to.is_int(),
            Conv::Fpromote => from == Type::F32 && to == Type::F64,
            Conv::Fdemote => from == Type::F64 && to == Type::F32,
            Conv::Bitcast => from != to && from.bits() == to.bits(),
        };
        ensure!(fits, "{} from {from} to {to}", conv.name());
        Ok(())
    }

    fn values(&self, values: &[Value], types: &[Type]) -> Check {
        ensure!(values.len() == types.len(), "{} values where {} belong", values.len(), types.len());
        values.iter().zip(types).try_for_each(|(&value, &ty)| self.expect(value, ty))
    }

    fn target(&self, target: &Target) -> Check {
        let func = self.func;
        ensure!(target.block.index() < func.blocks.len(), "{} does not exist", target.block);
        ensure!(self.placed.contains(&target.block), "{} is not in the layout", target.block);
        let params = &func.blocks[target.block.index()].params;
        let types: Vec<Type> = params.iter().map(|&param| func.ty(param)).collect();
        self.values(&target.args, &types).map_err(|e| format!("edge to {}: {e}", target.block))
    }

    fn terminator(&self, term: &Terminator) -> Check {
        match term {
            Terminator::Jump(target) => self.target(target),
            Terminator::Branch { cond, then, els } => {
                self.expect(*cond, Type::I8)?;
                self.target(then)?;
                self.target(els)
            }
            Terminator::Switch { val, cases, default } => {
                self.int(*val)?;
                let mut seen = FxHashSet::default();
                for (bits, target) in cases {
                    ensure!(bits & !self.func.ty(*val).mask() == 0, "case {bits} is too wide");
                    ensure!(seen.insert(*bits), "case {bits} stands twice");
                    self.target(target)?;
                }
                self.target(default)
            }
            Terminator::Return(values) => self.values(values, &self.func.sig.results),
            Terminator::DeferInit { rec, normal, recover } => {
                self.expect(*rec, Type::Ptr)?;
                self.target(normal)?;
                self.target(&Target::new(*recover))?;
                let preds = &self.cfg.preds[recover.index()];
                ensure!(preds.len() == 1, "{recover} has another predecessor than the recover edge");
                Ok(())
            }
            Terminator::Unreachable => Ok(()),
        }
    }
}

fn check_tables(func: &Func) -> Check {
    ensure!(!func.layout.is_empty(), "no blocks");
    let mut seen = FxHashSet::default();
    for &block in &func.layout {
        ensure!(block.index() < func.blocks.len(), "{block} does not exist");
        ensure!(seen.insert(block), "{block} stands twice in the layout");
        for succ in func.blocks[block.index()].term.succs() {
            ensure!(succ.index() < func.blocks.len(), "{block}: {succ} does not exist");
        }
    }
    let params = &func.blocks[func.entry().index()].params;
    let types: Vec<Type> = params.iter().map(|&param| func.ty(param)).collect();
    ensure!(types == func.sig.params, "the entry's params are not the function's");
    ensure!(!func.flags.closure || types.first() == Some(&Type::Ptr), "a closure without a context");
    for (n, slot) in func.slots.iter().enumerate() {
        ensure!(slot.align.is_power_of_two() && slot.align <= 16, "s{n}: alignment {}", slot.align);
    }
    let is_defer = |block: &&Block| matches!(func.blocks[block.index()].term, Terminator::DeferInit { .. });
    ensure!(func.layout.iter().filter(is_defer).count() <= 1, "two blocks end in defer_init");
    for (n, scope) in func.scopes.iter().enumerate() {
        let parent = scope.call.map_or(n == 0, |pos| (pos.scope as usize) < n);
        ensure!(parent, "c{n} does not come after its parent");
    }
    Ok(())
}
