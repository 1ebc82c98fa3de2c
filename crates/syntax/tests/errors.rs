//! Wrong programs: `tests/errors/*.go`, each beside the errors it must have.
//!
//! `RIGO_BLESS=1` rewrites the `.errors` files. Another test asks gc, which must give the same lines.

mod common;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{go_files, golden, goroot};
use syntax::{Mode, parse};

fn errors_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/errors")
}

/// Formats the errors of a file as `line:column: text`.
fn errors_of(path: &Path) -> String {
    let bytes = std::fs::read(path).expect("the file can be read");
    let (_, errors) = parse(bytes.clone().into(), Mode::Full);
    let place = |offset: u32| {
        let before = &bytes[..offset as usize];
        let line = before.iter().filter(|c| **c == b'\n').count() + 1;
        let column = before.iter().rev().take_while(|c| **c != b'\n').count() + 1;
        format!("{line}:{column}")
    };
    errors.iter().map(|e| format!("{}: {}\n", place(e.offset), e.text)).collect()
}

#[test]
fn errors_are_as_written_down() {
    for path in go_files(&errors_dir()) {
        golden(&path.with_extension("errors"), &errors_of(&path));
    }
}

#[test]
fn gc_reports_the_same() {
    let mut differ = Vec::new();
    for path in go_files(&errors_dir()) {
        let ours = errors_of(&path);
        let theirs = gc_errors(&path);
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
        let (ours, theirs) = (lines(&ours), lines(&theirs));
        if ours.is_empty() {
            // Then gc may go on to check types.
            let is_ours = |line: &&String| line.contains("syntax error");
            if theirs.iter().find(is_ours).is_none() {
                continue;
            }
        }
        for line in ours.difference(&theirs) {
            differ.push(format!("{}: only here: {line}", path.display()));
        }
        for line in theirs.difference(&ours) {
            differ.push(format!("{}: only gc: {line}", path.display()));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

fn gc_errors(path: &Path) -> String {
    let go = goroot().join("bin/go");
    // gc removes its output after an error; so this must be a file of our own, never a device.
    let object = Path::new(env!("CARGO_TARGET_TMPDIR")).join("gc_reports_the_same.o");
    let mut command = Command::new(&go);
    command.args(["tool", "compile", "-e", "-p", "p", "-o"]).arg(object).arg(path);
    let output = command.output().unwrap_or_else(|e| panic!("{}: {e}", go.display()));
    let prefix = format!("{}:", path.display());
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    // gc breaks long lines after a tab; such lines belong to the one before.
    text.lines().filter_map(|line| line.strip_prefix(&prefix)).map(|line| format!("{line}\n")).collect()
}
