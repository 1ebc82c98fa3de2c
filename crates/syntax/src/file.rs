//! What a tree tells of its text.

use crate::tree::{ExprId, ExprKind, File, Offset, Span};

impl File {
    /// Returns the text of a span. Bytes that are not UTF-8 were reported by the scanner.
    pub fn text(&self, span: Span) -> &str {
        let bytes = &self.bytes[span.start as usize..span.end as usize];
        std::str::from_utf8(bytes).unwrap_or("\u{fffd}")
    }

    /// Returns the expression within any parentheses.
    pub fn unparen(&self, mut expr: ExprId) -> ExprId {
        while let ExprKind::Paren(x) = self[expr].kind {
            expr = x;
        }
        expr
    }

    /// Returns where the token `byte` stands that follows `expr`: at most blanks and comments are between.
    pub fn offset_after(&self, expr: ExprId, byte: u8) -> Offset {
        let start = self[expr].span.end as usize;
        let mut idx = start;
        while let Some(&next) = self.bytes.get(idx) {
            if next == byte {
                return idx as Offset;
            }
            if next == b'/' && self.bytes.get(idx + 1) == Some(&b'*') {
                let comment = self.bytes[idx + 2..].windows(2).position(|pair| pair == b"*/");
                idx += comment.map_or(2, |len| len + 4);
            } else {
                idx += 1;
            }
        }
        start as Offset
    }
}
