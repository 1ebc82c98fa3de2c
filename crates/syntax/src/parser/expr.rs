//! Expressions. Spec, "Expressions".

use super::*;

impl Parser<'_> {
    pub(super) fn expr(&mut self) -> ExprId {
        let x = self.unary_expr();
        self.binary_expr(x)
    }

    /// Parses expressions with commas between them.
    pub(super) fn expr_list(&mut self) -> List<ExprId> {
        let mark = self.expr_list_on_stack();
        self.expr_list_from(mark)
    }

    /// Parses expressions onto the stack and returns where they begin there.
    pub(super) fn expr_list_on_stack(&mut self) -> usize {
        let mark = self.exprs.len();
        loop {
            let x = self.expr();
            self.exprs.push(x);
            if !self.got(Token::Comma) {
                return mark;
            }
        }
    }

    /// Parses the operators and operands that follow the operand `x`.
    ///
    /// Operators wait on a stack until one that binds no tighter follows, so that neither a long
    /// chain nor many levels of precedence need recursion.
    pub(super) fn binary_expr(&mut self, mut x: ExprId) -> ExprId {
        let mark = self.binaries.len();
        loop {
            let is_operator = self.at(Token::Operator) || self.at(Token::Star);
            let prec = if is_operator { self.scan.prec } else { 0 };
            while let Some(PendingBinary { prec: waiting, .. }) =
                self.binaries.get(mark..).and_then(<[_]>::last)
                && *waiting >= prec
            {
                let Some(left) = self.binaries.pop() else { break };
                let start = self.file[left.x].span.start;
                let span = Span { start, end: self.file[x].span.end };
                let kind = ExprKind::Binary { op: left.op, op_pos: left.op_pos, x: left.x, y: x };
                x = self.expr_node(kind, span);
            }
            let (Op::Binary(op), true) = (self.scan.op, prec > 0) else {
                return x;
            };
            self.binaries.push(PendingBinary { x, op, op_pos: self.pos(), prec });
            self.next();
            x = self.unary_expr();
        }
    }

    pub(super) fn unary_expr(&mut self) -> ExprId {
        if !self.enter() {
            return self.bad_expr();
        }
        let x = match (self.scan.tok, self.scan.op) {
            (Token::Star, _) => {
                let start = self.pos();
                self.next();
                let x = self.unary_expr();
                self.expr_from(ExprKind::Star(x), start)
            }
            (Token::Operator, Op::Binary(BinaryOp::Add)) => self.unary_op(UnaryOp::Plus),
            (Token::Operator, Op::Binary(BinaryOp::Sub)) => self.unary_op(UnaryOp::Minus),
            (Token::Operator, Op::Binary(BinaryOp::Xor)) => self.unary_op(UnaryOp::BitNot),
            (Token::Operator, Op::Binary(BinaryOp::And)) => self.unary_op(UnaryOp::Addr),
            (Token::Operator, Op::Not) => self.unary_op(UnaryOp::Not),
            (Token::Operator, Op::Tilde) => self.unary_op(UnaryOp::Tilde),
            (Token::Arrow, _) => self.receive(),
            _ => self.primary_expr(None),
        };
        self.leave();
        x
    }

    fn unary_op(&mut self, op: UnaryOp) -> ExprId {
        let start = self.pos();
        self.next();
        let x = self.unary_expr();
        self.expr_from(ExprKind::Unary { op, x }, start)
    }

    /// Parses `<-x`, which is a channel type if `x` turns out to be one.
    fn receive(&mut self) -> ExprId {
        let start = self.pos();
        self.next();
        let x = self.unary_expr();
        if !matches!(self.file[x].kind, ExprKind::ChanType { .. }) {
            return self.expr_from(ExprKind::Unary { op: UnaryOp::Recv, x }, start);
        }
        self.hand_down_arrow(x, start);
        x
    }

    /// Makes `<-` at `arrow` before the channel type `x` part of it: `<-(chan E)` is `(<-chan E)`, and
    /// `<-(chan<- E)` is `<-chan (<-E)`. Spec, "Channel types": the arrow binds to the leftmost `chan`.
    fn hand_down_arrow(&mut self, mut x: ExprId, mut arrow: Offset) {
        loop {
            let Expr { kind, span } = self.file[x];
            let ExprKind::ChanType { dir, elem } = kind else {
                let text = format!("unexpected {}, expected chan", self.file.expr_text(x));
                return self.syntax_error(&text);
            };
            if dir == ChanDir::Recv {
                self.syntax_error("unexpected <-, expected chan");
            }
            let node = &mut self.file.exprs[x.index()];
            node.kind = ExprKind::ChanType { dir: ChanDir::Recv, elem };
            node.span.start = arrow;
            if dir != ChanDir::Send {
                return;
            }
            // The arrow that made this a send-only type is the last one before the element.
            let elem_start = self.file[elem].span.start;
            let between = &self.file.bytes[span.start as usize..elem_start as usize];
            let found = between.windows(2).rposition(|w| w == b"<-");
            arrow = span.start + found.unwrap_or(0) as u32;
            x = elem;
        }
    }

    /// Parses the operand of `go` or `defer`.
    pub(super) fn call_stmt(&mut self) -> StmtId {
        let start = self.pos();
        let tok = self.scan.tok;
        self.next();
        let x = self.primary_expr(None);
        if let ExprKind::Paren(_) = self.file[x].kind {
            let text = format!("expression in {} must not be parenthesized", tok.text());
            self.error_at(self.file[x].span.start, text);
        }
        let x = self.file.unparen(x);
        let kind = if tok == Token::Go { StmtKind::Go(x) } else { StmtKind::Defer(x) };
        self.stmt_from(kind, start)
    }

    pub(super) fn literal(&mut self) -> Option<ExprId> {
        if !self.at(Token::Literal) {
            return None;
        }
        let start = self.pos();
        let kind = ExprKind::BasicLit { kind: self.scan.lit, bad: self.scan.bad };
        self.next();
        Some(self.expr_from(kind, start))
    }

    fn operand(&mut self) -> ExprId {
        let start = self.pos();
        match self.scan.tok {
            Token::Name => {
                let kind = ExprKind::Name(self.scan.name);
                self.next();
                self.expr_from(kind, start)
            }
            Token::Literal => self.literal().unwrap_or_else(|| self.bad_expr()),
            Token::Lparen => {
                self.next();
                self.n_parens += 1;
                let x = self.expr();
                self.n_parens -= 1;
                self.want(Token::Rparen);
                self.expr_from(ExprKind::Paren(x), start)
            }
            Token::Func => self.func_operand(),
            Token::Lbrack | Token::Chan | Token::Map | Token::Struct | Token::Interface => self.ty(),
            _ => {
                let x = self.bad_expr();
                self.expected("expression");
                self.advance(Token::Rparen.bit() | Token::Rbrack.bit() | Token::Rbrace.bit());
                x
            }
        }
    }

    /// Parses a function type or a function literal.
    fn func_operand(&mut self) -> ExprId {
        let start = self.pos();
        self.next();
        let ty = self.func_type(start, "function type");
        if !self.at(Token::Lbrace) {
            return self.expr_from(ExprKind::FuncType(ty), start);
        }
        self.n_parens += 1;
        let body = self.func_body();
        self.n_parens -= 1;
        let func = self.func_node(ty, Some(body));
        self.expr_from(ExprKind::FuncLit(func), start)
    }

    /// Parses an operand, or takes `x` as one, and the selectors, indices and calls behind it.
    pub(super) fn primary_expr(&mut self, x: Option<ExprId>) -> ExprId {
        let mut x = match x {
            Some(x) => x,
            None => self.operand(),
        };
        loop {
            x = match self.scan.tok {
                Token::Dot => self.dot(x),
                Token::Lbrack => self.index_or_slice(x),
                Token::Lparen => self.call(x),
                Token::Lbrace if self.is_literal_type(x) => {
                    if matches!(self.file[x].kind, ExprKind::Paren(_)) {
                        self.syntax_error("cannot parenthesize type in composite literal");
                    }
                    self.composite_lit(Some(x))
                }
                _ => return x,
            }
        }
    }

    fn dot(&mut self, x: ExprId) -> ExprId {
        let start = self.file[x].span.start;
        self.next();
        match self.scan.tok {
            Token::Name => {
                let sel = self.ident();
                self.expr_from(ExprKind::Selector { x, sel }, start)
            }
            Token::Lparen => {
                self.next();
                let ty = if self.got(Token::Type) { None } else { Some(self.ty()) };
                self.want(Token::Rparen);
                self.expr_from(ExprKind::TypeAssert { x, ty }, start)
            }
            _ => {
                self.expected("name or (");
                self.advance(Token::Semi.bit() | Token::Rparen.bit());
                x
            }
        }
    }

    fn index_or_slice(&mut self, x: ExprId) -> ExprId {
        let start = self.file[x].span.start;
        let lbrack = self.pos();
        self.next();
        let mark = self.exprs.len();
        if !self.at(Token::Colon) {
            let mut comma = false;
            if self.at(Token::Rbrack) {
                self.expected("operand");
                let bad = self.bad_expr();
                self.exprs.push(bad);
            } else {
                comma = self.type_list(false);
            }
            if comma || self.at(Token::Rbrack) {
                self.want(Token::Rbrack);
                let indices = self.expr_list_from(mark);
                return self.expr_from(ExprKind::Index { x, indices, lbrack }, start);
            }
        }
        let low = self.exprs.get(mark).copied();
        self.exprs.truncate(mark);
        self.slice(x, low)
    }

    /// Parses a slice expression from its first colon on.
    fn slice(&mut self, x: ExprId, low: Option<ExprId>) -> ExprId {
        if !self.got(Token::Colon) {
            self.expected("comma, : or ]");
            self.advance(Token::Comma.bit() | Token::Colon.bit() | Token::Rbrack.bit());
        }
        let start = self.file[x].span.start;
        let mut indices = [low, None, None];
        let mut full = false;
        self.n_parens += 1;
        if !self.at(Token::Colon) && !self.at(Token::Rbrack) {
            indices[1] = Some(self.expr());
        }
        if self.at(Token::Colon) {
            full = true;
            if indices[1].is_none() {
                self.error_at(self.pos(), "middle index required in 3-index slice");
                indices[1] = Some(self.bad_expr());
            }
            self.next();
            if self.at(Token::Rbrack) {
                self.error_at(self.pos(), "final index required in 3-index slice");
                indices[2] = Some(self.bad_expr());
            } else {
                indices[2] = Some(self.expr());
            }
        }
        self.n_parens -= 1;
        self.want(Token::Rbrack);
        self.expr_from(ExprKind::Slice { x, indices, full }, start)
    }

    fn call(&mut self, fun: ExprId) -> ExprId {
        let start = self.file[fun].span.start;
        self.next();
        let mark = self.exprs.len();
        let mut dots = None;
        self.n_parens += 1;
        let rparen = self.list("argument list", Token::Comma, Token::Rparen, |p| {
            let arg = p.expr();
            p.exprs.push(arg);
            let pos = p.pos();
            if p.got(Token::DotDotDot) {
                dots = Some(pos);
            }
            dots.is_some()
        });
        self.n_parens -= 1;
        let args = self.expr_list_from(mark);
        self.expr_from(ExprKind::Call { fun, args, dots, rparen }, start)
    }

    /// Reports whether `{` after `x` begins a composite literal rather than a block.
    fn is_literal_type(&self, x: ExprId) -> bool {
        let x = self.file.unparen(x);
        match self.file[x].kind {
            ExprKind::Name(_) | ExprKind::Selector { .. } => self.n_parens >= 0,
            ExprKind::Index { .. } => self.n_parens >= 0 && !self.is_value(x),
            ExprKind::ArrayType { .. }
            | ExprKind::SliceType(_)
            | ExprKind::StructType { .. }
            | ExprKind::MapType { .. } => true,
            _ => false,
        }
    }

    /// Reports whether an expression cannot be a type.
    fn is_value(&self, mut x: ExprId) -> bool {
        loop {
            match self.file[x].kind {
                ExprKind::BasicLit { .. }
                | ExprKind::CompositeLit { .. }
                | ExprKind::FuncLit(_)
                | ExprKind::Slice { .. }
                | ExprKind::TypeAssert { .. }
                | ExprKind::Call { .. }
                | ExprKind::Unary { .. }
                | ExprKind::Binary { .. } => return true,
                ExprKind::Paren(inner) => x = inner,
                ExprKind::Index { x: inner, indices, .. } => {
                    if let [index] = self.file[indices]
                        && self.is_value(index)
                    {
                        return true;
                    }
                    x = inner;
                }
                _ => return false,
            }
        }
    }

    /// Parses an element of a composite literal, or half of one.
    fn element(&mut self) -> ExprId {
        if self.at(Token::Lbrace) { self.composite_lit(None) } else { self.expr() }
    }

    fn composite_lit(&mut self, ty: Option<ExprId>) -> ExprId {
        let lbrace = self.pos();
        if !self.enter() {
            return self.bad_expr();
        }
        let start = ty.map_or(lbrace, |ty| self.file[ty].span.start);
        let mark = self.exprs.len();
        self.n_parens += 1;
        self.want(Token::Lbrace);
        let rbrace = self.list("composite literal", Token::Comma, Token::Rbrace, |p| {
            let mut elem = p.element();
            if p.got(Token::Colon) {
                let (key, start) = (elem, p.file[elem].span.start);
                let value = p.element();
                let span = Span { start, end: p.file[value].span.end };
                elem = p.expr_node(ExprKind::KeyValue { key, value }, span);
            }
            p.exprs.push(elem);
            false
        });
        self.n_parens -= 1;
        self.leave();
        let elems = self.expr_list_from(mark);
        self.expr_from(ExprKind::CompositeLit { ty, elems, lbrace, rbrace }, start)
    }

    /// Parses types with commas between and perhaps behind them onto the stack, and reports whether
    /// there was a comma. Unless `strict`, the first may be any expression.
    pub(super) fn type_list(&mut self, strict: bool) -> bool {
        self.n_parens += 1;
        let first = if strict { self.ty() } else { self.expr() };
        self.exprs.push(first);
        let mut comma = false;
        while self.got(Token::Comma) {
            comma = true;
            let Some(ty) = self.type_opt() else { break };
            self.exprs.push(ty);
        }
        self.n_parens -= 1;
        comma
    }
}
