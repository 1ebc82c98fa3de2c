//! Where a test file says that errors must be.

use std::collections::BTreeSet;

/// Lines, counted from 1.
pub type Lines = BTreeSet<u32>;

/// Reads `/* ERROR "text" */` and `// ERRORx "regexp"` comments: each is about the token before it.
pub fn of_checker_test(text: &[u8]) -> Lines {
    let mut lines = Lines::new();
    let (mut at, mut line, mut token_line) = (0, 1, 1);
    while let Some(&byte) = text.get(at) {
        let rest = &text[at..];
        let len = match byte {
            b'\n' | b' ' | b'\t' | b'\r' => 1,
            b'/' if rest.starts_with(b"//") => rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len()),
            b'/' if rest.starts_with(b"/*") => find(rest, b"*/").map_or(rest.len(), |end| end + 2),
            b'"' | b'\'' => quoted(rest, byte),
            b'`' => rest[1..].iter().position(|b| *b == b'`').map_or(rest.len(), |end| end + 2),
            _ if is_word(byte) => rest.iter().position(|b| !is_word(*b)).unwrap_or(rest.len()),
            _ => 1,
        };
        let is_comment = rest.starts_with(b"//") || rest.starts_with(b"/*");
        if is_comment {
            let comment = rest[2..len].trim_ascii_start();
            if comment.starts_with(b"ERROR ") || comment.starts_with(b"ERRORx ") {
                lines.insert(token_line);
            }
        } else if !byte.is_ascii_whitespace() {
            token_line = line;
        }
        line += rest[..len].iter().filter(|b| **b == b'\n').count() as u32;
        at += len;
    }
    lines
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut len = 1;
    while let Some(&byte) = rest.get(len) {
        match byte {
            b'\\' => len += 2,
            b'\n' => return len,
            _ if byte == quote => return len + 1,
            _ => len += 1,
        }
    }
    rest.len()
}

/// The value of a flag on the first line, such as `-lang=`.
pub fn flag<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let first = text.lines().next()?;
    first.split_ascii_whitespace().find_map(|word| word.strip_prefix(name))
}
