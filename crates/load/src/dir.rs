//! The files of one folder, by what a build does with them.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use source::Name;

use crate::header::{self, Header};
use crate::overlay::Overlay;
use crate::tags::Selection;

/// A Go file that is part of the build.
#[derive(Clone, Debug)]
pub struct GoFile {
    /// Its name within the folder.
    pub name: String,
    /// Where it was read.
    pub path: PathBuf,
    /// Its bytes.
    pub bytes: Arc<[u8]>,
    /// Its package clause and imports.
    pub header: Header,
}

/// The files of a folder.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Go files of the package.
    pub go: Vec<GoFile>,
    /// Test files in the package; empty unless asked for.
    pub tests: Vec<GoFile>,
    /// Test files in package `x_test`; empty unless asked for.
    pub external_tests: Vec<GoFile>,
    /// Assembly files that the constraints select.
    pub asm: Vec<String>,
    /// Files for C compilers, and objects.
    pub foreign: Vec<String>,
    /// Go files that import "C".
    pub cgo: Vec<String>,
    /// Go files that name or constraint leave out.
    pub ignored: Vec<String>,
    /// There are test files that fit, read or not. Known when there is no other file to compile.
    pub has_tests: bool,
    /// Files that could not be read, with the reason.
    pub unreadable: Vec<(String, String)>,
    unread_tests: Vec<String>,
}

/// Endings of files that only a C or Fortran compiler can read.
const FOREIGN: &[&str] = &["c", "cc", "cpp", "cxx", "m", "f", "F", "for", "f90", "swig", "swigcxx"];

/// What is asked of a folder.
#[derive(Clone, Debug)]
pub struct Query {
    /// The folder.
    pub dir: PathBuf,
    /// The files to take, without looking at name and constraint; `None` for those that fit.
    pub files: Option<Vec<String>>,
    /// What they are selected for.
    pub selection: Selection,
    /// What stands in for some of them.
    pub overlay: Option<Overlay>,
    /// Test files are read too.
    pub tests: bool,
}

/// Reads the files of a folder, sorted by name.
pub fn read(query: &Query) -> io::Result<Listing> {
    let mut listing = Listing::default();
    let names = match &query.files {
        Some(names) => names.clone(),
        None if query.overlay.is_some_and(|overlay| overlay.is_addition()) => Vec::new(),
        None => file_names(&query.dir)?,
    };
    for name in names {
        if query.overlay.is_some_and(|overlay| !overlay.keeps(&name)) {
            continue;
        }
        if let Err(error) = listing.add(query, &name) {
            listing.unreadable.push((name, error.to_string()));
        }
    }
    if listing.go.is_empty() {
        listing.has_tests = listing.unread_tests.iter().any(|name| {
            let bytes = std::fs::read(query.dir.join(name)).unwrap_or_default();
            fits(&header::read(bytes.into()), &query.selection)
        });
    }
    if let Some(overlay) = query.overlay {
        for (name, bytes) in overlay.files() {
            let path = Path::new("overlay").join(overlay.package).join(name);
            listing.add_go(query, name, path, bytes.into());
        }
        listing.go.sort_by(|a, b| a.name.cmp(&b.name));
    }
    Ok(listing)
}

/// Lists the names of a folder's regular files, sorted.
fn file_names(dir: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        // A link to a file counts, a link to a folder does not.
        if kind.is_file() || (kind.is_symlink() && entry.path().is_file()) {
            names.extend(entry.file_name().into_string());
        }
    }
    names.sort();
    Ok(names)
}

/// Reports whether a folder holds any Go file, selected or not.
pub fn has_go_files(dir: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(dir) else { return false };
    entries.flatten().any(|entry| {
        entry.file_name().as_encoded_bytes().ends_with(b".go") && !entry.file_type().is_ok_and(|t| t.is_dir())
    })
}

impl Listing {
    /// Sorts one file of the folder in.
    fn add(&mut self, query: &Query, name: &str) -> io::Result<()> {
        let path = query.dir.join(name);
        let named = query.files.is_some();
        let hidden = name.starts_with(['_', '.']) && !named;
        let name_fits = named || query.selection.matches_name(name);
        match name.rsplit_once('.').map_or("", |(_, ext)| ext) {
            "go" if hidden || !name_fits => self.ignored.push(name.into()),
            "go" => {
                if name.ends_with("_test.go") && !named && !query.tests {
                    self.unread_tests.push(name.into());
                    return Ok(());
                }
                let bytes = std::fs::read(&path)?;
                self.add_go(query, name, path, bytes.into());
            }
            "s" | "S" if !hidden && name_fits => self.add_asm(query, name, &path)?,
            "syso" if !hidden && name_fits => self.foreign.push(name.into()),
            ext if FOREIGN.contains(&ext) && !hidden && name_fits && text_fits(query, &path)? => {
                self.foreign.push(name.into());
            }
            _ => {}
        }
        Ok(())
    }

    /// Takes an assembly file if its constraint holds.
    fn add_asm(&mut self, query: &Query, name: &str, path: &Path) -> io::Result<()> {
        if text_fits(query, path)? {
            self.asm.push(name.into());
        }
        Ok(())
    }

    /// Sorts one Go file in.
    fn add_go(&mut self, query: &Query, name: &str, path: PathBuf, bytes: Arc<[u8]>) {
        let header = header::read(bytes.clone());
        if query.files.is_none()
            && (!fits(&header, &query.selection) || header.package == Some(Name::new("documentation")))
        {
            self.ignored.push(name.into());
            return;
        }
        if header.imports.iter().any(|import| import.path == "C") {
            self.cgo.push(name.into());
            return;
        }
        let external = header.package.is_some_and(|package| package.as_str().ends_with("_test"));
        let list = match name.ends_with("_test.go") {
            // Unless tests are asked for, test files that are named are ordinary files of the package they make.
            true if query.files.is_some() && !query.tests => &mut self.go,
            true if external => &mut self.external_tests,
            true => &mut self.tests,
            _ => &mut self.go,
        };
        list.push(GoFile { name: name.into(), path, bytes, header });
    }

    /// Reports whether no file is left to compile.
    pub fn is_empty(&self) -> bool {
        self.go.is_empty() && self.tests.is_empty() && self.external_tests.is_empty()
    }
}

/// Reports whether the constraint at the head of a file for another compiler holds.
fn text_fits(query: &Query, path: &Path) -> io::Result<bool> {
    Ok(fits(&header::read(std::fs::read(path)?.into()), &query.selection))
}

/// Decides a file's build constraint.
fn fits(header: &Header, selection: &Selection) -> bool {
    header.constraint.eval(&|tag| selection.has_tag(tag))
}
