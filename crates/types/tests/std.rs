//! The standard library is accepted, on every processor that rigo makes code for.

mod support;

use support::Std;

fn check(goarch: &'static str) {
    let failed = support::on_large_stack(move || {
        let Some(mut std) = Std::list(goarch) else {
            println!("no go command: not run");
            return Vec::new();
        };
        let all: Vec<String> = std.packages.iter().map(|pkg| pkg.path.clone()).collect();
        let diagnostics = std.check_std(&all, true);
        diagnostics.iter().map(|diagnostic| diagnostic.render(&std.map)).collect()
    });
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn std_is_accepted_on_amd64() {
    check("amd64");
}

#[test]
fn std_is_accepted_on_riscv64() {
    check("riscv64");
}
