//! Memory that the runtime keeps for ever: Ms, Ps, Gs, sudogs. Zero when handed out. The collector looks at every word of it, so it may
//! hold pointers into the heap, except what `alloc_unscanned` gives.

use crate::fatal::throw;
use crate::sync::{Mutex, rank::Rank};
use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

const CHUNK_BYTES: usize = 256 << 10;

struct Pool {
    lock: Mutex,
    // `lock` must be held for this.
    free: UnsafeCell<Free>,
}

struct Free {
    next: usize,
    end: usize,
    /// The chunk that `next` points into; a chunk's first word leads to the one before it.
    chunk: usize,
}

// SAFETY: `free` is used under `lock` only.
unsafe impl Sync for Pool {}

impl Pool {
    const fn new() -> Pool {
        Pool { lock: Mutex::new(Rank::Persistent), free: UnsafeCell::new(Free { next: 0, end: 0, chunk: 0 }) }
    }

    fn alloc(&self, bytes: usize, align: usize) -> *mut u8 {
        self.lock.lock();
        // SAFETY: the lock is held.
        let free = unsafe { &mut *self.free.get() };
        let mut addr = free.next.next_multiple_of(align);
        if addr == 0 || addr + bytes > free.end {
            let chunk = map(CHUNK_BYTES.max((bytes + 64).next_multiple_of(4096)));
            // SAFETY: the chunk was just mapped.
            unsafe { *(chunk as *mut usize) = free.chunk };
            free.end = chunk + CHUNK_BYTES.max((bytes + 64).next_multiple_of(4096));
            free.chunk = chunk;
            addr = (chunk + size_of::<usize>()).next_multiple_of(align);
        }
        free.next = addr + bytes;
        self.lock.unlock();
        addr as *mut u8
    }
}

static SCANNED: Pool = Pool::new();
static UNSCANNED: Pool = Pool::new();

/// Allocates `bytes` zeroed bytes at a multiple of `align`, a power of two up to 64. The collector looks at them.
pub fn alloc(bytes: usize, align: usize) -> *mut u8 {
    SCANNED.alloc(bytes, align)
}

/// As [`alloc`], but the collector does not look at them.
pub fn alloc_unscanned(bytes: usize, align: usize) -> *mut u8 {
    UNSCANNED.alloc(bytes, align)
}

/// Calls `visit` with the bounds of all memory that the collector looks at. The world is stopped.
pub(crate) fn scanned_ranges(mut visit: impl FnMut(usize, usize)) {
    // SAFETY: nobody allocates while the world is stopped.
    let free = unsafe { &*SCANNED.free.get() };
    let (mut chunk, mut end) = (free.chunk, free.next);
    while chunk != 0 {
        visit(chunk + size_of::<usize>(), end);
        // SAFETY: a chunk's first word leads to the one before it.
        chunk = unsafe { *(chunk as *const usize) };
        end = chunk + CHUNK_BYTES;
    }
}

/// Maps `bytes` zeroed bytes, a multiple of 4096; whoever needs them no longer may `release` them. The collector does not look at them.
pub fn map(bytes: usize) -> usize {
    MAPPED.fetch_add(bytes, Relaxed);
    map_sparse(bytes)
}

/// As [`map`], but most of it will not be used, so it does not count as memory.
pub(crate) fn map_sparse(bytes: usize) -> usize {
    let addr = platform::reserve(bytes);
    if addr == 0 || !platform::prepare(addr, bytes) {
        throw("runtime: cannot allocate memory");
    }
    platform::ready(addr, bytes);
    addr
}

// Bytes that `map` has given. What is released again is not taken off: it is the old halves of tables that grew.
static MAPPED: AtomicUsize = AtomicUsize::new(0);

/// Bytes of memory that the runtime keeps for itself.
pub(crate) fn mapped_bytes() -> usize {
    MAPPED.load(Relaxed)
}
