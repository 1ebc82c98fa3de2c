//! Interned names: identifiers compare and hash as one word.
//!
//! The checker compares names far more often than it reads them. Each distinct text is stored once
//! for the life of the process, so that [`Name`] is `Copy` and reading its text needs no lock. The
//! memory is bounded by the distinct identifiers of the sources.
//!
//! Invariant: two names are equal exactly when their texts are. Names order by text, so no order
//! that a user can see depends on which thread interned first.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::{LazyLock, Mutex};

use rustc_hash::{FxBuildHasher, FxHashSet};

/// An interned string. Equality and hashing look at the address alone.
#[derive(Clone, Copy)]
pub struct Name(&'static str);

/// The table is cut by hash so that parsers on many threads seldom wait for each other.
const SHARDS: usize = 64;

static TABLE: LazyLock<Vec<Mutex<FxHashSet<&'static str>>>> =
    LazyLock::new(|| (0..SHARDS).map(|_| Mutex::default()).collect());

impl Name {
    /// Interns `text`.
    pub fn new(text: &str) -> Name {
        let shard = FxBuildHasher.hash_one(text) as usize >> 7;
        let mut table = TABLE[shard % SHARDS].lock().expect("interning does not panic");
        if let Some(known) = table.get(text) {
            return Name(known);
        }
        let text: &'static str = Box::leak(Box::from(text));
        table.insert(text);
        Name(text)
    }

    /// Returns the text.
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// Reports whether this is the blank identifier `_`.
    pub fn is_blank(self) -> bool {
        self.0 == "_"
    }

    /// Reports whether the first character is an upper-case letter. Spec, "Exported identifiers".
    pub fn is_exported(self) -> bool {
        match self.0.as_bytes().first() {
            Some(c) if c.is_ascii() => c.is_ascii_uppercase(),
            Some(_) => self.0.chars().next().is_some_and(char::is_uppercase),
            None => false,
        }
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Name) -> bool {
        std::ptr::eq(self.0.as_ptr(), other.0.as_ptr()) && self.0.len() == other.0.len()
    }
}

impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.0.as_ptr() as usize);
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Name) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Name) -> Ordering {
        self.0.cmp(other.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0, f)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Name;

    #[test]
    fn equal_texts_are_equal_names() {
        assert_eq!(Name::new("x"), Name::new(&String::from("x")));
        assert_ne!(Name::new("x"), Name::new("y"));
        assert!(Name::new("a") < Name::new("b"));
        assert_eq!(Name::new(""), Name::new(""));
    }

    #[test]
    fn exported_is_by_unicode_upper_case() {
        assert!(Name::new("Ä").is_exported());
        assert!(!Name::new("ä").is_exported());
        assert!(!Name::new("_X").is_exported());
    }
}
