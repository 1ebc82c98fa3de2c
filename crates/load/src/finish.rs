//! The last step: order by imports, rules on imports, numbers for packages and files.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use source::{Code, Diagnostic, FileId, Pos};

use crate::dir::GoFile;
use crate::loader::{Loader, Node, Root};
use crate::package::{AsmFile, Loaded, Package, PackageId, SourceFile, Test};
use crate::pattern::short_path;
use crate::version::GoVersion;

/// Turns the nodes that the arguments reach into packages.
pub fn finish(mut loader: Loader) -> Loaded {
    settle_roots(&mut loader);
    let (order, cycles) = sort(&loader);
    let mut finisher = Finisher {
        numbers: order.iter().enumerate().map(|(number, idx)| (*idx, PackageId(number as u32))).collect(),
        files: Vec::new(),
        by_file: BTreeMap::new(),
        loader: &loader,
    };
    let packages = order.iter().map(|idx| finisher.package(*idx, &cycles)).collect();
    let test = |test: &Test<usize>| {
        let program = test.program.map(|idx| finisher.numbers[&idx]);
        // What a pattern need not have matched is no package.
        Some(Test { package: *finisher.numbers.get(&test.package)?, program })
    };
    let tests = loader.tests.iter().filter_map(test).collect();
    let files = finisher.files;
    Loaded { packages, files, tests, errors: loader.errors, warnings: loader.warnings, goroot: loader.goroot }
}

/// Reports packages asked for that cannot be compiled, and drops those that a pattern need not have matched.
fn settle_roots(loader: &mut Loader) {
    for node in &mut loader.nodes {
        let Some(root) = node.root else { continue };
        let Some(broken) = &node.broken else { continue };
        let is_empty = broken.starts_with("no Go files") || broken.starts_with("build constraints");
        match root {
            Root::Matched if node.only_tests => node.broken = None,
            Root::Matched if is_empty => node.root = None,
            Root::Named | Root::Matched => {
                let text = if broken.starts_with("build constraints") {
                    format!("package {}: {broken}", node.path)
                } else if broken.starts_with("no non-test") {
                    format!("{}: {broken}", node.path)
                } else {
                    broken.clone()
                };
                loader.errors.push(text);
                node.root = None;
            }
        }
    }
}

/// An import that closes a cycle, by node and place among its imports, with the whole chain as text.
type Cycles = BTreeMap<(usize, usize), String>;

/// Sorts nodes so that each comes after those it imports, ties by import path.
fn sort(loader: &Loader) -> (Vec<usize>, Cycles) {
    let nodes = &loader.nodes;
    let mut roots: Vec<usize> = (0..nodes.len()).filter(|idx| nodes[*idx].root.is_some()).collect();
    roots.sort_by(|a, b| nodes[*a].id.cmp(&nodes[*b].id));
    // The state of a node: not visited, on the stack at this depth, done.
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open(usize),
        Done,
    }
    let mut states = vec![State::New; nodes.len()];
    let (mut order, mut cycles) = (Vec::new(), Cycles::new());
    for root in roots.into_iter().chain(loader.implicit.iter().copied()) {
        if states[root] != State::New {
            continue;
        }
        states[root] = State::Open(0);
        // Each entry: the node, and how many of its imports were visited.
        let mut stack = vec![(root, 0)];
        while let Some((idx, place)) = stack.last_mut() {
            let Some(edge) = nodes[*idx].edges.get(*place) else {
                states[*idx] = State::Done;
                order.push(*idx);
                stack.pop();
                continue;
            };
            *place += 1;
            let Ok(target) = edge.target else { continue };
            match states[target] {
                _ if nodes[target].broken.is_some() => {}
                State::Done => {}
                State::New => {
                    states[target] = State::Open(stack.len());
                    stack.push((target, 0));
                }
                State::Open(_) => {
                    let key = (*idx, *place - 1);
                    cycles.insert(key, describe_cycle(nodes, &stack));
                }
            }
        }
    }
    (order, cycles)
}

/// Words the chain of imports on the stack, the last of which closes the cycle.
fn describe_cycle(nodes: &[Node], stack: &[(usize, usize)]) -> String {
    let mut text = format!("package {}", nodes[stack[0].0].path);
    for (idx, place) in stack {
        let edge = &nodes[*idx].edges[*place - 1];
        let file = &nodes[*idx].files[edge.file].name;
        let target = edge.target.as_ref().map_or(edge.path.as_str(), |target| nodes[*target].path.as_str());
        text += &format!("\n\timports {target} from {file}");
    }
    text + ": import cycle not allowed"
}

struct Finisher<'a> {
    loader: &'a Loader<'a>,
    numbers: BTreeMap<usize, PackageId>,
    files: Vec<SourceFile>,
    // By address: a file shared by test variants has one number.
    by_file: BTreeMap<*const GoFile, FileId>,
}

impl Finisher<'_> {
    fn package(&mut self, idx: usize, cycles: &Cycles) -> Package {
        let node = &self.loader.nodes[idx];
        let go = match (node.root, self.loader.config.lang) {
            (Some(_), Some(lang)) => lang,
            _ => node.go,
        };
        let mut files = Vec::new();
        for file in &node.files {
            // Spec of `//go:build` and language versions: a constraint changes a file's version, but
            // never below 1.21.
            let version =
                file.header.constraint.go_version().map_or(go, |version| version.max(GoVersion::FILE_MIN));
            files.push((self.file(node, file), version));
        }
        let name = node.files.iter().find_map(|f| f.header.package).map_or(String::new(), |n| n.to_string());
        let mut package = Package {
            path: node.path.clone(),
            id: node.id.clone(),
            is_program: name == "main" && !node.id.ends_with(".test]"),
            name,
            dir: node.dir.clone(),
            files,
            imports: Vec::new(),
            go_version: go,
            is_std: node.is_std,
            is_root: node.root.is_some(),
            asm: node.asm.iter().map(|name| self.asm_file(node, name)).collect(),
            uses_assembly: self.loader.selections.uses_assembly(&node.path, node.is_std),
            ignored: node.ignored.clone(),
            errors: Vec::new(),
        };
        for (place, edge) in node.edges.iter().enumerate() {
            let pos = Pos { file: package.files[edge.file].0, offset: edge.offset };
            let cycle = cycles.get(&(idx, place));
            let result = match (&edge.target, cycle) {
                (_, Some(chain)) => Err((Pos::NONE, chain.clone())),
                // What was downloaded is wrong, wherever it was asked for.
                (Err(error), _) if error.starts_with("verifying ") => Err((Pos::NONE, error.clone())),
                (Err(error), _) => Err((pos, error.clone())),
                (Ok(target), None) => self.check_import(node, *target).map_err(|error| (pos, error)),
            };
            match result {
                Ok(number) => package.imports.push((edge.path.clone(), number)),
                Err((pos, text)) => package.errors.push(Diagnostic::new(pos, Code::Load, text)),
            }
        }
        for (file, offset, text) in &node.wrong {
            let pos = Pos { file: package.files[*file].0, offset: *offset };
            package.errors.push(Diagnostic::new(pos, Code::Load, text.clone()));
        }
        package.errors.sort_by(|a, b| (a.pos, &a.text).cmp(&(b.pos, &b.text)));
        package
    }

    /// Returns the number of a file, given on first sight.
    fn file(&mut self, node: &Node, file: &Arc<GoFile>) -> FileId {
        let next = FileId(self.files.len() as u32);
        let id = *self.by_file.entry(Arc::as_ptr(file)).or_insert(next);
        if id == next {
            let dir =
                if file.path.is_absolute() { &node.dir } else { file.path.parent().unwrap_or(Path::new("")) };
            let dir = if dir.is_absolute() {
                short_path(&self.loader.config.cwd, dir)
            } else {
                dir.display().to_string()
            };
            let name = format!("{dir}/{}", file.name);
            self.files.push(SourceFile { name, path: file.path.clone(), bytes: file.bytes.clone() });
        }
        id
    }

    fn asm_file(&self, node: &Node, name: &str) -> AsmFile {
        let dir = short_path(&self.loader.config.cwd, &node.dir);
        AsmFile { name: format!("{dir}/{name}"), path: node.dir.join(name) }
    }

    /// Checks that a package may be imported by `node`.
    fn check_import(&self, node: &Node, target: usize) -> Result<PackageId, String> {
        let imported = &self.loader.nodes[target];
        if let Some(broken) = &imported.broken {
            return Err(broken.clone());
        }
        let is_program =
            imported.files.iter().any(|f| f.header.package.is_some_and(|n| n.as_str() == "main"));
        if node.is_test_program {
            return Ok(self.numbers[&target]);
        }
        let own_test = imported.path == node.path || format!("{}_test", imported.path) == node.path;
        if is_program && !own_test {
            return Err(format!("import {:?} is a program, not an importable package", imported.path));
        }
        if !self.loader.config.any_internal && !may_import_internal(node, imported) {
            return Err(format!("use of internal package {} not allowed", imported.path));
        }
        Ok(self.numbers[&target])
    }
}

/// The rule on `internal`: only what lies at or below the parent of the folder so named. `go help importpath`.
fn may_import_internal(node: &Node, imported: &Node) -> bool {
    let path = &imported.path;
    let parent = if path == "internal" || path.starts_with("internal/") {
        ""
    } else if let Some(idx) = path.rfind("/internal/") {
        &path[..idx]
    } else if let Some(parent) = path.strip_suffix("/internal") {
        parent
    } else {
        return true;
    };
    // At the top, `internal` belongs to the standard library itself.
    let importer = node.importer.strip_suffix("_test").unwrap_or(&node.importer);
    match parent {
        "" => node.is_std,
        _ if imported.is_std && !node.is_std => false,
        parent => crate::modules::below(parent, importer).is_some(),
    }
}
