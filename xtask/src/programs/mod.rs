//! `cargo xtask fuzz programs`: random Go programs that do the same, whoever builds them.
//!
//! A seed makes a program: every kind of type, expression and statement, deterministic, terminating, with
//! checksums of all that it computes. gc's image says what is right; each of rigo's must write the same and
//! end the same; where gc's own images with and without optimisation differ, nothing is said. Some programs are
//! closed: they need no goroutines, and rigo's SSA of them runs in the interpreter as well, as `lower` leaves it and
//! optimised. A program that comes out differently is made smaller as long as it does, and kept.
//!
//! Begin reading at [`decl::program`], which writes a program from the top.

mod basic;
mod constant;
mod control;
mod decl;
mod differ;
mod expr;
mod generator;
mod idiom;
mod minimise;
mod order;
mod rng;
mod stmt;
mod ty;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::process::{must, rigo, scratch, target_dir};
use crate::{Failure, Outcome};
use differ::{Compared, Differ, Difference, Way};

/// How long a program is made smaller.
const MINIMISING: Duration = Duration::from_secs(400);

const USAGE: &str =
    "usage: cargo xtask fuzz programs [--seconds N] [--seed S] [--rigo PATH] [--interpreter PATH]
       cargo xtask fuzz programs --print S
       cargo xtask fuzz programs --minimise FILE";

struct Options {
    seconds: u64,
    seed: u64,
    rigo: Option<PathBuf>,
    interpreter: Option<PathBuf>,
}

/// Runs programs of one seed after the other until the time is over; a difference is a failure.
pub fn run(arguments: &[&str]) -> Outcome {
    let number = |text: &str| text.parse::<u64>().map_err(|_| Failure::usage(USAGE));
    let mut options = Options { seconds: 600, seed: 1, rigo: None, interpreter: None };
    let mut file = None;
    for pair in arguments.chunks(2) {
        match pair {
            ["--seconds", n] => options.seconds = number(n)?,
            ["--seed", n] => options.seed = number(n)?,
            ["--rigo", path] => options.rigo = Some(path.into()),
            ["--interpreter", path] => options.interpreter = Some(path.into()),
            ["--print", n] => {
                print!("{}", decl::program(number(n)?).text);
                return Ok(());
            }
            ["--minimise", path] => file = Some(path),
            _ => return Err(Failure::usage(USAGE)),
        }
    }
    let rigo = match options.rigo.take() {
        Some(path) => path,
        None => rigo()?,
    };
    let interpreter = match options.interpreter.take() {
        Some(path) => path,
        None => interpreter()?,
    };
    let folder = scratch(&format!("programs/{}", std::process::id()))?;
    let differ = Differ { folder, rigo, interpreter };
    let outcome = match file {
        Some(path) => minimise_file(&differ, Path::new(path)),
        None => run_seeds(&differ, &options),
    };
    let _ = std::fs::remove_dir_all(&differ.folder);
    outcome
}

/// Builds the interpreter's command and returns its path.
fn interpreter() -> Outcome<PathBuf> {
    must("cargo", ["build", "--quiet", "--package", "driver", "--example", "interpret"])?;
    Ok(target_dir().join("debug/examples/interpret"))
}

/// The ways in which a program is run and compared with gc's image.
fn ways(is_closed: bool) -> &'static [Way] {
    if is_closed { &Way::ALL } else { &Way::BUILDS }
}

fn run_seeds(differ: &Differ, options: &Options) -> Outcome {
    let start = Instant::now();
    let limit = Duration::from_secs(options.seconds);
    let (mut n_programs, mut n_lines, mut n_findings) = (0, 0, 0);
    let mut ends: BTreeMap<String, usize> = BTreeMap::new();
    let mut report = Instant::now();
    while start.elapsed() < limit {
        let seed = options.seed + n_programs;
        let decl::Program { text: source, is_closed } = decl::program(seed);
        n_programs += 1;
        n_lines += source.lines().count();
        // That gc refuses a program is a fault of the generator, and no less a finding.
        match differ.compare(&source, ways(is_closed)) {
            Ok(Compared::Same(stops)) => {
                stops.into_iter().for_each(|end| *ends.entry(format!("interpreted {end}")).or_default() += 1);
            }
            Ok(Compared::Unclear) => {
                *ends.entry("not compared: gc's own images differ".into()).or_default() += 1;
            }
            Ok(Compared::Different(difference)) => {
                n_findings += 1;
                keep(differ, seed, &source, &difference)?;
            }
            Err(failure) => {
                n_findings += 1;
                println!("seed {seed}: {}", failure.text);
            }
        }
        if report.elapsed() > Duration::from_secs(60) {
            report = Instant::now();
            let seconds = start.elapsed().as_secs();
            println!("{n_programs} programs, {n_lines} lines, {seconds} s, {n_findings} findings");
        }
    }
    let seconds = start.elapsed().as_secs();
    for (end, n) in &ends {
        println!("{n} times: {end}");
    }
    let text = format!("{n_programs} programs of {n_lines} lines in {seconds} s: {n_findings} findings");
    if n_findings > 0 {
        return Err(Failure::new(text));
    }
    // A few programs may all be open ones.
    if n_programs >= 20 && !ends.contains_key(&format!("interpreted {}", differ::TO_ITS_END)) {
        return Err(Failure::new(format!("{text}; and the interpreter ran no program to its end")));
    }
    println!("{text}");
    Ok(())
}

fn keep(differ: &Differ, seed: u64, source: &str, difference: &Difference) -> Outcome {
    let folder = target_dir().join("xtask/found");
    let write = |name: String, text: &str| {
        let path = folder.join(name);
        let written = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, text));
        written.map_err(|e| Failure::new(format!("{}: {e}", path.display())))
    };
    write(format!("{seed}.whole.go"), source)?;
    println!("seed {seed}: {difference}");
    let small = smaller(differ, source, difference);
    write(format!("{seed}.go"), &small)?;
    println!("seed {seed}: {} is its least program", folder.join(format!("{seed}.go")).display());
    Ok(())
}

fn smaller(differ: &Differ, source: &str, difference: &Difference) -> String {
    let start = Instant::now();
    minimise::minimise(source, |text| start.elapsed() < MINIMISING && differ.still_differs(text, difference))
}

fn minimise_file(differ: &Differ, path: &Path) -> Outcome {
    let source =
        std::fs::read_to_string(path).map_err(|e| Failure::usage(format!("{}: {e}", path.display())))?;
    match differ.compare(&source, &Way::ALL)? {
        Compared::Same(_) => Err(Failure::new("gc and rigo agree on it")),
        Compared::Unclear => Err(Failure::new("gc's images with and without optimisation differ on it")),
        Compared::Different(difference) => {
            println!("// {}", difference.to_string().replace('\n', "\n// "));
            print!("{}", smaller(differ, &source, &difference));
            Ok(())
        }
    }
}
