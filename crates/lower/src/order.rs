//! In which order operands are evaluated.
//!
//! The specification orders calls, receives and logical operators among themselves, not the reading of variables
//! between them. gc performs what is ordered first and reads the rest afterwards, so `v + f()` sees what `f` made of `v`.
//! Programs have come to expect that. Spec, "Order of evaluation".

use syntax::{ExprId, ExprKind, UnaryOp};
use types::{Builtin, Mode};

use crate::func::Lowerer;
use crate::layout::Kind;

impl<'a, 's> Lowerer<'_, 'a, 's> {
    /// Evaluates operands in gc's order; `eval` is told the index. The results stand in source order.
    pub fn in_order<T>(&mut self, exprs: &[ExprId], mut eval: impl FnMut(&mut Self, usize) -> T) -> Vec<T> {
        let last = exprs.iter().rposition(|expr| self.is_ordered(*expr));
        let Some(last) = last else { return (0..exprs.len()).map(|idx| eval(self, idx)).collect() };
        let mut vals: Vec<Option<T>> = exprs.iter().map(|_| None).collect();
        for idx in 0..last {
            if self.is_ordered(exprs[idx]) {
                vals[idx] = Some(eval(self, idx));
            }
        }
        vals[last] = Some(eval(self, last));
        let late = vals.into_iter().enumerate();
        late.map(|(idx, val)| val.unwrap_or_else(|| eval(self, idx))).collect()
    }

    /// Reports whether the expression contains something that the specification orders: a call, a receive.
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
            ExprKind::Call { fun, args, .. } => match self.mode(fun) {
                Some(Mode::Type) => self.any_ordered(&tree[args]),
                Some(Mode::Builtin(builtin)) => {
                    let is_plain = matches!(
                        builtin,
                        Builtin::UnsafeAdd
                            | Builtin::UnsafeSlice
                            | Builtin::UnsafeSliceData
                            | Builtin::UnsafeString
                            | Builtin::UnsafeStringData
                            | Builtin::UnsafeSizeof
                            | Builtin::UnsafeAlignof
                            | Builtin::UnsafeOffsetof
                    );
                    !is_plain || self.any_ordered(&tree[args])
                }
                _ => true,
            },
            ExprKind::Unary { op: UnaryOp::Recv, .. } | ExprKind::TypeAssert { .. } => true,
            ExprKind::Paren(x)
            | ExprKind::Star(x)
            | ExprKind::Unary { x, .. }
            | ExprKind::Selector { x, .. } => self.is_ordered(x),
            ExprKind::Binary { x, y, .. } => self.is_ordered(x) || self.is_ordered(y),
            ExprKind::Index { x, indices, .. } => {
                self.is_map(x) || self.is_ordered(x) || self.any_ordered(&tree[indices])
            }
            ExprKind::Slice { x, indices, .. } => {
                self.is_ordered(x) || indices.into_iter().flatten().any(|index| self.is_ordered(index))
            }
            ExprKind::CompositeLit { elems, .. } => self.any_ordered(&tree[elems]),
            ExprKind::KeyValue { value, .. } => self.is_ordered(value),
            _ => false,
        }
    }

    fn any_ordered(&mut self, exprs: &[ExprId]) -> bool {
        exprs.iter().any(|expr| self.is_ordered(*expr))
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
