//! What nothing uses.

use crate::pass::Facts;
use crate::rewrite::drop_unreachable_blocks;
use rustc_hash::{FxHashMap, FxHashSet};
use ssa::{DataRelocKind, Func, Inst, Op, Program, Symbol, Value, ValueDef};

/// Drops blocks that nothing reaches, then operations without effect whose results nobody uses.
pub(crate) fn run(func: &mut Func, _: &Facts) {
    drop_unreachable_blocks(func);
    let mut used = vec![false; func.values.len()];
    let mut work: Vec<Value> = Vec::new();
    for &block in &func.layout {
        let data = &func.blocks[block.index()];
        for &inst in &data.insts {
            let op = &func.insts[inst.index()].op;
            if !op.is_removable() {
                op.for_each_arg(|value| work.push(value));
            }
        }
        // Arguments of edges count: a param that nobody uses is worth little.
        data.term.for_each_arg(|value| work.push(value));
    }
    while let Some(value) = work.pop() {
        if std::mem::replace(&mut used[value.index()], true) {
            continue;
        }
        if let ValueDef::Result(inst, _) = func.values[value.index()].def {
            func.insts[inst.index()].op.for_each_arg(|value| work.push(value));
        }
    }
    let insts = &func.insts;
    let is_live = |inst: &Inst| {
        let data = &insts[inst.index()];
        !data.op.is_removable() || data.results.iter().any(|value| used[value.index()])
    };
    for &block in &func.layout {
        func.blocks[block.index()].insts.retain(is_live);
    }
}

/// Drops functions and data that the roots do not reach.
pub(crate) fn drop_unreachable(program: &mut Program, roots: &[String]) {
    let mut uses: FxHashMap<Symbol, Vec<Symbol>> = FxHashMap::default();
    for func in &program.funcs {
        uses.insert(func.name.clone(), symbols_of(func));
    }
    for data in &program.datas {
        let mut list: Vec<Symbol> = data.relocs.iter().map(|reloc| reloc.target.clone()).collect();
        for reloc in &data.relocs {
            if let DataRelocKind::Off(base) = &reloc.kind {
                list.push(base.clone());
            }
        }
        uses.insert(data.name.clone(), list);
    }
    // What assembly mentions is in no function's list.
    let mut work: Vec<Symbol> = program.borders.iter().flat_map(|border| border.uses.clone()).collect();
    for alias in &program.aliases {
        uses.insert(alias.name.clone(), vec![alias.target.clone()]);
    }
    let mut live: FxHashSet<Symbol> = FxHashSet::default();
    work.extend(roots.iter().map(|root| Symbol::from(root.as_str())));
    while let Some(name) = work.pop() {
        if live.insert(name.clone()) {
            work.extend(uses.get(&name).into_iter().flatten().cloned());
        }
    }
    program.funcs.retain(|func| live.contains(&func.name));
    program.datas.retain(|data| live.contains(&data.name));
    program.aliases.retain(|alias| live.contains(&alias.name));
}

/// The symbols a function mentions, with those that `codegen` will mention for it.
fn symbols_of(func: &Func) -> Vec<Symbol> {
    let mut found: Vec<Symbol> = Vec::new();
    let mut mentioned = vec![false; func.syms.len()];
    for &block in &func.layout {
        for &inst in &func.blocks[block.index()].insts {
            match &func.insts[inst.index()].op {
                Op::SymAddr { sym, .. }
                | Op::FuncAddr { sym }
                | Op::Check { panic: sym, .. }
                | Op::Call { callee: ssa::Callee::Direct(sym) | ssa::Callee::Runtime(sym), .. }
                | Op::MemCopy { barrier: Some(sym), .. }
                | Op::MemZero { barrier: Some(sym), .. } => mentioned[sym.index()] = true,
                Op::New { desc, .. } => {
                    mentioned[desc.index()] = true;
                    found.push("runtime.newobject".into());
                }
                Op::BoundsCheck { kind, signed, .. } => found.push(kind.panic_symbol(*signed).into()),
                Op::Binary { op, .. } if op.is_division() => found.push("runtime.panicdivide".into()),
                _ => {}
            }
        }
    }
    found.push("runtime.writeBarrier".into());
    found.extend(func.debug_vars.iter().map(|var| var.ty.clone()));
    found.extend(func.syms.iter().zip(mentioned).filter(|(_, is_used)| *is_used).map(|(sym, _)| sym.clone()));
    found.sort_unstable();
    found.dedup();
    found
}
