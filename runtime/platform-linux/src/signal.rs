//! Signals: faults and requests to a thread.
//!
//! Handlers run on a stack of their own (`sigaltstack`), because a goroutine's stack has no room. What the kernel saved of the
//! thread is copied into `Interrupted`; changes of pc, sp and link register are copied back, and `rt_sigreturn` makes them true.

use crate::Linux;
use crate::syscall::{nr, syscall4};
use platform::upcall::{self, FaultKind, Interrupted};

const SIGILL: usize = 4;
const SIGTRAP: usize = 5;
const SIGBUS: usize = 7;
const SIGFPE: usize = 8;
const SIGSEGV: usize = 11;
/// Means nothing else to ordinary programs, and is ignored where nobody handles it.
const SIGURG: usize = 23;

const SA_SIGINFO: u64 = 4;
const SA_RESTORER: u64 = 0x0400_0000;
const SA_ONSTACK: u64 = 0x0800_0000;
const SA_RESTART: u64 = 0x1000_0000;
const SIGSET_BYTES: usize = 8;

/// The kernel's `struct sigaction` on amd64.
#[repr(C)]
struct SigAction {
    handler: usize,
    flags: u64,
    restorer: usize,
    mask: u64,
}

/// The kernel's `stack_t`.
#[repr(C)]
struct StackT {
    sp: usize,
    flags: i32,
    size: usize,
}

/// The head of `siginfo_t`.
#[repr(C)]
struct SigInfo {
    signo: i32,
    errno: i32,
    code: i32,
    _pad: i32,
    addr: usize,
}

/// The kernel's `ucontext` on amd64, as far as it is used.
#[repr(C)]
struct UContext {
    flags: u64,
    link: usize,
    stack: StackT,
    /// r8 to r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, ...
    gregs: [usize; 23],
}

const REG_RBP: usize = 10;
const REG_RSP: usize = 15;
const REG_RIP: usize = 16;

unsafe extern "C" {
    fn rigo_sigreturn();
}

#[cfg(target_arch = "x86_64")]
// The frame is that of what was interrupted: all registers lie in the `UContext` at the stack pointer. DWARF has numbers of its
// own for rax, rdx, rcx, rbx, rsi, rdi, rbp (0 to 6) and the return address (16).
core::arch::global_asm!(
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

extern "C" fn handle(signal: i32, info: *const SigInfo, context: *mut UContext) {
    // SAFETY: the kernel passes both; they lie on this signal stack.
    let (info, context) = unsafe { (&*info, &mut *context) };
    if is_from_outside(signal as usize) {
        return upcall::signal(signal as u32);
    }
    let kind = match signal as usize {
        SIGSEGV => FaultKind::Memory,
        SIGBUS => FaultKind::Bus,
        SIGFPE => FaultKind::Arithmetic,
        SIGILL => FaultKind::Illegal,
        SIGTRAP => FaultKind::Trap,
        _ => FaultKind::None,
    };
    let mut registers = [0; 32];
    registers[..context.gregs.len()].copy_from_slice(&context.gregs);
    let mut interrupted = Interrupted {
        pc: context.gregs[REG_RIP],
        sp: context.gregs[REG_RSP],
        fp: context.gregs[REG_RBP],
        link: 0,
        kind,
        code: info.code,
        addr: if kind == FaultKind::None { 0 } else { info.addr },
        registers,
    };
    if kind == FaultKind::None {
        upcall::preempt(&mut interrupted);
    } else {
        upcall::fault(&mut interrupted);
    }
    context.gregs[REG_RIP] = interrupted.pc;
    context.gregs[REG_RSP] = interrupted.sp;
}

/// Signals that the runtime itself lives on.
const OWN: [usize; 6] = [SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV, SIGURG];

fn is_from_outside(signal: usize) -> bool {
    !OWN.contains(&signal)
}

const SIG_DFL: usize = 0;
const SIG_IGN: usize = 1;

/// Sets what a signal does: `handler` is an address, `SIG_DFL` or `SIG_IGN`.
fn set_action(signal: usize, handler: usize) {
    let action = SigAction {
        handler,
        flags: SA_SIGINFO | SA_RESTORER | SA_ONSTACK | SA_RESTART,
        restorer: rigo_sigreturn as *const () as usize,
        // A request must not come in the middle of a fault.
        mask: 1 << (SIGURG - 1),
    };
    // SAFETY: the kernel reads one sigaction; the handler lives for ever.
    unsafe {
        syscall4(nr::RT_SIGACTION, signal, &raw const action as usize, 0, SIGSET_BYTES);
    }
}

impl platform::Signal for Linux {
    fn enable_signal(number: u32) {
        if is_from_outside(number as usize) {
            set_action(number as usize, handle as *const () as usize);
        }
    }

    fn disable_signal(number: u32) {
        if is_from_outside(number as usize) {
            set_action(number as usize, SIG_DFL);
        }
    }

    fn ignore_signal(number: u32) {
        if is_from_outside(number as usize) {
            set_action(number as usize, SIG_IGN);
        }
    }

    fn is_signal_ignored(number: u32) -> bool {
        let mut action = SigAction { handler: 0, flags: 0, restorer: 0, mask: 0 };
        // SAFETY: the kernel writes one sigaction.
        unsafe {
            syscall4(nr::RT_SIGACTION, number as usize, 0, &raw mut action as usize, SIGSET_BYTES);
        }
        action.handler == SIG_IGN
    }
}

impl platform::Fault for Linux {
    fn install_faults() {
        OWN.iter().for_each(|&signal| set_action(signal, handle as *const () as usize));
    }

    fn use_signal_stack(lo: usize, bytes: usize) {
        let stack = StackT { sp: lo, flags: 0, size: bytes };
        // SAFETY: the kernel reads one stack_t; the caller gives the memory to this thread.
        unsafe { syscall4(nr::SIGALTSTACK, &raw const stack as usize, 0, 0, 0) };
    }
}

impl platform::Preempt for Linux {
    fn preempt_thread(id: u32) {
        // SAFETY: sends a signal that has a handler; no memory.
        unsafe {
            let pid = syscall4(nr::GETPID, 0, 0, 0, 0) as usize;
            syscall4(nr::TGKILL, pid, id as usize, SIGURG, 0);
        }
    }
}
