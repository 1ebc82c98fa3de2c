//! Objects that do not outlive their function become slots.
//!
//! What becomes of a pointer is found by [`crate::flow`]. An object whose pointer is not kept becomes a slot, and so does
//! one whose pointer is only stored in such objects. This keeps on the stack nothing that another goroutine may reach.

use crate::flow::{Flows, Root};
use crate::pass::Facts;
use ssa::dom::Cfg;
use ssa::{Block, Func, Inst, MemFlags, Op, Value};

/// Larger objects stay in the heap.
const MAX_OBJECT_BYTES: u64 = 4096;
/// A frame takes so many bytes of objects: stacks begin with 2 KiB and grow by hops.
const MAX_FRAME_BYTES: u64 = 8192;

/// Turns objects into slots, and drops barriers of stores to slots.
pub(crate) fn run(func: &mut Func, facts: &Facts) {
    let cfg = Cfg::new(func);
    let objects = objects(func, &cfg);
    if !objects.is_empty() {
        for object in kept_here(func, facts, &cfg, objects) {
            make_slot(func, &object);
        }
    }
    drop_barriers(func);
}

/// An allocation that may become a slot.
struct Object {
    block: Block,
    inst: Inst,
    address: Value,
    size: u64,
    align: u32,
}

fn objects(func: &Func, cfg: &Cfg) -> Vec<Object> {
    let mut found = Vec::new();
    for &block in &cfg.rpo {
        for &inst in &func.blocks[block.index()].insts {
            let Op::New { size, align, .. } = func.insts[inst.index()].op else { continue };
            if size <= MAX_OBJECT_BYTES && align <= 16 {
                let address = func.insts[inst.index()].results.single();
                found.push(Object { block, inst, address, size, align });
            }
        }
    }
    found
}

/// Those of the objects that nothing outside of the frame leads to, as far as the frame has room.
fn kept_here(func: &Func, facts: &Facts, cfg: &Cfg, mut objects: Vec<Object>) -> Vec<Object> {
    let flows = Flows::new(func, facts, cfg);
    let mut frame_bytes: u64 = func.slots.iter().map(|slot| u64::from(slot.size)).sum();
    let mut found: Vec<Object> = Vec::new();
    // What holds a pointer to an object must be in the frame before it.
    loop {
        let n_found = found.len();
        for object in std::mem::take(&mut objects) {
            let fate = flows.fate(Root::Object(object.address));
            if fate.keeps.pointer {
                continue;
            }
            let is_here = |holder: &Root| match holder {
                Root::Slot(_) => true,
                Root::Object(address) => found.iter().any(|object| object.address == *address),
                Root::Param(..) => false,
            };
            if !fate.holders.iter().all(is_here) {
                objects.push(object);
            } else if frame_bytes + object.size <= MAX_FRAME_BYTES {
                frame_bytes += object.size;
                found.push(object);
            }
        }
        if found.len() == n_found {
            return found;
        }
    }
}

fn make_slot(func: &mut Func, object: &Object) {
    let &Object { block, inst, address, size, align } = object;
    let slot = func.new_slot(size as u32, align.max(1));
    func.insts[inst.index()].op = Op::SlotAddr { slot, off: 0 };
    let insts = &func.blocks[block.index()].insts;
    let next = insts.iter().position(|&other| other == inst).expect("the allocation is in its block") + 1;
    if is_overwritten(func, &insts[next..], address, size) {
        return;
    }
    let pos = func.insts[inst.index()].pos;
    let zero = func.new_inst(Op::MemZero { addr: address, size, barrier: None }, pos);
    func.blocks[block.index()].insts.insert(next, zero);
}

/// Whether these instructions begin with stores to every byte of an object.
fn is_overwritten(func: &Func, insts: &[Inst], address: Value, size: u64) -> bool {
    if size == 0 || size > 64 {
        return false;
    }
    let bits = |bytes: u64| u64::MAX >> (64 - bytes);
    let mut missing = bits(size);
    for inst in insts {
        match &func.insts[inst.index()].op {
            Op::Store { addr, off, val, .. } | Op::StorePtr { addr, off, val }
                if *addr == address && *val != address =>
            {
                missing &= !(bits(u64::from(func.ty(*val).bytes())) << off);
            }
            op if op.is_pure() => {}
            _ => return false,
        }
        if missing == 0 {
            return true;
        }
    }
    false
}

/// The collector scans stacks conservatively and needs no barrier for them.
fn drop_barriers(func: &mut Func) {
    for n in 0..func.layout.len() {
        let block = func.layout[n];
        for m in 0..func.blocks[block.index()].insts.len() {
            let inst = func.blocks[block.index()].insts[m];
            let new = match func.insts[inst.index()].op {
                Op::StorePtr { addr, off, val } if is_in_slot(func, addr) => {
                    let flags = MemFlags { notrap: true, ..MemFlags::default() };
                    Op::Store { addr, off, val, flags }
                }
                Op::MemCopy { dst, src, size, barrier: Some(_) } if is_in_slot(func, dst) => {
                    Op::MemCopy { dst, src, size, barrier: None }
                }
                Op::MemZero { addr, size, barrier: Some(_) } if is_in_slot(func, addr) => {
                    Op::MemZero { addr, size, barrier: None }
                }
                _ => continue,
            };
            func.insts[inst.index()].op = new;
        }
    }
}

/// Whether an address certainly lies in a slot.
pub(crate) fn is_in_slot(func: &Func, mut addr: Value) -> bool {
    loop {
        match func.def_op(addr) {
            Some(Op::SlotAddr { .. }) => return true,
            Some(Op::PtrAdd { root, .. }) => addr = *root,
            _ => return false,
        }
    }
}
