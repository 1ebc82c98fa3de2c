//! Removes what builds and downloads left.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use load::{Env, io_text};

use crate::output::is_executable;
use crate::{Request, build, front};

/// Removes the executables that a build without `-o` leaves in the folders of the packages that a request names.
pub fn executables(request: &Request) -> Result<(), Vec<String>> {
    let loaded = load::load(&front::config(request, request.n_threads()), &request.packages)
        .map_err(|error| vec![error])?;
    let mut errors = loaded.errors.clone();
    for package in loaded.packages.iter().filter(|package| package.is_root && package.name == "main") {
        let path = package.dir.join(build::name(&loaded, package));
        if path.is_file() && is_executable(&path) {
            let removed = std::fs::remove_file(&path);
            errors
                .extend(removed.err().map(|error| format!("remove {}: {}", path.display(), io_text(&error))));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// Removes the module cache, whose folders are read-only.
pub fn module_cache(env: &Env) -> Result<(), String> {
    let dir =
        env.module_cache().ok_or("module cache not found: neither GOMODCACHE nor GOPATH nor HOME is set")?;
    let failed = |error: std::io::Error| format!("remove {}: {}", dir.display(), io_text(&error));
    if !dir.is_dir() {
        return Ok(());
    }
    allow_removal(&dir).and_then(|()| std::fs::remove_dir_all(&dir)).map_err(failed)
}

/// Makes the folders below `dir` writable.
fn allow_removal(dir: &Path) -> std::io::Result<()> {
    std::fs::set_permissions(dir, PermissionsExt::from_mode(0o755))?;
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            allow_removal(&entry.path())?;
        }
    }
    Ok(())
}
