//! Comparisons.

use ssa::{BinaryOp as B, Cmp, Type, Value};
use syntax::{BinaryOp, ExprId};

use crate::func::Lowerer;
use crate::layout::{Field, Kind, TypeId};
use crate::value::Val;

/// What is compared of two fields.
#[derive(Clone, Copy)]
enum Test {
    /// The lengths of strings.
    Lengths,
    /// All.
    Values,
}

impl<'a, 's> Lowerer<'_, 'a, 's> {
    /// `x op y` for a comparison: a bool.
    pub fn comparison(&mut self, op: BinaryOp, op_pos: u32, x: ExprId, y: ExprId) -> Val {
        if self.is_nil(x) || self.is_nil(y) {
            let other = if self.is_nil(x) { y } else { x };
            let first = self.expr(other).scalars()[0];
            let nonzero = self.is_nonzero(first);
            return Val::one(if op == BinaryOp::Eq { self.not(nonzero) } else { nonzero });
        }
        let (tx, ty) = (self.type_of(x), self.type_of(y));
        // An interface and a concrete value are compared as interfaces. Spec, "Comparison operators".
        let common = if self.is_interface(ty) && !self.is_interface(tx) { ty } else { tx };
        let sides = [x, y];
        let vals = self.in_order(&sides, |l, idx| {
            let val = l.borrowed(sides[idx], common);
            l.stable(common, val)
        });
        self.at(op_pos);
        Val::one(self.compare_vals(op, common, &vals[0], &vals[1]))
    }

    /// Compares two values of one type.
    pub fn compare_vals(&mut self, op: BinaryOp, ty: TypeId, lhs: &Val, rhs: &Val) -> Value {
        if let BinaryOp::Eq | BinaryOp::Ne = op {
            let equal = self.equal(ty, lhs, rhs);
            return if op == BinaryOp::Eq { equal } else { self.not(equal) };
        }
        if self.is_string(ty) {
            let args = [lhs.scalars(), rhs.scalars()].concat();
            let order = self.runtime("runtime.cmpstring", &args, &[Type::I64])[0];
            let zero = self.int(0);
            return self.b.compare(signed_cmp(op), order, zero);
        }
        let cmp = match (self.is_float(ty), self.is_signed(ty)) {
            (true, _) => float_cmp(op),
            (false, true) => signed_cmp(op),
            (false, false) => unsigned_cmp(op),
        };
        self.b.compare(cmp, lhs.single(), rhs.single())
    }

    /// 1 when the values are equal.
    pub fn equal(&mut self, ty: TypeId, lhs: &Val, rhs: &Val) -> Value {
        match self.p.data(ty).kind.clone() {
            Kind::Basic(_) if self.is_string(ty) => self.equal_strings(lhs, rhs),
            Kind::Basic(_) if self.is_float(ty) || self.is_complex(ty) => {
                self.all_scalars(Cmp::Feq, lhs, rhs)
            }
            Kind::Basic(_) | Kind::Pointer(_) | Kind::Map { .. } | Kind::Chan { .. } | Kind::Func(_) => {
                self.all_scalars(Cmp::Eq, lhs, rhs)
            }
            Kind::Interface(methods) => {
                let name = if methods.is_empty() { "runtime.efaceeqval" } else { "runtime.ifaceeqval" };
                let args = [lhs.scalars(), rhs.scalars()].concat();
                self.runtime(name, &args, &[Type::I8])[0]
            }
            Kind::Struct(fields) => {
                let parts = self.field_tests(&fields);
                self.equal_parts(parts, |l, (idx, test)| {
                    let (a, b) = (l.field(ty, lhs, idx), l.field(ty, rhs, idx));
                    match test {
                        Test::Lengths => l.b.compare(Cmp::Eq, a.scalars()[1], b.scalars()[1]),
                        Test::Values => l.equal(fields[idx].ty, &a, &b),
                    }
                })
            }
            Kind::Array { elem, len } => self.equal_arrays(ty, elem, len, lhs, rhs),
            Kind::Slice(_) | Kind::Tuple => {
                panic!("{}: {} is not comparable", self.symbol, self.p.data(ty).link)
            }
        }
    }

    /// In which order the fields of a struct are compared. As with gc, what is cheap comes first: scalars and the lengths
    /// of strings; but nothing moves across a comparison that may panic.
    fn field_tests(&self, fields: &[Field<'s>]) -> Vec<(usize, Test)> {
        let (mut tests, mut late) = (Vec::new(), Vec::new());
        for (idx, field) in fields.iter().enumerate().filter(|(_, field)| !field.obj.name.is_blank()) {
            if self.may_panic(field.ty) {
                tests.append(&mut late);
                tests.push((idx, Test::Values));
            } else if self.is_string(field.ty) {
                tests.push((idx, Test::Lengths));
                late.push((idx, Test::Values));
            } else if let Kind::Struct(_) | Kind::Array { .. } = self.p.types.get(field.ty).kind {
                late.push((idx, Test::Values));
            } else {
                tests.push((idx, Test::Values));
            }
        }
        tests.append(&mut late);
        tests
    }

    /// Reports whether comparing values of the type may panic: there is an interface in them.
    fn may_panic(&self, ty: TypeId) -> bool {
        match &self.p.types.get(ty).kind {
            Kind::Interface(_) => true,
            Kind::Struct(fields) => fields.iter().any(|field| self.may_panic(field.ty)),
            Kind::Array { elem, .. } => self.may_panic(*elem),
            _ => false,
        }
    }

    fn all_scalars(&mut self, cmp: Cmp, lhs: &Val, rhs: &Val) -> Value {
        let mut result = None;
        for (a, b) in lhs.scalars().iter().zip(rhs.scalars()) {
            let one = self.b.compare(cmp, *a, *b);
            result = Some(match result {
                None => one,
                Some(before) => self.b.binary(B::And, before, one),
            });
        }
        result.unwrap_or_else(|| self.b.iconst(Type::I8, 1))
    }

    /// Compares the lengths, then the bytes.
    fn equal_strings(&mut self, lhs: &Val, rhs: &Val) -> Value {
        let (a, n, b, m) = (lhs.scalars()[0], lhs.scalars()[1], rhs.scalars()[0], rhs.scalars()[1]);
        let same = self.b.compare(Cmp::Eq, n, m);
        self.and_then(same, |l| l.runtime("runtime.memequal", &[a, b, n], &[Type::I8])[0])
    }

    /// `first && second`, the second evaluated only when needed.
    fn and_then(&mut self, first: Value, second: impl FnOnce(&mut Self) -> Value) -> Value {
        let result = self.b.declare(Type::I8);
        self.b.set(result, first);
        let (more, done) = (self.b.block(), self.b.block());
        self.b.branch(first, more, done);
        self.b.switch_to(more);
        let second = second(self);
        self.b.set(result, second);
        self.b.jump(done);
        self.b.switch_to(done);
        self.b.get(result)
    }

    /// Compares part by part until two differ. Spec: "stops as soon as two differ".
    fn equal_parts<P>(&mut self, parts: Vec<P>, part: impl Fn(&mut Self, P) -> Value) -> Value {
        let result = self.b.declare(Type::I8);
        let done = self.b.block();
        let one = self.b.iconst(Type::I8, 1);
        self.b.set(result, one);
        for one in parts {
            let equal = part(self, one);
            self.b.set(result, equal);
            let next = self.b.block();
            self.b.branch(equal, next, done);
            self.b.switch_to(next);
        }
        self.b.jump(done);
        self.b.switch_to(done);
        self.b.get(result)
    }

    /// A loop over the elements.
    fn equal_arrays(&mut self, ty: TypeId, elem: TypeId, len: u64, lhs: &Val, rhs: &Val) -> Value {
        if let (Val::Scalars(_), Val::Scalars(_)) = (lhs, rhs) {
            return match len {
                1 => self.equal(elem, lhs, rhs),
                _ => self.b.iconst(Type::I8, 1),
            };
        }
        let (a, b) = (self.address_of_val(ty, lhs), self.address_of_val(ty, rhs));
        let (index, result) = (self.b.declare(Type::I64), self.b.declare(Type::I8));
        let (zero, one) = (self.int(0), self.b.iconst(Type::I8, 1));
        self.b.set(index, zero);
        self.b.set(result, one);
        let (head, body, done) = (self.b.block(), self.b.block(), self.b.block());
        self.b.jump(head);
        self.b.switch_to(head);
        let (i, n) = (self.b.get(index), self.int(len as i64));
        let more = self.b.compare(Cmp::LtS, i, n);
        self.b.branch(more, body, done);
        self.b.switch_to(body);
        let (pa, pb) = (self.element_address(a, i, elem), self.element_address(b, i, elem));
        let (x, y) = (self.load(elem, pa, 0), self.load(elem, pb, 0));
        let equal = self.equal(elem, &x, &y);
        self.b.set(result, equal);
        let step = self.int(1);
        let next = self.b.binary(B::Add, i, step);
        self.b.set(index, next);
        self.b.branch(equal, head, done);
        self.b.switch_to(done);
        self.b.get(result)
    }
}

fn signed_cmp(op: BinaryOp) -> Cmp {
    match op {
        BinaryOp::Lt => Cmp::LtS,
        BinaryOp::Le => Cmp::LeS,
        BinaryOp::Gt => Cmp::GtS,
        BinaryOp::Ge => Cmp::GeS,
        _ => panic!("{op:?} is no order"),
    }
}

fn unsigned_cmp(op: BinaryOp) -> Cmp {
    match op {
        BinaryOp::Lt => Cmp::LtU,
        BinaryOp::Le => Cmp::LeU,
        BinaryOp::Gt => Cmp::GtU,
        BinaryOp::Ge => Cmp::GeU,
        _ => panic!("{op:?} is no order"),
    }
}

fn float_cmp(op: BinaryOp) -> Cmp {
    match op {
        BinaryOp::Lt => Cmp::Flt,
        BinaryOp::Le => Cmp::Fle,
        BinaryOp::Gt => Cmp::Fgt,
        BinaryOp::Ge => Cmp::Fge,
        _ => panic!("{op:?} is no order"),
    }
}
