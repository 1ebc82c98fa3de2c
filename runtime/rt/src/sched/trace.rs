//! A trace of the schedule, for Perfetto or Chrome: `RIGO_TRACE=FILE`.
//!
//! The file is in the Trace Event Format (JSON): process 1 has a lane for each P, process 2 one for each M; a slice is the time for which a
//! goroutine ran there. In a system call a goroutine leaves the P's lane and has a slice of its own on the M's.
//!
//! Events of all Ms go through one buffer under one lock: a trace is for looking at, not for measuring single nanoseconds.

use super::{G, M, environment};
use crate::lang::functab;
use crate::sync::{Mutex, rank::Rank};
use core::cell::UnsafeCell;
use core::fmt::Write;
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// `M::traced_p` of an M whose goroutine has no slice on a P's lane.
pub(super) const NO_P: u32 = u32::MAX;

const P_LANES: u32 = 1;
const M_LANES: u32 = 2;
const BUFFER_BYTES: usize = 32 << 10;
/// No event is longer.
const LONGEST_EVENT: usize = 512;

// Whether a trace is written. Written by `init` and under the lock by `finish`.
static IS_ON: AtomicBool = AtomicBool::new(false);

struct Trace {
    lock: Mutex,
    // `lock` must be held for this.
    buffer: UnsafeCell<Buffer>,
}

// SAFETY: `buffer` is used under `lock` only.
unsafe impl Sync for Trace {}

static TRACE: Trace = Trace {
    lock: Mutex::new(Rank::Trace),
    buffer: UnsafeCell::new(Buffer { bytes: [0; BUFFER_BYTES], len: 0 }),
};

struct Buffer {
    bytes: [u8; BUFFER_BYTES],
    len: usize,
}

impl Buffer {
    fn flush(&mut self) {
        platform::write_trace(&self.bytes[..self.len]);
        self.len = 0;
    }
}

impl Write for Buffer {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        // Nothing that fits no more is cut: `event` makes room before.
        let room = self.bytes.get_mut(self.len..self.len + text.len()).ok_or(core::fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.len += text.len();
        Ok(())
    }
}

/// Begins the trace if the environment asks for one.
pub(super) fn init() {
    let Some(path) = environment(b"RIGO_TRACE").filter(|path| !path.is_empty()) else { return };
    // SAFETY: values of the environment end with a NUL byte.
    let path = unsafe { core::ffi::CStr::from_ptr(path.as_ptr().cast()) };
    if !platform::open_trace(path) {
        platform::write_err(b"runtime: cannot write the file that RIGO_TRACE names\n");
        return;
    }
    IS_ON.store(true, Relaxed);
    let name = |pid: u32, name: &str| {
        event(format_args!(r#"{{"name":"process_name","ph":"M","pid":{pid},"args":{{"name":"{name}"}}}}"#));
    };
    TRACE.lock.lock();
    // SAFETY: the lock is held.
    let begun = unsafe { (*TRACE.buffer.get()).write_str("{\"traceEvents\":[\n") };
    TRACE.lock.unlock();
    debug_assert!(begun.is_ok());
    name(P_LANES, "processors (P)");
    name(M_LANES, "threads (M)");
}

/// Writes the rest. Called before the program ends.
pub(crate) fn finish() {
    if !is_on() {
        return;
    }
    // Whoever dies in the middle of an event holds the lock itself.
    if !(0..1000).any(|_| {
        TRACE.lock.try_lock() || {
            platform::osyield();
            false
        }
    }) {
        return;
    }
    if IS_ON.swap(false, Relaxed) {
        // SAFETY: the lock is held.
        unsafe {
            (*TRACE.buffer.get()).flush();
        }
        platform::write_trace(b"{}]}\n");
    }
    TRACE.lock.unlock();
}

fn is_on() -> bool {
    IS_ON.load(Relaxed)
}

fn event(text: core::fmt::Arguments) {
    TRACE.lock.lock();
    if is_on() {
        // SAFETY: the lock is held.
        let buffer = unsafe { &mut *TRACE.buffer.get() };
        if buffer.len + LONGEST_EVENT > BUFFER_BYTES {
            buffer.flush();
        }
        let begin = buffer.len;
        if buffer.write_fmt(text).and_then(|()| buffer.write_str(",\n")).is_err() {
            buffer.len = begin;
        }
    }
    TRACE.lock.unlock();
}

fn slice(phase: char, lanes: u32, lane: u32, name: core::fmt::Arguments) {
    let ns = platform::nanotime();
    let (us, rest) = (ns / 1000, ns % 1000);
    event(format_args!(
        r#"{{"ph":"{phase}","pid":{lanes},"tid":{lane},"ts":{us}.{rest:03},"name":"{name}"}}"#
    ));
}

/// A goroutine's name: its number and the function that it was started with.
struct Name<'a>(&'a G);

impl core::fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter) -> core::fmt::Result {
        write!(f, "G{} ", self.0.id)?;
        // SAFETY: a goroutine that runs was started with a func value, whose first word is code.
        let code = unsafe { (self.0.head.start as *const usize).as_ref() };
        let name = code.and_then(|&code| functab::find(code)).map_or(&b""[..], |func| func.name());
        for &byte in name.iter().take(LONGEST_EVENT / 4) {
            // What JSON would take for its own, and what is no ASCII, is of no interest here.
            let is_plain = (b' '..=b'~').contains(&byte) && byte != b'"' && byte != b'\\';
            f.write_char(if is_plain { byte as char } else { '?' })?;
        }
        Ok(())
    }
}

/// `mp` begins to run `gp` with its P.
pub(super) fn begin(mp: &mut M, gp: &G) {
    if !is_on() {
        return;
    }
    mp.is_traced = true;
    slice('B', M_LANES, mp.id, format_args!("{}", Name(gp)));
    begin_p(mp, gp);
}

/// `mp` has left its goroutine.
pub(super) fn end(mp: &mut M) {
    if core::mem::replace(&mut mp.is_traced, false) {
        end_p(mp);
        slice('E', M_LANES, mp.id, format_args!(""));
    }
}

/// `mp` begins a system call and may lose its P.
pub(super) fn begin_syscall(mp: &mut M) {
    if mp.is_traced {
        end_p(mp);
        slice('B', M_LANES, mp.id, format_args!("system call"));
    }
}

/// `mp` ends a system call, with a P or without.
pub(super) fn end_syscall(mp: &mut M, gp: &G) {
    if mp.is_traced {
        slice('E', M_LANES, mp.id, format_args!(""));
        begin_p(mp, gp);
    }
}

fn begin_p(mp: &mut M, gp: &G) {
    // SAFETY: the M is this thread's own, and so is its P, if it has one.
    if let Some(p) = unsafe { mp.p.as_ref() } {
        mp.traced_p = p.id;
        slice('B', P_LANES, p.id, format_args!("{}", Name(gp)));
    }
}

fn end_p(mp: &mut M) {
    let lane = core::mem::replace(&mut mp.traced_p, NO_P);
    if lane != NO_P {
        slice('E', P_LANES, lane, format_args!(""));
    }
}
