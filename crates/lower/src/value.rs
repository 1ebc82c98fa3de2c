//! Values of Go types: scalars in SSA values, everything else by the address of memory.

use smallvec::SmallVec;
use ssa::{BinaryOp, Cmp, Op, Value};

use crate::func::Lowerer;
use crate::layout::{Kind, Shape, TypeId};

/// SSA values of a flattened type.
pub(crate) type Scalars = SmallVec<[Value; 4]>;

/// A value of a Go type.
#[derive(Clone, Debug)]
pub(crate) enum Val {
    /// The scalars of its flattened form.
    Scalars(Scalars),
    /// The address of bytes that nobody changes while this value is in use.
    Memory(Value),
}

impl Val {
    /// A value of one scalar.
    pub fn one(value: Value) -> Val {
        Val::Scalars(SmallVec::from_slice(&[value]))
    }

    /// A value of several scalars.
    pub fn of(values: &[Value]) -> Val {
        Val::Scalars(SmallVec::from_slice(values))
    }

    /// The scalars.
    ///
    /// # Panics
    /// When the value lives in memory.
    pub fn scalars(&self) -> &[Value] {
        match self {
            Val::Scalars(scalars) => scalars,
            Val::Memory(_) => panic!("a value in memory where scalars were expected"),
        }
    }

    /// The only scalar.
    pub fn single(&self) -> Value {
        match self.scalars() {
            [value] => *value,
            other => panic!("{} scalars where one was expected", other.len()),
        }
    }
}

/// Larger values lie on the heap, as gc's larger variables do (`cmd/compile/internal/ir.MaxStackVarSize`).
const MAX_STACK_BYTES: u64 = 128 << 10;
/// No frame is larger.
pub(crate) const MAX_FRAME_BYTES: u64 = 1 << 30;

impl<'a, 's> Lowerer<'_, 'a, 's> {
    /// Reads a value of type `ty` at `addr + off`. A value in memory is not copied.
    pub fn load(&mut self, ty: TypeId, addr: Value, off: u64) -> Val {
        let data = self.p.data(ty);
        match &data.shape {
            Shape::Scalars(list) => {
                let load =
                    |s: &crate::layout::Scalar| self.b.load(s.ty, addr, (off + u64::from(s.off)) as i32);
                Val::Scalars(list.iter().map(load).collect())
            }
            Shape::Memory => Val::Memory(self.b.ptr_off(addr, off as i64)),
        }
    }

    /// Writes a value of type `ty` at `addr + off`. `is_stack`: the place is in this function's frame, so
    /// that no write barrier is needed.
    pub fn store(&mut self, ty: TypeId, addr: Value, off: u64, val: &Val, is_stack: bool) {
        let data = self.p.data(ty);
        match (&data.shape, val) {
            (Shape::Scalars(list), Val::Scalars(scalars)) => {
                for (s, value) in list.iter().zip(scalars) {
                    let at = (off + u64::from(s.off)) as i32;
                    match s.ty {
                        ssa::Type::Ptr if !is_stack => self.b.store_ptr(addr, at, *value),
                        _ => self.b.store(addr, at, *value),
                    }
                }
            }
            (_, Val::Memory(src)) => {
                let dst = self.b.ptr_off(addr, off as i64);
                let barrier = (!is_stack && data.ptr_bytes > 0).then(|| self.descriptor_sym(ty));
                self.b.ins(Op::MemCopy { dst, src: *src, size: data.size, barrier });
            }
            (Shape::Memory, Val::Scalars(_)) => panic!("scalars for {}, which lives in memory", data.link),
        }
    }

    /// A stack slot for a value of type `ty`.
    pub fn slot_for(&mut self, ty: TypeId) -> ssa::Slot {
        let data = self.p.data(ty);
        self.b.slot(data.size.clamp(1, u64::from(u32::MAX)) as u32, data.align)
    }

    /// Memory for a value of type `ty`, not cleared, and whether it is in this function's frame.
    pub fn room_for(&mut self, ty: TypeId) -> (Value, bool) {
        // What not even gc has room for stays in the frame, where it is found to be too much.
        if self.is_large(ty) && self.p.types.get(ty).size <= MAX_FRAME_BYTES {
            return (self.new_object(ty), false);
        }
        let slot = self.slot_for(ty);
        (self.b.slot_addr(slot, 0), true)
    }

    /// Reports whether values of the type have no place in a frame.
    pub fn is_large(&self, ty: TypeId) -> bool {
        self.p.types.get(ty).size > MAX_STACK_BYTES
    }

    /// Writes the value into fresh memory and returns its address.
    pub fn spill(&mut self, ty: TypeId, val: &Val) -> Value {
        let (addr, is_stack) = self.room_for(ty);
        self.store(ty, addr, 0, val, is_stack);
        addr
    }

    /// A value that stays as it is when the place it was read from changes.
    pub fn stable(&mut self, ty: TypeId, val: Val) -> Val {
        match val {
            Val::Scalars(_) => val,
            Val::Memory(_) => Val::Memory(self.spill(ty, &val)),
        }
    }

    /// The address of bytes that hold the value; for a value of scalars a fresh slot.
    pub fn address_of_val(&mut self, ty: TypeId, val: &Val) -> Value {
        match val {
            Val::Memory(addr) => *addr,
            Val::Scalars(_) => self.spill(ty, val),
        }
    }

    /// The zero value of a type.
    pub fn zero(&mut self, ty: TypeId) -> Val {
        let data = self.p.data(ty);
        match &data.shape {
            Shape::Scalars(list) => Val::Scalars(list.iter().map(|s| self.b.zero(s.ty)).collect()),
            Shape::Memory => {
                let (addr, is_stack) = self.room_for(ty);
                if is_stack {
                    self.b.ins(Op::MemZero { addr, size: data.size, barrier: None });
                }
                Val::Memory(addr)
            }
        }
    }

    /// Field `idx` of a struct value.
    pub fn field(&mut self, ty: TypeId, val: &Val, idx: usize) -> Val {
        let Kind::Struct(fields) = self.p.data(ty).kind.clone() else { panic!("a field of no struct") };
        match val {
            Val::Memory(addr) => self.load(fields[idx].ty, *addr, fields[idx].off),
            Val::Scalars(scalars) => {
                let count = |field: &crate::layout::Field<'_>| self.n_scalars(field.ty);
                let start: usize = fields[..idx].iter().map(count).sum();
                Val::of(&scalars[start..start + self.n_scalars(fields[idx].ty)])
            }
        }
    }

    /// How many scalars a value of the type has.
    ///
    /// # Panics
    /// When it lives in memory.
    pub fn n_scalars(&self, ty: TypeId) -> usize {
        match &self.p.types.get(ty).shape {
            Shape::Scalars(list) => list.len(),
            Shape::Memory => panic!("{} lives in memory", self.p.types.get(ty).link),
        }
    }

    /// An `i64` constant.
    pub fn int(&mut self, value: i64) -> Value {
        self.b.iconst(ssa::Type::I64, value)
    }

    /// A nil pointer.
    pub fn nil(&mut self) -> Value {
        self.b.zero(ssa::Type::Ptr)
    }

    /// 1 when the scalar is not zero or nil.
    pub fn is_nonzero(&mut self, value: Value) -> Value {
        let zero = self.b.zero(self.b.func().ty(value));
        self.b.compare(Cmp::Ne, value, zero)
    }

    /// The logical complement of a bool.
    pub fn not(&mut self, value: Value) -> Value {
        let one = self.b.iconst(ssa::Type::I8, 1);
        self.b.binary(BinaryOp::Xor, value, one)
    }
}
