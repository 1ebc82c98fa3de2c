//! Builds one program in several ways, runs each image and compares.

use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::{Failure, Outcome, go};

/// A run that takes longer than this is cut off, and that is its outcome.
const RUN_LIMIT: Duration = Duration::from_secs(60);
/// The same for a compiler; what a busy machine takes is no fault.
const BUILD_LIMIT: Duration = Duration::from_secs(300);

/// What a program wrote and how it ended.
#[derive(PartialEq, Eq, Debug)]
pub struct Ran {
    pub text: String,
    pub end: String,
}

/// How rigo runs a program, with its flags.
#[derive(PartialEq, Eq, Debug, Clone, Copy)]
pub enum Way {
    /// As an image.
    Build(&'static str),
    /// In the interpreter of SSA.
    Interpret(&'static str),
}

impl Way {
    /// All of them.
    pub const ALL: [Way; 4] = [Way::Build(""), Way::Build("-N"), Way::Interpret(""), Way::Interpret("-N")];
    /// Those for programs with goroutines.
    pub const BUILDS: [Way; 2] = [Way::Build(""), Way::Build("-N")];
}

impl std::fmt::Display for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Way::Build(flags) => write!(f, "rigo build {flags}"),
            Way::Interpret(flags) => write!(f, "interpret {flags}"),
        }
    }
}

/// How rigo makes another program of the source than gc.
#[derive(PartialEq, Eq, Debug, Clone)]
pub enum Difference {
    /// rigo cannot build or interpret it; what it said.
    Build(Way, String),
    /// The first line that differs: gc's and rigo's.
    Run(Way, String, String),
}

/// What comparing a program came to.
pub enum Compared {
    /// Nobody differs; how the interpreter's runs ended.
    Same(Vec<String>),
    /// rigo differs from what gc makes when it optimises, which is not what gc makes without: nobody says what is right.
    Unclear,
    Different(Difference),
}

/// How the interpreter ends a program that it runs as a whole.
pub const TO_ITS_END: &str = "to its end";
/// What begins the interpreter's last line.
const INTERPRETED: &str = "interpret: ";
/// The exit status of the interpreter when a program needs what it does not have.
const CUT_SHORT: &str = "exit 3";

impl Difference {
    /// Whether two differences may have one cause: the same way and the same stage.
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
            Difference::Build(way, text) => write!(f, "{way} fails:\n{text}"),
            Difference::Run(way, want, got) => write!(f, "{way}\n  gc:   {want}\n  rigo: {got}"),
        }
    }
}

/// A folder in which programs are built, and the compilers.
pub struct Differ {
    pub folder: PathBuf,
    pub rigo: PathBuf,
    /// The command that interprets.
    pub interpreter: PathBuf,
}

impl Differ {
    /// Compares until one differs; `Err` if gc does not build the program.
    pub fn compare(&self, source: &str, ways: &[Way]) -> Outcome<Compared> {
        let file = self.folder.join("main.go");
        std::fs::write(&file, source).map_err(|e| Failure::new(format!("{}: {e}", file.display())))?;
        let want = self.gc(&file, "")?;
        let mut ends = Vec::new();
        for &way in ways {
            let found = match way {
                Way::Build(flags) => self.compare_image(&file, flags, way, &want)?,
                Way::Interpret(flags) => self.interpret(&file, flags, way, &want, &mut ends)?,
            };
            if let Some(difference) = found {
                let is_build = matches!(difference, Difference::Build(..));
                let is_clear = is_build || self.gc(&file, "-N -l")? == want;
                return Ok(if is_clear { Compared::Different(difference) } else { Compared::Unclear });
            }
        }
        Ok(Compared::Same(ends))
    }

    /// What gc's image does; its failure if it builds none.
    fn gc(&self, file: &Path, flags: &str) -> Outcome<Ran> {
        let image = self.folder.join("gc.image");
        let mut command = go::go()?;
        command.args(["build", "-gcflags", flags, "-o"]).arg(&image).arg(file);
        let built = run(&mut command, BUILD_LIMIT)?;
        if built.end != "exit 0" {
            return Err(Failure::new(format!("gc does not build {}:\n{}", file.display(), built.text)));
        }
        run(&mut Command::new(&image), RUN_LIMIT)
    }

    fn interpret(
        &self,
        file: &Path,
        flags: &str,
        way: Way,
        want: &Ran,
        ends: &mut Vec<String>,
    ) -> Outcome<Option<Difference>> {
        let mut command = Command::new(&self.interpreter);
        command.args(flags.split_whitespace()).arg(file).env("GOROOT", go::goroot()?);
        let ran = run(&mut command, BUILD_LIMIT)?;
        let Some((text, end)) = ran.text.rsplit_once(INTERPRETED) else {
            return Ok(Some(Difference::Build(way, ran.text + &ran.end)));
        };
        ends.push(end.trim_end().to_string());
        // A run that was cut short is right as far as it went, perhaps into a line.
        let is_right = match ran.end.as_str() {
            "exit 0" => text == want.text && want.end == "exit 0",
            CUT_SHORT => want.text.starts_with(text),
            _ => false,
        };
        if is_right {
            return Ok(None);
        }
        Ok(Some(first_difference(way, want, &Ran { text: text.into(), end: end.trim_end().into() })))
    }

    fn compare_image(&self, file: &Path, flags: &str, way: Way, want: &Ran) -> Outcome<Option<Difference>> {
        let image = self.folder.join("rigo.image");
        let mut command = Command::new(&self.rigo);
        command.arg("build").args(flags.split_whitespace()).arg("-o").arg(&image).arg(file);
        command.env("GOROOT", go::goroot()?).env("GOFLAGS", "");
        let built = run(&mut command, BUILD_LIMIT)?;
        if built.end != "exit 0" {
            return Ok(Some(Difference::Build(way, built.text + &built.end)));
        }
        let got = run(&mut Command::new(&image), RUN_LIMIT)?;
        Ok((got != *want).then(|| first_difference(way, want, &got)))
    }

    /// Whether gc and rigo still differ in the like way; gc has the last word on whether it is a program.
    pub fn still_differs(&self, source: &str, known: &Difference) -> bool {
        let (Difference::Build(way, _) | Difference::Run(way, ..)) = known;
        let found = self.compare(source, &[*way]);
        matches!(found, Ok(Compared::Different(found)) if found.is_like(known))
    }
}

fn first_difference(way: Way, want: &Ran, got: &Ran) -> Difference {
    let mut want_lines = want.text.lines().chain([want.end.as_str()]);
    let mut got_lines = got.text.lines().chain([got.end.as_str()]);
    loop {
        let (want, got) = (want_lines.next(), got_lines.next());
        if want != got || want.is_none() {
            let text = |line: Option<&str>| line.unwrap_or("(nothing)").to_string();
            return Difference::Run(way, text(want), text(got));
        }
    }
}

/// Leaves out of the report of a panic what holds addresses: the program counter of a signal, and all from
/// `goroutine`, or the stack that overflowed, on.
fn without_addresses(text: &str) -> String {
    let ends = ["\ngoroutine ", "\nruntime: sp="].iter().filter_map(|end| text.find(end));
    let text = &text[..ends.min().map_or(text.len(), |at| at + 1)];
    match text.find("\n[signal ").and_then(|at| text[at..].find(" pc=").map(|pc| at + pc)) {
        Some(pc) => text[..pc].to_string(),
        None => text.to_string(),
    }
}

/// Runs a command with both its outputs in one pipe.
fn run(command: &mut Command, limit: Duration) -> Outcome<Ran> {
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
    let deadline = Instant::now() + limit;
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
        _ if was_late => format!("not done after {} s", limit.as_secs()),
        Some(code) => format!("exit {code}"),
        None => format!("signal {}", status.signal().unwrap_or_default()),
    };
    Ok(Ran { text, end })
}
