//! What `load` needs of a file before it is parsed in full: package name, imports, build constraint.

use std::sync::Arc;

use source::Name;
use syntax::constraint::{self, Expr};
use syntax::{Decl, Mode};

use crate::version::GoVersion;

/// An import as it is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ImportSpec {
    /// The path, unquoted.
    pub path: String,
    /// Where the quoted path begins.
    pub offset: u32,
}

/// The head of a file. Errors in it are not reported here: the full parse will find them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Header {
    /// The name in the package clause.
    pub package: Option<Name>,
    /// The imports in their order.
    pub imports: Vec<ImportSpec>,
    /// The build constraint.
    pub constraint: Constraint,
}

/// Whether and when a file belongs to a build.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Constraint {
    /// The file has no constraint.
    #[default]
    Always,
    /// A malformed line excludes its file, as in go/build.
    Never,
    /// When this holds.
    When(Expr),
}

impl Constraint {
    /// Decides the constraint.
    pub fn eval(&self, has_tag: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Constraint::Always => true,
            Constraint::Never => false,
            Constraint::When(expr) => expr.eval(has_tag),
        }
    }

    /// Returns the lowest Go version that the constraint implies.
    pub fn go_version(&self) -> Option<GoVersion> {
        match self {
            Constraint::Always | Constraint::Never => None,
            Constraint::When(expr) => {
                expr.go_version().map(|minor| GoVersion(minor.min(u16::MAX.into()) as u16))
            }
        }
    }
}

/// Reads the head of a Go file; of an assembly file it finds the constraint.
pub fn read(bytes: Arc<[u8]>) -> Header {
    let (file, _) = syntax::parse(bytes, Mode::Imports);
    let package = Some(file.package.name).filter(|name| !name.as_str().is_empty() && !name.is_blank());
    let mut imports = Vec::new();
    for decl in &file.decls {
        let Decl::Import(spec) = decl else { continue };
        let span = file[spec.path].span;
        if let Some(path) = syntax::unquote(file.text(span)) {
            let offset = spec.name.map_or(span.start, |name| name.pos);
            imports.push(ImportSpec { path: String::from_utf8_lossy(&path).into_owned(), offset });
        }
    }
    let constraint = match constraint::of_file(&file) {
        Ok(None) => Constraint::Always,
        Ok(Some(expr)) => Constraint::When(expr),
        Err(_) => Constraint::Never,
    };
    Header { package, imports, constraint }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(text: &str) -> Header {
        read(text.as_bytes().into())
    }

    #[test]
    fn the_head_of_a_file() {
        let text = "\u{feff}// Copyright\n\n//go:build linux && !x\n// +build linux\n\n/* doc */ package p; import \"a\"\n\
                    import (\n\t. \"b\" // c\n\t_ `c/d`; q \"\\x65\"\n)\nimport()\nvar x = 1\n";
        let header = header(text);
        assert_eq!(header.package, Some(Name::new("p")));
        let paths: Vec<&str> = header.imports.iter().map(|i| i.path.as_str()).collect();
        assert_eq!(paths, ["a", "b", "c/d", "e"]);
        assert!(header.constraint.eval(&|tag| tag == "linux"));
        assert!(!header.constraint.eval(&|tag| tag == "linux" || tag == "x"));
        assert_eq!(&text[header.imports[0].offset as usize..][..3], "\"a\"");
    }

    #[test]
    fn constraints_of_assembly_files() {
        let constraint =
            header("// Copyright\n\n//go:build !purego\n\n#include \"textflag.h\"\n\nTEXT ·f(SB), 4, $0\n")
                .constraint;
        assert!(constraint.eval(&|_| false));
        assert!(!constraint.eval(&|tag| tag == "purego"));
        let late = header("#include \"textflag.h\"\n//go:build purego\n").constraint;
        assert_eq!(late, Constraint::Always);
    }

    #[test]
    fn malformed_constraints_exclude() {
        assert_eq!(header("//go:build a &&\n\npackage p\n").constraint, Constraint::Never);
        assert_eq!(header("package p\n//go:build a\n").constraint, Constraint::Always);
    }

    #[test]
    fn a_file_without_package_clause_has_no_name() {
        assert_eq!(header("import \"a\"").package, None);
        assert_eq!(header("").package, None);
    }
}
