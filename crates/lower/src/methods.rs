//! Which methods of a type can be called through interfaces, and the tables that say where they are.
//!
//! A method gets code when values of its type become interfaces, themselves or as a part of such a value, and a method of
//! that name and type is called through some interface; `Error` and `String` are in any case, for reports of panics. With
//! `reflect.Method` every exported one does (gc's rule: cmd/link/internal/ld/deadcode.go). A method that some interface type
//! has but nobody calls keeps its type in the table, so that assertions see it, and no code: itabs have a number that is no address
//! in its place. All this is known only when everything else is lowered, and what is lowered then may make more known; so the program
//! asks [`Program::reach_methods`] whenever its queue is empty.

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

/// An itab of the image.
struct ItabTable<'s> {
    ty: TypeId,
    datum: usize,
    methods: Vec<Entry<'s>>,
}

struct Entry<'s> {
    obj: Obj<'s>,
    sig: TypeId,
    code: Option<Rc<str>>,
    // By reflection alone.
    direct: Option<Rc<str>>,
}

/// What stands in an itab for a method that nobody calls: not 0, which would say that the type lacks it.
const NOT_CALLED: u64 = 1;

/// What is known of methods.
#[derive(Default)]
pub(crate) struct MethodTables<'s> {
    // Types whose values are in interfaces.
    converted: FxHashSet<TypeId>,
    pending: Vec<TypeId>,
    // Methods of interface types with a descriptor.
    asked_for: FxHashSet<(Key, TypeId)>,
    // Methods that are called through interfaces.
    called: FxHashSet<(Key, TypeId)>,
    groups: FxHashSet<TypeId>,
    /// All exported methods can be called.
    pub all_exported: bool,
    tables: Vec<Table<'s>>,
    itabs: Vec<ItabTable<'s>>,
}

impl<'s> MethodTables<'s> {
    /// Values of the type become interfaces.
    pub fn convert(&mut self, ty: TypeId) {
        if self.converted.insert(ty) {
            self.pending.push(ty);
        }
    }

    /// An interface type has the method.
    pub fn ask_for(&mut self, method: Obj<'s>, sig: TypeId) {
        self.asked_for.insert((types::method_key(method), sig));
    }

    /// An interface's method with this type is called. If it may be `Method` or `MethodByName` of `reflect.Type`, whatever the
    /// interface, any method may be called. Package `reflect` calls them for others.
    pub fn note_call(&mut self, method: Obj<'s>, sig: TypeId, caller: &str) {
        self.called.insert((types::method_key(method), sig));
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
        for at in 0..self.methods.itabs.len() {
            for idx in 0..self.methods.itabs[at].methods.len() {
                let Entry { obj, sig, code, .. } = &self.methods.itabs[at].methods[idx];
                let (obj, sig) = (*obj, *sig);
                if code.is_none() && self.is_called(obj, sig) {
                    let code = self.itab_method(self.methods.itabs[at].ty, obj);
                    self.methods.itabs[at].methods[idx].code = Some(code);
                }
            }
        }
    }

    /// An itab of a type has these methods; the code of those that are called is written into the datum at last.
    pub fn add_itab(&mut self, ty: TypeId, datum: usize, methods: &[Obj<'s>]) {
        let mut entries = Vec::new();
        for obj in methods {
            let sig = self.intern(obj.ty().expect("methods are typed"));
            entries.push(Entry { obj, sig, code: None, direct: None });
        }
        self.methods.itabs.push(ItabTable { ty, datum, methods: entries });
    }

    /// Whether a method of that name and type may be called through an interface.
    fn is_called(&self, obj: Obj<'s>, sig: TypeId) -> bool {
        let tells_text =
            matches!(obj.name.as_str(), "Error" | "String") && &*self.data(sig).link == "func() (string)";
        tells_text
            || self.methods.all_exported && obj.name.is_exported()
            || self.methods.called.contains(&(types::method_key(obj), sig))
    }

    fn reach_method(&mut self, ty: TypeId, table: usize, idx: usize) {
        let entry = &self.methods.tables[table].methods[idx];
        let (obj, sig) = (entry.obj, entry.sig);
        if entry.code.is_none() && self.is_called(obj, sig) {
            let code = self.itab_method(ty, obj);
            self.descriptor(sig);
            self.methods.tables[table].methods[idx].code = Some(code);
        }
        let by_reflection = self.methods.all_exported && obj.name.is_exported();
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

    /// Writes what is known of methods into descriptors and itabs.
    pub fn emit_method_tables(&mut self) {
        for table in std::mem::take(&mut self.methods.tables) {
            for (idx, entry) in table.methods.iter().enumerate() {
                let is_asked_for =
                    self.methods.asked_for.contains(&(types::method_key(entry.obj), entry.sig));
                if entry.code.is_none() && !is_asked_for {
                    continue;
                }
                let at = table.at + idx * size_of::<layout::Method>();
                let sig = self.descriptor(entry.sig);
                let mut out = Bytes::of_data(&mut self.out.datas[table.datum]);
                out.off(at + offset_of!(layout::Method, ty), &sig, abi::symbols::TYPES);
                if let Some(code) = &entry.code {
                    let direct = entry.direct.as_ref().unwrap_or(code);
                    out.off(at + offset_of!(layout::Method, interface_fn), code, abi::symbols::TEXT);
                    out.off(at + offset_of!(layout::Method, direct_fn), direct, abi::symbols::TEXT);
                }
                out.back_into(&mut self.out.datas[table.datum]);
            }
        }
        for itab in std::mem::take(&mut self.methods.itabs) {
            let mut out = Bytes::of_data(&mut self.out.datas[itab.datum]);
            for (idx, entry) in itab.methods.iter().enumerate() {
                let at = offset_of!(layout::Itab, function0) + 8 * idx;
                match &entry.code {
                    Some(code) => out.addr(at, code),
                    None => out.word(at, NOT_CALLED),
                }
            }
            out.back_into(&mut self.out.datas[itab.datum]);
        }
    }
}
