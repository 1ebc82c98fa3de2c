//! The kernel's lock: spinning, interrupts off.
//!
//! It is not fair: under an emulator a hart can stand still for milliseconds, and a lock that must be handed to that very hart next makes all others wait for it.

use crate::csr;
use core::cell::UnsafeCell;
use core::mem::ManuallyDrop;
use core::ops::{Deref, DerefMut};
use core::sync::atomic::{
    AtomicBool,
    Ordering::{Acquire, Relaxed, Release},
};

/// Mutual exclusion between harts. While it is held interrupts are off, so no trap handler of this hart can want it.
pub struct SpinLock<T> {
    is_locked: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: the value is reached only by the holder.
unsafe impl<T> Sync for SpinLock<T> {}

impl<T> SpinLock<T> {
    /// An unlocked lock.
    pub const fn new(value: T) -> SpinLock<T> {
        SpinLock { is_locked: AtomicBool::new(false), value: UnsafeCell::new(value) }
    }

    fn try_lock(&self) -> bool {
        // Pairs with the Release in `release`.
        !self.is_locked.load(Relaxed) && !self.is_locked.swap(true, Acquire)
    }

    /// Takes the lock, interrupts off.
    pub fn lock(&self) -> Guard<'_, T> {
        let were_on = csr::interrupts_off();
        while !self.try_lock() {
            core::hint::spin_loop();
        }
        Guard { lock: self, were_on }
    }

    /// Takes the lock from a hart that may never give it back, after a while. For the last words of a machine.
    pub fn lock_by_force(&self) -> Guard<'_, T> {
        let were_on = csr::interrupts_off();
        let mut patience = 10_000_000u32;
        while !self.try_lock() && patience > 0 {
            patience -= 1;
            core::hint::spin_loop();
        }
        Guard { lock: self, were_on }
    }

    /// The value, for the holder who has forgotten its guard.
    ///
    /// # Safety
    /// This hart holds the lock.
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn held(&self) -> &mut T {
        // SAFETY: the caller's contract.
        unsafe { &mut *self.value.get() }
    }

    /// Gives the lock back for a guard that was forgotten. Interrupts stay off.
    ///
    /// # Safety
    /// This hart holds the lock.
    pub unsafe fn release(&self) {
        self.is_locked.store(false, Release);
    }
}

/// The lock held.
pub struct Guard<'a, T> {
    lock: &'a SpinLock<T>,
    were_on: bool,
}

impl<T> Guard<'_, T> {
    /// Gives the lock back, interrupts still off.
    pub fn unlock_only(self) {
        // SAFETY: this guard is the holder, and is not dropped.
        unsafe { ManuallyDrop::new(self).lock.release() };
    }

    /// Keeps the lock beyond this guard.
    pub fn keep(self) {
        let _ = ManuallyDrop::new(self);
    }
}

impl<T> Deref for Guard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: the lock is held.
        unsafe { &*self.lock.value.get() }
    }
}

impl<T> DerefMut for Guard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the lock is held.
        unsafe { &mut *self.lock.value.get() }
    }
}

impl<T> Drop for Guard<'_, T> {
    fn drop(&mut self) {
        // SAFETY: this guard is the holder.
        unsafe { self.lock.release() };
        if self.were_on {
            csr::interrupts_on();
        }
    }
}

/// A value written once during boot, by one hart, before any other reads it.
pub struct Once<T>(UnsafeCell<Option<T>>);

// SAFETY: written before the second hart starts and before the first thread runs; read only after.
unsafe impl<T> Sync for Once<T> {}

impl<T> Once<T> {
    /// Not written yet.
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Once<T> {
        Once(UnsafeCell::new(None))
    }

    /// Writes it.
    ///
    /// # Safety
    /// One hart runs, and nobody holds a reference from `get`.
    pub unsafe fn set(&self, value: T) {
        // SAFETY: the caller's contract.
        unsafe { *self.0.get() = Some(value) };
    }

    /// The value, if it was written.
    pub fn get(&self) -> Option<&T> {
        // SAFETY: not written any more once there is a second reader.
        unsafe { (*self.0.get()).as_ref() }
    }
}
