//! `rigo test -coverprofile`: the profiles of several packages, made one.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use driver::tests::TestProgram;

use crate::test_flags::TestFlags;

/// The name under which a test program finds which packages have files of their own. `internal/coverage/defs.go`.
const FILE_LIST: &str = "metafiles.txt";

/// The profile of all packages.
pub struct Profile {
    // `None` where none is asked for.
    file: Option<File>,
    header: String,
    // The lines of each package, by its number: they are written in this order, whoever is ready first.
    parts: Mutex<BTreeMap<usize, String>>,
}

impl Profile {
    /// Begins the file that `-coverprofile` names, if it does.
    pub fn create(flags: &TestFlags, cwd: &Path) -> Result<Profile, String> {
        let mut profile = Profile { file: None, header: String::new(), parts: Mutex::default() };
        let Some(cover) = &flags.cover else { return Ok(profile) };
        profile.header = format!("mode: {}\n", cover.of_build(cwd).mode.name());
        if let Some(name) = &cover.profile {
            let path = flags.output_dir.as_deref().unwrap_or(cwd).join(name);
            let failed = |error| format!("open {}: {}", path.display(), driver::io_text(&error));
            profile.file = Some(File::create(&path).map_err(failed)?);
        }
        Ok(profile)
    }

    /// Adds the lines of a package.
    pub fn add(&self, number: usize, lines: String) {
        self.parts.lock().expect("no holder panics").insert(number, lines);
    }

    /// Adds what a test program wrote. One that was ended early has written nothing.
    pub fn add_file(&self, number: usize, place: &Place) -> Result<(), String> {
        let Ok(text) = std::fs::read_to_string(&place.profile) else { return Ok(()) };
        match text.strip_prefix(&self.header) {
            _ if text.is_empty() => {}
            Some(lines) => self.add(number, lines.into()),
            None => {
                let path = place.profile.display();
                return Err(format!(
                    "test wrote malformed coverage profile {path}: expected {:?}",
                    self.header
                ));
            }
        }
        Ok(())
    }

    /// Writes the file.
    pub fn finish(self) -> Result<(), String> {
        let Some(mut file) = self.file else { return Ok(()) };
        let parts = self.parts.into_inner().expect("no holder panics");
        let text: String = std::iter::once(self.header).chain(parts.into_values()).collect();
        file.write_all(text.as_bytes()).map_err(|error| format!("saving coverage profile: {error}"))
    }
}

/// Where one test program writes what it counted.
pub struct Place {
    dir: PathBuf,
    profile: PathBuf,
}

impl Place {
    /// Makes the folder of a test program below `place`, and what it reads there of other packages.
    pub fn create(place: &Path, program: &TestProgram) -> Result<Place, String> {
        let dir = place.join("gocoverdir");
        let failed = |error: std::io::Error| format!("{}: {error}", dir.display());
        std::fs::create_dir_all(&dir).map_err(failed)?;
        let (mut paths, mut files) = (Vec::new(), Vec::new());
        for (n, (path, bytes)) in program.cover_files.iter().enumerate() {
            let file = place.join(format!("{n}.covmeta"));
            std::fs::write(&file, bytes).map_err(failed)?;
            paths.push(path.clone());
            files.push(file.display().to_string());
        }
        if !paths.is_empty() {
            let list = format!("{{\"ImportPaths\":{paths:?},\"MetaFileFragments\":{files:?}}}\n");
            std::fs::write(dir.join(FILE_LIST), list).map_err(failed)?;
        }
        Ok(Place { profile: place.join("_cover_.out"), dir })
    }

    /// The flags and the variable by which the program learns of it.
    pub fn tell(&self, command: &mut std::process::Command, wants_profile: bool) {
        command.arg(format!("-test.gocoverdir={}", self.dir.display())).env("GOCOVERDIR", &self.dir);
        if wants_profile {
            command.arg(format!("-test.coverprofile={}", self.profile.display()));
        }
    }
}

/// What the line of a package says of the coverage that its tests printed.
pub fn percentage(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    let found = text.split_inclusive('\n').find_map(|line| {
        let (_, rest) = line.split_once("coverage: ")?;
        rest.strip_suffix('\n')
    });
    found.map_or(String::new(), |found| format!("\tcoverage: {found}"))
}
