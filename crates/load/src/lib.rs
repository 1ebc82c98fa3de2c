//! Import paths to package sources.
//!
//! [`load`] takes arguments as the go command takes them (files, folders, import paths, patterns) and
//! gives the packages they name with all they import, each file selected for the target by name and
//! build constraint, each import resolved to a package. What is wrong with the request (packages that
//! do not exist, import cycles, `internal` packages, modules) is worded as the go command words it.
//!
//! Folders are read in waves: all packages that are known but unread at once, on several threads; then,
//! in order, their imports name the next wave. So the result does not depend on the threads.
//!
//! Invariants: this crate and `driver` alone touch files and the environment; every package comes
//! after those it imports; files are numbered in the order of the packages.
//!
//! Begin reading at [`Config`] and `loader.rs`.

mod dir;
pub mod embed;
mod env;
mod finish;
mod gomod;
mod goroot;
mod header;
mod loader;
mod modules;
mod mvs;
pub mod overlay;
mod package;
mod pattern;
mod roots;
mod tags;
mod test_main;
mod test_variants;
pub mod threads;
mod version;

use std::path::PathBuf;

use target::Target;

pub use env::{Env, split_quoted};
pub use goroot::{GO_VERSION, Goroot};
pub use modules::{find_up, find_workspace};
pub use package::{AsmFile, Loaded, Package, PackageId, SourceFile, Test};
pub use version::{GoVersion, is_major_version};

/// What a request asks for, apart from the packages.
#[derive(Clone, Debug)]
pub struct Config {
    /// The current folder, absolute.
    pub cwd: PathBuf,
    /// The environment.
    pub env: Env,
    /// What is compiled for.
    pub target: Target,
    /// Build tags beyond those of the target.
    pub tags: Vec<String>,
    /// The overlay replaces files of the standard library.
    pub overlay: bool,
    /// What is loaded of the tests of the packages asked for.
    pub tests: Tests,
    /// The Go tree, if the user names one.
    pub goroot: Option<PathBuf>,
    /// The language version of the packages asked for, instead of their modules'.
    pub lang: Option<GoVersion>,
    /// Import paths of packages that every program has, imported or not, such as `runtime`.
    pub implicit: Vec<String>,
    /// Everybody may import `internal` packages, as below the go command the compiler allows.
    pub any_internal: bool,
    /// How many threads read files.
    pub n_threads: usize,
}

/// What is wanted of the tests of packages.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Tests {
    /// Nothing: test files are not read.
    #[default]
    No,
    /// The packages with their test files.
    Check,
    /// The programs that run the tests too.
    Run,
}

/// Returns the current folder.
pub fn current_dir() -> Result<PathBuf, String> {
    std::env::current_dir().map_err(|error| format!("cannot find the current folder: {error}"))
}

/// Returns the arguments of this process, without its name. What is not UTF-8 is spelled with `\u{fffd}`.
pub fn arguments() -> Vec<String> {
    std::env::args_os().skip(1).map(|arg| arg.to_string_lossy().into_owned()).collect()
}

/// Words an error of the system as Go does: in small letters, without its number.
pub fn io_text(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_lowercase().chain(chars).collect())
}

/// Loads the packages that `patterns` name, or that of the current folder.
///
/// An error means that nothing could be loaded: no Go tree, or unreadable modules.
pub fn load(config: &Config, patterns: &[String]) -> Result<Loaded, String> {
    let goroot = Goroot::find(&config.env, config.goroot.as_deref())?;
    let modules =
        modules::Modules::open(&config.cwd, &config.env, &goroot).map_err(|e| format!("go: {e}"))?;
    let mut loader = loader::Loader::new(config, goroot, modules);
    roots::add(&mut loader, patterns);
    roots::add_implicit(&mut loader);
    loader.run();
    roots::widen(&mut loader, patterns);
    test_variants::link(&mut loader);
    Ok(finish::finish(loader))
}
