//! The parser: tokens to a [`File`].
//!
//! Recursive descent over the grammar that cmd/compile accepts, which is a little wider than the
//! spec's: what is left over is for the checker to report. Messages, their places and the tokens
//! skipped after an error are gc's, so that the lines with errors are the same.
//!
//! Lists are gathered on scratch stacks and moved to the file's pools when they are complete, since
//! lists nest but each must be contiguous in its pool. Operators, selectors, indices, calls and `else if`
//! are loops; everything else that nests counts against [`MAX_DEPTH`].
//!
//! Invariant: every loop either consumes a token or ends, so the time is linear in the input.
//!
//! Begin reading at [`parse`].

mod decl;
mod error;
mod expr;
mod func;
mod header;
mod stmt;
mod ty;

use std::ops::Range;
use std::sync::Arc;

use source::Name;

use crate::directive::{Place, misuse};
use crate::encoding::{Clean, clean};
use crate::scanner::Scanner;
use crate::token::{Op, Token};
use crate::tree::*;
use crate::{Error, Mode};

/// How deep parentheses, blocks, types and whatever else nests may nest.
pub const MAX_DEPTH: u32 = 10_000;

/// Parses one file. The tree holds whatever could be made of the bytes; the errors are in the order
/// of their places, and at most one per line of those that begin with `syntax error`, as with gc.
///
/// Nesting deeper than [`MAX_DEPTH`] is an error. Up to there the parser needs at most 13 MiB of stack
/// (measured with this workspace's profile, for interfaces in parameters of interface methods); callers
/// run it on threads that have 32 MiB or more.
pub fn parse(bytes: Arc<[u8]>, mode: Mode) -> (File, Vec<Error>) {
    if u32::try_from(bytes.len()).is_err() {
        // Offsets have 32 bits. gc has a limit on the number of lines instead.
        let (file, _) = parse(Arc::default(), mode);
        return (file, vec![Error { offset: 0, text: "file too large".into() }]);
    }
    let Clean { text, removed, errors } = clean(&bytes);
    let mut parser = Parser::new(Scanner::new(&text, &removed), bytes.clone(), errors);
    parser.file(mode);
    parser.finish()
}

/// The keywords that begin a statement: good places to go on after an error.
const STMT_KEYWORDS: u64 = Token::Break.bit()
    | Token::Const.bit()
    | Token::Continue.bit()
    | Token::Defer.bit()
    | Token::Fallthrough.bit()
    | Token::For.bit()
    | Token::Go.bit()
    | Token::Goto.bit()
    | Token::If.bit()
    | Token::Return.bit()
    | Token::Select.bit()
    | Token::Switch.bit()
    | Token::Type.bit()
    | Token::Var.bit();

/// The keywords that begin a declaration at the top of a file.
const DECL_KEYWORDS: u64 =
    Token::Import.bit() | Token::Const.bit() | Token::Type.bit() | Token::Var.bit() | Token::Func.bit();

/// A parameter whose name and type are not yet told apart.
#[derive(Clone, Copy)]
struct Param {
    name: Option<Ident>,
    ty: Option<ExprId>,
}

/// A left operand and the operator behind it, waiting for the right one.
struct PendingBinary {
    x: ExprId,
    op: BinaryOp,
    op_pos: Offset,
    prec: u8,
}

struct Parser<'a> {
    scan: Scanner<'a>,
    file: File,

    exprs: Vec<ExprId>,
    stmts: Vec<StmtId>,
    fields: Vec<Field>,
    idents: Vec<Ident>,
    cases: Vec<Case>,
    comm_cases: Vec<CommCase>,
    decls: Vec<Decl>,
    params: Vec<Param>,
    binaries: Vec<PendingBinary>,
    ifs: Vec<header::IfPart>,

    /// How many constructs that count against [`MAX_DEPTH`] are open.
    depth: u32,
    /// How many function bodies are open.
    n_funcs: u32,
    /// Open parentheses and brackets; negative between a control keyword and its block, where `{`
    /// after a name begins the block and no composite literal. Spec, "Composite literals".
    n_parens: i32,
    /// The first directive that belongs to no declaration yet.
    first_directive: usize,
    encoding_errors: Vec<Error>,
    /// These do not count as errors of the parser: gc's parser leaves directives to its caller.
    directive_errors: Vec<Error>,
    /// The bytes of the line that has the last syntax error, and how many `//line` directives come before
    /// that error.
    error_line: (Range<u32>, usize),
}

macro_rules! pool_lists {
    ($($fn:ident: $stack:ident => $pool:ident: $node:ty),* $(,)?) => {$(
        /// Moves what lies on the scratch stack from `mark` on into a list.
        fn $fn(&mut self, mark: usize) -> List<$node> {
            let start = self.file.$pool.len();
            self.file.$pool.extend_from_slice(&self.$stack[mark..]);
            self.$stack.truncate(mark);
            List::new(start..self.file.$pool.len())
        }
    )*};
}

impl<'a> Parser<'a> {
    fn new(mut scan: Scanner<'a>, bytes: Arc<[u8]>, encoding_errors: Vec<Error>) -> Parser<'a> {
        let package = Ident { name: scan.intern("_"), pos: 0 };
        let file = File {
            package,
            decls: Vec::new(),
            constraints: Vec::new(),
            directives: Vec::new(),
            line_directives: Vec::new(),
            eof: bytes.len() as u32,
            // A node takes some six bytes of text; growing a large pool copies it.
            exprs: Vec::with_capacity(bytes.len() / 8),
            stmts: Vec::with_capacity(bytes.len() / 32),
            funcs: Vec::new(),
            func_types: Vec::new(),
            type_specs: Vec::new(),
            value_specs: Vec::new(),
            expr_lists: Vec::with_capacity(bytes.len() / 32),
            stmt_lists: Vec::new(),
            fields: Vec::new(),
            idents: Vec::new(),
            cases: Vec::new(),
            comm_cases: Vec::new(),
            local_decls: Vec::new(),
            bytes,
        };
        Parser {
            scan,
            file,
            exprs: Vec::new(),
            stmts: Vec::new(),
            fields: Vec::new(),
            idents: Vec::new(),
            cases: Vec::new(),
            comm_cases: Vec::new(),
            decls: Vec::new(),
            params: Vec::new(),
            binaries: Vec::new(),
            ifs: Vec::new(),
            depth: 0,
            n_funcs: 0,
            n_parens: 0,
            first_directive: 0,
            encoding_errors,
            directive_errors: Vec::new(),
            error_line: (0..0, 0),
        }
    }

    fn finish(mut self) -> (File, Vec<Error>) {
        // After an error in the package clause the rest of the file was not read.
        let read = self.scan.end;
        let mut errors = self.encoding_errors;
        errors.retain(|e| e.offset <= read);
        errors.append(&mut self.scan.errors);
        self.file.line_directives = std::mem::take(&mut self.scan.line_directives);
        error::drop_repeated(&mut errors, &self.file);
        errors.append(&mut self.directive_errors);
        errors.sort_by_key(|e| e.offset);
        errors.dedup();
        // Trees of many files are held at a time.
        self.file.exprs.shrink_to_fit();
        self.file.stmts.shrink_to_fit();
        self.file.expr_lists.shrink_to_fit();
        self.file.constraints = crate::constraint::effective_lines(
            std::mem::take(&mut self.scan.constraints),
            self.scan.last_blank,
        );
        self.file.directives = std::mem::take(&mut self.scan.directives);
        (self.file, errors)
    }

    // Tokens.

    #[inline]
    fn next(&mut self) {
        self.scan.next();
    }

    #[inline]
    fn at(&self, tok: Token) -> bool {
        self.scan.tok == tok
    }

    #[inline]
    fn at_any(&self, set: u64) -> bool {
        set & self.scan.tok.bit() != 0
    }

    fn at_binary(&self, op: BinaryOp) -> bool {
        self.at(Token::Operator) && self.scan.op == Op::Binary(op)
    }

    fn at_tilde(&self) -> bool {
        self.at(Token::Operator) && self.scan.op == Op::Tilde
    }

    /// Returns where the token begins.
    #[inline]
    fn pos(&self) -> Offset {
        self.scan.start
    }

    /// Returns the span from `start` to the end of the token consumed last.
    #[inline]
    fn span_from(&self, start: Offset) -> Span {
        Span { start, end: self.scan.prev_end.max(start) }
    }

    #[inline]
    fn got(&mut self, tok: Token) -> bool {
        let got = self.at(tok);
        if got {
            self.next();
        }
        got
    }

    fn want(&mut self, tok: Token) {
        if !self.got(tok) {
            self.expected(&tok.words());
            self.advance(0);
        }
    }

    /// Consumes `=`, or `:=` with an error, and returns where it stands.
    fn got_assign(&mut self) -> Option<Offset> {
        let pos = self.pos();
        if self.at(Token::Define) {
            self.expected("=");
        } else if !self.at(Token::Assign) {
            return None;
        }
        self.next();
        Some(pos)
    }

    /// Skips tokens up to one of `follow` or, within a function, one that begins a statement. If
    /// `follow` is empty exactly one token is skipped.
    fn advance(&mut self, follow: u64) {
        if follow == 0 {
            if !self.at(Token::Eof) {
                self.next();
            }
            return;
        }
        let keywords = if self.n_funcs > 0 { STMT_KEYWORDS } else { 0 };
        while !self.at_any(follow | keywords | Token::Eof.bit()) {
            self.next();
        }
    }

    // Nesting.

    /// Opens something that nests. Returns false, and ends the file, at the bound.
    #[inline]
    fn enter(&mut self) -> bool {
        if self.depth >= MAX_DEPTH {
            self.too_deep();
            return false;
        }
        self.depth += 1;
        true
    }

    #[inline]
    fn leave(&mut self) {
        self.depth -= 1;
    }

    #[cold]
    fn too_deep(&mut self) {
        if !self.at(Token::Eof) {
            self.error_at(self.pos(), "exceeded max nesting depth");
            self.scan.stop();
        }
    }

    // Nodes and lists.

    #[inline]
    fn expr_node(&mut self, kind: ExprKind, span: Span) -> ExprId {
        let id = ExprId(self.file.exprs.len() as u32);
        self.file.exprs.push(Expr { kind, span });
        id
    }

    /// Makes an expression that ends with the token consumed last.
    #[inline]
    fn expr_from(&mut self, kind: ExprKind, start: Offset) -> ExprId {
        let span = self.span_from(start);
        self.expr_node(kind, span)
    }

    fn bad_expr(&mut self) -> ExprId {
        self.bad_expr_at(self.pos())
    }

    fn bad_expr_at(&mut self, pos: Offset) -> ExprId {
        self.expr_node(ExprKind::Bad, Span { start: pos, end: pos })
    }

    fn name_expr(&mut self, ident: Ident) -> ExprId {
        // A blank that stands for a missing name is shorter than its text.
        let end = (ident.pos + ident.name.as_str().len() as u32).min(self.file.bytes.len() as u32);
        self.expr_node(ExprKind::Name(ident.name), Span { start: ident.pos, end: end.max(ident.pos) })
    }

    #[inline]
    fn stmt_from(&mut self, kind: StmtKind, start: Offset) -> StmtId {
        let span = self.span_from(start);
        self.stmt_node(kind, span)
    }

    fn stmt_node(&mut self, kind: StmtKind, span: Span) -> StmtId {
        let id = StmtId(self.file.stmts.len() as u32);
        self.file.stmts.push(Stmt { kind, span });
        id
    }

    pool_lists! {
        expr_list_from: exprs => expr_lists: ExprId,
        stmt_list_from: stmts => stmt_lists: StmtId,
        fields_from: fields => fields: Field,
        idents_from: idents => idents: Ident,
        cases_from: cases => cases: Case,
        comm_cases_from: comm_cases => comm_cases: CommCase,
        decls_from: decls => local_decls: Decl,
    }

    fn one_expr(&mut self, expr: ExprId) -> List<ExprId> {
        let start = self.file.expr_lists.len();
        self.file.expr_lists.push(expr);
        List::new(start..start + 1)
    }

    /// Parses elements with `sep` between and optionally behind them up to `close`, which is
    /// consumed, and returns where it stands. `element` returns true to allow no further ones.
    fn list(
        &mut self,
        context: &str,
        sep: Token,
        close: Token,
        mut element: impl FnMut(&mut Self) -> bool,
    ) -> Offset {
        let mut done = false;
        while !self.at(Token::Eof) && !self.at(close) && !done {
            done = element(self);
            if !self.got(sep) && !self.at(close) {
                let (sep, text) = (sep.words(), close.text());
                self.unexpected(&format!("in {context}; possibly missing {sep} or {text}"));
                self.advance(Token::Rparen.bit() | Token::Rbrack.bit() | Token::Rbrace.bit());
                if !self.at(close) {
                    return self.pos();
                }
            }
        }
        let pos = self.pos();
        self.want(close);
        pos
    }

    // Names.

    fn blank(&mut self) -> Name {
        self.scan.intern("_")
    }

    #[inline]
    fn ident(&mut self) -> Ident {
        let pos = self.pos();
        if self.at(Token::Name) {
            let name = self.scan.name;
            self.next();
            return Ident { name, pos };
        }
        self.expected("name");
        self.advance(0);
        Ident { name: self.blank(), pos }
    }

    /// Parses the rest of a list of names onto the stack.
    fn ident_list(&mut self, first: Ident) {
        self.idents.push(first);
        while self.got(Token::Comma) {
            let ident = self.ident();
            self.idents.push(ident);
        }
    }

    // Directives.

    /// Takes the directives read since the last call for what stands at `place`.
    #[inline]
    fn take_directives(&mut self, place: Place) -> List<Directive> {
        let end = self.scan.directives.len();
        if self.first_directive == end {
            return List::EMPTY;
        }
        let list = List::new(self.first_directive..end);
        self.first_directive = end;
        self.check_directives(list, place);
        list
    }

    /// Lets the directives read so far belong to nothing.
    #[inline]
    fn drop_directives(&mut self) {
        self.take_directives(Place::Other);
    }

    #[cold]
    fn check_directives(&mut self, list: List<Directive>, place: Place) {
        for i in list.range() {
            let directive = &self.scan.directives[i];
            if let Some(text) = misuse(directive, place, self.scan.alone[i]) {
                let offset = directive.pos + 2;
                self.directive_errors.push(Error { offset, text: text.into() });
            }
        }
    }
}
