//! `newobject` for small objects, and the write barrier: leaf functions on the goroutine's stack that work on what the P keeps of the
//! heap (`abi::heap`) and call Rust when that does not do.
//!
//! No goroutine is stopped inside them: their code is no compiled Go. So the P stays the same from the load of its cache on.

/// Binds the allocation: `$newobject`, `$makeslice`, `$mallocgc` and `$resume` as in `entry!(park ...)`, and `$classes`, a static table of one byte for
/// each multiple of 8 up to `abi::heap::STUB_BYTES`: the size class. Only `newobject` has a stub here.
///
/// `fn newobject(type: a0) -> block`
#[macro_export]
macro_rules! allocation {
    ($newobject:path, $makeslice:path, $mallocgc:path, $resume:path, $classes:path) => {
        $crate::entry!(park "rigo_newobject" => $newobject, $resume);
        $crate::entry!(park "runtime.makeslice" => $makeslice, $resume);
        $crate::entry!(park "runtime.mallocgc" => $mallocgc, $resume);
        ::core::arch::global_asm!(
            ".pushsection \".text.runtime.newobject\",\"ax\",@progbits",
            ".option push",
            ".option arch, +m",       // assembly outside of functions does not have the target's extensions
            ".weak runtime.newobject",
            ".weak \"internal/runtime/maps.newobject\"",
            ".weak \"reflect.unsafe_New\"",
            ".weak \"internal/reflectlite.unsafe_New\"",
            ".type runtime.newobject,@function",
            "runtime.newobject:",
            "\"internal/runtime/maps.newobject\":",
            "\"reflect.unsafe_New\":",
            "\"internal/reflectlite.unsafe_New\":",
            "ld t0, 0(a0)",           // size
            "addi t1, t0, -1",
            "li t2, {most}",
            "bgeu t1, t2, 9f",        // 0 or large
            "addi t0, t0, 7",
            "srli t0, t0, 3",
            "lla t1, {classes}",
            "add t0, t0, t1",
            "lbu t0, 0(t0)",
            "ld a1, 8(a0)",           // bytes up to the last pointer
            "beqz a1, 2f",
            "addi t0, t0, {n_classes}",
            "2: slli t1, t0, 1",      // slots have 48 bytes
            "add t0, t0, t1",
            "slli t0, t0, 4",
            "ld t1, 24(tp)",          // M
            "ld t1, 24(t1)",          // cache of its P
            "add t1, t1, t0",
            "addi t1, t1, {slots}",
            "ld t2, 0(t1)",           // free blocks
            "beqz t2, 9f",
            "neg t3, t2",
            "and t3, t3, t2",         // the lowest of them
            "xor t2, t2, t3",
            "li t4, 0",               // its number
            "li t5, 1",
            "slli t6, t5, 32",
            "bltu t3, t6, 3f",
            "srli t3, t3, 32",
            "addi t4, t4, 32",
            "3: slli t6, t5, 16",
            "bltu t3, t6, 3f",
            "srli t3, t3, 16",
            "addi t4, t4, 16",
            "3: slli t6, t5, 8",
            "bltu t3, t6, 3f",
            "srli t3, t3, 8",
            "addi t4, t4, 8",
            "3: slli t6, t5, 4",
            "bltu t3, t6, 3f",
            "srli t3, t3, 4",
            "addi t4, t4, 4",
            "3: sltiu t6, t3, 4",
            "bnez t6, 3f",
            "srli t3, t3, 2",
            "addi t4, t4, 2",
            "3: srli t3, t3, 1",
            "add t4, t4, t3",
            "lwu t5, 24(t1)",         // bytes of a block
            "beqz a1, 5f",
            "mv t6, a0",              // large blocks note the type, if its address has 32 bits
            "li t0, {bits}",
            "bltu t0, t5, 4f",
            "ld t6, 32(a0)",          // small ones a bit for each word
            "lbu t0, 0(t6)",
            "lbu t3, 1(t6)",
            "slli t3, t3, 8",
            "or t0, t0, t3",
            "lbu t3, 2(t6)",
            "slli t3, t3, 16",
            "or t0, t0, t3",
            "lbu t3, 3(t6)",
            "slli t3, t3, 24",
            "or t6, t0, t3",
            "j 6f",
            "4: srli t0, a0, 32",
            "bnez t0, 9f",
            "6: ld t0, 16(t1)",
            "slli t3, t4, 2",
            "add t0, t0, t3",
            "sw t6, 0(t0)",
            "5: sd t2, 0(t1)",        // from here on the block is taken
            "mul t4, t4, t5",
            "ld a0, 8(t1)",
            "add a0, a0, t4",
            "lwu t0, 28(t1)",
            "beqz t0, 8f",
            "add t5, t5, a0",         // used before: clear it
            "mv t0, a0",
            "7: sd zero, 0(t0)",
            "addi t0, t0, 8",
            "bltu t0, t5, 7b",
            "8: fence w, w",          // before anybody else finds the pointer
            "ret",
            "9: tail rigo_newobject",
            ".size runtime.newobject, . - runtime.newobject",
            ".option pop",
            ".popsection",
            classes = sym $classes,
            most = const abi::heap::STUB_BYTES,
            n_classes = const abi::heap::N_CLASSES,
            slots = const abi::heap::CACHE_SLOTS,
            bits = const abi::heap::BITS_BYTES,
        );
    };
}

/// Binds copying and clearing of values: `$copy` and `$clear` are `extern "C"` functions with the parameters of `typedmemmove` and
/// `typedmemclr`.
#[macro_export]
macro_rules! typed_memory {
    ($copy:path, $clear:path) => {
        $crate::entry!(plain "runtime.typedmemmove" => $copy);
        $crate::entry!(plain "internal/runtime/maps.typedmemmove" => $copy);
        $crate::entry!(plain "reflect.typedmemmove" => $copy);
        $crate::entry!(plain "internal/reflectlite.typedmemmove" => $copy);
        $crate::entry!(plain "runtime.typedmemclr" => $clear);
        $crate::entry!(plain "internal/runtime/maps.typedmemclr" => $clear);
        $crate::entry!(plain "reflect.typedmemclr" => $clear);
    };
}

/// Binds the write barrier: `$flush` is `extern "C" fn()` and empties the buffer of this M's P.
///
/// `fn gcWriteBarrier(new: a0, old: a1)` keeps every register but ra. When the buffer is full they are saved in the cache, not on the
/// stack, which may have little room.
#[macro_export]
macro_rules! write_barrier {
    ($flush:path) => {
        $crate::entry!(plain "rigo_flush_barrier" => $flush);
        ::core::arch::global_asm!(
            ".pushsection \".text.runtime.gcWriteBarrier\",\"ax\",@progbits",
            ".option push",
            ".option arch, +d",
            ".weak runtime.gcWriteBarrier",
            ".type runtime.gcWriteBarrier,@function",
            "runtime.gcWriteBarrier:",
            ".cfi_startproc",
            "addi sp, sp, -32",
            ".cfi_def_cfa_offset 32",
            "sd t0, 0(sp)",
            "sd t1, 8(sp)",
            "sd ra, 16(sp)",
            ".cfi_offset ra, -16",
            "ld t0, 24(tp)",          // M
            "ld t0, 24(t0)",          // cache of its P
            "ld t1, 0(t0)",
            "sd a0, 0(t1)",
            "sd a1, 8(t1)",
            "addi t1, t1, 16",
            "sd t1, 0(t0)",
            "ld ra, 8(t0)",
            "bgeu t1, ra, 2f",
            "3: ld t0, 0(sp)",
            "ld t1, 8(sp)",
            "ld ra, 16(sp)",
            ".cfi_remember_state",
            "addi sp, sp, 32",
            ".cfi_def_cfa_offset 0",
            ".cfi_restore ra",
            "ret",
            ".cfi_restore_state",
            "2: li t1, {saved} - 16",
            "add t0, t0, t1",
            "sd t2, 16(t0)",
            "sd t3, 24(t0)",
            "sd t4, 32(t0)",
            "sd t5, 40(t0)",
            "sd t6, 48(t0)",
            "sd a0, 56(t0)",
            "sd a1, 64(t0)",
            "sd a2, 72(t0)",
            "sd a3, 80(t0)",
            "sd a4, 88(t0)",
            "sd a5, 96(t0)",
            "sd a6, 104(t0)",
            "sd a7, 112(t0)",
            "fsd ft0, 120(t0)",
            "fsd ft1, 128(t0)",
            "fsd ft2, 136(t0)",
            "fsd ft3, 144(t0)",
            "fsd ft4, 152(t0)",
            "fsd ft5, 160(t0)",
            "fsd ft6, 168(t0)",
            "fsd ft7, 176(t0)",
            "fsd ft8, 184(t0)",
            "fsd ft9, 192(t0)",
            "fsd ft10, 200(t0)",
            "fsd ft11, 208(t0)",
            "fsd fa0, 216(t0)",
            "fsd fa1, 224(t0)",
            "fsd fa2, 232(t0)",
            "fsd fa3, 240(t0)",
            "fsd fa4, 248(t0)",
            "fsd fa5, 256(t0)",
            "fsd fa6, 264(t0)",
            "fsd fa7, 272(t0)",
            "call rigo_flush_barrier",
            "ld t0, 24(tp)",
            "ld t0, 24(t0)",
            "li t1, {saved} - 16",
            "add t0, t0, t1",
            "ld t2, 16(t0)",
            "ld t3, 24(t0)",
            "ld t4, 32(t0)",
            "ld t5, 40(t0)",
            "ld t6, 48(t0)",
            "ld a0, 56(t0)",
            "ld a1, 64(t0)",
            "ld a2, 72(t0)",
            "ld a3, 80(t0)",
            "ld a4, 88(t0)",
            "ld a5, 96(t0)",
            "ld a6, 104(t0)",
            "ld a7, 112(t0)",
            "fld ft0, 120(t0)",
            "fld ft1, 128(t0)",
            "fld ft2, 136(t0)",
            "fld ft3, 144(t0)",
            "fld ft4, 152(t0)",
            "fld ft5, 160(t0)",
            "fld ft6, 168(t0)",
            "fld ft7, 176(t0)",
            "fld ft8, 184(t0)",
            "fld ft9, 192(t0)",
            "fld ft10, 200(t0)",
            "fld ft11, 208(t0)",
            "fld fa0, 216(t0)",
            "fld fa1, 224(t0)",
            "fld fa2, 232(t0)",
            "fld fa3, 240(t0)",
            "fld fa4, 248(t0)",
            "fld fa5, 256(t0)",
            "fld fa6, 264(t0)",
            "fld fa7, 272(t0)",
            "j 3b",
            ".cfi_endproc",
            ".size runtime.gcWriteBarrier, . - runtime.gcWriteBarrier",
            ".option pop",
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

/// Would fetch the memory at `addr` into the processor's cache; the base instruction set has nothing for that.
#[inline]
pub fn prefetch(_addr: usize) {}
