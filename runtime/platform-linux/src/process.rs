//! The process: arguments, standard error, processors, randomness, exit.

use crate::Linux;
use crate::syscall::{nr, syscall4};
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// The stack as the kernel made it: argument count, arguments, null, environment, null, auxiliary vector.
/// Written once, before a second thread exists.
static INITIAL_STACK: AtomicUsize = AtomicUsize::new(0);

/// Remembers what the kernel put on the first thread's stack.
///
/// # Safety
/// `sp` is the stack pointer as it was at the image's entry.
pub unsafe fn set_initial_stack(sp: *const usize) {
    INITIAL_STACK.store(sp as usize, Relaxed);
}

fn strings(first: *const *const u8) -> &'static [*const u8] {
    let mut n = 0;
    // SAFETY: the kernel ends the list with a null pointer, and the list lives as long as the process.
    unsafe {
        while !(*first.add(n)).is_null() {
            n += 1;
        }
        core::slice::from_raw_parts(first, n)
    }
}

impl platform::Args for Linux {
    fn args() -> &'static [*const u8] {
        let sp = INITIAL_STACK.load(Relaxed) as *const usize;
        // SAFETY: the first word is the count, the arguments follow (System V ABI, "Process Initialization").
        strings(unsafe { sp.add(1) }.cast())
    }

    fn environ() -> &'static [*const u8] {
        let args = Self::args();
        // SAFETY: the environment follows the null that ends the arguments.
        strings(unsafe { args.as_ptr().add(args.len() + 1) })
    }
}

/// The value of an entry of the auxiliary vector, which follows the environment.
pub fn auxiliary(key: usize) -> Option<usize> {
    let environ = <Linux as platform::Args>::environ();
    // SAFETY: pairs follow the null that ends the environment, up to one with key 0.
    unsafe {
        let mut pair = environ.as_ptr().add(environ.len() + 1) as *const [usize; 2];
        while (*pair)[0] != 0 {
            if (*pair)[0] == key {
                return Some((*pair)[1]);
            }
            pair = pair.add(1);
        }
    }
    None
}

/// The descriptor of the trace; written by `open_trace`.
static TRACE: AtomicUsize = AtomicUsize::new(0);

const AT_FDCWD: isize = -100;
/// O_WRONLY, O_CREAT, O_TRUNC, O_CLOEXEC.
const NEW_FILE: usize = 0o1 | 0o100 | 0o1000 | 0o2000000;

/// Writes everything, as far as `fd` takes it.
fn write_all(fd: usize, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        // SAFETY: the kernel reads the slice.
        let n = unsafe { syscall4(nr::WRITE, fd, bytes.as_ptr() as usize, bytes.len(), 0) };
        match n {
            n if n > 0 => bytes = &bytes[n as usize..],
            n if n == -crate::syscall::EINTR => {}
            // It is closed or full: there is nowhere left to say so.
            _ => return,
        }
    }
}

impl platform::Console for Linux {
    fn write_err(bytes: &[u8]) {
        write_all(2, bytes);
    }

    fn open_trace(path: &core::ffi::CStr) -> bool {
        // SAFETY: the kernel reads the path and makes a descriptor.
        let fd = unsafe { syscall4(nr::OPENAT, AT_FDCWD as usize, path.as_ptr() as usize, NEW_FILE, 0o644) };
        TRACE.store(fd as usize, Relaxed);
        fd >= 0
    }

    fn write_trace(bytes: &[u8]) {
        write_all(TRACE.load(Relaxed), bytes);
    }
}

impl platform::Processors for Linux {
    fn n_processors() -> u32 {
        let mut mask = [0u64; 128];
        // SAFETY: the kernel writes at most the size of `mask`.
        let n =
            unsafe { syscall4(nr::SCHED_GETAFFINITY, 0, size_of_val(&mask), mask.as_mut_ptr() as usize, 0) };
        if n <= 0 {
            return 1;
        }
        mask.iter().map(|word| word.count_ones()).sum::<u32>().max(1)
    }

    fn processor_limit() -> u32 {
        Self::cgroup_limit()
    }
}

impl platform::Entropy for Linux {
    fn entropy(bytes: &mut [u8]) {
        let mut done = 0;
        while done < bytes.len() {
            let rest = &mut bytes[done..];
            // SAFETY: the kernel writes into the slice.
            let n = unsafe { syscall4(nr::GETRANDOM, rest.as_mut_ptr() as usize, rest.len(), 0, 0) };
            match n {
                n if n > 0 => done += n as usize,
                n if n == -crate::syscall::EINTR => {}
                // A kernel without getrandom: the clock is what is left to seed from.
                _ => {
                    let seed = <Linux as platform::Clock>::nanotime() as u64;
                    for (i, byte) in rest.iter_mut().enumerate() {
                        *byte = (seed >> (i % 8 * 8)) as u8;
                    }
                    return;
                }
            }
        }
    }
}

impl platform::Exit for Linux {
    fn exit(status: i32) -> ! {
        loop {
            // SAFETY: ends the process.
            unsafe { syscall4(nr::EXIT_GROUP, status as usize, 0, 0, 0) };
        }
    }
}
