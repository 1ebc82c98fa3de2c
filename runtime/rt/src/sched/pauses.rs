//! Pauses where two Ms might get into each other's way, so that tests see what otherwise happens once in a million times.
//!
//! Only the checked archive has them, and only with `RIGO_PAUSE=n`: at every n-th place that an M comes to, it sleeps for some microseconds.

/// Such a place.
#[inline]
pub(crate) fn pause() {
    #[cfg(feature = "checked")]
    checked::pause();
}

#[cfg(feature = "checked")]
mod checked {
    use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

    // `RIGO_PAUSE` plus 1; 0 before it was read.
    static EVERY: AtomicU32 = AtomicU32::new(0);
    static N: AtomicU32 = AtomicU32::new(0);

    #[cold]
    pub(super) fn pause() {
        let every = match EVERY.load(Relaxed) {
            0 => {
                let n = crate::sched::environment(b"RIGO_PAUSE").and_then(crate::heap::gc::number);
                let n = n.unwrap_or(0).clamp(0, 1 << 20) as u32;
                EVERY.store(n + 1, Relaxed);
                n
            }
            n => n - 1,
        };
        if every > 0 {
            let n = N.fetch_add(1, Relaxed);
            if n.is_multiple_of(every) {
                platform::usleep(1 + n.wrapping_mul(2654435769) % 64);
            }
        }
    }
}
