//! Cycles: declarations that refer to themselves, and types that contain themselves.
//!
//! A cycle found while resolving is in order if it goes through types alone and one of them is a defined type, or
//! through values alone (those are `init_order`'s). Of the rest every type must have a finite layout: a walk over what a type
//! holds directly. The walk goes over declarations as they are written, not over expanded instances, of which there may be
//! infinitely many: at a type parameter it goes on with the argument, at the place of the instantiation.

use source::{Code, Diagnostic, Note, Pos};

use crate::checker::Checker;
use crate::model::*;
use crate::predicates::{identical, unalias};

impl<'s> Checker<'s> {
    /// Reports the cycle through `obj`, which is in progress, unless it is in order.
    pub(crate) fn cycle_is_valid(&mut self, obj: Obj<'s>) -> bool {
        let Some(cycle) = self.decls.cycle_from(obj) else { return true };
        let (mut n_values, mut n_types) = (0, 0);
        for obj in cycle {
            match obj.kind {
                ObjKind::Const { .. } | ObjKind::Var { .. } => n_values += 1,
                ObjKind::TypeName => {
                    let is_generic = obj.ty().is_some_and(|ty| self.is_uninstantiated(ty));
                    // A type may refer to itself in its own type parameters.
                    if self.decls.in_tparams && is_generic {
                        return true;
                    }
                    n_types += usize::from(!matches!(obj.ty(), Some(Type::Alias(_))));
                }
                _ => {}
            }
        }
        if n_values == cycle.len() || (n_values == 0 && n_types > 0) {
            return true;
        }
        let cycle: Vec<_> = cycle.iter().map(|&obj| (obj, obj.pos)).collect();
        self.report_cycle(&cycle);
        false
    }

    /// Reports a cycle of declarations, beginning at the one that comes first in the source.
    pub(crate) fn report_cycle(&mut self, cycle: &[(Obj<'s>, Pos)]) {
        let start = (0..cycle.len()).min_by_key(|&idx| cycle[idx].1);
        self.report_cycle_from(cycle, start.unwrap_or(0));
    }

    fn report_cycle_from(&mut self, cycle: &[(Obj<'s>, Pos)], start: usize) {
        let (obj, pos) = cycle[start];
        let is_type = matches!(obj.kind, ObjKind::TypeName);
        if cycle.len() == 1 {
            let what = if is_type { "recursive type" } else { "cycle in declaration" };
            return self.error(pos, format!("invalid {what}: {} refers to itself", obj.name));
        }
        let what = if is_type { "recursive type" } else { "cycle in declaration of" };
        let text = format!("invalid {what} {}", obj.name);
        let mut diagnostic = Diagnostic::new(pos, Code::Types, text);
        for step in 0..cycle.len() {
            let (from, pos) = cycle[(start + step) % cycle.len()];
            let (to, _) = cycle[(start + step + 1) % cycle.len()];
            diagnostic.notes.push(Note { pos, text: format!("{} refers to {}", from.name, to.name) });
        }
        self.report(diagnostic);
    }

    /// Reports that the type named by `obj` is needed complete while it is being declared.
    pub(crate) fn report_incomplete(&mut self, ty: Ty<'s>) {
        let Type::Named(named) = ty else { return };
        let Some(cycle) = self.decls.cycle_from(named.obj) else { return };
        let cycle: Vec<_> = cycle.iter().map(|&obj| (obj, obj.pos)).collect();
        if named.underlying.set(self.invalid()).is_ok() {
            self.report_cycle(&cycle);
        }
    }

    /// Sets the underlying type of a defined type, unless it depends on a declaration that is still in progress.
    pub(crate) fn complete_underlying(&mut self, ty: Ty<'s>) {
        let Type::Named(named) = ty else { return };
        if named.underlying.get().is_some() {
            return;
        }
        if let Some(start) = self.decls.completing.iter().position(|outer| std::ptr::eq(*outer, ty)) {
            let chain = self.decls.completing[start..].to_vec();
            let cycle: Vec<_> = chain.iter().filter_map(|ty| self.type_place(ty)).collect();
            self.report_cycle(&cycle);
            for ty in chain {
                if let Type::Named(named) = ty {
                    let _ = named.underlying.set(self.invalid());
                }
            }
            return;
        }
        let next = match named.origin {
            Some(origin) => origin,
            None => match named.rhs.get() {
                Some(rhs) => unalias(rhs),
                None => return,
            },
        };
        self.decls.completing.push(ty);
        self.complete_underlying(next);
        self.decls.completing.pop();
        let found = match next {
            _ if named.origin.is_some() => {
                self.under(ty);
                return;
            }
            Type::Named(next) => next.underlying.get().copied(),
            // The right side of the alias is in progress.
            Type::Alias(_) => None,
            _ => Some(next),
        };
        if let Some(found) = found {
            let _ = named.underlying.set(found);
        }
    }

    /// Reports a defined type or an instance that holds itself directly.
    pub(crate) fn check_layout(&mut self, ty: Ty<'s>) {
        let mut walk = Layout { nest: Vec::new(), path: Vec::new() };
        self.walk_layout(&mut walk, ty);
    }

    fn walk_layout(&mut self, walk: &mut Layout<'s>, ty: Ty<'s>) -> bool {
        match unalias(ty) {
            Type::Array { elem, .. } => self.walk_layout(walk, elem),
            Type::Struct(fields) => {
                fields.fields.iter().all(|field| field.ty().is_none_or(|ty| self.walk_layout(walk, ty)))
            }
            Type::Union(terms) => terms.iter().all(|term| self.walk_layout(walk, term.ty)),
            Type::Interface(interface) => interface.embeds.iter().all(|(ty, _)| self.walk_layout(walk, ty)),
            Type::Named(named) => self.walk_named(walk, unalias(ty), named),
            Type::TypeParam(tparam) => self.walk_tparam(walk, unalias(ty), tparam),
            Type::Basic(_)
            | Type::Alias(_)
            | Type::Pointer(_)
            | Type::Slice(_)
            | Type::Map { .. }
            | Type::Chan { .. }
            | Type::Tuple(_)
            | Type::Signature(_) => true,
        }
    }

    fn walk_named(&mut self, walk: &mut Layout<'s>, ty: Ty<'s>, named: &'s Named<'s>) -> bool {
        let key = std::ptr::from_ref(ty).addr();
        let is_foreign = !named.obj.pkg.is_some_and(|pkg| pkg.is(self.pkg));
        if (is_foreign && named.targs.is_empty()) || self.decls.finite.contains(&key) {
            return true;
        }
        if named.underlying.get().is_some_and(|under| self.is_invalid(under)) {
            return false;
        }
        if walk.nest.iter().any(|outer| identical(outer, ty)) {
            // The cycle is what was entered since this type was.
            let start = walk.path.iter().position(|outer| identical(outer, ty)).unwrap_or(0);
            let mut cycle: Vec<_> = walk.path[start..].iter().filter_map(|ty| self.type_place(ty)).collect();
            cycle.dedup_by(|a, b| a.0.is(b.0));
            // One invalid member is enough to end every walk around the cycle.
            self.give_up_type(walk.path[start]);
            self.report_cycle_from(&cycle, 0);
            return false;
        }
        let origin = match named.origin {
            Some(Type::Named(origin)) => origin,
            _ => named,
        };
        let Some(rhs) = origin.rhs.get() else { return true };
        walk.nest.push(ty);
        walk.path.push(ty);
        let ok = self.walk_layout(walk, rhs);
        walk.path.pop();
        walk.nest.pop();
        if ok && named.targs.is_empty() && walk.nest.is_empty() {
            self.decls.finite.insert(key);
        }
        ok
    }

    fn walk_tparam(&mut self, walk: &mut Layout<'s>, ty: Ty<'s>, tparam: &'s TypeParam<'s>) -> bool {
        let Some(&inner) = walk.nest.last() else { return true };
        let Type::Named(named) = inner else { return true };
        let declared = match named.origin {
            Some(Type::Named(origin)) => origin.tparams.get().copied().unwrap_or(&[]),
            _ => return true,
        };
        let idx = tparam.index as usize;
        if !declared.get(idx).is_some_and(|own| std::ptr::eq(*own, ty)) {
            return true;
        }
        let Some(&targ) = named.targs.get(idx) else { return true };
        // The argument was written outside the instance.
        walk.nest.pop();
        let ok = self.walk_layout(walk, targ);
        walk.nest.push(inner);
        ok
    }

    fn type_place(&self, ty: Ty<'s>) -> Option<(Obj<'s>, Pos)> {
        let obj = type_name(ty)?;
        let place = self.decls.instance_places.get(&std::ptr::from_ref(ty).addr());
        Some((obj, place.copied().unwrap_or(obj.pos)))
    }

    /// Makes a type in a cycle invalid, so that nobody walks it for ever.
    fn give_up_type(&mut self, ty: Ty<'s>) {
        if let Type::Named(named) = ty {
            let _ = named.underlying.set(self.invalid());
        }
        self.decls.finite.insert(std::ptr::from_ref(ty).addr());
    }
}

/// The state of a walk over what a type holds directly.
struct Layout<'s> {
    // Types whose declarations enclose the place of the walk, outermost first.
    nest: Vec<Ty<'s>>,
    // All types entered, also where an argument was gone to.
    path: Vec<Ty<'s>>,
}

fn type_name<'s>(ty: Ty<'s>) -> Option<Obj<'s>> {
    match ty {
        Type::Named(named) => Some(named.obj),
        Type::Alias(alias) => Some(alias.obj),
        _ => None,
    }
}
