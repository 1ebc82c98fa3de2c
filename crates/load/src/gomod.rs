//! `go.mod` and `go.work` files. The Go Modules Reference, "go.mod files" and "Workspaces".
//!
//! Both are lines of words; a directive is one line, or a block in parentheses whose lines each
//! leave the directive's word out. Errors name file and line as the go command does.

/// A module at a version.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ModuleVersion {
    /// The module path.
    pub path: String,
    /// The version, such as `v1.2.3`.
    pub version: String,
}

/// A `require` line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Require {
    /// What is required, at least at this version.
    pub module: ModuleVersion,
    /// Marked `// indirect`.
    pub indirect: bool,
}

/// A `replace` line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Replace {
    /// The module path replaced.
    pub old_path: String,
    /// The version replaced; `None` for all.
    pub old_version: Option<String>,
    /// A module path, or a folder when `new_version` is `None`.
    pub new_path: String,
    /// The version of the replacement.
    pub new_version: Option<String>,
}

/// What a `go.mod` or `go.work` file says.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ModFile {
    /// `module`
    pub module: Option<String>,
    /// `go`
    pub go: Option<String>,
    /// `toolchain`
    pub toolchain: Option<String>,
    /// `godebug key=value`
    pub godebug: Vec<(String, String)>,
    /// `require`
    pub require: Vec<Require>,
    /// `replace`
    pub replace: Vec<Replace>,
    /// `exclude`
    pub exclude: Vec<ModuleVersion>,
    /// `retract`: lowest and highest version.
    pub retract: Vec<(String, String)>,
    /// `tool`: package paths.
    pub tool: Vec<String>,
    /// `ignore`: folders that patterns leave out.
    pub ignore: Vec<String>,
    /// `use`, in `go.work`: folders of main modules.
    pub uses: Vec<String>,
}

/// How a file is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The `go.mod` of a main module.
    Main,
    /// The `go.mod` of a dependency: directives that only matter to main modules, and unknown ones, are skipped.
    Dependency,
    /// A `go.work`.
    Work,
}

/// Parses a file named `name`; each error is a line `name:line: text`.
pub fn parse(name: &str, text: &str, kind: Kind) -> (ModFile, Vec<String>) {
    let mut parser = Parser { name, kind, file: ModFile::default(), errors: Vec::new() };
    let mut block: Option<String> = None;
    let mut number = 0;
    for line in text.lines() {
        number += 1;
        let (words, comment) = match split(line) {
            Ok(split) => split,
            Err(error) => {
                parser.error(number, error);
                continue;
            }
        };
        match (&block, words.as_slice()) {
            (_, []) => {}
            (Some(_), [close]) if close == ")" => block = None,
            (Some(verb), words) => {
                let verb = verb.clone();
                parser.directive(number, &verb, words, comment);
            }
            (None, [verb, open]) if open == "(" => block = Some(verb.clone()),
            (None, [verb, open, close]) if open == "(" && close == ")" => drop(verb.clone()),
            (None, [verb, words @ ..]) => parser.directive(number, verb, words, comment),
        }
    }
    if block.is_some() {
        parser.error(number, "syntax error (unterminated block started here)".into());
    }
    (parser.file, parser.errors)
}

/// Splits a line into words and the comment behind them.
fn split(line: &str) -> Result<(Vec<String>, &str), String> {
    let mut words = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() {
        if let Some(comment) = rest.strip_prefix("//") {
            return Ok((words, comment.trim()));
        }
        let len = match rest.as_bytes()[0] {
            b'(' | b')' | b',' | b'[' | b']' => 1,
            b'"' | b'`' => {
                let (word, len) = quoted(rest)?;
                words.push(word);
                rest = rest[len..].trim_start();
                continue;
            }
            _ => rest
                .find(|c: char| c.is_whitespace() || "(),[]".contains(c))
                .unwrap_or(rest.len())
                .min(rest.find("//").unwrap_or(rest.len())),
        };
        words.push(rest[..len].to_string());
        rest = rest[len..].trim_start();
    }
    Ok((words, ""))
}

/// Reads a quoted word at the start of `text`; returns it and the length it took.
fn quoted(text: &str) -> Result<(String, usize), String> {
    let quote = text.as_bytes()[0] as char;
    let mut word = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((idx, c)) = chars.next() {
        match c {
            _ if c == quote => return Ok((word, idx + 1)),
            '\\' if quote == '"' => match chars.next() {
                Some((_, escaped @ ('\\' | '"'))) => word.push(escaped),
                _ => return Err("invalid quoted string".into()),
            },
            _ => word.push(c),
        }
    }
    Err("unexpected newline in string".into())
}

struct Parser<'a> {
    name: &'a str,
    kind: Kind,
    file: ModFile,
    errors: Vec<String>,
}

impl Parser<'_> {
    fn error(&mut self, line: usize, text: String) {
        self.errors.push(format!("{}:{line}: {text}", self.name));
    }

    /// Reads one directive; `words` come after its verb.
    fn directive(&mut self, line: usize, verb: &str, words: &[String], comment: &str) {
        let known: &[&str] = match self.kind {
            Kind::Main => &[
                "module",
                "go",
                "toolchain",
                "godebug",
                "require",
                "replace",
                "exclude",
                "retract",
                "tool",
                "ignore",
            ],
            Kind::Dependency => &["module", "go", "require"],
            Kind::Work => &["go", "toolchain", "godebug", "use", "replace"],
        };
        if !known.contains(&verb) {
            if self.kind != Kind::Dependency {
                self.error(line, format!("unknown directive: {verb}"));
            }
            return;
        }
        let result = match verb {
            "module" => self.module(words),
            "go" => self.go(words),
            "toolchain" => one(words, "toolchain name").map(|name| self.file.toolchain = Some(name)),
            "godebug" => self.godebug(words),
            "require" => self.require(words, comment),
            "replace" => self.replace(words),
            "exclude" => version_pair(words, "exclude").map(|module| self.file.exclude.push(module)),
            "retract" => self.retract(words),
            "tool" => one(words, "tool module/path").map(|path| self.file.tool.push(path)),
            "ignore" => one(words, "ignore path").map(|path| self.file.ignore.push(path)),
            "use" => one(words, "use local/dir").map(|dir| self.file.uses.push(dir)),
            _ => unreachable!("`known` lists every verb above"),
        };
        if let Err(text) = result {
            self.error(line, text);
        }
    }

    fn module(&mut self, words: &[String]) -> Result<(), String> {
        if self.file.module.is_some() {
            return Err("repeated module statement".into());
        }
        self.file.module = Some(one(words, "module module/path")?);
        Ok(())
    }

    fn go(&mut self, words: &[String]) -> Result<(), String> {
        if self.file.go.is_some() {
            return Err("repeated go statement".into());
        }
        let [version] = words else { return Err("go directive expects exactly one argument".into()) };
        if !crate::version::is_go_version(version) && self.kind != Kind::Dependency {
            return Err(format!("invalid go version '{version}': must match format 1.23.0"));
        }
        self.file.go = Some(version.clone());
        Ok(())
    }

    fn godebug(&mut self, words: &[String]) -> Result<(), String> {
        let [setting] = words else { return Err("usage: godebug key=value".into()) };
        let Some((key, value)) = setting.split_once('=') else {
            return Err("usage: godebug key=value".into());
        };
        self.file.godebug.push((key.into(), value.into()));
        Ok(())
    }

    fn require(&mut self, words: &[String], comment: &str) -> Result<(), String> {
        let module = version_pair(words, "require")?;
        let indirect = comment == "indirect" || comment.starts_with("indirect;");
        self.file.require.push(Require { module, indirect });
        Ok(())
    }

    fn replace(&mut self, words: &[String]) -> Result<(), String> {
        let usage = "usage: replace module/path [v1.2.3] => other/module v1.4\n\t or replace module/path [v1.2.3] => ../local/directory";
        let arrow = words.iter().position(|w| w == "=>").ok_or(usage)?;
        let (old, new) = (&words[..arrow], &words[arrow + 1..]);
        let (old_path, old_version) = match old {
            [path] => (path.clone(), None),
            [path, version] => (path.clone(), Some(checked_version(path, version)?)),
            _ => return Err(usage.into()),
        };
        let (new_path, new_version) = match new {
            [dir] if is_dir_path(dir) => (dir.clone(), None),
            [_] => {
                let text = "replacement module without version must be directory path (rooted or starting with . or ..)";
                return Err(text.into());
            }
            [path, _] if is_dir_path(path) => {
                return Err(format!("replacement module directory path {path:?} cannot have version"));
            }
            [path, version] => (path.clone(), Some(version.clone())),
            _ => return Err(usage.into()),
        };
        self.file.replace.push(Replace { old_path, old_version, new_path, new_version });
        Ok(())
    }

    fn retract(&mut self, words: &[String]) -> Result<(), String> {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let (low, high) = match words.as_slice() {
            [version] => (version, version),
            ["[", low, ",", high, "]"] => (low, high),
            _ => return Err("invalid retract directive: expected a version or [low, high]".into()),
        };
        self.file.retract.push((low.to_string(), high.to_string()));
        Ok(())
    }
}

/// Reads exactly one word.
fn one(words: &[String], usage: &str) -> Result<String, String> {
    match words {
        [word] => Ok(word.clone()),
        _ => Err(format!("usage: {usage}")),
    }
}

/// Reads a module path and a version.
fn version_pair(words: &[String], verb: &str) -> Result<ModuleVersion, String> {
    let [path, version] = words else { return Err(format!("usage: {verb} module/path v1.2.3")) };
    check_major(path, version).map_err(|why| format!("{verb} {path}: version {version:?} invalid: {why}"))?;
    Ok(ModuleVersion { path: path.clone(), version: checked_version(path, version)? })
}

/// Returns `version` if it is a full semantic version.
fn checked_version(path: &str, version: &str) -> Result<String, String> {
    if crate::version::Semver::parse(version).is_some() {
        return Ok(version.into());
    }
    Err(format!("{path}@{version}: invalid version: must be of the form v1.2.3"))
}

/// Compares a version's major number with the one in the module path. Modules Reference, "Major version suffixes".
fn check_major(path: &str, version: &str) -> Result<(), String> {
    let Some(major) = version.split('.').next().filter(|_| crate::version::Semver::parse(version).is_some())
    else {
        return Ok(());
    };
    let suffix = match path.strip_prefix("gopkg.in/") {
        Some(rest) => rest.rsplit('.').next().unwrap_or_default().trim_end_matches("-unstable"),
        None => path.rsplit('/').next().filter(|last| crate::version::is_major_version(last)).unwrap_or(""),
    };
    match suffix {
        // Pseudo-versions of before modules, and of before a release.
        _ if version.ends_with("+incompatible") && suffix.is_empty() => Ok(()),
        "" if matches!(major, "v0" | "v1") => Ok(()),
        "" => Err(format!("should be v0 or v1, not {major}")),
        suffix if suffix == major || (path.starts_with("gopkg.in/") && version.starts_with("v0.0.0-")) => {
            Ok(())
        }
        suffix => Err(format!("should be {suffix}, not {major}")),
    }
}

/// Reports whether a replacement is a folder: rooted, or beginning with `.` or `..`.
pub fn is_dir_path(path: &str) -> bool {
    path == "." || path == ".." || path.starts_with("./") || path.starts_with("../") || path.starts_with('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_directive_is_read() {
        let text = r#"
// Deprecated: no.
module "example.com/m" // trailing

go 1.24.1
toolchain go1.26.0
godebug default=go1.21
require (
	example.org/a v1.2.3
	example.org/b v0.0.0-20200101000000-abcdefabcdef // indirect
)
require example.org/c/v2 v2.0.1 // indirect; why
replace example.org/a => ../a
replace (
	example.org/b v1.0.0 => example.org/fork v1.0.1
)
exclude example.org/c/v2 v2.0.0
retract v1.0.0 // bad
retract [v1.1.0, v1.2.0]
tool example.org/a/cmd/x
ignore ./node_modules
"#;
        let (file, errors) = parse("go.mod", text, Kind::Main);
        assert_eq!(errors, Vec::<String>::new());
        assert_eq!(file.module.as_deref(), Some("example.com/m"));
        assert_eq!(file.go.as_deref(), Some("1.24.1"));
        assert_eq!(file.require.iter().map(|r| r.indirect).collect::<Vec<_>>(), [false, true, true]);
        assert_eq!(file.replace[0].new_version, None);
        assert_eq!(file.replace[1].old_version.as_deref(), Some("v1.0.0"));
        assert_eq!(file.retract[1], ("v1.1.0".into(), "v1.2.0".into()));
        assert_eq!(
            (file.tool.len(), file.ignore.len(), file.exclude.len(), file.godebug.len()),
            (1, 1, 1, 1)
        );
    }

    #[test]
    fn errors_name_the_line() {
        let errors = |text: &str| parse("go.mod", text, Kind::Main).1;
        assert_eq!(errors("module m\nbogus x"), ["go.mod:2: unknown directive: bogus"]);
        assert_eq!(errors("require"), ["go.mod:1: usage: require module/path v1.2.3"]);
        assert_eq!(
            errors("replace a => q"),
            [
                "go.mod:1: replacement module without version must be directory path (rooted or starting with . or ..)"
            ]
        );
        assert!(parse("go.mod", "bogus x\nmodule m", Kind::Dependency).1.is_empty());
        assert_eq!(
            errors("require a v2.0.0"),
            ["go.mod:1: require a: version \"v2.0.0\" invalid: should be v0 or v1, not v2"]
        );
        assert_eq!(
            errors("require a/v2 v1.0.0"),
            ["go.mod:1: require a/v2: version \"v1.0.0\" invalid: should be v2, not v1"]
        );
        for fine in [
            "a v2.0.0+incompatible",
            "a/v3 v3.1.0",
            "gopkg.in/yaml.v3 v3.0.1",
            "gopkg.in/x.v1 v0.0.0-20200101000000-abcdefabcdef",
        ] {
            assert_eq!(errors(&format!("require {fine}")), Vec::<String>::new());
        }
    }

    #[test]
    fn a_workspace_lists_folders() {
        let (file, errors) = parse("go.work", "go 1.24\nuse (\n\t.\n\t./tools\n)\n", Kind::Work);
        assert!(errors.is_empty());
        assert_eq!(file.uses, [".", "./tools"]);
    }
}
