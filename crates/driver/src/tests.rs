//! The programs that run the tests of packages.

use std::path::PathBuf;
use std::sync::Arc;

use load::Test;
use source::Code;
use types::session::FIRST;

use crate::build::{Fault, Options, archive, program};
use crate::cover::{self, Selection};
use crate::front::{self, Front};
use crate::progress::Progress;
use crate::{Outcome, Report, Request, Tests};

/// A package with its tests, built.
#[derive(Default)]
pub struct TestProgram {
    /// The import path.
    pub path: String,
    /// The folder, where its tests run.
    pub dir: PathBuf,
    /// The image of the program that runs its tests; `None` where it has none.
    pub image: Option<Vec<u8>>,
    /// Why there is none; the errors are in the outcome.
    pub failure: Option<Failure>,
    /// Where statements are counted and there are no tests: what would be counted.
    pub uncovered: Option<Uncovered>,
    /// What the program reads of packages that are covered and that it does not hold, by import path.
    pub cover_files: Arc<Vec<(String, Vec<u8>)>>,
}

/// Functions of a package of which none ran.
pub struct Uncovered {
    /// How many statements they have.
    pub n_stmts: u64,
    /// The lines of a profile.
    pub profile: String,
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
///
/// With an error in `only_one` there must be one package.
pub fn build(
    request: &Request,
    options: &Options,
    only_one: Option<String>,
    progress: &Progress,
    mut then: impl FnMut(TestProgram),
) -> Outcome {
    let mut request = Request { tests: Tests::Run, cover: options.cover.is_some(), ..request.clone() };
    request.implicit.extend(lower::IMPLICIT.iter().map(|path| path.to_string()));
    let mut options = options.clone();
    // What `testing.Testing` asks.
    options.values.push(("testing.testBinary".into(), "1".into()));
    let cover = options.cover.take();
    if let Some(cover) = &cover {
        let covered = cover.patterns.iter().map(|patterns| format!(" in {}", patterns.join(", "))).collect();
        options.values.push((format!("{TESTDEPS}.CoverMode"), cover.mode.name().into()));
        options.values.push((format!("{TESTDEPS}.Covered"), covered));
    }
    let result = front::run(&request, progress, |front| {
        let by_pattern = cover.as_ref().filter(|cover| cover.patterns.is_some());
        let (selection, warnings) = by_pattern.map(|cover| Selection::of_patterns(&front, cover)).unzip();
        let mut faults = Vec::new();
        if let Some(error) = only_one.filter(|_| front.loaded.tests.len() + front.loaded.unnamed.len() > 1) {
            return (vec![Fault::Build(vec![error])], Vec::new());
        }
        for path in front.loaded.unnamed.iter().cloned() {
            let failure = Some(Failure::Setup);
            then(TestProgram { path, failure, ..TestProgram::default() });
        }
        let mut tests: Vec<_> = front.loaded.tests.iter().map(|test| (failure(&front, test), test)).collect();
        tests.sort_by_key(|(failure, _)| *failure != Some(Failure::Setup));
        for (mut failure, test) in tests {
            let counted = match (&selection, &cover) {
                (Some(selection), _) => Some(selection.lowered(&front)),
                (None, cover) => {
                    cover.as_ref().map(|cover| cover::of_package(&front, test.package, cover.mode))
                }
            };
            let image = match test.program {
                Some(main) if failure.is_none() => archive(front.session.target, options.is_checked)
                    .map_err(|text| Fault::Build(vec![text]))
                    .and_then(|archive| program(&front, archive, &options, counted.as_ref(), main.0 + FIRST))
                    .map(Some),
                _ => Ok(None),
            };
            let image = image.unwrap_or_else(|fault| {
                failure = Some(Failure::Build);
                faults.push(fault);
                None
            });
            let package = &front.loaded.packages[test.package.index()];
            let is_counted = |selection: &Selection<'_>| selection.paths.contains(&package.path);
            let uncovered = match &cover {
                Some(cover) if test.program.is_none() && selection.as_ref().is_none_or(is_counted) => {
                    uncovered(&cover::units(&front, test.package.0 + FIRST, cover.mode))
                }
                _ => None,
            };
            let cover_files =
                selection.as_ref().map_or_else(Arc::default, |selection| selection.files.clone());
            let (path, dir) = (package.path.clone(), package.dir.clone());
            then(TestProgram { path, dir, image, failure, uncovered, cover_files });
        }
        (faults, warnings.unwrap_or_default())
    });
    match result {
        Ok((mut outcome, (faults, warnings))) => {
            faults.into_iter().for_each(|fault| fault.add_to(&mut outcome));
            outcome.warnings.extend(warnings);
            outcome
        }
        Err(outcome) => outcome,
    }
}

/// The package whose variables tell a test program what is covered.
const TESTDEPS: &str = "testing/internal/testdeps";

/// What a package without tests would count, if it has functions.
fn uncovered(units: &lower::PackageUnits) -> Option<Uncovered> {
    (!units.is_empty()).then(|| Uncovered { n_stmts: units.n_stmts(), profile: units.profile() })
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
