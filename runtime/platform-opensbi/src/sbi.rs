//! Calls to the firmware (RISC-V Supervisor Binary Interface Specification 1.0).

use core::arch::asm;

const EXT_PUTCHAR: usize = 1;
const EXT_BASE: usize = 0x10;
const EXT_TIME: usize = 0x5449_4d45;
const EXT_IPI: usize = 0x73_5049;
const EXT_RFENCE: usize = 0x5246_4e43;
const EXT_HSM: usize = 0x48_534d;
const EXT_RESET: usize = 0x5352_5354;

fn call(extension: usize, function: usize, a: [usize; 4]) -> Result<usize, isize> {
    let (error, value): (isize, usize);
    // SAFETY: the firmware changes only a0 and a1, and memory only as the call says.
    unsafe {
        asm!("ecall", inlateout("a0") a[0] as isize => error, inlateout("a1") a[1] => value,
             in("a2") a[2], in("a3") a[3], in("a6") function, in("a7") extension, options(nostack));
    }
    if error == 0 { Ok(value) } else { Err(error) }
}

/// Writes one byte to the firmware's console (the legacy extension, which every OpenSBI has).
pub fn put_byte(byte: u8) {
    let _ = call(EXT_PUTCHAR, 0, [byte as usize, 0, 0, 0]);
}

/// Whether the firmware has what the kernel needs; the name of what it has not.
pub fn check() -> Result<(), &'static str> {
    let extensions = [(EXT_TIME, "TIME"), (EXT_IPI, "IPI"), (EXT_RFENCE, "RFENCE"), (EXT_HSM, "HSM")];
    match extensions.iter().find(|(extension, _)| call(EXT_BASE, 3, [*extension, 0, 0, 0]).unwrap_or(0) == 0)
    {
        Some((_, name)) => Err(name),
        None => Ok(()),
    }
}

/// Asks for a timer interrupt on this hart when the `time` register reaches `time`.
pub fn set_timer(time: u64) {
    let _ = call(EXT_TIME, 0, [time as usize, 0, 0, 0]);
}

/// Sends a software interrupt to one hart.
pub fn send_interrupt(hart_id: usize) {
    let _ = call(EXT_IPI, 0, [1, hart_id, 0, 0]);
}

/// Makes every hart forget the translations of a range, this one included.
pub fn fence_everywhere(addr: usize, bytes: usize) {
    // A mask base of -1 means all harts.
    let _ = call(EXT_RFENCE, 1, [0, usize::MAX, addr, bytes]);
}

/// Starts a hart at a physical address, with `opaque` in a1.
pub fn start_hart(hart_id: usize, start: usize, opaque: usize) -> Result<(), isize> {
    call(EXT_HSM, 0, [hart_id, start, opaque, 0]).map(|_| ())
}

/// Powers the machine off, or for a failed program says so. Comes back only if the firmware cannot.
pub fn reset(failed: bool) {
    let _ = call(EXT_RESET, 0, [0, failed as usize, 0, 0]);
}
