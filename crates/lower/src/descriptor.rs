//! Type descriptors and itabs, in the layout of `abi::types`.

use std::mem::offset_of;
use std::rc::Rc;

use abi::types as layout;
use ssa::{Data, DataReloc, DataRelocKind};
use types::{Basic, Obj, Type};

use crate::func::{Context, Lowerer};
use crate::layout::{Kind, TypeId};
use crate::place::Place;
use crate::program::{Program, Work};
use crate::value::Val;

/// The symbol that `NameOff` and `TypeOff` count from; the linker places all descriptors behind it.
const TYPES_BASE: &str = "runtime.types";

impl<'a, 's> Program<'a, 's> {
    /// The symbol of a type's descriptor, which is emitted once.
    pub fn descriptor(&mut self, ty: TypeId) -> Rc<str> {
        let data = self.data(ty);
        let symbol: Rc<str> = format!("type:{}", data.link).into();
        if !self.claim(&symbol) {
            return symbol;
        }
        let mut out = Bytes::new(size_of::<layout::Type>());
        self.head(ty, &mut out);
        self.tail(ty, &mut out);
        self.out.datas.push(Data {
            name: (&*symbol).into(),
            align: 8,
            size: out.bytes.len() as u64,
            bytes: out.bytes,
            relocs: out.relocs,
            readonly: true,
            dup_ok: true,
            ..Default::default()
        });
        symbol
    }

    fn head(&mut self, ty: TypeId, out: &mut Bytes) {
        let data = self.data(ty);
        let is_named = matches!(types::predicates::unalias(data.ty), Type::Named(_) | Type::Basic(_));
        let mut tflag = 0;
        if is_named {
            tflag |= layout::TFLAG_NAMED;
        }
        if self.types.is_direct(ty) {
            tflag |= layout::TFLAG_DIRECT_IFACE;
        }
        if self.is_regular_memory(ty) {
            tflag |= layout::TFLAG_REGULAR_MEMORY;
        }
        out.word(offset_of!(layout::Type, size), data.size);
        out.word(offset_of!(layout::Type, ptr_bytes), data.ptr_bytes);
        let hash = type_hash(&data.link);
        out.put(offset_of!(layout::Type, hash), &hash.to_le_bytes());
        let align = data.align as u8;
        let kind = reflect_kind(&data.kind);
        out.put(offset_of!(layout::Type, tflag), &[tflag, align, align, kind]);
        let mask = self.pointer_mask(ty);
        if !mask.is_empty() {
            let symbol = self.bytes_symbol(&mask);
            out.addr(offset_of!(layout::Type, gc_data), &symbol);
        }
        let name = self.name_symbol(&types::format::type_string(data.ty, None), is_named);
        out.off(offset_of!(layout::Type, str_off), &name);
    }

    /// What follows the head. Parts are descriptors of their own.
    fn tail(&mut self, ty: TypeId, out: &mut Bytes) {
        let at = size_of::<layout::Type>();
        let mut part = |p: &mut Self, out: &mut Bytes, at: usize, ty: TypeId| {
            let symbol = p.descriptor(ty);
            out.addr(at, &symbol);
        };
        match self.data(ty).kind.clone() {
            Kind::Pointer(elem) | Kind::Slice(elem) => part(self, out, at, elem),
            Kind::Array { elem, len } => {
                part(self, out, at, elem);
                out.word(at + 16, len);
            }
            Kind::Chan { dir, elem } => {
                part(self, out, offset_of!(layout::ChanType, elem), elem);
                let dir = match dir {
                    syntax::ChanDir::Recv => 1,
                    syntax::ChanDir::Send => 2,
                    syntax::ChanDir::Both => 3,
                };
                out.word(offset_of!(layout::ChanType, dir), dir);
            }
            Kind::Map { key, elem } => {
                part(self, out, at, key);
                part(self, out, at + 8, elem);
            }
            Kind::Basic(_) | Kind::Struct(_) | Kind::Func(_) | Kind::Interface(_) | Kind::Tuple(_) => {}
        }
    }

    /// The symbol of an encoded name: flags, length, bytes.
    fn name_symbol(&mut self, name: &str, exported: bool) -> Rc<str> {
        let mut bytes = vec![u8::from(exported)];
        let mut len = name.len();
        while len >= 0x80 {
            bytes.push(len as u8 | 0x80);
            len >>= 7;
        }
        bytes.push(len as u8);
        bytes.extend(name.as_bytes());
        self.bytes_symbol(&bytes)
    }

    /// Whether equality compares bytes: no floats, strings, interfaces, no padding.
    fn is_regular_memory(&self, ty: TypeId) -> bool {
        let data = self.types.get(ty);
        match &data.kind {
            Kind::Basic(basic) => !matches!(
                basic,
                Basic::Float32
                    | Basic::Float64
                    | Basic::Complex64
                    | Basic::Complex128
                    | Basic::String
                    | Basic::UntypedString
                    | Basic::UntypedFloat
                    | Basic::UntypedComplex
            ),
            Kind::Pointer(_) | Kind::Chan { .. } => true,
            Kind::Array { elem, .. } => self.is_regular_memory(*elem),
            Kind::Struct(fields) => {
                let bytes: u64 = fields.iter().map(|field| self.types.get(field.ty).size).sum();
                let parts = fields.iter().all(|f| !f.obj.name.is_blank() && self.is_regular_memory(f.ty));
                parts && bytes == data.size
            }
            Kind::Slice(_) | Kind::Map { .. } | Kind::Func(_) | Kind::Interface(_) | Kind::Tuple(_) => false,
        }
    }

    /// The symbol of the itab of a concrete type for an interface type with methods.
    pub fn itab(&mut self, ty: TypeId, interface: TypeId) -> Option<Rc<str>> {
        let Kind::Interface(methods) = self.data(interface).kind.clone() else { return None };
        let symbol: Rc<str> = format!("go:itab.{},{}", self.data(ty).link, self.data(interface).link).into();
        if !self.claim(&symbol) {
            return Some(symbol);
        }
        let mut out = Bytes::new(offset_of!(layout::Itab, function0) + 8 * methods.len());
        let (inter, dynamic) = (self.descriptor(interface), self.descriptor(ty));
        out.addr(offset_of!(layout::Itab, inter), &inter);
        out.addr(offset_of!(layout::Itab, ty), &dynamic);
        let hash = type_hash(&self.data(ty).link);
        out.put(offset_of!(layout::Itab, hash), &hash.to_le_bytes());
        for (idx, method) in methods.iter().enumerate() {
            let code: Rc<str> = format!("{}.{}·itab", self.data(ty).link, method.name).into();
            self.request(&code, || Work::ItabMethod { symbol: code.clone(), ty, method });
            out.addr(offset_of!(layout::Itab, function0) + 8 * idx, &code);
        }
        self.out.datas.push(Data {
            name: (&*symbol).into(),
            align: 8,
            size: out.bytes.len() as u64,
            bytes: out.bytes,
            relocs: out.relocs,
            readonly: true,
            dup_ok: true,
            ..Default::default()
        });
        Some(symbol)
    }
}

/// Lowers the code of an itab's method: the receiver is the data word.
pub(crate) fn lower_itab_method<'a, 's>(
    p: &mut Program<'a, 's>,
    symbol: &Rc<str>,
    ty: TypeId,
    method: Obj<'s>,
) {
    let Some(sig @ Type::Signature(parts)) = method.ty() else { panic!("{symbol}: no signature") };
    let src = p.synthetic_source();
    let mut l = Lowerer::new(p, src, symbol.clone(), sig, None, Context::None, 0);
    let params: Vec<TypeId> = parts.params.iter().map(|obj| l.type_id(obj.ty().expect("typed"))).collect();
    let results: Vec<TypeId> = parts.results.iter().map(|obj| l.type_id(obj.ty().expect("typed"))).collect();
    let word = l.unsafe_pointer();
    let mut all = vec![word];
    all.extend(&params);
    let sig = l.flat_signature(&all, &results);
    l.begin_wrapper(symbol, sig);
    let (outs, vals) = l.wrapper_params(&all, &results);
    let data = vals[0].single();
    let place = match l.p.types.is_direct(ty) {
        true => l.place_of_val(ty, &vals[0]),
        false => Place::Memory { addr: data, off: 0, is_stack: false },
    };
    let (target, mut args) = l.method_of_place(ty, place, method);
    args.extend(params.into_iter().zip(vals.into_iter().skip(1)));
    l.finish_wrapper(target, args, results, outs);
}

impl<'a, 's> Lowerer<'_, 'a, 's> {
    /// Starts the body of a function that only passes a call on.
    fn begin_wrapper(&mut self, symbol: &Rc<str>, sig: ssa::Signature) {
        self.b = ssa::Builder::new(&**symbol, sig);
        self.b.func_mut().flags.wrapper = true;
        self.b.func_mut().flags.dup_ok = true;
        self.b.func_mut().scopes[0].wrapper = true;
    }

    /// The parameters of a wrapper: where results in memory go, and the values.
    pub fn wrapper_params(
        &mut self,
        params: &[TypeId],
        results: &[TypeId],
    ) -> (Vec<Option<ssa::Value>>, Vec<Val>) {
        let mut at = usize::from(self.b.func().flags.closure);
        let mut outs = Vec::new();
        for ty in results {
            let is_memory = matches!(self.p.types.get(*ty).shape, crate::layout::Shape::Memory);
            outs.push(is_memory.then(|| self.b.param(at)));
            at += usize::from(is_memory);
        }
        let mut vals = Vec::new();
        for ty in params {
            let n = match &self.p.types.get(*ty).shape {
                crate::layout::Shape::Scalars(list) => list.len(),
                crate::layout::Shape::Memory => {
                    vals.push(Val::Memory(self.b.param(at)));
                    at += 1;
                    continue;
                }
            };
            vals.push(Val::Scalars((at..at + n).map(|n| self.b.param(n)).collect()));
            at += n;
        }
        (outs, vals)
    }

    pub fn finish_wrapper(
        mut self,
        target: crate::call::Target,
        args: Vec<(TypeId, Val)>,
        results: Vec<TypeId>,
        outs: Vec<Option<ssa::Value>>,
    ) {
        let vals = self.perform(&crate::call::Prepared { target, args, results });
        let mut values = Vec::new();
        for ((ty, val), out) in vals.into_iter().zip(outs) {
            match out {
                Some(out) => self.store(ty, out, 0, &val, true),
                None => values.extend(val.scalars().iter().copied()),
            }
        }
        self.b.ret(values);
        let func = self.b.finish();
        self.p.out.funcs.push(func);
    }
}

/// Bytes of a datum in the making.
struct Bytes {
    bytes: Vec<u8>,
    relocs: Vec<DataReloc>,
}

impl Bytes {
    fn new(size: usize) -> Bytes {
        Bytes { bytes: vec![0; size], relocs: Vec::new() }
    }

    fn put(&mut self, at: usize, bytes: &[u8]) {
        if self.bytes.len() < at + bytes.len() {
            self.bytes.resize((at + bytes.len()).next_multiple_of(8), 0);
        }
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn word(&mut self, at: usize, word: u64) {
        self.put(at, &word.to_le_bytes());
    }

    fn addr(&mut self, at: usize, symbol: &str) {
        self.word(at, 0);
        let target = symbol.into();
        self.relocs.push(DataReloc { off: at as u32, kind: DataRelocKind::Addr, target, addend: 0 });
        self.relocs.sort_by_key(|reloc| reloc.off);
    }

    fn off(&mut self, at: usize, symbol: &str) {
        let kind = DataRelocKind::Off(TYPES_BASE.into());
        self.relocs.push(DataReloc { off: at as u32, kind, target: symbol.into(), addend: 0 });
        self.relocs.sort_by_key(|reloc| reloc.off);
    }
}

/// The hash of a type, for type switches and itab tables.
fn type_hash(link: &str) -> u32 {
    let hash = crate::data::fnv128(link.as_bytes());
    (hash ^ hash >> 32 ^ hash >> 64 ^ hash >> 96) as u32
}

/// `reflect.Kind`
fn reflect_kind(kind: &Kind<'_>) -> u8 {
    match kind {
        Kind::Basic(basic) => match basic {
            Basic::Bool | Basic::UntypedBool => 1,
            Basic::Int | Basic::UntypedInt => 2,
            Basic::Int8 => 3,
            Basic::Int16 => 4,
            Basic::Int32 | Basic::UntypedRune => 5,
            Basic::Int64 => 6,
            Basic::Uint => 7,
            Basic::Uint8 => 8,
            Basic::Uint16 => 9,
            Basic::Uint32 => 10,
            Basic::Uint64 => 11,
            Basic::Uintptr => 12,
            Basic::Float32 => 13,
            Basic::Float64 | Basic::UntypedFloat => 14,
            Basic::Complex64 => 15,
            Basic::Complex128 | Basic::UntypedComplex => 16,
            Basic::String | Basic::UntypedString => layout::KIND_STRING,
            Basic::UnsafePointer | Basic::UntypedNil => 26,
            Basic::Invalid => panic!("a descriptor of a type in error"),
        },
        Kind::Array { .. } => 17,
        Kind::Chan { .. } => 18,
        Kind::Func(_) => 19,
        Kind::Interface(_) => layout::KIND_INTERFACE,
        Kind::Map { .. } => 21,
        Kind::Pointer(_) => layout::KIND_POINTER,
        Kind::Slice(_) => 23,
        Kind::Struct(_) => 25,
        Kind::Tuple(_) => panic!("a descriptor of several results"),
    }
}
