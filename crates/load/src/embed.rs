//! `//go:embed` patterns and the files they name. Package `embed` documents both.
//!
//! Patterns are relative to the package's folder and stay within it and its module. A folder stands for the
//! files below it, without those whose names begin with `.` or `_` unless the pattern begins with `all:`.

use std::collections::BTreeSet;
use std::path::Path;

/// Returns the files that a pattern names, relative to `dir`, sorted.
pub fn resolve(dir: &Path, pattern: &str) -> Result<Vec<String>, String> {
    let error = |text: String| format!("pattern {pattern}: {text}");
    let (glob, all) = match pattern.strip_prefix("all:") {
        Some(glob) => (glob, true),
        None => (pattern, false),
    };
    if !is_valid(glob) || !is_well_formed(glob) {
        return Err(error("invalid pattern syntax".into()));
    }
    let elements: Vec<&str> = glob.split('/').collect();
    let mut matches = Vec::new();
    expand(dir, "", &elements, &mut matches);
    matches.sort();
    let mut files = BTreeSet::new();
    for name in &matches {
        embed(dir, name, all, &mut files).map_err(error)?;
    }
    if files.is_empty() {
        return Err(error("no matching files found".into()));
    }
    Ok(files.into_iter().collect())
}

/// Reports whether a pattern stays within its folder: no empty, `.` or `..` elements, not rooted.
fn is_valid(glob: &str) -> bool {
    glob != "." && glob.split('/').all(|element| !matches!(element, "" | "." | ".."))
}

/// Adds what one match stands for.
fn embed(dir: &Path, name: &str, all: bool, files: &mut BTreeSet<String>) -> Result<(), String> {
    let path = dir.join(name);
    let meta = path.symlink_metadata().map_err(|error| error.to_string())?;
    let what = if meta.is_dir() { "directory" } else { "file" };
    let mut folder = path.as_path();
    while folder != dir {
        let base = folder.file_name().unwrap_or_default().to_string_lossy();
        if folder.is_dir() && folder.join("go.mod").exists() {
            return Err(format!("cannot embed {what} {name}: in different module"));
        }
        if is_bad_name(&base) {
            return Err(match folder == path {
                true => format!("cannot embed {what} {name}: invalid name {base}"),
                false => format!("cannot embed {what} {name}: in invalid directory {base}"),
            });
        }
        folder = folder.parent().unwrap_or(dir);
    }
    if meta.is_file() {
        files.insert(name.into());
        return Ok(());
    }
    if !meta.is_dir() {
        return Err(format!("cannot embed irregular file {name}"));
    }
    let before = files.len();
    walk(dir, name, all, files);
    if files.len() == before {
        return Err(format!("cannot embed directory {name}: contains no embeddable files"));
    }
    Ok(())
}

/// Adds the files below a folder, without other modules' and hidden ones.
fn walk(dir: &Path, name: &str, all: bool, files: &mut BTreeSet<String>) {
    for base in names(&dir.join(name)) {
        if is_bad_name(&base) || (!all && base.starts_with(['.', '_'])) {
            continue;
        }
        let below = format!("{name}/{base}");
        let path = dir.join(&below);
        match path.symlink_metadata() {
            Ok(meta) if meta.is_file() => drop(files.insert(below)),
            Ok(meta) if meta.is_dir() && !path.join("go.mod").exists() => walk(dir, &below, all, files),
            _ => {}
        }
    }
}

/// Names that module archives cannot hold, so that they could not be embedded everywhere.
fn is_bad_name(base: &str) -> bool {
    matches!(base, "" | ".bzr" | ".hg" | ".git" | ".svn")
        || base.ends_with('.')
        || base.contains(|c: char| c.is_control() || "\"'*<>?`|/\\:".contains(c))
}

/// Expands the elements of a pattern below `prefix`.
fn expand(dir: &Path, prefix: &str, elements: &[&str], matches: &mut Vec<String>) {
    let Some((first, rest)) = elements.split_first() else {
        matches.push(prefix.into());
        return;
    };
    for base in names(&dir.join(prefix)) {
        if matches_element(first, &base) {
            let below = if prefix.is_empty() { base } else { format!("{prefix}/{base}") };
            if rest.is_empty() || dir.join(&below).is_dir() {
                expand(dir, &below, rest, matches);
            }
        }
    }
}

/// Lists the entries of a folder, sorted.
fn names(dir: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names
}

/// Reports whether brackets are closed and a backslash quotes something. `path.Match` documents the syntax.
fn is_well_formed(glob: &str) -> bool {
    glob.split('/').all(|element| {
        let mut rest = element;
        while let Some(c) = rest.chars().next() {
            rest = match c {
                '[' => match class(rest, '\0') {
                    Some((_, rest)) => rest,
                    None => return false,
                },
                '\\' if rest.len() == 1 => return false,
                '\\' => skip(&rest[1..]),
                _ => skip(rest),
            };
        }
        true
    })
}

fn skip(text: &str) -> &str {
    &text[text.chars().next().map_or(0, char::len_utf8)..]
}

/// Matches one element of a path: `*`, `?`, `[a-z]`, `[^a-z]`, `\c`.
fn matches_element(pattern: &str, name: &str) -> bool {
    // The last star and the text behind which it was tried; a mismatch goes back there.
    let mut star: Option<(&str, &str)> = None;
    let (mut pattern, mut name) = (pattern, name);
    loop {
        if let Some(rest) = pattern.strip_prefix('*') {
            star = Some((rest, name));
            pattern = rest;
            continue;
        }
        if pattern.is_empty() && name.is_empty() {
            return true;
        }
        match matches_one(pattern, name) {
            Some(rest) => (pattern, name) = rest,
            None => match star {
                Some((after, text)) if !text.is_empty() => {
                    star = Some((after, skip(text)));
                    (pattern, name) = (after, skip(text));
                }
                _ => return false,
            },
        }
    }
}

/// Matches one character; returns what is left of both.
fn matches_one<'a>(pattern: &'a str, name: &'a str) -> Option<(&'a str, &'a str)> {
    let wanted = pattern.chars().next()?;
    let c = name.chars().next()?;
    let rest = match wanted {
        '?' => &pattern[1..],
        '[' => class(pattern, c).filter(|(holds, _)| *holds)?.1,
        '\\' => pattern[1..].strip_prefix(c)?,
        _ => pattern.strip_prefix(c)?,
    };
    Some((rest, skip(name)))
}

/// Reads a class at the start of `pattern`: whether it holds `c`, and what follows; `None` if malformed.
fn class(pattern: &str, c: char) -> Option<(bool, &str)> {
    let mut rest = pattern.strip_prefix('[')?;
    let negated = rest.starts_with('^');
    if negated {
        rest = &rest[1..];
    }
    let one = |rest: &mut &str| -> Option<char> {
        let mut chars = rest.chars();
        let c = match chars.next()? {
            '\\' => chars.next()?,
            ']' | '-' => return None,
            c => c,
        };
        *rest = chars.as_str();
        Some(c)
    };
    let (mut found, mut n_ranges) = (false, 0);
    while n_ranges == 0 || !rest.starts_with(']') {
        let low = one(&mut rest)?;
        let mut high = low;
        if let Some(after) = rest.strip_prefix('-') {
            rest = after;
            high = one(&mut rest)?;
        }
        found |= (low..=high).contains(&c);
        n_ranges += 1;
    }
    Some((found != negated, &rest[1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements() {
        for (pattern, name) in [
            ("*", "a.txt"),
            ("*.txt", "a.b.txt"),
            ("a?c", "aäc"),
            ("[a-c]*", "bee"),
            ("[^a-c]", "d"),
            ("\\*", "*"),
            ("a*b*c", "axxbyybzc"),
            ("[\\]]", "]"),
        ] {
            assert!(matches_element(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("*.txt", "a.txt2"), ("a?c", "ac"), ("[a-c]", "d"), ("a", "ab"), ("ab", "a")]
        {
            assert!(!matches_element(pattern, name), "{pattern} {name}");
        }
        for bad in ["[", "[]", "[a", "[-a]", "a\\", "[a-]"] {
            assert!(!is_well_formed(bad), "{bad}");
        }
    }

    #[test]
    fn files() {
        let dir = std::env::temp_dir().join(format!("rigo-embed-{}", std::process::id()));
        for name in ["a.txt", "d/x", "d/.hidden", "d/_y", "d/e/z", "other/go.mod", "other/f", "empty/.x"] {
            let path = dir.join(name);
            std::fs::create_dir_all(path.parent().expect("it has a folder")).expect("it can be made");
            std::fs::write(path, "").expect("it can be written");
        }
        let show = |pattern| match resolve(&dir, pattern) {
            Ok(files) => files.join(" "),
            Err(error) => error,
        };
        assert_eq!(show("*.txt"), "a.txt");
        assert_eq!(show("d"), "d/e/z d/x");
        assert_eq!(show("all:d"), "d/.hidden d/_y d/e/z d/x");
        assert_eq!(show("d/*"), "d/.hidden d/_y d/e/z d/x");
        assert_eq!(show("x*y"), "pattern x*y: no matching files found");
        assert_eq!(show("../q"), "pattern ../q: invalid pattern syntax");
        assert_eq!(show("[a"), "pattern [a: invalid pattern syntax");
        assert_eq!(show("other"), "pattern other: cannot embed directory other: in different module");
        assert_eq!(
            show("empty"),
            "pattern empty: cannot embed directory empty: contains no embeddable files"
        );
        std::fs::remove_dir_all(&dir).ok();
    }
}
