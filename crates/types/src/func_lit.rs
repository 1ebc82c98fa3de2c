//! Function literals. Spec, "Function literals".

use syntax::FuncId;

use crate::checker::{Checker, Mode, Operand};
use crate::operand::is_invalid_type;

impl<'s> Checker<'s> {
    /// Checks a function literal: its body at once within a function body, in phase 2 at package level.
    pub(crate) fn func_lit(&mut self, x: &mut Operand<'s>, func: FuncId) {
        let ty = self.tree()[func].ty;
        self.open_scope();
        let sig = self.signature(ty, None);
        if is_invalid_type(sig) {
            self.close_scope();
            return;
        }
        if self.env.sig.is_some() && !self.decls.is_idle() {
            // Part of a local type's declaration, which must be complete first.
            let env = self.env.clone();
            self.later(move |checker| {
                let saved = std::mem::replace(&mut checker.env, env);
                checker.func_body(sig, func);
                checker.env = saved;
            });
        } else if self.env.sig.is_some() {
            let sig_before = self.env.sig.replace(sig);
            // The value of `iota` is known within a function literal of a constant declaration, and calls in the
            // body are none of the expression around it.
            let (iota, calls) = (self.env.iota, self.env.has_call_or_recv);
            self.func_body(sig, func);
            self.env.sig = sig_before;
            self.env.iota = iota;
            self.env.has_call_or_recv = calls;
        } else {
            let mut env = self.env.clone();
            env.sig = Some(sig);
            self.later_body(sig, func, env);
        }
        self.close_scope();
        x.mode = Mode::Value;
        x.ty = sig;
    }
}
