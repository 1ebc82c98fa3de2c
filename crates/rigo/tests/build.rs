//! `rigo build` and `rigo run` from the outside: which files appear, under which names, and what is said when none can.

mod tree;

use tree::Tree;

const PROGRAMS: &str = "
-- go.mod --
module example.com/m/v2
go 1.26
-- main.go --
package main

var version = \"unset\"

func main() { println(version) }
-- cmd/tool/main.go --
package main

func main() { println(\"tool\") }
-- lib/lib.go --
package lib

func F() int { return 1 }
-- folder/keep.txt --
";

impl Tree {
    /// The names in the folder `below`, sorted.
    fn names(&self, below: &str) -> String {
        let entries = std::fs::read_dir(self.0.join(below)).expect("the folder exists");
        let names = entries.map(|entry| entry.expect("it is read").file_name().into_string().expect("UTF-8"));
        let mut names: Vec<String> = names.collect();
        names.sort();
        names.join(" ")
    }

    /// Builds, and says what is new at the top of the tree.
    fn new_names(&self, args: &str) -> String {
        let before = self.names(".");
        assert_eq!(self.rigo(args), (0, String::new()), "{args}");
        let after = self.names(".");
        let new: Vec<&str> =
            after.split(' ').filter(|name| !before.split(' ').any(|old| old == *name)).collect();
        new.iter().for_each(|name| {
            let path = self.0.join(name);
            if path.is_file() { std::fs::remove_file(path) } else { std::fs::remove_dir_all(path) }
                .expect("it was made");
        });
        new.join(" ")
    }
}

#[test]
fn executables_have_the_names_that_go_gives_them() {
    let tree = Tree::new(PROGRAMS);
    assert_eq!(tree.new_names("build"), "m");
    assert_eq!(tree.new_names("build ./cmd/tool"), "tool");
    assert_eq!(tree.new_names("build cmd/tool/main.go"), "main");
    assert_eq!(tree.new_names("build -o x ./cmd/tool"), "x");
    assert_eq!(tree.new_names("build -o new/deep/x ./cmd/tool"), "new");
    assert_eq!(tree.new_names("build ./lib"), "");
    assert_eq!(tree.new_names("build -o x ./lib"), "");
    assert_eq!(tree.new_names("build ./..."), "");
    assert_eq!(tree.new_names("build -o bin/ ./..."), "bin");
    assert_eq!(tree.rigo("build -o folder ./..."), (0, String::new()));
    assert_eq!(tree.names("folder"), "keep.txt m tool");
}

#[test]
fn programs_run_with_arguments_and_status() {
    let tree = Tree::new(PROGRAMS);
    assert_eq!(tree.rigo("run ."), (0, "unset\n".into()));
    assert_eq!(tree.rigo("run ./lib"), (1, "package ./lib is not a main package\n".into()));
    assert_eq!(tree.rigo("run ./..."), (1, "rigo run: pattern ./... matches multiple packages\n".into()));
    let (status, listed) = tree.rigo("build -v -o x ./cmd/tool");
    assert!(status == 0 && listed.contains("example.com/m/v2/cmd/tool\n"), "{listed}");
}

#[test]
fn programs_know_their_goroot() {
    let main =
        "package main\nimport \"runtime\"\nfunc main() { println(runtime.GOROOT(), runtime.Version()) }\n";
    let tree = Tree::new(&format!("-- main.go --\n{main}"));
    assert_eq!(tree.rigo("build -o x main.go"), (0, String::new()));
    let mut env = std::process::Command::new(env!("CARGO_BIN_EXE_rigo"));
    let env = env.args(["env", "GOROOT", "GOVERSION"]).output().expect("rigo runs");
    let env = String::from_utf8(env.stdout).expect("output is UTF-8");
    let [goroot, version] = env.lines().collect::<Vec<_>>()[..] else { panic!("not two lines: {env}") };
    let program = tree.0.join("x").display().to_string();
    assert_eq!(tree.run(&program, "", &[("GOROOT", "")]), (0, format!("{goroot} {version}\n")));
    assert_eq!(tree.run(&program, "", &[("GOROOT", "/go")]), (0, format!("/go {version}\n")));
}

#[test]
fn clean_removes_executables_alone() {
    let tree = Tree::new(PROGRAMS);
    assert_eq!(tree.rigo("build -o . ."), (0, String::new()));
    assert_eq!(tree.names("."), "cmd folder go.mod lib m main.go");
    assert_eq!(tree.rigo("clean ./..."), (0, String::new()));
    assert_eq!(tree.names("."), "cmd folder go.mod lib main.go");
}

/// Builds, which must fail with these lines and leave nothing.
fn fails(tree: &Tree, args: &str, want: &str) {
    let before = tree.names(".");
    let got = tree.rigo(args);
    assert_eq!(got, (1, want.replace("DIR", &tree.0.display().to_string())), "{args}");
    assert_eq!(tree.names("."), before, "{args}");
}

#[test]
fn outputs_that_cannot_be_written() {
    let tree = Tree::new(PROGRAMS);
    let package = "example.com/m/v2";
    fails(&tree, "build -o x . ./cmd/tool", "go: cannot write multiple packages to non-directory DIR/x\n");
    fails(&tree, "build -o folder ./lib", "go: no main packages to build\n");
    let want = format!("{package}: build output \"DIR/go.mod\" already exists and is not an object file\n");
    fails(&tree, "build -o go.mod .", &want);
    fails(&tree, "build -o main.go/x .", &format!("{package}: open DIR/main.go/x: file exists\n"));
    let full = format!("{package}: write /dev/full: no space left on device\n");
    fails(&tree, "build -o /dev/full .", &full);
    assert_eq!(tree.new_names("build -o /dev/null ."), "");
    std::fs::create_dir(tree.0.join("m")).expect("the tree takes folders");
    fails(&tree, "build", "go: build output \"m\" already exists and is a directory\n");
}

#[test]
fn programs_that_cannot_be_linked() {
    let tree = Tree::new(
        r#"
-- go.mod --
module example.com/m
go 1.26
-- nowhere/main.go --
package main

import _ "unsafe"

//go:linkname nowhere example.org/nowhere.f
func nowhere(int) int

func main() { println(nowhere(1)) }
-- nowhere/empty.s --
-- body/main.go --
package main

func f(int) int

func main() { println(f(1)) }
-- assembly/main.go --
package main

func f(int) int

func main() { println(f(1)) }
-- assembly/f.s --
TEXT ·f(SB), 4, $0-16
	RET
-- c/main.go --
package main

import "C"

func main() {}
-- uses/main.go --
package main

import _ "example.com/m/c"

func main() {}
"#,
    );
    let nowhere =
        "# example.com/m/nowhere\nnowhere/main.go:6:6: relocation target example.org/nowhere.f not defined\n";
    fails(&tree, "build ./nowhere", nowhere);
    fails(&tree, "build ./body", "# example.com/m/body\nbody/main.go:3:6: missing function body\n");
    let assembly = "# example.com/m/assembly\nassembly/main.go:3:6: missing function body: \
                    assembly files for riscv64 cannot be used yet, main.f is not defined\n";
    fails(&tree, "build -target linux/riscv64 ./assembly", assembly);
    let c = "build constraints exclude all Go files in DIR/c (import \"C\" is not supported)\n";
    fails(&tree, "build ./c", &format!("package example.com/m/c: {c}"));
    fails(&tree, "build ./uses", &format!("uses/main.go:3:8: {c}"));
    fails(&tree, "build ./absent", "stat DIR/absent: directory not found\n");
}

#[test]
fn tables_are_data_and_unused_ones_are_left_out() {
    let tree = Tree::new(
        r#"
-- go.mod --
module example.com/m
go 1.26
-- main.go --
package main

type entry struct {
	name string
	next *entry
}

var table = []entry{{"first", &entry{"second", nil}}, {"third", nil}}

var unused = map[string]*entry{"an unused key": {name: "x"}}

var computed = len(table[0].name)

func main() { println(table[0].next.name, computed) }
"#,
    );
    assert_eq!(tree.rigo("build -o m ."), (0, String::new()));
    let image = std::fs::read(tree.0.join("m")).expect("it was built");
    let holds = |text: &str| image.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("main.table\0") && holds("go.main\0"), "the image has a symbol table");
    assert!(!holds("main.init.var0\0") && !holds("an unused key") && !holds("main.unused\0"));
}
