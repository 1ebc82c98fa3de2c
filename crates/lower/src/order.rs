//! In which order operands are evaluated.
//!
//! The specification orders calls, receives and logical operators among themselves, not the reading of variables
//! or panics between them. gc performs all that is ordered first, for the expression as a whole, and what is left
//! afterwards: `v + f()` sees what `f` made of `v`, and in `a[i] + f()` the call comes before the index is found to be out of range.
//! Programs have come to expect that. Spec, "Order of evaluation".
//!
//! So an operation with several operands first [hoists](Lowerer::hoist) what is ordered in them: results are kept by expression and
//! taken when the expression is evaluated. What is hoisted is an evaluation of its own.

use syntax::{BinaryOp, ExprId, ExprKind, UnaryOp};
use types::{Builtin, Mode};

use crate::func::Lowerer;
use crate::layout::{Kind, TypeId};
use crate::map::MapKeys;
use crate::value::Val;

impl<'a, 's> Lowerer<'_, 'a, 's> {
    /// Evaluates operands in gc's order; `eval` is told the index.
    pub fn in_order<T>(&mut self, exprs: &[ExprId], mut eval: impl FnMut(&mut Self, usize) -> T) -> Vec<T> {
        self.hoisted(exprs, |l| (0..exprs.len()).map(|idx| eval(l, idx)).collect())
    }

    /// Performs what is ordered in the operands, then the evaluation of what is left.
    pub fn hoisted<T>(&mut self, operands: &[ExprId], eval: impl FnOnce(&mut Self) -> T) -> T {
        if !self.is_hoisted {
            operands.iter().for_each(|operand| self.hoist(*operand));
        }
        let before = std::mem::replace(&mut self.is_hoisted, true);
        let result = eval(self);
        self.is_hoisted = before;
        result
    }

    /// Performs what is ordered in an expression, in source order, and keeps the results.
    fn hoist(&mut self, expr: ExprId) {
        if !self.is_ordered(expr) {
            return;
        }
        let tree = self.tree();
        match tree[expr].kind {
            ExprKind::Paren(x) | ExprKind::Star(x) | ExprKind::Selector { x, .. } => self.hoist(x),
            ExprKind::Unary { op, x } if op != UnaryOp::Recv => self.hoist(x),
            ExprKind::Binary { op, x, y, .. } if !matches!(op, BinaryOp::LogAnd | BinaryOp::LogOr) => {
                self.hoist(x);
                self.hoist(y);
            }
            ExprKind::Index { x, indices, .. } if !self.is_slow_map(x) => {
                self.hoist(x);
                tree[indices].iter().for_each(|index| self.hoist(*index));
            }
            ExprKind::CompositeLit { elems, .. } if !self.is_map(expr) => {
                tree[elems].iter().for_each(|elem| self.hoist(*elem));
            }
            ExprKind::KeyValue { value, .. } => self.hoist(value),
            ExprKind::Call { fun, args, .. } if self.is_plain_call(fun) => {
                tree[args].iter().for_each(|arg| self.hoist(*arg));
            }
            _ => self.keep(expr),
        }
    }

    /// Performs what is ordered in the operands of places and of expressions with several values, then in `exprs`, then the
    /// evaluation of what is left.
    pub fn hoisted_operands<T>(
        &mut self,
        of: &[ExprId],
        exprs: &[ExprId],
        eval: impl FnOnce(&mut Self) -> T,
    ) -> T {
        if !self.is_hoisted {
            of.iter().for_each(|expr| self.hoist_operands(*expr));
        }
        self.hoisted(exprs, eval)
    }

    fn hoist_operands(&mut self, expr: ExprId) {
        let tree = self.tree();
        match tree[expr].kind {
            ExprKind::Paren(x) => self.hoist_operands(x),
            ExprKind::Call { .. } => self.hoist(expr),
            ExprKind::Index { x, indices, .. } => {
                self.hoist(x);
                tree[indices].iter().for_each(|index| self.hoist(*index));
            }
            ExprKind::Selector { x, .. }
            | ExprKind::Star(x)
            | ExprKind::TypeAssert { x, .. }
            | ExprKind::Unary { x, .. } => self.hoist(x),
            _ => {}
        }
    }

    /// Evaluates an expression and keeps the result.
    fn keep(&mut self, expr: ExprId) {
        let before = std::mem::replace(&mut self.is_hoisted, false);
        let vals = match self.tree()[expr].kind {
            ExprKind::Call { .. } => self.call(expr),
            _ => {
                let ty = self.type_of(expr);
                let val = self.expr(expr);
                vec![(ty, self.stable(ty, val))]
            }
        };
        self.is_hoisted = before;
        self.kept.insert(expr, vals);
    }

    /// Takes the results of an expression that was hoisted.
    pub fn take_kept(&mut self, expr: ExprId) -> Option<Vec<(TypeId, Val)>> {
        if self.kept.is_empty() { None } else { self.kept.remove(&expr) }
    }

    /// Reports whether the expression contains something that is ordered: what the specification says, and what gc computes along
    /// with it (slices, assertions; cmd/compile/internal/walk, `order.go`).
    pub fn is_ordered(&mut self, expr: ExprId) -> bool {
        if let Some(known) = self.ordered.get(&expr) {
            return *known;
        }
        let is_ordered = !self.is_constant(expr) && self.contains_ordered(expr);
        self.ordered.insert(expr, is_ordered);
        is_ordered
    }

    fn is_constant(&self, expr: ExprId) -> bool {
        let info = self.src.file.info.exprs.get(expr.index()).copied().flatten();
        info.is_some_and(|info| matches!(info.mode, Mode::Constant | Mode::Nil | Mode::Type))
    }

    fn contains_ordered(&mut self, expr: ExprId) -> bool {
        let tree = self.tree();
        match tree[expr].kind {
            ExprKind::Call { fun, args, .. } => !self.is_plain_call(fun) || self.any_ordered(&tree[args]),
            ExprKind::Unary { op: UnaryOp::Recv, .. }
            | ExprKind::Binary { op: BinaryOp::LogAnd | BinaryOp::LogOr, .. }
            | ExprKind::Slice { .. }
            | ExprKind::TypeAssert { .. } => true,
            ExprKind::Paren(x)
            | ExprKind::Star(x)
            | ExprKind::Unary { x, .. }
            | ExprKind::Selector { x, .. } => self.is_ordered(x),
            ExprKind::Binary { x, y, .. } => self.is_ordered(x) || self.is_ordered(y),
            ExprKind::Index { x, indices, .. } => {
                self.is_slow_map(x) || self.is_ordered(x) || self.any_ordered(&tree[indices])
            }
            ExprKind::CompositeLit { elems, .. } => self.any_ordered(&tree[elems]),
            ExprKind::KeyValue { value, .. } => self.is_ordered(value),
            _ => false,
        }
    }

    /// Reports whether a call is a conversion or of a predeclared function that only computes.
    fn is_plain_call(&self, fun: ExprId) -> bool {
        match self.mode(fun) {
            Some(Mode::Type) => true,
            Some(Mode::Builtin(builtin)) => matches!(
                builtin,
                Builtin::UnsafeAdd
                    | Builtin::UnsafeSlice
                    | Builtin::UnsafeSliceData
                    | Builtin::UnsafeString
                    | Builtin::UnsafeStringData
                    | Builtin::UnsafeSizeof
                    | Builtin::UnsafeAlignof
                    | Builtin::UnsafeOffsetof
            ),
            _ => false,
        }
    }

    fn any_ordered(&mut self, exprs: &[ExprId]) -> bool {
        exprs.iter().any(|expr| self.is_ordered(*expr))
    }

    /// Reports whether reading an element is ordered: gc does so for maps that its functions for keys of 4 bytes, of 8
    /// bytes and of strings do not serve (cmd/compile/internal/walk, `mapfast`).
    fn is_slow_map(&mut self, expr: ExprId) -> bool {
        if !self.is_map(expr) {
            return false;
        }
        let ty = self.type_of(expr);
        let Kind::Map { key, elem } = self.p.data(ty).kind else { return true };
        self.map_keys(key, elem) == MapKeys::Any
    }

    fn is_map(&mut self, expr: ExprId) -> bool {
        if self.is_constant(expr) {
            return false;
        }
        match self.go_type_opt(expr).map(types::predicates::unalias) {
            Some(ty @ types::Type::TypeParam(_)) => {
                let ty = self.type_id(ty);
                matches!(self.p.data(ty).kind, Kind::Map { .. })
            }
            Some(ty) => matches!(types::predicates::under_known(ty), Some(types::Type::Map { .. })),
            None => false,
        }
    }
}
