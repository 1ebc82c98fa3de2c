//! What `load` gives: packages in the order of their imports, and their files.

use std::path::PathBuf;
use std::sync::Arc;

use source::{Diagnostic, FileId};

use crate::{GoVersion, Goroot};

/// A package of one request.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PackageId(pub u32);

impl PackageId {
    /// Returns the id as an index into [`Loaded::packages`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A Go file of one or more packages.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The name for diagnostics: relative to the current folder where that is shorter.
    pub name: String,
    /// Where it was read; for a file of the overlay, its place in rigo's own tree.
    pub path: PathBuf,
    /// Its bytes.
    pub bytes: Arc<[u8]>,
}

/// An assembly file.
#[derive(Clone, Debug)]
pub struct AsmFile {
    /// The name for diagnostics.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
}

/// One package.
#[derive(Clone, Debug)]
pub struct Package {
    /// The import path; `command-line-arguments` for a list of files.
    pub path: String,
    /// The name by which the go command tells test variants apart: `p [p.test]`; else the path.
    pub id: String,
    /// The name in the package clauses; empty when no file has one.
    pub name: String,
    /// The folder.
    pub dir: PathBuf,
    /// Its files, in the order of their names, each with the language version it is written for.
    pub files: Vec<(FileId, GoVersion)>,
    /// For each import path as written, the package; sorted. `unsafe` and what could not be loaded are missing.
    pub imports: Vec<(String, PackageId)>,
    /// The language version of the module, or of `-lang`.
    pub go_version: GoVersion,
    /// It belongs to the standard library.
    pub is_std: bool,
    /// It was asked for, not only imported.
    pub is_root: bool,
    /// It is `main` and a program, not the library that the tests of a program import.
    pub is_program: bool,
    /// Its assembly files.
    pub asm: Vec<AsmFile>,
    /// Functions without a body are defined by its assembly files. Else the runtime has them, or nobody.
    pub uses_assembly: bool,
    /// Names of Go files that name or build constraint leave out.
    pub ignored: Vec<String>,
    /// What is wrong with it, found before its files were parsed. Sorted by position.
    pub errors: Vec<Diagnostic>,
}

/// A package whose tests were asked for.
#[derive(Clone, Copy, Debug)]
pub struct Test<Id = PackageId> {
    /// The package; with its test files, where it has any in the package itself.
    pub package: Id,
    /// The program that runs its tests, where it has any.
    pub program: Option<Id>,
}

/// The packages of a request.
#[derive(Debug)]
pub struct Loaded {
    /// The installed Go tree.
    pub goroot: Goroot,
    /// Each after those it imports, else by import path.
    pub packages: Vec<Package>,
    /// Indexed by [`FileId`]: in the order of the packages and of their files.
    pub files: Vec<SourceFile>,
    /// The packages whose tests are to be run, by import path.
    pub tests: Vec<Test>,
    /// What is wrong with the arguments themselves, in their order.
    pub errors: Vec<String>,
    /// Arguments that name nothing, and the like.
    pub warnings: Vec<String>,
}
