//! Goroutines over threads: G, M and P.
//!
//! A G is a goroutine, an M a thread, a P the right to run goroutines together with what such a thread needs for itself
//! (run queue, caches). There are GOMAXPROCS Ps. An M with a P looks for work in its P's queue, the global
//! queue, and the queues of others; an M that finds none gives its P back and sleeps.
//!
//! The idea that keeps processors busy without waking everybody: at least one M spins (looks for work with
//! nothing to do) while there are idle Ps and runnable goroutines. Whoever makes a goroutine ready starts a
//! spinning M if there is none; the last spinning M that finds work starts the next; one that finds none
//! stops spinning *first* and looks again *afterwards*. The submitter does it in the other order (submit, then look for
//! spinners), with a full fence on each side, so one of the two sees the other.
//!
//! A goroutine's context is stored in its G whenever Rust runs, so parking is nothing but changing its status
//! and forgetting it (`park`). Begin with `schedule`.

pub mod runq;
pub mod status;
pub mod until;

// Under loom only the parts that a model checks are compiled.
#[cfg(not(loom))]
pub(crate) mod coro;
#[cfg(not(loom))]
mod g;
#[cfg(not(loom))]
mod list;
#[cfg(not(loom))]
pub(crate) mod lock;
#[cfg(not(loom))]
mod m;
#[cfg(not(loom))]
mod monitor;
#[cfg(not(loom))]
pub(crate) mod netpoll;
#[cfg(not(loom))]
mod p;
#[cfg(not(loom))]
mod park;
#[cfg(not(loom))]
mod pauses;
#[cfg(not(loom))]
pub(crate) mod procs;
#[cfg(not(loom))]
mod run;
#[cfg(not(loom))]
mod schedtrace;
#[cfg(not(loom))]
mod schedule;
#[cfg(not(loom))]
pub(crate) mod signals;
#[cfg(not(loom))]
mod stack;
#[cfg(not(loom))]
mod start;
#[cfg(not(loom))]
mod stop;
#[cfg(not(loom))]
pub(crate) mod syscall;
#[cfg(not(loom))]
pub(crate) mod time_timers;
#[cfg(not(loom))]
pub(crate) mod timers;
#[cfg(not(loom))]
pub(crate) mod trace;

#[cfg(not(loom))]
pub use {g::G, list::GQueue, m::M, p::P, schedule::SCHED, start::start, status::Status};
#[cfg(not(loom))]
pub(crate) use {
    g::{ALL_GS, WaitReason, is_without_goroutines, newproc},
    m::setmaxthreads,
    park::{current_g, current_m, gosched, nothing_left, park, park_forever, ready, ready_last, yield_now},
    stack::{
        clear_unused, drop_segments_to, free_left_segments, is_inner, setmaxstack, stack_pool_bytes,
        stack_ranges,
    },
    start::environment,
    stop::{done_or_yield, is_stopping, yielded},
};
