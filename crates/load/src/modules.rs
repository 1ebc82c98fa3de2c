//! Modules: which folder provides a package outside the standard library. The Go Modules Reference.
//!
//! A request has main modules (one, or those of a workspace, or none) and a list of the others, each
//! at one version. Of these the vendor folder holds copies, or they lie in replacement folders and in
//! the module cache, into which `store.rs` downloads what is missing. No `go.mod` and no `go.sum` is changed.
//!
//! The list of versions grows lazily, as in the go command: while the requirements written in the
//! main modules provide every package, no other `go.mod` is read.

mod archive;
mod cache;
mod list;
mod proxy;
mod store;
mod sum;
mod vendor;

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use crate::gomod::{self, Kind, ModFile, ModuleVersion};
use crate::pattern::{clean, short_path};
use crate::version::{GoVersion, compare_go};
use crate::{Env, Goroot, io_text};

use list::List;
use proxy::Proxies;
use store::Store;
use sum::Sums;
use vendor::Vendor;

/// A main module.
#[derive(Clone, Debug)]
pub struct Main {
    /// Its path.
    pub path: String,
    /// Its folder.
    pub dir: PathBuf,
    /// Its `go.mod`.
    pub file: ModFile,
}

impl Main {
    /// Returns the language version of its packages.
    pub fn go_version(&self) -> GoVersion {
        self.file.go.as_deref().and_then(GoVersion::parse).unwrap_or(GoVersion::UNSTATED)
    }
}

/// Where a package lies.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// Its folder.
    pub dir: PathBuf,
    /// The language version of its module.
    pub go: GoVersion,
}

/// The modules of a request.
#[derive(Debug)]
pub struct Modules {
    cwd: PathBuf,
    mains: Vec<Main>,
    /// The `go.work`, if there is one.
    workspace: Option<PathBuf>,
    source: Source,
    found: FxHashMap<String, Result<Place, String>>,
}

/// Where the modules other than the main ones are.
#[derive(Debug)]
enum Source {
    /// There is no `go.mod`.
    None,
    /// In `vendor`.
    Vendor(Vendor),
    /// In replacement folders and the module cache.
    List(Box<List>),
}

/// What is said where a `go.mod` is needed and there is none.
const NO_GO_MOD: &str =
    "go.mod file not found in current directory or any parent directory; see 'go help modules'";

impl Modules {
    /// Finds the main modules for `cwd` and reads their `go.mod` files.
    pub fn open(cwd: &Path, env: &Env, goroot: &Goroot) -> Result<Modules, String> {
        let off = env.get("GO111MODULE") == Some("off");
        let work = if off { None } else { find_workspace(cwd, env)? };
        let root = if off { None } else { find_up(cwd, "go.mod") };
        let mut modules = Modules {
            cwd: cwd.to_path_buf(),
            mains: Vec::new(),
            workspace: None,
            source: Source::None,
            found: FxHashMap::default(),
        };
        let mut replace_by = Vec::new();
        let mut work_go = None;
        if let Some(path) = work {
            let file = modules.read_file(&path, Kind::Work)?;
            let dir = path.parent().expect("a file has a folder").to_path_buf();
            for used in &file.uses {
                modules
                    .add_main(&clean(&dir, used))
                    .map_err(|error| format!("cannot load module {used} listed in go.work file: {error}"))?;
            }
            replace_by.push((dir, file.replace));
            work_go = Some(file.go.as_deref().and_then(GoVersion::parse).unwrap_or(GoVersion(18)));
            modules.workspace = Some(path);
        } else if let Some(dir) = root.filter(|dir| !dir.starts_with(goroot.src())) {
            modules.add_main(&dir)?;
        }
        if modules.mains.is_empty() {
            return Ok(modules);
        }
        modules.check_go_lines(goroot)?;
        replace_by.extend(modules.mains.iter().map(|main| (main.dir.clone(), main.file.replace.clone())));
        modules.source = modules.choose_source(env, goroot, replace_by, work_go)?;
        Ok(modules)
    }

    fn read_file(&self, path: &Path, kind: Kind) -> Result<ModFile, String> {
        let name = short_path(&self.cwd, path);
        let base = path.file_name().unwrap_or_default().to_string_lossy();
        let text =
            std::fs::read_to_string(path).map_err(|error| format!("open {name}: {}", io_text(&error)))?;
        let (file, errors) = gomod::parse(&name, &text, kind);
        match errors.as_slice() {
            [] => Ok(file),
            errors => Err(format!("errors parsing {base}:\n{}", errors.join("\n"))),
        }
    }

    fn add_main(&mut self, dir: &Path) -> Result<(), String> {
        let path = dir.join("go.mod");
        let file = self.read_file(&path, Kind::Main)?;
        let Some(module) = file.module.clone() else {
            let name = short_path(&self.cwd, &path);
            return Err(format!(
                "error reading {name}: missing module declaration. To specify the module path:\n\tgo mod edit -module=example.com/mod"
            ));
        };
        self.mains.push(Main { path: module, dir: dir.to_path_buf(), file });
        Ok(())
    }

    /// Refuses main modules that ask for a newer Go than the standard library's.
    fn check_go_lines(&self, goroot: &Goroot) -> Result<(), String> {
        let have = goroot.version.trim_start_matches("go");
        for main in &self.mains {
            let need = main.file.go.as_deref().unwrap_or_default();
            if compare_go(need, have).is_gt() {
                let name = short_path(&self.cwd, &main.dir.join("go.mod"));
                return Err(format!("{name} requires go >= {need} (running go {have})"));
            }
        }
        Ok(())
    }

    /// Decides between the vendor folder and the module cache: `-mod` in GOFLAGS, or whether the folder exists.
    fn choose_source(
        &self,
        env: &Env,
        goroot: &Goroot,
        replace_by: Vec<(PathBuf, Vec<gomod::Replace>)>,
        work_go: Option<GoVersion>,
    ) -> Result<Source, String> {
        let root =
            self.workspace.as_ref().unwrap_or(&self.mains[0].dir.join("go.mod")).with_file_name("vendor");
        let vendor_from = if work_go.is_some() { GoVersion(22) } else { GoVersion(14) };
        let go = work_go.unwrap_or_else(|| self.mains[0].go_version());
        let vendored = match env.goflag("mod").as_deref() {
            Some("vendor") => true,
            Some("mod" | "readonly") => false,
            Some(other) => {
                return Err(format!("-mod={other}: must be readonly, vendor or mod"));
            }
            None => go >= vendor_from && root.is_dir(),
        };
        if !vendored {
            let own = self.mains.iter().map(|main| main.dir.join("go.sum"));
            let of_workspace = self.workspace.iter().map(|path| path.with_file_name("go.work.sum"));
            let sums = Sums::read(&own.chain(of_workspace).collect::<Vec<_>>())?;
            let store = Store::new(env, Proxies::new(env, goroot), sums);
            return Ok(Source::List(Box::new(List::new(self, store, replace_by)?)));
        }
        let vendor = Vendor::read(&root)?;
        if work_go.is_none() && go >= GoVersion(14) {
            vendor.check(&self.mains[0])?;
        }
        Ok(Source::Vendor(vendor))
    }

    /// Returns the main modules.
    pub fn mains(&self) -> &[Main] {
        &self.mains
    }

    /// Returns the main module whose folder holds `dir`, and not in a module of its own.
    pub fn main_of(&self, dir: &Path) -> Option<&Main> {
        let main =
            self.mains.iter().filter(|m| dir.starts_with(&m.dir)).max_by_key(|m| m.dir.as_os_str().len())?;
        let nested = dir.ancestors().take_while(|up| *up != main.dir).any(|up| up.join("go.mod").is_file());
        (!nested).then_some(main)
    }

    /// Returns the import path of a folder in a main module.
    pub fn import_path(&self, dir: &Path) -> Result<String, String> {
        if let Some(main) = self.main_of(dir) {
            return Ok(join(&main.path, dir.strip_prefix(&main.dir).expect("the folder lies in the module")));
        }
        if let Source::Vendor(vendor) = &self.source
            && let Ok(below) = dir.strip_prefix(&vendor.dir)
        {
            return Ok(join("", below));
        }
        if self.mains.is_empty() {
            return Err(NO_GO_MOD.into());
        }
        let name = short_path(&self.cwd, dir);
        match &self.workspace {
            Some(_) if find_up(dir, "go.mod").is_some() => Err(format!(
                "directory {name} is contained in a module that is not one of the workspace modules listed in go.work. \
                 You can add the module to the workspace using:\n\tgo work use {name}"
            )),
            Some(_) => Err(format!(
                "directory {name} outside modules listed in go.work or their selected dependencies"
            )),
            None => Err(format!("directory {name} outside main module or its selected dependencies")),
        }
    }

    /// Finds the folder that provides the package `path`, which the package `importer` imports.
    pub fn find(&mut self, path: &str, importer: Option<&str>) -> Result<Place, String> {
        if let Some(found) = self.found.get(path) {
            return found.clone();
        }
        let found = self.look_up(path, importer);
        self.found.insert(path.to_string(), found.clone());
        found
    }

    fn look_up(&mut self, path: &str, importer: Option<&str>) -> Result<Place, String> {
        for main in &self.mains {
            if let Some(below) = below(&main.path, path) {
                let dir = main.dir.join(below);
                if crate::dir::has_go_files(&dir) && self.main_of(&dir).is_some_and(|m| m.path == main.path) {
                    return Ok(Place { dir, go: main.go_version() });
                }
            }
        }
        match &mut self.source {
            Source::None => Err(format!("no required module provides package {path}: {NO_GO_MOD}")),
            Source::Vendor(vendor) => vendor.find(path),
            Source::List(list) => list.find(path, importer),
        }
    }

    /// Lists the folders of modules other than the main ones whose paths are `wanted`, for patterns of import paths.
    pub fn others(&mut self, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<(String, PathBuf)>, String> {
        match &mut self.source {
            Source::None => Ok(Vec::new()),
            Source::Vendor(vendor) => Ok(vec![(String::new(), vendor.dir.clone())]),
            Source::List(list) => list.dirs(wanted),
        }
    }
}

/// Returns what of `path` lies below the module or folder `prefix`, if it does.
pub fn below<'a>(prefix: &str, path: &'a str) -> Option<&'a str> {
    let rest = path.strip_prefix(prefix)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}

/// Joins a module path and a folder below the module's.
fn join(path: &str, below: &Path) -> String {
    let below = below.display().to_string();
    match (path, below.as_str()) {
        (path, "") => path.into(),
        ("", below) => below.into(),
        (path, below) => format!("{path}/{below}"),
    }
}

/// Finds the nearest folder at or above `dir` with a file `name`.
pub fn find_up(dir: &Path, name: &str) -> Option<PathBuf> {
    dir.ancestors().find(|up| up.join(name).is_file()).map(Path::to_path_buf)
}

/// Finds the `go.work` in force: GOWORK, or the nearest above.
pub fn find_workspace(cwd: &Path, env: &Env) -> Result<Option<PathBuf>, String> {
    match env.get("GOWORK") {
        Some("off") => Ok(None),
        Some(path) if !Path::new(path).is_absolute() => {
            Err(format!("the path provided by GOWORK must be an absolute path: {path}"))
        }
        Some(path) => Ok(Some(path.into())),
        None => Ok(find_up(cwd, "go.work").map(|dir| dir.join("go.work"))),
    }
}

/// Writes a module and its version as the go command does.
fn at(module: &ModuleVersion) -> String {
    format!("{}@{}", module.path, module.version)
}
