//! Devices for drivers in Go: system calls of our own behind the packages `rigo/mmio` and `rigo/irq` (`overlay/rigo`).

use crate::files::{self, errno::*};
use crate::space::{self, DIRECT_BYTES, direct};
use crate::{memory, plic};
use core::arch::asm;

/// The calls' numbers; Linux's are far below.
pub const MAP: usize = 0x7269_6700;
/// See [`MAP`].
pub const LOAD: usize = 0x7269_6701;
/// See [`MAP`].
pub const STORE: usize = 0x7269_6702;
/// See [`MAP`].
pub const OPEN_INTERRUPT: usize = 0x7269_6703;

/// Where `bytes` of registers at a physical address can be reached: they are mapped already, like all physical addresses.
pub fn map(physical: usize, bytes: usize) -> Result<usize, usize> {
    let end = physical.checked_add(bytes).filter(|&end| bytes > 0 && end <= DIRECT_BYTES).ok_or(EINVAL)?;
    if memory::is_memory(physical, end) {
        return Err(EINVAL);
    }
    Ok(direct(physical) as usize)
}

fn check(addr: usize, width: usize) -> Result<(), usize> {
    // What `map` answers; other addresses are a bug of the package, not of the driver.
    let is_mapped = (direct(0) as usize..direct(DIRECT_BYTES - 8) as usize).contains(&addr);
    if is_mapped && matches!(width, 1 | 2 | 4 | 8) && addr.is_multiple_of(width) {
        Ok(())
    } else {
        Err(EINVAL)
    }
}

/// Reads a register into the caller's memory, in order with all other accesses.
pub fn load(addr: usize, width: usize, out: usize) -> Result<usize, usize> {
    check(addr, width)?;
    if !space::is_accessible(out, space::STORE_FAULT) || !out.is_multiple_of(8) {
        return Err(EFAULT);
    }
    let value: u64;
    // SAFETY: the address is a device's, and what reading does to it is the driver's affair.
    unsafe {
        asm!("fence iorw, iorw", options(nostack));
        value = match width {
            1 => (addr as *const u8).read_volatile() as u64,
            2 => (addr as *const u16).read_volatile() as u64,
            4 => (addr as *const u32).read_volatile() as u64,
            _ => (addr as *const u64).read_volatile(),
        };
        asm!("fence iorw, iorw", options(nostack));
        (out as *mut u64).write(value);
    }
    Ok(0)
}

/// Writes a register, in order with all other accesses.
pub fn store(addr: usize, width: usize, value: usize) -> Result<usize, usize> {
    check(addr, width)?;
    // SAFETY: the address is a device's, and what writing does to it is the driver's affair.
    unsafe {
        asm!("fence iorw, iorw", options(nostack));
        match width {
            1 => (addr as *mut u8).write_volatile(value as u8),
            2 => (addr as *mut u16).write_volatile(value as u16),
            4 => (addr as *mut u32).write_volatile(value as u32),
            _ => (addr as *mut u64).write_volatile(value as u64),
        }
        asm!("fence iorw, iorw", options(nostack));
    }
    Ok(0)
}

/// A descriptor that reads how many interrupts of `source` have come, eight bytes, and lets the next one through when it is written to.
pub fn open_interrupt(source: usize) -> Result<usize, usize> {
    let source = u32::try_from(source).ok().filter(|source| (1..1024).contains(source)).ok_or(EINVAL)?;
    if plic::is_taken(source) {
        return Err(EBUSY);
    }
    let fd = files::interrupt_line(source)?;
    if !plic::enable(source) {
        // There is no controller.
        files::FILES.lock().close(fd)?;
        return Err(ENXIO);
    }
    Ok(fd)
}
