//! Golden files: printed form, verifier, serialised form, interpreter.

use ssa::golden::{Outcome, code_lines, runs, with_code};
use ssa::interp::{BareHost, Machine, Stop};
use std::path::Path;

#[test]
fn golden_files() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut paths: Vec<_> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty());
    paths.iter().for_each(|path| check(path));
}

fn check(path: &Path) {
    let name = path.file_name().unwrap().to_string_lossy();
    let text = std::fs::read_to_string(path).unwrap();
    let program = ssa::read_program(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    ssa::verify_program(&program).unwrap_or_else(|error| panic!("{name}: {error}"));
    let printed = program.to_string();
    if std::env::var_os("RIGO_BLESS").is_some() {
        std::fs::write(path, with_code(&text, &printed)).unwrap();
    } else {
        assert_eq!(code_lines(&text), code_lines(&printed), "{name}: the printed form differs");
    }
    assert_eq!(ssa::read_program(&printed).unwrap(), program, "{name}: printed and read back");
    assert_eq!(
        ssa::Program::from_bytes(&program.to_bytes()).unwrap(),
        program,
        "{name}: serialised and read back"
    );
    for run in runs(&text, &program).unwrap_or_else(|error| panic!("{name}: {error}")) {
        let mut machine = Machine::new(&program, BareHost).unwrap();
        let result = machine.run(&run.func, &run.args, 1_000_000);
        match (&run.outcome, &result) {
            (Outcome::Results(expected), Ok(results)) => assert_eq!(results, expected, "{name}:{}", run.line),
            (Outcome::Panics(text), Err(Stop::Panic(found))) if found.contains(text) => {}
            _ => panic!("{name}:{}: {result:?}", run.line),
        }
    }
}
