//! How much a dying program tells, and how it ends: GOTRACEBACK and `debug.SetTraceback`.

use super::fault::signal_name;
use super::print::Printer;
use super::traceback;
use crate::sched::{M, environment};
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use platform::upcall::Interrupted;

/// Ends with SIGABRT, so that the system may write a core file.
const CRASH: u32 = 1;
/// Shows all goroutines, not only the one that failed.
const ALL: u32 = 2;
/// Above these: 0 shows no goroutine, 1 the program's functions, 2 also the runtime's.
const LEVEL_SHIFT: u32 = 2;
const SIGABRT: u32 = 6;
const SIGBUS: u32 = 7;
const SIGSEGV: u32 = 11;

static SETTING: AtomicU32 = AtomicU32::new(1 << LEVEL_SHIFT);
// What the environment asks for; never less. Written by `init`.
static FROM_ENVIRONMENT: AtomicU32 = AtomicU32::new(0);

/// Reads GOTRACEBACK.
pub(crate) fn init() {
    let setting = parse(environment(b"GOTRACEBACK").unwrap_or(b""));
    FROM_ENVIRONMENT.store(setting, Relaxed);
    SETTING.store(setting, Relaxed);
}

/// `runtime.settraceback(level string)`.
pub(crate) extern "C" fn settraceback(data: *const u8, len: usize) {
    // SAFETY: the caller passes a string.
    let level = if len == 0 { &[] } else { unsafe { core::slice::from_raw_parts(data, len) } };
    SETTING.store(parse(level) | FROM_ENVIRONMENT.load(Relaxed), Relaxed);
}

/// Package runtime, "Environment Variables".
fn parse(level: &[u8]) -> u32 {
    match level {
        b"none" => 0,
        b"single" | b"" => 1 << LEVEL_SHIFT,
        b"all" => 1 << LEVEL_SHIFT | ALL,
        b"system" => 2 << LEVEL_SHIFT | ALL,
        b"crash" => 2 << LEVEL_SHIFT | ALL | CRASH,
        digits if digits.iter().all(u8::is_ascii_digit) && digits.len() < 9 => {
            digits.iter().fold(0, |n, digit| n * 10 + (digit - b'0') as u32) << LEVEL_SHIFT | ALL
        }
        _ => ALL,
    }
}

/// Whether goroutines are shown.
pub(crate) fn shows_goroutines() -> bool {
    SETTING.load(Relaxed) >> LEVEL_SHIFT > 0
}

/// Whether functions of the runtime are shown.
pub(crate) fn shows_runtime() -> bool {
    SETTING.load(Relaxed) >> LEVEL_SHIFT > 1
}

// The number of the bubble whose deadlock was found last.
static BUBBLE: AtomicU64 = AtomicU64::new(0);

/// The goroutines of a bubble explain the panic that follows.
pub(crate) fn show_bubble(id: u64) {
    BUBBLE.store(id, Relaxed);
}

/// Whether the other goroutines of a bubble, 0 for none, are shown when one fails.
pub(crate) fn shows_others(id: u64) -> bool {
    SETTING.load(Relaxed) & ALL != 0 || (id != 0 && id == BUBBLE.load(Relaxed))
}

/// Ends the program after its report.
pub(crate) fn end() -> ! {
    crate::sched::trace::finish();
    if SETTING.load(Relaxed) & CRASH != 0 {
        platform::die_of_signal(SIGABRT);
    }
    platform::exit(2)
}

/// An interrupt handler: reports a signal and where all goroutines are, and ends the program. Takes no lock, because this M may hold any.
pub(crate) fn die_of_signal(context: &Interrupted) -> ! {
    let mut printer = Printer::begin_broken();
    let p = &mut printer;
    match signal_name(context.signal) {
        Some(name) => p.string(name.as_bytes()).string(b"\n"),
        None => p.string(b"Signal ").uint(context.signal as u64).string(b"\n"),
    };
    let mp = platform::current_m() as *mut M;
    // SAFETY: the thread pointer leads to this thread's M.
    let id = unsafe { mp.as_ref() }.map_or(0, |mp| mp.id);
    p.string(b"PC=").hex(context.pc as u64).string(b" m=").uint(id as u64);
    p.string(b" sigcode=").int(context.code as i64);
    if matches!(context.signal, SIGBUS | SIGSEGV) {
        p.string(b" addr=").hex(context.addr as u64);
    }
    p.string(b"\n");
    // Whatever GOTRACEBACK says, as gc.
    p.string(b"\n");
    traceback::print_interrupted(p, context);
    traceback::print_others(p);
    p.string(b"\n");
    for &(name, index) in arch::REGISTERS {
        p.string(name.as_bytes()).string(&b"       "[name.len().min(6)..]);
        p.hex(context.registers[index] as u64).string(b"\n");
    }
    printer.end_broken();
    end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels() {
        assert_eq!(parse(b"none"), 0);
        assert_eq!(parse(b"0"), ALL);
        assert_eq!(parse(b"2"), parse(b"system"));
        assert_eq!(parse(b"crash"), parse(b"system") | CRASH);
        assert_eq!(parse(b"what"), ALL);
        assert_eq!(parse(b""), parse(b"single"));
    }
}
