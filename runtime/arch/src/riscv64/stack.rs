//! `__morestack`: the hop to another stack segment (`abi::stack`).
//!
//! On entry t2 is the function, t1 its growth word, ra the return address, the stack begins with the stack arguments, and
//! a0 to a7 and fa0 to fa7 are the function's arguments. On the way back a0, a1, fa0 and fa1 are live. The fast
//! path takes the spare segment of the G; it is free of Rust.

/// DWARF operations that leave on the stack the address of the `Segment` whose record ends the segment that the stack pointer
/// is in: from the newest, at `G.segment`, outward. The last six lines are the loop.
#[doc(hidden)]
#[macro_export]
macro_rules! find_segment {
    () => {
        concat!(
            "0x74, 0xd8, 0, 0x06,",                 // tp + 88, what lies there: the record
            "0x12, 0x72, 0, 0x2d,",                 // the record is below the stack pointer
            "0x14, 0x23, 48, 0x06, 0x72, 0, 0x2b,", // or its `lo` above,
            "0x21, 0x28, 3, 0,",
            "0x2f, 6, 0,",     // if neither: found
            "0x23, 40, 0x06,", // if so: the outer segment
            "0x2f, 0xe8, 0xff"
        )
    };
}

/// Binds the allocation of segments: `$grow` is `extern "C" fn(growth: u32) -> *mut Segment`, a segment large enough, and
/// `$release` is `extern "C" fn(*mut Segment)`.
#[macro_export]
macro_rules! stacks {
    ($grow:path, $release:path) => {
        $crate::entry!(plain "rigo_growstack" => $grow);
        $crate::entry!(plain "rigo_releasestack" => $release);
        ::core::arch::global_asm!(
            ".pushsection \".text.__morestack\",\"ax\",@progbits",
            ".option push",
            ".option arch, +d",
            ".globl __morestack",
            ".type __morestack,@function",
            "__morestack:",
            ".cfi_startproc",
            ".cfi_remember_state",
            "li t0, 0x400",             // a small frame and few arguments fit every segment
            "bltu t0, t1, 4f",
            "ld t0, 96(tp)",
            "beqz t0, 4f",
            "sd zero, 96(tp)",
            "2: sd ra, 0(t0)",          // t0 = segment, t1 = growth
            "slli t1, t1, 48",
            "srli t1, t1, 48",          // argument bytes
            "add t3, sp, t1",
            "sd t3, 8(t0)",             // stack pointer after the callee has popped them
            "ld t3, 0(tp)",
            "sd t3, 16(t0)",
            "ld t3, 8(tp)",
            "sd t3, 24(t0)",
            "ld t3, 16(tp)",
            "sd t3, 32(t0)",
            "ld t3, 88(tp)",
            "sd t3, 40(t0)",
            "ld t3, 48(t0)",            // the new segment's bounds
            "sd t3, 0(tp)",
            "addi t3, t3, {headroom}",
            "sd t3, 16(tp)",
            "sd t0, 8(tp)",
            "sd t0, 88(tp)",
            "sub t3, t0, t1",
            "andi t3, t3, -16",
            "6: beqz t1, 3f",           // copy the arguments, last word first
            "addi t1, t1, -8",
            "add t4, sp, t1",
            "ld t4, 0(t4)",
            "add t5, t3, t1",
            "sd t4, 0(t5)",
            "j 6b",
            "3: mv sp, t3",
            // The caller's stack pointer is in the segment's record, and so is the return address.
            concat!(".cfi_escape 0x0f, 31,", $crate::find_segment!(), ", 0x23, 8, 0x06"),
            concat!(".cfi_escape 0x10, 1, 28,", $crate::find_segment!()),
            "jalr t2",
            ".globl rigo_morestack_return",
            "rigo_morestack_return:",
            "ld t0, 88(tp)",
            "ld ra, 0(t0)",
            "ld sp, 8(t0)",
            ".cfi_restore_state",
            "ld t1, 16(t0)",
            "sd t1, 0(tp)",
            "ld t1, 24(t0)",
            "sd t1, 8(tp)",
            "ld t1, 32(t0)",
            "sd t1, 16(tp)",
            "ld t1, 40(t0)",
            "sd t1, 88(tp)",
            "ld t1, 96(tp)",
            "bnez t1, 5f",
            "sd t0, 96(tp)",
            "ret",
            "4:",                       // no spare segment: ask Rust, with all arguments saved
            $crate::make_frame!(),
            "addi sp, sp, -144",
            "sd a0, 0(sp)",
            "sd a1, 8(sp)",
            "sd a2, 16(sp)",
            "sd a3, 24(sp)",
            "sd a4, 32(sp)",
            "sd a5, 40(sp)",
            "sd a6, 48(sp)",
            "sd a7, 56(sp)",
            "sd t1, 64(sp)",
            "sd t2, 72(sp)",
            "fsd fa0, 80(sp)",
            "fsd fa1, 88(sp)",
            "fsd fa2, 96(sp)",
            "fsd fa3, 104(sp)",
            "fsd fa4, 112(sp)",
            "fsd fa5, 120(sp)",
            "fsd fa6, 128(sp)",
            "fsd fa7, 136(sp)",
            "mv a0, t1",
            "call rigo_growstack",
            "mv t0, a0",
            "ld a0, 0(sp)",
            "ld a1, 8(sp)",
            "ld a2, 16(sp)",
            "ld a3, 24(sp)",
            "ld a4, 32(sp)",
            "ld a5, 40(sp)",
            "ld a6, 48(sp)",
            "ld a7, 56(sp)",
            "ld t1, 64(sp)",
            "ld t2, 72(sp)",
            "fld fa0, 80(sp)",
            "fld fa1, 88(sp)",
            "fld fa2, 96(sp)",
            "fld fa3, 104(sp)",
            "fld fa4, 112(sp)",
            "fld fa5, 120(sp)",
            "fld fa6, 128(sp)",
            "fld fa7, 136(sp)",
            "mv sp, s0",
            $crate::drop_frame!(),
            "j 2b",
            "5:",                       // a second spare segment: give it back, with all results saved
            $crate::make_frame!(),
            "addi sp, sp, -32",
            "sd a0, 0(sp)",
            "sd a1, 8(sp)",
            "fsd fa0, 16(sp)",
            "fsd fa1, 24(sp)",
            "mv a0, t0",
            "call rigo_releasestack",
            "ld a0, 0(sp)",
            "ld a1, 8(sp)",
            "fld fa0, 16(sp)",
            "fld fa1, 24(sp)",
            "mv sp, s0",
            $crate::drop_frame!(),
            "ret",
            ".cfi_endproc",
            ".size __morestack, . - __morestack",
            ".option pop",
            ".popsection",
            headroom = const abi::stack::HEADROOM_BYTES,
        );
    };
}

/// The return address that a function on a new segment sees; the real one is in the segment's record.
pub fn morestack_return() -> usize {
    unsafe extern "C" {
        #[link_name = "rigo_morestack_return"]
        static RETURN: u8;
    }
    &raw const RETURN as usize
}
