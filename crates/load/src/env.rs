//! The environment as the go command sees it: variables, then the file that `go env -w` writes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Variables by name, taken once, so that a request does not depend on when it looks.
#[derive(Clone, Debug, Default)]
pub struct Env {
    vars: BTreeMap<String, String>,
}

impl Env {
    /// Takes the variables of this process and those of the go command's configuration file.
    pub fn of_process() -> Env {
        let mut env = Env { vars: std::env::vars_os().filter_map(|(k, v)| utf8(k).zip(utf8(v))).collect() };
        let file = match env.get("GOENV") {
            Some("off") => return env,
            Some(path) => PathBuf::from(path),
            None => match env.config_dir() {
                Some(dir) => dir.join("go/env"),
                None => return env,
            },
        };
        let text = std::fs::read_to_string(file).unwrap_or_default();
        for (key, value) in text.lines().filter_map(|line| line.split_once('=')) {
            if key.starts_with(|c: char| c.is_ascii_uppercase()) && env.get(key).is_none() {
                env.vars.insert(key.into(), value.into());
            }
        }
        env
    }

    /// Makes an environment of given variables.
    pub fn of(vars: impl IntoIterator<Item = (String, String)>) -> Env {
        Env { vars: vars.into_iter().collect() }
    }

    /// Returns a variable that is set and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.vars.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Sets a variable.
    pub fn set(&mut self, name: &str, value: &str) {
        self.vars.insert(name.into(), value.into());
    }

    /// Returns the folder of user configuration.
    fn config_dir(&self) -> Option<PathBuf> {
        self.get("XDG_CONFIG_HOME").map(PathBuf::from).or_else(|| Some(self.home()?.join(".config")))
    }

    /// Returns the home folder.
    pub fn home(&self) -> Option<PathBuf> {
        self.get("HOME").map(PathBuf::from)
    }

    /// Returns the folder of cached files.
    pub fn cache_dir(&self) -> Option<PathBuf> {
        self.get("XDG_CACHE_HOME").map(PathBuf::from).or_else(|| Some(self.home()?.join(".cache")))
    }

    /// Returns the go command's own cache, in which inputs lie that fuzzing found: GOCACHE.
    pub fn go_cache(&self) -> Option<PathBuf> {
        self.get("GOCACHE").map(PathBuf::from).or_else(|| Some(self.cache_dir()?.join("go-build")))
    }

    /// Returns the module cache: GOMODCACHE, or `pkg/mod` in the first folder of GOPATH.
    pub fn module_cache(&self) -> Option<PathBuf> {
        if let Some(dir) = self.get("GOMODCACHE") {
            return Some(dir.into());
        }
        let gopath = self.get("GOPATH").and_then(|list| std::env::split_paths(list).next());
        Some(gopath.or_else(|| Some(self.home()?.join("go")))?.join("pkg/mod"))
    }

    /// Returns the value of the last `-name=value` or `--name=value` in GOFLAGS; `true` for `-name` alone.
    pub fn goflag(&self, name: &str) -> Option<String> {
        let flags = split_quoted(self.get("GOFLAGS").unwrap_or_default()).unwrap_or_default();
        let mut values = flags.iter().filter_map(|flag| {
            let flag = flag.strip_prefix("--").or_else(|| flag.strip_prefix('-'))?;
            let (flag, value) = flag.split_once('=').unwrap_or((flag, "true"));
            (flag == name).then(|| value.to_string())
        });
        values.next_back()
    }

    /// Finds a program in PATH.
    pub fn find_program(&self, name: &str) -> Option<PathBuf> {
        let dirs = std::env::split_paths(self.get("PATH")?);
        dirs.map(|dir| dir.join(name)).find(|path| is_program(path))
    }
}

/// Splits a list of flags at spaces; a field that begins with a quote goes to the next one. `go help environment`, GOFLAGS.
pub fn split_quoted(text: &str) -> Result<Vec<String>, String> {
    let mut fields = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (field, behind) = match first {
            '\'' | '"' => {
                rest[1..].split_once(first).ok_or_else(|| format!("unterminated {first} string"))?
            }
            _ => rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len())),
        };
        fields.push(field.to_string());
        rest = behind.trim_start();
    }
    Ok(fields)
}

fn utf8(text: std::ffi::OsString) -> Option<String> {
    text.into_string().ok()
}

/// Reports whether `path` is a file that may be executed.
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_goflag_counts() {
        let env = Env::of([("GOFLAGS".into(), "-tags=a,b --mod=mod -mod=vendor -v".into())]);
        assert_eq!(env.goflag("tags").as_deref(), Some("a,b"));
        assert_eq!(env.goflag("mod").as_deref(), Some("vendor"));
        assert_eq!(env.goflag("v").as_deref(), Some("true"));
        assert_eq!(env.goflag("x"), None);
    }

    #[test]
    fn quotes_hold_fields_together() {
        let split = |text| split_quoted(text).map(|fields| fields.join("|"));
        assert_eq!(split(" -s '-ldflags=-s -w' \"a b\" c'd"), Ok("-s|-ldflags=-s -w|a b|c'd".into()));
        assert_eq!(split("'a"), Err("unterminated ' string".into()));
    }

    #[test]
    fn the_module_cache_follows_gopath() {
        let env = Env::of([("HOME".into(), "/h".into())]);
        assert_eq!(env.module_cache(), Some("/h/go/pkg/mod".into()));
        let env = Env::of([("GOPATH".into(), "/a:/b".into())]);
        assert_eq!(env.module_cache(), Some("/a/pkg/mod".into()));
    }
}
