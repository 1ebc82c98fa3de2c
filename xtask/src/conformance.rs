//! The conformance lists, the exceptions from them, and the report of a run.
//!
//! A list in `tests/conformance/` says which tests count. `tests/exceptions.tsv` names the tests of
//! a list that do not pass, each with its reason. A run fails when a test fails that is no exception,
//! and when an exception passes: then its line must go.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::process::root;
use crate::{Failure, Outcome};

/// Reads a file of the tree.
pub fn read(path: &str) -> Outcome<String> {
    let path = root().join(path);
    std::fs::read_to_string(&path).map_err(|e| Failure::usage(format!("{}: {e}", path.display())))
}

/// One line of `go-test.tsv`.
pub struct GoTest {
    /// The directive of its first line.
    pub kind: String,
    /// The file below Go's `test` folder.
    pub name: String,
    /// What it leans on.
    pub traits: Vec<String>,
}

/// Reads `go-test.tsv`.
pub fn go_tests() -> Outcome<Vec<GoTest>> {
    let text = read("tests/conformance/go-test.tsv")?;
    let rows = text.lines().skip(1).map(|line| {
        let mut columns = line.split('\t').map(str::to_owned);
        let mut next = || columns.next().unwrap_or_default();
        let (kind, name, traits) = (next(), next(), next());
        GoTest { kind, name, traits: traits.split(',').map(str::to_owned).collect() }
    });
    Ok(rows.collect())
}

/// Which tests of a list run.
#[derive(Clone, Copy, Debug)]
pub enum Choice<'a> {
    /// All.
    All,
    /// Those whose name contains the text.
    Matching(&'a str),
    /// Every tenth, always the same ones: what `cargo xtask test` runs.
    Tenth,
    /// These.
    Among(&'a BTreeSet<String>),
}

impl<'a> Choice<'a> {
    /// Reads the choice from the arguments of a command.
    pub fn from_arguments(arguments: &[&'a str]) -> Outcome<Choice<'a>> {
        match arguments {
            [] => Ok(Choice::All),
            ["--tenth"] => Ok(Choice::Tenth),
            [filter] if !filter.starts_with('-') => Ok(Choice::Matching(filter)),
            _ => Err(Failure::usage(crate::USAGE)),
        }
    }

    /// The chosen of `names`.
    pub fn of(self, names: &[String]) -> impl Iterator<Item = &str> {
        let chosen = names.iter().enumerate().filter(move |(idx, name)| self.takes(*idx, name));
        chosen.map(|(_, name)| name.as_str())
    }

    fn takes(self, idx: usize, name: &str) -> bool {
        match self {
            Choice::All => true,
            Choice::Matching(filter) => name.contains(filter),
            Choice::Tenth => idx.is_multiple_of(10),
            Choice::Among(names) => names.contains(name),
        }
    }
}

/// What became of a test.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Passes,
    Excepted,
    Wrong,
}

/// Runs `check` on the chosen tests of `list`, on all cores, and reports.
///
/// `check` answers `Err` with what is wrong. `list` is the name by which `tests/exceptions.tsv` knows the list.
pub fn run_list(
    list: &str,
    names: &[String],
    choice: Choice<'_>,
    check: impl Fn(&str) -> Result<(), String> + Sync,
) -> Outcome {
    let exceptions = exceptions(list)?;
    if let Some(stranger) = exceptions.keys().find(|name| !names.contains(name)) {
        return Err(Failure::new(format!(
            "tests/exceptions.tsv: {stranger} does not stand in the list {list}"
        )));
    }
    let chosen: Vec<&str> = choice.of(names).collect();
    if chosen.is_empty() {
        return Err(Failure::usage(format!("{list}: no test matches {choice:?}")));
    }
    // What is wrong is told at once: a list may run for an hour.
    let verdicts: Vec<Verdict> = chosen
        .par_iter()
        .map(|name| match (check(name), exceptions.contains_key(*name)) {
            (Ok(()), false) => Verdict::Passes,
            (Err(_), true) => Verdict::Excepted,
            (Ok(()), true) => {
                println!("--- {list} {name}: passes; remove it from tests/exceptions.tsv");
                Verdict::Wrong
            }
            (Err(text), false) => {
                println!("--- {list} {name}: {text}");
                Verdict::Wrong
            }
        })
        .collect();
    let count = |verdict| verdicts.iter().filter(|&&is| is == verdict).count();
    let (passed, excepted, wrong) = (count(Verdict::Passes), count(Verdict::Excepted), count(Verdict::Wrong));
    let all = chosen.len();
    println!("{list}: {passed} of {all} pass, {excepted} are exceptions with a reason, {wrong} are wrong");
    if wrong == 0 { Ok(()) } else { Err(Failure::new(format!("{list}: {wrong} of {all} are wrong"))) }
}

/// Reads the exceptions from a list: tests and reasons.
pub fn exceptions(list: &str) -> Outcome<BTreeMap<String, String>> {
    let text = read("tests/exceptions.tsv")?;
    let mut exceptions = BTreeMap::new();
    for line in text.lines().skip(1) {
        let mut columns = line.splitn(3, '\t');
        let (Some(of), Some(name), Some(reason)) = (columns.next(), columns.next(), columns.next()) else {
            return Err(Failure::new(format!("tests/exceptions.tsv: not list, test and reason: {line}")));
        };
        if of == list {
            exceptions.insert(name.to_owned(), reason.to_owned());
        }
    }
    Ok(exceptions)
}
