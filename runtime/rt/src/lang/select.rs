//! `select` with more than one channel.
//!
//! All channels are locked, in the order of their addresses, so that two selects cannot wait for each other. One pass
//! in random order looks for a case that is ready. If there is none, the goroutine queues in all channels; whoever
//! completes one case decides the select by a compare-and-swap on the goroutine. The second half takes it out of the
//! other queues. Spec, "Select statements".
//!
//! The arrays of the caller may be used by its goroutine again as soon as that is parked; so the goroutine parks only after
//! the last channel is unlocked, and `ready` waits for that moment.

use super::chan::{Chan, Tried};
use super::panic::go_panic;
use super::sudog::{self, Sudog};
use crate::profile::contention;
use crate::sched::timers::Placed;
use crate::sched::{G, WaitReason, bubble, current_g, current_m, park};
use abi::entry::PanicCode;
use arch::Outcome;
use core::sync::atomic::Ordering::Relaxed;

/// A case, as the compiler writes it; sends come first.
#[repr(C)]
pub struct Case {
    chan: *mut Chan,
    elem: *mut u8,
}

/// The arrays of one select.
struct Select<'a> {
    cases: &'a [Case],
    n_sends: usize,
    poll_order: &'a mut [u16],
    lock_order: &'a mut [u16],
    /// How many entries of the orders are used: cases with a nil channel are never ready.
    n_used: usize,
}

impl Select<'_> {
    /// # Safety
    /// The arrays are the compiler's, for `n_sends + n_recvs` cases.
    unsafe fn new<'a>(cases: usize, order: usize, n_sends: usize, n: usize) -> Select<'a> {
        // SAFETY: the caller's contract; `order` has 2n entries.
        unsafe {
            let order = core::slice::from_raw_parts_mut(order as *mut u16, 2 * n);
            let (poll_order, lock_order) = order.split_at_mut(n);
            let cases = core::slice::from_raw_parts(cases as *const Case, n);
            Select { cases, n_sends, poll_order, lock_order, n_used: 0 }
        }
    }

    fn make_orders(&mut self) {
        self.n_used = 0;
        for (i, case) in self.cases.iter().enumerate() {
            if case.chan.is_null() {
                continue;
            }
            // SAFETY: an M in an entry holds a P.
            let random = unsafe { (*(*current_m()).p).next_random() };
            // Fisher and Yates, inside out.
            let j = ((random as u64 * (self.n_used as u64 + 1)) >> 32) as usize;
            self.poll_order[self.n_used] = self.poll_order[j];
            self.poll_order[j] = i as u16;
            self.lock_order[self.n_used] = i as u16;
            self.n_used += 1;
        }
        let cases = self.cases;
        heap_sort(&mut self.lock_order[..self.n_used], |case| cases[case as usize].chan as usize);
    }

    /// Each channel once, in locking order.
    fn channels(&self) -> impl Iterator<Item = *mut Chan> + '_ {
        let mut last = core::ptr::null_mut();
        self.lock_order[..self.n_used].iter().filter_map(move |&case| {
            let chan = self.cases[case as usize].chan;
            let is_new = chan != last;
            last = chan;
            is_new.then_some(chan)
        })
    }

    fn check_bubbles(&self) {
        // SAFETY: channels are alive while the select refers to them.
        let check = |chan: *mut Chan| unsafe {
            (*chan).check_bubble("select on synctest channel from outside bubble");
        };
        self.channels().for_each(check);
    }

    /// Whether only the goroutines of a synctest bubble can decide it.
    fn is_bubbled(&self) -> bool {
        // SAFETY: as in `check_bubbles`.
        self.channels().all(|chan| unsafe { (*chan).is_bubbled() })
    }

    fn lock_all(&self) {
        // SAFETY: channels are alive while the select refers to them.
        self.channels().for_each(|chan| unsafe { (*chan).lock.lock() });
    }

    /// Unlocks all but `unlocked`.
    fn unlock_all_but(&self, unlocked: *mut Chan) {
        // SAFETY: as in `lock_all`.
        self.channels().filter(|&chan| chan != unlocked).for_each(|chan| unsafe { (*chan).lock.unlock() });
    }

    fn unlock_all(&self) {
        self.unlock_all_but(core::ptr::null_mut());
    }

    /// Tries one case whose channel is locked. If it is decided, all locks are released.
    fn try_case(&self, index: usize) -> Option<Outcome> {
        let case = &self.cases[index];
        // SAFETY: the channel is alive and its lock is held.
        let chan = unsafe { &mut *case.chan };
        let sends = index < self.n_sends;
        let tried = if sends { chan.try_send(case.elem) } else { chan.try_recv(case.elem) };
        if tried == Tried::MustWait {
            return None;
        }
        self.unlock_all_but(case.chan);
        if sends && tried == Tried::Closed {
            return Some(go_panic(PanicCode::SendOnClosed, 0, 0));
        }
        super::set_second_result((tried == Tried::Done && !sends) as usize);
        Some(Outcome::done(index as u64))
    }

    /// Queues the goroutine in every channel; its sudogs are linked in locking order. The first of the timers that now wait for their moment is
    /// for afterwards.
    fn enqueue(&self, gp: *mut G) -> Placed {
        let mut first = Placed::NOTHING;
        // SAFETY: the goroutine is current; all channels are locked.
        unsafe {
            let mut link: *mut *mut Sudog = &raw mut (*gp).waiting;
            for &index in &self.lock_order[..self.n_used] {
                let case = &self.cases[index as usize];
                let sudog = sudog::acquire(gp, case.elem, case.chan as usize);
                (*sudog).is_select = true;
                (*sudog).ticket = index as u32;
                *link = sudog;
                link = &raw mut (*sudog).wait_link;
                if (index as usize) < self.n_sends {
                    (*case.chan).senders.push_back(sudog);
                } else {
                    (*case.chan).receivers.push_back(sudog);
                    first = first.earlier((*case.chan).await_timer());
                }
            }
        }
        first
    }

    /// Takes the goroutine out of all queues; the case that was completed and whether a value was exchanged.
    fn dequeue(&self, gp: *mut G) -> (usize, bool) {
        let mut chosen = None;
        // SAFETY: the goroutine is current, all channels are locked, and the sudogs are its own.
        unsafe {
            let mut sudog = (*gp).waiting;
            while !sudog.is_null() {
                let next = (*sudog).wait_link;
                if sudog == (*gp).param {
                    chosen = Some(((*sudog).ticket as usize, (*sudog).success));
                } else {
                    let chan = (*sudog).object as *mut Chan;
                    let sends = ((*sudog).ticket as usize) < self.n_sends;
                    let queue = if sends { &mut (*chan).senders } else { &mut (*chan).receivers };
                    queue.remove(sudog);
                    if !sends && !(*chan).is_awaited() {
                        // It leaves the heap, so there is nothing to announce.
                        let _ = (*chan).await_timer();
                    }
                }
                sudog::release(sudog);
                sudog = next;
            }
            (*gp).waiting = core::ptr::null_mut();
            (*gp).param = core::ptr::null_mut();
        }
        match chosen {
            Some(chosen) => chosen,
            None => crate::fatal::throw("selectgo: bad wakeup"),
        }
    }
}

/// Sorts in place, without recursion: a select may have 65536 cases.
fn heap_sort(items: &mut [u16], key: impl Fn(u16) -> usize) {
    let sift = |items: &mut [u16], mut root: usize| {
        loop {
            let mut child = 2 * root + 1;
            if child >= items.len() {
                return;
            }
            if child + 1 < items.len() && key(items[child]) < key(items[child + 1]) {
                child += 1;
            }
            if key(items[root]) >= key(items[child]) {
                return;
            }
            items.swap(root, child);
            root = child;
        }
    };
    for root in (0..items.len() / 2).rev() {
        sift(items, root);
    }
    for end in (1..items.len()).rev() {
        items.swap(0, end);
        sift(&mut items[..end], 0);
    }
}

/// `runtime.selectgo(cases, order, n_sends, n_recvs, block)`: the chosen case, and whether a value was received.
pub(crate) extern "C" fn selectgo(
    cases: usize,
    order: usize,
    n_sends: usize,
    n_recvs: usize,
    block: u64,
) -> Outcome {
    let gp = current_g();
    // SAFETY: the compiler passes the arrays of this select.
    let mut select = unsafe { Select::new(cases, order, n_sends, n_sends + n_recvs) };
    select.make_orders();
    select.check_bubbles();
    select.lock_all();
    for i in 0..select.n_used {
        if let Some(outcome) = select.try_case(select.poll_order[i] as usize) {
            return outcome;
        }
    }
    if block == 0 {
        select.unlock_all();
        super::set_second_result(0);
        return Outcome::done(u64::MAX);
    }
    // SAFETY: the goroutine is current.
    unsafe {
        (*gp).scratch = [cases, order, n_sends, n_sends + n_recvs];
        (*gp).select_done.store(0, Relaxed);
    }
    let first = select.enqueue(gp);
    if select.is_bubbled() {
        // Whoever unlocks next may decide the select and count the goroutine in.
        bubble::block(gp);
    }
    select.unlock_all();
    park(WaitReason("select"));
    first.announce();
    Outcome::PARK
}

/// The second half of `selectgo`.
pub(crate) extern "C" fn selectgo_resume() -> Outcome {
    contention::waited();
    let gp = current_g();
    // SAFETY: the goroutine runs here again, and so its arrays are alive.
    let mut select = unsafe {
        let [cases, order, n_sends, n] = (*gp).scratch;
        Select::new(cases, order, n_sends, n)
    };
    select.n_used = select.cases.iter().filter(|case| !case.chan.is_null()).count();
    select.lock_all();
    let (index, success) = select.dequeue(gp);
    select.unlock_all();
    if !success && index < select.n_sends {
        return go_panic(PanicCode::SendOnClosed, 0, 0);
    }
    super::set_second_result((success && index >= select.n_sends) as usize);
    Outcome::done(index as u64)
}

#[cfg(test)]
mod tests {
    use super::heap_sort;

    #[test]
    fn sorts_by_key() {
        let keys = [5usize, 3, 9, 1, 1, 7, 0, 8];
        let mut items: Vec<u16> = (0..keys.len() as u16).collect();
        heap_sort(&mut items, |item| keys[item as usize]);
        let sorted: Vec<usize> = items.iter().map(|&item| keys[item as usize]).collect();
        assert_eq!(sorted, [0, 1, 1, 3, 5, 7, 8, 9]);
    }
}
