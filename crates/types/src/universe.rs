//! The predeclared objects, and package `unsafe`. Spec, "Predeclared identifiers" and "Package unsafe".

use bumpalo::Bump;
use rustc_hash::FxHashMap;
use source::Name;

use crate::model::{Basic, Obj, Package, Ty, Type};

/// The predeclared objects.
pub struct Universe<'s> {
    /// By name.
    pub scope: FxHashMap<Name, Obj<'s>>,
    /// The types of [`Basic`], indexed by it.
    pub basic: [Ty<'s>; 26],
    /// `error`, a `Type::Named`.
    pub error: Ty<'s>,
    /// `any`, a `Type::Alias` of the empty interface.
    pub any: Ty<'s>,
    /// The empty interface.
    pub empty_interface: Ty<'s>,
    /// `comparable`, a `Type::Named`.
    pub comparable: Ty<'s>,
    /// `byte`: the very type of `uint8`, but printed as `byte` where the source says so.
    pub byte: Ty<'s>,
    /// `rune`: as `byte`, for `int32`.
    pub rune: Ty<'s>,
}

impl<'s> Universe<'s> {
    /// Makes the universe, and the scope of `packages[1]`, `unsafe`.
    pub fn new(bump: &'s Bump, packages: &'s [Package<'s>]) -> Universe<'s> {
        let _ = (bump, packages, Type::Basic(Basic::Invalid));
        unimplemented!("owner: T1")
    }
}
