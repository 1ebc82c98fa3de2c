//! Calls and conversions, and explicit instantiation of generic functions. Spec, "Calls", "Conversions",
//! "Instantiations".

use source::Pos;
use syntax::{ExprId, ExprKind};

use crate::checker::{Checker, Mode, Operand};
use crate::model::*;
use crate::operand::is_invalid_type;
use crate::session::Version;

/// What has the form of a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CallKind {
    /// `T(x)`
    Conversion,
    /// A predeclared function.
    Builtin {
        /// It may stand alone as a statement.
        statement: bool,
    },
    /// A function or method.
    Call,
}

impl<'s> Checker<'s> {
    /// Checks `f(args)`.
    pub(crate) fn call(&mut self, x: &mut Operand<'s>, expr: ExprId) -> CallKind {
        let tree = self.tree();
        let ExprKind::Call { fun, args, .. } = tree[expr].kind else { return CallKind::Call };
        // `f[T](x)`: what `T` does not say may be inferred from the arguments.
        let mut instance: &[ExprId] = &[];
        if let ExprKind::Index { indices, .. } = tree[fun].kind {
            x.expr = fun;
            if self.index_expr(x, fun) {
                instance = &tree[indices];
            }
            x.expr = fun;
            if x.is_invalid() {
                x.ty = self.invalid();
            }
            self.record(x);
        } else {
            self.expr_or_type(x, fun, true);
        }
        match x.mode {
            Mode::Invalid => {
                self.use_exprs(&tree[args]);
                x.expr = expr;
                CallKind::Call
            }
            Mode::Type | Mode::GenericType => {
                self.convert_call(x, expr);
                x.expr = expr;
                CallKind::Conversion
            }
            Mode::Builtin(id) => {
                let ok = self.builtin(x, expr, id);
                if !ok {
                    x.mode = Mode::Invalid;
                }
                x.expr = expr;
                if ok && x.mode != Mode::Constant {
                    self.env.has_call_or_recv = true;
                }
                CallKind::Builtin { statement: may_stand_alone(id) }
            }
            _ => {
                self.call_function(x, expr, instance);
                CallKind::Call
            }
        }
    }

    // `T(x)`, with the type in `x`.
    fn convert_call(&mut self, x: &mut Operand<'s>, expr: ExprId) {
        let tree = self.tree();
        let ExprKind::Call { fun, args, dots, .. } = tree[expr].kind else { return };
        let args = &tree[args];
        let ty = x.ty;
        if x.mode == Mode::GenericType || self.is_generic(ty) {
            let text = format!("cannot use generic type {} without instantiation", self.ty_str(ty));
            self.error_at(fun, text);
            self.use_exprs(args);
            x.mode = Mode::Invalid;
            return;
        }
        x.mode = Mode::Invalid;
        match *args {
            [] => {
                let text = format!("missing argument in conversion to {}", self.ty_str(ty));
                self.error_at(expr, text);
            }
            [arg] => {
                self.expr(x, arg, None);
                if x.is_invalid() {
                    return;
                }
                if self.is_interface(ty) {
                    let set = self.type_set(ty);
                    if set.terms.is_some() || set.comparable {
                        let text = format!(
                            "cannot use interface {} in conversion (contains specific type constraints or is comparable)",
                            self.ty_str(ty)
                        );
                        self.error_at(expr, text);
                        x.mode = Mode::Invalid;
                        return;
                    }
                }
                if dots.is_some() {
                    let text = format!("invalid use of ... in conversion to {}", self.ty_str(ty));
                    self.error_at(arg, text);
                    x.mode = Mode::Invalid;
                    return;
                }
                self.conversion(x, ty);
            }
            [.., last] => {
                self.use_exprs(args);
                let text = format!("too many arguments in conversion to {}", self.ty_str(ty));
                self.error_at(last, text);
            }
        }
    }

    // Calls the function value `x`, which `instance` instantiates in part or whole.
    fn call_function(&mut self, x: &mut Operand<'s>, expr: ExprId, instance: &[ExprId]) {
        let tree = self.tree();
        let ExprKind::Call { fun, args, .. } = tree[expr].kind else { return };
        let callee = match self.callee(x) {
            Ok(callee) => callee,
            Err(text) => {
                // As gc: the arguments are not looked at.
                self.error_at(x.expr, text);
                x.mode = Mode::Invalid;
                x.expr = expr;
                return;
            }
        };
        let Type::Signature(sig) = callee else { return };
        let Some(targs) = self.type_args(instance, sig.tparams.len()) else {
            self.use_exprs(&tree[args]);
            x.mode = Mode::Invalid;
            x.expr = expr;
            return;
        };
        let generic = !sig.tparams.is_empty();
        let args = self.generic_args(&tree[args]);
        let result = self.arguments(expr, callee, &targs, instance, args);
        if generic && let Some(ty) = result {
            // What is called is the instance.
            let entry = crate::checker::ExprInfo { mode: Mode::Value, ty: Some(ty), value: None };
            self.record_entry(fun, entry);
        }
        self.env.has_call_or_recv = true;
        x.expr = expr;
        x.value = None;
        // Without an inferred instance the results may mention type parameters.
        let sig = match result {
            Some(Type::Signature(sig)) => sig,
            _ if generic => {
                x.mode = Mode::Invalid;
                return;
            }
            _ => sig,
        };
        let ty = |obj: Obj<'s>| obj.ty().unwrap_or(self.invalid());
        match *sig.results {
            [] => {
                x.mode = Mode::NoValue;
                x.ty = self.alloc(Type::Tuple(&[]));
            }
            [result] => {
                x.mode = Mode::Value;
                x.ty = ty(result);
                if is_invalid_type(x.ty) {
                    x.mode = Mode::Invalid;
                }
            }
            _ => {
                let types: Vec<Ty<'s>> = sig.results.iter().map(|result| ty(result)).collect();
                x.mode = Mode::Value;
                x.ty = self.alloc(Type::Tuple(self.slice(&types)));
            }
        }
    }

    // Returns the signature of the function value `x`; that of a type parameter if all its types agree.
    fn callee(&mut self, x: &Operand<'s>) -> Result<Ty<'s>, String> {
        if let Type::Signature(_) = x.ty {
            return Ok(x.ty);
        }
        let mut cause = String::new();
        self.for_each_term(x.ty, &mut |checker, term| {
            let Some(term) = term else { return false };
            let is_func = matches!(checker.under(term.ty), Type::Signature(_));
            if !is_func {
                cause = format!("{} is not a function", checker.ty_str(term.ty));
            }
            is_func
        });
        if cause.is_empty() {
            match self.common_under(x.ty) {
                Ok(ty @ Type::Signature(_)) => return Ok(ty),
                Ok(_) => cause = format!("{} is not a function", self.ty_str(x.ty)),
                Err(text) => cause = text,
            }
        }
        Err(format!("invalid operation: cannot call {}: {cause}", self.operand_str(x)))
    }

    /// Evaluates the type arguments between brackets, of which a function can take `want`.
    pub(crate) fn type_args(&mut self, exprs: &[ExprId], want: usize) -> Option<Vec<Ty<'s>>> {
        if exprs.is_empty() {
            return Some(Vec::new());
        }
        let targs: Vec<Ty<'s>> = exprs.iter().map(|&expr| self.var_type(expr)).collect();
        if targs.iter().any(|targ| is_invalid_type(targ)) {
            return None;
        }
        if targs.len() > want {
            self.error_at(exprs[want], format!("got {} type arguments but want {want}", targs.len()));
            return None;
        }
        Some(targs)
    }

    /// Instantiates the generic function `x`, the operand of the index expression `expr`, by the types between the brackets.
    /// What they leave open is inferred from `target`, or left open where a generic function is allowed.
    pub(crate) fn explicit_instance(
        &mut self,
        x: &mut Operand<'s>,
        expr: ExprId,
        target: Option<Ty<'s>>,
        allow_generic: bool,
    ) {
        let tree = self.tree();
        let ExprKind::Index { indices, .. } = tree[expr].kind else { return };
        let indices = &tree[indices];
        if !self.allows_instantiation(x, expr) {
            return;
        }
        let Type::Signature(sig) = self.under(x.ty) else { return };
        let Some(targs) = self.type_args(indices, sig.tparams.len()) else {
            x.mode = Mode::Invalid;
            return;
        };
        if targs.len() == sig.tparams.len() {
            x.ty = self.instantiate_signature(self.after_callee(expr), expr, &targs, x.ty, indices);
            x.mode = Mode::Value;
            return;
        }
        match target {
            _ if allow_generic => {}
            Some(target) if matches!(self.under(target), Type::Signature(_)) => {
                self.infer_for_target(x, expr, &targs, target);
            }
            _ => {
                let open: Vec<Option<Ty<'s>>> =
                    (0..sig.tparams.len()).map(|idx| targs.get(idx).copied()).collect();
                let pos = self.after_callee(expr);
                // Within its own body the function's type parameters may be among the type arguments.
                let (tparams, _) = self.rename_tparams(sig.tparams, x.ty);
                if let Some(targs) = self.infer(pos, tparams, &open, &[], &[], true) {
                    x.ty = self.instantiate_signature(pos, expr, &targs, x.ty, indices);
                } else {
                    x.mode = Mode::Invalid;
                }
            }
        }
    }

    // Reports an instantiation, outside of a call, where the language has none.
    fn allows_instantiation(&mut self, x: &mut Operand<'s>, expr: ExprId) -> bool {
        let ok = self.allows(Version(18));
        if !ok {
            let pos = self.after_callee(expr);
            self.require_version(pos, Version(18), "function instantiation");
            x.mode = Mode::Invalid;
        }
        ok
    }

    /// Instantiates the generic function `x` so that it can be assigned to a variable of type `target`.
    pub(crate) fn infer_for_target(
        &mut self,
        x: &mut Operand<'s>,
        expr: ExprId,
        targs: &[Ty<'s>],
        target: Ty<'s>,
    ) {
        if !self.allows_instantiation(x, expr) {
            return;
        }
        let Type::Signature(sig) = self.under(x.ty) else { return };
        let tree = self.tree();
        let (pos, indices) = match tree[expr].kind {
            ExprKind::Index { indices, .. } => (self.after_callee(expr), &tree[indices]),
            _ => (self.expr_pos(expr), &[][..]),
        };
        if !self.allows(Version(21)) {
            let what = if indices.is_empty() { "implicitly" } else { "partially" };
            self.require_version(pos, Version(21), &format!("{what} instantiated function in assignment"));
        }
        let (tparams, renamed) = self.rename_tparams(sig.tparams, x.ty);
        let open: Vec<Option<Ty<'s>>> = (0..tparams.len()).map(|idx| targs.get(idx).copied()).collect();
        let plain = match renamed {
            Type::Signature(sig) => self.alloc(Type::Signature(Signature { tparams: &[], ..*sig })),
            _ => renamed,
        };
        // The variable is the parameter to which the function is passed, seen the other way round.
        let param = self.object(
            source::Name::new("_"),
            Pos::NONE,
            ObjKind::Var { role: VarRole::Param },
            Some(plain),
        );
        let arg = Operand { mode: Mode::Value, ty: target, value: None, expr };
        match self.infer(pos, tparams, &open, &[param], &[arg], true) {
            Some(targs) => {
                x.ty = self.instantiate_signature(pos, expr, &targs, x.ty, indices);
                x.mode = Mode::Value;
            }
            None => {
                x.mode = Mode::Invalid;
                x.ty = self.invalid();
            }
        }
    }

    /// Where gc sees an index expression: at the bracket.
    pub(crate) fn after_callee(&self, expr: ExprId) -> Pos {
        match self.tree()[expr].kind {
            ExprKind::Index { x, .. } => self.after(x, b'['),
            ExprKind::Call { fun, .. } => self.after(fun, b'('),
            _ => self.expr_pos(expr),
        }
    }

    /// Returns the instance of the generic signature `generic`, records it for the function that `expr` names, and sees to
    /// it that the type arguments satisfy their constraints. `written` are those in brackets.
    pub(crate) fn instantiate_signature(
        &mut self,
        pos: Pos,
        expr: ExprId,
        targs: &[Ty<'s>],
        generic: Ty<'s>,
        written: &[ExprId],
    ) -> Ty<'s> {
        let instance = self.instantiate(generic, targs);
        let tree = self.tree();
        let mut name = tree.unparen(expr);
        if let ExprKind::Index { x, .. } = tree[name].kind {
            name = tree.unparen(x);
        }
        let targs = self.slice(targs);
        self.info[self.env.file].instances.insert(name, targs);
        let tparams = match generic {
            Type::Signature(sig) => sig.tparams,
            _ => return instance,
        };
        let places: Vec<Pos> = written.iter().map(|&expr| self.expr_pos(expr)).collect();
        self.later_here(move |checker| {
            if let Err((idx, text)) = checker.verify_instance(tparams, targs) {
                let pos = places.get(idx).copied().unwrap_or(pos);
                checker.error(pos, text);
            }
        });
        instance
    }
}

fn may_stand_alone(id: Builtin) -> bool {
    matches!(
        id,
        Builtin::Clear
            | Builtin::Close
            | Builtin::Copy
            | Builtin::Delete
            | Builtin::Panic
            | Builtin::Print
            | Builtin::Println
            | Builtin::Recover
    )
}
