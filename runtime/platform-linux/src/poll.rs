//! epoll(7), edge-triggered.

use crate::Linux;
use crate::clock::Timespec;
use crate::syscall::{ENOSYS, EPERM, nr, syscall4, syscall6};
use core::sync::atomic::{AtomicBool, AtomicI32, Ordering::Relaxed};
use platform::{Console, PollEvent};

const EPOLL_CLOEXEC: usize = 0o2000000;
const EFD_CLOEXEC: usize = 0o2000000;
const EFD_NONBLOCK: usize = 0o4000;
const EPOLL_CTL_ADD: usize = 1;
const EPOLL_CTL_DEL: usize = 2;
const EPOLLIN: u32 = 1;
const EPOLLOUT: u32 = 4;
const EPOLLERR: u32 = 8;
const EPOLLHUP: u32 = 16;
const EPOLLRDHUP: u32 = 0x2000;
const EPOLLET: u32 = 1 << 31;

/// The kernel's `struct epoll_event`, packed on amd64.
#[cfg_attr(target_arch = "x86_64", repr(C, packed))]
#[cfg_attr(not(target_arch = "x86_64"), repr(C))]
#[derive(Clone, Copy, Default)]
struct EpollEvent {
    events: u32,
    key: u64,
}

/// The epoll descriptor; -1 before `poll_init`, written there.
static EPOLL: AtomicI32 = AtomicI32::new(-1);
/// An eventfd(2) that breaks a wait; -1 before `poll_init`. It is never read: each write is an edge.
static BREAKER: AtomicI32 = AtomicI32::new(-1);
/// The key of `BREAKER`.
const BREAK: u64 = 0;
/// Whether the kernel knows epoll_pwait2(2), which came with Linux 5.11 and takes nanoseconds.
static HAS_NANOSECONDS: AtomicBool = AtomicBool::new(true);

/// Writes what failed, with the error number, which it returns.
fn say(what: &[u8], error: isize) -> i32 {
    let digits = [b'0' + (error / 10 % 10) as u8, b'0' + (error % 10) as u8, b'\n'];
    Linux::write_err(what);
    Linux::write_err(&digits[(error < 10) as usize..]);
    error as i32
}

fn wait(events: &mut [EpollEvent], timeout_ns: i64) -> isize {
    let epoll = EPOLL.load(Relaxed) as usize;
    let (address, most) = (events.as_mut_ptr() as usize, events.len());
    if HAS_NANOSECONDS.load(Relaxed) {
        let timeout = Timespec::from_ns(timeout_ns.max(0));
        let timeout_ptr = if timeout_ns < 0 { core::ptr::null() } else { &raw const timeout };
        // SAFETY: the kernel reads the timespec and writes at most `most` events.
        let n = unsafe { syscall6(nr::EPOLL_PWAIT2, [epoll, address, most, timeout_ptr as usize, 0, 0]) };
        // Filters of system calls say EPERM to what is newer than they are.
        if n != -ENOSYS && n != -EPERM {
            return n;
        }
        HAS_NANOSECONDS.store(false, Relaxed);
    }
    // Rounded up: waking early would only mean to wait again.
    let timeout_ms =
        if timeout_ns < 0 { -1 } else { (timeout_ns as u64).div_ceil(1_000_000).min(i32::MAX as u64) as i64 };
    // SAFETY: the kernel writes at most `most` events.
    unsafe { syscall6(nr::EPOLL_PWAIT, [epoll, address, most, timeout_ms as usize, 0, 0]) }
}

impl platform::Poll for Linux {
    fn poll_init() -> i32 {
        // SAFETY: makes a descriptor.
        let epoll = unsafe { syscall4(nr::EPOLL_CREATE1, EPOLL_CLOEXEC, 0, 0, 0) };
        if epoll < 0 {
            return say(b"runtime: epollcreate failed with ", -epoll);
        }
        // SAFETY: makes a descriptor.
        let breaker = unsafe { syscall4(nr::EVENTFD2, 0, EFD_CLOEXEC | EFD_NONBLOCK, 0, 0) };
        if breaker < 0 {
            return -say(b"runtime: eventfd failed with ", -breaker);
        }
        let event = EpollEvent { events: EPOLLIN | EPOLLET, key: BREAK };
        let add = [epoll as usize, EPOLL_CTL_ADD, breaker as usize, &raw const event as usize];
        // SAFETY: the kernel reads one event.
        let result = unsafe { syscall4(nr::EPOLL_CTL, add[0], add[1], add[2], add[3]) };
        EPOLL.store(epoll as i32, Relaxed);
        BREAKER.store(breaker as i32, Relaxed);
        -result as i32
    }

    fn poll_open(fd: i32, key: usize) -> i32 {
        let event = EpollEvent { events: EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, key: key as u64 };
        let epoll = EPOLL.load(Relaxed) as usize;
        // SAFETY: the kernel reads one event.
        let result =
            unsafe { syscall4(nr::EPOLL_CTL, epoll, EPOLL_CTL_ADD, fd as usize, &raw const event as usize) };
        if result < 0 { -result as i32 } else { 0 }
    }

    fn poll_close(fd: i32) {
        let event = EpollEvent::default();
        let epoll = EPOLL.load(Relaxed) as usize;
        // SAFETY: the kernel may read one event. An error means that the descriptor is gone already.
        unsafe { syscall4(nr::EPOLL_CTL, epoll, EPOLL_CTL_DEL, fd as usize, &raw const event as usize) };
    }

    fn poll_wait(events: &mut [PollEvent], timeout_ns: i64) -> usize {
        let mut raw = [EpollEvent::default(); 128];
        let most = raw.len().min(events.len());
        // An error is a sleep that a signal ended: the caller looks at everything again.
        let n = wait(&mut raw[..most], timeout_ns).max(0) as usize;
        let mut n_events = 0;
        for raw in raw[..n].iter().filter(|raw| raw.key != BREAK) {
            let bits = raw.events;
            events[n_events] = PollEvent {
                key: raw.key as usize,
                can_read: bits & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR) != 0,
                can_write: bits & (EPOLLOUT | EPOLLHUP | EPOLLERR) != 0,
                is_error: bits == EPOLLERR,
            };
            n_events += 1;
        }
        n_events
    }

    fn poll_break() {
        let breaker = BREAKER.load(Relaxed);
        if breaker >= 0 {
            let one = 1u64;
            // SAFETY: the kernel reads eight bytes.
            unsafe { syscall4(nr::WRITE, breaker as usize, &raw const one as usize, 8, 0) };
        }
    }

    fn is_poll_descriptor(fd: i32) -> bool {
        fd == EPOLL.load(Relaxed) || fd == BREAKER.load(Relaxed)
    }
}
