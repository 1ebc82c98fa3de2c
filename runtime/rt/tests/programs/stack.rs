//! What the compiler makes of
//!
//! ```go
//! func sum(n, a, b, c, d, e, f, g int) int { // f and g are passed on the stack
//!     if n == 0 { return a + b + c + d + e + f + g }
//!     return sum(n-1, a, b, c, d, e, f, g) + 1
//! }
//! func main() {
//!     done := make(chan int)
//!     for i := 0; i < 4; i++ { go func() { done <- sum(100000, 1, 2, 3, 4, 5, 6, 7) }() }
//!     for i := 0; i < 4; i++ { println(<-done) }
//! }
//! ```
//!
//! in the `tail` convention, where the callee pops its arguments.
#![no_std]

use core::arch::global_asm;

global_asm!(
    ".globl go.main",
    "go.main:",
    "push rbp",
    "mov rbp, rsp",
    "call runtime.initdone",
    "push rbx",
    "push r12",
    "sub rsp, 32",
    "lea rdi, [rip + type.chan.int]",
    "xor esi, esi",
    "call runtime.makechan",
    "mov rbx, rax",
    "mov [rsp+8], rax",
    "lea rax, [rip + summer]",
    "mov [rsp], rax",
    "mov r12d, 4",
    "2: mov rdi, rsp",
    "call runtime.newproc",
    "dec r12d",
    "jne 2b",
    "mov r12d, 4",
    "3: mov rdi, rbx",
    "lea rsi, [rsp+16]",
    "call runtime.chanrecv1",
    "mov rdi, [rsp+16]",
    "call runtime.printint",
    "call runtime.printnl",
    "dec r12d",
    "jne 3b",
    "add rsp, 32",
    "pop r12",
    "pop rbx",
    "pop rbp",
    "ret",
    "summer:",
    "push rbp",
    "mov rbp, rsp",
    "push rbx",
    "sub rsp, 24",
    "mov rbx, [rdi+8]",
    "mov edi, 100000",
    "mov esi, 1",
    "mov edx, 2",
    "mov ecx, 3",
    "mov r8d, 4",
    "mov r9d, 5",
    "push 7",
    "push 6",
    "call sum",
    "mov [rsp], rax",
    "mov rdi, rbx",
    "mov rsi, rsp",
    "call runtime.chansend1",
    "add rsp, 24",
    "pop rbx",
    "pop rbp",
    "ret",
    // the prefix of abi::stack
    "4: lea r10, [rip + sum]",
    "mov r11d, 16",
    "jmp __morestack",
    "sum:",
    "cmp rsp, [r15+16]",
    "jbe 4b",
    "push rbp",
    "mov rbp, rsp",
    "test rdi, rdi",
    "je 5f",
    "dec rdi",
    "push [rbp+24]",
    "push [rbp+16]",
    "call sum",
    "inc rax",
    "pop rbp",
    "ret 16",
    "5: lea rax, [rsi+rdx]",
    "add rax, rcx",
    "add rax, r8",
    "add rax, r9",
    "add rax, [rbp+16]",
    "add rax, [rbp+24]",
    "pop rbp",
    "ret 16",
    ".data",
    ".balign 8",
    "type.chan.int: .quad 8, 8, 0, 0, 0, 0, type.int, 3",
    "type.int: .quad 8, 0, 0, 0, 0, 0",
);
