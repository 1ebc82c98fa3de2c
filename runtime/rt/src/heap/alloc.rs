//! Allocation for compiled Go: `mallocgc` and what is built on it.
//!
//! Memory is not collected yet: objects are cut off and never come back. The interface is the final one.

use super::{arena, cache::SMALL_BYTES};
use crate::lang::panic::go_panic;
use crate::sched::current_m;
use abi::entry::PanicCode;
use abi::types::Type;
use arch::Outcome;

/// The largest object: what a pointer difference can express within the address space.
pub const MAX_ALLOC_BYTES: usize = 1 << 47;

/// Every object of size 0.
static ZERO_BASE: u64 = 0;

/// Allocates `bytes` zeroed bytes for a value, or several, of type `ty` (null: no pointers).
pub fn malloc(bytes: usize, _ty: *const Type) -> usize {
    if bytes == 0 {
        return &raw const ZERO_BASE as usize;
    }
    if bytes > SMALL_BYTES {
        return arena::take(bytes.next_multiple_of(arena::PAGE_BYTES));
    }
    // SAFETY: an M in an entry holds a P, which is its own.
    unsafe { (*(*current_m()).p).heap.cut(bytes.next_multiple_of(8)) }
}

/// Allocates `n` values of `size` bytes, or says that this cannot be.
pub fn malloc_array(size: usize, n: usize, ty: *const Type) -> Option<usize> {
    let bytes = size.checked_mul(n).filter(|&bytes| bytes <= MAX_ALLOC_BYTES)?;
    Some(malloc(bytes, ty))
}

/// `runtime.mallocgc(size, type, needzero)`. Memory is always zero.
pub(crate) extern "C" fn mallocgc(bytes: usize, ty: *const Type, _needzero: u64) -> Outcome {
    if bytes > MAX_ALLOC_BYTES {
        return go_panic(PanicCode::AllocSize, bytes, 0);
    }
    Outcome::done(malloc(bytes, ty) as u64)
}

/// `runtime.newobject(type)`.
pub(crate) extern "C" fn newobject(ty: *const Type) -> Outcome {
    // SAFETY: the compiler passes a type descriptor.
    Outcome::done(malloc(unsafe { (*ty).size }, ty) as u64)
}

/// `runtime.newarray(type, n)`.
pub(crate) extern "C" fn newarray(ty: *const Type, n: usize) -> Outcome {
    // SAFETY: the compiler passes a type descriptor.
    match malloc_array(unsafe { (*ty).size }, n, ty) {
        Some(addr) => Outcome::done(addr as u64),
        None => go_panic(PanicCode::AllocSize, n, 0),
    }
}

/// `runtime.makeslice(type, len, cap)`.
pub(crate) extern "C" fn makeslice(ty: *const Type, len: isize, cap: isize) -> Outcome {
    // SAFETY: the compiler passes a type descriptor.
    let size = unsafe { (*ty).size };
    let fits = |n: isize| n >= 0 && size.checked_mul(n as usize).is_some_and(|b| b <= MAX_ALLOC_BYTES);
    // A length that is too large is reported before a capacity that is: `make([]T, len)` has but one.
    if !fits(len) {
        return go_panic(PanicCode::MakeSliceLen, 0, 0);
    }
    if cap < len || !fits(cap) {
        return go_panic(PanicCode::MakeSliceCap, 0, 0);
    }
    Outcome::done(malloc(size * cap as usize, ty) as u64)
}

/// The capacity that a slice grows to: doubled while small, then by a quarter with a smooth transition, as gc
/// documents it for `append` since 1.18.
fn grown_cap(new_len: usize, old_cap: usize) -> usize {
    const THRESHOLD: usize = 256;
    if new_len > old_cap.saturating_mul(2) {
        return new_len;
    }
    if old_cap < THRESHOLD {
        return (old_cap * 2).max(new_len);
    }
    let mut cap = old_cap;
    while cap < new_len {
        cap = cap.saturating_add((cap + 3 * THRESHOLD) >> 2);
    }
    cap
}

/// `runtime.growslice(old, new_len, old_cap, num, type)`: data and capacity.
pub(crate) extern "C" fn growslice(
    old: *const u8,
    new_len: isize,
    old_cap: usize,
    num: usize,
    ty: *const Type,
) -> Outcome {
    // SAFETY: the compiler passes a type descriptor.
    let size = unsafe { (*ty).size };
    if new_len < 0 {
        return go_panic(PanicCode::GrowSliceLen, 0, 0);
    }
    let new_len = new_len as usize;
    if size == 0 {
        crate::lang::set_second_result(new_len);
        return Outcome::done(if old.is_null() { &raw const ZERO_BASE as u64 } else { old as u64 });
    }
    let Some(bytes) = size.checked_mul(grown_cap(new_len, old_cap)).filter(|&b| b <= MAX_ALLOC_BYTES) else {
        return go_panic(PanicCode::GrowSliceLen, 0, 0);
    };
    let bytes = super::rounded_size(bytes);
    let data = malloc(bytes, ty);
    // SAFETY: the old slice has new_len-num elements, and the new memory has room for new_len.
    unsafe { core::ptr::copy_nonoverlapping(old, data as *mut u8, (new_len - num) * size) };
    crate::lang::set_second_result(bytes / size);
    Outcome::done(data as u64)
}
