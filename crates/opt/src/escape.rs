//! Objects that do not outlive their function become slots.
//!
//! A pointer is followed through everything derived from it. It escapes when it is stored anywhere, returned, turned
//! into a number, handed to code that is not known, or to a parameter that escapes in its turn. What is
//! stored *into* an object escapes always, so contents need not be followed. This keeps on the stack nothing that
//! another goroutine may reach.
//!
//! The slot of an object is one piece of memory, however often the allocation runs. An allocation on a cycle may
//! therefore not reach a block's param: the object of one turn could be alive in the next.

use crate::pass::Facts;
use crate::rewrite::in_cycle;
use ssa::dom::Cfg;
use ssa::{Block, Callee, Func, Inst, MemFlags, Op, Terminator, Type, Value, ValueDef};

/// Larger objects stay in the heap.
const MAX_OBJECT_BYTES: u64 = 4096;
/// A frame takes so many bytes of objects: stacks begin with 2 KiB and grow by hops.
const MAX_FRAME_BYTES: u64 = 8192;

/// Runtime entries that keep none of their arguments.
const HARMLESS_ENTRIES: &[&str] =
    &["memmove", "memcpy", "memcmp", "memset", "runtime.memclr", "runtime.memequal"];

/// Turns objects into slots, and drops barriers of stores to slots.
pub(crate) fn run(func: &mut Func, facts: &Facts) {
    let cfg = Cfg::new(func);
    let in_cycle = in_cycle(func, &cfg);
    let uses = Uses::new(func);
    let mut frame_bytes: u64 = func.slots.iter().map(|slot| u64::from(slot.size)).sum();
    let mut found: Vec<(Block, Inst, u64, u32)> = Vec::new();
    for &block in &cfg.rpo {
        for &inst in &func.blocks[block.index()].insts {
            let Op::New { size, align, .. } = func.insts[inst.index()].op else { continue };
            if size > MAX_OBJECT_BYTES || frame_bytes + size > MAX_FRAME_BYTES || align > 16 {
                continue;
            }
            let object = func.insts[inst.index()].results.single();
            if !uses.escapes(func, facts, object, !in_cycle[block.index()]) {
                frame_bytes += size;
                found.push((block, inst, size, align));
            }
        }
    }
    for (block, inst, size, align) in found {
        make_slot(func, block, inst, size, align);
    }
    drop_barriers(func);
}

fn make_slot(func: &mut Func, block: Block, inst: Inst, size: u64, align: u32) {
    let slot = func.new_slot(size as u32, align.max(1));
    let object = func.insts[inst.index()].results.single();
    func.insts[inst.index()].op = Op::SlotAddr { slot, off: 0 };
    let pos = func.insts[inst.index()].pos;
    let zero = func.new_inst(Op::MemZero { addr: object, size, barrier: None }, pos);
    let insts = &mut func.blocks[block.index()].insts;
    let at = insts.iter().position(|&other| other == inst).expect("the allocation is in its block");
    insts.insert(at + 1, zero);
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
fn is_in_slot(func: &Func, mut addr: Value) -> bool {
    loop {
        match func.def_op(addr) {
            Some(Op::SlotAddr { .. }) => return true,
            Some(Op::PtrAdd { root, .. }) => addr = *root,
            _ => return false,
        }
    }
}

/// For each parameter, whether a pointer in it may be kept beyond the call.
pub(crate) fn escaping_params(func: &Func, facts: &Facts) -> Vec<bool> {
    let uses = Uses::new(func);
    let params = &func.blocks[func.entry().index()].params;
    let escapes = |&param: &Value| func.ty(param) == Type::Ptr && uses.escapes(func, facts, param, true);
    params.iter().map(escapes).collect()
}

#[derive(Clone, Copy)]
enum Use {
    Inst(Inst),
    End(Block),
}

/// Where each value is used.
struct Uses(Vec<Vec<Use>>);

impl Uses {
    fn new(func: &Func) -> Uses {
        let mut uses = vec![Vec::new(); func.values.len()];
        for &block in &func.layout {
            let data = &func.blocks[block.index()];
            for &inst in &data.insts {
                func.insts[inst.index()].op.for_each_arg(|value| {
                    if func.ty(value) == Type::Ptr {
                        uses[value.index()].push(Use::Inst(inst));
                    }
                });
            }
            data.term.for_each_arg(|value| {
                if func.ty(value) == Type::Ptr {
                    uses[value.index()].push(Use::End(block));
                }
            });
        }
        Uses(uses)
    }

    /// Whether a pointer, or one derived from it, may be kept. With `through_params` it may reach params of blocks.
    fn escapes(&self, func: &Func, facts: &Facts, root: Value, through_params: bool) -> bool {
        let mut derived = vec![root];
        let mut next = 0;
        while let Some(&value) = derived.get(next) {
            next += 1;
            for &at in &self.0[value.index()] {
                let flow = match at {
                    Use::Inst(inst) => flow_in_op(func, facts, inst, value),
                    Use::End(block) => flow_in_end(func, block, value, through_params),
                };
                match flow {
                    Flow::Escapes => return true,
                    Flow::To(values) => {
                        values.into_iter().for_each(|value| {
                            if !derived.contains(&value) {
                                derived.push(value);
                            }
                        });
                    }
                }
            }
        }
        false
    }
}

/// What becomes of a pointer at a use.
enum Flow {
    Escapes,
    /// It goes on in these values, if any.
    To(Vec<Value>),
}

fn flow_in_op(func: &Func, facts: &Facts, inst: Inst, value: Value) -> Flow {
    let data = &func.insts[inst.index()];
    let stays_unless = |escapes: bool| if escapes { Flow::Escapes } else { Flow::To(Vec::new()) };
    match &data.op {
        Op::PtrAdd { .. } | Op::Select { .. } => Flow::To(data.results.iter().collect()),
        Op::Load { .. }
        | Op::AtomicLoad { .. }
        | Op::MemCopy { .. }
        | Op::MemZero { .. }
        | Op::NilCheck { .. }
        | Op::Compare { .. }
        | Op::KeepAlive { .. } => Flow::To(Vec::new()),
        Op::Store { val, .. }
        | Op::StorePtr { val, .. }
        | Op::AtomicStore { val, .. }
        | Op::AtomicRmw { val, .. } => stays_unless(*val == value),
        Op::AtomicCas { old, new, .. } => stays_unless(*old == value || *new == value),
        Op::Call { callee, args, .. } => stays_unless(escapes_in_call(func, facts, *callee, args, value)),
        _ => Flow::Escapes,
    }
}

fn escapes_in_call(func: &Func, facts: &Facts, callee: Callee, args: &[Value], value: Value) -> bool {
    match callee {
        Callee::Direct(sym) => match facts.summary(func.sym_name(sym)) {
            Some(summary) => args
                .iter()
                .enumerate()
                .any(|(n, &arg)| arg == value && summary.escapes.get(n).copied().unwrap_or(true)),
            None => true,
        },
        Callee::Runtime(sym) => !HARMLESS_ENTRIES.contains(&&**func.sym_name(sym)),
        Callee::Indirect(_) | Callee::Closure(_) => true,
    }
}

fn flow_in_end(func: &Func, block: Block, value: Value, through_params: bool) -> Flow {
    let term = &func.blocks[block.index()].term;
    if matches!(term, Terminator::Return(_) | Terminator::DeferInit { .. }) || !through_params {
        return Flow::Escapes;
    }
    let mut params = Vec::new();
    term.for_each_succ(|succ, args| {
        for (&param, &arg) in func.blocks[succ.index()].params.iter().zip(args) {
            if arg == value {
                debug_assert!(matches!(func.values[param.index()].def, ValueDef::Param(..)));
                params.push(param);
            }
        }
    });
    Flow::To(params)
}
