//! Which methods of a type can be called through interfaces, and the tables that say where they are.
//!
//! A method gets code when values of its type become interfaces, themselves or as a part of such a value, and
//! some interface type of the program has a method of that name and type: an itab for it may be made at
//! run time. With `reflect.Method` every exported one does (gc's rule: cmd/link/internal/ld/deadcode.go). Both are known only when everything else
//! is lowered, and what is lowered then may make more known; so the program asks [`Program::reach_methods`] whenever its
//! queue is empty.

use std::mem::offset_of;
use std::rc::Rc;

use abi::types as layout;
use rustc_hash::FxHashSet;
use source::Name;
use types::{Obj, Type};

use crate::descriptor::{Bytes, NameParts};
use crate::layout::{Kind, TypeId};
use crate::program::Program;

type Key = (Name, Option<Name>);

/// A descriptor with methods.
struct Table<'s> {
    ty: TypeId,
    // The descriptor's place in the program's data, and that of its first method in it.
    datum: usize,
    at: usize,
    methods: Vec<Entry<'s>>,
}

struct Entry<'s> {
    obj: Obj<'s>,
    sig: TypeId,
    code: Option<Rc<str>>,
    // By reflection alone.
    direct: Option<Rc<str>>,
}

/// What is known of methods.
#[derive(Default)]
pub(crate) struct MethodTables<'s> {
    // Types whose values are in interfaces.
    converted: FxHashSet<TypeId>,
    pending: Vec<TypeId>,
    // Methods of interface types with a descriptor.
    wanted: FxHashSet<(Key, TypeId)>,
    groups: FxHashSet<TypeId>,
    /// All exported methods can be called.
    pub all_exported: bool,
    tables: Vec<Table<'s>>,
}

impl<'s> MethodTables<'s> {
    /// Values of the type become interfaces.
    pub fn convert(&mut self, ty: TypeId) {
        if self.converted.insert(ty) {
            self.pending.push(ty);
        }
    }

    /// An interface type has the method.
    pub fn want(&mut self, method: Obj<'s>, sig: TypeId) {
        self.wanted.insert((types::method_key(method), sig));
    }

    /// An interface's method is called. If it may be `Method` or `MethodByName` of `reflect.Type`, whatever the
    /// interface, any method may be called. Package `reflect` calls them for others.
    pub fn note_call(&mut self, method: Obj<'s>, caller: &str) {
        let is_named_so = matches!(method.name.as_str(), "Method" | "MethodByName");
        if !is_named_so || caller == "reflect" {
            return;
        }
        let Some(Type::Signature(sig)) = method.ty() else { return };
        let first = sig.results.first().and_then(|result| result.ty()).map(types::predicates::unalias);
        self.all_exported |= matches!(first, Some(Type::Named(named)) if named.obj.name.as_str() == "Method"
            && named.obj.pkg.is_some_and(|pkg| pkg.path.as_str() == "reflect"));
    }

    /// The type is part of the inside of a map.
    pub fn note_group(&mut self, ty: TypeId) {
        self.groups.insert(ty);
    }

    /// Reports whether the type is part of the inside of a map.
    pub fn is_group(&self, ty: TypeId) -> bool {
        self.groups.contains(&ty)
    }
}

impl<'a, 's> Program<'a, 's> {
    /// Whether an `UncommonType` follows.
    pub fn has_uncommon(&mut self, ty: TypeId) -> bool {
        let go_type = self.data(ty).ty;
        match types::predicates::unalias(go_type) {
            Type::Named(_) => true,
            Type::Pointer(_) | Type::Struct(_) => {
                !self.methods.is_group(ty) && !self.checker.method_set(go_type).is_empty()
            }
            _ => false,
        }
    }

    /// Adds the `UncommonType`, parameters of a function type and room for the methods.
    pub fn uncommon(&mut self, ty: TypeId, datum: usize, out: &mut Bytes) {
        let data = self.data(ty);
        let has_uncommon = self.has_uncommon(ty);
        let at = out.bytes.len();
        let parts_at = at + if has_uncommon { size_of::<layout::UncommonType>() } else { 0 };
        if has_uncommon {
            out.word(parts_at - 8, 0);
        }
        if let Kind::Func(sig) = &data.kind {
            self.func_parts(sig, parts_at, out);
        }
        if !has_uncommon {
            return;
        }
        let home = match types::predicates::unalias(data.ty) {
            Type::Named(named) => named.obj.pkg,
            Type::Pointer(Type::Named(named)) => named.obj.pkg,
            _ => None,
        };
        let path = home.map(crate::names::package_path);
        if let Some(path) = path {
            let name = self.name_symbol(path, NameParts::default());
            out.off(at + offset_of!(layout::UncommonType, pkg_path), &name, abi::symbols::TYPES);
        }
        let is_interface = matches!(data.kind, Kind::Interface(_));
        let mut methods = if is_interface { Vec::new() } else { self.checker.method_set(data.ty) };
        let order =
            |obj: Obj<'s>| (!obj.name.is_exported(), obj.name.as_str(), obj.pkg.map(|pkg| pkg.path.as_str()));
        methods.sort_by(|a, b| order(a.obj).cmp(&order(b.obj)));
        let n_exported = methods.iter().filter(|method| method.obj.name.is_exported()).count();
        let first = out.bytes.len();
        out.put(at + offset_of!(layout::UncommonType, n_methods), &(methods.len() as u16).to_le_bytes());
        out.put(at + offset_of!(layout::UncommonType, n_exported), &(n_exported as u16).to_le_bytes());
        out.put(at + offset_of!(layout::UncommonType, methods_off), &((first - at) as u32).to_le_bytes());
        let mut entries = Vec::new();
        for (idx, method) in methods.iter().enumerate() {
            let name = self.method_name(method.obj, path);
            let method_at = first + idx * size_of::<layout::Method>();
            out.word(method_at + 8, 0);
            out.off(method_at, &name, abi::symbols::TYPES);
            let sig = self.intern(method.obj.ty().expect("methods are typed"));
            entries.push(Entry { obj: method.obj, sig, code: None, direct: None });
        }
        if !entries.is_empty() {
            self.methods.tables.push(Table { ty, datum, at: first, methods: entries });
        }
    }

    /// Requests the methods that can be called by now.
    pub fn reach_methods(&mut self) {
        while let Some(ty) = self.methods.pending.pop() {
            self.convert_parts(ty);
        }
        let mut at = 0;
        while at < self.methods.tables.len() {
            let ty = self.methods.tables[at].ty;
            if self.methods.converted.contains(&ty) {
                for idx in 0..self.methods.tables[at].methods.len() {
                    self.reach_method(ty, at, idx);
                }
            }
            at += 1;
        }
    }

    fn reach_method(&mut self, ty: TypeId, table: usize, idx: usize) {
        let entry = &self.methods.tables[table].methods[idx];
        let (obj, sig) = (entry.obj, entry.sig);
        let by_reflection = self.methods.all_exported && obj.name.is_exported();
        if entry.code.is_none()
            && (by_reflection || self.methods.wanted.contains(&(types::method_key(obj), sig)))
        {
            let code = self.itab_method(ty, obj);
            self.descriptor(sig);
            self.methods.tables[table].methods[idx].code = Some(code);
        }
        if by_reflection && self.methods.tables[table].methods[idx].direct.is_none() {
            let direct = self.direct_method(ty, obj);
            self.methods.tables[table].methods[idx].direct = Some(direct);
        }
    }

    /// Values in an interface give their parts to whoever reflects on them.
    fn convert_parts(&mut self, ty: TypeId) {
        let data = self.data(ty);
        let mut convert = |ty: TypeId| self.methods.convert(ty);
        match &data.kind {
            Kind::Pointer(elem) | Kind::Slice(elem) => convert(*elem),
            Kind::Array { elem, .. } | Kind::Chan { elem, .. } => convert(*elem),
            Kind::Map { key, elem } => {
                convert(*key);
                convert(*elem);
            }
            Kind::Struct(fields) => fields.iter().for_each(|field| convert(field.ty)),
            Kind::Func(sig) => sig.params.iter().chain(&sig.results).for_each(|ty| convert(*ty)),
            Kind::Basic(_) | Kind::Interface(_) | Kind::Tuple => {}
        }
        // reflect.Value.Addr
        if self.named(ty) {
            let pointer = self.checker.alloc(Type::Pointer(data.ty));
            let pointer = self.intern(pointer);
            self.methods.convert(pointer);
        }
    }

    fn named(&self, ty: TypeId) -> bool {
        matches!(types::predicates::unalias(self.data(ty).ty), Type::Named(_))
    }

    /// Writes code and type of the reached methods into the descriptors.
    pub fn emit_method_tables(&mut self) {
        for table in std::mem::take(&mut self.methods.tables) {
            for (idx, entry) in table.methods.iter().enumerate() {
                let Some(code) = &entry.code else { continue };
                let at = table.at + idx * size_of::<layout::Method>();
                let sig = self.descriptor(entry.sig);
                let datum = &mut self.out.datas[table.datum];
                let mut out = Bytes {
                    bytes: std::mem::take(&mut datum.bytes),
                    relocs: std::mem::take(&mut datum.relocs),
                };
                out.off(at + offset_of!(layout::Method, ty), &sig, abi::symbols::TYPES);
                out.off(at + offset_of!(layout::Method, interface_fn), code, abi::symbols::TEXT);
                out.off(
                    at + offset_of!(layout::Method, direct_fn),
                    entry.direct.as_ref().unwrap_or(code),
                    abi::symbols::TEXT,
                );
                (datum.bytes, datum.relocs) = (out.bytes, out.relocs);
            }
        }
    }
}
