//! Arguments that name packages: files, folders, import paths and patterns with `...`. `go help packages`.

use std::path::{Component, Path, PathBuf};

/// An argument, by its form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Pattern {
    /// `std`, `cmd`, `all`.
    Meta(Meta),
    /// `.`, `./x`, `../x`, `/x`.
    Dir(String),
    /// `./...`, `./x/...`
    DirWildcard(String),
    /// `a/b`
    Path(String),
    /// `a/...`, `...`
    PathWildcard(String),
}

/// The words that stand for sets of packages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Meta {
    /// The standard library.
    Std,
    /// The programs of the Go tree.
    Cmd,
    /// The main modules and all they need.
    All,
}

impl Pattern {
    /// Reads an argument.
    pub fn parse(text: &str) -> Pattern {
        let is_dir = crate::gomod::is_dir_path(text);
        match (text, is_dir, text.contains("...")) {
            ("std", ..) => Pattern::Meta(Meta::Std),
            ("cmd", ..) => Pattern::Meta(Meta::Cmd),
            ("all", ..) => Pattern::Meta(Meta::All),
            (_, true, true) => Pattern::DirWildcard(text.into()),
            (_, true, false) => Pattern::Dir(text.into()),
            (_, false, true) => Pattern::PathWildcard(text.into()),
            (_, false, false) => Pattern::Path(text.into()),
        }
    }
}

/// Reports whether `path` matches `pattern`, in which `...` stands for any text. `x/...` also matches
/// `x`, and no `...` matches a `vendor` element that the pattern does not name.
pub fn matches(pattern: &str, path: &str) -> bool {
    if let Some(prefix) = pattern.strip_suffix("/...")
        && matches_text(prefix, path)
        && !crosses_vendor(prefix, path)
    {
        return true;
    }
    matches_text(pattern, path) && !crosses_vendor(pattern, path)
}

/// Reports whether `...` would have to match an element `vendor` with something behind it.
fn crosses_vendor(pattern: &str, path: &str) -> bool {
    let count = |text: &str| text.split('/').rev().skip(1).filter(|element| *element == "vendor").count();
    count(path) > count(pattern)
}

/// Matches with `...` as any text, leftmost first.
fn matches_text(pattern: &str, path: &str) -> bool {
    let mut parts = pattern.split("...");
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = path.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(idx) => rest = &rest[idx + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Reports whether a pattern of `-coverpkg` takes a package. Unlike an argument, `all` is every package there is.
pub fn takes(pattern: &str, cwd: &Path, package: &crate::Package) -> bool {
    match Pattern::parse(pattern) {
        Pattern::Dir(path) => clean(cwd, &path) == package.dir,
        Pattern::DirWildcard(pattern) => {
            let full = clean(cwd, &pattern).display().to_string();
            matches(&full, &package.dir.display().to_string())
        }
        Pattern::Meta(Meta::All) => true,
        Pattern::Meta(Meta::Std) => package.is_std,
        Pattern::Meta(Meta::Cmd) => package.is_std && package.path.starts_with("cmd/"),
        Pattern::Path(path) if path == "work" => !package.main_module.is_empty(),
        Pattern::Path(pattern) | Pattern::PathWildcard(pattern) => matches(&pattern, &package.path),
    }
}

/// Returns the folder below which everything that matches `pattern` lies.
pub fn wildcard_root(pattern: &str) -> &str {
    let head = pattern.split("...").next().unwrap_or_default();
    match head.rfind('/') {
        Some(0) => "/",
        Some(idx) => &head[..idx],
        None => "",
    }
}

/// Joins and cleans a path: no `.`, no `..` behind a name, no doubled slash.
pub fn clean(base: &Path, path: &str) -> PathBuf {
    let mut clean = PathBuf::new();
    for component in base.join(path).components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => drop(clean.pop()),
            other => clean.push(other),
        }
    }
    clean
}

/// Returns `path` relative to `base`, with `..` where needed. Both are absolute and clean.
pub fn relative(base: &Path, path: &Path) -> PathBuf {
    let common = base.components().zip(path.components()).take_while(|(a, b)| a == b).count();
    let up = base.components().skip(common).map(|_| Component::ParentDir);
    let relative: PathBuf = up.chain(path.components().skip(common)).collect();
    if relative.as_os_str().is_empty() { PathBuf::from(".") } else { relative }
}

/// Returns `path` as the go command prints it: relative to `cwd` where that is shorter.
pub fn short_path(cwd: &Path, path: &Path) -> String {
    let (relative, absolute) = (relative(cwd, path).display().to_string(), path.display().to_string());
    if relative.len() < absolute.len() { relative } else { absolute }
}

/// Lists the folders below `root` that a wildcard looks at, sorted by path; `enter` prunes.
pub fn walk(root: &Path, enter: &impl Fn(&Path) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut pending = vec![root.to_path_buf()];
    while let Some(dir) = pending.pop() {
        let Ok(entries) = std::fs::read_dir(&dir) else { continue };
        let mut has_go = false;
        for entry in entries.flatten() {
            let (name, kind) = (entry.file_name(), entry.file_type());
            let name = name.to_string_lossy();
            let is_dir = kind.is_ok_and(|kind| kind.is_dir());
            has_go |= !is_dir && name.ends_with(".go");
            let skipped = name.starts_with(['.', '_']) || name == "testdata";
            if is_dir && !skipped && enter(&entry.path()) {
                pending.push(entry.path());
            }
        }
        if has_go {
            found.push(dir);
        }
    }
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards() {
        for (pattern, path) in [
            ("...", "a/b"),
            ("a/...", "a"),
            ("a/...", "a/b/c"),
            ("a...", "abc/d"),
            ("net/.../http", "net/x/http"),
            ("...b", "a/b"),
            ("a/vendor/...", "a/vendor/x"),
        ] {
            assert!(matches(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [("a/...", "ab"), ("a", "a/b"), ("a/...", "a/vendor/x"), ("...c", "a/b")] {
            assert!(!matches(pattern, path), "{pattern} {path}");
        }
        assert_eq!(wildcard_root("./a/b..."), "./a");
        assert_eq!(wildcard_root("./..."), ".");
    }

    #[test]
    fn short_paths_are_relative_where_shorter() {
        let cwd = Path::new("/w/user/m");
        assert_eq!(short_path(cwd, Path::new("/w/user/m")), ".");
        assert_eq!(short_path(cwd, Path::new("/w/user/m/sub")), "sub");
        assert_eq!(short_path(cwd, Path::new("/w/user/n")), "../n");
        assert_eq!(short_path(cwd, Path::new("/usr")), "/usr");
        assert_eq!(clean(cwd, "../x/./y//z"), Path::new("/w/user/x/y/z"));
    }
}
