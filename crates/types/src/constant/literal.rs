//! The values of literals. Spec, "Integer literals" to "String literals".
//!
//! The scanner has checked the form of the text; what it reported does not get here. A text that is
//! malformed all the same gives [`Value::Unknown`].

use bumpalo::Bump;
use dashu_int::ops::BitTest;
use dashu_int::{IBig, UBig};
use dashu_ratio::RBig;
use syntax::LitKind;

use super::{Float, SMALL_BITS, Value};

/// Returns the value of a literal with this text.
pub fn literal<'s>(bump: &'s Bump, kind: LitKind, text: &'s [u8]) -> Value<'s> {
    match kind {
        LitKind::Int => int(bump, text),
        LitKind::Float => float(bump, text),
        LitKind::Imag => match text.strip_suffix(b"i") {
            // The part is a float even without a point, as messages show it.
            Some(number) => imag(bump, number).to_float(bump).make_imag(bump),
            None => Value::Unknown,
        },
        LitKind::Rune => match std::str::from_utf8(text).ok().and_then(syntax::unquote_rune) {
            Some(code) => Value::Int(code.into()),
            None => Value::Unknown,
        },
        LitKind::String => string(bump, text),
    }
}

fn string<'s>(bump: &'s Bump, text: &'s [u8]) -> Value<'s> {
    match text {
        // Nothing to decode: the bytes of the file serve.
        [b'`' | b'"', inner @ .., b'`' | b'"'] if !inner.contains(&b'\\') && !inner.contains(&b'\r') => {
            Value::Str(inner)
        }
        _ => match std::str::from_utf8(text).ok().and_then(syntax::unquote) {
            Some(bytes) => Value::from_bytes(bump, &bytes),
            None => Value::Unknown,
        },
    }
}

fn int<'s>(bump: &'s Bump, text: &[u8]) -> Value<'s> {
    let (base, digits) = match text {
        [b'0', b'x' | b'X', rest @ ..] => (16, rest),
        [b'0', b'b' | b'B', rest @ ..] => (2, rest),
        [b'0', b'o' | b'O', rest @ ..] => (8, rest),
        [b'0', rest @ ..] if !rest.is_empty() => (8, rest),
        _ => (10, text),
    };
    integer(bump, digits, base)
}

fn integer<'s>(bump: &'s Bump, digits: &[u8], base: u32) -> Value<'s> {
    let mut small = Some(0i64);
    for digit in digits.iter().filter(|c| **c != b'_') {
        let Some(digit) = (*digit as char).to_digit(base) else { return Value::Unknown };
        small = small.and_then(|int| int.checked_mul(base.into())?.checked_add(digit.into()));
    }
    match small {
        Some(int) => Value::Int(int),
        None => magnitude(digits, base).map_or(Value::Unknown, |int| Value::from_ibig(bump, int.into())),
    }
}

fn magnitude(digits: &[u8], base: u32) -> Option<UBig> {
    let digits: String = digits.iter().filter(|c| **c != b'_').map(|c| *c as char).collect();
    UBig::from_str_radix(&digits, base).ok()
}

fn imag<'s>(bump: &'s Bump, number: &[u8]) -> Value<'s> {
    let prefixed = matches!(number, [b'0', b'x' | b'X' | b'b' | b'B' | b'o' | b'O', ..]);
    let is_float = |c: &u8| match number {
        [b'0', b'x' | b'X', ..] => matches!(c, b'.' | b'p' | b'P'),
        _ => matches!(c, b'.' | b'e' | b'E'),
    };
    if number.iter().any(is_float) {
        return float(bump, number);
    }
    // Without prefix it is decimal, even after a zero. Spec, "Imaginary literals".
    if prefixed { int(bump, number) } else { integer(bump, number, 10) }
}

fn float<'s>(bump: &'s Bump, text: &[u8]) -> Value<'s> {
    let (base, marks, body) = match text {
        [b'0', b'x' | b'X', rest @ ..] => (16, *b"pP", rest),
        _ => (10, *b"eE", text),
    };
    let split = body.iter().position(|c| marks.contains(c)).unwrap_or(body.len());
    let (digits, exponent) = (&body[..split], body.get(split + 1..).unwrap_or(b"0"));
    let mut mant = Vec::with_capacity(digits.len());
    let mut n_fraction = 0i64;
    let mut after_point = false;
    for c in digits.iter().filter(|c| **c != b'_') {
        match c {
            b'.' => after_point = true,
            _ => {
                mant.push(*c);
                n_fraction += i64::from(after_point);
            }
        }
    }
    let Some(mant) = magnitude(&mant, base) else { return Value::Unknown };
    let Some(exp) = exponent_value(exponent) else { return Value::Unknown };
    if mant == UBig::ZERO {
        return Value::Ratio(bump.alloc(RBig::ZERO));
    }
    match base {
        16 => binary_float(bump, mant, exp.saturating_sub(4 * n_fraction)),
        _ => decimal_float(bump, mant, exp.saturating_sub(n_fraction)),
    }
}

/// Bounds exponents far outside of what any float holds, so that sums of them do not overflow.
const MAX_EXPONENT: i64 = 1 << 40;

fn exponent_value(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    let mut exp = 0i64;
    for c in digits.iter().filter(|c| **c != b'_') {
        exp = (exp * 10 + i64::from((*c as char).to_digit(10)?)).min(MAX_EXPONENT);
    }
    Some(if negative { -exp } else { exp })
}

fn binary_float<'s>(bump: &'s Bump, mant: UBig, exp: i64) -> Value<'s> {
    let int = IBig::from(mant);
    let float = Float::new(int.clone(), exp);
    match &float {
        Some(small) if small.is_small() && exp.unsigned_abs() < 4 * SMALL_BITS as u64 => {
            let power = UBig::ONE << exp.unsigned_abs() as usize;
            let ratio = if exp >= 0 { RBig::from(int * power) } else { RBig::from_parts(int, power) };
            Value::Ratio(bump.alloc(ratio))
        }
        _ => Value::from_float(bump, float),
    }
}

fn decimal_float<'s>(bump: &'s Bump, mant: UBig, exp: i64) -> Value<'s> {
    // Below, a ratio is built from these many digits: bounded by the length of the literal and by `SMALL_BITS`.
    let n_bits = mant.bit_len() as f64 + exp as f64 * std::f64::consts::LOG2_10;
    if n_bits.abs() > SMALL_BITS as f64 {
        return Value::from_float(bump, Float::scaled(mant, 10, exp));
    }
    let power = UBig::from(10u8).pow(exp.unsigned_abs() as usize);
    let ratio = if exp >= 0 { RBig::from(mant * power) } else { RBig::from_parts(mant.into(), power) };
    Value::Ratio(bump.alloc(ratio))
}
