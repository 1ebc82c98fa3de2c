//! `__morestack`: the hop to another stack segment (`abi::stack`).
//!
//! On entry t2 is the function, t1 its growth word, ra the return address, the stack begins with the stack arguments, and
//! a0 to a7 and fa0 to fa7 are the function's arguments. On the way back a0, a1, fa0 and fa1 are live. The fast
//! path takes the spare segment of the G; it is free of Rust.

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
            "jalr t2",
            ".globl rigo_morestack_return",
            "rigo_morestack_return:",
            "ld t0, 88(tp)",
            "ld ra, 0(t0)",
            "ld sp, 8(t0)",
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
            "4: addi sp, sp, -16",      // no spare segment: ask Rust, with all arguments saved
            "sd ra, 8(sp)",
            "sd s0, 0(sp)",
            "mv s0, sp",
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
            "ld ra, 8(s0)",
            "addi sp, s0, 16",
            "ld s0, 0(s0)",
            "j 2b",
            "5: addi sp, sp, -16",      // a second spare segment: give it back, with all results saved
            "sd ra, 8(sp)",
            "sd s0, 0(sp)",
            "mv s0, sp",
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
            "ld ra, 8(s0)",
            "addi sp, s0, 16",
            "ld s0, 0(s0)",
            "ret",
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
