//! Reads export data.
//!
//! The bytes may come from a cache on disk, so nothing in them is trusted: what is not there is an error.

use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

use bumpalo::Bump;
use dashu_int::{IBig, UBig};
use dashu_ratio::RBig;
use rustc_hash::FxHashMap;
use source::{Name, Pos};
use syntax::ChanDir;

use super::{KINDS, Kind, MAGIC, TAGS, Tag, pos_in};
use crate::constant::{Float, Value};
use crate::model::*;
use crate::session::{Session, UNIVERSE};
use crate::universe::BASICS;

/// Types nest at most this deep: as deep as the parser lets them, with some room.
const MAX_DEPTH: u32 = 20_000;

type Result<T> = std::result::Result<T, String>;

/// Reads one package.
pub(super) struct Reader<'a, 's> {
    session: &'s Session<'s>,
    pkg: &'s Package<'s>,
    bump: &'s Bump,
    bytes: &'a [u8],
    strings: Vec<&'s [u8]>,
    packages: FxHashMap<Name, u32>,
    // The package's own objects, sorted by name.
    objs: Vec<Obj<'s>>,
    tparams: Vec<&'s [Ty<'s>]>,
    depth: u32,
}

fn damaged<T>(what: &str) -> Result<T> {
    Err(format!("export data is damaged: {what}"))
}

impl<'a, 's> Reader<'a, 's> {
    pub(super) fn new(session: &'s Session<'s>, index: u32, bytes: &'a [u8]) -> Result<Reader<'a, 's>> {
        let Some(bytes) = bytes.strip_prefix(MAGIC) else {
            return Err("not export data of this version of rigo".into());
        };
        Ok(Reader {
            session,
            pkg: &session.packages[index as usize],
            bump: session.take_arena(index, 0),
            bytes,
            strings: Vec::new(),
            packages: session.packages.iter().map(|pkg| (pkg.path, pkg.index)).collect(),
            objs: Vec::new(),
            tparams: Vec::new(),
            depth: 0,
        })
    }

    pub(super) fn package(mut self) -> Result<()> {
        for _ in 0..self.count()? {
            let len = self.number()?;
            let bytes = self.take(len)?;
            self.strings.push(self.bump.alloc_slice_copy(bytes));
        }
        if self.name()? != self.pkg.path {
            return damaged("it is of another package");
        }
        let mut kinds = Vec::new();
        for _ in 0..self.count()? {
            let kind = self.byte()?;
            let Some(kind) = KINDS.get(kind as usize) else { return damaged("kind of an object") };
            let (name, pos) = (self.name()?, self.pos()?);
            self.objs.push(self.declare(*kind, name, pos));
            kinds.push(*kind);
        }
        if !self.objs.is_sorted_by_key(|obj| obj.name) {
            return damaged("order of objects");
        }
        for (idx, kind) in kinds.into_iter().enumerate() {
            self.define(self.objs[idx], kind)?;
        }
        if !self.bytes.is_empty() {
            return damaged("bytes are left over");
        }
        match self.pkg.scope.set(self.bump.alloc_slice_copy(&self.objs)) {
            Ok(()) => Ok(()),
            Err(_) => Err(format!("package {} is declared already", self.pkg.path)),
        }
    }

    // Bytes, numbers, strings.

    fn take(&mut self, len: u64) -> Result<&'a [u8]> {
        match usize::try_from(len).ok().and_then(|len| self.bytes.split_at_checked(len)) {
            Some((taken, rest)) => {
                self.bytes = rest;
                Ok(taken)
            }
            None => damaged("too short"),
        }
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    fn flag(&mut self) -> Result<bool> {
        Ok(self.byte()? != 0)
    }

    fn number(&mut self) -> Result<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        damaged("number")
    }

    /// Reads how many things follow: each takes a byte at least.
    fn count(&mut self) -> Result<usize> {
        match usize::try_from(self.number()?) {
            Ok(count) if count <= self.bytes.len() => Ok(count),
            _ => damaged("count"),
        }
    }

    fn small(&mut self) -> Result<u32> {
        u32::try_from(self.number()?).or_else(|_| damaged("number"))
    }

    fn signed(&mut self) -> Result<i64> {
        let number = self.number()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    fn string(&mut self) -> Result<&'s [u8]> {
        let idx = self.number()? as usize;
        self.strings.get(idx).copied().map_or_else(|| damaged("string"), Ok)
    }

    fn text(&mut self) -> Result<&'s str> {
        std::str::from_utf8(self.string()?).or_else(|_| damaged("text"))
    }

    fn name(&mut self) -> Result<Name> {
        Ok(Name::new(self.text()?))
    }

    fn pkg(&mut self) -> Result<&'s Package<'s>> {
        let path = self.name()?;
        match self.packages.get(&path) {
            Some(index) => Ok(&self.session.packages[*index as usize]),
            None => Err(format!("export data needs package {path}, which is not part of the request")),
        }
    }

    fn pos(&mut self) -> Result<Pos> {
        if !self.flag()? {
            return Ok(Pos::NONE);
        }
        let pkg = self.pkg()?;
        let (idx, offset) = (self.small()?, self.small()?);
        pos_in(self.session, pkg.index, idx, offset).map_or_else(|| damaged("file of a position"), Ok)
    }

    // Objects.

    fn alloc(&self, ty: Type<'s>) -> Ty<'s> {
        self.bump.alloc(ty)
    }

    fn object(
        &self,
        name: Name,
        pos: Pos,
        pkg: Option<&'s Package<'s>>,
        kind: ObjKind<'s>,
        ty: Option<Ty<'s>>,
    ) -> Obj<'s> {
        let ty = ty.map_or_else(OnceLock::new, OnceLock::from);
        self.bump.alloc(Object { name, pos, pkg, kind, ty, used: AtomicBool::new(true) })
    }

    fn declare(&self, kind: Kind, name: Name, pos: Pos) -> Obj<'s> {
        let obj_kind = match kind {
            Kind::Const => ObjKind::Const { value: OnceLock::new() },
            Kind::Named | Kind::Alias | Kind::OtherType => ObjKind::TypeName,
            Kind::Var => ObjKind::Var { role: VarRole::Package },
            Kind::Func => ObjKind::Func { ptr_recv: false, origin: None },
        };
        let obj = self.object(name, pos, Some(self.pkg), obj_kind, None);
        let ty = match kind {
            Kind::Named => Type::Named(Named {
                obj,
                origin: None,
                targs: &[],
                tparams: OnceLock::new(),
                rhs: OnceLock::new(),
                underlying: OnceLock::new(),
                methods: OnceLock::new(),
                local_number: 0,
            }),
            Kind::Alias => Type::Alias(Alias {
                obj,
                origin: None,
                targs: &[],
                tparams: OnceLock::new(),
                rhs: OnceLock::new(),
            }),
            Kind::Const | Kind::OtherType | Kind::Var | Kind::Func => return obj,
        };
        let _ = obj.ty.set(self.alloc(ty));
        obj
    }

    fn define(&mut self, obj: Obj<'s>, kind: Kind) -> Result<()> {
        match (kind, obj.ty()) {
            (Kind::Named, Some(Type::Named(named))) => self.named(named),
            (Kind::Alias, Some(Type::Alias(alias))) => {
                self.tparam_list(&alias.tparams)?;
                let _ = alias.rhs.set(self.ty()?);
                self.tparams.pop();
                Ok(())
            }
            _ => {
                let _ = obj.ty.set(self.ty()?);
                if let ObjKind::Const { value } = &obj.kind {
                    let _ = value.set(self.value()?);
                }
                Ok(())
            }
        }
    }

    fn named(&mut self, named: &'s Named<'s>) -> Result<()> {
        self.tparam_list(&named.tparams)?;
        let underlying = self.ty()?;
        let rhs = if self.flag()? { self.ty()? } else { underlying };
        self.tparams.pop();
        let _ = named.underlying.set(underlying);
        let _ = named.rhs.set(rhs);
        let mut methods = Vec::new();
        for _ in 0..self.count()? {
            let ptr_recv = self.flag()?;
            methods.push(self.var(ObjKind::Func { ptr_recv, origin: None })?);
        }
        let _ = named.methods.set(self.bump.alloc_slice_copy(&methods));
        Ok(())
    }

    /// Reads a list of type parameters into `slot` and leaves it in scope.
    fn tparam_list(&mut self, slot: &OnceLock<&'s [Ty<'s>]>) -> Result<()> {
        let mut tparams = Vec::new();
        for index in 0..self.count()? {
            let (name, pos) = (self.name()?, self.pos()?);
            let obj = self.object(name, pos, Some(self.pkg), ObjKind::TypeName, None);
            let index = index as u32;
            let ty = self.alloc(Type::TypeParam(TypeParam { obj, index, bound: OnceLock::new() }));
            let _ = obj.ty.set(ty);
            tparams.push(ty);
        }
        let tparams: &'s [Ty<'s>] = self.bump.alloc_slice_copy(&tparams);
        let _ = slot.set(tparams);
        self.tparams.push(tparams);
        for ty in tparams {
            if let Type::TypeParam(tparam) = ty {
                let _ = tparam.bound.set(self.ty()?);
            }
        }
        Ok(())
    }

    fn var(&mut self, kind: ObjKind<'s>) -> Result<Obj<'s>> {
        let (name, pos) = (self.name()?, self.pos()?);
        let pkg = if self.flag()? { Some(self.pkg()?) } else { None };
        let ty = self.ty()?;
        Ok(self.object(name, pos, pkg, kind, Some(ty)))
    }

    fn vars(&mut self, role: VarRole) -> Result<&'s [Obj<'s>]> {
        let mut vars = Vec::new();
        for _ in 0..self.count()? {
            vars.push(self.var(ObjKind::Var { role })?);
        }
        Ok(self.bump.alloc_slice_copy(&vars))
    }

    // Types.

    fn types(&mut self) -> Result<&'s [Ty<'s>]> {
        let mut types = Vec::new();
        for _ in 0..self.count()? {
            types.push(self.ty()?);
        }
        Ok(self.bump.alloc_slice_copy(&types))
    }

    fn reference(&mut self) -> Result<Ty<'s>> {
        let (pkg, name) = (self.pkg()?, self.name()?);
        let obj = if pkg.index == UNIVERSE {
            self.session.universe.scope.get(&name).copied()
        } else if pkg.is(self.pkg) {
            self.objs.binary_search_by(|obj| obj.name.cmp(&name)).ok().map(|idx| self.objs[idx])
        } else {
            pkg.lookup(name)
        };
        let ty = obj.filter(|obj| matches!(obj.kind, ObjKind::TypeName)).and_then(|obj| obj.ty());
        ty.ok_or_else(|| format!("export data needs type {}.{name}, which is not declared", pkg.path))
    }

    fn ty(&mut self) -> Result<Ty<'s>> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return damaged("types nest too deep");
        }
        let tag = self.byte()?;
        let Some(tag) = TAGS.get(tag as usize) else { return damaged("kind of a type") };
        let ty = self.tagged(*tag)?;
        self.depth -= 1;
        Ok(ty)
    }

    fn tagged(&mut self, tag: Tag) -> Result<Ty<'s>> {
        let ty = match tag {
            Tag::Basic => {
                let basic = BASICS.get(self.byte()? as usize).map_or_else(|| damaged("basic type"), Ok)?;
                return Ok(self.session.universe.basic[*basic as usize]);
            }
            Tag::Ref => return self.reference(),
            Tag::NamedInstance => self.named_instance()?,
            Tag::AliasInstance => self.alias_instance()?,
            Tag::Pointer => Type::Pointer(self.ty()?),
            Tag::Slice => Type::Slice(self.ty()?),
            Tag::Array => Type::Array { elem: self.ty()?, len: self.signed()? },
            Tag::Map => Type::Map { key: self.ty()?, elem: self.ty()? },
            Tag::Chan => {
                let elem = self.ty()?;
                let dir = match self.byte()? {
                    0 => ChanDir::Both,
                    1 => ChanDir::Send,
                    2 => ChanDir::Recv,
                    _ => return damaged("direction of a channel"),
                };
                Type::Chan { dir, elem }
            }
            Tag::Struct => Type::Struct(self.strukt()?),
            Tag::Tuple => Type::Tuple(self.types()?),
            Tag::Signature => Type::Signature(self.signature()?),
            Tag::Interface => Type::Interface(self.interface()?),
            Tag::Comparable => match self.session.universe.comparable {
                Type::Named(Named { underlying, .. }) => {
                    return underlying.get().copied().map_or_else(|| damaged("comparable"), Ok);
                }
                _ => return damaged("comparable"),
            },
            Tag::Union => {
                let mut terms = Vec::new();
                for _ in 0..self.count()? {
                    terms.push(Term { tilde: self.flag()?, ty: self.ty()? });
                }
                Type::Union(self.bump.alloc_slice_copy(&terms))
            }
            Tag::TypeParam => {
                let (level, idx) = (self.number()? as usize, self.number()? as usize);
                let tparam = self.tparams.get(level).and_then(|list| list.get(idx));
                return tparam.copied().map_or_else(|| damaged("type parameter"), Ok);
            }
        };
        Ok(self.alloc(ty))
    }

    fn named_instance(&mut self) -> Result<Type<'s>> {
        let origin = self.reference()?;
        let Type::Named(Named { obj, .. }) = origin else { return damaged("instance") };
        Ok(Type::Named(Named {
            obj,
            origin: Some(origin),
            targs: self.types()?,
            tparams: OnceLock::from(&[][..]),
            rhs: OnceLock::new(),
            underlying: OnceLock::new(),
            methods: OnceLock::new(),
            local_number: 0,
        }))
    }

    fn alias_instance(&mut self) -> Result<Type<'s>> {
        let origin = self.reference()?;
        let Type::Alias(Alias { obj, .. }) = origin else { return damaged("instance of an alias") };
        let targs = self.types()?;
        let rhs = OnceLock::from(self.ty()?);
        Ok(Type::Alias(Alias { obj, origin: Some(origin), targs, tparams: OnceLock::from(&[][..]), rhs }))
    }

    fn strukt(&mut self) -> Result<Struct<'s>> {
        let mut fields = Vec::new();
        for _ in 0..self.count()? {
            let embedded = self.flag()?;
            fields.push(self.var(ObjKind::Var { role: VarRole::Field { embedded } })?);
        }
        let mut tags = Vec::new();
        if self.flag()? {
            for _ in &fields {
                tags.push(self.text()?);
            }
        }
        Ok(Struct { fields: self.bump.alloc_slice_copy(&fields), tags: self.bump.alloc_slice_copy(&tags) })
    }

    fn signature(&mut self) -> Result<Signature<'s>> {
        let (recv_tparams, tparams) = (OnceLock::new(), OnceLock::new());
        self.tparam_list(&recv_tparams)?;
        self.tparam_list(&tparams)?;
        let recv = match self.flag()? {
            true => Some(self.var(ObjKind::Var { role: VarRole::Recv })?),
            false => None,
        };
        let (params, results) = (self.vars(VarRole::Param)?, self.vars(VarRole::Result)?);
        let variadic = self.flag()?;
        self.tparams.truncate(self.tparams.len() - 2);
        let list = |slot: OnceLock<&'s [Ty<'s>]>| slot.into_inner().unwrap_or(&[]);
        let (recv_tparams, tparams) = (list(recv_tparams), list(tparams));
        Ok(Signature { tparams, recv_tparams, recv, params, results, variadic })
    }

    fn interface(&mut self) -> Result<Interface<'s>> {
        let mut methods = Vec::new();
        for _ in 0..self.count()? {
            methods.push(self.var(ObjKind::Func { ptr_recv: false, origin: None })?);
        }
        let mut embeds = Vec::new();
        for _ in 0..self.count()? {
            embeds.push((self.ty()?, self.pos()?));
        }
        Ok(Interface {
            methods: self.bump.alloc_slice_copy(&methods),
            embeds: self.bump.alloc_slice_copy(&embeds),
            implicit: self.flag()?,
            type_set: OnceLock::new(),
        })
    }

    // Constants.

    fn value(&mut self) -> Result<Value<'s>> {
        Ok(match self.byte()? {
            0 => Value::Unknown,
            1 => Value::Bool(self.flag()?),
            2 => Value::Str(self.string()?),
            3 => Value::Int(self.signed()?),
            4 => Value::from_ibig(self.bump, self.big()?),
            5 => {
                let num = self.big()?;
                let len = self.number()?;
                let den = UBig::from_le_bytes(self.take(len)?);
                if den == UBig::ZERO {
                    return damaged("ratio");
                }
                Value::Ratio(self.bump.alloc(RBig::from_parts(num, den)))
            }
            6 => {
                let (mant, exp) = (self.big()?, self.signed()?);
                match Float::new(mant, exp) {
                    Some(float) => Value::Float(self.bump.alloc(float)),
                    None => return damaged("float"),
                }
            }
            7 => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return damaged("complex number");
                }
                let parts = (self.value()?, self.value()?);
                self.depth -= 1;
                Value::Complex(self.bump.alloc(parts))
            }
            _ => return damaged("constant"),
        })
    }

    fn big(&mut self) -> Result<IBig> {
        let len = self.number()?;
        Ok(IBig::from_le_bytes(self.take(len)?))
    }
}
