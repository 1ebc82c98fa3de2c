//! `cargo xtask bench runtime`: what the runtime does, beside gc's. `cargo xtask bench programs`: the speed of small programs.
//!
//! `xtask/runtime_bench/main.go` or `xtask/programs_bench/main.go`, built by both, prints a value per row; the two programs take turns. Each line gives
//! the medians, the ratio of the medians and the range of the ratios. Below 1 rigo is better, in every row.

use std::process::Command;

use crate::bench::{median, range};
use crate::process::{rigo, root, scratch, text};
use crate::{Failure, Outcome, go};

const ROUNDS: usize = 5;

/// A row of one program: its name, its unit, and a value for each round.
struct Row {
    name: String,
    unit: String,
    values: Vec<f64>,
}

/// Runs the rows of `ROUNDS` rounds, or of as many as are asked for, of `xtask/NAME_bench`.
pub fn run(name: &str, arguments: &[&str]) -> Outcome {
    let rounds = match arguments {
        [] => ROUNDS,
        [n] => n.parse().map_err(|_| Failure::usage(crate::USAGE))?,
        _ => return Err(Failure::usage(crate::USAGE)),
    };
    let scratch = scratch(&format!("bench-{name}"))?;
    let source = root().join(format!("xtask/{name}_bench/main.go"));
    let (ours, theirs) = (scratch.join("ours"), scratch.join("theirs"));
    text(Command::new(rigo()?).args(["build", "-o"]).args([&ours, &source]))?;
    text(go::go()?.args(["build", "-o"]).args([&theirs, &source]).current_dir(&scratch))?;
    let (mut rigo_rows, mut gc_rows) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        add(&mut rigo_rows, &text(&mut Command::new(&ours))?)?;
        add(&mut gc_rows, &text(&mut Command::new(&theirs))?)?;
    }
    println!("{:<22}{:>12}{:>12}  ratio", "", "rigo", "gc");
    let mut logs = Vec::new();
    for (rigo, gc) in rigo_rows.iter().zip(&gc_rows) {
        let ratios: Vec<f64> = rigo.values.iter().zip(&gc.values).map(|(rigo, gc)| rigo / gc).collect();
        let (low, high) = range(&ratios);
        let (ours, theirs) = (median(&rigo.values), median(&gc.values));
        logs.push((ours / theirs).ln());
        let ratio = ours / theirs;
        let (name, unit) = (&rigo.name, &rigo.unit);
        println!("{name:<22}{ours:>12.1}{theirs:>12.1}  {ratio:.2} ({low:.2}..{high:.2}) {unit}");
    }
    let mean = (logs.iter().sum::<f64>() / logs.len() as f64).exp();
    println!("geometric mean {mean:.2}");
    Ok(())
}

fn add(rows: &mut Vec<Row>, printed: &str) -> Outcome {
    for (index, line) in printed.lines().enumerate() {
        let words: Vec<&str> = line.split(' ').collect();
        let [name, value, unit] = words[..] else { return Err(Failure::new(format!("no row: {line}"))) };
        let value: f64 = value.parse().map_err(|e| Failure::new(format!("{e}: {line}")))?;
        if index == rows.len() {
            rows.push(Row { name: name.to_owned(), unit: unit.to_owned(), values: Vec::new() });
        }
        // Zero has no ratio; no row measures that finely.
        rows[index].values.push(value.max(0.01));
    }
    Ok(())
}
