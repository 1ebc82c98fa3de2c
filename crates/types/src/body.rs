//! Bodies of functions and of function literals.
//!
//! A body is checked in one scope with its parameters (spec, "Blocks"): `func f(x int) { var x int }` declares `x`
//! twice. What only the whole body shows comes at its end: labels, a missing return, unused variables.

use syntax::FuncId;

use crate::checker::Checker;
use crate::model::*;
use crate::stmt::StmtContext;

impl<'s> Checker<'s> {
    /// Checks the body of `func`, whose type is `sig`, in the current environment, and leaves that as it was. `iota` stays
    /// known: a function literal within a constant declaration may use it.
    pub fn func_body(&mut self, sig: Ty<'s>, func: FuncId) {
        let tree = self.tree();
        let (Some(body), Type::Signature(signature)) = (tree[func].body, sig) else { return };
        let outer_sig = self.env.sig.replace(sig);
        let outer_error_pos = self.env.error_pos.take();
        let outer_calls = self.env.has_call_or_recv;
        let outer_labels = std::mem::replace(&mut self.env.locals.has_labels, false);
        let n_outer_vars = self.env.locals.vars.len();

        self.open_scope();
        self.bind_signature(signature);
        self.stmt_list(&tree[body.stmts], StmtContext::default());
        if self.env.locals.has_labels {
            self.check_labels(body);
        }
        if !signature.results.is_empty() && !self.is_terminating_list(&tree[body.stmts]) {
            self.error(self.pos(body.rbrace), "missing return");
        }
        self.report_unused_vars(n_outer_vars);
        self.close_scope();

        self.env.sig = outer_sig;
        self.env.error_pos = outer_error_pos;
        self.env.has_call_or_recv = outer_calls;
        self.env.locals.has_labels = outer_labels;
    }

    // Two of one name were reported with the signature, so the first of them counts here.
    fn bind_signature(&mut self, sig: &'s Signature<'s>) {
        let tparams = sig.recv_tparams.iter().chain(sig.tparams);
        let type_names = tparams.filter_map(|ty| match ty {
            Type::TypeParam(tparam) => Some(tparam.obj),
            _ => None,
        });
        let vars = sig.recv.into_iter().chain(sig.params.iter().copied()).chain(sig.results.iter().copied());
        for obj in type_names.chain(vars) {
            if self.lookup_innermost(obj.name).is_none() {
                self.bind(obj);
            }
        }
    }
}
