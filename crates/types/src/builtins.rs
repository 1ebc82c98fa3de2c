//! Calls of predeclared functions and of those of package `unsafe`. Spec, "Built-in functions" and "Package unsafe".

use syntax::{ExprId, ExprKind};

use crate::args::Args;
use crate::checker::{Checker, Mode, Operand};
use crate::constant::Value;
use crate::model::*;
use crate::operand::{Context, builtin_name, is_invalid_type};
use crate::predicates::identical;
use crate::session::Version;

/// How many arguments it takes, and whether more are allowed.
fn arity(id: Builtin) -> (usize, bool) {
    match id {
        Builtin::Append | Builtin::Make | Builtin::Max | Builtin::Min => (1, true),
        Builtin::Print | Builtin::Println => (0, true),
        Builtin::Recover => (0, false),
        Builtin::Cap
        | Builtin::Clear
        | Builtin::Close
        | Builtin::Imag
        | Builtin::Len
        | Builtin::New
        | Builtin::Panic
        | Builtin::Real
        | Builtin::UnsafeAlignof
        | Builtin::UnsafeOffsetof
        | Builtin::UnsafeSizeof
        | Builtin::UnsafeSliceData
        | Builtin::UnsafeStringData => (1, false),
        Builtin::Complex
        | Builtin::Copy
        | Builtin::Delete
        | Builtin::UnsafeAdd
        | Builtin::UnsafeSlice
        | Builtin::UnsafeString => (2, false),
    }
}

/// The version of the language that brought it, and its name in messages about that.
fn version(id: Builtin) -> Option<(Version, &'static str)> {
    Some(match id {
        Builtin::Clear => (Version(21), "clear"),
        Builtin::Max => (Version(21), "built-in max"),
        Builtin::Min => (Version(21), "built-in min"),
        Builtin::UnsafeAdd => (Version(17), "unsafe.Add"),
        Builtin::UnsafeSlice => (Version(17), "unsafe.Slice"),
        Builtin::UnsafeSliceData => (Version(20), "unsafe.SliceData"),
        Builtin::UnsafeString => (Version(20), "unsafe.String"),
        Builtin::UnsafeStringData => (Version(20), "unsafe.StringData"),
        _ => return None,
    })
}

impl<'s> Checker<'s> {
    /// Checks a call of the predeclared function `id`. False if it is in error.
    pub(crate) fn builtin(&mut self, x: &mut Operand<'s>, call: ExprId, id: Builtin) -> bool {
        let tree = self.tree();
        let ExprKind::Call { fun, args: exprs, dots, .. } = tree[call].kind else { return false };
        let exprs = &tree[exprs];
        x.expr = call;
        x.value = None;
        if dots.is_some() && id != Builtin::Append {
            let text = format!("invalid operation: invalid use of ... with built-in {}", builtin_name(id));
            self.error_at(call, text);
            self.use_exprs(exprs);
            return false;
        }
        let calls_before = self.env.has_call_or_recv;
        if matches!(id, Builtin::Len | Builtin::Cap) {
            self.env.has_call_or_recv = false;
        }
        // Types, and selectors that are not evaluated, are no ordinary arguments.
        let special = matches!(id, Builtin::Make | Builtin::New | Builtin::UnsafeOffsetof);
        let args = if special { Vec::new() } else { self.builtin_args(exprs) };
        let ok = !args.iter().any(|arg| arg.is_invalid())
            && self.check_arity_of(call, id, if special { exprs.len() } else { args.len() })
            && version(id)
                .is_none_or(|(version, what)| self.require_version(self.expr_pos(fun), version, what))
            && self.builtin_call(x, call, id, args);
        if matches!(id, Builtin::Len | Builtin::Cap) {
            self.env.has_call_or_recv |= calls_before;
        }
        x.expr = call;
        ok
    }

    fn builtin_args(&mut self, exprs: &[ExprId]) -> Vec<Operand<'s>> {
        let [expr] = exprs else { return self.expr_list(exprs) };
        let mut operands = self.multi_expr(*expr, false);
        for operand in &mut operands {
            self.single_value(operand);
        }
        operands
    }

    fn check_arity_of(&mut self, call: ExprId, id: Builtin, found: usize) -> bool {
        let (expected, more) = arity(id);
        let quantity = match found {
            _ if found < expected => "not enough",
            _ if found > expected && !more => "too many",
            _ => return true,
        };
        let shown = self.expr_str(call);
        let text = format!(
            "invalid operation: {quantity} arguments for {shown} (expected {expected}, found {found})"
        );
        self.error_at(call, text);
        false
    }

    fn builtin_call(
        &mut self,
        x: &mut Operand<'s>,
        call: ExprId,
        id: Builtin,
        mut args: Vec<Operand<'s>>,
    ) -> bool {
        let tree = self.tree();
        let ExprKind::Call { args: exprs, .. } = tree[call].kind else { return false };
        let exprs = &tree[exprs];
        if id == Builtin::Append {
            return self.append(x, call, args);
        }
        if let Some(first) = args.first() {
            *x = *first;
        }
        match id {
            Builtin::Append => unreachable!("handled above"),
            Builtin::Cap | Builtin::Len => self.length(x, id),
            Builtin::Clear => self.clear(x),
            Builtin::Close => self.close(x),
            Builtin::Complex => self.complex(x, &mut args[1], call),
            Builtin::Copy => self.copy(x, &mut args[1]),
            Builtin::Delete => self.delete(x, &mut args[1]),
            Builtin::Real | Builtin::Imag => self.part(x, id),
            Builtin::Make => self.make(x, call, exprs),
            Builtin::Max | Builtin::Min => self.extreme(x, id, &mut args),
            Builtin::New => self.new_variable(x, call, exprs[0]),
            Builtin::Panic => {
                let any = self.session.universe.empty_interface;
                self.assignment(x, Some(any), "argument to panic");
                self.no_value(x)
            }
            Builtin::Print | Builtin::Println => {
                let context = format!("argument to built-in {}", builtin_name(id));
                let mut ok = true;
                for arg in &mut args {
                    self.assignment(arg, None, &context);
                    ok &= !arg.is_invalid();
                }
                x.mode = if ok { Mode::Value } else { Mode::Invalid };
                self.no_value(x)
            }
            Builtin::Recover => self.give(x, self.session.universe.empty_interface),
            Builtin::UnsafeAdd => {
                let pointer = self.basic(Basic::UnsafePointer);
                self.assignment(x, Some(pointer), "argument to unsafe.Add");
                !x.is_invalid() && self.valid_index(&mut args[1], "length", true) && self.give(x, pointer)
            }
            Builtin::UnsafeAlignof | Builtin::UnsafeSizeof => self.size_or_align(x, id),
            Builtin::UnsafeOffsetof => self.offset_of(x, exprs[0]),
            Builtin::UnsafeSlice => self.unsafe_slice(x, &mut args[1]),
            Builtin::UnsafeSliceData => match self.core_type(x.ty) {
                Some(&Type::Slice(elem)) => {
                    let ty = self.alloc(Type::Pointer(elem));
                    self.give(x, ty)
                }
                _ => self.reject_argument(x, "is not a slice"),
            },
            Builtin::UnsafeString => {
                let pointer = self.alloc(Type::Pointer(self.session.universe.byte));
                self.assignment(x, Some(pointer), "argument to unsafe.String");
                let string = self.basic(Basic::String);
                !x.is_invalid() && self.valid_index(&mut args[1], "length", false) && self.give(x, string)
            }
            Builtin::UnsafeStringData => {
                let string = self.basic(Basic::String);
                self.assignment(x, Some(string), "argument to unsafe.StringData");
                let pointer = self.alloc(Type::Pointer(self.session.universe.byte));
                !x.is_invalid() && self.give(x, pointer)
            }
        }
    }

    // Makes `x` a value of type `ty`.
    pub(crate) fn give(&mut self, x: &mut Operand<'s>, ty: Ty<'s>) -> bool {
        x.mode = Mode::Value;
        x.ty = ty;
        x.value = None;
        true
    }

    fn no_value(&mut self, x: &mut Operand<'s>) -> bool {
        let ok = !x.is_invalid();
        x.mode = Mode::NoValue;
        x.ty = self.alloc(Type::Tuple(&[]));
        x.value = None;
        ok
    }

    pub(crate) fn reject_argument(&mut self, x: &Operand<'s>, why: &str) -> bool {
        let text = format!("invalid argument: {} {why}", self.operand_str(x));
        self.error_at(x.expr, text);
        false
    }

    fn append(&mut self, x: &mut Operand<'s>, call: ExprId, mut args: Vec<Operand<'s>>) -> bool {
        let ExprKind::Call { fun, dots, .. } = self.tree()[call].kind else { return false };
        let slice = args[0];
        // append([]byte, string...)
        let bytes = self.bytes();
        if dots.is_some() && args.len() == 2 && !slice.is_nil() && self.assignable(&slice, bytes).is_ok() {
            let more = &mut args[1];
            if matches!(self.core_string(more.ty), Some(Type::Basic(basic)) if basic.is_string()) {
                self.default_operand(more);
                *x = slice;
                return self.give(x, slice.ty);
            }
        }
        let elem = match self.slice_elem(&slice) {
            Ok(elem) => elem,
            Err(cause) => {
                self.error_at(slice.expr, format!("invalid append: {cause}"));
                return false;
            }
        };
        if args.len() > 1 {
            if dots.is_none() {
                for arg in &mut args[1..] {
                    self.assignment_in(arg, Some(elem), Context::Argument(fun));
                }
            } else {
                let rest = self.alloc(Type::Slice(elem));
                let role = ObjKind::Var { role: VarRole::Param };
                let (none, pos) = (source::Name::new(""), source::Pos::NONE);
                let first = self.object(none, pos, ObjKind::Var { role: VarRole::Param }, Some(slice.ty));
                let rest = self.object(none, pos, role, Some(rest));
                let sig = self.alloc(Type::Signature(Signature {
                    tparams: &[],
                    recv_tparams: &[],
                    recv: None,
                    params: self.slice(&[first, rest]),
                    results: &[],
                    variadic: true,
                }));
                self.arguments(call, sig, &[], &[], Args { operands: args, partial: Vec::new() });
            }
        } else if dots.is_some() {
            // append(s...)
            let have = self.types_summary(&[slice.ty], false, true);
            let elem = self.ty_str(elem);
            let want = format!("({}, ...{elem})", self.ty_str(slice.ty));
            self.error_at(
                slice.expr,
                format!("not enough arguments in call to append\n\thave {have}\n\twant {want}"),
            );
        }
        *x = slice;
        self.give(x, slice.ty)
    }

    // Returns the element type of the slice `x`; of a type parameter, all types must be slices of the same elements.
    fn slice_elem(&mut self, x: &Operand<'s>) -> Result<Ty<'s>, String> {
        let mut elem: Option<Ty<'s>> = None;
        let mut cause = String::new();
        self.for_each_term(x.ty, &mut |checker, term| {
            let under = term.map(|term| checker.under(term.ty));
            let Some(&Type::Slice(next)) = under else {
                cause = match x.is_nil() {
                    true => "argument must be a slice; have untyped nil".into(),
                    false => format!("argument must be a slice; have {}", checker.operand_str(x)),
                };
                return false;
            };
            let first = *elem.get_or_insert(next);
            let same = identical(first, next);
            if !same {
                let (first, next) = (checker.ty_str(first), checker.ty_str(next));
                cause = format!(
                    "mismatched slice element types {first} and {next} in {}",
                    checker.operand_str(x)
                );
            }
            same
        });
        match elem {
            Some(elem) if cause.is_empty() => Ok(elem),
            _ => Err(cause),
        }
    }

    fn length(&mut self, x: &mut Operand<'s>, id: Builtin) -> bool {
        let len = id == Builtin::Len;
        let int = self.basic(Basic::Int);
        let under = self.under(x.ty);
        let under = match under {
            Type::Pointer(base) => match self.under(base) {
                array @ Type::Array { .. } => array,
                _ => under,
            },
            _ => under,
        };
        match *under {
            Type::Basic(basic) if basic.is_string() && len => {
                if let (Mode::Constant, Some(value)) = (x.mode, x.value) {
                    let bytes = value.as_str().map(|text| text.len() as i64);
                    x.value = Some(bytes.map_or(Value::Unknown, Value::Int));
                    x.ty = int;
                    return true;
                }
                self.give(x, int)
            }
            // Spec, "Length and capacity": the operand is not evaluated unless it contains calls or receives.
            Type::Array { len, .. } if !self.env.has_call_or_recv => {
                x.mode = Mode::Constant;
                x.value = Some(if len >= 0 { Value::Int(len) } else { Value::Unknown });
                x.ty = int;
                true
            }
            Type::Array { .. } | Type::Slice(_) | Type::Chan { .. } => self.give(x, int),
            Type::Map { .. } if len => self.give(x, int),
            Type::Interface(_) if self.is_type_param(x.ty) && self.each_has_length(x.ty, len) => {
                self.give(x, int)
            }
            _ => {
                if !is_invalid_type(under) {
                    let text = format!(
                        "invalid argument: {} for built-in {}",
                        self.operand_str(x),
                        builtin_name(id)
                    );
                    self.error_at(x.expr, text);
                }
                false
            }
        }
    }

    fn each_has_length(&mut self, ty: Ty<'s>, len: bool) -> bool {
        self.for_each_term(ty, &mut |checker, term| {
            let Some(term) = term else { return false };
            match checker.under(term.ty) {
                Type::Basic(basic) => basic.is_string() && len,
                Type::Array { .. } | Type::Slice(_) | Type::Chan { .. } => true,
                Type::Pointer(base) => matches!(checker.under(base), Type::Array { .. }),
                Type::Map { .. } => len,
                _ => false,
            }
        })
    }

    fn clear(&mut self, x: &mut Operand<'s>) -> bool {
        let ok = self.for_each_term(x.ty, &mut |checker, term| {
            term.is_some_and(|term| matches!(checker.under(term.ty), Type::Map { .. } | Type::Slice(_)))
        });
        if !ok {
            let shown = self.operand_str(x);
            let text = format!(
                "invalid argument: cannot clear {shown}: argument must be (or constrained by) map or slice"
            );
            self.error_at(x.expr, text);
            return false;
        }
        self.no_value(x)
    }

    fn close(&mut self, x: &mut Operand<'s>) -> bool {
        let mut problem = None;
        self.for_each_term(x.ty, &mut |checker, term| {
            problem = match term.map(|term| checker.under(term.ty)) {
                Some(Type::Chan { dir: syntax::ChanDir::Recv, .. }) => Some("receive-only channel"),
                Some(Type::Chan { .. }) => None,
                _ => Some("non-channel"),
            };
            problem.is_none()
        });
        if let Some(problem) = problem {
            let text = format!("invalid operation: cannot close {problem} {}", self.operand_str(x));
            self.error_at(x.expr, text);
            return false;
        }
        self.no_value(x)
    }

    fn copy(&mut self, x: &mut Operand<'s>, y: &mut Operand<'s>) -> bool {
        let bytes = self.bytes();
        let from_string = matches!(self.core_string(y.ty), Some(Type::Basic(basic)) if basic.is_string());
        if !(from_string && !x.is_nil() && self.assignable(x, bytes).is_ok()) {
            let to = match self.slice_elem(x) {
                Ok(elem) => elem,
                Err(cause) => {
                    self.error_at(x.expr, format!("invalid copy: {cause}"));
                    return false;
                }
            };
            let from = match self.slice_elem(y) {
                Ok(elem) => elem,
                // The element types say more than that it is no slice.
                Err(_) if self.all_string(y.ty) => self.session.universe.byte,
                Err(cause) => {
                    self.error_at(y.expr, format!("invalid copy: {cause}"));
                    return false;
                }
            };
            if !identical(to, from) {
                let text = format!(
                    "invalid copy: arguments {} and {} have different element types {} and {}",
                    self.operand_str(x),
                    self.operand_str(y),
                    self.ty_str(to),
                    self.ty_str(from)
                );
                self.error_at(x.expr, text);
                return false;
            }
        }
        self.default_operand(y);
        self.give(x, self.basic(Basic::Int))
    }

    fn delete(&mut self, x: &mut Operand<'s>, key: &mut Operand<'s>) -> bool {
        let mut key_ty: Option<Ty<'s>> = None;
        let mut problem = None;
        self.for_each_term(x.ty, &mut |checker, term| {
            problem = match term.map(|term| checker.under(term.ty)) {
                Some(&Type::Map { key, .. }) => {
                    let first = *key_ty.get_or_insert(key);
                    (!identical(first, key)).then_some("must have identical key types")
                }
                _ => Some("is not a map"),
            };
            problem.is_none()
        });
        match problem {
            Some("is not a map") => return self.reject_argument(x, "is not a map"),
            Some(problem) => {
                let text = format!("invalid argument: maps of {} {problem}", self.operand_str(x));
                self.error_at(x.expr, text);
                return false;
            }
            None => {}
        }
        self.assignment(key, key_ty, "argument to delete");
        x.mode = key.mode;
        self.no_value(x)
    }

    fn make(&mut self, x: &mut Operand<'s>, call: ExprId, exprs: &[ExprId]) -> bool {
        let ty = self.var_type(exprs[0]);
        if is_invalid_type(ty) {
            return false;
        }
        let least = match self.common_under(ty) {
            Ok(Type::Slice(_)) => Ok(2),
            Ok(Type::Map { .. } | Type::Chan { .. }) => Ok(1),
            Ok(Type::Basic(Basic::Invalid)) => return false,
            Ok(_) => Err("type must be slice, map, or channel".to_string()),
            Err(cause) => Err(cause),
        };
        let least = match least {
            Ok(least) => least,
            Err(cause) => {
                let text = format!("invalid argument: cannot make {}: {cause}", self.expr_str(exprs[0]));
                self.error_at(exprs[0], text);
                return false;
            }
        };
        if exprs.len() < least || exprs.len() > least + 1 {
            let text = format!(
                "invalid operation: {} expects {least} or {} arguments; found {}",
                self.expr_str(call),
                least + 1,
                exprs.len()
            );
            self.error_at(call, text);
            return false;
        }
        let sizes: Vec<i64> = exprs[1..].iter().filter_map(|&size| self.index(size, None).1).collect();
        if let [len, cap] = *sizes
            && len > cap
        {
            self.error_at(exprs[1], "invalid argument: length and capacity swapped");
        }
        self.give(x, ty)
    }

    fn new_variable(&mut self, x: &mut Operand<'s>, call: ExprId, arg: ExprId) -> bool {
        self.expr_or_type(x, arg, false);
        match x.mode {
            Mode::Invalid => return false,
            Mode::Builtin(_) => {
                self.exclude(x, false);
                return false;
            }
            Mode::Type | Mode::GenericType => {
                // Only a constraint is no type of a variable, and `var_type` knows about those.
                let plain =
                    matches!(x.ty, Type::Basic(_) | Type::Pointer(_) | Type::Slice(_) | Type::Struct(_));
                if !plain {
                    x.ty = self.var_type(arg);
                }
                if is_invalid_type(x.ty) {
                    return false;
                }
            }
            _ => {
                self.assignment(x, None, "argument to new");
                if x.is_invalid() {
                    return false;
                }
                if !self.allows(Version(26)) {
                    let what = self.expr_str(call);
                    if !self.require_version(self.expr_pos(call), Version(26), &what) {
                        return false;
                    }
                }
            }
        }
        let ty = self.alloc(Type::Pointer(x.ty));
        self.give(x, ty)
    }
}
