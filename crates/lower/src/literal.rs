//! Composite literals.

use syntax::{ExprId, ExprKind, List};

use crate::func::Lowerer;
use crate::layout::{Kind, Shape, TypeId};
use crate::value::Val;

impl<'a, 's> Lowerer<'_, 'a, 's> {
    /// A composite literal as a value.
    pub fn composite(&mut self, expr: ExprId) -> Val {
        let ty = self.type_of(expr);
        self.composite_as(expr, ty)
    }

    /// A composite literal of type `ty`: that of the expression, or what it points to where `&T` is elided.
    fn composite_as(&mut self, expr: ExprId, ty: TypeId) -> Val {
        match self.p.data(ty).kind.clone() {
            Kind::Struct(fields) if matches!(self.p.data(ty).shape, Shape::Scalars(_)) => {
                let elems = self.elems(expr);
                let mut vals: Vec<Option<Val>> = vec![None; fields.len()];
                let elems = self.struct_elems(&fields, &elems);
                let exprs: Vec<ExprId> = elems.iter().map(|(_, value)| *value).collect();
                let values = self.in_order(&exprs, |l, idx| l.expr_as(exprs[idx], fields[elems[idx].0].ty));
                for ((idx, _), value) in elems.iter().zip(values) {
                    vals[*idx] = Some(value);
                }
                let mut scalars = crate::value::Scalars::new();
                for (field, val) in fields.iter().zip(vals) {
                    let val = match val {
                        Some(val) => val,
                        None => self.zero(field.ty),
                    };
                    scalars.extend_from_slice(val.scalars());
                }
                Val::Scalars(scalars)
            }
            Kind::Struct(_) | Kind::Array { .. } => {
                let val = self.zero(ty);
                let addr = self.address_of_val(ty, &val);
                let is_stack = !self.is_large(ty);
                self.fill(expr, ty, addr, is_stack);
                self.load(ty, addr, 0)
            }
            Kind::Slice(elem) => {
                let elems = self.elems(expr);
                let len = self.indexed(&elems).iter().map(|(idx, _)| idx + 1).max().unwrap_or(0);
                let array = self.array_of(elem, len);
                let base = self.new_object(array);
                if !self.is_initializer && self.p.types.get(array).size > crate::value::MAX_FRAME_BYTES {
                    // gc makes it in the frame, where it is too large.
                    self.spill(array, &Val::Memory(base));
                }
                self.fill_elements(&elems, elem, base, false);
                let len = self.int(len);
                Val::of(&[base, len, len])
            }
            Kind::Map { key, elem } => self.map_literal(expr, ty, key, elem),
            // `{...}` for an elided `&T{...}`.
            Kind::Pointer(base) => {
                let addr = self.new_object(base);
                self.composite_into(expr, base, addr);
                Val::one(addr)
            }
            _ => panic!("{}: a composite literal of {}", self.symbol, self.p.data(ty).link),
        }
    }

    /// Writes a composite literal into zeroed memory outside the frame.
    pub fn composite_into(&mut self, expr: ExprId, ty: TypeId, addr: ssa::Value) {
        match self.p.data(ty).kind {
            Kind::Struct(_) | Kind::Array { .. } => self.fill(expr, ty, addr, false),
            _ => {
                let val = self.composite_as(expr, ty);
                self.store(ty, addr, 0, &val, false);
            }
        }
    }

    fn fill(&mut self, expr: ExprId, ty: TypeId, addr: ssa::Value, is_stack: bool) {
        let elems = self.elems(expr);
        match self.p.data(ty).kind.clone() {
            Kind::Struct(fields) => {
                let elems: Vec<_> = self
                    .struct_elems(&fields, &elems)
                    .into_iter()
                    .map(|(idx, value)| (fields[idx].off, fields[idx].ty, value))
                    .collect();
                self.fill_parts(&elems, addr, is_stack);
            }
            Kind::Array { elem, .. } => self.fill_elements(&elems, elem, addr, is_stack),
            _ => panic!("{}: a literal of {}", self.symbol, self.p.data(ty).link),
        }
    }

    fn fill_elements(&mut self, elems: &[ExprId], elem: TypeId, base: ssa::Value, is_stack: bool) {
        let size = self.p.data(elem).size;
        let elems = self.indexed(elems);
        let elems: Vec<_> = elems.into_iter().map(|(idx, value)| (idx as u64 * size, elem, value)).collect();
        self.fill_parts(&elems, base, is_stack);
    }

    /// Writes parts of a literal, each given by its offset, type and value.
    fn fill_parts(&mut self, parts: &[(u64, TypeId, ExprId)], addr: ssa::Value, is_stack: bool) {
        let exprs: Vec<ExprId> = parts.iter().map(|(_, _, value)| *value).collect();
        let has_late = exprs.windows(2).any(|pair| !self.is_ordered(pair[0]) && self.is_ordered(pair[1]));
        if !has_late {
            for (off, ty, value) in parts {
                let val = self.expr_as(*value, *ty);
                self.store(*ty, addr, *off, &val, is_stack);
            }
            return;
        }
        let vals = self.in_order(&exprs, |l, idx| {
            let val = l.expr_as(exprs[idx], parts[idx].1);
            l.stable(parts[idx].1, val)
        });
        for ((off, ty, _), val) in parts.iter().zip(vals) {
            self.store(*ty, addr, *off, &val, is_stack);
        }
    }

    fn elems(&self, expr: ExprId) -> Vec<ExprId> {
        let tree = self.tree();
        let elems: List<ExprId> = match tree[expr].kind {
            ExprKind::CompositeLit { elems, .. } => elems,
            _ => panic!("{}: no composite literal", self.symbol),
        };
        tree[elems].to_vec()
    }

    /// Elements with their indices. Spec, "Composite literals".
    fn indexed(&self, elems: &[ExprId]) -> Vec<(i64, ExprId)> {
        let tree = self.tree();
        let mut next = 0;
        let mut list = Vec::new();
        for elem in elems {
            let (idx, value) = match tree[*elem].kind {
                ExprKind::KeyValue { key, value } => {
                    let info = self.src.file.info.exprs[key.index()].and_then(|info| info.value);
                    (info.map_or(next, |value| value.low_bits() as i64), value)
                }
                _ => (next, *elem),
            };
            list.push((idx, value));
            next = idx + 1;
        }
        list
    }

    fn struct_elems(&self, fields: &[crate::layout::Field<'s>], elems: &[ExprId]) -> Vec<(usize, ExprId)> {
        let tree = self.tree();
        let find = |key: ExprId| match tree[key].kind {
            ExprKind::Name(name) => fields.iter().position(|field| field.obj.name == name),
            _ => None,
        };
        elems
            .iter()
            .enumerate()
            .map(|(idx, elem)| match tree[*elem].kind {
                ExprKind::KeyValue { key, value } => (find(key).expect("the checker knows the field"), value),
                _ => (idx, *elem),
            })
            .collect()
    }

    fn map_literal(&mut self, expr: ExprId, ty: TypeId, key: TypeId, elem: TypeId) -> Val {
        let tree = self.tree();
        let elems = self.elems(expr);
        let hint = self.int(elems.len() as i64);
        let map = self.make_map(ty, hint);
        let pairs = elems.iter().map(|pair| match tree[*pair].kind {
            ExprKind::KeyValue { key, value } => (key, value),
            _ => panic!("{}: no key", self.symbol),
        });
        // gc enters what is known beforehand first: of equal keys, a computed element wins.
        let is_known = |(k, v): &(ExprId, ExprId)| self.is_known(*k, key) && self.is_known(*v, elem);
        let (known, computed): (Vec<_>, Vec<_>) = pairs.partition(is_known);
        for (k, value) in known.into_iter().chain(computed) {
            let k = self.expr_as(k, key);
            let k = self.stable(key, k);
            let v = self.expr_as(value, elem);
            self.map_write(ty, map, &k, &v);
        }
        Val::one(map)
    }

    /// Whether gc knows the value before the program runs, where it orders the elements of a map.
    fn is_known(&self, expr: ExprId, ty: TypeId) -> bool {
        let tree = self.tree();
        match (&tree[expr].kind, &self.p.data(ty).kind) {
            (ExprKind::Paren(x), _) => self.is_known(*x, ty),
            (ExprKind::CompositeLit { .. }, Kind::Struct(fields)) => {
                let elems = self.struct_elems(fields, &self.elems(expr));
                elems.iter().all(|(idx, value)| self.is_known(*value, fields[*idx].ty))
            }
            (ExprKind::CompositeLit { .. }, Kind::Array { elem, .. }) => {
                let elems = self.indexed(&self.elems(expr));
                elems.iter().all(|(_, value)| self.is_known(*value, *elem))
            }
            _ if self.is_nil(expr) => true,
            (_, Kind::Interface { .. }) => false,
            _ => self.src.file.info.exprs[expr.index()].is_some_and(|info| info.value.is_some()),
        }
    }
}
