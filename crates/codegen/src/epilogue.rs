//! A shorter epilogue on amd64.
//!
//! Cranelift ends a function with `add rsp, n; mov rsp, rbp; pop rbp; ret`. The `mov` changes nothing, because the
//! `add` has already released the frame (without a frame there is nothing to release), but it makes the
//! stack pointer depend on the frame pointer that the callee has just reloaded: a chain through memory over all
//! returns, which costs a third of the time of call-heavy code (`cranelift.md` 7). It becomes a nop.

use iced_x86::{Code, Decoder, DecoderOptions, FlowControl, Instruction, Register};
use obj::Machine;

/// Instructions of a machine block up to the first that does not go on to the next; behind that there may be
/// jump tables.
pub(crate) fn instructions<'a>(
    body: &'a [u8],
    start: u32,
    end: u32,
) -> impl Iterator<Item = (u32, Instruction)> + 'a {
    let mut decoder =
        Decoder::with_ip(64, &body[start as usize..end as usize], u64::from(start), DecoderOptions::NONE);
    let mut is_over = false;
    std::iter::from_fn(move || {
        if is_over || !decoder.can_decode() {
            return None;
        }
        let instruction = decoder.decode();
        is_over = matches!(
            instruction.flow_control(),
            FlowControl::Return
                | FlowControl::UnconditionalBranch
                | FlowControl::IndirectBranch
                | FlowControl::Exception
        );
        Some((instruction.ip() as u32, instruction))
    })
}

/// Begins and ends of the machine blocks.
pub(crate) fn machine_blocks(starts: &[u32], len: u32) -> Vec<(u32, u32)> {
    let ends = starts.iter().skip(1).copied().chain([len]);
    starts.iter().copied().zip(ends).collect()
}

/// Replaces each needless `mov rsp, rbp`.
pub(crate) fn shorten(machine: Machine, body: &mut [u8], starts: &[u32]) {
    if machine != Machine::Amd64 {
        return;
    }
    let mut found = Vec::new();
    for (start, end) in machine_blocks(starts, body.len() as u32) {
        let list: Vec<(u32, Instruction)> = instructions(body, start, end).collect();
        if let [.., (at, mov), (_, pop), (_, ret)] = list[..]
            && is_move_to_sp(&mov)
            && pop.code() == Code::Pop_r64
            && pop.op0_register() == Register::RBP
            && ret.flow_control() == FlowControl::Return
        {
            found.push(at);
        }
    }
    for at in found {
        body[at as usize..at as usize + 3].copy_from_slice(&[0x0f, 0x1f, 0x00]);
    }
}

fn is_move_to_sp(instruction: &Instruction) -> bool {
    let registers = (instruction.op0_register(), instruction.op1_register());
    instruction.len() == 3
        && matches!(instruction.code(), Code::Mov_r64_rm64 | Code::Mov_rm64_r64)
        && registers == (Register::RSP, Register::RBP)
}
