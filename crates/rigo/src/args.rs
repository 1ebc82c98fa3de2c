//! Flags: their names, and the one form to which all their spellings are brought.

use clap::{Arg, ArgAction, Command};

use crate::test_flags::TestFlags;

/// Brings flags to the form with two dashes, as the go command takes one dash or two.
///
/// Nothing behind `--` is a flag; `-` alone is none.
pub fn normalize(args: Vec<String>) -> Vec<String> {
    let mut normalized = vec!["rigo".to_string()];
    let mut flags_end = false;
    for arg in args {
        flags_end |= arg == "--";
        let is_flag = !flags_end && arg.len() > 1 && arg.starts_with('-') && !arg.starts_with("--");
        normalized.push(if is_flag { format!("-{arg}") } else { arg });
    }
    normalized
}

/// Takes the flags that `rigo test` reads by itself out of its arguments.
pub fn split(mut args: Vec<String>) -> Result<(Vec<String>, Option<TestFlags>), String> {
    if args.first().is_none_or(|word| word != "test") {
        return Ok((args, None));
    }
    let command = test();
    let of_build = |name: &str| {
        let arg = command.get_arguments().find(|arg| arg.get_long() == Some(name))?;
        Some(arg.get_num_args().is_some_and(|range| range.min_values() == 0))
    };
    if args.iter().any(|arg| arg == "-h" || arg == "--help") {
        args.truncate(1);
        args.push("--help".into());
    }
    let is_help = args.len() == 2 && args[1] == "--help";
    let rest = if is_help { vec![] } else { args.split_off(1) };
    let (flags, rest) = TestFlags::take(rest, of_build)?;
    args.extend(rest);
    Ok((args, Some(flags)))
}

/// Returns the description of the command line.
pub fn command() -> Command {
    Command::new("rigo")
        .about("A compiler for Go")
        .version(env!("CARGO_PKG_VERSION"))
        .disable_version_flag(true)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(build())
        .subcommand(check())
        .subcommand(run())
        .subcommand(test())
        .subcommand(
            Command::new("clean")
                .about("Remove executables that `rigo build` left in the folders of packages")
                .arg(
                    flag("modcache").action(ArgAction::SetTrue).help("Remove all downloaded modules instead"),
                )
                .arg(
                    Arg::new("packages").num_args(0..).help("Packages; none for that of the current folder"),
                ),
        )
        .subcommand(Command::new("doctor").about("Say whether everything is there that rigo needs"))
        .subcommand(
            Command::new("env")
                .about("Print what the environment says, as rigo reads it")
                .arg(flag("json").action(ArgAction::SetTrue).help("Print JSON"))
                .arg(Arg::new("names").num_args(0..).help("Variables; none for all")),
        )
        .subcommand(Command::new("version").about("Print the version of rigo and of the standard library"))
}

fn check() -> Command {
    selection(Command::new("check").about("Report every error in packages and in what they import").long_about(
        "Report every error in packages and in what they import.\n\n\
         Packages are import paths, folders or patterns, or the files of one package; none is the package of the \
         current folder. The exit status is 1 when there is an error.",
    ))
    .arg(Arg::new("packages").num_args(0..).help("Packages, or the files of one"))
}

fn build() -> Command {
    compilation(Command::new("build").about("Make executable files of programs").long_about(
        "Make executable files of programs.\n\n\
         One program's executable is written into the current folder, under the last element of its import path or \
         the name of the first file. Packages that are no program, and several programs without -o, are compiled \
         and nothing is written.",
    ))
    .arg(
        flag("compile-only")
            .action(ArgAction::SetTrue)
            .help("Compile all functions of the packages, also of programs, and write nothing"),
    )
    .arg(value("o", "path").help("Where the executable goes; into it, if it is a folder or ends with a slash"))
    .arg(Arg::new("packages").num_args(0..).help("Packages, or the files of one"))
}

fn run() -> Command {
    compilation(Command::new("run").about("Build a program and run it; the exit status is the program's"))
        .arg(value("harts", "N").help("For opensbi: how many harts QEMU's machine has; 4 by default"))
        .arg(value("memory", "M").help("For opensbi: its memory, such as 256M; 512M by default"))
        .arg(switch("debug", "false").help("For opensbi: wait for gdb at port 1234"))
        .arg(
            Arg::new("packages")
                .num_args(1..)
                .required(true)
                .trailing_var_arg(true)
                .allow_hyphen_values(true)
                .help("A package, or the files of one; then the program's arguments"),
        )
}

fn test() -> Command {
    compilation(Command::new("test").about("Build and run the tests of packages").long_about(
        "Build and run the tests of packages.\n\n\
         Flags for tests are those of `go test`, all of `-run -skip -v -short -count -timeout -list -bench -benchtime \
         -benchmem -cpu -failfast -shuffle -parallel -fuzz` with or without `test.`, and `-json -c -o -exec -p`. What \
         follows -args is for the test program.",
    ))
    .arg(Arg::new("packages").num_args(0..).help("Packages; none is the package of the current folder"))
}

/// The flags of commands that compile.
fn compilation(command: Command) -> Command {
    selection(command)
        .arg(switch("N", "false").help("No optimisation: the fastest build, every variable for the debugger"))
        .arg(
            switch("checked", "false")
                .help("The runtime checks itself: assertions, order of locks, freed memory"),
        )
        .arg(value("ldflags", "flags").allow_hyphen_values(true).help(
            "-s: no symbol table, nothing for debuggers; -w: nothing for debuggers; \
             -X path.name=value: what a string variable holds at first",
        ))
        .arg(switch("v", "false").help("Print the import paths of all packages that are compiled"))
        // Taken and without effect, for scripts that were written for the go command.
        .arg(switch("trimpath", "true").hide(true))
        .arg(value("buildvcs", "auto").hide(true))
        .arg(value("buildmode", "mode").hide(true))
        .args(["race", "msan", "asan"].map(|name| switch(name, "false").hide(true)))
}

/// The flags that say which packages are meant and how they are read.
fn selection(command: Command) -> Command {
    command
        .arg(value("lang", "go1.N").help("Language version of the named packages, instead of their modules'"))
        .arg(value("tags", "a,b").help("Build tags"))
        .arg(value("target", "os/arch").help("What is compiled for; GOOS/GOARCH by default"))
        .arg(
            value("overlay", "on|off")
                .value_parser(["on", "off"])
                .default_value("on")
                .help("off: the standard library as it is installed"),
        )
        .arg(value("mod", "mode").value_parser(["readonly", "vendor", "mod"]).help("Where modules come from"))
        .arg(switch("complete", "true").help("false: functions may have no body"))
        .arg(switch("e", "false").help("Errors that syntax errors may be the cause of are reported too"))
        .arg(switch("tests", "false").help("Check the test files of the named packages too"))
        .arg(value("goroot", "dir").help("The Go tree whose standard library is used"))
        .arg(value("C", "dir").help("Change to this folder first"))
        .arg(
            value("threads", "n")
                .value_parser(clap::value_parser!(usize))
                .help("How many threads work; RIGO_THREADS or the number of processors by default"),
        )
        .arg(switch("allow-internal", "false").hide(true))
}

/// A flag by its long name.
fn flag(name: &'static str) -> Arg {
    Arg::new(name).long(name)
}

/// A flag that is on or off: `-x`, `-x=true`, `-x=false`.
fn switch(name: &'static str, default: &'static str) -> Arg {
    flag(name)
        .num_args(0..=1)
        .require_equals(true)
        .value_parser(clap::value_parser!(bool))
        .default_value(default)
        .default_missing_value("true")
        .overrides_with(name)
}

/// A flag with a value; the last one given counts.
fn value(name: &'static str, what: &'static str) -> Arg {
    flag(name).value_name(what).num_args(1).overrides_with(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalized(args: &[&str]) -> String {
        normalize(args.iter().map(|arg| arg.to_string()).collect())[1..].join(" ")
    }

    #[test]
    fn one_dash_becomes_two() {
        assert_eq!(
            normalized(&["check", "-lang=go1.21", "--tags", "a", "-overlay=off", "."]),
            "check --lang=go1.21 --tags a --overlay=off ."
        );
        assert_eq!(normalized(&["check", "-", "--", "-x"]), "check - -- -x");
    }

    #[test]
    fn the_description_is_sound() {
        command().debug_assert();
    }
}
