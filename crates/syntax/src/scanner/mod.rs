//! The scanner: bytes to tokens.
//!
//! It works on text that [`crate::encoding`] found or made valid, so that whatever is not ASCII is a
//! whole character. Offsets within are of that text; those of tokens and errors are of the file. One call of [`Scanner::next`] reads one token into the public fields.
//! Semicolons are inserted as the spec says ("Semicolons"). Comments are skipped, except that
//! directives and build constraints are kept.
//!
//! Positions and words of errors are gc's (cmd/compile/internal/syntax, `scanner`).

mod comment;
mod literal;

use source::{LineDirective, Name};
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use crate::encoding::Removed;
use crate::names::NameCache;
use crate::token::{Op, Token, keyword};
use crate::{BinaryOp, Directive, Error, LitKind};

/// What a [`Token::Semi`] was made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Semi {
    Semicolon,
    Newline,
    Eof,
}

impl Semi {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Semi::Semicolon => "semicolon",
            Semi::Newline => "newline",
            Semi::Eof => "EOF",
        }
    }
}

/// The state of scanning one file, and the token read last.
pub(crate) struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    removed: &'a Removed,
    /// The next byte to read.
    at: usize,
    /// The first byte of the token, in the text.
    token_at: usize,
    /// A newline or the end of the file comes out as a semicolon.
    nlsemi: bool,
    names: NameCache,

    /// The token.
    pub tok: Token,
    /// Its first byte.
    pub start: u32,
    /// The byte after its last.
    pub end: u32,
    /// The end of the token before it.
    pub prev_end: u32,
    /// Valid for operators, `*` and assignments.
    pub op: Op,
    /// Valid for operators and `*`; 0 for those that are never binary.
    pub prec: u8,
    /// Valid for literals.
    pub lit: LitKind,
    /// Valid for literals: an error was reported in it.
    pub bad: bool,
    /// Valid for semicolons.
    pub semi: Semi,
    /// Valid for names.
    pub name: Name,

    /// Nothing but comments was read so far.
    pub top: bool,
    /// Where the last blank line above the package clause ends.
    pub last_blank: u32,
    pub errors: Vec<Error>,
    pub directives: Vec<Directive>,
    /// For each directive, whether it stands alone on its line.
    pub alone: Vec<bool>,
    pub constraints: Vec<Directive>,
    pub line_directives: Vec<LineDirective>,
}

/// Marks bytes that can stand in an ASCII identifier.
static IDENT_PART: [bool; 256] = {
    let mut table = [false; 256];
    let mut c = 0;
    while c < 128 {
        table[c] = (c as u8).is_ascii_alphanumeric() || c as u8 == b'_';
        c += 1;
    }
    table
};

impl<'a> Scanner<'a> {
    pub(crate) fn new(text: &'a str, removed: &'a Removed) -> Scanner<'a> {
        let mut names = NameCache::new();
        let blank = names.name("_");
        Scanner {
            text,
            bytes: text.as_bytes(),
            removed,
            at: 0,
            token_at: 0,
            nlsemi: false,
            names,
            tok: Token::Eof,
            start: 0,
            end: 0,
            prev_end: 0,
            op: Op::Not,
            prec: 0,
            lit: LitKind::Int,
            bad: false,
            semi: Semi::Semicolon,
            name: blank,
            top: true,
            last_blank: 0,
            errors: Vec::new(),
            directives: Vec::new(),
            alone: Vec::new(),
            constraints: Vec::new(),
            line_directives: Vec::new(),
        }
    }

    /// Returns the name with this text.
    pub(crate) fn intern(&mut self, text: &str) -> Name {
        self.names.name(text)
    }

    /// Goes to the end of the file: nothing but [`Token::Eof`] comes from now on.
    pub(crate) fn stop(&mut self) {
        self.at = self.bytes.len();
        self.nlsemi = false;
        self.tok = Token::Eof;
        self.token_at = self.at;
        self.start = self.removed.file_offset(self.at);
        self.end = self.start;
    }

    /// Returns the byte at `off`, or NUL, which is not in the text, past the end.
    #[inline]
    fn byte(&self, off: usize) -> u8 {
        self.bytes.get(off).copied().unwrap_or(0)
    }

    /// Returns the character at `off`.
    fn char(&self, off: usize) -> Option<char> {
        self.text.get(off..)?.chars().next()
    }

    fn error(&mut self, off: usize, text: impl Into<String>) {
        let offset = self.removed.file_offset(off);
        self.errors.push(Error { offset, text: text.into() });
    }

    /// Reads the next token.
    pub(crate) fn next(&mut self) {
        self.prev_end = self.end;
        let nlsemi = std::mem::replace(&mut self.nlsemi, false);
        loop {
            self.skip_space(nlsemi);
            self.token_at = self.at;
            if self.token(nlsemi) {
                break;
            }
        }
        self.start = self.removed.file_offset(self.token_at);
        // Bytes removed behind the token are not part of it.
        self.end = match self.at.checked_sub(1) {
            Some(last) if last >= self.token_at => self.removed.file_offset(last) + 1,
            _ => self.start,
        };
    }

    #[inline]
    fn skip_space(&mut self, nlsemi: bool) {
        let from = self.at;
        while let Some(c) = self.bytes.get(self.at) {
            match c {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'\n' if !nlsemi => self.at += 1,
                _ => break,
            }
        }
        if self.top {
            self.note_blank_lines(from);
        }
    }

    /// Reads a token at `self.at`, or returns false after a comment or an invalid character.
    #[inline]
    fn token(&mut self, nlsemi: bool) -> bool {
        let Some(c) = self.bytes.get(self.at).copied() else {
            if nlsemi {
                self.semi = Semi::Eof;
                self.tok = Token::Semi;
            } else {
                self.tok = Token::Eof;
            }
            return true;
        };
        match c {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.ident(),
            b'0'..=b'9' => self.number(),
            b'"' => self.string(),
            b'`' => self.raw_string(),
            b'\'' => self.rune(),
            b'\n' => {
                self.semi = Semi::Newline;
                self.simple(Token::Semi, 1)
            }
            b';' => {
                self.semi = Semi::Semicolon;
                self.simple(Token::Semi, 1)
            }
            b'(' => self.simple(Token::Lparen, 1),
            b'[' => self.simple(Token::Lbrack, 1),
            b'{' => self.simple(Token::Lbrace, 1),
            b',' => self.simple(Token::Comma, 1),
            b')' => self.closing(Token::Rparen),
            b']' => self.closing(Token::Rbrack),
            b'}' => self.closing(Token::Rbrace),
            b'.' => self.dot(),
            b'/' => return self.slash(nlsemi),
            0x80.. => self.wide(),
            _ => return self.operator(c),
        }
        true
    }

    #[inline]
    fn simple(&mut self, tok: Token, len: usize) {
        self.tok = tok;
        self.at += len;
    }

    #[inline]
    fn closing(&mut self, tok: Token) {
        self.simple(tok, 1);
        self.nlsemi = true;
    }

    fn dot(&mut self) {
        let next = self.byte(self.at + 1);
        if next.is_ascii_digit() {
            self.number();
        } else if next == b'.' && self.byte(self.at + 2) == b'.' {
            self.simple(Token::DotDotDot, 3);
        } else {
            self.simple(Token::Dot, 1);
        }
    }

    #[inline]
    fn ident(&mut self) {
        let start = self.at;
        self.at += 1;
        while IDENT_PART[self.byte(self.at) as usize] {
            self.at += 1;
        }
        if self.byte(self.at) >= 0x80 {
            return self.wide_ident(start);
        }
        let mut tok = keyword(&self.bytes[start..self.at]);
        if self.removed.any_within(start, self.at) {
            tok = Token::Name;
        }
        self.tok = tok;
        if tok == Token::Name {
            self.nlsemi = true;
            self.name = self.names.name(&self.text[start..self.at]);
        } else {
            self.nlsemi = matches!(tok, Token::Break | Token::Continue | Token::Fallthrough | Token::Return);
        }
    }

    /// Reads a name that begins with a character outside ASCII.
    #[cold]
    fn wide(&mut self) {
        let start = self.at;
        let c = self.char(start).unwrap_or('\u{fffd}');
        if is_digit(c) {
            self.error(start, format!("identifier cannot begin with digit {}", describe(c)));
            self.at += c.len_utf8();
        }
        self.wide_ident(start);
    }

    /// Reads the rest of a name that began at `start`.
    #[cold]
    fn wide_ident(&mut self, start: usize) {
        while let Some(c) = self.char(self.at) {
            let known = c == '_' || is_letter(c) || is_digit(c);
            if !known && c.is_ascii() {
                break;
            }
            if !known {
                self.error(self.at, format!("invalid character {} in identifier", describe(c)));
            }
            self.at += c.len_utf8();
        }
        self.tok = Token::Name;
        self.nlsemi = true;
        self.name = self.names.name(&self.text[start..self.at]);
    }

    /// Reads an operator or a colon, or reports an invalid character and returns false.
    #[inline]
    fn operator(&mut self, c: u8) -> bool {
        use BinaryOp::*;
        let next = self.byte(self.at + 1);
        match (c, next) {
            (b':', b'=') => self.simple(Token::Define, 2),
            (b':', _) => self.simple(Token::Colon, 1),
            (b'=', b'=') => self.comparison(Eq, 2),
            (b'=', _) => self.simple(Token::Assign, 1),
            (b'+', b'+') => self.increment(Add),
            (b'+', _) => self.arithmetic(Add, 1),
            (b'-', b'-') => self.increment(Sub),
            (b'-', _) => self.arithmetic(Sub, 1),
            (b'*', _) => {
                self.arithmetic(Mul, 1);
                if self.tok == Token::Operator {
                    self.tok = Token::Star;
                }
            }
            (b'%', _) => self.arithmetic(Rem, 1),
            (b'&', b'&') => self.comparison(LogAnd, 2),
            (b'&', b'^') => self.arithmetic(AndNot, 2),
            (b'&', _) => self.arithmetic(And, 1),
            (b'|', b'|') => self.comparison(LogOr, 2),
            (b'|', _) => self.arithmetic(Or, 1),
            (b'^', _) => self.arithmetic(Xor, 1),
            (b'<', b'=') => self.comparison(Le, 2),
            (b'<', b'<') => self.arithmetic(Shl, 2),
            (b'<', b'-') => self.simple(Token::Arrow, 2),
            (b'<', _) => self.comparison(Lt, 1),
            (b'>', b'=') => self.comparison(Ge, 2),
            (b'>', b'>') => self.arithmetic(Shr, 2),
            (b'>', _) => self.comparison(Gt, 1),
            (b'!', b'=') => self.comparison(Ne, 2),
            (b'!', _) => self.unary(Op::Not),
            (b'~', _) => self.unary(Op::Tilde),
            _ => {
                self.error(self.at, format!("invalid character {}", describe(c as char)));
                self.at += 1;
                return false;
            }
        }
        true
    }

    fn comparison(&mut self, op: BinaryOp, len: usize) {
        self.simple(Token::Operator, len);
        self.op = Op::Binary(op);
        self.prec = op.precedence();
    }

    /// Reads an operator that an assignment can be made of.
    fn arithmetic(&mut self, op: BinaryOp, len: usize) {
        self.comparison(op, len);
        if self.byte(self.at) == b'=' {
            self.simple(Token::AssignOp, 1);
        }
    }

    fn increment(&mut self, op: BinaryOp) {
        self.simple(Token::IncOp, 2);
        self.op = Op::Binary(op);
        self.nlsemi = true;
    }

    fn unary(&mut self, op: Op) {
        self.simple(Token::Operator, 1);
        self.op = op;
        self.prec = 0;
    }
}

/// Category L. Spec, "Letters and digits".
fn is_letter(c: char) -> bool {
    c.general_category_group() == GeneralCategoryGroup::Letter
}

/// Category Nd.
fn is_digit(c: char) -> bool {
    c.general_category() == unicode_properties::GeneralCategory::DecimalNumber
}

/// Formats a character as Go's `%#U`: its number, and itself where it can be printed.
pub(crate) fn describe(c: char) -> String {
    use GeneralCategoryGroup::*;
    let printable = match c.general_category_group() {
        Letter | Mark | Number | Punctuation | Symbol => true,
        Separator => c == ' ',
        Other => false,
    };
    if printable { format!("U+{:04X} '{c}'", c as u32) } else { format!("U+{:04X}", c as u32) }
}
