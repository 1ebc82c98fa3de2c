//! `print`, `println` and the runtime's own messages, on standard error.
//!
//! What one `println` prints is collected in one buffer and written at its end, so that it is one write. The buffer
//! belongs to the M that holds the lock; an M may take the lock again, because a message may be
//! printed in the middle of another.

use crate::sched::current_m;
use crate::sync::{Mutex, rank::Rank};
use abi::types::Type;
use core::cell::UnsafeCell;
use core::fmt::Write;

const BUFFER_BYTES: usize = 1024;

struct Output {
    lock: Mutex,
    // `lock` must be held for this.
    buffer: UnsafeCell<Buffer>,
}

struct Buffer {
    bytes: [u8; BUFFER_BYTES],
    len: usize,
    /// Where output goes instead while a stack is printed into memory: address, room, and how much is there.
    target: Option<(*mut u8, usize, usize)>,
}

// SAFETY: `buffer` is used under `lock` only.
unsafe impl Sync for Output {}

static OUTPUT: Output = Output {
    lock: Mutex::new(Rank::Print),
    buffer: UnsafeCell::new(Buffer { bytes: [0; BUFFER_BYTES], len: 0, target: None }),
};

/// Takes the lock, or counts once more.
pub(crate) extern "C" fn printlock() {
    // SAFETY: `current_m` is this thread's M, or null on threads of tests.
    match unsafe { current_m().as_mut() } {
        Some(mp) if mp.print_depth > 0 => mp.print_depth += 1,
        Some(mp) => {
            OUTPUT.lock.lock();
            mp.print_depth = 1;
        }
        None => OUTPUT.lock.lock(),
    }
}

/// Writes what was printed and releases the lock.
pub(crate) extern "C" fn printunlock() {
    // SAFETY: as in `printlock`.
    if let Some(mp) = unsafe { current_m().as_mut() } {
        mp.print_depth -= 1;
        if mp.print_depth > 0 {
            return;
        }
    }
    Printer(()).flush();
    OUTPUT.lock.unlock();
}

/// The right to print: somebody called `printlock` and not yet `printunlock`.
pub struct Printer(());

impl Printer {
    /// Takes the lock.
    pub fn begin() -> Printer {
        printlock();
        Printer(())
    }

    /// Takes the lock for a message that ends the program.
    pub fn begin_fatal() -> Printer {
        Printer::begin()
    }

    /// Writes everything and releases the lock.
    pub fn end(&mut self) {
        printunlock();
    }

    /// Prints without the lock: the runtime is broken, perhaps while it held it.
    pub(crate) fn begin_broken() -> Printer {
        Printer(())
    }

    /// Ends what `begin_broken` began.
    pub(crate) fn end_broken(&mut self) {
        self.flush();
    }

    /// Takes the lock and prints into `target`; what does not fit is dropped.
    pub(crate) fn begin_into(target: &mut [u8]) -> Printer {
        printlock();
        // SAFETY: the lock is held.
        unsafe { (*OUTPUT.buffer.get()).target = Some((target.as_mut_ptr(), target.len(), 0)) };
        Printer(())
    }

    /// Ends what `begin_into` began; how many bytes were printed.
    pub(crate) fn end_into(&mut self) -> usize {
        // SAFETY: the lock is held.
        let target = unsafe { (*OUTPUT.buffer.get()).target.take() };
        printunlock();
        target.map_or(0, |(_, _, len)| len)
    }

    fn flush(&mut self) {
        // SAFETY: the lock is held.
        let buffer = unsafe { &mut *OUTPUT.buffer.get() };
        platform::write_err(&buffer.bytes[..buffer.len]);
        buffer.len = 0;
    }

    /// Prints bytes.
    pub fn string(&mut self, mut bytes: &[u8]) -> &mut Self {
        // SAFETY: the lock is held.
        if let Some((target, room, len)) = unsafe { &mut (*OUTPUT.buffer.get()).target } {
            let n = bytes.len().min(*room - *len);
            // SAFETY: `begin_into` was given that much room.
            unsafe { core::ptr::copy_nonoverlapping(bytes.as_ptr(), target.add(*len), n) };
            *len += n;
            return self;
        }
        while !bytes.is_empty() {
            // SAFETY: the lock is held.
            let buffer = unsafe { &mut *OUTPUT.buffer.get() };
            let n = bytes.len().min(BUFFER_BYTES - buffer.len);
            buffer.bytes[buffer.len..buffer.len + n].copy_from_slice(&bytes[..n]);
            buffer.len += n;
            bytes = &bytes[n..];
            if buffer.len == BUFFER_BYTES {
                self.flush();
            }
        }
        self
    }

    /// Prints text of the program: each line after the first is indented, so that it cannot pass for the runtime's own.
    pub(crate) fn indented(&mut self, bytes: &[u8]) -> &mut Self {
        for part in bytes.split_inclusive(|&byte| byte == b'\n') {
            self.string(part);
            if part.ends_with(b"\n") {
                self.string(b"\t");
            }
        }
        self
    }

    /// Prints a decimal number.
    pub fn uint(&mut self, mut value: u64) -> &mut Self {
        let mut digits = [0u8; 20];
        let mut start = digits.len();
        loop {
            start -= 1;
            digits[start] = b'0' + (value % 10) as u8;
            value /= 10;
            if value == 0 {
                break;
            }
        }
        self.string(&digits[start..])
    }

    /// Prints a signed decimal number.
    pub fn int(&mut self, value: i64) -> &mut Self {
        if value < 0 {
            self.string(b"-");
        }
        self.uint(value.unsigned_abs())
    }

    /// Prints `0x` and hexadecimal digits.
    pub fn hex(&mut self, value: u64) -> &mut Self {
        let n_digits = (64 - value.leading_zeros()).div_ceil(4).max(1);
        self.string(b"0x");
        for i in (0..n_digits).rev() {
            self.string(&[b"0123456789abcdef"[(value >> (4 * i)) as usize & 15]]);
        }
        self
    }

    /// Prints the shortest decimal that reads back equal: plain up to 21 digits as `%g` with precision 6 decides.
    pub fn float<F: core::fmt::LowerExp + Into<f64> + Copy>(&mut self, value: F) -> &mut Self {
        let wide: f64 = value.into();
        if wide.is_nan() {
            return self.string(b"NaN");
        }
        if wide.is_infinite() {
            return self.string(if wide > 0.0 { b"+Inf" } else { b"-Inf" });
        }
        let text = shortest(value);
        let text = text.bytes();
        let (negative, text) = match text.strip_prefix(b"-") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let e = text.iter().position(|&byte| byte == b'e').unwrap_or(text.len());
        let exponent = parse_exponent(text.get(e + 1..).unwrap_or(b"0"));
        let mut digits = [0u8; 24];
        let mut n_digits = 0;
        for &byte in text[..e].iter().filter(|byte| byte.is_ascii_digit()) {
            digits[n_digits] = byte;
            n_digits += 1;
        }
        if negative {
            self.string(b"-");
        }
        self.digits(&digits[..n_digits], exponent)
    }

    /// Prints digits `d.ddd` times ten to the `exponent` in the form that `%g` chooses.
    fn digits(&mut self, digits: &[u8], exponent: i32) -> &mut Self {
        const PRECISION: i32 = 6;
        let n = digits.len() as i32;
        if !(-4..PRECISION).contains(&exponent) {
            self.string(&digits[..1]);
            if n > 1 {
                self.string(b".").string(&digits[1..]);
            }
            self.string(if exponent < 0 { b"e-" } else { b"e+" });
            let exponent = exponent.unsigned_abs() as u64;
            if exponent < 10 {
                self.string(b"0");
            }
            return self.uint(exponent);
        }
        if exponent < 0 {
            self.string(b"0.");
            (1..-exponent).for_each(|_| done(self.string(b"0")));
            return self.string(digits);
        }
        let whole = (exponent + 1) as usize;
        if digits.len() <= whole {
            self.string(digits);
            (digits.len()..whole).for_each(|_| done(self.string(b"0")));
            return self;
        }
        self.string(&digits[..whole]).string(b".").string(&digits[whole..])
    }
}

/// Ends a chain of prints.
pub(crate) fn done(_: &mut Printer) {}

fn parse_exponent(text: &[u8]) -> i32 {
    let (sign, digits) = match text.strip_prefix(b"-") {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    sign * digits.iter().fold(0, |n, digit| n * 10 + (digit - b'0') as i32)
}

/// Returns `d.ddde-x` with the fewest digits that read back equal, and of those the nearest; of two that are as
/// near the even one, as strconv does, where `core` takes the larger.
fn shortest<F: core::fmt::LowerExp>(value: F) -> Text {
    // More digits than tell a tie from what is nearly one.
    const MORE: usize = 30;
    let [mut shortest, mut even, mut long] = [const { Text::new() }; 3];
    let _ = write!(shortest, "{value:e}");
    let n_digits = shortest.mantissa().filter(u8::is_ascii_digit).count();
    let _ = write!(even, "{value:.*e}", n_digits - 1);
    let _ = write!(long, "{value:.*e}", n_digits - 1 + MORE);
    let mut rest = long.mantissa().filter(u8::is_ascii_digit).skip(n_digits);
    let is_tie = rest.next() == Some(b'5') && rest.all(|digit| digit == b'0');
    if is_tie { even } else { shortest }
}

/// A small buffer for `core::fmt`.
struct Text {
    bytes: [u8; 64],
    len: usize,
}

impl Text {
    const fn new() -> Text {
        Text { bytes: [0; 64], len: 0 }
    }

    /// The bytes in front of the exponent.
    fn mantissa(&self) -> impl Iterator<Item = u8> {
        self.bytes().iter().copied().take_while(|&byte| byte != b'e')
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

impl Write for Text {
    fn write_str(&mut self, s: &str) -> core::fmt::Result {
        let end = self.len + s.len();
        let room = self.bytes.get_mut(self.len..end).ok_or(core::fmt::Error)?;
        room.copy_from_slice(s.as_bytes());
        self.len = end;
        Ok(())
    }
}

macro_rules! prints {
    ($($(#[$doc:meta])* fn $name:ident($($arg:ident: $ty:ty),*) $body:expr;)*) => {
        $(
            $(#[$doc])*
            pub(crate) extern "C" fn $name($($arg: $ty),*) {
                let mut printer = Printer::begin();
                let print: fn(&mut Printer $(, $ty)*) = $body;
                print(&mut printer $(, $arg)*);
                printer.end();
            }
        )*
    };
}

prints! {
    /// `true` or `false`.
    fn printbool(value: u64) |p, value| done(p.string(if value & 1 != 0 { b"true" } else { b"false" }));
    /// A signed integer.
    fn printint(value: i64) |p, value| done(p.int(value));
    /// An unsigned integer.
    fn printuint(value: u64) |p, value| done(p.uint(value));
    /// An integer in hexadecimal; also pointers.
    fn printhex(value: u64) |p, value| done(p.hex(value));
    /// A float32.
    fn printfloat32(value: f32) |p, value| done(p.float(value));
    /// A float64.
    fn printfloat64(value: f64) |p, value| done(p.float(value));
    /// A complex64.
    fn printcomplex64(re: f32, im: f32) |p, re, im| print_complex(p, re, im);
    /// A complex128.
    fn printcomplex128(re: f64, im: f64) |p, re, im| print_complex(p, re, im);
    /// A string.
    fn printstring(data: *const u8, len: usize) |p, data, len| {
        if len > 0 {
            // SAFETY: a Go string has `len` bytes at `data`.
            p.string(unsafe { core::slice::from_raw_parts(data, len) });
        }
    };
    /// A slice: length, capacity, address.
    fn printslice(data: usize, len: i64, cap: i64) |p, data, len, cap| {
        p.string(b"[").int(len).string(b"/").int(cap).string(b"]").hex(data as u64);
    };
    /// An interface: both words.
    fn printeface(ty: usize, data: usize) |p, ty, data| {
        p.string(b"(").hex(ty as u64).string(b",").hex(data as u64).string(b")");
    };
    /// The end of a line.
    fn printnl() |p| done(p.string(b"\n"));
    /// The space between operands.
    fn printsp() |p| done(p.string(b" "));
}

fn print_complex<F: core::fmt::LowerExp + Into<f64> + Copy>(p: &mut Printer, re: F, im: F) {
    p.string(b"(").float(re);
    let wide: f64 = im.into();
    // NaN and negative numbers aside, the imaginary part needs a sign; infinities print their own.
    if !wide.is_sign_negative() && wide.is_finite() || wide.is_nan() {
        p.string(b"+");
    }
    p.float(im).string(b"i)");
}

/// Prints what `panic` was given, as far as that needs no Go: values of basic types, else type and address.
pub(crate) fn print_value(p: &mut Printer, ty: *const Type, data: usize) {
    // SAFETY: `ty` is null or a descriptor.
    let Some(head) = (unsafe { ty.as_ref() }) else {
        p.string(b"nil");
        return;
    };
    let kind = head.kind & 31;
    let is_basic = matches!(kind, 1..=16 | abi::types::KIND_STRING);
    let name = super::typename::type_string(head);
    if !is_basic {
        p.string(b"(").string(name).string(b") ").hex(data as u64);
        return;
    }
    // A defined type is named around its value.
    let is_defined = head.tflag & abi::types::TFLAG_NAMED != 0 && name.contains(&b'.');
    if is_defined {
        p.string(name).string(b"(");
    }
    print_basic(p, kind, data, is_defined);
    if is_defined {
        p.string(b")");
    }
}

/// Prints the value of basic kind `kind` at `data`.
fn print_basic(p: &mut Printer, kind: u8, data: usize, is_quoted: bool) {
    let word = |off: usize, bytes: usize| -> u64 {
        let mut value = [0u8; 8];
        // SAFETY: a value of this kind lies behind the data word.
        unsafe { core::ptr::copy_nonoverlapping((data + off) as *const u8, value.as_mut_ptr(), bytes) };
        u64::from_le_bytes(value)
    };
    let single = |off| f32::from_bits(word(off, 4) as u32);
    let double = |off| f64::from_bits(word(off, 8));
    match kind {
        1 => done(p.string(if word(0, 1) != 0 { b"true" } else { b"false" })),
        2 | 6 => done(p.int(word(0, 8) as i64)),
        3 => done(p.int(word(0, 1) as i8 as i64)),
        4 => done(p.int(word(0, 2) as i16 as i64)),
        5 => done(p.int(word(0, 4) as i32 as i64)),
        7 | 11 | 12 => done(p.uint(word(0, 8))),
        8 => done(p.uint(word(0, 1))),
        9 => done(p.uint(word(0, 2))),
        10 => done(p.uint(word(0, 4))),
        13 => done(p.float(single(0))),
        14 => done(p.float(double(0))),
        15 => print_complex(p, single(0), single(4)),
        16 => print_complex(p, double(0), double(8)),
        _ => {
            // SAFETY: the value is a string: address and length.
            let bytes = unsafe {
                let [data, len] = *(data as *const [usize; 2]);
                if len == 0 { &[] } else { core::slice::from_raw_parts(data as *const u8, len) }
            };
            let quote: &[u8] = if is_quoted { b"\"" } else { b"" };
            p.string(quote).indented(bytes).string(quote);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(print: impl FnOnce(&mut Printer)) -> String {
        OUTPUT.lock.lock();
        let mut printer = Printer(());
        // SAFETY: the lock is held.
        unsafe { (*OUTPUT.buffer.get()).len = 0 };
        print(&mut printer);
        // SAFETY: the lock is held, and the printer is done.
        let buffer = unsafe { &mut *OUTPUT.buffer.get() };
        let text = String::from_utf8(buffer.bytes[..buffer.len].to_vec()).unwrap();
        buffer.len = 0;
        OUTPUT.lock.unlock();
        text
    }

    #[test]
    fn floats_as_gc_prints_them() {
        let cases = [
            (1.5, "1.5"),
            (-2.25e100, "-2.25e+100"),
            (1e-300, "1e-300"),
            (0.0, "0"),
            (1e6, "1e+06"),
            (1e5, "100000"),
            (123456.0, "123456"),
            (1234567.0, "1.234567e+06"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1e21, "1e+21"),
            (100.0, "100"),
            (12345678.5, "1.23456785e+07"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
            (f64::NAN, "NaN"),
        ];
        for (value, text) in cases {
            assert_eq!(shown(|p| done(p.float(value))), text);
        }
        assert_eq!(shown(|p| done(p.float(0.1f32))), "0.1");
        // Half-way between two decimals of 8 digits, and a power of two, below which values are closer.
        assert_eq!(shown(|p| done(p.float(2396738.25f32))), "2.3967382e+06");
        assert_eq!(shown(|p| done(p.float(9007199254740992f64))), "9.007199254740992e+15");
        assert_eq!(shown(|p| done(p.float(16777216f32))), "1.6777216e+07");
        assert_eq!(shown(|p| print_complex(p, 1.0, -2.0)), "(1-2i)");
        assert_eq!(shown(|p| print_complex(p, 0.5f32, 2.0)), "(0.5+2i)");
    }

    #[test]
    fn integers() {
        assert_eq!(shown(|p| done(p.int(i64::MIN))), "-9223372036854775808");
        assert_eq!(shown(|p| done(p.uint(u64::MAX))), "18446744073709551615");
        assert_eq!(shown(|p| done(p.hex(0))), "0x0");
        assert_eq!(shown(|p| done(p.hex(0xdeadbeef))), "0xdeadbeef");
    }
}
