//! Which object defines each name.

use std::collections::BTreeSet;

use obj::{Binding, Object, SectionId, Symbol, SymbolDef, SymbolId};
use rustc_hash::FxHashMap;

use crate::Error;

/// A symbol of one of the objects.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Global {
    /// The object.
    pub object: usize,
    /// Its symbol.
    pub symbol: SymbolId,
}

/// What a symbol stands for after resolution.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// A place in a section of an object.
    Section {
        /// The object.
        object: usize,
        /// Its section.
        section: SectionId,
        /// Bytes from the section's start.
        off: u64,
    },
    /// A number.
    Absolute(u64),
    /// Defined by the linker.
    Linker(Special),
    /// Nobody defines it.
    Undefined,
}

/// Symbols that the linker defines.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Special {
    /// The first byte of code.
    Text,
    /// The byte behind the last of code.
    Etext,
    /// The first byte of read-only data, from which type and name offsets count.
    Types,
    /// The table of functions.
    Functab,
    /// The first byte of variables, where a page begins.
    Data,
    /// The first variable without a value.
    Bss,
    /// The page behind the last variable.
    End,
    /// The first variable that may point into the heap.
    ScanBegin,
    /// The byte behind the last of these.
    ScanEnd,
}

impl Special {
    /// All of them, with their names.
    pub const ALL: [(Special, &str); 11] = [
        (Special::Text, abi::symbols::TEXT),
        (Special::Etext, abi::symbols::ETEXT),
        (Special::Types, "runtime.types"),
        (Special::Functab, abi::functab::SYMBOL),
        (Special::Text, abi::symbols::IMAGE_TEXT),
        (Special::Types, abi::symbols::IMAGE_RODATA),
        (Special::Data, abi::symbols::IMAGE_DATA),
        (Special::Bss, abi::symbols::IMAGE_BSS),
        (Special::End, abi::symbols::IMAGE_END),
        (Special::ScanBegin, abi::symbols::SCAN_BEGIN),
        (Special::ScanEnd, abi::symbols::SCAN_END),
    ];
}

/// The names that objects share.
#[derive(Default)]
pub struct Symbols {
    by_name: FxHashMap<std::sync::Arc<str>, Global>,
}

impl Symbols {
    /// Follows a symbol of an object to what it stands for.
    pub fn place(&self, objects: &[Object], object: usize, id: SymbolId) -> Place {
        let symbol = &objects[object].symbols[id.index()];
        match symbol.def {
            SymbolDef::Alias(target) => self.place(objects, object, target),
            _ if symbol.binding == Binding::Local => local(object, symbol),
            _ => self.find(objects, &symbol.name),
        }
    }

    /// Finds what a shared name stands for.
    pub fn find(&self, objects: &[Object], name: &str) -> Place {
        if let Some(global) = self.by_name.get(name) {
            let symbol = &objects[global.object].symbols[global.symbol.index()];
            return match symbol.def {
                SymbolDef::Alias(target) => self.place(objects, global.object, target),
                _ => local(global.object, symbol),
            };
        }
        match Special::ALL.iter().find(|(_, known)| *known == name) {
            Some((special, _)) => Place::Linker(*special),
            None => Place::Undefined,
        }
    }

    /// The symbols that objects share, in no order.
    pub fn globals(&self) -> impl Iterator<Item = Global> + '_ {
        self.by_name.values().copied()
    }
}

fn local(object: usize, symbol: &Symbol) -> Place {
    match symbol.def {
        SymbolDef::Section { section, off } => Place::Section { object, section, off },
        SymbolDef::Absolute(number) => Place::Absolute(number),
        SymbolDef::Undefined | SymbolDef::Alias(_) => Place::Undefined,
    }
}

/// Finds the definition of each shared name.
pub fn resolve(objects: &[Object]) -> Result<Symbols, Vec<Error>> {
    let mut symbols = Symbols::default();
    let mut errors = BTreeSet::new();
    for (object, contents) in objects.iter().enumerate() {
        for (idx, symbol) in contents.symbols.iter().enumerate() {
            if symbol.binding == Binding::Local || symbol.def == SymbolDef::Undefined {
                continue;
            }
            let new = Global { object, symbol: SymbolId(idx as u32) };
            let Some(old) = symbols.by_name.get(&symbol.name).copied() else {
                symbols.by_name.insert(symbol.name.clone(), new);
                continue;
            };
            let before = objects[old.object].symbols[old.symbol.index()].binding;
            match (before, symbol.binding) {
                (Binding::Weak, Binding::Global | Binding::DupOk) => {
                    symbols.by_name.insert(symbol.name.clone(), new);
                }
                (Binding::Global, Binding::Global) => {
                    errors.insert(Error::Duplicate {
                        symbol: symbol.name.to_string(),
                        objects: [objects[old.object].name.to_string(), contents.name.to_string()],
                    });
                }
                _ => {}
            }
        }
    }
    if errors.is_empty() { Ok(symbols) } else { Err(errors.into_iter().collect()) }
}
