//! Allocation for compiled Go: `mallocgc` and what is built on it.
//!
//! A block is taken from the P's group, cleared if its memory was used before, its contents noted for the collector. The
//! pointer is returned only then: before, no word of the program leads to the block. The stub of `newobject` in `arch` does the same
//! for small objects and comes here when the group is used up.

use super::barrier;
use super::central::CENTRAL;
use super::gc;
use super::size_class::{MAX_SMALL_BYTES, PAGE_BYTES, class_of, rounded_size};
use super::span::Contents;
use crate::lang::panic::go_panic;
use crate::lang::set_second_result;
use crate::profile::memory;
use crate::sched::{current_m, done_or_yield};
use abi::entry::PanicCode;
use abi::types::Type;
use arch::Outcome;

/// The largest object: what the address space holds.
pub const MAX_ALLOC_BYTES: usize = 1 << 47;

/// Every object of size 0.
static ZERO_BASE: u64 = 0;

/// What values of `ty` contain; null says no pointers.
pub(crate) fn contents_of(ty: *const Type) -> Contents {
    // SAFETY: a type is null or a descriptor.
    match unsafe { ty.as_ref() } {
        Some(head) if head.ptr_bytes > 0 => Contents::Typed(ty),
        _ => Contents::Plain,
    }
}

/// Allocates `bytes` zeroed bytes. May collect.
pub fn malloc(bytes: usize, contents: Contents) -> usize {
    allocate(bytes, contents, true)
}

fn allocate(bytes: usize, contents: Contents, zero: bool) -> usize {
    if bytes == 0 {
        return &raw const ZERO_BASE as usize;
    }
    gc::before_allocation();
    let has_pointers = !matches!(contents, Contents::Plain);
    let must_zero = zero || has_pointers;
    if bytes > MAX_SMALL_BYTES {
        return allocate_large(bytes, contents, must_zero);
    }
    let class = class_of(bytes);
    // SAFETY: an M in an entry holds a P, which is its own, and the span belongs to the P's cache.
    let block = unsafe {
        let heap = &mut (*(*current_m()).p).heap;
        let (span, index) = heap.take(class, has_pointers);
        let block = (*span).block(index);
        if (*span).is_dirty && must_zero {
            core::ptr::write_bytes(block as *mut u8, 0, (*span).block_bytes);
        }
        (*span).set_contents(index, bytes, contents);
        if heap.sampler.is_due() {
            memory::sample(heap, block, (*span).block_bytes);
        }
        block
    };
    after_allocation();
    block
}

fn allocate_large(bytes: usize, contents: Contents, must_zero: bool) -> usize {
    let span = CENTRAL.large(bytes.div_ceil(PAGE_BYTES), contents);
    // SAFETY: the span was just made for this object.
    let block = unsafe {
        if (*span).is_dirty && must_zero {
            core::ptr::write_bytes((*span).start as *mut u8, 0, (*span).block_bytes);
        }
        let heap = &mut (*(*current_m()).p).heap;
        heap.sampler.took_large((*span).block_bytes);
        if heap.sampler.is_due() {
            memory::sample(heap, (*span).start, (*span).block_bytes);
        }
        (*span).start
    };
    after_allocation();
    block
}

/// Pays the collector, and wakes who waits for what sweeping has found.
#[inline]
fn after_allocation() {
    if gc::is_marking() {
        gc::assist();
    }
    super::specials::wake();
}

/// The address of all objects of size 0.
pub(crate) fn zero_base() -> usize {
    &raw const ZERO_BASE as usize
}

/// Allocates `n` values of type `ty`, or says that this cannot be.
fn malloc_array(ty: *const Type, n: usize) -> Option<usize> {
    // SAFETY: the compiler passes a type descriptor.
    let bytes = unsafe { (*ty).size }.checked_mul(n).filter(|&bytes| bytes <= MAX_ALLOC_BYTES)?;
    Some(malloc(bytes, contents_of(ty)))
}

/// `runtime.mallocgc(size, type, needzero)`.
pub(crate) extern "C" fn mallocgc(bytes: usize, ty: *const Type, needzero: u64) -> Outcome {
    if bytes > MAX_ALLOC_BYTES {
        return go_panic(PanicCode::AllocSize, bytes, 0);
    }
    done_or_yield(allocate(bytes, contents_of(ty), needzero & 1 != 0))
}

/// `runtime.newobject(type)`.
pub(crate) extern "C" fn newobject(ty: *const Type) -> Outcome {
    // SAFETY: the compiler passes a type descriptor.
    done_or_yield(malloc(unsafe { (*ty).size }, contents_of(ty)))
}

/// `runtime.newarray(type, n)`.
pub(crate) extern "C" fn newarray(ty: *const Type, n: usize) -> Outcome {
    match malloc_array(ty, n) {
        Some(addr) => done_or_yield(addr),
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
    done_or_yield(malloc(size * cap as usize, contents_of(ty)))
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
    if new_len < 0 {
        return go_panic(PanicCode::GrowSliceLen, 0, 0);
    }
    let new_len = new_len as usize;
    // SAFETY: the compiler passes a type descriptor.
    let (size, has_pointers) = unsafe { ((*ty).size, (*ty).ptr_bytes > 0) };
    if size == 0 {
        set_second_result(new_len);
        return Outcome::done(if old.is_null() { &raw const ZERO_BASE as u64 } else { old as u64 });
    }
    let wanted = size.checked_mul(grown_cap(new_len, old_cap)).filter(|&b| b <= MAX_ALLOC_BYTES);
    let Some(wanted) = wanted else {
        return go_panic(PanicCode::GrowSliceLen, 0, 0);
    };
    let cap = rounded_size(wanted, has_pointers) / size;
    let data = malloc(cap * size, contents_of(ty));
    // SAFETY: the old slice has new_len-num elements, and the new memory has room for new_len.
    unsafe {
        barrier::before_clear(ty, old, (new_len - num) * size);
        core::ptr::copy_nonoverlapping(old, data as *mut u8, (new_len - num) * size);
    }
    set_second_result(cap);
    done_or_yield(data)
}
