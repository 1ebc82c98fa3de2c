//! What gdb sees through QEMU's stub of a program on bare RISC-V: a break point in a goroutine, a back trace on every hart.
//!
//! `gdb-multiarch` and `qemu-system-riscv64` are needed: `cargo xtask setup` brings them.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const HARTS: usize = 4;

/// A folder of this test's own, which goes when the test ends, and the machine with it.
struct Session {
    folder: PathBuf,
    machine: Option<Child>,
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(machine) = &mut self.machine {
            machine.kill().ok();
            machine.wait().ok();
        }
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

fn build(folder: &Path) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/gdb/harts.go");
    std::fs::copy(source, folder.join("harts.go")).expect("the program is there");
    let out = Command::new(env!("CARGO_BIN_EXE_rigo"))
        .args(["build", "-target", "opensbi/riscv64", "-o", "program", "harts.go"])
        .current_dir(folder)
        .output()
        .expect("rigo runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
}

/// A machine that waits for gdb at the socket `gdb`. It is the one of `rigo run -debug`, but for the port, which another test may use.
fn machine(folder: &Path) -> Child {
    Command::new("qemu-system-riscv64")
        .args([
            "-M",
            "virt",
            "-accel",
            "tcg,thread=multi",
            "-bios",
            "default",
            "-display",
            "none",
            "-no-reboot",
        ])
        .args(["-monitor", "none", "-serial", "null", "-m", "256M", "-smp", &HARTS.to_string(), "-S"])
        .args(["-chardev", "socket,path=gdb,server=on,wait=off,id=gdb", "-gdb", "chardev:gdb"])
        .args(["-kernel", "program"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .spawn()
        .expect("qemu-system-riscv64 runs; `cargo xtask setup` installs it")
}

#[test]
fn every_hart_has_a_back_trace() {
    let folder = std::env::temp_dir().join(format!("rigo-tests-boot-gdb-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the temporary folder takes files");
    let mut session = Session { folder: folder.clone(), machine: None };
    build(&folder);
    session.machine = Some(machine(&folder));
    while !folder.join("gdb").exists() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let text = std::fs::read_to_string(folder.join("harts.go")).expect("copied");
    let line = text.lines().position(|line| line.ends_with("// stop: deep")).expect("the mark is there") + 1;
    let stop = format!("break harts.go:{line}");
    let commands =
        ["target remote gdb", &stop, "continue", "echo @@@\\n", "thread apply all bt", "echo @@@\\n", "kill"];
    let mut gdb = Command::new("timeout");
    gdb.args(["50", "gdb-multiarch", "-nx", "-batch", "-ex", "set pagination off"]);
    gdb.args(["-ex", "set backtrace past-main on"]);
    gdb.args(commands.iter().flat_map(|command| ["-ex", command])).arg("program").current_dir(&folder);
    let out = gdb.output().expect("timeout(1) is there");
    let printed = String::from_utf8_lossy(&out.stdout).into_owned();
    let errors = String::from_utf8_lossy(&out.stderr);
    let traces = printed.split("@@@\n").nth(1).unwrap_or_else(|| panic!("{printed}\n{errors}"));
    check(traces);
}

/// Whether a hart was in a call to the firmware, which lies in front of the image and has no symbols.
fn is_firmware(hart: &str) -> bool {
    let frame = hart.lines().find_map(|line| line.strip_prefix("#0  0x")).unwrap_or_default();
    let pc = frame.split(' ').next().and_then(|digits| u64::from_str_radix(digits, 16).ok());
    pc.is_some_and(|pc| (0x8000_0000..0x8020_0000).contains(&pc))
}

fn check(traces: &str) {
    let harts: Vec<&str> = traces.split("\nThread ").filter(|part| part.contains("#0 ")).collect();
    assert_eq!(harts.len(), HARTS, "{traces}");
    for hart in &harts {
        if is_firmware(hart) {
            continue;
        }
        assert!(!hart.contains("??") && !hart.contains("Backtrace stopped"), "{traces}");
        let last = hart.lines().rfind(|line| line.starts_with('#')).expect("there are frames");
        // Goroutines end at `goexit`; a hart that has left its thread for good, or has none yet, in the kernel.
        let begins = [
            "runtime.goexit ()",
            "rigo_mloop ()",
            "rigo_thread_start ()",
            "rigo_switch ()",
            "rigo_other_start ()",
        ];
        assert!(begins.iter().any(|begin| last.contains(begin)), "ends with {last}\n{traces}");
    }
    let deep = harts.iter().find(|hart| hart.contains("main.deep")).expect("one is deep");
    assert_eq!(deep.matches("main.deep (").count(), 1001, "{deep}");
    assert!(deep.matches("__morestack (").count() >= 2, "few segments:\n{deep}");
    for func in ["main.main (", "go.main (", "runtime.main (", "runtime.goexit ("] {
        assert!(deep.contains(func), "no {func} in:\n{deep}");
    }
    // Some harts serve an interrupt; behind it stands what they run.
    assert!(harts.iter().any(|hart| hart.contains("main.spin (")), "{traces}");
}
