//! What is known of a covered package before it runs: the units of its functions, as the readers of profiles want them.
//!
//! The layout of the blob and of the file around it is that of `internal/coverage/defs.go`; its hash, by which a
//! program's files are told apart, is FNV-1a over what it holds, in the order of `internal/coverage/encodemeta`.

use std::collections::HashSet;
use std::fmt::Write;

use rustc_hash::FxHashMap;
use source::{Place, SourceMap};
use types::Session;
use types::session::FIRST;

use super::blocks::{Blocks, Func};
use super::{CoveredPackage, Mode};

/// Bytes in front of a blob's offsets.
const BLOB_HEADER: u32 = 44;
/// Bytes of a file's header.
const FILE_HEADER: u64 = 56;
/// Counters count blocks, not functions.
pub(super) const PER_BLOCK: u8 = 1;

/// A function of a covered package.
#[derive(Debug)]
struct FuncUnits {
    name: String,
    file: String,
    is_literal: bool,
    /// First line and column, last line and column, number of statements.
    units: Vec<[u32; 5]>,
}

/// The units of a covered package.
#[derive(Debug)]
pub struct PackageUnits {
    path: String,
    name: String,
    module: String,
    funcs: Vec<FuncUnits>,
    /// The blocks of each covered file; the numbers of functions go on from file to file.
    pub(super) files: Vec<(source::FileId, Blocks)>,
}

impl PackageUnits {
    /// Finds the units of a package, those of its test files aside.
    pub fn find(
        session: &Session<'_>,
        map: &SourceMap,
        package: &CoveredPackage,
        mode: Mode,
    ) -> PackageUnits {
        let input = &session.inputs[(package.number - FIRST) as usize];
        let mut found = PackageUnits {
            path: input.path.clone(),
            name: package.name.clone(),
            module: package.module.clone(),
            funcs: Vec::new(),
            files: Vec::new(),
        };
        // Counters are counted by these two.
        let skip = |name: &str| {
            mode == Mode::Atomic && input.path == "sync/atomic" && matches!(name, "AddUint32" | "StoreUint32")
        };
        let mut seen = HashSet::new();
        for file in &input.files {
            let source = map.file(file.id);
            if source.name.ends_with("_test.go") || base(&source.name).starts_with('_') {
                continue;
            }
            let blocks = Blocks::find(&file.tree, &skip);
            for func in &blocks.funcs {
                let units = units(func, source, &mut seen);
                let place = source.place(func.pos);
                let file = match &package.dir {
                    Some(dir) => format!("{dir}/{}", base(&source.name)),
                    None => format!("{}/{}", input.path, base(place.name)),
                };
                let literal = || format!("func.L{}.C{}", place.line, place.column);
                let is_literal = func.name.is_none();
                found.funcs.push(FuncUnits {
                    name: func.name.clone().unwrap_or_else(literal),
                    file,
                    is_literal,
                    units,
                });
            }
            found.files.push((file.id, blocks));
        }
        found
    }

    /// Returns the import path.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Reports whether there is nothing to count.
    pub fn is_empty(&self) -> bool {
        self.funcs.is_empty()
    }

    /// Reports whether the package has files that are no tests.
    pub fn has_files(&self) -> bool {
        !self.files.is_empty()
    }

    /// The lines of a profile in which nothing ran, sorted as `internal/coverage/cformat` does.
    pub fn profile(&self) -> String {
        let units = self.funcs.iter().flat_map(|func| func.units.iter().map(|unit| (&func.file, unit)));
        let mut units: Vec<_> = units.collect();
        units.sort_by_key(|(file, [line, column, end_line, end_column, n_stmts])| {
            (*file, *line, *end_line, *column, *end_column, *n_stmts)
        });
        let mut text = String::new();
        for (file, [line, column, end_line, end_column, n_stmts]) in units {
            writeln!(text, "{file}:{line}.{column},{end_line}.{end_column} {n_stmts} 0")
                .expect("strings take text");
        }
        text
    }

    /// Returns the number of statements.
    pub fn n_stmts(&self) -> u64 {
        self.funcs.iter().flat_map(|func| &func.units).map(|unit| u64::from(unit[4])).sum()
    }

    /// Writes the blob, and its hash.
    pub fn blob(&self) -> (Vec<u8>, [u8; 16]) {
        let mut strings = Strings::default();
        strings.index("");
        let path = strings.index(&self.path);
        let name = strings.index(&self.name);
        let module = strings.index(&self.module);
        let mut hashed: Vec<u8> = [&self.path, &self.name, &self.module].map(String::as_str).concat().into();
        let mut funcs = Vec::new();
        for func in &self.funcs {
            hashed.extend(func.name.bytes().chain(func.file.bytes()));
            let mut bytes = Vec::new();
            put_uleb(&mut bytes, func.units.len() as u32);
            put_uleb(&mut bytes, strings.index(&func.name));
            put_uleb(&mut bytes, strings.index(&func.file));
            for number in func.units.iter().flatten() {
                put_uleb(&mut bytes, *number);
                hashed.extend(number.to_le_bytes());
            }
            put_uleb(&mut bytes, func.is_literal.into());
            hashed.extend(u32::from(func.is_literal).to_le_bytes());
            funcs.push(bytes);
        }
        // The sum of Go's hash is written with its high byte first.
        let hash = crate::data::fnv128(&hashed).to_be_bytes();
        let strings = strings.encode();
        let mut offset = BLOB_HEADER + strings.1.len() as u32 + 4 * funcs.len() as u32;
        let mut offsets = Vec::new();
        for func in &funcs {
            offsets.extend(offset.to_le_bytes());
            offset += func.len() as u32;
        }
        let mut blob = Vec::new();
        for word in [offset, name, path, module] {
            blob.extend(word.to_le_bytes());
        }
        blob.extend(hash);
        for word in [0, strings.0, funcs.len() as u32] {
            blob.extend(word.to_le_bytes());
        }
        blob.extend(offsets);
        blob.extend(strings.1);
        blob.extend(funcs.concat());
        (blob, hash)
    }

    /// Writes the file that speaks of this package alone, for programs that do not hold it.
    pub fn file(&self, mode: Mode) -> Vec<u8> {
        let (blob, hash) = self.blob();
        let mut strings = Strings::default();
        strings.index("");
        let (_, strings) = strings.encode();
        let strings_at = FILE_HEADER + 16;
        let blob_at = strings_at + strings.len() as u64;
        let mut file = b"\0cvm".to_vec();
        file.extend(1u32.to_le_bytes());
        file.extend((blob_at + blob.len() as u64).to_le_bytes());
        file.extend(1u64.to_le_bytes());
        file.extend(hash);
        file.extend((strings_at as u32).to_le_bytes());
        file.extend((strings.len() as u32).to_le_bytes());
        file.extend([mode as u8, PER_BLOCK, 0, 0, 0, 0, 0, 0]);
        file.extend(blob_at.to_le_bytes());
        file.extend((blob.len() as u64).to_le_bytes());
        file.extend(strings);
        file.extend(blob);
        file
    }
}

/// Units as lines and columns. Where `//line` directives give two of a package the same place, the later one's end moves
/// on by a column, as in `cmd/cover`.
fn units(func: &Func, source: &source::File, seen: &mut HashSet<(String, [u32; 4])>) -> Vec<[u32; 5]> {
    let place = |unit: &super::blocks::Unit| {
        let (start, end): (Place, Place) = (source.place(unit.start), source.place(unit.end));
        let mut at = [start.line, start.column, end.line, end.column];
        let name = format!("{}\0{}", start.name, end.name);
        while !seen.insert((name.clone(), at)) {
            at[3] += 1;
        }
        [at[0], at[1], at[2], at[3], unit.n_stmts]
    };
    func.units.iter().map(place).collect()
}

/// A table of strings, each with its place in it.
#[derive(Default)]
struct Strings {
    list: Vec<String>,
    known: FxHashMap<String, u32>,
}

impl Strings {
    fn index(&mut self, text: &str) -> u32 {
        let next = self.list.len() as u32;
        let index = *self.known.entry(text.into()).or_insert(next);
        if index == next {
            self.list.push(text.into());
        }
        index
    }

    /// How many strings there are, and their bytes.
    fn encode(&self) -> (u32, Vec<u8>) {
        let n = self.list.len() as u32;
        let mut bytes = Vec::new();
        put_uleb(&mut bytes, n);
        for text in &self.list {
            put_uleb(&mut bytes, text.len() as u32);
            bytes.extend(text.bytes());
        }
        (n, bytes)
    }
}

fn put_uleb(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// The last element of a path.
fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
