//! The checker: every name has an object, every expression a type.
//!
//! A request's packages are checked in two phases, both free of locks:
//!
//! 1. [`Session::declare`] resolves everything that an importer can see: constants, types,
//!    signatures, the types of package variables. It needs phase 1 of the imports.
//! 2. [`Session::check_bodies`] checks function bodies, and what only the whole package shows: unused
//!    imports, initialisation order. It needs phase 1 of the package alone, so all packages of a
//!    program can be in phase 2 at once.
//!
//! Types and objects are shared references into arenas that live as long as the session (`'s`), one
//! arena for each phase of each package. What is found out later (an underlying type, a constant's
//! value) sits in a `OnceLock`; setting it twice is a bug.
//!
//! Invariants: identity of types is [`predicates::identical`], never the address; no order that a user can see
//! depends on an address or on a thread; a package's types refer to its own arena, to those of its
//! imports, and to lazily expanded instances, which any phase may have allocated.
//!
//! Start reading at [`model`], then `checker.rs`.

mod args;
mod assign;
mod assignable;
mod binary;
mod body;
mod builtins;
mod call;
mod checker;
mod collect;
mod composite;
pub mod constant;
mod conversion;
mod cycles;
mod decl;
mod directives;
pub mod export;
mod expr;
pub mod format;
mod func_lit;
mod imports;
mod index;
mod infer;
mod init_order;
mod instantiate;
mod interface_cycles;
mod interface_expr;
mod labels;
pub mod lookup;
pub mod method_set;
pub mod model;
mod mono;
mod number_builtins;
mod operand;
pub mod phases;
pub mod predicates;
mod range;
mod representable;
mod returns;
mod scope;
mod select_stmt;
mod selector;
pub mod session;
mod shift;
mod signature;
pub mod sizes;
mod slice_expr;
mod stmt;
mod subst;
mod switch;
mod type_expr;
pub mod type_set;
mod unary;
mod unify;
mod universe;
mod unsafe_builtins;
mod untyped;
mod unused;
mod version;

pub use checker::{Checker, ExprInfo, FileInfo, Mode, Selection};
pub use model::*;
pub use session::{Arenas, Embed, FIRST, Input, InputFile, Session, UNIVERSE, UNSAFE, Version};
