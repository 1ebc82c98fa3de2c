//! The CPU profile: each thread has a timer of its own processor time that interrupts it, and the handler notes where it is.
//!
//! The handler writes into a ring of its thread, which the goroutine that reads the profile empties. No lock: the handler alone writes `head`, the
//! reader alone `tail`. A sample that finds no room is counted as lost. The collector looks at rings, so labels in them stay alive.

use super::Words;
use crate::heap::{gc, persistent};
use crate::lang::functab;
use crate::lang::traceback::Frames;
use crate::sched::{ALL_MS, G, M};
use core::sync::atomic::{
    AtomicI64, AtomicU32, AtomicUsize,
    Ordering::{Acquire, Relaxed, Release},
};
use platform::upcall::Interrupted;

// Samples in a second; 0: none. Written by `SetCPUProfileRate`.
static RATE: AtomicU32 = AtomicU32::new(0);
// Addresses that stand for time outside goroutines: the scheduler's, and the collector's. Written with the rate.
static IN_SYSTEM: AtomicUsize = AtomicUsize::new(0);
static IN_COLLECTOR: AtomicUsize = AtomicUsize::new(0);

/// `si_code` of signals that a timer sends.
const SI_TIMER: i32 = -2;
const SIGPROF: u32 = 27;

const RING_WORDS: usize = 8192;
/// The most frames of a sample.
const MOST_FRAMES: usize = 64;

/// Samples of one thread: the length of the stack, the labels, the stack.
pub(crate) struct Ring {
    // Counted in words, without end. Written by the handler.
    head: AtomicUsize,
    // Written by the reader.
    tail: AtomicUsize,
    n_lost: AtomicUsize,
    words: [AtomicUsize; RING_WORDS],
}

/// What an M has for its samples.
pub(crate) struct Sampling {
    /// Made by the first who needs it, used by later threads of the M.
    ring: AtomicUsize,
    /// The platform's number of the timer, plus 1; 0: none; -1: somebody is at it.
    timer: AtomicI64,
}

impl Sampling {
    pub(crate) const fn new() -> Sampling {
        Sampling { ring: AtomicUsize::new(0), timer: AtomicI64::new(0) }
    }

    /// For the next thread of the same M.
    pub(crate) fn reuse(&self) -> Sampling {
        Sampling { ring: AtomicUsize::new(self.ring.load(Relaxed)), timer: AtomicI64::new(0) }
    }

    fn ring(&self) -> Option<&'static Ring> {
        // SAFETY: rings are never freed.
        unsafe { (self.ring.load(Acquire) as *const Ring).as_ref() }
    }

    /// Begins for the thread `id`, if a profile is taken.
    pub(crate) fn begin(&self, id: u32) {
        let rate = RATE.load(Relaxed);
        if rate == 0 || id == 0 || self.timer.compare_exchange(0, -1, Acquire, Relaxed).is_err() {
            return;
        }
        if self.ring.load(Relaxed) == 0 {
            self.ring.store(persistent::alloc(size_of::<Ring>(), 64) as usize, Release);
        }
        let timer = platform::start_sampling(id, rate);
        self.timer.store(timer as i64 + 1, Release);
    }

    /// Ends it.
    pub(crate) fn end(&self) {
        let timer = self.timer.load(Acquire);
        if timer > 0 && self.timer.compare_exchange(timer, 0, Acquire, Relaxed).is_ok() {
            platform::stop_sampling(timer as i32 - 1);
        }
    }
}

/// `runtime.setcpurate(hz, system, collector)`: begins or, with rate 0, ends.
pub(crate) extern "C" fn set_cpu_rate(hz: u32, system: usize, collector: usize) {
    IN_SYSTEM.store(system, Relaxed);
    IN_COLLECTOR.store(collector, Relaxed);
    RATE.store(hz, Relaxed);
    for mp in ALL_MS.iter() {
        // SAFETY: Ms are never freed.
        let (sampling, id) = unsafe { (&(*mp).sampling, (*mp).thread_id.load(Relaxed)) };
        if hz == 0 { sampling.end() } else { sampling.begin(id) }
    }
}

/// An interrupt handler: whether the signal is about a sample.
pub(crate) fn signal(context: &Interrupted) -> bool {
    if context.signal != SIGPROF || context.code != SI_TIMER {
        return false;
    }
    let mp = platform::current_m() as *const M;
    // SAFETY: the thread pointer leads to this thread's M.
    if let Some(mp) = unsafe { mp.as_ref() }
        && RATE.load(Relaxed) != 0
        && let Some(ring) = mp.sampling.ring()
    {
        sample(mp, ring, context);
    }
    true
}

fn sample(mp: &M, ring: &Ring, context: &Interrupted) {
    let mut pcs = [0; MOST_FRAMES];
    // SAFETY: the goroutine of this M is stopped in this handler.
    let gp = unsafe { (mp.head.curg as *const G).as_ref() };
    let n = match gp {
        Some(gp) => goroutine_stack(gp, context, &mut pcs),
        None => 0,
    };
    let n = if n == 0 { outside_stack(context, &mut pcs) } else { n };
    ring.push(gp.map_or(0, |gp| gp.labels), &pcs[..n]);
}

/// Time that belongs to no goroutine.
fn outside_stack(context: &Interrupted, pcs: &mut [usize; MOST_FRAMES]) -> usize {
    let place = if gc::is_marking() { &IN_COLLECTOR } else { &IN_SYSTEM };
    pcs[0] = place.load(Relaxed) + 1;
    let is_known = functab::find(context.pc).is_some();
    if is_known {
        pcs[1] = pcs[0];
        pcs[0] = context.pc + 1;
    }
    1 + is_known as usize
}

fn goroutine_stack(gp: &G, context: &Interrupted, pcs: &mut [usize; MOST_FRAMES]) -> usize {
    let mut n = 0;
    let is_on_its_stack = (gp.head.stack_lo..=gp.head.stack_hi).contains(&context.sp);
    let is_go = functab::find(context.pc).is_some_and(|func| func.is_compiled());
    let mut frames = match (is_on_its_stack, is_go) {
        (true, true) => Frames::at(gp, context),
        // A leaf of the archive, on the caller's stack: the frame pointer is the caller's.
        (true, false) => {
            let Some(frames) = Frames::above_leaf(gp, context) else { return 0 };
            if functab::find(context.pc).is_some() {
                pcs[0] = context.pc + 1;
                n = 1;
            }
            frames
        }
        // SAFETY: the stub that left the goroutine's stack has stored its context.
        (false, _) => unsafe { Frames::of(gp) },
    };
    while n < MOST_FRAMES
        && let Some(frame) = frames.next_on(gp)
    {
        pcs[n] = frame.lookup_pc + 1;
        n += 1;
    }
    n
}

impl Ring {
    /// Called by the handler of the ring's thread.
    fn push(&self, labels: usize, pcs: &[usize]) {
        let head = self.head.load(Relaxed);
        // Pairs with the Release in `read`: what is overwritten was read.
        let n_used = head - self.tail.load(Acquire);
        if n_used + pcs.len() + 2 > RING_WORDS {
            self.n_lost.fetch_add(1, Relaxed);
            return;
        }
        let words = [pcs.len(), labels].into_iter().chain(pcs.iter().copied());
        for (i, word) in words.enumerate() {
            self.words[(head + i) % RING_WORDS].store(word, Relaxed);
        }
        // Publishes the words; pairs with the Acquire in `read`.
        self.head.store(head + pcs.len() + 2, Release);
    }

    /// Moves samples to `words`, as many as fit.
    fn read(&self, words: &mut Words, room: usize) {
        let (head, mut tail) = (self.head.load(Acquire), self.tail.load(Relaxed));
        let word = |at: usize| self.words[at % RING_WORDS].load(Relaxed);
        while tail != head {
            let n = word(tail);
            if words.len + n + 2 > room {
                break;
            }
            let mut pcs = [0; MOST_FRAMES];
            pcs[..n].iter_mut().enumerate().for_each(|(i, pc)| *pc = word(tail + 2 + i));
            words.record(&[n, word(tail + 1)], &pcs[..n]);
            tail += n + 2;
        }
        self.tail.store(tail, Release);
    }
}

/// `runtime.readcpu(buf, room)`: samples that were taken since the last call, each the length of the stack, the labels and the stack, as many as fit; how
/// many words, and how many samples were lost.
pub(crate) extern "C" fn read_cpu(buf: *mut usize, room: usize) -> Pair {
    // SAFETY: the overlay passes room for that many words.
    let mut words = unsafe { Words::new(buf, room) };
    let mut n_lost = 0;
    for mp in ALL_MS.iter() {
        // SAFETY: Ms are never freed.
        if let Some(ring) = unsafe { (*mp).sampling.ring() } {
            ring.read(&mut words, room);
            n_lost += ring.n_lost.swap(0, Relaxed);
        }
    }
    Pair(words.len, n_lost)
}

/// Two words in the result registers.
#[repr(C)]
pub(crate) struct Pair(usize, usize);
