//! Builds the runtime, so that it is part of rigo: `runtime/` is a Cargo workspace of its own, and plain
//! `cargo build` of the compiler runs a second cargo for it, in a build folder of its own.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    let tree = PathBuf::from(variable("CARGO_MANIFEST_DIR")).join("../..");
    let out = PathBuf::from(variable("OUT_DIR"));
    for source in ["runtime", "crates/abi"] {
        watch(&tree.join(source));
    }
    let target_dir = out.join("runtime");
    let mut cargo = Command::new(variable("CARGO"));
    cargo.args(["build", "--release", "--package", "rt0"]).current_dir(tree.join("runtime"));
    cargo.arg("--target-dir").arg(&target_dir);
    // Flags for the compiler are not for the runtime: `-C instrument-coverage`, say, needs an operating system.
    for name in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_TARGET_DIR", "CARGO_BUILD_TARGET"] {
        cargo.env_remove(name);
    }
    cargo.env("RUSTFLAGS", "-C force-frame-pointers=yes");
    let status = cargo.status().unwrap_or_else(|error| panic!("cargo for runtime/: {error}"));
    assert!(status.success(), "runtime/ does not build: {status}");
    let archive = target_dir.join("release/librt0.a");
    std::fs::copy(&archive, out.join("linux-amd64.a"))
        .unwrap_or_else(|e| panic!("{}: {e}", archive.display()));
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("cargo sets {name}"))
}

/// Builds again when a source changes; what cargo writes there is none.
fn watch(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() && !path.ends_with("target") {
            watch(&path);
        } else if path.extension().is_some_and(|ext| ext == "rs" || ext == "toml" || ext == "lock") {
            println!("cargo:rerun-if-changed={}", path.display());
        }
    }
}
