//! System calls of compiled Go, in the `tail` convention: arguments in a0 to a7, results in a0 and a1 and then in the result area, whose
//! address is the first argument where there is one.

use core::arch::global_asm;

// func Syscall6(num, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2, errno uintptr)
global_asm!(
    ".pushsection \".text.internal/runtime/syscall/linux.Syscall6\",\"ax\",@progbits",
    ".weak \"internal/runtime/syscall/linux.Syscall6\"",
    ".type \"internal/runtime/syscall/linux.Syscall6\",@function",
    "\"internal/runtime/syscall/linux.Syscall6\":",
    "mv t0, a0", // the result area; the kernel keeps every register but a0
    "mv t1, a1",
    "mv a0, a2",
    "mv a1, a3",
    "mv a2, a4",
    "mv a3, a5",
    "mv a4, a6",
    "mv a5, a7",
    "mv a7, t1",
    "ecall",
    "li t1, -4096",
    "bltu t1, a0, 2f",
    "sd zero, 0(t0)",
    "ret", // a1 is the second result
    "2: neg a0, a0",
    "sd a0, 0(t0)",
    "li a0, -1",
    "li a1, 0",
    "ret",
    ".size \"internal/runtime/syscall/linux.Syscall6\", . - \"internal/runtime/syscall/linux.Syscall6\"",
    ".popsection",
);

// func rawVforkSyscall(trap, a1, a2, a3 uintptr) (r1 uintptr, err Errno)
//
// The child returns first and overwrites the stack above: the return address stays in its register.
global_asm!(
    ".pushsection \".text.syscall.rawVforkSyscall\",\"ax\",@progbits",
    ".weak \"syscall.rawVforkSyscall\"",
    ".type \"syscall.rawVforkSyscall\",@function",
    "\"syscall.rawVforkSyscall\":",
    "mv a7, a0",
    "mv a0, a1",
    "mv a1, a2",
    "mv a2, a3",
    "li a3, 0",
    "li a4, 0",
    "li a5, 0",
    "ecall",
    "li t1, -4096",
    "bltu t1, a0, 2f",
    "li a1, 0",
    "ret",
    "2: neg a1, a0",
    "li a0, -1",
    "ret",
    ".size \"syscall.rawVforkSyscall\", . - \"syscall.rawVforkSyscall\"",
    ".popsection",
);
