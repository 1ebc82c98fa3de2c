//! `//go:` directives whose meaning depends on more than where they stand; the parser reports those that are misplaced.

use syntax::{Decl, Directive, ValueSpecId};

use crate::checker::Checker;

fn verb(directive: &Directive) -> &str {
    directive.text.split_ascii_whitespace().next().unwrap_or("")
}

impl<'s> Checker<'s> {
    /// Reports `//go:linkname` in a file that does not import `unsafe`. One without a second name only asks for a body.
    pub(crate) fn check_directives(&mut self) {
        if self.imports("unsafe") {
            return;
        }
        for directive in &self.tree().directives {
            let n_words = directive.text.split_ascii_whitespace().count();
            if verb(directive) == "go:linkname" && matches!(n_words, 2 | 3) {
                let text = "//go:linkname only allowed in Go files that import \"unsafe\"";
                self.error(self.pos(directive.pos + 2), text);
            }
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
