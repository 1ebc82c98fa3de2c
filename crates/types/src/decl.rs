//! Declarations: each is resolved when it is first asked for, in any order.
//!
//! [`Checker::resolve`] makes the type (and the value) of a package-level object known. It keeps a
//! stack of declarations in progress, so that a declaration that is asked for while it is in progress shows as a
//! cycle; `cycles.rs` decides whether that cycle is an error. The environment of the declaration is
//! built afresh and the caller's is put back, so resolving has no effect on where we are.
//!
//! A defined type has its `Named` from the start; alias, constant, variable and function get their type at the end. What
//! would need complete types (map keys, embedded fields, constraints ...) is put off with [`Checker::later`]
//! and done when the stack is empty.
//!
//! Invariants: phase 2 finds every package-level object resolved; the stack then holds only local types.

use std::mem;
use std::sync::OnceLock;

use rustc_hash::{FxHashMap, FxHashSet};
use source::Name;
use syntax::{Decl, ExprId, FuncDecl, FuncId, Ident, TypeSpecId, ValueSpecId};

use crate::checker::{Checker, Env, ExprInfo, Mode, Operand};
use crate::constant::Value;
use crate::model::*;
use crate::session::Version;

/// The declarations of the package and what has become of them.
#[derive(Default)]
pub struct Decls<'s> {
    /// The package scope.
    pub(crate) package: FxHashMap<Name, Obj<'s>>,
    /// By file: imported packages, and objects of dot-imported ones.
    pub(crate) files: Vec<FxHashMap<Name, Obj<'s>>>,
    /// By file: the imported package through which a dot-imported name came.
    pub(crate) dot_imports: Vec<FxHashMap<Name, Obj<'s>>>,
    /// All imports that must be used: the file, the package name, and the path as it is reported.
    pub(crate) imports: Vec<crate::imports::Import<'s>>,
    /// Package-level declarations in source order, methods, `init` and blank ones among them.
    pub(crate) entries: Vec<Entry<'s>>,
    /// Methods by the address of the type name of their receiver, in source order.
    pub(crate) methods: FxHashMap<usize, Vec<Obj<'s>>>,
    /// Function bodies for phase 2.
    pub(crate) bodies: Vec<Body<'s>>,
    /// Interface types of the source and where they stand, for `interface_cycles`.
    pub(crate) interfaces: Vec<(&'s Interface<'s>, source::Pos)>,
    /// Type parameters that stand for others in `mono`: those of a method for those of its receiver's type.
    pub(crate) recv_tparams: Vec<(Ty<'s>, Ty<'s>)>,
    /// Defined types whose underlying type is being looked for, each the right side of the one before.
    pub(crate) completing: Vec<Ty<'s>>,
    /// Where an instance was first written, by address. gc shows this place in cycles.
    pub(crate) instance_places: FxHashMap<usize, source::Pos>,
    /// Named types found to have a finite layout, by address.
    pub(crate) finite: FxHashSet<usize>,
    // By the address of the object: its entry.
    index: FxHashMap<usize, u32>,
    // Pairs of entries: the first refers to the second.
    edges: FxHashSet<(u32, u32)>,
    // Declarations in progress, outermost first; local types too.
    path: Vec<Obj<'s>>,
    // By address: the place in `path`.
    active: FxHashMap<usize, usize>,
    // How many local types of a name there are so far.
    n_local_types: u32,
    /// The function whose type parameters come next.
    pub(crate) partial: Option<Obj<'s>>,
    /// Functions whose signature is in progress, with what is known of it: the type parameters.
    pub(crate) partial_funcs: FxHashMap<usize, Ty<'s>>,
    // We are within a list of type parameters.
    pub(crate) in_tparams: bool,
}

/// A package-level declaration.
pub(crate) struct Entry<'s> {
    pub(crate) obj: Obj<'s>,
    pub(crate) file: usize,
    pub(crate) source: Source<'s>,
    pub(crate) done: bool,
    // Entries that this one refers to, in the order of the references. For initialisation order.
    pub(crate) deps: Vec<u32>,
}

/// Where a declaration stands.
#[derive(Clone, Copy)]
pub(crate) enum Source<'s> {
    /// Constant number `idx` of a line.
    Const { spec: ValueSpecId, idx: usize },
    /// A variable; `lhs` are those initialised together with it by the one `value`.
    Var { spec: ValueSpecId, lhs: &'s [Obj<'s>], value: Option<ExprId> },
    /// A type.
    Type(TypeSpecId),
    /// A function or method.
    Func(FuncDecl),
}

/// A function body for phase 2.
pub(crate) struct Body<'s> {
    pub(crate) sig: Ty<'s>,
    pub(crate) func: FuncId,
    pub(crate) env: Env<'s>,
}

/// Returns what tables use as the identity of an object.
pub(crate) fn address(obj: Obj<'_>) -> usize {
    std::ptr::from_ref(obj).addr()
}

impl<'s> Decls<'s> {
    /// Finds what an import declares in `file`.
    pub(crate) fn lookup_file(&self, file: usize, name: Name) -> Option<Obj<'s>> {
        self.files.get(file)?.get(&name).copied()
    }

    /// Finds a package-level object.
    pub(crate) fn lookup_package(&self, name: Name) -> Option<Obj<'s>> {
        self.package.get(&name).copied()
    }

    /// Returns the number of the entry of a package-level object.
    pub(crate) fn entry_of(&self, obj: Obj<'s>) -> Option<u32> {
        self.index.get(&address(obj)).copied()
    }

    /// Adds a declaration.
    pub(crate) fn add(&mut self, obj: Obj<'s>, file: usize, source: Source<'s>) {
        self.index.insert(address(obj), self.entries.len() as u32);
        self.entries.push(Entry { obj, file, source, done: false, deps: Vec::new() });
    }

    /// Reports whether no declaration is in progress.
    pub(crate) fn is_idle(&self) -> bool {
        self.path.is_empty()
    }

    fn push(&mut self, obj: Obj<'s>) {
        self.active.insert(address(obj), self.path.len());
        self.path.push(obj);
    }

    fn pop(&mut self) {
        if let Some(obj) = self.path.pop() {
            self.active.remove(&address(obj));
        }
    }

    /// Reports whether `obj` is on the stack.
    pub(crate) fn is_active(&self, obj: Obj<'s>) -> bool {
        !self.path.is_empty() && self.active.contains_key(&address(obj))
    }

    /// Returns the declarations in progress from `obj` on.
    pub(crate) fn cycle_from(&self, obj: Obj<'s>) -> Option<&[Obj<'s>]> {
        let start = *self.active.get(&address(obj))?;
        Some(&self.path[start..])
    }
}

impl<'s> Checker<'s> {
    /// Makes the type of `obj`, and the value of a constant, known. In an invalid cycle it becomes invalid.
    pub fn resolve(&mut self, obj: Obj<'s>) {
        if self.decls.is_active(obj) {
            return self.resolve_cycle(obj);
        }
        let Some(idx) = self.decls.entry_of(obj) else { return };
        if !self.decls.entries[idx as usize].done {
            self.resolve_entry(idx as usize);
        }
    }

    fn resolve_cycle(&mut self, obj: Obj<'s>) {
        let ok = self.cycle_is_valid(obj);
        match &obj.kind {
            ObjKind::Const { value } => {
                let _ = obj.ty.set(self.invalid());
                let _ = value.set(Value::Unknown);
            }
            ObjKind::Var { .. } => {
                let _ = obj.ty.set(self.invalid());
            }
            ObjKind::TypeName if !ok => match obj.ty() {
                Some(Type::Named(named)) => {
                    let _ = named.underlying.set(self.invalid());
                }
                Some(Type::Alias(alias)) => {
                    let _ = alias.rhs.set(self.invalid());
                }
                _ => {}
            },
            _ => {}
        }
    }

    fn resolve_entry(&mut self, idx: usize) {
        let entry = &mut self.decls.entries[idx];
        entry.done = true;
        let (obj, file, source) = (entry.obj, entry.file, entry.source);
        let env = Env { file, ..Env::default() };
        let saved = mem::replace(&mut self.env, env);
        let in_tparams = mem::take(&mut self.decls.in_tparams);
        let partial = self.decls.partial.take();
        self.decls.push(obj);
        match source {
            Source::Const { spec, idx } => {
                self.env.decl = Some(obj);
                self.const_decl(obj, spec, idx);
            }
            Source::Var { spec, lhs, value } => {
                self.env.decl = Some(obj);
                self.package_var(obj, spec, lhs, value);
            }
            Source::Type(spec) => self.type_decl(obj, spec, 0),
            Source::Func(decl) => self.func_decl(obj, decl),
        }
        self.decls.pop();
        self.decls.in_tparams = in_tparams;
        self.decls.partial = partial;
        self.env = saved;
        self.run_later();
    }

    /// Does what was put off, unless a declaration is still in progress.
    pub(crate) fn run_later(&mut self) {
        while self.decls.is_idle() && !self.later.is_empty() {
            for action in mem::take(&mut self.later) {
                action(self);
            }
        }
    }

    /// Puts work off; it will find the current file again.
    pub(crate) fn later_here(&mut self, action: impl FnOnce(&mut Checker<'s>) + Send + 's) {
        let file = self.env.file;
        self.later(move |checker| {
            let env = Env { file, ..Env::default() };
            let saved = mem::replace(&mut checker.env, env);
            action(checker);
            checker.env = saved;
        });
    }

    /// Notes that the declaration or body being checked refers to `obj`, for initialisation order.
    pub fn record_dependency(&mut self, obj: Obj<'s>) {
        let Some(from) = self.env.decl else { return };
        let obj = match obj.kind {
            ObjKind::Func { origin: Some(origin), .. } => origin,
            _ => obj,
        };
        let (Some(from), Some(to)) = (self.decls.entry_of(from), self.decls.entry_of(obj)) else { return };
        if self.decls.edges.insert((from, to)) {
            self.decls.entries[from as usize].deps.push(to);
        }
    }

    /// Puts the body of a function literal in a package-level initialiser off to phase 2.
    pub fn later_body(&mut self, sig: Ty<'s>, func: FuncId, env: Env<'s>) {
        self.decls.bodies.push(Body { sig, func, env });
    }

    // Constants.

    fn const_decl(&mut self, obj: Obj<'s>, spec_id: ValueSpecId, idx: usize) {
        let tree = self.tree();
        let spec = tree[spec_id];
        let source = spec.repeats.map_or(spec, |earlier| tree[earlier]);
        let saved = (self.env.iota.replace(spec.iota), self.env.error_pos);
        if spec.repeats.is_some() {
            self.env.error_pos = Some(obj.pos);
        }
        let target = source.ty.map(|ty| self.const_type(ty));
        let mut x = self.no_operand();
        match tree[source.values].get(idx) {
            Some(&value) if target.is_none_or(|ty| !self.is_invalid(ty)) => {
                self.expr(&mut x, value, target);
                self.init_const(&mut x, target);
            }
            // Still looked at for names that are used.
            Some(&value) => {
                self.expr(&mut x, value, None);
                x.mode = Mode::Invalid;
            }
            None => {}
        }
        (self.env.iota, self.env.error_pos) = saved;
        let valid = x.mode == Mode::Constant;
        let ty = if valid { x.ty } else { target.unwrap_or(self.invalid()) };
        if obj.ty.set(ty).is_ok()
            && let ObjKind::Const { value } = &obj.kind
        {
            let _ = value.set(if valid { x.value.unwrap_or(Value::Unknown) } else { Value::Unknown });
        }
    }

    fn const_type(&mut self, expr: ExprId) -> Ty<'s> {
        let ty = self.type_expr(expr);
        let under = self.under(ty);
        if self.is_invalid(under) {
            return self.invalid();
        }
        if !self.is_const_type(ty) {
            let text = format!("invalid constant type {}", self.ty_str(ty));
            self.error_at(expr, text);
            return self.invalid();
        }
        ty
    }

    fn init_const(&mut self, x: &mut Operand<'s>, target: Option<Ty<'s>>) {
        if x.mode == Mode::Invalid {
            return;
        }
        if x.mode != Mode::Constant {
            let text = format!("{} is not constant", self.operand_str(x));
            self.error_at(x.expr, text);
            x.mode = Mode::Invalid;
            return;
        }
        let target = target.unwrap_or(x.ty);
        self.assignment(x, Some(target), "constant declaration");
    }

    /// Reports names without values and values without names. `spec` may repeat an earlier line.
    pub(crate) fn check_arity(&mut self, spec_id: ValueSpecId, is_const: bool) {
        let tree = self.tree();
        let spec = tree[spec_id];
        let source = spec.repeats.map_or(spec, |earlier| tree[earlier]);
        let (names, values) = (&tree[spec.names], &tree[source.values]);
        if !is_const && spec.ty.is_some() && values.is_empty() {
            return;
        }
        if names.len() < values.len() {
            let value = values[names.len()];
            let at = self.expr_pos(value);
            match spec.repeats {
                Some(_) => {
                    let text = format!("extra init expr at {}", source::place_in_text(at));
                    self.error(self.pos(spec.span.start), text);
                }
                None => {
                    let text = format!("extra init expr {}", self.expr_str(value));
                    self.error(at, text);
                }
            }
        } else if names.len() > values.len() && (is_const || values.len() != 1) {
            let name = names[values.len()];
            self.error(self.pos(name.pos), format!("missing init expr for {}", name.name));
        }
    }

    // Variables.

    fn package_var(&mut self, obj: Obj<'s>, spec: ValueSpecId, lhs: &'s [Obj<'s>], value: Option<ExprId>) {
        let spec = self.tree()[spec];
        let declared = spec.ty.map(|ty| self.var_type(ty));
        if let Some(ty) = declared {
            let _ = obj.ty.set(ty);
        }
        let Some(value) = value else {
            let _ = obj.ty.set(self.invalid());
            return;
        };
        if lhs.len() > 1 {
            // The first of them to be resolved initialises all.
            for other in lhs {
                if let Some(idx) = self.decls.entry_of(other) {
                    let entry = &mut self.decls.entries[idx as usize];
                    let again = mem::replace(&mut entry.done, true);
                    if again && !other.is(obj) && !self.decls.is_active(other) {
                        return;
                    }
                }
                if let Some(ty) = declared {
                    let _ = other.ty.set(ty);
                }
            }
            // All depend on what the value refers to.
            self.init_vars(lhs, &[value], None);
            self.share_dependencies(obj, lhs);
        } else {
            self.init_vars(&[obj], &[value], None);
        }
        let _ = obj.ty.set(self.invalid());
    }

    fn share_dependencies(&mut self, from: Obj<'s>, lhs: &[Obj<'s>]) {
        let Some(from) = self.decls.entry_of(from) else { return };
        let deps = self.decls.entries[from as usize].deps.clone();
        for &other in lhs {
            let Some(to) = self.decls.entry_of(other) else { continue };
            for &dep in &deps {
                if self.decls.edges.insert((to, dep)) {
                    self.decls.entries[to as usize].deps.push(dep);
                }
            }
        }
    }

    // Types.

    fn type_decl(&mut self, obj: Obj<'s>, spec_id: TypeSpecId, local_number: u32) {
        let spec = self.tree()[spec_id];
        self.open_scope();
        match spec.alias {
            Some(_) => self.alias_decl(obj, spec_id),
            None => self.defined_type_decl(obj, spec_id, local_number),
        }
        self.close_scope();
    }

    fn alias_decl(&mut self, obj: Obj<'s>, spec_id: TypeSpecId) {
        let spec = self.tree()[spec_id];
        let ty = self.alloc(Type::Alias(Alias {
            obj,
            origin: None,
            targs: &[],
            tparams: OnceLock::new(),
            rhs: OnceLock::new(),
        }));
        let _ = obj.ty.set(ty);
        let Some(Type::Alias(alias)) = obj.ty() else { return };
        self.require_version(obj.pos, Version::ALIASES, "type alias");
        if spec.type_params.is_empty() {
            let _ = alias.tparams.set(&[]);
        } else {
            let first = self.tree()[spec.type_params][0];
            let pos = first.name.map_or(obj.pos, |name| self.pos(name.pos));
            self.require_version(pos, Version::GENERIC_ALIASES, "generic type alias");
            self.declare_tparams(spec.type_params, |tparams| {
                let _ = alias.tparams.set(tparams);
            });
        }
        let rhs = self.type_expr(spec.ty);
        // Spec, "Alias declarations".
        let own = alias.tparams.get().copied().unwrap_or(&[]);
        let rhs = if own.iter().any(|own| std::ptr::eq(*own, crate::predicates::unalias(rhs))) {
            self.error_at(spec.ty, "cannot use type parameter declared in alias declaration as RHS");
            self.invalid()
        } else {
            rhs
        };
        let _ = alias.rhs.set(rhs);
    }

    fn defined_type_decl(&mut self, obj: Obj<'s>, spec_id: TypeSpecId, local_number: u32) {
        let spec = self.tree()[spec_id];
        let ty = self.alloc(Type::Named(Named {
            obj,
            origin: None,
            targs: &[],
            tparams: OnceLock::new(),
            rhs: OnceLock::new(),
            underlying: OnceLock::new(),
            methods: OnceLock::new(),
            local_number,
        }));
        let _ = obj.ty.set(ty);
        let Some(Type::Named(named)) = obj.ty() else { return };
        let methods = self.decls.methods.remove(&address(obj)).unwrap_or_default();
        let methods = self.distinct_methods(obj, methods);
        let _ = named.methods.set(methods);
        if spec.type_params.is_empty() {
            let _ = named.tparams.set(&[]);
        } else {
            self.declare_tparams(spec.type_params, |tparams| {
                let _ = named.tparams.set(tparams);
            });
        }
        // Before what the right side puts off: of a cycle of several types the declaration is reported.
        self.later_here(move |checker| {
            checker.check_layout(ty);
            checker.complete_underlying(ty);
        });
        let rhs = self.type_expr(spec.ty);
        let rhs_error = matches!(crate::predicates::unalias(rhs), Type::TypeParam(_));
        if rhs_error {
            self.error_at(spec.ty, "cannot use a type parameter as RHS in type declaration");
            let _ = named.underlying.set(self.invalid());
        }
        let _ = named.rhs.set(if rhs_error { self.invalid() } else { rhs });
        if !methods.is_empty() {
            self.later_here(move |checker| checker.check_fields_and_methods(ty, methods));
        }
    }

    /// Reports methods declared twice. Spec, "Type definitions": unique names, also in regard to fields.
    fn distinct_methods(&mut self, base: Obj<'s>, methods: Vec<Obj<'s>>) -> &'s [Obj<'s>] {
        let mut seen: FxHashMap<Name, Obj<'s>> = FxHashMap::default();
        let mut distinct = Vec::with_capacity(methods.len());
        for method in methods {
            if method.name.is_blank() {
                continue;
            }
            match seen.insert(method.name, method) {
                None => distinct.push(method),
                Some(first) => {
                    seen.insert(method.name, first);
                    self.report_duplicate_method(base, method, first);
                }
            }
        }
        self.slice(&distinct)
    }

    fn report_duplicate_method(&mut self, base: Obj<'s>, method: Obj<'s>, first: Obj<'s>) {
        let place = source::place_in_text(first.pos);
        self.error(method.pos, format!("method {}.{} already declared at {place}", base.name, method.name));
    }

    fn check_fields_and_methods(&mut self, ty: Ty<'s>, methods: &'s [Obj<'s>]) {
        let Type::Struct(fields) = self.under(ty) else { return };
        for method in methods {
            if let Some(field) = fields.fields.iter().find(|field| field.name == method.name) {
                let text = format!("field and method with the same name {}", method.name);
                self.error_with_note(
                    method.pos,
                    text,
                    (field.pos, format!("other declaration of {}", field.name)),
                );
            }
        }
    }

    // Functions.

    fn func_decl(&mut self, obj: Obj<'s>, decl: FuncDecl) {
        let func = self.tree()[decl.func];
        self.open_scope();
        self.decls.partial = Some(obj);
        let sig = self.signature(func.ty, decl.recv);
        // In a cycle through its own signature the type was given up before.
        let _ = obj.ty.set(sig);
        if func.body.is_some() {
            // The body declares the parameters again, from the signature.
            let env = Env { file: self.env.file, decl: Some(obj), sig: Some(sig), ..Env::default() };
            self.decls.bodies.push(Body { sig, func: decl.func, env });
        } else if !self.tree()[func.ty].type_params.is_empty() {
            self.soft_error(self.pos(decl.pos), "generic function is missing function body");
        } else if !self.input.bodyless && decl.name.name.as_str() != "init" && !self.is_linknamed(decl) {
            self.soft_error(obj.pos, "missing function body");
        }
        self.close_scope();
    }

    fn is_linknamed(&self, decl: FuncDecl) -> bool {
        self.tree().directives.iter().any(|directive| {
            let mut words = directive.text.split_ascii_whitespace();
            words.next() == Some("go:linkname") && words.next() == Some(decl.name.name.as_str())
        })
    }

    // Declarations within functions.

    /// Checks a declaration within a function and declares what it names.
    pub fn local_decl(&mut self, decl: &Decl) {
        match *decl {
            Decl::Const(spec) => self.local_consts(spec),
            Decl::Var(spec) => self.local_vars(spec),
            Decl::Type(spec) => self.local_type(spec),
            // The parser reports these within functions.
            Decl::Import(_) | Decl::Func(_) => {}
        }
    }

    fn local_consts(&mut self, spec_id: ValueSpecId) {
        let tree = self.tree();
        let spec = tree[spec_id];
        let mut objs = Vec::new();
        for (idx, name) in tree[spec.names].iter().enumerate() {
            let kind = ObjKind::Const { value: OnceLock::new() };
            let obj = self.object(name.name, self.pos(name.pos), kind, None);
            self.const_decl(obj, spec_id, idx);
            objs.push((*name, obj));
        }
        self.check_arity(spec_id, true);
        // Spec, "Declarations and scope": the scope begins after the specification.
        for (name, obj) in objs {
            self.declare_local(name, obj);
        }
    }

    fn local_vars(&mut self, spec_id: ValueSpecId) {
        let tree = self.tree();
        let spec = tree[spec_id];
        self.check_embed(spec_id, true);
        let declared = spec.ty.map(|ty| self.var_type(ty));
        let names: &[Ident] = &tree[spec.names];
        let kind = || ObjKind::Var { role: VarRole::Local };
        let objs: Vec<_> =
            names.iter().map(|name| self.object(name.name, self.pos(name.pos), kind(), declared)).collect();
        let values = &tree[spec.values];
        if values.len() == names.len() || values.len() == 1 {
            self.init_vars(&objs, values, None);
        } else {
            for (idx, &value) in values.iter().enumerate() {
                match objs.get(idx) {
                    Some(&obj) => self.init_vars(&[obj], &[value], None),
                    None => {
                        let mut x = self.no_operand();
                        self.expr(&mut x, value, None);
                    }
                }
            }
            self.check_arity(spec_id, false);
        }
        for (name, obj) in names.iter().zip(objs) {
            let _ = obj.ty.set(self.invalid());
            self.declare_local(*name, obj);
        }
    }

    fn local_type(&mut self, spec_id: TypeSpecId) {
        let name = self.tree()[spec_id].name;
        let obj = self.object(name.name, self.pos(name.pos), ObjKind::TypeName, None);
        // Spec, "Declarations and scope": the scope begins at the identifier.
        self.declare_local(name, obj);
        self.decls.n_local_types += 1;
        let number = self.decls.n_local_types;
        let in_tparams = mem::take(&mut self.decls.in_tparams);
        self.decls.push(obj);
        self.type_decl(obj, spec_id, number);
        self.decls.pop();
        self.decls.in_tparams = in_tparams;
        self.run_later();
    }

    // Small things.

    /// Returns an operand in error that names no expression yet.
    pub(crate) fn no_operand(&self) -> Operand<'s> {
        Operand { mode: Mode::Invalid, ty: self.invalid(), value: None, expr: ExprId(0) }
    }

    /// Reports whether `ty` is in error.
    pub(crate) fn is_invalid(&self, ty: Ty<'s>) -> bool {
        matches!(crate::predicates::unalias(ty), Type::Basic(Basic::Invalid))
    }

    /// Notes what an identifier declares.
    pub(crate) fn record_def(&mut self, ident: Ident, obj: Obj<'s>) {
        let file = self.env.file;
        self.info[file].defs.insert(ident.pos, obj);
    }

    /// Notes that an expression denotes a type.
    pub(crate) fn record_type(&mut self, expr: ExprId, ty: Ty<'s>) {
        let file = self.env.file;
        self.info[file].exprs[expr.index()] = Some(ExprInfo { mode: Mode::Type, ty: Some(ty), value: None });
    }
}
