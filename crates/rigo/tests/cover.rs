//! Coverage beside `go`: the lines, the profiles byte for byte, what a program writes to GOCOVERDIR.

mod tree;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

use tree::Tree;

const MODULE: &str = r#"
-- go.mod --
module example.com/m

go 1.26
-- sum/sum.go --
package sum

import "fmt"

var table = map[string]func(int) int{
	"a": func(x int) int { return x + 1 },
	"b": func(x int) int {
		if x > 3 {
			return 1
		}
		return 2
	},
}

type T struct{ n int }

func (t *T) Inc()    { t.n++ }
func (t T) Get() int { return t.n }

type G[P any] struct{ p P }

func (g *G[P]) Set(p P) { g.p = p }

func Add(a, b int) int {
	if a > 100 {
		return 1
	} else if x := a; x > 50 /* else */ {
		return 2
	} else {
		a++
		a--
	}
	switch {
	case a == 1:
		b++
		b--
		fallthrough
	case a == 2:
		fmt.Sprint("x")
	default:
	}
	for i := 0; i < 3; i++ {
		if i == 1 {
			continue
		}
	}
	x := func() int { return a + b }
	defer func() {}()
	goto L
L:
	a += 0
	{
		a -= 0
	}
	c := make(chan int, 1)
	select {
	case c <- 1:
		a += 0
	default:
	}
	switch v := any(a).(type) {
	case int:
		_ = v
	}
	for range 3 {
	}
	for _, f := range table {
		_ = f(2)
	}
	for v := range func(yield func(int) bool) { _ = yield(1) && yield(2) } {
		if v == 2 {
			break
		}
	}
	if b == -77 {
		panic("no")
	}
	return x()
}
-- sum/sum_test.go --
package sum

import "testing"

func TestAdd(t *testing.T) {
	if Add(1, 2) != 3 {
		t.Fatal()
	}
	var g G[int]
	g.Set(3)
	var h G[string]
	h.Set("")
	new(T).Inc()
	t.Log(testing.CoverMode(), testing.Coverage() > 0)
}
-- fails/f.go --
package fails

func F() int { return 1 }
-- fails/f_test.go --
package fails

import "testing"

func TestF(t *testing.T) {
	if F() == 1 {
		t.Error("one")
	}
}
-- twice/twice.go --
package twice

import "example.com/m/sum"

func Of(a int) int { return sum.Add(a, a) }
func No()          {}
-- constant/n.go --
package constant

const X = 1
-- constant/n_test.go --
package constant

import "testing"

func TestX(t *testing.T) {}
-- untested/n.go --
package untested

const X = 1
-- empty/o.go --
package empty

func F() {}
-- outer/e.go --
package outer

//line generated.y:10
func E() int { return 1 }
-- outer/e_test.go --
package outer_test

import (
	"testing"

	"example.com/m/outer"
	"example.com/m/twice"
)

func TestE(t *testing.T) {
	outer.E()
	twice.Of(60)
}
-- prog/main.go --
package main

import (
	"fmt"
	"os"

	"example.com/m/sum"
)

func init() { fmt.Println(sum.Add(3, 4)) }

func main() {
	if len(os.Args) > 1 {
		os.Exit(3)
	}
}
"#;

fn run(dir: &Path, program: &str, args: &str) -> Output {
    let mut command = Command::new(program);
    command.args(args.split_whitespace()).current_dir(dir);
    command.env("GOFLAGS", "").env("GOWORK", "off").env("CGO_ENABLED", "0").env_remove("GOCOVERDIR");
    command.output().unwrap_or_else(|error| panic!("{program}: {error}"))
}

/// Lines without times.
fn lines(out: &Output) -> Vec<String> {
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let is_time =
        |word: &str| word.trim_matches(['(', ')', 's', '\n']).parse::<f64>().is_ok() && word.contains('.');
    let plain = |line: &str| {
        let words = line.split_inclusive(['\t', ' ']);
        words.map(|word| if is_time(word.trim_end()) { "T " } else { word }).collect()
    };
    text.lines().map(plain).collect()
}

/// Runs both with `-coverprofile` and compares lines, profiles and exit statuses; returns the profile.
fn compare(dir: &Path, args: &str) -> String {
    let profile = |command: &str| {
        let name = format!("{}.profile", command.rsplit('/').next().unwrap_or_default());
        let out = run(dir, command, &format!("test -count=1 -vet=off -coverprofile={name} {args}"));
        (lines(&out), out.status.code(), std::fs::read_to_string(dir.join(&name)).unwrap_or_default())
    };
    let (ours, theirs) = (profile(env!("CARGO_BIN_EXE_rigo")), profile("go"));
    assert_eq!((&ours.0, ours.1), (&theirs.0, theirs.1), "{args}");
    let n_packages = args.split(' ').filter(|word| !word.starts_with('-')).count();
    if n_packages > 1 || args.contains("...") {
        // go adds packages as their tests end.
        let sorted = |text: &str| text.lines().map(str::to_string).collect::<std::collections::BTreeSet<_>>();
        let (ours, theirs) = (sorted(&ours.2), sorted(&theirs.2));
        let differ: Vec<_> = ours.symmetric_difference(&theirs).collect();
        assert!(differ.is_empty(), "{args}: {differ:?}");
    } else {
        assert!(ours.2 == theirs.2, "{args}: rigo:\n{}\ngo:\n{}", ours.2, theirs.2);
    }
    ours.2
}

#[test]
fn profiles_are_those_of_go_test() {
    let tree = Tree::new(MODULE);
    let profile = compare(&tree.0, "-covermode=count ./sum");
    assert!(profile.contains("example.com/m/sum/sum.go:6.23,6.39 1 1\n"), "{profile}");
    compare(&tree.0, "./...");
    compare(&tree.0, "-covermode=atomic ./sum ./outer ./fails ./constant");
    compare(&tree.0, "-coverpkg=./sum,./empty ./outer ./constant");
    compare(&tree.0, "-coverpkg=example.com/m/... ./outer ./empty ./sum");
    compare(&tree.0.join("sum"), "");
    compare(&tree.0.join("sum"), "sum.go sum_test.go");
}

#[test]
fn profiles_of_the_standard_library_are_those_of_go_test() {
    let tree = Tree::new("-- go.mod --\nmodule m\n\ngo 1.26\n");
    for packages in ["sort", "text/template/parse net/url go/scanner"] {
        let profile = compare(&tree.0, &format!("-short {packages}"));
        assert!(profile.lines().count() > 100, "{packages}");
    }
}

/// What `go tool covdata` makes of the files that the program left, and their names without what a run gives them.
fn program(tree: &Tree, command: &str) -> (BTreeMap<String, u32>, String, String) {
    let build = run(&tree.0, command, "build -cover -covermode=count -o prog.out ./prog");
    assert!(build.status.success(), "{}", String::from_utf8_lossy(&build.stderr));
    let silent = run(&tree.0, "./prog.out", "");
    let warning = String::from_utf8_lossy(&silent.stderr).into_owned();
    let dir = tree.0.join("data");
    std::fs::remove_dir_all(&dir).ok();
    std::fs::create_dir(&dir).expect("the tree takes folders");
    for (arguments, status) in [(&[][..], 0), (&["x"], 3)] {
        let ran = Command::new(tree.0.join("prog.out")).args(arguments).env("GOCOVERDIR", &dir).output();
        assert_eq!(ran.expect("the program runs").status.code(), Some(status));
    }
    let mut names = BTreeMap::new();
    for entry in std::fs::read_dir(&dir).expect("the folder is there") {
        let name = entry.expect("it can be read").file_name().to_string_lossy().into_owned();
        *names.entry(name.split('.').take(2).collect::<Vec<_>>().join(".")).or_default() += 1;
    }
    let text = run(&tree.0, "go", "tool covdata textfmt -i=data -o=data.txt");
    assert!(text.status.success(), "{}", String::from_utf8_lossy(&text.stderr));
    let profile = std::fs::read_to_string(tree.0.join("data.txt")).expect("covdata wrote it");
    (names, profile, warning)
}

#[test]
fn programs_write_what_go_build_makes_them_write() {
    let tree = Tree::new(MODULE);
    let (ours, theirs) = (program(&tree, env!("CARGO_BIN_EXE_rigo")), program(&tree, "go"));
    assert_eq!(ours, theirs);
    assert_eq!(ours.0.values().sum::<u32>(), 3, "{:?}", ours.0);
}
