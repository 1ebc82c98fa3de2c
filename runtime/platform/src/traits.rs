//! The traits, one for each thing that the runtime asks for.

use crate::atomic::AtomicU32;
use abi::g::MHead;

/// The counter of a semaphore; one belongs to each M.
#[derive(Default, Debug)]
pub struct SemaWord {
    /// How many `semawakeup` are not yet taken. Platforms may keep more behind it.
    pub count: AtomicU32,
    /// Whatever the platform needs to find its own semaphore.
    pub handle: AtomicU32,
}

impl SemaWord {
    /// A semaphore that nobody has created yet.
    #[cfg(not(loom))]
    pub const fn new() -> SemaWord {
        SemaWord { count: AtomicU32::new(0), handle: AtomicU32::new(0) }
    }
}

/// The first family of waiting.
pub trait Futex {
    /// Atomically: if `*addr == val`, sleeps, at most `timeout_ns` (negative: for ever). May wake without cause.
    fn futexsleep(addr: &AtomicU32, val: u32, timeout_ns: i64);
    /// Wakes at most `n` sleepers on `addr`.
    fn futexwakeup(addr: &AtomicU32, n: u32);
}

/// The second family of waiting: a counter per M.
pub trait Sema {
    /// Whether this family is the platform's own, and the other one is not to be used.
    fn waits_by_semaphores() -> bool {
        false
    }
    /// Prepares `sema`, once, before its first use.
    fn semacreate(sema: &SemaWord);
    /// Takes one and returns 0, or -1 after `timeout_ns` (negative: never). Sleeps truly in between. Only the
    /// M that owns `sema` calls it.
    fn semasleep(sema: &SemaWord, timeout_ns: i64) -> i32;
    /// Adds one and wakes the owner if it sleeps.
    fn semawakeup(sema: &SemaWord);
}

/// Address space and memory. Sizes and addresses are multiples of the page size, 4096.
pub trait Memory {
    /// Bytes of memory that there are, where that bounds a program; the largest number elsewhere.
    fn memory_bytes() -> usize {
        usize::MAX
    }
    /// None to Reserved: address space that nothing else will use, or 0.
    fn reserve(bytes: usize) -> usize;
    /// Reserved to Prepared: the system promises the memory. False if it cannot.
    fn prepare(addr: usize, bytes: usize) -> bool;
    /// Prepared to Ready: may be read and written; zero, unless it was Ready before.
    fn ready(addr: usize, bytes: usize);
    /// Ready to Prepared: gives the frames back; contents are lost.
    fn unused(addr: usize, bytes: usize);
    /// Any state to None.
    fn release(addr: usize, bytes: usize);
}

/// Threads of the system below.
pub trait Thread {
    /// Starts a thread at [`crate::upcall::mstart`] with `mp` as its M, its stack pointer at the high end of
    /// `stack_lo..stack_hi`. A null, misaligned, too small or overlapping stack is refused. 0, or an error number.
    /// `MHead::has_thread` is not 0 from here on until the thread has left its stacks for good.
    fn newosproc(mp: *mut MHead, stack_lo: usize, stack_hi: usize) -> i32;
    /// The name of this thread for `preempt_thread`.
    fn thread_id() -> u32;
    /// Ends this thread, and after that clears `MHead::has_thread`. It is not the first one.
    fn exit_thread() -> !;
    /// Lets another thread run.
    fn osyield();
    /// The M of this thread; null if the runtime does not know the thread.
    fn current_m() -> *mut MHead;
}

/// Clocks.
pub trait Clock {
    /// Nanoseconds of a clock that never goes back.
    fn nanotime() -> i64;
    /// Seconds since 1970 and nanoseconds.
    fn walltime() -> (i64, i32);
    /// Sleeps at least `us` microseconds.
    fn usleep(us: u32);
}

/// Where `print` and fatal errors go.
pub trait Console {
    /// Writes everything, as far as the system takes it.
    fn write_err(bytes: &[u8]);

    /// Makes the file that `write_trace` writes; false if there is none.
    fn open_trace(_path: &core::ffi::CStr) -> bool {
        false
    }

    /// Writes to that file.
    fn write_trace(_bytes: &[u8]) {}
}

/// How much runs at once.
pub trait Processors {
    /// Processors that this program may use at present. At least 1.
    fn n_processors() -> u32;
    /// How many processors' time the system lets it use at present, rounded up; the largest number if there is no limit. The first thread calls it first.
    fn processor_limit() -> u32 {
        u32::MAX
    }
}

/// Randomness for seeds.
pub trait Entropy {
    /// Fills `bytes`.
    fn entropy(bytes: &mut [u8]);
}

/// Memory and arithmetic faults.
pub trait Fault {
    /// From now on faults of any thread end in [`crate::upcall::fault`], and requests in [`crate::upcall::preempt`].
    fn install_faults();
    /// This thread's handlers run on `lo..lo+bytes`.
    fn use_signal_stack(lo: usize, bytes: usize);
}

/// Interrupting a thread.
pub trait Preempt {
    /// Makes thread `id` call [`crate::upcall::preempt`] soon; nothing happens if it has ended.
    fn preempt_thread(id: u32);
}

/// Signals from outside, by their numbers on Linux.
pub trait Signal {
    /// From now on the signal ends in [`crate::upcall::signal`].
    fn enable_signal(number: u32);
    /// The signal does what it does by default.
    fn disable_signal(number: u32);
    /// The signal does nothing.
    fn ignore_signal(number: u32);
    /// Whether the signal does nothing.
    fn is_signal_ignored(number: u32) -> bool;
    /// Ends the program the way the signal does by default, or else with status 2. An interrupt handler may call it.
    fn die_of_signal(number: u32) -> !;
}

/// What happened to a descriptor.
#[derive(Clone, Copy, Debug, Default)]
pub struct PollEvent {
    /// What `poll_open` was given.
    pub key: usize,
    /// Reading will not block.
    pub can_read: bool,
    /// Writing will not block.
    pub can_write: bool,
    /// An error and nothing else (`can_read` and `can_write` are set too).
    pub is_error: bool,
}

/// Waiting for many descriptors. Readiness is reported once, when it begins.
pub trait Poll {
    /// Begins; 0, or an error number after it has written to standard error what failed.
    fn poll_init() -> i32;
    /// Watches `fd` and calls it `key`; 0, or an error number.
    fn poll_open(fd: i32, key: usize) -> i32;
    /// Stops watching `fd`.
    fn poll_close(fd: i32);
    /// Sleeps until something happens or is broken, at most `timeout_ns` (negative: for ever); how many events were stored, perhaps none. One
    /// thread at a time calls it.
    fn poll_wait(events: &mut [PollEvent], timeout_ns: i64) -> usize;
    /// Ends the sleep of the thread in `poll_wait`, or the next one if none sleeps now. An interrupt handler may call it; nothing happens before
    /// `poll_init`.
    fn poll_break();
    /// Whether `fd` is the poller's own.
    fn is_poll_descriptor(fd: i32) -> bool;
}

/// The end.
pub trait Exit {
    /// Ends the program with all its threads.
    fn exit(status: i32) -> !;
}

/// The image that runs.
pub trait Image {
    /// Bounds of its `index`th range of writable memory; the program's variables are there.
    fn writable_range(index: usize) -> Option<(usize, usize)>;
}

/// What the program was started with.
pub trait Args {
    /// Arguments, each ended by a NUL byte.
    fn args() -> &'static [*const u8];
    /// Environment, each `NAME=value` ended by a NUL byte.
    fn environ() -> &'static [*const u8];
}
