//! Looking up functions by address (`abi::functab`).

use abi::functab::{FUNC_FROM_SP, FUNC_PART, FUNC_WRAPPER, FuncEntry, Header, MAGIC, Reader};

unsafe extern "C" {
    /// The table; the reference is weak, so its address is 0 in an image without one.
    #[link_name = "runtime.functab"]
    static FUNCTAB: Header;
}

#[cfg(not(test))]
core::arch::global_asm!(".weak runtime.functab");

fn table() -> Option<&'static Header> {
    // The compiler believes that no object lies at 0; it must not see where this address comes from.
    let addr = core::hint::black_box(&raw const FUNCTAB as usize);
    // SAFETY: if the address is not 0 the linker put a table there.
    let table = unsafe { (addr as *const Header).as_ref() };
    table.filter(|header| header.magic == MAGIC)
}

/// A function of the table.
#[derive(Clone, Copy)]
pub(crate) struct Func {
    header: &'static Header,
    entry: &'static FuncEntry,
}

/// What a traceback shows of a call: one physical frame may hold several inlined ones.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) name: &'static [u8],
    pub(crate) file: &'static [u8],
    pub(crate) line: u32,
    pub(crate) flags: u16,
    pub(crate) is_inlined: bool,
}

/// The function that holds `pc`.
pub(crate) fn find(pc: usize) -> Option<Func> {
    let header = table()?;
    let off = u32::try_from(pc.checked_sub(header.text as usize)?).ok()?;
    // SAFETY: the entries follow the head.
    let entries = unsafe {
        let first = (header as *const Header).add(1) as *const FuncEntry;
        core::slice::from_raw_parts(first, header.n_funcs as usize)
    };
    let index = entries.partition_point(|entry| entry.start <= off).checked_sub(1)?;
    let entry = &entries[index];
    (off < entry.end).then_some(Func { header, entry })
}

/// The platform's last words name functions.
#[unsafe(export_name = "rigo_function_name")]
fn function_name(pc: usize) -> Option<&'static str> {
    core::str::from_utf8(find(pc)?.name()).ok()
}

impl Func {
    fn reader(&self, off: u32) -> Reader<'static> {
        // SAFETY: offsets of the table point into it, and its reader stops by counts that stand there too.
        let bytes = unsafe {
            core::slice::from_raw_parts(
                (self.header as *const Header as *const u8).add(off as usize),
                1 << 20,
            )
        };
        Reader::new(bytes)
    }

    fn string(&self, off: u32) -> &'static [u8] {
        self.reader(self.header.strings_off + off).string()
    }

    /// The address that calls use.
    pub(crate) fn entry_pc(&self) -> usize {
        self.header.text as usize + self.entry.start as usize + self.entry.entry as usize
    }

    pub(crate) fn name(&self) -> &'static [u8] {
        self.string(self.entry.name)
    }

    pub(crate) fn flags(&self) -> u16 {
        self.entry.flags
    }

    /// Calls `visit` for each frame at `pc`, the innermost inlined one first.
    pub(crate) fn places(&self, pc: usize, mut visit: impl FnMut(Place)) {
        let pc = (pc.saturating_sub(self.entry_pc())) as u32;
        let mut reader = self.reader(self.header.streams_off + self.entry.stream);
        let (mut line, mut inline) = (self.entry.line, 0);
        let (mut row_pc, mut row_line) = (0u32, self.entry.line);
        for _ in 0..reader.uleb() {
            row_pc = row_pc.wrapping_add(reader.uleb());
            row_line = row_line.wrapping_add_signed(reader.sleb());
            let row_inline = reader.uleb();
            if row_pc <= pc {
                (line, inline) = (row_line, row_inline);
            }
        }
        let inlines = reader;
        // Set in a part of a function that `//line` moved to another file.
        let mut moved = None;
        while inline != 0 {
            let mut reader = inlines;
            let n_inlines = reader.uleb();
            let [mut parent, mut name, mut file, mut call_line, mut flags] = [0; 5];
            for _ in 0..inline.min(n_inlines) {
                [parent, name, file, call_line, flags] = [(); 5].map(|()| reader.uleb());
            }
            inline = if parent < inline { parent } else { 0 };
            let file = moved.take().unwrap_or(file);
            if flags as u16 & FUNC_PART != 0 {
                moved = Some(file);
                continue;
            }
            visit(Place {
                name: self.string(name),
                file: self.string(file),
                line,
                flags: flags as u16,
                is_inlined: true,
            });
            line = call_line;
        }
        visit(Place {
            name: self.name(),
            file: self.string(moved.unwrap_or(self.entry.file)),
            line,
            flags: self.entry.flags,
            is_inlined: false,
        });
    }

    /// Whether the function's frame is not made at `pc`, or no longer: then the stack pointer points to the return address.
    pub(crate) fn is_bare(&self, pc: usize) -> bool {
        let Some(off) = pc.checked_sub(self.entry_pc()) else { return true };
        off < self.entry.frame_made as usize || self.in_ranges(off as u32, 1)
    }

    /// Whether a goroutine may be preempted at `pc`.
    pub(crate) fn is_preemptible(&self, pc: usize) -> bool {
        use abi::functab::FUNC_PREEMPTIBLE;
        self.flags() & FUNC_PREEMPTIBLE != 0
            && !self.is_bare(pc)
            && !self.in_ranges((pc - self.entry_pc()) as u32, 0)
    }

    /// In a function whose frame is found from the stack pointer, how far that is below the return address at `pc`.
    pub(crate) fn depth(&self, pc: usize) -> Option<usize> {
        if self.flags() & FUNC_FROM_SP == 0 {
            return None;
        }
        let off = pc.checked_sub(self.entry_pc())? as u32;
        let mut reader = self.lists();
        for _ in 0..2 {
            for _ in 0..reader.uleb() * 2 {
                reader.uleb();
            }
        }
        let (mut start, mut depth) = (0u32, 0);
        for _ in 0..reader.uleb() {
            start = start.wrapping_add(reader.uleb());
            let row_depth = reader.uleb();
            if start <= off {
                depth = row_depth as usize;
            }
        }
        Some(depth)
    }

    /// The stream, from its list of unsafe ranges on.
    fn lists(&self) -> Reader<'static> {
        let mut reader = self.reader(self.header.streams_off + self.entry.stream);
        for _ in 0..reader.uleb() * 3 {
            reader.uleb();
        }
        for _ in 0..reader.uleb() * 5 {
            reader.uleb();
        }
        reader
    }

    /// Whether `off` lies in a range of list `which`: 0 unsafe, 1 bare.
    fn in_ranges(&self, off: u32, which: u32) -> bool {
        let mut reader = self.lists();
        let mut found = false;
        for list in 0..=which {
            let mut start = 0u32;
            found = false;
            for _ in 0..reader.uleb() {
                start = start.wrapping_add(reader.uleb());
                let len = reader.uleb();
                found |= list == which && (start..start.wrapping_add(len)).contains(&off);
            }
        }
        found
    }

    /// Whether it is compiled Go: functions of the archive have no file.
    pub(crate) fn is_compiled(&self) -> bool {
        !self.string(self.entry.file).is_empty()
    }

    /// Whether the compiler made this function around another.
    pub(crate) fn is_wrapper(&self) -> bool {
        self.flags() & FUNC_WRAPPER != 0
    }
}
