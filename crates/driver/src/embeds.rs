//! `//go:embed` lines of a package: do their patterns name files, and what is in these?
//!
//! Where the lines stand is the checker's business; which files they name depends on the folder.

use std::collections::BTreeSet;
use std::sync::Arc;

use load::Package;
use load::embed::resolve;
use source::{Code, Diagnostic, Pos};
use syntax::directive::embed_patterns;
use syntax::{Decl, File};
use types::session::Embed;

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

/// Returns the variables of a package that `//go:embed` fills, with their files. What is wrong with them [`check`] and the
/// checker report.
pub fn of_package(package: &Package, trees: &[Arc<File>]) -> Vec<Embed> {
    let mut embeds = Vec::new();
    for (id, _) in &package.files {
        let tree = &trees[id.0 as usize];
        if !imports_embed(tree) {
            continue;
        }
        for decl in &tree.decls {
            let Decl::Var(spec) = decl else { continue };
            let spec = tree[*spec];
            let mut names = BTreeSet::new();
            for directive in tree[spec.directives].iter().filter(|d| d.text.starts_with("go:embed")) {
                for (_, pattern) in embed_patterns(directive).unwrap_or_default() {
                    names.extend(resolve(&package.dir, &pattern).unwrap_or_default());
                }
            }
            if let ([var], false) = (&tree[spec.names], names.is_empty()) {
                let pos = Pos { file: *id, offset: var.pos };
                let files = names.into_iter().filter_map(|name| {
                    let bytes = std::fs::read(package.dir.join(&name)).ok()?;
                    Some((name, bytes.into()))
                });
                embeds.push(Embed { var: var.name, pos, files: files.collect() });
            }
        }
    }
    embeds
}

fn imports_embed(tree: &File) -> bool {
    tree.decls.iter().any(|decl| match decl {
        Decl::Import(spec) => {
            syntax::unquote(tree.text(tree[spec.path].span)).is_some_and(|path| path == b"embed")
        }
        Decl::Const(_) | Decl::Var(_) | Decl::Type(_) | Decl::Func(_) => false,
    })
}
