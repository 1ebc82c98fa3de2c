//! `//go:` directives that stand where they mean nothing.
//!
//! gc knows a few words that tell how a function is compiled; above anything but a function they are an error, and so is
//! `//go:embed` above anything but one variable without a value. Words it does not know are comments.

use std::collections::BTreeSet;

use syntax::{Decl, Directive, List, Offset, ValueSpecId};

use crate::checker::Checker;

/// Directives of functions. Manual of gc (`go doc cmd/compile`), "Compiler directives", and those of its runtime.
const OF_FUNCS: [&str; 14] = [
    "go:cgo_unsafe_args",
    "go:nocheckptr",
    "go:noescape",
    "go:noinline",
    "go:norace",
    "go:nosplit",
    "go:nowritebarrier",
    "go:nowritebarrierrec",
    "go:registerparams",
    "go:systemstack",
    "go:uintptrescapes",
    "go:uintptrkeepalive",
    "go:yeswritebarrierrec",
    "go:build",
];

fn verb(directive: &Directive) -> &str {
    directive.text.split_ascii_whitespace().next().unwrap_or("")
}

impl<'s> Checker<'s> {
    /// Reports the misplaced directives of the current file.
    pub(crate) fn check_directives(&mut self) {
        let tree = self.tree();
        let mut of_funcs: BTreeSet<Offset> = tree.constraints.iter().map(|directive| directive.pos).collect();
        let mut of_vars = BTreeSet::new();
        let add = |set: &mut BTreeSet<Offset>, list: List<Directive>| {
            set.extend(tree[list].iter().map(|directive| directive.pos));
        };
        for decl in &tree.decls {
            if let Decl::Func(func) = decl {
                add(&mut of_funcs, func.directives);
            }
        }
        for decl in tree.decls.iter().chain(&tree.local_decls) {
            if let Decl::Var(spec) = decl {
                add(&mut of_vars, tree[*spec].directives);
            }
        }
        let imports_unsafe = self.imports("unsafe");
        for directive in &tree.directives {
            let verb = verb(directive);
            let text = if verb == "go:linkname" {
                match directive.text.split_ascii_whitespace().count() {
                    1 => continue,
                    2 | 3 if imports_unsafe => continue,
                    2 | 3 => "//go:linkname only allowed in Go files that import \"unsafe\"",
                    _ => "usage: //go:linkname localname [linkname]",
                }
            } else if verb == "go:embed" && !of_vars.contains(&directive.pos) {
                "misplaced go:embed directive"
            } else if OF_FUNCS.contains(&verb) && !of_funcs.contains(&directive.pos) {
                "misplaced compiler directive"
            } else {
                continue;
            };
            self.error(self.pos(directive.pos + 2), text);
        }
    }

    /// Reports a `//go:embed` above variables that cannot have one. `load` finds the files.
    pub(crate) fn check_embed(&mut self, spec_id: ValueSpecId, is_local: bool) {
        let tree = self.tree();
        let spec = tree[spec_id];
        let Some(directive) = tree[spec.directives].iter().find(|directive| verb(directive) == "go:embed")
        else {
            return;
        };
        let text = if !self.imports("embed") {
            "go:embed only allowed in Go files that import \"embed\""
        } else if spec.names.len() > 1 {
            "go:embed cannot apply to multiple vars"
        } else if !spec.values.is_empty() {
            "go:embed cannot apply to var with initializer"
        } else if spec.ty.is_none() {
            "go:embed cannot apply to var without type"
        } else if is_local {
            "go:embed cannot apply to var inside func"
        } else {
            return;
        };
        self.error(self.pos(directive.pos + 2), text);
    }

    fn imports(&self, path: &str) -> bool {
        let tree = self.tree();
        tree.decls.iter().any(|decl| match decl {
            Decl::Import(import) => tree.text(tree[import.path].span).trim_matches(['"', '`']) == path,
            _ => false,
        })
    }
}
