//! A static image for tests: the object of a program, a few lines of runtime in assembly, and runs.
//!
//! The image calls one function after the other and writes its results to standard output, 8 bytes each: first a word
//! that says how it went (0: returned, 1: panicked by a call, 2: faulted), then [`MAX_RESULTS`] words. A
//! panic or fault goes on with the next run. Everything is at fixed addresses, so that this linker is a loop.

use iced_x86::code_asm::*;
use obj::{Object, RelocKind, SectionKind, SymbolDef};
use ssa::Type;
use std::collections::HashMap;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;

/// Results of a run that are reported.
pub const MAX_RESULTS: usize = 12;

const TEXT: u64 = 0x40_0000;
const DATA: u64 = 0x80_0000;
/// g, the buffer of results, the stack's limit.
const STATE: u64 = 0xa0_0000;
const STATE_BYTES: u64 = 0x200_0000;
const BUFFER: u64 = STATE + 0x1000;

/// One call: the function, its arguments, and the types of its signature.
pub struct Call {
    pub func: String,
    pub args: Vec<u64>,
    pub params: Vec<Type>,
    pub results: Vec<Type>,
}

/// What came of a call.
#[derive(Debug, PartialEq, Eq, Clone)]
pub enum Came {
    Results(Vec<u64>),
    Panicked,
    Faulted,
}

/// Links and runs an image.
pub fn run(object: &Object, calls: &[Call], stack_limit: u64) -> Vec<Came> {
    let image = link(object, calls, stack_limit);
    let dir = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let path = dir.join(format!("image-{}-{:?}", std::process::id(), std::thread::current().id()));
    let mut file =
        std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o755).open(&path).unwrap();
    file.write_all(&image).unwrap();
    drop(file);
    let output = std::process::Command::new(&path).output().unwrap();
    assert!(output.status.success(), "{:?}: {}", output.status, path.display());
    let _ = std::fs::remove_file(&path);
    let words: Vec<u64> =
        output.stdout.chunks(8).map(|bytes| u64::from_le_bytes(bytes.try_into().unwrap())).collect();
    assert_eq!(words.len(), calls.len() * (MAX_RESULTS + 1));
    let came = |(call, words): (&Call, &[u64])| match words[0] {
        0 => Came::Results(call.results.iter().zip(&words[1..]).map(|(ty, word)| word & ty.mask()).collect()),
        1 => Came::Panicked,
        2 => Came::Faulted,
        other => panic!("{other}"),
    };
    calls.iter().zip(words.chunks(MAX_RESULTS + 1)).map(came).collect()
}

fn link(object: &Object, calls: &[Call], stack_limit: u64) -> Vec<u8> {
    let mut text: Vec<u8> = Vec::new();
    let mut data: Vec<u8> = Vec::new();
    let mut places = Vec::new();
    for section in &object.sections {
        let (bytes, base) =
            if section.kind == SectionKind::Text { (&mut text, TEXT) } else { (&mut data, DATA) };
        bytes.resize(bytes.len().next_multiple_of(section.align as usize), 0);
        places.push(base + bytes.len() as u64);
        bytes.extend(&section.bytes);
        bytes.resize(bytes.len() + section.size as usize - section.bytes.len(), 0);
    }
    let mut symbols: HashMap<String, u64> = HashMap::new();
    for symbol in &object.symbols {
        if let SymbolDef::Section { section, off } = symbol.def {
            symbols.insert(symbol.name.to_string(), places[section.index()] + off);
        }
    }
    text.resize(text.len().next_multiple_of(16), 0);
    let (runtime, entry) = runtime(calls, TEXT + text.len() as u64, &mut symbols, stack_limit);
    text.extend(runtime);
    for (section, &place) in object.sections.iter().zip(&places) {
        for reloc in &section.relocs {
            let symbol = &object.symbols[reloc.symbol.index()];
            let address = *symbols.get(&*symbol.name).unwrap_or(&symbols["panic"]);
            let value = address.wrapping_add(reloc.addend as u64);
            let at = place + u64::from(reloc.off);
            let bytes =
                if at < DATA { &mut text[(at - TEXT) as usize..] } else { &mut data[(at - DATA) as usize..] };
            match reloc.kind {
                RelocKind::Abs8 => bytes[..8].copy_from_slice(&value.to_le_bytes()),
                RelocKind::Rel4 => bytes[..4].copy_from_slice(&(value.wrapping_sub(at) as i32).to_le_bytes()),
                other => panic!("{other:?}"),
            }
        }
    }
    elf(&text, &data, entry)
}

fn elf(text: &[u8], data: &[u8], entry: u64) -> Vec<u8> {
    assert!(text.len() < 0x40_0000 - 0x1000 && data.len() < 0x10_0000);
    let mut out = vec![0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    out.extend([2, 0, 0x3e, 0, 1, 0, 0, 0]);
    out.extend(entry.to_le_bytes());
    out.extend(64u64.to_le_bytes());
    out.extend([0; 12]);
    out.extend([64, 0, 56, 0, 3, 0, 64, 0, 0, 0, 0, 0]);
    let text_at = 0x1000u64;
    let data_at = (text_at + text.len() as u64).next_multiple_of(0x1000);
    let segments = [
        (5u32, text_at, TEXT, text.len() as u64, text.len() as u64),
        (6, data_at, DATA, data.len() as u64, data.len() as u64),
        (6, 0, STATE, 0, STATE_BYTES),
    ];
    for (flags, off, address, file, memory) in segments {
        out.extend(1u32.to_le_bytes());
        out.extend(flags.to_le_bytes());
        for word in [off, address, address, file, memory, 0x1000] {
            out.extend(word.to_le_bytes());
        }
    }
    out.resize(text_at as usize, 0);
    out.extend(text);
    out.resize(data_at as usize, 0);
    out.extend(data);
    out
}

/// Start-up code, the calls, and what of the runtime the tests need.
fn runtime(
    calls: &[Call],
    base: u64,
    symbols: &mut HashMap<String, u64>,
    stack_limit: u64,
) -> (Vec<u8>, u64) {
    let mut a = CodeAssembler::new(64).unwrap();
    let (mut panic, mut fault, mut next) = (a.create_label(), a.create_label(), a.create_label());
    let (mut memmove, mut memclr, mut morestack) = (a.create_label(), a.create_label(), a.create_label());
    let (mut restorer, mut deferinit, mut resume) = (a.create_label(), a.create_label(), a.create_label());
    let (mut barrier, mut newobject, mut fused) = (a.create_label(), a.create_label(), a.create_label());
    // Handlers for SIGSEGV, SIGFPE and SIGILL run on the same stack, above which the state is found again by rbx's copy.
    let action = STATE + 0x800;
    a.mov(rax, action).unwrap();
    a.lea(rcx, ptr(fault)).unwrap();
    a.mov(qword_ptr(rax), rcx).unwrap();
    a.mov(qword_ptr(rax + 8), 0x4400_0000).unwrap();
    a.lea(rcx, ptr(restorer)).unwrap();
    a.mov(qword_ptr(rax + 16), rcx).unwrap();
    for signal in [11i32, 8, 4] {
        a.mov(edi, signal).unwrap();
        a.mov(rsi, action).unwrap();
        a.xor(edx, edx).unwrap();
        a.mov(r10d, 8).unwrap();
        a.mov(eax, 13).unwrap();
        a.syscall().unwrap();
    }
    a.mov(r15, STATE).unwrap();
    for call in calls {
        // Each call meets the limit anew; `morestack` lifts it.
        a.mov(rax, stack_limit).unwrap();
        a.mov(qword_ptr(r15 + 16), rax).unwrap();
        emit_call(&mut a, call, symbols[&call.func]);
    }
    a.mov(edi, 1).unwrap();
    a.mov(rsi, BUFFER).unwrap();
    a.mov(rdx, (calls.len() * (MAX_RESULTS + 1) * 8) as u64).unwrap();
    a.mov(eax, 1).unwrap();
    a.syscall().unwrap();
    a.xor(edi, edi).unwrap();
    a.mov(eax, 231).unwrap();
    a.syscall().unwrap();

    a.set_label(&mut fault).unwrap();
    a.mov(eax, 2).unwrap();
    a.jmp(next).unwrap();
    a.set_label(&mut panic).unwrap();
    a.mov(eax, 1).unwrap();
    a.set_label(&mut next).unwrap();
    a.mov(r15, STATE).unwrap();
    a.mov(rcx, qword_ptr(r15 + 0x108)).unwrap();
    a.mov(qword_ptr(rcx), rax).unwrap();
    a.mov(rsp, qword_ptr(r15 + 0x100)).unwrap();
    a.jmp(qword_ptr(r15 + 0x110)).unwrap();

    a.set_label(&mut restorer).unwrap();
    a.mov(eax, 15).unwrap();
    a.syscall().unwrap();

    emit_memory(&mut a, &mut memmove, &mut memclr);
    emit_stack(&mut a, &mut morestack, &mut deferinit, &mut resume);
    // The barrier counts its calls and keeps every register.
    a.set_label(&mut barrier).unwrap();
    a.inc(qword_ptr(STATE + 0x200)).unwrap();
    a.ret().unwrap();
    a.set_label(&mut fused).unwrap();
    a.vfmadd213sd(xmm0, xmm1, xmm2).unwrap();
    a.ret().unwrap();
    a.set_label(&mut newobject).unwrap();
    a.mov(rax, qword_ptr(STATE + 0x208)).unwrap();
    a.add(qword_ptr(STATE + 0x208), 64).unwrap();
    a.add(rax, (STATE + 0x80000) as i32).unwrap();
    a.ret().unwrap();

    let assembled =
        a.assemble_options(base, iced_x86::BlockEncoderOptions::RETURN_NEW_INSTRUCTION_OFFSETS).unwrap();
    for (name, label) in [
        ("panic", &panic),
        ("memmove", &memmove),
        ("runtime.memclrNoHeapPointers", &memclr),
        ("__morestack", &morestack),
        ("runtime.deferinit", &deferinit),
        ("test.resume", &resume),
        ("runtime.gcWriteBarrier", &barrier),
        ("runtime.wbMove", &barrier),
        ("runtime.wbZero", &barrier),
        ("runtime.newobject", &newobject),
        ("fma", &fused),
    ] {
        symbols.entry(name.to_string()).or_insert(assembled.label_ip(label).unwrap());
    }
    symbols.entry("runtime.writeBarrier".to_string()).or_insert(STATE + 0x300);
    (assembled.inner.code_buffer, base)
}

/// Loads the arguments as `abi::call` places them, calls, and stores the results.
fn emit_call(a: &mut CodeAssembler, call: &Call, target: u64) {
    let ints = [rdi, rsi, rdx, rcx, r8, r9];
    let floats = [xmm0, xmm1, xmm2, xmm3, xmm4, xmm5, xmm6, xmm7];
    let int_results = [rax, rcx, rdx, rsi, rdi, r8, r9, r10];
    let class = |ty: &Type| if ty.is_float() { abi::call::Class::Float } else { abi::call::Class::Int };
    let mut after = a.create_label();
    // Stack arguments, rounded up to 16 bytes, and room for the result area above.
    a.mov(qword_ptr(r15 + 0x100), rsp).unwrap();
    a.lea(rax, ptr(after)).unwrap();
    a.mov(qword_ptr(r15 + 0x110), rax).unwrap();
    a.mov(rax, qword_ptr(r15 + 0x118)).unwrap();
    a.add(rax, BUFFER as i32).unwrap();
    a.mov(qword_ptr(r15 + 0x108), rax).unwrap();
    a.add(qword_ptr(r15 + 0x118), ((MAX_RESULTS + 1) * 8) as i32).unwrap();
    a.mov(qword_ptr(rax), 0).unwrap();
    a.sub(rsp, 256).unwrap();
    let mut places = Vec::new();
    abi::call::classify(
        abi::call::AMD64,
        false,
        call.params.iter().map(class),
        call.results.iter().map(class),
        |item, location| places.push((item, location)),
    );
    for &(item, location) in &places {
        use abi::call::{Item, Location};
        match (item, location) {
            (Item::ResultArea, Location::Int(n)) => a.lea(ints[n as usize], ptr(rsp + 128)).unwrap(),
            (Item::Param(p), Location::Int(n)) => a.mov(ints[n as usize], call.args[p]).unwrap(),
            (Item::Param(p), Location::Float(n)) => {
                a.mov(rax, call.args[p]).unwrap();
                a.movq(floats[n as usize], rax).unwrap();
            }
            (Item::Param(p), Location::Memory(off)) => {
                a.mov(rax, call.args[p]).unwrap();
                a.mov(qword_ptr(rsp + off as i32), rax).unwrap();
            }
            _ => {}
        }
    }
    a.mov(rax, target).unwrap();
    a.call(rax).unwrap();
    a.mov(rbx, qword_ptr(r15 + 0x108)).unwrap();
    a.mov(rsp, qword_ptr(r15 + 0x100)).unwrap();
    a.sub(rsp, 256).unwrap();
    for &(item, location) in &places {
        use abi::call::{Item, Location};
        let Item::Result(n) = item else { continue };
        let at = qword_ptr(rbx + 8 + 8 * n as i32);
        match location {
            Location::Int(n) => a.mov(at, int_results[n as usize]).unwrap(),
            Location::Float(n) => a.movq(at, floats[n as usize]).unwrap(),
            Location::Memory(_) => {}
        }
    }
    for &(item, location) in &places {
        use abi::call::{Item, Location};
        if let (Item::Result(n), Location::Memory(off)) = (item, location) {
            a.mov(rax, qword_ptr(rsp + 128 + off as i32)).unwrap();
            a.mov(qword_ptr(rbx + 8 + 8 * n as i32), rax).unwrap();
        }
    }
    a.add(rsp, 256).unwrap();
    a.set_label(&mut after).unwrap();
    a.nop().unwrap();
}

fn emit_memory(a: &mut CodeAssembler, memmove: &mut CodeLabel, memclr: &mut CodeLabel) {
    a.set_label(memmove).unwrap();
    let mut backward = a.create_label();
    a.mov(rax, rdi).unwrap();
    a.mov(rcx, rdx).unwrap();
    a.cmp(rdi, rsi).unwrap();
    a.ja(backward).unwrap();
    a.rep().movsb().unwrap();
    a.ret().unwrap();
    a.set_label(&mut backward).unwrap();
    a.lea(rdi, ptr(rdi + rdx - 1)).unwrap();
    a.lea(rsi, ptr(rsi + rdx - 1)).unwrap();
    a.std().unwrap();
    a.rep().movsb().unwrap();
    a.cld().unwrap();
    a.ret().unwrap();
    a.set_label(memclr).unwrap();
    a.mov(rcx, rsi).unwrap();
    a.xor(eax, eax).unwrap();
    a.rep().stosb().unwrap();
    a.ret().unwrap();
}

/// `morestack` counts, sets the limit to 0 and calls the function again on the same stack, with its stack
/// arguments copied, as the real one does on another. `deferinit` and `resume` are as in `convention.md`.
fn emit_stack(
    a: &mut CodeAssembler,
    morestack: &mut CodeLabel,
    deferinit: &mut CodeLabel,
    resume: &mut CodeLabel,
) {
    a.set_label(morestack).unwrap();
    let (mut copy, mut copied) = (a.create_label(), a.create_label());
    a.inc(qword_ptr(STATE + 0x210)).unwrap();
    a.mov(qword_ptr(r15 + 16), 0).unwrap();
    // [rsp] the caller, [rsp+8] stack arguments, r10 the function: `abi::stack`.
    a.and(r11d, 0xffff).unwrap();
    a.push(rbp).unwrap();
    a.mov(rbp, rsp).unwrap();
    a.push(r11).unwrap();
    a.push(r11).unwrap();
    a.mov(rax, r11).unwrap();
    a.set_label(&mut copy).unwrap();
    a.test(rax, rax).unwrap();
    a.je(copied).unwrap();
    a.push(qword_ptr(rbp + rax + 8)).unwrap();
    a.sub(rax, 8).unwrap();
    a.jmp(copy).unwrap();
    a.set_label(&mut copied).unwrap();
    a.call(r10).unwrap();
    // The arguments are popped. The caller's copy must go too, without touching a result register.
    a.mov(r11, qword_ptr(rbp - 8)).unwrap();
    a.lea(rsp, ptr(rbp + 8)).unwrap();
    a.mov(rbp, qword_ptr(rbp)).unwrap();
    a.add(r11, 8).unwrap();
    a.add(rsp, r11).unwrap();
    a.neg(r11).unwrap();
    a.jmp(qword_ptr(rsp + r11)).unwrap();
    a.set_label(deferinit).unwrap();
    a.lea(rax, ptr(rsp + 8)).unwrap();
    a.mov(qword_ptr(rdi), rsi).unwrap();
    a.mov(qword_ptr(rdi + 8), rax).unwrap();
    a.mov(qword_ptr(rdi + 16), rbp).unwrap();
    a.ret().unwrap();
    a.set_label(resume).unwrap();
    a.mov(rsp, qword_ptr(rdi + 8)).unwrap();
    a.mov(rbp, qword_ptr(rdi + 16)).unwrap();
    for register in [rax, rbx, rcx, rdx, rsi, r8, r9, r10, r11, r12, r13, r14] {
        a.mov(register, 0xdead_beefu64).unwrap();
    }
    a.jmp(qword_ptr(rdi)).unwrap();
}
