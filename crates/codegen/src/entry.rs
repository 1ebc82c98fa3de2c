//! The stack check: bytes of our own in front of what Cranelift emits.
//!
//! Registers hold exactly the arguments there, so nothing has to be saved. The function begins with the
//! check; the code for when it fails stands at the end and leaves for `__morestack`, which calls the
//! function anew on another segment, as `abi::stack` says.

use crate::compile::FuncReloc;
use crate::tables::Tables;
use obj::{Machine, RelocKind};
use ssa::Symbol;

/// Offset of the stack limit in g.
const LIMIT_OFFSET: u8 = 16;
/// The limit leaves at least this much below it: smaller frames need not be subtracted.
const SMALL_FRAME_BYTES: u32 = abi::stack::SMALL_FRAME_BYTES as u32;
const UNCHECKED_LEAF_BYTES: u32 = abi::stack::UNCHECKED_LEAF_BYTES as u32;
const DEEP_BYTES: u32 = abi::stack::DEEP_BYTES as u32;

/// What the check must know of a function.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    /// Bytes from the return address down.
    pub bytes: u32,
    /// Bytes of arguments on the stack.
    pub stack_arg_bytes: u32,
    /// Calls nothing.
    pub is_leaf: bool,
    /// Asks for the depth of a nosplit chain.
    pub is_deep: bool,
}

impl Frame {
    /// Whether the function runs in what the limit leaves.
    pub(crate) fn needs_no_check(self) -> bool {
        self.is_leaf && !self.is_deep && self.bytes <= UNCHECKED_LEAF_BYTES
    }

    fn wanted_bytes(self) -> u32 {
        if self.is_deep { self.bytes + DEEP_BYTES } else { self.bytes }
    }
}

/// Puts the check in front of `body` and its slow path behind, and moves relocations and tables along.
pub(crate) fn add(
    machine: Machine,
    name: &Symbol,
    frame: Frame,
    align: u32,
    body: &mut Vec<u8>,
    relocs: &mut Vec<FuncReloc>,
    tables: &mut Tables,
) {
    let (mut code, jump) = match machine {
        Machine::Amd64 => amd64_check(frame, align),
        Machine::Riscv64 => riscv64_check(frame, align, body.len()),
    };
    let n_check = code.len() as u32;
    code.append(body);
    while code.len() % 4 != 0 {
        // Never reached: the body ends in a jump, a return or a trap.
        code.push(if machine == Machine::Amd64 { 0xcc } else { 0 });
    }
    let slow = code.len() as u32;
    for reloc in relocs.iter_mut() {
        reloc.off += n_check;
        // A relocation against a place in the function itself.
        if reloc.target == *name && matches!(reloc.kind, RelocKind::RiscvPcrelLo12I) {
            reloc.addend += i64::from(n_check);
        }
    }
    let call = match machine {
        Machine::Amd64 => amd64_slow(frame, jump, &mut code),
        Machine::Riscv64 => riscv64_slow(frame, jump, &mut code),
    };
    relocs.push(FuncReloc {
        off: call.off,
        kind: call.kind,
        target: abi::symbols::MORESTACK.into(),
        addend: if machine == Machine::Amd64 { -4 } else { 0 },
    });
    tables.shift(n_check, slow, code.len() as u32, call.ret_off);
    *body = code;
}

/// The call of `morestack`: where its address goes and where it returns to.
struct SlowCall {
    off: u32,
    kind: RelocKind,
    ret_off: u32,
}

/// Nops of 1 to 9 bytes (Intel SDM volume 2, "NOP").
const AMD64_NOPS: [&[u8]; 9] = [
    &[0x90],
    &[0x66, 0x90],
    &[0x0f, 0x1f, 0x00],
    &[0x0f, 0x1f, 0x40, 0x00],
    &[0x0f, 0x1f, 0x44, 0x00, 0x00],
    &[0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00],
    &[0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00],
    &[0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
    &[0x66, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
];

/// `cmp rsp, [r15+16]; jbe slow`, or the same with the frame subtracted, and the offset of the jump, whose target is
/// filled in later. Constants behind the body keep their alignment.
fn amd64_check(frame: Frame, align: u32) -> (Vec<u8>, usize) {
    let mut code = Vec::with_capacity(64);
    let bytes = frame.wanted_bytes();
    if bytes <= SMALL_FRAME_BYTES {
        code.extend([0x49, 0x3b, 0x67, LIMIT_OFFSET]);
    } else {
        code.extend([0x4c, 0x8d, 0x9c, 0x24]);
        code.extend((bytes as i32).wrapping_neg().to_le_bytes());
        code.extend([0x4d, 0x3b, 0x5f, LIMIT_OFFSET]);
    }
    let jump = code.len();
    code.extend([0x0f, 0x86, 0, 0, 0, 0]);
    let mut pad = code.len().next_multiple_of(align as usize) - code.len();
    while pad > 0 {
        let n = pad.min(AMD64_NOPS.len());
        code.extend(AMD64_NOPS[n - 1]);
        pad -= n;
    }
    (code, jump)
}

fn amd64_slow(frame: Frame, jump: usize, code: &mut Vec<u8>) -> SlowCall {
    let distance = code.len() as u32 - (jump as u32 + 6);
    code[jump + 2..jump + 6].copy_from_slice(&distance.to_le_bytes());
    // lea r10, [the function]; mov r11d, growth; jmp __morestack
    code.extend([0x4c, 0x8d, 0x15]);
    let end = code.len() as i32 + 4;
    code.extend((-end).to_le_bytes());
    code.extend([0x41, 0xbb]);
    code.extend(
        abi::stack::growth(frame.wanted_bytes() as usize, frame.stack_arg_bytes as usize).to_le_bytes(),
    );
    code.push(0xe9);
    let off = code.len() as u32;
    code.extend([0; 4]);
    SlowCall { off, kind: RelocKind::Rel4, ret_off: code.len() as u32 }
}

const TP: u32 = 4;
const SP: u32 = 2;
const T0: u32 = 5;
const T1: u32 = 6;
const T2: u32 = 7;
/// `addi zero, zero, 0`
const RISCV_NOP: u32 = 0x13;

fn riscv_i(opcode: u32, funct3: u32, rd: u32, rs1: u32, imm: i32) -> u32 {
    (imm as u32) << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode
}

/// `lui rd; addiw rd`: any constant of 31 bits.
fn riscv_li(rd: u32, value: u32) -> [u32; 2] {
    let high = value.wrapping_add(0x800) >> 12;
    let low = (value as i32) << 20 >> 20;
    [high << 12 | rd << 7 | 0x37, riscv_i(0x1b, 0, rd, rd, low)]
}

/// `jal zero`, as far as that reaches; `auipc t0; jalr zero, t0` reaches everywhere.
fn riscv_jump(distance: i32) -> [u32; 2] {
    let d = distance as u32;
    if (-(1 << 20)..1 << 20).contains(&distance) {
        let jal = (d >> 20 & 1) << 31 | (d >> 1 & 0x3ff) << 21 | (d >> 11 & 1) << 20 | (d >> 12 & 0xff) << 12;
        return [jal | 0x6f, RISCV_NOP];
    }
    let high = d.wrapping_add(0x800) & 0xffff_f000;
    [high | T0 << 7 | 0x17, riscv_i(0x67, 0, 0, T0, d.wrapping_sub(high) as i32)]
}

/// `ld t0, 16(tp); bltu t0, sp, ok; j slow; ok:`, or the same with the frame subtracted. In front of large bodies the jump has
/// two words.
fn riscv64_check(frame: Frame, align: u32, body_bytes: usize) -> (Vec<u8>, usize) {
    let mut words = Vec::new();
    let bytes = frame.wanted_bytes();
    let mut top = SP;
    if bytes > SMALL_FRAME_BYTES {
        words.extend(riscv_li(T1, bytes));
        words.push(0x40 << 24 | T1 << 20 | SP << 15 | T1 << 7 | 0x33);
        top = T1;
    }
    words.push(riscv_i(0x03, 3, T0, TP, i32::from(LIMIT_OFFSET)));
    // The check itself is far below the 4 KiB between the two bounds.
    let n_jump = if body_bytes < (1 << 20) - 4096 { 1 } else { 2 };
    // bltu t0, top, behind the jump
    words.push(top << 20 | T0 << 15 | 6 << 12 | (4 + 4 * n_jump) << 7 | 0x63);
    let jump = words.len() * 4;
    words.extend((0..n_jump).map(|_| RISCV_NOP));
    while !(words.len() as u32 * 4).is_multiple_of(align.max(4)) {
        words.push(RISCV_NOP);
    }
    (words.iter().flat_map(|word| word.to_le_bytes()).collect(), jump)
}

fn riscv64_slow(frame: Frame, jump: usize, code: &mut Vec<u8>) -> SlowCall {
    let slow = code.len() as u32;
    let [first, second] = riscv_jump(slow as i32 - jump as i32);
    code[jump..jump + 4].copy_from_slice(&first.to_le_bytes());
    if second != RISCV_NOP {
        code[jump + 4..jump + 8].copy_from_slice(&second.to_le_bytes());
    }
    let mut words = Vec::new();
    // li t1, growth; auipc t2, high; addi t2, t2, low: the function; auipc t0, 0; jalr zero, 0(t0)
    let growth = abi::stack::growth(frame.wanted_bytes() as usize, frame.stack_arg_bytes as usize);
    words.extend(riscv_li(T1, growth));
    let distance = -(slow as i32 + words.len() as i32 * 4);
    let high = distance.wrapping_add(0x800) as u32 & 0xffff_f000;
    words.push(high | T2 << 7 | 0x17);
    words.push(riscv_i(0x13, 0, T2, T2, distance.wrapping_sub(high as i32)));
    let off = slow + words.len() as u32 * 4;
    words.push(T0 << 7 | 0x17);
    words.push(riscv_i(0x67, 0, 0, T0, 0));
    let ret_off = slow + words.len() as u32 * 4;
    code.extend(words.iter().flat_map(|word| word.to_le_bytes()));
    SlowCall { off, kind: RelocKind::RiscvCall, ret_off }
}
