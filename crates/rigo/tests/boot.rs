//! opensbi/riscv64: programs of `tests/run` and `tests/boot`, booted in QEMU by `rigo run`.

mod programs;

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../").join(name)
}

fn rigo(harts: u32, program: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("timeout");
    command.args(["60", env!("CARGO_BIN_EXE_rigo"), "run", "-target", "opensbi/riscv64"]);
    command.arg(format!("-harts={harts}")).arg(program).args(arguments);
    command
}

/// Programs of `tests/run` that need files, processes and their threads and signals, or a network.
const NEED_MORE: [&str; 8] = [
    "all_threads_syscall",
    "crash_output_and_heap_dump",
    "net_deadlines",
    "profiles",
    "signals",
    "std_net_http",
    "std_os_strings_sync_time",
    "std_packages",
];

/// Whether `console`, which has both streams, is some mixture of the lines of `stdout` and of `stderr`.
fn is_mixture(console: &str, stdout: &str, stderr: &str) -> bool {
    let (mut stdout, mut stderr) = (stdout.lines().peekable(), stderr.lines().peekable());
    let is_known = |line: &str| stdout.next_if_eq(&line).or_else(|| stderr.next_if_eq(&line)).is_some();
    console.lines().all(is_known) && stdout.next().is_none() && stderr.next().is_none()
}

fn check(source: &Path, harts: u32) -> Result<(), String> {
    let want = std::fs::read_to_string(source.with_extension("out")).map_err(|error| error.to_string())?;
    let (stdout, rest) = want.split_once("-- stderr\n").ok_or("no golden output")?;
    let (stderr, exit) = rest.rsplit_once("-- exit ").ok_or("no golden status")?;
    let output = rigo(harts, source, &[]).stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    let console = String::from_utf8_lossy(&output.stdout).into_owned();
    // Of the report of a panic the lines from `goroutine` on hold addresses.
    let shown = match console.find("\ngoroutine ") {
        Some(at) if !stderr.is_empty() => &console[..at + 1],
        _ => &console,
    };
    let status = output.status.code().map_or("none".into(), |code| code.to_string());
    if status == exit.trim() && is_mixture(shown, stdout, stderr) {
        return Ok(());
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    Err(format!("{}; exit {status}, want {}\n{errors}", programs::difference(stdout, &console), exit.trim()))
}

fn check_all(harts: u32) {
    let filter = std::env::var("RIGO_RUN").unwrap_or_default();
    let entries = ["tests/run", "tests/boot"].map(|name| std::fs::read_dir(folder(name)).expect("it exists"));
    let entries = entries.into_iter().flatten();
    let mut sources: Vec<PathBuf> = entries.map(|entry| entry.expect("it is read").path()).collect();
    sources.retain(|path| path.extension().is_some_and(|ext| ext == "go"));
    sources.retain(|path| path.to_string_lossy().contains(&filter));
    sources.retain(|path| NEED_MORE.iter().all(|name| path.file_stem() != Some(name.as_ref())));
    sources.sort();
    let wrong: Vec<String> = sources
        .iter()
        .filter_map(|source| Some(format!("--- {}: {}", source.display(), check(source, harts).err()?)))
        .collect();
    assert!(wrong.is_empty(), "{} of {} are wrong\n{}", wrong.len(), sources.len(), wrong.join("\n"));
}

#[test]
fn programs_behave_as_those_of_gc_on_one_hart() {
    check_all(1);
}

#[test]
fn programs_behave_as_those_of_gc_on_four_harts() {
    check_all(4);
}

/// Types each text when the console has shown the prompt before it; everything that the console showed, and the exit status.
fn session(mut command: Command, prompt: &[u8], texts: &[&[u8]]) -> (String, Option<i32>) {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("timeout(1) is there");
    let (mut input, mut output) = (child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
    let mut seen = Vec::new();
    for text in texts {
        let from = seen.len();
        while !(seen.len() > from && seen.ends_with(prompt)) {
            let mut byte = [0];
            if output.read(&mut byte).expect("a pipe") == 0 {
                break;
            }
            seen.push(byte[0]);
        }
        input.write_all(text).expect("the machine reads");
    }
    output.read_to_end(&mut seen).expect("a pipe");
    (String::from_utf8_lossy(&seen).into_owned(), child.wait().expect("the child is ours").code())
}

#[test]
fn control_c_is_the_signal_of_programs_that_ask_for_it() {
    let command = rigo(1, &folder("tests/boot/session/interrupt.go"), &[]);
    let (text, status) = session(command, b"ready\n", &[b"\x03", b"more\n\x03", b"\x03"]);
    assert_eq!(
        (text.as_str(), status),
        ("ready\n^Cinterrupt\nready\nmore\n^Cinterrupt\nready\n^C", Some(130))
    );
}

#[test]
fn a_shell_over_the_serial_line() {
    let command = rigo(2, &folder("examples/hdla/main.go"), &[]);
    let (text, status) = session(command, b"hdla > ", &[b"cheers\n", b"hello world\n", b"\n", b"exit\n"]);
    let want = "hdla > cheers\nHoddarla!\nHoddarla is a OS project powered by RISC-V and Golang.\n\
                hdla > hello world\nhdla > \nhdla > exit\n";
    assert_eq!((text.as_str(), status), (want, Some(0)));
}
