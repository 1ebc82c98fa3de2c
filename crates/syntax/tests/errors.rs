//! Wrong programs: `tests/errors/*.go`, each beside the errors it must have.
//!
//! `RIGO_BLESS=1` rewrites the `.errors` files. Another test asks gc, which must give the same lines.

mod common;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use common::{go_files, golden, goroot};
use syntax::{Mode, parse};

fn errors_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/errors")
}

/// Formats the errors of a file as `line:column: text`, with the name of the file before where a
/// `//line` directive gave another one.
fn errors_of(path: &Path) -> String {
    let bytes: Arc<[u8]> = std::fs::read(path).expect("the file can be read").into();
    let (file, errors) = parse(bytes.clone(), Mode::Full);
    let source = source::File::new(String::new(), bytes, file.line_directives);
    let mut text = String::new();
    for error in errors {
        let place = source.place(error.offset);
        if !place.name.is_empty() {
            text += &format!("{}:", place.name);
        }
        text += &format!("{}:", place.line);
        if place.column > 0 {
            text += &format!("{}:", place.column);
        }
        text += &format!(" {}\n", error.text);
    }
    text
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
    String::from_utf8_lossy(&output.stdout).replace(&prefix, "")
}
