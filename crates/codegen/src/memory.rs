//! Memory: loads and stores, write barriers, copies, atomics.

use crate::address::Address;
use crate::translate::{Mark, Translator, clif_type};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, AtomicRmwOp, InstBuilder, MemFlagsData, types};
use cranelift_codegen::isa::CallConv;
use ssa::{MemFlags, Op, Results, RmwOp, Sym, Type, Value};

/// Up to so many bytes are copied or cleared word by word, more by a call.
const INLINE_BYTES: u64 = 64;

/// Below this offset an access through nil faults by itself: the first page is never mapped.
const NIL_PAGE_BYTES: i64 = 4096;

fn clif_flags(flags: MemFlags) -> MemFlagsData {
    let mut made = MemFlagsData::new();
    if flags.notrap {
        made.set_notrap();
    }
    if flags.readonly {
        made.set_readonly();
    }
    if flags.readonly && flags.notrap {
        made.set_can_move();
    }
    made
}

impl Translator<'_> {
    /// Translates an operation on memory; false if it is none.
    pub(crate) fn memory_op(&mut self, op: &Op, results: Results) -> bool {
        match op {
            // Made where they are wanted.
            Op::PtrAdd { .. } | Op::SlotAddr { .. } | Op::SymAddr { .. } | Op::FuncAddr { .. } => {}
            Op::Load { ty, addr, off, flags } => {
                let made = self.load(*ty, *addr, *off, *flags);
                self.define(results.single(), made);
            }
            Op::Store { addr, off, val, flags } => self.store(*addr, *off, *val, *flags),
            Op::StorePtr { addr, off, val } => self.store_ptr(*addr, *off, *val),
            Op::AtomicLoad { ty, addr } => {
                let addr = self.value(*addr);
                let made = self.builder.ins().atomic_load(clif_type(*ty), MemFlagsData::new(), addr);
                self.define(results.single(), made);
            }
            Op::AtomicStore { addr, val } => {
                let (addr, val) = (self.value(*addr), self.value(*val));
                self.builder.ins().atomic_store(MemFlagsData::new(), val, addr);
            }
            Op::AtomicRmw { op, addr, val } => {
                let made = self.atomic_rmw(*op, *addr, *val);
                self.define(results.single(), made);
            }
            Op::AtomicCas { addr, old, new } => {
                let (addr, old, new) = (self.value(*addr), self.value(*old), self.value(*new));
                let found = self.builder.ins().atomic_cas(MemFlagsData::new(), addr, old, new);
                let made = self.builder.ins().icmp(IntCC::Equal, found, old);
                self.define(results.single(), made);
            }
            Op::Fence => {
                self.builder.ins().fence();
            }
            Op::MemCopy { dst, src, size, barrier } => self.mem_copy(*dst, *src, *size, *barrier),
            Op::MemZero { addr, size, barrier } => self.mem_zero(*addr, *size, *barrier),
            Op::NilCheck { ptr } => self.nil_check(*ptr, 0),
            _ => return false,
        }
        true
    }

    fn load(&mut self, ty: Type, addr: Value, off: i32, flags: MemFlags) -> ir::Value {
        let Address { base, off } = self.address(addr, i64::from(off));
        let ty = clif_type(ty);
        if !flags.volatile {
            return self.builder.ins().load(ty, clif_flags(flags), base, off);
        }
        // Cranelift merges plain loads; atomic ones it leaves alone.
        let base = self.builder.ins().iadd_imm_s(base, i64::from(off));
        if ty.is_float() {
            let bits = self.builder.ins().atomic_load(ty.as_int(), MemFlagsData::new(), base);
            return self.builder.ins().bitcast(ty, MemFlagsData::new(), bits);
        }
        self.builder.ins().atomic_load(ty, MemFlagsData::new(), base)
    }

    fn store(&mut self, addr: Value, off: i32, val: Value, flags: MemFlags) {
        let mut val = self.value(val);
        let Address { base, off } = self.address(addr, i64::from(off));
        if !flags.volatile {
            self.builder.ins().store(clif_flags(flags), val, base, off);
            return;
        }
        let base = self.builder.ins().iadd_imm_s(base, i64::from(off));
        let ty = self.builder.func.dfg.value_type(val);
        if ty.is_float() {
            val = self.builder.ins().bitcast(ty.as_int(), MemFlagsData::new(), val);
        }
        self.builder.ins().atomic_store(MemFlagsData::new(), val, base);
    }

    fn atomic_rmw(&mut self, op: RmwOp, addr: Value, val: Value) -> ir::Value {
        let ty = clif_type(self.ty(val));
        let op = match op {
            RmwOp::Add => AtomicRmwOp::Add,
            RmwOp::And => AtomicRmwOp::And,
            RmwOp::Or => AtomicRmwOp::Or,
            RmwOp::Xchg => AtomicRmwOp::Xchg,
        };
        let (addr, val) = (self.value(addr), self.value(val));
        self.builder.ins().atomic_rmw(ty, MemFlagsData::new(), op, addr, val)
    }

    /// Faults if the pointer is nil. The access is never dropped: it may trap.
    fn nil_check(&mut self, ptr: Value, off: i64) {
        let Address { base, off } = self.address(ptr, off.min(NIL_PAGE_BYTES - 1));
        self.builder.ins().load(types::I8, MemFlagsData::new(), base, off);
    }

    /// Runs `slow` if barriers are on. What follows, up to `end_barrier`, is in the same unsafe range.
    fn barrier(&mut self, slow: impl FnOnce(&mut Self)) {
        self.mark(Mark::Open);
        let flag = self.symbol_address("runtime.writeBarrier", 0);
        let flag = self.builder.ins().load(types::I32, MemFlagsData::new().with_notrap(), flag, 0);
        let (next, cold) = (self.builder.create_block(), self.builder.create_block());
        self.builder.set_cold_block(cold);
        self.builder.ins().brif(flag, cold, &[], next, &[]);
        self.builder.switch_to_block(cold);
        self.mark(Mark::Inside);
        slow(self);
        self.builder.ins().jump(next, &[]);
        self.continue_in(next);
        self.mark(Mark::Close);
    }

    fn end_barrier(&mut self) {
        self.mark(Mark::None);
    }

    /// Stores a pointer; while marking runs, the old and the new one are shaded first.
    fn store_ptr(&mut self, addr: Value, off: i32, val: Value) {
        let val = self.value(val);
        let Address { base, off } = self.address(addr, i64::from(off));
        self.barrier(|translator| {
            let old = translator.builder.ins().load(types::I64, MemFlagsData::new(), base, off);
            translator.call_symbol("runtime.gcWriteBarrier", CallConv::PreserveAll, &[val, old], &[]);
        });
        self.builder.ins().store(MemFlagsData::new(), val, base, off);
        self.end_barrier();
    }

    fn mem_copy(&mut self, dst: Value, src: Value, size: u64, barrier: Option<Sym>) {
        if size == 0 {
            return;
        }
        if size > INLINE_BYTES {
            // The copy runs in assembly, where a fault is not the program's.
            self.nil_check(src, 0);
            self.nil_check(dst, 0);
        }
        let (to, from) = (self.address(dst, 0), self.address(src, 0));
        if let Some(desc) = barrier {
            let name = self.func.sym_name(desc).clone();
            let (to, from) = (self.whole(&to), self.whole(&from));
            self.barrier(|translator| {
                translator.may_fault(&[from, to]);
                let desc = translator.symbol_address(&name, 0);
                translator.call_symbol("runtime.wbMove", CallConv::SystemV, &[desc, to, from], &[]);
            });
        }
        if size <= INLINE_BYTES {
            // Everything is read before anything is written: the two may overlap.
            let words: Vec<(ir::Value, i32)> = words(size)
                .map(|(at, ty)| {
                    (self.builder.ins().load(ty, MemFlagsData::new(), from.base, from.off + at), at)
                })
                .collect();
            for (word, at) in words {
                self.builder.ins().store(MemFlagsData::new(), word, to.base, to.off + at);
            }
        } else {
            let (to, from) = (self.whole(&to), self.whole(&from));
            let size = self.const_int(types::I64, size as i64);
            self.call_symbol("memmove", CallConv::SystemV, &[to, from, size], &[types::I64]);
        }
        if barrier.is_some() {
            self.end_barrier();
        }
    }

    fn mem_zero(&mut self, addr: Value, size: u64, barrier: Option<Sym>) {
        if size == 0 {
            return;
        }
        if size > INLINE_BYTES {
            self.nil_check(addr, 0);
        }
        let to = self.address(addr, 0);
        if let Some(desc) = barrier {
            let name = self.func.sym_name(desc).clone();
            let to = self.whole(&to);
            self.barrier(|translator| {
                translator.may_fault(&[to]);
                let desc = translator.symbol_address(&name, 0);
                translator.call_symbol("runtime.wbZero", CallConv::SystemV, &[desc, to], &[]);
            });
        }
        if size <= INLINE_BYTES {
            for (at, ty) in words(size) {
                let zero = self.const_int(ty, 0);
                self.builder.ins().store(MemFlagsData::new(), zero, to.base, to.off + at);
            }
        } else {
            let to = self.whole(&to);
            let size = self.const_int(types::I64, size as i64);
            self.call_symbol("runtime.memclrNoHeapPointers", CallConv::SystemV, &[to, size], &[]);
        }
        if barrier.is_some() {
            self.end_barrier();
        }
    }

    /// Faults here, in the program's code, if an address is nil: what is called next runs outside it.
    fn may_fault(&mut self, addrs: &[ir::Value]) {
        for addr in addrs {
            self.builder.ins().load(types::I8, MemFlagsData::new(), *addr, 0);
        }
    }

    /// The address as one value.
    fn whole(&mut self, address: &Address) -> ir::Value {
        if address.off == 0 {
            address.base
        } else {
            self.builder.ins().iadd_imm_s(address.base, i64::from(address.off))
        }
    }
}

/// The pieces of `size` bytes, the largest first, so that words that may be pointers stay whole.
fn words(size: u64) -> impl Iterator<Item = (i32, ir::Type)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let ty = match size - at {
            0 => return None,
            1 => types::I8,
            2..4 => types::I16,
            4..8 => types::I32,
            8.. => types::I64,
        };
        at += u64::from(ty.bytes());
        Some(((at - u64::from(ty.bytes())) as i32, ty))
    })
}
