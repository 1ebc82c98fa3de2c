//! What the runtime and debuggers must know of a function, found in what Cranelift reports.

use crate::compile::FuncReloc;
use crate::epilogue::{instructions, machine_blocks};
use crate::target::TargetIsa;
use crate::translate::{Mark, Names, TRAP_MEMORY, split_loc};
use abi::call::{Args, Class};
use cranelift_codegen::CompiledCode;
use cranelift_codegen::ir::TrapCode;
use iced_x86::{Code, FlowControl, Register};
use obj::{
    CallSite, Cfa, FrameRow, FuncMeta, LineRow, Machine, MetaScope, MetaVar, Object, RelocKind, SymbolId,
    TrapKind, TrapSite,
};
use ssa::{Func, Symbol};

/// The tables, with symbols still by name.
#[derive(Clone, PartialEq, Debug)]
pub struct Tables {
    /// Everything else. The ids in `calls` and `vars` mean nothing yet.
    pub meta: FuncMeta,
    /// Callees of the calls of `meta`, where they are known.
    pub callees: Vec<Option<Symbol>>,
    /// Type descriptors of the variables of `meta`.
    pub var_types: Vec<Symbol>,
}

impl Tables {
    /// Collects the tables for a body without a stack check.
    pub(crate) fn new(
        func: &Func,
        isa: &TargetIsa,
        code: &CompiledCode,
        names: &Names,
        body: &[u8],
        relocs: &[FuncReloc],
    ) -> Tables {
        let blocks = machine_blocks(&code.bb_starts, body.len() as u32);
        let layout = code.buffer.frame_layout();
        let fp_off = layout.map_or(0, |layout| layout.frame_to_fp_offset);
        let (calls, callees) = calls(isa.machine, code, relocs);
        let root = &func.scopes[0];
        let no_preempt = root.no_preempt || func.flags.nosplit;
        let meta = FuncMeta {
            frame_bytes: fp_off + 16,
            stack_arg_bytes: stack_arg_bytes(func, isa),
            nosplit: func.flags.nosplit,
            deep: func.flags.deep,
            wrapper: func.flags.wrapper,
            no_preempt,
            from_sp: false,
            frame: match isa.machine {
                Machine::Amd64 => amd64_frame(body, &blocks),
                Machine::Riscv64 => riscv64_frame(body, func, isa),
            },
            lines: lines(func, code, names),
            scopes: scopes(func),
            unsafe_ranges: if no_preempt { Vec::new() } else { unsafe_ranges(code, &blocks) },
            calls,
            traps: traps(code),
            vars: vars(func, code, names, fp_off),
        };
        let var_types = func.debug_vars.iter().map(|var| var.ty.clone()).collect();
        Tables { meta, callees, var_types }
    }

    /// Moves everything behind a check of `n_check` bytes and describes the code of the check.
    pub(crate) fn shift(&mut self, n_check: u32, slow: u32, end: u32, slow_ret_off: u32) {
        let meta = &mut self.meta;
        let at_entry = meta.frame[0];
        meta.frame.iter_mut().for_each(|row| row.off += n_check);
        meta.frame[0].off = 0;
        meta.frame.push(FrameRow { off: slow, cfa: at_entry.cfa });
        meta.lines.iter_mut().for_each(|row| row.off += n_check);
        meta.lines[0].off = 0;
        meta.lines.push(LineRow { off: slow, ..meta.lines[0] });
        meta.unsafe_ranges.iter_mut().for_each(|range| *range = (range.0 + n_check, range.1 + n_check));
        meta.unsafe_ranges.insert(0, (0, n_check));
        meta.unsafe_ranges.push((slow, end));
        meta.calls.iter_mut().for_each(|call| call.ret_off += n_check);
        meta.calls.push(CallSite { ret_off: slow_ret_off, callee: None });
        self.callees.push(Some(abi::symbols::MORESTACK.into()));
        meta.traps.iter_mut().for_each(|trap| trap.off += n_check);
    }
}

/// Replaces names by the symbols of an object.
pub(crate) fn finish(tables: Tables, object: &mut Object) -> FuncMeta {
    let Tables { mut meta, callees, var_types } = tables;
    for (call, callee) in meta.calls.iter_mut().zip(callees) {
        call.callee = callee.map(|name| object.symbol(&name));
    }
    for (var, ty) in meta.vars.iter_mut().zip(var_types) {
        var.ty = object.symbol(&ty);
    }
    meta
}

fn stack_arg_bytes(func: &Func, isa: &TargetIsa) -> u32 {
    let class = |ty: &ssa::Type| if ty.is_float() { Class::Float } else { Class::Int };
    let mut args = Args::new(isa.registers);
    if abi::call::result_area_bytes(isa.registers, func.sig.results.iter().map(class)) > 0 {
        args.next(Class::Int);
    }
    func.sig.params.iter().for_each(|ty| {
        args.next(class(ty));
    });
    args.stack_bytes()
}

fn calls(
    machine: Machine,
    code: &CompiledCode,
    relocs: &[FuncReloc],
) -> (Vec<CallSite>, Vec<Option<Symbol>>) {
    let mut sites = Vec::new();
    let mut callees = Vec::new();
    for site in code.buffer.call_sites() {
        // The address is the last part of a call on amd64, and its only part on riscv64.
        let (off, kind) = match machine {
            Machine::Amd64 => (site.ret_addr.wrapping_sub(4), RelocKind::Rel4),
            Machine::Riscv64 => (site.ret_addr.wrapping_sub(8), RelocKind::RiscvCall),
        };
        let reloc = relocs.iter().find(|reloc| reloc.off == off && reloc.kind == kind);
        sites.push(CallSite { ret_off: site.ret_addr, callee: None });
        callees.push(reloc.map(|reloc| reloc.target.clone()));
    }
    (sites, callees)
}

fn traps(code: &CompiledCode) -> Vec<TrapSite> {
    // riscv64 claims a trap for each conversion in floor and its like; the machine has none there.
    let kind = |code: TrapCode| match code {
        TrapCode::INTEGER_DIVISION_BY_ZERO => Some(TrapKind::DivideByZero),
        TRAP_MEMORY => Some(TrapKind::Memory),
        TrapCode::BAD_CONVERSION_TO_INTEGER => None,
        _ => Some(TrapKind::Unreachable),
    };
    let site =
        |trap: &cranelift_codegen::MachTrap| Some(TrapSite { off: trap.offset, kind: kind(trap.code)? });
    let mut traps: Vec<TrapSite> = code.buffer.traps().iter().filter_map(site).collect();
    traps.sort_by_key(|trap| trap.off);
    traps.dedup();
    traps
}

fn scopes(func: &Func) -> Vec<MetaScope> {
    let scopes = func.scopes.iter().map(|scope| {
        let call = scope.call.map(|pos| {
            let line = func.scopes[pos.scope as usize].start_line as i32 + pos.line;
            (pos.scope, (line as u32, pos.col))
        });
        let (parent, call) = call.unwrap_or_default();
        MetaScope {
            func: scope.func.clone(),
            file: scope.file.clone(),
            start_line: scope.start_line,
            parent,
            call,
            part: scope.part,
            wrapper: scope.wrapper,
        }
    });
    scopes.collect()
}

fn lines(func: &Func, code: &CompiledCode, names: &Names) -> Vec<LineRow> {
    // What comes before the first position is the prologue.
    let mut rows = vec![LineRow { off: 0, scope: 0, line: func.scopes[0].start_line, col: 0 }];
    for loc in code.buffer.get_srclocs_sorted() {
        let Some((number, _)) = split_loc(loc.loc) else { continue };
        let pos = names.positions[number as usize];
        let line = (func.scopes[pos.scope as usize].start_line as i32 + pos.line).max(0) as u32;
        let row = LineRow { off: loc.start, scope: pos.scope, line, col: pos.col };
        let last = rows.last_mut().expect("there is a first row");
        if last.off == row.off && row.off != 0 {
            *last = row;
        } else if (last.scope, last.line, last.col) != (row.scope, row.line, row.col) {
            rows.push(row);
        }
    }
    rows
}

fn vars(func: &Func, code: &CompiledCode, names: &Names, fp_off: u32) -> Vec<MetaVar> {
    let Some(layout) = code.buffer.frame_layout() else { return Vec::new() };
    let place = |pos: ssa::Pos| {
        let start_line = func.scopes[pos.scope as usize].start_line as i32;
        ((start_line + pos.line).max(0) as u32, pos.col)
    };
    let vars = func.debug_vars.iter().map(|var| {
        let slot = names.slots[var.slot.index()].expect("slots of variables are made");
        let slot = &layout.stackslots[slot];
        MetaVar {
            name: var.name.clone(),
            ty: SymbolId(0),
            scope: var.pos.scope,
            from: place(var.pos),
            to: place(var.end),
            fp_off: slot.offset as i32 - fp_off as i32,
            indirect: var.indirect,
            param: var.param,
        }
    });
    vars.collect()
}

/// What the marks of a machine block say.
#[derive(Clone, Copy, Default)]
struct BlockMarks {
    /// Whole block.
    inside: bool,
    /// From here to the end.
    open: Option<u32>,
    /// From the begin to here.
    close: Option<u32>,
    /// First and last byte of inlined code that is not preempted.
    run: Option<(u32, u32)>,
    /// Has a source location at all.
    any: bool,
}

/// Unsafe ranges, taken from machine blocks: what the register allocator puts between marked instructions is
/// unsafe too, and so are blocks it puts on edges inside a barrier.
fn unsafe_ranges(code: &CompiledCode, blocks: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let marks = block_marks(code, blocks);
    if marks
        .iter()
        .all(|mark| !mark.inside && mark.open.is_none() && mark.close.is_none() && mark.run.is_none())
    {
        return Vec::new();
    }
    let index = |start: u32| blocks.partition_point(|block| block.0 < start);
    let (mut preds, mut succs) = (vec![Vec::new(); blocks.len()], vec![Vec::new(); blocks.len()]);
    for &(from, to) in &code.bb_edges {
        let (from, to) = (index(from), index(to));
        if from < blocks.len() && to < blocks.len() {
            preds[to].push(from);
            succs[from].push(to);
        }
    }
    let leaves_unsafe = |n: &usize| marks[*n].inside || marks[*n].open.is_some();
    let enters_unsafe = |n: &usize| marks[*n].inside || marks[*n].close.is_some();
    let has_run = |n: &usize| marks[*n].run.is_some();
    let mut ranges = Vec::new();
    for (n, &(start, end)) in blocks.iter().enumerate() {
        let mark = marks[n];
        let is_edge = !mark.any
            && !preds[n].is_empty()
            && (preds[n].iter().all(leaves_unsafe) && succs[n].iter().all(enters_unsafe)
                || preds[n].iter().all(has_run) && succs[n].iter().all(has_run));
        if mark.inside || is_edge {
            ranges.push((start, end));
            continue;
        }
        if let Some(at) = mark.close {
            ranges.push((start, at));
        }
        if let Some(at) = mark.open {
            ranges.push((at, end));
        }
        if let Some((first, last)) = mark.run {
            // Values of the inlined code may be moved at the edges to its other blocks.
            let first = if preds[n].iter().any(has_run) { start } else { first };
            let last = if succs[n].iter().any(has_run) { end } else { last };
            ranges.push((first, last));
        }
    }
    merge(ranges)
}

fn block_marks(code: &CompiledCode, blocks: &[(u32, u32)]) -> Vec<BlockMarks> {
    let mut marks = vec![BlockMarks::default(); blocks.len()];
    for loc in code.buffer.get_srclocs_sorted() {
        let Some((_, mark)) = split_loc(loc.loc) else { continue };
        // A location may span blocks.
        let first = blocks.partition_point(|block| block.1 <= loc.start);
        for (n, &(start, end)) in blocks.iter().enumerate().skip(first) {
            if start >= loc.end {
                break;
            }
            let (from, to) = (loc.start.max(start), loc.end.min(end));
            let block = &mut marks[n];
            block.any = true;
            match mark {
                Mark::None => {}
                Mark::Inside => block.inside = true,
                Mark::Open => block.open = Some(block.open.map_or(from, |at| at.min(from))),
                Mark::Close => block.close = Some(block.close.map_or(to, |at| at.max(to))),
                Mark::Run => {
                    block.run = Some(block.run.map_or((from, to), |run| (run.0.min(from), run.1.max(to))))
                }
            }
        }
    }
    marks
}

fn merge(mut ranges: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    ranges.sort_unstable();
    let mut merged: Vec<(u32, u32)> = Vec::new();
    for (start, end) in ranges {
        match merged.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ if start < end => merged.push((start, end)),
            _ => {}
        }
    }
    merged
}

/// Pushes a row unless it changes nothing.
fn row(rows: &mut Vec<FrameRow>, off: u32, cfa: Cfa) {
    match rows.last_mut() {
        Some(last) if last.off == off => last.cfa = cfa,
        Some(last) if last.cfa == cfa => {}
        _ => rows.push(FrameRow { off, cfa }),
    }
}

fn amd64_frame(body: &[u8], blocks: &[(u32, u32)]) -> Vec<FrameRow> {
    let mut rows = vec![FrameRow { off: 0, cfa: Cfa::Sp(8) }];
    // The prologue belongs to no block.
    let prologue = (0, blocks.first().map_or(0, |block| block.0));
    for &(start, end) in [prologue].iter().chain(blocks) {
        if start != 0 {
            row(&mut rows, start, Cfa::Fp(16));
        }
        for (at, instruction) in instructions(body, start, end) {
            let next = at + instruction.len() as u32;
            let register = instruction.op0_register();
            match instruction.code() {
                Code::Push_r64 if register == Register::RBP => row(&mut rows, next, Cfa::SpSaved(16)),
                Code::Pop_r64 if register == Register::RBP => row(&mut rows, next, Cfa::Sp(8)),
                Code::Mov_rm64_r64 | Code::Mov_r64_rm64
                    if register == Register::RBP && instruction.op1_register() == Register::RSP =>
                {
                    row(&mut rows, next, Cfa::Fp(16));
                }
                _ => {}
            }
            if instruction.flow_control() == FlowControl::Return && next < body.len() as u32 {
                row(&mut rows, next, Cfa::Fp(16));
            }
        }
    }
    rows
}

/// The prologue is `addi sp, sp, -16; sd ra, 8(sp); sd s0, 0(sp); mv s0, sp`, the epilogue the reverse and perhaps
/// `addi sp, sp, n` for arguments, then `ret`; each may be compressed. They are found by their bytes.
fn riscv64_frame(body: &[u8], func: &Func, isa: &TargetIsa) -> Vec<FrameRow> {
    let mut rows = vec![FrameRow { off: 0, cfa: Cfa::Sp(0) }];
    let at = |off: usize| {
        let low = u32::from(u16::from_le_bytes([body[off], *body.get(off + 1).unwrap_or(&0)]));
        if low & 3 != 3 {
            return (low, 2);
        }
        let high =
            body.get(off + 2..off + 4).map_or(0, |bytes| u32::from(u16::from_le_bytes([bytes[0], bytes[1]])));
        (low | high << 16, 4)
    };
    // addi sp, sp, -16; mv s0, sp; ld ra, 8(sp); ld s0, 0(sp); addi sp, sp, 16; ret: full and compressed.
    let is_push = |word: u32| matches!(word, 0xff01_0113 | 0x1141 | 0x717d);
    let is_set = |word: u32| matches!(word, 0x0001_0413 | 0x840a | 0x0800);
    let is_load_ra = |word: u32| matches!(word, 0x0081_3083 | 0x60a2);
    let is_load_fp = |word: u32| matches!(word, 0x0001_3403 | 0x6402);
    let is_pop = |word: u32| matches!(word, 0x0101_0113 | 0x0141 | 0x6141);
    let is_ret = |word: u32| matches!(word, 0x0000_8067 | 0x8082);
    let popped = stack_arg_bytes(func, isa);
    let (mut off, mut is_framed) = (0, false);
    while off + 2 <= body.len() {
        let (word, len) = at(off);
        let next = off + len;
        if !is_framed && is_push(word) {
            row(&mut rows, next as u32, Cfa::Sp(16));
        } else if !is_framed && is_set(word) {
            row(&mut rows, next as u32, Cfa::Fp(16));
            is_framed = true;
        } else if is_framed && is_load_ra(word) && next + 2 <= body.len() && is_load_fp(at(next).0) {
            let after_fp = next + at(next).1;
            row(&mut rows, after_fp as u32, Cfa::Sp(16));
            let (word, len) = at(after_fp);
            let mut end = after_fp;
            if is_pop(word) {
                end += len;
                row(&mut rows, end as u32, Cfa::Sp(0));
            }
            if popped > 0 && end + 2 <= body.len() && !is_ret(at(end).0) {
                end += at(end).1;
                row(&mut rows, end as u32, Cfa::Popped(popped));
            }
            if end + 2 <= body.len() {
                end += at(end).1;
            }
            if end < body.len() {
                row(&mut rows, end as u32, Cfa::Fp(16));
            }
            off = end;
            continue;
        }
        off = next;
    }
    rows
}
