//! Running an image: as a process, by QEMU's emulator of processes, or on a machine that QEMU makes.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Command;

use load::io_text;
use target::{Arch, Os, Target};

use crate::console;
use crate::output::write_image;

/// The machine that a program without an operating system runs on.
#[derive(Clone, Debug)]
pub struct Machine {
    /// How many harts it has.
    pub harts: u32,
    /// Its memory, as QEMU takes sizes: `256M`, `2G`.
    pub memory: String,
    /// It waits for gdb at port 1234.
    pub debug: bool,
}

impl Default for Machine {
    fn default() -> Machine {
        Machine { harts: 4, memory: "512M".into(), debug: false }
    }
}

/// Runs an image with the terminal of this process and returns its exit status; 128 and the signal's number when
/// a signal ended it, as shells have it.
pub fn run_image(
    target: Target,
    machine: &Machine,
    image: &[u8],
    name: &str,
    arguments: &[String],
) -> Result<u8, String> {
    let folder = std::env::temp_dir().join(format!("rigo-run-{}", std::process::id()));
    let failed = |error: std::io::Error| format!("{}: {}", folder.display(), io_text(&error));
    std::fs::create_dir_all(&folder).map_err(failed)?;
    let path = folder.join(name);
    let status = write_image(&path, image).and_then(|()| {
        let (mut command, package) = command(target, machine, &path, name, arguments);
        let program = command.get_program().to_string_lossy().into_owned();
        let hint = package.map_or(String::new(), |package| format!(" (Debian's package {package} has it)"));
        let status = match target.os {
            Os::Linux => command.status(),
            Os::OpenSbi => console::status(&mut command),
        };
        status.map_err(|error| format!("{program}: {}{hint}", io_text(&error)))
    });
    std::fs::remove_dir_all(&folder).map_err(failed)?;
    let status = status?;
    let signal = status.signal().map_or(0, |signal| 128 + signal);
    Ok(status.code().unwrap_or(signal) as u8)
}

/// What runs an image, and the package of Debian that has it, if it is no part of the system.
fn command(
    target: Target,
    machine: &Machine,
    image: &Path,
    name: &str,
    arguments: &[String],
) -> (Command, Option<&'static str>) {
    match (target.os, target.arch) {
        (Os::OpenSbi, _) => {
            if machine.debug {
                eprintln!("waiting for gdb: gdb-multiarch {} -ex 'target remote :1234'", image.display());
            }
            (virt(machine, image, name, arguments), Some("qemu-system-misc"))
        }
        (Os::Linux, Arch::Riscv64) if cfg!(not(target_arch = "riscv64")) => {
            let mut command = Command::new("qemu-riscv64");
            command.arg(image).args(arguments);
            (command, Some("qemu-user"))
        }
        (Os::Linux, Arch::Amd64 | Arch::Riscv64 | Arch::Arm64) => {
            let mut command = Command::new(image);
            command.args(arguments);
            (command, None)
        }
    }
}

/// QEMU's machine `virt` with the console on this terminal. ^C is the program's.
fn virt(machine: &Machine, image: &Path, name: &str, arguments: &[String]) -> Command {
    let mut command = Command::new("qemu-system-riscv64");
    command.args(["-M", "virt", "-accel", "tcg,thread=multi", "-bios", "default", "-display", "none"]);
    command.args(["-no-reboot", "-monitor", "none", "-chardev", "stdio,id=console,signal=off"]);
    command.args(["-serial", "chardev:console", "-device", "virtio-rng-device"]);
    command.args(["-smp", &machine.harts.to_string(), "-m", &machine.memory]);
    if machine.debug {
        command.args(["-s", "-S"]);
    }
    command.arg("-kernel").arg(image);
    let words = std::iter::once(name).chain(arguments.iter().map(String::as_str)).map(quoted);
    let settings = RUNTIME_SETTINGS.iter().filter_map(|name| {
        let value = std::env::var(name).ok()?;
        Some(format!("{name}={}", quoted(&value)))
    });
    command.arg("-append").arg(words.chain(settings).collect::<Vec<String>>().join(" "));
    command
}

/// What of the environment is for Go's runtime. The rest is about another machine.
const RUNTIME_SETTINGS: [&str; 5] = ["GODEBUG", "GOGC", "GOMAXPROCS", "GOMEMLIMIT", "GOTRACEBACK"];

/// A word of the boot command line, as `platform-opensbi` splits it: quoted, so that it is an argument whatever it holds.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_words() {
        assert_eq!(quoted("A=b c"), "'A=b c'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
