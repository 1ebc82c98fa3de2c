//! Signals: faults and requests to a thread.
//!
//! Handlers run on a stack of their own (`sigaltstack`), because a goroutine's stack has no room. What the kernel saved of the
//! thread is copied into `Interrupted`; changes of pc, sp and link register are copied back, and `rt_sigreturn` makes them true.

use crate::Linux;
use crate::processor::{self, SigAction, UContext};
use crate::syscall::{nr, syscall4};
use platform::upcall::{self, FaultKind, Interrupted};

const SIGILL: usize = 4;
const SIGTRAP: usize = 5;
const SIGBUS: usize = 7;
const SIGFPE: usize = 8;
const SIGSEGV: usize = 11;
/// Means nothing else to ordinary programs, and is ignored where nobody handles it.
const SIGURG: usize = 23;

const SA_SIGINFO: u64 = 4;
const SA_ONSTACK: u64 = 0x0800_0000;
const SA_RESTART: u64 = 0x1000_0000;
/// `si_code` of signals that a process sent.
const SI_USER: i32 = 0;
const SI_TKILL: i32 = -6;
const SIG_UNBLOCK: usize = 1;
const SIGSET_BYTES: usize = 8;
/// Keeps a signal stack apart from what lies below it.
const STACK_GAP: usize = 64;

/// The kernel's `stack_t`.
#[repr(C)]
pub(crate) struct StackT {
    sp: usize,
    flags: i32,
    size: usize,
}

/// The head of `siginfo_t`.
#[repr(C)]
pub(crate) struct SigInfo {
    signo: i32,
    errno: i32,
    code: i32,
    _pad: i32,
    addr: usize,
}

/// Every signal's handler, once the thread pointer can be trusted.
pub(crate) extern "C" fn handle(signal: i32, info: *const SigInfo, context: *mut UContext) {
    // SAFETY: the kernel passes both; they lie on this signal stack.
    let (info, context) = unsafe { (&*info, &mut *context) };
    let is_sent = matches!(info.code, SI_USER | SI_TKILL);
    let kind = match signal as usize {
        _ if is_sent => FaultKind::None,
        SIGSEGV => FaultKind::Memory,
        SIGBUS => FaultKind::Bus,
        SIGFPE => FaultKind::Arithmetic,
        SIGILL => FaultKind::Illegal,
        SIGTRAP => FaultKind::Trap,
        _ => FaultKind::None,
    };
    let mut registers = [0; 32];
    registers[..context.registers.len()].copy_from_slice(&context.registers);
    let mut interrupted = Interrupted {
        pc: context.registers[processor::PC],
        sp: context.registers[processor::SP],
        fp: context.registers[processor::FP],
        link: processor::LINK.map_or(0, |link| context.registers[link]),
        signal: signal as u32,
        kind,
        code: info.code,
        // Of signals that a process sent: its number, where a fault's address would be.
        addr: info.addr,
        registers,
    };
    if kind != FaultKind::None {
        upcall::fault(&mut interrupted);
    } else {
        if signal as usize == SIGURG {
            upcall::preempt(&mut interrupted);
        }
        // A request may have come together with a signal from outside.
        upcall::signal(&mut interrupted);
    }
    context.registers[processor::PC] = interrupted.pc;
    context.registers[processor::SP] = interrupted.sp;
    if let Some(link) = processor::LINK {
        context.registers[link] = interrupted.link;
    }
}

/// Signals that the runtime itself lives on.
const OWN: [usize; 6] = [SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV, SIGURG];

fn is_from_outside(signal: usize) -> bool {
    !OWN.contains(&signal)
}

const SIG_DFL: usize = 0;
const SIG_IGN: usize = 1;

/// Sets what a signal does: `handler` is an address, `SIG_DFL` or `SIG_IGN`.
fn set_action(signal: usize, handler: usize) {
    // A request must not come in the middle of a fault.
    let action = SigAction::new(handler, SA_SIGINFO | SA_ONSTACK | SA_RESTART, 1 << (SIGURG - 1));
    // SAFETY: the kernel reads one sigaction; the handler lives for ever.
    unsafe {
        syscall4(nr::RT_SIGACTION, signal, &raw const action as usize, 0, SIGSET_BYTES);
    }
}

impl platform::Signal for Linux {
    fn enable_signal(number: u32) {
        if is_from_outside(number as usize) {
            set_action(number as usize, processor::handler());
        }
    }

    fn disable_signal(number: u32) {
        if is_from_outside(number as usize) {
            set_action(number as usize, SIG_DFL);
        }
    }

    fn ignore_signal(number: u32) {
        if is_from_outside(number as usize) {
            set_action(number as usize, SIG_IGN);
        }
    }

    fn is_signal_ignored(number: u32) -> bool {
        // Room for two: qemu-user writes a word more on riscv64 than the kernel does.
        let mut action = [SigAction::new(SIG_DFL, 0, 0), SigAction::new(SIG_DFL, 0, 0)];
        // SAFETY: the kernel writes one sigaction.
        unsafe {
            syscall4(nr::RT_SIGACTION, number as usize, 0, action.as_mut_ptr() as usize, SIGSET_BYTES);
        }
        action[0].handler == SIG_IGN
    }

    fn die_of_signal(number: u32) -> ! {
        set_action(number as usize, SIG_DFL);
        let mask = 1u64 << (number - 1);
        // SAFETY: the kernel reads the mask; the signal ends the program.
        unsafe {
            syscall4(nr::RT_SIGPROCMASK, SIG_UNBLOCK, &raw const mask as usize, 0, SIGSET_BYTES);
            let pid = syscall4(nr::GETPID, 0, 0, 0, 0) as usize;
            let tid = syscall4(nr::GETTID, 0, 0, 0, 0) as usize;
            syscall4(nr::TGKILL, pid, tid, number as usize, 0);
        }
        <Linux as platform::Clock>::usleep(1000);
        <Linux as platform::Exit>::exit(2)
    }
}

impl platform::Fault for Linux {
    fn install_faults() {
        OWN.iter().for_each(|&signal| set_action(signal, processor::handler()));
    }

    fn use_signal_stack(lo: usize, bytes: usize) {
        // QEMU's emulator takes a stack pointer at the low end, where a stack below it is empty, for one inside, and kills the process.
        let stack = StackT { sp: lo + STACK_GAP, flags: 0, size: bytes - STACK_GAP };
        // SAFETY: the kernel reads one stack_t; the caller gives the memory to this thread.
        unsafe { syscall4(nr::SIGALTSTACK, &raw const stack as usize, 0, 0, 0) };
    }
}

/// The kernel's `struct sigevent`.
#[repr(C)]
struct SigEvent {
    value: usize,
    signal: i32,
    notify: i32,
    thread: u32,
    _pad: [u32; 11],
}

/// The kernel's `struct itimerspec`.
#[repr(C)]
struct TimerSpec {
    interval: [i64; 2],
    first: [i64; 2],
}

const SIGPROF: i32 = 27;
/// The signal goes to the thread that is named.
const SIGEV_THREAD_ID: i32 = 4;

/// The clock of a thread's processor time. The kernel's posix-timers.h, `make_thread_cpuclock`.
fn thread_clock(id: u32) -> usize {
    const PER_THREAD: i32 = 4;
    const SCHED: i32 = 2;
    ((!(id as i32) << 3) | PER_THREAD | SCHED) as isize as usize
}

impl platform::Preempt for Linux {
    fn start_sampling(id: u32, hz: u32) -> i32 {
        let event =
            SigEvent { value: 0, signal: SIGPROF, notify: SIGEV_THREAD_ID, thread: id, _pad: [0; 11] };
        let mut timer = -1i32;
        let (event_at, timer_at) = (&raw const event as usize, &raw mut timer as usize);
        // SAFETY: the kernel reads a sigevent and writes a number.
        if unsafe { syscall4(nr::TIMER_CREATE, thread_clock(id), event_at, timer_at, 0) } < 0 {
            return -1;
        }
        let period = 1_000_000_000 / hz.clamp(1, 1_000_000) as i64;
        let interval = [period / 1_000_000_000, period % 1_000_000_000];
        let spec = TimerSpec { interval, first: interval };
        // SAFETY: the kernel reads an itimerspec.
        unsafe { syscall4(nr::TIMER_SETTIME, timer as usize, 0, &raw const spec as usize, 0) };
        timer
    }

    fn stop_sampling(timer: i32) {
        if timer >= 0 {
            // SAFETY: no memory.
            unsafe { syscall4(nr::TIMER_DELETE, timer as usize, 0, 0, 0) };
        }
    }

    fn preempt_thread(id: u32) {
        // SAFETY: sends a signal that has a handler; no memory.
        unsafe {
            let pid = syscall4(nr::GETPID, 0, 0, 0, 0) as usize;
            syscall4(nr::TGKILL, pid, id as usize, SIGURG, 0);
        }
    }
}
