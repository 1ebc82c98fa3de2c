//! Debug information: DWARF 5, sections `.debug_*` behind everything that is loaded.
//!
//! Each folder of sources is a compile unit with a line table, its functions, and what was inlined into
//! them; functions of the runtime archive that are written in assembly form one unit more, without lines. Variables are
//! described where `codegen` tells of them; their types are read from the descriptors in the finished image, as `reflect`
//! does. Frames (`frames.rs`) are described for all code.
//!
//! Source: DWARF Debugging Information Format, version 5.

mod frames;
mod info;
mod lines;
mod types;
mod vars;

use std::collections::BTreeMap;

use gimli::LittleEndian;
use gimli::write::{Dwarf, EndianVec, Sections};
use obj::{FuncMeta, Object, SymbolDef};

use crate::layout::Layout;
use crate::resolve::Symbols;

/// A function of compiled Go in the image.
#[derive(Clone, Copy)]
pub(crate) struct Func<'a> {
    /// Its object, to which the numbers of symbols in `meta` belong.
    pub object: usize,
    /// What is known of it.
    pub meta: &'a FuncMeta,
    /// Where it begins.
    pub addr: u64,
    /// Bytes.
    pub size: u64,
}

/// What the debug information is made of.
#[derive(Clone, Copy)]
pub(crate) struct Input<'a> {
    /// The objects.
    pub objects: &'a [Object],
    /// Their symbols.
    pub symbols: &'a Symbols,
    /// Addresses.
    pub layout: &'a Layout,
    /// The image as far as it is loaded, from the first byte of the file.
    pub image: &'a [u8],
}

impl<'a> Input<'a> {
    /// The functions of archives: address, bytes, name; by address. Of names for one place, and of places within a
    /// function, the outer one.
    fn archived(self) -> Vec<(u64, u64, &'a str)> {
        let mut funcs = Vec::new();
        for (object, contents) in self.objects.iter().enumerate() {
            for symbol in contents.symbols.iter().filter(|symbol| symbol.is_func && symbol.size > 0) {
                let SymbolDef::Section { section, off } = symbol.def else { continue };
                let addr = self.layout.section(object, section);
                if addr != 0 && contents.sections[section.index()].func.is_none() {
                    funcs.push((addr + off, symbol.size, &*symbol.name));
                }
            }
        }
        funcs.sort_unstable_by_key(|(addr, size, name)| (*addr, u64::MAX - size, *name));
        let mut end = 0;
        funcs.retain(|(addr, size, _)| {
            let is_outer = *addr >= end;
            end = end.max(addr + size);
            is_outer
        });
        funcs
    }
}

/// Names and contents of the sections.
pub(crate) type DebugSections = Vec<(&'static str, Vec<u8>)>;

/// Makes the sections.
pub(crate) fn sections(input: Input<'_>) -> DebugSections {
    let (frames, dwarf) = rayon::join(|| frames::section(input), || units(input));
    let mut list = vec![(".debug_frame", frames)];
    let _: Result<(), ()> = dwarf.for_each(|id, section| {
        if !section.slice().is_empty() {
            list.push((id.name(), section.slice().to_vec()));
        }
        Ok(())
    });
    list
}

fn units(input: Input<'_>) -> Sections<EndianVec<LittleEndian>> {
    let mut by_folder: BTreeMap<&str, Vec<Func<'_>>> = BTreeMap::new();
    for (object, id, addr) in &input.layout.text.sections {
        let section = &input.objects[*object].sections[id.index()];
        if let Some(meta) = &section.func {
            let func = Func { object: *object, meta, addr: *addr, size: section.size };
            by_folder.entry(lines::split(&meta.scopes[0].file).0).or_default().push(func);
        }
    }
    let mut dwarf = Dwarf::new();
    let mut types = types::Types::new(input);
    for (folder, funcs) in &by_folder {
        let (program, files) = lines::program(folder, funcs);
        info::unit(&mut dwarf, &mut types, input, folder, funcs, (program, &files));
    }
    info::assembly_unit(&mut dwarf, input);
    let mut sections = Sections::new(EndianVec::new(LittleEndian));
    dwarf.write(&mut sections).expect("every reference is to an entry that was made");
    sections
}
