//! `cargo xtask tidy`: what the house rules ask and a program can see.
//!
//! The arrows between crates are read from the table in `docs/style.md`, section 2, so that the page
//! and the check cannot drift apart.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use crate::licences::{list, metadata};
use crate::process::{root, text};
use crate::{Failure, Outcome, conformance};

/// Lines that a Rust file may have, tests and tables aside. `docs/style.md`, section 6.
const FILE_LINES: usize = 800;

/// Fails with every breach.
pub fn run() -> Outcome {
    let mut wrong = arrows()?;
    for path in
        text(Command::new("git").args(["ls-files", "-co", "--exclude-standard"]).current_dir(root()))?.lines()
    {
        if root().join(path).is_file() {
            wrong.extend(file(path)?);
        }
    }
    if wrong.is_empty() {
        println!("tidy: arrows, file sizes and names are as docs/style.md says");
        return Ok(());
    }
    Err(Failure::new(wrong.join("\n")))
}

/// What each crate may use.
struct Arrows {
    allowed: BTreeMap<String, BTreeSet<String>>,
    /// The first crate of the runtime; the table lists the compiler's before it.
    runtime: BTreeSet<String>,
}

fn arrows() -> Outcome<Vec<String>> {
    let arrows = read_arrows(&conformance::read("docs/style.md")?)?;
    let mut wrong = Vec::new();
    for (manifest, is_runtime) in [("Cargo.toml", false), ("runtime/Cargo.toml", true)] {
        if !root().join(manifest).is_file() {
            continue;
        }
        let metadata = metadata(manifest)?;
        let members: BTreeSet<_> =
            list(&metadata, "workspace_members").filter_map(|id| id.as_str()).collect();
        for package in
            list(&metadata, "packages").filter(|p| members.contains(p["id"].as_str().unwrap_or_default()))
        {
            let name = package["name"].as_str().unwrap_or_default();
            if name == "xtask" {
                continue;
            }
            let Some(allowed) = arrows.allowed.get(name) else {
                wrong.push(format!("{name}: not in the table of docs/style.md, section 2"));
                continue;
            };
            if name != "abi" && arrows.runtime.contains(name) != is_runtime {
                wrong.push(format!("{name}: in the wrong workspace"));
            }
            let used = list(package, "dependencies").filter(|d| d["path"].is_string() && !is_for_models(d));
            for used in used.filter_map(|d| d["name"].as_str()).filter(|used| !allowed.contains(*used)) {
                wrong
                    .push(format!("{name} -> {used}: an arrow that docs/style.md, section 2, does not have"));
            }
        }
    }
    Ok(wrong)
}

fn read_arrows(page: &str) -> Outcome<Arrows> {
    let malformed = || Failure::new("docs/style.md: the table of section 2 is not where it was");
    let section = page.split("\n## ").find(|section| section.starts_with("2. ")).ok_or_else(malformed)?;
    let mut rows: Vec<(Vec<String>, String)> = Vec::new();
    for line in section.lines().filter(|line| line.starts_with("| `")) {
        let columns: Vec<&str> = line.trim_matches('|').split('|').collect();
        let [names, _, uses] = columns[..] else { return Err(malformed()) };
        rows.push((quoted(names), uses.trim().to_owned()));
    }
    let first_runtime = rows.iter().position(|(names, _)| names[0] == "arch").ok_or_else(malformed)?;
    let names = |rows: &[(Vec<String>, String)]| rows.iter().flat_map(|(names, _)| names.clone()).collect();
    let compiler: BTreeSet<String> = names(&rows[..first_runtime]);
    let runtime: BTreeSet<String> = names(&rows[first_runtime..]);
    let mut allowed = BTreeMap::new();
    for (idx, (names, uses)) in rows.iter().enumerate() {
        let is_runtime = idx >= first_runtime;
        let mut may: BTreeSet<String> = match uses.as_str() {
            "every stage" => compiler.iter().filter(|name| *name != "rigo").cloned().collect(),
            "every runtime crate" => runtime.clone(),
            uses => quoted(uses).into_iter().collect(),
        };
        may.insert("abi".into());
        if !is_runtime && !matches!(names[0].as_str(), "source" | "target" | "abi") {
            may.extend(["source".into(), "target".into()]);
        }
        for name in names {
            may.remove(name);
            allowed.insert(name.clone(), may.clone());
        }
    }
    Ok(Arrows { allowed, runtime })
}

/// Under loom and in tests the runtime stands on `platform-model`: `docs/style.md`, section 3.
fn is_for_models(dependency: &serde_json::Value) -> bool {
    let only_there =
        dependency["kind"] == "dev" || dependency["target"].as_str().is_some_and(|t| t.contains("loom"));
    dependency["name"] == "platform-model" && only_there
}

/// Returns the words between back quotes.
fn quoted(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn file(path: &str) -> Outcome<Vec<String>> {
    let mut wrong = Vec::new();
    let stem = Path::new(path).file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    if ["util", "utils", "helper", "helpers", "manager", "handler", "wrapper", "misc"]
        .contains(&stem.as_str())
    {
        wrong.push(format!("{path}: a file is named for the noun or pass it defines"));
    }
    let Ok(text) = std::fs::read_to_string(root().join(path)) else { return Ok(wrong) };
    for (idx, line) in text.lines().enumerate() {
        let place = || format!("{path}:{}", idx + 1);
        // Written in pieces, so that this file does not speak of them.
        let paths = [concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("/ho", "me/")];
        let hosts = [
            concat!("proxy", ".golang"),
            concat!("crates", ".io/"),
            concat!("pypi", ".org"),
            concat!("sum", ".golang"),
        ];
        if paths.iter().chain(&hosts).any(|word| line.contains(word)) && !path.ends_with("Cargo.lock") {
            wrong.push(format!("{}: the path of a machine or the host of a registry", place()));
        }
    }
    if path.ends_with(".rs") {
        rust_file(path, &text, &mut wrong);
    }
    Ok(wrong)
}

fn rust_file(path: &str, text: &str, wrong: &mut Vec<String>) {
    let is_test = path.contains("/tests/") || path.ends_with("/tests.rs");
    let is_table = path.ends_with("_table.rs") || path.ends_with("/tables.rs");
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let lines = code.lines().count();
    if lines > FILE_LINES && !is_test && !is_table {
        wrong.push(format!("{path}: {lines} lines, over {FILE_LINES}: split it by noun"));
    }
    for (idx, line) in text.lines().enumerate() {
        let line = line.trim_start();
        let place = || format!("{path}:{}", idx + 1);
        let macros = [concat!("todo", "!("), concat!("unimplemented", "!("), concat!("#[ig", "nore")];
        if macros.iter().any(|word| line.starts_with(word) || line.contains(&format!(" {word}"))) {
            wrong.push(format!("{}: what is not there yet answers with an error that names it", place()));
        }
        let item = ["struct ", "enum ", "trait ", "mod "].iter().find_map(|word| line.split(word).nth(1));
        let name: String = item.unwrap_or_default().chars().take_while(|c| c.is_alphanumeric()).collect();
        if ["Manager", "Handler", "Wrapper", "Helper"].iter().any(|word| name.ends_with(word))
            && !line.starts_with("//")
        {
            wrong.push(format!("{}: {name} says nothing; name the thing", place()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_come_from_the_page() {
        let page = "\n## 2. Crates\n\n| crate | holds | may use |\n| --- | --- | --- |\n| `source` | x | |\n| `abi` | x | |\n\
                    | `syntax` | x | |\n| `types` | x | `syntax` |\n| `driver` | x | every stage |\n| `arch` | x | |\n\
                    | `rt0` | x | every runtime crate |\n\n## 3. Next\n";
        let arrows = read_arrows(page).expect("a table");
        assert!(arrows.allowed["types"].contains("syntax"));
        assert!(arrows.allowed["types"].contains("source"));
        assert!(!arrows.allowed["syntax"].contains("types"));
        assert!(!arrows.allowed["source"].contains("target"));
        assert!(arrows.allowed["driver"].contains("types"));
        assert!(arrows.allowed["rt0"].contains("arch"));
        assert!(arrows.runtime.contains("arch"));
    }
}
