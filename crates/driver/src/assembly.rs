//! The assembly of packages: read and assembled when lowering reaches a function of theirs.
//!
//! What may be included is what gc offers: `go_asm.h` of the package, files of its folder, and those of `pkg/include` in the Go
//! tree. Only amd64 has an assembler; for other processors `load` selects no assembly.

use std::path::{Path, PathBuf};

use asm::AssembledFile;
use load::Loaded;
use lower::AsmFunc;
use obj::Object;
use target::Target;
use types::session::FIRST;

/// Assembles packages and keeps what came out.
pub struct PackageAssembly<'a> {
    loaded: &'a Loaded,
    target: Target,
    packages: Vec<(String, Vec<AssembledFile>)>,
    /// What is wrong, in the lines that are printed.
    pub errors: Vec<String>,
}

impl<'a> PackageAssembly<'a> {
    /// Nothing is assembled yet.
    pub fn new(loaded: &'a Loaded, target: Target) -> PackageAssembly<'a> {
        PackageAssembly { loaded, target, packages: Vec::new(), errors: Vec::new() }
    }

    /// The objects of the packages that were assembled. `borders` are the ways between Go and assembly.
    pub fn objects(&self, borders: &[ssa::Border]) -> Vec<Object> {
        let entries = self.packages.iter().flat_map(|(_, files)| asm::entries(files).unwrap_or_default());
        let mut functions: rustc_hash::FxHashSet<String> = entries.map(|entry| entry.name).collect();
        let from_asm = borders.iter().filter(|border| border.into_go);
        functions.extend(
            from_asm.filter_map(|b| Some(b.name.strip_suffix(abi::symbols::ABI0_SUFFIX)?.to_string())),
        );
        let object = |(path, files): &(String, Vec<AssembledFile>)| {
            asm::object(&format!("{path} (assembly)"), files, &|name| functions.contains(name))
        };
        self.packages.iter().map(object).collect()
    }

    /// The text of an included file.
    fn include(&self, dir: &Path, name: &str) -> Option<String> {
        let installed: PathBuf = self.loaded.goroot.dir.join("pkg/include");
        [dir, &installed].into_iter().find_map(|dir| std::fs::read_to_string(dir.join(name)).ok())
    }

    fn file(
        &self,
        path: &str,
        file: &load::AsmFile,
        header: &mut dyn FnMut() -> String,
    ) -> Result<AssembledFile, Vec<String>> {
        let text =
            std::fs::read_to_string(&file.path).map_err(|error| vec![format!("{}: {error}", file.name)])?;
        let header = if text.contains("go_asm.h") { header() } else { String::new() };
        let dir = file.path.parent().unwrap_or(Path::new(""));
        let include = |name: &str| match name {
            "go_asm.h" => Some(header.clone()),
            _ => self.include(dir, name),
        };
        let (os, arch) = (format!("GOOS_{}", self.target.goos()), format!("GOARCH_{}", self.target.goarch()));
        // rigo's baseline is GOAMD64=v2.
        let defines = [(os.as_str(), "1"), (arch.as_str(), "1"), ("GOAMD64_v2", "1")];
        let assembled = asm::assemble(path, &file.name, &text, &defines, &include);
        let assembled = assembled.map_err(|errors| {
            let mut lines: Vec<String> = errors.iter().take(10).map(ToString::to_string).collect();
            lines.push(format!("asm: assembly of {} failed", file.name));
            lines
        })?;
        Ok(AssembledFile { path: file.name.clone(), assembled })
    }
}

impl lower::Assembly for PackageAssembly<'_> {
    fn assemble(
        &mut self,
        package: u32,
        path: &str,
        header: &mut dyn FnMut() -> String,
    ) -> Option<Vec<AsmFunc>> {
        let loaded = &self.loaded.packages[(package - FIRST) as usize];
        if loaded.asm.is_empty() || !loaded.uses_assembly {
            return Some(Vec::new());
        }
        let mut text: Option<String> = None;
        let mut header = || text.get_or_insert_with(&mut *header).clone();
        let (mut files, mut errors) = (Vec::new(), Vec::new());
        for file in &loaded.asm {
            match self.file(path, file, &mut header) {
                Ok(file) => files.push(file),
                Err(lines) => errors.extend(lines),
            }
        }
        let entries = asm::entries(&files).unwrap_or_else(|error| {
            errors.push(error);
            Vec::new()
        });
        if !errors.is_empty() {
            self.errors.push(format!("# {}", loaded.id));
            self.errors.extend(errors);
            return None;
        }
        self.packages.push((path.into(), files));
        let func = |entry: asm::Entry| AsmFunc {
            name: entry.name,
            file: entry.file,
            line: entry.line,
            stack_bytes: entry.stack_bytes,
            mentions: entry.mentions,
        };
        Some(entries.into_iter().map(func).collect())
    }
}
