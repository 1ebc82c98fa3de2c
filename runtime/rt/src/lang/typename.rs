//! Names and offsets in type descriptors.
//!
//! Descriptors refer to names, types and code by 32-bit offsets: names and types from `runtime.types`, code from `runtime.text`. A name is a
//! flag byte, a length, bytes; an unexported method's name may end with the offset of its package's path.

use crate::heap::persistent;
use crate::sync::{Mutex, rank::Rank};
use abi::functab::Reader;
use abi::types::{TFLAG_EXTRA_STAR, TFLAG_UNCOMMON, Type, UncommonType};
use core::cell::UnsafeCell;

unsafe extern "C" {
    #[link_name = "runtime.types"]
    static TYPES: u8;
    #[link_name = "runtime.text"]
    static TEXT: u8;
}

#[cfg(not(test))]
core::arch::global_asm!(".weak runtime.types", ".weak runtime.text");

const NAME_EXPORTED: u8 = 1;
const NAME_TAG: u8 = 2;
const NAME_PKG_PATH: u8 = 4;

/// What package reflect made at run time and refers to by negative offsets. Entries are written once, under the lock.
struct Made {
    lock: Mutex,
    // `lock` must be held for this.
    table: UnsafeCell<(*mut usize, usize, usize)>,
}

// SAFETY: `table` is used under `lock` only.
unsafe impl Sync for Made {}

static MADE: Made =
    Made { lock: Mutex::new(Rank::Types), table: UnsafeCell::new((core::ptr::null_mut(), 0, 0)) };

/// `reflect.addReflectOff(ptr)`: a negative offset that stands for `ptr`.
pub(crate) extern "C" fn add_reflect_off(addr: usize) -> i64 {
    MADE.lock.lock();
    // SAFETY: the lock is held; the table has room for `room` words, of which `len` are written.
    let off = unsafe {
        let (items, len, room) = &mut *MADE.table.get();
        let known = (0..*len).find(|&i| *items.add(i) == addr);
        let index = known.unwrap_or_else(|| {
            if len == room {
                let new_room = (*room * 2).max(512);
                let new = persistent::alloc(new_room * size_of::<usize>(), 8) as *mut usize;
                if *len > 0 {
                    core::ptr::copy_nonoverlapping(*items, new, *len);
                }
                (*items, *room) = (new, new_room);
            }
            *items.add(*len) = addr;
            *len += 1;
            *len - 1
        });
        -(index as i64) - 1
    };
    MADE.lock.unlock();
    off
}

fn made(off: i32) -> usize {
    MADE.lock.lock();
    // SAFETY: the lock is held.
    let addr = unsafe {
        let (items, len, _) = *MADE.table.get();
        let index = -(off as i64 + 1) as usize;
        if index < len { *items.add(index) } else { 0 }
    };
    MADE.lock.unlock();
    addr
}

/// The address that an offset of a name or type stands for; 0 for offset 0.
pub(crate) fn resolve(off: i32) -> usize {
    if off < 0 {
        return made(off);
    }
    if off == 0 {
        0
    } else {
        core::hint::black_box(&raw const TYPES as usize).wrapping_add_signed(off as isize)
    }
}

/// The address that an offset of code stands for. 0 and -1 stand for methods that the linker dropped.
pub(crate) fn resolve_text(off: i32) -> usize {
    match off {
        0 | -1 => 0,
        off if off < 0 => made(off),
        off => core::hint::black_box(&raw const TEXT as usize).wrapping_add_signed(off as isize),
    }
}

/// An encoded name.
#[derive(Clone, Copy)]
pub(crate) struct Name(*const u8);

impl Name {
    pub(crate) fn at(off: i32) -> Option<Name> {
        let addr = resolve(off);
        (addr != 0).then_some(Name(addr as *const u8))
    }

    pub(crate) fn from_addr(addr: usize) -> Option<Name> {
        (addr != 0).then_some(Name(addr as *const u8))
    }

    fn flags(self) -> u8 {
        // SAFETY: a name begins with its flags.
        unsafe { *self.0 }
    }

    fn string_at(self, off: usize) -> &'static [u8] {
        // SAFETY: the length says where the string ends; five bytes of it at most.
        unsafe {
            let at = self.0.add(off);
            let head = core::slice::from_raw_parts(at, 5);
            let len = Reader::new(head).uleb() as usize;
            let head_bytes = head.iter().position(|byte| byte & 0x80 == 0).unwrap_or(4) + 1;
            core::slice::from_raw_parts(at.add(head_bytes), len)
        }
    }

    pub(crate) fn bytes(self) -> &'static [u8] {
        self.string_at(1)
    }

    pub(crate) fn is_exported(self) -> bool {
        self.flags() & NAME_EXPORTED != 0
    }

    /// The path of the package it belongs to, if the name says so.
    pub(crate) fn pkg_path(self) -> Option<&'static [u8]> {
        if self.flags() & NAME_PKG_PATH == 0 {
            return None;
        }
        let name = self.bytes();
        let mut end = name.as_ptr_range().end as usize - self.0 as usize;
        if self.flags() & NAME_TAG != 0 {
            end = self.string_at(end).as_ptr_range().end as usize - self.0 as usize;
        }
        // SAFETY: four bytes of offset follow.
        let off = unsafe { (self.0.add(end) as *const i32).read_unaligned() };
        Name::at(off).map(Name::bytes)
    }
}

/// The type as `%T` prints it.
pub(crate) fn type_string(ty: &Type) -> &'static [u8] {
    let bytes = Name::at(ty.str_off).map_or(&b"?"[..], Name::bytes);
    if ty.tflag & TFLAG_EXTRA_STAR != 0 { &bytes[1..] } else { bytes }
}

/// What follows the descriptor of a type with methods.
pub(crate) fn uncommon(ty: &Type) -> Option<&UncommonType> {
    if ty.tflag & TFLAG_UNCOMMON == 0 {
        return None;
    }
    // Sizes of the descriptors by kind; Go's internal/abi lays them out.
    let bytes = match ty.kind & 31 {
        17 => 72,           // array
        18 => 64,           // chan
        19 | 22 | 23 => 56, // func, pointer, slice
        20 | 25 => 80,      // interface, struct
        21 => 112,          // map
        _ => 48,
    };
    // SAFETY: the flag says that it is there.
    Some(unsafe { &*((ty as *const Type as usize + bytes) as *const UncommonType) })
}
