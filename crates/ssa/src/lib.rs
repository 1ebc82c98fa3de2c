//! The language between the front end and the back ends: functions of blocks and values.
//!
//! A [`Program`] is what one image needs and no more: functions ([`Func`]) and data ([`Data`]), tied by
//! symbol names. A function is self-contained: it has tables of its own for the symbols and signatures
//! it mentions, and its positions count from its own first line. So a function can be hashed, cached and
//! compiled without the rest of the program.
//!
//! Values are scalars ([`Type`]); aggregates live as several values or in memory. Blocks have
//! params, not phis. Every operation is fully defined, also at `MIN / -1`, at shifts past the width, at NaN
//! and for floats outside the range of an integer: [`eval`] says how, in Rust, and the interpreter and
//! constant folding both use it. `docs/design/ssa.md` is the reference.
//!
//! Begin with [`Op`] and [`Terminator`], then [`Builder`].

mod builder;
pub mod construct;
pub mod dom;
pub mod eval;
mod func;
pub mod golden;
pub mod interp;
mod op;
mod operator;
mod print;
mod program;
pub mod random;
mod read;
mod ty;
mod verify;

pub use builder::{Builder, Variable};
pub use func::{
    Block, BlockData, DebugVar, Func, FuncFlags, Inst, InstData, Pos, Results, Scope, ScopeData, Sig,
    Signature, Slot, SlotData, Sym, Value, ValueData, ValueDef,
};
pub use op::{Callee, MemFlags, Op, Target, Terminator};
pub use operator::{BinaryOp, BoundsKind, Cmp, Conv, RmwOp, UnaryOp};
pub use program::{Abi0Place, Alias, Border, Data, DataReloc, DataRelocKind, Program};
pub use read::{ReadError, read_func, read_program};
pub use ty::{Symbol, Type};
pub use verify::{VerifyError, verify, verify_program};

/// Version of the serialised form; part of every cache key.
pub const ENCODING_VERSION: u32 = 1;
