//! Veneers of riscv64: `auipc t6; jr t6` in the middle of a function, for branches that do not reach their target.
//!
//! Cranelift (0.135) puts them between any two instructions and jumps around them. A compressed jump reaches 2 KiB; where so many branches are open
//! that their veneers may need more, the jump around gets a veneer itself, which is executed and destroys t6. Between the instructions
//! that make a large constant in t6 and add it to the stack pointer that is fatal. Without compressed instructions a jump reaches 1 MiB and gets no
//! veneer. So a function that has any is compiled again without.

/// `auipc t6, _`
const AUIPC_T6: u32 = 0xf97;
const AUIPC_MASK: u32 = 0xfff;
/// `jalr zero, _(t6)`
const JUMP_T6: u32 = 0xf8067;
const JUMP_MASK: u32 = 0xf_ffff;

/// Whether code of riscv64 has a veneer. Bytes of other machines may look like one.
pub(crate) fn is_there(code: &[u8]) -> bool {
    code.windows(8).step_by(2).any(|bytes| {
        let word = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        word(0) & AUIPC_MASK == AUIPC_T6 && word(4) & JUMP_MASK == JUMP_T6
    })
}

#[cfg(test)]
mod tests {
    use super::is_there;

    #[test]
    fn a_veneer_is_recognised() {
        // c.j; auipc t6, 0x4; jalr zero, 1248(t6)
        assert!(is_there(&[0x01, 0xa0, 0x97, 0x4f, 0x00, 0x00, 0x67, 0x80, 0x0f, 0x4e]));
        // auipc t5; jalr zero, 0(t5)
        assert!(!is_there(&[0x17, 0x0f, 0x00, 0x00, 0x67, 0x00, 0x0f, 0x00]));
    }
}
