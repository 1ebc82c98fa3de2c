//! `rigo test`: builds the tests of packages, runs them and prints what `go test` prints.
//!
//! A test program writes both of its streams into one, as under `go test`. Packages are run side by side while others
//! are still being built; what they print comes in the order of the packages.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::sync::{Mutex, mpsc};
use std::time::{Duration, Instant};

use clap::ArgMatches;
use driver::Request;
use driver::build::Options;
use driver::output::write_image;
use driver::tests::{Failure, TestProgram};

use crate::test_flags::TestFlags;
use crate::test_json::Converter;
use crate::{build, check, progress, report};

/// Builds and runs the tests of the packages that the arguments name.
pub fn run(matches: &ArgMatches, flags: &TestFlags) -> Result<ExitCode, String> {
    let request = check::request(matches)?;
    let mut options = build::options(matches, &request.env)?;
    if flags.compile_only {
        return compile(&request, &options, flags);
    }
    // Nobody but a debugger would miss them.
    options.no_debug = true;
    let printer = Printer { flags, n_args: request.packages.len(), state: Mutex::default() };
    let folder = std::env::temp_dir().join(format!("rigo-test-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let (sender, receiver) = mpsc::channel::<(usize, TestProgram)>();
    let receiver = Mutex::new(receiver);
    let outcome = std::thread::scope(|scope| {
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
        let outcome = driver::tests::build(&request, &options, &progress::line(), |program| {
            sender.send((n_programs, program)).expect("the receiver outlives the threads");
            n_programs += 1;
        });
        drop(sender);
        outcome
    });
    std::fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    report::print(&outcome, true);
    let failed = printer.state.into_inner().expect("no holder panics").failed || !outcome.is_ok();
    if failed && !flags.json && printer.n_args > 0 {
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
    let outcome = driver::tests::build(request, options, &progress::line(), |program| {
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
    state: Mutex<Printed>,
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
        let Some(image) = image else {
            return match failure {
                Some(Failure::Setup) => not_run(format!("FAIL\t{path} [setup failed]\n"), true),
                Some(Failure::Build) => not_run(format!("FAIL\t{path} [build failed]\n"), true),
                None => not_run(format!("?   \t{path}\t[no test files]\n"), false),
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
        let result = self.execute(&file, program);
        // The folder above goes in the end; this makes room early.
        std::fs::remove_file(&file).ok();
        result
    }

    /// Runs a test program and words its result.
    fn execute(&self, file: &Path, program: &TestProgram) -> (Vec<u8>, bool) {
        let path = &program.path;
        let flags = self.flags;
        let is_live =
            self.n_args == 0 || flags.has_bench || (flags.json || flags.shows_pass()) && self.n_args == 1;
        let mut events = flags.json.then(|| Converter::new(path));
        let mut shown = Vec::new();
        if let Some(events) = &mut events {
            events.start(&mut shown);
        }
        let begin = Instant::now();
        let mut output = Vec::new();
        let ended = run_program(file, &program.dir, flags, |bytes| {
            output.extend(bytes);
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
        let failed = !matches!(&ended, Ok(None));
        if events.is_none() && !is_live && (failed || flags.shows_pass()) {
            shown.extend(&output);
        }
        match &ended {
            Ok(None) => {
                let note = b"testing: warning: no tests to run\n";
                let nothing_ran =
                    output.starts_with(note) || output.windows(note.len()).any(|part| part == note);
                let note = if nothing_ran { " [no tests to run]" } else { "" };
                tail.extend(format!("ok  \t{path}\t{seconds:.3}s{note}\n").into_bytes());
            }
            Ok(Some(status)) if output.is_empty() => tail.extend(format!("{status}\n").into_bytes()),
            Ok(Some(status)) if status.starts_with("***") => tail.extend(format!("{status}\n").into_bytes()),
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

/// Runs a test program to its end, giving what it writes to `each`. Returns why it failed, if it did.
fn run_program(
    file: &Path,
    dir: &Path,
    flags: &TestFlags,
    mut each: impl FnMut(&[u8]),
) -> Result<Option<String>, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", file.display());
    let (mut reader, writer) = std::io::pipe().map_err(failed)?;
    let mut words = flags.exec.clone();
    words.push(file.display().to_string());
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).args(&flags.program).current_dir(dir).env("PWD", dir);
    command.stdin(Stdio::null()).stdout(writer.try_clone().map_err(failed)?).stderr(writer);
    let mut child = command.spawn().map_err(failed)?;
    // Its ends of the pipe are open in this process as long as the command lives.
    drop(command);
    let watch = Watch::start(child.id(), flags.kill_after);
    let mut buffer = [0; 1 << 16];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => each(&buffer[..n]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(error)),
        }
    }
    let status = child.wait().map_err(failed)?;
    if let (true, Some(after)) = (watch.stop(), flags.kill_after) {
        return Ok(Some(format!(
            "*** Test killed with quit: ran too long ({}).",
            crate::test_flags::duration(after)
        )));
    }
    use std::os::unix::process::ExitStatusExt;
    Ok(match (status.code(), status.signal()) {
        (Some(0), _) => None,
        (Some(code), _) => Some(format!("exit status {code}")),
        (None, signal) => Some(format!("signal: {}", signal.unwrap_or_default())),
    })
}

/// A thread that ends a process which runs too long: first it may print its goroutines, then it is killed.
struct Watch {
    done: mpsc::Sender<()>,
    thread: std::thread::JoinHandle<bool>,
}

impl Watch {
    fn start(pid: u32, after: Option<Duration>) -> Watch {
        let (done, is_done) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let Some(after) = after else { return false };
            let send = |signal: &str| {
                // A process that has ended meanwhile needs no signal.
                Command::new("kill").args([signal, &pid.to_string()]).stderr(Stdio::null()).status().ok();
            };
            if is_done.recv_timeout(after) != Err(mpsc::RecvTimeoutError::Timeout) {
                return false;
            }
            send("-QUIT");
            if is_done.recv_timeout(Duration::from_secs(10)) == Err(mpsc::RecvTimeoutError::Timeout) {
                send("-KILL");
            }
            true
        });
        Watch { done, thread }
    }

    /// Ends the watch; reports whether it had to act.
    fn stop(self) -> bool {
        // The thread may have ended.
        self.done.send(()).ok();
        self.thread.join().unwrap_or(false)
    }
}

/// Prints to standard output. A closed pipe is nobody's mistake.
fn print(bytes: &[u8]) {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(bytes).and_then(|()| stdout.flush()).ok();
}
