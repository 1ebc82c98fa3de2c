//! Types as lowering sees them: identity, size, scalars, pointers.
//!
//! A type without type parameters has one [`TypeId`]: types are the same when their link strings are, and these
//! name packages by path and local types by number. Sizes and offsets are gc's, from `types::sizes`.

use std::rc::Rc;

use rustc_hash::FxHashMap;
use ssa::Type as T;
use syntax::ChanDir;
use types::{Basic, Obj, Ty, Type};

use crate::names::link_string;

/// A type of the program.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TypeId(pub u32);

/// A flattened type has at most so many scalars; larger ones live in memory.
pub use abi::call::MAX_SCALARS;

/// One scalar of a flattened type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Scalar {
    /// Its type.
    pub ty: ssa::Type,
    /// Where it stands in memory, in bytes.
    pub off: u32,
}

/// How values of a type live.
#[derive(Clone, Debug)]
pub enum Shape {
    /// As SSA values.
    Scalars(Rc<[Scalar]>),
    /// In memory.
    Memory,
}

/// A field of a struct.
#[derive(Clone, Copy, Debug)]
pub struct Field<'s> {
    /// The object.
    pub obj: Obj<'s>,
    /// Its type.
    pub ty: TypeId,
    /// Bytes from the start of the struct.
    pub off: u64,
    /// Its tag.
    pub tag: &'s str,
}

/// The structure of a type: its underlying type, over [`TypeId`]s.
#[derive(Clone, Debug)]
#[allow(missing_docs)] // They are named as in Go.
pub enum Kind<'s> {
    Basic(Basic),
    Pointer(TypeId),
    Slice(TypeId),
    Array {
        elem: TypeId,
        len: u64,
    },
    Map {
        key: TypeId,
        elem: TypeId,
    },
    Chan {
        dir: ChanDir,
        elem: TypeId,
    },
    Struct(Rc<[Field<'s>]>),
    Func(Rc<FuncKind>),
    /// Methods in the order of an itab.
    Interface(Rc<[Obj<'s>]>),
    Tuple,
}

/// A function type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FuncKind {
    /// Parameters; that of `...T` is `[]T`.
    pub params: Vec<TypeId>,
    /// Results.
    pub results: Vec<TypeId>,
    /// The last parameter is `...`.
    pub variadic: bool,
}

/// What is known of a type.
#[derive(Clone, Debug)]
pub struct TypeData<'s> {
    /// One of the types that are the same.
    pub ty: Ty<'s>,
    /// Its underlying type.
    pub kind: Kind<'s>,
    /// The string that identifies it.
    pub link: Rc<str>,
    /// Bytes.
    pub size: u64,
    /// Bytes.
    pub align: u32,
    /// How its values live.
    pub shape: Shape,
    /// Bytes from the start that may hold pointers.
    pub ptr_bytes: u64,
}

const SLICE: [(T, u32); 3] = [(T::Ptr, 0), (T::I64, 8), (T::I64, 16)];
const INTERFACE: [(T, u32); 2] = [(T::Ptr, 0), (T::Ptr, 8)];

fn scalars(list: &[(T, u32)]) -> Shape {
    Shape::Scalars(list.iter().map(|(ty, off)| Scalar { ty: *ty, off: *off }).collect())
}

/// All types of the program.
#[derive(Default)]
pub struct TypeTable<'s> {
    types: Vec<Rc<TypeData<'s>>>,
    by_address: FxHashMap<usize, TypeId>,
    by_link: FxHashMap<Rc<str>, TypeId>,
    /// Types whose parts are not yet looked at.
    pending: Vec<TypeId>,
    /// How many types are being looked at, one within the other.
    depth: u32,
}

impl<'s> TypeTable<'s> {
    /// Finds a type by its link string.
    pub fn by_link(&self, link: &str) -> Option<TypeId> {
        self.by_link.get(link).copied()
    }

    /// What is known of a type.
    pub fn get(&self, id: TypeId) -> &Rc<TypeData<'s>> {
        &self.types[id.0 as usize]
    }

    /// Finds or adds a type. It must not contain type parameters.
    pub fn intern(&mut self, checker: &mut types::Checker<'s>, ty: Ty<'s>) -> TypeId {
        let address = std::ptr::from_ref(ty) as usize;
        if let Some(id) = self.by_address.get(&address) {
            return *id;
        }
        let link: Rc<str> = link_string(ty).into();
        if let Some(id) = self.by_link.get(&link) {
            self.by_address.insert(address, *id);
            return *id;
        }
        // The id is given before the parts are looked at: a type may contain itself behind a pointer. What
        // stands between has a size of its own, and its parts are looked at when no type is half known.
        let id = TypeId(self.types.len() as u32);
        self.by_address.insert(address, id);
        self.by_link.insert(link.clone(), id);
        let (shape, ptr_bytes, is_known) = match checker.under(ty) {
            Type::Pointer(_) | Type::Map { .. } | Type::Chan { .. } | Type::Signature(_) => {
                (scalars(&[(T::Ptr, 0)]), 8, true)
            }
            Type::Slice(_) => (scalars(&SLICE), 8, true),
            _ => (Shape::Memory, 0, false),
        };
        let (size, align) = if is_known { self.size(checker, ty) } else { (0, 1) };
        let kind = Kind::Tuple;
        let data = TypeData { ty, kind, link: link.clone(), size, align, shape, ptr_bytes };
        self.types.push(Rc::new(data));
        self.depth += 1;
        if is_known {
            self.pending.push(id);
        } else {
            self.describe(checker, id);
        }
        self.depth -= 1;
        if self.depth == 0 {
            self.depth = 1;
            while let Some(id) = self.pending.pop() {
                self.describe(checker, id);
            }
            self.depth = 0;
        }
        id
    }

    fn size(&self, checker: &mut types::Checker<'s>, ty: Ty<'s>) -> (u64, u32) {
        match checker.under(ty) {
            Type::Tuple(_) => (0, 1),
            _ => (checker.size_of(ty).unwrap_or(0), checker.align_of(ty).max(1) as u32),
        }
    }

    fn describe(&mut self, checker: &mut types::Checker<'s>, id: TypeId) {
        let (ty, link) = (self.get(id).ty, self.get(id).link.clone());
        let under = checker.under(ty);
        let (size, align) = self.size(checker, ty);
        let kind = self.kind(checker, under);
        let shape = self.shape(&kind);
        let ptr_bytes = self.ptr_bytes(&kind);
        self.types[id.0 as usize] = Rc::new(TypeData { ty, kind, link, size, align, shape, ptr_bytes });
    }

    fn kind(&mut self, checker: &mut types::Checker<'s>, under: Ty<'s>) -> Kind<'s> {
        match under {
            Type::Basic(basic) => Kind::Basic(*basic),
            Type::Pointer(elem) => Kind::Pointer(self.intern(checker, elem)),
            Type::Slice(elem) => Kind::Slice(self.intern(checker, elem)),
            Type::Array { elem, len } => Kind::Array { elem: self.intern(checker, elem), len: *len as u64 },
            Type::Map { key, elem } => {
                Kind::Map { key: self.intern(checker, key), elem: self.intern(checker, elem) }
            }
            Type::Chan { dir, elem } => Kind::Chan { dir: *dir, elem: self.intern(checker, elem) },
            Type::Struct(st) => {
                let offsets = checker.offsets_of(st);
                let fields = st.fields.iter().zip(offsets).enumerate();
                let fields: Vec<_> = fields
                    .map(|(idx, (obj, off))| {
                        let ty = self.intern(checker, obj.ty().expect("fields are typed"));
                        Field { obj, ty, off, tag: st.tag(idx) }
                    })
                    .collect();
                Kind::Struct(fields.into())
            }
            Type::Signature(sig) => {
                let mut list = |objs: &[Obj<'s>]| -> Vec<TypeId> {
                    let types = objs.iter().map(|obj| obj.ty().expect("parameters are typed"));
                    types.map(|ty| self.intern(checker, ty)).collect()
                };
                let (params, results) = (list(sig.params), list(sig.results));
                Kind::Func(Rc::new(FuncKind { params, results, variadic: sig.variadic }))
            }
            Type::Interface(_) => Kind::Interface(checker.type_set(under).methods.into()),
            Type::Tuple(_) => Kind::Tuple,
            Type::Named(_) | Type::Alias(_) | Type::Union(_) | Type::TypeParam(_) => {
                panic!("lowering saw {under:?}, which is no type of a value")
            }
        }
    }

    fn shape(&self, kind: &Kind<'s>) -> Shape {
        match kind {
            Kind::Basic(basic) => match basic {
                Basic::Bool | Basic::Int8 | Basic::Uint8 | Basic::UntypedBool => scalars(&[(T::I8, 0)]),
                Basic::Int16 | Basic::Uint16 => scalars(&[(T::I16, 0)]),
                Basic::Int32 | Basic::Uint32 | Basic::UntypedRune => scalars(&[(T::I32, 0)]),
                Basic::Int
                | Basic::Int64
                | Basic::Uint
                | Basic::Uint64
                | Basic::Uintptr
                | Basic::UntypedInt => scalars(&[(T::I64, 0)]),
                Basic::Float32 => scalars(&[(T::F32, 0)]),
                Basic::Float64 | Basic::UntypedFloat => scalars(&[(T::F64, 0)]),
                Basic::Complex64 => scalars(&[(T::F32, 0), (T::F32, 4)]),
                Basic::Complex128 | Basic::UntypedComplex => scalars(&[(T::F64, 0), (T::F64, 8)]),
                Basic::String | Basic::UntypedString => scalars(&[(T::Ptr, 0), (T::I64, 8)]),
                Basic::UnsafePointer | Basic::UntypedNil => scalars(&[(T::Ptr, 0)]),
                Basic::Invalid => panic!("lowering saw a type in error"),
            },
            Kind::Pointer(_) | Kind::Map { .. } | Kind::Chan { .. } | Kind::Func(_) => {
                scalars(&[(T::Ptr, 0)])
            }
            Kind::Slice(_) => scalars(&SLICE),
            Kind::Interface(_) => scalars(&INTERFACE),
            Kind::Array { elem, len } => match &self.get(*elem).shape {
                _ if *len == 0 || self.get(*elem).size == 0 => scalars(&[]),
                shape @ Shape::Scalars(_) if *len == 1 => shape.clone(),
                _ => Shape::Memory,
            },
            Kind::Struct(fields) => self.struct_shape(fields),
            Kind::Tuple => Shape::Memory,
        }
    }

    fn struct_shape(&self, fields: &[Field<'s>]) -> Shape {
        let mut all = Vec::new();
        for field in fields {
            match &self.get(field.ty).shape {
                Shape::Scalars(list) => {
                    all.extend(list.iter().map(|s| Scalar { ty: s.ty, off: s.off + field.off as u32 }));
                }
                Shape::Memory => return Shape::Memory,
            }
        }
        if all.len() > MAX_SCALARS { Shape::Memory } else { Shape::Scalars(all.into()) }
    }

    fn ptr_bytes(&self, kind: &Kind<'s>) -> u64 {
        match kind {
            Kind::Basic(Basic::String | Basic::UnsafePointer | Basic::UntypedString | Basic::UntypedNil) => 8,
            Kind::Basic(_) | Kind::Tuple => 0,
            Kind::Pointer(_) | Kind::Map { .. } | Kind::Chan { .. } | Kind::Func(_) | Kind::Slice(_) => 8,
            Kind::Interface(_) => 16,
            Kind::Array { elem, len } => {
                let elem = self.get(*elem);
                if *len == 0 || elem.ptr_bytes == 0 { 0 } else { elem.size * (len - 1) + elem.ptr_bytes }
            }
            Kind::Struct(fields) => {
                let last = fields.iter().rev().find(|f| self.get(f.ty).ptr_bytes > 0);
                last.map_or(0, |f| f.off + self.get(f.ty).ptr_bytes)
            }
        }
    }

    /// Calls `mark` with the offset of each word of the type that may hold a pointer.
    pub fn for_each_pointer(&self, id: TypeId, base: u64, mark: &mut dyn FnMut(u64)) {
        match &self.get(id).kind {
            Kind::Array { elem, len } => {
                let elem_data = self.get(*elem);
                if elem_data.ptr_bytes > 0 {
                    (0..*len).for_each(|i| self.for_each_pointer(*elem, base + i * elem_data.size, mark));
                }
            }
            Kind::Struct(fields) => {
                fields.iter().for_each(|field| self.for_each_pointer(field.ty, base + field.off, mark));
            }
            Kind::Interface(_) => {
                mark(base);
                mark(base + 8);
            }
            Kind::Basic(_)
            | Kind::Pointer(_)
            | Kind::Slice(_)
            | Kind::Map { .. }
            | Kind::Chan { .. }
            | Kind::Func(_)
            | Kind::Tuple => {
                if self.get(id).ptr_bytes > 0 {
                    mark(base);
                }
            }
        }
    }

    /// Reports whether values sit in an interface's data word themselves: one pointer and nothing else.
    pub fn is_direct(&self, id: TypeId) -> bool {
        match &self.get(id).kind {
            Kind::Pointer(_) | Kind::Map { .. } | Kind::Chan { .. } | Kind::Func(_) => true,
            Kind::Basic(basic) => *basic == Basic::UnsafePointer,
            Kind::Array { elem, len: 1 } => self.is_direct(*elem),
            Kind::Struct(fields) => fields.len() == 1 && self.is_direct(fields[0].ty),
            Kind::Array { .. } | Kind::Slice(_) | Kind::Interface(_) | Kind::Tuple => false,
        }
    }
}
