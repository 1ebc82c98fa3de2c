//! The part of a goroutine and of a machine thread that compiled code and stubs touch.
//!
//! `rt::sched::G` and `rt::sched::M` begin with these structs. A register holds the current `G` in
//! compiled code (r15 on amd64, x21 on arm64, `tp` on riscv64); the thread pointer leads to the `M`
//! (`fs:0` on amd64 holds its address).

use core::mem::{offset_of, size_of};
use core::sync::atomic::AtomicU32;

/// The head of a G.
#[repr(C)]
pub struct GHead {
    /// Lowest address of the current stack segment.
    pub stack_lo: usize,
    /// The byte behind the highest address of the current stack segment.
    pub stack_hi: usize,
    /// Compiled functions grow the stack when `sp` is at or below this.
    pub stack_guard: usize,
    /// The M that runs this G, or 0.
    pub m: usize,
    /// Stack pointer, resume address and frame pointer while the G does not run compiled code.
    pub sp: usize,
    /// See `sp`.
    pub pc: usize,
    /// See `sp`.
    pub fp: usize,
    /// The func value the G was started with.
    pub start: usize,
    /// Second result word of an entry that may park.
    pub result1: usize,
    /// Innermost pending [`crate::defer::Defer`], or 0.
    pub defers: usize,
    /// Innermost [`crate::defer::Panic`], or 0.
    pub panics: usize,
    /// The record at the top of the current segment, or 0 on the first one.
    pub segment: usize,
    /// A free segment kept for the next hop, or 0.
    pub spare_segment: usize,
    /// Third word of an entry's panic: `runtime.panicentry(code, result1, result2)`.
    pub result2: usize,
    /// Segments that a recovery has left and that are freed once nothing runs on them.
    pub left_segments: usize,
    /// First operand of a bounds check that fails; the second is in `result2`. Written right before the call that panics.
    pub checked: usize,
    /// Callee-saved registers, stored by each switch to the system stack before it leaves the G's
    /// stack, so that the collector sees them. Their order is the processor's own (`arch`).
    pub saved: [usize; 24],
}

/// Offset of [`GHead::stack_guard`]; part of the stack-check prefix of every function.
pub const G_STACK_GUARD: usize = 16;
/// Offset of [`GHead::defers`].
pub const G_DEFERS: usize = 72;
/// Offset of [`GHead::result2`].
pub const G_RESULT2: usize = 104;
/// Offset of [`GHead::checked`].
pub const G_CHECKED: usize = 120;

const _: () = {
    assert!(offset_of!(GHead, stack_guard) == G_STACK_GUARD);
    assert!(offset_of!(GHead, m) == 24);
    assert!(offset_of!(GHead, sp) == 32);
    assert!(offset_of!(GHead, pc) == 40 && offset_of!(GHead, fp) == 48);
    assert!(offset_of!(GHead, start) == 56 && offset_of!(GHead, result1) == 64);
    assert!(offset_of!(GHead, defers) == G_DEFERS && offset_of!(GHead, panics) == 80);
    assert!(offset_of!(GHead, segment) == 88 && offset_of!(GHead, result2) == G_RESULT2);
    assert!(offset_of!(GHead, checked) == G_CHECKED);
    assert!(offset_of!(GHead, saved) == 128);
    assert!(size_of::<GHead>() == 320);
};

/// The head of an M.
#[repr(C)]
pub struct MHead {
    /// This M's own address, where the thread pointer finds it.
    pub this: usize,
    /// High end of the system stack; every entry of the runtime starts there.
    pub system_sp: usize,
    /// The G that this M runs, or 0.
    pub curg: usize,
    /// The [`crate::heap::CacheHead`] of the P that this M holds, or held last.
    pub cache: usize,
    /// Not 0 from before its thread starts until that thread needs its stacks no more.
    pub has_thread: AtomicU32,
}

impl MHead {
    /// The head of an M that has no thread yet.
    pub const fn new() -> MHead {
        MHead { this: 0, system_sp: 0, curg: 0, cache: 0, has_thread: AtomicU32::new(0) }
    }
}

impl Default for MHead {
    fn default() -> MHead {
        MHead::new()
    }
}

const _: () = {
    assert!(offset_of!(MHead, system_sp) == 8);
    assert!(offset_of!(MHead, curg) == 16 && offset_of!(MHead, cache) == 24);
    assert!(size_of::<MHead>() == 40);
};
