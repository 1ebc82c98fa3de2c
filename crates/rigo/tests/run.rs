//! Programs of `tests/run`: what they print and how they end is what gc's binary prints and how it ends, optimised
//! or not.
//!
//! `NAME.out` holds the standard output, the standard error and the exit status. `RIGO_BLESS=1` writes it from gc;
//! `RIGO_RUN=TEXT` takes only the programs whose name contains the text. Of a report of a panic the lines from
//! `goroutine` on are left out: they hold addresses.
//!
//! linux/riscv64 is run by qemu-user, wherever this is not a machine of that kind.

mod programs;

use std::path::{Path, PathBuf};
use std::process::Command;

use programs::{build, difference, outcome};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/run")
}

/// The emulator of linux/riscv64.
const QEMU_RISCV64: &str = "qemu-riscv64";

/// Leaves out what holds addresses: of a report of a panic the lines from `goroutine` on.
fn without_report(stderr: &str) -> String {
    stderr[..stderr.find("\ngoroutine ").map_or(stderr.len(), |at| at + 1)].into()
}

fn check(source: &Path, scratch: &Path, target: &str) -> Result<(), String> {
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
    // Unoptimised code is much the same on every processor, and the emulator is slow.
    let modes: &[&str] = if target == "linux/amd64" { &["-N=false", "-N"] } else { &["-N=false"] };
    for mode in modes {
        build(Command::new(rigo).args(["build", mode, "-target", target, "-o"]).arg(&binary).arg(source))?;
        let mut command = Command::new(&binary);
        if target == "linux/riscv64" && cfg!(not(target_arch = "riscv64")) {
            command = Command::new(QEMU_RISCV64);
            command.arg(&binary);
        }
        let got = outcome(&mut command, without_report);
        if got != want {
            return Err(format!("{mode}: {}", difference(&want, &got)));
        }
    }
    Ok(())
}

#[test]
fn programs_behave_as_those_of_gc() {
    check_all("linux/amd64");
}

#[test]
fn programs_on_riscv64_behave_as_those_of_gc() {
    if std::env::var_os("RIGO_BLESS").is_none() {
        check_all("linux/riscv64");
    }
}

fn check_all(target: &str) {
    let name = target.replace('/', "-");
    let scratch = std::env::temp_dir().join(format!("rigo-tests-run-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&scratch).expect("the temporary folder takes files");
    let filter = std::env::var("RIGO_RUN").unwrap_or_default();
    let entries = std::fs::read_dir(folder()).expect("tests/run exists");
    let mut sources: Vec<PathBuf> = entries.map(|entry| entry.expect("it is read").path()).collect();
    sources.retain(|path| path.extension().is_some_and(|ext| ext == "go"));
    sources.retain(|path| path.to_string_lossy().contains(&filter));
    sources.sort();
    let mut wrong = Vec::new();
    for source in &sources {
        if let Err(text) = check(source, &scratch, target) {
            let name = source.file_name().unwrap_or_default().to_string_lossy();
            wrong.push(format!("--- {name}: {text}"));
        }
    }
    std::fs::remove_dir_all(&scratch).expect("the folder is ours");
    assert!(wrong.is_empty(), "{} of {} are wrong\n{}", wrong.len(), sources.len(), wrong.join("\n"));
}
