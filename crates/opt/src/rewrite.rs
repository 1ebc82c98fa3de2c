//! Changes that several passes make: values replaced, blocks dropped, instructions inserted.

use crate::callgraph::components;
use rustc_hash::FxHashMap;
use ssa::dom::Cfg;
use ssa::{Block, Func, Inst, Op, Pos, Terminator, Value};

/// Values that stand for others.
#[derive(Default)]
pub(crate) struct Aliases(FxHashMap<Value, Value>);

impl Aliases {
    /// From now on `other` stands for `value`.
    pub(crate) fn add(&mut self, value: Value, other: Value) {
        let other = self.resolve(other);
        assert_ne!(value, other, "a value stands for itself");
        self.0.insert(value, other);
    }

    /// What a value stands for.
    pub(crate) fn resolve(&self, mut value: Value) -> Value {
        while let Some(&next) = self.0.get(&value) {
            value = next;
        }
        value
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Replaces every use.
    pub(crate) fn apply(&self, func: &mut Func) {
        if self.is_empty() {
            return;
        }
        for n in 0..func.layout.len() {
            let data = &mut func.blocks[func.layout[n].index()];
            for &inst in &data.insts {
                func.insts[inst.index()].op.map_args(|value| *value = self.resolve(*value));
            }
            data.term.map_args(|value| *value = self.resolve(*value));
        }
    }
}

/// Drops blocks that nothing reaches.
pub(crate) fn drop_unreachable_blocks(func: &mut Func) {
    let cfg = Cfg::new(func);
    func.layout.retain(|&block| cfg.is_reachable(block));
}

/// A new instruction with one result, not yet in a block.
pub(crate) fn make(func: &mut Func, op: Op, pos: Pos) -> (Inst, Value) {
    let inst = func.new_inst(op, pos);
    (inst, func.insts[inst.index()].results.single())
}

/// Puts a block that only one edge leads to, and where that edge is a jump, behind the block it comes from.
pub(crate) fn merge_blocks(func: &mut Func) {
    let cfg = Cfg::new(func);
    let mut aliases = Aliases::default();
    let mut gone = vec![false; func.blocks.len()];
    for n in 0..func.layout.len() {
        let block = func.layout[n];
        while !gone[block.index()] {
            let Terminator::Jump(target) = &func.blocks[block.index()].term else { break };
            let next = target.block;
            if cfg.preds[next.index()].len() != 1 || next == block || next == func.entry() {
                break;
            }
            for (&param, &arg) in func.blocks[next.index()].params.iter().zip(&target.args) {
                aliases.add(param, arg);
            }
            append(func, block, next);
            gone[next.index()] = true;
        }
    }
    func.layout.retain(|block| !gone[block.index()]);
    aliases.apply(func);
}

fn append(func: &mut Func, block: Block, next: Block) {
    let insts = std::mem::take(&mut func.blocks[next.index()].insts);
    let term = std::mem::replace(&mut func.blocks[next.index()].term, Terminator::Unreachable);
    let (term_pos, cold) = (func.blocks[next.index()].term_pos, func.blocks[next.index()].cold);
    let data = &mut func.blocks[block.index()];
    data.insts.extend(insts);
    data.term = term;
    data.term_pos = term_pos;
    data.cold &= cold;
}

/// Whether each block lies on a cycle.
pub(crate) fn in_cycle(func: &Func, cfg: &Cfg) -> Vec<bool> {
    let succs: Vec<Vec<usize>> =
        cfg.succs.iter().map(|succs| succs.iter().map(|block| block.index()).collect()).collect();
    let component = components(&succs);
    let mut size = vec![0; func.blocks.len()];
    component.iter().for_each(|&c| size[c] += 1);
    let is_in = |n: usize| size[component[n]] > 1 || succs[n].contains(&n);
    (0..func.blocks.len()).map(is_in).collect()
}
