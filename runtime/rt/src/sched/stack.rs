//! Goroutine stacks: segments that never move (`abi::stack`).
//!
//! A goroutine begins with a small first stack; `__morestack` asks here for more. Segments double, so that deep recursion takes
//! few of them, and one that is left stays with its goroutine as the spare for the next hop.
//!
//! A loop that hops in every turn pays for it. So the main goroutine begins with a large stack, and others with what those
//! that began with the same code turned out to need, up to a limit.
//!
//! Memory comes in powers of two from free lists, one for each size; blocks of 64 KiB and more are mapped and unmapped one by one.

use super::G;
use crate::fatal::{fatal_error, throw};
use crate::lang::print::Printer;
use crate::sched::current_g;
use crate::sync::{Mutex, rank::Rank};
use abi::g::GHead;
use abi::stack::{HEADROOM_BYTES, Segment};
use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicU8, AtomicUsize, Ordering::Relaxed};

/// Bytes of a goroutine's first stack, unless more is known to be needed.
pub const FIRST_BYTES: usize = 2 << 10;
/// Bytes of the main goroutine's first stack.
pub(crate) const MAIN_BYTES: usize = 64 << 10;
/// The most that another goroutine begins with.
const MOST_FIRST_BYTES: usize = 16 << 10;
/// Bytes of its smallest further segment.
const SEGMENT_BYTES: usize = 8 << 10;
/// gc's limit on 64-bit systems.
static MAX_STACK_BYTES: AtomicUsize = AtomicUsize::new(1_000_000_000);

/// What all segments of a goroutine may take together: where memory is bounded, a quarter of it.
fn max_stack_bytes() -> usize {
    MAX_STACK_BYTES.load(Relaxed).min(platform::memory_bytes() / 4)
}

const SMALLEST_SHIFT: u32 = 11;
/// Blocks of this size and more are mapped one by one.
const MAPPED_BYTES: usize = 64 << 10;
const N_SIZES: usize = 5;
const CHUNK_BYTES: usize = 256 << 10;

struct Pool {
    lock: Mutex,
    // `lock` must be held for this: the first free block of each size; a block's first word leads to the next.
    free: UnsafeCell<[usize; N_SIZES]>,
}

// SAFETY: `free` is used under `lock` only.
unsafe impl Sync for Pool {}

static POOL: Pool = Pool { lock: Mutex::new(Rank::Stacks), free: UnsafeCell::new([0; N_SIZES]) };

// Bytes of stacks that are mapped, those of free blocks too.
static MAPPED: AtomicUsize = AtomicUsize::new(0);

/// Bytes of memory for stacks.
pub(crate) fn stack_pool_bytes() -> usize {
    MAPPED.load(Relaxed)
}

fn map(bytes: usize) -> usize {
    let addr = platform::reserve(bytes);
    if addr == 0 || !platform::prepare(addr, bytes) {
        fatal_error("out of memory");
    }
    platform::ready(addr, bytes);
    MAPPED.fetch_add(bytes, Relaxed);
    addr
}

/// Takes a block of `bytes`, a power of two. Its contents are anything.
fn take_block(bytes: usize) -> usize {
    if bytes >= MAPPED_BYTES {
        return map(bytes);
    }
    let size = (bytes.trailing_zeros() - SMALLEST_SHIFT) as usize;
    POOL.lock.lock();
    // SAFETY: the lock is held; free blocks belong to the pool.
    let block = unsafe {
        let free = &mut *POOL.free.get();
        if free[size] == 0 {
            let chunk = map(CHUNK_BYTES);
            for block in (chunk..chunk + CHUNK_BYTES).step_by(bytes).rev() {
                *(block as *mut usize) = free[size];
                free[size] = block;
            }
        }
        let block = free[size];
        free[size] = *(block as *const usize);
        block
    };
    POOL.lock.unlock();
    block
}

fn give_block(block: usize, bytes: usize) {
    if bytes >= MAPPED_BYTES {
        platform::release(block, bytes);
        MAPPED.fetch_sub(bytes, Relaxed);
        return;
    }
    let size = (bytes.trailing_zeros() - SMALLEST_SHIFT) as usize;
    POOL.lock.lock();
    // SAFETY: the lock is held and the caller gives the block up.
    unsafe {
        let free = &mut *POOL.free.get();
        *(block as *mut usize) = free[size];
        free[size] = block;
    }
    POOL.lock.unlock();
}

/// Gives `g` a first stack of at least `bytes`, a power of two. It has none, or only that.
pub(crate) fn attach_first(g: &mut GHead, bytes: usize) {
    let has = g.stack_hi - g.stack_lo;
    if has >= bytes {
        return;
    }
    if has != 0 {
        give_block(g.stack_lo, has);
    }
    g.stack_lo = take_block(bytes);
    g.stack_hi = g.stack_lo + bytes;
    g.stack_guard = g.stack_lo + HEADROOM_BYTES;
}

const N_NEEDS: usize = 256;
// What goroutines have needed, by the address of the code they began with: the power of two, or 0. Written by those that end, read by those that
// make others; which of two that share an entry wrote last does not matter.
static NEEDS: [AtomicU8; N_NEEDS] = [const { AtomicU8::new(0) }; N_NEEDS];

fn need_of(code: usize) -> &'static AtomicU8 {
    &NEEDS[(code >> 4) % N_NEEDS]
}

/// What a goroutine that begins with `code` should have as its first stack.
pub(crate) fn first_bytes(code: usize) -> usize {
    FIRST_BYTES.max(1 << need_of(code).load(Relaxed))
}

/// Notes that a goroutine that began with `code` and ends now has needed `bytes` in all.
fn note_need(code: usize, bytes: usize) {
    let shift = bytes.next_power_of_two().min(MOST_FIRST_BYTES).trailing_zeros() as u8;
    let need = need_of(code);
    if need.load(Relaxed) < shift {
        need.store(shift, Relaxed);
    }
}

/// Makes a segment for the current goroutine; called by `__morestack`.
extern "C" fn grow(growth: u32) -> *mut Segment {
    let frame_bytes = (growth >> 16) as usize * 4096;
    let arg_bytes = (growth & 0xffff) as usize;
    let gp = current_g();
    // SAFETY: the current goroutine belongs to this M; its segments are alive.
    unsafe {
        let outer = (*gp).head.segment as *const Segment;
        let outer_bytes = outer.as_ref().map_or(SEGMENT_BYTES / 2, |outer| outer.bytes);
        let needed = frame_bytes + arg_bytes + HEADROOM_BYTES + size_of::<Segment>() + 1024;
        let bytes = (outer_bytes * 2).max(needed).max(SEGMENT_BYTES).next_power_of_two();
        if stack_bytes(gp) + bytes > max_stack_bytes() {
            overflow(&(*gp).head);
        }
        let lo = take_block(bytes);
        let segment = (lo + bytes - size_of::<Segment>()) as *mut Segment;
        (*segment).lo = lo;
        (*segment).bytes = bytes;
        segment
    }
}

/// Takes a segment back that its goroutine has no use for; called by `__morestack`.
extern "C" fn release(segment: *mut Segment) {
    // SAFETY: the caller gives the segment up.
    let (lo, bytes) = unsafe { ((*segment).lo, (*segment).bytes) };
    give_block(lo, bytes);
}

arch::stacks!(grow, release);

/// Bytes of all segments of `gp`.
///
/// # Safety
/// `gp` is the current goroutine.
unsafe fn stack_bytes(gp: *mut G) -> usize {
    let mut total = FIRST_BYTES;
    // SAFETY: the segments of the current goroutine are alive.
    unsafe {
        let mut segment = (*gp).head.segment as *const Segment;
        while let Some(record) = segment.as_ref() {
            total += record.bytes;
            segment = record.outer_segment as *const Segment;
        }
    }
    total
}

/// `runtime.setmaxstack(bytes)`: the former limit.
pub(crate) extern "C" fn setmaxstack(bytes: usize) -> usize {
    MAX_STACK_BYTES.swap(bytes, Relaxed)
}

#[cold]
fn overflow(g: &GHead) -> ! {
    let mut printer = Printer::begin_fatal();
    printer.string(b"runtime: goroutine stack exceeds ").uint(max_stack_bytes() as u64);
    printer.string(b"-byte limit\nruntime: sp=").hex(g.sp as u64);
    printer.string(b" stack=[").hex(g.stack_lo as u64).string(b", ").hex(g.stack_hi as u64);
    printer.string(b"]\n").end();
    fatal_error("stack overflow")
}

/// Calls `visit` with the bounds of each part of a stack that is in use, below the goroutine's stored stack pointer.
pub(crate) fn stack_ranges(g: &GHead, mut visit: impl FnMut(usize, usize)) {
    visit(g.sp, g.stack_hi);
    let mut segment = g.segment as *const Segment;
    // SAFETY: the goroutine does not run, and its segments are alive.
    while let Some(record) = unsafe { segment.as_ref() } {
        visit(record.caller_sp, record.outer_hi);
        segment = record.outer_segment as *const Segment;
    }
}

/// Whether the stack address `addr` was pushed later than `target` on the stack of `gp`.
pub(crate) fn is_inner(gp: *mut G, addr: usize, target: usize) -> bool {
    // SAFETY: the current goroutine belongs to this M; its segments are alive.
    unsafe {
        let (mut lo, mut hi) = ((*gp).head.stack_lo, (*gp).head.stack_hi);
        let mut segment = (*gp).head.segment as *const Segment;
        loop {
            let here = lo..=hi;
            match (here.contains(&addr), here.contains(&target)) {
                (true, true) => return addr < target,
                (true, false) => return true,
                (false, true) => return false,
                (false, false) => {}
            }
            let Some(record) = segment.as_ref() else { throw("address on no segment") };
            (lo, hi) = (record.outer_lo, record.outer_hi);
            segment = record.outer_segment as *const Segment;
        }
    }
}

/// Gives back the segments that are not needed when the stack of `gp` is cut to `sp`.
pub(crate) fn drop_segments_to(gp: *mut G, sp: usize) {
    // SAFETY: the current goroutine belongs to this M, which runs on its system stack now.
    unsafe {
        let g = &mut (*gp).head;
        while !(g.stack_lo..=g.stack_hi).contains(&sp) {
            let left = g.segment as *mut Segment;
            let had_spare = g.spare_segment != 0;
            leave_segment(g);
            if had_spare {
                // The stub of this very entry still returns over it.
                (*left).outer_segment = core::mem::replace(&mut g.left_segments, left as usize);
            } else {
                g.spare_segment = left as usize;
            }
        }
    }
}

/// Frees what `drop_segments_to` has left; called on the stack that a recovery goes on with.
pub(crate) extern "C" fn free_left_segments() {
    // SAFETY: the current goroutine belongs to this M, and nothing runs on these segments any more.
    unsafe {
        let g = &mut (*current_g()).head;
        let mut left = core::mem::take(&mut g.left_segments) as *mut Segment;
        while !left.is_null() {
            let next = (*left).outer_segment as *mut Segment;
            release(left);
            left = next;
        }
    }
}

/// Leaves the current segment for the one before it.
///
/// # Safety
/// Nothing on the current segment is needed again.
unsafe fn pop_segment(g: &mut GHead) {
    let segment = g.segment as *mut Segment;
    // SAFETY: the caller's contract.
    unsafe { leave_segment(g) };
    if g.spare_segment == 0 {
        g.spare_segment = segment as usize;
    } else {
        release(segment);
    }
}

/// Makes the segment before the current one current.
///
/// # Safety
/// The goroutine will not run on the current segment.
unsafe fn leave_segment(g: &mut GHead) {
    // SAFETY: a segment that is current has a record.
    let record = unsafe { (g.segment as *const Segment).as_ref() };
    let Some(record) = record else { throw("cut below the first stack") };
    g.stack_lo = record.outer_lo;
    g.stack_hi = record.outer_hi;
    g.stack_guard = record.outer_guard;
    g.segment = record.outer_segment;
}

/// `runtime.clearstack`: clears what the current goroutine has of stack and does not use.
pub(crate) extern "C" fn clear_unused() {
    // SAFETY: the current goroutine belongs to this M, which runs on its system stack now; below its stack pointer nothing is in use.
    unsafe {
        let g = &mut (*current_g()).head;
        core::ptr::write_bytes(g.stack_lo as *mut u8, 0, g.sp - g.stack_lo);
        if g.spare_segment != 0 {
            release(g.spare_segment as *mut Segment);
            g.spare_segment = 0;
        }
    }
}

/// Leaves a goroutine that has ended, and began with `code`, with nothing but its first stack.
pub(crate) fn shrink_to_first(g: &mut GHead, code: usize) {
    while g.segment != 0 {
        // SAFETY: the goroutine has ended.
        unsafe { pop_segment(g) };
    }
    if g.spare_segment != 0 {
        let spare = g.spare_segment as *mut Segment;
        // SAFETY: a spare segment is alive, and the goroutine has ended.
        unsafe {
            note_need(code, g.stack_hi - g.stack_lo + (*spare).bytes);
            release(spare);
        }
        g.spare_segment = 0;
    }
}
