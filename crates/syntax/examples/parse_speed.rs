//! Parses every `.go` file under a folder and prints how many lines a second that made.
//!
//! Files are read first; parsing runs on one thread with a large stack. Errors are printed, so that it
//! also serves to check that a tree of good files parses.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

fn main() {
    let root = std::env::args().nth(1).expect("usage: parse_speed FOLDER");
    let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(move || run(Path::new(&root)));
    thread.expect("a thread can be made").join().expect("parsing does not panic");
}

fn run(root: &Path) {
    let mut paths = Vec::new();
    collect(root, &mut paths);
    paths.sort();
    let files: Vec<(PathBuf, Arc<[u8]>)> = paths
        .into_iter()
        .map(|path| {
            let bytes = std::fs::read(&path).expect("the file can be read");
            (path, bytes.into())
        })
        .collect();
    let n_bytes: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
    let n_lines: usize = files.iter().map(|(_, bytes)| bytes.iter().filter(|c| **c == b'\n').count()).sum();
    let mut best = f64::MAX;
    let mut n_exprs = 0;
    for turn in 0..3 {
        let start = Instant::now();
        n_exprs = 0;
        for (path, bytes) in &files {
            let (file, errors) = syntax::parse(bytes.clone(), syntax::Mode::Full);
            n_exprs += file.exprs.len();
            for error in errors.iter().filter(|_| turn == 0) {
                let line = bytes[..error.offset as usize].iter().filter(|c| **c == b'\n').count() + 1;
                println!("{}:{line}: {}", path.display(), error.text);
            }
        }
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!("{} files, {n_lines} lines, {n_bytes} bytes, {n_exprs} expressions", files.len());
    println!("{best:.3} s, {:.2} million lines/s", n_lines as f64 / best / 1e6);
}

/// Lists the Go files below `dir`. Files of tests that are meant to be wrong lie in `testdata`.
fn collect(dir: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).expect("the folder can be read").flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() {
            if name != "testdata" {
                collect(&path, paths);
            }
        } else if path.extension().is_some_and(|ext| ext == "go") {
            paths.push(path);
        }
    }
}
