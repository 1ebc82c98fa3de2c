//! `cargo xtask types-testdata`: the type checker's tests of GOROOT.
//!
//! A test is a file, or a folder that is one package. The set of lines with errors must be exactly
//! the marked one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::conformance::{Choice, read, run_list};
use crate::process::{output, rigo, scratch};
use crate::{Outcome, go, marks};

/// Runs the list.
pub fn run(arguments: &[&str]) -> Outcome {
    let choice = Choice::from_arguments(arguments)?;
    let testdata = go::goroot()?.join("src/internal/types/testdata");
    let names: Vec<String> =
        read("tests/conformance/types-testdata.txt")?.lines().map(str::to_owned).collect();
    let (rigo, scratch) = (rigo()?, scratch("types-testdata")?);
    run_list("types-testdata", &names, choice, |name| check(&rigo, &testdata.join(name), &scratch.join(name)))
}

/// Checks one test in a folder of its own. Like the type checker's own runner it also checks what has syntax errors, lets
/// functions have no body, and knows a function `assert`.
fn check(rigo: &Path, path: &Path, scratch: &Path) -> Result<(), String> {
    let failed = |e: std::io::Error| format!("{}: {e}", path.display());
    std::fs::create_dir_all(scratch).map_err(failed)?;
    let mut expected = BTreeSet::new();
    let mut command = Command::new(rigo);
    command.args(["check", "-overlay=off", "-complete=false", "-e"]).current_dir(scratch);
    let (mut all, mut copies) = (String::new(), Vec::new());
    for (idx, file) in files(path).map_err(failed)?.iter().enumerate() {
        let text = std::fs::read(file).map_err(failed)?;
        if idx == 0 {
            command.args(flags(&text).iter().filter(|flag| flag.starts_with("-lang=")));
        }
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        expected.extend(marks::after_token(&name, &text));
        all += &String::from_utf8_lossy(&text);
        std::fs::write(scratch.join(&name), text).map_err(failed)?;
        copies.push(name);
    }
    if all.contains("assert(") && !all.contains("func assert(") {
        let clause = all.lines().find(|line| line.starts_with("package ")).unwrap_or_default();
        let clause = clause.split(['/', ';']).next().unwrap_or_default();
        std::fs::write(scratch.join("assert.go"), format!("{clause}\nfunc assert(bool) bool\n"))
            .map_err(failed)?;
        copies.push("assert.go".into());
    }
    let out = output(command.args(copies)).map_err(|failure| failure.text)?;
    marks::compare(&expected, &out, is_stand_in)
}

/// A call of the checker's own `assert` is a constant; one of the function that stands in for it is not.
fn is_stand_in(line: &str) -> bool {
    line.contains(": assert(") && line.ends_with("is not constant")
}

fn files(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries: Vec<_> = std::fs::read_dir(path)?.collect::<Result<_, _>>()?;
    let mut files: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|ext| ext == "go"));
    files.sort();
    Ok(files)
}

/// Reads the flags on the first line: `// -lang=go1.17 -gotypesalias=1`.
fn flags(text: &[u8]) -> Vec<String> {
    let line = text.split(|b| *b == b'\n').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let words = line.strip_prefix("// -").map(|_| line[3..].split_whitespace());
    words.into_iter().flatten().map(str::to_owned).collect()
}
