//! Statements. Spec, "Statements".

use super::*;

/// A simple statement before it is known what it is used for.
#[derive(Clone, Copy)]
pub(super) enum Simple {
    /// An expression.
    Expr(ExprId),
    /// `name := x.(type)` in a `switch`; `x` is the whole right side.
    Guard { name: Ident, lhs: ExprId, op_pos: Offset, x: ExprId },
    /// `... range x` in a `for`.
    Range(RangeClause),
    /// Anything else.
    Stmt(StmtId),
}

/// `key, value := range x`
#[derive(Clone, Copy)]
pub(super) struct RangeClause {
    pub key: Option<ExprId>,
    pub value: Option<ExprId>,
    pub extra: Option<ExprId>,
    pub define: bool,
    pub range_pos: Offset,
    pub x: ExprId,
}

impl Parser<'_> {
    /// Parses a block. `context` may be empty only at an opening brace.
    pub(super) fn block(&mut self, context: &str) -> Block {
        let lbrace = self.pos();
        if !self.got(Token::Lbrace) {
            self.expected(&format!("{{ after {context}"));
            self.advance(Token::Name.bit() | Token::Rbrace.bit());
            let rbrace = self.pos();
            if self.got(Token::Rbrace) {
                return Block { lbrace, stmts: List::EMPTY, rbrace };
            }
        }
        let stmts = self.stmt_list();
        let rbrace = self.pos();
        self.want(Token::Rbrace);
        Block { lbrace, stmts, rbrace }
    }

    fn stmt_list(&mut self) -> List<StmtId> {
        let mark = self.stmts.len();
        let ends = Token::Eof.bit() | Token::Rbrace.bit() | Token::Case.bit() | Token::Default.bit();
        while !self.at_any(ends) {
            let Some(stmt) = self.stmt_opt() else {
                self.drop_directives();
                break;
            };
            self.drop_directives();
            self.stmts.push(stmt);
            if !self.got(Token::Semi) && !self.at(Token::Rbrace) {
                self.unexpected("at end of statement");
                self.advance(ends | Token::Semi.bit());
                self.got(Token::Semi);
            }
        }
        self.stmt_list_from(mark)
    }

    /// Parses a statement, if one begins here.
    fn stmt_opt(&mut self) -> Option<StmtId> {
        if !self.enter() {
            return None;
        }
        let stmt = self.stmt_inner();
        self.leave();
        stmt
    }

    fn stmt_inner(&mut self) -> Option<StmtId> {
        let start = self.pos();
        match self.scan.tok {
            Token::Name => return self.labeled_or_simple(),
            Token::Var | Token::Const | Token::Type => {
                let mark = self.decls.len();
                self.generic_decl();
                let decls = self.decls_from(mark);
                return Some(self.stmt_from(StmtKind::Decl(decls), start));
            }
            _ => self.drop_directives(),
        }
        Some(match self.scan.tok {
            Token::Lbrace => {
                let block = self.block("");
                self.stmt_from(StmtKind::Block(block), start)
            }
            Token::Operator | Token::Star => {
                use BinaryOp::*;
                match self.scan.op {
                    Op::Binary(Add | Sub | Mul | And | Xor) | Op::Not => {}
                    _ => return None,
                }
                self.simple()
            }
            Token::Literal
            | Token::Func
            | Token::Lparen
            | Token::Lbrack
            | Token::Struct
            | Token::Map
            | Token::Chan
            | Token::Interface
            | Token::Arrow => self.simple(),
            Token::For => self.for_stmt(),
            Token::Switch => self.switch_stmt(),
            Token::Select => self.select_stmt(),
            Token::If => self.if_stmt(),
            Token::Fallthrough | Token::Break | Token::Continue | Token::Goto => self.branch(),
            Token::Go | Token::Defer => self.call_stmt(),
            Token::Return => {
                self.next();
                let mut results = List::EMPTY;
                if !self.at(Token::Semi) && !self.at(Token::Rbrace) {
                    results = self.expr_list();
                }
                self.stmt_from(StmtKind::Return(results), start)
            }
            Token::Semi => self.empty_stmt(),
            _ => return None,
        })
    }

    fn empty_stmt(&mut self) -> StmtId {
        let start = self.pos();
        self.stmt_node(StmtKind::Empty, Span { start, end: start })
    }

    fn branch(&mut self) -> StmtId {
        let start = self.pos();
        let (kind, label) = match self.scan.tok {
            Token::Fallthrough => (BranchKind::Fallthrough, false),
            Token::Break => (BranchKind::Break, true),
            Token::Continue => (BranchKind::Continue, true),
            _ => (BranchKind::Goto, true),
        };
        self.next();
        let must = kind == BranchKind::Goto;
        let label = if must || label && self.at(Token::Name) { Some(self.ident()) } else { None };
        self.stmt_from(StmtKind::Branch { kind, label }, start)
    }

    fn labeled_or_simple(&mut self) -> Option<StmtId> {
        self.drop_directives();
        let start = self.pos();
        let mark = self.expr_list_on_stack();
        if let [x] = self.exprs[mark..]
            && let ExprKind::Name(name) = self.file[x].kind
            && self.at(Token::Colon)
        {
            self.exprs.truncate(mark);
            return self.labeled(Ident { name, pos: start });
        }
        let simple = self.simple_after(mark, Token::Eof);
        Some(self.simple_to_stmt(simple))
    }

    fn labeled(&mut self, label: Ident) -> Option<StmtId> {
        let colon = self.pos();
        self.next();
        let stmt = if self.at(Token::Rbrace) { Some(self.empty_stmt()) } else { self.stmt_opt() };
        let Some(stmt) = stmt else {
            self.syntax_error_at(colon, "missing statement after label");
            return None;
        };
        Some(self.stmt_from(StmtKind::Labeled { label, stmt }, label.pos))
    }

    fn simple(&mut self) -> StmtId {
        let simple = self.simple_stmt(Token::Eof);
        self.simple_to_stmt(simple)
    }

    /// Parses a simple statement in the header of `keyword`, or anywhere if that is no keyword.
    pub(super) fn simple_stmt(&mut self, keyword: Token) -> Simple {
        if keyword == Token::For && self.at(Token::Range) {
            let mark = self.exprs.len();
            return Simple::Range(self.range_clause(mark, false));
        }
        let mark = self.expr_list_on_stack();
        self.simple_after(mark, keyword)
    }

    /// Parses what follows the expressions that lie on the stack from `mark` on.
    fn simple_after(&mut self, mark: usize, keyword: Token) -> Simple {
        let x = self.exprs[mark];
        let start = self.file[x].span.start;
        let is_single = self.exprs.len() == mark + 1;
        let op_pos = self.pos();
        let kind = match self.scan.tok {
            Token::Assign | Token::Define => return self.assignment(mark, keyword),
            Token::AssignOp | Token::IncOp if is_single => self.op_assign(x),
            Token::Arrow if is_single => {
                self.next();
                let value = self.expr();
                StmtKind::Send { chan: x, value, arrow: op_pos }
            }
            _ => {
                if !is_single {
                    self.expected(":= or = or comma");
                    self.advance(Token::Semi.bit() | Token::Rbrace.bit());
                }
                self.exprs.truncate(mark);
                return Simple::Expr(x);
            }
        };
        self.exprs.truncate(mark);
        Simple::Stmt(self.stmt_from(kind, start))
    }

    fn op_assign(&mut self, x: ExprId) -> StmtKind {
        let op_pos = self.pos();
        let Op::Binary(op) = self.scan.op else {
            unreachable!("only operators with two operands have an assignment");
        };
        let has_operand = self.at(Token::AssignOp);
        self.next();
        let y = if has_operand { Some(self.expr()) } else { None };
        StmtKind::OpAssign { x, op, op_pos, y }
    }

    /// Parses `=` or `:=` and what follows.
    fn assignment(&mut self, mark: usize, keyword: Token) -> Simple {
        let start = self.file[self.exprs[mark]].span.start;
        let op_pos = self.pos();
        let define = self.at(Token::Define);
        self.next();
        if keyword == Token::For && self.at(Token::Range) {
            return Simple::Range(self.range_clause(mark, define));
        }
        let rhs_mark = self.expr_list_on_stack();
        if let ([lhs], [x]) = (&self.exprs[mark..rhs_mark], &self.exprs[rhs_mark..])
            && keyword == Token::Switch
            && define
            && let (lhs, x) = (*lhs, *x)
            && let ExprKind::TypeAssert { ty: None, .. } = self.file[x].kind
            && let Expr { kind: ExprKind::Name(name), span } = self.file[lhs]
        {
            self.exprs.truncate(mark);
            return Simple::Guard { name: Ident { name, pos: span.start }, lhs, op_pos, x };
        }
        let rhs = self.expr_list_from(rhs_mark);
        let lhs = self.expr_list_from(mark);
        let kind = if define {
            StmtKind::Define { lhs, rhs, op_pos }
        } else {
            StmtKind::Assign { lhs, rhs, op_pos }
        };
        Simple::Stmt(self.stmt_from(kind, start))
    }

    fn range_clause(&mut self, mark: usize, define: bool) -> RangeClause {
        let range_pos = self.pos();
        self.next();
        let lhs = |i: usize| self.exprs.get(mark + i).copied();
        let (key, value, extra) = (lhs(0), lhs(1), lhs(2));
        self.exprs.truncate(mark);
        let x = self.expr();
        RangeClause { key, value, extra, define, range_pos, x }
    }

    pub(super) fn simple_to_stmt(&mut self, simple: Simple) -> StmtId {
        match simple {
            Simple::Stmt(stmt) => stmt,
            Simple::Expr(x) => {
                let span = self.file[x].span;
                self.stmt_node(StmtKind::Expr(x), span)
            }
            Simple::Guard { lhs, op_pos, x, .. } => {
                let span = Span { start: self.file[lhs].span.start, end: self.file[x].span.end };
                let (lhs, rhs) = (self.one_expr(lhs), self.one_expr(x));
                self.stmt_node(StmtKind::Define { lhs, rhs, op_pos }, span)
            }
            Simple::Range(range) => {
                let span = self.file[range.x].span;
                self.stmt_node(StmtKind::Bad, span)
            }
        }
    }

    pub(super) fn case_clause(&mut self) -> Case {
        let pos = self.pos();
        let mut exprs = List::EMPTY;
        let is_default = self.at(Token::Default);
        if self.got(Token::Case) {
            exprs = self.expr_list();
        } else {
            self.default_clause();
        }
        Case { pos, is_default, exprs, body: self.case_body() }
    }

    fn default_clause(&mut self) {
        if !self.got(Token::Default) {
            self.expected("case or default or }");
            let ends = Token::Colon.bit() | Token::Case.bit() | Token::Default.bit();
            self.advance(ends | Token::Rbrace.bit());
        }
    }

    fn case_body(&mut self) -> Block {
        let colon = self.pos();
        self.want(Token::Colon);
        let stmts = self.stmt_list();
        let last = self.file[stmts].last().map(|stmt| self.file[*stmt].span.end);
        Block { lbrace: colon, stmts, rbrace: last.unwrap_or(colon + 1) }
    }

    fn select_stmt(&mut self) -> StmtId {
        let start = self.pos();
        self.next();
        if !self.got(Token::Lbrace) {
            self.syntax_error("missing { after select clause");
            self.advance(Token::Case.bit() | Token::Default.bit() | Token::Rbrace.bit());
        }
        let mark = self.comm_cases.len();
        while !self.at(Token::Eof) && !self.at(Token::Rbrace) {
            let pos = self.pos();
            let mut comm = None;
            if self.got(Token::Case) {
                comm = Some(self.simple());
            } else {
                self.default_clause();
            }
            let body = self.case_body();
            self.comm_cases.push(CommCase { pos, comm, body });
        }
        let rbrace = self.pos();
        self.want(Token::Rbrace);
        let cases = self.comm_cases_from(mark);
        self.stmt_from(StmtKind::Select { cases, rbrace }, start)
    }
}
