//! The programs that run the tests of packages.

use std::path::PathBuf;

use load::Test;
use source::Code;
use types::session::FIRST;

use crate::build::{Fault, Options, archive, program};
use crate::front::{self, Front};
use crate::progress::Progress;
use crate::{Outcome, Report, Request, Tests};

/// A package with its tests, built.
pub struct TestProgram {
    /// The import path.
    pub path: String,
    /// The folder, where its tests run.
    pub dir: PathBuf,
    /// The image of the program that runs its tests; `None` where it has none.
    pub image: Option<Vec<u8>>,
    /// Why there is none; the errors are in the outcome.
    pub failure: Option<Failure>,
}

/// What kept tests from being built.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Failure {
    /// Their packages could not be loaded.
    Setup,
    /// They could not be compiled.
    Build,
}

/// Builds the programs that run the tests of the packages that the request names, and gives each to `then` as soon as
/// it is built, in the order of their import paths, after those that could not be loaded. The packages are checked
/// once for all.
pub fn build(
    request: &Request,
    options: &Options,
    progress: &Progress,
    mut then: impl FnMut(TestProgram),
) -> Outcome {
    let mut request = Request { tests: Tests::Run, ..request.clone() };
    request.implicit.extend(lower::IMPLICIT.iter().map(|path| path.to_string()));
    let mut options = options.clone();
    // What `testing.Testing` asks.
    options.values.push(("testing.testBinary".into(), "1".into()));
    let result = front::run(&request, progress, |front| {
        let mut faults = Vec::new();
        let mut tests: Vec<_> = front.loaded.tests.iter().map(|test| (failure(&front, test), test)).collect();
        tests.sort_by_key(|(failure, _)| *failure != Some(Failure::Setup));
        for (mut failure, test) in tests {
            let image = match test.program {
                Some(main) if failure.is_none() => archive(front.session.target, options.is_checked)
                    .map_err(|text| Fault::Build(vec![text]))
                    .and_then(|archive| program(&front, archive, &options, main.0 + FIRST))
                    .map(Some),
                _ => Ok(None),
            };
            let image = image.unwrap_or_else(|fault| {
                failure = Some(Failure::Build);
                faults.push(fault);
                None
            });
            let package = &front.loaded.packages[test.package.index()];
            then(TestProgram { path: package.path.clone(), dir: package.dir.clone(), image, failure });
        }
        faults
    });
    match result {
        Ok((mut outcome, faults)) => {
            faults.into_iter().for_each(|fault| fault.add_to(&mut outcome));
            outcome
        }
        Err(outcome) => outcome,
    }
}

/// Finds what is wrong with the tests of a package, or with what they import.
fn failure(front: &Front<'_, '_>, test: &Test) -> Option<Failure> {
    let packages = &front.loaded.packages;
    let mut needed = vec![test.program.unwrap_or(test.package)];
    let mut at = 0;
    while at < needed.len() {
        for (_, import) in &packages[needed[at].index()].imports {
            if !needed.contains(import) {
                needed.push(*import);
            }
        }
        at += 1;
    }
    let is_needed = |report: &&Report| needed.iter().any(|id| packages[id.index()].id == report.package);
    let mut reports = front.outcome.reports.iter().filter(is_needed).peekable();
    reports.peek()?;
    let of_load = reports.flat_map(|report| &report.diagnostics).any(|d| d.code == Code::Load);
    Some(if of_load { Failure::Setup } else { Failure::Build })
}
