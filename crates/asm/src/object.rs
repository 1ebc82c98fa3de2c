//! Assembled files of a package to an object, and what other packages must know of it.
//!
//! Functions get a symbol of their own, `name·abi0`, because Go's symbol of that name is the way in (`ssa::Border`). They are never
//! preempted; their frames are found from the stack pointer, because BP is theirs to use; they have no stack check,
//! so whoever calls them from Go must have room for [`Entry::stack_bytes`].

use std::sync::Arc;

use abi::symbols::ABI0_SUFFIX;
use obj::{
    Binding, CallSite, Cfa, FrameRow, FuncMeta, LineRow, Machine, MetaScope, Object, Reloc, RelocKind,
    Section, SectionKind, Symbol, SymbolDef, SymbolId,
};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::amd64::Fixup;
use crate::assemble::{Assembled, DUPOK, Data, Function, NOPTR, RODATA};
use crate::operand::SymbolRef;

/// A file of a package, assembled.
#[derive(Clone, PartialEq, Debug)]
pub struct AssembledFile {
    /// Its path, as tracebacks show it.
    pub path: String,
    /// What is in it.
    pub assembled: Assembled,
}

/// A function that others may call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// The name it has in Go.
    pub name: String,
    /// Its file.
    pub file: String,
    /// Its line.
    pub line: u32,
    /// The stack that it needs with all that it calls in its package's assembly, return addresses included.
    pub stack_bytes: u32,
    /// What it mentions, itself and through its package's assembly, that its package's assembly does not define.
    pub mentions: Vec<String>,
}

/// A symbol of the package: the file it is local to, if it is, and its name.
type Key<'a> = (Option<usize>, &'a str);

/// What the package's assembly defines under a name.
#[derive(Clone, Copy)]
enum Definition<'a> {
    Function(&'a Function),
    Data(&'a Data),
}

/// The symbols of a package's files, each with the number of its file.
struct Package<'a>(FxHashMap<Key<'a>, (usize, Definition<'a>)>);

/// How a symbol that stands in a file is found.
fn key(file: usize, symbol: &SymbolRef) -> Key<'_> {
    (symbol.is_local.then_some(file), &symbol.name)
}

/// Whether an address in a function is that of a call or jump. With no other opcode does the byte before it say so: in an
/// address of memory that byte is the ModRM byte of one relative to the program counter.
fn is_call(function: &Function, fixup: &Fixup) -> bool {
    fixup.relative && fixup.off > 0 && matches!(function.code[fixup.off - 1], 0xe8 | 0xe9)
}

impl<'a> Package<'a> {
    fn new(files: &'a [AssembledFile]) -> Result<Package<'a>, String> {
        let mut all = FxHashMap::default();
        for (n, file) in files.iter().enumerate() {
            let functions = file.assembled.functions.iter().map(|f| (&f.symbol, Definition::Function(f)));
            let data = file.assembled.data.iter().filter(|data| is_defined(data));
            for (symbol, definition) in functions.chain(data.map(|d| (&d.symbol, Definition::Data(d)))) {
                if all.insert(key(n, symbol), (n, definition)).is_some() {
                    return Err(format!("{}: symbol {} redeclared", file.path, symbol.name));
                }
            }
        }
        Ok(Package(all))
    }

    /// Collects what a symbol mentions that the package does not define.
    fn mentions(&self, from: Key<'a>, seen: &mut FxHashSet<Key<'a>>, out: &mut Vec<String>) {
        if !seen.insert(from) {
            return;
        }
        match self.0.get(&from) {
            Some((file, Definition::Function(function))) => {
                function.fixups.iter().for_each(|fixup| self.mentions(key(*file, &fixup.symbol), seen, out));
            }
            Some((file, Definition::Data(data))) => {
                data.addresses.iter().for_each(|(_, symbol, _)| self.mentions(key(*file, symbol), seen, out));
            }
            None => out.push(from.1.into()),
        }
    }

    /// The stack that a function needs; an error if it calls itself. A function whose bytes are `None` is being looked at.
    fn stack_bytes(&self, from: Key<'a>, known: &mut FxHashMap<Key<'a>, Option<u32>>) -> Result<u32, String> {
        let Some((file, Definition::Function(function))) = self.0.get(&from) else { return Ok(0) };
        match known.get(&from) {
            Some(Some(bytes)) => return Ok(*bytes),
            Some(None) => return Err(format!("{} calls itself: its stack has no bound", from.1)),
            None => drop(known.insert(from, None)),
        }
        let mut below = 0;
        for fixup in function.fixups.iter().filter(|fixup| is_call(function, fixup)) {
            below = below.max(self.stack_bytes(key(*file, &fixup.symbol), known)?);
        }
        let own = function.depths.iter().map(|(_, depth)| *depth).max().unwrap_or(0);
        let bytes = own + 8 + below;
        known.insert(from, Some(bytes));
        Ok(bytes)
    }
}

/// Whether this file says what a datum is; a name that it only mentions has neither size nor bytes.
fn is_defined(data: &Data) -> bool {
    data.size > 0 || !data.bytes.is_empty()
}

/// The functions of a package's files that are not local.
pub fn entries(files: &[AssembledFile]) -> Result<Vec<Entry>, String> {
    let package = Package::new(files)?;
    let mut known = FxHashMap::default();
    let mut entries = Vec::new();
    for (n, file) in files.iter().enumerate() {
        for function in file.assembled.functions.iter().filter(|function| !function.symbol.is_local) {
            let mut mentions = Vec::new();
            package.mentions(key(n, &function.symbol), &mut FxHashSet::default(), &mut mentions);
            mentions.sort_unstable();
            entries.push(Entry {
                name: function.symbol.name.clone(),
                file: file.path.clone(),
                line: function.lines.first().map_or(0, |(_, line)| *line),
                stack_bytes: package
                    .stack_bytes(key(n, &function.symbol), &mut known)
                    .map_err(|text| format!("{}: {text}", file.path))?,
                mentions,
            });
        }
    }
    Ok(entries)
}

/// Makes the object of a package's files. `is_function` tells functions among the names that they do not define.
pub fn object(name: &str, files: &[AssembledFile], is_function: &dyn Fn(&str) -> bool) -> Object {
    let mut out = Object::new(name, Machine::Amd64);
    let is_own = |symbol: &SymbolRef| {
        let functions = files.iter().flat_map(|file| &file.assembled.functions);
        functions.filter(|function| !function.symbol.is_local).any(|function| function.symbol == *symbol)
    };
    for file in files {
        let mut names = Names {
            locals: FxHashMap::default(),
            is_function: &|symbol: &SymbolRef| is_own(symbol) || is_function(&symbol.name),
        };
        let AssembledFile { path, assembled } = file;
        for function in &assembled.functions {
            let section = function_section(&mut out, &mut names, function, path);
            names.define(&mut out, &function.symbol, section, function.flags, true);
        }
        for data in assembled.data.iter().filter(|data| is_defined(data)) {
            let section = data_section(&mut out, &mut names, data);
            names.define(&mut out, &data.symbol, section, data.flags, false);
        }
    }
    out
}

/// The symbols of a file.
struct Names<'a> {
    locals: FxHashMap<String, SymbolId>,
    is_function: &'a dyn Fn(&SymbolRef) -> bool,
}

impl Names<'_> {
    fn find(&mut self, out: &mut Object, symbol: &SymbolRef) -> SymbolId {
        if symbol.is_local {
            return *self.locals.entry(symbol.name.clone()).or_insert_with(|| {
                out.local_symbol(Symbol {
                    name: symbol.name.as_str().into(),
                    binding: Binding::Local,
                    def: SymbolDef::Undefined,
                    size: 0,
                    is_func: false,
                })
            });
        }
        let suffix = if (self.is_function)(symbol) { ABI0_SUFFIX } else { "" };
        out.symbol(&format!("{}{suffix}", symbol.name).into())
    }

    fn define(&mut self, out: &mut Object, symbol: &SymbolRef, section: Section, flags: u32, is_func: bool) {
        let size = section.size;
        let section = out.add_section(section);
        if symbol.is_local {
            let id = self.find(out, symbol);
            let local = &mut out.symbols[id.index()];
            (local.def, local.size, local.is_func) = (SymbolDef::Section { section, off: 0 }, size, is_func);
            return;
        }
        let suffix = if is_func { ABI0_SUFFIX } else { "" };
        let binding = if flags & DUPOK != 0 { Binding::DupOk } else { Binding::Global };
        out.define(&format!("{}{suffix}", symbol.name).into(), binding, section);
    }
}

fn function_section(out: &mut Object, names: &mut Names<'_>, function: &Function, path: &str) -> Section {
    let name: Arc<str> = function.symbol.name.as_str().into();
    let mut section = Section::new(name.clone(), SectionKind::Text, function.align);
    section.size = function.code.len() as u64;
    section.bytes = function.code.clone();
    let mut calls = Vec::new();
    for fixup in &function.fixups {
        let kind = if fixup.relative { RelocKind::Rel4 } else { RelocKind::Abs4S };
        let symbol = names.find(out, &fixup.symbol);
        let off = fixup.off as u32;
        section.relocs.push(Reloc { off, kind, symbol, addend: fixup.addend });
        if is_call(function, fixup) {
            calls.push(CallSite { ret_off: off + 4, callee: Some(symbol) });
        }
    }
    let line = function.lines.first().map_or(0, |(_, line)| *line);
    let scope = MetaScope {
        func: name,
        file: path.into(),
        start_line: line,
        parent: 0,
        call: (0, 0),
        part: false,
        wrapper: false,
    };
    let frame = function.depths.iter().map(|(off, depth)| {
        // Where there is a frame, BP lies on top of it.
        let cfa = if *depth > 0 && function.frame > 0 { Cfa::SpSaved(depth + 8) } else { Cfa::Sp(depth + 8) };
        FrameRow { off: *off, cfa }
    });
    let lines = function.lines.iter().map(|(off, line)| LineRow { off: *off, scope: 0, line: *line, col: 0 });
    section.func = Some(Box::new(FuncMeta {
        frame_bytes: function.depths.iter().map(|(_, depth)| *depth).max().unwrap_or(0) + 8,
        no_preempt: true,
        from_sp: true,
        frame: frame.collect(),
        lines: lines.collect(),
        scopes: vec![scope],
        calls,
        ..FuncMeta::default()
    }));
    section
}

/// As `cmd/asm` has it: a datum is aligned by its size, up to 32 bytes.
fn alignment(size: u64) -> u32 {
    [32, 16, 8, 4, 2].into_iter().find(|align| size >= u64::from(*align)).unwrap_or(1)
}

fn data_section(out: &mut Object, names: &mut Names<'_>, data: &Data) -> Section {
    let kind = match (data.flags & RODATA != 0, data.bytes.is_empty()) {
        (true, _) => SectionKind::Rodata,
        (false, true) => SectionKind::Bss,
        (false, false) => SectionKind::Data,
    };
    let mut section = Section::new(data.symbol.name.as_str(), kind, alignment(data.size));
    section.size = data.size;
    section.bytes = data.bytes.clone();
    for (off, symbol, addend) in &data.addresses {
        let symbol = names.find(out, symbol);
        section.relocs.push(Reloc { off: *off as u32, kind: RelocKind::Abs8, symbol, addend: *addend });
    }
    section.relocs.sort_by_key(|reloc| reloc.off);
    section.has_pointers = data.flags & (NOPTR | RODATA) == 0;
    section
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assemble;

    fn package(texts: &[&str]) -> Vec<AssembledFile> {
        let file = |(n, text): (usize, &&str)| AssembledFile {
            path: format!("{n}.s"),
            assembled: assemble("p", "a.s", text, &[], &|_| None).expect("it is well formed"),
        };
        texts.iter().enumerate().map(file).collect()
    }

    #[test]
    fn entries_know_what_is_below_them() {
        let files = package(&[
            "TEXT ·f(SB), 4, $16-8\n CALL inner<>(SB)\n RET\nTEXT inner<>(SB), 4, $8\n CALL ·g(SB)\n MOVQ k<>(SB), AX\n RET\n\
             DATA k<>+0(SB)/8, $·h(SB)\nGLOBL k<>(SB), 8, $8\n",
            "TEXT ·g(SB), 4, $0\n MOVQ ·v(SB), AX\n RET\nTEXT inner<>(SB), 4, $64\n RET\n",
        ]);
        let entries = entries(&files).expect("nothing calls itself");
        assert_eq!(entries.len(), 2);
        // Each frame with BP and a return address.
        assert_eq!((entries[0].name.as_str(), entries[0].stack_bytes), ("p.f", 32 + 24 + 8));
        assert_eq!(entries[0].mentions, ["p.h", "p.v"]);
        assert_eq!((entries[1].stack_bytes, &entries[1].mentions[..]), (8, &["p.v".to_string()][..]));
        let object = object("p", &files, &|name| name == "p.h");
        assert!(object.find("p.f·abi0").is_some() && object.find("p.h·abi0").is_some());
        assert!(object.find("p.v").is_some() && object.find("p.f").is_none());
        let inner = object.symbols.iter().filter(|symbol| &*symbol.name == "inner");
        assert_eq!(inner.filter(|symbol| symbol.def != SymbolDef::Undefined).count(), 2);
    }

    #[test]
    fn what_calls_itself_has_no_bound() {
        let error =
            entries(&package(&["TEXT ·f(SB), 4, $0\n CALL ·g(SB)\n RET\nTEXT ·g(SB), 4, $0\n JMP ·f(SB)\n"]));
        assert_eq!(error.expect_err("it is recursive"), "0.s: p.f calls itself: its stack has no bound");
    }
}
