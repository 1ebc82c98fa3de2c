//! `debug.WriteHeapDump`: all objects, variables and goroutines, as the dump format of Go 1.7 has them (golang.org/wiki/heapdump15-through-heapdump17).
//!
//! The world is stopped. Records are tags and numbers of seven bits to the byte; a string is its length and its bytes. Fields of an object are the words that lead
//! into the heap.

use super::metrics::Why;
use crate::heap::pages::PAGES;
use crate::heap::span::Span;
use crate::sched::{ALL_GS, G, SCHED, Status, current_m, gosched};
use arch::Outcome;

const END: usize = 0;
const OBJECT: usize = 1;
const GOROUTINE: usize = 4;
const PARAMS: usize = 6;
const STATS: usize = 10;
const DATA: usize = 12;
const FIELD_END: usize = 0;
const FIELD_POINTER: usize = 1;

const BUFFER_BYTES: usize = 4096;

struct Dump {
    fd: usize,
    buffer: [u8; BUFFER_BYTES],
    len: usize,
}

impl Dump {
    fn flush(&mut self) {
        platform::write_to(self.fd, &self.buffer[..self.len]);
        self.len = 0;
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(BUFFER_BYTES) {
            if self.len + part.len() > BUFFER_BYTES {
                self.flush();
            }
            self.buffer[self.len..self.len + part.len()].copy_from_slice(part);
            self.len += part.len();
        }
    }

    fn number(&mut self, mut value: usize) {
        while value >= 0x80 {
            self.bytes(&[value as u8 | 0x80]);
            value >>= 7;
        }
        self.bytes(&[value as u8]);
    }

    fn numbers(&mut self, values: &[usize]) {
        values.iter().for_each(|&value| self.number(value));
    }

    fn string(&mut self, bytes: &[u8]) {
        self.number(bytes.len());
        self.bytes(bytes);
    }

    /// A record of memory: address, contents, pointers.
    ///
    /// # Safety
    /// The memory is readable and nobody writes it.
    unsafe fn memory(&mut self, tag: usize, addr: usize, bytes: usize) {
        self.numbers(&[tag, addr]);
        // SAFETY: the caller's contract.
        let contents = unsafe { core::slice::from_raw_parts(addr as *const u8, bytes) };
        self.string(contents);
        for (index, word) in contents.chunks_exact(size_of::<usize>()).enumerate() {
            let word = usize::from_ne_bytes(word.try_into().unwrap_or_default());
            if !PAGES.span_of(word).is_null() {
                self.numbers(&[FIELD_POINTER, index * size_of::<usize>()]);
            }
        }
        self.number(FIELD_END);
    }

    fn objects(&mut self, span: &Span) {
        for index in (0..span.n_blocks).filter(|&index| span.is_allocated(index)) {
            let block = span.block(index);
            // SAFETY: Ps are never freed, and the world is stopped.
            let is_free = SCHED.every_p().any(|pp| unsafe { (*pp).heap.has_free(span, index) });
            if !is_free {
                // SAFETY: the object is alive, or was a moment ago.
                unsafe { self.memory(OBJECT, block, span.block_bytes) };
            }
        }
    }

    fn goroutine(&mut self, gp: &G) {
        let status = match gp.status() {
            Status::Idle => 0,
            Status::Runnable => 1,
            Status::Running => 2,
            Status::Syscall => 3,
            Status::Waiting => 4,
            Status::Dead => 6,
        };
        self.numbers(&[GOROUTINE, gp as *const G as usize, gp.head.sp, gp.id as usize, gp.created_by_pc]);
        self.numbers(&[status, gp.is_system as usize, 0, 0]);
        self.string(if status == 4 { gp.wait_reason.0.as_bytes() } else { b"" });
        self.numbers(&[0, gp.head.m, gp.head.defers, gp.head.panics]);
    }
}

/// `runtime.heapdump(fd, stats, n, arch)`: `stats` are the numbers of the record of that kind, `arch` is a string. 0 if somebody else stops the
/// world: then the caller tries again.
pub(crate) extern "C" fn heap_dump(
    fd: usize,
    stats: *const usize,
    n: usize,
    arch: *const u8,
    len: usize,
) -> Outcome {
    if !SCHED.stop_the_world(current_m(), Why::Other) {
        // The overlay tries again.
        return gosched();
    }
    let mut dump = Dump { fd, buffer: [0; BUFFER_BYTES], len: 0 };
    dump.bytes(b"go1.7 heap dump\n");
    let (start, end) = PAGES.bounds();
    dump.numbers(&[PARAMS, 0, size_of::<usize>(), start, end]);
    // SAFETY: the overlay passes a string.
    dump.string(unsafe { core::slice::from_raw_parts(arch, len) });
    dump.string(b"");
    dump.number(platform::n_processors() as usize);
    PAGES.each_span(|span| dump.objects(span));
    // SAFETY: Gs are never freed; no goroutine runs. The overlay passes `n` numbers.
    unsafe {
        for gp in ALL_GS.iter().map(|gp| &*gp) {
            if !matches!(gp.status(), Status::Dead | Status::Idle) {
                dump.goroutine(gp);
            }
        }
        for (start, end) in (0..).map_while(platform::writable_range) {
            dump.memory(DATA, start, end - start);
        }
        dump.number(STATS);
        dump.numbers(core::slice::from_raw_parts(stats, n));
    }
    dump.number(END);
    dump.flush();
    SCHED.start_the_world(current_m());
    Outcome::done(1)
}
