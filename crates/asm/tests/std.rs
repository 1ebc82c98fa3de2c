//! Every assembly file of the standard library for amd64 assembles.

mod support;

use std::collections::BTreeSet;
use std::path::Path;

use support::{goroot, std_files};

/// A stand-in for `go_asm.h`, whose numbers the compiler knows: every name of its kind that the file uses is 8. These are
/// `const_X`, `type__size` and `type_field`, and not names of arguments, labels, symbols and macros.
fn header(text: &str) -> String {
    let mut names = BTreeSet::new();
    for (at, _) in text.char_indices() {
        let before = text[..at].chars().next_back();
        if before.is_some_and(is_name_part) || !text[at..].starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let end = text[at..].find(|c| !is_name_part(c)).map_or(text.len(), |end| at + end);
        let (word, behind) = (&text[at..end], &text[end..]);
        let is_symbol = behind.starts_with([':', '+', '-', '<', '(']) || word.contains(['·', '∕']);
        let is_label = text.contains(&format!("\n{word}:"));
        let is_macro = text.contains(&format!("#define {word}")) || word.to_uppercase() == *word;
        if word.starts_with("const_") || word.contains('_') && !is_symbol && !is_label && !is_macro {
            names.insert(word);
        }
    }
    names.iter().map(|name| format!("#define {name} 8\n")).collect()
}

fn is_name_part(c: char) -> bool {
    c.is_alphanumeric() || "_·∕".contains(c)
}

fn assemble(path: &Path) -> Result<asm::Assembled, String> {
    let text = std::fs::read_to_string(path).expect("the file can be read");
    let dir = path.parent().expect("a file has a folder");
    let include = |name: &str| {
        if name == "go_asm.h" {
            return Some(header(&text));
        }
        let places = [
            dir.join(name),
            goroot().join("pkg/include").join(name),
            goroot().join("src/runtime").join(name),
        ];
        places.iter().find_map(|place| std::fs::read_to_string(place).ok())
    };
    let defines = [("GOOS_linux", "1"), ("GOARCH_amd64", "1"), ("GOAMD64_v1", "1")];
    asm::assemble("p", &path.display().to_string(), &text, &defines, &include).map_err(|errors| {
        let texts: Vec<String> = errors.iter().take(4).map(ToString::to_string).collect();
        texts.join("\n")
    })
}

#[test]
fn every_file_assembles() {
    // Of package runtime nothing is compiled: rigo has its own.
    let runtime = goroot().join("src/runtime");
    let files: Vec<_> = std_files().into_iter().filter(|path| path.parent() != Some(&runtime)).collect();
    assert!(files.len() > 40, "only {} files found", files.len());
    let (mut n_functions, mut wrong) = (0, Vec::new());
    for path in &files {
        match assemble(path) {
            Ok(assembled) => n_functions += assembled.functions.len(),
            Err(error) => wrong.push(error),
        }
    }
    assert!(wrong.is_empty(), "{} of {} files are wrong:\n{}", wrong.len(), files.len(), wrong.join("\n"));
    println!("{} files, {n_functions} functions", files.len());
}
