//! Versions of the language, and what each brought.
//!
//! `load` decides which version a file has: that of its module, `-lang`, or its `//go:build go1.N` line.
//! The checker asks with [`Checker::require_version`](crate::checker::Checker) at each construct that came later.

use crate::session::Version;

/// The versions that the checker asks for.
impl Version {
    /// Type aliases.
    pub const ALIASES: Version = Version(9);
    /// `0b1`, `0o7`, `0x1p-2`, `1_000`, and signed shift counts.
    pub const LITERALS: Version = Version(13);
    /// Embedded interfaces may share methods.
    pub const OVERLAPPING_METHODS: Version = Version(14);
    /// Type parameters.
    pub const GENERICS: Version = Version(18);
    /// Interfaces satisfy `comparable`.
    pub const COMPARABLE_INTERFACES: Version = Version(20);
    /// Generic alias declarations.
    pub const GENERIC_ALIASES: Version = Version(23);

    /// Reads `go1.N` or `1.N`, with anything from a second dot on ignored.
    pub fn parse(text: &str) -> Option<Version> {
        let text = text.strip_prefix("go").unwrap_or(text);
        let (major, rest) = text.split_once('.').unwrap_or((text, "0"));
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        (major == "1").then(|| rest[..digits].parse().ok().map(Version))?
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn versions_are_read_as_the_go_command_writes_them() {
        assert_eq!(Version::parse("go1.21"), Some(Version(21)));
        assert_eq!(Version::parse("1.21.3"), Some(Version(21)));
        assert_eq!(Version::parse("1.26rc1"), Some(Version(26)));
        assert_eq!(Version::parse("2.0"), None);
        assert_eq!(Version::parse("go1.x"), None);
    }
}
