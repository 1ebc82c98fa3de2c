//! What the compiler makes of
//!
//! ```go
//! func main() {
//!     var p *int
//!     println(*p)
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
    "xor eax, eax",
    ".globl load",
    "load:",
    "mov rdi, [rax+8]",
    "call runtime.printint",
    "pop rbp",
    "ret",
);
