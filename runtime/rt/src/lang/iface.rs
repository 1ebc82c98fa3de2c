//! Interfaces: which methods of a type an interface calls, and failed assertions.
//!
//! The compiler makes the itab of every conversion it sees. Others, for assertions to interface types, are made here at first need and
//! kept for ever in a table that is read without a lock. A pair that does not match is kept too.

use super::panic::{Raised, raise};
use super::print::{Printer, done};
use super::typename::{Name, resolve, resolve_text, type_string, uncommon};
use crate::heap::persistent;
use crate::sync::{Mutex, rank::Rank};
use abi::types::{InterfaceType, Itab, Method, Type};
use core::cell::UnsafeCell;
use core::ptr::null;
use core::sync::atomic::{
    AtomicPtr,
    Ordering::{Acquire, Relaxed, Release},
};

struct Table {
    lock: Mutex,
    // `lock` must be held to write; the slots are read without.
    slots: AtomicPtr<Slots>,
    // `lock` must be held for this.
    len: UnsafeCell<usize>,
}

/// An open-addressing hash table: a mask, then a power of two of itabs.
struct Slots {
    mask: usize,
    first: AtomicPtr<Itab>,
}

// SAFETY: `len` is used under `lock` only.
unsafe impl Sync for Table {}

static TABLE: Table = Table {
    lock: Mutex::new(Rank::Tables),
    slots: AtomicPtr::new(core::ptr::null_mut()),
    len: UnsafeCell::new(0),
};

const FIRST_SLOTS: usize = 512;

impl Slots {
    fn new(n: usize) -> &'static Slots {
        let bytes = size_of::<usize>() * (n + 1);
        let slots = persistent::alloc_unscanned(bytes, 64) as *mut Slots;
        // SAFETY: zeroed memory of that size; null is a valid slot.
        unsafe {
            (*slots).mask = n - 1;
            &*slots
        }
    }

    fn slot(&self, index: usize) -> &AtomicPtr<Itab> {
        // SAFETY: there are `mask + 1` slots from `first` on.
        unsafe { &*(&raw const self.first).add(index & self.mask) }
    }

    /// The slot of the pair, or the empty one where it belongs.
    fn find(&self, inter: *const InterfaceType, ty: *const Type) -> &AtomicPtr<Itab> {
        let mut index = (inter as usize >> 4) ^ (ty as usize >> 4).wrapping_mul(0x9e37_79b1);
        loop {
            let slot = self.slot(index);
            // Pairs with the Release of whoever added it.
            // SAFETY: itabs in the table live for ever.
            match unsafe { slot.load(Acquire).as_ref() } {
                Some(itab) if itab.inter != inter as usize || itab.ty != ty as usize => index += 1,
                _ => return slot,
            }
        }
    }
}

/// The itab of the pair; one with `function0 == 0` if the type does not implement the interface.
fn itab(inter: *const InterfaceType, ty: *const Type) -> *const Itab {
    // SAFETY: slots live for ever.
    if let Some(slots) = unsafe { TABLE.slots.load(Acquire).as_ref() } {
        let found = slots.find(inter, ty).load(Acquire);
        if !found.is_null() {
            return found;
        }
    }
    TABLE.lock.lock();
    // SAFETY: the lock is held.
    let len = unsafe { &mut *TABLE.len.get() };
    let slots = slots_with_room(*len);
    let slot = slots.find(inter, ty);
    let mut found = slot.load(Relaxed);
    if found.is_null() {
        // SAFETY: compiled code passes descriptors.
        found = unsafe { make(&*inter, &*ty) };
        // Publishes the itab; pairs with the Acquire in `find`.
        slot.store(found, Release);
        *len += 1;
    }
    TABLE.lock.unlock();
    found
}

/// The slots, at most half full; the lock is held.
fn slots_with_room(len: usize) -> &'static Slots {
    // SAFETY: slots live for ever: readers may still look at old ones.
    let old = unsafe { TABLE.slots.load(Relaxed).as_ref() };
    let n = old.map_or(0, |slots| slots.mask + 1);
    if let Some(old) = old
        && 2 * len < n
    {
        return old;
    }
    let slots = Slots::new((2 * n).max(FIRST_SLOTS));
    for index in 0..n {
        let itab = old.map_or(core::ptr::null_mut(), |old| old.slot(index).load(Relaxed));
        // SAFETY: itabs live for ever.
        if let Some(itab_ref) = unsafe { itab.as_ref() } {
            slots.find(itab_ref.inter as *const _, itab_ref.ty as *const _).store(itab, Relaxed);
        }
    }
    TABLE.slots.store(slots as *const Slots as *mut Slots, Release);
    slots
}

/// Makes an itab.
///
/// # Safety
/// Both are descriptors that live for ever.
unsafe fn make(inter: &InterfaceType, ty: &Type) -> *mut Itab {
    let [methods, n, _] = inter.methods;
    let bytes = size_of::<Itab>() + n.saturating_sub(1) * size_of::<usize>();
    let itab = persistent::alloc_unscanned(bytes, 8) as *mut Itab;
    // SAFETY: new memory of that size; the interface has n methods.
    unsafe {
        (*itab).inter = inter as *const InterfaceType as usize;
        (*itab).ty = ty as *const Type as usize;
        (*itab).hash = ty.hash;
        let wanted = core::slice::from_raw_parts(methods as *const abi::types::Imethod, n);
        let functions = &raw mut (*itab).function0;
        let mut from = 0;
        for (i, want) in wanted.iter().enumerate() {
            match find_method(inter, ty, want, &mut from) {
                // An address that no call reaches still says "implemented".
                Some(method) => functions.add(i).write(resolve_text(method.interface_fn).max(1)),
                None => {
                    functions.write(0);
                    break;
                }
            }
        }
    }
    itab
}

/// The methods of a type, sorted by name.
pub(crate) fn methods(ty: &Type) -> &[Method] {
    let Some(uncommon) = uncommon(ty) else { return &[] };
    // SAFETY: the offset leads to so many methods.
    unsafe {
        let first = (uncommon as *const _ as usize + uncommon.methods_off as usize) as *const Method;
        core::slice::from_raw_parts(first, uncommon.n_methods as usize)
    }
}

/// Finds the method that answers `want`, looking from index `from` on: both lists are sorted by name.
fn find_method<'a>(
    inter: &InterfaceType,
    ty: &'a Type,
    want: &abi::types::Imethod,
    from: &mut usize,
) -> Option<&'a Method> {
    let methods = methods(ty);
    let want_name = Name::at(want.name)?;
    while let Some(method) = methods.get(*from) {
        *from += 1;
        let name = Name::at(method.name)?;
        if name.bytes() != want_name.bytes() || method.ty != want.ty {
            continue;
        }
        if name.is_exported() {
            return Some(method);
        }
        // An unexported method belongs to a package. Spec, "Uniqueness of identifiers".
        let have_pkg = name
            .pkg_path()
            .or_else(|| uncommon(ty).and_then(|uncommon| Name::at(uncommon.pkg_path)).map(Name::bytes));
        let want_pkg = want_name.pkg_path().or_else(|| Name::from_addr(inter.pkg_path).map(Name::bytes));
        if have_pkg == want_pkg {
            return Some(method);
        }
    }
    None
}

/// `runtime.typeAssertItab(inter, type)`: the itab, or nil if the type is nil or does not implement the interface.
pub(crate) extern "C" fn type_assert_itab(inter: *const InterfaceType, ty: *const Type) -> *const Itab {
    if ty.is_null() {
        return null();
    }
    let itab = itab(inter, ty);
    // SAFETY: itabs live for ever.
    if unsafe { (*itab).function0 } == 0 { null() } else { itab }
}

/// The code of the method that tells a value's text, `Error` or else `String`, called with the data word.
pub(crate) fn text_method(ty: &Type) -> Option<usize> {
    [&b"Error"[..], b"String"].iter().find_map(|wanted| {
        let method = methods(ty).iter().find(|method| {
            let takes_nothing_returns_string = || {
                // SAFETY: a method's type is a descriptor.
                let ty = unsafe { (resolve(method.ty) as *const Type).as_ref() };
                ty.is_some_and(|ty| type_string(ty) == b"func() string")
            };
            Name::at(method.name).is_some_and(|name| name.bytes() == *wanted)
                && takes_nothing_returns_string()
        })?;
        Some(resolve_text(method.interface_fn)).filter(|&code| code != 0)
    })
}

/// The name of the first method that is missing.
fn missing_method(inter: &InterfaceType, ty: &Type) -> &'static [u8] {
    let [methods, n, _] = inter.methods;
    // SAFETY: the interface has n methods.
    let wanted = unsafe { core::slice::from_raw_parts(methods as *const abi::types::Imethod, n) };
    let mut from = 0;
    wanted
        .iter()
        .find(|want| find_method(inter, ty, want, &mut from).is_none())
        .and_then(|want| Name::at(want.name))
        .map_or(b"", Name::bytes)
}

fn begin(p: &mut Printer) -> &mut Printer {
    p.string(b"interface conversion: ")
}

/// `runtime.panicdottypeE(have, want, inter)`: an assertion to a type that is no interface failed.
pub(crate) extern "C" fn panicdottype_e(have: *const Type, want: &Type, inter: &Type) -> Raised {
    // SAFETY: null, or a descriptor.
    let have = unsafe { have.as_ref() };
    raise(|p| {
        begin(p).string(type_string(inter)).string(b" is ");
        p.string(have.map_or(b"nil", type_string)).string(b", not ").string(type_string(want));
        if have.is_some_and(|have| type_string(have) == type_string(want)) {
            p.string(b" (types from different scopes)");
        }
    })
}

/// `runtime.panicdottypeI(have, want, inter)`: an assertion to an interface type failed.
pub(crate) extern "C" fn panicdottype_i(have: *const Type, want: &InterfaceType, _inter: &Type) -> Raised {
    // SAFETY: null, or a descriptor.
    let have = unsafe { have.as_ref() };
    raise(|p| match have {
        None => done(begin(p).string(b"interface is nil, not ").string(type_string(&want.head))),
        Some(have) => {
            begin(p).string(type_string(have)).string(b" is not ").string(type_string(&want.head));
            p.string(b": missing method ").string(missing_method(want, have));
        }
    })
}

/// `runtime.panicuncomparable(type)`: `==` on interfaces whose values cannot be compared.
pub(crate) extern "C" fn panicuncomparable(ty: &Type) -> Raised {
    raise(|p| done(p.string(b"runtime error: comparing uncomparable type ").string(type_string(ty))))
}

/// Two words in the result registers.
#[repr(C)]
pub(crate) struct Pair(usize, usize);

/// `typeString(type)`.
pub(crate) extern "C" fn type_string_entry(ty: &Type) -> Pair {
    let string = type_string(ty);
    Pair(string.as_ptr() as usize, string.len())
}

/// `runtime.missingMethodName(inter, type)`.
pub(crate) extern "C" fn missing_method_name(inter: &InterfaceType, ty: &Type) -> Pair {
    let name = missing_method(inter, ty);
    Pair(name.as_ptr() as usize, name.len())
}

/// `runtime.typePkgPath(type)`: the path of the package that defines it, or nothing.
pub(crate) extern "C" fn type_pkg_path(ty: &Type) -> Pair {
    let path = uncommon(ty).and_then(|uncommon| Name::at(uncommon.pkg_path)).map_or(&b""[..], Name::bytes);
    Pair(path.as_ptr() as usize, path.len())
}

/// `resolveNameOff(ptr, off)` and `resolveTypeOff(type, off)`.
pub(crate) extern "C" fn resolve_off(_module: usize, off: i32) -> usize {
    resolve(off)
}

/// `resolveTextOff(type, off)`.
pub(crate) extern "C" fn resolve_text_off(_module: usize, off: i32) -> usize {
    resolve_text(off)
}
