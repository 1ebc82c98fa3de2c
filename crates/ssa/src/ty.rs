//! Scalar types and symbol names.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// The name of a function or datum, unique in a program.
pub type Symbol = Arc<str>;

/// The type of a value. There are scalars only; `bool` is `I8` and holds 0 or 1.
///
/// Integers have no sign: operations that care name it. `Ptr` is 8 bytes wide and is kept apart from
/// `I64`, because only values of this type are sure to be seen as pointers by the collector.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Type {
    /// 8 bits; also `bool`.
    I8,
    /// 16 bits.
    I16,
    /// 32 bits.
    I32,
    /// 64 bits.
    I64,
    /// IEEE 754 binary32.
    F32,
    /// IEEE 754 binary64.
    F64,
    /// An address, or nil.
    Ptr,
}

impl Type {
    /// All types, in the order of their declaration.
    pub const ALL: [Type; 7] = [Type::I8, Type::I16, Type::I32, Type::I64, Type::F32, Type::F64, Type::Ptr];

    /// The size in memory, which is the alignment too.
    pub fn bytes(self) -> u32 {
        match self {
            Type::I8 => 1,
            Type::I16 => 2,
            Type::I32 | Type::F32 => 4,
            Type::I64 | Type::F64 | Type::Ptr => 8,
        }
    }

    /// The width in bits.
    pub fn bits(self) -> u32 {
        self.bytes() * 8
    }

    /// Whether this is one of the four integer types.
    pub fn is_int(self) -> bool {
        matches!(self, Type::I8 | Type::I16 | Type::I32 | Type::I64)
    }

    /// Whether this is one of the two float types.
    pub fn is_float(self) -> bool {
        matches!(self, Type::F32 | Type::F64)
    }

    /// The bits a value of this type may have set, as a mask over 64 bits.
    pub fn mask(self) -> u64 {
        u64::MAX >> (64 - self.bits())
    }

    /// The name in the printed form.
    pub fn name(self) -> &'static str {
        match self {
            Type::I8 => "i8",
            Type::I16 => "i16",
            Type::I32 => "i32",
            Type::I64 => "i64",
            Type::F32 => "f32",
            Type::F64 => "f64",
            Type::Ptr => "ptr",
        }
    }

    /// The integer type of `bytes` bytes.
    ///
    /// # Panics
    /// When `bytes` is not 1, 2, 4 or 8.
    pub fn int(bytes: u64) -> Type {
        match bytes {
            1 => Type::I8,
            2 => Type::I16,
            4 => Type::I32,
            8 => Type::I64,
            _ => panic!("no integer type of {bytes} bytes"),
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
