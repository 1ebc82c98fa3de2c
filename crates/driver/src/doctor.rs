//! Looks for everything that a build needs.

use std::path::Path;

use load::{Env, Goroot, io_text};
use target::Target;

use crate::build;

/// One thing that was looked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// What it is.
    pub what: &'static str,
    /// What was found, or what is wrong with it and what helps.
    pub state: Result<String, String>,
    /// No build works without it.
    pub is_needed: bool,
}

/// Looks for what builds for `target` need and what they can use.
pub fn examine(env: &Env, target: Target) -> Vec<Finding> {
    let goroot =
        Goroot::find(env, None).map(|goroot| format!("{} in {}", goroot.version, goroot.dir.display()));
    let runtime = build::check_runtime(target).map(|()| format!("for {target}"));
    let temporary = writable(&std::env::temp_dir());
    let modules = match env.module_cache() {
        Some(dir) => writable(&dir),
        None => Err("none of GOMODCACHE, GOPATH and HOME is set".into()),
    };
    let program = |name: &str| match env.find_program(name) {
        Some(path) => Ok(path.display().to_string()),
        None => Err(format!("no {name} in PATH")),
    };
    vec![
        Finding { what: "standard library", state: goroot, is_needed: true },
        Finding { what: "runtime", state: runtime, is_needed: true },
        Finding { what: "temporary files", state: temporary, is_needed: true },
        Finding { what: "module cache", state: modules, is_needed: false },
        Finding { what: "debugger", state: program("gdb"), is_needed: false },
        Finding { what: "machine emulator", state: program("qemu-system-riscv64"), is_needed: false },
    ]
}

/// Checks that files can be made in `dir`, or in the nearest folder above it that exists.
fn writable(dir: &Path) -> Result<String, String> {
    let existing = dir.ancestors().find(|dir| dir.is_dir()).unwrap_or(dir);
    let probe = existing.join(format!(".rigo-doctor-{}", std::process::id()));
    let made = std::fs::create_dir(&probe).and_then(|()| std::fs::remove_dir(&probe));
    match made {
        Ok(()) => Ok(dir.display().to_string()),
        Err(error) => Err(format!("{}: {}", existing.display(), io_text(&error))),
    }
}
