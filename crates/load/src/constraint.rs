//! Build constraints: `//go:build` expressions and `// +build` lines. `go help buildconstraint`.

use crate::GoVersion;

/// A constraint.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Expr {
    /// A tag.
    Tag(String),
    /// `!x`
    Not(Box<Expr>),
    /// `x && y`
    And(Box<Expr>, Box<Expr>),
    /// `x || y`
    Or(Box<Expr>, Box<Expr>),
}

/// Deeper nesting than this is an error, so that no input overflows the stack.
const MAX_DEPTH: u32 = 1000;

impl Expr {
    /// Parses the text behind `//go:build`.
    pub fn parse(text: &str) -> Result<Expr, String> {
        let mut parser = Parser { rest: text.trim(), depth: 0 };
        let expr = parser.or()?;
        match parser.rest {
            "" => Ok(expr),
            rest => Err(format!("unexpected token {}", &rest[..1.max(rest.find(' ').unwrap_or(rest.len()))])),
        }
    }

    /// Makes the constraint of `// +build` lines: each a choice of words, each word tags joined by commas.
    pub fn plus_build(lines: &[String]) -> Option<Expr> {
        let tag = |text: &str| match text.strip_prefix('!') {
            Some(name) => Expr::Not(Box::new(Expr::Tag(name.into()))),
            None => Expr::Tag(text.into()),
        };
        let word = |word: &str| join(word.split(',').map(tag), Expr::And);
        let line = |line: &String| join(line.split_whitespace().filter_map(word), Expr::Or);
        join(lines.iter().filter_map(line), Expr::And)
    }

    /// Evaluates the constraint.
    pub fn eval(&self, has_tag: &impl Fn(&str) -> bool) -> bool {
        match self {
            Expr::Tag(tag) => has_tag(tag),
            Expr::Not(x) => !x.eval(has_tag),
            Expr::And(x, y) => x.eval(has_tag) && y.eval(has_tag),
            Expr::Or(x, y) => x.eval(has_tag) || y.eval(has_tag),
        }
    }

    /// Returns the lowest Go version that the constraint implies.
    pub fn go_version(&self) -> Option<GoVersion> {
        self.min_version(true)
    }

    /// Returns the lowest version when the expression has the value `value`.
    fn min_version(&self, value: bool) -> Option<GoVersion> {
        match self {
            Expr::Tag(tag) => tag.strip_prefix("go1.").filter(|_| value)?.parse().ok().map(GoVersion),
            Expr::Not(x) => x.min_version(!value),
            Expr::And(x, y) if value => x.min_version(value).max(y.min_version(value)),
            Expr::Or(x, y) if !value => x.min_version(value).max(y.min_version(value)),
            Expr::And(x, y) | Expr::Or(x, y) => x.min_version(value).min(y.min_version(value)),
        }
    }
}

/// Joins expressions by `op`.
fn join(exprs: impl Iterator<Item = Expr>, op: fn(Box<Expr>, Box<Expr>) -> Expr) -> Option<Expr> {
    exprs.reduce(|x, y| op(Box::new(x), Box::new(y)))
}

struct Parser<'a> {
    rest: &'a str,
    depth: u32,
}

impl Parser<'_> {
    fn take(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn or(&mut self) -> Result<Expr, String> {
        let mut x = self.and()?;
        while self.take("||") {
            x = Expr::Or(Box::new(x), Box::new(self.and()?));
        }
        Ok(x)
    }

    fn and(&mut self) -> Result<Expr, String> {
        let mut x = self.not()?;
        while self.take("&&") {
            x = Expr::And(Box::new(x), Box::new(self.not()?));
        }
        Ok(x)
    }

    fn not(&mut self) -> Result<Expr, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("build expression too large".into());
        }
        let expr = if self.take("!") {
            if self.rest.starts_with('!') {
                return Err("double negation not allowed".into());
            }
            Expr::Not(Box::new(self.not()?))
        } else if self.take("(") {
            let x = self.or()?;
            if !self.take(")") {
                return Err("missing close paren".into());
            }
            x
        } else {
            self.tag()?
        };
        Ok(expr)
    }

    fn tag(&mut self) -> Result<Expr, String> {
        let part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        let len = self.rest.find(|c| !part(c)).unwrap_or(self.rest.len());
        match (&self.rest[..len], self.rest.chars().next()) {
            ("", None) => Err("unexpected end of expression".into()),
            ("", Some(c)) => Err(format!("unexpected token {c}")),
            (tag, _) => {
                let tag = Expr::Tag(tag.into());
                self.rest = self.rest[len..].trim_start();
                Ok(tag)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eval(text: &str, tags: &[&str]) -> bool {
        Expr::parse(text).expect("a valid constraint").eval(&|tag| tags.contains(&tag))
    }

    #[test]
    fn expressions() {
        assert!(eval("a && (b || !c)", &["a"]));
        assert!(!eval("a && b || c", &["a"]));
        assert!(eval("!a && !b", &[]));
        for bad in ["", "a &&", "(a", "a b", "!!a", "a, b", "&& a"] {
            assert!(Expr::parse(bad).is_err(), "{bad}");
        }
        assert!(Expr::parse(&"(".repeat(100_000)).is_err());
    }

    #[test]
    fn plus_build_lines() {
        let expr = Expr::plus_build(&["linux,!cgo darwin".into(), "x".into()]).expect("not empty");
        assert!(expr.eval(&|tag| ["linux", "x"].contains(&tag)));
        assert!(!expr.eval(&|tag| ["linux", "x", "cgo"].contains(&tag)));
        assert!(!expr.eval(&|tag| tag == "linux"));
    }

    #[test]
    fn implied_versions() {
        let version = |text| Expr::parse(text).expect("valid").go_version().map(|v| v.0);
        assert_eq!(version("go1.21"), Some(21));
        assert_eq!(version("linux && go1.22"), Some(22));
        assert_eq!(version("go1.18 || go1.22"), Some(18));
        assert_eq!(version("linux || go1.22"), None);
        assert_eq!(version("!go1.22"), None);
        assert_eq!(version("!(!go1.22 || x)"), Some(22));
    }
}
