//! The Go files that stand in for those of the standard library that touch the runtime.
//!
//! They lie in `overlay/<import path>/` of rigo's own tree and are embedded in the program. This
//! module has the one table that says which packages they replace, and how; packages without an entry
//! are compiled as they are installed.
//!
//! Invariant: every entry has embedded files, and every embedded file belongs to an entry (a test
//! holds both).

/// What the overlay does to a package.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Replaces {
    /// The installed files are not looked at.
    Package,
    /// There is no such package but this one.
    Nothing,
    /// These installed files are left out; the overlay's files come on top.
    Files(&'static [&'static str]),
}

/// Which packages are replaced, by import path.
const TABLE: &[(&str, Replaces)] = &[
    ("internal/chacha8rand", Replaces::Files(&[])),
    ("reflect", Replaces::Files(&[])),
    ("rigo/irq", Replaces::Nothing),
    ("rigo/mmio", Replaces::Nothing),
    ("runtime", Replaces::Package),
    ("runtime/cgo", Replaces::Files(&[])),
];

/// The embedded files: path below `overlay/`, bytes; sorted.
static FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/overlay.rs"));

/// What stands in for the files of one package.
#[derive(Clone, Copy, Debug)]
pub struct Overlay {
    /// What it does to the installed files.
    pub replaces: Replaces,
    /// The import path.
    pub package: &'static str,
}

impl Overlay {
    /// Returns the overlay of a package of the standard library, if there is one.
    pub fn of(package: &str) -> Option<Overlay> {
        let (package, replaces) = TABLE.iter().find(|(path, _)| *path == package)?;
        Some(Overlay { replaces: *replaces, package })
    }

    /// Reports whether the package is in no GOROOT.
    pub fn is_addition(&self) -> bool {
        self.replaces == Replaces::Nothing
    }

    /// Reports whether an installed file is compiled.
    pub fn keeps(&self, name: &str) -> bool {
        match self.replaces {
            Replaces::Package | Replaces::Nothing => false,
            Replaces::Files(dropped) => !dropped.contains(&name),
        }
    }

    /// Returns names and bytes of the overlay's own files.
    pub fn files(&self) -> impl Iterator<Item = (&'static str, &'static [u8])> + use<> {
        let package = self.package;
        FILES.iter().filter_map(move |(path, bytes)| {
            let (dir, name) = path.rsplit_once('/')?;
            (dir == package).then_some((name, *bytes))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_and_files_agree() {
        for (package, _) in TABLE {
            let overlay = Overlay::of(package).expect("it is in the table");
            assert!(overlay.files().next().is_some(), "{package} has no files");
        }
        for (path, _) in FILES {
            let dir = path.rsplit_once('/').map(|(dir, _)| dir);
            assert!(dir.is_some_and(|dir| Overlay::of(dir).is_some()), "{path} belongs to no entry");
        }
    }
}
