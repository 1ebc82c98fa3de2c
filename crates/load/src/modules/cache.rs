//! The module cache: where the go command keeps what it downloaded. The Go Modules Reference, "Module cache".

use std::path::{Path, PathBuf};

use crate::gomod::ModuleVersion;

/// Writes a module path or version as a file name: `!` and a small letter for each capital letter.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_uppercase() {
            escaped.push('!');
        }
        escaped.push(c.to_ascii_lowercase());
    }
    escaped
}

/// Returns the folder of a module's files.
pub fn dir(cache: &Path, module: &ModuleVersion) -> PathBuf {
    cache.join(format!("{}@{}", escape(&module.path), escape(&module.version)))
}

/// Reads a module's `go.mod`: the one downloaded by itself, or that of its folder.
pub fn go_mod(cache: &Path, module: &ModuleVersion) -> Option<String> {
    let version = escape(&module.version);
    let path = cache.join("cache/download").join(escape(&module.path)).join(format!("@v/{version}.mod"));
    std::fs::read_to_string(path).ok().or_else(|| {
        let dir = dir(cache, module);
        if !dir.is_dir() {
            return None;
        }
        // A module from before modules has no go.mod and requires nothing.
        Some(std::fs::read_to_string(dir.join("go.mod")).unwrap_or_default())
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn capitals_are_escaped() {
        assert_eq!(super::escape("github.com/BurntSushi/toml"), "github.com/!burnt!sushi/toml");
    }
}
