//! `switch` statements on values and on types. Spec, "Switch statements".

use rustc_hash::FxHashMap;
use syntax::{BinaryOp, Case, ExprId, ExprKind, Ident};

use crate::checker::{Checker, Mode, Operand};
use crate::constant::{Key, Value};
use crate::model::*;
use crate::operand::is_invalid_type;
use crate::predicates::{hash_types, identical};
use crate::stmt::{Fallthrough, StmtContext};

/// The constants of earlier cases.
type SeenValues<'s> = FxHashMap<Key<'s>, Vec<(Ty<'s>, ExprId)>>;

/// The types of earlier cases by their hash; `None` for `nil`.
type SeenTypes<'s> = FxHashMap<Option<u64>, Vec<(Option<Ty<'s>>, ExprId)>>;

impl<'s> Checker<'s> {
    /// Checks the tag and the cases of a `switch` on values. The scope of its statement is open.
    pub(crate) fn switch_stmt(&mut self, tag: Option<ExprId>, cases: &[Case], ctx: StmtContext) {
        let tree = self.tree();
        let tag = tag.map(|tag| self.switch_tag(tag));
        self.check_defaults(cases.iter().filter(|case| case.is_default).map(|case| case.pos));
        let mut seen = SeenValues::default();
        for (idx, case) in cases.iter().enumerate() {
            for &value in &tree[case.exprs] {
                match tag {
                    Some(tag) => self.case_value(value, tag, &mut seen),
                    None => self.case_condition(value),
                }
            }
            let is_last = idx + 1 == cases.len();
            let fallthrough = if is_last { Fallthrough::FinalCase } else { Fallthrough::Allowed };
            self.block(case.body, ctx.in_case(fallthrough));
        }
    }

    fn switch_tag(&mut self, expr: ExprId) -> Operand<'s> {
        let mut x = Operand::invalid(self, expr);
        self.expr(&mut x, expr, None);
        self.assignment(&mut x, None, "switch expression");
        if !x.is_invalid() && self.comparable(x.ty, true).is_err() && !self.has_nil(x.ty) {
            let (operand, ty) = (self.operand_str(&x), self.ty_str(x.ty));
            self.error_at(expr, format!("cannot switch on {operand} ({ty} is not comparable)"));
            x.mode = Mode::Invalid;
        }
        x
    }

    fn case_value(&mut self, expr: ExprId, mut tag: Operand<'s>, seen: &mut SeenValues<'s>) {
        let mut x = Operand::invalid(self, expr);
        self.expr(&mut x, expr, None);
        if x.is_invalid() || tag.is_invalid() {
            return;
        }
        self.convert_untyped(&mut x, tag.ty);
        if x.is_invalid() {
            return;
        }
        let mut result = x;
        self.comparison(&mut result, &mut tag, BinaryOp::Eq, true);
        if !result.is_invalid() && x.mode == Mode::Constant {
            self.case_constant(&x, seen);
        }
    }

    fn case_constant(&mut self, x: &Operand<'s>, seen: &mut SeenValues<'s>) {
        // As gc: two cases `true` are not worth a word.
        let Some(key) =
            x.value.filter(|value| value.as_bool().is_none()).and_then(|value| value.key(self.bump))
        else {
            return;
        };
        let earlier = seen.entry(key).or_default();
        match earlier.iter().find(|(ty, _)| identical(ty, x.ty)) {
            Some(&(_, other)) => {
                let text = format!("duplicate case {} in expression switch", self.operand_str(x));
                let note = (self.expr_pos(other), "previous case".to_string());
                self.error_with_note(self.expr_pos(x.expr), text, note);
            }
            None => earlier.push((x.ty, x.expr)),
        }
    }

    // Spec: a missing tag stands for `true`, of type bool.
    fn case_condition(&mut self, expr: ExprId) {
        let bool_ty = self.basic(Basic::Bool);
        let mut x = Operand::invalid(self, expr);
        self.expr(&mut x, expr, None);
        if x.is_invalid() {
            return;
        }
        self.convert_untyped(&mut x, bool_ty);
        if x.is_invalid() || identical(x.ty, bool_ty) {
            return;
        }
        let value = Some(Value::Bool(true));
        let tag = Operand { mode: Mode::Constant, ty: bool_ty, value, expr };
        if self.assignable(&tag, x.ty).is_err() && self.assignable(&x, bool_ty).is_err() {
            let (shown, ty) = (self.expr_str(expr), self.ty_str(x.ty));
            self.error_at(
                expr,
                format!("invalid case {shown} in switch on true (mismatched types {ty} and bool)"),
            );
        }
    }

    /// Checks a `switch` on the type of `operand`; `name` is the variable that each case declares.
    pub(crate) fn type_switch(
        &mut self,
        name: Option<Ident>,
        operand: ExprId,
        cases: &[Case],
        ctx: StmtContext,
    ) {
        let tree = self.tree();
        let x = self.type_switch_operand(operand);
        let name = name.filter(|name| {
            let is_blank = name.name.is_blank();
            if is_blank {
                self.soft_error(self.pos(name.pos), "no new variable on left side of :=");
            }
            !is_blank
        });
        self.check_defaults(cases.iter().filter(|case| case.is_default).map(|case| case.pos));
        let mut seen = SeenTypes::default();
        // All variables count as one: if one of them is used, all are.
        let mut is_used = false;
        for case in cases {
            let types = &tree[case.exprs];
            let single = self.case_types(x.as_ref(), types, &mut seen);
            self.open_scope();
            let var = name.map(|name| {
                let ty = single.or(x.map(|x| x.ty)).unwrap_or(self.invalid());
                let kind = ObjKind::Var { role: VarRole::Local };
                let obj = self.object(name.name, self.pos(name.pos), kind, Some(ty));
                self.bind(obj);
                let file = self.env.file;
                self.info[file].implicits.insert(case.pos, obj);
                obj
            });
            self.stmt_list(&tree[case.body.stmts], ctx.in_case(Fallthrough::TypeSwitch));
            is_used |= var.is_some_and(|var| var.is_used());
            self.close_scope();
        }
        if let Some(name) = name.filter(|_| !is_used) {
            self.soft_error(self.pos(name.pos), format!("{} declared and not used", name.name));
        }
    }

    fn type_switch_operand(&mut self, expr: ExprId) -> Option<Operand<'s>> {
        let mut x = Operand::invalid(self, expr);
        self.expr(&mut x, expr, None);
        if x.is_invalid() {
            return None;
        }
        if self.is_type_param(x.ty) {
            let text = format!("cannot use type switch on type parameter value {}", self.operand_str(&x));
            self.error_at(expr, text);
            return None;
        }
        if !self.is_interface(x.ty) {
            let text = format!("{} is not an interface", self.operand_str(&x));
            self.error_at(expr, text);
            return None;
        }
        Some(x)
    }

    // Returns the type of the variable in a case with a single type.
    fn case_types(
        &mut self,
        x: Option<&Operand<'s>>,
        types: &[ExprId],
        seen: &mut SeenTypes<'s>,
    ) -> Option<Ty<'s>> {
        let mut single = None;
        for &expr in types {
            let ty = if self.is_nil_name(expr) {
                let mut nil = Operand::invalid(self, expr);
                self.expr(&mut nil, expr, None);
                None
            } else {
                let ty = self.var_type(expr);
                if is_invalid_type(ty) {
                    single = Some(ty);
                    continue;
                }
                Some(ty)
            };
            single = ty;
            if self.is_duplicate_type(ty, expr, seen) {
                continue;
            }
            if let (Some(x), Some(ty)) = (x, ty) {
                self.type_assertion(expr, x, ty, true);
            }
        }
        single.filter(|_| types.len() == 1)
    }

    fn is_duplicate_type(&mut self, ty: Option<Ty<'s>>, expr: ExprId, seen: &mut SeenTypes<'s>) -> bool {
        let earlier = seen.entry(ty.map(|ty| hash_types(&[ty]))).or_default();
        let same = |other: Option<Ty<'s>>| match (ty, other) {
            (Some(ty), Some(other)) => identical(ty, other),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        let Some(&(_, other)) = earlier.iter().find(|(other, _)| same(*other)) else {
            earlier.push((ty, expr));
            return false;
        };
        let shown = ty.map_or("nil".to_string(), |ty| self.ty_str(ty));
        let text = format!("duplicate case {shown} in type switch");
        let note = (self.expr_pos(other), "previous case".to_string());
        self.error_with_note(self.expr_pos(expr), text, note);
        true
    }

    fn is_nil_name(&self, expr: ExprId) -> bool {
        let tree = self.tree();
        let ExprKind::Name(name) = tree[tree.unparen(expr)].kind else { return false };
        self.lookup(name).is_some_and(|obj| matches!(obj.kind, ObjKind::Nil))
    }
}
