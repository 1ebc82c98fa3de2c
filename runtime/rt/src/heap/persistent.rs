//! Memory that the runtime keeps for ever: Ms, Ps, Gs, sudogs. Zero when handed out; no pointer in it is a
//! pointer into the heap unless the collector knows the struct.

use crate::fatal::throw;
use crate::sync::Mutex;
use core::cell::UnsafeCell;

const CHUNK_BYTES: usize = 256 << 10;

struct Persistent {
    lock: Mutex,
    // `lock` must be held for this: the free part of the current chunk.
    free: UnsafeCell<(usize, usize)>,
}

// SAFETY: `free` is used under `lock` only.
unsafe impl Sync for Persistent {}

static PERSISTENT: Persistent = Persistent { lock: Mutex::new(), free: UnsafeCell::new((0, 0)) };

/// Allocates `bytes` zeroed bytes at a multiple of `align`, a power of two up to 4096.
pub fn alloc(bytes: usize, align: usize) -> *mut u8 {
    if bytes > CHUNK_BYTES / 4 {
        return map(bytes.next_multiple_of(4096)) as *mut u8;
    }
    PERSISTENT.lock.lock();
    // SAFETY: the lock is held.
    let free = unsafe { &mut *PERSISTENT.free.get() };
    let mut addr = free.0.next_multiple_of(align);
    if addr == 0 || addr + bytes > free.1 {
        addr = map(CHUNK_BYTES);
        free.1 = addr + CHUNK_BYTES;
    }
    free.0 = addr + bytes;
    PERSISTENT.lock.unlock();
    addr as *mut u8
}

/// Maps `bytes` zeroed bytes, a multiple of 4096; whoever needs them no longer may `release` them.
pub fn map(bytes: usize) -> usize {
    let addr = platform::reserve(bytes);
    if addr == 0 || !platform::prepare(addr, bytes) {
        throw("runtime: cannot allocate memory");
    }
    platform::ready(addr, bytes);
    addr
}
