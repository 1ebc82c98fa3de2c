//! Imports: what they declare in their file, and whether it is used.

use rustc_hash::FxHashMap;
use source::{Name, Pos};
use syntax::{ImportSpec, Offset};

use crate::checker::Checker;
use crate::model::*;
use crate::session::{UNIVERSE, UNSAFE};

/// An import that must be used.
pub(crate) struct Import<'s> {
    /// The package name it declares; for a dot-import, one that is in no scope.
    pub(crate) obj: Obj<'s>,
    /// What to say if it is not used.
    pub(crate) text: String,
}

impl<'s> Checker<'s> {
    /// Declares what an import of the current file brings.
    pub(crate) fn declare_import(&mut self, spec: &ImportSpec) {
        let tree = self.tree();
        let literal = tree.text(tree[spec.path].span);
        let Some(bytes) = syntax::unquote(literal) else { return };
        let path = String::from_utf8_lossy(&bytes).into_owned();
        if let Err(cause) = validate_path(&path) {
            return self.error_at(spec.path, format!("invalid import path ({cause})"));
        }
        if path == "C" {
            return self.error_at(spec.path, "import \"C\": cgo is not supported");
        }
        let imported = self.imported_package(&path);
        let name = spec.name.map_or(imported.name, |name| name.name);
        if name.as_str() == "init" {
            return self.error(self.import_pos(spec), "cannot import package as init - init must be a func");
        }
        let pos = spec.name.map_or(self.expr_pos(spec.path), |name| self.pos(name.pos));
        let obj = self.object(name, pos, ObjKind::PkgName { imported }, Some(self.invalid()));
        match spec.name {
            Some(name) => self.record_def(name, obj),
            None => self.record_import(tree[spec.path].span.start, obj),
        }
        if name.is_blank() {
            return;
        }
        let last = path.rsplit('/').next().unwrap_or(&path);
        let text = match imported.name.as_str() {
            _ if imported.scope.get().is_none() => return self.declare_in_file(obj),
            _ if name.as_str() == "." || name.as_str() == last => format!("{path:?} imported and not used"),
            _ => format!("{path:?} imported as {name} and not used"),
        };
        self.decls.imports.push(Import { obj, text });
        if name.as_str() == "." {
            self.declare_dot_import(obj, imported);
        } else {
            self.declare_in_file(obj);
        }
    }

    fn record_import(&mut self, at: Offset, obj: Obj<'s>) {
        let file = self.env.file;
        self.info[file].defs.insert(at, obj);
    }

    fn import_pos(&self, spec: &ImportSpec) -> Pos {
        spec.name.map_or(self.expr_pos(spec.path), |name| self.pos(name.pos))
    }

    fn imported_package(&mut self, path: &str) -> &'s Package<'s> {
        if path == "unsafe" {
            return &self.session.packages[UNSAFE as usize];
        }
        let number =
            self.input.imports.iter().find(|(written, _)| written == path).map(|(_, number)| *number);
        if let Some(number) = number {
            return &self.session.packages[number as usize];
        }
        // It could not be loaded, and `load` said so. Without a scope all its names are silently in error.
        let name = path.rsplit('/').next().unwrap_or(path);
        self.bump.alloc(Package {
            path: Name::new(path),
            name: Name::new(name),
            is_program: false,
            index: UNIVERSE,
            scope: Default::default(),
        })
    }

    fn declare_in_file(&mut self, obj: Obj<'s>) {
        let scope = &mut self.decls.files[self.env.file];
        if let Some(&first) = scope.get(&obj.name) {
            self.report_redeclared(obj.name, obj.pos, first);
        } else {
            scope.insert(obj.name, obj);
        }
    }

    fn declare_dot_import(&mut self, obj: Obj<'s>, imported: &'s Package<'s>) {
        let file = self.env.file;
        for &found in imported.scope.get().copied().unwrap_or(&[]) {
            if !found.name.is_exported() {
                continue;
            }
            if let Some(&first) = self.decls.files[file].get(&found.name) {
                self.report_redeclared(found.name, obj.pos, first);
                continue;
            }
            self.decls.files[file].insert(found.name, found);
            self.decls.dot_imports[file].insert(found.name, obj);
        }
    }

    /// Reports package-level objects that have the name of something imported. Spec, "Declarations and scope".
    pub(crate) fn check_file_scopes(&mut self) {
        for file in 0..self.decls.files.len() {
            let scope: &FxHashMap<Name, Obj<'s>> = &self.decls.files[file];
            let clashes = scope.iter().filter_map(|(name, &obj)| Some((*self.decls.package.get(name)?, obj)));
            let mut clashes: Vec<_> = clashes.collect();
            clashes.sort_by_key(|(own, _)| own.pos);
            for (own, imported) in clashes {
                let (what, other) = match imported.kind {
                    ObjKind::PkgName { imported: pkg } => {
                        (format!("import of package {} ({:?})", pkg.name, pkg.path.as_str()), imported)
                    }
                    _ => {
                        let import = self.decls.dot_imports[file].get(&own.name).copied().unwrap_or(imported);
                        let of =
                            imported.pkg.map(|pkg| format!("package {} ({:?})", pkg.name, pkg.path.as_str()));
                        (format!("dot-import of {}", of.unwrap_or_default()), import)
                    }
                };
                let text = format!("{} already declared through {what}", own.name);
                self.error_with_note(
                    own.pos,
                    text,
                    (other.pos, format!("other declaration of {}", own.name)),
                );
            }
        }
    }

    /// Reports imports that nothing refers to.
    pub(crate) fn check_unused_imports(&mut self) {
        for import in std::mem::take(&mut self.decls.imports) {
            if !import.obj.is_used() {
                self.soft_error(import.obj.pos, import.text);
            }
        }
    }
}

/// Spec, "Import declarations", and gc's restriction on characters.
fn validate_path(path: &str) -> Result<(), String> {
    if path.is_empty() {
        return Err("empty string".into());
    }
    let bad = |c: char| !is_graphic(c) || "!\"#$%&'()*,:;<=>?[\\]^`{|}\u{fffd}".contains(c);
    match path.chars().find(|&c| bad(c)) {
        Some(c) => Err(format!("invalid character U+{:04X} {}", c as u32, quote_char(c))),
        None => Ok(()),
    }
}

fn is_graphic(c: char) -> bool {
    !c.is_control() && !c.is_whitespace()
}

fn quote_char(c: char) -> String {
    format!("'{}'", c.escape_debug())
}
