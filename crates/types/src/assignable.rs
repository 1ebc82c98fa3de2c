//! Which values may be assigned to which types, and converted to them. Spec, "Assignability" and "Conversions".

use crate::checker::{Checker, Mode, Operand};
use crate::model::*;
use crate::predicates::{identical, identical_ignoring_tags, unalias};
use crate::session::Version;

/// Puts what is more special below what is more general, as gc prints it.
fn because(text: String, inner: String) -> String {
    if inner.is_empty() { text } else { format!("{text}\n\t{inner}") }
}

/// Reports whether the declaration of the type is in error, for instance a cycle.
fn is_given_up(ty: Ty<'_>) -> bool {
    match unalias(ty) {
        Type::Named(Named { origin: None, underlying, .. }) => {
            matches!(underlying.get(), Some(Type::Basic(Basic::Invalid)))
        }
        _ => false,
    }
}

impl<'s> Checker<'s> {
    /// Reports whether `x` may be assigned to a variable of type `to`, or else says why (or nothing).
    pub fn assignable(&mut self, x: &Operand<'s>, to: Ty<'s>) -> Result<(), String> {
        if x.mode == Mode::Invalid || !self.is_valid(to) || identical(x.ty, to) {
            return Ok(());
        }
        if self.is_untyped(x.ty) {
            return self.untyped_assignable(x, to);
        }
        if is_given_up(x.ty) || is_given_up(to) {
            return Ok(());
        }
        let (from, target) = (unalias(x.ty), unalias(to));
        let (from_is_param, to_is_param) = (self.is_type_param(from), self.is_type_param(target));
        let no_params = !from_is_param && !to_is_param;
        let some_unnamed = !self.is_named(from) || !self.is_named(target);
        let (from_under, to_under) = (self.under(from), self.under(target));
        if no_params && some_unnamed && identical(from_under, to_under) {
            return Ok(());
        }
        // A pointer to an interface is a common mistake; `implements` explains it.
        if matches!(to_under, Type::Interface(_)) && !to_is_param || self.is_interface_pointer(to_under) {
            let result = self.implements(from, target, false);
            if result.is_ok() || !from_is_param {
                return result;
            }
        }
        if matches!(from_under, Type::Interface(_))
            && !from_is_param
            && self.does_implement(target, from, false)
        {
            // A type in error, which seems to implement anything, was reported.
            let is_error = matches!(to_under, Type::Basic(Basic::Invalid));
            return if is_error { Ok(()) } else { Err("need type assertion".into()) };
        }
        if let (Type::Chan { dir: syntax::ChanDir::Both, elem: x }, Type::Chan { elem: y, .. }) =
            (from_under, to_under)
            && identical(x, y)
        {
            return if some_unnamed { Ok(()) } else { Err(String::new()) };
        }
        if to_is_param && !self.is_named(from) {
            return self.assignable_to_each(x, target);
        }
        if from_is_param && !self.is_named(target) {
            return self.assignable_from_each(x, to);
        }
        Err(String::new())
    }

    fn untyped_assignable(&mut self, x: &Operand<'s>, to: Ty<'s>) -> Result<(), String> {
        let ok = self.for_each_term(to, &mut |checker, term| {
            term.is_some_and(|term| checker.implicit_type_and_value(x, term.ty).is_ok())
        });
        if ok { Ok(()) } else { Err(String::new()) }
    }

    fn assignable_to_each(&mut self, x: &Operand<'s>, to: Ty<'s>) -> Result<(), String> {
        let mut result = Err(String::new());
        self.for_each_term(to, &mut |checker, term| {
            let Some(Term { ty, .. }) = term else { return false };
            result = checker.assignable(x, ty).map_err(|cause| {
                let (x, ty, to) = (checker.ty_str(x.ty), checker.ty_str(ty), checker.ty_str(to));
                because(format!("cannot assign {x} to {ty} (in {to})"), cause)
            });
            result.is_ok()
        });
        result
    }

    fn assignable_from_each(&mut self, x: &Operand<'s>, to: Ty<'s>) -> Result<(), String> {
        let mut result = Err(String::new());
        self.for_each_term(x.ty, &mut |checker, term| {
            let Some(Term { ty, .. }) = term else { return false };
            result = checker.assignable(&Operand { ty, ..*x }, to).map_err(|cause| {
                let (from, ty, to) = (checker.ty_str(x.ty), checker.ty_str(ty), checker.ty_str(to));
                because(format!("cannot assign {ty} (in {from}) to {to}"), cause)
            });
            result.is_ok()
        });
        result
    }

    /// Reports whether `x`, which is no constant, can be converted to `to`, or else says why (or nothing).
    pub fn convertible(&mut self, x: &Operand<'s>, to: Ty<'s>) -> Result<(), String> {
        let cause = match self.assignable(x, to) {
            Ok(()) => return Ok(()),
            Err(cause) => cause,
        };
        let (from, target) = (unalias(x.ty), unalias(to));
        if self.convertible_types(from, target)? {
            return Ok(());
        }
        match self.is_type_param(from) || self.is_type_param(target) {
            true => self.convertible_terms(x, to, &cause),
            false => Err(cause),
        }
    }

    /// Answers for types without type parameters; an error names the version of the language that is missing.
    fn convertible_types(&mut self, from: Ty<'s>, to: Ty<'s>) -> Result<bool, String> {
        let (x, y) = (self.under(from), self.under(to));
        let no_params = !self.is_type_param(from) && !self.is_type_param(to);
        if no_params && identical_ignoring_tags(x, y) {
            return Ok(true);
        }
        if let (Type::Pointer(x), Type::Pointer(y)) = (from, to)
            && !self.is_type_param(x)
            && !self.is_type_param(y)
            && identical_ignoring_tags(self.under(x), self.under(y))
        {
            return Ok(true);
        }
        if let (Type::Basic(x), Type::Basic(y)) = (x, y) {
            let real = |basic: &Basic| basic.is_integer() || basic.is_float();
            let unsafe_pointer = |x: &Basic, y: &Basic| {
                *x == Basic::UnsafePointer && matches!(y, Basic::Uintptr | Basic::UnsafePointer)
            };
            return Ok(real(x) && real(y)
                || x.is_complex() && y.is_complex()
                || (x.is_integer() || x.is_string()) && y.is_string()
                || unsafe_pointer(x, y)
                || unsafe_pointer(y, x));
        }
        Ok(match (x, y) {
            (Type::Slice(elem), Type::Basic(basic)) | (Type::Basic(basic), Type::Slice(elem)) => {
                basic.is_string() && matches!(self.under(elem), Type::Basic(Basic::Uint8 | Basic::Int32))
            }
            (Type::Pointer(_), Type::Basic(Basic::UnsafePointer))
            | (Type::Basic(Basic::UnsafePointer), Type::Pointer(_)) => true,
            (Type::Slice(x), Type::Array { elem: y, .. }) if identical(x, y) => {
                self.conversion_version(Version(20), "array")?
            }
            (Type::Slice(x), Type::Pointer(array)) => match self.under(array) {
                Type::Array { elem: y, .. } if identical(x, y) => {
                    self.conversion_version(Version(17), "array pointer")?
                }
                _ => false,
            },
            _ => false,
        })
    }

    fn conversion_version(&self, version: Version, to: &str) -> Result<bool, String> {
        match self.allows(version) {
            true => Ok(true),
            false => Err(format!("conversion of slice to {to} requires go1.{} or later", version.0)),
        }
    }

    fn convertible_terms(&mut self, x: &Operand<'s>, to: Ty<'s>, outer: &str) -> Result<(), String> {
        let mut result = Err(String::new());
        self.for_each_term(x.ty, &mut |checker, from| {
            let Some(from) = from else {
                result = Err(String::new());
                return false;
            };
            checker.for_each_term(to, &mut |checker, target| {
                let Some(target) = target else {
                    result = Err(String::new());
                    return false;
                };
                let each = Operand { ty: from.ty, ..*x };
                result = checker.convertible(&each, target.ty).map_err(|cause| {
                    let (from, target) = (checker.within(from.ty, x.ty), checker.within(target.ty, to));
                    // gc ends with what it knows of the assignment if the conversion itself says nothing.
                    let cause = if cause.is_empty() { outer.into() } else { cause };
                    because(format!("cannot convert {from} to type {target}"), cause)
                });
                result.is_ok()
            })
        });
        result
    }

    /// Names a type, and the type parameter of whose type set it is.
    fn within(&self, ty: Ty<'s>, of: Ty<'s>) -> String {
        match self.is_type_param(of) {
            true => format!("{} (in {})", self.ty_str(ty), self.ty_str(of)),
            false => self.ty_str(ty),
        }
    }
}
