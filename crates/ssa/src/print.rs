//! The printed form; `read` is its inverse.
//!
//! Ids are printed as they are in memory, so that what a verifier or a debugger says can be found in a dump.

use crate::func::{Block, Func, FuncFlags, InstData, Pos, Signature};
use crate::op::{Callee, MemFlags, Op, Target, Terminator};
use crate::program::{Data, DataRelocKind, Program};
use std::fmt::{self, Display, Formatter, Write};

impl Display for Program {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for data in &self.datas {
            writeln!(f, "{data}")?;
        }
        for alias in &self.aliases {
            writeln!(f, "alias {} = {}\n", Quoted(&alias.name), Quoted(&alias.target))?;
        }
        for func in &self.funcs {
            writeln!(f, "{func}")?;
        }
        Ok(())
    }
}

impl Display for Data {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "data {} size {} align {}", Quoted(&self.name), self.size, self.align)?;
        if self.readonly {
            f.write_str(" readonly")?;
        }
        if self.dup_ok {
            f.write_str(" dup_ok")?;
        }
        f.write_str(" {\n")?;
        for line in self.bytes.chunks(32) {
            writeln!(f, "  bytes {}", Hex(line))?;
        }
        if !self.ptrs.is_empty() {
            writeln!(f, "  ptrs {}", Hex(&self.ptrs))?;
        }
        for reloc in &self.relocs {
            write!(f, "  {} {}{}", reloc.off, Quoted(&reloc.target), Offset(reloc.addend))?;
            if let DataRelocKind::Off(base) = &reloc.kind {
                write!(f, " from {}", Quoted(base))?;
            }
            f.write_str("\n")?;
        }
        f.write_str("}\n")
    }
}

impl Display for Func {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "func {}{}{} {{", Quoted(&self.name), self.sig, self.flags)?;
        for (n, scope) in self.scopes.iter().enumerate() {
            write!(f, "  scope c{n} {} {}:{}", Quoted(&scope.func), Quoted(&scope.file), scope.start_line)?;
            if let Some(call) = scope.call {
                write!(f, " call c{}:{}:{}", call.scope, call.line, call.col)?;
            }
            f.write_str(if scope.part { " part" } else { "" })?;
            f.write_str(if scope.wrapper { " wrapper" } else { "" })?;
            f.write_str(if scope.no_preempt { " no_preempt\n" } else { "\n" })?;
        }
        for (n, slot) in self.slots.iter().enumerate() {
            let recover = if slot.recover { " recover" } else { "" };
            writeln!(f, "  slot s{n} size {} align {}{recover}", slot.size, slot.align)?;
        }
        for var in &self.debug_vars {
            write!(f, "  var {} {} {}", Quoted(&var.name), Quoted(&var.ty), var.slot)?;
            f.write_str(if var.indirect { " indirect" } else { "" })?;
            f.write_str(if var.param { " param" } else { "" })?;
            writeln!(f, "{} to{}", At(var.pos), At(var.end))?;
        }
        for &block in &self.layout {
            self.fmt_block(block, f)?;
        }
        f.write_str("}\n")
    }
}

impl Display for FuncFlags {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let FuncFlags { nosplit, noinline, wrapper, closure, deep, dup_ok } = *self;
        let flags = [
            (nosplit, " nosplit"),
            (noinline, " noinline"),
            (wrapper, " wrapper"),
            (closure, " closure"),
            (deep, " deep"),
            (dup_ok, " dup_ok"),
        ];
        flags.iter().filter(|(set, _)| *set).try_for_each(|(_, name)| f.write_str(name))
    }
}

impl Display for Signature {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "({}) -> ({})", List(&self.params), List(&self.results))
    }
}

impl Func {
    fn fmt_block(&self, block: Block, f: &mut Formatter<'_>) -> fmt::Result {
        let data = &self.blocks[block.index()];
        write!(f, "{block}(")?;
        for (n, &param) in data.params.iter().enumerate() {
            write!(f, "{}{param}: {}", if n > 0 { ", " } else { "" }, self.ty(param))?;
        }
        f.write_str(if data.cold { "): cold\n" } else { "):\n" })?;
        for &inst in &data.insts {
            let InstData { op, results, pos } = &self.insts[inst.index()];
            f.write_str("  ")?;
            for (n, value) in results.iter().enumerate() {
                write!(f, "{}{value}: {}", if n > 0 { ", " } else { "" }, self.ty(value))?;
            }
            f.write_str(if results.len > 0 { " = " } else { "" })?;
            self.fmt_op(op, f)?;
            writeln!(f, "{}", At(*pos))?;
        }
        f.write_str("  ")?;
        fmt_term(&data.term, f)?;
        writeln!(f, "{}", At(data.term_pos))
    }

    fn fmt_op(&self, op: &Op, f: &mut Formatter<'_>) -> fmt::Result {
        let sym = |sym: crate::Sym| Quoted(&self.syms[sym.index()]);
        let barrier = |b: &Option<crate::Sym>| b.map_or(String::new(), |s| format!(" barrier {}", sym(s)));
        match op {
            Op::Const { ty, bits } if ty.is_float() => write!(f, "const {bits:#x}"),
            Op::Const { ty, bits } => write!(f, "const {}", crate::eval::signed(*ty, *bits)),
            Op::Unary { op, arg } => write!(f, "{} {arg}", op.name()),
            Op::Binary { op, lhs, rhs } => write!(f, "{} {lhs}, {rhs}", op.name()),
            Op::Compare { cmp, lhs, rhs } => write!(f, "{} {lhs}, {rhs}", cmp.name()),
            Op::Convert { conv, arg, .. } => write!(f, "{} {arg}", conv.name()),
            Op::Select { cond, if_true, if_false } => write!(f, "select {cond}, {if_true}, {if_false}"),
            Op::Fma { x, y, z } => write!(f, "fma {x}, {y}, {z}"),
            Op::AddCarry { x, y, carry } => write!(f, "add_carry {x}, {y}, {carry}"),
            Op::SubBorrow { x, y, borrow } => write!(f, "sub_borrow {x}, {y}, {borrow}"),
            Op::PtrAdd { root, index: None, off } => write!(f, "ptradd {root}, {off}"),
            Op::PtrAdd { root, index: Some(index), off } => write!(f, "ptradd {root}, {index}, {off}"),
            Op::SlotAddr { slot, off } => write!(f, "slot_addr {slot}{}", Offset(i64::from(*off))),
            Op::SymAddr { sym: s, off } => write!(f, "sym_addr {}{}", sym(*s), Offset(*off)),
            Op::FuncAddr { sym: s } => write!(f, "func_addr {}", sym(*s)),
            Op::Load { addr, off, flags, .. } => write!(f, "load {addr}{}{flags}", Offset(i64::from(*off))),
            Op::Store { addr, off, val, flags } => {
                write!(f, "store {addr}{}, {val}{flags}", Offset(i64::from(*off)))
            }
            Op::StorePtr { addr, off, val } => {
                write!(f, "store_ptr {addr}{}, {val}", Offset(i64::from(*off)))
            }
            Op::AtomicLoad { addr, .. } => write!(f, "atomic_load {addr}"),
            Op::AtomicStore { addr, val } => write!(f, "atomic_store {addr}, {val}"),
            Op::AtomicRmw { op, addr, val } => write!(f, "atomic_{} {addr}, {val}", op.name()),
            Op::AtomicCas { addr, old, new } => write!(f, "atomic_cas {addr}, {old}, {new}"),
            Op::Fence => f.write_str("fence"),
            Op::MemCopy { dst, src, size, barrier: b } => {
                write!(f, "mem_copy {dst}, {src}, {size}{}", barrier(b))
            }
            Op::MemZero { addr, size, barrier: b } => write!(f, "mem_zero {addr}, {size}{}", barrier(b)),
            Op::New { desc, size, align } => write!(f, "new {}, {size}, {align}", sym(*desc)),
            Op::NilCheck { ptr } => write!(f, "nil_check {ptr}"),
            Op::BoundsCheck { kind, signed, x, y } => {
                write!(f, "bounds_check {}{} {x}, {y}", kind.name(), if *signed { "" } else { " unsigned" })
            }
            Op::Check { cond, panic, args } => write!(f, "check {cond}, {}({})", sym(*panic), List(args)),
            Op::Call { callee, sig, args } => {
                match callee {
                    Callee::Direct(s) => write!(f, "call {}", sym(*s))?,
                    Callee::Indirect(code) => write!(f, "call_indirect {code}")?,
                    Callee::Closure(fv) => write!(f, "call_closure {fv}")?,
                    Callee::Runtime(s) => write!(f, "call_runtime {}", sym(*s))?,
                }
                write!(f, "({}): {}", List(args), self.sigs[sig.index()])
            }
            Op::GetG => f.write_str("get_g"),
            Op::CallerPc => f.write_str("caller_pc"),
            Op::CallerSp => f.write_str("caller_sp"),
            Op::KeepAlive { args } => write!(f, "keep_alive {}", List(args)),
        }
    }
}

fn fmt_term(term: &Terminator, f: &mut Formatter<'_>) -> fmt::Result {
    match term {
        Terminator::Jump(target) => write!(f, "jump {target}"),
        Terminator::Branch { cond, then, els } => write!(f, "branch {cond}, {then}, {els}"),
        Terminator::Switch { val, cases, default } => {
            write!(f, "switch {val}, [")?;
            for (n, (bits, target)) in cases.iter().enumerate() {
                write!(f, "{}{bits}: {target}", if n > 0 { ", " } else { "" })?;
            }
            write!(f, "], {default}")
        }
        Terminator::Return(values) if values.is_empty() => f.write_str("return"),
        Terminator::Return(values) => write!(f, "return {}", List(values)),
        Terminator::DeferInit { rec, normal, recover } => {
            write!(f, "defer_init {rec}, {normal}, recover {recover}")
        }
        Terminator::Unreachable => f.write_str("unreachable"),
    }
}

impl Display for Target {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.args.is_empty() {
            write!(f, "{}", self.block)
        } else {
            write!(f, "{}({})", self.block, List(&self.args))
        }
    }
}

impl Display for MemFlags {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(if self.volatile { " volatile" } else { "" })?;
        f.write_str(if self.notrap { " notrap" } else { "" })?;
        f.write_str(if self.readonly { " readonly" } else { "" })
    }
}

/// A list with commas.
struct List<'a, T>(&'a [T]);

impl<T: Display> Display for List<'_, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (n, item) in self.0.iter().enumerate() {
            write!(f, "{}{item}", if n > 0 { ", " } else { "" })?;
        }
        Ok(())
    }
}

/// A position, if there is one.
struct At(Pos);

impl Display for At {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            pos if pos == Pos::default() => Ok(()),
            Pos { scope: 0, line, col } => write!(f, " @{line}:{col}"),
            Pos { scope, line, col } => write!(f, " @c{scope}:{line}:{col}"),
        }
    }
}

/// A symbol in quotes: names contain every kind of sign.
struct Quoted<'a>(&'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for c in self.0.chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                c if c.is_control() => write!(f, "\\u{{{:x}}}", u32::from(c))?,
                c => f.write_char(c)?,
            }
        }
        f.write_char('"')
    }
}

/// A signed offset, nothing for 0.
struct Offset(i64);

impl Display for Offset {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.0 == 0 { Ok(()) } else { write!(f, "{:+}", self.0) }
    }
}

/// Bytes in hex.
struct Hex<'a>(&'a [u8]);

impl Display for Hex<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
