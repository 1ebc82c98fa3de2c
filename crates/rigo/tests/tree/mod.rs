//! Folders of files for tests of the command.

#![allow(dead_code)] // each test uses a part of it

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// A temporary folder with files, removed with the value.
pub struct Tree(pub PathBuf);

impl Tree {
    /// Writes files given as in a txtar archive: `-- name --` lines with the contents below.
    pub fn new(archive: &str) -> Tree {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let dir = std::env::temp_dir().join(format!("rigo-tree-{}-{number}", std::process::id()));
        for part in archive.split("-- ").skip(1) {
            let (name, text) = part.split_once(" --\n").expect("a file has a name line");
            let path = dir.join(name);
            std::fs::create_dir_all(path.parent().expect("it has a folder")).expect("the folder can be made");
            std::fs::write(path, text).expect("the file can be written");
        }
        Tree(dir)
    }

    /// Runs a program in the folder; returns its exit status and standard error.
    pub fn run(&self, program: &str, args: &str, env: &[(&str, &str)]) -> (i32, String) {
        let output = Command::new(program)
            .args(args.split_whitespace())
            .current_dir(&self.0)
            .env("CGO_ENABLED", "0")
            .env("GOFLAGS", "")
            .envs(env.iter().copied())
            .output()
            .expect("the program can be run");
        let text = String::from_utf8(output.stderr).expect("output is UTF-8");
        (output.status.code().expect("it was not killed"), text)
    }

    /// Runs rigo.
    pub fn rigo(&self, args: &str) -> (i32, String) {
        self.run(env!("CARGO_BIN_EXE_rigo"), args, &[])
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}
