//! Types and objects in words, as gc writes them in its messages.
//!
//! Names of other packages are qualified: by the package's name within messages about a package, by its path
//! where two packages share that name, and by the path where there is no package to speak for.

use std::ptr;

use rustc_hash::{FxHashMap, FxHashSet};
use source::Name;
use syntax::ChanDir;

use crate::checker::Checker;
use crate::model::*;
use crate::session::FIRST;

/// How names of packages are written.
enum Qualify<'a> {
    /// By path, but not the package with this number.
    Path(Option<u32>),
    /// By name, but not the package with this number; by quoted path if the name is among these.
    Name(u32, &'a FxHashSet<Name>),
}

/// Writes types.
struct Writer<'a> {
    out: String,
    qualify: Qualify<'a>,
    // Names of parameters are written.
    param_names: bool,
    // The package of the first field that is not exported is written, to tell two structs apart.
    pkg_info: bool,
    // The types we are within: those in error may contain themselves.
    within: Vec<*const ()>,
}

/// Returns the name of a predeclared type.
pub fn basic_name(basic: Basic) -> &'static str {
    match basic {
        Basic::Invalid => "invalid type",
        Basic::Bool => "bool",
        Basic::Int => "int",
        Basic::Int8 => "int8",
        Basic::Int16 => "int16",
        Basic::Int32 => "int32",
        Basic::Int64 => "int64",
        Basic::Uint => "uint",
        Basic::Uint8 => "uint8",
        Basic::Uint16 => "uint16",
        Basic::Uint32 => "uint32",
        Basic::Uint64 => "uint64",
        Basic::Uintptr => "uintptr",
        Basic::Float32 => "float32",
        Basic::Float64 => "float64",
        Basic::Complex64 => "complex64",
        Basic::Complex128 => "complex128",
        Basic::String => "string",
        Basic::UnsafePointer => "unsafe.Pointer",
        Basic::UntypedBool => "untyped bool",
        Basic::UntypedInt => "untyped int",
        Basic::UntypedRune => "untyped rune",
        Basic::UntypedFloat => "untyped float",
        Basic::UntypedComplex => "untyped complex",
        Basic::UntypedString => "untyped string",
        Basic::UntypedNil => "untyped nil",
    }
}

/// Returns the type in words, with paths for all packages but `relative_to`.
pub fn type_string<'s>(ty: &Type<'s>, relative_to: Option<&Package<'s>>) -> String {
    let mut writer = Writer::new(Qualify::Path(relative_to.map(|pkg| pkg.index)));
    writer.ty(ty);
    writer.out
}

/// Returns the signature in words, without the word `func`.
pub fn signature_string<'s>(sig: &Signature<'s>, relative_to: Option<&Package<'s>>) -> String {
    let mut writer = Writer::new(Qualify::Path(relative_to.map(|pkg| pkg.index)));
    writer.signature(sig);
    writer.out
}

/// Returns the object in words: its kind, its name and its type.
pub fn object_string<'s>(obj: &Object<'s>, relative_to: Option<&Package<'s>>) -> String {
    let mut writer = Writer::new(Qualify::Path(relative_to.map(|pkg| pkg.index)));
    writer.object(obj);
    writer.out
}

/// Quotes a string as Go's `strconv.Quote` does.
pub fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out += "\\\"",
            '\\' => out += "\\\\",
            '\u{7}' => out += "\\a",
            '\u{8}' => out += "\\b",
            '\u{c}' => out += "\\f",
            '\n' => out += "\\n",
            '\r' => out += "\\r",
            '\t' => out += "\\t",
            '\u{b}' => out += "\\v",
            c if (c as u32) < 0x20 || c as u32 == 0x7f => out += &format!("\\x{:02x}", c as u32),
            c if c.is_control() => out += &format!("\\u{:04x}", c as u32),
            c => out.push(c),
        }
    }
    out + "\""
}

impl<'a> Writer<'a> {
    fn new(qualify: Qualify<'a>) -> Writer<'a> {
        Writer { out: String::new(), qualify, param_names: true, pkg_info: false, within: Vec::new() }
    }

    fn ty(&mut self, ty: &Type<'_>) {
        let address = ptr::from_ref(ty).cast();
        if self.within.contains(&address) {
            self.out += "<cycle>";
            return;
        }
        self.within.push(address);
        self.ty_once(ty);
        self.within.pop();
    }

    fn ty_once(&mut self, ty: &Type<'_>) {
        match ty {
            Type::Basic(basic) => self.out += basic_name(*basic),
            Type::Named(named) => {
                let tparams = named.tparams.get().copied().unwrap_or(&[]);
                self.instance(named.obj, named.targs, tparams);
            }
            Type::Alias(alias) => {
                let tparams = alias.tparams.get().copied().unwrap_or(&[]);
                self.instance(alias.obj, alias.targs, tparams);
            }
            Type::Pointer(elem) => self.prefixed("*", elem),
            Type::Slice(elem) => self.prefixed("[]", elem),
            Type::Array { elem, len } => self.prefixed(&format!("[{len}]"), elem),
            Type::Map { key, elem } => {
                self.prefixed("map[", key);
                self.prefixed("]", elem);
            }
            Type::Chan { dir, elem } => self.chan(*dir, elem),
            Type::Struct(strukt) => self.strukt(strukt),
            Type::Tuple(types) => {
                self.out.push('(');
                self.list(types);
                self.out.push(')');
            }
            Type::Signature(sig) => {
                self.out += "func";
                self.signature(sig);
            }
            Type::Interface(interface) => self.interface(interface),
            Type::Union(terms) => {
                for (i, term) in terms.iter().enumerate() {
                    self.out += if i > 0 { " | " } else { "" };
                    self.out += if term.tilde { "~" } else { "" };
                    self.ty(term.ty);
                }
            }
            Type::TypeParam(tparam) => self.type_param(tparam),
        }
    }

    fn prefixed(&mut self, prefix: &str, ty: &Type<'_>) {
        self.out += prefix;
        self.ty(ty);
    }

    fn chan(&mut self, dir: ChanDir, elem: &Type<'_>) {
        self.out += match dir {
            ChanDir::Both => "chan ",
            ChanDir::Send => "chan<- ",
            ChanDir::Recv => "<-chan ",
        };
        // `chan <-chan T` would be read as `chan<- chan T`.
        let parens = dir == ChanDir::Both && matches!(elem, Type::Chan { dir: ChanDir::Recv, .. });
        self.out += if parens { "(" } else { "" };
        self.ty(elem);
        self.out += if parens { ")" } else { "" };
    }

    fn strukt(&mut self, strukt: &Struct<'_>) {
        self.out += "struct{";
        for (i, field) in strukt.fields.iter().enumerate() {
            self.out += if i > 0 { "; " } else { "" };
            if !field.is_embedded() {
                self.out += field.name.as_str();
                self.out.push(' ');
            }
            self.object_type(field);
            if self.pkg_info && !field.name.is_exported() {
                self.pkg_info = false;
                let path = field.pkg.map_or("", |pkg| pkg.path.as_str());
                self.out += &format!(" /* package {path} */ ");
            }
            if !strukt.tag(i).is_empty() {
                self.out.push(' ');
                self.out += &quote(strukt.tag(i));
            }
        }
        self.out.push('}');
    }

    fn interface(&mut self, interface: &Interface<'_>) {
        if interface.implicit && interface.methods.is_empty() && interface.embeds.len() == 1 {
            self.ty(interface.embeds[0].0);
            return;
        }
        // The interface below `comparable` has no syntax of its own.
        let set = interface.type_set.get();
        if interface.embeds.is_empty() && set.is_some_and(|set| set.comparable) {
            self.out += "interface{comparable}";
            return;
        }
        self.out += "interface{";
        for (i, method) in interface.methods.iter().enumerate() {
            self.out += if i > 0 { "; " } else { "" };
            self.out += method.name.as_str();
            match method.ty() {
                Some(Type::Signature(sig)) => self.signature(sig),
                _ => self.out += "()",
            }
        }
        for (i, (ty, _)) in interface.embeds.iter().enumerate() {
            self.out += if i > 0 || !interface.methods.is_empty() { "; " } else { "" };
            self.ty(ty);
        }
        self.out.push('}');
    }

    fn type_param(&mut self, tparam: &TypeParam<'_>) {
        let name = tparam.obj.name.as_str();
        self.out += name;
        // Such a name would mislead: gc says where it is declared.
        if is_predeclared_type(name) {
            let place = source::place_in_text(tparam.obj.pos);
            self.out += &format!(" /* with {name} declared at {place} */");
        }
    }

    fn instance(&mut self, obj: &Object<'_>, targs: &[Ty<'_>], tparams: &[Ty<'_>]) {
        self.qualifier(obj.pkg);
        self.out += obj.name.as_str();
        if !targs.is_empty() {
            self.out.push('[');
            self.list(targs);
            self.out.push(']');
        } else if !tparams.is_empty() {
            self.type_params(tparams);
        }
    }

    fn list(&mut self, types: &[Ty<'_>]) {
        for (i, ty) in types.iter().enumerate() {
            self.out += if i > 0 { ", " } else { "" };
            self.ty(ty);
        }
    }

    fn type_params(&mut self, tparams: &[Ty<'_>]) {
        self.out.push('[');
        let bound = |ty: Ty<'_>| match ty {
            Type::TypeParam(tparam) => tparam.bound.get().map(|bound| ptr::from_ref(*bound).cast::<()>()),
            _ => None,
        };
        for (i, ty) in tparams.iter().enumerate() {
            if i > 0 {
                // One constraint is written for all that share it.
                if bound(tparams[i - 1]) != bound(ty) {
                    self.bound(tparams[i - 1]);
                }
                self.out += ", ";
            }
            self.ty(ty);
        }
        if let Some(last) = tparams.last() {
            self.bound(last);
        }
        self.out.push(']');
    }

    fn bound(&mut self, tparam: Ty<'_>) {
        if let Type::TypeParam(TypeParam { bound, .. }) = tparam
            && let Some(bound) = bound.get()
        {
            self.prefixed(" ", bound);
        }
    }

    fn qualifier(&mut self, pkg: Option<&Package<'_>>) {
        let Some(pkg) = pkg else { return };
        match self.qualify {
            Qualify::Path(Some(own)) if own == pkg.index => {}
            // The path of every program's main package is `main`, as linkers see it.
            Qualify::Path(_) => {
                self.out += if pkg.name.as_str() == "main" { "main" } else { pkg.path.as_str() };
                self.out.push('.');
            }
            Qualify::Name(own, _) if own == pkg.index => {}
            Qualify::Name(_, clashing) if clashing.contains(&pkg.name) => {
                self.out += &quote(pkg.path.as_str());
                self.out.push('.');
            }
            Qualify::Name(..) => {
                self.out += pkg.name.as_str();
                self.out.push('.');
            }
        }
    }

    fn signature(&mut self, sig: &Signature<'_>) {
        if !sig.tparams.is_empty() {
            self.type_params(sig.tparams);
        }
        self.params(sig.params, sig.variadic);
        match sig.results {
            [] => {}
            // A result without a name, or with one that is not to be seen.
            [result] if result.name.as_str().is_empty() || !self.param_names => {
                self.out.push(' ');
                let named = !result.name.as_str().is_empty();
                self.out += if named { "(" } else { "" };
                self.object_type(result);
                self.out += if named { ")" } else { "" };
            }
            results => {
                self.out.push(' ');
                self.params(results, false);
            }
        }
    }

    fn params(&mut self, params: &[Obj<'_>], variadic: bool) {
        self.out.push('(');
        for (i, param) in params.iter().enumerate() {
            self.out += if i > 0 { ", " } else { "" };
            if self.param_names && !param.name.as_str().is_empty() {
                self.out += param.name.as_str();
                self.out.push(' ');
            }
            match param.ty() {
                Some(Type::Slice(elem)) if variadic && i + 1 == params.len() => {
                    self.prefixed("...", elem);
                }
                // `append([]byte, string...)` has the dots behind the type.
                Some(ty) if variadic && i + 1 == params.len() => {
                    self.ty(ty);
                    self.out += "...";
                }
                _ => self.object_type(param),
            }
        }
        self.out.push(')');
    }

    fn object_type(&mut self, obj: &Object<'_>) {
        match obj.ty() {
            Some(ty) => self.ty(ty),
            None => self.out += "invalid type",
        }
    }

    fn object(&mut self, obj: &Object<'_>) {
        self.out += match &obj.kind {
            ObjKind::PkgName { .. } => "package ",
            ObjKind::Const { .. } => "const ",
            ObjKind::TypeName => match obj.ty() {
                Some(Type::TypeParam(_)) => "type parameter ",
                _ => "type ",
            },
            ObjKind::Var { role: VarRole::Field { .. } } => "field ",
            ObjKind::Var { .. } => "var ",
            ObjKind::Func { .. } => "func ",
            ObjKind::Builtin(_) => "builtin ",
            ObjKind::Nil => "",
        };
        if let ObjKind::Func { .. } = obj.kind {
            self.func_name(obj);
        } else {
            if let Some(pkg) = obj.pkg
                && pkg.lookup(obj.name).is_some_and(|found| ptr::addr_eq(found, obj))
            {
                self.qualifier(obj.pkg);
            }
            self.out += obj.name.as_str();
        }
        self.object_rest(obj);
    }

    fn func_name(&mut self, obj: &Object<'_>) {
        match obj.ty() {
            Some(Type::Signature(Signature { recv: Some(recv), .. })) => {
                self.out.push('(');
                self.object_type(recv);
                self.out += ").";
            }
            _ => self.qualifier(obj.pkg),
        }
        self.out += obj.name.as_str();
    }

    fn object_rest(&mut self, obj: &Object<'_>) {
        match (&obj.kind, obj.ty()) {
            (ObjKind::PkgName { imported }, _) => {
                if imported.path != obj.name {
                    self.out += &format!(" ({})", quote(imported.path.as_str()));
                }
            }
            (ObjKind::Func { .. }, Some(Type::Signature(sig))) => self.signature(sig),
            (ObjKind::TypeName, Some(ty)) => self.type_name_rest(ty),
            (ObjKind::Const { .. } | ObjKind::Var { .. }, Some(ty)) => self.prefixed(" ", ty),
            (ObjKind::Builtin(_) | ObjKind::Nil, _) => {}
            (_, None) | (ObjKind::Func { .. }, Some(_)) => {}
        }
    }

    fn type_name_rest(&mut self, ty: &Type<'_>) {
        match ty {
            Type::Named(named) => {
                if let Some(tparams) = named.tparams.get().filter(|tparams| !tparams.is_empty()) {
                    self.type_params(tparams);
                }
                if let Some(underlying) = named.underlying.get() {
                    self.prefixed(" ", underlying);
                }
            }
            Type::Alias(alias) => {
                if let Some(tparams) = alias.tparams.get().filter(|tparams| !tparams.is_empty()) {
                    self.type_params(tparams);
                }
                self.out += " =";
                if let Some(rhs) = alias.rhs.get() {
                    self.prefixed(" ", rhs);
                }
            }
            Type::TypeParam(tparam) => {
                if let Some(bound) = tparam.bound.get() {
                    self.prefixed(" ", bound);
                }
            }
            _ => {}
        }
    }
}

fn is_predeclared_type(name: &str) -> bool {
    matches!(name, "any" | "byte" | "comparable" | "error" | "rune" | "nil" | "true" | "false" | "iota")
        || crate::universe::BASICS[Basic::Bool as usize..=Basic::String as usize]
            .iter()
            .any(|basic| basic_name(*basic) == name)
}

impl<'s> Checker<'s> {
    /// Returns the type in the words of this package's errors.
    pub fn ty_str(&self, ty: Ty<'s>) -> String {
        let mut writer = Writer::new(Qualify::Name(self.pkg.index, self.clashing_names()));
        writer.ty(ty);
        writer.out
    }

    /// Returns the object in the words of this package's errors.
    pub fn obj_str(&self, obj: Obj<'s>) -> String {
        let mut writer = Writer::new(Qualify::Name(self.pkg.index, self.clashing_names()));
        writer.object(obj);
        writer.out
    }

    /// Returns name and signature of a method without the names of parameters. `full` writes paths of packages.
    pub(crate) fn method_str(&self, method: Obj<'s>, full: bool) -> String {
        let qualify = match full {
            true => Qualify::Path(None),
            false => Qualify::Name(self.pkg.index, self.clashing_names()),
        };
        let mut writer = Writer::new(qualify);
        (writer.param_names, writer.pkg_info) = (false, full);
        writer.out += method.name.as_str();
        if let Some(Type::Signature(sig)) = method.ty() {
            writer.signature(sig);
        }
        writer.out
    }

    /// Returns the type parameters by name: `P`, `P and Q`, `P, Q, and R`.
    pub(crate) fn type_params_str(&self, tparams: &[Ty<'s>]) -> String {
        let names: Vec<String> = tparams.iter().map(|ty| self.ty_str(ty)).collect();
        match names.as_slice() {
            [] => String::new(),
            [one] => one.clone(),
            [one, two] => format!("{one} and {two}"),
            [rest @ .., last] => format!("{}, and {last}", rest.join(", ")),
        }
    }

    /// Returns the names that more than one of the packages below this one have. It is computed by the first error.
    fn clashing_names(&self) -> &FxHashSet<Name> {
        self.lookups.clashing.get_or_init(|| {
            let inputs = self.session.inputs;
            let mut seen = FxHashSet::default();
            let mut stack = vec![self.pkg.index];
            let mut by_name: FxHashMap<Name, Name> = FxHashMap::default();
            let mut clashing = FxHashSet::default();
            while let Some(index) = stack.pop() {
                if !seen.insert(index) {
                    continue;
                }
                let pkg = &self.session.packages[index as usize];
                if by_name.insert(pkg.name, pkg.path).is_some_and(|other| other != pkg.path) {
                    clashing.insert(pkg.name);
                }
                if index >= FIRST {
                    let input = &inputs[(index - FIRST) as usize];
                    stack.extend(input.imports.iter().map(|(_, imported)| *imported));
                }
            }
            clashing
        })
    }
}
