//! The call that an interrupt handler injects: stores every register on the goroutine's stack and goes to the scheduler.
//!
//! The goroutine goes on at the next instruction as if nothing had been. Everything is stored in memory of the goroutine's stack, where the
//! collector sees it; callee-saved registers are stored by the stub of the entry.

/// Binds the entry that the stub calls: `$function` and `$resume` as in `entry!(park ...)`.
#[macro_export]
macro_rules! preemption {
    ($function:path, $resume:path) => {
        $crate::entry!(park "rigo_preempted" => $function, $resume);
        ::core::arch::global_asm!(
            ".pushsection \".text.runtime.asyncPreempt\",\"ax\",@progbits",
            ".option push",
            ".option arch, +d",
            ".globl runtime.asyncPreempt",
            ".type runtime.asyncPreempt,@function",
            "runtime.asyncPreempt:",    // ra = where to go on; 0(sp) = the interrupted ra
            ".cfi_startproc",
            ".cfi_def_cfa sp, 16",
            "addi sp, sp, -16",
            ".cfi_def_cfa_offset 32",
            "sd ra, 8(sp)",
            ".cfi_offset ra, -24",
            "sd s0, 0(sp)",
            ".cfi_offset s0, -32",
            "mv s0, sp",
            ".cfi_def_cfa s0, 32",
            "addi sp, sp, -288",
            "sd t0, 0(sp)",
            "sd t1, 8(sp)",
            "sd t2, 16(sp)",
            "sd t3, 24(sp)",
            "sd t4, 32(sp)",
            "sd t5, 40(sp)",
            "sd t6, 48(sp)",
            "sd a0, 56(sp)",
            "sd a1, 64(sp)",
            "sd a2, 72(sp)",
            "sd a3, 80(sp)",
            "sd a4, 88(sp)",
            "sd a5, 96(sp)",
            "sd a6, 104(sp)",
            "sd a7, 112(sp)",
            "fsd ft0, 120(sp)",
            "fsd ft1, 128(sp)",
            "fsd ft2, 136(sp)",
            "fsd ft3, 144(sp)",
            "fsd ft4, 152(sp)",
            "fsd ft5, 160(sp)",
            "fsd ft6, 168(sp)",
            "fsd ft7, 176(sp)",
            "fsd ft8, 184(sp)",
            "fsd ft9, 192(sp)",
            "fsd ft10, 200(sp)",
            "fsd ft11, 208(sp)",
            "fsd fa0, 216(sp)",
            "fsd fa1, 224(sp)",
            "fsd fa2, 232(sp)",
            "fsd fa3, 240(sp)",
            "fsd fa4, 248(sp)",
            "fsd fa5, 256(sp)",
            "fsd fa6, 264(sp)",
            "fsd fa7, 272(sp)",
            "frcsr t0",
            "sd t0, 280(sp)",
            "call rigo_preempted",
            "ld t0, 280(sp)",
            "fscsr t0",
            "ld t0, 0(sp)",
            "ld t1, 8(sp)",
            "ld t2, 16(sp)",
            "ld t3, 24(sp)",
            "ld t4, 32(sp)",
            "ld t5, 40(sp)",
            "ld t6, 48(sp)",
            "ld a0, 56(sp)",
            "ld a1, 64(sp)",
            "ld a2, 72(sp)",
            "ld a3, 80(sp)",
            "ld a4, 88(sp)",
            "ld a5, 96(sp)",
            "ld a6, 104(sp)",
            "ld a7, 112(sp)",
            "fld ft0, 120(sp)",
            "fld ft1, 128(sp)",
            "fld ft2, 136(sp)",
            "fld ft3, 144(sp)",
            "fld ft4, 152(sp)",
            "fld ft5, 160(sp)",
            "fld ft6, 168(sp)",
            "fld ft7, 176(sp)",
            "fld ft8, 184(sp)",
            "fld ft9, 192(sp)",
            "fld ft10, 200(sp)",
            "fld ft11, 208(sp)",
            "fld fa0, 216(sp)",
            "fld fa1, 224(sp)",
            "fld fa2, 232(sp)",
            "fld fa3, 240(sp)",
            "fld fa4, 248(sp)",
            "fld fa5, 256(sp)",
            "fld fa6, 264(sp)",
            "fld fa7, 272(sp)",
            "ld gp, 8(s0)",             // where to go on: the only register that compiled code has no use for
            "ld ra, 16(s0)",
            "addi sp, s0, 32",
            "ld s0, 0(s0)",
            ".cfi_def_cfa sp, 0",
            ".cfi_restore s0",
            ".cfi_register ra, gp",
            "jr gp",
            ".cfi_endproc",
            ".size runtime.asyncPreempt, . - runtime.asyncPreempt",
            ".option pop",
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
