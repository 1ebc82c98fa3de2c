//! The run queue of one P: a ring of `N` slots, one owner who puts, anybody who takes.
//!
//! `tail` is written by the owner alone; `head` moves forward by compare-and-swap of whoever takes. A taker reads the
//! slots first and then moves `head`: if the owner has meanwhile reused them, `head` has moved and the swap
//! fails. Both count without bound and wrap together.
//!
//! Invariant: every item put is taken exactly once; `tail - head` is at most `N`.

use platform::atomic::{
    AtomicU32, AtomicUsize,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
};

/// The queue. Items are addresses, never 0.
pub struct RunQueue<const N: usize> {
    head: AtomicU32,
    tail: AtomicU32,
    slots: [AtomicUsize; N],
}

/// What overflowed: the older half of a full queue.
pub struct Batch<const N: usize> {
    items: [usize; N],
    len: usize,
}

impl<const N: usize> Batch<N> {
    /// The items, oldest first.
    pub fn items(&self) -> &[usize] {
        &self.items[..self.len]
    }
}

impl<const N: usize> RunQueue<N> {
    /// An empty queue.
    #[cfg(not(loom))]
    pub const fn new() -> Self {
        RunQueue {
            head: AtomicU32::new(0),
            tail: AtomicU32::new(0),
            slots: [const { AtomicUsize::new(0) }; N],
        }
    }

    /// An empty queue.
    #[cfg(loom)]
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        RunQueue {
            head: AtomicU32::new(0),
            tail: AtomicU32::new(0),
            slots: std::array::from_fn(|_| AtomicUsize::new(0)),
        }
    }

    /// Whether nothing is queued, at some moment of the call.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many items are queued, at some moment of the call.
    pub fn len(&self) -> usize {
        loop {
            let head = self.head.load(Acquire);
            let tail = self.tail.load(Acquire);
            if head == self.head.load(Relaxed) {
                return tail.wrapping_sub(head) as usize;
            }
        }
    }

    /// Puts `item` at the end. When the queue is full, takes its older half out and returns it with
    /// `item` behind it. Only the owner calls this.
    pub fn put(&self, item: usize) -> Result<(), Batch<N>> {
        loop {
            // Pairs with the swaps of takers: their reads of the slots come before our reuse.
            let head = self.head.load(Acquire);
            let tail = self.tail.load(Relaxed);
            let len = tail.wrapping_sub(head) as usize;
            if len < N {
                self.slots[tail as usize % N].store(item, Relaxed);
                // Publishes the slot; pairs with the Acquire loads of takers.
                self.tail.store(tail.wrapping_add(1), Release);
                return Ok(());
            }
            let mut batch = Batch { items: [0; N], len: N / 2 + 1 };
            self.copy_out(head, &mut batch.items[..N / 2]);
            if self.advance(head, N / 2) {
                batch.items[N / 2] = item;
                return Err(batch);
            }
        }
    }

    /// Takes the oldest item.
    pub fn take(&self) -> Option<usize> {
        loop {
            let head = self.head.load(Acquire);
            let tail = self.tail.load(Acquire);
            if tail == head {
                return None;
            }
            let item = self.slots[head as usize % N].load(Relaxed);
            if self.advance(head, 1) {
                return Some(item);
            }
        }
    }

    /// Moves half of `victim`'s items here and returns one of them. Only the owner of `self` calls this, and only
    /// when `self` is empty.
    pub fn steal(&self, victim: &RunQueue<N>) -> Option<usize> {
        let tail = self.tail.load(Relaxed);
        loop {
            let victim_head = victim.head.load(Acquire);
            let victim_tail = victim.tail.load(Acquire);
            let len = victim_tail.wrapping_sub(victim_head) as usize;
            let n = len - len / 2;
            if n == 0 {
                return None;
            }
            // The two loads are not one step: an impossible length says that `head` has moved in between.
            if n > N / 2 {
                continue;
            }
            for i in 0..n {
                let item = victim.slots[(victim_head as usize + i) % N].load(Relaxed);
                self.slots[(tail as usize + i) % N].store(item, Relaxed);
            }
            if victim.advance(victim_head, n) {
                let last = self.slots[(tail as usize + n - 1) % N].load(Relaxed);
                // Publishes the slots; pairs with the Acquire loads of takers.
                self.tail.store(tail.wrapping_add(n as u32 - 1), Release);
                return Some(last);
            }
        }
    }

    fn copy_out(&self, head: u32, items: &mut [usize]) {
        for (i, item) in items.iter_mut().enumerate() {
            *item = self.slots[(head as usize + i) % N].load(Relaxed);
        }
    }

    fn advance(&self, head: u32, n: usize) -> bool {
        // Release: our reads of the slots come before the owner's reuse (Acquire in `put`).
        self.head.compare_exchange(head, head.wrapping_add(n as u32), AcqRel, Relaxed).is_ok()
    }
}

#[cfg(not(loom))]
impl<const N: usize> Default for RunQueue<N> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicU64;

    #[test]
    fn full_queue_gives_older_half() {
        let queue = RunQueue::<4>::new();
        (1..=4).for_each(|item| assert!(queue.put(item).is_ok()));
        let batch = queue.put(5).expect_err("the queue is full");
        assert_eq!(batch.items(), [1, 2, 5]);
        assert_eq!([queue.take(), queue.take(), queue.take()], [Some(3), Some(4), None]);
    }

    #[test]
    fn every_item_is_taken_once() {
        const ITEMS: u64 = if cfg!(miri) { 200 } else { 100_000 };
        let owner = RunQueue::<8>::new();
        let thief = RunQueue::<8>::new();
        let sum = AtomicU64::new(0);
        let count = AtomicU64::new(0);
        let take = |item: usize| {
            sum.fetch_add(item as u64, Relaxed);
            count.fetch_add(1, Relaxed);
        };
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for item in 1..=ITEMS {
                    if let Err(batch) = owner.put(item as usize) {
                        batch.items().iter().for_each(|&item| take(item));
                    }
                    if item % 3 == 0 {
                        owner.take().into_iter().for_each(take);
                    }
                }
                while let Some(item) = owner.take() {
                    take(item);
                }
            });
            scope.spawn(|| {
                while count.load(Relaxed) < ITEMS {
                    owner.take().into_iter().for_each(take);
                    if let Some(item) = thief.steal(&owner) {
                        take(item);
                        while let Some(item) = thief.take() {
                            take(item);
                        }
                    }
                    std::thread::yield_now();
                }
            });
        });
        assert_eq!(sum.into_inner(), ITEMS * (ITEMS + 1) / 2);
    }
}
