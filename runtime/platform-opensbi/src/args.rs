//! The boot command line, `name arg1 "arg 2" KEY=value`, as arguments and environment.
//!
//! Words are separated by blanks; quotes, single or double, keep blanks in a word, and a backslash outside single quotes keeps the next
//! character. A word of the form `NAME=value`, where NAME is an identifier and nothing of it is quoted, goes into the environment; every other
//! word is an argument. A word behind `--` is an argument in any case.

/// Arguments and environment entries that are kept; more is refused.
pub const MAX_WORDS: usize = 256;

/// One word of the line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Word {
    Argument,
    Variable,
}

/// Splits `line` into NUL-terminated words written to `out`, and calls `word(kind, offset)` for each. False if `out` is too small.
pub fn split(line: &[u8], out: &mut [u8], mut word: impl FnMut(Word, usize)) -> bool {
    let (mut at, mut used) = (0, 0);
    let mut only_arguments = false;
    loop {
        while at < line.len() && line[at].is_ascii_whitespace() {
            at += 1;
        }
        if at >= line.len() {
            return true;
        }
        let start = used;
        let (mut quote, mut equals, mut quoted_name) = (0, None, false);
        while at < line.len() && (quote != 0 || !line[at].is_ascii_whitespace()) {
            let mut byte = line[at];
            at += 1;
            match byte {
                b'\'' | b'"' if quote == 0 || quote == byte => {
                    quote = if quote == 0 { byte } else { 0 };
                    quoted_name |= equals.is_none();
                    continue;
                }
                b'\\' if quote != b'\'' && at < line.len() => {
                    byte = line[at];
                    at += 1;
                    quoted_name |= equals.is_none();
                }
                b'=' if equals.is_none() => equals = Some(used),
                _ => {}
            }
            if used >= out.len() {
                return false;
            }
            out[used] = byte;
            used += 1;
        }
        if used >= out.len() {
            return false;
        }
        out[used] = 0;
        let text = &out[start..used];
        used += 1;
        if text == b"--" && !only_arguments {
            only_arguments = true;
            used = start;
            continue;
        }
        let is_variable =
            !only_arguments && !quoted_name && equals.is_some_and(|end| is_identifier(&out[start..end]));
        word(if is_variable { Word::Variable } else { Word::Argument }, start);
    }
}

fn is_identifier(name: &[u8]) -> bool {
    name.first().is_some_and(|first| !first.is_ascii_digit())
        && name.iter().all(|&byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<(Word, String)> {
        let mut out = [0; 100];
        let mut found = Vec::new();
        assert!(split(line.as_bytes(), &mut out, |kind, off| found.push((kind, off))));
        let text = |off: usize| out[off..].split(|&b| b == 0).next().unwrap().to_vec();
        found.into_iter().map(|(kind, off)| (kind, String::from_utf8(text(off)).unwrap())).collect()
    }

    #[test]
    fn words_of_a_command_line() {
        use Word::*;
        let line = r#" prog -n=3 GODEBUG=a=1 "two words" X='y z' a\ b "Q=1" -- K=v --"#;
        let expected = [
            (Argument, "prog"),
            (Argument, "-n=3"),
            (Variable, "GODEBUG=a=1"),
            (Argument, "two words"),
            (Variable, "X=y z"),
            (Argument, "a b"),
            (Argument, "Q=1"),
            (Argument, "K=v"),
            (Argument, "--"),
        ];
        assert_eq!(words(line), expected.map(|(kind, text)| (kind, text.to_string())));
        assert!(words("").is_empty());
        assert_eq!(words("''"), [(Argument, String::new())]);
    }

    #[test]
    fn too_long_a_line_is_refused() {
        assert!(!split(b"abc def", &mut [0; 7], |_, _| {}));
        assert!(split(b"abc def", &mut [0; 8], |_, _| {}));
    }
}
