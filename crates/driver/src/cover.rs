//! Coverage: which packages of a request are counted, and what is known of them without running anything.

use std::path::PathBuf;
use std::sync::Arc;

use lower::{CoverMode, CoveredPackage, PackageUnits};
use types::session::FIRST;

use crate::front::Front;

/// What is asked for: `-covermode`, `-coverpkg`.
#[derive(Clone, Debug)]
pub struct Cover {
    /// What counters tell.
    pub mode: CoverMode,
    /// The packages; `None` for those under test, or of the main modules.
    pub patterns: Option<Vec<String>>,
    /// The folder to which patterns are relative.
    pub cwd: PathBuf,
}

/// The packages that a request covers, and those of them in whose place a file speaks.
pub(crate) struct Selection<'a> {
    pub cover: &'a Cover,
    // Numbers in the session, with the variants that tests make of a package.
    packages: Vec<u32>,
    /// Their import paths, each once.
    pub paths: Vec<String>,
    /// For each package asked for, what programs read that do not hold it.
    pub files: Arc<Vec<(String, Vec<u8>)>>,
}

impl<'a> Selection<'a> {
    /// Finds the packages that the patterns take.
    pub fn of_patterns(front: &Front<'_, '_>, cover: &'a Cover) -> (Selection<'a>, Vec<String>) {
        let patterns = cover.patterns.as_deref().unwrap_or_default();
        let programs: Vec<_> = front.loaded.tests.iter().filter_map(|test| test.program).collect();
        let mut is_used = vec![false; patterns.len()];
        let mut selection =
            Selection { cover, packages: Vec::new(), paths: Vec::new(), files: Arc::default() };
        let mut files = Vec::new();
        for (n, package) in front.loaded.packages.iter().enumerate() {
            let is_outer = package.id.starts_with(&format!("{} [", package.path))
                && package.id != format!("{0} [{0}.test]", package.path)
                && package.path.ends_with("_test");
            if is_outer || programs.iter().any(|program| program.index() == n) {
                continue;
            }
            let mut is_taken = false;
            for (pattern, is_used) in patterns.iter().zip(&mut is_used) {
                let takes = load::takes(pattern, &cover.cwd, package);
                *is_used |= takes;
                is_taken |= takes;
            }
            // Its own functions count in this mode.
            let counts = matches!(package.path.as_str(), "sync/atomic" | "internal/runtime/atomic");
            if !is_taken || cover.mode == CoverMode::Atomic && counts {
                continue;
            }
            let number = n as u32 + FIRST;
            let units = units(front, number, cover.mode);
            if !units.has_files() {
                continue;
            }
            selection.packages.push(number);
            if selection.paths.contains(&package.path) {
                continue;
            }
            selection.paths.push(package.path.clone());
            let is_asked =
                |test: &load::Test| front.loaded.packages[test.package.index()].path == package.path;
            if front.loaded.tests.iter().any(is_asked) && !units.is_empty() {
                files.push((package.path.clone(), units.file(cover.mode)));
            }
        }
        selection.files = files.into();
        let unused = patterns.iter().zip(is_used).filter(|(_, is_used)| !is_used);
        let warnings = unused
            .map(|(pattern, _)| format!("no packages being tested depend on matches for pattern {pattern}"));
        (selection, warnings.collect())
    }

    /// What is counted in the program of a test, where it is not the package under test alone.
    pub fn lowered(&self, front: &Front<'_, '_>) -> lower::Cover {
        let packages = self.packages.iter().map(|number| covered(front, *number)).collect();
        lower::Cover { mode: self.cover.mode, packages, selected: self.paths.clone() }
    }
}

/// What is counted in a program that is no test: the packages that the patterns take, or those that were asked for and
/// those of the main modules.
pub(crate) fn of_program(front: &Front<'_, '_>, cover: &Cover) -> lower::Cover {
    let is_taken = |package: &load::Package| match &cover.patterns {
        Some(patterns) => patterns.iter().any(|pattern| load::takes(pattern, &cover.cwd, package)),
        None => package.is_root || !package.main_module.is_empty(),
    };
    let packages = (FIRST..).zip(&front.loaded.packages).filter(|(_, package)| is_taken(package));
    let packages = packages.map(|(number, _)| covered(front, number)).collect();
    lower::Cover { mode: cover.mode, packages, selected: Vec::new() }
}

/// What is counted in the tests of one package.
pub(crate) fn of_package(front: &Front<'_, '_>, package: load::PackageId, mode: CoverMode) -> lower::Cover {
    let package = covered(front, package.0 + FIRST);
    let path = front.loaded.packages[(package.number - FIRST) as usize].path.clone();
    lower::Cover { mode, packages: vec![package], selected: vec![path] }
}

/// Finds the units of a package.
pub(crate) fn units(front: &Front<'_, '_>, number: u32, mode: CoverMode) -> PackageUnits {
    PackageUnits::find(front.session, &front.outcome.map, &covered(front, number), mode)
}

/// Describes a package by its number in the session.
fn covered(front: &Front<'_, '_>, number: u32) -> CoveredPackage {
    let package = &front.loaded.packages[(number - FIRST) as usize];
    CoveredPackage {
        number,
        name: package.name.clone(),
        module: package.main_module.clone(),
        dir: (package.path == "command-line-arguments").then(|| package.dir.display().to_string()),
    }
}
