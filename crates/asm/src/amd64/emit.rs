//! Instructions to bytes.

use super::form::{self, Form, Kind, Prefix, Role, Unit};
use crate::operand::{Base, Mem, Operand, Reg, RegClass, SymbolRef};

/// An address in an instruction that the linker fills in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fixup {
    /// Where in the instruction.
    pub off: usize,
    /// The symbol.
    pub symbol: SymbolRef,
    /// Added to its address. For relative fixups it counts from the end of the four bytes to the end of the instruction too.
    pub addend: i64,
    /// Four bytes relative to their own place; else the address in four bytes.
    pub relative: bool,
}

/// An instruction's bytes.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Encoded {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Addresses among them.
    pub fixups: Vec<Fixup>,
}

/// Suffixes of an instruction: `.Z`, `.BCST`, `.SAE`, `.RN_SAE`.
#[derive(Clone, Copy, Default, Debug)]
struct Suffixes {
    zeroing: bool,
    broadcast: bool,
    sae: bool,
    rounding: Option<u8>,
}

impl Suffixes {
    fn read(texts: &str) -> Result<Suffixes, String> {
        let mut suffixes = Suffixes::default();
        for text in texts.split('.').filter(|text| !text.is_empty()) {
            match text {
                "Z" => suffixes.zeroing = true,
                "BCST" => suffixes.broadcast = true,
                "SAE" => suffixes.sae = true,
                "RN_SAE" => suffixes.rounding = Some(0),
                "RD_SAE" => suffixes.rounding = Some(1),
                "RU_SAE" => suffixes.rounding = Some(2),
                "RZ_SAE" => suffixes.rounding = Some(3),
                _ => return Err(format!("unknown suffix .{text}")),
            }
        }
        Ok(suffixes)
    }
}

/// Encodes an instruction. Its memory operands must be machine addresses: no arguments or locals by name.
///
/// An error says what the instruction does not take.
pub fn encode(name: &str, operands: &[Operand]) -> Result<Encoded, String> {
    let (stem, suffixes) = name.split_once('.').unwrap_or((name, ""));
    let suffixes = Suffixes::read(suffixes)?;
    let forms = form::forms(stem).ok_or_else(|| format!("unrecognized instruction {name:?}"))?;
    let all: Vec<&Operand> = operands.iter().collect();
    if let Some(form) = forms.iter().find(|form| form.takes(&all) && suffixes_fit(form, &suffixes)) {
        return emit(form, &all, suffixes, 0);
    }
    // A mask stands before the last operand.
    if let [.., Operand::Reg(mask), last] = operands
        && mask.class == RegClass::Mask
    {
        let mut rest: Vec<&Operand> = operands[..operands.len() - 2].iter().collect();
        rest.push(last);
        let is_evex = |form: &&Form| matches!(form.prefix, Prefix::Vex { evex: true, .. });
        if let Some(form) = forms.iter().filter(is_evex).find(|form| form.takes(&rest)) {
            return emit(form, &rest, suffixes, mask.num);
        }
    }
    Err(format!("invalid instruction: {name} does not take these operands"))
}

fn suffixes_fit(form: &Form, suffixes: &Suffixes) -> bool {
    let is_evex = matches!(form.prefix, Prefix::Vex { evex: true, .. });
    is_evex || !(suffixes.zeroing || suffixes.broadcast || suffixes.sae || suffixes.rounding.is_some())
}

/// What the operands put into the fields.
#[derive(Default)]
struct Fields<'a> {
    reg: u8,
    rm: Option<Reg>,
    mem: Option<&'a Mem>,
    vvvv: u8,
    opcode_reg: u8,
    imm: Option<&'a Operand>,
    /// A byte register that only exists with REX, or only without.
    needs_rex: bool,
    no_rex: bool,
}

fn fields<'a>(form: &Form, operands: &[&'a Operand]) -> Fields<'a> {
    let mut fields = Fields { reg: form.digit.unwrap_or(0), ..Fields::default() };
    for ((kind, role), operand) in form.operands.iter().zip(operands) {
        match operand {
            Operand::Reg(reg) => {
                if matches!(kind, Kind::Byte | Kind::ByteOrMem) {
                    fields.needs_rex |= reg.class != RegClass::High8 && (4..8).contains(&reg.num);
                    fields.no_rex |= reg.class == RegClass::High8;
                }
                match role {
                    Role::Rm => fields.rm = Some(*reg),
                    Role::Reg => fields.reg = reg.num,
                    Role::Vvvv => fields.vvvv = reg.num,
                    Role::Opcode => fields.opcode_reg = reg.num,
                    Role::Both => (fields.rm, fields.reg) = (Some(*reg), reg.num),
                    Role::Imm | Role::Implied => {}
                }
            }
            Operand::Mem(mem) => fields.mem = Some(mem),
            imm if *role == Role::Imm => fields.imm = Some(imm),
            _ => {}
        }
    }
    fields
}

fn emit(form: &Form, operands: &[&Operand], suffixes: Suffixes, mask: u8) -> Result<Encoded, String> {
    let fields = fields(form, operands);
    let mut out = Encoded::default();
    let (base, index) = match fields.mem {
        Some(mem) => {
            let base = if let Base::Reg(num) = mem.base { num } else { 0 };
            (base, mem.index.map_or(0, |(reg, _)| reg.num))
        }
        None => (fields.rm.map_or(fields.opcode_reg, |reg| reg.num), 0),
    };
    match form.prefix {
        Prefix::Legacy => {
            out.bytes.extend(&form.legacy);
            let high = |num: u8, bit: u8| (num >> 3 & 1) << bit;
            let rex = u8::from(form.w) << 3 | high(fields.reg, 2) | high(index, 1) | high(base, 0);
            if rex != 0 || fields.needs_rex {
                if fields.no_rex {
                    return Err("a high byte register cannot stand here".into());
                }
                out.bytes.push(0x40 | rex);
            }
        }
        Prefix::Vex { evex: false, length, pp, map, w } => {
            vex(&mut out.bytes, [length, pp, map, u8::from(w)], fields.reg, fields.vvvv, index, base);
        }
        Prefix::Vex { evex: true, length, pp, map, w } => {
            // The index register's fifth bit and that of a register in rm stand in different places.
            let index = fields.mem.map_or(base >> 1 & 8, |_| index & 8);
            let fifth = fields.mem.and_then(|mem| mem.index).map_or(fields.vvvv, |(reg, _)| {
                if reg.class == RegClass::General { fields.vvvv } else { reg.num }
            });
            let (length, b) = match suffixes.rounding {
                Some(rounding) => (rounding, true),
                None => (length, suffixes.broadcast || suffixes.sae),
            };
            let not = |num: u8, from: u8, to: u8| (!num >> from & 1) << to;
            out.bytes.extend([
                0x62,
                not(fields.reg, 3, 7) | not(index, 3, 6) | not(base, 3, 5) | not(fields.reg, 4, 4) | map,
                u8::from(w) << 7 | (!fields.vvvv & 15) << 3 | 4 | pp,
                u8::from(suffixes.zeroing) << 7 | length << 5 | u8::from(b) << 4 | not(fifth, 4, 3) | mask,
            ]);
        }
    }
    let mut opcode = form.opcode.clone();
    if let Some(last) = opcode.last_mut() {
        *last += fields.opcode_reg & 7;
    }
    out.bytes.extend(opcode);
    let unit = match (form.prefix, form.unit) {
        (Prefix::Vex { evex: true, length, .. }, unit) => match unit {
            Unit::Full(element) if suffixes.broadcast => i64::from(element),
            Unit::Full(_) | Unit::Vector => 16 << length,
            Unit::Bytes(bytes) => i64::from(bytes),
        },
        _ => 1,
    };
    if form.has_modrm {
        match (fields.mem, fields.rm) {
            (Some(mem), _) => address(&mut out, mem, fields.reg & 7, unit)?,
            (None, Some(rm)) => out.bytes.push(0xc0 | (fields.reg & 7) << 3 | rm.num & 7),
            (None, None) => return Err("an operand is missing".into()),
        }
    }
    immediate(&mut out, form, fields.imm)?;
    // What is relative is so to the end of the instruction.
    let end = out.bytes.len();
    for fixup in out.fixups.iter_mut().filter(|fixup| fixup.relative) {
        fixup.addend -= (end - fixup.off) as i64;
    }
    Ok(out)
}

/// A VEX prefix of two bytes where that will do, else of three. `kind` is L, pp, map, W.
fn vex(bytes: &mut Vec<u8>, kind: [u8; 4], reg: u8, vvvv: u8, index: u8, base: u8) {
    let [length, pp, map, w] = kind;
    let not = |num: u8, to: u8| (!num >> 3 & 1) << to;
    let last = (!vvvv & 15) << 3 | length << 2 | pp;
    if map == 1 && w == 0 && index < 8 && base < 8 {
        bytes.extend([0xc5, not(reg, 7) | last]);
    } else {
        bytes.extend([0xc4, not(reg, 7) | not(index, 6) | not(base, 5) | map, w << 7 | last]);
    }
}

fn immediate(out: &mut Encoded, form: &Form, imm: Option<&Operand>) -> Result<(), String> {
    match (form.imm_bytes, imm) {
        (0, _) => Ok(()),
        (n, Some(Operand::Imm(value))) => {
            out.bytes.extend(&value.to_le_bytes()[..n.into()]);
            Ok(())
        }
        (4, Some(Operand::Addr(Mem { base: Base::Symbol(symbol), disp, .. }))) => {
            let off = out.bytes.len();
            out.fixups.push(Fixup { off, symbol: symbol.clone(), addend: *disp, relative: false });
            out.bytes.extend([0; 4]);
            Ok(())
        }
        _ => Err("this constant cannot stand here".into()),
    }
}

/// ModRM, SIB and displacement of a memory operand; a displacement of one byte counts `unit`s.
fn address(out: &mut Encoded, mem: &Mem, reg: u8, unit: i64) -> Result<(), String> {
    // As with numbers, 32 bits may be written without their sign.
    let disp = i32::try_from(mem.disp).or_else(|_| u32::try_from(mem.disp).map(|disp| disp as i32));
    let disp = disp.map_err(|_| format!("offset {} is too large", mem.disp))?;
    let short = (i64::from(disp) % unit == 0).then(|| i8::try_from(i64::from(disp) / unit).ok()).flatten();
    let modrm = |mode: u8, rm: u8| mode << 6 | reg << 3 | rm;
    let base = match &mem.base {
        Base::Symbol(symbol) => {
            if mem.index.is_some() {
                return Err("a symbol's address cannot be indexed".into());
            }
            out.bytes.push(modrm(0, 5));
            let off = out.bytes.len();
            out.fixups.push(Fixup { off, symbol: symbol.clone(), addend: mem.disp, relative: true });
            out.bytes.extend([0; 4]);
            return Ok(());
        }
        Base::Reg(num) => Some(*num),
        Base::None => None,
        Base::Args | Base::Locals => return Err("an argument or local variable cannot stand here".into()),
    };
    let scale = |factor: u8| factor.trailing_zeros() as u8;
    // SP as base needs SIB; without a base SIB says so with base 5 and mode 0.
    let needs_sib = mem.index.is_some() || base.is_none() || base.is_some_and(|num| num & 7 == 4);
    let mode = match base {
        None => 0,
        // BP and R13 without displacement would mean something else.
        Some(num) if disp == 0 && num & 7 != 5 => 0,
        Some(_) if short.is_some() => 1,
        Some(_) => 2,
    };
    let rm = if needs_sib { 4 } else { base.unwrap_or(5) & 7 };
    out.bytes.push(modrm(mode, rm));
    if needs_sib {
        let (index, factor) = mem.index.map_or((4, 1), |(reg, factor)| (reg.num, factor));
        if mem.index.is_some_and(|(reg, _)| reg.class == RegClass::General && reg.num == 4) {
            return Err("SP cannot be an index".into());
        }
        out.bytes.push(scale(factor) << 6 | (index & 7) << 3 | base.unwrap_or(5) & 7);
    }
    match (mode, short) {
        (0, _) if base.is_some() => {}
        (1, Some(short)) => out.bytes.push(short as u8),
        _ => out.bytes.extend(disp.to_le_bytes()),
    }
    Ok(())
}
