//! The project's one door: `cargo xtask COMMAND`.
//!
//! Each command is a module with a `run` function that takes the remaining arguments and answers
//! with `Ok` or with what went wrong. A command whose tool or input is missing fails and says how to
//! get it; nothing is skipped in silence.

mod bench;
mod bench_build;
mod bench_rows;
mod conformance;
mod errorcheck;
mod fuzz;
mod go;
mod goroot_run;
mod licences;
mod marks;
mod models;
mod modules;
mod process;
mod programs;
mod selfhost;
mod setup;
mod std_test;
mod stress;
mod test;
mod tidy;
mod types_testdata;

use std::process::ExitCode;

/// What went wrong, for a person, and the exit status it asks for.
#[derive(Debug)]
struct Failure {
    text: String,
    status: u8,
}

impl Failure {
    /// Something the tree does wrong: exit status 1.
    fn new(text: impl Into<String>) -> Failure {
        Failure { text: text.into(), status: 1 }
    }

    /// A wrong call, or a tool that is missing: exit status 2.
    fn usage(text: impl Into<String>) -> Failure {
        Failure { text: text.into(), status: 2 }
    }
}

type Outcome<T = ()> = Result<T, Failure>;

const USAGE: &str = "usage: cargo xtask COMMAND
  setup [--fuzz] [--miri]    install what the project needs on this machine, and run the first example
  run EXAMPLE [ARGUMENTS]    build and run a program of examples/
  test                       everything that CI runs
  tidy                       arrows between crates, file sizes, names
  goroot-test errorcheck|compile|run [--target linux/riscv64] [FILTER]
                             Go's own test folder, as far as tests/conformance/go-test.tsv lists it
  types-testdata [FILTER]    the type checker's tests, as far as tests/conformance/types-testdata.txt lists them
  modules [FILTER]           programs that use the modules of tests/modules.tsv, compared with gc's
  selfhost [babygo|minigo]   compilers that compile themselves: their second and third generation must be the same
  std-test [FILTER]          the standard library's own tests, as far as tests/conformance/std-packages.tsv lists them
  bench check                speed and memory of `rigo check` beside go/parser and go/types
  bench build                cold builds, image sizes and start-up beside gc
  bench runtime [ROUNDS]     scheduler, channels, timers, memory and more beside gc
  bench programs [ROUNDS]    processor time of small programs beside gc
  stress [WORKLOAD] [--seconds N]
                             the runtime under load; N seconds for each workload, divided over its settings
  models                     loom models of what threads wait with, and of seeded bugs
  miri                       unit tests of the runtime under miri
  fuzz [TARGET] [--seconds N]
                             fuzz targets, seeded with the Go sources at hand
  fuzz programs [--seconds N] [--seed S]
                             random Go programs, built by gc and by rigo, compared
  bless                      rewrite golden files";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.split_first() {
        Some((&"setup", rest)) => setup::run(rest),
        Some((&"run", rest)) => test::run_example(rest),
        Some((&"test", [])) => test::run(),
        Some((&"tidy", [])) => tidy::run().and_then(|()| licences::run()),
        Some((&"goroot-test", rest)) => errorcheck::run(rest),
        Some((&"types-testdata", rest)) => types_testdata::run(rest),
        Some((&"modules", rest)) => modules::run(rest),
        Some((&"selfhost", rest)) => selfhost::run(rest),
        Some((&"std-test", rest)) => std_test::run(rest),
        Some((&"bench", rest)) => bench::run(rest),
        Some((&"stress", rest)) => stress::run(rest),
        Some((&"models", [])) => models::run(),
        Some((&"miri", [])) => models::miri(),
        Some((&"fuzz", rest)) => fuzz::run(rest),
        Some((&"bless", [])) => test::bless(),
        _ => Err(Failure::usage(USAGE)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{}", failure.text);
            ExitCode::from(failure.status)
        }
    }
}
