//! The part of the runtime that the interpreter needs: memory, strings, interfaces, panics, and what `print` writes.
//!
//! Nothing here shares code with the runtime or with code generation, so that a fault in either shows. What is not here,
//! goroutines above all, ends the run with a text that begins with [`MISSING`].

use std::mem::offset_of;

use abi::defer::DeferFrame;
use abi::entry::PanicCode;
use abi::types::{
    InterfaceType, Itab, Method, TFLAG_DIRECT_IFACE, TFLAG_EXTRA_STAR, TFLAG_UNCOMMON, Type, UncommonType,
};
use rustc_hash::FxHashMap;
use ssa::interp::{CODE_BASE, Call, Host, Memory, Stop, Target};

use crate::text;

/// Begins the fault of a call that the host does not know.
pub const MISSING: &str = "not interpreted: ";

/// What panics for `panic(nil)`.
pub const PANIC_NIL: &str = "runtime.panicnil";

/// More bytes in one object are a length out of range.
const MAX_ALLOC_BYTES: u64 = 1 << 47;

/// Where a G has its list of deferred calls.
const G_DEFERS: u64 = abi::g::G_DEFERS as u64;

/// What offsets of types and names count from: an address below all of them is no offset of any.
const TYPES: u64 = 0;
/// What offsets of code count from; no function has offset 0.
const TEXT: u64 = CODE_BASE - 16;

/// A host for whole programs.
#[derive(Default)]
pub struct GoHost {
    /// What the program wrote.
    pub output: Vec<u8>,
    panics: Vec<Panic>,
    itabs: FxHashMap<(u64, u64), u64>,
    /// What `faultinfo` answers.
    fault: u64,
    random: u64,
    /// The initialisers of packages are done.
    has_begun: bool,
}

/// A pending deferred call, from its record.
struct Defer {
    link: u64,
    frame: u64,
    closure: u64,
}

struct Panic {
    value: [u64; 2],
    n_frames: usize,
    depth: usize,
    /// The defer frame of the call that it runs now.
    frame: u64,
    recovered: bool,
}

type Answer = Result<Vec<u64>, Stop>;
/// `None`: the call is not known.
type Perhaps = Result<Option<Vec<u64>>, Stop>;

impl Host for GoHost {
    fn call(&mut self, memory: &mut Memory, call: Call<'_>) -> Answer {
        let name = call.name.rsplit('.').next().unwrap_or_default();
        if name.starts_with("print") {
            return self.print(memory, name, call.args)?.ok_or_else(|| missing(&call));
        }
        match (name, call.args) {
            ("gopanic", &[ty, data]) => self.panic(memory, &call, [ty, data]),
            ("gorecover", []) => Ok(self.recover(&call).to_vec()),
            ("deferpush", &[record, frame, closure]) => push_defer(memory, call.g, [record, frame, closure]),
            ("deferpop", &[frame]) => {
                let found = first_defer(memory, call.g)?.filter(|defer| defer.frame == frame);
                found.map_or(Ok(vec![0]), |defer| {
                    memory.store(call.g + G_DEFERS, 8, defer.link)?;
                    Ok(vec![defer.closure])
                })
            }
            ("faultinfo", []) => Ok(vec![self.fault, 0]),
            ("typeAssertItab" | "convI2I", &[inter, ty]) => Ok(vec![self.itab(memory, inter, ty)?]),
            ("rand", []) => {
                self.random = self.random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                Ok(vec![self.random ^ self.random >> 29])
            }
            ("initdone", []) => {
                self.has_begun = true;
                Ok(Vec::new())
            }
            ("GC" | "clearstack", []) => Ok(Vec::new()),
            // The environment is empty.
            ("sysenv", [_]) => Ok(vec![0]),
            ("efaceeqval", &[ty, a, other, b]) => equal(memory, [ty, other], [a, b]),
            ("ifaceeqval", &[itab, a, other, b]) => {
                let types = [type_of(memory, itab)?, type_of(memory, other)?];
                equal(memory, types, [a, b])
            }
            ("complex128div", &[a, b, c, d]) => {
                let (re, im) = divide([a, b].map(f64::from_bits), [c, d].map(f64::from_bits));
                Ok(vec![re.to_bits(), im.to_bits()])
            }
            _ => match memory_call(memory, name, call.args)? {
                Some(values) => Ok(values),
                None => match string_call(memory, name, call.args)? {
                    Some(values) => Ok(values),
                    None if !self.has_begun => nothing(&call),
                    None => Err(missing(&call)),
                },
            },
        }
    }

    fn address(&self, name: &str) -> Option<u64> {
        match name {
            abi::symbols::TYPES => Some(TYPES),
            abi::symbols::TEXT => Some(TEXT),
            _ => None,
        }
    }

    fn fault(&mut self, fault: Stop) -> Result<&'static str, Stop> {
        self.fault = match &fault {
            Stop::Panic(text) if text == "nil dereference" => 0,
            Stop::Panic(text) if text == "integer divide by zero" => 2,
            _ => return Err(fault),
        };
        Ok("runtime.sigpanic")
    }
}

fn missing(call: &Call<'_>) -> Stop {
    Stop::Fault(format!("{MISSING}{}", call.name))
}

/// The answer to initialisers: the runtime's own start goroutines that wait for what does not happen here.
fn nothing(call: &Call<'_>) -> Answer {
    let entry = abi::entry::find(call.name).ok_or_else(|| missing(call))?;
    Ok(vec![0; entry.results.len()])
}

/// Panics in the program with one of the runtime's errors.
fn raise(code: PanicCode) -> Answer {
    Err(Stop::Tail(Target::Func("runtime.panicentry".into()), vec![code as u64, 0, 0]))
}

impl GoHost {
    fn print(&mut self, memory: &Memory, name: &str, args: &[u64]) -> Perhaps {
        let double = |n: usize| f64::from_bits(args[n]);
        let single = |n: usize| f32::from_bits(args[n] as u32);
        let text = match (name, args) {
            ("printlock" | "printunlock", []) => String::new(),
            ("printnl", []) => "\n".into(),
            ("printsp", []) => " ".into(),
            ("printbool", [value]) => (*value & 1 != 0).to_string(),
            ("printint", [value]) => value.cast_signed().to_string(),
            ("printuint", [value]) => value.to_string(),
            ("printhex", [value]) => format!("{value:#x}"),
            ("printfloat32", [_]) => text::float(single(0)),
            ("printfloat64", [_]) => text::float(double(0)),
            ("printcomplex64", [_, _]) => text::complex(single(0), single(1)),
            ("printcomplex128", [_, _]) => text::complex(double(0), double(1)),
            ("printstring", &[data, len]) => {
                self.output.extend_from_slice(string(memory, data, len)?);
                String::new()
            }
            _ => return Ok(None),
        };
        self.output.extend_from_slice(text.as_bytes());
        Ok(Some(Vec::new()))
    }

    /// One step of a panic: the next deferred call, or the way out of a recovered one.
    fn panic(&mut self, memory: &mut Memory, call: &Call<'_>, value: [u64; 2]) -> Answer {
        if value[0] == 0 {
            // Go 1.21 made panic(nil) an error of its own.
            return Err(Stop::Tail(Target::Func(PANIC_NIL.into()), Vec::new()));
        }
        if !call.again {
            let (n_frames, depth) = (call.n_frames, call.depth);
            self.panics.push(Panic { value, n_frames, depth, frame: 0, recovered: false });
        }
        let panic = self.panics.last_mut().expect("a panic that goes on was begun");
        if panic.recovered {
            let frame = panic.frame;
            // The interpreter keeps the number of frames where the stack pointer would be. Panics of frames that are left now, and of
            // the one that goes on, are over.
            let n_frames = memory.load(frame + offset_of!(DeferFrame, sp) as u64, 8)? as usize;
            self.panics.retain(|panic| panic.n_frames < n_frames);
            return Err(Stop::Resume(frame));
        }
        let Some(defer) = first_defer(memory, call.g)? else {
            return Err(Stop::Fault(format!("{MISSING}a panic that nobody recovers")));
        };
        memory.store(call.g + G_DEFERS, 8, defer.link)?;
        panic.frame = defer.frame;
        Err(Stop::CallThenAsk(defer.closure))
    }

    /// The value of the panic that runs the caller as a deferred call, else nil. Spec, "Handling panics".
    fn recover(&mut self, call: &Call<'_>) -> [u64; 2] {
        match self.panics.last_mut() {
            Some(panic) if !panic.recovered && call.depth == panic.depth + 1 => {
                panic.recovered = true;
                panic.value
            }
            _ => [0, 0],
        }
    }

    fn itab(&mut self, memory: &mut Memory, inter: u64, ty: u64) -> Result<u64, Stop> {
        if ty == 0 {
            return Ok(0);
        }
        if let Some(&known) = self.itabs.get(&(inter, ty)) {
            return Ok(known);
        }
        let itab = make_itab(memory, inter, ty)?;
        self.itabs.insert((inter, ty), itab);
        Ok(itab)
    }
}

/// The first record of the goroutine's list.
fn first_defer(memory: &Memory, g: u64) -> Result<Option<Defer>, Stop> {
    let record = memory.load(g + G_DEFERS, 8)?;
    if record == 0 {
        return Ok(None);
    }
    let field = |off: usize| memory.load(record + off as u64, 8);
    let (link, frame) =
        (field(offset_of!(abi::defer::Defer, link))?, field(offset_of!(abi::defer::Defer, frame))?);
    Ok(Some(Defer { link, frame, closure: field(offset_of!(abi::defer::Defer, func))? }))
}

fn push_defer(memory: &mut Memory, g: u64, [record, frame, closure]: [u64; 3]) -> Answer {
    let link = memory.load(g + G_DEFERS, 8)?;
    let fields = [
        (offset_of!(abi::defer::Defer, link), link),
        (offset_of!(abi::defer::Defer, frame), frame),
        (offset_of!(abi::defer::Defer, func), closure),
    ];
    for (off, value) in fields {
        memory.store(record + off as u64, 8, value)?;
    }
    memory.store(g + G_DEFERS, 8, record)?;
    Ok(Vec::new())
}

/// Makes an itab; 0 if the type does not implement the interface. Both lists of methods are sorted by name.
fn make_itab(memory: &mut Memory, inter: u64, ty: u64) -> Result<u64, Stop> {
    let list = inter + offset_of!(InterfaceType, methods) as u64;
    let (wanted, n) = (memory.load(list, 8)?, memory.load(list + 8, 8)?);
    let have = methods(memory, ty)?;
    let mut code = Vec::new();
    for idx in 0..n {
        let (name, method_type) = (memory.load(wanted + 8 * idx, 4)?, memory.load(wanted + 8 * idx + 4, 4)?);
        let name = name_at(memory, TYPES + name)?;
        let mut found = None;
        for &method in &have {
            let ty = memory.load(method + offset_of!(Method, ty) as u64, 4)?;
            let own = name_at(memory, TYPES + memory.load(method, 4)?)?;
            if ty == method_type && own == name {
                found = Some(memory.load(method + offset_of!(Method, interface_fn) as u64, 4)?);
            }
        }
        let Some(off) = found else { return Ok(0) };
        code.push(TEXT + off);
    }
    let itab = memory.alloc(offset_of!(Itab, function0) as u64 + 8 * n.max(1), 8)?;
    memory.store(itab, 8, inter)?;
    memory.store(itab + offset_of!(Itab, ty) as u64, 8, ty)?;
    let hash = memory.load(ty + offset_of!(Type, hash) as u64, 4)?;
    memory.store(itab + offset_of!(Itab, hash) as u64, 4, hash)?;
    for (idx, code) in (0..).zip(code) {
        memory.store(itab + offset_of!(Itab, function0) as u64 + 8 * idx, 8, code)?;
    }
    Ok(itab)
}

/// The addresses of a type's methods.
fn methods(memory: &Memory, ty: u64) -> Result<Vec<u64>, Stop> {
    if !has_flag(memory, ty, TFLAG_UNCOMMON)? {
        return Ok(Vec::new());
    }
    // Where internal/abi puts it, by kind.
    let bytes = match memory.load(ty + offset_of!(Type, kind) as u64, 1)? & 31 {
        17 => 72,
        18 => 64,
        19 | 22 | 23 => 56,
        20 | 25 => 80,
        21 => 112,
        _ => 48,
    };
    let uncommon = ty + bytes;
    let n = memory.load(uncommon + offset_of!(UncommonType, n_methods) as u64, 2)?;
    let first = uncommon + memory.load(uncommon + offset_of!(UncommonType, methods_off) as u64, 4)?;
    Ok((0..n).map(|idx| first + idx * size_of::<Method>() as u64).collect())
}

fn has_flag(memory: &Memory, ty: u64, flag: u8) -> Result<bool, Stop> {
    Ok(memory.load(ty + offset_of!(Type, tflag) as u64, 1)? & u64::from(flag) != 0)
}

/// An encoded name: flags, a length by sevens of bits, bytes.
fn name_at(memory: &Memory, addr: u64) -> Result<Vec<u8>, Stop> {
    let (start, len) = name_extent(memory, addr)?;
    Ok(memory.bytes(start, len)?.to_vec())
}

fn name_extent(memory: &Memory, addr: u64) -> Result<(u64, u64), Stop> {
    let (mut at, mut len, mut shift) = (addr + 1, 0, 0);
    loop {
        let byte = memory.load(at, 1)?;
        len |= (byte & 0x7f) << shift;
        (at, shift) = (at + 1, shift + 7);
        if byte < 0x80 {
            return Ok((at, len));
        }
    }
}

/// The dynamic type of an interface with methods.
fn type_of(memory: &Memory, itab: u64) -> Result<u64, Stop> {
    if itab == 0 { Ok(0) } else { memory.load(itab + offset_of!(Itab, ty) as u64, 8) }
}

/// Compares what two interfaces hold. Spec, "Comparison operators".
fn equal(memory: &Memory, [ty, other]: [u64; 2], [a, b]: [u64; 2]) -> Answer {
    if ty != other || ty == 0 {
        return Ok(vec![u64::from(ty == other)]);
    }
    match memory.load(ty + offset_of!(Type, equal) as u64, 8)? {
        0 => Err(Stop::Tail(Target::Func("runtime.panicuncomparable".into()), vec![ty])),
        _ if has_flag(memory, ty, TFLAG_DIRECT_IFACE)? => Ok(vec![u64::from(a == b)]),
        closure => Err(Stop::Tail(Target::Closure(closure), vec![a, b])),
    }
}

fn type_size(memory: &Memory, ty: u64) -> Result<u64, Stop> {
    if ty == 0 { Ok(1) } else { memory.load(ty, 8) }
}

fn string(memory: &Memory, data: u64, len: u64) -> Result<&[u8], Stop> {
    if len == 0 { Ok(&[]) } else { memory.bytes(data, len) }
}

fn new_bytes(memory: &mut Memory, bytes: &[u8]) -> Result<u64, Stop> {
    let addr = memory.alloc(bytes.len() as u64, 8)?;
    for (at, &byte) in (addr..).zip(bytes) {
        memory.store(at, 1, u64::from(byte))?;
    }
    Ok(addr)
}

fn new_string(memory: &mut Memory, bytes: &[u8]) -> Answer {
    Ok(vec![new_bytes(memory, bytes)?, bytes.len() as u64])
}

fn copy(memory: &mut Memory, dst: u64, src: u64, n: u64) -> Answer {
    if n > 0 {
        memory.copy(dst, src, n)?;
    }
    Ok(Vec::new())
}

fn zero(memory: &mut Memory, addr: u64, n: u64) -> Answer {
    if n > 0 {
        memory.zero(addr, n)?;
    }
    Ok(Vec::new())
}

/// Room for `n` elements.
fn elements(memory: &mut Memory, ty: u64, n: u64, code: PanicCode) -> Answer {
    let size = type_size(memory, ty)?;
    match size.checked_mul(n) {
        Some(bytes) if bytes <= MAX_ALLOC_BYTES && n <= i64::MAX as u64 => Ok(vec![memory.alloc(bytes, 16)?]),
        _ => raise(code),
    }
}

/// Allocation, copies and comparison of bytes.
fn memory_call(memory: &mut Memory, name: &str, args: &[u64]) -> Perhaps {
    let answer = match (name, args) {
        ("mallocgc", &[n, _, _]) => Ok(vec![memory.alloc(n, 16)?]),
        ("newobject", &[ty]) => elements(memory, ty, 1, PanicCode::AllocSize),
        ("newarray", &[ty, n]) => elements(memory, ty, n, PanicCode::AllocSize),
        ("makeslice", &[ty, len, cap]) => {
            let size = type_size(memory, ty)?;
            let fits = |n: u64| size.checked_mul(n).is_some_and(|n| n <= MAX_ALLOC_BYTES);
            match () {
                () if len > i64::MAX as u64 || !fits(len) => raise(PanicCode::MakeSliceLen),
                () if cap < len || cap > i64::MAX as u64 || !fits(cap) => raise(PanicCode::MakeSliceCap),
                () => elements(memory, ty, cap, PanicCode::MakeSliceCap),
            }
        }
        ("growslice", &[old, len, cap, n_new, ty]) => {
            let size = type_size(memory, ty)?;
            let room = if len > i64::MAX as u64 { len } else { len.max(cap.saturating_mul(2)) };
            let mut words = elements(memory, ty, room, PanicCode::GrowSliceLen)?;
            copy(memory, words[0], old, (len - n_new) * size)?;
            words.push(room);
            Ok(words)
        }
        ("memmove", &[dst, src, n]) => copy(memory, dst, src, n),
        ("memclrNoHeapPointers", &[addr, n]) | ("memclrHasPointers", &[addr, n, _]) => zero(memory, addr, n),
        ("memequal", &[a, b, n]) => {
            let is_equal = n == 0 || memory.bytes(a, n)? == memory.bytes(b, n)?;
            Ok(vec![u64::from(is_equal)])
        }
        ("typedmemmove", &[ty, dst, src]) => {
            let size = type_size(memory, ty)?;
            copy(memory, dst, src, size)
        }
        ("typedmemclr", &[ty, addr]) => {
            let size = type_size(memory, ty)?;
            zero(memory, addr, size)
        }
        ("typedslicecopy", &[ty, dst, dst_len, src, src_len]) => {
            let n = dst_len.min(src_len);
            let bytes = n * type_size(memory, ty)?;
            copy(memory, dst, src, bytes)?;
            Ok(vec![n])
        }
        _ => return Ok(None),
    };
    answer.map(Some)
}

/// Strings, and the names of types.
fn string_call(memory: &mut Memory, name: &str, args: &[u64]) -> Perhaps {
    let answer = match (name, args) {
        ("concatstrings", &[parts, n]) => {
            let mut all = Vec::new();
            for idx in 0..n {
                let (data, len) = (memory.load(parts + 16 * idx, 8)?, memory.load(parts + 16 * idx + 8, 8)?);
                all.extend_from_slice(string(memory, data, len)?);
            }
            new_string(memory, &all)
        }
        ("cmpstring", &[a, a_len, b, b_len]) => {
            let order = string(memory, a, a_len)?.cmp(string(memory, b, b_len)?);
            Ok(vec![(order as i64) as u64])
        }
        ("intstring", &[rune]) => new_string(memory, text::encode_rune(rune).as_bytes()),
        ("slicebytetostring", &[data, len]) => {
            let bytes = string(memory, data, len)?.to_vec();
            new_string(memory, &bytes)
        }
        ("stringtoslicebyte", &[data, len]) => {
            let bytes = string(memory, data, len)?.to_vec();
            Ok(vec![new_bytes(memory, &bytes)?, len])
        }
        ("stringtoslicerune", &[data, len]) => {
            let bytes = string(memory, data, len)?.to_vec();
            let (mut at, mut runes) = (0, Vec::new());
            while at < bytes.len() {
                let (rune, next) = text::decode_rune(&bytes, at);
                runes.extend_from_slice(&rune.to_le_bytes());
                at = next;
            }
            Ok(vec![new_bytes(memory, &runes)?, runes.len() as u64 / 4])
        }
        ("slicerunetostring", &[data, len]) => {
            let runes = (0..len).map(|idx| memory.load(data + 4 * idx, 4));
            let runes: Vec<u64> = runes.collect::<Result<_, _>>()?;
            let text: String = runes.into_iter().map(text::encode_rune).collect();
            new_string(memory, text.as_bytes())
        }
        ("decoderune", &[data, len, at]) => {
            let (rune, next) = text::decode_rune(string(memory, data, len)?, at as usize);
            Ok(vec![u64::from(rune), next as u64])
        }
        ("countrunes", &[data, len]) => {
            let bytes = string(memory, data, len)?;
            let (mut at, mut n) = (0, 0);
            while at < bytes.len() {
                (_, at) = text::decode_rune(bytes, at);
                n += 1;
            }
            Ok(vec![n])
        }
        ("typeString", &[ty]) => {
            let name = TYPES + memory.load(ty + offset_of!(Type, str_off) as u64, 4)?;
            let (start, len) = name_extent(memory, name)?;
            let star = u64::from(has_flag(memory, ty, TFLAG_EXTRA_STAR)?);
            Ok(vec![start + star, len - star])
        }
        _ => return Ok(None),
    };
    answer.map(Some)
}

/// Divides complex numbers by Smith's method, with the infinities and zeros of C99, annex G.5.1.
fn divide([a, b]: [f64; 2], [c, d]: [f64; 2]) -> (f64, f64) {
    let smith = match c.abs() >= d.abs() {
        true => {
            let ratio = d / c;
            let scale = c + ratio * d;
            ((a + b * ratio) / scale, (b - a * ratio) / scale)
        }
        false => {
            let ratio = c / d;
            let scale = d + ratio * c;
            ((a * ratio + b) / scale, (b * ratio - a) / scale)
        }
    };
    if !(smith.0.is_nan() && smith.1.is_nan()) {
        return smith;
    }
    let unit = |x: f64| (if x.is_infinite() { 1.0f64 } else { 0.0 }).copysign(x);
    let is_finite = |x: f64, y: f64| x.is_finite() && y.is_finite();
    match () {
        () if c == 0.0 && d == 0.0 && !(a.is_nan() && b.is_nan()) => {
            let infinity = f64::INFINITY.copysign(c);
            (infinity * a, infinity * b)
        }
        () if (a.is_infinite() || b.is_infinite()) && is_finite(c, d) => {
            let (a, b) = (unit(a), unit(b));
            (f64::INFINITY * (a * c + b * d), f64::INFINITY * (b * c - a * d))
        }
        () if (c.is_infinite() || d.is_infinite()) && is_finite(a, b) => {
            let (c, d) = (unit(c), unit(d));
            (0.0 * (a * c + b * d), 0.0 * (b * c - a * d))
        }
        () => smith,
    }
}
