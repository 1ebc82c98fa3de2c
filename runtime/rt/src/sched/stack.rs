//! Goroutine stacks.

use crate::fatal::throw;
use abi::g::GHead;

/// Bytes of a goroutine's stack; its frames are made at first use.
const STACK_BYTES: usize = 256 << 10;
const GUARD_BYTES: usize = 4096;

/// What leaf functions and stubs may use below the limit.
pub const HEADROOM_BYTES: usize = 1024;

/// Gives `g` its first stack.
pub(crate) fn attach_first(g: &mut GHead) {
    let lo = platform::reserve(GUARD_BYTES + STACK_BYTES);
    if lo == 0 || !platform::prepare(lo + GUARD_BYTES, STACK_BYTES) {
        throw("out of memory (goroutine stack)");
    }
    platform::ready(lo + GUARD_BYTES, STACK_BYTES);
    g.stack_lo = lo + GUARD_BYTES;
    g.stack_hi = g.stack_lo + STACK_BYTES;
    g.stack_guard = g.stack_lo + HEADROOM_BYTES;
}

/// Whether the stack address `addr` was pushed later than `target` on the stack of `gp`.
pub(crate) fn is_inner(_gp: *mut super::G, addr: usize, target: usize) -> bool {
    addr < target
}

/// Gives back the segments that are not needed when the stack of `gp` is cut to `sp`.
pub(crate) fn drop_segments_to(_gp: *mut super::G, _sp: usize) {}
