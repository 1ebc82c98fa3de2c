//! The checked runtime: how it ends when a contract of its own is broken, and that none is under collections and pauses everywhere.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Builds a program of the tests with the checked runtime; where it is.
fn build(source: &str) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests").join(source);
    let name = source.file_stem().expect("it has a name").to_string_lossy();
    let binary =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("checked_{name}_{}", std::process::id()));
    let mut rigo = Command::new(env!("CARGO_BIN_EXE_rigo"));
    let out = rigo.args(["build", "-checked", "-o"]).arg(&binary).arg(source).output().expect("rigo runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    binary
}

fn run(binary: &Path, env: &[(&str, &str)]) -> Output {
    let mut command = Command::new("timeout");
    command.arg("100").arg(binary).envs(env.iter().copied()).output().expect("timeout(1) runs")
}

/// Replaces what differs from run to run: numbers of threads, and addresses with all that follows them.
fn normalised(text: &str) -> String {
    let line = |line: &str| match line.rsplit_once("addr=0x").or(line.split_once(" 0x")) {
        Some((before, _)) => format!("{before} ?\n"),
        None if line.ends_with("  ======") => "?  ======\n".into(),
        None => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

#[test]
fn broken_contracts_end_with_the_texts_of_gc() {
    let binary = build("fatal/deadlock_without_goroutines.go");
    let wakeup = "fatal error: notewakeup - double wakeup\n";
    let unlock = "fatal error: unlock of unlocked lock\n";
    let order = "?  ======\n0 : persistent 18 ?\n1 : pages 16 ?\nfatal error: lock ordering problem\n";
    // What the system stack of a thread overflows into.
    let stack = "fatal error: unexpected signal during runtime execution\n\
                 [signal SIGSEGV: segmentation violation code=0x2  ?\n";
    for (family, first) in [("futexes", "notewakeup - double wakeup (1)\n"), ("semaphores", "")] {
        let wakeup = format!("{first}{wakeup}");
        for (what, text) in [("wakeup", &*wakeup), ("unlock", unlock), ("order", order), ("stack", stack)] {
            let out = run(&binary, &[("RIGO_BREAK", what), ("RIGO_WAIT", family)]);
            let stderr = normalised(&String::from_utf8_lossy(&out.stderr));
            assert_eq!(stderr, text, "{what} {family}");
            assert_eq!(out.status.code(), Some(2), "{what} {family}");
        }
    }
    let out = run(&binary, &[("RIGO_BREAK", "assertion")]);
    assert!(
        out.stderr.starts_with(b"fatal error: runtime bug at "),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    assert_eq!(out.status.code(), Some(2));
}

/// Runs a program that prints `ok` under settings, over GOMAXPROCS and both families.
fn check(source: &str, setting: (&str, &str)) {
    let binary = build(source);
    for procs in ["1", "2", "8"] {
        for family in ["futexes", "semaphores"] {
            let env = [("GOMAXPROCS", procs), ("RIGO_WAIT", family), setting];
            let out = run(&binary, &env);
            let text = String::from_utf8_lossy(&out.stdout) + String::from_utf8_lossy(&out.stderr);
            assert_eq!((&*text, out.status.code()), ("ok\n", Some(0)), "{source} {env:?}");
        }
    }
}

#[test]
fn no_wakeup_is_lost_with_pauses() {
    check("checked/lost_wakeups.go", ("RIGO_PAUSE", "1"));
}

#[test]
fn pinned_goroutines_stay_where_they_are_under_collections() {
    check("checked/pools.go", ("RIGO_GC_TORTURE", "53"));
}

#[test]
fn other_targets_have_no_checked_runtime_and_say_so() {
    let mut rigo = Command::new(env!("CARGO_BIN_EXE_rigo"));
    rigo.args(["build", "-checked", "-target", "opensbi/riscv64", "-o", "/dev/null"]);
    let out = rigo.arg(build_source()).output().expect("rigo runs");
    let text = String::from_utf8_lossy(&out.stderr);
    assert!(text.contains("no checked runtime for opensbi/riscv64, only for linux/amd64"), "{text}");
    assert_eq!(out.status.code(), Some(1));
}

fn build_source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/checked/pools.go")
}
