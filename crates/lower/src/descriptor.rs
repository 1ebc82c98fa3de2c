//! Type descriptors, in gc's layout (`abi::types`, `std-surface` 3.2).
//!
//! A descriptor is a head, what its kind adds, for types with methods or a name an `UncommonType`, the
//! parameters of a function type, and the table of methods, which `methods.rs` fills when it is known
//! which of them can be called. Parts are descriptors of their own, each emitted once.

use std::mem::{offset_of, size_of};
use std::rc::Rc;

use abi::types as layout;
use ssa::{Data, DataReloc, DataRelocKind};
use types::{Basic, Obj, Type};

use crate::layout::{Field, FuncKind, Kind, TypeId};
use crate::program::{Program, Work};
use crate::type_string::type_string;

/// The symbol that `NameOff` and `TypeOff` count from; the linker places all descriptors behind it.
const TYPES_BASE: &str = "runtime.types";

/// `internal/abi.MapType`, behind the head.
mod map {
    pub const KEY: usize = 48;
    pub const ELEM: usize = 56;
    pub const GROUP: usize = 64;
    pub const HASHER: usize = 72;
    pub const GROUP_SIZE: usize = 80;
    pub const SLOT_SIZE: usize = 88;
    pub const ELEM_OFF: usize = 96;
    pub const FLAGS: usize = 104;
    pub const SIZE: usize = 112;

    pub const NEED_KEY_UPDATE: u32 = 1;
    pub const HASH_MIGHT_PANIC: u32 = 2;
    pub const INDIRECT_KEY: u32 = 4;
    pub const INDIRECT_ELEM: u32 = 8;

    /// Larger keys and elements are kept by pointer (`internal/abi.MapMaxKeyBytes`).
    pub const MAX_BYTES: u64 = 128;
    /// Slots of a group (`internal/abi.MapGroupSlots`).
    pub const SLOTS: i64 = 8;
}

/// What an encoded name says besides its text.
#[derive(Clone, Copy, Default)]
pub(crate) struct NameParts<'n> {
    pub tag: &'n str,
    pub pkg: Option<&'n str>,
    pub exported: bool,
    pub embedded: bool,
}

impl<'a, 's> Program<'a, 's> {
    /// The symbol of a type's descriptor, which is emitted once.
    pub fn descriptor(&mut self, ty: TypeId) -> Rc<str> {
        let data = self.data(ty);
        let symbol: Rc<str> = format!("type:{}", data.link).into();
        if !self.claim(&symbol) {
            return symbol;
        }
        // The place is taken first: parts may contain the type itself.
        let index = self.out.datas.len();
        self.out.datas.push(Data::default());
        let mut out = Bytes::new(size_of::<layout::Type>());
        self.head(ty, &mut out);
        self.tail(ty, &mut out);
        self.uncommon(ty, index, &mut out);
        self.out.datas[index] = out.into_data(&symbol, 8);
        symbol
    }

    fn head(&mut self, ty: TypeId, out: &mut Bytes) {
        let data = self.data(ty);
        let go_type = types::predicates::unalias(data.ty);
        let is_named = matches!(go_type, Type::Named(_) | Type::Basic(_));
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
        if self.has_uncommon(ty) {
            tflag |= layout::TFLAG_UNCOMMON;
        }
        out.word(offset_of!(layout::Type, size), data.size);
        out.word(offset_of!(layout::Type, ptr_bytes), data.ptr_bytes);
        let hash = type_hash(&data.link);
        out.put(offset_of!(layout::Type, hash), &hash.to_le_bytes());
        let align = data.align as u8;
        let kind = reflect_kind(&data.kind);
        out.put(offset_of!(layout::Type, tflag), &[tflag, align, align, kind]);
        if self.checker.is_comparable(data.ty, true) {
            let equal = self.equal_func(ty);
            out.addr(offset_of!(layout::Type, equal), &equal);
        }
        let mut mask = self.pointer_mask(ty);
        if !mask.is_empty() {
            // The allocation stub reads four bytes at once.
            mask.resize(mask.len().next_multiple_of(4), 0);
            let symbol = self.bytes_symbol(&mask);
            out.addr(offset_of!(layout::Type, gc_data), &symbol);
        }
        let text = type_string(data.ty);
        let exported = match go_type {
            Type::Named(named) => named.obj.name.is_exported(),
            _ => false,
        };
        let name = self.name_symbol(&text, NameParts { exported, ..Default::default() });
        out.off(offset_of!(layout::Type, str_off), &name, TYPES_BASE);
        if is_named && matches!(go_type, Type::Named(_)) {
            let pointer = self.checker.alloc(Type::Pointer(data.ty));
            let pointer = self.intern(pointer);
            let symbol = self.descriptor(pointer);
            out.off(offset_of!(layout::Type, ptr_to_this), &symbol, TYPES_BASE);
        }
        let is_composite = !is_named && !matches!(data.kind, Kind::Interface(_) | Kind::Basic(_));
        if is_composite && !self.methods.is_group(ty) {
            self.typelinks.push((text, format!("type:{}", data.link).into()));
        }
    }

    /// What follows the head. Parts are descriptors of their own.
    fn tail(&mut self, ty: TypeId, out: &mut Bytes) {
        let at = size_of::<layout::Type>();
        let data = self.data(ty);
        match data.kind.clone() {
            Kind::Pointer(elem) | Kind::Slice(elem) => self.part(out, at, elem),
            Kind::Array { elem, len } => {
                self.part(out, at, elem);
                let elem = self.types.get(elem).ty;
                let slice = self.checker.alloc(Type::Slice(elem));
                let slice = self.intern(slice);
                self.part(out, at + 8, slice);
                out.word(at + 16, len);
            }
            Kind::Chan { dir, elem } => {
                self.part(out, offset_of!(layout::ChanType, elem), elem);
                let dir = match dir {
                    syntax::ChanDir::Recv => 1,
                    syntax::ChanDir::Send => 2,
                    syntax::ChanDir::Both => 3,
                };
                out.word(offset_of!(layout::ChanType, dir), dir);
            }
            Kind::Map { key, elem } => self.map_tail(key, elem, out),
            Kind::Func(sig) => {
                let n_out = sig.results.len() as u16 | if sig.variadic { 1 << 15 } else { 0 };
                out.word(at, 0);
                out.put(at, &(sig.params.len() as u16).to_le_bytes());
                out.put(at + 2, &n_out.to_le_bytes());
            }
            Kind::Struct(fields) => self.struct_tail(&fields, out),
            Kind::Interface(methods) => self.interface_tail(ty, &methods, out),
            Kind::Basic(_) | Kind::Tuple => {}
        }
    }

    fn part(&mut self, out: &mut Bytes, at: usize, ty: TypeId) {
        let symbol = self.descriptor(ty);
        out.addr(at, &symbol);
    }

    fn map_tail(&mut self, key: TypeId, elem: TypeId, out: &mut Bytes) {
        self.part(out, map::KEY, key);
        self.part(out, map::ELEM, elem);
        let group = self.map_group(key, elem);
        let Kind::Struct(fields) = self.data(group).kind.clone() else { panic!("a group is a struct") };
        let Kind::Array { elem: slot, .. } = self.data(fields[1].ty).kind else {
            panic!("slots are an array")
        };
        let Kind::Struct(slot_fields) = self.data(slot).kind.clone() else { panic!("a slot is a struct") };
        self.part(out, map::GROUP, group);
        let hasher = self.hash_func(key);
        out.addr(map::HASHER, &hasher);
        out.word(map::GROUP_SIZE, self.data(group).size);
        out.word(map::SLOT_SIZE, self.data(slot).size);
        out.word(map::ELEM_OFF, slot_fields[1].off);
        let mut flags = 0;
        if self.needs_key_update(key) {
            flags |= map::NEED_KEY_UPDATE;
        }
        if self.hash_might_panic(key) {
            flags |= map::HASH_MIGHT_PANIC;
        }
        if self.data(key).size > map::MAX_BYTES {
            flags |= map::INDIRECT_KEY;
        }
        if self.data(elem).size > map::MAX_BYTES {
            flags |= map::INDIRECT_ELEM;
        }
        out.word(map::SIZE - 8, 0);
        out.put(map::FLAGS, &flags.to_le_bytes());
    }

    /// `struct { ctrl uint64; slots [8]struct { key K; elem E } }`, pointers for what is large.
    fn map_group(&mut self, key: TypeId, elem: TypeId) -> TypeId {
        let kept = |p: &mut Self, ty: TypeId| {
            let data = p.data(ty);
            if data.size > map::MAX_BYTES { p.checker.alloc(Type::Pointer(data.ty)) } else { data.ty }
        };
        let (key, elem) = (kept(self, key), kept(self, elem));
        let slot = self.struct_of(&[("key", key), ("elem", elem)]);
        let slots = self.checker.alloc(Type::Array { elem: slot, len: map::SLOTS });
        let word = self.checker.basic(Basic::Uint64);
        let group = self.struct_of(&[("ctrl", word), ("slots", slots)]);
        for ty in [slot, slots, group] {
            let id = self.intern(ty);
            self.methods.note_group(id);
        }
        self.intern(group)
    }

    fn struct_of(&mut self, fields: &[(&str, types::Ty<'s>)]) -> types::Ty<'s> {
        let fields: Vec<Obj<'s>> = fields
            .iter()
            .map(|(name, ty)| {
                let kind = types::ObjKind::Var { role: types::VarRole::Field { embedded: false } };
                self.checker.object(source::Name::new(name), source::Pos::NONE, kind, Some(ty))
            })
            .collect();
        let fields = self.checker.slice(&fields);
        self.checker.alloc(Type::Struct(types::Struct { fields, tags: &[] }))
    }

    /// Whether an equal key may look different: floats, strings, interfaces.
    fn needs_key_update(&self, ty: TypeId) -> bool {
        match &self.types.get(ty).kind {
            Kind::Basic(basic) => basic.is_float() || basic.is_complex() || basic.is_string(),
            Kind::Interface(_) => true,
            Kind::Array { elem, .. } => self.needs_key_update(*elem),
            Kind::Struct(fields) => fields.iter().any(|field| self.needs_key_update(field.ty)),
            _ => false,
        }
    }

    fn hash_might_panic(&self, ty: TypeId) -> bool {
        match &self.types.get(ty).kind {
            Kind::Interface(_) => true,
            Kind::Array { elem, .. } => self.hash_might_panic(*elem),
            Kind::Struct(fields) => fields.iter().any(|field| self.hash_might_panic(field.ty)),
            _ => false,
        }
    }

    fn struct_tail(&mut self, fields: &[Field<'s>], out: &mut Bytes) {
        const FIELDS: usize = 56;
        const SIZE: usize = 80;
        out.word(SIZE - 8, 0);
        let hidden = fields.iter().find(|field| !field.obj.name.is_exported());
        if let Some(pkg) = hidden.and_then(|field| field.obj.pkg) {
            let name = self.name_symbol(crate::names::package_path(pkg), NameParts::default());
            out.addr(48, &name);
        }
        let mut list = Bytes::new(24 * fields.len());
        for (idx, field) in fields.iter().enumerate() {
            let parts = NameParts {
                tag: field.tag,
                pkg: None,
                exported: field.obj.name.is_exported(),
                embedded: field.obj.is_embedded(),
            };
            let name = self.name_symbol(field.obj.name.as_str(), parts);
            list.addr(24 * idx, &name);
            self.part(&mut list, 24 * idx + 8, field.ty);
            list.word(24 * idx + 16, field.off);
        }
        self.slice_part(out, FIELDS, list, fields.len());
    }

    fn interface_tail(&mut self, ty: TypeId, methods: &[Obj<'s>], out: &mut Bytes) {
        out.word(size_of::<layout::InterfaceType>() - 8, 0);
        let of_name = match types::predicates::unalias(self.data(ty).ty) {
            Type::Named(named) => named.obj.pkg,
            _ => None,
        };
        let hidden = methods.iter().find(|method| !method.name.is_exported());
        let pkg = of_name.or_else(|| hidden.and_then(|method| method.pkg));
        if let Some(pkg) = pkg {
            let name = self.name_symbol(crate::names::package_path(pkg), NameParts::default());
            out.addr(offset_of!(layout::InterfaceType, pkg_path), &name);
        }
        let mut list = Bytes::new(8 * methods.len());
        for (idx, method) in methods.iter().enumerate() {
            let name = self.method_name(method, pkg.map(crate::names::package_path));
            list.off(8 * idx, &name, TYPES_BASE);
            let sig = self.intern(method.ty().expect("methods are typed"));
            let symbol = self.descriptor(sig);
            list.off(8 * idx + 4, &symbol, TYPES_BASE);
            self.methods.want(method, sig);
        }
        self.slice_part(out, offset_of!(layout::InterfaceType, methods), list, methods.len());
    }

    /// Puts a list into a datum of its own and a slice of it at `at`.
    fn slice_part(&mut self, out: &mut Bytes, at: usize, list: Bytes, n: usize) {
        out.word(at + 8, n as u64);
        out.word(at + 16, n as u64);
        if n == 0 {
            return;
        }
        let name: Rc<str> = format!("type:parts.{}", self.out.datas.len()).into();
        self.claim(&name);
        self.out.datas.push(list.into_data(&name, 8));
        out.addr(at, &name);
    }

    /// The name of a method; one that is not exported has its package unless that is `home`.
    pub fn method_name(&mut self, method: Obj<'s>, home: Option<&str>) -> Rc<str> {
        let exported = method.name.is_exported();
        let pkg = method.pkg.map(crate::names::package_path);
        let pkg = pkg.filter(|pkg| !exported && Some(*pkg) != home);
        self.name_symbol(method.name.as_str(), NameParts { exported, pkg, ..Default::default() })
    }

    /// The symbol of an encoded name: flags, length, bytes, then tag and package.
    pub fn name_symbol(&mut self, name: &str, parts: NameParts<'_>) -> Rc<str> {
        let flags = u8::from(parts.exported)
            | u8::from(!parts.tag.is_empty()) << 1
            | u8::from(parts.pkg.is_some()) << 2
            | u8::from(parts.embedded) << 3;
        let mut bytes = vec![flags];
        put_text(&mut bytes, name);
        if !parts.tag.is_empty() {
            put_text(&mut bytes, parts.tag);
        }
        let Some(pkg) = parts.pkg else { return self.bytes_symbol(&bytes) };
        let symbol: Rc<str> = format!("type:name.{pkg}.{name}.{}", parts.tag).into();
        if self.claim(&symbol) {
            let path = self.name_symbol(pkg, NameParts::default());
            let at = bytes.len();
            let mut out = Bytes { bytes, relocs: Vec::new() };
            out.bytes.extend([0; 4]);
            let target = (&*path).into();
            let kind = DataRelocKind::Off(TYPES_BASE.into());
            out.relocs.push(DataReloc { off: at as u32, kind, target, addend: 0 });
            self.out.datas.push(out.into_data(&symbol, 1));
        }
        symbol
    }

    /// Whether equality compares bytes: no floats, strings, interfaces, no padding.
    pub fn is_regular_memory(&self, ty: TypeId) -> bool {
        let data = self.types.get(ty);
        match &data.kind {
            Kind::Basic(basic) => !(basic.is_float() || basic.is_complex() || basic.is_string()),
            Kind::Pointer(_) | Kind::Chan { .. } => true,
            Kind::Array { elem, .. } => self.is_regular_memory(*elem),
            Kind::Struct(fields) => {
                let bytes: u64 = fields.iter().map(|field| self.types.get(field.ty).size).sum();
                let parts = fields.iter().all(|f| !f.obj.name.is_blank() && self.is_regular_memory(f.ty));
                parts && bytes == data.size
            }
            Kind::Slice(_) | Kind::Map { .. } | Kind::Func(_) | Kind::Interface(_) | Kind::Tuple => false,
        }
    }

    /// The func value that compares two values by their addresses.
    fn equal_func(&mut self, ty: TypeId) -> Rc<str> {
        let code: Rc<str> = format!("type:.eq.{}", self.data(ty).link).into();
        self.request(&code, || Work::Equal { symbol: code.clone(), ty });
        self.closure_datum(&code)
    }

    /// The func value that hashes a key by its address and a seed.
    fn hash_func(&mut self, ty: TypeId) -> Rc<str> {
        let code: Rc<str> = format!("type:.hash.{}", self.data(ty).link).into();
        self.request(&code, || Work::Hash { symbol: code.clone(), ty });
        self.closure_datum(&code)
    }

    /// A closure object without captures for code with the flag `closure`.
    fn closure_datum(&mut self, code: &Rc<str>) -> Rc<str> {
        let datum: Rc<str> = format!("{code}·f").into();
        if self.claim(&datum) {
            let mut out = Bytes::new(8);
            out.addr(0, code);
            self.out.datas.push(out.into_data(&datum, 8));
        }
        datum
    }

    /// What every descriptor of a function type ends with.
    pub fn func_parts(&mut self, sig: &FuncKind, at: usize, out: &mut Bytes) {
        for (idx, ty) in sig.params.iter().chain(&sig.results).enumerate() {
            self.part(out, at + 8 * idx, *ty);
        }
    }

    /// The offsets of all unnamed composite types by their strings, for `reflect`: a count, then offsets.
    pub fn emit_typelinks(&mut self) {
        let mut links = std::mem::take(&mut self.typelinks);
        links.sort();
        let mut out = Bytes::new(8);
        out.word(0, links.len() as u64);
        for (idx, (_, symbol)) in links.iter().enumerate() {
            out.off(8 + 4 * idx, symbol, TYPES_BASE);
        }
        self.out.datas.push(out.into_data(TYPELINKS, 8));
    }
}

/// The overlay's `runtime` declares a variable of this name and reads the offsets there.
pub(crate) const TYPELINKS: &str = "runtime.typelinkTable";

fn put_text(bytes: &mut Vec<u8>, text: &str) {
    let mut len = text.len();
    while len >= 0x80 {
        bytes.push(len as u8 | 0x80);
        len >>= 7;
    }
    bytes.push(len as u8);
    bytes.extend(text.as_bytes());
}

/// Bytes of a datum in the making.
pub(crate) struct Bytes {
    pub bytes: Vec<u8>,
    pub relocs: Vec<DataReloc>,
}

impl Bytes {
    pub fn new(size: usize) -> Bytes {
        Bytes { bytes: vec![0; size], relocs: Vec::new() }
    }

    /// Makes the datum of them, which never changes.
    pub fn into_data(self, name: &str, align: u32) -> Data {
        let Bytes { bytes, relocs } = self;
        let (name, size) = (name.into(), bytes.len() as u64);
        Data { name, align, size, bytes, relocs, readonly: true, dup_ok: true, ..Default::default() }
    }

    pub fn put(&mut self, at: usize, bytes: &[u8]) {
        if self.bytes.len() < at + bytes.len() {
            self.bytes.resize((at + bytes.len()).next_multiple_of(8), 0);
        }
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
    }

    pub fn word(&mut self, at: usize, word: u64) {
        self.put(at, &word.to_le_bytes());
    }

    pub fn addr(&mut self, at: usize, symbol: &str) {
        self.word(at, 0);
        self.reloc(at, symbol, DataRelocKind::Addr);
    }

    pub fn off(&mut self, at: usize, symbol: &str, base: &str) {
        self.put(at, &[0; 4]);
        self.reloc(at, symbol, DataRelocKind::Off(base.into()));
    }

    fn reloc(&mut self, at: usize, symbol: &str, kind: DataRelocKind) {
        let place = self.relocs.partition_point(|reloc| reloc.off < at as u32);
        let target = symbol.into();
        self.relocs.insert(place, DataReloc { off: at as u32, kind, target, addend: 0 });
    }
}

/// The hash of a type, for type switches and itab tables.
pub(crate) fn type_hash(link: &str) -> u32 {
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
        Kind::Tuple => panic!("a descriptor of several results"),
    }
}
