//! Where goroutines are.

use super::print::Printer;
use crate::sched::{ALL_GS, G, Status, current_g};

/// Whether the frame at `function_fp` was called by the panic stub whose frame pointer is `stub_fp`.
///
/// # Safety
/// `function_fp` is the frame pointer of a live function of the current goroutine.
pub(crate) unsafe fn is_called_by_panic(function_fp: usize, stub_fp: usize) -> bool {
    // SAFETY: a frame's first word is the frame pointer of its caller.
    unsafe { *(function_fp as *const usize) == stub_fp }
}

/// Prints the current goroutine, as after `panic`.
pub(crate) fn print_current(p: &mut Printer) {
    // SAFETY: the current goroutine belongs to this M.
    if let Some(gp) = unsafe { current_g().as_ref() } {
        print_header(p, gp);
    }
}

/// Prints every goroutine, as after `fatal error`.
pub(crate) fn print_all(p: &mut Printer) {
    if platform::current_m().is_null() {
        return;
    }
    for gp in ALL_GS.iter() {
        // SAFETY: Gs are never freed; what is printed may be out of date, but is readable.
        let gp = unsafe { &*gp };
        if !matches!(gp.status(), Status::Dead | Status::Idle) {
            p.string(b"\n");
            print_header(p, gp);
        }
    }
}

fn print_header(p: &mut Printer, gp: &G) {
    let state = match gp.status() {
        Status::Idle => "idle",
        Status::Runnable => "runnable",
        Status::Running => "running",
        Status::Syscall => "syscall",
        Status::Waiting => gp.wait_reason.0,
        Status::Dead => "dead",
    };
    p.string(b"goroutine ").uint(gp.id).string(b" [").string(state.as_bytes()).string(b"]:\n");
}
