//! Building programs, running them, and comparing what they did.

#![allow(dead_code)] // each test uses a part of it

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a program printed and how it ended: standard output, standard error as `shown` makes it, and exit status.
pub fn outcome(program: &mut Command, shown: impl Fn(&str) -> String) -> String {
    program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = program
        .spawn()
        .unwrap_or_else(|error| panic!("{program:?}: {error}; `cargo xtask setup` installs emulators"));
    let deadline = Instant::now() + Duration::from_secs(60);
    // The programs print less than a pipe holds.
    while child.try_wait().expect("the child is ours").is_none() {
        if Instant::now() > deadline {
            child.kill().expect("the child is ours");
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    let out = child.wait_with_output().expect("the child is ours");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let stderr = shown(&text(&out.stderr));
    let signal = std::os::unix::process::ExitStatusExt::signal(&out.status);
    let end = out.status.code().map_or_else(|| format!("{signal:?}"), |code| code.to_string());
    format!("{}-- stderr\n{}-- exit {end}\n", text(&out.stdout), stderr)
}

/// Runs a compiler, which must succeed.
pub fn build(command: &mut Command) -> Result<(), String> {
    let out = command.output().map_err(|error| error.to_string())?;
    if out.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&out.stderr).into_owned() + &String::from_utf8_lossy(&out.stdout))
}

/// Says where two texts differ.
pub fn difference(want: &str, got: &str) -> String {
    let (mut want_lines, mut got_lines, mut number) = (want.lines(), got.lines(), 0);
    loop {
        number += 1;
        match (want_lines.next(), got_lines.next()) {
            (None, None) => return "line ends differ".into(),
            (want, got) if want != got => return format!("line {number}: want {want:?}, got {got:?}"),
            _ => {}
        }
    }
}

/// Leaves out what holds addresses: of a report of a panic the lines from `goroutine` on.
fn without_report(stderr: &str) -> String {
    stderr[..stderr.find("\ngoroutine ").map_or(stderr.len(), |at| at + 1)].into()
}

/// Compares a program with what gc's printed. `RIGO_BLESS` runs gc's again, on the machine itself.
fn check(source: &Path, scratch: &Path, target: &str, emulator: &[&str]) -> Result<(), String> {
    let name = source.file_stem().expect("it has a name").to_string_lossy().into_owned();
    let binary = scratch.join(&name);
    let golden = source.with_extension("out");
    if std::env::var_os("RIGO_BLESS").is_some() {
        build(Command::new("go").args(["build", "-o"]).arg(&binary).arg(source))?;
        return std::fs::write(golden, outcome(&mut Command::new(&binary), without_report))
            .map_err(|error| error.to_string());
    }
    let rigo = env!("CARGO_BIN_EXE_rigo");
    let want = std::fs::read_to_string(golden).map_err(|error| error.to_string())?;
    // Unoptimised code is much the same on every processor, and emulators are slow.
    let modes: &[&str] = if emulator.is_empty() { &["-N=false", "-N"] } else { &["-N=false"] };
    for mode in modes {
        build(Command::new(rigo).args(["build", mode, "-target", target, "-o"]).arg(&binary).arg(source))?;
        // What the program does is the same with both families of waiting; once is enough to see it.
        let both = emulator.is_empty() && *mode == "-N=false";
        for family in if both { &["futexes", "semaphores"][..] } else { &["futexes"] } {
            let mut command = match emulator {
                [] => Command::new(&binary),
                [program, arguments @ ..] => {
                    let mut command = Command::new(program);
                    command.args(arguments).arg(&binary);
                    command
                }
            };
            let got = outcome(command.env("RIGO_WAIT", family), without_report);
            if got != want {
                return Err(format!("{mode}, {family}: {}", difference(&want, &got)));
            }
        }
    }
    Ok(())
}

/// Programs that run themselves anew, which the kernel does only with images for its own processor.
const RUN_THEMSELVES: [&str; 1] = ["crash_output_and_heap_dump"];

/// Compares every program of `tests/run`, built for a target, with what gc's printed.
pub fn check_all(target: &str, emulator: &[&str]) {
    let name = target.replace('/', "-");
    let scratch = std::env::temp_dir().join(format!("rigo-tests-run-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&scratch).expect("the temporary folder takes files");
    let filter = std::env::var("RIGO_RUN").unwrap_or_default();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/run");
    let entries = std::fs::read_dir(folder).expect("tests/run exists");
    let mut sources: Vec<PathBuf> = entries.map(|entry| entry.expect("it is read").path()).collect();
    sources.retain(|path| path.extension().is_some_and(|ext| ext == "go"));
    sources.retain(|path| path.to_string_lossy().contains(&filter));
    if !emulator.is_empty() {
        sources.retain(|path| RUN_THEMSELVES.iter().all(|name| path.file_stem() != Some(name.as_ref())));
    }
    sources.sort();
    let mut wrong = Vec::new();
    for source in &sources {
        if let Err(text) = check(source, &scratch, target, emulator) {
            let name = source.file_name().unwrap_or_default().to_string_lossy();
            wrong.push(format!("--- {name}: {text}"));
        }
    }
    std::fs::remove_dir_all(&scratch).expect("the folder is ours");
    assert!(wrong.is_empty(), "{} of {} are wrong\n{}", wrong.len(), sources.len(), wrong.join("\n"));
}
