//! Relocations.
//!
//! Names are those of the processors' ABI documents, without their numbers. `S` is the symbol, `A` the
//! addend, `P` the place, `B` another symbol.

use crate::SymbolId;

/// An address to be filled in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Reloc {
    /// Offset in the section.
    pub off: u32,
    /// In which form.
    pub kind: RelocKind,
    /// Whose address.
    pub symbol: SymbolId,
    /// Added to it.
    pub addend: i64,
}

/// The form of an address.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RelocKind {
    /// `S + A`, 8 bytes.
    Abs8,
    /// `S + A`, 4 bytes, must fit without a sign.
    Abs4,
    /// `S + A`, 4 bytes, must fit with a sign.
    Abs4S,
    /// `S + A - P`, 4 bytes, must fit with a sign. Also x86-64 calls and `lea`.
    Rel4,
    /// `S + A - P`, 8 bytes.
    Rel8,
    /// `S + A - B`, 4 bytes, must fit with a sign.
    Off4(SymbolId),
    /// x86-64: address of a table entry that holds `S`, plus `A` minus `P`, 4 bytes. With `relax` the
    /// instruction before may be changed so that it needs no entry (x86-64 psABI, section B.2).
    X86GotRel4 {
        /// The instruction may be changed.
        relax: bool,
    },
    /// x86-64: offset from the thread pointer, 4 bytes.
    X86TpOff4,
    /// x86-64: address of a table entry that holds the offset from the thread pointer, plus `A` minus `P`, 4 bytes.
    X86GotTpOff4,
    /// riscv64: `auipc` and `jalr` to `S + A`.
    RiscvCall,
    /// riscv64: `auipc` part of `S + A - P`.
    RiscvPcrelHi20,
    /// riscv64: `auipc` part of the address of a table entry that holds `S`.
    RiscvGotHi20,
    /// riscv64: low part, I form. `S + A` is the place of the `auipc` with the high part.
    RiscvPcrelLo12I,
    /// riscv64: as `RiscvPcrelLo12I`, S form.
    RiscvPcrelLo12S,
    /// riscv64: `lui` part of `S + A`.
    RiscvHi20,
    /// riscv64: low part of `S + A`, I form.
    RiscvLo12I,
    /// riscv64: low part of `S + A`, S form.
    RiscvLo12S,
    /// riscv64: `jal`.
    RiscvJal,
    /// riscv64: conditional branch.
    RiscvBranch,
    /// riscv64: compressed conditional branch.
    RiscvRvcBranch,
    /// riscv64: compressed jump.
    RiscvRvcJump,
    /// Adds `S + A` to what stands there, in as many bytes.
    Add(u8),
    /// Subtracts `S + A` from what stands there, in as many bytes.
    Sub(u8),
    /// Stores `S + A`, in as many bytes.
    Set(u8),
    /// riscv64 debug information: stores the low 6 bits of `S + A`.
    RiscvSet6,
    /// riscv64 debug information: subtracts `S + A` in the low 6 bits.
    RiscvSub6,
    /// riscv64 debug information: stores `S + A` as ULEB128, in as many bytes as stand there.
    RiscvSetUleb,
    /// riscv64 debug information: subtracts `S + A` from the ULEB128 that stands there, in as many bytes.
    RiscvSubUleb,
}

impl RelocKind {
    /// How many bytes from the place on may be changed, at least.
    pub fn bytes(self) -> u32 {
        match self {
            RelocKind::Abs8 | RelocKind::Rel8 | RelocKind::RiscvCall => 8,
            RelocKind::Abs4
            | RelocKind::Abs4S
            | RelocKind::Rel4
            | RelocKind::Off4(_)
            | RelocKind::X86GotRel4 { .. }
            | RelocKind::X86TpOff4
            | RelocKind::X86GotTpOff4
            | RelocKind::RiscvPcrelHi20
            | RelocKind::RiscvGotHi20
            | RelocKind::RiscvPcrelLo12I
            | RelocKind::RiscvPcrelLo12S
            | RelocKind::RiscvHi20
            | RelocKind::RiscvLo12I
            | RelocKind::RiscvLo12S
            | RelocKind::RiscvJal
            | RelocKind::RiscvBranch => 4,
            RelocKind::RiscvRvcBranch | RelocKind::RiscvRvcJump => 2,
            RelocKind::Add(n) | RelocKind::Sub(n) | RelocKind::Set(n) => u32::from(n),
            RelocKind::RiscvSet6
            | RelocKind::RiscvSub6
            | RelocKind::RiscvSetUleb
            | RelocKind::RiscvSubUleb => 1,
        }
    }
}
