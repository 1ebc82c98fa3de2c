//! One function of SSA to Cranelift's language.
//!
//! Blocks are visited in reverse postorder, so that definitions come before uses. Values map one to one, except
//! pointers that are only used in addresses (`address`), which never become values at all.
//!
//! Source locations carry, besides the position, a [`Mark`] that `tables` needs to find the unsafe ranges.

use crate::target::TargetIsa;
use cranelift_codegen::ir::{
    self, AbiParam, BlockArg, ExternalName, GlobalValueData, InstBuilder, SourceLoc, StackSlotData,
    StackSlotKind, TrapCode, UserExternalName, types,
};
use cranelift_codegen::isa::CallConv;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext, Switch};
use obj::Machine;
use rustc_hash::FxHashMap;
use ssa::{Block, Func, Op, Pos, Symbol, Target, Terminator, Type, Value};

/// The trap of accesses to memory that is not there.
pub(crate) const TRAP_MEMORY: TrapCode = TrapCode::HEAP_OUT_OF_BOUNDS;
/// The trap where control cannot come.
pub(crate) const TRAP_UNREACHABLE: TrapCode = TrapCode::unwrap_user(1);

/// What a source location says about preemption, besides the position.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mark {
    /// Nothing.
    None = 0,
    /// Unsafe from here to the end of the machine block: the barrier's flag is loaded.
    Open = 1,
    /// The whole machine block is unsafe: the barrier's slow path.
    Inside = 2,
    /// Unsafe from the begin of the machine block to here: the store after the barrier.
    Close = 3,
    /// Code of an inlined function that is never preempted.
    Run = 4,
}

const MARK_SHIFT: u32 = 28;

/// Position number and mark of a source location.
pub(crate) fn split_loc(loc: SourceLoc) -> Option<(u32, Mark)> {
    if loc.is_default() {
        return None;
    }
    let mark = match loc.bits() >> MARK_SHIFT {
        0 => Mark::None,
        1 => Mark::Open,
        2 => Mark::Inside,
        3 => Mark::Close,
        _ => Mark::Run,
    };
    Some((loc.bits() & ((1 << MARK_SHIFT) - 1), mark))
}

/// What comes out beside the Cranelift function.
#[derive(Default)]
pub(crate) struct Names {
    /// Symbols by the index in their external name.
    pub symbols: Vec<Symbol>,
    index: FxHashMap<Symbol, u32>,
    /// Slots by their number in SSA; none for those that nothing uses.
    pub slots: Vec<Option<ir::StackSlot>>,
    /// Values that are pointers, when they are to be checked.
    pub pointers: Vec<ir::Value>,
    /// Positions by the number in source locations.
    pub positions: Vec<Pos>,
    position_index: FxHashMap<Pos, u32>,
}

impl Names {
    fn symbol(&mut self, name: &str) -> u32 {
        if let Some(&index) = self.index.get(name) {
            return index;
        }
        let name: Symbol = name.into();
        let index = self.symbols.len() as u32;
        self.symbols.push(name.clone());
        self.index.insert(name, index);
        index
    }

    fn position(&mut self, pos: Pos) -> u32 {
        let positions = &mut self.positions;
        *self.position_index.entry(pos).or_insert_with(|| {
            positions.push(pos);
            positions.len() as u32 - 1
        })
    }
}

/// Whether Cranelift may make one instruction of a load and this operation, which then faults where the operation stands.
/// It does so for the last load before the operation.
fn takes_in(op: &Op, (load, _): (Value, Pos)) -> bool {
    let mut takes = false;
    op.for_each_arg(|arg| takes |= arg == load);
    takes && op.is_pure()
}

/// Translates `func` into `out` and yields the tables its numbers refer to.
pub(crate) fn translate(
    func: &Func,
    isa: &TargetIsa,
    out: &mut ir::Function,
    context: &mut FunctionBuilderContext,
) -> Names {
    let builder = FunctionBuilder::new(out, context);
    let mut translator = Translator::new(func, isa, builder);
    translator.run();
    let Translator { names, mut builder, .. } = translator;
    builder.seal_all_blocks();
    builder.finalize(isa.isa.frontend_config());
    names
}

/// A function in translation.
pub(crate) struct Translator<'a> {
    pub func: &'a Func,
    pub isa: &'a TargetIsa,
    pub builder: FunctionBuilder<'a>,
    pub names: Names,
    values: Vec<Option<ir::Value>>,
    blocks: Vec<Option<ir::Block>>,
    pub callees: FxHashMap<(u32, ir::SigRef), ir::FuncRef>,
    globals: FxHashMap<(u32, i64), ir::GlobalValue>,
    pos: Pos,
    // g within the current block, where reading it costs a call.
    g: Option<ir::Value>,
    // Address of the result area, as the parameter and, for use after recover, in a slot.
    area: Option<(ir::Value, Option<ir::StackSlot>)>,
    after_recover: Vec<bool>,
    block: Block,
}

impl<'a> Translator<'a> {
    fn new(func: &'a Func, isa: &'a TargetIsa, builder: FunctionBuilder<'a>) -> Translator<'a> {
        Translator {
            func,
            isa,
            builder,
            names: Names::default(),
            values: vec![None; func.values.len()],
            blocks: vec![None; func.blocks.len()],
            callees: FxHashMap::default(),
            globals: FxHashMap::default(),
            pos: Pos::default(),
            g: None,
            area: None,
            after_recover: Vec::new(),
            block: func.entry(),
        }
    }

    fn run(&mut self) {
        let cfg = ssa::dom::Cfg::new(self.func);
        self.after_recover = ssa::dom::after_recover(self.func, &cfg);
        self.make_slots();
        // Blocks are made in the order of the layout: that is the order Cranelift starts from.
        for &block in &self.func.layout {
            if cfg.is_reachable(block) {
                let made = self.builder.create_block();
                self.blocks[block.index()] = Some(made);
                if self.func.blocks[block.index()].cold {
                    self.builder.set_cold_block(made);
                }
            }
        }
        self.begin();
        for &block in &cfg.rpo {
            self.block(block);
        }
    }

    /// Makes the slots that are used: passes leave unused ones in the table.
    fn make_slots(&mut self) {
        let func = self.func;
        let mut is_used = vec![false; func.slots.len()];
        func.debug_vars.iter().for_each(|var| is_used[var.slot.index()] = true);
        for &block in &func.layout {
            for &inst in &func.blocks[block.index()].insts {
                if let Op::SlotAddr { slot, .. } = func.insts[inst.index()].op {
                    is_used[slot.index()] = true;
                }
            }
        }
        for (slot, is_used) in func.slots.iter().zip(is_used) {
            let align_shift = slot.align.trailing_zeros() as u8;
            let data = StackSlotData::new(StackSlotKind::ExplicitSlot, slot.size.max(1), align_shift);
            let made = is_used.then(|| self.builder.create_sized_stack_slot(data));
            self.names.slots.push(made);
        }
    }

    /// The stack slot of a slot that is used.
    pub(crate) fn slot(&self, slot: ssa::Slot) -> ir::StackSlot {
        self.names.slots[slot.index()].expect("a slot that is used was made")
    }

    /// Makes the signature and the entry block, whose params include the hidden ones.
    fn begin(&mut self) {
        let func = self.func;
        let n_before_area = usize::from(func.flags.closure);
        let (sig, area_bytes) = self.go_signature(&func.sig.params, &func.sig.results, n_before_area);
        let has_area = area_bytes > 0;
        self.builder.func.signature = sig;
        let start = self.clif_block(func.entry());
        let recovers = self.recover_blocks();
        let entry = if recovers.is_empty() { start } else { self.builder.create_block() };
        self.builder.switch_to_block(entry);
        let params = &func.blocks[func.entry().index()].params;
        for (n, &param) in params.iter().enumerate() {
            if n == n_before_area && has_area {
                self.area_param(entry);
            }
            let value = self.builder.append_block_param(entry, clif_type(func.ty(param)));
            self.define(param, value);
        }
        if has_area && params.len() == n_before_area {
            self.area_param(entry);
        }
        if let [recover] = recovers[..] {
            self.fake_edge(start, recover);
        }
        let needs_slot = self.after_recover.iter().any(|&after| after);
        if let (Some((value, slot)), true) = (&mut self.area, needs_slot) {
            let data = StackSlotData::new(StackSlotKind::ExplicitSlot, 8, 3);
            let made = self.builder.create_sized_stack_slot(data);
            self.builder.ins().stack_store(types::I64, *value, made, 0);
            *slot = Some(made);
        }
    }

    fn recover_blocks(&self) -> Vec<ir::Block> {
        let terms = self.func.layout.iter().map(|block| &self.func.blocks[block.index()].term);
        let recovers = terms.filter_map(|term| match term {
            Terminator::DeferInit { recover, .. } => self.blocks[recover.index()],
            _ => None,
        });
        recovers.collect()
    }

    /// Leaves the entry for `start` and, as far as Cranelift can tell, perhaps for `recover`.
    ///
    /// After a recovery nothing is left but slots, while Cranelift shares the values of equal pure operations where one
    /// dominates the other: the address of a slot, computed before `deferinit` and spilled, would be used after the
    /// recovery, when its spill slot may hold something else. With an edge from the empty entry, nothing that is
    /// computed in the function dominates the recover block. The stack pointer is never 0.
    fn fake_edge(&mut self, start: ir::Block, recover: ir::Block) {
        let sp = self.builder.ins().get_stack_pointer(types::I64);
        self.builder.ins().brif(sp, start, &[], recover, &[]);
        self.builder.switch_to_block(start);
    }

    fn area_param(&mut self, entry: ir::Block) {
        let value = self.builder.append_block_param(entry, types::I64);
        self.area = Some((value, None));
    }

    pub(crate) fn clif_block(&self, block: Block) -> ir::Block {
        self.blocks[block.index()].expect("reachable blocks are made before they are used")
    }

    fn block(&mut self, block: Block) {
        self.block = block;
        self.g = None;
        let made = self.clif_block(block);
        let data = &self.func.blocks[block.index()];
        if block != self.func.entry() {
            self.builder.switch_to_block(made);
            for &param in &data.params {
                let value = self.builder.append_block_param(made, clif_type(self.func.ty(param)));
                self.define(param, value);
            }
        }
        let mut load = None;
        for &inst in &data.insts {
            let data = &self.func.insts[inst.index()];
            let folded = load.filter(|load| takes_in(&data.op, *load)).map(|(_, pos)| pos);
            self.set_pos(folded.unwrap_or(data.pos));
            self.op(&data.op, data.results);
            load = match &data.op {
                Op::Load { flags, .. } if !flags.notrap => Some((data.results.single(), data.pos)),
                Op::Compare { .. } => folded.map(|pos| (data.results.single(), pos)),
                op if op.is_pure() => load,
                _ => None,
            };
        }
        let cond = match &data.term {
            Terminator::Branch { cond, .. } => Some(*cond),
            _ => None,
        };
        let folded = load.filter(|(value, _)| cond == Some(*value)).map(|(_, pos)| pos);
        self.set_pos(folded.unwrap_or(data.term_pos));
        self.terminator(&data.term);
    }

    // Positions.

    fn set_pos(&mut self, pos: Pos) {
        self.pos = pos;
        self.mark(Mark::None);
    }

    /// Gives what follows a mark. Inlined functions that are not preempted have theirs in any case.
    pub(crate) fn mark(&mut self, mark: Mark) {
        let scope = &self.func.scopes[self.pos.scope as usize];
        let mark =
            if mark == Mark::None && self.pos.scope != 0 && scope.no_preempt { Mark::Run } else { mark };
        let number = self.names.position(self.pos);
        self.builder.set_srcloc(SourceLoc::new(number | (mark as u32) << MARK_SHIFT));
    }

    // Values and names.

    /// The Cranelift value of an SSA value.
    pub(crate) fn value(&mut self, value: Value) -> ir::Value {
        if let Some(made) = self.values[value.index()] {
            return made;
        }
        let made = self.materialize(value);
        if !matches!(self.func.def_op(value), Some(Op::PtrAdd { .. })) {
            self.note_pointer(value, made);
        }
        // Good in this block only: the next one that wants the address makes it again, and Cranelift shares it
        // if that pays.
        if !self.is_rematerialized(value) {
            self.values[value.index()] = Some(made);
        }
        made
    }

    pub(crate) fn define(&mut self, value: Value, made: ir::Value) {
        self.note_pointer(value, made);
        self.values[value.index()] = Some(made);
    }

    fn note_pointer(&mut self, value: Value, made: ir::Value) {
        if self.isa.verify && self.ty(value) == Type::Ptr && self.func.as_const(value).is_none() {
            self.names.pointers.push(made);
        }
    }

    pub(crate) fn ty(&self, value: Value) -> Type {
        self.func.ty(value)
    }

    pub(crate) fn const_int(&mut self, ty: ir::Type, value: i64) -> ir::Value {
        // Cranelift wants the bits above the width to be zero.
        let bits = if ty.bits() < 64 { value & ((1 << ty.bits()) - 1) } else { value };
        self.builder.ins().iconst(ty, bits)
    }

    /// The number of a symbol.
    pub(crate) fn symbol(&mut self, name: &str) -> u32 {
        self.names.symbol(name)
    }

    /// The address of a symbol plus a constant.
    pub(crate) fn symbol_address(&mut self, name: &str, off: i64) -> ir::Value {
        let index = self.symbol(name);
        let global = match self.globals.get(&(index, off)) {
            Some(&global) => global,
            None => {
                let name = self.external_name(index);
                let data = GlobalValueData::Symbol { name, offset: off.into(), colocated: true, tls: false };
                let global = self.builder.create_global_value(data);
                self.globals.insert((index, off), global);
                global
            }
        };
        self.builder.ins().symbol_value(types::I64, global)
    }

    pub(crate) fn external_name(&mut self, index: u32) -> ExternalName {
        let name = UserExternalName { namespace: 0, index };
        ExternalName::user(self.builder.func.declare_imported_user_function(name))
    }

    /// The current goroutine.
    pub(crate) fn g(&mut self) -> ir::Value {
        match self.isa.machine {
            Machine::Amd64 => self.builder.ins().get_pinned_reg(types::I64),
            Machine::Riscv64 => match self.g {
                Some(g) => g,
                None => {
                    let g = self.call_symbol("runtime.getg", CallConv::SystemV, &[], &[types::I64])[0];
                    self.g = Some(g);
                    g
                }
            },
        }
    }

    /// Goes on in a new block, as part of the same SSA block.
    pub(crate) fn continue_in(&mut self, block: ir::Block) {
        self.builder.switch_to_block(block);
        // The value may have been made in a block that does not lead here.
        self.g = None;
    }

    // Terminators.

    fn args(&mut self, args: &[Value]) -> Vec<BlockArg> {
        args.iter().map(|&arg| BlockArg::Value(self.value(arg))).collect()
    }

    fn terminator(&mut self, term: &Terminator) {
        match term {
            Terminator::Jump(target) => {
                let args = self.args(&target.args);
                let block = self.clif_block(target.block);
                self.builder.ins().jump(block, &args);
            }
            Terminator::Branch { cond, then, els } => {
                let cond = self.value(*cond);
                let (then_args, else_args) = (self.args(&then.args), self.args(&els.args));
                let (then, els) = (self.clif_block(then.block), self.clif_block(els.block));
                self.builder.ins().brif(cond, then, &then_args, els, &else_args);
            }
            Terminator::Switch { val, cases, default } => self.switch(*val, cases, default),
            Terminator::Return(values) => self.ret(values),
            Terminator::DeferInit { rec, normal, recover } => self.defer_init(*rec, normal, *recover),
            Terminator::Unreachable => {
                self.builder.ins().trap(TRAP_UNREACHABLE);
            }
        }
    }

    /// A switch as Cranelift's front end makes it: jump tables where cases are dense, comparisons elsewhere. Its
    /// edges have no arguments, so targets with arguments get a block of their own.
    fn switch(&mut self, val: Value, cases: &[(u64, Target)], default: &Target) {
        let val = self.value(val);
        let mut stubs = Vec::new();
        let mut switch = Switch::new();
        for (bits, target) in cases {
            let block = self.switch_block(target, &mut stubs);
            switch.set_entry(u128::from(*bits), block);
        }
        let default = self.switch_block(default, &mut stubs);
        switch.emit(&mut self.builder, val, default);
        for (stub, target) in stubs {
            self.builder.switch_to_block(stub);
            let args = self.args(&target.args);
            let block = self.clif_block(target.block);
            self.builder.ins().jump(block, &args);
        }
    }

    fn switch_block(&mut self, target: &Target, stubs: &mut Vec<(ir::Block, Target)>) -> ir::Block {
        if target.args.is_empty() {
            return self.clif_block(target.block);
        }
        let stub = self.builder.create_block();
        stubs.push((stub, target.clone()));
        stub
    }

    fn ret(&mut self, values: &[Value]) {
        let area = self.area.map(|(value, slot)| match slot {
            Some(slot) if self.after_recover[self.block.index()] => {
                self.builder.ins().stack_load(types::I64, types::I64, slot, 0)
            }
            _ => value,
        });
        let made: Vec<ir::Value> = values.iter().map(|&value| self.value(value)).collect();
        let in_registers = self.place_results(&made, values, area);
        self.builder.ins().return_(&in_registers);
    }

    fn op(&mut self, op: &Op, results: ssa::Results) {
        if self.number_op(op, results) || self.memory_op(op, results) || self.call_op(op, results) {
            return;
        }
        match op {
            Op::GetG => {
                let g = self.g();
                self.define(results.single(), g);
            }
            Op::CallerPc => {
                let fp = self.builder.ins().get_frame_pointer(types::I64);
                let pc = self.builder.ins().load(types::I64, ir::MemFlagsData::trusted(), fp, 8);
                self.define(results.single(), pc);
            }
            Op::CallerSp => {
                let fp = self.builder.ins().get_frame_pointer(types::I64);
                let sp = self.builder.ins().iadd_imm_s(fp, 16);
                self.define(results.single(), sp);
            }
            Op::KeepAlive { args } => self.keep_alive(args),
            other => unreachable!("{other:?} belongs to one of the three families"),
        }
    }

    /// Cranelift has no operation that uses a value and does nothing; a store to a slot comes closest.
    fn keep_alive(&mut self, args: &[Value]) {
        for &arg in args {
            let value = self.value(arg);
            let data = StackSlotData::new(StackSlotKind::ExplicitSlot, 8, 3);
            let slot = self.builder.create_sized_stack_slot(data);
            self.builder.ins().stack_store(types::I64, value, slot, 0);
        }
    }
}

/// Cranelift's type.
pub(crate) fn clif_type(ty: Type) -> ir::Type {
    match ty {
        Type::I8 => types::I8,
        Type::I16 => types::I16,
        Type::I32 => types::I32,
        Type::I64 | Type::Ptr => types::I64,
        Type::F32 => types::F32,
        Type::F64 => types::F64,
    }
}

/// A parameter or result of Cranelift's type.
pub(crate) fn abi_param(ty: Type) -> AbiParam {
    AbiParam::new(clif_type(ty))
}
