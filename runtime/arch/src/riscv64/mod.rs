//! riscv64: tp holds the current G, gp the current M.
//!
//! Neither Cranelift nor rustc ever uses these two registers, and a static image without relaxation needs no global pointer.
//!
//! Invariants: tp is the G that runs whenever compiled Go runs, and `G.m` its M. gp is the M whenever Rust runs; in compiled Go it is
//! either that or the address of an instruction, because the way back from a preemption jumps through it ([`preempt_stub`]): there is no
//! other register that the interrupted code may not be using. So every stub loads gp from the G before it leaves for Rust, and an
//! interrupt handler that finds in gp no address of an M, whose first word is the address itself, takes the M from the G.

// Debuggers find callers by what the assembly says of its frames with `.cfi` directives. Functions without any get a rule
// from the linker: the return address is in ra, the stack pointer is the caller's.

/// Makes a frame, and says so.
#[doc(hidden)]
#[macro_export]
macro_rules! make_frame {
    () => {
        concat!(
            "addi sp, sp, -16\n",
            ".cfi_def_cfa_offset 16\n",
            "sd ra, 8(sp)\n",
            ".cfi_offset ra, -8\n",
            "sd s0, 0(sp)\n",
            ".cfi_offset s0, -16\n",
            "mv s0, sp\n",
            ".cfi_def_cfa s0, 16"
        )
    };
}

/// Takes the frame down that the stack pointer is at, and says so.
#[doc(hidden)]
#[macro_export]
macro_rules! drop_frame {
    () => {
        concat!(
            "ld s0, 0(sp)\n",
            ".cfi_def_cfa sp, 16\n",
            ".cfi_restore s0\n",
            "ld ra, 8(sp)\n",
            "addi sp, sp, 16\n",
            ".cfi_def_cfa_offset 0\n",
            ".cfi_restore ra"
        )
    };
}

mod alloc;
mod compare;
mod entry;
mod memory;
mod panic;
mod preempt;
mod stack;
mod switch;

pub use alloc::prefetch;
pub use preempt::preempt_stub;
pub use stack::morestack_return;
pub use switch::{
    enter_scheduler, goexit_start, init_context, thread_pointer, timer_call, with_spilled_registers,
};

/// Changes an interrupted context so that it calls `target` from where it is. The stack has room for two words; the interrupted
/// return-address register waits in the lower one.
///
/// # Safety
/// `sp` is the stack pointer of code that keeps nothing below it.
pub unsafe fn inject_call(pc: &mut usize, sp: &mut usize, link: &mut usize, target: usize) {
    *sp -= 16;
    // SAFETY: the caller's contract.
    unsafe { *(*sp as *mut usize) = *link };
    *link = *pc;
    *pc = target;
}

/// Whether the instruction at `pc` is the one that compiled code traps with on purpose: zeros, which the unprivileged
/// specification defines as illegal (section 1.5).
///
/// # Safety
/// `pc` is an address of code.
pub unsafe fn is_trap(pc: usize) -> bool {
    // SAFETY: the caller's contract.
    unsafe { (pc as *const u16).read() == 0 }
}

/// Registers as reports name them, with their places in the system's order.
pub const REGISTERS: &[(&str, usize)] = &[
    ("ra", 1),
    ("sp", 2),
    ("gp", 3),
    ("tp", 4),
    ("t0", 5),
    ("t1", 6),
    ("t2", 7),
    ("s0", 8),
    ("s1", 9),
    ("a0", 10),
    ("a1", 11),
    ("a2", 12),
    ("a3", 13),
    ("a4", 14),
    ("a5", 15),
    ("a6", 16),
    ("a7", 17),
    ("s2", 18),
    ("s3", 19),
    ("s4", 20),
    ("s5", 21),
    ("s6", 22),
    ("s7", 23),
    ("s8", 24),
    ("s9", 25),
    ("s10", 26),
    ("s11", 27),
    ("t3", 28),
    ("t4", 29),
    ("t5", 30),
    ("t6", 31),
    ("pc", 0),
];

/// Hint to the processor that this is a spin loop.
pub fn spin_hint() {
    core::hint::spin_loop();
}
