//! `//go:` directives whose meaning depends on more than where they stand; the parser reports those that are misplaced.

use syntax::{Decl, Directive, ValueSpecId};

use source::Name;

use crate::checker::Checker;
use crate::model::ObjKind;
use crate::session::Version;

fn verb(directive: &Directive) -> &str {
    directive.text.split_ascii_whitespace().next().unwrap_or("")
}

impl<'s> Checker<'s> {
    /// Reports `//go:linkname` in a file that does not import `unsafe`. One without a second name only asks for a body.
    pub(crate) fn check_directives(&mut self) {
        self.check_reserved_directives();
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

    /// Reports directives that only the standard library may use.
    fn check_reserved_directives(&mut self) {
        if self.input.is_std {
            return;
        }
        for directive in &self.tree().directives {
            let text = match verb(directive) {
                "go:nowritebarrier" | "go:nowritebarrierrec" | "go:yeswritebarrierrec" | "go:systemstack" => {
                    format!("//{} only allowed in runtime", verb(directive))
                }
                verb if verb.starts_with("go:cgo_") && verb != "go:cgo_import_dynamic" => {
                    format!("//{verb} only allowed in cgo-generated code")
                }
                _ => continue,
            };
            self.error(self.pos(directive.pos + 2), text);
        }
    }

    /// Reports `//go:linkname` of what the package does not declare, and what it gives a second name.
    pub(crate) fn check_linknames(&mut self) {
        // Before Go 1.18 those that say nothing were let pass.
        if self.input.is_std || self.input.version < Version(18) || !self.imports("unsafe") {
            return;
        }
        let mut seen: Vec<&str> = Vec::new();
        for directive in &self.tree().directives {
            let mut words = directive.text.split_ascii_whitespace();
            let (Some("go:linkname"), Some(local)) = (words.next(), words.next()) else { continue };
            let target = words.next().unwrap_or("");
            let declared = self.decls.package.get(&Name::new(local)).map(|obj| &obj.kind);
            let is_symbol = matches!(declared, Some(ObjKind::Func { .. } | ObjKind::Var { .. }));
            let text = if target.contains('[') {
                "//go:linkname reference of an instantiation is not allowed".to_string()
            } else if !is_symbol {
                "//go:linkname must refer to declared function or variable".to_string()
            } else if seen.contains(&local) {
                format!("duplicate //go:linkname for {local}")
            } else {
                seen.push(local);
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
