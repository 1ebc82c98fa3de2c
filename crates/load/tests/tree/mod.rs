//! Folders of files for tests of loading.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use load::{Config, Env, Loaded, load};

/// A temporary folder with files, removed with the value.
pub struct Tree(pub PathBuf);

impl Tree {
    /// Writes files given as in a txtar archive: `-- name --` lines with the contents below.
    pub fn new(archive: &str) -> Tree {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let dir = std::env::temp_dir().join(format!("rigo-load-{}-{number}", std::process::id()));
        for part in archive.split("-- ").skip(1) {
            let (name, text) = part.split_once(" --\n").expect("a file has a name line");
            let path = dir.join(name);
            std::fs::create_dir_all(path.parent().expect("it has a folder")).expect("the folder can be made");
            std::fs::write(path, text).expect("the file can be written");
        }
        Tree(dir.canonicalize().expect("it was just made"))
    }

    /// A request in a folder of the tree, with an own module cache.
    pub fn config(&self, below: &str) -> Config {
        let mut env = Env::of_process();
        env.set("GOMODCACHE", &self.0.join("cache").display().to_string());
        env.set("GOFLAGS", "");
        Config {
            cwd: self.0.join(below).canonicalize().expect("the folder is part of the tree"),
            env,
            target: target::Target::LINUX_AMD64,
            tags: vec![],
            overlay: false,
            tests: load::Tests::No,
            goroot: None,
            lang: None,
            implicit: vec![],
            cover: false,
            any_internal: false,
            n_threads: 2,
        }
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        // Module caches are read-only.
        std::process::Command::new("chmod").args(["-R", "u+w"]).arg(&self.0).status().ok();
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// What is wrong with a request, a line each.
pub fn errors_of(config: &Config, patterns: &str) -> String {
    let patterns: Vec<String> = patterns.split_whitespace().map(str::to_string).collect();
    let loaded = match load(config, &patterns) {
        Ok(loaded) => loaded,
        Err(error) => return error,
    };
    let mut map = source::SourceMap::default();
    for file in &loaded.files {
        map.files.push(std::sync::Arc::new(source::File::new(file.name.clone(), file.bytes.clone(), vec![])));
    }
    let mut lines = loaded.errors.clone();
    lines.extend(loaded.packages.iter().flat_map(|package| &package.errors).map(|error| error.render(&map)));
    lines.join("\n")
}

/// Import paths of the packages asked for.
pub fn roots(loaded: &Loaded) -> String {
    let roots = loaded.packages.iter().filter(|package| package.is_root);
    let mut names: Vec<&str> = roots.map(|package| package.id.as_str()).collect();
    names.sort();
    names.join(" ")
}
