//! Finding the field or method that a selector names. Spec, "Selectors" and "Struct types".
//!
//! The search goes through the embedded fields level by level: the shallowest depth at which the name occurs
//! decides, and there it must occur once. Methods of an instance are those of its generic type with the type
//! arguments put in; each is made once per instance and phase.
//!
//! Invariant: what a search without errors has found through embedded fields is kept, since a type does not
//! change once its underlying type is known.

use std::cell::OnceCell;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

use rustc_hash::{FxHashMap, FxHashSet};
use source::Name;

use crate::checker::Checker;
use crate::model::*;
use crate::predicates::{identical, unalias};

/// What a name selects.
#[derive(Clone, Copy, Debug)]
pub enum Found<'s> {
    /// A field.
    Field {
        /// The field.
        obj: Obj<'s>,
        /// The numbers of the fields on the way, its own last.
        path: &'s [u32],
        /// A pointer is dereferenced on the way.
        indirect: bool,
    },
    /// A method that can be called.
    Method {
        /// The method; of an instance, with its type arguments put in.
        obj: Obj<'s>,
        /// The numbers of the embedded fields on the way.
        path: &'s [u32],
        /// A pointer is dereferenced on the way.
        indirect: bool,
    },
    /// Nothing.
    NotFound,
    /// Several at the same depth; the way to one of them.
    Ambiguous(&'s [u32]),
    /// A method that needs a pointer, where there is neither one nor an address.
    PtrRecv(Obj<'s>),
}

/// What lookups keep.
#[derive(Default)]
pub struct Cache<'s> {
    /// See `format`.
    pub(crate) clashing: OnceCell<FxHashSet<Name>>,
    // By instance and method of the generic type.
    instance_methods: FxHashMap<(usize, usize), Obj<'s>>,
    // Results for pointerless types that needed a look into embedded fields, by type, name and package.
    promoted: FxHashMap<(usize, Name, u32), Hit<'s>>,
}

/// What a search finds, before it is asked whether the operand allows it.
#[derive(Clone, Copy)]
struct Hit<'s> {
    obj: Obj<'s>,
    path: &'s [u32],
    // A pointer on the way, the operand itself aside.
    indirect: bool,
    ambiguous: bool,
}

/// A type at some depth of the search.
struct Embedded<'s> {
    ty: Ty<'s>,
    // The entry whose field it is, and the number of that field; the first entry has none.
    parent: Option<(usize, u32)>,
    indirect: bool,
    // It occurs several times at this depth.
    multiples: bool,
}

/// What is searched for.
#[derive(Clone, Copy)]
struct Key {
    // The path and the number of the package in which the name is written.
    path: Name,
    index: u32,
    name: Name,
    fold_case: bool,
}

impl Key {
    fn matches(&self, obj: &Object<'_>) -> bool {
        if self.fold_case {
            return equal_fold(self.name.as_str(), obj.name.as_str());
        }
        obj.name == self.name && (self.name.is_exported() || obj.pkg.is_none_or(|pkg| pkg.path == self.path))
    }
}

/// Paths of one field, for all but the largest structs.
static FIELD_NUMBERS: [u32; 32] = {
    let mut numbers = [0; 32];
    let mut idx = 0;
    while idx < numbers.len() {
        numbers[idx] = idx as u32;
        idx += 1;
    }
    numbers
};

fn equal_fold(x: &str, y: &str) -> bool {
    x.eq_ignore_ascii_case(y) || !(x.is_ascii() && y.is_ascii()) && x.to_lowercase() == y.to_lowercase()
}

impl<'s> Checker<'s> {
    /// Finds what `name`, written in `pkg`, selects from an operand of type `ty`.
    ///
    /// With `fold_case`, names match in any case and from any package: for messages.
    pub fn lookup_field_or_method(
        &mut self,
        ty: Ty<'s>,
        addressable: bool,
        pkg: &Package<'s>,
        name: Name,
        fold_case: bool,
    ) -> Found<'s> {
        if name.is_blank() {
            return Found::NotFound;
        }
        let ty = unalias(ty);
        let key = Key { path: pkg.path, index: pkg.index, name, fold_case };
        // A declared pointer type has the fields of what it points to, but no methods.
        if let Type::Named(_) = ty
            && let pointer @ Type::Pointer(_) = self.under(ty)
        {
            return match self.find(pointer, addressable, key) {
                Found::Method { .. } | Found::PtrRecv(_) => Found::NotFound,
                found => found,
            };
        }
        self.find(ty, addressable, key)
    }

    fn find(&mut self, ty: Ty<'s>, addressable: bool, key: Key) -> Found<'s> {
        let (base, is_pointer) = match ty {
            Type::Pointer(elem) => (unalias(elem), true),
            _ => (ty, false),
        };
        // Pointers to interfaces and to type parameters have no methods.
        if is_pointer && matches!(self.under(base), Type::Interface(_)) {
            return Found::NotFound;
        }
        let Some(hit) = self.search(base, key) else { return Found::NotFound };
        let Hit { obj, path, .. } = hit;
        let indirect = hit.indirect || is_pointer;
        match obj.kind {
            _ if hit.ambiguous => Found::Ambiguous(path),
            ObjKind::Func { ptr_recv: true, .. } if !indirect && !addressable => Found::PtrRecv(obj),
            ObjKind::Func { .. } => Found::Method { obj, path, indirect },
            _ => Found::Field { obj, path, indirect },
        }
    }

    fn search(&mut self, base: Ty<'s>, key: Key) -> Option<Hit<'s>> {
        // Most names are found here, and then nothing is allocated.
        if let Some((obj, field)) = self.direct(base, key) {
            let path = self.field_path(field);
            return Some(Hit { obj, path, indirect: false, ambiguous: false });
        }
        let Type::Struct(strukt) = self.under(base) else { return None };
        if !strukt.fields.iter().any(|field| field.is_embedded()) {
            return None;
        }
        let cache_key = (ptr::from_ref(base) as usize, key.name, key.index);
        if !key.fold_case
            && let Some(hit) = self.lookups.promoted.get(&cache_key)
        {
            return Some(*hit);
        }
        let hit = self.search_embedded(base, key)?;
        if !key.fold_case {
            self.lookups.promoted.insert(cache_key, hit);
        }
        Some(hit)
    }

    /// Searches what the struct `base` embeds, level by level.
    fn search_embedded(&mut self, base: Ty<'s>, key: Key) -> Option<Hit<'s>> {
        let mut entries = vec![Embedded { ty: base, parent: None, indirect: false, multiples: false }];
        let mut seen: Vec<Ty<'s>> = Vec::new();
        if let Type::Named(_) = base {
            seen.push(base);
        }
        self.gather(&mut entries, 0);
        let mut level = merge_level(&mut entries, 1);
        while !level.is_empty() {
            let mut hit: Option<Hit<'s>> = None;
            for idx in level.clone() {
                let Embedded { ty, indirect, multiples, .. } = entries[idx];
                if let Type::Named(_) = ty {
                    // Seen at a smaller depth: that one hides this.
                    if seen.iter().any(|other| identical(other, ty)) {
                        continue;
                    }
                    seen.push(ty);
                }
                if let Some((obj, field)) = self.direct(ty, key) {
                    let ambiguous = multiples || hit.is_some();
                    let path = self.path_to(&entries, idx, field);
                    let found = Hit { obj, path, indirect, ambiguous };
                    if ambiguous {
                        return Some(found);
                    }
                    hit = Some(found);
                } else if hit.is_none() {
                    self.gather(&mut entries, idx);
                }
            }
            if hit.is_some() {
                return hit;
            }
            level = merge_level(&mut entries, level.end);
        }
        None
    }

    /// Returns the method or field that the type has without looking into embedded fields, and the field's number.
    fn direct(&mut self, ty: Ty<'s>, key: Key) -> Option<(Obj<'s>, Option<u32>)> {
        if let Type::Named(named) = ty
            && let Some(method) = self.declared_methods(named).iter().find(|method| key.matches(method))
        {
            return Some((self.instance_method(ty, named, method), None));
        }
        match self.under(ty) {
            Type::Struct(strukt) => {
                let idx = strukt.fields.iter().position(|field| key.matches(field))?;
                Some((strukt.fields[idx], Some(idx as u32)))
            }
            Type::Interface(interface) => {
                let methods = self.type_set_of(interface).methods;
                methods.iter().find(|method| key.matches(method)).map(|method| (*method, None))
            }
            _ => None,
        }
    }

    /// Adds the embedded fields of a struct to the next level.
    fn gather(&mut self, entries: &mut Vec<Embedded<'s>>, idx: usize) {
        let Embedded { ty, indirect, multiples, .. } = entries[idx];
        let Type::Struct(strukt) = self.under(ty) else { return };
        for (i, field) in (0..).zip(strukt.fields) {
            if field.is_embedded()
                && let Some(field_ty) = field.ty()
            {
                let (ty, is_pointer) = match unalias(field_ty) {
                    Type::Pointer(elem) => (unalias(elem), true),
                    ty => (ty, false),
                };
                let indirect = indirect || is_pointer;
                entries.push(Embedded { ty, parent: Some((idx, i)), indirect, multiples });
            }
        }
    }

    fn field_path(&self, field: Option<u32>) -> &'s [u32] {
        match field {
            None => &[],
            Some(idx) => match FIELD_NUMBERS.get(idx as usize) {
                Some(idx) => std::slice::from_ref(idx),
                None => self.slice(&[idx]),
            },
        }
    }

    fn path_to(&self, entries: &[Embedded<'s>], mut idx: usize, field: Option<u32>) -> &'s [u32] {
        let mut path: Vec<u32> = field.into_iter().collect();
        while let Some((parent, field)) = entries[idx].parent {
            path.push(field);
            idx = parent;
        }
        path.reverse();
        self.slice(&path)
    }

    /// Returns a method of a generic type with the type arguments of `named`, which is `ty`.
    pub(crate) fn instance_method(&mut self, ty: Ty<'s>, named: &'s Named<'s>, method: Obj<'s>) -> Obj<'s> {
        if named.targs.is_empty() {
            return method;
        }
        let key = (ptr::from_ref(named) as usize, ptr::from_ref(method) as usize);
        if let Some(known) = self.lookups.instance_methods.get(&key) {
            return known;
        }
        let Some(Type::Signature(sig)) = self.object_type(method) else { return method };
        let ObjKind::Func { ptr_recv, .. } = method.kind else { return method };
        if sig.recv_tparams.len() != named.targs.len() {
            return method;
        }
        let recv_ty = if ptr_recv { self.alloc(Type::Pointer(ty)) } else { ty };
        let recv = sig.recv.map(|recv| self.object_like(recv, ObjKind::Var { role: VarRole::Recv }, recv_ty));
        let sig = Signature {
            tparams: sig.tparams,
            recv_tparams: &[],
            recv,
            params: self.subst_objects(sig.params, sig.recv_tparams, named.targs),
            results: self.subst_objects(sig.results, sig.recv_tparams, named.targs),
            variadic: sig.variadic,
        };
        let sig_ty = self.alloc(Type::Signature(sig));
        let obj = self.object_like(method, ObjKind::Func { ptr_recv, origin: Some(method) }, sig_ty);
        self.lookups.instance_methods.insert(key, obj);
        obj
    }

    /// Allocates an object that differs from `like` in kind and type alone.
    pub(crate) fn object_like(&self, like: Obj<'s>, kind: ObjKind<'s>, ty: Ty<'s>) -> Obj<'s> {
        self.bump.alloc(Object {
            name: like.name,
            pos: like.pos,
            pkg: like.pkg,
            kind,
            ty: OnceLock::from(ty),
            used: AtomicBool::new(true),
        })
    }
}

/// Joins equal types among the entries from `start` on, and returns the level that is left of them.
fn merge_level(entries: &mut Vec<Embedded<'_>>, start: usize) -> std::ops::Range<usize> {
    let mut end = start;
    for idx in start..entries.len() {
        let ty = entries[idx].ty;
        let known = match ty {
            Type::Named(_) => (start..end).find(|known| identical(entries[*known].ty, ty)),
            // Only declared types can be embedded twice without an error.
            _ => None,
        };
        match known {
            Some(known) => entries[known].multiples = true,
            None => {
                entries.swap(end, idx);
                end += 1;
            }
        }
    }
    entries.truncate(end);
    start..end
}
