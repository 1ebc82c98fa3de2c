//! What the suites share.

#![allow(dead_code)] // each suite is a crate of its own and uses a part

use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Runs `f` where deep trees have room. Overflow would end the whole test process.
pub fn on_large_stack(f: impl FnOnce() + Send) {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(256 << 20).spawn_scoped(scope, f);
        if let Err(panic) = thread.expect("a thread can be made").join() {
            std::panic::resume_unwind(panic);
        }
    });
}

/// Returns the folder of the installed Go: `$GOROOT`, or what `go env GOROOT` says.
pub fn goroot() -> PathBuf {
    if let Some(dir) = std::env::var_os("GOROOT") {
        return dir.into();
    }
    let output = std::process::Command::new("go").args(["env", "GOROOT"]).output();
    let output = output.expect("this test reads the Go sources: set GOROOT or put `go` in the path");
    let dir = String::from_utf8(output.stdout).expect("`go env GOROOT` prints a path");
    dir.trim().into()
}

/// Reads every Go file of the standard library and its commands, but not `testdata`.
pub fn goroot_files() -> impl Iterator<Item = (PathBuf, Arc<[u8]>)> {
    let src = goroot().join("src");
    let mut paths = Vec::new();
    collect(&src, &mut paths);
    assert!(paths.len() > 3000, "no Go sources in {}", src.display());
    paths.sort();
    paths.into_iter().map(|path| {
        let bytes = std::fs::read(&path).expect("the file can be read");
        (path, bytes.into())
    })
}

fn collect(dir: &Path, paths: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            if entry.file_name() != "testdata" {
                collect(&path, paths);
            }
        } else if path.extension().is_some_and(|ext| ext == "go") {
            paths.push(path);
        }
    }
}

/// Lists the Go files directly in `dir`.
pub fn go_files(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ext| ext == "go"));
    assert!(!paths.is_empty(), "no Go files in {}", dir.display());
    paths.sort();
    paths
}

/// Compares `text` with a golden file, or rewrites that under `RIGO_BLESS=1`.
pub fn golden(path: &Path, text: &str) {
    if std::env::var_os("RIGO_BLESS").is_some_and(|v| v == "1") {
        std::fs::write(path, text).expect("the golden file can be written");
        return;
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        expected == text,
        "{} is\n{expected}\nbut should be\n{text}\nRIGO_BLESS=1 rewrites it",
        path.display()
    );
}
