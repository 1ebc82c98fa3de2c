//! From exact values to machine floats and back. Rounding is to nearest, ties to even (IEEE 754, 4.3.1).

use bumpalo::Bump;
use dashu_int::ops::{BitTest, DivRem};
use dashu_int::{IBig, UBig};
use dashu_ratio::RBig;

use super::{Value, magnitude};

/// A binary interchange format. IEEE 754, table 3.5.
struct Format {
    /// Bits of the significand.
    precision: i64,
    /// The exponent of the least subnormal number.
    least: i64,
    /// The least exponent of two that is out of range.
    limit: i64,
}

const BINARY32: Format = Format { precision: 24, least: -149, limit: 128 };
const BINARY64: Format = Format { precision: 53, least: -1074, limit: 1024 };

/// Returns the nearest `float64`; an infinity when the number is out of range, 0 when it is no real number.
pub fn to_f64(value: Value<'_>) -> f64 {
    match value {
        Value::Int(int) => int as f64,
        _ => nearest(value, &BINARY64),
    }
}

/// Returns the nearest `float32`, as [`to_f64`] does.
pub fn to_f32(value: Value<'_>) -> f32 {
    match value {
        Value::Int(int) => int as f32,
        // Exact: the number was rounded to 24 bits.
        _ => nearest(value, &BINARY32) as f32,
    }
}

/// Rounds a real number to a `float64`; `None` when it is out of range or unknown.
pub fn round64<'s>(bump: &'s Bump, value: Value<'s>) -> Option<Value<'s>> {
    known(value)?;
    let float = to_f64(value);
    float.is_finite().then(|| from_f64(bump, float))
}

/// Rounds a real number to a `float32`; `None` when it is out of range or unknown.
pub fn round32<'s>(bump: &'s Bump, value: Value<'s>) -> Option<Value<'s>> {
    known(value)?;
    let float = to_f32(value);
    float.is_finite().then(|| from_f64(bump, float.into()))
}

fn known(value: Value<'_>) -> Option<()> {
    match value {
        Value::Int(_) | Value::BigInt(_) | Value::Ratio(_) | Value::Float(_) => Some(()),
        Value::Unknown | Value::Bool(_) | Value::Str(_) | Value::Complex(_) => None,
    }
}

/// Returns a finite float as a value of kind float. There is no negative zero among constants.
pub fn from_f64<'s>(bump: &'s Bump, float: f64) -> Value<'s> {
    let bits = float.to_bits();
    let (biased, fraction) = ((bits >> 52 & 0x7ff) as i64, bits & ((1 << 52) - 1));
    let (mant, exp) = if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased - 1075) };
    let mant = if float < 0.0 { -IBig::from(mant) } else { IBig::from(mant) };
    let ratio = match exp {
        0.. => RBig::from(mant << exp as usize),
        _ => RBig::from_parts(mant, UBig::ONE << exp.unsigned_abs() as usize),
    };
    Value::Ratio(bump.alloc(ratio))
}

fn nearest(value: Value<'_>, format: &Format) -> f64 {
    match value {
        Value::Int(int) => signed(int < 0, &UBig::from(int.unsigned_abs()), 0, false, format),
        Value::BigInt(int) => signed(*int < IBig::ZERO, &magnitude(int), 0, false, format),
        Value::Float(float) => {
            let (mant, exp) = float.parts();
            signed(*mant < IBig::ZERO, &magnitude(mant), exp, false, format)
        }
        Value::Ratio(ratio) => {
            let (num, den) = (magnitude(ratio.numerator()), ratio.denominator());
            // A quotient with more bits than any format keeps.
            let up = (66 + den.bit_len()).saturating_sub(num.bit_len());
            let (quot, rest) = (num << up).div_rem(den);
            let negative = *ratio.numerator() < IBig::ZERO;
            signed(negative, &quot, -(up as i64), rest != UBig::ZERO, format)
        }
        Value::Unknown | Value::Bool(_) | Value::Str(_) | Value::Complex(_) => 0.0,
    }
}

/// Rounds `mant * 2^exp`, or a little more if `inexact`; then `mant` has more bits than the format keeps.
fn signed(negative: bool, mant: &UBig, exp: i64, inexact: bool, format: &Format) -> f64 {
    let top = exp + mant.bit_len() as i64;
    if *mant == UBig::ZERO || top < format.least {
        return 0.0;
    }
    if top > format.limit {
        return if negative { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let unit = (top - format.precision).max(format.least);
    let quot = match unit - exp {
        drop @ 1.. => {
            let drop = drop as usize;
            let quot = mant >> drop;
            let above_half = inexact || mant.trailing_zeros().is_some_and(|zeros| zeros < drop - 1);
            let up = mant.bit(drop - 1) && (above_half || quot.bit(0));
            if up { quot + UBig::ONE } else { quot }
        }
        up => mant << up.unsigned_abs() as usize,
    };
    if quot.bit_len() as i64 + unit > format.limit {
        return if negative { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let quot = u64::try_from(quot).expect("it has as many bits as the format's precision") as f64;
    let magnitude = quot * power_of_two(unit);
    if negative { -magnitude } else { magnitude }
}

fn power_of_two(exp: i64) -> f64 {
    match exp {
        -1022.. => f64::from_bits(((exp + 1023) as u64) << 52),
        _ => f64::from_bits(1 << (exp + 1074)),
    }
}
