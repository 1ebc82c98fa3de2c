//! The build list: the modules other than the main ones, each at one version.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::store::{Missing, Store};
use super::{Modules, Place, at, below};
use crate::gomod::{self, Kind, ModFile, ModuleVersion, Replace};
use crate::mvs::{self, PRUNED_FROM, Summary};
use crate::version::{GoVersion, compare_semver};

/// The build list of a request.
#[derive(Debug)]
pub struct List {
    store: Store,
    replaces: Vec<(PathBuf, Replace)>,
    excludes: Vec<ModuleVersion>,
    mains: Vec<String>,
    roots: Vec<ModuleVersion>,
    pruned: bool,
    /// Versions by module path: at first those of the roots.
    selected: BTreeMap<String, String>,
    /// The whole graph was read.
    complete: bool,
}

/// What the lookup in one version of the list finds.
enum Found {
    Place(Place),
    Nothing,
    /// These modules might provide the package, but are not at hand, for these reasons.
    Unavailable(Vec<String>),
}

impl List {
    /// Makes the list from the requirements of the main modules.
    pub fn new(
        modules: &Modules,
        store: Store,
        replace_by: Vec<(PathBuf, Vec<Replace>)>,
    ) -> Result<List, String> {
        let mut replaces: Vec<(PathBuf, Replace)> = Vec::new();
        for (dir, list) in replace_by {
            for replace in list {
                let same = |r: &&(PathBuf, Replace)| {
                    r.1.old_path == replace.old_path && r.1.old_version == replace.old_version
                };
                // A go.work comes first and overrides its modules; these must agree among themselves.
                if replaces.iter().find(same).is_none() {
                    replaces.push((dir.clone(), replace));
                }
            }
        }
        let mut list = List {
            store,
            replaces,
            excludes: modules.mains.iter().flat_map(|main| main.file.exclude.clone()).collect(),
            mains: modules.mains.iter().map(|main| main.path.clone()).collect(),
            roots: Vec::new(),
            pruned: modules.mains.iter().all(|main| main.go_version() >= PRUNED_FROM),
            selected: BTreeMap::new(),
            complete: false,
        };
        let requires = modules.mains.iter().flat_map(|main| &main.file.require).map(|r| r.module.clone());
        list.roots = list.without_excluded(requires);
        for root in &list.roots {
            let version = list.selected.entry(root.path.clone()).or_default();
            if version.is_empty() || compare_semver(&root.version, version).is_gt() {
                *version = root.version.clone();
            }
        }
        Ok(list)
    }

    /// Leaves out excluded versions and the main modules themselves.
    fn without_excluded(&self, requires: impl IntoIterator<Item = ModuleVersion>) -> Vec<ModuleVersion> {
        let excluded =
            |module: &ModuleVersion| self.excludes.contains(module) || self.mains.contains(&module.path);
        requires.into_iter().filter(|module| !excluded(module)).collect()
    }

    /// Finds the package, which `importer` imports, in the roots and, failing that, in the whole graph.
    pub fn find(&mut self, path: &str, importer: Option<&str>) -> Result<Place, String> {
        let mut found = self.look_up(path, importer)?;
        if !self.complete && !matches!(found, Found::Place(_)) {
            match self.complete() {
                Ok(()) => found = self.look_up(path, importer)?,
                Err(error) if matches!(found, Found::Nothing) => return Err(error),
                // The module that is missing is the better thing to name.
                Err(_) => {}
            }
        }
        match found {
            Found::Place(place) => Ok(place),
            Found::Unavailable(reasons) => Err(reasons.join("\n")),
            Found::Nothing => Err(self.not_found(path)),
        }
    }

    /// Reads the whole graph.
    fn complete(&mut self) -> Result<(), String> {
        if !self.complete {
            self.selected = mvs::select(&self.roots, self.pruned, |module| self.summary(module))?;
            self.complete = true;
        }
        Ok(())
    }

    /// Looks in each module whose path is a prefix of the package's, longest first.
    fn look_up(&self, path: &str, importer: Option<&str>) -> Result<Found, String> {
        let mut places = Vec::new();
        let mut reasons = Vec::new();
        for (module, version) in self.selected.iter().rev() {
            let Some(rest) = below(module, path) else { continue };
            let module = ModuleVersion { path: module.clone(), version: version.clone() };
            match self.dir(&module) {
                Ok(dir) => {
                    let folder = if rest.is_empty() { dir.clone() } else { dir.join(rest) };
                    // Folders with a go.mod of their own belong to another module.
                    let nested =
                        folder.ancestors().take_while(|up| *up != dir).any(|up| up.join("go.mod").is_file());
                    if !nested && crate::dir::has_go_files(&folder) {
                        places.push((module, folder));
                    }
                }
                Err(Missing::Sum) => reasons.push(missing_sum(path, &module, importer)),
                Err(Missing::Files(reason)) => reasons.push(reason),
            }
        }
        match places.as_slice() {
            [] if reasons.is_empty() => Ok(Found::Nothing),
            [] => Ok(Found::Unavailable(reasons)),
            [(module, dir)] => Ok(Found::Place(Place { dir: dir.clone(), go: self.summary(module)?.go })),
            many => {
                let mut text = format!("ambiguous import: found package {path} in multiple modules:");
                for (module, dir) in many.iter().rev() {
                    text += &format!("\n\t{} {} ({})", module.path, module.version, dir.display());
                }
                Err(text)
            }
        }
    }

    /// Says, in the go command's words, that nothing provides the package.
    fn not_found(&self, path: &str) -> String {
        let replaced = self.replaces.iter().map(|(_, replace)| &replace.old_path);
        match replaced.filter(|module| below(module, path).is_some()).max_by_key(|module| module.len()) {
            Some(module) if !self.selected.contains_key(module) => format!(
                "module {module} provides package {path} and is replaced but not required; to add it:\n\tgo get {module}"
            ),
            _ => format!("no required module provides package {path}; to add it:\n\tgo get {path}"),
        }
    }

    /// Returns the replacement of a module: one for its version before one for all.
    fn replacement(&self, module: &ModuleVersion) -> Option<&(PathBuf, Replace)> {
        let of_version = |version: Option<&str>| {
            self.replaces
                .iter()
                .find(|(_, r)| r.old_path == module.path && r.old_version.as_deref() == version)
        };
        of_version(Some(&module.version)).or_else(|| of_version(None))
    }

    /// Returns what stands for a module: a folder, or a module at a version, which may be itself.
    fn stand_in(&self, module: &ModuleVersion) -> Result<PathBuf, ModuleVersion> {
        match self.replacement(module) {
            Some((base, Replace { new_version: None, new_path, .. })) => {
                Ok(crate::pattern::clean(base, new_path))
            }
            Some((_, Replace { new_version: Some(version), new_path, .. })) => {
                Err(ModuleVersion { path: new_path.clone(), version: version.clone() })
            }
            None => Err(module.clone()),
        }
    }

    /// Returns the folder of a module's files.
    fn dir(&self, module: &ModuleVersion) -> Result<PathBuf, Missing> {
        match self.stand_in(module) {
            Ok(dir) if dir.is_dir() => Ok(dir),
            Ok(_) => {
                let name = self.replacement(module).map_or("", |(_, replace)| &replace.new_path);
                let text = format!("{}: replacement directory {name} does not exist", at(module));
                Err(Missing::Files(text))
            }
            Err(stand_in) => self.store.dir(&stand_in),
        }
    }

    /// Reads a module's `go.mod`.
    fn go_mod(&self, module: &ModuleVersion) -> Result<ModFile, String> {
        let stand_in = self.stand_in(module);
        let text = match stand_in {
            Ok(ref dir) => {
                let path = dir.join("go.mod");
                std::fs::read_to_string(&path).map_err(|error| {
                    format!("{}: reading {}: {}", at(module), path.display(), crate::io_text(&error))
                })?
            }
            Err(ref stand_in) => self.store.go_mod(stand_in)?,
        };
        let (file, errors) = gomod::parse("go.mod", &text, Kind::Dependency);
        match errors.as_slice() {
            [] => match stand_in {
                Err(stand_in) => check_path(module, &stand_in, file),
                // A folder may hold whatever the main module says.
                Ok(_) => Ok(file),
            },
            errors => Err(format!("{}: parsing go.mod:\n{}", at(module), errors.join("\n"))),
        }
    }

    fn summary(&self, module: &ModuleVersion) -> Result<Summary, String> {
        let file = self.go_mod(module)?;
        Ok(Summary {
            go: file.go.as_deref().and_then(GoVersion::parse).unwrap_or(GoVersion::UNSTATED),
            requires: self.without_excluded(file.require.into_iter().map(|require| require.module)),
        })
    }

    /// Lists the modules whose paths are `wanted` and that can be had.
    pub fn dirs(&mut self, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<(String, PathBuf)>, String> {
        self.complete()?;
        let modules = self
            .selected
            .iter()
            .filter(|(path, _)| wanted(path))
            .map(|(path, version)| ModuleVersion { path: path.clone(), version: version.clone() });
        Ok(modules.filter_map(|module| Some((module.path.clone(), self.dir(&module).ok()?))).collect())
    }
}

/// Refuses a `go.mod` of another module than the one asked for and the one that stands in for it.
fn check_path(module: &ModuleVersion, stand_in: &ModuleVersion, file: ModFile) -> Result<ModFile, String> {
    match &file.module {
        Some(path) if *path == module.path || *path == stand_in.path => Ok(file),
        Some(path) => Err(format!(
            "{}: parsing go.mod:\n\tmodule declares its path as: {path}\n\t        but was required as: {}",
            at(module),
            module.path
        )),
        None => Err(format!("{}: parsing go.mod: missing module line", at(module))),
    }
}

/// Says that nothing is known of the files of the module that may provide a package.
fn missing_sum(path: &str, module: &ModuleVersion, importer: Option<&str>) -> String {
    let missing = format!("missing go.sum entry for module providing package {path}");
    match importer {
        Some(importer) => format!("{missing} (imported by {importer}); to add:\n\tgo get {importer}"),
        None => format!("{missing}; to add:\n\tgo mod download {}", module.path),
    }
}
