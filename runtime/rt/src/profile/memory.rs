//! Sampling allocations: about one in `MemProfileRate` bytes.
//!
//! Compiled code takes blocks out of a P's slots without asking, so what is counted is the bytes of a slot when it is filled, and the sample is the
//! allocation that filled it. The distance between two samples is random, with the rate as its mean; package runtime/pprof scales by that. A
//! rate below `EXACT_BELOW` counts every allocation: then a slot is filled with one block.
//!
//! A program that reads no memory profile has no variable `runtime.MemProfileRate`, and nothing is sampled.

use super::{Stack, buckets};
use crate::heap::cache::HeapCache;
use crate::heap::specials;
use crate::sched::{current_g, current_m};
use core::sync::atomic::{AtomicI64, Ordering::Relaxed};

unsafe extern "C" {
    /// The overlay's variable; the reference is weak.
    #[link_name = "runtime.MemProfileRate"]
    static MEM_PROFILE_RATE: AtomicI64;
}

#[cfg(not(test))]
core::arch::global_asm!(".weak runtime.MemProfileRate");
#[cfg(test)]
#[unsafe(export_name = "runtime.MemProfileRate")]
static TEST_RATE: AtomicI64 = AtomicI64::new(0);

const EXACT_BELOW: i64 = 16 << 10;

/// When a P samples next.
pub(crate) struct Sampler {
    /// The rate that `left` was made for; 0: none.
    rate: i64,
    /// Bytes until the next sample; below 0 one is due.
    left: i64,
}

fn rate() -> i64 {
    // The compiler believes that no object lies at 0; it must not see where this address comes from.
    let addr = core::hint::black_box(&raw const MEM_PROFILE_RATE as usize);
    // SAFETY: if the address is not 0 the program's variable is there.
    unsafe { (addr as *const AtomicI64).as_ref() }.map_or(0, |rate| rate.load(Relaxed).max(0))
}

impl Sampler {
    pub(crate) const fn new() -> Sampler {
        Sampler { rate: 0, left: 0 }
    }

    /// A slot with `n` blocks of `block_bytes` was filled; whether it should hold one block only.
    pub(crate) fn filled(&mut self, n: u32, block_bytes: usize) -> bool {
        let rate = self.sync();
        let is_exact = rate != 0 && rate < EXACT_BELOW;
        if rate != 0 {
            self.left -= if is_exact { block_bytes as i64 } else { n as i64 * block_bytes as i64 };
        }
        is_exact
    }

    /// An object of its own span was allocated.
    pub(crate) fn took_large(&mut self, bytes: usize) {
        if self.sync() != 0 {
            self.left -= bytes as i64;
        }
    }

    fn sync(&mut self) -> i64 {
        let rate = rate();
        if rate != self.rate {
            self.rate = rate;
            self.left = if rate == 0 { 0 } else { self.next_distance() };
        }
        rate
    }

    /// Whether the present allocation is to be counted.
    #[inline]
    pub(crate) fn is_due(&self) -> bool {
        self.left < 0
    }

    /// A random distance, exponentially distributed around the rate.
    fn next_distance(&self) -> i64 {
        if self.rate <= 1 {
            return 0;
        }
        // SAFETY: an M in an entry or in the scheduler has a P.
        let random = unsafe { (*(*current_m()).p).next_random() };
        (-ln((random as f64 + 1.0) / (u32::MAX as f64 + 1.0)) * self.rate as f64) as i64
    }
}

/// The natural logarithm of a positive number.
fn ln(x: f64) -> f64 {
    let bits = x.to_bits();
    let exponent = (bits >> 52) as i64 - 1023;
    let mantissa = f64::from_bits(bits & ((1 << 52) - 1) | 1023 << 52);
    // With t = (m-1)/(m+1), ln m is 2(t + t^3/3 + t^5/5 + ...); t is at most 1/3.
    let t = (mantissa - 1.0) / (mantissa + 1.0);
    let t2 = t * t;
    let series = t * (1.0 + t2 * (1.0 / 3.0 + t2 * (0.2 + t2 * (1.0 / 7.0 + t2 / 9.0))));
    exponent as f64 * core::f64::consts::LN_2 + 2.0 * series
}

/// Counts the object at `addr`, which was just allocated.
#[cold]
pub(crate) fn sample(heap: &mut HeapCache, addr: usize, bytes: usize) {
    heap.sampler.left = heap.sampler.next_distance();
    // What the runtime allocates on nobody's behalf is not counted.
    if current_g().is_null() {
        return;
    }
    specials::attach_sample(addr, || buckets::count_allocation(bytes, Stack::of_current().pcs()));
}

#[cfg(test)]
mod tests {
    use super::ln;

    #[test]
    fn logarithms() {
        for x in [1e-9, 0.001, 0.25, 0.7, 1.0, 1.999, 3.5, 1e6] {
            assert!((ln(x) - f64::ln(x)).abs() < 1e-5, "{x}");
        }
    }
}
