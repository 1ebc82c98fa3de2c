//! Numbers, runes and strings as they are written. Spec, "Integer literals" to "String literals".

use super::{Scanner, describe};
use crate::LitKind;
use crate::token::Token;

/// What a run of digits was made of.
#[derive(Clone, Copy, Default)]
struct Digits {
    any: bool,
    separator: bool,
    /// The first digit that the base does not have.
    invalid: Option<usize>,
}

/// The bases of number literals by their prefix.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Base {
    Decimal,
    /// `0`, before which a float may follow.
    OldOctal,
    Octal,
    Binary,
    Hexadecimal,
}

impl Base {
    fn radix(self) -> u8 {
        match self {
            Base::Binary => 2,
            Base::OldOctal | Base::Octal => 8,
            Base::Decimal => 10,
            Base::Hexadecimal => 16,
        }
    }

    fn name(self) -> &'static str {
        radix_name(self.radix())
    }
}

fn radix_name(radix: u8) -> &'static str {
    match radix {
        2 => "binary",
        8 => "octal",
        10 => "decimal",
        _ => "hexadecimal",
    }
}

impl Scanner<'_> {
    fn literal(&mut self, kind: LitKind, ok: bool) {
        self.tok = Token::Literal;
        self.lit = kind;
        self.bad = !ok;
        self.nlsemi = true;
    }

    /// Reads a number that begins with a digit or with a dot before one.
    pub(super) fn number(&mut self) {
        let start = self.at;
        // Most numbers are one or more decimal digits and nothing else.
        if matches!(self.byte(start), b'1'..=b'9') {
            let mut at = start + 1;
            while self.byte(at).is_ascii_digit() {
                at += 1;
            }
            if !matches!(self.byte(at), b'_' | b'.' | b'e' | b'E' | b'p' | b'P' | b'i') {
                self.at = at;
                return self.literal(LitKind::Int, true);
            }
        }
        self.general_number(start);
    }

    fn general_number(&mut self, start: usize) {
        let mut error: Option<(usize, String)> = None;
        let mut kind = LitKind::Int;
        let base = self.prefix();
        let mut digits = Digits { any: base == Base::OldOctal, ..Digits::default() };
        if self.byte(start) != b'.' {
            self.digits(base.radix(), &mut digits);
        }
        if self.byte(self.at) == b'.' {
            if matches!(base, Base::Octal | Base::Binary) {
                error = Some((self.at, format!("invalid radix point in {} literal", base.name())));
            }
            self.at += 1;
            kind = LitKind::Float;
            self.digits(base.radix(), &mut digits);
        }
        if !digits.any {
            let text = || (self.at, format!("{} literal has no digits", base.name()));
            error = error.or_else(|| Some(text()));
        }
        if let Some(text) = self.exponent(base, &mut kind, &mut digits) {
            error = error.or(Some(text));
        }
        if self.byte(self.at) == b'i' {
            kind = LitKind::Imag;
            self.at += 1;
        }
        if let (LitKind::Int, Some(off), None) = (kind, digits.invalid, &error) {
            let digit = self.bytes[off] as char;
            error = Some((off, format!("invalid digit '{digit}' in {} literal", base.name())));
        }
        if digits.separator && error.is_none() {
            error = misplaced_separator(&self.bytes[start..self.at])
                .map(|i| (start + i, "'_' must separate successive digits".into()));
        }
        self.literal(kind, error.is_none());
        if let Some((off, text)) = error {
            self.error(off, text);
        }
    }

    /// Reads `0x`, `0o`, `0b` or `0`.
    fn prefix(&mut self) -> Base {
        if self.byte(self.at) != b'0' {
            return Base::Decimal;
        }
        let (base, len) = match self.byte(self.at + 1) {
            b'x' | b'X' => (Base::Hexadecimal, 2),
            b'o' | b'O' => (Base::Octal, 2),
            b'b' | b'B' => (Base::Binary, 2),
            _ => (Base::OldOctal, 1),
        };
        self.at += len;
        base
    }

    /// Reads digits and separators. Up to base 10 every decimal digit is read.
    fn digits(&mut self, radix: u8, digits: &mut Digits) {
        loop {
            let c = self.byte(self.at);
            match c {
                b'_' => digits.separator = true,
                b'0'..=b'9' => {
                    digits.any = true;
                    if c - b'0' >= radix && digits.invalid.is_none() {
                        digits.invalid = Some(self.at);
                    }
                }
                b'a'..=b'f' | b'A'..=b'F' if radix == 16 => digits.any = true,
                _ => return,
            }
            self.at += 1;
        }
    }

    /// Reads an exponent, if one stands here or has to.
    fn exponent(&mut self, base: Base, kind: &mut LitKind, digits: &mut Digits) -> Option<(usize, String)> {
        let c = self.byte(self.at);
        let is_decimal = matches!(c, b'e' | b'E');
        if !is_decimal && !matches!(c, b'p' | b'P') {
            if base == Base::Hexadecimal && *kind == LitKind::Float {
                return Some((self.at, "hexadecimal mantissa requires a 'p' exponent".into()));
            }
            return None;
        }
        let mut error = None;
        if is_decimal && !matches!(base, Base::Decimal | Base::OldOctal) {
            error = Some((self.at, format!("'{}' exponent requires decimal mantissa", c as char)));
        } else if !is_decimal && base != Base::Hexadecimal {
            error = Some((self.at, format!("'{}' exponent requires hexadecimal mantissa", c as char)));
        }
        self.at += 1;
        *kind = LitKind::Float;
        if matches!(self.byte(self.at), b'+' | b'-') {
            self.at += 1;
        }
        let mut power = Digits::default();
        self.digits(10, &mut power);
        digits.separator |= power.separator;
        if !power.any {
            error = error.or_else(|| Some((self.at, "exponent has no digits".into())));
        }
        error
    }

    /// Reads `'...'`.
    pub(super) fn rune(&mut self) {
        let start = self.at;
        self.at += 1;
        let mut ok = true;
        let mut n_chars = 0;
        loop {
            let Some(c) = self.char(self.at) else {
                if ok {
                    self.error(start, "rune literal not terminated");
                }
                ok = false;
                break;
            };
            match c {
                '\'' => {
                    if ok && n_chars == 0 {
                        self.error(self.at, "empty rune literal or unescaped '");
                    } else if ok && n_chars != 1 {
                        self.error(start, "more than one character in rune literal");
                    }
                    ok &= n_chars == 1;
                    self.at += 1;
                    break;
                }
                '\\' => {
                    self.at += 1;
                    ok &= self.escape(b'\'');
                }
                '\n' => {
                    if ok {
                        self.error(self.at, "newline in rune literal");
                    }
                    ok = false;
                    break;
                }
                _ => self.at += c.len_utf8(),
            }
            n_chars += 1;
        }
        self.literal(LitKind::Rune, ok);
    }

    /// Reads `"..."`.
    pub(super) fn string(&mut self) {
        let start = self.at;
        self.at += 1;
        let mut ok = true;
        loop {
            match self.bytes.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    break;
                }
                Some(b'\\') => {
                    self.at += 1;
                    ok &= self.escape(b'"');
                }
                Some(b'\n') => {
                    self.error(self.at, "newline in string");
                    ok = false;
                    break;
                }
                None => {
                    self.error(start, "string not terminated");
                    ok = false;
                    break;
                }
                Some(_) => self.at += 1,
            }
        }
        self.literal(LitKind::String, ok);
    }

    /// Reads a string between back quotes.
    pub(super) fn raw_string(&mut self) {
        let start = self.at;
        let ok = match self.text[start + 1..].find('`') {
            Some(len) => {
                self.at = start + 1 + len + 1;
                true
            }
            None => {
                self.at = self.bytes.len();
                self.error(start, "string not terminated");
                false
            }
        };
        self.literal(LitKind::String, ok);
    }

    /// Reads what follows a backslash and reports whether it is right. The end of the file is left
    /// to the caller.
    fn escape(&mut self, quote: u8) -> bool {
        let Some(c) = self.bytes.get(self.at).copied() else {
            return true;
        };
        let (n_digits, radix, max) = match c {
            b'a' | b'b' | b'f' | b'n' | b'r' | b't' | b'v' | b'\\' => {
                self.at += 1;
                return true;
            }
            c if c == quote => {
                self.at += 1;
                return true;
            }
            b'0'..=b'7' => (3, 8, 255),
            b'x' => (2, 16, 255),
            b'u' => (4, 16, char::MAX as u32),
            b'U' => (8, 16, char::MAX as u32),
            _ => {
                self.error(self.at, "unknown escape");
                return false;
            }
        };
        self.at += usize::from(radix == 16);
        let mut value: u32 = 0;
        for _ in 0..n_digits {
            let Some(c) = self.char(self.at) else {
                return true;
            };
            let Some(digit) = c.to_digit(radix) else {
                let name = radix_name(radix as u8);
                self.error(self.at, format!("invalid character {} in {name} escape", quote_char(c)));
                return false;
            };
            value = value.wrapping_mul(radix) + digit;
            self.at += 1;
        }
        if value > max && radix == 8 {
            self.error(self.at, format!("octal escape value {value} > 255"));
            return false;
        }
        if value > max || (0xd800..0xe000).contains(&value) {
            let point = char::from_u32(value).map_or_else(|| format!("U+{value:04X}"), describe);
            self.error(self.at, format!("escape is invalid Unicode code point {point}"));
            return false;
        }
        true
    }
}

/// Formats a character as Go's `%q`.
fn quote_char(c: char) -> String {
    match c {
        '\'' => r"'\''".into(),
        '\\' => r"'\\'".into(),
        '\n' => r"'\n'".into(),
        '\t' => r"'\t'".into(),
        '\r' => r"'\r'".into(),
        _ => format!("'{c}'"),
    }
}

/// Returns the index of the first `_` that does not stand between two digits; a prefix counts as one.
/// Of two in a row the second is at fault.
fn misplaced_separator(text: &[u8]) -> Option<usize> {
    let prefix = |c: u8| matches!(c | 0x20, b'x' | b'o' | b'b');
    let has_prefix = text.len() >= 2 && text[0] == b'0' && prefix(text[1]);
    let is_hex = has_prefix && text[1] | 0x20 == b'x';
    let is_digit = |c: u8| c.is_ascii_digit() || is_hex && c.is_ascii_hexdigit();
    let first = if has_prefix { 2 } else { 0 };
    (first..text.len()).filter(|i| text[*i] == b'_').find(|&i| {
        let after_digit = if i == first { has_prefix } else { is_digit(text[i - 1]) };
        let before_digit = text.get(i + 1).is_some_and(|c| is_digit(*c) || *c == b'_');
        !after_digit || !before_digit
    })
}
