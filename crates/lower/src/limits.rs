//! What the type checker accepts and gc's back half refuses: types that are too large, arguments that no frame takes, type
//! arguments that cannot be allocated.
//!
//! The limits and the words are gc's (observed with go1.26.8). Only packages outside the standard library are looked
//! at. What the frame of a function needs besides its arguments is known later; `driver` checks it.

use source::Pos;
use syntax::{Decl, ExprKind};
use types::{Checker, Ty, Type};

use crate::program::{Program, SourceFile};

/// Elements of channels are smaller.
const MAX_CHAN_ELEM_BYTES: u64 = 1 << 16;
/// Arrays are smaller.
const MAX_BYTES: u64 = 1 << 50;
/// The most bytes of arguments and results.
const MAX_ARGUMENT_BYTES: u64 = 1 << 30;

/// Reports what goes beyond the limits.
pub(crate) fn check(p: &mut Program<'_, '_>) {
    for pkg in p.packages.clone() {
        let input = &p.session.inputs[(pkg - types::FIRST) as usize];
        for idx in (0..input.files.len()).filter(|_| !input.is_std) {
            let file = p.file(pkg, idx);
            check_types(p, file);
            check_type_arguments(p, file);
            check_functions(p, file);
        }
    }
}

fn check_types<'s>(p: &mut Program<'_, 's>, file: SourceFile<'_, 's>) {
    for (expr, info) in file.tree.exprs.iter().zip(&file.info.exprs) {
        let Some(ty) = info.and_then(|info| info.ty) else { continue };
        if !matches!(expr.kind, ExprKind::ChanType { .. } | ExprKind::ArrayType { .. }) {
            continue;
        }
        let text = match types::predicates::unalias(ty) {
            Type::Chan { elem, .. } if size(&mut p.checker, elem) >= MAX_CHAN_ELEM_BYTES => {
                "channel element type too large (>64kB)".to_string()
            }
            Type::Array { elem, len } => {
                let bytes = u128::from(size(&mut p.checker, elem)) * *len as u128;
                if bytes < u128::from(MAX_BYTES) {
                    continue;
                }
                format!("type {} larger than address space", types::format::type_string(ty, None))
            }
            _ => continue,
        };
        p.error(Pos { file: file.id, offset: expr.span.start }, text);
    }
}

// Of type parameters none is known.
fn size<'s>(checker: &mut Checker<'s>, ty: Ty<'s>) -> u64 {
    checker.size_of(ty).unwrap_or(0)
}

fn check_type_arguments(p: &mut Program<'_, '_>, file: SourceFile<'_, '_>) {
    let mut found = Vec::new();
    for (expr, targs) in &file.info.instances {
        if let Some(ty) = targs.iter().find(|ty| is_not_in_heap(ty)) {
            let text = types::format::type_string(ty, None);
            found.push((file.tree[*expr].span.start, text));
        }
    }
    found.sort();
    for (offset, ty) in found {
        let text = format!("cannot use incomplete (or unallocatable) type as a type argument: {ty}");
        p.error(Pos { file: file.id, offset }, text);
    }
}

/// Whether values of the type may not be allocated: there is an `internal/runtime/sys.NotInHeap` in them.
fn is_not_in_heap(ty: Ty<'_>) -> bool {
    match types::predicates::unalias(ty) {
        Type::Named(named) => {
            let is_mark = named.obj.name.as_str() == "NotInHeap"
                && named.obj.pkg.is_some_and(|pkg| pkg.path.as_str() == "internal/runtime/sys");
            is_mark || types::predicates::under_known(ty).is_some_and(is_not_in_heap)
        }
        Type::Struct(fields) => fields.fields.iter().any(|field| field.ty().is_some_and(is_not_in_heap)),
        Type::Array { elem, .. } => is_not_in_heap(elem),
        _ => false,
    }
}

fn check_functions<'s>(p: &mut Program<'_, 's>, file: SourceFile<'_, 's>) {
    for decl in &file.tree.decls {
        let Decl::Func(decl) = decl else { continue };
        let sig = file.info.defs.get(&decl.name.pos).and_then(|obj| obj.ty());
        let Some(Type::Signature(sig)) = sig else { continue };
        let vars = sig.recv.iter().chain(sig.params).chain(sig.results);
        let bytes: u64 = vars.filter_map(|var| var.ty()).map(|ty| size(&mut p.checker, ty)).sum();
        if bytes > MAX_ARGUMENT_BYTES {
            let text = format!("stack frame too large (>1GB): 0 MB locals + {} MB args", bytes >> 20);
            p.error(Pos { file: file.id, offset: decl.name.pos }, text);
        }
    }
}
