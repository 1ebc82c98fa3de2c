//! Comments: `//go:` and `//line` directives, build constraints, and the rest, which is skipped.

use source::LineDirective;

use super::{Scanner, Semi};
use crate::BinaryOp;
use crate::Directive;
use crate::token::{Op, Token};

/// The largest line or column that a directive may give. cmd/compile/internal/syntax, `PosMax`.
const MAX_LINE: u64 = 1 << 30;

impl Scanner<'_> {
    /// Reads `/`, `/=` or a comment. Returns false when a comment was skipped and no token made of it.
    pub(super) fn slash(&mut self, nlsemi: bool) -> bool {
        match self.byte(self.at + 1) {
            b'/' => {
                self.line_comment();
                false
            }
            b'*' => {
                let has_newline = self.block_comment();
                // A comment with a newline in it acts like a newline. Spec, "Comments".
                if has_newline && nlsemi {
                    self.semi = Semi::Newline;
                    self.tok = Token::Semi;
                }
                has_newline && nlsemi
            }
            next => {
                self.simple(Token::Operator, 1);
                self.op = Op::Binary(BinaryOp::Div);
                self.prec = BinaryOp::Div.precedence();
                if next == b'=' {
                    self.simple(Token::AssignOp, 1);
                }
                true
            }
        }
    }

    fn line_comment(&mut self) {
        let start = self.at;
        let rest = &self.text[start..];
        self.at = start + rest.find('\n').unwrap_or(rest.len());
        match self.byte(start + 2) {
            b'g' | b'l' | b' ' | b'\t' | b'+' => self.note_directive(start),
            _ => {}
        }
    }

    /// Keeps the line comment from `start` to `self.at` if it is a directive.
    fn note_directive(&mut self, start: usize) {
        let body = &self.text[start + 2..self.at];
        let body = body.strip_suffix('\r').unwrap_or(body);
        let pos = self.removed.file_offset(start);
        if let Some(rest) = body.strip_prefix("line ") {
            // It speaks of the next line; without one it says nothing, but may still be wrong.
            if self.column(start) == 0 {
                self.line_directive(rest, start + "//line ".len(), self.at + 1);
            }
        } else if body.starts_with("go:") {
            if self.top && is_word(body, "go:build") && self.is_alone(start) {
                self.constraints.push(Directive { pos, text: body.into() });
            }
            self.alone.push(self.is_alone(start));
            self.directives.push(Directive { pos, text: body.into() });
        } else if self.top && is_word(body.trim_start(), "+build") && self.is_alone(start) {
            self.constraints.push(Directive { pos, text: body.into() });
        }
    }

    /// Reads a comment to its `*/` and reports whether a newline stands in it.
    fn block_comment(&mut self) -> bool {
        let start = self.at;
        let body = &self.text[start + 2..];
        let Some(len) = body.find("*/") else {
            self.error(start, "comment not terminated");
            self.at = self.bytes.len();
            return body.contains('\n');
        };
        self.at = start + 2 + len + 2;
        if let Some(rest) = body[..len].strip_prefix("line ") {
            self.line_directive(rest, start + "/*line ".len(), self.at);
        }
        body.as_bytes()[..len].contains(&b'\n')
    }

    /// Reads `name:line` or `name:line:column`, where `text` begins at `off`; it speaks of what
    /// stands at `after`. cmd/compile's documentation, "Compiler Directives".
    fn line_directive(&mut self, text: &str, off: usize, after: usize) {
        let Some((mut name, digits)) = text.rsplit_once(':') else {
            return;
        };
        let at = |part: &str| off + (part.as_ptr() as usize - text.as_ptr() as usize);
        let Some(last) = number(digits) else {
            return self.error(at(digits), format!("invalid line number: {digits}"));
        };
        let (mut line, mut line_text, mut column) = (last, digits, 0);
        if let Some((shorter, digits_before)) = name.rsplit_once(':')
            && let Some(before) = number(digits_before)
        {
            if last == 0 || last > MAX_LINE {
                return self.error(at(digits), format!("invalid column number: {digits}"));
            }
            (name, line, line_text, column) = (shorter, before, &text[shorter.len() + 1..], last);
        }
        if line == 0 || line > MAX_LINE {
            return self.error(at(line_text), format!("invalid line number: {line_text}"));
        }
        if after > self.bytes.len() {
            return;
        }
        self.line_directives.push(LineDirective {
            offset: self.removed.file_offset(after),
            name: name.into(),
            line: line as u32,
            column: column as u32,
        });
    }

    /// Returns how many bytes stand before `off` on its line.
    fn column(&self, off: usize) -> usize {
        self.bytes[..off].iter().rev().take_while(|c| **c != b'\n').count()
    }

    /// Reports whether nothing but space stands before `off` on its line.
    fn is_alone(&self, off: usize) -> bool {
        let before = self.bytes[..off].iter().rev().find(|c| !matches!(c, b' ' | b'\t' | b'\r'));
        matches!(before, None | Some(b'\n'))
    }

    /// Notes where a blank line ends in the space between `from` and `self.at`.
    pub(super) fn note_blank_lines(&mut self, from: usize) {
        let is_line_start = from == 0 || self.bytes[from - 1] == b'\n';
        let mut newlines = u32::from(is_line_start);
        for off in from..self.at {
            if self.bytes[off] == b'\n' {
                newlines += 1;
                if newlines >= 2 {
                    self.last_blank = self.removed.file_offset(off);
                }
            }
        }
    }
}

/// Reports whether `text` begins with `word`, and a space or nothing follows.
fn is_word(text: &str, word: &str) -> bool {
    text.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
}

fn number(digits: &str) -> Option<u64> {
    // `parse` would accept a sign.
    if digits.bytes().all(|c| c.is_ascii_digit()) { digits.parse().ok() } else { None }
}
