//! Prints what is wrong: gc's lines, or on a terminal excerpts of the source.

use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};

use driver::Outcome;
use source::{Code, Diagnostic, SourceMap};

use crate::excerpt;

/// Prints an outcome to standard error; `headers` puts a line `# import/path` above each package's errors.
pub fn print(outcome: &Outcome, headers: bool) {
    let mut stderr = std::io::stderr().lock();
    let text = if stderr.is_terminal() {
        let styled = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        render(outcome, headers, |diagnostic, map| excerpt::render(diagnostic, map, styled) + "\n")
    } else {
        render(outcome, headers, plain)
    };
    // A closed pipe is nobody's mistake.
    stderr.write_all(text.as_bytes()).ok();
}

/// Renders an outcome, each diagnostic by `show`.
///
/// As the go command does: first what is wrong with the request, then with imports, then package by package.
fn render(outcome: &Outcome, headers: bool, show: impl Fn(&Diagnostic, &SourceMap) -> String) -> String {
    let mut text = String::new();
    let mut line = |line: &str| writeln!(text, "{line}").expect("writing to a string does not fail");
    for warning in &outcome.warnings {
        line(&format!("rigo: warning: {warning}"));
    }
    for error in &outcome.errors {
        line(error);
    }
    for report in &outcome.reports {
        report.diagnostics.iter().filter(|d| d.code == Code::Load).for_each(|d| line(&show(d, &outcome.map)));
    }
    for report in &outcome.reports {
        let mut rest = report.diagnostics.iter().filter(|d| d.code != Code::Load).peekable();
        if headers && rest.peek().is_some() {
            line(&format!("# {}", report.package));
        }
        rest.for_each(|diagnostic| line(&show(diagnostic, &outcome.map)));
    }
    text
}

/// Renders a diagnostic in gc's form. Errors of imports name files as the go command does, without `./`.
fn plain(diagnostic: &Diagnostic, map: &SourceMap) -> String {
    let text = diagnostic.render(map);
    match text.strip_prefix("./") {
        Some(short) if diagnostic.code == Code::Load => short.into(),
        _ => text,
    }
}
