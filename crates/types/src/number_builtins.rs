//! Predeclared functions on numbers and other ordered values: `complex`, `real`, `imag`, `max`, `min`. Spec,
//! "Manipulating complex numbers" and "Min and max".

use syntax::{BinaryOp, ExprId};

use crate::checker::{Checker, Mode, Operand};
use crate::constant::{self, Value};
use crate::model::*;
use crate::operand::{builtin_name, untyped};
use crate::predicates::identical;

impl<'s> Checker<'s> {
    pub(crate) fn complex(&mut self, x: &mut Operand<'s>, y: &mut Operand<'s>, call: ExprId) -> bool {
        match (untyped(x.ty), untyped(y.ty)) {
            (false, false) => {}
            (true, false) => self.convert_untyped(x, y.ty),
            (false, true) => self.convert_untyped(y, x.ty),
            (true, true) => {
                let constants = x.mode == Mode::Constant && y.mode == Mode::Constant;
                for operand in [&mut *x, &mut *y] {
                    if !constants {
                        // A shift whose operand is still untyped: it is a float, which the conversion rejects.
                        let float = self.basic(Basic::Float64);
                        self.convert_untyped(operand, float);
                    } else if self.is_numeric(operand.ty)
                        && operand.value.is_some_and(|v| v.imag().sign() == 0)
                    {
                        operand.ty = self.basic(Basic::UntypedFloat);
                    }
                }
            }
        }
        if x.is_invalid() || y.is_invalid() {
            return false;
        }
        if !identical(x.ty, y.ty) {
            let (shown, a, b) = (self.expr_str(call), self.ty_str(x.ty), self.ty_str(y.ty));
            let text = format!("invalid operation: {shown} (mismatched types {a} and {b})");
            self.error_at(x.expr, text);
            return false;
        }
        let result = match self.under(x.ty) {
            Type::Basic(Basic::Float32) => Some(Basic::Complex64),
            Type::Basic(Basic::Float64) => Some(Basic::Complex128),
            Type::Basic(Basic::UntypedFloat) => Some(Basic::UntypedComplex),
            _ => None,
        };
        let Some(result) = result else {
            return self.reject_part(x, Builtin::Complex, "arguments have type", "floating-point");
        };
        if let (Mode::Constant, Mode::Constant, Some(re), Some(im)) = (x.mode, y.mode, x.value, y.value) {
            let (re, im) = (re.to_float(self.bump), im.to_float(self.bump));
            x.value = Some(Value::from_parts(self.bump, re, im));
            x.ty = self.basic(result);
            return true;
        }
        self.give(x, self.basic(result))
    }

    // `real` and `imag`
    pub(crate) fn part(&mut self, x: &mut Operand<'s>, id: Builtin) -> bool {
        if untyped(x.ty) {
            if x.mode != Mode::Constant {
                let complex = self.basic(Basic::Complex128);
                self.convert_untyped(x, complex);
                if x.is_invalid() {
                    return false;
                }
            } else if self.is_numeric(x.ty) {
                x.ty = self.basic(Basic::UntypedComplex);
            }
        }
        let result = match self.under(x.ty) {
            Type::Basic(Basic::Complex64) => Basic::Float32,
            Type::Basic(Basic::Complex128) => Basic::Float64,
            Type::Basic(Basic::UntypedComplex) => Basic::UntypedFloat,
            _ => return self.reject_part(x, id, "argument has type", "complex type"),
        };
        if let (Mode::Constant, Some(value)) = (x.mode, x.value) {
            x.value = Some(if id == Builtin::Real { value.real() } else { value.imag() });
            x.ty = self.basic(result);
            return true;
        }
        self.give(x, self.basic(result))
    }

    fn reject_part(&mut self, x: &Operand<'s>, id: Builtin, has: &str, expected: &str) -> bool {
        let text = if self.is_type_param(x.ty) {
            let shown = self.operand_str(x);
            format!(
                "{shown} not supported as argument to built-in {} for go1.18 (see go.dev/issue/50937)",
                builtin_name(id)
            )
        } else {
            format!("invalid argument: {has} {}, expected {expected}", self.ty_str(x.ty))
        };
        self.error_at(x.expr, text);
        false
    }

    // `max` and `min`
    pub(crate) fn extreme(&mut self, x: &mut Operand<'s>, id: Builtin, args: &mut [Operand<'s>]) -> bool {
        let op = if id == Builtin::Max { BinaryOp::Gt } else { BinaryOp::Lt };
        for idx in 0..args.len() {
            let arg = &mut args[idx];
            if !self.all_ordered(arg.ty) {
                return self.reject_argument(arg, "cannot be ordered");
            }
            if idx == 0 {
                continue;
            }
            self.match_binary_types(x, arg);
            if x.is_invalid() {
                return false;
            }
            if !identical(x.ty, arg.ty) {
                let (previous, ty, shown) = (self.ty_str(x.ty), self.ty_str(arg.ty), self.expr_str(arg.expr));
                let text = format!(
                    "invalid argument: mismatched types {previous} (previous argument) and {ty} (type of {shown})"
                );
                self.error_at(arg.expr, text);
                return false;
            }
            match (x.mode, arg.mode, x.value, arg.value) {
                (Mode::Constant, Mode::Constant, Some(a), Some(b)) => {
                    if constant::compare(op, b, a) {
                        *x = *arg;
                    }
                }
                _ => x.mode = Mode::Value,
            }
        }
        if x.mode != Mode::Constant {
            x.mode = Mode::Value;
            x.value = None;
            // A value that is no constant has a type, be it the default one.
            let any = self.session.universe.empty_interface;
            let context = format!("argument to built-in {}", builtin_name(id));
            self.assignment(x, Some(any), &context);
            if x.is_invalid() {
                return false;
            }
        }
        for arg in args {
            self.update_expr_type(arg.expr, x.ty, true);
        }
        true
    }
}
