//! Accesses of memory that change nothing, within a block.
//!
//! A slice is loaded and stored as three words, where often only its length is wanted or changes. A load that nobody uses is dropped
//! when another access through the same address stands for the fault that it may raise: one before it, or one that follows at once. A
//! store is dropped when it writes what was loaded from there, or stored there, and nothing has been written since that may overlap.

use crate::pass::Facts;
use ssa::{Func, Inst, Op, Value};

/// An address that is nil faults below this offset.
const PAGE_BYTES: i32 = 4096;
/// So much is remembered of a block: large literals are blocks of thousands of stores.
const MOST_SEEN: usize = 64;

/// Drops them: stores first, because what they store may then be used no more.
pub(crate) fn run(func: &mut Func, _: &Facts) {
    drop_idle(func, |func, seen, inst, _| match &func.insts[inst.index()].op {
        Op::Store { addr, off, val, flags } => !flags.volatile && seen.holds(*addr, *off, *val),
        Op::StorePtr { addr, off, val } => seen.holds(*addr, *off, *val),
        _ => false,
    });
    let used = used(func);
    drop_idle(func, |func, seen, inst, rest| match &func.insts[inst.index()].op {
        Op::Load { addr, off, flags, .. } => {
            let result = func.insts[inst.index()].results.single();
            let may_drop = !used[result.index()] && !flags.volatile && is_near(*off);
            may_drop && (seen.bases.contains(addr) || is_read_next(func, rest, *addr, &used))
        }
        _ => false,
    });
}

/// Drops the instructions that `is_idle` finds, which gets what the block has done before and the instructions that follow.
fn drop_idle(func: &mut Func, is_idle: impl Fn(&Func, &Seen, Inst, &[Inst]) -> bool) {
    for n in 0..func.layout.len() {
        let block = func.layout[n];
        let insts = std::mem::take(&mut func.blocks[block.index()].insts);
        let mut seen = Seen::default();
        let mut kept = Vec::with_capacity(insts.len());
        for (at, &inst) in insts.iter().enumerate() {
            if !is_idle(func, &seen, inst, &insts[at + 1..]) {
                seen.note(func, inst);
                kept.push(inst);
            }
        }
        func.blocks[block.index()].insts = kept;
    }
}

fn is_near(off: i32) -> bool {
    (0..PAGE_BYTES).contains(&off)
}

fn used(func: &Func) -> Vec<bool> {
    let mut used = vec![false; func.values.len()];
    for &block in &func.layout {
        let data = &func.blocks[block.index()];
        for &inst in &data.insts {
            func.insts[inst.index()].op.for_each_arg(|value| used[value.index()] = true);
        }
        data.term.for_each_arg(|value| used[value.index()] = true);
    }
    used
}

/// Whether the next access is one through this address that stays.
fn is_read_next(func: &Func, insts: &[Inst], base: Value, used: &[bool]) -> bool {
    for inst in insts {
        let data = &func.insts[inst.index()];
        match &data.op {
            Op::Load { addr, off, flags, .. } if *addr == base && is_near(*off) => {
                if used[data.results.single().index()] || flags.volatile {
                    return true;
                }
            }
            op if op.is_pure() => {}
            _ => return false,
        }
    }
    false
}

/// What a block has done so far.
#[derive(Default)]
struct Seen {
    /// What was accessed near its begin.
    bases: Vec<Value>,
    /// What memory holds: base, offset, contents.
    contents: Vec<(Value, i32, Value)>,
}

impl Seen {
    fn holds(&self, addr: Value, off: i32, val: Value) -> bool {
        self.contents.contains(&(addr, off, val))
    }

    fn note(&mut self, func: &Func, inst: Inst) {
        if self.contents.len() == MOST_SEEN {
            self.contents.clear();
        }
        let data = &func.insts[inst.index()];
        match &data.op {
            Op::Load { addr, off, .. } => {
                self.access(*addr, *off);
                self.contents.push((*addr, *off, data.results.single()));
            }
            Op::Store { addr, off, val, .. } | Op::StorePtr { addr, off, val } => {
                self.access(*addr, *off);
                let bytes = |value: Value| i64::from(func.ty(value).bytes());
                let (start, end) = (i64::from(*off), i64::from(*off) + bytes(*val));
                // Another base may lead to the same place.
                self.contents.retain(|(base, off, old)| {
                    let off = i64::from(*off);
                    base == addr && (off + bytes(*old) <= start || end <= off)
                });
                self.contents.push((*addr, *off, *val));
            }
            Op::AtomicStore { .. }
            | Op::AtomicLoad { .. }
            | Op::AtomicRmw { .. }
            | Op::AtomicCas { .. }
            | Op::Fence
            | Op::MemCopy { .. }
            | Op::MemZero { .. }
            | Op::Call { .. } => self.contents.clear(),
            _ => {}
        }
    }

    fn access(&mut self, addr: Value, off: i32) {
        if self.bases.len() == MOST_SEEN {
            self.bases.clear();
        }
        if is_near(off) && !self.bases.contains(&addr) {
            self.bases.push(addr);
        }
    }
}
