//! Statements and operands.

use crate::lex::{Lexeme, Token, tokens};
use crate::operand::{Base, Mem, Operand, Reg, RegClass, SymbolRef, register};

/// Parses one instruction that stands alone: its name with suffixes, and its operands.
pub fn instruction(text: &str) -> Result<(String, Vec<Operand>), String> {
    let lexemes = tokens(text).map_err(|(_, error)| error)?;
    let mut parser = Parser::new(&lexemes);
    let name = parser.name()?;
    let name = parser.suffixed(name)?;
    let operands = parser.operands()?;
    Ok((name, operands))
}

/// Reads a run of tokens.
pub struct Parser<'a> {
    lexemes: &'a [Lexeme],
    at: usize,
}

impl<'a> Parser<'a> {
    /// Begins with the first of `lexemes`, which end with [`Token::End`] or with the slice.
    pub fn new(lexemes: &'a [Lexeme]) -> Parser<'a> {
        Parser { lexemes, at: 0 }
    }

    /// The next token.
    pub fn peek(&self) -> &'a Token {
        self.lexemes.get(self.at).map_or(&Token::End, |lexeme| &lexeme.token)
    }

    /// Takes the next token.
    pub fn take(&mut self) -> &'a Token {
        let token = self.peek();
        self.at += 1;
        token
    }

    /// Takes this punctuation if it is next.
    pub fn accept(&mut self, punct: &str) -> bool {
        let found = matches!(self.peek(), Token::Punct(text) if *text == punct);
        self.at += usize::from(found);
        found
    }

    /// Takes this punctuation.
    pub fn expect(&mut self, punct: &str) -> Result<(), String> {
        if self.accept(punct) {
            return Ok(());
        }
        Err(format!("expected {punct}, found {}", describe(self.peek())))
    }

    /// Takes a name.
    pub fn name(&mut self) -> Result<String, String> {
        match self.take() {
            Token::Name(name) => Ok(name.clone()),
            other => Err(format!("expected a name, found {}", describe(other))),
        }
    }

    /// Reports whether nothing is left.
    pub fn is_at_end(&self) -> bool {
        *self.peek() == Token::End
    }

    /// Takes the suffixes that are joined to an instruction's name: `.Z`.
    pub fn suffixed(&mut self, mut name: String) -> Result<String, String> {
        while self.lexemes.get(self.at).is_some_and(|next| next.is_joined && next.token == Token::Punct("."))
        {
            self.at += 1;
            name = format!("{name}.{}", self.name()?);
        }
        Ok(name)
    }

    /// Takes operands up to the end.
    pub fn operands(&mut self) -> Result<Vec<Operand>, String> {
        let mut operands = Vec::new();
        if self.is_at_end() {
            return Ok(operands);
        }
        loop {
            operands.push(self.operand()?);
            // `DX:AX`: a register pair is two operands.
            if self.is_at_end() {
                return Ok(operands);
            }
            if !self.accept(":") {
                self.expect(",")?;
            }
        }
    }

    /// Takes an operand.
    pub fn operand(&mut self) -> Result<Operand, String> {
        if self.accept("$") {
            return self.constant();
        }
        // An indirect jump or call may say so.
        self.accept("*");
        if let Token::Name(name) = self.peek() {
            if let Some(reg) = register(name) {
                self.at += 1;
                return Ok(Operand::Reg(reg));
            }
            return self.symbol_operand();
        }
        let disp = if self.is_address() { 0 } else { self.expr()? };
        self.address(disp)
    }

    /// Reports whether a register in parentheses follows: no displacement.
    fn is_address(&self) -> bool {
        let is_reg = |lexeme: &Lexeme| match &lexeme.token {
            Token::Name(name) => register(name).is_some() || name == "PC",
            _ => false,
        };
        *self.peek() == Token::Punct("(") && self.lexemes.get(self.at + 1).is_some_and(is_reg)
    }

    /// What follows `$`: a number, a text, or an address.
    fn constant(&mut self) -> Result<Operand, String> {
        match self.peek() {
            Token::Text(text) => {
                self.at += 1;
                Ok(Operand::Text(text.clone()))
            }
            Token::Name(_) => match self.symbol_operand()? {
                Operand::Mem(mem) => Ok(Operand::Addr(mem)),
                _ => Err("an address has a register behind it".into()),
            },
            _ => {
                if let Some(value) = self.float() {
                    return Ok(Operand::Float(value));
                }
                let value = if self.is_address() { 0 } else { self.expr()? };
                if self.is_address() {
                    return match self.address(value)? {
                        Operand::Mem(mem) => Ok(Operand::Addr(mem)),
                        _ => Err("no address of that".into()),
                    };
                }
                Ok(Operand::Imm(value))
            }
        }
    }

    /// A float, with a sign or in parentheses.
    fn float(&mut self) -> Option<f64> {
        let begin = self.at;
        let in_parens = self.accept("(");
        let is_negative = self.accept("-");
        if let Token::Float(value) = self.peek() {
            self.at += 1;
            if !in_parens || self.accept(")") {
                return Some(if is_negative { -value } else { *value });
            }
        }
        self.at = begin;
        None
    }

    /// `name<>+off(SB)`, `name+off(FP)`, `name-off(SP)`, or a label.
    fn symbol_operand(&mut self) -> Result<Operand, String> {
        let mut name = self.name()?;
        // Dots join the parts of a path.
        while self.accept(".") {
            name = format!("{name}.{}", self.name()?);
        }
        if name == "ABIInternal" {
            return Err("ABIInternal cannot be used here".into());
        }
        let is_local = self.accept("<>");
        if self.accept("<") {
            // `<ABIInternal>`: which ABI is meant is the linker's affair.
            self.name()?;
            self.expect(">")?;
        }
        let disp = match self.peek() {
            Token::Punct("+" | "-") => self.expr()?,
            _ => 0,
        };
        if !self.accept("(") {
            return if is_local || disp != 0 {
                Err(format!("expected a register in parentheses behind {name}"))
            } else {
                Ok(Operand::Label(name))
            };
        }
        let base = match self.name()?.as_str() {
            "SB" => Base::Symbol(SymbolRef { name: full_name(&name), is_local }),
            "FP" => Base::Args,
            "SP" => Base::Locals,
            other => return Err(format!("expected SB, FP or SP behind {name}, found {other}")),
        };
        self.expect(")")?;
        let index = self.index()?;
        Ok(Operand::Mem(Mem { base, index, disp }))
    }

    /// `(base)(index*scale)` behind a displacement.
    fn address(&mut self, disp: i64) -> Result<Operand, String> {
        if *self.peek() != Token::Punct("(") {
            return Ok(Operand::Mem(Mem { base: Base::None, index: None, disp }));
        }
        self.expect("(")?;
        let name = self.name()?;
        if name == "PC" {
            self.expect(")")?;
            return Ok(Operand::Relative(disp));
        }
        if name == "SB" || name == "FP" {
            return Err(format!("a symbol's name is missing before ({name})"));
        }
        let reg = register(&name).ok_or_else(|| format!("{name} is no register"))?;
        if self.accept("*") {
            let scale = self.scale()?;
            self.expect(")")?;
            return Ok(Operand::Mem(Mem { base: Base::None, index: Some((reg, scale)), disp }));
        }
        self.expect(")")?;
        if reg.class != RegClass::General {
            return Err(format!("{name} cannot be a base"));
        }
        let index = self.index()?;
        Ok(Operand::Mem(Mem { base: Base::Reg(reg.num), index, disp }))
    }

    fn index(&mut self) -> Result<Option<(Reg, u8)>, String> {
        if !self.accept("(") {
            return Ok(None);
        }
        let name = self.name()?;
        let reg = register(&name).ok_or_else(|| format!("{name} is no register"))?;
        self.expect("*")?;
        let scale = self.scale()?;
        self.expect(")")?;
        Ok(Some((reg, scale)))
    }

    fn scale(&mut self) -> Result<u8, String> {
        match self.take() {
            Token::Int(scale @ (1 | 2 | 4 | 8)) => Ok(*scale as u8),
            other => Err(format!("bad scale {}", describe(other))),
        }
    }

    /// A constant expression. As `cmd/asm` has it: `* / % << >> &` bind closer than `+ - | ^`.
    pub fn expr(&mut self) -> Result<i64, String> {
        let mut value = match self.peek() {
            // `name+8(FP)`: the sign belongs to the first term.
            Token::Punct("+") => {
                self.at += 1;
                self.term()?
            }
            _ => self.term()?,
        };
        loop {
            value = match self.peek() {
                Token::Punct("+") => {
                    self.at += 1;
                    value.wrapping_add(self.term()?)
                }
                Token::Punct("-") => {
                    self.at += 1;
                    value.wrapping_sub(self.term()?)
                }
                Token::Punct("|") => {
                    self.at += 1;
                    value | self.term()?
                }
                Token::Punct("^") => {
                    self.at += 1;
                    value ^ self.term()?
                }
                _ => return Ok(value),
            };
        }
    }

    fn term(&mut self) -> Result<i64, String> {
        let mut value = self.factor()?;
        loop {
            let Token::Punct(op @ ("*" | "/" | "%" | "<<" | ">>" | "&")) = self.peek() else {
                return Ok(value);
            };
            self.at += 1;
            let (a, b) = (value as u64, self.factor()? as u64);
            value = match *op {
                "*" => a.wrapping_mul(b),
                "/" => a.checked_div(b).ok_or("division by zero")?,
                "%" => a.checked_rem(b).ok_or("division by zero")?,
                "<<" => a.checked_shl(b.min(64) as u32).unwrap_or(0),
                ">>" => a.checked_shr(b.min(64) as u32).unwrap_or(0),
                _ => a & b,
            } as i64;
        }
    }

    /// A number, with a sign, or an expression in parentheses.
    pub fn factor(&mut self) -> Result<i64, String> {
        match self.take() {
            Token::Int(value) => Ok(*value as i64),
            Token::Punct("-") => Ok(self.factor()?.wrapping_neg()),
            Token::Punct("+") => self.factor(),
            Token::Punct("~") => Ok(!self.factor()?),
            Token::Punct("(") => {
                let value = self.expr()?;
                self.expect(")")?;
                Ok(value)
            }
            other => Err(format!("expected a number, found {}", describe(other))),
        }
    }
}

/// The name that a symbol has in Go: `·` stands for a dot and `∕` for a slash.
pub fn full_name(name: &str) -> String {
    name.replace('·', ".").replace('∕', "/")
}

/// A token for a message.
pub fn describe(token: &Token) -> String {
    match token {
        Token::Name(name) => name.clone(),
        Token::Int(value) => value.to_string(),
        Token::Float(value) => value.to_string(),
        Token::Text(_) => "a string".into(),
        Token::Punct(text) => (*text).into(),
        Token::End => "the end of the line".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operands_of_every_kind() {
        let (name, operands) = instruction("VADDPD.BCST.Z 8(SP)(R9*4), K1, Z2").expect("it is well formed");
        assert_eq!((name.as_str(), operands.len()), ("VADDPD.BCST.Z", 3));
        let one = |text: &str| instruction(&format!("X {text}")).expect("it is well formed").1.remove(0);
        assert_eq!(one("$(1<<4 | 2*3)-1"), Operand::Imm(21));
        assert_eq!(one("$~0"), Operand::Imm(-1));
        assert_eq!(one("$(-1.5)"), Operand::Float(-1.5));
        let mem = |base, disp| Mem { base, index: None, disp };
        let symbol = |name: &str, is_local| Base::Symbol(SymbolRef { name: name.into(), is_local });
        assert_eq!(one("$internal∕cpu·X86+8(SB)"), Operand::Addr(mem(symbol("internal/cpu.X86", false), 8)));
        assert_eq!(one("k<>+16(SB)"), Operand::Mem(mem(symbol("k", true), 16)));
        assert_eq!(one("x+8(FP)"), Operand::Mem(mem(Base::Args, 8)));
        assert_eq!(one("tmp-16(SP)"), Operand::Mem(mem(Base::Locals, -16)));
        assert_eq!(one("-16(SP)"), Operand::Mem(mem(Base::Reg(4), -16)));
        assert_eq!(one("loop"), Operand::Label("loop".into()));
        assert_eq!(one("-3(PC)"), Operand::Relative(-3));
        for bad in ["X 8(R99)", "X $", "X (AX", "X x+8(AX)", "X 1(AX)(BX*3)", "X AX BX"] {
            assert!(instruction(bad).is_err(), "{bad}");
        }
    }
}
