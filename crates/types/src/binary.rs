//! Binary operators and comparisons. Spec, "Operators", "Comparison operators".
//!
//! Sums and the like lean to the left and may have thousands of terms, so a chain is walked down to its
//! first operand and then computed upwards without recursion. Concatenations of constant strings are put
//! together once at the end of their run, so that long ones cost no more than they are long.

use syntax::{BinaryOp, ExprId, ExprKind, Offset};

use crate::checker::{Checker, ExprInfo, Mode, Operand};
use crate::constant::{self, Value};
use crate::model::*;
use crate::operand::{composite_kind, is_invalid_type, untyped};
use crate::predicates::identical;

fn is_comparison(op: BinaryOp) -> bool {
    matches!(op, BinaryOp::Eq | BinaryOp::Ne | BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge)
}

// gc names the operations that may overflow.
fn overflow_name(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "addition",
        BinaryOp::Sub => "subtraction",
        BinaryOp::Xor => "bitwise XOR",
        BinaryOp::Mul => "multiplication",
        BinaryOp::Shl => "shift",
        _ => "",
    }
}

/// The parts of a constant string whose concatenation is put off.
struct Run<'s> {
    parts: Vec<Value<'s>>,
    // Each expression of the run, and how long its value is: a prefix of the whole.
    exprs: Vec<(ExprId, usize)>,
}

impl<'s> Checker<'s> {
    /// Checks `expr`, a binary expression.
    pub(crate) fn binary_chain(&mut self, x: &mut Operand<'s>, expr: ExprId) {
        let tree = self.tree();
        let mut spine = Vec::new();
        let mut node = expr;
        let (first, op, op_pos, rhs) = loop {
            let ExprKind::Binary { op, op_pos, x: lhs, y: rhs } = tree[node].kind else {
                unreachable!("only binary nodes are on the spine");
            };
            if !matches!(tree[lhs].kind, ExprKind::Binary { .. }) {
                break (lhs, op, op_pos, rhs);
            }
            spine.push(node);
            node = lhs;
        };
        self.expr(x, first, None);
        let mut run = None;
        self.binary_step(x, node, op, op_pos, rhs, &mut run);
        while let Some(next) = spine.pop() {
            // What a nested expression would do at its end.
            if x.is_invalid() {
                x.ty = self.invalid();
            }
            x.expr = node;
            self.record(x);
            let ExprKind::Binary { op, op_pos, y: rhs, .. } = tree[next].kind else {
                unreachable!("only binary nodes are on the spine");
            };
            self.binary_step(x, next, op, op_pos, rhs, &mut run);
            node = next;
        }
        self.end_run(x, &mut run);
    }

    // Applies one operator of a chain to `x` and the expression `rhs`.
    fn binary_step(
        &mut self,
        x: &mut Operand<'s>,
        expr: ExprId,
        op: BinaryOp,
        op_pos: Offset,
        rhs: ExprId,
        run: &mut Option<Run<'s>>,
    ) {
        let mut y = Operand::invalid(self, rhs);
        self.expr(&mut y, rhs, None);
        if op == BinaryOp::Add && self.extend_run(x, &y, expr, run) {
            return;
        }
        self.end_run(x, run);
        self.binary_operands(x, &mut y, Some(expr), (x.expr, rhs), op, op_pos);
    }

    // Takes `y` into the run of strings that `x` is, or begins one.
    fn extend_run(
        &mut self,
        x: &mut Operand<'s>,
        y: &Operand<'s>,
        expr: ExprId,
        run: &mut Option<Run<'s>>,
    ) -> bool {
        let (Mode::Constant, Mode::Constant) = (x.mode, y.mode) else { return false };
        let (Some(first @ Value::Str(_)), Some(more @ Value::Str(_))) = (x.value, y.value) else {
            return false;
        };
        // The type of an untyped operand may change with the other's; that is left to the general case.
        if !identical(x.ty, y.ty) {
            return false;
        }
        let run = run.get_or_insert_with(|| Run { parts: vec![first], exprs: Vec::new() });
        let so_far = run.exprs.last().map_or(first.as_str().map_or(0, <[u8]>::len), |last| last.1);
        run.exprs.push((expr, so_far + more.as_str().map_or(0, <[u8]>::len)));
        run.parts.push(more);
        true
    }

    // Puts the run together, into `x` and into what is recorded of its expressions.
    fn end_run(&mut self, x: &mut Operand<'s>, run: &mut Option<Run<'s>>) {
        let Some(run) = run.take() else { return };
        let value = constant::concat(self.bump, &run.parts);
        x.value = Some(value);
        let Some(bytes) = value.as_str() else {
            // All parts are strings, so they are too long together.
            self.error_at(x.expr, "constant string too long");
            x.mode = Mode::Invalid;
            return;
        };
        for (expr, len) in run.exprs {
            let value = bytes.get(..len).map(Value::Str);
            self.record_entry(expr, ExprInfo { mode: x.mode, ty: Some(x.ty), value });
        }
    }

    /// Checks `lhs op rhs`. `expr` is the whole expression, if there is one: an assignment `lhs op= rhs` has none.
    pub(crate) fn binary(
        &mut self,
        x: &mut Operand<'s>,
        expr: Option<ExprId>,
        lhs: ExprId,
        rhs: ExprId,
        op: BinaryOp,
        op_pos: Offset,
    ) {
        self.expr(x, lhs, None);
        let mut y = Operand::invalid(self, rhs);
        self.expr(&mut y, rhs, None);
        self.binary_operands(x, &mut y, expr, (lhs, rhs), op, op_pos);
    }

    fn binary_operands(
        &mut self,
        x: &mut Operand<'s>,
        y: &mut Operand<'s>,
        expr: Option<ExprId>,
        sides: (ExprId, ExprId),
        op: BinaryOp,
        op_pos: Offset,
    ) {
        if x.is_invalid() {
            return;
        }
        if y.is_invalid() {
            x.mode = Mode::Invalid;
            x.expr = y.expr;
            return;
        }
        if matches!(op, BinaryOp::Shl | BinaryOp::Shr) {
            return self.shift(x, y, expr, op, op_pos);
        }
        self.match_binary_types(x, y);
        if x.is_invalid() {
            return;
        }
        if is_comparison(op) {
            return self.comparison(x, y, op, false);
        }
        if !identical(x.ty, y.ty) {
            if !is_invalid_type(x.ty) && !is_invalid_type(y.ty) {
                let what = match expr {
                    Some(expr) => self.expr_str(expr),
                    None => {
                        let (lhs, rhs) = (self.expr_str(sides.0), self.expr_str(sides.1));
                        format!("{lhs} {}= {rhs}", op.text())
                    }
                };
                let (a, b) = (self.ty_str(x.ty), self.ty_str(y.ty));
                self.error_at(x.expr, format!("invalid operation: {what} (mismatched types {a} and {b})"));
            }
            x.mode = Mode::Invalid;
            return;
        }
        if !self.operator_defined(x, op) {
            let text =
                format!("invalid operation: operator {} not defined on {}", op.text(), self.operand_str(x));
            self.error_at(x.expr, text);
            x.mode = Mode::Invalid;
            return;
        }
        if matches!(op, BinaryOp::Div | BinaryOp::Rem) && self.divides_by_zero(x, y) {
            self.error_at(y.expr, "invalid operation: division by zero");
            x.mode = Mode::Invalid;
            return;
        }
        self.apply_binary(x, y, expr, op, op_pos);
    }

    fn apply_binary(
        &mut self,
        x: &mut Operand<'s>,
        y: &Operand<'s>,
        expr: Option<ExprId>,
        op: BinaryOp,
        op_pos: Offset,
    ) {
        let (Mode::Constant, Mode::Constant, Some(a), Some(b)) = (x.mode, y.mode, x.value, y.value) else {
            x.mode = Mode::Value;
            x.value = None;
            return;
        };
        if a.is_unknown() || b.is_unknown() {
            x.value = Some(Value::Unknown);
            return;
        }
        let integers = op == BinaryOp::Div && self.is_integer(x.ty);
        x.value = Some(constant::binary(self.bump, op, a, b, integers));
        x.expr = expr.unwrap_or(x.expr);
        self.check_overflow(x, overflow_name(op), self.pos(op_pos));
    }

    fn operator_defined(&mut self, x: &Operand<'s>, op: BinaryOp) -> bool {
        match op {
            BinaryOp::Add => self.all_numeric_or_string(x.ty),
            BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div => self.all_numeric(x.ty),
            BinaryOp::Rem | BinaryOp::And | BinaryOp::Or | BinaryOp::Xor | BinaryOp::AndNot => {
                self.all_integer(x.ty)
            }
            BinaryOp::LogAnd | BinaryOp::LogOr => self.all_boolean(x.ty),
            BinaryOp::Eq | BinaryOp::Ne | BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => true,
            BinaryOp::Shl | BinaryOp::Shr => true,
        }
    }

    fn divides_by_zero(&mut self, x: &Operand<'s>, y: &Operand<'s>) -> bool {
        let (Mode::Constant, Some(divisor)) = (y.mode, y.value) else { return false };
        divisor.sign() == 0 && (x.mode == Mode::Constant || self.all_integer(x.ty))
    }

    /// Gives untyped operands of a binary operation the type of the other one. Where the types are of different kinds,
    /// the operands stay as they are, and the caller finds their types mismatched.
    pub(crate) fn match_binary_types(&mut self, x: &mut Operand<'s>, y: &mut Operand<'s>) {
        let (x_untyped, y_untyped) = (untyped(x.ty), untyped(y.ty));
        if !(x_untyped || y_untyped) || std::ptr::eq(x.ty, y.ty) || !self.may_convert(x, y) {
            return;
        }
        if x_untyped {
            self.convert_untyped(x, y.ty);
            if x.is_invalid() {
                return;
            }
        }
        if y_untyped {
            self.convert_untyped(y, x.ty);
            if y.is_invalid() {
                x.mode = Mode::Invalid;
            }
        }
    }

    // Reports whether the types are of one kind, so that an implicit conversion is worth trying.
    fn may_convert(&mut self, x: &Operand<'s>, y: &Operand<'s>) -> bool {
        if self.all_numeric(x.ty) != self.all_numeric(y.ty) {
            return false;
        }
        if self.is_interface(x.ty) || self.is_interface(y.ty) {
            return true;
        }
        if self.all_boolean(x.ty) != self.all_boolean(y.ty) || self.all_string(x.ty) != self.all_string(y.ty)
        {
            return false;
        }
        if x.is_nil() {
            return self.has_nil(y.ty);
        }
        if y.is_nil() {
            return self.has_nil(x.ty);
        }
        !matches!(self.under(x.ty), Type::Pointer(_)) && !matches!(self.under(y.ty), Type::Pointer(_))
    }

    /// Checks a comparison whose operands are matched. In a switch, `x` is the case and `y` the tag.
    pub(crate) fn comparison(
        &mut self,
        x: &mut Operand<'s>,
        y: &mut Operand<'s>,
        op: BinaryOp,
        switch_case: bool,
    ) {
        if let Err((second, cause)) = self.check_comparison(x, y, op) {
            self.report_comparison(x, y, op, switch_case, second, cause);
            x.mode = Mode::Invalid;
            return;
        }
        match (x.mode, y.mode, x.value, y.value) {
            (Mode::Constant, Mode::Constant, Some(a), Some(b)) => {
                let unknown = a.is_unknown() || b.is_unknown();
                let value = if unknown { Value::Unknown } else { Value::Bool(constant::compare(op, a, b)) };
                x.value = Some(value);
            }
            _ => {
                x.mode = Mode::Value;
                x.value = None;
                // The operands are compared when the program runs, so untyped ones have their default types.
                for (expr, ty) in [(x.expr, x.ty), (y.expr, y.ty)] {
                    let ty = self.default_type(ty);
                    self.update_expr_type(expr, ty, true);
                }
            }
        }
        x.ty = self.basic(Basic::UntypedBool);
    }

    // Says which operand is to blame (false: the first) and, if there is more to say, why.
    fn check_comparison(
        &mut self,
        x: &Operand<'s>,
        y: &Operand<'s>,
        op: BinaryOp,
    ) -> Result<(), (bool, String)> {
        let same = std::ptr::eq(x.ty, y.ty) && !untyped(x.ty);
        if !same && self.assignable(x, y.ty).is_err() && self.assignable(y, x.ty).is_err() {
            let cause = format!("mismatched types {} and {}", self.ty_str(x.ty), self.ty_str(y.ty));
            return Err((true, cause));
        }
        if matches!(op, BinaryOp::Eq | BinaryOp::Ne) {
            if x.is_nil() || y.is_nil() {
                let other = if x.is_nil() { y } else { x };
                let comparable = !(x.is_nil() && y.is_nil() && untyped(other.ty)) && self.has_nil(other.ty);
                return if comparable { Ok(()) } else { Err((true, String::new())) };
            }
            for (second, operand) in [(false, x), (true, y)] {
                if let Err(cause) = self.comparable(operand.ty, true) {
                    return Err((second, self.incomparable_cause(operand.ty, cause)));
                }
            }
            return Ok(());
        }
        for (second, operand) in [(false, x), (true, y)] {
            if !self.all_ordered(operand.ty) {
                return Err((second, String::new()));
            }
        }
        Ok(())
    }

    fn incomparable_cause(&mut self, ty: Ty<'s>, cause: String) -> String {
        match self.under(ty) {
            Type::Slice(_) | Type::Signature(_) | Type::Map { .. } => {
                format!("{} can only be compared to nil", composite_kind(ty))
            }
            _ => cause,
        }
    }

    fn report_comparison(
        &mut self,
        x: &Operand<'s>,
        y: &Operand<'s>,
        op: BinaryOp,
        switch_case: bool,
        second: bool,
        mut cause: String,
    ) {
        let mut blamed = if second { y } else { x };
        if cause.is_empty() {
            if self.is_type_param(x.ty) || self.is_type_param(y.ty) {
                if !self.is_type_param(x.ty) {
                    blamed = y;
                }
                let ty = self.ty_str(blamed.ty);
                cause = format!("type parameter {ty} cannot use operator {}", op.text());
            } else {
                let what = match composite_kind(blamed.ty) {
                    "" => self.ty_str(blamed.ty),
                    kind => kind.to_string(),
                };
                cause = format!("operator {} not defined on {what}", op.text());
            }
        }
        let (lhs, rhs) = (self.expr_str(x.expr), self.expr_str(y.expr));
        if switch_case {
            self.error_at(x.expr, format!("invalid case {lhs} in switch on {rhs} ({cause})"));
        } else {
            let text = format!("invalid operation: {lhs} {} {rhs} ({cause})", op.text());
            self.error_at(blamed.expr, text);
        }
    }
}
