//! Tables: frames, positions, unsafe ranges, calls, faults; and the bytes of prologue and epilogue.

use codegen::{CompiledFunc, Options, TargetIsa, compile_func};
use iced_x86::{Code, Decoder, DecoderOptions, Instruction, Register};
use obj::{Cfa, FrameRow, Machine, TrapKind};

fn compile(text: &str, machine: Machine) -> CompiledFunc {
    let func = ssa::read_func(text).unwrap();
    ssa::verify(&func).unwrap();
    let options = Options { verify: true, ..Options::new(machine) };
    compile_func(&func, &TargetIsa::new(&options).unwrap()).unwrap()
}

fn decode(func: &CompiledFunc) -> Vec<Instruction> {
    Decoder::with_ip(64, &func.bytes, 0, DecoderOptions::NONE).into_iter().collect()
}

const CALLS: &str = r#"func "f"(i64, ptr) -> (i64) {
  scope c0 "main.f" "/src/main.go":10
  scope c1 "main.g" "/src/g.go":50 call c0:2:5
b0(v0: i64, v1: ptr):
  v2: i64 = call "g"(v0): (i64) -> (i64) @1:7
  v3: i64 = load v1+8 @c1:3:9
  v4: i64 = divu v2, v3 @c1:4:1
  return v4 @3:2
}
"#;

#[test]
fn stack_check_and_frame_rows() {
    let func = compile(CALLS, Machine::Amd64);
    let code = decode(&func);
    assert_eq!(code[0].code(), Code::Cmp_r64_rm64);
    assert_eq!((code[0].op0_register(), code[0].memory_base()), (Register::RSP, Register::R15));
    assert_eq!(code[0].memory_displacement64(), 16);
    assert_eq!(code[1].code(), Code::Jbe_rel32_64);
    let slow = code[1].near_branch64() as u32;
    let push = code.iter().find(|inst| inst.code() == Code::Push_r64).unwrap().ip() as u32;
    let rows = &func.tables.meta.frame;
    assert_eq!(rows[0], FrameRow { off: 0, cfa: Cfa::Sp(8) });
    assert_eq!(rows[1], FrameRow { off: push + 1, cfa: Cfa::SpSaved(16) });
    assert_eq!(rows[2], FrameRow { off: push + 4, cfa: Cfa::Fp(16) });
    let pop = code.iter().find(|inst| inst.code() == Code::Pop_r64).unwrap().ip() as u32;
    assert!(rows.contains(&FrameRow { off: pop + 1, cfa: Cfa::Sp(8) }), "{rows:?}");
    assert_eq!(rows.last().unwrap(), &FrameRow { off: slow, cfa: Cfa::Sp(8) });
    assert!(!func.tables.meta.nosplit);
}

#[test]
fn no_move_from_rbp_to_rsp_is_left() {
    let is_move =
        |inst: &Instruction| inst.op0_register() == Register::RSP && inst.op1_register() == Register::RBP;
    assert!(!decode(&compile(CALLS, Machine::Amd64)).iter().any(is_move));
}

#[test]
fn small_leaf_has_no_check() {
    let text = "func \"leaf\"(i64) -> (i64) {\n  scope c0 \"leaf\" \"\":0\nb0(v0: i64):\n  return v0\n}\n";
    let func = compile(text, Machine::Amd64);
    assert!(func.tables.meta.nosplit);
    assert_eq!(decode(&func)[0].code(), Code::Push_r64);
}

#[test]
fn positions_calls_and_faults() {
    for machine in [Machine::Amd64, Machine::Riscv64] {
        let func = compile(CALLS, machine);
        let meta = &func.tables.meta;
        let lines: Vec<(u32, u32)> = meta.lines.iter().map(|row| (row.scope, row.line)).collect();
        for expected in [(0, 11), (1, 53), (1, 54), (0, 13)] {
            assert!(lines.contains(&expected), "{machine:?}: {lines:?}");
        }
        assert_eq!((meta.scopes[1].parent, meta.scopes[1].call), (0, (12, 5)));
        let callees: Vec<Option<&str>> = func.tables.callees.iter().map(|callee| callee.as_deref()).collect();
        assert_eq!(callees, [Some("g"), Some("runtime.panicdivide"), Some("__morestack")], "{machine:?}");
        let kinds: Vec<TrapKind> = meta.traps.iter().map(|trap| trap.kind).collect();
        assert_eq!(kinds[0], TrapKind::Memory, "{machine:?}");
        // The faulting load is attributed to its own line.
        let row = meta.lines.iter().rev().find(|row| row.off <= meta.traps[0].off).unwrap();
        assert_eq!((row.scope, row.line), (1, 53), "{machine:?}");
    }
}

#[test]
fn riscv64_frame_rows() {
    let func = compile(CALLS, Machine::Riscv64);
    let cfas: Vec<Cfa> = func.tables.meta.frame.iter().map(|row| row.cfa).collect();
    assert_eq!(cfas[..3], [Cfa::Sp(0), Cfa::Sp(16), Cfa::Fp(16)], "{cfas:?}");
    assert!(cfas[3..].contains(&Cfa::Sp(16)) && cfas.last() == Some(&Cfa::Sp(0)), "{cfas:?}");
}

/// Every byte from the load of the flag to the store is in a range; a store in front is not.
#[test]
fn barrier_is_unsafe_from_flag_to_store() {
    let text = r#"func "f"(ptr, ptr, i64) -> () {
  scope c0 "main.f" "/src/main.go":10
b0(v0: ptr, v1: ptr, v2: i64):
  store v0+8, v2
  store_ptr v0, v1
  store v0+16, v2
  v3: i64 = call "g"(v2): (i64) -> (i64)
  store v0+24, v3
  return
}
"#;
    let func = compile(text, Machine::Amd64);
    let code = decode(&func);
    let ranges = &func.tables.meta.unsafe_ranges;
    let is_unsafe =
        |off: u64| ranges.iter().any(|&(start, end)| (u64::from(start)..u64::from(end)).contains(&off));
    let store = |off| {
        code.iter()
            .find(|inst| {
                inst.code() == Code::Mov_rm64_r64
                    && inst.memory_displacement64() == off
                    && !matches!(inst.memory_base(), Register::None | Register::RSP | Register::RBP)
            })
            .unwrap()
            .ip()
    };
    let barrier = func.relocs.iter().find(|reloc| &*reloc.target == "runtime.gcWriteBarrier").unwrap().off;
    let flag = func.relocs.iter().find(|reloc| &*reloc.target == "runtime.writeBarrier").unwrap().off;
    assert!(is_unsafe(u64::from(flag)) && is_unsafe(u64::from(barrier)) && is_unsafe(store(0)));
    assert!(!is_unsafe(store(8)) && !is_unsafe(store(24)));
    // The stack check and its slow path.
    assert!(is_unsafe(0) && is_unsafe(func.bytes.len() as u64 - 1));
    let between = code.iter().filter(|inst| {
        (u64::from(flag)..store(0)).contains(&inst.ip()) && inst.code() != Code::Nopd && !is_unsafe(inst.ip())
    });
    assert_eq!(between.count(), 0);
}

#[test]
fn inlined_runtime_code_is_unsafe() {
    let text = r#"func "f"(ptr, i64) -> (i64) {
  scope c0 "main.f" "/src/main.go":10
  scope c1 "runtime.inc" "/src/runtime.go":50 call c0:2:5 no_preempt
b0(v0: ptr, v1: i64):
  v2: i64 = load v0
  v3: i64 = load v0+8 @c1:1:1
  v4: i64 = add v3, v1 @c1:1:2
  store v0+8, v4 @c1:1:3
  v5: i64 = call "g"(v2): (i64) -> (i64)
  return v5
}
"#;
    for machine in [Machine::Amd64, Machine::Riscv64] {
        let func = compile(text, machine);
        let meta = &func.tables.meta;
        let is_unsafe = |off: u32| meta.unsafe_ranges.iter().any(|&(start, end)| (start..end).contains(&off));
        let traps: Vec<u32> = meta.traps.iter().map(|trap| trap.off).collect();
        assert!(
            !is_unsafe(traps[0]) && traps[1..].iter().all(|&off| is_unsafe(off)),
            "{machine:?}: {meta:?}"
        );
        assert!(!is_unsafe(meta.calls[0].ret_off));
    }
}

/// The address of a slot that was computed before `deferinit` is computed again after the recovery.
#[test]
fn nothing_from_before_is_used_after_recover() {
    let text =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/recover.ssa")).unwrap();
    let program = ssa::read_program(&text).unwrap();
    let isa = TargetIsa::new(&Options { verify: true, ..Options::new(Machine::Amd64) }).unwrap();
    let func = compile_func(program.func("recovered_address").unwrap(), &isa).unwrap();
    let code = decode(&func);
    let is_lea = |inst: &&Instruction| inst.code() == Code::Lea_r64_m;
    let handler = code.iter().filter(is_lea).find(|inst| inst.op0_register() == Register::RSI).unwrap();
    let start = handler.ip_rel_memory_address();
    let first = code.iter().find(|inst| inst.ip() >= start && inst.op0_register() == Register::RDI).unwrap();
    assert_eq!(first.code(), Code::Lea_r64_m);
}

/// C functions expect zeros above a `bool`.
#[test]
fn narrow_arguments_of_entries_are_extended() {
    let text = r#"func "f"(i64) -> () {
  scope c0 "f" "":0
b0(v0: i64):
  v1: i8 = wrap v0
  call_runtime "runtime.printbool"(v1): (i8) -> ()
  return
}
"#;
    let code = decode(&compile(text, Machine::Amd64));
    assert!(code.iter().any(|inst| inst.code() == Code::Movzx_r32_rm8 || inst.code() == Code::Movzx_r64_rm8));
}
