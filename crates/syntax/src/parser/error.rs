//! Errors: their words, and which of several on a line are told.
//!
//! gc tells one syntax error per line, and no syntax error at the end of the file after any other error
//! (cmd/compile/internal/base, `ErrorfAt`; cmd/compile/internal/syntax, `syntaxErrorAt`).

use std::borrow::Cow;
use std::ops::Range;

use source::LineDirective;

use super::Parser;
use crate::Error;
use crate::token::Token;
use crate::tree::{File, Offset};

/// What the texts of syntax errors begin with.
const SYNTAX_ERROR: &str = "syntax error: ";

impl Parser<'_> {
    pub(super) fn has_errors(&self) -> bool {
        !self.scan.errors.is_empty()
            || self.encoding_errors.first().is_some_and(|e| e.offset <= self.scan.end)
    }

    /// Reports an error that is none of syntax, although the parser finds it.
    pub(super) fn error_at(&mut self, offset: Offset, text: impl Into<String>) {
        self.scan.errors.push(Error { offset, text: text.into() });
    }

    /// Reports a syntax error, unless its line has one or it only follows from the end of the file.
    pub(super) fn syntax_error_at(&mut self, offset: Offset, text: &str) {
        if self.at(Token::Eof) && self.has_errors() {
            return;
        }
        let (line, n_before) = &self.error_line;
        let n_directives = n_directives(&self.scan.line_directives, offset);
        if line.contains(&offset) && *n_before == n_directives {
            // gc tells so much of a line that is wrong once. It still counts as an error.
            return;
        }
        self.error_line = (self.line_around(offset), n_directives);
        self.error_at(offset, format!("{SYNTAX_ERROR}{text}"));
    }

    pub(super) fn syntax_error(&mut self, text: &str) {
        self.syntax_error_at(self.pos(), text);
    }

    /// Reports that the token is not what was expected.
    pub(super) fn expected(&mut self, what: &str) {
        let text = format!("unexpected {}, expected {what}", self.token_words());
        self.syntax_error(&text);
    }

    /// Reports that the token may not stand at `place`, such as `at end of statement`.
    pub(super) fn unexpected(&mut self, place: &str) {
        let text = format!("unexpected {} {place}", self.token_words());
        self.syntax_error(&text);
    }

    pub(super) fn token_words(&self) -> String {
        match self.scan.tok {
            Token::Name => format!("name {}", self.token_text()),
            Token::Semi => self.scan.semi.text().into(),
            Token::Literal => format!("literal {}", self.token_text()),
            Token::Operator => self.scan.op.text().into(),
            Token::AssignOp => format!("{}=", self.scan.op.text()),
            Token::IncOp => self.scan.op.text().repeat(2),
            tok => tok.words(),
        }
    }

    /// Returns the text of the token as it stands in the file.
    pub(super) fn token_text(&self) -> Cow<'_, str> {
        let range = self.scan.start as usize..self.scan.end as usize;
        String::from_utf8_lossy(&self.file.bytes[range])
    }

    pub(super) fn line_around(&self, offset: Offset) -> Range<u32> {
        let bytes = &self.file.bytes;
        let off = (offset as usize).min(bytes.len());
        let start = bytes[..off].iter().rposition(|c| *c == b'\n').map_or(0, |i| i + 1);
        let end = bytes[off..].iter().position(|c| *c == b'\n').map_or(bytes.len(), |i| off + i);
        start as u32..end as u32 + 1
    }
}

/// Drops errors that say the same of the same line as the one reported before. Syntax errors do not
/// count: there is one per line of them anyway.
pub(super) fn drop_repeated(errors: &mut Vec<Error>, file: &File) {
    let is_same_line = |a: Offset, b: Offset| {
        let (from, to) = (a.min(b), a.max(b));
        !file.bytes[from as usize..to as usize].contains(&b'\n')
            && n_directives(&file.line_directives, from) == n_directives(&file.line_directives, to)
    };
    let mut last = Error { offset: 0, text: String::new() };
    errors.retain(|error| {
        if error.text.starts_with(SYNTAX_ERROR) {
            return true;
        }
        let is_repeated = error.text == last.text && is_same_line(last.offset, error.offset);
        if error.text != last.text {
            last.text.clone_from(&error.text);
        }
        last.offset = error.offset;
        !is_repeated
    });
}

/// Returns how many `//line` directives are in force at `offset`: each begins a line of its own.
fn n_directives(directives: &[LineDirective], offset: Offset) -> usize {
    directives.partition_point(|d| d.offset <= offset)
}
