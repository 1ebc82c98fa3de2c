//! Functions: tables of blocks, values, instructions, slots, scopes.
//!
//! Everything is a dense table indexed by a typed id. What a pass drops stays in its table and is no
//! longer mentioned: a block is part of the function when `layout` lists it, an instruction when
//! its block lists it. The first block of `layout` is the entry; its params are the function's.

use crate::op::{Op, Terminator};
use crate::ty::{Symbol, Type};
use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! id {
    ($(#[$meta:meta])* $name:ident, $prefix:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub struct $name(pub u32);

        impl $name {
            /// The position in the table.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }
    };
}

id!(
    /// A value.
    Value, "v"
);
id!(
    /// A basic block.
    Block, "b"
);
id!(
    /// An instruction: an operation with its results and position.
    Inst, "i"
);
id!(
    /// A stack slot.
    Slot, "s"
);
id!(
    /// A symbol in the function's table.
    Sym, "y"
);
id!(
    /// A signature in the function's table.
    Sig, "g"
);
id!(
    /// An inlined function, or with number 0 the function itself.
    Scope, "c"
);

/// Parameters and results, all scalars.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Signature {
    /// Parameters. The context of a closure is the first one of the closure's own signature, and not in
    /// the signature of a call.
    pub params: Vec<Type>,
    /// Results.
    pub results: Vec<Type>,
}

/// Where an instruction comes from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Pos {
    /// The innermost inlined function.
    pub scope: ScopeIndex,
    /// The line, counted from the `start_line` of the scope.
    pub line: i32,
    /// The column, 0 if not known.
    pub col: u32,
}

/// A scope as a plain number, so that [`Pos`] has a default: the function itself.
pub type ScopeIndex = u32;

/// A function that instructions come from: node of the tree of inlined calls.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct ScopeData {
    /// Name as tracebacks show it, such as `main.(*T).Add`.
    pub func: Symbol,
    /// File, as tracebacks show it.
    pub file: Symbol,
    /// Line of the `func` keyword.
    pub start_line: u32,
    /// The position of the call that was inlined; none for the function itself.
    pub call: Option<Pos>,
    /// Not a call but a part of the function: of the same name as the scope of `call`, whose position `//line` moved to
    /// another file.
    pub part: bool,
    /// `recover` looks through this frame and tracebacks skip it.
    pub wrapper: bool,
    /// No goroutine is preempted in here: package `runtime`, or `//go:nosplit`.
    pub no_preempt: bool,
}

/// Properties of a function.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct FuncFlags {
    /// No stack check, `//go:nosplit`.
    pub nosplit: bool,
    /// Never inlined, `//go:noinline`.
    pub noinline: bool,
    /// Made by the compiler: tracebacks and `recover` look through it.
    pub wrapper: bool,
    /// The first param is the context: the func value itself.
    pub closure: bool,
    /// The whole depth of the nosplit chain below is asked for at entry (`syscall.Syscall` and such).
    pub deep: bool,
    /// Equal copies of this symbol may come from several objects.
    pub dup_ok: bool,
}

/// Stack memory of the function.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct SlotData {
    /// Bytes.
    pub size: u32,
    /// Alignment, at most 16.
    pub align: u32,
    /// Read after a recovered panic: results and defer records. Every operation that may panic reads it.
    pub recover: bool,
}

/// A variable of the source, for debuggers.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct DebugVar {
    /// Its name.
    pub name: Symbol,
    /// Symbol of its type descriptor.
    pub ty: Symbol,
    /// Where it is.
    pub slot: Slot,
    /// The slot holds the variable's address instead: it has escaped.
    pub indirect: bool,
    /// Whether it is a parameter.
    pub param: bool,
    /// Where it begins to be visible.
    pub pos: Pos,
    /// Where it ends to be: the end of the block it is declared in.
    pub end: Pos,
}

/// How a value comes to be.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum ValueDef {
    /// The n-th param of a block.
    Param(Block, u32),
    /// The n-th result of an instruction.
    Result(Inst, u32),
    /// Nothing mentions it any more.
    Dropped,
}

/// A value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct ValueData {
    /// Its type.
    pub ty: Type,
    /// Its definition.
    pub def: ValueDef,
}

/// The results of an instruction: consecutive values.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Results {
    /// The first, if there is one.
    pub first: Value,
    /// How many.
    pub len: u32,
}

impl Results {
    /// The values.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = Value> + ExactSizeIterator {
        (self.first.0..self.first.0 + self.len).map(Value)
    }

    /// The only result.
    ///
    /// # Panics
    /// When there is not exactly one.
    pub fn single(self) -> Value {
        assert_eq!(self.len, 1, "an operation with one result");
        self.first
    }
}

/// An instruction.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct InstData {
    /// What it does.
    pub op: Op,
    /// What it yields.
    pub results: Results,
    /// Where it comes from.
    pub pos: Pos,
}

/// A block.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct BlockData {
    /// Its params.
    pub params: Vec<Value>,
    /// Its instructions, in order.
    pub insts: Vec<Inst>,
    /// How it ends.
    pub term: Terminator,
    /// Where the end comes from.
    pub term_pos: Pos,
    /// Hardly ever runs: placed out of the way.
    pub cold: bool,
}

/// A function.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Func {
    /// Symbol.
    pub name: Symbol,
    /// Parameters and results. With the flag `closure` the first parameter is the context.
    pub sig: Signature,
    /// Properties.
    pub flags: FuncFlags,
    /// The function itself and what was inlined into it. A parent comes before its children.
    pub scopes: Vec<ScopeData>,
    /// All blocks.
    pub blocks: Vec<BlockData>,
    /// The blocks of the function in the order they are placed; the first is the entry.
    pub layout: Vec<Block>,
    /// All instructions.
    pub insts: Vec<InstData>,
    /// All values.
    pub values: Vec<ValueData>,
    /// All slots.
    pub slots: Vec<SlotData>,
    /// Names the function mentions.
    pub syms: Vec<Symbol>,
    /// Signatures of its calls.
    pub sigs: Vec<Signature>,
    /// Variables for the debugger.
    pub debug_vars: Vec<DebugVar>,
}

impl Func {
    /// A function with no block yet.
    pub fn new(name: impl Into<Symbol>, sig: Signature) -> Func {
        let name = name.into();
        Func {
            scopes: vec![ScopeData {
                func: name.clone(),
                file: "".into(),
                start_line: 0,
                call: None,
                part: false,
                wrapper: false,
                no_preempt: false,
            }],
            name,
            sig,
            flags: FuncFlags::default(),
            blocks: Vec::new(),
            layout: Vec::new(),
            insts: Vec::new(),
            values: Vec::new(),
            slots: Vec::new(),
            syms: Vec::new(),
            sigs: Vec::new(),
            debug_vars: Vec::new(),
        }
    }

    /// The first block.
    pub fn entry(&self) -> Block {
        self.layout[0]
    }

    /// The type of a value.
    pub fn ty(&self, value: Value) -> Type {
        self.values[value.index()].ty
    }

    /// The operation that yields a value, if it is not a block's param.
    pub fn def_op(&self, value: Value) -> Option<&Op> {
        match self.values[value.index()].def {
            ValueDef::Result(inst, _) => Some(&self.insts[inst.index()].op),
            ValueDef::Param(..) | ValueDef::Dropped => None,
        }
    }

    /// The bits of a constant.
    pub fn as_const(&self, value: Value) -> Option<u64> {
        match self.def_op(value) {
            Some(Op::Const { bits, .. }) => Some(*bits),
            _ => None,
        }
    }

    /// A symbol's name.
    pub fn sym_name(&self, sym: Sym) -> &Symbol {
        &self.syms[sym.index()]
    }

    /// The id of a symbol, entered in the table if it is new.
    ///
    /// A linear search: a function mentions few symbols. [`crate::Builder`] keeps a map.
    pub fn intern_sym(&mut self, name: &str) -> Sym {
        if let Some(i) = self.syms.iter().position(|s| &**s == name) {
            return Sym(i as u32);
        }
        self.syms.push(name.into());
        Sym(self.syms.len() as u32 - 1)
    }

    /// The id of a signature, entered in the table if it is new.
    pub fn intern_sig(&mut self, sig: Signature) -> Sig {
        if let Some(i) = self.sigs.iter().position(|s| *s == sig) {
            return Sig(i as u32);
        }
        self.sigs.push(sig);
        Sig(self.sigs.len() as u32 - 1)
    }

    /// A new block, not yet in the layout, that is never reached.
    pub fn new_block(&mut self) -> Block {
        self.blocks.push(BlockData {
            params: Vec::new(),
            insts: Vec::new(),
            term: Terminator::Unreachable,
            term_pos: Pos::default(),
            cold: false,
        });
        Block(self.blocks.len() as u32 - 1)
    }

    /// Gives a block one more param.
    pub fn new_param(&mut self, block: Block, ty: Type) -> Value {
        let value = Value(self.values.len() as u32);
        let params = &mut self.blocks[block.index()].params;
        self.values.push(ValueData { ty, def: ValueDef::Param(block, params.len() as u32) });
        params.push(value);
        value
    }

    /// A new instruction that no block lists yet.
    pub fn new_inst(&mut self, op: Op, pos: Pos) -> Inst {
        let inst = Inst(self.insts.len() as u32);
        let first = Value(self.values.len() as u32);
        let types = self.result_types(&op);
        let len = types.len() as u32;
        for (i, ty) in types.into_iter().enumerate() {
            self.values.push(ValueData { ty, def: ValueDef::Result(inst, i as u32) });
        }
        self.insts.push(InstData { op, results: Results { first, len }, pos });
        inst
    }

    /// A new slot.
    pub fn new_slot(&mut self, size: u32, align: u32) -> Slot {
        self.slots.push(SlotData { size, align, recover: false });
        Slot(self.slots.len() as u32 - 1)
    }

    /// The types of what an operation yields.
    pub fn result_types(&self, op: &Op) -> Vec<Type> {
        match op {
            Op::Const { ty, .. }
            | Op::Convert { ty, .. }
            | Op::Load { ty, .. }
            | Op::AtomicLoad { ty, .. } => vec![*ty],
            Op::Unary { arg, .. } => vec![self.ty(*arg)],
            Op::Binary { lhs, .. } => vec![self.ty(*lhs)],
            Op::Compare { .. } | Op::AtomicCas { .. } => vec![Type::I8],
            Op::Select { if_true, .. } => vec![self.ty(*if_true)],
            Op::Fma { x, .. } => vec![self.ty(*x)],
            Op::AddCarry { x, .. } | Op::SubBorrow { x, .. } => vec![self.ty(*x), self.ty(*x)],
            Op::AtomicRmw { val, .. } => vec![self.ty(*val)],
            Op::PtrAdd { .. }
            | Op::SlotAddr { .. }
            | Op::SymAddr { .. }
            | Op::FuncAddr { .. }
            | Op::New { .. }
            | Op::GetG
            | Op::CallerPc
            | Op::CallerSp => {
                let is_number = matches!(op, Op::CallerPc | Op::CallerSp);
                vec![if is_number { Type::I64 } else { Type::Ptr }]
            }
            Op::Call { sig, .. } => self.sigs[sig.index()].results.clone(),
            Op::Store { .. }
            | Op::StorePtr { .. }
            | Op::AtomicStore { .. }
            | Op::Fence
            | Op::MemCopy { .. }
            | Op::MemZero { .. }
            | Op::NilCheck { .. }
            | Op::BoundsCheck { .. }
            | Op::Check { .. }
            | Op::KeepAlive { .. } => Vec::new(),
        }
    }

    /// The serialised form.
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_stdvec(self).expect("functions have no maps and no unsized parts, so they serialise")
    }

    /// Reads the serialised form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Func, postcard::Error> {
        postcard::from_bytes(bytes)
    }
}
