//! Slice expressions. Spec, "Slice expressions".

use syntax::{ExprId, ExprKind};

use crate::checker::{Checker, Mode, Operand};
use crate::constant::Value;
use crate::model::*;
use crate::operand::untyped;

impl<'s> Checker<'s> {
    pub(crate) fn slice_expr(&mut self, x: &mut Operand<'s>, expr: ExprId) {
        let ExprKind::Slice { x: inner, indices, full } = self.tree()[expr].kind else { return };
        self.expr(x, inner, None);
        if x.is_invalid() {
            self.use_exprs(&indices.into_iter().flatten().collect::<Vec<_>>());
            return;
        }
        let Ok(len) = self.sliced(x, expr, indices, full) else {
            x.mode = Mode::Invalid;
            return;
        };
        // `s[i:j:]` and the like were reported by the parser.
        let mut known = [None; 3];
        for (idx, index) in indices.into_iter().enumerate() {
            known[idx] = match index {
                // A slice may end where its operand does.
                Some(index) => self.index(index, len.map(|len| len.saturating_add(1))).1,
                None if idx == 0 => Some(0),
                None if idx == 1 => len,
                None => None,
            };
        }
        self.check_order(known, indices);
    }

    // Sets the type of the result; gives the length of the operand where it is known, or an error that is reported.
    fn sliced(
        &mut self,
        x: &mut Operand<'s>,
        expr: ExprId,
        indices: [Option<ExprId>; 3],
        full: bool,
    ) -> Result<Option<i64>, ()> {
        let under = match self.slice_operand(x) {
            Ok(under) => under,
            Err(text) => {
                self.error_at(x.expr, text);
                return Err(());
            }
        };
        match *under {
            Type::Basic(basic) if basic.is_string() => {
                if full {
                    let at = indices[2].unwrap_or(expr);
                    self.error_at(at, "invalid operation: 3-index slice of string");
                    return Err(());
                }
                let len = x.value.filter(|_| x.mode == Mode::Constant).and_then(Value::as_str);
                // A slice of an untyped string is a string; of any other, of the type it was.
                if untyped(x.ty) {
                    x.ty = self.basic(Basic::String);
                }
                x.mode = Mode::Value;
                x.value = None;
                Ok(len.map(|text| text.len() as i64))
            }
            Type::Array { elem, len } => {
                if x.mode != Mode::Variable {
                    let text = format!("cannot slice unaddressable value {}", self.operand_str(x));
                    self.error_at(x.expr, text);
                    return Err(());
                }
                x.mode = Mode::Value;
                x.ty = self.alloc(Type::Slice(elem));
                Ok(Some(len).filter(|&len| len >= 0))
            }
            Type::Pointer(base) if let Type::Array { elem, len } = *self.under(base) => {
                x.mode = Mode::Value;
                x.ty = self.alloc(Type::Slice(elem));
                Ok(Some(len).filter(|&len| len >= 0))
            }
            Type::Slice(_) => {
                x.mode = Mode::Value;
                Ok(None)
            }
            // A cycle through its own declaration, which is reported there.
            _ if self.is_incomplete(x.ty) => Err(()),
            _ => {
                let text = format!("cannot slice {}", self.operand_str(x));
                self.error_at(x.expr, text);
                Err(())
            }
        }
    }

    // The one underlying type of the operand, where byte slices and strings together count as a string.
    fn slice_operand(&mut self, x: &Operand<'s>) -> Result<Ty<'s>, String> {
        if !self.is_type_param(x.ty) {
            return Ok(self.under(x.ty));
        }
        if let Some(under) = self.core_string(x.ty) {
            return Ok(under);
        }
        let operand = self.operand_str(x);
        Err(match self.common_under(x.ty) {
            Err(cause) if cause == "no specific type" => {
                format!("cannot slice {operand}: no specific type in {}", self.ty_str(x.ty))
            }
            Err(cause) => format!("cannot slice {operand}: {cause}"),
            Ok(_) => format!("cannot slice {operand}"),
        })
    }

    // Constant indices must not decrease.
    fn check_order(&mut self, known: [Option<i64>; 3], indices: [Option<ExprId>; 3]) {
        for (idx, low) in known.iter().enumerate() {
            let Some(low) = low else { continue };
            for (later, high) in known.iter().enumerate().skip(idx + 1) {
                if let (Some(high), Some(at)) = (high, indices[later].or(indices[idx]))
                    && low > high
                {
                    return self.error_at(at, format!("invalid slice indices: {high} < {low}"));
                }
            }
        }
    }
}
