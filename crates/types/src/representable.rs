//! Which constants a type can hold. Spec, "Representability".

use crate::checker::{Checker, Operand};
use crate::constant::{Kind, Value, round32, round64};
use crate::model::*;
use crate::operand::untyped;

/// Integer constants without a type have at most this many bits, as in gc.
const UNTYPED_BITS: usize = 512;

/// Why an untyped operand cannot take on a type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ErrorKind {
    /// The type is of another kind.
    Mismatch,
    /// A number with a fraction for an integer type.
    Truncated,
    /// A number out of the type's range.
    Overflow,
}

impl<'s> Checker<'s> {
    /// Returns the size in bits of an integer type.
    pub(crate) fn integer_bits(&self, basic: Basic) -> u32 {
        match basic {
            Basic::Int8 | Basic::Uint8 => 8,
            Basic::Int16 | Basic::Uint16 => 16,
            Basic::Int32 | Basic::Uint32 => 32,
            Basic::Int64 | Basic::Uint64 => 64,
            _ => 8 * self.session.target.word_bytes() as u32,
        }
    }

    /// Returns `value` as a value of type `basic`, rounded if need be, or `None` if the type cannot hold it.
    pub(crate) fn representable_value(&self, value: Value<'s>, basic: Basic) -> Option<Value<'s>> {
        let bump = self.bump;
        if value.is_unknown() {
            return Some(value);
        }
        match basic {
            Basic::Int | Basic::Int8 | Basic::Int16 | Basic::Int32 | Basic::Int64 => {
                let int = value.to_int(bump);
                let small = int.int64_exact()?;
                let unused = 64 - self.integer_bits(basic);
                (small << unused >> unused == small).then_some(int)
            }
            Basic::Uint | Basic::Uint8 | Basic::Uint16 | Basic::Uint32 | Basic::Uint64 | Basic::Uintptr => {
                let int = value.to_int(bump);
                let small = int.uint64_exact()?;
                let unused = 64 - self.integer_bits(basic);
                (small << unused >> unused == small).then_some(int)
            }
            Basic::UntypedInt | Basic::UntypedRune => {
                let int = value.to_int(bump);
                (!int.is_unknown()).then_some(int)
            }
            Basic::Float32 => round32(bump, value.to_float(bump)),
            Basic::Float64 => round64(bump, value.to_float(bump)),
            Basic::UntypedFloat => {
                let float = value.to_float(bump);
                (!float.is_unknown()).then_some(float)
            }
            Basic::Complex64 | Basic::Complex128 => {
                let complex = value.to_complex(bump);
                let round = if basic == Basic::Complex64 { round32 } else { round64 };
                let re = round(bump, complex.real().to_float(bump))?;
                let im = round(bump, complex.imag().to_float(bump))?;
                Some(Value::from_parts(bump, re, im))
            }
            Basic::UntypedComplex => {
                let complex = value.to_complex(bump);
                (!complex.is_unknown()).then_some(complex)
            }
            Basic::String | Basic::UntypedString => (value.kind() == Kind::String).then_some(value),
            Basic::Bool | Basic::UntypedBool => (value.kind() == Kind::Bool).then_some(value),
            Basic::Invalid | Basic::UnsafePointer | Basic::UntypedNil => None,
        }
    }

    /// Returns the value of the constant `x` as one of type `basic`, or why there is none.
    pub(crate) fn representation(&self, x: &Operand<'s>, basic: Basic) -> Result<Value<'s>, ErrorKind> {
        let value = x.value.unwrap_or(Value::Unknown);
        if let Some(value) = self.representable_value(value, basic) {
            return Ok(value);
        }
        let from = match crate::predicates::under_known(x.ty) {
            Some(Type::Basic(from)) => *from,
            _ => return Err(ErrorKind::Mismatch),
        };
        if !from.is_numeric() || !basic.is_numeric() {
            return Err(ErrorKind::Mismatch);
        }
        if !from.is_integer() && basic.is_integer() {
            Err(ErrorKind::Truncated)
        } else {
            Err(ErrorKind::Overflow)
        }
    }

    /// Returns the value of the constant `x` as one of type `ty`, whose underlying type is basic, or the message.
    pub fn representable(&mut self, x: &mut Operand<'s>, ty: Ty<'s>) -> Result<Value<'s>, String> {
        let Type::Basic(basic) = *self.under(ty) else {
            return Err(self.invalid_conversion_str(ErrorKind::Mismatch, x, ty));
        };
        self.representation(x, basic).map_err(|kind| self.invalid_conversion_str(kind, x, ty))
    }

    /// Returns gc's words for an implicit conversion that cannot be.
    pub(crate) fn invalid_conversion_str(&self, kind: ErrorKind, x: &Operand<'s>, ty: Ty<'s>) -> String {
        let (x, ty) = (self.operand_str(x), self.ty_str(ty));
        match kind {
            ErrorKind::Mismatch => format!("cannot convert {x} to type {ty}"),
            ErrorKind::Truncated => format!("{x} truncated to {ty}"),
            ErrorKind::Overflow => format!("{x} overflows {ty}"),
        }
    }

    /// Checks the result of a constant operation: typed constants must fit their type, untyped integers must not
    /// grow without bound. `op_pos` is where the operator stands, `op` its name where it can overflow.
    pub(crate) fn check_overflow(&mut self, x: &mut Operand<'s>, op: &str, op_pos: source::Pos) {
        let value = x.value.unwrap_or(Value::Unknown);
        if value.is_unknown() {
            self.error(op_pos, "constant result is not representable");
            return;
        }
        if !untyped(x.ty) {
            match self.representable(x, x.ty) {
                Ok(value) => x.value = Some(value),
                Err(text) => {
                    self.error_at(x.expr, text);
                    x.mode = crate::checker::Mode::Invalid;
                }
            }
            return;
        }
        if value.kind() == Kind::Int && value.bit_len() > UNTYPED_BITS {
            let blank = if op.is_empty() { "" } else { " " };
            self.error(op_pos, format!("constant {op}{blank}overflow"));
            x.value = Some(Value::Unknown);
        }
    }
}
