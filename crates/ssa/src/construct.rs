//! From variables to block params.
//!
//! Within a block the builder resolves reads of variables by itself. What a block reads before it writes
//! is left here as a *demand*: a placeholder value that stands for the variable at the block's start.
//! Once all blocks are known, demands are spread backwards to where the variable is written, which makes
//! them exactly the live ranges. A demand in a block with one predecessor becomes another name of the
//! predecessor's value; one in a join becomes a param. At last params whose arguments are all the same
//! value, or the param itself, are replaced by that value (Aycock and Horspool, "Simple Generation of
//! Static Single Assignment Form", 2000), which leaves the minimal form for every reducible graph.
//!
//! A variable that is read before it is written anywhere is zero.

use crate::dom::Cfg;
use crate::func::{Block, Func, Value, ValueDef};
use crate::op::{Op, Terminator};
use crate::ty::Type;
use crate::{Pos, builder::Variable};
use rustc_hash::{FxHashMap, FxHashSet};

/// What is known about variables before they become values. The builder fills it while a function is built; a
/// pass that turns slots into values fills it from loads and stores.
#[derive(Debug, Default)]
pub struct Variables {
    /// The type of each variable.
    pub types: Vec<Type>,
    /// Value of a variable at a block's end, if the block reads or writes it.
    out: FxHashMap<(Block, Variable), Value>,
    /// Placeholder of a variable at a block's start, if the block needs it. In order of demand.
    demand: FxHashMap<(Block, Variable), Value>,
    order: Vec<(Block, Variable)>,
}

impl Variables {
    /// Declares a variable.
    pub fn declare(&mut self, ty: Type) -> Variable {
        self.types.push(ty);
        Variable::new(self.types.len() - 1)
    }

    /// Writes a variable in a block.
    pub fn set(&mut self, block: Block, var: Variable, value: Value) {
        self.out.insert((block, var), value);
    }

    /// Reads a variable in a block, as far as the block was visited: what it wrote last, or a placeholder.
    pub fn get(&mut self, func: &mut Func, block: Block, var: Variable) -> Value {
        if let Some(&value) = self.out.get(&(block, var)) {
            return value;
        }
        let value = self.demand(func, block, var);
        self.out.insert((block, var), value);
        value
    }

    /// The placeholder of a variable at a block's start.
    fn demand(&mut self, func: &mut Func, block: Block, var: Variable) -> Value {
        if let Some(&value) = self.demand.get(&(block, var)) {
            return value;
        }
        let value = Value(func.values.len() as u32);
        func.values.push(crate::ValueData { ty: self.types[var.index()], def: ValueDef::Dropped });
        self.demand.insert((block, var), value);
        self.order.push((block, var));
        value
    }
}

/// Removes unreachable blocks and replaces placeholders by values and params.
///
/// # Panics
/// When a variable is alive on a recover edge.
pub fn construct(func: &mut Func, mut vars: Variables) {
    let cfg = Cfg::new(func);
    func.layout.retain(|&block| cfg.is_reachable(block));
    vars.order.retain(|&(block, _)| cfg.is_reachable(block));
    spread(func, &cfg, &mut vars);
    let mut alias = Aliases::default();
    let params = place(func, &cfg, &vars, &mut alias);
    remove_trivial(func, &cfg, &params, &mut alias);
    rewrite(func, &mut alias);
}

/// Demands in a block's predecessors what the block demands and they do not write.
fn spread(func: &mut Func, cfg: &Cfg, vars: &mut Variables) {
    let recover: FxHashSet<Block> = recover_blocks(func);
    let mut next = 0;
    while next < vars.order.len() {
        let (block, var) = vars.order[next];
        next += 1;
        assert!(
            !recover.contains(&block),
            "{}: a variable is read after recover that lives in no slot ({block})",
            func.name
        );
        for &pred in &cfg.preds[block.index()] {
            if !vars.out.contains_key(&(pred, var)) {
                let value = vars.demand(func, pred, var);
                vars.out.insert((pred, var), value);
            }
        }
    }
}

fn recover_blocks(func: &Func) -> FxHashSet<Block> {
    func.layout
        .iter()
        .filter_map(|&block| match func.blocks[block.index()].term {
            Terminator::DeferInit { recover, .. } => Some(recover),
            _ => None,
        })
        .collect()
}

/// Other names of values.
#[derive(Default)]
struct Aliases(FxHashMap<Value, Value>);

impl Aliases {
    /// The value at the end of the chain; the chain is made short on the way, for it may have as many links
    /// as the function has blocks.
    fn resolve(&mut self, value: Value) -> Value {
        let mut end = value;
        while let Some(&next) = self.0.get(&end) {
            end = next;
        }
        let mut link = value;
        while link != end {
            link = self.0.insert(link, end).expect("each link is known");
        }
        end
    }
}

/// Gives each demand a definition; yields the new params.
fn place(func: &mut Func, cfg: &Cfg, vars: &Variables, alias: &mut Aliases) -> Vec<Value> {
    let entry = func.entry();
    let mut params = Vec::new();
    let mut by_block: FxHashMap<Block, Vec<Variable>> = FxHashMap::default();
    for &(block, var) in &vars.order {
        let placeholder = vars.demand[&(block, var)];
        if block == entry {
            let ty = vars.types[var.index()];
            let inst = func.new_inst(Op::Const { ty, bits: 0 }, Pos::default());
            let zero = func.insts[inst.index()].results.single();
            func.blocks[entry.index()].insts.insert(0, inst);
            alias.0.insert(placeholder, zero);
        } else if let [pred] = cfg.preds[block.index()][..] {
            alias.0.insert(placeholder, vars.out[&(pred, var)]);
        } else {
            let n = func.blocks[block.index()].params.len() as u32;
            func.values[placeholder.index()].def = ValueDef::Param(block, n);
            func.blocks[block.index()].params.push(placeholder);
            by_block.entry(block).or_default().push(var);
            params.push(placeholder);
        }
    }
    for &pred in &cfg.rpo {
        let mut term = std::mem::replace(&mut func.blocks[pred.index()].term, Terminator::Unreachable);
        term.map_targets(|target| {
            for &var in by_block.get(&target.block).into_iter().flatten() {
                target.args.push(vars.out[&(pred, var)]);
            }
        });
        func.blocks[pred.index()].term = term;
    }
    params
}

/// Replaces params that can only be one value. `params` are in no particular order; a param that another
/// depends on is looked at again when the other goes.
fn remove_trivial(func: &Func, cfg: &Cfg, params: &[Value], alias: &mut Aliases) {
    let ours: FxHashSet<Value> = params.iter().copied().collect();
    let mut args: FxHashMap<Value, Vec<Value>> = FxHashMap::default();
    for &pred in &cfg.rpo {
        func.blocks[pred.index()].term.for_each_succ(|block, values| {
            for (&param, &value) in func.blocks[block.index()].params.iter().zip(values) {
                if ours.contains(&param) {
                    args.entry(param).or_default().push(value);
                }
            }
        });
    }
    let mut users: FxHashMap<Value, Vec<Value>> = FxHashMap::default();
    for &param in params {
        for &value in args.get(&param).into_iter().flatten() {
            users.entry(alias.resolve(value)).or_default().push(param);
        }
    }
    let mut work: Vec<Value> = params.to_vec();
    while let Some(param) = work.pop() {
        if alias.0.contains_key(&param) {
            continue;
        }
        let mut only = None;
        let mut is_trivial = true;
        for &value in args.get(&param).into_iter().flatten() {
            let value = alias.resolve(value);
            if value != param && only.is_some_and(|other| other != value) {
                is_trivial = false;
                break;
            }
            if value != param {
                only = Some(value);
            }
        }
        if let (true, Some(only)) = (is_trivial, only) {
            alias.0.insert(param, only);
            let again = users.remove(&param).unwrap_or_default();
            work.extend(again.iter().copied());
            users.entry(only).or_default().extend(again);
        }
    }
}

/// Replaces each value by what it stands for and drops replaced params with their arguments.
fn rewrite(func: &mut Func, alias: &mut Aliases) {
    let layout = func.layout.clone();
    let mut kept: FxHashMap<Block, Vec<bool>> = FxHashMap::default();
    for &block in &layout {
        let params = &mut func.blocks[block.index()].params;
        let keep: Vec<bool> = params.iter().map(|param| !alias.0.contains_key(param)).collect();
        if keep.iter().all(|&k| k) {
            continue;
        }
        let old = std::mem::take(params);
        let new: Vec<Value> = old.iter().zip(&keep).filter(|(_, k)| **k).map(|(&param, _)| param).collect();
        for &param in &old {
            func.values[param.index()].def = ValueDef::Dropped;
        }
        for (n, &param) in new.iter().enumerate() {
            func.values[param.index()].def = ValueDef::Param(block, n as u32);
        }
        func.blocks[block.index()].params = new;
        kept.insert(block, keep);
    }
    for &block in &layout {
        let data = &mut func.blocks[block.index()];
        for &inst in &data.insts {
            func.insts[inst.index()].op.map_args(|value| *value = alias.resolve(*value));
        }
        data.term.map_targets(|target| {
            if let Some(keep) = kept.get(&target.block) {
                let mut keep = keep.iter();
                target.args.retain(|_| *keep.next().expect("one argument for each param"));
            }
        });
        data.term.map_args(|value| *value = alias.resolve(*value));
    }
}
