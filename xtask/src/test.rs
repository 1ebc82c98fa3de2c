//! `cargo xtask test`: everything that CI runs, in one straight line.

use std::path::PathBuf;
use std::process::Command;

use crate::process::{must, must_with, output, rigo, root};
use crate::{Failure, Outcome, errorcheck, licences, tidy, types_testdata};

/// The workspaces that stand beside the compiler's.
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
    must("cargo", ["test", "--quiet", "--workspace"])?;
    must("cargo", ["test", "--quiet", "--manifest-path", RUNTIME])?;
    check_std()?;
    types_testdata::run(&["--tenth"])?;
    errorcheck::run(&["errorcheck", "--tenth"])?;
    errorcheck::run(&["compile", "--tenth"])
}

/// Checks all of the standard library for both processors.
fn check_std() -> Outcome {
    let rigo = rigo()?;
    for target in ["linux/amd64", "linux/riscv64"] {
        must_with(
            Command::new(&rigo).args(["check", "-overlay=off", "-target", target, "std"]).env("GOFLAGS", ""),
        )?;
    }
    Ok(())
}

/// Rewrites golden files.
pub fn bless() -> Outcome {
    must_with(
        Command::new("cargo")
            .args(["test", "--quiet", "--workspace"])
            .env("RIGO_BLESS", "1")
            .current_dir(root()),
    )
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
    command.arg("run").arg(format!("./{}", example.display())).args(arguments).current_dir(root());
    let out = output(&mut command)?;
    print!("{}", String::from_utf8_lossy(&out.stdout));
    eprint!("{}", String::from_utf8_lossy(&out.stderr));
    match out.status.success() {
        true => Ok(()),
        false => Err(Failure::new(format!("examples/{name}: {}", out.status))),
    }
}
