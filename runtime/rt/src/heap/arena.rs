//! The heap's address space: one reservation, made ready in steps.

use crate::fatal::fatal_error;
use crate::sync::Mutex;
use core::cell::UnsafeCell;

/// Address space asked for; smaller sizes are tried when the system refuses.
const RESERVE_BYTES: usize = 1 << 40;
const SMALLEST_RESERVE_BYTES: usize = 1 << 28;
const STEP_BYTES: usize = 4 << 20;
/// Unit of `take`.
pub const PAGE_BYTES: usize = 8192;

struct Arena {
    lock: Mutex,
    // `lock` must be held for this.
    bounds: UnsafeCell<Bounds>,
}

struct Bounds {
    next: usize,
    ready_end: usize,
    end: usize,
}

// SAFETY: `bounds` is used under `lock` only.
unsafe impl Sync for Arena {}

static ARENA: Arena =
    Arena { lock: Mutex::new(), bounds: UnsafeCell::new(Bounds { next: 0, ready_end: 0, end: 0 }) };

/// Takes `bytes` zeroed bytes, a multiple of [`PAGE_BYTES`], from the end of the heap.
pub fn take(bytes: usize) -> usize {
    ARENA.lock.lock();
    // SAFETY: the lock is held.
    let bounds = unsafe { &mut *ARENA.bounds.get() };
    if bounds.end == 0 {
        reserve(bounds);
    }
    let addr = bounds.next;
    if bytes > bounds.end - addr {
        fatal_error("runtime: out of memory");
    }
    bounds.next += bytes;
    if bounds.next > bounds.ready_end {
        let step = (bounds.next - bounds.ready_end).next_multiple_of(STEP_BYTES);
        let step = step.min(bounds.end - bounds.ready_end);
        if !platform::prepare(bounds.ready_end, step) {
            fatal_error("runtime: out of memory");
        }
        platform::ready(bounds.ready_end, step);
        bounds.ready_end += step;
    }
    ARENA.lock.unlock();
    addr
}

fn reserve(bounds: &mut Bounds) {
    let mut bytes = RESERVE_BYTES;
    loop {
        let addr = platform::reserve(bytes);
        if addr != 0 {
            let start = addr.next_multiple_of(PAGE_BYTES);
            *bounds = Bounds { next: start, ready_end: start, end: addr + bytes };
            return;
        }
        bytes /= 2;
        if bytes < SMALLEST_RESERVE_BYTES {
            fatal_error("runtime: cannot reserve heap address space");
        }
    }
}
