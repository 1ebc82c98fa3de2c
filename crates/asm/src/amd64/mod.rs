//! amd64: forms of instructions, and the bytes they become.

mod emit;
mod form;
mod table;

/// The number of a jump's condition.
pub fn condition(jump: &str) -> Option<u8> {
    let name = table::ALIASES.iter().find(|(alias, _)| *alias == jump).map_or(jump, |(_, name)| *name);
    let condition = name.strip_prefix('J')?;
    table::CONDITIONS.iter().position(|name| *name == condition).map(|number| number as u8)
}

pub use emit::{Encoded, Fixup, encode};
