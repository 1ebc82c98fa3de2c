//! Operands as they are written.

/// A register of amd64.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Reg {
    /// Its kind.
    pub class: RegClass,
    /// Its number in encodings.
    pub num: u8,
}

/// Kinds of registers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RegClass {
    /// General: the instruction says how many of its bits are meant.
    General,
    /// The low byte, named so: `AL`, `SIB`, `R9B`.
    Low8,
    /// Bits 8 to 15: `AH`, `CH`, `DH`, `BH`, numbered 4 to 7.
    High8,
    /// MMX.
    Mmx,
    /// 128 bits.
    Xmm,
    /// 256 bits.
    Ymm,
    /// 512 bits.
    Zmm,
    /// Mask.
    Mask,
    /// Segment.
    Segment,
    /// Control.
    Control,
    /// Debug.
    Debug,
}

/// A symbol in an operand: `name<>+off(SB)`; the offset is in the operand.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SymbolRef {
    /// Its name, with `·` and `∕` resolved.
    pub name: String,
    /// `<>`: only this file sees it.
    pub is_local: bool,
}

/// What a memory operand begins with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Base {
    /// Nothing: an absolute address, or an index alone.
    None,
    /// A register.
    Reg(u8),
    /// A symbol's address.
    Symbol(SymbolRef),
    /// `name+off(FP)`: an argument or result, at `off` from the first argument.
    Args,
    /// `name-off(SP)`: a local variable, at `-off` from the top of the frame.
    Locals,
}

/// A memory operand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mem {
    /// Where it begins.
    pub base: Base,
    /// Index register and scale.
    pub index: Option<(Reg, u8)>,
    /// Bytes to add.
    pub disp: i64,
}

/// An operand.
#[derive(Clone, PartialEq, Debug)]
pub enum Operand {
    /// `$n`
    Imm(i64),
    /// `$1.5`
    Float(f64),
    /// `$"text"`
    Text(Vec<u8>),
    /// `$name+off(SB)`, `$x+8(FP)`: an address.
    Addr(Mem),
    /// A register.
    Reg(Reg),
    /// Memory.
    Mem(Mem),
    /// A label of the function, and instructions beyond it.
    Label(String),
    /// `n(PC)`: so many instructions on.
    Relative(i64),
}

/// Returns a register by its name.
pub fn register(name: &str) -> Option<Reg> {
    const GENERAL: [&str; 8] = ["AX", "CX", "DX", "BX", "SP", "BP", "SI", "DI"];
    const LOW: [&str; 8] = ["AL", "CL", "DL", "BL", "SPB", "BPB", "SIB", "DIB"];
    const HIGH: [&str; 4] = ["AH", "CH", "DH", "BH"];
    const SEGMENT: [&str; 6] = ["ES", "CS", "SS", "DS", "FS", "GS"];
    let at = |names: &[&str]| names.iter().position(|n| *n == name).map(|n| n as u8);
    let reg = |class, num| Some(Reg { class, num });
    if let Some(num) = at(&GENERAL) {
        return reg(RegClass::General, num);
    }
    if let Some(num) = at(&LOW) {
        return reg(RegClass::Low8, num);
    }
    if let Some(num) = at(&HIGH) {
        return reg(RegClass::High8, num + 4);
    }
    if let Some(num) = at(&SEGMENT) {
        return reg(RegClass::Segment, num);
    }
    let families = [
        ("CR", RegClass::Control, 16),
        ("DR", RegClass::Debug, 16),
        ("R", RegClass::General, 16),
        ("X", RegClass::Xmm, 32),
        ("Y", RegClass::Ymm, 32),
        ("Z", RegClass::Zmm, 32),
        ("K", RegClass::Mask, 8),
        ("M", RegClass::Mmx, 8),
    ];
    for (prefix, class, count) in families {
        let Some(rest) = name.strip_prefix(prefix) else { continue };
        if class == RegClass::General
            && let Some(num) = rest.strip_suffix('B').and_then(|rest| rest.parse().ok())
        {
            return (8..16).contains(&num).then_some(Reg { class: RegClass::Low8, num });
        }
        if let Ok(num) = rest.parse::<u8>()
            && num < count
            && (class != RegClass::General || num >= 8)
        {
            return reg(class, num);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_registers() {
        let class = |name: &str| register(name).map(|reg| (reg.class, reg.num));
        assert_eq!(class("SP"), Some((RegClass::General, 4)));
        assert_eq!(class("R15"), Some((RegClass::General, 15)));
        assert_eq!(class("R9B"), Some((RegClass::Low8, 9)));
        assert_eq!(class("BH"), Some((RegClass::High8, 7)));
        assert_eq!(class("Z31"), Some((RegClass::Zmm, 31)));
        for name in ["R3", "X32", "R16", "FP", "K8", "AXX", "R7B"] {
            assert_eq!(class(name), None, "{name}");
        }
    }
}
