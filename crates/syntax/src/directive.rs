//! `//go:` directives: where each may stand, and the patterns of `//go:embed`.
//!
//! Rules and words are gc's (cmd/compile/internal/noder, `pragma` and `checkPragmas`), as far as they
//! can be judged from the file alone. Which package may use a directive is not for the parser to say.

use crate::tree::{Directive, Offset};

/// What a directive stands above.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// The package clause.
    Package,
    /// A function or method.
    Func,
    /// A line of a `var` declaration.
    Var,
    /// Anything else.
    Other,
}

/// Returns what is wrong with a directive at `place`; `alone` says that its line holds nothing else.
pub(crate) fn misuse(directive: &Directive, place: Place, alone: bool) -> Option<&'static str> {
    if !alone {
        return Some("misplaced compiler directive");
    }
    let (verb, args) = directive.text.split_once(' ').unwrap_or((&directive.text, ""));
    let (home, message) = match verb {
        "go:build" => (Place::Package, "misplaced compiler directive"),
        "go:embed" if args.trim().is_empty() => return Some("usage: //go:embed pattern..."),
        "go:embed" => (Place::Var, "misplaced go:embed directive"),
        "go:linkname" if directive.text.len() > verb.len() => {
            let n_args = args.split_whitespace().count();
            let usage = "usage: //go:linkname localname [linkname]";
            return if n_args == 1 || n_args == 2 { None } else { Some(usage) };
        }
        "go:cgo_unsafe_args"
        | "go:nocheckptr"
        | "go:noescape"
        | "go:noinline"
        | "go:norace"
        | "go:nosplit"
        | "go:nowritebarrier"
        | "go:nowritebarrierrec"
        | "go:registerparams"
        | "go:systemstack"
        | "go:uintptrescapes"
        | "go:uintptrkeepalive"
        | "go:yeswritebarrierrec" => (Place::Func, "misplaced compiler directive"),
        _ => return None,
    };
    if place == home { None } else { Some(message) }
}

/// Returns the patterns of a `//go:embed` directive with their places: words, or Go strings.
pub fn embed_patterns(directive: &Directive) -> Result<Vec<(Offset, String)>, String> {
    let Some(args) = directive.text.strip_prefix("go:embed") else {
        return Ok(Vec::new());
    };
    let invalid = || format!("invalid quoted string in //go:embed: {}", args.trim());
    let mut patterns = Vec::new();
    let mut rest = args;
    loop {
        rest = rest.trim_start();
        let Some(first) = rest.chars().next() else {
            return Ok(patterns);
        };
        let len = match first {
            '"' | '`' => quoted_len(rest).ok_or_else(invalid)?,
            _ => rest.find(char::is_whitespace).unwrap_or(rest.len()),
        };
        let (word, after) = rest.split_at(len);
        let pattern = match first {
            '"' | '`' => {
                let value = crate::unquote(word).ok_or_else(invalid)?;
                String::from_utf8(value).map_err(|_| invalid())?
            }
            _ => word.to_owned(),
        };
        if !(after.is_empty() || after.starts_with(char::is_whitespace)) {
            return Err(invalid());
        }
        let off = directive.text.len() - rest.len();
        patterns.push((directive.pos + 2 + off as Offset, pattern));
        rest = after;
    }
}

/// Returns the length of the string literal that `text` begins with.
fn quoted_len(text: &str) -> Option<usize> {
    let quote = text.chars().next()?;
    let mut escaped = false;
    for (i, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' if quote == '"' => escaped = true,
            _ if c == quote => return Some(i + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(text: &str) -> Result<Vec<(Offset, String)>, String> {
        embed_patterns(&Directive { pos: 10, text: text.into() })
    }

    #[test]
    fn embed_patterns_are_words_and_strings() {
        let expected = vec![(21, "a*".into()), (24, "b c".into()), (30, "d`\\".into())];
        assert_eq!(patterns("go:embed a* \"b c\" \"d`\\\\\""), Ok(expected));
        assert!(patterns("go:embed \"a").is_err());
        assert!(patterns("go:embed \"a\"b").is_err());
        assert_eq!(patterns("go:embed"), Ok(vec![]));
    }
}
