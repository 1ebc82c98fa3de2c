//! `//go:embed` lines of a package: do their patterns name files?
//!
//! Where the lines stand is the checker's business; which files they name depends on the folder.

use load::Package;
use load::embed::{patterns, resolve};
use source::{Code, Diagnostic, Pos};
use syntax::{Decl, File};

/// The directive, without the slashes.
const EMBED: &str = "go:embed";

/// Reports patterns in one file of a package that are malformed or name nothing.
pub fn check(package: &Package, pos: impl Fn(u32) -> Pos, tree: &File) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    // Only files that import "embed" are looked at, as in the go command; the checker reports others.
    if !imports_embed(tree) {
        return diagnostics;
    }
    for directive in &tree.directives {
        let Some(args) = directive.text.strip_prefix(EMBED).filter(|args| args.starts_with([' ', '\t']))
        else {
            continue;
        };
        let start = directive.pos + "//".len() as u32 + EMBED.len() as u32;
        match patterns(args) {
            Err(text) => diagnostics.push(Diagnostic::new(pos(start), Code::Load, text)),
            Ok(found) => {
                for (offset, pattern) in found {
                    if let Err(text) = resolve(&package.dir, &pattern) {
                        diagnostics.push(Diagnostic::new(pos(start + offset as u32), Code::Load, text));
                    }
                }
            }
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
