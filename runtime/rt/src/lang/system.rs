//! Small answers for packages that ask the system through the runtime.

use crate::sched::{SCHED, current_m};

/// Two words in the result registers.
#[repr(C)]
pub(crate) struct Pair(usize, usize);

/// Monotonic nanoseconds.
pub(crate) extern "C" fn nanotime() -> i64 {
    platform::nanotime()
}

/// Seconds and nanoseconds since 1970.
pub(crate) extern "C" fn walltime() -> Pair {
    let (sec, nsec) = platform::walltime();
    Pair(sec as usize, nsec as usize)
}

/// A random word. Not for keys.
pub(crate) extern "C" fn rand() -> u64 {
    // SAFETY: an M in an entry holds a P, which is its own.
    unsafe {
        let pp = &mut *(*current_m()).p;
        (pp.next_random() as u64) << 32 | pp.next_random() as u64
    }
}

/// GOMAXPROCS.
pub(crate) extern "C" fn gomaxprocs() -> u64 {
    SCHED.n_p() as u64
}

/// Number of processors.
pub(crate) extern "C" fn ncpu() -> u64 {
    platform::n_processors() as u64
}

/// Argument `index` as a C string, or null behind the last.
pub(crate) extern "C" fn arg(index: usize) -> *const u8 {
    platform::args().get(index).copied().unwrap_or(core::ptr::null())
}

/// Environment entry `index` as a C string, or null behind the last.
pub(crate) extern "C" fn env(index: usize) -> *const u8 {
    platform::environ().get(index).copied().unwrap_or(core::ptr::null())
}

/// Writes to standard error.
pub(crate) extern "C" fn write_err(data: *const u8, len: usize) {
    if len > 0 {
        // SAFETY: the caller passes a slice.
        platform::write_err(unsafe { core::slice::from_raw_parts(data, len) });
    }
}

/// `procPin`: keeps the goroutine on its P; the P's index.
pub(crate) extern "C" fn proc_pin() -> u64 {
    // SAFETY: an M in an entry holds a P; both are its own.
    unsafe {
        (*current_m()).pins += 1;
        (*(*current_m()).p).id as u64
    }
}

/// Ends `proc_pin`.
pub(crate) extern "C" fn proc_unpin() {
    // SAFETY: the M is this thread's own.
    unsafe { (*current_m()).pins -= 1 };
}

/// `internal/sync.fatal` and its like: the program is wrong beyond recovery.
pub(crate) extern "C" fn fatal(data: *const u8, len: usize) {
    // SAFETY: the caller passes a string; the program ends, so it lives long enough.
    let message = unsafe { core::slice::from_raw_parts(data, len) };
    crate::fatal::fatal_bytes(message)
}
