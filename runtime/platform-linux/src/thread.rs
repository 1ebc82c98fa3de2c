//! Threads by clone(2), without libc.
//!
//! The child starts on the high end of its own stack with nothing on it but what it needs: its M, which is also
//! its thread pointer.

use crate::Linux;
use crate::syscall::{nr, syscall4};
use abi::g::MHead;

const ARCH_SET_FS: usize = 0x1002;

// VM, FS, FILES, SIGHAND, THREAD, SYSVSEM, SETTLS.
const CLONE_FLAGS: usize = 0x100 | 0x200 | 0x400 | 0x800 | 0x10000 | 0x40000 | 0x80000;

const EINVAL: i32 = 22;
const MIN_STACK_BYTES: usize = 16 << 10;

/// Makes `mp` the M that this thread's thread pointer leads to.
///
/// # Safety
/// `mp` lives as long as the thread and its first word is its own address.
pub unsafe fn set_thread_pointer(mp: *mut MHead) {
    // SAFETY: sets fs of this thread only.
    unsafe { syscall4(nr::ARCH_PRCTL, ARCH_SET_FS, mp as usize, 0, 0) };
}

unsafe extern "C" {
    fn rigo_clone(flags: usize, stack_hi: usize, mp: *mut MHead) -> isize;
}

// fn rigo_clone(flags: rdi, stack_hi: rsi, mp: rdx) -> thread id or negated error
#[cfg(target_arch = "x86_64")]
core::arch::global_asm!(
    ".pushsection .text.rigo_clone,\"ax\",@progbits",
    ".globl rigo_clone",
    ".type rigo_clone,@function",
    "rigo_clone:",
    ".cfi_startproc",
    "mov r9, r12",    // the parent's r12 comes back from here; the kernel keeps r9
    "mov r12, rdx",   // the child gets all registers but rax and rsp
    "mov r8, rdx",    // its thread pointer
    "xor edx, edx",   // no address for the parent
    "xor r10d, r10d", // nor for the child
    "mov eax, 56",    // clone
    "syscall",
    "test rax, rax",
    "je 2f",
    "mov r12, r9",
    "ret",
    ".cfi_undefined rip",
    "2: xor ebp, ebp", // child: the chain of frames ends here
    "mov rdi, r12",
    "call rigo_mstart",
    "ud2",
    ".cfi_endproc",
    ".size rigo_clone, . - rigo_clone",
    ".popsection",
);

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
        let result = unsafe { rigo_clone(CLONE_FLAGS, stack_hi, mp) };
        if result < 0 { -result as i32 } else { 0 }
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
    extern "C" fn signal(_number: u32) {}

    #[test]
    fn bad_stacks_are_refused() {
        let mut head = MHead { this: 0, system_sp: 0, curg: 0, reserved: 0 };
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
