//! Interface types, and the unions of constraints. Spec, "Interface types" and "General interfaces".

use source::Pos;
use syntax::{BinaryOp, ExprId, ExprKind, Field, List, UnaryOp};

use crate::checker::Checker;
use crate::model::*;
use crate::predicates::{identical, unalias};
use crate::session::Version;
use crate::type_set::terms_string;

/// gc's limit on the terms of a union.
const MAX_TERMS: usize = 100;

impl<'s> Checker<'s> {
    /// Returns the interface type with these methods and embedded elements.
    pub(crate) fn interface_type(&mut self, expr: ExprId, elems: List<Field>) -> Ty<'s> {
        let tree = self.tree();
        let (mut methods, mut embeds) = (Vec::new(), Vec::new());
        for field in &tree[elems] {
            let Some(name) = field.name else {
                let pos = self.expr_pos(field.ty);
                embeds.push((self.interface_elem(field.ty), pos));
                continue;
            };
            if name.name.is_blank() {
                self.error(self.pos(name.pos), "methods must have a unique non-blank name");
                continue;
            }
            let ExprKind::FuncType(func) = tree[field.ty].kind else { continue };
            self.open_scope();
            let sig = self.signature(func, None);
            self.close_scope();
            self.record_type(field.ty, sig);
            let kind = ObjKind::Func { ptr_recv: false, origin: None };
            let method = self.object(name.name, self.pos(name.pos), kind, Some(sig));
            self.record_def(name, method);
            methods.push(method);
        }
        let (methods, embeds) = (self.slice(&methods), self.slice(&embeds));
        let ty = Interface { methods, embeds, implicit: false, type_set: Default::default() };
        let ty = self.alloc(Type::Interface(ty));
        if !methods.is_empty() || !embeds.is_empty() {
            if let Type::Interface(interface) = ty {
                self.decls.interfaces.push((interface, self.expr_pos(expr)));
            }
            // Reports what cannot be embedded and methods that clash.
            self.later_here(move |checker| {
                checker.type_set(ty);
            });
        }
        ty
    }

    /// Returns what an embedded element stands for: a type, or a union.
    fn interface_elem(&mut self, expr: ExprId) -> Ty<'s> {
        let tree = self.tree();
        let exprs = union_terms(tree, expr);
        if let [only] = exprs[..]
            && !is_tilde(tree, only)
        {
            let ty = self.type_expr(only);
            return self.reject_type_param(only, ty, false);
        }
        if !self.allows(Version::GENERICS) {
            let what = format!("embedding interface element {}", self.expr_str(expr));
            self.require_version(self.expr_pos(expr), Version::GENERICS, &what);
        }
        if exprs.len() > MAX_TERMS {
            let text = format!("cannot handle more than {MAX_TERMS} union terms (implementation limitation)");
            self.error_at(expr, text);
            return self.invalid();
        }
        let terms: Vec<Term<'s>> = exprs.iter().map(|&term| self.union_term(term)).collect();
        if terms.iter().any(|term| self.is_invalid(term.ty)) {
            return self.invalid();
        }
        let terms = self.slice(&terms);
        let union = self.alloc(Type::Union(terms));
        let places: Vec<Pos> = exprs.iter().map(|&term| self.expr_pos(term)).collect();
        self.later_here(move |checker| checker.check_terms(terms, &places));
        self.record_type(expr, union);
        union
    }

    fn union_term(&mut self, expr: ExprId) -> Term<'s> {
        let (tilde, x) = match self.tree()[expr].kind {
            ExprKind::Unary { op: UnaryOp::Tilde, x } => (true, x),
            _ => (false, expr),
        };
        let ty = self.type_expr(x);
        let ty = self.reject_type_param(expr, ty, tilde);
        Term { tilde, ty }
    }

    fn reject_type_param(&mut self, expr: ExprId, ty: Ty<'s>, tilde: bool) -> Ty<'s> {
        if !matches!(unalias(ty), Type::TypeParam(_)) {
            return ty;
        }
        let text = match tilde {
            true => format!(
                "type in term {} cannot be a type parameter",
                self.tree().text(self.tree()[expr].span)
            ),
            false => "term cannot be a type parameter".into(),
        };
        // gc speaks of the type behind the tilde.
        let pos = self.expr_pos(expr);
        self.error(Pos { offset: pos.offset + u32::from(tilde), ..pos }, text);
        self.invalid()
    }

    fn check_terms(&mut self, terms: &'s [Term<'s>], places: &[Pos]) {
        for (idx, term) in terms.iter().enumerate() {
            let under = self.under(term.ty);
            if self.is_invalid(under) {
                continue;
            }
            let is_interface = matches!(under, Type::Interface(_));
            if term.tilde && is_interface {
                let name = self.ty_str(term.ty);
                self.soft_error(places[idx], format!("invalid use of ~ ({name} is an interface)"));
            } else if term.tilde && !identical(under, term.ty) {
                let (name, under) = (self.ty_str(term.ty), self.ty_str(under));
                self.soft_error(
                    places[idx],
                    format!("invalid use of ~ (underlying type of {name} is {under})"),
                );
            } else if is_interface {
                self.check_interface_term(*term, places[idx]);
            } else if let Some(other) = terms[..idx].iter().find(|other| self.overlap(other, term)) {
                let (x, y) = (terms_string(&[*term]), terms_string(&[*other]));
                self.soft_error(places[idx], format!("overlapping terms {x} and {y}"));
            }
        }
    }

    fn overlap(&mut self, x: &Term<'s>, y: &Term<'s>) -> bool {
        // Interfaces are not subject to the rule.
        if matches!(self.under(x.ty), Type::Interface(_)) {
            return false;
        }
        let ux = if y.tilde { self.under(x.ty) } else { x.ty };
        let uy = if x.tilde { self.under(y.ty) } else { y.ty };
        identical(ux, uy)
    }

    fn check_interface_term(&mut self, term: Term<'s>, pos: Pos) {
        let (ty, name) = (term.ty, terms_string(&[term]));
        let set = self.type_set(ty);
        if !set.methods.is_empty() {
            self.soft_error(pos, format!("cannot use {name} in union ({name} contains methods)"));
        } else if std::ptr::eq(unalias(ty), self.session.universe.comparable) {
            self.soft_error(pos, "cannot use comparable in union");
        } else if set.comparable {
            self.soft_error(pos, format!("cannot use {name} in union ({name} embeds comparable)"));
        }
    }

    /// Returns the constraint that `expr` denotes in a list of type parameters; `~T` and `A | B` stand for an interface.
    pub(crate) fn constraint(&mut self, expr: ExprId) -> Ty<'s> {
        let tree = self.tree();
        let is_union = matches!(tree[expr].kind, ExprKind::Binary { op: BinaryOp::Or, .. });
        if !is_union && !is_tilde(tree, expr) {
            return self.type_expr(expr);
        }
        let elem = self.interface_elem(expr);
        let embeds = self.slice(&[(elem, self.expr_pos(expr))]);
        let ty = Interface { methods: &[], embeds, implicit: true, type_set: Default::default() };
        self.alloc(Type::Interface(ty))
    }
}

fn is_tilde(tree: &syntax::File, expr: ExprId) -> bool {
    matches!(tree[expr].kind, ExprKind::Unary { op: UnaryOp::Tilde, .. })
}

/// Returns the terms of `a | b | c`, of which there may be very many: hence the loop.
fn union_terms(tree: &syntax::File, mut expr: ExprId) -> Vec<ExprId> {
    let mut terms = Vec::new();
    while let ExprKind::Binary { op: BinaryOp::Or, x, y, .. } = tree[expr].kind {
        terms.push(y);
        expr = x;
    }
    terms.push(expr);
    terms.reverse();
    terms
}
