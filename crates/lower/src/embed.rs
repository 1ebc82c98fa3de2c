//! `//go:embed`: variables whose contents are files.
//!
//! A string points to the bytes; a slice points to a copy that the program may change; an `embed.FS` points to a
//! slice of its files and folders, in the order in which package `embed` searches.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use ssa::{Data, DataReloc, DataRelocKind};
use types::{Embed, FIRST, Obj};

use crate::layout::{Kind, TypeId};
use crate::program::Program;

/// Bytes of a slice, with which the files of an `embed.FS` begin.
const SLICE_BYTES: u64 = 24;
/// Bytes of a file's record in an `embed.FS`: name, data, and 16 bytes for a hash that nothing reads.
const RECORD_BYTES: u64 = 48;

impl<'s> Program<'_, 's> {
    /// What `//go:embed` says of a package variable.
    fn embed_of(&self, var: Obj<'s>) -> Option<&'s Embed> {
        let pkg = var.pkg?.index;
        let input = self.session.inputs.get(pkg.checked_sub(FIRST)? as usize)?;
        input.embeds.iter().find(|embed| embed.var == var.name)
    }

    /// Fills the datum of a variable, if files are to be embedded in it.
    pub fn embed(&mut self, var: Obj<'s>, ty: TypeId, data: &mut Data) {
        let Some(embed) = self.embed_of(var) else { return };
        let kind = self.data(ty).kind.clone();
        match (&kind, &embed.files[..]) {
            (Kind::Struct(_), files) => {
                let files = self.embedded_files(&data.name, files);
                put_address(data, 0, &files, 0);
            }
            (_, [(_, bytes)]) => {
                let is_slice = matches!(kind, Kind::Slice(_));
                let target: Rc<str> =
                    if is_slice { self.embedded_bytes(&data.name, bytes) } else { self.bytes_symbol(bytes) };
                put_list(data, 0, &target, bytes.len(), is_slice);
            }
            (kind, _) => {
                let name = if matches!(kind, Kind::Slice(_)) { "[]byte" } else { "string" };
                self.error(embed.pos, format!("invalid go:embed: multiple files for type {name}"));
            }
        }
    }

    /// Bytes that the program may change.
    fn embedded_bytes(&mut self, var: &str, bytes: &[u8]) -> Rc<str> {
        let symbol: Rc<str> = format!("{var}.bytes").into();
        let (name, size) = ((&*symbol).into(), bytes.len() as u64);
        self.out.datas.push(Data { name, align: 1, size, bytes: bytes.to_vec(), ..Data::default() });
        symbol
    }

    /// The `[]file` of an `embed.FS`, with its files behind it.
    fn embedded_files(&mut self, var: &str, files: &[(String, Arc<[u8]>)]) -> Rc<str> {
        // By folder and name, for package `embed` searches the files of a folder.
        let mut entries: BTreeSet<(&str, &str, String, Option<&[u8]>)> = BTreeSet::new();
        for (path, bytes) in files {
            let (mut above, base) = split(path);
            entries.insert((above, base, path.clone(), Some(bytes)));
            // Each folder on the way is an entry too, its name with a slash.
            while above != "." {
                let (dir, base) = split(above);
                entries.insert((dir, base, format!("{above}/"), None));
                above = dir;
            }
        }
        let symbol: Rc<str> = format!("{var}.files").into();
        let (name, n_files) = ((&*symbol).into(), entries.len());
        let size = SLICE_BYTES + n_files as u64 * RECORD_BYTES;
        let mut data = Data { name, align: 8, size, readonly: true, ..Data::default() };
        put_list(&mut data, 0, &symbol, n_files, true);
        data.relocs[0].addend = SLICE_BYTES as i64;
        for (idx, (_, _, name, bytes)) in entries.into_iter().enumerate() {
            let at = SLICE_BYTES + idx as u64 * RECORD_BYTES;
            let text = self.bytes_symbol(name.as_bytes());
            put_list(&mut data, at, &text, name.len(), false);
            if let Some(bytes) = bytes.filter(|bytes| !bytes.is_empty()) {
                let target = self.bytes_symbol(bytes);
                put_list(&mut data, at + 16, &target, bytes.len(), false);
            }
        }
        self.out.datas.push(data);
        symbol
    }
}

/// Splits a path into the folder, `.` where there is none, and the name in it.
fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or((".", path))
}

/// Writes a word into a datum.
pub(crate) fn put_word(data: &mut Data, at: u64, word: u64) {
    let (start, end) = (at as usize, at as usize + 8);
    if data.bytes.len() < end {
        data.bytes.resize(end, 0);
    }
    data.bytes[start..end].copy_from_slice(&word.to_le_bytes());
}

/// Writes the address of a symbol.
pub(crate) fn put_address(data: &mut Data, at: u64, target: &str, addend: i64) {
    put_word(data, at, 0);
    data.relocs.push(DataReloc { off: at as u32, kind: DataRelocKind::Addr, target: target.into(), addend });
}

/// Writes a string, or a slice, which has a capacity too.
pub(crate) fn put_list(data: &mut Data, at: u64, target: &str, len: usize, is_slice: bool) {
    put_address(data, at, target, 0);
    put_word(data, at + 8, len as u64);
    if is_slice {
        put_word(data, at + 16, len as u64);
    }
}
