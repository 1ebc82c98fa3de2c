//! The optimiser against the interpreter, and golden files of what it makes.
//!
//! `golden/name.ssa` goes in, `golden/name.opt` must come out; runs in the comments of the first must hold before and
//! after. `RIGO_RANDOM=first,count` chooses other seeds of the random programs.

use opt::{Options, optimize};
use ssa::Program;
use ssa::golden::{Outcome, runs};
use ssa::interp::{BareHost, Machine, Stop};
use std::path::{Path, PathBuf};

fn files(dir: &str, extension: &str) -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join(dir);
    let paths = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = paths.filter(|path| path.extension().is_some_and(|e| e == extension)).collect();
    paths.sort();
    assert!(!paths.is_empty());
    paths
}

fn optimized(program: &Program) -> Program {
    let mut program = program.clone();
    optimize(&mut program, &Options { verify: true, ..Options::default() });
    program
}

fn check_runs(name: &str, text: &str, program: &Program) {
    for run in runs(text, program).unwrap_or_else(|error| panic!("{name}: {error}")) {
        let mut machine = Machine::new(program, BareHost).unwrap();
        let result = machine.run(&run.func, &run.args, 1_000_000);
        match (&run.outcome, &result) {
            (Outcome::Results(expected), Ok(results)) if results == expected => {}
            (Outcome::Panics(text), Err(Stop::Panic(found))) if found.contains(text) => {}
            _ => panic!("{name}:{}: {result:?}\n{program}", run.line),
        }
    }
}

#[test]
fn golden_files() {
    for path in files("tests/golden", "ssa") {
        let name = path.file_name().unwrap().to_string_lossy();
        let text = std::fs::read_to_string(&path).unwrap();
        let program = ssa::read_program(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        ssa::verify_program(&program).unwrap_or_else(|error| panic!("{name}: {error}"));
        check_runs(&name, &text, &program);
        let after = optimized(&program);
        check_runs(&name, &text, &after);
        let golden = path.with_extension("opt");
        if std::env::var_os("RIGO_BLESS").is_some() {
            std::fs::write(&golden, after.to_string()).unwrap();
        } else {
            let expected = std::fs::read_to_string(&golden).unwrap_or_default();
            assert!(expected == after.to_string(), "{name} becomes\n{after}");
        }
    }
}

#[test]
fn golden_files_of_ssa_run_as_before() {
    for path in files("../ssa/tests/golden", "ssa") {
        let text = std::fs::read_to_string(&path).unwrap();
        let program = optimized(&ssa::read_program(&text).unwrap());
        check_runs(&path.to_string_lossy(), &text, &program);
    }
}

#[test]
fn random_programs_run_as_before() {
    let range = std::env::var("RIGO_RANDOM").ok();
    let range = range.as_deref().and_then(|range| range.split_once(','));
    let (first, count) =
        range.map_or((1, 200), |(first, count)| (first.parse().unwrap(), count.parse().unwrap()));
    for seed in first..first + count {
        let (program, calls) = ssa::random::program(seed);
        let after = optimized(&program);
        let mut machine_before = Machine::new(&program, BareHost).unwrap();
        let mut machine_after = Machine::new(&after, BareHost).unwrap();
        for (name, args) in &calls {
            let a = machine_before.run(name, args, 10_000_000);
            let b = machine_after.run(name, args, 10_000_000);
            let types = &program.func(name).unwrap().sig.results;
            assert!(is_same(types, &a, &b), "seed {seed}: {name}({args:x?}): {a:x?}, then {b:x?}");
        }
    }
}

/// Equal results, or panics: which of two panics of one function comes first is the order of its operations, and the
/// text of a fault depends on addresses.
fn is_same(types: &[ssa::Type], a: &Result<Vec<u64>, Stop>, b: &Result<Vec<u64>, Stop>) -> bool {
    match (a, b) {
        (Ok(a), Ok(b)) => a.iter().zip(b).zip(types).all(|((&a, &b), &ty)| {
            a == b || ty.is_float() && ssa::eval::float(ty, a).is_nan() && ssa::eval::float(ty, b).is_nan()
        }),
        (Err(Stop::Panic(_)), Err(Stop::Panic(_))) | (Err(Stop::Fuel), _) => true,
        _ => false,
    }
}
