//! mmap(2).

use crate::Linux;
use crate::syscall::{nr, syscall4, syscall6};

const PROT_NONE: usize = 0;
const PROT_READ_WRITE: usize = 3;
const MAP_PRIVATE_ANONYMOUS: usize = 0x22;
const MAP_NORESERVE: usize = 0x4000;
const MAP_FIXED: usize = 0x10;
const MADV_DONTNEED: usize = 4;
const MADV_DONTDUMP: usize = 16;

impl platform::Memory for Linux {
    fn reserve(bytes: usize) -> usize {
        let flags = MAP_PRIVATE_ANONYMOUS | MAP_NORESERVE;
        // SAFETY: a new mapping at an address of the kernel's choice touches no memory in use.
        let addr = unsafe { syscall6(nr::MMAP, [0, bytes, PROT_NONE, flags, usize::MAX, 0]) };
        if (-4095..0).contains(&addr) {
            return 0;
        }
        // Debuggers that write core files would fill the disk with what nobody uses.
        // SAFETY: says something of the new mapping only.
        unsafe { syscall4(nr::MADVISE, addr as usize, bytes, MADV_DONTDUMP, 0) };
        addr as usize
    }

    fn prepare(addr: usize, bytes: usize) -> bool {
        let flags = MAP_PRIVATE_ANONYMOUS | MAP_FIXED;
        // SAFETY: the range is Reserved, so nothing is stored there.
        let result = unsafe { syscall6(nr::MMAP, [addr, bytes, PROT_READ_WRITE, flags, usize::MAX, 0]) };
        result == addr as isize
    }

    fn ready(_addr: usize, _bytes: usize) {
        // The kernel makes a prepared page ready at its first use.
    }

    fn unused(addr: usize, bytes: usize) {
        // SAFETY: the caller gives the contents up.
        unsafe { syscall4(nr::MADVISE, addr, bytes, MADV_DONTNEED, 0) };
    }

    fn release(addr: usize, bytes: usize) {
        // SAFETY: the caller gives the range up.
        unsafe { syscall4(nr::MUNMAP, addr, bytes, 0, 0) };
    }
}
