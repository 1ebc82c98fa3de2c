//! Types, objects, packages: what the checker makes and the later stages read.

use std::fmt;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use source::{Name, Pos};
use syntax::ChanDir;

use crate::constant::Value;

/// A type, by reference. Compare with `predicates::identical`.
pub type Ty<'s> = &'s Type<'s>;

/// An object, by reference. Two objects are the same exactly when [`Object::is`] says so.
pub type Obj<'s> = &'s Object<'s>;

/// The kinds of predeclared types. The order of the numeric kinds is that of `reflect.Kind`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)] // They are named as in Go.
pub enum Basic {
    /// What an expression in error has. It is identical only to itself, and reported once.
    Invalid,
    Bool,
    Int,
    Int8,
    Int16,
    Int32,
    Int64,
    Uint,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    Uintptr,
    Float32,
    Float64,
    Complex64,
    Complex128,
    String,
    UnsafePointer,
    UntypedBool,
    UntypedInt,
    UntypedRune,
    UntypedFloat,
    UntypedComplex,
    UntypedString,
    UntypedNil,
}

/// A type.
pub enum Type<'s> {
    /// A predeclared type that is not an interface. `byte` and `rune` are aliases of these.
    Basic(Basic),
    /// A declared type, or an instance of a generic one.
    Named(Named<'s>),
    /// An alias declaration, or an instance of a generic one. `unalias` looks through it.
    Alias(Alias<'s>),
    /// `*T`
    Pointer(Ty<'s>),
    /// `[]T`
    Slice(Ty<'s>),
    /// `[N]T`
    Array {
        /// The element type.
        elem: Ty<'s>,
        /// The length; negative when it was in error.
        len: i64,
    },
    /// `map[K]V`
    Map {
        /// The key type.
        key: Ty<'s>,
        /// The element type.
        elem: Ty<'s>,
    },
    /// `chan T`
    Chan {
        /// The direction.
        dir: ChanDir,
        /// The element type.
        elem: Ty<'s>,
    },
    /// `struct {...}`
    Struct(Struct<'s>),
    /// The results of a call that has none, or more than one.
    Tuple(&'s [Ty<'s>]),
    /// A function type.
    Signature(Signature<'s>),
    /// `interface {...}`
    Interface(Interface<'s>),
    /// `~A | B`, only as an element of an interface.
    Union(&'s [Term<'s>]),
    /// A type parameter.
    TypeParam(TypeParam<'s>),
}

/// A declared type.
pub struct Named<'s> {
    /// The type name. Instances share that of their origin.
    pub obj: Obj<'s>,
    /// The generic type of which this is an instance.
    pub origin: Option<Ty<'s>>,
    /// The type arguments of an instance.
    pub targs: &'s [Ty<'s>],
    /// The type parameters of a generic type: each a [`Type::TypeParam`]. Set before the right side is resolved.
    pub tparams: OnceLock<&'s [Ty<'s>]>,
    /// The type on the right side of the declaration as written. Unset for instances.
    pub rhs: OnceLock<Ty<'s>>,
    /// Never a [`Type::Named`] or [`Type::Alias`]. Read it through `Checker::under`, which expands instances.
    pub underlying: OnceLock<Ty<'s>>,
    /// Methods declared for it, in source order; of an instance, those of its origin are used.
    pub methods: OnceLock<&'s [Obj<'s>]>,
    /// For types declared within functions: a number that tells two of one name apart, from 1. Otherwise 0.
    pub local_number: u32,
}

/// An alias.
pub struct Alias<'s> {
    /// The type name.
    pub obj: Obj<'s>,
    /// The generic alias of which this is an instance.
    pub origin: Option<Ty<'s>>,
    /// The type arguments of an instance.
    pub targs: &'s [Ty<'s>],
    /// The type parameters of a generic alias.
    pub tparams: OnceLock<&'s [Ty<'s>]>,
    /// What it stands for; may be another alias.
    pub rhs: OnceLock<Ty<'s>>,
}

/// A struct type.
pub struct Struct<'s> {
    /// Variables with the role [`VarRole::Field`].
    pub fields: &'s [Obj<'s>],
    /// As many as fields, or none at all when no field has one. Decoded.
    pub tags: &'s [&'s str],
}

impl<'s> Struct<'s> {
    /// Returns the tag of field `idx`, empty if it has none.
    pub fn tag(&self, idx: usize) -> &'s str {
        self.tags.get(idx).copied().unwrap_or("")
    }
}

/// A function type.
pub struct Signature<'s> {
    /// Type parameters of a generic function.
    pub tparams: &'s [Ty<'s>],
    /// Of a method of a generic type: the receiver's type parameters, declared anew by the method.
    pub recv_tparams: &'s [Ty<'s>],
    /// The receiver of a declared method. Interface methods have none.
    pub recv: Option<Obj<'s>>,
    /// The parameters; the last of a variadic function has a slice type.
    pub params: &'s [Obj<'s>],
    /// The results.
    pub results: &'s [Obj<'s>],
    /// The last parameter was written with `...`.
    pub variadic: bool,
}

/// An interface type.
pub struct Interface<'s> {
    /// Methods written in it, in source order.
    pub methods: &'s [Obj<'s>],
    /// Embedded types and unions with their positions.
    pub embeds: &'s [(Ty<'s>, Pos)],
    /// It stands for a bare constraint such as `[T ~int]`.
    pub implicit: bool,
    /// Read it through `Checker::type_set`.
    pub type_set: OnceLock<&'s TypeSet<'s>>,
}

/// What an interface admits.
pub struct TypeSet<'s> {
    /// All methods, embedded ones too, sorted by [`method_key`].
    pub methods: &'s [Obj<'s>],
    /// The types admitted; `None` for all. Normalised: no term within another.
    pub terms: Option<&'s [Term<'s>]>,
    /// `comparable` is embedded.
    pub comparable: bool,
}

/// `T` or `~T`.
#[derive(Clone, Copy)]
pub struct Term<'s> {
    /// All types whose underlying type is `ty`.
    pub tilde: bool,
    /// The type.
    pub ty: Ty<'s>,
}

/// A type parameter.
pub struct TypeParam<'s> {
    /// The type name.
    pub obj: Obj<'s>,
    /// Its place in its list, from 0.
    pub index: u32,
    /// The constraint as written: an interface, or a type that `Checker::bound_interface` wraps into one.
    pub bound: OnceLock<Ty<'s>>,
}

/// What a declared name stands for.
pub struct Object<'s> {
    /// The name.
    pub name: Name,
    /// Where it is declared; [`Pos::NONE`] if nowhere.
    pub pos: Pos,
    /// The package; `None` for predeclared objects.
    pub pkg: Option<&'s Package<'s>>,
    /// Which kind.
    pub kind: ObjKind<'s>,
    /// Its type; unset while it is being resolved.
    pub ty: OnceLock<Ty<'s>>,
    /// Something refers to it. Written by the phase that owns it, read at its end.
    pub used: AtomicBool,
}

/// The kinds of objects.
pub enum ObjKind<'s> {
    /// An imported package under its name in one file.
    PkgName {
        /// The package.
        imported: &'s Package<'s>,
    },
    /// A constant.
    Const {
        /// Its value, set together with the type.
        value: OnceLock<Value<'s>>,
    },
    /// A type name: its type is a `Named`, `Alias`, `Basic` or `TypeParam`.
    TypeName,
    /// A variable.
    Var {
        /// Which.
        role: VarRole,
    },
    /// A function or method.
    Func {
        /// A method with a pointer receiver.
        ptr_recv: bool,
        /// The method of the generic type of which this one is an instance.
        origin: Option<Obj<'s>>,
    },
    /// A predeclared function.
    Builtin(Builtin),
    /// `nil`
    Nil,
}

/// What a variable is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VarRole {
    /// Declared at package level.
    Package,
    /// Declared in a function.
    Local,
    /// A receiver.
    Recv,
    /// A parameter.
    Param,
    /// A result.
    Result,
    /// A struct field.
    Field {
        /// Embedded.
        embedded: bool,
    },
}

/// Predeclared functions and those of package `unsafe`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)] // They are named as in Go.
pub enum Builtin {
    Append,
    Cap,
    Clear,
    Close,
    Complex,
    Copy,
    Delete,
    Imag,
    Len,
    Make,
    Max,
    Min,
    New,
    Panic,
    Print,
    Println,
    Real,
    Recover,
    UnsafeAdd,
    UnsafeAlignof,
    UnsafeOffsetof,
    UnsafeSizeof,
    UnsafeSlice,
    UnsafeSliceData,
    UnsafeString,
    UnsafeStringData,
}

/// A package of the session.
pub struct Package<'s> {
    /// The import path; `main` packages too have theirs.
    pub path: Name,
    /// The name in its package clauses.
    pub name: Name,
    /// It is a program, not the library that the tests of a program import.
    pub is_program: bool,
    /// Its number in the session; 0 is the universe, 1 is `unsafe`.
    pub index: u32,
    /// Set at the end of phase 1: all package-level objects, exported or not, sorted by name.
    pub scope: OnceLock<&'s [Obj<'s>]>,
}

impl<'s> Object<'s> {
    /// Reports whether these are the same object.
    pub fn is(&self, other: &Object<'s>) -> bool {
        ptr::eq(self, other)
    }

    /// Returns the type, or `None` while it is unresolved.
    pub fn ty(&self) -> Option<Ty<'s>> {
        self.ty.get().copied()
    }

    /// Notes that something refers to it.
    pub fn mark_used(&self) {
        // Relaxed: only the phase that declared the object reads it, on one thread.
        self.used.store(true, Ordering::Relaxed);
    }

    /// Reports whether something refers to it.
    pub fn is_used(&self) -> bool {
        self.used.load(Ordering::Relaxed)
    }

    /// Reports whether it is an embedded field.
    pub fn is_embedded(&self) -> bool {
        matches!(self.kind, ObjKind::Var { role: VarRole::Field { embedded: true } })
    }
}

impl<'s> Package<'s> {
    /// Finds a package-level object. `None` before the end of phase 1.
    pub fn lookup(&self, name: Name) -> Option<Obj<'s>> {
        let scope = self.scope.get()?;
        scope.binary_search_by(|obj| obj.name.cmp(&name)).ok().map(|idx| scope[idx])
    }

    /// Reports whether these are the same package.
    pub fn is(&self, other: &Package<'s>) -> bool {
        self.index == other.index
    }
}

impl fmt::Debug for Type<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", crate::format::type_string(self, None))
    }
}

impl fmt::Debug for Object<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name)
    }
}

impl fmt::Debug for Package<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path)
    }
}

/// Orders methods and tells them apart: by name, and by package path when not exported. Spec, "Uniqueness of
/// identifiers".
pub fn method_key(obj: &Object<'_>) -> (Name, Option<Name>) {
    let pkg = if obj.name.is_exported() { None } else { obj.pkg.map(|pkg| pkg.path) };
    (obj.name, pkg)
}
