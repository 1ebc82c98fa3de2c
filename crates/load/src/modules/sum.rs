//! `go.sum`: what the contents of modules must hash to. The Go Modules Reference, "Authenticating modules".
//!
//! A hash `h1:` is the SHA-256, in base64, of a list of files: for each, in the order of their names, the SHA-256 in
//! hexadecimal, two spaces, the name, a line feed.

use std::path::PathBuf;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use crate::gomod::ModuleVersion;
use crate::io_text;

/// The lines of one or more `go.sum` files.
#[derive(Debug, Default)]
pub struct Sums {
    /// Hashes by module path and version; that of a `go.mod` has `/go.mod` behind the version.
    hashes: FxHashMap<(String, String), Vec<String>>,
}

/// Which of a module's hashes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// All files.
    Files,
    /// `go.mod` alone.
    GoMod,
}

impl Sums {
    /// Reads files, of which each may be missing.
    pub fn read(files: &[PathBuf]) -> Result<Sums, String> {
        let mut sums = Sums::default();
        for path in files {
            let text = match std::fs::read_to_string(path) {
                Ok(text) => text,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(format!("open {}: {}", path.display(), io_text(&error))),
            };
            for (number, line) in (1..).zip(text.lines()) {
                let words: Vec<&str> = line.split_whitespace().collect();
                match words[..] {
                    [] => {}
                    [path, version, hash] => {
                        let hashes = sums.hashes.entry((path.into(), version.into())).or_default();
                        hashes.push(hash.into());
                    }
                    _ => {
                        let (path, n) = (path.display(), words.len());
                        return Err(format!(
                            "malformed go.sum:\n{path}:{number}: wrong number of fields {n}"
                        ));
                    }
                }
            }
        }
        Ok(sums)
    }

    fn find(&self, module: &ModuleVersion, part: Part) -> Option<&[String]> {
        let version = match part {
            Part::Files => module.version.clone(),
            Part::GoMod => format!("{}/go.mod", module.version),
        };
        self.hashes.get(&(module.path.clone(), version)).map(Vec::as_slice)
    }

    /// Reports whether there is a hash to compare with.
    pub fn has(&self, module: &ModuleVersion, part: Part) -> bool {
        self.find(module, part).is_some_and(|hashes| hashes.iter().any(|hash| hash.starts_with("h1:")))
    }

    /// Compares a hash with those that are allowed.
    pub fn check(&self, module: &ModuleVersion, part: Part, hash: &str) -> Result<(), String> {
        let wanted = self.find(module, part).unwrap_or_default();
        if wanted.iter().any(|wanted| wanted == hash) {
            return Ok(());
        }
        let wanted = wanted.iter().find(|hash| hash.starts_with("h1:")).map_or("", String::as_str);
        let suffix = if part == Part::GoMod { "/go.mod" } else { "" };
        Err(format!(
            "verifying {}@{}{suffix}: checksum mismatch\n\tdownloaded: {hash}\n\tgo.sum:     {wanted}\n\n\
             SECURITY ERROR\n\
             This download does NOT match an earlier download recorded in go.sum.\n\
             The bits may have been replaced on the origin server, or an attacker may\n\
             have intercepted the download attempt.\n\n\
             For more information, see 'go help module-auth'.",
            module.path, module.version
        ))
    }
}

/// Returns the hash of a list of files, given by names and the SHA-256 of their contents.
pub fn hash_files(mut files: Vec<(String, [u8; 32])>) -> String {
    files.sort();
    let mut list = Sha256::new();
    for (name, digest) in files {
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        list.update(format!("{digest}  {name}\n"));
    }
    format!("h1:{}", BASE64_STANDARD.encode(list.finalize()))
}

/// Returns the hash of a `go.mod`.
pub fn hash_go_mod(text: &[u8]) -> String {
    hash_files(vec![("go.mod".into(), Sha256::digest(text).into())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_go_command() {
        // From `go mod download` of this file.
        let hash = hash_go_mod(b"module example.org/a\n\ngo 1.20\n");
        assert_eq!(hash, "h1:m3mNOV7ASS4GH+uQYMSU67xzPi4QhLqbAYcVjReAMb8=");
    }
}
