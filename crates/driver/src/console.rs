//! The console of a machine that QEMU emulates, on this process's terminal.
//!
//! OpenSBI speaks there first: what comes before the kernel's own first line, and that line, is left out.

use std::io::{ErrorKind, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};

/// What every line of the kernel begins with, and how its first line goes on (`runtime/platform-opensbi/src/boot.rs`).
const KERNEL: &[u8] = b"rigo: ";
const FIRST: &[u8] = b"rigo: opensbi/riscv64";

/// Runs the emulator and shows what the program writes.
pub(crate) fn status(emulator: &mut Command) -> std::io::Result<ExitStatus> {
    let mut child = emulator.stdout(Stdio::piped()).spawn()?;
    pass_on(&mut child)?;
    child.wait()
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
}
