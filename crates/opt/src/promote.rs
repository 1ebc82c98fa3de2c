//! Slots whose address goes nowhere become values.
//!
//! A slot is cut into the pieces that loads and stores touch. If pieces do not overlap and nothing but loads, stores
//! and clearing uses the slot, each piece is a variable, and variables become values as those of the builder do.

use crate::pass::Facts;
use crate::rewrite::{Aliases, make};
use rustc_hash::FxHashMap;
use ssa::construct::{Variables, construct};
use ssa::dom::{Cfg, after_recover};
use ssa::{Block, Func, Inst, Op, Slot, Type, Value, Variable};

/// Slots with more pieces stay in memory.
const MAX_PIECES: usize = 64;

/// A part of a slot that is always read and written as one.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Piece {
    off: i64,
    ty: Type,
}

impl Piece {
    fn end(self) -> i64 {
        self.off + i64::from(self.ty.bytes())
    }
}

/// The pieces of each slot; none when the slot stays.
type Pieces = Vec<Option<Vec<Piece>>>;

/// Promotes what can be promoted.
pub(crate) fn run(func: &mut Func, _: &Facts) {
    if func.slots.is_empty() {
        return;
    }
    let cfg = Cfg::new(func);
    let pieces = find_pieces(func, &cfg);
    if pieces.iter().all(Option::is_none) {
        return;
    }
    let mut vars = Variables::default();
    let mut var_of: FxHashMap<(Slot, i64), Variable> = FxHashMap::default();
    for (n, list) in pieces.iter().enumerate() {
        for piece in list.iter().flatten() {
            var_of.insert((Slot(n as u32), piece.off), vars.declare(piece.ty));
        }
    }
    let mut aliases = Aliases::default();
    for &block in &cfg.rpo {
        promote_in(func, block, &pieces, &var_of, &mut vars, &mut aliases);
    }
    aliases.apply(func);
    construct(func, vars);
    func.debug_vars.retain(|var| pieces[var.slot.index()].is_none());
}

/// The slot and offset of a constant address in a slot.
fn place(func: &Func, addr: Value, off: i64) -> Option<(Slot, i64)> {
    let (mut addr, mut total) = (addr, off);
    loop {
        match func.def_op(addr)? {
            Op::SlotAddr { slot, off } => return Some((*slot, total + i64::from(*off))),
            Op::PtrAdd { root, index: None, off } => {
                total += off;
                addr = *root;
            }
            _ => return None,
        }
    }
}

fn find_pieces(func: &Func, cfg: &Cfg) -> Pieces {
    let after_recover = after_recover(func, cfg);
    let mut pieces: Pieces = func.slots.iter().map(|slot| (!slot.recover).then(Vec::new)).collect();
    let mut cleared: Vec<(Slot, i64, i64)> = Vec::new();
    for &block in &cfg.rpo {
        let is_late = after_recover[block.index()];
        for &inst in &func.blocks[block.index()].insts {
            note_uses(func, inst, is_late, &mut pieces, &mut cleared);
        }
        func.blocks[block.index()].term.for_each_arg(|value| keep(func, value, &mut pieces));
    }
    for (slot, start, end) in cleared {
        let is_cut = |piece: &Piece| {
            piece.off < end && start < piece.end() && (piece.off < start || end < piece.end())
        };
        if pieces[slot.index()].as_ref().is_some_and(|list| list.iter().any(is_cut)) {
            pieces[slot.index()] = None;
        }
    }
    pieces
}

/// A use that only memory can serve.
fn keep(func: &Func, addr: Value, pieces: &mut Pieces) {
    let mut addr = addr;
    loop {
        match func.def_op(addr) {
            Some(Op::SlotAddr { slot, .. }) => {
                pieces[slot.index()] = None;
                return;
            }
            Some(Op::PtrAdd { root, .. }) => addr = *root,
            _ => return,
        }
    }
}

fn note_uses(
    func: &Func,
    inst: Inst,
    is_late: bool,
    pieces: &mut Pieces,
    cleared: &mut Vec<(Slot, i64, i64)>,
) {
    let op = &func.insts[inst.index()].op;
    match op {
        Op::Load { ty, addr, off, flags } if !flags.volatile && !is_late => {
            note_access(func, *addr, i64::from(*off), *ty, pieces);
        }
        Op::Store { addr, off, val, flags } if !flags.volatile && !is_late => {
            note_access(func, *addr, i64::from(*off), func.ty(*val), pieces);
            keep(func, *val, pieces);
        }
        Op::MemZero { addr, size, .. } if !is_late => match place(func, *addr, 0) {
            Some((slot, off)) => cleared.push((slot, off, off + *size as i64)),
            None => keep(func, *addr, pieces),
        },
        Op::NilCheck { .. } => {}
        Op::PtrAdd { root, index: Some(_), .. } => keep(func, *root, pieces),
        // Noted where the sum is used.
        Op::PtrAdd { index: None, .. } => {}
        op => op.for_each_arg(|value| keep(func, value, pieces)),
    }
}

fn note_access(func: &Func, addr: Value, off: i64, ty: Type, pieces: &mut Pieces) {
    let Some((slot, off)) = place(func, addr, off) else {
        keep(func, addr, pieces);
        return;
    };
    let Some(list) = &mut pieces[slot.index()] else { return };
    let piece = Piece { off, ty };
    if list.contains(&piece) {
        return;
    }
    let overlaps = list.iter().any(|other| other.off < piece.end() && piece.off < other.end());
    let is_inside = off >= 0 && piece.end() <= i64::from(func.slots[slot.index()].size);
    if overlaps || !is_inside || list.len() == MAX_PIECES {
        pieces[slot.index()] = None;
    } else {
        list.push(piece);
    }
}

fn promote_in(
    func: &mut Func,
    block: Block,
    pieces: &Pieces,
    var_of: &FxHashMap<(Slot, i64), Variable>,
    vars: &mut Variables,
    aliases: &mut Aliases,
) {
    let promoted = |func: &Func, addr: Value, off: i64| {
        place(func, addr, off).filter(|(slot, _)| pieces[slot.index()].is_some())
    };
    let insts = std::mem::take(&mut func.blocks[block.index()].insts);
    let mut kept = Vec::with_capacity(insts.len());
    for inst in insts {
        let pos = func.insts[inst.index()].pos;
        match func.insts[inst.index()].op {
            Op::Load { addr, off, .. } if let Some(key) = promoted(func, addr, i64::from(off)) => {
                let result = func.insts[inst.index()].results.single();
                let value = vars.get(func, block, var_of[&key]);
                aliases.add(result, value);
            }
            Op::Store { addr, off, val, .. } if let Some(key) = promoted(func, addr, i64::from(off)) => {
                vars.set(block, var_of[&key], aliases.resolve(val));
            }
            Op::MemZero { addr, size, .. } if let Some((slot, start)) = promoted(func, addr, 0) => {
                let covered = |piece: &&Piece| start <= piece.off && piece.off < start + size as i64;
                for piece in pieces[slot.index()].iter().flatten().filter(covered) {
                    let (zero, value) = make(func, Op::Const { ty: piece.ty, bits: 0 }, pos);
                    kept.push(zero);
                    vars.set(block, var_of[&(slot, piece.off)], value);
                }
            }
            Op::NilCheck { ptr } if promoted(func, ptr, 0).is_some() => {}
            _ => kept.push(inst),
        }
    }
    func.blocks[block.index()].insts = kept;
}
