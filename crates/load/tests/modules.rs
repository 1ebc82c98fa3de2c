//! Modules, patterns and what is said of wrong ones, on small trees in a temporary folder.
//!
//! The expected texts are those of the go command for the same trees.

mod tree;

use std::path::Path;

use load::{Env, GoVersion, Loaded, load};
use tree::{Tree, errors_of, roots};

impl Tree {
    /// Loads patterns and returns all errors, with `DIR` for the folder.
    fn errors(&self, below: &str, patterns: &str) -> String {
        errors_of(&self.config(below), patterns).replace(&self.0.display().to_string(), "DIR")
    }

    /// Loads patterns.
    fn load(&self, below: &str, patterns: &str) -> Loaded {
        let patterns: Vec<String> = patterns.split_whitespace().map(str::to_string).collect();
        load(&self.config(below), &patterns).expect("the modules are sound")
    }
}

const ONE: &str = "
-- go.mod --
module example.com/m
go 1.24
-- main.go --
package main
import (
	\"example.com/m/sub\"
	\"fmt\"
)
-- sub/a.go --
package sub
-- sub/a_windows.go --
package sub
import \"nowhere\"
-- sub/deep/b.go --
package deep
-- sub/testdata/x.go --
package x
-- _hidden/x.go --
package x
-- nested/go.mod --
module example.com/nested
-- nested/x.go --
package nested
-- onlytest/a_test.go --
package onlytest
-- excluded/a.go --
//go:build windows
package excluded
-- two/a.go --
package a
-- two/b.go --
package b
-- cgo/a.go --
package cgo
import \"C\"
-- empty/readme --
x
";

#[test]
fn patterns_name_packages() {
    let tree = Tree::new(ONE);
    assert_eq!(roots(&tree.load("", "")), "example.com/m");
    assert_eq!(roots(&tree.load("", "./sub/...")), "example.com/m/sub example.com/m/sub/deep");
    assert_eq!(roots(&tree.load("sub", ".. ./deep")), "example.com/m example.com/m/sub/deep");
    assert_eq!(roots(&tree.load("sub", "example.com/m/sub fmt")), "example.com/m/sub fmt");
    assert_eq!(roots(&tree.load("", "example.com/m/s...")), "example.com/m/sub example.com/m/sub/deep");
    assert_eq!(roots(&tree.load("", "main.go")), "command-line-arguments");
    let loaded = tree.load("", "main.go");
    assert!(
        loaded.packages.iter().any(|package| package.path == "fmt" && package.is_std && !package.is_root)
    );
    assert_eq!(loaded.packages.last().map(|package| package.go_version), Some(GoVersion(24)));
    assert_eq!(tree.load("", "nothing/...").warnings, ["\"nothing/...\" matched no packages"]);
}

#[test]
fn names_of_files_are_relative_where_shorter() {
    let tree = Tree::new(ONE);
    let names = |below: &str, pattern: &str| {
        let loaded = tree.load(below, pattern);
        loaded.files.iter().map(|file| file.name.clone()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names("sub", "."), "./a.go");
    assert_eq!(names("", "./sub"), "sub/a.go");
    assert_eq!(names("sub/deep", ".."), "../a.go");
}

#[test]
fn packages_that_are_not_there() {
    let tree = Tree::new(ONE);
    let errors = |patterns: &str| tree.errors("", patterns);
    assert_eq!(errors("./nonexist"), "stat DIR/nonexist: directory not found");
    assert!(errors("nonexist").starts_with("package nonexist is not in std ("));
    assert_eq!(
        errors("example.com/m/nonexist"),
        "no required module provides package example.com/m/nonexist; to add it:\n\tgo get example.com/m/nonexist"
    );
    assert_eq!(errors("./empty"), "no Go files in DIR/empty");
    assert_eq!(errors("./onlytest"), "example.com/m/onlytest: no non-test Go files in DIR/onlytest");
    assert_eq!(
        errors("./excluded"),
        "package example.com/m/excluded: build constraints exclude all Go files in DIR/excluded"
    );
    assert_eq!(errors("./two"), "found packages a (a.go) and b (b.go) in DIR/two");
    assert_eq!(
        errors("./cgo"),
        "package example.com/m/cgo: build constraints exclude all Go files in DIR/cgo (import \"C\" is not supported)"
    );
    assert_eq!(errors("two/a.go main.go"), "named files must all be in one directory; have two and .");
    assert_eq!(errors("main.go x"), "named files must be .go files: x");
    assert_eq!(
        errors("./nonexist/..."),
        "pattern ./nonexist/...: lstat ./nonexist/: no such file or directory"
    );
    assert_eq!(errors("./..."), "found packages a (a.go) and b (b.go) in DIR/two");
    assert_eq!(tree.errors("nested", ".."), "directory .. outside main module or its selected dependencies");
}

#[test]
fn imports_that_cannot_be_had() {
    let tree = Tree::new(
        r#"
-- go.mod --
module example.com/m
go 1.24
-- main.go --
package main

import (
	"foo/bar"
	"github.com/x/y"
	"./rel"
	"/abs"
	"internal/abi"
	"example.com/m/prog"
	"example.com/m/in/internal/q"
	"example.com/m/two"
	"net/internal/socktest"
	"unsafe"
)
-- other.go --
package main
import "foo/bar"
-- prog/a.go --
package main
-- in/internal/q/q.go --
package q
-- in/user/u.go --
package user
import "example.com/m/in/internal/q"
-- two/a.go --
package a
-- two/b.go --
package b
"#,
    );
    let errors = tree.errors("", ".");
    let goroot = load::Goroot::find(&Env::of_process(), None).expect("a Go tree is installed");
    let expected = format!(
        "./main.go:4:2: package foo/bar is not in std ({}/src/foo/bar)\n\
         ./main.go:5:2: no required module provides package github.com/x/y; to add it:\n\tgo get github.com/x/y\n\
         ./main.go:6:2: \"./rel\" is relative, but relative import paths are not supported in module mode\n\
         ./main.go:7:2: \"/abs\" is not a package path; see 'go help packages'\n\
         ./main.go:8:2: use of internal package internal/abi not allowed\n\
         ./main.go:9:2: import \"example.com/m/prog\" is a program, not an importable package\n\
         ./main.go:10:2: use of internal package example.com/m/in/internal/q not allowed\n\
         ./main.go:11:2: found packages a (a.go) and b (b.go) in DIR/two\n\
         ./main.go:12:2: use of internal package net/internal/socktest not allowed",
        goroot.dir.display()
    );
    assert_eq!(errors, expected);
    assert_eq!(tree.errors("", "./in/user"), "");
}

#[test]
fn cycles_are_named_from_the_package_asked_for() {
    let tree = Tree::new(
        r#"
-- go.mod --
module example.com/m
-- a.go --
package m
import "example.com/m/x"
-- x/x.go --
package x
import "example.com/m/y"
-- y/y.go --
package y
import "example.com/m/x"
-- self/s.go --
package self
import "example.com/m/self"
"#,
    );
    assert_eq!(
        tree.errors("", "."),
        "package example.com/m\n\timports example.com/m/x from a.go\n\timports example.com/m/y from x.go\n\
         \timports example.com/m/x from y.go: import cycle not allowed"
    );
    assert_eq!(
        tree.errors("", "./self"),
        "package example.com/m/self\n\timports example.com/m/self from s.go: import cycle not allowed"
    );
}

#[test]
fn without_go_mod() {
    let tree = Tree::new("-- a.go --\npackage main\nimport \"github.com/x/y\"\n");
    let no = "go.mod file not found in current directory or any parent directory; see 'go help modules'";
    assert_eq!(tree.errors("", "."), no);
    assert_eq!(
        tree.errors("", "a.go"),
        format!("./a.go:2:8: no required module provides package github.com/x/y: {no}")
    );
}

#[test]
fn go_mod_that_is_wrong() {
    let bad = |text: &str| {
        let tree = Tree::new(&format!("-- go.mod --\n{text}-- a.go --\npackage a\n"));
        tree.errors("", ".")
    };
    let version = load::Goroot::find(&Env::of_process(), None).expect("a Go tree is installed").version;
    let running = version.trim_start_matches("go");
    assert_eq!(bad("module m\ngo 1.99\n"), format!("go: go.mod requires go >= 1.99 (running go {running})"));
    assert_eq!(bad("module m\nbogus\n"), "go: errors parsing go.mod:\ngo.mod:2: unknown directive: bogus");
    assert!(bad("go 1.24\n").starts_with("go: error reading go.mod: missing module declaration."));
}

#[test]
fn replacement_by_folder() {
    let tree = Tree::new(
        r#"
-- m/go.mod --
module example.com/m
go 1.24
require example.org/dep v1.2.3
replace example.org/dep => ../dep
replace example.org/extra => ../dep
-- m/a.go --
package m
import "example.org/dep/p"
-- m/b/b.go --
package b
import "example.org/extra/p"
-- n/go.mod --
module example.com/n
go 1.24
require example.org/gone v1.0.0
replace example.org/gone => ../gone
-- n/n.go --
package n
import "example.org/gone"
-- dep/go.mod --
module example.org/dep
go 1.20
-- dep/p/p.go --
package p
"#,
    );
    let loaded = tree.load("m", ".");
    assert_eq!(loaded.packages[0].path, "example.org/dep/p");
    assert_eq!(loaded.packages[0].go_version, GoVersion(20));
    assert_eq!(loaded.files[0].name, "../dep/p/p.go");
    assert_eq!(
        tree.errors("m", "./b"),
        "b/b.go:2:8: module example.org/extra provides package example.org/extra/p and is replaced but not required; to add it:\n\
         \tgo get example.org/extra"
    );
    assert_eq!(
        tree.errors("n", "."),
        "./n.go:2:8: example.org/gone@v1.0.0: replacement directory ../gone does not exist"
    );
}

#[test]
fn the_vendor_folder() {
    let tree = Tree::new(
        r#"
-- go.mod --
module example.com/m
go 1.24
require example.org/dep v1.2.3
-- m.go --
package m
import "example.org/dep"
import "example.org/other"
-- vendor/modules.txt --
# example.org/dep v1.2.3
## explicit; go 1.20
example.org/dep
-- vendor/example.org/dep/d.go --
package dep
"#,
    );
    let loaded = tree.load("", ".");
    assert_eq!(
        (loaded.packages[0].path.as_str(), loaded.packages[0].go_version),
        ("example.org/dep", GoVersion(20))
    );
    assert_eq!(roots(&tree.load("", "./...")), "example.com/m");
    assert_eq!(
        tree.errors("", "."),
        "./m.go:3:8: cannot find module providing package example.org/other: import lookup disabled by -mod=vendor\n\
         \t(Go version in go.mod is at least 1.14 and vendor directory exists.)"
    );
    std::fs::write(tree.0.join("go.mod"), "module example.com/m\ngo 1.24\n").expect("it can be written");
    assert!(
        tree.errors("", ".").starts_with(
            "go: inconsistent vendoring in DIR:\n\texample.org/dep@v1.2.3: is marked as explicit"
        )
    );
}

#[test]
fn a_workspace_has_several_main_modules() {
    let tree = Tree::new(
        r#"
-- go.work --
go 1.24
use (
	./a
	./b
)
-- a/go.mod --
module example.com/a
-- a/a.go --
package a
import "example.com/b"
-- b/go.mod --
module example.com/b
go 1.21
-- b/b.go --
package b
-- c/go.mod --
module example.com/c
-- c/c.go --
package c
"#,
    );
    let loaded = tree.load("a", ".");
    let versions: Vec<_> = loaded.packages.iter().map(|p| (p.path.as_str(), p.go_version.0)).collect();
    assert_eq!(versions, [("example.com/b", 21), ("example.com/a", 16)]);
    assert_eq!(roots(&tree.load("", "./...")), "example.com/a example.com/b");
    assert_eq!(roots(&tree.load("", "all")), "example.com/a example.com/b");
    assert!(tree.errors("c", ".").contains("not one of the workspace modules listed in go.work"));
}

#[test]
fn tests_on_request() {
    let tree = Tree::new(
        r#"
-- go.mod --
module example.com/m
-- p/p.go --
package p
-- p/p_test.go --
package p
import "strings"
-- p/x_test.go --
package p_test
import "example.com/m/p"
import "example.com/m/q"
import "example.com/m/r"
-- q/q.go --
package q
import "example.com/m/p"
-- r/r.go --
package r
"#,
    );
    let mut config = tree.config("");
    config.tests = load::Tests::Check;
    let loaded = load(&config, &["./p".into()]).expect("the module is sound");
    assert_eq!(
        roots(&loaded),
        "example.com/m/p example.com/m/p [example.com/m/p.test] example.com/m/p_test [example.com/m/p.test]"
    );
    let find = |id: &str| loaded.packages.iter().find(|package| package.id == id).expect("it is loaded");
    let imports = |id: &str| {
        let ids = find(id).imports.iter().map(|(_, number)| loaded.packages[number.index()].id.as_str());
        ids.collect::<Vec<_>>().join(", ")
    };
    assert_eq!(
        imports("example.com/m/p_test [example.com/m/p.test]"),
        "example.com/m/p [example.com/m/p.test], example.com/m/q [example.com/m/p.test], example.com/m/r"
    );
    assert_eq!(imports("example.com/m/q [example.com/m/p.test]"), "example.com/m/p [example.com/m/p.test]");
    assert_eq!(find("example.com/m/p [example.com/m/p.test]").files.len(), 2);
    assert_eq!(find("example.com/m/p").files[0], find("example.com/m/p [example.com/m/p.test]").files[0]);
}

#[test]
fn all_holds_what_tests_need() {
    let tree = Tree::new(
        "-- go.mod --\nmodule m\ngo 1.24\n-- a.go --\npackage m\n-- a_test.go --\npackage m\nimport \"unicode/utf16\"\n",
    );
    assert_eq!(roots(&tree.load("", "all")), "m unicode/utf16");
}

#[test]
fn packages_that_every_program_has() {
    let tree = Tree::new("-- a.go --\npackage main\nfunc main() {}\n");
    let mut config = tree.config("");
    config.implicit = vec!["unicode/utf8".into()];
    let loaded = load(&config, &["a.go".into()]).expect("there are no modules");
    let names: Vec<_> =
        loaded.packages.iter().map(|package| (package.path.as_str(), package.is_root)).collect();
    assert_eq!(names, [("command-line-arguments", true), ("unicode/utf8", false)]);
}

#[test]
fn versions_of_files() {
    let tree = Tree::new(
        "-- go.mod --\nmodule m\ngo 1.25\n-- a.go --\n//go:build go1.22\n\npackage m\n-- b.go --\n//go:build go1.17\n\npackage m\n-- c.go --\npackage m\n",
    );
    let loaded = tree.load("", ".");
    let versions: Vec<u16> = loaded.packages[0].files.iter().map(|(_, version)| version.0).collect();
    assert_eq!(versions, [22, 21, 25]);
    let mut config = tree.config("");
    config.lang = Some(GoVersion(20));
    let loaded = load(&config, &[]).expect("the module is sound");
    assert_eq!(loaded.packages[0].go_version, GoVersion(20));
}

#[test]
fn a_go_tree_named_by_the_user_must_be_right() {
    let tree = Tree::new("-- VERSION --\ngo1.25.1\n-- a.go --\npackage a\n");
    let mut config = tree.config("");
    config.goroot = Some(tree.0.clone());
    let dir: &Path = &tree.0;
    assert_eq!(
        errors_of(&config, "a.go"),
        format!("-goroot: {}: is go1.25.1, but rigo needs go1.26", dir.display())
    );
}
