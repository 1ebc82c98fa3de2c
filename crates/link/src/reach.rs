//! Which sections the image needs: those that the entry reaches by relocations.

use std::collections::BTreeSet;

use obj::{Binding, Object, RelocKind, SectionId, SectionKind};

use crate::Error;
use crate::resolve::{Place, Symbols};

/// For each object, which of its sections are needed.
pub type Live = Vec<Vec<bool>>;

/// Follows relocations from `entry` and from sections that must stay.
pub fn reach(objects: &[Object], symbols: &Symbols, entry: &str) -> Result<Live, Vec<Error>> {
    let mut live: Live = objects.iter().map(|object| vec![false; object.sections.len()]).collect();
    let mut work: Vec<(usize, SectionId)> = Vec::new();
    let mut errors = BTreeSet::new();
    match symbols.find(objects, entry) {
        Place::Section { object, section, .. } => work.push((object, section)),
        _ => {
            errors.insert(Error::Undefined { symbol: entry.to_owned(), by: "the image".to_owned() });
        }
    }
    for (object, contents) in objects.iter().enumerate() {
        let kept = contents.sections.iter().enumerate().filter(|(_, section)| section.retain);
        work.extend(kept.map(|(idx, _)| (object, SectionId(idx as u32))));
    }
    while let Some((object, section)) = work.pop() {
        if std::mem::replace(&mut live[object][section.index()], true) {
            continue;
        }
        let contents = &objects[object].sections[section.index()];
        for var in contents.func.iter().flat_map(|meta| &meta.vars) {
            if let Place::Section { object, section, .. } = symbols.place(objects, object, var.ty) {
                work.push((object, section));
            }
        }
        for reloc in &contents.relocs {
            let base = match reloc.kind {
                RelocKind::Off4(base) => Some(base),
                _ => None,
            };
            for symbol in [Some(reloc.symbol), base].into_iter().flatten() {
                match symbols.place(objects, object, symbol) {
                    Place::Section { object, section, .. } => work.push((object, section)),
                    Place::Absolute(_) | Place::Linker(_) => {}
                    Place::Undefined => {
                        let symbol = &objects[object].symbols[symbol.index()];
                        if symbol.binding != Binding::Weak {
                            let by = contents.name.to_string();
                            errors.insert(Error::Undefined { symbol: symbol.name.to_string(), by });
                        }
                    }
                }
            }
        }
    }
    for (object, contents) in objects.iter().enumerate() {
        for (idx, section) in contents.sections.iter().enumerate() {
            live[object][idx] &= section.kind != SectionKind::Debug;
        }
    }
    if errors.is_empty() { Ok(live) } else { Err(errors.into_iter().collect()) }
}
