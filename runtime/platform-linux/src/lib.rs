//! The platform of a Linux process without libc: every answer is a system call.
//!
//! Numbers and structs are those of the Linux system-call interface (man 2). The futex family is this
//! platform's own; the semaphore family is made of it (`sema`).
#![cfg_attr(not(test), no_std)]

#[cfg(target_arch = "x86_64")]
#[path = "amd64.rs"]
mod processor;
#[cfg(target_arch = "riscv64")]
#[path = "riscv64.rs"]
mod processor;

#[cfg(target_arch = "x86_64")]
#[path = "compiled_amd64.rs"]
mod compiled;
#[cfg(target_arch = "riscv64")]
#[path = "compiled_riscv64.rs"]
mod compiled;

mod cgroup;
mod clock;
mod futex;
mod image;
mod memory;
mod poll;
mod process;
mod sema;
mod signal;
pub mod syscall;
mod thread;
mod vdso;

pub use process::set_initial_stack;
pub use processor::set_thread_pointer;

/// Linux.
pub struct Linux;
