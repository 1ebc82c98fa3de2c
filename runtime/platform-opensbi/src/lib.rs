//! The platform of a bare RISC-V machine: a small kernel in S-mode above OpenSBI, one image with the program.
//!
//! The kernel gives what `platform` asks for and nothing else: memory by Sv39 page tables, kernel threads on every
//! hart, a semaphore for each M, clocks, a console, and the part of Linux's system-call table that the standard
//! library uses. Everything runs in S-mode in one address space; there is no user mode.
//!
//! The idea: each thread has a [`trap::TrapFrame`] that holds all its registers while it does not run, and `sscratch`
//! leads to the frame of the thread that runs. A trap stores the registers there and goes on on the hart's own
//! stack; a thread that waits does the same by a call. So there is one way back into a thread, [`trap::resume`].
//!
//! Invariants: interrupts are off on the hart's stack and wherever a [`lock::SpinLock`] is held; nothing on the
//! hart's stack sleeps; `sscratch` is 0 there, so that a trap in the kernel itself is recognised. Locks are taken in
//! the order console, files, scheduler, memory; none is held while memory of the caller is read or written.
//!
//! Begin with [`boot`].
#![cfg_attr(not(test), no_std)]
// What only the kernel uses has no user on other processors, where the testable parts are built alone.
#![cfg_attr(not(target_arch = "riscv64"), allow(dead_code))]

mod args;
mod chacha;
mod frames;
mod line;
mod ranges;
mod ring;

#[cfg(target_arch = "riscv64")]
mod boot;
#[cfg(target_arch = "riscv64")]
mod clock;
#[cfg(target_arch = "riscv64")]
mod console;
#[cfg(target_arch = "riscv64")]
mod csr;
#[cfg(target_arch = "riscv64")]
mod devices;
#[cfg(target_arch = "riscv64")]
mod entropy;
#[cfg(target_arch = "riscv64")]
mod exit;
#[cfg(target_arch = "riscv64")]
mod files;
#[cfg(target_arch = "riscv64")]
mod hart;
#[cfg(target_arch = "riscv64")]
mod lock;
#[cfg(target_arch = "riscv64")]
mod memory;
#[cfg(target_arch = "riscv64")]
mod plic;
#[cfg(target_arch = "riscv64")]
mod report;
#[cfg(target_arch = "riscv64")]
mod sbi;
#[cfg(target_arch = "riscv64")]
mod sched;
#[cfg(target_arch = "riscv64")]
mod sema;
#[cfg(target_arch = "riscv64")]
mod space;
#[cfg(target_arch = "riscv64")]
mod syscall;
#[cfg(target_arch = "riscv64")]
mod thread;
#[cfg(target_arch = "riscv64")]
mod trap;
#[cfg(target_arch = "riscv64")]
mod tree;
#[cfg(target_arch = "riscv64")]
mod uart;

/// OpenSBI.
pub struct OpenSbi;

/// Reads from the console, for test images; 0 is the end of the file.
#[cfg(all(target_arch = "riscv64", feature = "image"))]
pub fn read_console(out: &mut [u8]) -> usize {
    console::read(out, true).unwrap_or(0)
}

#[cfg(target_arch = "riscv64")]
pub use thread::set_thread_pointer;
