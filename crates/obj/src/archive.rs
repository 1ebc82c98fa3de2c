//! Reads `ar` archives.
//!
//! A member is read only when one of its symbols is wanted; the archive's symbol index says which member
//! defines what. So the index is the interface: [`Archive::member_of`] and [`Archive::read_member`].

use crate::{Object, elf};
use object::read::archive::{ArchiveFile, ArchiveOffset};
use rustc_hash::FxHashMap;
use std::fmt;

/// Why bytes are no object, in words that follow the file's name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReadError(pub String);

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ReadError {}

impl From<object::read::Error> for ReadError {
    fn from(error: object::read::Error) -> ReadError {
        ReadError(error.to_string())
    }
}

/// An archive that stays in memory.
#[derive(Debug)]
pub struct Archive<'data> {
    name: String,
    bytes: &'data [u8],
    file: ArchiveFile<'data>,
    // Symbol to place of its member.
    index: FxHashMap<&'data [u8], u64>,
}

impl<'data> Archive<'data> {
    /// Reads the archive's index.
    pub fn new(name: &str, bytes: &'data [u8]) -> Result<Archive<'data>, ReadError> {
        let file = ArchiveFile::parse(bytes)?;
        let mut index = FxHashMap::default();
        if let Some(symbols) = file.symbols()? {
            for symbol in symbols {
                let symbol = symbol?;
                index.entry(symbol.name()).or_insert(symbol.offset().0);
            }
        }
        Ok(Archive { name: name.to_string(), bytes, file, index })
    }

    /// The member that defines a symbol; a number to be given to `read_member`.
    pub fn member_of(&self, symbol: &str) -> Option<u64> {
        self.index.get(symbol.as_bytes()).copied()
    }

    /// Every symbol of the index with its member, in no particular order.
    pub fn symbols(&self) -> impl Iterator<Item = (&'data [u8], u64)> + '_ {
        self.index.iter().map(|(&name, &member)| (name, member))
    }

    /// Reads a member.
    pub fn read_member(&self, member: u64) -> Result<Object, ReadError> {
        let member = self.file.member(ArchiveOffset(member))?;
        let name = format!("{}({})", self.name, String::from_utf8_lossy(member.name()));
        elf::read(&name, member.data(self.bytes)?)
    }
}

/// Reads every object of an archive, in order. Members that are no ELF files are passed over: rustc puts
/// its metadata there.
pub fn read(name: &str, bytes: &[u8]) -> Result<Vec<Object>, ReadError> {
    let file = ArchiveFile::parse(bytes)?;
    let mut objects = Vec::new();
    for member in file.members() {
        let member = member?;
        let data = member.data(bytes)?;
        if data.starts_with(b"\x7fELF") {
            objects.push(elf::read(&format!("{name}({})", String::from_utf8_lossy(member.name())), data)?);
        }
    }
    Ok(objects)
}
