//! Memory of programs that rigo builds: the collector under torture, limits, figures, and how programs end that break memory.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/memory")
}

/// Builds a program of one file; where it is.
fn build(source: &Path) -> PathBuf {
    let name = source.file_stem().expect("it has a name").to_string_lossy();
    let binary = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("memory_{name}_{}", std::process::id()));
    let mut rigo = Command::new(env!("CARGO_BIN_EXE_rigo"));
    let out = rigo.args(["build", "-o"]).arg(&binary).arg(source).output().expect("rigo runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    binary
}

fn run(binary: &Path, args: &[&str], env: &[(&str, &str)]) -> Output {
    let mut command = Command::new("timeout");
    command.arg("100").arg(binary).args(args).envs(env.iter().copied());
    command.output().expect("timeout(1) runs")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn assert_ok(output: &Output, what: &str) {
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{what}: {stdout}{}", stderr(output));
}

#[test]
fn nothing_reachable_is_lost_under_torture() {
    let source =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/run/collector_keeps_what_is_reachable.go");
    let binary = build(&source);
    for procs in ["1", "2", "8"] {
        for every in ["1009", "4001"] {
            let env = [("GOMAXPROCS", procs), ("RIGO_GC_TORTURE", every)];
            let output = run(&binary, &["2"], &env);
            assert_ok(&output, &format!("{env:?}"));
            assert_eq!(output.stdout, b"ok\n", "{env:?}");
        }
    }
}

#[test]
fn without_memory_the_program_ends_with_the_text_of_gc() {
    let binary = build(&sources().join("out_of_memory.go"));
    let limited = "ulimit -v 1000000; exec \"$0\"";
    let output = Command::new("sh").args(["-c", limited]).arg(&binary).output().expect("sh runs");
    let text = stderr(&output);
    let first = text.lines().next().unwrap_or_default();
    assert!(
        first.starts_with("runtime: out of memory: cannot allocate ") && first.ends_with(" in use)"),
        "{text}"
    );
    assert_eq!(text.lines().nth(1), Some("fatal error: out of memory"), "{text}");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_pointer_to_a_free_object_is_noticed() {
    let binary = build(&sources().join("pointer_to_free_object.go"));
    let output = run(&binary, &[], &[]);
    let text = stderr(&output);
    assert!(text.starts_with("runtime: marked free object in span 0x"), "{text}");
    assert!(text.contains("\nfatal error: found pointer to free object\n"), "{text}");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn figures_and_limits() {
    let binary = build(&sources().join("figures.go"));
    for procs in ["1", "2"] {
        assert_ok(&run(&binary, &[], &[("GOMAXPROCS", procs)]), "figures");
        let limit = [("GOMAXPROCS", procs), ("GOGC", "off"), ("GOMEMLIMIT", "64MiB")];
        assert_ok(&run(&binary, &["limit"], &limit), "limit");
        assert_ok(&run(&binary, &["off"], &[("GOMAXPROCS", procs), ("GOGC", "off")]), "off");
    }
    let output = run(&binary, &[], &[("GOMEMLIMIT", "much")]);
    assert!(
        stderr(&output).starts_with("GOMEMLIMIT=much\nfatal error: malformed GOMEMLIMIT"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn gctrace_has_the_form_of_gc() {
    let binary = build(&sources().join("figures.go"));
    let output = run(&binary, &[], &[("GODEBUG", "gctrace=1")]);
    let text = stderr(&output);
    assert!(text.lines().any(|line| line.ends_with(" P (forced)")), "{text}");
    for (index, line) in text.lines().enumerate() {
        // Every number becomes a `#`.
        let mut form = String::new();
        for c in line.chars() {
            match c {
                '0'..='9' | '.' if form.ends_with('#') => {}
                '0'..='9' => form.push('#'),
                c => form.push(c),
            }
        }
        let form = form.replace(" (forced)", "");
        let wanted = "gc # @#s #%: #+#+# ms clock, #+#/#/#+# ms cpu, #->#-># MB, # MB goal, # MB stacks, \
                      # MB globals, # P";
        assert_eq!(form, wanted, "{line}");
        assert!(line.starts_with(&format!("gc {} @", index + 1)), "{line}");
    }
}
