//! `cargo xtask std-test`: the standard library's own tests, by rigo and by gc.
//!
//! A package passes when the same top-level tests, benchmarks aside, pass as with gc, both with `-short`. Tests that may fail for
//! a reason stand in `tests/exceptions.tsv` under `std-test-names`, as `package.Test`; whole packages under `std-test`.
//!
//! Packages run one after the other, for many tests measure time, each in a process group of its own that ends with its time.
//! In `target/xtask/std-test` stays what they wrote, and which tests pass with gc: by release of Go, so that gc runs once.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::conformance::{Choice, exceptions, read};
use crate::process::{rigo, target_dir};
use crate::{Failure, Outcome, go};

/// After this time a test program says what its goroutines do, and ends: `-timeout`.
const TEST_LIMIT: &str = "6m";
/// After this time, which includes building, everything that was started for a package is killed.
const PACKAGE_LIMIT: Duration = Duration::from_secs(10 * 60);

/// Runs the list.
pub fn run(arguments: &[&str]) -> Outcome {
    let packages = packages()?;
    let all: BTreeSet<String> = packages.iter().cloned().collect();
    let alone: BTreeSet<String> =
        arguments.iter().map(|name| name.to_string()).filter(|name| all.contains(name)).collect();
    let choice = if alone.is_empty() { Choice::from_arguments(arguments)? } else { Choice::Among(&alone) };
    let bench = Bench { rigo: rigo()?, dir: target_dir().join("xtask/std-test"), go: go_release()? };
    let excepted_tests = excepted_tests(&packages)?;
    let excepted_packages = exceptions("std-test")?;
    if let Some(stranger) = excepted_packages.keys().find(|name| !all.contains(*name)) {
        return Err(Failure::new(format!(
            "tests/exceptions.tsv: {stranger} does not stand in the list std-test"
        )));
    }
    let mut rows = Vec::new();
    for package in choice.of(&packages) {
        let begin = Instant::now();
        let tests = excepted_tests.get(package).cloned().unwrap_or_default();
        let result = bench.compare(package, &tests);
        let row = Row::new(package, result, excepted_packages.contains_key(package), begin.elapsed());
        println!("{}", row.line());
        rows.push(row);
    }
    summary(&rows)
}

/// Reads the names of the list.
fn packages() -> Outcome<Vec<String>> {
    let list = read("tests/conformance/std-packages.tsv")?;
    Ok(list.lines().skip(1).filter_map(|line| line.split('\t').nth(1)).map(str::to_owned).collect())
}

/// Reads the tests that may fail, by package.
fn excepted_tests(packages: &[String]) -> Outcome<BTreeMap<String, BTreeSet<String>>> {
    let mut tests: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for name in exceptions("std-test-names")?.into_keys() {
        let found =
            name.rsplit_once('.').filter(|(package, _)| packages.iter().any(|known| known == package));
        let Some((package, test)) = found else {
            let text = format!("tests/exceptions.tsv: {name} is no test of a package in the list");
            return Err(Failure::new(text));
        };
        tests.entry(package.into()).or_default().insert(test.into());
    }
    Ok(tests)
}

/// The release of Go that judges: `go1.26.8`.
fn go_release() -> Outcome<String> {
    let path = go::goroot()?.join("VERSION");
    let text =
        std::fs::read_to_string(&path).map_err(|e| Failure::usage(format!("{}: {e}", path.display())))?;
    Ok(text.lines().next().unwrap_or_default().trim().to_owned())
}

/// What a package gave.
struct Row<'a> {
    package: &'a str,
    state: &'static str,
    note: String,
    time: Duration,
}

impl<'a> Row<'a> {
    fn new(package: &'a str, result: Result<String, String>, is_excepted: bool, time: Duration) -> Row<'a> {
        let (state, note) = match (result, is_excepted) {
            (Ok(note), false) => ("ok", note),
            (Err(note), true) => ("excepted", note),
            (Ok(_), true) => ("FAIL", "passes; remove it from tests/exceptions.tsv".into()),
            (Err(note), false) => ("FAIL", note),
        };
        Row { package, state, note, time }
    }

    fn line(&self) -> String {
        format!("{:8}  {:34} {:6.1}s  {}", self.state, self.package, self.time.as_secs_f64(), self.note)
    }
}

/// Prints what did not pass once more, and how many did.
fn summary(rows: &[Row<'_>]) -> Outcome {
    let of = |state: &str| rows.iter().filter(|row| row.state == state).count();
    println!("\nstd-test: {} of {} packages pass; the others:", of("ok"), rows.len());
    for row in rows.iter().filter(|row| row.state != "ok") {
        println!("{}", row.line());
    }
    match of("FAIL") {
        0 => Ok(()),
        wrong => Err(Failure::new(format!("std-test: {wrong} of {} are wrong", rows.len()))),
    }
}

/// What is compared, and where its output lies.
struct Bench {
    rigo: PathBuf,
    dir: PathBuf,
    go: String,
}

impl Bench {
    /// Compares the tests that pass.
    fn compare(&self, package: &str, excepted: &BTreeSet<String>) -> Result<String, String> {
        let theirs = self.gc(package)?;
        let mut command = Command::new(&self.rigo);
        test(go::environment(&mut command).map_err(|failure| failure.text)?, package);
        let ran = run_to(&self.dir.join("rigo"), package, &mut command)?;
        let ours = &ran.passing;
        let missing: Vec<&str> =
            theirs.difference(ours).filter(|name| !excepted.contains(*name)).map(String::as_str).collect();
        let end = if ran.in_time { "" } else { "; killed after its time" };
        if !missing.is_empty() {
            let n_pass = theirs.len() - missing.len();
            return Err(format!("{n_pass} of {}{end}; not: {}", theirs.len(), missing.join(" ")));
        }
        if let Some(name) = excepted.iter().find(|name| ours.contains(*name)) {
            return Err(format!("{name} passes; remove it from tests/exceptions.tsv"));
        }
        if theirs.is_empty() && !ran.success {
            return Err(format!("it has no tests, and fails{end}"));
        }
        let note = match excepted.len() {
            0 => String::new(),
            n => format!(", {n} of them excepted"),
        };
        Ok(format!("{} tests{note}", theirs.len()))
    }

    /// The tests that pass with gc.
    fn gc(&self, package: &str) -> Result<BTreeSet<String>, String> {
        let dir = self.dir.join(&self.go);
        let path = dir.join(file_name(package, "tests"));
        if let Ok(text) = std::fs::read_to_string(&path) {
            return Ok(text.lines().map(str::to_owned).collect());
        }
        let mut go = go::go().map_err(|failure| failure.text)?;
        let ran = run_to(&dir, package, test(&mut go, package))?;
        if !ran.in_time {
            return Err("gc did not end in time".into());
        }
        let text: String = ran.passing.iter().map(|name| format!("{name}\n")).collect();
        std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(ran.passing)
    }
}

/// Adds the arguments that test a package.
fn test<'c>(command: &'c mut Command, package: &str) -> &'c mut Command {
    command.args(["test", "-short", "-json", "-timeout", TEST_LIMIT, package])
}

/// How the tests of a package ended.
struct Ran {
    passing: BTreeSet<String>,
    in_time: bool,
    success: bool,
}

/// Runs a command with its output in a file of `dir`, for [`PACKAGE_LIMIT`] at most.
fn run_to(dir: &Path, package: &str, command: &mut Command) -> Result<Ran, String> {
    let path = dir.join(file_name(package, "json"));
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    std::fs::create_dir_all(dir).map_err(failed)?;
    let output = File::create(&path).map_err(failed)?;
    let errors = output.try_clone().map_err(failed)?;
    command.stdin(Stdio::null()).stdout(output).stderr(errors).process_group(0);
    let mut child = command.spawn().map_err(|error| format!("{:?}: {error}", command.get_program()))?;
    let deadline = Instant::now() + PACKAGE_LIMIT;
    let status = loop {
        match child.try_wait().map_err(failed)? {
            Some(status) => break Some(status),
            None if Instant::now() > deadline => break None,
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    if status.is_none() {
        // The command and all that it has started.
        let group = format!("-{}", child.id());
        Command::new("kill").args(["-KILL", "--", &group]).status().map_err(failed)?;
        child.wait().map_err(failed)?;
    }
    let bytes = std::fs::read(&path).map_err(failed)?;
    let passing = passing(&String::from_utf8_lossy(&bytes));
    Ok(Ran { passing, in_time: status.is_some(), success: status.is_some_and(|status| status.success()) })
}

fn file_name(package: &str, extension: &str) -> String {
    format!("{}.{extension}", package.replace('/', "-"))
}

/// The top-level tests that pass, by their events.
fn passing(text: &str) -> BTreeSet<String> {
    let mut tests = BTreeSet::new();
    for line in text.lines() {
        let Ok(event) = serde_json::from_str::<Value>(line) else { continue };
        if let (Some("pass"), Some(test)) = (event["Action"].as_str(), event["Test"].as_str())
            && !test.contains('/')
        {
            tests.insert(test.to_owned());
        }
    }
    tests
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn top_level_tests_that_pass_are_found() {
        let text = "{\"Action\":\"pass\",\"Test\":\"TestA\"}\n# text\n{\"Action\":\"fail\",\"Test\":\"TestB\"}\n\
                    {\"Action\":\"pass\",\"Test\":\"TestB/c\"}\n{\"Action\":\"pass\"}\n";
        assert_eq!(passing(text).into_iter().collect::<Vec<_>>(), ["TestA"]);
    }

    #[test]
    fn a_command_ends_with_its_output() {
        let dir = target_dir().join("xtask/std-test/of-the-test");
        let ran = run_to(&dir, "a/b", Command::new("echo").arg("{\"Action\":\"pass\",\"Test\":\"TestA\"}"));
        let ran = ran.expect("there is echo");
        assert!(ran.in_time && ran.success && ran.passing.contains("TestA"));
        assert!(!run_to(&dir, "a/b", &mut Command::new("false")).expect("there is false").success);
    }
}
