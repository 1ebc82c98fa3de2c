//! `cargo xtask models` and `cargo xtask miri`: what the runtime's workspace is checked with beside its tests.
//!
//! The loom models print how many interleavings each explored. Under miri run the unit tests of `rt`: allocator, queues, timers, both families of waiting.

use std::process::Command;

use crate::process::{must_with, root};
use crate::{Failure, Outcome};

/// Runs the loom models, those with seeded bugs among them.
pub fn run() -> Outcome {
    let mut command = Command::new("cargo");
    command.args(["test", "--quiet", "--release", "--package", "rt", "--test", "models"]);
    command.args(["--target-dir", "target/loom", "--", "--nocapture", "--test-threads=1"]);
    must_with(command.current_dir(root().join("runtime")).env("RUSTFLAGS", "--cfg loom"))
}

/// Runs the unit tests under miri; fails where it is not installed.
pub fn miri() -> Outcome {
    let found = Command::new("cargo").args(["+nightly", "miri", "--version"]).output();
    if !found.is_ok_and(|out| out.status.success()) {
        return Err(Failure::usage(
            "no miri: `cargo xtask setup --miri` installs it with a nightly toolchain",
        ));
    }
    let mut command = Command::new("cargo");
    command.args(["+nightly", "miri", "test", "--package", "rt", "--lib", "--target-dir", "target/miri"]);
    // The platform's clock is the system's; the runtime finds its own objects again by their addresses.
    command.env("MIRIFLAGS", "-Zmiri-disable-isolation -Zmiri-permissive-provenance");
    must_with(command.current_dir(root().join("runtime")))
}
