//! Devices for drivers in Go: system calls of our own behind the packages `rigo/mmio` and `rigo/irq` (`overlay/rigo`).

use crate::files::{self, errno::*};
use crate::space::{self, DIRECT_BYTES, direct};
use crate::{memory, plic};
use core::arch::global_asm;

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

// fn rigo_device_load(addr: a0, width: a1) -> (value, 0); fn rigo_device_store(addr: a0, width: a1, value: a2) -> (_, 0).
//
// An access that no device answers goes on at `rigo_device_silent` (`trap`): the second result is 1.
global_asm!(
    ".pushsection .text.rigo_device,\"ax\",@progbits",
    ".globl rigo_device_load, rigo_device_store, rigo_device_silent",
    ".type rigo_device_load,@function",
    "rigo_device_load:",
    "fence iorw, iorw",
    "addi a1, a1, -2", // widths 1, 2, 4, 8
    "bltz a1, 1f",
    "beqz a1, 2f",
    "addi a1, a1, -2",
    "beqz a1, 4f",
    "ld a0, 0(a0)",
    "j 9f",
    "4: lwu a0, 0(a0)",
    "j 9f",
    "2: lhu a0, 0(a0)",
    "j 9f",
    "1: lbu a0, 0(a0)",
    "9: fence iorw, iorw",
    "li a1, 0",
    "ret",
    ".size rigo_device_load, . - rigo_device_load",
    ".type rigo_device_store,@function",
    "rigo_device_store:",
    "fence iorw, iorw",
    "addi a1, a1, -2",
    "bltz a1, 1f",
    "beqz a1, 2f",
    "addi a1, a1, -2",
    "beqz a1, 4f",
    "sd a2, 0(a0)",
    "j 9b",
    "4: sw a2, 0(a0)",
    "j 9b",
    "2: sh a2, 0(a0)",
    "j 9b",
    "1: sb a2, 0(a0)",
    "j 9b",
    ".size rigo_device_store, . - rigo_device_store",
    ".type rigo_device_silent,@function",
    "rigo_device_silent:",
    "li a1, 1",
    "ret",
    ".size rigo_device_silent, . - rigo_device_silent",
    ".popsection",
);

/// What a register access answers.
#[repr(C)]
struct Access {
    value: u64,
    is_silent: u64,
}

unsafe extern "C" {
    fn rigo_device_load(addr: usize, width: usize) -> Access;
    fn rigo_device_store(addr: usize, width: usize, value: u64) -> Access;
    fn rigo_device_silent();
}

/// Where an access to a register goes on that was refused at `pc`.
pub fn after_refusal(pc: usize) -> Option<usize> {
    let silent = rigo_device_silent as *const () as usize;
    (rigo_device_load as *const () as usize..silent).contains(&pc).then_some(silent)
}

/// Reads a register into the caller's memory, in order with all other accesses. EIO: no device answers.
pub fn load(addr: usize, width: usize, out: usize) -> Result<usize, usize> {
    check(addr, width)?;
    if !space::is_accessible(out, space::STORE_FAULT) || !out.is_multiple_of(8) {
        return Err(EFAULT);
    }
    // SAFETY: the address is a device's, and what reading does to it is the driver's affair.
    let access = unsafe { rigo_device_load(addr, width) };
    if access.is_silent != 0 {
        return Err(EIO);
    }
    // SAFETY: the memory is there, as was checked.
    unsafe { (out as *mut u64).write(access.value) };
    Ok(0)
}

/// Writes a register, in order with all other accesses. EIO: no device answers.
pub fn store(addr: usize, width: usize, value: usize) -> Result<usize, usize> {
    check(addr, width)?;
    // SAFETY: the address is a device's, and what writing does to it is the driver's affair.
    let access = unsafe { rigo_device_store(addr, width, value as u64) };
    if access.is_silent != 0 { Err(EIO) } else { Ok(0) }
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
