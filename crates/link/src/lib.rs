//! Objects to an image: static, symbol by symbol.
//!
//! Linking is a straight line: names are resolved, what nothing reaches is dropped, sections get
//! addresses, the tables for the runtime are made, relocations are filled in, the file is put together.
//! The bytes depend on the objects and their order alone.
//!
//! Start reading at [`link`].

mod debug;
mod elf;
mod functab;
mod layout;
mod reach;
mod relocate;
mod resolve;
mod riscv64;

use std::fmt;

use obj::{Machine, Object};

/// What is asked of the linker.
#[derive(Clone, Debug)]
pub struct Options {
    /// The symbol where the image begins; its section is the first of the code.
    pub entry: String,
    /// The address of the first byte of code.
    pub text_addr: u64,
    /// Write a symbol table.
    pub symbols: bool,
    /// Write debug information.
    pub debug: bool,
}

/// The usual place of static programs on Linux.
pub const LINUX_TEXT: u64 = 0x40_1000;
/// Where OpenSBI jumps to on machines with memory at 2 GiB (its `FW_JUMP_ADDR`), QEMU's `virt` among them.
pub const OPENSBI_TEXT: u64 = 0x8020_0000;

/// The bytes of an executable file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Image {
    /// An ELF file.
    pub bytes: Vec<u8>,
    /// Which of its bytes stand in memory, from the first of the code to the last variable that is not zero.
    loaded: std::ops::Range<usize>,
}

impl Image {
    /// The image as a boot loader without ELF copies it to its place.
    pub fn flat(&self) -> &[u8] {
        &self.bytes[self.loaded.clone()]
    }
}

/// What keeps objects from becoming an image.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Error {
    /// A symbol that is mentioned and not defined.
    Undefined {
        /// The symbol.
        symbol: String,
        /// A section that mentions it.
        by: String,
    },
    /// A symbol that two objects define.
    Duplicate {
        /// The symbol.
        symbol: String,
        /// The objects.
        objects: [String; 2],
    },
    /// A distance that does not fit into its relocation.
    OutOfRange {
        /// The section with the relocation.
        section: String,
        /// The symbol it points to.
        symbol: String,
    },
    /// A relocation that this linker does not know for this processor.
    Unsupported {
        /// The section with the relocation.
        section: String,
        /// The relocation.
        relocation: String,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Undefined { symbol, by } => write!(f, "{by}: relocation target {symbol} not defined"),
            Error::Duplicate { symbol, objects: [a, b] } => {
                write!(f, "duplicated definition of symbol {symbol}, from {a} and {b}")
            }
            Error::OutOfRange { section, symbol } => {
                write!(f, "{section}: the address of {symbol} is out of range")
            }
            Error::Unsupported { section, relocation } => {
                write!(f, "{section}: relocation {relocation} cannot be linked")
            }
        }
    }
}

impl std::error::Error for Error {}

/// Links objects. Of equal symbols the earlier object's is taken, as `obj::Binding` says.
pub fn link(objects: &[Object], options: &Options) -> Result<Image, Vec<Error>> {
    let machine = objects.first().map_or(Machine::Amd64, |object| object.machine);
    let symbols = resolve::resolve(objects)?;
    let live = reach::reach(objects, &symbols, &options.entry)?;
    let mut layout = layout::Layout::new(objects, &symbols, &live, machine, options);
    layout.add_functab(functab::functab(objects, &layout));
    // From here on no section is added and none dropped; only bytes are open.
    let contents = relocate::relocate(objects, &symbols, &layout)?;
    let end = layout.data.addr + layout.data.file_bytes - layout.base;
    let loaded = layout::HEADERS as usize..end as usize;
    Ok(Image { bytes: elf::write(objects, &symbols, &layout, &contents, options), loaded })
}
