//! Runs SSA, slowly and exactly.
//!
//! The interpreter is the reference for `opt` and `codegen`: golden tests and the differential fuzzer
//! compare with it. Memory is one array that begins at [`BASE`]; data, slots and `new` objects are carved from it
//! and nothing is ever freed, so two runs of a program see the same addresses. Addresses below [`BASE`] are nil
//! dereferences. What the program does not define is asked of a [`Host`].
//!
//! Calls do not recurse in Rust: frames are a vector, and `recover` cuts it.

use crate::eval;
use crate::func::{Block, Func, Results, Value};
use crate::op::{self, Callee, Op, Terminator};
use crate::operator::RmwOp;
use crate::program::{DataRelocKind, Program};
use crate::ty::Type;
use rustc_hash::FxHashMap;
use std::fmt;

/// The first valid address.
pub const BASE: u64 = 0x1_0000;
/// Code addresses begin here, 16 bytes for each function; none of them can be read.
pub const CODE_BASE: u64 = 0x7000_0000_0000;
/// Addresses of recover blocks begin here.
const RECOVER_BASE: u64 = 0x6000_0000_0000;
/// Frames beyond this are taken for a runaway recursion.
const MAX_FRAMES: usize = 100_000;
/// Memory beyond this is taken for a runaway allocation.
const MAX_BYTES: usize = 1 << 30;

/// Why a run ended without a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// A Go panic: the name of the function that panics, or the text of the fault.
    Panic(String),
    /// The program did what it must not do; a fault in whoever made it.
    Fault(String),
    /// The number of steps was used up.
    Fuel,
    /// For hosts: go on behind the `recover` edge of the record at this address.
    Resume(u64),
    /// For hosts: make this call; its results are those of the call that was asked.
    Tail(Target, Vec<u64>),
    /// For hosts: call this closure without arguments, then ask again.
    CallThenAsk(u64),
}

/// What a host has called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A function of the program.
    Func(String),
    /// The closure at this address.
    Closure(u64),
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stop::Panic(text) => write!(f, "panic: {text}"),
            Stop::Fault(text) => write!(f, "fault: {text}"),
            Stop::Fuel => f.write_str("out of fuel"),
            Stop::Resume(rec) => write!(f, "resume at {rec:#x}, which is no defer record"),
            Stop::Tail(target, _) => write!(f, "a call of {target:?} where nobody can call"),
            Stop::CallThenAsk(closure) => write!(f, "a call of {closure:#x} where nobody can call"),
        }
    }
}

/// A call of a function that the program does not define.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The function.
    pub name: &'a str,
    /// Its arguments.
    pub args: &'a [u64],
    /// How many frames there are, the caller's included.
    pub n_frames: usize,
    /// How many of them are of functions that are no wrappers.
    pub depth: usize,
    /// The closure that the host wanted called, [`Stop::CallThenAsk`], has returned.
    pub again: bool,
}

/// Answers calls of functions that the program does not define.
pub trait Host {
    /// Makes the call.
    fn call(&mut self, memory: &mut Memory, call: Call<'_>) -> Result<Vec<u64>, Stop>;

    /// The address of a name that the program does not define. Without one it gets a code address that leads to
    /// [`call`](Host::call).
    fn address(&self, name: &str) -> Option<u64> {
        let _ = name;
        None
    }

    /// Says which function of the program raises a panic for a fault; `Err` ends the run with it.
    fn fault(&mut self, fault: Stop) -> Result<&'static str, Stop> {
        Err(fault)
    }
}

/// A host for programs without a runtime: memory functions work, `runtime.panic...` panics with its name, any other
/// call is a fault.
#[derive(Debug, Default, Clone, Copy)]
pub struct BareHost;

impl Host for BareHost {
    fn call(&mut self, memory: &mut Memory, call: Call<'_>) -> Result<Vec<u64>, Stop> {
        let name = call.name;
        match (name, call.args) {
            ("memmove", &[dst, src, n]) => {
                memory.copy(dst, src, n)?;
                Ok(vec![dst])
            }
            ("runtime.memclr", &[addr, n]) => {
                memory.zero(addr, n)?;
                Ok(Vec::new())
            }
            _ if name.starts_with("runtime.panic") => Err(Stop::Panic(name.to_string())),
            _ => Err(Stop::Fault(format!("{name} is not defined"))),
        }
    }
}

/// The program's memory.
#[derive(Debug, Default)]
pub struct Memory {
    bytes: Vec<u8>,
}

impl Memory {
    /// Carves out zeroed bytes.
    pub fn alloc(&mut self, size: u64, align: u64) -> Result<u64, Stop> {
        let start = (self.bytes.len() as u64).next_multiple_of(align.max(1));
        // One byte at least, so that different objects have different addresses.
        let end = start + size.max(1);
        if end > MAX_BYTES as u64 {
            return Err(Stop::Fault("out of memory".into()));
        }
        self.bytes.resize(end as usize, 0);
        Ok(BASE + start)
    }

    fn range(&self, addr: u64, n: u64) -> Result<std::ops::Range<usize>, Stop> {
        if addr < BASE {
            return Err(Stop::Panic("nil dereference".into()));
        }
        let start = addr - BASE;
        match start.checked_add(n) {
            Some(end) if end <= self.bytes.len() as u64 => Ok(start as usize..end as usize),
            _ => Err(Stop::Panic(format!("bad address {addr:#x}"))),
        }
    }

    /// Reads `n` bytes, at most 8, as a number.
    pub fn load(&self, addr: u64, n: u32) -> Result<u64, Stop> {
        let range = self.range(addr, u64::from(n))?;
        let mut word = [0; 8];
        word[..n as usize].copy_from_slice(&self.bytes[range]);
        Ok(u64::from_le_bytes(word))
    }

    /// Writes `n` bytes, at most 8.
    pub fn store(&mut self, addr: u64, n: u32, value: u64) -> Result<(), Stop> {
        let range = self.range(addr, u64::from(n))?;
        self.bytes[range].copy_from_slice(&value.to_le_bytes()[..n as usize]);
        Ok(())
    }

    /// Bytes as they are.
    pub fn bytes(&self, addr: u64, n: u64) -> Result<&[u8], Stop> {
        let range = self.range(addr, n)?;
        Ok(&self.bytes[range])
    }

    /// Copies as `memmove` does.
    pub fn copy(&mut self, dst: u64, src: u64, n: u64) -> Result<(), Stop> {
        let (to, from) = (self.range(dst, n)?, self.range(src, n)?);
        self.bytes.copy_within(from, to.start);
        Ok(())
    }

    /// Clears.
    pub fn zero(&mut self, addr: u64, n: u64) -> Result<(), Stop> {
        let range = self.range(addr, n)?;
        self.bytes[range].fill(0);
        Ok(())
    }
}

/// A program that can be run.
#[derive(Debug)]
pub struct Machine<'p, H> {
    program: &'p Program,
    funcs: FxHashMap<&'p str, usize>,
    datas: FxHashMap<&'p str, u64>,
    externs: Vec<String>,
    /// Its memory.
    pub memory: Memory,
    /// Who answers its outside calls.
    pub host: H,
    g: u64,
    frames: Vec<Frame>,
    recovers: Vec<(usize, Block)>,
}

#[derive(Debug)]
struct Frame {
    func: usize,
    values: Vec<u64>,
    slots: Vec<u64>,
    block: Block,
    next: usize,
    // Where the caller wants the results: values of the frame below.
    results: Option<Results>,
    // The host is to be asked again: the closure that it wanted called has returned.
    again: bool,
}

enum Step {
    Next,
    Call { func: usize, args: Vec<u64>, results: Results },
}

impl<'p, H: Host> Machine<'p, H> {
    /// Lays out the data of a program.
    pub fn new(program: &'p Program, host: H) -> Result<Machine<'p, H>, Stop> {
        let mut machine = Machine {
            program,
            funcs: program.funcs.iter().enumerate().map(|(n, func)| (&*func.name, n)).collect(),
            datas: FxHashMap::default(),
            externs: Vec::new(),
            memory: Memory::default(),
            host,
            g: 0,
            frames: Vec::new(),
            recovers: Vec::new(),
        };
        machine.g = machine.memory.alloc(4096, 16)?;
        for data in &program.datas {
            let addr = machine.memory.alloc(data.size, u64::from(data.align))?;
            machine.datas.insert(&data.name, addr);
        }
        for alias in &program.aliases {
            if let Some(&func) = machine.funcs.get(&*alias.target) {
                machine.funcs.insert(&alias.name, func);
            } else if let Some(&addr) = machine.datas.get(&*alias.target) {
                machine.datas.insert(&alias.name, addr);
            }
        }
        machine.fill_data()?;
        Ok(machine)
    }

    fn fill_data(&mut self) -> Result<(), Stop> {
        for data in &self.program.datas {
            let addr = self.datas[&*data.name];
            for (n, &byte) in data.bytes.iter().enumerate() {
                self.memory.store(addr + n as u64, 1, u64::from(byte))?;
            }
            for reloc in &data.relocs {
                let target = self.symbol(&reloc.target).wrapping_add(reloc.addend as u64);
                let (value, n) = match &reloc.kind {
                    DataRelocKind::Addr => (target, 8),
                    DataRelocKind::Off(base) => (target.wrapping_sub(self.symbol(base)), 4),
                };
                self.memory.store(addr + u64::from(reloc.off), n, value)?;
            }
        }
        Ok(())
    }

    /// The address of a function or datum. Names that the program does not define get a code address that
    /// leads to the host.
    pub fn symbol(&mut self, name: &str) -> u64 {
        if let Some(&addr) = self.datas.get(name) {
            return addr;
        }
        if let Some(&func) = self.funcs.get(name) {
            return CODE_BASE + 16 * func as u64;
        }
        if let Some(addr) = self.host.address(name) {
            return addr;
        }
        let n = match self.externs.iter().position(|known| known == name) {
            Some(n) => n,
            None => {
                self.externs.push(name.to_string());
                self.externs.len() - 1
            }
        };
        CODE_BASE + 16 * (self.program.funcs.len() + n) as u64
    }

    /// Runs a function for at most `fuel` operations.
    pub fn run(&mut self, name: &str, args: &[u64], mut fuel: u64) -> Result<Vec<u64>, Stop> {
        let Some(&func) = self.funcs.get(name) else {
            return Err(Stop::Fault(format!("{name} is not defined")));
        };
        self.frames.clear();
        self.push(func, args, None)?;
        loop {
            if fuel == 0 {
                return Err(Stop::Fuel);
            }
            fuel -= 1;
            match self.step() {
                Ok(None) => {}
                Ok(Some(results)) => return Ok(results),
                Err(Stop::Resume(rec)) => self.resume(rec)?,
                Err(Stop::Tail(target, args)) => self.call_for_host(&target, args, false)?,
                Err(Stop::CallThenAsk(closure)) => {
                    self.call_for_host(&Target::Closure(closure), Vec::new(), true)?
                }
                Err(fault @ Stop::Panic(_)) => {
                    let func = self.host.fault(fault)?;
                    self.call_for_host(&Target::Func(func.into()), Vec::new(), false)?;
                }
                Err(stop) => return Err(stop),
            }
        }
    }

    /// Calls a function of the program in the place of the operation that was the last one.
    fn call_for_host(&mut self, target: &Target, mut args: Vec<u64>, again: bool) -> Result<(), Stop> {
        let code = match target {
            Target::Func(name) => self.symbol(name),
            Target::Closure(closure) => {
                args.insert(0, *closure);
                self.memory.load(*closure, 8)?
            }
        };
        let func = (code.wrapping_sub(CODE_BASE) / 16) as usize;
        if code < CODE_BASE || func >= self.program.funcs.len() {
            return Err(Stop::Fault(format!("the host calls {target:?}, which the program does not define")));
        }
        let program = self.program;
        let frame = self.frame();
        let insts = &program.funcs[frame.func].blocks[frame.block.index()].insts;
        let none = Results { first: Value(0), len: 0 };
        let results = match frame.next.checked_sub(1) {
            Some(last) => program.funcs[frame.func].insts[insts[last].index()].results,
            None => none,
        };
        let results = if again { none } else { results };
        if again {
            frame.next -= 1;
            frame.again = true;
        }
        self.push(func, &args, Some(results))
    }

    fn push(&mut self, func: usize, args: &[u64], results: Option<Results>) -> Result<(), Stop> {
        let body = &self.program.funcs[func];
        if self.frames.len() >= MAX_FRAMES {
            return Err(Stop::Panic("stack overflow".into()));
        }
        let mut values = vec![0; body.values.len()];
        let params = &body.blocks[body.entry().index()].params;
        if params.len() != args.len() {
            return Err(Stop::Fault(format!("{} is called with {} arguments", body.name, args.len())));
        }
        for (&param, &arg) in params.iter().zip(args) {
            values[param.index()] = arg & body.ty(param).mask();
        }
        let mut slots = Vec::new();
        for slot in &body.slots {
            slots.push(self.memory.alloc(u64::from(slot.size), u64::from(slot.align))?);
        }
        self.frames.push(Frame { func, values, slots, block: body.entry(), next: 0, results, again: false });
        Ok(())
    }

    fn resume(&mut self, rec: u64) -> Result<(), Stop> {
        let code = self.memory.load(rec, 8)?;
        let n = code.wrapping_sub(RECOVER_BASE) as usize;
        let Some(&(depth, block)) = self.recovers.get(n) else { return Err(Stop::Resume(rec)) };
        if depth > self.frames.len() || depth == 0 {
            return Err(Stop::Resume(rec));
        }
        self.frames.truncate(depth);
        let frame = self.frames.last_mut().expect("the frame of the record is there");
        // What was in registers is gone.
        frame.values.fill(0xdead_beef_dead_beef);
        frame.block = block;
        frame.next = 0;
        Ok(())
    }

    fn step(&mut self) -> Result<Option<Vec<u64>>, Stop> {
        let program = self.program;
        let frame = self.frames.last_mut().expect("a run has a frame");
        let func = &program.funcs[frame.func];
        let data = &func.blocks[frame.block.index()];
        if let Some(&inst) = data.insts.get(frame.next) {
            frame.next += 1;
            let inst = &func.insts[inst.index()];
            match self.op(func, &inst.op, inst.results)? {
                Step::Next => {}
                Step::Call { func, args, results } => self.push(func, &args, Some(results))?,
            }
            return Ok(None);
        }
        self.terminator(func, &data.term)
    }

    fn frame(&mut self) -> &mut Frame {
        self.frames.last_mut().expect("a run has a frame")
    }

    fn get(&mut self, value: Value) -> u64 {
        self.frame().values[value.index()]
    }

    fn set(&mut self, value: Value, bits: u64) {
        self.frame().values[value.index()] = bits;
    }

    fn go(&mut self, target: &op::Target) {
        let program = self.program;
        let args: Vec<u64> = target.args.iter().map(|&arg| self.get(arg)).collect();
        let frame = self.frame();
        let params = &program.funcs[frame.func].blocks[target.block.index()].params;
        for (&param, arg) in params.iter().zip(args) {
            frame.values[param.index()] = arg;
        }
        frame.block = target.block;
        frame.next = 0;
    }

    fn terminator(&mut self, func: &'p Func, term: &'p Terminator) -> Result<Option<Vec<u64>>, Stop> {
        match term {
            Terminator::Jump(target) => self.go(target),
            Terminator::Branch { cond, then, els } => {
                let target = if self.get(*cond) != 0 { then } else { els };
                self.go(target);
            }
            Terminator::Switch { val, cases, default } => {
                let bits = self.get(*val);
                let case = cases.iter().find(|(case, _)| *case == bits);
                self.go(case.map_or(default, |(_, target)| target));
            }
            Terminator::Return(values) => {
                let values: Vec<u64> = values.iter().map(|&value| self.get(value)).collect();
                let frame = self.frames.pop().expect("a run has a frame");
                match frame.results {
                    None => return Ok(Some(values)),
                    Some(results) => {
                        results.iter().zip(values).for_each(|(value, bits)| self.set(value, bits))
                    }
                }
            }
            Terminator::DeferInit { rec, normal, recover } => {
                let rec = self.get(*rec);
                let depth = self.frames.len();
                let n = self.recovers.len() as u64;
                self.recovers.push((depth, *recover));
                self.memory.store(rec, 8, RECOVER_BASE + n)?;
                self.memory.store(rec + 8, 8, depth as u64)?;
                self.memory.store(rec + 16, 8, depth as u64)?;
                self.go(normal);
            }
            Terminator::Unreachable => {
                return Err(Stop::Fault(format!("{} comes to its unreachable end", func.name)));
            }
        }
        Ok(None)
    }

    fn op(&mut self, func: &'p Func, op: &'p Op, results: Results) -> Result<Step, Stop> {
        let value = match op {
            Op::Const { bits, .. } => *bits,
            Op::Unary { op, arg } => eval::unary(*op, func.ty(*arg), self.get(*arg)),
            Op::Binary { op, lhs, rhs } => {
                let (a, b) = (self.get(*lhs), self.get(*rhs));
                let result = eval::binary(*op, func.ty(*lhs), a, b);
                result.ok_or_else(|| Stop::Panic("integer divide by zero".into()))?
            }
            Op::Compare { cmp, lhs, rhs } => {
                u64::from(eval::compare(*cmp, func.ty(*lhs), self.get(*lhs), self.get(*rhs)))
            }
            Op::Convert { conv, ty, arg } => eval::convert(*conv, func.ty(*arg), *ty, self.get(*arg)),
            Op::Select { cond, if_true, if_false } => {
                if self.get(*cond) != 0 {
                    self.get(*if_true)
                } else {
                    self.get(*if_false)
                }
            }
            Op::Fma { x, y, z } => self.fma(func.ty(*x), *x, *y, *z),
            Op::AddCarry { .. } | Op::SubBorrow { .. } => {
                self.carry(func, op, results);
                return Ok(Step::Next);
            }
            Op::PtrAdd { root, index, off } => {
                let index = index.map_or(0, |index| self.get(index));
                self.get(*root).wrapping_add(index).wrapping_add(*off as u64)
            }
            Op::SlotAddr { slot, off } => self.frame().slots[slot.index()] + u64::from(*off),
            Op::SymAddr { sym, off } => self.symbol(func.sym_name(*sym)).wrapping_add(*off as u64),
            Op::FuncAddr { sym } => self.symbol(func.sym_name(*sym)),
            Op::New { size, align, .. } => self.memory.alloc(*size, u64::from(*align))?,
            Op::GetG => self.g,
            Op::CallerPc | Op::CallerSp => 0,
            Op::Load { .. } | Op::AtomicLoad { .. } | Op::AtomicRmw { .. } | Op::AtomicCas { .. } => {
                self.read(func, op)?
            }
            Op::Call { callee, args, .. } => return self.call(func, *callee, args, results),
            Op::Store { .. }
            | Op::StorePtr { .. }
            | Op::AtomicStore { .. }
            | Op::Fence
            | Op::MemCopy { .. }
            | Op::MemZero { .. }
            | Op::NilCheck { .. }
            | Op::BoundsCheck { .. }
            | Op::Check { .. }
            | Op::KeepAlive { .. } => {
                self.effect(func, op)?;
                return Ok(Step::Next);
            }
        };
        self.set(results.single(), value);
        Ok(Step::Next)
    }

    fn fma(&mut self, ty: Type, x: Value, y: Value, z: Value) -> u64 {
        let (x, y, z) = (self.get(x), self.get(y), self.get(z));
        if ty == Type::F32 {
            let float = |bits: u64| f32::from_bits(bits as u32);
            return u64::from(float(x).mul_add(float(y), float(z)).to_bits());
        }
        f64::from_bits(x).mul_add(f64::from_bits(y), f64::from_bits(z)).to_bits()
    }

    fn carry(&mut self, func: &Func, op: &Op, results: Results) {
        let (value, carry, mask) = match *op {
            Op::AddCarry { x, y, carry } => {
                let mask = func.ty(x).mask();
                let sum = u128::from(self.get(x)) + u128::from(self.get(y)) + u128::from(self.get(carry));
                (sum as u64, sum > u128::from(mask), mask)
            }
            Op::SubBorrow { x, y, borrow } => {
                let mask = func.ty(x).mask();
                let (x, y) = (self.get(x), u128::from(self.get(y)) + u128::from(self.get(borrow)));
                (x.wrapping_sub(y as u64), u128::from(x) < y, mask)
            }
            _ => unreachable!("two operations yield a carry"),
        };
        self.set(results.first, value & mask);
        self.set(Value(results.first.0 + 1), u64::from(carry));
    }

    fn read(&mut self, func: &Func, op: &Op) -> Result<u64, Stop> {
        match *op {
            Op::Load { ty, addr, off, .. } => {
                let addr = self.get(addr).wrapping_add(off as u64);
                self.memory.load(addr, ty.bytes())
            }
            Op::AtomicLoad { ty, addr } => {
                let addr = self.get(addr);
                self.memory.load(addr, ty.bytes())
            }
            Op::AtomicRmw { op, addr, val } => {
                let (ty, addr, val) = (func.ty(val), self.get(addr), self.get(val));
                let old = self.memory.load(addr, ty.bytes())?;
                let new = match op {
                    RmwOp::Add => old.wrapping_add(val),
                    RmwOp::And => old & val,
                    RmwOp::Or => old | val,
                    RmwOp::Xchg => val,
                };
                self.memory.store(addr, ty.bytes(), new)?;
                Ok(old)
            }
            Op::AtomicCas { addr, old, new } => {
                let (ty, addr, old, new) = (func.ty(new), self.get(addr), self.get(old), self.get(new));
                let is_equal = self.memory.load(addr, ty.bytes())? == old;
                if is_equal {
                    self.memory.store(addr, ty.bytes(), new)?;
                }
                Ok(u64::from(is_equal))
            }
            _ => unreachable!("not a read"),
        }
    }

    fn effect(&mut self, func: &'p Func, op: &'p Op) -> Result<(), Stop> {
        match op {
            Op::Store { addr, off, val, .. } | Op::StorePtr { addr, off, val } => {
                let (addr, bits) = (self.get(*addr).wrapping_add(*off as u64), self.get(*val));
                self.memory.store(addr, func.ty(*val).bytes(), bits)
            }
            Op::AtomicStore { addr, val } => {
                let (addr, bits) = (self.get(*addr), self.get(*val));
                self.memory.store(addr, func.ty(*val).bytes(), bits)
            }
            Op::MemCopy { dst, src, size, .. } => {
                let (dst, src) = (self.get(*dst), self.get(*src));
                if *size == 0 { Ok(()) } else { self.memory.copy(dst, src, *size) }
            }
            Op::MemZero { addr, size, .. } => {
                let addr = self.get(*addr);
                if *size == 0 { Ok(()) } else { self.memory.zero(addr, *size) }
            }
            Op::NilCheck { ptr } => {
                let addr = self.get(*ptr);
                self.memory.load(addr, 1).map(|_| ())
            }
            Op::BoundsCheck { kind, signed, x, y } => {
                let (x, y) = (self.get(*x), self.get(*y));
                if kind.holds(x, y) {
                    return Ok(());
                }
                self.fail(kind.panic_symbol(*signed), vec![x, y])
            }
            Op::Check { cond, panic, args } => {
                if self.get(*cond) != 0 {
                    return Ok(());
                }
                let args: Vec<u64> = args.iter().map(|&arg| self.get(arg)).collect();
                self.fail(func.sym_name(*panic), args)
            }
            _ => Ok(()),
        }
    }

    /// Ends a check that does not hold.
    fn fail(&mut self, panic: &str, args: Vec<u64>) -> Result<(), Stop> {
        if self.funcs.contains_key(panic) {
            return Err(Stop::Tail(Target::Func(panic.into()), args));
        }
        self.ask(panic, &args).map(|_| ())
    }

    fn ask(&mut self, name: &str, args: &[u64]) -> Result<Vec<u64>, Stop> {
        let n_frames = self.frames.len();
        let is_wrapper = |frame: &&Frame| self.program.funcs[frame.func].flags.wrapper;
        let depth = n_frames - self.frames.iter().filter(is_wrapper).count();
        let again = std::mem::take(&mut self.frame().again);
        self.host.call(&mut self.memory, Call { name, args, n_frames, depth, again })
    }

    fn call(&mut self, func: &Func, callee: Callee, args: &[Value], results: Results) -> Result<Step, Stop> {
        let mut args: Vec<u64> = args.iter().map(|&arg| self.get(arg)).collect();
        let code = match callee {
            Callee::Direct(sym) | Callee::Runtime(sym) => self.symbol(func.sym_name(sym)),
            Callee::Indirect(code) => self.get(code),
            Callee::Closure(fv) => {
                let fv = self.get(fv);
                args.insert(0, fv);
                self.memory.load(fv, 8)?
            }
        };
        let n = code.wrapping_sub(CODE_BASE) / 16;
        let n_funcs = self.program.funcs.len() as u64;
        if code < CODE_BASE || n >= n_funcs + self.externs.len() as u64 {
            return Err(Stop::Panic(format!("call of bad address {code:#x}")));
        }
        if n < n_funcs {
            return Ok(Step::Call { func: n as usize, args, results });
        }
        let name = self.externs[(n - n_funcs) as usize].clone();
        let values = self.ask(&name, &args)?;
        if values.len() as u32 != results.len {
            return Err(Stop::Fault(format!("{name} yields {} values", values.len())));
        }
        results.iter().zip(values).for_each(|(value, bits)| self.set(value, bits & func.ty(value).mask()));
        Ok(Step::Next)
    }
}
