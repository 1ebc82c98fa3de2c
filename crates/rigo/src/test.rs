//! `rigo test`: builds the tests of packages, runs them and prints what `go test` prints.
//!
//! A test program writes both of its streams into one, as under `go test`. Packages are run side by side while others
//! are still being built; what they print comes in the order of the packages.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, mpsc};
use std::time::Instant;

use clap::ArgMatches;
use driver::Request;
use driver::build::Options;
use driver::output::write_image;
use driver::tests::{Failure, TestProgram};

use crate::test_cover::{self, Place, Profile};
use crate::test_flags::TestFlags;
use crate::test_json::Converter;
use crate::test_run::run_program;
use crate::{build, check, progress, report};

/// Builds and runs the tests of the packages that the arguments name.
pub fn run(matches: &ArgMatches, flags: &TestFlags) -> Result<ExitCode, String> {
    let request = check::request(matches)?;
    let mut options = build::options(matches, &request.env)?;
    options.cover = flags.cover.as_ref().map(|cover| cover.of_build(&request.cwd));
    if flags.compile_only {
        return compile(&request, &options, flags);
    }
    // Nobody but a debugger would miss them.
    options.no_debug = true;
    let printer = Printer {
        flags,
        n_args: request.packages.len(),
        fuzz_dir: request.env.go_cache().map(|dir| dir.join("fuzz")),
        profile: Profile::create(flags, &request.cwd)?,
        state: Mutex::default(),
        is_over: AtomicBool::new(false),
    };
    let folder = std::env::temp_dir().join(format!("rigo-test-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let (sender, receiver) = mpsc::channel::<(usize, TestProgram)>();
    let receiver = Mutex::new(receiver);
    let (outcome, n_programs) = std::thread::scope(|scope| {
        for _ in 0..flags.n_packages_at_once {
            scope.spawn(|| {
                loop {
                    // The lock is held while waiting: others have nothing to do but wait for the same.
                    let next = receiver.lock().expect("no holder panics").recv();
                    let Ok((number, program)) = next else { return };
                    let text = printer.run(number, &folder, &program);
                    printer.finish(number, text);
                }
            });
        }
        let mut n_programs = 0;
        let outcome =
            driver::tests::build(&request, &options, flags.only_one(), &progress::line(), |program| {
                sender.send((n_programs, program)).expect("the receiver outlives the threads");
                n_programs += 1;
            });
        drop(sender);
        (outcome, n_programs)
    });
    std::fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    report::print(&outcome, true);
    printer.profile.finish()?;
    let failed = printer.state.into_inner().expect("no holder panics").failed || !outcome.is_ok();
    if failed && n_programs > 0 && !flags.json && !flags.fuzzes && printer.n_args > 0 {
        println!("FAIL");
    }
    Ok(if failed { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// `-c`: the test programs are written and not run.
fn compile(request: &Request, options: &Options, flags: &TestFlags) -> Result<ExitCode, String> {
    let mut result = Ok(());
    let mut n_written = 0;
    let out = flags.out.as_ref().map(|out| request.cwd.join(out));
    let into_folder =
        out.as_ref().is_some_and(|out| out.is_dir() || out.as_os_str().as_encoded_bytes().ends_with(b"/"));
    let outcome = driver::tests::build(request, options, None, &progress::line(), |program| {
        let Some(image) = &program.image else {
            if program.failure.is_none() {
                println!("?   \t{}\t[no test files]", program.path);
            }
            return;
        };
        let name = format!("{}.test", program.path.rsplit('/').next().unwrap_or(&program.path));
        let path = match &out {
            Some(out) if into_folder => out.join(name),
            Some(out) if n_written == 0 => out.clone(),
            Some(_) => {
                result = Err("with multiple packages, -o must refer to a directory or /dev/null".into());
                return;
            }
            None => request.cwd.join(name),
        };
        n_written += 1;
        if let Err(error) = write_image(&path, image) {
            result = Err(error);
        }
    });
    report::print(&outcome, true);
    result?;
    Ok(if outcome.is_ok() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// What is printed, in the order of the packages.
struct Printer<'a> {
    flags: &'a TestFlags,
    // How many packages were named; without any, what the tests print goes out as it comes.
    n_args: usize,
    // Where inputs are kept that fuzzing found.
    fuzz_dir: Option<PathBuf>,
    profile: Profile,
    state: Mutex<Printed>,
    // With `-failfast`: a package has failed, and no other is run. Written by whoever runs one, read by the others.
    is_over: AtomicBool,
}

#[derive(Default)]
struct Printed {
    // Texts of packages that wait for one before them.
    waiting: BTreeMap<usize, Vec<u8>>,
    next: usize,
    failed: bool,
}

impl Printer<'_> {
    /// Notes what a package's tests gave and prints all that is next.
    fn finish(&self, number: usize, (text, failed): (Vec<u8>, bool)) {
        let mut state = self.state.lock().expect("no holder panics");
        state.failed |= failed;
        state.waiting.insert(number, text);
        while let Some(text) = {
            let next = state.next;
            state.waiting.remove(&next)
        } {
            state.next += 1;
            print(&text);
        }
    }

    /// Runs the tests of one package; returns what is still to be printed and whether they failed.
    fn run(&self, number: usize, folder: &Path, program: &TestProgram) -> (Vec<u8>, bool) {
        let TestProgram { path, image, failure, .. } = program;
        let not_run = |line: String, failed: bool| {
            if !self.flags.json {
                return (line.into_bytes(), failed);
            }
            let (mut events, mut text) = (Converter::new(path), Vec::new());
            events.start(&mut text);
            events.write(line.as_bytes(), &mut text);
            events.finish(failed, 0.0, &mut text);
            (text, failed)
        };
        if self.is_over.load(Ordering::Relaxed) {
            return (Vec::new(), false);
        }
        let Some(image) = image else {
            return match failure {
                Some(Failure::Setup) => not_run(format!("FAIL\t{path} [setup failed]\n"), true),
                Some(Failure::Build) => not_run(format!("FAIL\t{path} [build failed]\n"), true),
                None => not_run(self.uncovered(number, program), false),
            };
        };
        let place = folder.join(number.to_string());
        let stem = path.rsplit('/').next().unwrap_or(path);
        let file = place.join(format!("{stem}.test"));
        let written = std::fs::create_dir_all(&place)
            .map_err(|error| format!("{}: {error}", place.display()))
            .and_then(|()| write_image(&file, image));
        if let Err(error) = written {
            return not_run(format!("{error}\nFAIL\t{path} [setup failed]\n"), true);
        }
        let cover = flags_of_cover(self.flags, &place, program);
        let result = match cover {
            Ok(cover) => self.execute(number, &file, program, cover.as_ref()),
            Err(error) => not_run(format!("{error}\nFAIL\t{path} [setup failed]\n"), true),
        };
        if result.1 && self.flags.fail_fast {
            self.is_over.store(true, Ordering::Relaxed);
        }
        // The folder above goes in the end; this makes room early.
        std::fs::remove_file(&file).ok();
        result
    }

    /// The line of a package without tests: with coverage that of its functions, of which none ran.
    fn uncovered(&self, number: usize, program: &TestProgram) -> String {
        let path = &program.path;
        let Some(uncovered) = &program.uncovered else {
            return format!("?   \t{path}\t[no test files]\n");
        };
        self.profile.add(number, uncovered.profile.clone());
        let percentage = if uncovered.n_stmts > 0 { "coverage: 0.0% of statements\n" } else { "" };
        format!("\t{path}\t\t{percentage}")
    }

    /// Runs a test program and words its result.
    fn execute(
        &self,
        number: usize,
        file: &Path,
        program: &TestProgram,
        cover: Option<&Place>,
    ) -> (Vec<u8>, bool) {
        let path = &program.path;
        let flags = self.flags;
        // What goes out as it comes is not looked at again.
        let is_stream = self.n_args == 0 || flags.has_bench || flags.fuzzes;
        let is_live = is_stream || (flags.json || flags.shows_pass()) && self.n_args == 1;
        let mut extra = Vec::new();
        if let (true, Some(dir)) = (flags.fuzzes, &self.fuzz_dir) {
            extra.push(format!("-test.fuzzcachedir={}", dir.join(path).display()));
        }
        let mut events = flags.json.then(|| Converter::new(path));
        let mut shown = Vec::new();
        if let Some(events) = &mut events {
            events.start(&mut shown);
        }
        let begin = Instant::now();
        let mut output = Vec::new();
        let ended = run_program(file, &program.dir, flags, cover, &extra, |bytes| {
            if !is_stream {
                output.extend(bytes);
            }
            match &mut events {
                Some(events) => events.write(bytes, &mut shown),
                None if is_live => shown.extend(bytes),
                None => {}
            }
            if is_live {
                print(&shown);
                shown.clear();
            }
        });
        let seconds = begin.elapsed().as_secs_f64();
        let mut tail = Vec::new();
        let mut failed = !matches!(&ended, Ok(None));
        if let Err(error) = cover.map_or(Ok(()), |place| self.profile.add_file(number, place)) {
            tail.extend(format!("{error}\n").into_bytes());
            failed = true;
        }
        if !output.is_empty() && !output.ends_with(b"\n") {
            tail.push(b'\n');
        }
        if events.is_none() && !is_live && (failed || flags.shows_pass()) {
            shown.extend(&output);
        }
        match &ended {
            Ok(None) => {
                let covered = cover.map_or(String::new(), |_| test_cover::percentage(&output));
                let note = note(&output);
                tail.extend(format!("ok  \t{path}\t{seconds:.3}s{covered}{note}\n").into_bytes());
            }
            Ok(Some(fault)) if fault.always || output.is_empty() => {
                tail.extend(format!("{}\n", fault.text).into_bytes());
            }
            Ok(Some(_)) => {}
            Err(error) => tail.extend(format!("{error}\n").into_bytes()),
        }
        if failed {
            let mark = if flags.json { "\u{16}" } else { "" };
            tail.extend(format!("{mark}FAIL\t{path}\t{seconds:.3}s\n").into_bytes());
        }
        match &mut events {
            Some(events) => {
                events.write(&tail, &mut shown);
                events.finish(failed, seconds, &mut shown);
            }
            None => shown.extend(tail),
        }
        (shown, failed)
    }
}

/// Makes room for what a test program counts, if it counts.
fn flags_of_cover(flags: &TestFlags, place: &Path, program: &TestProgram) -> Result<Option<Place>, String> {
    flags.cover.as_ref().map(|_| Place::create(place, program)).transpose()
}

/// What the line of a package says besides, by what its tests printed.
fn note(output: &[u8]) -> &'static str {
    let notes = [
        ("testing: warning: no tests to run\n", " [no tests to run]"),
        ("testing: warning: no fuzz tests to fuzz\n", " [no fuzz tests to fuzz]"),
        (
            "testing: warning: -fuzz matches more than one fuzz test, won't fuzz\n",
            "[-fuzz matches more than one fuzz test, won't fuzz]",
        ),
    ];
    let stands =
        |line: &str| output.split_inclusive(|byte| *byte == b'\n').any(|other| other == line.as_bytes());
    notes.into_iter().rev().find(|(line, _)| stands(line)).map_or("", |(_, note)| note)
}

/// Prints to standard output. A closed pipe is nobody's mistake.
fn print(bytes: &[u8]) {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(bytes).and_then(|()| stdout.flush()).ok();
}
