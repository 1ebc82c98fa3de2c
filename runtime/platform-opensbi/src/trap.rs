//! Traps: how a hart leaves a thread and comes back to one.
//!
//! `sscratch` holds the address of the running thread's [`TrapFrame`]. The entry stores every register there, integer and floating-point, and
//! goes on on the hart's stack; it never writes to the interrupted stack. [`resume`] loads all of them again. A thread that waits stores
//! what a call must preserve in the same frame ([`rigo_switch`]), so both kinds come back the same way.
//!
//! A trap while `sscratch` is 0 is a bug of the kernel; it is reported on a stack of its own.

use crate::csr;
use crate::hart::Hart;
use crate::thread::Thread;
use crate::{devices, plic, report, sched, space};
use abi::g::{GHead, MHead};
use core::arch::{asm, global_asm};
use core::sync::atomic::Ordering::{Acquire, Relaxed};
use platform::upcall::{self, FaultKind, Interrupted};

/// All registers of a thread that does not run.
#[repr(C)]
pub struct TrapFrame {
    /// The high end of the stack of the hart that runs the thread.
    pub hart_sp: usize,
    /// x1 to x31.
    pub x: [usize; 31],
    /// f0 to f31.
    pub f: [u64; 32],
    /// Rounding mode and flags.
    pub fcsr: usize,
    /// Where it goes on.
    pub pc: usize,
    /// Its `sstatus`.
    pub status: usize,
}

/// Indices in [`TrapFrame::x`].
pub const RA: usize = 0;
pub const SP: usize = 1;
pub const GP: usize = 2;
pub const TP: usize = 3;
pub const S0: usize = 7;
pub const S1: usize = 8;
pub const A0: usize = 9;

const _: () =
    assert!(core::mem::offset_of!(TrapFrame, f) == 256 && core::mem::offset_of!(TrapFrame, fcsr) == 512);

unsafe extern "C" {
    fn rigo_trap();
    fn rigo_resume(frame: *mut TrapFrame) -> !;
    /// Where a thread starts: calls the function whose address is in s1.
    pub fn rigo_thread_start();
    /// Stores the running thread in its frame and calls `switched` on the hart's stack. Returns when the thread is resumed, with
    /// interrupts on.
    ///
    /// The scheduler's lock is held and interrupts are off.
    pub fn rigo_switch();
}

global_asm!(
    ".option push",
    ".option arch, +d",         // rustc tells assembly of a whole-program build nothing of the target's extensions
    ".pushsection .text.rigo_trap,\"ax\",@progbits",
    ".balign 4",
    ".globl rigo_trap",
    ".type rigo_trap,@function",
    "rigo_trap:",
    // For debuggers the interrupted code is the caller. The return address has a column of its own, 64 (RISC-V DWARF specification), because
    // ra is the interrupted code's; first it is in sepc (4096 + 0x141), later in the frame. So is the stack pointer: in sscratch
    // (4096 + 0x140), in t0, in the frame. The registers x1 to x31 are each at 8 bytes times its number.
    ".cfi_startproc",
    ".cfi_signal_frame",
    ".cfi_return_column 64",
    ".cfi_register 64, 4417",
    "csrrw sp, sscratch, sp",   // the frame; the interrupted stack pointer waits in sscratch
    ".cfi_def_cfa 4416, 0",
    "beqz sp, 9f",
    "sd x1, 8(sp)",
    ".irp n, 3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31",
    "sd x\\n, 8*\\n(sp)",
    ".endr",
    ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31",
    "fsd f\\n, 256+8*\\n(sp)",
    ".endr",
    ".cfi_escape 0x10, 5, 2, 0x72, 40", // t0
    "frcsr t0",
    "sd t0, 512(sp)",
    "csrrw t0, sscratch, zero", // from here on this is the kernel
    ".cfi_def_cfa t0, 0",
    "sd t0, 16(sp)",
    ".cfi_escape 0x0f, 3, 0x72, 16, 0x06",
    "csrr t0, sepc",
    "sd t0, 520(sp)",
    "csrr t0, sstatus",
    "sd t0, 528(sp)",
    ".cfi_escape 0x10, 10, 3, 0x72, 0xd0, 0", // a0
    "mv a0, sp",
    "ld sp, 0(sp)",             // the hart's stack, empty; above it is room for the frame's address
    ".cfi_escape 0x0f, 3, 0x7a, 16, 0x06",
    ".cfi_escape 0x10, 5, 2, 0x7a, 40",
    ".cfi_escape 0x10, 10, 3, 0x7a, 0xd0, 0",
    "sd a0, 0(sp)",
    ".cfi_escape 0x0f, 6, 0x72, 0, 0x06, 0x23, 16, 0x06",
    ".irp n, 1,3,4,5,6,7,8,9,10,11,12,13,14,15",
    ".cfi_escape 0x10, \\n, 5, 0x72, 0, 0x06, 0x23, 8*\\n",
    ".endr",
    ".irp n, 16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31",
    ".cfi_escape 0x10, \\n, 6, 0x72, 0, 0x06, 0x23, 8*(\\n-16)+0x80, 1",
    ".endr",
    ".cfi_escape 0x10, 64, 6, 0x72, 0, 0x06, 0x23, 0x88, 4",
    "li s0, 0",
    "call {trap}",
    "unimp",
    ".cfi_undefined 64",
    "9: la sp, {emergency}",    // a trap of the kernel itself
    "li t0, {emergency_bytes}",
    "add sp, sp, t0",
    "csrr a0, sepc",
    "mv a1, ra",
    "call {broken}",
    "unimp",
    ".cfi_endproc",
    ".size rigo_trap, . - rigo_trap",
    ".popsection",

    ".pushsection .text.rigo_resume,\"ax\",@progbits",
    ".globl rigo_resume",
    ".type rigo_resume,@function",
    "rigo_resume:",             // a0 = frame, interrupts off
    "csrw sscratch, a0",
    "ld t0, 520(a0)",
    "csrw sepc, t0",
    "ld t0, 528(a0)",
    "csrw sstatus, t0",
    "ld t0, 512(a0)",
    "fscsr t0",
    ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31",
    "fld f\\n, 256+8*\\n(a0)",
    ".endr",
    ".irp n, 1,2,3,4,5,6,7,8,9,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31",
    "ld x\\n, 8*\\n(a0)",
    ".endr",
    "ld a0, 80(a0)",
    "sret",
    ".size rigo_resume, . - rigo_resume",
    ".popsection",

    ".pushsection .text.rigo_thread_start,\"ax\",@progbits",
    ".globl rigo_thread_start",
    ".type rigo_thread_start,@function",
    "rigo_thread_start:",
    ".cfi_startproc",
    ".cfi_undefined ra",        // nobody called it
    "jalr s1",
    "unimp",
    ".cfi_endproc",
    ".size rigo_thread_start, . - rigo_thread_start",
    ".popsection",

    ".pushsection .text.rigo_switch,\"ax\",@progbits",
    ".globl rigo_switch",
    ".type rigo_switch,@function",
    "rigo_switch:",
    ".cfi_startproc",
    "csrrw t0, sscratch, zero",
    ".irp n, 1,2,3,4,8,9,18,19,20,21,22,23,24,25,26,27",
    "sd x\\n, 8*\\n(t0)",
    ".endr",
    ".irp n, 8,9,18,19,20,21,22,23,24,25,26,27",
    "fsd f\\n, 256+8*\\n(t0)",
    ".endr",
    "frcsr t1",
    "sd t1, 512(t0)",
    "sd ra, 520(t0)",           // it goes on behind the call
    "csrr t1, sstatus",
    "li t2, {status}",
    "or t1, t1, t2",
    "sd t1, 528(t0)",
    "ld sp, 0(t0)",
    ".cfi_undefined ra",        // the hart has left the thread
    "li s0, 0",
    "mv a0, t0",
    "call {switched}",
    "unimp",
    ".cfi_endproc",
    ".size rigo_switch, . - rigo_switch",
    ".popsection",
    ".option pop",
    trap = sym trap,
    broken = sym broken,
    switched = sym sched::switched,
    emergency = sym EMERGENCY_STACK,
    emergency_bytes = const EMERGENCY_BYTES,
    status = const csr::STATUS_SPP | csr::STATUS_SPIE,
);

const EMERGENCY_BYTES: usize = 16 << 10;
#[repr(align(16))]
#[allow(dead_code)] // used by its address
struct EmergencyStack([u8; EMERGENCY_BYTES]);
static mut EMERGENCY_STACK: EmergencyStack = EmergencyStack([0; EMERGENCY_BYTES]);

/// Makes this hart's traps come here.
pub fn install() {
    // SAFETY: the entry is aligned to 4 and expects nothing but `sscratch`, which is 0 in the kernel.
    unsafe {
        asm!("csrw sscratch, zero", "csrw stvec, {0}", "csrs sie, {1}",
            in(reg) rigo_trap as *const () as usize,
            in(reg) csr::SOFTWARE | csr::TIMER | csr::EXTERNAL, options(nostack));
    }
}

const INTERRUPT: usize = 1 << 63;

extern "C" fn trap(frame: *mut TrapFrame) -> ! {
    let thread = frame as *mut Thread;
    // SAFETY: `sscratch` held the frame of a thread, which runs on this hart.
    let hart = unsafe { (*thread).hart };
    let cause = csr::scause();
    if cause & INTERRUPT == 0 {
        exception(thread, cause);
    } else {
        interrupts(hart, 1 << (cause & 63));
    }
    sched::leave_trap(hart)
}

/// Serves the interrupts whose bits are set, on the hart's stack.
pub fn interrupts(hart: *mut Hart, pending: usize) {
    if pending & csr::SOFTWARE != 0 {
        csr::clear_software();
    }
    if pending & csr::TIMER != 0 {
        sched::expire(hart);
    }
    if pending & csr::EXTERNAL != 0 {
        plic::serve(hart);
    }
}

/// Goes on with `thread`, which this hart runs from now on; delivers a request for preemption first.
pub fn resume(thread: *mut Thread) -> ! {
    // SAFETY: the thread belongs to this hart, which is on its own stack with interrupts off.
    unsafe {
        // Pairs with the Release in `preempt_thread`.
        if (*thread).preempt.load(Relaxed) && (*thread).preempt.swap(false, Acquire) {
            with_interrupted(thread, FaultKind::None, 0, |context| upcall::preempt(context));
        }
        rigo_resume(&raw mut (*thread).frame)
    }
}

/// Shows `thread` to the runtime as an interrupted context and makes its changes true.
///
/// # Safety
/// The thread belongs to this hart and does not run.
unsafe fn with_interrupted(
    thread: *mut Thread,
    kind: FaultKind,
    addr: usize,
    see: impl FnOnce(&mut Interrupted),
) {
    // SAFETY: the caller's contract.
    let frame = unsafe { &mut (*thread).frame };
    let mut registers = [0; 32];
    registers[1..].copy_from_slice(&frame.x);
    registers[0] = frame.pc;
    let mut context = Interrupted {
        pc: frame.pc,
        sp: frame.x[SP],
        fp: frame.x[S0],
        link: frame.x[RA],
        signal: signal_of(kind),
        kind,
        // SEGV_MAPERR, BUS_ADRALN, ILL_ILLOPC, TRAP_BRKPT: all 1.
        code: (kind != FaultKind::None) as i32,
        addr,
        registers,
    };
    // SAFETY: the thread's registers are as `arch` says: gp is 0, its M, or in compiled Go an address of code.
    crate::thread::set_thread_pointer(unsafe { interrupted_m(frame) });
    see(&mut context);
    (frame.pc, frame.x[SP], frame.x[RA]) = (context.pc, context.sp, context.link);
}

/// The signal that Linux has for a fault.
fn signal_of(kind: FaultKind) -> u32 {
    match kind {
        FaultKind::None => 0,
        FaultKind::Illegal => 4,
        FaultKind::Trap => 5,
        FaultKind::Bus => 7,
        FaultKind::Arithmetic => 8,
        FaultKind::Memory => 11,
    }
}

/// The M of an interrupted thread. Where compiled Go has something else in gp, an M's address not being there, tp is its G.
///
/// # Safety
/// gp can be read through, and if it leads to no M tp is a G.
unsafe fn interrupted_m(frame: &TrapFrame) -> *mut MHead {
    let mp = frame.x[GP] as *mut MHead;
    // SAFETY: the caller's contract.
    unsafe {
        if mp.is_null() || (mp as *const usize).read_unaligned() == mp as usize {
            return mp;
        }
        (*(frame.x[TP] as *const GHead)).m as *mut MHead
    }
}

fn exception(thread: *mut Thread, cause: usize) {
    let addr = csr::stval();
    let kind = match cause {
        12 | 13 | 15 => FaultKind::Memory,
        0 | 1 | 4 | 5 | 6 | 7 => FaultKind::Bus,
        2 => FaultKind::Illegal,
        3 => FaultKind::Trap,
        _ => FaultKind::None,
    };
    // A hart may remember that a page was not there after another hart has mapped it.
    if kind == FaultKind::Memory && space::is_accessible(addr, cause) {
        csr::fence_local();
        return;
    }
    if kind == FaultKind::Bus {
        // SAFETY: the thread is stopped in this trap.
        let frame = unsafe { &mut (*thread).frame };
        if let Some(pc) = devices::after_refusal(frame.pc) {
            frame.pc = pc;
            return;
        }
    }
    if kind == FaultKind::None || !crate::thread::faults_are_installed() {
        // SAFETY: the thread is stopped in this trap.
        let frame = unsafe { &(*thread).frame };
        report::unexpected_trap(cause, addr, frame.pc, frame.x[RA], frame.x[SP]);
    }
    let addr = if matches!(kind, FaultKind::Memory | FaultKind::Bus) { addr } else { 0 };
    // SAFETY: the thread is stopped in this trap.
    unsafe { with_interrupted(thread, kind, addr, |context| upcall::fault(context)) }
}

extern "C" fn broken(pc: usize, ra: usize) -> ! {
    report::unexpected_trap(csr::scause(), csr::stval(), pc, ra, csr::sscratch())
}
