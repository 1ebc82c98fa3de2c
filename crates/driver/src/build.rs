//! From a checked program to an image: lower, generate code, link.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Command;

use codegen::Options;
use obj::{Machine, Object};
use source::{Code, Diagnostic};
use target::{Arch, Os, Target};
use types::session::FIRST;

use crate::front::{self, Front};
use crate::progress::Progress;
use crate::{Outcome, Report, Request};

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
pub fn build(request: &Request, progress: &Progress) -> Built {
    let mut request = request.clone();
    request.implicit.extend(lower::IMPLICIT.iter().map(|path| path.to_string()));
    let result = front::run(&request, progress, |front| {
        if !front.outcome.is_ok() {
            return (Err(Vec::new()), String::new());
        }
        (program(&front, &request), name(&front))
    });
    let (mut outcome, (image, name)) = match result {
        Ok((outcome, (image, name))) => (outcome, (image, name)),
        Err(outcome) => return Built { outcome, image: None, name: String::new() },
    };
    match image {
        Ok(image) => Built { outcome, image, name },
        Err(reports) => {
            for report in reports {
                match report {
                    Fault::Program(report) => outcome.reports.push(report),
                    Fault::Build(text) => outcome.errors.push(text),
                }
            }
            Built { outcome, image: None, name }
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
fn program(front: &Front<'_, '_>, request: &Request) -> Result<Option<Vec<u8>>, Vec<Fault>> {
    let archive = archive(front.session.target).map_err(|text| vec![Fault::Build(text)])?;
    let main = main_package(front).map_err(|text| vec![Fault::Build(text)])?;
    let roots_of = front.loaded.packages.iter().enumerate().filter(|(_, package)| package.is_root);
    let packages: Vec<u32> = roots_of.map(|(idx, _)| idx as u32 + FIRST).collect();
    let Some(first) = packages.first() else { return Ok(None) };
    let package = front.loaded.packages[(first - FIRST) as usize].id.clone();
    let from = match main {
        Some(main) => lower::Roots::Program(main as u32 + FIRST),
        None => lower::Roots::Packages(&packages),
    };
    let options = lower::Options { debug_vars: request.no_opt, strings: request.link.strings.clone() };
    let program = lower::lower(front.session, &front.outcome.map, front.packages, from, &options);
    let mut program = program.map_err(|errors| {
        let diagnostics = errors.into_iter().map(|e| Diagnostic::new(e.pos, Code::Types, e.text)).collect();
        vec![Fault::Program(Report { package, diagnostics })]
    })?;
    for func in &program.funcs {
        if let Err(error) = ssa::verify(func) {
            panic!("lowering {} made a function that does not verify: {error}", func.name);
        }
    }
    let mut roots = roots(&archive);
    if main.is_none() {
        roots.extend(program.funcs.iter().map(|func| func.name.to_string()));
    }
    opt::optimize(&mut program, &opt::Options { no_opt: request.no_opt, verify: false, roots });
    let options = Options { no_opt: request.no_opt, ..Options::new(Machine::Amd64) };
    let compiled =
        codegen::compile(&program, &options).map_err(|error| vec![Fault::Build(error.to_string())])?;
    if main.is_none() {
        return Ok(None);
    }
    let mut objects = vec![compiled];
    objects.extend(archive);
    let options = link::Options {
        entry: abi::symbols::START.into(),
        symbols: !request.link.no_symbols,
        debug: !request.link.no_debug,
    };
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
        let sections = object.sections.iter().filter(|section| section.kind != obj::SectionKind::Debug);
        for reloc in sections.flat_map(|section| &section.relocs) {
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
