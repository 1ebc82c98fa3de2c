//! What the kernel says of itself: each line begins with `rigo: `.

use crate::{console, exit};

/// A number as text.
pub struct Text {
    bytes: [u8; 20],
    start: usize,
}

impl Text {
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.bytes[self.start..]).unwrap_or("?")
    }
}

fn digits(mut value: u64, base: u64) -> Text {
    let mut text = Text { bytes: [0; 20], start: 20 };
    loop {
        text.start -= 1;
        text.bytes[text.start] = b"0123456789abcdef"[(value % base) as usize];
        value /= base;
        if value == 0 {
            return text;
        }
    }
}

/// `value` in decimal.
pub fn decimal(value: u64) -> Text {
    digits(value, 10)
}

/// `value` in hexadecimal.
pub fn hex(value: usize) -> Text {
    digits(value as u64, 16)
}

fn line(parts: &[&str], by_force: bool) {
    console::write_now(b"rigo: ", by_force);
    parts.iter().for_each(|part| console::write_now(part.as_bytes(), by_force));
    console::write_now(b"\n", by_force);
}

/// Says something that the program can live with.
pub fn note(parts: &[&str]) {
    line(parts, false);
}

/// Says why the machine ends, and ends it with gc's status for errors of the runtime.
pub fn die(parts: &[&str]) -> ! {
    line(parts, true);
    exit::exit(2)
}

fn cause_name(cause: usize) -> &'static str {
    match cause {
        0 => "misaligned instruction",
        1 => "instruction access fault",
        2 => "illegal instruction",
        3 => "breakpoint",
        4 => "misaligned load",
        5 => "load access fault",
        6 => "misaligned store",
        7 => "store access fault",
        8 | 9 => "environment call",
        12 => "instruction page fault",
        13 => "load page fault",
        15 => "store page fault",
        _ => "trap",
    }
}

/// Reports a trap that nobody expects, with the functions that pc and return address lie in, and ends the machine.
pub fn unexpected_trap(cause: usize, addr: usize, pc: usize, ra: usize, sp: usize) -> ! {
    line(
        &[
            "unexpected trap: ",
            cause_name(cause),
            " (cause ",
            decimal(cause as u64).as_str(),
            "), address 0x",
            hex(addr).as_str(),
            ", sp 0x",
            hex(sp).as_str(),
        ],
        true,
    );
    for (what, pc) in [("pc 0x", pc), ("ra 0x", ra)] {
        let name = platform::upcall::function_name(pc).unwrap_or("an unknown function");
        line(&["  ", what, hex(pc).as_str(), " in ", name], true);
    }
    exit::exit(2)
}
