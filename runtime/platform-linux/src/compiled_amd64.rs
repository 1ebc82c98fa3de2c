//! System calls of compiled Go, in the `tail` convention: integer arguments in rdi, rsi, rdx, rcx, r8, r9 and then the stack, results in
//! rax, rcx, rdx. The callee pops its stack arguments, rounded to 16 bytes.

use core::arch::global_asm;

// func Syscall6(num, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2, errno uintptr)
global_asm!(
    ".pushsection \".text.internal/runtime/syscall/linux.Syscall6\",\"ax\",@progbits",
    ".weak \"internal/runtime/syscall/linux.Syscall6\"",
    ".type \"internal/runtime/syscall/linux.Syscall6\",@function",
    "\"internal/runtime/syscall/linux.Syscall6\":",
    "mov rax, rdi",
    "mov rdi, rsi",
    "mov rsi, rdx",
    "mov rdx, rcx",
    "mov r10, r8",
    "mov r8, r9",
    "mov r9, [rsp+8]",
    "syscall",
    "cmp rax, -4095",
    "jae 2f",
    "mov rcx, rdx", // second result
    "xor edx, edx",
    "ret 16",
    "2: neg rax",
    "mov rdx, rax",
    "mov rax, -1",
    "xor ecx, ecx",
    "ret 16",
    ".size \"internal/runtime/syscall/linux.Syscall6\", . - \"internal/runtime/syscall/linux.Syscall6\"",
    ".popsection",
);

// func rawVforkSyscall(trap, a1, a2, a3 uintptr) (r1 uintptr, err Errno)
//
// The child returns first and overwrites the stack above: the return address waits in a register that the kernel keeps.
global_asm!(
    ".pushsection \".text.syscall.rawVforkSyscall\",\"ax\",@progbits",
    ".weak \"syscall.rawVforkSyscall\"",
    ".type \"syscall.rawVforkSyscall\",@function",
    "\"syscall.rawVforkSyscall\":",
    ".cfi_startproc",
    "mov rax, rdi",
    "mov rdi, rsi",
    "mov rsi, rdx",
    "mov rdx, rcx",
    "xor r10d, r10d",
    "xor r8d, r8d",
    "pop r9",
    ".cfi_def_cfa_offset 0",
    ".cfi_register rip, r9",
    "syscall",
    "push r9",
    ".cfi_def_cfa_offset 8",
    ".cfi_offset rip, -8",
    "cmp rax, -4095",
    "jae 2f",
    "xor ecx, ecx",
    "ret",
    "2: neg rax",
    "mov rcx, rax",
    "mov rax, -1",
    "ret",
    ".cfi_endproc",
    ".size \"syscall.rawVforkSyscall\", . - \"syscall.rawVforkSyscall\"",
    ".popsection",
);
