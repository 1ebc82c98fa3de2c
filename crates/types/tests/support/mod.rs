//! Packages for tests of the checker: the standard library as `go list` describes it, and files at hand.
//!
//! The product finds packages by its own crate; tests of this one ask the installed `go` command, whose word on
//! what a package consists of is the reference.

#![allow(dead_code)] // Each test uses its part.

pub mod expect;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use source::{Code, Diagnostic, FileId, SourceMap};
use types::{Arenas, FIRST, Input, InputFile, Session, UNSAFE, Version};

/// A package of the standard library.
#[derive(Clone, Debug)]
pub struct Listed {
    pub path: String,
    pub dir: PathBuf,
    pub files: Vec<String>,
    pub import_map: HashMap<String, String>,
}

/// The standard library, dependencies first, and the trees of what was parsed so far.
pub struct Std {
    pub packages: Vec<Listed>,
    by_path: HashMap<String, usize>,
    pub map: SourceMap,
    target: target::Target,
    trees: HashMap<PathBuf, (FileId, Arc<syntax::File>, Vec<Diagnostic>)>,
}

/// A file to check: its name and its text.
pub struct Text {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// A package to check.
pub struct Source {
    pub path: String,
    pub files: Vec<Text>,
    pub version: Version,
    /// Imports that are not from the standard library, by path.
    pub imports: Vec<(String, usize)>,
    pub bodyless: bool,
}

impl Std {
    /// Asks `go list`.
    ///
    /// # Panics
    /// Without a `go` command: `cargo xtask setup` installs one, `cargo xtask test` finds it.
    pub fn list(goarch: &str) -> Std {
        let format = "{{.ImportPath}}|{{.Dir}}|{{range .GoFiles}}{{.}} {{end}}|{{range $k, $v := .ImportMap}}{{$k}}={{$v}} {{end}}";
        let out = Command::new("go")
            .args(["list", "-deps", "-f", format, "std"])
            .envs([("CGO_ENABLED", "0"), ("GOARCH", goarch), ("GOOS", "linux"), ("GOFLAGS", "")])
            .current_dir("/")
            .output();
        let out =
            out.unwrap_or_else(|error| panic!("the go command is needed (`cargo xtask setup`): {error}"));
        let text = String::from_utf8_lossy(&out.stdout);
        let packages: Vec<Listed> = text.lines().filter_map(parse_listed).collect();
        assert!(!packages.is_empty(), "go list std: {}", String::from_utf8_lossy(&out.stderr));
        let by_path = packages.iter().enumerate().map(|(idx, pkg)| (pkg.path.clone(), idx)).collect();
        let target = format!("linux/{goarch}").parse().expect("a target that rigo knows");
        Std { packages, by_path, map: SourceMap::default(), target, trees: HashMap::new() }
    }

    /// Parses a file and numbers it.
    pub fn parse(&mut self, name: String, bytes: Vec<u8>) -> (FileId, Arc<syntax::File>, Vec<Diagnostic>) {
        let bytes: Arc<[u8]> = bytes.into();
        let (tree, errors) = syntax::parse(bytes.clone(), syntax::Mode::Full);
        let id = FileId(self.map.files.len() as u32);
        let file = source::File::new(name, bytes, tree.line_directives.clone());
        self.map.files.push(Arc::new(file));
        let errors = errors.into_iter().map(|error| {
            let pos = source::Pos { file: id, offset: error.offset };
            Diagnostic::new(pos, Code::Syntax, error.text)
        });
        (id, Arc::new(tree), errors.collect())
    }

    fn parse_path(&mut self, path: &Path) -> (FileId, Arc<syntax::File>, Vec<Diagnostic>) {
        if let Some(known) = self.trees.get(path) {
            return known.clone();
        }
        let bytes = std::fs::read(path).expect("go list names files that exist");
        let parsed = self.parse(path.display().to_string(), bytes);
        self.trees.insert(path.to_owned(), parsed.clone());
        parsed
    }

    /// Returns the packages among `roots` and below, in the order of `go list -deps`.
    fn closure(&mut self, roots: &[String]) -> Vec<usize> {
        let mut wanted = vec![false; self.packages.len()];
        let mut stack: Vec<usize> = roots.iter().filter_map(|path| self.by_path.get(path).copied()).collect();
        while let Some(idx) = stack.pop() {
            if std::mem::replace(&mut wanted[idx], true) {
                continue;
            }
            let pkg = self.packages[idx].clone();
            for file in &pkg.files {
                let (_, tree, _) = self.parse_path(&pkg.dir.join(file));
                for path in imports_of(&tree) {
                    let path = pkg.import_map.get(&path).unwrap_or(&path);
                    stack.extend(self.by_path.get(path).copied());
                }
            }
        }
        (0..wanted.len()).filter(|&idx| wanted[idx]).collect()
    }

    /// Checks packages of the standard library, and everything below them if `deep`. Returns what is wrong and prints nothing.
    pub fn check_std(&mut self, paths: &[String], deep: bool) -> Vec<Diagnostic> {
        let order = self.closure(paths);
        let (inputs, mut diagnostics) = self.inputs(&order);
        let chosen: Vec<bool> =
            order.iter().map(|&idx| deep || paths.contains(&self.packages[idx].path)).collect();
        run(self.target, &inputs, &chosen, &mut diagnostics);
        diagnostics
    }

    /// Returns packages of the standard library and all below them, ready to be checked.
    pub fn std_inputs(&mut self, paths: &[String]) -> Vec<Input> {
        let order = self.closure(paths);
        self.inputs(&order).0
    }

    /// Reports imports that there are not, as the loader does.
    fn report_missing(
        &self,
        id: FileId,
        tree: &syntax::File,
        own: &[(String, usize)],
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        for decl in &tree.decls {
            let syntax::Decl::Import(spec) = decl else { continue };
            let span = tree[spec.path].span;
            let path = tree.text(span).trim_matches(['"', '`']);
            let known =
                path == "unsafe" || self.by_path.contains_key(path) || own.iter().any(|(own, _)| own == path);
            if !known && path.contains('/') {
                let pos = source::Pos { file: id, offset: span.start };
                diagnostics.push(Diagnostic::new(pos, Code::Load, format!("could not import {path}")));
            }
        }
    }

    fn inputs(&mut self, order: &[usize]) -> (Vec<Input>, Vec<Diagnostic>) {
        let numbers: HashMap<String, u32> = order
            .iter()
            .zip(FIRST..)
            .map(|(&idx, number)| (self.packages[idx].path.clone(), number))
            .collect();
        let mut diagnostics = Vec::new();
        let mut inputs = Vec::new();
        for &idx in order {
            let pkg = self.packages[idx].clone();
            let mut files = Vec::new();
            let mut imports: Vec<(String, u32)> = vec![("unsafe".into(), UNSAFE)];
            for file in &pkg.files {
                let (id, tree, errors) = self.parse_path(&pkg.dir.join(file));
                diagnostics.extend(errors);
                for written in imports_of(&tree) {
                    let path = pkg.import_map.get(&written).unwrap_or(&written);
                    if let Some(&number) = numbers.get(path) {
                        imports.push((written, number));
                    }
                }
                files.push(InputFile { id, tree, version: Version::NEWEST });
            }
            imports.sort();
            imports.dedup();
            inputs.push(Input {
                path: pkg.path,
                files,
                imports,
                version: Version::NEWEST,
                is_program: false,
                bodyless: true,
                is_std: true,
                embeds: vec![],
            });
        }
        (inputs, diagnostics)
    }

    /// Checks packages given as text, each of which may import those before it and the standard library.
    pub fn check_sources(&mut self, sources: Vec<Source>) -> Vec<Diagnostic> {
        self.check(sources, false)
    }

    /// As [`Std::check_sources`], but types are checked even if there are syntax errors.
    pub fn check_anyway(&mut self, sources: Vec<Source>) -> Vec<Diagnostic> {
        self.check(sources, true)
    }

    fn check(&mut self, sources: Vec<Source>, anyway: bool) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        let mut parsed = Vec::new();
        let mut roots = Vec::new();
        for source in sources {
            let mut files = Vec::new();
            for text in source.files {
                let (id, tree, errors) = self.parse(text.name, text.bytes);
                diagnostics.extend(errors);
                roots.extend(imports_of(&tree));
                self.report_missing(id, &tree, &source.imports, &mut diagnostics);
                let version = file_version(&tree, source.version);
                files.push(InputFile { id, tree, version });
            }
            parsed.push((source.path, files, source.version, source.imports, source.bodyless));
        }
        // As gc: other errors of the parser do not keep types from being checked.
        if !anyway && diagnostics.iter().any(|error: &Diagnostic| error.text.starts_with("syntax error")) {
            return diagnostics;
        }
        let order = self.closure(&roots);
        let (mut inputs, _) = self.inputs(&order);
        let n_std = inputs.len();
        for (path, files, version, own, bodyless) in parsed {
            let mut imports: Vec<(String, u32)> = vec![("unsafe".into(), UNSAFE)];
            imports.extend(
                order.iter().zip(FIRST..).map(|(&idx, number)| (self.packages[idx].path.clone(), number)),
            );
            imports.extend(own.into_iter().map(|(path, idx)| (path, FIRST + (n_std + idx) as u32)));
            let (is_program, is_std) = (false, false);
            inputs.push(Input {
                path,
                files,
                imports,
                version,
                is_program,
                bodyless,
                is_std,
                embeds: vec![],
            });
        }
        let chosen: Vec<bool> = (0..inputs.len()).map(|idx| idx >= n_std).collect();
        run(self.target, &inputs, &chosen, &mut diagnostics);
        source::sort_diagnostics(&mut diagnostics, &self.map);
        diagnostics
    }
}

fn run(target: target::Target, inputs: &[Input], chosen: &[bool], diagnostics: &mut Vec<Diagnostic>) {
    let mut arenas = Arenas::new(inputs.len());
    let session = Session::new(target, inputs, &mut arenas);
    let declared: Vec<_> = (FIRST..FIRST + inputs.len() as u32).map(|index| session.declare(index)).collect();
    for (declared, &chosen) in declared.into_iter().zip(chosen) {
        if chosen {
            let checked = session.check_bodies(declared);
            let input = &inputs[(checked.pkg.index - FIRST) as usize];
            let has_assert = input.files.iter().any(|file| file.tree.bytes.ends_with(ASSERT.as_bytes()));
            for (file, info) in input.files.iter().zip(&checked.info).filter(|_| has_assert) {
                check_asserts(file, info, diagnostics);
            }
            diagnostics.extend(checked.diagnostics);
        }
    }
}

/// The checker's tests call `assert` with constants that must be true; see [`declare_assert`].
fn check_asserts(file: &InputFile, info: &types::FileInfo<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let tree = &file.tree;
    for expr in &tree.exprs {
        let syntax::ExprKind::Call { fun, args, .. } = expr.kind else { continue };
        let is_assert =
            matches!(tree[fun].kind, syntax::ExprKind::Name(name) if name.as_str() == ASSERT_NAME);
        if !is_assert {
            continue;
        }
        // What is in error was reported.
        let info = tree[args].first().and_then(|arg| info.exprs[arg.index()]);
        let valid = info.is_some_and(|info| info.mode != types::Mode::Invalid);
        if valid && info.and_then(|info| info.value).and_then(|value| value.as_bool()) != Some(true) {
            let pos = source::Pos { file: file.id, offset: expr.span.start };
            diagnostics.push(Diagnostic::new(
                pos,
                Code::Types,
                format!("{} is not true", tree.text(expr.span)),
            ));
        }
    }
}

const ASSERT_NAME: &str = "assert";
const ASSERT: &str = "func assert(bool) bool { return true }\n";

/// Returns a file that declares `assert` for a package whose files call it.
pub fn declare_assert(files: &[Text]) -> Option<Text> {
    let mentions = |text: &Text, what: &str| String::from_utf8_lossy(&text.bytes).contains(what);
    if !files.iter().any(|file| mentions(file, "assert("))
        || files.iter().any(|file| mentions(file, "func assert("))
    {
        return None;
    }
    let (tree, _) = syntax::parse(files[0].bytes.clone().into(), syntax::Mode::Imports);
    let text = format!("package {}\n{ASSERT}", tree.package.name);
    Some(Text { name: "assert.go".into(), bytes: text.into_bytes() })
}

fn parse_listed(line: &str) -> Option<Listed> {
    let mut parts = line.split('|');
    let (path, dir) = (parts.next()?.to_owned(), PathBuf::from(parts.next()?));
    if path == "unsafe" {
        return None;
    }
    let files = parts.next()?.split_ascii_whitespace().map(str::to_owned).collect();
    let import_map = parts.next()?.split_ascii_whitespace().filter_map(|pair| pair.split_once('='));
    let import_map = import_map.map(|(from, to)| (from.to_owned(), to.to_owned())).collect();
    Some(Listed { path, dir, files, import_map })
}

/// Returns the paths that a file imports.
pub fn imports_of(tree: &syntax::File) -> Vec<String> {
    let decls = tree.decls.iter().filter_map(|decl| match decl {
        syntax::Decl::Import(spec) => {
            Some(tree.text(tree[spec.path].span).trim_matches(['"', '`']).to_owned())
        }
        _ => None,
    });
    decls.collect()
}

/// Returns the version of a file: a build constraint may ask for another than the module's, from go1.21 on.
pub fn file_version(tree: &syntax::File, version: Version) -> Version {
    let constraint = syntax::constraint::of_file(tree).ok().flatten();
    match constraint.and_then(|expr| expr.go_version()) {
        Some(minor) => Version(minor as u16).max(Version(21)),
        None => version,
    }
}

/// Runs `work` on a thread whose stack is large enough for deep trees.
pub fn on_large_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = std::thread::Builder::new().stack_size(512 << 20).spawn(work).expect("a thread can be made");
    thread.join().expect("the checker does not panic")
}

/// Runs a check that may panic or never end, on a large stack. The second result is missing when it did.
pub fn guarded<T: Send + 'static>(
    std: Std,
    check: impl FnOnce(&mut Std) -> T + Send + 'static,
) -> (Std, Option<T>) {
    let (sender, receiver) = std::sync::mpsc::channel();
    let mut std = std;
    let work = move || {
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(&mut std)));
        // Nobody listens any more if it took too long.
        let _ = sender.send((std, result.ok()));
    };
    std::thread::Builder::new().stack_size(512 << 20).spawn(work).expect("a thread can be made");
    match receiver.recv_timeout(std::time::Duration::from_secs(20)) {
        Ok(result) => result,
        Err(_) => (Std::list("amd64"), None),
    }
}
