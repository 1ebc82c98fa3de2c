//! Expressions and types as text.

use super::{Printer, SHORT_LIMIT};
use crate::tree::*;

impl Printer<'_> {
    /// Prints an expression. What leans to the left is printed by a loop.
    pub(super) fn expr(&mut self, expr: ExprId) {
        if self.short && self.out.len() > SHORT_LIMIT {
            if !self.out.ends_with('…') {
                self.text("…");
            }
            return;
        }
        let mark = self.spine.len();
        let mut first = expr;
        while let Some(left) = self.left(first) {
            self.spine.push(first);
            first = left;
        }
        self.leaf(first);
        while self.spine.len() > mark {
            if self.short && self.out.len() > SHORT_LIMIT {
                self.spine.truncate(mark);
                break;
            }
            if let Some(node) = self.spine.pop() {
                self.rest(node);
            }
        }
    }

    /// Returns the part of a node that its text begins with.
    fn left(&self, expr: ExprId) -> Option<ExprId> {
        match self.file[expr].kind {
            ExprKind::Selector { x, .. }
            | ExprKind::Index { x, .. }
            | ExprKind::Slice { x, .. }
            | ExprKind::TypeAssert { x, .. }
            | ExprKind::Call { fun: x, .. }
            | ExprKind::Binary { x, .. }
            | ExprKind::KeyValue { key: x, .. } => Some(x),
            ExprKind::CompositeLit { ty, .. } => ty,
            _ => None,
        }
    }

    /// Prints what follows the left part of a node.
    fn rest(&mut self, expr: ExprId) {
        match self.file[expr].kind {
            ExprKind::Selector { sel, .. } => {
                self.text(".");
                self.ident(sel);
            }
            ExprKind::Index { indices, .. } => {
                self.text("[");
                self.exprs(indices);
                self.text("]");
            }
            ExprKind::Slice { indices, full, .. } => self.slice_indices(indices, full),
            ExprKind::TypeAssert { ty, .. } => {
                self.text(".(");
                match ty {
                    Some(ty) => self.ty(ty),
                    None => self.text("type"),
                }
                self.text(")");
            }
            ExprKind::Call { args, dots, .. } => {
                self.text("(");
                self.exprs(args);
                if dots.is_some() {
                    self.text("...");
                }
                self.text(")");
            }
            ExprKind::Binary { op, y, .. } => {
                self.text(" ");
                self.text(op.text());
                self.text(" ");
                self.expr(y);
            }
            ExprKind::KeyValue { value, .. } => {
                self.text(": ");
                self.expr(value);
            }
            ExprKind::CompositeLit { elems, .. } => self.elements(elems),
            _ => unreachable!("`left` names the nodes that have a left part"),
        }
    }

    fn slice_indices(&mut self, [low, high, max]: [Option<ExprId>; 3], full: bool) {
        self.text("[");
        if let Some(low) = low {
            self.expr(low);
        }
        self.text(":");
        if let Some(high) = high {
            self.expr(high);
        }
        if full {
            self.text(":");
        }
        if let Some(max) = max {
            self.expr(max);
        }
        self.text("]");
    }

    fn elements(&mut self, elems: List<ExprId>) {
        self.text("{");
        if !self.short {
            self.exprs(elems);
        } else if !elems.is_empty() {
            self.text("…");
        }
        self.text("}");
    }

    fn leaf(&mut self, expr: ExprId) {
        let file = self.file;
        match file[expr].kind {
            ExprKind::Bad => self.text("<bad expr>"),
            ExprKind::Name(name) => self.text(name.as_str()),
            ExprKind::BasicLit { .. } => self.text(file.text(file[expr].span)),
            ExprKind::CompositeLit { elems, .. } => self.elements(elems),
            ExprKind::FuncLit(func) => self.func_lit(func),
            ExprKind::Paren(x) => {
                self.text("(");
                self.expr(x);
                self.text(")");
            }
            ExprKind::Star(x) => {
                self.text("*");
                self.expr(x);
            }
            ExprKind::Unary { op, x } => self.unary(op, x),
            ExprKind::ArrayType { len, elem } => {
                self.text("[");
                match len {
                    Some(len) => self.expr(len),
                    None => self.text("..."),
                }
                self.text("]");
                self.ty(elem);
            }
            ExprKind::SliceType(elem) => {
                self.text("[]");
                self.ty(elem);
            }
            ExprKind::Ellipsis(elem) => {
                self.text("...");
                self.ty(elem);
            }
            ExprKind::StructType { fields, .. } => {
                self.text("struct{");
                self.fields(fields, "; ");
                self.text("}");
            }
            ExprKind::FuncType(ty) => {
                self.text("func");
                self.signature(ty);
            }
            ExprKind::InterfaceType { elems, .. } => {
                self.text("interface{");
                self.separated(&file[elems], "; ", Self::interface_elem);
                self.text("}");
            }
            ExprKind::MapType { key, elem } => {
                self.text("map[");
                self.ty(key);
                self.text("]");
                self.ty(elem);
            }
            ExprKind::ChanType { dir, elem } => self.chan_type(dir, elem),
            ExprKind::KeyValue { .. }
            | ExprKind::Selector { .. }
            | ExprKind::Index { .. }
            | ExprKind::Slice { .. }
            | ExprKind::TypeAssert { .. }
            | ExprKind::Call { .. }
            | ExprKind::Binary { .. } => unreachable!("these have a left part"),
        }
    }

    /// Prints a type. gc's parser does not keep parentheses around types.
    pub(super) fn ty(&mut self, ty: ExprId) {
        self.expr(if self.short { self.file.unparen(ty) } else { ty });
    }

    fn unary(&mut self, op: UnaryOp, x: ExprId) {
        self.text(op.text());
        if self.short {
            // gc does not keep the parentheses of `&(T{})`.
            let x = if op == UnaryOp::Addr { self.file.unparen(x) } else { x };
            return self.expr(x);
        }
        // `- -x` must not become `--x`, nor `& ^x` an `&^x`.
        if matches!(self.file[x].kind, ExprKind::Unary { .. }) {
            self.text(" ");
        }
        self.expr(x);
    }

    fn chan_type(&mut self, dir: ChanDir, elem: ExprId) {
        self.text(match dir {
            ChanDir::Both => "chan ",
            ChanDir::Send => "chan<- ",
            ChanDir::Recv => "<-chan ",
        });
        let elem = if self.short { self.file.unparen(elem) } else { elem };
        // `chan (<-chan T)` must not become `chan<- chan T`.
        let is_recv = matches!(self.file[elem].kind, ExprKind::ChanType { dir: ChanDir::Recv, .. });
        if dir == ChanDir::Both && is_recv {
            self.text("(");
            self.ty(elem);
            self.text(")");
        } else {
            self.ty(elem);
        }
    }

    fn func_lit(&mut self, func: FuncId) {
        let Func { ty, body } = self.file[func];
        self.text("func");
        self.signature(ty);
        self.text(" ");
        let Some(body) = body else { return };
        if !self.short {
            self.block(body);
        } else if body.stmts.is_empty() {
            self.text("{}");
        } else {
            self.text("{…}");
        }
    }

    fn interface_elem(&mut self, elem: Field) {
        match (elem.name, self.file[elem.ty].kind) {
            (Some(name), ExprKind::FuncType(ty)) => {
                self.ident(name);
                self.signature(ty);
            }
            _ => self.expr(elem.ty),
        }
    }

    /// Prints parameters and results.
    pub(super) fn signature(&mut self, ty: FuncTypeId) {
        let FuncType { params, results, .. } = self.file[ty];
        self.text("(");
        self.fields(params, ", ");
        self.text(")");
        match self.file[results] {
            [] => {}
            [Field { name: None, ty, .. }] => {
                self.text(" ");
                self.ty(ty);
            }
            _ => {
                self.text(" (");
                self.fields(results, ", ");
                self.text(")");
            }
        }
    }

    /// Prints fields; the names of those that share a type stand before it.
    pub(super) fn fields(&mut self, list: List<Field>, separator: &str) {
        let fields = &self.file[list];
        for (i, field) in fields.iter().enumerate() {
            if let Some(name) = field.name {
                self.ident(name);
                let next = fields.get(i + 1);
                if next.is_some_and(|next| next.name.is_some() && next.ty == field.ty) {
                    self.text(", ");
                    continue;
                }
                self.text(" ");
            }
            self.ty(field.ty);
            if let Some(tag) = field.tag {
                self.text(" ");
                self.expr(tag);
            }
            if i + 1 < fields.len() {
                self.text(separator);
            }
        }
    }
}
