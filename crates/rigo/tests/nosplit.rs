//! Chains of functions without a stack check: refused where they use more than is certain to be there.

use std::fs;
use std::process::Command;

/// What rigo prints for `a`, `b` and `c`, each `//go:nosplit`, calling the next with a buffer of so many bytes; `c` calls `last`.
fn printed(name: &str, buffers: [usize; 3], last: &str) -> String {
    let folder = std::env::temp_dir().join(format!("rigo-tests-nosplit-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("the temporary folder takes files");
    let mut source = "package main\n\n//go:noinline\nfunc d(n int) int { return n }\n".to_string();
    for ((func, callee), bytes) in [("a", "b"), ("b", "c"), ("c", last)].into_iter().zip(buffers) {
        source += &format!(
            "//go:nosplit\n//go:noinline\nfunc {func}(n int) int {{\n\
             \tvar buf [{bytes}]byte\n\tbuf[n] = 1\n\treturn {callee}(n) + int(buf[n+1])\n}}\n"
        );
    }
    source += "func main() { println(a(1)) }\n";
    fs::write(folder.join("main.go"), source).expect("the temporary folder takes files");
    let mut rigo = Command::new(env!("CARGO_BIN_EXE_rigo"));
    let out = rigo.args(["build", "main.go"]).current_dir(&folder).output().expect("rigo runs");
    fs::remove_dir_all(&folder).ok();
    String::from_utf8_lossy(&out.stderr).into_owned()
}

#[test]
fn chains_that_fit_are_linked() {
    assert_eq!(printed("fits", [100, 60, 60], "d"), "");
}

#[test]
fn chains_that_do_not_fit_are_named_with_their_sizes() {
    let error = printed("large", [200, 150, 100], "d");
    assert!(
        error.contains("nosplit stack over 512 byte limit\n     512\tguaranteed after main.main\n"),
        "{error}"
    );
    let lines: Vec<&str> = error.lines().filter(|line| line.contains("(nosplit) uses")).collect();
    assert_eq!(lines.len(), 4, "{error}");
    for (line, func) in lines.iter().zip(["main.a", "main.b", "main.c", "main.d"]) {
        assert!(line.contains(&format!("after {func} (nosplit) uses ")), "{error}");
    }
    let left = |line: &str| line.split('\t').next().and_then(|left| left.trim().parse::<i64>().ok());
    assert!(left(lines[3]).is_some_and(|left| left < 0), "{error}");
}

#[test]
fn endless_chains_are_named() {
    let error = printed("cycle", [4, 4, 4], "a");
    let want = "nosplit stack overflow: infinite recursion\n\tmain.a\n\tcalls main.b\n\tcalls main.c\n\tcalls main.a\n";
    assert!(error.contains(want), "{error}");
}
