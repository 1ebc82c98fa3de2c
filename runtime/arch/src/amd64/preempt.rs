//! The call that an interrupt handler injects: stores every register on the goroutine's stack and goes to the scheduler.
//!
//! The goroutine goes on at the next instruction as if nothing had been. Everything is stored in memory of the goroutine's stack, where the
//! collector sees it.

/// Binds the entry that the stub calls: `$function` and `$resume` as in `entry!(park ...)`.
#[macro_export]
macro_rules! preemption {
    ($function:path, $resume:path) => {
        $crate::entry!(park "rigo_preempted" => $function, $resume);
        ::core::arch::global_asm!(
            ".pushsection \".text.runtime.asyncPreempt\",\"ax\",@progbits",
            ".globl runtime.asyncPreempt",
            ".type runtime.asyncPreempt,@function",
            "runtime.asyncPreempt:",
            ".cfi_startproc",
            $crate::make_frame!(),
            "pushfq",
            "push rax",
            "push rbx",
            "push rcx",
            "push rdx",
            "push rsi",
            "push rdi",
            "push r8",
            "push r9",
            "push r10",
            "push r11",
            "push r12",
            "push r13",
            "push r14",
            "mov rbx, rsp",             // the interrupted stack may be aligned in any way
            "sub rsp, 256",
            "and rsp, -16",
            "movups [rsp], xmm0",
            "movups [rsp+16], xmm1",
            "movups [rsp+32], xmm2",
            "movups [rsp+48], xmm3",
            "movups [rsp+64], xmm4",
            "movups [rsp+80], xmm5",
            "movups [rsp+96], xmm6",
            "movups [rsp+112], xmm7",
            "movups [rsp+128], xmm8",
            "movups [rsp+144], xmm9",
            "movups [rsp+160], xmm10",
            "movups [rsp+176], xmm11",
            "movups [rsp+192], xmm12",
            "movups [rsp+208], xmm13",
            "movups [rsp+224], xmm14",
            "movups [rsp+240], xmm15",
            "cld",
            "call rigo_preempted",
            "movups xmm0, [rsp]",
            "movups xmm1, [rsp+16]",
            "movups xmm2, [rsp+32]",
            "movups xmm3, [rsp+48]",
            "movups xmm4, [rsp+64]",
            "movups xmm5, [rsp+80]",
            "movups xmm6, [rsp+96]",
            "movups xmm7, [rsp+112]",
            "movups xmm8, [rsp+128]",
            "movups xmm9, [rsp+144]",
            "movups xmm10, [rsp+160]",
            "movups xmm11, [rsp+176]",
            "movups xmm12, [rsp+192]",
            "movups xmm13, [rsp+208]",
            "movups xmm14, [rsp+224]",
            "movups xmm15, [rsp+240]",
            "mov rsp, rbx",
            "pop r14",
            "pop r13",
            "pop r12",
            "pop r11",
            "pop r10",
            "pop r9",
            "pop r8",
            "pop rdi",
            "pop rsi",
            "pop rdx",
            "pop rcx",
            "pop rbx",
            "pop rax",
            "popfq",
            $crate::drop_frame!(),
            "ret",
            ".cfi_endproc",
            ".size runtime.asyncPreempt, . - runtime.asyncPreempt",
            ".popsection",
        );
    };
}

/// The code to inject.
pub fn preempt_stub() -> *const u8 {
    unsafe extern "C" {
        #[link_name = "runtime.asyncPreempt"]
        static ASYNC_PREEMPT: u8;
    }
    &raw const ASYNC_PREEMPT
}
