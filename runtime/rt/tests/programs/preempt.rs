//! What the compiler makes of
//!
//! ```go
//! var stop bool
//! func spin(done chan int) {
//!     object := &T{42}
//!     for !stop { }                  // no call in here
//!     println(object.n)
//!     done <- 1
//! }
//! func main() {
//!     done := make(chan int)
//!     go spin(done)
//!     for i := 0; i < 20; i++ { time.Sleep(time.Millisecond); runtime.GC() }
//!     stop = true
//!     <-done
//! }
//! ```
//!
//! On one processor main goes on only if `spin` is interrupted. `spin` fills every register and checks them after the loop; the only pointer to
//! its object is in r14.
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
    "lea rax, [rip + spin]",
    "mov [rsp], rax",
    "mov rdi, rsp",
    "call runtime.newproc",
    "mov r12d, 20",
    "2: mov edi, 1000000",
    "call time.Sleep",
    "call runtime.GC",
    "dec r12d",
    "jne 2b",
    "mov byte ptr [rip + stop], 1",
    "mov rdi, rbx",
    "xor esi, esi",
    "call runtime.chanrecv1",
    "add rsp, 32",
    "pop r12",
    "pop rbx",
    "pop rbp",
    "ret",
    "spin:",
    "push rbp",
    "mov rbp, rsp",
    "push rbx",
    "push r12",
    "push r13",
    "push r14",
    "sub rsp, 16",
    "mov rax, [rdi+8]",
    "mov [rsp], rax",
    "lea rdi, [rip + type.object]",
    "call runtime.newobject",
    "mov qword ptr [rax], 42",
    "mov r14, rax",
    "mov eax, 1",
    "mov ebx, 2",
    "mov ecx, 3",
    "mov edx, 4",
    "mov esi, 5",
    "mov edi, 6",
    "mov r8d, 7",
    "mov r9d, 8",
    "mov r10d, 9",
    "mov r11d, 10",
    "mov r12d, 11",
    "mov r13d, 12",
    "movq xmm0, rax",
    "movq xmm15, r13",
    "3: cmp byte ptr [rip + stop], 0",
    "je 3b",
    "shl rbx, 1",
    "add rax, rbx",
    "add rax, rcx",
    "add rax, rdx",
    "add rax, rsi",
    "add rax, rdi",
    "add rax, r8",
    "add rax, r9",
    "add rax, r10",
    "add rax, r11",
    "add rax, r12",
    "add rax, r13",
    "movq rcx, xmm0",
    "add rax, rcx",
    "movq rcx, xmm15",
    "add rax, rcx",
    "cmp rax, 93",
    "jne 4f",
    "mov rdi, [r14]",
    "call runtime.printint",
    "call runtime.printnl",
    "mov rdi, [rsp]",
    "mov rsi, rsp",
    "call runtime.chansend1",
    "add rsp, 16",
    "pop r14",
    "pop r13",
    "pop r12",
    "pop rbx",
    "pop rbp",
    "ret",
    "4: call runtime.panicdivide",
    "spin.end:",
    ".data",
    "stop: .quad 0",
    "type.chan.int: .quad 8, 8, 0, 0, mask, 0, type.int, 3",
    "type.int: .quad 8, 0, 0, 0, 0, 0",
    "type.object: .quad 24, 8, 0, 0, mask, 0",
    "mask: .byte 2",
    ".balign 8",
    ".globl runtime.functab",
    "runtime.functab:",
    "table: .long 0x4e464752, 1",
    ".quad spin",
    ".long strings - table, streams - table",
    ".long 0, spin.end - spin, 0, 0, 3, 0, 0",
    ".byte 0, 4",
    ".short 2",
    "strings: .byte 4; .ascii \"spin\"",
    "streams: .byte 0, 0, 0, 0",
);
