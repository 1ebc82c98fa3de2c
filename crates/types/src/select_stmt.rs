//! `select` statements. Spec, "Select statements".

use syntax::{CommCase, ExprId, ExprKind, StmtKind, UnaryOp};

use crate::checker::Checker;
use crate::stmt::{Fallthrough, StmtContext};

impl<'s> Checker<'s> {
    /// Checks the cases of a `select`.
    pub(crate) fn select_stmt(&mut self, cases: &[CommCase], ctx: StmtContext) {
        let tree = self.tree();
        self.check_defaults(cases.iter().filter(|case| case.comm.is_none()).map(|case| case.pos));
        let ctx = ctx.in_case(Fallthrough::OutOfPlace);
        for case in cases {
            if !self.is_communication(case) {
                let text = "select case must be send or receive (possibly with assignment)";
                self.error(self.pos(self.comm_pos(case)), text);
                continue;
            }
            self.open_scope();
            if let Some(comm) = case.comm {
                self.stmt(comm, ctx);
            }
            self.stmt_list(&tree[case.body.stmts], ctx);
            self.close_scope();
        }
    }

    fn is_communication(&self, case: &CommCase) -> bool {
        let tree = self.tree();
        let Some(comm) = case.comm else { return true };
        match tree[comm].kind {
            // The parser has reported a bad one.
            StmtKind::Send { .. } | StmtKind::Bad => true,
            StmtKind::Expr(expr) => self.is_receive(expr),
            StmtKind::Assign { rhs, .. } | StmtKind::Define { rhs, .. } => match tree[rhs] {
                [expr] => self.is_receive(expr),
                _ => false,
            },
            StmtKind::OpAssign { y: Some(expr), .. } => self.is_receive(expr),
            _ => false,
        }
    }

    fn is_receive(&self, expr: ExprId) -> bool {
        let tree = self.tree();
        match tree[tree.unparen(expr)].kind {
            ExprKind::Unary { op, .. } => op == UnaryOp::Recv,
            ExprKind::Bad => true,
            _ => false,
        }
    }
}
