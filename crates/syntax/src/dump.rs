//! The tree as an outline, a node per line, for golden tests and for comparing trees.
//!
//! Two files have the same outline exactly when their trees are the same, positions, comments and
//! what errors left behind aside. The form is stable: tests hold it.

use std::fmt::Display;

use crate::tree::*;

struct Outline<'a> {
    file: &'a File,
    out: String,
    depth: usize,
}

impl File {
    /// Prints the tree as an outline.
    pub fn tree_text(&self) -> String {
        let mut outline = Outline { file: self, out: String::new(), depth: 0 };
        for line in &self.constraints {
            outline.line(format_args!("constraint {}", line.text));
        }
        outline.line(format_args!("package {}", self.package.name));
        for decl in &self.decls {
            outline.decl(*decl);
        }
        outline.out
    }
}

impl Outline<'_> {
    fn line(&mut self, text: impl Display) {
        use std::fmt::Write;
        self.out.extend(std::iter::repeat_n(' ', 2 * self.depth));
        let _ = writeln!(self.out, "{text}"); // writing to a string does not fail
    }

    /// Prints a line and what `inner` prints below it.
    fn node(&mut self, text: impl Display, inner: impl FnOnce(&mut Self)) {
        self.line(text);
        self.depth += 1;
        inner(self);
        self.depth -= 1;
    }

    fn decl(&mut self, decl: Decl) {
        let file = self.file;
        match decl {
            Decl::Import(ImportSpec { name, path, .. }) => {
                let name = name.map_or("", |name| name.name.as_str());
                self.line(format_args!("import {name} {}", file.text(file[path].span)));
            }
            Decl::Const(spec) => {
                let ValueSpec { iota, repeats, .. } = file[spec];
                self.node(format_args!("const iota {iota}"), |o| {
                    if let Some(repeated) = repeats {
                        o.line(format_args!("repeats iota {}", file[repeated].iota));
                    }
                    o.value_spec(spec);
                });
            }
            Decl::Var(spec) => self.node("var", |o| o.value_spec(spec)),
            Decl::Type(spec) => {
                let TypeSpec { name, type_params, alias, ty, directives, .. } = file[spec];
                let what = if alias.is_some() { "alias" } else { "type" };
                self.node(format_args!("{what} {}", name.name), |o| {
                    o.directives(directives);
                    o.fields("typeparams", type_params);
                    o.expr(ty);
                });
            }
            Decl::Func(FuncDecl { recv, name, func, directives, .. }) => {
                self.node(format_args!("func {}", name.name), |o| {
                    o.directives(directives);
                    if let Some(recv) = recv {
                        o.fields("receiver", recv);
                    }
                    o.func(func);
                });
            }
        }
    }

    fn directives(&mut self, list: List<Directive>) {
        let file = self.file;
        for directive in &file[list] {
            self.line(format_args!("directive {}", directive.text));
        }
    }

    fn value_spec(&mut self, spec: ValueSpecId) {
        let file = self.file;
        let ValueSpec { names, ty, values, directives, .. } = file[spec];
        self.directives(directives);
        for name in &file[names] {
            self.line(format_args!("name {}", name.name));
        }
        self.opt_expr("type", ty);
        self.exprs("values", values);
    }

    fn func(&mut self, func: FuncId) {
        let Func { ty, body } = self.file[func];
        self.func_type(ty);
        if let Some(body) = body {
            self.block("body", body);
        }
    }

    fn func_type(&mut self, ty: FuncTypeId) {
        let FuncType { type_params, params, results, .. } = self.file[ty];
        self.fields("typeparams", type_params);
        self.fields("params", params);
        self.fields("results", results);
    }

    /// Prints fields; those that share a type with the one before have none printed.
    fn fields(&mut self, what: &str, list: List<Field>) {
        if list.is_empty() {
            return;
        }
        let file = self.file;
        self.node(what, |o| {
            let mut prev = None;
            for Field { name, ty, tag } in &file[list] {
                let name = name.map_or("-", |name| name.name.as_str());
                o.node(format_args!("field {name}"), |o| {
                    if prev != Some(*ty) {
                        o.expr(*ty);
                    }
                    if let Some(tag) = *tag {
                        o.expr(tag);
                    }
                });
                prev = Some(*ty);
            }
        });
    }

    fn opt_expr(&mut self, what: &str, expr: Option<ExprId>) {
        if let Some(expr) = expr {
            self.node(what, |o| o.expr(expr));
        }
    }

    fn exprs(&mut self, what: &str, list: List<ExprId>) {
        let file = self.file;
        if !list.is_empty() {
            self.node(what, |o| file[list].iter().for_each(|x| o.expr(*x)));
        }
    }

    fn expr(&mut self, expr: ExprId) {
        let file = self.file;
        match file[expr].kind {
            ExprKind::Bad => self.line("bad"),
            ExprKind::Name(name) => self.line(name),
            ExprKind::BasicLit { kind, .. } => {
                self.line(format_args!("{kind:?} {}", file.text(file[expr].span).escape_debug()));
            }
            ExprKind::CompositeLit { ty, elems, .. } => self.node("composite", |o| {
                o.opt_expr("type", ty);
                o.exprs("elems", elems);
            }),
            ExprKind::KeyValue { key, value } => self.pair("keyvalue", key, value),
            ExprKind::FuncLit(func) => self.node("funclit", |o| o.func(func)),
            ExprKind::Paren(x) => self.node("paren", |o| o.expr(x)),
            ExprKind::Selector { x, sel } => {
                self.node(format_args!("selector {}", sel.name), |o| o.expr(x));
            }
            ExprKind::Index { x, indices, .. } => self.node("index", |o| {
                o.expr(x);
                o.exprs("by", indices);
            }),
            ExprKind::Slice { x, indices: [low, high, max], full } => {
                self.node(if full { "slice3" } else { "slice" }, |o| {
                    o.expr(x);
                    o.opt_expr("low", low);
                    o.opt_expr("high", high);
                    o.opt_expr("max", max);
                });
            }
            ExprKind::TypeAssert { x, ty } => self.node("assert", |o| {
                o.expr(x);
                o.opt_expr("type", ty);
            }),
            ExprKind::Call { fun, args, dots, .. } => {
                self.node(if dots.is_some() { "call..." } else { "call" }, |o| {
                    o.expr(fun);
                    o.exprs("args", args);
                });
            }
            ExprKind::Star(x) => self.node("star", |o| o.expr(x)),
            ExprKind::Unary { op, x } => self.node(format_args!("unary {}", op.text()), |o| o.expr(x)),
            ExprKind::Binary { op, x, y, .. } => self.pair(format_args!("binary {}", op.text()), x, y),
            ExprKind::ArrayType { len, elem } => self.node("array", |o| {
                o.opt_expr("len", len);
                o.expr(elem);
            }),
            ExprKind::SliceType(elem) => self.node("slicetype", |o| o.expr(elem)),
            ExprKind::Ellipsis(elem) => self.node("ellipsis", |o| o.expr(elem)),
            ExprKind::StructType { fields, .. } => self.node("struct", |o| o.fields("fields", fields)),
            ExprKind::FuncType(ty) => self.node("functype", |o| o.func_type(ty)),
            ExprKind::InterfaceType { elems, .. } => {
                self.node("interface", |o| o.fields("elems", elems));
            }
            ExprKind::MapType { key, elem } => self.pair("map", key, elem),
            ExprKind::ChanType { dir, elem } => {
                self.node(format_args!("chan {dir:?}"), |o| o.expr(elem));
            }
        }
    }

    fn pair(&mut self, what: impl Display, x: ExprId, y: ExprId) {
        self.node(what, |o| {
            o.expr(x);
            o.expr(y);
        });
    }

    fn block(&mut self, what: &str, block: Block) {
        let file = self.file;
        self.node(what, |o| file[block.stmts].iter().for_each(|stmt| o.stmt(*stmt)));
    }

    fn opt_stmt(&mut self, what: &str, stmt: Option<StmtId>) {
        if let Some(stmt) = stmt {
            self.node(what, |o| o.stmt(stmt));
        }
    }

    fn assign(&mut self, what: &str, lhs: List<ExprId>, rhs: List<ExprId>) {
        self.node(what, |o| {
            o.exprs("lhs", lhs);
            o.exprs("rhs", rhs);
        });
    }

    fn stmt(&mut self, stmt: StmtId) {
        let file = self.file;
        match file[stmt].kind {
            StmtKind::Empty => self.line("empty"),
            StmtKind::Bad => self.line("bad"),
            StmtKind::Expr(x) => self.node("expr", |o| o.expr(x)),
            StmtKind::Send { chan, value, .. } => self.pair("send", chan, value),
            StmtKind::Assign { lhs, rhs, .. } => self.assign("assign", lhs, rhs),
            StmtKind::Define { lhs, rhs, .. } => self.assign("define", lhs, rhs),
            StmtKind::OpAssign { x, op, y, .. } => {
                self.node(format_args!("assign {}", op.text()), |o| {
                    o.expr(x);
                    o.opt_expr("by", y);
                });
            }
            StmtKind::Go(x) => self.node("go", |o| o.expr(x)),
            StmtKind::Defer(x) => self.node("defer", |o| o.expr(x)),
            StmtKind::Return(results) => self.node("return", |o| o.exprs("results", results)),
            StmtKind::Branch { kind, label } => {
                let label = label.map_or("", |label| label.name.as_str());
                self.line(format_args!("{kind:?} {label}"));
            }
            StmtKind::Block(block) => self.block("block", block),
            StmtKind::If { init, cond, then, otherwise } => self.node("if", |o| {
                o.opt_stmt("init", init);
                o.expr(cond);
                o.block("then", then);
                o.opt_stmt("else", otherwise);
            }),
            StmtKind::Switch { init, tag, cases, .. } => self.node("switch", |o| {
                o.opt_stmt("init", init);
                o.opt_expr("tag", tag);
                o.cases(cases);
            }),
            StmtKind::TypeSwitch { init, name, x, cases, .. } => {
                let name = name.map_or("", |name| name.name.as_str());
                self.node(format_args!("typeswitch {name}"), |o| {
                    o.opt_stmt("init", init);
                    o.expr(x);
                    o.cases(cases);
                });
            }
            StmtKind::Select { cases, .. } => self.node("select", |o| {
                for case in &file[cases] {
                    o.node("case", |o| {
                        o.opt_stmt("comm", case.comm);
                        o.block("body", case.body);
                    });
                }
            }),
            StmtKind::For { init, cond, post, body } => self.node("for", |o| {
                o.opt_stmt("init", init);
                o.opt_expr("cond", cond);
                o.opt_stmt("post", post);
                o.block("body", body);
            }),
            StmtKind::Range { key, value, extra, define, x, body, .. } => {
                self.node(if define { "range :=" } else { "range" }, |o| {
                    o.opt_expr("key", key);
                    o.opt_expr("value", value);
                    o.opt_expr("extra", extra);
                    o.expr(x);
                    o.block("body", body);
                });
            }
            StmtKind::Labeled { label, stmt } => {
                self.node(format_args!("label {}", label.name), |o| o.stmt(stmt));
            }
            StmtKind::Decl(decls) => {
                self.node("decl", |o| file[decls].iter().for_each(|decl| o.decl(*decl)));
            }
        }
    }

    fn cases(&mut self, cases: List<Case>) {
        let file = self.file;
        for case in &file[cases] {
            self.node(if case.is_default { "default" } else { "case" }, |o| {
                o.exprs("exprs", case.exprs);
                o.block("body", case.body);
            });
        }
    }
}
