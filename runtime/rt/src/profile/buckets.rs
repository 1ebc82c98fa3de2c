//! Counts by stack: what was allocated, and what was waited for.
//!
//! A bucket is found by what it counts, by the size of the objects and by the stack. Buckets are never freed. Of allocations a profile shows what was
//! allocated before the last collection began to sweep, so that no object is in it that could not yet have been found dead; what was allocated since
//! is kept apart until the next one.

use super::Words;
use crate::heap::{gc, persistent};
use crate::sync::{Mutex, rank::Rank};
use core::cell::UnsafeCell;
use core::ptr::null_mut;

/// What is counted.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum Kind {
    Memory = 0,
    Block = 1,
    Mutex = 2,
}

/// The counts of one stack.
pub(crate) struct Bucket {
    /// The next of its place in the table.
    next: *mut Bucket,
    /// The next of all.
    all_next: *mut Bucket,
    kind: Kind,
    /// Bytes of each object; of waits how many calls, the innermost first, a profile leaves out.
    bytes: usize,
    n_pcs: usize,
    counts: Counts,
    // The stack follows.
}

/// Objects, or events and nanoseconds.
#[derive(Clone, Copy, Default)]
struct Counts {
    n_allocated: usize,
    n_freed: usize,
    /// Allocated since collection number `collection`.
    n_since: usize,
    collection: u32,
    n_events: f64,
    wait_ns: i64,
}

const N_PLACES: usize = 4096;

struct Table {
    lock: Mutex,
    // `lock` must be held for these.
    places: UnsafeCell<[*mut Bucket; N_PLACES]>,
    all: UnsafeCell<*mut Bucket>,
}

// SAFETY: the cells are used under `lock` only.
unsafe impl Sync for Table {}

static TABLE: Table = Table {
    lock: Mutex::new(Rank::Profiles),
    places: UnsafeCell::new([null_mut(); N_PLACES]),
    all: UnsafeCell::new(null_mut()),
};

impl Bucket {
    fn pcs(&self) -> &[usize] {
        // SAFETY: `find` has stored the stack behind the bucket.
        unsafe { core::slice::from_raw_parts((self as *const Bucket).add(1) as *const usize, self.n_pcs) }
    }

    fn is_for(&self, kind: Kind, bytes: usize, pcs: &[usize]) -> bool {
        self.kind == kind && self.bytes == bytes && self.pcs() == pcs
    }
}

impl Counts {
    /// What was allocated before the last collection counts from now on.
    fn roll(&mut self) {
        if self.collection != gc::collections() {
            self.n_allocated += core::mem::take(&mut self.n_since);
            self.collection = gc::collections();
        }
    }
}

/// The bucket, made if there is none; the lock is held.
fn find(kind: Kind, bytes: usize, pcs: &[usize]) -> *mut Bucket {
    // FNV-1a over words.
    let mix = |hash: u64, &word: &usize| (hash ^ word as u64).wrapping_mul(0x100_0000_01b3);
    let hash = pcs.iter().fold(mix(0xcbf2_9ce4_8422_2325, &(bytes << 2 | kind as usize)), mix);
    let place = ((hash ^ hash >> 32) as usize) % N_PLACES;
    // SAFETY: the lock is held; buckets are never freed, and new memory has room for the bucket and its stack.
    unsafe {
        let first = &mut (*TABLE.places.get())[place];
        let mut bucket = *first;
        while let Some(found) = bucket.as_ref() {
            if found.is_for(kind, bytes, pcs) {
                return bucket;
            }
            bucket = found.next;
        }
        let room = size_of::<Bucket>() + size_of_val(pcs);
        let bucket = persistent::alloc_unscanned(room, 8) as *mut Bucket;
        let (next, all_next) = (*first, *TABLE.all.get());
        let counts = Counts { collection: gc::collections(), ..Counts::default() };
        bucket.write(Bucket { next, all_next, kind, bytes, n_pcs: pcs.len(), counts });
        core::ptr::copy_nonoverlapping(pcs.as_ptr(), bucket.add(1) as *mut usize, pcs.len());
        *first = bucket;
        *TABLE.all.get() = bucket;
        bucket
    }
}

/// Counts an allocation; the bucket is for `count_free`.
pub(super) fn count_allocation(bytes: usize, pcs: &[usize]) -> usize {
    TABLE.lock.lock();
    let bucket = find(Kind::Memory, bytes, pcs);
    // SAFETY: the lock is held.
    unsafe {
        (*bucket).counts.roll();
        (*bucket).counts.n_since += 1;
    }
    TABLE.lock.unlock();
    bucket as usize
}

/// Counts an object that was found dead.
pub(crate) fn count_free(bucket: usize) {
    TABLE.lock.lock();
    // SAFETY: it came from `count_allocation`; the lock is held.
    unsafe {
        let counts = &mut (*(bucket as *mut Bucket)).counts;
        counts.roll();
        counts.n_freed += 1;
    }
    TABLE.lock.unlock();
}

/// Counts `n` events that took `wait_ns` together. A profile leaves out the first `skip` calls.
pub(super) fn count_wait(kind: Kind, n: f64, wait_ns: i64, skip: usize, pcs: &[usize]) {
    TABLE.lock.lock();
    let bucket = find(kind, skip, pcs);
    // SAFETY: the lock is held.
    unsafe {
        (*bucket).counts.n_events += n;
        (*bucket).counts.wait_ns += wait_ns;
    }
    TABLE.lock.unlock();
}

/// `runtime.profile(kind, buf, room)`: records of five words and a stack; how many words there are. The words are the length of the stack and four counts: of
/// memory objects allocated and freed and the size of one, else events, nanoseconds and how many calls to leave out.
pub(crate) extern "C" fn profile(kind: usize, buf: *mut usize, room: usize) -> usize {
    // SAFETY: the overlay passes room for that many words.
    let mut words = unsafe { Words::new(buf, room) };
    let shows_new = gc::collections() == 0;
    TABLE.lock.lock();
    // SAFETY: the lock is held; buckets are never freed.
    unsafe {
        let mut bucket = *TABLE.all.get();
        while let Some(found) = bucket.as_mut() {
            bucket = found.all_next;
            if found.kind as usize != kind {
                continue;
            }
            found.counts.roll();
            let Counts { n_allocated, n_freed, n_since, n_events, wait_ns, .. } = found.counts;
            let n_shown = n_allocated + if shows_new { n_since } else { 0 };
            let head = match found.kind {
                Kind::Memory => [found.n_pcs, n_shown, n_freed, found.bytes, 0],
                Kind::Block | Kind::Mutex => {
                    [found.n_pcs, n_events as usize, wait_ns as usize, found.bytes, 0]
                }
            };
            words.record(&head, found.pcs());
        }
    }
    TABLE.lock.unlock();
    words.len
}
