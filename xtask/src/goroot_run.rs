//! `cargo xtask goroot-test run`: the tests of Go's `test` folder that run programs.
//!
//! A `run` test is one file, a `rundir` test a folder of packages of which one is the program, a `runoutput` test
//! a program that prints the program. Each is built by rigo and run with a time limit. It passes when
//! what it prints on both outputs is what the `.out` file beside it says; where there is none, when it ends with
//! status 0 and prints what gc's program prints.
//!
//! `--target linux/riscv64` builds for another processor and runs by qemu-user, `--target opensbi/riscv64` boots each program in QEMU;
//! gc's program runs on the machine itself. On these targets the exceptions of the list `run` are left out: they have to do with the compiler. On
//! the bare machine those count neither that need what it does not have: their exceptions begin with [`NEEDS`].

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::conformance::{Choice, GoTest, exceptions, go_tests, run_list};
use crate::errorcheck::{absolute_imports, directive, file_name, packages, read, write};
use crate::process::{output, rigo, scratch, text};
use crate::{Failure, Outcome, go};

/// No program of the list runs for longer under gc; an emulator has four times as long.
const TIME_LIMIT: Duration = Duration::from_secs(30);

const USER_EMULATOR: &str = "qemu-riscv64";

/// What the tenth of the list that `cargo xtask test` runs may take.
const TENTH_LIMIT: Duration = Duration::from_secs(300);

/// How the reason of a test begins that needs files, processes or a network.
const NEEDS: &str = "needs ";

/// How many percent of the programs that need nothing more must pass on the bare machine.
const BARE_PERCENT: usize = 95;

/// What runs the programs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Runner {
    Process,
    UserEmulator,
    Machine,
}

impl Runner {
    /// How long a program may run. An emulator has four times as long.
    fn limit(self) -> Duration {
        if self == Runner::Process { TIME_LIMIT } else { 4 * TIME_LIMIT }
    }
}

/// Runs the lists `run`, `rundir` and `runoutput`.
pub fn run(arguments: &[&str]) -> Outcome {
    let (target, arguments) = match arguments {
        ["--target" | "-target", target, rest @ ..] => (*target, rest),
        _ => ("linux/amd64", arguments),
    };
    let (runner, list, needed) = match target {
        "linux/amd64" => (Runner::Process, "run", None),
        "linux/riscv64" => (Runner::UserEmulator, "run-riscv64", Some(USER_EMULATOR)),
        "opensbi/riscv64" => (Runner::Machine, "run-opensbi", Some("qemu-system-riscv64")),
        _ => return Err(Failure::usage(format!("goroot-test run: nothing here runs programs for {target}"))),
    };
    if let Some(program) = needed {
        text(Command::new(program).arg("--version"))
            .map_err(|failure| Failure::usage(format!("{} (cargo xtask setup)", failure.text)))?;
    }
    let choice = Choice::from_arguments(arguments)?;
    let folder = go::test_dir()?;
    let go = go::go()?.get_program().to_owned();
    let scratch = scratch("run")?;
    let mine = |test: &GoTest| matches!(test.kind.as_str(), "run" | "rundir" | "runoutput");
    let mut names: Vec<String> = go_tests()?.into_iter().filter(mine).map(|test| test.name).collect();
    if runner != Runner::Process {
        let elsewhere = exceptions("run")?;
        names.retain(|name| !elsewhere.contains_key(name));
    }
    if runner == Runner::Machine {
        check_share(&names, list)?;
    }
    let rigo = rigo()?;
    let suite = Suite { rigo, folder, scratch, go: go.into(), target: target.into(), runner };
    let deadline = matches!(choice, Choice::Tenth).then(|| Instant::now() + TENTH_LIMIT);
    run_list(list, &names, choice, |name| match deadline {
        Some(deadline) if Instant::now() > deadline => {
            Err(format!("not run: the tests before it took more than {} seconds", TENTH_LIMIT.as_secs()))
        }
        _ => suite.check(name),
    })
}

/// Fails when too many of the programs that need nothing more are exceptions.
fn check_share(names: &[String], list: &str) -> Outcome {
    let exceptions = exceptions(list)?;
    let n_outside = exceptions.values().filter(|reason| reason.starts_with(NEEDS)).count();
    let n_counted = names.len() - n_outside;
    let n_failing = exceptions.len() - n_outside;
    println!("{list}: {n_counted} need no file, process or network; {n_failing} of them are exceptions");
    if (n_counted - n_failing) * 100 < n_counted * BARE_PERCENT {
        return Err(Failure::new(format!("{list}: less than {BARE_PERCENT} % pass")));
    }
    Ok(())
}

struct Suite {
    rigo: PathBuf,
    folder: PathBuf,
    scratch: PathBuf,
    go: PathBuf,
    /// What rigo compiles for.
    target: String,
    runner: Runner,
}

impl Suite {
    fn check(&self, name: &str) -> Result<(), String> {
        let file = self.folder.join(name);
        let directive = directive(&read(&file)?);
        let home = self.scratch.join(name.replace(['/', '.'], "_"));
        let failed = |error: std::io::Error| format!("{}: {error}", home.display());
        std::fs::create_dir_all(&home).map_err(failed)?;
        let arguments: Vec<&str> = directive.arguments.iter().map(String::as_str).collect();
        let flags: Vec<&str> = directive.flags.iter().map(String::as_str).collect();
        let lang: Vec<&str> = flags.into_iter().filter(|flag| flag.starts_with("-lang=")).collect();
        let golden = file.with_extension("out");
        let result = match directive.verb.as_str() {
            "run" => {
                // As for `go run`: arguments that name Go files are files of the program.
                let (files, arguments): (Vec<&str>, Vec<&str>) =
                    arguments.iter().partition(|argument| argument.ends_with(".go"));
                let folder = file.parent().unwrap_or(&self.folder);
                let mut what = vec![file.as_os_str().to_owned()];
                what.extend(files.iter().map(|name| folder.join(name).into_os_string()));
                self.compare(&home, &what, &lang, &arguments, &golden)
            }
            "runoutput" => {
                let extra = arguments.iter().map(|name| self.folder.join(name));
                let mut command = Command::new(&self.go);
                command.arg("run").args(extra).arg(&file).current_dir(&home);
                let printed = text(&mut command).map_err(|failure| failure.text)?;
                let generated = home.join("generated.go");
                write(&generated, &printed)?;
                self.compare(&home, &[generated.into()], &lang, &[], &golden)
            }
            // The errors that go with it are diagnostics of gc's optimiser.
            "rundir" | "errorcheckandrundir" => {
                let folder = file.with_extension("dir");
                let single = directive.flags.iter().any(|flag| flag == "-s");
                let packages = packages(&folder, single)?;
                for (path, files) in &packages {
                    for file in files {
                        let source = absolute_imports(&read(file)?, &packages);
                        write(&home.join(path).join(file_name(file)), &source)?;
                    }
                }
                write(&home.join("go.mod"), "module test\n\ngo 1.26\n")?;
                // The last one is the program.
                let main = packages.last().ok_or("an empty folder")?;
                self.compare(&home, &[format!("./{}", main.0).into()], &lang, &[], &golden)
            }
            "runindir" => {
                let folder = file.with_extension("dir");
                copy_folder(&folder, &home)?;
                if !home.join("go.mod").is_file() {
                    write(&home.join("go.mod"), &format!("module {}\n\ngo 1.26\n", file_name(&folder)))?;
                }
                self.compare(&home, &[".".into()], &lang, &arguments, &golden)
            }
            verb => Err(format!("a directive that this runner does not know: {verb}")),
        };
        std::fs::remove_dir_all(&home).map_err(failed)?;
        result
    }

    /// Builds a program; its image.
    fn build(&self, home: &Path, what: &[std::ffi::OsString], flags: &[&str]) -> Result<PathBuf, String> {
        let ours = home.join("ours");
        let mut command = Command::new(&self.rigo);
        command.args(["build", "-target", &self.target, "-o"]).arg(&ours).args(flags).args(what);
        command.current_dir(home).env_remove("GOFLAGS").env("GOWORK", "off");
        let built = output(&mut command).map_err(|failure| failure.text)?;
        if !built.status.success() {
            return Err(first_lines(&String::from_utf8_lossy(&built.stderr), &built.stdout));
        }
        Ok(ours)
    }

    fn compare(
        &self,
        home: &Path,
        what: &[std::ffi::OsString],
        flags: &[&str],
        arguments: &[&str],
        golden: &Path,
    ) -> Result<(), String> {
        let mut ours_run = match self.runner {
            // `rigo run` knows how the machine is started; timeout(1) also ends what rigo has started.
            Runner::Machine => {
                let mut command = Command::new("timeout");
                command.arg((self.runner.limit() - Duration::from_secs(2)).as_secs().to_string());
                command
                    .arg(&self.rigo)
                    .args(["run", "-target", &self.target, "-harts=2"])
                    .args(flags)
                    .args(what);
                command.env_remove("GOFLAGS").env("GOWORK", "off");
                command
            }
            Runner::Process => Command::new(self.build(home, what, flags)?),
            Runner::UserEmulator => {
                let mut command = Command::new(USER_EMULATOR);
                command.arg(self.build(home, what, flags)?);
                command
            }
        };
        let (printed, status) = run_program(&mut ours_run, arguments, home, self.runner.limit())?;
        let (want, want_status) = if golden.exists() {
            (read(golden)?, status.clone())
        } else if !printed.is_empty() && status == "exit status: 0" {
            let theirs = home.join("theirs");
            let mut command = Command::new(&self.go);
            command.args(["build", "-o"]).arg(&theirs).args(what).current_dir(home);
            text(command.env("GO111MODULE", "auto")).map_err(|failure| failure.text)?;
            run_program(&mut Command::new(&theirs), arguments, home, TIME_LIMIT)?
        } else {
            (String::new(), "exit status: 0".into())
        };
        match (status == want_status, printed == want) {
            (true, true) => Ok(()),
            (true, false) => Err(format!("prints something else: {}", difference(&want, &printed))),
            (false, _) => Err(format!("{status}: {}", first_lines(&printed, &[]))),
        }
    }
}

/// Copies a folder with all that is in it.
fn copy_folder(from: &Path, to: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", from.display());
    std::fs::create_dir_all(to).map_err(failed)?;
    for entry in std::fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target).map_err(failed)?;
        }
    }
    Ok(())
}

/// Runs a program and returns what it printed on both outputs, and its status.
fn run_program(
    command: &mut Command,
    arguments: &[&str],
    home: &Path,
    limit: Duration,
) -> Result<(String, String), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let failed = |error: std::io::Error| format!("{program}: {error}");
    // One pipe for both keeps their order.
    let (mut reader, writer) = std::io::pipe().map_err(failed)?;
    command.args(arguments).current_dir(home).stdin(Stdio::null());
    // The go command tells programs that it runs.
    command.env("GOROOT", go::goroot().map_err(|failure| failure.text)?);
    command.stdout(writer.try_clone().map_err(failed)?).stderr(writer);
    let mut child = command.spawn().map_err(failed)?;
    // The ends for writing must go with the child.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let collector = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read before an error counts.
        reader.read_to_end(&mut bytes).ok();
        bytes
    });
    let deadline = Instant::now() + limit;
    let mut timed_out = false;
    let status = loop {
        match child.try_wait().map_err(failed)? {
            Some(status) => break status,
            None if Instant::now() > deadline && !timed_out => {
                timed_out = true;
                child.kill().map_err(failed)?;
            }
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    let printed = collector.join().map_err(|_| "the reader panicked".to_owned())?;
    if timed_out {
        return Err(format!("runs for more than {} seconds", limit.as_secs()));
    }
    Ok((String::from_utf8_lossy(&printed).into_owned(), status.to_string()))
}

fn first_lines(text: &str, more: &[u8]) -> String {
    let more = String::from_utf8_lossy(more);
    let lines: Vec<&str> = text.lines().chain(more.lines()).filter(|line| !line.is_empty()).take(3).collect();
    lines.join(" | ")
}

fn difference(want: &str, got: &str) -> String {
    let mut pairs = want.lines().zip(got.lines()).enumerate();
    match pairs.find(|(_, (want, got))| want != got) {
        Some((idx, (want, got))) => format!("line {}: want {want:?}, got {got:?}", idx + 1),
        None => format!("{} lines, want {}", got.lines().count(), want.lines().count()),
    }
}
