//! The build graph, its threads, and the stages in their order.
//!
//! A [`Request`] says what is wanted; [`check`] answers with an [`Outcome`]: what is wrong, package by
//! package, in an order that does not depend on threads. Stages behind the checker begin where
//! [`front::run`] calls them: with every package of the program checked.
//!
//! Work is cut in units without locks between them: a file is parsed alone, a package's phase 1 needs that
//! of its imports, its phase 2 nothing more. `pool.rs` runs them on a few threads with large
//! stacks, those that most others wait for first.
//!
//! Nothing here prints; [`Progress`] lets the command show how far a request is.

mod assembly;
pub mod build;
pub mod clean;
mod console;
pub mod doctor;
mod embeds;
mod frames;
pub mod front;
pub mod output;
mod pool;
mod progress;
#[cfg(test)]
mod random_programs;
pub mod run;
mod schedule;
pub mod tests;

use std::path::PathBuf;

use source::{Diagnostic, SourceMap};
use target::Target;

pub use front::{Front, check};
pub use load::{
    Env, GO_VERSION, GoVersion, Goroot, Tests, arguments, current_dir, find_up, find_workspace, io_text,
    split_quoted,
};
pub use progress::{Progress, Stage, current_work};

/// What is wanted of a request.
#[derive(Clone, Debug)]
pub struct Request {
    /// Files, folders, import paths or patterns; none for the current folder.
    pub packages: Vec<String>,
    /// The current folder, absolute.
    pub cwd: PathBuf,
    /// The environment.
    pub env: Env,
    /// What is compiled for.
    pub target: Target,
    /// Build tags.
    pub tags: Vec<String>,
    /// The language version of the packages asked for, instead of their modules'.
    pub lang: Option<GoVersion>,
    /// The overlay replaces files of the standard library.
    pub overlay: bool,
    /// What is done with the tests of the packages asked for.
    pub tests: Tests,
    /// The Go tree, if the user names one.
    pub goroot: Option<PathBuf>,
    /// Functions without a body are an error in the packages asked for, unless these have assembly files.
    pub complete: bool,
    /// Import paths of packages that every program has, imported or not, such as `runtime`.
    pub implicit: Vec<String>,
    /// Errors of the checker are reported even where syntax errors may be their cause.
    pub all_errors: bool,
    /// Everybody may import `internal` packages.
    pub any_internal: bool,
    /// How many threads work; `None` for RIGO_THREADS or the number of processors.
    pub n_threads: Option<usize>,
}

impl Request {
    /// Makes a request for `packages` in the folder `cwd`, with everything else as it is by default.
    pub fn new(cwd: PathBuf, env: Env, packages: Vec<String>) -> Request {
        Request {
            packages,
            cwd,
            env,
            target: Target::LINUX_AMD64,
            tags: Vec::new(),
            lang: None,
            overlay: true,
            tests: Tests::No,
            goroot: None,
            complete: true,
            implicit: Vec::new(),
            all_errors: false,
            any_internal: false,
            n_threads: None,
        }
    }

    /// Returns the number of threads that work on this request.
    pub fn n_threads(&self) -> usize {
        let wanted = self.env.get("RIGO_THREADS").and_then(|text| text.parse().ok());
        let n_threads = self.n_threads.or(wanted).filter(|n| *n > 0);
        n_threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from))
    }
}

/// What is wrong with one package.
#[derive(Clone, Debug)]
pub struct Report {
    /// The import path, with the test it is built for where it is.
    pub package: String,
    /// Sorted by position; none twice, in this report or another.
    pub diagnostics: Vec<Diagnostic>,
}

/// The answer to a request.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The files of all packages.
    pub map: SourceMap,
    /// Packages with something wrong, each after those it imports.
    pub reports: Vec<Report>,
    /// What is wrong with the request itself.
    pub errors: Vec<String>,
    /// What is strange about it.
    pub warnings: Vec<String>,
    /// How many packages were checked.
    pub n_packages: usize,
    /// How many lines their files have.
    pub n_lines: usize,
}

impl Outcome {
    /// Reports whether nothing is wrong.
    pub fn is_ok(&self) -> bool {
        self.errors.is_empty() && self.reports.is_empty()
    }
}
