//! Constants, equal values, branches that are decided, params that are always the same.
//!
//! Cranelift folds and numbers values too; here it is done so that the passes after this one see it.

use crate::pass::Facts;
use crate::rewrite::{Aliases, drop_unreachable_blocks, merge_blocks};
use rustc_hash::FxHashMap;
use ssa::dom::{Cfg, DomTree, after_recover};
use ssa::{BinaryOp, Block, Callee, Cmp, Conv, Func, Inst, Op, Target, Terminator, Type, Value, eval};

/// Rounds until nothing changes, and never more: what one round leaves is rarely worth another.
const MAX_ROUNDS: usize = 3;

/// Simplifies a function.
pub(crate) fn run(func: &mut Func, _: &Facts) {
    for _ in 0..MAX_ROUNDS {
        let mut has_changed = fold_values(func);
        has_changed |= fold_branches(func);
        drop_unreachable_blocks(func);
        has_changed |= drop_trivial_params(func);
        if !has_changed {
            break;
        }
    }
    merge_blocks(func);
}

/// What an instruction turns out to be.
enum Folded {
    Const(u64),
    Same(Value),
}

fn fold_values(func: &mut Func) -> bool {
    let cfg = Cfg::new(func);
    let dom = DomTree::new(&cfg);
    let after_recover = after_recover(func, &cfg);
    let mut aliases = Aliases::default();
    let mut known: FxHashMap<Op, (Block, Value)> = FxHashMap::default();
    let mut has_changed = false;
    for &block in &cfg.rpo {
        let insts = std::mem::take(&mut func.blocks[block.index()].insts);
        let mut kept = Vec::with_capacity(insts.len());
        for inst in insts {
            func.insts[inst.index()].op.map_args(|value| *value = aliases.resolve(*value));
            if compares_with_itself(func, &func.insts[inst.index()].op) {
                func.insts[inst.index()].op = Op::Const { ty: Type::I8, bits: 1 };
                has_changed = true;
            }
            let data = &func.insts[inst.index()];
            if data.results.len != 1 || !is_movable(&data.op) {
                kept.push(inst);
                continue;
            }
            let result = data.results.first;
            match fold(func, inst) {
                Some(Folded::Same(value)) => {
                    aliases.add(result, value);
                    has_changed = true;
                    continue;
                }
                Some(Folded::Const(bits)) => {
                    let ty = func.ty(result);
                    func.insts[inst.index()].op = Op::Const { ty, bits };
                    has_changed = true;
                }
                None => {}
            }
            let op = func.insts[inst.index()].op.clone();
            match known.get(&op) {
                Some(&(at, value))
                    if dom.dominates(at, block)
                        && after_recover[at.index()] == after_recover[block.index()]
                        && func.ty(value) == func.ty(result) =>
                {
                    aliases.add(result, value);
                    has_changed = true;
                }
                _ => {
                    known.insert(op, (block, result));
                    kept.push(inst);
                }
            }
        }
        func.blocks[block.index()].insts = kept;
    }
    aliases.apply(func);
    has_changed
}

/// Whether memory is compared with itself: `x != x`, with which generic code asks for NaN, where `x` is a string.
fn compares_with_itself(func: &Func, op: &Op) -> bool {
    matches!(op, Op::Call { callee: Callee::Runtime(sym), args, .. }
        if &**func.sym_name(*sym) == "runtime.memequal" && args[0] == args[1])
}

/// Whether equal operations are one value. Loads are left to Cranelift, which knows what stores do.
fn is_movable(op: &Op) -> bool {
    op.is_pure() && !matches!(op, Op::Load { .. })
}

fn fold(func: &Func, inst: Inst) -> Option<Folded> {
    let data = &func.insts[inst.index()];
    let ty = func.ty(data.results.first);
    let constant = |value: Value| func.as_const(value);
    match data.op {
        Op::Unary { op, arg } => Some(Folded::Const(eval::unary(op, func.ty(arg), constant(arg)?))),
        Op::Convert { conv, arg, .. } => {
            if let Some(bits) = constant(arg) {
                // The only constant pointer is nil.
                let fits = ty != Type::Ptr || bits == 0;
                return fits.then(|| Folded::Const(eval::convert(conv, func.ty(arg), ty, bits)));
            }
            fold_conversion(func, conv, arg, ty)
        }
        Op::Binary { op, lhs, rhs } => match (constant(lhs), constant(rhs)) {
            (Some(a), Some(b)) => Some(Folded::Const(eval::binary(op, func.ty(lhs), a, b)?)),
            (_, Some(b)) => fold_binary(op, func.ty(lhs), lhs, b),
            (Some(a), None) if op.is_commutative() => fold_binary(op, func.ty(rhs), rhs, a),
            _ => None,
        },
        Op::Compare { cmp, lhs, rhs } => {
            if let (Some(a), Some(b)) = (constant(lhs), constant(rhs)) {
                return Some(Folded::Const(u64::from(eval::compare(cmp, func.ty(lhs), a, b))));
            }
            if lhs == rhs && !cmp.is_float() {
                let holds = matches!(cmp, Cmp::Eq | Cmp::LeS | Cmp::GeS | Cmp::LeU | Cmp::GeU);
                return Some(Folded::Const(u64::from(holds)));
            }
            None
        }
        Op::Select { cond, if_true, if_false } => match constant(cond) {
            Some(0) => Some(Folded::Same(if_false)),
            Some(_) => Some(Folded::Same(if_true)),
            None if if_true == if_false => Some(Folded::Same(if_true)),
            None => None,
        },
        Op::PtrAdd { root, index: None, off: 0 } => Some(Folded::Same(root)),
        _ => None,
    }
}

/// A conversion there and back.
fn fold_conversion(func: &Func, conv: Conv, arg: Value, ty: Type) -> Option<Folded> {
    let Some(Op::Convert { conv: inner, arg: from, .. }) = func.def_op(arg) else { return None };
    let is_back = match (inner, conv) {
        (Conv::Sext | Conv::Zext, Conv::Wrap) => true,
        // A pointer made of a number is not the same as the pointer that the number was made of, as far as the
        // collector is concerned; the other way round nothing is lost.
        (Conv::Bitcast, Conv::Bitcast) => ty != Type::Ptr,
        _ => false,
    };
    (is_back && func.ty(*from) == ty).then_some(Folded::Same(*from))
}

fn fold_binary(op: BinaryOp, ty: Type, value: Value, constant: u64) -> Option<Folded> {
    match (op, constant) {
        (BinaryOp::Add | BinaryOp::Sub | BinaryOp::Or | BinaryOp::Xor, 0) => Some(Folded::Same(value)),
        (BinaryOp::Shl | BinaryOp::ShrU | BinaryOp::ShrS | BinaryOp::Rotl, 0) => Some(Folded::Same(value)),
        (BinaryOp::Mul | BinaryOp::DivS | BinaryOp::DivU, 1) => Some(Folded::Same(value)),
        (BinaryOp::Mul | BinaryOp::And, 0) => Some(Folded::Const(0)),
        (BinaryOp::And, bits) if bits == ty.mask() => Some(Folded::Same(value)),
        (BinaryOp::RemU | BinaryOp::RemS, 1) => Some(Folded::Const(0)),
        _ => None,
    }
}

fn fold_branches(func: &mut Func) -> bool {
    let mut has_changed = false;
    for n in 0..func.layout.len() {
        let block = func.layout[n];
        let decided: Option<Target> = match &func.blocks[block.index()].term {
            Terminator::Branch { cond, then, els } => match func.as_const(*cond) {
                Some(0) => Some(els.clone()),
                Some(_) => Some(then.clone()),
                None if then == els => Some(then.clone()),
                None => None,
            },
            Terminator::Switch { val, cases, default } => func.as_const(*val).map(|bits| {
                let case = cases.iter().find(|(case, _)| *case == bits);
                case.map_or(default, |(_, target)| target).clone()
            }),
            Terminator::Jump(_)
            | Terminator::Return(_)
            | Terminator::DeferInit { .. }
            | Terminator::Unreachable => None,
        };
        if let Some(target) = decided {
            func.blocks[block.index()].term = Terminator::Jump(target);
            has_changed = true;
        }
    }
    has_changed
}

/// Replaces params that are the same value, or themselves, on every edge.
fn drop_trivial_params(func: &mut Func) -> bool {
    let mut aliases = Aliases::default();
    loop {
        let cfg = Cfg::new(func);
        let trivial = trivial_params(func, &cfg, &aliases);
        if trivial.is_empty() {
            break;
        }
        for &(block, n, value) in trivial.iter().rev() {
            let param = func.blocks[block.index()].params.remove(n);
            func.values[param.index()].def = ssa::ValueDef::Dropped;
            // Two params of one loop may stand for each other; the later one is then taken in the next turn.
            aliases.add(param, value);
            for &pred in &dedup(&cfg.preds[block.index()]) {
                func.blocks[pred.index()].term.map_targets(|target| {
                    if target.block == block {
                        target.args.remove(n);
                    }
                });
            }
            renumber(func, block);
        }
    }
    aliases.apply(func);
    !aliases.is_empty()
}

fn dedup(blocks: &[Block]) -> Vec<Block> {
    let mut blocks = blocks.to_vec();
    blocks.sort_unstable();
    blocks.dedup();
    blocks
}

fn renumber(func: &mut Func, block: Block) {
    for n in 0..func.blocks[block.index()].params.len() {
        let param = func.blocks[block.index()].params[n];
        func.values[param.index()].def = ssa::ValueDef::Param(block, n as u32);
    }
}

/// Params with their only value: at most one of each block, in the order of the layout.
fn trivial_params(func: &Func, cfg: &Cfg, aliases: &Aliases) -> Vec<(Block, usize, Value)> {
    let mut found = Vec::new();
    let mut taken: Vec<Value> = Vec::new();
    for &block in &func.layout {
        if block == func.entry() {
            continue;
        }
        for (n, &param) in func.blocks[block.index()].params.iter().enumerate() {
            let mut only = None;
            let mut is_trivial = true;
            for &pred in &dedup(&cfg.preds[block.index()]) {
                func.blocks[pred.index()].term.for_each_succ(|succ, args| {
                    if succ != block {
                        return;
                    }
                    let arg = aliases.resolve(args[n]);
                    if arg != param && only.is_some_and(|only| only != arg) {
                        is_trivial = false;
                    } else if arg != param {
                        only = Some(arg);
                    }
                });
            }
            // A value that is itself replaced in this turn would make a chain that may close.
            if let (true, Some(value)) = (is_trivial, only)
                && !taken.contains(&value)
            {
                found.push((block, n, value));
                taken.push(param);
                break;
            }
        }
    }
    found
}
