//! Tokens of assembly.

/// A token.
#[derive(Clone, PartialEq, Debug)]
pub enum Token {
    /// A name; it may hold `·` and `∕`.
    Name(String),
    /// An integer or a character.
    Int(u64),
    /// A number with a point or an exponent.
    Float(f64),
    /// A string, unquoted.
    Text(Vec<u8>),
    /// One of `<< >> <>` or a single character.
    Punct(&'static str),
    /// The end of a line.
    End,
}

/// A token and its line, counted from 1.
#[derive(Clone, PartialEq, Debug)]
pub struct Lexeme {
    /// The token.
    pub token: Token,
    /// Its line.
    pub line: u32,
    /// It follows the one before without space.
    pub is_joined: bool,
}

/// Punctuation, longer before shorter.
const PUNCT: [&str; 30] = [
    "<<", ">>", "<>", "&&", "||", "==", "!=", "(", ")", "[", "]", "{", "}", ",", ";", ":", "$", "#", "*",
    "+", "-", "/", "%", "&", "|", "^", "~", ".", "<", ">",
];

/// Splits a text into tokens. Comments are space. A backslash at the end of a line, which is in a macro, ends a statement of it.
pub fn tokens(text: &str) -> Result<Vec<Lexeme>, (u32, String)> {
    let mut lexer = Lexer { rest: text, line: 1, out: Vec::new(), is_joined: false };
    while !lexer.rest.is_empty() {
        lexer.step().map_err(|error| (lexer.line, error))?;
    }
    lexer.push(Token::End);
    Ok(lexer.out)
}

struct Lexer<'a> {
    rest: &'a str,
    line: u32,
    out: Vec<Lexeme>,
    is_joined: bool,
}

fn is_name_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '·' | '∕' | '@')
}

impl<'a> Lexer<'a> {
    fn push(&mut self, token: Token) {
        self.out.push(Lexeme { token, line: self.line, is_joined: self.is_joined });
        self.is_joined = true;
    }

    /// Takes so many bytes.
    fn take(&mut self, n: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(n);
        self.rest = rest;
        taken
    }

    fn skip(&mut self, n: usize) {
        let skipped = self.take(n);
        self.line += skipped.matches('\n').count() as u32;
        self.is_joined = false;
    }

    fn step(&mut self) -> Result<(), String> {
        let rest = self.rest;
        let first = rest.chars().next().expect("the caller saw that there is more");
        let line_end = || rest.find('\n').unwrap_or(rest.len());
        if first == '\n' {
            self.push(Token::End);
            self.skip(1);
        } else if rest.starts_with("//") {
            self.skip(line_end());
        } else if rest.starts_with("/*") {
            let end = rest.find("*/").ok_or("comment not terminated")?;
            self.skip(end + 2);
        } else if first == '\\' {
            // Blanks and a comment may stand behind it.
            let behind = rest[1..line_end()].trim_start();
            if !behind.is_empty() && !behind.starts_with("//") {
                return Err("a backslash that ends no line".into());
            }
            self.push(Token::Punct(";"));
            self.skip((line_end() + 1).min(rest.len()));
        } else if first.is_whitespace() {
            self.skip(first.len_utf8());
        } else if first.is_ascii_digit() {
            self.number()?;
        } else if is_name_part(first) {
            let end = rest.find(|c| !is_name_part(c)).unwrap_or(rest.len());
            let name = self.take(end).to_string();
            self.push(Token::Name(name));
        } else if first == '"' || first == '\'' {
            self.quoted(first)?;
        } else {
            let punct = PUNCT.iter().find(|punct| rest.starts_with(**punct));
            let punct = punct.ok_or_else(|| format!("unexpected character {first:?}"))?;
            self.take(punct.len());
            self.push(Token::Punct(punct));
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), String> {
        let rest = self.rest;
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let mut end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let is_hex = rest.starts_with("0x") || rest.starts_with("0X");
        if rest[end..].starts_with('.') && rest[end + 1..].starts_with(|c: char| c.is_ascii_digit()) {
            end += 1 + rest[end + 1..].find(|c: char| !is_part(c)).unwrap_or(rest.len() - end - 1);
        }
        if !is_hex && rest[..end].ends_with(['e', 'E']) && rest[end..].starts_with(['+', '-']) {
            end += 1 + rest[end + 1..].find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len() - end - 1);
        }
        let text = self.take(end).replace('_', "");
        let (digits, radix) = match text.get(..2) {
            Some("0x" | "0X") => (&text[2..], 16),
            Some("0b" | "0B") => (&text[2..], 2),
            Some("0o" | "0O") => (&text[2..], 8),
            _ if text.len() > 1 && text.starts_with('0') && !text.contains(['.', 'e', 'E']) => {
                (&text[1..], 8)
            }
            _ => (&*text, 10),
        };
        let token = match u64::from_str_radix(digits, radix) {
            Ok(value) => Token::Int(value),
            Err(_) => Token::Float(text.parse().map_err(|_| format!("malformed number {text}"))?),
        };
        self.push(token);
        Ok(())
    }

    fn quoted(&mut self, quote: char) -> Result<(), String> {
        let bytes = self.rest.as_bytes();
        let mut end = 1;
        while bytes.get(end).is_some_and(|byte| *byte != quote as u8 && *byte != b'\n') {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        if bytes.get(end) != Some(&(quote as u8)) {
            return Err("string or character not terminated".into());
        }
        let text = unquote(&self.take(end + 1)[1..end])?;
        match quote {
            '"' => self.push(Token::Text(text)),
            _ => {
                let text = String::from_utf8_lossy(&text).into_owned();
                let mut chars = text.chars();
                let (Some(value), None) = (chars.next(), chars.next()) else {
                    return Err("a character is one character".into());
                };
                self.push(Token::Int(value.into()));
            }
        }
        Ok(())
    }
}

/// The bytes of a quoted text. Spec of Go, "String literals".
fn unquote(text: &str) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.extend(c.to_string().into_bytes());
            continue;
        }
        let digits = |n: usize, radix: u32, first: &str, chars: &mut std::str::Chars<'_>| {
            let text: String = first.chars().chain(chars.by_ref().take(n)).collect();
            u8::from_str_radix(&text, radix).map_err(|_| format!("malformed escape {text}"))
        };
        let byte = match chars.next() {
            Some('a') => 7,
            Some('b') => 8,
            Some('t') => b'\t',
            Some('n') => b'\n',
            Some('v') => 11,
            Some('f') => 12,
            Some('r') => b'\r',
            Some('x') => digits(2, 16, "", &mut chars)?,
            Some(digit @ '0'..='7') => digits(2, 8, &digit.to_string(), &mut chars)?,
            Some(c @ ('\\' | '"' | '\'')) => c as u8,
            other => return Err(format!("unknown escape {other:?}")),
        };
        out.push(byte);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_a_line() {
        let list = tokens("MOVQ $0x1F<<2, ·x<>+8(SB) // c\nDATA s+0(SB)/8, $\"a\\n\\x00\" \\\n ; 'b'")
            .expect("it is well formed");
        let shown: Vec<String> = list
            .iter()
            .map(|lexeme| match &lexeme.token {
                Token::Name(name) => name.clone(),
                Token::Int(value) => value.to_string(),
                Token::Float(value) => value.to_string(),
                Token::Text(text) => format!("{text:?}"),
                Token::Punct(text) => text.to_string(),
                Token::End => "END".into(),
            })
            .collect();
        assert_eq!(
            shown.join(" "),
            "MOVQ $ 31 << 2 , ·x <> + 8 ( SB ) END DATA s + 0 ( SB ) / 8 , $ [97, 10, 0] ; ; 98 END"
        );
        assert_eq!(list.last().map(|lexeme| lexeme.line), Some(3));
        assert!(tokens("\"a").is_err() && tokens("/* x").is_err() && tokens("\\ x").is_err());
    }
}
