//! Runs a Go program in the SSA interpreter, for `cargo xtask fuzz programs`.
//!
//! `interpret [-N] FILE` lowers the program, with `-N` without optimisation, and interprets it as far as it goes: what `host.rs`
//! does not answer ends it. The program's output comes out as it is; the last line, which begins with `interpret:`, says how
//! it ended. Exit status 0: it came to its end; 3: it asked for what is not interpreted; 1: rigo is wrong.

mod host;
mod text;

use std::io::Write;
use std::process::ExitCode;

use driver::{Env, Progress, Request};
use host::{GoHost, MISSING, PANIC_NIL};
use ssa::Program;
use ssa::interp::{Machine, Stop};

/// A program that takes more operations is cut off.
const FUEL: u64 = 600_000_000;

fn main() -> ExitCode {
    let mut args: Vec<String> = driver::arguments();
    let place = args.iter().position(|arg| arg == "-N");
    let no_opt = place.map(|place| args.remove(place)).is_some();
    let program = match program(args, no_opt) {
        Ok(program) => program,
        Err(text) => {
            println!("{text}");
            return ExitCode::FAILURE;
        }
    };
    let (mut bytes, end) = interpret(&program);
    let (line, status) = match end {
        Ok(_) => ("to its end".to_string(), 0),
        Err(Stop::Fault(text)) if text.starts_with(MISSING) => (text, 3),
        // The interpreter's own limits.
        Err(Stop::Fuel) => (Stop::Fuel.to_string(), 3),
        Err(Stop::Panic(text) | Stop::Fault(text))
            if ["stack overflow", "out of memory"].contains(&&*text) =>
        {
            (text, 3)
        }
        Err(stop) => (stop.to_string(), 1),
    };
    bytes.extend_from_slice(format!("interpret: {line}\n").as_bytes());
    match std::io::stdout().write_all(&bytes) {
        Ok(()) => ExitCode::from(status),
        Err(_) => ExitCode::FAILURE,
    }
}

/// Returns what the program writes, and how it ends.
fn interpret(program: &Program) -> (Vec<u8>, Result<Vec<u64>, Stop>) {
    let mut machine = match Machine::new(program, GoHost::default()) {
        Ok(machine) => machine,
        Err(stop) => return (Vec::new(), Err(stop)),
    };
    let end = machine.run(abi::symbols::PROGRAM, &[], FUEL);
    (machine.host.output, end)
}

/// Lowers and optimises a program as a build does, up to code generation.
fn program(files: Vec<String>, no_opt: bool) -> Result<Program, String> {
    let mut request = Request::new(driver::current_dir()?, Env::of_process(), files);
    request.implicit.extend(lower::IMPLICIT.iter().map(|path| path.to_string()));
    let lowered = driver::front::run(&request, &Progress::default(), |front| {
        if !front.outcome.is_ok() {
            return Err(format!("{:?}", front.outcome.reports));
        }
        let main = front.loaded.packages.iter().position(|package| package.is_root);
        let main = main.ok_or("no package is asked for")?;
        let roots = lower::Roots::Program(main as u32 + types::session::FIRST);
        let options = lower::Options { debug_vars: no_opt, strings: Vec::new() };
        lower::lower(front.session, &front.outcome.map, front.packages, roots, &options)
            .map_err(|errors| format!("{errors:?}"))
    });
    let mut program = match lowered {
        Ok((_, program)) => program?,
        Err(outcome) => return Err(outcome.errors.join("\n")),
    };
    ssa::verify_program(&program).map_err(|error| error.to_string())?;
    let mut roots = vec![abi::symbols::PROGRAM.to_string()];
    roots.extend(abi::symbols::UPCALLS.iter().chain([&PANIC_NIL]).map(|name| name.to_string()));
    opt::optimize(&mut program, &opt::Options { no_opt, verify: true, roots });
    Ok(program)
}
