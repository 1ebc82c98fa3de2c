//! Expressions: the entry points, and what each form of expression hands its operands to.
//!
//! Checking an expression fills an [`Operand`] and records it. An operand in error is silent: whoever gets
//! one gives up without another word. The forms themselves live in the modules named after them.

use syntax::{ExprId, ExprKind, LitKind, UnaryOp};

use crate::call::CallKind;
use crate::checker::{Checker, Mode, Operand};
use crate::constant::{self, Value};
use crate::model::*;
use crate::operand::Context;
use crate::predicates::unalias;
use crate::session::Version;

/// Literals of numbers may be this long, as in gc.
const LITERAL_LIMIT: usize = 10_000;

/// Expressions may nest so deep. The parser has a bound of its own, but selectors, indices and calls are loops to it.
/// A level takes about 1 KiB of stack.
const DEPTH_LIMIT: u32 = 100_000;

/// What an expression may be used for as a statement.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExprUse {
    /// A conversion.
    Conversion,
    /// Only its value counts.
    Expression,
    /// A call or a receive: it may stand alone.
    Statement,
}

/// What the surroundings want of an expression.
#[derive(Clone, Copy, Default)]
pub(crate) struct Wanted<'s> {
    /// The type of an element whose literal may leave its type out.
    pub elided: Option<Ty<'s>>,
    /// The type of the variable to which the value goes, for generic functions.
    pub target: Option<Ty<'s>>,
    /// A generic function or type need not be instantiated.
    pub generic: bool,
}

impl<'s> Checker<'s> {
    /// Checks an expression that gives a single value. `hint` is the type that the value is assigned to, if known:
    /// generic functions are instantiated for it.
    pub(crate) fn expr(&mut self, x: &mut Operand<'s>, expr: ExprId, hint: Option<Ty<'s>>) {
        self.wanted_expr(x, expr, Wanted { target: hint, ..Wanted::default() });
        self.exclude(x, false);
        self.single_value(x);
    }

    /// Checks an element of a composite literal of type `ty`, whose own type may be left out.
    pub(crate) fn elided_expr(&mut self, x: &mut Operand<'s>, expr: ExprId, ty: Ty<'s>) {
        self.wanted_expr(x, expr, Wanted { elided: Some(ty), ..Wanted::default() });
        self.exclude(x, false);
        self.single_value(x);
    }

    /// Checks an expression that may give several values, or, if allowed, a value and whether there is one.
    pub(crate) fn multi_expr(&mut self, expr: ExprId, allow_comma_ok: bool) -> Vec<Operand<'s>> {
        let mut x = Operand::invalid(self, expr);
        self.wanted_expr(&mut x, expr, Wanted::default());
        self.exclude(&mut x, false);
        if let (Mode::Value, Type::Tuple(types)) = (x.mode, x.ty) {
            return types.iter().map(|&ty| Operand { mode: Mode::Value, ty, value: None, expr }).collect();
        }
        if allow_comma_ok && matches!(x.mode, Mode::MapIndex | Mode::CommaOk) {
            x.mode = Mode::Value;
            let ok = Operand { mode: Mode::Value, ty: self.basic(Basic::UntypedBool), value: None, expr };
            return vec![x, ok];
        }
        vec![x]
    }

    /// Checks an expression that may be anything. Generic functions and types need an instantiation unless
    /// `allow_generic`.
    pub(crate) fn raw_expr(
        &mut self,
        x: &mut Operand<'s>,
        expr: ExprId,
        hint: Option<Ty<'s>>,
        allow_generic: bool,
    ) -> ExprUse {
        self.wanted_expr(x, expr, Wanted { target: hint, generic: allow_generic, elided: None })
    }

    /// Checks an expression whose value may be a generic function.
    pub(crate) fn generic_expr(&mut self, x: &mut Operand<'s>, expr: ExprId) {
        self.wanted_expr(x, expr, Wanted { generic: true, ..Wanted::default() });
        self.exclude(x, false);
        self.single_value(x);
    }

    /// Checks what may be an expression or a type.
    pub(crate) fn expr_or_type(&mut self, x: &mut Operand<'s>, expr: ExprId, allow_generic: bool) {
        self.wanted_expr(x, expr, Wanted { generic: allow_generic, ..Wanted::default() });
        self.exclude(x, true);
        self.single_value(x);
    }

    /// Checks a list of values; a single call may give all of them.
    pub(crate) fn expr_list(&mut self, exprs: &[ExprId]) -> Vec<Operand<'s>> {
        match exprs {
            [expr] => self.multi_expr(*expr, false),
            _ => exprs
                .iter()
                .map(|&expr| {
                    let mut x = Operand::invalid(self, expr);
                    self.expr(&mut x, expr, None);
                    x
                })
                .collect(),
        }
    }

    /// Checks expressions only for what they use, after an error.
    pub(crate) fn use_exprs(&mut self, exprs: &[ExprId]) {
        for &expr in exprs {
            let mut x = Operand::invalid(self, expr);
            match self.tree()[expr].kind {
                ExprKind::KeyValue { value, .. } => self.use_exprs(&[value]),
                _ => {
                    self.wanted_expr(&mut x, expr, Wanted { generic: true, ..Wanted::default() });
                }
            }
        }
    }

    /// Checks an expression and records it.
    pub(crate) fn wanted_expr(&mut self, x: &mut Operand<'s>, expr: ExprId, wanted: Wanted<'s>) -> ExprUse {
        x.mode = Mode::Invalid;
        x.ty = self.invalid();
        x.value = None;
        x.expr = expr;
        if self.depth >= DEPTH_LIMIT {
            self.error_at(expr, "expression nests too deeply");
            self.record(x);
            return ExprUse::Expression;
        }
        self.depth += 1;
        let usage = self.expr_kind(x, expr, wanted);
        self.depth -= 1;
        if x.is_invalid() {
            x.ty = self.invalid();
        } else if !wanted.generic {
            self.require_instance(x, wanted.target);
        }
        x.expr = expr;
        self.record(x);
        usage
    }

    fn expr_kind(&mut self, x: &mut Operand<'s>, expr: ExprId, wanted: Wanted<'s>) -> ExprUse {
        match self.tree()[expr].kind {
            // Reported by the parser.
            ExprKind::Bad | ExprKind::Ellipsis(_) => {}
            ExprKind::Name(_) => self.ident(x, expr, false),
            ExprKind::BasicLit { kind, bad } => self.basic_lit(x, expr, kind, bad),
            ExprKind::CompositeLit { .. } => self.composite_lit(x, expr, wanted.elided),
            ExprKind::KeyValue { .. } => self.error_at(expr, "no key:value expected"),
            ExprKind::FuncLit(func) => self.func_lit(x, func),
            // Parentheses end what the surroundings know, except what may stand as a statement.
            ExprKind::Paren(inner) => return self.wanted_expr(x, inner, Wanted::default()),
            ExprKind::Selector { .. } => self.selector(x, expr, false),
            ExprKind::Index { .. } => {
                if self.index_expr(x, expr) {
                    self.explicit_instance(x, expr, wanted.target, wanted.generic);
                }
            }
            ExprKind::Slice { .. } => self.slice_expr(x, expr),
            ExprKind::TypeAssert { x: operand, ty } => self.type_assert(x, expr, operand, ty),
            ExprKind::Call { .. } => {
                return match self.call(x, expr) {
                    CallKind::Conversion => ExprUse::Conversion,
                    CallKind::Builtin { statement: false } => ExprUse::Expression,
                    CallKind::Builtin { statement: true } | CallKind::Call => ExprUse::Statement,
                };
            }
            ExprKind::Star(inner) => self.star(x, expr, inner),
            ExprKind::Unary { op, x: operand } => {
                self.unary(x, expr, op, operand);
                if op == UnaryOp::Recv && !x.is_invalid() {
                    return ExprUse::Statement;
                }
            }
            ExprKind::Binary { .. } => self.binary_chain(x, expr),
            ExprKind::ArrayType { .. }
            | ExprKind::SliceType(_)
            | ExprKind::StructType { .. }
            | ExprKind::FuncType(_)
            | ExprKind::InterfaceType { .. }
            | ExprKind::MapType { .. }
            | ExprKind::ChanType { .. } => {
                x.ty = self.type_expr(expr);
                x.mode = if crate::operand::is_invalid_type(x.ty) { Mode::Invalid } else { Mode::Type };
            }
        }
        ExprUse::Expression
    }

    // Reports what is no value. Where a type is allowed, the caller knows what to do with a predeclared function.
    pub(crate) fn exclude(&mut self, x: &mut Operand<'s>, allow_type: bool) {
        let what = match x.mode {
            Mode::NoValue if allow_type => "used as value or type",
            Mode::NoValue => "used as value",
            Mode::Builtin(_) if !allow_type => "must be called",
            Mode::Type | Mode::GenericType if !allow_type => "is not an expression",
            _ => return,
        };
        let text = format!("{} {what}", self.operand_str(x));
        self.error_at(x.expr, text);
        x.mode = Mode::Invalid;
        x.ty = self.invalid();
    }

    /// Reports an operand that stands for several values.
    pub(crate) fn single_value(&mut self, x: &mut Operand<'s>) {
        if x.mode == Mode::Value
            && let Type::Tuple(_) = x.ty
        {
            let text = format!("multiple-value {} in single-value context", self.operand_str(x));
            self.error_at(x.expr, text);
            x.mode = Mode::Invalid;
            x.ty = self.invalid();
        }
    }

    /// Reports a generic function or type that is not instantiated. A function is instantiated for the type of the
    /// variable it goes to, if that is known.
    fn require_instance(&mut self, x: &mut Operand<'s>, target: Option<Ty<'s>>) {
        let what = match x.ty {
            _ if x.mode == Mode::NoValue || matches!(x.mode, Mode::Builtin(_)) => return,
            Type::Signature(sig) if !sig.tparams.is_empty() => {
                if let Some(target) = target
                    && matches!(unalias(target), Type::Signature(_) | Type::Named(_))
                    && matches!(self.under(target), Type::Signature(_))
                {
                    self.infer_for_target(x, x.expr, &[], target);
                    return;
                }
                "function"
            }
            Type::Named(_) | Type::Alias(_) if self.is_generic(x.ty) => "type",
            _ => return,
        };
        let mut text = format!("cannot use generic {what} {}", self.expr_str(x.expr));
        if x.mode == Mode::Type && matches!(self.tree()[x.expr].kind, ExprKind::CompositeLit { .. }) {
            text = format!("cannot use generic {what} {}", self.ty_str(x.ty));
        }
        self.error_at(x.expr, text + " without instantiation");
        x.mode = Mode::Invalid;
        x.ty = self.invalid();
    }

    fn basic_lit(&mut self, x: &mut Operand<'s>, expr: ExprId, kind: LitKind, bad: bool) {
        if bad {
            return;
        }
        let tree = self.tree();
        let span = tree[expr].span;
        let bytes: &'s [u8] = &tree.bytes[span.start as usize..span.end as usize];
        let basic = match kind {
            LitKind::Int => Basic::UntypedInt,
            LitKind::Float => Basic::UntypedFloat,
            LitKind::Imag => Basic::UntypedComplex,
            LitKind::Rune => Basic::UntypedRune,
            LitKind::String => Basic::UntypedString,
        };
        if matches!(kind, LitKind::Int | LitKind::Float | LitKind::Imag) {
            if bytes.len() > LITERAL_LIMIT {
                let start = String::from_utf8_lossy(&bytes[..10]).into_owned();
                self.error_at(expr, format!("excessively long constant: {start}... ({} chars)", bytes.len()));
                return;
            }
            if bytes.len() > 1 && !self.allows(Version(13)) {
                self.check_literal_version(expr, kind, bytes);
            }
        }
        let value = constant::literal(self.bump, kind, bytes);
        if value.is_unknown() {
            let text = format!("malformed constant: {}", tree.text(span));
            self.error_at(expr, text);
            return;
        }
        x.mode = Mode::Constant;
        x.ty = self.basic(basic);
        x.value = Some(value);
        if matches!(value, Value::BigInt(_)) {
            self.check_overflow(x, "", self.pos(span.start));
        }
    }

    // Spec, "Appendix: Language versions", Go 1.13.
    fn check_literal_version(&mut self, expr: ExprId, kind: LitKind, bytes: &[u8]) {
        let what = if bytes.contains(&b'_') {
            "underscore in numeric literal"
        } else {
            match (bytes[0], bytes[1]) {
                (b'0', b'b' | b'B') => "binary literal",
                (b'0', b'o' | b'O') => "0o/0O-style octal literal",
                (b'0', b'x' | b'X') if kind != LitKind::Int => "hexadecimal floating-point literal",
                _ => return,
            }
        };
        self.require_version(self.expr_pos(expr), Version(13), what);
    }

    fn type_assert(&mut self, x: &mut Operand<'s>, expr: ExprId, operand: ExprId, ty: Option<ExprId>) {
        let Some(ty) = ty else {
            self.error_at(expr, "invalid syntax tree: use of .(type) outside type switch");
            self.use_exprs(&[operand]);
            return;
        };
        self.expr(x, operand, None);
        if x.is_invalid() {
            return;
        }
        let problem = if self.is_type_param(x.ty) {
            Some(format!(
                "invalid operation: cannot use type assertion on type parameter value {}",
                self.operand_str(x)
            ))
        } else if !matches!(self.under(x.ty), Type::Interface(_)) {
            Some(format!("invalid operation: {} is not an interface", self.operand_str(x)))
        } else {
            None
        };
        if let Some(text) = problem {
            self.error_at(x.expr, text);
            x.mode = Mode::Invalid;
            return;
        }
        let asserted = self.var_type(ty);
        if crate::operand::is_invalid_type(asserted) {
            x.mode = Mode::Invalid;
            return;
        }
        self.type_assertion(expr, x, asserted, false);
        x.mode = Mode::CommaOk;
        x.ty = asserted;
    }

    /// Reports an assertion or a case of a type switch that can never hold: `ty` lacks methods of the interface `x`.
    pub(crate) fn type_assertion(&mut self, expr: ExprId, x: &Operand<'s>, ty: Ty<'s>, type_switch: bool) {
        let Some(cause) = self.assertion_failure(ty, x.ty) else { return };
        let text = if type_switch {
            let (expr, x, ty) = (self.expr_str(expr), self.operand_str(x), self.ty_str(ty));
            format!("impossible type switch case: {expr}\n\t{x} cannot have dynamic type {ty} {cause}")
        } else {
            let (shown, x, ty) = (self.expr_str(expr), self.ty_str(x.ty), self.ty_str(ty));
            format!("impossible type assertion: {shown}\n\t{ty} does not implement {x} {cause}")
        };
        self.error_at(expr, text);
    }

    fn assertion_failure(&mut self, ty: Ty<'s>, interface: Ty<'s>) -> Option<String> {
        if matches!(self.under(ty), Type::Interface(_)) {
            return None;
        }
        self.missing_method_cause(ty, interface, false)
    }

    fn star(&mut self, x: &mut Operand<'s>, expr: ExprId, inner: ExprId) {
        self.expr_or_type(x, inner, false);
        match x.mode {
            Mode::Invalid => {}
            Mode::Type | Mode::GenericType => {
                // Only a constraint is no base type, and `type_expr` knows about those.
                let plain =
                    matches!(x.ty, Type::Basic(_) | Type::Pointer(_) | Type::Slice(_) | Type::Struct(_));
                x.ty = if plain { self.alloc(Type::Pointer(x.ty)) } else { self.type_expr(expr) };
                x.mode = if crate::operand::is_invalid_type(x.ty) { Mode::Invalid } else { Mode::Type };
            }
            _ => match self.pointer_base(x) {
                Ok(base) => {
                    x.mode = Mode::Variable;
                    x.ty = base;
                    x.value = None;
                }
                Err(text) => {
                    self.error_at(x.expr, text);
                    x.mode = Mode::Invalid;
                }
            },
        }
    }

    // Returns what a pointer points to; of a type parameter, all its types must agree.
    fn pointer_base(&mut self, x: &Operand<'s>) -> Result<Ty<'s>, String> {
        let mut base: Option<Ty<'s>> = None;
        let mut same = true;
        let ok = !x.is_nil()
            && self.for_each_term(x.ty, &mut |checker, term| {
                let Some(Type::Pointer(elem)) = term.map(|term| checker.under(term.ty)) else { return false };
                same = base.is_none_or(|base| crate::predicates::identical(base, elem));
                base.get_or_insert(elem);
                same
            });
        match base {
            Some(base) if ok => Ok(base),
            _ if !same => Err(format!(
                "invalid operation: pointers of {} must have identical base types",
                self.operand_str(x)
            )),
            _ => Err(format!("invalid operation: cannot indirect {}", self.operand_str(x))),
        }
    }

    /// Checks a value and assigns it, as elements of literals and arguments are.
    pub(crate) fn assigned_expr(&mut self, expr: ExprId, ty: Ty<'s>, context: Context<'_>) {
        let mut x = Operand::invalid(self, expr);
        self.elided_expr(&mut x, expr, ty);
        self.assignment_in(&mut x, Some(ty), context);
    }
}
