//! Test files: the package with them, the package beside it, and what must be built again for them.
//!
//! A package `p` with test files in the package is checked once more as `p [p.test]`. Its external tests
//! are the package `p_test [p.test]`, whose import of `p` is that variant. The program that runs both is `p.test`.
//! A package between them, one that imports `p` and that the tests or the program import, is built again too, so that
//! within a test there is one `p`. `go help test`; the go command names variants the same way.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::dir::GoFile;
use crate::header;
use crate::loader::{Loader, Node, Root};
use crate::test_main::{self, Found, Tested};
use crate::version::GoVersion;
use crate::{Test, Tests};

/// A package whose tests were asked for, and the nodes made for it.
struct Variants {
    base: usize,
    inner: Option<usize>,
    outer: Option<usize>,
    program: Option<usize>,
}

/// Adds the test variants of the packages asked for, and the programs that run them where these are wanted.
pub fn link(loader: &mut Loader) {
    if loader.config.tests == Tests::No {
        return;
    }
    let n_bases = loader.nodes.len();
    let mut tested = Vec::new();
    for base in 0..n_bases {
        if loader.nodes[base].root.is_none()
            || (loader.nodes[base].broken.is_some() && !loader.nodes[base].only_tests)
        {
            continue;
        }
        let [inner, outer] = std::mem::take(&mut loader.nodes[base].tests);
        let has_tests = !inner.is_empty() || !outer.is_empty();
        let inner = (!inner.is_empty()).then(|| add_inner(loader, base, inner));
        let outer = (!outer.is_empty()).then(|| add_outer(loader, base, outer));
        let program =
            (has_tests && loader.config.tests == Tests::Run).then(|| add_program(loader, base, inner, outer));
        tested.push(Variants { base, inner, outer, program });
    }
    // Imports of the test files may be new.
    loader.run();
    for Variants { base, inner, outer, program } in &tested {
        let fixed: Vec<usize> = [*inner, *outer, *program].into_iter().flatten().collect();
        if let Some(inner) = inner {
            refuse_cycle(loader, *base, *inner);
            rebuild(loader, *base, *inner, &fixed);
        }
    }
    for Variants { base, inner, program, .. } in tested {
        loader.tests.push(Test { package: inner.unwrap_or(base), program });
    }
}

/// Adds the program `p.test`.
fn add_program(loader: &mut Loader, base: usize, inner: Option<usize>, outer: Option<usize>) -> usize {
    let mut found = |idx: Option<usize>| {
        let Some(idx) = idx else { return Found::default() };
        let mut found = Found::read(&loader.nodes[idx].files);
        loader.nodes[idx].wrong.append(&mut found.wrong);
        found
    };
    let (in_inner, in_outer) = (found(inner), found(outer));
    let node = &loader.nodes[base];
    let path = node.path.clone();
    let module = loader.modules.main_of(&node.dir).map_or(String::new(), |main| main.path.clone());
    let tested = Tested {
        path: &path,
        module: &module,
        inner: &in_inner,
        outer: outer.map(|_| &in_outer),
        has_inner: inner.is_some() || !node.files.is_empty(),
        cover: loader.config.cover,
    };
    let bytes: Arc<[u8]> = test_main::write(&tested).into_bytes().into();
    let name = "_testmain.go".to_string();
    let dir = PathBuf::from(format!("{path}.test"));
    let header = header::read(bytes.clone());
    let file = Arc::new(GoFile { path: dir.join(&name), name, bytes, header });
    let idx = loader.node(&format!("{path}.test"), dir, true, GoVersion::NEWEST);
    let external = format!("{path}_test");
    let mut edges = loader.edges(idx, std::slice::from_ref(&file));
    for edge in &mut edges {
        if edge.path == path {
            edge.target = Ok(inner.unwrap_or(base));
        } else if let (true, Some(outer)) = (edge.path == external, outer) {
            edge.target = Ok(outer);
        }
    }
    let node = &mut loader.nodes[idx];
    (node.is_read, node.is_test_program, node.root) = (true, true, Some(Root::Named));
    (node.files, node.edges) = (vec![file], edges);
    // Where it has tests of its own, the package itself is wanted only if something imports it.
    if inner.is_some() {
        loader.nodes[base].root = None;
    }
    idx
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

/// Points imports of `base` at the variant `inner`, in the nodes `fixed` and in all they import that leads to `base`,
/// which is built again for this.
fn rebuild(loader: &mut Loader, base: usize, inner: usize, fixed: &[usize]) {
    let test = format!("[{}.test]", loader.nodes[base].path);
    let mut rebuilt: BTreeMap<usize, usize> = fixed.iter().map(|idx| (*idx, *idx)).collect();
    rebuilt.insert(base, inner);
    let mut pending = fixed.to_vec();
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
