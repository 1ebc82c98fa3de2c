//! The tree as Go text: short, for messages, and whole, as a file that parses to the same tree.
//!
//! The short form is gc's (cmd/compile/internal/syntax, `ShortForm`): on one line, with `…` for what
//! stands in the braces of function and composite literals. The whole form is not gofmt's: a line
//! per statement and field lists on one line.
//!
//! Begin reading at [`File::expr_text`] and [`File::source_text`].

mod decl;
mod expr;
mod stmt;

use crate::tree::*;

/// Where the short form breaks off. Messages about one large expression after another, each within
/// the one before, would take memory by the square of their size.
const SHORT_LIMIT: usize = 10_000;

struct Printer<'a> {
    file: &'a File,
    out: String,
    /// Bodies and elements are left out.
    short: bool,
    indent: usize,
    /// Nodes whose left part is printed first; a stack, since chains may be long.
    spine: Vec<ExprId>,
}

impl File {
    /// Prints an expression or type as gc's messages do.
    pub fn expr_text(&self, expr: ExprId) -> String {
        let mut printer = Printer::new(self, true);
        printer.expr(expr);
        printer.out
    }

    /// Prints expressions with commas between, as gc's messages do.
    pub fn exprs_text(&self, list: List<ExprId>) -> String {
        let mut printer = Printer::new(self, true);
        printer.exprs(list);
        printer.out
    }

    /// Prints a simple statement as gc's messages do.
    pub fn stmt_text(&self, stmt: StmtId) -> String {
        let mut printer = Printer::new(self, true);
        printer.stmt(stmt);
        printer.out
    }

    /// Prints the file as Go that parses to the same tree, positions aside. Comments are left out,
    /// except directives that belong to a declaration and build constraints.
    pub fn source_text(&self) -> String {
        let mut printer = Printer::new(self, false);
        printer.file();
        printer.out
    }
}

impl<'a> Printer<'a> {
    fn new(file: &'a File, short: bool) -> Printer<'a> {
        Printer { file, out: String::new(), short, indent: 0, spine: Vec::new() }
    }

    fn text(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn ident(&mut self, ident: Ident) {
        self.text(ident.name.as_str());
    }

    /// Ends the line and indents the next one.
    fn line(&mut self) {
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n('\t', self.indent));
    }

    /// Prints items with `separator` between.
    fn separated<T: Copy>(&mut self, items: &[T], separator: &str, mut item: impl FnMut(&mut Self, T)) {
        for (i, x) in items.iter().enumerate() {
            if i > 0 {
                self.text(separator);
            }
            item(self, *x);
        }
    }

    fn exprs(&mut self, list: List<ExprId>) {
        let file = self.file;
        self.separated(&file[list], ", ", Self::expr);
    }
}
