//! Where Go is installed, and its assembly files.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the Go tree.
pub fn goroot() -> PathBuf {
    if let Some(dir) = std::env::var_os("GOROOT") {
        return dir.into();
    }
    let out = Command::new("go").args(["env", "GOROOT"]).output().expect("`go` is there, or GOROOT is set");
    String::from_utf8(out.stdout).expect("a path").trim().into()
}

/// All assembly files of the standard library for amd64, by name.
pub fn std_files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    collect(&goroot().join("src"), &mut files);
    files.sort();
    files
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).expect("the folder can be read") {
        let path = entry.expect("it can be read").path();
        let name = path.file_name().expect("it has a name").to_string_lossy().into_owned();
        if path.is_dir() {
            if !["cmd", "testdata"].contains(&name.as_str()) {
                collect(&path, files);
            }
        } else if name.ends_with(".s") && is_for_amd64(&name, &path) {
            files.push(path);
        }
    }
}

/// By the rules of `go help buildconstraint`, for linux/amd64.
fn is_for_amd64(name: &str, path: &Path) -> bool {
    const OTHERS: [&str; 32] = [
        "386",
        "arm",
        "arm64",
        "loong64",
        "mips",
        "mipsx",
        "mips64",
        "mipsle",
        "mips64le",
        "mips64x",
        "ppc64",
        "ppc64le",
        "ppc64x",
        "riscv64",
        "s390x",
        "wasm",
        "aix",
        "android",
        "darwin",
        "dragonfly",
        "freebsd",
        "illumos",
        "ios",
        "js",
        "netbsd",
        "openbsd",
        "plan9",
        "solaris",
        "wasip1",
        "windows",
        "riscv",
        "unix",
    ];
    let stem = name.strip_suffix(".s").unwrap_or(name);
    if stem.split('_').skip(1).any(|part| OTHERS.contains(&part)) {
        return false;
    }
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("//go:build "));
    line.is_none_or(constraint_holds)
}

/// Evaluates a constraint of `&&`, `||`, `!` and parentheses, by trying its words.
fn constraint_holds(line: &str) -> bool {
    let spaced = line.replace('(', " ( ").replace(')', " ) ").replace('!', " ! ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    or(&words, &mut 0)
}

fn or(words: &[&str], at: &mut usize) -> bool {
    let mut value = and(words, at);
    while words.get(*at) == Some(&"||") {
        *at += 1;
        value |= and(words, at);
    }
    value
}

fn and(words: &[&str], at: &mut usize) -> bool {
    let mut value = atom(words, at);
    while words.get(*at) == Some(&"&&") {
        *at += 1;
        value &= atom(words, at);
    }
    value
}

fn atom(words: &[&str], at: &mut usize) -> bool {
    let word = words[*at];
    *at += 1;
    match word {
        "!" => !atom(words, at),
        "(" => {
            let value = or(words, at);
            *at += 1;
            value
        }
        word => ["amd64", "linux", "unix", "gc"].contains(&word) || word.starts_with("go1."),
    }
}
