//! The console: the UART with interrupts both ways, or the firmware's console until the UART is known and where there is none.
//!
//! What is written goes into a ring that the UART empties; what is received goes through the line discipline (`line`), whose echo goes into
//! the same ring. When there is no room for a received byte or its echo the receiver's interrupt is turned off: the byte stays in the UART,
//! which holds its sender back, until a reader or the sender has made room. So nothing is lost.

use crate::hart::Hart;
use crate::line::{Line, MOST_ECHO, ONLCR, OPOST, Termios, Typed};
use crate::lock::{Guard, SpinLock};
use crate::ring::Ring;
use crate::sched::{self, WaitQueue};
use crate::thread::NEVER;
use crate::uart::{FIFO_BYTES, Uart};
use crate::{OpenSbi, exit, files, memory, sbi, tree};
use core::ptr::null_mut;
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};
use platform::Signal;
use platform::upcall::{FaultKind, Interrupted};

/// More than what is pasted at once, for senders that cannot be held back.
const INPUT_BYTES: usize = 128 << 10;
const OUTPUT_BYTES: usize = 16 << 10;

struct Console {
    uart: Option<Uart>,
    has_interrupts: bool,
    line: Line,
    output: Ring,
    readers: WaitQueue,
    writers: WaitQueue,
}

static CONSOLE: SpinLock<Console> = SpinLock::new(Console {
    uart: None,
    has_interrupts: false,
    line: Line::none(),
    output: Ring::none(),
    readers: WaitQueue::new(),
    writers: WaitQueue::new(),
});

/// The machine is ending: what is written from now on is not shown.
static IS_CLOSED: AtomicBool = AtomicBool::new(false);
/// Whether the runtime wants to hear of ^C.
static REPORTS_INTERRUPT: AtomicBool = AtomicBool::new(false);
static IGNORES_INTERRUPT: AtomicBool = AtomicBool::new(false);

/// Goes over to the UART. Without interrupts there is output only.
pub fn open(uart: &tree::Uart, has_interrupts: bool) -> Option<()> {
    let map = |bytes| {
        // SAFETY: memory for the console alone, for ever.
        memory::map_with_guard(bytes)
            .map(|addr| unsafe { core::slice::from_raw_parts_mut(addr as *mut u8, bytes) })
    };
    let (input, output) = (map(INPUT_BYTES)?, map(OUTPUT_BYTES)?);
    let mut console = CONSOLE.lock();
    console.line = Line::new(input);
    console.output = Ring::new(output);
    console.uart = Some(Uart::new(uart));
    console.has_interrupts = has_interrupts;
    console.pump();
    Some(())
}

/// What the interrupt handler must do besides.
struct Events {
    readable: bool,
    writable: bool,
    interrupted: bool,
}

impl Events {
    fn is_none(&self) -> bool {
        !(self.readable || self.writable || self.interrupted)
    }
}

impl Console {
    /// Moves bytes both ways as far as they go, and asks for the interrupts that the rest needs.
    fn pump(&mut self) -> Events {
        let mut events = Events { readable: false, writable: false, interrupted: false };
        let Console { uart: Some(uart), line, output, .. } = self else { return events };
        let had_room = output.room();
        send(uart, output);
        let mut is_full;
        loop {
            is_full = !line.has_room() || output.room() < MOST_ECHO;
            if is_full {
                break;
            }
            let Some(byte) = uart.receive() else { break };
            let typed = line.typed(byte, &mut |echo| {
                // Only the erasing of a whole line echoes more than there is room for; the sender takes it as it comes.
                while output.room() == 0 {
                    send(uart, output);
                }
                output.push(echo);
            });
            events.readable |= typed == Typed::Readable;
            events.interrupted |= typed == Typed::Interrupt;
            send(uart, output);
        }
        events.writable = output.room() > had_room;
        uart.enable(self.has_interrupts && !is_full, self.has_interrupts && !output.is_empty());
        events
    }

    /// Appends what fits of `bytes`; how many.
    fn append(&mut self, bytes: &[u8]) -> usize {
        let adds_return = self.line.termios.oflag & (OPOST | ONLCR) == OPOST | ONLCR;
        for (index, &byte) in bytes.iter().enumerate() {
            if self.uart.is_none() {
                sbi::put_byte(byte);
                continue;
            }
            if self.output.room() < 2 {
                return index;
            }
            if byte == b'\n' && adds_return {
                self.output.push(b'\r');
            }
            self.output.push(byte);
        }
        bytes.len()
    }
}

/// Gives the UART what it takes now.
fn send(uart: &mut Uart, output: &mut Ring) {
    while !output.is_empty() && uart.can_send() {
        for _ in 0..FIFO_BYTES {
            let Some(byte) = output.pop() else { break };
            uart.send(byte);
        }
    }
}

/// Gives the lock back and wakes whom the events concern. `here` is this hart, or null on a thread.
fn settle(mut console: Guard<'_, Console>, events: Events, here: *mut Hart) {
    if events.readable {
        sched::wake_all(&raw mut console.readers, here);
        files::console_is_readable(here);
    }
    if events.writable {
        sched::wake_all(&raw mut console.writers, here);
    }
    drop(console);
    if events.interrupted && !IGNORES_INTERRUPT.load(Relaxed) {
        if REPORTS_INTERRUPT.load(Relaxed) {
            platform::upcall::signal(&mut nowhere(SIGINT));
        } else {
            OpenSbi::die_of_signal(SIGINT)
        }
    }
}

/// The context of a signal that has to do with no thread.
fn nowhere(signal: u32) -> Interrupted {
    let kind = FaultKind::None;
    Interrupted { pc: 0, sp: 0, fp: 0, link: 0, signal, kind, code: 0, addr: 0, registers: [0; 32] }
}

/// The UART's interrupt.
pub fn interrupt(hart: *mut Hart) {
    let mut console = CONSOLE.lock();
    if let Some(uart) = &console.uart {
        uart.acknowledge();
    }
    let events = console.pump();
    settle(console, events, hart);
}

/// Most bytes that are copied at once between the caller's memory and the rings.
const COPY_BYTES: usize = 256;

/// Writes all of `bytes`; sleeps while the ring is full.
pub fn write(bytes: &[u8]) {
    for part in bytes.chunks(COPY_BYTES) {
        // No lock is held while the caller's memory is read.
        let mut copy = [0; COPY_BYTES];
        copy[..part.len()].copy_from_slice(part);
        let mut rest = &copy[..part.len()];
        while !rest.is_empty() && !IS_CLOSED.load(Relaxed) {
            let mut console = CONSOLE.lock();
            let n = console.append(rest);
            rest = &rest[n..];
            let events = console.pump();
            if n == 0 && console.has_interrupts && events.is_none() {
                let writers = &raw mut console.writers;
                sched::sleep_in(writers, console, NEVER);
            } else {
                settle(console, events, null_mut());
            }
        }
    }
}

/// Whether a read has something to return at once.
pub fn is_readable() -> bool {
    CONSOLE.lock().line.is_readable()
}

/// Reads into `out`; sleeps until there is something, or returns nothing if it may not. 0 is the end of the file.
pub fn read(out: &mut [u8], may_sleep: bool) -> Option<usize> {
    let mut copy = [0; COPY_BYTES];
    let most = out.len().min(COPY_BYTES);
    loop {
        let mut console = CONSOLE.lock();
        if console.line.is_readable() {
            let n = console.line.read(&mut copy[..most]);
            // There is room again.
            let events = console.pump();
            settle(console, events, null_mut());
            out[..n].copy_from_slice(&copy[..n]);
            return Some(n);
        }
        if !console.has_interrupts {
            return Some(0);
        }
        if !may_sleep {
            return None;
        }
        let readers = &raw mut console.readers;
        sched::sleep_in(readers, console, NEVER);
    }
}

/// The terminal's mode.
pub fn termios() -> Termios {
    CONSOLE.lock().line.termios
}

/// Changes the terminal's mode.
pub fn set_termios(termios: Termios) {
    let mut console = CONSOLE.lock();
    console.line.set(termios);
    let events = Events { readable: console.line.is_readable(), writable: false, interrupted: false };
    settle(console, events, null_mut());
}

/// Writes from any state of the machine, without sleeping: errors, and the words of a broken kernel.
pub fn write_now(bytes: &[u8], by_force: bool) {
    let mut rest = bytes;
    while !rest.is_empty() && (by_force || !IS_CLOSED.load(Relaxed)) {
        let mut console = if by_force { CONSOLE.lock_by_force() } else { CONSOLE.lock() };
        let n = console.append(rest);
        rest = &rest[n..];
        // What this wakes or interrupts is seen to at the next interrupt.
        if let Console { uart: Some(uart), output, .. } = &mut *console {
            send(uart, output);
            uart.enable(true, !output.is_empty());
        }
    }
}

/// Sends what is still to be sent; nothing is shown after it.
pub fn close() {
    IS_CLOSED.store(true, Relaxed);
    let mut console = CONSOLE.lock_by_force();
    let deadline = crate::clock::now_ns() + 5_000_000_000;
    if let Console { uart: Some(uart), output, .. } = &mut *console {
        while !output.is_empty() && crate::clock::now_ns() < deadline {
            send(uart, output);
        }
        // The last bytes leave the FIFO.
        while !uart.can_send() && crate::clock::now_ns() < deadline {}
    }
}

impl platform::Console for OpenSbi {
    fn write_err(bytes: &[u8]) {
        for part in bytes.chunks(COPY_BYTES) {
            let mut copy = [0; COPY_BYTES];
            copy[..part.len()].copy_from_slice(part);
            write_now(&copy[..part.len()], false);
        }
    }
}

const SIGINT: u32 = 2;

impl platform::Signal for OpenSbi {
    fn enable_signal(number: u32) {
        if number == SIGINT {
            REPORTS_INTERRUPT.store(true, Relaxed);
            IGNORES_INTERRUPT.store(false, Relaxed);
        }
    }

    fn disable_signal(number: u32) {
        if number == SIGINT {
            REPORTS_INTERRUPT.store(false, Relaxed);
            IGNORES_INTERRUPT.store(false, Relaxed);
        }
    }

    fn ignore_signal(number: u32) {
        if number == SIGINT {
            IGNORES_INTERRUPT.store(true, Relaxed);
        }
    }

    fn die_of_signal(number: u32) -> ! {
        // As a shell reports a program that a signal has ended.
        exit::exit(128 + number as i32)
    }

    fn is_signal_ignored(number: u32) -> bool {
        number == SIGINT && IGNORES_INTERRUPT.load(Relaxed)
    }
}
