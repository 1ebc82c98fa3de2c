//! What is recorded of expressions, and how untyped expressions get their final types.
//!
//! Every expression is recorded in the dense table of its file as soon as it is checked. An entry whose
//! type is untyped is still open: when the context gives it a type, [`Checker::update_expr_type`] walks down the
//! operands that share the type and rewrites their entries. Operands of constant expressions are left as they
//! are: nothing but the constant itself is ever made into a value. Spec, "Constants" and "Conversions".
//!
//! Only one thing must be remembered beside the table: that an expression is the left operand of a non-constant
//! shift and hence must become an integer. Spec, "Operators": "If the left operand of a non-constant shift
//! expression is an untyped constant, it is first implicitly converted to the type it would assume ...".

use std::marker::PhantomData;

use syntax::{BinaryOp, ExprId, ExprKind, UnaryOp};

use crate::checker::{Checker, ExprInfo, Mode, Operand};
use crate::constant::Value;
use crate::model::*;
use crate::operand::untyped;

/// Marks the left operand of a non-constant shift, until its type is known. The type so far is in the table.
pub struct Pending<'s>(PhantomData<Ty<'s>>);

impl<'s> Checker<'s> {
    /// Records what is known of an operand's expression.
    pub(crate) fn record(&mut self, x: &Operand<'s>) {
        let ty = match x.mode {
            Mode::Builtin(_) => None,
            _ => Some(x.ty),
        };
        self.record_entry(x.expr, ExprInfo { mode: x.mode, ty, value: x.value });
    }

    /// Records an expression that is in error, or a type, or anything else that is no operand.
    pub(crate) fn record_entry(&mut self, expr: ExprId, entry: ExprInfo<'s>) {
        let exprs = &mut self.info[self.env.file].exprs;
        match exprs.get_mut(expr.index()) {
            Some(slot) => *slot = Some(entry),
            None => {
                // The first expression of the file: the table gets its full length at once.
                let len = self.input.files[self.env.file].tree.exprs.len();
                exprs.resize(len, None);
                exprs[expr.index()] = Some(entry);
            }
        }
    }

    /// Returns what was recorded of an expression of the current file.
    pub(crate) fn recorded(&self, expr: ExprId) -> Option<ExprInfo<'s>> {
        self.info[self.env.file].exprs.get(expr.index()).copied().flatten()
    }

    /// Returns the type recorded for an expression of the current file.
    pub(crate) fn recorded_type(&self, expr: ExprId) -> Option<Ty<'s>> {
        self.recorded(expr).and_then(|entry| entry.ty)
    }

    /// Notes that `expr` is the left operand of a non-constant shift.
    pub(crate) fn pend_shift_operand(&mut self, expr: ExprId) {
        self.untyped.insert((self.env.file, expr), Pending(PhantomData));
    }

    /// Gives the value of an untyped expression whose type may still change.
    pub(crate) fn update_expr_value(&mut self, expr: ExprId, value: Value<'s>) {
        if let Some(Some(entry)) = self.info[self.env.file].exprs.get_mut(expr.index())
            && entry.ty.is_some_and(untyped)
        {
            entry.value = Some(value);
        }
    }

    /// Gives `expr`, if it is untyped, the type `ty`, and so its operands that have the same type.
    ///
    /// Unless `ty` is final, or typed, the expression stays open.
    pub(crate) fn update_expr_type(&mut self, expr: ExprId, ty: Ty<'s>, is_final: bool) {
        let mut next = Some(expr);
        // Chains lean to the left and may be long, so the left operand is the loop's. Errors come from left to right.
        let mut right = Vec::new();
        while let Some(expr) = next.take() {
            let Some(entry) = self.recorded(expr).filter(|entry| entry.ty.is_some_and(untyped)) else {
                break;
            };
            let tree = self.tree();
            let is_const = entry.value.is_some();
            match tree[expr].kind {
                ExprKind::Paren(x) => next = Some(x),
                ExprKind::Unary { op, x } if !is_const && !matches!(op, UnaryOp::Addr | UnaryOp::Recv) => {
                    next = Some(x)
                }
                ExprKind::Binary { op, x, y, .. } if !is_const => match op {
                    // The result's type is that of its own, not of the operands.
                    BinaryOp::Eq
                    | BinaryOp::Ne
                    | BinaryOp::Lt
                    | BinaryOp::Le
                    | BinaryOp::Gt
                    | BinaryOp::Ge => {}
                    BinaryOp::Shl | BinaryOp::Shr => next = Some(x),
                    _ => {
                        right.push(y);
                        next = Some(x);
                    }
                },
                _ => {}
            }
            if !self.finish_untyped(expr, entry, ty, is_final) {
                break;
            }
        }
        for expr in right.into_iter().rev() {
            self.update_expr_type(expr, ty, is_final);
        }
    }

    // Rewrites one entry; false if it is in error.
    fn finish_untyped(&mut self, expr: ExprId, entry: ExprInfo<'s>, ty: Ty<'s>, is_final: bool) -> bool {
        if !is_final && untyped(ty) {
            self.record_entry(expr, ExprInfo { ty: Some(ty), ..entry });
            return true;
        }
        let mut value = entry.value;
        if !self.untyped.is_empty()
            && self.untyped.remove(&(self.env.file, expr)).is_some()
            && !self.all_integer(ty)
        {
            let text = format!(
                "invalid operation: shifted operand {} (type {}) must be integer",
                self.expr_str(expr),
                self.ty_str(ty)
            );
            self.error_at(expr, text);
            return false;
        }
        if entry.value.is_some() {
            let mut x = Operand { mode: entry.mode, ty: entry.ty.unwrap_or(ty), value, expr };
            self.convert_untyped_value(&mut x, ty);
            if x.is_invalid() {
                return false;
            }
            value = x.value;
        }
        self.record_entry(expr, ExprInfo { ty: Some(ty), value, ..entry });
        true
    }
}
