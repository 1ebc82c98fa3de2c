//! Composite literals. Spec, "Composite literals".

use rustc_hash::{FxHashMap, FxHashSet};
use syntax::{ExprId, ExprKind, List, Offset};

use crate::checker::{Checker, ExprInfo, Mode, Operand};
use crate::constant::Key;
use crate::model::*;
use crate::operand::{Context, is_invalid_type};
use crate::predicates::identical;

/// The constant keys of a map literal.
enum SeenKeys<'s> {
    /// The key type is no interface: all keys have the same type.
    Values(FxHashSet<Key<'s>>),
    /// Equal values of different types are different keys.
    Typed(FxHashMap<Key<'s>, Vec<Ty<'s>>>),
}

impl<'s> SeenKeys<'s> {
    fn insert(&mut self, key: Key<'s>, ty: Ty<'s>) -> bool {
        match self {
            SeenKeys::Values(seen) => seen.insert(key),
            SeenKeys::Typed(seen) => {
                let types = seen.entry(key).or_default();
                let new = !types.iter().any(|other| identical(other, ty));
                types.push(ty);
                new
            }
        }
    }
}

impl<'s> Checker<'s> {
    /// Checks a composite literal; `elided` is its type if it may leave that out.
    pub(crate) fn composite_lit(&mut self, x: &mut Operand<'s>, expr: ExprId, elided: Option<Ty<'s>>) {
        let tree = self.tree();
        let ExprKind::CompositeLit { ty: written, elems, rbrace, .. } = tree[expr].kind else { return };
        let (mut ty, base) = match (written, elided) {
            (Some(written), _) => {
                if let ExprKind::ArrayType { len: None, elem } = tree[written].kind {
                    let elem = self.var_type(elem);
                    let ty = self.open_array(elem, &tree[elems]);
                    self.record_entry(written, ExprInfo { mode: Mode::Type, ty: Some(ty), value: None });
                    x.mode = Mode::Value;
                    x.ty = ty;
                    return;
                }
                let ty = self.type_expr(written);
                (ty, ty)
            }
            (None, Some(hint)) => {
                // `&T` may be left out too.
                let base = match self.common_under(hint) {
                    Ok(Type::Pointer(base)) => *base,
                    _ => hint,
                };
                (hint, base)
            }
            (None, None) => {
                self.error_at(expr, "missing type in composite literal");
                (self.invalid(), self.invalid())
            }
        };
        let under = self.common_under(base);
        match under {
            Ok(Type::Struct(fields)) => self.struct_lit(base, fields, elems, rbrace),
            Ok(&Type::Array { elem, len }) => {
                self.indexed_elems(&tree[elems], elem, Some(len).filter(|&len| len >= 0));
            }
            Ok(&Type::Slice(elem)) => {
                self.indexed_elems(&tree[elems], elem, None);
            }
            Ok(&Type::Map { key, elem }) => self.map_lit(&tree[elems], key, elem),
            other => {
                self.use_exprs(&tree[elems]);
                let valid = !is_invalid_type(base) && !matches!(other, Ok(Type::Basic(Basic::Invalid)));
                if valid {
                    let qualifier = if written.is_none() { " element" } else { "" };
                    let cause = if other.is_err() { " (no common underlying type)" } else { "" };
                    let text =
                        format!("invalid composite literal{qualifier} type {}{cause}", self.ty_str(ty));
                    self.error_at(expr, text);
                }
                ty = self.invalid();
            }
        }
        x.mode = if is_invalid_type(ty) { Mode::Invalid } else { Mode::Value };
        x.ty = ty;
    }

    // `[...]T{...}`: its elements say how long it is.
    fn open_array(&mut self, elem: Ty<'s>, elems: &[ExprId]) -> Ty<'s> {
        let len = self.indexed_elems(elems, elem, None);
        self.alloc(Type::Array { elem, len })
    }

    fn struct_lit(&mut self, ty: Ty<'s>, fields: &'s Struct<'s>, elems: List<ExprId>, rbrace: Offset) {
        let tree = self.tree();
        let elems = &tree[elems];
        let Some(&first) = elems.first() else { return };
        if matches!(tree[first].kind, ExprKind::KeyValue { .. }) {
            self.keyed_fields(ty, fields.fields, elems);
        } else {
            self.positional_fields(ty, fields.fields, elems, rbrace);
        }
    }

    fn keyed_fields(&mut self, ty: Ty<'s>, fields: &'s [Obj<'s>], elems: &[ExprId]) {
        let tree = self.tree();
        // Most structs have few fields.
        let mut seen_low = 0u64;
        let mut seen_high: FxHashSet<usize> = FxHashSet::default();
        for &elem in elems {
            let ExprKind::KeyValue { key, value } = tree[elem].kind else {
                self.error_at(elem, "mixture of field:value and value elements in struct literal");
                continue;
            };
            let ExprKind::Name(name) = tree[key].kind else {
                self.use_exprs(&[value]);
                let text = format!("invalid field name {} in struct literal", self.expr_str(key));
                self.error_at(elem, text);
                continue;
            };
            let Some(idx) = self.field_index(fields, name) else {
                self.use_exprs(&[value]);
                let folded = name.as_str().to_lowercase();
                let other = fields.iter().copied().find(|field| field.name.as_str().to_lowercase() == folded);
                let text = self.lookup_failure(ty, name, other, true);
                self.error_at(key, text);
                continue;
            };
            let field = fields[idx];
            self.record_use(key, field);
            let field_ty = field.ty().unwrap_or(self.invalid());
            let mut x = Operand::invalid(self, value);
            self.expr(&mut x, value, None);
            self.assignment(&mut x, Some(field_ty), "struct literal");
            let new = if idx < 64 {
                let bit = 1 << idx;
                let new = seen_low & bit == 0;
                seen_low |= bit;
                new
            } else {
                seen_high.insert(idx)
            };
            if !new {
                self.error_at(elem, format!("duplicate field name {name} in struct literal"));
            }
        }
    }

    fn positional_fields(&mut self, ty: Ty<'s>, fields: &'s [Obj<'s>], elems: &[ExprId], rbrace: Offset) {
        let tree = self.tree();
        for (idx, &elem) in elems.iter().enumerate() {
            if let ExprKind::KeyValue { .. } = tree[elem].kind {
                self.error_at(elem, "mixture of field:value and value elements in struct literal");
                continue;
            }
            let mut x = Operand::invalid(self, elem);
            self.expr(&mut x, elem, None);
            let Some(field) = fields.get(idx) else {
                let text = format!("too many values in struct literal of type {}", self.ty_str(ty));
                self.error_at(elem, text);
                self.use_exprs(&elems[idx + 1..]);
                return;
            };
            let own = field.pkg.is_some_and(|pkg| pkg.is(self.pkg));
            if !field.name.is_exported() && !own {
                let ty = self.ty_str(ty);
                let text = format!(
                    "implicit assignment to unexported field {} in struct literal of type {ty}",
                    field.name
                );
                self.error_at(elem, text);
                continue;
            }
            let field_ty = field.ty().unwrap_or(self.invalid());
            self.assignment(&mut x, Some(field_ty), "struct literal");
        }
        if elems.len() < fields.len() {
            let text = format!("too few values in struct literal of type {}", self.ty_str(ty));
            self.error(self.pos(rbrace), text);
        }
    }

    fn field_index(&self, fields: &[Obj<'s>], name: source::Name) -> Option<usize> {
        if name.is_blank() {
            return None;
        }
        let visible = |field: &Obj<'s>| name.is_exported() || field.pkg.is_some_and(|pkg| pkg.is(self.pkg));
        fields.iter().position(|field| field.name == name && visible(field))
    }

    fn map_lit(&mut self, elems: &[ExprId], key_ty: Ty<'s>, elem_ty: Ty<'s>) {
        let tree = self.tree();
        let mut seen = match self.is_interface(key_ty) {
            true => SeenKeys::Typed(FxHashMap::default()),
            false => SeenKeys::Values(FxHashSet::default()),
        };
        for &elem in elems {
            let ExprKind::KeyValue { key, value } = tree[elem].kind else {
                self.error_at(elem, "missing key in map literal");
                continue;
            };
            let mut x = Operand::invalid(self, key);
            self.elided_expr(&mut x, key, key_ty);
            self.assignment(&mut x, Some(key_ty), "map literal");
            if x.is_invalid() {
                continue;
            }
            if let (Mode::Constant, Some(constant)) = (x.mode, x.value)
                && let Some(found) = constant.key(self.bump)
                && !seen.insert(found, x.ty)
            {
                self.error_at(key, format!("duplicate key {constant} in map literal"));
                continue;
            }
            self.assigned_expr(value, elem_ty, Context::Text("map literal"));
        }
    }

    /// Checks the elements of an array or slice literal and returns its length.
    fn indexed_elems(&mut self, elems: &[ExprId], ty: Ty<'s>, len: Option<i64>) -> i64 {
        let tree = self.tree();
        // Without keys no index can occur twice.
        let keyed = elems.iter().any(|&elem| matches!(tree[elem].kind, ExprKind::KeyValue { .. }));
        let mut seen: FxHashSet<i64> = FxHashSet::default();
        let (mut index, mut max) = (0i64, 0i64);
        for &elem in elems {
            let mut valid = false;
            let mut value = elem;
            if let ExprKind::KeyValue { key, value: keyed_value } = tree[elem].kind {
                value = keyed_value;
                let (key_ty, known) = self.index(key, len);
                if let Some(known) = known {
                    index = known;
                    valid = true;
                } else if !is_invalid_type(key_ty) {
                    let text = format!("index {} must be integer constant", self.expr_str(key));
                    self.error_at(elem, text);
                }
            } else if let Some(len) = len.filter(|&len| index >= len) {
                self.error_at(elem, format!("index {index} is out of bounds (>= {len})"));
            } else {
                valid = true;
            }
            if keyed && valid && !seen.insert(index) {
                self.error_at(elem, format!("duplicate index {index} in array or slice literal"));
            }
            self.assigned_expr(value, ty, Context::Text("array or slice literal"));
            index = index.saturating_add(1);
            max = max.max(index);
        }
        max
    }
}
