//! Small answers for packages that ask the system through the runtime.

use crate::sched::{ALL_GS, G, SCHED, Status, current_g, current_m};

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

/// A random number below `n`.
pub(crate) extern "C" fn randn(n: u32) -> u64 {
    ((rand() >> 32) * n as u64) >> 32
}

/// Number of goroutines that have not ended.
pub(crate) extern "C" fn numgoroutine() -> u64 {
    // SAFETY: Gs are never freed.
    let alive =
        |gp: &*mut G| unsafe { !matches!((**gp).status(), Status::Dead | Status::Idle) && !(**gp).is_system };
    ALL_GS.iter().filter(alive).count() as u64
}

/// The number of the current goroutine.
pub(crate) extern "C" fn goid() -> u64 {
    // SAFETY: the current goroutine belongs to this M.
    unsafe { (*current_g()).id }
}

/// `internal/sync.runtime_canSpin(i)`: waiting for a mutex a little is worth it on several processors, when nothing else is to run.
pub(crate) extern "C" fn can_spin(round: i64) -> u64 {
    // SAFETY: an M in an entry holds a P, which is its own.
    let is_empty = unsafe { (*(*current_m()).p).is_empty() };
    (round < 4 && SCHED.n_p() > 1 && is_empty) as u64
}

/// `internal/sync.runtime_doSpin()`.
pub(crate) extern "C" fn do_spin() {
    (0..30).for_each(|_| arch::spin_hint());
}

/// Bytes of a page, as `syscall.Getpagesize` says.
pub(crate) extern "C" fn pagesize() -> u64 {
    4096
}

/// `reflect.verifyNotInHeapPtr(p)`: whether an address lies outside the heap.
pub(crate) extern "C" fn not_in_heap(addr: usize) -> u64 {
    crate::heap::pages::PAGES.span_of(addr).is_null() as u64
}

/// `reflect.maplen(m)`: the first word of a map is its length.
pub(crate) extern "C" fn maplen(map: *const u64) -> u64 {
    // SAFETY: a map value is nil or points to a map.
    unsafe { map.as_ref() }.map_or(0, |len| *len)
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
