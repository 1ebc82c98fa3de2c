//! `rigo check` from the outside: what it prints and its exit status, beside the go command's.

mod tree;

use tree::Tree;

const WRONG: &str = "
-- go.mod --
module example.com/m
go 1.24
-- main.go --
package main

import \"example.com/m/sub\"

func main() {
	var unused int
	sub.F(undefined)
}
-- sub/s.go --
package sub

func F(int) { return 1 }

var x string = 2
-- clean/c.go --
package clean

import \"fmt\"

func G[T any](x T) string { return fmt.Sprint(x) }
";

#[test]
fn a_package_without_errors_is_silent() {
    let tree = Tree::new(WRONG);
    assert_eq!(tree.rigo("check -overlay=off ./clean"), (0, String::new()));
}

#[test]
fn errors_have_the_form_of_the_go_command() {
    let tree = Tree::new(WRONG);
    let expected = "# example.com/m/sub\nsub/s.go:3:22: too many return values\n\thave (number)\n\twant ()\n\
                    sub/s.go:5:16: cannot use 2 (untyped int constant) as string value in variable declaration\n\
                    # example.com/m\n./main.go:6:6: declared and not used: unused\n./main.go:7:8: undefined: undefined\n";
    assert_eq!(tree.rigo("check -overlay=off ."), (1, expected.into()));
    // The go command stops at the package that is wrong.
    let (status, text) = tree.run("go", "build ./sub", &[]);
    assert_eq!((status, text.as_str()), (1, &expected[..text.len()]));
}

#[test]
fn files_alone_have_no_header() {
    let tree =
        Tree::new("-- a.go --\npackage p\n\nfunc f() { x := 1 }\n-- b.go --\npackage p\n\nvar y = f\n");
    assert_eq!(
        tree.rigo("check -overlay=off b.go a.go"),
        (1, "./a.go:3:12: declared and not used: x\n".into())
    );
}

#[test]
fn what_cannot_be_loaded_is_said_as_the_go_command_says_it() {
    let tree = Tree::new(
        "-- go.mod --\nmodule m\ngo 1.24\n-- a.go --\npackage m\nimport \"nope\"\n-- b/b.go --\npackage b\nimport \"example.com/x\"\n",
    );
    for package in [".", "./b", "./c", "m/d"] {
        let ours = tree.rigo(&format!("check -overlay=off {package}"));
        assert_eq!(ours, tree.run("go", &format!("build {package}"), &[]), "{package}");
    }
}

#[test]
fn a_syntax_error_hides_the_checker() {
    let tree = Tree::new("-- a.go --\npackage p\n\nfunc f() { x := }\n\nvar y int = \"a\"\n");
    let (status, text) = tree.rigo("check -overlay=off a.go");
    assert_eq!(status, 1);
    assert_eq!(text, "./a.go:3:17: syntax error: unexpected }, expected expression\n");
}

#[test]
fn patterns_that_embed_nothing() {
    let tree =
        Tree::new("-- a.go --\npackage p\n\nimport _ \"embed\"\n\n//go:embed x*y ../q\nvar s string\n");
    let expected =
        "a.go:5:12: pattern x*y: no matching files found\na.go:5:16: pattern ../q: invalid pattern syntax\n";
    assert_eq!(tree.rigo("check -overlay=off a.go"), (1, expected.into()));
}

#[test]
fn language_versions_come_from_flag_module_and_file() {
    let body = "func f() {\n\tfor i := range 3 {\n\t\t_ = i\n\t}\n}\n";
    let archive = format!(
        "-- go.mod --\nmodule m\ngo 1.21\n-- a/a.go --\npackage a\n\n{body}-- b/b.go --\n//go:build go1.22\n\npackage b\n\n{body}"
    );
    let tree = Tree::new(&archive);
    let (status, text) = tree.rigo("check -overlay=off ./a");
    assert_eq!(status, 1);
    assert!(text.contains("a/a.go:4:17: cannot range over 3") && text.contains("go1.22"), "{text}");
    assert_eq!(tree.rigo("check -overlay=off ./b").0, 0);
    assert_eq!(tree.rigo("check -overlay=off -lang=go1.22 ./a").0, 0);
}

#[test]
fn output_is_the_same_on_any_number_of_threads() {
    let tree = Tree::new(WRONG);
    let run = |threads| {
        tree.run(
            env!("CARGO_BIN_EXE_rigo"),
            "check -overlay=off ./... net/http",
            &[("RIGO_THREADS", threads)],
        )
    };
    let one = run("1");
    assert_eq!(one.0, 1);
    for threads in ["2", "5"] {
        assert_eq!(run(threads), one);
    }
}

#[test]
fn targets_and_tags_select_files() {
    let tree = Tree::new(
        "-- go.mod --\nmodule m\ngo 1.24\n-- a.go --\npackage m\n-- a_riscv64.go --\npackage m\nvar x int = \"r\"\n\
         -- t.go --\n//go:build mine\n\npackage m\nvar y int = \"t\"\n-- o.go --\n//go:build opensbi\n\npackage m\nvar z int = \"o\"\n",
    );
    let has = |args: &str, env: &[(&str, &str)]| {
        let text = tree.run(env!("CARGO_BIN_EXE_rigo"), args, env).1;
        ["\"r\"", "\"t\"", "\"o\""].map(|what| text.contains(what))
    };
    assert_eq!(has("check -overlay=off -target linux/amd64", &[]), [false, false, false]);
    assert_eq!(has("check -overlay=off -target linux/riscv64", &[]), [true, false, false]);
    assert_eq!(has("check -overlay=off --target=opensbi/riscv64", &[]), [true, false, true]);
    assert_eq!(
        has("check -overlay=off", &[("GOARCH", "riscv64"), ("GOFLAGS", "-tags=mine")]),
        [true, true, false]
    );
    assert_eq!(
        has("check -overlay=off -tags other -target=linux/amd64", &[("GOFLAGS", "-tags=mine")]),
        [false, false, false]
    );
}

#[test]
fn wrong_usage_has_status_2() {
    let tree = Tree::new(WRONG);
    for args in [
        "",
        "check -nosuch",
        "check -overlay=maybe",
        "check -lang=go1.99",
        "check -target=plan9/386",
        "nosuch",
    ] {
        let (status, text) = tree.rigo(args);
        assert_eq!(status, 2, "{args}: {text}");
        assert!(!text.is_empty());
    }
    assert_eq!(tree.rigo("help").0, 0);
    assert_eq!(tree.rigo("check -help").0, 0);
    assert_eq!(tree.rigo("version").0, 0);
    assert_eq!(tree.rigo("env GOROOT").0, 0);
}
