//! `//go:linkname`: which symbol a function or variable has, and where the body of one without is.
//!
//! A directive with two names gives the local one a symbol. A function with a body *pushes*: it is what others
//! find under that symbol. A function without one *pulls*: its body is the one pushed under the symbol, or that of the
//! function which the symbol names by itself. Variables with one symbol are one variable. Only symbols are compared, never types:
//! both sides may declare their own.

use std::rc::Rc;

use rustc_hash::FxHashMap;
use source::Name;
use syntax::Directive;
use types::{FIRST, Obj, ObjKind};

use crate::names;
use crate::program::{Program, Work, address};

/// What the directives of the program say.
#[derive(Default)]
pub(crate) struct Linknames<'s> {
    // The symbols of objects that a directive names, by address.
    given: FxHashMap<usize, Rc<str>>,
    // Functions with a body by the symbol that a directive gives them.
    pushed: FxHashMap<Rc<str>, Obj<'s>>,
    // Packages by the path that stands in symbols.
    packages: FxHashMap<Name, u32>,
}

impl Linknames<'_> {
    /// The package with this path in symbols.
    pub fn package(&self, path: &str) -> Option<u32> {
        self.packages.get(&Name::new(path)).copied()
    }
}

impl<'a, 's> Program<'a, 's> {
    /// Reads the directives of every file.
    pub fn find_linknames(&mut self) {
        for pkg in self.packages.clone() {
            let path = Name::new(names::package_path(self.package(pkg)));
            self.linknames.packages.insert(path, pkg);
            for idx in 0..self.session.inputs[(pkg - FIRST) as usize].files.len() {
                for directive in &self.file(pkg, idx).tree.directives {
                    self.linkname(pkg, directive);
                }
            }
        }
    }

    fn linkname(&mut self, pkg: u32, directive: &Directive) {
        let Some(args) = directive.text.strip_prefix("go:linkname ") else { return };
        let mut words = args.split_whitespace();
        let (Some(local), Some(symbol)) = (words.next(), words.next()) else { return };
        let Some(obj) = self.package(pkg).lookup(Name::new(local)) else { return };
        let symbol: Rc<str> = symbol.into();
        if self.has_body(obj) {
            self.linknames.pushed.insert(symbol.clone(), obj);
        }
        self.linknames.given.insert(address(obj), symbol);
    }

    fn has_body(&self, obj: Obj<'s>) -> bool {
        let is_func = matches!(obj.kind, ObjKind::Func { .. });
        is_func
            && self.source(obj).is_some_and(|source| {
                let file = self.file(source.pkg, source.file);
                file.tree[source.decl.func].body.is_some()
            })
    }

    /// The symbol that a directive gives to a function or variable.
    pub fn given_symbol(&self, obj: Obj<'s>) -> Option<Rc<str>> {
        self.linknames.given.get(&address(obj)).cloned()
    }

    /// The function with a body whose symbol this is.
    pub fn func_named(&self, symbol: &str) -> Option<Obj<'s>> {
        if is_leaf(symbol) {
            return None;
        }
        if let Some(obj) = self.linknames.pushed.get(symbol) {
            return Some(obj);
        }
        let slash = symbol.rfind('/').map_or(0, |idx| idx + 1);
        let dot = slash + symbol[slash..].find('.')?;
        let pkg = *self.linknames.packages.get(&Name::new(&symbol[..dot]))?;
        let obj = self.package(pkg).lookup(Name::new(&symbol[dot + 1..]))?;
        let is_renamed = self.given_symbol(obj).is_some_and(|given| &*given != symbol);
        let has_body = self.has_body(obj) || crate::intrinsic::is_intrinsic(obj);
        (has_body && !is_renamed).then_some(obj)
    }

    /// Where calls of a function without a body go: the Go function of that symbol, a function that calls the
    /// entry of the runtime archive, or the way into assembly. `None` for a function with a body of its own.
    pub fn bodyless_target(&mut self, obj: Obj<'s>, symbol: &Rc<str>) -> Option<Rc<str>> {
        if self.has_body(obj) && !is_leaf(symbol) {
            return None;
        }
        if let Some(target) = self.func_named(symbol) {
            return Some(self.reach(target, None, &[]));
        }
        if abi::entry::find(symbol).is_some_and(|entry| entry.form == abi::entry::Form::TailLeaf) {
            return Some(symbol.clone());
        }
        if crate::reflect_stub::is_call(symbol) {
            // Package runtime uses it too, and reflect need not be there.
            let (code, symbol) = (symbol.clone(), symbol.clone());
            self.request(&code, || Work::Entry { code: code.clone(), symbol, obj });
            return Some(code);
        }
        if abi::entry::find(symbol).is_none() && self.reach_asm(obj, symbol) {
            return Some(symbol.clone());
        }
        // Another name: the entry's own is the archive's.
        let code: Rc<str> = format!("{symbol}·entry").into();
        let symbol = symbol.clone();
        self.request(&code, || Work::Entry { code: code.clone(), symbol, obj });
        Some(code)
    }
}

/// Reports whether this is assembly of the archive, which calls it itself: no Go takes its place.
fn is_leaf(symbol: &str) -> bool {
    abi::entry::find(symbol).is_some_and(|entry| entry.form == abi::entry::Form::Leaf)
}
