//! `.debug_frame`: how to find the caller, at every instruction.
//!
//! Of compiled Go the rows of `FuncMeta::frame` say it. The `.eh_frame` of archives brings it for what rustc and the
//! assembler made; its entries are taken over, without what only exceptions need and with addresses in place of
//! distances. Sources: DWARF 5, 6.4; Linux Standard Base, "Exception Frames".

use gimli::constants as dw;
use obj::{Cfa, FrameRow, Machine, Object, Reloc, Section, SectionKind};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

use super::Input;
use crate::resolve::Place;

/// Numbers of registers in DWARF: x86-64 psABI, figure 3.36; RISC-V DWARF specification.
struct Registers {
    sp: u8,
    fp: u8,
    /// The return address; on amd64 a column that is no register.
    ra: u8,
    /// Whether a call leaves the return address in memory.
    pushed: bool,
}

impl Registers {
    fn of(machine: Machine) -> Registers {
        match machine {
            Machine::Amd64 => Registers { sp: 7, fp: 6, ra: 16, pushed: true },
            Machine::Riscv64 => Registers { sp: 2, fp: 8, ra: 1, pushed: false },
        }
    }
}

/// Offsets of saved registers are multiples of this.
const DATA_ALIGN: i64 = -8;

/// Makes the section.
pub(crate) fn section(input: Input<'_>) -> Vec<u8> {
    let registers = Registers::of(input.layout.machine);
    let mut out = Vec::new();
    let mut program = Vec::new();
    let at_entry = if registers.pushed { Cfa::Sp(8) } else { Cfa::Sp(0) };
    change(&mut program, &registers, None, at_entry);
    entry(&mut out, u32::MAX, |out| {
        // Version 1, no augmentation.
        out.extend([1, 0]);
        uleb(out, 1);
        sleb(out, DATA_ALIGN);
        out.push(registers.ra);
        out.extend(&program);
    });
    for (object, id, addr) in &input.layout.text.sections {
        let section = &input.objects[*object].sections[id.index()];
        let Some(meta) = &section.func else { continue };
        entry(&mut out, 0, |out| {
            out.extend(addr.to_le_bytes());
            out.extend(section.size.to_le_bytes());
            rows(out, &registers, at_entry, &meta.frame);
        });
    }
    let mut known = BTreeMap::new();
    for (object, contents) in input.objects.iter().enumerate() {
        for section in contents.sections.iter().filter(|section| is_eh_frame(section)) {
            let entries = FxHashMap::default();
            Archived { input, object, section, entries, known: &mut known }.take_over(&mut out);
        }
    }
    let is_known = |addr| known.range(..=addr).next_back().is_some_and(|(_, end)| addr < *end);
    // What says nothing of itself keeps nothing on the stack: leaf functions in assembly.
    for (addr, size, _) in input.archived().into_iter().filter(|(addr, ..)| !is_known(*addr)) {
        entry(&mut out, 0, |out| {
            out.extend(addr.to_le_bytes());
            out.extend(size.to_le_bytes());
        });
    }
    out
}

fn is_eh_frame(section: &Section) -> bool {
    section.kind == SectionKind::Debug && &*section.name == ".eh_frame"
}

/// Writes an entry: length, id or offset of the common entry, contents, padding.
fn entry(out: &mut Vec<u8>, id: u32, contents: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend([0; 4]);
    out.extend(id.to_le_bytes());
    contents(out);
    let end = (out.len() - start - 4).next_multiple_of(8) + 4 + start;
    out.resize(end, dw::DW_CFA_nop.0);
    let len = (end - start - 4) as u32;
    out[start..start + 4].copy_from_slice(&len.to_le_bytes());
}

fn rows(out: &mut Vec<u8>, registers: &Registers, at_entry: Cfa, frame: &[FrameRow]) {
    let (mut off, mut cfa) = (0, at_entry);
    for row in frame.iter().filter(|row| row.cfa != at_entry || row.off > 0) {
        match row.off - off {
            0 => {}
            delta @ 1..=0x3f => out.push(dw::DW_CFA_advance_loc.0 | delta as u8),
            delta @ ..=0xff => out.extend([dw::DW_CFA_advance_loc1.0, delta as u8]),
            delta @ ..=0xffff => {
                out.push(dw::DW_CFA_advance_loc2.0);
                out.extend((delta as u16).to_le_bytes());
            }
            delta => {
                out.push(dw::DW_CFA_advance_loc4.0);
                out.extend(delta.to_le_bytes());
            }
        }
        change(out, registers, Some(cfa), row.cfa);
        (off, cfa) = (row.off, row.cfa);
    }
}

/// What a rule says: the register that the canonical frame address is counted from, its distance, and whether the
/// caller's frame pointer is in memory.
fn parts(registers: &Registers, cfa: Cfa) -> (u8, i64, bool) {
    match cfa {
        Cfa::Sp(bytes) => (registers.sp, i64::from(bytes), false),
        Cfa::SpSaved(bytes) => (registers.sp, i64::from(bytes), true),
        Cfa::Popped(bytes) => (registers.sp, -i64::from(bytes), false),
        Cfa::Fp(bytes) => (registers.fp, i64::from(bytes), true),
    }
}

/// Writes how one rule becomes another; from none on, for the common entry.
fn change(out: &mut Vec<u8>, registers: &Registers, from: Option<Cfa>, to: Cfa) {
    let (register, off, saved) = parts(registers, to);
    let before = from.map(|from| parts(registers, from));
    if off < 0 {
        out.extend([dw::DW_CFA_def_cfa_sf.0, register]);
        sleb(out, off / DATA_ALIGN);
    } else if before.is_none_or(|(old, old_off, _)| (old, old_off) != (register, off)) {
        out.extend([dw::DW_CFA_def_cfa.0, register]);
        uleb(out, off as u64);
    }
    if from.is_none() && registers.pushed {
        out.extend([dw::DW_CFA_offset.0 | registers.ra, 1]);
    }
    if before.is_some_and(|(.., old)| old == saved) || from.is_none() {
        return;
    }
    // The frame pointer is saved below the return address.
    if saved {
        out.extend([dw::DW_CFA_offset.0 | registers.fp, 2]);
    } else {
        out.push(dw::DW_CFA_restore.0 | registers.fp);
    }
    if !registers.pushed && saved {
        out.extend([dw::DW_CFA_offset.0 | registers.ra, 1]);
    } else if !registers.pushed {
        out.push(dw::DW_CFA_restore.0 | registers.ra);
    }
}

fn uleb(out: &mut Vec<u8>, value: u64) {
    let mut rest = value;
    while rest >= 0x80 {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

fn sleb(out: &mut Vec<u8>, value: i64) {
    let mut rest = value;
    while !(-0x40..0x40).contains(&rest) {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8 & 0x7f);
}

/// The frames of an archive's object.
struct Archived<'a> {
    input: Input<'a>,
    object: usize,
    section: &'a Section,
    /// Common entries that were taken over: offset in the section, offset in the output.
    entries: FxHashMap<usize, u32>,
    /// Begins and ends of the code whose frames were taken over.
    known: &'a mut BTreeMap<u64, u64>,
}

impl Archived<'_> {
    fn take_over(&mut self, out: &mut Vec<u8>) {
        let mut at = 0;
        while let Some(len) = self.word(at).filter(|len| *len > 0) {
            let end = at + 4 + len as usize;
            if self.word(at + 4) != Some(0) {
                self.frame(out, at, end);
            }
            at = end;
        }
    }

    fn word(&self, at: usize) -> Option<u32> {
        let bytes = self.section.bytes.get(at..at + 4)?;
        Some(u32::from_le_bytes(bytes.try_into().expect("four bytes")))
    }

    fn object(&self) -> &Object {
        &self.input.objects[self.object]
    }

    /// The address that a field of the section holds, if it is one of code in the image.
    fn address(&self, at: usize) -> Option<u64> {
        let relocs = &self.section.relocs;
        let reloc: &Reloc = relocs.get(relocs.partition_point(|reloc| (reloc.off as usize) < at))?;
        let place = self.input.symbols.place(self.input.objects, self.object, self.defined(reloc)?);
        let Place::Section { object, section, off } = place else { return None };
        // A function that the program has in its own way stands in for this one, which is not there.
        let addr = self.input.layout.section(object, section);
        (addr != 0 && object == self.object).then(|| (addr + off).wrapping_add_signed(reloc.addend))
    }

    fn defined(&self, reloc: &Reloc) -> Option<obj::SymbolId> {
        let symbol = &self.object().symbols[reloc.symbol.index()];
        (symbol.def != obj::SymbolDef::Undefined).then_some(reloc.symbol)
    }

    /// The frame of one function: where it begins, its length, data for exceptions, what happens.
    fn frame(&mut self, out: &mut Vec<u8>, at: usize, end: usize) {
        let Some(addr) = self.address(at + 8) else { return };
        let common = at + 4 - self.word(at + 4).unwrap_or(0) as usize;
        let Some(common) = self.common(out, common) else { return };
        let Some(size) = self.word(at + 12) else { return };
        let (n_data, data) = read_uleb(&self.section.bytes[at + 16..end]);
        let program = &data[n_data as usize..];
        self.known.insert(addr, addr + u64::from(size));
        entry(out, common, |out| {
            out.extend(addr.to_le_bytes());
            out.extend(u64::from(size).to_le_bytes());
            out.extend(program);
        });
    }

    /// Takes over a common entry and returns its offset in the output; none for a form that neither rustc nor the
    /// assembler writes.
    fn common(&mut self, out: &mut Vec<u8>, at: usize) -> Option<u32> {
        if let Some(known) = self.entries.get(&at) {
            return Some(*known);
        }
        let end = at + 4 + self.word(at)? as usize;
        let bytes = &self.section.bytes[at + 8..end];
        let (version, rest) = bytes.split_first()?;
        let (augmentation, rest) = rest.split_at(rest.iter().position(|byte| *byte == 0)?);
        // Addresses are distances of 32 bits; `S` says that the frame is one of a signal.
        let is_signal = match augmentation {
            b"zR" => false,
            b"zRS" => true,
            _ => return None,
        };
        let rest = &rest[1..];
        let (code_align, rest) = read_uleb(rest);
        let n_sleb = rest.iter().position(|byte| byte & 0x80 == 0)? + 1;
        let (data_align, rest) = rest.split_at(n_sleb);
        let (ra, rest) = rest.split_first()?;
        let (n_data, rest) = read_uleb(rest);
        let program = &rest[n_data as usize..];
        let made = out.len() as u32;
        let version = *version;
        entry(out, u32::MAX, |out| {
            out.push(version);
            out.extend(if is_signal { &b"S\0"[..] } else { b"\0" });
            uleb(out, code_align);
            out.extend(data_align);
            out.push(*ra);
            out.extend(program);
        });
        self.entries.insert(at, made);
        Some(made)
    }
}

fn read_uleb(bytes: &[u8]) -> (u64, &[u8]) {
    let (mut value, mut shift) = (0, 0);
    for (n, byte) in bytes.iter().enumerate() {
        value |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            return (value, &bytes[n + 1..]);
        }
    }
    (value, &[])
}
