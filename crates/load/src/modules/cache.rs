//! The layout of the module cache. The Go Modules Reference, "Module cache".

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

/// Returns the path of a file about a module: `.mod`, `.zip`, `.ziphash`, `.lock`, `.partial`.
pub fn download(cache: &Path, module: &ModuleVersion, ending: &str) -> PathBuf {
    let name = format!("@v/{}{ending}", escape(&module.version));
    cache.join("cache/download").join(escape(&module.path)).join(name)
}

#[cfg(test)]
mod tests {
    #[test]
    fn capitals_are_escaped() {
        assert_eq!(super::escape("github.com/BurntSushi/toml"), "github.com/!burnt!sushi/toml");
    }
}
