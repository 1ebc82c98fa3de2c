//! Exact values of constant expressions.
//!
//! Spec, "Constants": constants have arbitrary precision. Most are small, so an `i64` is stored in
//! place and everything else is a reference into the arena of the phase that computed it: long
//! integers, ratios while numerator and denominator are below [`SMALL_BITS`], and beyond that floats
//! with a mantissa of [`float::PRECISION`] bits.
//!
//! The variants form a ladder: an operation first takes both operands to the higher of their rungs.
//! [`Kind`] is what a type checker sees of the ladder: integer, float, complex.
//!
//! Invariants: a `BigInt` does not fit an `i64`; a `Float` that a ratio could hold may stay a `Float`;
//! the parts of a `Complex` are real numbers; an operation with an `Unknown` operand gives `Unknown`.
//! No operation panics on values of well-typed operands.

mod display;
mod float;
mod literal;
mod ops;
mod round;
#[cfg(test)]
mod tests;

use bumpalo::Bump;
use dashu_int::IBig;
use dashu_int::UBig;
use dashu_int::ops::BitTest;
use dashu_ratio::RBig;

pub use float::Float;
pub use literal::literal;
pub use ops::{binary, compare, concat, shift, unary};
pub use round::{from_f64, round32, round64, to_f32, to_f64};

/// Numbers with an exponent, numerator or denominator of this many bits are floats, not ratios.
const SMALL_BITS: usize = 4096;

/// The value of a constant.
#[derive(Clone, Copy, Debug)]
pub enum Value<'s> {
    /// Not known because of an error.
    Unknown,
    /// A boolean.
    Bool(bool),
    /// A string; any bytes.
    Str(&'s [u8]),
    /// An integer.
    Int(i64),
    /// An integer that does not fit an `i64`.
    BigInt(&'s IBig),
    /// A float that is an exact ratio.
    Ratio(&'s RBig),
    /// A float too large or too small for a ratio.
    Float(&'s Float),
    /// A complex number: its real and its imaginary part.
    Complex(&'s (Value<'s>, Value<'s>)),
}

/// The kinds of constants.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[allow(missing_docs)] // They are named as what they are.
pub enum Kind {
    Unknown,
    Bool,
    String,
    Int,
    Float,
    Complex,
}

/// What tells constants of one type apart, for tables of duplicates.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)] // They are named as what they hold; floats are held by their bits.
pub enum Key<'s> {
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(u64),
    Complex(u64, u64),
    String(&'s [u8]),
}

impl<'s> Value<'s> {
    /// Makes an integer.
    pub fn from_ibig(bump: &'s Bump, int: IBig) -> Value<'s> {
        match i64::try_from(&int) {
            Ok(small) => Value::Int(small),
            Err(_) => Value::BigInt(bump.alloc(int)),
        }
    }

    /// Makes an integer.
    pub fn from_u64(bump: &'s Bump, int: u64) -> Value<'s> {
        match i64::try_from(int) {
            Ok(small) => Value::Int(small),
            Err(_) => Value::BigInt(bump.alloc(IBig::from(int))),
        }
    }

    /// Makes a string.
    pub fn from_bytes(bump: &'s Bump, bytes: &[u8]) -> Value<'s> {
        Value::Str(bump.alloc_slice_copy(bytes))
    }

    /// Makes a float, exact while it is small.
    fn from_ratio(bump: &'s Bump, ratio: RBig) -> Value<'s> {
        if ratio.numerator().bit_len() < SMALL_BITS && ratio.denominator().bit_len() < SMALL_BITS {
            return Value::Ratio(bump.alloc(ratio));
        }
        Value::from_float(bump, Float::from_ratio(&ratio))
    }

    /// Makes a float; one beyond all exponents is unknown.
    fn from_float(bump: &'s Bump, float: Option<Float>) -> Value<'s> {
        match float {
            None => Value::Unknown,
            Some(float) if float.is_zero() => Value::Ratio(bump.alloc(RBig::ZERO)),
            Some(float) => Value::Float(bump.alloc(float)),
        }
    }

    /// Makes a complex number of two real ones.
    pub fn from_parts(bump: &'s Bump, re: Value<'s>, im: Value<'s>) -> Value<'s> {
        if re.is_unknown() || im.is_unknown() {
            return Value::Unknown;
        }
        Value::Complex(bump.alloc((re, im)))
    }

    /// Returns the kind.
    pub fn kind(self) -> Kind {
        match self {
            Value::Unknown => Kind::Unknown,
            Value::Bool(_) => Kind::Bool,
            Value::Str(_) => Kind::String,
            Value::Int(_) | Value::BigInt(_) => Kind::Int,
            Value::Ratio(_) | Value::Float(_) => Kind::Float,
            Value::Complex(_) => Kind::Complex,
        }
    }

    /// Reports whether it is not known.
    pub fn is_unknown(self) -> bool {
        matches!(self, Value::Unknown)
    }

    /// Reports whether it is an integer or a float without fraction; complex numbers need a zero imaginary part.
    pub fn is_int(self, bump: &'s Bump) -> bool {
        self.to_int(bump).kind() == Kind::Int
    }

    /// Returns the boolean, if it is one.
    pub fn as_bool(self) -> Option<bool> {
        match self {
            Value::Bool(b) => Some(b),
            _ => None,
        }
    }

    /// Returns the bytes, if it is a string.
    pub fn as_str(self) -> Option<&'s [u8]> {
        match self {
            Value::Str(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// Returns the integer, if it is one of kind [`Kind::Int`] and fits.
    pub fn int64_exact(self) -> Option<i64> {
        match self {
            Value::Int(int) => Some(int),
            _ => None,
        }
    }

    /// Returns the integer, if it is one of kind [`Kind::Int`] and fits.
    pub fn uint64_exact(self) -> Option<u64> {
        match self {
            Value::Int(int) => u64::try_from(int).ok(),
            Value::BigInt(int) => u64::try_from(int).ok(),
            _ => None,
        }
    }

    /// Returns the integer of any length, if the kind is [`Kind::Int`].
    pub fn to_ibig(self) -> Option<IBig> {
        match self {
            Value::Int(int) => Some(IBig::from(int)),
            Value::BigInt(int) => Some(int.clone()),
            _ => None,
        }
    }

    /// Returns the lowest 64 bits of an integer in two's complement; 0 for other kinds.
    pub fn low_bits(self) -> u64 {
        match self {
            Value::Int(int) => int as u64,
            Value::BigInt(int) => {
                let low = int & IBig::from(u64::MAX);
                u64::try_from(low).expect("it was masked")
            }
            _ => 0,
        }
    }

    /// Returns the number of bits of the absolute value of an integer; 0 for other kinds.
    pub fn bit_len(self) -> usize {
        match self {
            Value::Int(int) => 64 - int.unsigned_abs().leading_zeros() as usize,
            // Of negative numbers `IBig::bit_len` speaks of the two's complement.
            Value::BigInt(int) => magnitude(int).bit_len(),
            _ => 0,
        }
    }

    /// Returns -1, 0 or 1; of complex numbers 0 exactly when both parts are 0. Unknown values give 1, so that
    /// nobody reports a division by zero.
    pub fn sign(self) -> i32 {
        match self {
            Value::Int(int) => int.signum() as i32,
            Value::BigInt(int) => sign_of(int),
            Value::Ratio(ratio) => sign_of(ratio.numerator()),
            Value::Float(float) => float.sign(),
            Value::Complex((re, im)) => re.sign() | im.sign(),
            Value::Unknown | Value::Bool(_) | Value::Str(_) => 1,
        }
    }

    /// Returns the real part of a number.
    pub fn real(self) -> Value<'s> {
        match self {
            Value::Complex((re, _)) => *re,
            Value::Int(_) | Value::BigInt(_) | Value::Ratio(_) | Value::Float(_) => self,
            Value::Unknown | Value::Bool(_) | Value::Str(_) => Value::Unknown,
        }
    }

    /// Returns the imaginary part of a number.
    pub fn imag(self) -> Value<'s> {
        match self {
            Value::Complex((_, im)) => *im,
            Value::Int(_) | Value::BigInt(_) | Value::Ratio(_) | Value::Float(_) => Value::Int(0),
            Value::Unknown | Value::Bool(_) | Value::Str(_) => Value::Unknown,
        }
    }

    /// Returns `i` times a real number.
    pub fn make_imag(self, bump: &'s Bump) -> Value<'s> {
        match self.kind() {
            Kind::Int | Kind::Float => Value::from_parts(bump, Value::Int(0), self),
            Kind::Unknown | Kind::Bool | Kind::String | Kind::Complex => Value::Unknown,
        }
    }

    /// Returns the number as an integer, or `Unknown` if it is none.
    pub fn to_int(self, bump: &'s Bump) -> Value<'s> {
        match self {
            Value::Int(_) | Value::BigInt(_) => self,
            Value::Ratio(ratio) if ratio.is_int() => Value::from_ibig(bump, ratio.numerator().clone()),
            Value::Float(float) => match float.to_int() {
                Some(int) => Value::from_ibig(bump, int),
                None => Value::Unknown,
            },
            Value::Complex((re, im)) if im.sign() == 0 => re.to_int(bump),
            Value::Ratio(_) | Value::Complex(_) | Value::Unknown | Value::Bool(_) | Value::Str(_) => {
                Value::Unknown
            }
        }
    }

    /// Returns the number as a float, or `Unknown` if it is none.
    pub fn to_float(self, bump: &'s Bump) -> Value<'s> {
        match self {
            Value::Int(int) => Value::Ratio(bump.alloc(RBig::from(int))),
            Value::BigInt(int) => Value::from_ratio(bump, RBig::from(int.clone())),
            Value::Ratio(_) | Value::Float(_) => self,
            Value::Complex((re, im)) if im.sign() == 0 => re.to_float(bump),
            Value::Complex(_) | Value::Unknown | Value::Bool(_) | Value::Str(_) => Value::Unknown,
        }
    }

    /// Returns the number as a complex one.
    pub fn to_complex(self, bump: &'s Bump) -> Value<'s> {
        match self.kind() {
            Kind::Int | Kind::Float => Value::from_parts(bump, self, Value::Int(0)),
            Kind::Complex => self,
            Kind::Unknown | Kind::Bool | Kind::String => Value::Unknown,
        }
    }

    /// Returns the key under which equal constants of one type are found; `None` if unknown.
    pub fn key(self, bump: &'s Bump) -> Option<Key<'s>> {
        let int = self.to_int(bump);
        if let Some(int) = int.int64_exact() {
            return Some(Key::Int(int));
        }
        if let Some(int) = int.uint64_exact() {
            return Some(Key::Uint(int));
        }
        match self {
            Value::Bool(b) => Some(Key::Bool(b)),
            Value::Str(bytes) => Some(Key::String(bytes)),
            Value::Unknown => None,
            Value::Complex((re, im)) if im.sign() != 0 => {
                Some(Key::Complex(to_f64(*re).to_bits(), to_f64(*im).to_bits()))
            }
            Value::Int(_) | Value::BigInt(_) | Value::Ratio(_) | Value::Float(_) | Value::Complex(_) => {
                Some(Key::Float(to_f64(self.real()).to_bits()))
            }
        }
    }

    /// Copies it into another arena.
    pub fn copy_to<'t>(self, bump: &'t Bump) -> Value<'t> {
        match self {
            Value::Unknown => Value::Unknown,
            Value::Bool(b) => Value::Bool(b),
            Value::Str(bytes) => Value::from_bytes(bump, bytes),
            Value::Int(int) => Value::Int(int),
            Value::BigInt(int) => Value::BigInt(bump.alloc(int.clone())),
            Value::Ratio(ratio) => Value::Ratio(bump.alloc(ratio.clone())),
            Value::Float(float) => Value::Float(bump.alloc(float.clone())),
            Value::Complex((re, im)) => Value::from_parts(bump, re.copy_to(bump), im.copy_to(bump)),
        }
    }
}

/// Constants are the same when kind and value are: for export data and tests. (`==` of Go is [`compare`].)
impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (*self, *other) {
            (Value::Unknown, Value::Unknown) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Str(a), Value::Str(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::BigInt(a), Value::BigInt(b)) => a == b,
            (Value::Ratio(a), Value::Ratio(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => a == b,
            (Value::Complex(a), Value::Complex(b)) => a == b,
            _ => false,
        }
    }
}

fn magnitude(int: &IBig) -> UBig {
    int.clone().into_parts().1
}

fn sign_of(int: &IBig) -> i32 {
    if *int == IBig::ZERO {
        0
    } else if *int > IBig::ZERO {
        1
    } else {
        -1
    }
}
