//! Errors that end the program, in gc's form: text on standard error, exit status 2.

use crate::lang::print::Printer;

/// Ends the program because the runtime itself is wrong.
#[cold]
pub fn throw(message: &'static str) -> ! {
    if cfg!(test) {
        panic!("fatal error: {message}");
    }
    fatal_error(message)
}

/// Ends the program because it is wrong beyond recovery (`fatal error: all goroutines are asleep`).
#[cold]
pub fn fatal_error(message: &'static str) -> ! {
    fatal_bytes(message.as_bytes())
}

/// As [`fatal_error`], with a text that Go made.
#[cold]
pub fn fatal_bytes(message: &[u8]) -> ! {
    let mut printer = Printer::begin_fatal();
    printer.string(b"fatal error: ").string(message).string(b"\n");
    crate::lang::traceback::print_all(&mut printer);
    printer.end();
    platform::exit(2)
}
