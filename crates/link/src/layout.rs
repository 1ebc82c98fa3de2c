//! Addresses: which section goes where.
//!
//! The image has three segments, each on pages of its own: code, constants, variables. Within a segment
//! sections follow in the order of their objects. The table of functions is the last of the constants,
//! because it can be made only when code has addresses. Variables that may point into the heap stand together:
//! behind those with a value that may not, before the zeros that may not.

use obj::{Machine, Object, RelocKind, SectionId, SectionKind};
use rustc_hash::FxHashMap;

use crate::Options;
use crate::reach::Live;
use crate::resolve::{Place, Special, Symbols};

/// Segments begin on such a boundary.
pub const PAGE: u64 = 4096;

/// What the file begins with: ELF header and program headers. Code follows.
pub const HEADERS: u64 = 0x1000;

/// One run of bytes with equal rights.
#[derive(Clone, Debug, Default)]
pub struct Segment {
    /// The first address.
    pub addr: u64,
    /// Bytes that stand in the file.
    pub file_bytes: u64,
    /// Bytes in memory; what the file leaves out is zero.
    pub memory_bytes: u64,
    /// Sections with their addresses, ascending.
    pub sections: Vec<(usize, SectionId, u64)>,
}

impl Segment {
    fn add(&mut self, object: usize, id: SectionId, align: u64, size: u64) -> u64 {
        let addr = (self.addr + self.memory_bytes).next_multiple_of(align.max(1));
        self.memory_bytes = addr + size - self.addr;
        self.sections.push((object, id, addr));
        addr
    }

    /// The address behind the last byte.
    pub fn end(&self) -> u64 {
        self.addr + self.memory_bytes
    }
}

/// All addresses.
pub struct Layout {
    /// The processor.
    pub machine: Machine,
    /// Less than the address of what the file holds by its place there.
    pub base: u64,
    /// Code: the section where the image begins, then all others.
    pub text: Segment,
    /// Constants: sections, then the table of functions.
    pub rodata: Segment,
    /// Variables: those with a value, address slots, then those that are zero.
    pub data: Segment,
    /// Where those begin and end that may point into the heap.
    scan: (u64, u64),
    /// The table of functions and its address.
    pub functab: (u64, Vec<u8>),
    /// Address slots for code that insists on one: the place they hold.
    pub slots: Vec<Place>,
    /// The address of the first slot.
    pub slots_addr: u64,
    addrs: Vec<Vec<u64>>,
    slot_of: FxHashMap<(usize, u32), usize>,
    // What `data` is made of, until the constants have their size: first what cannot point into the heap.
    variables: [Vec<(usize, SectionId)>; 2],
    zeros: [Vec<(usize, SectionId)>; 2],
    sizes: Vec<Vec<(u64, u64)>>,
}

impl Layout {
    /// Gives addresses to code and constants.
    pub fn new(
        objects: &[Object],
        symbols: &Symbols,
        live: &Live,
        machine: Machine,
        options: &Options,
    ) -> Layout {
        let sizes = objects.iter().map(|object| {
            object.sections.iter().map(|section| (u64::from(section.align), section.size)).collect()
        });
        let mut layout = Layout {
            machine,
            base: options.text_addr - HEADERS,
            text: Segment { addr: options.text_addr, ..Segment::default() },
            rodata: Segment::default(),
            data: Segment::default(),
            scan: (0, 0),
            functab: (0, Vec::new()),
            slots: Vec::new(),
            slots_addr: 0,
            addrs: objects.iter().map(|object| vec![0; object.sections.len()]).collect(),
            slot_of: FxHashMap::default(),
            variables: Default::default(),
            zeros: Default::default(),
            sizes: sizes.collect(),
        };
        let entry = match symbols.find(objects, &options.entry) {
            Place::Section { object, section, .. } => Some((object, section)),
            Place::Absolute(_) | Place::Linker(_) | Place::Undefined => None,
        };
        if let Some((object, id)) = entry {
            layout.add_text(objects, object, id);
        }
        let mut constants = Vec::new();
        for (object, contents) in objects.iter().enumerate() {
            for (idx, section) in contents.sections.iter().enumerate().filter(|(idx, _)| live[object][*idx]) {
                let id = SectionId(idx as u32);
                let group = usize::from(section.has_pointers);
                match section.kind {
                    SectionKind::Text if entry == Some((object, id)) => {}
                    SectionKind::Text => layout.add_text(objects, object, id),
                    SectionKind::Rodata => constants.push((object, id)),
                    SectionKind::Data | SectionKind::TlsData => {
                        layout.variables[group].push((object, id));
                    }
                    SectionKind::Bss | SectionKind::TlsBss => layout.zeros[group].push((object, id)),
                    SectionKind::Debug => {}
                }
                layout.add_slots(objects, symbols, object, id);
            }
        }
        layout.text.file_bytes = layout.text.memory_bytes;
        layout.rodata.addr = layout.text.end().next_multiple_of(PAGE);
        for (object, id) in constants {
            let (align, size) = layout.sizes[object][id.index()];
            let addr = layout.rodata.add(object, id, align, size);
            layout.addrs[object][id.index()] = addr;
        }
        layout
    }

    fn add_text(&mut self, objects: &[Object], object: usize, id: SectionId) {
        let section = &objects[object].sections[id.index()];
        self.addrs[object][id.index()] = self.text.add(object, id, u64::from(section.align), section.size);
    }

    fn add_slots(&mut self, objects: &[Object], symbols: &Symbols, object: usize, id: SectionId) {
        for reloc in &objects[object].sections[id.index()].relocs {
            if let RelocKind::X86GotRel4 { .. } | RelocKind::RiscvGotHi20 = reloc.kind {
                let place = symbols.place(objects, object, reloc.symbol);
                let slot = self.slots.iter().position(|known| *known == place).unwrap_or_else(|| {
                    self.slots.push(place);
                    self.slots.len() - 1
                });
                self.slot_of.insert((object, reloc.symbol.0), slot);
            }
        }
    }

    /// Places the table of functions behind the constants, and then the variables.
    pub fn add_functab(&mut self, table: Vec<u8>) {
        let addr = self.rodata.end().next_multiple_of(8);
        self.rodata.memory_bytes = addr + table.len() as u64 - self.rodata.addr;
        self.rodata.file_bytes = self.rodata.memory_bytes;
        self.functab = (addr, table);
        self.data.addr = self.rodata.end().next_multiple_of(PAGE);
        let [plain, scanned] = std::mem::take(&mut self.variables);
        self.add_variables(plain);
        self.scan.0 = self.data.end().next_multiple_of(8);
        self.add_variables(scanned);
        self.slots_addr = self.data.end().next_multiple_of(8);
        self.data.memory_bytes = self.slots_addr + 8 * self.slots.len() as u64 - self.data.addr;
        self.data.file_bytes = self.data.memory_bytes;
        let [plain, scanned] = std::mem::take(&mut self.zeros);
        self.add_variables(scanned);
        self.scan.1 = self.data.end();
        self.add_variables(plain);
    }

    fn add_variables(&mut self, sections: Vec<(usize, SectionId)>) {
        for (object, id) in sections {
            let (align, size) = self.sizes[object][id.index()];
            let addr = self.data.add(object, id, align, size);
            self.addrs[object][id.index()] = addr;
        }
    }

    /// The address of a section.
    pub fn section(&self, object: usize, id: SectionId) -> u64 {
        self.addrs[object][id.index()]
    }

    /// The address that a place has; 0 for what nobody defines.
    pub fn address(&self, place: Place) -> u64 {
        match place {
            Place::Section { object, section, off } => self.section(object, section) + off,
            Place::Absolute(number) => number,
            Place::Linker(Special::Text) => self.text.addr,
            Place::Linker(Special::Etext) => self.text.end(),
            Place::Linker(Special::Types) => self.rodata.addr,
            Place::Linker(Special::Functab) => self.functab.0,
            Place::Linker(Special::Data) => self.data.addr,
            Place::Linker(Special::Bss) => self.data.addr + self.data.file_bytes,
            Place::Linker(Special::ScanBegin) => self.scan.0,
            Place::Linker(Special::ScanEnd) => self.scan.1,
            Place::Linker(Special::End) => self.data.end().next_multiple_of(PAGE),
            Place::Undefined => 0,
        }
    }

    /// The address of the slot that holds a symbol's address.
    pub fn slot(&self, object: usize, symbol: obj::SymbolId) -> u64 {
        self.slots_addr + 8 * self.slot_of[&(object, symbol.0)] as u64
    }

    /// The segments in the order of their addresses.
    pub fn segments(&self) -> [&Segment; 3] {
        [&self.text, &self.rodata, &self.data]
    }
}
