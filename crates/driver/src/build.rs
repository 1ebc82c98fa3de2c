//! From checked programs to images: lower, generate code, link.

use codegen::Options as CodeOptions;
use obj::Object;
use source::{Code, Diagnostic};
use target::{Arch, Os, Target};
use types::session::FIRST;

use crate::assembly::PackageAssembly;
use crate::cover::{self, Cover};
use crate::frames;
use crate::front::{self, Front};
use crate::progress::Progress;
use crate::{Outcome, Report, Request};

/// The runtime for linux/amd64, as `build.rs` built it.
static LINUX_AMD64: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/linux-amd64.a"));
/// The one that checks itself: `-checked`.
static LINUX_AMD64_CHECKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/linux-amd64-checked.a"));
/// The runtime for linux/riscv64; empty where rustc had no core for it.
static LINUX_RISCV64: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/linux-riscv64.a"));

/// The runtime for opensbi/riscv64, with the kernel; empty likewise.
static OPENSBI_RISCV64: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/opensbi-riscv64.a"));

/// How programs are compiled and linked.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// No optimisation: `-N`.
    pub no_optimize: bool,
    /// No symbol table and nothing for debuggers: `-ldflags=-s`.
    pub strip: bool,
    /// Nothing for debuggers: `-ldflags=-w`.
    pub no_debug: bool,
    /// Programs are compiled as other packages are: all their functions, and no image.
    pub compile_only: bool,
    /// The runtime checks itself: `-checked`.
    pub is_checked: bool,
    /// A boot image as it stands in memory, not an ELF file.
    pub is_flat: bool,
    /// String variables and their values: `-ldflags='-X path.name=value'`.
    pub values: Vec<(String, String)>,
    /// Statements are counted.
    pub cover: Option<Cover>,
}

/// What a build gives: what is wrong, or the programs that the packages asked for make.
#[derive(Default)]
pub struct Built {
    /// What is wrong, as after [`crate::check`].
    pub outcome: Outcome,
    /// One for each main package asked for; none when something is wrong.
    pub programs: Vec<Image>,
    /// The import paths of all packages, each after those it imports.
    pub packages: Vec<String>,
}

/// A linked program.
pub struct Image {
    /// The import path of its main package.
    pub package: String,
    /// The name that the executable has by default: that of the package or of the first file.
    pub name: String,
    /// The bytes of the file.
    pub bytes: Vec<u8>,
}

/// Builds the packages that the request names: of each main package an image, of the others nothing.
pub fn build(request: &Request, options: &Options, progress: &Progress) -> Built {
    let mut request = request.clone();
    request.implicit.extend(lower::IMPLICIT.iter().map(|path| path.to_string()));
    request.cover = options.cover.is_some();
    let result = front::run(&request, progress, |front| {
        let packages = front.loaded.packages.iter().map(|package| package.path.clone()).collect();
        let images = if front.outcome.is_ok() { images(&front, options) } else { Ok(Vec::new()) };
        (packages, images)
    });
    let (mut outcome, (packages, images)) = match result {
        Ok(result) => result,
        Err(outcome) => return Built { outcome, ..Built::default() },
    };
    match images {
        Ok(programs) => Built { outcome, programs, packages },
        Err(fault) => {
            fault.add_to(&mut outcome);
            Built { outcome, programs: Vec::new(), packages }
        }
    }
}

/// Something that keeps a checked program from becoming an image.
pub(crate) enum Fault {
    /// The program asks for what is not there.
    Program(Report),
    /// The build as a whole.
    Build(Vec<String>),
}

impl Fault {
    /// Adds it to what is wrong.
    pub fn add_to(self, outcome: &mut Outcome) {
        match self {
            Fault::Program(report) => outcome.reports.push(report),
            Fault::Build(errors) => outcome.errors.extend(errors),
        }
    }
}

/// Compiles the packages asked for: each program by itself, all that are none together.
fn images(front: &Front<'_, '_>, options: &Options) -> Result<Vec<Image>, Fault> {
    let archive =
        || archive(front.session.target, options.is_checked).map_err(|text| Fault::Build(vec![text]));
    let roots = || (FIRST..).zip(&front.loaded.packages).filter(|(_, package)| package.is_root);
    let is_program = |package: &load::Package| package.name == "main" && !options.compile_only;
    let others: Vec<u32> =
        roots().filter(|(_, package)| !is_program(package)).map(|(number, _)| number).collect();
    if !others.is_empty() {
        compile(front, &archive()?, options, None, lower::Roots::Packages(&others))?;
    }
    let counted = options.cover.as_ref().map(|cover| cover::of_program(front, cover));
    let mut images = Vec::new();
    for (number, package) in roots().filter(|(_, package)| is_program(package)) {
        let bytes = program(front, archive()?, options, counted.as_ref(), number)?;
        images.push(Image { package: package.path.clone(), name: name(front.loaded, package), bytes });
    }
    Ok(images)
}

/// Compiles and links the program of the main package with this number.
pub(crate) fn program(
    front: &Front<'_, '_>,
    archive: Vec<Object>,
    options: &Options,
    counted: Option<&lower::Cover>,
    main: u32,
) -> Result<Vec<u8>, Fault> {
    let mut objects = compile(front, &archive, options, counted, lower::Roots::Program(main))?;
    objects.extend(archive);
    let package = &front.loaded.packages[(main - FIRST) as usize].id;
    link(&objects, front.session.target, options)
        .map_err(|errors| Fault::Build([vec![format!("# {package}")], errors].concat()))
}

/// Compiles what is reached from `from`: Go to the first object, assembly to the others.
fn compile(
    front: &Front<'_, '_>,
    archive: &[Object],
    options: &Options,
    counted: Option<&lower::Cover>,
    from: lower::Roots<'_>,
) -> Result<Vec<Object>, Fault> {
    let mut assembly = PackageAssembly::new(front.loaded, front.session.target);
    let wanted = lower::Options {
        debug_vars: options.no_optimize,
        strings: strings(front, options),
        cover: counted.cloned(),
    };
    let lowered =
        lower::lower(front.session, &front.outcome.map, front.packages, from, &wanted, &mut assembly);
    if !assembly.errors.is_empty() {
        return Err(Fault::Build(assembly.errors));
    }
    let mut program = lowered.map_err(|errors| Fault::Program(report(front, from, errors)))?;
    for func in &program.funcs {
        if let Err(error) = ssa::verify(func) {
            panic!("lowering {} made a function that does not verify: {error}", func.name);
        }
    }
    let mut roots = roots(archive);
    if let lower::Roots::Packages(_) = from {
        roots.extend(program.funcs.iter().map(|func| func.name.to_string()));
    }
    opt::optimize(&mut program, &opt::Options { no_opt: options.no_optimize, verify: false, roots });
    let large = frames::too_large(&program, &front.outcome.map);
    if !large.is_empty() {
        return Err(Fault::Program(report(front, from, large)));
    }
    let machine = archive[0].machine;
    let wanted = CodeOptions { no_opt: options.no_optimize, ..CodeOptions::new(machine) };
    let code = codegen::compile(&program, &wanted).map_err(|error| Fault::Build(vec![error.to_string()]))?;
    let mut objects = vec![code];
    objects.extend(assembly.objects(&program.borders));
    Ok(objects)
}

/// The string variables that get a value: what `runtime.GOROOT` and `runtime.Version` answer, and what the request says.
fn strings(front: &Front<'_, '_>, options: &Options) -> Vec<(String, String)> {
    let load::Goroot { dir, version } = &front.loaded.goroot;
    let of_go =
        [("runtime.defaultGOROOT", dir.display().to_string()), ("runtime.buildVersion", version.clone())];
    let of_go = of_go.into_iter().map(|(name, value)| (name.to_string(), value));
    of_go.chain(options.values.iter().cloned()).collect()
}

/// Reports what cannot be lowered with the package in which it stands.
fn report(front: &Front<'_, '_>, from: lower::Roots<'_>, errors: Vec<lower::Error>) -> Report {
    let first = match from {
        lower::Roots::Program(main) => main,
        lower::Roots::Packages(packages) => packages[0],
    };
    let holds = |package: &&load::Package| package.files.iter().any(|(id, _)| *id == errors[0].pos.file);
    let package = front.loaded.packages.iter().find(holds);
    let package = package.unwrap_or(&front.loaded.packages[(first - FIRST) as usize]).id.clone();
    let diagnostics = errors.into_iter().map(|e| Diagnostic::new(e.pos, Code::Types, e.text)).collect();
    Report { package, diagnostics }
}

/// Links a program, the first of the objects, with the runtime.
pub(crate) fn link(objects: &[Object], target: Target, options: &Options) -> Result<Vec<u8>, Vec<String>> {
    let wanted = link::Options {
        entry: abi::symbols::START.into(),
        text_addr: match target.os {
            Os::Linux => link::LINUX_TEXT,
            Os::OpenSbi => link::OPENSBI_TEXT,
        },
        symbols: !options.strip,
        debug: !options.no_debug,
    };
    match link::link(objects, &wanted) {
        Ok(image) if options.is_flat => Ok(image.flat().to_vec()),
        Ok(image) => Ok(image.bytes),
        Err(errors) => Err(errors.into_iter().map(|error| error.to_string()).collect()),
    }
}

/// The runtime of a target.
pub(crate) fn archive(target: Target, is_checked: bool) -> Result<Vec<Object>, String> {
    let bytes = match (target.os, target.arch) {
        (Os::Linux, Arch::Amd64) if is_checked => LINUX_AMD64_CHECKED,
        (Os::Linux | Os::OpenSbi, _) if is_checked => {
            return Err(format!(
                "-checked: this rigo has no checked runtime for {target}, only for linux/amd64"
            ));
        }
        (Os::Linux, Arch::Amd64) => LINUX_AMD64,
        (Os::Linux, Arch::Riscv64) => LINUX_RISCV64,
        (Os::OpenSbi, Arch::Riscv64) => OPENSBI_RISCV64,
        (Os::Linux, Arch::Arm64) | (Os::OpenSbi, Arch::Amd64 | Arch::Arm64) => {
            return Err(format!("this rigo has no runtime for {target}: it can check for it, not build"));
        }
    };
    if bytes.is_empty() {
        return Err(format!(
            "this rigo was built without the runtime for {target}: \
             `rustup target add riscv64gc-unknown-none-elf`, and build rigo again"
        ));
    }
    obj::archive::read("rt", bytes).map_err(|error| format!("the runtime for {target}: {error}"))
}

/// Checks that programs can be built for a target.
pub(crate) fn check_runtime(target: Target) -> Result<(), String> {
    archive(target, false).map(drop)
}

/// The name of a main package's executable, as `go help build` has it: for named files that of the first, otherwise
/// the last element of the import path that is no major version.
pub(crate) fn name(loaded: &load::Loaded, package: &load::Package) -> String {
    let mut elements = package.path.rsplit('/');
    let last = elements.next().unwrap_or_default();
    if package.path != "command-line-arguments" {
        return if load::is_major_version(last) { elements.next().unwrap_or(last) } else { last }.into();
    }
    let first = package.files.first().map(|(id, _)| &loaded.files[id.0 as usize].path);
    first.and_then(|path| path.file_stem()).map_or(String::new(), |stem| stem.to_string_lossy().into_owned())
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
