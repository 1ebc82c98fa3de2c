//! Inference of type arguments. Spec, "Type inference".
//!
//! Typed function arguments are unified with their parameters, type arguments with the constraints, until nothing new is
//! found; then untyped constants give their default types to what is still unknown. Last, type arguments are
//! put into each other until they mention no type parameter to infer.

use std::ptr;

use source::{Pos, place_in_text};

use crate::checker::{Checker, Goal, Mode as OperandMode, Operand};
use crate::model::*;
use crate::predicates::unalias;
use crate::unify::{Mode, Unifier, index_of};

/// Where inference failed, and why. `None` when an error was reported before.
pub(crate) type Failure = Option<(Pos, String)>;

/// One inference.
struct Inference<'a, 's> {
    pos: Pos,
    tparams: &'a [Ty<'s>],
    // Arguments assigned to parameters, rather than parameters to a variable of function type.
    reverse: bool,
    unifier: Unifier<'s>,
}

impl<'s> Checker<'s> {
    /// Returns the type arguments of a call, given those that are written and the function's arguments, as many as
    /// parameters. Reports what cannot be inferred.
    pub fn infer(
        &mut self,
        pos: Pos,
        tparams: &[Ty<'s>],
        targs: &[Option<Ty<'s>>],
        params: &[Obj<'s>],
        args: &[Operand<'s>],
        reverse: bool,
    ) -> Option<Vec<Ty<'s>>> {
        match self.try_infer(pos, tparams, targs, params, args, reverse) {
            Ok(targs) => Some(targs),
            Err(failure) => {
                if let Some((pos, text)) = failure {
                    self.error(pos, text);
                }
                None
            }
        }
    }

    /// As [`infer`](Checker::infer), but the caller reports: of a call gc says `in call to f, ` before the text.
    pub(crate) fn try_infer(
        &mut self,
        pos: Pos,
        tparams: &[Ty<'s>],
        targs: &[Option<Ty<'s>>],
        params: &[Obj<'s>],
        args: &[Operand<'s>],
        reverse: bool,
    ) -> Result<Vec<Ty<'s>>, Failure> {
        let mut targs = targs.to_vec();
        targs.resize(tparams.len(), None);
        if targs.iter().all(Option::is_some) {
            return Ok(targs.into_iter().flatten().collect());
        }
        if args.iter().any(|arg| arg.mode == OperandMode::Invalid) {
            return Err(None);
        }
        // Parameters that have their type arguments follow the rules of assignment, not those of unification.
        let given = targs.iter().any(Option::is_some);
        let params: Vec<Ty<'s>> = params
            .iter()
            .map(|param| match param.ty() {
                Some(ty) if given => self.subst_some(ty, tparams, &targs),
                Some(ty) => ty,
                None => self.invalid(),
            })
            .collect();
        let unifier = Unifier::new(self, tparams, &targs);
        let mut inference = Inference { pos, tparams, reverse, unifier };
        let untyped = inference.use_arguments(self, &params, args)?;
        inference.use_constraints(self)?;
        inference.use_untyped(self, &params, args, &untyped)?;
        inference.simplify(self, &targs)
    }

    /// Reports whether the type mentions one of the type parameters.
    pub(crate) fn is_parameterized(&mut self, tparams: &[Ty<'s>], ty: Ty<'s>) -> bool {
        self.mentions_any(tparams, ty, &mut Vec::new())
    }

    fn mentions_any(&mut self, tparams: &[Ty<'s>], ty: Ty<'s>, within: &mut Vec<*const Type<'s>>) -> bool {
        let ty = unalias(ty);
        match ty {
            Type::Basic(_) | Type::Alias(_) => return false,
            Type::TypeParam(_) => return index_of(tparams, ty).is_some(),
            Type::Named(named) => return self.mention_any(tparams, named.targs, within),
            _ => {}
        }
        if within.contains(&ptr::from_ref(ty)) {
            return false;
        }
        within.push(ty);
        let found = match ty {
            Type::Pointer(elem) | Type::Slice(elem) | Type::Array { elem, .. } | Type::Chan { elem, .. } => {
                self.mentions_any(tparams, elem, within)
            }
            Type::Map { key, elem } => self.mention_any(tparams, &[key, elem], within),
            Type::Struct(strukt) => self.objects_mention(tparams, strukt.fields, within),
            Type::Tuple(types) => self.mention_any(tparams, types, within),
            // Type parameters of its own do not matter: they are declared there.
            Type::Signature(sig) => {
                self.objects_mention(tparams, sig.params, within)
                    || self.objects_mention(tparams, sig.results, within)
            }
            Type::Interface(interface) => {
                let set = self.type_set_of(interface);
                let terms: Vec<Ty<'s>> = set.terms.unwrap_or(&[]).iter().map(|term| term.ty).collect();
                self.objects_mention(tparams, set.methods, within)
                    || !terms.is_empty() && terms.iter().all(|ty| self.mentions_any(tparams, ty, within))
            }
            Type::Union(terms) => terms.iter().any(|term| self.mentions_any(tparams, term.ty, within)),
            Type::Basic(_) | Type::Alias(_) | Type::TypeParam(_) | Type::Named(_) => false,
        };
        within.pop();
        found
    }

    fn mention_any(
        &mut self,
        tparams: &[Ty<'s>],
        types: &[Ty<'s>],
        within: &mut Vec<*const Type<'s>>,
    ) -> bool {
        types.iter().any(|ty| self.mentions_any(tparams, ty, within))
    }

    fn objects_mention(
        &mut self,
        tparams: &[Ty<'s>],
        objs: &[Obj<'s>],
        within: &mut Vec<*const Type<'s>>,
    ) -> bool {
        objs.iter().any(|obj| obj.ty().is_some_and(|ty| self.mentions_any(tparams, ty, within)))
    }

    /// Returns the one term of a type parameter and true, or its core type as a term and false.
    fn core_term(&mut self, tparam: Ty<'s>) -> Option<(Term<'s>, bool)> {
        if let Some([single]) = self.type_set(tparam).terms {
            return Some((*single, true));
        }
        let ty = self.core_type(tparam)?;
        let terms = self.type_set(tparam).terms.unwrap_or(&[]);
        // A core type is an underlying type. One tilde is enough for other types to have it.
        Some((Term { tilde: terms.iter().any(|term| term.tilde), ty }, false))
    }
}

impl<'s> Inference<'_, 's> {
    /// Unifies typed arguments with their parameters; returns the numbers of the untyped ones whose parameter is a type
    /// parameter. (Default types are not composite, so no other parameter can learn from them.)
    fn use_arguments(
        &mut self,
        checker: &mut Checker<'s>,
        params: &[Ty<'s>],
        args: &[Operand<'s>],
    ) -> Result<Vec<usize>, Failure> {
        let mut untyped = Vec::new();
        for (i, (param, arg)) in params.iter().zip(args).enumerate() {
            if !checker.is_parameterized(self.tparams, param)
                && !checker.is_parameterized(self.tparams, arg.ty)
            {
                continue;
            }
            if checker.is_typed(arg.ty) {
                if !self.unifier.unify(checker, param, arg.ty, Mode::Assign) {
                    let text = self.mismatch(checker, param, arg);
                    return Err(Some((checker.expr_pos(arg.expr), text)));
                }
            } else if checker.is_type_param(param) && !is_nil(arg) {
                untyped.push(i);
            }
        }
        Ok(untyped)
    }

    fn mismatch(&self, checker: &mut Checker<'s>, param: Ty<'s>, arg: &Operand<'s>) -> String {
        let (ty, expr) = (checker.ty_str(arg.ty), self.arg_str(checker, arg));
        let targs = self.unifier.inferred();
        if targs.iter().all(Option::is_none) {
            let tparams = checker.type_params_str(self.tparams);
            return format!(
                "type {ty} of {expr} does not match {} (cannot infer {tparams})",
                checker.ty_str(param)
            );
        }
        let inferred = checker.subst_some(param, self.tparams, &targs);
        let param_str = checker.ty_str(param);
        if ptr::eq(inferred, param) {
            return format!("type {ty} of {expr} does not match {param_str}");
        }
        let inferred = checker.ty_str(inferred);
        match self.reverse {
            true => format!("inferred type {inferred} for {param_str} does not match type {ty} of {expr}"),
            false => format!("type {ty} of {expr} does not match inferred type {inferred} for {param_str}"),
        }
    }

    /// Names an argument. In a reverse inference it is the variable that the function goes to.
    fn arg_str(&self, checker: &Checker<'s>, arg: &Operand<'s>) -> String {
        match checker.env.goal {
            Goal::Variable(obj) if self.reverse => match obj.name.as_str() {
                "" => "result variable".into(),
                name => name.into(),
            },
            Goal::Place(expr) if self.reverse => checker.expr_str(expr),
            Goal::Unnamed | Goal::Variable(_) | Goal::Place(_) => checker.expr_str(arg.expr),
        }
    }

    /// Unifies type parameters with their constraints as long as that tells something new.
    fn use_constraints(&mut self, checker: &mut Checker<'s>) -> Result<(), Failure> {
        loop {
            let unknowns = self.unifier.unknowns();
            for idx in 0..self.tparams.len() {
                self.use_constraint(checker, idx)?;
            }
            if self.unifier.unknowns() == unknowns {
                return Ok(());
            }
        }
    }

    fn use_constraint(&mut self, checker: &mut Checker<'s>, idx: usize) -> Result<(), Failure> {
        let tparam = self.tparams[idx];
        let known = self.unifier.at(idx);
        if let Some((term, single)) = checker.core_term(tparam) {
            match known {
                Some(ty) if !self.unifier.unify(checker, ty, term.ty, Mode::Inexact) => {
                    return Err(self.unsatisfied(checker, tparam, ty, ""));
                }
                None if single && !term.tilde => self.unifier.set(idx, term.ty),
                _ => {}
            }
        }
        // The methods of a type that is itself incomplete say nothing yet.
        let Some(ty) = known.filter(|ty| !checker.is_parameterized(self.tparams, ty)) else { return Ok(()) };
        let set = checker.type_set(tparam);
        if set.methods.is_empty() || !checker.is_valid(ty) {
            return Ok(());
        }
        let unifier = &mut self.unifier;
        let missing = checker.find_missing(ty, set, true, &mut |checker, x, y| match (
            checker.object_type(x),
            checker.object_type(y),
        ) {
            (Some(x), Some(y)) => unifier.unify(checker, x, y, Mode::Exact),
            _ => true,
        });
        match missing {
            Some((method, missing)) if !checker.has_invalid_embedded(ty, &mut Vec::new()) => {
                let constraint = checker.tparam_constraint(tparam);
                let cause = checker.missing_cause(ty, constraint, method, &missing);
                Err(self.unsatisfied(checker, tparam, ty, &format!(" {cause}")))
            }
            _ => Ok(()),
        }
    }

    fn unsatisfied(&self, checker: &mut Checker<'s>, tparam: Ty<'s>, ty: Ty<'s>, cause: &str) -> Failure {
        let constraint = checker.tparam_constraint(tparam);
        let (tparam, ty) = (checker.ty_str(tparam), checker.ty_str(ty));
        let constraint = checker.ty_str(constraint);
        Some((self.pos, format!("{tparam} (type {ty}) does not satisfy {constraint}{cause}")))
    }

    /// Gives what is still unknown the default type of the constants passed for it, the largest kind of several.
    fn use_untyped(
        &mut self,
        checker: &mut Checker<'s>,
        params: &[Ty<'s>],
        args: &[Operand<'s>],
        untyped: &[usize],
    ) -> Result<(), Failure> {
        let mut largest: Vec<Option<Ty<'s>>> = vec![None; self.tparams.len()];
        for i in untyped {
            let (param, arg) = (params[*i], &args[*i]);
            let Some(idx) = index_of(self.tparams, param) else { continue };
            if self.unifier.at(idx).is_some() {
                continue;
            }
            let Some(max) = largest[idx] else {
                largest[idx] = Some(arg.ty);
                continue;
            };
            let Some(ty) = larger_kind(max, arg.ty) else {
                let (max, ty) = (checker.ty_str(max), checker.ty_str(arg.ty));
                let text =
                    format!("mismatched types {max} and {ty} (cannot infer {})", checker.ty_str(param));
                return Err(Some((checker.expr_pos(arg.expr), text)));
            };
            largest[idx] = Some(ty);
        }
        for (idx, ty) in largest.into_iter().enumerate() {
            if let Some(ty) = ty {
                self.unifier.set(idx, checker.default_type(ty));
            }
        }
        Ok(())
    }

    /// Puts the inferred types into each other until they mention no type parameter any more.
    fn simplify(&self, checker: &mut Checker<'s>, given: &[Option<Ty<'s>>]) -> Result<Vec<Ty<'s>>, Failure> {
        let mut inferred = self.unifier.inferred();
        self.drop_cycles(&mut inferred);
        let mut dirty: Vec<usize> =
            (0..inferred.len()).filter(|i| inferred[*i].is_some() && given[*i].is_none()).collect();
        while !dirty.is_empty() {
            let known = inferred.clone();
            dirty.retain(|i| {
                let Some(old) = inferred[*i] else { return false };
                let new = checker.subst_some(old, self.tparams, &known);
                let changed = !ptr::eq(old, new);
                inferred[*i] = Some(self.without_tparams(checker, new));
                changed
            });
        }
        let mut targs = Vec::new();
        for (tparam, ty) in self.tparams.iter().zip(inferred) {
            match ty {
                Some(ty) if !checker.is_parameterized(self.tparams, ty) => targs.push(ty),
                _ => {
                    let Type::TypeParam(TypeParam { obj, .. }) = tparam else { continue };
                    let text = format!("cannot infer {} (declared at {})", obj.name, place_in_text(obj.pos));
                    return Err(Some((self.pos, text)));
                }
            }
        }
        Ok(targs)
    }

    /// A generic function passed as an argument stops being generic once its type parameters are inferred.
    fn without_tparams(&self, checker: &mut Checker<'s>, ty: Ty<'s>) -> Ty<'s> {
        match ty {
            Type::Signature(sig)
                if !sig.tparams.is_empty() && !checker.is_parameterized(self.tparams, ty) =>
            {
                checker.alloc(Type::Signature(Signature { tparams: &[], ..*sig }))
            }
            _ => ty,
        }
    }

    /// Forgets types that contain their own type parameter: they would grow without end.
    fn drop_cycles(&self, inferred: &mut [Option<Ty<'s>>]) {
        for tparam in self.tparams {
            self.drop_cycles_from(tparam, inferred, &mut Vec::new());
        }
    }

    fn drop_cycles_from(
        &self,
        ty: Ty<'s>,
        inferred: &mut [Option<Ty<'s>>],
        within: &mut Vec<*const Type<'s>>,
    ) {
        let ty = unalias(ty);
        let idx = index_of(self.tparams, ty);
        if within.contains(&ptr::from_ref(ty)) {
            if let Some(idx) = idx {
                inferred[idx] = None;
            }
            return;
        }
        within.push(ty);
        let mut next = |ty| self.drop_cycles_from(ty, inferred, within);
        match ty {
            Type::Basic(_) | Type::Alias(_) => {}
            Type::Pointer(elem) | Type::Slice(elem) | Type::Array { elem, .. } | Type::Chan { elem, .. } => {
                next(elem);
            }
            Type::Map { key, elem } => {
                next(key);
                next(elem);
            }
            Type::Struct(strukt) => strukt.fields.iter().filter_map(|obj| obj.ty()).for_each(next),
            Type::Tuple(types) => types.iter().for_each(|ty| next(ty)),
            Type::Signature(sig) => {
                sig.params.iter().chain(sig.results).filter_map(|obj| obj.ty()).for_each(next);
            }
            Type::Interface(interface) => {
                interface.methods.iter().filter_map(|obj| obj.ty()).for_each(&mut next);
                interface.embeds.iter().for_each(|(ty, _)| next(ty));
            }
            Type::Union(terms) => terms.iter().for_each(|term| next(term.ty)),
            Type::Named(named) => named.targs.iter().for_each(|ty| next(ty)),
            Type::TypeParam(_) => {
                if let Some(ty) = idx.and_then(|idx| inferred[idx]) {
                    self.drop_cycles_from(ty, inferred, within);
                }
            }
        }
        within.pop();
    }
}

fn is_nil(x: &Operand<'_>) -> bool {
    x.mode == OperandMode::Nil || matches!(x.ty, Type::Basic(Basic::UntypedNil))
}

/// Returns the untyped kind that has room for both: the same, or the later one of two kinds of numbers.
fn larger_kind<'s>(x: Ty<'s>, y: Ty<'s>) -> Option<Ty<'s>> {
    let (Type::Basic(a), Type::Basic(b)) = (x, y) else { return None };
    match a == b {
        true => Some(x),
        false if a.is_untyped() && b.is_untyped() && a.is_numeric() && b.is_numeric() => {
            Some(if a > b { x } else { y })
        }
        false => None,
    }
}
