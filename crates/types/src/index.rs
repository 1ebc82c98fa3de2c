//! Index expressions: elements of arrays, slices, strings and maps, and explicit instantiation. Spec, "Index
//! expressions" and "Instantiations".

use syntax::{ExprId, ExprKind};

use crate::checker::{Checker, Mode, Operand};
use crate::constant::Value;
use crate::model::*;
use crate::operand::untyped;
use crate::predicates::identical;

/// What indexing gives for one type.
#[derive(Clone, Copy)]
struct Indexed<'s> {
    // The type of the index, for maps; otherwise it is an integer.
    key: Option<Ty<'s>>,
    elem: Ty<'s>,
    // The number of elements, where it is known.
    len: Option<i64>,
    mode: Mode,
}

impl<'s> Checker<'s> {
    /// Checks `x[...]`. Returns true, with the generic function in `x`, if this is an instantiation of it.
    pub(crate) fn index_expr(&mut self, x: &mut Operand<'s>, expr: ExprId) -> bool {
        let tree = self.tree();
        let ExprKind::Index { x: inner, indices, .. } = tree[expr].kind else { return false };
        let indices = &tree[indices];
        self.expr_or_type(x, inner, true);
        match x.mode {
            Mode::Invalid => {
                self.use_exprs(indices);
                return false;
            }
            Mode::Type | Mode::GenericType => {
                x.ty = self.var_type(expr);
                x.mode = if crate::operand::is_invalid_type(x.ty) { Mode::Invalid } else { Mode::Type };
                return false;
            }
            Mode::Value => {
                if let Type::Signature(sig) = self.under(x.ty)
                    && !sig.tparams.is_empty()
                {
                    return true;
                }
            }
            _ => {}
        }
        match self.indexed(x) {
            Some(indexed) => self.index_value(x, indexed, indices),
            None if !matches!(x.mode, Mode::Builtin(_)) && self.is_incomplete(x.ty) => {
                // A cycle through its own declaration, which is reported there.
                self.use_exprs(indices);
                x.mode = Mode::Invalid;
            }
            None => {
                let text = format!("cannot index {}", self.operand_str(x));
                let pos = self.after(inner, b'[');
                self.error(pos, text);
                self.use_exprs(indices);
                x.mode = Mode::Invalid;
            }
        }
        false
    }

    fn index_value(&mut self, x: &mut Operand<'s>, indexed: Indexed<'s>, indices: &[ExprId]) {
        if let [_, second, ..] = indices {
            self.error_at(*second, "invalid operation: more than one index");
        }
        let index = indices[0];
        if let Some(key) = indexed.key {
            let mut operand = Operand::invalid(self, index);
            self.expr(&mut operand, index, None);
            self.assignment(&mut operand, Some(key), "map index");
            // An error in the key says nothing about the element.
        } else {
            self.index(index, indexed.len);
        }
        x.mode = indexed.mode;
        x.ty = indexed.elem;
        x.value = None;
    }

    // Says what indexing `x` gives, or `None` if it cannot be indexed.
    fn indexed(&mut self, x: &Operand<'s>) -> Option<Indexed<'s>> {
        if self.is_type_param(x.ty) {
            return self.indexed_param(x);
        }
        self.indexed_type(x, x.ty)
    }

    fn indexed_type(&mut self, x: &Operand<'s>, ty: Ty<'s>) -> Option<Indexed<'s>> {
        let byte = self.session.universe.byte;
        Some(match *self.under(ty) {
            Type::Basic(basic) if basic.is_string() => {
                let len = x.value.and_then(Value::as_str).map(|text| text.len() as i64);
                let len = len.filter(|_| x.mode == Mode::Constant);
                Indexed { key: None, elem: byte, len, mode: Mode::Value }
            }
            Type::Array { elem, len } => {
                let mode = if x.mode == Mode::Variable { Mode::Variable } else { Mode::Value };
                Indexed { key: None, elem, len: Some(len).filter(|&len| len >= 0), mode }
            }
            Type::Pointer(base) => match *self.under(base) {
                Type::Array { elem, len } => {
                    Indexed { key: None, elem, len: Some(len).filter(|&len| len >= 0), mode: Mode::Variable }
                }
                _ => return None,
            },
            Type::Slice(elem) => Indexed { key: None, elem, len: None, mode: Mode::Variable },
            Type::Map { key, elem } => Indexed { key: Some(key), elem, len: None, mode: Mode::MapIndex },
            _ => return None,
        })
    }

    // Every type of a type parameter's type set must be indexed alike.
    fn indexed_param(&mut self, x: &Operand<'s>) -> Option<Indexed<'s>> {
        let mut common: Option<Indexed<'s>> = None;
        let ok = self.for_each_term(x.ty, &mut |checker, term| {
            let Some(next) = term.and_then(|term| checker.indexed_type(x, term.ty)) else { return false };
            let Some(known) = &mut common else {
                common = Some(next);
                return true;
            };
            let same_key = match (known.key, next.key) {
                (None, None) => true,
                (Some(a), Some(b)) => identical(a, b),
                _ => false,
            };
            if next.mode != Mode::Variable && known.mode != Mode::MapIndex {
                known.mode = next.mode;
            }
            known.len = match (known.len, next.len) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
            same_key && identical(known.elem, next.elem)
        });
        common.filter(|_| ok)
    }

    /// Checks an index of something with `len` elements, if that is known. Returns its type and its value, where it is
    /// constant.
    pub(crate) fn index(&mut self, expr: ExprId, len: Option<i64>) -> (Ty<'s>, Option<i64>) {
        let mut x = Operand::invalid(self, expr);
        self.expr(&mut x, expr, None);
        if !self.valid_index(&mut x, "index", false) {
            return (self.invalid(), None);
        }
        let Some(value) = x.value.filter(|_| x.mode == Mode::Constant) else { return (x.ty, None) };
        let int = value.to_int(self.bump).int64_exact();
        if let (Some(int), Some(len)) = (int, len)
            && int >= len
        {
            self.error_at(expr, format!("invalid argument: index {value} out of bounds [0:{len}]"));
            return (self.invalid(), None);
        }
        (x.ty, int)
    }

    /// Reports whether `x` may be an index or a size, and what is wrong with it if not.
    pub(crate) fn valid_index(&mut self, x: &mut Operand<'s>, what: &str, allow_negative: bool) -> bool {
        if x.is_invalid() {
            return false;
        }
        let int = self.basic(Basic::Int);
        if untyped(x.ty) {
            self.convert_untyped(x, int);
            if x.is_invalid() {
                return false;
            }
        }
        let problem = if !self.all_integer(x.ty) {
            "must be integer"
        } else if let (Mode::Constant, Some(value)) = (x.mode, x.value) {
            if !allow_negative && value.sign() < 0 {
                "must not be negative"
            } else if self.representable_value(value, Basic::Int).is_none() {
                "overflows int"
            } else {
                return true;
            }
        } else {
            return true;
        };
        let text = format!("invalid argument: {what} {} {problem}", self.operand_str(x));
        self.error_at(x.expr, text);
        false
    }
}
