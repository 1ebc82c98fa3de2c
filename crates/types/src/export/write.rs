//! Writes export data.

use rustc_hash::FxHashMap;
use source::{FileId, Pos};
use syntax::ChanDir;

use super::{Kind, MAGIC, Tag, file_of};
use crate::constant::Value;
use crate::model::*;
use crate::session::Session;

/// Writes one package.
pub(super) struct Writer<'a, 's> {
    session: &'a Session<'s>,
    pkg: &'s Package<'s>,
    out: Vec<u8>,
    strings: Vec<&'a [u8]>,
    string_idx: FxHashMap<&'a [u8], u64>,
    files: FxHashMap<FileId, Option<(u32, u32)>>,
    // Lists of type parameters in scope, the innermost last.
    tparams: Vec<&'s [Ty<'s>]>,
}

impl<'a, 's: 'a> Writer<'a, 's> {
    pub(super) fn new(session: &'a Session<'s>, pkg: &'s Package<'s>) -> Writer<'a, 's> {
        Writer {
            session,
            pkg,
            out: Vec::new(),
            strings: Vec::new(),
            string_idx: FxHashMap::default(),
            files: FxHashMap::default(),
            tparams: Vec::new(),
        }
    }

    pub(super) fn package(mut self) -> Vec<u8> {
        self.name(self.pkg.path);
        let objs = self.pkg.scope.get().copied().unwrap_or(&[]);
        self.number(objs.len() as u64);
        for obj in objs {
            self.out.push(kind_of(obj) as u8);
            self.name(obj.name);
            self.pos(obj.pos);
        }
        for obj in objs {
            self.object(obj);
        }
        let body = std::mem::take(&mut self.out);
        self.out.extend(MAGIC);
        self.number(self.strings.len() as u64);
        for string in std::mem::take(&mut self.strings) {
            self.number(string.len() as u64);
            self.out.extend(string);
        }
        self.out.extend(body);
        self.out
    }

    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.out.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.out.push(number as u8);
    }

    fn signed(&mut self, number: i64) {
        self.number((number << 1 ^ number >> 63) as u64);
    }

    fn flag(&mut self, flag: bool) {
        self.out.push(flag.into());
    }

    fn string(&mut self, string: &'a [u8]) {
        let next = self.strings.len() as u64;
        let idx = *self.string_idx.entry(string).or_insert(next);
        if idx == next {
            self.strings.push(string);
        }
        self.number(idx);
    }

    fn name(&mut self, name: source::Name) {
        self.string(name.as_str().as_bytes());
    }

    fn pos(&mut self, pos: Pos) {
        let (session, first) = (self.session, self.pkg.index);
        let place = *self.files.entry(pos.file).or_insert_with(|| file_of(session, first, pos.file));
        let Some((index, idx)) = place else { return self.out.push(0) };
        self.out.push(1);
        self.name(session.packages[index as usize].path);
        self.number(idx.into());
        self.number(pos.offset.into());
    }

    fn object(&mut self, obj: Obj<'s>) {
        match (&obj.kind, obj.ty()) {
            (ObjKind::Const { value }, ty) => {
                self.type_or_invalid(ty);
                self.value(value.get().copied().unwrap_or(Value::Unknown));
            }
            (ObjKind::TypeName, Some(Type::Named(named))) if named.obj.is(obj) => self.named(named),
            (ObjKind::TypeName, Some(Type::Alias(alias))) if alias.obj.is(obj) => self.alias(alias),
            (_, ty) => self.type_or_invalid(ty),
        }
    }

    fn named(&mut self, named: &'s Named<'s>) {
        let tparams = named.tparams.get().copied().unwrap_or(&[]);
        self.tparams.push(tparams);
        self.tparam_list(tparams);
        self.type_or_invalid(named.underlying.get().copied());
        let rhs = named.rhs.get().copied();
        let differs = match (rhs, named.underlying.get()) {
            (Some(rhs), Some(underlying)) => !std::ptr::eq(rhs, *underlying),
            _ => false,
        };
        self.flag(differs);
        if differs {
            self.type_or_invalid(rhs);
        }
        self.tparams.pop();
        let methods = named.methods.get().copied().unwrap_or(&[]);
        self.number(methods.len() as u64);
        methods.iter().for_each(|method| self.method(method));
    }

    fn alias(&mut self, alias: &'s Alias<'s>) {
        let tparams = alias.tparams.get().copied().unwrap_or(&[]);
        self.tparams.push(tparams);
        self.tparam_list(tparams);
        self.type_or_invalid(alias.rhs.get().copied());
        self.tparams.pop();
    }

    /// Writes names and constraints; the list itself is in scope.
    fn tparam_list(&mut self, tparams: &'s [Ty<'s>]) {
        self.number(tparams.len() as u64);
        for ty in tparams {
            if let Type::TypeParam(tparam) = ty {
                self.name(tparam.obj.name);
                self.pos(tparam.obj.pos);
            }
        }
        for ty in tparams {
            if let Type::TypeParam(tparam) = ty {
                self.type_or_invalid(tparam.bound.get().copied());
            }
        }
    }

    fn method(&mut self, method: Obj<'s>) {
        let ptr_recv = matches!(method.kind, ObjKind::Func { ptr_recv: true, .. });
        self.flag(ptr_recv);
        self.var(method);
    }

    /// Writes name, position, package and type of a field, parameter or method.
    fn var(&mut self, obj: Obj<'s>) {
        self.name(obj.name);
        self.pos(obj.pos);
        self.flag(obj.pkg.is_some());
        if let Some(pkg) = obj.pkg {
            self.name(pkg.path);
        }
        self.type_or_invalid(obj.ty());
    }

    fn vars(&mut self, objs: &'s [Obj<'s>]) {
        self.number(objs.len() as u64);
        objs.iter().for_each(|obj| self.var(obj));
    }

    fn types(&mut self, types: &'s [Ty<'s>]) {
        self.number(types.len() as u64);
        types.iter().for_each(|ty| self.ty(ty));
    }

    fn type_or_invalid(&mut self, ty: Option<Ty<'s>>) {
        self.ty(ty.unwrap_or(self.session.universe.basic[Basic::Invalid as usize]));
    }

    fn reference(&mut self, obj: Obj<'s>) {
        self.name(obj.pkg.map_or(self.session.packages[0].path, |pkg| pkg.path));
        self.name(obj.name);
    }

    fn tag(&mut self, tag: Tag) {
        self.out.push(tag as u8);
    }

    fn ty(&mut self, ty: Ty<'s>) {
        match ty {
            Type::Basic(basic) => {
                self.tag(Tag::Basic);
                self.out.push(*basic as u8);
            }
            Type::Named(Named { obj, origin: None, .. }) | Type::Alias(Alias { obj, origin: None, .. }) => {
                self.tag(Tag::Ref);
                self.reference(obj);
            }
            Type::Named(named) => {
                self.tag(Tag::NamedInstance);
                self.reference(named.obj);
                self.types(named.targs);
            }
            Type::Alias(alias) => {
                self.tag(Tag::AliasInstance);
                self.reference(alias.obj);
                self.types(alias.targs);
                self.type_or_invalid(alias.rhs.get().copied());
            }
            Type::Pointer(elem) => self.wrapping(Tag::Pointer, elem),
            Type::Slice(elem) => self.wrapping(Tag::Slice, elem),
            Type::Array { elem, len } => {
                self.wrapping(Tag::Array, elem);
                self.signed(*len);
            }
            Type::Map { key, elem } => {
                self.wrapping(Tag::Map, key);
                self.ty(elem);
            }
            Type::Chan { dir, elem } => {
                self.wrapping(Tag::Chan, elem);
                self.out.push(match dir {
                    ChanDir::Both => 0,
                    ChanDir::Send => 1,
                    ChanDir::Recv => 2,
                });
            }
            Type::Struct(strukt) => self.strukt(strukt),
            Type::Tuple(types) => {
                self.tag(Tag::Tuple);
                self.types(types);
            }
            Type::Signature(sig) => self.signature(sig),
            Type::Interface(interface) => self.interface(interface),
            Type::Union(terms) => {
                self.tag(Tag::Union);
                self.number(terms.len() as u64);
                for term in *terms {
                    self.flag(term.tilde);
                    self.ty(term.ty);
                }
            }
            Type::TypeParam(tparam) => self.type_param(tparam),
        }
    }

    fn wrapping(&mut self, tag: Tag, elem: Ty<'s>) {
        self.tag(tag);
        self.ty(elem);
    }

    fn strukt(&mut self, strukt: &'s Struct<'s>) {
        self.tag(Tag::Struct);
        self.number(strukt.fields.len() as u64);
        for field in strukt.fields {
            self.flag(field.is_embedded());
            self.var(field);
        }
        self.flag(!strukt.tags.is_empty());
        for tag in strukt.tags {
            self.string(tag.as_bytes());
        }
    }

    fn signature(&mut self, sig: &'s Signature<'s>) {
        self.tag(Tag::Signature);
        self.tparams.extend([sig.recv_tparams, sig.tparams]);
        self.tparam_list(sig.recv_tparams);
        self.tparam_list(sig.tparams);
        self.flag(sig.recv.is_some());
        if let Some(recv) = sig.recv {
            self.var(recv);
        }
        self.vars(sig.params);
        self.vars(sig.results);
        self.flag(sig.variadic);
        self.tparams.truncate(self.tparams.len() - 2);
    }

    fn interface(&mut self, interface: &'s Interface<'s>) {
        // The interface below `comparable` cannot be written in Go.
        let set = interface.type_set.get();
        if interface.embeds.is_empty() && set.is_some_and(|set| set.comparable) {
            return self.tag(Tag::Comparable);
        }
        self.tag(Tag::Interface);
        self.vars(interface.methods);
        self.number(interface.embeds.len() as u64);
        for (ty, pos) in interface.embeds {
            self.ty(ty);
            self.pos(*pos);
        }
        self.flag(interface.implicit);
    }

    fn type_param(&mut self, tparam: &'s TypeParam<'s>) {
        let place = self.tparams.iter().enumerate().rev().find_map(|(level, list)| {
            let is = |ty: &Ty<'s>| matches!(ty, Type::TypeParam(other) if other.obj.is(tparam.obj));
            Some((level, list.iter().position(is)?))
        });
        // One out of its scope is in error.
        let Some((level, idx)) = place else { return self.type_or_invalid(None) };
        self.tag(Tag::TypeParam);
        self.number(level as u64);
        self.number(idx as u64);
    }

    fn value(&mut self, value: Value<'s>) {
        match value {
            Value::Unknown => self.out.push(0),
            Value::Bool(value) => self.out.extend([1, value.into()]),
            Value::Str(bytes) => {
                self.out.push(2);
                self.string(bytes);
            }
            Value::Int(int) => {
                self.out.push(3);
                self.signed(int);
            }
            Value::BigInt(int) => {
                self.out.push(4);
                self.bytes(&int.to_le_bytes());
            }
            Value::Ratio(ratio) => {
                self.out.push(5);
                self.bytes(&ratio.numerator().to_le_bytes());
                self.bytes(&ratio.denominator().to_le_bytes());
            }
            Value::Float(float) => {
                self.out.push(6);
                let (mant, exp) = float.parts();
                self.bytes(&mant.to_le_bytes());
                self.signed(exp);
            }
            Value::Complex((re, im)) => {
                self.out.push(7);
                self.value(*re);
                self.value(*im);
            }
        }
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.out.extend(bytes);
    }
}

fn kind_of(obj: Obj<'_>) -> Kind {
    match (&obj.kind, obj.ty()) {
        (ObjKind::Const { .. }, _) => Kind::Const,
        (ObjKind::TypeName, Some(Type::Named(named))) if named.obj.is(obj) => Kind::Named,
        (ObjKind::TypeName, Some(Type::Alias(alias))) if alias.obj.is(obj) => Kind::Alias,
        (ObjKind::Func { .. }, _) => Kind::Func,
        (ObjKind::Var { .. }, _) => Kind::Var,
        (ObjKind::TypeName | ObjKind::PkgName { .. } | ObjKind::Builtin(_) | ObjKind::Nil, _) => {
            Kind::OtherType
        }
    }
}
