//! Licences of dependencies, from `cargo metadata`: only permissive ones may come in.

use std::process::Command;

use serde_json::Value;

use crate::process::{root, text};
use crate::{Failure, Outcome};

const ALLOWED: [&str; 12] = [
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "0BSD",
    "ISC",
    // University of Illinois: as BSD-3-Clause. libFuzzer itself.
    "NCSA",
    "Zlib",
    "Unicode-3.0",
    "CC0-1.0",
    "BSL-1.0",
];

/// The Cargo workspaces of the tree.
pub const WORKSPACES: [&str; 3] = ["Cargo.toml", "runtime/Cargo.toml", "fuzz/Cargo.toml"];

/// Reads `cargo metadata` of a workspace.
pub fn metadata(manifest: &str) -> Outcome<Value> {
    let mut command = Command::new("cargo");
    command.args(["metadata", "--format-version", "1", "--manifest-path", manifest]).current_dir(root());
    let text = text(&mut command)?;
    serde_json::from_str(&text).map_err(|e| Failure::new(format!("cargo metadata: {e}")))
}

/// Returns the entries of an array field.
pub fn list<'a>(value: &'a Value, field: &str) -> impl Iterator<Item = &'a Value> {
    value[field].as_array().into_iter().flatten()
}

/// Fails if a dependency has no permissive licence.
pub fn run() -> Outcome {
    let mut wrong = Vec::new();
    let mut n_packages = 0;
    for manifest in WORKSPACES.into_iter().filter(|manifest| root().join(manifest).is_file()) {
        for package in list(&metadata(manifest)?, "packages") {
            let licence = package["license"].as_str().unwrap_or_default();
            n_packages += 1;
            if !is_allowed(licence) {
                wrong.push(format!("{} {}: licence `{licence}`", package["name"], package["version"]));
            }
        }
    }
    if !wrong.is_empty() {
        return Err(Failure::new(wrong.join("\n")));
    }
    println!("licences: {n_packages} packages are permissive");
    Ok(())
}

/// Reads an SPDX expression without nested parentheses: one alternative must consist of allowed licences.
fn is_allowed(licence: &str) -> bool {
    let licence = licence.replace('/', " OR ");
    let clauses = licence.split(" AND ");
    clauses
        .map(|clause| clause.trim_matches(['(', ')', ' ']))
        .all(|clause| clause.split(" OR ").any(|one| ALLOWED.contains(&one.trim_matches(['(', ')', ' ']))))
}

#[cfg(test)]
mod tests {
    use super::is_allowed;

    #[test]
    fn one_alternative_is_enough_and_every_part_counts() {
        assert!(is_allowed("MIT OR Apache-2.0"));
        assert!(is_allowed("(MIT OR Apache-2.0) AND Unicode-3.0"));
        assert!(is_allowed("Apache-2.0 WITH LLVM-exception"));
        assert!(is_allowed("LGPL-3.0 OR MIT"));
        assert!(!is_allowed("MIT AND LGPL-3.0"));
        assert!(!is_allowed(""));
    }
}
