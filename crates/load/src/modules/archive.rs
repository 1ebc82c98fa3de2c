//! The zip file of a module: its hash, and its files in a folder. The Go Modules Reference, "Module zip files".

use std::collections::BTreeSet;
use std::fs::{OpenOptions, Permissions};
use std::io::{Read, Seek};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use sha2::{Digest, Sha256};
use zip::ZipArchive;

use super::sum;
use crate::gomod::ModuleVersion;
use crate::io_text;

/// What a module's files may be together, and its `go.mod` by itself: 500 and 16 MiB. Modules Reference,
/// "File path and size constraints".
const MAX_BYTES: u64 = 500 << 20;

/// Opens a zip file.
pub fn open<R: Read + Seek>(reader: R) -> Result<ZipArchive<R>, String> {
    ZipArchive::new(reader).map_err(|_| "zip: not a valid zip file".into())
}

/// Returns the hash of the files in a zip file.
pub fn hash<R: Read + Seek>(archive: &mut ZipArchive<R>) -> Result<String, String> {
    let mut files = Vec::new();
    let mut left = MAX_BYTES;
    for idx in 0..archive.len() {
        let file = archive.by_index(idx).map_err(|error| format!("zip: {error}"))?;
        let name = file.name().map_err(|error| format!("zip: {error}"))?.into_owned();
        let mut bytes = Vec::new();
        let read = file.take(left + 1).read_to_end(&mut bytes);
        read.map_err(|error| format!("zip: {name}: {}", io_text(&error)))?;
        left = left
            .checked_sub(bytes.len() as u64)
            .ok_or("zip: total uncompressed size of module contents too large")?;
        files.push((name, Sha256::digest(&bytes).into()));
    }
    Ok(sum::hash_files(files))
}

/// Writes the files into the new folder `dir`, readable only.
///
/// Nothing is written before every name was found to be a plain path below the module's.
pub fn extract<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    module: &ModuleVersion,
    dir: &Path,
) -> Result<(), String> {
    let prefix = format!("{}@{}/", module.path, module.version);
    let mut seen = BTreeSet::new();
    let mut names = Vec::new();
    for idx in 0..archive.len() {
        let file = archive.by_index_raw(idx).map_err(|error| format!("zip: {error}"))?;
        let name = file.name().map_err(|error| format!("zip: {error}"))?;
        let Some(path) = name.strip_prefix(&prefix) else {
            return Err(format!("{name}: path does not have prefix {prefix:?}"));
        };
        if path.is_empty() || path.ends_with('/') {
            continue;
        }
        if !is_plain(path) {
            return Err(format!("{name}: malformed file path {path:?}"));
        }
        if !seen.insert(path.to_lowercase()) {
            return Err(format!("{name}: multiple entries for file {path:?}"));
        }
        names.push((idx, path.to_string()));
    }
    for (idx, name) in names {
        let failed = |error: std::io::Error| format!("{}: {}", dir.join(&name).display(), io_text(&error));
        let path = dir.join(&name);
        std::fs::create_dir_all(path.parent().expect("it lies below the folder")).map_err(failed)?;
        let mut file = archive.by_index(idx).map_err(|error| format!("zip: {error}"))?;
        let mut out =
            OpenOptions::new().write(true).create_new(true).mode(0o444).open(&path).map_err(failed)?;
        std::io::copy(&mut file, &mut out).map_err(failed)?;
    }
    Ok(())
}

/// Reports whether a path leads below the folder it is joined to, on every system.
fn is_plain(path: &str) -> bool {
    let is_bad = |element: &str| element.is_empty() || element == "." || element == "..";
    !path.contains(|c: char| c.is_control() || "\\:*?\"<>|".contains(c)) && !path.split('/').any(is_bad)
}

/// Gives every folder at and below `dir` these permissions.
pub fn set_mode(dir: &Path, mode: u32) -> std::io::Result<()> {
    let readable = mode | 0o700;
    std::fs::set_permissions(dir, Permissions::from_mode(readable))?;
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            set_mode(&entry.path(), mode)?;
        }
    }
    std::fs::set_permissions(dir, Permissions::from_mode(mode))
}

#[cfg(test)]
mod tests {
    #[test]
    fn paths_stay_below_the_folder() {
        for path in ["a.go", "a/b/c.go", ".hidden", "a..b"] {
            assert!(super::is_plain(path), "{path}");
        }
        for path in ["", "/a", "../a", "a/../../b", "a//b", "a/.", "a\\b", "c:a", "a\nb"] {
            assert!(!super::is_plain(path), "{path:?}");
        }
    }
}
