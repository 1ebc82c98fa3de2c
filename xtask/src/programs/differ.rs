//! Builds one program in several ways, runs each image and compares.

use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::{Failure, Outcome, go};

/// A build or a run that takes longer than this is cut off, and that is its outcome.
const LIMIT: Duration = Duration::from_secs(60);

/// What a program wrote and how it ended.
#[derive(PartialEq, Eq, Debug)]
pub struct Ran {
    pub text: String,
    pub end: String,
}

/// How one of rigo's images is another program than gc's.
#[derive(PartialEq, Eq, Debug, Clone)]
pub enum Difference {
    /// rigo cannot build it: the flags, and what it said.
    Build(String, String),
    /// The flags, and the first line that differs, both ways.
    Run(String, String, String),
}

impl Difference {
    /// Whether two differences may have one cause: the same flags and the same stage.
    pub fn is_like(&self, other: &Difference) -> bool {
        match (self, other) {
            (Difference::Build(a, _), Difference::Build(b, _)) => a == b,
            (Difference::Run(a, ..), Difference::Run(b, ..)) => a == b,
            _ => false,
        }
    }
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Difference::Build(flags, text) => write!(f, "rigo build {flags} fails:\n{text}"),
            Difference::Run(flags, want, got) => {
                write!(f, "rigo build {flags}\n  gc:   {want}\n  rigo: {got}")
            }
        }
    }
}

/// A folder in which programs are built, and the compilers.
pub struct Differ {
    pub folder: PathBuf,
    pub rigo: PathBuf,
    /// The flags of each of rigo's builds.
    pub modes: Vec<&'static str>,
}

impl Differ {
    /// Compares; `Ok(None)` if all images are the same, `Err` if gc does not build the program.
    pub fn compare(&self, source: &str) -> Outcome<Option<Difference>> {
        let file = self.folder.join("main.go");
        std::fs::write(&file, source).map_err(|e| Failure::new(format!("{}: {e}", file.display())))?;
        let image = self.folder.join("gc.image");
        let mut command = go::go()?;
        command.args(["build", "-o"]).arg(&image).arg(&file);
        let built = run(&mut command)?;
        if built.end != "exit 0" {
            return Err(Failure::new(format!("gc does not build {}:\n{}", file.display(), built.text)));
        }
        let want = run(&mut Command::new(&image))?;
        for &flags in &self.modes {
            let found = self.compare_mode(&file, flags, &want)?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    fn compare_mode(&self, file: &Path, flags: &str, want: &Ran) -> Outcome<Option<Difference>> {
        let image = self.folder.join("rigo.image");
        let mut command = Command::new(&self.rigo);
        command.arg("build").args(flags.split_whitespace()).arg("-o").arg(&image).arg(file);
        command.env("GOROOT", go::goroot()?).env("GOFLAGS", "");
        let built = run(&mut command)?;
        if built.end != "exit 0" {
            return Ok(Some(Difference::Build(flags.into(), built.text + &built.end)));
        }
        let got = run(&mut Command::new(&image))?;
        if got == *want {
            return Ok(None);
        }
        let mut want_lines = want.text.lines().chain([want.end.as_str()]);
        let mut got_lines = got.text.lines().chain([got.end.as_str()]);
        loop {
            let (want, got) = (want_lines.next(), got_lines.next());
            if want != got || want.is_none() {
                let text = |line: Option<&str>| line.unwrap_or("(nothing)").to_string();
                return Ok(Some(Difference::Run(flags.into(), text(want), text(got))));
            }
        }
    }

    /// Whether gc and rigo still differ in the like way; gc has the last word on whether it is a program.
    pub fn still_differs(&self, source: &str, known: &Difference) -> bool {
        self.compare(source).is_ok_and(|found| found.is_some_and(|found| found.is_like(known)))
    }
}

/// Leaves out of the report of a panic what holds addresses: all behind the program counter of a signal or behind
/// the limit that a stack went over, and all from `goroutine` on.
fn without_addresses(text: &str) -> String {
    let text = &text[..text.find("\ngoroutine ").map_or(text.len(), |at| at + 1)];
    let signal = text.find("\n[signal ").and_then(|at| text[at..].find(" pc=").map(|pc| at + pc));
    let end = signal.or_else(|| text.find("\nruntime: sp=")).unwrap_or(text.len());
    text[..end].to_string()
}

/// Runs a command with both its outputs in one pipe.
fn run(command: &mut Command) -> Outcome<Ran> {
    let failed = |e: std::io::Error| Failure::new(format!("{}: {e}", command.get_program().display()));
    let (mut reader, writer) = std::io::pipe().map_err(failed)?;
    let failed = |e: std::io::Error| Failure::new(e.to_string());
    let other = writer.try_clone().map_err(failed)?;
    let mut child = command.stdin(Stdio::null()).stdout(writer).stderr(other).spawn().map_err(failed)?;
    // The command holds the writing ends; the reader would wait for them.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let text = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // Of a program that writes without end the beginning is enough.
        reader.by_ref().take(1 << 20).read_to_end(&mut bytes)?;
        std::io::copy(&mut reader, &mut std::io::sink()).map(|_| bytes)
    });
    let deadline = Instant::now() + LIMIT;
    let mut was_late = false;
    let mut pause = Duration::from_micros(200);
    let status = loop {
        if let Some(status) = child.try_wait().map_err(failed)? {
            break status;
        }
        if Instant::now() > deadline && !was_late {
            was_late = true;
            child.kill().map_err(failed)?;
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(4));
    };
    let bytes = text.join().expect("the reader does not panic").map_err(failed)?;
    let text = without_addresses(&String::from_utf8_lossy(&bytes));
    let end = match status.code() {
        _ if was_late => format!("not done after {} s", LIMIT.as_secs()),
        Some(code) => format!("exit {code}"),
        None => format!("signal {}", status.signal().unwrap_or_default()),
    };
    Ok(Ran { text, end })
}
