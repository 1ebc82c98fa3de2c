//! Places: what can be assigned to, and what has an address.

use smallvec::SmallVec;
use ssa::{BoundsKind, Value, Variable};
use syntax::{ExprId, ExprKind};
use types::{Obj, ObjKind, Selection, VarRole};

use crate::func::{Local, Lowerer};
use crate::layout::{Kind, Shape, TypeId};
use crate::program::address;
use crate::value::Val;

/// A place with its operands evaluated. Bounds are checked when it is read or written, after the right side.
/// Spec, "Assignment statements".
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// `_`
    Blank,
    /// SSA variables: a local variable or a field of one.
    Vars(SmallVec<[Variable; 4]>),
    /// Memory.
    Memory {
        /// A pointer into the object.
        addr: Value,
        /// Bytes to add.
        off: u64,
        /// In this function's frame.
        is_stack: bool,
    },
    /// An element behind a bounds check.
    Element {
        /// The first element.
        base: Value,
        /// The pointer behind which the array lies, which may be nil.
        behind: Option<Value>,
        /// The index as `i64`.
        index: Value,
        /// Whether the index has a sign.
        signed: bool,
        /// The number of elements.
        len: Value,
        /// The element's type.
        elem: TypeId,
        /// In this function's frame.
        is_stack: bool,
    },
    /// An element of a map.
    MapElement {
        /// The map type.
        ty: TypeId,
        /// The map.
        map: Value,
        /// The key.
        key: Val,
    },
}

impl<'a, 's> Lowerer<'_, 'a, 's> {
    /// Evaluates the operands of a place.
    pub fn place(&mut self, expr: ExprId) -> Place {
        let tree = self.tree();
        match tree[expr].kind {
            ExprKind::Paren(x) => self.place(x),
            ExprKind::Name(name) if name.is_blank() => Place::Blank,
            ExprKind::Name(_) => self.name_place(expr),
            ExprKind::Star(x) => {
                let addr = self.expr(x).single();
                Place::Memory { addr, off: 0, is_stack: false }
            }
            ExprKind::Selector { x, .. } => self.selector_place(expr, x),
            ExprKind::Index { x, indices, .. } => {
                let place = self.index_place(expr, x, tree[indices][0]);
                self.at_operation(expr);
                place
            }
            _ => {
                // Not addressable: a value that a method is called on, say. It gets a place of its own.
                let ty = self.type_of(expr);
                let val = self.expr(expr);
                let addr = self.address_of_val(ty, &val);
                Place::Memory { addr, off: 0, is_stack: !self.is_large(ty) }
            }
        }
    }

    fn name_place(&mut self, expr: ExprId) -> Place {
        let obj = self.object(expr);
        match obj.kind {
            ObjKind::Var { role: VarRole::Package } => {
                let symbol = self.global(obj);
                let addr = self.b.sym_addr(&symbol, 0);
                Place::Memory { addr, off: 0, is_stack: false }
            }
            ObjKind::Var { .. } => self.local_place(obj),
            _ => panic!("{}: {} is no place", self.symbol, obj.name),
        }
    }

    /// The object that a name refers to or declares.
    pub fn object(&self, expr: ExprId) -> Obj<'s> {
        let used = self.src.file.info.uses.get(expr.index()).copied().flatten();
        let used = used.or_else(|| self.def(self.tree()[expr].span.start));
        used.unwrap_or_else(|| panic!("{}: a name without an object", self.symbol))
    }

    /// The place of a local variable.
    pub fn local_place(&mut self, obj: Obj<'s>) -> Place {
        let local = self.locals.get(&address(obj)).cloned();
        let local = local.unwrap_or_else(|| panic!("{}: {} is not declared", self.symbol, obj.name));
        self.place_of(&local)
    }

    /// The place that a local stands for.
    pub fn place_of(&mut self, local: &Local) -> Place {
        match local {
            Local::Vars(vars) => Place::Vars(vars.clone()),
            Local::Slot(slot) => Place::Memory { addr: self.b.slot_addr(*slot, 0), off: 0, is_stack: true },
            Local::Boxed(_) | Local::SlotBoxed(_) => {
                let addr = self.box_address(local).expect("it is boxed");
                Place::Memory { addr, off: 0, is_stack: false }
            }
        }
    }

    /// The address of the object that a shared local lives in.
    pub fn box_address(&mut self, local: &Local) -> Option<Value> {
        match local {
            Local::Boxed(variable) => Some(self.b.get(*variable)),
            Local::SlotBoxed(slot) => {
                let addr = self.b.slot_addr(*slot, 0);
                Some(self.b.load(ssa::Type::Ptr, addr, 0))
            }
            Local::Vars(_) | Local::Slot(_) => None,
        }
    }

    /// Makes a shared local live in another object.
    pub fn set_box(&mut self, local: &Local, object: Value) {
        match local {
            Local::Boxed(variable) => self.b.set(*variable, object),
            Local::SlotBoxed(slot) => {
                let addr = self.b.slot_addr(*slot, 0);
                self.b.store(addr, 0, object);
            }
            Local::Vars(_) | Local::Slot(_) => panic!("{}: {local:?} is not shared", self.symbol),
        }
    }

    fn selector_place(&mut self, expr: ExprId, x: ExprId) -> Place {
        match self.src.file.info.selections.get(&expr) {
            Some(Selection::Field { path, .. }) => {
                let ty = self.type_of(x);
                let base = match self.p.data(ty).kind {
                    Kind::Pointer(_) => Place::Blank,
                    _ => self.place(x),
                };
                match base {
                    Place::Blank => {
                        let val = self.expr(x);
                        self.field_place_of_value(ty, val, path)
                    }
                    place => self.field_place(ty, place, path),
                }
            }
            Some(Selection::Qualified(obj)) => {
                let symbol = self.global(obj);
                let addr = self.b.sym_addr(&symbol, 0);
                Place::Memory { addr, off: 0, is_stack: false }
            }
            other => panic!("{}: {other:?} is no place", self.symbol),
        }
    }

    /// Follows field numbers from a pointer value.
    fn field_place_of_value(&mut self, ty: TypeId, val: Val, path: &[u32]) -> Place {
        let Kind::Pointer(elem) = self.p.data(ty).kind else {
            panic!("{}: a path from no pointer", self.symbol)
        };
        let place = Place::Memory { addr: val.single(), off: 0, is_stack: false };
        self.field_place(elem, place, path)
    }

    /// Elements of maps have no address: what is read of one is read of a copy.
    fn not_in_map(&mut self, ty: TypeId, place: Place) -> Place {
        if !matches!(place, Place::MapElement { .. }) {
            return place;
        }
        let val = self.read_place(ty, &place);
        self.place_of_val(ty, &val)
    }

    /// Follows field numbers from the place of a struct.
    pub fn field_place(&mut self, ty: TypeId, mut place: Place, path: &[u32]) -> Place {
        let mut ty = ty;
        place = self.not_in_map(ty, place);
        for idx in path {
            if let Kind::Pointer(elem) = self.p.data(ty).kind {
                let addr = self.read_place(ty, &place).single();
                place = Place::Memory { addr, off: 0, is_stack: false };
                ty = elem;
            }
            let Kind::Struct(fields) = self.p.data(ty).kind.clone() else { panic!("a field of no struct") };
            let idx = *idx as usize;
            place = match place {
                Place::Vars(vars) => {
                    let start: usize = fields[..idx].iter().map(|field| self.n_scalars(field.ty)).sum();
                    let n = self.n_scalars(fields[idx].ty);
                    Place::Vars(SmallVec::from_slice(&vars[start..start + n]))
                }
                other => {
                    let (addr, off, is_stack) = self.locate(&other);
                    Place::Memory { addr, off: off + fields[idx].off, is_stack }
                }
            };
            ty = fields[idx].ty;
        }
        place
    }

    fn index_place(&mut self, expr: ExprId, x: ExprId, index: ExprId) -> Place {
        let ty = self.type_of(x);
        let kind = self.p.data(ty).kind.clone();
        match kind {
            Kind::Map { key, .. } => {
                let map = self.expr(x).single();
                let key_val = self.expr_as(index, key);
                let key_val = self.stable(key, key_val);
                Place::MapElement { ty, map, key: key_val }
            }
            Kind::Slice(elem) => {
                let slice = self.expr(x);
                let (index, signed) = self.index_value(index);
                let (base, len) = (slice.scalars()[0], slice.scalars()[1]);
                Place::Element { base, behind: None, index, signed, len, elem, is_stack: false }
            }
            Kind::Pointer(array) => {
                let Kind::Array { elem, len } = self.p.data(array).kind else {
                    panic!("an index of no array")
                };
                let base = self.expr(x).single();
                let (index, signed) = self.index_value(index);
                let len = self.int(len as i64);
                Place::Element { base, behind: Some(base), index, signed, len, elem, is_stack: false }
            }
            Kind::Array { elem, len } => {
                let place = self.place(x);
                let place = self.not_in_map(ty, place);
                let (index, signed) = self.index_value(index);
                let len = self.int(len as i64);
                if let Place::Vars(vars) = place {
                    // One element, or none with any bytes.
                    self.at_operation(expr);
                    self.b.bounds_check(BoundsKind::Index, signed, index, len);
                    let is_whole =
                        matches!(&self.p.data(elem).shape, Shape::Scalars(list) if list.len() == vars.len());
                    if is_whole {
                        return Place::Vars(vars);
                    }
                    // Of no elements; never reached.
                    let zero = self.zero(elem);
                    return self.place_of_val(elem, &zero);
                }
                let (addr, off, is_stack) = self.locate(&place);
                let base = self.b.ptr_off(addr, off as i64);
                let behind = Some(addr).filter(|_| !is_stack && !self.is_object(addr));
                Place::Element { base, behind, index, signed, len, elem, is_stack }
            }
            _ => panic!("{}: an index of {}", self.symbol, self.p.data(ty).link),
        }
    }

    /// An index as `i64`, and whether it has a sign. An unsigned index beyond `i64` is out of any bounds.
    pub fn index_value(&mut self, expr: ExprId) -> (Value, bool) {
        let ty = self.type_of(expr);
        let signed = self.is_signed(ty);
        let val = self.expr(expr).single();
        (self.b.resize(val, ssa::Type::I64, signed), signed)
    }

    /// Checks what is left to check and returns address, offset and whether it is in the frame.
    ///
    /// # Panics
    /// For places that have no address.
    pub fn locate(&mut self, place: &Place) -> (Value, u64, bool) {
        match place {
            Place::Memory { addr, off, is_stack } => (*addr, *off, *is_stack),
            Place::Element { base, behind, index, signed, len, elem, is_stack } => {
                if let Some(pointer) = behind {
                    self.b.nil_check(*pointer);
                }
                self.b.bounds_check(BoundsKind::Index, *signed, *index, *len);
                let addr = self.element_address(*base, *index, *elem);
                (addr, 0, *is_stack)
            }
            Place::Blank | Place::Vars(_) | Place::MapElement { .. } => {
                panic!("{}: {place:?} has no address", self.symbol)
            }
        }
    }

    /// `base + index * size of elem`, without a check.
    pub fn element_address(&mut self, base: Value, index: Value, elem: TypeId) -> Value {
        let size = self.p.data(elem).size;
        let bytes = match size {
            1 => index,
            size => {
                let size = self.int(size as i64);
                self.b.binary(ssa::BinaryOp::Mul, index, size)
            }
        };
        self.b.ptr_add(base, bytes, 0)
    }

    /// Reads a place.
    pub fn read_place(&mut self, ty: TypeId, place: &Place) -> Val {
        match place {
            Place::Blank => self.zero(ty),
            Place::Vars(vars) => Val::Scalars(vars.iter().map(|var| self.b.get(*var)).collect()),
            Place::MapElement { ty, map, key } => self.map_read(*ty, *map, key, false).0,
            place => {
                let (addr, off, _) = self.locate(place);
                self.check_far(addr, off, ty);
                self.load(ty, addr, off)
            }
        }
    }

    /// Writes a place.
    pub fn write_place(&mut self, ty: TypeId, place: &Place, val: &Val) {
        match place {
            Place::Blank => {}
            Place::Vars(vars) => {
                for (var, value) in vars.iter().zip(val.scalars()) {
                    self.b.set(*var, *value);
                }
            }
            Place::MapElement { ty, map, key } => self.map_write(*ty, *map, key, val),
            place => {
                let (addr, off, is_stack) = self.locate(place);
                self.check_far(addr, off, ty);
                self.store(ty, addr, off, val, is_stack);
            }
        }
    }

    // Nothing is mapped in the first 4096 bytes: there the access itself finds nil. What lies further, what has no
    // bytes, and what `MemCopy` moves is checked.
    fn check_far(&mut self, addr: Value, off: u64, ty: TypeId) {
        let data = self.p.data(ty);
        if !self.is_object(addr) && (off >= 4096 || data.size == 0 || matches!(data.shape, Shape::Memory)) {
            self.b.nil_check(addr);
        }
    }

    /// Evaluates an array of which nothing but the length is wanted: it must exist.
    pub fn evaluate_array(&mut self, expr: ExprId) {
        if !self.is_place(expr) {
            self.expr(expr);
            return;
        }
        let place = self.place(expr);
        self.at_operation(expr);
        if let Place::Memory { .. } | Place::Element { .. } = place {
            self.existing(&place);
        }
    }

    /// Reports whether the pointer is that of an object, or made of one that was checked.
    fn is_object(&self, addr: Value) -> bool {
        use ssa::Op;
        let op = self.b.func().def_op(addr);
        matches!(op, Some(Op::SlotAddr { .. } | Op::SymAddr { .. } | Op::New { .. } | Op::PtrAdd { .. }))
    }

    /// The address of a place that must exist.
    pub fn existing(&mut self, place: &Place) -> Value {
        let (addr, off, is_stack) = self.locate(place);
        if !is_stack && !self.is_object(addr) {
            self.b.nil_check(addr);
        }
        self.b.ptr_off(addr, off as i64)
    }

    /// The address of a place that has one: `&x`.
    pub fn address_of(&mut self, expr: ExprId) -> Value {
        let place = self.place(expr);
        self.at_operation(expr);
        self.existing(&place)
    }
}
