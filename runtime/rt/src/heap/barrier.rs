//! Write barriers of what the runtime copies and clears itself, and of compiled code's bulk copies.
//!
//! While marking runs, the pointers that are about to be overwritten are marked, and so are those that take their place (see the head of
//! `gc`). Memory on stacks needs none, but does no harm: any word is accepted.

use super::gc;
use super::span::each_pointer;
use crate::sched::current_m;
use abi::types::Type;

/// Marks what the pointers in `bytes` bytes at `addr`, which hold values of `ty`, point to.
///
/// # Safety
/// The bytes are readable; `ty` is null (any word may be a pointer) or a descriptor. The M holds a P.
#[cold]
unsafe fn shade_values(ty: *const Type, addr: usize, bytes: usize) {
    // SAFETY: an M in an entry holds a P, which is its own; the rest is the caller's contract.
    unsafe {
        let work = &mut (*(*current_m()).p).heap.work;
        each_pointer(addr, 0, bytes, ty, &mut |at| work.mark_word((at as *const usize).read_volatile()));
    }
}

fn has_pointers(ty: *const Type) -> bool {
    // SAFETY: a type is null or a descriptor.
    unsafe { ty.as_ref() }.is_none_or(|ty| ty.ptr_bytes > 0)
}

/// To be called before `bytes` bytes of values of `ty` are copied from `src` to `dst`.
///
/// # Safety
/// As for the copy; `ty` is null or a descriptor.
#[inline]
pub(crate) unsafe fn before_copy(ty: *const Type, dst: *const u8, src: *const u8, bytes: usize) {
    if gc::is_marking() && has_pointers(ty) {
        // SAFETY: the caller's contract.
        unsafe {
            shade_values(ty, dst as usize, bytes);
            shade_values(ty, src as usize, bytes);
        }
    }
}

/// To be called before `bytes` bytes of values of `ty` at `dst` are cleared, or are lost in another way.
///
/// # Safety
/// As for the clearing; `ty` is null or a descriptor.
#[inline]
pub(crate) unsafe fn before_clear(ty: *const Type, dst: *const u8, bytes: usize) {
    if gc::is_marking() && has_pointers(ty) {
        // SAFETY: the caller's contract.
        unsafe { shade_values(ty, dst as usize, bytes) };
    }
}

/// `runtime.wbMove(type, dst, src)`: compiled code copies a value after this.
pub(crate) extern "C" fn wb_move(ty: &Type, dst: *const u8, src: *const u8) {
    // SAFETY: compiled code passes addresses of two values.
    unsafe { before_copy(ty, dst, src, ty.size) };
}

/// `runtime.wbZero(type, dst)`: compiled code clears a value after this.
pub(crate) extern "C" fn wb_zero(ty: &Type, dst: *const u8) {
    // SAFETY: compiled code passes the address of a value.
    unsafe { before_clear(ty, dst, ty.size) };
}
