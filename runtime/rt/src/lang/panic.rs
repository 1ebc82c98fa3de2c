//! Panics: running deferred calls, recovering, and what happens when nobody does.
//!
//! `runtime.gopanic` is a stub that stays on the goroutine's stack with a `Panic` record in its frame and calls deferred
//! closures one after the other; `panicstep` tells it which. A panic that was recovered ends in a jump to
//! the frame that deferred the recovering call.
//!
//! Invariant: the records of panics are ordered as their frames are; an inner one lies at lower addresses.
//!
//! The entries for failed checks panic with a text of the archive's own. They are weak: an overlay that has
//! `runtime.Error` values replaces them by Go.

use super::print::{Printer, done, print_value};
use super::report;
use super::{iface, traceback};
use crate::heap::alloc::malloc;
use crate::heap::span::Contents;
use crate::sched::current_g;
use abi::defer::{Defer, DeferFrame, Panic};
use abi::entry::PanicCode;
use abi::types::Type;
use arch::Outcome;

/// Ends an entry with a Go panic; see `PanicCode` for `x` and `y`.
pub(crate) fn go_panic(code: PanicCode, x: usize, y: usize) -> Outcome {
    // SAFETY: the current goroutine belongs to this M during its entry.
    unsafe {
        let gp = current_g();
        (*gp).head.result1 = x;
        (*gp).head.result2 = y;
    }
    Outcome::panic(code as u64)
}

/// What the stub does next, in the two result registers.
#[repr(C)]
pub(crate) struct Step {
    /// The closure to call; 0: resume at `frame`.
    func: usize,
    frame: usize,
}

unsafe extern "C" {
    #[link_name = "rigo_goexit1"]
    static GOEXIT1: u8;
    #[link_name = "rigo_goexitagain"]
    static GOEXIT_AGAIN: u8;
    #[link_name = "runtime.fatalpanic"]
    static FATALPANIC: u8;
}

/// A func value of a plain function.
#[repr(transparent)]
struct FuncValue(*const u8);

// SAFETY: never written.
unsafe impl Sync for FuncValue {}

static GOEXIT1_FUNC: FuncValue = FuncValue(&raw const GOEXIT1);
static FATALPANIC_FUNC: FuncValue = FuncValue(&raw const FATALPANIC);

/// The next step of the panic whose record is `panic`.
pub(crate) extern "C" fn panicstep(panic: *mut Panic) -> Step {
    let gp = current_g();
    // SAFETY: the records of this goroutine lie in frames below the stub's, which are all alive.
    unsafe {
        if (*panic).recovered != 0 {
            return resume_recovered(panic);
        }
        let defer = (*gp).head.defers as *mut Defer;
        if defer.is_null() {
            let end = if (*panic).goexit != 0 { &GOEXIT1_FUNC } else { &FATALPANIC_FUNC };
            return Step { func: end as *const FuncValue as usize, frame: 0 };
        }
        (*gp).head.defers = (*defer).link;
        (*panic).frame = (*defer).frame;
        Step { func: (*defer).func, frame: 0 }
    }
}

/// Leaves `panic`, which a deferred call has recovered, for the frame that deferred that call.
///
/// # Safety
/// `panic` is the innermost record of the current goroutine.
unsafe fn resume_recovered(panic: *mut Panic) -> Step {
    let gp = current_g();
    // SAFETY: as in `panicstep`.
    unsafe {
        let frame = (*panic).frame as *mut DeferFrame;
        let target_sp = (*frame).sp;
        // The fault behind it is over.
        (*gp).fault = super::fault::FaultInfo::NONE;
        // Panics that began in calls which are left now are gone with them, except a Goexit: that goes on.
        let mut outer = (*panic).link as *mut Panic;
        while !outer.is_null() && is_below(gp, outer as usize, target_sp) {
            if (*outer).goexit != 0 {
                (*gp).head.panics = outer as usize;
                // The stub's own frame is where to go on: its record has room for a DeferFrame's three words.
                let again = &raw mut (*gp).scratch as *mut DeferFrame;
                again.write(DeferFrame {
                    handler: &raw const GOEXIT_AGAIN as usize,
                    sp: outer as usize,
                    fp: (*outer).stub_fp,
                });
                crate::sched::drop_segments_to(gp, outer as usize);
                return Step { func: 0, frame: again as usize };
            }
            outer = (*outer).link as *mut Panic;
        }
        (*gp).head.panics = outer as usize;
        crate::sched::drop_segments_to(gp, target_sp);
        Step { func: 0, frame: frame as usize }
    }
}

/// Whether the stack address `addr` was pushed later than `target`, on a stack that may have several segments.
fn is_below(gp: *mut crate::sched::G, addr: usize, target: usize) -> bool {
    crate::sched::is_inner(gp, addr, target)
}

/// `runtime.gorecover`: the value of the panic that runs the caller as a deferred call, else nil.
pub(crate) extern "C" fn gorecover() -> Step {
    let gp = current_g();
    // SAFETY: the records of the current goroutine are alive, and it stands in this entry.
    unsafe {
        let panic = (*gp).head.panics as *mut Panic;
        if panic.is_null() || (*panic).goexit != 0 || (*panic).recovered != 0 {
            return Step { func: 0, frame: 0 };
        }
        if !traceback::is_called_by_panic(&*gp, (*panic).stub_fp) {
            return Step { func: 0, frame: 0 };
        }
        (*panic).recovered = 1;
        Step { func: (*panic).arg_type, frame: (*panic).arg_data }
    }
}

/// The value of a panic that has a method for its text: code address and receiver of the next one that was not asked yet.
///
/// # Safety
/// `panic` is null or a live record of the current goroutine.
unsafe fn next_without_text(mut panic: *mut Panic) -> Option<(*mut Panic, usize)> {
    let mut found = None;
    // The outermost first: that is the order in which they are printed.
    // SAFETY: links of live records are live records.
    while let Some(record) = unsafe { panic.as_ref() } {
        // SAFETY: the type word is null or a descriptor.
        let ty = unsafe { (record.arg_type as *const Type).as_ref() };
        if record.text_len == usize::MAX {
            die_with_double_panic(record)
        }
        if let (0, Some(code)) = (record.text, ty.and_then(iface::text_method)) {
            found = Some((panic, code));
        }
        panic = record.link as *mut Panic;
    }
    found
}

/// A value's own method for its text panicked.
fn die_with_double_panic(_record: &Panic) -> ! {
    crate::fatal::fatal_error("panic while printing panic value")
}

/// What `runtime.fatalpanic` calls to get a text.
pub(crate) extern "C" fn panictext() -> Step {
    // SAFETY: the records of the current goroutine are alive.
    unsafe {
        match next_without_text((*current_g()).head.panics as *mut Panic) {
            Some((panic, code)) => {
                (*panic).text_len = usize::MAX;
                Step { func: code, frame: (*panic).arg_data }
            }
            None => Step { func: 0, frame: 0 },
        }
    }
}

/// Takes the text that a method returned.
pub(crate) extern "C" fn set_panictext(data: usize, len: usize) {
    // SAFETY: as in `panictext`; one record waits for its text.
    unsafe {
        let mut panic = (*current_g()).head.panics as *mut Panic;
        while let Some(record) = panic.as_mut() {
            if record.text_len == usize::MAX {
                // An empty string has no address of its own.
                record.text = data.max(1);
                record.text_len = len;
            }
            panic = record.link as *mut Panic;
        }
    }
}

/// `runtime.reportpanic`: prints all panics of the goroutine and ends the program.
pub(crate) extern "C" fn reportpanic() {
    let mut printer = Printer::begin_fatal();
    // SAFETY: the records of the current goroutine are alive.
    unsafe {
        print_panics(&mut printer, (*current_g()).head.panics as *const Panic);
        (*current_g()).fault.print_if_memory(&mut printer);
    }
    die(&mut printer)
}

/// Prints the panics, the outermost first, each on a line.
///
/// # Safety
/// `panic` is null or a live record.
unsafe fn print_panics(p: &mut Printer, panic: *const Panic) {
    // Goroutines die seldom and nest panics little: walking the list once for each line is good enough.
    // SAFETY: links of live records are live records.
    unsafe {
        let mut depth = 0;
        let mut at = panic;
        while !at.is_null() {
            depth += 1;
            at = (*at).link as *const Panic;
        }
        let nth = |line: usize| {
            let mut at = panic;
            (0..line).for_each(|_| at = (*at).link as *const Panic);
            at
        };
        let mut is_first = true;
        let mut line = depth;
        while line > 0 {
            line -= 1;
            let at = nth(line);
            if (*at).goexit != 0 {
                continue;
            }
            p.string(if is_first { b"panic: " } else { b"\tpanic: " });
            is_first = false;
            print_argument(p, &*at);
            let recovered = (*at).recovered != 0;
            // A deferred call that panics again with what it recovered is one line.
            let again = recovered && line > 0 && is_same_argument(&*at, &*nth(line - 1));
            if again {
                line -= 1;
            }
            p.string(match (recovered, again) {
                (_, true) => b" [recovered, repanicked]\n".as_slice(),
                (true, false) => b" [recovered]\n",
                (false, false) => b"\n",
            });
        }
    }
}

fn is_same_argument(a: &Panic, b: &Panic) -> bool {
    a.arg_type == b.arg_type && a.arg_data == b.arg_data
}

fn print_argument(p: &mut Printer, panic: &Panic) {
    if panic.text != 0 {
        // SAFETY: a method returned this string.
        p.indented(unsafe { core::slice::from_raw_parts(panic.text as *const u8, panic.text_len) });
    } else {
        print_value(p, panic.arg_type as *const Type, panic.arg_data);
    }
}

/// Prints where the goroutine is and ends the program.
pub(crate) fn die(p: &mut Printer) -> ! {
    if report::shows_goroutines() {
        p.string(b"\n");
        traceback::print_current(p);
        traceback::print_some(p, |gp| report::shows_others(gp.bubble_id));
    }
    p.end();
    report::end()
}

/// An interface value, in the two result registers.
#[repr(C)]
pub(crate) struct Raised {
    ty: *const Type,
    data: usize,
}

/// The type of the archive's own errors: a string that is no Go string. Values of it can be recovered and are printed as text; they
/// are no `error`, which only the overlay's Go can make.
static TEXT_TYPE: Type = Type {
    size: 16,
    ptr_bytes: 8,
    hash: 0,
    tflag: 0,
    align: 8,
    field_align: 8,
    kind: abi::types::KIND_STRING,
    equal: 0,
    gc_data: 0,
    str_off: 0,
    ptr_to_this: 0,
};

const LONGEST_TEXT: usize = 480;

/// Makes the value of a panic out of what `print` prints.
pub(crate) fn raise(print: impl FnOnce(&mut Printer)) -> Raised {
    let mut text = [0; LONGEST_TEXT];
    let mut printer = Printer::begin_into(&mut text);
    print(&mut printer);
    let len = printer.end_into();
    let bytes = malloc(len, Contents::Plain);
    let header = malloc(2 * size_of::<usize>(), Contents::Unknown);
    // SAFETY: both were just allocated for this.
    unsafe {
        core::ptr::copy_nonoverlapping(text.as_ptr(), bytes as *mut u8, len);
        *(header as *mut [usize; 2]) = [bytes, len];
    }
    Raised { ty: &raw const TEXT_TYPE, data: header }
}

/// `runtime.panicentry(code, x, y)`.
pub(crate) extern "C" fn panicentry(code: u64, _x: usize, _y: usize) -> Raised {
    const TEXTS: [&str; 9] = [
        "send on closed channel",
        "close of closed channel",
        "close of nil channel",
        "makechan: size out of range",
        "runtime error: makeslice: len out of range",
        "runtime error: makeslice: cap out of range",
        "runtime error: growslice: len out of range",
        "runtime error: makeslice: len out of range",
        "runtime error: string concatenation too long",
    ];
    raise(|p| done(p.string(TEXTS[code as usize].as_bytes())))
}

/// The text of a failed bounds check: `{x}` and `{y}` stand for the two words. The second text is for a negative
/// `x`, which says all by itself.
struct BoundsText(&'static str, &'static str);

fn print_bounds(p: &mut Printer, text: &BoundsText, x: i64, y: i64, signed: bool) {
    let template = if signed && x < 0 { text.1 } else { text.0 };
    p.string(b"runtime error: ");
    for part in template.split_inclusive('}') {
        let (before, which) = match part.split_once('{') {
            Some((before, which)) => (before, which),
            None => (part, ""),
        };
        p.string(before.as_bytes());
        match which {
            "x}" if signed => done(p.int(x)),
            "x}" => done(p.uint(x as u64)),
            "y}" => done(p.int(y)),
            _ => {}
        }
    }
}

macro_rules! bounds {
    ($($signed:ident $unsigned:ident $text:literal $negative:literal;)*) => {
        $(
            pub(crate) extern "C" fn $signed(x: i64, y: i64) -> Raised {
                raise(|p| print_bounds(p, &BoundsText($text, $negative), x, y, true))
            }
            #[allow(dead_code)] // not every check has an unsigned form
            pub(crate) extern "C" fn $unsigned(x: i64, y: i64) -> Raised {
                raise(|p| print_bounds(p, &BoundsText($text, $negative), x, y, false))
            }
        )*
    };
}

bounds! {
    panic_index panic_index_u "index out of range [{x}] with length {y}" "index out of range [{x}]";
    panic_slice_alen panic_slice_alen_u
        "slice bounds out of range [:{x}] with length {y}" "slice bounds out of range [:{x}]";
    panic_slice_acap panic_slice_acap_u
        "slice bounds out of range [:{x}] with capacity {y}" "slice bounds out of range [:{x}]";
    panic_slice_b panic_slice_b_u
        "slice bounds out of range [{x}:{y}]" "slice bounds out of range [{x}:]";
    panic_slice3_alen panic_slice3_alen_u
        "slice bounds out of range [::{x}] with length {y}" "slice bounds out of range [::{x}]";
    panic_slice3_acap panic_slice3_acap_u
        "slice bounds out of range [::{x}] with capacity {y}" "slice bounds out of range [::{x}]";
    panic_slice3_b panic_slice3_b_u
        "slice bounds out of range [:{x}:{y}]" "slice bounds out of range [:{x}:]";
    panic_slice3_c panic_slice3_c_u
        "slice bounds out of range [{x}:{y}:]" "slice bounds out of range [{x}::]";
    panic_slice_convert panic_slice_convert_u
        "cannot convert slice with length {x} to array or pointer to array with length {y}"
        "cannot convert slice with length {x} to array or pointer to array with length {y}";
}

/// `runtime.panicrangestate(state)`. The states are those of Go's internal/abi: done, ready, panic, exhausted, missing panic.
pub(crate) extern "C" fn panicrangestate(state: u64) -> Raised {
    let text = match state {
        0 => "continued iteration after function for loop body returned false",
        2 => "continued iteration after loop body panic",
        3 => "continued iteration after whole loop exit",
        4 => "recovered a loop body panic and did not resume panicking",
        _ => crate::fatal::throw("unexpected state set by range func"),
    };
    raise(|p| done(p.string(b"runtime error: range function ").string(text.as_bytes())))
}

macro_rules! plain {
    ($($name:ident $text:literal;)*) => {
        $(
            pub(crate) extern "C" fn $name() -> Raised {
                raise(|p| done(p.string($text)))
            }
        )*
    };
}

plain! {
    panicnil b"panic called with nil argument";
    panicdivide b"runtime error: integer divide by zero";
    panicshift b"runtime error: negative shift amount";
    panicmem b"runtime error: invalid memory address or nil pointer dereference";
    panicmakeslicelen b"runtime error: makeslice: len out of range";
    panicmakeslicecap b"runtime error: makeslice: cap out of range";
    panicunsafeslicelen b"runtime error: unsafe.Slice: len out of range";
    panicunsafeslicenilptr b"runtime error: unsafe.Slice: ptr is nil and len is not zero";
    panicunsafestringlen b"runtime error: unsafe.String: len out of range";
    panicunsafestringnilptr b"runtime error: unsafe.String: ptr is nil and len is not zero";
}

arch::panics!(panicstep, panictext, set_panictext, crate::sched::free_left_segments);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_texts() {
        let text = BoundsText("index out of range [{x}] with length {y}", "index out of range [{x}]");
        // What is printed is checked by the program tests; here only that every brace is closed.
        assert_eq!(text.0.matches('{').count(), text.0.matches('}').count());
    }
}
