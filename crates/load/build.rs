//! Embeds the files of `overlay/`: writes a table of their paths and bytes.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() {
    // As it is now, not when this script was compiled: a build folder may have moved.
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
    let root = Path::new(&manifest).join("../../overlay");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    let mut table = String::from("&[\n");
    for file in &files {
        let name = file.strip_prefix(&root).expect("files were found below the root");
        writeln!(table, "    ({:?}, include_bytes!({file:?})),", name.display().to_string())
            .expect("writing to a string does not fail");
    }
    table += "]\n";
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    std::fs::write(out.join("overlay.rs"), table).expect("the output folder can be written");
}

/// Collects the Go files below `dir`.
fn collect(dir: &Path, files: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
    for entry in entries {
        let path = entry.unwrap_or_else(|error| panic!("{}: {error}", dir.display())).path();
        if path.is_dir() {
            println!("cargo::rerun-if-changed={}", path.display());
            collect(&path, files);
        } else if path.extension().is_some_and(|ext| ext == "go") {
            println!("cargo::rerun-if-changed={}", path.display());
            files.push(path);
        }
    }
}
