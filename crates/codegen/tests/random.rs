//! Random programs: machine code in both modes against the interpreter, result by result.
//!
//! `RIGO_RANDOM=first,count` chooses other seeds.

mod image;

use codegen::Options;
use image::{Call, Came};
use obj::Machine;
use ssa::Type;
use ssa::interp::{BareHost, Stop};

/// Equal bits, or two NaNs: which NaN an operation yields is nobody's promise.
fn is_same(ty: Type, a: u64, b: u64) -> bool {
    a == b || ty.is_float() && ssa::eval::float(ty, a).is_nan() && ssa::eval::float(ty, b).is_nan()
}

#[test]
fn random_programs_run_as_interpreted() {
    let range = std::env::var("RIGO_RANDOM").ok();
    let range = range.as_deref().and_then(|range| range.split_once(','));
    let (first, count) =
        range.map_or((1, 60), |(first, count)| (first.parse().unwrap(), count.parse().unwrap()));
    for seed in first..first + count {
        check(seed);
    }
}

fn check(seed: u64) {
    let (program, calls) = ssa::random::program(seed);
    let call = |(name, args): (String, Vec<u64>)| {
        let sig = &program.func(&name).unwrap().sig;
        Call { func: name, args, params: sig.params.clone(), results: sig.results.clone() }
    };
    let calls: Vec<Call> = calls.into_iter().map(call).collect();
    ssa::verify_program(&program).unwrap_or_else(|error| panic!("seed {seed}: {error}\n{program}"));
    let read = ssa::read_program(&program.to_string()).unwrap();
    assert_eq!(read.to_string(), program.to_string(), "seed {seed}");
    // One machine for all calls, as the image is one process: what a call leaves in memory the next one finds.
    let mut machine = ssa::interp::Machine::new(&program, BareHost).unwrap();
    let expected: Vec<Result<Vec<u64>, Stop>> =
        calls.iter().map(|call| machine.run(&call.func, &call.args, 10_000_000)).collect();
    for no_opt in [false, true] {
        let options = Options { no_opt, verify: true, ..Options::new(Machine::Amd64) };
        let object =
            codegen::compile(&program, &options).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        let came = image::run(&object, &calls, 0);
        for ((call, expected), came) in calls.iter().zip(&expected).zip(came) {
            let is_right = match (expected, &came) {
                (Ok(expected), Came::Results(results)) => {
                    call.results.iter().zip(expected).zip(results).all(|((&ty, &a), &b)| is_same(ty, a, b))
                }
                (Err(Stop::Panic(_)), Came::Panicked | Came::Faulted) => true,
                _ => false,
            };
            assert!(
                is_right,
                "seed {seed}, no_opt {no_opt}: {}({:x?}) came to {came:x?}, expected {expected:x?}",
                call.func, call.args
            );
        }
        let options = Options { machine: Machine::Riscv64, ..options };
        codegen::compile(&program, &options).unwrap_or_else(|error| panic!("seed {seed}, riscv64: {error}"));
    }
}
