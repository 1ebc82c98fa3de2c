//! A diagnostic with the line of source it speaks of, for terminals.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use source::{Diagnostic, Pos, SourceMap};

/// Renders a diagnostic with its line; `styled` adds colour.
pub fn render(diagnostic: &Diagnostic, map: &SourceMap, styled: bool) -> String {
    let mut group = Group::with_title(Level::ERROR.primary_title(diagnostic.text.as_str()));
    let excerpts: Vec<Excerpt> = std::iter::once((diagnostic.pos, ""))
        .chain(diagnostic.notes.iter().map(|note| (note.pos, note.text.as_str())))
        .filter_map(|(pos, label)| excerpt(pos, label, map))
        .collect();
    for (idx, excerpt) in excerpts.iter().enumerate() {
        let kind = if idx == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
        let annotation = kind.span(excerpt.span.clone());
        let annotation = if excerpt.label.is_empty() { annotation } else { annotation.label(excerpt.label) };
        let snippet = Snippet::source(excerpt.line.as_str())
            .line_start(excerpt.number)
            .path(excerpt.name.as_str())
            .annotation(annotation);
        group = group.element(snippet);
    }
    let placeless = diagnostic.notes.iter().filter(|note| map.place(note.pos).is_none());
    for note in placeless {
        group = group.element(Level::NOTE.message(note.text.as_str()));
    }
    let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[group])
}

/// One line of a file and the part of it that is meant.
struct Excerpt<'a> {
    name: String,
    number: usize,
    line: String,
    span: Range<usize>,
    label: &'a str,
}

fn excerpt<'a>(pos: Pos, label: &'a str, map: &SourceMap) -> Option<Excerpt<'a>> {
    let place = map.place(pos)?;
    let file = map.file(pos.file);
    let (number, column) = file.line_column(pos.offset);
    let bytes = file.line_bytes(number);
    let start = (column as usize - 1).min(bytes.len());
    // Bytes that are no UTF-8 would shift what follows them.
    let head = String::from_utf8_lossy(&bytes[..start]).into_owned();
    let tail = String::from_utf8_lossy(&bytes[start..]).into_owned();
    let span = head.len()..head.len() + token_len(&tail);
    Some(Excerpt {
        name: place.name.to_string(),
        number: place.line as usize,
        line: head + &tail,
        span,
        label,
    })
}

/// Returns the length of the name, number, literal or sign at the start of `text`.
fn token_len(text: &str) -> usize {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let Some(first) = text.chars().next() else { return 0 };
    if is_word(first) {
        return text.find(|c| !is_word(c)).unwrap_or(text.len());
    }
    if first == '"' || first == '`' {
        return text[1..].find(first).map_or(text.len(), |len| len + 2);
    }
    first.len_utf8()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use source::{Code, File, FileId};

    use super::*;

    #[test]
    fn the_line_is_shown_and_the_name_marked() {
        let text: &[u8] = b"package p\n\n\tvar count int\n";
        let mut map = SourceMap::default();
        map.files.push(Arc::new(File::new("./p.go".into(), text.into(), vec![])));
        let pos = Pos { file: FileId(0), offset: 16 };
        let shown = render(&Diagnostic::new(pos, Code::Unused, "declared and not used: count"), &map, false);
        assert!(shown.contains("error: declared and not used: count"), "{shown}");
        assert!(shown.contains("--> ./p.go:3:6"), "{shown}");
        assert!(shown.contains("var count int") && shown.contains("^^^^^"), "{shown}");
        assert_eq!(token_len("\"a b\" c"), 5);
        assert_eq!(token_len("+ x"), 1);
    }

    #[test]
    fn places_outside_the_text_do_no_harm() {
        let mut map = SourceMap::default();
        map.files.push(Arc::new(File::new("./p.go".into(), b"\xff\xfe".as_slice().into(), vec![])));
        for offset in [0, 1, 2] {
            let pos = Pos { file: FileId(0), offset };
            render(&Diagnostic::new(pos, Code::Syntax, "invalid UTF-8 encoding"), &map, true);
        }
        render(&Diagnostic::new(Pos::NONE, Code::Load, "x"), &map, false);
    }
}
