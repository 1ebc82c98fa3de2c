//! Export data: what importers need of a declared package, as bytes.
//!
//! The bytes name things by package path and name, never by number or address, and hold positions as package,
//! file number within it and offset. So equal packages give equal bytes in any request, and what was read
//! back is written as the same bytes again.
//!
//! First come the strings; then the names and kinds of all package-level objects, so that types may refer to
//! each other in any order; then what each of them is. A composite type is written where it is used; declared
//! types and type parameters are written as references, which ends every recursion.
//!
//! Types declared within functions cannot be part of a package-level object's type, so they never occur.

mod read;
mod write;

use source::{FileId, Pos};

use crate::model::Package;
use crate::session::{FIRST, Session};

/// The beginning of all export data; the number counts the changes of the format.
const MAGIC: &[u8] = b"rigo export 1\n";

/// The kinds of package-level objects.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
enum Kind {
    Const,
    Named,
    Alias,
    // A type name in error: what it stands for has no declaration of its own.
    OtherType,
    Var,
    Func,
}

const KINDS: [Kind; 6] = [Kind::Const, Kind::Named, Kind::Alias, Kind::OtherType, Kind::Var, Kind::Func];

/// What a type begins with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
enum Tag {
    Basic,
    Ref,
    NamedInstance,
    AliasInstance,
    Pointer,
    Slice,
    Array,
    Map,
    Chan,
    Struct,
    Tuple,
    Signature,
    Interface,
    Comparable,
    Union,
    TypeParam,
}

const TAGS: [Tag; 16] = [
    Tag::Basic,
    Tag::Ref,
    Tag::NamedInstance,
    Tag::AliasInstance,
    Tag::Pointer,
    Tag::Slice,
    Tag::Array,
    Tag::Map,
    Tag::Chan,
    Tag::Struct,
    Tag::Tuple,
    Tag::Signature,
    Tag::Interface,
    Tag::Comparable,
    Tag::Union,
    Tag::TypeParam,
];

/// Returns the export data of a package that has been declared.
pub fn export<'s>(session: &Session<'s>, pkg: &'s Package<'s>) -> Vec<u8> {
    write::Writer::new(session, pkg).package()
}

/// Declares package `index` of the session from its export data, in place of [`Session::declare`]. Its imports must have
/// been declared. The error says what is wrong with the bytes.
pub fn import<'s>(session: &'s Session<'s>, index: u32, bytes: &[u8]) -> Result<(), String> {
    read::Reader::new(session, index, bytes)?.package()
}

/// Returns the package of a file and the file's number in it, looking first in package `first`.
fn file_of(session: &Session<'_>, first: u32, file: FileId) -> Option<(u32, u32)> {
    let all = (FIRST..).take(session.inputs.len());
    std::iter::once(first).chain(all).find_map(|index| {
        let input = session.inputs.get(index.checked_sub(FIRST)? as usize)?;
        let idx = input.files.iter().position(|other| other.id == file)?;
        Some((index, idx as u32))
    })
}

/// Returns the position of `offset` in file `idx` of a package.
fn pos_in(session: &Session<'_>, index: u32, idx: u32, offset: u32) -> Option<Pos> {
    let input = session.inputs.get(index.checked_sub(FIRST)? as usize)?;
    Some(Pos { file: input.files.get(idx as usize)?.id, offset })
}
