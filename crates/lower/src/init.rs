//! The program itself: package variables, `init` functions, `main.main`.

use std::rc::Rc;

use source::Name;
use syntax::Decl;
use types::phases::Initializer;
use types::{FIRST, Obj, ObjKind, Session, Type};

use crate::capture::Captures;
use crate::func::{Context, Lowerer, Source};
use crate::program::{Program, SourceFile};

/// Lowers `go.main`: initialises every package in the order of their imports (ties by path, as gc), then
/// calls `main.main`. A function per package runs its variable initialisers and `init` functions.
pub(crate) fn lower_init(p: &mut Program<'_, '_>, main: u32) {
    let mut calls: Vec<Rc<str>> = Vec::new();
    for index in initialisation_order(p, main) {
        if lower_package_init(p, index) {
            calls.push(init_symbol(p, index));
        }
    }
    let main_func = p.package(main).lookup(Name::new("main"));
    let Some(main_func) = main_func.filter(|obj| matches!(obj.kind, ObjKind::Func { .. })) else {
        p.error(source::Pos::NONE, "function main is undeclared in the main package");
        return;
    };
    let main_func = p.reach(main_func, None, &[]);
    for name in abi::symbols::UPCALLS {
        if let Some(obj) = p.func_named(name) {
            p.reach(obj, None, &[]);
        }
    }
    let mut builder = ssa::Builder::new(abi::symbols::PROGRAM, ssa::Signature::default());
    for symbol in calls {
        builder.call(&symbol, Vec::new(), &[]);
    }
    builder.call_runtime("runtime.initdone", Vec::new(), &[]);
    builder.call(&main_func, Vec::new(), &[]);
    builder.ret(Vec::new());
    p.out.funcs.push(builder.finish());
}

/// Lowers all of a package that is not generic: its initialiser, its functions and methods.
pub(crate) fn lower_package(p: &mut Program<'_, '_>, index: u32) {
    lower_package_init(p, index);
    for idx in 0..p.session.inputs[(index - FIRST) as usize].files.len() {
        let file = p.file(index, idx);
        for decl in &file.tree.decls {
            let Decl::Func(decl) = decl else { continue };
            let is_init = decl.recv.is_none() && decl.name.name.as_str() == "init";
            if is_init || decl.name.name.is_blank() || file.tree[decl.func].body.is_none() {
                continue;
            }
            let Some(obj) = file.info.defs.get(&decl.name.pos) else { continue };
            let Some(Type::Signature(sig)) = obj.ty() else { continue };
            if sig.tparams.is_empty() && sig.recv_tparams.is_empty() {
                p.reach(obj, sig.recv.and_then(|recv| recv.ty()), &[]);
            }
        }
    }
}

/// Packages that every program has, imported or not: compiled code calls them.
pub const IMPLICIT: &[&str] = &["runtime", "internal/runtime/atomic", "internal/runtime/maps"];

/// Packages that `main` needs, each after those it imports; of those that are ready the first by path. What the runtime
/// needs comes before everything else. Spec, "Package initialization"; Go 1.21 release notes.
fn initialisation_order(p: &Program<'_, '_>, main: u32) -> Vec<u32> {
    let all = p.packages.iter().copied();
    let implicit = all.filter(|index| IMPLICIT.contains(&p.package(*index).path.as_str())).collect();
    let mut order: Vec<u32> = Vec::new();
    for roots in [implicit, vec![main]] {
        initialise_closure(p, roots, &mut order);
    }
    order
}

/// The packages that `roots` need and those that every program has, sorted.
///
/// A package of the standard library's lowest layers under test exists twice in the session, and so do those above it:
/// what `roots` import counts, and only where they import none, the one without tests.
pub(crate) fn program_packages(session: &Session<'_>, roots: &[u32]) -> Vec<u32> {
    let mut packages = closure(session, roots.to_vec());
    for path in IMPLICIT {
        let path_of = |index: u32| session.packages[index as usize].path.as_str();
        if !packages.iter().any(|index| path_of(*index) == *path) {
            let all = FIRST..FIRST + session.inputs.len() as u32;
            packages.extend(all.into_iter().find(|index| path_of(*index) == *path));
        }
    }
    let mut packages = closure(session, packages);
    packages.sort_unstable();
    packages
}

/// Packages and all they import.
fn closure(session: &Session<'_>, roots: Vec<u32>) -> Vec<u32> {
    let mut needed = roots;
    let mut at = 0;
    while at < needed.len() {
        for (_, import) in &session.inputs[(needed[at] - FIRST) as usize].imports {
            if *import >= FIRST && !needed.contains(import) {
                needed.push(*import);
            }
        }
        at += 1;
    }
    needed
}

/// Appends what `roots` need.
fn initialise_closure(p: &Program<'_, '_>, roots: Vec<u32>, order: &mut Vec<u32>) {
    let mut needed = closure(p.session, roots);
    needed.retain(|index| !order.contains(index));
    needed.sort_by_key(|index| p.package(*index).path);
    let end = order.len() + needed.len();
    while order.len() < end {
        let ready = needed.iter().find(|index| {
            let imports = &p.session.inputs[(**index - FIRST) as usize].imports;
            !order.contains(index)
                && imports.iter().all(|(_, import)| *import < FIRST || order.contains(import))
        });
        order.push(*ready.expect("imports have no cycle"));
    }
}

fn init_symbol(p: &Program<'_, '_>, index: u32) -> Rc<str> {
    format!("{}.init", crate::names::package_path(p.package(index))).into()
}

/// Lowers a package's initialiser; `false` if there is nothing to do.
fn lower_package_init(p: &mut Program<'_, '_>, index: u32) -> bool {
    let checked = &p.checked[(index - FIRST) as usize];
    let inits: Vec<_> = (0..p.session.inputs[(index - FIRST) as usize].files.len())
        .flat_map(|idx| init_functions(p.file(index, idx)).map(move |decl| (idx, decl)))
        .collect();
    let symbol = init_symbol(p, index);
    let given = given_strings(p, index);
    let mut builder_calls: Vec<Rc<str>> = Vec::new();
    for (n, (obj, text)) in given.iter().enumerate() {
        let symbol: Rc<str> = format!("{symbol}.string{n}").into();
        lower_given_string(p, obj, text, &symbol);
        builder_calls.push(symbol);
    }
    for (n, initializer) in checked.init_order.iter().enumerate() {
        if is_given(p, index, initializer, &given) {
            continue;
        }
        let symbol: Rc<str> = format!("{symbol}.var{n}").into();
        lower_variable(p, index, initializer.file, &initializer.lhs, initializer.rhs, &symbol);
        builder_calls.push(symbol);
    }
    for (n, (file, decl)) in inits.into_iter().enumerate() {
        let symbol: Rc<str> = format!("{symbol}.{n}").into();
        lower_init_function(p, index, file, decl, &symbol);
        builder_calls.push(symbol);
    }
    if builder_calls.is_empty() {
        return false;
    }
    let mut builder = ssa::Builder::new(&*symbol, ssa::Signature::default());
    for call in builder_calls {
        builder.call(&call, Vec::new(), &[]);
    }
    builder.ret(Vec::new());
    p.out.funcs.push(builder.finish());
    true
}

fn init_functions<'a, 's>(file: SourceFile<'a, 's>) -> impl Iterator<Item = &'s syntax::FuncDecl> {
    file.tree.decls.iter().filter_map(|decl| match decl {
        Decl::Func(decl) if decl.recv.is_none() && decl.name.name.as_str() == "init" => Some(decl),
        _ => None,
    })
}

fn no_params<'a, 's>(p: &Program<'a, 's>) -> types::Ty<'s> {
    p.checker.alloc(Type::Signature(types::Signature {
        tparams: &[],
        recv_tparams: &[],
        recv: None,
        params: &[],
        results: &[],
        variadic: false,
    }))
}

fn lower_init_function<'a, 's>(
    p: &mut Program<'a, 's>,
    index: u32,
    file: usize,
    decl: &'s syntax::FuncDecl,
    symbol: &Rc<str>,
) {
    let file = p.file(index, file);
    let Some(body) = file.tree[decl.func].body else {
        p.error(source::Pos { file: file.id, offset: decl.pos }, "missing function body");
        return;
    };
    let captures = Rc::new(Captures::of_func(file, decl.func, None));
    let src = Rc::new(Source { file, pkg: index, tparams: &[], targs: Vec::new(), captures });
    let sig = no_params(p);
    let lowerer = Lowerer::new(p, src, symbol.clone(), sig, None, Context::None, decl.pos);
    lowerer.body(decl.func, &body, None, sig);
}

/// The variables of a package that the build gives a value (`-ldflags=-X`). Names that are no variable are ignored, as by gc.
fn given_strings<'s>(p: &mut Program<'_, 's>, index: u32) -> Vec<(Obj<'s>, String)> {
    let package = p.package(index);
    let path = format!("{}.", crate::names::package_path(package));
    let mut given: Vec<(Obj<'s>, String)> = Vec::new();
    for (name, text) in &p.options.strings {
        let obj = name.strip_prefix(&path).and_then(|name| package.lookup(Name::new(name)));
        let Some(obj) = obj.filter(|obj| matches!(obj.kind, ObjKind::Var { .. })) else { continue };
        let ty = p.intern(obj.ty().expect("variables are typed"));
        let link = p.data(ty).link.clone();
        if &*link != "string" {
            let text = format!("{name}: cannot set with -X: not a var of type string (type:{link})");
            p.error(source::Pos::NONE, text);
            continue;
        }
        // Of several values for one variable the last counts.
        given.retain(|(known, _)| !std::ptr::eq(*known, obj));
        given.push((obj, text.clone()));
    }
    given
}

fn lower_given_string<'s>(p: &mut Program<'_, 's>, obj: Obj<'s>, text: &str, symbol: &Rc<str>) {
    let src = p.synthetic_source();
    let sig = no_params(p);
    let mut l = Lowerer::new(p, src, symbol.clone(), sig, None, Context::None, 0);
    let (ty, global) = (l.type_id(obj.ty().expect("variables are typed")), l.global(obj));
    let val = l.string_const(text.as_bytes());
    let addr = l.b.sym_addr(&global, 0);
    l.store(ty, addr, 0, &val, false);
    l.b.ret(Vec::new());
    let func = l.b.finish();
    l.p.out.funcs.push(func);
}

/// Whether an initialiser gives one of these variables a constant, so that it is left out.
fn is_given<'s>(
    p: &Program<'_, 's>,
    index: u32,
    initializer: &Initializer<'s>,
    given: &[(Obj<'s>, String)],
) -> bool {
    let [obj] = initializer.lhs[..] else { return false };
    let info = p.file(index, initializer.file).info.exprs[initializer.rhs.index()];
    given.iter().any(|(known, _)| std::ptr::eq(*known, obj)) && info.is_some_and(|info| info.value.is_some())
}

/// Lowers `var lhs = rhs` of a package.
fn lower_variable<'a, 's>(
    p: &mut Program<'a, 's>,
    index: u32,
    file: usize,
    lhs: &[Obj<'s>],
    rhs: syntax::ExprId,
    symbol: &Rc<str>,
) {
    let file = p.file(index, file);
    let captures = Rc::new(Captures::of_expr(file, rhs));
    let src = Rc::new(Source { file, pkg: index, tparams: &[], targs: Vec::new(), captures });
    let sig = no_params(p);
    let start = file.tree[rhs].span.start;
    let mut l = Lowerer::new(p, src, symbol.clone(), sig, None, Context::None, start);
    l.at(start);
    let vals = l.right_side(&[rhs], lhs.len());
    for (obj, (from, expr, val)) in lhs.iter().zip(vals) {
        if obj.name.is_blank() {
            continue;
        }
        let to = l.type_id(obj.ty().expect("variables are typed"));
        let val = match expr {
            Some(expr) if l.is_nil(expr) => l.zero(to),
            _ => l.assign_convert(val, from, to),
        };
        let global = l.global(obj);
        let addr = l.b.sym_addr(&global, 0);
        l.store(to, addr, 0, &val, false);
    }
    l.b.ret(Vec::new());
    let func = l.b.finish();
    l.p.out.funcs.push(func);
}

impl<'a, 's> Program<'a, 's> {
    /// What functions without a declaration stand in: the first file, no captures.
    pub fn synthetic_source(&self) -> Rc<Source<'a, 's>> {
        let file = self.file(FIRST, 0);
        Rc::new(Source {
            file,
            pkg: FIRST,
            tparams: &[],
            targs: Vec::new(),
            captures: Rc::new(Captures::default()),
        })
    }
}
