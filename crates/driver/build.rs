//! Builds the runtime, so that it is part of rigo: `runtime/` is a Cargo workspace of its own, and plain
//! `cargo build` of the compiler runs a second cargo for it, in a build folder of its own.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

/// A target of rigo whose runtime is part of it.
struct Archive {
    /// The file beside the build folders, which the driver includes.
    file: &'static str,
    /// What rustc calls the target; none for the machine that rigo is built on.
    triple: Option<&'static str>,
    /// Whether it holds the kernel of bare RISC-V.
    has_kernel: bool,
    /// Whether it checks itself: assertions, arithmetic, ranks of locks, poisoned memory.
    is_checked: bool,
}

const RISCV64: Option<&str> = Some("riscv64gc-unknown-none-elf");
const PLAIN: Archive = Archive { file: "", triple: None, has_kernel: false, is_checked: false };
const ARCHIVES: [Archive; 4] = [
    Archive { file: "linux-amd64.a", ..PLAIN },
    Archive { file: "linux-amd64-checked.a", is_checked: true, ..PLAIN },
    Archive { file: "linux-riscv64.a", triple: RISCV64, ..PLAIN },
    Archive { file: "opensbi-riscv64.a", triple: RISCV64, has_kernel: true, ..PLAIN },
];

fn main() {
    let tree = PathBuf::from(variable("CARGO_MANIFEST_DIR")).join("../..");
    let out = PathBuf::from(variable("OUT_DIR"));
    for source in ["runtime", "crates/abi"] {
        watch(&tree.join(source));
    }
    // Side by side: a third of the work is one thread's, because the archive is optimised as a whole.
    let builds: Vec<(&Archive, Option<Child>)> =
        ARCHIVES.iter().map(|archive| (archive, start(archive, &tree, &out))).collect();
    for (archive, build) in builds {
        finish(archive, build, &out);
    }
}

/// Starts the build of an archive; none where rustc has no core for its target. Such a rigo says so when the target is asked for.
fn start(archive: &Archive, tree: &Path, out: &Path) -> Option<Child> {
    let mut cargo = Command::new(variable("CARGO"));
    cargo.args(["build", "--release", "--package", "rt0"]).current_dir(tree.join("runtime"));
    cargo.arg("--target-dir").arg(build_dir(archive, out));
    if archive.has_kernel {
        cargo.args(["--features", "opensbi"]);
    }
    if archive.is_checked {
        cargo.args(["--features", "checked"]);
        cargo.env("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", "true");
        cargo.env("CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS", "true");
    }
    if let Some(triple) = archive.triple {
        let library = sysroot().join("lib/rustlib").join(triple);
        println!("cargo:rerun-if-changed={}", library.display());
        if !library.is_dir() {
            println!("cargo:warning=no {}: rustup target add {triple}", archive.file);
            return None;
        }
        cargo.args(["--target", triple]);
    }
    // Flags for the compiler are not for the runtime: `-C instrument-coverage`, say, needs an operating system.
    for name in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_TARGET_DIR", "CARGO_BUILD_TARGET"] {
        cargo.env_remove(name);
    }
    cargo.env("RUSTFLAGS", "-C force-frame-pointers=yes");
    Some(cargo.spawn().unwrap_or_else(|error| panic!("cargo for runtime/: {error}")))
}

/// Waits for a build and puts the archive where the driver includes it: an empty file where there is none.
fn finish(archive: &Archive, build: Option<Child>, out: &Path) {
    let target = out.join(archive.file);
    let Some(mut build) = build else {
        std::fs::write(&target, []).unwrap_or_else(|e| panic!("{}: {e}", target.display()));
        return;
    };
    let status = build.wait().unwrap_or_else(|error| panic!("cargo for runtime/: {error}"));
    assert!(status.success(), "runtime/ does not build for {}: {status}", archive.file);
    let built = build_dir(archive, out).join(archive.triple.unwrap_or_default()).join("release/librt0.a");
    std::fs::copy(&built, &target).unwrap_or_else(|e| panic!("{}: {e}", built.display()));
}

/// Two cargos in one folder would wait for each other.
fn build_dir(archive: &Archive, out: &Path) -> PathBuf {
    let kind = match archive {
        Archive { has_kernel: true, .. } => "-kernel",
        Archive { is_checked: true, .. } => "-checked",
        _ => "",
    };
    let triple = archive.triple.map(|triple| format!("-{triple}")).unwrap_or_default();
    out.join(format!("runtime{triple}{kind}"))
}

/// Where rustc keeps the libraries of its targets.
fn sysroot() -> PathBuf {
    let rustc = variable("RUSTC");
    let output = Command::new(&rustc).args(["--print", "sysroot"]).output();
    let output = output.unwrap_or_else(|error| panic!("{rustc}: {error}"));
    PathBuf::from(String::from_utf8_lossy(&output.stdout).trim())
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
