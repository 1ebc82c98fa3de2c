//! The type checker's tests of GOROOT: exactly the expected lines have errors, and what they assert of constants holds.
//!
//! `cargo xtask types-testdata` runs the same list through the command, where nothing knows `assert`. `RIGO_TESTS` limits this
//! run to names that contain it, and then every difference is printed.

mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::{Source, Std, Text, expect};
use types::Version;

/// Lists of test names, kept at the root of the workspace.
fn list(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|err| panic!("{}: {err}", path.display()))
}

fn goroot() -> PathBuf {
    let out = Command::new("go").args(["env", "GOROOT"]).output().expect("the go command was there before");
    PathBuf::from(String::from_utf8_lossy(&out.stdout).trim())
}

fn wanted(name: &str) -> bool {
    let wanted = std::env::var("RIGO_TESTS").map_or(true, |part| name.contains(&part));
    if wanted && std::env::var_os("RIGO_TRACE").is_some() {
        // The last name is that of a test that never came back.
        eprintln!("{name}");
    }
    wanted
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|err| panic!("{}: {err}", path.display()))
}

fn go_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|err| panic!("{}: {err}", folder.display()));
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| path.extension().is_some_and(|ext| ext == "go"));
    files.sort();
    files
}

/// Lines by file name.
type Places = BTreeSet<(String, u32)>;

/// Tells what is different: `+` for an error too many, `-` for one that is missing.
fn difference(std: &Std, expected: &Places, diagnostics: &[source::Diagnostic]) -> Vec<String> {
    let mut out = Vec::new();
    let mut found = Places::new();
    for diagnostic in diagnostics {
        let Some(file) = std.map.files.get(diagnostic.pos.file.0 as usize) else {
            out.push(format!("+ {}", diagnostic.text));
            continue;
        };
        let place = file.place(diagnostic.pos.offset);
        let name = Path::new(&place.name).file_name().unwrap_or_default().to_string_lossy().into_owned();
        let place = (name, place.line);
        if !expected.contains(&place) {
            out.push(format!("+ {}", diagnostic.render(&std.map)));
        }
        found.insert(place);
    }
    out.extend(expected.difference(&found).map(|(name, line)| format!("- {name}:{line}")));
    out
}

struct Outcome {
    n_passed: usize,
    failed: Vec<String>,
}

fn finish(what: &str, outcome: Outcome, at_least: usize) {
    for name in &outcome.failed {
        println!("{name}");
    }
    println!("{what}: {} passed, {} failed", outcome.n_passed, outcome.failed.len());
    if std::env::var("RIGO_TESTS").is_err() {
        assert!(outcome.n_passed >= at_least, "{what}: {} of at least {at_least}", outcome.n_passed);
    }
}

#[test]
fn types_testdata() {
    let (std, goroot) = (Std::list("amd64"), goroot());
    let outcome =
        support::on_large_stack(move || run_testdata(std, &goroot.join("src/internal/types/testdata")));
    // `check/labels.go` wants a label that only an invalid `break` names to be unused. gc, whose labels are not checked
    // by its type checker, says it is used, and so do its own tests (`label1.go`). rigo follows gc.
    finish("types-testdata", outcome, 258);
}

fn run_testdata(mut std: Std, root: &Path) -> Outcome {
    let mut outcome = Outcome { n_passed: 0, failed: Vec::new() };
    for name in list("types-testdata.txt").lines().filter(|name| wanted(name)) {
        let path = root.join(name);
        let files = if path.is_dir() { go_files(&path) } else { vec![path] };
        let texts: Vec<(String, Vec<u8>)> = files
            .iter()
            .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), read(path)))
            .collect();
        let mut expected = Places::new();
        for (file, bytes) in &texts {
            expected.extend(expect::of_checker_test(bytes).into_iter().map(|line| (file.clone(), line)));
        }
        let first = String::from_utf8_lossy(&texts[0].1).into_owned();
        let version = expect::flag(&first, "-lang=").and_then(Version::parse).unwrap_or(Version::NEWEST);
        let mut files: Vec<Text> = texts.into_iter().map(|(name, bytes)| Text { name, bytes }).collect();
        files.extend(support::declare_assert(&files));
        let source = Source { path: "p".into(), files, version, imports: vec![], bodyless: true };
        let result = support::guarded(std, move |std| std.check_anyway(vec![source]));
        std = result.0;
        record(&mut outcome, name, &std, &expected, result.1);
    }
    outcome
}

fn record(
    outcome: &mut Outcome,
    name: &str,
    std: &Std,
    expected: &Places,
    result: Option<Vec<source::Diagnostic>>,
) {
    let Some(diagnostics) = result else {
        return outcome.failed.push(format!("{name}: panics or never ends"));
    };
    // The stand-in for `assert` gives no constant.
    let is_assert =
        |d: &source::Diagnostic| d.text.starts_with("assert(") && d.text.ends_with("is not constant");
    let diagnostics: Vec<_> = diagnostics.into_iter().filter(|d| !is_assert(d)).collect();
    let lines = difference(std, expected, &diagnostics);
    if lines.is_empty() {
        outcome.n_passed += 1;
    } else {
        outcome.failed.push(format!("{name}\n    {}", lines.join("\n    ")));
    }
}
