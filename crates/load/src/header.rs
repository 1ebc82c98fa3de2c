//! What `load` needs of a file before it is parsed: package name, imports, build constraint.
//!
//! Reading stops behind the last import. Text that is no Go ends the reading too; the parser will
//! report it, so nothing is reported here.

use source::Name;

/// An import as it is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ImportSpec {
    /// The path, unquoted.
    pub path: String,
    /// Where the quoted path begins.
    pub offset: u32,
}

/// The head of a file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Header {
    /// The name in the package clause.
    pub package: Option<Name>,
    /// The imports in their order.
    pub imports: Vec<ImportSpec>,
    /// The `//go:build` line, without `//go:build`.
    pub constraint: Option<String>,
    /// `// +build` lines, without `// +build`; they count only where there is no `//go:build` line.
    pub plus_build: Vec<String>,
}

/// Reads the head of a Go file.
pub fn read(bytes: &[u8]) -> Header {
    let mut header = constraints(bytes);
    let mut scanner = Scanner { bytes, idx: if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 } };
    if scanner.word() != Some("package") {
        return header;
    }
    header.package = scanner.word().map(Name::new);
    while scanner.byte(b';') {}
    while header.package.is_some() && scanner.word() == Some("import") {
        if scanner.byte(b'(') {
            while !scanner.byte(b')') {
                if !scanner.spec(&mut header.imports) {
                    return header;
                }
                while scanner.byte(b';') {}
            }
        } else if !scanner.spec(&mut header.imports) {
            return header;
        }
        while scanner.byte(b';') {}
    }
    header
}

/// Reads only the build constraints, of Go and assembly files alike: the comments above the first
/// other line. `// +build` lines count only when a blank line follows.
pub fn constraints(bytes: &[u8]) -> Header {
    let mut header = Header::default();
    let mut pending = Vec::new();
    let mut in_comment = false;
    let mut start = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    while start < bytes.len() {
        let end = bytes[start..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |len| start + len);
        let line = bytes[start..end].trim_ascii();
        start = end + 1;
        if in_comment || line.starts_with(b"/*") {
            match skip_block_comments(line, in_comment) {
                Some(open) => in_comment = open,
                None => break,
            }
        } else if line.is_empty() {
            header.plus_build.append(&mut pending);
        } else if let Some(text) = line.strip_prefix(b"//") {
            let text = String::from_utf8_lossy(text);
            if let Some(expr) = directive(&text, "go:build") {
                header.constraint.get_or_insert_with(|| expr.to_string());
            } else if let Some(words) = directive(text.trim_start(), "+build") {
                pending.push(words.to_string());
            }
        } else {
            break;
        }
    }
    header
}

/// Returns what follows `verb` when `text` is that directive.
fn directive<'a>(text: &'a str, verb: &str) -> Option<&'a str> {
    let rest = text.strip_prefix(verb)?;
    (rest.is_empty() || rest.starts_with([' ', '\t'])).then(|| rest.trim())
}

/// Skips comments on a line that begins in or with one. Returns whether one is open at its end, or
/// `None` when something else follows.
fn skip_block_comments(mut line: &[u8], mut open: bool) -> Option<bool> {
    loop {
        if open {
            let Some(end) = line.windows(2).position(|pair| pair == b"*/") else { return Some(true) };
            line = line[end + 2..].trim_ascii_start();
            open = false;
        } else if let Some(rest) = line.strip_prefix(b"/*") {
            (line, open) = (rest, true);
        } else {
            return (line.is_empty() || line.starts_with(b"//")).then_some(false);
        }
    }
}

struct Scanner<'a> {
    bytes: &'a [u8],
    idx: usize,
}

impl<'a> Scanner<'a> {
    /// Skips white space and comments.
    fn skip(&mut self) {
        loop {
            let rest = &self.bytes[self.idx..];
            self.idx += match rest {
                [b' ' | b'\t' | b'\r' | b'\n', ..] => 1,
                [b'/', b'/', ..] => rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len()),
                [b'/', b'*', body @ ..] => {
                    body.windows(2).position(|pair| pair == b"*/").map_or(rest.len(), |len| len + 4)
                }
                _ => return,
            };
        }
    }

    /// Takes an identifier or a keyword.
    fn word(&mut self) -> Option<&'a str> {
        self.skip();
        let rest = &self.bytes[self.idx..];
        let part = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_' || *b >= 0x80;
        let len = rest.iter().position(|b| !part(b)).unwrap_or(rest.len());
        if len == 0 || rest[0].is_ascii_digit() {
            return None;
        }
        self.idx += len;
        std::str::from_utf8(&rest[..len]).ok()
    }

    /// Takes `byte` if it comes next.
    fn byte(&mut self, byte: u8) -> bool {
        self.skip();
        let found = self.bytes.get(self.idx) == Some(&byte);
        self.idx += usize::from(found);
        found
    }

    /// Takes one import specification.
    fn spec(&mut self, imports: &mut Vec<ImportSpec>) -> bool {
        if !self.byte(b'.') {
            self.word();
        }
        self.skip();
        let start = self.idx;
        let quote = match self.bytes.get(start) {
            Some(quote @ (b'"' | b'`')) => *quote,
            _ => return false,
        };
        let body = &self.bytes[start + 1..];
        let stop = body.iter().position(|b| *b == quote || (*b == b'\n' && quote == b'"'));
        let Some(len) = stop.filter(|len| body[*len] == quote) else { return false };
        self.idx = start + len + 2;
        let path = String::from_utf8_lossy(&body[..len]).into_owned();
        imports.push(ImportSpec { path, offset: start as u32 });
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_a_file() {
        let text = "\u{feff}// Copyright\n\n//go:build linux && !x\n// +build linux\n\n/* doc */ package p; import \"a\"\n\
                    import (\n\t. \"b\" // c\n\t_ `c/d`; q \"e\"\n)\nimport()\nvar x = 1\nimport \"late\"\n";
        let header = read(text.as_bytes());
        assert_eq!(header.package, Some(Name::new("p")));
        let paths: Vec<&str> = header.imports.iter().map(|i| i.path.as_str()).collect();
        assert_eq!(paths, ["a", "b", "c/d", "e"]);
        assert_eq!(header.constraint.as_deref(), Some("linux && !x"));
        assert_eq!(header.plus_build, ["linux"]);
        assert_eq!(&text[header.imports[0].offset as usize..][..3], "\"a\"");
    }

    #[test]
    fn constraints_stand_above_the_first_other_line() {
        assert_eq!(constraints(b"package p\n//go:build x\n").constraint, None);
        assert_eq!(constraints(b"/* a\n b */ // c\n//go:build x\n").constraint.as_deref(), Some("x"));
        assert_eq!(constraints(b"// +build a\npackage p").plus_build, Vec::<String>::new());
        assert_eq!(constraints(b"//go:buildx\npackage p").constraint, None);
    }

    #[test]
    fn rubbish_ends_the_reading() {
        for text in
            ["", "pack", "package", "package p import", "package p; import (", "package p; import \"a\nb\""]
        {
            assert!(read(text.as_bytes()).imports.is_empty(), "{text}");
        }
    }
}
