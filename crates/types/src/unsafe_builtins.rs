//! The functions of package `unsafe` that speak of sizes and offsets, and `unsafe.Slice`. Spec, "Package unsafe".

use syntax::{ExprId, ExprKind};

use crate::checker::{Checker, ExprInfo, Mode, Operand, Selection};
use crate::constant::Value;
use crate::lookup::Found;
use crate::model::*;

/// What is known of the size of a type.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Extent {
    /// It is a constant.
    Fixed,
    /// It depends on type arguments.
    Varies,
    /// The type contains itself, or is in error or not set up yet, which is or will be reported.
    Unknown,
}

impl<'s> Checker<'s> {
    pub(crate) fn size_or_align(&mut self, x: &mut Operand<'s>, id: Builtin) -> bool {
        let context = match id {
            Builtin::UnsafeSizeof => "argument to unsafe.Sizeof",
            _ => "argument to unsafe.Alignof",
        };
        self.assignment(x, None, context);
        if x.is_invalid() {
            return false;
        }
        let uintptr = self.basic(Basic::Uintptr);
        match self.extent(x.ty) {
            Extent::Varies => return self.give(x, uintptr),
            Extent::Unknown => return false,
            Extent::Fixed => {}
        }
        let size = match id {
            Builtin::UnsafeSizeof => self.size_of(x.ty),
            _ => Some(self.align_of(x.ty)),
        };
        let Some(size) = size else {
            let text = format!("{} is too large", self.operand_str(x));
            self.error_at(x.expr, text);
            return false;
        };
        x.mode = Mode::Constant;
        x.value = Some(Value::from_u64(self.bump, size));
        x.ty = uintptr;
        true
    }

    pub(crate) fn offset_of(&mut self, x: &mut Operand<'s>, arg: ExprId) -> bool {
        let tree = self.tree();
        let ExprKind::Selector { x: inner, sel } = tree[tree.unparen(arg)].kind else {
            let text = format!("invalid argument: {} is not a selector expression", self.expr_str(arg));
            self.error_at(arg, text);
            self.use_exprs(&[arg]);
            return false;
        };
        self.expr(x, inner, None);
        if x.is_invalid() {
            return false;
        }
        let base = self.struct_behind(x.ty);
        let pkg = self.pkg;
        match self.lookup_field_or_method(base, false, pkg, sel.name, false) {
            Found::Field { indirect: true, .. } => {
                let base = self.ty_str(base);
                let text =
                    format!("invalid argument: field {} is embedded via a pointer in {base}", sel.name);
                self.error_at(x.expr, text);
                false
            }
            Found::Field { obj, path, .. } => {
                let selection = Selection::Field { obj, path, indirect: false };
                self.info[self.env.file].selections.insert(tree.unparen(arg), selection);
                self.record_entry(arg, ExprInfo { mode: Mode::Variable, ty: obj.ty(), value: None });
                let uintptr = self.basic(Basic::Uintptr);
                match self.extent(base) {
                    Extent::Varies => return self.give(x, uintptr),
                    Extent::Unknown => return false,
                    Extent::Fixed => {}
                }
                let Some(offset) = self.path_offset(base, path) else {
                    let text = format!("{} is too large", self.operand_str(x));
                    self.error_at(x.expr, text);
                    return false;
                };
                x.mode = Mode::Constant;
                x.value = Some(Value::from_u64(self.bump, offset));
                x.ty = uintptr;
                true
            }
            Found::Method { .. } | Found::PtrRecv(_) => {
                let text = format!("invalid argument: {} is a method value", self.expr_str(arg));
                self.error_at(arg, text);
                false
            }
            Found::NotFound | Found::Ambiguous(_) => {
                let text =
                    format!("invalid argument: {} has no single field {}", self.ty_str(base), sel.name);
                self.error_at(x.expr, text);
                false
            }
        }
    }

    // A pointer to a struct stands for the struct.
    fn struct_behind(&mut self, ty: Ty<'s>) -> Ty<'s> {
        match *self.under(ty) {
            Type::Pointer(base) if matches!(self.under(base), Type::Struct(_)) => base,
            _ => ty,
        }
    }

    fn path_offset(&mut self, base: Ty<'s>, path: &[u32]) -> Option<u64> {
        let (mut ty, mut sum) = (base, 0u64);
        for &idx in path {
            let Type::Struct(fields) = self.under(ty) else { return None };
            let offsets = self.offsets_of(fields);
            // An offset that is out of range is given as the largest size.
            sum = sum.checked_add(*offsets.get(idx as usize)?)?;
            if sum >= i64::MAX as u64 {
                return None;
            }
            ty = fields.fields[idx as usize].ty()?;
        }
        Some(sum)
    }

    fn extent(&mut self, ty: Ty<'s>) -> Extent {
        self.extent_within(ty, &mut Vec::new())
    }

    fn extent_within(&mut self, ty: Ty<'s>, within: &mut Vec<Ty<'s>>) -> Extent {
        if self.is_type_param(ty) {
            return Extent::Varies;
        }
        let under = self.under(ty);
        match *under {
            Type::Basic(Basic::Invalid) => Extent::Unknown,
            Type::Array { .. } | Type::Struct(_)
                if within.iter().any(|outer| std::ptr::eq(*outer, under)) =>
            {
                Extent::Unknown
            }
            Type::Array { elem, .. } => {
                within.push(under);
                let extent = self.extent_within(elem, within);
                within.pop();
                extent
            }
            Type::Struct(ref fields) => {
                within.push(under);
                let types = fields.fields.iter().filter_map(|field| field.ty());
                let extent = types.map(|ty| self.extent_within(ty, within)).max().unwrap_or(Extent::Fixed);
                within.pop();
                extent
            }
            _ => Extent::Fixed,
        }
    }

    pub(crate) fn unsafe_slice(&mut self, x: &mut Operand<'s>, len: &mut Operand<'s>) -> bool {
        let Some(&Type::Pointer(elem)) = self.core_type(x.ty) else {
            return self.reject_argument(x, "is not a pointer");
        };
        if !self.valid_index(len, "length", false) {
            return false;
        }
        let ty = self.alloc(Type::Slice(elem));
        self.give(x, ty)
    }
}
