//! `cargo xtask stress`: the runtime under load.
//!
//! Each workload of `tests/stress` runs under GOMAXPROCS 1, 2 and 8 and both families of waiting, its time divided among them, while every goroutine
//! is interrupted every 100 microseconds. The programs check themselves, and under torture the runtime does too (`-checked`): freed memory is poisoned, locks
//! keep their order, Ms pause where others may get into their way. The operations of each setting are printed; none, an error or a program that does not
//! end is a failure.
//!
//! `--target opensbi/riscv64` runs them on a machine of QEMU's with 1 and with 4 harts, whose threads take turns of a millisecond, at ten times the usual
//! rate of the timer, and whose goroutines are interrupted as often.

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
/// What a bare machine does not have.
const NEEDS_SYSTEM: [&str; 1] = ["sockets"];
const HARTS: [&str; 2] = ["1", "4"];
/// Microseconds of a turn on a bare machine.
const TURN_US: u32 = 1000;
/// The workload under the checked runtime.
const TORTURE: &str = "torture";
const PROCS: [&str; 3] = ["1", "2", "8"];
const FAMILIES: [&str; 2] = ["futexes", "semaphores"];

/// Where the workloads run, and one way in which they do.
enum Setting {
    Process { procs: &'static str, family: &'static str },
    Machine { harts: &'static str },
}

impl Setting {
    fn name(&self) -> String {
        match self {
            Setting::Process { procs, family } => format!("{procs}/{family}"),
            Setting::Machine { harts } => format!("{harts} harts"),
        }
    }

    fn command(&self, program: &Path, workload: &str, seconds: f64) -> Command {
        let torture = workload == TORTURE;
        match self {
            Setting::Process { procs, family } => {
                let mut command = Command::new(program);
                command.args([workload, &seconds.to_string()]);
                command.env("GOMAXPROCS", procs).env("RIGO_WAIT", family).env("RIGO_PREEMPT_US", "100");
                if torture {
                    command.env("RIGO_GC_TORTURE", "100").env("RIGO_PAUSE", "7");
                }
                command
            }
            Setting::Machine { harts } => {
                let mut line =
                    format!("stress {workload} {seconds} RIGO_SLICE_US={TURN_US} RIGO_PREEMPT_US={TURN_US}");
                if torture {
                    line += " RIGO_GC_TORTURE=100";
                }
                let mut command = Command::new("qemu-system-riscv64");
                command.args(["-M", "virt", "-accel", "tcg,thread=multi", "-bios", "default", "-m", "1G"]);
                command.args(["-display", "none", "-no-reboot", "-monitor", "none", "-serial", "stdio"]);
                command.args(["-smp", harts, "-append", &line, "-kernel"]).arg(program).stdin(Stdio::null());
                command
            }
        }
    }
}

/// Runs the workloads whose names contain the text that is given, or all.
pub fn run(arguments: &[&str]) -> Outcome {
    let (target, arguments) = match arguments {
        ["--target" | "-target", target, rest @ ..] => (*target, rest),
        _ => ("linux/amd64", arguments),
    };
    let (filter, seconds) = match arguments {
        [] => ("", SECONDS),
        ["--seconds", n] => ("", number(n)?),
        [filter, "--seconds", n] => (*filter, number(n)?),
        [filter] => (*filter, SECONDS),
        _ => return Err(Failure::usage(crate::USAGE)),
    };
    let settings: Vec<Setting> = match target {
        "linux/amd64" => {
            let all =
                PROCS.iter().flat_map(|procs| FAMILIES.map(|family| Setting::Process { procs, family }));
            all.collect()
        }
        "opensbi/riscv64" => HARTS.iter().map(|harts| Setting::Machine { harts }).collect(),
        _ => return Err(Failure::usage(format!("stress: nothing here runs programs for {target}"))),
    };
    let is_bare = target != "linux/amd64";
    let scratch = scratch("stress")?;
    let (plain, checked) = (scratch.join("stress"), scratch.join("stress-checked"));
    let sources = root().join("tests/stress");
    let sources = ["main.go", "waiting.go", "memory.go", "system.go"].map(|name| sources.join(name));
    let build = |program: &Path, checked: &str| {
        let mut command = Command::new(rigo()?);
        text(command.args(["build", "-target", target, checked, "-o"]).arg(program).args(&sources))
    };
    build(&plain, "-checked=false")?;
    // There is no checked runtime for bare machines.
    let under_torture = if is_bare { &plain } else { &checked };
    if !is_bare {
        build(&checked, "-checked")?;
    }
    let mut n_failures = 0;
    for workload in WORKLOADS.iter().filter(|name| name.contains(filter)) {
        if is_bare && NEEDS_SYSTEM.contains(workload) {
            continue;
        }
        print!("{workload:<12}");
        for setting in &settings {
            let name = setting.name();
            let program = if *workload == TORTURE { under_torture } else { &plain };
            match operations(setting, program, workload, seconds / settings.len() as f64) {
                Ok(n) => print!(" {name} {n}"),
                Err(error) => {
                    n_failures += 1;
                    print!(" {name} FAILED: {error}\n{:<12}", "");
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
fn operations(setting: &Setting, program: &Path, workload: &str, seconds: f64) -> Result<u64, String> {
    let mut command = setting.command(program, workload, seconds);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().map_err(|error| error.to_string())?;
    let out = wait(child, Duration::from_secs_f64(seconds) + GRACE)?;
    let printed = String::from_utf8_lossy(&out.stdout);
    // On a machine the firmware and the kernel speak first.
    let last = printed.lines().last().unwrap_or_default();
    match last.trim().parse() {
        Ok(0) => Err("no operation".into()),
        Ok(n) if out.status.success() => Ok(n),
        _ => {
            let stderr = String::from_utf8_lossy(&out.stderr);
            let console = printed.split("us after reset\n").nth(1).unwrap_or_default();
            let head: Vec<&str> = stderr.lines().chain(console.lines()).take(12).collect();
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
