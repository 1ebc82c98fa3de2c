//! riscv64: numbers of system calls, how they are made, what a signal handler finds.

use abi::g::MHead;
use core::arch::global_asm;

#[allow(missing_docs)]
pub mod nr {
    pub const EPOLL_CREATE1: usize = 20;
    pub const EPOLL_CTL: usize = 21;
    pub const EPOLL_PWAIT: usize = 22;
    pub const EPOLL_PWAIT2: usize = 441;
    pub const EVENTFD2: usize = 19;
    pub const OPENAT: usize = 56;
    pub const CLOSE: usize = 57;
    pub const READ: usize = 63;
    pub const PREAD64: usize = 67;
    pub const WRITE: usize = 64;
    pub const EXIT: usize = 93;
    pub const EXIT_GROUP: usize = 94;
    pub const FUTEX: usize = 98;
    pub const NANOSLEEP: usize = 101;
    pub const CLOCK_GETTIME: usize = 113;
    pub const SCHED_GETAFFINITY: usize = 123;
    pub const SCHED_YIELD: usize = 124;
    pub const TGKILL: usize = 131;
    pub const SIGALTSTACK: usize = 132;
    pub const RT_SIGACTION: usize = 134;
    pub const RT_SIGPROCMASK: usize = 135;
    pub const GETPID: usize = 172;
    pub const GETTID: usize = 178;
    pub const MUNMAP: usize = 215;
    pub const MMAP: usize = 222;
    pub const MPROTECT: usize = 226;
    pub const MADVISE: usize = 233;
    pub const GETRANDOM: usize = 278;
}

/// Makes the system call `number`; a result in -4095..0 is a negated error number.
///
/// # Safety
/// What the call does to memory must be sound for the caller.
pub unsafe fn syscall6(number: usize, a: [usize; 6]) -> isize {
    let result: isize;
    // SAFETY: the kernel destroys only a0 (man 2 syscall); the rest is the caller's contract.
    unsafe {
        core::arch::asm!(
            "ecall",
            in("a7") number,
            inlateout("a0") a[0] as isize => result,
            in("a1") a[1], in("a2") a[2], in("a3") a[3], in("a4") a[4], in("a5") a[5],
            options(nostack),
        );
    }
    result
}

/// Makes `mp` the M that this thread's thread pointer leads to.
///
/// # Safety
/// `mp` lives as long as the thread and its first word is its own address.
pub unsafe fn set_thread_pointer(mp: *mut MHead) {
    // SAFETY: gp belongs to the runtime (`arch`).
    unsafe { core::arch::asm!("mv gp, {}", in(reg) mp, options(nostack, preserves_flags)) };
}

/// What clone(2) is asked for besides the usual: nothing.
pub const CLONE_FLAGS: usize = 0;

// fn rigo_clone(flags: a0, stack_hi: a1, mp: a2, cleared: a3) -> thread id or negated error
//
// A signal that comes to the child before it has its own M, or to the parent meanwhile, finds none.
global_asm!(
    ".pushsection .text.rigo_clone,\"ax\",@progbits",
    ".globl rigo_clone",
    ".type rigo_clone,@function",
    "rigo_clone:",
    "mv t0, a2", // the child gets all registers but a0 and sp
    "mv t1, gp",
    "li gp, 0",
    "li a2, 0",   // no address for the parent
    "mv a4, a3",  // the word that the kernel clears at the end
    "li a3, 0",   // no thread pointer
    "li a7, 220", // clone
    "ecall",
    "beqz a0, 2f",
    "mv gp, t1",
    "ret",
    "2: mv gp, t0", // child: the chain of frames ends here
    "li s0, 0",
    "mv a0, t0",
    "call rigo_mstart",
    "unimp",
    ".size rigo_clone, . - rigo_clone",
    ".popsection",
);

/// The kernel's `struct sigaction`; the way back from a handler is the kernel's own.
#[repr(C)]
pub struct SigAction {
    /// An address, or one of two small numbers.
    pub handler: usize,
    flags: u64,
    mask: u64,
}

impl SigAction {
    /// What is to be done: `handler` is an address of a function or one of two small numbers.
    pub fn new(handler: usize, flags: u64, mask: u64) -> SigAction {
        SigAction { handler, flags, mask }
    }
}

unsafe extern "C" {
    fn rigo_signal_entry();
}

// Compiled Go may have left the address of an instruction in gp (`arch`): then tp is its G, and that knows the M.
global_asm!(
    ".pushsection .text.rigo_signal_entry,\"ax\",@progbits",
    ".globl rigo_signal_entry",
    ".type rigo_signal_entry,@function",
    "rigo_signal_entry:",
    "beqz gp, 2f", // a thread that has no M yet
    "andi t0, gp, 7",
    "bnez t0, 1f",
    "ld t0, 0(gp)",
    "beq t0, gp, 2f",
    "1: ld gp, 24(tp)",
    "2: tail {handle}",
    ".size rigo_signal_entry, . - rigo_signal_entry",
    ".popsection",
    handle = sym crate::signal::handle,
);

/// Where the kernel enters a handler.
pub fn handler() -> usize {
    rigo_signal_entry as *const () as usize
}

/// The kernel's `ucontext`, as far as it is used.
#[repr(C)]
pub struct UContext {
    flags: u64,
    link: usize,
    stack: crate::signal::StackT,
    mask: [u64; 16],
    // What follows begins at a multiple of 16.
    pad: u64,
    /// pc, then x1 to x31.
    pub registers: [usize; 32],
}

const _: () = assert!(core::mem::offset_of!(UContext, registers) == 176);

/// Where in [`UContext::registers`] the frame pointer is.
pub const FP: usize = 8;
/// Where the stack pointer is.
pub const SP: usize = 2;
/// Where the program counter is.
pub const PC: usize = 0;
/// Where the return-address register is.
pub const LINK: Option<usize> = Some(1);
