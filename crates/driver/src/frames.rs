//! Functions whose frames are too large.

use source::{FileId, Pos, SourceMap};
use ssa::{Func, Op};

/// gc's limit.
const MAX_FRAME_BYTES: u64 = 1 << 30;

/// Finds the functions whose slots go beyond the limit.
pub(crate) fn too_large(program: &ssa::Program, map: &SourceMap) -> Vec<lower::Error> {
    let large = program.funcs.iter().map(|func| (func, frame_bytes(func)));
    let large = large.filter(|(_, bytes)| *bytes > MAX_FRAME_BYTES);
    let error = |(func, bytes): (&Func, u64)| lower::Error {
        pos: position(func, map),
        text: format!("stack frame too large (>1GB): {} MB locals + 0 MB args", bytes >> 20),
    };
    large.map(error).collect()
}

/// The bytes of the slots that a function uses; passes leave unused ones in the table.
fn frame_bytes(func: &Func) -> u64 {
    let all: u64 = func.slots.iter().map(|slot| u64::from(slot.size)).sum();
    if all <= MAX_FRAME_BYTES {
        return all;
    }
    let mut is_used = vec![false; func.slots.len()];
    for inst in func.layout.iter().flat_map(|block| &func.blocks[block.index()].insts) {
        if let Op::SlotAddr { slot, .. } = func.insts[inst.index()].op {
            is_used[slot.index()] = true;
        }
    }
    func.slots.iter().zip(is_used).filter(|(_, used)| *used).map(|(slot, _)| u64::from(slot.size)).sum()
}

/// Where a function is declared: its name, or for a literal its line.
fn position(func: &Func, map: &SourceMap) -> Pos {
    let scope = &func.scopes[0];
    let Some(idx) = map.files.iter().position(|file| *file.name == *scope.file) else { return Pos::NONE };
    let file = &map.files[idx];
    let Some(start) = file.line_offset(scope.start_line) else { return Pos::NONE };
    let name = if file.bytes[start as usize..].starts_with(b"func ") { 5 } else { 0 };
    Pos { file: FileId(idx as u32), offset: start + name }
}
