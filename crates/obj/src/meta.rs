//! What the runtime and debuggers must know of a function, as `codegen` leaves it.
//!
//! Offsets count bytes from the function's begin. Tables of rows are ascending; a row holds from its
//! offset to that of the next. `link` writes functab and DWARF from this; the layout of functab is in `abi`.

use crate::SymbolId;
use std::sync::Arc;

/// Facts about one function.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct FuncMeta {
    /// Bytes from the stack pointer in the body up to and including the return address.
    pub frame_bytes: u32,
    /// Bytes of arguments on the stack, above the return address; the function pops them.
    pub stack_arg_bytes: u32,
    /// Has no stack check.
    pub nosplit: bool,
    /// Its stack check asks for `abi::stack::DEEP_BYTES` more than the frame.
    pub deep: bool,
    /// Made by the compiler: `recover` and tracebacks look through it.
    pub wrapper: bool,
    /// Never preempted anywhere.
    pub no_preempt: bool,
    /// The frame is found from the stack pointer everywhere, as the rows of `frame` say: assembly uses the frame pointer as
    /// it likes.
    pub from_sp: bool,
    /// Where the frame stands.
    pub frame: Vec<FrameRow>,
    /// Source positions.
    pub lines: Vec<LineRow>,
    /// The function itself and what was inlined into it; parents first.
    pub scopes: Vec<MetaScope>,
    /// Where a goroutine must not be preempted: ascending, apart, `[begin, end)`.
    pub unsafe_ranges: Vec<(u32, u32)>,
    /// Every call, in order.
    pub calls: Vec<CallSite>,
    /// Every instruction that faults on purpose, in order.
    pub traps: Vec<TrapSite>,
    /// Variables for debuggers.
    pub vars: Vec<MetaVar>,
}

/// How the canonical frame address (the stack pointer before the call) is found.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Cfa {
    /// Stack pointer plus so many bytes, the caller's frame pointer still in its register. The return address
    /// is in memory just below (amd64) or in its register (riscv64).
    Sp(u32),
    /// Stack pointer plus so many bytes; the caller's frame pointer and the return address are saved below.
    SpSaved(u32),
    /// Stack pointer minus so many bytes: the arguments on the stack are already popped, everything else is as for
    /// `Sp`. Only the return instruction is left.
    Popped(u32),
    /// Frame pointer plus so many bytes; the caller's frame pointer and the return address are saved below.
    Fp(u32),
}

/// A change of the frame.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FrameRow {
    /// From here on.
    pub off: u32,
    /// The frame is found like this.
    pub cfa: Cfa,
}

/// A change of the source position.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct LineRow {
    /// From here on.
    pub off: u32,
    /// The innermost function: index in `scopes`.
    pub scope: u32,
    /// Line in the file of that scope.
    pub line: u32,
    /// Column, 0 if not known.
    pub col: u32,
}

/// A function that code comes from.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct MetaScope {
    /// Name in tracebacks.
    pub func: Arc<str>,
    /// File in tracebacks.
    pub file: Arc<str>,
    /// Line of its declaration.
    pub start_line: u32,
    /// Index of the scope it was inlined into; 0 of the first scope itself.
    pub parent: u32,
    /// Line and column of the inlined call in the parent's file; 0 of the first scope.
    pub call: (u32, u32),
    /// Not a call: a part of its parent, the same function, whose position `//line` moved to another file.
    pub part: bool,
    /// `recover` and tracebacks look through it.
    pub wrapper: bool,
}

/// A call.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct CallSite {
    /// The offset it returns to.
    pub ret_off: u32,
    /// The callee, if it is known.
    pub callee: Option<SymbolId>,
}

/// Why an instruction faults.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TrapKind {
    /// Access through nil or to memory that is not there.
    Memory,
    /// Division by zero.
    DivideByZero,
    /// Control came where it cannot come: a fault of the compiler, or a call returned that does not.
    Unreachable,
}

/// An instruction that may fault.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TrapSite {
    /// The instruction.
    pub off: u32,
    /// Why.
    pub kind: TrapKind,
}

/// A variable for debuggers.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct MetaVar {
    /// Name.
    pub name: Arc<str>,
    /// Its type descriptor.
    pub ty: SymbolId,
    /// Index of its scope.
    pub scope: u32,
    /// From which line and column of its scope's file it is visible.
    pub from: (u32, u32),
    /// Until which.
    pub to: (u32, u32),
    /// Distance from the frame pointer.
    pub fp_off: i32,
    /// The variable's address is there, not the variable.
    pub indirect: bool,
    /// A parameter.
    pub param: bool,
}
