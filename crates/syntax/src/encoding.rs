//! Bytes that may not stand in a Go file: NUL, invalid UTF-8, and a byte-order mark that is not first.
//!
//! Nearly every file is clean, and finding that out is one fast pass. A file that is not clean is
//! scanned from a copy of the same length in which each such byte is [`SKIP`]; so the scanner works
//! on valid text and offsets stay those of the file. gc skips these characters in the same way
//! (cmd/compile/internal/syntax, `source`).

use std::borrow::Cow;

use crate::Error;

/// Stands for a byte that was reported; the scanner treats it as a space.
pub(crate) const SKIP: u8 = 0;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Returns text to scan in place of `bytes`, and the errors that explain the differences.
pub(crate) fn clean(bytes: &[u8]) -> (Cow<'_, str>, Vec<Error>) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        // `str::contains` searches by words; most files end here.
        if !text.contains('\0') && !text.contains('\u{feff}') {
            return (Cow::Borrowed(text), Vec::new());
        }
    }
    scrub(bytes)
}

fn scrub(bytes: &[u8]) -> (Cow<'_, str>, Vec<Error>) {
    let mut text = String::with_capacity(bytes.len());
    let mut errors = Vec::new();
    let mut off = 0;
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\0' => {
                    errors.push(Error { offset: off, text: "invalid NUL character".into() });
                    text.push(SKIP as char);
                }
                '\u{feff}' => {
                    if off > 0 {
                        let text = "invalid BOM in the middle of the file".into();
                        errors.push(Error { offset: off, text });
                    }
                    text.extend(std::iter::repeat_n(SKIP as char, BOM.len()));
                }
                _ => text.push(c),
            }
            off += c.len_utf8() as u32;
        }
        for _ in chunk.invalid() {
            errors.push(Error { offset: off, text: "invalid UTF-8 encoding".into() });
            text.push(SKIP as char);
            off += 1;
        }
    }
    (Cow::Owned(text), errors)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clean_text_is_borrowed() {
        assert!(matches!(clean("häuser".as_bytes()), (Cow::Borrowed(_), errors) if errors.is_empty()));
    }

    #[test]
    fn each_bad_byte_is_reported_and_blanked() {
        let (text, errors) = clean(b"\xef\xbb\xbfa\0\xff\xef\xbb\xbf");
        assert_eq!(text.as_bytes(), b"\0\0\0a\0\0\0\0\0");
        let offsets: Vec<u32> = errors.iter().map(|e| e.offset).collect();
        assert_eq!(offsets, [4, 5, 6]);
    }
}
