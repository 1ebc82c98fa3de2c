//! epoll(7), edge-triggered.

use crate::Linux;
use crate::syscall::{EINTR, nr, syscall4, syscall6};
use core::sync::atomic::{AtomicI32, Ordering::Relaxed};
use platform::PollEvent;

const EPOLL_CLOEXEC: usize = 0o2000000;
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

impl platform::Poll for Linux {
    fn poll_init() -> i32 {
        // SAFETY: makes a descriptor.
        let fd = unsafe { syscall4(nr::EPOLL_CREATE1, EPOLL_CLOEXEC, 0, 0, 0) };
        if fd < 0 {
            return -fd as i32;
        }
        EPOLL.store(fd as i32, Relaxed);
        0
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

    fn poll_wait(events: &mut [PollEvent]) -> usize {
        let mut raw = [EpollEvent::default(); 128];
        let most = raw.len().min(events.len());
        let epoll = EPOLL.load(Relaxed) as usize;
        loop {
            // SAFETY: the kernel writes at most `most` events.
            let n = unsafe {
                syscall6(nr::EPOLL_PWAIT, [epoll, raw.as_mut_ptr() as usize, most, usize::MAX, 0, 0])
            };
            if n == -EINTR {
                continue;
            }
            let n = n.max(0) as usize;
            for (event, raw) in events.iter_mut().zip(&raw[..n]) {
                let bits = raw.events;
                *event = PollEvent {
                    key: raw.key as usize,
                    can_read: bits & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR) != 0,
                    can_write: bits & (EPOLLOUT | EPOLLHUP | EPOLLERR) != 0,
                    is_error: bits == EPOLLERR,
                };
            }
            return n;
        }
    }

    fn is_poll_descriptor(fd: i32) -> bool {
        fd == EPOLL.load(Relaxed)
    }
}
