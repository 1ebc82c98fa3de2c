//! Faults: what the processor refuses becomes a Go panic in compiled code, and the end of the program elsewhere.
//!
//! The handler makes the goroutine call `runtime.sigpanic` from where it was, and returns; the panic then begins on the goroutine's own
//! stack like any other. Rust never runs on a goroutine's stack, so the stack pointer alone tells compiled code.

use super::panic::{Raised, die, raise};
use super::print::{Printer, done};
use crate::sched::{G, M, current_g};
use core::sync::atomic::Ordering::Relaxed;
use platform::upcall::{FaultKind, Interrupted};

/// The last fault of a goroutine.
#[derive(Clone, Copy)]
pub(crate) struct FaultInfo {
    kind: FaultKind,
    code: i32,
    addr: usize,
    pc: usize,
}

impl FaultInfo {
    pub(crate) const NONE: FaultInfo = FaultInfo { kind: FaultKind::None, code: 0, addr: 0, pc: 0 };

    /// Prints the signal behind a panic, as gc does after the panics.
    pub(crate) fn print_if_memory(&self, p: &mut Printer) {
        if matches!(self.kind, FaultKind::Memory | FaultKind::Bus) {
            print_signal(p, self);
        }
    }

    /// Whether the last fault was at `pc`.
    pub(crate) fn is_at(&self, pc: usize) -> bool {
        self.kind != FaultKind::None && self.pc == pc
    }
}

/// Room that the injected call needs on the goroutine's stack, above what stubs need.
const CALL_BYTES: usize = 64;

unsafe extern "C" {
    #[link_name = "runtime.sigpanic"]
    static SIGPANIC: u8;
}

/// An interrupt handler: takes no lock, allocates nothing.
#[unsafe(export_name = "rigo_fault")]
extern "C" fn fault(context: &mut Interrupted) {
    let mut info = FaultInfo { kind: context.kind, code: context.code, addr: context.addr, pc: context.pc };
    // SAFETY: the processor was about to execute what is at pc. Compiled code traps only where it divides by zero.
    if context.kind == FaultKind::Illegal && unsafe { arch::is_trap(context.pc) } {
        info.kind = FaultKind::Arithmetic;
    }
    let mp = platform::current_m() as *mut M;
    // SAFETY: on threads of the runtime the thread pointer leads to an M; its goroutine is stopped in this handler.
    unsafe {
        if let Some(mp) = mp.as_ref()
            && let Some(gp) = (mp.head.curg as *mut G).as_mut()
            && (gp.head.stack_lo + CALL_BYTES..=gp.head.stack_hi).contains(&context.sp)
            && mp.waiter.locks.load(Relaxed) == 0
            && matches!(info.kind, FaultKind::Memory | FaultKind::Bus | FaultKind::Arithmetic)
        {
            gp.fault = info;
            let target = &raw const SIGPANIC as usize;
            if context.pc == 0 {
                // A call of address 0: the return address is pushed already.
                context.pc = target;
            } else {
                arch::inject_call(&mut context.pc, &mut context.sp, &mut context.link, target);
            }
            return;
        }
    }
    die_of_signal(&info)
}

fn name(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::None => "no signal",
        FaultKind::Memory => "SIGSEGV: segmentation violation",
        FaultKind::Bus => "SIGBUS: bus error",
        FaultKind::Arithmetic => "SIGFPE: floating-point exception",
        FaultKind::Illegal => "SIGILL: illegal instruction",
        FaultKind::Trap => "SIGTRAP: trace trap",
    }
}

fn print_signal(p: &mut Printer, info: &FaultInfo) {
    p.string(b"[signal ").string(name(info.kind).as_bytes());
    p.string(b" code=").hex(info.code as u64).string(b" addr=").hex(info.addr as u64);
    p.string(b" pc=").hex(info.pc as u64).string(b"]\n");
}

/// The runtime itself is broken: prints without any lock, as far as it gets.
fn die_of_signal(info: &FaultInfo) -> ! {
    let mut printer = Printer::begin_broken();
    printer.string(b"fatal error: unexpected signal during runtime execution\n");
    print_signal(&mut printer, info);
    printer.end_broken();
    platform::exit(2)
}

/// `runtime.sigpanic` of the archive.
pub(crate) extern "C" fn sigpanic() -> Raised {
    // SAFETY: the current goroutine belongs to this M.
    let info = unsafe { (*current_g()).fault };
    if info.kind == FaultKind::Memory && info.addr >= 0x1000 {
        let mut printer = Printer::begin_fatal();
        printer.string(b"unexpected fault address ").hex(info.addr as u64).string(b"\nfatal error: fault\n");
        print_signal(&mut printer, &info);
        die(&mut printer)
    }
    let text = match info.kind {
        FaultKind::Arithmetic => "runtime error: integer divide by zero",
        _ => "runtime error: invalid memory address or nil pointer dereference",
    };
    raise(|p| done(p.string(text.as_bytes())))
}

/// Two words in the result registers.
#[repr(C)]
pub(crate) struct Pair(usize, usize);

/// `runtime.faultinfo`: what the goroutine's `sigpanic` is about.
pub(crate) extern "C" fn faultinfo() -> Pair {
    // SAFETY: the current goroutine belongs to this M.
    let info = unsafe { (*current_g()).fault };
    Pair(info.kind as usize, info.addr)
}
