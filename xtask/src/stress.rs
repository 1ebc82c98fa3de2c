//! `cargo xtask stress`: the runtime under load.
//!
//! Each workload of `tests/stress` runs under GOMAXPROCS 1, 2 and 8 and both families of waiting, its time divided among them, while every goroutine
//! is interrupted every 100 microseconds. The programs check themselves, and under torture the runtime does too (`-checked`): freed memory is poisoned, locks
//! keep their order, Ms pause where others may get into their way. The operations of each setting are printed; none, an error or a program that does not
//! end is a failure.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::process::{rigo, root, scratch, text};
use crate::{Failure, Outcome};

/// Seconds of a workload, all its settings together.
const SECONDS: f64 = 600.0;
/// How long a workload may take to end when its time is over.
const GRACE: Duration = Duration::from_secs(60);

const WORKLOADS: [&str; 11] = [
    "locks",
    "notes",
    "channels",
    "timers",
    "goroutines",
    TORTURE,
    "syscalls",
    "stacks",
    "panics",
    "threads",
    "sockets",
];
/// The workload under the checked runtime.
const TORTURE: &str = "torture";
const PROCS: [&str; 3] = ["1", "2", "8"];
const FAMILIES: [&str; 2] = ["futexes", "semaphores"];

/// Runs the workloads whose names contain the text that is given, or all.
pub fn run(arguments: &[&str]) -> Outcome {
    let (filter, seconds) = match arguments {
        [] => ("", SECONDS),
        ["--seconds", n] => ("", number(n)?),
        [filter, "--seconds", n] => (*filter, number(n)?),
        [filter] => (*filter, SECONDS),
        _ => return Err(Failure::usage(crate::USAGE)),
    };
    let scratch = scratch("stress")?;
    let (plain, checked) = (scratch.join("stress"), scratch.join("stress-checked"));
    let sources = root().join("tests/stress");
    let sources = ["main.go", "waiting.go", "memory.go", "system.go"].map(|name| sources.join(name));
    let build = |program: &Path, checked: &str| {
        text(Command::new(rigo()?).args(["build", checked, "-o"]).arg(program).args(&sources))
    };
    build(&plain, "-checked=false")?;
    build(&checked, "-checked")?;
    let mut n_failures = 0;
    for workload in WORKLOADS.iter().filter(|name| name.contains(filter)) {
        print!("{workload:<12}");
        for procs in PROCS {
            for family in FAMILIES {
                let program = if *workload == TORTURE { &checked } else { &plain };
                match operations(program, workload, seconds / 6.0, procs, family) {
                    Ok(n) => print!(" {procs}/{family} {n}"),
                    Err(error) => {
                        n_failures += 1;
                        print!(" {procs}/{family} FAILED: {error}\n{:<12}", "");
                    }
                }
            }
        }
        println!();
    }
    if n_failures == 0 { Ok(()) } else { Err(Failure::new(format!("stress: {n_failures} settings failed"))) }
}

fn number(text: &str) -> Outcome<f64> {
    text.parse().map_err(|_| Failure::usage(crate::USAGE))
}

/// How many operations the workload did.
fn operations(
    program: &Path,
    workload: &str,
    seconds: f64,
    procs: &str,
    family: &str,
) -> Result<u64, String> {
    let mut command = Command::new(program);
    command.args([workload, &seconds.to_string()]).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.env("GOMAXPROCS", procs).env("RIGO_WAIT", family).env("RIGO_PREEMPT_US", "100");
    if workload == TORTURE {
        command.env("RIGO_GC_TORTURE", "100").env("RIGO_PAUSE", "7");
    }
    let child = command.spawn().map_err(|error| error.to_string())?;
    let out = wait(child, Duration::from_secs_f64(seconds) + GRACE)?;
    let printed = String::from_utf8_lossy(&out.stdout);
    match printed.trim().parse() {
        Ok(0) => Err("no operation".into()),
        Ok(n) if out.status.success() => Ok(n),
        _ => {
            let stderr = String::from_utf8_lossy(&out.stderr);
            let head: Vec<&str> = stderr.lines().take(12).collect();
            Err(format!("{}: {}", out.status, head.join(" | ")))
        }
    }
}

/// Waits for the end; a program that takes too long reports its goroutines and is counted as failed.
fn wait(child: Child, limit: Duration) -> Result<std::process::Output, String> {
    let deadline = Instant::now() + limit;
    let pid = child.id().to_string();
    let (sender, receiver) = std::sync::mpsc::channel();
    let waiter = std::thread::spawn(move || drop(sender.send(child.wait_with_output())));
    let left = deadline.saturating_duration_since(Instant::now());
    let out = receiver.recv_timeout(left).or_else(|_| {
        // It says where it hangs, if it can.
        for signal in ["-QUIT", "-KILL"] {
            drop(Command::new("kill").args([signal, &pid]).status());
            if let Ok(out) = receiver.recv_timeout(Duration::from_secs(2)) {
                return Ok(out);
            }
        }
        Err(())
    });
    drop(waiter.join());
    out.map_err(|()| "does not end".to_owned())?.map_err(|error| error.to_string())
}
