//! Functions: declarations, types, parameters and bodies. Spec, "Function types" and "Function declarations".

use super::*;

/// What is wrong with a parameter list in which only some have a name and a type.
struct MixedParams {
    /// Some parameter has neither a type nor one behind it to share.
    lacks_type: bool,
    /// The leftmost parameter that lacks something.
    pos: Option<Offset>,
}

impl Parser<'_> {
    pub(super) fn func_node(&mut self, ty: FuncTypeId, body: Option<Block>) -> FuncId {
        let id = FuncId(self.file.funcs.len() as u32);
        self.file.funcs.push(Func { ty, body });
        id
    }

    fn func_type_node(&mut self, ty: FuncType) -> FuncTypeId {
        let id = FuncTypeId(self.file.func_types.len() as u32);
        self.file.func_types.push(ty);
        id
    }

    /// Parses a function or method behind `func` at `pos`.
    pub(super) fn func_decl(&mut self, pos: Offset) -> FuncDecl {
        let directives = self.take_directives(Place::Func);
        let recv = if self.got(Token::Lparen) { Some(self.receiver()) } else { None };
        let (name, ty) = if self.at(Token::Name) {
            let name = self.ident();
            (name, self.func_type(pos, if recv.is_some() { "method" } else { "" }))
        } else {
            let name = Ident { name: self.blank(), pos: self.pos() };
            self.expected(if recv.is_some() { "name" } else { "name or (" });
            self.advance(Token::Lbrace.bit() | Token::Semi.bit());
            let (type_params, params, results) = (List::EMPTY, List::EMPTY, List::EMPTY);
            (name, self.func_type_node(FuncType { pos, type_params, params, results }))
        };
        let body = if self.at(Token::Lbrace) { Some(self.func_body()) } else { None };
        let func = self.func_node(ty, body);
        FuncDecl { pos, recv, name, func, directives }
    }

    fn receiver(&mut self) -> List<Field> {
        let mut recv = self.param_list(None, Token::Rparen, false, false);
        match recv.len() {
            0 => self.error_at(self.pos(), "method has no receiver"),
            1 => {}
            _ => {
                self.error_at(self.pos(), "method has multiple receivers");
                recv.len = 1;
            }
        }
        recv
    }

    /// Parses type parameters, parameters and results. If `context` is not empty it names what may
    /// have no type parameters.
    pub(super) fn func_type(&mut self, pos: Offset, context: &str) -> FuncTypeId {
        let lbrack = self.pos();
        let mut type_params = List::EMPTY;
        if self.got(Token::Lbrack) {
            if !context.is_empty() {
                self.syntax_error_at(lbrack, &format!("{context} must have no type parameters"));
            }
            if self.at(Token::Rbrack) {
                self.syntax_error("empty type parameter list");
                self.next();
            } else {
                type_params = self.param_list(None, Token::Rbrack, true, false);
            }
        }
        self.want(Token::Lparen);
        let params = self.param_list(None, Token::Rparen, false, true);
        let results = self.results();
        self.func_type_node(FuncType { pos, type_params, params, results })
    }

    fn results(&mut self) -> List<Field> {
        if self.got(Token::Lparen) {
            return self.param_list(None, Token::Rparen, false, false);
        }
        let mark = self.fields.len();
        if let Some(ty) = self.type_opt() {
            self.fields.push(Field { name: None, ty, tag: None });
        }
        self.fields_from(mark)
    }

    pub(super) fn func_body(&mut self) -> Block {
        self.n_funcs += 1;
        let body = self.block("");
        self.n_funcs -= 1;
        body
    }

    /// Parses parameters behind their opening parenthesis or bracket, up to and with `close`. `first`
    /// is what the caller has read of the first one.
    pub(super) fn param_list(
        &mut self,
        first: Option<Param>,
        close: Token,
        require_names: bool,
        dots_ok: bool,
    ) -> List<Field> {
        let mark = self.params.len();
        let mut first = first;
        if let Some(param) = first
            && param.ty.is_some()
            && self.at(close)
        {
            self.params.push(param);
            first = None;
        }
        let end = self.list("parameter list", Token::Comma, close, |p| {
            let param = match first.take() {
                Some(param) if param.ty.is_some() => Some(param),
                Some(param) => p.param(param.name, close),
                None => p.param(None, close),
            };
            p.params.extend(param);
            false
        });
        if self.params.len() > mark {
            self.name_params(mark, end, require_names);
        }
        let fields = self.fields.len();
        self.take_params(mark, dots_ok);
        self.fields_from(fields)
    }

    /// Parses one parameter; `name` if it was read already. Without a name the type may be one, and
    /// the other way round.
    fn param(&mut self, name: Option<Ident>, follow: Token) -> Option<Param> {
        // Only constraints are made of unions and `~`.
        let is_constraint = follow == Token::Rbrack;
        let mut param = Param { name: None, ty: None };
        if self.at(Token::Name) || name.is_some() {
            let name = match name {
                Some(name) => name,
                None => self.ident(),
            };
            if self.at(Token::Lbrack) {
                let (ty, is_named) = self.array_or_args(name);
                let ty = Some(if is_constraint { self.union(ty) } else { ty });
                return Some(Param { name: if is_named { Some(name) } else { None }, ty });
            }
            if self.at(Token::Dot) || is_constraint && self.at_binary(BinaryOp::Or) {
                let ty = self.qualified_name(Some(name));
                let ty = Some(if is_constraint { self.union(ty) } else { ty });
                return Some(Param { name: None, ty });
            }
            param.name = Some(name);
        }
        if is_constraint && self.at_tilde() {
            let term = self.union_term();
            param.ty = Some(self.union(term));
            return Some(param);
        }
        let start = self.pos();
        if self.got(Token::DotDotDot) {
            param.ty = Some(match self.type_opt() {
                Some(ty) => self.expr_from(ExprKind::Ellipsis(ty), start),
                None => {
                    self.syntax_error("... is missing type");
                    self.bad_expr_at(start)
                }
            });
            return Some(param);
        }
        param.ty = self.type_opt();
        if is_constraint && let Some(ty) = param.ty {
            param.ty = Some(self.union(ty));
        }
        if param.name.is_none() && param.ty.is_none() {
            self.expected(&follow.words());
            self.advance(Token::Comma.bit() | follow.bit());
            return None;
        }
        Some(param)
    }

    /// Decides which of the parameters from `mark` on are names and which are types, and gives each
    /// one a type.
    fn name_params(&mut self, mark: usize, end: Offset, require_names: bool) {
        let params = &self.params[mark..];
        let n_typed = params.iter().filter(|p| p.ty.is_some()).count();
        let n_named = params.iter().filter(|p| p.ty.is_some() && p.name.is_some()).count();
        let n_params = params.len();
        if n_named == 0 && !require_names {
            for i in mark..self.params.len() {
                if let Some(name) = self.params[i].name {
                    let ty = Some(self.name_expr(name));
                    self.params[i] = Param { name: None, ty };
                }
            }
        } else if n_named != n_params
            && let MixedParams { lacks_type, pos: Some(pos) } = self.share_types(mark)
        {
            // All names that lack a type lack it at the end; otherwise a name is missing.
            let (pos, text) = match (lacks_type && n_named == n_typed, require_names) {
                (true, true) => (end, "missing type constraint"),
                (true, false) => (end, "missing parameter type"),
                (false, true) if n_params == 1 => {
                    (pos, "missing type parameter name or invalid array length")
                }
                (false, true) => (pos, "missing type parameter name"),
                (false, false) => (pos, "missing parameter name"),
            };
            self.syntax_error_at(pos, text);
        }
    }

    /// Gives each name the type behind it, and each type without a name a blank one.
    fn share_types(&mut self, mark: usize) -> MixedParams {
        let mut mixed = MixedParams { lacks_type: false, pos: None };
        let mut ty = None;
        for i in (mark..self.params.len()).rev() {
            let param = self.params[i];
            if let Some(own) = param.ty {
                ty = Some(own);
                if param.name.is_none() {
                    let pos = self.file[own].span.start;
                    let name = self.blank();
                    self.params[i].name = Some(Ident { name, pos });
                    mixed.pos = Some(pos);
                }
            } else if ty.is_none() {
                let pos = param.name.map_or(0, |name| name.pos);
                self.params[i].ty = Some(self.bad_expr_at(pos));
                mixed = MixedParams { lacks_type: true, pos: Some(pos) };
            } else {
                self.params[i].ty = ty;
            }
        }
        mixed
    }

    /// Moves the parameters from `mark` on to the stack of fields, and reports `...` that is not at
    /// its place.
    fn take_params(&mut self, mark: usize, dots_ok: bool) {
        let last = self.params.len().wrapping_sub(1);
        let mut reported = false;
        for i in mark..self.params.len() {
            let Param { name, ty: Some(mut ty) } = self.params[i] else { continue };
            if let Expr { kind: ExprKind::Ellipsis(elem), span } = self.file[ty]
                && (!dots_ok || i != last)
            {
                if !reported {
                    let text =
                        if dots_ok { "can only use ... with final parameter" } else { "invalid use of ..." };
                    self.error_at(span.start, text);
                }
                reported = true;
                ty = elem;
            }
            self.fields.push(Field { name, ty, tag: None });
        }
        self.params.truncate(mark);
    }
}
