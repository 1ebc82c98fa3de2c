//! `cargo xtask test`: everything that CI runs, in one straight line.

use std::path::PathBuf;
use std::process::Command;

use crate::process::{must, must_with, rigo, root};
use crate::{Failure, Outcome, errorcheck, go, licences, tidy, types_testdata};

/// The workspace that stands beside the compiler's.
const RUNTIME: &str = "runtime/Cargo.toml";

/// Runs every check; the first failure ends it.
pub fn run() -> Outcome {
    tidy::run()?;
    licences::run()?;
    for manifest in ["Cargo.toml", RUNTIME] {
        must("cargo", ["fmt", "--all", "--check", "--manifest-path", manifest])?;
    }
    must("cargo", ["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"])?;
    must("cargo", ["clippy", "--quiet", "--manifest-path", RUNTIME, "--", "-D", "warnings"])?;
    run_example(&["first"])?;
    cargo_test(&["--workspace"])?;
    cargo_test(&["--manifest-path", RUNTIME])?;
    check_std()?;
    types_testdata::run(&["--tenth"])?;
    if go::test_dir().is_err() && std::env::var_os("RIGO_GO_TEST").is_none() {
        // Packaged distributions leave it out, and no registry has it.
        println!("NOT RUN: goroot-test. This GOROOT has no folder `test`; RIGO_GO_TEST names one");
        return Ok(());
    }
    errorcheck::run(&["errorcheck", "--tenth"])?;
    errorcheck::run(&["errorcheck", "--built"])?;
    errorcheck::run(&["compile", "--tenth"])?;
    errorcheck::run(&["run", "--tenth"])
}

/// Runs `cargo test` where tests find Go.
fn cargo_test(arguments: &[&str]) -> Outcome {
    let mut command = Command::new("cargo");
    command.args(["test", "--quiet"]).args(arguments).current_dir(root());
    must_with(go::environment(&mut command)?)
}

/// Checks all of the standard library for both processors.
fn check_std() -> Outcome {
    let rigo = rigo()?;
    for target in ["linux/amd64", "linux/riscv64"] {
        let mut command = Command::new(&rigo);
        command.args(["check", "-overlay=off", "-target", target, "std"]).env("GOFLAGS", "");
        must_with(go::environment(&mut command)?)?;
    }
    Ok(())
}

/// Rewrites golden files.
pub fn bless() -> Outcome {
    let mut command = Command::new("cargo");
    command.args(["test", "--quiet", "--workspace"]).env("RIGO_BLESS", "1").current_dir(root());
    must_with(go::environment(&mut command)?)
}

/// Builds and runs a program of `examples/`.
pub fn run_example(arguments: &[&str]) -> Outcome {
    let Some((name, arguments)) = arguments.split_first() else {
        return Err(Failure::usage("usage: cargo xtask run EXAMPLE [ARGUMENTS]"));
    };
    let example: PathBuf = ["examples", name].iter().collect();
    if !root().join(&example).is_dir() {
        return Err(Failure::usage(format!("there is no examples/{name}")));
    }
    let mut command = Command::new(rigo()?);
    command.arg("run").arg(example).args(arguments).current_dir(root());
    must_with(go::environment(&mut command)?)
}
