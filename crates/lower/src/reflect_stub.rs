//! The three functions behind `reflect`'s calls that no Go can express: registers to memory and back.
//!
//! `overlay/reflect/call.go` has the rest and declares the layout (`callRegs`).

use std::rc::Rc;

use target::Arch;

use ssa::{Builder, Conv, Signature, Type as T, Value};

use crate::program::Program;

// Offsets in `callRegs`.
const FLOATS: i32 = 64;
const STACK: i32 = 128;
const STACK_WORDS: usize = 32;
const BYTES: u32 = STACK as u32 + 8 * STACK_WORDS as u32;

/// Functions that reflection takes the code of; they have a context, as a closure's code has.
const ENTERED: [(&str, &str); 2] = [
    ("reflect.makeFuncStub", "reflect.enterMakeFunc"),
    ("reflect.methodValueCall", "reflect.enterMethodValue"),
];

/// Functions of `reflect` through which a call goes that a func value of reflection's making passes on. As in gc they count as
/// wrappers, so that what they call may recover (cmd/internal/objabi/funcid.go).
const BETWEEN: [&str; 6] = [
    "reflect.callReflect",
    "reflect.callMethod",
    "reflect.enter",
    "reflect.enterMakeFunc",
    "reflect.enterMethodValue",
    "runtime.reflectcall",
];

/// Reports whether a function or the literals in it only pass on a call of reflection's.
pub(crate) fn is_between(symbol: &str) -> bool {
    let func = symbol.split_once(".func").map_or(symbol, |(func, _)| func);
    BETWEEN.contains(&func)
}

const CALL: &str = "reflect.callCode";

/// Reports whether this is code by the convention of closures.
pub(crate) fn is_entered(symbol: &str) -> bool {
    ENTERED.iter().any(|(stub, _)| *stub == symbol)
}

/// Reports whether this is the function that calls with given registers.
pub(crate) fn is_call(symbol: &str) -> bool {
    symbol == CALL
}

/// Lowers one of the functions; false if it is another.
pub(crate) fn lower_reflect_stub(p: &mut Program<'_, '_>, symbol: &Rc<str>) -> bool {
    if &**symbol == CALL {
        lower_call(p);
        return true;
    }
    let Some((stub, enter)) = ENTERED.iter().find(|(stub, _)| *stub == &**symbol) else { return false };
    lower_enter(p, stub, enter);
    true
}

/// The registers of the target as types: those of arguments, those of results.
fn registers(p: &Program<'_, '_>) -> [Vec<T>; 2] {
    let registers = match p.session.target.arch {
        Arch::Amd64 => abi::call::AMD64,
        Arch::Riscv64 | Arch::Arm64 => abi::call::RISCV64,
    };
    let list = |n_int, n_float| [vec![T::I64; n_int as usize], vec![T::F64; n_float as usize]].concat();
    [list(registers.int_args, registers.float_args), list(registers.int_results, registers.float_results)]
}

/// The place in `callRegs` of each register of a list.
fn places(types: &[T]) -> Vec<(T, i32)> {
    let n_ints = types.iter().filter(|ty| **ty == T::I64).count();
    let place = |(n, ty): (usize, &T)| match n < n_ints {
        true => (*ty, 8 * n as i32),
        false => (*ty, FLOATS + 8 * (n - n_ints) as i32),
    };
    types.iter().enumerate().map(place).collect()
}

/// `func callCode(code unsafe.Pointer, regs *callRegs, words uintptr)`
fn lower_call(p: &mut Program<'_, '_>) {
    let [arg_types, result_types] = registers(p);
    let sig = Signature { params: vec![T::Ptr, T::Ptr, T::I64], results: Vec::new() };
    let mut b = Builder::new(CALL, sig);
    b.func_mut().flags.wrapper = true;
    b.func_mut().scopes[0].wrapper = true;
    let (code, regs, words) = (b.param(0), b.param(1), b.param(2));
    let cases: Vec<_> = (0..=STACK_WORDS / 2).map(|n| (2 * n as u64, b.block())).collect();
    let bad = b.cold_block();
    b.switch(words, cases.clone(), bad);
    for (words, block) in cases {
        b.switch_to(block);
        let mut args: Vec<Value> =
            places(&arg_types).into_iter().map(|(ty, at)| b.load(ty, regs, at)).collect();
        args.extend((0..words).map(|n| b.load(T::I64, regs, STACK + 8 * n as i32)));
        let results: Vec<Value> = b.call_indirect(code, args, &result_types).iter().collect();
        for (value, (ty, at)) in results.into_iter().zip(places(&result_types)) {
            if ty == T::I64 {
                let word = b.convert(Conv::Bitcast, T::Ptr, value);
                b.store_ptr(regs, at, word);
            } else {
                b.store(regs, at, value);
            }
        }
        b.ret(Vec::new());
    }
    b.switch_to(bad);
    b.unreachable();
    p.out.funcs.push(b.finish());
}

/// The code of a func value that reflection makes: `enter(context, registers)`.
fn lower_enter(p: &mut Program<'_, '_>, stub: &str, enter: &str) {
    let Some(enter) = p.func_named(enter) else { return };
    let enter = p.reach(enter, None, &[]);
    let [arg_types, results] = registers(p);
    // The first one is the context.
    let params = [&[T::Ptr], &arg_types[1..]].concat();
    let mut b = Builder::new(stub, Signature { params, results: results.clone() });
    b.func_mut().flags.closure = true;
    b.func_mut().flags.wrapper = true;
    b.func_mut().scopes[0].wrapper = true;
    let slot = b.slot(BYTES, 8);
    let regs = b.slot_addr(slot, 0);
    let context = b.param(0);
    for (n, (_, at)) in places(&arg_types).into_iter().enumerate() {
        let value = b.param(n);
        b.store(regs, at, value);
    }
    b.call(&enter, vec![context, regs], &[]);
    let values = places(&results).into_iter().map(|(ty, at)| b.load(ty, regs, at)).collect();
    b.ret(values);
    p.out.funcs.push(b.finish());
}
