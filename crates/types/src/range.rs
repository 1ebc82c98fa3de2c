//! `for` statements with a `range` clause. Spec, "For statements with range clause".

use syntax::{ChanDir, ExprId, ExprKind, Ident, StmtId, StmtKind};

use crate::checker::{Checker, Mode, Operand};
use crate::model::*;
use crate::operand::is_invalid_type;
use crate::predicates::identical;
use crate::session::Version;
use crate::stmt::StmtContext;

/// The types of the values that an iteration gives.
#[derive(Clone, Copy, Default)]
struct IterTypes<'s> {
    key: Option<Ty<'s>>,
    value: Option<Ty<'s>>,
}

impl<'s> Checker<'s> {
    /// Checks a `for` statement with a `range` clause.
    pub(crate) fn range_stmt(&mut self, stmt: StmtId, ctx: StmtContext) {
        let tree = self.tree();
        let StmtKind::Range { key, value, extra, define, x: expr, body, .. } = tree[stmt].kind else {
            return;
        };
        let mut x = Operand::invalid(self, expr);
        self.expr(&mut x, expr, None);
        let types = self.iteration_types(&x, key, value, extra);
        // Spec: an iteration over an integer takes the type of the variable, the others their own.
        let over_int = !x.is_invalid() && self.is_integer(x.ty);
        self.open_scope();
        if define {
            self.define_iteration_vars(stmt, [key, value], types, &mut x, over_int);
        } else if key.is_some() || value.is_some() {
            self.assign_iteration_vars([key, value], types, &mut x, over_int);
        } else if over_int {
            self.assignment(&mut x, None, "range clause");
        }
        if !over_int && !x.is_nil() {
            self.default_operand(&mut x);
        }
        self.block(body, ctx);
        self.close_scope();
    }

    fn iteration_types(
        &mut self,
        x: &Operand<'s>,
        key: Option<ExprId>,
        value: Option<ExprId>,
        extra: Option<ExprId>,
    ) -> IterTypes<'s> {
        if x.is_invalid() {
            return IterTypes::default();
        }
        let types = match self.range_types(x.ty) {
            Ok(types) => types,
            Err(cause) => {
                let colon = if cause.is_empty() { "" } else { ": " };
                let text = format!("cannot range over {}{colon}{cause}", self.operand_str(x));
                self.error_at(x.expr, text);
                return IterTypes::default();
            }
        };
        let permits =
            |checker: &Self, what: &str| format!("range over {} permits {what}", checker.operand_str(x));
        match (key, value, extra) {
            (Some(key), _, _) if types.key.is_none() => {
                self.error_at(key, permits(self, "no iteration variables"));
            }
            (_, Some(value), _) if types.value.is_none() => {
                self.error_at(value, permits(self, "only one iteration variable"));
            }
            (_, _, Some(extra)) => {
                self.error_at(extra, "range clause permits at most two iteration variables")
            }
            _ => {}
        }
        types
    }

    // The types that ranging over `ty` gives; or why it cannot be ranged over, empty if that is plain.
    fn range_types(&mut self, ty: Ty<'s>) -> Result<IterTypes<'s>, String> {
        let two = |key, value| Ok(IterTypes { key: Some(key), value: Some(value) });
        let int = self.basic(Basic::Int);
        match self.common_under(ty)? {
            Type::Basic(basic) if basic.is_string() => two(int, self.session.universe.rune),
            Type::Basic(basic) if basic.is_integer() => {
                self.range_version(22)?;
                Ok(IterTypes { key: Some(ty), value: None })
            }
            Type::Array { elem, .. } | Type::Slice(elem) => two(int, elem),
            Type::Pointer(base) => match self.under(base) {
                Type::Array { elem, .. } => two(int, elem),
                _ => Err(String::new()),
            },
            Type::Map { key, elem } => two(key, elem),
            Type::Chan { dir: ChanDir::Send, .. } => {
                Err(format!("receive from send-only channel {}", self.ty_str(ty)))
            }
            Type::Chan { elem, .. } => Ok(IterTypes { key: Some(elem), value: None }),
            Type::Signature(sig) => {
                self.range_version(23)?;
                self.iterator_types(sig)
                    .map_err(|why| format!("func must be func(yield func(...) bool): {why}"))
            }
            _ => Err(String::new()),
        }
    }

    fn range_version(&mut self, version: u16) -> Result<(), String> {
        if self.allows(Version(version)) { Ok(()) } else { Err(format!("requires go1.{version} or later")) }
    }

    fn iterator_types(&mut self, sig: &'s Signature<'s>) -> Result<IterTypes<'s>, &'static str> {
        let [param] = sig.params else { return Err("wrong argument count") };
        if !sig.results.is_empty() {
            return Err("unexpected results");
        }
        let yielded = match param.ty() {
            Some(ty) => self.core_type(ty),
            None => None,
        };
        let Some(Type::Signature(yielded)) = yielded else { return Err("argument is not func") };
        if yielded.params.len() > 2 {
            return Err("yield func has too many parameters");
        }
        match yielded.results {
            [result] => match result.ty() {
                Some(ty) if identical(ty, self.basic(Basic::Bool)) => {}
                Some(ty) if self.is_boolean(ty) => {
                    return Err("yield func returns user-defined boolean, not bool");
                }
                _ => return Err("yield func does not return bool"),
            },
            _ => return Err("yield func does not return bool"),
        }
        let param = |idx: usize| yielded.params.get(idx).and_then(|param| param.ty());
        Ok(IterTypes { key: param(0), value: param(1) })
    }

    fn define_iteration_vars(
        &mut self,
        stmt: StmtId,
        lhs: [Option<ExprId>; 2],
        types: IterTypes<'s>,
        x: &mut Operand<'s>,
        over_int: bool,
    ) {
        let tree = self.tree();
        let mut new_vars = Vec::with_capacity(2);
        for (expr, ty) in lhs.into_iter().zip([types.key, types.value]) {
            let Some(expr) = expr else { continue };
            let pos = tree[expr].span.start;
            let kind = ObjKind::Var { role: VarRole::Local };
            let obj = match tree[expr].kind {
                ExprKind::Name(name) => {
                    let obj = self.object(name, self.pos(pos), kind, None);
                    let ident = Ident { name, pos };
                    if name.is_blank() {
                        self.record_def(ident, obj);
                    } else {
                        new_vars.push((ident, obj));
                    }
                    obj
                }
                ExprKind::Bad => continue,
                _ => {
                    let text = format!("invalid syntax tree: cannot declare {}", self.expr_str(expr));
                    self.error_at(expr, text);
                    self.object(source::Name::new("_"), self.pos(pos), kind, None)
                }
            };
            match ty {
                Some(ty) if !is_invalid_type(ty) => self.init_iteration_var(obj, expr, ty, x, over_int),
                _ => {
                    // What went wrong was said; the variable is not to blame.
                    let _ = obj.ty.set(self.invalid());
                    obj.mark_used();
                }
            }
        }
        if new_vars.is_empty() {
            self.soft_error(self.pos(tree[stmt].span.start), "no new variables on left side of :=");
        }
        for (ident, obj) in new_vars {
            self.declare_local(ident, obj);
        }
    }

    fn init_iteration_var(
        &mut self,
        obj: Obj<'s>,
        expr: ExprId,
        ty: Ty<'s>,
        x: &mut Operand<'s>,
        over_int: bool,
    ) {
        if over_int {
            self.init_var(obj, x, "range clause");
        } else {
            // There is no expression for the value.
            let mut value = Operand { mode: Mode::Value, ty, value: None, expr };
            self.init_var(obj, &mut value, "assignment");
        }
    }

    fn assign_iteration_vars(
        &mut self,
        lhs: [Option<ExprId>; 2],
        types: IterTypes<'s>,
        x: &mut Operand<'s>,
        over_int: bool,
    ) {
        for (expr, ty) in lhs.into_iter().zip([types.key, types.value]) {
            let Some(expr) = expr else { continue };
            let Some(ty) = ty.filter(|ty| !is_invalid_type(ty)) else { continue };
            if over_int {
                self.assign_var(expr, x, "range clause");
                // An untyped integer has taken the type of the variable.
                if !x.is_invalid() && !self.is_integer(x.ty) {
                    let text = format!("cannot use iteration variable of type {}", self.ty_str(x.ty));
                    self.error_at(expr, text);
                }
            } else {
                let mut value = Operand { mode: Mode::Value, ty, value: None, expr };
                self.assign_var(expr, &mut value, "assignment");
            }
        }
    }
}
