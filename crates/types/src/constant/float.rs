//! Floats of [`PRECISION`] bits for constants whose exact ratio would be too long.
//!
//! A number is `mant * 2^exp`. Results are rounded to nearest, ties to even.
//!
//! Invariants: `mant` is odd or the number is zero with `exp` 0, so that equal numbers are equal values;
//! `mant` has at most `PRECISION` bits.

use std::cmp::Ordering;

use dashu_int::ops::{BitTest, DivRem};
use dashu_int::{IBig, Sign, UBig};
use dashu_ratio::RBig;

use super::{SMALL_BITS, magnitude, sign_of};

/// Bits of a mantissa. Spec, "Constants", asks for 256 at least.
pub const PRECISION: usize = 512;

/// Numbers of at least `2^MAX_EXP` are out of range, those below `2^-MAX_EXP` are zero.
const MAX_EXP: i64 = 1 << 31;

/// A binary float.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Float {
    mant: IBig,
    exp: i64,
}

/// Which way a mantissa is rounded.
#[derive(Clone, Copy, PartialEq)]
enum Rounding {
    ToNearest,
    TowardZero,
    AwayFromZero,
}

impl Float {
    /// Zero.
    pub const ZERO: Float = Float { mant: IBig::ZERO, exp: 0 };

    /// Rounds `mant * 2^exp`. `None` if it is out of range.
    pub fn new(mant: IBig, exp: i64) -> Option<Float> {
        Float::rounded(mant, exp, PRECISION, Rounding::ToNearest)
    }

    fn rounded(mant: IBig, mut exp: i64, precision: usize, rounding: Rounding) -> Option<Float> {
        let (sign, mut mant) = mant.into_parts();
        let surplus = mant.bit_len().saturating_sub(precision);
        if surplus > 0 {
            let half = mant.bit(surplus - 1);
            let zeros = mant.trailing_zeros().unwrap_or(0);
            mant >>= surplus;
            exp += surplus as i64;
            let up = match rounding {
                Rounding::ToNearest => half && (zeros < surplus - 1 || mant.bit(0)),
                Rounding::TowardZero => false,
                Rounding::AwayFromZero => zeros < surplus,
            };
            if up {
                mant += UBig::ONE;
            }
        }
        let Some(zeros) = mant.trailing_zeros() else { return Some(Float::ZERO) };
        mant >>= zeros;
        exp += zeros as i64;
        let top = exp + mant.bit_len() as i64;
        if top > MAX_EXP {
            return None;
        }
        if top < -MAX_EXP {
            return Some(Float::ZERO);
        }
        Some(Float { mant: IBig::from_parts(sign, mant), exp })
    }

    /// Rounds a ratio.
    pub fn from_ratio(ratio: &RBig) -> Option<Float> {
        let den = IBig::from(ratio.denominator().clone());
        Float::quotient(ratio.numerator(), 0, &den, 0)
    }

    fn quotient(num: &IBig, num_exp: i64, den: &IBig, den_exp: i64) -> Option<Float> {
        let (num_len, den_len) = (magnitude(num).bit_len(), magnitude(den).bit_len());
        // Enough for a quotient with two bits more than kept; the last bit tells whether a rest was left.
        let up = (PRECISION + 2 + den_len).saturating_sub(num_len);
        let (quot, rest) = (num << up).div_rem(den);
        let mut quot = quot << 1usize;
        if rest != IBig::ZERO {
            quot += if sign_of(num) * sign_of(den) < 0 { IBig::NEG_ONE } else { IBig::ONE };
        }
        Float::new(quot, num_exp - den_exp - up as i64 - 1)
    }

    /// Reports whether it is zero.
    pub fn is_zero(&self) -> bool {
        self.mant == IBig::ZERO
    }

    /// Returns -1, 0 or 1.
    pub fn sign(&self) -> i32 {
        sign_of(&self.mant)
    }

    /// Returns mantissa and exponent: the number is `mant * 2^exp`.
    pub fn parts(&self) -> (&IBig, i64) {
        (&self.mant, self.exp)
    }

    /// Returns the exponent `e` for which the absolute value is in `2^(e-1) .. 2^e`.
    pub fn top(&self) -> i64 {
        self.exp + magnitude(&self.mant).bit_len() as i64
    }

    /// Reports whether a ratio could hold it.
    pub fn is_small(&self) -> bool {
        self.is_zero() || self.top().unsigned_abs() < SMALL_BITS as u64
    }

    /// Returns the number as an integer, if it is one or was one before the last bits were rounded away, and is not
    /// huge.
    pub fn to_int(&self) -> Option<IBig> {
        if !self.is_small() {
            return None;
        }
        // As gc: what is an integer with a few bits less is taken for one.
        let lenient = |rounding| Float::rounded(self.mant.clone(), self.exp, PRECISION - 4, rounding);
        let candidates = [Some(self.clone()), lenient(Rounding::TowardZero), lenient(Rounding::AwayFromZero)];
        let int = candidates.into_iter().flatten().find(|float| float.exp >= 0)?;
        Some(int.mant << int.exp as usize)
    }

    /// Returns the negated number.
    pub fn neg(&self) -> Float {
        Float { mant: -self.mant.clone(), exp: self.exp }
    }

    /// Returns the sum.
    pub fn add(&self, other: &Float) -> Option<Float> {
        let (hi, lo) = if self.top() >= other.top() { (self, other) } else { (other, self) };
        if lo.is_zero() {
            return Some(hi.clone());
        }
        if hi.is_zero() {
            return Some(lo.clone());
        }
        // What is below an eighth of the last bit cannot change a number rounded to nearest.
        if hi.top() - lo.top() > PRECISION as i64 + 4 {
            return Some(hi.clone());
        }
        let exp = hi.exp.min(lo.exp);
        let aligned = |float: &Float| &float.mant << (float.exp - exp) as usize;
        Float::new(aligned(hi) + aligned(lo), exp)
    }

    /// Returns the product.
    pub fn mul(&self, other: &Float) -> Option<Float> {
        Float::new(&self.mant * &other.mant, self.exp + other.exp)
    }

    /// Returns the quotient; `None` also for a division by zero.
    pub fn div(&self, other: &Float) -> Option<Float> {
        if other.is_zero() {
            return None;
        }
        Float::quotient(&self.mant, self.exp, &other.mant, other.exp)
    }

    /// Compares by value.
    pub fn compare(&self, other: &Float) -> Ordering {
        match self.add(&other.neg()) {
            Some(difference) => difference.sign().cmp(&0),
            // Out of range, so the operands had different signs.
            None => self.sign().cmp(&other.sign()),
        }
    }

    /// Returns `mant * base^exp`, rounded; `base` is small.
    pub fn scaled(mant: UBig, base: u32, exp: i64) -> Option<Float> {
        let mant = Float::new(IBig::from_parts(Sign::Positive, mant), 0)?;
        if mant.is_zero() {
            return Some(mant);
        }
        let power = Power::new(base, exp.unsigned_abs());
        match (power, exp >= 0) {
            (None, true) => None,
            (None, false) => Some(Float::ZERO),
            (Some(power), true) => power.apply(&mant, |mant, power| mant * power, false),
            (Some(power), false) => {
                let wide = PRECISION + 96 + magnitude(&power.mant).bit_len();
                power.apply(&mant, |mant, power| (mant << wide) / power, true).map(|mut float| {
                    if !float.is_zero() {
                        float.exp -= wide as i64;
                    }
                    float
                })
            }
        }
    }
}

/// A power with a wider mantissa than that of [`Float`], so that errors do not reach its last bit.
struct Power {
    mant: IBig,
    exp: i64,
}

impl Power {
    /// Raises by squaring; `None` when it is out of range.
    fn new(base: u32, mut exponent: u64) -> Option<Power> {
        const WIDE: usize = PRECISION + 96;
        let trim = |mant: IBig, exp: i64| {
            let surplus = magnitude(&mant).bit_len().saturating_sub(WIDE);
            Power { mant: mant >> surplus, exp: exp + surplus as i64 }
        };
        let mut square = Power { mant: IBig::from(base), exp: 0 };
        let mut power = Power { mant: IBig::ONE, exp: 0 };
        while exponent > 0 {
            if square.exp > MAX_EXP || power.exp > MAX_EXP {
                return None;
            }
            if exponent & 1 == 1 {
                power = trim(&power.mant * &square.mant, power.exp + square.exp);
            }
            exponent >>= 1;
            square = trim(&square.mant * &square.mant, 2 * square.exp);
        }
        Some(power)
    }

    fn apply(&self, float: &Float, op: impl Fn(&IBig, &IBig) -> IBig, divide: bool) -> Option<Float> {
        let exp = if divide { float.exp - self.exp } else { float.exp + self.exp };
        Float::new(op(&float.mant, &self.mant), exp)
    }
}
