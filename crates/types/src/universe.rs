//! The predeclared objects, and package `unsafe`. Spec, "Predeclared identifiers" and "Package unsafe".
//!
//! `byte`, `rune` and `any` are aliases like any other: messages show the name that the source has, and
//! `unalias` gives the type itself.

use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

use bumpalo::Bump;
use rustc_hash::FxHashMap;
use source::{Name, Pos};

use crate::constant::Value;
use crate::model::*;

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
    /// `byte`, a `Type::Alias` of `uint8`.
    pub byte: Ty<'s>,
    /// `rune`, a `Type::Alias` of `int32`.
    pub rune: Ty<'s>,
}

/// All of [`Basic`] in its order.
pub(crate) const BASICS: [Basic; 26] = [
    Basic::Invalid,
    Basic::Bool,
    Basic::Int,
    Basic::Int8,
    Basic::Int16,
    Basic::Int32,
    Basic::Int64,
    Basic::Uint,
    Basic::Uint8,
    Basic::Uint16,
    Basic::Uint32,
    Basic::Uint64,
    Basic::Uintptr,
    Basic::Float32,
    Basic::Float64,
    Basic::Complex64,
    Basic::Complex128,
    Basic::String,
    Basic::UnsafePointer,
    Basic::UntypedBool,
    Basic::UntypedInt,
    Basic::UntypedRune,
    Basic::UntypedFloat,
    Basic::UntypedComplex,
    Basic::UntypedString,
    Basic::UntypedNil,
];

const BUILTINS: [(&str, Builtin); 18] = [
    ("append", Builtin::Append),
    ("cap", Builtin::Cap),
    ("clear", Builtin::Clear),
    ("close", Builtin::Close),
    ("complex", Builtin::Complex),
    ("copy", Builtin::Copy),
    ("delete", Builtin::Delete),
    ("imag", Builtin::Imag),
    ("len", Builtin::Len),
    ("make", Builtin::Make),
    ("max", Builtin::Max),
    ("min", Builtin::Min),
    ("new", Builtin::New),
    ("panic", Builtin::Panic),
    ("print", Builtin::Print),
    ("println", Builtin::Println),
    ("real", Builtin::Real),
    ("recover", Builtin::Recover),
];

const UNSAFE_BUILTINS: [(&str, Builtin); 8] = [
    ("Add", Builtin::UnsafeAdd),
    ("Alignof", Builtin::UnsafeAlignof),
    ("Offsetof", Builtin::UnsafeOffsetof),
    ("Sizeof", Builtin::UnsafeSizeof),
    ("Slice", Builtin::UnsafeSlice),
    ("SliceData", Builtin::UnsafeSliceData),
    ("String", Builtin::UnsafeString),
    ("StringData", Builtin::UnsafeStringData),
];

/// Allocates predeclared things.
struct Maker<'s> {
    bump: &'s Bump,
    scope: FxHashMap<Name, Obj<'s>>,
}

impl<'s> Maker<'s> {
    fn object(
        &self,
        name: &str,
        pkg: Option<&'s Package<'s>>,
        kind: ObjKind<'s>,
        ty: Option<Ty<'s>>,
    ) -> Obj<'s> {
        self.bump.alloc(Object {
            name: Name::new(name),
            pos: Pos::NONE,
            pkg,
            kind,
            ty: ty.map_or_else(OnceLock::new, OnceLock::from),
            used: AtomicBool::new(false),
        })
    }

    fn declare(&mut self, name: &str, kind: ObjKind<'s>, ty: Option<Ty<'s>>) -> Obj<'s> {
        let obj = self.object(name, None, kind, ty);
        self.scope.insert(obj.name, obj);
        obj
    }

    fn alias(&mut self, name: &str, rhs: Ty<'s>) -> Ty<'s> {
        let obj = self.declare(name, ObjKind::TypeName, None);
        let alias = Alias {
            obj,
            origin: None,
            targs: &[],
            tparams: OnceLock::from(&[][..]),
            rhs: OnceLock::from(rhs),
        };
        let ty: Ty<'s> = self.bump.alloc(Type::Alias(alias));
        let _ = obj.ty.set(ty);
        ty
    }

    fn named(&mut self, name: &str, underlying: Ty<'s>) -> Ty<'s> {
        let obj = self.declare(name, ObjKind::TypeName, None);
        let named = Named {
            obj,
            origin: None,
            targs: &[],
            tparams: OnceLock::from(&[][..]),
            rhs: OnceLock::from(underlying),
            underlying: OnceLock::from(underlying),
            methods: OnceLock::from(&[][..]),
            local_number: 0,
        };
        let ty: Ty<'s> = self.bump.alloc(Type::Named(named));
        let _ = obj.ty.set(ty);
        ty
    }

    fn interface(&self, methods: &'s [Obj<'s>], comparable: bool) -> Ty<'s> {
        let set: &'s TypeSet<'s> = self.bump.alloc(TypeSet { methods, terms: None, comparable });
        let interface = Interface { methods, embeds: &[], implicit: false, type_set: OnceLock::from(set) };
        self.bump.alloc(Type::Interface(interface))
    }

    /// Makes `error`: `interface { Error() string }`.
    fn error(&mut self, string: Ty<'s>) -> Ty<'s> {
        let result = self.object("", None, ObjKind::Var { role: VarRole::Result }, Some(string));
        let sig = Signature {
            tparams: &[],
            recv_tparams: &[],
            recv: None,
            params: &[],
            results: self.bump.alloc_slice_copy(&[result]),
            variadic: false,
        };
        let sig: Ty<'s> = self.bump.alloc(Type::Signature(sig));
        let kind = ObjKind::Func { ptr_recv: false, origin: None };
        let method = self.object("Error", None, kind, Some(sig));
        let interface = self.interface(self.bump.alloc_slice_copy(&[method]), false);
        self.named("error", interface)
    }
}

impl<'s> Universe<'s> {
    /// Makes the universe, and the scope of `packages[1]`, `unsafe`.
    pub fn new(bump: &'s Bump, packages: &'s [Package<'s>]) -> Universe<'s> {
        let mut maker = Maker { bump, scope: FxHashMap::default() };
        let basic = BASICS.map(|basic| -> Ty<'s> { bump.alloc(Type::Basic(basic)) });
        for kind in &BASICS[Basic::Bool as usize..=Basic::String as usize] {
            let ty = basic[*kind as usize];
            maker.declare(crate::format::basic_name(*kind), ObjKind::TypeName, Some(ty));
        }
        let byte = maker.alias("byte", basic[Basic::Uint8 as usize]);
        let rune = maker.alias("rune", basic[Basic::Int32 as usize]);
        let empty_interface = maker.interface(&[], false);
        let any = maker.alias("any", empty_interface);
        let comparable = maker.interface(&[], true);
        let comparable = maker.named("comparable", comparable);
        let error = maker.error(basic[Basic::String as usize]);

        let untyped_bool = basic[Basic::UntypedBool as usize];
        for (name, value) in [("true", true), ("false", false)] {
            let value = OnceLock::from(Value::Bool(value));
            maker.declare(name, ObjKind::Const { value }, Some(untyped_bool));
        }
        // The value of iota depends on where it stands: whoever resolves the name supplies it.
        let value = OnceLock::from(Value::Int(0));
        maker.declare("iota", ObjKind::Const { value }, Some(basic[Basic::UntypedInt as usize]));
        maker.declare("nil", ObjKind::Nil, Some(basic[Basic::UntypedNil as usize]));
        let invalid = basic[Basic::Invalid as usize];
        for (name, builtin) in BUILTINS {
            maker.declare(name, ObjKind::Builtin(builtin), Some(invalid));
        }

        let pkg = &packages[crate::session::UNSAFE as usize];
        let pointer = basic[Basic::UnsafePointer as usize];
        let mut objects = vec![maker.object("Pointer", Some(pkg), ObjKind::TypeName, Some(pointer))];
        objects.extend(
            UNSAFE_BUILTINS.map(|(name, builtin)| {
                maker.object(name, Some(pkg), ObjKind::Builtin(builtin), Some(invalid))
            }),
        );
        objects.sort_by_key(|obj| obj.name);
        let _ = pkg.scope.set(bump.alloc_slice_copy(&objects));

        Universe { scope: maker.scope, basic, error, any, empty_interface, comparable, byte, rune }
    }
}
