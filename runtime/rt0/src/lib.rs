//! Entry points of an image; binds one platform to `rt`.
//!
//! `_start` is where the kernel enters: the stack pointer points to the argument count (System V ABI,
//! "Process Initialization"). The first thread keeps the kernel's stack as its system stack.
#![no_std]

use core::arch::global_asm;
use core::panic::PanicInfo;

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
    // The names under which rustc calls bulk copies; they move aligned words whole, as the collector needs.
    ".pushsection .text.memcpy,\"ax\",@progbits",
    ".globl memcpy",
    ".type memcpy,@function",
    "memcpy:",
    ".globl memmove",
    ".type memmove,@function",
    "memmove:",
    ".cfi_startproc",
    "push rdi",
    ".cfi_adjust_cfa_offset 8",
    "call runtime.memmove",
    "pop rax",
    ".cfi_adjust_cfa_offset -8",
    "ret",
    ".cfi_endproc",
    ".size memmove, . - memmove",
    ".popsection",
    ".pushsection .text.memset,\"ax\",@progbits",
    ".globl memset",
    ".type memset,@function",
    "memset:",
    ".cfi_startproc",
    "test sil, sil",
    "jne 2f",
    "push rdi",
    ".cfi_adjust_cfa_offset 8",
    "mov rsi, rdx",
    "call runtime.memclrNoHeapPointers",
    "pop rax",
    ".cfi_adjust_cfa_offset -8",
    "ret",
    "2: mov r8, rdi",
    "mov eax, esi",
    "mov rcx, rdx",
    "rep stosb",        // only memory without pointers is filled with anything but zero
    "mov rax, r8",
    "ret",
    ".cfi_endproc",
    ".size memset, . - memset",
    ".popsection",
    ".pushsection .text.memcmp,\"ax\",@progbits",
    ".globl memcmp",
    ".type memcmp,@function",
    "memcmp:",
    ".globl bcmp",
    ".type bcmp,@function",
    "bcmp:",
    "mov rcx, rdx",
    "mov r8, rdx",
    "mov rdx, rsi",
    "mov rsi, rcx",
    "call runtime.cmpstring",
    "ret",
    ".size memcmp, . - memcmp",
    ".popsection",
    ".pushsection .text.strlen,\"ax\",@progbits",
    ".globl strlen",
    ".type strlen,@function",
    "strlen:",
    "xor eax, eax",
    "2: cmp byte ptr [rdi+rax], 0",
    "je 3f",
    "inc rax",
    "jmp 2b",
    "3: ret",
    ".size strlen, . - strlen",
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

/// A bug in the runtime. Nothing is unwound.
#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    platform::write_err(b"fatal error: runtime bug");
    if let Some(location) = info.location() {
        platform::write_err(b" at ");
        platform::write_err(location.file().as_bytes());
        let mut line = [b':', 0, 0, 0, 0, 0];
        let mut rest = location.line();
        for digit in line[1..].iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        platform::write_err(&line);
    }
    platform::write_err(b"\n");
    platform::exit(2)
}

/// Named by the unwind tables of the precompiled core; never called, because nothing unwinds.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}
