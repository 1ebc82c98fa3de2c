//! From checked packages to one SSA program.
//!
//! Lowering begins at the roots (the initialisers of the packages that `main` needs, `main.main`) and
//! takes what it reaches: a work list of [`Instance`]s. Generic functions are instantiated fully; the
//! checker has refused what would not end. After this crate there are no type parameters, no untyped
//! constants and no hidden runtime calls.
//!
//! How values live: a type whose flattened form has at most [`layout::MAX_SCALARS`] scalars and no array is a
//! handful of SSA values; any other lives in memory, and a value of it is the address of bytes that
//! nobody changes while it is in use. A local variable is a set of SSA variables, a stack slot, or a heap
//! object when its address is taken or a closure shares it (`opt` brings back what does not escape).
//!
//! Start reading at [`lower`] in `program.rs`, then `func.rs`.

mod assembly;
mod assign;
mod borrow;
mod bound;
mod builtin;
mod call;
mod capture;
mod closure;
mod compare;
mod convert;
mod cover;
mod data;
mod debug;
mod defer;
mod descriptor;
mod effect;
mod embed;
mod equality;
mod expr;
mod func;
mod init;
mod intrinsic;
mod itab;
mod layout;
mod limits;
mod linkname;
mod literal;
mod map;
mod methods;
mod names;
mod order;
mod place;
mod program;
mod range;
mod range_func;
mod range_map;
mod reflect_stub;
mod runtime;
mod select;
mod static_init;
mod stmt;
mod switch;
mod type_string;
mod value;

pub use assembly::{AsmFunc, Assembly};
pub use cover::{Cover, CoveredPackage, Mode as CoverMode, PackageUnits};
pub use init::IMPLICIT;
pub use program::{Error, Instance, Options, Roots, lower};
