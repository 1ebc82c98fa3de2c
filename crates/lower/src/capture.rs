//! Which local variables are shared, before a function is lowered.
//!
//! One walk over a declared function with its closures finds the variables whose address is taken and
//! those that a closure uses. A captured variable that is assigned only where it is declared is copied
//! into the closure; any other shared variable lives in a heap object.
//!
//! Invariant: what is not marked here is only ever touched by name within the function that declares it.

use rustc_hash::{FxHashMap, FxHashSet};
use syntax::{Block, CommCase, Decl, ExprId, ExprKind, FuncId, Span, StmtId, StmtKind, UnaryOp};
use types::{Obj, ObjKind, Selection, Ty, Type, VarRole};

use crate::program::{SourceFile, address};

/// What becomes a function with a context of its own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Literal {
    /// A function literal.
    Func(FuncId),
    /// The body of a range statement over a function; or of one whose operand may be a function.
    Body(StmtId),
}

/// What the walk found.
#[derive(Default, Debug)]
pub(crate) struct Captures {
    /// Variables whose address is taken.
    pub addressed: FxHashSet<usize>,
    /// Variables assigned after their declaration.
    reassigned: FxHashSet<usize>,
    /// Variables that some closure uses.
    captured: FxHashSet<usize>,
    /// For each literal, the variables of enclosing functions that it uses, in order of first use.
    by_literal: FxHashMap<Literal, Vec<usize>>,
    /// Bodies of loops over functions that contain a `defer`, which belongs to the function around them.
    pub body_defers: FxHashSet<StmtId>,
    /// Functions (literals or the declared one) that contain a `defer` of their own.
    pub with_defer: FxHashSet<FuncId>,
    /// Functions that call `recover`.
    pub with_recover: FxHashSet<FuncId>,
}

impl Captures {
    /// Looks at a declared function of type `sig`.
    pub fn of_func<'s>(file: SourceFile<'_, 's>, func: FuncId, sig: Option<Ty<'s>>) -> Captures {
        let results = result_keys(sig);
        let mut walk = Walk { file, found: Captures::default(), literals: Vec::new(), func, results };
        if let Some(body) = file.tree[func].body {
            walk.block(&body);
        }
        walk.found
    }

    /// Looks at an expression outside any function: the right side of a package variable.
    pub fn of_expr(file: SourceFile<'_, '_>, expr: ExprId) -> Captures {
        let (literals, results) = (Vec::new(), Vec::new());
        let mut walk = Walk { file, found: Captures::default(), literals, func: FuncId(u32::MAX), results };
        walk.expr(expr);
        walk.found
    }

    /// Reports whether the variable must live in an object that closures or pointers share.
    pub fn is_shared(&self, var: Obj<'_>) -> bool {
        let key = address(var);
        self.addressed.contains(&key) || self.captured.contains(&key) && self.reassigned.contains(&key)
    }

    /// Returns the variables that a literal captures, by the address of their objects.
    pub fn of_literal(&self, literal: Literal) -> &[usize] {
        self.by_literal.get(&literal).map_or(&[], Vec::as_slice)
    }
}

/// The keys of the results of a function type.
pub(crate) fn result_keys(sig: Option<Ty<'_>>) -> Vec<usize> {
    match sig.and_then(types::predicates::under_known) {
        Some(Type::Signature(sig)) => sig.results.iter().map(|obj| address(obj)).collect(),
        _ => Vec::new(),
    }
}

struct Walk<'a, 's> {
    file: SourceFile<'a, 's>,
    found: Captures,
    /// The literals we are in, with their spans.
    literals: Vec<(Literal, Span)>,
    func: FuncId,
    /// The results of that function.
    results: Vec<usize>,
}

impl<'s> Walk<'_, 's> {
    fn block(&mut self, block: &Block) {
        for stmt in &self.file.tree[block.stmts] {
            self.stmt(*stmt);
        }
    }

    fn opt_stmt(&mut self, stmt: Option<StmtId>) {
        if let Some(stmt) = stmt {
            self.stmt(stmt);
        }
    }

    fn opt_expr(&mut self, expr: Option<ExprId>) {
        if let Some(expr) = expr {
            self.expr(expr);
        }
    }

    fn exprs(&mut self, exprs: syntax::List<ExprId>) {
        for expr in &self.file.tree[exprs] {
            self.expr(*expr);
        }
    }

    fn stmt(&mut self, stmt: StmtId) {
        let tree = self.file.tree;
        match tree[stmt].kind {
            StmtKind::Empty | StmtKind::Bad | StmtKind::Branch { .. } => {}
            StmtKind::Expr(x) | StmtKind::Go(x) => self.expr(x),
            StmtKind::Defer(x) => {
                self.found.with_defer.insert(self.func);
                let bodies: Vec<StmtId> = self.bodies().collect();
                self.found.body_defers.extend(bodies);
                self.expr(x);
            }
            StmtKind::Send { chan, value, .. } => {
                self.expr(chan);
                self.expr(value);
            }
            StmtKind::Assign { lhs, rhs, .. } => {
                self.exprs(rhs);
                tree[lhs].iter().for_each(|x| self.assigned(*x));
            }
            StmtKind::Define { lhs, rhs, .. } => {
                self.exprs(rhs);
                // A name that this statement does not declare is assigned.
                let old = |x: &&ExprId| !self.file.info.defs.contains_key(&tree[**x].span.start);
                let old: Vec<_> = tree[lhs].iter().filter(old).copied().collect();
                old.into_iter().for_each(|x| self.assigned(x));
            }
            StmtKind::OpAssign { x, y, .. } => {
                self.assigned(x);
                self.opt_expr(y);
            }
            StmtKind::Return(results) => {
                self.exprs(results);
                if results.len > 0 {
                    self.found.reassigned.extend(&self.results);
                }
                self.returns();
            }
            StmtKind::Block(block) => self.block(&block),
            StmtKind::If { init, cond, then, otherwise } => {
                self.opt_stmt(init);
                self.expr(cond);
                self.block(&then);
                self.opt_stmt(otherwise);
            }
            StmtKind::Switch { init, tag, cases, .. } => {
                self.opt_stmt(init);
                self.opt_expr(tag);
                self.cases(cases);
            }
            StmtKind::TypeSwitch { init, x, cases, .. } => {
                self.opt_stmt(init);
                self.expr(x);
                self.cases(cases);
            }
            StmtKind::Select { cases, .. } => {
                for CommCase { comm, body, .. } in &tree[cases] {
                    self.opt_stmt(*comm);
                    self.block(body);
                }
            }
            StmtKind::For { init, cond, post, body } => {
                self.opt_stmt(init);
                self.opt_expr(cond);
                self.opt_stmt(post);
                self.block(&body);
            }
            StmtKind::Range { key, value, define, x, body, .. } => {
                self.expr(x);
                let is_body = self.may_be_func(x);
                if is_body {
                    self.literals.push((Literal::Body(stmt), tree[stmt].span));
                }
                if !define {
                    key.into_iter().chain(value).for_each(|x| self.assigned(x));
                }
                self.block(&body);
                if is_body {
                    self.literals.pop();
                }
            }
            StmtKind::Labeled { stmt, .. } => self.stmt(stmt),
            StmtKind::Decl(decls) => {
                for decl in &tree[decls] {
                    if let Decl::Var(spec) = decl {
                        self.exprs(tree[*spec].values);
                    }
                }
            }
        }
    }

    /// The bodies of loops over functions that we are in, within the current function.
    fn bodies(&self) -> impl Iterator<Item = StmtId> {
        self.literals.iter().rev().map_while(|(literal, _)| match literal {
            Literal::Body(stmt) => Some(*stmt),
            Literal::Func(_) => None,
        })
    }

    /// A return statement in the body of a loop over a function writes the results of the function around it.
    fn returns(&mut self) {
        let bodies: Vec<StmtId> = self.bodies().collect();
        for stmt in bodies {
            let list = self.found.by_literal.entry(Literal::Body(stmt)).or_default();
            for key in &self.results {
                self.found.captured.insert(*key);
                self.found.reassigned.insert(*key);
                if !list.contains(key) {
                    list.push(*key);
                }
            }
        }
    }

    /// A function, or what is only known with type arguments.
    fn may_be_func(&self, expr: ExprId) -> bool {
        matches!(self.ty(expr), None | Some(Type::Signature(_) | Type::Interface(_)))
    }

    fn cases(&mut self, cases: syntax::List<syntax::Case>) {
        for case in &self.file.tree[cases] {
            self.exprs(case.exprs);
            self.block(&case.body);
        }
    }

    fn expr(&mut self, expr: ExprId) {
        let tree = self.file.tree;
        match tree[expr].kind {
            ExprKind::Bad | ExprKind::BasicLit { .. } => {}
            ExprKind::Name(_) => self.used(expr),
            ExprKind::CompositeLit { elems, .. } => self.exprs(elems),
            ExprKind::KeyValue { key, value } => {
                // A field's name refers to no variable.
                self.expr(key);
                self.expr(value);
            }
            ExprKind::FuncLit(func) => {
                let outer = std::mem::replace(&mut self.func, func);
                let sig = self.file.info.exprs.get(expr.index()).copied().flatten().and_then(|info| info.ty);
                let results = std::mem::replace(&mut self.results, result_keys(sig));
                self.literals.push((Literal::Func(func), tree[expr].span));
                if let Some(body) = tree[func].body {
                    self.block(&body);
                }
                self.literals.pop();
                (self.func, self.results) = (outer, results);
            }
            ExprKind::Paren(x) | ExprKind::Star(x) | ExprKind::TypeAssert { x, .. } => self.expr(x),
            ExprKind::Selector { x, .. } => {
                // A method with a pointer receiver takes the address of a variable.
                if self.takes_address(expr) {
                    self.addressed(x);
                }
                self.expr(x);
            }
            ExprKind::Index { x, indices, .. } => {
                self.expr(x);
                self.exprs(indices);
            }
            ExprKind::Slice { x, indices, .. } => {
                if self.is_array(x) {
                    self.addressed(x);
                }
                self.expr(x);
                indices.into_iter().for_each(|x| self.opt_expr(x));
            }
            ExprKind::Call { fun, args, .. } => {
                if self.is_recover(fun) {
                    self.found.with_recover.insert(self.func);
                }
                self.expr(fun);
                self.exprs(args);
            }
            ExprKind::Unary { op, x } => {
                if op == UnaryOp::Addr {
                    self.addressed(x);
                }
                self.expr(x);
            }
            ExprKind::Binary { x, y, .. } => {
                self.expr(x);
                self.expr(y);
            }
            ExprKind::ArrayType { .. }
            | ExprKind::SliceType(_)
            | ExprKind::Ellipsis(_)
            | ExprKind::StructType { .. }
            | ExprKind::FuncType(_)
            | ExprKind::InterfaceType { .. }
            | ExprKind::MapType { .. }
            | ExprKind::ChanType { .. } => {}
        }
    }

    fn local(&self, expr: ExprId) -> Option<Obj<'s>> {
        let obj = self.file.info.uses.get(expr.index()).copied().flatten()?;
        match obj.kind {
            ObjKind::Var { role: VarRole::Local | VarRole::Recv | VarRole::Param | VarRole::Result } => {
                Some(obj)
            }
            _ => None,
        }
    }

    fn used(&mut self, expr: ExprId) {
        let Some(var) = self.local(expr) else { return };
        let (key, at) = (address(var), var.pos.offset);
        let is_inside = |span: &Span| (span.start..span.end).contains(&at);
        let foreign: Vec<Literal> =
            self.literals.iter().filter(|(_, span)| !is_inside(span)).map(|(literal, _)| *literal).collect();
        for literal in foreign {
            self.found.captured.insert(key);
            let list = self.found.by_literal.entry(literal).or_default();
            if !list.contains(&key) {
                list.push(key);
            }
        }
    }

    /// The variable that a place is part of, if no pointer or slice lies between.
    fn root(&self, expr: ExprId) -> Option<ExprId> {
        match self.file.tree[expr].kind {
            ExprKind::Name(_) => Some(expr),
            ExprKind::Paren(x) => self.root(x),
            ExprKind::Selector { x, .. } => match self.file.info.selections.get(&expr) {
                Some(Selection::Field { indirect: false, .. }) => self.root(x),
                _ => None,
            },
            ExprKind::Index { x, .. } if self.is_array(x) => self.root(x),
            _ => None,
        }
    }

    fn assigned(&mut self, expr: ExprId) {
        let root = self.root(expr).and_then(|root| self.local(root)).map(address);
        self.found.reassigned.extend(root);
        self.expr(expr);
    }

    fn addressed(&mut self, expr: ExprId) {
        let root = self.root(expr).and_then(|root| self.local(root)).map(address);
        self.found.addressed.extend(root);
    }

    fn ty(&self, expr: ExprId) -> Option<types::Ty<'s>> {
        let ty = self.file.info.exprs.get(expr.index())?.as_ref()?.ty?;
        types::predicates::under_known(ty)
    }

    // A type parameter may stand for an array, so it counts as one.
    fn is_array(&self, expr: ExprId) -> bool {
        matches!(self.ty(expr), Some(Type::Array { .. } | Type::Interface(_) | Type::TypeParam(_)))
    }

    fn takes_address(&self, selector: ExprId) -> bool {
        match self.file.info.selections.get(&selector) {
            Some(Selection::Method { obj, indirect: false, .. }) => {
                matches!(obj.kind, ObjKind::Func { ptr_recv: true, .. })
            }
            _ => false,
        }
    }

    fn is_recover(&self, fun: ExprId) -> bool {
        let obj = self.file.info.uses.get(fun.index()).copied().flatten();
        obj.is_some_and(|obj| matches!(obj.kind, ObjKind::Builtin(types::Builtin::Recover)))
    }
}
