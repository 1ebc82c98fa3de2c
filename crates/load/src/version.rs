//! Versions: of modules (semantic versions with a leading `v`), of Go, and of the language.
//!
//! Sources: semver.org 2.0.0; The Go Modules Reference, "Versions"; "Go Toolchains", "Go versions".

use std::cmp::Ordering;
use std::fmt;

/// A language version, `go1.N`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct GoVersion(pub u16);

impl GoVersion {
    /// The newest version that rigo knows, that of the standard library it takes.
    pub const NEWEST: GoVersion = GoVersion(26);
    /// What a module without a `go` line is taken to be. Modules Reference, "go directive".
    pub const UNSTATED: GoVersion = GoVersion(16);
    /// A build constraint cannot lower a file below this. Spec of build constraints, `go help buildconstraint`.
    pub const FILE_MIN: GoVersion = GoVersion(21);

    /// Reads `go1.N`, `1.N`, `1.N.P` or `1.NrcP`, as `go` lines and `-lang` have them.
    pub fn parse(text: &str) -> Option<GoVersion> {
        let parts = go_parts(text.strip_prefix("go").unwrap_or(text))?;
        (parts.0 == 1 && parts.1 <= u64::from(u16::MAX)).then_some(GoVersion(parts.1 as u16))
    }

    /// Reads the argument of `-lang`, which is exactly `go1.N` and not newer than rigo.
    pub fn parse_lang(text: &str) -> Result<GoVersion, String> {
        let invalid = || format!("invalid value {text:?} for -lang: should be something like \"go1.12\"");
        let minor = text.strip_prefix("go1.").ok_or_else(invalid)?;
        let plain = !minor.is_empty() && minor.bytes().all(|b| b.is_ascii_digit());
        if !plain || (minor.len() > 1 && minor.starts_with('0')) {
            return Err(invalid());
        }
        match minor.parse() {
            Ok(minor) if minor <= GoVersion::NEWEST.0 => Ok(GoVersion(minor)),
            _ => Err(format!(
                "invalid value {text:?} for -lang: max known version is \"{}\"",
                GoVersion::NEWEST
            )),
        }
    }
}

impl fmt::Display for GoVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "go1.{}", self.0)
    }
}

/// Reports whether an element of an import path is a major version: `v2`, `v3`, ... Modules Reference, "Major version suffixes".
pub fn is_major_version(element: &str) -> bool {
    element.strip_prefix('v').and_then(number).is_some_and(|(major, rest)| rest.is_empty() && major >= 2)
}

/// Splits a Go version without `go` into major, minor, patch and the rank of a pre-release.
///
/// `1.21` is a development version and comes before `1.21rc1`, which comes before `1.21.0`; before
/// 1.21 there was no `.0`, and `1.20` is the release.
fn go_parts(text: &str) -> Option<(u64, u64, u64, (u8, u64))> {
    let (major, rest) = number(text)?;
    let Some(rest) = rest.strip_prefix('.') else {
        return rest.is_empty().then_some((major, 0, 0, (3, 0)));
    };
    let (minor, rest) = number(rest)?;
    if rest.is_empty() {
        let rank = if major == 1 && minor < 21 { 3 } else { 0 };
        return Some((major, minor, 0, (rank, 0)));
    }
    if let Some(patch) = rest.strip_prefix('.') {
        let (patch, rest) = number(patch)?;
        return rest.is_empty().then_some((major, minor, patch, (3, 0)));
    }
    for (word, rank) in [("beta", 1), ("rc", 2)] {
        if let Some(n) = rest.strip_prefix(word) {
            let (n, rest) = number(n)?;
            return rest.is_empty().then_some((major, minor, 0, (rank, n)));
        }
    }
    None
}

/// Reads a decimal number without leading zeros from the start of `text`.
fn number(text: &str) -> Option<(u64, &str)> {
    let len = text.bytes().take_while(u8::is_ascii_digit).count();
    let digits = &text[..len];
    if len == 0 || (len > 1 && digits.starts_with('0')) {
        return None;
    }
    Some((digits.parse().ok()?, &text[len..]))
}

/// Reports whether `text` is a Go version as `go` lines have it: `1.21`, `1.21rc1`, `1.21.3`.
pub fn is_go_version(text: &str) -> bool {
    go_parts(text).is_some()
}

/// Compares two Go versions without `go`; what is no version comes before all that are.
pub fn compare_go(a: &str, b: &str) -> Ordering {
    go_parts(a).cmp(&go_parts(b))
}

/// A semantic version, taken apart.
#[derive(PartialEq, Eq, Debug)]
pub struct Semver<'a> {
    /// Major, minor and patch.
    pub numbers: [&'a str; 3],
    /// What follows `-`, up to `+`.
    pub pre: Option<&'a str>,
    /// What follows `+`.
    pub build: Option<&'a str>,
}

impl<'a> Semver<'a> {
    /// Reads a full version `v1.2.3`, `v1.2.3-pre`, `v1.2.3+incompatible`.
    pub fn parse(text: &'a str) -> Option<Semver<'a>> {
        let text = text.strip_prefix('v')?;
        let (text, build) = match text.split_once('+') {
            Some((text, build)) => (text, Some(build)),
            None => (text, None),
        };
        let (text, pre) = match text.split_once('-') {
            Some((text, pre)) => (text, Some(pre)),
            None => (text, None),
        };
        let mut numbers = text.split('.');
        let numbers =
            [numbers.next()?, numbers.next()?, numbers.next().filter(|_| numbers.next().is_none())?];
        let plain = |n: &str| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit());
        let canonical = |n: &str| plain(n) && (n == "0" || !n.starts_with('0'));
        let ident = |i: &str| !i.is_empty() && i.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let good_pre = pre.is_none_or(|p| p.split('.').all(|i| ident(i) && (!plain(i) || canonical(i))));
        let good_build = build.is_none_or(|b| b.split('.').all(ident));
        (numbers.iter().all(|n| canonical(n)) && good_pre && good_build).then_some(Semver {
            numbers,
            pre,
            build,
        })
    }
}

/// Compares digit strings of any length as numbers.
fn compare_digits(a: &str, b: &str) -> Ordering {
    (a.len(), a).cmp(&(b.len(), b))
}

/// Compares two module versions by precedence; what is no version comes before all that are.
pub fn compare_semver(a: &str, b: &str) -> Ordering {
    let (a, b) = match (Semver::parse(a), Semver::parse(b)) {
        (Some(a), Some(b)) => (a, b),
        (a, b) => return a.is_some().cmp(&b.is_some()),
    };
    for (x, y) in a.numbers.iter().zip(b.numbers) {
        match compare_digits(x, y) {
            Ordering::Equal => {}
            unequal => return unequal,
        }
    }
    match (a.pre, b.pre) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (Some(a), Some(b)) => compare_pre(a, b),
    }
}

/// Compares pre-releases: numbers as numbers, words as text, numbers before words, shorter first.
fn compare_pre(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        let (x, y) = match (a.next(), b.next()) {
            (Some(x), Some(y)) => (x, y),
            (x, y) => return x.is_some().cmp(&y.is_some()),
        };
        let is_number = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
        let order = match (is_number(x), is_number(y)) {
            (true, true) => compare_digits(x, y),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => x.cmp(y),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn semantic_versions_order_by_precedence() {
        let sorted = [
            "bad",
            "v0.0.0-20170915032832-14c0d48ead0c",
            "v0.0.1",
            "v1.0.0-alpha",
            "v1.0.0-alpha.1",
            "v1.0.0-alpha.beta",
            "v1.0.0-beta.2",
            "v1.0.0-beta.11",
            "v1.0.0-rc.1",
            "v1.0.0",
            "v1.2.0",
            "v1.10.0",
            "v2.0.0+incompatible",
            "v10.0.0",
        ];
        for (i, a) in sorted.iter().enumerate() {
            for (j, b) in sorted.iter().enumerate() {
                assert_eq!(compare_semver(a, b), i.cmp(&j), "{a} {b}");
            }
        }
        assert!(Semver::parse("v1.2").is_none());
        assert!(Semver::parse("v1.02.3").is_none());
        assert!(Semver::parse("1.2.3").is_none());
    }

    #[test]
    fn go_versions_order_with_pre_releases() {
        let sorted =
            ["x", "1.9", "1.20rc1", "1.20", "1.20.1", "1.21", "1.21rc1", "1.21rc2", "1.21.0", "1.21.3", "2"];
        for (i, a) in sorted.iter().enumerate() {
            for (j, b) in sorted.iter().enumerate() {
                assert_eq!(compare_go(a, b), i.cmp(&j), "{a} {b}");
            }
        }
    }

    #[test]
    fn language_versions() {
        assert_eq!(GoVersion::parse("1.21.3"), Some(GoVersion(21)));
        assert_eq!(GoVersion::parse("go1.22rc1"), Some(GoVersion(22)));
        assert_eq!(GoVersion::parse("2.1"), None);
        assert_eq!(GoVersion::parse_lang("go1.9"), Ok(GoVersion(9)));
        assert!(GoVersion::parse_lang("go1.27").is_err());
        assert!(GoVersion::parse_lang("1.20").is_err());
        assert!(GoVersion::parse_lang("go1.20.1").is_err());
    }
}
