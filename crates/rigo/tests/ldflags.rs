//! What `-N` and `-ldflags` make of an image.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

const SOURCE: &str = r#"package main

import "fmt"

type text string

const word = "const"

var number = 3
var named text = "named"
var plain string
var constant = "constant"
var joined = word + "x"
var copied = constant
var computed = fmt.Sprint("computed")

func main() { println(plain, constant, joined, copied, computed, number, named) }
"#;

/// A folder with the program above, which goes when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let folder = std::env::temp_dir().join(format!("rigo-tests-ldflags-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("the temporary folder takes files");
        fs::write(folder.join("main.go"), SOURCE).expect("the temporary folder takes files");
        Folder(folder)
    }

    fn rigo(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rigo"));
        command.args(arguments).arg("main.go").current_dir(&self.0).output().expect("rigo runs")
    }

    /// The image that flags give.
    fn image(&self, flags: &[&str]) -> Vec<u8> {
        let out = self.rigo(&[&["build", "-o", "image"], flags].concat());
        assert!(out.status.success(), "{flags:?}: {}", String::from_utf8_lossy(&out.stderr));
        fs::read(self.0.join("image")).expect("there is an image")
    }

    /// What the program prints.
    fn printed(&self, ldflags: &str) -> String {
        String::from_utf8_lossy(&self.rigo(&["run", "-ldflags", ldflags]).stderr).trim().into()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

#[test]
fn strings_are_given_as_by_gc() {
    let folder = Folder::new("strings");
    for (ldflags, want) in [
        ("", " constant constx constant computed 3 named"),
        ("-X main.plain=a -X 'main.constant=two words'", "a two words constx two words computed 3 named"),
        ("-X=main.joined=j -X main.plain=1 -X main.plain=2", "2 constant j constant computed 3 named"),
        ("-X main.copied=no -X main.computed=no", " constant constx constant computed 3 named"),
        (
            "-X main.word=no -X main.main=no -X main.unknown=no -X far.away=no",
            " constant constx constant computed 3 named",
        ),
    ] {
        assert_eq!(folder.printed(ldflags), want.trim(), "{ldflags}");
    }
    for (ldflags, want) in [
        ("-X main.number=4", "main.number: cannot set with -X: not a var of type string (type:int)"),
        ("-X main.named=x", "main.named: cannot set with -X: not a var of type string (type:main.text)"),
        ("-X main.plain", "-X flag requires argument of the form importpath.name=value"),
        ("-X 'main.plain=x", "unterminated ' string"),
    ] {
        let printed = folder.printed(ldflags);
        assert!(printed.contains(want), "{ldflags}: {printed}");
    }
}

#[test]
fn sections_are_those_asked_for() {
    let folder = Folder::new("sections");
    let has = |flags: &[&str]| {
        let image = folder.image(flags);
        [".symtab\0", ".debug_info\0", ".debug_line\0", ".debug_frame\0"]
            .map(|name| image.windows(name.len()).any(|bytes| bytes == name.as_bytes()))
    };
    assert_eq!(has(&[]), [true, true, true, true]);
    assert_eq!(has(&["-N"]), [true, true, true, true]);
    assert_eq!(has(&["-ldflags=-w"]), [true, false, false, false]);
    assert_eq!(has(&["-ldflags=-s"]), [false, false, false, false]);
    assert_eq!(has(&["-ldflags", "-s -w"]), [false, false, false, false]);
    assert_eq!(has(&["-ldflags=-s -w=0"]), [false, true, true, true]);
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let folder = Folder::new("threads");
    for flag in ["-N", "-N=false"] {
        assert!(folder.image(&[flag, "-threads=1"]) == folder.image(&[flag, "-threads=5"]), "{flag}");
    }
}
