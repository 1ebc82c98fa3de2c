//! The stubs behind the runtime's entries.
//!
//! Registers on entry: arguments as in the C convention, r15 = G. A stub keeps its own frame on the
//! goroutine's stack, so that at every moment in Rust `G.sp` points to `{caller's frame pointer, return address}`.
//! Callee-saved registers are stored in `G.saved`: rbx, r12, r13, r14. r12 carries the M across the call,
//! because after a park r15 and the G belong to somebody else.

/// Defines the stub `$name` in front of the Rust function `$function`.
///
/// `plain` entries return at once, in rax and rdx. `park` entries return an [`Outcome`](crate::Outcome); when the
/// goroutine runs again after a park, `$resume` is called in their place, as often as it parks. `noreturn`
/// entries never come back; `raise` entries return an interface value, type and data, and the stub panics with it.
#[macro_export]
macro_rules! entry {
    (plain $name:literal => $function:path) => {
        $crate::stub! { $name,
            "call {f}",
            "mov rsp, [r15+32]",      // back to the goroutine's stack
            "mov r12, [r15+136]",
            "pop rbp",
            ".cfi_def_cfa rsp, 8",
            ".cfi_restore rbp",
            "ret"; f = sym $function
        }
    };
    (noreturn $name:literal => $function:path) => {
        $crate::stub! { $name,
            "call {f}",
            "ud2"; f = sym $function
        }
    };
    (raise $name:literal => $function:path) => {
        $crate::stub! { $name,
            "call {f}",
            "mov rsp, [r15+32]",      // panic on the goroutine's stack with the value that Rust made
            "mov r12, [r15+136]",
            "mov rdi, rax",
            "mov rsi, rdx",
            "call runtime.gopanic",
            "ud2"; f = sym $function
        }
    };
    (park $name:literal => $function:path, $resume:path) => {
        $crate::stub! { $name,
            "lea rax, [rip + 3f]",    // where the goroutine goes on after a park
            "mov [r15+40], rax",
            "call {f}",
            "2: test eax, eax",
            "jne 4f",
            "mov rax, rdx",
            "mov rdx, [r15+64]",      // second result
            "mov rsp, [r15+32]",
            "mov r12, [r15+136]",
            ".cfi_remember_state",
            "pop rbp",
            ".cfi_def_cfa rsp, 8",
            ".cfi_restore rbp",
            "ret",
            ".cfi_restore_state",
            "3: mov r12, [r15+24]",   // resumed, perhaps on another M: its system stack
            "mov rsp, [r12+8]",
            "call {g}",
            "jmp 2b",
            "4: cmp eax, 1",
            "je rigo_mloop",          // parked; r12 is the M
            "mov rdi, rdx",           // a panic: code, x, y
            "mov rsi, [r15+64]",
            "mov rdx, [r15+104]",
            "mov rsp, [r15+32]",
            "mov r12, [r15+136]",
            "call runtime.panicentry",
            "ud2"; f = sym $function, g = sym $resume
        }
    };
}

/// The common head of every stub: makes the frame, stores the context in the G, moves to the system stack.
#[doc(hidden)]
#[macro_export]
macro_rules! stub {
    ($name:literal, $($line:literal),* ; $($operand:tt)*) => {
        ::core::arch::global_asm!(
            concat!(".pushsection \".text.", $name, "\",\"ax\",@progbits"),
            concat!(".weak \"", $name, "\""),
            concat!(".type \"", $name, "\",@function"),
            concat!("\"", $name, "\":"),
            ".cfi_startproc",
            $crate::make_frame!(),
            "mov [r15+32], rsp",
            "mov [r15+48], rbp",
            "mov [r15+128], rbx",
            "mov [r15+136], r12",
            "mov [r15+144], r13",
            "mov [r15+152], r14",
            "mov r12, [r15+24]",      // M
            "mov rsp, [r12+8]",       // its system stack, empty until now
            // gdb follows a jump between stacks only behind this name (`abi::symbols::STACK_JUMP`).
            concat!(".type \"__morestack.", $name, "\",@function"),
            concat!("\"__morestack.", $name, "\":"),
            $($line,)*
            ".cfi_endproc",
            concat!(".size \"", $name, "\", . - \"", $name, "\""),
            ".popsection",
            $($operand)*
        );
    };
}
