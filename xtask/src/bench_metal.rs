//! `cargo xtask bench metal`: what a bare machine is asked to reach, on QEMU's `virt`.
//!
//! The program is `tests/metal`. How long the way to `main.main` takes the guest measures by its own clock. What depends on a quiet host is measured
//! beside it in a way that does not: the speed-up by the processor time of each hart's thread, shares and sleeps with QEMU's `-icount`, by which the
//! guest's time passes with its instructions.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::bench::{median, range};
use crate::process::{rigo, root, scratch, text};
use crate::{Failure, Outcome};

const ROUNDS: usize = 5;
const MOST_BOOT_MS: f64 = 150.0;
const MOST_HELLO_BYTES: u64 = 1 << 20;
const MOST_IDLE: f64 = 0.05;
const LEAST_SPEEDUP: f64 = 1.7;
const MOST_DEVIATION: f64 = 0.05;
/// Steps of the parallel program's 64 pieces.
const PARALLEL_STEPS: &str = "3000000";
/// Instructions take 16 ns of the guest's time.
const COUNT_INSTRUCTIONS: [&str; 2] = ["-icount", "shift=4,sleep=off"];

/// Measures, and fails when a figure is not reached.
pub fn run() -> Outcome {
    let scratch = scratch("bench-metal")?;
    let image = build(&scratch.join("metal"), &root().join("tests/metal/main.go"), &[])?;
    let hello = build(&scratch.join("hello.bin"), &root().join("examples/hello"), &["-ldflags=-s"])?;
    let mut report = Report { n_missed: 0 };
    let bytes =
        std::fs::metadata(&hello).map_err(|e| Failure::new(format!("{}: {e}", hello.display())))?.len();
    report.row("hello, stripped, flat", format!("{bytes} bytes"), bytes < MOST_HELLO_BYTES);
    boot(&image, &mut report)?;
    speedup(&image, &mut report)?;
    idle(&image, &mut report)?;
    sleeps(&image, &mut report)?;
    for mode in ["goroutines", "threads"] {
        shares(&image, mode, &mut report)?;
    }
    let n = report.n_missed;
    if n == 0 { Ok(()) } else { Err(Failure::new(format!("bench metal: {n} figures are not reached"))) }
}

struct Report {
    n_missed: usize,
}

impl Report {
    fn row(&mut self, name: &str, figure: String, is_reached: bool) {
        println!("{name:<28} {figure}{}", if is_reached { "" } else { "  MISSED" });
        self.n_missed += usize::from(!is_reached);
    }
}

fn build(image: &Path, source: &Path, flags: &[&str]) -> Outcome<PathBuf> {
    let mut command = Command::new(rigo()?);
    command.args(["build", "-target", "opensbi/riscv64", "-o"]).arg(image).args(flags);
    // A folder is built where it is: its module is there.
    let folder = if source.is_dir() { source } else { source.parent().unwrap_or(source) };
    command.arg(if source.is_dir() { Path::new(".") } else { source }).current_dir(folder);
    text(&mut command)?;
    Ok(image.to_owned())
}

/// What a machine did until it ended.
struct Run {
    console: String,
    /// Seconds of processor time of each hart's thread.
    harts: Vec<f64>,
}

impl Run {
    /// The number behind `name` on the console.
    fn number(&self, name: &str) -> Outcome<f64> {
        let rest = self.console.split(name).nth(1);
        let number = rest.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
        number.ok_or_else(|| Failure::new(format!("no {name:?} on the console:\n{}", self.console)))
    }
}

fn machine(image: &Path, harts: usize, flags: &[&str], arguments: &str) -> Command {
    let mut command = Command::new("qemu-system-riscv64");
    command.args(["-M", "virt", "-bios", "default", "-display", "none", "-no-reboot", "-monitor", "none"]);
    command.args(["-serial", "stdio", "-name", "metal,debug-threads=on", "-m", "512M"]);
    command.args(["-smp", &harts.to_string()]).args(flags).arg("-kernel").arg(image);
    command.args(["-append", &format!("metal {arguments}")]);
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    command
}

const PARALLEL_HARTS: [&str; 2] = ["-accel", "tcg,thread=multi"];

/// Runs a machine to its end.
fn boot_once(image: &Path, harts: usize, flags: &[&str], arguments: &str) -> Outcome<Run> {
    let failed = |e: std::io::Error| Failure::usage(format!("qemu-system-riscv64: {e} (cargo xtask setup)"));
    let child = machine(image, harts, flags, arguments).spawn().map_err(failed)?;
    let pid = child.id();
    let waiter = std::thread::spawn(move || child.wait_with_output());
    let mut times = BTreeMap::new();
    while !waiter.is_finished() {
        times.extend(hart_times(pid));
        std::thread::sleep(Duration::from_millis(20));
    }
    let output = waiter.join().map_err(|_| Failure::new("the waiter panicked"))?.map_err(failed)?;
    let console = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        return Err(Failure::new(format!("{arguments}: {}\n{console}", output.status)));
    }
    Ok(Run { console, harts: times.into_values().collect() })
}

/// Processor time of the threads that are harts, by their names. A thread that has just ended has none.
fn hart_times(pid: u32) -> BTreeMap<String, f64> {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task"));
    let time = |task: std::fs::DirEntry| {
        let name = std::fs::read_to_string(task.path().join("comm")).ok()?.trim().to_owned();
        let is_hart = name.starts_with("CPU ");
        Some((name, seconds(&task.path().join("stat"))?)).filter(|_| is_hart)
    };
    tasks.into_iter().flatten().flatten().filter_map(time).collect()
}

/// User and system time in a `stat` file of proc(5).
fn seconds(stat: &Path) -> Option<f64> {
    const TICKS_PER_SECOND: f64 = 100.0;
    let text = std::fs::read_to_string(stat).ok()?;
    // The name may hold anything; behind it stand numbers, of which these are the 14th and the 15th of the line.
    let mut rest = text.rsplit_once(')')?.1.split_whitespace().skip(11);
    let ticks: f64 = rest.next()?.parse::<f64>().ok()? + rest.next()?.parse::<f64>().ok()?;
    Some(ticks / TICKS_PER_SECOND)
}

/// From the firmware's hand-over to `main.main`.
fn boot(image: &Path, report: &mut Report) -> Outcome {
    let mut ms = Vec::new();
    for _ in 0..ROUNDS {
        let run = boot_once(image, 2, &PARALLEL_HARTS, "boot")?;
        ms.push((run.number("main after ")? - run.number("entered ")?) / 1000.0);
    }
    let (low, high) = range(&ms);
    let figure = format!("{:.1} ms ({low:.1}..{high:.1})", median(&ms));
    report.row("hand-over to main.main", figure, median(&ms) < MOST_BOOT_MS);
    // A guest of 62 million instructions a second, however busy the host is.
    let run = boot_once(image, 1, &COUNT_INSTRUCTIONS, "boot")?;
    let counted = (run.number("main after ")? - run.number("entered ")?) / 1000.0;
    report.row("  at 16 ns an instruction", format!("{counted:.1} ms"), counted < MOST_BOOT_MS);
    Ok(())
}

/// The same work on one and on two harts, in turns.
fn speedup(image: &Path, report: &mut Report) -> Outcome {
    let (mut guest, mut host) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let arguments = format!("parallel {PARALLEL_STEPS}");
        let one = boot_once(image, 1, &PARALLEL_HARTS, &arguments)?;
        let two = boot_once(image, 2, &PARALLEL_HARTS, &arguments)?;
        guest.push(one.number("took ")? / two.number("took ")?);
        let most = two.harts.iter().copied().fold(0.0, f64::max);
        host.push(one.harts.iter().sum::<f64>() / most);
    }
    for (name, ratios, counts) in [
        ("2 harts to 1, guest time", &guest, false),
        // What two processors would take that do nothing else: the time of the hart that had more to do.
        ("2 harts to 1, processor time", &host, true),
    ] {
        let (low, high) = range(ratios);
        let figure = format!("{:.2} times ({low:.2}..{high:.2})", median(ratios));
        report.row(name, figure, !counts || median(ratios) >= LEAST_SPEEDUP);
    }
    Ok(())
}

/// The processor time of the whole emulator while the guest sleeps.
fn idle(image: &Path, report: &mut Report) -> Outcome {
    const SECONDS: f64 = 10.0;
    let failed = |e: std::io::Error| Failure::usage(format!("qemu-system-riscv64: {e} (cargo xtask setup)"));
    let mut command = machine(image, 2, &PARALLEL_HARTS, "idle 15");
    let mut child = command.spawn().map_err(failed)?;
    let stat = PathBuf::from(format!("/proc/{}/stat", child.id()));
    // The guest sleeps by now, and until after the second look.
    std::thread::sleep(Duration::from_secs(3));
    let (start, before) = (Instant::now(), seconds(&stat));
    std::thread::sleep(Duration::from_secs_f64(SECONDS));
    let (elapsed, after) = (start.elapsed().as_secs_f64(), seconds(&stat));
    let ended = child.wait().map_err(failed)?;
    let (Some(before), Some(after), true) = (before, after, ended.success()) else {
        return Err(Failure::new(format!("the idle guest ended early: {ended}")));
    };
    let share = (after - before) / elapsed;
    report.row("idle guest", format!("{:.1} % of a processor", share * 100.0), share < MOST_IDLE);
    Ok(())
}

/// `time.Sleep(50ms)` while nothing else runs.
fn sleeps(image: &Path, report: &mut Report) -> Outcome {
    let run = boot_once(image, 1, &COUNT_INSTRUCTIONS, "sleep 40")?;
    let (low, high) = (run.number("slept ")? / 1000.0, run.number(" to ")? / 1000.0);
    let is_reached = low >= 50.0 && high <= 60.0;
    report.row("time.Sleep(50ms)", format!("{low:.2} to {high:.2} ms"), is_reached);
    Ok(())
}

/// Sixteen endless goroutines on one hart.
fn shares(image: &Path, mode: &str, report: &mut Report) -> Outcome {
    let run = boot_once(image, 1, &COUNT_INSTRUCTIONS, &format!("{mode} 30"))?;
    let counts: Outcome<Vec<f64>> = (0..16).map(|i| run.number(&format!("share {i} "))).collect();
    let counts = counts?;
    let mean = counts.iter().sum::<f64>() / counts.len() as f64;
    let (low, high) = range(&counts);
    let most = (high - mean).max(mean - low) / mean;
    let figure =
        format!("{:+.1} to {:+.1} % of the mean", (low / mean - 1.0) * 100.0, (high / mean - 1.0) * 100.0);
    report.row(&format!("shares of 16 {mode}"), figure, most <= MOST_DEVIATION);
    Ok(())
}
