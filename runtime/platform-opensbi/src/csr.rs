//! Control and status registers of S-mode (The RISC-V Instruction Set Manual, volume II, chapter "Supervisor-Level ISA").

use core::arch::asm;

/// `sstatus.SIE`: interrupts are on.
pub const STATUS_SIE: usize = 1 << 1;
/// `sstatus.SPIE`: interrupts are on after `sret`.
pub const STATUS_SPIE: usize = 1 << 5;
/// `sstatus.SPP`: `sret` goes to S-mode.
pub const STATUS_SPP: usize = 1 << 8;
/// `sstatus.FS` = dirty: floating point is on.
pub const STATUS_FS: usize = 3 << 13;

/// Software, timer and external interrupts in `sie` and `sip`.
pub const SOFTWARE: usize = 1 << 1;
/// See [`SOFTWARE`].
pub const TIMER: usize = 1 << 5;
/// See [`SOFTWARE`].
pub const EXTERNAL: usize = 1 << 9;

macro_rules! read {
    ($name:ident, $csr:literal) => {
        #[doc = concat!("Reads `", $csr, "`.")]
        #[inline(always)]
        pub fn $name() -> usize {
            let value;
            // SAFETY: reading this register has no effect.
            unsafe { asm!(concat!("csrr {}, ", $csr), out(reg) value, options(nomem, nostack)) };
            value
        }
    };
}
read!(scause, "scause");
read!(stval, "stval");
read!(sip, "sip");
read!(sscratch, "sscratch");
read!(time, "time");

/// Turns interrupts off; whether they were on.
#[inline(always)]
pub fn interrupts_off() -> bool {
    let status: usize;
    // SAFETY: only delays interrupts. Memory accesses do not move across it: no `nomem`.
    unsafe { asm!("csrrci {}, sstatus, 2", out(reg) status, options(nostack)) };
    status & STATUS_SIE != 0
}

/// Turns interrupts on.
#[inline(always)]
pub fn interrupts_on() {
    // SAFETY: the caller is in a thread and holds no lock.
    unsafe { asm!("csrsi sstatus, 2", options(nostack)) };
}

/// Takes back a software interrupt.
pub fn clear_software() {
    // SAFETY: clears a pending bit; whoever sent it changed memory before, which is looked at next.
    unsafe { asm!("csrc sip, {}", in(reg) SOFTWARE, options(nostack)) };
}

/// Sleeps until an interrupt is pending; with interrupts off it is not taken.
pub fn wait_for_interrupt() {
    // SAFETY: no effect but time.
    unsafe { asm!("wfi", options(nostack)) };
}

/// Forgets translations of this hart, all of them or that of one page.
pub fn fence_local() {
    // SAFETY: only costs time.
    unsafe { asm!("sfence.vma", options(nostack)) };
}
