//! Files written by another writer, read back.

use obj::{Binding, Machine, RelocKind, SectionKind, SymbolDef};
use object::write::{Object, Relocation, StandardSection, Symbol, SymbolSection};
use object::{
    Architecture, BinaryFormat, Endianness, RelocationFlags, SymbolFlags, SymbolKind, SymbolScope, elf,
};

fn symbol(name: &str, kind: SymbolKind, section: SymbolSection, value: u64, weak: bool) -> Symbol {
    Symbol {
        name: name.as_bytes().to_vec(),
        value,
        size: 4,
        kind,
        scope: SymbolScope::Dynamic,
        weak,
        section,
        flags: SymbolFlags::None,
    }
}

fn file(architecture: Architecture, r_types: &[elf::RelocationType]) -> Vec<u8> {
    let mut object = Object::new(BinaryFormat::Elf, architecture, Endianness::Little);
    let text = object.section_id(StandardSection::Text);
    object.append_section_data(text, &[0x90; 32], 16);
    let data = object.section_id(StandardSection::Data);
    object.append_section_data(data, &[1, 2, 3, 4, 5, 6, 7, 8], 8);
    let bss = object.section_id(StandardSection::UninitializedData);
    object.append_section_bss(bss, 64, 32);
    object.add_symbol(symbol("main", SymbolKind::Text, SymbolSection::Section(text), 8, false));
    object.add_symbol(symbol("weak", SymbolKind::Data, SymbolSection::Section(data), 4, true));
    object.add_symbol(symbol("zero", SymbolKind::Data, SymbolSection::Section(bss), 0, false));
    let other = object.add_symbol(symbol("other", SymbolKind::Text, SymbolSection::Undefined, 0, false));
    for (n, &r_type) in r_types.iter().enumerate() {
        let flags = RelocationFlags::Elf { r_type };
        object
            .add_relocation(text, Relocation { offset: 4 * n as u64, symbol: other, addend: -4, flags })
            .unwrap();
    }
    object.write().unwrap()
}

#[test]
fn amd64_file() {
    let bytes =
        file(Architecture::X86_64, &[elf::R_X86_64_PLT32, elf::R_X86_64_NONE, elf::R_X86_64_REX_GOTPCRELX]);
    let object = obj::elf::read("test.o", &bytes).unwrap();
    assert_eq!(object.machine, Machine::Amd64);
    let main = &object.symbols[object.find("main").unwrap().index()];
    let SymbolDef::Section { section, off } = main.def else { panic!("{main:?}") };
    assert_eq!((off, main.size, main.is_func, main.binding), (8, 4, true, Binding::Global));
    let text = &object.sections[section.index()];
    assert_eq!((text.kind, text.align, text.bytes.len()), (SectionKind::Text, 16, 32));
    let kinds: Vec<RelocKind> = text.relocs.iter().map(|reloc| reloc.kind).collect();
    assert_eq!(kinds, [RelocKind::Rel4, RelocKind::X86GotRel4 { relax: true }]);
    assert_eq!(text.relocs[0].symbol, object.find("other").unwrap());
    assert_eq!(text.relocs[0].addend, -4);
    assert_eq!(object.symbols[object.find("other").unwrap().index()].def, SymbolDef::Undefined);
    assert_eq!(object.symbols[object.find("weak").unwrap().index()].binding, Binding::Weak);
    let zero = &object.symbols[object.find("zero").unwrap().index()];
    let SymbolDef::Section { section, .. } = zero.def else { panic!("{zero:?}") };
    let bss = &object.sections[section.index()];
    assert_eq!((bss.kind, bss.size, bss.bytes.len()), (SectionKind::Bss, 64, 0));
}

#[test]
fn riscv64_file() {
    let types = [elf::R_RISCV_CALL_PLT, elf::R_RISCV_RELAX, elf::R_RISCV_PCREL_HI20, elf::R_RISCV_ADD32];
    let object = obj::elf::read("test.o", &file(Architecture::Riscv64, &types)).unwrap();
    let text = object.sections.iter().find(|section| section.kind == SectionKind::Text).unwrap();
    let kinds: Vec<RelocKind> = text.relocs.iter().map(|reloc| reloc.kind).collect();
    assert_eq!(kinds, [RelocKind::RiscvCall, RelocKind::RiscvPcrelHi20, RelocKind::Add(4)]);
}

#[test]
fn what_is_not_known_is_an_error_that_names_the_file() {
    let bytes = file(Architecture::X86_64, &[elf::R_X86_64_TLSGD]);
    let error = obj::elf::read("test.o", &bytes).unwrap_err().to_string();
    assert!(error.starts_with("test.o: relocation 19"), "{error}");
    let error = obj::elf::read("test.o", &bytes[..40]).unwrap_err().to_string();
    assert!(error.starts_with("test.o: "), "{error}");
    let error = obj::elf::read("test.o", &file(Architecture::I386, &[])).unwrap_err().to_string();
    assert!(error.starts_with("test.o: "), "{error}");
}

/// A GNU archive with an index: header, index of one symbol, one member.
#[test]
fn archive_by_symbol() {
    let member = file(Architecture::X86_64, &[]);
    let header =
        |name: &str, size: usize| format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{size:<10}`\n", 0, 0, 0, 644);
    let index_bytes = 4 + 4 + "main\0".len() + 1;
    let member_at = 8 + 60 + index_bytes;
    let mut bytes = b"!<arch>\n".to_vec();
    bytes.extend(header("/", index_bytes).bytes());
    bytes.extend(1u32.to_be_bytes());
    bytes.extend((member_at as u32).to_be_bytes());
    bytes.extend(b"main\0\0");
    assert_eq!(bytes.len(), member_at);
    bytes.extend(header("a.o/", member.len()).bytes());
    bytes.extend(&member);
    let archive = obj::archive::Archive::new("lib.a", &bytes).unwrap();
    assert_eq!(archive.member_of("none"), None);
    let object = archive.read_member(archive.member_of("main").unwrap()).unwrap();
    assert_eq!(&*object.name, "lib.a(a.o)");
    assert!(object.find("main").is_some());
    assert_eq!(obj::archive::read("lib.a", &bytes).unwrap().len(), 1);
}
