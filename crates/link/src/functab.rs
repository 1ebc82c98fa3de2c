//! The table of functions, in the form of `abi::functab`.

use abi::functab::{FUNC_PART, FUNC_PREEMPTIBLE, FUNC_RUNTIME, FUNC_WRAPPER, FuncInfo, Inline, Row, write};
use obj::{Cfa, FuncMeta, Object, SymbolDef};

use crate::layout::Layout;

/// Makes the table for all code of the image: compiled functions with lines, functions of archives by name.
pub fn functab(objects: &[Object], layout: &Layout) -> Vec<u8> {
    let text = layout.text.addr;
    let mut funcs: Vec<FuncInfo> = Vec::new();
    for (object, id, addr) in &layout.text.sections {
        let section = &objects[*object].sections[id.index()];
        let start = (addr - text) as u32;
        match &section.func {
            Some(meta) => funcs.push(compiled(meta, start, section.size as u32)),
            None => funcs.extend(named(&objects[*object], *id, start)),
        }
    }
    funcs.sort_by_key(|func| func.start);
    write(text, &funcs)
}

fn compiled(meta: &FuncMeta, start: u32, size: u32) -> FuncInfo {
    let scope = &meta.scopes[0];
    let mut flags = if meta.no_preempt { 0 } else { FUNC_PREEMPTIBLE };
    if meta.wrapper {
        flags |= FUNC_WRAPPER;
    }
    let inlines = meta.scopes[1..].iter().map(|scope| Inline {
        parent: scope.parent,
        name: scope.func.to_string(),
        file: scope.file.to_string(),
        call_line: scope.call.0,
        flags: (FUNC_WRAPPER * u16::from(scope.wrapper)) | (FUNC_PART * u16::from(scope.part)),
    });
    let made = meta.frame.iter().find(|row| matches!(row.cfa, Cfa::Fp(_))).map_or(0, |row| row.off);
    FuncInfo {
        start,
        end: start + size,
        name: scope.func.to_string(),
        file: scope.file.to_string(),
        line: scope.start_line,
        shape: 0,
        entry: 0,
        frame_made: made.min(255) as u8,
        flags,
        rows: meta.lines.iter().map(|row| Row { pc: row.off, line: row.line, inline: row.scope }).collect(),
        inlines: inlines.collect(),
        unsafe_ranges: meta.unsafe_ranges.clone(),
        bare_ranges: bare_ranges(meta, made, size),
    }
}

/// Where the frame pointer is the caller's again, behind the prologue.
fn bare_ranges(meta: &FuncMeta, made: u32, size: u32) -> Vec<(u32, u32)> {
    let ends = meta.frame.iter().skip(1).map(|row| row.off).chain([size]);
    let rows = meta.frame.iter().zip(ends).filter(|(row, _)| row.off > made);
    rows.filter(|(row, _)| matches!(row.cfa, Cfa::Sp(_) | Cfa::Popped(_)))
        .map(|(row, end)| (row.off, end))
        .collect()
}

/// The functions of a section that no compiler of Go made.
fn named(object: &Object, id: obj::SectionId, start: u32) -> Vec<FuncInfo> {
    let symbols = object.symbols.iter().filter(|symbol| symbol.is_func && symbol.size > 0);
    let mut funcs: Vec<FuncInfo> = symbols
        .filter_map(|symbol| match symbol.def {
            SymbolDef::Section { section, off } if section == id => Some(FuncInfo {
                start: start + off as u32,
                end: start + (off + symbol.size) as u32,
                name: symbol.name.to_string(),
                flags: FUNC_RUNTIME,
                ..FuncInfo::default()
            }),
            _ => None,
        })
        .collect();
    // Several names of one function: the first in the order of names.
    funcs.sort_by(|a, b| (a.start, &a.name).cmp(&(b.start, &b.name)));
    funcs.dedup_by_key(|func| func.start);
    funcs
}
