//! Assembly of a program's own (`tests/assembly`): calls both ways, and what is said of what is wrong.
//!
//! `tests/assembly/out` holds what gc's binary prints and how it ends; `RIGO_BLESS=1` writes it.

mod programs;
mod tree;

use std::path::Path;
use std::process::Command;

use tree::Tree;

/// Of a report of a panic the names, without arguments, offsets and the folder; before it everything.
fn shown(stderr: &str) -> String {
    let line = |line: &str| -> String {
        if line.starts_with("[signal") {
            return "[signal]".into();
        }
        let line = line.split('(').next().unwrap_or(line).split(" +0x").next().unwrap_or(line);
        match line.rsplit_once('/') {
            Some((_, file)) => format!("\t{file}"),
            None => line.into(),
        }
    };
    stderr.lines().map(|text| line(text) + "\n").collect()
}

#[test]
fn calls_both_ways() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/assembly");
    let binary = std::env::temp_dir().join(format!("rigo-assembly-{}", std::process::id()));
    let golden = dir.join("out");
    if std::env::var_os("RIGO_BLESS").is_some() {
        programs::build(Command::new("go").args(["build", "-o"]).arg(&binary).current_dir(&dir))
            .expect("gc builds it");
        std::fs::write(&golden, programs::outcome(&mut Command::new(&binary), shown)).expect("it is written");
    }
    let want = std::fs::read_to_string(golden).expect("the file is there");
    for mode in ["-N=false", "-N"] {
        let rigo = env!("CARGO_BIN_EXE_rigo");
        programs::build(Command::new(rigo).args(["build", mode, "-o"]).arg(&binary).current_dir(&dir))
            .expect("it builds");
        // Collections at many allocations, interruptions all the time.
        for (name, value) in [("RIGO_TEST", ""), ("RIGO_GC_TORTURE", "50"), ("RIGO_PREEMPT_US", "50")] {
            let got = programs::outcome(Command::new(&binary).env(name, value), shown);
            assert_eq!(want, got, "{mode} {name}={value}");
        }
    }
    std::fs::remove_file(binary).ok();
}

const WRONG: &str = "
-- go.mod --
module example.com/m
go 1.26
-- instruction/main.go --
package main

func f()

func main() { f() }
-- instruction/a_amd64.s --
TEXT ·f(SB), 4, $0
	MOVX AX, BX
	JMP nowhere
	RET
-- include/main.go --
package main

func f()

func main() { f() }
-- include/a_amd64.s --

#include \"nowhere.h\"
-- symbol/main.go --
package main

func f()

func main() { f() }
-- symbol/a_amd64.s --
TEXT ·f(SB), 4, $0
	CALL ·g(SB)
	RET
-- recursion/main.go --
package main

func f()

func main() { f() }
-- recursion/a_amd64.s --
TEXT ·f(SB), 4, $0
	CALL ·f(SB)
	RET
-- body/main.go --
package main

func f()
func g()

func main() { f(); g() }
-- body/a_amd64.s --
TEXT ·f(SB), 4, $0
	RET
-- frame/main.go --
package main

func f()

func main() { f() }
-- frame/a_amd64.s --
TEXT ·f(SB), 4, $0
	CALL inner<>(SB)
	RET
TEXT inner<>(SB), 0, $20000
	MOVQ $0, 0(SP)
	RET
";

#[test]
fn what_is_wrong_is_told_with_its_line() {
    let tree = Tree::new(WRONG);
    let fails = |dir: &str, want: &str| {
        let (status, text) = tree.rigo(&format!("build -o out ./{dir}"));
        assert_eq!((status, text.as_str()), (1, want), "{dir}");
        assert!(!tree.0.join("out").exists(), "{dir} left a file");
    };
    fails(
        "instruction",
        "# example.com/m/instruction\ninstruction/a_amd64.s:2: unrecognized instruction \"MOVX\"\n\
         instruction/a_amd64.s:3: label nowhere not defined\nasm: assembly of instruction/a_amd64.s failed\n",
    );
    fails(
        "include",
        "# example.com/m/include\ninclude/a_amd64.s:2: #include: open nowhere.h: no such file or directory\n\
         asm: assembly of include/a_amd64.s failed\n",
    );
    fails(
        "symbol",
        "# example.com/m/symbol\nsymbol/main.go:3:6: main.f: relocation target main.g not defined\n",
    );
    fails(
        "recursion",
        "# example.com/m/recursion\nrecursion/a_amd64.s: main.f calls itself: its stack has no bound\n",
    );
    fails("body", "# example.com/m/body\nbody/main.go:4:6: relocation target main.g not defined\n");
    // A large frame is asked for where the assembly is entered.
    let (status, text) = tree.rigo("run ./frame");
    assert_eq!((status, text.as_str()), (0, ""));
}
