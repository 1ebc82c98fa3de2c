//! The three functions behind `reflect`'s calls that no Go can express: registers to memory and back.
//!
//! `overlay/reflect/call.go` has the rest and declares the layout (`callRegs`).

use std::rc::Rc;

use ssa::{Builder, Conv, Signature, Type as T, Value};

use crate::program::Program;

const INT_ARGS: usize = 6;
const REGS: usize = 8;
const FLOATS: i32 = 64;
const STACK: i32 = 128;
const STACK_WORDS: usize = 32;
const BYTES: u32 = STACK as u32 + 8 * STACK_WORDS as u32;

/// Functions that reflection takes the code of; they have a context, as a closure's code has.
const ENTERED: [(&str, &str); 2] = [
    ("reflect.makeFuncStub", "reflect.enterMakeFunc"),
    ("reflect.methodValueCall", "reflect.enterMethodValue"),
];

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

/// `func callCode(code unsafe.Pointer, regs *callRegs, words uintptr)`
fn lower_call(p: &mut Program<'_, '_>) {
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
        let mut args: Vec<Value> = (0..INT_ARGS).map(|n| b.load(T::I64, regs, 8 * n as i32)).collect();
        args.extend((0..REGS).map(|n| b.load(T::F64, regs, FLOATS + 8 * n as i32)));
        args.extend((0..words).map(|n| b.load(T::I64, regs, STACK + 8 * n as i32)));
        let mut types = vec![T::I64; REGS];
        types.extend([T::F64; REGS]);
        let results: Vec<Value> = b.call_indirect(code, args, &types).iter().collect();
        for (n, value) in results.into_iter().enumerate() {
            if n < REGS {
                let word = b.convert(Conv::Bitcast, T::Ptr, value);
                b.store_ptr(regs, 8 * n as i32, word);
            } else {
                b.store(regs, FLOATS + 8 * (n - REGS) as i32, value);
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
    let mut params = vec![T::Ptr];
    params.extend([T::I64; INT_ARGS - 1]);
    params.extend([T::F64; REGS]);
    let mut results = vec![T::I64; REGS];
    results.extend([T::F64; REGS]);
    let mut b = Builder::new(stub, Signature { params, results: results.clone() });
    b.func_mut().flags.closure = true;
    b.func_mut().flags.wrapper = true;
    b.func_mut().scopes[0].wrapper = true;
    let slot = b.slot(BYTES, 8);
    let regs = b.slot_addr(slot, 0);
    let context = b.param(0);
    for n in 0..INT_ARGS + REGS {
        let (value, at) = match n < INT_ARGS {
            true => (b.param(n), 8 * n as i32),
            false => (b.param(n), FLOATS + 8 * (n - INT_ARGS) as i32),
        };
        b.store(regs, at, value);
    }
    b.call(&enter, vec![context, regs], &[]);
    let values = results.iter().enumerate().map(|(n, ty)| {
        let at = if n < REGS { 8 * n as i32 } else { FLOATS + 8 * (n - REGS) as i32 };
        b.load(*ty, regs, at)
    });
    let values = values.collect();
    b.ret(values);
    p.out.funcs.push(b.finish());
}
