//! `cargo xtask types-testdata`: the type checker's tests of GOROOT.
//!
//! A test is a file, or a folder that is one package. The set of lines with errors must be exactly
//! the marked one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::conformance::{Choice, read, run_list};
use crate::process::{output, rigo};
use crate::{Outcome, go, marks};

/// Runs the list.
pub fn run(arguments: &[&str]) -> Outcome {
    let choice = Choice::from_arguments(arguments)?;
    let testdata = go::goroot()?.join("src/internal/types/testdata");
    let names: Vec<String> =
        read("tests/conformance/types-testdata.txt")?.lines().map(str::to_owned).collect();
    let rigo = rigo()?;
    run_list("types-testdata", &names, choice, |name| check(&rigo, &testdata.join(name)))
}

fn check(rigo: &Path, path: &Path) -> Result<(), String> {
    let files = files(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let mut expected = BTreeSet::new();
    let mut command = Command::new(rigo);
    // The tests declare functions without bodies freely.
    command.args(["check", "-overlay=off", "-complete=false"]);
    for (idx, file) in files.iter().enumerate() {
        let text = std::fs::read(file).map_err(|e| format!("{}: {e}", file.display()))?;
        if idx == 0 {
            command.args(flags(&text).iter().filter(|flag| flag.starts_with("-lang=")));
        }
        expected.extend(marks::after_token(&file.file_name().unwrap_or_default().to_string_lossy(), &text));
    }
    let out = output(command.args(&files)).map_err(|failure| failure.text)?;
    marks::compare(&expected, &out)
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
