//! Reads relocatable ELF files.
//!
//! Sections that are loaded become sections, and so does `.eh_frame`, from which debuggers' frames are made. Debug
//! sections are dropped. Section groups (COMDAT) make their symbols `DupOk`.

use crate::archive::ReadError;
use crate::{
    Binding, Machine, Object, Reloc, RelocKind, Section, SectionId, SectionKind, Symbol, SymbolDef, SymbolId,
};
use object::read::elf::{ElfFile64, FileHeader, SectionHeader};
use object::read::{Object as _, ObjectSection as _, ObjectSymbol as _, RelocationTarget};
use object::{Architecture, Endianness, RelocationFlags, SectionFlags, SymbolKind, elf as e};
use rustc_hash::FxHashMap;

type File<'data> = ElfFile64<'data, Endianness>;

/// Reads a relocatable file.
pub fn read(name: &str, bytes: &[u8]) -> Result<Object, ReadError> {
    let file: File = ElfFile64::parse(bytes).map_err(|error| ReadError(format!("{name}: {error}")))?;
    Reader::new(name, &file)
        .and_then(|reader| reader.run())
        .map_err(|error| ReadError(format!("{name}: {error}")))
}

struct Reader<'f, 'data> {
    file: &'f File<'data>,
    object: Object,
    sections: FxHashMap<object::SectionIndex, SectionId>,
    symbols: FxHashMap<object::SymbolIndex, SymbolId>,
}

impl<'f, 'data> Reader<'f, 'data> {
    fn new(name: &str, file: &'f File<'data>) -> Result<Self, ReadError> {
        let machine = match file.architecture() {
            Architecture::X86_64 => Machine::Amd64,
            Architecture::Riscv64 => Machine::Riscv64,
            other => return Err(ReadError(format!("an object for {other:?}, which rigo does not link"))),
        };
        if file.elf_header().e_type(file.endian()) != e::ET_REL {
            return Err(ReadError("not a relocatable file".into()));
        }
        Ok(Reader {
            file,
            object: Object::new(name, machine),
            sections: FxHashMap::default(),
            symbols: FxHashMap::default(),
        })
    }

    fn run(mut self) -> Result<Object, ReadError> {
        self.read_sections()?;
        self.read_symbols()?;
        self.read_relocs()?;
        Ok(self.object)
    }

    fn read_sections(&mut self) -> Result<(), ReadError> {
        for section in self.file.sections() {
            let name = section.name()?;
            let SectionFlags::Elf { sh_flags, .. } = section.flags() else { continue };
            let Some(kind) =
                kind_of(name, sh_flags, section.elf_section_header().sh_type(self.file.endian()))
            else {
                continue;
            };
            let align =
                u32::try_from(section.align().max(1)).map_err(|_| ReadError(format!("{name}: alignment")))?;
            let mut made = Section::new(name, kind, align);
            made.size = section.size();
            made.bytes = section.data()?.to_vec();
            made.retain = is_retained(name, sh_flags);
            let id = self.object.add_section(made);
            self.sections.insert(section.index(), id);
        }
        Ok(())
    }

    fn read_symbols(&mut self) -> Result<(), ReadError> {
        let grouped: Vec<object::SectionIndex> = self.grouped_sections()?;
        for symbol in self.file.symbols() {
            let name: std::sync::Arc<str> = symbol.name()?.into();
            let def = self.definition(&symbol)?;
            let is_grouped = symbol.section_index().is_some_and(|index| grouped.contains(&index));
            let binding = match symbol.elf_symbol().st_bind() {
                e::STB_LOCAL => Binding::Local,
                e::STB_WEAK => Binding::Weak,
                _ if is_grouped => Binding::DupOk,
                _ => Binding::Global,
            };
            let made = Symbol {
                name: name.clone(),
                binding,
                def,
                size: symbol.size(),
                is_func: symbol.kind() == SymbolKind::Text,
            };
            let id = if binding == Binding::Local {
                self.object.local_symbol(made)
            } else {
                let id = self.object.symbol(&name);
                self.object.symbols[id.index()] = made;
                id
            };
            self.symbols.insert(symbol.index(), id);
        }
        Ok(())
    }

    fn grouped_sections(&self) -> Result<Vec<object::SectionIndex>, ReadError> {
        use object::read::ObjectComdat as _;
        let mut grouped = Vec::new();
        for comdat in self.file.comdats() {
            grouped.extend(comdat.sections());
        }
        Ok(grouped)
    }

    fn definition(
        &mut self,
        symbol: &object::read::elf::ElfSymbol64<'data, '_, Endianness>,
    ) -> Result<SymbolDef, ReadError> {
        if symbol.is_common() {
            // Memory that each object asks for and all share: a section of its own, found by name.
            let align = u32::try_from(symbol.address().max(1)).map_err(|_| ReadError("alignment".into()))?;
            let mut section = Section::new(symbol.name()?, SectionKind::Bss, align);
            section.size = symbol.size();
            let section = self.object.add_section(section);
            return Ok(SymbolDef::Section { section, off: 0 });
        }
        if let Some(index) = symbol.section_index() {
            // A symbol in a section that was dropped is as good as undefined; only dropped sections mention it.
            return Ok(match self.sections.get(&index) {
                Some(&section) => SymbolDef::Section { section, off: symbol.address() },
                None => SymbolDef::Undefined,
            });
        }
        if symbol.is_undefined() {
            Ok(SymbolDef::Undefined)
        } else {
            Ok(SymbolDef::Absolute(symbol.address()))
        }
    }

    fn read_relocs(&mut self) -> Result<(), ReadError> {
        for section in self.file.sections() {
            let Some(&id) = self.sections.get(&section.index()) else { continue };
            let mut relocs = Vec::new();
            for (off, reloc) in section.relocations() {
                let RelocationFlags::Elf { r_type } = reloc.flags() else { continue };
                let Some(kind) = kind_of_reloc(self.object.machine, r_type)? else { continue };
                let symbol = match reloc.target() {
                    RelocationTarget::Symbol(index) => self.symbols[&index],
                    RelocationTarget::Absolute => self.absolute_zero(),
                    other => return Err(ReadError(format!("a relocation against {other:?}"))),
                };
                let off = u32::try_from(off).map_err(|_| ReadError("a section over 4 GiB".into()))?;
                relocs.push(Reloc { off, kind, symbol, addend: reloc.addend() });
            }
            relocs.sort_by_key(|reloc| reloc.off);
            self.object.sections[id.index()].relocs = relocs;
        }
        Ok(())
    }

    fn absolute_zero(&mut self) -> SymbolId {
        self.object.local_symbol(Symbol {
            name: "".into(),
            binding: Binding::Local,
            def: SymbolDef::Absolute(0),
            size: 0,
            is_func: false,
        })
    }
}

fn kind_of(name: &str, flags: e::SectionFlags, section_type: e::SectionType) -> Option<SectionKind> {
    let has = |flag: e::SectionFlags| (flags & flag).0 != 0;
    if matches!(
        section_type,
        e::SHT_NULL
            | e::SHT_SYMTAB
            | e::SHT_STRTAB
            | e::SHT_RELA
            | e::SHT_REL
            | e::SHT_GROUP
            | e::SHT_SYMTAB_SHNDX
    ) {
        return None;
    }
    if name == ".eh_frame" {
        return Some(SectionKind::Debug);
    }
    if !has(e::SHF_ALLOC) || name.starts_with(".note") {
        return None;
    }
    let is_zero = section_type == e::SHT_NOBITS;
    Some(match (has(e::SHF_TLS), has(e::SHF_EXECINSTR), has(e::SHF_WRITE)) {
        (true, ..) if is_zero => SectionKind::TlsBss,
        (true, ..) => SectionKind::TlsData,
        (_, true, _) => SectionKind::Text,
        (_, _, true) if is_zero => SectionKind::Bss,
        (_, _, true) => SectionKind::Data,
        _ => SectionKind::Rodata,
    })
}

fn is_retained(name: &str, flags: e::SectionFlags) -> bool {
    (flags & e::SHF_GNU_RETAIN).0 != 0 || name.starts_with(".init_array") || name.starts_with(".fini_array")
}

/// The neutral kind of an ELF relocation; none for those that ask for nothing.
fn kind_of_reloc(machine: Machine, r_type: e::RelocationType) -> Result<Option<RelocKind>, ReadError> {
    let unknown = || ReadError(format!("relocation {} of {machine:?}, which rigo does not know", r_type.0));
    match machine {
        Machine::Amd64 => amd64_reloc(r_type).ok_or_else(unknown),
        Machine::Riscv64 => riscv64_reloc(r_type).ok_or_else(unknown),
    }
}

fn amd64_reloc(r_type: e::RelocationType) -> Option<Option<RelocKind>> {
    Some(Some(match r_type {
        e::R_X86_64_NONE => return Some(None),
        e::R_X86_64_64 => RelocKind::Abs8,
        e::R_X86_64_32 => RelocKind::Abs4,
        e::R_X86_64_32S => RelocKind::Abs4S,
        e::R_X86_64_PC32 | e::R_X86_64_PLT32 => RelocKind::Rel4,
        e::R_X86_64_PC64 => RelocKind::Rel8,
        e::R_X86_64_GOTPCREL => RelocKind::X86GotRel4 { relax: false },
        e::R_X86_64_GOTPCRELX | e::R_X86_64_REX_GOTPCRELX => RelocKind::X86GotRel4 { relax: true },
        e::R_X86_64_TPOFF32 => RelocKind::X86TpOff4,
        e::R_X86_64_GOTTPOFF => RelocKind::X86GotTpOff4,
        _ => return None,
    }))
}

fn riscv64_reloc(r_type: e::RelocationType) -> Option<Option<RelocKind>> {
    Some(Some(match r_type {
        // Permission to shorten code, which we do not use.
        e::R_RISCV_NONE | e::R_RISCV_RELAX => return Some(None),
        e::R_RISCV_64 => RelocKind::Abs8,
        e::R_RISCV_32 => RelocKind::Abs4,
        e::R_RISCV_32_PCREL => RelocKind::Rel4,
        e::R_RISCV_CALL | e::R_RISCV_CALL_PLT => RelocKind::RiscvCall,
        e::R_RISCV_PCREL_HI20 => RelocKind::RiscvPcrelHi20,
        e::R_RISCV_PCREL_LO12_I => RelocKind::RiscvPcrelLo12I,
        e::R_RISCV_PCREL_LO12_S => RelocKind::RiscvPcrelLo12S,
        e::R_RISCV_GOT_HI20 => RelocKind::RiscvGotHi20,
        e::R_RISCV_HI20 => RelocKind::RiscvHi20,
        e::R_RISCV_LO12_I => RelocKind::RiscvLo12I,
        e::R_RISCV_LO12_S => RelocKind::RiscvLo12S,
        e::R_RISCV_JAL => RelocKind::RiscvJal,
        e::R_RISCV_BRANCH => RelocKind::RiscvBranch,
        e::R_RISCV_RVC_BRANCH => RelocKind::RiscvRvcBranch,
        e::R_RISCV_RVC_JUMP => RelocKind::RiscvRvcJump,
        e::R_RISCV_ADD8 => RelocKind::Add(1),
        e::R_RISCV_ADD16 => RelocKind::Add(2),
        e::R_RISCV_ADD32 => RelocKind::Add(4),
        e::R_RISCV_ADD64 => RelocKind::Add(8),
        e::R_RISCV_SUB8 => RelocKind::Sub(1),
        e::R_RISCV_SUB16 => RelocKind::Sub(2),
        e::R_RISCV_SUB32 => RelocKind::Sub(4),
        e::R_RISCV_SUB64 => RelocKind::Sub(8),
        e::R_RISCV_SET8 => RelocKind::Set(1),
        e::R_RISCV_SET16 => RelocKind::Set(2),
        e::R_RISCV_SET32 => RelocKind::Set(4),
        e::R_RISCV_SET6 => RelocKind::RiscvSet6,
        e::R_RISCV_SUB6 => RelocKind::RiscvSub6,
        e::R_RISCV_SET_ULEB128 => RelocKind::RiscvSetUleb,
        e::R_RISCV_SUB_ULEB128 => RelocKind::RiscvSubUleb,
        // Aligns after shortening: the file's own padding is right when nothing was shortened.
        e::R_RISCV_ALIGN => return Some(None),
        _ => return None,
    }))
}
