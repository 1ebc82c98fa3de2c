//! Substitution of type arguments for type parameters.
//!
//! What does not mention a type parameter is returned as it is, without a copy.

use std::ptr;
use std::sync::OnceLock;

use crate::checker::Checker;
use crate::model::*;

/// Which type stands for which type parameter. A missing type leaves its parameter as it is.
#[derive(Clone, Copy)]
struct Map<'a, 's> {
    tparams: &'a [Ty<'s>],
    targs: &'a [Option<Ty<'s>>],
    /// Types declared within the generic function get an instance for each list of type arguments.
    locals: bool,
}

impl<'s> Map<'_, 's> {
    fn get(&self, ty: Ty<'s>, tparam: &TypeParam<'s>) -> Ty<'s> {
        let is = |other: &Ty<'s>| matches!(other, Type::TypeParam(other) if other.obj.is(tparam.obj));
        // It nearly always stands where its number says.
        let guess = tparam.index as usize;
        let idx = match self.tparams.get(guess) {
            Some(other) if is(other) => Some(guess),
            _ => self.tparams.iter().position(is),
        };
        idx.and_then(|idx| self.targs[idx]).unwrap_or(ty)
    }
}

impl<'s> Checker<'s> {
    /// Returns `ty` with `targs` in place of `tparams`.
    pub fn subst(&mut self, ty: Ty<'s>, tparams: &[Ty<'s>], targs: &[Ty<'s>]) -> Ty<'s> {
        if let Type::Basic(_) = ty {
            return ty;
        }
        let targs: Vec<_> = targs.iter().map(|ty| Some(*ty)).collect();
        self.subst_some(ty, tparams, &targs)
    }

    /// As [`subst`](Checker::subst), for types within the body of a generic function: types declared there are other
    /// types for other type arguments.
    pub fn subst_body(&mut self, ty: Ty<'s>, tparams: &[Ty<'s>], targs: &[Ty<'s>]) -> Ty<'s> {
        let targs: Vec<_> = targs.iter().map(|ty| Some(*ty)).collect();
        self.subst_type(ty, Map { tparams, targs: &targs, locals: true })
    }

    /// The instance of a type declared within a generic function. Its type arguments are those of the function.
    fn local_instance(&mut self, ty: Ty<'s>, named: &'s Named<'s>, map: Map<'_, 's>) -> Ty<'s> {
        let targs: Vec<Ty<'s>> = map.targs.iter().copied().flatten().collect();
        let mut key = vec![ptr::from_ref(ty) as usize];
        key.extend(targs.iter().map(|ty| ptr::from_ref(*ty) as usize));
        if let Some(known) = self.local_instances.get(&key) {
            return known;
        }
        let targs = self.slice(&targs);
        let instance = self.alloc(Type::Named(Named {
            obj: named.obj,
            origin: None,
            targs,
            tparams: OnceLock::new(),
            rhs: OnceLock::new(),
            underlying: OnceLock::new(),
            methods: OnceLock::new(),
            local_number: named.local_number,
        }));
        self.local_instances.insert(key, instance);
        let under = self.under(ty);
        let under = self.subst_type(under, map);
        if let Type::Named(instance) = instance {
            instance.underlying.get_or_init(|| under);
        }
        instance
    }

    /// As [`subst`](Checker::subst), but type parameters without a type argument stay.
    pub(crate) fn subst_some(&mut self, ty: Ty<'s>, tparams: &[Ty<'s>], targs: &[Option<Ty<'s>>]) -> Ty<'s> {
        if tparams.is_empty() {
            return ty;
        }
        self.subst_type(ty, Map { tparams, targs, locals: false })
    }

    /// Substitutes in the types of parameters, results or fields.
    pub(crate) fn subst_objects(
        &mut self,
        objs: &'s [Obj<'s>],
        tparams: &[Ty<'s>],
        targs: &[Ty<'s>],
    ) -> &'s [Obj<'s>] {
        let targs: Vec<_> = targs.iter().map(|ty| Some(*ty)).collect();
        self.objects(objs, Map { tparams, targs: &targs, locals: false })
    }

    fn subst_type(&mut self, ty: Ty<'s>, map: Map<'_, 's>) -> Ty<'s> {
        match ty {
            Type::Basic(_) => ty,
            Type::TypeParam(tparam) => map.get(ty, tparam),
            Type::Named(named) => {
                let Some(origin) = named.origin else {
                    let is_local = map.locals && named.local_number > 0 && named.targs.is_empty();
                    return if is_local { self.local_instance(ty, named, map) } else { ty };
                };
                // A wrong number of type arguments was reported; what follows from it says nothing new.
                if let Type::Named(Named { tparams, .. }) = origin
                    && tparams.get().is_some_and(|tparams| tparams.len() != named.targs.len())
                {
                    return self.invalid();
                }
                let targs = self.subst_types(named.targs, map);
                match ptr::eq(targs, named.targs) {
                    true => ty,
                    false => self.instantiate(origin, targs),
                }
            }
            Type::Alias(alias) => self.subst_alias(ty, alias, map),
            Type::Pointer(elem) => self.rebuild(ty, elem, map, Type::Pointer),
            Type::Slice(elem) => self.rebuild(ty, elem, map, Type::Slice),
            Type::Array { elem, len } => self.rebuild(ty, elem, map, |elem| Type::Array { elem, len: *len }),
            Type::Chan { dir, elem } => self.rebuild(ty, elem, map, |elem| Type::Chan { dir: *dir, elem }),
            Type::Map { key, elem } => {
                let (new_key, new_elem) = (self.subst_type(key, map), self.subst_type(elem, map));
                match ptr::eq(*key, new_key) && ptr::eq(*elem, new_elem) {
                    true => ty,
                    false => self.alloc(Type::Map { key: new_key, elem: new_elem }),
                }
            }
            Type::Struct(strukt) => {
                let fields = self.objects(strukt.fields, map);
                match ptr::eq(fields, strukt.fields) {
                    true => ty,
                    false => self.alloc(Type::Struct(Struct { fields, tags: strukt.tags })),
                }
            }
            Type::Tuple(types) => {
                let new = self.subst_types(types, map);
                if ptr::eq(new, *types) { ty } else { self.alloc(Type::Tuple(new)) }
            }
            Type::Signature(sig) => self.subst_signature(ty, sig, map),
            Type::Interface(interface) => self.subst_interface(ty, interface, map),
            Type::Union(terms) => match self.subst_terms(terms, map) {
                Some(terms) => self.alloc(Type::Union(terms)),
                None => ty,
            },
        }
    }

    fn rebuild(
        &mut self,
        ty: Ty<'s>,
        elem: Ty<'s>,
        map: Map<'_, 's>,
        make: impl FnOnce(Ty<'s>) -> Type<'s>,
    ) -> Ty<'s> {
        let new = self.subst_type(elem, map);
        if ptr::eq(new, elem) { ty } else { self.alloc(make(new)) }
    }

    fn subst_alias(&mut self, ty: Ty<'s>, alias: &'s Alias<'s>, map: Map<'_, 's>) -> Ty<'s> {
        // Only instances, and aliases declared within generic functions, can mention type parameters.
        if let Some(origin) = alias.origin {
            let targs = self.subst_types(alias.targs, map);
            return match ptr::eq(targs, alias.targs) {
                true => ty,
                false => self.instantiate(origin, targs),
            };
        }
        let Some(rhs) = alias.rhs.get() else { return ty };
        let new = self.subst_type(rhs, map);
        if ptr::eq(new, *rhs) { ty } else { new }
    }

    fn subst_signature(&mut self, ty: Ty<'s>, sig: &'s Signature<'s>, map: Map<'_, 's>) -> Ty<'s> {
        let (params, results) = (self.objects(sig.params, map), self.objects(sig.results, map));
        if ptr::eq(params, sig.params) && ptr::eq(results, sig.results) {
            return ty;
        }
        self.alloc(Type::Signature(Signature { params, results, ..*sig }))
    }

    fn subst_interface(&mut self, ty: Ty<'s>, interface: &'s Interface<'s>, map: Map<'_, 's>) -> Ty<'s> {
        let methods = self.objects(interface.methods, map);
        let mut embeds: Option<Vec<_>> = None;
        for (i, (embed, pos)) in interface.embeds.iter().enumerate() {
            let new = self.subst_type(embed, map);
            if !ptr::eq(new, *embed) {
                embeds.get_or_insert_with(|| interface.embeds.to_vec())[i] = (new, *pos);
            }
        }
        if embeds.is_none() && ptr::eq(methods, interface.methods) {
            return ty;
        }
        let embeds = embeds.map_or(interface.embeds, |embeds| self.slice(&embeds));
        let implicit = interface.implicit;
        self.alloc(Type::Interface(Interface { methods, embeds, implicit, type_set: Default::default() }))
    }

    fn subst_terms(&mut self, terms: &'s [Term<'s>], map: Map<'_, 's>) -> Option<&'s [Term<'s>]> {
        let mut changed: Option<Vec<_>> = None;
        for (i, term) in terms.iter().enumerate() {
            let new = self.subst_type(term.ty, map);
            if !ptr::eq(new, term.ty) {
                changed.get_or_insert_with(|| terms.to_vec())[i].ty = new;
            }
        }
        changed.map(|terms| self.slice(&terms))
    }

    fn subst_types(&mut self, types: &'s [Ty<'s>], map: Map<'_, 's>) -> &'s [Ty<'s>] {
        let mut changed: Option<Vec<_>> = None;
        for (i, ty) in types.iter().enumerate() {
            let new = self.subst_type(ty, map);
            if !ptr::eq(new, *ty) {
                changed.get_or_insert_with(|| types.to_vec())[i] = new;
            }
        }
        changed.map_or(types, |types| self.slice(&types))
    }

    fn objects(&mut self, objs: &'s [Obj<'s>], map: Map<'_, 's>) -> &'s [Obj<'s>] {
        let mut changed: Option<Vec<_>> = None;
        for (i, obj) in objs.iter().enumerate() {
            let Some(ty) = obj.ty() else { continue };
            let new = self.subst_type(ty, map);
            if ptr::eq(new, ty) {
                continue;
            }
            let kind = match &obj.kind {
                ObjKind::Func { ptr_recv, origin } => {
                    ObjKind::Func { ptr_recv: *ptr_recv, origin: Some(origin.unwrap_or(obj)) }
                }
                ObjKind::Var { role } => ObjKind::Var { role: *role },
                _ => continue,
            };
            let new = self.object_like(obj, kind, new);
            changed.get_or_insert_with(|| objs.to_vec())[i] = new;
        }
        changed.map_or(objs, |objs| self.slice(&objs))
    }
}
