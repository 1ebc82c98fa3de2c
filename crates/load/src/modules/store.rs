//! The modules at hand: those in the module cache, and those that a proxy has.
//!
//! The cache is the go command's, with its layout, its locks and its checks, so that both fill and read the same one.
//! Whatever is read from it was compared with `go.sum`; what does not match is not kept.
//!
//! Invariants: a folder of the cache is complete unless a file `.partial` stands for it; files are read-only; nothing is
//! written but below GOMODCACHE.

use std::fs::{File, OpenOptions};
use std::io::Cursor;
use std::path::{Path, PathBuf};

use super::proxy::Proxies;
use super::sum::{Part, Sums, hash_go_mod};
use super::{archive, at, cache};
use crate::gomod::ModuleVersion;
use crate::{Env, io_text};

/// Where modules that are neither main nor replaced by folders come from.
#[derive(Debug)]
pub struct Store {
    cache: Option<PathBuf>,
    proxies: Proxies,
    sums: Sums,
    /// Folders of the cache may be written to later: `-modcacherw`.
    is_writable: bool,
}

/// Why a module's files cannot be had.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Missing {
    /// `go.sum` has no hash for them.
    Sum,
    /// Something else, in words.
    Files(String),
}

impl Store {
    /// Makes a store for a request with the lines of its `go.sum` files.
    pub fn new(env: &Env, proxies: Proxies, sums: Sums) -> Store {
        let is_writable = env.goflag("modcacherw").is_some_and(|value| value == "true");
        Store { cache: env.module_cache(), proxies, sums, is_writable }
    }

    fn cache(&self) -> Result<&Path, String> {
        let missing = "module cache not found: neither GOMODCACHE nor GOPATH nor HOME is set";
        self.cache.as_deref().ok_or_else(|| missing.into())
    }

    /// Returns a module's `go.mod`.
    pub fn go_mod(&self, module: &ModuleVersion) -> Result<String, String> {
        let cache = self.cache()?;
        if !self.sums.has(module, Part::GoMod) {
            return Err(format!(
                "{}: missing go.sum entry for go.mod file; to add it:\n\tgo mod download {}",
                at(module),
                module.path
            ));
        }
        let path = cache::download(cache, module, ".mod");
        let (bytes, is_new) = match std::fs::read(&path) {
            Ok(bytes) => (bytes, false),
            Err(_) => (self.proxies.get(module, ".mod")?, true),
        };
        self.sums.check(module, Part::GoMod, &hash_go_mod(&bytes))?;
        if is_new {
            let _lock = lock(cache, module)?;
            write(&path, &bytes)?;
        }
        String::from_utf8(bytes).map_err(|_| format!("{}: parsing go.mod: it is not UTF-8", at(module)))
    }

    /// Returns the folder of a module's files.
    pub fn dir(&self, module: &ModuleVersion) -> Result<PathBuf, Missing> {
        if !self.sums.has(module, Part::Files) {
            return Err(Missing::Sum);
        }
        self.checked_dir(module).map_err(Missing::Files)
    }

    fn checked_dir(&self, module: &ModuleVersion) -> Result<PathBuf, String> {
        let cache = self.cache()?;
        let dir = cache::dir(cache, module);
        let is_complete = || dir.is_dir() && !cache::download(cache, module, ".partial").exists();
        if is_complete() {
            self.sums.check(module, Part::Files, &zip_hash(cache, module)?)?;
            return Ok(dir);
        }
        let _lock = lock(cache, module)?;
        // Another process may have been first.
        if !is_complete() {
            let zip = self.zip(cache, module)?;
            self.unpack(cache, module, &dir, &zip)?;
        }
        Ok(dir)
    }

    /// Returns a module's zip file, whose hash is right.
    fn zip(&self, cache: &Path, module: &ModuleVersion) -> Result<Vec<u8>, String> {
        let path = cache::download(cache, module, ".zip");
        let (bytes, is_new) = match std::fs::read(&path) {
            Ok(bytes) => (bytes, false),
            Err(_) => (self.proxies.get(module, ".zip")?, true),
        };
        let hash = archive::hash(&mut archive::open(Cursor::new(&bytes))?)?;
        self.sums.check(module, Part::Files, &hash)?;
        // Where there is a zip file, its hash is there before it.
        write(&cache::download(cache, module, ".ziphash"), hash.as_bytes())?;
        if is_new {
            write(&path, &bytes)?;
        }
        Ok(bytes)
    }

    /// Puts the files into their folder.
    fn unpack(&self, cache: &Path, module: &ModuleVersion, dir: &Path, zip: &[u8]) -> Result<(), String> {
        let failed = |error: std::io::Error| format!("{}: {}", dir.display(), io_text(&error));
        let partial = cache::download(cache, module, ".partial");
        write(&partial, b"")?;
        if dir.exists() {
            archive::set_mode(dir, 0o755).and_then(|()| std::fs::remove_dir_all(dir)).map_err(failed)?;
        }
        let mut archive = archive::open(Cursor::new(zip))?;
        if let Err(error) = archive::extract(&mut archive, module, dir) {
            let path = cache::download(cache, module, ".zip");
            return Err(format!("unzip {}: {error}", path.display()));
        }
        if !self.is_writable {
            archive::set_mode(dir, 0o555).map_err(failed)?;
        }
        std::fs::remove_file(&partial).map_err(failed)
    }
}

/// Returns the hash of a module's files: as it was written down when they were downloaded, or of the zip file.
fn zip_hash(cache: &Path, module: &ModuleVersion) -> Result<String, String> {
    let path = cache::download(cache, module, ".ziphash");
    match std::fs::read_to_string(&path) {
        Ok(hash) => Ok(hash.trim().into()),
        Err(error) => match File::open(cache::download(cache, module, ".zip")) {
            Ok(zip) => archive::hash(&mut archive::open(zip)?),
            Err(_) => Err(format!("verifying {}: open {}: {}", at(module), path.display(), io_text(&error))),
        },
    }
}

/// Locks a module in the cache until the file is closed.
fn lock(cache: &Path, module: &ModuleVersion) -> Result<File, String> {
    let path = cache::download(cache, module, ".lock");
    let failed = |error: std::io::Error| format!("open {}: {}", path.display(), io_text(&error));
    std::fs::create_dir_all(path.parent().expect("it has a folder")).map_err(failed)?;
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
    file.lock().map_err(failed)?;
    Ok(file)
}

/// Writes a file that appears whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("open {}: {}", path.display(), io_text(&error));
    let name = path.file_name().expect("it is a file").to_string_lossy();
    let staged = path.with_file_name(format!("{name}{}.tmp", std::process::id()));
    let written = std::fs::write(&staged, bytes).and_then(|()| std::fs::rename(&staged, path));
    written.map_err(|error| {
        // Nothing more can be done when this fails too.
        std::fs::remove_file(&staged).ok();
        failed(error)
    })
}
