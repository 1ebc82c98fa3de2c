//! What compiled code mentions for write barriers (`docs/design/convention.md`).
//!
//! `runtime.writeBarrier` is 0 as long as nothing marks while goroutines run, and then compiled code calls none of the
//! functions here. A call would mean that the word was overwritten: it stops the program at once.

use core::arch::global_asm;

global_asm!(
    ".pushsection .bss.runtime.writeBarrier,\"aw\",@nobits",
    ".weak runtime.writeBarrier",
    ".type runtime.writeBarrier,@object",
    ".size runtime.writeBarrier, 4",
    ".balign 4",
    "runtime.writeBarrier:",
    ".zero 4",
    ".popsection",
    ".pushsection \".text.runtime.gcWriteBarrier\",\"ax\",@progbits",
    ".weak runtime.gcWriteBarrier",
    ".weak runtime.wbMove",
    ".weak runtime.wbZero",
    ".type runtime.gcWriteBarrier,@function",
    "runtime.gcWriteBarrier:", // fn(new: rdi, old: rsi)
    "runtime.wbMove:",         // fn(type: rdi, dst: rsi, src: rdx)
    "runtime.wbZero:",         // fn(type: rdi, dst: rsi)
    "ud2",
    ".size runtime.gcWriteBarrier, . - runtime.gcWriteBarrier",
    ".popsection",
);
