//! `cargo xtask modules`: programs that use well-known modules behave as with gc.
//!
//! `tests/modules.tsv` lists them; each has a folder in `tests/modules` with `go.mod`, `go.sum` and a program. The modules
//! are downloaded by rigo into a module cache of their own, which `go` then uses too, so that both agree on its layout.

use std::path::Path;
use std::process::Command;

use crate::process::{output, rigo, root, scratch};
use crate::{Failure, Outcome, conformance, go};

/// A row of the list.
pub struct Row {
    /// The folder of its program in `tests/modules`.
    pub name: String,
    /// The module with its version.
    pub module: String,
    /// Why it does not work yet; empty where it does.
    reason: String,
}

/// Runs all, or those whose names contain the filter.
pub fn run(arguments: &[&str]) -> Outcome {
    let filter = arguments.first().copied().unwrap_or_default();
    let rows: Vec<Row> = rows()?.into_iter().filter(|row| row.name.contains(filter)).collect();
    let rigo = rigo()?;
    let scratch = scratch("modules")?;
    let cache = cache()?;
    let mut wrong = Vec::new();
    let mut n_same = 0;
    for row in &rows {
        match (check(row, &rigo, &scratch, &cache), row.reason.is_empty()) {
            (Ok(()), true) => {
                println!("ok        {} ({})", row.name, row.module);
                n_same += 1;
            }
            (Err(error), false) => {
                let first = error.lines().next().unwrap_or_default();
                println!("excepted  {}: {}\n          {first}", row.name, row.reason);
            }
            (Ok(()), false) => {
                wrong.push(format!("{} works: tests/modules.tsv says that it does not", row.name))
            }
            (Err(error), true) => wrong.push(format!("--- {}: {error}", row.name)),
        }
    }
    println!("{n_same} of {} programs behave as with gc", rows.len());
    if wrong.is_empty() { Ok(()) } else { Err(Failure::new(wrong.join("\n"))) }
}

/// Reads the list.
pub fn rows() -> Outcome<Vec<Row>> {
    let text = conformance::read("tests/modules.tsv")?;
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let row = |line: &str| {
        let columns: Vec<&str> = line.split('\t').collect();
        let [name, module, version, reason] = columns[..] else {
            return Err(Failure::new(format!("tests/modules.tsv: not four columns: {line}")));
        };
        Ok(Row { name: name.into(), module: format!("{module}@{version}"), reason: reason.into() })
    };
    lines.map(row).collect()
}

/// The module cache, which outlives a run.
pub fn cache() -> Outcome<std::path::PathBuf> {
    let cache = crate::process::target_dir().join("modcache");
    std::fs::create_dir_all(&cache).map_err(|e| Failure::new(format!("{}: {e}", cache.display())))?;
    cache.canonicalize().map_err(|e| Failure::new(format!("{}: {e}", cache.display())))
}

/// Builds a program with both compilers, runs both, and compares.
fn check(row: &Row, rigo: &Path, scratch: &Path, cache: &Path) -> Result<(), String> {
    let folder = root().join("tests/modules").join(&row.name);
    let mut outcomes = Vec::new();
    let failed = |failure: Failure| failure.text;
    for (compiler, mut command) in [("rigo", Command::new(rigo)), ("go", go::go().map_err(failed)?)] {
        let binary = scratch.join(format!("{}.{compiler}", row.name));
        go::environment(&mut command).map_err(failed)?;
        command.args(["build", "-o"]).arg(&binary).arg(".").current_dir(&folder);
        let built =
            output(command.env("GOMODCACHE", cache).env("GOFLAGS", "-buildvcs=false")).map_err(failed)?;
        if !built.status.success() {
            return Err(format!("{compiler}: {}", String::from_utf8_lossy(&built.stderr)));
        }
        outcomes.push(outcome(&binary)?);
    }
    if outcomes[0] == outcomes[1] {
        return Ok(());
    }
    Err(format!("rigo's program:\n{}\ngc's program:\n{}", outcomes[0], outcomes[1]))
}

/// What a program prints and how it ends; it has a minute.
fn outcome(binary: &Path) -> Result<String, String> {
    let out = output(Command::new("timeout").arg("60").arg(binary)).map_err(|failure| failure.text)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(format!("{}-- stderr\n{}-- {}", text(&out.stdout), text(&out.stderr), out.status))
}
