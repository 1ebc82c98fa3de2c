//! Programs whose statements are counted: a file more in their main package, which has the counters written at the end.
//!
//! `go build -cover` writes such a call into the package's initialiser. The hook is not exported, so it is linked by name,
//! as there; the file is the first of the package and so is its `init` function.

use std::sync::Arc;

use crate::Tests;
use crate::dir::GoFile;
use crate::header;
use crate::loader::Loader;

/// The name of the file: no file of a package begins so, for the go command ignores those that do.
const NAME: &str = "_cover_main.go";

const TEXT: &str = r#"package main

import (
	_ "runtime/coverage"
	_ "unsafe"
)

//go:linkname _cover_main_initHook runtime/coverage.initHook
func _cover_main_initHook(istest bool)

func init() { _cover_main_initHook(false) }
"#;

/// Adds the file to the programs asked for, if statements are counted. Tests have their own way.
pub fn add(loader: &mut Loader) {
    if !loader.config.cover || loader.config.tests == Tests::Run {
        return;
    }
    for idx in 0..loader.nodes.len() {
        let node = &loader.nodes[idx];
        let is_main = node.files.iter().any(|f| f.header.package.is_some_and(|n| n.as_str() == "main"));
        if node.root.is_none() || !is_main {
            continue;
        }
        let bytes: Arc<[u8]> = TEXT.as_bytes().into();
        let header = header::read(bytes.clone());
        let file = GoFile { name: NAME.into(), path: node.dir.join(NAME), bytes, header };
        let files = [vec![Arc::new(file)], node.files.clone()].concat();
        let edges = loader.edges(idx, &files);
        let node = &mut loader.nodes[idx];
        (node.files, node.edges) = (files, edges);
    }
    loader.run();
}
