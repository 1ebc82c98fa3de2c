//! What the compiler makes of
//!
//! ```go
//! func f(p *int) int { return *p }           // line 3
//! func main() {                              // line 4
//!     println(f(nil))                        // line 8, as the table says
//! }
//! ```
//!
//! with the function table that the linker would write.
#![no_std]

use core::arch::global_asm;

global_asm!(
    ".globl go.main",
    "go.main:",
    "push rbp",
    "mov rbp, rsp",
    "call runtime.initdone",
    "call main.main",
    "pop rbp",
    "ret",
    "main.f:",
    "push rbp",
    "mov rbp, rsp",
    "mov rax, [rdi]",
    "pop rbp",
    "ret",
    "main.f.end:",
    "main.main:",
    "push rbp",
    "mov rbp, rsp",
    "xor edi, edi",
    "call main.f",
    "ud2",
    "main.main.end:",
    ".data",
    ".balign 8",
    ".globl runtime.functab",
    "runtime.functab:",
    "table: .long 0x4e464752, 2",
    ".quad go.main",
    ".long strings - table, streams - table",
    ".long main.f - go.main, main.f.end - go.main, name.f - strings, file - strings, 3, stream.f - streams, 0",
    ".byte 0, 4",
    ".short 4 + 2",
    ".long main.main - go.main, main.main.end - go.main, name.main - strings, file - strings, 4",
    ".long stream.main - streams, 0",
    ".byte 0, 4",
    ".short 2",
    "strings:",
    "name.f: .byte 6; .ascii \"main.f\"",
    "name.main: .byte 9; .ascii \"main.main\"",
    "file: .byte 5; .ascii \"/a.go\"",
    "streams:",
    // f: one row at line 3, nothing inlined, no ranges
    "stream.f: .byte 1, 0, 0, 0, 0, 0, 0",
    // main: one row at line 8
    "stream.main: .byte 1, 0, 8, 0, 0, 0, 0",
);
