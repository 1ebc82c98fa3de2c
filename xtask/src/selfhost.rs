//! `cargo xtask selfhost`: two compilers written in Go compile themselves, after rigo compiled them.
//!
//! Each generation is made by the one before; the first is rigo's. A compiler that rigo compiled wrongly gives other
//! assembly in its second generation than in its third, or fails before. How generations are made follows
//! the projects' own Makefiles. `as` and `ld` of binutils are used by these compilers, not by rigo.
//!
//! The sources come from the module proxy. Where it does not have them, RIGO_SELFHOST names a folder with checkouts
//! `babygo` and `minigo`.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::process::{output, rigo, scratch, text};
use crate::{Failure, Outcome, go};

/// A compiler: its name below `github.com/DQNEO`, the version that is taken, and its check.
type Project = (&'static str, &'static str, fn(&Path, &Path, &Path) -> Outcome);

const PROJECTS: [Project; 2] = [
    ("babygo", "v0.4.2-0.20240425111235-c1b200077475", babygo),
    ("minigo", "v0.0.0-20210216160519-5ab7420fbca2", minigo),
];

/// Runs both, or the one that is named.
pub fn run(arguments: &[&str]) -> Outcome {
    let wanted = |name: &str| arguments.is_empty() || arguments.contains(&name);
    if let Some(stranger) = arguments.iter().find(|a| !PROJECTS.iter().any(|(name, ..)| name == *a)) {
        return Err(Failure::usage(format!("selfhost: there is no {stranger}")));
    }
    let rigo = rigo()?;
    let scratch = scratch("selfhost")?;
    for (name, version, check) in PROJECTS.iter().filter(|(name, ..)| wanted(name)) {
        let source = source(name, version, &scratch)?;
        // Both find their packages below GOPATH.
        let gopath = scratch.join("gopath");
        let folder = gopath.join("src/github.com/DQNEO").join(name);
        copy(&source, &folder)?;
        let go_mod = folder.join("go.mod");
        if !go_mod.exists() {
            write(&go_mod, &format!("module github.com/DQNEO/{name}\n\ngo 1.20\n"))?;
        }
        let first = scratch.join(name);
        text(
            go::environment(&mut Command::new(&rigo))?
                .arg("build")
                .arg("-o")
                .arg(&first)
                .current_dir(&folder),
        )?;
        check(&scratch, &folder, &gopath)?;
    }
    Ok(())
}

/// Returns the folder of a project's sources.
fn source(name: &str, version: &str, scratch: &Path) -> Outcome<PathBuf> {
    if let Some(folder) = std::env::var_os("RIGO_SELFHOST") {
        return Ok(PathBuf::from(folder).join(name));
    }
    let module = format!("github.com/DQNEO/{name}@{version}");
    let fetched = output(go::go()?.args(["mod", "download", "-json", &module]).current_dir(scratch))?;
    let answer: Value = serde_json::from_slice(&fetched.stdout).unwrap_or_default();
    match (answer["Dir"].as_str(), answer["Error"].as_str()) {
        (Some(dir), _) => Ok(dir.into()),
        (None, error) => Err(Failure::usage(format!(
            "selfhost: {module} cannot be had: {}\nRIGO_SELFHOST names a folder with checkouts `babygo` and `minigo`",
            error.unwrap_or("go mod download says nothing")
        ))),
    }
}

/// Copies a folder, writable: the module cache is not.
fn copy(from: &Path, to: &Path) -> Outcome {
    let parent = to.parent().expect("it lies below GOPATH");
    std::fs::create_dir_all(parent).map_err(|e| Failure::new(format!("{}: {e}", parent.display())))?;
    text(Command::new("cp").args(["-r", "--no-preserve=mode"]).arg(from).arg(to)).map(drop)
}

fn write(path: &Path, text: &str) -> Outcome {
    std::fs::write(path, text).map_err(|e| Failure::new(format!("{}: {e}", path.display())))
}

fn read(path: &Path) -> Outcome<Vec<u8>> {
    std::fs::read(path).map_err(|e| Failure::new(format!("{}: {e}", path.display())))
}

/// `babygo`, then `bb` made by it, then `bbb` made by `bb`, and the project's test program made by the first two.
fn babygo(scratch: &Path, folder: &Path, gopath: &Path) -> Outcome {
    let work = |name: &str| scratch.join(format!("{name}.d"));
    for (compiler, name, package) in
        [("babygo", "bb", "./"), ("bb", "bbb", "./"), ("babygo", "bt", "./t"), ("bb", "bbt", "./t")]
    {
        let mut build = Command::new(scratch.join(compiler));
        build.args(["build", "-o"]).arg(scratch.join(name)).arg(package);
        text(build.current_dir(folder).env("GOPATH", gopath).env("WORKDIR", work(name)))?;
    }
    let want = read(&folder.join("t/expected.txt"))?;
    for test in ["bt", "bbt"] {
        let mut program = Command::new(scratch.join(test));
        let got = text(program.arg("myargs").env("FOO", "bar").current_dir(folder))?;
        if got.as_bytes() != want {
            return Err(Failure::new(format!("babygo: the output of {test} is not t/expected.txt")));
        }
    }
    let (second, third) = (assembly(&work("bb"))?, assembly(&work("bbb"))?);
    if second.is_empty() || second != third {
        return Err(Failure::new("babygo: the assembly of the second and third generation differ"));
    }
    let bytes: usize = second.iter().map(|(_, text)| text.len()).sum();
    println!(
        "babygo: its tests pass; {bytes} bytes of assembly in {} files are the same in generations 2 and 3",
        second.len()
    );
    Ok(())
}

/// The names and texts of the assembly files in a folder, sorted.
fn assembly(dir: &Path) -> Outcome<Vec<(PathBuf, Vec<u8>)>> {
    let failed = |e: std::io::Error| Failure::new(format!("{}: {e}", dir.display()));
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|ext| ext == "s") {
            files.push((PathBuf::from(path.file_name().unwrap_or_default()), read(&path)?));
        }
    }
    files.sort();
    Ok(files)
}

/// `minigo` gives `minigo.s`; that assembled gives `minigo2.s`; that assembled gives `minigo3.s`.
fn minigo(scratch: &Path, folder: &Path, gopath: &Path) -> Outcome {
    let failed = |e: std::io::Error| Failure::new(format!("{}: {e}", folder.display()));
    let mut sources = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".go") && name.starts_with(|c: char| c.is_ascii_lowercase()) {
            sources.push(name);
        }
    }
    sources.sort();
    let generate = |compiler: &str, flags: &[&str]| -> Outcome<String> {
        let mut command = Command::new(scratch.join(compiler));
        text(command.args(flags).args(&sources).current_dir(folder).env("GOPATH", gopath))
    };
    let assemble = |name: &str, assembly: &str| -> Outcome {
        let path = |extension: &str| scratch.join(format!("{name}.{extension}"));
        write(&path("s"), assembly)?;
        text(Command::new("as").arg("-o").arg(path("o")).arg(path("s")))?;
        text(Command::new("ld").arg("-o").arg(scratch.join(name)).arg(path("o"))).map(drop)
    };
    assemble("minigo2", &generate("minigo", &["--position"])?)?;
    let second = generate("minigo2", &[])?;
    assemble("minigo3", &second)?;
    let third = generate("minigo3", &[])?;
    if second != third {
        return Err(Failure::new("minigo: minigo2.s and minigo3.s differ"));
    }
    println!("minigo: minigo2.s and minigo3.s are the same {} bytes", second.len());
    Ok(())
}
