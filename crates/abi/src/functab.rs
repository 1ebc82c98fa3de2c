//! Functab: what the runtime knows of each function, by address.
//!
//! One table in the image, at the symbol `runtime.functab`, written by the linker from what codegen says of each function. The
//! runtime looks up a program counter to print a traceback, to decide whether `recover` applies, and to decide whether a
//! goroutine may be preempted here. The table is one block; all offsets count from its first byte unless said otherwise.
//!
//! ```text
//! Header | FuncEntry * n_funcs, sorted by start | strings | streams
//! string: uleb length, bytes
//! stream: uleb n_rows,    { uleb pc_delta, sleb line_delta, uleb inline } * n_rows
//!         uleb n_inlines, { uleb parent, uleb name, uleb file, uleb call_line, uleb flags } * n_inlines
//!         uleb n_unsafe,  { uleb pc_delta, uleb length } * n_unsafe
//!         uleb n_bare,    { uleb pc_delta, uleb length } * n_bare
//!         uleb n_depths,  { uleb pc_delta, uleb depth } * n_depths          (with FUNC_FROM_SP)
//! ```
//!
//! A row holds from its pc to the next row's; pcs and range starts are deltas from the one before, the first from the function's entry; the
//! first line delta counts from `FuncEntry::line`. `inline` and `parent` are 0 (the function itself) or 1 + the index of an inlined call.
//! A row's line belongs to its innermost inlined function. `unsafe` ranges admit no preemption; in `bare` ranges the frame pointer is the
//! caller's again and the stack pointer points to the return address (epilogues). A depth says from its pc on how many bytes the stack
//! pointer is below the return address.

use core::mem::size_of;

/// First word of the table.
pub const MAGIC: u32 = 0x4e46_4752;
/// The symbol of the table.
pub const SYMBOL: &str = "runtime.functab";

/// The head of the table.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Header {
    /// [`MAGIC`].
    pub magic: u32,
    /// Number of [`FuncEntry`]s; they follow this head.
    pub n_funcs: u32,
    /// Address that [`FuncEntry::start`] counts from.
    pub text: u64,
    /// Where strings begin; string offsets count from there.
    pub strings_off: u32,
    /// Where streams begin; stream offsets count from there.
    pub streams_off: u32,
}

/// A function.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FuncEntry {
    /// First byte, the stack-check prefix included, counted from [`Header::text`].
    pub start: u32,
    /// The byte behind the last.
    pub end: u32,
    /// Name as `runtime.FuncForPC` shows it.
    pub name: u32,
    /// File of the declaration.
    pub file: u32,
    /// Line of the declaration.
    pub line: u32,
    /// Its stream.
    pub stream: u32,
    /// Id of the calling shape, for functions that reflection can reach; else 0.
    pub shape: u32,
    /// Bytes from `start` to the entry, the address that calls use.
    pub entry: u8,
    /// Bytes from the entry to where the frame is made.
    pub frame_made: u8,
    /// `FUNC_*`.
    pub flags: u16,
}

/// A wrapper that the compiler made: not shown in tracebacks, passed over by `recover`.
pub const FUNC_WRAPPER: u16 = 1;
/// Compiled Go that may be preempted outside its unsafe ranges.
pub const FUNC_PREEMPTIBLE: u16 = 2;
/// Takes arguments: shown as `f(...)`.
pub const FUNC_HAS_ARGS: u16 = 4;
/// Part of the runtime archive.
pub const FUNC_RUNTIME: u16 = 8;
/// The frame pointer says nothing here (assembly): the frame is found from the stack pointer, by the list of depths. Where the depth is
/// not 0 the word below the return address is the caller's frame pointer, if the caller has one.
pub const FUNC_FROM_SP: u16 = 32;
/// Of an inlined call: it is none, but a part of its parent that `//line` moved to another file.
pub const FUNC_PART: u16 = 16;

const _: () = {
    assert!(size_of::<Header>() == 24);
    assert!(size_of::<FuncEntry>() == 32);
};

/// Reads the streams.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A reader of `bytes`.
    pub const fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { bytes }
    }

    fn byte(&mut self) -> u8 {
        match self.bytes.split_first() {
            Some((&first, rest)) => {
                self.bytes = rest;
                first
            }
            None => 0,
        }
    }

    /// The next unsigned number; 0 behind the end.
    pub fn uleb(&mut self) -> u32 {
        let (mut value, mut shift) = (0, 0);
        loop {
            let byte = self.byte();
            value |= ((byte & 0x7f) as u32) << shift;
            shift += 7;
            if byte & 0x80 == 0 || shift > 28 {
                return value;
            }
        }
    }

    /// The next signed number (zigzag).
    pub fn sleb(&mut self) -> i32 {
        let value = self.uleb();
        (value >> 1) as i32 ^ -((value & 1) as i32)
    }

    /// The next string.
    pub fn string(&mut self) -> &'a [u8] {
        let len = self.uleb() as usize;
        let (string, rest) = self.bytes.split_at(len.min(self.bytes.len()));
        self.bytes = rest;
        string
    }
}

#[cfg(feature = "write")]
pub use write::{FuncInfo, Inline, Row, write};

#[cfg(feature = "write")]
mod write {
    //! Makes the table.

    extern crate alloc;
    use super::{FuncEntry, Header, MAGIC};
    use alloc::collections::BTreeMap;
    use alloc::string::String;
    use alloc::vec::Vec;
    use core::mem::size_of;

    /// What codegen and the linker know of a function.
    #[derive(Clone, Debug, Default)]
    pub struct FuncInfo {
        /// First byte and the byte behind the last, counted from the start of the text.
        pub start: u32,
        /// See `start`.
        pub end: u32,
        /// The function's name.
        pub name: String,
        /// File and line of the declaration.
        pub file: String,
        /// See `file`.
        pub line: u32,
        /// See [`FuncEntry`].
        pub shape: u32,
        /// See [`FuncEntry`].
        pub entry: u8,
        /// See [`FuncEntry`].
        pub frame_made: u8,
        /// See [`FuncEntry`].
        pub flags: u16,
        /// Sorted by pc.
        pub rows: Vec<Row>,
        /// Inlined calls; a parent comes before its children.
        pub inlines: Vec<Inline>,
        /// Sorted ranges of pcs, counted from the entry.
        pub unsafe_ranges: Vec<(u32, u32)>,
        /// Sorted ranges of pcs, counted from the entry.
        pub bare_ranges: Vec<(u32, u32)>,
        /// Sorted, pcs counted from the entry; with `FUNC_FROM_SP`.
        pub depths: Vec<(u32, u32)>,
    }

    /// From this pc on.
    #[derive(Clone, Copy, Debug)]
    pub struct Row {
        /// Counted from the entry.
        pub pc: u32,
        /// Line in the innermost inlined function's file.
        pub line: u32,
        /// 0, or 1 + the index of an inlined call.
        pub inline: u32,
    }

    /// An inlined call.
    #[derive(Clone, Debug)]
    pub struct Inline {
        /// 0, or 1 + the index of the inlined call that this one is in.
        pub parent: u32,
        /// The function that was inlined.
        pub name: String,
        /// Its file.
        pub file: String,
        /// Line of the call, in the parent's file.
        pub call_line: u32,
        /// `FUNC_*`.
        pub flags: u16,
    }

    #[derive(Default)]
    struct Strings {
        bytes: Vec<u8>,
        offsets: BTreeMap<String, u32>,
    }

    impl Strings {
        fn add(&mut self, string: &str) -> u32 {
            if let Some(&off) = self.offsets.get(string) {
                return off;
            }
            let off = self.bytes.len() as u32;
            uleb(&mut self.bytes, string.len() as u32);
            self.bytes.extend_from_slice(string.as_bytes());
            self.offsets.insert(string.into(), off);
            off
        }
    }

    fn uleb(out: &mut Vec<u8>, mut value: u32) {
        loop {
            let byte = (value & 0x7f) as u8;
            value >>= 7;
            if value == 0 {
                out.push(byte);
                return;
            }
            out.push(byte | 0x80);
        }
    }

    fn sleb(out: &mut Vec<u8>, value: i32) {
        uleb(out, ((value << 1) ^ (value >> 31)) as u32);
    }

    fn ranges(out: &mut Vec<u8>, ranges: &[(u32, u32)]) {
        uleb(out, ranges.len() as u32);
        let mut last = 0;
        for &(start, end) in ranges {
            uleb(out, start - last);
            uleb(out, end - start);
            last = start;
        }
    }

    fn stream(out: &mut Vec<u8>, strings: &mut Strings, func: &FuncInfo) {
        uleb(out, func.rows.len() as u32);
        let (mut pc, mut line) = (0, func.line);
        for row in &func.rows {
            uleb(out, row.pc - pc);
            sleb(out, row.line.wrapping_sub(line) as i32);
            uleb(out, row.inline);
            (pc, line) = (row.pc, row.line);
        }
        uleb(out, func.inlines.len() as u32);
        for inline in &func.inlines {
            uleb(out, inline.parent);
            uleb(out, strings.add(&inline.name));
            uleb(out, strings.add(&inline.file));
            uleb(out, inline.call_line);
            uleb(out, inline.flags as u32);
        }
        ranges(out, &func.unsafe_ranges);
        ranges(out, &func.bare_ranges);
        if func.flags & super::FUNC_FROM_SP != 0 {
            uleb(out, func.depths.len() as u32);
            let mut last = 0;
            for &(start, depth) in &func.depths {
                uleb(out, start - last);
                uleb(out, depth);
                last = start;
            }
        }
    }

    /// Makes the table for `funcs`, sorted by `start`, of an image whose text begins at `text`.
    pub fn write(text: u64, funcs: &[FuncInfo]) -> Vec<u8> {
        let mut strings = Strings::default();
        let mut streams = Vec::new();
        let mut entries = Vec::with_capacity(funcs.len());
        for func in funcs {
            let off = streams.len() as u32;
            stream(&mut streams, &mut strings, func);
            entries.push(FuncEntry {
                start: func.start,
                end: func.end,
                name: strings.add(&func.name),
                file: strings.add(&func.file),
                line: func.line,
                stream: off,
                shape: func.shape,
                entry: func.entry,
                frame_made: func.frame_made,
                flags: func.flags,
            });
        }
        let strings_off = size_of::<Header>() + entries.len() * size_of::<FuncEntry>();
        let streams_off = strings_off + strings.bytes.len();
        let mut out = Vec::with_capacity(streams_off + streams.len());
        out.extend_from_slice(&MAGIC.to_le_bytes());
        out.extend_from_slice(&(entries.len() as u32).to_le_bytes());
        out.extend_from_slice(&text.to_le_bytes());
        out.extend_from_slice(&(strings_off as u32).to_le_bytes());
        out.extend_from_slice(&(streams_off as u32).to_le_bytes());
        for entry in &entries {
            let words = [
                entry.start,
                entry.end,
                entry.name,
                entry.file,
                entry.line,
                entry.stream,
                entry.shape,
                entry.entry as u32 | (entry.frame_made as u32) << 8 | (entry.flags as u32) << 16,
            ];
            words.iter().for_each(|word| out.extend_from_slice(&word.to_le_bytes()));
        }
        out.extend_from_slice(&strings.bytes);
        out.extend_from_slice(&streams);
        out
    }
}

#[cfg(all(test, feature = "write"))]
mod tests {
    extern crate alloc;
    use super::*;
    use alloc::{vec, vec::Vec};

    #[test]
    fn written_table_reads_back() {
        let func = FuncInfo {
            start: 16,
            end: 80,
            name: "main.f".into(),
            file: "a.go".into(),
            line: 10,
            rows: vec![Row { pc: 0, line: 10, inline: 0 }, Row { pc: 300, line: 5, inline: 1 }],
            inlines: vec![Inline {
                parent: 0,
                name: "main.g".into(),
                file: "a.go".into(),
                call_line: 11,
                flags: 0,
            }],
            unsafe_ranges: vec![(4, 9)],
            ..FuncInfo::default()
        };
        let table = write(0x40_0000, &[func]);
        let word = |off: usize| u32::from_le_bytes(table[off..off + 4].try_into().unwrap());
        assert_eq!((word(0), word(4), word(8)), (MAGIC, 1, 0x40_0000));
        let (strings, streams) = (word(16) as usize, word(20) as usize);
        let name = word(24 + 8) as usize;
        assert_eq!(Reader::new(&table[strings + name..]).string(), b"main.f");
        let mut reader = Reader::new(&table[streams..]);
        let numbers: Vec<i64> = vec![
            reader.uleb() as i64,
            reader.uleb() as i64,
            reader.sleb() as i64,
            reader.uleb() as i64,
            reader.uleb() as i64,
            reader.sleb() as i64,
            reader.uleb() as i64,
        ];
        assert_eq!(numbers, [2, 0, 0, 0, 300, -5, 1]);
    }
}
