//! Makes a program smaller while a property holds.
//!
//! The generator indents as gofmt does, so a line and the deeper ones below it are a statement or a
//! declaration. Nothing here knows Go beyond that and its brackets: a candidate that is no program does not
//! have the property.

/// Returns a small program that still has the property.
pub fn minimise(source: &str, mut holds: impl FnMut(&str) -> bool) -> String {
    let mut lines: Vec<String> =
        source.lines().filter(|line| !line.trim().is_empty()).map(str::to_string).collect();
    loop {
        let before = lines.join("\n");
        drop_items(&mut lines, &mut holds);
        shorten_lines(&mut lines, &mut holds);
        if lines.join("\n") == before {
            return before + "\n";
        }
    }
}

fn depth(line: &str) -> usize {
    line.bytes().take_while(|&byte| byte == b'\t').count()
}

/// The lines of the item that begins at a line: deeper ones, and closing lines of the same depth.
fn item(lines: &[String], start: usize) -> std::ops::Range<usize> {
    let own = depth(&lines[start]);
    let is_switch = lines[start].trim_start().starts_with("switch");
    let is_closing = |line: &str| depth(line) == own && line.trim_start().starts_with(['}', ')']);
    let is_case = |line: &str| {
        let text = line.trim_start();
        is_switch && depth(line) == own && (text.starts_with("case ") || text.starts_with("default:"))
    };
    let mut end = start + 1;
    while end < lines.len() && (depth(&lines[end]) > own || is_closing(&lines[end]) || is_case(&lines[end])) {
        end += 1;
        let last = &lines[end - 1];
        if is_closing(last) && !last.trim_end().ends_with('{') {
            break;
        }
    }
    start..end
}

/// Drops items, many at once first, and the heads and tails of those that cannot go.
fn drop_items(lines: &mut Vec<String>, holds: &mut impl FnMut(&str) -> bool) {
    let mut deepest = 0;
    let mut level = 0;
    while level <= deepest {
        deepest = lines.iter().map(|line| depth(line)).max().unwrap_or(0);
        let mut n_together = 16;
        while n_together > 0 {
            drop_level(lines, level, n_together, holds);
            n_together /= 4;
        }
        level += 1;
    }
}

fn drop_level(
    lines: &mut Vec<String>,
    level: usize,
    n_together: usize,
    holds: &mut impl FnMut(&str) -> bool,
) {
    let mut start = 0;
    while start < lines.len() {
        if depth(&lines[start]) != level {
            start += 1;
            continue;
        }
        let mut end = start;
        for _ in 0..n_together {
            if end < lines.len() && (depth(&lines[end]) == level || end == start) {
                end = item(lines, end).end;
            }
        }
        let mut fewer = lines.clone();
        fewer.drain(start..end);
        if holds(&fewer.join("\n")) {
            *lines = fewer;
            continue;
        }
        if n_together == 1 && end - start > 2 {
            let mut unwrapped = lines.clone();
            unwrapped.remove(end - 1);
            unwrapped.remove(start);
            if holds(&unwrapped.join("\n")) {
                *lines = unwrapped;
                continue;
            }
        }
        start = if n_together == 1 { start + 1 } else { end };
    }
}

/// Replaces bracketed parts of lines by parts of them.
fn shorten_lines(lines: &mut [String], holds: &mut impl FnMut(&str) -> bool) {
    for idx in 0..lines.len() {
        let mut at = 0;
        while let Some(found) = lines[idx][at..].find(['(', '{', '[']) {
            let open = at + found;
            let mut was_shortened = false;
            for shorter in candidates(&lines[idx], open) {
                let line = std::mem::replace(&mut lines[idx], shorter);
                if holds(&lines.join("\n")) {
                    was_shortened = true;
                    break;
                }
                lines[idx] = line;
            }
            if !was_shortened {
                at = open + 1;
            }
        }
    }
}

/// Shorter forms of a line, by what may become of the bracket at `open` and what is before it.
fn candidates(line: &str, open: usize) -> Vec<String> {
    let Some(close) = closing(line, open) else { return Vec::new() };
    let name_start = line[..open]
        .rfind(|c: char| !c.is_alphanumeric() && !"_.[]*".contains(c))
        .map_or(0, |at| at + line[at..].chars().next().map_or(1, char::len_utf8));
    let (before, inside, after) = (&line[..name_start], &line[open + 1..close], &line[close + 1..]);
    let mut list = Vec::new();
    let mut parts = split(inside, |rest| rest.starts_with(", "), 2);
    parts.extend(split(inside, |rest| rest.starts_with(' ') && !rest.starts_with("  "), 1));
    parts.retain(|part| part.len() < inside.len() || part == inside);
    for part in parts.iter().filter(|part| !part.is_empty() && *part != inside) {
        list.push(format!("{before}{part}{after}"));
        list.push(format!("{}{part}{}", &line[..open + 1], &line[close..]));
    }
    list.push(format!("{before}{inside}{after}"));
    if !inside.is_empty() {
        list.push(format!("{}{}", &line[..open + 1], &line[close..]));
    }
    // The left or the right of an element list alone.
    let parts = split(inside, |rest| rest.starts_with(", "), 2);
    for skip in 0..parts.len() {
        let kept: Vec<&str> =
            parts.iter().enumerate().filter(|&(idx, _)| idx != skip).map(|(_, part)| part.as_str()).collect();
        list.push(format!("{}{}{}", &line[..open + 1], kept.join(", "), &line[close..]));
    }
    list.retain(|shorter| shorter.len() < line.len());
    list
}

/// The index of the bracket that closes the one at `open`.
fn closing(line: &str, open: usize) -> Option<usize> {
    let mut n_open = 0;
    for (at, c) in outside_strings(line).filter(|&(at, _)| at >= open) {
        match c {
            '(' | '{' | '[' => n_open += 1,
            ')' | '}' | ']' => {
                n_open -= 1;
                if n_open == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// The characters of a line that are not in string literals.
fn outside_strings(line: &str) -> impl Iterator<Item = (usize, char)> {
    let mut quote = None;
    let mut was_escape = false;
    line.char_indices().filter(move |&(_, c)| match quote {
        Some(open) => {
            if c == open && !was_escape {
                quote = None;
            }
            was_escape = c == '\\' && !was_escape && open != '`';
            false
        }
        None if "\"'`".contains(c) => {
            quote = Some(c);
            false
        }
        None => true,
    })
}

/// Splits where no bracket is open and the rest begins as asked.
fn split(text: &str, is_at: impl Fn(&str) -> bool, n_bytes: usize) -> Vec<String> {
    let (mut parts, mut start, mut n_open) = (Vec::new(), 0, 0);
    for (at, c) in outside_strings(text) {
        match c {
            '(' | '{' | '[' => n_open += 1,
            ')' | '}' | ']' => n_open -= 1,
            _ if n_open == 0 && at >= start && is_at(&text[at..]) => {
                parts.push(text[start..at].to_string());
                start = at + n_bytes;
            }
            _ => {}
        }
    }
    parts.push(text[start..].to_string());
    parts
}

#[cfg(test)]
mod tests {
    use super::minimise;

    fn check(source: &str, needle: &str, want: &str) {
        assert_eq!(minimise(source, |text| text.contains(needle)), want);
    }

    #[test]
    fn what_the_property_does_not_need_goes() {
        check("func f() {\n\ta\n}\n\nfunc g() {\n\tb\n\tif c {\n\t\td\n\t}\n}\n", "d", "\t\td\n");
        check("x := (a + f(b, \"(\"))\n", "f(b", "x := f(b)\n");
    }
}
