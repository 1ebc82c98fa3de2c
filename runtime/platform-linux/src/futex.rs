//! futex(2), private to the process.

use crate::Linux;
use crate::clock::Timespec;
use crate::syscall::{nr, syscall6};
use platform::atomic::AtomicU32;

const FUTEX_WAIT_PRIVATE: usize = 128;
const FUTEX_WAKE_PRIVATE: usize = 129;

impl platform::Futex for Linux {
    fn futexsleep(addr: &AtomicU32, val: u32, timeout_ns: i64) {
        let timeout = Timespec::from_ns(timeout_ns.max(0));
        let timeout_ptr = if timeout_ns < 0 { core::ptr::null() } else { &raw const timeout };
        // SAFETY: the kernel reads the word and the timespec, both alive during the call. All errors
        // (EINTR, EAGAIN, ETIMEDOUT) are wake-ups without cause, which the contract allows.
        unsafe {
            syscall6(
                nr::FUTEX,
                [addr.as_ptr() as usize, FUTEX_WAIT_PRIVATE, val as usize, timeout_ptr as usize, 0, 0],
            );
        }
    }

    fn futexwakeup(addr: &AtomicU32, n: u32) {
        // SAFETY: the kernel uses only the address.
        unsafe {
            syscall6(nr::FUTEX, [addr.as_ptr() as usize, FUTEX_WAKE_PRIVATE, n as usize, 0, 0, 0]);
        }
    }
}
