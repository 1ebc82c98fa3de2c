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
    signal: u32,
    code: i32,
    addr: usize,
    pc: usize,
}

impl FaultInfo {
    pub(crate) const NONE: FaultInfo =
        FaultInfo { kind: FaultKind::None, signal: 0, code: 0, addr: 0, pc: 0 };

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

const SIGFPE: u32 = 8;

/// Room that the injected call needs on the goroutine's stack, above what stubs need.
const CALL_BYTES: usize = 64;

unsafe extern "C" {
    /// Calls `runtime.sigpanic`, whatever the registers are.
    #[link_name = "rigo_sigpanic"]
    static SIGPANIC: u8;
}

/// An interrupt handler: takes no lock, allocates nothing.
#[unsafe(export_name = "rigo_fault")]
extern "C" fn fault(context: &mut Interrupted) {
    let mut info = FaultInfo {
        kind: context.kind,
        signal: context.signal,
        code: context.code,
        addr: context.addr,
        pc: context.pc,
    };
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

/// The name of a signal, by its number on Linux; none for real-time signals.
pub(crate) fn signal_name(number: u32) -> Option<&'static str> {
    const NAMES: [&str; 32] = [
        "SIGNONE: no trap",
        "SIGHUP: terminal line hangup",
        "SIGINT: interrupt",
        "SIGQUIT: quit",
        "SIGILL: illegal instruction",
        "SIGTRAP: trace trap",
        "SIGABRT: abort",
        "SIGBUS: bus error",
        "SIGFPE: floating-point exception",
        "SIGKILL: kill",
        "SIGUSR1: user-defined signal 1",
        "SIGSEGV: segmentation violation",
        "SIGUSR2: user-defined signal 2",
        "SIGPIPE: write to broken pipe",
        "SIGALRM: alarm clock",
        "SIGTERM: termination",
        "SIGSTKFLT: stack fault",
        "SIGCHLD: child status has changed",
        "SIGCONT: continue",
        "SIGSTOP: stop, unblockable",
        "SIGTSTP: keyboard stop",
        "SIGTTIN: background read from tty",
        "SIGTTOU: background write to tty",
        "SIGURG: urgent condition on socket",
        "SIGXCPU: cpu limit exceeded",
        "SIGXFSZ: file size limit exceeded",
        "SIGVTALRM: virtual alarm clock",
        "SIGPROF: profiling alarm clock",
        "SIGWINCH: window size change",
        "SIGIO: i/o now possible",
        "SIGPWR: power failure restart",
        "SIGSYS: bad system call",
    ];
    NAMES.get(number as usize).copied()
}

fn print_signal(p: &mut Printer, info: &FaultInfo) {
    p.string(b"[signal ").string(signal_name(info.signal).unwrap_or("unknown").as_bytes());
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

/// What a fault of a goroutine is.
#[derive(Clone, Copy, PartialEq)]
#[repr(usize)]
enum Cause {
    Nil = 0,
    Address = 1,
    Divide = 2,
    Float = 3,
}

/// Division by zero, in `si_code` of SIGFPE.
const FPE_INTDIV: i32 = 1;
/// The kernel knows the address of a SIGSEGV up to this `si_code` (a mapping that is not there, or not allowed).
const SEGV_ACCERR: i32 = 2;
/// `si_code` of a SIGBUS with an address that is not there.
const BUS_ADRERR: i32 = 2;

/// Says what the current goroutine's fault is; ends the program if it cannot be recovered.
fn cause() -> (Cause, usize) {
    // SAFETY: the current goroutine belongs to this M.
    let gp = unsafe { &*current_g() };
    let info = gp.fault;
    let is_near_nil = info.addr < 0x1000
        && match info.kind {
            FaultKind::Memory => (0..=SEGV_ACCERR).contains(&info.code),
            FaultKind::Bus => info.code == BUS_ADRERR,
            _ => false,
        };
    match info.kind {
        // What compiled code traps with on purpose is a division too.
        FaultKind::Arithmetic if info.signal != SIGFPE || info.code == FPE_INTDIV => (Cause::Divide, 0),
        FaultKind::Arithmetic => (Cause::Float, 0),
        _ if is_near_nil => (Cause::Nil, 0),
        _ if gp.panics_on_fault => (Cause::Address, info.addr),
        _ => {
            let mut printer = Printer::begin_fatal();
            printer
                .string(b"unexpected fault address ")
                .hex(info.addr as u64)
                .string(b"\nfatal error: fault\n");
            print_signal(&mut printer, &info);
            die(&mut printer)
        }
    }
}

/// `runtime.sigpanic` of the archive.
pub(crate) extern "C" fn sigpanic() -> Raised {
    let text = match cause().0 {
        Cause::Divide => "runtime error: integer divide by zero",
        Cause::Float => "runtime error: floating point error",
        Cause::Nil | Cause::Address => "runtime error: invalid memory address or nil pointer dereference",
    };
    raise(|p| done(p.string(text.as_bytes())))
}

/// Two words in the result registers.
#[repr(C)]
pub(crate) struct Pair(usize, usize);

/// `runtime.faultinfo`: what the goroutine's `sigpanic` is about, and the address.
pub(crate) extern "C" fn faultinfo() -> Pair {
    let (cause, addr) = cause();
    Pair(cause as usize, addr)
}

/// `runtime.setpanicfault(on)`: the former setting.
pub(crate) extern "C" fn setpanicfault(on: u64) -> u64 {
    // SAFETY: the current goroutine belongs to this M.
    unsafe { core::mem::replace(&mut (*current_g()).panics_on_fault, on & 1 != 0) as u64 }
}
