//! The status of a goroutine, and how it passes from the M that parks it to the one that makes it ready.
//!
//! A goroutine that parks is published first: whoever finds it may want to make it ready before its M has set its status. That one waits for these few
//! instructions, so a goroutine is never run by two Ms.

use platform::atomic::{
    AtomicU32,
    Ordering::{Acquire, Release},
};

/// What a goroutine does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Status {
    /// Just made.
    Idle = 0,
    /// In a run queue.
    Runnable = 1,
    /// On an M with a P.
    Running = 2,
    /// In a system call; its M may have lost its P.
    Syscall = 3,
    /// Parked: in no run queue; whoever it waits for knows it.
    Waiting = 4,
    /// Ended; on a free list.
    Dead = 6,
}

/// A status. Written by whoever owns the goroutine in its present one; read by anybody.
#[repr(transparent)]
#[derive(Debug)]
pub struct StatusWord(AtomicU32);

impl StatusWord {
    /// A status.
    #[cfg(not(loom))]
    pub const fn new(status: Status) -> StatusWord {
        StatusWord(AtomicU32::new(status as u32))
    }

    /// A status.
    #[cfg(loom)]
    pub fn new(status: Status) -> StatusWord {
        StatusWord(AtomicU32::new(status as u32))
    }

    /// The present status.
    pub fn get(&self) -> Status {
        match self.0.load(Acquire) {
            0 => Status::Idle,
            1 => Status::Runnable,
            2 => Status::Running,
            3 => Status::Syscall,
            4 => Status::Waiting,
            _ => Status::Dead,
        }
    }

    /// Publishes what the former owner wrote; pairs with the Acquire in `get`.
    pub fn set(&self, status: Status) {
        self.0.store(status as u32, Release);
    }

    /// Makes a goroutine runnable that was taken out of where it waited. Its M may still be about to park it.
    pub fn make_runnable(&self) {
        loop {
            match self.get() {
                Status::Waiting => return self.set(Status::Runnable),
                // The model must let the other thread run.
                Status::Running if cfg!(loom) => platform::osyield(),
                Status::Running => core::hint::spin_loop(),
                _ => crate::fatal::throw("bad g status in ready"),
            }
        }
    }
}
