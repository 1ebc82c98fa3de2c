//! Errors that end the program, in gc's form: text on standard error, exit status 2.

use crate::lang::print::Printer;
use crate::lang::report;

/// Ends the program because the runtime itself is wrong.
#[cold]
pub fn throw(message: &'static str) -> ! {
    if cfg!(test) {
        panic!("fatal error: {message}");
    }
    fatal_as(message.as_bytes(), true)
}

/// Ends the program because it is wrong beyond recovery (`fatal error: all goroutines are asleep`).
#[cold]
pub fn fatal_error(message: &'static str) -> ! {
    fatal_bytes(message.as_bytes())
}

/// As [`fatal_error`], with a text that Go made.
#[cold]
pub fn fatal_bytes(message: &[u8]) -> ! {
    fatal_as(message, report::shows_goroutines())
}

/// A fault of the runtime shows its goroutines whatever GOTRACEBACK says.
fn fatal_as(message: &[u8], shows_goroutines: bool) -> ! {
    let mut printer = Printer::begin_fatal();
    printer.string(b"fatal error: ").string(message).string(b"\n");
    if shows_goroutines {
        crate::lang::traceback::print_all(&mut printer);
    }
    printer.end();
    report::end()
}
