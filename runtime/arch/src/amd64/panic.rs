//! `defer` and `panic` on the goroutine's stack (`abi::defer`).

/// Binds `gopanic`: `$step` is `extern "C" fn(*mut Panic) -> (func, frame)` in the C convention's two registers. If
/// `func` is not 0 the stub calls that closure and asks again, else it resumes at the `DeferFrame` `frame`. `$text` is
/// `extern "C" fn() -> (code, receiver)`, the next method whose string a report needs, and `$set_text` takes that string. `$free_left` frees the
/// stack segments that a recovery has left.
#[macro_export]
macro_rules! panics {
    ($step:path, $text:path, $set_text:path, $free_left:path) => {
        $crate::entry!(plain "runtime.freeleftsegments" => $free_left);
        $crate::entry!(plain "runtime.panictext" => $text);
        $crate::entry!(plain "runtime.setpanictext" => $set_text);
        $crate::entry!(plain "runtime.panicstep" => $step);
        ::core::arch::global_asm!(
            // What a fault makes a goroutine call: in assembly r15 need not be g.
            ".pushsection \".text.rigo_sigpanic\",\"ax\",@progbits",
            ".globl rigo_sigpanic",
            ".type rigo_sigpanic,@function",
            "rigo_sigpanic:",
            "mov r15, fs:[0]",          // the M
            "mov r15, [r15+16]",        // its goroutine
            "jmp runtime.sigpanic",
            ".size rigo_sigpanic, . - rigo_sigpanic",
            ".popsection",
            ".pushsection \".text.runtime.gopanic\",\"ax\",@progbits",
            ".weak runtime.gopanic",
            ".type runtime.gopanic,@function",
            "runtime.gopanic:",         // rdi, rsi = the interface value
            ".cfi_startproc",
            $crate::make_frame!(),
            "test rdi, rdi",
            "jne 2f",
            "call runtime.panicnil",    // panic(nil): Go 1.21 made it an error of its own, unless GODEBUG says panicnil=1
            "xor edi, edi",
            "xor esi, esi",
            "2:",
            "sub rsp, 64",              // a Panic record
            "mov [rsp+8], rdi",
            "mov [rsp+16], rsi",
            "mov qword ptr [rsp+40], 0",
            "mov qword ptr [rsp+48], 0",
            "mov qword ptr [rsp+56], 0",
            $crate::panic_loop!("rigo_panicagain"),
            ".cfi_endproc",
            ".size runtime.gopanic, . - runtime.gopanic",
            ".popsection",
            ".pushsection \".text.runtime.Goexit\",\"ax\",@progbits",
            ".weak runtime.Goexit",
            ".type runtime.Goexit,@function",
            "runtime.Goexit:",
            ".cfi_startproc",
            $crate::make_frame!(),
            "sub rsp, 64",
            "mov qword ptr [rsp+8], 0",
            "mov qword ptr [rsp+16], 0",
            "mov dword ptr [rsp+40], 0",
            "mov dword ptr [rsp+44], 1",
            "mov qword ptr [rsp+48], 0",
            "mov qword ptr [rsp+56], 0",
            $crate::panic_loop!("rigo_goexitagain"),
            ".cfi_endproc",
            ".size runtime.Goexit, . - runtime.Goexit",
            ".popsection",
            // Nobody recovers: asks the panics' values for their text, on the goroutine's stack, and reports.
            ".pushsection \".text.runtime.fatalpanic\",\"ax\",@progbits",
            ".weak runtime.fatalpanic",
            ".type runtime.fatalpanic,@function",
            "runtime.fatalpanic:",
            ".cfi_startproc",
            $crate::make_frame!(),
            "2: call runtime.panictext",
            "test rax, rax",
            "je 3f",
            "mov rdi, rdx",             // receiver
            "call rax",
            "mov rdi, rax",             // the string, in Go's result registers
            "mov rsi, rcx",
            "call runtime.setpanictext",
            "jmp 2b",
            "3: call runtime.reportpanic",
            "ud2",
            ".cfi_endproc",
            ".size runtime.fatalpanic, . - runtime.fatalpanic",
            ".popsection",
            // deferinit(frame, handler), `tail` convention: called by the try_call of a function with defer.
            ".pushsection \".text.runtime.deferinit\",\"ax\",@progbits",
            ".weak runtime.deferinit",
            ".type runtime.deferinit,@function",
            "runtime.deferinit:",
            "lea rax, [rsp+8]",         // the caller's stack pointer after the call
            "mov [rdi+8], rax",
            "mov [rdi+16], rbp",
            "mov [rdi], rsi",
            "ret",
            ".size runtime.deferinit, . - runtime.deferinit",
            ".popsection",
            // Failed bounds checks: the operands wait in the goroutine (`GHead::checked`).
            $crate::bounds_stub!("panicIndex"),
            $crate::bounds_stub!("panicIndexU"),
            $crate::bounds_stub!("panicSliceAlen"),
            $crate::bounds_stub!("panicSliceAlenU"),
            $crate::bounds_stub!("panicSliceAcap"),
            $crate::bounds_stub!("panicSliceAcapU"),
            $crate::bounds_stub!("panicSliceB"),
            $crate::bounds_stub!("panicSliceBU"),
            $crate::bounds_stub!("panicSlice3Alen"),
            $crate::bounds_stub!("panicSlice3AlenU"),
            $crate::bounds_stub!("panicSlice3Acap"),
            $crate::bounds_stub!("panicSlice3AcapU"),
            $crate::bounds_stub!("panicSlice3B"),
            $crate::bounds_stub!("panicSlice3BU"),
            $crate::bounds_stub!("panicSlice3C"),
            $crate::bounds_stub!("panicSlice3CU"),
            $crate::bounds_stub!("panicSliceConvert"),
            // deferpush(record, frame, func)
            ".pushsection \".text.runtime.deferpush\",\"ax\",@progbits",
            ".weak runtime.deferpush",
            ".type runtime.deferpush,@function",
            "runtime.deferpush:",
            "mov rax, [r15+72]",
            "mov [rdi], rax",
            "mov [rdi+8], rsi",
            "mov [rdi+16], rdx",
            "mov [r15+72], rdi",
            "ret",
            ".size runtime.deferpush, . - runtime.deferpush",
            ".popsection",
            // deferpop(frame) func
            ".pushsection \".text.runtime.deferpop\",\"ax\",@progbits",
            ".weak runtime.deferpop",
            ".type runtime.deferpop,@function",
            "runtime.deferpop:",
            "xor eax, eax",
            "mov rcx, [r15+72]",
            "test rcx, rcx",
            "je 2f",
            "cmp [rcx+8], rdi",         // pending calls of other functions stay
            "jne 2f",
            "mov rdx, [rcx]",
            "mov [r15+72], rdx",
            "mov rax, [rcx+16]",
            "2: ret",
            ".size runtime.deferpop, . - runtime.deferpop",
            ".popsection",
        );
    };
}

/// The loop of `gopanic` and of `Goexit`: each has its own, so that a traceback and the standard library see the right name.
/// The record lies at the stack pointer; `$again` is where to go on when an inner panic is left for this one.
#[doc(hidden)]
#[macro_export]
macro_rules! panic_loop {
    ($again:literal) => {
        concat!(
            "mov rax, [r15+80]\n", // push it on the goroutine's panics
            "mov [rsp], rax\n",
            "mov qword ptr [rsp+24], 0\n",
            "mov [rsp+32], rbp\n",
            "mov [r15+80], rsp\n",
            ".globl ",
            $again,
            "\n",
            $again,
            ":\n",
            "mov rdi, rsp\n",
            "call runtime.panicstep\n",
            "test rax, rax\n",
            "je 2f\n",
            "mov rdi, rax\n", // context of the deferred closure
            "call [rax]\n",
            "jmp ",
            $again,
            "\n",
            "2: mov rsp, [rdx+8]\n", // recovered
            ".cfi_def_cfa rsp, 0\n",
            ".cfi_escape 0x10, 16, 2, 0x71, 0\n", // the pc lies at rdx,
            ".cfi_escape 0x10, 6, 2, 0x71, 16\n", // the frame pointer at rdx + 16
            "mov rbp, [rdx+16]\n",
            ".cfi_same_value rbp\n",
            "push [rdx]\n",
            ".cfi_def_cfa_offset 8\n",
            ".cfi_offset rip, -8\n",
            "sub rsp, 8\n",
            ".cfi_adjust_cfa_offset 8\n",
            "call runtime.freeleftsegments\n", // only now does nothing run on them
            "add rsp, 8\n",
            ".cfi_adjust_cfa_offset -8\n",
            "pop rcx\n",
            ".cfi_adjust_cfa_offset -8\n",
            ".cfi_register rip, rcx\n",
            "jmp rcx"
        )
    };
}

/// `rigo_$name` loads the operands of a failed bounds check and goes on in `runtime.$name`.
#[doc(hidden)]
#[macro_export]
macro_rules! bounds_stub {
    ($name:literal) => {
        concat!(
            ".pushsection \".text.rigo_",
            $name,
            "\",\"ax\",@progbits\n",
            ".weak rigo_",
            $name,
            "\n",
            ".type rigo_",
            $name,
            ",@function\n",
            "rigo_",
            $name,
            ":\n",
            "mov rdi, [r15+120]\n",
            "mov rsi, [r15+104]\n",
            "jmp runtime.",
            $name,
            "\n",
            ".size rigo_",
            $name,
            ", . - rigo_",
            $name,
            "\n",
            ".popsection",
        )
    };
}
