//! Type descriptors, in the layout that `internal/abi` of Go 1.26 declares.
//!
//! `reflect`, `internal/reflectlite`, `internal/runtime/maps`, `internal/sync` and `unique` read and
//! build them with their own declarations, so no field may move.

use core::mem::{offset_of, size_of};

/// The head of every type descriptor (`internal/abi.Type`).
#[repr(C)]
pub struct Type {
    /// Size of a value.
    pub size: usize,
    /// Bytes from the start that can hold pointers.
    pub ptr_bytes: usize,
    /// Hash of the type, for type switches and itab tables.
    pub hash: u32,
    /// `TFLAG_*`.
    pub tflag: u8,
    /// Alignment of a variable.
    pub align: u8,
    /// Alignment of a field.
    pub field_align: u8,
    /// `KIND_*`.
    pub kind: u8,
    /// The func value `func(p, q unsafe.Pointer) bool`, or 0 if values cannot be compared.
    pub equal: usize,
    /// One bit for each word of the first `ptr_bytes` bytes.
    pub gc_data: usize,
    /// Offset of the name that `%T` prints.
    pub str_off: i32,
    /// Offset of the pointer type to this type, or 0.
    pub ptr_to_this: i32,
}

/// A channel type.
#[repr(C)]
pub struct ChanType {
    /// The common head.
    pub head: Type,
    /// The element's descriptor.
    pub elem: usize,
    /// 1 receive, 2 send, 3 both.
    pub dir: usize,
}

/// One method of an interface type.
#[repr(C)]
pub struct Imethod {
    /// Offset of the method's name.
    pub name: i32,
    /// Offset of the func type without receiver.
    pub ty: i32,
}

/// An interface type.
#[repr(C)]
pub struct InterfaceType {
    /// The common head.
    pub head: Type,
    /// Encoded name of the package, for methods that are not exported.
    pub pkg_path: usize,
    /// Slice of [`Imethod`], sorted by name: data, length, capacity.
    pub methods: [usize; 3],
}

/// What follows the kind's own struct when `TFLAG_UNCOMMON` is set.
#[repr(C)]
pub struct UncommonType {
    /// Offset of the package path.
    pub pkg_path: i32,
    /// Number of methods.
    pub n_methods: u16,
    /// Number of exported methods; they come first.
    pub n_exported: u16,
    /// Offset from this struct to its [`Method`]s.
    pub methods_off: u32,
    /// Not used.
    pub unused: u32,
}

/// A method of a concrete type.
#[repr(C)]
pub struct Method {
    /// Offset of the name.
    pub name: i32,
    /// Offset of the func type without receiver.
    pub ty: i32,
    /// Text offset of the function that takes the receiver as an interface's data word.
    pub interface_fn: i32,
    /// Text offset of the function that takes the receiver itself.
    pub direct_fn: i32,
}

/// What an interface with methods points to; `functions` code addresses follow.
#[repr(C)]
pub struct Itab {
    /// The interface type.
    pub inter: usize,
    /// The dynamic type.
    pub ty: usize,
    /// Copy of the dynamic type's hash.
    pub hash: u32,
    /// Not used.
    pub unused: u32,
    /// Code address of the first method; 0 says that the type does not implement the interface.
    pub function0: usize,
}

/// [`Type::tflag`]: an [`UncommonType`] follows.
pub const TFLAG_UNCOMMON: u8 = 1;
/// [`Type::tflag`]: the name has a leading `*` that is not part of it.
pub const TFLAG_EXTRA_STAR: u8 = 2;
/// [`Type::tflag`]: the type has a name.
pub const TFLAG_NAMED: u8 = 4;
/// [`Type::tflag`]: equality and hash may treat a value as bytes.
pub const TFLAG_REGULAR_MEMORY: u8 = 8;
/// [`Type::tflag`]: `gc_data` points to a word that holds the address of a mask built on demand.
pub const TFLAG_GC_MASK_ON_DEMAND: u8 = 16;
/// [`Type::tflag`]: values sit in an interface's data word.
pub const TFLAG_DIRECT_IFACE: u8 = 32;

/// [`Type::kind`] of an interface.
pub const KIND_INTERFACE: u8 = 20;
/// [`Type::kind`] of a pointer.
pub const KIND_POINTER: u8 = 22;
/// [`Type::kind`] of a string.
pub const KIND_STRING: u8 = 24;

const _: () = {
    assert!(size_of::<Type>() == 48);
    assert!(offset_of!(Type, kind) == 23 && offset_of!(Type, gc_data) == 32);
    assert!(size_of::<ChanType>() == 64);
    assert!(size_of::<InterfaceType>() == 80);
    assert!(size_of::<UncommonType>() == 16);
    assert!(size_of::<Method>() == 16);
    assert!(offset_of!(Itab, function0) == 24);
};
