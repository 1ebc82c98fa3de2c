//! Coverage: counters in the functions of chosen packages, and the tables by which they are read.
//!
//! Where counters stand is decided on the syntax tree ([`blocks`]), so nothing that the checker, a traceback or a
//! debugger sees is changed; lowering emits an increment when it comes to such a place. The standard library's
//! `internal/coverage/cfile` reads them. It expects, for each function that was reached, three words in front of its
//! counters: how many they are, the number of its package plus one, its own number (`internal/coverage/defs.go`). As
//! the program is lowered as a whole these are data and nobody writes them.
//!
//! Invariant: the counters of a function, with their words, stand together in one symbol, which is as long as
//! `runtime.coverCounters` says.

pub(crate) mod blocks;
mod meta;

use std::rc::Rc;

use rustc_hash::FxHashMap;
use source::FileId;
use ssa::{BinaryOp, Data, Op, RmwOp, Type};

use crate::embed::{put_address, put_list, put_word};
use crate::func::Lowerer;
use crate::program::Program;
use blocks::{Blocks, UnitId};

pub use meta::PackageUnits;

/// The symbol of all counters.
const COUNTERS: &str = "go:covctrs";
/// Words in front of a function's counters.
const N_HEAD: u32 = 3;
/// Bytes of a `rtcov.CovMetaBlob`.
const META_BYTES: u64 = 64;
/// A package number that is no fixed one. `internal/coverage/pkid.go`.
const NOT_FIXED: u64 = u64::MAX;

/// What a counter tells. The numbers are those of `internal/coverage.CounterMode`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Whether a unit ran.
    Set = 1,
    /// How often it ran.
    Count = 2,
    /// The same, with several goroutines counting at once.
    Atomic = 3,
}

impl Mode {
    /// Returns the name that flags and profiles have for it.
    pub fn name(self) -> &'static str {
        match self {
            Mode::Set => "set",
            Mode::Count => "count",
            Mode::Atomic => "atomic",
        }
    }
}

/// What is counted in a program.
#[derive(Clone, Debug)]
pub struct Cover {
    /// How.
    pub mode: Mode,
    /// Where.
    pub packages: Vec<CoveredPackage>,
    /// The import paths of which a test program reports.
    pub selected: Vec<String>,
}

/// A package in which statements are counted.
#[derive(Clone, Debug)]
pub struct CoveredPackage {
    /// Its number in the session.
    pub number: u32,
    /// The name in its package clauses.
    pub name: String,
    /// The path of its module; empty outside of modules.
    pub module: String,
    /// The folder by which its files are named, where they are not named by its import path.
    pub dir: Option<String>,
}

/// The counters of the program being lowered.
pub(crate) struct Counters {
    mode: Mode,
    packages: Vec<PackageUnits>,
    files: FxHashMap<FileId, CoveredFile>,
    words: Vec<u32>,
    // Where the words of a function begin.
    placed: FxHashMap<(FileId, u32), u32>,
    selected: Vec<String>,
}

struct CoveredFile {
    blocks: Rc<Blocks>,
    package: u32,
    first_func: u32,
}

impl Counters {
    /// Finds the units of the packages that are covered; `order` is that of initialisation.
    pub fn new(program: &Program<'_, '_>, cover: &Cover, order: &[u32]) -> Counters {
        let mut counters = Counters {
            mode: cover.mode,
            packages: Vec::new(),
            files: FxHashMap::default(),
            words: Vec::new(),
            placed: FxHashMap::default(),
            selected: cover.selected.clone(),
        };
        for number in order {
            let Some(package) = cover.packages.iter().find(|package| package.number == *number) else {
                continue;
            };
            let mut units = PackageUnits::find(program.session, program.map, package, cover.mode);
            if !units.has_files() {
                continue;
            }
            let package = counters.packages.len() as u32;
            let mut first_func = 0;
            for (id, blocks) in std::mem::take(&mut units.files) {
                let n_funcs = blocks.funcs.len() as u32;
                counters.files.insert(id, CoveredFile { blocks: blocks.into(), package, first_func });
                first_func += n_funcs;
            }
            counters.packages.push(units);
        }
        counters
    }

    /// Returns how a unit is counted: the offset of its counter.
    fn place(&mut self, file: FileId, (func, unit): UnitId) -> u32 {
        let covered = &self.files[&file];
        let next = self.words.len() as u32;
        let first = *self.placed.entry((file, func)).or_insert(next);
        if first == next {
            let n_units = covered.blocks.funcs[func as usize].units.len() as u32;
            self.words.extend([n_units, covered.package + 1, covered.first_func + func]);
            self.words.extend(std::iter::repeat_n(0, n_units as usize));
        }
        4 * (first + N_HEAD + unit)
    }
}

impl Lowerer<'_, '_, '_> {
    /// Counts what is counted at a place of the tree, if anything is.
    pub fn count(&mut self, unit: impl FnOnce(&Blocks) -> Option<UnitId>) {
        let file = self.src.file.id;
        let Some(counters) = &mut self.p.counters else { return };
        let Some(covered) = counters.files.get(&file) else { return };
        let Some(unit) = unit(&covered.blocks) else { return };
        let (offset, mode) = (counters.place(file, unit), counters.mode);
        let addr = self.b.sym_addr(COUNTERS, offset.into());
        let one = self.b.iconst(Type::I32, 1);
        match mode {
            Mode::Set => self.b.store(addr, 0, one),
            Mode::Count => {
                let old = self.b.load(Type::I32, addr, 0);
                let new = self.b.binary(BinaryOp::Add, old, one);
                self.b.store(addr, 0, new);
            }
            Mode::Atomic => {
                self.b.ins(Op::AtomicRmw { op: RmwOp::Add, addr, val: one });
            }
        }
    }
}

impl Program<'_, '_> {
    /// Emits the counters and what is known of their packages, and points the variables at them by which they are read.
    pub fn emit_counters(&mut self) {
        let Some(counters) = self.counters.take() else { return };
        let size = 4 * counters.words.len() as u64;
        let bytes = counters.words.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.out.datas.push(Data { name: COUNTERS.into(), align: 4, size, bytes, ..Data::default() });
        self.fill_slice("runtime.coverCounters", COUNTERS, counters.words.len());

        let n_packages = counters.packages.len();
        let size = META_BYTES * n_packages as u64;
        let mut list = Data { name: "go:covmeta".into(), align: 8, size, readonly: true, ..Data::default() };
        for (n, package) in counters.packages.iter().enumerate() {
            self.describe_package(&mut list, META_BYTES * n as u64, package, counters.mode);
        }
        self.out.datas.push(list);
        self.fill_slice("internal/coverage/rtcov.Meta", "go:covmeta", n_packages);

        let n_selected = counters.selected.len();
        let size = 16 * n_selected as u64;
        let mut list = Data { name: "go:covselected".into(), align: 8, size, ..Data::default() };
        for (n, path) in counters.selected.iter().enumerate() {
            let text = self.bytes_symbol(path.as_bytes());
            put_list(&mut list, 16 * n as u64, &text, path.len(), false);
        }
        self.out.datas.push(list);
        self.fill_slice("testing/internal/testdeps.CoverSelectedPackages", "go:covselected", n_selected);
    }

    /// Writes a `rtcov.CovMetaBlob`: P, Len, Hash, PkgPath, PkgID, CounterMode, CounterGranularity.
    fn describe_package(&mut self, list: &mut Data, at: u64, package: &PackageUnits, mode: Mode) {
        let (blob, hash) = package.blob();
        let symbol = self.bytes_symbol(&blob);
        put_address(list, at, &symbol, 0);
        let (low, high) = hash.split_at(12);
        let word = |bytes: &[u8]| bytes.iter().rev().fold(0u64, |word, byte| word << 8 | u64::from(*byte));
        put_word(list, at + 8, blob.len() as u64 | word(&low[..4]) << 32);
        put_word(list, at + 16, word(&low[4..]));
        put_word(list, at + 24, word(high));
        let path = self.bytes_symbol(package.path().as_bytes());
        put_list(list, at + 32, &path, package.path().len(), false);
        put_word(list, at + 48, NOT_FIXED);
        put_word(list, at + 56, mode as u64 | u64::from(meta::PER_BLOCK) << 8);
    }

    /// Makes a package variable that begins with a slice hold this list. A variable that nothing mentions is not there.
    fn fill_slice(&mut self, variable: &str, list: &str, len: usize) {
        if let Some(datum) = self.out.datas.iter_mut().find(|datum| &*datum.name == variable) {
            put_list(datum, 0, list, len, true);
        }
    }
}
