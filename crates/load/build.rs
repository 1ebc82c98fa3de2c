//! Embeds the files of `overlay/`: writes a table of their paths and bytes.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../overlay");
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

/// Collects the Go files below `dir`; a missing folder has none.
fn collect(dir: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.is_dir() {
            println!("cargo::rerun-if-changed={}", path.display());
            collect(&path, files);
        } else if path.extension().is_some_and(|ext| ext == "go") {
            println!("cargo::rerun-if-changed={}", path.display());
            files.push(path);
        }
    }
}
