//! The ELF file. Source of layouts: System V ABI, chapters 4 and 5; x86-64 psABI.

use abi::symbols::{MORESTACK, STACK_JUMP};
use obj::{Binding, Machine, Object, SectionKind, Symbol, SymbolDef};

use crate::Options;
use crate::debug::{self, DebugSections, Input};
use crate::layout::{HEADERS, Layout};
use crate::relocate::Contents;
use crate::resolve::{Place, Symbols};

const EHDR_BYTES: u64 = 64;
const PHDR_BYTES: u64 = 56;
const SHDR_BYTES: u64 = 64;

const PT_LOAD: u32 = 1;
const PT_GNU_STACK: u32 = 0x6474_e551;
const PF_X: u32 = 1;
const PF_W: u32 = 2;
const PF_R: u32 = 4;

/// Puts the file together.
pub fn write(
    objects: &[Object],
    symbols: &Symbols,
    layout: &Layout,
    contents: &Contents,
    options: &Options,
) -> Vec<u8> {
    let mut file = vec![0; HEADERS as usize];
    for (segment, sections) in layout.segments().iter().zip(contents) {
        file.resize((segment.addr - layout.base) as usize, 0);
        let start = file.len();
        for ((_, _, addr), bytes) in segment.sections.iter().zip(sections) {
            if *addr < segment.addr + segment.file_bytes && !bytes.is_empty() {
                file.resize(start + (addr - segment.addr) as usize, 0);
                file.extend_from_slice(bytes);
            }
        }
        file.resize(start + segment.file_bytes as usize, 0);
    }
    let (functab, table) = &layout.functab;
    put(&mut file, functab - layout.base, table);
    for (idx, place) in layout.slots.iter().enumerate() {
        put(
            &mut file,
            layout.slots_addr - layout.base + 8 * idx as u64,
            &layout.address(*place).to_le_bytes(),
        );
    }
    program_headers(&mut file, layout);
    let debug = if options.debug {
        debug::sections(Input { objects, symbols, layout, image: &file })
    } else {
        Vec::new()
    };
    let sections = section_headers(&mut file, objects, symbols, layout, (options, debug));
    let entry = layout.address(symbols.find(objects, &options.entry));
    file_header(&mut file, layout.machine, entry, sections);
    file
}

fn put(file: &mut [u8], off: u64, bytes: &[u8]) {
    file[off as usize..off as usize + bytes.len()].copy_from_slice(bytes);
}

/// Numbers of one size each, one after the other.
#[derive(Default)]
struct Record(Vec<u8>);

impl Record {
    fn half(mut self, value: u16) -> Record {
        self.0.extend_from_slice(&value.to_le_bytes());
        self
    }

    fn word(mut self, value: u32) -> Record {
        self.0.extend_from_slice(&value.to_le_bytes());
        self
    }

    fn xword(mut self, value: u64) -> Record {
        self.0.extend_from_slice(&value.to_le_bytes());
        self
    }
}

/// Where the section headers are, how many, and which holds their names.
struct SectionTable {
    off: u64,
    n_sections: u16,
    names: u16,
}

fn file_header(file: &mut [u8], machine: Machine, entry: u64, sections: SectionTable) {
    let (number, flags) = match machine {
        Machine::Amd64 => (62, 0),
        // Compressed instructions, double-precision floats in registers.
        Machine::Riscv64 => (243, 5),
    };
    let mut ident = vec![0x7f, b'E', b'L', b'F', 2, 1, 1];
    ident.resize(16, 0);
    let header = Record(ident)
        .half(2)
        .half(number)
        .word(1)
        .xword(entry)
        .xword(EHDR_BYTES)
        .xword(sections.off)
        .word(flags)
        .half(EHDR_BYTES as u16)
        .half(PHDR_BYTES as u16)
        .half(4)
        .half(SHDR_BYTES as u16)
        .half(sections.n_sections)
        .half(sections.names);
    put(file, 0, &header.0);
}

fn program_headers(file: &mut [u8], layout: &Layout) {
    let rights = [PF_R | PF_X, PF_R, PF_R | PF_W];
    let mut headers = Record::default();
    for (segment, flags) in layout.segments().into_iter().zip(rights) {
        headers = headers
            .word(PT_LOAD)
            .word(flags)
            .xword(segment.addr - layout.base)
            .xword(segment.addr)
            .xword(segment.addr)
            .xword(segment.file_bytes)
            .xword(segment.memory_bytes)
            .xword(crate::layout::PAGE);
    }
    headers =
        headers.word(PT_GNU_STACK).word(PF_R | PF_W).xword(0).xword(0).xword(0).xword(0).xword(0).xword(16);
    put(file, EHDR_BYTES, &headers.0);
}

/// A section header without its name.
struct Header {
    name: &'static str,
    kind: u32,
    flags: u64,
    addr: u64,
    off: u64,
    size: u64,
    link: u32,
    info: u32,
    align: u64,
    entry_bytes: u64,
}

fn section_headers(
    file: &mut Vec<u8>,
    objects: &[Object],
    symbols: &Symbols,
    layout: &Layout,
    (options, debug): (&Options, DebugSections),
) -> SectionTable {
    let loaded = |name, kind, flags, addr: u64, size| Header {
        name,
        kind,
        flags,
        addr,
        off: addr - layout.base,
        size,
        link: 0,
        info: 0,
        align: 16,
        entry_bytes: 0,
    };
    let (text, rodata, data) = (&layout.text, &layout.rodata, &layout.data);
    let bss = data.addr + data.file_bytes;
    let mut headers = vec![
        loaded(".text", 1, 6, text.addr, text.file_bytes),
        loaded(".rodata", 1, 2, rodata.addr, rodata.file_bytes),
        loaded(".data", 1, 3, data.addr, data.file_bytes),
        loaded(".bss", 8, 3, bss, data.end() - bss),
    ];
    let mut table = |name, kind, bytes: Vec<u8>, link, info, entry_bytes| {
        file.resize(file.len().next_multiple_of(8), 0);
        let off = file.len() as u64;
        let size = bytes.len() as u64;
        file.extend(bytes);
        Header { name, kind, flags: 0, addr: 0, off, size, link, info, align: 8, entry_bytes }
    };
    if options.symbols {
        let symtab = symbol_table(objects, symbols, layout);
        headers.push(table(".symtab", 2, symtab.entries, 6, symtab.n_locals, 24));
        headers.push(table(".strtab", 3, symtab.names, 0, 0, 0));
    }
    headers.extend(debug.into_iter().map(|(name, bytes)| table(name, 1, bytes, 0, 0, 0)));
    let mut names = vec![0];
    let mut offsets = Vec::new();
    for name in headers.iter().map(|header| header.name).chain([".shstrtab"]) {
        offsets.push(names.len() as u32);
        names.extend_from_slice(name.as_bytes());
        names.push(0);
    }
    headers.push(table(".shstrtab", 3, names, 0, 0, 0));
    file.resize(file.len().next_multiple_of(8), 0);
    let off = file.len() as u64;
    file.extend([0; SHDR_BYTES as usize]);
    for (header, name) in headers.iter().zip(offsets) {
        let record = Record::default()
            .word(name)
            .word(header.kind)
            .xword(header.flags)
            .xword(header.addr)
            .xword(header.off)
            .xword(header.size)
            .word(header.link)
            .word(header.info)
            .xword(header.align)
            .xword(header.entry_bytes);
        file.extend(record.0);
    }
    SectionTable { off, n_sections: headers.len() as u16 + 1, names: headers.len() as u16 }
}

/// The symbol table.
struct SymbolTable {
    entries: Vec<u8>,
    /// The strings of the entries.
    names: Vec<u8>,
    /// How many entries are local, the empty first one among them. They come first.
    n_locals: u32,
}

/// The symbol table: what objects share, and the functions that archives have for themselves; by address.
///
/// Of names for places in code only functions are there: debuggers take the nearest name before a place for that of its function.
fn symbol_table(objects: &[Object], symbols: &Symbols, layout: &Layout) -> SymbolTable {
    let mut rows: Vec<(bool, u64, &str, u64, bool)> = Vec::new();
    let find = |object: usize, symbol: &Symbol| {
        let SymbolDef::Section { section, off } = symbol.def else { return None };
        let addr = layout.section(object, section);
        let is_code = objects[object].sections[section.index()].kind == SectionKind::Text;
        (addr != 0 && (symbol.is_func || !is_code)).then_some((addr + off, symbol.size, symbol.is_func))
    };
    for (object, contents) in objects.iter().enumerate() {
        for symbol in
            contents.symbols.iter().filter(|symbol| symbol.binding == Binding::Local && symbol.is_func)
        {
            let found = find(object, symbol);
            rows.extend(found.map(|(addr, size, is_func)| (false, addr, &*symbol.name, size, is_func)));
        }
    }
    for global in symbols.globals() {
        let symbol = &objects[global.object].symbols[global.symbol.index()];
        let found = find(global.object, symbol);
        rows.extend(found.map(|(addr, size, is_func)| (true, addr, &*symbol.name, size, is_func)));
    }
    for (special, name) in crate::resolve::Special::ALL {
        rows.push((true, layout.address(Place::Linker(special)), name, 0, false));
    }
    rows.sort_unstable();
    let n_locals = rows.partition_point(|row| !row.0) as u32 + 1;
    let mut entries = vec![0; 24];
    let mut names = vec![0];
    for (is_global, addr, name, size, is_func) in rows {
        let section: u16 = match addr {
            addr if addr < layout.rodata.addr => 1,
            addr if addr < layout.data.addr => 2,
            addr if addr < layout.data.addr + layout.data.file_bytes => 3,
            _ => 4,
        };
        // Binding, then the type: function or object.
        let info = u8::from(is_global) << 4 | if is_func { 2 } else { 1 };
        let mut record = Record::default().word(names.len() as u32);
        record.0.extend([info, 0]);
        entries.extend(record.half(section).xword(addr).xword(size).0);
        let name = if name.starts_with(STACK_JUMP) { MORESTACK } else { name };
        names.extend_from_slice(name.as_bytes());
        names.push(0);
    }
    SymbolTable { entries, names, n_locals }
}
