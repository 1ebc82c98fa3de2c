//! What the compiler makes of
//!
//! ```go
//! func main() {
//!     done := make(chan int)
//!     go func() { time.Sleep(40 * time.Millisecond); println("late"); close(done) }()
//!     time.Sleep(5 * time.Millisecond)
//!     println("early")
//!     <-done
//!     <-done
//!     var never chan int
//!     <-never
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
    "mov [rsp+8], rax",
    "lea rax, [rip + late]",
    "mov [rsp], rax",
    "mov rdi, rsp",
    "call runtime.newproc",
    "mov edi, 5000000",
    "call time.Sleep",
    "lea rdi, [rip + text.early]",
    "mov esi, 6",
    "call runtime.printstring",
    "mov rdi, rbx",
    "xor esi, esi",
    "call runtime.chanrecv1",
    "mov rdi, rbx",
    "xor esi, esi",
    "call runtime.chanrecv1",
    "xor edi, edi",
    "xor esi, esi",
    "call runtime.chanrecv1",
    "ud2",
    "late:",
    "push rbp",
    "mov rbp, rsp",
    "push rbx",
    "sub rsp, 8",
    "mov rbx, [rdi+8]",
    "mov edi, 40000000",
    "call time.Sleep",
    "lea rdi, [rip + text.late]",
    "mov esi, 5",
    "call runtime.printstring",
    "mov rdi, rbx",
    "call runtime.closechan",
    "add rsp, 8",
    "pop rbx",
    "pop rbp",
    "ret",
    ".data",
    "text.early: .ascii \"early\\n\"",
    "text.late: .ascii \"late\\n\"",
    ".balign 8",
    "type.chan.int: .quad 8, 8, 0, 0, 0, 0, type.int, 3",
    "type.int: .quad 8, 0, 0, 0, 0, 0",
);
