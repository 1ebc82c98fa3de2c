//! What the compiler makes of
//!
//! ```go
//! func deep(n int) { if n == 0 { panic("deep") }; deep(n - 1) }
//! func catch() (x int) {
//!     defer func() { x = 5; println(recover().(string)) }()
//!     deep(1000)                              // needs more stack segments
//!     return 1
//! }
//! func main() {
//!     println(catch())
//!     println(catch())
//!     defer println("deferred")
//!     panic("end")
//! }
//! ```
#![no_std]

use core::arch::global_asm;

global_asm!(
    ".globl go.main",
    "go.main:",
    "push rbp",
    "mov rbp, rsp",
    "push rbx",
    "sub rsp, 56",              // Defer at rsp, DeferFrame at rsp+24
    "call catch",
    "mov rdi, rax",
    "call runtime.printint",
    "call runtime.printnl",
    "call catch",
    "mov rdi, rax",
    "call runtime.printint",
    "call runtime.printnl",
    "lea rdi, [rsp+24]",
    "lea rsi, [rip + 9f]",
    "call runtime.deferinit",
    "mov rdi, rsp",
    "lea rsi, [rsp+24]",
    "lea rdx, [rip + func.say]",
    "call runtime.deferpush",
    "lea rdi, [rip + type.string]",
    "lea rsi, [rip + string.end]",
    "call runtime.gopanic",
    "9: ud2",
    "say:",
    "push rbp",
    "mov rbp, rsp",
    "lea rdi, [rip + text.deferred]",
    "mov esi, 9",
    "call runtime.printstring",
    "pop rbp",
    "ret",
    "5: lea r10, [rip + deep]",
    "xor r11d, r11d",
    "jmp __morestack",
    "deep:",
    "cmp rsp, [r15+16]",
    "jbe 5b",
    "push rbp",
    "mov rbp, rsp",
    "test rdi, rdi",
    "je 6f",
    "dec rdi",
    "call deep",
    "pop rbp",
    "ret",
    "6: lea rdi, [rip + type.string]",
    "lea rsi, [rip + string.deep]",
    "call runtime.gopanic",
    "ud2",
    "catch:",                   // x at rsp, Defer at rsp+8, DeferFrame at rsp+32, closure at rsp+56
    "push rbp",
    "mov rbp, rsp",
    "push rbx",
    "push r12",
    "push r13",
    "push r14",
    "sub rsp, 80",
    "mov qword ptr [rsp], 0",
    "lea rdi, [rsp+32]",
    "lea rsi, [rip + 7f]",
    "call runtime.deferinit",
    "lea rax, [rip + recoverer]",
    "mov [rsp+56], rax",
    "mov [rsp+64], rsp",        // captures &x
    "lea rdi, [rsp+8]",
    "lea rsi, [rsp+32]",
    "lea rdx, [rsp+56]",
    "call runtime.deferpush",
    "mov edi, 1000",
    "call deep",
    "mov qword ptr [rsp], 1",
    "7: lea rdi, [rsp+32]",     // both ways out: run what is pending
    "call runtime.deferpop",
    "test rax, rax",
    "je 8f",
    "mov rdi, rax",
    "call [rax]",
    "jmp 7b",
    "8: mov rax, [rsp]",
    "add rsp, 80",
    "pop r14",
    "pop r13",
    "pop r12",
    "pop rbx",
    "pop rbp",
    "ret",
    "recoverer:",
    "push rbp",
    "mov rbp, rsp",
    "mov rax, [rdi+8]",
    "mov qword ptr [rax], 5",
    "call runtime.gorecover",
    "mov rdi, [rdx]",
    "mov rsi, [rdx+8]",
    "call runtime.printstring",
    "call runtime.printnl",
    "pop rbp",
    "ret",
    ".data",
    "text.deferred: .ascii \"deferred\\n\"",
    "text.deep: .ascii \"deep\"",
    "text.end: .ascii \"end\"",
    ".balign 8",
    "func.say: .quad say",
    "string.deep: .quad text.deep, 4",
    "string.end: .quad text.end, 3",
    "type.string: .quad 16, 8",
    ".long 0",
    ".byte 0, 8, 8, 24",
    ".quad 0, 0, 0",
);
