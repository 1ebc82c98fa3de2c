//! Where images go: files, folders and devices.
//!
//! Invariant: a file appears under its name whole or not at all. Bytes are written beside it and renamed;
//! devices alone are written in place.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use load::io_text;

/// Where the programs of a build are to go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Destination {
    /// A program has this file.
    File(PathBuf),
    /// Each program has its own name in this folder.
    Folder(PathBuf),
    /// A single program has its own name in this folder; of several nothing is written. What a build without `-o` does.
    Default(PathBuf),
}

impl Destination {
    /// Reads the flag `-o`: a folder when it is one or ends as one.
    pub fn of_flag(cwd: &Path, text: Option<&str>) -> Destination {
        let Some(text) = text else { return Destination::Default(cwd.to_owned()) };
        let path = cwd.join(text);
        if text.ends_with('/') || path.is_dir() { Destination::Folder(path) } else { Destination::File(path) }
    }

    /// Returns the path for each of the programs `names`, if they are written.
    pub fn paths(&self, names: &[&str]) -> Result<Option<Vec<PathBuf>>, String> {
        match self {
            Destination::File(path) if names.len() > 1 => {
                Err(format!("go: cannot write multiple packages to non-directory {}", path.display()))
            }
            Destination::Folder(_) if names.is_empty() => Err("go: no main packages to build".into()),
            Destination::File(path) => Ok(Some(vec![path.clone(); names.len()])),
            Destination::Folder(dir) => Ok(Some(names.iter().map(|name| dir.join(name)).collect())),
            Destination::Default(dir) => match names {
                [name] if dir.join(name).is_dir() => {
                    Err(format!("go: build output {name:?} already exists and is a directory"))
                }
                [name] => Ok(Some(vec![dir.join(name)])),
                _ => Ok(None),
            },
        }
    }
}

/// Writes an executable file. A file that is there already is replaced if it is an executable or empty.
pub fn write_image(path: &Path, image: &[u8]) -> Result<(), String> {
    let failed =
        |verb: &str, error: &std::io::Error| format!("{verb} {}: {}", path.display(), io_text(error));
    match path.metadata() {
        Ok(meta) if meta.is_dir() => {
            return Err(format!("build output {:?} already exists and is a directory", path.display()));
        }
        Ok(meta) if meta.is_file() && meta.len() > 0 && !is_executable(path) => {
            return Err(format!(
                "build output {:?} already exists and is not an object file",
                path.display()
            ));
        }
        Ok(meta) if !meta.is_file() => {
            let mut device = OpenOptions::new().write(true).open(path).map_err(|e| failed("open", &e))?;
            return device.write_all(image).map_err(|e| failed("write", &e));
        }
        Ok(_) | Err(_) => {}
    }
    let (Some(name), Some(dir)) = (path.file_name(), path.parent()) else {
        return Err(format!("{}: not the name of a file", path.display()));
    };
    std::fs::create_dir_all(dir).map_err(|e| failed("open", &e))?;
    let staged = path.with_file_name(format!(".{}.{}", name.to_string_lossy(), std::process::id()));
    let file = OpenOptions::new().write(true).create_new(true).mode(0o777).open(&staged);
    let mut file = file.map_err(|e| failed("open", &e))?;
    let written = file.write_all(image).and_then(|()| std::fs::rename(&staged, path));
    written.map_err(|error| {
        // Nothing more can be done when this fails too.
        std::fs::remove_file(&staged).ok();
        failed("write", &error)
    })
}

/// Reports whether a file begins as images do: ELF, or the `MZ` of a boot image's header.
pub fn is_executable(path: &Path) -> bool {
    let mut head = [0; 64];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut head));
    // The last is a boot image of the kernel (`runtime/platform-opensbi/src/boot.rs`).
    read.is_ok()
        && (head.starts_with(b"\x7fELF") || head.starts_with(b"MZ") || head[48..56] == *b"RISCV\0\0\0")
}
