//! The address space: Sv39 page tables, one for all harts.
//!
//! ```text
//! 0                          nothing: nil
//! where it was linked        the image, code and constants not writable
//! 4 GiB .. 252 GiB           what `reserve` hands out
//! 0xffffffc000000000 + p     all physical addresses p below 256 GiB, devices too
//! ```
//!
//! Reserved memory has no entry. Prepared memory has promised frames ([`Frames::promise`]): an invalid entry, [`PREPARED`], for each page or for a whole
//! 2 MiB. Ready memory is mapped, writable and not executable. The steps back leave the frame in the entry, [`STALE`], until every
//! hart has forgotten it. A mapped or prepared 2 MiB has one frame more promised, for the table it needs when only a part changes.
//!
//! Tables are never freed, so a walk needs no lock.

use crate::boot;
use crate::frames::{BLOCK_BYTES, FRAME_BYTES, FRAMES_PER_BLOCK, Frames};
use crate::lock::SpinLock;
use crate::ranges::Ranges;
use crate::{csr, sbi};
use core::arch::asm;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Where physical address 0 is mapped.
const DIRECT: usize = 0xffff_ffc0_0000_0000;
/// Bytes that are mapped there.
pub const DIRECT_BYTES: usize = 1 << 38;
const GIGA_BYTES: usize = 1 << 30;
/// What `reserve` hands out.
const RANGE_START: usize = 4 * GIGA_BYTES;
const RANGE_END: usize = 252 * GIGA_BYTES;

const VALID: u64 = 1;
const READ: u64 = 2;
const WRITE: u64 = 4;
const EXECUTE: u64 = 8;
const ACCESSED_DIRTY: u64 = 0xc0;
const DATA: u64 = VALID | READ | WRITE | ACCESSED_DIRTY;
/// An invalid entry whose frame is promised.
const PREPARED: u64 = 2;
/// An invalid entry that still holds its frame.
const STALE: u64 = 4;
const SATP_SV39: usize = 8 << 60;

type Table = [u64; 512];

/// Where a physical address can be read and written.
pub fn direct(physical: usize) -> *mut u8 {
    (DIRECT + physical) as *mut u8
}

fn entry(physical: usize, flags: u64) -> u64 {
    (physical as u64 >> 12) << 10 | flags
}

fn frame_of(entry: u64) -> usize {
    (entry as usize >> 10) << 12
}

fn is_leaf(entry: u64) -> bool {
    entry & VALID != 0 && entry & (READ | WRITE | EXECUTE) != 0
}

fn is_table(entry: u64) -> bool {
    entry & (VALID | READ | WRITE | EXECUTE) == VALID
}

#[repr(align(4096))]
struct Root(Table);

/// The first page table, in the image: lower addresses as they are, and the direct map.
static mut BOOT_ROOT: Root = Root([0; 512]);
/// `satp` of every hart. Written by the boot hart before the others start; `boot` reads it in assembly.
pub static SATP: AtomicUsize = AtomicUsize::new(0);

/// Turns paging on with everything mapped where it is, so that physical memory can be reached by its final address.
///
/// # Safety
/// Called once, by the boot hart, with paging off.
pub unsafe fn enter_boot_root() {
    // SAFETY: one hart runs, and addresses are physical.
    unsafe {
        let root = &raw mut BOOT_ROOT.0;
        for index in 0..256 {
            (*root)[index] = entry(index * GIGA_BYTES, DATA | EXECUTE);
            (*root)[256 + index] = entry(index * GIGA_BYTES, DATA);
        }
        set_satp(SATP_SV39 | root as usize >> 12);
    }
}

/// # Safety
/// The table maps what runs.
unsafe fn set_satp(satp: usize) {
    SATP.store(satp, Relaxed);
    // SAFETY: the caller's contract.
    unsafe { asm!("csrw satp, {}", "sfence.vma", in(reg) satp, options(nostack)) };
}

/// Tables, frames and free addresses.
pub struct Space {
    root: usize,
    pub frames: Frames,
    pub ranges: Ranges,
}

pub static SPACE: SpinLock<Space> =
    SpinLock::new(Space { root: 0, frames: Frames::empty(), ranges: Ranges::empty() });

/// The 2 MiB pieces of a range: start, end.
fn pieces(addr: usize, bytes: usize) -> impl Iterator<Item = (usize, usize)> {
    let end = addr + bytes;
    let mut at = addr;
    core::iter::from_fn(move || {
        let piece = (at, ((at / BLOCK_BYTES + 1) * BLOCK_BYTES).min(end));
        at = piece.1;
        (piece.0 < end).then_some(piece)
    })
}

fn is_whole((start, end): (usize, usize)) -> bool {
    end - start == BLOCK_BYTES
}

fn pages((start, end): (usize, usize)) -> impl Iterator<Item = usize> {
    (start..end).step_by(FRAME_BYTES)
}

impl Space {
    /// Builds the final tables and turns them on.
    ///
    /// # Safety
    /// Called once, by the boot hart, in the boot root.
    pub unsafe fn enter(&mut self, frames: Frames) -> Option<()> {
        self.frames = frames;
        self.root = self.new_table()?;
        for index in 0..256 {
            // SAFETY: a new table.
            unsafe { (*self.table(self.root))[256 + index] = entry(index * GIGA_BYTES, DATA) };
        }
        let [text, constants, data, end] = boot::image_bounds();
        let sections =
            [(text, constants, READ | EXECUTE), (constants, data, READ), (data, end, READ | WRITE)];
        for (start, end, access) in sections {
            for page in (start..end).step_by(FRAME_BYTES) {
                let place = self.small(page, true)?;
                // SAFETY: a place in a table.
                unsafe { *place = entry(page, VALID | ACCESSED_DIRTY | access) };
            }
        }
        self.ranges.give(RANGE_START, RANGE_END);
        // SAFETY: the image and the direct map are mapped.
        unsafe { set_satp(SATP_SV39 | self.root >> 12) };
        Some(())
    }

    fn table(&self, physical: usize) -> *mut Table {
        direct(physical) as *mut Table
    }

    fn new_table(&mut self) -> Option<usize> {
        let table = self.frames.alloc()?;
        // SAFETY: a frame of ours.
        unsafe { direct(table).write_bytes(0, FRAME_BYTES) };
        Some(table)
    }

    /// The table's entry for `addr` at `level`; makes tables on the way if asked to.
    fn place(&mut self, addr: usize, level: u32, create: bool) -> Option<*mut u64> {
        let mut table = self.root;
        for above in (level + 1..3).rev() {
            // SAFETY: tables are never freed.
            let place = unsafe { &raw mut (*self.table(table))[addr >> (12 + 9 * above) & 511] };
            // SAFETY: as above.
            unsafe {
                if !is_table(*place) {
                    if *place != 0 || !create {
                        return None;
                    }
                    *place = entry(self.new_table()?, VALID);
                }
                table = frame_of(*place);
            }
        }
        // SAFETY: as above.
        Some(unsafe { &raw mut (*self.table(table))[addr >> (12 + 9 * level) & 511] })
    }

    /// The entry of the 2 MiB around `addr`.
    fn big(&mut self, addr: usize, create: bool) -> Option<*mut u64> {
        self.place(addr, 1, create)
    }

    /// The entry of the page at `addr`.
    fn small(&mut self, addr: usize, create: bool) -> Option<*mut u64> {
        self.place(addr, 0, create)
    }

    /// Makes a table of a mapped or prepared 2 MiB, with the frame that is promised for it.
    fn split(&mut self, big: *mut u64) {
        // SAFETY: a place in a table; the range around it belongs to the caller.
        let old = unsafe { *big };
        self.frames.forget(1);
        let table = self.new_table().expect("a promised frame");
        for index in 0..FRAMES_PER_BLOCK {
            let page =
                if old == PREPARED { PREPARED } else { entry(frame_of(old) + index * FRAME_BYTES, DATA) };
            // SAFETY: a new table.
            unsafe { (*self.table(table))[index] = page };
        }
        // SAFETY: as above. The same translations as before, so no hart must forget anything.
        unsafe { *big = entry(table, VALID) };
    }

    /// Reserved to Prepared. False if there is not enough memory.
    pub fn prepare(&mut self, addr: usize, bytes: usize) -> bool {
        let done = pieces(addr, bytes).find(|&piece| !self.prepare_piece(piece));
        if let Some((failed, _)) = done {
            self.finish(addr, failed - addr, false);
        }
        done.is_none()
    }

    fn prepare_piece(&mut self, piece: (usize, usize)) -> bool {
        let Some(big) = self.big(piece.0, true) else { return false };
        // SAFETY: a place in a table; the range belongs to the caller.
        if is_whole(piece) && unsafe { *big } == 0 {
            let promised = self.frames.promise(FRAMES_PER_BLOCK + 1);
            if promised {
                // SAFETY: as above.
                unsafe { *big = PREPARED };
            }
            return promised;
        }
        let n_pages = (piece.1 - piece.0) / FRAME_BYTES;
        if self.frames.n_available() <= n_pages || self.small(piece.0, true).is_none() {
            return false;
        }
        self.frames.promise(n_pages);
        for page in pages(piece) {
            let small = self.small(page, false).expect("its table is there");
            // SAFETY: as above.
            unsafe { *small = PREPARED };
        }
        true
    }

    /// Takes mapped pages out; whether there was one. Their frames stay in the entries until [`Space::finish`].
    fn unmap(&mut self, addr: usize, bytes: usize) -> bool {
        let mut any = false;
        for piece in pieces(addr, bytes) {
            let Some(big) = self.big(piece.0, false) else { continue };
            // SAFETY: a place in a table; the range belongs to the caller.
            unsafe {
                if is_leaf(*big) && is_whole(piece) {
                    *big = entry(frame_of(*big), STALE);
                    any = true;
                    continue;
                }
                if is_leaf(*big) || *big == PREPARED && !is_whole(piece) {
                    self.split(big);
                }
                if !is_table(*big) {
                    continue;
                }
            }
            for page in pages(piece) {
                let small = self.small(page, false).expect("its table is there");
                // SAFETY: as above.
                unsafe {
                    if is_leaf(*small) {
                        *small = entry(frame_of(*small), STALE);
                        any = true;
                    }
                }
            }
        }
        any
    }

    /// Gives the frames back that [`Space::unmap`] has left, and the promises too unless the range stays Prepared.
    fn finish(&mut self, addr: usize, bytes: usize, stays_prepared: bool) {
        let after = if stays_prepared { PREPARED } else { 0 };
        for piece in pieces(addr, bytes) {
            let Some(big) = self.big(piece.0, false) else { continue };
            // SAFETY: a place in a table; the range belongs to the caller.
            let old = unsafe { *big };
            if is_table(old) {
                for page in pages(piece) {
                    let small = self.small(page, false).expect("its table is there");
                    // SAFETY: as above.
                    unsafe { *small = self.after(*small, 1, after) };
                }
            } else if old != 0 {
                // SAFETY: as above.
                unsafe { *big = self.after(old, FRAMES_PER_BLOCK, after) };
                if !stays_prepared {
                    self.frames.forget(1);
                }
            }
        }
    }

    /// What becomes of an entry of `n` frames.
    fn after(&mut self, old: u64, n: usize, after: u64) -> u64 {
        if old == PREPARED {
            if after == 0 {
                self.frames.forget(n);
            }
            return after;
        }
        if old & (VALID | STALE) == STALE {
            match n {
                1 => self.frames.free(frame_of(old)),
                _ => self.frames.free_block(frame_of(old)),
            }
            if after == PREPARED {
                self.frames.promise_again(n);
            }
            return after;
        }
        old
    }
}

/// Prepared to Ready: maps and clears.
pub fn ready(addr: usize, bytes: usize) {
    for piece in pieces(addr, bytes) {
        if !ready_block(piece) {
            pages(piece).for_each(ready_page);
        }
    }
    csr::fence_local();
}

/// Maps a 2 MiB page, if the piece is one and there is a block for it.
fn ready_block(piece: (usize, usize)) -> bool {
    let mut space = SPACE.lock();
    let Some(big) = space.big(piece.0, false) else { return false };
    // SAFETY: a place in a table; the range belongs to the caller.
    if unsafe { *big } != PREPARED {
        return false;
    }
    let block = if is_whole(piece) { space.frames.alloc_block() } else { None };
    let Some(block) = block else {
        space.split(big);
        return false;
    };
    space.frames.forget(FRAMES_PER_BLOCK);
    drop(space);
    // SAFETY: a block that nobody else knows. Cleared without the lock: it takes a while.
    unsafe {
        direct(block).write_bytes(0, BLOCK_BYTES);
        *big = entry(block, DATA);
    }
    true
}

fn ready_page(page: usize) {
    let mut space = SPACE.lock();
    let Some(small) = space.small(page, false) else { return };
    // SAFETY: a place in a table; the range belongs to the caller.
    if unsafe { *small } != PREPARED {
        return;
    }
    space.frames.forget(1);
    let frame = space.frames.alloc().expect("a promised frame");
    // SAFETY: a frame that nobody else knows.
    unsafe {
        direct(frame).write_bytes(0, FRAME_BYTES);
        *small = entry(frame, DATA);
    }
}

/// Ready to Prepared, or to Reserved. No hart can reach the memory afterwards.
pub fn take_away(addr: usize, bytes: usize, stays_prepared: bool) {
    let any = SPACE.lock().unmap(addr, bytes);
    if any {
        csr::fence_local();
        sbi::fence_everywhere(addr, bytes);
    }
    SPACE.lock().finish(addr, bytes, stays_prepared);
}

/// Causes of page faults, for [`is_accessible`].
pub const LOAD_FAULT: usize = 13;
/// See [`LOAD_FAULT`].
pub const STORE_FAULT: usize = 15;

/// Whether the tables allow the access that a page fault of that cause was about. Takes no lock.
pub fn is_accessible(addr: usize, cause: usize) -> bool {
    let wanted = match cause {
        12 => EXECUTE,
        LOAD_FAULT => READ,
        _ => WRITE,
    };
    if (1 << 38..DIRECT).contains(&addr) {
        return false;
    }
    let mut table = (SATP.load(Relaxed) & ((1 << 44) - 1)) << 12;
    for level in (0..3).rev() {
        // SAFETY: tables are never freed.
        let entry =
            unsafe { (direct(table) as *const u64).add(addr >> (12 + 9 * level) & 511).read_volatile() };
        if is_leaf(entry) {
            return entry & wanted != 0;
        }
        if !is_table(entry) {
            return false;
        }
        table = frame_of(entry);
    }
    false
}
