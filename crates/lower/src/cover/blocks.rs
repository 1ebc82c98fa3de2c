//! Which statements share a counter, and where its increment stands.
//!
//! A unit is a run of statements that are executed together: it ends behind a statement that may leave the straight
//! line, before a block, before a label, and where a function literal begins. Boundaries are those of `go tool cover`
//! (`cmd/cover`, `addCounters` and `statementBoundary`), so that profiles are the same byte for byte. Units of a function
//! literal belong to the function around it; a literal outside of functions is a function of its own.
//!
//! Invariant: a place in the tree has at most one unit.

use rustc_hash::FxHashMap;
use syntax::{Block, Case, Decl, ExprId, ExprKind, File, FuncDecl, Offset, Span, StmtId, StmtKind};

/// Statements with one counter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unit {
    /// Where they begin.
    pub start: Offset,
    /// Where they end.
    pub end: Offset,
    /// How many they are.
    pub n_stmts: u32,
}

/// A function with its units.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Func {
    /// Its name with the type of its receiver, `*T.f`; `None` for a function literal.
    pub name: Option<String>,
    /// The word `func`.
    pub pos: Offset,
    /// In the order in which they were found: those of a list of statements, then those within them.
    pub units: Vec<Unit>,
}

/// The number of a unit: the function in the file, the unit in the function.
pub type UnitId = (u32, u32);

/// The units of one file.
#[derive(Default, Debug)]
pub struct Blocks {
    /// The functions with statements.
    pub funcs: Vec<Func>,
    at_entry: FxHashMap<Offset, UnitId>,
    before: FxHashMap<StmtId, UnitId>,
}

impl Blocks {
    /// Finds the units of a file. Functions for which `skip` holds have none.
    pub fn find(tree: &File, skip: &dyn Fn(&str) -> bool) -> Blocks {
        let mut literals: Vec<(Span, Block)> = Vec::new();
        for expr in &tree.exprs {
            if let ExprKind::FuncLit(func) = expr.kind
                && let Some(body) = tree[func].body
            {
                literals.push((expr.span, body));
            }
        }
        literals.sort_by_key(|(span, _)| span.start);
        literals.dedup_by_key(|(span, _)| span.start);
        let mut walk = Walk { tree, literals, found: Blocks::default(), is_in_func: false };
        for decl in &tree.decls {
            match decl {
                Decl::Func(decl) if !skip(decl.name.name.as_str()) => walk.func(decl),
                Decl::Func(_) | Decl::Import(_) => {}
                Decl::Const(spec) | Decl::Var(spec) => walk.literals(tree[*spec].span),
                Decl::Type(spec) => walk.literals(tree[*spec].span),
            }
        }
        walk.found
    }

    /// Returns the unit that is counted where the block begins whose brace or colon stands at `lbrace`.
    pub fn at_entry(&self, lbrace: Offset) -> Option<UnitId> {
        self.at_entry.get(&lbrace).copied()
    }

    /// Returns the unit that is counted before a statement.
    pub fn before(&self, stmt: StmtId) -> Option<UnitId> {
        self.before.get(&stmt).copied()
    }
}

/// Where the first unit of a list of statements is counted.
#[derive(Clone, Copy)]
enum Place {
    Entry(Offset),
    Before(StmtId),
}

/// A list of statements to be cut into units.
struct List<'t> {
    /// Where the source of the first unit begins.
    start: Offset,
    /// Where it begins if there are no statements.
    start_if_empty: Offset,
    place: Place,
    stmts: &'t [StmtId],
    end: Offset,
    /// The closing brace belongs to the last unit, if no statement before it ends one.
    to_brace: bool,
}

struct Walk<'t> {
    tree: &'t File,
    // Function literals and their bodies, in the order of the text.
    literals: Vec<(Span, Block)>,
    found: Blocks,
    is_in_func: bool,
}

impl Walk<'_> {
    fn func(&mut self, decl: &FuncDecl) {
        let name = decl.name.name.as_str();
        let Some(body) = self.tree[decl.func].body.filter(|_| name != "_") else { return };
        let of_receiver = decl.recv.and_then(|recv| match &self.tree[recv] {
            [recv] => self.type_name(recv.ty),
            _ => None,
        });
        let name = of_receiver.map_or(name.to_string(), |of| format!("{of}.{name}"));
        self.body(Func { name: Some(name), pos: decl.pos, units: Vec::new() }, &body);
    }

    /// The name of a receiver's type, with its star; generic ones have none.
    fn type_name(&self, ty: ExprId) -> Option<String> {
        let (star, ty) = match self.tree[ty].kind {
            ExprKind::Star(base) => ("*", base),
            _ => ("", ty),
        };
        match self.tree[ty].kind {
            ExprKind::Name(name) => Some(format!("{star}{name}")),
            _ => None,
        }
    }

    fn body(&mut self, func: Func, body: &Block) {
        self.found.funcs.push(func);
        self.is_in_func = true;
        self.block(body);
        self.is_in_func = false;
    }

    fn block(&mut self, block: &Block) {
        self.block_from(block, block.lbrace, Place::Entry(block.lbrace));
    }

    fn block_from(&mut self, block: &Block, start: Offset, place: Place) {
        let tree = self.tree;
        let stmts = &tree[block.stmts];
        let end = block.rbrace + 1;
        self.cut(List { start, start_if_empty: start + 1, place, stmts, end, to_brace: true });
        self.stmts(stmts);
    }

    fn stmts(&mut self, stmts: &[StmtId]) {
        stmts.iter().for_each(|stmt| self.stmt(*stmt));
    }

    /// Finds the units within a statement.
    fn stmt(&mut self, stmt: StmtId) {
        let tree = self.tree;
        let Span { start, end } = tree[stmt].span;
        match tree[stmt].kind {
            StmtKind::Block(block) => self.block(&block),
            StmtKind::If { .. } => self.if_stmt(stmt),
            StmtKind::For { body, .. } | StmtKind::Range { body, .. } => {
                self.literals(Span { start, end: body.lbrace });
                self.block(&body);
            }
            StmtKind::Switch { cases, lbrace, .. } | StmtKind::TypeSwitch { cases, lbrace, .. } => {
                self.literals(Span { start, end: lbrace });
                let cases = &tree[cases];
                cases.iter().for_each(|case| self.case(&case.body));
                for Case { pos, body, .. } in cases {
                    self.literals(Span { start: *pos, end: body.lbrace });
                    self.stmts(&tree[body.stmts]);
                }
            }
            StmtKind::Select { cases, .. } => {
                let cases = &tree[cases];
                cases.iter().for_each(|case| self.case(&case.body));
                for case in cases {
                    self.literals(Span { start: case.pos, end: case.body.lbrace });
                    self.stmts(&tree[case.body.stmts]);
                }
            }
            StmtKind::Labeled { stmt, .. } => self.stmt(stmt),
            _ => self.literals(Span { start, end }),
        }
    }

    /// `if` and the chain of `else if` behind it. What follows an `else` is counted where the `else` is taken.
    fn if_stmt(&mut self, mut stmt: StmtId) {
        let tree = self.tree;
        while let StmtKind::If { then, otherwise, .. } = tree[stmt].kind {
            self.literals(Span { start: tree[stmt].span.start, end: then.lbrace });
            self.block(&then);
            let Some(otherwise) = otherwise else { return };
            let start = self.find(then.rbrace + 1, b"else") + 4;
            let place = Place::Before(otherwise);
            if let StmtKind::Block(block) = tree[otherwise].kind {
                return self.block_from(&block, start, place);
            }
            let end = tree[otherwise].span.end;
            let stmts = &[otherwise];
            self.cut(List { start, start_if_empty: start, place, stmts, end, to_brace: false });
            stmt = otherwise;
        }
    }

    fn case(&mut self, body: &Block) {
        let tree = self.tree;
        let stmts = &tree[body.stmts];
        let start = body.lbrace + 1;
        let end = stmts.last().map_or(start, |last| tree[*last].span.end);
        let place = Place::Entry(body.lbrace);
        self.cut(List { start, start_if_empty: start, place, stmts, end, to_brace: false });
    }

    /// Visits the function literals in a piece of text, without those in others.
    fn literals(&mut self, within: Span) {
        let mut at = within.start;
        while let Some((span, body)) = self.first_literal(Span { start: at, end: within.end }) {
            if self.is_in_func {
                self.block(&body);
            } else {
                self.body(Func { name: None, pos: span.start, units: Vec::new() }, &body);
            }
            at = span.end;
        }
    }

    fn first_literal(&self, within: Span) -> Option<(Span, Block)> {
        let idx = self.literals.partition_point(|(span, _)| span.start < within.start);
        self.literals.get(idx).filter(|(span, _)| span.start < within.end).copied()
    }

    /// Cuts a list of statements into units.
    fn cut(&mut self, list: List<'_>) {
        let tree = self.tree;
        let List { mut start, start_if_empty, mut place, stmts, end: list_end, mut to_brace } = list;
        if stmts.is_empty() {
            return self.unit(place, Unit { start: start_if_empty, end: list_end, n_stmts: 0 });
        }
        let mut rest = stmts.to_vec();
        while !rest.is_empty() {
            let (mut n_stmts, mut end) = (0, list_end);
            while n_stmts < rest.len() {
                let stmt = rest[n_stmts];
                n_stmts += 1;
                end = self.boundary(stmt);
                if !self.ends_unit(stmt) {
                    continue;
                }
                to_brace = false;
                if let StmtKind::Labeled { stmt: inner, .. } = tree[stmt].kind
                    && !is_control(&tree[inner].kind)
                {
                    end = tree[stmt].span.start;
                    rest.insert(n_stmts, inner);
                }
                break;
            }
            if to_brace {
                end = list_end;
            }
            if start != end {
                self.unit(place, Unit { start, end, n_stmts: n_stmts as u32 });
            }
            rest.drain(..n_stmts);
            if let Some(next) = rest.first() {
                start = tree[*next].span.start;
                place = Place::Before(*next);
            }
        }
    }

    fn unit(&mut self, place: Place, unit: Unit) {
        let func = self.found.funcs.len() - 1;
        let units = &mut self.found.funcs[func].units;
        let id = (func as u32, units.len() as u32);
        units.push(unit);
        let known = match place {
            Place::Entry(lbrace) => self.found.at_entry.insert(lbrace, id),
            Place::Before(stmt) => self.found.before.insert(stmt, id),
        };
        assert!(known.is_none(), "two units are counted at {}", unit.start);
    }

    /// Where the unit of a statement ends.
    fn boundary(&self, mut stmt: StmtId) -> Offset {
        let tree = self.tree;
        while let StmtKind::Labeled { stmt: inner, .. } = tree[stmt].kind {
            stmt = inner;
        }
        let Span { start, end } = tree[stmt].span;
        let literal_or = |within: Option<Span>, otherwise: Offset| {
            let literal = within.and_then(|within| self.first_literal(within));
            literal.map_or(otherwise, |(_, body)| body.lbrace)
        };
        match tree[stmt].kind {
            StmtKind::Block(block) => block.lbrace,
            StmtKind::If { then: body, .. } | StmtKind::For { body, .. } => {
                literal_or(Some(Span { start, end: body.lbrace }), body.lbrace)
            }
            StmtKind::Range { x, body, .. } => literal_or(Some(tree[x].span), body.lbrace),
            StmtKind::Switch { lbrace, .. } => literal_or(Some(Span { start, end: lbrace }), lbrace),
            StmtKind::TypeSwitch { init, lbrace, .. } => literal_or(init.map(|init| tree[init].span), lbrace),
            StmtKind::Select { .. } => self.find(start, b"{"),
            _ => literal_or(Some(Span { start, end }), end),
        }
    }

    /// Reports whether the straight line may end with a statement.
    fn ends_unit(&self, stmt: StmtId) -> bool {
        let tree = self.tree;
        match tree[stmt].kind {
            StmtKind::Block(_) | StmtKind::Branch { .. } | StmtKind::Labeled { .. } | StmtKind::If { .. } => {
                return true;
            }
            StmtKind::Expr(x) => {
                if let ExprKind::Call { fun, args, .. } = tree[x].kind
                    && let ExprKind::Name(name) = tree[fun].kind
                    && name.as_str() == "panic"
                    && args.len() == 1
                {
                    return true;
                }
            }
            _ => {}
        }
        is_control(&tree[stmt].kind) || self.first_literal(tree[stmt].span).is_some()
    }

    /// Finds `text` outside of comments, from an offset on.
    fn find(&self, from: Offset, text: &[u8]) -> Offset {
        let bytes = &self.tree.bytes;
        let mut at = from as usize;
        let behind = |at: usize, what: &[u8]| {
            let found = bytes[at..].windows(what.len()).position(|window| window == what);
            found.map_or(bytes.len(), |n| at + n + what.len())
        };
        while at < bytes.len() && !bytes[at..].starts_with(text) {
            at = match &bytes[at..] {
                [b'/', b'/', ..] => behind(at, b"\n"),
                [b'/', b'*', ..] => behind(at + 2, b"*/"),
                _ => at + 1,
            };
        }
        at as Offset
    }
}

/// Reports whether a statement cannot be parted from its label.
fn is_control(kind: &StmtKind) -> bool {
    matches!(
        kind,
        StmtKind::For { .. }
            | StmtKind::Range { .. }
            | StmtKind::Switch { .. }
            | StmtKind::TypeSwitch { .. }
            | StmtKind::Select { .. }
    )
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};
    use std::process::Command;
    use std::sync::Arc;

    use super::*;

    fn blocks(text: &str) -> String {
        let (tree, errors) = syntax::parse(text.as_bytes().into(), syntax::Mode::Full);
        assert!(errors.is_empty(), "{errors:?}");
        let found = Blocks::find(&tree, &|name| name == "skipped");
        let func = |func: &Func| {
            let unit = |unit: &Unit| {
                let text = &text[unit.start as usize..unit.end as usize];
                format!("\n{} {}", unit.n_stmts, text.split_whitespace().collect::<Vec<_>>().join(" "))
            };
            format!("{:?}{}", func.name, func.units.iter().map(unit).collect::<String>())
        };
        found.funcs.iter().map(func).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn labels_and_literals_end_units() {
        let text = "package p\nfunc (t *T) f() { a(); goto L; L: b(); x := func() { c() }; x() }\n\
                    func skipped() { a() }\nvar y = func() { if d { panic(1) } else if e {} }\n";
        assert_eq!(
            blocks(text),
            "Some(\"*T.f\")\n2 { a(); goto L\n2 b(); x := func()\n1 x()\n1 { c() }\n\
             None\n1 { if d\n1 { panic(1)\n1 if e\n0 }"
        );
    }

    /// Go files of a few packages of the standard library.
    fn std_files() -> Vec<PathBuf> {
        let out = Command::new("go").args(["env", "GOROOT"]).output().expect("go can be run");
        let root = PathBuf::from(String::from_utf8_lossy(&out.stdout).trim()).join("src");
        let folders = [
            "net/http",
            "go/types",
            "encoding/json",
            "text/template/parse",
            "regexp",
            "os/exec",
            "time",
            "sync",
        ];
        let files =
            folders.iter().flat_map(|folder| std::fs::read_dir(root.join(folder)).expect("it is a folder"));
        let mut files: Vec<PathBuf> = files.map(|entry| entry.expect("it can be read").path()).collect();
        files.retain(|path| path.extension().is_some_and(|extension| extension == "go"));
        files.sort();
        files
    }

    /// Lines, columns and numbers of statements that `go tool cover` writes behind the source.
    fn of_go(path: &Path) -> Vec<[u32; 5]> {
        let out = Command::new("go").args(["tool", "cover", "-mode=set", "-var=CoverVar"]).arg(path).output();
        let text = String::from_utf8_lossy(&out.expect("go can be run").stdout).into_owned();
        let (_, tables) = text.rsplit_once("\nvar CoverVar = ").expect("the table stands at the end");
        let (positions, counts) = tables.split_once("NumStmt: [").expect("two tables");
        let numbers = |line: &str| {
            let number = |text: &str| match text.trim().strip_prefix("0x") {
                Some(hex) => u32::from_str_radix(hex, 16).ok(),
                None => text.trim().parse().ok(),
            };
            line.split("//").next().unwrap_or_default().split(',').filter_map(number).collect::<Vec<u32>>()
        };
        let counts = counts.lines().filter_map(|line| numbers(line).first().copied());
        let positions = positions.lines().map(numbers).filter(|numbers| numbers.len() == 3);
        let unit = |(place, n_stmts): (Vec<u32>, u32)| {
            [place[0], place[2] & 0xffff, place[1], place[2] >> 16, n_stmts]
        };
        positions.zip(counts).map(unit).collect()
    }

    #[test]
    fn units_are_those_of_go_tool_cover() {
        let files = std_files();
        assert!(files.len() > 300, "{} files", files.len());
        for path in files {
            let bytes: Arc<[u8]> = std::fs::read(&path).expect("it can be read").into();
            let (tree, _) = syntax::parse(bytes.clone(), syntax::Mode::Full);
            let file = source::File::new(String::new(), bytes, tree.line_directives.clone());
            let found = Blocks::find(&tree, &|_| false);
            let unit = |unit: &Unit| {
                let (start, end) = (file.place(unit.start), file.place(unit.end));
                [start.line, start.column, end.line, end.column, unit.n_stmts]
            };
            let ours: Vec<_> = found.funcs.iter().flat_map(|func| func.units.iter().map(unit)).collect();
            assert_eq!(ours, of_go(&path), "{}", path.display());
        }
    }
}
