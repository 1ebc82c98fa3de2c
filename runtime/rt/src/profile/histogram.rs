//! Distributions of times, as runtime/metrics shows them.
//!
//! Four buckets for each power of two: the first holds what is below 64 ns, the last what is at or above 2^38 ns.

use core::sync::atomic::{AtomicU64, Ordering::Relaxed};

const LOWEST_BITS: u32 = 6;
const HIGHEST_BITS: u32 = 38;
const STEPS: usize = 4;
/// How many buckets a histogram has; the overlay declares the same.
pub(crate) const N_BUCKETS: usize = (HIGHEST_BITS - LOWEST_BITS) as usize * STEPS + 2;

/// Counts of times in nanoseconds. Anybody adds.
pub(crate) struct Histogram([AtomicU64; N_BUCKETS]);

impl Histogram {
    pub(crate) const fn new() -> Histogram {
        Histogram([const { AtomicU64::new(0) }; N_BUCKETS])
    }

    pub(crate) fn add(&self, ns: i64, n: u64) {
        self.0[bucket_of(ns.max(0) as u64)].fetch_add(n, Relaxed);
    }

    pub(crate) fn counts(&self) -> [u64; N_BUCKETS] {
        core::array::from_fn(|index| self.0[index].load(Relaxed))
    }
}

fn bucket_of(ns: u64) -> usize {
    let bits = ns.checked_ilog2().unwrap_or(0);
    match bits {
        0..LOWEST_BITS => 0,
        LOWEST_BITS..HIGHEST_BITS => {
            let step = (ns >> (bits - 2)) as usize & (STEPS - 1);
            1 + (bits - LOWEST_BITS) as usize * STEPS + step
        }
        _ => N_BUCKETS - 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_in_order() {
        let cases = [(0, 0), (63, 0), (64, 1), (79, 1), (80, 2), (127, 4), (128, 5), (1 << 37, 125)];
        for (ns, bucket) in cases {
            assert_eq!(bucket_of(ns), bucket, "{ns}");
        }
        assert_eq!(bucket_of((1 << 38) - 1), N_BUCKETS - 2);
        assert_eq!(bucket_of(1 << 38), N_BUCKETS - 1);
    }
}
