//! Functions in assembly: the ways in and out (`ssa::Border`), and `go_asm.h`.
//!
//! A Go function without a body, which neither Go nor the runtime archive defines, may be defined by its package's
//! assembly. That is assembled when the first such function is reached. What the assembly mentions is reached like what Go
//! mentions: variables, Go functions through a way back, functions in other packages' assembly.

use std::fmt::Write;
use std::rc::Rc;

use abi::symbols::ABI0_SUFFIX;
use source::{Name, Pos};
use ssa::{Abi0Place, Border};
use types::constant::Value;
use types::{Obj, ObjKind, Type, VarRole};

use crate::layout::{Kind, Shape, TypeId};
use crate::names::package_path;
use crate::program::Program;

/// A function that a package's assembly defines.
#[derive(Clone, Debug)]
pub struct AsmFunc {
    /// Its name in Go.
    pub name: String,
    /// Its file, as tracebacks show it.
    pub file: String,
    /// Its line.
    pub line: u32,
    /// The stack that it needs, with what it calls in its package's assembly.
    pub stack_bytes: u32,
    /// Other symbols that it needs, itself or through its package's assembly.
    pub mentions: Vec<String>,
}

/// The assembly of the packages of a session.
pub trait Assembly {
    /// Assembles a package's files, if it has any; asked once for each package. `path` is the package's in symbols, `header` makes
    /// its `go_asm.h`. `None` when they are wrong, which the implementor reports.
    fn assemble(
        &mut self,
        package: u32,
        path: &str,
        header: &mut dyn FnMut() -> String,
    ) -> Option<Vec<AsmFunc>>;
}

/// What is known of a package's assembly.
pub(crate) enum Assembled {
    /// Its functions.
    Funcs(Vec<Rc<AsmFunc>>),
    /// It is wrong, and that was said.
    Wrong,
}

/// What the assembly of a package says of a symbol.
pub(crate) enum Found {
    Func(Rc<AsmFunc>),
    No,
    /// It might define it, but is wrong.
    Wrong,
}

impl<'a, 's> Program<'a, 's> {
    /// Looks for a function in a package's assembly.
    pub fn asm_func(&mut self, pkg: u32, symbol: &str) -> Found {
        if !self.asm.contains_key(&pkg) {
            let path = package_path(self.package(pkg)).to_string();
            let assembly = self.assembly.take().expect("it is given back");
            let funcs = assembly.assemble(pkg, &path, &mut || self.go_asm_header(pkg));
            self.assembly = Some(assembly);
            let assembled = match funcs {
                Some(funcs) => Assembled::Funcs(funcs.into_iter().map(Rc::new).collect()),
                None => Assembled::Wrong,
            };
            self.asm.insert(pkg, assembled);
        }
        match &self.asm[&pkg] {
            Assembled::Wrong => Found::Wrong,
            Assembled::Funcs(funcs) => {
                let found = funcs.iter().find(|func| func.name == symbol);
                found.map_or(Found::No, |func| Found::Func(func.clone()))
            }
        }
    }

    /// Makes the way into the assembly of a Go function without a body; false if no assembly defines it.
    pub fn reach_asm(&mut self, obj: Obj<'s>, symbol: &Rc<str>) -> bool {
        if self.is_known(symbol) {
            return self.out.borders.iter().any(|border| *border.name == **symbol);
        }
        let named = self.package_of(symbol).map(|(pkg, _)| pkg);
        for pkg in obj.pkg.map(|pkg| pkg.index).into_iter().chain(named) {
            match self.asm_func(pkg, symbol) {
                Found::No => {}
                Found::Wrong => return true,
                Found::Func(func) => {
                    self.claim(symbol);
                    let scope = (func.name.as_str().into(), func.file.as_str().into(), func.line);
                    let asm_bytes = self.asm_bytes(&func, &mut Vec::new());
                    let noescape = self.has_directive(obj, "go:noescape");
                    let target = format!("{}{ABI0_SUFFIX}", func.name);
                    let border = self.border(obj, symbol, &target, scope);
                    let mut uses = Vec::new();
                    self.reach_mentions(&func, obj.pos, &mut uses);
                    self.out.borders.push(Border { asm_bytes, noescape, uses, ..border });
                    return true;
                }
            }
        }
        false
    }

    fn has_directive(&self, obj: Obj<'s>, text: &str) -> bool {
        self.source(obj).is_some_and(|source| {
            let file = self.file(source.pkg, source.file);
            file.tree[source.decl.directives].iter().any(|directive| directive.text == text)
        })
    }

    /// The package that a symbol names, if the program has it, and the rest of the symbol.
    fn package_of<'n>(&self, symbol: &'n str) -> Option<(u32, &'n str)> {
        let slash = symbol.rfind('/').map_or(0, |idx| idx + 1);
        let dot = slash + symbol[slash..].find('.')?;
        Some((self.linknames.package(&symbol[..dot])?, &symbol[dot + 1..]))
    }

    /// The stack that a function needs with what it calls in other packages' assembly.
    fn asm_bytes(&mut self, func: &Rc<AsmFunc>, path: &mut Vec<String>) -> u32 {
        if path.contains(&func.name) {
            return 0;
        }
        path.push(func.name.clone());
        let mut below = 0;
        for name in &func.mentions {
            let Some((pkg, _)) = self.package_of(name) else { continue };
            if let Found::Func(other) = self.asm_func(pkg, name) {
                below = below.max(self.asm_bytes(&other, path));
            }
        }
        path.pop();
        func.stack_bytes + below
    }

    /// Reaches what a function in assembly mentions and adds what is Go of it to `uses`. `pos` is for errors.
    fn reach_mentions(&mut self, func: &AsmFunc, pos: Pos, uses: &mut Vec<ssa::Symbol>) {
        for name in &func.mentions {
            if !self.reach_mention(name, pos, uses) {
                self.error(pos, format!("{}: relocation target {name} not defined", func.name));
            }
        }
    }

    fn reach_mention(&mut self, name: &str, pos: Pos, uses: &mut Vec<ssa::Symbol>) -> bool {
        let code: Rc<str> = format!("{name}{ABI0_SUFFIX}").into();
        if self.is_known(&code) {
            return true;
        }
        let place = self.package_of(name);
        if let Some((pkg, _)) = place {
            match self.asm_func(pkg, name) {
                Found::Wrong => return true,
                Found::Func(other) => {
                    self.claim(&code);
                    self.reach_mentions(&other, pos, uses);
                    return true;
                }
                Found::No => {}
            }
        }
        let declared = place.and_then(|(pkg, rest)| self.package(pkg).lookup(Name::new(rest)));
        if let Some(var) = declared.filter(|obj| matches!(obj.kind, ObjKind::Var { role: VarRole::Package }))
        {
            let ty = self.intern(var.ty().expect("variables are typed"));
            let symbol = self.global_symbol(var, ty);
            uses.push((&*symbol).into());
            return true;
        }
        let is_func = |obj: &Obj<'s>| matches!(obj.kind, ObjKind::Func { .. });
        let Some(obj) = self.func_named(name).or(declared.filter(is_func)) else { return false };
        self.claim(&code);
        let target = self.reach(obj, None, &[]);
        let place = self.map.place(obj.pos);
        let (file, line) = place.map_or_else(|| ("".into(), 0), |place| ((*place.name).into(), place.line));
        uses.push((&*target).into());
        let border = self.border(obj, &code, &target, (name.into(), file, line));
        self.out.borders.push(Border { into_go: true, ..border });
        true
    }

    /// A border with the signature of a Go function; it leads into assembly.
    fn border(
        &mut self,
        obj: Obj<'s>,
        name: &str,
        target: &str,
        scope: (ssa::Symbol, ssa::Symbol, u32),
    ) -> Border {
        let Some(Type::Signature(parts)) = obj.ty() else { panic!("{name} has no signature") };
        let mut list = |objs: &[Obj<'s>]| -> Vec<TypeId> {
            objs.iter().map(|obj| self.intern(obj.ty().expect("parameters are typed"))).collect()
        };
        let (params, results) = (list(parts.params), list(parts.results));
        let (places, result_places, bytes) = self.abi0_places(&params, &results);
        Border {
            name: name.into(),
            target: target.into(),
            into_go: false,
            sig: self.flat_signature(&params, &results),
            params: places,
            results: result_places,
            bytes,
            asm_bytes: 0,
            uses: Vec::new(),
            noescape: false,
            scope,
        }
    }

    /// Where ABI0 has the scalars of a flat signature, and the bytes of all: parameters as fields of a struct, results behind them
    /// from a multiple of 8 on (<https://go.dev/doc/asm>, cmd/compile/abi-internal.md).
    fn abi0_places(&self, params: &[TypeId], results: &[TypeId]) -> (Vec<Abi0Place>, Vec<u32>, u32) {
        let place = |ty: TypeId, end: &mut u64| {
            let data = self.data(ty);
            let off = end.next_multiple_of(u64::from(data.align.max(1)));
            *end = off + data.size;
            (off as u32, data)
        };
        let (mut end, mut values) = (0, Vec::new());
        for ty in params {
            let (off, data) = place(*ty, &mut end);
            match &data.shape {
                Shape::Scalars(list) => values.extend(list.iter().map(|s| Abi0Place::Scalar(off + s.off))),
                Shape::Memory => {
                    values.push(Abi0Place::Value { off, bytes: data.size as u32, is_result: false });
                }
            }
        }
        end = end.next_multiple_of(8);
        let (mut pointers, mut scalars) = (Vec::new(), Vec::new());
        for ty in results {
            let (off, data) = place(*ty, &mut end);
            match &data.shape {
                Shape::Scalars(list) => scalars.extend(list.iter().map(|s| off + s.off)),
                Shape::Memory => {
                    pointers.push(Abi0Place::Value { off, bytes: data.size as u32, is_result: true });
                }
            }
        }
        pointers.extend(values);
        (pointers, scalars, end.next_multiple_of(8) as u32)
    }

    /// What `go_asm.h` says of a package: its constants as `const_X`, its structs as `T__size` and `T_field`.
    fn go_asm_header(&mut self, pkg: u32) -> String {
        let mut text = String::new();
        for obj in self.package(pkg).scope.get().copied().unwrap_or_default() {
            match &obj.kind {
                ObjKind::Const { value } => {
                    if let Some(value @ (Value::Int(_) | Value::BigInt(_) | Value::Bool(_))) = value.get() {
                        writeln!(text, "#define const_{} {value}", obj.name).expect("strings take text");
                    }
                }
                ObjKind::TypeName => self.struct_header(obj, &mut text),
                ObjKind::PkgName { .. }
                | ObjKind::Var { .. }
                | ObjKind::Func { .. }
                | ObjKind::Builtin(_)
                | ObjKind::Nil => {}
            }
        }
        text
    }

    fn struct_header(&mut self, obj: Obj<'s>, text: &mut String) {
        let Some(ty) = obj.ty() else { return };
        let is_generic =
            matches!(ty, Type::Named(named) if named.tparams.get().is_some_and(|list| !list.is_empty()));
        if is_generic || !matches!(self.checker.under(ty), Type::Struct(_)) {
            return;
        }
        let id = self.intern(ty);
        let data = self.data(id);
        let Kind::Struct(fields) = &data.kind else { return };
        writeln!(text, "#define {}__size {}", obj.name, data.size).expect("strings take text");
        for field in fields.iter().filter(|field| !field.obj.name.is_blank()) {
            writeln!(text, "#define {}_{} {}", obj.name, field.obj.name, field.off)
                .expect("strings take text");
        }
    }
}
