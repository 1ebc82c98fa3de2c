//! Calls, checks that call when they fail, and the start of a function with `defer`.

use std::mem::offset_of;

use crate::translate::{TRAP_UNREACHABLE, Translator, abi_param, clif_type};
use abi::call::{Class, Location, Results as PlacedResults, result_area_bytes};
use abi::defer::Defer;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{
    self, AbiParam, BlockArg, ExceptionTableData, ExceptionTableItem, ExtFuncData, InstBuilder, MemFlagsData,
    Signature, StackSlotData, StackSlotKind, types,
};
use cranelift_codegen::isa::CallConv;
use obj::Machine;
use ssa::{Block, BoundsKind, Callee, Op, Results, Sig, Target, Type, Value};

fn class(ty: Type) -> Class {
    if ty.is_float() { Class::Float } else { Class::Int }
}

impl Translator<'_> {
    /// Translates a call or a check; false if the operation is neither.
    pub(crate) fn call_op(&mut self, op: &Op, results: Results) -> bool {
        match op {
            Op::New { desc, .. } => {
                let name = self.func.sym_name(*desc).clone();
                let desc = self.symbol_address(&name, 0);
                let made = self.call_symbol(
                    "runtime.newobject",
                    self.isa.runtime_convention("runtime.newobject"),
                    &[desc],
                    &[types::I64],
                )[0];
                self.define(results.single(), made);
            }
            Op::BoundsCheck { kind, signed, x, y } => self.bounds_check(*kind, *signed, *x, *y),
            Op::Check { cond, panic, args } => {
                let cond = self.value(*cond);
                let name = self.func.sym_name(*panic).clone();
                self.check(cond, &name, args);
            }
            Op::Call { callee, sig, args } => self.call(*callee, *sig, args, results),
            _ => return false,
        }
        true
    }

    /// The signature of a Go function whose first `n_before_area` parameters come before the pointer to the
    /// result area, and the bytes of that area.
    pub(crate) fn go_signature(
        &self,
        params: &[Type],
        results: &[Type],
        n_before_area: usize,
    ) -> (Signature, u32) {
        let registers = self.isa.registers;
        let area_bytes = result_area_bytes(registers, results.iter().map(|&ty| class(ty)));
        let mut sig = Signature::new(CallConv::Tail);
        sig.params.extend(params.iter().map(|&ty| abi_param(ty)));
        if area_bytes > 0 {
            sig.params.insert(n_before_area, AbiParam::new(types::I64));
        }
        let mut placed = PlacedResults::new(registers);
        for &ty in results {
            if !matches!(placed.next(class(ty)), Location::Memory(_)) {
                sig.returns.push(abi_param(ty));
            }
        }
        (sig, area_bytes)
    }

    /// Stores the results that have no register to the area, and yields the others.
    pub(crate) fn place_results(
        &mut self,
        made: &[ir::Value],
        values: &[Value],
        area: Option<ir::Value>,
    ) -> Vec<ir::Value> {
        let mut placed = PlacedResults::new(self.isa.registers);
        let mut in_registers = Vec::new();
        for (&made, &value) in made.iter().zip(values) {
            match placed.next(class(self.ty(value))) {
                Location::Int(_) | Location::Float(_) => in_registers.push(made),
                Location::Memory(off) => {
                    let area = area.expect("the signature has an area when results need one");
                    self.builder.ins().store(MemFlagsData::trusted(), made, area, off as i32);
                }
            }
        }
        in_registers
    }

    fn call(&mut self, callee: Callee, sig: Sig, args: &[Value], results: Results) {
        let func = self.func;
        let sig = &func.sigs[sig.index()];
        if let Callee::Runtime(sym) = callee {
            let name = func.sym_name(sym).clone();
            let args: Vec<ir::Value> = args.iter().map(|&arg| self.value(arg)).collect();
            if &*name == "runtime.deferpush" {
                return self.push_defer(args[0], args[1], args[2]);
            }
            let types: Vec<ir::Type> = sig.results.iter().map(|&ty| clif_type(ty)).collect();
            let made = self.call_symbol(&name, CallConv::SystemV, &args, &types);
            results.iter().zip(made).for_each(|(value, made)| self.define(value, made));
            return;
        }
        let mut params = sig.params.clone();
        let mut made: Vec<ir::Value> = Vec::with_capacity(args.len() + 2);
        let n_before_area = match callee {
            Callee::Closure(fv) => {
                params.insert(0, Type::Ptr);
                made.push(self.value(fv));
                1
            }
            Callee::Direct(_) | Callee::Indirect(_) | Callee::Runtime(_) => 0,
        };
        let (clif_sig, area_bytes) = self.go_signature(&params, &sig.results, n_before_area);
        let area = (area_bytes > 0).then(|| {
            let data = StackSlotData::new(StackSlotKind::ExplicitSlot, area_bytes, 3);
            self.builder.create_sized_stack_slot(data)
        });
        if let Some(slot) = area {
            made.push(self.builder.ins().stack_addr(types::I64, slot, 0));
        }
        for &arg in args {
            made.push(self.value(arg));
        }
        let inst = match callee {
            Callee::Direct(sym) => {
                let name = func.sym_name(sym).clone();
                let callee = self.callee(&name, clif_sig);
                self.builder.ins().call(callee, &made)
            }
            Callee::Indirect(code) => {
                let code = self.value(code);
                let sig = self.builder.import_signature(clif_sig);
                self.builder.ins().call_indirect(sig, code, &made)
            }
            Callee::Closure(_) => {
                // Reading the code through a nil func value faults, which is the panic Go wants.
                let code = self.builder.ins().load(types::I64, MemFlagsData::new(), made[0], 0);
                let sig = self.builder.import_signature(clif_sig);
                self.builder.ins().call_indirect(sig, code, &made)
            }
            Callee::Runtime(_) => unreachable!("handled above"),
        };
        self.take_results(inst, &sig.results, area, results);
    }

    /// `runtime.deferpush(record, frame, func)` in place of a call: see [`abi::defer`].
    fn push_defer(&mut self, record: ir::Value, frame: ir::Value, func: ir::Value) {
        let flags = MemFlagsData::trusted();
        let g = self.g();
        let outer = self.builder.ins().load(types::I64, flags, g, abi::g::G_DEFERS as i32);
        let fields = [
            (offset_of!(Defer, link), outer),
            (offset_of!(Defer, frame), frame),
            (offset_of!(Defer, func), func),
        ];
        for (off, value) in fields {
            self.builder.ins().store(flags, value, record, off as i32);
        }
        self.builder.ins().store(flags, record, g, abi::g::G_DEFERS as i32);
    }

    fn take_results(
        &mut self,
        inst: ir::Inst,
        types: &[Type],
        area: Option<ir::StackSlot>,
        results: Results,
    ) {
        let returned: Vec<ir::Value> = self.builder.inst_results(inst).to_vec();
        let mut returned = returned.into_iter();
        let mut placed = PlacedResults::new(self.isa.registers);
        for (value, &ty) in results.iter().zip(types) {
            let made = match placed.next(class(ty)) {
                Location::Int(_) | Location::Float(_) => returned.next().expect("as the signature says"),
                Location::Memory(off) => {
                    let slot = area.expect("there is an area when results need one");
                    self.builder.ins().stack_load(types::I64, clif_type(ty), slot, off as i32)
                }
            };
            self.define(value, made);
        }
    }

    fn callee(&mut self, name: &str, sig: Signature) -> ir::FuncRef {
        let index = self.symbol(name);
        let sig = self.builder.import_signature(sig);
        if let Some(&callee) = self.callees.get(&(index, sig)) {
            return callee;
        }
        let name = self.external_name(index);
        let data = ExtFuncData { name, signature: sig, colocated: true, patchable: false };
        let callee = self.builder.import_function(data);
        self.callees.insert((index, sig), callee);
        callee
    }

    /// Calls a symbol with scalars that all have registers.
    pub(crate) fn call_symbol(
        &mut self,
        name: &str,
        convention: CallConv,
        args: &[ir::Value],
        results: &[ir::Type],
    ) -> Vec<ir::Value> {
        let mut sig = Signature::new(convention);
        for &arg in args {
            let param = AbiParam::new(self.builder.func.dfg.value_type(arg));
            sig.params.push(if convention == CallConv::SystemV { self.extended(param) } else { param });
        }
        sig.returns.extend(results.iter().map(|&ty| AbiParam::new(ty)));
        let callee = self.callee(name, sig);
        let inst = self.builder.ins().call(callee, args);
        self.builder.inst_results(inst).to_vec()
    }

    /// What a C function may expect of the bits above a narrow integer: zeros above 8 and 16 bits (entries take `bool`
    /// and unsigned numbers), and on riscv64 the sign above 32 (RISC-V psABI, "Integer Calling Convention"). Between Go
    /// functions they are undefined.
    fn extended(&self, param: AbiParam) -> AbiParam {
        match param.value_type {
            types::I8 | types::I16 => param.uext(),
            types::I32 if self.isa.machine == Machine::Riscv64 => param.sext(),
            _ => param,
        }
    }

    fn bounds_check(&mut self, kind: BoundsKind, signed: bool, x: Value, y: Value) {
        let (a, b) = (self.value(x), self.value(y));
        let condition = match kind {
            BoundsKind::Index => IntCC::UnsignedLessThan,
            BoundsKind::Convert => IntCC::UnsignedGreaterThanOrEqual,
            BoundsKind::SliceAlen
            | BoundsKind::SliceAcap
            | BoundsKind::SliceB
            | BoundsKind::Slice3Alen
            | BoundsKind::Slice3Acap
            | BoundsKind::Slice3B
            | BoundsKind::Slice3C => IntCC::UnsignedLessThanOrEqual,
        };
        let holds = self.builder.ins().icmp(condition, a, b);
        self.check(holds, kind.panic_symbol(signed), &[x, y]);
    }

    /// Goes on if `cond` is not 0; otherwise calls a Go function that does not return.
    pub(crate) fn check(&mut self, cond: ir::Value, panic: &str, args: &[Value]) {
        let (next, cold) = (self.builder.create_block(), self.builder.create_block());
        self.builder.set_cold_block(cold);
        let args: Vec<ir::Value> = args.iter().map(|&arg| self.value(arg)).collect();
        self.builder.ins().brif(cond, next, &[], cold, &[]);
        self.builder.switch_to_block(cold);
        self.call_symbol(panic, self.isa.runtime_convention(panic), &args, &[]);
        self.builder.ins().trap(TRAP_UNREACHABLE);
        self.continue_in(next);
    }

    /// `try_call`s `runtime.deferinit`, which notes the handler's address, sp and fp in the record.
    pub(crate) fn defer_init(&mut self, rec: Value, normal: &Target, recover: Block) {
        let rec = self.value(rec);
        let args: Vec<BlockArg> = normal.args.iter().map(|&arg| BlockArg::Value(self.value(arg))).collect();
        // A block whose address is taken must not be the entry, and a `try_call` ends its block.
        let block = self.builder.create_block();
        self.builder.ins().jump(block, &[]);
        self.builder.switch_to_block(block);
        let handler = self.builder.ins().get_exception_handler_address(types::I64, block, 0);
        let mut sig = Signature::new(CallConv::Tail);
        sig.params.extend([AbiParam::new(types::I64), AbiParam::new(types::I64)]);
        let callee = self.callee("runtime.deferinit", sig.clone());
        let sig = self.builder.import_signature(sig);
        let (normal, recover) = (self.clif_block(normal.block), self.clif_block(recover));
        let pool = &mut self.builder.func.dfg.value_lists;
        let normal = ir::BlockCall::new(normal, args, pool);
        let recover = ir::BlockCall::new(recover, [], pool);
        let table = ExceptionTableData::new(sig, normal, [ExceptionTableItem::Default(recover)]);
        let table = self.builder.func.dfg.exception_tables.push(table);
        self.builder.ins().try_call(callee, &[rec, handler], table);
    }
}
