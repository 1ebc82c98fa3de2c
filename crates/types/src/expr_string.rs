//! The text of an expression in messages.
//!
//! gc prints the tree, not the source: one blank around binary operators, `…` for the contents of
//! function literals and composite literals, no comments. Only error paths come here.

use std::fmt::Write;

use syntax::{BinaryOp, ChanDir, ExprId, ExprKind, Field, File, FuncTypeId, List, UnaryOp};

/// Returns the text of `expr` in gc's short form.
pub(crate) fn expr_string(file: &File, expr: ExprId) -> String {
    let mut printer = Printer { file, out: String::new(), depth: 0 };
    printer.expr(expr);
    printer.out
}

/// Returns a binary operator as it is written.
pub(crate) fn binary_op(op: BinaryOp) -> &'static str {
    match op {
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

/// Returns a unary operator as it is written.
pub(crate) fn unary_op(op: UnaryOp) -> &'static str {
    match op {
        UnaryOp::Plus => "+",
        UnaryOp::Minus => "-",
        UnaryOp::Not => "!",
        UnaryOp::BitNot => "^",
        UnaryOp::Addr => "&",
        UnaryOp::Recv => "<-",
        UnaryOp::Tilde => "~",
    }
}

/// Deeper than this, gaps stand for operands: nobody reads so long a message.
const DEPTH_LIMIT: u32 = 10_000;

struct Printer<'a> {
    file: &'a File,
    out: String,
    depth: u32,
}

impl Printer<'_> {
    fn expr(&mut self, expr: ExprId) {
        if self.depth >= DEPTH_LIMIT {
            self.out += "…";
            return;
        }
        self.depth += 1;
        self.node(expr);
        self.depth -= 1;
    }

    fn node(&mut self, expr: ExprId) {
        let node = self.file[expr];
        match node.kind {
            ExprKind::Bad => self.out += "_",
            ExprKind::Name(name) => self.out += name.as_str(),
            ExprKind::BasicLit { .. } => self.out += self.file.text(node.span),
            ExprKind::CompositeLit { ty, elems, .. } => {
                if let Some(ty) = ty {
                    self.expr(ty);
                }
                self.out += if elems.is_empty() { "{}" } else { "{…}" };
            }
            ExprKind::KeyValue { key, value } => {
                self.expr(key);
                self.out += ": ";
                self.expr(value);
            }
            ExprKind::FuncLit(func) => {
                let func = self.file[func];
                self.out += "func";
                self.signature(func.ty);
                let empty = func.body.is_none_or(|body| body.stmts.is_empty());
                self.out += if empty { " {}" } else { " {…}" };
            }
            ExprKind::Paren(x) => {
                self.out.push('(');
                self.expr(x);
                self.out.push(')');
            }
            ExprKind::Selector { x, sel } => {
                self.expr(x);
                let _ = write!(self.out, ".{}", sel.name);
            }
            ExprKind::Index { x, indices, .. } => {
                self.expr(x);
                self.out.push('[');
                self.list(indices);
                self.out.push(']');
            }
            ExprKind::Slice { x, indices, full } => self.slice(x, indices, full),
            ExprKind::TypeAssert { x, ty } => {
                self.expr(x);
                self.out += ".(";
                match ty {
                    Some(ty) => self.expr(ty),
                    None => self.out += "type",
                }
                self.out.push(')');
            }
            ExprKind::Call { fun, args, dots, .. } => {
                self.expr(fun);
                self.out.push('(');
                self.list(args);
                self.out += if dots.is_some() { "...)" } else { ")" };
            }
            ExprKind::Star(x) => {
                self.out.push('*');
                self.expr(x);
            }
            ExprKind::Unary { op, x } => {
                self.out += unary_op(op);
                self.expr(x);
            }
            ExprKind::Binary { .. } => self.binary(expr),
            ExprKind::ArrayType { len, elem } => {
                self.out.push('[');
                match len {
                    Some(len) => self.expr(len),
                    None => self.out += "...",
                }
                self.out.push(']');
                self.expr(elem);
            }
            ExprKind::SliceType(elem) => {
                self.out += "[]";
                self.expr(elem);
            }
            ExprKind::Ellipsis(elem) => {
                self.out += "...";
                self.expr(elem);
            }
            ExprKind::StructType { fields, .. } => {
                self.out += "struct{";
                self.members(fields, false);
                self.out.push('}');
            }
            ExprKind::FuncType(ty) => {
                self.out += "func";
                self.signature(ty);
            }
            ExprKind::InterfaceType { elems, .. } => {
                self.out += "interface{";
                self.members(elems, true);
                self.out.push('}');
            }
            ExprKind::MapType { key, elem } => {
                self.out += "map[";
                self.expr(key);
                self.out.push(']');
                self.expr(elem);
            }
            ExprKind::ChanType { dir, elem } => self.chan(dir, elem),
        }
    }

    // Sums of thousands of terms lean to the left: their spine is walked, not recursed into.
    fn binary(&mut self, expr: ExprId) {
        let mut spine = Vec::new();
        let mut left = expr;
        while let ExprKind::Binary { op, x, y, .. } = self.file[left].kind {
            spine.push((op, y));
            left = x;
        }
        self.expr(left);
        for (op, y) in spine.into_iter().rev() {
            let _ = write!(self.out, " {} ", binary_op(op));
            self.expr(y);
        }
    }

    fn slice(&mut self, x: ExprId, indices: [Option<ExprId>; 3], full: bool) {
        self.expr(x);
        self.out.push('[');
        for (idx, index) in indices.into_iter().enumerate() {
            if idx == 1 || idx == 2 && full {
                self.out.push(':');
            }
            if let Some(index) = index {
                self.expr(index);
            }
        }
        self.out.push(']');
    }

    fn chan(&mut self, dir: ChanDir, elem: ExprId) {
        self.out += match dir {
            ChanDir::Both => "chan ",
            ChanDir::Send => "chan<- ",
            ChanDir::Recv => "<-chan ",
        };
        let inner_recv = matches!(self.file[elem].kind, ExprKind::ChanType { dir: ChanDir::Recv, .. });
        if dir == ChanDir::Both && inner_recv {
            self.out.push('(');
            self.expr(elem);
            self.out.push(')');
        } else {
            self.expr(elem);
        }
    }

    fn list(&mut self, exprs: List<ExprId>) {
        for (idx, &expr) in self.file[exprs].iter().enumerate() {
            if idx > 0 {
                self.out += ", ";
            }
            self.expr(expr);
        }
    }

    fn signature(&mut self, ty: FuncTypeId) {
        let ty = self.file[ty];
        self.out.push('(');
        self.fields(ty.params, ", ");
        self.out.push(')');
        let results = &self.file[ty.results];
        match results {
            [] => {}
            [one] if one.name.is_none() => {
                self.out.push(' ');
                self.expr(one.ty);
            }
            _ => {
                self.out += " (";
                self.fields(ty.results, ", ");
                self.out.push(')');
            }
        }
    }

    // Fields of a struct or elements of an interface, between braces.
    fn members(&mut self, fields: List<Field>, interface: bool) {
        if interface {
            for (idx, elem) in self.file[fields].iter().enumerate() {
                if idx > 0 {
                    self.out += "; ";
                }
                match (elem.name, self.file[elem.ty].kind) {
                    (Some(name), ExprKind::FuncType(ty)) => {
                        self.out += name.name.as_str();
                        self.signature(ty);
                    }
                    _ => self.expr(elem.ty),
                }
            }
        } else {
            self.fields(fields, "; ");
        }
    }

    // `a, b T` shares one type node.
    fn fields(&mut self, fields: List<Field>, separator: &str) {
        let fields = &self.file[fields];
        for (idx, field) in fields.iter().enumerate() {
            let grouped = idx > 0 && fields[idx - 1].ty == field.ty && field.name.is_some();
            if idx > 0 {
                self.out += if grouped { ", " } else { separator };
            }
            if let Some(name) = field.name {
                self.out += name.name.as_str();
            }
            let more = fields.get(idx + 1).is_some_and(|next| next.ty == field.ty && next.name.is_some());
            if more && field.name.is_some() {
                continue;
            }
            if field.name.is_some() {
                self.out.push(' ');
            }
            self.expr(field.ty);
            if let Some(tag) = field.tag {
                self.out.push(' ');
                self.out += self.file.text(self.file[tag].span);
            }
        }
    }
}
