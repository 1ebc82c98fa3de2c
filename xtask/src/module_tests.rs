//! `cargo xtask module-tests`: the own tests of well-known modules, by rigo and by gc.
//!
//! The modules are those of `tests/modules.tsv`. Each is copied out of the module cache, so that it is a main module, and
//! tested whole with `-json`. The same tests must have the same results: no test may be missing and none may be
//! more. What may differ for a reason stands in `tests/exceptions.tsv`: a test as `module: package.Test` under
//! `module-test-names`, a module under `module-tests`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::conformance::{Choice, exceptions, run_list};
use crate::modules::{Row, cache, rows};
use crate::process::{must_with, output, rigo, scratch};
use crate::{Failure, Outcome, go};

/// The result of each test and package, by name: `package.Test`, `package`.
type Results = BTreeMap<String, String>;

/// Runs all, or those whose names contain the filter.
pub fn run(arguments: &[&str]) -> Outcome {
    let choice = Choice::from_arguments(arguments)?;
    let rows = rows()?;
    let names: Vec<String> = rows.iter().map(|row| row.name.clone()).collect();
    let excepted: BTreeSet<String> = exceptions("module-test-names")?.into_keys().collect();
    let is_known =
        |name: &&String| name.split_once(": ").is_some_and(|(of, _)| names.contains(&of.to_owned()));
    if let Some(stranger) = excepted.iter().find(|name| !is_known(name)) {
        return Err(Failure::new(format!(
            "tests/exceptions.tsv: {stranger} is no test of a module in the list"
        )));
    }
    let (rigo, scratch, cache) = (rigo()?, scratch("module-tests")?, cache()?);
    run_list("module-tests", &names, choice, |name| {
        let row = rows.iter().find(|row| row.name == name).expect("names are those of rows");
        let prefix = format!("{name}: ");
        let excepted = excepted.iter().filter_map(|name| name.strip_prefix(&prefix)).collect();
        let folder = fetch(row, &scratch, &cache).map_err(|failure| failure.text)?;
        compare(&folder, &rigo, &cache, &excepted)
    })
}

/// Copies a module out of the cache, into which the go command has put it with all that its tests need.
fn fetch(row: &Row, scratch: &Path, cache: &Path) -> Outcome<PathBuf> {
    let mut download = go::go()?;
    download.args(["mod", "download", "-json", &row.module]).current_dir(scratch).env("GOMODCACHE", cache);
    let out = output(&mut download)?;
    let answer: Value = serde_json::from_slice(&out.stdout).unwrap_or_default();
    let Some(dir) = answer["Dir"].as_str() else {
        let text = String::from_utf8_lossy(&out.stderr);
        return Err(Failure::new(format!("{} cannot be had: {text}{}", row.module, answer["Error"])));
    };
    let folder = scratch.join(&row.name);
    must_with(Command::new("cp").args(["-r", "--no-preserve=mode", dir]).arg(&folder))?;
    // The hashes of what only tests need are not in every module's go.sum, and some have no go.mod.
    if !folder.join("go.mod").is_file() {
        let path = row.module.split('@').next().unwrap_or_default();
        must_with(go::go()?.args(["mod", "init", path]).current_dir(&folder))?;
    }
    let mut tidy = go::go()?;
    must_with(tidy.args(["mod", "tidy"]).current_dir(&folder).env("GOMODCACHE", cache))?;
    Ok(folder)
}

/// Compares the results of all tests of a module.
fn compare(folder: &Path, rigo: &Path, cache: &Path, excepted: &BTreeSet<&str>) -> Result<(), String> {
    let run = |command: &mut Command| {
        go::environment(command).map_err(|failure| failure.text)?;
        command.args(["test", "-short", "-json", "-vet=off", "./..."]).current_dir(folder);
        command.env("GOMODCACHE", cache).env("GOFLAGS", "").env("GOWORK", "off").env("CGO_ENABLED", "0");
        results(command)
    };
    let theirs = run(&mut go::go().map_err(|failure| failure.text)?)?;
    let ours = run(&mut Command::new(rigo))?;
    if !theirs.keys().any(|name| name.contains("Test")) {
        return Err("no test runs with gc".into());
    }
    let names: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
    let result = |of: &Results, name: &str| of.get(name).map_or("missing", String::as_str).to_owned();
    let mut differ = Vec::new();
    for name in names {
        let (ours, theirs) = (result(&ours, name), result(&theirs, name));
        let is_excepted = excepted.contains(name.as_str());
        if ours == theirs && is_excepted {
            return Err(format!("{name} is as with gc; remove it from tests/exceptions.tsv"));
        }
        if ours != theirs && !is_excepted {
            differ.push(format!("{name}: {ours}, with gc {theirs}"));
        }
    }
    if differ.is_empty() {
        return Ok(());
    }
    let shown: Vec<&str> = differ.iter().take(20).map(String::as_str).collect();
    Err(format!("{} of {} results differ:\n{}", differ.len(), theirs.len(), shown.join("\n")))
}

/// The last result of each test and package, by the events that a command prints.
fn results(command: &mut Command) -> Result<Results, String> {
    let out = output(command).map_err(|failure| failure.text)?;
    let mut results = Results::new();
    for line in String::from_utf8_lossy(&out.stdout).lines() {
        let Ok(event) = serde_json::from_str::<Value>(line) else { continue };
        let (Some(action), Some(package)) = (event["Action"].as_str(), event["Package"].as_str()) else {
            continue;
        };
        if matches!(action, "pass" | "fail" | "skip") {
            let test = event["Test"].as_str().map_or(String::new(), |test| format!(".{test}"));
            results.insert(format!("{package}{test}"), action.to_owned());
        }
    }
    Ok(results)
}
