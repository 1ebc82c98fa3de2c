//! Where goroutines are: walking frames, and printing them as gc does.
//!
//! Every function of compiled Go keeps a frame pointer: its frame's first word is the caller's frame pointer, the second the return
//! address. At the top of a stack segment the return address is that of `__morestack`; the real one is in the segment's record.
//! Assembly uses the frame pointer as it likes: its frames are found from the stack pointer.

use super::functab;
use super::print::Printer;
use super::report;
use crate::sched::{ALL_GS, G, Status, current_g};
use abi::functab::{FUNC_HAS_ARGS, FUNC_WRAPPER};
use abi::stack::Segment;
use platform::upcall::Interrupted;

/// gc's limit on frames of one goroutine; the rest is counted.
const MOST_FRAMES: usize = 100;

/// The frames of a goroutine, the innermost first.
pub(crate) struct Frames {
    pc: usize,
    fp: usize,
    /// The stack pointer, without what the last callee has popped, which assembly's never do; 0 if it is not known.
    sp: usize,
    segment: *const Segment,
    /// Whether `pc` is where a fault happened and not a return address.
    is_exact: bool,
    /// Where the return address lies of a function without frame, in which a fault happened; else 0.
    bare_at: usize,
}

/// One frame.
#[derive(Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) pc: usize,
    pub(crate) fp: usize,
    /// For looking up: inside the calling instruction.
    pub(crate) lookup_pc: usize,
}

impl Frames {
    /// The frames of a goroutine whose context a stub has stored: the caller of the entry is the first.
    ///
    /// # Safety
    /// The goroutine does not run meanwhile.
    pub(crate) unsafe fn of(gp: &G) -> Frames {
        let sp = gp.head.sp as *const usize;
        // SAFETY: a stub's frame lies at `sp`, or two zero words below a new goroutine's first frame.
        let (fp, pc) = unsafe { (*sp, *sp.add(1)) };
        let mut frames =
            Frames { pc, fp, sp: 0, segment: gp.head.segment as *const Segment, is_exact: false, bare_at: 0 };
        frames.leave_segments();
        if gp.fault.is_at(pc) {
            frames.enter_fault(gp.head.sp + 16);
        }
        frames
    }

    /// The frames of a goroutine that was interrupted in compiled code.
    pub(crate) fn at(gp: &G, context: &Interrupted) -> Frames {
        let (pc, fp, segment) = (context.pc, context.fp, gp.head.segment as *const Segment);
        let mut frames = Frames { pc, fp, sp: 0, segment, is_exact: false, bare_at: 0 };
        frames.enter_fault(context.sp);
        frames
    }

    /// The frames above a function without frame of the archive, in which a goroutine was interrupted; none if what stands on top of the stack
    /// is no return address.
    pub(crate) fn above_leaf(gp: &G, context: &Interrupted) -> Option<Frames> {
        let segment = gp.head.segment as *const Segment;
        // SAFETY: the stack pointer lies in the goroutine's stack, which has a word there unless it is empty.
        let top = (context.sp < gp.head.stack_hi).then(|| unsafe { *(context.sp as *const usize) })?;
        functab::find(top.wrapping_sub(1)).filter(|func| func.is_compiled())?;
        let (fp, sp) = (context.fp, context.sp + 8);
        let mut frames = Frames { pc: top, fp, sp, segment, is_exact: false, bare_at: 0 };
        frames.leave_segments();
        Some(frames)
    }

    /// As `next`, for a goroutine that may have been stopped anywhere: ends where the frame pointer does not lead to its stack.
    pub(crate) fn next_on(&mut self, gp: &G) -> Option<Frame> {
        let fp = self.fp;
        let mut is_inside = fp == 0;
        let mut check = |lo: usize, hi: usize| is_inside |= (lo..hi).contains(&fp) && hi - fp >= 16;
        check(gp.head.stack_lo, gp.head.stack_hi);
        let mut segment = gp.head.segment as *const Segment;
        // SAFETY: the segments of a goroutine live as long as it stands on them.
        while let Some(record) = unsafe { segment.as_ref() } {
            check(record.outer_lo, record.outer_hi);
            segment = record.outer_segment as *const Segment;
        }
        if !is_inside || !fp.is_multiple_of(8) {
            self.fp = 0;
            self.bare_at = 0;
        }
        self.next()
    }

    /// `pc` is where a fault happened; the word that was on top of the stack then is at `top`.
    fn enter_fault(&mut self, top: usize) {
        self.is_exact = true;
        self.sp = top;
        if functab::find(self.pc).is_some_and(|func| func.is_bare(self.pc)) {
            self.bare_at = top;
        }
    }

    /// Puts the real return address in the place of `__morestack`'s.
    fn leave_segments(&mut self) {
        while self.pc == arch::morestack_return() {
            // SAFETY: whoever returns to `__morestack` runs on a segment with a record.
            let Some(segment) = (unsafe { self.segment.as_ref() }) else { return };
            self.pc = segment.return_pc;
            self.segment = segment.outer_segment as *const Segment;
        }
    }
}

impl Iterator for Frames {
    type Item = Frame;

    fn next(&mut self) -> Option<Frame> {
        if self.pc == 0 {
            return None;
        }
        let lookup_pc = if self.is_exact { self.pc } else { self.pc - 1 };
        let func = functab::find(lookup_pc);
        if let Some(depth) = func.and_then(|func| func.depth(lookup_pc)) {
            match (self.sp, depth) {
                (0, _) => {}
                (sp, 0) => self.bare_at = sp,
                // Below the return address lies the caller's frame pointer, as in every other frame.
                (sp, depth) => (self.fp, self.bare_at) = (sp + depth - 8, 0),
            }
        }
        let frame = Frame { pc: self.pc, fp: self.fp, lookup_pc };
        // Their callers were interrupted at an instruction, they called nothing.
        let is_injected =
            func.is_some_and(|func| matches!(func.name(), b"runtime.sigpanic" | b"runtime.asyncPreempt"));
        self.is_exact = false;
        if self.bare_at != 0 {
            // SAFETY: the return address of a function without frame lies on the stack.
            self.pc = unsafe { *(self.bare_at as *const usize) };
            (self.sp, self.bare_at) = (self.bare_at + 8, 0);
        } else if self.fp == 0 {
            self.pc = 0;
            return Some(frame);
        } else {
            // SAFETY: a frame pointer of compiled Go points to two words of its stack.
            [self.fp, self.pc] = unsafe { *(self.fp as *const [usize; 2]) };
            self.sp = frame.fp + 16;
            if is_injected {
                self.enter_fault(frame.fp + 16);
            }
        }
        self.leave_segments();
        Some(frame)
    }
}

/// Whether `recover` applies: exactly one ordinary frame stands between it and the panic stub with frame pointer `stub_fp`, besides
/// wrappers that the compiler made. A deferred `recover` itself has no ordinary frame.
///
/// # Safety
/// `gp` is the current goroutine and stands in its entry.
pub(crate) unsafe fn is_called_by_panic(gp: &G, stub_fp: usize) -> bool {
    let mut n_ordinary = 0;
    // SAFETY: the caller's contract.
    for frame in unsafe { Frames::of(gp) } {
        n_ordinary += !functab::find(frame.lookup_pc).is_some_and(|func| func.is_wrapper()) as u32;
        if n_ordinary > 1 || frame.fp == 0 {
            return false;
        }
        // SAFETY: a frame's first word is its caller's frame pointer.
        if unsafe { *(frame.fp as *const usize) } == stub_fp {
            return n_ordinary == 1;
        }
    }
    false
}

/// Prints the current goroutine, as after `panic`.
pub(crate) fn print_current(p: &mut Printer) {
    // SAFETY: the current goroutine belongs to this M and stands in an entry.
    unsafe {
        if let Some(gp) = current_g().as_ref() {
            print_header(p, gp);
            print_frames(p, gp);
        }
    }
}

/// Prints where the thread was that a signal interrupted: its goroutine, if it has one.
pub(crate) fn print_interrupted(p: &mut Printer, context: &Interrupted) {
    let gp = current_g();
    // SAFETY: the goroutine of this M is stopped in this handler.
    let Some(gp) = (unsafe { gp.as_ref() }) else {
        p.string(b"goroutine 0 [idle]:\n");
        return;
    };
    print_header(p, gp);
    let in_go = (gp.head.stack_lo..=gp.head.stack_hi).contains(&context.sp);
    // SAFETY: as above. In an entry or a system call the stub has stored where the goroutine was.
    let frames = if in_go { Frames::at(gp, context) } else { unsafe { Frames::of(gp) } };
    print_frames_of(p, gp, frames);
}

/// Prints every goroutine, as after `fatal error`; the current one first.
pub(crate) fn print_all(p: &mut Printer) {
    if platform::current_m().is_null() {
        return;
    }
    if !current_g().is_null() {
        p.string(b"\n");
        print_current(p);
    }
    print_others(p);
}

/// Prints every goroutine but the current one.
pub(crate) fn print_others(p: &mut Printer) {
    print_some(p, |_| true);
}

/// Prints every goroutine but the current one that `is_wanted` accepts.
pub(crate) fn print_some(p: &mut Printer, is_wanted: impl Fn(&G) -> bool) {
    let current = current_g();
    // SAFETY: Gs are never freed. Those that wait or are runnable do not run while they are printed, as far as
    // that can be had when the program ends; of others only the head is printed.
    unsafe {
        let last = ALL_GS.iter().map(|gp| (*gp).id).max().unwrap_or(0);
        // In the order of their numbers, as gc prints them; nobody is in a hurry any more.
        for id in 1..=last {
            let Some(gp) = ALL_GS.iter().find(|&gp| (*gp).id == id && gp != current) else { continue };
            let gp = &*gp;
            if gp.is_system || !is_wanted(gp) {
                continue;
            }
            match gp.status() {
                Status::Dead | Status::Idle => continue,
                Status::Waiting | Status::Runnable => {
                    p.string(b"\n");
                    print_header(p, gp);
                    print_frames(p, gp);
                }
                Status::Running | Status::Syscall => {
                    p.string(b"\n");
                    print_header(p, gp);
                    p.string(b"\tgoroutine running on other thread; stack unavailable\n");
                }
            }
        }
    }
}

fn print_header(p: &mut Printer, gp: &G) {
    let state = match gp.status() {
        Status::Idle => "idle",
        Status::Runnable => "runnable",
        Status::Running => "running",
        Status::Syscall => "syscall",
        Status::Waiting => gp.wait_reason.0,
        Status::Dead => "dead",
    };
    p.string(b"goroutine ").uint(gp.id).string(b" [").string(state.as_bytes());
    if gp.status() == Status::Waiting && gp.is_durable {
        p.string(b" (durable)");
    }
    if !gp.tied_m.is_null() {
        p.string(b", locked to thread");
    }
    if gp.bubble_id != 0 {
        p.string(b", synctest bubble ").uint(gp.bubble_id);
    }
    p.string(b"]:\n");
}

/// # Safety
/// The goroutine does not run meanwhile.
unsafe fn print_frames(p: &mut Printer, gp: &G) {
    // SAFETY: the caller's contract.
    print_frames_of(p, gp, unsafe { Frames::of(gp) });
}

fn print_frames_of(p: &mut Printer, gp: &G, frames: Frames) {
    let mut n_frames = 0;
    for frame in frames {
        let Some(func) = functab::find(frame.lookup_pc) else { continue };
        func.places(frame.lookup_pc, |place| {
            if !is_shown(place.name, n_frames == 0) || place.flags & FUNC_WRAPPER != 0 {
                return;
            }
            n_frames += 1;
            if n_frames > MOST_FRAMES {
                return;
            }
            print_name(p, place.name);
            let arguments: &[u8] =
                if place.is_inlined || place.flags & FUNC_HAS_ARGS != 0 { b"(...)\n\t" } else { b"()\n\t" };
            // Functions of the archive have no file.
            let file = if place.file.is_empty() { b"runtime" } else { place.file };
            p.string(arguments).string(file).string(b":").uint(place.line as u64);
            if !place.is_inlined {
                p.string(b" +").hex((frame.pc - func.entry_pc()) as u64);
            }
            p.string(b"\n");
        });
    }
    if n_frames > MOST_FRAMES {
        p.string(b"...").uint((n_frames - MOST_FRAMES) as u64).string(b" frames elided...\n");
    }
    print_creator(p, gp);
}

fn print_creator(p: &mut Printer, gp: &G) {
    if gp.created_by_pc == 0 {
        return;
    }
    let pc = gp.created_by_pc;
    let Some(func) = functab::find(pc - 1) else { return };
    let mut innermost = None;
    func.places(pc - 1, |place| innermost = innermost.or(Some(place)));
    let Some(place) = innermost.filter(|place| is_shown(place.name, false)) else { return };
    p.string(b"created by ").string(place.name).string(b" in goroutine ").uint(gp.parent_id);
    p.string(b"\n\t").string(place.file).string(b":").uint(place.line as u64);
    p.string(b" +").hex((pc - func.entry_pc()) as u64).string(b"\n");
}

/// gc shows no function of package runtime but exported ones and `gopanic`, which it calls `panic`.
fn is_shown(name: &[u8], is_first: bool) -> bool {
    match name.strip_prefix(b"runtime.") {
        Some(b"gopanic") => !is_first,
        Some(b"Stack") => !is_first,
        Some(b"goexit" | b"main") => false,
        Some(_) if report::shows_runtime() => true,
        Some(rest) => rest.first().is_some_and(u8::is_ascii_uppercase),
        None => name.contains(&b'.'),
    }
}

fn print_name(p: &mut Printer, name: &[u8]) {
    p.string(if name == b"runtime.gopanic" { b"panic" } else { name });
}
