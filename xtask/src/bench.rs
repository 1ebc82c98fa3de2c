//! `cargo xtask bench`: speed and memory beside gc, in one run, as ratios with their spread.
//!
//! The programs take turns, so that what else the machine does falls on all of them; each row gives the
//! median and the range of the runs.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::process::{must, root, scratch, target_dir, text};
use crate::{Failure, Outcome, go};

const ROUNDS: usize = 7;

/// Runs a benchmark.
pub fn run(arguments: &[&str]) -> Outcome {
    match arguments {
        ["check"] => check(),
        [name @ ("runtime" | "programs"), rest @ ..] => crate::bench_rows::run(name, rest),
        ["build"] => crate::bench_build::run(),
        _ => Err(Failure::usage(crate::USAGE)),
    }
}

/// One program's runs.
#[derive(Default)]
struct Samples {
    seconds: Vec<f64>,
    peak_mib: Vec<f64>,
    lines: f64,
}

impl Samples {
    fn add(&mut self, printed: &str) -> Outcome {
        let value: Value =
            serde_json::from_str(printed).map_err(|e| Failure::new(format!("{e}: {printed}")))?;
        let number = |field: &str| value[field].as_f64().unwrap_or(f64::NAN);
        if number("errors") != 0.0 {
            return Err(Failure::new(format!("the packages have errors: {printed}")));
        }
        self.lines = number("lines");
        self.seconds.push(number("seconds"));
        self.peak_mib.push(number("peak_kib") / 1024.0);
        Ok(())
    }

    fn row(&self, name: &str) -> String {
        let seconds = median(&self.seconds);
        let (low, high) = range(&self.seconds);
        format!(
            "{name:<28}{:>10.0} lines/s{seconds:>9.3} s ({low:.3}..{high:.3}){:>8.0} MiB",
            self.lines / seconds,
            median(&self.peak_mib)
        )
    }
}

/// `net/http` with all it imports: rigo's front end on one and on two threads, go/parser and go/types on one.
fn check() -> Outcome {
    must("cargo", ["build", "--quiet", "--package", "driver", "--example", "check_speed"])?;
    let speed = target_dir().join("debug/examples/check_speed");
    let scratch = scratch("bench-check")?;
    let list = scratch.join("packages.json");
    let listed = text(Command::new(&speed).args(["--list", "net/http"]))?;
    std::fs::write(&list, listed).map_err(|e| Failure::new(format!("{}: {e}", list.display())))?;
    let reference = build_reference(&scratch)?;
    let (mut one, mut two, mut gotypes) = (Samples::default(), Samples::default(), Samples::default());
    for _ in 0..ROUNDS {
        one.add(&text(Command::new(&speed).args(["--threads", "1", "net/http"]))?)?;
        gotypes.add(&text(Command::new(&reference).arg(&list).env("GOMAXPROCS", "1"))?)?;
        two.add(&text(Command::new(&speed).args(["--threads", "2", "net/http"]))?)?;
    }
    println!("{}", one.row("rigo, 1 thread"));
    println!("{}", two.row("rigo, 2 threads"));
    println!("{}", gotypes.row("go/parser + go/types"));
    println!("{}", ratio("1 thread to go/types", &gotypes.seconds, &one.seconds));
    println!("{}", ratio("2 threads to 1", &one.seconds, &two.seconds));
    Ok(())
}

fn build_reference(scratch: &Path) -> Outcome<std::path::PathBuf> {
    let reference = scratch.join("gotypes");
    let source = root().join("xtask/gotypes/main.go");
    text(go::go()?.arg("build").arg("-o").arg(&reference).arg(source).current_dir(scratch))?;
    Ok(reference)
}

/// How many times as fast the second is, round by round.
pub fn ratio(name: &str, slow: &[f64], fast: &[f64]) -> String {
    let ratios: Vec<f64> = slow.iter().zip(fast).map(|(slow, fast)| slow / fast).collect();
    let (low, high) = range(&ratios);
    format!("{name:<28}{:>10.2} times ({low:.2}..{high:.2})", median(&ratios))
}

/// The middle of the values.
pub fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The smallest and the largest.
pub fn range(values: &[f64]) -> (f64, f64) {
    values.iter().fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(*v), high.max(*v)))
}
