//! What the compiler makes of
//!
//! ```go
//! func main() {
//!     c := make(chan int)
//!     go func() { for i := 0; i < 5; i++ { c <- i }; close(c) }()
//!     for v := range c { println("got", v) }
//! }
//! ```
#![no_std]

use core::arch::global_asm;

global_asm!(
    ".globl go.main",
    "go.main:",
    "push rbp",
    "mov rbp, rsp",
    "call runtime.initdone",
    "push rbx",
    "sub rsp, 24",
    "lea rdi, [rip + type.chan.int]",
    "xor esi, esi",
    "call runtime.makechan",
    "mov rbx, rax",
    "mov [rsp+8], rax",       // captured by the closure, which lies on our frame
    "lea rax, [rip + sender]",
    "mov [rsp], rax",
    "mov rdi, rsp",
    "call runtime.newproc",
    "2: mov rdi, rbx",
    "lea rsi, [rsp+16]",
    "call runtime.chanrecv2",
    "test eax, eax",
    "je 3f",
    "call runtime.printlock",
    "lea rdi, [rip + text.got]",
    "mov esi, 3",
    "call runtime.printstring",
    "call runtime.printsp",
    "mov rdi, [rsp+16]",
    "call runtime.printint",
    "call runtime.printnl",
    "call runtime.printunlock",
    "jmp 2b",
    "3: add rsp, 24",
    "pop rbx",
    "pop rbp",
    "ret",
    "sender:",                // rdi = closure {code, c}
    "push rbp",
    "mov rbp, rsp",
    "push rbx",
    "push r12",
    "sub rsp, 16",
    "mov rbx, [rdi+8]",
    "xor r12d, r12d",
    "2: mov [rsp], r12",
    "mov rdi, rbx",
    "mov rsi, rsp",
    "call runtime.chansend1",
    "inc r12",
    "cmp r12, 5",
    "jne 2b",
    "mov rdi, rbx",
    "call runtime.closechan",
    "add rsp, 16",
    "pop r12",
    "pop rbx",
    "pop rbp",
    "ret",
    ".data",
    "text.got: .ascii \"got\"",
    ".balign 8",
    "type.chan.int: .quad 8, 8, 0, 0, 0, 0, type.int, 3",
    "type.int: .quad 8, 0, 0, 0, 0, 0",
);
