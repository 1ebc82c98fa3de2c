//! Filling in addresses on riscv64. Source of forms and formulas: RISC-V ELF psABI, "Relocations"; of the instructions'
//! fields: RISC-V unprivileged specification, sections 2.2 and 16.2.
//!
//! Nothing is shortened, so that padding for alignment is right as it stands in the objects.

use obj::{Reloc, RelocKind};

use crate::Error;
use crate::relocate::Patch;

impl Patch<'_> {
    /// Fills in one address.
    pub(crate) fn riscv64(&mut self, reloc: &Reloc) -> Result<(), Error> {
        if self.common(reloc)? {
            return Ok(());
        }
        let target = self.target(reloc.symbol).wrapping_add_signed(reloc.addend);
        let distance = target.wrapping_sub(self.addr + u64::from(reloc.off)) as i64;
        match reloc.kind {
            RelocKind::RiscvCall => {
                let (high, low) = self.split(reloc, distance)?;
                self.or_word(reloc.off, high);
                self.or_word(reloc.off + 4, i_form(low));
            }
            RelocKind::RiscvPcrelHi20 | RelocKind::RiscvGotHi20 => {
                let (high, _) = self.split(reloc, self.auipc_distance(reloc))?;
                self.or_word(reloc.off, high);
            }
            RelocKind::RiscvPcrelLo12I => {
                let low = self.low_of_auipc(reloc, target)?;
                self.or_word(reloc.off, i_form(low));
            }
            RelocKind::RiscvPcrelLo12S => {
                let low = self.low_of_auipc(reloc, target)?;
                self.or_word(reloc.off, s_form(low));
            }
            RelocKind::RiscvHi20 => {
                let (high, _) = self.split(reloc, target as i64)?;
                self.or_word(reloc.off, high);
            }
            RelocKind::RiscvLo12I => {
                let (_, low) = self.split(reloc, target as i64)?;
                self.or_word(reloc.off, i_form(low));
            }
            RelocKind::RiscvLo12S => {
                let (_, low) = self.split(reloc, target as i64)?;
                self.or_word(reloc.off, s_form(low));
            }
            RelocKind::RiscvJal => {
                let bits = self.branch(reloc, distance, 21)?;
                self.or_word(
                    reloc.off,
                    scatter(bits, &[(20, 31), (1, 21), (11, 20), (12, 12)], &[1, 10, 1, 8]),
                );
            }
            RelocKind::RiscvBranch => {
                let bits = self.branch(reloc, distance, 13)?;
                self.or_word(reloc.off, scatter(bits, &[(12, 31), (5, 25), (1, 8), (11, 7)], &[1, 6, 4, 1]));
            }
            RelocKind::RiscvRvcBranch => {
                let bits = self.branch(reloc, distance, 9)?;
                let fields = [(8, 12), (3, 10), (6, 5), (1, 3), (5, 2)];
                self.or_half(reloc.off, scatter(bits, &fields, &[1, 2, 2, 2, 1]) as u16);
            }
            RelocKind::RiscvRvcJump => {
                let bits = self.branch(reloc, distance, 12)?;
                let fields = [(11, 12), (4, 11), (8, 9), (10, 8), (6, 7), (7, 6), (1, 3), (5, 2)];
                self.or_half(reloc.off, scatter(bits, &fields, &[1, 1, 2, 1, 1, 1, 3, 1]) as u16);
            }
            RelocKind::Add(n) => self.change(reloc.off, n, |old| old.wrapping_add(target)),
            RelocKind::Sub(n) => self.change(reloc.off, n, |old| old.wrapping_sub(target)),
            RelocKind::Set(n) => self.change(reloc.off, n, |_| target),
            RelocKind::RiscvSet6 => self.change(reloc.off, 1, |old| old & 0xc0 | target & 0x3f),
            RelocKind::RiscvSub6 => {
                self.change(reloc.off, 1, |old| old & 0xc0 | old.wrapping_sub(target) & 0x3f);
            }
            RelocKind::RiscvSetUleb => self.change_uleb(reloc.off, |_| target),
            RelocKind::RiscvSubUleb => self.change_uleb(reloc.off, |old| old.wrapping_sub(target)),
            _ => return Err(self.unsupported(reloc)),
        }
        Ok(())
    }

    /// How far an `auipc` with a high part is from what it is about.
    fn auipc_distance(&self, reloc: &Reloc) -> i64 {
        let base = match reloc.kind {
            RelocKind::RiscvGotHi20 => self.layout.slot(self.object, reloc.symbol),
            _ => self.target(reloc.symbol),
        };
        base.wrapping_add_signed(reloc.addend).wrapping_sub(self.addr + u64::from(reloc.off)) as i64
    }

    /// The low part that belongs to the high part of the `auipc` at `addr`, in the same section.
    fn low_of_auipc(&self, reloc: &Reloc, addr: u64) -> Result<u32, Error> {
        let relocs = &self.objects[self.object].sections[self.id.index()].relocs;
        let off = addr.wrapping_sub(self.addr);
        let first = relocs.partition_point(|reloc| u64::from(reloc.off) < off);
        let at_auipc = relocs[first..].iter().take_while(|reloc| u64::from(reloc.off) == off);
        let mut high = at_auipc
            .filter(|reloc| matches!(reloc.kind, RelocKind::RiscvPcrelHi20 | RelocKind::RiscvGotHi20));
        let high = high.next().ok_or_else(|| self.unsupported(reloc))?;
        Ok(self.split(high, self.auipc_distance(high))?.1)
    }

    /// Cuts a number in the 20 bits of `lui` and `auipc`, in place, and the 12 bits, signed, that are added later.
    fn split(&self, reloc: &Reloc, value: i64) -> Result<(u32, u32), Error> {
        let high = value.wrapping_add(0x800) & !0xfff;
        let high = i32::try_from(high).map_err(|_| self.out_of_range(reloc))? as u32;
        Ok((high, value as u32 & 0xfff))
    }

    /// The distance of a branch whose field has `n_bits` bits with the sign and the lowest, which is 0.
    fn branch(&self, reloc: &Reloc, distance: i64, n_bits: u32) -> Result<u32, Error> {
        let bound = 1i64 << (n_bits - 1);
        if !(-bound..bound).contains(&distance) || distance & 1 != 0 {
            return Err(self.out_of_range(reloc));
        }
        Ok(distance as u32)
    }

    fn or_word(&mut self, off: u32, bits: u32) {
        self.change(off, 4, |old| old | u64::from(bits));
    }

    fn or_half(&mut self, off: u32, bits: u16) {
        self.change(off, 2, |old| old | u64::from(bits));
    }

    /// Changes a number of `n` bytes.
    fn change(&mut self, off: u32, n: u8, change: impl FnOnce(u64) -> u64) {
        let (off, n) = (off as usize, usize::from(n));
        let mut word = [0; 8];
        word[..n].copy_from_slice(&self.bytes[off..off + n]);
        let new = change(u64::from_le_bytes(word)).to_le_bytes();
        self.bytes[off..off + n].copy_from_slice(&new[..n]);
    }

    /// Changes a ULEB128 number without changing how many bytes it has. DWARF 5, section 7.6.
    fn change_uleb(&mut self, off: u32, change: impl FnOnce(u64) -> u64) {
        let bytes = &mut self.bytes[off as usize..];
        let n = bytes.iter().take_while(|byte| **byte & 0x80 != 0).count() + 1;
        let groups = bytes[..n].iter().enumerate().take(10);
        let old = groups.fold(0, |old, (idx, byte)| old | u64::from(byte & 0x7f) << (7 * idx));
        let mut new = change(old);
        for byte in &mut bytes[..n] {
            *byte = *byte & 0x80 | new as u8 & 0x7f;
            new >>= 7;
        }
    }
}

/// 12 bits as `addi`, `jalr` and loads have them.
fn i_form(low: u32) -> u32 {
    low << 20
}

/// 12 bits as stores have them.
fn s_form(low: u32) -> u32 {
    (low >> 5) << 25 | (low & 0x1f) << 7
}

/// Moves groups of bits, each from one place to another and so many bits long.
fn scatter(value: u32, places: &[(u32, u32)], lengths: &[u32]) -> u32 {
    let groups = places.iter().zip(lengths);
    groups.fold(0, |bits, ((from, to), n_bits)| bits | (value >> from & ((1 << n_bits) - 1)) << to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_where_the_assembler_puts_them() {
        // `j .-4`, `beq x0, x0, .-2`, `c.j .-2`, `c.beqz a0, .-2`, as LLVM's assembler encodes them.
        let jal = scatter(-4i32 as u32, &[(20, 31), (1, 21), (11, 20), (12, 12)], &[1, 10, 1, 8]);
        assert_eq!(jal | 0x6f, 0xffdf_f06f);
        let branch = scatter(-2i32 as u32, &[(12, 31), (5, 25), (1, 8), (11, 7)], &[1, 6, 4, 1]);
        assert_eq!(branch | 0x63, 0xfe00_0fe3);
        assert_eq!(s_form(0xfff), 0xfe00_0f80);
        assert_eq!(i_form(0x801), 0x8010_0000);
    }
}
