//! Objects: what code generation, assembling and archives give to the linker.
//!
//! An [`Object`] is a table of *sections*, the units that are kept, dropped and placed, and a table of
//! *symbols*, names for places in sections or for what another object must define. A relocation names its
//! symbol by [`SymbolId`], never by text, so that a linker compares numbers.
//!
//! `codegen` makes one section for each function and datum; ELF files bring theirs as they are, and one
//! section may then hold several symbols. Functions of compiled Go carry a [`FuncMeta`], which obj only
//! hands on. Nothing here knows Go.
//!
//! Begin with [`Object`]; [`elf::read`] and [`archive::read`] make objects of bytes.

pub mod archive;
pub mod elf;
mod meta;
mod reloc;

pub use meta::{CallSite, Cfa, FrameRow, FuncMeta, LineRow, MetaScope, MetaVar, TrapKind, TrapSite};
pub use reloc::{Reloc, RelocKind};

use rustc_hash::FxHashMap;
use std::sync::Arc;

macro_rules! id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub struct $name(pub u32);

        impl $name {
            /// The position in the object's table.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

id!(
    /// A section of one object.
    SectionId
);
id!(
    /// A symbol of one object.
    SymbolId
);

/// The processor that the code of an object is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Machine {
    /// x86-64.
    Amd64,
    /// RISC-V with 64 bits.
    Riscv64,
}

/// Which kind of memory a section needs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum SectionKind {
    /// Code.
    Text,
    /// Constants.
    Rodata,
    /// Variables with a value.
    Data,
    /// Variables that are zero.
    Bss,
    /// Constants with addresses that a thread-local image begins with.
    TlsData,
    /// Thread-local variables that are zero.
    TlsBss,
    /// `.eh_frame`: not loaded, but debug information is made of it.
    Debug,
}

/// A unit that is kept or dropped as a whole.
#[derive(Clone, PartialEq, Debug)]
pub struct Section {
    /// Its name in the file it comes from; of compiled code the name of its symbol.
    pub name: Arc<str>,
    /// Which kind of memory it needs.
    pub kind: SectionKind,
    /// Alignment, a power of two.
    pub align: u32,
    /// Bytes in all. What `bytes` leaves out is zero.
    pub size: u64,
    /// Contents.
    pub bytes: Vec<u8>,
    /// Addresses in it, ascending by offset.
    pub relocs: Vec<Reloc>,
    /// Words of it may point into the Go heap.
    pub has_pointers: bool,
    /// For functions of compiled Go.
    pub func: Option<Box<FuncMeta>>,
    /// Is never dropped: constructors, notes that must stay.
    pub retain: bool,
}

impl Section {
    /// An empty section.
    pub fn new(name: impl Into<Arc<str>>, kind: SectionKind, align: u32) -> Section {
        Section {
            name: name.into(),
            kind,
            align,
            size: 0,
            bytes: Vec::new(),
            relocs: Vec::new(),
            has_pointers: true,
            func: None,
            retain: false,
        }
    }
}

/// Who sees a symbol, and who wins when several objects define it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Binding {
    /// Only its object. Names of local symbols may repeat.
    Local,
    /// Everyone; two definitions are an error.
    Global,
    /// Everyone; gives way to a global one, and the first of several weak ones wins. Undefined and weak: address 0
    /// if no one defines it.
    Weak,
    /// Everyone; all definitions are equal and the first is taken.
    DupOk,
}

/// What a symbol stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SymbolDef {
    /// Defined elsewhere.
    Undefined,
    /// A place in a section.
    Section {
        /// The section.
        section: SectionId,
        /// Offset in it.
        off: u64,
    },
    /// A number.
    Absolute(u64),
    /// Another name of a symbol of this object.
    Alias(SymbolId),
}

/// A symbol.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Symbol {
    /// Name; empty for the symbol of a whole section.
    pub name: Arc<str>,
    /// Who sees it.
    pub binding: Binding,
    /// What it stands for.
    pub def: SymbolDef,
    /// Bytes, 0 if not known.
    pub size: u64,
    /// Whether it is a function.
    pub is_func: bool,
}

/// An object.
#[derive(Clone, PartialEq, Debug)]
pub struct Object {
    /// Where it comes from, for messages: a file, a member of an archive.
    pub name: Arc<str>,
    /// Its processor.
    pub machine: Machine,
    /// Sections.
    pub sections: Vec<Section>,
    /// Symbols.
    pub symbols: Vec<Symbol>,
    by_name: FxHashMap<Arc<str>, SymbolId>,
}

impl Object {
    /// An empty object.
    pub fn new(name: impl Into<Arc<str>>, machine: Machine) -> Object {
        Object {
            name: name.into(),
            machine,
            sections: Vec::new(),
            symbols: Vec::new(),
            by_name: FxHashMap::default(),
        }
    }

    /// The symbol of that name that is not local, entered as undefined if it is new.
    pub fn symbol(&mut self, name: &Arc<str>) -> SymbolId {
        if let Some(&id) = self.by_name.get(name) {
            return id;
        }
        let id = SymbolId(self.symbols.len() as u32);
        self.symbols.push(Symbol {
            name: name.clone(),
            binding: Binding::Global,
            def: SymbolDef::Undefined,
            size: 0,
            is_func: false,
        });
        self.by_name.insert(name.clone(), id);
        id
    }

    /// The symbol of that name that is not local, if there is one.
    pub fn find(&self, name: &str) -> Option<SymbolId> {
        self.by_name.get(name).copied()
    }

    /// Enters a local symbol.
    pub fn local_symbol(&mut self, symbol: Symbol) -> SymbolId {
        self.symbols.push(symbol);
        SymbolId(self.symbols.len() as u32 - 1)
    }

    /// Enters a section.
    pub fn add_section(&mut self, section: Section) -> SectionId {
        self.sections.push(section);
        SectionId(self.sections.len() as u32 - 1)
    }

    /// Defines a symbol that is not local as the begin of a section.
    ///
    /// # Panics
    /// When the object defines it already.
    pub fn define(&mut self, name: &Arc<str>, binding: Binding, section: SectionId) -> SymbolId {
        let id = self.symbol(name);
        let target = &self.sections[section.index()];
        let (size, is_func) = (target.size, target.kind == SectionKind::Text);
        let symbol = &mut self.symbols[id.index()];
        assert_eq!(symbol.def, SymbolDef::Undefined, "{name} is defined twice in {}", self.name);
        *symbol = Symbol {
            name: name.clone(),
            binding,
            def: SymbolDef::Section { section, off: 0 },
            size,
            is_func,
        };
        id
    }

    /// Gives a symbol a second name.
    pub fn alias(&mut self, name: &Arc<str>, target: &Arc<str>) -> SymbolId {
        let target = self.symbol(target);
        let id = self.symbol(name);
        let is_func = self.symbols[target.index()].is_func;
        let symbol = &mut self.symbols[id.index()];
        symbol.def = SymbolDef::Alias(target);
        symbol.is_func = is_func;
        id
    }
}
