//! The values of rune and string literals. Spec, "Rune literals" and "String literals".

/// Returns the bytes that a string literal stands for, or `None` if it is not well formed.
pub fn unquote(text: &str) -> Option<Vec<u8>> {
    if let Some(body) = text.strip_prefix('`') {
        // Carriage returns are not part of the value.
        return Some(body.strip_suffix('`')?.bytes().filter(|c| *c != b'\r').collect());
    }
    let mut rest = text.strip_prefix('"')?.strip_suffix('"')?;
    let mut value = Vec::with_capacity(rest.len());
    while let Some(slash) = rest.find('\\') {
        value.extend_from_slice(&rest.as_bytes()[..slash]);
        let (escape, after) = escape(&rest[slash + 1..], '"')?;
        match escape {
            Escape::Byte(byte) => value.push(byte),
            Escape::Char(c) => value.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        rest = after;
    }
    if rest.contains(['"', '\n']) {
        return None;
    }
    value.extend_from_slice(rest.as_bytes());
    Some(value)
}

/// Returns the number that a rune literal stands for, or `None` if it is not well formed.
pub fn unquote_rune(text: &str) -> Option<u32> {
    let body = text.strip_prefix('\'')?.strip_suffix('\'')?;
    if let Some(rest) = body.strip_prefix('\\') {
        return match escape(rest, '\'')? {
            (Escape::Byte(byte), "") => Some(u32::from(byte)),
            (Escape::Char(c), "") => Some(c as u32),
            _ => None,
        };
    }
    let mut chars = body.chars();
    match (chars.next()?, chars.next()) {
        ('\'' | '\n', _) | (_, Some(_)) => None,
        (c, None) => Some(c as u32),
    }
}

/// What an escape stands for: a byte, or a character that is encoded.
enum Escape {
    Byte(u8),
    Char(char),
}

/// Reads what follows a backslash and returns what follows that.
fn escape(text: &str, quote: char) -> Option<(Escape, &str)> {
    let c = text.chars().next()?;
    let (skip, n_digits, radix) = match c {
        '0'..='7' => (0, 3, 8),
        'x' => (1, 2, 16),
        'u' => (1, 4, 16),
        'U' => (1, 8, 16),
        _ => {
            let byte = match c {
                'a' => 7,
                'b' => 8,
                'f' => 12,
                'n' => b'\n',
                'r' => b'\r',
                't' => b'\t',
                'v' => 11,
                '\\' => b'\\',
                _ if c == quote => c as u8,
                _ => return None,
            };
            return Some((Escape::Byte(byte), &text[1..]));
        }
    };
    let digits = text.get(skip..skip + n_digits)?;
    if !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    let value = u32::from_str_radix(digits, radix).ok()?;
    let escape = match c {
        'u' | 'U' => Escape::Char(char::from_u32(value)?),
        _ => Escape::Byte(u8::try_from(value).ok()?),
    };
    Some((escape, &text[skip + n_digits..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_decoded() {
        assert_eq!(unquote(r#""a\n\x41\101\u00e4\"""#).as_deref(), Some("a\nAAä\"".as_bytes()));
        assert_eq!(unquote(r#""\xff""#), Some(vec![0xff]));
        assert_eq!(unquote("`a\\n\r\n`").as_deref(), Some(&b"a\\n\n"[..]));
        for wrong in ["\"", "\"\\'\"", "\"\\400\"", "\"\\ud800\"", "\"\\x4\"", "a", "`", ""] {
            assert_eq!(unquote(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn runes_are_decoded() {
        assert_eq!(unquote_rune("'ä'"), Some(0xe4));
        assert_eq!(unquote_rune(r"'\''"), Some(39));
        assert_eq!(unquote_rune(r"'\377'"), Some(255));
        assert_eq!(unquote_rune(r"'\U0010ffff'"), Some(0x10ffff));
        for wrong in ["''", "'ab'", r"'\U00110000'", "'a", r#"'\"'"#] {
            assert_eq!(unquote_rune(wrong), None, "{wrong}");
        }
    }
}
