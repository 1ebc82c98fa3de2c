//! What each pure operation yields, bit by bit.
//!
//! Values are 64-bit words whose bits above the width of their type are 0. The interpreter and constant
//! folding use these functions, and tests hold the machine code to them.

use crate::operator::{BinaryOp, Cmp, Conv, UnaryOp};
use crate::ty::Type;

/// The value as a signed number.
pub fn signed(ty: Type, bits: u64) -> i64 {
    let shift = 64 - ty.bits();
    ((bits << shift) as i64) >> shift
}

/// The value as a float; `f32` is exact in it.
pub fn float(ty: Type, bits: u64) -> f64 {
    if ty == Type::F32 { f64::from(f32::from_bits(bits as u32)) } else { f64::from_bits(bits) }
}

/// The bits of a float, rounded once to `ty`.
pub fn float_bits(ty: Type, value: f64) -> u64 {
    if ty == Type::F32 { u64::from((value as f32).to_bits()) } else { value.to_bits() }
}

/// Applies a unary operation.
pub fn unary(op: UnaryOp, ty: Type, a: u64) -> u64 {
    let width = ty.bits();
    let sign = 1 << (width - 1);
    let bits = match op {
        UnaryOp::Neg => a.wrapping_neg(),
        UnaryOp::Not => !a,
        UnaryOp::Clz => u64::from(a.leading_zeros() - (64 - width)),
        UnaryOp::Ctz => u64::from(a.trailing_zeros().min(width)),
        UnaryOp::Popcnt => u64::from(a.count_ones()),
        UnaryOp::Bswap => a.swap_bytes() >> (64 - width),
        UnaryOp::Bitrev => a.reverse_bits() >> (64 - width),
        UnaryOp::Fneg => a ^ sign,
        UnaryOp::Fabs => a & !sign,
        // The square root of an f32, computed in f64 and rounded again, is correctly rounded: f64 has more
        // than twice the bits plus two (Figueroa, "When is double rounding innocuous?", 1995).
        UnaryOp::Sqrt => float_bits(ty, float(ty, a).sqrt()),
        UnaryOp::Floor => float_bits(ty, float(ty, a).floor()),
        UnaryOp::Ceil => float_bits(ty, float(ty, a).ceil()),
        UnaryOp::Trunc => float_bits(ty, float(ty, a).trunc()),
        UnaryOp::Nearest => float_bits(ty, float(ty, a).round_ties_even()),
    };
    bits & ty.mask()
}

/// Applies a binary operation; `None` is a division by zero. For shifts `b` is the count as an unsigned number.
pub fn binary(op: BinaryOp, ty: Type, a: u64, b: u64) -> Option<u64> {
    let width = u64::from(ty.bits());
    let (sa, sb) = (signed(ty, a), signed(ty, b));
    if op.is_division() && b == 0 {
        return None;
    }
    let bits = match op {
        BinaryOp::Add => a.wrapping_add(b),
        BinaryOp::Sub => a.wrapping_sub(b),
        BinaryOp::Mul => a.wrapping_mul(b),
        BinaryOp::MulHiS => ((i128::from(sa) * i128::from(sb)) >> width) as u64,
        BinaryOp::MulHiU => ((u128::from(a) * u128::from(b)) >> width) as u64,
        BinaryOp::DivS => sa.wrapping_div(sb) as u64,
        BinaryOp::DivU => a / b,
        BinaryOp::RemS => sa.wrapping_rem(sb) as u64,
        BinaryOp::RemU => a % b,
        BinaryOp::And => a & b,
        BinaryOp::Or => a | b,
        BinaryOp::Xor => a ^ b,
        BinaryOp::Shl => {
            if b < width {
                a << b
            } else {
                0
            }
        }
        BinaryOp::ShrU => {
            if b < width {
                a >> b
            } else {
                0
            }
        }
        BinaryOp::ShrS => (sa >> b.min(width - 1)) as u64,
        BinaryOp::Rotl => {
            let n = b % width;
            if n == 0 { a } else { (a << n) | (a >> (width - n)) }
        }
        BinaryOp::MinS => sa.min(sb) as u64,
        BinaryOp::MaxS => sa.max(sb) as u64,
        BinaryOp::MinU => a.min(b),
        BinaryOp::MaxU => a.max(b),
        BinaryOp::Fcopysign => {
            let sign = 1 << (width - 1);
            (a & !sign) | (b & sign)
        }
        BinaryOp::Fadd
        | BinaryOp::Fsub
        | BinaryOp::Fmul
        | BinaryOp::Fdiv
        | BinaryOp::Fmin
        | BinaryOp::Fmax => float_binary(op, ty, a, b),
    };
    Some(bits & ty.mask())
}

// One operation on f32 may be computed in f64 and rounded again: see the source at `Sqrt`.
fn float_binary(op: BinaryOp, ty: Type, a: u64, b: u64) -> u64 {
    let (x, y) = (float(ty, a), float(ty, b));
    let z = match op {
        BinaryOp::Fadd => x + y,
        BinaryOp::Fsub => x - y,
        BinaryOp::Fmul => x * y,
        BinaryOp::Fdiv => x / y,
        BinaryOp::Fmin | BinaryOp::Fmax if x.is_nan() || y.is_nan() => f64::NAN,
        BinaryOp::Fmin if x == y => {
            if x.is_sign_negative() {
                x
            } else {
                y
            }
        }
        BinaryOp::Fmax if x == y => {
            if x.is_sign_negative() {
                y
            } else {
                x
            }
        }
        BinaryOp::Fmin => x.min(y),
        BinaryOp::Fmax => x.max(y),
        _ => unreachable!("{op:?} is not arithmetic on floats"),
    };
    float_bits(ty, z)
}

/// Applies a comparison.
pub fn compare(cmp: Cmp, ty: Type, a: u64, b: u64) -> bool {
    let (sa, sb) = (signed(ty, a), signed(ty, b));
    let (x, y) = if cmp.is_float() { (float(ty, a), float(ty, b)) } else { (0.0, 0.0) };
    match cmp {
        Cmp::Eq => a == b,
        Cmp::Ne => a != b,
        Cmp::LtS => sa < sb,
        Cmp::LeS => sa <= sb,
        Cmp::GtS => sa > sb,
        Cmp::GeS => sa >= sb,
        Cmp::LtU => a < b,
        Cmp::LeU => a <= b,
        Cmp::GtU => a > b,
        Cmp::GeU => a >= b,
        Cmp::Feq => x == y,
        Cmp::Fne => x != y,
        Cmp::Flt => x < y,
        Cmp::Fle => x <= y,
        Cmp::Fgt => x > y,
        Cmp::Fge => x >= y,
    }
}

/// Applies a conversion.
pub fn convert(conv: Conv, from: Type, to: Type, a: u64) -> u64 {
    let bits = match conv {
        Conv::Sext => signed(from, a) as u64,
        Conv::Zext | Conv::Wrap | Conv::Bitcast => a,
        Conv::IntToFloatS => int_to_float_s(to, signed(from, a)),
        Conv::IntToFloatU => int_to_float_u(to, a),
        Conv::FloatToIntS => float_to_int_s(to, float(from, a)),
        Conv::FloatToIntU => float_to_int_u(to, float(from, a)),
        Conv::Fpromote | Conv::Fdemote => float_bits(to, float(from, a)),
    };
    bits & to.mask()
}

fn int_to_float_s(to: Type, value: i64) -> u64 {
    if to == Type::F32 { u64::from((value as f32).to_bits()) } else { (value as f64).to_bits() }
}

fn int_to_float_u(to: Type, value: u64) -> u64 {
    if to == Type::F32 { u64::from((value as f32).to_bits()) } else { (value as f64).to_bits() }
}

// The specification leaves open what a float out of range becomes. gc on amd64 (observed with go1.26.8) does what
// the machine's conversions to 32 and 64 bits do, which answer the least integer, and cuts the result for smaller types;
// `uint32` is cut from 64 bits. rigo does so on every processor.

fn to_i64(value: f64) -> i64 {
    let fits = (-9223372036854775808.0..9223372036854775808.0).contains(&value);
    if fits { value as i64 } else { i64::MIN }
}

fn to_i32(value: f64) -> i32 {
    let fits = value > -2147483649.0 && value < 2147483648.0;
    if fits { value as i32 } else { i32::MIN }
}

fn float_to_int_s(to: Type, value: f64) -> u64 {
    if to == Type::I64 { to_i64(value) as u64 } else { to_i32(value) as u64 }
}

fn float_to_int_u(to: Type, value: f64) -> u64 {
    const TWO_63: f64 = 9223372036854775808.0;
    match to {
        Type::I64 if value < TWO_63 => to_i64(value) as u64,
        Type::I64 => to_i64(value - TWO_63) as u64 | 1 << 63,
        Type::I32 => to_i64(value) as u64,
        _ => to_i32(value) as u64,
    }
}
