//! Operations and terminators.
//!
//! Two families of questions are asked of an operation: which values it uses (`for_each_arg`,
//! `map_args`) and what it may do besides yielding a result (`is_pure`, `may_panic`,
//! `reads_memory`, `writes_memory`). Passes ask these and match on a variant only when they know it.

use crate::func::{Block, Sig, Slot, Sym, Value};
use crate::ty::Type;
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

/// What is known about an access to memory.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct MemFlags {
    /// Neither moved, merged nor dropped.
    pub volatile: bool,
    /// The address is certainly valid: a slot, a symbol, or checked before.
    pub notrap: bool,
    /// The memory is never written while the program runs.
    pub readonly: bool,
}

/// What a call transfers control to, which decides the convention.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Callee {
    /// A Go function by name.
    Direct(Sym),
    /// A Go function by the address of its code, as an itab holds it.
    Indirect(Value),
    /// A func value: a pointer to `{code, captured ...}`. The pointer is passed as hidden first argument.
    /// A nil func value panics.
    Closure(Value),
    /// An entry of the runtime, by name, in the C convention (`system_v`). At most two results.
    Runtime(Sym),
}

/// An operation.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Op {
    /// A constant; bits above the width are 0. A pointer constant other than nil does not exist.
    Const {
        /// Type of the result.
        ty: Type,
        /// Its bits.
        bits: u64,
    },
    /// A unary operation.
    Unary {
        /// Which.
        op: UnaryOp,
        /// Its argument.
        arg: Value,
    },
    /// A binary operation.
    Binary {
        /// Which.
        op: BinaryOp,
        /// Left argument.
        lhs: Value,
        /// Right argument.
        rhs: Value,
    },
    /// A comparison.
    Compare {
        /// Which.
        cmp: Cmp,
        /// Left argument.
        lhs: Value,
        /// Right argument.
        rhs: Value,
    },
    /// A conversion.
    Convert {
        /// Which.
        conv: Conv,
        /// Type of the result.
        ty: Type,
        /// Its argument.
        arg: Value,
    },
    /// One of two values by an `i8`; no branch.
    Select {
        /// 0 or not.
        cond: Value,
        /// Result if `cond` is not 0.
        if_true: Value,
        /// Result if `cond` is 0.
        if_false: Value,
    },
    /// `x * y + z` rounded once.
    Fma {
        /// Factor.
        x: Value,
        /// Factor.
        y: Value,
        /// Summand.
        z: Value,
    },
    /// `(sum, carry) = x + y + carry`; `carry` is 0 or 1 and of the type of `x`.
    AddCarry {
        /// Summand.
        x: Value,
        /// Summand.
        y: Value,
        /// Carry in.
        carry: Value,
    },
    /// `(difference, borrow) = x - y - borrow`; `borrow` is 0 or 1 and of the type of `x`.
    SubBorrow {
        /// Minuend.
        x: Value,
        /// Subtrahend.
        y: Value,
        /// Borrow in.
        borrow: Value,
    },
    /// `root + index + off`, the only arithmetic on pointers. `root` points into the object that the result
    /// points into; `index` counts bytes.
    PtrAdd {
        /// A pointer into the object.
        root: Value,
        /// Bytes to add, an `i64`.
        index: Option<Value>,
        /// Bytes to add.
        off: i64,
    },
    /// The address of a byte of a slot.
    SlotAddr {
        /// The slot.
        slot: Slot,
        /// Byte in it.
        off: u32,
    },
    /// The address of a datum, plus `off`.
    SymAddr {
        /// The datum.
        sym: Sym,
        /// Bytes to add.
        off: i64,
    },
    /// The address of a function's code (not a func value).
    FuncAddr {
        /// The function.
        sym: Sym,
    },
    /// Reads memory. Panics (`nil dereference`) when the page is not mapped, unless `notrap`.
    Load {
        /// Type of the result.
        ty: Type,
        /// The address.
        addr: Value,
        /// Bytes to add to it.
        off: i32,
        /// What is known.
        flags: MemFlags,
    },
    /// Writes memory, without a write barrier: values that are no pointers, and pointers into stack slots.
    Store {
        /// The address.
        addr: Value,
        /// Bytes to add to it.
        off: i32,
        /// What is written.
        val: Value,
        /// What is known.
        flags: MemFlags,
    },
    /// Writes a pointer where the collector may look: with a write barrier while marking runs.
    StorePtr {
        /// The address.
        addr: Value,
        /// Bytes to add to it.
        off: i32,
        /// The pointer, a `ptr`.
        val: Value,
    },
    /// Sequentially consistent read.
    AtomicLoad {
        /// Type of the result.
        ty: Type,
        /// The address.
        addr: Value,
    },
    /// Sequentially consistent write, without a write barrier.
    AtomicStore {
        /// The address.
        addr: Value,
        /// What is written.
        val: Value,
    },
    /// Sequentially consistent read-modify-write; the result is the old value.
    AtomicRmw {
        /// What is done.
        op: RmwOp,
        /// The address.
        addr: Value,
        /// The other operand.
        val: Value,
    },
    /// Sequentially consistent compare-and-swap; the result is an `i8`: 1 if `new` was stored.
    AtomicCas {
        /// The address.
        addr: Value,
        /// What must be there.
        old: Value,
        /// What is stored then.
        new: Value,
    },
    /// Sequentially consistent fence.
    Fence,
    /// Copies `size` bytes as `memmove` does. With `barrier`, the type descriptor of what is copied, the
    /// pointers in source and destination are shaded first.
    MemCopy {
        /// Destination.
        dst: Value,
        /// Source.
        src: Value,
        /// Bytes.
        size: u64,
        /// Descriptor, when the destination may be seen by the collector and the type has pointers.
        barrier: Option<Sym>,
    },
    /// Clears `size` bytes; `barrier` as for `MemCopy`.
    MemZero {
        /// Address.
        addr: Value,
        /// Bytes.
        size: u64,
        /// Descriptor, as for `MemCopy`.
        barrier: Option<Sym>,
    },
    /// Allocates a zeroed object of the type that `desc` describes: `runtime.newobject`, unless `opt`
    /// finds that a slot will do.
    New {
        /// Type descriptor.
        desc: Sym,
        /// Its size.
        size: u64,
        /// Its alignment.
        align: u32,
    },
    /// Panics if the pointer is nil.
    NilCheck {
        /// The pointer.
        ptr: Value,
    },
    /// Panics unless `kind` holds for the two `i64`, compared as unsigned numbers.
    BoundsCheck {
        /// What is checked.
        kind: BoundsKind,
        /// Whether `x` was signed; only the text of the panic depends on it.
        signed: bool,
        /// Index.
        x: Value,
        /// Bound.
        y: Value,
    },
    /// Calls the Go function `panic(args...)`, which does not return, if `cond` is 0.
    Check {
        /// 0 or not.
        cond: Value,
        /// Go function that panics.
        panic: Sym,
        /// Its arguments.
        args: Vec<Value>,
    },
    /// A call. Arguments and results are as `sig` says; the context of a closure is not in it.
    Call {
        /// What is called.
        callee: Callee,
        /// Its signature.
        sig: Sig,
        /// Arguments.
        args: Vec<Value>,
    },
    /// The current goroutine's `g`.
    GetG,
    /// The address this function returns to. The function must be `noinline`.
    CallerPc,
    /// The caller's stack pointer at the call. The function must be `noinline`.
    CallerSp,
    /// Keeps values alive up to here.
    KeepAlive {
        /// The values.
        args: Vec<Value>,
    },
}

/// A successor with the arguments for its params.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Target {
    /// The block.
    pub block: Block,
    /// One value for each of its params.
    pub args: Vec<Value>,
}

impl Target {
    /// A successor without params.
    pub fn new(block: Block) -> Target {
        Target { block, args: Vec::new() }
    }
}

/// How a block ends.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Terminator {
    /// Goes on in one block.
    Jump(Target),
    /// Goes on by an `i8`.
    Branch {
        /// 0 or not.
        cond: Value,
        /// Successor if `cond` is not 0.
        then: Target,
        /// Successor if `cond` is 0.
        els: Target,
    },
    /// Goes on by the value of an integer.
    Switch {
        /// The integer.
        val: Value,
        /// Different values and their successors.
        cases: Vec<(u64, Target)>,
        /// Successor for all others.
        default: Target,
    },
    /// Leaves the function.
    Return(Vec<Value>),
    /// Records where to resume after `recover` in the defer record `rec` points to, and goes on in
    /// `normal`. The runtime resumes in `recover`, with nothing but this function's slots: `recover`
    /// has no params, and neither it nor what only it reaches uses a value from outside.
    DeferInit {
        /// The record: `{code, sp, fp}`.
        rec: Value,
        /// Goes on here.
        normal: Target,
        /// Resumes here.
        recover: Block,
    },
    /// Is never reached: after a call that does not return.
    Unreachable,
}

/// One body for the shared and the mutable visitor: default binding modes make it fit both.
macro_rules! op_args {
    ($op:expr, $f:expr) => {{
        let f = $f;
        match $op {
            Op::Const { .. }
            | Op::SlotAddr { .. }
            | Op::SymAddr { .. }
            | Op::FuncAddr { .. }
            | Op::Fence
            | Op::New { .. }
            | Op::GetG
            | Op::CallerPc
            | Op::CallerSp => {}
            Op::Unary { arg, .. } | Op::Convert { arg, .. } => f(arg),
            Op::Binary { lhs, rhs, .. } | Op::Compare { lhs, rhs, .. } => {
                f(lhs);
                f(rhs);
            }
            Op::Select { cond, if_true, if_false } => {
                f(cond);
                f(if_true);
                f(if_false);
            }
            Op::Fma { x, y, z } | Op::AddCarry { x, y, carry: z } | Op::SubBorrow { x, y, borrow: z } => {
                f(x);
                f(y);
                f(z);
            }
            Op::PtrAdd { root, index, .. } => {
                f(root);
                if let Some(index) = index {
                    f(index);
                }
            }
            Op::Load { addr, .. } | Op::AtomicLoad { addr, .. } | Op::MemZero { addr, .. } => f(addr),
            Op::Store { addr, val, .. }
            | Op::StorePtr { addr, val, .. }
            | Op::AtomicStore { addr, val }
            | Op::AtomicRmw { addr, val, .. } => {
                f(addr);
                f(val);
            }
            Op::AtomicCas { addr, old, new } => {
                f(addr);
                f(old);
                f(new);
            }
            Op::MemCopy { dst, src, .. } => {
                f(dst);
                f(src);
            }
            Op::NilCheck { ptr } => f(ptr),
            Op::BoundsCheck { x, y, .. } => {
                f(x);
                f(y);
            }
            Op::Check { cond, args, .. } => {
                f(cond);
                for arg in args {
                    f(arg);
                }
            }
            Op::Call { callee, args, .. } => {
                match callee {
                    Callee::Direct(_) | Callee::Runtime(_) => {}
                    Callee::Indirect(v) | Callee::Closure(v) => f(v),
                }
                for arg in args {
                    f(arg);
                }
            }
            Op::KeepAlive { args } => {
                for arg in args {
                    f(arg);
                }
            }
        }
    }};
}

/// As `op_args`, for terminators.
macro_rules! term_args {
    ($term:expr, $f:expr) => {{
        let f = $f;
        match $term {
            Terminator::Jump(Target { args, .. }) | Terminator::Return(args) => {
                for arg in args {
                    f(arg);
                }
            }
            Terminator::Branch { cond, then: Target { args: then, .. }, els: Target { args: els, .. } } => {
                f(cond);
                for arg in then {
                    f(arg);
                }
                for arg in els {
                    f(arg);
                }
            }
            Terminator::Switch { val, cases, default: Target { args, .. } } => {
                f(val);
                for (_, Target { args, .. }) in cases {
                    for arg in args {
                        f(arg);
                    }
                }
                for arg in args {
                    f(arg);
                }
            }
            Terminator::DeferInit { rec, normal: Target { args, .. }, .. } => {
                f(rec);
                for arg in args {
                    f(arg);
                }
            }
            Terminator::Unreachable => {}
        }
    }};
}

impl Op {
    /// Calls `f` for each argument, in the order of evaluation.
    pub fn for_each_arg(&self, mut f: impl FnMut(Value)) {
        op_args!(self, &mut |v: &Value| f(*v));
    }

    /// Lets `f` change each argument.
    pub fn map_args(&mut self, mut f: impl FnMut(&mut Value)) {
        op_args!(self, &mut |v: &mut Value| f(v));
    }

    /// Whether the result depends on the arguments alone, and nothing else happens: such an operation may be
    /// merged, moved and dropped.
    pub fn is_pure(&self) -> bool {
        match self {
            Op::Const { .. }
            | Op::Unary { .. }
            | Op::Compare { .. }
            | Op::Convert { .. }
            | Op::Select { .. }
            | Op::Fma { .. }
            | Op::AddCarry { .. }
            | Op::SubBorrow { .. }
            | Op::PtrAdd { .. }
            | Op::SlotAddr { .. }
            | Op::SymAddr { .. }
            | Op::FuncAddr { .. }
            | Op::GetG
            | Op::CallerPc
            | Op::CallerSp => true,
            Op::Binary { op, .. } => !op.is_division(),
            Op::Load { flags, .. } => flags.readonly && flags.notrap && !flags.volatile,
            Op::Store { .. }
            | Op::StorePtr { .. }
            | Op::AtomicLoad { .. }
            | Op::AtomicStore { .. }
            | Op::AtomicRmw { .. }
            | Op::AtomicCas { .. }
            | Op::Fence
            | Op::MemCopy { .. }
            | Op::MemZero { .. }
            | Op::New { .. }
            | Op::NilCheck { .. }
            | Op::BoundsCheck { .. }
            | Op::Check { .. }
            | Op::Call { .. }
            | Op::KeepAlive { .. } => false,
        }
    }

    /// Whether the operation may be dropped when no result is used. Allocations may; loads that may fault may not.
    pub fn is_removable(&self) -> bool {
        match self {
            Op::Load { flags, .. } => flags.notrap && !flags.volatile,
            Op::New { .. } => true,
            op => op.is_pure(),
        }
    }

    /// Whether control may leave the function here by a panic. Such an operation reads all slots marked
    /// `recover`.
    pub fn may_panic(&self) -> bool {
        match self {
            Op::Load { flags, .. } | Op::Store { flags, .. } => !flags.notrap,
            Op::Binary { op, .. } => op.is_division(),
            Op::StorePtr { .. }
            | Op::AtomicLoad { .. }
            | Op::AtomicStore { .. }
            | Op::AtomicRmw { .. }
            | Op::AtomicCas { .. }
            | Op::MemCopy { .. }
            | Op::MemZero { .. }
            | Op::NilCheck { .. }
            | Op::BoundsCheck { .. }
            | Op::Check { .. }
            | Op::Call { .. } => true,
            Op::Const { .. }
            | Op::Unary { .. }
            | Op::Compare { .. }
            | Op::Convert { .. }
            | Op::Select { .. }
            | Op::Fma { .. }
            | Op::AddCarry { .. }
            | Op::SubBorrow { .. }
            | Op::PtrAdd { .. }
            | Op::SlotAddr { .. }
            | Op::SymAddr { .. }
            | Op::FuncAddr { .. }
            | Op::Fence
            | Op::New { .. }
            | Op::GetG
            | Op::CallerPc
            | Op::CallerSp
            | Op::KeepAlive { .. } => false,
        }
    }

    /// Whether the operation reads memory that others may write.
    pub fn reads_memory(&self) -> bool {
        match self {
            Op::Load { flags, .. } => !flags.readonly,
            Op::AtomicLoad { .. }
            | Op::AtomicRmw { .. }
            | Op::AtomicCas { .. }
            | Op::Fence
            | Op::MemCopy { .. }
            | Op::StorePtr { .. }
            | Op::Call { .. }
            | Op::Check { .. } => true,
            _ => false,
        }
    }

    /// Whether the operation writes memory that others may read.
    pub fn writes_memory(&self) -> bool {
        matches!(
            self,
            Op::Store { .. }
                | Op::StorePtr { .. }
                | Op::AtomicStore { .. }
                | Op::AtomicRmw { .. }
                | Op::AtomicCas { .. }
                | Op::Fence
                | Op::MemCopy { .. }
                | Op::MemZero { .. }
                | Op::Call { .. }
        )
    }
}

impl Terminator {
    /// Calls `f` for each argument.
    pub fn for_each_arg(&self, mut f: impl FnMut(Value)) {
        term_args!(self, &mut |v: &Value| f(*v));
    }

    /// Lets `f` change each argument.
    pub fn map_args(&mut self, mut f: impl FnMut(&mut Value)) {
        term_args!(self, &mut |v: &mut Value| f(v));
    }

    /// Calls `f` for each successor in order; the recover edge comes last and has no arguments.
    pub fn for_each_succ(&self, mut f: impl FnMut(Block, &[Value])) {
        match self {
            Terminator::Jump(t) => f(t.block, &t.args),
            Terminator::Branch { then, els, .. } => {
                f(then.block, &then.args);
                f(els.block, &els.args);
            }
            Terminator::Switch { cases, default, .. } => {
                for (_, t) in cases {
                    f(t.block, &t.args);
                }
                f(default.block, &default.args);
            }
            Terminator::DeferInit { normal, recover, .. } => {
                f(normal.block, &normal.args);
                f(*recover, &[]);
            }
            Terminator::Return(_) | Terminator::Unreachable => {}
        }
    }

    /// Lets `f` change each successor that takes arguments: all but the recover edge.
    pub fn map_targets(&mut self, mut f: impl FnMut(&mut Target)) {
        match self {
            Terminator::Jump(t) => f(t),
            Terminator::Branch { then, els, .. } => {
                f(then);
                f(els);
            }
            Terminator::Switch { cases, default, .. } => {
                for (_, t) in cases {
                    f(t);
                }
                f(default);
            }
            Terminator::DeferInit { normal, .. } => f(normal),
            Terminator::Return(_) | Terminator::Unreachable => {}
        }
    }

    /// The successors in order.
    pub fn succs(&self) -> Vec<Block> {
        let mut succs = Vec::new();
        self.for_each_succ(|block, _| succs.push(block));
        succs
    }
}
