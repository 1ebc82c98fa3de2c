//! Conversions between strings and bytes that need no copy, because nobody can write to the bytes before the last use.
//!
//! In `string(b) == s`, in `m[string(b)]` that is only read, in `switch string(b)` with constant cases and in `range []byte(s)` the
//! converted value has no name. Operands that are ordered are evaluated before (see `order`), so nothing runs between the conversion
//! and its use but reads of other operands. gc copies nothing in these places either; programs rely on it.

use ssa::Value;
use syntax::{ExprId, ExprKind};
use types::{Basic, Mode};

use crate::func::Lowerer;
use crate::layout::{Kind, TypeId};
use crate::value::Val;

impl<'a, 's> Lowerer<'_, 'a, 's> {
    /// As `expr_as`, for an operand that is read before anything is written.
    pub fn borrowed(&mut self, expr: ExprId, ty: TypeId) -> Val {
        match self.converted(expr) {
            Some(x) if self.is_string(ty) && self.is_bytes(x) => {
                let val = self.expr(x);
                Val::of(&val.scalars()[..2])
            }
            _ => self.expr_as(expr, ty),
        }
    }

    /// Address and length of the elements of a slice that nobody can write to as long as they are used, if it is one.
    pub fn borrowed_bytes(&mut self, expr: ExprId) -> Option<(Value, Value)> {
        let x = self.converted(expr)?;
        let ty = self.type_of(x);
        if !self.is_string(ty) || !self.is_bytes(expr) {
            return None;
        }
        let val = self.expr(x);
        Some((val.scalars()[0], val.scalars()[1]))
    }

    /// Reads an element of a map; with `comma_ok` also whether it is there.
    pub fn map_lookup(&mut self, expr: ExprId, comma_ok: bool) -> (Val, Option<Value>) {
        let tree = self.tree();
        let ExprKind::Index { x, indices, .. } = tree[expr].kind else {
            unreachable!("the caller matched it")
        };
        let ty = self.type_of(x);
        let Kind::Map { key, .. } = self.p.data(ty).kind else { panic!("{}: no map", self.symbol) };
        let index = tree[indices][0];
        let (map, key) = self.hoisted(&[x, index], |l| {
            let map = l.expr(x).single();
            let val = l.borrowed(index, key);
            (map, l.stable(key, val))
        });
        self.at_operation(expr);
        self.map_read(ty, map, &key, comma_ok)
    }

    /// The operand of a conversion whose result was not computed before.
    fn converted(&self, expr: ExprId) -> Option<ExprId> {
        let tree = self.tree();
        let expr = tree.unparen(expr);
        let ExprKind::Call { fun, args, .. } = tree[expr].kind else { return None };
        let [x] = tree[args] else { return None };
        let is_computed = self.mode(expr) == Some(Mode::Constant) || self.kept.contains_key(&expr);
        (self.mode(fun) == Some(Mode::Type) && !is_computed && !self.is_nil(x)).then_some(x)
    }

    fn is_bytes(&mut self, expr: ExprId) -> bool {
        let ty = self.type_of(expr);
        let Kind::Slice(elem) = self.p.data(ty).kind else { return false };
        matches!(self.p.data(elem).kind, Kind::Basic(Basic::Uint8))
    }
}
