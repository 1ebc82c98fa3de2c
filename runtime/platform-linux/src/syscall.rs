//! System calls, raw.

pub use crate::processor::{nr, syscall6};

/// It is not allowed.
pub const EPERM: isize = 1;
/// A signal came first.
pub const EINTR: isize = 4;
/// The kernel does not know the call.
pub const ENOSYS: isize = 38;

/// As [`syscall6`], with up to four arguments.
///
/// # Safety
/// As [`syscall6`].
pub unsafe fn syscall4(number: usize, a: usize, b: usize, c: usize, d: usize) -> isize {
    // SAFETY: the caller's contract.
    unsafe { syscall6(number, [a, b, c, d, 0, 0]) }
}
