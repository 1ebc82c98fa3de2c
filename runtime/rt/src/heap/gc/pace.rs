//! When to collect: the goal that the heap may grow to, and the point before it where marking begins.
//!
//! GOGC percent of what lived at the last collection may be allocated before the next one ends; GOMEMLIMIT lowers the goal when the program's
//! memory would come near it. Marking begins as far before the goal as the last marking took allocations, but in the last third of the way.
//! An allocation while marking pays with marking (`assist_work`): what is left to scan over what is left to allocate.

use crate::heap::pages::PAGES;
use crate::heap::persistent;
use crate::heap::size_class::PAGE_BYTES;
use crate::sched::environment;
use core::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering::Relaxed};

/// The goal is never lower, at GOGC=100.
const SMALLEST_GOAL_BYTES: usize = 4 << 20;
/// Assists are paid per so many bytes.
const RATIO_UNIT: usize = 1024;

// Whether the heap has reached its trigger. Written by allocating Ms and the collector.
static NEEDED: AtomicBool = AtomicBool::new(false);
// Bytes marked by the last collection and given to Ps since.
static ALLOCATED: AtomicUsize = AtomicUsize::new(0);
// Bytes that the last collection has marked.
static LIVE: AtomicUsize = AtomicUsize::new(0);
static GOAL: AtomicUsize = AtomicUsize::new(SMALLEST_GOAL_BYTES);
static TRIGGER: AtomicUsize = AtomicUsize::new(SMALLEST_GOAL_BYTES);
// Percent that the heap may grow; negative: never collect.
static GOGC: AtomicI64 = AtomicI64::new(100);
// Bytes that the program should not exceed.
static LIMIT: AtomicI64 = AtomicI64::new(i64::MAX);
// Bytes given to Ps during the last marking, with a margin.
static RUNWAY: AtomicUsize = AtomicUsize::new(0);
// `ALLOCATED` when marking began, and when that was.
static AT_BEGIN: AtomicUsize = AtomicUsize::new(0);
static MARK_BEGAN: AtomicI64 = AtomicI64::new(0);
// Bytes of spans that held no objects when marking began last and everything was swept.
static WASTE: AtomicUsize = AtomicUsize::new(0);
// Bytes to scan per `RATIO_UNIT` bytes allocated.
static ASSIST_RATIO: AtomicUsize = AtomicUsize::new(0);
// The goal of the last collection, and the bytes of the heap at its end.
static FORMER_GOAL: AtomicUsize = AtomicUsize::new(0);
static AT_END: AtomicUsize = AtomicUsize::new(0);

/// Reads GOGC and GOMEMLIMIT.
pub(super) fn init() {
    match environment(b"GOGC") {
        Some(b"off") => GOGC.store(-1, Relaxed),
        Some(value) => GOGC.store(super::number(value).unwrap_or(100), Relaxed),
        None => {}
    }
    if let Some(value) = environment(b"GOMEMLIMIT")
        && value != b"off"
        && !value.is_empty()
    {
        match bytes_of(value) {
            Some(bytes) => LIMIT.store(bytes, Relaxed),
            None => {
                platform::write_err(b"GOMEMLIMIT=");
                platform::write_err(value);
                platform::write_err(b"\n");
                crate::fatal::fatal_error("malformed GOMEMLIMIT; see `go doc runtime/debug.SetMemoryLimit`");
            }
        }
    }
    set_goal();
}

/// A size with one of the suffixes B, KiB, MiB, GiB, TiB, or none. Package runtime, "Environment Variables".
fn bytes_of(text: &[u8]) -> Option<i64> {
    const UNITS: [(&[u8], u32); 5] = [(b"KiB", 10), (b"MiB", 20), (b"GiB", 30), (b"TiB", 40), (b"B", 0)];
    let (digits, shift) = UNITS
        .iter()
        .find_map(|&(suffix, shift)| Some((text.strip_suffix(suffix)?, shift)))
        .unwrap_or((text, 0));
    let n = super::number(digits)?;
    n.checked_mul(1 << shift)
}

/// Whether the next allocation should begin a collection.
#[inline]
pub(super) fn is_needed() -> bool {
    NEEDED.load(Relaxed)
}

/// Whether the program never wants a collection.
pub(super) fn is_off() -> bool {
    GOGC.load(Relaxed) < 0 && LIMIT.load(Relaxed) == i64::MAX
}

pub(super) fn count(bytes: usize) {
    if ALLOCATED.fetch_add(bytes, Relaxed) + bytes >= TRIGGER.load(Relaxed) && !super::is_marking() {
        NEEDED.store(true, Relaxed);
    }
}

/// When the marking that runs began.
pub(super) fn mark_began() -> i64 {
    MARK_BEGAN.load(Relaxed)
}

/// Marking begins; the world is stopped.
pub(super) fn begin_marking() {
    NEEDED.store(false, Relaxed);
    MARK_BEGAN.store(platform::nanotime(), Relaxed);
    let allocated = ALLOCATED.load(Relaxed);
    WASTE.store((PAGES.counts().in_use * PAGE_BYTES).saturating_sub(allocated), Relaxed);
    AT_BEGIN.store(allocated, Relaxed);
    // At worst everything that was allocated lives.
    let room = GOAL.load(Relaxed).saturating_sub(allocated).max(allocated / 20).max(64 << 10);
    let to_scan = LIVE.load(Relaxed).max(allocated / 2);
    let ratio = (to_scan as u128 * RATIO_UNIT as u128 / room as u128).min(usize::MAX as u128) as usize;
    ASSIST_RATIO.store(ratio.min(64 * RATIO_UNIT), Relaxed);
    for pp in crate::sched::SCHED.all_p() {
        // SAFETY: the world is stopped.
        unsafe { (*pp).mark_ns = 0 };
    }
}

/// Marking has ended; the world is stopped.
pub(super) fn end_marking(marked: usize) {
    let during = ALLOCATED.load(Relaxed) - AT_BEGIN.load(Relaxed);
    RUNWAY.store(during + during / 4, Relaxed);
    FORMER_GOAL.store(GOAL.load(Relaxed), Relaxed);
    AT_END.store(ALLOCATED.load(Relaxed), Relaxed);
    // What was allocated meanwhile is black.
    let live = marked + during;
    LIVE.store(live, Relaxed);
    ALLOCATED.store(live, Relaxed);
    set_goal();
}

/// Bytes to scan for `bytes` bytes allocated.
pub(super) fn assist_work(bytes: usize) -> usize {
    bytes.saturating_mul(ASSIST_RATIO.load(Relaxed)) / RATIO_UNIT
}

fn set_goal() {
    let live = LIVE.load(Relaxed);
    let goal = match usize::try_from(GOGC.load(Relaxed)) {
        Err(_) => usize::MAX,
        Ok(percent) => {
            let smallest = SMALLEST_GOAL_BYTES.saturating_mul(percent) / 100;
            live.saturating_add((live / 100).saturating_mul(percent)).max(smallest).max(64 << 10)
        }
    };
    let goal = goal.min(limit_goal(live));
    GOAL.store(goal, Relaxed);
    let way = goal.saturating_sub(live);
    let begin = way.saturating_sub(RUNWAY.load(Relaxed));
    let (first, last) = (way / 10 * 7, way / 100 * 95);
    TRIGGER.store(live.saturating_add(begin.clamp(first, last)), Relaxed);
    if ALLOCATED.load(Relaxed) >= TRIGGER.load(Relaxed) && !super::is_marking() {
        NEEDED.store(true, Relaxed);
    }
}

/// The goal that GOMEMLIMIT allows. Never so low that the program does nothing but collect.
fn limit_goal(live: usize) -> usize {
    let Some(limit) = usize::try_from(LIMIT.load(Relaxed)).ok().filter(|&limit| limit < 1 << 60) else {
        return usize::MAX;
    };
    let other = persistent::mapped_bytes() + crate::sched::stack_pool_bytes();
    let margin = (limit / 100 * 3).max(1 << 20);
    limit.saturating_sub(other + WASTE.load(Relaxed) + margin).max(live + live / 20).max(1 << 20)
}

/// Bytes of pages that are kept from the system.
pub(super) fn retained_bytes() -> usize {
    let goal = GOAL.load(Relaxed).min(LIVE.load(Relaxed).saturating_mul(4).max(SMALLEST_GOAL_BYTES));
    let in_use = PAGES.counts().in_use * PAGE_BYTES;
    // As gc: a tenth more than the goal is expected to need.
    let wanted = goal.max(in_use) / 10 * 11;
    usize::try_from(LIMIT.load(Relaxed)).map_or(wanted, |limit| wanted.min(limit / 100 * 95))
}

/// Bytes that live or were allocated since the last collection.
pub(super) fn heap_bytes() -> usize {
    ALLOCATED.load(Relaxed)
}

/// What `heap_bytes` was when the last collection ended, and its goal.
pub(super) fn at_last_end() -> (usize, usize) {
    (AT_END.load(Relaxed), FORMER_GOAL.load(Relaxed))
}

/// Bytes that the last collection has found alive.
pub(crate) fn live_bytes() -> usize {
    LIVE.load(Relaxed)
}

/// GOMEMLIMIT.
pub(crate) fn memory_limit() -> i64 {
    LIMIT.load(Relaxed)
}

/// What the heap may grow to.
pub(super) fn goal_bytes() -> usize {
    GOAL.load(Relaxed)
}

/// GOGC; negative: off.
pub(super) fn percent() -> i64 {
    GOGC.load(Relaxed)
}

/// `runtime.setgcpercent(percent)`: the former one.
pub(crate) extern "C" fn setgcpercent(percent: i64) -> i64 {
    let former = GOGC.swap(percent.max(-1), Relaxed);
    set_goal();
    former
}

/// `runtime.setmemorylimit(bytes)`: the former one; a negative number changes nothing.
pub(crate) extern "C" fn setmemorylimit(bytes: i64) -> i64 {
    let former = LIMIT.load(Relaxed);
    if bytes >= 0 {
        LIMIT.store(bytes, Relaxed);
        set_goal();
    }
    former
}

/// `runtime.releasememory()`: gives all free memory back to the system.
pub(crate) extern "C" fn releasememory() {
    while PAGES.release_some(0, 64 << 20) > 0 {}
}

#[cfg(test)]
mod tests {
    use super::bytes_of;

    #[test]
    fn sizes_as_gomemlimit_has_them() {
        assert_eq!(bytes_of(b"512"), Some(512));
        assert_eq!(bytes_of(b"10B"), Some(10));
        assert_eq!(bytes_of(b"3KiB"), Some(3 << 10));
        assert_eq!(bytes_of(b"2GiB"), Some(2 << 30));
        assert_eq!(bytes_of(b"1.5GiB"), None);
        assert_eq!(bytes_of(b"9223372036854775807KiB"), None);
    }
}
