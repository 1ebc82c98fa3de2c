//! The control flow graph of a function and its dominator tree.
//!
//! The tree is built by the iterative algorithm of Cooper, Harvey and Kennedy ("A Simple, Fast Dominance
//! Algorithm", 2001): intersect along reverse postorder until nothing changes.

use crate::func::{Block, Func};
use crate::op::Terminator;

/// Predecessors, successors and an order of the blocks.
#[derive(Debug, Clone)]
pub struct Cfg {
    /// For each block the sources of its incoming edges, one entry per edge.
    pub preds: Vec<Vec<Block>>,
    /// For each block its successors, one entry per edge.
    pub succs: Vec<Vec<Block>>,
    /// The reachable blocks in reverse postorder.
    pub rpo: Vec<Block>,
}

impl Cfg {
    /// Computes the graph of what is reachable from the entry.
    pub fn new(func: &Func) -> Cfg {
        let n_blocks = func.blocks.len();
        let mut cfg =
            Cfg { preds: vec![Vec::new(); n_blocks], succs: vec![Vec::new(); n_blocks], rpo: Vec::new() };
        let mut seen = vec![false; n_blocks];
        // Depth first without recursion: a block is finished when its iterator over successors ends.
        let mut stack = Vec::new();
        let entry = func.entry();
        seen[entry.index()] = true;
        cfg.succs[entry.index()] = func.blocks[entry.index()].term.succs();
        stack.push((entry, 0));
        while let Some((block, next)) = stack.last_mut() {
            let block = *block;
            let Some(&succ) = cfg.succs[block.index()].get(*next) else {
                cfg.rpo.push(block);
                stack.pop();
                continue;
            };
            *next += 1;
            cfg.preds[succ.index()].push(block);
            if !seen[succ.index()] {
                seen[succ.index()] = true;
                cfg.succs[succ.index()] = func.blocks[succ.index()].term.succs();
                stack.push((succ, 0));
            }
        }
        cfg.rpo.reverse();
        cfg
    }

    /// Whether the entry reaches a block.
    pub fn is_reachable(&self, block: Block) -> bool {
        !self.preds[block.index()].is_empty() || self.rpo.first() == Some(&block)
    }
}

/// Immediate dominators.
#[derive(Debug, Clone)]
pub struct DomTree {
    idom: Vec<Option<Block>>,
    // Entry and exit times of a walk over the tree: a block dominates what it encloses.
    enter: Vec<u32>,
    leave: Vec<u32>,
}

impl DomTree {
    /// Computes the tree.
    pub fn new(cfg: &Cfg) -> DomTree {
        let n_blocks = cfg.preds.len();
        let mut order = vec![u32::MAX; n_blocks];
        for (i, block) in cfg.rpo.iter().enumerate() {
            order[block.index()] = i as u32;
        }
        let mut idom: Vec<Option<Block>> = vec![None; n_blocks];
        let entry = cfg.rpo[0];
        idom[entry.index()] = Some(entry);
        let mut changed = true;
        while changed {
            changed = false;
            for &block in &cfg.rpo[1..] {
                let mut new: Option<Block> = None;
                for &pred in &cfg.preds[block.index()] {
                    if idom[pred.index()].is_some() {
                        new = Some(new.map_or(pred, |other| intersect(&idom, &order, pred, other)));
                    }
                }
                if new != idom[block.index()] {
                    idom[block.index()] = new;
                    changed = true;
                }
            }
        }
        idom[entry.index()] = None;
        let (enter, leave) = number(&idom, cfg);
        DomTree { idom, enter, leave }
    }

    /// The closest block that dominates `block`, other than itself. None for the entry and what is not reachable.
    pub fn idom(&self, block: Block) -> Option<Block> {
        self.idom[block.index()]
    }

    /// Whether every path from the entry to `b` goes through `a`. A block dominates itself.
    pub fn dominates(&self, a: Block, b: Block) -> bool {
        self.enter[a.index()] <= self.enter[b.index()] && self.leave[b.index()] <= self.leave[a.index()]
    }
}

fn intersect(idom: &[Option<Block>], order: &[u32], mut a: Block, mut b: Block) -> Block {
    while a != b {
        while order[a.index()] > order[b.index()] {
            a = idom[a.index()].expect("walks up from a reachable block");
        }
        while order[b.index()] > order[a.index()] {
            b = idom[b.index()].expect("walks up from a reachable block");
        }
    }
    a
}

fn number(idom: &[Option<Block>], cfg: &Cfg) -> (Vec<u32>, Vec<u32>) {
    let n_blocks = idom.len();
    let mut children = vec![Vec::new(); n_blocks];
    for &block in &cfg.rpo[1..] {
        if let Some(parent) = idom[block.index()] {
            children[parent.index()].push(block);
        }
    }
    let (mut enter, mut leave) = (vec![u32::MAX; n_blocks], vec![0; n_blocks]);
    let mut clock = 0;
    let mut stack = vec![(cfg.rpo[0], 0)];
    enter[cfg.rpo[0].index()] = 0;
    while let Some((block, next)) = stack.last_mut() {
        let block = *block;
        clock += 1;
        match children[block.index()].get(*next) {
            Some(&child) => {
                *next += 1;
                enter[child.index()] = clock;
                stack.push((child, 0));
            }
            None => {
                leave[block.index()] = clock;
                stack.pop();
            }
        }
    }
    (enter, leave)
}

/// For each block, whether a recover edge leads to it: what was only in registers is gone there.
pub fn after_recover(func: &Func, cfg: &Cfg) -> Vec<bool> {
    let mut seen = vec![false; func.blocks.len()];
    let mut work: Vec<Block> = Vec::new();
    for &block in &cfg.rpo {
        if let Terminator::DeferInit { recover, .. } = func.blocks[block.index()].term {
            work.push(recover);
        }
    }
    while let Some(block) = work.pop() {
        if !std::mem::replace(&mut seen[block.index()], true) {
            work.extend(&cfg.succs[block.index()]);
        }
    }
    seen
}
