//! The test of the address rule, on Cranelift's language after its optimisations.
//!
//! `address` adds constants to pointers last. Cranelift may rewrite sums; what it must never leave is
//! a pointer plus a constant that something is then added to: across a call that sum, which may lie outside the object,
//! could be all that is left of the pointer (DESIGN 5). A new version of Cranelift is taken only when this
//! holds for all tests.

use cranelift_codegen::ir::{Function, Inst, InstructionData, Opcode, Value, ValueDef};
use rustc_hash::FxHashSet;

/// Fails if a pointer plus a constant is an operand of another addition. `pointers` are the values known to be
/// pointers before optimisation.
pub(crate) fn check(func: &Function, pointers: &[Value]) -> Result<(), String> {
    let mut is_pointer: FxHashSet<Value> =
        pointers.iter().map(|&value| func.dfg.resolve_aliases(value)).collect();
    let mut with_constant: FxHashSet<Value> = FxHashSet::default();
    // Sums of sums come in any order of blocks: until nothing is added.
    loop {
        let before = is_pointer.len();
        for (inst, lhs, rhs) in sums(func) {
            let result = func.dfg.first_result(inst);
            let (l, r) = (is_pointer.contains(&lhs), is_pointer.contains(&rhs));
            if (l && is_constant(func, rhs)) || (r && is_constant(func, lhs)) {
                with_constant.insert(result);
            } else if l || r {
                is_pointer.insert(result);
            }
        }
        if is_pointer.len() == before {
            break;
        }
    }
    match sums(func).find(|(_, lhs, rhs)| with_constant.contains(lhs) || with_constant.contains(rhs)) {
        Some((inst, ..)) => Err(format!("{inst} adds to a pointer plus a constant:\n{func}")),
        None => Ok(()),
    }
}

fn sums(func: &Function) -> impl Iterator<Item = (Inst, Value, Value)> + '_ {
    let insts = func.layout.blocks().flat_map(|block| func.layout.block_insts(block));
    insts.filter_map(|inst| match func.dfg.insts[inst] {
        InstructionData::Binary { opcode: Opcode::Iadd, args } => {
            Some((inst, func.dfg.resolve_aliases(args[0]), func.dfg.resolve_aliases(args[1])))
        }
        _ => None,
    })
}

fn is_constant(func: &Function, value: Value) -> bool {
    match func.dfg.value_def(value) {
        ValueDef::Result(inst, _) => func.dfg.insts[inst].opcode() == Opcode::Iconst,
        ValueDef::Param(..) | ValueDef::Union(..) => false,
    }
}
