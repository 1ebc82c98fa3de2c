//! Programs and data.

use crate::func::{Func, Signature};
use crate::ty::Symbol;
use serde::{Deserialize, Serialize};

/// What one image needs.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Program {
    /// Functions, each name once.
    pub funcs: Vec<Func>,
    /// Data, each name once.
    pub datas: Vec<Data>,
    /// Further names.
    pub aliases: Vec<Alias>,
    /// Where Go and assembly call each other.
    pub borders: Vec<Border>,
}

/// A function through which Go calls assembly or assembly calls Go: it takes arguments by the one convention and passes
/// them on by the other. Assembly has gc's ABI0: arguments and results lie behind the return address, in the order and with
/// the offsets of a struct's fields (<https://go.dev/doc/asm>).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Border {
    /// Symbol.
    pub name: Symbol,
    /// What it calls.
    pub target: Symbol,
    /// The target is Go, else assembly.
    pub into_go: bool,
    /// The Go function's.
    pub sig: Signature,
    /// For each of the signature's parameters where it lies behind the return address.
    pub params: Vec<Abi0Place>,
    /// For each of its results the offset there.
    pub results: Vec<u32>,
    /// Bytes of arguments and results there.
    pub bytes: u32,
    /// Bytes of stack that the assembly needs, return addresses included.
    pub asm_bytes: u32,
    /// Go functions and variables that the assembly mentions.
    pub uses: Vec<Symbol>,
    /// The assembly keeps no pointer that it is given: `//go:noescape`.
    pub noescape: bool,
    /// Name, file and line in tracebacks.
    pub scope: (Symbol, Symbol, u32),
}

/// Where a parameter of Go's convention lies in ABI0.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Abi0Place {
    /// A scalar at this offset.
    Scalar(u32),
    /// The parameter is the address of a value, which lies here in ABI0.
    Value {
        /// Its offset.
        off: u32,
        /// Its size.
        bytes: u32,
        /// It is a result.
        is_result: bool,
    },
}

/// A second name for a function or datum.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Alias {
    /// The new name.
    pub name: Symbol,
    /// What it stands for.
    pub target: Symbol,
}

/// A datum.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Data {
    /// Symbol.
    pub name: Symbol,
    /// Alignment, a power of two.
    pub align: u32,
    /// Bytes in all; what `bytes` leaves out is zero.
    pub size: u64,
    /// The first bytes. Empty: all zero.
    pub bytes: Vec<u8>,
    /// Addresses in it, in ascending order.
    pub relocs: Vec<DataReloc>,
    /// Never written while the program runs.
    pub readonly: bool,
    /// Bit `n` (of byte `n / 8`, from the lowest) is set when word `n` is a pointer into the heap. What
    /// it leaves out has none.
    pub ptrs: Vec<u8>,
    /// Equal copies may come from several objects.
    pub dup_ok: bool,
}

/// An address in a datum.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct DataReloc {
    /// Where.
    pub off: u32,
    /// In which form.
    pub kind: DataRelocKind,
    /// Whose address.
    pub target: Symbol,
    /// Added to it.
    pub addend: i64,
}

/// The forms of an address in a datum.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum DataRelocKind {
    /// The address, 8 bytes.
    Addr,
    /// The distance from another symbol, 4 bytes: `NameOff`, `TypeOff`, `TextOff` of type descriptors.
    Off(Symbol),
}

impl Program {
    /// The function of that name.
    pub fn func(&self, name: &str) -> Option<&Func> {
        self.funcs.iter().find(|f| &*f.name == name)
    }

    /// The serialised form.
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_stdvec(self).expect("programs have no maps and no unsized parts, so they serialise")
    }

    /// Reads the serialised form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Program, postcard::Error> {
        postcard::from_bytes(bytes)
    }
}
