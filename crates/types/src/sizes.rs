//! Sizes and alignments of types, as gc lays them out. Spec, "Size and alignment guarantees".
//!
//! Beyond the specification, gc does not let a struct end in a field of size zero unless the whole struct has
//! none: a pointer to that field would point past the struct. Such a struct grows by a byte before it is rounded up.

use std::ptr;

use crate::checker::Checker;
use crate::model::*;

/// Sizes and alignments on one target.
struct Layout<'s> {
    word_bytes: u64,
    // Types that contain themselves are in error: they have no size.
    within: Vec<*const Type<'s>>,
}

impl<'s> Checker<'s> {
    /// Returns the size in bytes. `None` if it is too large, or unknown: of type parameters and of types in error.
    pub fn size_of(&mut self, ty: Ty<'s>) -> Option<u64> {
        self.layout().size(self, ty)
    }

    /// Returns the alignment in bytes, at least 1.
    pub fn align_of(&mut self, ty: Ty<'s>) -> u64 {
        self.layout().align(self, ty)
    }

    /// Returns the offsets of the fields in bytes. What lies beyond the largest size has that size as offset.
    pub fn offsets_of(&mut self, strukt: &'s Struct<'s>) -> Vec<u64> {
        self.layout().offsets(self, strukt)
    }

    fn layout(&self) -> Layout<'s> {
        Layout { word_bytes: self.session.target.word_bytes(), within: Vec::new() }
    }
}

/// The largest size that `uintptr` arithmetic and gc's own can hold.
const MAX_BYTES: u64 = i64::MAX as u64;

fn basic_bytes(basic: Basic, word_bytes: u64) -> Option<u64> {
    Some(match basic {
        Basic::Bool | Basic::Int8 | Basic::Uint8 => 1,
        Basic::Int16 | Basic::Uint16 => 2,
        Basic::Int32 | Basic::Uint32 | Basic::Float32 => 4,
        Basic::Int64 | Basic::Uint64 | Basic::Float64 | Basic::Complex64 => 8,
        Basic::Complex128 => 16,
        Basic::Int | Basic::Uint | Basic::Uintptr | Basic::UnsafePointer => word_bytes,
        Basic::String => 2 * word_bytes,
        Basic::Invalid
        | Basic::UntypedBool
        | Basic::UntypedInt
        | Basic::UntypedRune
        | Basic::UntypedFloat
        | Basic::UntypedComplex
        | Basic::UntypedString
        | Basic::UntypedNil => return None,
    })
}

fn round_up(bytes: u64, align: u64) -> Option<u64> {
    bytes.checked_next_multiple_of(align).filter(|bytes| *bytes <= MAX_BYTES)
}

impl<'s> Layout<'s> {
    fn size(&mut self, checker: &mut Checker<'s>, ty: Ty<'s>) -> Option<u64> {
        if checker.is_type_param(ty) {
            return None;
        }
        let under = checker.under(ty);
        match under {
            Type::Basic(basic) => basic_bytes(*basic, self.word_bytes),
            Type::Pointer(_) | Type::Map { .. } | Type::Chan { .. } | Type::Signature(_) => {
                Some(self.word_bytes)
            }
            Type::Interface(_) => Some(2 * self.word_bytes),
            Type::Slice(_) => Some(3 * self.word_bytes),
            Type::Array { elem, len } => {
                let len = u64::try_from(*len).ok()?;
                let elem = self.guarded(under, |layout| layout.size(checker, elem))?;
                elem.checked_mul(len).filter(|bytes| *bytes <= MAX_BYTES)
            }
            Type::Struct(strukt) => self.guarded(under, |layout| layout.struct_size(checker, strukt)),
            Type::Named(_) | Type::Alias(_) | Type::Tuple(_) | Type::Union(_) | Type::TypeParam(_) => None,
        }
    }

    fn guarded<T>(&mut self, ty: Ty<'s>, f: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        if self.within.contains(&ptr::from_ref(ty)) {
            return None;
        }
        self.within.push(ty);
        let result = f(self);
        self.within.pop();
        result
    }

    fn struct_size(&mut self, checker: &mut Checker<'s>, strukt: &'s Struct<'s>) -> Option<u64> {
        let mut end = 0u64;
        let mut last_bytes = 1;
        let mut align = 1;
        for field in strukt.fields {
            let ty = field.ty()?;
            let field_align = self.align(checker, ty);
            last_bytes = self.size(checker, ty)?;
            end = round_up(end, field_align)?.checked_add(last_bytes)?;
            align = align.max(field_align);
        }
        if last_bytes == 0 && end > 0 {
            end += 1;
        }
        round_up(end, align)
    }

    fn align(&mut self, checker: &mut Checker<'s>, ty: Ty<'s>) -> u64 {
        if checker.is_type_param(ty) {
            return 1;
        }
        let under = checker.under(ty);
        match under {
            // A complex number is aligned as its parts are.
            Type::Basic(Basic::Complex64) => 4,
            Type::Basic(Basic::String) => self.word_bytes,
            Type::Basic(basic) => basic_bytes(*basic, self.word_bytes).unwrap_or(1).min(self.word_bytes),
            Type::Array { elem, .. } => {
                self.guarded(under, |layout| Some(layout.align(checker, elem))).unwrap_or(1)
            }
            Type::Struct(strukt) => self
                .guarded(under, |layout| {
                    let types = strukt.fields.iter().filter_map(|field| field.ty());
                    types.map(|ty| layout.align(checker, ty)).max()
                })
                .unwrap_or(1),
            _ => self.word_bytes,
        }
    }

    fn offsets(&mut self, checker: &mut Checker<'s>, strukt: &'s Struct<'s>) -> Vec<u64> {
        let mut end = Some(0u64);
        strukt
            .fields
            .iter()
            .map(|field| {
                let ty = field.ty().unwrap_or(checker.invalid());
                let start = end.and_then(|end| round_up(end, self.align(checker, ty)));
                end = start.and_then(|start| start.checked_add(self.size(checker, ty)?));
                start.unwrap_or(MAX_BYTES)
            })
            .collect()
    }
}
