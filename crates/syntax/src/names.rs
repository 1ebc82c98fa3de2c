//! A cache of the names of one file in front of the table that all files share.
//!
//! A file has ten times as many identifiers as distinct ones. Looking up the shared table takes a
//! lock; this one takes a hash and a comparison.

use source::Name;

/// An open-addressing table from text to [`Name`]. It only grows.
pub(crate) struct NameCache {
    /// A power of two of slots with the hash beside the name; at most half are taken.
    slots: Vec<Option<(u32, Name)>>,
    n_names: usize,
}

impl NameCache {
    pub(crate) fn new() -> NameCache {
        NameCache { slots: vec![None; 256], n_names: 0 }
    }

    /// Returns the name with this text.
    #[inline]
    pub(crate) fn name(&mut self, text: &str) -> Name {
        let hash = hash(text.as_bytes());
        let mask = self.slots.len() - 1;
        let mut idx = hash as usize & mask;
        while let Some((slot_hash, name)) = self.slots[idx] {
            if slot_hash == hash && name.as_str() == text {
                return name;
            }
            idx = (idx + 1) & mask;
        }
        self.insert(idx, hash, text)
    }

    #[cold]
    fn insert(&mut self, idx: usize, hash: u32, text: &str) -> Name {
        let name = Name::new(text);
        self.slots[idx] = Some((hash, name));
        self.n_names += 1;
        if self.n_names * 2 > self.slots.len() {
            self.grow();
        }
        name
    }

    fn grow(&mut self) {
        let mask = self.slots.len() * 2 - 1;
        let mut slots = vec![None; mask + 1];
        for (hash, name) in self.slots.iter().flatten() {
            let mut idx = *hash as usize & mask;
            while slots[idx].is_some() {
                idx = (idx + 1) & mask;
            }
            slots[idx] = Some((*hash, *name));
        }
        self.slots = slots;
    }
}

/// Mixes eight bytes at a time by multiplication.
#[inline]
fn hash(text: &[u8]) -> u32 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut state = text.len() as u64;
    let (words, rest) = text.as_chunks::<8>();
    for word in words {
        state = (state.rotate_left(5) ^ u64::from_le_bytes(*word)).wrapping_mul(FACTOR);
    }
    let mut last = 0;
    for byte in rest {
        last = last << 8 | u64::from(*byte);
    }
    state = (state.rotate_left(5) ^ last).wrapping_mul(FACTOR);
    (state >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_growth() {
        let mut cache = NameCache::new();
        let texts: Vec<String> = (0..5000).map(|i| format!("name{i}")).collect();
        let names: Vec<Name> = texts.iter().map(|text| cache.name(text)).collect();
        for (text, name) in texts.iter().zip(names) {
            assert_eq!(cache.name(text), name);
            assert_eq!(name.as_str(), text);
        }
    }
}
