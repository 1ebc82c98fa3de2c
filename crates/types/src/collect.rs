//! The package scope and the file scopes, from the trees alone.
//!
//! Afterwards every package-level object exists and is in scope, unresolved; methods wait under the
//! type name of their receiver.

use std::sync::OnceLock;

use source::{Name, Pos};
use syntax::{Decl, ExprId, ExprKind, FuncDecl, Ident, TypeSpecId, ValueSpecId};

use crate::checker::Checker;
use crate::decl::{Source, address};
use crate::model::*;

/// A method declaration whose receiver's type is yet to be found.
struct Method<'s> {
    obj: Obj<'s>,
    file: usize,
    base: Option<Ident>,
}

impl<'s> Checker<'s> {
    /// Declares everything at package level.
    pub(crate) fn collect(&mut self) {
        let n_files = self.input.files.len();
        self.decls.files.resize_with(n_files, Default::default);
        self.decls.dot_imports.resize_with(n_files, Default::default);
        let mut methods = Vec::new();
        for file in 0..n_files {
            self.env.file = file;
            let tree = self.tree();
            self.check_package_clause(tree.package);
            self.check_directives();
            for decl in &tree.decls {
                match decl {
                    Decl::Import(spec) => self.declare_import(spec),
                    Decl::Const(spec) => self.collect_consts(*spec),
                    Decl::Var(spec) => self.collect_vars(*spec),
                    Decl::Type(spec) => self.collect_type(*spec),
                    Decl::Func(func) => self.collect_func(func, &mut methods),
                }
            }
        }
        for file in 0..n_files {
            self.env.file = file;
            self.check_linknames();
        }
        self.check_file_scopes();
        for method in methods {
            self.env.file = method.file;
            if let Some(base) = method.base.and_then(|base| self.method_base(base.name)) {
                self.decls.methods.entry(address(base)).or_default().push(method.obj);
            }
        }
        self.env.file = 0;
    }

    fn check_package_clause(&mut self, package: Ident) {
        if package.name.is_blank() {
            // Without a package clause the parser has reported that.
            if self.tree().bytes.get(package.pos as usize) == Some(&b'_') {
                self.error(self.pos(package.pos), "invalid package name _");
            }
        } else if package.name != self.pkg.name {
            let text = format!("package {}; expected package {}", package.name, self.pkg.name);
            self.error(self.pos(package.pos), text);
        }
    }

    fn collect_consts(&mut self, spec_id: ValueSpecId) {
        let tree = self.tree();
        for (idx, name) in tree[tree[spec_id].names].iter().enumerate() {
            let obj =
                self.object(name.name, self.pos(name.pos), ObjKind::Const { value: OnceLock::new() }, None);
            self.declare_package(*name, obj, Source::Const { spec: spec_id, idx });
        }
        self.check_arity(spec_id, true);
    }

    fn collect_vars(&mut self, spec_id: ValueSpecId) {
        let tree = self.tree();
        let spec = tree[spec_id];
        let (names, values) = (&tree[spec.names], &tree[spec.values]);
        let kind = || ObjKind::Var { role: VarRole::Package };
        let objs: Vec<_> =
            names.iter().map(|name| self.object(name.name, self.pos(name.pos), kind(), None)).collect();
        let objs = self.slice(&objs);
        let together = values.len() == 1 && names.len() > 1;
        for (idx, name) in names.iter().enumerate() {
            let lhs = if together { objs } else { &objs[idx..=idx] };
            let value = if together { values.first() } else { values.get(idx) };
            let source = Source::Var { spec: spec_id, lhs, value: value.copied() };
            self.declare_package(*name, objs[idx], source);
        }
        self.check_arity(spec_id, false);
        self.check_embed(spec_id, false);
    }

    fn collect_type(&mut self, spec_id: TypeSpecId) {
        let name = self.tree()[spec_id].name;
        let obj = self.object(name.name, self.pos(name.pos), ObjKind::TypeName, None);
        self.declare_package(name, obj, Source::Type(spec_id));
    }

    fn collect_func(&mut self, decl: &FuncDecl, methods: &mut Vec<Method<'s>>) {
        let tree = self.tree();
        let func = tree[decl.func];
        let name = decl.name;
        let pos = self.pos(name.pos);
        let recv = decl.recv.and_then(|recv| tree[recv].first());
        let ptr_recv =
            recv.is_some_and(|field| matches!(tree[tree.unparen(field.ty)].kind, ExprKind::Star(_)));
        let obj = self.object(name.name, pos, ObjKind::Func { ptr_recv, origin: None }, None);
        if decl.recv.is_some() {
            let base = recv.and_then(|field| receiver_base(tree, field.ty));
            self.record_def(name, obj);
            self.decls.add(obj, self.env.file, Source::Func(*decl));
            methods.push(Method { obj, file: self.env.file, base });
            return;
        }
        let is_init = name.name.as_str() == "init";
        if is_init || (name.name.as_str() == "main" && self.pkg.name.as_str() == "main") {
            self.check_entry_point(decl, name);
        }
        if is_init {
            if func.body.is_none() {
                self.soft_error(pos, "func init must have a body");
            }
            // Spec, "Package initialization": it cannot be referred to.
            self.record_def(name, obj);
            self.decls.add(obj, self.env.file, Source::Func(*decl));
        } else {
            self.declare_package(name, obj, Source::Func(*decl));
        }
    }

    fn check_entry_point(&mut self, decl: &FuncDecl, name: Ident) {
        let tree = self.tree();
        let ty = tree[tree[decl.func].ty];
        if let Some(first) = tree[ty.type_params].first() {
            let pos = first.name.map_or(name.pos, |name| name.pos);
            self.soft_error(self.pos(pos), format!("func {} must have no type parameters", name.name));
        }
        if !ty.params.is_empty() || !ty.results.is_empty() {
            let text = format!("func {} must have no arguments and no return values", name.name);
            self.soft_error(self.pos(name.pos), text);
        }
    }

    fn declare_package(&mut self, name: Ident, obj: Obj<'s>, source: Source<'s>) {
        self.record_def(name, obj);
        self.decls.add(obj, self.env.file, source);
        let is_func = matches!(source, Source::Func(_));
        if name.name.is_blank() {
            return;
        }
        let is_main = name.name.as_str() == "main" && self.pkg.name.as_str() == "main";
        if name.name.as_str() == "init" || (is_main && !is_func) {
            return self.error(obj.pos, format!("cannot declare {} - must be func", name.name));
        }
        if let Some(&first) = self.decls.package.get(&name.name) {
            self.report_redeclared(name.name, obj.pos, first);
        } else {
            self.decls.package.insert(name.name, obj);
        }
    }

    /// Reports a second declaration of a name in one scope.
    pub(crate) fn report_redeclared(&mut self, name: Name, pos: Pos, first: Obj<'s>) {
        let text = format!("{name} redeclared in this block");
        if first.pos == Pos::NONE {
            return self.error(pos, text);
        }
        self.error_with_note(pos, text, (first.pos, format!("other declaration of {name}")));
    }

    /// Finds the defined type that `name` stands for in a receiver, through aliases as they are written.
    fn method_base(&self, mut name: Name) -> Option<Obj<'s>> {
        let mut seen = Vec::new();
        loop {
            let obj = self.decls.lookup_package(name)?;
            let entry = &self.decls.entries[self.decls.entry_of(obj)? as usize];
            let Source::Type(spec) = entry.source else { return None };
            let tree = &self.input.files[entry.file].tree;
            if tree[spec].alias.is_none() {
                return Some(obj);
            }
            if seen.contains(&name) {
                return None;
            }
            seen.push(name);
            let ExprKind::Name(next) = tree[tree.unparen(tree[spec].ty)].kind else { return None };
            name = next;
        }
    }
}

/// Returns the name in a receiver's type: `T` of `*T[P]`.
pub(crate) fn receiver_base(tree: &syntax::File, expr: ExprId) -> Option<Ident> {
    let mut expr = expr;
    loop {
        match tree[expr].kind {
            ExprKind::Paren(x) | ExprKind::Star(x) | ExprKind::Index { x, .. } => expr = x,
            ExprKind::Name(name) => return Some(Ident { name, pos: tree[expr].span.start }),
            _ => return None,
        }
    }
}
