//! Strings: concatenation, conversions, and the decoding of UTF-8.
//!
//! Spec, "Conversions to and from a string type", "For statements with range clause".

use super::panic::go_panic;
use super::set_second_result;
use crate::heap::alloc::{MAX_ALLOC_BYTES, malloc};
use crate::heap::size_class::rounded_size;
use crate::heap::span::Contents;
use abi::entry::PanicCode;
use arch::Outcome;
use core::ptr::copy_nonoverlapping;

const RUNE_ERROR: u32 = 0xfffd;

/// A Go string.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct GoString {
    data: *const u8,
    len: usize,
}

fn string_result(data: usize, len: usize) -> Outcome {
    set_second_result(len);
    crate::sched::done_or_yield(data)
}

/// # Safety
/// `data` points to `len` bytes, or `len` is 0.
unsafe fn bytes<'a>(data: *const u8, len: usize) -> &'a [u8] {
    // SAFETY: the caller's contract.
    if len == 0 { &[] } else { unsafe { core::slice::from_raw_parts(data, len) } }
}

/// `runtime.concatstrings(parts, n)`.
pub(crate) extern "C" fn concatstrings(parts: *const GoString, n: usize) -> Outcome {
    // SAFETY: the compiler passes an array of n strings.
    let parts = unsafe { core::slice::from_raw_parts(parts, n) };
    let total = parts.iter().try_fold(0usize, |sum, part| sum.checked_add(part.len));
    let Some(total) = total.filter(|&total| total <= MAX_ALLOC_BYTES) else {
        return go_panic(PanicCode::StringTooLong, 0, 0);
    };
    let mut not_empty = parts.iter().filter(|part| part.len > 0);
    // A single part that is not empty is the result itself; but it may be a temporary of the caller's frame only
    // when the compiler says so, and it never does.
    let first = not_empty.next();
    if let (Some(only), None) = (first, not_empty.next()) {
        return string_result(only.data as usize, only.len);
    }
    if total == 0 {
        return string_result(0, 0);
    }
    let data = malloc(total, Contents::Plain);
    let mut to = data as *mut u8;
    for part in parts {
        // SAFETY: the lengths add up to `total`.
        unsafe {
            copy_nonoverlapping(part.data, to, part.len);
            to = to.add(part.len);
        }
    }
    string_result(data, total)
}

/// `runtime.slicebytetostring(data, n)`.
pub(crate) extern "C" fn slicebytetostring(data: *const u8, n: usize) -> Outcome {
    if n == 0 {
        return string_result(0, 0);
    }
    let copy = malloc(n, Contents::Plain);
    // SAFETY: the slice has n bytes.
    unsafe { copy_nonoverlapping(data, copy as *mut u8, n) };
    string_result(copy, n)
}

/// `runtime.stringtoslicebyte(s)`: data and capacity.
pub(crate) extern "C" fn stringtoslicebyte(data: *const u8, len: usize) -> Outcome {
    let cap = rounded_size(len, false);
    let copy = malloc(cap, Contents::Plain);
    // SAFETY: the string has `len` bytes.
    unsafe { copy_nonoverlapping(data, copy as *mut u8, len) };
    string_result(copy, cap)
}

/// `runtime.intstring(v)`: the UTF-8 of a rune, or of U+FFFD.
pub(crate) extern "C" fn intstring(value: i64) -> Outcome {
    let mut buffer = [0u8; 4];
    let encoded = encode(value, &mut buffer);
    let len = encoded.len();
    slicebytetostring(encoded.as_ptr(), len)
}

fn encode(value: i64, buffer: &mut [u8; 4]) -> &[u8] {
    let valid = u32::try_from(value).ok().and_then(char::from_u32);
    valid.unwrap_or(char::REPLACEMENT_CHARACTER).encode_utf8(buffer).as_bytes()
}

/// `runtime.slicerunetostring(data, n)`.
pub(crate) extern "C" fn slicerunetostring(data: *const i32, n: usize) -> Outcome {
    if n == 0 {
        return string_result(0, 0);
    }
    // SAFETY: the slice has n runes.
    let runes = unsafe { core::slice::from_raw_parts(data, n) };
    let mut buffer = [0u8; 4];
    let total: usize = runes.iter().map(|&rune| encode(rune as i64, &mut buffer).len()).sum();
    let string = malloc(total, Contents::Plain);
    let mut to = string as *mut u8;
    for &rune in runes {
        let encoded = encode(rune as i64, &mut buffer);
        // SAFETY: the lengths add up to `total`.
        unsafe {
            copy_nonoverlapping(encoded.as_ptr(), to, encoded.len());
            to = to.add(encoded.len());
        }
    }
    string_result(string, total)
}

/// `runtime.stringtoslicerune(s)`: data and length.
pub(crate) extern "C" fn stringtoslicerune(data: *const u8, len: usize) -> Outcome {
    // SAFETY: the string has `len` bytes.
    let text = unsafe { bytes(data, len) };
    let n = count(text);
    let runes = malloc(n * 4, Contents::Plain);
    let (mut at, mut to) = (0, runes as *mut u32);
    while at < len {
        let (rune, bytes) = decode(&text[at..]);
        // SAFETY: there are n runes.
        unsafe {
            to.write(rune);
            to = to.add(1);
        }
        at += bytes;
    }
    string_result(runes, n)
}

/// The first rune of `text`, which is not empty, and its length; (U+FFFD, 1) for anything that is not UTF-8.
fn decode(text: &[u8]) -> (u32, usize) {
    const INVALID: (u32, usize) = (RUNE_ERROR, 1);
    let first = text[0];
    // Smallest and largest second byte: no overlong forms, no surrogates, nothing above U+10FFFF.
    let (len, low, high) = match first {
        0..=0x7f => return (first as u32, 1),
        0xc2..=0xdf => (2, 0x80, 0xbf),
        0xe0 => (3, 0xa0, 0xbf),
        0xed => (3, 0x80, 0x9f),
        0xe1..=0xef => (3, 0x80, 0xbf),
        0xf0 => (4, 0x90, 0xbf),
        0xf1..=0xf3 => (4, 0x80, 0xbf),
        0xf4 => (4, 0x80, 0x8f),
        _ => return INVALID,
    };
    if text.len() < len || !(low..=high).contains(&text[1]) {
        return INVALID;
    }
    let mut rune = first as u32 & (0x7f >> len);
    for &byte in &text[1..len] {
        if byte & 0xc0 != 0x80 {
            return INVALID;
        }
        rune = rune << 6 | (byte as u32 & 0x3f);
    }
    (rune, len)
}

fn count(text: &[u8]) -> usize {
    let (mut at, mut n) = (0, 0);
    while at < text.len() {
        at += decode(&text[at..]).1;
        n += 1;
    }
    n
}

/// Two words in the result registers.
#[repr(C)]
pub(crate) struct Pair(usize, usize);

/// `runtime.decoderune(s, k)`: the rune at index k, and the index behind it.
pub(crate) extern "C" fn decoderune(data: *const u8, len: usize, k: usize) -> Pair {
    // SAFETY: the string has `len` bytes, and k is less.
    let (rune, n) = decode(unsafe { &bytes(data, len)[k..] });
    Pair(rune as usize, k + n)
}

/// `runtime.countrunes(s)`.
pub(crate) extern "C" fn countrunes(data: *const u8, len: usize) -> usize {
    // SAFETY: the string has `len` bytes.
    count(unsafe { bytes(data, len) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_as_the_standard_says() {
        for c in ['a', 'é', '€', '\u{ffff}', '😀', '\u{10ffff}'] {
            let mut buffer = [0; 4];
            let text = c.encode_utf8(&mut buffer).as_bytes();
            assert_eq!(decode(text), (c as u32, text.len()));
        }
        for text in
            [&[0x80u8][..], &[0xc0, 0x80], &[0xe2, 0x82], &[0xed, 0xa0, 0x80], &[0xf4, 0x90, 0x80, 0x80]]
        {
            assert_eq!(decode(text), (RUNE_ERROR, 1));
        }
        assert_eq!(count(b"a\xff\xe2\x82\xacb"), 4);
    }
}
