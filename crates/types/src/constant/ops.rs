//! Operators on constants. Spec, "Constant expressions".
//!
//! Integers stay in an `i64` as long as they fit. Operands of different rungs of the ladder are taken
//! to the higher one first.

use std::cmp::Ordering;

use bumpalo::Bump;
use dashu_int::{IBig, UBig};
use dashu_ratio::RBig;
use syntax::{BinaryOp, UnaryOp};

use super::{Float, Value};

/// Applies `+`, `-`, `!` or `^`. For `^` on an unsigned type `unsigned_bits` is its size; otherwise 0.
pub fn unary<'s>(bump: &'s Bump, op: UnaryOp, value: Value<'s>, unsigned_bits: u32) -> Value<'s> {
    match (op, value) {
        (UnaryOp::Plus, Value::Int(_) | Value::BigInt(_) | Value::Ratio(_)) => value,
        (UnaryOp::Plus, Value::Float(_) | Value::Complex(_)) => value,
        (UnaryOp::Minus, Value::Int(int)) => match int.checked_neg() {
            Some(int) => Value::Int(int),
            None => Value::from_ibig(bump, -IBig::from(int)),
        },
        (UnaryOp::Minus, Value::BigInt(int)) => Value::from_ibig(bump, -int.clone()),
        (UnaryOp::Minus, Value::Ratio(ratio)) => Value::Ratio(bump.alloc(-ratio.clone())),
        (UnaryOp::Minus, Value::Float(float)) => Value::Float(bump.alloc(float.neg())),
        (UnaryOp::Minus, Value::Complex((re, im))) => {
            Value::from_parts(bump, unary(bump, op, *re, 0), unary(bump, op, *im, 0))
        }
        (UnaryOp::BitNot, Value::Int(int)) if unsigned_bits == 0 => Value::Int(!int),
        (UnaryOp::BitNot, Value::Int(_) | Value::BigInt(_)) => {
            let int = !value.to_ibig().expect("it is an integer");
            let mask = IBig::from((UBig::ONE << unsigned_bits as usize) - UBig::ONE);
            Value::from_ibig(bump, if unsigned_bits == 0 { int } else { int & mask })
        }
        (UnaryOp::Not, Value::Bool(b)) => Value::Bool(!b),
        (UnaryOp::Addr | UnaryOp::Recv | UnaryOp::Tilde, _) => Value::Unknown,
        (UnaryOp::Plus | UnaryOp::Minus | UnaryOp::Not | UnaryOp::BitNot, _) => Value::Unknown,
    }
}

/// Applies an arithmetic, logical or string operator; comparisons and shifts have their own functions. `/` on integers
/// truncates if `integer_division`, and gives a ratio otherwise. A division by zero, which the checker reports before,
/// gives `Unknown`.
pub fn binary<'s>(
    bump: &'s Bump,
    op: BinaryOp,
    lhs: Value<'s>,
    rhs: Value<'s>,
    integer_division: bool,
) -> Value<'s> {
    match (lhs, rhs) {
        (Value::Unknown, _) | (_, Value::Unknown) => Value::Unknown,
        (Value::Bool(a), Value::Bool(b)) => match op {
            BinaryOp::LogAnd => Value::Bool(a && b),
            BinaryOp::LogOr => Value::Bool(a || b),
            _ => Value::Unknown,
        },
        (Value::Str(_), Value::Str(_)) if op == BinaryOp::Add => concat(bump, &[lhs, rhs]),
        (Value::Int(a), Value::Int(b)) => small_ints(bump, op, a, b, integer_division),
        (Value::Complex(_), _) | (_, Value::Complex(_)) => complex(bump, op, lhs, rhs),
        (Value::Float(_), _) | (_, Value::Float(_)) => match (float(lhs), float(rhs)) {
            (Some(a), Some(b)) => Value::from_float(bump, floats(op, &a, &b)),
            _ => Value::Unknown,
        },
        (Value::Ratio(_), _) | (_, Value::Ratio(_)) => match (ratio(lhs), ratio(rhs)) {
            (Some(a), Some(b)) => ratios(bump, op, a, b),
            _ => Value::Unknown,
        },
        _ => match (lhs.to_ibig(), rhs.to_ibig()) {
            (Some(a), Some(b)) => long_ints(bump, op, a, b, integer_division),
            _ => Value::Unknown,
        },
    }
}

fn small_ints<'s>(bump: &'s Bump, op: BinaryOp, a: i64, b: i64, integer_division: bool) -> Value<'s> {
    let fast = match op {
        BinaryOp::Add => a.checked_add(b),
        BinaryOp::Sub => a.checked_sub(b),
        BinaryOp::Mul => a.checked_mul(b),
        BinaryOp::Div if integer_division => a.checked_div(b),
        BinaryOp::Rem => a.checked_rem(b),
        BinaryOp::And => Some(a & b),
        BinaryOp::Or => Some(a | b),
        BinaryOp::Xor => Some(a ^ b),
        BinaryOp::AndNot => Some(a & !b),
        _ => None,
    };
    match fast {
        Some(int) => Value::Int(int),
        None => long_ints(bump, op, a.into(), b.into(), integer_division),
    }
}

fn long_ints<'s>(bump: &'s Bump, op: BinaryOp, a: IBig, b: IBig, integer_division: bool) -> Value<'s> {
    let int = match op {
        BinaryOp::Add => a + b,
        BinaryOp::Sub => a - b,
        BinaryOp::Mul => a * b,
        BinaryOp::Div | BinaryOp::Rem if b == IBig::ZERO => return Value::Unknown,
        BinaryOp::Div if integer_division => a / b,
        BinaryOp::Div => return ratios(bump, op, a.into(), b.into()),
        BinaryOp::Rem => a % b,
        BinaryOp::And => a & b,
        BinaryOp::Or => a | b,
        BinaryOp::Xor => a ^ b,
        BinaryOp::AndNot => a & !b,
        _ => return Value::Unknown,
    };
    Value::from_ibig(bump, int)
}

fn ratios<'s>(bump: &'s Bump, op: BinaryOp, a: RBig, b: RBig) -> Value<'s> {
    let ratio = match op {
        BinaryOp::Add => a + b,
        BinaryOp::Sub => a - b,
        BinaryOp::Mul => a * b,
        BinaryOp::Div if !b.is_zero() => a / b,
        _ => return Value::Unknown,
    };
    Value::from_ratio(bump, ratio)
}

fn floats(op: BinaryOp, a: &Float, b: &Float) -> Option<Float> {
    match op {
        BinaryOp::Add => a.add(b),
        BinaryOp::Sub => a.add(&b.neg()),
        BinaryOp::Mul => a.mul(b),
        BinaryOp::Div => a.div(b),
        _ => None,
    }
}

fn complex<'s>(bump: &'s Bump, op: BinaryOp, lhs: Value<'s>, rhs: Value<'s>) -> Value<'s> {
    let (a, b) = (lhs.real(), lhs.imag());
    let (c, d) = (rhs.real(), rhs.imag());
    let add = |x, y| binary(bump, BinaryOp::Add, x, y, false);
    let sub = |x, y| binary(bump, BinaryOp::Sub, x, y, false);
    let mul = |x, y| binary(bump, BinaryOp::Mul, x, y, false);
    let div = |x, y| binary(bump, BinaryOp::Div, x, y, false);
    match op {
        BinaryOp::Add => Value::from_parts(bump, add(a, c), add(b, d)),
        BinaryOp::Sub => Value::from_parts(bump, sub(a, c), sub(b, d)),
        // (a + bi)(c + di) = (ac - bd) + (bc + ad)i
        BinaryOp::Mul => Value::from_parts(bump, sub(mul(a, c), mul(b, d)), add(mul(b, c), mul(a, d))),
        // Expanded by the conjugate of the divisor.
        BinaryOp::Div => {
            let norm = add(mul(c, c), mul(d, d));
            let re = div(add(mul(a, c), mul(b, d)), norm);
            let im = div(sub(mul(b, c), mul(a, d)), norm);
            Value::from_parts(bump, re, im)
        }
        _ => Value::Unknown,
    }
}

/// Shifts an integer by `count` bits, which the checker has bounded; a right shift rounds down.
pub fn shift<'s>(bump: &'s Bump, op: BinaryOp, value: Value<'s>, count: u64) -> Value<'s> {
    match (op, value) {
        (BinaryOp::Shl, Value::Int(0)) => value,
        (BinaryOp::Shl, Value::Int(int)) => {
            let fits = count < 63 && int << count >> count == int;
            if fits {
                Value::Int(int << count)
            } else {
                Value::from_ibig(bump, IBig::from(int) << count as usize)
            }
        }
        (BinaryOp::Shl, Value::BigInt(int)) => Value::from_ibig(bump, int << count as usize),
        (BinaryOp::Shr, Value::Int(int)) => Value::Int(int >> count.min(63)),
        (BinaryOp::Shr, Value::BigInt(int)) => {
            let count = usize::try_from(count).unwrap_or(usize::MAX);
            Value::from_ibig(bump, int >> count)
        }
        _ => Value::Unknown,
    }
}

/// Compares constants of one type with `==`, `!=`, `<`, `<=`, `>` or `>=`. Unknown ones, and kinds that cannot be
/// compared so, give false.
pub fn compare(op: BinaryOp, lhs: Value<'_>, rhs: Value<'_>) -> bool {
    if let (Value::Complex(_), _) | (_, Value::Complex(_)) = (lhs, rhs) {
        let equal =
            compare(BinaryOp::Eq, lhs.real(), rhs.real()) && compare(BinaryOp::Eq, lhs.imag(), rhs.imag());
        return match op {
            BinaryOp::Eq => equal,
            BinaryOp::Ne => !equal && !lhs.is_unknown() && !rhs.is_unknown(),
            _ => false,
        };
    }
    let Some(ordering) = order(lhs, rhs) else { return false };
    match op {
        BinaryOp::Eq => ordering.is_eq(),
        BinaryOp::Ne => ordering.is_ne(),
        BinaryOp::Lt => ordering.is_lt(),
        BinaryOp::Le => ordering.is_le(),
        BinaryOp::Gt => ordering.is_gt(),
        BinaryOp::Ge => ordering.is_ge(),
        _ => false,
    }
}

fn order(lhs: Value<'_>, rhs: Value<'_>) -> Option<Ordering> {
    match (lhs, rhs) {
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(&b)),
        (Value::Str(a), Value::Str(b)) => Some(a.cmp(b)),
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(&b)),
        (Value::Float(_), _) | (_, Value::Float(_)) => Some(float(lhs)?.compare(&float(rhs)?)),
        (Value::Ratio(_), _) | (_, Value::Ratio(_)) => Some(ratio(lhs)?.cmp(&ratio(rhs)?)),
        _ => Some(lhs.to_ibig()?.cmp(&rhs.to_ibig()?)),
    }
}

fn ratio(value: Value<'_>) -> Option<RBig> {
    match value {
        Value::Ratio(ratio) => Some(ratio.clone()),
        _ => value.to_ibig().map(RBig::from),
    }
}

fn float(value: Value<'_>) -> Option<Float> {
    match value {
        Value::Float(float) => Some(float.clone()),
        Value::Ratio(ratio) => Float::from_ratio(ratio),
        _ => Float::new(value.to_ibig()?, 0),
    }
}

/// Constant strings are no longer than this. A few lines that double a string would exhaust any memory otherwise.
const MAX_STRING: usize = 1 << 26;

/// Joins strings; `Unknown` if they are too long together. A long chain of `+` is joined at once, so that its cost is
/// linear.
pub fn concat<'s>(bump: &'s Bump, parts: &[Value<'s>]) -> Value<'s> {
    let mut len = 0;
    for part in parts {
        match part.as_str() {
            Some(bytes) if len + bytes.len() <= MAX_STRING => len += bytes.len(),
            Some(_) | None => return Value::Unknown,
        }
    }
    let joined = bump.alloc_slice_fill_copy(len, 0u8);
    let mut at = 0;
    for bytes in parts.iter().filter_map(|part| part.as_str()) {
        joined[at..at + bytes.len()].copy_from_slice(bytes);
        at += bytes.len();
    }
    Value::Str(joined)
}
