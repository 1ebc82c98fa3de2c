//! Stacks as data: what `runtime.Callers`, `runtime.CallersFrames` and `runtime.Stack` are made of.

use super::functab;
use super::print::Printer;
use super::traceback::{self, Frames};
use crate::profile::metrics::Why;
use crate::sched::{SCHED, current_g, current_m, gosched};
use abi::functab::FUNC_WRAPPER;
use arch::Outcome;

/// `runtime.callers(skip, buf, n)`: return addresses of the callers of the entry, the innermost first; how many.
pub(crate) extern "C" fn callers(skip: usize, buf: *mut usize, n: usize) -> usize {
    // SAFETY: the current goroutine stands in this entry; the overlay passes room for n words.
    unsafe {
        let frames = Frames::of(&*current_g()).skip(skip).take(n);
        frames.enumerate().fold(0, |_, (i, frame)| {
            // Whoever looks a pc up takes one off; a fault's pc is exact.
            *buf.add(i) = frame.lookup_pc + 1;
            i + 1
        })
    }
}

/// A call, as the overlay declares it (`rawFrame`).
#[repr(C)]
pub struct RawFrame {
    name: *const u8,
    name_len: usize,
    file: *const u8,
    file_len: usize,
    line: usize,
    /// Entry of the physical function; 0 for an inlined call.
    entry: usize,
    is_wrapper: usize,
}

/// `runtime.framesat(pc, buf, n)`: the calls at a return address, the innermost inlined one first; how many.
pub(crate) extern "C" fn framesat(pc: usize, buf: *mut RawFrame, n: usize) -> usize {
    let Some(func) = functab::find(pc.wrapping_sub(1)) else { return 0 };
    let mut count = 0;
    func.places(pc - 1, |place| {
        if count == n {
            return;
        }
        // SAFETY: the overlay passes room for n.
        unsafe {
            buf.add(count).write(RawFrame {
                name: place.name.as_ptr(),
                name_len: place.name.len(),
                file: place.file.as_ptr(),
                file_len: place.file.len(),
                line: place.line as usize,
                entry: if place.is_inlined { 0 } else { func.entry_pc() },
                is_wrapper: (place.flags & FUNC_WRAPPER != 0) as usize,
            });
        }
        count += 1;
    });
    count
}

/// `runtime.functionat(pc, buf)`: name, file, line and entry of the function that holds an address; whether there is one.
pub(crate) extern "C" fn functionat(pc: usize, buf: *mut RawFrame) -> u64 {
    let Some(func) = functab::find(pc) else { return 0 };
    func.places(func.entry_pc(), |place| {
        if !place.is_inlined {
            // SAFETY: the overlay passes room for one.
            unsafe {
                buf.write(RawFrame {
                    name: place.name.as_ptr(),
                    name_len: place.name.len(),
                    file: place.file.as_ptr(),
                    file_len: place.file.len(),
                    line: place.line as usize,
                    entry: func.entry_pc(),
                    is_wrapper: func.is_wrapper() as usize,
                });
            }
        }
    });
    1
}

/// `runtime.stacktrace(buf, n, all)`: a traceback of this or of all goroutines as text; how many bytes.
pub(crate) extern "C" fn stacktrace(buf: *mut u8, n: usize, all: u64) -> Outcome {
    let all = all & 1 != 0;
    if all && !SCHED.stop_the_world(current_m(), Why::Other) {
        // SAFETY: the current goroutine belongs to this M.
        unsafe { (*current_g()).scratch = [buf as usize, n, 1, 0] };
        return gosched();
    }
    // SAFETY: the overlay passes room for n bytes.
    let buf = unsafe { core::slice::from_raw_parts_mut(buf, n) };
    let mut printer = Printer::begin_into(buf);
    traceback::print_current(&mut printer);
    if all {
        traceback::print_others(&mut printer);
    }
    let len = printer.end_into();
    if all {
        SCHED.start_the_world(current_m());
    }
    Outcome::done(len as u64)
}

/// The second half of `stacktrace`: tries again.
pub(crate) extern "C" fn stacktrace_resume() -> Outcome {
    // SAFETY: the goroutine runs here again.
    let [buf, n, all, _] = unsafe { (*current_g()).scratch };
    stacktrace(buf as *mut u8, n, all as u64)
}
