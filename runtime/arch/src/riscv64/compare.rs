//! Comparing interface values: the type's own equality is compiled Go and runs on the goroutine's stack.

use core::arch::global_asm;

// fn efaceeqval(type1: a0, data1: a1, type2: a2, data2: a3) -> 0 or 1; ifaceeqval has itabs in the place of types.
global_asm!(
    ".pushsection \".text.runtime.efaceeqval\",\"ax\",@progbits",
    ".weak runtime.ifaceeqval",
    ".type runtime.ifaceeqval,@function",
    "runtime.ifaceeqval:",
    "beqz a0, 2f",
    "ld a0, 8(a0)", // the itab's type
    "2: beqz a2, 2f",
    "ld a2, 8(a2)",
    "2:",
    ".weak runtime.efaceeqval",
    ".type runtime.efaceeqval,@function",
    "runtime.efaceeqval:",
    "bne a0, a2, 3f", // one descriptor per type
    "beqz a0, 4f",    // both nil
    "ld t0, 24(a0)",  // Type.equal
    "beqz t0, 5f",
    "lbu t1, 20(a0)",
    "andi t1, t1, 32", // TFLAG_DIRECT_IFACE: the words are the values
    "bnez t1, 6f",
    "addi sp, sp, -16",
    "sd ra, 8(sp)",
    "sd s0, 0(sp)",
    "mv s0, sp",
    "mv a0, t0", // context of the func value
    "mv a2, a3",
    "ld t1, 0(t0)",
    "jalr t1",
    "andi a0, a0, 0xff",
    "ld s0, 0(sp)",
    "ld ra, 8(sp)",
    "addi sp, sp, 16",
    "ret",
    "3: li a0, 0",
    "ret",
    "4: li a0, 1",
    "ret",
    "6: xor a0, a1, a3",
    "seqz a0, a0",
    "ret",
    "5: addi sp, sp, -16",
    "sd ra, 8(sp)",
    "sd s0, 0(sp)",
    "mv s0, sp",
    "call runtime.panicuncomparable",
    "unimp",
    ".size runtime.ifaceeqval, . - runtime.ifaceeqval",
    ".popsection",
);

// fn getg() -> the current G, for compiled code, whose language has no name for the register.
global_asm!(
    ".pushsection \".text.runtime.getg\",\"ax\",@progbits",
    ".globl runtime.getg",
    ".type runtime.getg,@function",
    "runtime.getg:",
    "mv a0, tp",
    "ret",
    ".size runtime.getg, . - runtime.getg",
    ".popsection",
);
