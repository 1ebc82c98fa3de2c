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
            // What a fault makes a goroutine call.
            ".pushsection \".text.rigo_sigpanic\",\"ax\",@progbits",
            ".globl rigo_sigpanic",
            ".type rigo_sigpanic,@function",
            "rigo_sigpanic:",
            "tail runtime.sigpanic",
            ".size rigo_sigpanic, . - rigo_sigpanic",
            ".popsection",
            ".pushsection \".text.runtime.gopanic\",\"ax\",@progbits",
            ".weak runtime.gopanic",
            ".type runtime.gopanic,@function",
            "runtime.gopanic:",         // a0, a1 = the interface value
            ".cfi_startproc",
            $crate::make_frame!(),
            "bnez a0, 2f",
            "call runtime.panicnil",    // panic(nil): Go 1.21 made it an error of its own, unless GODEBUG says panicnil=1
            "li a0, 0",
            "li a1, 0",
            "2:",
            "addi sp, sp, -64",         // a Panic record
            "sd a0, 8(sp)",
            "sd a1, 16(sp)",
            "sd zero, 40(sp)",
            "sd zero, 48(sp)",
            "sd zero, 56(sp)",
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
            "addi sp, sp, -64",
            "sd zero, 8(sp)",
            "sd zero, 16(sp)",
            "sw zero, 40(sp)",
            "li t0, 1",
            "sw t0, 44(sp)",
            "sd zero, 48(sp)",
            "sd zero, 56(sp)",
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
            "beqz a0, 3f",
            "mv t1, a0",
            "mv a0, a1",                // receiver
            "jalr t1",
            "call runtime.setpanictext", // the string is in Go's result registers, which are C's arguments
            "j 2b",
            "3: call runtime.reportpanic",
            "unimp",
            ".cfi_endproc",
            ".size runtime.fatalpanic, . - runtime.fatalpanic",
            ".popsection",
            // deferinit(frame, handler), `tail` convention: called by the try_call of a function with defer.
            ".pushsection \".text.runtime.deferinit\",\"ax\",@progbits",
            ".weak runtime.deferinit",
            ".type runtime.deferinit,@function",
            "runtime.deferinit:",
            "sd a1, 0(a0)",
            "sd sp, 8(a0)",
            "sd s0, 16(a0)",
            "ret",
            ".size runtime.deferinit, . - runtime.deferinit",
            ".popsection",
            // deferpush(record, frame, func)
            ".pushsection \".text.runtime.deferpush\",\"ax\",@progbits",
            ".weak runtime.deferpush",
            ".type runtime.deferpush,@function",
            "runtime.deferpush:",
            "ld t0, 72(tp)",
            "sd t0, 0(a0)",
            "sd a1, 8(a0)",
            "sd a2, 16(a0)",
            "sd a0, 72(tp)",
            "ret",
            ".size runtime.deferpush, . - runtime.deferpush",
            ".popsection",
            // deferpop(frame) func
            ".pushsection \".text.runtime.deferpop\",\"ax\",@progbits",
            ".weak runtime.deferpop",
            ".type runtime.deferpop,@function",
            "runtime.deferpop:",
            "mv t1, a0",
            "li a0, 0",
            "ld t0, 72(tp)",
            "beqz t0, 2f",
            "ld t2, 8(t0)",
            "bne t2, t1, 2f",           // pending calls of other functions stay
            "ld t2, 0(t0)",
            "sd t2, 72(tp)",
            "ld a0, 16(t0)",
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
            "ld t0, 80(tp)\n", // push it on the goroutine's panics
            "sd t0, 0(sp)\n",
            "sd zero, 24(sp)\n",
            "sd s0, 32(sp)\n",
            "sd sp, 80(tp)\n",
            ".globl ",
            $again,
            "\n",
            $again,
            ":\n",
            "mv a0, sp\n",
            "call runtime.panicstep\n",
            "beqz a0, 2f\n",
            "ld t1, 0(a0)\n", // a0 is the context of the deferred closure
            "jalr t1\n",
            "j ",
            $again,
            "\n",
            "2: ld sp, 8(a1)\n", // recovered
            "ld s0, 16(a1)\n",
            "ld t1, 0(a1)\n",
            "addi sp, sp, -16\n",
            "sd t1, 0(sp)\n",
            "call runtime.freeleftsegments\n", // only now does nothing run on them
            "ld t1, 0(sp)\n",
            "addi sp, sp, 16\n",
            "jr t1"
        )
    };
}
