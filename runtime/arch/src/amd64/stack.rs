//! `__morestack`: the hop to another stack segment (`abi::stack`).
//!
//! On entry r10 is the function, r11d its growth word, the stack holds the return address and the stack arguments, and
//! all other registers are the function's arguments. On the way back all result registers are live and only
//! r11 is free. The fast path takes the spare segment of the G; it is free of Rust.

/// DWARF operations that leave on the stack the address of the `Segment` whose record ends the segment that the stack pointer
/// is in: from the newest, at `G.segment`, outward. The last six lines are the loop.
#[doc(hidden)]
#[macro_export]
macro_rules! find_segment {
    () => {
        concat!(
            "0x7f, 0xd8, 0, 0x06,",                 // r15 + 88, what lies there: the record
            "0x12, 0x77, 0, 0x2d,",                 // the record is below the stack pointer
            "0x14, 0x23, 48, 0x06, 0x77, 0, 0x2b,", // or its `lo` above,
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
            ".globl __morestack",
            ".type __morestack,@function",
            "__morestack:",
            ".cfi_startproc",
            "cmp r11d, 0x400",          // a small frame and few arguments fit every segment
            "ja 4f",
            "mov rax, [r15+96]",
            "test rax, rax",
            "je 4f",
            "mov qword ptr [r15+96], 0",
            "2: pop [rax]",             // return address; rax = segment, r11d = growth
            ".cfi_def_cfa_offset 0",
            ".cfi_escape 0x10, 16, 2, 0x70, 0", // the return address lies at rax
            "movzx r11d, r11w",         // argument bytes
            "push rdi",
            "push rsi",
            "push rcx",
            ".cfi_adjust_cfa_offset 24",
            "lea rsi, [rsp+24]",        // the arguments
            "lea rcx, [rsi+r11]",
            "mov [rax+8], rcx",         // stack pointer after the callee has popped them
            "mov rcx, [r15]",
            "mov [rax+16], rcx",
            "mov rcx, [r15+8]",
            "mov [rax+24], rcx",
            "mov rcx, [r15+16]",
            "mov [rax+32], rcx",
            "mov rcx, [r15+88]",
            "mov [rax+40], rcx",
            "mov rcx, [rax+48]",        // the new segment's bounds
            "mov [r15], rcx",
            "add rcx, {headroom}",
            "mov [r15+16], rcx",
            "mov [r15+8], rax",
            "mov [r15+88], rax",
            "mov rdi, rax",
            "sub rdi, r11",
            "and rdi, -16",
            "3: sub r11, 8",            // copy the arguments, last word first
            "jb 3f",
            "mov rcx, [rsi+r11]",
            "mov [rdi+r11], rcx",
            "jmp 3b",
            "3: mov r11, rdi",
            "pop rcx",
            "pop rsi",
            "pop rdi",
            "mov rsp, r11",
            // The caller's stack pointer is in the segment's record, and so is the return address.
            concat!(".cfi_escape 0x0f, 31,", $crate::find_segment!(), ", 0x23, 8, 0x06"),
            concat!(".cfi_escape 0x10, 16, 28,", $crate::find_segment!()),
            "call r10",
            ".globl rigo_morestack_return",
            "rigo_morestack_return:",
            "mov r11, [r15+88]",
            "mov rsp, [r11+8]",
            ".cfi_def_cfa rsp, 0",
            ".cfi_escape 0x10, 16, 2, 0x7b, 0", // at r11
            "push [r11]",               // return address
            ".cfi_def_cfa_offset 8",
            ".cfi_offset rip, -8",
            "push [r11+16]",
            "pop [r15]",
            "push [r11+24]",
            "pop [r15+8]",
            "push [r11+32]",
            "pop [r15+16]",
            "push [r11+40]",
            "pop [r15+88]",
            "cmp qword ptr [r15+96], 0",
            "jne 5f",
            "mov [r15+96], r11",
            "ret",
            "4:",                       // no spare segment: ask Rust, with all arguments saved
            $crate::make_frame!(),
            "push rdi",
            "push rsi",
            "push rdx",
            "push rcx",
            "push r8",
            "push r9",
            "push r10",
            "push r11",
            "sub rsp, 128",
            "movups [rsp], xmm0",
            "movups [rsp+16], xmm1",
            "movups [rsp+32], xmm2",
            "movups [rsp+48], xmm3",
            "movups [rsp+64], xmm4",
            "movups [rsp+80], xmm5",
            "movups [rsp+96], xmm6",
            "movups [rsp+112], xmm7",
            "mov edi, r11d",
            "call rigo_growstack",
            "movups xmm0, [rsp]",
            "movups xmm1, [rsp+16]",
            "movups xmm2, [rsp+32]",
            "movups xmm3, [rsp+48]",
            "movups xmm4, [rsp+64]",
            "movups xmm5, [rsp+80]",
            "movups xmm6, [rsp+96]",
            "movups xmm7, [rsp+112]",
            "add rsp, 128",
            "pop r11",
            "pop r10",
            "pop r9",
            "pop r8",
            "pop rcx",
            "pop rdx",
            "pop rsi",
            "pop rdi",
            $crate::drop_frame!(),
            "jmp 2b",
            "5:",                       // a second spare segment: give it back, with all results saved
            $crate::make_frame!(),
            "push rax",
            "push rcx",
            "push rdx",
            "push rsi",
            "push rdi",
            "push r8",
            "push r9",
            "push r10",
            "sub rsp, 128",
            "movups [rsp], xmm0",
            "movups [rsp+16], xmm1",
            "movups [rsp+32], xmm2",
            "movups [rsp+48], xmm3",
            "movups [rsp+64], xmm4",
            "movups [rsp+80], xmm5",
            "movups [rsp+96], xmm6",
            "movups [rsp+112], xmm7",
            "mov rdi, r11",
            "call rigo_releasestack",
            "movups xmm0, [rsp]",
            "movups xmm1, [rsp+16]",
            "movups xmm2, [rsp+32]",
            "movups xmm3, [rsp+48]",
            "movups xmm4, [rsp+64]",
            "movups xmm5, [rsp+80]",
            "movups xmm6, [rsp+96]",
            "movups xmm7, [rsp+112]",
            "add rsp, 128",
            "pop r10",
            "pop r9",
            "pop r8",
            "pop rdi",
            "pop rsi",
            "pop rdx",
            "pop rcx",
            "pop rax",
            $crate::drop_frame!(),
            "ret",
            ".cfi_endproc",
            ".size __morestack, . - __morestack",
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
