//! `#include`, `#define`, `#ifdef`: a file becomes statements.
//!
//! The preprocessor is that of `go doc cmd/asm`, a small part of C's: no arithmetic in conditions, no pasting.

use rustc_hash::FxHashMap;

use crate::lex::{Lexeme, Token, tokens};

/// What is wrong, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error {
    /// The file, as it was named.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// What.
    pub text: String,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.text)
    }
}

/// A statement: tokens without its end.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The line of the outermost file on which it stands.
    pub line: u32,
    /// Its tokens.
    pub lexemes: Vec<Lexeme>,
}

/// Gives the text of an included file by the name in its `#include`.
pub type Include<'a> = &'a dyn Fn(&str) -> Option<String>;

struct Macro {
    /// `None` without parentheses.
    params: Option<Vec<String>>,
    body: Vec<Lexeme>,
}

/// Files within files beyond this are taken for a cycle.
const MAX_DEPTH: u32 = 32;
/// Tokens that one line may expand to.
const MAX_TOKENS: usize = 1 << 20;

struct Preprocessor<'a> {
    include: Include<'a>,
    macros: FxHashMap<String, Macro>,
    /// For each open condition whether it holds.
    conditions: Vec<bool>,
    statements: Vec<Statement>,
    n_tokens: usize,
}

/// Expands a file. `defines` are names and what they stand for.
pub fn expand(
    file: &str,
    text: &str,
    defines: &[(&str, &str)],
    include: Include<'_>,
) -> Result<Vec<Statement>, Error> {
    let mut preprocessor = Preprocessor {
        include,
        macros: FxHashMap::default(),
        conditions: Vec::new(),
        statements: Vec::new(),
        n_tokens: 0,
    };
    for (name, value) in defines {
        let body = tokens(value).map_err(|(line, text)| Error { file: (*name).into(), line, text })?;
        let body = body.into_iter().filter(|lexeme| lexeme.token != Token::End).collect();
        preprocessor.macros.insert((*name).into(), Macro { params: None, body });
    }
    preprocessor.file(file, text, None, 0)?;
    Ok(preprocessor.statements)
}

impl Preprocessor<'_> {
    /// Takes a file; `outer` is the line of the outermost file that includes it.
    fn file(&mut self, file: &str, text: &str, outer: Option<u32>, depth: u32) -> Result<(), Error> {
        let error = |line: u32, text: String| Error { file: file.into(), line, text };
        let lexemes = tokens(text).map_err(|(line, text)| error(line, text))?;
        let n_open = self.conditions.len();
        let mut last = 1;
        for line in lexemes.split(|lexeme| lexeme.token == Token::End) {
            let Some(first) = line.first() else { continue };
            last = first.line;
            let shown = outer.unwrap_or(first.line);
            if first.token == Token::Punct("#") {
                let included = self.directive(&line[1..]).map_err(|text| error(first.line, text))?;
                let Some(name) = included else { continue };
                if depth == MAX_DEPTH {
                    return Err(error(first.line, "too many nested #includes".into()));
                }
                let text = (self.include)(&name).ok_or_else(|| {
                    error(first.line, format!("#include: open {name}: no such file or directory"))
                })?;
                self.file(&name, &text, Some(shown), depth + 1)?;
            } else if self.is_active() {
                self.n_tokens = 0;
                let mut expanded = Vec::new();
                self.line(line, &mut Vec::new(), &mut expanded).map_err(|text| error(first.line, text))?;
                let parts = expanded.split(|lexeme| lexeme.token == Token::Punct(";"));
                let parts = parts.filter(|part| !part.is_empty());
                self.statements.extend(parts.map(|part| Statement { line: shown, lexemes: part.to_vec() }));
            }
        }
        if self.conditions.len() != n_open {
            return Err(error(last, "unclosed #ifdef or #ifndef".into()));
        }
        Ok(())
    }

    fn is_active(&self) -> bool {
        self.conditions.iter().all(|holds| *holds)
    }

    /// Follows a directive; an `#include` gives the file's name.
    fn directive(&mut self, line: &[Lexeme]) -> Result<Option<String>, String> {
        let Some((Lexeme { token: Token::Name(word), .. }, rest)) = line.split_first() else {
            return Err("expected a preprocessor directive after #".into());
        };
        let name = || match rest {
            [Lexeme { token: Token::Name(name), .. }, ..] => Ok(name.clone()),
            _ => Err(format!("expected a name after #{word}")),
        };
        match word.as_str() {
            "ifdef" | "ifndef" => {
                let is_defined = self.macros.contains_key(&name()?);
                self.conditions.push(is_defined == (word == "ifdef"));
            }
            "else" => {
                let last = self.conditions.last_mut().ok_or("unmatched #else")?;
                *last = !*last;
            }
            "endif" => {
                self.conditions.pop().ok_or("unmatched #endif")?;
            }
            _ if !self.is_active() => {}
            "define" => {
                let name = name()?;
                let definition = Self::definition(&rest[1..])?;
                if self.macros.insert(name.clone(), definition).is_some() {
                    return Err(format!("redefinition of macro: {name}"));
                }
            }
            "undef" => {
                let name = name()?;
                self.macros.remove(&name).ok_or_else(|| format!("#undef for undefined macro: {name}"))?;
            }
            "include" => match rest {
                [Lexeme { token: Token::Text(path), .. }] => {
                    return Ok(Some(String::from_utf8_lossy(path).into_owned()));
                }
                _ => return Err("expected a string after #include".into()),
            },
            "line" => {}
            other => return Err(format!("unknown directive #{other}")),
        }
        Ok(None)
    }

    fn definition(rest: &[Lexeme]) -> Result<Macro, String> {
        let has_params = rest.first().is_some_and(|next| next.is_joined && next.token == Token::Punct("("));
        if !has_params {
            return Ok(Macro { params: None, body: rest.to_vec() });
        }
        let end = rest.iter().position(|lexeme| lexeme.token == Token::Punct(")"));
        let end = end.ok_or("expected ) behind the parameters of a macro")?;
        let mut params = Vec::new();
        for part in rest[1..end].split(|lexeme| lexeme.token == Token::Punct(",")) {
            match part {
                [] if end == 1 => {}
                [Lexeme { token: Token::Name(name), .. }] => params.push(name.clone()),
                _ => return Err("the parameters of a macro are names".into()),
            }
        }
        Ok(Macro { params: Some(params), body: rest[end + 1..].to_vec() })
    }

    /// Expands the macros in a line. `open` are those being expanded.
    fn line(&mut self, line: &[Lexeme], open: &mut Vec<String>, out: &mut Vec<Lexeme>) -> Result<(), String> {
        let mut at = 0;
        while let Some(lexeme) = line.get(at) {
            at += 1;
            self.n_tokens += 1;
            if self.n_tokens > MAX_TOKENS {
                return Err("macros expand to too much".into());
            }
            let Token::Name(name) = &lexeme.token else {
                out.push(lexeme.clone());
                continue;
            };
            let Some(definition) = self.macros.get(name) else {
                out.push(lexeme.clone());
                continue;
            };
            if open.contains(name) {
                return Err(format!("recursive macro invocation: {name}"));
            }
            let body = match &definition.params {
                None => definition.body.clone(),
                Some(params) => {
                    // Without arguments a name is itself.
                    if line.get(at).is_none_or(|next| next.token != Token::Punct("(")) {
                        out.push(lexeme.clone());
                        continue;
                    }
                    let (args, end) = arguments(line, at + 1)?;
                    let n_args = if params.is_empty() && args == [[]] { 0 } else { args.len() };
                    if n_args != params.len() {
                        return Err(format!("mismatched arg count for macro {name}"));
                    }
                    at = end;
                    substitute(&definition.body, params, &args)
                }
            };
            open.push(name.clone());
            self.line(&body, open, out)?;
            open.pop();
        }
        Ok(())
    }
}

/// The arguments of a macro, from behind its `(`, and where the line goes on.
fn arguments(line: &[Lexeme], mut at: usize) -> Result<(Vec<Vec<Lexeme>>, usize), String> {
    let (mut args, mut depth) = (vec![Vec::new()], 0);
    loop {
        let lexeme = line.get(at).ok_or("missing ) behind the arguments of a macro")?;
        at += 1;
        match &lexeme.token {
            Token::Punct(")") if depth == 0 => return Ok((args, at)),
            Token::Punct(",") if depth == 0 => args.push(Vec::new()),
            token => {
                depth += i32::from(*token == Token::Punct("(")) - i32::from(*token == Token::Punct(")"));
                args.last_mut().expect("there is one from the beginning").push(lexeme.clone());
            }
        }
    }
}

fn substitute(body: &[Lexeme], params: &[String], args: &[Vec<Lexeme>]) -> Vec<Lexeme> {
    let mut out = Vec::new();
    for lexeme in body {
        let place = match &lexeme.token {
            Token::Name(name) => params.iter().position(|param| param == name),
            _ => None,
        };
        match place {
            Some(place) => out.extend(args[place].iter().cloned()),
            None => out.push(lexeme.clone()),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::describe;

    fn show(statement: &Statement) -> String {
        let words: Vec<String> = statement.lexemes.iter().map(|lexeme| describe(&lexeme.token)).collect();
        words.join(" ")
    }

    fn run(text: &str) -> Result<Vec<String>, String> {
        let include = |name: &str| (name == "b.h").then(|| "#define B 7\nfromB B\n".to_string());
        let statements = expand("a.s", text, &[("GOOS_linux", "1")], &include);
        let statements = statements.map_err(|error| error.to_string())?;
        Ok(statements.iter().map(|statement| format!("{}: {}", statement.line, show(statement))).collect())
    }

    #[test]
    fn macros_and_conditions() {
        let out = run(
            "#define A(x, y) MOVQ x, y; \\\n\tADDQ $B, y\n#include \"b.h\"\nA(0(AX)(BX*1), CX); RET\n\
             #ifdef GOOS_linux\nyes\n#else\nno\n#endif\n#ifndef GOOS_linux\nno\n#ifdef X\n#endif\n#else\nelse\n#endif\n\
             #undef B\nB",
        );
        let want = [
            "3: fromB 7",
            "4: MOVQ 0 ( AX ) ( BX * 1 ) , CX",
            "4: ADDQ $ 7 , CX",
            "4: RET",
            "6: yes",
            "15: else",
            "18: B",
        ];
        assert_eq!(out.expect("it is well formed"), want);
    }

    #[test]
    fn errors_name_their_line() {
        let error = |text: &str| run(text).expect_err("it is wrong");
        assert_eq!(error("\n#include \"c.h\""), "a.s:2: #include: open c.h: no such file or directory");
        assert_eq!(error("#define A A\nA"), "a.s:2: recursive macro invocation: A");
        assert_eq!(error("#define A(x) x\nA(1, 2)"), "a.s:2: mismatched arg count for macro A");
        assert_eq!(error("#ifdef X\n\n"), "a.s:1: unclosed #ifdef or #ifndef");
        assert_eq!(error("#else"), "a.s:1: unmatched #else");
    }
}
