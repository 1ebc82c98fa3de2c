//! What stands between `if`, `for` or `switch` and its block. Spec, "If statements" to "For statements".

use super::stmt::{RangeClause, Simple};
use super::*;
use crate::scanner::Semi;

/// One link of a chain of `else if`.
pub(super) struct IfPart {
    start: Offset,
    init: Option<StmtId>,
    cond: ExprId,
    then: Block,
}

/// The parts of a header.
#[derive(Default)]
struct Header {
    init: Option<StmtId>,
    cond: Option<Cond>,
    post: Option<StmtId>,
    range: Option<RangeClause>,
}

/// The condition of `if` and `for`, or the tag of `switch`.
#[derive(Clone, Copy)]
struct Cond {
    /// Of a guard: the operand with `.(type)`.
    x: ExprId,
    /// Of a guard: the variable.
    name: Option<Ident>,
}

impl Parser<'_> {
    /// Parses an `if` statement. Each `else if` is one more turn of a loop; the nodes are made from the last
    /// to the first.
    pub(super) fn if_stmt(&mut self) -> StmtId {
        let mark = self.ifs.len();
        let mut otherwise = loop {
            let start = self.pos();
            let header = self.header(Token::If);
            let cond = match header.cond {
                Some(cond) => cond.x,
                None => self.bad_expr(),
            };
            let then = self.block("if clause");
            self.ifs.push(IfPart { start, init: header.init, cond, then });
            if !self.got(Token::Else) {
                break None;
            }
            let start = self.pos();
            match self.scan.tok {
                Token::If => {}
                Token::Lbrace => {
                    let block = self.block("");
                    break Some(self.stmt_from(StmtKind::Block(block), start));
                }
                _ => {
                    self.syntax_error("else must be followed by if or statement block");
                    self.advance(Token::Name.bit() | Token::Rbrace.bit());
                    break None;
                }
            }
        };
        loop {
            let Some(IfPart { start, init, cond, then }) = self.ifs.pop() else {
                unreachable!("the loop above pushes at least one part");
            };
            let end = otherwise.map_or(then.rbrace + 1, |id| self.file[id].span.end);
            let end = end.min(self.file.bytes.len() as u32);
            let span = Span { start, end };
            let stmt = self.stmt_node(StmtKind::If { init, cond, then, otherwise }, span);
            if self.ifs.len() == mark {
                return stmt;
            }
            otherwise = Some(stmt);
        }
    }

    pub(super) fn for_stmt(&mut self) -> StmtId {
        let start = self.pos();
        let header = self.header(Token::For);
        let body = self.block("for clause");
        let kind = match header.range {
            Some(RangeClause { key, value, extra, define, range_pos, x }) => {
                StmtKind::Range { key, value, extra, define, range_pos, x, body }
            }
            None => {
                let cond = header.cond.map(|cond| cond.x);
                StmtKind::For { init: header.init, cond, post: header.post, body }
            }
        };
        self.stmt_from(kind, start)
    }

    pub(super) fn switch_stmt(&mut self) -> StmtId {
        let start = self.pos();
        let Header { init, cond, .. } = self.header(Token::Switch);
        let lbrace = self.pos();
        if !self.got(Token::Lbrace) {
            self.syntax_error("missing { after switch clause");
            self.advance(Token::Case.bit() | Token::Default.bit() | Token::Rbrace.bit());
        }
        let mark = self.cases.len();
        while !self.at(Token::Eof) && !self.at(Token::Rbrace) {
            let case = self.case_clause();
            self.cases.push(case);
        }
        let rbrace = self.pos();
        self.want(Token::Rbrace);
        let cases = self.cases_from(mark);
        let guard = cond.and_then(|Cond { x, name }| match self.file[x].kind {
            ExprKind::TypeAssert { x, ty: None } => Some((x, name)),
            _ => None,
        });
        let kind = match guard {
            Some((x, name)) => StmtKind::TypeSwitch { init, name, x, cases, lbrace, rbrace },
            None => StmtKind::Switch { init, tag: cond.map(|cond| cond.x), cases, lbrace, rbrace },
        };
        self.stmt_from(kind, start)
    }

    fn header(&mut self, keyword: Token) -> Header {
        self.next();
        if self.at(Token::Lbrace) {
            if keyword == Token::If {
                self.syntax_error("missing condition in if statement");
            }
            return Header::default();
        }
        let outer = std::mem::replace(&mut self.n_parens, -1);
        let header = self.header_clauses(keyword);
        self.n_parens = outer;
        header
    }

    fn header_clauses(&mut self, keyword: Token) -> Header {
        let mut header = Header::default();
        let mut first = None;
        if !self.at(Token::Semi) {
            if self.got(Token::Var) {
                let word = keyword.text();
                self.syntax_error(&format!("var declaration not allowed in {word} initializer"));
            }
            match self.simple_stmt(keyword) {
                Simple::Range(range) => {
                    header.range = Some(range);
                    return header;
                }
                simple => first = Some(simple),
            }
        }
        if self.at(Token::Lbrace) {
            header.cond = first.and_then(|first| self.cond(first));
            return header;
        }
        header.init = first.map(|first| self.simple_to_stmt(first));
        let semi = self.header_semicolon();
        let mut cond = None;
        if keyword == Token::For {
            if !self.at(Token::Semi) {
                if self.at(Token::Lbrace) {
                    self.expected("for loop condition");
                    return header;
                }
                cond = Some(self.simple_stmt(Token::Eof));
            }
            self.want(Token::Semi);
            if !self.at(Token::Lbrace) {
                header.post = Some(self.post_stmt());
            }
        } else if !self.at(Token::Lbrace) {
            cond = Some(self.simple_stmt(keyword));
        }
        match (cond, semi) {
            (Some(cond), _) => header.cond = self.cond(cond),
            (None, Some((pos, semi))) if keyword == Token::If => {
                if semi == Semi::Semicolon {
                    self.syntax_error_at(pos, "missing condition in if statement");
                } else {
                    let text = format!("unexpected {}, expected {{ after if clause", semi.text());
                    self.syntax_error_at(pos, &text);
                }
                header.cond = Some(Cond { x: self.bad_expr_at(pos), name: None });
            }
            (None, _) => {}
        }
        header
    }

    /// Consumes the semicolon behind the first clause and says where it stood and what it was.
    fn header_semicolon(&mut self) -> Option<(Offset, Semi)> {
        if self.at(Token::Semi) {
            let semi = (self.pos(), self.scan.semi);
            self.next();
            return Some(semi);
        }
        // That a brace is missing says more than that a semicolon is.
        self.want(Token::Lbrace);
        if !self.at(Token::Lbrace) {
            self.advance(Token::Lbrace.bit() | Token::Rbrace.bit());
        }
        None
    }

    fn post_stmt(&mut self) -> StmtId {
        let simple = self.simple_stmt(Token::Eof);
        let post = self.simple_to_stmt(simple);
        if let StmtKind::Define { op_pos, .. } = self.file[post].kind {
            self.syntax_error_at(op_pos, "cannot declare in post statement of for loop");
        }
        post
    }

    /// Takes a statement as a condition, or reports that it is none.
    fn cond(&mut self, simple: Simple) -> Option<Cond> {
        match simple {
            Simple::Expr(x) => return Some(Cond { x, name: None }),
            Simple::Guard { name, x, .. } => return Some(Cond { x, name: Some(name) }),
            Simple::Range(_) | Simple::Stmt(_) => {}
        }
        let stmt = self.simple_to_stmt(simple);
        let (pos, text) = match self.file[stmt].kind {
            StmtKind::Assign { lhs, rhs, op_pos } => {
                let (lhs, rhs) = (self.emphasized(lhs), self.emphasized(rhs));
                (op_pos, format!("assignment {lhs} = {rhs}"))
            }
            StmtKind::Define { op_pos, .. } | StmtKind::OpAssign { op_pos, .. } => {
                (op_pos, self.file.stmt_text(stmt))
            }
            StmtKind::Send { arrow, .. } => (arrow, self.file.stmt_text(stmt)),
            _ => (self.file[stmt].span.start, self.file.stmt_text(stmt)),
        };
        self.syntax_error_at(pos, &format!("cannot use {text} as value"));
        None
    }

    /// Prints one side of an assignment that was perhaps meant as a comparison.
    fn emphasized(&self, list: List<ExprId>) -> String {
        let text = self.file.exprs_text(list);
        match self.file[list] {
            [x] if matches!(self.file[x].kind, ExprKind::Binary { .. }) => format!("({text})"),
            _ => text,
        }
    }
}
