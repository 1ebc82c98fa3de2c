//! amd64: r15 holds the current G, `fs:0` the address of the current M.

// Debuggers find callers by what the assembly says of its frames with `.cfi` directives. Functions without any get a rule
// from the linker: the return address lies at the stack pointer.

/// Makes a frame, and says so.
#[doc(hidden)]
#[macro_export]
macro_rules! make_frame {
    () => {
        concat!(
            "push rbp\n",
            ".cfi_def_cfa_offset 16\n",
            ".cfi_offset rbp, -16\n",
            "mov rbp, rsp\n",
            ".cfi_def_cfa_register rbp"
        )
    };
}

/// Takes the frame down, and says so.
#[doc(hidden)]
#[macro_export]
macro_rules! drop_frame {
    () => {
        concat!("pop rbp\n", ".cfi_def_cfa rsp, 8\n", ".cfi_restore rbp")
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

/// Changes an interrupted context so that it calls `target` from where it is. The stack has room for a word.
///
/// # Safety
/// `sp` is the stack pointer of code that keeps nothing below it.
pub unsafe fn inject_call(pc: &mut usize, sp: &mut usize, _link: &mut usize, target: usize) {
    *sp -= 8;
    // SAFETY: the caller's contract.
    unsafe { *(*sp as *mut usize) = *pc };
    *pc = target;
}

/// Whether the instruction at `pc` is the one that compiled code traps with on purpose (`ud2`).
///
/// # Safety
/// `pc` is an address of code.
pub unsafe fn is_trap(pc: usize) -> bool {
    // SAFETY: the caller's contract.
    unsafe { (pc as *const [u8; 2]).read() == [0x0f, 0x0b] }
}

/// Registers as reports name them, with their places in the system's order.
pub const REGISTERS: &[(&str, usize)] = &[
    ("rax", 13),
    ("rbx", 11),
    ("rcx", 14),
    ("rdx", 12),
    ("rdi", 8),
    ("rsi", 9),
    ("rbp", 10),
    ("rsp", 15),
    ("r8", 0),
    ("r9", 1),
    ("r10", 2),
    ("r11", 3),
    ("r12", 4),
    ("r13", 5),
    ("r14", 6),
    ("r15", 7),
    ("rip", 16),
    ("rflags", 17),
];

/// Hint to the processor that this is a spin loop.
pub fn spin_hint() {
    core::hint::spin_loop();
}
