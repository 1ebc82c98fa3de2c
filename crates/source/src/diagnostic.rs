//! Diagnostics: what is wrong with a program, where, and in which words.
//!
//! A stage up to `types` returns its value and a list of these; nobody prints but `rigo`. Texts are
//! gc's wherever its wording is known: lower case, no full stop, no word of our insides.

use crate::{FileId, Pos, SourceMap};

/// What kind of error it is, so that tests and tools need not read the words.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Code {
    /// The scanner or the parser does not accept the text.
    Syntax,
    /// Packages, imports, modules and files.
    Load,
    /// A soft error of the checker: something declared or imported is not used.
    Unused,
    /// Any other error of the checker.
    Types,
}

/// A second place that explains the first, printed on a line of its own with a tab before it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Note {
    /// Where.
    pub pos: Pos,
    /// One line of text.
    pub text: String,
}

/// One error.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// Where. [`Pos::NONE`] for errors without a place.
    pub pos: Pos,
    /// Which kind.
    pub code: Code,
    /// The text, without position; further lines are indented by a tab as in gc.
    pub text: String,
    /// Further places.
    pub notes: Vec<Note>,
}

impl Diagnostic {
    /// Makes a diagnostic without notes.
    pub fn new(pos: Pos, code: Code, text: impl Into<String>) -> Diagnostic {
        Diagnostic { pos, code, text: text.into(), notes: Vec::new() }
    }

    /// Formats the first line in gc's form: `name:line:column: text`, and the notes behind it.
    pub fn render(&self, map: &SourceMap) -> String {
        let mut out = String::new();
        if let Some(place) = map.place(self.pos) {
            out += &format!("{}:{}:", place.name, place.line);
            // gc keeps no larger columns.
            if (1..MAX_COLUMN).contains(&place.column) {
                out += &format!("{}:", place.column);
            }
            out += " ";
        }
        out += &expand_places(&self.text, map);
        for note in &self.notes {
            out += "\n\t";
            if let Some(place) = map.place(note.pos) {
                out += &format!("{}:{}:{}: ", place.name, place.line, place.column);
            }
            out += &expand_places(&note.text, map);
        }
        out
    }
}

/// Columns from this one on are not printed.
const MAX_COLUMN: u32 = 255;

/// Stands around a position within a text. No message has this character of itself.
const PLACE: char = '\u{fffc}';

/// Returns text that [`Diagnostic::render`] replaces by the place of `pos`, for messages such as
/// `cannot infer T (declared at x.go:3:8)`.
pub fn place_in_text(pos: Pos) -> String {
    format!("{PLACE}{} {}{PLACE}", pos.file.0, pos.offset)
}

fn expand_places(text: &str, map: &SourceMap) -> String {
    let mut out = String::new();
    for (i, part) in text.split(PLACE).enumerate() {
        let place = part.split_once(' ').and_then(|(file, offset)| {
            let pos = Pos { file: FileId(file.parse().ok()?), offset: offset.parse().ok()? };
            map.place(pos)
        });
        match place {
            Some(place) if i % 2 == 1 => out += &format!("{}:{}:{}", place.name, place.line, place.column),
            _ => out += part,
        }
    }
    out
}

/// Sorts by position, leaves those of one place in their order, and drops what is said twice: the same text on the same
/// line, as gc does.
pub fn sort_diagnostics(diagnostics: &mut Vec<Diagnostic>, map: &SourceMap) {
    let line = |d: &Diagnostic| match map.files.get(d.pos.file.0 as usize) {
        Some(file) => file.line_column(d.pos.offset).0,
        None => 0,
    };
    diagnostics.sort_by_key(|diagnostic| diagnostic.pos);
    let mut seen = std::collections::HashSet::new();
    diagnostics.retain(|d| seen.insert((d.pos.file, line(d), d.text.clone())));
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::File;

    fn map(text: &str) -> SourceMap {
        SourceMap { files: vec![Arc::new(File::new("a.go".into(), text.as_bytes().into(), vec![]))] }
    }

    fn at(offset: u32, text: &str) -> Diagnostic {
        Diagnostic::new(Pos { file: FileId(0), offset }, Code::Types, text)
    }

    #[test]
    fn large_columns_are_not_printed() {
        let map = map(&" ".repeat(300));
        assert_eq!(at(253, "x").render(&map), "a.go:1:254: x");
        assert_eq!(at(254, "x").render(&map), "a.go:1: x");
    }

    #[test]
    fn a_line_says_nothing_twice() {
        let mut list = vec![at(4, "z"), at(4, "b"), at(0, "b"), at(6, "b")];
        sort_diagnostics(&mut list, &map("a b c\nd"));
        assert_eq!(list, [at(0, "b"), at(4, "z"), at(6, "b")]);
    }
}
