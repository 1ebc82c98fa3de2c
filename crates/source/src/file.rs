//! Files, positions, and the way from an offset to file, line and column.

use std::sync::Arc;

/// A file of one request, numbered in the order in which `load` lists them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FileId(pub u32);

/// A place in a source file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Pos {
    /// The file.
    pub file: FileId,
    /// Bytes from the start of the file.
    pub offset: u32,
}

impl Pos {
    /// The position of what has none, such as predeclared objects.
    pub const NONE: Pos = Pos { file: FileId(u32::MAX), offset: 0 };
}

/// A `//line` or `/*line*/` directive: from `offset` on, lines count from `line` in `name`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineDirective {
    /// The first byte that the directive speaks of.
    pub offset: u32,
    /// The file name it gives; empty keeps the name in force.
    pub name: String,
    /// The line number of that first byte.
    pub line: u32,
    /// The column of that first byte; 0 when the directive gives none, and then columns are unknown.
    pub column: u32,
}

/// A position as a person reads it. Line and column count from 1, the column in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place<'a> {
    /// The name to print: as given on the command line, or after a `//line` directive.
    pub name: &'a str,
    /// The line.
    pub line: u32,
    /// The column, or 0 when a `//line` directive left it unknown.
    pub column: u32,
}

/// The bytes of one file and where its lines begin.
#[derive(Debug)]
pub struct File {
    /// The name printed in diagnostics.
    pub name: String,
    /// The bytes as read.
    pub bytes: Arc<[u8]>,
    /// Offsets at which lines begin; the first is 0.
    lines: Vec<u32>,
    /// In the order of their offsets.
    directives: Vec<LineDirective>,
}

impl File {
    /// Makes a file; `directives` come from the parser, sorted by offset.
    pub fn new(name: String, bytes: Arc<[u8]>, directives: Vec<LineDirective>) -> File {
        let mut lines = vec![0];
        lines.extend(bytes.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(i, _)| i as u32 + 1));
        File { name, bytes, lines, directives }
    }

    /// Returns the physical line and column of `offset`, both from 1.
    pub fn line_column(&self, offset: u32) -> (u32, u32) {
        let line = self.lines.partition_point(|start| *start <= offset);
        (line as u32, offset - self.lines[line - 1] + 1)
    }

    /// Returns where physical line `line` (from 1) begins.
    pub fn line_offset(&self, line: u32) -> Option<u32> {
        self.lines.get((line as usize).checked_sub(1)?).copied()
    }

    /// Returns the number of lines; text behind the last line end counts as one.
    pub fn n_lines(&self) -> usize {
        let ends_with_line = self.lines.last().is_some_and(|start| *start as usize == self.bytes.len());
        self.lines.len() - usize::from(ends_with_line)
    }

    /// Returns the bytes of physical line `line` (from 1) without its line end.
    pub fn line_bytes(&self, line: u32) -> &[u8] {
        let start = self.lines[line as usize - 1] as usize;
        let end = self.lines.get(line as usize).map_or(self.bytes.len(), |end| *end as usize);
        self.bytes[start..end].trim_ascii_end()
    }

    /// Returns the place that a diagnostic at `offset` names, after `//line` directives.
    pub fn place(&self, offset: u32) -> Place<'_> {
        let (line, column) = self.line_column(offset);
        let idx = self.directives.partition_point(|d| d.offset <= offset);
        let Some(directive) = idx.checked_sub(1).map(|i| &self.directives[i]) else {
            return Place { name: &self.name, line, column };
        };
        let (from_line, from_column) = self.line_column(directive.offset);
        let name = self.directives[..idx].iter().rev().find(|d| !d.name.is_empty());
        let column = match directive.column {
            0 => 0,
            first if line == from_line => first + (column - from_column),
            _ => column,
        };
        Place {
            name: name.map_or(&*self.name, |d| &*d.name),
            line: directive.line + (line - from_line),
            column,
        }
    }
}

/// All files of one request.
#[derive(Default, Debug)]
pub struct SourceMap {
    /// Indexed by [`FileId`].
    pub files: Vec<Arc<File>>,
}

impl SourceMap {
    /// Returns the file `id`.
    pub fn file(&self, id: FileId) -> &File {
        &self.files[id.0 as usize]
    }

    /// Returns the place of `pos`, or `None` for [`Pos::NONE`].
    pub fn place(&self, pos: Pos) -> Option<Place<'_>> {
        Some(self.files.get(pos.file.0 as usize)?.place(pos.offset))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str, directives: Vec<LineDirective>) -> File {
        File::new("a.go".into(), text.as_bytes().into(), directives)
    }

    #[test]
    fn lines_and_columns_count_from_one() {
        let file = file("ab\ncd", vec![]);
        assert_eq!(file.line_column(0), (1, 1));
        assert_eq!(file.line_column(2), (1, 3));
        assert_eq!(file.line_column(3), (2, 1));
        assert_eq!(file.line_column(5), (2, 3));
        assert_eq!(file.line_bytes(1), b"ab");
    }

    #[test]
    fn a_line_directive_renames_what_follows() {
        let directive = LineDirective { offset: 3, name: "b.y".into(), line: 10, column: 0 };
        let file = file("ab\ncd\nef", vec![directive]);
        assert_eq!(file.place(1), Place { name: "a.go", line: 1, column: 2 });
        assert_eq!(file.place(7), Place { name: "b.y", line: 11, column: 0 });
    }
}
