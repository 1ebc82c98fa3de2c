//! Shifts. Spec, "Operators": the left operand must be an integer or become one.

use syntax::{BinaryOp, ExprId, Offset};

use crate::checker::{Checker, Mode, Operand};
use crate::constant::{self, Kind, Value};
use crate::model::*;
use crate::operand::untyped;
use crate::session::Version;

/// Constants are shifted by at most this: enough to write the smallest `float64`, as in gc.
const SHIFT_LIMIT: u64 = 1023 - 1 + 52;

impl<'s> Checker<'s> {
    pub(crate) fn shift(
        &mut self,
        x: &mut Operand<'s>,
        y: &mut Operand<'s>,
        expr: Option<ExprId>,
        op: BinaryOp,
        op_pos: Offset,
    ) {
        let constant =
            if x.mode == Mode::Constant { x.value.map(|value| value.to_int(self.bump)) } else { None };
        let representable = untyped(x.ty) && constant.is_some_and(|value| value.kind() == Kind::Int);
        let unknown = x.value.is_some_and(Value::is_unknown);
        if !(representable || unknown || self.all_integer(x.ty)) {
            return self.reject_shifted(x);
        }
        if !self.check_shift_count(y) {
            x.mode = Mode::Invalid;
            return;
        }
        if x.mode == Mode::Constant {
            if y.mode == Mode::Constant {
                return self.shift_constant(x, y, expr, op, op_pos);
            }
            if untyped(x.ty) {
                // The operand gets the type that the shift would have if it were replaced by the operand alone.
                self.pend_shift_operand(x.expr);
                x.mode = Mode::Value;
                x.value = None;
                return;
            }
        }
        if !self.all_integer(x.ty) {
            return self.reject_shifted(x);
        }
        if y.mode == Mode::Constant && untyped(y.ty) {
            let uint = self.basic(Basic::Uint);
            self.update_expr_type(y.expr, uint, true);
        }
        x.mode = Mode::Value;
        x.value = None;
    }

    fn reject_shifted(&mut self, x: &mut Operand<'s>) {
        let text = format!("invalid operation: shifted operand {} must be integer", self.operand_str(x));
        self.error_at(x.expr, text);
        x.mode = Mode::Invalid;
    }

    // A count must be of integer type, or a constant that a uint can hold.
    fn check_shift_count(&mut self, y: &mut Operand<'s>) -> bool {
        if let (Mode::Constant, Some(value)) = (y.mode, y.value) {
            let int = value.to_int(self.bump);
            if int.kind() == Kind::Int && int.sign() < 0 {
                let text = format!("invalid operation: negative shift count {}", self.operand_str(y));
                self.error_at(y.expr, text);
                return false;
            }
            if untyped(y.ty) {
                let uint = self.basic(Basic::Uint);
                return match self.representable(y, uint) {
                    Ok(value) => {
                        y.value = Some(value);
                        true
                    }
                    Err(text) => {
                        self.error_at(y.expr, text);
                        false
                    }
                };
            }
            // gc takes typed constants without a fraction, whatever their type.
            if int.kind() == Kind::Int {
                return true;
            }
        }
        if self.all_integer(y.ty) {
            if !untyped(y.ty) && !self.allows(Version(13)) && !self.all_unsigned(y.ty) {
                let what = format!("invalid operation: signed shift count {}", self.operand_str(y));
                return self.require_version(self.expr_pos(y.expr), Version(13), &what);
            }
            if untyped(y.ty) {
                // A shift of untyped constants by a variable, itself used as a count.
                let uint = self.basic(Basic::Uint);
                self.convert_untyped(y, uint);
                return !y.is_invalid();
            }
            return true;
        }
        if untyped(y.ty) {
            let uint = self.basic(Basic::Uint);
            self.convert_untyped(y, uint);
            return !y.is_invalid();
        }
        let text = format!("invalid operation: shift count {} must be integer", self.operand_str(y));
        self.error_at(y.expr, text);
        false
    }

    fn shift_constant(
        &mut self,
        x: &mut Operand<'s>,
        y: &Operand<'s>,
        expr: Option<ExprId>,
        op: BinaryOp,
        op_pos: Offset,
    ) {
        let (value, count) = (x.value.unwrap_or(Value::Unknown), y.value.unwrap_or(Value::Unknown));
        if !self.is_integer(x.ty) {
            x.ty = self.basic(Basic::UntypedInt);
        }
        if value.is_unknown() || count.is_unknown() {
            x.value = Some(Value::Unknown);
            return;
        }
        let count = count.to_int(self.bump).uint64_exact().filter(|&count| count <= SHIFT_LIMIT);
        let Some(count) = count else {
            let text = format!("invalid operation: invalid shift count {}", self.operand_str(y));
            self.error_at(y.expr, text);
            x.mode = Mode::Invalid;
            return;
        };
        x.value = Some(constant::shift(self.bump, op, value.to_int(self.bump), count));
        x.expr = expr.unwrap_or(x.expr);
        let name = if op == BinaryOp::Shl { "shift" } else { "" };
        self.check_overflow(x, name, self.pos(op_pos));
    }
}
