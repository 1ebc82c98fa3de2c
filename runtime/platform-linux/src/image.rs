//! The image: where its writable memory is.
//!
//! The kernel says where the program headers are in memory (`AT_PHDR`), if a segment holds them; otherwise they are read from the file
//! itself, `/proc/self/exe`. Either way once, and kept.

use crate::Linux;
use crate::process::auxiliary;
use crate::syscall::{nr, syscall4};
use core::sync::atomic::{
    AtomicUsize,
    Ordering::{Acquire, Relaxed, Release},
};

/// The head of an ELF file for 64 bits, as far as it is used.
#[repr(C)]
#[derive(Clone, Copy)]
struct FileHeader {
    ident: [u8; 32],
    program_headers_off: u64,
    sections_off: u64,
    flags: u32,
    header_bytes: u16,
    program_header_bytes: u16,
    n_program_headers: u16,
}

/// A program header for 64 bits.
#[repr(C)]
#[derive(Clone, Copy)]
struct ProgramHeader {
    kind: u32,
    flags: u32,
    offset: u64,
    vaddr: u64,
    paddr: u64,
    file_bytes: u64,
    memory_bytes: u64,
    align: u64,
}

/// "The current folder", which an absolute path has no need of, but emulators want.
const AT_FDCWD: usize = -100isize as usize;
const PT_LOAD: u32 = 1;
const PF_W: u32 = 2;
const AT_PHDR: usize = 3;
const AT_PHNUM: usize = 5;
const MAX_RANGES: usize = 8;

/// Number of ranges plus 1, or 0 before they are known; written last.
static N_KNOWN: AtomicUsize = AtomicUsize::new(0);
static RANGES: [[AtomicUsize; 2]; MAX_RANGES] = [const { [const { AtomicUsize::new(0) }; 2] }; MAX_RANGES];

impl platform::Image for Linux {
    fn writable_range(index: usize) -> Option<(usize, usize)> {
        // Pairs with the Release in `learn`.
        if N_KNOWN.load(Acquire) == 0 {
            learn();
        }
        let [start, end] = RANGES[..N_KNOWN.load(Relaxed) - 1].get(index)?;
        Some((start.load(Relaxed), end.load(Relaxed)))
    }
}

fn learn() {
    let mut n = 0;
    let add = |n: &mut usize, header: &ProgramHeader| {
        if header.kind == PT_LOAD && header.flags & PF_W != 0 && *n < MAX_RANGES {
            RANGES[*n][0].store(header.vaddr as usize, Relaxed);
            RANGES[*n][1].store((header.vaddr + header.memory_bytes) as usize, Relaxed);
            *n += 1;
        }
    };
    if let (Some(first), Some(count)) = (auxiliary(AT_PHDR), auxiliary(AT_PHNUM))
        && first != 0
    {
        // SAFETY: the kernel says that so many headers are there.
        let headers = unsafe { core::slice::from_raw_parts(first as *const ProgramHeader, count) };
        headers.iter().for_each(|header| add(&mut n, header));
    }
    // Every image has writable memory. qemu-user gives an address of headers even if no segment holds them: zeroes are there.
    if n == 0 {
        read_file(|header| add(&mut n, header));
    }
    N_KNOWN.store(n + 1, Release);
}

/// Reads the program headers from the file. Without `/proc` nothing is found.
fn read_file(mut add: impl FnMut(&ProgramHeader)) {
    #[repr(align(8))]
    struct Page([u8; 4096]);
    let mut page = Page([0; 4096]);
    // SAFETY: opens, reads into `page` and closes.
    let n = unsafe {
        let fd = syscall4(nr::OPENAT, AT_FDCWD, c"/proc/self/exe".as_ptr() as usize, 0, 0);
        if fd < 0 {
            return;
        }
        let n = syscall4(nr::READ, fd as usize, page.0.as_mut_ptr() as usize, page.0.len(), 0);
        syscall4(nr::CLOSE, fd as usize, 0, 0, 0);
        n.max(0) as usize
    };
    if n < size_of::<FileHeader>() {
        return;
    }
    // SAFETY: the page is aligned and holds a header; any bytes are a valid one.
    let file = unsafe { *(page.0.as_ptr() as *const FileHeader) };
    for index in 0..file.n_program_headers as usize {
        let off = file.program_headers_off as usize + index * size_of::<ProgramHeader>();
        if off + size_of::<ProgramHeader>() <= n {
            // SAFETY: inside the bytes that were read; any bytes are a valid header.
            add(&unsafe { (page.0.as_ptr().add(off) as *const ProgramHeader).read_unaligned() });
        }
    }
}
