//! Programs of `tests/run`: what they print and how they end is what gc's binary prints and how it ends, optimised
//! or not.
//!
//! `NAME.out` holds the standard output, the standard error and the exit status. `RIGO_BLESS=1` writes it from gc;
//! `RIGO_RUN=TEXT` takes only the programs whose name contains the text. Of a report of a panic the lines from
//! `goroutine` on are left out: they hold addresses.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/run")
}

/// What a program printed and how it ended.
fn outcome(program: &Path) -> String {
    let mut child = Command::new(program)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
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
    let stderr = text(&out.stderr);
    let report = stderr.find("\ngoroutine ").map_or(stderr.len(), |at| at + 1);
    let signal = std::os::unix::process::ExitStatusExt::signal(&out.status);
    let end = out.status.code().map_or_else(|| format!("{signal:?}"), |code| code.to_string());
    format!("{}-- stderr\n{}-- exit {end}\n", text(&out.stdout), &stderr[..report])
}

fn build(command: &mut Command) -> Result<(), String> {
    let out = command.output().map_err(|error| error.to_string())?;
    if out.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&out.stderr).into_owned() + &String::from_utf8_lossy(&out.stdout))
}

fn check(source: &Path, scratch: &Path) -> Result<(), String> {
    let name = source.file_stem().expect("it has a name").to_string_lossy().into_owned();
    let binary = scratch.join(&name);
    let golden = source.with_extension("out");
    if std::env::var_os("RIGO_BLESS").is_some() {
        build(Command::new("go").args(["build", "-o"]).arg(&binary).arg(source))?;
        return std::fs::write(golden, outcome(&binary)).map_err(|error| error.to_string());
    }
    let rigo = env!("CARGO_BIN_EXE_rigo");
    let want = std::fs::read_to_string(golden).map_err(|error| error.to_string())?;
    for mode in ["-N=false", "-N"] {
        build(Command::new(rigo).args(["build", mode, "-o"]).arg(&binary).arg(source))?;
        let got = outcome(&binary);
        if got != want {
            return Err(format!("{mode}: {}", difference(&want, &got)));
        }
    }
    Ok(())
}

fn difference(want: &str, got: &str) -> String {
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

#[test]
fn programs_behave_as_those_of_gc() {
    let scratch = std::env::temp_dir().join(format!("rigo-tests-run-{}", std::process::id()));
    std::fs::create_dir_all(&scratch).expect("the temporary folder takes files");
    let filter = std::env::var("RIGO_RUN").unwrap_or_default();
    let entries = std::fs::read_dir(folder()).expect("tests/run exists");
    let mut sources: Vec<PathBuf> = entries.map(|entry| entry.expect("it is read").path()).collect();
    sources.retain(|path| path.extension().is_some_and(|ext| ext == "go"));
    sources.retain(|path| path.to_string_lossy().contains(&filter));
    sources.sort();
    let mut wrong = Vec::new();
    for source in &sources {
        if let Err(text) = check(source, &scratch) {
            let name = source.file_name().unwrap_or_default().to_string_lossy();
            wrong.push(format!("--- {name}: {text}"));
        }
    }
    std::fs::remove_dir_all(&scratch).expect("the folder is ours");
    assert!(wrong.is_empty(), "{} of {} are wrong\n{}", wrong.len(), sources.len(), wrong.join("\n"));
}
