//! The kernel alone: the images of `examples/`, booted by OpenSBI in QEMU.
//!
//! Needs the target riscv64gc-unknown-none-elf and `qemu-system-riscv64`, which `cargo xtask setup` installs.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const TARGET: &str = "riscv64gc-unknown-none-elf";

/// Builds an image; a folder of its own, because cargo holds that of this very test.
fn image(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target_dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("images");
    let script = folder.join("image.ld");
    let status = Command::new(env!("CARGO"))
        .args(["rustc", "--quiet", "--release", "--features", "image", "--example", name, "--target", TARGET])
        .arg("--target-dir")
        .arg(&target_dir)
        .args(["--", "-C", &format!("link-arg=-T{}", script.display())])
        .current_dir(folder)
        .status()
        .expect("cargo runs");
    assert!(status.success(), "{name} does not build (rustup target add {TARGET})");
    target_dir.join(TARGET).join("release/examples").join(name)
}

fn machine(image: &Path, harts: u32, memory: &str) -> Command {
    let mut command = Command::new("timeout");
    command.args(["50", "qemu-system-riscv64", "-M", "virt", "-nographic", "-bios", "default"]);
    command.args(["-accel", "tcg,thread=multi", "-smp", &harts.to_string(), "-m", memory, "-kernel"]);
    command.arg(image);
    command
}

/// Runs a machine and gives what it printed behind OpenSBI's report and the kernel's first line, and its exit status. OpenSBI's console
/// writes lines that end as on a terminal.
fn run(command: &mut Command) -> (String, Option<i32>) {
    let output = command.stdin(Stdio::null()).output().expect("timeout(1) and qemu-system-riscv64 are there");
    let text = String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n");
    let start = text.find("rigo: ").unwrap_or_else(|| panic!("the kernel did not start: {text}"));
    let text = &text[start..];
    let first =
        if text.starts_with("rigo: opensbi/riscv64") { text.find('\n').map_or(0, |at| at + 1) } else { 0 };
    (text[first..].to_owned(), output.status.code())
}

#[test]
fn threads_semaphores_clocks_and_memory() {
    let image = image("threads");
    let parts = ["sleeps", "semaphores", "shares", "preemption", "memory", "entropy"];
    let rest: String = parts.iter().map(|part| format!("{part} ok\n")).collect();
    for harts in [1, 4] {
        let mut command = machine(&image, harts, "128M");
        command.args(["-append", "name 'two words' KEY=value -- K=v", "-device", "virtio-rng-device"]);
        let (text, status) = run(&mut command);
        assert_eq!(text, format!("harts {harts}\n[name][two words][K=v]\n[KEY=value]\n{rest}"));
        assert_eq!(status, Some(7));
    }
}

#[test]
fn faults() {
    let image = image("faults");
    let fault = |name: &str| run(machine(&image, 1, "128M").args(["-append", &format!("name {name}")]));
    let (text, status) = fault("recovered");
    assert_eq!(
        text,
        "Memory at 0x8\nMemory at 0x10\nIllegal at 0x0\nTrap at 0x0\nMemory at 0x3f00000000\nrecovered\n"
    );
    assert_eq!(status, Some(0));
    let (text, status) = fault("stack");
    assert!(text.ends_with("the guard page\n"), "{text}");
    assert_eq!(status, Some(3));
    let (text, status) = fault("text");
    assert_eq!((text.as_str(), status), ("Memory at 0x80200000\ncode was written\n", Some(0)));
    let (text, status) = fault("kernel");
    assert!(
        text.starts_with("rigo: unexpected trap: load page fault (cause 13), address 0x0, sp 0x"),
        "{text}"
    );
    assert_eq!(text.matches("  pc 0x").count() + text.matches("  ra 0x").count(), 2);
    assert_eq!(status, Some(2));
}

/// Types `text` when the machine is ready; what it printed from then on, and its exit status.
fn typed(image: &Path, text: &[u8]) -> (Vec<u8>, Option<i32>) {
    let mut child =
        machine(image, 1, "128M").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("timeout(1)");
    let (mut input, mut output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut seen = Vec::new();
    while !seen.ends_with(b"ready\n") {
        let mut byte = [0];
        output.read_exact(&mut byte).expect("the machine starts");
        seen.push(byte[0]);
    }
    let reader = std::thread::spawn(move || {
        let mut rest = Vec::new();
        output.read_to_end(&mut rest).expect("a pipe");
        rest
    });
    input.write_all(text).expect("the machine reads");
    let status = child.wait().expect("the child is ours");
    (reader.join().unwrap(), status.code())
}

#[test]
fn what_is_pasted_at_once_arrives_whole() {
    // Lines of all lengths, no two alike.
    let mut text = Vec::new();
    while text.len() < 64 << 10 {
        let line = format!("{} {}\n", text.len(), "x".repeat(text.len() % 197));
        text.extend_from_slice(line.as_bytes());
    }
    text.extend_from_slice(b"report\n");
    let sum = text.iter().fold(0u64, |sum, &byte| sum.wrapping_mul(31).wrapping_add(byte as u64));
    let report = format!("{} bytes, sum {sum}\n", text.len());
    text.extend_from_slice(b"exit\n");
    let (echoed, status) = typed(&image("console"), &text);
    assert_eq!(status, Some(0));
    let echoed = String::from_utf8(echoed).unwrap();
    assert!(echoed.contains(&report), "want {report}");
    assert!(echoed.replacen(&report, "", 1).as_bytes() == text, "the echo is not what was typed");
}

#[test]
fn lines_are_edited_and_interrupts_end_the_program() {
    let image = image("console");
    let (echoed, status) = typed(&image, b"exut\x7f\x7fit\r");
    assert_eq!((String::from_utf8_lossy(&echoed).as_ref(), status), ("exut\x08 \x08\x08 \x08it\n", Some(0)));
    assert_eq!(typed(&image, b"\x04"), (Vec::new(), Some(0)));
    assert_eq!(typed(&image, b"a\x03"), (b"a^C".to_vec(), Some(130)));
}

/// The device tree of a machine, with some names changed so that nobody knows them.
fn tree_without(names: &[&str], image: &Path) -> PathBuf {
    let file =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{}.dtb", names[0].replace([',', '-'], "_")));
    let status = Command::new("qemu-system-riscv64")
        .args([
            "-M",
            &format!("virt,dumpdtb={}", file.display()),
            "-m",
            "128M",
            "-display",
            "none",
            "-kernel",
        ])
        .arg(image)
        .status();
    assert!(status.expect("qemu-system-riscv64 is there").success());
    let mut bytes = std::fs::read(&file).unwrap();
    for name in names {
        let at = bytes.windows(name.len()).position(|window| window == name.as_bytes());
        bytes[at.unwrap_or_else(|| panic!("no {name}"))] = b'Z';
    }
    std::fs::write(&file, bytes).unwrap();
    file
}

#[test]
fn what_is_missing_is_named() {
    let image = image("faults");
    let (text, status) = run(&mut machine(&image, 1, "16M"));
    assert!(
        text.starts_with("rigo: too little memory: 16 MiB, at least 24 MiB must be free beside the image\n"),
        "{text}"
    );
    assert_eq!(status, Some(2));
    let tree = tree_without(&["riscv,plic0", "sifive,plic-1.0.0"], &image);
    let (text, status) = run(machine(&image, 1, "128M").arg("-dtb").arg(tree));
    let message = "rigo: no interrupt controller for the UART in the device tree: there is no input\n";
    assert!(text.starts_with(message), "{text}");
    assert_eq!(status, Some(0));
    // Without a tree nobody knows the finisher: the firmware ends the machine, with its only status.
    let (text, status) = run(&mut machine(&self::image("no_tree"), 1, "128M"));
    assert_eq!((text.as_str(), status), ("rigo: no device tree: the firmware passed none in a1\n", Some(0)));
}
