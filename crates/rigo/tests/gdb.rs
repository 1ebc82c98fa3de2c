//! What gdb sees of programs: lines, frames, variables, threads; live and in a core file.
//!
//! The programs of `tests/gdb` mark lines with `// stop: NAME`. gdb is needed: `cargo xtask setup` brings it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A program of `tests/gdb`, built in a folder of its own, which goes when the test ends.
struct Program {
    folder: PathBuf,
    source: String,
    text: String,
}

impl Program {
    fn build(name: &str, flags: &[&str]) -> Program {
        let test = format!("rigo-tests-gdb-{name}{}-{}", flags.join(""), std::process::id());
        let folder = std::env::temp_dir().join(test);
        fs::create_dir_all(&folder).expect("the temporary folder takes files");
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/gdb").join(name);
        let text = fs::read_to_string(&path).expect("the program is there");
        fs::copy(&path, folder.join(name)).expect("the temporary folder takes files");
        let out = Command::new(env!("CARGO_BIN_EXE_rigo"))
            .args(["build", "-o", "program"])
            .args(flags)
            .arg(name)
            .current_dir(&folder)
            .output()
            .expect("rigo runs");
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        Program { folder, source: name.into(), text }
    }

    /// `file:line` of a mark.
    fn place(&self, mark: &str) -> String {
        let mark = format!("// stop: {mark}");
        let line = self.text.lines().position(|line| line.ends_with(&mark)).expect("the mark is there");
        format!("{}:{}", self.source, line + 1)
    }

    /// What gdb answers to each command. `files` are the program and perhaps a core file.
    fn gdb(&self, files: &[&str], commands: &[&str]) -> Vec<String> {
        let mut gdb = Command::new("gdb");
        gdb.args(["-nx", "-batch", "-ex", "set pagination off", "-ex", "set backtrace past-main on"]);
        for command in commands {
            gdb.args(["-ex", "echo \\n@@@\\n", "-ex", command]);
        }
        let out = gdb.args(files).current_dir(&self.folder).env("GOMAXPROCS", "4").output();
        let out = out.expect("gdb runs; `cargo xtask setup` installs it");
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        let answers: Vec<String> = text.split("\n@@@\n").skip(1).map(|text| text.trim().into()).collect();
        let stderr = String::from_utf8_lossy(&out.stderr);
        assert_eq!(answers.len(), commands.len(), "gdb stopped early\n{text}\n{stderr}");
        answers
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.folder).ok();
    }
}

/// Asserts that an answer contains a text.
#[track_caller]
fn has(answer: &str, want: &str) {
    assert!(answer.contains(want), "no {want:?} in:\n{answer}");
}

#[test]
fn variables_are_found_without_optimisation() {
    let program = Program::build("variables.go", &["-N"]);
    let stops = ["main", "inner", "outer"].map(|mark| format!("break {}", program.place(mark)));
    let answers = program.gdb(
        &["program"],
        &[
            &stops[0],
            &stops[1],
            &stops[2],
            "run",
            "info locals",
            "print p.Name",
            "print q.Y",
            "print *q",
            "ptype p",
            "print list.array[2]",
            "print pair",
            "continue",
            "info args",
            "info locals",
            "up",
            "info source",
            "down",
            "next",
            "continue",
            "continue",
            "info locals",
            "finish",
            "bt",
        ],
    );
    let locals = &answers[4];
    for want in [
        "p = {X = 1, Y = 2, Name = ",
        "list = {array = ",
        "yes = true",
        "small = -8",
        "shared = 10",
        "err = {tab = 0x0",
    ] {
        has(locals, want);
    }
    has(&answers[5], "\"here\"");
    has(&answers[6], "= 2");
    has(&answers[7], "{X = 1, Y = 2,");
    has(&answers[8], "string Name;");
    has(&answers[9], "= 5");
    has(&answers[10], "\"\\006\\a\"");
    has(&answers[11], "main.scale (by=10, temp=36.6");
    has(&answers[12], "label = ");
    // The inner variable comes first; it hides the outer one.
    let [inner, outer] = ["sum = 110", "sum = 11\n"].map(|want| {
        let locals = format!("{}\n", answers[13]);
        locals.find(want).unwrap_or_else(|| panic!("no {want:?} in:\n{locals}"))
    });
    assert!(inner < outer);
    has(&answers[14], "main.main () at ./variables.go:");
    has(&answers[17], "for i := 0; i < 2; i++");
    has(&answers[19], "return sum // stop: outer");
    has(&answers[20], "sum = 11");
    assert!(!answers[20].contains("110"), "the inner variable is out of scope:\n{}", answers[20]);
    has(&answers[21], "main.main () at ./variables.go:");
}

#[test]
fn lines_and_frames_are_found_in_optimised_code() {
    let program = Program::build("variables.go", &[]);
    let stop = format!("break {}", program.place("inner"));
    let answers =
        program.gdb(&["program"], &[&stop, "run", "bt", "next", "info line main.main", "info frame"]);
    has(&answers[1], "use(sum, label) // stop: inner");
    for want in [&format!("main.scale () at ./{}", program.place("inner")), "main.main () at ./variables.go:"]
    {
        has(&answers[2], want);
    }
    check_end(&answers[2]);
    has(&answers[4], "\"./variables.go\" starts at address");
}

#[test]
fn every_thread_has_a_back_trace_to_its_begin() {
    let program = Program::build("threads.go", &[]);
    let stop = format!("break {}", program.place("deep"));
    let all = "thread apply all bt";
    let live = program.gdb(&["program"], &[&stop, "run", all, "generate-core-file core"]);
    check_threads(&live[2]);
    has(&live[3], "Saved corefile core");
    let dead = program.gdb(&["program", "core"], &[all]);
    check_threads(&dead[0]);
}

/// Checks the back traces of all threads of `threads.go`.
fn check_threads(text: &str) {
    let threads: Vec<&str> = text.split("\nThread ").filter(|part| part.contains("#0 ")).collect();
    assert!(threads.len() >= 5, "{} threads:\n{text}", threads.len());
    threads.iter().for_each(|thread| check_end(thread));
    let deep = threads.iter().find(|thread| thread.contains("main.deep")).expect("one is deep");
    assert_eq!(deep.matches("main.deep (").count(), 1001, "{deep}");
    assert!(deep.matches("__morestack (").count() >= 2, "few segments:\n{deep}");
    for func in
        ["runtime.main (", "main.spin (", "main.read (", "syscall.Read (", "rigo_clone (", "rigo_mloop ("]
    {
        has(text, func);
    }
}

/// Checks that a back trace ends where threads and goroutines begin.
fn check_end(trace: &str) {
    assert!(!trace.contains("??") && !trace.contains("Backtrace stopped"), "{trace}");
    let last = trace.lines().rfind(|line| line.starts_with('#')).expect("there are frames");
    let begins = ["in runtime.goexit ()", "in rigo_mloop ()", "in rigo_clone ()", "in _start ()"];
    assert!(begins.iter().any(|begin| last.contains(begin)), "ends with {last}\n{trace}");
}
