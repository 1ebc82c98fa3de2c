//! Assignments and declarations of variables.

use syntax::{BinaryOp, ExprId, ExprKind, List};
use types::{Basic, Obj};

use crate::func::Lowerer;
use crate::layout::{Kind, TypeId};
use crate::place::Place;
use crate::value::Val;

impl<'a, 's> Lowerer<'_, 'a, 's> {
    /// The values of the right side of an assignment to `n` places: one each, or all from one expression.
    pub fn right_side(&mut self, rhs: &[ExprId], n: usize) -> Vec<(TypeId, Option<ExprId>, Val)> {
        if rhs.len() == n {
            return self.in_order(rhs, |l, idx| {
                let ty = l.type_of(rhs[idx]);
                let val = l.expr(rhs[idx]);
                (ty, Some(rhs[idx]), val)
            });
        }
        self.multi(rhs[0]).into_iter().map(|(ty, val)| (ty, None, val)).collect()
    }

    /// An expression with several values: a call, or one of the forms with `ok`.
    pub fn multi(&mut self, expr: ExprId) -> Vec<(TypeId, Val)> {
        let tree = self.tree();
        let expr = tree.unparen(expr);
        let bool_ty = self.basic(Basic::Bool);
        match tree[expr].kind {
            ExprKind::Call { .. } => self.call(expr),
            ExprKind::TypeAssert { x, ty: Some(ty) } => {
                let ty = self.type_of(ty);
                let (val, ok) = self.type_assert(expr, x, true);
                vec![(ty, val), (bool_ty, Val::one(ok.expect("asked for")))]
            }
            ExprKind::Unary { op: syntax::UnaryOp::Recv, x } => {
                let chan = self.type_of(x);
                let Kind::Chan { elem, .. } = self.p.data(chan).kind else {
                    panic!("{}: no channel", self.symbol)
                };
                let (val, ok) = self.receive(expr, x, true);
                vec![(elem, val), (bool_ty, Val::one(ok.expect("asked for")))]
            }
            ExprKind::Index { x, .. } => {
                let map = self.type_of(x);
                let Kind::Map { elem, .. } = self.p.data(map).kind else { panic!("{}: no map", self.symbol) };
                let (val, ok) = self.map_lookup(expr, true);
                vec![(elem, val), (bool_ty, Val::one(ok.expect("asked for")))]
            }
            _ => panic!("{}: one value where several were expected", self.symbol),
        }
    }

    /// `lhs = rhs`. Operands on the left and values on the right first, then the places from left to right. Spec,
    /// "Assignment statements".
    pub fn assign(&mut self, lhs: List<ExprId>, rhs: List<ExprId>) {
        let tree = self.tree();
        let (lhs, rhs) = (&tree[lhs], &tree[rhs]);
        if let ([x], [y]) = (lhs, rhs) {
            return self.hoisted_operands(&[*x], &[*y], |l| {
                let place = l.place(*x);
                let ty = l.place_type(*x, *y);
                let val = l.expr_as(*y, ty);
                l.at_operation(*x);
                l.write_place(ty, &place, &val);
            });
        }
        let is_multi = rhs.len() != lhs.len();
        let of = [lhs, if is_multi { rhs } else { &[] }].concat();
        let (places, vals) = self.hoisted_operands(&of, if is_multi { &[] } else { rhs }, |l| {
            let places: Vec<Place> = lhs.iter().map(|x| l.place(*x)).collect();
            (places, l.right_side(rhs, lhs.len()))
        });
        let mut ready = Vec::new();
        for ((x, place), (from, expr, val)) in lhs.iter().zip(places).zip(vals) {
            let to = match (&place, expr) {
                (Place::Blank, _) => from,
                _ => self.type_of_var(*x),
            };
            let val = match expr {
                Some(expr) if self.is_nil(expr) => self.zero(to),
                _ => self.assign_convert(val, from, to),
            };
            let val = self.stable(to, val);
            ready.push((*x, to, place, val));
        }
        for (x, ty, place, val) in ready {
            self.at_operation(x);
            self.write_place(ty, &place, &val);
        }
    }

    fn place_type(&mut self, x: ExprId, y: ExprId) -> TypeId {
        match self.tree()[self.tree().unparen(x)].kind {
            ExprKind::Name(name) if name.is_blank() => self.type_of(y),
            _ => self.type_of_var(x),
        }
    }

    /// `lhs := rhs`
    pub fn define(&mut self, lhs: List<ExprId>, rhs: List<ExprId>) {
        let tree = self.tree();
        let (lhs, rhs) = (&tree[lhs], &tree[rhs]);
        let vals = self.right_side(rhs, lhs.len());
        let mut ready = Vec::new();
        for (x, (from, expr, val)) in lhs.iter().zip(vals) {
            let new = self.def(tree[*x].span.start);
            let is_blank = matches!(tree[*x].kind, ExprKind::Name(name) if name.is_blank());
            let to = match new {
                _ if is_blank => from,
                Some(obj) => self.type_id(obj.ty().expect("variables are typed")),
                None => self.type_of_var(*x),
            };
            let val = match expr {
                Some(expr) if self.is_nil(expr) => self.zero(to),
                _ => self.assign_convert(val, from, to),
            };
            let val = if lhs.len() > 1 { self.stable(to, val) } else { val };
            ready.push((*x, new.filter(|_| !is_blank), is_blank, to, val, expr));
        }
        for (x, new, is_blank, ty, val, expr) in ready {
            match new {
                Some(obj) => self.declare_with(obj, ty, val, expr),
                None if is_blank => {}
                None => {
                    let place = self.place(x);
                    self.write_place(ty, &place, &val);
                }
            }
        }
    }

    /// `var names = values`
    pub fn declare_vars(&mut self, spec: syntax::ValueSpecId) {
        let tree = self.tree();
        let spec = tree[spec];
        let names = &tree[spec.names];
        let objs: Vec<Option<Obj<'s>>> = names.iter().map(|name| self.def(name.pos)).collect();
        let values = &tree[spec.values];
        if values.is_empty() {
            for obj in objs.into_iter().flatten() {
                let ty = self.type_id(obj.ty().expect("variables are typed"));
                self.declare(obj, ty, None);
            }
            return;
        }
        let declared = spec.ty.map(|ty| self.type_of(ty));
        let vals = self.right_side(values, names.len());
        let mut ready = Vec::new();
        for (obj, (from, expr, val)) in objs.into_iter().zip(vals) {
            let to = match (declared, obj) {
                (Some(ty), _) => ty,
                (None, Some(obj)) => self.type_id(obj.ty().expect("variables are typed")),
                (None, None) => from,
            };
            let val = match expr {
                Some(expr) if self.is_nil(expr) => self.zero(to),
                _ => self.assign_convert(val, from, to),
            };
            let val = if names.len() > 1 { self.stable(to, val) } else { val };
            ready.push((obj, to, val, expr));
        }
        for (obj, ty, val, expr) in ready {
            if let Some(obj) = obj.filter(|obj| !obj.name.is_blank()) {
                self.declare_with(obj, ty, val, expr);
            }
        }
    }

    /// `x op= y`, `x++`, `x--`: the place is evaluated once.
    pub fn op_assign(&mut self, x: ExprId, op: BinaryOp, op_pos: u32, y: Option<ExprId>) {
        self.hoisted_operands(&[x], y.as_slice(), |l| l.op_assign_hoisted(x, op, op_pos, y));
    }

    fn op_assign_hoisted(&mut self, x: ExprId, op: BinaryOp, op_pos: u32, y: Option<ExprId>) {
        let ty = self.type_of(x);
        let place = self.place(x);
        let mut place = match place {
            // Checked and located once.
            Place::Element { .. } => {
                let (addr, off, is_stack) = self.locate(&place);
                Place::Memory { addr, off, is_stack }
            }
            place => place,
        };
        let val = match (op, y) {
            (BinaryOp::Shl | BinaryOp::Shr, Some(y)) => {
                let count_ty = self.type_of(y);
                let count = self.expr(y).single();
                let old = self.read_place(ty, &place).single();
                self.at(op_pos);
                Val::one(self.shift(op, ty, old, count_ty, count))
            }
            (_, Some(y)) => {
                let rhs = self.expr_as(y, ty);
                place = self.changed(op, x, place);
                let old = self.read_place(ty, &place);
                self.at(op_pos);
                self.arithmetic(op, ty, &old, &rhs)
            }
            (_, None) => {
                let one = self.one(ty);
                place = self.changed(op, x, place);
                let old = self.read_place(ty, &place);
                self.arithmetic(op, ty, &old, &one)
            }
        };
        self.at_operation(x);
        self.write_place(ty, &place, &val);
    }

    /// The place that an operation reads and writes. An element of a map is looked for once, and made if it is not there;
    /// but not when the operation may panic, which leaves the map as it is.
    fn changed(&mut self, op: BinaryOp, x: ExprId, place: Place) -> Place {
        match place {
            Place::MapElement { ty, map, key } if !matches!(op, BinaryOp::Div | BinaryOp::Rem) => {
                self.at_operation(x);
                Place::Memory { addr: self.map_element(ty, map, &key), off: 0, is_stack: false }
            }
            place => place,
        }
    }

    /// The number 1 of a numeric type.
    fn one(&mut self, ty: TypeId) -> Val {
        let data = self.p.data(ty);
        let crate::layout::Shape::Scalars(list) = &data.shape else { panic!("{}: no number", self.symbol) };
        let mut scalars = crate::value::Scalars::new();
        for (idx, scalar) in list.iter().enumerate() {
            let part = if idx == 0 { 1.0 } else { 0.0 };
            scalars.push(match scalar.ty {
                ssa::Type::F32 => self.b.f32const(part),
                ssa::Type::F64 => self.b.f64const(f64::from(part)),
                ty => self.b.iconst(ty, 1),
            });
        }
        Val::Scalars(scalars)
    }
}
