//! GOMAXPROCS follows what the system lets the program run on, as with gc, whose output these texts are.

use std::path::{Path, PathBuf};
use std::process::Command;

fn run(binary: &PathBuf, arguments: &[&str], env: &[(&str, &str)]) -> String {
    let mut command = Command::new("timeout");
    command.arg("60").arg(binary).args(arguments).env_remove("GOMAXPROCS");
    let out = command.envs(env.iter().copied()).output().expect("timeout(1) runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout).into_owned()
}

#[test]
fn gomaxprocs_follows_the_affinity_unless_it_was_chosen() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/procs/affinity.go");
    let binary = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("procs_{}", std::process::id()));
    let mut rigo = Command::new(env!("CARGO_BIN_EXE_rigo"));
    let out = rigo.args(["build", "-o"]).arg(&binary).arg(source).output().expect("rigo runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    if std::thread::available_parallelism().is_ok_and(|n| n.get() == 1) {
        assert_eq!(run(&binary, &[], &[]), "needs two processors\n");
        return;
    }
    assert_eq!(run(&binary, &[], &[]), "one true\ntwo true true\nchosen 2\ndefault 1\ntwo true\n");
    assert_eq!(run(&binary, &["once"], &[("GODEBUG", "updatemaxprocs=0")]), "one false\n");
    assert_eq!(run(&binary, &["once"], &[("GOMAXPROCS", "2")]), "one false\n");
}
