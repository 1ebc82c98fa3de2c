//! From a checked program to an image: lower, generate code, link.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use codegen::Options;
use load::Test;
use obj::{Machine, Object};
use source::{Code, Diagnostic};
use target::{Arch, Os, Target};
use types::session::FIRST;

use crate::front::{self, Front};
use crate::progress::Progress;
use crate::{Outcome, Report, Request, Tests};

/// The runtime for linux/amd64, as `build.rs` built it.
static LINUX_AMD64: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/linux-amd64.a"));

/// What a build gives: what is wrong, or the bytes of an executable file.
pub struct Built {
    /// What is wrong, as after [`crate::check`].
    pub outcome: Outcome,
    /// The image; `None` when something is wrong, and for packages that are no program.
    pub image: Option<Vec<u8>>,
    /// The name that the executable has by default: that of the folder or of the first file.
    pub name: String,
}

/// Builds the one program that the request names.
pub fn build(request: &Request, strip: bool, progress: &Progress) -> Built {
    let mut request = request.clone();
    request.implicit.extend(lower::IMPLICIT.iter().map(|path| path.to_string()));
    let result = front::run(&request, progress, |front| {
        if !front.outcome.is_ok() {
            return (Err(Vec::new()), String::new());
        }
        (program(&front, strip), name(&front))
    });
    let (mut outcome, (image, name)) = match result {
        Ok((outcome, (image, name))) => (outcome, (image, name)),
        Err(outcome) => return Built { outcome, image: None, name: String::new() },
    };
    match image {
        Ok(image) => Built { outcome, image, name },
        Err(faults) => {
            add_faults(&mut outcome, faults);
            Built { outcome, image: None, name }
        }
    }
}

/// A package with its tests, built.
pub struct TestProgram {
    /// The import path.
    pub path: String,
    /// The folder, where its tests run.
    pub dir: PathBuf,
    /// The image of the program that runs its tests; `None` where it has none.
    pub image: Option<Vec<u8>>,
    /// It could not be built; the errors are in the outcome.
    pub failed: bool,
}

/// Builds the programs that run the tests of the packages that the request names, and gives each to `then` as soon as
/// it is built, in the order of their import paths.
pub fn tests(request: &Request, strip: bool, progress: &Progress, mut then: impl FnMut(TestProgram)) -> Outcome {
    let mut request = Request { tests: Tests::Run, ..request.clone() };
    request.implicit.extend(lower::IMPLICIT.iter().map(|path| path.to_string()));
    let result = front::run(&request, progress, |front| {
        let mut faults = Vec::new();
        let archive = match archive(front.session.target) {
            Ok(archive) => archive,
            Err(text) => return vec![Fault::Build(text)],
        };
        for test in &front.loaded.tests {
            let mut image = Ok(None);
            let mut failed = is_wrong(&front, test);
            if let (false, Some(program)) = (failed, test.program) {
                image = compile(&front, &archive, lower::Roots::Program(program.0 + FIRST), strip);
            }
            let image = image.unwrap_or_else(|found| {
                failed = true;
                faults.extend(found);
                None
            });
            let package = &front.loaded.packages[test.package.index()];
            then(TestProgram { path: package.path.clone(), dir: package.dir.clone(), image, failed });
        }
        faults
    });
    match result {
        Ok((mut outcome, faults)) => {
            add_faults(&mut outcome, faults);
            outcome
        }
        Err(outcome) => outcome,
    }
}

/// Reports whether something is wrong with the tests of a package, or with what they import.
fn is_wrong(front: &Front<'_, '_>, test: &Test) -> bool {
    let packages = &front.loaded.packages;
    let mut needed = vec![test.program.unwrap_or(test.package)];
    let mut at = 0;
    while at < needed.len() {
        for (_, import) in &packages[needed[at].index()].imports {
            if !needed.contains(import) {
                needed.push(*import);
            }
        }
        at += 1;
    }
    front.outcome.reports.iter().any(|r| needed.iter().any(|id| packages[id.index()].id == r.package))
}

fn add_faults(outcome: &mut Outcome, faults: Vec<Fault>) {
    for fault in faults {
        match fault {
            Fault::Program(report) => outcome.reports.push(report),
            Fault::Build(text) => outcome.errors.push(text),
        }
    }
}

/// Something that keeps a checked program from becoming an image.
enum Fault {
    /// The program asks for what is not there.
    Program(Report),
    /// The build as a whole.
    Build(String),
}

/// The image of the program; packages that are no program are compiled, and nothing comes of it.
fn program(front: &Front<'_, '_>, strip: bool) -> Result<Option<Vec<u8>>, Vec<Fault>> {
    let archive = archive(front.session.target).map_err(|text| vec![Fault::Build(text)])?;
    let main = main_package(front).map_err(|text| vec![Fault::Build(text)])?;
    let roots_of = front.loaded.packages.iter().enumerate().filter(|(_, package)| package.is_root);
    let packages: Vec<u32> = roots_of.map(|(idx, _)| idx as u32 + FIRST).collect();
    let from = match main {
        Some(main) => lower::Roots::Program(main as u32 + FIRST),
        None => lower::Roots::Packages(&packages),
    };
    compile(front, &archive, from, strip)
}

/// Compiles what is reached from the roots; links it where these are a program.
fn compile(
    front: &Front<'_, '_>,
    archive: &[Object],
    from: lower::Roots<'_>,
    strip: bool,
) -> Result<Option<Vec<u8>>, Vec<Fault>> {
    let (first, is_program) = match from {
        lower::Roots::Program(main) => (main, true),
        lower::Roots::Packages([]) => return Ok(None),
        lower::Roots::Packages([first, ..]) => (*first, false),
    };
    let package = front.loaded.packages[(first - FIRST) as usize].id.clone();
    let program = lower::lower(front.session, &front.outcome.map, front.packages, from);
    let mut program = program.map_err(|errors| {
        let diagnostics = errors.into_iter().map(|e| Diagnostic::new(e.pos, Code::Types, e.text)).collect();
        vec![Fault::Program(Report { package, diagnostics })]
    })?;
    for func in &program.funcs {
        if let Err(error) = ssa::verify(func) {
            panic!("lowering {} made a function that does not verify: {error}", func.name);
        }
    }
    let mut roots = roots(archive);
    if !is_program {
        roots.extend(program.funcs.iter().map(|func| func.name.to_string()));
    }
    opt::optimize(&mut program, &opt::Options { verify: false, roots });
    let compiled = codegen::compile(&program, &Options::new(Machine::Amd64))
        .map_err(|error| vec![Fault::Build(error.to_string())])?;
    if !is_program {
        return Ok(None);
    }
    let mut objects = vec![compiled];
    objects.extend(archive.iter().cloned());
    let options = link::Options { entry: abi::symbols::START.into(), strip };
    match link::link(&objects, &options) {
        Ok(image) => Ok(Some(image.bytes)),
        Err(errors) => Err(errors.into_iter().map(|error| Fault::Build(error.to_string())).collect()),
    }
}

/// The runtime of a target.
fn archive(target: Target) -> Result<Vec<Object>, String> {
    match (target.os, target.arch) {
        (Os::Linux, Arch::Amd64) => obj::archive::read("rt", LINUX_AMD64)
            .map_err(|error| format!("the runtime for {target}: {error}")),
        (Os::Linux, Arch::Riscv64 | Arch::Arm64) | (Os::OpenSbi, _) => {
            Err(format!("this rigo has no runtime for {target}: it can check for it, not build"))
        }
    }
}

fn main_package(front: &Front<'_, '_>) -> Result<Option<usize>, String> {
    let packages = front.loaded.packages.iter().enumerate();
    let mains: Vec<usize> =
        packages.filter(|(_, p)| p.is_root && p.name == "main").map(|(idx, _)| idx).collect();
    match mains[..] {
        [main] => Ok(Some(main)),
        [] => Ok(None),
        _ => Err("more than one main package: build them one by one".into()),
    }
}

fn name(front: &Front<'_, '_>) -> String {
    let Ok(Some(main)) = main_package(front) else { return String::new() };
    let package = &front.loaded.packages[main];
    let by_files = package.path == "command-line-arguments";
    let first = package.files.first().map(|(id, _)| &front.loaded.files[id.0 as usize].path);
    let stem = first.and_then(|path| path.file_stem()).map(|stem| stem.to_string_lossy().into_owned());
    let last = package.path.rsplit('/').next().unwrap_or_default().to_owned();
    stem.filter(|_| by_files).unwrap_or(last)
}

/// Writes an executable file in one step: a build that fails leaves nothing half done.
pub fn write_image(path: &Path, image: &[u8]) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let name = path.file_name().ok_or_else(|| format!("{}: not the name of a file", path.display()))?;
    let staged = path.with_file_name(format!(".{}.{}", name.to_string_lossy(), std::process::id()));
    let options = OpenOptions::new().write(true).create_new(true).mode(0o777).open(&staged);
    let written =
        options.and_then(|mut file| file.write_all(image)).and_then(|()| std::fs::rename(&staged, path));
    written.map_err(|error| {
        // Nothing more can be done when this fails too.
        std::fs::remove_file(&staged).ok();
        failed(error)
    })
}

/// Runs an image with the terminal of this process and returns its exit status; 128 and the signal's number when
/// a signal ended it, as shells have it.
pub fn run_image(image: &[u8], name: &str, arguments: &[String]) -> Result<u8, String> {
    let folder = std::env::temp_dir().join(format!("rigo-run-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let path = folder.join(name);
    let status = write_image(&path, image).and_then(|()| {
        let status = Command::new(&path).args(arguments).status();
        status.map_err(|error| format!("{}: {error}", path.display()))
    });
    std::fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let status = status?;
    let signal = status.signal().map_or(0, |signal| 128 + signal);
    Ok(status.code().unwrap_or(signal) as u8)
}

/// The names that the program must keep: where it begins, and what the runtime refers to without insisting on its own.
fn roots(archive: &[Object]) -> Vec<String> {
    let mut roots = vec![abi::symbols::PROGRAM.into()];
    for object in archive {
        let mut used = vec![false; object.symbols.len()];
        for reloc in object.sections.iter().flat_map(|section| &section.relocs) {
            used[reloc.symbol.0 as usize] = true;
        }
        for (symbol, used) in object.symbols.iter().zip(used) {
            let is_open = symbol.def == obj::SymbolDef::Undefined || symbol.binding == obj::Binding::Weak;
            if used && is_open {
                roots.push(symbol.name.to_string());
            }
        }
    }
    roots
}
