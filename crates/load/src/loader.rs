//! The waves: reads folders, resolves imports, reads the folders these name.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::dir::{self, GoFile, Listing, Query};
use crate::modules::Modules;
use crate::overlay::Overlay;
use crate::tags::Selections;
use crate::version::GoVersion;
use crate::{Config, Goroot, Test, Tests, threads};

/// A package on the way: where it is, then what it holds, then what it imports.
#[derive(Clone, Debug)]
pub struct Node {
    /// The import path.
    pub path: String,
    /// The path with the test it is built for, where it is.
    pub id: String,
    /// The folder.
    pub dir: PathBuf,
    /// It belongs to the standard library.
    pub is_std: bool,
    /// The path by which rules on `internal` judge its imports.
    pub importer: String,
    /// How it was asked for.
    pub root: Option<Root>,
    /// What its tests import is wanted too: it is a package of a main module, and `all` was asked for.
    pub needs_test_imports: bool,
    /// The language version of its module.
    pub go: GoVersion,
    /// The files to take, for a list of files.
    pub named_files: Option<Vec<String>>,
    /// Its folder was read.
    pub is_read: bool,
    /// Its files.
    pub files: Vec<Arc<GoFile>>,
    /// Test files in the package and outside of it.
    pub tests: [Vec<Arc<GoFile>>; 2],
    /// There are only test files.
    pub only_tests: bool,
    /// It is the program that runs a package's tests, which may import what nobody else may.
    pub is_test_program: bool,
    /// What is wrong with its tests: file, offset, text.
    pub wrong: Vec<(usize, u32, String)>,
    /// Names of assembly files.
    pub asm: Vec<String>,
    /// Names of files left out.
    pub ignored: Vec<String>,
    /// Why it cannot be compiled.
    pub broken: Option<String>,
    /// What it imports: each path once, where it stands first.
    pub edges: Vec<Edge>,
}

/// How a package was asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Root {
    /// By itself: it must be there.
    Named,
    /// By a pattern, which leaves out folders without files for this build.
    Matched,
}

/// An import.
#[derive(Clone, Debug)]
pub struct Edge {
    /// The path as written.
    pub path: String,
    /// Which file of the package has it first.
    pub file: usize,
    /// Where in that file.
    pub offset: u32,
    /// The node, or why there is none.
    pub target: Result<usize, String>,
}

/// The state of a request.
pub struct Loader<'a> {
    /// The request.
    pub config: &'a Config,
    /// The Go tree.
    pub goroot: Goroot,
    /// Its `src`.
    pub std_dir: PathBuf,
    /// The modules.
    pub modules: Modules,
    pub selections: Selections,
    /// All packages known.
    pub nodes: Vec<Node>,
    by_path: FxHashMap<String, usize>,
    /// Those that every program has.
    pub implicit: Vec<usize>,
    /// The tests asked for.
    pub tests: Vec<Test<usize>>,
    /// What is wrong with the arguments.
    pub errors: Vec<String>,
    /// What is strange about them.
    pub warnings: Vec<String>,
}

impl<'a> Loader<'a> {
    /// Makes a loader without packages.
    pub fn new(config: &'a Config, goroot: Goroot, modules: Modules) -> Loader<'a> {
        Loader {
            config,
            std_dir: goroot.src(),
            goroot,
            modules,
            selections: Selections::new(config.target, &config.tags, &config.env),
            nodes: Vec::new(),
            by_path: FxHashMap::default(),
            implicit: Vec::new(),
            tests: Vec::new(),
            errors: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Returns the node of a package, made if it is new.
    pub fn node(&mut self, path: &str, dir: PathBuf, is_std: bool, go: GoVersion) -> usize {
        if let Some(idx) = self.by_path.get(path) {
            return *idx;
        }
        let idx = self.nodes.len();
        self.by_path.insert(path.into(), idx);
        self.nodes.push(Node {
            path: path.into(),
            id: path.into(),
            dir,
            is_std,
            importer: path.into(),
            root: None,
            needs_test_imports: false,
            go,
            named_files: None,
            is_read: false,
            files: Vec::new(),
            tests: Default::default(),
            only_tests: false,
            is_test_program: false,
            wrong: Vec::new(),
            asm: Vec::new(),
            ignored: Vec::new(),
            broken: None,
            edges: Vec::new(),
        });
        idx
    }

    /// Reads folders until every import is resolved.
    pub fn run(&mut self) {
        let mut first = 0;
        while first < self.nodes.len() {
            let unread: Vec<usize> =
                (first..self.nodes.len()).filter(|idx| !self.nodes[*idx].is_read).collect();
            first = self.nodes.len();
            let queries: Vec<Query> = unread.iter().map(|idx| self.query(&self.nodes[*idx])).collect();
            let listings = threads::map(self.config.n_threads, &queries, dir::read);
            for (idx, listing) in unread.into_iter().zip(listings) {
                match listing {
                    Ok(listing) => self.fill(idx, listing),
                    Err(error) => {
                        let dir = self.nodes[idx].dir.display();
                        let text = format!("open {dir}: {error}");
                        self.nodes[idx].broken = Some(text);
                    }
                }
                self.nodes[idx].is_read = true;
                self.nodes[idx].edges = self.edges(idx, &self.nodes[idx].files.clone());
                if self.nodes[idx].needs_test_imports {
                    // What is wrong with these imports is told when the tests are asked for.
                    for files in self.nodes[idx].tests.clone() {
                        self.edges(idx, &files);
                    }
                }
            }
        }
    }

    fn query(&self, node: &Node) -> Query {
        Query {
            dir: node.dir.clone(),
            files: node.named_files.clone(),
            selection: if node.is_std {
                self.selections.std(&node.path)
            } else {
                self.selections.user().clone()
            },
            overlay: if node.is_std && self.config.overlay { Overlay::of(&node.path) } else { None },
            tests: (self.config.tests != Tests::No && node.root.is_some()) || node.needs_test_imports,
        }
    }

    /// Takes what was found in a package's folder.
    fn fill(&mut self, idx: usize, listing: Listing) {
        let node = &mut self.nodes[idx];
        node.broken = why_broken(node, &listing);
        let arcs = |files: Vec<GoFile>| files.into_iter().map(Arc::new).collect::<Vec<_>>();
        node.only_tests = listing.go.is_empty()
            && (listing.has_tests || !listing.tests.is_empty() || !listing.external_tests.is_empty());
        node.files = arcs(listing.go);
        node.tests = [arcs(listing.tests), arcs(listing.external_tests)];
        node.asm = listing.asm;
        node.ignored = listing.ignored;
        if node.broken.is_some() {
            node.files.clear();
        }
    }

    /// Resolves the imports of `files` for the package `idx`.
    pub fn edges(&mut self, idx: usize, files: &[Arc<GoFile>]) -> Vec<Edge> {
        let mut edges: Vec<Edge> = Vec::new();
        for (file, source) in files.iter().enumerate() {
            for import in &source.header.imports {
                // The checker knows `unsafe`, and refuses what no import path may contain.
                if import.path != "unsafe" && has_path_form(&import.path) {
                    let target = Err(String::new());
                    edges.push(Edge { path: import.path.clone(), file, offset: import.offset, target });
                }
            }
        }
        edges.sort_by(|a, b| (&a.path, a.file, a.offset).cmp(&(&b.path, b.file, b.offset)));
        edges.dedup_by(|later, first| later.path == first.path);
        for edge in &mut edges {
            edge.target = self.resolve(idx, &edge.path);
        }
        edges
    }

    /// Finds the package that an import in package `importer` names.
    fn resolve(&mut self, importer: usize, path: &str) -> Result<usize, String> {
        check_path(path)?;
        let node = &self.nodes[importer];
        if node.is_std {
            // The standard library's vendored packages have their folder in their import path.
            let vendor = if node.path.starts_with("cmd/") { "cmd/vendor" } else { "vendor" };
            let vendored = format!("{vendor}/{path}");
            if path.split('/').next().is_some_and(|first| first.contains('.'))
                && self.std_dir.join(&vendored).is_dir()
            {
                return self.find(&vendored, None);
            }
        } else if path.starts_with("vendor/") || path.contains("/vendor/") {
            return Err("use of vendored package not allowed".into());
        }
        let importer = node.path.clone();
        self.find(path, Some(&importer))
    }

    /// Finds a package by its import path, on behalf of the package that imports it.
    pub fn find(&mut self, path: &str, importer: Option<&str>) -> Result<usize, String> {
        if let Some(idx) = self.by_path.get(path) {
            return Ok(*idx);
        }
        let first = path.split('/').next().unwrap_or_default();
        let std_dir = self.std_dir.join(path);
        let is_added =
            || self.config.overlay && Overlay::of(path).is_some_and(|overlay| overlay.is_addition());
        if !first.contains('.') && (dir::has_go_files(&std_dir) || is_added()) {
            return Ok(self.node(path, std_dir, true, GoVersion::NEWEST));
        }
        match self.modules.find(path, importer) {
            Ok(place) => Ok(self.node(path, place.dir, false, place.go)),
            Err(_) if !first.contains('.') => {
                Err(format!("package {path} is not in std ({})", std_dir.display()))
            }
            Err(error) => Err(error),
        }
    }

    /// Returns the import path and version of a folder, and whether it is in the standard library.
    pub fn of_dir(&self, dir: &Path) -> Result<(String, GoVersion, bool), String> {
        if let Ok(below) = dir.strip_prefix(&self.std_dir) {
            return Ok((below.display().to_string(), GoVersion::NEWEST, true));
        }
        let path = self.modules.import_path(dir)?;
        let go = self.modules.main_of(dir).map_or(GoVersion::UNSTATED, |main| main.go_version());
        Ok((path, go, false))
    }
}

/// Says why a folder's files make no package, if they do not.
fn why_broken(node: &Node, listing: &Listing) -> Option<String> {
    let dir = node.dir.display();
    if let Some((name, error)) = listing.unreadable.first() {
        return Some(format!("open {}: {error}", node.dir.join(name).display()));
    }
    if listing.is_empty() {
        return Some(if !listing.cgo.is_empty() {
            format!("build constraints exclude all Go files in {dir} (import \"C\" is not supported)")
        } else if listing.has_tests {
            format!("no non-test Go files in {dir}")
        } else if !listing.ignored.is_empty() {
            format!("build constraints exclude all Go files in {dir}")
        } else {
            format!("no Go files in {dir}")
        });
    }
    let named = |file: &&GoFile| file.header.package.is_some();
    if let Some(first) = listing.go.iter().find(named) {
        let other = listing.go.iter().filter(named).find(|file| file.header.package != first.header.package);
        if let Some(other) = other {
            let name = |file: &GoFile| file.header.package.map_or("", |name| name.as_str());
            return Some(format!(
                "found packages {} ({}) and {} ({}) in {dir}",
                name(first),
                first.name,
                name(other),
                other.name
            ));
        }
    }
    (!listing.foreign.is_empty() && !node.is_std).then(|| {
        format!(
            "package {}: C source files not allowed when not using cgo or SWIG: {}",
            node.path,
            listing.foreign.join(" ")
        )
    })
}

/// Reports whether `path` has only characters that an import path may have. Spec, "Import declarations".
fn has_path_form(path: &str) -> bool {
    let excluded =
        |c: char| c.is_control() || c.is_whitespace() || "!\"#$%&'()*,:;<=>?[\\]^`{|}\u{fffd}".contains(c);
    !path.is_empty() && !path.contains(excluded)
}

/// Refuses paths that name no package: rooted, relative, with empty or dotted elements.
fn check_path(path: &str) -> Result<(), String> {
    if path.starts_with('/') {
        return Err(format!("{path:?} is not a package path; see 'go help packages'"));
    }
    if crate::gomod::is_dir_path(path) {
        return Err(format!(
            "{path:?} is relative, but relative import paths are not supported in module mode"
        ));
    }
    let is_bad = |element: &str| element.trim_matches('.').is_empty();
    if path.split('/').any(is_bad) {
        return Err(format!("malformed import path {path:?}"));
    }
    Ok(())
}
