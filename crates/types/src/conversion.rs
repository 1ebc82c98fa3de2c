//! Conversions, explicit and implicit, and assignment of values. Spec, "Conversions", "Assignability",
//! "Representability", "Constant expressions".

use crate::checker::{Checker, Mode, Operand};
use crate::constant::{Kind, Value};
use crate::model::*;
use crate::operand::{Context, is_invalid_type, untyped, untyped_kind};
use crate::representable::ErrorKind;

/// Returns the untyped type that operands of two untyped types have together. Spec, "Constant expressions".
fn larger_untyped<'s>(x: Ty<'s>, y: Ty<'s>) -> Option<Ty<'s>> {
    let (a, b) = (untyped_kind(x)?, untyped_kind(y)?);
    if a == b {
        return Some(x);
    }
    // Untyped numeric kinds are ordered as the specification wants them.
    (a.is_numeric() && b.is_numeric()).then_some(if a > b { x } else { y })
}

impl<'s> Checker<'s> {
    /// Returns the type and, for constants, the value that the untyped operand `x` has as a `target`.
    pub(crate) fn implicit_type_and_value(
        &mut self,
        x: &Operand<'s>,
        target: Ty<'s>,
    ) -> Result<(Ty<'s>, Option<Value<'s>>), ErrorKind> {
        if x.is_invalid() || !untyped(x.ty) || is_invalid_type(target) {
            return Ok((x.ty, None));
        }
        if x.is_nil() {
            return if self.has_nil(target) { Ok((target, None)) } else { Err(ErrorKind::Mismatch) };
        }
        if untyped(target) {
            return larger_untyped(x.ty, target).map(|ty| (ty, None)).ok_or(ErrorKind::Mismatch);
        }
        match self.under(target) {
            Type::Basic(basic) => {
                if x.mode == Mode::Constant {
                    return self.representation(x, *basic).map(|value| (target, Some(value)));
                }
                // Comparisons give untyped booleans, shifts of untyped constants untyped numbers.
                let fits = match untyped_kind(x.ty) {
                    Some(Basic::UntypedBool) => basic.is_boolean(),
                    Some(kind) if kind.is_numeric() => basic.is_numeric(),
                    Some(Basic::UntypedString) => basic.is_string(),
                    _ => false,
                };
                if fits { Ok((target, None)) } else { Err(ErrorKind::Mismatch) }
            }
            Type::Interface(_) if self.is_type_param(target) => {
                let ok = self.for_each_term(target, &mut |checker, term| {
                    term.is_some_and(|term| {
                        let under = checker.under(term.ty);
                        checker.implicit_type_and_value(x, under).is_ok()
                    })
                });
                if ok { Ok((target, None)) } else { Err(ErrorKind::Mismatch) }
            }
            Type::Interface(_) => {
                let set = self.type_set(target);
                let any = set.methods.is_empty() && set.terms.is_none() && !set.comparable;
                if any { Ok((self.default_type(x.ty), None)) } else { Err(ErrorKind::Mismatch) }
            }
            _ => Err(ErrorKind::Mismatch),
        }
    }

    /// Converts the untyped operand `x` to `target` as an operand of a larger expression.
    pub(crate) fn convert_untyped(&mut self, x: &mut Operand<'s>, target: Ty<'s>) {
        if !untyped(x.ty) {
            return;
        }
        match self.implicit_type_and_value(x, target) {
            Ok((ty, value)) => self.set_implicit(x, ty, value),
            Err(kind) => self.reject_conversion(x, kind, target),
        }
    }

    /// As [`convert_untyped`](Checker::convert_untyped), for a value whose expression needs no update.
    pub(crate) fn convert_untyped_value(&mut self, x: &mut Operand<'s>, target: Ty<'s>) {
        match self.implicit_type_and_value(x, target) {
            Ok((ty, value)) => {
                x.ty = ty;
                x.value = value.or(x.value);
            }
            Err(kind) => self.reject_conversion(x, kind, target),
        }
    }

    fn reject_conversion(&mut self, x: &mut Operand<'s>, kind: ErrorKind, target: Ty<'s>) {
        // gc names the underlying type here.
        let target = if self.is_type_param(target) { target } else { self.shown_under(target) };
        let text = self.invalid_conversion_str(kind, x, target);
        self.error_at(x.expr, text);
        x.mode = Mode::Invalid;
    }

    /// Returns the underlying type as messages show it: `byte` and `rune` are as basic as what they stand for.
    fn shown_under(&mut self, ty: Ty<'s>) -> Ty<'s> {
        match (ty, self.under(ty)) {
            (Type::Alias(alias), Type::Basic(_)) if alias.obj.pkg.is_none() => ty,
            (_, under) => under,
        }
    }

    /// Sets the outcome of an implicit conversion, in the operand and in what is recorded of its expression.
    pub(crate) fn set_implicit(&mut self, x: &mut Operand<'s>, ty: Ty<'s>, value: Option<Value<'s>>) {
        if let Some(value) = value {
            x.value = Some(value);
            self.update_expr_value(x.expr, value);
        }
        if !std::ptr::eq(ty, x.ty) {
            x.ty = ty;
            self.update_expr_type(x.expr, ty, false);
        }
    }

    /// Gives an untyped operand its default type.
    pub(crate) fn default_operand(&mut self, x: &mut Operand<'s>) {
        if untyped(x.ty) {
            let ty = self.default_type(x.ty);
            self.convert_untyped(x, ty);
        }
    }

    /// Converts `x` to `to` as `T(x)` does.
    pub(crate) fn conversion(&mut self, x: &mut Operand<'s>, to: Ty<'s>) {
        if x.is_nil() && matches!(self.under(to), Type::Basic(Basic::Invalid)) {
            // Reported, or a cycle through its own declaration, which is reported there.
            x.mode = Mode::Invalid;
            return;
        }
        let constant = x.mode == Mode::Constant;
        let converted = if constant && self.is_const_type(to) {
            let ok = self.convert_constant(x, to);
            if !ok && self.is_integer(x.ty) && self.is_integer(to) {
                let value = x.value.unwrap_or(Value::Unknown);
                let text = format!("constant {value} overflows {}", self.ty_str(to));
                self.error_at(x.expr, text);
                x.mode = Mode::Invalid;
                return;
            }
            if ok { Ok(()) } else { Err(String::new()) }
        } else if constant && self.is_type_param(to) {
            let result = self.convert_constant_to_each(x, to);
            x.mode = Mode::Value;
            result
        } else {
            let result = self.convertible(x, to);
            if result.is_ok() {
                x.mode = Mode::Value;
            }
            result
        };
        if let Err(cause) = converted {
            let (operand, ty) = (self.operand_str(x), self.ty_str(to));
            let colon = if cause.is_empty() { "" } else { ": " };
            self.error_at(x.expr, format!("cannot convert {operand} to type {ty}{colon}{cause}"));
            x.mode = Mode::Invalid;
            return;
        }
        if untyped(x.ty) {
            // The type of the operand is that of the conversion, except where it would not be a constant's or
            // where an interface holds the default type.
            let interface = self.is_interface(to);
            let last = if interface || constant && !self.is_const_type(to) {
                self.default_type(x.ty)
            } else if x.mode == Mode::Constant && self.is_integer(x.ty) && self.all_string(to) {
                x.ty
            } else {
                to
            };
            self.update_expr_type(x.expr, last, true);
        }
        if x.mode != Mode::Constant {
            x.value = None;
        }
        x.ty = to;
    }

    // Converts a constant to a type of constants. Integers become strings of one character.
    fn convert_constant(&mut self, x: &mut Operand<'s>, to: Ty<'s>) -> bool {
        let Type::Basic(basic) = *self.under(to) else { return false };
        let value = x.value.unwrap_or(Value::Unknown);
        if let Some(value) = self.representable_value(value, basic) {
            x.value = Some(value);
            return true;
        }
        if basic.is_integer() {
            // Out of range: messages show the integer, however it was written.
            let int = value.to_int(self.bump);
            if !int.is_unknown() {
                x.value = Some(int);
            }
        }
        if basic.is_string() && self.is_integer(x.ty) && value.kind() == Kind::Int {
            let code = value.int64_exact().and_then(|int| u32::try_from(int).ok());
            let c = code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER);
            x.value = Some(Value::from_bytes(self.bump, c.encode_utf8(&mut [0; 4]).as_bytes()));
            return true;
        }
        false
    }

    fn convert_constant_to_each(&mut self, x: &Operand<'s>, to: Ty<'s>) -> Result<(), String> {
        let mut result = Ok(());
        self.for_each_term(to, &mut |checker, term| {
            let Some(term) = term else {
                // Without specific types any value of a type that implements the constraint would do, but a constant
                // has none.
                result = Err(format!("{} does not contain specific types", checker.ty_str(to)));
                return false;
            };
            let under = checker.under(term.ty);
            let ok = match under {
                Type::Basic(basic) if basic.is_const_type() => checker.convert_constant(&mut { *x }, under),
                _ => checker.convertible(x, under).is_ok(),
            };
            if !ok {
                let shown = checker.shown_under(term.ty);
                let (ty, param) = (checker.ty_str(shown), checker.ty_str(to));
                let numbers = checker.is_integer(x.ty) && checker.is_integer(under);
                result = Err(if numbers {
                    let value = x.value.unwrap_or(Value::Unknown);
                    format!("constant {value} overflows {ty} (in {param})")
                } else {
                    format!("cannot convert {} to type {ty} (in {param})", checker.operand_str(x))
                });
            }
            ok
        });
        result
    }

    /// Checks that `x` can be assigned to a variable of type `target` (of any type, if `None`) and gives untyped
    /// operands their type. `context` says what kind of assignment it is.
    pub(crate) fn assignment(&mut self, x: &mut Operand<'s>, target: Option<Ty<'s>>, context: &str) {
        self.assignment_in(x, target, Context::Text(context));
    }

    /// As [`assignment`](Checker::assignment), with a context that is put into words only for messages.
    pub(crate) fn assignment_in(
        &mut self,
        x: &mut Operand<'s>,
        target: Option<Ty<'s>>,
        context: Context<'_>,
    ) {
        self.single_value(x);
        match x.mode {
            Mode::Invalid => return,
            Mode::Nil | Mode::Constant | Mode::Variable | Mode::MapIndex | Mode::Value | Mode::CommaOk => {}
            Mode::NoValue | Mode::Builtin(_) | Mode::Type | Mode::GenericType => {
                let ty = target.map_or(String::new(), |ty| self.ty_str(ty));
                let text =
                    format!("cannot assign {} to {ty} in {}", self.operand_str(x), self.context_str(context));
                self.error_at(x.expr, text);
                x.mode = Mode::Invalid;
                return;
            }
        }
        if untyped(x.ty) && !self.assign_untyped(x, target, context) {
            return;
        }
        if let Type::Signature(sig) = x.ty
            && !sig.tparams.is_empty()
        {
            let (operand, context) = (self.operand_str(x), self.context_str(context));
            let text = format!("cannot use generic function {operand} without instantiation in {context}");
            self.error_at(x.expr, text);
            x.mode = Mode::Invalid;
            return;
        }
        let Some(target) = target else { return };
        if std::ptr::eq(x.ty, target) {
            return;
        }
        if let Err(cause) = self.assignable(x, target) {
            let colon = if cause.is_empty() { "" } else { ": " };
            let text = format!(
                "cannot use {} as {} value in {}{colon}{cause}",
                self.operand_str(x),
                self.ty_str(target),
                self.context_str(context)
            );
            self.error_at(x.expr, text);
            x.mode = Mode::Invalid;
        }
    }

    // Gives an untyped operand the type of the variable, or its default type for interfaces and `_`.
    fn assign_untyped(&mut self, x: &mut Operand<'s>, target: Option<Ty<'s>>, context: Context<'_>) -> bool {
        let target = match target {
            None if x.is_nil() => {
                let text = format!("use of untyped nil in {}", self.context_str(context));
                self.error_at(x.expr, text);
                x.mode = Mode::Invalid;
                return false;
            }
            None => self.default_type(x.ty),
            Some(ty) if !x.is_nil() && self.is_interface(ty) => self.default_type(x.ty),
            Some(ty) => ty,
        };
        match self.implicit_type_and_value(x, target) {
            Ok((ty, value)) => {
                self.set_implicit(x, ty, value);
                !x.is_invalid()
            }
            Err(kind) => {
                let suffix = match kind {
                    ErrorKind::Truncated => " (truncated)",
                    ErrorKind::Overflow => " (overflows)",
                    ErrorKind::Mismatch => "",
                };
                let (operand, ty, context) =
                    (self.operand_str(x), self.ty_str(target), self.context_str(context));
                self.error_at(x.expr, format!("cannot use {operand} as {ty} value in {context}{suffix}"));
                x.mode = Mode::Invalid;
                false
            }
        }
    }
}
