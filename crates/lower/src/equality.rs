//! Equality and hash functions that descriptors point to.

use std::rc::Rc;

use ssa::{BinaryOp as B, Builder, Cmp, Type as T, Value};
use types::Type;

use crate::func::{Context, Lowerer};
use crate::layout::{Kind, TypeId};
use crate::program::Program;

/// Lowers `func(p, q unsafe.Pointer) bool`.
pub(crate) fn lower_equal<'s>(p: &mut Program<'_, 's>, symbol: &Rc<str>, ty: TypeId) {
    let mut l = begin(p, symbol, vec![T::Ptr, T::Ptr, T::Ptr], T::I8);
    let (a, b) = (l.b.param(1), l.b.param(2));
    let equal = if l.p.is_regular_memory(ty) && l.p.data(ty).size > 16 {
        let size = l.int(l.p.types.get(ty).size as i64);
        l.runtime("runtime.memequal", &[a, b, size], &[T::I8])[0]
    } else {
        let (x, y) = (l.load(ty, a, 0), l.load(ty, b, 0));
        l.equal(ty, &x, &y)
    };
    end(l, equal);
}

/// Lowers `func(p unsafe.Pointer, seed uintptr) uintptr`.
pub(crate) fn lower_hash<'s>(p: &mut Program<'_, 's>, symbol: &Rc<str>, ty: TypeId) {
    let mut l = begin(p, symbol, vec![T::Ptr, T::Ptr, T::I64], T::I64);
    let (addr, seed) = (l.b.param(1), l.b.param(2));
    let hash = l.hash(ty, addr, seed);
    end(l, hash);
}

fn begin<'p, 'a, 's>(
    p: &'p mut Program<'a, 's>,
    symbol: &Rc<str>,
    params: Vec<T>,
    result: T,
) -> Lowerer<'p, 'a, 's> {
    let sig = p.checker.alloc(Type::Signature(types::Signature {
        tparams: &[],
        recv_tparams: &[],
        recv: None,
        params: &[],
        results: &[],
        variadic: false,
    }));
    let src = p.synthetic_source();
    let mut l = Lowerer::new(p, src, symbol.clone(), sig, None, Context::Closure, 0);
    l.b = Builder::new(&**symbol, ssa::Signature { params, results: vec![result] });
    l.b.func_mut().flags.closure = true;
    l.b.func_mut().flags.dup_ok = true;
    l
}

fn end(mut l: Lowerer<'_, '_, '_>, result: Value) {
    l.b.ret(vec![result]);
    let func = l.b.finish();
    l.p.out.funcs.push(func);
}

impl<'a, 's> Lowerer<'_, 'a, 's> {
    /// The hash of the value at `addr`. Values that are equal have the same.
    fn hash(&mut self, ty: TypeId, addr: Value, seed: Value) -> Value {
        if self.p.is_regular_memory(ty) {
            let size = self.int(self.p.types.get(ty).size as i64);
            return self.runtime("runtime.memhash", &[addr, seed, size], &[T::I64])[0];
        }
        let data = self.p.data(ty);
        match &data.kind {
            Kind::Struct(fields) => {
                let mut hash = seed;
                for field in fields.iter().filter(|field| !field.obj.name.is_blank()) {
                    let at = self.b.ptr_off(addr, field.off as i64);
                    hash = self.hash(field.ty, at, hash);
                }
                hash
            }
            Kind::Array { elem, len } => self.hash_elements(*elem, *len, addr, seed),
            kind => {
                let name = match kind {
                    Kind::Interface(methods) if methods.is_empty() => "runtime.nilinterhash",
                    Kind::Interface(_) => "runtime.interhash",
                    _ if self.is_string(ty) => "runtime.strhash",
                    _ => match (self.is_complex(ty), data.size) {
                        (false, 4) => "runtime.f32hash",
                        (false, _) => "runtime.f64hash",
                        (true, 8) => "runtime.c64hash",
                        (true, _) => "runtime.c128hash",
                    },
                };
                self.runtime(name, &[addr, seed], &[T::I64])[0]
            }
        }
    }

    fn hash_elements(&mut self, elem: TypeId, len: u64, addr: Value, seed: Value) -> Value {
        let (index, hash) = (self.b.declare(T::I64), self.b.declare(T::I64));
        let zero = self.int(0);
        self.b.set(index, zero);
        self.b.set(hash, seed);
        let (head, body, done) = (self.b.block(), self.b.block(), self.b.block());
        self.b.jump(head);
        self.b.switch_to(head);
        let (i, n) = (self.b.get(index), self.int(len as i64));
        let more = self.b.compare(Cmp::LtS, i, n);
        self.b.branch(more, body, done);
        self.b.switch_to(body);
        let at = self.element_address(addr, i, elem);
        let before = self.b.get(hash);
        let after = self.hash(elem, at, before);
        self.b.set(hash, after);
        let one = self.int(1);
        let next = self.b.binary(B::Add, i, one);
        self.b.set(index, next);
        self.b.jump(head);
        self.b.switch_to(done);
        self.b.get(hash)
    }
}
