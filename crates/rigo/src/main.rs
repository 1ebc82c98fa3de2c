//! The command: flags in, text and exit status out.
//!
//! `rigo` takes packages and flags the way the go command does and prints errors in gc's form. It is the only
//! part that prints or ends the process; what it does is in `driver`.
//!
//! Exit status: 0 when nothing is wrong, 1 when the program is, 2 when the command line is.

mod args;
mod build;
mod check;
mod doctor;
mod env;
mod excerpt;
mod progress;
mod report;
mod test;
mod test_cover;
mod test_flags;
mod test_json;
mod test_run;

use std::process::ExitCode;

/// Reports a panic as what it is: an error of rigo's own, with what it was working on.
fn report_panics() {
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if let Some(work) = driver::current_work() {
            eprintln!("rigo: internal error while {work}");
        }
        default(panic);
    }));
}

fn main() -> ExitCode {
    report_panics();
    let (arguments, test_flags) = match args::split(driver::arguments()) {
        Ok(split) => split,
        Err(error) => {
            eprintln!("rigo: {error}");
            return ExitCode::from(2);
        }
    };
    let matches = match args::command().try_get_matches_from(args::normalize(arguments)) {
        Ok(matches) => matches,
        Err(error) => {
            // Help goes to standard output, with status 0; what is wrong to standard error.
            let status = if error.use_stderr() { 2 } else { 0 };
            // A closed pipe is nobody's mistake.
            error.print().ok();
            return ExitCode::from(status);
        }
    };
    let result = match matches.subcommand() {
        Some(("build", matches)) => build::build(matches),
        Some(("check", matches)) => check::run(matches),
        Some(("clean", matches)) => doctor::clean(matches),
        Some(("doctor", _)) => doctor::examine(),
        Some(("env", matches)) => env::print_env(matches),
        Some(("run", matches)) => build::run(matches),
        Some(("test", matches)) => test::run(matches, &test_flags.expect("the command is `test`")),
        Some(("version", _)) => env::print_version(),
        _ => unreachable!("clap asks for one of the commands that it knows"),
    };
    match result {
        Ok(status) => status,
        Err(error) => {
            eprintln!("rigo: {error}");
            ExitCode::from(2)
        }
    }
}
