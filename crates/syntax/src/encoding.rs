//! Bytes that may not stand in a Go file: NUL, invalid UTF-8, and a byte-order mark that is not first.
//!
//! Nearly every file is clean, and finding that out is one fast pass. A file that is not clean is
//! scanned from a copy without these bytes, as if they were not there, even in the middle of a name; a
//! list leads from offsets in the copy back to the file. gc skips them in the same way
//! (cmd/compile/internal/syntax, `source`).

use std::borrow::Cow;

use crate::Error;
use crate::tree::Offset;

/// Text to scan, which is valid and has no NUL.
pub(crate) struct Clean<'a> {
    pub text: Cow<'a, str>,
    pub removed: Removed,
    /// What was removed and should not have been there, in order.
    pub errors: Vec<Error>,
}

/// Where bytes were removed.
#[derive(Default)]
pub(crate) struct Removed {
    /// Offsets in the text before which bytes were removed, each with how many were up to there.
    stretches: Vec<(Offset, u32)>,
}

impl Removed {
    /// Returns where the byte at `off` of the text stands in the file.
    #[inline]
    pub(crate) fn file_offset(&self, off: usize) -> Offset {
        let off = off as Offset;
        if self.stretches.is_empty() { off } else { self.find(off) }
    }

    /// Reports whether bytes were removed between `start` and what follows the text up to `end`.
    #[inline]
    pub(crate) fn any_within(&self, start: usize, end: usize) -> bool {
        let n_bytes = self.file_offset(end) - self.file_offset(start);
        n_bytes != (end - start) as u32
    }

    #[cold]
    fn find(&self, off: Offset) -> Offset {
        let idx = self.stretches.partition_point(|(at, _)| *at <= off);
        off + idx.checked_sub(1).map_or(0, |i| self.stretches[i].1)
    }

    fn remove(&mut self, at: usize, len: usize) {
        let before = self.stretches.last().map_or(0, |(_, n)| *n);
        self.stretches.push((at as Offset, before + len as u32));
    }
}

/// Returns text to scan in place of `bytes`.
pub(crate) fn clean(bytes: &[u8]) -> Clean<'_> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        // `str::contains` searches by words; most files end here.
        if !text.contains('\0') && !text.contains('\u{feff}') {
            let (removed, errors) = (Removed::default(), Vec::new());
            return Clean { text: Cow::Borrowed(text), removed, errors };
        }
    }
    scrub(bytes)
}

fn scrub(bytes: &[u8]) -> Clean<'static> {
    let mut text = String::with_capacity(bytes.len());
    let mut removed = Removed::default();
    let mut errors = Vec::new();
    let mut off = 0;
    let mut remove = |at: usize, off: usize, len: usize, what: &str| {
        removed.remove(at, len);
        if !what.is_empty() {
            errors.push(Error { offset: off as Offset, text: what.into() });
        }
    };
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\0' => remove(text.len(), off, 1, "invalid NUL character"),
                '\u{feff}' if off == 0 => remove(0, 0, c.len_utf8(), ""),
                '\u{feff}' => {
                    remove(text.len(), off, c.len_utf8(), "invalid BOM in the middle of the file");
                }
                _ => text.push(c),
            }
            off += c.len_utf8();
        }
        for _ in chunk.invalid() {
            remove(text.len(), off, 1, "invalid UTF-8 encoding");
            off += 1;
        }
    }
    Clean { text: Cow::Owned(text), removed, errors }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clean_text_is_borrowed() {
        let clean = clean("häuser".as_bytes());
        assert!(matches!(clean.text, Cow::Borrowed("häuser")) && clean.errors.is_empty());
        assert_eq!(clean.removed.file_offset(3), 3);
    }

    #[test]
    fn each_bad_byte_is_reported_and_removed() {
        let clean = clean(b"\xef\xbb\xbfa\0\xffb\xef\xbb\xbfc");
        assert_eq!(clean.text, "abc");
        let offsets: Vec<u32> = clean.errors.iter().map(|e| e.offset).collect();
        assert_eq!(offsets, [4, 5, 7]);
        let places = [0, 1, 2, 3].map(|off| clean.removed.file_offset(off));
        assert_eq!(places, [3, 6, 10, 11]);
    }
}
