//! opensbi/riscv64: programs on machines that `rigo run` does not make: other firmware, other memory, and time that passes with the instructions.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

const FIRMWARE: &str = "/usr/lib/riscv64-linux-gnu/opensbi/generic";
/// Instructions take 16 ns of the guest's time, and sleep none of the host's, so nothing depends on how busy that is.
const COUNT_INSTRUCTIONS: [&str; 2] = ["-icount", "shift=4,sleep=off"];

/// The program of `tests/metal`, as ELF and flat.
fn images() -> &'static [PathBuf; 2] {
    static IMAGES: OnceLock<[PathBuf; 2]> = OnceLock::new();
    IMAGES.get_or_init(|| {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("boot-machine");
        std::fs::create_dir_all(&folder).expect("cargo's folder takes files");
        ["metal", "metal.bin"].map(|name| {
            let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/metal/main.go");
            let mut command = Command::new(env!("CARGO_BIN_EXE_rigo"));
            command.args(["build", "-target", "opensbi/riscv64", "-o", name]).arg(source);
            let out = command.current_dir(&folder).output().expect("rigo runs");
            assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
            folder.join(name)
        })
    })
}

/// Runs a machine with one hart: what the kernel and the program printed, and the exit status.
fn run(image: &Path, flags: &[&str], arguments: &str) -> (String, Option<i32>) {
    let mut command = Command::new("timeout");
    command.args([
        "50",
        "qemu-system-riscv64",
        "-M",
        "virt",
        "-display",
        "none",
        "-no-reboot",
        "-monitor",
        "none",
    ]);
    command.args(["-serial", "stdio"]).args(flags).arg("-kernel").arg(image);
    command.args(["-append", &format!("metal {arguments}")]).stdin(Stdio::null());
    let out = command.output().expect("timeout(1) is there");
    let text = String::from_utf8_lossy(&out.stdout).replace("\r\n", "\n");
    let at = text.find("rigo: ").unwrap_or_else(|| panic!("the kernel did not start: {text}"));
    (text[at..].to_owned(), out.status.code())
}

/// The number behind `name`.
fn number(text: &str, name: &str) -> f64 {
    let rest = text.split(name).nth(1).and_then(|rest| rest.split_whitespace().next());
    rest.and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("no {name:?} in {text}"))
}

#[test]
fn every_firmware_boots_both_forms_of_the_image() {
    for firmware in ["fw_jump.bin", "fw_jump.elf", "fw_dynamic.bin"] {
        for image in images() {
            let bios = format!("{FIRMWARE}/{firmware}");
            let (text, status) = run(image, &["-m", "256M", "-bios", &bios], "boot");
            assert!(number(&text, "main after ") > number(&text, ", entered "), "{firmware}: {text}");
            assert_eq!(status, Some(0), "{firmware}: {text}");
        }
    }
}

#[test]
fn too_little_memory_is_named() {
    let (text, status) = run(&images()[0], &["-m", "16M"], "boot");
    assert!(text.starts_with("rigo: too little memory: 16 MiB, at least 24 MiB"), "{text}");
    assert_eq!(status, Some(2));
}

#[test]
fn sleeps_end_in_time() {
    let flags = [&COUNT_INSTRUCTIONS[..], &["-m", "256M"]].concat();
    let (text, status) = run(&images()[0], &flags, "sleep 10");
    let (shortest, longest) = (number(&text, "slept "), number(&text, " to "));
    assert!(shortest >= 50_000.0 && longest <= 60_000.0, "{text}");
    assert_eq!(status, Some(0));
}

/// Sixteen endless loops share a hart evenly.
fn check_shares(mode: &str) {
    let flags = [&COUNT_INSTRUCTIONS[..], &["-m", "256M"]].concat();
    let (text, status) = run(&images()[0], &flags, &format!("{mode} 10"));
    assert_eq!(status, Some(0), "{text}");
    let counts: Vec<f64> = (0..16).map(|i| number(&text, &format!("share {i} "))).collect();
    let mean = counts.iter().sum::<f64>() / 16.0;
    // A turn of 10 ms or more is a part of a share of 625 ms.
    assert!(counts.iter().all(|count| (count / mean - 1.0).abs() < 0.05), "{text}");
}

#[test]
fn endless_goroutines_share_a_hart() {
    check_shares("goroutines");
}

#[test]
fn endless_threads_share_a_hart() {
    check_shares("threads");
}
