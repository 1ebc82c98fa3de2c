//! Reads the printed form.
//!
//! Comments run from `;` to the end of the line. The reader checks form only; `verify` checks the rest.

use crate::func::{
    Block, DebugVar, Func, FuncFlags, Inst, InstData, Pos, Results, ScopeData, Sig, Signature, Slot,
    SlotData, Sym, Value, ValueData, ValueDef,
};
use crate::op::{Callee, MemFlags, Op, Target, Terminator};
use crate::operator::{BinaryOp, BoundsKind, Cmp, Conv, RmwOp, UnaryOp};
use crate::program::{Alias, Data, DataReloc, DataRelocKind, Program};
use crate::ty::{Symbol, Type};
use std::fmt;

/// Where and why the text is not SSA.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    /// Line, from 1.
    pub line: usize,
    /// What was expected.
    pub text: String,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.text)
    }
}

impl std::error::Error for ReadError {}

/// Reads a program.
pub fn read_program(text: &str) -> Result<Program, ReadError> {
    let mut reader = Reader { rest: text, text };
    let mut program = Program::default();
    loop {
        reader.skip();
        if reader.rest.is_empty() {
            return Ok(program);
        }
        match reader.word()? {
            "func" => program.funcs.push(FuncReader::new(&mut reader)?.read()?),
            "data" => program.datas.push(reader.data()?),
            "alias" => {
                let name = reader.symbol()?;
                reader.expect("=")?;
                program.aliases.push(Alias { name, target: reader.symbol()? });
            }
            other => return Err(reader.error(format!("func, data or alias, not {other}"))),
        }
    }
}

/// Reads one function.
pub fn read_func(text: &str) -> Result<Func, ReadError> {
    let mut reader = Reader { rest: text, text };
    reader.expect("func")?;
    FuncReader::new(&mut reader)?.read()
}

type Read<T> = Result<T, ReadError>;

struct Reader<'a> {
    rest: &'a str,
    text: &'a str,
}

impl<'a> Reader<'a> {
    fn error(&self, text: impl Into<String>) -> ReadError {
        let read = self.text.len() - self.rest.len();
        let line = self.text[..read].matches('\n').count() + 1;
        ReadError { line, text: format!("expected {}", text.into()) }
    }

    fn skip(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            if !self.rest.starts_with(';') {
                return;
            }
            self.rest = self.rest.find('\n').map_or("", |end| &self.rest[end..]);
        }
    }

    fn try_eat(&mut self, token: &str) -> bool {
        self.skip();
        let Some(rest) = self.rest.strip_prefix(token) else { return false };
        let is_word = token.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        if is_word && rest.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
            return false;
        }
        self.rest = rest;
        true
    }

    fn expect(&mut self, token: &str) -> Read<()> {
        if self.try_eat(token) { Ok(()) } else { Err(self.error(format!("{token:?}"))) }
    }

    fn word(&mut self) -> Read<&'a str> {
        self.skip();
        let end = self.rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(self.rest.len());
        if end == 0 {
            return Err(self.error("a word"));
        }
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        Ok(word)
    }

    fn number(&mut self) -> Read<u64> {
        self.skip();
        let is_negative = self.rest.starts_with('-');
        if is_negative || self.rest.starts_with('+') {
            self.rest = &self.rest[1..];
        }
        let word = self.word()?;
        let value = match word.strip_prefix("0x") {
            Some(hex) => u64::from_str_radix(hex, 16),
            None => word.parse(),
        };
        let value = value.map_err(|_| self.error(format!("a number, not {word}")))?;
        Ok(if is_negative { value.wrapping_neg() } else { value })
    }

    fn small<T: TryFrom<u64>>(&mut self) -> Read<T> {
        let value = self.number()?;
        T::try_from(value).map_err(|_| self.error("a smaller number"))
    }

    fn i32(&mut self) -> Read<i32> {
        let value = self.number()? as i64;
        i32::try_from(value).map_err(|_| self.error("a number of 32 bits"))
    }

    fn id(&mut self, prefix: &str) -> Read<u32> {
        let word = self.word()?;
        let number = word.strip_prefix(prefix).and_then(|n| n.parse().ok());
        // Tables are made as long as the largest id; a million is far beyond what a function has.
        number
            .filter(|n| *n < 1 << 24)
            .ok_or_else(|| self.error(format!("{prefix} and a number, not {word}")))
    }

    fn symbol(&mut self) -> Read<Symbol> {
        self.expect("\"")?;
        let mut name = String::new();
        loop {
            let Some(c) = self.rest.chars().next() else { return Err(self.error("a closing quote")) };
            self.rest = &self.rest[c.len_utf8()..];
            match c {
                '"' => return Ok(name.into()),
                '\\' => name.push(self.escape()?),
                c => name.push(c),
            }
        }
    }

    fn escape(&mut self) -> Read<char> {
        if let Some(rest) = self.rest.strip_prefix("u{") {
            let end = rest.find('}').ok_or_else(|| self.error("}"))?;
            let code = u32::from_str_radix(&rest[..end], 16).ok().and_then(char::from_u32);
            self.rest = &rest[end + 1..];
            return code.ok_or_else(|| self.error("a character code"));
        }
        let c = self.rest.chars().next().ok_or_else(|| self.error("an escape"))?;
        self.rest = &self.rest[c.len_utf8()..];
        Ok(c)
    }

    fn ty(&mut self) -> Read<Type> {
        let word = self.word()?;
        Type::ALL
            .into_iter()
            .find(|ty| ty.name() == word)
            .ok_or_else(|| self.error(format!("a type, not {word}")))
    }

    fn offset(&mut self) -> Read<i64> {
        // No blank stands before an offset.
        if self.rest.starts_with(['+', '-']) { Ok(self.number()? as i64) } else { Ok(0) }
    }

    fn hex(&mut self, bytes: &mut Vec<u8>) -> Read<()> {
        let word = self.word()?;
        if word.len() % 2 != 0 {
            return Err(self.error("an even number of digits"));
        }
        for pair in word.as_bytes().chunks(2) {
            let pair = std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
            bytes.push(pair.ok_or_else(|| self.error("hex digits"))?);
        }
        Ok(())
    }

    fn list<T>(&mut self, close: &str, mut item: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        let mut items = Vec::new();
        if self.try_eat(close) {
            return Ok(items);
        }
        loop {
            items.push(item(self)?);
            if self.try_eat(close) {
                return Ok(items);
            }
            self.expect(",")?;
        }
    }

    fn signature(&mut self) -> Read<Signature> {
        self.expect("(")?;
        let params = self.list(")", Self::ty)?;
        self.expect("->")?;
        self.expect("(")?;
        Ok(Signature { params, results: self.list(")", Self::ty)? })
    }

    fn data(&mut self) -> Read<Data> {
        let mut data = Data { name: self.symbol()?, ..Data::default() };
        self.expect("size")?;
        data.size = self.number()?;
        self.expect("align")?;
        data.align = self.small()?;
        data.readonly = self.try_eat("readonly");
        data.dup_ok = self.try_eat("dup_ok");
        self.expect("{")?;
        while !self.try_eat("}") {
            if self.try_eat("bytes") {
                self.hex(&mut data.bytes)?;
            } else if self.try_eat("ptrs") {
                self.hex(&mut data.ptrs)?;
            } else {
                let off = self.small()?;
                let target = self.symbol()?;
                let addend = self.offset()?;
                let kind = if self.try_eat("from") {
                    DataRelocKind::Off(self.symbol()?)
                } else {
                    DataRelocKind::Addr
                };
                data.relocs.push(DataReloc { off, kind, target, addend });
            }
        }
        Ok(data)
    }

    fn pos_numbers(&mut self) -> Read<Pos> {
        let scope = if self.rest.starts_with('c') {
            let scope = self.id("c")?;
            self.expect(":")?;
            scope
        } else {
            0
        };
        let line = self.i32()?;
        self.expect(":")?;
        Ok(Pos { scope, line, col: self.small()? })
    }

    fn pos(&mut self) -> Read<Pos> {
        if self.try_eat("@") { self.pos_numbers() } else { Ok(Pos::default()) }
    }
}

struct FuncReader<'r, 'a> {
    reader: &'r mut Reader<'a>,
    func: Func,
}

impl<'r, 'a> FuncReader<'r, 'a> {
    fn new(reader: &'r mut Reader<'a>) -> Read<Self> {
        let name = reader.symbol()?;
        let sig = reader.signature()?;
        let mut func = Func::new(name, sig);
        func.scopes.clear();
        Ok(FuncReader { reader, func })
    }

    fn read(mut self) -> Read<Func> {
        self.flags();
        self.reader.expect("{")?;
        while self.reader.try_eat("scope") {
            self.scope()?;
        }
        while self.reader.try_eat("slot") {
            self.reader.id("s")?;
            self.reader.expect("size")?;
            let size = self.reader.small()?;
            self.reader.expect("align")?;
            let align = self.reader.small()?;
            self.func.slots.push(SlotData { size, align, recover: self.reader.try_eat("recover") });
        }
        while self.reader.try_eat("var") {
            self.debug_var()?;
        }
        while !self.reader.try_eat("}") {
            self.block()?;
        }
        Ok(self.func)
    }

    fn flags(&mut self) {
        let FuncFlags { nosplit, noinline, wrapper, closure, deep, dup_ok } = &mut self.func.flags;
        *nosplit = self.reader.try_eat("nosplit");
        *noinline = self.reader.try_eat("noinline");
        *wrapper = self.reader.try_eat("wrapper");
        *closure = self.reader.try_eat("closure");
        *deep = self.reader.try_eat("deep");
        *dup_ok = self.reader.try_eat("dup_ok");
    }

    fn scope(&mut self) -> Read<()> {
        let reader = &mut *self.reader;
        reader.id("c")?;
        let func = reader.symbol()?;
        let file = reader.symbol()?;
        reader.expect(":")?;
        let start_line = reader.small()?;
        let call = if reader.try_eat("call") {
            reader.skip();
            Some(reader.pos_numbers()?)
        } else {
            None
        };
        let part = reader.try_eat("part");
        let wrapper = reader.try_eat("wrapper");
        let no_preempt = reader.try_eat("no_preempt");
        self.func.scopes.push(ScopeData { func, file, start_line, call, part, wrapper, no_preempt });
        Ok(())
    }

    fn debug_var(&mut self) -> Read<()> {
        let reader = &mut *self.reader;
        let var = DebugVar {
            name: reader.symbol()?,
            ty: reader.symbol()?,
            slot: Slot(reader.id("s")?),
            indirect: reader.try_eat("indirect"),
            param: reader.try_eat("param"),
            pos: reader.pos()?,
            end: {
                reader.expect("to")?;
                reader.pos()?
            },
        };
        self.func.debug_vars.push(var);
        Ok(())
    }

    fn value(&mut self) -> Read<Value> {
        let value = Value(self.reader.id("v")?);
        let dropped = ValueData { ty: Type::I8, def: ValueDef::Dropped };
        if self.func.values.len() <= value.index() {
            self.func.values.resize(value.index() + 1, dropped);
        }
        Ok(value)
    }

    fn block_id(&mut self) -> Read<Block> {
        let block = Block(self.reader.id("b")?);
        while self.func.blocks.len() <= block.index() {
            self.func.new_block();
        }
        Ok(block)
    }

    fn define(&mut self, ty: Type, value: Value, def: ValueDef) -> Read<()> {
        let data = &mut self.func.values[value.index()];
        if data.def != ValueDef::Dropped {
            return Err(self.reader.error(format!("one definition of {value}")));
        }
        *data = ValueData { ty, def };
        Ok(())
    }

    fn typed_value(&mut self) -> Read<(Value, Type)> {
        let value = self.value()?;
        self.reader.expect(":")?;
        Ok((value, self.reader.ty()?))
    }

    fn values(&mut self, close: &str) -> Read<Vec<Value>> {
        let mut values = Vec::new();
        if self.reader.try_eat(close) {
            return Ok(values);
        }
        loop {
            values.push(self.value()?);
            if self.reader.try_eat(close) {
                return Ok(values);
            }
            self.reader.expect(",")?;
        }
    }

    fn block(&mut self) -> Read<()> {
        let block = self.block_id()?;
        self.func.layout.push(block);
        self.reader.expect("(")?;
        let mut n = 0;
        while !self.reader.try_eat(")") {
            if n > 0 {
                self.reader.expect(",")?;
            }
            let (value, ty) = self.typed_value()?;
            self.define(ty, value, ValueDef::Param(block, n))?;
            self.func.blocks[block.index()].params.push(value);
            n += 1;
        }
        self.reader.expect(":")?;
        self.func.blocks[block.index()].cold = self.reader.try_eat("cold");
        loop {
            if let Some(term) = self.terminator()? {
                let pos = self.reader.pos()?;
                let data = &mut self.func.blocks[block.index()];
                data.term = term;
                data.term_pos = pos;
                return Ok(());
            }
            let inst = self.inst()?;
            self.func.blocks[block.index()].insts.push(inst);
        }
    }

    fn inst(&mut self) -> Read<Inst> {
        let inst = Inst(self.func.insts.len() as u32);
        let mut results = Results { first: Value(0), len: 0 };
        let mut ty = Type::I8;
        self.reader.skip();
        let starts_value =
            |rest: &str| rest.starts_with('v') && rest[1..].starts_with(|c: char| c.is_ascii_digit());
        if starts_value(self.reader.rest) {
            loop {
                let (value, value_ty) = self.typed_value()?;
                if results.len == 0 {
                    results.first = value;
                    ty = value_ty;
                } else if value.0 != results.first.0 + results.len {
                    return Err(self.reader.error("results in a row"));
                }
                self.define(value_ty, value, ValueDef::Result(inst, results.len))?;
                results.len += 1;
                if self.reader.try_eat("=") {
                    break;
                }
                self.reader.expect(",")?;
            }
        } else {
            // As `Func::new_inst` leaves it: results begin where the next value would.
            results.first = Value(self.func.values.len() as u32);
        }
        let op = self.op(ty)?;
        let pos = self.reader.pos()?;
        self.func.insts.push(InstData { op, results, pos });
        Ok(inst)
    }

    fn sym(&mut self) -> Read<Sym> {
        let name = self.reader.symbol()?;
        Ok(self.func.intern_sym(&name))
    }

    fn comma_value(&mut self) -> Read<Value> {
        self.reader.expect(",")?;
        self.value()
    }

    fn op(&mut self, ty: Type) -> Read<Op> {
        let name = self.reader.word()?;
        if let Some(op) = UnaryOp::from_name(name) {
            return Ok(Op::Unary { op, arg: self.value()? });
        }
        if let Some(op) = BinaryOp::from_name(name) {
            return Ok(Op::Binary { op, lhs: self.value()?, rhs: self.comma_value()? });
        }
        if let Some(cmp) = Cmp::from_name(name) {
            return Ok(Op::Compare { cmp, lhs: self.value()?, rhs: self.comma_value()? });
        }
        if let Some(conv) = Conv::from_name(name) {
            return Ok(Op::Convert { conv, ty, arg: self.value()? });
        }
        if let Some(op) = name.strip_prefix("atomic_").and_then(RmwOp::from_name) {
            return Ok(Op::AtomicRmw { op, addr: self.value()?, val: self.comma_value()? });
        }
        if name.starts_with("call") {
            return self.call(name);
        }
        self.other_op(name, ty)
    }

    fn other_op(&mut self, name: &str, ty: Type) -> Read<Op> {
        Ok(match name {
            "const" => Op::Const { ty, bits: self.reader.number()? & ty.mask() },
            "select" => Op::Select {
                cond: self.value()?,
                if_true: self.comma_value()?,
                if_false: self.comma_value()?,
            },
            "fma" => Op::Fma { x: self.value()?, y: self.comma_value()?, z: self.comma_value()? },
            "add_carry" => {
                Op::AddCarry { x: self.value()?, y: self.comma_value()?, carry: self.comma_value()? }
            }
            "sub_borrow" => {
                Op::SubBorrow { x: self.value()?, y: self.comma_value()?, borrow: self.comma_value()? }
            }
            "ptradd" => self.ptradd()?,
            "slot_addr" => {
                let slot = Slot(self.reader.id("s")?);
                Op::SlotAddr { slot, off: self.reader.offset()? as u32 }
            }
            "sym_addr" => Op::SymAddr { sym: self.sym()?, off: self.reader.offset()? },
            "func_addr" => Op::FuncAddr { sym: self.sym()? },
            "load" => {
                let (addr, off) = self.address()?;
                Op::Load { ty, addr, off, flags: self.mem_flags() }
            }
            "store" => {
                let (addr, off) = self.address()?;
                Op::Store { addr, off, val: self.comma_value()?, flags: self.mem_flags() }
            }
            "store_ptr" => {
                let (addr, off) = self.address()?;
                Op::StorePtr { addr, off, val: self.comma_value()? }
            }
            "atomic_load" => Op::AtomicLoad { ty, addr: self.value()? },
            "atomic_store" => Op::AtomicStore { addr: self.value()?, val: self.comma_value()? },
            "atomic_cas" => {
                Op::AtomicCas { addr: self.value()?, old: self.comma_value()?, new: self.comma_value()? }
            }
            "fence" => Op::Fence,
            "mem_copy" => {
                let (dst, src) = (self.value()?, self.comma_value()?);
                self.reader.expect(",")?;
                Op::MemCopy { dst, src, size: self.reader.number()?, barrier: self.barrier()? }
            }
            "mem_zero" => {
                let addr = self.value()?;
                self.reader.expect(",")?;
                Op::MemZero { addr, size: self.reader.number()?, barrier: self.barrier()? }
            }
            "new" => {
                let desc = self.sym()?;
                self.reader.expect(",")?;
                let size = self.reader.number()?;
                self.reader.expect(",")?;
                Op::New { desc, size, align: self.reader.small()? }
            }
            "nil_check" => Op::NilCheck { ptr: self.value()? },
            "bounds_check" => {
                let kind = self.reader.word()?;
                let kind =
                    BoundsKind::from_name(kind).ok_or_else(|| self.reader.error("a kind of bounds check"))?;
                let signed = !self.reader.try_eat("unsigned");
                Op::BoundsCheck { kind, signed, x: self.value()?, y: self.comma_value()? }
            }
            "check" => {
                let cond = self.value()?;
                self.reader.expect(",")?;
                let panic = self.sym()?;
                self.reader.expect("(")?;
                Op::Check { cond, panic, args: self.values(")")? }
            }
            "get_g" => Op::GetG,
            "caller_pc" => Op::CallerPc,
            "caller_sp" => Op::CallerSp,
            "keep_alive" => Op::KeepAlive { args: self.bare_values()? },
            other => return Err(self.reader.error(format!("an operation, not {other}"))),
        })
    }

    fn bare_values(&mut self) -> Read<Vec<Value>> {
        let mut values = vec![self.value()?];
        while self.reader.try_eat(",") {
            values.push(self.value()?);
        }
        Ok(values)
    }

    fn ptradd(&mut self) -> Read<Op> {
        let root = self.value()?;
        self.reader.expect(",")?;
        self.reader.skip();
        if !self.reader.rest.starts_with('v') {
            return Ok(Op::PtrAdd { root, index: None, off: self.reader.number()? as i64 });
        }
        let index = Some(self.value()?);
        self.reader.expect(",")?;
        Ok(Op::PtrAdd { root, index, off: self.reader.number()? as i64 })
    }

    fn address(&mut self) -> Read<(Value, i32)> {
        let addr = self.value()?;
        let off = self.reader.offset()?;
        Ok((addr, i32::try_from(off).map_err(|_| self.reader.error("an offset of 32 bits"))?))
    }

    fn mem_flags(&mut self) -> MemFlags {
        let volatile = self.reader.try_eat("volatile");
        let notrap = self.reader.try_eat("notrap");
        MemFlags { volatile, notrap, readonly: self.reader.try_eat("readonly") }
    }

    fn barrier(&mut self) -> Read<Option<Sym>> {
        if self.reader.try_eat("barrier") { Ok(Some(self.sym()?)) } else { Ok(None) }
    }

    fn call(&mut self, name: &str) -> Read<Op> {
        let callee = match name {
            "call" => Callee::Direct(self.sym()?),
            "call_indirect" => Callee::Indirect(self.value()?),
            "call_closure" => Callee::Closure(self.value()?),
            "call_runtime" => Callee::Runtime(self.sym()?),
            other => return Err(self.reader.error(format!("an operation, not {other}"))),
        };
        self.reader.expect("(")?;
        let args = self.values(")")?;
        self.reader.expect(":")?;
        let sig: Sig = {
            let sig = self.reader.signature()?;
            self.func.intern_sig(sig)
        };
        Ok(Op::Call { callee, sig, args })
    }

    fn target(&mut self) -> Read<Target> {
        let block = self.block_id()?;
        let args = if self.reader.rest.starts_with('(') {
            self.reader.expect("(")?;
            self.values(")")?
        } else {
            Vec::new()
        };
        Ok(Target { block, args })
    }

    fn comma_target(&mut self) -> Read<Target> {
        self.reader.expect(",")?;
        self.target()
    }

    fn terminator(&mut self) -> Read<Option<Terminator>> {
        Ok(Some(if self.reader.try_eat("jump") {
            Terminator::Jump(self.target()?)
        } else if self.reader.try_eat("branch") {
            Terminator::Branch { cond: self.value()?, then: self.comma_target()?, els: self.comma_target()? }
        } else if self.reader.try_eat("switch") {
            let val = self.value()?;
            self.reader.expect(",")?;
            self.reader.expect("[")?;
            let mut cases = Vec::new();
            while !self.reader.try_eat("]") {
                if !cases.is_empty() {
                    self.reader.expect(",")?;
                }
                let bits = self.reader.number()?;
                self.reader.expect(":")?;
                cases.push((bits, self.target()?));
            }
            Terminator::Switch { val, cases, default: self.comma_target()? }
        } else if self.reader.try_eat("return") {
            self.reader.skip();
            let has_values = self.reader.rest.starts_with('v');
            Terminator::Return(if has_values { self.bare_values()? } else { Vec::new() })
        } else if self.reader.try_eat("defer_init") {
            let rec = self.value()?;
            let normal = self.comma_target()?;
            self.reader.expect(",")?;
            self.reader.expect("recover")?;
            Terminator::DeferInit { rec, normal, recover: self.block_id()? }
        } else if self.reader.try_eat("unreachable") {
            Terminator::Unreachable
        } else {
            return Ok(None);
        }))
    }
}
