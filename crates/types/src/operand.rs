//! Operands in messages, and small questions about them.
//!
//! gc describes an operand as `x (variable of type int)`: the expression, how it may be used, its value
//! where that says more than the expression, and its type. Only error paths build such texts.

use syntax::{ExprId, ExprKind};

use crate::checker::{Checker, Mode, Operand};
use crate::model::*;
use crate::predicates::{unalias, under_known};

/// Where a value goes, for messages: built into text only when there is one.
#[derive(Clone, Copy)]
pub(crate) enum Context<'a> {
    /// `assignment`, `return statement`, ...
    Text(&'a str),
    /// `argument to f`: the function called.
    Argument(ExprId),
}

impl<'s> Operand<'s> {
    /// Makes an operand in error for `expr`.
    pub(crate) fn invalid(checker: &Checker<'s>, expr: ExprId) -> Operand<'s> {
        Operand { mode: Mode::Invalid, ty: checker.invalid(), value: None, expr }
    }

    /// Reports whether it is in error.
    pub(crate) fn is_invalid(&self) -> bool {
        self.mode == Mode::Invalid
    }

    /// Reports whether this is `nil`.
    pub(crate) fn is_nil(&self) -> bool {
        self.mode == Mode::Nil
    }
}

/// Reports whether `ty` is one of the types of untyped constants, booleans and `nil`.
pub(crate) fn untyped(ty: Ty<'_>) -> bool {
    untyped_kind(ty).is_some()
}

/// Returns which untyped type `ty` is.
pub(crate) fn untyped_kind(ty: Ty<'_>) -> Option<Basic> {
    match ty {
        Type::Basic(basic) if *basic >= Basic::UntypedBool => Some(*basic),
        _ => None,
    }
}

/// Reports whether `ty` is the type of expressions in error.
pub(crate) fn is_invalid_type(ty: Ty<'_>) -> bool {
    matches!(unalias(ty), Type::Basic(Basic::Invalid))
}

/// Returns the underlying type of `ty` as far as it shows without expanding instances, for messages.
fn shown_underlying<'s>(ty: Ty<'s>) -> Option<Ty<'s>> {
    under_known(ty).or_else(|| match unalias(ty) {
        Type::Named(named) => named.origin.and_then(under_known),
        _ => None,
    })
}

/// Returns gc's word for the kind of a composite type; empty for basic types.
pub(crate) fn composite_kind(ty: Ty<'_>) -> &'static str {
    match shown_underlying(ty) {
        Some(Type::Array { .. }) => "array",
        Some(Type::Slice(_)) => "slice",
        Some(Type::Struct(_)) => "struct",
        Some(Type::Pointer(_)) => "pointer",
        Some(Type::Signature(_)) => "func",
        Some(Type::Interface(_) | Type::TypeParam(_)) => "interface",
        Some(Type::Map { .. }) => "map",
        Some(Type::Chan { .. }) => "chan",
        Some(Type::Tuple(_)) => "tuple",
        Some(Type::Union(_)) => "union",
        Some(Type::Basic(_) | Type::Named(_) | Type::Alias(_)) | None => "",
    }
}

/// Returns the name of a predeclared function, with its package for those of `unsafe`.
pub(crate) fn builtin_name(id: Builtin) -> &'static str {
    match id {
        Builtin::Append => "append",
        Builtin::Cap => "cap",
        Builtin::Clear => "clear",
        Builtin::Close => "close",
        Builtin::Complex => "complex",
        Builtin::Copy => "copy",
        Builtin::Delete => "delete",
        Builtin::Imag => "imag",
        Builtin::Len => "len",
        Builtin::Make => "make",
        Builtin::Max => "max",
        Builtin::Min => "min",
        Builtin::New => "new",
        Builtin::Panic => "panic",
        Builtin::Print => "print",
        Builtin::Println => "println",
        Builtin::Real => "real",
        Builtin::Recover => "recover",
        Builtin::UnsafeAdd => "Add",
        Builtin::UnsafeAlignof => "Alignof",
        Builtin::UnsafeOffsetof => "Offsetof",
        Builtin::UnsafeSizeof => "Sizeof",
        Builtin::UnsafeSlice => "Slice",
        Builtin::UnsafeSliceData => "SliceData",
        Builtin::UnsafeString => "String",
        Builtin::UnsafeStringData => "StringData",
    }
}

impl<'s> Checker<'s> {
    /// Returns the text of an expression of the current file, in gc's short form.
    pub(crate) fn expr_str(&self, expr: ExprId) -> String {
        self.tree().expr_text(expr)
    }

    /// Describes an operand as gc does: `x (variable of type int)`.
    pub(crate) fn operand_str(&self, x: &Operand<'s>) -> String {
        if x.is_nil() {
            return match x.ty {
                Type::Basic(Basic::Invalid) => "nil (with invalid type)".into(),
                Type::Basic(Basic::UntypedNil) => "nil".into(),
                ty => format!("nil (of type {})", self.ty_str(ty)),
            };
        }
        let expr = self.expr_str(x.expr);
        let mut out = format!("{expr} (");
        let typed = !matches!(
            x.mode,
            Mode::Invalid | Mode::NoValue | Mode::Builtin(_) | Mode::Type | Mode::GenericType
        );
        let kind = untyped_kind(x.ty).filter(|_| typed);
        if kind.is_some() {
            out += &self.ty_str(x.ty);
            out.push(' ');
        }
        out += match x.mode {
            Mode::Invalid => "invalid operand",
            Mode::NoValue => "no value",
            Mode::Builtin(_) => "built-in",
            Mode::Type | Mode::GenericType => "type",
            Mode::Constant => "constant",
            Mode::Variable => "variable",
            Mode::MapIndex => "map index expression",
            Mode::Value => "value",
            Mode::Nil => "nil",
            Mode::CommaOk => "comma, ok expression",
        };
        if let (Mode::Constant, Some(value)) = (x.mode, x.value) {
            let value = value.to_string();
            if value != expr {
                out.push(' ');
                out += &value;
            }
        }
        if typed && kind.is_none() {
            self.describe_type(&mut out, x);
        }
        out.push(')');
        out
    }

    fn describe_type(&self, out: &mut String, x: &Operand<'s>) {
        if is_invalid_type(x.ty) {
            *out += " with invalid type";
            return;
        }
        *out += " of ";
        let generic = match x.ty {
            Type::Signature(sig) => !sig.tparams.is_empty(),
            Type::Named(named) => {
                named.origin.is_none() && named.tparams.get().is_some_and(|list| !list.is_empty())
            }
            _ => false,
        };
        if generic {
            *out += "generic ";
        }
        let tparam = match unalias(x.ty) {
            Type::TypeParam(tparam) => Some(tparam),
            _ => None,
        };
        // `byte` and `rune` are as basic as what they stand for.
        let declared = match x.ty {
            Type::Named(_) => true,
            Type::Alias(alias) => alias.obj.pkg.is_some() || !composite_kind(x.ty).is_empty(),
            _ => false,
        };
        if tparam.is_none() && declared {
            match composite_kind(x.ty) {
                "" => {
                    if let Some(under) = shown_underlying(x.ty) {
                        *out += &self.ty_str(under);
                        out.push(' ');
                    }
                }
                kind => {
                    *out += kind;
                    out.push(' ');
                }
            }
        }
        *out += "type ";
        match x.ty {
            Type::Tuple(_) => *out += &self.tuple_str(x),
            ty => *out += &self.ty_str(ty),
        }
        if let Some(tparam) = tparam {
            *out += " constrained by ";
            if let Some(bound) = tparam.bound.get() {
                *out += &self.ty_str(bound);
                let set = match shown_underlying(bound) {
                    Some(Type::Interface(interface)) => interface.type_set.get(),
                    _ => None,
                };
                if set.is_some_and(|set| set.terms.is_some_and(|terms| terms.is_empty())) {
                    *out += " with empty type set";
                }
            }
        }
    }

    // gc prints the names of several results, which the tuple does not have; the function called does.
    fn tuple_str(&self, x: &Operand<'s>) -> String {
        let tree = self.tree();
        if let ExprKind::Call { fun, .. } = tree[tree.unparen(x.expr)].kind
            && let Some(Type::Signature(sig)) = self.recorded_type(fun).and_then(shown_underlying)
            && sig.results.iter().all(|result| !result.name.as_str().is_empty())
        {
            let results = sig.results.iter().map(|result| match result.ty() {
                Some(ty) => format!("{} {}", result.name, self.ty_str(ty)),
                None => result.name.to_string(),
            });
            return format!("({})", results.collect::<Vec<_>>().join(", "));
        }
        self.ty_str(x.ty)
    }

    /// Returns the text for a context of an assignment.
    pub(crate) fn context_str(&self, context: Context<'_>) -> String {
        match context {
            Context::Text(text) => text.to_string(),
            Context::Argument(fun) => format!("argument to {}", self.expr_str(fun)),
        }
    }

    /// Summarises types in gc's form for wrong numbers of arguments and results: `(number, string)`.
    pub(crate) fn types_summary(&self, types: &[Ty<'s>], variadic: bool, dots: bool) -> String {
        let mut items = Vec::new();
        for (idx, &ty) in types.iter().enumerate() {
            let last = idx + 1 == types.len();
            let mut item = match (untyped_kind(ty), ty) {
                (Some(Basic::UntypedBool), _) => "bool".to_string(),
                (Some(Basic::UntypedString), _) => "string".to_string(),
                (Some(Basic::UntypedNil), _) => "nil".to_string(),
                (Some(_), _) => "number".to_string(),
                (None, ty) if is_invalid_type(ty) => "unknown type".to_string(),
                (None, Type::Slice(elem)) if last && variadic => format!("...{}", self.ty_str(elem)),
                (None, ty) => self.ty_str(ty),
            };
            if last && dots {
                item += "...";
            }
            items.push(item);
        }
        format!("({})", items.join(", "))
    }
}
