//! Inputs without measure: deep, long, or rubbish. None may panic, overflow the stack or take more
//! than linear time.

mod common;

use std::sync::Arc;
use std::time::{Duration, Instant};

use common::{goroot_files, on_large_stack};
use syntax::{Error, ExprId, ExprKind, File, MAX_DEPTH, Mode, StmtKind, parse};

fn parse_text(text: &str) -> (File, Vec<Error>) {
    parse(Arc::from(text.as_bytes()), Mode::Full)
}

/// What nests, with what stands before it.
const NESTS: &[(&str, &str)] = &[
    ("var x = ", "("),
    ("var x = ", "- "),
    ("var x = ", "<-"),
    ("var x = ", "f("),
    ("var x = ", "a["),
    ("var x = ", "a || b && c == d + e*("),
    ("var x = T", "{"),
    ("var x = T", "{T{1}: "),
    ("var x = ", "func() { _ = "),
    ("var x = ", "a.(func(b [x"),
    ("func f() {", "defer func() {"),
    ("func f() {", "{"),
    ("func f() {", "if x {"),
    ("func f() {", "if func() {"),
    ("func f() {", "for x {"),
    ("func f() {", "switch x { case 1:"),
    ("func f() {", "switch x := y.(type) { case int:"),
    ("func f() {", "select { case x:"),
    ("func f() {", "L: "),
    ("func f() {", "type T struct { a [len(func() {"),
    ("func f(", "T["),
    ("var x ", "[]"),
    ("var x ", "*"),
    ("var x ", "chan "),
    ("var x ", "map["),
    ("var x ", "struct { a "),
    ("var x ", "interface { m("),
    ("var x ", "interface { m(x "),
    ("var x ", "interface { m["),
    ("var x ", "func("),
    ("var x ", "func() "),
    ("var x ", "T["),
    ("var x ", "("),
    ("type T struct {", "T["),
    ("type T[P ", "interface { ~"),
];

#[test]
fn deep_nesting_is_one_error() {
    // The bound that `parse` documents.
    let thread = std::thread::Builder::new().stack_size(32 << 20).spawn(|| {
        for (start, nest) in NESTS {
            let text = format!("package p\n{start}{}", nest.repeat(200_000));
            let (_, errors) = parse_text(&text);
            let texts: Vec<&str> = errors.iter().map(|e| e.text.as_str()).collect();
            assert_eq!(texts, ["exceeded max nesting depth"], "{start}{nest}...");
        }
    });
    thread.expect("a thread can be made").join().expect("no panic");
}

#[test]
fn nesting_below_the_bound_is_accepted() {
    on_large_stack(|| {
        let n = MAX_DEPTH as usize - 10;
        let text = format!("package p\nvar x = {}1{}", "(".repeat(n), ")".repeat(n));
        let (file, errors) = parse_text(&text);
        assert_eq!(errors, []);
        assert!(parse_text(&file.source_text()).1.is_empty());
    });
}

#[test]
fn chains_of_any_length_are_no_nesting() {
    const N: usize = 300_000;
    let chains = [
        format!("var x = a{}", " + a".repeat(N)),
        format!("var x = a{}", " || a == b && c".repeat(N)),
        format!("var x = a{}", ".b".repeat(N)),
        format!("var x = a{}", "[0]".repeat(N)),
        format!("var x = a{}", "(1)(2)".repeat(N)),
        format!("var x = a{}", ".(T)".repeat(N)),
        format!("type T[P *a{},] int", "|b".repeat(N)),
        format!("type T interface {{ a{} }}", "|b".repeat(N)),
        format!("func f() {{ if a {{}}{} }}", " else if b {}".repeat(N)),
        format!("func f() {{ switch {{ {} }} }}", "case a:\n".repeat(N)),
        format!("func f() {{ {} }}", "a()\n".repeat(N)),
        format!("func f() {{ return a{} }}", ", a".repeat(N)),
        format!("func f(a int{}) {{}}", ", a int".repeat(N)),
        "var x int\n".repeat(N),
    ];
    for chain in &chains {
        let (file, errors) = parse_text(&format!("package p\n{chain}"));
        assert_eq!(errors, [], "{}", &chain[..40]);
        // Printing does not recurse along them either.
        let (_, errors) = parse_text(&file.source_text());
        assert_eq!(errors, [], "{} printed", &chain[..40]);
    }
}

#[test]
fn an_else_chain_has_one_if_per_link() {
    let (file, errors) = parse_text("package p\nfunc f() { if a {} else if b {} else if c {} else {} }");
    assert_eq!(errors, []);
    let ifs = file.stmts.iter().filter(|stmt| matches!(stmt.kind, StmtKind::If { .. }));
    assert_eq!(ifs.count(), 3);
}

/// Texts whose size can be doubled; each must then take about twice the time.
fn growing(n: usize) -> Vec<(&'static str, String)> {
    let repeat = |s: &str| s.repeat(n);
    vec![
        ("errors on one line", repeat("$ ")),
        ("syntax errors on one line", format!("func f() {{ {}", repeat("a b; "))),
        ("syntax errors on many lines", format!("func f() {{ {}", repeat("a b\n"))),
        ("directives on one line", repeat("/*line a:1:1*/")),
        ("directives", repeat("//go:noinline\n")),
        ("directives behind a comment", format!("/*{}*/{}", repeat("x"), repeat("//go:x\n"))),
        ("line directives", repeat("//line a.go:10\n")),
        ("comments", repeat("// a\n/* b */")),
        ("strings", format!("var x = {}", repeat("\"abc\" + "))),
        ("unterminated", repeat("\"abc\n")),
        ("runes", repeat("'abc' ")),
        ("numbers", repeat("0x_1_ ")),
        ("NUL bytes", repeat("\0")),
        ("constraint lines", repeat("// +build a\n")),
        ("conditions that are none", format!("func f() {{ {}", repeat("if a = b {\n}\n"))),
        ("conditions in conditions", format!("func f() {{ {}", repeat("if a = func() {\n"))),
        ("arrows", format!("var x = {}", repeat("<-chan<- struct { a [\n"))),
        ("type parameters", format!("type T[P *a{}", repeat("|a"))),
        ("names", (0..n).fold(String::new(), |text, i| text + "var a" + &i.to_string() + " int\n")),
    ]
}

#[test]
fn time_is_linear() {
    on_large_stack(|| {
        let time = |text: &str| {
            let bytes: Arc<[u8]> = format!("package p\n{text}").into_bytes().into();
            let run = |_| {
                let start = Instant::now();
                parse(bytes.clone(), Mode::Full);
                start.elapsed()
            };
            (0..3).map(run).min().unwrap_or_default()
        };
        for ((what, small), (_, large)) in growing(20_000).into_iter().zip(growing(320_000)) {
            let (small, large) = (time(&small), time(&large));
            // Sixteen times the text; quadratic time would be 256 times.
            let bound = small * 100 + Duration::from_millis(50);
            assert!(large < bound, "{what}: {small:?}, then {large:?}");
        }
    });
}

/// A small generator of pseudo-random numbers (xorshift64, Marsaglia 2003).
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n.max(1) as u64) as usize
    }
}

const FRAGMENTS: &[&[u8]] = &[
    b"(",
    b")",
    b"[",
    b"]",
    b"{",
    b"}",
    b",",
    b";",
    b":",
    b".",
    b"...",
    b"<-",
    b"*",
    b"~",
    b"|",
    b"=",
    b":=",
    b"\n",
    b"\"",
    b"`",
    b"'",
    b"\\",
    b"/*",
    b"*/",
    b"//",
    b"0x",
    b"1e",
    b"_",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xcc\x81",
    b"func ",
    b"type ",
    b"var ",
    b"if ",
    b"for ",
    b"range ",
    b"switch ",
    b"case ",
    b"select ",
    b"struct ",
    b"interface ",
    b"chan ",
    b"map[",
    b"else ",
    b"//line a:1\n",
    b"/*line :1:2*/",
    b"//go:embed \"",
    b"import ",
    b"package ",
    b"return ",
];

fn mutate(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let start = random.below(bytes.len());
    let end = start + random.below(2000);
    let mut text = b"package p\n".to_vec();
    text.extend_from_slice(&bytes[start..end.min(bytes.len())]);
    for _ in 0..=random.below(6) {
        let at = random.below(text.len());
        match random.below(4) {
            0 => {
                let end = (at + random.below(20)).min(text.len());
                text.drain(at..end);
            }
            1 if at < text.len() => text[at] = random.below(256) as u8,
            _ => {
                let fragment = FRAGMENTS[random.below(FRAGMENTS.len())];
                text.splice(at..at, fragment.iter().copied());
            }
        }
    }
    text
}

/// Looks at everything a later stage may look at.
fn visit(file: &File) {
    for idx in 0..file.exprs.len() {
        let expr = &file.exprs[idx];
        assert!(expr.span.start <= expr.span.end && expr.span.end <= file.eof);
        file.text(expr.span);
        if let ExprKind::FuncLit(func) = expr.kind {
            assert!(file[func].body.is_some());
        }
    }
    if let Some(last) = file.exprs.len().checked_sub(1) {
        file.expr_text(ExprId(last as u32));
    }
    for stmt in &file.stmts {
        assert!(stmt.span.start <= stmt.span.end && stmt.span.end <= file.eof);
    }
    file.tree_text();
    let _ = syntax::constraint::of_file(file);
    for directive in &file.directives {
        let _ = syntax::directive::embed_patterns(directive);
    }
}

#[test]
fn mutated_files_never_panic() {
    on_large_stack(|| {
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        for (_, bytes) in goroot_files() {
            for _ in 0..4 {
                let text = mutate(&bytes, &mut random);
                let (file, errors) = parse(text.clone().into(), Mode::Full);
                visit(&file);
                for error in &errors {
                    assert!(error.offset as usize <= text.len() && !error.text.is_empty());
                }
                if errors.is_empty() {
                    let (again, errors) = parse_text(&file.source_text());
                    assert_eq!(errors, [], "{}", String::from_utf8_lossy(&text));
                    assert_eq!(file.tree_text(), again.tree_text());
                }
                parse(text.into(), Mode::Imports);
            }
        }
    });
}

#[test]
fn rubbish_never_panics() {
    let mut random = Random(42);
    for len in 0..2000 {
        let bytes: Vec<u8> = (0..len).map(|_| random.below(256) as u8).collect();
        visit(&parse(bytes.into(), Mode::Full).0);
        let mut text = b"package p\n".to_vec();
        for _ in 0..random.below(60) {
            text.extend_from_slice(FRAGMENTS[random.below(FRAGMENTS.len())]);
        }
        visit(&parse(text.into(), Mode::Full).0);
    }
}
