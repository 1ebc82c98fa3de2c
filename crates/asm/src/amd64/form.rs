//! Forms: lines of the table, read.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::table;
use crate::operand::{Operand, Reg, RegClass};

/// What an operand of a form takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A register of the class, of the given numbers.
    Reg(RegClass),
    /// That or memory.
    RegOrMem(RegClass),
    /// Memory.
    Mem,
    /// A byte register by either kind of name.
    Byte,
    /// That or memory.
    ByteOrMem,
    /// One register.
    Only(Reg),
    /// The shift count, `CX` or `CL`.
    Count,
    /// A number of so many bits, as [`fits`] has it.
    Imm(ImmKind),
    /// One number.
    Number(i64),
}

/// Which numbers a form takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ImmKind {
    /// -128 to 127, as sign extension to the operand's size gives it.
    Signed8,
    /// -128 to 255.
    Any8,
    /// 16 bits, signed or not.
    Any16,
    /// 32 bits, signed; not only those where the operand has no more.
    Signed32,
    /// 32 bits that a 64-bit register gets with zeros above.
    Unsigned32,
    /// Anything.
    Any64,
}

/// Where an operand goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// ModRM.rm.
    Rm,
    /// ModRM.reg.
    Reg,
    /// VEX.vvvv.
    Vvvv,
    /// The opcode's low bits.
    Opcode,
    /// ModRM.rm and ModRM.reg.
    Both,
    /// An immediate.
    Imm,
    /// Nowhere: the form says it.
    Implied,
}

/// The vector width of a VEX or EVEX form.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Width {
    /// 128 bits.
    X,
    /// 256 bits.
    Y,
    /// 512 bits.
    Z,
}

/// The prefix of a form.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Prefix {
    /// None but those in `legacy`.
    Legacy,
    /// VEX or EVEX.
    Vex {
        /// EVEX.
        evex: bool,
        /// L: 0, 1 or 2.
        length: u8,
        /// 0, 1, 2, 3 for none, 66, F3, F2.
        pp: u8,
        /// 1, 2, 3 for 0F, 0F38, 0F3A.
        map: u8,
        /// W.
        w: bool,
    },
}

/// What counts a displacement of one byte under EVEX.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// The vector, or under `.BCST` an element of so many bytes.
    Full(u8),
    /// So many bytes.
    Bytes(u8),
    /// The vector.
    Vector,
}

/// One way to encode an instruction.
#[derive(Clone, Debug)]
pub struct Form {
    /// Operands in the order of Plan 9: what they take, where they go.
    pub operands: Vec<(Kind, Role)>,
    /// VEX or EVEX.
    pub prefix: Prefix,
    /// Prefixes of one byte.
    pub legacy: Vec<u8>,
    /// REX.W.
    pub w: bool,
    /// The opcode.
    pub opcode: Vec<u8>,
    /// `/n`.
    pub digit: Option<u8>,
    /// There is a ModRM byte.
    pub has_modrm: bool,
    /// Bytes of the immediate.
    pub imm_bytes: u8,
    /// The unit of a one-byte displacement.
    pub unit: Unit,
    /// The operand has 32 bits or 16, so a number may be written with or without its sign.
    pub op_bits: u32,
}

/// Finds the forms of an instruction by its name, without suffixes.
pub fn forms(name: &str) -> Option<&'static [Form]> {
    static FORMS: OnceLock<FxHashMap<String, Vec<Form>>> = OnceLock::new();
    let all = FORMS.get_or_init(read_table);
    let name = table::ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, name)| *name);
    all.get(name).map(Vec::as_slice)
}

fn read_table() -> FxHashMap<String, Vec<Form>> {
    let mut all = FxHashMap::default();
    for line in table::SINGLE.lines().filter(|line| !line.is_empty()) {
        add_line(&mut all, line);
    }
    let sizes = [("W", "66", 16), ("L", "", 32), ("Q", "w", 64)];
    for (suffix, prefix, _) in sizes {
        for line in table::SIZED.lines().filter(|line| !line.is_empty()) {
            let line = line.replacen('?', suffix, 1).replace('%', prefix);
            // Numbers of 16 bits stand in 16 bits.
            add_line(
                &mut all,
                &if suffix == "W" { line.replace("i32", "i16").replace("id", "iw") } else { line },
            );
        }
        for (name, digit) in table::ARITHMETIC {
            let op = digit * 8;
            let imm = if suffix == "W" { ("i16", "iw") } else { ("i32", "id") };
            let mut forms = [
                format!("i8s,rm: {prefix} 83 /{digit} ib"),
                format!("{},ax: {prefix} {:02X} {}", imm.0, op + 5, imm.1),
                format!("{},rm: {prefix} 81 /{digit} {}", imm.0, imm.1),
                format!("r,rm: {prefix} {:02X} /r", op + 1),
                format!("rm,r: {prefix} {:02X} /r", op + 3),
            ];
            swap_comparison(name, &mut forms);
            add_line(&mut all, &format!("{name}{suffix} {}", forms.join(" | ")));
        }
        for (number, condition) in table::CONDITIONS.iter().enumerate() {
            add_line(&mut all, &format!("CMOV{suffix}{condition} rm,r: {prefix} 0F{:02X} /r", 0x40 + number));
        }
    }
    for (name, digit) in table::ARITHMETIC {
        let op = digit * 8;
        let mut forms = [
            format!("i8,al: {:02X} ib", op + 4),
            format!("i8,rm8: 80 /{digit} ib"),
            format!("r8,rm8: {op:02X} /r"),
            format!("rm8,r8: {:02X} /r", op + 2),
        ];
        swap_comparison(name, &mut forms);
        add_line(&mut all, &format!("{name}B {}", forms.join(" | ")));
    }
    for (number, condition) in table::CONDITIONS.iter().enumerate() {
        add_line(&mut all, &format!("SET{condition} rm8: 0F{:02X} /0", 0x90 + number));
    }
    for (suffix, prefix) in [("PS", ""), ("PD", "66"), ("SS", "F3"), ("SD", "F2")] {
        for (name, op) in table::FLOAT {
            add_line(&mut all, &format!("{name}{suffix} xm,x: {prefix} 0F{op:02X} /r"));
        }
        for (name, op) in table::FLOAT_LOGIC.iter().filter(|_| suffix.starts_with('P')) {
            add_line(&mut all, &format!("{name}{suffix} xm,x: {prefix} 0F{op:02X} /r"));
        }
    }
    for (name, op) in table::PACKED {
        add_line(&mut all, &format!("{name} mmm,mm: 0F{op:02X} /r | xm,x: 66 0F{op:02X} /r"));
    }
    for (name, by_reg, by_number, digit) in table::PACKED_SHIFTS {
        let number =
            format!("i8,mm@m: 0F{by_number:02X} /{digit} ib | i8,x@m: 66 0F{by_number:02X} /{digit} ib");
        add_line(
            &mut all,
            &format!("{name} {number} | mmm,mm: 0F{by_reg:02X} /r | xm,x: 66 0F{by_reg:02X} /r"),
        );
    }
    all
}

/// `CMP` has its operands in the order of Intel.
fn swap_comparison(name: &str, forms: &mut [String]) {
    for form in forms.iter_mut().filter(|_| name == "CMP") {
        let (operands, encoding) = form.split_once(':').expect("a form has a colon");
        let (a, b) = operands.split_once(',').expect("there are two operands");
        *form = format!("{b},{a}:{encoding}");
    }
}

fn add_line(all: &mut FxHashMap<String, Vec<Form>>, line: &str) {
    let (names, forms) = line.split_once(' ').expect("a line has a name");
    let mut read = Vec::new();
    let mut last = "";
    for form in forms.split('|') {
        let (operands, encoding) = form.split_once(':').unwrap_or((last, form));
        last = operands;
        add_form(operands.trim(), encoding.trim(), &mut read);
    }
    for name in names.split(',') {
        all.entry(name.to_string()).or_default().extend(read.iter().cloned());
    }
}

/// Reads a form; one with several vector widths becomes several.
fn add_form(operands: &str, encoding: &str, out: &mut Vec<Form>) {
    let first = encoding.split_whitespace().next().unwrap_or_default();
    let vex: Vec<&str> = first.split('.').collect();
    let [prefix @ ("v" | "e"), widths, pp, map, w] = vex[..] else {
        out.push(read_form(operands, encoding, Prefix::Legacy, None));
        return;
    };
    let code = |list: &[&str], text: &str| {
        list.iter().position(|item| *item == text).expect("it is in the list") as u8
    };
    for width in widths.chars() {
        let (length, width) = match width {
            'x' => (0, Some(Width::X)),
            'y' => (1, Some(Width::Y)),
            'z' => (2, Some(Width::Z)),
            digit => (digit as u8 - b'0', None),
        };
        let prefix = Prefix::Vex {
            evex: prefix == "e",
            length,
            pp: code(&["np", "66", "F3", "F2"], pp),
            map: code(&["", "0F", "0F38", "0F3A"], map),
            w: w == "W1",
        };
        out.push(read_form(operands, &encoding[first.len()..], prefix, width));
    }
}

fn read_form(operands: &str, encoding: &str, prefix: Prefix, width: Option<Width>) -> Form {
    let mut form = Form {
        operands: Vec::new(),
        prefix,
        legacy: Vec::new(),
        w: false,
        opcode: Vec::new(),
        digit: None,
        has_modrm: false,
        imm_bytes: 0,
        unit: Unit::Vector,
        op_bits: 64,
    };
    let (mut plus, mut both) = (false, false);
    for word in encoding.split_whitespace() {
        match word {
            "66" | "F2" | "F3" if prefix == Prefix::Legacy && form.opcode.is_empty() && encoding != word => {
                form.legacy.push(u8::from_str_radix(word, 16).expect("it is hexadecimal"));
            }
            "w" => form.w = true,
            "/r" => form.has_modrm = true,
            "/rr" => (form.has_modrm, both) = (true, true),
            "+r" => plus = true,
            "ib" => form.imm_bytes = 1,
            "iw" => form.imm_bytes = 2,
            "id" => form.imm_bytes = 4,
            "iq" => form.imm_bytes = 8,
            "FV4" => form.unit = Unit::Full(4),
            "FV8" => form.unit = Unit::Full(8),
            "FVM" => form.unit = Unit::Vector,
            _ if word.starts_with('/') => {
                form.digit = word[1..].parse().ok();
                form.has_modrm = true;
            }
            _ if word.starts_with('B')
                && word.len() < 4
                && word[1..].parse::<u8>().is_ok_and(|n| n <= 16)
                && !form.opcode.is_empty() =>
            {
                form.unit = Unit::Bytes(word[1..].parse().expect("it is a number"));
            }
            _ => {
                let byte = |at: usize| u8::from_str_radix(&word[at..at + 2], 16).expect("it is hexadecimal");
                form.opcode.extend((0..word.len() / 2).map(|n| byte(2 * n)));
            }
        }
    }
    form.op_bits = match (form.w, form.legacy.contains(&0x66)) {
        (true, _) => 64,
        (false, true) => 16,
        (false, false) => 32,
    };
    let list: Vec<&str> = operands.split(',').filter(|word| !word.is_empty()).collect();
    let mut kinds: Vec<(Kind, Option<Role>)> = list.iter().map(|word| read_operand(word, width)).collect();
    settle_roles(&mut kinds, form.digit.is_some(), plus, both);
    form.operands =
        kinds.into_iter().map(|(kind, role)| (kind, role.expect("every operand has a role"))).collect();
    form
}

fn read_operand(word: &str, width: Option<Width>) -> (Kind, Option<Role>) {
    let (name, role) = match word.split_once('@') {
        Some((name, "m")) => (name, Some(Role::Rm)),
        Some((name, "r")) => (name, Some(Role::Reg)),
        Some((name, _)) => (name, Some(Role::Vvvv)),
        None => (word, None),
    };
    let vector = match width {
        Some(Width::Y) => RegClass::Ymm,
        Some(Width::Z) => RegClass::Zmm,
        _ => RegClass::Xmm,
    };
    let only = |class, num| Kind::Only(Reg { class, num });
    let (kind, implied) = match name {
        "r" => (Kind::Reg(RegClass::General), None),
        "rm" => (Kind::RegOrMem(RegClass::General), Some(Role::Rm)),
        "m" => (Kind::Mem, Some(Role::Rm)),
        "r8" => (Kind::Byte, None),
        "rm8" => (Kind::ByteOrMem, Some(Role::Rm)),
        "x" => (Kind::Reg(RegClass::Xmm), None),
        "xm" => (Kind::RegOrMem(RegClass::Xmm), Some(Role::Rm)),
        "y" => (Kind::Reg(RegClass::Ymm), None),
        "ym" => (Kind::RegOrMem(RegClass::Ymm), Some(Role::Rm)),
        "v" => (Kind::Reg(vector), None),
        "vm" => (Kind::RegOrMem(vector), Some(Role::Rm)),
        "mm" => (Kind::Reg(RegClass::Mmx), None),
        "mmm" => (Kind::RegOrMem(RegClass::Mmx), Some(Role::Rm)),
        "k" => (Kind::Reg(RegClass::Mask), None),
        "km" => (Kind::RegOrMem(RegClass::Mask), Some(Role::Rm)),
        "cr" => (Kind::Reg(RegClass::Control), None),
        "dr" => (Kind::Reg(RegClass::Debug), None),
        "fs" => (only(RegClass::Segment, 4), Some(Role::Implied)),
        "gs" => (only(RegClass::Segment, 5), Some(Role::Implied)),
        "al" => (only(RegClass::Low8, 0), Some(Role::Implied)),
        "ax" => (only(RegClass::General, 0), Some(Role::Implied)),
        "x0" => (only(RegClass::Xmm, 0), Some(Role::Implied)),
        "cl" => (Kind::Count, Some(Role::Implied)),
        "i8s" => (Kind::Imm(ImmKind::Signed8), Some(Role::Imm)),
        "i8" => (Kind::Imm(ImmKind::Any8), Some(Role::Imm)),
        "i16" => (Kind::Imm(ImmKind::Any16), Some(Role::Imm)),
        "i32" => (Kind::Imm(ImmKind::Signed32), Some(Role::Imm)),
        "u32" => (Kind::Imm(ImmKind::Unsigned32), Some(Role::Imm)),
        "i64" => (Kind::Imm(ImmKind::Any64), Some(Role::Imm)),
        number => {
            let number = number.parse().unwrap_or_else(|_| panic!("{number} is no operand of the table"));
            (Kind::Number(number), Some(Role::Implied))
        }
    };
    (kind, role.or(implied))
}

/// Gives the registers whose place is not written theirs: the last one is ModRM.reg, one before it VEX.vvvv.
fn settle_roles(kinds: &mut [(Kind, Option<Role>)], has_digit: bool, plus: bool, both: bool) {
    let open = kinds.iter_mut().rev().filter(|(_, role)| role.is_none());
    for (n, (_, role)) in open.enumerate() {
        *role = Some(match n {
            _ if plus => Role::Opcode,
            _ if both => Role::Both,
            0 if has_digit => Role::Rm,
            0 => Role::Reg,
            _ => Role::Vvvv,
        });
    }
}

impl Form {
    /// Reports whether the form takes these operands.
    pub fn takes(&self, operands: &[&Operand]) -> bool {
        let pairs = || self.operands.iter().zip(operands);
        let is_legacy_or_vex = !matches!(self.prefix, Prefix::Vex { evex: true, .. });
        self.operands.len() == operands.len()
            && pairs().all(|((kind, _), operand)| self.takes_one(*kind, operand))
            && !(is_legacy_or_vex && pairs().any(|(_, operand)| needs_evex(operand)))
    }

    fn takes_one(&self, kind: Kind, operand: &Operand) -> bool {
        let is_byte = |reg: &Reg| matches!(reg.class, RegClass::General | RegClass::Low8 | RegClass::High8);
        match (kind, operand) {
            (Kind::Reg(class) | Kind::RegOrMem(class), Operand::Reg(reg)) => reg.class == class,
            (Kind::Byte | Kind::ByteOrMem, Operand::Reg(reg)) => is_byte(reg),
            (Kind::RegOrMem(_) | Kind::ByteOrMem | Kind::Mem, Operand::Mem(_)) => true,
            (Kind::Only(Reg { class: RegClass::Low8, num }), Operand::Reg(reg)) => {
                is_byte(reg) && reg.class != RegClass::High8 && reg.num == num
            }
            (Kind::Only(only), Operand::Reg(reg)) => *reg == only,
            (Kind::Count, Operand::Reg(reg)) => {
                reg.num == 1 && matches!(reg.class, RegClass::General | RegClass::Low8)
            }
            (Kind::Imm(imm), Operand::Imm(value)) => fits(imm, *value, self.op_bits),
            // The address of a symbol is known to the linker.
            (Kind::Imm(ImmKind::Signed32), Operand::Addr(_)) => true,
            (Kind::Number(number), Operand::Imm(value)) => number == *value,
            _ => false,
        }
    }
}

/// Registers beyond 15 and of 512 bits are for EVEX alone.
fn needs_evex(operand: &Operand) -> bool {
    match operand {
        Operand::Reg(reg) => reg.num > 15 || reg.class == RegClass::Zmm,
        Operand::Mem(mem) => mem.index.is_some_and(|(reg, _)| reg.num > 15),
        _ => false,
    }
}

/// Reports whether a number can stand in an immediate of a kind, for operands of so many bits.
fn fits(kind: ImmKind, value: i64, op_bits: u32) -> bool {
    // A number of 32 or 16 bits may be written without its sign.
    let value = match op_bits {
        _ if kind == ImmKind::Unsigned32 => value,
        32 if (0..1 << 32).contains(&value) => i64::from(value as u32 as i32),
        16 if (0..1 << 16).contains(&value) => i64::from(value as u16 as i16),
        _ => value,
    };
    match kind {
        ImmKind::Signed8 => i8::try_from(value).is_ok(),
        ImmKind::Any8 => (-128..256).contains(&value),
        ImmKind::Any16 => (-(1 << 15)..1 << 16).contains(&value),
        ImmKind::Signed32 => i32::try_from(value).is_ok(),
        ImmKind::Unsigned32 => (0..1 << 32).contains(&value),
        ImmKind::Any64 => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_can_be_read() {
        for name in ["ADDQ", "CMPB", "SETHI", "CMOVQCS", "VPADDD", "KXORQ", "PSRLO", "SHLW", "MULXQ"] {
            assert!(forms(name).is_some_and(|forms| !forms.is_empty()), "{name}");
        }
        assert_eq!(forms("VPADDD").map(<[Form]>::len), Some(5));
    }

    #[test]
    fn the_width_in_a_prefix_is_that_of_the_operands() {
        let form = &forms("VPXORQ").expect("it is there")[2];
        assert_eq!(form.operands[0], (Kind::RegOrMem(RegClass::Zmm), Role::Rm));
        assert_eq!(form.operands[1].1, Role::Vvvv);
        assert_eq!(form.operands[2].1, Role::Reg);
    }
}
