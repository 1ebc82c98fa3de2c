//! Function types, receivers and type parameters.
//!
//! Type parameters and parameters are declared in the scope that the caller opened. The types of all parameters
//! are resolved before any of them is declared: their scope is the body. Spec, "Declarations and scope".

use std::sync::OnceLock;

use source::{Name, Pos};
use syntax::{ExprId, ExprKind, Field, FuncTypeId, Ident, List};

use crate::checker::Checker;
use crate::decl::address;
use crate::model::*;
use crate::predicates::unalias;
use crate::session::Version;

/// What stands before a method's name, taken apart.
struct RecvSyntax {
    ptr: bool,
    base: ExprId,
    // The type parameters in brackets.
    tparams: Option<List<ExprId>>,
}

impl<'s> Checker<'s> {
    /// Returns the type of a function, and declares its type parameters and parameters in the current scope. `recv` is
    /// the receiver of a method declaration.
    pub fn signature(&mut self, ty: FuncTypeId, recv: Option<List<Field>>) -> Ty<'s> {
        let tree = self.tree();
        let func = tree[ty];
        let (mut recv_obj, mut recv_tparams): (Option<Obj<'s>>, &'s [Ty<'s>]) = (None, &[]);
        let mut named: Vec<(Ident, Obj<'s>)> = Vec::new();
        match recv.map(|recv| &tree[recv]) {
            Some([]) => self.error(self.pos(func.pos), "method has no receiver"),
            Some([field, ..]) => {
                let (obj, tparams) = self.receiver(field);
                (recv_obj, recv_tparams) = (Some(obj), tparams);
                named.extend(field.name.map(|name| (name, obj)));
            }
            None => {}
        }
        let func_obj = self.decls.partial.take();
        let mut tparams: &'s [Ty<'s>] = &[];
        if recv.is_none() && !func.type_params.is_empty() {
            self.declare_tparams(func.type_params, |list| tparams = list);
        }
        if let Some(obj) = func_obj {
            // It may be mentioned in its own signature, as in `func f([unsafe.Sizeof(f)]int)`.
            let sig = Signature {
                tparams,
                recv_tparams,
                recv: recv_obj,
                params: &[],
                results: &[],
                variadic: false,
            };
            let sig = self.alloc(Type::Signature(sig));
            self.decls.partial_funcs.insert(address(obj), sig);
        }
        let (params, variadic) = self.parameters(func.params, VarRole::Param, &mut named);
        let (results, _) = self.parameters(func.results, VarRole::Result, &mut named);
        for (name, obj) in named {
            self.declare_local(name, obj);
        }
        let sig = Signature { tparams, recv_tparams, recv: recv_obj, params, results, variadic };
        self.alloc(Type::Signature(sig))
    }

    fn parameters(
        &mut self,
        list: List<Field>,
        role: VarRole,
        named: &mut Vec<(Ident, Obj<'s>)>,
    ) -> (&'s [Obj<'s>], bool) {
        let tree = self.tree();
        let fields = &tree[list];
        let mut variadic = false;
        let mut objs = Vec::with_capacity(fields.len());
        let mut previous: Option<(ExprId, Ty<'s>)> = None;
        for (idx, field) in fields.iter().enumerate() {
            let is_last = idx + 1 == fields.len() && role == VarRole::Param;
            let ty = match (previous, tree[field.ty].kind) {
                (Some((expr, ty)), _) if expr == field.ty => {
                    if matches!(tree[expr].kind, ExprKind::Ellipsis(_)) {
                        variadic &= is_last;
                    }
                    ty
                }
                (_, ExprKind::Ellipsis(elem)) => {
                    // `a, b ...T` gives two fields: only a lone last one is in order.
                    let shared = fields.get(idx + 1).is_some_and(|next| next.ty == field.ty);
                    if is_last && !shared {
                        variadic = true;
                    } else {
                        let text = match role {
                            VarRole::Param => "can only use ... with final parameter",
                            _ => "invalid use of ...",
                        };
                        self.soft_error(self.expr_pos(field.ty), text);
                    }
                    let elem = self.var_type(elem);
                    let ty = if variadic { self.alloc(Type::Slice(elem)) } else { elem };
                    self.record_type(field.ty, ty);
                    ty
                }
                _ => self.var_type(field.ty),
            };
            previous = Some((field.ty, ty));
            let (name, pos) = match field.name {
                Some(name) => (name.name, self.pos(name.pos)),
                None => (Name::new(""), self.expr_pos(field.ty)),
            };
            let obj = self.object(name, pos, ObjKind::Var { role }, Some(ty));
            named.extend(field.name.map(|name| (name, obj)));
            objs.push(obj);
        }
        (self.slice(&objs), variadic)
    }

    // Type parameters.

    /// Declares type parameters in the current scope. `set` gets them before their constraints are resolved.
    pub(crate) fn declare_tparams(&mut self, list: List<Field>, set: impl FnOnce(&'s [Ty<'s>])) {
        let tree = self.tree();
        let fields = &tree[list];
        if let Some(first) = fields.first() {
            let pos = first.name.map_or(self.expr_pos(first.ty), |name| self.pos(name.pos));
            self.require_version(pos, Version::GENERICS, "type parameter");
        }
        let mut tparams = Vec::with_capacity(fields.len());
        for (idx, field) in (0..).zip(fields) {
            let name = field.name.unwrap_or(Ident { name: Name::new("_"), pos: tree[field.ty].span.start });
            let (obj, ty) = self.type_param(name, idx);
            self.declare_local(name, obj);
            tparams.push(ty);
        }
        let tparams = self.slice(&tparams);
        set(tparams);
        let saved = std::mem::replace(&mut self.decls.in_tparams, true);
        let mut previous: Option<(ExprId, Ty<'s>)> = None;
        for (field, tparam) in fields.iter().zip(tparams) {
            let bound = match previous {
                Some((expr, bound)) if expr == field.ty => bound,
                _ => self.tparam_bound(field.ty),
            };
            previous = Some((field.ty, bound));
            if let Type::TypeParam(tparam) = tparam {
                let _ = tparam.bound.set(bound);
            }
        }
        self.decls.in_tparams = saved;
        for &tparam in tparams {
            self.later_here(move |checker| {
                let bound = checker.bound_interface(tparam);
                checker.type_set(bound);
            });
        }
    }

    fn tparam_bound(&mut self, expr: ExprId) -> Ty<'s> {
        let bound = self.constraint(expr);
        if matches!(unalias(bound), Type::TypeParam(_)) {
            self.error_at(expr, "cannot use a type parameter as constraint");
            return self.invalid();
        }
        bound
    }

    fn type_param(&mut self, name: Ident, index: u32) -> (Obj<'s>, Ty<'s>) {
        let obj = self.object(name.name, self.pos(name.pos), ObjKind::TypeName, None);
        let ty = self.alloc(Type::TypeParam(TypeParam { obj, index, bound: OnceLock::new() }));
        let _ = obj.ty.set(ty);
        (obj, ty)
    }

    // Receivers.

    fn receiver(&mut self, field: &Field) -> (Obj<'s>, &'s [Ty<'s>]) {
        let recv = self.recv_syntax(field.ty);
        let (ty, tparams) = match recv.tparams {
            Some(list) => self.generic_receiver(&recv, list),
            None => (self.type_expr(field.ty), &[][..]),
        };
        if recv.tparams.is_some() {
            self.record_type(field.ty, ty);
        }
        let (name, pos) = match field.name {
            Some(name) => (name.name, self.pos(name.pos)),
            None => (Name::new(""), self.expr_pos(field.ty)),
        };
        let obj = self.object(name, pos, ObjKind::Var { role: VarRole::Recv }, Some(ty));
        let at = self.expr_pos(recv.base);
        let declares = recv.tparams.is_some();
        self.later_here(move |checker| checker.check_receiver(at, ty, declares));
        (obj, tparams)
    }

    fn recv_syntax(&self, expr: ExprId) -> RecvSyntax {
        let tree = self.tree();
        let mut base = tree.unparen(expr);
        let mut ptr = false;
        while let ExprKind::Star(x) = tree[base].kind {
            ptr = true;
            base = tree.unparen(x);
        }
        match tree[base].kind {
            ExprKind::Index { x, indices, .. } => {
                RecvSyntax { ptr, base: tree.unparen(x), tparams: Some(indices) }
            }
            _ => RecvSyntax { ptr, base, tparams: None },
        }
    }

    /// Resolves `T[P, Q]`, which declares `P` and `Q` anew. Spec, "Method declarations".
    fn generic_receiver(&mut self, recv: &RecvSyntax, list: List<ExprId>) -> (Ty<'s>, &'s [Ty<'s>]) {
        let tree = self.tree();
        let indices = &tree[list];
        self.require_version(self.expr_pos(recv.base), Version::GENERICS, "type instantiation");
        let base = self.generic_or_type(recv.base);
        let mut own = Vec::with_capacity(indices.len());
        for (idx, &index) in (0..).zip(indices) {
            let name = match tree[index].kind {
                ExprKind::Name(name) => Ident { name, pos: tree[index].span.start },
                _ => {
                    let text = self.expr_str(index);
                    self.error_at(index, format!("receiver type parameter {text} must be an identifier"));
                    Ident { name: Name::new("_"), pos: tree[index].span.start }
                }
            };
            let (obj, ty) = self.type_param(name, idx);
            self.declare_local(name, obj);
            self.record_type(index, ty);
            own.push(ty);
        }
        let own = self.slice(&own);
        let invalid = (self.invalid(), own);
        let declared = match base {
            _ if self.is_invalid(base) => return self.give_up_receiver(own, invalid),
            Type::Alias(_) if self.is_uninstantiated(base) => {
                let text = format!("cannot define new methods on generic alias type {}", self.ty_str(base));
                self.error_at(recv.base, text);
                return self.give_up_receiver(own, invalid);
            }
            _ => match unalias(base) {
                Type::Named(named) if named.origin.is_none() => named.tparams.get().copied().unwrap_or(&[]),
                _ => &[],
            },
        };
        if declared.is_empty() {
            let name = self.ty_str(base);
            let text = match unalias(base) {
                Type::Named(named) if named.origin.is_some() => {
                    format!("cannot define new methods on instantiated type {name}")
                }
                _ => format!("{name} is not a generic type"),
            };
            self.error_at(recv.base, text);
            return self.give_up_receiver(own, invalid);
        }
        if declared.len() != own.len() {
            let plural = if own.len() == 1 { "" } else { "s" };
            let text = format!(
                "receiver declares {} type parameter{plural}, but receiver base type declares {}",
                own.len(),
                declared.len()
            );
            self.error_at(recv.base, text);
            return self.give_up_receiver(own, invalid);
        }
        self.copy_bounds(declared, own);
        let ty = self.instantiate(unalias(base), own);
        (if recv.ptr { self.alloc(Type::Pointer(ty)) } else { ty }, own)
    }

    fn give_up_receiver<T>(&mut self, own: &'s [Ty<'s>], result: T) -> T {
        for tparam in own {
            if let Type::TypeParam(tparam) = tparam {
                let _ = tparam.bound.set(self.session.universe.empty_interface);
            }
        }
        result
    }

    /// Gives the type parameters of a method the constraints of its receiver's type.
    fn copy_bounds(&mut self, declared: &'s [Ty<'s>], own: &'s [Ty<'s>]) {
        for (from, to) in declared.iter().zip(own) {
            self.decls.recv_tparams.push((to, from));
            let (Type::TypeParam(from), Type::TypeParam(to)) = (from, to) else { continue };
            // In a cycle through the type's own parameters the constraint is not known yet.
            let bound = from.bound.get().copied().unwrap_or(self.session.universe.empty_interface);
            let bound = self.subst(bound, declared, own);
            let _ = to.bound.set(bound);
        }
    }

    /// Reports what cannot have methods. Spec, "Method declarations".
    fn check_receiver(&mut self, pos: Pos, ty: Ty<'s>, declares: bool) {
        if let Some(instance) = alias_instance(ty).filter(|_| !declares) {
            let text = format!("cannot define new methods on instantiated type {}", self.ty_str(instance));
            return self.error(pos, text);
        }
        let base = match unalias(ty) {
            Type::Pointer(base) => *base,
            _ => ty,
        };
        let text = match unalias(base) {
            Type::Basic(Basic::Invalid) => return,
            Type::Named(named) => {
                let is_local = named.obj.pkg.is_some_and(|pkg| pkg.is(self.pkg));
                let what = match self.under(base) {
                    Type::Basic(Basic::UnsafePointer) => Some("unsafe.Pointer"),
                    Type::Pointer(_) | Type::Interface(_) => Some("pointer or interface type"),
                    _ => None,
                };
                match what {
                    _ if !is_local => {
                        format!("cannot define new methods on non-local type {}", self.ty_str(base))
                    }
                    _ if named.origin.is_some() && !declares => {
                        format!(
                            "cannot define new methods on instantiated type {}",
                            self.ty_str(unalias(base))
                        )
                    }
                    Some(what) => format!("invalid receiver type {} ({what})", self.ty_str(base)),
                    None => return,
                }
            }
            Type::Basic(_) => format!("cannot define new methods on non-local type {}", self.ty_str(base)),
            _ => format!("invalid receiver type {}", self.ty_str(ty)),
        };
        self.error(pos, text);
    }
}

/// Finds an instance of a generic alias on the way from a receiver's type to what it stands for.
fn alias_instance(mut ty: Ty<'_>) -> Option<Ty<'_>> {
    loop {
        match ty {
            Type::Alias(alias) if !alias.targs.is_empty() => return Some(ty),
            Type::Alias(alias) => ty = alias.rhs.get()?,
            Type::Pointer(elem) => ty = elem,
            _ => return None,
        }
    }
}
