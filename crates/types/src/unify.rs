//! Unification: which types must type parameters have, so that two types become the same?
//! Spec, "Type unification".
//!
//! Type parameters that were found equal form a class, and a class has at most one type. *Exact* unification asks
//! for identical types. *Inexact* unification looks through the name of one declared type, ignores the direction of channels,
//! and lets a type meet an interface that it implements; in an *assignment* it does so at the top alone.

use std::ptr;

use syntax::ChanDir;

use crate::checker::Checker;
use crate::lookup::Found;
use crate::model::*;
use crate::predicates::{identical, unalias};
use crate::session::Version;

/// Deeper recursion than any sensible program needs: unification then fails.
const MAX_DEPTH: u32 = 50;

/// How closely types must agree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mode {
    /// Inexactly, elements too.
    Inexact,
    /// Inexactly at the top, elements exactly.
    Assign,
    /// Exactly.
    Exact,
}

impl Mode {
    fn of_elements(self) -> Mode {
        match self {
            Mode::Inexact => Mode::Inexact,
            Mode::Assign | Mode::Exact => Mode::Exact,
        }
    }
}

/// Type parameters and what is known of them.
pub(crate) struct Unifier<'s> {
    tparams: Vec<Ty<'s>>,
    // For each type parameter the number of its class.
    class: Vec<usize>,
    // For each class its type.
    types: Vec<Option<Ty<'s>>>,
    // Interfaces match by their methods. From Go 1.21 on.
    by_methods: bool,
    depth: u32,
    // The interfaces we are within: while they are compared, they count as unified.
    within: Vec<(*const Interface<'s>, *const Interface<'s>)>,
}

impl<'s> Unifier<'s> {
    /// Starts with the type arguments that are given.
    pub(crate) fn new(checker: &Checker<'s>, tparams: &[Ty<'s>], targs: &[Option<Ty<'s>>]) -> Unifier<'s> {
        Unifier {
            tparams: tparams.to_vec(),
            class: (0..tparams.len()).collect(),
            types: (0..tparams.len()).map(|i| targs.get(i).copied().flatten()).collect(),
            by_methods: checker.allows(Version(21)),
            depth: 0,
            within: Vec::new(),
        }
    }

    /// Returns the type of type parameter `idx`.
    pub(crate) fn at(&self, idx: usize) -> Option<Ty<'s>> {
        self.types[self.class[idx]]
    }

    /// Gives type parameter `idx` and those equal to it a type.
    pub(crate) fn set(&mut self, idx: usize, ty: Ty<'s>) {
        self.types[self.class[idx]] = Some(ty);
    }

    /// Returns how many type parameters have no type yet.
    pub(crate) fn unknowns(&self) -> usize {
        (0..self.tparams.len()).filter(|idx| self.at(*idx).is_none()).count()
    }

    /// Returns what is known of each type parameter.
    pub(crate) fn inferred(&self) -> Vec<Option<Ty<'s>>> {
        (0..self.tparams.len()).map(|idx| self.at(idx)).collect()
    }

    fn bound(&self, ty: Ty<'s>) -> Option<usize> {
        index_of(&self.tparams, ty)
    }

    /// Puts two type parameters into one class, unless both have types.
    fn join(&mut self, x: usize, y: usize) -> bool {
        let (x, y) = (self.class[x], self.class[y]);
        if x == y {
            return true;
        }
        if self.types[x].is_some() && self.types[y].is_some() {
            return false;
        }
        let (from, to) = if self.types[x].is_some() { (y, x) } else { (x, y) };
        self.class.iter_mut().filter(|class| **class == from).for_each(|class| *class = to);
        true
    }

    /// Tries to make the types the same, and reports whether it could.
    pub(crate) fn unify(&mut self, checker: &mut Checker<'s>, x: Ty<'s>, y: Ty<'s>, mode: Mode) -> bool {
        if ptr::eq(x, y) || ptr::eq(unalias(x), unalias(y)) {
            return true;
        }
        if self.depth >= MAX_DEPTH {
            return false;
        }
        self.depth += 1;
        let ok = self.unify_once(checker, x, y, mode);
        self.depth -= 1;
        ok
    }

    fn unify_once(&mut self, checker: &mut Checker<'s>, x: Ty<'s>, y: Ty<'s>, mode: Mode) -> bool {
        // From here on: a declared type, if there is one, is `y`; a type parameter to infer is `x`.
        let swap = is_declared(x) || self.bound(y).is_some();
        let (x, mut y) = if swap { (y, x) } else { (x, y) };
        if mode != Mode::Exact
            && is_declared(y)
            && is_literal(x)
            && !(self.by_methods && checker.is_interface(x))
        {
            y = checker.under(y);
            if ptr::eq(x, y) || ptr::eq(unalias(x), y) {
                return true;
            }
        }
        match (self.bound(x), self.bound(y)) {
            (Some(p), Some(q)) => match (self.join(p, q), self.at(p), self.at(q)) {
                (true, ..) => true,
                (false, Some(x), Some(y)) => self.unify(checker, x, y, mode),
                _ => false,
            },
            (Some(p), None) => match self.at(p) {
                None => {
                    self.set(p, y);
                    true
                }
                Some(known) => self.unify_known(checker, p, known, y, mode),
            },
            _ => self.unify_unbound(checker, x, y, mode),
        }
    }

    /// Unifies what type parameter `p` is known to be with `y`, and keeps the better one of the two.
    fn unify_known(&mut self, checker: &mut Checker<'s>, p: usize, x: Ty<'s>, y: Ty<'s>, mode: Mode) -> bool {
        if !self.unify(checker, x, y, mode) {
            return false;
        }
        match (checker.is_interface(x), checker.is_interface(y)) {
            (true, true) => {
                if is_declared(x) && is_declared(y) {
                    return identical(x, y);
                }
                // They unified, so the smaller set of methods is within the larger.
                if checker.type_set(x).methods.len() != checker.type_set(y).methods.len() {
                    return false;
                }
            }
            // Either could be meant; which one is tried first must not matter.
            (true, false) | (false, true) => return false,
            (false, false) => {}
        }
        if mode == Mode::Exact || is_declared(x) {
            return true;
        }
        // A declared type keeps its name; a directed channel type accepts the other one's values.
        let directed = |ty: Ty<'s>| matches!(ty, Type::Chan { dir: ChanDir::Send | ChanDir::Recv, .. });
        if is_declared(y) || directed(checker.under(y)) {
            self.set(p, y);
        }
        true
    }

    /// Unifies types neither of which is a type parameter to infer.
    fn unify_unbound(&mut self, checker: &mut Checker<'s>, x: Ty<'s>, y: Ty<'s>, mode: Mode) -> bool {
        if self.by_methods && mode != Mode::Exact {
            match (checker.is_interface(x), checker.is_interface(y)) {
                (true, true) => return self.unify_interfaces(checker, x, y, false),
                (true, false) => return self.unify_methods(checker, x, y),
                (false, true) => return self.unify_methods(checker, y, x),
                (false, false) => {}
            }
        }
        // Type parameters in scope: all that is known of them is their core type.
        let (x, y) = if checker.is_type_param(y) { (y, x) } else { (x, y) };
        if checker.is_type_param(x) {
            return match checker.core_type(x) {
                Some(core) => self.unify(checker, core, y, Mode::Assign),
                None => false,
            };
        }
        self.unify_structure(checker, unalias(x), unalias(y), mode)
    }

    fn unify_structure(&mut self, checker: &mut Checker<'s>, x: Ty<'s>, y: Ty<'s>, mode: Mode) -> bool {
        let of_elements = mode.of_elements();
        match (x, y) {
            (Type::Basic(x), Type::Basic(y)) => x == y,
            (Type::Pointer(x), Type::Pointer(y)) | (Type::Slice(x), Type::Slice(y)) => {
                self.unify(checker, x, y, of_elements)
            }
            (Type::Array { elem: x, len: n }, Type::Array { elem: y, len: m }) => {
                (n == m || *n < 0 || *m < 0) && self.unify(checker, x, y, of_elements)
            }
            (Type::Map { key, elem }, Type::Map { key: other_key, elem: other_elem }) => {
                self.unify(checker, key, other_key, of_elements)
                    && self.unify(checker, elem, other_elem, of_elements)
            }
            (Type::Chan { dir: d, elem: x }, Type::Chan { dir: e, elem: y }) => {
                (mode != Mode::Exact || d == e) && self.unify(checker, x, y, of_elements)
            }
            (Type::Struct(x), Type::Struct(y)) => self.unify_structs(checker, x, y, of_elements),
            (Type::Tuple(x), Type::Tuple(y)) => self.unify_lists(checker, x, y, mode),
            (Type::Signature(x), Type::Signature(y)) => {
                x.variadic == y.variadic
                    && self.unify_objects(checker, x.params, y.params, of_elements)
                    && self.unify_objects(checker, x.results, y.results, of_elements)
            }
            (Type::Interface(_), Type::Interface(_)) => self.unify_interfaces(checker, x, y, true),
            // The arguments come first: they can unify though the origins differ, and then errors say more.
            (Type::Named(n), Type::Named(m)) => {
                self.unify_lists(checker, n.targs, m.targs, mode)
                    && n.obj.is(m.obj)
                    && n.origin.is_some() == m.origin.is_some()
            }
            _ => false,
        }
    }

    fn unify_lists(&mut self, checker: &mut Checker<'s>, x: &[Ty<'s>], y: &[Ty<'s>], mode: Mode) -> bool {
        x.len() == y.len() && x.iter().zip(y).all(|(x, y)| self.unify(checker, x, y, mode))
    }

    fn unify_objects(&mut self, checker: &mut Checker<'s>, x: &[Obj<'s>], y: &[Obj<'s>], mode: Mode) -> bool {
        x.len() == y.len() && x.iter().zip(y).all(|(x, y)| self.unify_object(checker, x, y, mode))
    }

    fn unify_object(&mut self, checker: &mut Checker<'s>, x: Obj<'s>, y: Obj<'s>, mode: Mode) -> bool {
        match (checker.object_type(x), checker.object_type(y)) {
            (Some(x), Some(y)) => self.unify(checker, x, y, mode),
            _ => false,
        }
    }

    fn unify_structs(
        &mut self,
        checker: &mut Checker<'s>,
        x: &Struct<'s>,
        y: &Struct<'s>,
        mode: Mode,
    ) -> bool {
        x.fields.len() == y.fields.len()
            && (0..x.fields.len()).all(|i| {
                let (f, g) = (x.fields[i], y.fields[i]);
                f.is_embedded() == g.is_embedded()
                    && x.tag(i) == y.tag(i)
                    && method_key(f) == method_key(g)
                    && self.unify_object(checker, f, g, mode)
            })
    }

    /// Unifies interfaces. Unless all methods must match, one may have more than the other.
    fn unify_interfaces(&mut self, checker: &mut Checker<'s>, x: Ty<'s>, y: Ty<'s>, all: bool) -> bool {
        let (Type::Interface(x), Type::Interface(y)) = (checker.under(x), checker.under(y)) else {
            return false;
        };
        let pair = (ptr::from_ref(x), ptr::from_ref(y));
        if self.within.contains(&pair) {
            return true;
        }
        let (x, y) = (checker.type_set_of(x), checker.type_set_of(y));
        if x.comparable != y.comparable || !checker.same_terms(x.terms, y.terms) {
            return false;
        }
        let (few, many) =
            if x.methods.len() > y.methods.len() { (y.methods, x.methods) } else { (x.methods, y.methods) };
        if all && few.len() != many.len() {
            return false;
        }
        self.within.push(pair);
        let ok = few.iter().all(|method| {
            let key = method_key(method);
            match many.binary_search_by(|other| method_key(other).cmp(&key)) {
                Ok(idx) => self.unify_object(checker, method, many[idx], Mode::Exact),
                Err(_) => false,
            }
        });
        self.within.pop();
        ok
    }

    /// Unifies the methods of an interface with those of a type that must have them all.
    fn unify_methods(&mut self, checker: &mut Checker<'s>, iface: Ty<'s>, ty: Ty<'s>) -> bool {
        checker.type_set(iface).methods.iter().all(|method| {
            let pkg = method.pkg.unwrap_or(checker.pkg);
            match checker.lookup_field_or_method(ty, false, pkg, method.name, false) {
                Found::Method { obj, .. } => self.unify_object(checker, method, obj, Mode::Exact),
                _ => false,
            }
        })
    }
}

/// Returns the place of a type parameter in a list.
pub(crate) fn index_of<'s>(tparams: &[Ty<'s>], ty: Ty<'s>) -> Option<usize> {
    let Type::TypeParam(tparam) = unalias(ty) else { return None };
    tparams.iter().position(|other| matches!(other, Type::TypeParam(other) if other.obj.is(tparam.obj)))
}

fn is_declared(ty: Ty<'_>) -> bool {
    matches!(unalias(ty), Type::Named(_))
}

fn is_literal(ty: Ty<'_>) -> bool {
    !matches!(unalias(ty), Type::Named(_) | Type::TypeParam(_))
}
