//! `//go:embed` lines of a package: do their patterns name files?
//!
//! Where the lines stand is the checker's business; which files they name depends on the folder.

use load::Package;
use load::embed::resolve;
use source::{Code, Diagnostic, Pos};
use syntax::directive::embed_patterns;
use syntax::{Decl, File};

/// Reports patterns in one file of a package that are malformed or name nothing.
pub fn check(package: &Package, pos: impl Fn(u32) -> Pos, tree: &File) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    // Only files that import "embed" are looked at, as in the go command; the checker reports others.
    if !imports_embed(tree) {
        return diagnostics;
    }
    let mut report = |offset, text| diagnostics.push(Diagnostic::new(pos(offset), Code::Load, text));
    for directive in tree.directives.iter().filter(|directive| directive.text.starts_with("go:embed")) {
        match embed_patterns(directive) {
            Err(text) => report(directive.pos, text),
            Ok(patterns) => patterns.iter().for_each(|(offset, pattern)| {
                if let Err(text) = resolve(&package.dir, pattern) {
                    report(*offset, text);
                }
            }),
        }
    }
    diagnostics
}

fn imports_embed(tree: &File) -> bool {
    tree.decls.iter().any(|decl| match decl {
        Decl::Import(spec) => {
            syntax::unquote(tree.text(tree[spec.path].span)).is_some_and(|path| path == b"embed")
        }
        Decl::Const(_) | Decl::Var(_) | Decl::Type(_) | Decl::Func(_) => false,
    })
}
