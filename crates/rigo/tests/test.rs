//! `rigo test` beside `go test`: the same module, the same arguments, the same lines and exit status.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Files of the module: what tests, examples, fuzz targets, external tests, `TestMain` and broken packages look like.
const FILES: &[(&str, &str)] = &[
    ("go.mod", "module example.com/m\n\ngo 1.26\n"),
    (
        "sum/sum.go",
        "package sum\n\n// Add adds.\nfunc Add(a, b int) int { return a + b }\n\nfunc hidden() int { return 7 }\n",
    ),
    (
        "sum/sum_test.go",
        r#"package sum

import (
	"fmt"
	"os"
	"testing"
)

func TestAdd(t *testing.T) {
	for _, c := range []struct{ a, b, want int }{{1, 2, 3}, {2, 2, 4}} {
		t.Run(fmt.Sprint(c.a, "+", c.b), func(t *testing.T) {
			if Add(c.a, c.b) != c.want {
				t.Error("wrong")
			}
		})
	}
	t.Log("all added")
}

func TestHidden(t *testing.T) {
	if hidden() != 7 || !testing.Testing() {
		t.Fatal("hidden")
	}
}

func TestFolder(t *testing.T) {
	if _, err := os.ReadFile("sum.go"); err != nil {
		t.Fatal(err)
	}
}

func TestShort(t *testing.T) {
	if testing.Short() {
		t.Skip("it is long")
	}
}

func FuzzAdd(f *testing.F) {
	f.Add(1, 2)
	f.Fuzz(func(t *testing.T, a, b int) {
		if Add(a, b) != Add(b, a) {
			t.Fail()
		}
	})
}

func ExampleAdd() {
	fmt.Println(Add(1, 1))
	// Output: 2
}

func ExampleAdd_unordered() {
	fmt.Println("b\na")
	// Unordered output:
	// a
	// b
}

func Example_notRun() {
	panic("no output comment")
}
"#,
    ),
    (
        "sum/outer_test.go",
        r#"package sum_test

import (
	"testing"

	"example.com/m/sum"
	"example.com/m/twice"
)

func TestOutside(t *testing.T) {
	if sum.Add(1, 1) != twice.Of(1) {
		t.Error("they differ")
	}
}
"#,
    ),
    (
        "twice/twice.go",
        "package twice\n\nimport \"example.com/m/sum\"\n\nfunc Of(a int) int { return sum.Add(a, a) }\n",
    ),
    (
        "fails/fails_test.go",
        r#"package fails

import (
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	println("begin")
	defer println("end")
	os.Exit(m.Run())
}

func TestGood(t *testing.T) {}

func TestBad(t *testing.T) {
	t.Run("inner", func(t *testing.T) { t.Fatalf("want %d", 3) })
}

func ExampleWrong() {
	println()
	// Output: something
}
"#,
    ),
    (
        "panics/p_test.go",
        "package panics\n\nimport \"testing\"\n\nfunc TestPanic(t *testing.T) { var m map[int]int; m[1] = 2 }\n",
    ),
    (
        "flags/f_test.go",
        r#"package flags

import (
	"fmt"
	"os"
	"testing"
	"time"
)

func FuzzOne(f *testing.F) {
	f.Add(1)
	f.Fuzz(func(t *testing.T, a int) {
		if a == 99 {
			t.Fatal("99")
		}
	})
}

func FuzzTwo(f *testing.F) {
	f.Add([]byte("x"), "y")
	f.Fuzz(func(t *testing.T, a []byte, b string) {})
}

func TestA(t *testing.T) { t.Parallel() }

func TestB(t *testing.T) { t.Parallel() }

func TestPrints(t *testing.T) { fmt.Println("printed") }

func TestEnds(t *testing.T) {
	switch os.Getenv("HOW") {
	case "sleep":
		time.Sleep(time.Minute)
	case "exit":
		os.Exit(0)
	case "kill":
		p, _ := os.FindProcess(os.Getpid())
		p.Kill()
		time.Sleep(time.Minute)
	}
}
"#,
    ),
    ("flags/testdata/fuzz/FuzzOne/bad", "go test fuzz v1\nint(99)\n"),
    ("broken/b.go", "package broken\n"),
    (
        "broken/b_test.go",
        "package broken\n\nimport \"testing\"\n\nfunc TestX(t *testing.T) { undefined() }\n",
    ),
    ("wrong/w_test.go", "package wrong\n\nimport \"testing\"\n\nfunc TestX(t testing.T) {}\n"),
    ("program/main.go", "package main\n\nfunc main() { println(value) }\n\nconst value = 5\n"),
    (
        "program/main_test.go",
        "package main\n\nimport \"testing\"\n\ntype tests int\n\nfunc TestValue(t *testing.T) {\n\tmain()\n\tif value != 5 {\n\t\tt.Fail()\n\t}\n}\n",
    ),
];

fn module(name: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    for (path, text) in FILES {
        let path = dir.join(path);
        std::fs::create_dir_all(path.parent().expect("it has a folder")).expect("the folder can be made");
        std::fs::write(path, text).expect("the file can be written");
    }
    dir
}

/// Output without what differs from run to run: times, addresses and the rest of a traceback.
fn normalized(out: &Output) -> Vec<String> {
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let mut lines: Vec<String> = Vec::new();
    let mut in_traceback = false;
    for line in text.lines() {
        if line.starts_with("goroutine ") {
            in_traceback = true;
        }
        if in_traceback && !line.starts_with("FAIL") && !line.starts_with("exit status") {
            continue;
        }
        in_traceback = false;
        // `ok  \tp\t0.003s`, `--- PASS: TestX (0.00s)`
        let words = line.split_inclusive(['\t', ' ', '(']).map(|word| {
            let digits = word.trim_end_matches(['\t', ' ', ')', 's']);
            let is_time = word.contains('s') && digits.parse::<f64>().is_ok() && digits.contains('.');
            if is_time { "T" } else { word }
        });
        lines.push(words.collect());
    }
    lines
}

/// Runs both commands in a folder and compares.
fn compare(dir: &Path, args: &[&str]) {
    compare_with(dir, args, &[]);
}

/// The same with more in the environment.
fn compare_with(dir: &Path, args: &[&str], env: &[(&str, &str)]) {
    let run = |program: &str| {
        let mut command = Command::new(program);
        command.arg("test").args(args).current_dir(dir);
        command.env("GOFLAGS", "").env("GOWORK", "off").env("CGO_ENABLED", "0");
        command.envs(env.iter().copied());
        command.output().unwrap_or_else(|error| panic!("{program}: {error}"))
    };
    let (ours, theirs) = (run(env!("CARGO_BIN_EXE_rigo")), run("go"));
    let all =
        |out: &Output| normalized(out).join("\n") + "\n-- stderr\n" + &String::from_utf8_lossy(&out.stderr);
    assert_eq!(
        normalized(&ours),
        normalized(&theirs),
        "{args:?}: rigo:\n{}\ngo:\n{}",
        all(&ours),
        all(&theirs)
    );
    assert_eq!(ours.status.code(), theirs.status.code(), "{args:?}");
}

#[test]
fn the_lines_are_those_of_go_test() {
    let dir = module("test-lines");
    compare(&dir, &["-count=1", "-v", "./sum"]);
    compare(&dir, &["-count=1", "./sum", "./twice", "./program"]);
    compare(&dir, &["-count=1", "-vet=off", "./..."]);
    compare(&dir, &["-vet=off", "-count=1", "-v", "./program", "./fails"]);
    compare(&dir.join("sum"), &["-count=1"]);
    compare(&dir.join("sum"), &["-count=1", "-short", "-v", "-run=Short|Folder"]);
    compare(&dir, &["-list=.", "./sum"]);
    compare(&dir, &["-count=1", "-run=Nothing", "./sum"]);
    compare(&dir, &["-count=1", "-v", "-skip=Add|Example", "-failfast", "./sum"]);
    compare(&dir, &["-vet=off", "./broken"]);
    compare(&dir, &["-vet=off", "./wrong"]);
}

#[test]
fn flags_mean_what_they_mean_to_go_test() {
    let dir = module("test-flags");
    for args in [
        "-count=1 -shuffle=7 -v ./flags",
        "-count=1 -run=FuzzOne ./flags",
        "-v -count=1 -run=FuzzTwo ./flags",
        "-fuzz=Fuzz -run=None ./flags",
        "-fuzz=None -run=None ./flags",
        "-fuzz=FuzzTwo ./flags ./sum",
        "-cpuprofile=c.out ./flags ./sum",
        "-cpu=1,2 -parallel=1 -count=2 -v -run=TestA|TestB ./flags",
        "-list=Fuzz|Add ./flags ./sum",
        "-count=1 -failfast ./flags",
        "-count=1 -p=1 -failfast -vet=off ./fails ./flags",
        "-count=1 -exec=env -v -run=Prints ./flags",
        "-count=1 -run=[ ./flags",
        "-run=Prints -count=1 ./nowhere ./flags example.com/m/nothing",
    ] {
        compare(&dir, &args.split(' ').collect::<Vec<_>>());
    }
    compare_with(&dir, &["-run=Prints", "./flags"], &[("GOFLAGS", "-v -count=1 -test.short")]);
    for how in ["exit", "kill"] {
        compare_with(&dir, &["-count=1", "-run=Ends", "./flags"], &[("HOW", how)]);
    }
    compare_with(&dir, &["-count=1", "-timeout=2s", "-run=Ends", "./flags"], &[("HOW", "sleep")]);
}
