//! Random programs: machine code in both modes against the interpreter, result by result.
//!
//! The generator writes with the builder as `lower` does: variables, branches, loops that end, switches,
//! memory, calls. `RIGO_RANDOM=first,count` chooses other seeds.

mod image;

use codegen::Options;
use image::{Call, Came};
use obj::Machine;
use ssa::interp::{BareHost, Stop};
use ssa::{
    BinaryOp, BoundsKind, Builder, Cmp, Conv, Op, Program, RmwOp, Signature, Slot, Type, UnaryOp, Value,
    Variable,
};

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
    slot: Slot,
    callees: Vec<(String, Signature)>,
    budget: usize,
}

fn signature(random: &mut Random) -> Signature {
    let list = |random: &mut Random, n| (0..random.below(n) + 1).map(|_| random.pick(&TYPES)).collect();
    Signature { params: list(random, 9), results: list(random, 11) }
}

fn function(random: &mut Random, name: String, callees: &[(String, Signature)]) -> ssa::Func {
    let sig = signature(random);
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
    let mut generator = Generator { pointer, random, builder, vars, slot, callees: callees.to_vec(), budget: 40 };
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
            match self.random.below(13) {
                0 | 1 if depth > 0 => self.branch(depth - 1),
                2 if depth > 0 => self.repeat(depth - 1),
                3 if depth > 0 => self.switch(depth - 1),
                4 => self.store(),
                5 => self.call(),
                6 => self.memory(),
                7 => self.atomic(),
                8 => self.check(),
                9 => self.advance(),
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
        let args: Vec<Value> = sig.params.iter().map(|&ty| self.value(ty)).collect();
        let results = if self.random.below(3) == 0 {
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

fn program(seed: u64) -> (Program, Vec<Call>) {
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut program = Program::default();
    let mut known: Vec<(String, Signature)> = Vec::new();
    let mut calls = Vec::new();
    for n in 0..4 {
        let name = format!("f{n}");
        let func = function(&mut random, name.clone(), &known);
        let sig = func.sig.clone();
        known.push((name.clone(), sig.clone()));
        program.funcs.push(func);
        for _ in 0..4 {
            let arg = |ty: &Type, random: &mut Random| match ty {
                Type::F64 => random.float().to_bits(),
                Type::F32 => u64::from((random.float() as f32).to_bits()),
                ty => random.bits() & ty.mask(),
            };
            let args = sig.params.iter().map(|ty| arg(ty, &mut random)).collect();
            calls.push(Call {
                func: name.clone(),
                args,
                params: sig.params.clone(),
                results: sig.results.clone(),
            });
        }
    }
    (program, calls)
}

/// Equal bits, or two NaNs: which NaN an operation yields is nobody's promise.
fn is_same(ty: Type, a: u64, b: u64) -> bool {
    a == b || ty.is_float() && ssa::eval::float(ty, a).is_nan() && ssa::eval::float(ty, b).is_nan()
}

#[test]
fn random_programs_run_as_interpreted() {
    let range = std::env::var("RIGO_RANDOM").ok();
    let range = range.as_deref().and_then(|range| range.split_once(','));
    let (first, count) =
        range.map_or((1, 60), |(first, count)| (first.parse().unwrap(), count.parse().unwrap()));
    for seed in first..first + count {
        check(seed);
    }
}

fn check(seed: u64) {
    let (program, calls) = program(seed);
    ssa::verify_program(&program).unwrap_or_else(|error| panic!("seed {seed}: {error}\n{program}"));
    let read = ssa::read_program(&program.to_string()).unwrap();
    assert_eq!(read.to_string(), program.to_string(), "seed {seed}");
    let expected: Vec<Result<Vec<u64>, Stop>> = calls
        .iter()
        .map(|call| {
            let mut machine = ssa::interp::Machine::new(&program, BareHost).unwrap();
            machine.run(&call.func, &call.args, 10_000_000)
        })
        .collect();
    for no_opt in [false, true] {
        let options = Options { no_opt, verify: true, ..Options::new(Machine::Amd64) };
        let object =
            codegen::compile(&program, &options).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        let came = image::run(&object, &calls, 0);
        for ((call, expected), came) in calls.iter().zip(&expected).zip(came) {
            let is_right = match (expected, &came) {
                (Ok(expected), Came::Results(results)) => {
                    call.results.iter().zip(expected).zip(results).all(|((&ty, &a), &b)| is_same(ty, a, b))
                }
                (Err(Stop::Panic(_)), Came::Panicked | Came::Faulted) => true,
                _ => false,
            };
            assert!(
                is_right,
                "seed {seed}, no_opt {no_opt}: {}({:x?}) came to {came:x?}, expected {expected:x?}",
                call.func, call.args
            );
        }
        let options = Options { machine: Machine::Riscv64, ..options };
        codegen::compile(&program, &options).unwrap_or_else(|error| panic!("seed {seed}, riscv64: {error}"));
    }
}
