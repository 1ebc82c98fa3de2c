//! Compile units, functions, inlined calls.

use gimli::constants as dw;
use gimli::write::{
    Address, AttributeValue, Dwarf, Expression, LineProgram, Range, RangeList, Unit, UnitEntryId,
};
use rustc_hash::FxHashMap;

use super::lines::{ENCODING, Files};
use super::types::Types;
use super::{Func, Input, vars};
use obj::MetaScope;

/// Ranges of offsets in a function.
pub(crate) type Ranges = Vec<(u32, u32)>;

/// Adds the unit of a folder.
pub(crate) fn unit(
    dwarf: &mut Dwarf,
    types: &mut Types<'_>,
    input: Input<'_>,
    folder: &str,
    funcs: &[Func<'_>],
    (program, files): (LineProgram, &Files<'_>),
) {
    let id = dwarf.units.add(Unit::new(ENCODING, program));
    root(dwarf, id, folder, dw::DW_LANG_Go);
    let mut abstracts = FxHashMap::default();
    let mut all = Vec::new();
    for func in funcs {
        all.push(Range::StartLength { begin: Address::Constant(func.addr), length: func.size });
        subprogram(dwarf, id, func, files, &mut abstracts);
        if !func.meta.vars.is_empty() {
            let entry =
                *dwarf.units.get(id).get(dwarf.units.get(id).root()).children().last().expect("just made");
            vars::add(dwarf, types, input, id, entry, func);
        }
    }
    set_ranges(dwarf.units.get_mut(id), None, all);
}

fn root(dwarf: &mut Dwarf, id: gimli::write::UnitId, name: &str, language: gimli::DwLang) {
    let producer = dwarf.strings.add(concat!("rigo ", env!("CARGO_PKG_VERSION")));
    let name = dwarf.strings.add(name);
    let unit = dwarf.units.get_mut(id);
    let root = unit.root();
    let root = unit.get_mut(root);
    root.set(dw::DW_AT_producer, AttributeValue::StringRef(producer));
    root.set(dw::DW_AT_language, AttributeValue::Language(language));
    root.set(dw::DW_AT_name, AttributeValue::StringRef(name));
    root.set(dw::DW_AT_comp_dir, AttributeValue::StringRef(name));
    // With it, what follows counts from 0.
    root.set(dw::DW_AT_low_pc, AttributeValue::Address(Address::Constant(0)));
}

/// Gives an entry (none for the root) its ranges.
fn set_ranges(unit: &mut Unit, entry: Option<UnitEntryId>, ranges: Vec<Range>) {
    let list = unit.ranges.add(RangeList(ranges));
    let entry = entry.unwrap_or_else(|| unit.root());
    unit.get_mut(entry).set(dw::DW_AT_ranges, AttributeValue::RangeListRef(list));
}

/// Gives an entry the code in `ranges` of a function.
pub(crate) fn set_code(unit: &mut Unit, entry: UnitEntryId, addr: u64, ranges: &[(u32, u32)]) {
    if let [(begin, end)] = *ranges {
        let begin_addr = AttributeValue::Address(Address::Constant(addr + u64::from(begin)));
        unit.get_mut(entry).set(dw::DW_AT_low_pc, begin_addr);
        unit.get_mut(entry).set(dw::DW_AT_high_pc, AttributeValue::Udata(u64::from(end - begin)));
        return;
    }
    let base = Range::BaseAddress { address: Address::Constant(addr) };
    let pairs =
        ranges.iter().map(|(begin, end)| Range::OffsetPair { begin: (*begin).into(), end: (*end).into() });
    set_ranges(unit, Some(entry), [base].into_iter().chain(pairs).collect());
}

fn subprogram(
    dwarf: &mut Dwarf,
    id: gimli::write::UnitId,
    func: &Func<'_>,
    files: &Files<'_>,
    abstracts: &mut FxHashMap<std::sync::Arc<str>, UnitEntryId>,
) {
    let scopes = &func.meta.scopes;
    let ranges = scope_ranges(func);
    // Abstract functions come first, so that the function itself is the last child of the root.
    let inlined = |(scope, ranges): &(&MetaScope, &Ranges)| !scope.part && !ranges.is_empty();
    for (scope, _) in scopes.iter().zip(&ranges).skip(1).filter(inlined) {
        if !abstracts.contains_key(&scope.func) {
            let name = dwarf.strings.add(&*scope.func);
            let unit = dwarf.units.get_mut(id);
            let root = unit.root();
            let entry = unit.add(root, dw::DW_TAG_subprogram);
            let die = unit.get_mut(entry);
            die.set(dw::DW_AT_name, AttributeValue::StringRef(name));
            die.set(dw::DW_AT_inline, AttributeValue::Inline(dw::DW_INL_inlined));
            die.set(dw::DW_AT_decl_file, AttributeValue::FileIndex(Some(files[&*scope.file])));
            die.set(dw::DW_AT_decl_line, AttributeValue::Udata(scope.start_line.into()));
            abstracts.insert(scope.func.clone(), entry);
        }
    }
    let name = dwarf.strings.add(&*scopes[0].func);
    let unit = dwarf.units.get_mut(id);
    let root = unit.root();
    let entry = unit.add(root, dw::DW_TAG_subprogram);
    let mut base = Expression::new();
    base.op(dw::DW_OP_call_frame_cfa);
    let die = unit.get_mut(entry);
    die.set(dw::DW_AT_name, AttributeValue::StringRef(name));
    die.set(dw::DW_AT_low_pc, AttributeValue::Address(Address::Constant(func.addr)));
    die.set(dw::DW_AT_high_pc, AttributeValue::Udata(func.size));
    die.set(dw::DW_AT_frame_base, AttributeValue::Exprloc(base));
    die.set(dw::DW_AT_decl_file, AttributeValue::FileIndex(Some(files[&*scopes[0].file])));
    die.set(dw::DW_AT_decl_line, AttributeValue::Udata(scopes[0].start_line.into()));
    die.set(dw::DW_AT_external, AttributeValue::FlagPresent);
    let mut entries = vec![entry; scopes.len()];
    for (n, scope) in scopes.iter().enumerate().skip(1).filter(|(n, _)| !ranges[*n].is_empty()) {
        if scope.part {
            entries[n] = entries[scope.parent as usize];
            continue;
        }
        let entry = unit.add(entries[scope.parent as usize], dw::DW_TAG_inlined_subroutine);
        entries[n] = entry;
        let die = unit.get_mut(entry);
        die.set(dw::DW_AT_abstract_origin, AttributeValue::UnitRef(abstracts[&scope.func]));
        let file = files[&*scopes[scope.parent as usize].file];
        die.set(dw::DW_AT_call_file, AttributeValue::FileIndex(Some(file)));
        die.set(dw::DW_AT_call_line, AttributeValue::Udata(scope.call.0.into()));
        set_code(unit, entry, func.addr, &ranges[n]);
    }
}

/// The code of each scope and of what was inlined into it; nothing for the function itself.
fn scope_ranges(func: &Func<'_>) -> Vec<Ranges> {
    let meta = func.meta;
    let mut ranges: Vec<Ranges> = vec![Vec::new(); meta.scopes.len()];
    if meta.scopes.len() == 1 {
        return ranges;
    }
    let ends = meta.lines.iter().skip(1).map(|row| row.off).chain([func.size as u32]);
    for (row, end) in meta.lines.iter().zip(ends).filter(|(row, end)| row.off < *end) {
        let mut scope = row.scope as usize;
        while scope != 0 {
            extend(&mut ranges[scope], row.off, end);
            scope = meta.scopes[scope].parent as usize;
        }
    }
    ranges
}

/// Adds a range behind the last one.
pub(crate) fn extend(ranges: &mut Ranges, begin: u32, end: u32) {
    match ranges.last_mut() {
        Some(last) if last.1 == begin => last.1 = end,
        _ => ranges.push((begin, end)),
    }
}

/// Adds a unit with the functions of archives that are written in assembly: the names of those written in Rust are in the
/// symbol table, mangled as debuggers know them.
pub(crate) fn assembly_unit(dwarf: &mut Dwarf, input: Input<'_>) {
    let id = dwarf.units.add(Unit::new(ENCODING, LineProgram::none()));
    root(dwarf, id, "runtime", dw::DW_LANG_Mips_Assembler);
    let mut all = Vec::new();
    let is_rust = |name: &str| name.starts_with("_R") || name.starts_with("_ZN");
    for (addr, size, name) in input.archived().into_iter().filter(|(.., name)| !is_rust(name)) {
        all.push(Range::StartLength { begin: Address::Constant(addr), length: size });
        let name = dwarf.strings.add(name);
        let unit = dwarf.units.get_mut(id);
        let root = unit.root();
        let entry = unit.add(root, dw::DW_TAG_subprogram);
        unit.get_mut(entry).set(dw::DW_AT_name, AttributeValue::StringRef(name));
        set_code(unit, entry, addr, &[(0, size as u32)]);
    }
    set_ranges(dwarf.units.get_mut(id), None, all);
}
