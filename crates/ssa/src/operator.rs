//! Operators: the families of operations that differ in nothing but what they compute.
//!
//! Each has a name, which the printed form uses, and a meaning, which `eval` has.

use serde::{Deserialize, Serialize};

/// Declares an enum of operation names together with its printed form.
macro_rules! named_ops {
    ($(#[$meta:meta])* $enum:ident { $($(#[$vmeta:meta])* $variant:ident = $name:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
        pub enum $enum { $($(#[$vmeta])* $variant,)* }

        impl $enum {
            /// Every operation of this family.
            pub const ALL: &'static [$enum] = &[$($enum::$variant,)*];

            /// The name in the printed form.
            pub fn name(self) -> &'static str {
                match self { $($enum::$variant => $name,)* }
            }

            /// The operation of that name.
            pub fn from_name(name: &str) -> Option<$enum> {
                match name { $($name => Some($enum::$variant),)* _ => None }
            }
        }
    };
}

named_ops! {
    /// One argument, a result of the same type.
    UnaryOp {
        /// Two's complement negation; `MIN` stays `MIN`.
        Neg = "neg",
        /// Each bit inverted.
        Not = "not",
        /// Leading zeros; the width for 0.
        Clz = "clz",
        /// Trailing zeros; the width for 0.
        Ctz = "ctz",
        /// Bits that are set.
        Popcnt = "popcnt",
        /// Bytes in reverse order (not for `i8`).
        Bswap = "bswap",
        /// Bits in reverse order.
        Bitrev = "bitrev",
        /// The sign bit inverted, also of a NaN.
        Fneg = "fneg",
        /// The sign bit cleared.
        Fabs = "fabs",
        /// Square root, correctly rounded.
        Sqrt = "sqrt",
        /// Towards minus infinity.
        Floor = "floor",
        /// Towards plus infinity.
        Ceil = "ceil",
        /// Towards zero.
        Trunc = "trunc",
        /// To the nearest integer, ties to even.
        Nearest = "nearest",
    }
}

named_ops! {
    /// Two arguments of the same type (but see the shifts), a result of that type.
    BinaryOp {
        /// Wrapping sum.
        Add = "add",
        /// Wrapping difference.
        Sub = "sub",
        /// Wrapping product, low half.
        Mul = "mul",
        /// High half of the signed product.
        MulHiS = "mulhs",
        /// High half of the unsigned product.
        MulHiU = "mulhu",
        /// Signed quotient, truncated; `MIN / -1` is `MIN`. Panics when the divisor is 0.
        DivS = "divs",
        /// Unsigned quotient. Panics when the divisor is 0.
        DivU = "divu",
        /// Signed remainder with the sign of the dividend; `MIN % -1` is 0. Panics when the divisor is 0.
        RemS = "rems",
        /// Unsigned remainder. Panics when the divisor is 0.
        RemU = "remu",
        /// Bitwise and.
        And = "and",
        /// Bitwise or.
        Or = "or",
        /// Bitwise exclusive or.
        Xor = "xor",
        /// Left shift. The count may have any integer type and is unsigned; from the width on the result is 0.
        Shl = "shl",
        /// Logical right shift; from the width on the result is 0. Count as for `shl`.
        ShrU = "shru",
        /// Arithmetic right shift; from the width on each bit is the sign. Count as for `shl`.
        ShrS = "shrs",
        /// Left rotation by the count modulo the width. Count of any integer type.
        Rotl = "rotl",
        /// The smaller as signed integers.
        MinS = "mins",
        /// The larger as signed integers.
        MaxS = "maxs",
        /// The smaller as unsigned integers.
        MinU = "minu",
        /// The larger as unsigned integers.
        MaxU = "maxu",
        /// IEEE sum.
        Fadd = "fadd",
        /// IEEE difference.
        Fsub = "fsub",
        /// IEEE product.
        Fmul = "fmul",
        /// IEEE quotient.
        Fdiv = "fdiv",
        /// Go's `min`: NaN if either is NaN, and -0 is smaller than +0.
        Fmin = "fmin",
        /// Go's `max`: NaN if either is NaN, and +0 is larger than -0.
        Fmax = "fmax",
        /// The magnitude of the first with the sign of the second.
        Fcopysign = "fcopysign",
    }
}

impl BinaryOp {
    /// Whether this works on floats.
    pub fn is_float(self) -> bool {
        use BinaryOp::*;
        matches!(self, Fadd | Fsub | Fmul | Fdiv | Fmin | Fmax | Fcopysign)
    }

    /// Whether the second argument is a count of any integer type.
    pub fn is_shift(self) -> bool {
        matches!(self, BinaryOp::Shl | BinaryOp::ShrU | BinaryOp::ShrS | BinaryOp::Rotl)
    }

    /// Whether a divisor of 0 panics.
    pub fn is_division(self) -> bool {
        matches!(self, BinaryOp::DivS | BinaryOp::DivU | BinaryOp::RemS | BinaryOp::RemU)
    }

    /// Whether the arguments may be exchanged.
    pub fn is_commutative(self) -> bool {
        use BinaryOp::*;
        matches!(self, Add | Mul | MulHiS | MulHiU | And | Or | Xor | MinS | MaxS | MinU | MaxU | Fadd | Fmul)
    }
}

impl UnaryOp {
    /// Whether this works on floats.
    pub fn is_float(self) -> bool {
        use UnaryOp::*;
        matches!(self, Fneg | Fabs | Sqrt | Floor | Ceil | Trunc | Nearest)
    }
}

named_ops! {
    /// A comparison of two values of one type; the result is an `i8`, 0 or 1.
    Cmp {
        /// Equal integers or pointers.
        Eq = "eq",
        /// Different integers or pointers.
        Ne = "ne",
        /// Signed less.
        LtS = "lts",
        /// Signed less or equal.
        LeS = "les",
        /// Signed greater.
        GtS = "gts",
        /// Signed greater or equal.
        GeS = "ges",
        /// Unsigned less; also for pointers.
        LtU = "ltu",
        /// Unsigned less or equal; also for pointers.
        LeU = "leu",
        /// Unsigned greater; also for pointers.
        GtU = "gtu",
        /// Unsigned greater or equal; also for pointers.
        GeU = "geu",
        /// Equal floats; false with a NaN.
        Feq = "feq",
        /// Different floats; true with a NaN.
        Fne = "fne",
        /// Less; false with a NaN.
        Flt = "flt",
        /// Less or equal; false with a NaN.
        Fle = "fle",
        /// Greater; false with a NaN.
        Fgt = "fgt",
        /// Greater or equal; false with a NaN.
        Fge = "fge",
    }
}

impl Cmp {
    /// Whether this compares floats.
    pub fn is_float(self) -> bool {
        matches!(self, Cmp::Feq | Cmp::Fne | Cmp::Flt | Cmp::Fle | Cmp::Fgt | Cmp::Fge)
    }

    /// The comparison that holds when this one does not. Ordered float comparisons have none.
    pub fn inverse(self) -> Option<Cmp> {
        Some(match self {
            Cmp::Eq => Cmp::Ne,
            Cmp::Ne => Cmp::Eq,
            Cmp::LtS => Cmp::GeS,
            Cmp::LeS => Cmp::GtS,
            Cmp::GtS => Cmp::LeS,
            Cmp::GeS => Cmp::LtS,
            Cmp::LtU => Cmp::GeU,
            Cmp::LeU => Cmp::GtU,
            Cmp::GtU => Cmp::LeU,
            Cmp::GeU => Cmp::LtU,
            Cmp::Feq => Cmp::Fne,
            Cmp::Fne => Cmp::Feq,
            Cmp::Flt | Cmp::Fle | Cmp::Fgt | Cmp::Fge => return None,
        })
    }
}

named_ops! {
    /// A conversion to the type written after the dot.
    Conv {
        /// Sign extension to a wider integer.
        Sext = "sext",
        /// Zero extension to a wider integer.
        Zext = "zext",
        /// The low bits, as a narrower integer.
        Wrap = "wrap",
        /// Signed `i32` or `i64` to float, rounded to nearest even.
        IntToFloatS = "s2f",
        /// Unsigned `i32` or `i64` to float, rounded to nearest even.
        IntToFloatU = "u2f",
        /// Float to signed integer, towards zero. What does not fit and NaN is as gc has it on amd64: see `eval`.
        FloatToIntS = "f2s",
        /// Float to unsigned integer, towards zero. What does not fit and NaN is as gc has it on amd64: see `eval`.
        FloatToIntU = "f2u",
        /// `f32` to `f64`, exact.
        Fpromote = "fpromote",
        /// `f64` to `f32`, rounded to nearest even.
        Fdemote = "fdemote",
        /// The same bits as another type of the same size: `i64` and `f64`, `i32` and `f32`, `i64` and `ptr`.
        Bitcast = "bitcast",
    }
}

named_ops! {
    /// What an atomic read-modify-write does; the result is the old value.
    RmwOp {
        /// Wrapping sum.
        Add = "add",
        /// Bitwise and.
        And = "and",
        /// Bitwise or.
        Or = "or",
        /// Exchange.
        Xchg = "xchg",
    }
}

named_ops! {
    /// Which bounds are checked: the condition, and the Go function that is called when it does not hold.
    BoundsKind {
        /// `s[x]`: x < len. `runtime.panicIndex`
        Index = "index",
        /// `s[?:x]`, x <= len. `runtime.panicSliceAlen`
        SliceAlen = "slice_alen",
        /// `s[?:x]`, x <= cap. `runtime.panicSliceAcap`
        SliceAcap = "slice_acap",
        /// `s[x:y]`, x <= y. `runtime.panicSliceB`
        SliceB = "slice_b",
        /// `s[::x]`, x <= len. `runtime.panicSlice3Alen`
        Slice3Alen = "slice3_alen",
        /// `s[::x]`, x <= cap. `runtime.panicSlice3Acap`
        Slice3Acap = "slice3_acap",
        /// `s[:x:y]`, x <= y. `runtime.panicSlice3B`
        Slice3B = "slice3_b",
        /// `s[x:y:]`, x <= y. `runtime.panicSlice3C`
        Slice3C = "slice3_c",
        /// `(*[y]T)(s)` with len(s) = x: y <= x. `runtime.panicSliceConvert`
        Convert = "convert",
    }
}

impl BoundsKind {
    /// The Go function that panics: `func(x, y int)`, or `func(x uint, y int)` when the index is unsigned.
    pub fn panic_symbol(self, signed: bool) -> &'static str {
        match (self, signed) {
            (BoundsKind::Index, true) => "runtime.panicIndex",
            (BoundsKind::Index, false) => "runtime.panicIndexU",
            (BoundsKind::SliceAlen, true) => "runtime.panicSliceAlen",
            (BoundsKind::SliceAlen, false) => "runtime.panicSliceAlenU",
            (BoundsKind::SliceAcap, true) => "runtime.panicSliceAcap",
            (BoundsKind::SliceAcap, false) => "runtime.panicSliceAcapU",
            (BoundsKind::SliceB, true) => "runtime.panicSliceB",
            (BoundsKind::SliceB, false) => "runtime.panicSliceBU",
            (BoundsKind::Slice3Alen, true) => "runtime.panicSlice3Alen",
            (BoundsKind::Slice3Alen, false) => "runtime.panicSlice3AlenU",
            (BoundsKind::Slice3Acap, true) => "runtime.panicSlice3Acap",
            (BoundsKind::Slice3Acap, false) => "runtime.panicSlice3AcapU",
            (BoundsKind::Slice3B, true) => "runtime.panicSlice3B",
            (BoundsKind::Slice3B, false) => "runtime.panicSlice3BU",
            (BoundsKind::Slice3C, true) => "runtime.panicSlice3C",
            (BoundsKind::Slice3C, false) => "runtime.panicSlice3CU",
            (BoundsKind::Convert, _) => "runtime.panicSliceConvert",
        }
    }

    /// Whether the check holds for `x` and `y`, compared as unsigned numbers.
    pub fn holds(self, x: u64, y: u64) -> bool {
        match self {
            BoundsKind::Index => x < y,
            BoundsKind::Convert => y <= x,
            BoundsKind::SliceAlen
            | BoundsKind::SliceAcap
            | BoundsKind::SliceB
            | BoundsKind::Slice3Alen
            | BoundsKind::Slice3Acap
            | BoundsKind::Slice3B
            | BoundsKind::Slice3C => x <= y,
        }
    }
}
