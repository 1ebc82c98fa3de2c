//! `rigo build` and `rigo run`.

use std::process::ExitCode;

use clap::ArgMatches;
use clap::parser::ValueSource;
use driver::build::{Built, Image, Options};
use driver::output::{Destination, write_image};
use driver::run::{Machine, run_image};
use driver::{Env, Request, split_quoted};
use target::{Os, Target};

use crate::{check, progress, report};

/// Builds the packages that the arguments name and writes the executables of those that are programs.
pub fn build(matches: &ArgMatches) -> Result<ExitCode, String> {
    let request = check::request(matches)?;
    let compile_only = matches.get_one::<bool>("compile-only") == Some(&true);
    let out = matches.get_one::<String>("o").map(String::as_str);
    let destination = Destination::of_flag(&request.cwd, out);
    let is_flat = request.target.os == Os::OpenSbi && out.is_some_and(|name| name.ends_with(".bin"));
    let options = Options { compile_only, is_flat, ..options(matches, &request.env)? };
    let Some(programs) = programs(matches, request, &options)? else { return Ok(ExitCode::from(1)) };
    let names: Vec<&str> = programs.iter().map(|program| program.name.as_str()).collect();
    let paths = match destination.paths(&names) {
        Ok(paths) => paths.unwrap_or_default(),
        Err(error) => return Ok(failure(&error)),
    };
    for (program, path) in programs.iter().zip(paths) {
        if let Err(error) = write_image(&path, &program.bytes) {
            return Ok(failure(&format!("{}: {error}", program.package)));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Builds a program and runs it.
pub fn run(matches: &ArgMatches) -> Result<ExitCode, String> {
    let words: Vec<String> = matches.get_many("packages").into_iter().flatten().cloned().collect();
    // The program's arguments begin behind the first package, or behind the last file of the first run of files.
    let n_files = words.iter().take_while(|word| word.ends_with(".go")).count();
    let (packages, arguments) = words.split_at(n_files.max(1));
    let request = Request { packages: packages.to_vec(), ..check::request(matches)? };
    let target = request.target;
    let options = options(matches, &request.env)?;
    let Some(programs) = programs(matches, request, &options)? else { return Ok(ExitCode::from(1)) };
    let [program] = &programs[..] else {
        return Ok(failure(&match programs.len() {
            0 => format!("package {} is not a main package", packages.join(" ")),
            _ => format!("rigo run: pattern {} matches multiple packages", packages.join(" ")),
        }));
    };
    match run_image(target, &machine(matches, target)?, &program.bytes, &program.name, arguments) {
        Ok(status) => Ok(ExitCode::from(status)),
        Err(error) => Ok(failure(&error)),
    }
}

/// Reads the flags that describe the machine below a program without an operating system.
fn machine(matches: &ArgMatches, target: Target) -> Result<Machine, String> {
    let mut machine = Machine::default();
    for name in ["harts", "memory", "debug"] {
        let given = matches.value_source(name) == Some(ValueSource::CommandLine);
        if given && target.os != Os::OpenSbi {
            return Err(format!("-{name} is for -target opensbi/riscv64"));
        }
    }
    if let Some(text) = matches.get_one::<String>("harts") {
        let harts = text.parse().ok().filter(|n| (1..=64).contains(n));
        machine.harts = harts.ok_or_else(|| format!("-harts={text}: not a number from 1 to 64"))?;
    }
    if let Some(text) = matches.get_one::<String>("memory") {
        machine.memory = text.clone();
    }
    machine.debug = matches.get_one::<bool>("debug") == Some(&true);
    Ok(machine)
}

/// Prints why nothing comes of a sound command line.
fn failure(error: &str) -> ExitCode {
    eprintln!("{error}");
    ExitCode::from(1)
}

/// Where the current folder belongs to no module and the package is given as a folder, that folder's module is meant.
/// The go command has an error here.
fn enter_module(request: &mut Request) {
    let [package] = &request.packages[..] else { return };
    let folder = request.cwd.join(package);
    if folder.is_dir() && driver::find_up(&request.cwd, "go.mod").is_none() {
        request.cwd = folder;
        request.packages = vec![".".into()];
    }
}

/// Builds; `None` when something is wrong, which was printed.
fn programs(
    matches: &ArgMatches,
    mut request: Request,
    options: &Options,
) -> Result<Option<Vec<Image>>, String> {
    enter_module(&mut request);
    let Built { outcome, programs, packages } = driver::build::build(&request, options, &progress::line());
    if matches.get_one::<bool>("v") == Some(&true) {
        packages.iter().for_each(|path| eprintln!("{path}"));
    }
    if outcome.is_ok() {
        return Ok(Some(programs));
    }
    let by_files = request.packages.iter().any(|text| text.ends_with(".go"));
    report::print(&outcome, !by_files);
    Ok(None)
}

/// Reads the flags that say how programs are compiled and linked.
pub fn options(matches: &ArgMatches, env: &Env) -> Result<Options, String> {
    for name in ["race", "msan", "asan"] {
        if matches.get_one::<bool>(name) == Some(&true) {
            return Err(format!("-{name} is not supported"));
        }
    }
    match matches.get_one::<String>("buildmode").map(String::as_str) {
        None | Some("default" | "exe") => {}
        Some(mode) => return Err(format!("-buildmode={mode} not supported")),
    }
    let no_optimize = matches.get_one::<bool>("N") == Some(&true);
    let is_checked = matches.get_one::<bool>("checked") == Some(&true);
    let flags = matches.get_one::<String>("ldflags").cloned().or_else(|| env.goflag("ldflags"));
    let options = Options { no_optimize, is_checked, ..Options::default() };
    link_flags(options, &flags.unwrap_or_default()).map_err(|error| format!("-ldflags: {error}"))
}

/// Reads what `-ldflags` holds: the flags of gc's linker that matter to a static executable.
fn link_flags(mut options: Options, text: &str) -> Result<Options, String> {
    let mut no_debug = None;
    let mut flags = split_quoted(for_programs(text))?.into_iter();
    while let Some(flag) = flags.next() {
        let bare = flag.strip_prefix("--").or_else(|| flag.strip_prefix('-'));
        let (name, value) = match bare.and_then(|flag| flag.split_once('=')) {
            Some((name, value)) => (Some(name), Some(value.to_string())),
            None => (bare, None),
        };
        match name {
            Some("s") => options.strip = !is_off(value.as_deref()),
            Some("w") => no_debug = Some(!is_off(value.as_deref())),
            Some("X") => {
                let definition = value.or_else(|| flags.next()).unwrap_or_default();
                let Some((variable, value)) = definition.split_once('=').filter(|(v, _)| v.contains('.'))
                else {
                    return Err(format!(
                        "-X flag requires argument of the form importpath.name=value, not {definition:?}"
                    ));
                };
                options.values.push((variable.into(), value.into()));
            }
            _ => return Err(format!("{flag} is not supported")),
        }
    }
    options.no_debug = no_debug.unwrap_or(options.strip);
    Ok(options)
}

/// Drops `pattern=`, which says for which packages the flags are meant: they are for programs in any case.
fn for_programs(text: &str) -> &str {
    match text.split_once('=') {
        Some((pattern, flags)) if !pattern.contains(['-', '\'', '"', ' ']) => flags,
        _ => text,
    }
}

fn is_off(value: Option<&str>) -> bool {
    matches!(value, Some("0" | "f" | "F" | "false" | "FALSE" | "False"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn link_flags_are_those_of_gc() {
        let read = |text| link_flags(Options::default(), text);
        let options = read("-s -w=0 -X main.v=1 '-X=main.w=a b'").expect("all are known");
        assert!(options.strip && !options.no_debug);
        assert_eq!(options.values, [("main.v".into(), "1".into()), ("main.w".into(), "a b".into())]);
        let options = read("all=-s").expect("all are known");
        assert!(options.strip && options.no_debug);
        assert_eq!(
            read("-X v=1").err().as_deref(),
            Some("-X flag requires argument of the form importpath.name=value, not \"v=1\"")
        );
        assert_eq!(read("-extldflags x").err().as_deref(), Some("-extldflags is not supported"));
    }
}
