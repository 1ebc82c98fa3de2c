//! Declarations and the file as a whole. Spec, "Declarations and scope" and "Packages".

use super::*;

/// What the lines of one `const` declaration share.
#[derive(Default)]
pub(super) struct Group {
    iota: u32,
    /// The last line that has a type or values.
    last: Option<ValueSpecId>,
}

impl Parser<'_> {
    pub(super) fn file(&mut self, mode: Mode) {
        self.next();
        self.scan.top = false;
        if !self.got(Token::Package) {
            return self.syntax_error("package statement must be first");
        }
        self.take_directives(Place::Package);
        self.file.package = self.ident();
        self.want(Token::Semi);
        // What follows a wrong package clause is rarely Go.
        if self.has_errors() {
            return;
        }
        let mut prev = Token::Import;
        while !self.at(Token::Eof) {
            if mode == Mode::Imports && !self.at(Token::Import) {
                // Directives read so far may belong to the declaration that is not looked at.
                return;
            }
            if self.at(Token::Import) && prev != Token::Import {
                self.syntax_error("imports must appear before other declarations");
            }
            prev = self.scan.tok;
            if !self.top_decl() {
                continue;
            }
            self.drop_directives();
            if !self.at(Token::Eof) && !self.got(Token::Semi) {
                self.unexpected("after top level declaration");
                self.advance(DECL_KEYWORDS);
            }
        }
        self.drop_directives();
    }

    /// Parses one declaration, or reports what is none and returns false.
    fn top_decl(&mut self) -> bool {
        match self.scan.tok {
            Token::Import => {
                self.next();
                self.group(|p, _| p.import_spec());
            }
            Token::Const | Token::Type | Token::Var => self.generic_decl(),
            Token::Func => {
                let pos = self.pos();
                self.next();
                let decl = self.func_decl(pos);
                self.decls.push(Decl::Func(decl));
            }
            _ => {
                if self.at(Token::Lbrace) && self.after_bodyless_func() {
                    self.syntax_error("unexpected semicolon or newline before {");
                } else {
                    self.syntax_error("non-declaration statement outside function body");
                }
                self.advance(DECL_KEYWORDS);
                return false;
            }
        }
        self.file.decls.append(&mut self.decls);
        true
    }

    /// Parses a `const`, `type` or `var` declaration onto the stack of declarations.
    pub(super) fn generic_decl(&mut self) {
        let tok = self.scan.tok;
        self.next();
        match tok {
            Token::Const => self.group(Self::const_spec),
            Token::Type => self.group(|p, _| p.type_spec()),
            _ => self.group(|p, _| p.var_spec()),
        }
    }

    fn after_bodyless_func(&self) -> bool {
        match self.file.decls.last() {
            Some(Decl::Func(decl)) => self.file[decl.func].body.is_none(),
            _ => false,
        }
    }

    fn group(&mut self, spec: impl Fn(&mut Self, &mut Group)) {
        let mut group = Group::default();
        if self.at(Token::Lparen) {
            self.drop_directives();
            self.next();
            self.list("grouped declaration", Token::Semi, Token::Rparen, |p| {
                spec(p, &mut group);
                false
            });
        } else {
            spec(self, &mut group);
        }
    }

    fn import_spec(&mut self) {
        let pos = self.pos();
        self.drop_directives();
        let name = match self.scan.tok {
            Token::Name => Some(self.ident()),
            Token::Dot => {
                self.next();
                Some(Ident { name: self.scan.intern("."), pos })
            }
            _ => None,
        };
        let path_pos = self.pos();
        let Some(path) = self.literal() else {
            self.syntax_error("missing import path");
            self.advance(Token::Semi.bit() | Token::Rparen.bit());
            return;
        };
        if let ExprKind::BasicLit { kind, bad: false } = self.file[path].kind
            && kind != LitKind::String
        {
            self.syntax_error_at(path_pos, "import path must be a string");
            self.file.exprs[path.index()].kind = ExprKind::BasicLit { kind, bad: true };
        }
        self.decls.push(Decl::Import(ImportSpec { name, path, pos }));
    }

    fn names(&mut self) -> List<Ident> {
        let mark = self.idents.len();
        let first = self.ident();
        self.ident_list(first);
        self.idents_from(mark)
    }

    fn value_spec(&mut self, spec: ValueSpec) -> ValueSpecId {
        let id = ValueSpecId(self.file.value_specs.len() as u32);
        self.file.value_specs.push(spec);
        id
    }

    fn const_spec(&mut self, group: &mut Group) {
        let start = self.pos();
        let directives = self.take_directives(Place::Other);
        let names = self.names();
        let (mut ty, mut values) = (None, List::EMPTY);
        if !self.at_any(Token::Eof.bit() | Token::Semi.bit() | Token::Rparen.bit()) {
            ty = self.type_opt();
            if self.got_assign().is_some() {
                values = self.expr_list();
            }
        }
        let is_bare = ty.is_none() && values.is_empty();
        let id = self.value_spec(ValueSpec {
            names,
            ty,
            values,
            iota: group.iota,
            repeats: if is_bare { group.last } else { None },
            directives,
            span: self.span_from(start),
        });
        if !is_bare {
            group.last = Some(id);
        }
        group.iota += 1;
        self.decls.push(Decl::Const(id));
    }

    fn var_spec(&mut self) {
        let start = self.pos();
        let directives = self.take_directives(Place::Var);
        let names = self.names();
        let (mut ty, mut values) = (None, List::EMPTY);
        if self.got_assign().is_some() {
            values = self.expr_list();
        } else {
            ty = Some(self.ty());
            if self.got_assign().is_some() {
                values = self.expr_list();
            }
        }
        let span = self.span_from(start);
        let id = self.value_spec(ValueSpec { names, ty, values, iota: 0, repeats: None, directives, span });
        self.decls.push(Decl::Var(id));
    }

    fn type_spec(&mut self) {
        let start = self.pos();
        let directives = self.take_directives(Place::Other);
        let name = self.ident();
        let (mut type_params, mut alias) = (List::EMPTY, None);
        let ty = if self.at(Token::Lbrack) {
            match self.bracket_after_type_name() {
                Bracket::Type(ty) => Some(ty),
                Bracket::TypeParams(list) => {
                    type_params = list;
                    alias = self.got_assign();
                    self.type_opt()
                }
            }
        } else {
            alias = self.got_assign();
            self.type_opt()
        };
        let ty = ty.unwrap_or_else(|| {
            let bad = self.bad_expr();
            self.unexpected("in type declaration");
            self.advance(Token::Semi.bit() | Token::Rparen.bit());
            bad
        });
        let span = self.span_from(start);
        let id = TypeSpecId(self.file.type_specs.len() as u32);
        self.file.type_specs.push(TypeSpec { name, type_params, alias, ty, directives, span });
        self.decls.push(Decl::Type(id));
    }

    /// Parses what `[` after the name of a declared type begins: an array or slice type, or type
    /// parameters. Spec, "Type parameter declarations", says how the two are told apart.
    fn bracket_after_type_name(&mut self) -> Bracket {
        let lbrack = self.pos();
        self.next();
        if self.got(Token::Rbrack) {
            return Bracket::Type(self.slice_type(lbrack));
        }
        if !self.at(Token::Name) {
            return Bracket::Type(self.array_type(lbrack, None));
        }
        let ident = self.ident();
        if self.at(Token::Lbrack) {
            // A constant expression does not begin with an index, so a constraint begins here.
            return self.type_params(ident, None);
        }
        let name = self.name_expr(ident);
        self.n_parens += 1;
        let x = self.primary_expr(Some(name));
        let x = self.binary_expr(x);
        self.n_parens -= 1;
        match self.split_type_param(x) {
            Some((name, None)) if !self.at(Token::Rbrack) => self.type_params(name, None),
            Some((name, Some(ty))) => self.type_params(name, Some(ty)),
            _ => Bracket::Type(self.array_type(lbrack, Some(x))),
        }
    }

    fn type_params(&mut self, name: Ident, ty: Option<ExprId>) -> Bracket {
        let first = Param { name: Some(name), ty };
        Bracket::TypeParams(self.param_list(Some(first), Token::Rbrack, true, false))
    }

    /// Splits an expression such as `P *E` or `P *E|F` into a type parameter's name and the start of
    /// its constraint. What could be an array length is split only if a type can be seen in it or a
    /// comma follows. A name alone gives no constraint.
    fn split_type_param(&mut self, x: ExprId) -> Option<(Ident, Option<ExprId>)> {
        let ident = |file: &File, x: ExprId| match file[x].kind {
            ExprKind::Name(name) => Some(Ident { name, pos: file[x].span.start }),
            _ => None,
        };
        if let Some(name) = ident(&self.file, x) {
            return Some((name, None));
        }
        // Unions lean to the left: go down to the first term, then build them again without the name.
        let mut is_type = self.at(Token::Comma);
        let mut first = x;
        let mut unions = Vec::new();
        while let ExprKind::Binary { op: BinaryOp::Or, op_pos, x, y } = self.file[first].kind {
            is_type = is_type || self.is_type_elem(y);
            unions.push((op_pos, y));
            first = x;
        }
        let (name, mut ty) = match self.file[first].kind {
            ExprKind::Binary { op: BinaryOp::Mul, op_pos, x, y } => {
                let name = ident(&self.file, x).filter(|_| is_type || self.is_type_elem(y))?;
                let span = Span { start: op_pos, end: self.file[y].span.end };
                (name, self.expr_node(ExprKind::Star(y), span))
            }
            ExprKind::Call { fun, args, dots: None, rparen } if args.len() == 1 => {
                let arg = self.file[args][0];
                let name = ident(&self.file, fun).filter(|_| is_type || self.is_type_elem(arg))?;
                let start = self.rfind(b'(', self.file[fun].span.end, self.file[arg].span.start);
                (name, self.expr_node(ExprKind::Paren(arg), Span { start, end: rparen + 1 }))
            }
            _ => return None,
        };
        for (op_pos, y) in unions.into_iter().rev() {
            let span = Span { start: self.file[ty].span.start, end: self.file[y].span.end };
            ty = self.expr_node(ExprKind::Binary { op: BinaryOp::Or, op_pos, x: ty, y }, span);
        }
        Some((name, Some(ty)))
    }

    /// Returns where `c` stands last between two offsets, or the first of them.
    fn rfind(&self, c: u8, start: Offset, end: Offset) -> Offset {
        let between = &self.file.bytes[start as usize..end as usize];
        start + between.iter().rposition(|b| *b == c).unwrap_or(0) as u32
    }

    /// Reports whether an expression can only be a type or an element of a constraint.
    fn is_type_elem(&self, mut x: ExprId) -> bool {
        loop {
            match self.file[x].kind {
                ExprKind::ArrayType { .. }
                | ExprKind::SliceType(_)
                | ExprKind::StructType { .. }
                | ExprKind::FuncType(_)
                | ExprKind::InterfaceType { .. }
                | ExprKind::MapType { .. }
                | ExprKind::ChanType { .. }
                | ExprKind::Unary { op: UnaryOp::Tilde, .. } => return true,
                ExprKind::Binary { x: left, y, .. } => {
                    if self.is_type_elem(y) {
                        return true;
                    }
                    x = left;
                }
                ExprKind::Unary { x: inner, .. } | ExprKind::Star(inner) | ExprKind::Paren(inner) => {
                    x = inner;
                }
                _ => return false,
            }
        }
    }
}

enum Bracket {
    Type(ExprId),
    TypeParams(List<Field>),
}
