#![no_main]
//! Checking: any file that parses is checked without a panic, whatever it says.

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use types::{Arenas, FIRST, Input, InputFile, Session, Version};

fuzz_target!(|bytes: &[u8]| {
    let (tree, _) = syntax::parse(bytes.into(), syntax::Mode::Full);
    let file = InputFile { id: source::FileId(0), tree: Arc::new(tree), version: Version::NEWEST };
    let inputs = [Input {
        path: "fuzz".into(),
        files: vec![file],
        imports: vec![("unsafe".into(), types::UNSAFE)],
        version: Version::NEWEST,
        bodyless: true,
    }];
    let mut arenas = Arenas::new(1);
    let session = Session::new(target::Target::LINUX_AMD64, &inputs, &mut arenas);
    let declared = session.declare(FIRST);
    session.check_bodies(declared);
});
