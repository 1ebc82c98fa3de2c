//! Variables: where they are, and in which part of their function they are visible.

use gimli::constants as dw;
use gimli::write::{AttributeValue, Dwarf, Expression, UnitEntryId, UnitId};
use obj::MetaVar;

use super::info::{Ranges, extend, set_code};
use super::types::Types;
use super::{Func, Input};

/// Distance from the frame pointer to the canonical frame address: the saved frame pointer and the return address.
const FP_TO_CFA: i64 = 16;

/// A block of the source: from where to where, and the entry that stands for it.
struct Scope {
    from: (u32, u32),
    to: (u32, u32),
    entry: UnitEntryId,
}

/// Adds the variables of a function to its entry. Those that are not visible everywhere stand in lexical blocks, which
/// are nested as the parts of the source are in which the variables are visible.
pub(crate) fn add(
    dwarf: &mut Dwarf,
    types: &mut Types<'_>,
    input: Input<'_>,
    id: UnitId,
    entry: UnitEntryId,
    func: &Func<'_>,
) {
    let mut vars: Vec<&MetaVar> = func.meta.vars.iter().collect();
    // Parameters first, in their order; then outer blocks before inner ones.
    vars.sort_by_key(|var| {
        (
            !var.param,
            if var.param { ((0, 0), 0, 0) } else { (var.from, u32::MAX - var.to.0, u32::MAX - var.to.1) },
        )
    });
    let mut open: Vec<Scope> = Vec::new();
    for var in vars {
        let ty = types.of_symbol(dwarf, input, func.object, var.ty);
        let name = dwarf.strings.add(&*var.name);
        let unit = dwarf.units.get_mut(id);
        while open.last().is_some_and(|scope| var.to > scope.to || var.from >= scope.to) {
            open.pop();
        }
        let mut parent = open.last().map_or(entry, |scope| scope.entry);
        let is_known = open.last().is_some_and(|scope| (scope.from, scope.to) == (var.from, var.to));
        if !var.param && !is_known {
            let ranges = visible(func, var);
            if ranges.is_empty() {
                continue;
            }
            parent = unit.add(parent, dw::DW_TAG_lexical_block);
            set_code(unit, parent, func.addr, &ranges);
            open.push(Scope { from: var.from, to: var.to, entry: parent });
        }
        let tag = if var.param { dw::DW_TAG_formal_parameter } else { dw::DW_TAG_variable };
        let made = unit.add(parent, tag);
        let die = unit.get_mut(made);
        die.set(dw::DW_AT_name, AttributeValue::StringRef(name));
        die.set(dw::DW_AT_decl_line, AttributeValue::Udata(var.from.0.into()));
        die.set(dw::DW_AT_type, AttributeValue::DebugInfoRef(ty));
        let mut place = Expression::new();
        place.op_fbreg(i64::from(var.fp_off) - FP_TO_CFA);
        if var.indirect {
            place.op_deref();
        }
        die.set(dw::DW_AT_location, AttributeValue::Exprloc(place));
    }
}

/// The code that comes from the part of the source where a variable is visible.
fn visible(func: &Func<'_>, var: &MetaVar) -> Ranges {
    let meta = func.meta;
    let mut ranges = Ranges::new();
    let ends = meta.lines.iter().skip(1).map(|row| row.off).chain([func.size as u32]);
    for (row, end) in meta.lines.iter().zip(ends).filter(|(row, end)| row.off < *end) {
        let at = (row.line, row.col);
        if row.scope == var.scope && var.from <= at && at <= var.to {
            extend(&mut ranges, row.off, end);
        }
    }
    ranges
}
