//! Building programs, running them, and comparing what they did.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a program printed and how it ended: standard output, standard error as `shown` makes it, and exit status.
pub fn outcome(program: &mut Command, shown: impl Fn(&str) -> String) -> String {
    program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = program
        .spawn()
        .unwrap_or_else(|error| panic!("{program:?}: {error}; `cargo xtask setup` installs emulators"));
    let deadline = Instant::now() + Duration::from_secs(60);
    // The programs print less than a pipe holds.
    while child.try_wait().expect("the child is ours").is_none() {
        if Instant::now() > deadline {
            child.kill().expect("the child is ours");
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    let out = child.wait_with_output().expect("the child is ours");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let stderr = shown(&text(&out.stderr));
    let signal = std::os::unix::process::ExitStatusExt::signal(&out.status);
    let end = out.status.code().map_or_else(|| format!("{signal:?}"), |code| code.to_string());
    format!("{}-- stderr\n{}-- exit {end}\n", text(&out.stdout), stderr)
}

/// Runs a compiler, which must succeed.
pub fn build(command: &mut Command) -> Result<(), String> {
    let out = command.output().map_err(|error| error.to_string())?;
    if out.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&out.stderr).into_owned() + &String::from_utf8_lossy(&out.stdout))
}

/// Says where two texts differ.
pub fn difference(want: &str, got: &str) -> String {
    let (mut want_lines, mut got_lines, mut number) = (want.lines(), got.lines(), 0);
    loop {
        number += 1;
        match (want_lines.next(), got_lines.next()) {
            (None, None) => return "line ends differ".into(),
            (want, got) if want != got => return format!("line {number}: want {want:?}, got {got:?}"),
            _ => {}
        }
    }
}
