//! `cargo xtask std-test`: the standard library's own tests, by rigo and by gc.
//!
//! A package passes when the same top-level tests, benchmarks aside, pass as with gc. Tests that may fail for a reason stand in
//! `tests/exceptions.tsv` under `std-test-names`, as `package.Test`; whole packages under `std-test`.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::conformance::{Choice, exceptions, read, run_list};
use crate::process::{output, rigo};
use crate::{Failure, Outcome, go};

/// Runs the list.
pub fn run(arguments: &[&str]) -> Outcome {
    let choice = Choice::from_arguments(arguments)?;
    go::goroot()?;
    let list = read("tests/conformance/std-packages.tsv")?;
    let packages: Vec<String> =
        list.lines().skip(1).filter_map(|line| line.split('\t').nth(1)).map(str::to_owned).collect();
    let excepted: BTreeSet<String> = exceptions("std-test-names")?.into_keys().collect();
    let is_of_list = |name: &&String| packages.iter().any(|package| test_of(name, package).is_some());
    if let Some(stranger) = excepted.iter().find(|name| !is_of_list(name)) {
        return Err(Failure::new(format!(
            "tests/exceptions.tsv: {stranger} is no test of a package in the list"
        )));
    }
    let rigo = rigo()?;
    run_list("std-test", &packages, choice, |package| {
        let tests = excepted.iter().filter_map(|name| test_of(name, package)).collect();
        compare(&rigo, package, &tests)
    })
}

/// Returns the test's name in `package.Test`, if it is one of the package.
fn test_of<'a>(name: &'a str, package: &str) -> Option<&'a str> {
    name.strip_prefix(package)?.strip_prefix('.')
}

/// Compares the tests that pass.
fn compare(rigo: &Path, package: &str, excepted: &BTreeSet<&str>) -> Result<(), String> {
    let ours = passing(Command::new(rigo).args(["test", "-short", "-json", package]))?;
    let mut go = go::go().map_err(|failure| failure.text)?;
    let theirs = passing(go.args(["test", "-short", "-json", package]))?;
    if theirs.is_empty() {
        return Err("no test passes with gc".into());
    }
    let missing: Vec<&str> =
        theirs.difference(&ours).map(String::as_str).filter(|name| !excepted.contains(name)).collect();
    if !missing.is_empty() {
        return Err(format!("{} of {} do not pass: {}", missing.len(), theirs.len(), missing.join(" ")));
    }
    match excepted.iter().find(|name| ours.contains(**name)) {
        Some(name) => Err(format!("{name} passes; remove it from tests/exceptions.tsv")),
        None => Ok(()),
    }
}

/// The top-level tests that pass, by their events.
fn passing(command: &mut Command) -> Result<BTreeSet<String>, String> {
    let out = output(command).map_err(|failure| failure.text)?;
    let mut tests = BTreeSet::new();
    for line in String::from_utf8_lossy(&out.stdout).lines() {
        let Ok(event) = serde_json::from_str::<Value>(line) else { continue };
        if let (Some("pass"), Some(test)) = (event["Action"].as_str(), event["Test"].as_str())
            && !test.contains('/')
        {
            tests.insert(test.to_owned());
        }
    }
    Ok(tests)
}
