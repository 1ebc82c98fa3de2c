//! Random programs, for tests that compare two ways to run the same.
//!
//! The generator writes with the builder as `lower` does: variables, branches, loops that end, switches,
//! memory, objects, calls. A seed means the same program for ever, as long as this file does not change.

use crate::op::Op;
use crate::operator::{BinaryOp, BoundsKind, Cmp, Conv, RmwOp, UnaryOp};
use crate::program::{Data, DataReloc, DataRelocKind};
use crate::{Builder, Func, Program, Signature, Slot, Type, Value, Variable};

/// xorshift64*, so that a seed means the same program for ever.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() >> 33) as usize % n
    }

    fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    /// Numbers near the edges more often than not.
    fn bits(&mut self) -> u64 {
        let edges =
            [0, 1, 2, 7, 8, 31, 32, 63, 64, 127, 128, 255, 0x7fff_ffff, 0x8000_0000, u64::MAX, 1 << 63];
        match self.below(4) {
            0 => self.next(),
            1 => self.next() % 16,
            _ => self.pick(&edges).wrapping_add(self.below(3) as u64).wrapping_sub(1),
        }
    }

    fn argument(&mut self, ty: Type) -> u64 {
        match ty {
            Type::F64 => self.float().to_bits(),
            Type::F32 => u64::from((self.float() as f32).to_bits()),
            ty => self.bits() & ty.mask(),
        }
    }

    fn float(&mut self) -> f64 {
        let edges = [
            0.0,
            -0.0,
            1.0,
            -1.5,
            0.5,
            2147483648.0,
            -2147483649.0,
            9.3e18,
            1.9e19,
            1e300,
            -1e300,
            f64::INFINITY,
        ];
        match self.below(8) {
            0 => f64::NAN,
            1 => f64::from_bits(self.next()),
            2 => self.bits() as i64 as f64,
            _ => self.pick(&edges),
        }
    }
}

const TYPES: [Type; 6] = [Type::I8, Type::I16, Type::I32, Type::I64, Type::F32, Type::F64];
const SLOT_BYTES: u32 = 192;

struct Generator<'r> {
    random: &'r mut Random,
    builder: Builder,
    vars: Vec<Variable>,
    /// Points to one of the first 32 bytes of the slot.
    pointer: Variable,
    /// Points to an object: two numbers, a pointer to an object or nil, a float.
    object: Variable,
    slot: Slot,
    callees: Vec<(String, Signature)>,
    budget: usize,
}

/// Bytes of an object.
const OBJECT_BYTES: u64 = 32;

fn signature(random: &mut Random) -> Signature {
    let list = |random: &mut Random, n| (0..random.below(n) + 1).map(|_| random.pick(&TYPES)).collect();
    Signature { params: list(random, 9), results: list(random, 11) }
}

/// A function. With `takes_object` its last parameter points to an object.
fn function(random: &mut Random, name: String, takes_object: bool, callees: &[(String, Signature)]) -> Func {
    let mut sig = signature(random);
    if takes_object {
        sig.params.push(Type::Ptr);
    }
    let mut builder = Builder::new(name, sig.clone());
    builder.func_mut().flags.nosplit = random.below(3) == 0;
    let slot = builder.slot(SLOT_BYTES, 16);
    let addr = builder.slot_addr(slot, 0);
    builder.ins(Op::MemZero { addr, size: u64::from(SLOT_BYTES), barrier: None });
    let mut vars = Vec::new();
    for (n, &ty) in sig.params.iter().enumerate() {
        let var = builder.declare(ty);
        let value = builder.param(n);
        builder.set(var, value);
        vars.push(var);
    }
    // Variables that are read before they are written are zero.
    for ty in TYPES {
        vars.push(builder.declare(ty));
    }
    let pointer = builder.declare(Type::Ptr);
    builder.set(pointer, addr);
    let object = builder.declare(Type::Ptr);
    let first = if takes_object {
        builder.param(sig.params.len() - 1)
    } else {
        builder.new_object("type:object", OBJECT_BYTES, 8)
    };
    builder.set(object, first);
    let mut generator =
        Generator { pointer, object, random, builder, vars, slot, callees: callees.to_vec(), budget: 40 };
    generator.statements(3);
    let values: Vec<Value> = sig.results.iter().map(|&ty| generator.value(ty)).collect();
    generator.builder.ret(values);
    generator.builder.finish()
}

impl Generator<'_> {
    fn statements(&mut self, depth: usize) {
        for _ in 0..self.random.below(6) + 2 {
            if self.budget == 0 {
                return;
            }
            self.budget -= 1;
            match self.random.below(16) {
                0 | 1 if depth > 0 => self.branch(depth - 1),
                2 if depth > 0 => self.repeat(depth - 1),
                3 if depth > 0 => self.switch(depth - 1),
                4 => self.store(),
                5 => self.call(),
                6 => self.memory(),
                7 => self.atomic(),
                8 => self.check(),
                9 => self.advance(),
                10 | 11 => self.object(),
                12 => self.global(),
                _ => self.assign(),
            }
        }
    }

    fn var(&mut self, ty: Type) -> Variable {
        let fitting: Vec<Variable> =
            self.vars.iter().copied().filter(|&var| self.builder.var_type(var) == ty).collect();
        self.random.pick(&fitting)
    }

    fn value(&mut self, ty: Type) -> Value {
        if self.random.below(4) == 0 {
            return match ty {
                Type::F64 => {
                    let float = self.random.float();
                    self.builder.f64const(float)
                }
                Type::F32 => {
                    let float = self.random.float() as f32;
                    self.builder.f32const(float)
                }
                _ => {
                    let bits = self.random.bits();
                    self.builder.iconst(ty, bits as i64)
                }
            };
        }
        let var = self.var(ty);
        self.builder.get(var)
    }

    fn assign(&mut self) {
        let ty = self.random.pick(&TYPES);
        let value = self.expression(ty, 2);
        let var = self.var(ty);
        self.builder.set(var, value);
    }

    fn expression(&mut self, ty: Type, depth: usize) -> Value {
        if depth == 0 {
            return self.value(ty);
        }
        let random = self.random.below(10);
        match random {
            0 => self.value(ty),
            1 => {
                let cond = self.condition();
                let (x, y) = (self.expression(ty, depth - 1), self.value(ty));
                self.builder.select(cond, x, y)
            }
            2 | 3 => self.conversion(ty, depth - 1),
            4 => {
                let ops: Vec<UnaryOp> = UnaryOp::ALL
                    .iter()
                    .copied()
                    .filter(|op| op.is_float() == ty.is_float() && !(ty == Type::I8 && *op == UnaryOp::Bswap))
                    .collect();
                let op = self.random.pick(&ops);
                let arg = self.expression(ty, depth - 1);
                self.builder.unary(op, arg)
            }
            5 if ty == Type::F64 => {
                let args = [self.value(ty), self.value(ty), self.value(ty)];
                self.builder.ins(Op::Fma { x: args[0], y: args[1], z: args[2] }).single()
            }
            5 if ty.is_int() => {
                let (x, y) = (self.value(ty), self.value(ty));
                let one = self.builder.iconst(ty, 1);
                let carry = self.value(ty);
                let carry = self.builder.binary(BinaryOp::And, carry, one);
                let op = if self.random.below(2) == 0 {
                    Op::AddCarry { x, y, carry }
                } else {
                    Op::SubBorrow { x, y, borrow: carry }
                };
                let results = self.builder.ins(op);
                if self.random.below(2) == 0 { results.first } else { Value(results.first.0 + 1) }
            }
            6 => self.load(ty),
            _ => self.arithmetic(ty, depth - 1),
        }
    }

    fn arithmetic(&mut self, ty: Type, depth: usize) -> Value {
        let ops: Vec<BinaryOp> =
            BinaryOp::ALL.iter().copied().filter(|op| op.is_float() == ty.is_float()).collect();
        let op = self.random.pick(&ops);
        let lhs = self.expression(ty, depth);
        let rhs_ty = if op.is_shift() { self.random.pick(&TYPES[..4]) } else { ty };
        let mut rhs = self.expression(rhs_ty, depth);
        if op.is_division() && self.random.below(8) != 0 {
            let one = self.builder.iconst(ty, 1);
            rhs = self.builder.binary(BinaryOp::Or, rhs, one);
        }
        self.builder.binary(op, lhs, rhs)
    }

    fn conversion(&mut self, ty: Type, depth: usize) -> Value {
        let from = self.random.pick(&TYPES);
        let wide = |ty: Type| matches!(ty, Type::I32 | Type::I64);
        let fits = |conv: Conv| match conv {
            Conv::Sext | Conv::Zext => from.is_int() && ty.is_int() && from.bits() < ty.bits(),
            Conv::Wrap => from.is_int() && ty.is_int() && from.bits() > ty.bits(),
            Conv::IntToFloatS | Conv::IntToFloatU => wide(from) && ty.is_float(),
            Conv::FloatToIntS | Conv::FloatToIntU => from.is_float() && ty.is_int(),
            Conv::Fpromote => from == Type::F32 && ty == Type::F64,
            Conv::Fdemote => from == Type::F64 && ty == Type::F32,
            Conv::Bitcast => from != ty && from.bits() == ty.bits(),
        };
        let fitting: Vec<Conv> = Conv::ALL.iter().copied().filter(|&conv| fits(conv)).collect();
        if fitting.is_empty() {
            return self.value(ty);
        }
        let conv = self.random.pick(&fitting);
        let arg = self.expression(from, depth);
        self.builder.convert(conv, ty, arg)
    }

    fn condition(&mut self) -> Value {
        let ty = self.random.pick(&TYPES);
        let cmps: Vec<Cmp> = Cmp::ALL.iter().copied().filter(|cmp| cmp.is_float() == ty.is_float()).collect();
        let cmp = self.random.pick(&cmps);
        let (x, y) = (self.value(ty), self.value(ty));
        self.builder.compare(cmp, x, y)
    }

    /// An address in the slot, by nested sums of which some indices are only known when it runs.
    fn address(&mut self, ty: Type) -> Value {
        let size = i64::from(ty.bytes());
        let part = 64 - size;
        let base = if self.random.below(2) == 0 {
            self.builder.slot_addr(self.slot, 0)
        } else {
            self.builder.get(self.pointer)
        };
        let index = self.value(Type::I64);
        let mask = self.builder.iconst(Type::I64, 56);
        let index = self.builder.binary(BinaryOp::And, index, mask);
        let off = self.random.below(part as usize / 8 + 1) as i64 * 8;
        match self.random.below(4) {
            0 => self.builder.ptr_off(base, off),
            1 => self.builder.ptr_add(base, index, 0),
            2 => {
                let inner = self.builder.ptr_off(base, off);
                self.builder.ptr_add(inner, index, 0)
            }
            _ => {
                let inner = self.builder.ptr_add(base, index, 16);
                self.builder.ptr_off(inner, off.min(40))
            }
        }
    }

    /// Makes, reads, writes, links and follows objects.
    fn object(&mut self) {
        let object = self.builder.get(self.object);
        match self.random.below(7) {
            0 => {
                let made = self.builder.new_object("type:object", OBJECT_BYTES, 8);
                self.builder.set(self.object, made);
            }
            1 => {
                let value = self.value(Type::I64);
                let off = self.random.below(2) as i32 * 8;
                self.builder.store(object, off, value);
            }
            2 => {
                let value = self.value(Type::F64);
                self.builder.store(object, 24, value);
            }
            3 => {
                let off = self.random.below(2) as i32 * 8;
                self.builder.nil_check(object);
                let value = self.builder.load(Type::I64, object, off);
                let var = self.var(Type::I64);
                self.builder.set(var, value);
            }
            4 => {
                let made = self.builder.new_object("type:object", OBJECT_BYTES, 8);
                let value = self.value(Type::I64);
                self.builder.store(made, 8, value);
                self.builder.store_ptr(object, 16, made);
            }
            5 => self.follow(object),
            _ => {
                let value = self.builder.load(Type::F64, object, 24);
                let var = self.var(Type::F64);
                self.builder.set(var, value);
            }
        }
    }

    /// Goes on with the object that an object points to, if it is not nil.
    fn follow(&mut self, object: Value) {
        let next = self.builder.load(Type::Ptr, object, 16);
        let nil = self.builder.zero(Type::Ptr);
        let cond = self.builder.compare(Cmp::Ne, next, nil);
        let (then, join) = (self.builder.block(), self.builder.block());
        self.builder.branch(cond, then, join);
        self.builder.switch_to(then);
        self.builder.set(self.object, next);
        self.builder.jump(join);
        self.builder.switch_to(join);
    }

    /// Leaves the object where everyone sees it, or takes the one that is there, and calls a func value.
    fn global(&mut self) {
        let global = self.builder.sym_addr("global", 0);
        match self.random.below(3) {
            0 => {
                let object = self.builder.get(self.object);
                self.builder.store_ptr(global, 0, object);
            }
            1 => {
                let next = self.builder.load(Type::Ptr, global, 0);
                let nil = self.builder.zero(Type::Ptr);
                let cond = self.builder.compare(Cmp::Ne, next, nil);
                let old = self.builder.get(self.object);
                let value = self.builder.select(cond, next, old);
                self.builder.set(self.object, value);
            }
            _ => {
                let fv = self.builder.sym_addr("twice·f", 0);
                let arg = self.value(Type::I64);
                let result = self.builder.call_closure(fv, vec![arg], &[Type::I64]).single();
                let var = self.var(Type::I64);
                self.builder.set(var, result);
            }
        }
    }

    /// Moves the pointer by an index and a constant, or back to the slot's begin.
    fn advance(&mut self) {
        let base = self.builder.slot_addr(self.slot, 0);
        let index = self.value(Type::I64);
        let mask = self.builder.iconst(Type::I64, 8);
        let index = self.builder.binary(BinaryOp::And, index, mask);
        let off = self.random.below(3) as i64 * 8;
        let moved = self.builder.ptr_add(base, index, off);
        let cond = self.condition();
        let old = self.builder.get(self.pointer);
        let value = if self.random.below(2) == 0 { moved } else { self.builder.select(cond, moved, old) };
        self.builder.set(self.pointer, value);
    }

    fn load(&mut self, ty: Type) -> Value {
        let addr = self.address(ty);
        self.builder.load(ty, addr, 0)
    }

    fn store(&mut self) {
        let ty = self.random.pick(&TYPES);
        let addr = self.address(ty);
        let value = self.expression(ty, 1);
        self.builder.store(addr, 0, value);
    }

    fn memory(&mut self) {
        let size = self.random.pick(&[1, 2, 3, 7, 8, 15, 24, 40, 63]);
        let dst = self.builder.slot_addr(self.slot, 0);
        let dst = {
            let off = self.random.below(64) as i64;
            self.builder.ptr_off(dst, off)
        };
        if self.random.below(3) == 0 {
            self.builder.ins(Op::MemZero { addr: dst, size, barrier: None });
            return;
        }
        let src = self.builder.slot_addr(self.slot, 0);
        let off = self.random.below(64) as i64;
        let src = self.builder.ptr_off(src, off);
        self.builder.ins(Op::MemCopy { dst, src, size, barrier: None });
    }

    fn atomic(&mut self) {
        let ty = self.random.pick(&TYPES[..4]);
        let base = self.builder.slot_addr(self.slot, 0);
        let off = self.random.below(15) as i64 * 8;
        let addr = self.builder.ptr_off(base, off);
        let val = self.value(ty);
        let (result, ty) = match self.random.below(4) {
            0 => {
                self.builder.ins(Op::AtomicStore { addr, val });
                return;
            }
            1 => (self.builder.ins(Op::AtomicLoad { ty, addr }).single(), ty),
            2 => {
                let op = self.random.pick(RmwOp::ALL);
                (self.builder.ins(Op::AtomicRmw { op, addr, val }).single(), ty)
            }
            _ => {
                let old = self.value(ty);
                (self.builder.ins(Op::AtomicCas { addr, old, new: val }).single(), Type::I8)
            }
        };
        let var = self.var(ty);
        self.builder.set(var, result);
    }

    fn check(&mut self) {
        let (x, y) = (self.value(Type::I64), self.value(Type::I64));
        let mask = self.builder.iconst(Type::I64, 7);
        let x = self.builder.binary(BinaryOp::And, x, mask);
        let y = self.builder.binary(BinaryOp::Or, y, mask);
        let kind = self.random.pick(&[BoundsKind::SliceB, BoundsKind::SliceAlen, BoundsKind::Index]);
        self.builder.bounds_check(kind, true, x, y);
    }

    fn call(&mut self) {
        if self.callees.is_empty() {
            return;
        }
        let (name, sig) = self.callees[self.random.below(self.callees.len())].clone();
        let mut args = Vec::new();
        for &ty in &sig.params {
            let arg = match ty {
                Type::Ptr if self.random.below(2) == 0 => {
                    self.builder.new_object("type:object", OBJECT_BYTES, 8)
                }
                Type::Ptr => self.builder.get(self.object),
                ty => self.value(ty),
            };
            args.push(arg);
        }
        let results = if self.random.below(4) == 0 {
            let code = self.builder.func_addr(&name);
            self.builder.call_indirect(code, args, &sig.results)
        } else {
            self.builder.call(&name, args, &sig.results)
        };
        for (value, &ty) in results.iter().zip(&sig.results) {
            let var = self.var(ty);
            self.builder.set(var, value);
        }
    }

    fn branch(&mut self, depth: usize) {
        let cond = self.condition();
        let (then, els, join) = (self.builder.block(), self.builder.cold_block(), self.builder.block());
        self.builder.branch(cond, then, els);
        self.builder.switch_to(then);
        self.statements(depth);
        self.builder.jump(join);
        self.builder.switch_to(els);
        self.statements(depth);
        self.builder.jump(join);
        self.builder.switch_to(join);
    }

    fn repeat(&mut self, depth: usize) {
        let counter = self.builder.declare(Type::I64);
        let n = self.random.below(5) as i64;
        let zero = self.builder.iconst(Type::I64, 0);
        self.builder.set(counter, zero);
        let (head, body, done) = (self.builder.block(), self.builder.block(), self.builder.block());
        self.builder.jump(head);
        self.builder.switch_to(head);
        let (value, limit) = (self.builder.get(counter), self.builder.iconst(Type::I64, n));
        let cond = self.builder.compare(Cmp::LtS, value, limit);
        self.builder.branch(cond, body, done);
        self.builder.switch_to(body);
        self.statements(depth);
        let (value, one) = (self.builder.get(counter), self.builder.iconst(Type::I64, 1));
        let value = self.builder.binary(BinaryOp::Add, value, one);
        self.builder.set(counter, value);
        self.builder.jump(head);
        self.builder.switch_to(done);
    }

    fn switch(&mut self, depth: usize) {
        let ty = self.random.pick(&TYPES[..4]);
        let value = self.value(ty);
        let join = self.builder.block();
        let mut cases = Vec::new();
        let mut blocks = Vec::new();
        let start = self.random.bits() & ty.mask();
        for n in 0..self.random.below(6) {
            let bits = start.wrapping_add(n as u64 * (1 + self.random.below(2) as u64)) & ty.mask();
            if cases.iter().all(|&(other, _)| other != bits) {
                let block = self.builder.block();
                cases.push((bits, block));
                blocks.push(block);
            }
        }
        let default = self.builder.block();
        blocks.push(default);
        self.builder.switch(value, cases, default);
        for block in blocks {
            self.builder.switch_to(block);
            self.statements(depth);
            self.builder.jump(join);
        }
        self.builder.switch_to(join);
    }
}

/// The function of the constant func value.
fn twice() -> Func {
    let sig = Signature { params: vec![Type::Ptr, Type::I64], results: vec![Type::I64] };
    let mut builder = Builder::new("twice", sig);
    builder.func_mut().flags.closure = true;
    let x = builder.param(1);
    let sum = builder.binary(BinaryOp::Add, x, x);
    builder.ret(vec![sum]);
    builder.finish()
}

fn data(name: &str, size: u64) -> Data {
    Data { name: name.into(), size, align: 8, ..Data::default() }
}

/// A program and calls of its functions.
pub fn program(seed: u64) -> (Program, Vec<(String, Vec<u64>)>) {
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut program = Program::default();
    let mut fv = data("twice·f", 8);
    fv.readonly = true;
    fv.relocs.push(DataReloc { off: 0, kind: DataRelocKind::Addr, target: "twice".into(), addend: 0 });
    program.datas.extend([fv, data("global", 8), data("type:object", 8)]);
    program.funcs.push(twice());
    let mut known: Vec<(String, Signature)> = Vec::new();
    let mut calls = Vec::new();
    for n in 0..6 {
        let name = format!("f{n}");
        let takes_object = n % 2 == 0;
        let func = function(&mut random, name.clone(), takes_object, &known);
        let sig = func.sig.clone();
        known.push((name.clone(), sig.clone()));
        program.funcs.push(func);
        // Objects come from inside only.
        for _ in 0..if takes_object { 0 } else { 4 } {
            let args = sig.params.iter().map(|&ty| random.argument(ty)).collect();
            calls.push((name.clone(), args));
        }
    }
    (program, calls)
}
