//! Minimal version selection: of each module the highest version that anything requires.
//!
//! The Go Modules Reference, "Minimal version selection" and "Module graph pruning": the requirements of
//! a module at Go 1.17 or later name all that its packages need, so behind such a module the graph
//! of a pruned build ends.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::gomod::ModuleVersion;
use crate::version::{GoVersion, compare_semver};

/// From this version on a module's requirements are complete.
pub const PRUNED_FROM: GoVersion = GoVersion(17);

/// What the graph needs of a module's `go.mod`.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Its `go` line.
    pub go: GoVersion,
    /// Its requirements, without those that the main modules exclude.
    pub requires: Vec<ModuleVersion>,
}

/// Returns the selected version of every module in the graph of `roots`; `summary` reads a module's `go.mod`.
pub fn select(
    roots: &[ModuleVersion],
    pruned: bool,
    mut summary: impl FnMut(&ModuleVersion) -> Result<Summary, String>,
) -> Result<BTreeMap<String, String>, String> {
    let mut selected: BTreeMap<String, String> = BTreeMap::new();
    // A module may come up first behind a pruned one and later unpruned; then its graph is followed.
    let mut followed: BTreeSet<ModuleVersion> = BTreeSet::new();
    let mut queue: VecDeque<ModuleVersion> = roots.iter().cloned().collect();
    let mut raise = |module: &ModuleVersion| {
        let version = selected.entry(module.path.clone()).or_default();
        if version.is_empty() || compare_semver(&module.version, version).is_gt() {
            *version = module.version.clone();
        }
    };
    roots.iter().for_each(&mut raise);
    while let Some(module) = queue.pop_front() {
        if !followed.insert(module.clone()) {
            continue;
        }
        let summary = summary(&module)?;
        summary.requires.iter().for_each(&mut raise);
        if !pruned || summary.go < PRUNED_FROM {
            queue.extend(summary.requires);
        }
    }
    Ok(selected)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Modules are written `A1 -> B1 C2`, with ` @16` for an old `go` line.
    fn run(graph: &str, roots: &str, pruned: bool) -> String {
        let module =
            |text: &str| ModuleVersion { path: text[..1].into(), version: format!("v1.{}.0", &text[1..]) };
        let modules = |text: &str| text.split_whitespace().map(module).collect::<Vec<_>>();
        let selected = select(&modules(roots), pruned, |wanted| {
            for line in graph.lines() {
                let (name, rest) = line.trim().split_once(" -> ").expect("an arrow");
                let (requires, go) = rest.split_once('@').unwrap_or((rest, "20"));
                if module(name) == *wanted {
                    let go = GoVersion(go.parse().expect("a number"));
                    return Ok(Summary { go, requires: modules(requires) });
                }
            }
            Ok(Summary { go: GoVersion(20), requires: vec![] })
        });
        let selected = selected.expect("every module is known");
        selected.iter().map(|(path, version)| format!("{path}{} ", &version[3..version.len() - 2])).collect()
    }

    #[test]
    fn the_highest_required_version_wins() {
        // The example of the reference, "Minimal version selection".
        let graph = "A2 -> C3\nB2 -> C4\nC3 -> D2\nC4 -> D2";
        assert_eq!(run(graph, "A2 B2", false), "A2 B2 C4 D2 ");
        // Cycles between modules are no error.
        assert_eq!(run("A1 -> B2\nB2 -> A3\nA3 -> B1", "A1 B1", false), "A3 B2 ");
    }

    #[test]
    fn pruning_ends_behind_new_modules() {
        let graph = "A1 -> B1\nB1 -> C1\nC1 -> D1";
        assert_eq!(run(graph, "A1", true), "A1 B1 ");
        assert_eq!(run(graph, "A1", false), "A1 B1 C1 D1 ");
        let old = "A1 -> B1 @16\nB1 -> C1 @16\nC1 -> D1";
        assert_eq!(run(old, "A1", true), "A1 B1 C1 D1 ");
    }
}
