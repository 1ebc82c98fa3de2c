//! Stack growth: the check in front of every function, and the record between two segments.
//!
//! A goroutine's stack is a list of segments that never move. A function that may not fit jumps to
//! `__morestack`, which calls it again on a larger segment. The check stands in front of the function's own code, where
//! registers still hold exactly the arguments.
//!
//! ```text
//! cold:   lea r10, [rip + entry]
//!         mov r11d, growth
//!         jmp __morestack
//! entry:  cmp rsp, [r15+16]              ; frames up to SMALL_FRAME_BYTES
//!         jbe cold
//!
//! entry:  lea r11, [rsp - frame_bytes]   ; larger frames
//!         cmp r11, [r15+16]
//!         jbe cold
//! ```
//!
//! `cold` jumps and does not call, so that calls and returns stay paired for the processor's prediction.

use core::mem::{offset_of, size_of};

/// What lies between the limit and the end of a segment: room for a small frame, for chains of functions without
/// a check, for stubs and for `__morestack` itself.
pub const HEADROOM_BYTES: usize = 1024;

/// Frames up to this size may begin at the limit.
pub const SMALL_FRAME_BYTES: usize = 256;

/// What `go:nosplit` chains may use, from the first function without a check to the deepest leaf.
pub const NOSPLIT_BYTES: usize = HEADROOM_BYTES - SMALL_FRAME_BYTES - STUB_BYTES;

/// What stubs and `__morestack` use of the headroom.
pub const STUB_BYTES: usize = 256;

/// A leaf whose frame, with the return address, is no larger runs in what the limit leaves, without a check.
pub const UNCHECKED_LEAF_BYTES: usize = 128;

/// What functions ask for besides their frame that start long chains of functions without a check.
pub const DEEP_BYTES: usize = 4096;

/// Largest frame: what `growth` can express.
pub const MAX_FRAME_BYTES: usize = 0xffff * 4096;

/// The record at the high end of each segment but the first.
#[repr(C)]
pub struct Segment {
    /// Return address of the function that was moved here.
    pub return_pc: usize,
    /// The caller's stack pointer after the return: the callee has popped its arguments.
    pub caller_sp: usize,
    /// `stack_lo`, `stack_hi`, `stack_guard` and `segment` of the G before the hop.
    pub outer_lo: usize,
    /// See `outer_lo`.
    pub outer_hi: usize,
    /// See `outer_lo`.
    pub outer_guard: usize,
    /// See `outer_lo`.
    pub outer_segment: usize,
    /// Lowest address of this segment.
    pub lo: usize,
    /// Bytes from `lo` to the end of this record.
    pub bytes: usize,
}

const _: () = {
    assert!(size_of::<Segment>() == 64);
    assert!(offset_of!(Segment, outer_lo) == 16 && offset_of!(Segment, lo) == 48);
};

/// What r11d tells `__morestack`: the bytes of stack arguments (a multiple of 8, below 65536) in the low half; in the
/// high half the frame's size in units of 4096, rounded up, or 0 for a small frame.
pub const fn growth(frame_bytes: usize, stack_arg_bytes: usize) -> u32 {
    assert!(frame_bytes <= MAX_FRAME_BYTES && stack_arg_bytes < 1 << 16);
    let frame_units = if frame_bytes <= SMALL_FRAME_BYTES { 0 } else { frame_bytes.div_ceil(4096) };
    (frame_units << 16 | stack_arg_bytes) as u32
}

/// The bytes to put in front of a function on amd64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prefix {
    bytes: [u8; 32],
    len: usize,
    /// Where the function's symbol points, the address that calls use.
    pub entry_off: usize,
    /// Where a 32-bit PC-relative relocation to `__morestack` with addend -4 belongs.
    pub morestack_off: usize,
}

impl Prefix {
    /// The stack check of a function whose frame has `frame_bytes` bytes (saved frame pointer, registers and outgoing
    /// arguments included) and which takes `stack_arg_bytes` bytes of arguments on the stack.
    pub const fn amd64(frame_bytes: usize, stack_arg_bytes: usize) -> Prefix {
        let growth = growth(frame_bytes, stack_arg_bytes).to_le_bytes();
        let mut prefix = Prefix { bytes: [0; 32], len: 0, entry_off: 18, morestack_off: 14 };
        // lea r10, [rip+11]: the end of this instruction is at 7, the entry at 18
        prefix.push(&[0x4c, 0x8d, 0x15, 11, 0, 0, 0]);
        prefix.push(&[0x41, 0xbb]); // mov r11d, growth
        prefix.push(&growth);
        prefix.push(&[0xe9, 0, 0, 0, 0]); // jmp __morestack
        if frame_bytes <= SMALL_FRAME_BYTES {
            prefix.push(&[0x49, 0x3b, 0x67, 0x10]); // cmp rsp, [r15+16]
        } else {
            let disp = (-(frame_bytes as i64) as i32).to_le_bytes();
            prefix.push(&[0x4c, 0x8d, 0x9c, 0x24]); // lea r11, [rsp-frame]
            prefix.push(&disp);
            prefix.push(&[0x4d, 0x3b, 0x5f, 0x10]); // cmp r11, [r15+16]
        }
        let back = -(prefix.len as i8 + 2);
        prefix.push(&[0x76, back as u8]); // jbe cold
        prefix
    }

    const fn push(&mut self, bytes: &[u8]) {
        let mut i = 0;
        while i < bytes.len() {
            self.bytes[self.len] = bytes[i];
            self.len += 1;
            i += 1;
        }
    }

    /// The bytes; the function's own code follows.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_frame_takes_six_bytes_after_the_entry() {
        let prefix = Prefix::amd64(64, 16);
        assert_eq!(prefix.bytes().len(), prefix.entry_off + 6);
        assert_eq!(prefix.bytes()[9..13], [16, 0, 0, 0]);
        assert_eq!(prefix.bytes()[22..], [0x76, 0xe8]);
    }

    #[test]
    fn large_frame_tells_its_size() {
        let prefix = Prefix::amd64(5000, 0);
        assert_eq!(prefix.bytes()[9..13], [0, 0, 2, 0]);
        assert_eq!(prefix.bytes()[22..26], (-5000i32).to_le_bytes());
        assert_eq!(prefix.bytes()[30..], [0x76, 0xe0]);
    }
}
