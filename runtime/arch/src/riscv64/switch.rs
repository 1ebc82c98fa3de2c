//! Start, resumption and end of goroutines; the thread pointer.

use abi::g::{GHead, MHead};
use core::arch::{asm, global_asm};

/// The current M, or null on a thread that has none yet.
pub fn thread_pointer() -> *mut MHead {
    let mp: *mut MHead;
    // SAFETY: reads a register. It changes with the thread only.
    unsafe { asm!("mv {}, gp", out(reg) mp, options(nostack, nomem, preserves_flags)) };
    mp
}

/// Leaves Rust: empties the system stack of `mp` and runs goroutines for ever.
///
/// # Safety
/// `mp` is the current M, its `system_sp` lies on the stack of this thread, and no frame of the caller is
/// needed again.
pub unsafe fn enter_scheduler(mp: *mut MHead) -> ! {
    // SAFETY: the loop takes gp as M and starts at the high end of its system stack, by the contract above.
    unsafe { asm!("mv gp, {}", "tail rigo_mloop", in(reg) mp, options(noreturn)) }
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
            ".option push",
            ".option arch, +d",
            ".globl rigo_mloop",
            ".type rigo_mloop,@function",
            "rigo_mloop:",              // gp = M
            ".cfi_startproc",
            ".cfi_undefined ra",        // nobody called it
            "ld sp, 8(gp)",
            "li s0, 0",
            "call {schedule}",
            "mv tp, a0",                // resume that goroutine
            "ld sp, 32(tp)",
            "ld s0, 48(tp)",
            "ld s1, 128(tp)",
            "ld s2, 136(tp)",
            "ld s3, 144(tp)",
            "ld s4, 152(tp)",
            "ld s5, 160(tp)",
            "ld s6, 168(tp)",
            "ld s7, 176(tp)",
            "ld s8, 184(tp)",
            "ld s9, 192(tp)",
            "ld s10, 200(tp)",
            "ld s11, 208(tp)",
            "fld fs0, 216(tp)",
            "fld fs1, 224(tp)",
            "fld fs2, 232(tp)",
            "fld fs3, 240(tp)",
            "fld fs4, 248(tp)",
            "fld fs5, 256(tp)",
            "fld fs6, 264(tp)",
            "fld fs7, 272(tp)",
            "fld fs8, 280(tp)",
            "fld fs9, 288(tp)",
            "fld fs10, 296(tp)",
            "fld fs11, 304(tp)",
            "ld t1, 40(tp)",
            "jr t1",                    // not t0: that would pop the processor's return stack
            ".cfi_endproc",
            ".size rigo_mloop, . - rigo_mloop",
            ".option pop",
            ".popsection",
            ".pushsection \".text.runtime.goexit\",\"ax\",@progbits",
            ".globl runtime.goexit",
            ".type runtime.goexit,@function",
            "runtime.goexit:",
            ".cfi_startproc",
            ".cfi_undefined ra",        // the outermost frame of every goroutine
            "ld a0, 56(tp)",            // the func value is the context of the call
            "ld t1, 0(a0)",
            "jalr t1",
            "nop",                      // the return address lies inside this function
            ".globl rigo_goexit1",
            "rigo_goexit1:",
            "mv a0, tp",
            "ld gp, 24(tp)",
            "ld sp, 8(gp)",
            "li s0, 0",
            "call {goexit0}",
            "tail rigo_mloop",
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
    "ld a1, 16(a0)",
    "ld a2, 24(a0)",
    "ld a3, 32(a0)",
    "ld a4, 40(a0)",
    "ld a0, 8(a0)", // the func value is the context
    "ld t1, 0(a0)",
    "jalr t1",
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
    let mut registers = [0usize; 12];
    // SAFETY: stores registers in a local variable.
    unsafe {
        asm!(
            "sd s0, 0({0})", "sd s1, 8({0})", "sd s2, 16({0})", "sd s3, 24({0})",
            "sd s4, 32({0})", "sd s5, 40({0})", "sd s6, 48({0})", "sd s7, 56({0})",
            "sd s8, 64({0})", "sd s9, 72({0})", "sd s10, 80({0})", "sd s11, 88({0})",
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
    "li a0, 0",
    "call runtime.exit",
    "unimp",
    ".cfi_endproc",
    ".size runtime.main, . - runtime.main",
    ".popsection",
);
