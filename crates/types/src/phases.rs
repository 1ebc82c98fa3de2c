//! The two phases of checking a package.

use bumpalo::Bump;
use source::Diagnostic;
use syntax::ExprId;

use crate::checker::{Checker, Env, FileInfo};
use crate::decl::{Body, Decls, Source};
use crate::model::*;
use crate::session::{FIRST, Session};

/// A package after phase 1.
pub struct Declared<'s> {
    index: u32,
    info: Vec<FileInfo<'s>>,
    diagnostics: Vec<Diagnostic>,
    decls: Decls<'s>,
}

/// A package after phase 2.
pub struct Checked<'s> {
    /// The package.
    pub pkg: &'s Package<'s>,
    /// For each file, what its expressions and names are.
    pub info: Vec<FileInfo<'s>>,
    /// Package variables in the order in which they are initialised.
    pub init_order: Vec<Initializer<'s>>,
    /// Every function with a body, `init` functions, blank ones and methods among them, in source order.
    pub funcs: Vec<DeclaredFunc<'s>>,
    /// What is wrong, unsorted.
    pub diagnostics: Vec<Diagnostic>,
}

/// The initialisation of package variables by one expression.
pub struct Initializer<'s> {
    /// The variables; blank ones too.
    pub lhs: Vec<Obj<'s>>,
    /// The file of the expression.
    pub file: usize,
    /// The expression.
    pub rhs: ExprId,
}

/// A function or method declaration.
pub struct DeclaredFunc<'s> {
    /// The function.
    pub obj: Obj<'s>,
    /// Its file.
    pub file: usize,
    /// Its declaration.
    pub decl: syntax::FuncDecl,
}

impl<'s> Session<'s> {
    /// Runs phase 1 of package `index`: everything an importer can see. Phase 1 of its imports must be done.
    pub fn declare(&'s self, index: u32) -> Declared<'s> {
        let input = &self.inputs[(index - FIRST) as usize];
        let info = input.files.iter().map(|file| {
            let n_exprs = file.tree.exprs.len();
            FileInfo { exprs: vec![None; n_exprs], uses: vec![None; n_exprs], ..FileInfo::default() }
        });
        let empty =
            Declared { index, info: info.collect(), diagnostics: Vec::new(), decls: Decls::default() };
        let mut checker = Checker::new(self, empty, 0);
        checker.collect();
        checker.resolve_all();
        let mut scope: Vec<Obj<'s>> = checker.decls.package.values().copied().collect();
        scope.sort_by_key(|obj| obj.name);
        let scope = checker.slice(&scope);
        assert!(checker.pkg.scope.set(scope).is_ok(), "package {} is declared twice", checker.pkg.path);
        checker.into_declared(index)
    }

    /// Makes a checker that later stages ask about types, on behalf of package `index`. It can be had once for each.
    pub fn query(&'s self, index: u32) -> Checker<'s> {
        let (info, diagnostics, decls) = (Vec::new(), Vec::new(), Decls::default());
        Checker::with_bump(self, Declared { index, info, diagnostics, decls }, self.take_arena(index, 2))
    }

    /// Runs phase 2: function bodies, and what only the whole package shows.
    pub fn check_bodies(&'s self, declared: Declared<'s>) -> Checked<'s> {
        let mut checker = Checker::new(self, declared, 1);
        checker.check_all_bodies();
        checker.check_unused_imports();
        let init_order = checker.init_order();
        if checker.diagnostics.is_empty() {
            checker.check_instantiation_cycles();
            checker.check_interface_cycles();
        }
        let funcs = checker.decls.entries.iter().filter_map(|entry| match entry.source {
            Source::Func(decl) => Some(DeclaredFunc { obj: entry.obj, file: entry.file, decl }),
            _ => None,
        });
        let funcs = funcs.collect();
        Checked { pkg: checker.pkg, info: checker.info, init_order, funcs, diagnostics: checker.diagnostics }
    }
}

impl<'s> Checker<'s> {
    fn new(session: &'s Session<'s>, declared: Declared<'s>, phase: u32) -> Checker<'s> {
        let bump = session.take_arena(declared.index, phase);
        Checker::with_bump(session, declared, bump)
    }

    fn with_bump(session: &'s Session<'s>, declared: Declared<'s>, bump: &'s Bump) -> Checker<'s> {
        let index = declared.index;
        Checker {
            session,
            input: &session.inputs[(index - FIRST) as usize],
            pkg: &session.packages[index as usize],
            bump,
            info: declared.info,
            diagnostics: declared.diagnostics,
            env: Env::default(),
            decls: declared.decls,
            later: Vec::new(),
            untyped: Default::default(),
            depth: 0,
            instances: Default::default(),
            local_instances: Default::default(),
            lookups: Default::default(),
        }
    }

    fn into_declared(self, index: u32) -> Declared<'s> {
        Declared { index, info: self.info, diagnostics: self.diagnostics, decls: self.decls }
    }

    /// Resolves all package-level objects. As gc: defined types, then aliases, then the rest, so that of several
    /// places where a cycle could be reported it is the same one.
    fn resolve_all(&mut self) {
        for rank in 0..3 {
            for idx in 0..self.decls.entries.len() {
                let entry = &self.decls.entries[idx];
                let its_rank = match entry.source {
                    Source::Type(spec) if self.input.files[entry.file].tree[spec].alias.is_none() => 0,
                    Source::Type(_) => 1,
                    Source::Const { .. } | Source::Var { .. } | Source::Func(_) => 2,
                };
                if its_rank == rank && !entry.done {
                    self.resolve(entry.obj);
                }
            }
        }
        self.run_later();
    }

    fn check_all_bodies(&mut self) {
        // Bodies are queued as their declarations were resolved; errors are sorted later, but which of two
        // it is that gets reported should not depend on that order.
        let mut bodies = std::mem::take(&mut self.decls.bodies);
        bodies.sort_by_key(|body| (body.env.file, body.func));
        while !bodies.is_empty() {
            for body in bodies {
                self.check_body(body);
            }
            bodies = std::mem::take(&mut self.decls.bodies);
        }
    }

    fn check_body(&mut self, body: Body<'s>) {
        self.env = body.env;
        self.func_body(body.sig, body.func);
        self.env = Env::default();
        self.run_later();
    }
}
