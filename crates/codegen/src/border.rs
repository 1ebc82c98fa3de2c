//! Functions between Go and assembly on amd64 (`ssa::Border`): from our convention to gc's ABI0 and back.
//!
//! Assembly keeps no register but SP, and BP where it has a frame. The way in therefore saves what Go functions keep, g among it,
//! and asks for the stack of everything below it that is assembly, because assembly has no check of its own; the
//! way back takes g from the M, to which the thread pointer leads. It has no check either: what it
//! calls has one, and a frame of assembly may not move.
//!
//! Neither is ever preempted, and in both the frame is found from the stack pointer, until (on the way back) the frame pointer
//! is ours: assembly uses BP as it likes. All pointers are in memory of the stack, which is scanned conservatively.

use abi::call::{AMD64, Args, Class, Location, Results, result_area_bytes};
use obj::{CallSite, Cfa, FrameRow, FuncMeta, LineRow, Machine, MetaScope, RelocKind};
use ssa::{Abi0Place, Border, Type};

use crate::compile::{CompiledFunc, FuncReloc};
use crate::entry;
use crate::tables::Tables;

const RAX: u8 = 0;
const RCX: u8 = 1;
const RSP: u8 = 4;
const RBP: u8 = 5;
const RSI: u8 = 6;
const RDI: u8 = 7;
const R10: u8 = 10;
const R11: u8 = 11;
/// Numbers of the registers that `abi::call::AMD64` lists.
const INT_ARGS: [u8; 6] = [RDI, RSI, 2, RCX, 8, 9];
const INT_RESULTS: [u8; 8] = [RAX, RCX, 2, RSI, RDI, 8, 9, R10];
/// What Go functions keep, besides BP: rbx, r12 to r14, g in r15.
const KEPT: [u8; 5] = [3, 12, 13, 14, 15];
/// Arguments on the stack begin here, from the frame pointer.
const ARGS: i32 = 16;
/// `MHead::curg`.
const M_CURG: u8 = 16;

/// Makes the function.
pub(crate) fn compile(border: &Border) -> CompiledFunc {
    let mut code = Code::default();
    match border.into_go {
        true => code.enter_go(border),
        false => code.enter_asm(border),
    }
    code.finish(border)
}

fn class(ty: Type) -> Class {
    if ty.is_float() { Class::Float } else { Class::Int }
}

#[derive(Default)]
struct Code {
    bytes: Vec<u8>,
    frame: Vec<FrameRow>,
    /// Where the call's address is.
    call: u32,
    /// Bytes below the return address, that of the callee included.
    frame_bytes: u32,
    stack_arg_bytes: u32,
}

impl Code {
    fn row(&mut self, cfa: Cfa) {
        let off = self.bytes.len() as u32;
        self.frame.push(FrameRow { off, cfa });
    }

    fn push(&mut self, reg: u8, below: u32) {
        if reg >= 8 {
            self.bytes.push(0x41);
        }
        self.bytes.push(0x50 + (reg & 7));
        self.row(Cfa::SpSaved(below));
    }

    fn pop(&mut self, reg: u8, below: u32) {
        if reg >= 8 {
            self.bytes.push(0x41);
        }
        self.bytes.push(0x58 + (reg & 7));
        self.row(if reg == RBP { Cfa::Sp(8) } else { Cfa::SpSaved(below) });
    }

    /// An instruction with a register and memory at `base + off`.
    fn mem(&mut self, prefix: &[u8], wide: bool, opcode: &[u8], reg: u8, base: u8, off: i32) {
        self.bytes.extend(prefix);
        // A prefix in any case: without one `sil` and `dil` would be others.
        self.bytes.push(0x40 | u8::from(wide) << 3 | reg >> 3 << 2 | base >> 3);
        self.bytes.extend(opcode);
        self.bytes.push(0x80 | (reg & 7) << 3 | base & 7);
        if base & 7 == RSP {
            self.bytes.push(0x24);
        }
        self.bytes.extend(off.to_le_bytes());
    }

    fn load_word(&mut self, reg: u8, base: u8, off: i32) {
        self.mem(&[], true, &[0x8b], reg, base, off);
    }

    fn store_word(&mut self, reg: u8, base: u8, off: i32) {
        self.mem(&[], true, &[0x89], reg, base, off);
    }

    fn lea(&mut self, reg: u8, base: u8, off: i32) {
        self.mem(&[], true, &[0x8d], reg, base, off);
    }

    /// Loads an integer, with zeros above it.
    fn load(&mut self, bytes: u32, reg: u8, base: u8, off: i32) {
        match bytes {
            1 => self.mem(&[], false, &[0x0f, 0xb6], reg, base, off),
            2 => self.mem(&[], false, &[0x0f, 0xb7], reg, base, off),
            4 => self.mem(&[], false, &[0x8b], reg, base, off),
            _ => self.load_word(reg, base, off),
        }
    }

    /// Stores the low bytes of an integer register.
    fn store(&mut self, bytes: u32, reg: u8, base: u8, off: i32) {
        match bytes {
            1 => self.mem(&[], false, &[0x88], reg, base, off),
            2 => self.mem(&[0x66], false, &[0x89], reg, base, off),
            4 => self.mem(&[], false, &[0x89], reg, base, off),
            _ => self.store_word(reg, base, off),
        }
    }

    fn float(&mut self, ty: Type, is_store: bool, reg: u8, base: u8, off: i32) {
        let prefix = if ty == Type::F32 { 0xf3 } else { 0xf2 };
        self.mem(&[prefix], false, &[0x0f, 0x10 + u8::from(is_store)], reg, base, off);
    }

    /// Copies memory, through r11 or, if it is much, with `rep movsb`; rcx, rsi and rdi are lost.
    fn copy(&mut self, to: (u8, i32), from: (u8, i32), bytes: u32) {
        if bytes > 64 {
            self.lea(RSI, from.0, from.1);
            self.lea(RDI, to.0, to.1);
            self.bytes.push(0xb8 + RCX);
            self.bytes.extend(bytes.to_le_bytes());
            self.bytes.extend([0xf3, 0xa4]);
            return;
        }
        let mut at = 0;
        while at < bytes {
            let width = [8, 4, 2, 1].into_iter().find(|width| at + width <= bytes).unwrap_or(1);
            self.load(width, R11, from.0, from.1 + at as i32);
            self.store(width, R11, to.0, to.1 + at as i32);
            at += width;
        }
    }

    fn move_sp(&mut self, opcode: u8, bytes: u32) {
        self.bytes.extend([0x48, 0x81, opcode]);
        self.bytes.extend(bytes.to_le_bytes());
    }

    /// `mov rbp, rsp` behind `push rbp`.
    fn set_fp(&mut self) {
        self.push(RBP, 16);
        self.bytes.extend([0x48, 0x89, 0xe5]);
    }

    fn call(&mut self) {
        self.bytes.push(0xe8);
        self.call = self.bytes.len() as u32;
        self.bytes.extend([0; 4]);
    }

    /// From Go to assembly. The frame: what Go keeps, addresses of values in memory, ABI0's arguments and results.
    fn enter_asm(&mut self, border: &Border) {
        let results = border.sig.results.iter().map(|ty| class(*ty));
        let has_area = result_area_bytes(AMD64, results) > 0;
        let n_saved = border.params.len() as u32 + 1;
        let kept = 16 + 8 * KEPT.len() as u32;
        // The stack pointer is a multiple of 16 at a call.
        let block = border.bytes.next_multiple_of(8);
        let bytes = (kept + block + 8 * n_saved).next_multiple_of(16) - kept;
        let saved = |n: usize| (RSP, (block + 8 * n as u32) as i32);
        let area = saved(border.params.len());
        self.row(Cfa::Sp(8));
        self.set_fp();
        for (n, reg) in KEPT.into_iter().enumerate() {
            self.push(reg, 24 + 8 * n as u32);
        }
        self.move_sp(0xec, bytes);
        self.row(Cfa::SpSaved(kept + bytes));

        let mut args = Args::new(AMD64);
        if has_area {
            let location = args.next(Class::Int);
            self.take_arg(location, Type::Ptr, area);
        }
        for (n, (place, ty)) in border.params.iter().zip(&border.sig.params).enumerate() {
            let to = match place {
                Abi0Place::Scalar(off) => (RSP, *off as i32),
                Abi0Place::Value { .. } => saved(n),
            };
            self.take_arg(args.next(class(*ty)), *ty, to);
        }
        // Now the registers are free.
        for (n, place) in border.params.iter().enumerate() {
            if let Abi0Place::Value { off, bytes, is_result: false } = *place {
                self.load_word(RAX, RSP, saved(n).1);
                self.copy((RSP, off as i32), (RAX, 0), bytes);
            }
        }
        self.call();
        for (n, place) in border.params.iter().enumerate() {
            if let Abi0Place::Value { off, bytes, is_result: true } = *place {
                self.load_word(RAX, RSP, saved(n).1);
                self.copy((RAX, 0), (RSP, off as i32), bytes);
            }
        }
        self.give_results(border, area);

        self.move_sp(0xc4, bytes);
        self.row(Cfa::SpSaved(kept));
        for (n, reg) in KEPT.into_iter().enumerate().rev() {
            self.pop(reg, 16 + 8 * n as u32);
        }
        self.pop(RBP, 8);
        self.stack_arg_bytes = args.stack_bytes();
        match self.stack_arg_bytes {
            0 => self.bytes.push(0xc3),
            n => {
                self.bytes.push(0xc2);
                self.bytes.extend((n as u16).to_le_bytes());
            }
        }
        self.frame_bytes = kept + bytes;
    }

    /// Stores an argument of Go's convention.
    fn take_arg(&mut self, location: Location, ty: Type, to: (u8, i32)) {
        match location {
            Location::Int(n) => self.store(ty.bytes(), INT_ARGS[n as usize], to.0, to.1),
            Location::Float(n) => self.float(ty, true, n as u8, to.0, to.1),
            Location::Memory(off) => {
                self.load_word(RAX, RBP, ARGS + off as i32);
                self.store(ty.bytes(), RAX, to.0, to.1);
            }
        }
    }

    /// Loads the results where Go expects them; those without a register first.
    fn give_results(&mut self, border: &Border, area: (u8, i32)) {
        for in_registers in [false, true] {
            let mut placed = Results::new(AMD64);
            for (&off, &ty) in border.results.iter().zip(&border.sig.results) {
                let off = off as i32;
                match placed.next(class(ty)) {
                    Location::Memory(to) if !in_registers => {
                        self.load_word(R10, area.0, area.1);
                        self.load(ty.bytes(), R11, RSP, off);
                        self.store_word(R11, R10, to as i32);
                    }
                    Location::Int(n) if in_registers => {
                        self.load(ty.bytes(), INT_RESULTS[n as usize], RSP, off);
                    }
                    Location::Float(n) if in_registers => self.float(ty, false, n as u8, RSP, off),
                    Location::Memory(_) | Location::Int(_) | Location::Float(_) => {}
                }
            }
        }
    }

    /// From assembly to Go. Values in memory are where ABI0 has them: the callee may change its arguments there too.
    fn enter_go(&mut self, border: &Border) {
        let area_bytes = result_area_bytes(AMD64, border.sig.results.iter().map(|ty| class(*ty)));
        let mut args = Args::new(AMD64);
        let area = (area_bytes > 0).then(|| args.next(Class::Int));
        let places: Vec<Location> = border.sig.params.iter().map(|ty| args.next(class(*ty))).collect();
        let stack_bytes = args.stack_bytes();
        let bytes = stack_bytes + area_bytes.next_multiple_of(16);
        self.row(Cfa::Sp(8));
        self.set_fp();
        self.row(Cfa::Fp(16));
        // mov r15, fs:[0]: the M; mov r15, [r15+16]: its goroutine.
        self.bytes.extend([0x64, 0x4c, 0x8b, 0x3c, 0x25, 0, 0, 0, 0, 0x4d, 0x8b, 0x7f, M_CURG]);
        // and rsp, -16: assembly may have it anywhere.
        self.bytes.extend([0x48, 0x83, 0xe4, 0xf0]);
        if bytes > 0 {
            self.move_sp(0xec, bytes);
        }
        if let Some(Location::Int(n)) = area {
            self.lea(INT_ARGS[n as usize], RSP, stack_bytes as i32);
        }
        for ((place, ty), location) in border.params.iter().zip(&border.sig.params).zip(places) {
            let reg = match location {
                Location::Int(n) => INT_ARGS[n as usize],
                Location::Float(_) | Location::Memory(_) => RAX,
            };
            match (*place, location) {
                (Abi0Place::Scalar(off), Location::Float(n)) => {
                    self.float(*ty, false, n as u8, RBP, ARGS + off as i32);
                }
                (Abi0Place::Scalar(off), _) => self.load(ty.bytes(), reg, RBP, ARGS + off as i32),
                (Abi0Place::Value { off, .. }, _) => self.lea(reg, RBP, ARGS + off as i32),
            }
            if let Location::Memory(to) = location {
                self.store_word(RAX, RSP, to as i32);
            }
        }
        self.call();
        let mut placed = Results::new(AMD64);
        for (&off, &ty) in border.results.iter().zip(&border.sig.results) {
            let to = ARGS + off as i32;
            match placed.next(class(ty)) {
                Location::Int(n) => self.store(ty.bytes(), INT_RESULTS[n as usize], RBP, to),
                Location::Float(n) => self.float(ty, true, n as u8, RBP, to),
                Location::Memory(from) => {
                    // The callee has popped its arguments: the area is on top.
                    self.load_word(R11, RSP, from as i32);
                    self.store(ty.bytes(), R11, RBP, to);
                }
            }
        }
        self.bytes.extend([0x48, 0x89, 0xec]);
        self.pop(RBP, 8);
        self.bytes.push(0xc3);
        self.frame_bytes = 16 + 8 + bytes;
    }

    fn finish(self, border: &Border) -> CompiledFunc {
        let (func, file, line) = border.scope.clone();
        let scope =
            MetaScope { func, file, start_line: line, parent: 0, call: (0, 0), part: false, wrapper: true };
        let meta = FuncMeta {
            frame_bytes: self.frame_bytes,
            stack_arg_bytes: self.stack_arg_bytes,
            nosplit: border.into_go,
            wrapper: true,
            no_preempt: true,
            from_sp: !border.into_go,
            frame: self.frame,
            lines: vec![LineRow { off: 0, scope: 0, line, col: 0 }],
            scopes: vec![scope],
            calls: vec![CallSite { ret_off: self.call + 4, callee: None }],
            ..FuncMeta::default()
        };
        let mut tables = Tables { meta, callees: vec![Some(border.target.clone())], var_types: Vec::new() };
        let mut bytes = self.bytes;
        let mut relocs = vec![FuncReloc {
            off: self.call,
            kind: RelocKind::Rel4,
            target: border.target.clone(),
            addend: -4,
        }];
        if !border.into_go {
            let frame = entry::Frame {
                bytes: self.frame_bytes + border.asm_bytes,
                stack_arg_bytes: self.stack_arg_bytes,
                is_leaf: false,
                is_deep: false,
            };
            entry::add(Machine::Amd64, &border.name, frame, 16, &mut bytes, &mut relocs, &mut tables);
        }
        relocs.sort_by_key(|reloc| reloc.off);
        CompiledFunc { name: border.name.clone(), dup_ok: false, bytes, align: 16, relocs, tables }
    }
}
