//! The platform on loom.
//!
//! Each model makes its own table with [`reset`], because loom's objects belong to one execution.

use abi::g::MHead;
use loom::sync::{Condvar, Mutex};
use platform::SemaWord;
use platform::atomic::{AtomicU32, Ordering};
use std::cell::{Cell, RefCell};
use std::sync::Arc;

/// The model.
pub struct Model;

platform::bind!(Model);

/// One lock for every futex word of the model; sleepers wake on any change and look again, which the contract allows.
struct Table {
    lock: Mutex<u32>,
    changed: Condvar,
}

// loom runs all threads of a model on one thread of the system, and tests run beside each other.
std::thread_local! {
    static TABLE: RefCell<Option<Arc<Table>>> = const { RefCell::new(None) };
}

loom::thread_local! {
    static CURRENT_M: Cell<*mut MHead> = Cell::new(std::ptr::null_mut());
}

/// Begins an execution. The first call of every model.
pub fn reset() {
    let table = Table { lock: Mutex::new(0), changed: Condvar::new() };
    TABLE.with(|current| *current.borrow_mut() = Some(Arc::new(table)));
}

/// Makes `mp` the M of this thread.
pub fn set_current_m(mp: *mut MHead) {
    CURRENT_M.with(|current| current.set(mp));
}

fn table() -> Arc<Table> {
    TABLE.with(|current| current.borrow().clone()).expect("platform_model::reset begins every model")
}

/// Whether wake-ups are lost: the bug that models of sleeping must find.
pub static LOSES_WAKEUPS: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

fn loses_wakeups() -> bool {
    LOSES_WAKEUPS.load(std::sync::atomic::Ordering::Relaxed)
}

impl platform::Futex for Model {
    fn futexsleep(addr: &AtomicU32, val: u32, timeout_ns: i64) {
        if timeout_ns >= 0 {
            // The time is over whenever the model likes: here at once; the other choice is a wake-up.
            loom::thread::yield_now();
            return;
        }
        let table = table();
        let guard = table.lock.lock().unwrap();
        if addr.load(Ordering::Relaxed) != val {
            return;
        }
        drop(table.changed.wait(guard).unwrap());
    }

    fn futexwakeup(_addr: &AtomicU32, _n: u32) {
        let table = table();
        let guard = table.lock.lock().unwrap();
        if !loses_wakeups() {
            table.changed.notify_all();
        }
        drop(guard);
    }
}

impl platform::Sema for Model {
    fn semacreate(_sema: &SemaWord) {}

    fn semasleep(sema: &SemaWord, timeout_ns: i64) -> i32 {
        let table = table();
        let mut guard = table.lock.lock().unwrap();
        loop {
            let count = sema.count.load(Ordering::Acquire);
            if count > 0 {
                sema.count.store(count - 1, Ordering::Relaxed);
                return 0;
            }
            if timeout_ns >= 0 {
                return -1;
            }
            guard = table.changed.wait(guard).unwrap();
        }
    }

    fn semawakeup(sema: &SemaWord) {
        let table = table();
        let guard = table.lock.lock().unwrap();
        sema.count.store(sema.count.load(Ordering::Relaxed) + 1, Ordering::Release);
        if !loses_wakeups() {
            table.changed.notify_all();
        }
        drop(guard);
    }
}

impl platform::Memory for Model {
    fn reserve(_bytes: usize) -> usize {
        0
    }
    fn prepare(_addr: usize, _bytes: usize) -> bool {
        false
    }
    fn ready(_addr: usize, _bytes: usize) {}
    fn unused(_addr: usize, _bytes: usize) {}
    fn release(_addr: usize, _bytes: usize) {}
}

impl platform::Thread for Model {
    fn newosproc(_mp: *mut MHead, _stack_lo: usize, _stack_hi: usize) -> i32 {
        11
    }

    fn exit_thread() -> ! {
        unreachable!("models end no thread")
    }

    fn osyield() {
        loom::thread::yield_now();
    }

    fn thread_id() -> u32 {
        0
    }

    fn current_m() -> *mut MHead {
        CURRENT_M.with(|current| current.get())
    }
}

impl platform::Clock for Model {
    fn nanotime() -> i64 {
        0
    }
    fn walltime() -> (i64, i32) {
        (0, 0)
    }
    fn usleep(_us: u32) {
        loom::thread::yield_now();
    }
}

impl platform::Console for Model {
    fn write_err(_bytes: &[u8]) {}
}

impl platform::Processors for Model {
    fn n_processors() -> u32 {
        2
    }
}

impl platform::Entropy for Model {
    fn entropy(bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

impl platform::Fault for Model {
    fn install_faults() {}
    fn use_signal_stack(_lo: usize, _bytes: usize) {}
}

impl platform::Preempt for Model {
    fn preempt_thread(_id: u32) {}
}

impl platform::Signal for Model {
    fn enable_signal(_number: u32) {}
    fn disable_signal(_number: u32) {}
    fn ignore_signal(_number: u32) {}
    fn is_signal_ignored(_number: u32) -> bool {
        false
    }
    fn die_of_signal(_number: u32) -> ! {
        unreachable!("models die of no signal")
    }
}

impl platform::Poll for Model {
    fn poll_init() -> i32 {
        // ENOSYS: the model has no descriptors.
        38
    }
    fn poll_open(_fd: i32, _key: usize) -> i32 {
        38
    }
    fn poll_close(_fd: i32) {}
    fn poll_wait(_events: &mut [platform::PollEvent], _timeout_ns: i64) -> usize {
        0
    }
    fn poll_break() {}
    fn is_poll_descriptor(_fd: i32) -> bool {
        false
    }
}

impl platform::Exit for Model {
    fn exit(status: i32) -> ! {
        panic!("exit status {status}")
    }
}

impl platform::Image for Model {
    fn writable_range(_index: usize) -> Option<(usize, usize)> {
        None
    }
}

impl platform::Args for Model {
    fn args() -> &'static [*const u8] {
        &[]
    }
    fn environ() -> &'static [*const u8] {
        &[]
    }
}
