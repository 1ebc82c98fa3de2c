//! The platform on `std`.

use abi::g::MHead;
use platform::SemaWord;
use platform::atomic::{AtomicU32, Ordering::SeqCst};
use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{Condvar, LazyLock, Mutex};
use std::time::{Duration, Instant};

/// The model.
pub struct Model;

platform::bind!(Model);

/// Sleepers by the address of their word: how many sleep and how many of them may go.
#[derive(Default)]
struct Sleepers {
    waiting: u32,
    wakeups: u32,
}

static TABLE: LazyLock<Mutex<HashMap<usize, Sleepers>>> = LazyLock::new(Default::default);
static CHANGED: Condvar = Condvar::new();
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

thread_local! {
    static CURRENT_M: Cell<*mut MHead> = const { Cell::new(std::ptr::null_mut()) };
}

/// Makes `mp` the M of this thread.
pub fn set_current_m(mp: *mut MHead) {
    CURRENT_M.set(mp);
}

fn sleep(word: &AtomicU32, val: u32, timeout_ns: i64) {
    let addr = word.as_ptr() as usize;
    let deadline = (timeout_ns >= 0).then(|| Instant::now() + Duration::from_nanos(timeout_ns as u64));
    let mut table = TABLE.lock().unwrap();
    if word.load(SeqCst) != val {
        return;
    }
    table.entry(addr).or_default().waiting += 1;
    loop {
        let mut timed_out = false;
        match deadline {
            None => table = CHANGED.wait(table).unwrap(),
            Some(deadline) => {
                let left = deadline.saturating_duration_since(Instant::now());
                let (guard, result) = CHANGED.wait_timeout(table, left).unwrap();
                table = guard;
                timed_out = result.timed_out();
            }
        }
        let sleepers = table.get_mut(&addr).unwrap();
        if sleepers.wakeups > 0 {
            sleepers.wakeups -= 1;
        } else if !timed_out {
            continue;
        }
        sleepers.waiting -= 1;
        if sleepers.waiting == 0 {
            table.remove(&addr);
        }
        return;
    }
}

impl platform::Futex for Model {
    fn futexsleep(addr: &AtomicU32, val: u32, timeout_ns: i64) {
        sleep(addr, val, timeout_ns);
    }

    fn futexwakeup(addr: &AtomicU32, n: u32) {
        let mut table = TABLE.lock().unwrap();
        if let Some(sleepers) = table.get_mut(&(addr.as_ptr() as usize)) {
            sleepers.wakeups = (sleepers.wakeups + n).min(sleepers.waiting);
            CHANGED.notify_all();
        }
    }
}

impl platform::Sema for Model {
    fn semacreate(sema: &SemaWord) {
        sema.count.store(0, SeqCst);
    }

    fn semasleep(sema: &SemaWord, timeout_ns: i64) -> i32 {
        let deadline = Instant::now() + Duration::from_nanos(timeout_ns.max(0) as u64);
        loop {
            if sema.count.fetch_update(SeqCst, SeqCst, |count| count.checked_sub(1)).is_ok() {
                return 0;
            }
            if timeout_ns < 0 {
                sleep(&sema.count, 0, -1);
                continue;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return -1;
            }
            sleep(&sema.count, 0, left.as_nanos() as i64);
        }
    }

    fn semawakeup(sema: &SemaWord) {
        sema.count.fetch_add(1, SeqCst);
        <Model as platform::Futex>::futexwakeup(&sema.count, 1);
    }
}

/// Blocks of memory by address, so that they can be freed.
static BLOCKS: LazyLock<Mutex<HashMap<usize, Layout>>> = LazyLock::new(Default::default);

impl platform::Memory for Model {
    fn reserve(bytes: usize) -> usize {
        let layout = Layout::from_size_align(bytes, 1 << 16).unwrap();
        // SAFETY: the layout is not empty. The allocator maps large zeroed blocks lazily.
        let addr = unsafe { alloc_zeroed(layout) } as usize;
        BLOCKS.lock().unwrap().insert(addr, layout);
        addr
    }

    fn prepare(_addr: usize, _bytes: usize) -> bool {
        true
    }

    fn ready(_addr: usize, _bytes: usize) {}

    fn unused(_addr: usize, _bytes: usize) {}

    fn release(addr: usize, _bytes: usize) {
        if let Some(layout) = BLOCKS.lock().unwrap().remove(&addr) {
            // SAFETY: `reserve` allocated it with this layout, and it is removed from the table once.
            unsafe { dealloc(addr as *mut u8, layout) };
        }
    }
}

impl platform::Thread for Model {
    fn newosproc(_mp: *mut MHead, _stack_lo: usize, _stack_hi: usize) -> i32 {
        // Threads of the model are started by the test itself; EAGAIN.
        11
    }

    fn exit_thread() -> ! {
        unreachable!("unit tests end no thread")
    }

    fn osyield() {
        std::thread::yield_now();
    }

    fn thread_id() -> u32 {
        0
    }

    fn current_m() -> *mut MHead {
        CURRENT_M.get()
    }
}

impl platform::Clock for Model {
    fn nanotime() -> i64 {
        START.elapsed().as_nanos() as i64
    }

    fn walltime() -> (i64, i32) {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        (now.as_secs() as i64, now.subsec_nanos() as i32)
    }

    fn usleep(us: u32) {
        std::thread::sleep(Duration::from_micros(us as u64));
    }
}

impl platform::Console for Model {
    fn write_err(bytes: &[u8]) {
        eprint!("{}", String::from_utf8_lossy(bytes));
    }
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
