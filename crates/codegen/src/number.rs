//! Arithmetic, with the results that `ssa::eval` defines also where processors differ.

use crate::translate::{Translator, clif_type};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{self, InstBuilder, MemFlagsData, types};
use cranelift_codegen::isa::CallConv;
use ssa::{BinaryOp, Cmp, Conv, Op, Results, Type, UnaryOp, Value};

impl Translator<'_> {
    /// Translates an operation on numbers; false if it is none.
    pub(crate) fn number_op(&mut self, op: &Op, results: Results) -> bool {
        let made = match op {
            Op::Const { ty, bits } => self.constant(*ty, *bits),
            Op::Unary { op, arg } => self.unary(*op, *arg),
            Op::Binary { op, lhs, rhs } => self.binary(*op, *lhs, *rhs),
            Op::Compare { cmp, lhs, rhs } => self.compare(*cmp, *lhs, *rhs),
            Op::Convert { conv, ty, arg } => self.convert(*conv, *ty, *arg),
            Op::Select { cond, if_true, if_false } => {
                let (cond, x, y) = (self.value(*cond), self.value(*if_true), self.value(*if_false));
                self.builder.ins().select(cond, x, y)
            }
            Op::Fma { x, y, z } => self.fma(*x, *y, *z),
            Op::AddCarry { x, y, carry } => {
                self.add_carry(*x, *y, *carry, results);
                return true;
            }
            Op::SubBorrow { x, y, borrow } => {
                self.sub_borrow(*x, *y, *borrow, results);
                return true;
            }
            _ => return false,
        };
        self.define(results.single(), made);
        true
    }

    fn constant(&mut self, ty: Type, bits: u64) -> ir::Value {
        match ty {
            Type::F32 => self.builder.ins().f32const(ir::immediates::Ieee32::with_bits(bits as u32)),
            Type::F64 => self.builder.ins().f64const(ir::immediates::Ieee64::with_bits(bits)),
            Type::I8 | Type::I16 | Type::I32 | Type::I64 | Type::Ptr => {
                self.const_int(clif_type(ty), bits as i64)
            }
        }
    }

    fn unary(&mut self, op: UnaryOp, arg: Value) -> ir::Value {
        let x = self.value(arg);
        let ins = self.builder.ins();
        match op {
            UnaryOp::Neg => ins.ineg(x),
            UnaryOp::Not => ins.bnot(x),
            UnaryOp::Clz => ins.clz(x),
            UnaryOp::Ctz => ins.ctz(x),
            UnaryOp::Popcnt => ins.popcnt(x),
            UnaryOp::Bswap => ins.bswap(x),
            UnaryOp::Bitrev => ins.bitrev(x),
            UnaryOp::Fneg => ins.fneg(x),
            UnaryOp::Fabs => ins.fabs(x),
            UnaryOp::Sqrt => ins.sqrt(x),
            UnaryOp::Floor => ins.floor(x),
            UnaryOp::Ceil => ins.ceil(x),
            UnaryOp::Trunc => ins.trunc(x),
            UnaryOp::Nearest => ins.nearest(x),
        }
    }

    fn binary(&mut self, op: BinaryOp, lhs: Value, rhs: Value) -> ir::Value {
        if op.is_division() {
            match self.func.as_const(rhs) {
                Some(0) => return self.division_by_zero(op, lhs),
                Some(_) => {}
                None => {
                    let divisor = self.value(rhs);
                    self.check(divisor, "runtime.panicdivide", &[]);
                }
            }
        }
        match op {
            BinaryOp::DivS | BinaryOp::RemS => return self.signed_division(op, lhs, rhs),
            BinaryOp::MulHiS | BinaryOp::MulHiU => return self.mul_high(op, lhs, rhs),
            BinaryOp::Shl | BinaryOp::ShrU | BinaryOp::ShrS => return self.shift(op, lhs, rhs),
            _ => {}
        }
        let (x, y) = (self.value(lhs), self.value(rhs));
        let ins = self.builder.ins();
        match op {
            BinaryOp::Add => ins.iadd(x, y),
            BinaryOp::Sub => ins.isub(x, y),
            BinaryOp::Mul => ins.imul(x, y),
            BinaryOp::DivU => ins.udiv(x, y),
            BinaryOp::RemU => ins.urem(x, y),
            BinaryOp::And => ins.band(x, y),
            BinaryOp::Or => ins.bor(x, y),
            BinaryOp::Xor => ins.bxor(x, y),
            BinaryOp::Rotl => ins.rotl(x, y),
            BinaryOp::MinS => ins.smin(x, y),
            BinaryOp::MaxS => ins.smax(x, y),
            BinaryOp::MinU => ins.umin(x, y),
            BinaryOp::MaxU => ins.umax(x, y),
            BinaryOp::Fadd => ins.fadd(x, y),
            BinaryOp::Fsub => ins.fsub(x, y),
            BinaryOp::Fmul => ins.fmul(x, y),
            BinaryOp::Fdiv => ins.fdiv(x, y),
            BinaryOp::Fmin => ins.fmin(x, y),
            BinaryOp::Fmax => ins.fmax(x, y),
            BinaryOp::Fcopysign => ins.fcopysign(x, y),
            BinaryOp::DivS
            | BinaryOp::RemS
            | BinaryOp::MulHiS
            | BinaryOp::MulHiU
            | BinaryOp::Shl
            | BinaryOp::ShrU
            | BinaryOp::ShrS => unreachable!("handled above"),
        }
    }

    /// Divides by what is 0 for certain: that is, panics. The stack pointer is never 0, but Cranelift does not know, so
    /// what follows stays reachable for it.
    fn division_by_zero(&mut self, op: BinaryOp, lhs: Value) -> ir::Value {
        let ty = clif_type(self.ty(lhs));
        let x = self.value(lhs);
        let sp = self.builder.ins().get_stack_pointer(types::I64);
        let never = self.builder.ins().icmp_imm_s(IntCC::Equal, sp, 0);
        self.check(never, "runtime.panicdivide", &[]);
        let divisor = if ty == types::I8 { never } else { self.builder.ins().uextend(ty, never) };
        match op {
            BinaryOp::DivS | BinaryOp::DivU => self.builder.ins().udiv(x, divisor),
            _ => self.builder.ins().urem(x, divisor),
        }
    }

    /// Machines trap on `MIN / -1`, so a divisor of -1 is replaced by 1: the remainder is 0 then as it should be,
    /// and the quotient is the negated dividend.
    fn signed_division(&mut self, op: BinaryOp, lhs: Value, rhs: Value) -> ir::Value {
        let ty = self.ty(lhs);
        let known = self.func.as_const(rhs).map(|bits| ssa::eval::signed(ty, bits));
        let (x, y) = (self.value(lhs), self.value(rhs));
        let is_div = op == BinaryOp::DivS;
        match known {
            Some(-1) if is_div => return self.builder.ins().ineg(x),
            Some(-1) => return self.const_int(clif_type(ty), 0),
            Some(_) if is_div => return self.builder.ins().sdiv(x, y),
            Some(_) => return self.builder.ins().srem(x, y),
            None => {}
        }
        let is_minus_one = self.builder.ins().icmp_imm_s(IntCC::Equal, y, -1);
        let one = self.const_int(clif_type(ty), 1);
        let divisor = self.builder.ins().select(is_minus_one, one, y);
        if !is_div {
            return self.builder.ins().srem(x, divisor);
        }
        let quotient = self.builder.ins().sdiv(x, divisor);
        let negated = self.builder.ins().ineg(x);
        self.builder.ins().select(is_minus_one, negated, quotient)
    }

    fn mul_high(&mut self, op: BinaryOp, lhs: Value, rhs: Value) -> ir::Value {
        let ty = self.ty(lhs);
        let (x, y) = (self.value(lhs), self.value(rhs));
        let is_signed = op == BinaryOp::MulHiS;
        if ty == Type::I64 {
            let ins = self.builder.ins();
            return if is_signed { ins.smulhi(x, y) } else { ins.umulhi(x, y) };
        }
        let widen = |translator: &mut Self, x| {
            let ins = translator.builder.ins();
            if is_signed { ins.sextend(types::I64, x) } else { ins.uextend(types::I64, x) }
        };
        let (x, y) = (widen(self, x), widen(self, y));
        let product = self.builder.ins().imul(x, y);
        let high = self.builder.ins().ushr_imm_u(product, i64::from(ty.bits()));
        self.builder.ins().ireduce(clif_type(ty), high)
    }

    /// Cranelift takes counts modulo the width; Go does not.
    fn shift(&mut self, op: BinaryOp, lhs: Value, rhs: Value) -> ir::Value {
        let width = u64::from(self.ty(lhs).bits());
        let is_small = self.is_below(rhs, width);
        let known = self.func.as_const(rhs);
        let (x, count) = (self.value(lhs), self.value(rhs));
        let ty = clif_type(self.ty(lhs));
        if known.is_some() && !is_small {
            return match op {
                BinaryOp::ShrS => self.builder.ins().sshr_imm_u(x, width as i64 - 1),
                _ => self.const_int(ty, 0),
            };
        }
        if is_small {
            let ins = self.builder.ins();
            return match op {
                BinaryOp::Shl => ins.ishl(x, count),
                BinaryOp::ShrU => ins.ushr(x, count),
                _ => ins.sshr(x, count),
            };
        }
        let in_range = self.builder.ins().icmp_imm_u(IntCC::UnsignedLessThan, count, width as i64);
        if op == BinaryOp::ShrS {
            let most = self.const_int(clif_type(self.ty(rhs)), width as i64 - 1);
            let count = self.builder.ins().select(in_range, count, most);
            return self.builder.ins().sshr(x, count);
        }
        let ins = self.builder.ins();
        let shifted = if op == BinaryOp::Shl { ins.ishl(x, count) } else { ins.ushr(x, count) };
        let zero = self.const_int(ty, 0);
        self.builder.ins().select(in_range, shifted, zero)
    }

    /// Whether a count is seen to be below a bound: a constant, or masked, or the remainder of a division.
    fn is_below(&self, value: Value, bound: u64) -> bool {
        let is_small = |value: &Value, bound| self.func.as_const(*value).is_some_and(|bits| bits < bound);
        match self.func.def_op(value) {
            Some(Op::Const { bits, .. }) => *bits < bound,
            Some(Op::Binary { op: BinaryOp::And, lhs, rhs }) => is_small(lhs, bound) || is_small(rhs, bound),
            Some(Op::Binary { op: BinaryOp::RemU, rhs, .. }) => is_small(rhs, bound + 1),
            Some(Op::Convert { conv: Conv::Zext, arg, .. }) => self.is_below(*arg, bound),
            _ => false,
        }
    }

    fn compare(&mut self, cmp: Cmp, lhs: Value, rhs: Value) -> ir::Value {
        let (x, y) = (self.value(lhs), self.value(rhs));
        let int = match cmp {
            Cmp::Eq => IntCC::Equal,
            Cmp::Ne => IntCC::NotEqual,
            Cmp::LtS => IntCC::SignedLessThan,
            Cmp::LeS => IntCC::SignedLessThanOrEqual,
            Cmp::GtS => IntCC::SignedGreaterThan,
            Cmp::GeS => IntCC::SignedGreaterThanOrEqual,
            Cmp::LtU => IntCC::UnsignedLessThan,
            Cmp::LeU => IntCC::UnsignedLessThanOrEqual,
            Cmp::GtU => IntCC::UnsignedGreaterThan,
            Cmp::GeU => IntCC::UnsignedGreaterThanOrEqual,
            Cmp::Feq => return self.builder.ins().fcmp(FloatCC::Equal, x, y),
            Cmp::Fne => return self.builder.ins().fcmp(FloatCC::NotEqual, x, y),
            Cmp::Flt => return self.builder.ins().fcmp(FloatCC::LessThan, x, y),
            Cmp::Fle => return self.builder.ins().fcmp(FloatCC::LessThanOrEqual, x, y),
            Cmp::Fgt => return self.builder.ins().fcmp(FloatCC::GreaterThan, x, y),
            Cmp::Fge => return self.builder.ins().fcmp(FloatCC::GreaterThanOrEqual, x, y),
        };
        self.builder.ins().icmp(int, x, y)
    }

    fn convert(&mut self, conv: Conv, ty: Type, arg: Value) -> ir::Value {
        let from = self.ty(arg);
        let x = self.value(arg);
        let to = clif_type(ty);
        match conv {
            Conv::Sext => self.builder.ins().sextend(to, x),
            Conv::Zext => self.builder.ins().uextend(to, x),
            Conv::Wrap => self.builder.ins().ireduce(to, x),
            Conv::IntToFloatS => self.builder.ins().fcvt_from_sint(to, x),
            Conv::IntToFloatU => self.builder.ins().fcvt_from_uint(to, x),
            Conv::FloatToIntS => self.float_to_int(x, from, ty, ty == Type::I64),
            Conv::FloatToIntU if ty == Type::I64 => self.float_to_u64(x, from),
            Conv::FloatToIntU => self.float_to_int(x, from, ty, ty == Type::I32),
            Conv::Fpromote => self.builder.ins().fpromote(to, x),
            Conv::Fdemote => self.builder.ins().fdemote(to, x),
            Conv::Bitcast if clif_type(from) == to => x,
            Conv::Bitcast => self.builder.ins().bitcast(to, MemFlagsData::new(), x),
        }
    }

    fn float(&mut self, ty: Type, value: f64) -> ir::Value {
        if ty == Type::F32 {
            self.builder.ins().f32const(value as f32)
        } else {
            self.builder.ins().f64const(value)
        }
    }

    /// Converts by way of a signed integer of 64 or 32 bits and cuts the result. What does not fit becomes
    /// the least integer; the saturating conversion does so already for numbers that are too small.
    fn float_to_int(&mut self, x: ir::Value, from: Type, to: Type, by_64: bool) -> ir::Value {
        let (by, bound) = if by_64 { (types::I64, 2f64.powi(63)) } else { (types::I32, 2f64.powi(31)) };
        let saturated = self.builder.ins().fcvt_to_sint_sat(by, x);
        let bound = self.float(from, bound);
        let fits = self.builder.ins().fcmp(FloatCC::LessThan, x, bound);
        let least = self.const_int(by, if by_64 { i64::MIN } else { i64::from(i32::MIN) });
        let value = self.builder.ins().select(fits, saturated, least);
        if clif_type(to) == by { value } else { self.builder.ins().ireduce(clif_type(to), value) }
    }

    fn float_to_u64(&mut self, x: ir::Value, from: Type) -> ir::Value {
        let two_63 = self.float(from, 2f64.powi(63));
        let is_low = self.builder.ins().fcmp(FloatCC::LessThan, x, two_63);
        let low = self.float_to_int(x, from, Type::I64, true);
        let reduced = self.builder.ins().fsub(x, two_63);
        let high = self.float_to_int(reduced, from, Type::I64, true);
        let high = self.builder.ins().bor_imm_s(high, i64::MIN);
        self.builder.ins().select(is_low, low, high)
    }

    fn fma(&mut self, x: Value, y: Value, z: Value) -> ir::Value {
        let ty = self.ty(x);
        let args = [self.value(x), self.value(y), self.value(z)];
        if self.isa.has_fma {
            return self.builder.ins().fma(args[0], args[1], args[2]);
        }
        let name = if ty == Type::F32 { "fmaf" } else { "fma" };
        self.call_symbol(name, CallConv::SystemV, &args, &[clif_type(ty)])[0]
    }

    fn add_carry(&mut self, x: Value, y: Value, carry: Value, results: Results) {
        let ty = clif_type(self.ty(x));
        let (x, y, carry) = (self.value(x), self.value(y), self.value(carry));
        let partial = self.builder.ins().iadd(x, y);
        let first = self.builder.ins().icmp(IntCC::UnsignedLessThan, partial, x);
        let sum = self.builder.ins().iadd(partial, carry);
        let second = self.builder.ins().icmp(IntCC::UnsignedLessThan, sum, partial);
        self.define_with_carry(sum, first, second, ty, results);
    }

    fn sub_borrow(&mut self, x: Value, y: Value, borrow: Value, results: Results) {
        let ty = clif_type(self.ty(x));
        let (x, y, borrow) = (self.value(x), self.value(y), self.value(borrow));
        let partial = self.builder.ins().isub(x, y);
        let first = self.builder.ins().icmp(IntCC::UnsignedLessThan, x, y);
        let difference = self.builder.ins().isub(partial, borrow);
        let second = self.builder.ins().icmp(IntCC::UnsignedLessThan, partial, borrow);
        self.define_with_carry(difference, first, second, ty, results);
    }

    fn define_with_carry(
        &mut self,
        value: ir::Value,
        a: ir::Value,
        b: ir::Value,
        ty: ir::Type,
        results: Results,
    ) {
        let either = self.builder.ins().bor(a, b);
        let carry = if ty == types::I8 { either } else { self.builder.ins().uextend(ty, either) };
        self.define(results.first, value);
        self.define(Value(results.first.0 + 1), carry);
    }
}
