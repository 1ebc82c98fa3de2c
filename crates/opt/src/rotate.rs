//! Loops that test at the end.
//!
//! A loop whose header only computes a condition takes two jumps each turn. The header's operations and branch are copied to
//! the end of the block that jumps back; the header itself then runs once, before the loop. What the header defines has
//! two definitions afterwards and is a variable until `construct` makes values of it again.

use crate::pass::Facts;
use rustc_hash::FxHashMap;
use ssa::construct::{Variables, construct};
use ssa::dom::{Cfg, DomTree, after_recover};
use ssa::{Block, Func, Inst, Terminator, Value, Variable};

/// Headers with more operations are not copied.
const MAX_HEADER_INSTS: usize = 8;
/// So many loops of a function are rotated, each at the cost of a walk over the function.
const MAX_LOOPS: usize = 32;
/// Larger functions are left alone.
const MAX_BLOCKS: usize = 2000;

/// Rotates loops with one jump back.
pub(crate) fn run(func: &mut Func, _: &Facts) {
    if func.layout.len() > MAX_BLOCKS {
        return;
    }
    let mut done: Vec<Block> = Vec::new();
    for _ in 0..MAX_LOOPS {
        let Some((header, latch)) = find(func, &done) else { return };
        done.push(header);
        rotate(func, header, latch);
    }
}

/// A header that was not done yet, and the block that jumps back to it.
fn find(func: &Func, done: &[Block]) -> Option<(Block, Block)> {
    let cfg = Cfg::new(func);
    let dom = DomTree::new(&cfg);
    let after_recover = after_recover(func, &cfg);
    cfg.rpo.iter().find_map(|&header| {
        if done.contains(&header) || after_recover[header.index()] || !is_test(func, header) {
            return None;
        }
        let preds = &cfg.preds[header.index()];
        let mut back = preds.iter().filter(|&&pred| dom.dominates(header, pred));
        let (Some(&latch), None) = (back.next(), back.next()) else { return None };
        // A block that jumps back to itself tests at its end already.
        let jumps = matches!(func.blocks[latch.index()].term, Terminator::Jump(_));
        let leaves = exits(&cfg, &dom, header, latch, func);
        (jumps && latch != header && preds.len() > 1 && leaves).then_some((header, latch))
    })
}

/// Whether a block does nothing but compute a condition and branch.
fn is_test(func: &Func, block: Block) -> bool {
    let data = &func.blocks[block.index()];
    let is_branch = matches!(&data.term, Terminator::Branch { then, els, .. } if then.block != els.block);
    let is_pure = |inst: &Inst| func.insts[inst.index()].op.is_pure();
    is_branch
        && block != func.entry()
        && data.insts.len() <= MAX_HEADER_INSTS
        && data.insts.iter().all(is_pure)
}

/// Whether one branch of the header leaves the loop: no way leads from it to the latch but through the header.
fn exits(cfg: &Cfg, dom: &DomTree, header: Block, latch: Block, func: &Func) -> bool {
    let reaches = |start: Block| {
        let mut seen = vec![false; func.blocks.len()];
        seen[header.index()] = true;
        let mut work = vec![start];
        while let Some(block) = work.pop() {
            if block == latch {
                return true;
            }
            if dom.dominates(header, block) && !std::mem::replace(&mut seen[block.index()], true) {
                work.extend(&cfg.succs[block.index()]);
            }
        }
        false
    };
    cfg.succs[header.index()].iter().filter(|&&succ| reaches(succ)).count() == 1
}

fn rotate(func: &mut Func, header: Block, latch: Block) {
    let mut vars = Variables::default();
    let mut var_of: FxHashMap<Value, Variable> = FxHashMap::default();
    for value in defined(func, header) {
        let var = vars.declare(func.ty(value));
        vars.set(header, var, value);
        var_of.insert(value, var);
    }
    for n in 0..func.layout.len() {
        let block = func.layout[n];
        if block != header {
            read_variables(func, block, &var_of, &mut vars);
        }
    }
    let copies = copy_header(func, header, latch);
    for (value, copy) in copies {
        vars.set(latch, var_of[&value], copy);
    }
    construct(func, vars);
}

fn defined(func: &Func, block: Block) -> Vec<Value> {
    let data = &func.blocks[block.index()];
    let results = data.insts.iter().flat_map(|inst| func.insts[inst.index()].results.iter());
    data.params.iter().copied().chain(results).collect()
}

/// Lets a block read variables where it uses what the header defines.
fn read_variables(func: &mut Func, block: Block, var_of: &FxHashMap<Value, Variable>, vars: &mut Variables) {
    for n in 0..func.blocks[block.index()].insts.len() {
        let inst = func.blocks[block.index()].insts[n];
        let mut op = func.insts[inst.index()].op.clone();
        op.map_args(|value| {
            if let Some(&var) = var_of.get(value) {
                *value = vars.get(func, block, var);
            }
        });
        func.insts[inst.index()].op = op;
    }
    let mut term = func.blocks[block.index()].term.clone();
    term.map_args(|value| {
        if let Some(&var) = var_of.get(value) {
            *value = vars.get(func, block, var);
        }
    });
    func.blocks[block.index()].term = term;
}

/// Copies the header's operations and branch to the end of the latch; yields what is defined there and its copies.
fn copy_header(func: &mut Func, header: Block, latch: Block) -> Vec<(Value, Value)> {
    let Terminator::Jump(back) = func.blocks[latch.index()].term.clone() else {
        unreachable!("the latch jumps back")
    };
    let mut copy_of: FxHashMap<Value, Value> = FxHashMap::default();
    let mut copies = Vec::new();
    for (&param, &arg) in func.blocks[header.index()].params.iter().zip(&back.args) {
        copy_of.insert(param, arg);
        copies.push((param, arg));
    }
    for n in 0..func.blocks[header.index()].insts.len() {
        let data = func.insts[func.blocks[header.index()].insts[n].index()].clone();
        let mut op = data.op;
        op.map_args(|value| *value = copy_of.get(value).copied().unwrap_or(*value));
        let made = func.new_inst(op, data.pos);
        func.blocks[latch.index()].insts.push(made);
        for (value, copy) in data.results.iter().zip(func.insts[made.index()].results.iter()) {
            copy_of.insert(value, copy);
            copies.push((value, copy));
        }
    }
    let mut term = func.blocks[header.index()].term.clone();
    term.map_args(|value| *value = copy_of.get(value).copied().unwrap_or(*value));
    let term_pos = func.blocks[header.index()].term_pos;
    let data = &mut func.blocks[latch.index()];
    data.term = term;
    data.term_pos = term_pos;
    copies
}
