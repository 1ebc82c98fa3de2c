//! Boot images in QEMU: the machine `virt` with OpenSBI.
//!
//! QEMU's terminal is the machine's console. OpenSBI speaks there first: what comes before the kernel's own first line, and that line, is left
//! out. The program's arguments go on the boot command line, quoted for the kernel (`runtime/platform-opensbi/src/args.rs`).

use std::io::{ErrorKind, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use load::io_text;

/// The machine that is emulated.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Machine {
    /// Processors.
    pub harts: usize,
    /// Memory, as QEMU reads it.
    pub memory: String,
    /// Nothing runs before gdb says so.
    pub waits_for_debugger: bool,
}

impl Default for Machine {
    fn default() -> Machine {
        let harts = std::thread::available_parallelism().map_or(1, |n| n.get().min(8));
        Machine { harts, memory: "512M".into(), waits_for_debugger: false }
    }
}

const EMULATOR: &str = "qemu-system-riscv64";
/// What every line of the kernel begins with, and what its first line goes on with.
const KERNEL: &[u8] = b"rigo: ";
const FIRST: &[u8] = b"rigo: opensbi/riscv64";
/// Variables of the environment that the runtime reads.
const VARIABLES: [&str; 6] = ["GODEBUG", "GOGC", "GOMAXPROCS", "GOMEMLIMIT", "GOTRACEBACK", "TZ"];

/// Runs the boot image at `path` and returns its exit status.
pub fn run(path: &Path, name: &str, arguments: &[String], machine: &Machine) -> Result<u8, String> {
    let failed = |error: std::io::Error| {
        let packages = "Debian's packages qemu-system-misc and opensbi have it";
        match error.kind() {
            ErrorKind::NotFound => format!("{EMULATOR}: {} ({packages})", io_text(&error)),
            _ => format!("{EMULATOR}: {}", io_text(&error)),
        }
    };
    let mut child = command(path, name, arguments, machine).stdout(Stdio::piped()).spawn().map_err(failed)?;
    if machine.waits_for_debugger {
        eprintln!("rigo: waiting for gdb: gdb-multiarch {} -ex 'target remote :1234'", path.display());
    }
    pass_on(&mut child).map_err(failed)?;
    let status = child.wait().map_err(failed)?;
    Ok(status.code().unwrap_or(2) as u8)
}

fn command(path: &Path, name: &str, arguments: &[String], machine: &Machine) -> Command {
    let mut command = Command::new(EMULATOR);
    command.args(["-M", "virt", "-accel", "tcg,thread=multi", "-bios", "default", "-display", "none"]);
    // ^C is the program's.
    command.args([
        "-monitor",
        "none",
        "-chardev",
        "stdio,id=console,signal=off",
        "-serial",
        "chardev:console",
    ]);
    command.args(["-device", "virtio-rng-device", "-no-reboot"]);
    command.args(["-smp", &machine.harts.to_string(), "-m", &machine.memory]);
    if machine.waits_for_debugger {
        command.args(["-s", "-S"]);
    }
    let variables = VARIABLES.iter().filter_map(|name| Some(format!("{name}={}", std::env::var(name).ok()?)));
    command.arg("-kernel").arg(path).arg("-append").arg(command_line(name, arguments, variables));
    command
}

/// The boot command line: variables first, then words that are arguments whatever they look like.
fn command_line(name: &str, arguments: &[String], variables: impl Iterator<Item = String>) -> String {
    let mut line = String::new();
    for variable in variables {
        line += &variable.replace(['\\', ' ', '\'', '"'], "");
        line.push(' ');
    }
    line += "--";
    for word in std::iter::once(name).chain(arguments.iter().map(String::as_str)) {
        line += &format!(" '{}'", word.replace('\'', "'\\''"));
    }
    line
}

/// Copies the console to standard output, without what comes before the program.
fn pass_on(child: &mut Child) -> std::io::Result<()> {
    let Some(mut console) = child.stdout.take() else { return Ok(()) };
    let mut out = std::io::stdout();
    let mut seen = Vec::new();
    let mut is_started = false;
    let mut buffer = [0; 4096];
    loop {
        let n = match console.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => n,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if is_started {
            out.write_all(&buffer[..n])?;
        } else {
            seen.extend_from_slice(&buffer[..n]);
            if let Some(at) = start(&seen) {
                is_started = true;
                out.write_all(&seen[at..])?;
            }
        }
        out.flush()?;
    }
    if !is_started {
        // It never came to the kernel: then what the firmware said is all there is.
        out.write_all(&seen)?;
    }
    Ok(())
}

/// Where the program's output begins: behind the kernel's first line, or at whatever else the kernel had to say.
fn start(seen: &[u8]) -> Option<usize> {
    let at = seen
        .windows(KERNEL.len())
        .enumerate()
        .position(|(at, window)| window == KERNEL && (at == 0 || seen[at - 1] == b'\n'))?;
    let line = at + seen[at..].iter().position(|&byte| byte == b'\n')? + 1;
    Some(if seen[at..].starts_with(FIRST) { line } else { at })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_begins_behind_the_kernels_first_line() {
        let text = b"OpenSBI v1.1\nBoot HART\nrigo: opensbi/riscv64, 1 hart\nhello\n";
        assert_eq!(start(text).map(|at| &text[at..]), Some(&b"hello\n"[..]));
        let text = b"OpenSBI v1.1\nrigo: no device tree\n";
        assert_eq!(start(text).map(|at| &text[at..]), Some(&b"rigo: no device tree\n"[..]));
        assert_eq!(start(b"OpenSBI v1.1\nrigo: opensbi/ri"), None);
    }

    #[test]
    fn arguments_are_quoted() {
        let words = ["a b".to_string(), "it's".into(), "K=v".into(), "--".into()];
        let line = command_line("prog", &words, ["GODEBUG=x=1".to_string()].into_iter());
        assert_eq!(line, "GODEBUG=x=1 -- 'prog' 'a b' 'it'\\''s' 'K=v' '--'");
    }
}
