//! What the compiler makes of
//!
//! ```go
//! type node struct { next *node; n, pad int }
//! func build(n int) (list *node) {          // n nodes and as much garbage
//!     for ; n > 0; n-- { list = &node{list, n, 0}; _ = make([]int, 100) }
//!     return
//! }
//! func work(done chan int) {
//!     for round := 0; round < 30; round++ {
//!         list, sum := build(20000), 0
//!         for ; list != nil; list = list.next { sum += list.n }
//!         if sum != 20000*20001/2 { panic("lost") }
//!     }
//!     done <- 1
//! }
//! func main() {
//!     done := make(chan int)
//!     for i := 0; i < 4; i++ { go work(done) }
//!     for i := 0; i < 4; i++ { <-done }
//!     if number of collections < 10 { panic("too few") }
//!     println("ok")
//! }
//! ```
//!
//! `list` lives in rbx across the calls that allocate, so the collector must find it in the saved registers.
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
    "sub rsp, 64",
    "lea rdi, [rip + type.chan.int]",
    "xor esi, esi",
    "call runtime.makechan",
    "mov rbx, rax",
    "mov [rsp+8], rax",
    "lea rax, [rip + work]",
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
    "dec r12d",
    "jne 3b",
    "lea rdi, [rip + stats]",
    "call runtime.heapstats",
    "cmp qword ptr [rip + stats+24], 10",
    "jb 7f",
    "lea rdi, [rip + text.ok]",
    "mov esi, 3",
    "call runtime.printstring",
    "add rsp, 64",
    "pop r12",
    "pop rbx",
    "pop rbp",
    "ret",
    "work:",
    "push rbp",
    "mov rbp, rsp",
    "push rbx",
    "push r12",
    "push r13",
    "sub rsp, 24",
    "mov r13, [rdi+8]",
    "mov r12d, 30",
    "4: mov edi, 20000",
    "call build",
    "xor ecx, ecx",
    "5: test rax, rax",
    "je 6f",
    "add rcx, [rax+8]",
    "mov rax, [rax]",
    "jmp 5b",
    "6: cmp rcx, 200010000",
    "jne 7f",
    "dec r12d",
    "jne 4b",
    "mov qword ptr [rsp], 1",
    "mov rdi, r13",
    "mov rsi, rsp",
    "call runtime.chansend1",
    "add rsp, 24",
    "pop r13",
    "pop r12",
    "pop rbx",
    "pop rbp",
    "ret",
    "7: call runtime.panicdivide",
    "build:",
    "push rbp",
    "mov rbp, rsp",
    "push rbx",
    "push r12",
    "xor ebx, ebx",
    "mov r12, rdi",
    "8: lea rdi, [rip + type.node]",
    "call runtime.newobject",
    "cmp qword ptr [rax], 0",    // memory must be zero
    "jne 7b",
    "mov [rax], rbx",
    "mov [rax+8], r12",
    "mov rbx, rax",
    "lea rdi, [rip + type.int]",
    "mov esi, 100",
    "mov edx, 100",
    "call runtime.makeslice",
    "mov qword ptr [rax], -1",
    "dec r12",
    "jne 8b",
    "mov rax, rbx",
    "pop r12",
    "pop rbx",
    "pop rbp",
    "ret",
    ".data",
    "text.ok: .ascii \"ok\\n\"",
    ".balign 8",
    "type.chan.int: .quad 8, 8, 0, 0, mask, 0, type.int, 3",
    "type.int: .quad 8, 0, 0, 0, 0, 0",
    "type.node: .quad 24, 8, 0, 0, mask, 0",
    "mask: .byte 1, 0, 0, 0",
    ".bss",
    ".balign 8",
    "stats: .skip 8192",
);
