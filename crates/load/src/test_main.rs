//! The program that runs a package's tests: finds them in the test files and writes its source.
//!
//! A function is a test by its name and its signature, as the tree alone has them (`go help testfunc`). The program is one
//! file, of package `main` with the import path `p.test`, that hands tables of these functions to `testing.MainStart`.

use std::fmt::Write;
use std::sync::Arc;

use syntax::{Decl, ExprKind, File, FuncDecl, Mode};

use crate::dir::GoFile;

/// What the test files of one package clause hold, in the order of files and declarations.
#[derive(Default)]
pub struct Found {
    tests: Vec<String>,
    benchmarks: Vec<String>,
    fuzz_targets: Vec<String>,
    examples: Vec<Example>,
    has_main: bool,
    /// Functions that are named like tests and cannot be called like them: file, offset, what is wrong.
    pub wrong: Vec<(usize, u32, String)>,
}

/// An example with an output comment. Those without are only compiled.
struct Example {
    func: String,
    output: String,
    unordered: bool,
}

impl Found {
    /// Reads the test files among `files`.
    pub fn read(files: &[Arc<GoFile>]) -> Found {
        let mut found = Found::default();
        for (idx, source) in files.iter().enumerate().filter(|(_, file)| file.name.ends_with("_test.go")) {
            let (file, _) = syntax::parse(source.bytes.clone(), Mode::Full);
            let mut comments = None;
            for decl in &file.decls {
                if let Decl::Func(decl) = decl
                    && decl.recv.is_none()
                {
                    found.add(idx, &file, decl, &mut comments);
                }
            }
        }
        found
    }

    fn add(&mut self, idx: usize, file: &File, decl: &FuncDecl, comments: &mut Option<Vec<Comment>>) {
        let name = decl.name.name.as_str();
        if name == "TestMain" && takes(file, decl, "M") {
            self.has_main = true;
            return;
        }
        let kinds: [(&str, &str, &str, &mut Vec<String>); 3] = [
            ("Test", "t", "T", &mut self.tests),
            ("Benchmark", "b", "B", &mut self.benchmarks),
            ("Fuzz", "f", "F", &mut self.fuzz_targets),
        ];
        for (prefix, param, ty, list) in kinds {
            if !is_named(name, prefix) {
                continue;
            }
            if has_type_params(file, decl) {
                let text = format!("wrong type parameters for {name}, must have none");
                self.wrong.push((idx, decl.pos, text));
            } else if takes(file, decl, ty) {
                list.push(name.into());
            } else {
                let text = format!("wrong signature for {name}, must be: func {name}({param} *testing.{ty})");
                self.wrong.push((idx, decl.pos, text));
            }
            return;
        }
        let ty = &file[file[decl.func].ty];
        if !is_named(name, "Example") || !file[ty.params].is_empty() || !file[ty.results].is_empty() {
            return;
        }
        let Some(body) = file[decl.func].body else { return };
        let comments = comments.get_or_insert_with(|| find_comments(&file.bytes));
        if let Some((output, unordered)) = output(&file.bytes, comments, body.lbrace, body.rbrace) {
            self.examples.push(Example { func: name.into(), output, unordered });
        }
    }

    fn is_empty(&self) -> bool {
        self.tests.is_empty()
            && self.benchmarks.is_empty()
            && self.fuzz_targets.is_empty()
            && self.examples.is_empty()
            && !self.has_main
    }
}

/// The import path of the package under test, with what was found in it and beside it.
pub struct Tested<'a> {
    /// The import path.
    pub path: &'a str,
    /// The path of its module; empty outside of modules.
    pub module: &'a str,
    /// Its own test files.
    pub inner: &'a Found,
    /// Those of the package beside it, where there are any.
    pub outer: Option<&'a Found>,
    /// There are files beside the external tests.
    pub has_inner: bool,
    /// Statements are counted.
    pub cover: bool,
}

/// Writes the program.
pub fn write(tested: &Tested<'_>) -> String {
    let none = Found::default();
    let parts = [("_test", tested.inner), ("_xtest", tested.outer.unwrap_or(&none))];
    let main = parts.iter().find(|(_, found)| found.has_main).map(|(package, _)| *package);
    let mut text = String::from("package main\n\nimport (\n\t\"os\"\n");
    let mut line = |args: std::fmt::Arguments<'_>| {
        text.write_fmt(args).and_then(|()| text.write_char('\n')).expect("strings take text");
    };
    if main.is_some() {
        line(format_args!("\t\"reflect\""));
    }
    line(format_args!("\t\"testing\"\n\t\"testing/internal/testdeps\""));
    // What is not used is imported too: its initialisers run.
    let name = |used: bool, name: &'static str| if used { name } else { "_" };
    if tested.has_inner {
        line(format_args!("\t{} {:?}", name(!tested.inner.is_empty(), "_test"), tested.path));
    }
    if let Some(outer) = tested.outer {
        line(format_args!("\t{} \"{}_test\"", name(!outer.is_empty(), "_xtest"), tested.path));
    }
    if tested.cover {
        line(format_args!("\t\"internal/coverage/cfile\""));
    }
    line(format_args!(")\n"));
    type List = fn(&Found) -> &[String];
    let lists: [(&str, &str, List); 3] = [
        ("tests", "InternalTest", |found| &found.tests),
        ("benchmarks", "InternalBenchmark", |found| &found.benchmarks),
        ("fuzzTargets", "InternalFuzzTarget", |found| &found.fuzz_targets),
    ];
    for (var, ty, list) in lists {
        line(format_args!("var {var} = []testing.{ty}{{"));
        for (package, found) in parts {
            list(found).iter().for_each(|func| line(format_args!("\t{{{func:?}, {package}.{func}}},")));
        }
        line(format_args!("}}\n"));
    }
    line(format_args!("var examples = []testing.InternalExample{{"));
    for (package, found) in parts {
        for Example { func, output, unordered } in &found.examples {
            line(format_args!("\t{{{func:?}, {package}.{func}, {}, {unordered}}},", quote(output)));
        }
    }
    line(format_args!("}}\n\nfunc init() {{"));
    line(format_args!(
        "\ttestdeps.ImportPath = {:?}\n\ttestdeps.ModulePath = {:?}",
        tested.path, tested.module
    ));
    if tested.cover {
        // Mode and packages are strings and a list that the build fills in.
        for (var, func) in [
            ("CoverSnapshotFunc", "Snapshot"),
            ("CoverProcessTestDirFunc", "ProcessCoverTestDir"),
            ("CoverMarkProfileEmittedFunc", "MarkProfileEmitted"),
        ] {
            line(format_args!("\ttestdeps.{var} = cfile.{func}"));
        }
        line(format_args!("\tcfile.InitHook(true)"));
    }
    line(format_args!("}}\n\nfunc main() {{"));
    line(format_args!(
        "\tm := testing.MainStart(testdeps.TestDeps{{}}, tests, benchmarks, fuzzTargets, examples)"
    ));
    match main {
        // Where TestMain returns, the status is what m.Run left in m. `go doc testing`, "Main".
        Some(package) => line(format_args!(
            "\t{package}.TestMain(m)\n\tos.Exit(int(reflect.ValueOf(m).Elem().FieldByName(\"exitCode\").Int()))"
        )),
        None => line(format_args!("\tos.Exit(m.Run())")),
    }
    line(format_args!("}}"));
    text
}

/// Reports whether `name` is `prefix` alone or goes on with anything but a lower-case letter.
fn is_named(name: &str, prefix: &str) -> bool {
    name.strip_prefix(prefix).is_some_and(|rest| !rest.chars().next().is_some_and(char::is_lowercase))
}

fn has_type_params(file: &File, decl: &FuncDecl) -> bool {
    !file[file[file[decl.func].ty].type_params].is_empty()
}

/// Reports whether a function takes one `*testing.<ty>`, under whatever name the package was imported, and has no result.
fn takes(file: &File, decl: &FuncDecl, ty: &str) -> bool {
    let func = &file[file[decl.func].ty];
    let [param] = &file[func.params] else { return false };
    if !file[func.results].is_empty() || has_type_params(file, decl) {
        return false;
    }
    let ExprKind::Star(base) = file[param.ty].kind else { return false };
    match file[base].kind {
        ExprKind::Name(name) => name.as_str() == ty,
        ExprKind::Selector { sel, .. } => sel.name.as_str() == ty,
        _ => false,
    }
}

/// A comment: where it begins and ends.
type Comment = (usize, usize);

/// Finds the comments of a file that scans without errors.
fn find_comments(bytes: &[u8]) -> Vec<Comment> {
    let mut comments = Vec::new();
    let mut at = 0;
    let find = |from: usize, what: &[u8]| {
        let found = bytes[from..].windows(what.len()).position(|window| window == what);
        found.map_or(bytes.len(), |n| from + n)
    };
    while at < bytes.len() {
        let rest = &bytes[at..];
        let end = match rest[0] {
            b'/' if rest.starts_with(b"//") => find(at, b"\n"),
            b'/' if rest.starts_with(b"/*") => (find(at + 2, b"*/") + 2).min(bytes.len()),
            b'`' => find(at + 1, b"`") + 1,
            quote @ (b'"' | b'\'') => {
                let mut end = at + 1;
                while end < bytes.len() && bytes[end] != quote {
                    end += if bytes[end] == b'\\' { 2 } else { 1 };
                }
                end + 1
            }
            _ => at + 1,
        };
        if rest[0] == b'/' && end > at + 1 {
            comments.push((at, end));
        }
        at = end;
    }
    comments
}

/// Returns the output that the last comment of a body states, and whether its lines have no order. `go help testfunc`.
fn output(bytes: &[u8], comments: &[Comment], lbrace: u32, rbrace: u32) -> Option<(String, bool)> {
    let within: Vec<Comment> = comments
        .iter()
        .filter(|(start, end)| *start > lbrace as usize && *end <= rbrace as usize)
        .copied()
        .collect();
    // Comments with nothing but one line end between them are one group; one that stands behind code on its line is none of it.
    let is_trailing = |(start, _): Comment| {
        let line = bytes[..start].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        !bytes[line..start].iter().all(u8::is_ascii_whitespace)
    };
    let mut first = within.len().checked_sub(1)?;
    while first > 0 {
        let between = &bytes[within[first - 1].1..within[first].0];
        let n_lines = between.iter().filter(|byte| **byte == b'\n').count();
        let is_apart = n_lines > 1 || !between.iter().all(u8::is_ascii_whitespace);
        if is_apart || n_lines == 1 && is_trailing(within[first - 1]) {
            break;
        }
        first -= 1;
    }
    let text = group_text(bytes, &within[first..]);
    let text = text.trim_start();
    let lower = text.get(..20.min(text.len())).map(str::to_ascii_lowercase).unwrap_or_default();
    let prefix = ["output:", "unordered output:"].into_iter().find(|prefix| lower.starts_with(prefix))?;
    let rest = text[prefix.len()..].trim_start_matches(' ');
    Some((rest.strip_prefix('\n').unwrap_or(rest).into(), prefix.starts_with("un")))
}

/// The text of comments without their marks, as `go doc go/ast CommentGroup.Text` has it.
fn group_text(bytes: &[u8], comments: &[Comment]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for (start, end) in comments {
        let text = String::from_utf8_lossy(&bytes[*start..*end]).replace('\r', "");
        if let Some(line) = text.strip_prefix("//") {
            // Directives are no text.
            let is_directive = line.split_once(':').is_some_and(|(tool, verb)| {
                let word = |text: &str| {
                    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
                };
                word(tool) && verb.bytes().next().is_some_and(|b| word(&char::from(b).to_string()))
            });
            if !is_directive || line.starts_with(' ') {
                lines.push(line.strip_prefix(' ').unwrap_or(line).trim_end().into());
            }
        } else {
            let inside = &text[2..text.len().saturating_sub(2).max(2)];
            lines.extend(inside.split('\n').map(|line| line.trim_end().to_string()));
        }
    }
    let mut text = String::new();
    for line in lines {
        // Blank lines at the beginning go, and of several in a row one stays.
        if !line.is_empty() || !(text.is_empty() || text.ends_with("\n\n")) {
            text += &line;
            text.push('\n');
        }
    }
    text.trim_end_matches('\n').to_string() + "\n"
}

/// A Go string literal.
fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => {
                quoted.push('\\');
                quoted.push(byte.into());
            }
            b' '..=b'~' => quoted.push(byte.into()),
            _ => write!(quoted, "\\x{byte:02x}").expect("strings take text"),
        }
    }
    quoted + "\""
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header;

    fn found(text: &str) -> Found {
        let bytes: Arc<[u8]> = text.as_bytes().into();
        let header = header::read(bytes.clone());
        Found::read(&[Arc::new(GoFile { name: "a_test.go".into(), path: "a_test.go".into(), bytes, header })])
    }

    #[test]
    fn names_and_signatures_make_tests() {
        let found = found(
            "package p\nimport tt \"testing\"\nfunc Test(t *tt.T) {}\nfunc TestÄ(t *tt.T) {}\nfunc Testing(t *tt.T) {}\n\
             func BenchmarkX(b *tt.B) {}\nfunc FuzzY(f *tt.F) {}\nfunc TestMain(m *tt.M) {}\nfunc (x T) TestZ(t *tt.T) {}\n\
             func TestBad(t tt.T) {}\nfunc TestGeneric[P any](t *tt.T) {}\n",
        );
        assert_eq!(found.tests, ["Test", "TestÄ"]);
        assert_eq!((found.benchmarks.len(), found.fuzz_targets.len(), found.has_main), (1, 1, true));
        let wrong: Vec<&str> = found.wrong.iter().map(|(_, _, text)| text.as_str()).collect();
        assert_eq!(
            wrong,
            [
                "wrong signature for TestBad, must be: func TestBad(t *testing.T)",
                "wrong type parameters for TestGeneric, must have none"
            ]
        );
    }

    #[test]
    fn examples_have_the_output_of_their_last_comment() {
        let found = found(
            "package p\nfunc ExampleA() {\n\tprint(\"// Output: no\")\n\t// Output: a\n}\nfunc ExampleB() {\n\t// x\n\n\
             \t// Unordered output:\n\t//   b\n\t//\n\t// c\n}\nfunc ExampleC() {\n\t// nothing\n}\n\
             func ExampleD() {\n\t/* OUTPUT:\n\td */\n}\nfunc ExampleE() {\n\t// output:\n}\n\
             func ExampleF() {\n\tprint(1) // one\n\t// Output: f\n}\n",
        );
        let seen: Vec<_> =
            found.examples.iter().map(|e| (e.func.as_str(), e.output.as_str(), e.unordered)).collect();
        assert_eq!(
            seen,
            [
                ("ExampleA", "a\n", false),
                ("ExampleB", "  b\n\nc\n", true),
                ("ExampleD", "\td\n", false),
                ("ExampleE", "", false),
                ("ExampleF", "f\n", false)
            ]
        );
    }
}
