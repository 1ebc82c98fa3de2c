//! Programs that die: text and exit status are those of gc's binary.
//!
//! Each case is a program of `tests/fatal` under an environment, a limit of the system or a signal from outside. `CASE.out` holds
//! what gc's binary prints on standard error and how it ends; `RIGO_BLESS=1` writes it, `RIGO_RUN=TEXT` takes only the cases whose name
//! contains the text. Addresses and numbers of threads and goroutines are replaced. Of stacks remain, where the case is about them, the
//! states of goroutines and the names of the program's functions.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// One way for a program to die.
struct Case {
    name: &'static str,
    program: &'static str,
    /// What runs the program, with its arguments; `PROGRAM` stands for it.
    command: &'static str,
    /// The signal that is sent once the program has printed a line.
    signal: Option<&'static str>,
    shows_stacks: bool,
}

const PLAIN: Case = Case { name: "", program: "", command: "PROGRAM", signal: None, shows_stacks: false };

/// A user who has no privilege to pass limits.
const NOBODY: &str = "setpriv --reuid=64123 --regid=64123 --clear-groups prlimit --nproc=8 PROGRAM";

fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = [
        "stack_overflow",
        "stack_limit",
        "concurrent_map_writes",
        "unlock_of_unlocked_mutex",
        "deadlock_without_goroutines",
        "fault_address",
    ]
    .map(|name| Case { name, program: name, ..PLAIN })
    .into();
    let with_stacks = |name, program, command| Case { name, program, command, shows_stacks: true, ..PLAIN };
    cases.extend([
        with_stacks("deadlock", "deadlock", "PROGRAM"),
        with_stacks("deadlock_timer_elsewhere", "deadlock_timer_elsewhere", "PROGRAM"),
        with_stacks("deadlock_none", "deadlock", "env GOTRACEBACK=none PROGRAM"),
        with_stacks("panic_none", "panic_with_goroutines", "env GOTRACEBACK=none PROGRAM"),
        with_stacks("panic_single", "panic_with_goroutines", "env GOTRACEBACK=single PROGRAM"),
        with_stacks("panic_all", "panic_with_goroutines", "env GOTRACEBACK=all PROGRAM"),
        with_stacks("panic_number", "panic_with_goroutines", "env GOTRACEBACK=1 PROGRAM"),
        with_stacks("set_traceback", "set_traceback", "PROGRAM"),
    ]);
    let plain = |name, program, command| Case { name, program, command, ..PLAIN };
    cases.extend([
        plain("panic_crash", "panic_with_goroutines", "prlimit --core=0 env GOTRACEBACK=crash PROGRAM"),
        plain("threads_nproc", "many_threads", NOBODY),
        plain("threads_maximum", "many_threads", "PROGRAM set"),
        plain("nofile", "no_descriptors", "prlimit --nofile=3 PROGRAM"),
        plain("sigpipe", "write_to_closed_output", "PROGRAM"),
    ]);
    let sent = |name, signal| Case { name, program: "signals", signal: Some(signal), ..PLAIN };
    cases.extend([
        sent("signal_quit", "QUIT"),
        sent("signal_abort", "ABRT"),
        sent("signal_segv", "SEGV"),
        sent("signal_term", "TERM"),
        sent("signal_hangup", "HUP"),
        sent("signal_sys", "SYS"),
    ]);
    cases
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fatal")
}

/// What a program printed and how it ended.
fn outcome(case: &Case, program: &Path) -> String {
    let mut words = case.command.split(' ').map(|word| match word {
        "PROGRAM" => program.as_os_str(),
        word => word.as_ref(),
    });
    let mut child = Command::new("timeout")
        .args(["--foreground", "60"])
        .arg(words.next().expect("a command"))
        .args(words)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("timeout(1) runs");
    drop(child.stdout.take());
    let mut stderr = BufReader::new(child.stderr.take().expect("it is piped"));
    let mut text = String::new();
    if let Some(signal) = case.signal {
        stderr.read_line(&mut text).expect("text");
        let status =
            Command::new("pkill").args([&format!("-{signal}"), "-P", &child.id().to_string()]).status();
        assert!(status.expect("pkill runs").success());
    }
    stderr.read_to_string(&mut text).expect("text");
    let status = child.wait().expect("the child is ours");
    // timeout(1) ends as its child did, with 128 more for a signal.
    let end = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0));
    format!("{}-- exit {end}\n", if case.shows_stacks { stacks(&text) } else { before_stacks(&text) })
}

/// Replaces addresses, and the digits after words that count what differs between runtimes.
fn normalised(line: &str) -> String {
    let mut out = String::new();
    for (i, word) in line.split(' ').enumerate() {
        if i > 0 {
            out.push(' ');
        }
        match word.find("0x") {
            Some(at) => {
                let (start, end) = word.split_at(at);
                let rest = end[2..].trim_start_matches(|c: char| c.is_ascii_hexdigit());
                out.push_str(&format!("{start}0x?{rest}"));
            }
            None if word.starts_with("m=") => out.push_str("m=?"),
            None if out.ends_with("(have ") => out.push('?'),
            None => out.push_str(word),
        }
    }
    out + "\n"
}

/// A system fault of gc's shows where the runtime was: these lines are its own.
fn is_stack(line: &str) -> bool {
    line.starts_with("goroutine ") || line.starts_with("runtime stack:")
}

fn before_stacks(text: &str) -> String {
    text.lines().take_while(|line| !is_stack(line)).map(normalised).collect()
}

fn stacks(text: &str) -> String {
    let mut out = String::new();
    let mut in_stacks = false;
    for line in text.lines() {
        in_stacks |= is_stack(line);
        match line.split_once('[') {
            _ if !in_stacks => out += &normalised(line),
            Some((_, state)) if line.starts_with("goroutine ") => out += &format!("goroutine [{state}\n"),
            _ if line.starts_with("main.") => {
                let name = line.split('(').next().unwrap_or(line);
                out += &format!("  {name}\n");
            }
            _ => {}
        }
    }
    out
}

fn check(case: &Case, scratch: &Path) -> Result<(), String> {
    let source = folder().join(format!("{}.go", case.program));
    let golden = folder().join(format!("{}.out", case.name));
    let binary = scratch.join(case.name);
    let blesses = std::env::var_os("RIGO_BLESS").is_some();
    let mut command = if blesses { Command::new("go") } else { Command::new(env!("CARGO_BIN_EXE_rigo")) };
    let out = command.args(["build", "-o"]).arg(&binary).arg(&source).output().map_err(|e| e.to_string())?;
    if !out.status.success() {
        return Err(String::from_utf8_lossy(&out.stderr).into_owned());
    }
    let got = outcome(case, &binary);
    if blesses {
        return std::fs::write(golden, got).map_err(|error| error.to_string());
    }
    let want = std::fs::read_to_string(&golden).map_err(|e| format!("{}: {e}", golden.display()))?;
    if got == want { Ok(()) } else { Err(format!("want:\n{want}got:\n{got}")) }
}

#[test]
fn programs_die_as_those_of_gc() {
    // Other users run programs from here too.
    let scratch = std::env::temp_dir().join(format!("rigo-fatal-{}", std::process::id()));
    std::fs::create_dir_all(&scratch).expect("a scratch folder");
    let wanted = std::env::var("RIGO_RUN").unwrap_or_default();
    let failures: Vec<String> = cases()
        .iter()
        .filter(|case| case.name.contains(&wanted))
        .filter_map(|case| check(case, &scratch).err().map(|error| format!("--- {}: {error}", case.name)))
        .collect();
    std::fs::remove_dir_all(&scratch).expect("the scratch folder is ours");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Builds a program of `tests/fatal` with rigo.
fn build(name: &str, flags: &[&str], binary: &Path) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rigo"));
    command.arg("build").args(flags).arg("-o").arg(binary).arg(folder().join(format!("{name}.go")));
    let out = command.output().expect("rigo runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
}

/// Runs a program under a limit of prlimit(1).
fn limited(limit: &str, binary: &Path, arguments: &[&str]) -> std::process::Output {
    let mut command = Command::new("timeout");
    command.args(["--foreground", "60", "prlimit", limit]).arg(binary).args(arguments);
    command.output().expect("timeout(1) and prlimit(1) run")
}

/// A program that cannot go on says why, in gc's form.
fn assert_says_why(what: &str, out: &std::process::Output) {
    let text = String::from_utf8_lossy(&out.stderr);
    let first = text.lines().next().unwrap_or_default();
    assert!(first.starts_with("fatal error: ") || first.starts_with("runtime: "), "{what}: {text}");
    assert!(text.contains("fatal error: "), "{what}: {text}");
    assert_eq!(out.status.code(), Some(2), "{what}: {text}");
}

#[test]
fn no_limit_of_the_system_is_a_silent_death() {
    let scratch = std::env::temp_dir().join(format!("rigo-limits-{}", std::process::id()));
    std::fs::create_dir_all(&scratch).expect("a scratch folder");
    let (threads, sleeps, grows) = (scratch.join("threads"), scratch.join("sleeps"), scratch.join("grows"));
    build("many_threads", &[], &threads);
    build("no_descriptors", &[], &sleeps);
    build("grows", &[], &grows);
    // Below a megabyte the kernel cannot start the program. The steps are small where the runtime begins.
    let kibibytes = (1..16).map(|n| 1024 + n * 128).chain((2..12).map(|n| 1024 << n));
    let mut texts = Vec::new();
    for limit in kibibytes.map(|n| format!("--as={}", n << 10)).chain((3..9).map(|n| format!("--nofile={n}")))
    {
        for binary in [&threads, &sleeps] {
            let out = limited(&limit, binary, &[]);
            if !out.status.success() {
                assert_says_why(&format!("{limit} {}", binary.display()), &out);
                texts.push(before_stacks(&String::from_utf8_lossy(&out.stderr)));
            }
        }
    }
    // How many descriptors are open before depends on the control group.
    let eventfd = "runtime: eventfd failed with 24\nfatal error: runtime: eventfd failed\n";
    assert!(texts.iter().any(|text| text.trim_end() == eventfd.trim_end()), "{texts:#?}");
    for what in ["stack", "goroutines", "threads"] {
        let out = limited("--as=700000000", &grows, &[what]);
        assert_says_why(what, &out);
    }
    std::fs::remove_dir_all(&scratch).expect("the scratch folder is ours");
}
