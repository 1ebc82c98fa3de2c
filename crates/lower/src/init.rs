//! The program itself: package variables, `init` functions, `main.main`.

use std::rc::Rc;

use source::Name;
use syntax::Decl;
use types::phases::Initializer;
use types::{FIRST, Obj, ObjKind, Session, Type};

use crate::capture::Captures;
use crate::effect::is_effect_free;
use crate::func::{Context, Lowerer, Source};
use crate::program::{Program, SourceFile};

/// What a package does before its importers run, in this order.
pub(crate) struct PackageInit {
    symbol: Rc<str>,
    steps: Vec<Step>,
}

enum Step {
    /// A function, lowered.
    Call(Rc<str>),
    /// A function that is called if the program mentions a variable.
    Mentioned { var: Rc<str>, func: &'static str },
    /// The initialiser `n` of package `index`, which nobody misses as long as nothing mentions its variables.
    Unasked { index: u32, n: usize, vars: Vec<Rc<str>> },
}

/// Lowers the initialisers of all packages that `main` needs, and `main.main`, whose symbol is returned.
pub(crate) fn lower_init(p: &mut Program<'_, '_>, main: u32) -> Option<Rc<str>> {
    for index in initialisation_order(p, main) {
        // The runtime archive mentions variables that Go may not.
        let all = IMPLICIT.contains(&p.package(index).path.as_str());
        lower_package_init(p, index, all);
    }
    let main_func = p.package(main).lookup(Name::new("main"));
    let Some(main_func) = main_func.filter(|obj| matches!(obj.kind, ObjKind::Func { .. })) else {
        p.error(source::Pos::NONE, "function main is undeclared in the main package");
        return None;
    };
    for name in abi::symbols::UPCALLS {
        if let Some(obj) = p.func_named(name) {
            p.reach(obj, None, &[]);
        }
    }
    Some(p.reach(main_func, None, &[]))
}

/// Lowers the initialisers of variables that were mentioned since.
pub(crate) fn lower_mentioned(p: &mut Program<'_, '_>) {
    for place in 0..p.inits.len() {
        let is_asked = |step: &Step| match step {
            Step::Call(_) => false,
            Step::Mentioned { var, .. } => p.is_known(var),
            Step::Unasked { vars, .. } => vars.iter().any(|var| p.is_known(var)),
        };
        if !p.inits[place].steps.iter().any(is_asked) {
            continue;
        }
        for step in std::mem::take(&mut p.inits[place].steps) {
            let step = match step {
                Step::Unasked { index, n, vars } if vars.iter().any(|var| p.is_known(var)) => {
                    lower_variable(p, index, n).map(Step::Call)
                }
                Step::Mentioned { var, func } if p.is_known(&var) => {
                    let obj = p.func_named(func);
                    obj.map(|obj| Step::Call(p.reach(obj, None, &[])))
                }
                step => Some(step),
            };
            p.inits[place].steps.extend(step);
        }
    }
}

/// Makes the function of each package that initialises it, and `go.main`: it calls them in the order of
/// imports (ties by path, as gc), then `main.main`.
pub(crate) fn finish_init(p: &mut Program<'_, '_>, main_func: Option<Rc<str>>) {
    let mut calls: Vec<Rc<str>> = Vec::new();
    for PackageInit { symbol, steps } in std::mem::take(&mut p.inits) {
        let mut builder = ssa::Builder::new(&*symbol, ssa::Signature::default());
        let mut n_calls = 0;
        for step in &steps {
            if let Step::Call(func) = step {
                builder.call(func, Vec::new(), &[]);
                n_calls += 1;
            }
        }
        builder.ret(Vec::new());
        if n_calls > 0 {
            p.out.funcs.push(builder.finish());
            calls.push(symbol);
        }
    }
    let Some(main_func) = main_func else { return };
    let mut builder = ssa::Builder::new(abi::symbols::PROGRAM, ssa::Signature::default());
    // Above `main.main` programs see `runtime.main`, which calls this.
    builder.func_mut().flags.wrapper = true;
    builder.func_mut().scopes[0].wrapper = true;
    for symbol in calls {
        builder.call(&symbol, Vec::new(), &[]);
    }
    // What initialisers have left on the stack would keep objects alive in the frames of main.
    builder.call_runtime("runtime.clearstack", Vec::new(), &[]);
    builder.call_runtime("runtime.initdone", Vec::new(), &[]);
    builder.call(&main_func, Vec::new(), &[]);
    builder.ret(Vec::new());
    p.out.funcs.push(builder.finish());
}

/// Lowers all of a package that is not generic: its initialiser, its functions and methods.
pub(crate) fn lower_package(p: &mut Program<'_, '_>, index: u32) {
    lower_package_init(p, index, true);
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

/// Lowers a package's initialisers and `init` functions; unless `all` are wanted, without those whose only effect is
/// the value of a variable.
fn lower_package_init(p: &mut Program<'_, '_>, index: u32, all: bool) {
    let checked = &p.checked[(index - FIRST) as usize];
    let symbol = init_symbol(p, index);
    let mut steps = Vec::new();
    if package_path_is(p, index, "internal/cpu") {
        // gc's runtime does that in any case, before everything else.
        steps.push(Step::Mentioned { var: "internal/cpu.X86".into(), func: "runtime.cpuinit" });
    }
    let given = given_strings(p, index);
    for (n, (obj, text)) in given.iter().enumerate() {
        let symbol = format!("{symbol}.string{n}").into();
        steps.extend(lower_given_string(p, obj, text, symbol).map(Step::Call));
    }
    for (n, initializer) in checked.init_order.iter().enumerate() {
        if is_given(p, index, initializer, &given) {
            continue;
        }
        if !all && is_effect_free(p.file(index, initializer.file), initializer.rhs) {
            let vars = initializer.lhs.iter().filter(|obj| !obj.name.is_blank());
            steps.push(Step::Unasked { index, n, vars: vars.map(|obj| p.variable_symbol(obj)).collect() });
        } else {
            steps.extend(lower_variable(p, index, n).map(Step::Call));
        }
    }
    let inits: Vec<_> = (0..p.session.inputs[(index - FIRST) as usize].files.len())
        .flat_map(|idx| init_functions(p.file(index, idx)).map(move |decl| (idx, decl)))
        .collect();
    for (n, (file, decl)) in inits.into_iter().enumerate() {
        let symbol: Rc<str> = format!("{symbol}.{n}").into();
        lower_init_function(p, index, file, decl, &symbol);
        steps.push(Step::Call(symbol));
    }
    p.inits.push(PackageInit { symbol, steps });
}

fn package_path_is(p: &Program<'_, '_>, index: u32, path: &str) -> bool {
    p.package(index).path.as_str() == path
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

/// Gives a variable a string: as data where that can be done, otherwise by a function, whose symbol is returned.
fn lower_given_string<'s>(
    p: &mut Program<'_, 's>,
    obj: Obj<'s>,
    text: &str,
    symbol: Rc<str>,
) -> Option<Rc<str>> {
    let src = p.synthetic_source();
    let sig = no_params(p);
    let mut l = Lowerer::new(p, src, symbol.clone(), sig, None, Context::None, 0);
    let (ty, global) = (l.type_id(obj.ty().expect("variables are typed")), l.global(obj));
    let val = l.string_const(text.as_bytes());
    let addr = l.b.sym_addr(&global, 0);
    l.store(ty, addr, 0, &val, false);
    l.b.ret(Vec::new());
    let func = l.b.finish();
    if p.make_static(&func, &[(global, ty)]) {
        return None;
    }
    p.out.funcs.push(func);
    Some(symbol)
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

/// Lowers the initialiser `var lhs = rhs` with number `n` of a package: to data where that can be done, otherwise to a
/// function, whose symbol is returned.
fn lower_variable(p: &mut Program<'_, '_>, index: u32, n: usize) -> Option<Rc<str>> {
    let checked = p.checked;
    let initializer = &checked[(index - FIRST) as usize].init_order[n];
    let (lhs, rhs) = (&initializer.lhs, initializer.rhs);
    let symbol: Rc<str> = format!("{}.var{n}", init_symbol(p, index)).into();
    let file = p.file(index, initializer.file);
    let captures = Rc::new(Captures::of_expr(file, rhs));
    let src = Rc::new(Source { file, pkg: index, tparams: &[], targs: Vec::new(), captures });
    let sig = no_params(p);
    let start = file.tree[rhs].span.start;
    let mut l = Lowerer::new(p, src, symbol.clone(), sig, None, Context::None, start);
    l.is_initializer = true;
    l.at(start);
    let mut vars = Vec::new();
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
        vars.push((global, to));
    }
    l.b.ret(Vec::new());
    let func = l.b.finish();
    if p.make_static(&func, &vars) {
        return None;
    }
    p.out.funcs.push(func);
    Some(symbol)
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
