//! Assignments and the initialisation of variables. Spec, "Assignment statements", "Short variable declarations",
//! "Return statements".
//!
//! All are one of two shapes: as many values as variables, one by one; or a single expression that
//! gives several values: a call, or one with `v, ok`. In the second shape the operands are known before the first is
//! assigned.
//!
//! Assigning to a variable is no use of it: the mark that evaluating the left side leaves is taken back.

use std::sync::atomic::Ordering;

use syntax::{BinaryOp, ExprId, ExprKind, Offset, StmtId};

use crate::checker::{Checker, Goal, Mode, Operand};
use crate::model::*;
use crate::operand::is_invalid_type;

/// The left side of an assignment.
#[derive(Clone, Copy)]
enum Lhs<'s> {
    /// `_`
    Blank,
    /// In error; reported.
    Invalid,
    /// Something of this type to which may be assigned.
    Place(Ty<'s>),
}

/// What is initialised: for messages.
#[derive(Clone, Copy)]
enum Init {
    /// `var x = ...`, each variable with a value of its own.
    Declaration,
    /// `x, y := ...` and `var x, y = f()`.
    Assignment,
    /// The results of a function, by this `return`.
    Return(StmtId),
}

impl Init {
    fn context(self) -> &'static str {
        match self {
            Init::Declaration => "variable declaration",
            Init::Assignment => "assignment",
            Init::Return(_) => "return statement",
        }
    }
}

impl<'s> Checker<'s> {
    /// Initialises the variables of a declaration, or the results of a function by `return_stmt`. Variables without a
    /// type get that of their value; afterwards all have one.
    pub fn init_vars(&mut self, lhs: &[Obj<'s>], rhs: &[ExprId], return_stmt: Option<StmtId>) {
        match (lhs, rhs, return_stmt) {
            (lhs, rhs, Some(stmt)) => self.initialise(lhs, rhs, Init::Return(stmt)),
            ([obj], [value], None) => {
                let mut x = Operand::invalid(self, *value);
                self.env.goal = Goal::Variable(obj);
                self.expr(&mut x, *value, obj.ty());
                self.init_var(obj, &mut x, Init::Declaration.context());
            }
            (lhs, rhs, None) => self.initialise(lhs, rhs, Init::Assignment),
        }
    }

    fn initialise(&mut self, lhs: &[Obj<'s>], rhs: &[ExprId], init: Init) {
        if lhs.len() == rhs.len() && !self.is_single_call(rhs) {
            for (obj, &value) in lhs.iter().zip(rhs) {
                let mut x = Operand::invalid(self, value);
                self.env.goal = Goal::Variable(obj);
                self.expr(&mut x, value, obj.ty());
                self.init_var(obj, &mut x, init.context());
            }
            return;
        }
        let [single] = rhs else {
            // If something is wrong with a value, their number says nothing.
            if let Some(mut values) = self.all_values(rhs) {
                if let Init::Return(_) = init {
                    values.iter_mut().for_each(|x| self.single_value(x));
                }
                self.init_mismatch(lhs, rhs, &values, init);
            }
            self.set_invalid(lhs);
            return;
        };
        let comma_ok = lhs.len() == 2 && !matches!(init, Init::Return(_));
        let mut values = self.multi_expr(*single, comma_ok);
        if values.len() == lhs.len() {
            for (obj, x) in lhs.iter().zip(&mut values) {
                self.init_var(obj, x, init.context());
            }
            return;
        }
        if values.first().is_none_or(|x| !x.is_invalid()) {
            self.init_mismatch(lhs, rhs, &values, init);
        }
        self.set_invalid(lhs);
    }

    fn init_mismatch(&mut self, lhs: &[Obj<'s>], rhs: &[ExprId], values: &[Operand<'s>], init: Init) {
        match init {
            Init::Declaration | Init::Assignment => self.count_mismatch(lhs.len(), rhs, values.len()),
            Init::Return(stmt) => self.return_mismatch(stmt, lhs, values),
        }
    }

    /// Initialises one variable with a value.
    pub(crate) fn init_var(&mut self, obj: Obj<'s>, x: &mut Operand<'s>, context: &str) {
        let declared = obj.ty();
        if x.is_invalid() || is_invalid_type(x.ty) || declared.is_some_and(is_invalid_type) {
            let _ = obj.ty.set(self.invalid());
            x.mode = Mode::Invalid;
            return;
        }
        let ty = match declared {
            Some(ty) => ty,
            None if x.is_nil() => {
                self.error_at(x.expr, format!("use of untyped nil in {context}"));
                let _ = obj.ty.set(self.invalid());
                x.mode = Mode::Invalid;
                return;
            }
            None => {
                let ty = self.default_type(x.ty);
                let _ = obj.ty.set(ty);
                ty
            }
        };
        self.assignment(x, Some(ty), context);
    }

    fn set_invalid(&mut self, objs: &[Obj<'s>]) {
        for obj in objs {
            let _ = obj.ty.set(self.invalid());
        }
    }

    // One call may give any number of values, one too.
    fn is_single_call(&self, rhs: &[ExprId]) -> bool {
        let tree = self.tree();
        matches!(*rhs, [expr] if matches!(tree[tree.unparen(expr)].kind, ExprKind::Call { .. }))
    }

    // Checks operands one by one, whatever they may be; `None` if one of them is in error.
    fn all_values(&mut self, exprs: &[ExprId]) -> Option<Vec<Operand<'s>>> {
        let mut ok = true;
        let values = exprs.iter().map(|&expr| {
            let mut x = Operand::invalid(self, expr);
            self.raw_expr(&mut x, expr, None, true);
            ok &= !x.is_invalid();
            x
        });
        let values = values.collect();
        ok.then_some(values)
    }

    fn count_mismatch(&mut self, n_vars: usize, rhs: &[ExprId], n_values: usize) {
        let tree = self.tree();
        let Some(&first) = rhs.first() else { return };
        let vars = count(n_vars, "variable");
        let values = count(n_values, "value");
        let text = match (rhs, tree[tree.unparen(first)].kind) {
            ([_], ExprKind::Call { fun, .. }) => {
                format!("assignment mismatch: {vars} but {} returns {values}", self.expr_str(fun))
            }
            _ => format!("assignment mismatch: {vars} but {values}"),
        };
        self.error_at(first, text);
    }

    fn return_mismatch(&mut self, stmt: StmtId, results: &[Obj<'s>], values: &[Operand<'s>]) {
        let (pos, which) = match values.get(results.len()) {
            Some(surplus) => (self.expr_pos(surplus.expr), "too many"),
            None => match values.last() {
                Some(last) => (self.expr_pos(last.expr), "not enough"),
                None => (self.pos(self.tree()[stmt].span.start), "not enough"),
            },
        };
        let have: Vec<_> = values.iter().map(|x| x.ty).collect();
        let want: Vec<_> = results.iter().map(|obj| obj.ty().unwrap_or(self.invalid())).collect();
        let have = self.types_summary(&have, false, false);
        let want = self.types_summary(&want, false, false);
        self.error(pos, format!("{which} return values\n\thave {have}\n\twant {want}"));
    }

    /// Checks `lhs = rhs`.
    pub(crate) fn assign_vars(&mut self, lhs: &[ExprId], rhs: &[ExprId]) {
        if lhs.len() == rhs.len() && !self.is_single_call(rhs) {
            for (&place, &value) in lhs.iter().zip(rhs) {
                self.assign_expr(place, value);
            }
            return;
        }
        let [single] = rhs else {
            let places = self.use_places(lhs);
            let values = self.all_values(rhs);
            if places && values.is_some() {
                self.count_mismatch(lhs.len(), rhs, rhs.len());
            }
            return;
        };
        let mut values = self.multi_expr(*single, lhs.len() == 2);
        if values.len() == lhs.len() {
            for (&place, x) in lhs.iter().zip(&mut values) {
                self.assign_var(place, x, "assignment");
            }
            return;
        }
        if values.first().is_none_or(|x| !x.is_invalid()) {
            self.count_mismatch(lhs.len(), rhs, values.len());
        }
        self.use_places(lhs);
    }

    fn assign_expr(&mut self, place: ExprId, value: ExprId) {
        let goal = Goal::Place(place);
        let place = self.place(place);
        let mut x = Operand::invalid(self, value);
        match place {
            Lhs::Invalid => self.use_exprs(&[value]),
            Lhs::Blank => {
                self.expr(&mut x, value, None);
                self.assignment(&mut x, None, "assignment to _ identifier");
            }
            Lhs::Place(ty) => {
                self.env.goal = goal;
                self.expr(&mut x, value, Some(ty));
                self.assignment(&mut x, Some(ty), "assignment");
            }
        }
    }

    /// Assigns a value to the place that an expression denotes.
    pub(crate) fn assign_var(&mut self, place: ExprId, x: &mut Operand<'s>, context: &str) {
        match self.place(place) {
            Lhs::Invalid => x.mode = Mode::Invalid,
            Lhs::Blank if context == "assignment" => self.assignment(x, None, "assignment to _ identifier"),
            Lhs::Blank => self.assignment(x, None, context),
            Lhs::Place(ty) => self.assignment(x, Some(ty), context),
        }
    }

    fn place(&mut self, expr: ExprId) -> Lhs<'s> {
        let tree = self.tree();
        if let ExprKind::Name(name) = tree[tree.unparen(expr)].kind
            && name.is_blank()
        {
            return Lhs::Blank;
        }
        let mut x = Operand::invalid(self, expr);
        self.without_use(expr, |checker| checker.expr(&mut x, expr, None));
        self.require_assignable(&x)
    }

    // Checks an expression that is assigned to: if it is a variable, that is no use of it.
    fn without_use(&mut self, expr: ExprId, check: impl FnOnce(&mut Self)) {
        let tree = self.tree();
        let assigned = match tree[tree.unparen(expr)].kind {
            // Variables of other packages, which a dot-import brings, are not ours to touch.
            ExprKind::Name(name) => self.lookup(name).filter(|obj| {
                matches!(obj.kind, ObjKind::Var { .. }) && obj.pkg.is_some_and(|pkg| pkg.is(self.pkg))
            }),
            _ => None,
        };
        let was_used = assigned.is_some_and(|obj| obj.is_used());
        check(self);
        if let Some(obj) = assigned {
            // Relaxed: see `Object::mark_used`.
            obj.used.store(was_used, Ordering::Relaxed);
        }
    }

    fn require_assignable(&mut self, x: &Operand<'s>) -> Lhs<'s> {
        if is_invalid_type(x.ty) {
            return Lhs::Invalid;
        }
        match x.mode {
            Mode::Invalid => return Lhs::Invalid,
            Mode::Variable | Mode::MapIndex => return Lhs::Place(x.ty),
            _ => {}
        }
        let tree = self.tree();
        let shown = self.expr_str(x.expr);
        let of_map_element = match tree[x.expr].kind {
            ExprKind::Selector { x: operand, .. } => {
                self.recorded(operand).is_some_and(|info| info.mode == Mode::MapIndex)
            }
            _ => false,
        };
        let text = if of_map_element {
            format!("cannot assign to struct field {shown} in map")
        } else {
            format!("cannot assign to {shown} (neither addressable nor a map index expression)")
        };
        self.error_at(x.expr, text);
        Lhs::Invalid
    }

    // Checks the left side after an error, for what it uses; false if there is another.
    fn use_places(&mut self, places: &[ExprId]) -> bool {
        let tree = self.tree();
        let mut ok = true;
        for &place in places {
            if matches!(tree[tree.unparen(place)].kind, ExprKind::Name(name) if name.is_blank()) {
                continue;
            }
            let mut x = Operand::invalid(self, place);
            self.without_use(place, |checker| {
                checker.raw_expr(&mut x, place, None, false);
            });
            ok &= !x.is_invalid();
        }
        ok
    }

    /// Checks `x op= y`.
    pub(crate) fn op_assign(&mut self, place: ExprId, op: BinaryOp, op_pos: Offset, value: ExprId) {
        let mut x = Operand::invalid(self, place);
        self.binary(&mut x, None, place, value, op, op_pos);
        // The left side has been checked as an operand; what is left to see, also after an error, is whether it is a
        // place.
        let Some(info) = self.recorded(place) else { return };
        let Some(ty) = info.ty else { return };
        if matches!(info.mode, Mode::NoValue | Mode::Type | Mode::GenericType) || matches!(ty, Type::Tuple(_))
        {
            return;
        }
        let operand = Operand { mode: info.mode, ty, value: None, expr: place };
        if let Lhs::Place(ty) = self.require_assignable(&operand) {
            self.assignment(&mut x, Some(ty), "assignment operation");
        }
    }

    /// Checks `x++` or `x--`.
    pub(crate) fn inc_dec(&mut self, place: ExprId, op: BinaryOp) {
        let mut x = Operand::invalid(self, place);
        self.expr(&mut x, place, None);
        if x.is_invalid() {
            return;
        }
        if !self.all_numeric(x.ty) {
            let sign = if op == BinaryOp::Add { "++" } else { "--" };
            let (shown, ty) = (self.expr_str(place), self.ty_str(x.ty));
            self.error_at(place, format!("invalid operation: {shown}{sign} (non-numeric type {ty})"));
            return;
        }
        self.require_assignable(&x);
    }

    /// Checks `lhs := rhs`.
    pub(crate) fn short_var_decl(&mut self, op_pos: Offset, lhs: &[ExprId], rhs: &[ExprId]) {
        let tree = self.tree();
        let mut vars = Vec::with_capacity(lhs.len());
        let mut new_vars = Vec::with_capacity(lhs.len());
        let mut in_error = false;
        for (idx, &expr) in lhs.iter().enumerate() {
            let pos = tree[expr].span.start;
            let ExprKind::Name(name) = tree[expr].kind else {
                in_error = true;
                self.reject_non_name(expr);
                vars.push(self.dummy_var(pos));
                continue;
            };
            if !name.is_blank() && lhs[..idx].iter().any(|&earlier| names(tree, earlier, name)) {
                in_error = true;
                self.error_at(expr, format!("{name} repeated on left side of :="));
                vars.push(self.dummy_var(pos));
                continue;
            }
            match self.lookup_innermost(name) {
                Some(obj) if matches!(obj.kind, ObjKind::Var { .. }) => {
                    self.record_use(expr, obj);
                    vars.push(obj);
                }
                Some(obj) => {
                    self.record_use(expr, obj);
                    in_error = true;
                    self.error_at(expr, format!("cannot assign to {name}"));
                    vars.push(self.dummy_var(pos));
                }
                None => {
                    let obj = self.object(name, self.pos(pos), ObjKind::Var { role: VarRole::Local }, None);
                    let ident = syntax::Ident { name, pos };
                    if name.is_blank() {
                        self.record_def(ident, obj);
                    } else {
                        new_vars.push((ident, obj));
                    }
                    vars.push(obj);
                }
            }
        }
        self.initialise(&vars, rhs, Init::Assignment);
        if new_vars.is_empty() && !in_error {
            self.soft_error(self.pos(op_pos), "no new variables on left side of :=");
        }
        // Spec, "Declarations and scope": the scope begins after the declaration.
        for (ident, obj) in new_vars {
            self.declare_local(ident, obj);
        }
    }

    fn reject_non_name(&mut self, expr: ExprId) {
        // The parser has reported bad text.
        if !matches!(self.tree()[expr].kind, ExprKind::Bad) {
            self.use_exprs(&[expr]);
            let text = format!("non-name {} on left side of :=", self.expr_str(expr));
            self.error_at(expr, text);
        }
    }

    /// Makes a variable that no name refers to, to stand for one in error.
    fn dummy_var(&self, at: Offset) -> Obj<'s> {
        let kind = ObjKind::Var { role: VarRole::Local };
        self.object(source::Name::new("_"), self.pos(at), kind, None)
    }
}

fn names(tree: &syntax::File, expr: ExprId, name: source::Name) -> bool {
    matches!(tree[expr].kind, ExprKind::Name(other) if other == name)
}

fn count(n: usize, what: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{n} {what}{plural}")
}
