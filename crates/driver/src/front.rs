//! The front end: load, parse, check.

use std::sync::{Arc, Mutex};

use load::{Config, Loaded};
use rustc_hash::FxHashSet;
use source::{Code, Diagnostic, File, FileId, Pos, SourceMap, sort_diagnostics};
use syntax::Mode;
use types::phases::{Checked, Declared};
use types::session::{Arenas, FIRST, Input, InputFile, Session, Version};

use crate::embeds;
use crate::pool::{self, Graph};
use crate::progress::{Progress, Stage, set_work};
use crate::schedule::{Step, Unit, schedule};
use crate::{Outcome, Report, Request};

/// A program whose packages are all checked.
pub struct Front<'a, 's> {
    /// The packages as loaded.
    pub loaded: &'a Loaded,
    /// The session in which they were checked; package `i` of `loaded` has number `i + FIRST` there.
    pub session: &'s Session<'s>,
    /// The checked packages, in the order of `loaded`.
    pub packages: &'a [Checked<'s>],
    /// The trees, by file.
    pub trees: &'a [Arc<syntax::File>],
    /// What is wrong. Only when nothing is may later stages begin.
    pub outcome: &'a Outcome,
}

/// Checks the packages that a request names.
pub fn check(request: &Request, progress: &Progress) -> Outcome {
    match run(request, progress, |_| ()) {
        Ok((outcome, ())) | Err(outcome) => outcome,
    }
}

/// Runs the front end and gives the checked program to `then`. An error says why nothing was loaded.
pub fn run<R>(
    request: &Request,
    progress: &Progress,
    then: impl FnOnce(Front<'_, '_>) -> R,
) -> Result<(Outcome, R), Outcome> {
    progress.watch(|| run_watched(request, progress, then))
}

fn run_watched<R>(
    request: &Request,
    progress: &Progress,
    then: impl FnOnce(Front<'_, '_>) -> R,
) -> Result<(Outcome, R), Outcome> {
    let n_threads = request.n_threads();
    let loaded = match load::load(&config(request, n_threads), &request.packages) {
        Ok(loaded) => loaded,
        Err(error) => return Err(Outcome { errors: vec![error], ..Outcome::default() }),
    };
    let parsed = parse(&loaded, n_threads, progress);
    let inputs = inputs(&loaded, &parsed.trees, request.complete);
    let mut arenas = Arenas::new(inputs.len());
    let session = Session::new(request.target, &inputs, &mut arenas);
    let packages = check_all(session, n_threads, progress);

    let outcome = Outcome {
        n_packages: packages.len(),
        n_lines: parsed.map.files.iter().map(|file| file.n_lines()).sum(),
        reports: reports(&loaded, &parsed, &packages, request.all_errors),
        map: parsed.map,
        errors: loaded.errors.clone(),
        warnings: loaded.warnings.clone(),
    };
    let front =
        Front { loaded: &loaded, session, packages: &packages, trees: &parsed.trees, outcome: &outcome };
    let result = then(front);
    Ok((outcome, result))
}

pub(crate) fn config(request: &Request, n_threads: usize) -> Config {
    Config {
        cwd: request.cwd.clone(),
        env: request.env.clone(),
        target: request.target,
        tags: request.tags.clone(),
        overlay: request.overlay,
        tests: request.tests,
        goroot: request.goroot.clone(),
        lang: request.lang,
        implicit: request.implicit.clone(),
        cover: request.cover,
        any_internal: request.any_internal,
        n_threads,
    }
}

/// The files after parsing.
struct Parsed {
    trees: Vec<Arc<syntax::File>>,
    errors: Vec<Vec<syntax::Error>>,
    map: SourceMap,
}

/// Parses all files, the largest first.
fn parse(loaded: &Loaded, n_threads: usize, progress: &Progress) -> Parsed {
    let files = &loaded.files;
    progress.begin(Stage::Parse, files.len());
    let mut order: Vec<usize> = (0..files.len()).collect();
    order.sort_by_key(|idx| (std::cmp::Reverse(files[*idx].bytes.len()), *idx));
    let results: Vec<Mutex<Option<_>>> = files.iter().map(|_| Mutex::new(None)).collect();
    pool::run(n_threads, &Graph::new(files.len()), &|unit| {
        let idx = order[unit];
        let load::SourceFile { name, bytes, .. } = &files[idx];
        set_work(format!("parsing {name}"));
        let (tree, errors) = syntax::parse(bytes.clone(), Mode::Full);
        let file = File::new(name.clone(), bytes.clone(), tree.line_directives.clone());
        put(&results[idx], (Arc::new(tree), errors, Arc::new(file)));
        progress.step();
    });
    let (mut trees, mut errors, mut map) = (Vec::new(), Vec::new(), SourceMap::default());
    for result in results {
        let (tree, found, file) = take(result);
        trees.push(tree);
        errors.push(found);
        map.files.push(file);
    }
    Parsed { trees, errors, map }
}

/// Makes the checker's inputs, in the order of the loaded packages.
fn inputs(loaded: &Loaded, trees: &[Arc<syntax::File>], complete: bool) -> Vec<Input> {
    let version = |version: load::GoVersion| Version(version.0);
    let file = |(id, go): &(FileId, load::GoVersion)| InputFile {
        id: *id,
        tree: trees[id.0 as usize].clone(),
        version: version(*go),
    };
    let input = |package: &load::Package| Input {
        path: package.path.clone(),
        files: package.files.iter().map(file).collect(),
        imports: package.imports.iter().map(|(path, id)| (path.clone(), id.0 + FIRST)).collect(),
        version: version(package.go_version),
        is_program: package.is_program,
        bodyless: package.is_std || !package.asm.is_empty() || (package.is_root && !complete),
        // Files named one by one are nobody's package, wherever they lie.
        is_std: package.is_std && package.path != "command-line-arguments",
        embeds: embeds::of_package(package, trees),
    };
    loaded.packages.iter().map(input).collect()
}

/// Runs both phases of every package.
fn check_all<'s>(session: &'s Session<'s>, n_threads: usize, progress: &Progress) -> Vec<Checked<'s>> {
    let units: Vec<Unit> = session
        .inputs
        .iter()
        .map(|input| Unit {
            imports: input.imports.iter().map(|(_, number)| number - FIRST).collect(),
            bytes: input.files.iter().map(|file| file.tree.bytes.len() as u64).sum(),
        })
        .collect();
    let (steps, graph) = schedule(&units);
    progress.begin(Stage::Check, steps.len());
    let declared: Vec<Mutex<Option<Declared<'s>>>> = units.iter().map(|_| Mutex::new(None)).collect();
    let checked: Vec<Mutex<Option<Checked<'s>>>> = units.iter().map(|_| Mutex::new(None)).collect();
    pool::run(n_threads, &graph, &|unit| {
        match steps[unit] {
            Step::Declare(number) => {
                set_work(format!("declaring package {}", session.inputs[number as usize].path));
                put(&declared[number as usize], session.declare(number + FIRST));
            }
            Step::Bodies(number) => {
                set_work(format!("checking package {}", session.inputs[number as usize].path));
                let phase_1 = declared[number as usize].lock().expect("no holder panics").take();
                let phase_1 = phase_1.expect("phase 2 runs once, after phase 1");
                put(&checked[number as usize], session.check_bodies(phase_1));
            }
        }
        progress.step();
    });
    checked.into_iter().map(take).collect()
}

fn put<T>(slot: &Mutex<Option<T>>, value: T) {
    *slot.lock().expect("no holder panics") = Some(value);
}

fn take<T>(slot: Mutex<Option<T>>) -> T {
    slot.into_inner().expect("no holder panics").expect("every unit has run")
}

/// Collects what is wrong, package by package.
///
/// As in gc, a package with syntax errors has no others; nor has one that imports it, at any distance,
/// for what it would miss there may only be unreadable. With `all` every package has all its errors.
fn reports(loaded: &Loaded, parsed: &Parsed, packages: &[Checked<'_>], all: bool) -> Vec<Report> {
    let mut unreadable = vec![false; packages.len()];
    let mut seen: FxHashSet<(Pos, String)> = FxHashSet::default();
    let mut reports = Vec::new();
    for (number, (package, checked)) in loaded.packages.iter().zip(packages).enumerate() {
        let mut diagnostics = package.errors.clone();
        for (id, _) in &package.files {
            for error in &parsed.errors[id.0 as usize] {
                let pos = Pos { file: *id, offset: error.offset };
                diagnostics.push(Diagnostic::new(pos, Code::Syntax, error.text.clone()));
            }
        }
        for (id, _) in &package.files {
            let pos = |offset| Pos { file: *id, offset };
            diagnostics.extend(embeds::check(package, pos, &parsed.trees[id.0 as usize]));
        }
        // What the scanner says of literals and characters has no such prefix, and leaves the tree whole.
        let here = diagnostics.iter().any(|d| d.code == Code::Syntax && d.text.starts_with("syntax error"));
        unreadable[number] = here || package.imports.iter().any(|(_, import)| unreadable[import.index()]);
        if all || !unreadable[number] {
            diagnostics.extend(checked.diagnostics.iter().cloned());
        }
        sort_diagnostics(&mut diagnostics, &parsed.map);
        // Files of test variants belong to several packages.
        diagnostics.retain(|d| d.pos == Pos::NONE || seen.insert((d.pos, d.text.clone())));
        if !diagnostics.is_empty() {
            reports.push(Report { package: package.id.clone(), diagnostics });
        }
    }
    reports
}
