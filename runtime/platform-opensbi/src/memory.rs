//! `platform::Memory` over the address space.

use crate::OpenSbi;
use crate::frames::{BLOCK_BYTES, FRAME_BYTES};
use crate::lock::Once;
use crate::space::{self, SPACE};
use platform::Memory;

/// Bytes of memory that were free when the kernel had started.
static TOTAL_BYTES: Once<usize> = Once::new();

/// Remembers how much memory there is.
///
/// # Safety
/// Called once during boot.
pub unsafe fn set_total() {
    let bytes = SPACE.lock().frames.n_available() * FRAME_BYTES;
    // SAFETY: the caller's contract.
    unsafe { TOTAL_BYTES.set(bytes) };
}

/// From where to where there is memory, gaps included.
static BOUNDS: Once<(usize, usize)> = Once::new();

/// Remembers where memory is.
///
/// # Safety
/// Called once during boot.
pub unsafe fn set_bounds(start: usize, end: usize) {
    // SAFETY: the caller's contract.
    unsafe { BOUNDS.set((start, end)) };
}

/// Whether a range touches memory.
pub fn is_memory(from: usize, to: usize) -> bool {
    BOUNDS.get().is_some_and(|&(start, end)| from < end && start < to)
}

/// Bytes of memory that programs share.
pub fn total_bytes() -> usize {
    TOTAL_BYTES.get().copied().unwrap_or(0)
}

/// Ready memory of the kernel, for ever, below it a page that is never mapped.
pub fn map_with_guard(bytes: usize) -> Option<usize> {
    let addr = SPACE.lock().ranges.take(bytes + FRAME_BYTES, FRAME_BYTES)? + FRAME_BYTES;
    if !OpenSbi::prepare(addr, bytes) {
        return None;
    }
    OpenSbi::ready(addr, bytes);
    Some(addr)
}

impl platform::Memory for OpenSbi {
    fn memory_bytes() -> usize {
        total_bytes()
    }

    fn reserve(bytes: usize) -> usize {
        // Address space costs tables for whoever keeps books about it: more than a few times the memory is never of use.
        if bytes > total_bytes().saturating_mul(4).max(1 << 28) {
            return 0;
        }
        let align = if bytes >= BLOCK_BYTES { BLOCK_BYTES } else { FRAME_BYTES };
        SPACE.lock().ranges.take(bytes, align).unwrap_or(0)
    }

    fn prepare(addr: usize, bytes: usize) -> bool {
        SPACE.lock().prepare(addr, bytes)
    }

    fn ready(addr: usize, bytes: usize) {
        space::ready(addr, bytes);
    }

    fn unused(addr: usize, bytes: usize) {
        space::take_away(addr, bytes, true);
    }

    fn release(addr: usize, bytes: usize) {
        space::take_away(addr, bytes, false);
        SPACE.lock().ranges.give(addr, addr + bytes);
    }
}
