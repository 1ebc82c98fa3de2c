//! Builds a function block by block.
//!
//! Blocks enter the layout when they are switched to. Local variables of the source are declared as
//! [`Variable`]s and then read and written at will, in any order of blocks; `finish` makes values and block
//! params of them. Blocks that nothing reaches disappear, so it is no harm to go on building after a
//! `return` or a panic: that code lands in a block of its own.

use crate::construct::{Variables, construct};
use crate::func::{
    Block, DebugVar, Func, Pos, Results, Scope, ScopeData, Sig, Signature, Slot, Sym, Value, ValueDef,
};
use crate::op::{Callee, MemFlags, Op, Target, Terminator};
use crate::operator::{BinaryOp, BoundsKind, Cmp, Conv, UnaryOp};
use crate::ty::{Symbol, Type};
use rustc_hash::{FxHashMap, FxHashSet};

/// A variable of scalar type that becomes values.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Variable(u32);

impl Variable {
    pub(crate) fn new(index: usize) -> Variable {
        Variable(index as u32)
    }

    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A function that is being built.
#[derive(Debug)]
pub struct Builder {
    func: Func,
    block: Block,
    is_open: bool,
    built: FxHashSet<Block>,
    pos: Pos,
    vars: Variables,
    syms: FxHashMap<Symbol, Sym>,
    sigs: FxHashMap<Signature, Sig>,
}

impl Builder {
    /// Begins a function: its entry block exists, has the parameters as params and is current.
    pub fn new(name: impl Into<Symbol>, sig: Signature) -> Builder {
        let mut func = Func::new(name, sig);
        let entry = func.new_block();
        for ty in func.sig.params.clone() {
            func.new_param(entry, ty);
        }
        func.layout.push(entry);
        Builder {
            func,
            block: entry,
            is_open: true,
            built: FxHashSet::from_iter([entry]),
            pos: Pos::default(),
            vars: Variables::default(),
            syms: FxHashMap::default(),
            sigs: FxHashMap::default(),
        }
    }

    /// The function as it is now, for flags, slots and scopes.
    pub fn func_mut(&mut self) -> &mut Func {
        &mut self.func
    }

    /// The function as it is now.
    pub fn func(&self) -> &Func {
        &self.func
    }

    /// The n-th parameter.
    pub fn param(&self, n: usize) -> Value {
        self.func.blocks[0].params[n]
    }

    /// Sets the position of what follows.
    pub fn set_pos(&mut self, pos: Pos) {
        self.pos = pos;
    }

    /// The position of what follows.
    pub fn pos(&self) -> Pos {
        self.pos
    }

    /// Adds a scope.
    pub fn scope(&mut self, scope: ScopeData) -> Scope {
        self.func.scopes.push(scope);
        Scope(self.func.scopes.len() as u32 - 1)
    }

    /// Adds a slot.
    pub fn slot(&mut self, size: u32, align: u32) -> Slot {
        self.func.new_slot(size, align)
    }

    /// Marks a slot as read after recover: results and defer records.
    pub fn keep_slot_for_recover(&mut self, slot: Slot) {
        self.func.slots[slot.index()].recover = true;
    }

    /// Adds a variable for the debugger.
    pub fn debug_var(&mut self, var: DebugVar) {
        self.func.debug_vars.push(var);
    }

    /// The id of a symbol.
    pub fn sym(&mut self, name: &str) -> Sym {
        if let Some(&sym) = self.syms.get(name) {
            return sym;
        }
        let name: Symbol = name.into();
        let sym = Sym(self.func.syms.len() as u32);
        self.func.syms.push(name.clone());
        self.syms.insert(name, sym);
        sym
    }

    /// The id of a signature.
    pub fn sig(&mut self, sig: Signature) -> Sig {
        if let Some(&id) = self.sigs.get(&sig) {
            return id;
        }
        let id = Sig(self.func.sigs.len() as u32);
        self.func.sigs.push(sig.clone());
        self.sigs.insert(sig, id);
        id
    }

    /// A new block, to be switched to later.
    pub fn block(&mut self) -> Block {
        self.func.new_block()
    }

    /// A new block that hardly ever runs.
    pub fn cold_block(&mut self) -> Block {
        let block = self.func.new_block();
        self.func.blocks[block.index()].cold = true;
        block
    }

    /// Gives a block one more param, by hand.
    pub fn block_param(&mut self, block: Block, ty: Type) -> Value {
        self.func.new_param(block, ty)
    }

    /// Goes on in a block that was not yet built.
    ///
    /// # Panics
    /// When the current block has no terminator yet, or `block` was built before.
    pub fn switch_to(&mut self, block: Block) {
        assert!(!self.is_open, "{}: {} has no terminator", self.func.name, self.block);
        assert!(self.built.insert(block), "{}: {block} is built twice", self.func.name);
        self.func.layout.push(block);
        self.block = block;
        self.is_open = true;
    }

    /// The block that is being built.
    pub fn current(&self) -> Block {
        self.block
    }

    /// Whether the current block still lacks its terminator.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    // Variables.

    /// Declares a variable. It is zero until it is set.
    pub fn declare(&mut self, ty: Type) -> Variable {
        self.vars.declare(ty)
    }

    /// The type of a variable.
    pub fn var_type(&self, var: Variable) -> Type {
        self.vars.types[var.index()]
    }

    /// Writes a variable.
    pub fn set(&mut self, var: Variable, value: Value) {
        debug_assert_eq!(self.func.ty(value), self.vars.types[var.index()], "{}: {var:?}", self.func.name);
        self.ensure_open();
        self.vars.set(self.block, var, value);
    }

    /// Reads a variable.
    pub fn get(&mut self, var: Variable) -> Value {
        self.ensure_open();
        self.vars.get(&mut self.func, self.block, var)
    }

    // Operations.

    /// Appends an operation and yields its results.
    pub fn ins(&mut self, op: Op) -> Results {
        self.ensure_open();
        let inst = self.func.new_inst(op, self.pos);
        self.func.blocks[self.block.index()].insts.push(inst);
        self.func.insts[inst.index()].results
    }

    fn ensure_open(&mut self) {
        if !self.is_open {
            let block = self.block();
            self.switch_to(block);
        }
    }

    fn ins1(&mut self, op: Op) -> Value {
        self.ins(op).single()
    }

    /// An integer constant, cut to the width of `ty`.
    pub fn iconst(&mut self, ty: Type, value: i64) -> Value {
        self.ins1(Op::Const { ty, bits: value as u64 & ty.mask() })
    }

    /// A `f64` constant.
    pub fn f64const(&mut self, value: f64) -> Value {
        self.ins1(Op::Const { ty: Type::F64, bits: value.to_bits() })
    }

    /// A `f32` constant.
    pub fn f32const(&mut self, value: f32) -> Value {
        self.ins1(Op::Const { ty: Type::F32, bits: u64::from(value.to_bits()) })
    }

    /// The zero of a type; nil for `ptr`.
    pub fn zero(&mut self, ty: Type) -> Value {
        self.ins1(Op::Const { ty, bits: 0 })
    }

    /// A unary operation.
    pub fn unary(&mut self, op: UnaryOp, arg: Value) -> Value {
        self.ins1(Op::Unary { op, arg })
    }

    /// A binary operation.
    pub fn binary(&mut self, op: BinaryOp, lhs: Value, rhs: Value) -> Value {
        self.ins1(Op::Binary { op, lhs, rhs })
    }

    /// A comparison.
    pub fn compare(&mut self, cmp: Cmp, lhs: Value, rhs: Value) -> Value {
        self.ins1(Op::Compare { cmp, lhs, rhs })
    }

    /// A conversion.
    pub fn convert(&mut self, conv: Conv, ty: Type, arg: Value) -> Value {
        self.ins1(Op::Convert { conv, ty, arg })
    }

    /// An integer brought to another width, with or without sign.
    pub fn resize(&mut self, arg: Value, ty: Type, signed: bool) -> Value {
        let from = self.func.ty(arg);
        match from.bits().cmp(&ty.bits()) {
            std::cmp::Ordering::Equal => arg,
            std::cmp::Ordering::Greater => self.convert(Conv::Wrap, ty, arg),
            std::cmp::Ordering::Less => self.convert(if signed { Conv::Sext } else { Conv::Zext }, ty, arg),
        }
    }

    /// One of two values.
    pub fn select(&mut self, cond: Value, if_true: Value, if_false: Value) -> Value {
        self.ins1(Op::Select { cond, if_true, if_false })
    }

    /// `root + off`.
    pub fn ptr_off(&mut self, root: Value, off: i64) -> Value {
        if off == 0 {
            return root;
        }
        self.ins1(Op::PtrAdd { root, index: None, off })
    }

    /// `root + index + off`.
    pub fn ptr_add(&mut self, root: Value, index: Value, off: i64) -> Value {
        self.ins1(Op::PtrAdd { root, index: Some(index), off })
    }

    /// The address of a slot.
    pub fn slot_addr(&mut self, slot: Slot, off: u32) -> Value {
        self.ins1(Op::SlotAddr { slot, off })
    }

    /// The address of a datum.
    pub fn sym_addr(&mut self, name: &str, off: i64) -> Value {
        let sym = self.sym(name);
        self.ins1(Op::SymAddr { sym, off })
    }

    /// The address of a function's code.
    pub fn func_addr(&mut self, name: &str) -> Value {
        let sym = self.sym(name);
        self.ins1(Op::FuncAddr { sym })
    }

    /// Reads memory.
    pub fn load(&mut self, ty: Type, addr: Value, off: i32) -> Value {
        let flags = self.flags_of(addr);
        self.ins1(Op::Load { ty, addr, off, flags })
    }

    /// Writes memory without a barrier.
    pub fn store(&mut self, addr: Value, off: i32, val: Value) {
        let flags = self.flags_of(addr);
        self.ins(Op::Store { addr, off, val, flags });
    }

    /// Writes a pointer with a barrier.
    pub fn store_ptr(&mut self, addr: Value, off: i32, val: Value) {
        self.ins(Op::StorePtr { addr, off, val });
    }

    // The address of a slot or symbol is valid.
    fn flags_of(&self, addr: Value) -> MemFlags {
        let ValueDef::Result(inst, _) = self.func.values[addr.index()].def else {
            return MemFlags::default();
        };
        let op = &self.func.insts[inst.index()].op;
        let notrap = matches!(op, Op::SlotAddr { .. } | Op::SymAddr { .. } | Op::New { .. });
        MemFlags { notrap, ..MemFlags::default() }
    }

    /// Panics if the pointer is nil.
    pub fn nil_check(&mut self, ptr: Value) {
        self.ins(Op::NilCheck { ptr });
    }

    /// Panics if the index or length is out of bounds.
    pub fn bounds_check(&mut self, kind: BoundsKind, signed: bool, x: Value, y: Value) {
        self.ins(Op::BoundsCheck { kind, signed, x, y });
    }

    /// Calls the Go function `panic(args...)` unless `cond`.
    pub fn check(&mut self, cond: Value, panic: &str, args: Vec<Value>) {
        let panic = self.sym(panic);
        self.ins(Op::Check { cond, panic, args });
    }

    /// A zeroed object of the type that `desc` describes.
    pub fn new_object(&mut self, desc: &str, size: u64, align: u32) -> Value {
        let desc = self.sym(desc);
        self.ins1(Op::New { desc, size, align })
    }

    /// Calls a Go function by name.
    pub fn call(&mut self, name: &str, args: Vec<Value>, results: &[Type]) -> Results {
        let sym = self.sym(name);
        self.call_any(Callee::Direct(sym), args, results)
    }

    /// Calls an entry of the runtime by name.
    pub fn call_runtime(&mut self, name: &str, args: Vec<Value>, results: &[Type]) -> Results {
        let sym = self.sym(name);
        self.call_any(Callee::Runtime(sym), args, results)
    }

    /// Calls a func value.
    pub fn call_closure(&mut self, fv: Value, args: Vec<Value>, results: &[Type]) -> Results {
        self.call_any(Callee::Closure(fv), args, results)
    }

    /// Calls code by its address; the receiver of an interface method is the first argument.
    pub fn call_indirect(&mut self, code: Value, args: Vec<Value>, results: &[Type]) -> Results {
        self.call_any(Callee::Indirect(code), args, results)
    }

    fn call_any(&mut self, callee: Callee, args: Vec<Value>, results: &[Type]) -> Results {
        let params = args.iter().map(|&arg| self.func.ty(arg)).collect();
        let sig = self.sig(Signature { params, results: results.to_vec() });
        self.ins(Op::Call { callee, sig, args })
    }

    // Terminators.

    /// Ends the block. What follows without `switch_to` is not reachable.
    pub fn terminate(&mut self, term: Terminator) {
        self.ensure_open();
        let data = &mut self.func.blocks[self.block.index()];
        data.term = term;
        data.term_pos = self.pos;
        self.is_open = false;
    }

    /// Goes on in `block`.
    pub fn jump(&mut self, block: Block) {
        self.terminate(Terminator::Jump(Target::new(block)));
    }

    /// Goes on in `block` with arguments for params made by `block_param`.
    pub fn jump_args(&mut self, block: Block, args: Vec<Value>) {
        self.terminate(Terminator::Jump(Target { block, args }));
    }

    /// Goes on in `then` if `cond` is not 0, otherwise in `els`.
    pub fn branch(&mut self, cond: Value, then: Block, els: Block) {
        self.terminate(Terminator::Branch { cond, then: Target::new(then), els: Target::new(els) });
    }

    /// Goes on by the value of an integer.
    pub fn switch(&mut self, val: Value, cases: Vec<(u64, Block)>, default: Block) {
        let cases = cases.into_iter().map(|(bits, block)| (bits, Target::new(block))).collect();
        self.terminate(Terminator::Switch { val, cases, default: Target::new(default) });
    }

    /// Returns.
    pub fn ret(&mut self, values: Vec<Value>) {
        self.terminate(Terminator::Return(values));
    }

    /// Ends a block whose end is not reached.
    pub fn unreachable(&mut self) {
        self.terminate(Terminator::Unreachable);
    }

    /// Prepares for `recover`; see [`Terminator::DeferInit`].
    pub fn defer_init(&mut self, rec: Value, normal: Block, recover: Block) {
        self.terminate(Terminator::DeferInit { rec, normal: Target::new(normal), recover });
    }

    /// Ends the function.
    ///
    /// # Panics
    /// When the last block has no terminator.
    pub fn finish(self) -> Func {
        assert!(!self.is_open, "{}: {} has no terminator", self.func.name, self.block);
        let mut func = self.func;
        construct(&mut func, self.vars);
        func
    }
}
