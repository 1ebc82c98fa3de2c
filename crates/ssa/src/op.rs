//! Operations and terminators.
//!
//! Two families of questions are asked of an operation: which values it uses (`for_each_arg`,
//! `map_args`) and what it may do besides yielding a result (`is_pure`, `may_panic`,
//! `reads_memory`, `writes_memory`). Passes ask these and match on a variant only when they know it.

use crate::func::{Block, Sig, Slot, Sym, Value};
use crate::operator::{BinaryOp, BoundsKind, Cmp, Conv, RmwOp, UnaryOp};
use crate::ty::Type;
use serde::{Deserialize, Serialize};

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
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
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
