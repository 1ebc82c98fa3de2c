//! Which initialisers may be left out when nobody asks for their variables.

use syntax::{BinaryOp, ExprId, ExprKind, UnaryOp};
use types::predicates::under_known;
use types::{Mode, Type};

use crate::program::SourceFile;

/// Reports whether evaluating an expression does nothing but yield a value: it calls nothing and cannot panic.
///
/// What is not known to be so is taken to have an effect.
pub(crate) fn is_effect_free(file: SourceFile<'_, '_>, expr: ExprId) -> bool {
    let tree = file.tree;
    let info = |expr: ExprId| file.info.exprs[tree.unparen(expr).index()];
    if info(expr).is_some_and(|info| info.value.is_some()) {
        return true;
    }
    match tree[expr].kind {
        ExprKind::Name(_) | ExprKind::BasicLit { .. } | ExprKind::FuncLit(_) => true,
        ExprKind::Paren(x) => is_effect_free(file, x),
        // A variable or function of another package, or a struct's own field; others might lie behind nil.
        ExprKind::Selector { x, sel } => {
            let has_field = |ty| match under_known(ty) {
                Some(Type::Struct(st)) => st.fields.iter().any(|field| field.name == sel.name),
                _ => false,
            };
            info(x).is_none_or(|info| info.ty.is_some_and(has_field)) && is_effect_free(file, x)
        }
        ExprKind::Binary { op: BinaryOp::LogAnd | BinaryOp::LogOr, x, y, .. } => {
            is_effect_free(file, x) && is_effect_free(file, y)
        }
        ExprKind::Unary { op: UnaryOp::Not, x } => is_effect_free(file, x),
        ExprKind::CompositeLit { elems, .. } => tree[elems].iter().all(|elem| match tree[*elem].kind {
            // Keys of maps are hashed, which values in interfaces may not let happen; field names are no expressions.
            ExprKind::KeyValue { key, value } => {
                info(key).is_none_or(|info| info.value.is_some() || info.ty.is_none())
                    && is_effect_free(file, value)
            }
            _ => is_effect_free(file, *elem),
        }),
        ExprKind::Unary { op: UnaryOp::Addr, x } => is_effect_free(file, x),
        // A conversion to anything but an array, whose length a slice may not have.
        ExprKind::Call { fun, args, .. } => {
            let is_conversion = info(fun).is_some_and(|info| info.mode == Mode::Type);
            let ty = info(expr).and_then(|info| info.ty).and_then(under_known);
            let may_panic = matches!(ty, None | Some(Type::Array { .. } | Type::Pointer(_)));
            is_conversion && !may_panic && tree[args].iter().all(|arg| is_effect_free(file, *arg))
        }
        _ => false,
    }
}
