//! Conversions: explicit, implicit, to interfaces and out of them.

use ssa::{Conv, Type, Value};
use syntax::{ExprId, ExprKind};
use types::Basic;

use crate::func::Lowerer;
use crate::layout::{Kind, TypeId};
use crate::value::Val;

impl<'a, 's> Lowerer<'_, 'a, 's> {
    /// Converts a value as an assignment does: to an interface, or nothing at all.
    pub fn assign_convert(&mut self, val: Val, from: TypeId, to: TypeId) -> Val {
        if from == to || !self.is_interface(to) {
            return val;
        }
        if self.is_interface(from) {
            return self.interface_to_interface(val, from, to);
        }
        self.make_interface(val, from, to)
    }

    /// Makes an interface value of a concrete one.
    fn make_interface(&mut self, val: Val, from: TypeId, to: TypeId) -> Val {
        let Kind::Interface(methods) = self.p.data(to).kind.clone() else { panic!("no interface") };
        let word = if methods.is_empty() {
            self.p.methods.convert(from);
            self.descriptor_addr(from)
        } else {
            match self.p.itab(from, to) {
                Some(symbol) => self.b.sym_addr(&symbol, 0),
                None => self.nil(),
            }
        };
        let data = self.data_word(val, from);
        Val::of(&[word, data])
    }

    /// The data word of an interface: the value itself if it is one pointer, else the address of a copy.
    fn data_word(&mut self, val: Val, from: TypeId) -> Value {
        if self.p.types.is_direct(from) {
            return val.single();
        }
        let addr = self.new_object(from);
        self.store(from, addr, 0, &val, false);
        addr
    }

    /// Converts between interface types. A nil interface stays nil.
    fn interface_to_interface(&mut self, val: Val, from: TypeId, to: TypeId) -> Val {
        let (Kind::Interface(have), Kind::Interface(want)) =
            (self.p.data(from).kind.clone(), self.p.data(to).kind.clone())
        else {
            panic!("no interfaces")
        };
        let (word, data) = (val.scalars()[0], val.scalars()[1]);
        if have.len() == want.len()
            && have.iter().zip(want.iter()).all(|(a, b)| types::method_key(a) == types::method_key(b))
        {
            return val;
        }
        let ty = self.dynamic_type(word, have.is_empty());
        if want.is_empty() {
            return Val::of(&[ty, data]);
        }
        let inter = self.descriptor_addr(to);
        let itab = self.runtime("runtime.convI2I", &[inter, ty], &[Type::Ptr])[0];
        Val::of(&[itab, data])
    }

    /// The type word of an interface's first word: that itself, or what the itab holds.
    pub fn dynamic_type(&mut self, word: Value, is_empty: bool) -> Value {
        if is_empty {
            return word;
        }
        let result = self.b.declare(Type::Ptr);
        self.b.set(result, word);
        let (load, done) = (self.b.block(), self.b.block());
        let has_itab = self.is_nonzero(word);
        self.b.branch(has_itab, load, done);
        self.b.switch_to(load);
        let ty = self.b.load(Type::Ptr, word, std::mem::offset_of!(abi::types::Itab, ty) as i32);
        self.b.set(result, ty);
        self.b.jump(done);
        self.b.switch_to(done);
        self.b.get(result)
    }

    /// `T(x)`
    pub fn conversion(&mut self, x: ExprId, to: TypeId) -> Val {
        if self.is_nil(x) {
            return self.zero(to);
        }
        let from = self.type_of(x);
        let val = self.expr(x);
        self.convert_val(val, from, to, self.tree()[x].span.start)
    }

    fn convert_val(&mut self, val: Val, from: TypeId, to: TypeId, offset: u32) -> Val {
        if from == to || self.is_interface(to) {
            return self.assign_convert(val, from, to);
        }
        let (a, b) = (self.p.data(from).kind.clone(), self.p.data(to).kind.clone());
        match (a, b) {
            (Kind::Basic(a), Kind::Basic(b)) => self.convert_basic(val, (from, a), (to, b)),
            (Kind::Slice(elem), Kind::Basic(Basic::String)) => {
                let name = match self.p.data(elem).size {
                    1 => "runtime.slicebytetostring",
                    _ => "runtime.slicerunetostring",
                };
                Val::Scalars(self.runtime(name, &val.scalars()[..2], &[Type::Ptr, Type::I64]))
            }
            (Kind::Basic(Basic::String | Basic::UntypedString), Kind::Slice(elem)) => {
                self.string_to_slice(&val, elem)
            }
            (Kind::Slice(_), Kind::Pointer(array)) => {
                let Kind::Array { len, .. } = self.p.data(array).kind else { panic!("no array") };
                Val::one(self.slice_to_array(&val, len))
            }
            (Kind::Slice(_), Kind::Array { len, .. }) => {
                let addr = self.slice_to_array(&val, len);
                let val = self.load(to, addr, 0);
                self.stable(to, val)
            }
            (Kind::Basic(Basic::Uintptr), Kind::Pointer(_))
            | (Kind::Pointer(_), Kind::Basic(Basic::Uintptr)) => {
                self.unsupported(offset, "this conversion");
                self.zero(to)
            }
            // The same underlying type, or pointers of one: nothing changes.
            _ => val,
        }
    }

    /// Checks the length and yields the first element's address.
    fn slice_to_array(&mut self, val: &Val, len: u64) -> Value {
        let (data, have) = (val.scalars()[0], val.scalars()[1]);
        let want = self.int(len as i64);
        self.b.bounds_check(ssa::BoundsKind::Convert, true, have, want);
        data
    }

    fn string_to_slice(&mut self, val: &Val, elem: TypeId) -> Val {
        let len = val.scalars()[1];
        match self.p.data(elem).size {
            1 => {
                let parts = self.runtime("runtime.stringtoslicebyte", val.scalars(), &[Type::Ptr, Type::I64]);
                Val::of(&[parts[0], len, parts[1]])
            }
            _ => {
                let parts = self.runtime("runtime.stringtoslicerune", val.scalars(), &[Type::Ptr, Type::I64]);
                Val::of(&[parts[0], parts[1], parts[1]])
            }
        }
    }

    fn convert_basic(&mut self, val: Val, (from, a): (TypeId, Basic), (to, b): (TypeId, Basic)) -> Val {
        let is_string = |basic| matches!(basic, Basic::String | Basic::UntypedString);
        if is_string(b) {
            if is_string(a) {
                return val;
            }
            let signed = self.is_signed(from);
            let wide = self.b.resize(val.single(), Type::I64, signed);
            return Val::Scalars(self.runtime("runtime.intstring", &[wide], &[Type::Ptr, Type::I64]));
        }
        if self.is_complex(to) {
            let target = if self.p.data(to).size == 8 { Type::F32 } else { Type::F64 };
            return Val::Scalars(val.scalars().iter().map(|x| self.float_resize(*x, target)).collect());
        }
        let (x, target) = (val.single(), self.scalar_type(to));
        let source = self.b.func().ty(x);
        if source == target && self.is_float(from) == self.is_float(to) {
            return val;
        }
        let converted = match (source.is_float(), target.is_float()) {
            (true, true) => self.float_resize(x, target),
            (false, true) => {
                let signed = self.is_signed(from);
                let wide = if source == Type::Ptr { x } else { self.b.resize(x, Type::I64, signed) };
                self.b.convert(if signed { Conv::IntToFloatS } else { Conv::IntToFloatU }, target, wide)
            }
            (true, false) => {
                let conv = if self.is_signed(to) { Conv::FloatToIntS } else { Conv::FloatToIntU };
                self.b.convert(conv, target, x)
            }
            (false, false) if source == Type::Ptr || target == Type::Ptr => {
                self.b.convert(Conv::Bitcast, target, x)
            }
            (false, false) => {
                let signed = self.is_signed(from);
                self.b.resize(x, target, signed)
            }
        };
        Val::one(converted)
    }

    fn float_resize(&mut self, x: Value, target: Type) -> Value {
        match (self.b.func().ty(x), target) {
            (Type::F32, Type::F64) => self.b.convert(Conv::Fpromote, target, x),
            (Type::F64, Type::F32) => self.b.convert(Conv::Fdemote, target, x),
            _ => x,
        }
    }

    /// The only scalar of a type.
    pub fn scalar_type(&self, ty: TypeId) -> Type {
        match &self.p.types.get(ty).shape {
            crate::layout::Shape::Scalars(list) if list.len() == 1 => list[0].ty,
            _ => panic!("{}: {} is not one scalar", self.symbol, self.p.types.get(ty).link),
        }
    }

    /// `x.(T)`; with `comma_ok` the second value says whether it holds, and the first is zero if not.
    pub fn type_assert(&mut self, expr: ExprId, x: ExprId, comma_ok: bool) -> (Val, Option<Value>) {
        let ExprKind::TypeAssert { ty: Some(want), .. } = self.tree()[expr].kind else {
            panic!("{}: no assertion", self.symbol)
        };
        let (from, to) = (self.type_of(x), self.type_of(want));
        let val = self.expr(x);
        self.at_operation(expr);
        let holds = self.type_test(&val, from, to);
        if comma_ok {
            let result = self.extract_if(&val, from, to, holds);
            return (result, Some(holds.0));
        }
        let have = self.descriptor_of_dynamic(&val, from);
        let (inter, want) = (self.descriptor_addr(from), self.descriptor_addr(to));
        let (ok, fail) = (self.b.block(), self.b.cold_block());
        self.b.branch(holds.0, ok, fail);
        self.b.switch_to(fail);
        match self.is_interface(to) {
            true => self.runtime("runtime.panicdottypeI", &[have, want, inter], &[]),
            false => self.runtime("runtime.panicdottypeE", &[have, want, inter], &[]),
        };
        self.b.unreachable();
        self.b.switch_to(ok);
        (self.extract(&val, to, holds), None)
    }

    fn descriptor_of_dynamic(&mut self, val: &Val, from: TypeId) -> Value {
        let is_empty = self.is_empty_interface(from);
        self.dynamic_type(val.scalars()[0], is_empty)
    }

    /// Reports whether the interface type has no methods.
    pub fn is_empty_interface(&self, ty: TypeId) -> bool {
        matches!(&self.p.types.get(ty).kind, Kind::Interface(methods) if methods.is_empty())
    }

    /// Tests the dynamic type: an `i8`, and for an interface with methods the itab.
    pub fn type_test(&mut self, val: &Val, from: TypeId, to: TypeId) -> (Value, Option<Value>) {
        let have = self.descriptor_of_dynamic(val, from);
        if !self.is_interface(to) {
            let want = self.descriptor_addr(to);
            return (self.b.compare(ssa::Cmp::Eq, have, want), None);
        }
        if self.is_empty_interface(to) {
            return (self.is_nonzero(have), None);
        }
        let inter = self.descriptor_addr(to);
        let itab = self.runtime("runtime.typeAssertItab", &[inter, have], &[Type::Ptr])[0];
        (self.is_nonzero(itab), Some(itab))
    }

    /// The value after a test that held.
    pub fn extract(&mut self, val: &Val, to: TypeId, (_, itab): (Value, Option<Value>)) -> Val {
        let data = val.scalars()[1];
        if self.is_interface(to) {
            let word = match itab {
                Some(itab) => itab,
                None => val.scalars()[0],
            };
            return Val::of(&[word, data]);
        }
        if self.p.types.is_direct(to) {
            return Val::one(data);
        }
        let val = self.load(to, data, 0);
        self.stable(to, val)
    }

    /// The value after a test, or zero.
    fn extract_if(&mut self, val: &Val, from: TypeId, to: TypeId, holds: (Value, Option<Value>)) -> Val {
        let zero = self.zero(to);
        let place = self.place_of_val(to, &zero);
        let (yes, done) = (self.b.block(), self.b.block());
        self.b.branch(holds.0, yes, done);
        self.b.switch_to(yes);
        let val = match self.is_empty_interface(to) {
            true => {
                let ty = self.descriptor_of_dynamic(val, from);
                Val::of(&[ty, val.scalars()[1]])
            }
            false => self.extract(val, to, holds),
        };
        self.write_place(to, &place, &val);
        self.b.jump(done);
        self.b.switch_to(done);
        self.read_place(to, &place)
    }
}
