//! Faults of threads and of the kernel: the first argument says which.
#![no_std]
#![no_main]

#[macro_use]
mod image;

use platform::upcall::{FaultKind, Interrupted};

fn fault(context: &mut Interrupted) {
    print!("{:?} at {:#x}\n", context.kind, context.addr);
    assert!(matches!(context.kind, FaultKind::Memory | FaultKind::Illegal | FaultKind::Trap));
    if context.kind == FaultKind::Memory && context.addr.abs_diff(context.sp) < 8192 {
        print!("the guard page\n");
        platform::exit(3)
    }
    // Goes on behind the instruction, which is not a compressed one.
    context.pc += 4;
}

fn main() {
    let name = match platform::args().get(1) {
        // SAFETY: the platform gives NUL-terminated strings.
        Some(&text) => unsafe { core::ffi::CStr::from_ptr(text.cast()) }.to_bytes(),
        None => b"recovered",
    };
    match name {
        b"recovered" => recovered(),
        b"stack" => assert!(deep(0) > 0),
        b"text" => {
            // SAFETY: it does not return.
            unsafe { core::arch::asm!("la t0, _start", "sd zero, 0(t0)", out("t0") _) };
            print!("code was written\n");
        }
        b"kernel" => {
            // SAFETY: it does not return: without a frame the trap is the kernel's own.
            unsafe { core::arch::asm!("csrw sscratch, zero", ".4byte 0x00003003") };
        }
        _ => panic!("no such fault"),
    }
    platform::exit(0)
}

fn recovered() {
    // SAFETY: the handler goes on behind each instruction.
    unsafe {
        core::arch::asm!(
            ".option push", ".option norvc",
            "ld t0, 8(zero)", "sd t0, 16(zero)", "unimp", "ebreak",
            "li t1, 0x3f00000000", "ld t0, 0(t1)",
            ".option pop", out("t0") _, out("t1") _);
    }
    print!("recovered\n");
}

/// Runs into the guard page below its stack.
fn deep(depth: usize) -> usize {
    let room = core::hint::black_box([depth; 100]);
    if depth == usize::MAX { 0 } else { deep(depth + 1) + room[depth % 100] }
}
