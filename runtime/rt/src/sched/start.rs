//! From the first thread to the main goroutine.

use super::{M, P, SCHED, Status, g, monitor, procs, schedtrace, signals, trace};

unsafe extern "C" {
    #[link_name = "runtime.main"]
    static RUNTIME_MAIN: u8;
}

/// A func value of a plain function: one word.
#[repr(transparent)]
struct FuncValue(*const u8);

// SAFETY: never written.
unsafe impl Sync for FuncValue {}

static MAIN_FUNC: FuncValue = FuncValue(&raw const RUNTIME_MAIN);

/// Runs the program on this thread, whose M is `mp`. The platform is ready and the thread pointer leads to `mp`.
///
/// # Safety
/// Called once; `mp` lives for ever and its `system_sp` lies on the stack of this thread, below all frames that are
/// needed again.
pub unsafe fn start(mp: *mut M) -> ! {
    // Before any lock is used: the platform's own family of waiting, or the other one for tests.
    if platform::waits_by_semaphores() || environment(b"RIGO_WAIT") == Some(b"semaphores") {
        crate::sync::use_semaphores();
    }
    // SAFETY: `mp` is this thread's M.
    unsafe { platform::semacreate(&(*mp).waiter.sema) };
    crate::heap::gc::init();
    let n_p = procs::init();
    let mut first = core::ptr::null_mut();
    for id in (0..n_p).rev() {
        let pp = P::make(id);
        first = pp;
        if id != 0 {
            SCHED.add_p(pp);
        }
    }
    SCHED.add_running_p(first);
    SCHED.acquire_p(mp, first);
    // SAFETY: `mp` is this thread's M.
    unsafe { super::m::init_thread(mp) };
    crate::lang::report::init();
    platform::install_faults();
    signals::init();
    schedtrace::init();
    trace::init();
    #[cfg(feature = "checked")]
    crate::sync::breaking::on_request(super::m::new_system_m);
    monitor::start();
    let gp = g::create_main(first, &raw const MAIN_FUNC as usize);
    // SAFETY: the goroutine is new and `first` belongs to this M.
    unsafe {
        (*gp).set_status(Status::Runnable);
        (*mp).is_first = true;
        (*mp).next_g = gp;
        super::lock::tie_main(mp, gp);
        arch::enter_scheduler(&raw mut (*mp).head)
    }
}

/// The value of an environment variable, without its NUL byte.
pub(crate) fn environment(name: &[u8]) -> Option<&'static [u8]> {
    platform::environ().iter().find_map(|&entry| {
        // SAFETY: the platform gives NUL-terminated strings that live for ever.
        let entry = unsafe { core::ffi::CStr::from_ptr(entry.cast()) }.to_bytes();
        entry.strip_prefix(name)?.strip_prefix(b"=")
    })
}
