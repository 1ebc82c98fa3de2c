//! Records of `defer` and `panic`.
//!
//! A function with `defer` has one [`DeferFrame`] in its frame and, at its start, one `try_call` of
//! `runtime.deferinit`, which stores there where to resume after a recovery. Each `defer` statement
//! fills a [`Defer`] - in the frame if it runs at most once, else on the heap - and pushes it with
//! `runtime.deferpush`. On every way out, and in the resumed block, the function calls what
//! `runtime.deferpop` returns until that is nil; or, if all records are in the frame, what each holds that is
//! still on the list.
//!
//! ```text
//! block1:  h = get_exception_handler_address block1, 0
//!          try_call runtime.deferinit(frame, h), block2, [default: recovered]
//! block2:  ... runtime.deferpush(record, frame, closure) ... store results; jump out
//! out, recovered:  while f = runtime.deferpop(frame), f != nil { f() }; load results; return
//! ```
//!
//! A deferred closure takes no argument. It is never nil: a nil func value is wrapped, because
//! calling it must panic when the function returns and not at the statement. Spec, "Defer statements".

use core::mem::{offset_of, size_of};

/// Where a function with `defer` resumes after `recover`.
#[repr(C)]
pub struct DeferFrame {
    /// Address of the handler block.
    pub handler: usize,
    /// Stack pointer in the handler.
    pub sp: usize,
    /// Frame pointer in the handler.
    pub fp: usize,
}

/// One pending deferred call.
#[repr(C)]
pub struct Defer {
    /// The next outer pending call of the goroutine.
    pub link: usize,
    /// The [`DeferFrame`] of the function that deferred it.
    pub frame: usize,
    /// The closure to call.
    pub func: usize,
}

/// A running panic; lies in the frame of `runtime.gopanic` or `runtime.Goexit`.
#[repr(C)]
pub struct Panic {
    /// The panic that was running when this one began.
    pub link: usize,
    /// The interface value given to `panic`: type word and data word.
    pub arg_type: usize,
    /// See `arg_type`.
    pub arg_data: usize,
    /// The [`DeferFrame`] of the deferred call that this panic runs now, or 0.
    pub frame: usize,
    /// Frame pointer of the stub whose frame this record lies in.
    pub stub_fp: usize,
    /// 1 once `recover` has returned this panic's value.
    pub recovered: u32,
    /// 1 if this is `runtime.Goexit`, which no `recover` stops.
    pub goexit: u32,
    /// What the value's `Error` or `String` method returned, once it is about to be printed; length `usize::MAX` while the method runs.
    pub text: usize,
    /// See `text`.
    pub text_len: usize,
}

const _: () = {
    assert!(offset_of!(DeferFrame, sp) == 8 && offset_of!(DeferFrame, fp) == 16);
    assert!(size_of::<DeferFrame>() == 24);
    assert!(offset_of!(Defer, frame) == 8 && offset_of!(Defer, func) == 16);
    assert!(size_of::<Defer>() == 24);
    assert!(offset_of!(Panic, arg_type) == 8 && offset_of!(Panic, goexit) == 44);
    assert!(offset_of!(Panic, text) == 48);
    assert!(size_of::<Panic>() == 64);
};
