//! Filling in addresses.

use obj::{Machine, Object, Reloc, RelocKind, SectionId, SectionKind};
use rayon::prelude::*;

use crate::Error;
use crate::layout::Layout;
use crate::resolve::Symbols;

/// The bytes of each section that stands in the file, in the order of [`Layout::segments`].
pub type Contents = [Vec<Vec<u8>>; 3];

/// Relocates every section.
pub fn relocate(objects: &[Object], symbols: &Symbols, layout: &Layout) -> Result<Contents, Vec<Error>> {
    let mut errors = Vec::new();
    let contents = layout.segments().map(|segment| {
        let results: Vec<_> = segment
            .sections
            .par_iter()
            .map(|(object, id, addr)| section(objects, symbols, layout, *object, *id, *addr))
            .collect();
        let mut all = Vec::new();
        for result in results {
            match result {
                Ok(bytes) => all.push(bytes),
                Err(error) => errors.push(error),
            }
        }
        all
    });
    if errors.is_empty() { Ok(contents) } else { Err(errors) }
}

fn section(
    objects: &[Object],
    symbols: &Symbols,
    layout: &Layout,
    object: usize,
    id: SectionId,
    addr: u64,
) -> Result<Vec<u8>, Error> {
    let section = &objects[object].sections[id.index()];
    let mut bytes = section.bytes.clone();
    if section.kind != SectionKind::Bss {
        bytes.resize(section.size as usize, 0);
    }
    let mut patch = Patch { objects, symbols, layout, object, id, addr, bytes };
    for reloc in &section.relocs {
        match layout.machine {
            Machine::Amd64 => patch.amd64(reloc)?,
            Machine::Riscv64 => patch.riscv64(reloc)?,
        }
    }
    Ok(patch.bytes)
}

/// A section whose bytes are being filled in.
pub(crate) struct Patch<'a> {
    pub(crate) objects: &'a [Object],
    symbols: &'a Symbols,
    pub(crate) layout: &'a Layout,
    pub(crate) object: usize,
    pub(crate) id: SectionId,
    pub(crate) addr: u64,
    pub(crate) bytes: Vec<u8>,
}

impl Patch<'_> {
    pub(crate) fn target(&self, symbol: obj::SymbolId) -> u64 {
        self.layout.address(self.symbols.place(self.objects, self.object, symbol))
    }

    pub(crate) fn out_of_range(&self, reloc: &Reloc) -> Error {
        Error::OutOfRange {
            section: self.objects[self.object].sections[self.id.index()].name.to_string(),
            symbol: self.objects[self.object].symbols[reloc.symbol.index()].name.to_string(),
        }
    }

    pub(crate) fn unsupported(&self, reloc: &Reloc) -> Error {
        Error::Unsupported {
            section: self.objects[self.object].sections[self.id.index()].name.to_string(),
            relocation: format!("{:?}", reloc.kind),
        }
    }

    fn put(&mut self, off: u32, bytes: &[u8]) {
        let off = off as usize;
        self.bytes[off..off + bytes.len()].copy_from_slice(bytes);
    }

    fn put_i32(&mut self, reloc: &Reloc, value: i64) -> Result<(), Error> {
        let value = i32::try_from(value).map_err(|_| self.out_of_range(reloc))?;
        self.put(reloc.off, &value.to_le_bytes());
        Ok(())
    }

    /// Relocations that mean the same on every processor; `false` for others.
    pub(crate) fn common(&mut self, reloc: &Reloc) -> Result<bool, Error> {
        let target = self.target(reloc.symbol).wrapping_add_signed(reloc.addend);
        let here = self.addr + u64::from(reloc.off);
        match reloc.kind {
            RelocKind::Abs8 => self.put(reloc.off, &target.to_le_bytes()),
            RelocKind::Abs4 => {
                let value = u32::try_from(target).map_err(|_| self.out_of_range(reloc))?;
                self.put(reloc.off, &value.to_le_bytes());
            }
            RelocKind::Abs4S => self.put_i32(reloc, target as i64)?,
            RelocKind::Rel4 => self.put_i32(reloc, target.wrapping_sub(here) as i64)?,
            RelocKind::Rel8 => self.put(reloc.off, &target.wrapping_sub(here).to_le_bytes()),
            RelocKind::Off4(base) => {
                let base = self.target(base);
                self.put_i32(reloc, target.wrapping_sub(base) as i64)?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn amd64(&mut self, reloc: &Reloc) -> Result<(), Error> {
        if self.common(reloc)? {
            return Ok(());
        }
        let RelocKind::X86GotRel4 { relax } = reloc.kind else { return Err(self.unsupported(reloc)) };
        let here = self.addr + u64::from(reloc.off);
        let target = self.target(reloc.symbol);
        if relax && self.relax_got(reloc, target, here)? {
            return Ok(());
        }
        let slot = self.layout.slot(self.object, reloc.symbol).wrapping_add_signed(reloc.addend);
        self.put_i32(reloc, slot.wrapping_sub(here) as i64)
    }

    /// `mov r, [slot]` becomes `lea r, [target]`; `call [slot]` and `jmp [slot]` become direct. x86-64 psABI, B.2.
    fn relax_got(&mut self, reloc: &Reloc, target: u64, here: u64) -> Result<bool, Error> {
        let off = reloc.off as usize;
        let distance = target.wrapping_add_signed(reloc.addend).wrapping_sub(here) as i64;
        match self.bytes[off - 2..off] {
            [0x8b, _] => {
                self.bytes[off - 2] = 0x8d;
                self.put_i32(reloc, distance)?;
            }
            [0xff, 0x15] => {
                // A prefix that means nothing here keeps the length.
                self.bytes[off - 2..off].copy_from_slice(&[0x67, 0xe8]);
                self.put_i32(reloc, distance)?;
            }
            [0xff, 0x25] => {
                // The jump is one byte shorter: it ends where a nop follows.
                let value = i32::try_from(distance + 1).map_err(|_| self.out_of_range(reloc))?;
                self.bytes[off - 2] = 0xe9;
                self.put(reloc.off - 1, &value.to_le_bytes());
                self.bytes[off + 3] = 0x90;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}
