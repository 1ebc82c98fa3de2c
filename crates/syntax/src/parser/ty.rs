//! Types. Spec, "Types".

use super::*;

impl Parser<'_> {
    pub(super) fn ty(&mut self) -> ExprId {
        if let Some(ty) = self.type_opt() {
            return ty;
        }
        let bad = self.bad_expr();
        self.expected("type");
        self.advance(
            Token::Comma.bit()
                | Token::Colon.bit()
                | Token::Semi.bit()
                | Token::Rparen.bit()
                | Token::Rbrack.bit()
                | Token::Rbrace.bit(),
        );
        bad
    }

    /// Parses a type, if one begins here.
    pub(super) fn type_opt(&mut self) -> Option<ExprId> {
        if self.at(Token::Name) {
            return Some(self.qualified_name(None));
        }
        if !self.enter() {
            return Some(self.bad_expr());
        }
        let ty = self.type_lit();
        self.leave();
        ty
    }

    fn type_lit(&mut self) -> Option<ExprId> {
        let start = self.pos();
        match self.scan.tok {
            Token::Star => {
                self.next();
                let ty = self.ty();
                Some(self.expr_from(ExprKind::Star(ty), start))
            }
            Token::Arrow => {
                self.next();
                self.want(Token::Chan);
                let elem = self.chan_elem();
                Some(self.expr_from(ExprKind::ChanType { dir: ChanDir::Recv, elem }, start))
            }
            Token::Func => {
                self.next();
                let ty = self.func_type(start, "function type");
                Some(self.expr_from(ExprKind::FuncType(ty), start))
            }
            Token::Lbrack => {
                self.next();
                if self.got(Token::Rbrack) {
                    return Some(self.slice_type(start));
                }
                Some(self.array_type(start, None))
            }
            Token::Chan => {
                self.next();
                let dir = if self.got(Token::Arrow) { ChanDir::Send } else { ChanDir::Both };
                let elem = self.chan_elem();
                Some(self.expr_from(ExprKind::ChanType { dir, elem }, start))
            }
            Token::Map => {
                self.next();
                self.want(Token::Lbrack);
                let key = self.ty();
                self.want(Token::Rbrack);
                let elem = self.ty();
                Some(self.expr_from(ExprKind::MapType { key, elem }, start))
            }
            Token::Struct => Some(self.struct_type()),
            Token::Interface => Some(self.interface_type()),
            Token::Lparen => {
                self.next();
                let ty = self.ty();
                self.want(Token::Rparen);
                Some(self.expr_from(ExprKind::Paren(ty), start))
            }
            _ => None,
        }
    }

    /// Parses `name`, `pkg.name` and a list of type arguments behind it.
    pub(super) fn qualified_name(&mut self, name: Option<Ident>) -> ExprId {
        let ident = match name {
            Some(name) => name,
            None if self.at(Token::Name) => self.ident(),
            None => {
                let pos = self.pos();
                self.expected("name");
                self.advance(Token::Dot.bit() | Token::Semi.bit() | Token::Rbrace.bit());
                Ident { name: self.blank(), pos }
            }
        };
        let mut x = self.name_expr(ident);
        if self.got(Token::Dot) {
            let sel = self.ident();
            x = self.expr_from(ExprKind::Selector { x, sel }, ident.pos);
        }
        if self.at(Token::Lbrack) {
            x = self.type_instance(x);
        }
        x
    }

    fn type_instance(&mut self, x: ExprId) -> ExprId {
        let start = self.file[x].span.start;
        if !self.enter() {
            return x;
        }
        let lbrack = self.pos();
        let mark = self.exprs.len();
        self.next();
        if self.at(Token::Rbrack) {
            self.expected("type argument list");
            let bad = self.bad_expr();
            self.exprs.push(bad);
        } else {
            self.type_list(true);
        }
        self.leave();
        self.want(Token::Rbrack);
        let indices = self.expr_list_from(mark);
        self.expr_from(ExprKind::Index { x, indices, lbrack }, start)
    }

    /// Parses an array type behind `[` at `start`; `len` if it was parsed already.
    pub(super) fn array_type(&mut self, start: Offset, len: Option<ExprId>) -> ExprId {
        let mut len = len;
        if len.is_none() && !self.got(Token::DotDotDot) {
            self.n_parens += 1;
            len = Some(self.expr());
            self.n_parens -= 1;
        }
        if self.at(Token::Comma) {
            self.syntax_error("unexpected comma; expected ]");
            self.next();
        }
        self.want(Token::Rbrack);
        let elem = self.ty();
        self.expr_from(ExprKind::ArrayType { len, elem }, start)
    }

    /// Parses a slice type behind `[]` at `start`.
    pub(super) fn slice_type(&mut self, start: Offset) -> ExprId {
        let elem = self.ty();
        self.expr_from(ExprKind::SliceType(elem), start)
    }

    fn chan_elem(&mut self) -> ExprId {
        if let Some(ty) = self.type_opt() {
            return ty;
        }
        let bad = self.bad_expr();
        self.syntax_error("missing channel element type");
        bad
    }

    fn struct_type(&mut self) -> ExprId {
        let start = self.pos();
        self.next();
        self.want(Token::Lbrace);
        let mark = self.fields.len();
        let rbrace = self.list("struct type", Token::Semi, Token::Rbrace, |p| {
            p.struct_field();
            false
        });
        let fields = self.fields_from(mark);
        self.expr_from(ExprKind::StructType { fields, rbrace }, start)
    }

    /// Parses one line of a struct type onto the stack.
    fn struct_field(&mut self) {
        let start = self.pos();
        match self.scan.tok {
            Token::Name => self.named_field(),
            Token::Star => {
                self.next();
                let ty = self.embedded_name();
                let ty = self.expr_from(ExprKind::Star(ty), start);
                self.embedded_field(ty);
            }
            Token::Lparen => {
                self.syntax_error("cannot parenthesize embedded type");
                self.next();
                let star = self.pos();
                let ty = if self.got(Token::Star) {
                    let ty = self.qualified_name(None);
                    self.expr_from(ExprKind::Star(ty), star)
                } else {
                    self.qualified_name(None)
                };
                self.got(Token::Rparen);
                self.embedded_field(ty);
            }
            _ => {
                self.expected("field name or embedded type");
                self.advance(Token::Semi.bit() | Token::Rbrace.bit());
            }
        }
    }

    /// Parses the name of an embedded type behind `*`.
    fn embedded_name(&mut self) -> ExprId {
        if !self.at(Token::Lparen) {
            return self.qualified_name(None);
        }
        self.syntax_error("cannot parenthesize embedded type");
        self.next();
        let ty = self.qualified_name(None);
        self.got(Token::Rparen);
        ty
    }

    fn embedded_field(&mut self, ty: ExprId) {
        let tag = self.literal();
        self.fields.push(Field { name: None, ty, tag });
    }

    fn named_field(&mut self) {
        let name = self.ident();
        let embedded = Token::Dot.bit() | Token::Literal.bit() | Token::Semi.bit() | Token::Rbrace.bit();
        if self.at_any(embedded) {
            let ty = self.qualified_name(Some(name));
            return self.embedded_field(ty);
        }
        let mark = self.idents.len();
        self.ident_list(name);
        let ty = if self.idents.len() == mark + 1 && self.at(Token::Lbrack) {
            // An array or slice type, or the arguments of an embedded type.
            match self.array_or_args(name) {
                (ty, true) => ty,
                (ty, false) => {
                    self.idents.truncate(mark);
                    return self.embedded_field(ty);
                }
            }
        } else {
            self.ty()
        };
        let tag = self.literal();
        for i in mark..self.idents.len() {
            let name = Some(self.idents[i]);
            self.fields.push(Field { name, ty, tag });
        }
        self.idents.truncate(mark);
    }

    /// Parses what begins with `[` behind a name: the array or slice type of what is named, and then
    /// returns true, or type arguments of the name, and then returns the instantiated type.
    pub(super) fn array_or_args(&mut self, name: Ident) -> (ExprId, bool) {
        let lbrack = self.pos();
        self.next();
        if self.got(Token::Rbrack) {
            return (self.slice_type(lbrack), true);
        }
        let mark = self.exprs.len();
        let comma = self.type_list(false);
        self.want(Token::Rbrack);
        if !comma && let Some(elem) = self.type_opt() {
            let len = self.exprs.get(mark).copied();
            self.exprs.truncate(mark);
            return (self.expr_from(ExprKind::ArrayType { len, elem }, lbrack), true);
        }
        let indices = self.expr_list_from(mark);
        let end = self.scan.prev_end;
        let x = self.name_expr(name);
        let span = Span { start: name.pos, end };
        (self.expr_node(ExprKind::Index { x, indices, lbrack }, span), false)
    }

    fn interface_type(&mut self) -> ExprId {
        let start = self.pos();
        self.next();
        self.want(Token::Lbrace);
        let mark = self.fields.len();
        let rbrace = self.list("interface type", Token::Semi, Token::Rbrace, |p| {
            let elem = p.interface_elem();
            p.fields.push(elem);
            false
        });
        let elems = self.fields_from(mark);
        self.expr_from(ExprKind::InterfaceType { elems, rbrace }, start)
    }

    fn interface_elem(&mut self) -> Field {
        let ty = if self.at(Token::Name) {
            let name = self.ident();
            match self.method_or_embedded(name) {
                Err(method) => return method,
                Ok(ty) => ty,
            }
        } else {
            self.union_term()
        };
        Field { name: None, ty: self.union(ty), tag: None }
    }

    /// Parses what follows a name in an interface: a method, as an error, or an embedded type.
    fn method_or_embedded(&mut self, name: Ident) -> Result<ExprId, Field> {
        match self.scan.tok {
            Token::Lparen => Err(self.method(name, List::EMPTY)),
            Token::Lbrack => self.method_with_bracket(name),
            _ => Ok(self.qualified_name(Some(name))),
        }
    }

    fn method(&mut self, name: Ident, type_params: List<Field>) -> Field {
        let func_type = self.func_type(name.pos, "interface method");
        if !type_params.is_empty() {
            self.file.func_types[func_type.index()].type_params = type_params;
        }
        let ty = self.expr_from(ExprKind::FuncType(func_type), name.pos);
        Field { name: Some(name), ty, tag: None }
    }

    /// Tells a generic method, which is an error, from an instantiated embedded type.
    fn method_with_bracket(&mut self, name: Ident) -> Result<ExprId, Field> {
        let lbrack = self.pos();
        self.next();
        if self.at(Token::Rbrack) {
            let pos = self.pos();
            self.next();
            if self.at(Token::Lparen) {
                self.error_at(pos, "empty type parameter list");
                return Err(self.method(name, List::EMPTY));
            }
            self.error_at(pos, "empty type argument list");
            return Ok(self.name_expr(name));
        }
        let list = self.param_list(None, Token::Rbrack, false, false);
        if list.is_empty() {
            return match self.scan.tok {
                Token::Lparen => Err(self.method(name, List::EMPTY)),
                _ => Ok(self.name_expr(name)),
            };
        }
        if self.file[list][0].name.is_some() {
            let method = self.method(name, list);
            self.error_at(lbrack, "interface method must have no type parameters");
            return Err(method);
        }
        let mark = self.exprs.len();
        self.exprs.extend(self.file[list].iter().map(|field| field.ty));
        let indices = self.expr_list_from(mark);
        let end = self.scan.prev_end;
        let x = self.name_expr(name);
        let span = Span { start: name.pos, end };
        Ok(self.expr_node(ExprKind::Index { x, indices, lbrack }, span))
    }

    /// Parses the terms that follow the first term `x` of a union.
    pub(super) fn union(&mut self, mut x: ExprId) -> ExprId {
        while self.at_binary(BinaryOp::Or) {
            let op_pos = self.pos();
            self.next();
            let y = self.union_term();
            let start = self.file[x].span.start;
            x = self.expr_from(ExprKind::Binary { op: BinaryOp::Or, op_pos, x, y }, start);
        }
        x
    }

    /// Parses `T` or `~T`.
    pub(super) fn union_term(&mut self) -> ExprId {
        let start = self.pos();
        if self.at_tilde() {
            self.next();
            let x = self.ty();
            return self.expr_from(ExprKind::Unary { op: UnaryOp::Tilde, x }, start);
        }
        if let Some(ty) = self.type_opt() {
            return ty;
        }
        let bad = self.bad_expr();
        self.expected("~ term or type");
        self.advance(
            Token::Operator.bit()
                | Token::Semi.bit()
                | Token::Rparen.bit()
                | Token::Rbrack.bit()
                | Token::Rbrace.bit(),
        );
        bad
    }
}
