//! Random programs through code generation and the linker, with the real runtime, on each target that runs here: what they print must
//! be what the interpreter says.
//!
//! `RIGO_RANDOM=first,count` chooses other seeds.

use std::process::Command;

use codegen::Options as CodeOptions;
use ssa::interp::{BareHost, Machine};
use ssa::{Builder, Conv, Program, Signature, Type, Value};
use target::Target;

use crate::build::{Options, archive, link};
use crate::output::write_image;

#[test]
fn random_programs_run_as_interpreted() {
    let range = std::env::var("RIGO_RANDOM").ok();
    let range = range.as_deref().and_then(|range| range.split_once(','));
    let (first, count): (u64, u64) =
        range.map_or((1, 6), |(first, count)| (first.parse().unwrap(), count.parse().unwrap()));
    for seed in first..first + count {
        for (target, emulator) in [("linux/amd64", None), ("linux/riscv64", Some("qemu-riscv64"))] {
            check(seed, target.parse().unwrap(), emulator);
        }
    }
}

/// A call that returns, and its results.
struct Call {
    func: String,
    args: Vec<u64>,
    results: Vec<u64>,
}

fn check(seed: u64, target: Target, emulator: Option<&str>) {
    let (mut program, calls) = ssa::random::program(seed);
    let calls = returning(&program, calls);
    describe_objects(&mut program);
    let main = main(&program, &calls);
    program.funcs.push(main);
    ssa::verify_program(&program).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    let archive = archive(target, false).unwrap();
    let options = CodeOptions { verify: true, ..CodeOptions::new(archive[0].machine) };
    let object = codegen::compile(&program, &options).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    let objects: Vec<obj::Object> = [object].into_iter().chain(archive).collect();
    let image = link(&objects, target, &Options::default()).unwrap();
    let path = std::env::temp_dir().join(format!("rigo-random-{}", std::process::id()));
    write_image(&path, &image).unwrap();
    let mut command = match emulator {
        Some(emulator) => Command::new(emulator),
        None => Command::new(&path),
    };
    if emulator.is_some() {
        command.arg(&path);
    }
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    std::fs::remove_file(&path).unwrap();
    let printed = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "seed {seed}, {target}: {:?}\n{printed}", output.status);
    let mut lines = printed.lines();
    for call in &calls {
        let sig = &program.func(&call.func).unwrap().sig;
        for (&ty, &want) in sig.results.iter().zip(&call.results) {
            let line = lines.next().unwrap_or_default();
            let got = line.strip_prefix("0x").and_then(|digits| u64::from_str_radix(digits, 16).ok());
            assert!(
                got.is_some_and(|got| is_same(ty, got, want)),
                "seed {seed}, {target}: {}({:x?}) printed {line}, want {want:#x}",
                call.func,
                call.args
            );
        }
    }
}

/// Gives the objects that the programs allocate a size, for the real runtime: the first word of a descriptor. They hold no pointers as far
/// as it knows; it never collects in so short a run.
fn describe_objects(program: &mut Program) {
    let described = program.datas.iter_mut().find(|data| &*data.name == "type:object");
    let desc = described.expect("random programs have objects of this type");
    desc.size = 128;
    desc.bytes = OBJECT_BYTES.to_le_bytes().to_vec();
}

/// More than any of them has.
const OBJECT_BYTES: u64 = 64;

/// Equal bits, or two NaNs: which NaN an operation yields is nobody's promise.
fn is_same(ty: Type, a: u64, b: u64) -> bool {
    a == b || ty.is_float() && ssa::eval::float(ty, a).is_nan() && ssa::eval::float(ty, b).is_nan()
}

/// The calls up to the first that panics or takes too long: what a call leaves in memory the next one finds.
fn returning(program: &Program, calls: Vec<(String, Vec<u64>)>) -> Vec<Call> {
    let mut machine = Machine::new(program, BareHost).unwrap();
    let run = |(func, args): (String, Vec<u64>)| {
        let results = machine.run(&func, &args, 10_000_000).ok()?;
        Some(Call { func, args, results })
    };
    calls.into_iter().map_while(run).collect()
}

/// The program: makes the calls and prints each result's bits on a line.
fn main(program: &Program, calls: &[Call]) -> ssa::Func {
    let mut b = Builder::new(abi::symbols::PROGRAM, Signature { params: Vec::new(), results: Vec::new() });
    for call in calls {
        let sig = &program.func(&call.func).unwrap().sig;
        let args = sig.params.iter().zip(&call.args).map(|(&ty, &bits)| constant(&mut b, ty, bits)).collect();
        let values: Vec<Value> = b.call(&call.func, args, &sig.results).iter().collect();
        for (value, &ty) in values.into_iter().zip(&sig.results) {
            let bits = match ty {
                Type::F32 => b.convert(Conv::Bitcast, Type::I32, value),
                Type::F64 | Type::Ptr => b.convert(Conv::Bitcast, Type::I64, value),
                Type::I8 | Type::I16 | Type::I32 | Type::I64 => value,
            };
            let word = b.resize(bits, Type::I64, false);
            b.call_runtime("runtime.printhex", vec![word], &[]);
            b.call_runtime("runtime.printnl", Vec::new(), &[]);
        }
    }
    b.ret(Vec::new());
    b.finish()
}

fn constant(b: &mut Builder, ty: Type, bits: u64) -> Value {
    match ty {
        Type::F32 => b.f32const(f32::from_bits(bits as u32)),
        Type::F64 => b.f64const(f64::from_bits(bits)),
        Type::I8 | Type::I16 | Type::I32 | Type::I64 | Type::Ptr => b.iconst(ty, bits as i64),
    }
}
