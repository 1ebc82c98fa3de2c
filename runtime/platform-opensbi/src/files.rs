//! File descriptors: the console as 0, 1 and 2, pipes, and who waits for them.
//!
//! Readiness is reported once, when it begins (`platform::Poll`): each descriptor that is watched collects events, and `poll_wait` takes them.
//! Lock order: console, files, scheduler.

use crate::hart::Hart;
use crate::lock::{Guard, SpinLock};
use crate::ring::Ring;
use crate::sched::{self, WaitQueue};
use crate::thread::NEVER;
use crate::{OpenSbi, clock, console, memory, plic};
use core::ptr::null_mut;
use platform::PollEvent;

/// Most descriptors.
const MAX_FILES: usize = 128;
const MAX_PIPES: usize = 32;
const MAX_LINES: usize = 32;
/// As Linux has it.
const PIPE_BYTES: usize = 64 << 10;
/// Writes up to this size are never mixed with others (pipe(7)).
const ATOMIC_BYTES: usize = 4096;

/// Error numbers of Linux.
pub mod errno {
    pub const EBADF: usize = 9;
    pub const EAGAIN: usize = 11;
    pub const EBUSY: usize = 16;
    pub const EEXIST: usize = 17;
    pub const EIO: usize = 5;
    pub const ENXIO: usize = 6;
    pub const EINVAL: usize = 22;
    pub const EMFILE: usize = 24;
    pub const ENOTTY: usize = 25;
    pub const ESPIPE: usize = 29;
    pub const EPIPE: usize = 32;
    pub const ENOSYS: usize = 38;
    pub const EOPNOTSUPP: usize = 95;
    pub const ENOMEM: usize = 12;
    pub const EFAULT: usize = 14;
}
use errno::*;

/// What a descriptor leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Console,
    PipeReader(usize),
    PipeWriter(usize),
    /// A line of interrupts (`devices`).
    Interrupt(usize),
}

/// A descriptor.
#[derive(Clone, Copy)]
pub struct File {
    pub kind: Kind,
    pub is_nonblocking: bool,
    pub closes_on_exec: bool,
    /// What the poller calls it, while it is watched.
    watch: Option<usize>,
    can_read: bool,
    can_write: bool,
}

impl File {
    fn new(kind: Kind) -> File {
        File {
            kind,
            is_nonblocking: false,
            closes_on_exec: false,
            watch: None,
            can_read: false,
            can_write: false,
        }
    }
}

struct Pipe {
    ring: Ring,
    n_readers: usize,
    n_writers: usize,
    readers: WaitQueue,
    writers: WaitQueue,
}

/// A source of interrupts that a driver in Go waits for.
struct Line {
    source: u32,
    /// Descriptors that lead here; 0 for one that is free.
    n_open: usize,
    /// Interrupts that nobody has read of yet.
    count: u64,
    readers: WaitQueue,
}

/// All descriptors and pipes.
pub struct Files {
    files: [Option<File>; MAX_FILES],
    pipes: [Pipe; MAX_PIPES],
    lines: [Line; MAX_LINES],
    pollers: WaitQueue,
    /// Whether the next wait ends at once.
    is_broken: bool,
}

const CONSOLE_FILE: Option<File> = Some(File {
    kind: Kind::Console,
    is_nonblocking: false,
    closes_on_exec: false,
    watch: None,
    can_read: false,
    can_write: false,
});

pub static FILES: SpinLock<Files> = SpinLock::new(Files {
    files: {
        let mut files = [None; MAX_FILES];
        files[0] = CONSOLE_FILE;
        files[1] = CONSOLE_FILE;
        files[2] = CONSOLE_FILE;
        files
    },
    pipes: [const {
        Pipe {
            ring: Ring::none(),
            n_readers: 0,
            n_writers: 0,
            readers: WaitQueue::new(),
            writers: WaitQueue::new(),
        }
    }; MAX_PIPES],
    lines: [const { Line { source: 0, n_open: 0, count: 0, readers: WaitQueue::new() } }; MAX_LINES],
    pollers: WaitQueue::new(),
    is_broken: false,
});

impl Files {
    /// The descriptor `fd`.
    pub fn get(&mut self, fd: usize) -> Result<&mut File, usize> {
        self.files.get_mut(fd).and_then(Option::as_mut).ok_or(EBADF)
    }

    /// The lowest free descriptor from `least` leads to `file` from now on.
    pub fn insert(&mut self, file: File, least: usize) -> Result<usize, usize> {
        let fd = (least..MAX_FILES).find(|&fd| self.files[fd].is_none()).ok_or(EMFILE)?;
        self.files[fd] = Some(file);
        match file.kind {
            Kind::Console => {}
            Kind::PipeReader(pipe) => self.pipes[pipe].n_readers += 1,
            Kind::PipeWriter(pipe) => self.pipes[pipe].n_writers += 1,
            Kind::Interrupt(line) => self.lines[line].n_open += 1,
        }
        Ok(fd)
    }

    /// A second descriptor for the same file.
    pub fn duplicate(&mut self, fd: usize, least: usize, closes_on_exec: bool) -> Result<usize, usize> {
        let file = *self.get(fd)?;
        self.insert(
            File { closes_on_exec, is_nonblocking: file.is_nonblocking, ..File::new(file.kind) },
            least,
        )
    }

    /// Ends a descriptor.
    pub fn close(&mut self, fd: usize) -> Result<(), usize> {
        let kind = self.get(fd)?.kind;
        self.files[fd] = None;
        match kind {
            Kind::Console => {}
            Kind::PipeReader(index) => {
                self.pipes[index].n_readers -= 1;
                self.tell(index, null_mut());
            }
            Kind::PipeWriter(index) => {
                self.pipes[index].n_writers -= 1;
                self.tell(index, null_mut());
            }
            Kind::Interrupt(index) => {
                let line = &mut self.lines[index];
                line.n_open -= 1;
                if line.n_open == 0 {
                    plic::set_open(line.source, false);
                }
            }
        }
        Ok(())
    }

    /// The state of a pipe has changed: wakes and tells everybody who cares.
    fn tell(&mut self, index: usize, here: *mut Hart) {
        let pipe = &mut self.pipes[index];
        let can_read = !pipe.ring.is_empty() || pipe.n_writers == 0;
        let can_write = pipe.ring.room() >= ATOMIC_BYTES || pipe.n_readers == 0;
        if can_read {
            sched::wake_all(&raw mut pipe.readers, here);
        }
        if can_write {
            sched::wake_all(&raw mut pipe.writers, here);
        }
        self.notify(Kind::PipeReader(index), can_read, false, here);
        self.notify(Kind::PipeWriter(index), false, can_write, here);
    }

    /// Reports readiness of `kind` to the poller.
    fn notify(&mut self, kind: Kind, can_read: bool, can_write: bool, here: *mut Hart) {
        let mut any = false;
        for file in self.files.iter_mut().flatten().filter(|file| file.kind == kind && file.watch.is_some()) {
            file.can_read |= can_read;
            file.can_write |= can_write;
            any |= can_read || can_write;
        }
        if any {
            sched::wake_all(&raw mut self.pollers, here);
        }
    }
}

/// The console has something to read. `here` is this hart, or null on a thread.
pub fn console_is_readable(here: *mut Hart) {
    FILES.lock().notify(Kind::Console, true, false, here);
}

/// Makes a pipe; its reading and its writing end.
pub fn pipe(is_nonblocking: bool, closes_on_exec: bool) -> Result<[usize; 2], usize> {
    let mut files = FILES.lock();
    let is_free = |pipe: &Pipe| pipe.n_readers + pipe.n_writers == 0;
    let index = files.pipes.iter().position(is_free).ok_or(EMFILE)?;
    if files.pipes[index].ring.room() == 0 {
        let addr = memory::map_with_guard(PIPE_BYTES).ok_or(ENOMEM)?;
        // SAFETY: memory for this pipe and those after it in the same place.
        let buffer = unsafe { core::slice::from_raw_parts_mut(addr as *mut u8, PIPE_BYTES) };
        files.pipes[index].ring = Ring::new(buffer);
    }
    while files.pipes[index].ring.pop().is_some() {}
    let file = |kind| File { is_nonblocking, closes_on_exec, ..File::new(kind) };
    let reader = files.insert(file(Kind::PipeReader(index)), 3)?;
    match files.insert(file(Kind::PipeWriter(index)), 3) {
        Ok(writer) => Ok([reader, writer]),
        Err(error) => {
            files.close(reader)?;
            Err(error)
        }
    }
}

/// A descriptor for the interrupts of `source`, which nobody else has.
pub fn interrupt_line(source: u32) -> Result<usize, usize> {
    let mut files = FILES.lock();
    if files.lines.iter().any(|line| line.n_open > 0 && line.source == source) {
        return Err(EBUSY);
    }
    let index = files.lines.iter().position(|line| line.n_open == 0).ok_or(EMFILE)?;
    (files.lines[index].source, files.lines[index].count) = (source, 0);
    files.insert(File { is_nonblocking: true, closes_on_exec: true, ..File::new(Kind::Interrupt(index)) }, 3)
}

/// An interrupt of `source` came. An interrupt handler: counts and wakes.
pub fn interrupt(source: u32, here: *mut Hart) {
    let mut files = FILES.lock();
    let is_it = |line: &Line| line.n_open > 0 && line.source == source;
    if let Some(index) = files.lines.iter().position(is_it) {
        files.lines[index].count += 1;
        sched::wake_all(&raw mut files.lines[index].readers, here);
        files.notify(Kind::Interrupt(index), true, false, here);
    }
}

/// Most bytes that are copied at once between the caller's memory and a pipe.
const COPY_BYTES: usize = 1024;

/// Reads from a descriptor; sleeps until there is something, unless it is non-blocking. 0 is the end of the file.
pub fn read(fd: usize, out: &mut [u8]) -> Result<usize, usize> {
    let mut copy = [0; COPY_BYTES];
    loop {
        let mut files = FILES.lock();
        let file = *files.get(fd)?;
        let index = match file.kind {
            Kind::Console => {
                drop(files);
                return console::read(out, !file.is_nonblocking).ok_or(EAGAIN);
            }
            Kind::PipeReader(index) => index,
            Kind::PipeWriter(_) => return Err(EBADF),
            Kind::Interrupt(index) => {
                let line = &mut files.lines[index];
                let queue = &raw mut line.readers;
                match core::mem::take(&mut line.count) {
                    0 if file.is_nonblocking => return Err(EAGAIN),
                    0 => {
                        sched::sleep_in(queue, files, NEVER);
                        continue;
                    }
                    count => {
                        drop(files);
                        out.get_mut(..8).ok_or(EINVAL)?.copy_from_slice(&count.to_le_bytes());
                        return Ok(8);
                    }
                }
            }
        };
        let pipe = &mut files.pipes[index];
        let n = pipe.ring.len().min(out.len()).min(COPY_BYTES);
        if n > 0 || pipe.n_writers == 0 || out.is_empty() {
            copy[..n].fill_with(|| pipe.ring.pop().unwrap_or(0));
            files.tell(index, null_mut());
            drop(files);
            out[..n].copy_from_slice(&copy[..n]);
            return Ok(n);
        }
        if file.is_nonblocking {
            return Err(EAGAIN);
        }
        let queue = &raw mut pipe.readers;
        sched::sleep_in(queue, files, NEVER);
    }
}

/// Writes to a descriptor; sleeps while there is no room, unless it is non-blocking.
pub fn write(fd: usize, bytes: &[u8]) -> Result<usize, usize> {
    let mut files = FILES.lock();
    match files.get(fd)?.kind {
        Kind::Console => {
            drop(files);
            console::write(bytes);
            return Ok(bytes.len());
        }
        Kind::Interrupt(index) => {
            plic::set_open(files.lines[index].source, true);
            return Ok(bytes.len());
        }
        Kind::PipeReader(_) => return Err(EBADF),
        Kind::PipeWriter(_) => drop(files),
    }
    let mut n_done = 0;
    let mut copy = [0; COPY_BYTES];
    while n_done < bytes.len() {
        let n = (bytes.len() - n_done).min(COPY_BYTES);
        copy[..n].copy_from_slice(&bytes[n_done..n_done + n]);
        match write_part(fd, &copy[..n], n_done == 0) {
            Ok(()) => n_done += n,
            Err(_) if n_done > 0 => break,
            Err(error) => return Err(error),
        }
    }
    Ok(n_done)
}

/// Writes all of a small part. The first part waits for room for a whole small write.
fn write_part(fd: usize, part: &[u8], is_first: bool) -> Result<(), usize> {
    loop {
        let mut files: Guard<'_, Files> = FILES.lock();
        let file = *files.get(fd)?;
        let Kind::PipeWriter(index) = file.kind else { return Err(EBADF) };
        let pipe = &mut files.pipes[index];
        if pipe.n_readers == 0 {
            return Err(EPIPE);
        }
        if pipe.ring.room() >= if is_first { ATOMIC_BYTES } else { part.len() } {
            part.iter().for_each(|&byte| pipe.ring.push(byte));
            files.tell(index, null_mut());
            return Ok(());
        }
        if file.is_nonblocking {
            return Err(EAGAIN);
        }
        let queue = &raw mut pipe.writers;
        sched::sleep_in(queue, files, NEVER);
    }
}

impl platform::Poll for OpenSbi {
    fn poll_init() -> i32 {
        0
    }

    fn poll_open(fd: i32, key: usize) -> i32 {
        let is_readable = console::is_readable();
        let mut files = FILES.lock();
        let kind = match files.get(fd as usize) {
            Ok(file) if file.watch.is_some() => return EEXIST as i32,
            Ok(file) => {
                file.watch = Some(key);
                file.kind
            }
            Err(error) => return error as i32,
        };
        match kind {
            Kind::Console => files.notify(kind, is_readable, true, null_mut()),
            Kind::PipeReader(index) | Kind::PipeWriter(index) => files.tell(index, null_mut()),
            Kind::Interrupt(index) => {
                let has_come = files.lines[index].count > 0;
                files.notify(kind, has_come, true, null_mut());
            }
        }
        0
    }

    fn poll_close(fd: i32) {
        if let Ok(file) = FILES.lock().get(fd as usize) {
            (file.watch, file.can_read, file.can_write) = (None, false, false);
        }
    }

    fn poll_wait(events: &mut [PollEvent], timeout_ns: i64) -> usize {
        let deadline = clock::deadline(timeout_ns);
        loop {
            let mut files = FILES.lock();
            let ready = files.files.iter_mut().flatten().filter(|file| file.can_read || file.can_write);
            let mut n = 0;
            // The events are on the M's stack or in the runtime's memory, which is always there.
            for (file, event) in ready.zip(events.iter_mut()) {
                let (can_read, can_write) = (file.can_read, file.can_write);
                *event = PollEvent { key: file.watch.unwrap_or(0), can_read, can_write, is_error: false };
                (file.can_read, file.can_write) = (false, false);
                n += 1;
            }
            if n > 0 || core::mem::take(&mut files.is_broken) || deadline <= clock::now_ns() {
                return n;
            }
            let pollers = &raw mut files.pollers;
            sched::sleep_in(pollers, files, deadline);
        }
    }

    fn poll_break() {
        let mut files = FILES.lock();
        files.is_broken = true;
        sched::wake_all(&raw mut files.pollers, null_mut());
    }

    fn is_poll_descriptor(_fd: i32) -> bool {
        false
    }
}
