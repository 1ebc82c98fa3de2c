//! Running programs, and where things are.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::{Failure, Outcome};

/// The top of the tree.
pub fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().expect("xtask stands in the tree").to_owned()
}

/// Runs a program in the tree with its output on the terminal; anything but success is a failure.
pub fn must<S: AsRef<OsStr>>(program: &str, arguments: impl IntoIterator<Item = S>) -> Outcome {
    must_with(Command::new(program).args(arguments).current_dir(root()))
}

/// As [`must`], for a prepared command.
pub fn must_with(command: &mut Command) -> Outcome {
    eprintln!("+ {}", show(command));
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::new(format!("{}: {status}", show(command)))),
        Err(error) => Err(Failure::usage(format!("cannot run {}: {error}", show(command)))),
    }
}

/// Runs a program and returns what it wrote; `Err` only if it could not be started.
pub fn output(command: &mut Command) -> Outcome<Output> {
    let text = show(command);
    command.stdin(Stdio::null()).output().map_err(|e| Failure::usage(format!("cannot run {text}: {e}")))
}

/// Returns the standard output of a program that must succeed.
pub fn text(command: &mut Command) -> Outcome<String> {
    let out = output(command)?;
    if !out.status.success() {
        let stderr = String::from_utf8_lossy(&out.stderr);
        return Err(Failure::new(format!("{}: {}\n{stderr}", show(command), out.status)));
    }
    Ok(String::from_utf8_lossy(&out.stdout).into_owned())
}

fn show(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// Builds `rigo` and returns its path.
pub fn rigo() -> Outcome<PathBuf> {
    must("cargo", ["build", "--quiet", "--package", "rigo"])?;
    Ok(target_dir().join("debug/rigo"))
}

/// Returns the folder in which cargo builds.
pub fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// An empty folder below the build folder, made anew.
pub fn scratch(name: &str) -> Outcome<PathBuf> {
    let dir = target_dir().join("xtask").join(name);
    let failed = |e: std::io::Error| Failure::new(format!("{}: {e}", dir.display()));
    if dir.exists() {
        std::fs::remove_dir_all(&dir).map_err(failed)?;
    }
    std::fs::create_dir_all(&dir).map_err(failed)?;
    Ok(dir)
}
