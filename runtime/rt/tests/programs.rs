//! Programs as the compiler would write them, linked with the real archive and run.
//!
//! Each file of `tests/programs` is a `no_std` library that is nothing but assembly; the comment at its head says what Go it
//! stands for. The test needs `cc` as linker driver and says so when it is not there.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

fn runtime_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// The archive, built once.
static ARCHIVE: LazyLock<PathBuf> = LazyLock::new(|| {
    let dir = runtime_dir();
    let status = Command::new(env!("CARGO"))
        .args(["build", "--release", "-p", "rt0"])
        .current_dir(&dir)
        .status()
        .expect("cargo runs");
    assert!(status.success(), "the archive does not build");
    dir.join("target/release/librt0.a")
});

/// Links the program `name` and returns where it is.
fn link(name: &str) -> PathBuf {
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let object = out.join(format!("{name}.o"));
    let image = out.join(name);
    let status = Command::new("rustc")
        .args(["--edition", "2024", "--crate-type=lib", "--emit=obj", "-C", "relocation-model=static"])
        .args(["-C", "panic=abort", "-o"])
        .arg(&object)
        .arg(runtime_dir().join(format!("rt/tests/programs/{name}.rs")))
        .status()
        .expect("rustc runs");
    assert!(status.success(), "{name} does not assemble");
    let status = Command::new("cc")
        .args(["-nostdlib", "-static", "-no-pie", "-Wl,--gc-sections", "-o"])
        .args([&image, &object, &*ARCHIVE])
        .status()
        .expect("the linker driver `cc` is needed for this test");
    assert!(status.success(), "{name} does not link");
    image
}

fn run(name: &str, env: &[(&str, &str)]) -> Output {
    Command::new("timeout")
        .arg("60")
        .arg(link(name))
        .envs(env.iter().copied())
        .output()
        .expect("timeout(1) runs")
}

/// Runs `name` and compares standard error and the exit status.
fn check(name: &str, env: &[(&str, &str)], stderr: &str, status: i32) {
    let output = run(name, env);
    assert_eq!(String::from_utf8_lossy(&output.stderr), stderr, "{name}");
    assert_eq!(output.status.code(), Some(status), "{name}");
}

#[test]
fn channel() {
    let text = "got 0\ngot 1\ngot 2\ngot 3\ngot 4\n";
    for procs in ["1", "2", "8"] {
        check("channel", &[("GOMAXPROCS", procs)], text, 0);
    }
}

#[test]
fn deep_recursion_with_stack_arguments() {
    for procs in ["1", "2"] {
        check("stack", &[("GOMAXPROCS", procs)], &"100028\n".repeat(4), 0);
    }
}

#[test]
fn sleepers_wake_in_order_and_the_end_is_a_deadlock() {
    let text = "early\nlate\nfatal error: all goroutines are asleep - deadlock!\n\n\
                goroutine 1 [chan receive (nil chan)]:\n";
    for procs in ["1", "2"] {
        check("sleep", &[("GOMAXPROCS", procs)], text, 2);
    }
}

#[test]
fn panic_is_recovered_across_segments() {
    let text = "deep\n5\ndeep\n5\ndeferred\npanic: end\n\ngoroutine 1 [running]:\n";
    check("recover", &[], text, 2);
}

/// The faulting address depends on the link; everything else is exact.
fn check_fault(name: &str, before: &str, after: &str) {
    let output = run(name, &[]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.starts_with(before) && stderr.ends_with(after), "{name}: {stderr}");
    assert_eq!(output.status.code(), Some(2), "{name}");
}

#[test]
fn nil_dereference() {
    let before = "panic: runtime error: invalid memory address or nil pointer dereference\n\
                  [signal SIGSEGV: segmentation violation code=0x1 addr=";
    check_fault("fault", &format!("{before}0x8 pc="), "]\n\ngoroutine 1 [running]:\n");
    let frames = "]\n\ngoroutine 1 [running]:\nmain.f(...)\n\t/a.go:3 +0x4\nmain.main()\n\t/a.go:8 +0xb\n";
    check_fault("traceback", &format!("{before}0x0 pc="), frames);
}

#[test]
fn collector_keeps_what_is_reachable() {
    for procs in ["1", "2", "8"] {
        for family in ["futexes", "semaphores"] {
            let env = [("GOMAXPROCS", procs), ("RIGO_WAIT", family)];
            check("collect", &env, "ok\n", 0);
            check("collect", &[env[0], env[1], ("GOGC", "50")], "ok\n", 0);
        }
    }
}

#[test]
fn endless_loops_are_interrupted_and_registers_survive() {
    for procs in ["1", "2"] {
        check("preempt", &[("GOMAXPROCS", procs)], "42\n", 0);
    }
}

/// Each callee-saved register, in each of four states; nothing is kept that is hidden.
fn kept_in_registers(n_registers: usize) -> String {
    format!("{}\n0\n", 4 * n_registers)
}

/// Fills what is freed, and never collects by itself.
const POISON: (&str, &str) = ("RIGO_GC_TORTURE", "1000000000");

#[test]
fn objects_that_only_a_register_points_to_are_kept() {
    for procs in ["1", "2"] {
        for family in ["futexes", "semaphores"] {
            let env = [("GOMAXPROCS", procs), ("RIGO_WAIT", family), POISON];
            check("registers", &env, &kept_in_registers(5), 0);
        }
    }
}

/// The same on riscv64, under qemu-user. With one P: with two a thread of the emulator may stay in the loop without calls, all signals blocked and ours pending.
#[test]
fn objects_that_only_a_register_of_riscv64_points_to_are_kept() {
    const TRIPLE: &str = "riscv64gc-unknown-none-elf";
    let dir = runtime_dir();
    let status = Command::new(env!("CARGO"))
        .args(["build", "--release", "-p", "rt0", "--target", TRIPLE])
        .current_dir(&dir)
        .status()
        .expect("cargo runs");
    assert!(status.success(), "the archive does not build; `rustup target add {TRIPLE}`");
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let (object, image) = (out.join("registers_riscv64.o"), out.join("registers_riscv64"));
    let status = Command::new("rustc")
        .args(["--edition", "2024", "--crate-type=lib", "--emit=obj", "--target", TRIPLE])
        .args(["-C", "relocation-model=static", "-C", "panic=abort", "-o"])
        .args([&object, &dir.join("rt/tests/programs/registers.rs")])
        .status()
        .expect("rustc runs");
    assert!(status.success(), "registers does not assemble");
    // `cc` links for this machine only; rustc brings a linker for all.
    let libraries = Command::new("rustc").args(["--print", "target-libdir"]).output().expect("rustc runs");
    let libraries = PathBuf::from(String::from_utf8_lossy(&libraries.stdout).trim());
    let status = Command::new(libraries.join("../bin/rust-lld"))
        .args(["-flavor", "gnu", "-static", "--gc-sections", "-o"])
        .args([&image, &object, &dir.join(format!("target/{TRIPLE}/release/librt0.a"))])
        .status()
        .expect("rust-lld runs");
    assert!(status.success(), "registers does not link");
    let output = Command::new("timeout")
        .args(["60", "qemu-riscv64"])
        .arg(&image)
        .envs([("GOMAXPROCS", "1"), POISON])
        .output()
        .expect("timeout(1) and qemu-riscv64 run");
    assert_eq!(String::from_utf8_lossy(&output.stderr), kept_in_registers(12));
    assert_eq!(output.status.code(), Some(0));
}
