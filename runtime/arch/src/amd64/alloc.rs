//! Allocation of small objects, copying of values, and the write barrier: leaf functions on the goroutine's stack that work on what the P keeps of the
//! heap (`abi::heap`) and call Rust when that does not do.
//!
//! No goroutine is stopped inside them: their code is no compiled Go. So the P stays the same from the load of its cache on.

/// Binds the allocation: `$newobject`, `$makeslice`, `$mallocgc` and `$resume` as in `entry!(park ...)`, and `$classes`, a static table of one byte for
/// each multiple of 8 up to `abi::heap::STUB_BYTES`: the size class.
///
/// `fn newobject(type: rdi)`, `fn makeslice(type: rdi, len: rsi, cap: rdx)`, `fn mallocgc(bytes: rdi, type: rsi, needzero: rdx)`, all `-> block`. The last two
/// take here what has no pointers, and slices of pointers, strings and interfaces.
#[macro_export]
macro_rules! allocation {
    ($newobject:path, $makeslice:path, $mallocgc:path, $resume:path, $classes:path) => {
        $crate::entry!(park "rigo_newobject" => $newobject, $resume);
        $crate::entry!(park "rigo_makeslice" => $makeslice, $resume);
        $crate::entry!(park "rigo_mallocgc" => $mallocgc, $resume);
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
            "lea r10, [rip + rigo_newobject]",
            "mov rax, [rdi]",           // size
            "lea r8, [rax-1]",
            "cmp r8, {most} - 1",
            "ja 9f",                    // 0 or large
            "mov rcx, [rdi+8]",         // bytes up to the last pointer
            "test rcx, rcx",
            "je rigo_small",
            "cmp eax, {bits}",
            "ja 2f",
            "mov r11, [rdi+32]",        // small blocks note a bit for each word
            "mov r11d, [r11]",
            "jmp rigo_small",
            "2: mov r11d, edi",         // large ones the type, if its address has 32 bits
            "cmp r11, rdi",
            "je rigo_small",
            "9: jmp r10",
            ".size runtime.newobject, . - runtime.newobject",
            // eax: bytes; rcx: whether there are pointers; r11d: what to note of them; r10: where to go when the slot is empty, which
            // finds rdi, rsi and rdx unchanged.
            ".type rigo_small,@function",
            "rigo_small:",
            "add eax, 7",
            "shr eax, 3",
            "lea r8, [rip + {classes}]",
            "movzx eax, byte ptr [r8+rax]",
            "lea r9d, [rax+{n_classes}]",
            "test rcx, rcx",
            "cmovne eax, r9d",
            "lea eax, [rax+rax*2]",     // slots have 48 bytes
            "shl eax, 4",
            "mov r8, [r15+24]",         // M
            "mov r8, [r8+24]",          // cache of its P
            "lea r8, [r8+rax+{slots}]",
            "mov r9, [r8]",             // free blocks
            "test r9, r9",
            "je 9f",
            "bsf rsi, r9",              // from here on the block is taken
            "lea rax, [r9-1]",
            "and r9, rax",
            "mov [r8], r9",
            "test rcx, rcx",
            "je 3f",
            "mov rax, [r8+16]",
            "mov [rax+rsi*4], r11d",
            "3: mov edx, [r8+24]",      // bytes of a block
            "mov eax, edx",
            "imul rax, rsi",
            "add rax, [r8+8]",
            "cmp dword ptr [r8+28], 0",
            "jne 5f",
            "ret",
            "5: pxor xmm0, xmm0",       // used before: clear it
            "cmp edx, 16",
            "jb 8f",
            "lea rdx, [rax+rdx-16]",    // the last 16 bytes may overlap those before
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
            "9: jmp r10",
            ".size rigo_small, . - rigo_small",
            ".popsection",
            ".pushsection \".text.runtime.makeslice\",\"ax\",@progbits",
            ".weak runtime.makeslice",
            ".type runtime.makeslice,@function",
            "runtime.makeslice:",
            "lea r10, [rip + rigo_makeslice]",
            "mov r8, [rdi]",            // size of an element
            "mov rax, r8",
            "cmp rdx, {most}",
            "ja 9f",
            "cmp rsi, rdx",
            "ja 9f",                    // a negative length too
            "cmp r8, {most}",
            "ja 9f",
            "imul rax, rdx",
            "lea r9, [rax-1]",
            "cmp r9, {most} - 1",
            "ja 9f",
            "mov rcx, [rdi+8]",
            "test rcx, rcx",
            "je rigo_small",
            "cmp eax, {bits}",
            "ja 2f",
            "mov r11, [rdi+32]",        // the bits of an element of one or two words, repeated
            "mov r11d, [r11]",
            "cmp r8, 8",
            "je 1f",
            "cmp r8, 16",
            "jne 9f",
            "and r11d, 3",
            "imul r11d, r11d, 0x55555555",
            "jmp rigo_small",
            "1: mov r11d, -1",
            "jmp rigo_small",
            "2: mov r11d, edi",
            "cmp r11, rdi",
            "je rigo_small",
            "9: jmp r10",
            ".size runtime.makeslice, . - runtime.makeslice",
            ".popsection",
            ".pushsection \".text.runtime.mallocgc\",\"ax\",@progbits",
            ".weak runtime.mallocgc",
            ".type runtime.mallocgc,@function",
            "runtime.mallocgc:",
            "lea r10, [rip + rigo_mallocgc]",
            "xor ecx, ecx",
            "mov rax, rdi",
            "lea r9, [rax-1]",
            "cmp r9, {most} - 1",
            "ja 9f",
            "test rsi, rsi",
            "je rigo_small",
            "cmp [rsi+8], rcx",
            "je rigo_small",
            "9: jmp r10",
            ".size runtime.mallocgc, . - runtime.mallocgc",
            ".popsection",
            classes = sym $classes,
            most = const abi::heap::STUB_BYTES,
            n_classes = const abi::heap::N_CLASSES,
            slots = const abi::heap::CACHE_SLOTS,
            bits = const abi::heap::BITS_BYTES,
        );
    };
}

/// Binds copying and clearing of values: `$copy` and `$clear` are `extern "C"` functions with the same parameters, for while the collector marks.
/// Otherwise nothing but the bytes is to be done. No goroutine is stopped between the look at the flag and the end.
///
/// `fn typedmemmove(type: rdi, dst: rsi, src: rdx)`, `fn typedmemclr(type: rdi, p: rsi)`
#[macro_export]
macro_rules! typed_memory {
    ($copy:path, $clear:path) => {
        $crate::entry!(plain "rigo_typedmemmove" => $copy);
        $crate::entry!(plain "rigo_typedmemclr" => $clear);
        ::core::arch::global_asm!(
            ".pushsection \".text.runtime.typedmemmove\",\"ax\",@progbits",
            ".weak runtime.typedmemmove",
            ".weak \"internal/runtime/maps.typedmemmove\"",
            ".weak \"reflect.typedmemmove\"",
            ".weak \"internal/reflectlite.typedmemmove\"",
            ".type runtime.typedmemmove,@function",
            "runtime.typedmemmove:",
            "\"internal/runtime/maps.typedmemmove\":",
            "\"reflect.typedmemmove\":",
            "\"internal/reflectlite.typedmemmove\":",
            "cmp dword ptr [rip + runtime.writeBarrier], 0",
            "jne rigo_typedmemmove",
            "mov rax, rdi",
            "mov rdi, rsi",
            "mov rsi, rdx",
            "mov rdx, [rax]",
            "jmp runtime.memmove",
            ".size runtime.typedmemmove, . - runtime.typedmemmove",
            ".popsection",
            ".pushsection \".text.runtime.typedmemclr\",\"ax\",@progbits",
            ".weak runtime.typedmemclr",
            ".weak \"internal/runtime/maps.typedmemclr\"",
            ".weak \"reflect.typedmemclr\"",
            ".type runtime.typedmemclr,@function",
            "runtime.typedmemclr:",
            "\"internal/runtime/maps.typedmemclr\":",
            "\"reflect.typedmemclr\":",
            "cmp dword ptr [rip + runtime.writeBarrier], 0",
            "jne rigo_typedmemclr",
            "mov rax, [rdi]",
            "mov rdi, rsi",
            "mov rsi, rax",
            "jmp runtime.memclrNoHeapPointers",
            ".size runtime.typedmemclr, . - runtime.typedmemclr",
            ".popsection",
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

/// Fetches the memory at `addr`, which need not be readable, into the processor's cache.
#[inline]
pub fn prefetch(addr: usize) {
    // SAFETY: a prefetch never faults.
    unsafe { core::arch::x86_64::_mm_prefetch::<{ core::arch::x86_64::_MM_HINT_T0 }>(addr as *const i8) };
}
