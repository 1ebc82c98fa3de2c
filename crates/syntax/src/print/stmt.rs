//! Statements as text.

use super::Printer;
use crate::tree::*;

impl Printer<'_> {
    pub(super) fn block(&mut self, block: Block) {
        self.text("{");
        self.indent += 1;
        self.stmts(block.stmts);
        self.indent -= 1;
        self.line();
        self.text("}");
    }

    fn stmts(&mut self, list: List<StmtId>) {
        let file = self.file;
        for stmt in &file[list] {
            self.line();
            self.stmt(*stmt);
            // A statement that ends with an empty one needs its semicolon.
            let mut last = *stmt;
            while let StmtKind::Labeled { stmt, .. } = file[last].kind {
                last = stmt;
            }
            if matches!(file[last].kind, StmtKind::Empty) {
                self.text(";");
            }
        }
    }

    pub(super) fn stmt(&mut self, stmt: StmtId) {
        match self.file[stmt].kind {
            StmtKind::Empty => {}
            StmtKind::Bad => self.text("<bad stmt>"),
            StmtKind::Expr(x) => self.expr(x),
            StmtKind::Send { chan, value, .. } => {
                self.expr(chan);
                self.text(" <- ");
                self.expr(value);
            }
            StmtKind::Assign { lhs, rhs, .. } => self.assign(lhs, " = ", rhs),
            StmtKind::Define { lhs, rhs, .. } => self.assign(lhs, " := ", rhs),
            StmtKind::OpAssign { x, op, y: None, .. } => {
                self.expr(x);
                self.text(&op.text().repeat(2));
            }
            StmtKind::OpAssign { x, op, y: Some(y), .. } => {
                self.expr(x);
                self.text(" ");
                self.text(op.text());
                self.text("= ");
                self.expr(y);
            }
            StmtKind::Go(x) => {
                self.text("go ");
                self.expr(x);
            }
            StmtKind::Defer(x) => {
                self.text("defer ");
                self.expr(x);
            }
            StmtKind::Return(results) => {
                self.text(if results.is_empty() { "return" } else { "return " });
                self.exprs(results);
            }
            StmtKind::Branch { kind, label } => self.branch(kind, label),
            StmtKind::Block(block) => self.block(block),
            StmtKind::If { .. } => self.if_chain(stmt),
            StmtKind::Switch { init, tag, cases, .. } => self.switch(init, tag, cases),
            StmtKind::TypeSwitch { init, name, x, cases, .. } => {
                self.type_switch(init, name, x, cases);
            }
            StmtKind::Select { cases, .. } => self.select(cases),
            StmtKind::For { init, cond, post, body } => self.for_stmt(init, cond, post, body),
            StmtKind::Range { key, value, extra, define, x, body, .. } => {
                self.range([key, value, extra], define, x, body);
            }
            StmtKind::Labeled { label, stmt } => {
                self.ident(label);
                self.text(": ");
                self.stmt(stmt);
            }
            StmtKind::Decl(decls) => self.local_decls(decls),
        }
    }

    fn assign(&mut self, lhs: List<ExprId>, op: &str, rhs: List<ExprId>) {
        self.exprs(lhs);
        self.text(op);
        self.exprs(rhs);
    }

    fn branch(&mut self, kind: BranchKind, label: Option<Ident>) {
        self.text(match kind {
            BranchKind::Break => "break",
            BranchKind::Continue => "continue",
            BranchKind::Goto => "goto",
            BranchKind::Fallthrough => "fallthrough",
        });
        if let Some(label) = label {
            self.text(" ");
            self.ident(label);
        }
    }

    fn init(&mut self, init: Option<StmtId>) {
        if let Some(init) = init {
            self.stmt(init);
            self.text("; ");
        }
    }

    fn if_chain(&mut self, stmt: StmtId) {
        let mut next = Some(stmt);
        while let Some(stmt) = next.take() {
            if let StmtKind::If { init, cond, then, otherwise } = self.file[stmt].kind {
                self.text("if ");
                self.init(init);
                self.expr(cond);
                self.text(" ");
                self.block(then);
                if otherwise.is_some() {
                    self.text(" else ");
                }
                next = otherwise;
            } else {
                self.stmt(stmt);
            }
        }
    }

    fn switch(&mut self, init: Option<StmtId>, tag: Option<ExprId>, cases: List<Case>) {
        self.text("switch ");
        self.init(init);
        if let Some(tag) = tag {
            self.expr(tag);
            self.text(" ");
        }
        self.cases(cases);
    }

    fn type_switch(&mut self, init: Option<StmtId>, name: Option<Ident>, x: ExprId, cases: List<Case>) {
        self.text("switch ");
        self.init(init);
        if let Some(name) = name {
            self.ident(name);
            self.text(" := ");
        }
        self.expr(x);
        self.text(".(type) ");
        self.cases(cases);
    }

    fn cases(&mut self, cases: List<Case>) {
        let file = self.file;
        self.text("{");
        for case in &file[cases] {
            self.line();
            if case.is_default {
                self.text("default:");
            } else {
                self.text("case ");
                self.exprs(case.exprs);
                self.text(":");
            }
            self.case_body(case.body);
        }
        self.line();
        self.text("}");
    }

    fn case_body(&mut self, body: Block) {
        self.indent += 1;
        self.stmts(body.stmts);
        self.indent -= 1;
    }

    fn select(&mut self, cases: List<CommCase>) {
        let file = self.file;
        self.text("select {");
        for case in &file[cases] {
            self.line();
            match case.comm {
                None => self.text("default:"),
                Some(comm) => {
                    self.text("case ");
                    self.stmt(comm);
                    self.text(":");
                }
            }
            self.case_body(case.body);
        }
        self.line();
        self.text("}");
    }

    fn for_stmt(&mut self, init: Option<StmtId>, cond: Option<ExprId>, post: Option<StmtId>, body: Block) {
        self.text("for ");
        let has_clauses = init.is_some() || post.is_some();
        if let Some(init) = init {
            self.stmt(init);
        }
        if has_clauses {
            self.text("; ");
        }
        if let Some(cond) = cond {
            self.expr(cond);
        }
        if has_clauses {
            self.text("; ");
        }
        if let Some(post) = post {
            self.stmt(post);
        }
        self.text(" ");
        self.block(body);
    }

    fn range(&mut self, lhs: [Option<ExprId>; 3], define: bool, x: ExprId, body: Block) {
        self.text("for ");
        let lhs: Vec<ExprId> = lhs.into_iter().flatten().collect();
        self.separated(&lhs, ", ", Self::expr);
        if !lhs.is_empty() {
            self.text(if define { " := " } else { " = " });
        }
        self.text("range ");
        self.expr(x);
        self.text(" ");
        self.block(body);
    }
}
