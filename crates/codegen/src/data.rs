//! Data of a program as sections of an object.

use obj::{Binding, Object, Reloc, RelocKind, Section, SectionKind};
use ssa::{Data, DataRelocKind};

/// Adds a datum as a section with its symbol.
pub(crate) fn add_to(object: &mut Object, data: &Data) {
    let kind = match (data.readonly, data.bytes.is_empty() && data.relocs.is_empty()) {
        (true, _) => SectionKind::Rodata,
        (false, true) => SectionKind::Bss,
        (false, false) => SectionKind::Data,
    };
    let mut section = Section::new(data.name.clone(), kind, data.align);
    section.size = data.size;
    section.bytes = data.bytes.clone();
    section.has_pointers = data.ptrs.iter().any(|bits| *bits != 0);
    for reloc in &data.relocs {
        let kind = match &reloc.kind {
            DataRelocKind::Addr => RelocKind::Abs8,
            DataRelocKind::Off(base) => RelocKind::Off4(object.symbol(base)),
        };
        section.relocs.push(Reloc {
            off: reloc.off,
            kind,
            symbol: object.symbol(&reloc.target),
            addend: reloc.addend,
        });
    }
    // The linker writes addresses into bytes that are there.
    let end =
        data.relocs.iter().map(|reloc| reloc.off as usize + 8).max().unwrap_or(0).min(data.size as usize);
    if section.bytes.len() < end {
        section.bytes.resize(end, 0);
    }
    let section = object.add_section(section);
    object.define(&data.name, if data.dup_ok { Binding::DupOk } else { Binding::Global }, section);
}
