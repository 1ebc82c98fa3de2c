//! The switch between stacks, in the assembly of each processor.
//!
//! Compiled Go runs on a goroutine's stack with the current G in a fixed register; Rust runs on the
//! system stack of the M. Everything that crosses between the two stands here: the stubs behind the
//! runtime's entries ([`entry!`]), the start and end of a goroutine, the loop that resumes the goroutine
//! which the scheduler chose, `gopanic`, and the leaf functions that work on the caller's stack.
//!
//! The idea: a stub stores everything that the goroutine needs to go on (stack pointer, resume address,
//! callee-saved registers) in its G *before* Rust runs. So an entry parks by publishing the G and returning
//! [`Outcome::PARK`]; another M may resume the G before this one has left the entry, and nothing is lost.
//!
//! Invariants: no Rust runs on a goroutine's stack; the system stack is empty whenever compiled Go
//! runs, so every stub begins at its high end.
#![cfg_attr(not(test), no_std)]

#[cfg(target_arch = "x86_64")]
mod amd64;
#[cfg(target_arch = "x86_64")]
pub use amd64::*;
#[cfg(target_arch = "riscv64")]
mod riscv64;
#[cfg(target_arch = "riscv64")]
pub use riscv64::*;

/// Turns the barriers of compiled code on or off. The world is stopped.
pub fn set_write_barrier(on: bool) {
    unsafe extern "C" {
        #[link_name = "runtime.writeBarrier"]
        static WRITE_BARRIER: core::sync::atomic::AtomicU32;
    }
    // SAFETY: the symbol is defined by `write_barrier!` and has eight bytes.
    unsafe { WRITE_BARRIER.store(on as u32, core::sync::atomic::Ordering::Relaxed) };
}

/// What an entry that may park tells its stub, in the two result registers of the C convention.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    code: u64,
    value: u64,
}

impl Outcome {
    /// The goroutine was published to whoever will make it ready; this M must not touch it again.
    pub const PARK: Outcome = Outcome { code: 1, value: 0 };

    /// Returns to compiled code with `value` as the (first) result.
    pub const fn done(value: u64) -> Outcome {
        Outcome { code: 0, value }
    }

    /// Calls `runtime.panicentry(code, x, y)` on the goroutine's stack. The caller has put `x` and `y` in
    /// the G (`GHead::result1`, `GHead::result2`).
    pub const fn panic(code: u64) -> Outcome {
        Outcome { code: 2, value: code }
    }

    /// Whether the goroutine parked.
    pub fn is_park(self) -> bool {
        self.code == 1
    }

    /// The result word, when the entry is done.
    pub fn value(self) -> Option<u64> {
        (self.code == 0).then_some(self.value)
    }

    /// The panic code, when the entry panics.
    pub fn panic_code(self) -> Option<u64> {
        (self.code == 2).then_some(self.value)
    }
}
