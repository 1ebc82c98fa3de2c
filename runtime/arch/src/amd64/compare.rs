//! Comparing interface values: the type's own equality is compiled Go and runs on the goroutine's stack.

use core::arch::global_asm;

// fn efaceeqval(type1: rdi, data1: rsi, type2: rdx, data2: rcx) -> 0 or 1; ifaceeqval has itabs in the place of types.
global_asm!(
    ".pushsection \".text.runtime.efaceeqval\",\"ax\",@progbits",
    ".weak runtime.ifaceeqval",
    ".type runtime.ifaceeqval,@function",
    "runtime.ifaceeqval:",
    "test rdi, rdi",
    "je 2f",
    "mov rdi, [rdi+8]", // the itab's type
    "2: test rdx, rdx",
    "je 2f",
    "mov rdx, [rdx+8]",
    "2:",
    ".weak runtime.efaceeqval",
    ".type runtime.efaceeqval,@function",
    "runtime.efaceeqval:",
    "xor eax, eax",
    "cmp rdi, rdx", // one descriptor per type
    "jne 3f",
    "test rdi, rdi",
    "je 4f",             // both nil
    "mov rax, [rdi+24]", // Type.equal
    "test rax, rax",
    "je 5f",
    "test byte ptr [rdi+20], 32", // TFLAG_DIRECT_IFACE: the words are the values
    "jne 6f",
    "push rbp",
    "mov rbp, rsp",
    "mov rdi, rax", // context of the func value
    "mov rdx, rcx",
    "call [rax]",
    "movzx eax, al",
    "pop rbp",
    "3: ret",
    "4: mov eax, 1",
    "ret",
    "6: xor eax, eax",
    "cmp rsi, rcx",
    "sete al",
    "ret",
    "5: push rbp",
    "mov rbp, rsp",
    "call runtime.panicuncomparable",
    "ud2",
    ".size runtime.ifaceeqval, . - runtime.ifaceeqval",
    ".popsection",
);
