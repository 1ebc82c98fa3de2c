//! Files: functions with their frames and jumps, and data.
//!
//! A function has ABI0: arguments and results on the caller's stack, from `0(FP)` on, no register kept but SP and BP. One with a
//! frame saves BP in front of it, as gc's do, so that frame pointers can be followed.

use rustc_hash::FxHashMap;

use crate::amd64::{self, Fixup};
use crate::lex::Token;
use crate::operand::{Base, Mem, Operand, Reg, RegClass, SymbolRef};
use crate::parse::Parser;
use crate::preprocess::{Error, Include, Statement, expand};

/// A file, assembled.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Assembled {
    /// Functions in their order.
    pub functions: Vec<Function>,
    /// Data in the order in which they are first named.
    pub data: Vec<Data>,
}

/// A function.
#[derive(Clone, PartialEq, Debug)]
pub struct Function {
    /// Its symbol.
    pub symbol: SymbolRef,
    /// `textflag.h`.
    pub flags: u32,
    /// Bytes of its frame, as declared.
    pub frame: u32,
    /// Bytes of arguments and results, if declared.
    pub args: Option<u32>,
    /// Its alignment: 32 as gc's functions have it, more where it asks for that.
    pub align: u32,
    /// Its code.
    pub code: Vec<u8>,
    /// Addresses in it.
    pub fixups: Vec<Fixup>,
    /// Lines of the file by offset, ascending.
    pub lines: Vec<(u32, u32)>,
    /// By offset, how far SP is below its value at entry, which points to the return address.
    pub depths: Vec<(u32, u32)>,
}

/// A datum.
#[derive(Clone, PartialEq, Debug)]
pub struct Data {
    /// Its symbol.
    pub symbol: SymbolRef,
    /// `textflag.h`.
    pub flags: u32,
    /// Bytes in all.
    pub size: u64,
    /// Its contents; what they leave out is zero.
    pub bytes: Vec<u8>,
    /// Addresses in it: offset, symbol, what is added.
    pub addresses: Vec<(u64, SymbolRef, i64)>,
}

/// `textflag.h`: it may be dropped in favour of another of its name.
pub const DUPOK: u32 = 2;
/// `textflag.h`: no stack check.
pub const NOSPLIT: u32 = 4;
/// `textflag.h`: the data is never written.
pub const RODATA: u32 = 8;
/// `textflag.h`: the data holds no pointers.
pub const NOPTR: u32 = 16;
/// `textflag.h`: no frame is made, not even for BP.
pub const NOFRAME: u32 = 512;

/// Assembles a file of a package. Names that begin with a dot belong to `package`.
///
/// `defines` stand in front of the file; `include` gives the files that it includes.
pub fn assemble(
    package: &str,
    file: &str,
    text: &str,
    defines: &[(&str, &str)],
    include: Include<'_>,
) -> Result<Assembled, Vec<Error>> {
    let statements = expand(file, text, defines, include).map_err(|error| vec![error])?;
    let mut assembler =
        Assembler { package, out: Assembled::default(), by_name: FxHashMap::default(), function: None };
    let mut errors = Vec::new();
    for statement in &statements {
        if let Err(text) = assembler.statement(statement) {
            errors.push(Error { file: file.into(), line: statement.line, text });
        }
    }
    if let Err((line, text)) = assembler.finish() {
        errors.push(Error { file: file.into(), line, text });
    }
    errors.dedup();
    if errors.is_empty() { Ok(assembler.out) } else { Err(errors) }
}

/// The alignment of gc's functions on amd64.
const FUNCTION_ALIGN: u32 = 32;

struct Assembler<'a> {
    package: &'a str,
    out: Assembled,
    /// Data by name, with whether `GLOBL` was seen.
    by_name: FxHashMap<SymbolRef, (usize, bool)>,
    function: Option<Draft>,
}

/// A function on its way: items whose sizes are not all known.
struct Draft {
    symbol: SymbolRef,
    flags: u32,
    frame: u32,
    args: Option<u32>,
    items: Vec<Item>,
    /// The item that follows a label.
    labels: FxHashMap<String, usize>,
    /// Bytes pushed beyond the frame.
    pushed: i64,
    has_frame: bool,
}

struct Item {
    line: u32,
    /// How far SP is below its value at entry.
    depth: i64,
    what: What,
    /// An instruction that `n(PC)` counts.
    counts: bool,
}

impl Item {
    fn align(&self) -> u32 {
        if let What::Align(n) = self.what { n } else { 1 }
    }
}

enum What {
    Bytes {
        bytes: Vec<u8>,
        fixups: Vec<Fixup>,
    },
    Align(u32),
    /// A jump within the function: the opcodes of its short and its long form, and where to.
    Branch {
        short: u8,
        long: Vec<u8>,
        target: Goal,
    },
}

enum Goal {
    Label(String),
    /// So many counted instructions from this item.
    Relative(i64),
}

const SP: Reg = Reg { class: RegClass::General, num: 4 };
const BP: Reg = Reg { class: RegClass::General, num: 5 };

impl Assembler<'_> {
    fn statement(&mut self, statement: &Statement) -> Result<(), String> {
        let mut lexemes = &statement.lexemes[..];
        while let [first, second, rest @ ..] = lexemes
            && let (Token::Name(label), Token::Punct(":")) = (&first.token, &second.token)
        {
            let draft = self.function.as_mut().ok_or("a label outside of a function")?;
            if draft.labels.insert(label.clone(), draft.items.len()).is_some() {
                return Err(format!("label {label} declared twice"));
            }
            lexemes = rest;
        }
        if lexemes.is_empty() {
            return Ok(());
        }
        let mut parser = Parser::new(lexemes);
        let name = parser.name()?;
        let name = parser.suffixed(name)?;
        match name.as_str() {
            "TEXT" => return self.text(&mut parser, statement.line),
            "GLOBL" => return self.globl(&mut parser),
            "DATA" => return self.data(&mut parser),
            // What the collector and the traceback of gc read.
            "PCDATA" | "FUNCDATA" => return Ok(()),
            _ => {}
        }
        let mut operands = parser.operands()?;
        self.pool_floats(&name, &mut operands);
        let package = self.package;
        let draft = self.function.as_mut().ok_or_else(|| format!("{name} outside of a function"))?;
        draft.instruction(package, &name, operands, statement.line)
    }

    /// Puts floats that an instruction has as operands into memory.
    fn pool_floats(&mut self, name: &str, operands: &mut [Operand]) {
        let width = if name.ends_with("SS") { 4 } else { 8 };
        for operand in operands {
            let Operand::Float(value) = *operand else { continue };
            let (bytes, name) = match width {
                4 => {
                    ((value as f32).to_le_bytes().to_vec(), format!("$f32.{:08x}", (value as f32).to_bits()))
                }
                _ => (value.to_le_bytes().to_vec(), format!("$f64.{:016x}", value.to_bits())),
            };
            let symbol = SymbolRef { name, is_local: true };
            let datum = self.datum(symbol.clone());
            (datum.flags, datum.size, datum.bytes) = (RODATA | NOPTR, width, bytes);
            *operand = Operand::Mem(Mem { base: Base::Symbol(symbol), index: None, disp: 0 });
        }
    }

    /// `name(SB)` or `name<>+off(SB)`.
    fn symbol(&self, parser: &mut Parser<'_>) -> Result<(SymbolRef, i64), String> {
        match parser.operand()? {
            Operand::Mem(Mem { base: Base::Symbol(symbol), index: None, disp }) => {
                Ok((qualified(self.package, symbol), disp))
            }
            _ => Err("expected a symbol: name(SB)".into()),
        }
    }

    /// `, flags` if what follows is not the last part.
    fn flags(parser: &mut Parser<'_>) -> Result<u32, String> {
        parser.expect(",")?;
        if *parser.peek() == Token::Punct("$") {
            return Ok(0);
        }
        let flags = parser.expr()?;
        parser.expect(",")?;
        u32::try_from(flags).map_err(|_| format!("flags {flags} are not those of textflag.h"))
    }

    /// `TEXT name(SB), flags, $frame-args`
    fn text(&mut self, parser: &mut Parser<'_>, line: u32) -> Result<(), String> {
        self.finish().map_err(|(_, text)| text)?;
        let (symbol, _) = self.symbol(parser)?;
        let flags = Self::flags(parser)?;
        parser.expect("$")?;
        let frame = parser.factor()?;
        let args = match parser.accept("-") {
            true => Some(u32::try_from(parser.factor()?).map_err(|_| "a negative size of arguments")?),
            false => None,
        };
        // `$-8` once meant that there is no frame.
        let frame = u32::try_from(frame.max(0)).map_err(|_| "the frame is too large")?;
        let mut draft = Draft {
            symbol,
            flags,
            frame: frame.next_multiple_of(8),
            args,
            items: Vec::new(),
            labels: FxHashMap::default(),
            pushed: 0,
            has_frame: frame > 0 && flags & NOFRAME == 0,
        };
        draft.prologue(line)?;
        self.function = Some(draft);
        Ok(())
    }

    fn datum(&mut self, symbol: SymbolRef) -> &mut Data {
        let data = &mut self.out.data;
        let (place, _) = *self.by_name.entry(symbol.clone()).or_insert_with(|| {
            data.push(Data { symbol, flags: 0, size: 0, bytes: Vec::new(), addresses: Vec::new() });
            (data.len() - 1, false)
        });
        &mut self.out.data[place]
    }

    /// `GLOBL name(SB), flags, $size`
    fn globl(&mut self, parser: &mut Parser<'_>) -> Result<(), String> {
        let (symbol, _) = self.symbol(parser)?;
        let flags = Self::flags(parser)?;
        parser.expect("$")?;
        let size = u64::try_from(parser.expr()?).map_err(|_| "a negative size")?;
        let datum = self.datum(symbol.clone());
        if datum.bytes.len() as u64 > size {
            return Err(format!("{} has more data than its {size} bytes", symbol.name));
        }
        (datum.flags, datum.size) = (flags, size);
        self.by_name.entry(symbol).and_modify(|(_, is_declared)| *is_declared = true);
        Ok(())
    }

    /// `DATA name+off(SB)/width, $value`
    fn data(&mut self, parser: &mut Parser<'_>) -> Result<(), String> {
        let (symbol, off) = self.symbol(parser)?;
        parser.expect("/")?;
        let width = parser.factor()?;
        parser.expect(",")?;
        let value = parser.operand()?;
        if !(1..=64).contains(&width) || off < 0 {
            return Err(format!("bad place {off}/{width} of data"));
        }
        let (off, width) = (off as usize, width as usize);
        let mut bytes = vec![0; width];
        let mut address = None;
        match value {
            Operand::Imm(value) if width <= 8 => bytes.copy_from_slice(&value.to_le_bytes()[..width]),
            Operand::Float(value) if width == 8 => bytes.copy_from_slice(&value.to_le_bytes()),
            Operand::Float(value) if width == 4 => bytes.copy_from_slice(&(value as f32).to_le_bytes()),
            Operand::Text(text) if text.len() <= width => bytes[..text.len()].copy_from_slice(&text),
            Operand::Addr(Mem { base: Base::Symbol(target), index: None, disp }) if width == 8 => {
                address = Some((qualified(self.package, target), disp));
            }
            _ => return Err(format!("this value has not {width} bytes")),
        }
        let datum = self.datum(symbol);
        if datum.bytes.len() < off + width {
            datum.bytes.resize(off + width, 0);
        }
        datum.bytes[off..off + width].copy_from_slice(&bytes);
        datum.size = datum.size.max((off + width) as u64);
        datum.addresses.extend(address.map(|(target, disp)| (off as u64, target, disp)));
        Ok(())
    }

    /// Ends the function that is open. An error has a line of its own.
    fn finish(&mut self) -> Result<(), (u32, String)> {
        if let Some(draft) = self.function.take() {
            self.out.functions.push(draft.finish()?);
        }
        Ok(())
    }
}

/// A name that begins with a dot belongs to the package.
fn qualified(package: &str, mut symbol: SymbolRef) -> SymbolRef {
    if symbol.name.starts_with('.') {
        symbol.name = format!("{package}{}", symbol.name);
    }
    symbol
}

impl Draft {
    fn depth(&self) -> i64 {
        self.pushed + if self.has_frame { i64::from(self.frame) + 8 } else { 0 }
    }

    fn push(&mut self, line: u32, counts: bool, what: What) {
        let depth = self.depth();
        self.items.push(Item { line, depth, what, counts });
    }

    fn emit(&mut self, line: u32, counts: bool, name: &str, operands: &[Operand]) -> Result<(), String> {
        let amd64::Encoded { bytes, fixups } = amd64::encode(name, operands)?;
        self.push(line, counts, What::Bytes { bytes, fixups });
        Ok(())
    }

    fn prologue(&mut self, line: u32) -> Result<(), String> {
        if !self.has_frame {
            return Ok(());
        }
        let frame = Operand::Imm(self.frame.into());
        // Until the frame is there, SP is only below by what was pushed.
        self.has_frame = false;
        self.emit(line, false, "PUSHQ", &[Operand::Reg(BP)])?;
        self.pushed = 8;
        self.emit(line, false, "MOVQ", &[Operand::Reg(SP), Operand::Reg(BP)])?;
        self.emit(line, false, "SUBQ", &[frame, Operand::Reg(SP)])?;
        (self.pushed, self.has_frame) = (0, true);
        Ok(())
    }

    fn epilogue(&mut self, line: u32) -> Result<(), String> {
        if !self.has_frame {
            return Ok(());
        }
        self.emit(line, false, "ADDQ", &[Operand::Imm(self.frame.into()), Operand::Reg(SP)])?;
        // What stands behind the return has the frame again.
        let pushed = self.pushed;
        (self.pushed, self.has_frame) = (8, false);
        self.emit(line, false, "POPQ", &[Operand::Reg(BP)])?;
        (self.pushed, self.has_frame) = (pushed, true);
        Ok(())
    }

    fn instruction(
        &mut self,
        package: &str,
        name: &str,
        operands: Vec<Operand>,
        line: u32,
    ) -> Result<(), String> {
        let mut operands: Vec<Operand> =
            operands.into_iter().map(|operand| self.settle(package, operand)).collect();
        // The predicate of a comparison stands without `$`.
        if let ("CMPSD" | "CMPSS" | "CMPPD" | "CMPPS", [.., last]) = (name, &mut operands[..])
            && let Operand::Mem(Mem { base: Base::None, index: None, disp }) = *last
        {
            *last = Operand::Imm(disp);
        }
        let raw = |width: usize| -> Result<Vec<u8>, String> {
            let parts = operands.iter().map(|operand| match operand {
                Operand::Imm(value) => Ok(value.to_le_bytes()[..width].to_vec()),
                _ => Err(format!("{name} takes constants")),
            });
            Ok(parts.collect::<Result<Vec<_>, _>>()?.concat())
        };
        match (name, &operands[..]) {
            ("BYTE", _) => self.raw(line, raw(1)?),
            ("WORD", _) => self.raw(line, raw(2)?),
            ("LONG", _) => self.raw(line, raw(4)?),
            ("QUAD", _) => self.raw(line, raw(8)?),
            ("PCALIGN", [Operand::Imm(n)]) if (*n as u64).is_power_of_two() && *n <= 2048 => {
                self.push(line, false, What::Align(*n as u32));
            }
            ("ADJSP", [Operand::Imm(n)]) => {
                let amount = Operand::Imm(n.abs());
                self.emit(line, true, if *n < 0 { "ADDQ" } else { "SUBQ" }, &[amount, Operand::Reg(SP)])?;
                self.pushed += n;
            }
            // It may name what should be looked at.
            ("NOP", [_, ..]) => {}
            ("RET", []) => {
                self.epilogue(line)?;
                self.push(line, true, What::Bytes { bytes: vec![0xc3], fixups: Vec::new() });
            }
            // `RET f(SB)` goes on there.
            ("RET", [Operand::Mem(Mem { base: Base::Symbol(symbol), .. })]) => {
                let symbol = symbol.clone();
                self.epilogue(line)?;
                self.far(line, 0xe9, symbol);
            }
            ("CALL", [Operand::Mem(Mem { base: Base::Symbol(symbol), .. })]) => {
                self.far(line, 0xe8, symbol.clone())
            }
            ("JMP", [Operand::Mem(Mem { base: Base::Symbol(symbol), .. })]) => {
                self.far(line, 0xe9, symbol.clone())
            }
            ("CALL" | "JMP", [target @ (Operand::Reg(_) | Operand::Mem(_))]) => {
                let digit = if name == "CALL" { 2 } else { 4 };
                self.indirect(line, digit, target)?;
            }
            ("JMP", [target]) => self.branch(line, 0xeb, vec![0xe9], goal(target)?),
            ("CALL", [target]) => self.branch(line, 0, vec![0xe8], goal(target)?),
            (_, [target]) if name.starts_with('J') => {
                let number =
                    amd64::condition(name).ok_or_else(|| format!("unrecognized instruction {name:?}"))?;
                self.branch(line, 0x70 + number, vec![0x0f, 0x80 + number], goal(target)?);
            }
            _ => {
                self.emit(line, true, name, &operands)?;
                match name {
                    "PUSHQ" | "PUSHFQ" => self.pushed += 8,
                    "POPQ" | "POPFQ" => self.pushed -= 8,
                    _ => {}
                }
            }
        }
        operands.clear();
        Ok(())
    }

    fn raw(&mut self, line: u32, bytes: Vec<u8>) {
        self.push(line, true, What::Bytes { bytes, fixups: Vec::new() });
    }

    /// A call of or jump to a symbol.
    fn far(&mut self, line: u32, opcode: u8, symbol: SymbolRef) {
        let fixups = vec![Fixup { off: 1, symbol, addend: -4, relative: true }];
        self.push(line, true, What::Bytes { bytes: vec![opcode, 0, 0, 0, 0], fixups });
    }

    fn indirect(&mut self, line: u32, digit: u8, target: &Operand) -> Result<(), String> {
        let name = if digit == 2 { "CALL" } else { "JMP" };
        self.emit(line, true, name, std::slice::from_ref(target))
    }

    fn branch(&mut self, line: u32, short: u8, long: Vec<u8>, target: Goal) {
        self.push(line, true, What::Branch { short, long, target });
    }

    /// Replaces arguments and locals by what they are relative to SP, and names of the package by whole names.
    fn settle(&self, package: &str, operand: Operand) -> Operand {
        let mem = |mut mem: Mem| {
            match mem.base {
                // Behind the frame and what was pushed there is the return address.
                Base::Args => {
                    mem.disp += self.depth() + 8;
                    mem.base = Base::Reg(SP.num);
                }
                Base::Locals => {
                    mem.disp += self.pushed + if self.has_frame { i64::from(self.frame) } else { 0 };
                    mem.base = Base::Reg(SP.num);
                }
                Base::Symbol(symbol) => mem.base = Base::Symbol(qualified(package, symbol)),
                Base::None | Base::Reg(_) => {}
            }
            mem
        };
        match operand {
            Operand::Mem(inner) => Operand::Mem(mem(inner)),
            Operand::Addr(inner) => Operand::Addr(mem(inner)),
            other => other,
        }
    }

    /// Chooses short and long jumps and puts everything together.
    fn finish(self) -> Result<Function, (u32, String)> {
        let targets = self.targets()?;
        let mut is_long: Vec<bool> =
            self.items.iter().map(|item| matches!(item.what, What::Branch { short: 0, .. })).collect();
        let offsets = loop {
            let offsets = self.offsets(&is_long);
            let mut changed = false;
            for (n, target) in targets.iter().enumerate() {
                let Some(target) = target.filter(|_| !is_long[n]) else { continue };
                let distance = i64::from(offsets[target]) - i64::from(offsets[n] + 2);
                if i8::try_from(distance).is_err() {
                    (is_long[n], changed) = (true, true);
                }
            }
            if !changed {
                break offsets;
            }
        };
        let mut function = Function {
            symbol: self.symbol,
            flags: self.flags,
            frame: self.frame,
            args: self.args,
            align: self.items.iter().map(Item::align).max().unwrap_or(0).max(FUNCTION_ALIGN),
            code: Vec::new(),
            fixups: Vec::new(),
            lines: Vec::new(),
            depths: Vec::new(),
        };
        for (n, item) in self.items.into_iter().enumerate() {
            let start = function.code.len();
            if function.lines.last().is_none_or(|(_, line)| *line != item.line) {
                function.lines.push((start as u32, item.line));
            }
            let depth = item.depth.max(0) as u32;
            if function.depths.last().is_none_or(|(_, last)| *last != depth) {
                function.depths.push((start as u32, depth));
            }
            match item.what {
                What::Bytes { bytes, fixups } => {
                    function.code.extend(bytes);
                    let moved = fixups.into_iter().map(|fixup| Fixup { off: fixup.off + start, ..fixup });
                    function.fixups.extend(moved);
                }
                What::Align(_) => function.code.resize(offsets[n + 1] as usize, 0x90),
                What::Branch { short, long, .. } => {
                    let target = i64::from(offsets[targets[n].expect("a branch has a target")]);
                    let distance = target - i64::from(offsets[n + 1]);
                    if is_long[n] {
                        function.code.extend(long);
                        function.code.extend((distance as i32).to_le_bytes());
                    } else {
                        function.code.extend([short, distance as i8 as u8]);
                    }
                }
            }
        }
        Ok(function)
    }

    /// Offsets of the items, and of the end.
    fn offsets(&self, is_long: &[bool]) -> Vec<u32> {
        let mut at = 0u32;
        let mut offsets = vec![0];
        for (item, is_long) in self.items.iter().zip(is_long) {
            at = match &item.what {
                What::Bytes { bytes, .. } => at + bytes.len() as u32,
                What::Align(n) => at.next_multiple_of(*n),
                What::Branch { long, .. } if *is_long => at + long.len() as u32 + 4,
                What::Branch { .. } => at + 2,
            };
            offsets.push(at);
        }
        offsets
    }

    /// For each branch the item that it goes to.
    fn targets(&self) -> Result<Vec<Option<usize>>, (u32, String)> {
        let counted: Vec<usize> = (0..self.items.len()).filter(|n| self.items[*n].counts).collect();
        let target = |(n, item): (usize, &Item)| {
            let What::Branch { target, .. } = &item.what else { return Ok(None) };
            let found = match target {
                Goal::Label(label) => self.labels.get(label).copied(),
                Goal::Relative(distance) => {
                    let own = counted.binary_search(&n).ok();
                    let place = own.and_then(|own| usize::try_from(own as i64 + distance).ok());
                    place.and_then(|place| counted.get(place).copied())
                }
            };
            let name = match target {
                Goal::Label(label) => format!("label {label} not defined"),
                Goal::Relative(_) => "a jump out of the function".into(),
            };
            found.map(Some).ok_or((item.line, name))
        };
        self.items.iter().enumerate().map(target).collect()
    }
}

fn goal(operand: &Operand) -> Result<Goal, String> {
    match operand {
        Operand::Label(label) => Ok(Goal::Label(label.clone())),
        Operand::Relative(distance) => Ok(Goal::Relative(*distance)),
        _ => Err("expected a label".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Function {
        let out = assemble("p", "a.s", text, &[], &|_| None).expect("it is well formed");
        out.functions.into_iter().next().expect("there is a function")
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn frames_and_arguments() {
        let function =
            one("TEXT ·f(SB), 4, $16-24\n MOVQ x+8(FP), AX\n PUSHQ AX\n MOVQ AX, y-8(SP)\n POPQ AX\n RET\n");
        // push bp; mov bp, sp; sub sp, 16; mov rax, [rsp+16+8+8+8]; push; mov [rsp+8+16-8], rax; pop; add; pop bp; ret
        let want = "554889e54883ec10488b4424285048894424105848 83c4105dc3".replace(' ', "");
        assert_eq!(hex(&function.code), want);
        assert_eq!(function.symbol.name, "p.f");
        assert_eq!((function.frame, function.args), (16, Some(24)));
        let leaf = one("TEXT f<>(SB), 4, $0-8\n MOVQ x+0(FP), AX\n RET\n");
        assert_eq!(hex(&leaf.code), "488b442408c3");
    }

    #[test]
    fn jumps_are_as_short_as_they_can_be() {
        let near = one("TEXT f(SB), 4, $0\nagain: DECQ AX\n JNE again\n JMP 2(PC)\n NOP\n RET\n");
        assert_eq!(hex(&near.code), "48ffc875fbeb0190c3");
        let filler = "NOP\n".repeat(127);
        let far = one(&format!("TEXT f(SB), 4, $0\n JEQ end\n{filler}end: RET\n"));
        assert_eq!(hex(&far.code[..2]), "747f");
        let farther = one(&format!("TEXT f(SB), 4, $0\n JEQ end\n{filler}NOP\nend: RET\n"));
        assert_eq!(hex(&farther.code[..6]), "0f8480000000");
    }

    #[test]
    fn data_and_addresses() {
        let text = "DATA k<>+0(SB)/8, $0x0102\nDATA k<>+8(SB)/4, $\"ab\"\nDATA k<>+16(SB)/8, $·g+4(SB)\nGLOBL k<>(SB), 24, $32\n\
                    TEXT ·f(SB), 4, $0\n LEAQ k<>+8(SB), AX\n CALL ·g(SB)\n RET\n";
        let out = assemble("p", "a.s", text, &[], &|_| None).expect("it is well formed");
        let datum = &out.data[0];
        assert_eq!(
            (datum.size, datum.flags, hex(&datum.bytes[..12])),
            (32, 24, "020100000000000061620000".into())
        );
        assert_eq!(datum.addresses[0].0, 16);
        let fixups = &out.functions[0].fixups;
        assert_eq!((fixups[0].off, fixups[0].addend, fixups[0].symbol.is_local), (3, 4, true));
        assert_eq!((fixups[1].off, fixups[1].addend, fixups[1].symbol.name.as_str()), (8, -4, "p.g"));
    }

    #[test]
    fn errors_have_lines() {
        let errors = |text: &str| {
            let errors = assemble("p", "a.s", text, &[], &|_| None).expect_err("it is wrong");
            errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        };
        let wrong = "TEXT f(SB), 4, $0\n MOVX AX, BX\n ADDQ $1\n JMP nowhere\n";
        let texts = errors(wrong);
        assert!(
            texts.starts_with("a.s:2: unrecognized instruction \"MOVX\"\na.s:3: invalid instruction"),
            "{texts}"
        );
        assert!(texts.ends_with("a.s:4: label nowhere not defined"), "{texts}");
        assert_eq!(errors("ADDQ AX, BX"), "a.s:1: ADDQ outside of a function");
    }
}
