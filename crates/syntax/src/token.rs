//! Tokens and operators, and the words by which gc's messages name them.

use crate::BinaryOp;

/// A token. Operators that can be binary share [`Token::Operator`]; the scanner says which one it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum Token {
    Eof,
    Name,
    Literal,
    /// Any operator but `*`, `<-` and assignments.
    Operator,
    /// `op=`
    AssignOp,
    /// `++` or `--`
    IncOp,
    Assign,
    Define,
    Arrow,
    Star,
    Lparen,
    Lbrack,
    Lbrace,
    Rparen,
    Rbrack,
    Rbrace,
    Comma,
    Semi,
    Colon,
    Dot,
    DotDotDot,
    // Keywords, from `Break` to `Var`.
    Break,
    Case,
    Chan,
    Const,
    Continue,
    Default,
    Defer,
    Else,
    Fallthrough,
    For,
    Func,
    Go,
    Goto,
    If,
    Import,
    Interface,
    Map,
    Package,
    Range,
    Return,
    Select,
    Struct,
    Switch,
    Type,
    Var,
}

impl Token {
    /// Returns the token as it is written.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Token::Eof => "EOF",
            Token::Name => "name",
            Token::Literal => "literal",
            Token::Operator => "op",
            Token::AssignOp => "op=",
            Token::IncOp => "opop",
            Token::Assign => "=",
            Token::Define => ":=",
            Token::Arrow => "<-",
            Token::Star => "*",
            Token::Lparen => "(",
            Token::Lbrack => "[",
            Token::Lbrace => "{",
            Token::Rparen => ")",
            Token::Rbrack => "]",
            Token::Rbrace => "}",
            Token::Comma => ",",
            Token::Semi => ";",
            Token::Colon => ":",
            Token::Dot => ".",
            Token::DotDotDot => "...",
            Token::Break => "break",
            Token::Case => "case",
            Token::Chan => "chan",
            Token::Const => "const",
            Token::Continue => "continue",
            Token::Default => "default",
            Token::Defer => "defer",
            Token::Else => "else",
            Token::Fallthrough => "fallthrough",
            Token::For => "for",
            Token::Func => "func",
            Token::Go => "go",
            Token::Goto => "goto",
            Token::If => "if",
            Token::Import => "import",
            Token::Interface => "interface",
            Token::Map => "map",
            Token::Package => "package",
            Token::Range => "range",
            Token::Return => "return",
            Token::Select => "select",
            Token::Struct => "struct",
            Token::Switch => "switch",
            Token::Type => "type",
            Token::Var => "var",
        }
    }

    /// Returns the words by which messages name the token.
    pub(crate) fn words(self) -> String {
        match self {
            Token::Comma => "comma".into(),
            Token::Semi => "semicolon or newline".into(),
            _ if self.is_keyword() => format!("keyword {}", self.text()),
            _ => self.text().into(),
        }
    }

    /// Reports whether the token is a keyword.
    pub(crate) fn is_keyword(self) -> bool {
        self as u8 >= Token::Break as u8
    }

    /// Returns a bit of its own in a set of tokens.
    pub(crate) const fn bit(self) -> u64 {
        1 << self as u64
    }
}

/// An operator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Op {
    /// One with two operands; some of these also have a form with one.
    Binary(BinaryOp),
    Not,
    Tilde,
}

impl Op {
    /// Returns the operator as it is written.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Op::Binary(op) => op.text(),
            Op::Not => "!",
            Op::Tilde => "~",
        }
    }
}

impl BinaryOp {
    /// Returns the operator as it is written.
    pub fn text(self) -> &'static str {
        match self {
            BinaryOp::LogOr => "||",
            BinaryOp::LogAnd => "&&",
            BinaryOp::Eq => "==",
            BinaryOp::Ne => "!=",
            BinaryOp::Lt => "<",
            BinaryOp::Le => "<=",
            BinaryOp::Gt => ">",
            BinaryOp::Ge => ">=",
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::Or => "|",
            BinaryOp::Xor => "^",
            BinaryOp::Mul => "*",
            BinaryOp::Div => "/",
            BinaryOp::Rem => "%",
            BinaryOp::And => "&",
            BinaryOp::AndNot => "&^",
            BinaryOp::Shl => "<<",
            BinaryOp::Shr => ">>",
        }
    }

    /// Returns the precedence, 1 to 5. Spec, "Operator precedence".
    pub fn precedence(self) -> u8 {
        match self {
            BinaryOp::LogOr => 1,
            BinaryOp::LogAnd => 2,
            BinaryOp::Eq | BinaryOp::Ne | BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => 3,
            BinaryOp::Add | BinaryOp::Sub | BinaryOp::Or | BinaryOp::Xor => 4,
            BinaryOp::Mul
            | BinaryOp::Div
            | BinaryOp::Rem
            | BinaryOp::And
            | BinaryOp::AndNot
            | BinaryOp::Shl
            | BinaryOp::Shr => 5,
        }
    }
}

impl crate::UnaryOp {
    /// Returns the operator as it is written.
    pub fn text(self) -> &'static str {
        use crate::UnaryOp::*;
        match self {
            Plus => "+",
            Minus => "-",
            Not => "!",
            BitNot => "^",
            Addr => "&",
            Recv => "<-",
            Tilde => "~",
        }
    }
}

const KEYWORDS: [Token; 25] = [
    Token::Break,
    Token::Case,
    Token::Chan,
    Token::Const,
    Token::Continue,
    Token::Default,
    Token::Defer,
    Token::Else,
    Token::Fallthrough,
    Token::For,
    Token::Func,
    Token::Go,
    Token::Goto,
    Token::If,
    Token::Import,
    Token::Interface,
    Token::Map,
    Token::Package,
    Token::Range,
    Token::Return,
    Token::Select,
    Token::Struct,
    Token::Switch,
    Token::Type,
    Token::Var,
];

/// One entry per hash value: the keyword, if one has it.
static KEYWORD_SLOTS: [(Token, &[u8]); 64] = {
    let mut slots: [(Token, &[u8]); 64] = [(Token::Name, b""); 64];
    let mut i = 0;
    while i < KEYWORDS.len() {
        let text = keyword_bytes(KEYWORDS[i]);
        let slot = keyword_slot(text[0], text[1], text.len());
        assert!(slots[slot].1.is_empty(), "two keywords share a slot");
        slots[slot] = (KEYWORDS[i], text);
        i += 1;
    }
    slots
};

/// Hashes two bytes and a length so that no two keywords collide; the factors were found by search.
const fn keyword_slot(first: u8, second: u8, len: usize) -> usize {
    (first as usize * 4 + second as usize * 48 + len) & 63
}

const fn keyword_bytes(token: Token) -> &'static [u8] {
    match token {
        Token::Break => b"break",
        Token::Case => b"case",
        Token::Chan => b"chan",
        Token::Const => b"const",
        Token::Continue => b"continue",
        Token::Default => b"default",
        Token::Defer => b"defer",
        Token::Else => b"else",
        Token::Fallthrough => b"fallthrough",
        Token::For => b"for",
        Token::Func => b"func",
        Token::Go => b"go",
        Token::Goto => b"goto",
        Token::If => b"if",
        Token::Import => b"import",
        Token::Interface => b"interface",
        Token::Map => b"map",
        Token::Package => b"package",
        Token::Range => b"range",
        Token::Return => b"return",
        Token::Select => b"select",
        Token::Struct => b"struct",
        Token::Switch => b"switch",
        Token::Type => b"type",
        Token::Var => b"var",
        _ => b"",
    }
}

/// Returns the keyword that `text` is, or [`Token::Name`].
pub(crate) fn keyword(text: &[u8]) -> Token {
    if text.len() < 2 {
        return Token::Name;
    }
    let (token, bytes) = KEYWORD_SLOTS[keyword_slot(text[0], text[1], text.len())];
    if bytes == text { token } else { Token::Name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_keyword_is_found_and_nothing_else() {
        for token in KEYWORDS {
            assert_eq!(keyword(token.text().as_bytes()), token);
            assert_eq!(keyword(token.text().to_uppercase().as_bytes()), Token::Name);
        }
        assert_eq!(keyword(b"x"), Token::Name);
        assert_eq!(keyword(b"breaks"), Token::Name);
    }
}
