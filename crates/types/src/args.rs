//! Passing arguments: how many, of which types, and what they say about type parameters. Spec, "Passing
//! arguments to ... parameters", "Type inference".

use syntax::{ExprId, ExprKind};

use crate::checker::{Checker, Mode, Operand};
use crate::model::*;
use crate::operand::Context;
use crate::predicates::unalias;
use crate::session::Version;

/// The arguments of a call.
pub(crate) struct Args<'s> {
    /// One for each value, also of a call that gives several.
    pub(crate) operands: Vec<Operand<'s>>,
    /// Of generic functions that are instantiated in part: which argument, and the type arguments.
    pub(crate) partial: Vec<(usize, Vec<Ty<'s>>)>,
}

/// A generic function among the arguments, whose type arguments are inferred with those of the callee.
struct GenericArg<'s> {
    /// Which argument.
    idx: usize,
    /// Its type, before its type parameters were renamed.
    generic: Ty<'s>,
    /// Where its type parameters begin among those to infer, and how many they are.
    first: usize,
    len: usize,
}

impl<'s> Checker<'s> {
    /// Checks arguments. A single call may give all of them, and generic functions need no instantiation yet.
    pub(crate) fn generic_args(&mut self, exprs: &[ExprId]) -> Args<'s> {
        if !self.allows(Version(21)) {
            return Args { operands: self.args_before_inference(exprs), partial: Vec::new() };
        }
        let mut args = Args { operands: Vec::with_capacity(exprs.len()), partial: Vec::new() };
        for (idx, &expr) in exprs.iter().enumerate() {
            let mut x = Operand::invalid(self, expr);
            let mut partial = false;
            if let ExprKind::Index { indices, .. } = self.tree()[expr].kind {
                partial = self.index_arg(&mut x, expr, indices, (idx, &mut args));
            }
            if !partial {
                if let [expr] = exprs
                    && !matches!(self.tree()[*expr].kind, ExprKind::Index { .. })
                {
                    self.raw_expr(&mut x, *expr, None, true);
                    self.exclude(&mut x, false);
                    if let (Mode::Value, Type::Tuple(types)) = (x.mode, x.ty) {
                        let one = |&ty| Operand { mode: Mode::Value, ty, value: None, expr: *expr };
                        args.operands.extend(types.iter().map(one));
                        return args;
                    }
                } else if !matches!(self.tree()[expr].kind, ExprKind::Index { .. }) {
                    self.generic_expr(&mut x, expr);
                }
            }
            args.operands.push(x);
        }
        args
    }

    // Before Go 1.21 the call says nothing about type arguments of its arguments.
    fn args_before_inference(&mut self, exprs: &[ExprId]) -> Vec<Operand<'s>> {
        let tree = self.tree();
        let generic_name =
            |expr: &ExprId| matches!(tree[*expr].kind, ExprKind::Name(_) | ExprKind::Selector { .. });
        if !exprs.iter().any(generic_name) {
            return self.expr_list(exprs);
        }
        let mut operands = Vec::with_capacity(exprs.len());
        for &expr in exprs {
            let mut x = Operand::invalid(self, expr);
            if generic_name(&expr) {
                self.generic_expr(&mut x, expr);
            } else {
                self.expr(&mut x, expr, None);
            }
            if is_generic_function(&x) {
                let what = "implicitly instantiated function as argument";
                self.require_version(self.expr_pos(expr), Version(21), what);
                x.mode = Mode::Invalid;
            }
            operands.push(x);
        }
        operands
    }

    // Checks an index expression as an argument. True if it instantiates a generic function only in part.
    fn index_arg(
        &mut self,
        x: &mut Operand<'s>,
        expr: ExprId,
        indices: syntax::List<ExprId>,
        (idx, args): (usize, &mut Args<'s>),
    ) -> bool {
        let mut partial = false;
        if self.index_expr(x, expr) {
            let Type::Signature(sig) = self.under(x.ty) else { return false };
            let tree = self.tree();
            match self.type_args(&tree[indices], sig.tparams.len()) {
                None => x.mode = Mode::Invalid,
                Some(targs) if targs.len() == sig.tparams.len() => {
                    let pos = self.after_callee(expr);
                    x.ty = self.instantiate_signature(pos, expr, &targs, x.ty, &tree[indices]);
                }
                Some(targs) => {
                    args.partial.push((idx, targs));
                    partial = true;
                }
            }
        }
        x.expr = expr;
        if x.is_invalid() {
            x.ty = self.invalid();
        }
        self.record(x);
        self.exclude(x, false);
        partial
    }

    /// Passes `args` to a function of type `callee`, a signature, with the type arguments `targs` written as `written`.
    /// Returns the signature with all type arguments put in, or `None` if they could not be found.
    pub(crate) fn arguments(
        &mut self,
        call: ExprId,
        callee: Ty<'s>,
        targs: &[Ty<'s>],
        written: &[ExprId],
        mut args: Args<'s>,
    ) -> Option<Ty<'s>> {
        let ExprKind::Call { fun, .. } = self.tree()[call].kind else { return None };
        let Type::Signature(sig) = callee else { return None };
        let invalid = args.operands.iter().any(|arg| arg.is_invalid());
        let mut params = self.params_for(call, sig, &args.operands)?;
        if sig.tparams.is_empty() && !args.operands.iter().any(|arg| is_generic_function(arg)) {
            self.pass(fun, &params, &mut args.operands);
            return Some(callee);
        }
        if invalid {
            return sig.tparams.is_empty().then_some(callee);
        }
        // The callee's type parameters are renamed, since the call may stand in its own body.
        let mut tparams: Vec<Ty<'s>> = Vec::new();
        let mut known: Vec<Option<Ty<'s>>> = Vec::new();
        let own = sig.tparams.len();
        if own > 0 {
            if !self.allows(Version(18)) {
                let explicit = matches!(self.tree()[fun].kind, ExprKind::Index { .. });
                let what =
                    if explicit { "function instantiation" } else { "implicit function instantiation" };
                self.require_version(self.expr_pos(call), Version(18), what);
            }
            let plain = self.alloc(Type::Signature(Signature {
                tparams: &[],
                recv: None,
                params: self.slice(&params),
                results: &[],
                variadic: false,
                recv_tparams: &[],
            }));
            let (renamed, plain) = self.rename_tparams(sig.tparams, plain);
            if let Type::Signature(plain) = plain {
                params = plain.params.to_vec();
            }
            tparams.extend(renamed);
            known.extend((0..own).map(|idx| targs.get(idx).copied()));
        }
        let generic = self.collect_generic_args(&mut args, &params, &mut tparams, &mut known);
        let inferred = match self.infer_call(call, &tparams, &known, &params, &args.operands) {
            Some(inferred) => inferred,
            None => return sig.tparams.is_empty().then_some(callee),
        };
        let mut result = callee;
        if own > 0 {
            let pos = self.after_callee(call);
            result = self.instantiate_signature(pos, fun, &inferred[..own], callee, written);
            for param in &mut params {
                let ty = param.ty().unwrap_or(self.invalid());
                let ty = self.subst(ty, &tparams, &inferred);
                *param = self.object(param.name, param.pos, ObjKind::Var { role: VarRole::Param }, Some(ty));
            }
        }
        for arg in generic {
            let targs = &inferred[arg.first..arg.first + arg.len];
            let operand = &mut args.operands[arg.idx];
            let pos = self.expr_pos(operand.expr);
            operand.ty = self.instantiate_signature(pos, operand.expr, targs, arg.generic, &[]);
            self.record(&{ *operand });
        }
        self.pass(fun, &params, &mut args.operands);
        Some(result)
    }

    // Assigns the arguments to the parameters, as many.
    fn pass(&mut self, fun: ExprId, params: &[Obj<'s>], args: &mut [Operand<'s>]) {
        for (param, arg) in params.iter().zip(args) {
            let ty = param.ty().unwrap_or(self.invalid());
            self.assignment_in(arg, Some(ty), Context::Argument(fun));
        }
    }

    // Returns one parameter for each argument, or reports that their numbers differ.
    fn params_for(
        &mut self,
        call: ExprId,
        sig: &'s Signature<'s>,
        args: &[Operand<'s>],
    ) -> Option<Vec<Obj<'s>>> {
        let tree = self.tree();
        let ExprKind::Call { fun, args: exprs, dots, .. } = tree[call].kind else { return None };
        let mut params = sig.params.to_vec();
        let dots = dots.is_some();
        if sig.variadic {
            if dots {
                // `f(g()...)` with several results
                if exprs.len() == 1 && args.len() > 1 {
                    let text = format!(
                        "cannot use ... with {}-valued {}",
                        args.len(),
                        self.expr_str(tree[exprs][0])
                    );
                    self.error_at(call, text);
                    return None;
                }
            } else if args.len() + 1 >= params.len() {
                let last = params.pop()?;
                let ty = last.ty().unwrap_or(self.invalid());
                let elem = match self.under(ty) {
                    Type::Slice(elem) => elem,
                    _ => self.invalid(),
                };
                if args.len() > params.len() {
                    let param =
                        self.object(last.name, last.pos, ObjKind::Var { role: VarRole::Param }, Some(elem));
                    params.resize(args.len(), param);
                }
                return Some(params);
            }
        } else if dots {
            let text = format!("cannot use ... in call to non-variadic {}", self.expr_str(fun));
            self.error_at(call, text);
            return None;
        }
        if args.len() == params.len() {
            return Some(params);
        }
        let (at, qualifier) = if args.len() > params.len() {
            (self.expr_pos(args[params.len()].expr), "too many")
        } else if let Some(last) = args.last() {
            (self.expr_pos(last.expr), "not enough")
        } else {
            (self.expr_pos(call), "not enough")
        };
        let have: Vec<Ty<'s>> = args.iter().map(|arg| arg.ty).collect();
        let want: Vec<Ty<'s>> = sig.params.iter().map(|param| param.ty().unwrap_or(self.invalid())).collect();
        let text = format!(
            "{qualifier} arguments in call to {}\n\thave {}\n\twant {}",
            self.expr_str(fun),
            self.types_summary(&have, false, dots),
            self.types_summary(&want, sig.variadic, false)
        );
        self.error(at, text);
        None
    }

    // Adds the type parameters of generic arguments to those to infer, renamed: the same function may be passed twice.
    fn collect_generic_args(
        &mut self,
        args: &mut Args<'s>,
        params: &[Obj<'s>],
        tparams: &mut Vec<Ty<'s>>,
        known: &mut Vec<Option<Ty<'s>>>,
    ) -> Vec<GenericArg<'s>> {
        let mut found = Vec::new();
        for (idx, arg) in args.operands.iter_mut().enumerate() {
            let Type::Signature(sig) = arg.ty else { continue };
            if sig.tparams.is_empty() {
                continue;
            }
            // Only where a function is wanted can its type be found; elsewhere the assignment reports it.
            let param = params[idx].ty().unwrap_or(arg.ty);
            let wanted = matches!(unalias(param), Type::TypeParam(_))
                || matches!(self.core_type(param), Some(Type::Signature(_)));
            if !wanted {
                continue;
            }
            let (renamed, ty) = self.rename_tparams(sig.tparams, arg.ty);
            found.push(GenericArg { idx, generic: arg.ty, first: tparams.len(), len: renamed.len() });
            if let Type::Signature(sig) = ty {
                // With its own parameters among those to infer, it is a plain function.
                arg.ty = self.alloc(Type::Signature(Signature { tparams: renamed, ..*sig }));
            }
            let partial = args.partial.iter().find(|partial| partial.0 == idx).map(|partial| &partial.1);
            known.extend((0..renamed.len()).map(|n| partial.and_then(|targs| targs.get(n)).copied()));
            tparams.extend(renamed);
        }
        found
    }

    fn infer_call(
        &mut self,
        call: ExprId,
        tparams: &[Ty<'s>],
        known: &[Option<Ty<'s>>],
        params: &[Obj<'s>],
        args: &[Operand<'s>],
    ) -> Option<Vec<Ty<'s>>> {
        if tparams.is_empty() {
            return Some(Vec::new());
        }
        if let Some(all) = known.iter().copied().collect::<Option<Vec<_>>>() {
            return Some(all);
        }
        let pos = self.after_callee(call);
        match self.try_infer(pos, tparams, known, params, args, false) {
            Ok(targs) => Some(targs),
            Err(failure) => {
                if let Some((pos, text)) = failure {
                    let ExprKind::Call { fun, .. } = self.tree()[call].kind else { return None };
                    let text = format!("in call to {}, {text}", self.expr_str(fun));
                    self.error(pos, text);
                }
                None
            }
        }
    }
}

fn is_generic_function(x: &Operand<'_>) -> bool {
    matches!(x.ty, Type::Signature(sig) if !sig.tparams.is_empty())
}
