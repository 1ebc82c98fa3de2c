//! Running an image.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Command;

use load::io_text;
use target::{Arch, Os, Target};

use crate::emulate;
pub use crate::emulate::Machine;
use crate::output::write_image;

/// Runs an image with the terminal of this process and returns its exit status; 128 and the signal's number when
/// a signal ended it, as shells have it. What another processor runs is given to QEMU's emulator of processes; a boot image to
/// its emulator of machines.
pub fn run_image(
    target: Target,
    image: &[u8],
    name: &str,
    arguments: &[String],
    machine: &Machine,
) -> Result<u8, String> {
    let folder = std::env::temp_dir().join(format!("rigo-run-{}", std::process::id()));
    let failed = |error: std::io::Error| format!("{}: {}", folder.display(), io_text(&error));
    std::fs::create_dir_all(&folder).map_err(failed)?;
    let path = folder.join(name);
    let status = write_image(&path, image).and_then(|()| match target.os {
        Os::Linux => run_process(target, &path, arguments),
        Os::OpenSbi => emulate::run(&path, name, arguments, machine),
    });
    std::fs::remove_dir_all(&folder).map_err(failed)?;
    status
}

fn run_process(target: Target, path: &Path, arguments: &[String]) -> Result<u8, String> {
    let emulator = emulator(target);
    let mut command = match emulator {
        None => Command::new(path),
        Some(emulator) => {
            let mut command = Command::new(emulator);
            command.arg(path);
            command
        }
    };
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.args(arguments).status().map_err(|error| match emulator {
        Some(_) => format!("{program}: {} (Debian's package qemu-user has it)", io_text(&error)),
        None => format!("{program}: {}", io_text(&error)),
    })?;
    let signal = status.signal().map_or(0, |signal| 128 + signal);
    Ok(status.code().unwrap_or(signal) as u8)
}

/// What runs programs of a target here; none where the machine does.
fn emulator(target: Target) -> Option<&'static str> {
    match target.arch {
        Arch::Riscv64 if cfg!(not(target_arch = "riscv64")) => Some("qemu-riscv64"),
        Arch::Amd64 | Arch::Riscv64 | Arch::Arm64 => None,
    }
}
