//! `newobject` for small objects, and the write barrier: leaf functions on the goroutine's stack that work on what the P keeps of the
//! heap (`abi::heap`) and call Rust when that does not do.
//!
//! No goroutine is stopped inside them: their code is no compiled Go. So the P stays the same from the load of its cache on.

use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// Binds the allocation: `$newobject` and `$resume` as in `entry!(park ...)`, and `$classes`, a static table of one byte for each multiple of 8 up to
/// `abi::heap::STUB_BYTES`: the size class.
///
/// `fn newobject(type: rdi) -> block`
#[macro_export]
macro_rules! allocation {
    ($newobject:path, $resume:path, $classes:path) => {
        $crate::entry!(park "rigo_newobject" => $newobject, $resume);
        ::core::arch::global_asm!(
            ".pushsection \".text.runtime.newobject\",\"ax\",@progbits",
            ".weak runtime.newobject",
            ".weak \"internal/runtime/maps.newobject\"",
            ".weak \"reflect.unsafe_New\"",
            ".weak \"internal/reflectlite.unsafe_New\"",
            ".type runtime.newobject,@function",
            "runtime.newobject:",
            "\"internal/runtime/maps.newobject\":",
            "\"reflect.unsafe_New\":",
            "\"internal/reflectlite.unsafe_New\":",
            "mov rsi, [rdi]",           // size
            "lea rax, [rsi-1]",
            "cmp rax, {most} - 1",
            "ja rigo_newobject",        // 0 or large
            "lea rax, [rsi+7]",
            "shr eax, 3",
            "lea rdx, [rip + {classes}]",
            "movzx eax, byte ptr [rdx+rax]",
            "mov rcx, [rdi+8]",         // bytes up to the last pointer
            "lea edx, [rax+{n_classes}]",
            "test rcx, rcx",
            "cmovne eax, edx",
            "lea eax, [rax+rax*2]",     // slots have 48 bytes
            "shl eax, 4",
            "mov r8, [r15+24]",         // M
            "mov r8, [r8+24]",          // cache of its P
            "lea r8, [r8+rax+{slots}]",
            "mov rdx, [r8]",            // free blocks
            "test rdx, rdx",
            "je rigo_newobject",
            "bsf r9, rdx",
            "mov r10d, [r8+24]",        // bytes of a block
            "test rcx, rcx",
            "je 3f",
            "mov r11d, edi",            // large blocks note the type, if its address has 32 bits
            "cmp r10d, {bits}",
            "ja 2f",
            "mov r11, [rdi+32]",        // small ones a bit for each word
            "mov r11d, [r11]",
            "jmp 4f",
            "2: cmp r11, rdi",
            "jne rigo_newobject",
            "4: mov rax, [r8+16]",
            "mov [rax+r9*4], r11d",
            "3: lea r11, [rdx-1]",      // from here on the block is taken
            "and rdx, r11",
            "mov [r8], rdx",
            "mov eax, r10d",
            "imul rax, r9",
            "add rax, [r8+8]",
            "cmp dword ptr [r8+28], 0",
            "jne 5f",
            "ret",
            "5: pxor xmm0, xmm0",       // used before: clear it
            "cmp r10d, 16",
            "jb 8f",
            "lea rdx, [rax+r10-16]",    // the last 16 bytes may overlap those before
            "mov rcx, rax",
            "6: cmp rcx, rdx",
            "jae 7f",
            "movups [rcx], xmm0",
            "add rcx, 16",
            "jmp 6b",
            "7: movups [rdx], xmm0",
            "ret",
            "8: mov qword ptr [rax], 0",
            "ret",
            ".size runtime.newobject, . - runtime.newobject",
            ".popsection",
            classes = sym $classes,
            most = const abi::heap::STUB_BYTES,
            n_classes = const abi::heap::N_CLASSES,
            slots = const abi::heap::CACHE_SLOTS,
            bits = const abi::heap::BITS_BYTES,
        );
    };
}

/// Binds the write barrier: `$flush` is `extern "C" fn()` and empties the buffer of this M's P.
///
/// `fn gcWriteBarrier(new: rdi, old: rsi)` keeps every register. When the buffer is full they are saved in the cache, not on the
/// stack, which may have little room.
#[macro_export]
macro_rules! write_barrier {
    ($flush:path) => {
        $crate::entry!(plain "rigo_flush_barrier" => $flush);
        ::core::arch::global_asm!(
            ".pushsection \".text.runtime.gcWriteBarrier\",\"ax\",@progbits",
            ".weak runtime.gcWriteBarrier",
            ".type runtime.gcWriteBarrier,@function",
            "runtime.gcWriteBarrier:",
            "push rax",
            "push rcx",
            "mov rax, [r15+24]",        // M
            "mov rax, [rax+24]",        // cache of its P
            "mov rcx, [rax]",
            "mov [rcx], rdi",
            "mov [rcx+8], rsi",
            "add rcx, 16",
            "mov [rax], rcx",
            "cmp rcx, [rax+8]",
            "jae 2f",
            "pop rcx",
            "pop rax",
            "ret",
            "2: lea rax, [rax+{saved}]",
            "mov [rax], rdx",
            "mov [rax+8], rsi",
            "mov [rax+16], rdi",
            "mov [rax+24], r8",
            "mov [rax+32], r9",
            "mov [rax+40], r10",
            "mov [rax+48], r11",
            "movups [rax+64], xmm0",
            "movups [rax+80], xmm1",
            "movups [rax+96], xmm2",
            "movups [rax+112], xmm3",
            "movups [rax+128], xmm4",
            "movups [rax+144], xmm5",
            "movups [rax+160], xmm6",
            "movups [rax+176], xmm7",
            "movups [rax+192], xmm8",
            "movups [rax+208], xmm9",
            "movups [rax+224], xmm10",
            "movups [rax+240], xmm11",
            "movups [rax+256], xmm12",
            "movups [rax+272], xmm13",
            "movups [rax+288], xmm14",
            "movups [rax+304], xmm15",
            "call rigo_flush_barrier",
            "mov rax, [r15+24]",
            "mov rax, [rax+24]",
            "lea rax, [rax+{saved}]",
            "mov rdx, [rax]",
            "mov rsi, [rax+8]",
            "mov rdi, [rax+16]",
            "mov r8, [rax+24]",
            "mov r9, [rax+32]",
            "mov r10, [rax+40]",
            "mov r11, [rax+48]",
            "movups xmm0, [rax+64]",
            "movups xmm1, [rax+80]",
            "movups xmm2, [rax+96]",
            "movups xmm3, [rax+112]",
            "movups xmm4, [rax+128]",
            "movups xmm5, [rax+144]",
            "movups xmm6, [rax+160]",
            "movups xmm7, [rax+176]",
            "movups xmm8, [rax+192]",
            "movups xmm9, [rax+208]",
            "movups xmm10, [rax+224]",
            "movups xmm11, [rax+240]",
            "movups xmm12, [rax+256]",
            "movups xmm13, [rax+272]",
            "movups xmm14, [rax+288]",
            "movups xmm15, [rax+304]",
            "pop rcx",
            "pop rax",
            "ret",
            ".size runtime.gcWriteBarrier, . - runtime.gcWriteBarrier",
            ".popsection",
            ".pushsection \".bss.runtime.writeBarrier\",\"aw\",@nobits",
            ".weak runtime.writeBarrier",
            ".type runtime.writeBarrier,@object",
            ".balign 8",
            "runtime.writeBarrier: .zero 8",
            ".size runtime.writeBarrier, 8",
            ".popsection",
            saved = const abi::heap::CACHE_SAVED,
        );
    };
}

/// Turns the barriers of compiled code on or off. The world is stopped.
pub fn set_write_barrier(on: bool) {
    unsafe extern "C" {
        #[link_name = "runtime.writeBarrier"]
        static WRITE_BARRIER: AtomicU32;
    }
    // SAFETY: the symbol is defined by `write_barrier!` and has eight bytes.
    unsafe { WRITE_BARRIER.store(on as u32, Relaxed) };
}

/// Fetches the memory at `addr`, which need not be readable, into the processor's cache.
#[inline]
pub fn prefetch(addr: usize) {
    // SAFETY: a prefetch never faults.
    unsafe { core::arch::x86_64::_mm_prefetch::<{ core::arch::x86_64::_MM_HINT_T0 }>(addr as *const i8) };
}
