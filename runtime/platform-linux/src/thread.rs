//! Threads by clone(2), without libc.
//!
//! The child starts on the high end of its own stack with nothing on it but what it needs: its M, which is also
//! its thread pointer.

use crate::Linux;
use crate::syscall::{nr, syscall4, syscall6};
use abi::g::MHead;
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

// VM, FS, FILES, SIGHAND, THREAD, SYSVSEM, CHILD_CLEARTID (the kernel clears a word when the thread has ended), and what the
// processor adds.
const CLONE_FLAGS: usize =
    0x100 | 0x200 | 0x400 | 0x800 | 0x10000 | 0x40000 | 0x200000 | crate::processor::CLONE_FLAGS;

const EINVAL: i32 = 22;
const MIN_STACK_BYTES: usize = 16 << 10;

unsafe extern "C" {
    // In the assembly of each processor.
    fn rigo_clone(flags: usize, stack_hi: usize, mp: *mut MHead, cleared: *const AtomicU32) -> isize;
}

// The trait is called with an M of the caller, which the new thread owns from then on; null is refused.
#[allow(clippy::not_unsafe_ptr_arg_deref)]
impl platform::Thread for Linux {
    fn newosproc(mp: *mut MHead, stack_lo: usize, stack_hi: usize) -> i32 {
        let here = &raw const mp as usize;
        let overlaps_ours = stack_lo <= here && here < stack_hi;
        if mp.is_null()
            || stack_lo == 0
            || !stack_hi.is_multiple_of(16)
            || stack_hi < stack_lo.saturating_add(MIN_STACK_BYTES)
            || overlaps_ours
        {
            return EINVAL;
        }
        // SAFETY: the stack was checked; `mp` and the stack belong to the new thread from here on.
        let result = unsafe {
            (*mp).has_thread.store(1, Relaxed);
            rigo_clone(CLONE_FLAGS, stack_hi, mp, &raw const (*mp).has_thread)
        };
        if result < 0 { -result as i32 } else { 0 }
    }

    fn exit_thread() -> ! {
        loop {
            // SAFETY: ends this thread, which leaves nothing behind but what its M owns.
            unsafe { syscall4(nr::EXIT, 0, 0, 0, 0) };
        }
    }

    fn system_call(number: usize, args: [usize; 6]) -> isize {
        // SAFETY: the program answers for what its system call does.
        unsafe { syscall6(number, args) }
    }

    fn thread_id() -> u32 {
        // SAFETY: no arguments, no memory.
        unsafe { syscall4(nr::GETTID, 0, 0, 0, 0) as u32 }
    }

    fn osyield() {
        // SAFETY: no arguments, no memory.
        unsafe { syscall4(nr::SCHED_YIELD, 0, 0, 0, 0) };
    }

    fn current_m() -> *mut MHead {
        arch::thread_pointer()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use platform::Thread;

    // What `rt` defines; no test gets there.
    #[unsafe(export_name = "rigo_mstart")]
    extern "C" fn mstart(_mp: *mut MHead) -> ! {
        unreachable!()
    }
    #[unsafe(export_name = "rigo_fault")]
    extern "C" fn fault(_context: &mut platform::upcall::Interrupted) {}
    #[unsafe(export_name = "rigo_preempt")]
    extern "C" fn preempt(_context: &mut platform::upcall::Interrupted) {}
    #[unsafe(export_name = "rigo_signal")]
    extern "C" fn signal(_context: &mut platform::upcall::Interrupted) {}
    #[unsafe(export_name = "rigo_function_name")]
    fn function_name(_pc: usize) -> Option<&'static str> {
        None
    }

    #[test]
    fn bad_stacks_are_refused() {
        let mut head = MHead::new();
        let mp = &raw mut head;
        let good = vec![0u8; 4 * MIN_STACK_BYTES];
        let lo = good.as_ptr() as usize;
        let hi = (lo + good.len()) & !15;
        let here = &raw const head as usize;
        let cases = [
            (core::ptr::null_mut(), lo, hi, "no M"),
            (mp, 0, hi, "no stack"),
            (mp, lo, lo, "empty stack"),
            (mp, lo, hi - 8, "misaligned"),
            (mp, hi, lo & !15, "upside down"),
            (mp, hi - 4096, hi, "too small"),
            (mp, here - 2 * MIN_STACK_BYTES, (here + 2 * MIN_STACK_BYTES) & !15, "our own stack"),
        ];
        for (mp, lo, hi, what) in cases {
            assert_eq!(Linux::newosproc(mp, lo, hi), EINVAL, "{what}");
        }
    }
}
