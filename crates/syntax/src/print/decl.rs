//! Declarations and files as text.

use super::Printer;
use crate::tree::*;

impl Printer<'_> {
    pub(super) fn file(&mut self) {
        let file = self.file;
        for constraint in &file.constraints {
            self.text("//");
            self.text(&constraint.text);
            self.text("\n");
        }
        if !file.constraints.is_empty() {
            self.text("\n");
        }
        self.text("package ");
        self.ident(file.package);
        self.text("\n");
        self.decls(&file.decls);
    }

    /// Prints declarations within a function as one statement.
    pub(super) fn local_decls(&mut self, list: List<Decl>) {
        if list.is_empty() {
            return self.text("var ()");
        }
        let decls = &self.file[list];
        let (first, group) = match decls[0] {
            Decl::Import(_) => ("import", false),
            Decl::Func(_) => ("", false),
            Decl::Const(_) => ("const", true),
            Decl::Var(_) => ("var", true),
            Decl::Type(_) => ("type", true),
        };
        if !group {
            return self.decls(decls);
        }
        self.text(first);
        self.group(decls);
    }

    /// Prints `(`, a line for each declaration, and `)`.
    fn group(&mut self, decls: &[Decl]) {
        self.text(" (");
        self.indent += 1;
        for decl in decls {
            self.line();
            self.spec(*decl);
        }
        self.indent -= 1;
        self.line();
        self.text(")");
    }

    fn decls(&mut self, decls: &[Decl]) {
        let mut rest = decls;
        while let Some((first, after)) = rest.split_first() {
            self.line();
            rest = after;
            match *first {
                Decl::Import(_) => {
                    self.text("import ");
                    self.spec(*first);
                }
                Decl::Var(_) => self.group_of("var", *first),
                Decl::Type(_) => self.group_of("type", *first),
                Decl::Const(_) => {
                    // Lines of one group count up; the next group begins at 0 again.
                    let continues = |decl: &&Decl| match decl {
                        Decl::Const(spec) => self.file[*spec].iota > 0,
                        _ => false,
                    };
                    let n_more = after.iter().take_while(continues).count();
                    let (group, others) = (&decls[decls.len() - after.len() - 1..], &after[n_more..]);
                    self.text("const");
                    self.group(&group[..n_more + 1]);
                    rest = others;
                }
                Decl::Func(decl) => self.func_decl(decl),
            }
        }
        self.line();
    }

    fn group_of(&mut self, keyword: &str, decl: Decl) {
        self.text(keyword);
        self.group(&[decl]);
    }

    fn directives(&mut self, list: List<Directive>) {
        for directive in &self.file[list] {
            self.text("//");
            self.text(&directive.text);
            self.line();
        }
    }

    /// Prints a declaration without its keyword.
    fn spec(&mut self, decl: Decl) {
        match decl {
            Decl::Import(spec) => {
                if let Some(name) = spec.name {
                    self.ident(name);
                    self.text(" ");
                }
                self.expr(spec.path);
            }
            Decl::Const(spec) | Decl::Var(spec) => self.value_spec(spec),
            Decl::Type(spec) => self.type_spec(spec),
            Decl::Func(decl) => self.func_decl(decl),
        }
    }

    fn value_spec(&mut self, spec: ValueSpecId) {
        let file = self.file;
        let spec = &file[spec];
        self.directives(spec.directives);
        self.separated(&file[spec.names], ", ", Self::ident);
        if let Some(ty) = spec.ty {
            self.text(" ");
            self.expr(ty);
        }
        if !spec.values.is_empty() {
            self.text(" = ");
            self.exprs(spec.values);
        }
    }

    fn type_spec(&mut self, spec: TypeSpecId) {
        let file = self.file;
        let spec = &file[spec];
        self.directives(spec.directives);
        self.ident(spec.name);
        self.type_params(spec.type_params);
        self.text(if spec.alias.is_some() { " = " } else { " " });
        self.expr(spec.ty);
    }

    /// Prints type parameters with a comma at the end, so that `[P *E,]` is not taken for a length.
    fn type_params(&mut self, list: List<Field>) {
        if !list.is_empty() {
            self.text("[");
            self.fields(list, ", ");
            self.text(",]");
        }
    }

    fn func_decl(&mut self, decl: FuncDecl) {
        self.directives(decl.directives);
        self.text("func ");
        if let Some(recv) = decl.recv {
            self.text("(");
            self.fields(recv, ", ");
            self.text(") ");
        }
        self.ident(decl.name);
        let Func { ty, body } = self.file[decl.func];
        self.type_params(self.file[ty].type_params);
        self.signature(ty);
        if let Some(body) = body {
            self.text(" ");
            self.block(body);
        }
    }
}
