//! What a program's runtime tells about itself while it runs: the trace of `RIGO_TRACE` and the lines of `GODEBUG=schedtrace`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Builds a program that has goroutines, system calls and timers; its folder and itself.
fn program(name: &str) -> (PathBuf, PathBuf) {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&scratch).expect("a scratch folder");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/run/net_deadlines.go");
    let binary = scratch.join("program");
    let rigo = env!("CARGO_BIN_EXE_rigo");
    let out = Command::new(rigo).args(["build", "-o"]).args([&binary, &source]).output().expect("rigo runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    (scratch, binary)
}

/// The number after `"key":` in an event.
fn number(event: &str, key: &str) -> f64 {
    let at = event.find(&format!("\"{key}\":")).unwrap_or_else(|| panic!("no {key} in {event}"));
    let text = &event[at + key.len() + 3..];
    text[..text.find([',', '}']).expect("an end")].parse().expect("a number")
}

#[test]
fn trace_has_nested_slices_on_each_lane() {
    let (scratch, binary) = program("trace");
    let file = scratch.join("trace.json");
    let out = Command::new(binary).env("RIGO_TRACE", &file).env("GOMAXPROCS", "2").output().expect("it runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let text = std::fs::read_to_string(&file).expect("the trace");
    let events = text.strip_prefix("{\"traceEvents\":[\n").and_then(|text| text.strip_suffix(",\n{}]}\n"));
    let mut lanes: HashMap<(u64, u64), (i32, f64)> = HashMap::new();
    let mut names = 0;
    for event in events.expect("a whole file").split(",\n") {
        if event.contains("\"ph\":\"M\"") {
            names += 1;
            continue;
        }
        let lane = (number(event, "pid") as u64, number(event, "tid") as u64);
        let (depth, last) = lanes.entry(lane).or_default();
        *depth += if event.contains("\"ph\":\"B\"") { 1 } else { -1 };
        // A system call stands on the slice of its goroutine, and nothing else on anything.
        assert!((0..=if lane.0 == 1 { 1 } else { 2 }).contains(depth), "{event}");
        let now = number(event, "ts");
        assert!(now >= *last, "{event}");
        *last = now;
    }
    assert_eq!(names, 2);
    assert!(lanes.keys().filter(|lane| lane.0 == 1).count() == 2, "both processors have a lane");
    assert!(text.contains("runtime.main") && text.contains("system call"));
}

#[test]
fn schedtrace_prints_lines() {
    let (_, binary) = program("schedtrace");
    let run = |debug: &str| {
        let out =
            Command::new(&binary).env("GODEBUG", debug).env("GOMAXPROCS", "2").output().expect("it runs");
        assert!(out.status.success());
        String::from_utf8_lossy(&out.stderr).into_owned()
    };
    let short = run("schedtrace=10");
    assert!(short.starts_with("SCHED 0ms: gomaxprocs=2 idleprocs="), "{short}");
    assert!(short.lines().count() > 1 && short.lines().all(|line| line.starts_with("SCHED ")), "{short}");
    let long = run("schedtrace=10,scheddetail=1");
    for line in ["\n  P0: status=", "\n  P1: status=", "\n  G1: status="] {
        assert!(long.contains(line), "{long}");
    }
    assert_eq!(run("gctrace=0"), "");
}
