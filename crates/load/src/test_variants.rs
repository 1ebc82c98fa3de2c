//! Test files: the package with them, the package beside it, and what must be built again for them.
//!
//! A package `p` with test files in the package is checked once more as `p [p.test]`. Its external tests
//! are the package `p_test [p.test]`, whose import of `p` is that variant. A package between the two, one
//! that the external tests import and that imports `p`, is built again too, so that within a test
//! there is one `p`. `go help test`; the go command names variants the same way.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::dir::GoFile;
use crate::loader::{Loader, Node, Root};

/// Adds the test variants of the packages asked for.
pub fn link(loader: &mut Loader) {
    if !loader.config.tests {
        return;
    }
    let n_bases = loader.nodes.len();
    let mut tested = Vec::new();
    for base in 0..n_bases {
        if loader.nodes[base].root.is_none() {
            continue;
        }
        let [inner, outer] = std::mem::take(&mut loader.nodes[base].tests);
        let inner = (!inner.is_empty()).then(|| add_inner(loader, base, inner));
        let outer = (!outer.is_empty()).then(|| add_outer(loader, base, outer));
        tested.push((base, inner, outer));
    }
    // Imports of the test files may be new.
    loader.run();
    for (base, inner, outer) in tested {
        if let Some(inner) = inner {
            refuse_cycle(loader, base, inner);
            if let Some(outer) = outer {
                rebuild(loader, base, inner, outer);
            }
        }
    }
}

/// Adds a variant of `base` with other files.
fn add_variant(loader: &mut Loader, base: usize, path: String, files: Vec<Arc<GoFile>>) -> usize {
    let node = &loader.nodes[base];
    let variant = Node {
        id: format!("{path} [{}.test]", node.path),
        path,
        root: Some(Root::Matched),
        is_read: true,
        files: files.clone(),
        tests: Default::default(),
        only_tests: false,
        broken: None,
        ..node.clone()
    };
    loader.nodes.push(variant);
    let idx = loader.nodes.len() - 1;
    loader.nodes[idx].edges = loader.edges(idx, &files);
    idx
}

fn add_inner(loader: &mut Loader, base: usize, tests: Vec<Arc<GoFile>>) -> usize {
    let node = &loader.nodes[base];
    let mut files: Vec<_> = node.files.iter().cloned().chain(tests).collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    let path = node.path.clone();
    add_variant(loader, base, path, files)
}

fn add_outer(loader: &mut Loader, base: usize, files: Vec<Arc<GoFile>>) -> usize {
    let path = format!("{}_test", loader.nodes[base].path);
    add_variant(loader, base, path, files)
}

/// Reports test files in a package that import something which imports the package.
fn refuse_cycle(loader: &mut Loader, base: usize, inner: usize) {
    let mut edges = loader.nodes[inner].edges.clone();
    for edge in &mut edges {
        if let Ok(target) = edge.target
            && let Some(chain) = chain(loader, target, base)
        {
            let path = &loader.nodes[base].path;
            let imports: String =
                chain.iter().map(|idx| format!("\n\timports {}", loader.nodes[*idx].path)).collect();
            edge.target = Err(format!("package {path}{imports}: import cycle not allowed in test"));
        }
    }
    loader.nodes[inner].edges = edges;
}

/// Returns a path of imports from one node to another.
fn chain(loader: &Loader, from: usize, to: usize) -> Option<Vec<usize>> {
    let mut seen = BTreeSet::new();
    let mut stack = vec![(from, vec![from])];
    while let Some((idx, path)) = stack.pop() {
        if idx == to {
            return Some(path);
        }
        if seen.insert(idx) {
            let targets = loader.nodes[idx].edges.iter().filter_map(|edge| edge.target.as_ref().ok());
            stack.extend(targets.map(|target| (*target, [path.as_slice(), &[*target]].concat())));
        }
    }
    None
}

/// Points the imports of the external tests at the variant `inner` of `base`, and rebuilds for it
/// what they import that leads to `base`.
fn rebuild(loader: &mut Loader, base: usize, inner: usize, outer: usize) {
    let test = format!("[{}.test]", loader.nodes[base].path);
    let mut rebuilt = BTreeMap::from([(base, inner)]);
    let mut pending = vec![outer];
    while let Some(idx) = pending.pop() {
        for place in 0..loader.nodes[idx].edges.len() {
            let Ok(target) = loader.nodes[idx].edges[place].target else { continue };
            if let std::collections::btree_map::Entry::Vacant(e) = rebuilt.entry(target) {
                if chain(loader, target, base).is_none() {
                    continue;
                }
                let mut copy = loader.nodes[target].clone();
                copy.id = format!("{} {test}", copy.path);
                copy.root = None;
                loader.nodes.push(copy);
                e.insert(loader.nodes.len() - 1);
                pending.push(loader.nodes.len() - 1);
            }
            loader.nodes[idx].edges[place].target = Ok(rebuilt[&target]);
        }
    }
}
