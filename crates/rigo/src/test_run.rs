//! Runs one test program to its end.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use crate::test_cover::Place;
use crate::test_flags::{self, TestFlags};

/// How a test program ended that did not pass.
pub struct Fault {
    /// What the go command says of it.
    pub text: String,
    /// It is said even if the program has said something.
    pub always: bool,
}

/// Runs a test program in the folder `dir`, giving what it writes to `each`. Returns why it failed, if it did.
pub fn run_program(
    file: &Path,
    dir: &Path,
    flags: &TestFlags,
    cover: Option<&Place>,
    extra: &[String],
    mut each: impl FnMut(&[u8]),
) -> Result<Option<Fault>, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", file.display());
    let (mut reader, writer) = std::io::pipe().map_err(failed)?;
    let mut words = flags.exec.clone();
    words.push(file.display().to_string());
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).args(extra);
    if let Some(place) = cover {
        let wants_profile = flags.cover.as_ref().is_some_and(|cover| cover.profile.is_some());
        place.tell(&mut command, wants_profile);
    }
    command.args(&flags.program).current_dir(dir).env("PWD", dir);
    command.stdin(Stdio::null()).stdout(writer.try_clone().map_err(failed)?).stderr(writer);
    let mut child = command.spawn().map_err(failed)?;
    // Its ends of the pipe are open in this process as long as the command lives.
    drop(command);
    let watch = Watch::start(child.id(), flags.kill_after);
    let mut buffer = [0; 1 << 16];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => each(&buffer[..n]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(error)),
        }
    }
    let status = child.wait().map_err(failed)?;
    if let (true, Some(after)) = (watch.stop(), flags.kill_after) {
        let text = format!("*** Test killed with quit: ran too long ({}).", test_flags::duration(after));
        return Ok(Some(Fault { text, always: true }));
    }
    Ok(fault(status))
}

/// Words the status of a program as Go's `os.ProcessState`.
fn fault(status: std::process::ExitStatus) -> Option<Fault> {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(0), _) => None,
        (Some(code), _) => Some(Fault { text: format!("exit status {code}"), always: false }),
        (None, signal) => {
            let signal = signal.unwrap_or_default();
            let name = SIGNALS.iter().find(|(number, _)| *number == signal);
            let name = name.map_or_else(|| format!("signal {signal}"), |(_, name)| name.to_string());
            let core = if status.core_dumped() { " (core dumped)" } else { "" };
            Some(Fault { text: format!("signal: {name}{core}"), always: true })
        }
    }
}

/// Signals and the names that Go's package `syscall` has for them on Linux.
const SIGNALS: &[(i32, &str)] = &[
    (1, "hangup"),
    (2, "interrupt"),
    (3, "quit"),
    (4, "illegal instruction"),
    (5, "trace/breakpoint trap"),
    (6, "aborted"),
    (7, "bus error"),
    (8, "floating point exception"),
    (9, "killed"),
    (10, "user defined signal 1"),
    (11, "segmentation fault"),
    (12, "user defined signal 2"),
    (13, "broken pipe"),
    (14, "alarm clock"),
    (15, "terminated"),
];

/// A thread that ends a process which runs too long: first it may print its goroutines, then it is killed.
struct Watch {
    done: mpsc::Sender<()>,
    thread: std::thread::JoinHandle<bool>,
}

impl Watch {
    fn start(pid: u32, after: Option<Duration>) -> Watch {
        let (done, is_done) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let Some(after) = after else { return false };
            let send = |signal: &str| {
                // A process that has ended meanwhile needs no signal.
                Command::new("kill").args([signal, &pid.to_string()]).stderr(Stdio::null()).status().ok();
            };
            if is_done.recv_timeout(after) != Err(mpsc::RecvTimeoutError::Timeout) {
                return false;
            }
            send("-QUIT");
            if is_done.recv_timeout(Duration::from_secs(10)) == Err(mpsc::RecvTimeoutError::Timeout) {
                send("-KILL");
            }
            true
        });
        Watch { done, thread }
    }

    /// Ends the watch; reports whether it had to act.
    fn stop(self) -> bool {
        // The thread may have ended.
        self.done.send(()).ok();
        self.thread.join().unwrap_or(false)
    }
}
