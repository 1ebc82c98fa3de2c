//! The vendor folder and its `modules.txt`. The Go Modules Reference, "Vendoring".

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Main, Place};
use crate::gomod::ModuleVersion;
use crate::version::GoVersion;

/// A module listed in `modules.txt`.
#[derive(Debug, Default)]
struct Vendored {
    version: String,
    explicit: bool,
    replaced: bool,
    go: Option<GoVersion>,
}

/// A vendor folder.
#[derive(Debug)]
pub struct Vendor {
    /// The folder.
    pub dir: PathBuf,
    /// By module path; replacements of modules that nothing needs are listed too.
    modules: BTreeMap<String, Vendored>,
    /// Module path by package path.
    packages: BTreeMap<String, String>,
}

impl Vendor {
    /// Reads `modules.txt`.
    pub fn read(dir: &Path) -> Result<Vendor, String> {
        let path = dir.join("modules.txt");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(format!("open {}: {}", path.display(), crate::io_text(&error))),
        };
        let mut vendor =
            Vendor { dir: dir.to_path_buf(), modules: BTreeMap::new(), packages: BTreeMap::new() };
        let mut current = String::new();
        for line in text.lines().map(str::trim) {
            if let Some(notes) = line.strip_prefix("## ") {
                let Some(module) = vendor.modules.get_mut(&current) else { continue };
                for note in notes.split(';').map(str::trim) {
                    module.explicit |= note == "explicit";
                    module.go = note.strip_prefix("go ").and_then(GoVersion::parse).or(module.go);
                }
            } else if let Some(module) = line.strip_prefix("# ") {
                let (old, new) =
                    module.split_once(" => ").map_or((module, None), |(old, new)| (old, Some(new)));
                let (path, version) = old.split_once(' ').unwrap_or((old, ""));
                current = path.to_string();
                let module = vendor.modules.entry(current.clone()).or_default();
                module.replaced |= new.is_some();
                if !version.is_empty() {
                    module.version = version.into();
                }
            } else if !line.is_empty() {
                vendor.packages.insert(line.into(), current.clone());
            }
        }
        Ok(vendor)
    }

    /// Compares the folder with the main module's `go.mod`.
    pub fn check(&self, main: &Main) -> Result<(), String> {
        let mut errors = String::new();
        for require in &main.file.require {
            let ModuleVersion { path, version } = &require.module;
            let module = self.modules.get(path);
            if !module.is_some_and(|module| module.explicit) {
                errors += &format!(
                    "\n\t{path}@{version}: is explicitly required in go.mod, but not marked as explicit in vendor/modules.txt"
                );
            } else if let Some(module) = module.filter(|module| module.version != *version) {
                errors += &format!(
                    "\n\t{path}@{version}: is explicitly required in go.mod, but vendor/modules.txt indicates {path}@{}",
                    module.version
                );
            }
        }
        for replace in &main.file.replace {
            if !self.modules.get(&replace.old_path).is_some_and(|module| module.replaced) {
                let version =
                    replace.old_version.as_ref().map_or(String::new(), |version| format!("@{version}"));
                errors += &format!(
                    "\n\t{}{version}: is replaced in go.mod, but not marked as replaced in vendor/modules.txt",
                    replace.old_path
                );
            }
        }
        for (path, module) in self.modules.iter().filter(|(_, module)| module.explicit) {
            if !main.file.require.iter().any(|require| require.module.path == *path) {
                errors += &format!(
                    "\n\t{path}@{}: is marked as explicit in vendor/modules.txt, but not explicitly required in go.mod",
                    module.version
                );
            }
        }
        if errors.is_empty() {
            return Ok(());
        }
        Err(format!(
            "inconsistent vendoring in {}:{errors}\n\n\tTo ignore the vendor directory, use -mod=readonly or -mod=mod.\n\
             \tTo sync the vendor directory, run:\n\t\tgo mod vendor",
            main.dir.display()
        ))
    }

    /// Finds a package in the folder.
    pub fn find(&self, path: &str) -> Result<Place, String> {
        let dir = self.dir.join(path);
        match self.packages.get(path).and_then(|module| self.modules.get(module)) {
            Some(module) if crate::dir::has_go_files(&dir) => {
                Ok(Place { dir, go: module.go.unwrap_or(GoVersion::UNSTATED) })
            }
            _ => Err(format!(
                "cannot find module providing package {path}: import lookup disabled by -mod=vendor\n\
                 \t(Go version in go.mod is at least 1.14 and vendor directory exists.)"
            )),
        }
    }
}
