#![no_main]
//! Scanning and reading of imports: any bytes give a tree and positions within the file.

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (_, errors) = syntax::parse(bytes.into(), syntax::Mode::Imports);
    for error in errors {
        assert!(error.offset as usize <= bytes.len());
    }
});
