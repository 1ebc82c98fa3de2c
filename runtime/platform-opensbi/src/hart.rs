//! A hart and what the scheduler keeps of it.

use crate::thread::Thread;
use crate::{boot, memory, report, sbi, sched, trap};
use core::cell::UnsafeCell;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Most harts that the kernel uses; further ones stay stopped.
pub const MAX_HARTS: usize = 32;
/// Bytes of the stack on which a hart serves traps; the runtime's handlers run there too.
const STACK_BYTES: usize = 32 << 10;
/// Bytes above it, in which `rigo_trap` leaves the frame of the interrupted thread for debuggers.
const TOP_BYTES: usize = 16;

/// One processor.
#[repr(C)]
pub struct Hart {
    // Written during boot only; `boot` reads the first two in assembly.
    /// The high end of its own stack; above it are `TOP_BYTES`.
    pub sp: usize,
    /// Its number in the firmware's calls.
    pub id: usize,
    pub index: usize,
    // The scheduler's lock must be held for what follows.
    /// The thread it runs; null while it looks for one.
    pub current: *mut Thread,
    /// The threads that wait for it: first and last, linked by `next`.
    pub first: *mut Thread,
    pub last: *mut Thread,
    pub n_ready: usize,
    /// The sleeping threads with a deadline, the earliest first, linked by `timer_next`.
    pub timers: *mut Thread,
    /// When the running thread's time is over.
    pub slice_end: u64,
    /// What the timer is set to; 0 if it is not known.
    pub armed: u64,
}

/// All harts; entry 0 is the one that booted. `boot` looks for others here, in assembly.
pub struct Harts(UnsafeCell<[Hart; MAX_HARTS]>);

// SAFETY: each field says under which lock it is used.
unsafe impl Sync for Harts {}

pub static HARTS: Harts = Harts(UnsafeCell::new(
    [const {
        Hart {
            sp: 0,
            id: 0,
            index: 0,
            current: null_mut(),
            first: null_mut(),
            last: null_mut(),
            n_ready: 0,
            timers: null_mut(),
            slice_end: 0,
            armed: 0,
        }
    }; MAX_HARTS],
));

static N_HARTS: AtomicUsize = AtomicUsize::new(1);

/// How many harts run.
pub fn n_harts() -> usize {
    N_HARTS.load(Relaxed)
}

/// The hart with that index.
pub fn at(index: usize) -> *mut Hart {
    // SAFETY: only makes an address; `index` is below `MAX_HARTS`.
    unsafe { (HARTS.0.get() as *mut Hart).add(index) }
}

/// Gives each hart its stack; the boot hart comes first.
///
/// # Safety
/// One hart runs; memory is mapped.
pub unsafe fn prepare(boot_id: usize, ids: impl Iterator<Item = usize>) -> usize {
    let mut n = 0;
    for id in core::iter::once(boot_id).chain(ids.filter(|&id| id != boot_id)).take(MAX_HARTS) {
        let Some(stack) = memory::map_with_guard(STACK_BYTES) else { break };
        // SAFETY: nobody else knows the hart yet.
        unsafe {
            let hart = at(n);
            (*hart).id = id;
            (*hart).index = n;
            (*hart).sp = stack + STACK_BYTES - TOP_BYTES;
        }
        n += 1;
    }
    n
}

/// Starts the harts 1 to `n`, whichever come. Those that do not are left out.
///
/// # Safety
/// Called once, by the boot hart, when everything is ready for them.
pub unsafe fn start_others(n: usize) {
    let mut n_started = 1;
    for index in 1..n {
        // SAFETY: a hart that was not started is nobody's.
        unsafe {
            let hart = at(n_started);
            if n_started != index {
                (*hart).id = (*at(index)).id;
                (*hart).sp = (*at(index)).sp;
            }
            if let Err(error) = sbi::start_hart((*hart).id, boot::other_entry(), hart as usize) {
                report::note(&["hart ", report::decimal((*hart).id as u64).as_str(), " does not start"]);
                let _ = error;
                continue;
            }
        }
        n_started += 1;
    }
    N_HARTS.store(n_started, Relaxed);
}

/// The first Rust of every hart but the first.
pub extern "C" fn start(hart: *mut Hart) -> ! {
    trap::install();
    sched::look_for_work(hart)
}
