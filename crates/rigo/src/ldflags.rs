//! The value of `-ldflags`: a list of flags for the linker, with quotes where a flag holds spaces.

use driver::LinkFlags;

/// Reads the flags as the go command and gc's linker do. `pattern=` in front, which says for which packages they are
/// meant, is skipped: there is one program.
pub fn parse(text: &str) -> Result<LinkFlags, String> {
    let failed = |what: &str| format!("invalid value {text:?} for flag -ldflags: {what}");
    let list = match text.split_once('=') {
        Some((pattern, list)) if !pattern.starts_with(['-', '\'', '"']) && !pattern.contains(' ') => list,
        _ => text,
    };
    let mut flags = LinkFlags::default();
    let mut no_debug = None;
    let mut words = words(list).map_err(|quote| failed(&format!("unterminated {quote} string")))?.into_iter();
    while let Some(word) = words.next() {
        let flag = word.strip_prefix("--").or(word.strip_prefix('-')).filter(|flag| !flag.is_empty());
        let flag = flag.ok_or_else(|| failed(&format!("{word} is no flag")))?;
        let (name, value) = flag.split_once('=').map_or((flag, None), |(name, value)| (name, Some(value)));
        match name {
            "s" => flags.no_symbols = switch(value).ok_or_else(|| failed(&word))?,
            "w" => no_debug = Some(switch(value).ok_or_else(|| failed(&word))?),
            "X" => {
                let definition = value.map(str::to_string).or_else(|| words.next()).unwrap_or_default();
                let definition = definition.split_once('=');
                let form = "-X flag requires argument of the form importpath.name=value";
                let (name, value) = definition.ok_or_else(|| failed(form))?;
                flags.strings.push((name.to_string(), value.to_string()));
            }
            _ => return Err(failed(&format!("flag provided but not supported: -{name}"))),
        }
    }
    flags.no_debug = no_debug.unwrap_or(flags.no_symbols);
    Ok(flags)
}

/// The value of a flag that is on or off, as package `flag` has it.
fn switch(value: Option<&str>) -> Option<bool> {
    match value {
        None | Some("1" | "t" | "T" | "true" | "TRUE" | "True") => Some(true),
        Some("0" | "f" | "F" | "false" | "FALSE" | "False") => Some(false),
        Some(_) => None,
    }
}

/// Splits at spaces; a word that begins with a quote ends with it. The error is the quote that does not end.
fn words(text: &str) -> Result<Vec<String>, char> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let word;
        (word, rest) = match first {
            '\'' | '"' => rest[1..].split_once(first).ok_or(first)?,
            _ => rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len())),
        };
        words.push(word.to_string());
        rest = rest.trim_start();
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
    }

    #[test]
    fn flags_are_read_as_by_go() {
        let flags = parse("-s -X 'main.v=two words' --X=main.w=a=b").expect("it is well formed");
        assert!(flags.no_symbols && flags.no_debug);
        assert_eq!(flags.strings, strings(&[("main.v", "two words"), ("main.w", "a=b")]));
        let flags = parse("all=-s -w=false").expect("it is well formed");
        assert!(flags.no_symbols && !flags.no_debug);
        let flags = parse("-w").expect("it is well formed");
        assert!(!flags.no_symbols && flags.no_debug);
        assert_eq!(parse(""), Ok(LinkFlags::default()));
        assert_eq!(parse("-X main.v=").expect("it is well formed").strings, strings(&[("main.v", "")]));
    }

    #[test]
    fn what_go_refuses_is_refused() {
        for (text, why) in [
            ("-X 'main.v=un", "unterminated ' string"),
            ("-X main.v", "of the form importpath.name=value"),
            ("-X", "of the form importpath.name=value"),
            ("-foo", "-foo"),
            ("-s=maybe", "-s=maybe"),
            ("s", "no flag"),
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.contains(why), "{error}");
        }
    }
}
