//! Entry points of an image; binds one platform to `rt`.
#![no_std]

mod bulk;
#[cfg(not(feature = "opensbi"))]
mod linux;
#[cfg(feature = "opensbi")]
mod opensbi;

use core::panic::PanicInfo;

/// A bug in the runtime. Nothing is unwound.
#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    platform::write_err(b"fatal error: runtime bug");
    if let Some(location) = info.location() {
        platform::write_err(b" at ");
        platform::write_err(location.file().as_bytes());
        let mut line = [b':', 0, 0, 0, 0, 0];
        let mut rest = location.line();
        for digit in line[1..].iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        let zeros = line[1..].iter().take_while(|&&digit| digit == b'0').count();
        line[zeros] = b':';
        platform::write_err(&line[zeros..]);
    }
    platform::write_err(b"\n");
    platform::exit(2)
}

/// Named by the unwind tables of the precompiled core; never called, because nothing unwinds.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}
