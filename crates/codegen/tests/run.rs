//! Machine code against the interpreter: every run of the golden files, in both modes, and with a stack limit that makes
//! every check fail at first.

mod image;

use codegen::Options;
use image::{Call, Came};
use obj::Machine;
use ssa::golden::{Outcome, runs};
use std::path::{Path, PathBuf};

fn golden_files(dir: &str) -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join(dir);
    let mut paths: Vec<_> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

#[test]
fn golden_files_run_as_interpreted() {
    if !cfg!(all(target_arch = "x86_64", target_os = "linux")) {
        panic!("this test runs amd64 images and needs linux on amd64");
    }
    for path in golden_files("../ssa/tests/golden").iter().chain(&golden_files("tests/golden")) {
        for no_opt in [false, true] {
            check(path, no_opt);
        }
    }
}

fn check(path: &Path, no_opt: bool) {
    let name = path.file_name().unwrap().to_string_lossy();
    let text = std::fs::read_to_string(path).unwrap();
    let program = ssa::read_program(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    ssa::verify_program(&program).unwrap_or_else(|error| panic!("{name}: {error}"));
    let options = Options { no_opt, verify: true, ..Options::new(Machine::Amd64) };
    let object = codegen::compile(&program, &options).unwrap_or_else(|error| panic!("{name}: {error}"));
    let runs = runs(&text, &program).unwrap();
    let call = |run: &ssa::golden::Run| {
        let sig = &program.func(&run.func).unwrap().sig;
        Call {
            func: run.func.clone(),
            args: run.args.clone(),
            params: sig.params.clone(),
            results: sig.results.clone(),
        }
    };
    let calls: Vec<Call> = runs.iter().map(call).collect();
    for stack_limit in [0, u64::MAX] {
        let came = image::run(&object, &calls, stack_limit);
        for (run, came) in runs.iter().zip(came) {
            let is_right = match (&run.outcome, &came) {
                (Outcome::Results(expected), Came::Results(results)) => results == expected,
                (Outcome::Panics(_), Came::Panicked | Came::Faulted) => true,
                _ => false,
            };
            assert!(
                is_right,
                "{name}:{} (no_opt {no_opt}): {came:x?}, expected {:x?}",
                run.line, run.outcome
            );
        }
    }
}

#[test]
fn riscv64_compiles_everything() {
    for path in golden_files("../ssa/tests/golden").iter().chain(&golden_files("tests/golden")) {
        let program = ssa::read_program(&std::fs::read_to_string(path).unwrap()).unwrap();
        for no_opt in [false, true] {
            let options = Options { no_opt, verify: true, ..Options::new(Machine::Riscv64) };
            codegen::compile(&program, &options)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        }
    }
}

#[test]
fn output_does_not_depend_on_threads() {
    let mut program = ssa::Program::default();
    for n in 0..40 {
        for path in golden_files("../ssa/tests/golden") {
            let text = std::fs::read_to_string(&path).unwrap();
            for mut func in ssa::read_program(&text).unwrap().funcs {
                func.name = format!("{}{}{n}", path.display(), func.name).into();
                program.funcs.push(func);
            }
        }
    }
    let options = Options::new(Machine::Amd64);
    let pool = |n| rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
    let one = pool(1).install(|| codegen::compile(&program, &options)).unwrap();
    let four = pool(4).install(|| codegen::compile(&program, &options)).unwrap();
    assert!(one == four);
}
