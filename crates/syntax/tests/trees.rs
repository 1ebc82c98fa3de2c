//! One construct per file in `tests/golden/*.go`, beside its tree. `RIGO_BLESS=1` rewrites the trees.

mod common;

use std::path::Path;

use common::{go_files, golden};
use syntax::{Mode, parse};

#[test]
fn trees_are_as_written_down() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    for path in go_files(&dir) {
        let bytes = std::fs::read(&path).expect("the file can be read");
        let (file, errors) = parse(bytes.into(), Mode::Full);
        assert_eq!(errors, [], "{}", path.display());
        golden(&path.with_extension("tree"), &file.tree_text());

        let (again, errors) = parse(file.source_text().into_bytes().into(), Mode::Full);
        assert_eq!(errors, [], "{} printed", path.display());
        assert_eq!(file.tree_text(), again.tree_text(), "{} printed", path.display());
    }
}
