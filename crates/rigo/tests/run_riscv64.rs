//! The programs of `tests/run` on linux/riscv64, run by qemu-user wherever this is not a machine of that kind.

mod programs;

#[test]
fn programs_behave_as_those_of_gc() {
    let emulator: &[&str] = if cfg!(target_arch = "riscv64") { &[] } else { &["qemu-riscv64"] };
    programs::check_all("linux/riscv64", emulator);
}
