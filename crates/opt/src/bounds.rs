//! Bounds and nil checks that cannot fail.
//!
//! The dominator tree is walked with a set of facts: what branches decided on the way here, and what
//! checks that were passed say. A check that follows from the facts goes. Two things are seen by
//! structure: numbers that cannot be negative (constants, masks, extensions, counters that begin at no less than 0 and
//! go up by one while they are below something), and pointers that cannot be nil.

use crate::pass::Facts;
use rustc_hash::FxHashMap;
use ssa::dom::{Cfg, DomTree};
use ssa::{BinaryOp, Block, BoundsKind, Cmp, Conv, Func, Inst, Op, Terminator, Type, Value, ValueDef};

/// An access through nil below this offset faults by itself.
const NIL_PAGE_BYTES: i32 = 4096;
/// How far up the dominator tree a counter's condition is looked for.
const MAX_STEPS: usize = 64;

/// A number: by value if it is constant, so that two constants of the same value are one.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Number {
    Const(u64),
    Value(Value),
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Fact {
    /// x < y, unsigned.
    BelowU(Number, Number),
    /// x <= y, unsigned.
    AtMostU(Number, Number),
    /// x < y, signed.
    LessS(Number, Number),
    /// x <= y, signed.
    AtMostS(Number, Number),
    /// 0 <= x, signed.
    NonNegative(Value),
    /// Not nil.
    NonNil(Value),
}

/// Removes checks that cannot fail.
pub(crate) fn run(func: &mut Func, _: &Facts) {
    let cfg = Cfg::new(func);
    let dom = DomTree::new(&cfg);
    let mut children: Vec<Vec<Block>> = vec![Vec::new(); func.blocks.len()];
    for &block in &cfg.rpo {
        if let Some(parent) = dom.idom(block) {
            children[parent.index()].push(block);
        }
    }
    let mut places = vec![None; func.insts.len()];
    for &block in &cfg.rpo {
        func.blocks[block.index()].insts.iter().for_each(|inst| places[inst.index()] = Some(block));
    }
    let graph = Graph { cfg: &cfg, dom: &dom, places: &places };
    let mut known = Known { facts: FxHashMap::default(), log: Vec::new() };
    let mut stack = vec![(func.entry(), 0, 0)];
    known.enter(func, &cfg, func.entry());
    check_block(func, &graph, func.entry(), &mut known);
    while let Some((block, next, n_facts)) = stack.last_mut() {
        match children[block.index()].get(*next) {
            Some(&child) => {
                *next += 1;
                let n_facts = known.log.len();
                stack.push((child, 0, n_facts));
                known.enter(func, &cfg, child);
                check_block(func, &graph, child, &mut known);
            }
            None => {
                known.leave(*n_facts);
                stack.pop();
            }
        }
    }
}

/// The facts that hold where the walk is.
struct Known {
    facts: FxHashMap<Fact, u32>,
    log: Vec<Fact>,
}

impl Known {
    fn add(&mut self, fact: Fact) {
        *self.facts.entry(fact).or_insert(0) += 1;
        self.log.push(fact);
    }

    fn has(&self, fact: Fact) -> bool {
        self.facts.get(&fact).is_some_and(|&count| count > 0)
    }

    fn leave(&mut self, n_facts: usize) {
        for fact in self.log.drain(n_facts..) {
            *self.facts.get_mut(&fact).expect("what is in the log was added") -= 1;
        }
    }

    /// Adds what the branch to a block decided.
    fn enter(&mut self, func: &Func, cfg: &Cfg, block: Block) {
        let [pred] = cfg.preds[block.index()][..] else { return };
        let Terminator::Branch { cond, then, els } = &func.blocks[pred.index()].term else { return };
        if then.block == els.block {
            return;
        }
        let Some(Op::Compare { cmp, lhs, rhs }) = func.def_op(*cond) else { return };
        let cmp = if then.block == block { Some(*cmp) } else { cmp.inverse() };
        if let Some(cmp) = cmp {
            self.decided(func, cmp, *lhs, *rhs);
        }
    }

    fn decided(&mut self, func: &Func, cmp: Cmp, lhs: Value, rhs: Value) {
        let (x, y) = (number(func, lhs), number(func, rhs));
        let constant = |value| func.as_const(value).map(|bits| ssa::eval::signed(func.ty(value), bits));
        match cmp {
            Cmp::LtS => {
                self.add(Fact::LessS(x, y));
                if constant(lhs).is_some_and(|c| c >= -1) {
                    self.add(Fact::NonNegative(rhs));
                }
            }
            Cmp::LeS => {
                self.add(Fact::AtMostS(x, y));
                if constant(lhs).is_some_and(|c| c >= 0) {
                    self.add(Fact::NonNegative(rhs));
                }
            }
            Cmp::GtS => self.decided(func, Cmp::LtS, rhs, lhs),
            Cmp::GeS => self.decided(func, Cmp::LeS, rhs, lhs),
            Cmp::LtU => self.add(Fact::BelowU(x, y)),
            Cmp::LeU => self.add(Fact::AtMostU(x, y)),
            Cmp::GtU => self.add(Fact::BelowU(y, x)),
            Cmp::GeU => self.add(Fact::AtMostU(y, x)),
            Cmp::Ne if func.ty(lhs) == Type::Ptr => {
                if func.as_const(rhs) == Some(0) {
                    self.add(Fact::NonNil(lhs));
                } else if func.as_const(lhs) == Some(0) {
                    self.add(Fact::NonNil(rhs));
                }
            }
            Cmp::Eq | Cmp::Ne | Cmp::Feq | Cmp::Fne | Cmp::Flt | Cmp::Fle | Cmp::Fgt | Cmp::Fge => {}
        }
    }
}

fn number(func: &Func, value: Value) -> Number {
    func.as_const(value).map_or(Number::Value(value), Number::Const)
}

fn check_block(func: &mut Func, graph: &Graph<'_>, block: Block, known: &mut Known) {
    let insts = std::mem::take(&mut func.blocks[block.index()].insts);
    let mut kept = Vec::with_capacity(insts.len());
    for (n, &inst) in insts.iter().enumerate() {
        let is_needless = match func.insts[inst.index()].op {
            Op::BoundsCheck { kind, x, y, .. } => {
                let (x, y) = if kind == BoundsKind::Convert { (y, x) } else { (x, y) };
                let strict = kind == BoundsKind::Index;
                let (a, b) = (number(func, x), number(func, y));
                let holds = Query { func, graph, known }.is_in_bounds(x, y, strict);
                known.add(if strict { Fact::BelowU(a, b) } else { Fact::AtMostU(a, b) });
                holds
            }
            Op::NilCheck { ptr } => {
                let holds = is_non_nil(func, known, ptr) || is_checked_by_access(func, &insts[n + 1..], ptr);
                known.add(Fact::NonNil(ptr));
                holds
            }
            Op::Load { addr, off, flags, .. } | Op::Store { addr, off, flags, .. } if !flags.notrap => {
                if (0..NIL_PAGE_BYTES).contains(&off) {
                    known.add(Fact::NonNil(addr));
                }
                false
            }
            Op::StorePtr { addr, off, .. } => {
                if (0..NIL_PAGE_BYTES).contains(&off) {
                    known.add(Fact::NonNil(addr));
                }
                false
            }
            _ => false,
        };
        if !is_needless {
            kept.push(inst);
        }
    }
    func.blocks[block.index()].insts = kept;
}

fn is_non_nil(func: &Func, known: &Known, mut ptr: Value) -> bool {
    loop {
        if known.has(Fact::NonNil(ptr)) {
            return true;
        }
        match func.def_op(ptr) {
            Some(
                Op::SlotAddr { .. } | Op::SymAddr { .. } | Op::FuncAddr { .. } | Op::New { .. } | Op::GetG,
            ) => {
                return true;
            }
            Some(Op::PtrAdd { root, .. }) => ptr = *root,
            _ => return false,
        }
    }
}

/// Whether the next thing that happens is an access through the pointer that faults if it is nil.
fn is_checked_by_access(func: &Func, rest: &[Inst], ptr: Value) -> bool {
    for &inst in rest {
        match &func.insts[inst.index()].op {
            Op::Load { addr, off, flags, .. } | Op::Store { addr, off, flags, .. } if *addr == ptr => {
                return !flags.notrap && (0..NIL_PAGE_BYTES).contains(off);
            }
            op if op.is_pure() => {}
            _ => return false,
        }
    }
    false
}

/// The shape of the function, which removing checks does not change.
struct Graph<'a> {
    cfg: &'a Cfg,
    dom: &'a DomTree,
    /// The block of each instruction.
    places: &'a [Option<Block>],
}

struct Query<'a> {
    func: &'a Func,
    graph: &'a Graph<'a>,
    known: &'a Known,
}

impl Query<'_> {
    /// Whether `x < y` (or `x <= y` if not strict) holds as unsigned numbers.
    fn is_in_bounds(&self, x: Value, y: Value, strict: bool) -> bool {
        let (a, b) = (number(self.func, x), number(self.func, y));
        if let (Number::Const(a), Number::Const(b)) = (a, b) {
            return if strict { a < b } else { a <= b };
        }
        if !strict && (a == b || a == Number::Const(0) || self.known.has(Fact::AtMostU(a, b))) {
            return true;
        }
        if self.known.has(Fact::BelowU(a, b)) || self.is_masked(x, b, strict) {
            return true;
        }
        let is_signed = self.known.has(Fact::LessS(a, b)) || (!strict && self.known.has(Fact::AtMostS(a, b)));
        is_signed && self.is_non_negative(x, 2)
    }

    /// Whether `x` is a mask or remainder that stays below a constant.
    fn is_masked(&self, x: Value, bound: Number, strict: bool) -> bool {
        let Number::Const(bound) = bound else { return false };
        let bound = if strict { bound } else { bound.saturating_add(1) };
        let most = match self.func.def_op(x) {
            Some(Op::Binary { op: BinaryOp::And, lhs, rhs }) => {
                let sides = [self.func.as_const(*lhs), self.func.as_const(*rhs)];
                sides.into_iter().flatten().min()
            }
            Some(Op::Binary { op: BinaryOp::RemU, rhs, .. }) => {
                self.func.as_const(*rhs).and_then(|bits| bits.checked_sub(1))
            }
            Some(Op::Convert { conv: Conv::Zext, arg, .. }) => Some(self.func.ty(*arg).mask()),
            _ => None,
        };
        most.is_some_and(|most| most < bound)
    }

    fn is_non_negative(&self, x: Value, depth: usize) -> bool {
        let func = self.func;
        let sign = 1u64 << (func.ty(x).bits() - 1);
        let is_non_negative_const = |value: Value| func.as_const(value).is_some_and(|bits| bits & sign == 0);
        if self.known.has(Fact::NonNegative(x)) {
            return true;
        }
        match func.def_op(x) {
            Some(Op::Const { bits, .. }) => bits & sign == 0,
            Some(Op::Convert { conv: Conv::Zext, .. }) => true,
            Some(Op::Convert { conv: Conv::Sext, arg, .. }) => {
                depth > 0 && self.is_non_negative(*arg, depth - 1)
            }
            Some(Op::Binary { op: BinaryOp::And, lhs, rhs }) => {
                is_non_negative_const(*lhs) || is_non_negative_const(*rhs)
            }
            Some(Op::Binary { op: BinaryOp::ShrU, rhs, .. }) => {
                func.as_const(*rhs).is_some_and(|count| count > 0)
            }
            Some(Op::Binary { op: BinaryOp::RemU, rhs, .. }) => is_non_negative_const(*rhs),
            None => depth > 0 && self.is_counter(x, depth - 1),
            Some(_) => false,
        }
    }

    /// Whether a param begins at no less than 0 and only goes up by one where it is known to be below something, so
    /// that it does not wrap.
    fn is_counter(&self, x: Value, depth: usize) -> bool {
        let func = self.func;
        let ValueDef::Param(block, n) = func.values[x.index()].def else { return false };
        if block == func.entry() {
            return false;
        }
        self.graph.cfg.preds[block.index()].iter().all(|&pred| {
            let mut is_fine = true;
            func.blocks[pred.index()].term.for_each_succ(|succ, args| {
                if succ == block {
                    let arg = args[n as usize];
                    is_fine &= arg == x || self.is_step(x, arg) || self.is_start(block, arg, depth);
                }
            });
            is_fine
        })
    }

    /// What a counter starts with may not depend on the counter: it is made before the loop.
    fn is_start(&self, block: Block, arg: Value, depth: usize) -> bool {
        let made_in = match self.func.values[arg.index()].def {
            ValueDef::Param(made_in, _) => made_in,
            ValueDef::Result(..) => return self.func.as_const(arg).is_some() && self.is_non_negative(arg, 0),
            ValueDef::Dropped => return false,
        };
        made_in != block
            && self.graph.dom.dominates(made_in, block)
            && depth > 0
            && self.is_counter(arg, depth - 1)
    }

    fn is_step(&self, x: Value, arg: Value) -> bool {
        let func = self.func;
        let ValueDef::Result(inst, _) = func.values[arg.index()].def else { return false };
        let Op::Binary { op: BinaryOp::Add, lhs, rhs } = func.insts[inst.index()].op else { return false };
        if !(lhs == x && func.as_const(rhs) == Some(1) || rhs == x && func.as_const(lhs) == Some(1)) {
            return false;
        }
        // Where the sum is made, a branch must have found the counter below something.
        let mut at = self.graph.places[inst.index()];
        for _ in 0..MAX_STEPS {
            let Some(block) = at else { return false };
            if self.is_entered_below(block, x) {
                return true;
            }
            at = self.graph.dom.idom(block);
        }
        false
    }

    fn is_entered_below(&self, block: Block, x: Value) -> bool {
        let [pred] = self.graph.cfg.preds[block.index()][..] else { return false };
        let Terminator::Branch { cond, then, els } = &self.func.blocks[pred.index()].term else {
            return false;
        };
        if then.block == els.block {
            return false;
        }
        let Some(Op::Compare { cmp, lhs, rhs }) = self.func.def_op(*cond) else { return false };
        let cmp = if then.block == block { Some(*cmp) } else { cmp.inverse() };
        match cmp {
            Some(Cmp::LtS) => *lhs == x,
            Some(Cmp::GtS) => *rhs == x,
            _ => false,
        }
    }
}
