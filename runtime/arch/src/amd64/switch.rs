//! Start, resumption and end of goroutines; the thread pointer.

use abi::g::{GHead, MHead};
use core::arch::{asm, global_asm};

/// The address that the thread pointer leads to: the current M.
pub fn thread_pointer() -> *mut MHead {
    let mp: *mut MHead;
    // SAFETY: reads the word at fs:0. The platform sets fs to the address of an M before any code of the
    // runtime runs on a thread, and an M's first word is its own address.
    unsafe { asm!("mov {}, fs:[0]", out(reg) mp, options(nostack, preserves_flags, pure, readonly)) };
    mp
}

/// Leaves Rust: empties the system stack of `mp` and runs goroutines for ever.
///
/// # Safety
/// `mp` is the current M, its `system_sp` lies on the stack of this thread, and no frame of the caller is
/// needed again.
pub unsafe fn enter_scheduler(mp: *mut MHead) -> ! {
    // SAFETY: the loop takes r12 as M and starts at the high end of its system stack, by the contract above.
    unsafe { asm!("jmp rigo_mloop", in("r12") mp, options(noreturn)) }
}

/// Prepares `g` so that its first resumption calls its func value `start`; when that returns, the goroutine ends.
///
/// # Safety
/// `g` has a stack that nobody uses.
pub unsafe fn init_context(g: *mut GHead) {
    // SAFETY: the caller owns `g`.
    unsafe {
        (*g).sp = ((*g).stack_hi - 16) & !15;
        (*g).fp = 0;
        (*g).pc = goexit_start() as usize;
        (*g).saved = [0; 24];
        // The two words above the first frame end the chain of frame pointers.
        *((*g).sp as *mut [usize; 2]) = [0, 0];
    }
}

/// The code of `runtime.goexit`, where every goroutine starts.
pub fn goexit_start() -> *const u8 {
    unsafe extern "C" {
        #[link_name = "runtime.goexit"]
        static GOEXIT: u8;
    }
    &raw const GOEXIT
}

/// Binds the scheduler: `$schedule` is `extern "C" fn() -> *mut GHead`, the goroutine that this M runs next, and
/// `$goexit0` is `extern "C" fn(*mut GHead)`, which buries a goroutine that has returned.
#[macro_export]
macro_rules! scheduler {
    ($schedule:path, $goexit0:path) => {
        ::core::arch::global_asm!(
            ".pushsection \".text.rigo_mloop\",\"ax\",@progbits",
            ".globl rigo_mloop",
            ".type rigo_mloop,@function",
            "rigo_mloop:",              // r12 = M
            ".cfi_startproc",
            ".cfi_undefined rip",       // nobody called it
            "mov rsp, [r12+8]",
            "xor ebp, ebp",
            "call {schedule}",
            "mov r15, rax",             // resume that goroutine
            "mov rsp, [r15+32]",
            "mov rbp, [r15+48]",
            "mov rbx, [r15+128]",
            "mov r12, [r15+136]",
            "mov r13, [r15+144]",
            "mov r14, [r15+152]",
            "mov rcx, [r15+40]",
            "jmp rcx",                  // not `ret`: it would miss the processor's return stack
            ".cfi_endproc",
            ".size rigo_mloop, . - rigo_mloop",
            ".popsection",
            ".pushsection \".text.runtime.goexit\",\"ax\",@progbits",
            ".globl runtime.goexit",
            ".type runtime.goexit,@function",
            "runtime.goexit:",
            ".cfi_startproc",
            ".cfi_undefined rip",       // the outermost frame of every goroutine
            "mov rdi, [r15+56]",        // the func value is the context of the call
            "call [rdi]",
            "nop",                      // the return address lies inside this function
            ".globl rigo_goexit1",
            "rigo_goexit1:",
            "mov rdi, r15",
            "mov r12, [r15+24]",
            "mov rsp, [r12+8]",
            "xor ebp, ebp",
            "call {goexit0}",
            "jmp rigo_mloop",
            ".cfi_endproc",
            ".size runtime.goexit, . - runtime.goexit",
            ".popsection",
            schedule = sym $schedule,
            goexit0 = sym $goexit0,
        );
    };
}

// A closure {timercall, func, arg type, arg data, seq, delta}: calls func(arg, seq, delta), `tail` convention.
global_asm!(
    ".pushsection \".text.runtime.timercall\",\"ax\",@progbits",
    ".globl runtime.timercall",
    ".type runtime.timercall,@function",
    "runtime.timercall:",
    ".cfi_startproc",
    crate::make_frame!(),
    "mov rsi, [rdi+16]",
    "mov rdx, [rdi+24]",
    "mov rcx, [rdi+32]",
    "mov r8, [rdi+40]",
    "mov rdi, [rdi+8]", // the func value is the context
    "call [rdi]",
    crate::drop_frame!(),
    "ret",
    ".cfi_endproc",
    ".size runtime.timercall, . - runtime.timercall",
    ".popsection",
);

/// The code of the closures that timers start.
pub fn timer_call() -> *const u8 {
    unsafe extern "C" {
        #[link_name = "runtime.timercall"]
        static TIMERCALL: u8;
    }
    &raw const TIMERCALL
}

/// Calls `f` with the stack pointer, below which nothing is in use, after all callee-saved registers were stored above it.
///
/// # Safety
/// None of its own; the stack below `sp` changes with the next call.
pub unsafe fn with_spilled_registers<R>(f: impl FnOnce(usize) -> R) -> R {
    let mut registers = [0usize; 6];
    // SAFETY: stores registers in a local variable.
    unsafe {
        asm!(
            "mov [{0}], rbx", "mov [{0}+8], rbp", "mov [{0}+16], r12",
            "mov [{0}+24], r13", "mov [{0}+32], r14", "mov [{0}+40], r15",
            in(reg) registers.as_mut_ptr(), options(nostack, preserves_flags)
        );
    }
    f(core::hint::black_box(registers.as_mut_ptr()) as usize)
}

// The frame under the main goroutine. `go.main` is emitted by the compiler.
global_asm!(
    ".pushsection \".text.runtime.main\",\"ax\",@progbits",
    ".globl runtime.main",
    ".type runtime.main,@function",
    "runtime.main:",
    ".cfi_startproc",
    crate::make_frame!(),
    "call go.main",
    "xor edi, edi",
    "call runtime.exit",
    "ud2",
    ".cfi_endproc",
    ".size runtime.main, . - runtime.main",
    ".popsection",
);
