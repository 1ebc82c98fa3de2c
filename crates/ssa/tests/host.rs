//! What a host can do besides answering: have calls made, be asked again, and give the program its faults.

use ssa::interp::{BareHost, Call, Host, Machine, Memory, Stop, Target};

const PROGRAM: &str = r#"
func "tail"(i64) -> (i64) {
  scope c0 "tail" "":0
b0(v0: i64):
  v1: i64 = call "host.tail"(v0): (i64) -> (i64)
  v2: i64 = const 1
  v3: i64 = add v1, v2
  return v3
}

func "double"(i64) -> (i64) {
  scope c0 "double" "":0
b0(v0: i64):
  v1: i64 = add v0, v0
  return v1
}

func "again"(ptr) -> (i64) {
  scope c0 "again" "":0
b0(v0: ptr):
  v1: i64 = call "host.again"(v0): (ptr) -> (i64)
  return v1
}

func "closure"(ptr) -> () closure {
  scope c0 "closure" "":0
b0(v0: ptr):
  v1: i64 = const 7
  store v0+8, v1
  return
}

func "divide"(i64) -> (i64) {
  scope c0 "divide" "":0
b0(v0: i64):
  v1: i64 = const 9
  v2: i64 = divs v1, v0
  return v2
}

func "checked"(i64) -> () {
  scope c0 "checked" "":0
b0(v0: i64):
  v1: i64 = const 4
  bounds_check index v0, v1
  return
}

func "runtime.panicIndex"(i64, i64) -> () {
  scope c0 "runtime.panicIndex" "":0
b0(v0: i64, v1: i64):
  call "host.stop"(v0): (i64) -> ()
  unreachable
}

func "raise"() -> () {
  scope c0 "raise" "":0
b0():
  v0: i64 = const 3
  call "host.stop"(v0): (i64) -> ()
  unreachable
}
"#;

struct Asking;

impl Host for Asking {
    fn call(&mut self, memory: &mut Memory, call: Call<'_>) -> Result<Vec<u64>, Stop> {
        match (call.name, call.args) {
            ("host.tail", args) => Err(Stop::Tail(Target::Func("double".into()), args.to_vec())),
            ("host.again", &[closure]) if call.again => Ok(vec![memory.load(closure + 8, 8)?]),
            ("host.again", &[closure]) => Err(Stop::CallThenAsk(closure)),
            ("host.stop", &[n]) => Err(Stop::Fault(format!("{n} in {} frames", call.n_frames))),
            _ => BareHost.call(memory, call),
        }
    }

    fn fault(&mut self, _: Stop) -> Result<&'static str, Stop> {
        Ok("raise")
    }
}

#[test]
fn hosts_have_calls_made() {
    let program = ssa::read_program(PROGRAM).unwrap();
    ssa::verify_program(&program).unwrap();
    let mut machine = Machine::new(&program, Asking).unwrap();
    assert_eq!(machine.run("tail", &[20], 100), Ok(vec![41]));
    let closure = machine.memory.alloc(16, 8).unwrap();
    let code = machine.symbol("closure");
    machine.memory.store(closure, 8, code).unwrap();
    assert_eq!(machine.run("again", &[closure], 100), Ok(vec![7]));
    assert_eq!(machine.run("divide", &[3], 100), Ok(vec![3]));
}

#[test]
fn faults_and_checks_are_the_programs() {
    let program = ssa::read_program(PROGRAM).unwrap();
    let mut machine = Machine::new(&program, Asking).unwrap();
    assert_eq!(machine.run("divide", &[0], 100), Err(Stop::Fault("3 in 2 frames".into())));
    assert_eq!(machine.run("checked", &[3], 100), Ok(vec![]));
    assert_eq!(machine.run("checked", &[5], 100), Err(Stop::Fault("5 in 2 frames".into())));
    let mut bare = Machine::new(&program, BareHost).unwrap();
    assert_eq!(bare.run("divide", &[0], 100), Err(Stop::Panic("integer divide by zero".into())));
}
