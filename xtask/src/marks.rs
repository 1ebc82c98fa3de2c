//! Marks in Go sources that say on which lines errors are expected, and what rigo reports.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Output;

/// A file name (without its folder) and a line.
pub type Line = (String, usize);

/// Reads the marks of Go's `test` folder: `// ERROR "..."` and `// GC_ERROR "..."` at the end of a line.
/// A line with `////` is commented out. Source: the comments in GOROOT/test/README.md.
pub fn trailing(name: &str, text: &str) -> BTreeSet<Line> {
    let is_marked =
        |line: &str| !line.contains("////") && (line.contains("// ERROR ") || line.contains("// GC_ERROR "));
    let lines = text.split('\n').enumerate().filter(|(_, line)| is_marked(line));
    lines.map(|(idx, _)| (name.to_owned(), idx + 1)).collect()
}

/// Reads the marks of the type checker's tests: a comment that begins with `ERROR` or `ERRORx` speaks of the
/// token before it. Source: the comment at the head of GOROOT/src/go/types/check_test.go.
pub fn after_token(name: &str, text: &[u8]) -> BTreeSet<Line> {
    let mut marks = BTreeSet::new();
    let mut at = 0;
    let mut line = 1;
    let mut token_line = 1;
    while at < text.len() {
        let end = token_end(text, at);
        let token = &text[at..end];
        if token.starts_with(b"//") || token.starts_with(b"/*") {
            let words = token[2..].trim_ascii_start();
            if words.starts_with(b"ERROR ") || words.starts_with(b"ERRORx ") {
                marks.insert((name.to_owned(), token_line));
            }
        } else if !token[0].is_ascii_whitespace() {
            token_line = line;
        }
        line += token.iter().filter(|b| **b == b'\n').count();
        at = end;
    }
    marks
}

/// Returns the end of the token, comment or white space that begins at `at`; operators count byte by byte.
fn token_end(text: &[u8], at: usize) -> usize {
    let rest = &text[at..];
    let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b >= 0x80;
    let run = |f: &dyn Fn(u8) -> bool| at + rest.iter().take_while(|b| f(**b)).count();
    let find = |from: usize, what: &[u8]| {
        let found = text[from..].windows(what.len()).position(|w| w == what);
        found.map_or(text.len(), |idx| from + idx + what.len())
    };
    match rest[0] {
        b'/' if rest.starts_with(b"//") => run(&|b| b != b'\n'),
        b'/' if rest.starts_with(b"/*") => find(at + 2, b"*/"),
        b'`' => find(at + 1, b"`"),
        quote @ (b'"' | b'\'') => {
            let mut end = at + 1;
            while end < text.len() && text[end] != quote && text[end] != b'\n' {
                end += if text[end] == b'\\' { 2 } else { 1 };
            }
            (end + 1).min(text.len())
        }
        b if b.is_ascii_whitespace() => run(&|b| b.is_ascii_whitespace()),
        b if is_word(b) => run(&is_word),
        _ => at + 1,
    }
}

/// Reads the lines that rigo reports errors on; `Err` when it did anything but report errors or accept.
fn reported(out: &Output, ignore: impl Fn(&str) -> bool) -> Result<BTreeSet<Line>, String> {
    let stderr = String::from_utf8_lossy(&out.stderr);
    if !matches!(out.status.code(), Some(0 | 1)) {
        return Err(format!("rigo ended with {}\n{stderr}", out.status));
    }
    let mut lines = BTreeSet::new();
    let mut n_ignored = 0;
    for line in stderr.lines().filter(|line| !line.starts_with(['\t', '#'])) {
        let mut columns = line.split(':');
        let name = columns.next().map(|path| Path::new(path).file_name().unwrap_or_default());
        let number = columns.next().and_then(|number| number.parse().ok());
        let (Some(name), Some(number)) = (name, number) else {
            return Err(format!("not an error with a position: {line}"));
        };
        if ignore(line) {
            n_ignored += 1;
            continue;
        }
        lines.insert((name.to_string_lossy().into_owned(), number));
    }
    if (lines.is_empty() && n_ignored == 0) == (out.status.code() == Some(0)) {
        return Ok(lines);
    }
    Err(format!("exit status {} with {} lines in error", out.status, lines.len()))
}

/// Compares what is expected with what is reported, but for errors that `ignore` knows.
pub fn compare(expected: &BTreeSet<Line>, out: &Output, ignore: impl Fn(&str) -> bool) -> Result<(), String> {
    let reported = reported(out, ignore)?;
    let show = |lines: Vec<&Line>| {
        lines.iter().map(|(name, line)| format!("{name}:{line}")).collect::<Vec<_>>().join(" ")
    };
    let missing: Vec<_> = expected.difference(&reported).collect();
    let surplus: Vec<_> = reported.difference(expected).collect();
    if missing.is_empty() && surplus.is_empty() {
        return Ok(());
    }
    let said: Vec<_> = String::from_utf8_lossy(&out.stderr).lines().map(str::to_owned).collect();
    let said = said
        .iter()
        .filter(|text| surplus.iter().any(|(name, line)| text.contains(&format!("{name}:{line}:"))));
    let said: String = said.map(|text| format!("\n    {text}")).collect();
    Err(format!("missing [{}] surplus [{}]{said}", show(missing), show(surplus)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(marks: BTreeSet<Line>) -> Vec<usize> {
        marks.into_iter().map(|(_, line)| line).collect()
    }

    #[test]
    fn trailing_marks() {
        let text = "a // ERROR \"x\"\nb //// ERROR \"x\"\nc // GC_ERROR \"y\"\nd // GCCGO_ERROR \"z\"\n";
        assert_eq!(numbers(trailing("a.go", text)), [1, 3]);
    }

    #[test]
    fn marks_speak_of_the_token_before() {
        let text =
            b"x := `a\nb` /* ERROR \"x\" */ + y\n\n/* ERRORx `q` */ z // ERROR \"w\"\n\"// ERROR no\"\n";
        assert_eq!(numbers(after_token("a.go", text)), [1, 2, 4]);
    }
}
