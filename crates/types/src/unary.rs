//! Unary operators. Spec, "Operators", "Address operators", "Receive operator".

use syntax::{ChanDir, ExprId, ExprKind, UnaryOp};

use crate::checker::{Checker, Mode, Operand};
use crate::constant;
use crate::model::*;

impl<'s> Checker<'s> {
    pub(crate) fn unary(&mut self, x: &mut Operand<'s>, expr: ExprId, op: UnaryOp, operand: ExprId) {
        self.expr(x, operand, None);
        if x.is_invalid() {
            return;
        }
        let mut op = op;
        match op {
            UnaryOp::Addr => return self.address_of(x, operand),
            UnaryOp::Recv => {
                let elem = self.chan_elem(x, true);
                x.mode = if elem.is_some() { Mode::CommaOk } else { Mode::Invalid };
                x.ty = elem.unwrap_or_else(|| self.invalid());
                self.env.has_call_or_recv = true;
                return;
            }
            UnaryOp::Tilde => {
                let text = "cannot use ~ outside of interface or type constraint";
                if !self.all_integer(x.ty) {
                    self.error_at(expr, text);
                    x.mode = Mode::Invalid;
                    return;
                }
                self.error_at(expr, format!("{text} (use ^ for bitwise complement)"));
                op = UnaryOp::BitNot;
            }
            UnaryOp::Plus | UnaryOp::Minus | UnaryOp::Not | UnaryOp::BitNot => {}
        }
        let defined = match op {
            UnaryOp::Plus | UnaryOp::Minus => self.all_numeric(x.ty),
            UnaryOp::BitNot => self.all_integer(x.ty),
            _ => self.all_boolean(x.ty),
        };
        if !defined {
            let text =
                format!("invalid operation: operator {} not defined on {}", op.text(), self.operand_str(x));
            self.error_at(x.expr, text);
            x.mode = Mode::Invalid;
            return;
        }
        self.apply_unary(x, expr, op);
    }

    fn apply_unary(&mut self, x: &mut Operand<'s>, expr: ExprId, op: UnaryOp) {
        let (Mode::Constant, Some(value)) = (x.mode, x.value) else {
            x.mode = Mode::Value;
            return;
        };
        if value.is_unknown() {
            return;
        }
        let unsigned_bits = match *self.under(x.ty) {
            Type::Basic(basic) if basic.is_unsigned() => self.integer_bits(basic),
            _ => 0,
        };
        x.value = Some(constant::unary(self.bump, op, value, unsigned_bits));
        x.expr = expr;
        let name = if op == UnaryOp::BitNot { "bitwise complement" } else { "" };
        self.check_overflow(x, name, self.expr_pos(expr));
    }

    fn address_of(&mut self, x: &mut Operand<'s>, operand: ExprId) {
        // A composite literal has an address, though it is no variable.
        let tree = self.tree();
        let literal = matches!(tree[tree.unparen(operand)].kind, ExprKind::CompositeLit { .. });
        if !literal && x.mode != Mode::Variable {
            let text = format!("invalid operation: cannot take address of {}", self.operand_str(x));
            self.error_at(x.expr, text);
            x.mode = Mode::Invalid;
            return;
        }
        x.mode = Mode::Value;
        x.ty = self.alloc(Type::Pointer(x.ty));
    }

    /// Returns the element type of the channel `x`, from which is received or to which is sent, or reports why not.
    pub(crate) fn chan_elem(&mut self, x: &Operand<'s>, receive: bool) -> Option<Ty<'s>> {
        let mut cause = String::new();
        self.for_each_term(x.ty, &mut |checker, term| {
            let ty = term.map(|term| term.ty);
            cause = match ty.map(|ty| (ty, checker.under(ty))) {
                None => "no specific channel type".into(),
                Some((ty, Type::Chan { dir, .. })) => match dir {
                    ChanDir::Send if receive => format!("send-only channel {}", checker.ty_str(ty)),
                    ChanDir::Recv if !receive => format!("receive-only channel {}", checker.ty_str(ty)),
                    _ => return true,
                },
                Some((ty, _)) => format!("non-channel {}", checker.ty_str(ty)),
            };
            false
        });
        if cause.is_empty() {
            match self.common_under(x.ty) {
                Ok(Type::Chan { elem, .. }) => return Some(elem),
                Ok(_) => {}
                Err(text) => cause = text,
            }
        }
        let verb = if receive { "receive from" } else { "send to" };
        let operand = self.operand_str(x);
        let text = if self.is_type_param(x.ty) {
            format!("invalid operation: cannot {verb} {operand}: {cause}")
        } else {
            format!("invalid operation: cannot {verb} {cause} {operand}")
        };
        self.error_at(x.expr, text);
        None
    }
}
