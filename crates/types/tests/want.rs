//! Fixtures: each `// want` comment holds a regular expression for every error on its line, and there are no others.
//!
//! The comments were checked against what gc says of the same file.

mod support;

use std::collections::BTreeMap;
use std::path::Path;

use regex::Regex;
use support::{Source, Std, Text};
use types::Version;

/// Reads the expressions of one line, each in backquotes or quotes.
fn wanted(line: &str) -> Vec<String> {
    let Some((_, mut rest)) = line.split_once("// want ") else { return Vec::new() };
    let mut out = Vec::new();
    while let Some(start) = rest.find(['`', '"']) {
        let quote = &rest[start..=start];
        let Some((text, after)) = rest[start + 1..].split_once(quote) else { break };
        out.push(text.to_owned());
        rest = after;
    }
    out
}

fn check(std: &mut Std, path: &Path) -> Vec<String> {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let bytes = std::fs::read(path).unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let version = support::expect::flag(&text, "-lang=").and_then(Version::parse).unwrap_or(Version::NEWEST);
    let files = vec![Text { name: name.clone(), bytes }];
    let sources = vec![Source { path: "p".into(), files, version, imports: vec![], bodyless: true }];
    let mut found: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for diagnostic in std.check_sources(sources) {
        let file = std.map.file(diagnostic.pos.file);
        found.entry(file.line_column(diagnostic.pos.offset).0).or_default().push(diagnostic.text);
    }
    let mut out = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let mut texts = found.remove(&number).unwrap_or_default();
        for want in wanted(line) {
            let regex = Regex::new(&want).unwrap_or_else(|err| panic!("{name}:{number}: {err}"));
            match texts.iter().position(|text| regex.is_match(text)) {
                Some(idx) => drop(texts.remove(idx)),
                None => out.push(format!("{name}:{number}: no error like {want}")),
            }
        }
        out.extend(texts.into_iter().map(|text| format!("{name}:{number}: unexpected: {text}")));
    }
    out
}

#[test]
fn errors_are_where_the_comments_want_them() {
    let mut std = Std::list("amd64");
    let failed = support::on_large_stack(move || {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/want");
        let mut paths: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        let part = std::env::var("RIGO_TESTS").unwrap_or_default();
        paths.retain(|path| path.to_string_lossy().contains(&part));
        paths.iter().flat_map(|path| check(&mut std, path)).collect::<Vec<_>>()
    });
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
