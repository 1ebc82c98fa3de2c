//! The programs of `examples/`: what they print and how they end is what gc's binaries print and how they end.
//!
//! `expected.txt` in a program's folder is the record of gc's; `RIGO_BLESS=1` writes it. Where the go command is
//! installed its binary is run too and compared with the record. `arguments.txt` holds a program's arguments; it runs in `examples`.

mod programs;

use std::path::{Path, PathBuf};
use std::process::Command;

use programs::{build, difference, outcome};

/// Leaves out of a traceback what differs between compilers and machines: arguments, addresses, folders.
fn plain_traceback(stderr: &str) -> String {
    let Some(at) = stderr.find("\ngoroutine ") else { return stderr.into() };
    let plain = stderr[at..].lines().map(|line| match line.strip_prefix('\t') {
        Some(place) => format!(
            "\t{}",
            place.split(" +0x").next().unwrap_or(place).rsplit('/').next().unwrap_or_default()
        ),
        None => line.split_once('(').map_or(line, |(func, _)| func).into(),
    });
    stderr[..at].to_string() + &plain.collect::<Vec<_>>().join("\n") + "\n"
}

/// Builds the program in `folder` with a compiler and runs it.
fn run(compiler: &mut Command, folder: &Path, binary: &Path) -> Result<String, String> {
    let examples = folder.parent().expect("it lies in examples");
    build(compiler.args(["build", "-o"]).arg(binary).arg(".").current_dir(folder))?;
    let arguments = std::fs::read_to_string(folder.join("arguments.txt")).unwrap_or_default();
    let mut program = Command::new(binary);
    Ok(outcome(program.args(arguments.split_whitespace()).current_dir(examples), plain_traceback))
}

fn check(folder: &Path, scratch: &Path, has_go: bool) -> Result<(), String> {
    let binary = scratch.join(folder.file_name().expect("it has a name"));
    let recorded = folder.join("expected.txt");
    if has_go {
        let of_gc = run(Command::new("go").env("CGO_ENABLED", "0"), folder, &binary)?;
        if std::env::var_os("RIGO_BLESS").is_some() {
            std::fs::write(&recorded, &of_gc).map_err(|error| error.to_string())?;
        }
        let record = std::fs::read_to_string(&recorded).map_err(|error| error.to_string())?;
        if of_gc != record {
            return Err(format!("gc against the record: {}", difference(&record, &of_gc)));
        }
    }
    let want = std::fs::read_to_string(recorded).map_err(|error| error.to_string())?;
    let got = run(&mut Command::new(env!("CARGO_BIN_EXE_rigo")), folder, &binary)?;
    if got == want { Ok(()) } else { Err(difference(&want, &got)) }
}

#[test]
fn examples_behave_as_with_gc() {
    let scratch = std::env::temp_dir().join(format!("rigo-examples-{}", std::process::id()));
    std::fs::create_dir_all(&scratch).expect("the temporary folder takes files");
    let has_go = Command::new("go").arg("version").output().is_ok_and(|out| out.status.success());
    if !has_go {
        eprintln!("there is no go command: compared with the recorded output alone");
    }
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let entries = std::fs::read_dir(examples.canonicalize().expect("it exists")).expect("it is read");
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.expect("it is read").path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    assert!(folders.len() >= 8, "examples are missing: {folders:?}");
    let checked = folders.iter().filter_map(|folder| {
        let error = check(folder, &scratch, has_go).err()?;
        Some(format!("--- {}: {error}", folder.display()))
    });
    let wrong: Vec<String> = checked.collect();
    std::fs::remove_dir_all(&scratch).expect("the folder is ours");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
