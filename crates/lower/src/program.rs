//! The program being lowered: what is reached, what is still to do, what has come out.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};
use source::{Pos, SourceMap};
use syntax::{Decl, FuncDecl};
use types::phases::Checked;
use types::{Checker, FIRST, FileInfo, Obj, ObjKind, Package, Session, Ty, Type};

use crate::assembly::{Assembled, Assembly};
use crate::capture::Captures;
use crate::equality::{lower_equal, lower_hash};
use crate::func::lower_func;
use crate::init::{PackageInit, finish_init, lower_init, lower_mentioned, lower_package, program_packages};
use crate::intrinsic::{is_intrinsic, lower_entry, lower_intrinsic};
use crate::itab::{lower_direct_method, lower_itab_method};
use crate::layout::{TypeData, TypeId, TypeTable};
use crate::linkname::Linknames;
use crate::methods::MethodTables;
use crate::names;
use crate::static_init::Contents;

/// Something that cannot be lowered, with its position.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error {
    /// Where.
    pub pos: Pos,
    /// What, in Go's words.
    pub text: String,
}

/// A declared function or method with the type arguments it is lowered for.
#[derive(Clone, Debug)]
pub struct Instance<'s> {
    /// The declared function; for methods of instances, that of the generic type.
    pub obj: Obj<'s>,
    /// Type parameters of the function, or those of its receiver.
    pub tparams: &'s [Ty<'s>],
    /// What they stand for; no type parameters in them.
    pub targs: Vec<Ty<'s>>,
    /// The receiver's type, without a pointer.
    pub recv: Option<Ty<'s>>,
    /// Its symbol.
    pub symbol: Rc<str>,
}

/// Where a function is declared.
#[derive(Clone, Copy)]
pub struct FuncSource<'s> {
    /// The number of the package in the session.
    pub pkg: u32,
    /// The number of the file in the package.
    pub file: usize,
    /// The declaration.
    pub decl: &'s FuncDecl,
}

/// A file of a checked package.
#[derive(Clone, Copy)]
pub struct SourceFile<'a, 's> {
    /// Its tree.
    pub tree: &'s syntax::File,
    /// What the checker knows of it.
    pub info: &'a FileInfo<'s>,
    /// Its number in the source map.
    pub id: source::FileId,
}

/// What is to be lowered.
pub(crate) enum Work<'s> {
    /// A declared function.
    Func(Instance<'s>),
    /// The func value of a function: a closure without captures that calls it.
    FuncValue { target: Rc<str>, sig: ssa::Signature },
    /// The code in an itab: takes the data word, finds the receiver, calls the method.
    ItabMethod { symbol: Rc<str>, ty: TypeId, method: Obj<'s> },
    /// A method as the code of a func value that takes the receiver first.
    DirectMethod { symbol: Rc<str>, ty: TypeId, method: Obj<'s> },
    /// A function without a body: it calls the entry `symbol` of the runtime archive.
    Entry { code: Rc<str>, symbol: Rc<str>, obj: Obj<'s> },
    /// A function whose body the compiler writes.
    Intrinsic(Instance<'s>),
    /// What a descriptor says of equality: `func(p, q unsafe.Pointer) bool`.
    Equal { symbol: Rc<str>, ty: TypeId },
    /// What a map type says of its keys: `func(p unsafe.Pointer, seed uintptr) uintptr`.
    Hash { symbol: Rc<str>, ty: TypeId },
}

impl Work<'_> {
    /// What is lowered, and where it is declared.
    fn place(&self) -> (Rc<str>, Pos) {
        match self {
            Work::Func(instance) | Work::Intrinsic(instance) => (instance.symbol.clone(), instance.obj.pos),
            Work::FuncValue { target, .. } => (target.clone(), Pos::NONE),
            Work::ItabMethod { symbol, method, .. } | Work::DirectMethod { symbol, method, .. } => {
                (symbol.clone(), method.pos)
            }
            Work::Entry { symbol, obj, .. } => (symbol.clone(), obj.pos),
            Work::Equal { symbol, .. } | Work::Hash { symbol, .. } => (symbol.clone(), Pos::NONE),
        }
    }
}

/// The program.
pub(crate) struct Program<'a, 's> {
    pub session: &'s Session<'s>,
    pub map: &'a SourceMap,
    pub checked: &'a [Checked<'s>],
    pub checker: Checker<'s>,
    pub types: TypeTable<'s>,
    pub out: ssa::Program,
    pub errors: Vec<Error>,
    // What is declared where, by the address of the object.
    sources: FxHashMap<usize, FuncSource<'s>>,
    /// The packages of the program, in the order of their numbers. Others of the session may have the same paths.
    pub packages: Vec<u32>,
    pub linknames: Linknames<'s>,
    pub methods: MethodTables<'s>,
    /// Descriptors of unnamed types with the strings they are sorted by, for `reflect`.
    pub typelinks: Vec<(String, Rc<str>)>,
    queue: VecDeque<Work<'s>>,
    known: FxHashSet<Rc<str>>,
    /// What runs before `main.main`, package by package.
    pub inits: Vec<PackageInit>,
    /// The contents of variables that are initialised as data.
    pub static_vars: Contents,
    captures: FxHashMap<usize, Rc<Captures>>,
    pub options: &'a Options,
    /// Not there while it is at work.
    pub assembly: Option<&'a mut dyn Assembly>,
    /// The packages whose assembly was asked for.
    pub asm: FxHashMap<u32, Assembled>,
    /// Names of the variables that debuggers are shown, by the address of their object.
    pub debug_names: FxHashMap<usize, ssa::Symbol>,
}

/// Where lowering begins. Packages go by their numbers in the session.
#[derive(Clone, Copy, Debug)]
pub enum Roots<'r> {
    /// The program of this main package.
    Program(u32),
    /// All functions of these packages, which are no program.
    Packages(&'r [u32]),
}

/// What else is asked of lowering.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Local variables live in the frame, where a debugger finds them.
    pub debug_vars: bool,
    /// Values that package variables of type string begin with instead of their own, by `path.name`.
    pub strings: Vec<(String, String)>,
}

/// Lowers what is reached from the roots. `checked` holds the packages of the session from [`FIRST`] on.
pub fn lower<'a, 's>(
    session: &'s Session<'s>,
    map: &'a SourceMap,
    checked: &'a [Checked<'s>],
    roots: Roots<'_>,
    options: &'a Options,
    assembly: &'a mut dyn Assembly,
) -> Result<ssa::Program, Vec<Error>> {
    let main = match roots {
        Roots::Program(main) => main,
        Roots::Packages(packages) => packages.first().copied().unwrap_or(FIRST),
    };
    let mut program = Program {
        session,
        map,
        checked,
        checker: session.query(main),
        types: TypeTable::default(),
        out: ssa::Program::default(),
        errors: Vec::new(),
        sources: FxHashMap::default(),
        packages: Vec::new(),
        linknames: Linknames::default(),
        methods: MethodTables::default(),
        typelinks: Vec::new(),
        queue: VecDeque::new(),
        known: FxHashSet::default(),
        inits: Vec::new(),
        static_vars: Contents::default(),
        captures: FxHashMap::default(),
        options,
        assembly: Some(assembly),
        asm: FxHashMap::default(),
        debug_names: FxHashMap::default(),
    };
    program.packages = match roots {
        Roots::Program(main) => program_packages(session, &[main]),
        Roots::Packages(packages) => program_packages(session, packages),
    };
    program.find_sources();
    crate::limits::check(&mut program);
    if !program.errors.is_empty() {
        return Err(program.errors);
    }
    program.find_linknames();
    // Its datum is made at the end.
    program.claim(&crate::descriptor::TYPELINKS.into());
    program.reach_runtime();
    let main_func = match roots {
        Roots::Program(main) => lower_init(&mut program, main),
        Roots::Packages(packages) => {
            packages.iter().for_each(|package| lower_package(&mut program, *package));
            None
        }
    };
    while let Some(work) = program.next_work() {
        let (symbol, pos) = work.place();
        let done = catch_unwind(AssertUnwindSafe(|| lower_work(&mut program, roots, work)));
        if let Err(payload) = done {
            let texts = (payload.downcast_ref::<String>(), payload.downcast_ref::<&str>());
            let text = texts.0.map(String::as_str).or(texts.1.copied()).unwrap_or("a panic without a text");
            program.error(pos, format!("internal error while compiling {symbol}: {text}"));
            return Err(program.errors);
        }
    }
    finish_init(&mut program, main_func);
    program.fill_static_vars();
    program.emit_method_tables();
    program.emit_typelinks();
    if program.errors.is_empty() { Ok(program.out) } else { Err(program.errors) }
}

fn lower_work<'s>(program: &mut Program<'_, 's>, roots: Roots<'_>, work: Work<'s>) {
    match work {
        Work::Func(instance) if is_elsewhere(program, roots, &instance) => {}
        Work::Func(instance) => lower_func(program, &instance),
        Work::FuncValue { target, sig } => program.lower_func_value(&target, sig),
        Work::ItabMethod { symbol, ty, method } => lower_itab_method(program, &symbol, ty, method),
        Work::DirectMethod { symbol, ty, method } => lower_direct_method(program, &symbol, ty, method),
        Work::Entry { code, symbol, obj } => lower_entry(program, &code, &symbol, obj),
        Work::Intrinsic(instance) => lower_intrinsic(program, &instance),
        Work::Equal { symbol, ty } => lower_equal(program, &symbol, ty),
        Work::Hash { symbol, ty } => lower_hash(program, &symbol, ty),
    }
}

/// Whether a function belongs to packages that are not asked for, which are compiled where they are. What they declare
/// generic is compiled where it is instantiated.
fn is_elsewhere<'s>(program: &Program<'_, 's>, roots: Roots<'_>, instance: &Instance<'s>) -> bool {
    let Roots::Packages(packages) = roots else { return false };
    let source = program.source(instance.obj);
    instance.targs.is_empty() && source.is_some_and(|source| !packages.contains(&source.pkg))
}

impl<'a, 's> Program<'a, 's> {
    /// Returns a file of a package.
    pub fn file(&self, pkg: u32, file: usize) -> SourceFile<'a, 's> {
        let input = &self.session.inputs[(pkg - FIRST) as usize].files[file];
        SourceFile { tree: &input.tree, info: &self.checked[(pkg - FIRST) as usize].info[file], id: input.id }
    }

    /// Returns where a function is declared.
    pub fn source(&self, obj: Obj<'s>) -> Option<FuncSource<'s>> {
        self.sources.get(&address(obj)).copied()
    }

    fn find_sources(&mut self) {
        for pkg in self.packages.clone() {
            for idx in 0..self.session.inputs[(pkg - FIRST) as usize].files.len() {
                let file = self.file(pkg, idx);
                for decl in &file.tree.decls {
                    let Decl::Func(decl) = decl else { continue };
                    if let Some(obj) = file.info.defs.get(&decl.name.pos) {
                        self.sources.insert(address(obj), FuncSource { pkg, file: idx, decl });
                    }
                }
            }
        }
    }

    /// Reports that something is not there yet, or cannot be.
    pub fn error(&mut self, pos: Pos, text: impl Into<String>) {
        let error = Error { pos, text: text.into() };
        if !self.errors.contains(&error) {
            self.errors.push(error);
        }
    }

    /// Finds or adds a type without type parameters.
    pub fn intern(&mut self, ty: Ty<'s>) -> TypeId {
        self.types.intern(&mut self.checker, ty)
    }

    /// Returns what is known of a type.
    pub fn data(&self, ty: TypeId) -> Rc<TypeData<'s>> {
        self.types.get(ty).clone()
    }

    /// Puts work into the queue unless its symbol is known.
    pub fn request(&mut self, symbol: &Rc<str>, work: impl FnOnce() -> Work<'s>) {
        if self.known.insert(symbol.clone()) {
            self.queue.push_back(work());
        }
    }

    /// The next thing to do. When all that calls ask for is done, methods may be wanted that only now can be called.
    fn next_work(&mut self) -> Option<Work<'s>> {
        self.queue.pop_front().or_else(|| {
            self.reach_methods();
            lower_mentioned(self);
            self.queue.pop_front()
        })
    }

    /// Reaches what `codegen` and the runtime archive call by themselves, where the program has it in Go.
    fn reach_runtime(&mut self) {
        for entry in abi::entry::ENTRIES {
            let by_itself =
                matches!(entry.form, abi::entry::Form::NoReturn) || entry.name == "runtime.newobject";
            if let (true, Some(obj)) = (by_itself, self.func_named(entry.name)) {
                self.reach(obj, None, &[]);
            }
        }
    }

    /// Reports whether a symbol was mentioned.
    pub fn is_known(&self, symbol: &Rc<str>) -> bool {
        self.known.contains(symbol)
    }

    /// Notes a symbol; `false` if it was known.
    pub fn claim(&mut self, symbol: &Rc<str>) -> bool {
        self.known.insert(symbol.clone())
    }

    /// Reaches a declared function with type arguments, or a method of the named type `recv`, and returns its symbol.
    pub fn reach(&mut self, obj: Obj<'s>, recv: Option<Ty<'s>>, targs: &[Ty<'s>]) -> Rc<str> {
        let ObjKind::Func { origin, .. } = &obj.kind else { panic!("{obj:?} is no function") };
        let origin = origin.unwrap_or(obj);
        let (tparams, targs, recv) = self.type_environment(origin, recv, targs);
        let symbol: Rc<str> =
            self.given_symbol(origin).unwrap_or_else(|| names::func_symbol(origin, recv, &targs).into());
        if let "reflect.Value.Method" | "reflect.Value.MethodByName" = &*symbol {
            self.methods.all_exported = true;
        }
        if is_intrinsic(origin) {
            let instance = Instance { obj: origin, tparams, targs, recv, symbol: symbol.clone() };
            self.request(&symbol, || Work::Intrinsic(instance));
            return symbol;
        }
        if let Some(target) = self.bodyless_target(origin, &symbol) {
            return target;
        }
        let instance = Instance { obj: origin, tparams, targs, recv, symbol: symbol.clone() };
        self.request(&symbol, || Work::Func(instance));
        symbol
    }

    fn type_environment(
        &self,
        origin: Obj<'s>,
        recv: Option<Ty<'s>>,
        targs: &[Ty<'s>],
    ) -> (&'s [Ty<'s>], Vec<Ty<'s>>, Option<Ty<'s>>) {
        let Some(Type::Signature(sig)) = origin.ty() else { panic!("{origin:?} has no signature") };
        let Some(recv) = recv else { return (sig.tparams, targs.to_vec(), None) };
        let recv = match types::predicates::unalias(recv) {
            Type::Pointer(base) => types::predicates::unalias(base),
            base => base,
        };
        match recv {
            Type::Named(named) => (sig.recv_tparams, named.targs.to_vec(), Some(recv)),
            other => panic!("method {origin:?} of {other:?}, which has none"),
        }
    }

    /// Returns the symbol of a func value (a datum with the code's address) for a function.
    pub fn func_value(&mut self, target: &Rc<str>, sig: ssa::Signature) -> Rc<str> {
        let symbol: Rc<str> = format!("{target}·f").into();
        self.request(&symbol, || Work::FuncValue { target: target.clone(), sig });
        symbol
    }

    /// Makes `target·f`, a closure object without captures, and the code that drops the context.
    fn lower_func_value(&mut self, target: &Rc<str>, sig: ssa::Signature) {
        if crate::reflect_stub::is_entered(target) {
            self.static_func_value(&format!("{target}·f"), target);
            return;
        }
        let code = format!("{target}·closure");
        let mut params = vec![ssa::Type::Ptr];
        params.extend(&sig.params);
        let mut builder = ssa::Builder::new(&*code, ssa::Signature { params, results: sig.results.clone() });
        let flags = &mut builder.func_mut().flags;
        (flags.closure, flags.wrapper) = (true, true);
        builder.func_mut().scopes[0].func = (&**target).into();
        builder.func_mut().scopes[0].wrapper = true;
        let args = (0..sig.params.len()).map(|n| builder.param(n + 1)).collect();
        let results = builder.call(target, args, &sig.results);
        builder.ret(results.iter().collect());
        self.out.funcs.push(builder.finish());
        self.static_func_value(&format!("{target}·f"), &code);
    }

    /// Emits a closure object without captures.
    pub fn static_func_value(&mut self, datum: &str, code: &str) {
        self.out.datas.push(ssa::Data {
            name: datum.into(),
            align: 8,
            size: 8,
            relocs: vec![ssa::DataReloc {
                off: 0,
                kind: ssa::DataRelocKind::Addr,
                target: code.into(),
                addend: 0,
            }],
            readonly: true,
            ..Default::default()
        });
    }

    /// Returns which variables of a declared function are shared with closures or have their address taken.
    pub fn captures(&mut self, source: FuncSource<'s>) -> Rc<Captures> {
        let key = std::ptr::from_ref(source.decl) as usize;
        if let Some(known) = self.captures.get(&key) {
            return known.clone();
        }
        let file = self.file(source.pkg, source.file);
        let sig = file.info.defs.get(&source.decl.name.pos).and_then(|obj| obj.ty());
        let captures = Rc::new(Captures::of_func(file, source.decl.func, sig));
        self.captures.insert(key, captures.clone());
        captures
    }

    /// Returns the package with this number.
    pub fn package(&self, index: u32) -> &'s Package<'s> {
        &self.session.packages[index as usize]
    }
}

/// The key of an object in tables.
pub(crate) fn address(obj: Obj<'_>) -> usize {
    std::ptr::from_ref(obj) as usize
}
