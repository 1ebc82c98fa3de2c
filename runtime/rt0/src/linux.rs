//! Linux: `_start` is where the kernel enters.
//!
//! The stack pointer points to the argument count (System V ABI, "Process Initialization"). The first thread keeps the
//! kernel's stack as its system stack.

use core::arch::global_asm;

platform::bind!(platform_linux::Linux);

/// The first thread's M.
struct FirstM(core::cell::UnsafeCell<rt::sched::M>);

// SAFETY: only the first thread uses it by this name.
unsafe impl Sync for FirstM {}

static FIRST_M: FirstM = FirstM(core::cell::UnsafeCell::new(rt::sched::M::new()));

#[cfg(target_arch = "x86_64")]
global_asm!(
    ".pushsection .text._start,\"ax\",@progbits",
    ".globl _start",
    ".type _start,@function",
    "_start:",
    ".cfi_startproc",
    ".cfi_undefined rip",
    "xor ebp, ebp",    // the outermost frame
    "mov rdi, rsp",
    "and rsp, -16",
    "mov rsi, rsp",    // the system stack begins here
    "call {start}",
    "ud2",
    ".cfi_endproc",
    ".size _start, . - _start",
    ".popsection",
    start = sym start,
);

#[cfg(target_arch = "riscv64")]
global_asm!(
    ".pushsection .text._start,\"ax\",@progbits",
    ".globl _start",
    ".type _start,@function",
    "_start:",
    ".cfi_startproc",
    ".cfi_undefined ra",
    "li s0, 0",     // the outermost frame
    "mv a0, sp",
    "andi sp, sp, -16",
    "mv a1, sp",    // the system stack begins here
    "call {start}",
    "unimp",
    ".cfi_endproc",
    ".size _start, . - _start",
    ".popsection",
    start = sym start,
);

/// The first Rust that runs.
extern "C" fn start(initial_sp: *const usize, system_sp: usize) -> ! {
    let mp = FIRST_M.0.get();
    // SAFETY: there is one thread, `initial_sp` is what the kernel left, and `FIRST_M` lives for ever.
    unsafe {
        platform_linux::set_initial_stack(initial_sp);
        (*mp).head.this = mp as usize;
        (*mp).head.system_sp = system_sp;
        platform_linux::set_thread_pointer(&raw mut (*mp).head);
        rt::sched::start(mp)
    }
}
