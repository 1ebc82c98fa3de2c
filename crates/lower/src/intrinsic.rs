//! Functions whose body the compiler writes: intrinsics, and functions of the standard library that are entries of the
//! runtime archive.
//!
//! Each becomes an ordinary function with the Go signature, so that it is also a func value; `opt` puts its few
//! operations in the place of a call. The table names gc's intrinsics that have no body, that have one which panics, or that must not be compiled
//! as they stand (plain loads in `internal/runtime/atomic`), and those that are one instruction.

use std::rc::Rc;

use source::Pos;
use ssa::{BinaryOp as B, Builder, Cmp, Conv, Op, RmwOp, Type as T, UnaryOp, Value};
use target::Arch;
use types::{Obj, Type};

use crate::layout::{Shape, TypeId};
use crate::program::{Instance, Program};

/// What stands in the place of a body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Intrinsic {
    /// Nothing; results are zero.
    Nothing,
    /// The argument is the result.
    Same,
    Load,
    Store,
    /// A store of a pointer that the collector hears of.
    StorePointer,
    /// The result is the value before.
    Old(RmwOp),
    /// As `Old`, without a result.
    Quiet(RmwOp),
    /// The result is the value after.
    New(RmwOp),
    Cas,
    SwapPointer,
    CasPointer,
    /// The code address in the func value that an interface holds.
    FuncPc,
    KeepAlive,
    Unary(UnaryOp),
    /// The count as an int.
    Count(UnaryOp),
    /// Bits less the count of leading zeros.
    Len,
    Fma,
    /// High and low half of the product.
    Mul64,
    Add64,
    Sub64,
    CopySign,
    /// Rotation to the left.
    Rotate,
}

use Intrinsic as I;

/// Packages with functions that one operation does, by name.
fn find(path: &str, name: &str) -> Option<Intrinsic> {
    Some(match path {
        "sync/atomic" => return sync_atomic(name),
        "internal/runtime/atomic" => return runtime_atomic(name),
        "internal/abi" => match name {
            "FuncPCABI0" | "FuncPCABIInternal" => I::FuncPc,
            "EscapeNonString" => I::Nothing,
            "EscapeToResultNonString" => I::Same,
            _ => return None,
        },
        "crypto/internal/constanttime" if name == "boolToUint8" => I::Same,
        "crypto/internal/boring/sig" => I::Nothing,
        "internal/runtime/sys" => match name {
            "GetCallerPC" | "GetCallerSP" | "GetClosurePtr" | "Prefetch" | "PrefetchStreamed" => I::Nothing,
            _ => return bits(name),
        },
        "reflect" => match name {
            "callCode" | "makeFuncStub" | "methodValueCall" => I::Nothing,
            _ => return None,
        },
        "runtime" if name == "KeepAlive" => I::KeepAlive,
        "math/bits" => return bits(name),
        "math" => match name {
            "sqrt" | "Sqrt" => I::Unary(UnaryOp::Sqrt),
            "Abs" => I::Unary(UnaryOp::Fabs),
            "FMA" => I::Fma,
            "Copysign" => I::CopySign,
            _ => return None,
        },
        "internal/runtime/math" if name == "Mul64" => I::Mul64,
        _ => return None,
    })
}

fn bits(name: &str) -> Option<Intrinsic> {
    Some(match name {
        "TrailingZeros64" | "TrailingZeros32" | "TrailingZeros16" | "TrailingZeros8" | "TrailingZeros" => {
            I::Count(UnaryOp::Ctz)
        }
        "LeadingZeros64" | "LeadingZeros32" | "LeadingZeros16" | "LeadingZeros8" | "LeadingZeros" => {
            I::Count(UnaryOp::Clz)
        }
        "Len64" | "Len32" | "Len16" | "Len8" | "Len" => I::Len,
        "OnesCount64" | "OnesCount32" | "OnesCount16" | "OnesCount8" | "OnesCount" => {
            I::Count(UnaryOp::Popcnt)
        }
        "ReverseBytes64" | "ReverseBytes32" | "ReverseBytes" | "Bswap64" | "Bswap32" => {
            I::Unary(UnaryOp::Bswap)
        }
        "Reverse64" | "Reverse32" | "Reverse16" | "Reverse8" | "Reverse" => I::Unary(UnaryOp::Bitrev),
        "RotateLeft64" | "RotateLeft32" | "RotateLeft16" | "RotateLeft8" | "RotateLeft" => I::Rotate,
        "Mul64" | "Mul" => I::Mul64,
        "Add64" | "Add" => I::Add64,
        "Sub64" | "Sub" => I::Sub64,
        _ => return None,
    })
}

fn sync_atomic(name: &str) -> Option<Intrinsic> {
    match name {
        "StorePointer" => return Some(I::StorePointer),
        "SwapPointer" => return Some(I::SwapPointer),
        "CompareAndSwapPointer" => return Some(I::CasPointer),
        _ => {}
    }
    let verbs = [
        ("CompareAndSwap", I::Cas),
        ("Swap", I::Old(RmwOp::Xchg)),
        ("Add", I::New(RmwOp::Add)),
        ("And", I::Old(RmwOp::And)),
        ("Or", I::Old(RmwOp::Or)),
        ("Load", I::Load),
        ("Store", I::Store),
    ];
    let types = ["Int32", "Uint32", "Int64", "Uint64", "Uintptr", "Pointer"];
    verbs.iter().find(|(verb, _)| name.strip_prefix(verb).is_some_and(|ty| types.contains(&ty))).map(|v| v.1)
}

fn runtime_atomic(name: &str) -> Option<Intrinsic> {
    Some(match name {
        "Load" | "Loadp" | "Load64" | "LoadAcq" | "LoadAcq64" | "LoadAcquintptr" | "Load8"
        | "Loaduintptr" | "Loaduint" | "Loadint32" | "Loadint64" => I::Load,
        "Xadd" | "Xadd64" | "Xadduintptr" | "Xaddint32" | "Xaddint64" => I::New(RmwOp::Add),
        "Xchg" | "Xchg8" | "Xchg64" | "Xchguintptr" | "Xchgint32" | "Xchgint64" => I::Old(RmwOp::Xchg),
        "And8" | "And" => I::Quiet(RmwOp::And),
        "Or8" | "Or" => I::Quiet(RmwOp::Or),
        "And32" | "And64" | "Anduintptr" => I::Old(RmwOp::And),
        "Or32" | "Or64" | "Oruintptr" => I::Old(RmwOp::Or),
        "Cas" | "Cas64" | "CasRel" | "Casp1" | "Casint32" | "Casint64" | "Casuintptr" => I::Cas,
        "Store" | "Store8" | "Store64" | "StoreRel" | "StoreRel64" | "StoreReluintptr" | "StorepNoWB"
        | "Storeint32" | "Storeint64" | "Storeuintptr" => I::Store,
        "storePointer" => I::StorePointer,
        "casPointer" => I::CasPointer,
        _ => return None,
    })
}

/// Reports whether the compiler writes the body of this function.
pub(crate) fn is_intrinsic(obj: Obj<'_>) -> bool {
    kind(obj).is_some()
}

fn kind(obj: Obj<'_>) -> Option<Intrinsic> {
    let is_method = matches!(obj.ty(), Some(Type::Signature(sig)) if sig.recv.is_some());
    if is_method {
        return None;
    }
    find(obj.pkg?.path.as_str(), obj.name.as_str())
}

/// A function that is only operations on its parameters.
struct Body<'p, 'a, 's> {
    p: &'p mut Program<'a, 's>,
    b: Builder,
    args: Vec<Value>,
    results: Vec<T>,
}

/// Lowers an intrinsic.
pub(crate) fn lower_intrinsic<'s>(p: &mut Program<'_, 's>, instance: &Instance<'s>) {
    if crate::reflect_stub::lower_reflect_stub(p, &instance.symbol) {
        return;
    }
    let Some(what) = kind(instance.obj) else { panic!("{} is no intrinsic", instance.symbol) };
    let mut body = Body::new(p, instance.obj, &instance.symbol, instance.tparams, &instance.targs);
    let results = body.operation(what);
    body.finish(results);
}

/// Lowers the function that calls an entry of the runtime archive in the place of `obj`, which has no body.
pub(crate) fn lower_entry<'s>(p: &mut Program<'_, 's>, code: &Rc<str>, symbol: &Rc<str>, obj: Obj<'s>) {
    if crate::reflect_stub::lower_reflect_stub(p, symbol) {
        return;
    }
    let signed = signedness(p, obj);
    let mut body = Body::new(p, obj, code, &[], &[]);
    body.b.func_mut().scopes[0].func = (&**symbol).into();
    body.b.func_mut().scopes[0].wrapper = true;
    body.b.func_mut().flags.wrapper = true;
    let Some(entry) = abi::entry::find(symbol) else {
        let pkg = obj.pkg.map_or(types::FIRST, |pkg| pkg.index);
        let input = &body.p.session.inputs[(pkg - types::FIRST) as usize];
        // What of the standard library's own a program rarely calls is told when it does.
        match body.p.given_symbol(obj) {
            _ if input.is_std => {}
            Some(_) => body.p.error(obj.pos, format!("relocation target {symbol} not defined")),
            None if input.bodyless => {
                let target = body.p.session.target;
                let text = match target.arch {
                    Arch::Amd64 => format!("relocation target {symbol} not defined"),
                    Arch::Riscv64 | Arch::Arm64 => format!(
                        "missing function body: assembly files for {} cannot be used yet, {symbol} is not defined",
                        target.goarch()
                    ),
                };
                body.p.error(obj.pos, text);
            }
            None => body.p.error(obj.pos, "missing function body"),
        }
        return body.missing(symbol);
    };
    if entry.params.len() != body.args.len() || entry.results.len() != body.results.len() {
        body.p.error(obj.pos, format!("{symbol} has another signature in the runtime"));
        return;
    }
    let args = body.args.clone();
    let args = args.into_iter().zip(entry.params).zip(signed).map(|((arg, class), signed)| {
        let ty = body.b.func().ty(arg);
        match (class, ty.is_int()) {
            (abi::entry::Class::Int, true) => body.b.resize(arg, T::I64, signed),
            (abi::entry::Class::Int, false) if ty == T::Ptr => body.b.convert(Conv::Bitcast, T::I64, arg),
            (abi::entry::Class::Ptr, true) => body.b.convert(Conv::Bitcast, T::Ptr, arg),
            _ => arg,
        }
    });
    let args: Vec<Value> = args.collect();
    let wide: Vec<T> = entry.results.iter().map(|class| crate::runtime::class_type(*class)).collect();
    let values = body.b.call_runtime(symbol, args, &wide);
    if entry.form == abi::entry::Form::NoReturn {
        body.b.unreachable();
    }
    let narrow = body.results.clone().into_iter().zip(values.iter());
    let narrow = narrow.map(|(ty, value)| match (ty, body.b.func().ty(value)) {
        (T::Ptr, T::I64) => body.b.convert(Conv::Bitcast, T::Ptr, value),
        (ty, T::Ptr) if ty.is_int() => body.b.convert(Conv::Bitcast, T::I64, value),
        (ty, have) if ty.is_int() && have != ty => body.b.resize(value, ty, false),
        _ => value,
    });
    let narrow = narrow.collect();
    body.finish(narrow);
}

/// For each scalar of the parameters whether it is extended by its sign.
fn signedness<'s>(p: &mut Program<'_, 's>, obj: Obj<'s>) -> Vec<bool> {
    let Some(Type::Signature(sig)) = obj.ty() else { return Vec::new() };
    let mut list = Vec::new();
    for param in sig.params {
        let ty = param.ty().expect("parameters are typed");
        let signed =
            matches!(p.checker.under(ty), Type::Basic(basic) if basic.is_integer() && !basic.is_unsigned());
        let id = p.intern(ty);
        if let Shape::Scalars(scalars) = &p.data(id).shape {
            list.extend(scalars.iter().map(|_| signed));
        } else {
            list.push(false);
        }
    }
    list
}

impl<'p, 'a, 's> Body<'p, 'a, 's> {
    fn new(
        p: &'p mut Program<'a, 's>,
        obj: Obj<'s>,
        symbol: &Rc<str>,
        tparams: &'s [types::Ty<'s>],
        targs: &[types::Ty<'s>],
    ) -> Self {
        let Some(Type::Signature(parts)) = obj.ty() else { panic!("{symbol} has no signature") };
        let list = |p: &mut Program<'a, 's>, objs: &[Obj<'s>]| -> Vec<TypeId> {
            let types = objs.iter().map(|obj| obj.ty().expect("typed"));
            let types = types.map(|ty| {
                let ty = if targs.is_empty() { ty } else { p.checker.subst(ty, tparams, targs) };
                p.intern(ty)
            });
            types.collect()
        };
        let (params, results) = (list(p, parts.params), list(p, parts.results));
        let sig = p.flat_signature(&params, &results);
        let n_args = sig.params.len();
        let types = sig.results.clone();
        let mut b = Builder::new(&**symbol, sig);
        // An atomic operation without a barrier is one instruction. A loop that waits for it must not be one that nothing stops.
        let is_plain = symbol
            .strip_prefix("sync/atomic.")
            .is_some_and(|name| name.starts_with("Load") || !name.ends_with("Pointer"));
        b.func_mut().scopes[0].no_preempt = !is_plain;
        if let Some(place) = p.map.place(Pos { file: obj.pos.file, offset: obj.pos.offset }) {
            b.func_mut().scopes[0].file = place.name.into();
            b.func_mut().scopes[0].start_line = place.line;
        }
        let args = (0..n_args).map(|n| b.param(n)).collect();
        Body { p, b, args, results: types }
    }

    fn finish(mut self, results: Vec<Value>) {
        self.b.ret(results);
        self.p.out.funcs.push(self.b.finish());
    }

    /// Says at run time that the runtime has no such function.
    fn missing(mut self, symbol: &str) {
        let text = format!("rigo's runtime has no {symbol} yet");
        let data = self.p.bytes_symbol(text.as_bytes());
        let (data, len) = (self.b.sym_addr(&data, 0), self.b.iconst(T::I64, text.len() as i64));
        self.b.call_runtime("runtime.throw", vec![data, len], &[]);
        self.b.unreachable();
        self.p.out.funcs.push(self.b.finish());
    }

    fn one(&mut self, op: Op) -> Value {
        self.b.ins(op).single()
    }

    /// A result of the type that the signature has; counts are ints.
    fn as_result(&mut self, value: Value) -> Vec<Value> {
        let want = self.results[0];
        vec![self.b.resize(value, want, false)]
    }

    fn operation(&mut self, what: Intrinsic) -> Vec<Value> {
        let args = self.args.clone();
        match what {
            I::Nothing => self.results.clone().into_iter().map(|ty| self.b.zero(ty)).collect(),
            I::Same => args,
            I::Load => {
                let ty = self.results[0];
                vec![self.one(Op::AtomicLoad { ty, addr: args[0] })]
            }
            I::Store => {
                self.b.ins(Op::AtomicStore { addr: args[0], val: args[1] });
                Vec::new()
            }
            I::Old(op) => vec![self.one(Op::AtomicRmw { op, addr: args[0], val: args[1] })],
            I::Quiet(op) => {
                self.b.ins(Op::AtomicRmw { op, addr: args[0], val: args[1] });
                Vec::new()
            }
            I::New(op) => {
                let old = self.one(Op::AtomicRmw { op, addr: args[0], val: args[1] });
                vec![self.b.binary(B::Add, old, args[1])]
            }
            I::Cas => vec![self.one(Op::AtomicCas { addr: args[0], old: args[1], new: args[2] })],
            I::StorePointer => {
                self.shade(args[0], args[1]);
                self.b.ins(Op::AtomicStore { addr: args[0], val: args[1] });
                Vec::new()
            }
            I::SwapPointer => {
                self.shade(args[0], args[1]);
                vec![self.one(Op::AtomicRmw { op: RmwOp::Xchg, addr: args[0], val: args[1] })]
            }
            I::CasPointer => {
                self.shade(args[0], args[2]);
                vec![self.one(Op::AtomicCas { addr: args[0], old: args[1], new: args[2] })]
            }
            I::FuncPc => {
                let code = self.b.load(T::Ptr, args[1], 0);
                vec![self.b.convert(Conv::Bitcast, T::I64, code)]
            }
            I::KeepAlive => {
                self.b.ins(Op::KeepAlive { args });
                Vec::new()
            }
            I::Unary(op) => vec![self.b.unary(op, args[0])],
            I::Count(op) => {
                let count = self.b.unary(op, args[0]);
                self.as_result(count)
            }
            I::Len => {
                let ty = self.b.func().ty(args[0]);
                let (zeros, width) = (self.b.unary(UnaryOp::Clz, args[0]), i64::from(ty.bits()));
                let width = self.b.iconst(ty, width);
                let len = self.b.binary(B::Sub, width, zeros);
                self.as_result(len)
            }
            I::Fma => vec![self.one(Op::Fma { x: args[0], y: args[1], z: args[2] })],
            I::Mul64 => {
                let high = self.b.binary(B::MulHiU, args[0], args[1]);
                vec![high, self.b.binary(B::Mul, args[0], args[1])]
            }
            I::Add64 => self.b.ins(Op::AddCarry { x: args[0], y: args[1], carry: args[2] }).iter().collect(),
            I::Sub64 => {
                self.b.ins(Op::SubBorrow { x: args[0], y: args[1], borrow: args[2] }).iter().collect()
            }
            I::CopySign => vec![self.b.binary(B::Fcopysign, args[0], args[1])],
            I::Rotate => {
                let ty = self.b.func().ty(args[0]);
                let count = self.b.resize(args[1], ty, false);
                vec![self.b.binary(B::Rotl, args[0], count)]
            }
        }
    }

    /// Tells the collector of a pointer that goes to `addr`, and of the one it takes the place of.
    fn shade(&mut self, addr: Value, new: Value) {
        let flag = self.b.sym_addr("runtime.writeBarrier", 0);
        let flag = self.b.load(T::I32, flag, 0);
        let zero = self.b.zero(T::I32);
        let on = self.b.compare(Cmp::Ne, flag, zero);
        let (slow, done) = (self.b.cold_block(), self.b.block());
        self.b.branch(on, slow, done);
        self.b.switch_to(slow);
        let word = self.p.checker.basic(types::Basic::UnsafePointer);
        let word = self.p.intern(word);
        let desc = self.p.descriptor(word);
        let slot = self.b.slot(8, 8);
        let src = self.b.slot_addr(slot, 0);
        self.b.store(src, 0, new);
        let desc = self.b.sym_addr(&desc, 0);
        self.b.call_runtime("runtime.wbMove", vec![desc, addr, src], &[]);
        self.b.jump(done);
        self.b.switch_to(done);
    }
}
