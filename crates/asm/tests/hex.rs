//! The hex tests of `cmd/asm`, read where Go is installed: instructions that the standard library uses, byte for byte.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use asm::amd64;
use asm::parse;

use support::{goroot, std_files};

/// A line of the tests: the instruction and the encodings that are right.
fn expectation(line: &str) -> Option<(&str, Vec<String>)> {
    let (code, hex) = line.rsplit_once("//")?;
    let code = code.split("//").next()?.trim();
    let hexes: Vec<String> = hex.split(" or ").map(|hex| hex.trim().to_string()).collect();
    let is_hex = |hex: &String| {
        !hex.is_empty() && hex.len().is_multiple_of(2) && hex.bytes().all(|b| b.is_ascii_hexdigit())
    };
    (!code.is_empty() && hexes.iter().all(is_hex)).then_some((code, hexes))
}

fn test_files() -> Vec<std::path::PathBuf> {
    let dir = goroot().join("src/cmd/asm/internal/asm/testdata");
    let mut files = vec![dir.join("amd64enc.s"), dir.join("amd64enc_extra.s")];
    let more = std::fs::read_dir(dir.join("avx512enc")).expect("the folder is there");
    files.extend(more.map(|entry| entry.expect("it can be read").path()));
    files.sort();
    files
}

/// The names of instructions in the assembly files of the standard library, in macros too.
fn used_names() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for path in std_files() {
        let text = std::fs::read_to_string(&path).expect("the file can be read");
        for word in text.split(|c: char| !c.is_ascii_alphanumeric()) {
            if word.starts_with(|c: char| c.is_ascii_uppercase()) {
                names.insert(word.to_string());
            }
        }
    }
    names
}

#[test]
fn what_the_standard_library_uses_is_encoded_as_by_go() {
    let used = used_names();
    let (mut n_tests, mut n_wrong) = (0, 0);
    let mut wrong: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in test_files() {
        let text = std::fs::read_to_string(&path).expect("the file can be read");
        for line in text.lines() {
            let Some((code, hexes)) = expectation(line) else { continue };
            let name = code.split_whitespace().next().expect("there is an instruction");
            let stem = name.split('.').next().expect("a name has a stem");
            if !used.contains(stem) {
                continue;
            }
            n_tests += 1;
            let encoded =
                parse::instruction(code).and_then(|(name, operands)| amd64::encode(&name, &operands));
            let got = match &encoded {
                Ok(encoded) => encoded.bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
                Err(error) => error.clone(),
            };
            if !hexes.contains(&got) {
                n_wrong += 1;
                wrong
                    .entry(stem.into())
                    .or_default()
                    .push(format!("{code}: {got}, not {}", hexes.join(" or ")));
            }
        }
    }
    let samples: Vec<String> = wrong.values().flat_map(|list| list.iter().take(3).cloned()).collect();
    assert!(n_tests > 3000, "only {n_tests} lines found in {}", Path::new(&goroot()).display());
    assert_eq!(n_wrong, 0, "{n_wrong} of {n_tests} are wrong, such as\n{}", samples.join("\n"));
}
