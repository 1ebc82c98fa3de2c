//! Build constraints: `//go:build` and `// +build` lines, and the language version they imply.
//!
//! Grammar and rules are those of `go help buildconstraint` and of the design of `//go:build`
//! (golang.org/design/draft-gobuild). An expression is a flat list in postfix order, so that one of any
//! depth is evaluated and dropped without recursion.
//!
//! Begin reading at [`of_file`].

use crate::tree::{Directive, File, Offset};

/// A build constraint: a condition on build tags.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expr {
    /// In postfix order; a well-formed expression leaves one value.
    ops: Vec<Op>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Op {
    Tag(String),
    Not,
    And,
    Or,
}

/// An error in a constraint.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error {
    /// Bytes from the start of the line to the fault.
    pub offset: usize,
    /// What is wrong.
    pub text: String,
}

/// The deepest nesting of parentheses and negations.
const MAX_DEPTH: usize = 1000;

impl Expr {
    /// Decides the constraint, given which tags are set.
    pub fn eval(&self, is_set: &dyn Fn(&str) -> bool) -> bool {
        self.fold(is_set, |x| !x, |x, y| x && y, |x, y| x || y).unwrap_or(true)
    }

    /// Returns the least N for which the constraint implies the tag `go1.N`, taking every tag to be
    /// independent; 0 stands for `go1`. This is the language version that a file asks for.
    pub fn go_version(&self) -> Option<u32> {
        // Beside the bound of `x` goes that of `!x`, since negation exchanges them.
        let tag = |tag: &str| (version_of_tag(tag), None);
        let (bound, _) = self.fold(
            tag,
            |(x, not_x)| (not_x, x),
            |(x, not_x), (y, not_y)| (x.max(y), not_x.min(not_y)),
            |(x, not_x), (y, not_y)| (x.min(y), not_x.max(not_y)),
        )?;
        bound
    }

    /// Calls `f` with each tag.
    pub fn for_each_tag<'a>(&'a self, mut f: impl FnMut(&'a str)) {
        for op in &self.ops {
            if let Op::Tag(tag) = op {
                f(tag);
            }
        }
    }

    fn fold<T>(
        &self,
        tag: impl Fn(&str) -> T,
        not: impl Fn(T) -> T,
        and: impl Fn(T, T) -> T,
        or: impl Fn(T, T) -> T,
    ) -> Option<T> {
        let mut stack = Vec::new();
        for op in &self.ops {
            let value = match op {
                Op::Tag(text) => tag(text),
                Op::Not => not(stack.pop()?),
                Op::And | Op::Or => {
                    let y = stack.pop()?;
                    let x = stack.pop()?;
                    if *op == Op::And { and(x, y) } else { or(x, y) }
                }
            };
            stack.push(value);
        }
        stack.pop()
    }
}

fn version_of_tag(tag: &str) -> Option<u32> {
    if tag == "go1" {
        return Some(0);
    }
    let digits = tag.strip_prefix("go1.")?;
    if digits.bytes().all(|c| c.is_ascii_digit()) { digits.parse().ok() } else { None }
}

/// Returns the constraint of a file: of its `//go:build` line or, if there is none, of all its
/// `// +build` lines together.
pub fn of_file(file: &File) -> Result<Option<Expr>, (Offset, String)> {
    let mut all: Option<Expr> = None;
    for (i, line) in file.constraints.iter().enumerate() {
        if i > 0 && is_go_build(line) {
            return Err((line.pos, "multiple //go:build comments".into()));
        }
        let expr = parse(&line.text).map_err(|e| (line.pos + 2 + e.offset as u32, e.text))?;
        all = Some(match all {
            None => expr,
            Some(mut all) => {
                all.ops.extend(expr.ops);
                all.ops.push(Op::And);
                all
            }
        });
    }
    Ok(all)
}

fn is_go_build(line: &Directive) -> bool {
    line.text.starts_with("go:build")
}

/// Leaves the lines that count: `//go:build` wins over `// +build`, and the latter needs a blank line
/// between it and the package clause.
pub(crate) fn effective_lines(lines: Vec<Directive>, last_blank: Offset) -> Vec<Directive> {
    if lines.iter().any(is_go_build) {
        return lines.into_iter().filter(is_go_build).collect();
    }
    lines.into_iter().filter(|line| line.pos < last_blank).collect()
}

/// Parses the text of a constraint line behind `//`: `go:build expr` or `+build terms`.
pub fn parse(line: &str) -> Result<Expr, Error> {
    if let Some(rest) = line.strip_prefix("go:build") {
        return Parser { line, at: line.len() - rest.len(), depth: 0, ops: Vec::new() }.line();
    }
    match line.trim_start().strip_prefix("+build") {
        Some(rest) => plus_build(line, rest),
        None => Err(Error { offset: 0, text: "not a build constraint".into() }),
    }
}

/// Parses alternatives separated by spaces, each of terms separated by commas that must all hold.
fn plus_build(line: &str, rest: &str) -> Result<Expr, Error> {
    let mut ops = Vec::new();
    let mut n_options = 0;
    for option in rest.split_whitespace() {
        let mut n_terms = 0;
        for term in option.split(',') {
            let tag = term.strip_prefix('!').unwrap_or(term);
            if !is_tag(tag) {
                let offset = term.as_ptr() as usize - line.as_ptr() as usize;
                return Err(Error { offset, text: format!("malformed +build term {term:?}") });
            }
            ops.push(Op::Tag(tag.into()));
            if tag.len() < term.len() {
                ops.push(Op::Not);
            }
            n_terms += 1;
            if n_terms > 1 {
                ops.push(Op::And);
            }
        }
        n_options += 1;
        if n_options > 1 {
            ops.push(Op::Or);
        }
    }
    if ops.is_empty() {
        // A line without terms never holds; `ignore` is a tag that nobody sets.
        ops.push(Op::Tag("ignore".into()));
    }
    Ok(Expr { ops })
}

fn is_tag(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_tag_char)
}

fn is_tag_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '.'
}

/// A parser of `||`, `&&`, `!`, parentheses and tags.
struct Parser<'a> {
    line: &'a str,
    at: usize,
    depth: usize,
    ops: Vec<Op>,
}

impl Parser<'_> {
    fn line(mut self) -> Result<Expr, Error> {
        self.or()?;
        self.skip_space();
        if self.at < self.line.len() {
            return self.error("unexpected token");
        }
        Ok(Expr { ops: self.ops })
    }

    fn skip_space(&mut self) {
        let rest = &self.line[self.at..];
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r']).len();
    }

    fn got(&mut self, token: &str) -> bool {
        self.skip_space();
        let got = self.line[self.at..].starts_with(token);
        if got {
            self.at += token.len();
        }
        got
    }

    fn error<T>(&self, what: &str) -> Result<T, Error> {
        let rest = &self.line[self.at..];
        let text = match rest.chars().next() {
            None => "unexpected end of expression".into(),
            Some(c) => format!("{what} {c}"),
        };
        Err(Error { offset: self.at, text })
    }

    fn or(&mut self) -> Result<(), Error> {
        self.and()?;
        while self.got("||") {
            self.and()?;
            self.ops.push(Op::Or);
        }
        Ok(())
    }

    fn and(&mut self) -> Result<(), Error> {
        self.not()?;
        while self.got("&&") {
            self.not()?;
            self.ops.push(Op::And);
        }
        Ok(())
    }

    fn not(&mut self) -> Result<(), Error> {
        if !self.got("!") {
            return self.atom();
        }
        if self.got("!") {
            return Err(Error { offset: self.at - 1, text: "double negation not allowed".into() });
        }
        self.atom()?;
        self.ops.push(Op::Not);
        Ok(())
    }

    fn atom(&mut self) -> Result<(), Error> {
        if self.got("(") {
            if self.depth == MAX_DEPTH {
                return self.error("build expression too deep at");
            }
            self.depth += 1;
            self.or()?;
            self.depth -= 1;
            if !self.got(")") {
                return self.error("missing close paren before");
            }
            return Ok(());
        }
        let rest = &self.line[self.at..];
        let len = rest.find(|c| !is_tag_char(c)).unwrap_or(rest.len());
        if len == 0 {
            return self.error("unexpected token");
        }
        self.ops.push(Op::Tag(rest[..len].into()));
        self.at += len;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eval(line: &str, tags: &[&str]) -> bool {
        parse(line).expect("a constraint").eval(&|tag| tags.contains(&tag))
    }

    #[test]
    fn go_build_lines_follow_precedence() {
        assert!(eval("go:build a || b && c", &["a"]));
        assert!(!eval("go:build (a || b) && c", &["a"]));
        assert!(eval("go:build !(a || b)", &[]));
        assert!(eval("go:build !a && go1.22", &["go1.22"]));
    }

    #[test]
    fn plus_build_lines_are_alternatives_of_terms() {
        assert!(eval(" +build a,!b c", &["a"]));
        assert!(!eval(" +build a,!b c", &["a", "b"]));
        assert!(eval(" +build a,!b c", &["b", "c"]));
        assert!(!eval(" +build", &[]));
    }

    #[test]
    fn wrong_lines_say_where() {
        assert_eq!(parse("go:build a &&").map_err(|e| e.offset), Err(13));
        assert_eq!(parse("go:build a b").map_err(|e| e.offset), Err(11));
        assert_eq!(parse("go:build !!a").map_err(|e| e.offset), Err(10));
        assert!(parse("go:build (a").is_err());
        assert!(parse("go:build").is_err());
    }

    #[test]
    fn versions_are_lower_bounds() {
        let version = |line: &str| parse(&format!("go:build {line}")).expect("parses").go_version();
        assert_eq!(version("linux && go1.22"), Some(22));
        assert_eq!(version("(linux && go1.22) || (windows && go1.20)"), Some(20));
        assert_eq!(version("linux"), None);
        assert_eq!(version("linux || (windows && go1.22)"), None);
        assert_eq!(version("!go1.22"), None);
        assert_eq!(version("!(!go1.21 || linux)"), Some(21));
        assert_eq!(version("go1"), Some(0));
    }

    #[test]
    fn deep_nesting_is_an_error_and_no_overflow() {
        assert!(parse(&format!("go:build {}a", "(".repeat(1 << 20))).is_err());
    }
}
