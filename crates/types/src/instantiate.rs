//! Instances of generic types and functions. Spec, "Instantiations".
//!
//! Within one phase of one package each instance of a type is made once, so that most comparisons end at an equal
//! address. Other packages may make it too: identity looks at origin and type arguments, not at the address.

use std::ptr;
use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::checker::Checker;
use crate::model::*;
use crate::predicates::{hash_types, identical_lists, unalias};

/// What this phase has made of generic types, and other things that are made once.
#[derive(Default)]
pub struct Instances<'s> {
    // By the name of the generic type and the hash of the type arguments.
    by_hash: FxHashMap<(usize, u64), Vec<Ty<'s>>>,
    /// See `bound_interface`: by the address of the type parameter.
    pub(crate) bounds: FxHashMap<usize, Ty<'s>>,
    /// `[]byte`
    pub(crate) bytes: Option<Ty<'s>>,
    /// See `type_set`.
    pub(crate) type_sets_in_progress: Vec<&'s Interface<'s>>,
}

impl<'s> Checker<'s> {
    /// Returns `generic` with type arguments. Their number must be right; whether they satisfy the constraints is
    /// another question: [`verify_instance`](Checker::verify_instance).
    pub fn instantiate(&mut self, generic: Ty<'s>, targs: &[Ty<'s>]) -> Ty<'s> {
        match generic {
            Type::Named(named) => self.type_instance(generic, named.obj, targs),
            Type::Alias(alias) => self.type_instance(generic, alias.obj, targs),
            Type::Signature(sig) => self.signature_instance(sig, targs),
            _ => generic,
        }
    }

    fn type_instance(&mut self, generic: Ty<'s>, obj: Obj<'s>, targs: &[Ty<'s>]) -> Ty<'s> {
        let key = (ptr::from_ref(obj) as usize, hash_types(targs));
        if let Some(known) = self.instances.by_hash.get(&key) {
            for ty in known {
                let (Type::Named(Named { targs: other, .. }) | Type::Alias(Alias { targs: other, .. })) = ty
                else {
                    continue;
                };
                if identical_lists(other, targs) && same_spelling(other, targs) {
                    return ty;
                }
            }
        }
        let targs = self.slice(targs);
        let ty = match generic {
            Type::Alias(alias) => {
                let Some(rhs) = self.alias_rhs(alias, targs) else { return self.invalid() };
                let rhs = OnceLock::from(rhs);
                let tparams = OnceLock::from(&[][..]);
                self.alloc(Type::Alias(Alias { obj, origin: Some(generic), targs, tparams, rhs }))
            }
            _ => {
                let local_number = if let Type::Named(named) = generic { named.local_number } else { 0 };
                self.alloc(Type::Named(Named {
                    obj,
                    origin: Some(generic),
                    targs,
                    tparams: OnceLock::from(&[][..]),
                    rhs: OnceLock::new(),
                    underlying: OnceLock::new(),
                    methods: OnceLock::new(),
                    local_number,
                }))
            }
        };
        self.instances.by_hash.entry(key).or_default().push(ty);
        ty
    }

    fn alias_rhs(&mut self, alias: &'s Alias<'s>, targs: &[Ty<'s>]) -> Option<Ty<'s>> {
        if alias.rhs.get().is_none() {
            self.resolve_idle(alias.obj);
        }
        let (tparams, rhs) = (alias.tparams.get()?, alias.rhs.get()?);
        (tparams.len() == targs.len()).then(|| self.subst(rhs, tparams, targs))
    }

    fn signature_instance(&mut self, sig: &'s Signature<'s>, targs: &[Ty<'s>]) -> Ty<'s> {
        let params = self.subst_objects(sig.params, sig.tparams, targs);
        let results = self.subst_objects(sig.results, sig.tparams, targs);
        self.alloc(Type::Signature(Signature { tparams: &[], params, results, ..*sig }))
    }

    /// Reports whether `targs` satisfy the constraints of `tparams`, or else which does not and why.
    pub fn verify_instance(&mut self, tparams: &[Ty<'s>], targs: &[Ty<'s>]) -> Result<(), (usize, String)> {
        for (i, (tparam, targ)) in tparams.iter().zip(targs).enumerate() {
            let bound = self.tparam_constraint(tparam);
            // Every type satisfies `any`, and it is the most frequent constraint.
            if ptr::eq(unalias(bound), self.session.universe.empty_interface) {
                continue;
            }
            let bound = self.subst(bound, tparams, targs);
            self.implements(targ, bound, true).map_err(|cause| (i, cause))?;
        }
        Ok(())
    }

    /// Returns the constraint of a type parameter as written if it is an interface, or else the interface around it.
    pub fn tparam_constraint(&mut self, tparam: Ty<'s>) -> Ty<'s> {
        let interface = self.bound_interface(tparam);
        match tparam {
            Type::TypeParam(param) => match param.bound.get() {
                Some(bound) if !self.is_type_param(bound) && ptr::eq(self.under(bound), interface) => bound,
                _ => interface,
            },
            _ => interface,
        }
    }

    /// Makes new type parameters like `tparams`, with the constraints and the signature in their terms. Inference needs it
    /// where a generic function calls itself: the parameters to infer must not be those in scope.
    pub fn rename_tparams(&mut self, tparams: &[Ty<'s>], sig: Ty<'s>) -> (&'s [Ty<'s>], Ty<'s>) {
        let renamed: Vec<Ty<'s>> = tparams
            .iter()
            .map(|ty| match ty {
                Type::TypeParam(tparam) => {
                    let old = tparam.obj;
                    let obj: Obj<'s> = self.bump.alloc(Object {
                        name: old.name,
                        pos: old.pos,
                        pkg: old.pkg,
                        kind: ObjKind::TypeName,
                        ty: OnceLock::new(),
                        used: true.into(),
                    });
                    let new = TypeParam { obj, index: tparam.index, bound: OnceLock::new() };
                    let ty = self.alloc(Type::TypeParam(new));
                    let _ = obj.ty.set(ty);
                    ty
                }
                _ => ty,
            })
            .collect();
        let renamed = self.slice(&renamed);
        for (old, new) in tparams.iter().zip(renamed) {
            if let (Type::TypeParam(old), Type::TypeParam(new)) = (old, new)
                && let Some(bound) = old.bound.get()
            {
                let bound = self.subst(bound, tparams, renamed);
                let _ = new.bound.set(bound);
            }
        }
        (renamed, self.subst(sig, tparams, renamed))
    }
}

/// Reports whether the lists are written with the same names at the top: `T[byte]` and `T[uint8]` are identical,
/// but messages show what the source has.
fn same_spelling<'s>(x: &[Ty<'s>], y: &[Ty<'s>]) -> bool {
    x.iter().zip(y).all(|(x, y)| match (x, y) {
        (Type::Alias(x), Type::Alias(y)) => x.obj.is(y.obj),
        (Type::Alias(_), _) | (_, Type::Alias(_)) => false,
        _ => true,
    })
}
