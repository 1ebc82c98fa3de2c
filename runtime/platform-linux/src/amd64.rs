//! amd64: numbers of system calls, how they are made, what a signal handler finds.

use abi::g::MHead;
use core::arch::global_asm;

#[allow(missing_docs)]
pub mod nr {
    pub const READ: usize = 0;
    pub const WRITE: usize = 1;
    pub const CLOSE: usize = 3;
    pub const MMAP: usize = 9;
    pub const MPROTECT: usize = 10;
    pub const MUNMAP: usize = 11;
    pub const RT_SIGACTION: usize = 13;
    pub const RT_SIGPROCMASK: usize = 14;
    pub const PREAD64: usize = 17;
    pub const SCHED_YIELD: usize = 24;
    pub const MADVISE: usize = 28;
    pub const NANOSLEEP: usize = 35;
    pub const GETPID: usize = 39;
    pub const EXIT: usize = 60;
    pub const SIGALTSTACK: usize = 131;
    pub const ARCH_PRCTL: usize = 158;
    pub const GETTID: usize = 186;
    pub const FUTEX: usize = 202;
    pub const SCHED_GETAFFINITY: usize = 204;
    pub const CLOCK_GETTIME: usize = 228;
    pub const EPOLL_CTL: usize = 233;
    pub const EXIT_GROUP: usize = 231;
    pub const TGKILL: usize = 234;
    pub const OPENAT: usize = 257;
    pub const EPOLL_PWAIT: usize = 281;
    pub const EPOLL_PWAIT2: usize = 441;
    pub const EVENTFD2: usize = 290;
    pub const EPOLL_CREATE1: usize = 291;
    pub const GETRANDOM: usize = 318;
}

/// Makes the system call `number`; a result in -4095..0 is a negated error number.
///
/// # Safety
/// What the call does to memory must be sound for the caller.
pub unsafe fn syscall6(number: usize, a: [usize; 6]) -> isize {
    let result: isize;
    // SAFETY: the kernel destroys only rax, rcx and r11 (man 2 syscall); the rest is the caller's contract.
    unsafe {
        core::arch::asm!(
            "syscall",
            inlateout("rax") number as isize => result,
            in("rdi") a[0], in("rsi") a[1], in("rdx") a[2],
            in("r10") a[3], in("r8") a[4], in("r9") a[5],
            lateout("rcx") _, lateout("r11") _,
            options(nostack),
        );
    }
    result
}

const ARCH_SET_FS: usize = 0x1002;

/// Makes `mp` the M that this thread's thread pointer leads to.
///
/// # Safety
/// `mp` lives as long as the thread and its first word is its own address.
pub unsafe fn set_thread_pointer(mp: *mut MHead) {
    // SAFETY: sets fs of this thread only.
    unsafe { syscall6(nr::ARCH_PRCTL, [ARCH_SET_FS, mp as usize, 0, 0, 0, 0]) };
}

/// What clone(2) is asked for besides the usual: the child's thread pointer.
pub const CLONE_FLAGS: usize = 0x80000;

// fn rigo_clone(flags: rdi, stack_hi: rsi, mp: rdx, cleared: rcx) -> thread id or negated error
global_asm!(
    ".pushsection .text.rigo_clone,\"ax\",@progbits",
    ".globl rigo_clone",
    ".type rigo_clone,@function",
    "rigo_clone:",
    ".cfi_startproc",
    "mov r9, r12",  // the parent's r12 comes back from here; the kernel keeps r9
    "mov r12, rdx", // the child gets all registers but rax and rsp
    "mov r8, rdx",  // its thread pointer
    "xor edx, edx", // no address for the parent
    "mov r10, rcx", // the word that the kernel clears at the end
    "mov eax, 56",  // clone
    "syscall",
    "test rax, rax",
    "je 2f",
    "mov r12, r9",
    "ret",
    ".cfi_undefined rip",
    "2: xor ebp, ebp", // child: the chain of frames ends here
    "mov rdi, r12",
    "call rigo_mstart",
    "ud2",
    ".cfi_endproc",
    ".size rigo_clone, . - rigo_clone",
    ".popsection",
);

const SA_RESTORER: u64 = 0x0400_0000;

/// The kernel's `struct sigaction`.
#[repr(C)]
pub struct SigAction {
    /// An address, or one of two small numbers.
    pub handler: usize,
    flags: u64,
    restorer: usize,
    mask: u64,
}

impl SigAction {
    /// What is to be done: `handler` is an address of a function or one of two small numbers.
    pub fn new(handler: usize, flags: u64, mask: u64) -> SigAction {
        let restorer = rigo_sigreturn as *const () as usize;
        SigAction { handler, flags: flags | SA_RESTORER, restorer, mask }
    }
}

unsafe extern "C" {
    fn rigo_sigreturn();
}

// The frame is that of what was interrupted: all registers lie in the `UContext` at the stack pointer. DWARF has numbers of its
// own for rax, rdx, rcx, rbx, rsi, rdi, rbp (0 to 6) and the return address (16).
global_asm!(
    ".pushsection .text.rigo_sigreturn,\"ax\",@progbits",
    ".cfi_startproc",
    ".cfi_signal_frame",
    "nop", // debuggers look a return address up one byte before it
    ".globl rigo_sigreturn",
    ".type rigo_sigreturn,@function",
    "rigo_sigreturn:",
    ".cfi_escape 0x0f, 4, 0x77, 0xa0, 1, 0x06", // the stack pointer, at 160
    ".cfi_escape 0x10, 0, 3, 0x77, 0x90, 0x1",
    ".cfi_escape 0x10, 1, 3, 0x77, 0x88, 0x1",
    ".cfi_escape 0x10, 2, 3, 0x77, 0x98, 0x1",
    ".cfi_escape 0x10, 3, 3, 0x77, 0x80, 0x1",
    ".cfi_escape 0x10, 4, 3, 0x77, 0xf0, 0x0",
    ".cfi_escape 0x10, 5, 3, 0x77, 0xe8, 0x0",
    ".cfi_escape 0x10, 6, 3, 0x77, 0xf8, 0x0",
    ".cfi_escape 0x10, 8, 2, 0x77, 0x28",
    ".cfi_escape 0x10, 9, 2, 0x77, 0x30",
    ".cfi_escape 0x10, 10, 2, 0x77, 0x38",
    ".cfi_escape 0x10, 11, 3, 0x77, 0xc0, 0x0",
    ".cfi_escape 0x10, 12, 3, 0x77, 0xc8, 0x0",
    ".cfi_escape 0x10, 13, 3, 0x77, 0xd0, 0x0",
    ".cfi_escape 0x10, 14, 3, 0x77, 0xd8, 0x0",
    ".cfi_escape 0x10, 15, 3, 0x77, 0xe0, 0x0",
    ".cfi_escape 0x10, 16, 3, 0x77, 0xa8, 0x1",
    "mov eax, 15", // rt_sigreturn
    "syscall",
    "ud2",
    ".cfi_endproc",
    ".size rigo_sigreturn, . - rigo_sigreturn",
    ".popsection",
);

/// Where the kernel enters a handler: in Rust at once.
pub fn handler() -> usize {
    crate::signal::handle as *const () as usize
}

/// The kernel's `ucontext`, as far as it is used.
#[repr(C)]
pub struct UContext {
    flags: u64,
    link: usize,
    stack: crate::signal::StackT,
    /// r8 to r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, ...
    pub registers: [usize; 23],
}

/// Where in [`UContext::registers`] the frame pointer is.
pub const FP: usize = 10;
/// Where the stack pointer is.
pub const SP: usize = 15;
/// Where the program counter is.
pub const PC: usize = 16;
/// Where the return-address register is: there is none.
pub const LINK: Option<usize> = None;
