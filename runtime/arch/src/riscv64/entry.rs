//! The stubs behind the runtime's entries.
//!
//! Registers on entry: arguments as in the C convention, tp = G. A stub keeps its own frame on the
//! goroutine's stack, so that at every moment in Rust `G.sp` points to `{caller's frame pointer, return address}`.
//! Callee-saved registers are stored in `G.saved`: s1 to s11, and by stubs that may park fs0 to fs11 too. gp carries the M across the
//! call, because after a park tp and the G belong to somebody else.

/// Defines the stub `$name` in front of the Rust function `$function`.
///
/// `plain` entries return at once, in a0 and a1. `park` entries return an [`Outcome`](crate::Outcome); when the
/// goroutine runs again after a park, `$resume` is called in their place, as often as it parks. `noreturn`
/// entries never come back; `raise` entries return an interface value, type and data, and the stub panics with it.
#[macro_export]
macro_rules! entry {
    (plain $name:literal => $function:path) => {
        $crate::stub! { $name,
            "call {f}",
            "ld sp, 32(tp)",          // back to the goroutine's stack
            "ld s0, 0(sp)",
            ".cfi_def_cfa sp, 16",
            ".cfi_restore s0",
            "ld ra, 8(sp)",
            "addi sp, sp, 16",
            ".cfi_def_cfa_offset 0",
            ".cfi_restore ra",
            "ret"; f = sym $function
        }
    };
    (noreturn $name:literal => $function:path) => {
        $crate::stub! { $name,
            "call {f}",
            "unimp"; f = sym $function
        }
    };
    (raise $name:literal => $function:path) => {
        $crate::stub! { $name,
            "call {f}",
            "ld sp, 32(tp)",          // panic on the goroutine's stack with the value that Rust made, in a0 and a1
            "call runtime.gopanic",
            "unimp"; f = sym $function
        }
    };
    (park $name:literal => $function:path, $resume:path) => {
        $crate::stub! { $name,
            "fsd fs0, 216(tp)",
            "fsd fs1, 224(tp)",
            "fsd fs2, 232(tp)",
            "fsd fs3, 240(tp)",
            "fsd fs4, 248(tp)",
            "fsd fs5, 256(tp)",
            "fsd fs6, 264(tp)",
            "fsd fs7, 272(tp)",
            "fsd fs8, 280(tp)",
            "fsd fs9, 288(tp)",
            "fsd fs10, 296(tp)",
            "fsd fs11, 304(tp)",
            "lla t0, 3f",             // where the goroutine goes on after a park
            "sd t0, 40(tp)",
            "call {f}",
            "2: bnez a0, 4f",
            "mv a0, a1",
            "ld a1, 64(tp)",          // second result
            "ld sp, 32(tp)",
            ".cfi_remember_state",
            "ld s0, 0(sp)",
            ".cfi_def_cfa sp, 16",
            ".cfi_restore s0",
            "ld ra, 8(sp)",
            "addi sp, sp, 16",
            ".cfi_def_cfa_offset 0",
            ".cfi_restore ra",
            "ret",
            ".cfi_restore_state",
            "3: ld sp, 8(gp)",        // resumed, perhaps on another M: its system stack
            "call {g}",
            "j 2b",
            "4: addi a0, a0, -1",
            "bnez a0, 5f",
            "tail rigo_mloop",        // parked; gp is the M
            "5: mv a0, a1",           // a panic: code, x, y
            "ld a1, 64(tp)",
            "ld a2, 104(tp)",
            "ld sp, 32(tp)",
            "call runtime.panicentry",
            "unimp"; f = sym $function, g = sym $resume
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
            ".option push",
            ".option arch, +d",       // assembly outside of functions does not have the target's extensions
            concat!(".weak \"", $name, "\""),
            concat!(".type \"", $name, "\",@function"),
            concat!("\"", $name, "\":"),
            ".cfi_startproc",
            $crate::make_frame!(),
            "sd sp, 32(tp)",
            "sd s0, 48(tp)",
            "sd s1, 128(tp)",
            "sd s2, 136(tp)",
            "sd s3, 144(tp)",
            "sd s4, 152(tp)",
            "sd s5, 160(tp)",
            "sd s6, 168(tp)",
            "sd s7, 176(tp)",
            "sd s8, 184(tp)",
            "sd s9, 192(tp)",
            "sd s10, 200(tp)",
            "sd s11, 208(tp)",
            "ld gp, 24(tp)",          // M
            "ld sp, 8(gp)",           // its system stack, empty until now
            // gdb follows a jump between stacks only behind this name (`abi::symbols::STACK_JUMP`).
            concat!(".type \"__morestack.", $name, "\",@function"),
            concat!("\"__morestack.", $name, "\":"),
            $($line,)*
            ".cfi_endproc",
            concat!(".size \"", $name, "\", . - \"", $name, "\""),
            ".option pop",
            ".popsection",
            $($operand)*
        );
    };
}
