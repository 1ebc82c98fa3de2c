//! `cargo xtask bench build`: cold builds beside gc's, sizes of images, and how fast programs start.
//!
//! Cold is a build with an empty cache: rigo has none, gc is given an empty GOCACHE each time. rigo is the release
//! build. Both build the same programs without symbols, in turns.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

use crate::bench::{median, range, ratio};
use crate::process::{must, root, scratch, target_dir, text};
use crate::{Failure, Outcome, go};

/// Builds of each program by each compiler.
const BUILDS: usize = 5;
/// Starts of each program.
const STARTS: usize = 101;

/// The programs of `examples/`, and how many times less CPU time than gc's their builds are to take.
const PROGRAMS: [(&str, f64); 2] = [("hello", 8.0), ("http", 4.0)];

/// Seconds that runs of a command took.
#[derive(Default)]
struct Runs {
    wall: Vec<f64>,
    cpu: Vec<f64>,
}

impl Runs {
    /// Runs a command, which must succeed, and adds what it took with all its children.
    fn add(&mut self, command: &mut Command) -> Outcome {
        let (cpu, start) = (children_seconds()?, Instant::now());
        text(command)?;
        self.wall.push(start.elapsed().as_secs_f64());
        self.cpu.push(children_seconds()? - cpu);
        Ok(())
    }

    fn row(&self, name: &str) -> String {
        let show = |values: &[f64]| {
            let (low, high) = range(values);
            format!("{:>8.3} s ({low:.3}..{high:.3})", median(values))
        };
        format!("{name:<28} cpu {}  wall {}", show(&self.cpu), show(&self.wall))
    }
}

/// CPU time of all children that have ended.
fn children_seconds() -> Outcome<f64> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).map_err(|e| Failure::new(format!("getrusage: {e}")))?;
    Ok((usage.user_time() + usage.system_time()).num_microseconds() as f64 / 1e6)
}

/// Measures.
pub fn run() -> Outcome {
    must("cargo", ["build", "--quiet", "--release", "--package", "rigo"])?;
    let rigo = target_dir().join("release/rigo");
    let scratch = scratch("bench-build")?;
    for (name, goal) in PROGRAMS {
        let (of_rigo, of_gc) = (scratch.join(name), scratch.join(format!("{name}.gc")));
        let (mut with_rigo, mut with_gc) = (Runs::default(), Runs::default());
        for _ in 0..BUILDS {
            let mut command = Command::new(&rigo);
            with_rigo.add(build(go::environment(&mut command)?, name, &of_rigo))?;
            let cache = scratch.join("gocache");
            with_gc.add(build(go::go()?.env("GOCACHE", &cache), name, &of_gc))?;
            std::fs::remove_dir_all(&cache).map_err(|e| Failure::new(format!("{}: {e}", cache.display())))?;
        }
        println!("{}", with_rigo.row(&format!("{name}: rigo, cold build")));
        println!("{}", with_gc.row(&format!("{name}: gc, cold build")));
        println!(
            "{}; the goal is {goal}",
            ratio(&format!("{name}: CPU time, gc to rigo"), &with_gc.cpu, &with_rigo.cpu)
        );
        println!("{}", ratio(&format!("{name}: wall time, gc to rigo"), &with_gc.wall, &with_rigo.wall));
        let (small, large) = (size(&of_rigo)?, size(&of_gc)?);
        println!(
            "{name}: stripped image: rigo {small} bytes, gc {large} bytes: {:.2} of gc's",
            small / large
        );
        if name == "hello" {
            start_up(&of_rigo, &of_gc)?;
        }
    }
    Ok(())
}

/// The arguments for a stripped build of an example, which gc's command and rigo share.
fn build<'a>(command: &'a mut Command, name: &str, out: &Path) -> &'a mut Command {
    let folder = root().join("examples").join(name);
    command.args(["build", "-ldflags=-s -w", "-o"]).arg(out).arg(".").current_dir(folder)
}

fn size(path: &Path) -> Outcome<f64> {
    let meta = path.metadata().map_err(|e| Failure::new(format!("{}: {e}", path.display())))?;
    Ok(meta.len() as f64)
}

/// From the start of a program that prints one line to its end.
fn start_up(of_rigo: &Path, of_gc: &Path) -> Outcome {
    let (mut with_rigo, mut with_gc) = (Runs::default(), Runs::default());
    for _ in 0..STARTS {
        with_rigo.add(Command::new(of_rigo).stdin(Stdio::null()))?;
        with_gc.add(Command::new(of_gc).stdin(Stdio::null()))?;
    }
    println!("{}", with_rigo.row("start and end: rigo"));
    println!("{}", with_gc.row("start and end: gc"));
    Ok(())
}
